#!/usr/bin/env bash
# The engine without a PHP host: builds ffi-zts-engine and runs the scripts of tests/engine/ in the guest.
#
#   scripts/run-engine.sh [--runtime DIR] [--engine FILE] [--native] [NAME…]
#   scripts/run-engine.sh --asan        with a libphp that has address and undefined-behaviour sanitizers (built if missing), on
#                                       the scripts that also run under valgrind; --runtime names one that is used as it is
#
#   --native   without valgrind
#   NAME       of a script of tests/engine/, or flat, cycles, faults, damage
#
# A script says in lines that begin with //# what is expected of it:
#   options: of the engine · argv: · status: (0) or any · stdout: a whole line, may be repeated · stdout-not: ·
#   stdout-lines: · stdout-bytes: · stderr: a pattern, may be repeated · seconds: at most ·
#   valgrind: runs there too · valgrind-alloc: the same, with PHP's own allocator, which alone knows a memory limit
# FFI_ZTS_ENGINE_JOBS (10000) and FFI_ZTS_ENGINE_CYCLES (10000) set the length of the flatness checks, FFI_ZTS_ENGINE_DAMAGE (20000;
# a hundredth of it under valgrind, a tenth with sanitizers) the number of damaged messages, FFI_ZTS_ENGINE_SEED (1) which ones.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/checks.sh
. "$(dirname "$0")/lib/checks.sh"

readonly TESTS=$FFI_ZTS_ROOT/tests/engine
readonly JOBS=${FFI_ZTS_ENGINE_JOBS:-10000} CYCLES=${FFI_ZTS_ENGINE_CYCLES:-10000}
EXTRA_SECONDS=0 QUARANTINE=256
readonly DAMAGE=${FFI_ZTS_ENGINE_DAMAGE:-20000} SEED=${FFI_ZTS_ENGINE_SEED:-1}
# What 10,000 jobs may cost (promise 12), in kB.
readonly GROWTH=5120

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; }

parse_arguments() {
    RUNTIME='' ENGINE='' MODES='native valgrind' ASAN=''
    while [ $# -gt 0 ]; do
        case $1 in
            --runtime) need_value "$1" $# && RUNTIME=$2 && shift ;;
            --engine) need_value "$1" $# && ENGINE=$(realpath -- "$2") && shift ;;
            --native) MODES=native ;;
            --asan) ASAN=1 MODES=asan ;;
            -h | --help) usage && exit 0 ;;
            -*) usage >&2 && die "unknown argument $1" ;;
            *) SELECTION+=("$1") ;;
        esac
        shift
    done
}

build_engine() {
    local locked=()
    [ ! -f "$FFI_ZTS_ROOT/Cargo.lock" ] || locked=(--locked)
    (cd "$FFI_ZTS_ROOT" && CARGO_TARGET_DIR=target/engine cargo build --quiet --release "${locked[@]}" --no-default-features --features engine --bin ffi-zts-engine)
    ENGINE=$FFI_ZTS_ROOT/target/engine/release/ffi-zts-engine
}

build_asan_runtime() {
    RUNTIME=$FFI_ZTS_ROOT/build/runtime-asan
    [ -f "$RUNTIME/libphp.so" ] || "$FFI_ZTS_ROOT/scripts/build-libphp.sh" --asan --out "$RUNTIME"
    "$FFI_ZTS_ROOT/scripts/build.sh" --runtime "$RUNTIME"
}

# directives FILE NAME: the values of one kind of line, one a line.
directives() { sed -n "s|^//# $2: ||p" "$1"; }
has() { grep -qE "^//# $2(:|\$)" "$1"; }
first() { directives "$1" "$2" | head -n 1; }

