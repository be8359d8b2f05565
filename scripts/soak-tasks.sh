#!/usr/bin/env bash
# Tasks of every kind in one process: every result is right, and nothing is left behind (tests/soak/tasks.php); and tasks that
# are stopped at random moments: nothing hangs, nothing is lost (tests/soak/chaos.php).
#
#   scripts/soak-tasks.sh [--runtime DIR] [ROUNDS]     by default 8 rounds; as they are, and with opcache and tracing JIT in both halves
#
# A round takes a second or less. 100 rounds are 1,000,000 tasks, 100,000 that fail, 10,000 cancels and 10,000 workers that start anew.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/checks.sh
. "$(dirname "$0")/lib/checks.sh"

readonly EXTENSION=${FFI_ZTS_EXTENSION:-$FFI_ZTS_ROOT/build/ffi_zts.so}
readonly JIT=(-d opcache.enable_cli=1 -d opcache.jit=tracing -d opcache.jit_buffer_size=64M)
RUNTIME=${FFI_ZTS_RUNTIME:-$FFI_ZTS_ROOT/build/runtime}
PHP=${PHP:-php}
ROUNDS=8

# soak NAME OPTION… -- FILE ARGUMENT…: a script of tests/soak.
soak() {
    local name=$1 status=0 options=()
    shift
    while [ "$1" != -- ]; do options+=("$1") && shift; done
    shift
    timeout -k 10 $((120 + 10 * ROUNDS)) "$PHP" -n "${options[@]}" -d extension="$EXTENSION" -d ffi_zts.runtime="$RUNTIME" "$FFI_ZTS_ROOT/tests/soak/$1.php" "${@:2}" \
        >"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
    cat -- "$WORK/out"
    verdict "$name" "$([ "$status" -eq 0 ] || echo "status $status")" "$WORK/out" "$WORK/err"
}

main() {
    local seed=$RANDOM
    while [ $# -gt 0 ]; do
        case $1 in
            --runtime) need_value "$1" $# && RUNTIME=$2 && shift ;;
            -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0" && exit 0 ;;
            *[!0-9]*) die "unknown argument $1" ;;
            *) ROUNDS=$1 ;;
        esac
        shift
    done
    [ -f "$EXTENSION" ] || die "no $EXTENSION: run make build first"
    ulimit -c 0
    soak "$ROUNDS rounds" -- tasks "$ROUNDS"
    soak "$ROUNDS seconds of stops at random, seed $seed" -- chaos "$ROUNDS" "$seed"
    if host_opcache; then
        soak "$ROUNDS rounds, opcache and tracing JIT in both halves" "${HOST_OPCACHE[@]/#/-d}" "${JIT[@]}" -- tasks "$ROUNDS" tracing
    else
        skip "opcache in both halves" "the host has no opcache"
    fi
    summary
}

main "$@"
