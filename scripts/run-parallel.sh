#!/usr/bin/env bash
# pecl/parallel in the guest: its own tests there and under the runtime's CLI, and what hosts do with it.
#
#   FFI_ZTS_PARALLEL=DIR scripts/run-parallel.sh [tests] [host] [stops]
#
# DIR is a source tree of parallel; its tests are read from there. The extension, built for the runtime and not relinked,
# is RUNTIME/ext/vanilla/parallel.so, where build-extension.sh puts it, or else DIR/modules/parallel.so, where phpize leaves
# it. Without them PECL's newest release is built, and where PECL cannot be reached everything is skipped, with a line that says so.
# `tests` compares the outcome of each of parallel's tests: as it is, with opcache and tracing JIT in CLI and guest, and
# with both in the host as well. `host` runs tests/parallel. `stops` stops busy code on its threads, each kind twice in each way (FFI_ZTS_STOPS).
# FFI_ZTS_PARALLEL_RUNS (1) is how often the guest runs each suite; FFI_ZTS_EXTENSION and FFI_ZTS_RUNTIME name other builds.
# The last line is `N passed, N failed, N skipped`.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/checks.sh
. "$(dirname "$0")/lib/checks.sh"
# shellcheck source=scripts/lib/download.sh
. "$(dirname "$0")/lib/download.sh"

SELECTION=("$@")
readonly TESTS=$FFI_ZTS_ROOT/tests/parallel
readonly EXTENSION=${FFI_ZTS_EXTENSION:-$FFI_ZTS_ROOT/build/ffi_zts.so}
readonly RUNTIME=${FFI_ZTS_RUNTIME:-$FFI_ZTS_ROOT/build/runtime}
SOURCE=${FFI_ZTS_PARALLEL:-}
readonly RUNS=${FFI_ZTS_PARALLEL_RUNS:-1}
readonly KEEP=$FFI_ZTS_ROOT/build/parallel
readonly JIT=(opcache.enable_cli=1 opcache.jit=tracing opcache.jit_buffer_size=64M)
PHP=${PHP:-php}
PARALLEL=''

find_parallel() {
    local file
    for file in "$RUNTIME/ext/vanilla/parallel.so" ${SOURCE:+"$SOURCE/modules/parallel.so"}; do
        if [ -f "$file" ]; then PARALLEL=$(realpath -- "$file") && return; fi
    done
    return 1
}

# Builds PECL's newest release, whose archive has the tests as well. Fails where there is none to be had.
fetch_parallel() {
    local LOG=$WORK/fetch # of http_get
    pecl_get parallel "$WORK/parallel.tgz" 2>/dev/null || return 1
    mkdir -- "$WORK/parallel"
    tar -xzf "$WORK/parallel.tgz" -C "$WORK/parallel"
    SOURCE=$(find "$WORK/parallel" -mindepth 1 -maxdepth 1 -type d -name 'parallel-*' -print -quit)
    "$FFI_ZTS_ROOT/scripts/build-extension.sh" --runtime "$RUNTIME" "$WORK/parallel.tgz"
    find_parallel || die "scripts/build-extension.sh left no parallel.so in $RUNTIME/ext/vanilla"
}

# compare NAME OPTION…: parallel's tests on both sides; counts each test.
# functional/007 hangs now and then, under the CLI as well: a runtime's thread tells a Future that the script has destroyed
# of the end of its task. Whoever hangs runs into the time limit of a minute and is tried again.
compare() {
    local name=$1 log=$WORK/$1.log status=0 run
    shift
    "$FFI_ZTS_ROOT/scripts/conformance.sh" --source="$SOURCE" --runtime="$RUNTIME" --extension="$EXTENSION" --keep="$KEEP/$name" \
        --runs="$RUNS" --retry=3 "$@" tests >"$log" 2>&1 || status=$?
    cat -- "$log"
    mapfile -t runs < <(sed -n 's/^\([0-9]*\) compared, \([0-9]*\) differ$/\1 \2/p' "$log")
    if [ "$status" -gt 1 ] || [ "${#runs[@]}" -ne "$RUNS" ]; then
        fail "$name" "the comparison ended with status $status" "$log"
        return
    fi
    for run in "${runs[@]}"; do
        # shellcheck disable=SC2086  # two numbers
        set -- $run
        PASSED=$((PASSED + $1 - $2)) FAILED=$((FAILED + $2))
    done
}