# run_engine MODE FILE [OPTION…]: output in $WORK/out and $WORK/err, sets STATUS and TOOK.
run_engine() {
    local mode=$1 file=$2 prefix=() options=() argv=() limit=60 start
    read -r -a options <<<"$(first "$file" options)"
    options+=("${@:3}")
    read -r -a argv <<<"$(first "$file" argv)"
    case $mode in
        valgrind)
            limit=180
            prefix=(valgrind --quiet --error-exitcode=99 --num-callers=30 --suppressions="$TESTS/valgrind.supp" --gen-suppressions=all --log-file="$WORK/valgrind")
            has "$file" valgrind-alloc || prefix=(env USE_ZEND_ALLOC=0 "${prefix[@]}")
            ;;
        asan)
            limit=180
            options+=(--no-deepbind)
            prefix=(env LD_PRELOAD="$(asan_library libasan.so):$(asan_library libubsan.so)"
                "ASAN_OPTIONS=detect_leaks=0:exitcode=99:detect_stack_use_after_return=0:handle_segv=1:quarantine_size_mb=$QUARANTINE" UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=0)
            has "$file" valgrind-alloc || prefix+=(USE_ZEND_ALLOC=0)
            ;;
    esac
    limit=$((limit + EXTRA_SECONDS))
    rm -f -- "$WORK"/valgrind
    start=$EPOCHREALTIME STATUS=0
    (cd "$WORK" && TMPDIR=$WORK timeout -k 5 "$limit" "${prefix[@]}" "$ENGINE" --runtime "$RUNTIME" "${options[@]}" "$file" "${argv[@]}") \
        >"$WORK/out" 2>"$WORK/err" </dev/null || STATUS=$?
    TOOK=$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.1f", b - a}')
}

asan_library() { "${CC:-cc}" -print-file-name="$1"; }

# judge FILE MODE: prints the first thing that is not as the file says.
judge() {
    local file=$1 wanted lines
    wanted=$(first "$file" status)
    case $STATUS in
        99) [ "$2" = native ] || { echo "$2 found something" && return; } ;;
        124) [ "${TOOK%.*}" -lt 60 ] || { echo "ended at the time limit" && return; } ;;
        134 | 135 | 136 | 137 | 139) echo "crashed (status $STATUS)" && return ;;
    esac
    [ "${wanted:=0}" = any ] || [ "$STATUS" = "$wanted" ] || { echo "status $STATUS, not $wanted" && return; }
    while IFS= read -r wanted; do
        [ "$wanted" = any ] || grep -qxF -- "$wanted" "$WORK/out" || { echo "no line '$wanted' on standard output" && return; }
    done < <(directives "$file" stdout)
    while IFS= read -r wanted; do
        ! grep -qxF -- "$wanted" "$WORK/out" || { echo "a line '$wanted' on standard output" && return; }
    done < <(directives "$file" stdout-not)
    while IFS= read -r wanted; do
        [ "$wanted" = any ] || grep -qE -- "$wanted" "$WORK/err" || { echo "nothing like '$wanted' on standard error" && return; }
    done < <(directives "$file" stderr)
    lines=$(first "$file" stdout-lines)
    [ -z "$lines" ] || [ "$(wc -l <"$WORK/out")" -eq "$lines" ] || { echo "$(wc -l <"$WORK/out") lines, not $lines" && return; }
    lines=$(first "$file" stdout-bytes)
    [ -z "$lines" ] || [ "$(stat -c %s "$WORK/out")" -eq "$lines" ] || { echo "$(stat -c %s "$WORK/out") bytes, not $lines" && return; }
    lines=$(first "$file" seconds)
    [ -z "$lines" ] || [ "$2" != native ] || [ "${TOOK%.*}" -lt "$lines" ] || { echo "took $TOOK s, $lines are allowed" && return; }
    ! grep -q 'runtime error:' "$WORK/err" || { echo "the sanitizer found something" && return; }
    grep -q ': Lost' "$WORK/err" || ! grep -q 'did not end' "$WORK/err" || { echo "a thread did not end" && return; }
}

