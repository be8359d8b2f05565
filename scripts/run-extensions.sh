#!/usr/bin/env bash
# Extensions in the guest: a ZTS-only one of our own (tests/fixtures/zts_probe) and real ones, used from several workers at
# once, alone and all together, with opcache and its tracing JIT off and on.
#
#   scripts/run-extensions.sh [--runtime DIR] [NAME…]
#
# Threads that an extension makes belong to the job that they were made by: tests/extensions/threads.php asks for all of it.
#
#   --runtime DIR   build/runtime by default; the extensions are built for a copy of it in build/extensions
#   NAME            some of zts_probe apcu igbinary msgpack mailparse maxminddb bcmath sysvsem sysvmsg redis; all by default
#
# What cannot be downloaded is skipped; all else is built by scripts/build-extension.sh, which keeps it.
# PHP names the host's php, FFI_ZTS_EXTENSION another ffi_zts.so than build/ffi_zts.so.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/checks.sh
. "$(dirname "$0")/lib/checks.sh"

readonly TESTS=$FFI_ZTS_ROOT/tests/extensions
readonly EXTENSION=${FFI_ZTS_EXTENSION:-$FFI_ZTS_ROOT/build/ffi_zts.so}
PHP=${PHP:-php}
FROM_RUNTIME=$FFI_ZTS_ROOT/build/runtime
RUNTIME=$FFI_ZTS_ROOT/build/extensions
BUILT=() REDIS=''

# How each is built. redis keeps values through igbinary and msgpack, and so comes after them.
recipes() {
    cat <<RECIPES
zts_probe $FFI_ZTS_ROOT/tests/fixtures/zts_probe
apcu      --from debian apcu
igbinary  --from debian igbinary
msgpack   --from debian msgpack
mailparse --from debian --needs mbstring mailparse
maxminddb --from debian maxminddb
bcmath    --from php bcmath
sysvsem   --from php sysvsem
sysvmsg   --from php sysvmsg
redis     --from debian --needs igbinary --needs msgpack redis -- --enable-redis-igbinary --enable-redis-msgpack
RECIPES
}

# What must be loaded before an extension.
loaded_before() {
    case $1 in
        mailparse) echo mbstring ;;
        redis) echo igbinary msgpack ;;
    esac
}

