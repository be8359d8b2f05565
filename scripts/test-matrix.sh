#!/usr/bin/env bash
# The tests on other Debians and PHPs than this machine's, each in a fresh Debian (run-in-debian.sh, which says what is needed).
#
#   scripts/test-matrix.sh [SUITE…]      all rows by default; see rows()
#
# Logs are in build/matrix-logs/. The last line is `N passed, N failed`, of rows.
set -uo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"

# Suite, host ('-': the suite's own), command. Of 8.5 and 8.6 there is no thread-safe PHP to be had: a guest of another minor
# runs in the host 8.5, and of 8.6 the headers are there.
rows() {
    cat <<'ROWS'
bookworm      -    make --no-print-directory -s test
trixie        -    make --no-print-directory -s test
experimental  8.5  scripts/test.sh deps build-other other-minor
experimental  8.5  scripts/check-headers.sh
experimental  8.6  scripts/check-headers.sh
ROWS
}

main() {
    local wanted=" $* " suite php command log name options passed=0 failed=0
    mkdir -p -- "$FFI_ZTS_ROOT/build/matrix-logs"
    for name; do rows | grep -q "^$name " || die "no row for $name; there are: $(rows | awk '{print $1}' | sort -u | tr '\n' ' ')"; done
    while read -r suite php command; do
        if [ $# -gt 0 ] && [[ $wanted != *" $suite "* ]]; then continue; fi
        name="$suite $php ${command##* }" options=()
        [ "$php" = - ] || options=(--php "$php")
        log=$(tr -cs "a-zA-Z0-9.\n" - <<<"$name")
        log=$FFI_ZTS_ROOT/build/matrix-logs/$log.log
        # shellcheck disable=SC2086  # the command is several words
        if "$FFI_ZTS_ROOT/scripts/run-in-debian.sh" "${options[@]}" "$suite" $command </dev/null >"$log" 2>&1; then
            passed=$((passed + 1))
            printf 'ok   %s: %s\n' "$name" "$(tail -n 1 "$log")"
        else
            failed=$((failed + 1))
            printf 'FAIL %s: %s (log: %s)\n' "$name" "$(tail -n 1 "$log")" "$log"
        fi
    done < <(rows)
    printf '%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ]
}

main "$@"