check_tests() {
    local settings=() host=() setting
    if [ ! -d "$SOURCE/tests" ]; then
        skip tests "set FFI_ZTS_PARALLEL to a source tree of parallel"
        return
    fi
    compare plain --setting=extension="$PARALLEL"
    for setting in zend_extension=opcache "${JIT[@]}"; do settings+=(--setting="$setting"); done
    compare guest-jit --setting=extension="$PARALLEL" "${settings[@]}"
    if ! host_opcache; then
        skip both-jit "the host has no opcache"
        return
    fi
    for setting in "${HOST_OPCACHE[@]}" "${JIT[@]}"; do host+=(--host-setting="$setting"); done
    compare both-jit --setting=extension="$PARALLEL" "${settings[@]}" "${host[@]}"
}

# host SCRIPT ARGUMENT…: a host with the vanilla extension, in a directory where nothing can be written. STATUS, $WORK/out, $WORK/err.
host() {
    local script=$1
    shift
    STATUS=0
    { (cd "$WORK/empty" && timeout -k 5 300 "$PHP" -n -d extension="$EXTENSION" -d ffi_zts.runtime="$RUNTIME" "$TESTS/$script.php" "$PARALLEL" "$@") \
        >"$WORK/out" 2>"$WORK/err" </dev/null; } 2>/dev/null || STATUS=$?
}

# says SCRIPT LINE…: it ends well and prints exactly this.
says() {
    local script=$1 wanted reason=''
    shift
    printf -v wanted '%s\n' "$@"
    host "$script"
    [ "$STATUS" -eq 0 ] || reason="status $STATUS"
    [ "$(cat "$WORK/out")"$'\n' = "$wanted" ] || reason+=" the output is not as expected"
    [ ! -s "$WORK/err" ] || reason+=" something on standard error"
    verdict "$script" "$reason" "$WORK/out" "$WORK/err"
}

check_host() {
    local way task wrong='' i
    mkdir -p -- "$WORK/empty"
    chmod 0555 "$WORK/empty"
    says output 'every line, [2002006]'
    says many '25 jobs, [2470], no thread or descriptor left'
    says exceptions '["from the task 7"], 8 fatal errors shown' 'to the host'
    for way in exit shutdown cancel exception; do
        for task in 'while (true);' 'sleep(1000);' 'while (true) file_get_contents(__FILE__);'; do
            host busy "$way" "$task"
            wrong=''
            [ "$STATUS" -eq "$([ "$way" = exception ] && echo 255 || echo 9)" ] || wrong="status $STATUS"
            verdict "$way with busy runtimes: $task" "$wrong" "$WORK/out" "$WORK/err"
        done
    done
    wrong=''
    for ((i = 0; i < 100 && ${#wrong} == 0; i++)); do
        host once
        [ "$STATUS" -eq 7 ] && [ "$(cat "$WORK/out")" = "runtime said hello" ] || wrong="process $i: status $STATUS"
    done
    verdict "100 processes" "$wrong" "$WORK/out" "$WORK/err"
}

check_stops() {
    local status=0
    "$FFI_ZTS_ROOT/scripts/run-stops.sh" --stops "${FFI_ZTS_STOPS:-2}" --settings plain,guestjit --runtime "$RUNTIME" --parallel "$PARALLEL" >"$WORK/out" 2>&1 || status=$?
    verdict "$(tail -n 1 "$WORK/out") of the stops" "$([ "$status" -eq 0 ] || echo "status $status")" "$WORK/out"
}

main() {
    [ -f "$EXTENSION" ] || die "no $EXTENSION: run make build first"
    if ! find_parallel && { [ -n "$SOURCE" ] || ! fetch_parallel; }; then
        skip parallel "no parallel.so for $RUNTIME; FFI_ZTS_PARALLEL=DIR names a source tree in which one was built for it, without that PECL has to be reachable"
    else
        if selected tests; then check_tests; fi
        if selected host; then check_host; fi
        if selected stops; then check_stops; fi
    fi
    summary
}

main "$@"