# A copy of the runtime, so that nothing of ours gets into the one that is installed.
copy_runtime() {
    local file
    mkdir -p -- "$RUNTIME/ext"
    chmod 0755 "$RUNTIME" "$RUNTIME/ext"
    for file in libphp.so ffi_zts_guest.so; do put "$FROM_RUNTIME/$file" "$RUNTIME/$file"; done
    for file in "$FROM_RUNTIME"/ext/*.so; do put "$file" "$RUNTIME/ext/$(basename "$file")"; done
    for file in bin include; do
        rm -rf -- "${RUNTIME:?}/$file"
        cp -RP -- "$FROM_RUNTIME/$file" "$RUNTIME/$file"
    done
    install_file "$FROM_RUNTIME/runtime.json" "$RUNTIME/runtime.json" 0644
}

# build NAME ARGUMENT…: leaves its status in $WORK/NAME.status, for a parent that started several.
build() {
    local name=$1 status=0
    shift
    "$FFI_ZTS_ROOT/scripts/build-extension.sh" --runtime "$RUNTIME" "$@" >"$WORK/$name.build" 2>&1 </dev/null || status=$?
    printf '%s\n' "$status" >"$WORK/$name.status"
}

# build_all: two at a time, each with one compiler; those that need others come last.
build_all() {
    local name arguments running=() jobs
    jobs=$(nproc)
    while read -r name arguments; do
        selected "$name" || is_needed "$name" || continue
        if [[ $arguments == *--needs* ]]; then
            wait_for "${running[@]}"
            running=()
        elif [ "${#running[@]}" -ge "$jobs" ]; then
            wait_for "${running[0]}"
            running=("${running[@]:1}")
        fi
        # shellcheck disable=SC2086  # several words
        build "$name" $arguments &
        running+=("$!")
        CHILDREN+=("$!")
    done < <(recipes)
    wait_for "${running[@]}"
}

wait_for() { [ $# -eq 0 ] || wait "$@"; }

is_needed() {
    local name
    for name in "${SELECTION[@]}"; do [[ " $(loaded_before "$name") " != *" $1 "* ]] || return 0; done
    return 1
}

# judge_builds: sets BUILT, in the order of the recipes.
judge_builds() {
    local name
    for name in $(recipes | awk '{print $1}'); do
        [ -f "$WORK/$name.status" ] || continue
        case $(<"$WORK/$name.status") in
            0)
                pass "$name: built ($(grep -oE 'built [a-z_]+ in .*|is in the cache' "$WORK/$name.build" | tail -n 1))"
                BUILT+=("$name")
                ;;
            3) skip "$name" "no source of it can be had from here" ;;
            *) fail "$name: built" "status $(<"$WORK/$name.status")" "$WORK/$name.build" ;;
        esac
    done
}

is_built() { [[ " ${BUILT[*]} " == *" $1 "* ]]; }

# The server of redis: Debian's program is one file with the checker of its dumps, and knows its name.
start_redis() {
    local server
    server=$(command -v redis-server || command -v redis-check-rdb) || return 1
    export REDIS_SOCKET=$WORK/redis.sock
    (exec -a redis-server "$server" --port 0 --unixsocket "$REDIS_SOCKET" --save '' --appendonly no --dir "$WORK") >"$WORK/redis.log" 2>&1 </dev/null &
    REDIS=$!
    CHILDREN+=("$REDIS")
    for _ in $(seq 300); do
        [ ! -S "$REDIS_SOCKET" ] || return 0
        sleep 0.1
    done
    cat "$WORK/redis.log"
    return 1
}

stop_redis() {
    [ -n "$REDIS" ] || return 0
    kill -TERM "$REDIS"
    wait "$REDIS" || true
}

# host ARGUMENT…: a PHP with the extension and that runtime. STATUS, $WORK/out, $WORK/err.
host() {
    STATUS=0
    { timeout -k 5 300 "$PHP" -n -d extension="$EXTENSION" -d ffi_zts.runtime="$RUNTIME" "$@" >"$WORK/out" 2>"$WORK/err" </dev/null; } 2>/dev/null || STATUS=$?
}

# check_parts NAME JIT EXTENSIONS PART…
check_parts() {
    local name=$1 directory reason=''
    shift
    directory=$(mktemp -d "$WORK/parts.XXXXXX")
    host "$TESTS/host.php" "$directory" "$@"
    [ "$STATUS" -eq 0 ] || reason="status $STATUS"
    [ -n "$reason" ] || [ "$(cat "$WORK/out")" = ok ] || reason="something else than ok was printed"
    [ -n "$reason" ] || [ ! -s "$WORK/err" ] || reason="something on standard error"
    verdict "$name" "$reason" "$WORK/out" "$WORK/err"
}

# joined WORD…: with commas.
joined() { (IFS=, && echo "$*"); }

check_all() {
    local name jit wanted=() together vanilla=()
    for name in "${BUILT[@]}"; do if selected "$name"; then wanted+=("$name"); fi; done
    [ "${#wanted[@]}" -gt 0 ] || return 0
    # mailparse needs mbstring, which comes with the runtime.
    together=$(joined mbstring "${BUILT[@]}") vanilla=(mbstring)
    for name in "${BUILT[@]}"; do vanilla+=("$RUNTIME/ext/vanilla/$name.so"); done
    for jit in 0 1; do
        for name in "${wanted[@]}"; do
            # shellcheck disable=SC2046  # several words
            check_parts "$name alone, $(mode "$jit")" "$jit" "$(joined $(loaded_before "$name") "$name")" "$name"
        done
        check_parts "all together, $(mode "$jit")" "$jit" "$together" "${wanted[@]}"
        check_parts "all together as their compilers left them, $(mode "$jit")" "$jit" "$(joined "${vanilla[@]}")" "${wanted[@]}"
    done
}

# A host that has mbstring, too, is no place where the guest's mailparse looks for its functions.
check_binding() {
    local file kind reason
    if ! "$PHP" -n -d extension=mbstring -r 'exit((int) !extension_loaded("mbstring"));' 2>/dev/null; then
        skip binding "the host has no mbstring (package php-mbstring)"
        return
    fi
    for file in mailparse "$RUNTIME/ext/vanilla/mailparse.so"; do
        kind=$([[ $file == */* ]] && echo 'as its compiler left it' || echo 'of the runtime') reason=''
        LD_DEBUG=bindings LD_DEBUG_OUTPUT=$WORK/bindings host -d extension=mbstring "$TESTS/host.php" "$(mktemp -d "$WORK/binding.XXXXXX")" 0 "mbstring,$file" mailparse
        [ "$STATUS" -eq 0 ] || reason="status $STATUS"
        # Both mbstrings bind to themselves.
        sed -n '/binding file [^ ]*mbstring.so /d;s/.*binding file .* to \(.*\) \[0\]: normal symbol .mbfl_name2encoding.*/\1/p' "$WORK"/bindings.* |
            sort -u >"$WORK/bound"
        rm -f -- "$WORK"/bindings.*
        [ "$(cat "$WORK/bound")" = "$(realpath -- "$RUNTIME/ext/mbstring.so")" ] || reason+=' it did not bind to the mbstring of the guest'
        verdict "mailparse $kind, beside a host with mbstring" "$reason" "$WORK/bound" "$WORK/err"
    done
}

