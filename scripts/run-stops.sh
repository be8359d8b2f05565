#!/usr/bin/env bash
# Stops busy code at random moments, and looks at what that leaves behind.
#
#   scripts/run-stops.sh [--stops N] [--settings LIST] [--ways LIST] [--parallel FILE] [--under valgrind|asan] [--runtime DIR] [KIND…]
#
#   --stops N         stops of each kind, in each way and setting (FFI_ZTS_STOPS; 4 otherwise)
#   --settings LIST   plain, guestopt, guestjit, guestfn, hostjit, both; all by default, with commas
#   --ways LIST       cancel, limit, kill, sent, script, all by default, and caught, which takes a fifth of a second each
#   --parallel FILE   on threads of pecl/parallel's, whose file this is; ways are cancel, kill, job, limit and, not by default, time,
#                     as tests/stops/threads.php explains them
#   --under TOOL      valgrind: the whole process; asan: a libphp and a guest half with address and undefined-behaviour sanitizers, which
#                     are built if missing. What either finds is a failure. Moments are longer there.
#   --runtime DIR     another runtime; with asan one that was built so, in place of build/runtime-asan
#   KIND…             names of tests/stops/kinds.php; all by default
#
# guestopt uses opcache without its JIT in the guest, guestjit and both its tracing JIT, guestfn its function JIT, hostjit and both the JIT in the host.
# FFI_ZTS_STOPS_SEED repeats the moments of a run. The last line is `N passed, N failed`.
set -uo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/runtime.sh
. "$FFI_ZTS_ROOT/scripts/lib/runtime.sh"

readonly TESTS=$FFI_ZTS_ROOT/tests/stops
# Both sides' Zend has malloc() for each block, and a list of them: the tools see every block, a bailout leaves none behind, and
# memory_get_usage() is exact.
readonly EACH_BLOCK=(USE_ZEND_ALLOC=0 USE_TRACKED_ALLOC=1)

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; }

parse_arguments() {
    STOPS=${FFI_ZTS_STOPS:-4} SETTINGS=plain,guestopt,guestjit,guestfn,hostjit,both WAYS='' KINDS=() PARALLEL='' UNDER='' RUNTIME=''
    while [ $# -gt 0 ]; do
        case $1 in
            --stops) need_value "$1" $# && STOPS=$2 && shift ;;
            --settings) need_value "$1" $# && SETTINGS=$2 && shift ;;
            --ways) need_value "$1" $# && WAYS=$2 && shift ;;
            --parallel) need_value "$1" $# && PARALLEL=$(realpath -- "$2") && shift ;;
            --under) need_value "$1" $# && UNDER=$2 && shift ;;
            --runtime) need_value "$1" $# && RUNTIME=$(realpath -- "$2") && shift ;;
            -h | --help) usage && exit 0 ;;
            -*) usage >&2 && die "unknown argument $1" ;;
            *) KINDS+=("$1") ;;
        esac
        shift
    done
    case $UNDER in '' | valgrind | asan) ;; *) die "--under is valgrind or asan, not '$UNDER'" ;; esac
    [ -n "$WAYS" ] || { [ -n "$PARALLEL" ] && WAYS=cancel,kill,job,limit; } || WAYS=cancel,limit,kill,sent,script
}

compiler_file() { "${CC:-cc}" -print-file-name="$1"; }

# What the host is started with: sets PREFIX, HOST, SLOW and FOUND, where the tool writes.
prepare_tool() {
    PREFIX=() HOST=() SLOW=1 FOUND=$WORK/found
    case $UNDER in
        valgrind)
            valgrind --quiet true 2>/dev/null || die "valgrind cannot run here (packages valgrind and libc6-dbg: scripts/install-deps.sh test)"
            SLOW=40
            # Children are rehearsals of boots, which leave all that they have to the kernel.
            PREFIX=(env "${EACH_BLOCK[@]}" valgrind --quiet --num-callers=40 --suppressions="$FFI_ZTS_ROOT/tests/engine/valgrind.supp"
                --child-silent-after-fork=yes --fair-sched=yes --leak-check=full --show-leak-kinds=definite --log-file="$FOUND.%p")
            ;;
        asan)
            SLOW=8
            "${CC:-cc}" -Wall -Wextra -shared -fPIC -o "$WORK/deepbind.so" "$TESTS/parts/deepbind.c" || die "cannot compile deepbind.c"
            prepare_asan_runtime
            PREFIX=(env "${EACH_BLOCK[@]}" LD_PRELOAD="$WORK/deepbind.so:$(compiler_file libasan.so):$(compiler_file libubsan.so)"
                "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0:exitcode=99:detect_stack_use_after_return=0:handle_segv=1:log_path=$FOUND"
                "UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=0:log_path=$FOUND")
            ;;
    esac
    [ -z "$RUNTIME" ] || HOST=(-d "ffi_zts.runtime=$RUNTIME")
}

