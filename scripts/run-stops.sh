#!/usr/bin/env bash
# Stops busy code at random moments, and looks at what that leaves behind.
#
#   scripts/run-stops.sh [--stops N] [--settings LIST] [--ways LIST] [KIND…]
#
#   --stops N         stops of each kind, in each way and setting (FFI_ZTS_STOPS; 4 otherwise)
#   --settings LIST   plain, guestjit, guestfn, hostjit, both; all by default, with commas
#   --ways LIST       cancel, limit, kill, sent, script; all by default
#   KIND…             names of tests/stops/kinds.php; all by default
#
# guestjit and both use opcache's tracing JIT in the guest, guestfn its function JIT, hostjit and both the JIT in the host.
# FFI_ZTS_STOPS_SEED repeats the moments of a run. The last line is `N passed, N failed`.
set -uo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; }

parse_arguments() {
    STOPS=${FFI_ZTS_STOPS:-4} SETTINGS=plain,guestjit,guestfn,hostjit,both WAYS=cancel,limit,kill,sent,script KINDS=()
    while [ $# -gt 0 ]; do
        case $1 in
            --stops) need_value "$1" $# && STOPS=$2 && shift ;;
            --settings) need_value "$1" $# && SETTINGS=$2 && shift ;;
            --ways) need_value "$1" $# && WAYS=$2 && shift ;;
            -h | --help) usage && exit 0 ;;
            -*) usage >&2 && die "unknown argument $1" ;;
            *) KINDS+=("$1") ;;
        esac
        shift
    done
}

# opcache_boot JIT: settings of a guest, as JSON.
opcache_boot() {
    printf '{"extensions":["opcache"],"ini":{"opcache.enable_cli":"1","opcache.jit":"%s","opcache.jit_buffer_size":"32M"}}' "$1"
}

# run SETTING WAY: adds to PASSED and FAILED.
run() {
    local setting=$1 way=$2 host=(-n) boot='' log last
    local jit=(-d zend_extension=opcache -d opcache.enable_cli=1 -d opcache.jit=tracing -d opcache.jit_buffer_size=32M)
    case $setting in
        plain) ;;
        guestjit) boot=$(opcache_boot tracing) ;;
        guestfn) boot=$(opcache_boot function) ;;
        hostjit) host+=("${jit[@]}") ;;
        both) host+=("${jit[@]}") && boot=$(opcache_boot tracing) ;;
        *) die "no setting $setting" ;;
    esac
    log=$(FFI_ZTS_STOPS_BOOT=$boot timeout -k 10 $((120 + STOPS * 60)) "${PHP:-php}" "${host[@]}" -d "extension=$FFI_ZTS_ROOT/build/ffi_zts.so" \
        "$FFI_ZTS_ROOT/tests/stops/stops.php" "$STOPS" "$way" "${KINDS[@]}" 2>&1 </dev/null)
    last=$(tail -n 1 <<<"$log")
    if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        PASSED=$((PASSED + BASH_REMATCH[1])) FAILED=$((FAILED + BASH_REMATCH[2]))
    else
        FAILED=$((FAILED + 1))
    fi
    printf '%-9s %-7s %s\n' "$setting" "$way" "$last"
    grep -v '^ok \|passed, 0 failed$' <<<"$log" | head -n 40
}

main() {
    local setting way PASSED=0 FAILED=0
    parse_arguments "$@"
    for setting in ${SETTINGS//,/ }; do
        for way in ${WAYS//,/ }; do run "$setting" "$way"; done
    done
    printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
    [ "$FAILED" -eq 0 ]
}

main "$@"