# The fixture is one that only a thread-safe PHP can have: the host's own headers refuse it.
check_fixture() {
    local includes source=$FFI_ZTS_ROOT/tests/fixtures/zts_probe/zts_probe.c status=0
    includes=$("${PHP_CONFIG:-php-config}" --includes)
    # shellcheck disable=SC2086  # several words
    "${CC:-cc}" -fsyntax-only $includes "$source" >"$WORK/out" 2>&1 || status=$?
    verdict "zts_probe: refused by the headers of the host" "$([ "$status" -ne 0 ] && grep -q 'needs a thread-safe PHP' "$WORK/out" || echo "status $status")" "$WORK/out"
}

# Threads that the fixture makes. Descriptor 1 of the host is part of what they are asked about.
check_threads() {
    local jit directory
    for jit in 0 1; do
        directory=$(mktemp -d "$WORK/threads.XXXXXX")
        host "$TESTS/threads.php" "$directory" "$jit" "$WORK/out"
        verdict "threads of an extension, $(mode "$jit")" "$([ "$STATUS" -eq 0 ] && [ ! -s "$WORK/err" ] || echo "status $STATUS")" "$WORK/err"
    done
}

# A worker that is stopped while it makes an entry of APCu lets go of APCu's lock.
check_stopped() {
    local jit
    for jit in 0 1; do
        host "$TESTS/apcu-stopped.php" "$(mktemp -d "$WORK/stopped.XXXXXX")" "$jit"
        verdict "apcu: a job is stopped inside apcu_entry(), $(mode "$jit")" "$([ "$STATUS" -eq 0 ] && [ "$(cat "$WORK/out")" = ok ] || echo "status $STATUS")" "$WORK/out" "$WORK/err"
    done
}

# Calls of extensions that wait end with a stop.
check_waits() {
    local name jit
    for name in sysvsem sysvmsg redis; do
        if ! is_built "$name" || ! selected "$name"; then continue; fi
        for jit in 0 1; do
            host "$TESTS/waits-stopped.php" "$(mktemp -d "$WORK/waits.XXXXXX")" "$jit" "$name"
            verdict "$name: a job is stopped in a call that waits, $(mode "$jit")" "$([ "$STATUS" -eq 0 ] && [ "$(cat "$WORK/out")" = ok ] && [ ! -s "$WORK/err" ] || echo "status $STATUS")" "$WORK/out" "$WORK/err"
        done
    done
}

mode() { [ "$1" -eq 1 ] && echo "with opcache and JIT" || echo "without opcache"; }

main() {
    while [ $# -gt 0 ]; do
        case $1 in
            --runtime) need_value "$1" $# && FROM_RUNTIME=$(realpath -- "$2") && RUNTIME+=-$(basename "$2") && shift ;;
            -*) die "usage: $0 [--runtime DIR] [NAME…]" ;;
            *) recipes | grep -q "^$1 " || die "no extension $1; there are: $(recipes | awk '{printf "%s ", $1}')"
                SELECTION+=("$1") ;;
        esac
        shift
    done
    [ -f "$EXTENSION" ] || die "no $EXTENSION: run make build first"
    [ -f "$FROM_RUNTIME/ffi_zts_guest.so" ] || die "no runtime in $FROM_RUNTIME: run make build first"
    copy_runtime
    build_all
    judge_builds
    if is_built redis && ! start_redis; then
        # (it is the last of the recipes)
        unset 'BUILT[-1]'
        fail redis "its server did not start" "$WORK/redis.log"
    fi
    check_all
    if is_built zts_probe && selected zts_probe; then
        check_fixture
        check_threads
    fi
    if is_built mailparse && selected mailparse; then check_binding; fi
    if is_built apcu && selected apcu; then check_stopped; fi
    check_waits
    stop_redis
    summary
}

main "$@"