run_scripts() {
    local mode=$1 file name
    for file in "$TESTS"/*.php; do
        name=$(basename "$file" .php)
        selected "$name" || continue
        [ "$mode" = native ] || grep -qE '^//# valgrind' "$file" || continue
        run_engine "$mode" "$file"
        verdict "$mode $name" "$(judge "$file" "$mode")" "$WORK/out" "$WORK/err" "$WORK/valgrind"
    done
}

# flat_enough FILE: lines of memory, descriptors, threads; prints how the end differs from a tenth of the way.
flat_enough() {
    awk -v limit="$GROWTH" '
        {memory[NR] = $1; descriptors[NR] = $2; threads[NR] = $3}
        END {
            early = NR > 100 ? int(NR / 10) : 1
            if (NR < 2) print "no measurements"
            else if (memory[NR] - memory[early] > limit) printf "memory grew from %d to %d kB\n", memory[early], memory[NR]
            else if (descriptors[NR] > descriptors[early]) printf "descriptors grew from %d to %d\n", descriptors[early], descriptors[NR]
            else if (threads[NR] > threads[early]) printf "threads grew from %d to %d\n", threads[early], threads[NR]
            printf "%d to %d kB, %d to %d descriptors, %d to %d threads\n", memory[early], memory[NR], descriptors[early], descriptors[NR], threads[early], threads[NR] >"/dev/stderr"
        }' "$1" 2>"$WORK/figures"
}

check_flat() {
    local status=0
    timeout -k 5 120 "$ENGINE" --runtime "$RUNTIME" --threads 2 --jobs "$JOBS" "$TESTS/parts/flat.php" >"$WORK/out" 2>"$WORK/err" || status=$?
    local reason="status $status"
    [ "$status" -ne 0 ] || reason=$(flat_enough "$WORK/out")
    verdict "flat: $JOBS jobs ($(cat "$WORK/figures" 2>/dev/null))" "$reason" "$WORK/err"
}

# Contexts of threads, through the guest half's table alone.
check_cycles() {
    local script count status reason
    "${CC:-cc}" -Wall -Wextra -o "$WORK/cycles" "$TESTS/parts/cycles.c" -ldl -lpthread
    for script in flat persistent; do
        count=$CYCLES
        # A persistent stream is a pair of sockets in TIME_WAIT: there are not that many ports.
        [ "$script" = flat ] || count=$((CYCLES < 400 ? CYCLES : 400))
        status=0
        timeout -k 5 180 "$WORK/cycles" "$RUNTIME/libphp.so" "$RUNTIME/ffi_zts_guest.so" "$TESTS/parts/$script.php" "$count" >"$WORK/out" 2>"$WORK/err" || status=$?
        reason="status $status"
        [ "$status" -ne 0 ] || reason=$(flat_enough "$WORK/out")
        verdict "cycles: $count threads, $script ($(cat "$WORK/figures" 2>/dev/null))" "$reason" "$WORK/out" "$WORK/err"
    done
}

# What a worker makes of messages that are not what was written. A crash is told by the number of its input, which can be tried alone:
# ffi-zts-engine --runtime DIR --damage-seed SEED --damage-only NUMBER tests/engine/parts/damage.php
check_damage() {
    local mode=$1 count=$DAMAGE reason='' last
    case $mode in
        valgrind) count=$((DAMAGE / 100)) ;;
        asan) count=$((DAMAGE / 10)) ;;
    esac
    EXTRA_SECONDS=$((count / 100)) # for long runs
    QUARANTINE=16                  # MB that the sanitizer keeps of what was freed: growth is measured
    run_engine "$mode" "$TESTS/parts/damage.php" --threads 1 --damage "$count" --damage-seed "$SEED" --damage-tell
    EXTRA_SECONDS=0 QUARANTINE=256
    last=$(awk '/^input [0-9]*$/ {last = $0} END {print last}' "$WORK/err")
    case $STATUS in
        0) ;;
        99) [ "$mode" = native ] || reason="$mode found something at ${last:-no input}" ;;
        1) reason=$(grep -m 1 -E 'of seed|grew' "$WORK/err") || reason="status 1: $(head -n 1 "$WORK/err")" ;;
        *) reason="status $STATUS at ${last:-no input}" ;;
    esac
    [ -n "$reason" ] || ! grep -q 'runtime error:' "$WORK/err" || reason="the sanitizer found something"
    verdict "$mode damage, seed $SEED: $(head -n 1 "$WORK/out") in $TOOK s" "$reason" "$WORK/out" "$WORK/valgrind"
}

# inject CALL N ERROR [STRACE-OPTION…]: the N-th CALL of a thread fails. Sets STATUS.
inject() {
    STATUS=0
    timeout -k 5 60 strace -f -qq "${@:4}" -o "$WORK/strace" -e trace="$1" -e inject="$1:error=$3:when=$2" \
        "$ENGINE" --runtime "$RUNTIME" --threads 2 --parallel --jobs 4 --code 'usleep(2000); echo "ran\n";' >"$WORK/out" 2>"$WORK/err" </dev/null || STATUS=$?
}

# inject_and_judge CALL N ERROR PATTERN [STRACE-OPTION…]: the failure is said, or the job goes on with what there is; never a hang or a crash.
inject_and_judge() {
    inject "$1" "$2" "$3" "${@:5}"
    local reason=''
    case $STATUS in
        0) [ "$(grep -c ran "$WORK/out")" -eq 4 ] || reason="status 0, but not every job ran" ;;
        124 | 137) reason="a hang" ;;
        125) grep -qE -- "$4" "$WORK/err" || reason="the message does not say what failed" ;;
        *) reason="status $STATUS" ;;
    esac
    verdict "fault: $1 number $2 fails with $3 (status $STATUS: $(head -n 1 "$WORK/err" | cut -c 1-100))" "$reason" "$WORK/err"
}

check_faults() {
    local n position file
    if ! have strace || ! strace -qq -e trace=none true 2>/dev/null; then
        skip faults "strace cannot trace here"
        return
    fi
    # 1: the boot thread; 2, 3: workers.
    for n in 1 2 3; do inject_and_judge clone3 "$n" EAGAIN 'thread|Resource temporarily unavailable'; done
    # The stack of a thread is the one large mmap with MAP_STACK, made by the main thread. Calls are counted by thread, so that
    # the same number may meet the loader on the boot thread first.
    timeout 60 strace -f -qq -o "$WORK/trace" -e trace=mmap "$ENGINE" --quiet --runtime "$RUNTIME" --code '' >/dev/null 2>&1 || true
    while read -r position; do
        inject_and_judge mmap "$position" EAGAIN 'cannot create thread|failed to map segment'
    done < <(awk '{pid = pid ? pid : $1} $1 == pid && /mmap\(/ {n++; if (/MAP_STACK/ && $3 + 0 > 16000000) print n}' "$WORK/trace")
    for file in libphp.so ffi_zts_guest.so; do
        inject_and_judge openat 1+ EMFILE 'open|Too many open files' -P "$(realpath -- "$RUNTIME/$file")"
    done
}

main() {
    parse_arguments "$@"
    if [ -z "$RUNTIME" ]; then
        RUNTIME=$FFI_ZTS_ROOT/build/runtime
        [ -z "$ASAN" ] || build_asan_runtime
    fi
    if [ ! -f "$RUNTIME/libphp.so" ] || [ ! -f "$RUNTIME/ffi_zts_guest.so" ]; then die "no runtime in $RUNTIME: run make build first"; fi
    RUNTIME=$(realpath -- "$RUNTIME")
    [ -n "$ENGINE" ] || build_engine
    local mode
    for mode in $MODES; do
        if [ "$mode" = valgrind ] && ! valgrind --quiet true 2>/dev/null; then
            skip valgrind "it cannot run here (packages valgrind and libc6-dbg: scripts/install-deps.sh test)"
        else
            run_scripts "$mode"
            ! selected damage || check_damage "$mode"
        fi
    done
    if [ -z "$ASAN" ]; then
        ! selected flat || check_flat
        ! selected cycles || check_cycles
        ! selected faults || check_faults
    fi
    summary
}

main "$@"