# A libphp is linked without the sanitizers' libraries: it finds their symbols in the process. Where it is opened with RTLD_DEEPBIND it
# would find the C library's malloc() before theirs, so in this copy each file depends on them first.
prepare_asan_runtime() {
    local from=${RUNTIME:-$FFI_ZTS_ROOT/build/runtime-asan} file library
    have patchelf || die "patchelf is not installed (scripts/install-deps.sh test)"
    if [ -z "$RUNTIME" ]; then
        [ -f "$from/libphp.so" ] || "$FFI_ZTS_ROOT/scripts/build-libphp.sh" --asan --out "$from" || die "no libphp with sanitizers"
        "$FFI_ZTS_ROOT/scripts/build.sh" --runtime "$from" || die "no guest half with sanitizers"
    fi
    RUNTIME=$WORK/runtime
    cp -RP -- "$from" "$RUNTIME"
    for file in "$RUNTIME"/libphp.so "$RUNTIME"/ffi_zts_guest.so "$RUNTIME"/ext/*.so; do
        for library in libubsan.so libasan.so; do
            patchelf --add-needed "$(basename "$(realpath -- "$(compiler_file $library)")" | sed 's/\(so\.[0-9]*\).*/\1/')" "$file" || die "patchelf failed"
        done
    done
    # The guest half opens extensions.
    patchelf --add-needed "$WORK/deepbind.so" "$RUNTIME/ffi_zts_guest.so" || die "patchelf failed"
    # shellcheck disable=SC2016  # PHP code
    change_manifest "$RUNTIME" 'foreach (["libphp", "guest"] as $what) {
            $json[$what]["sha256"] = hash_file("sha256", $argv[1] . "/" . $json[$what]["file"]);
        }
        $json["libphp"]["size"] = filesize($argv[1] . "/libphp.so");
        foreach ($json["extensions"] as $name => $hash) {
            $json["extensions"][$name] = hash_file("sha256", $argv[1] . "/ext/" . $name);
        }'
}

# boot_options JIT: of the guest, as JSON, where '' is no opcache at all.
boot_options() {
    local options=()
    [ -z "$1" ] || options+=('"extensions":["opcache"],"ini":{"opcache.enable_cli":"1","opcache.jit":"'"$1"'","opcache.jit_buffer_size":"32M"}')
    [ -z "$UNDER" ] || options+=('"stop_timeout":120')
    (IFS=, && printf '{%s}' "${options[*]}")
}

# run SETTING WAY: adds to PASSED and FAILED.
run() {
    local setting=$1 way=$2 host=(-n "${HOST[@]}") test=("$TESTS/stops.php") boot log last
    local jit=(-d zend_extension=opcache -d opcache.enable_cli=1 -d opcache.jit=tracing -d opcache.jit_buffer_size=32M)
    case $setting in
        plain) boot=$(boot_options '') ;;
        guestopt) boot=$(boot_options disable) ;;
        guestjit) boot=$(boot_options tracing) ;;
        guestfn) boot=$(boot_options function) ;;
        hostjit) host+=("${jit[@]}") && boot=$(boot_options '') ;;
        both) host+=("${jit[@]}") && boot=$(boot_options tracing) ;;
        *) die "no setting $setting" ;;
    esac
    [ -z "$PARALLEL" ] || test=("$TESTS/threads.php" "$PARALLEL")
    rm -f -- "$FOUND"*
    log=$(FFI_ZTS_STOPS_BOOT=$boot FFI_ZTS_STOPS_SLOW=$SLOW timeout -k 10 $((SLOW * (120 + STOPS * 60))) "${PREFIX[@]}" "${PHP:-php}" "${host[@]}" \
        -d "extension=$FFI_ZTS_ROOT/build/ffi_zts.so" "${test[@]}" "$STOPS" "$way" "${KINDS[@]}" 2>&1 </dev/null)
    last=$(tail -n 1 <<<"$log")
    if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        PASSED=$((PASSED + BASH_REMATCH[1])) FAILED=$((FAILED + BASH_REMATCH[2]))
    else
        FAILED=$((FAILED + 1))
    fi
    printf '%-9s %-7s %s\n' "$setting" "$way" "$last"
    grep -v '^ok \|passed, 0 failed$' <<<"$log" | head -n 40
    look_at_findings "$log"
}

# look_at_findings LOG: what the tool has written is one more failure.
look_at_findings() {
    local files
    if grep -q 'runtime error:' <<<"$1"; then
        FAILED=$((FAILED + 1))
        echo 'FAIL the sanitizer found something'
    fi
    mapfile -t files < <(find "$WORK" -maxdepth 1 -name 'found*' -size +0)
    [ "${#files[@]}" -gt 0 ] || return 0
    FAILED=$((FAILED + 1))
    printf 'FAIL %s found something:\n' "$UNDER"
    cat -- "${files[@]}" | head -n "${FFI_ZTS_STOPS_LINES:-120}"
}

main() {
    local setting way PASSED=0 FAILED=0
    parse_arguments "$@"
    WORK=$(mktemp -d "${TMPDIR:-/tmp}/ffi_zts-stops.XXXXXX")
    trap 'rm -rf -- "$WORK"' EXIT
    prepare_tool
    for setting in ${SETTINGS//,/ }; do
        for way in ${WAYS//,/ }; do run "$setting" "$way"; done
    done
    printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
    [ "$FAILED" -eq 0 ]
}

main "$@"
