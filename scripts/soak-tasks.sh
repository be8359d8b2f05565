#!/usr/bin/env bash
# Tasks of every kind in one process: every result is right, and nothing is left behind (tests/soak/tasks.php).
#
#   scripts/soak-tasks.sh [--runtime DIR] [ROUNDS]     by default 12 rounds as they are, and 12 with opcache and tracing JIT in both halves
#
# 100 rounds are 1,000,000 tasks, 100,000 that fail, 10,000 cancels and 10,000 workers that start anew.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/checks.sh
. "$(dirname "$0")/lib/checks.sh"

readonly EXTENSION=${FFI_ZTS_EXTENSION:-$FFI_ZTS_ROOT/build/ffi_zts.so}
readonly JIT=(-d zend_extension=opcache -d opcache.enable_cli=1 -d opcache.jit=tracing -d opcache.jit_buffer_size=64M)
RUNTIME=${FFI_ZTS_RUNTIME:-$FFI_ZTS_ROOT/build/runtime}
PHP=${PHP:-php}
ROUNDS=12

# soak NAME JIT OPTION…: JIT is what the guest is to do, `tracing` or nothing.
soak() {
    local name=$1 jit=$2 status=0
    shift 2
    "$PHP" -n "$@" -d extension="$EXTENSION" -d ffi_zts.runtime="$RUNTIME" "$FFI_ZTS_ROOT/tests/soak/tasks.php" "$ROUNDS" "$jit" \
        >"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
    cat -- "$WORK/out"
    verdict "$ROUNDS rounds, $name" "$([ "$status" -eq 0 ] || echo "status $status")" "$WORK/out" "$WORK/err"
}

main() {
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
    soak "without opcache" ''
    if "$PHP" -n -d zend_extension=opcache -r 'exit((int) !extension_loaded("Zend OPcache"));' 2>/dev/null; then
        soak "opcache and tracing JIT in both halves" tracing "${JIT[@]}"
    else
        skip "opcache in both halves" "the host has no opcache"
    fi
    summary
}

main "$@"
