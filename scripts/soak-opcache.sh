#!/usr/bin/env bash
# opcache under load: resets, invalidation, changing files and a full memory, on four workers (tests/soak/opcache.php).
#
#   scripts/soak-opcache.sh [--runtime DIR] [SECONDS]     20 s by default, half of them with tracing JIT and half without
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/checks.sh
. "$(dirname "$0")/lib/checks.sh"

readonly EXTENSION=${FFI_ZTS_EXTENSION:-$FFI_ZTS_ROOT/build/ffi_zts.so}
RUNTIME=${FFI_ZTS_RUNTIME:-$FFI_ZTS_ROOT/build/runtime}
PHP=${PHP:-php}
LENGTH=20

main() {
    local jit status
    while [ $# -gt 0 ]; do
        case $1 in
            --runtime) need_value "$1" $# && RUNTIME=$2 && shift ;;
            -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0" && exit 0 ;;
            *[!0-9]*) die "unknown argument $1" ;;
            *) LENGTH=$1 ;;
        esac
        shift
    done
    [ -f "$EXTENSION" ] || die "no $EXTENSION: run make build first"
    ulimit -c 0
    for jit in tracing disable; do
        status=0
        "$PHP" -n -d extension="$EXTENSION" -d ffi_zts.runtime="$RUNTIME" "$FFI_ZTS_ROOT/tests/soak/opcache.php" $((LENGTH / 2)) "$jit" \
            >"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
        cat -- "$WORK/out"
        verdict "opcache.jit=$jit for $((LENGTH / 2)) s" "$([ "$status" -eq 0 ] || echo "status $status")" "$WORK/out" "$WORK/err"
    done
    summary
}

main "$@"
