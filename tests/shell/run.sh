#!/usr/bin/env bash
# Runs tests/shell/*_test.sh, each function test_* in a shell and directory of its own.   tests/shell/run.sh [NAME…]
# A test fails when a command in it fails. The last line is `N passed, N failed, N skipped`.
set -uo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
export ROOT=${HERE%/tests/shell}
PASSED=0 FAILED=0 SKIPPED=0

# run_test FILE FUNCTION
run_test() {
    local directory output status
    directory=$(mktemp -d "${TMPDIR:-/tmp}/ffi_zts-shell.XXXXXX")
    # shellcheck disable=SC2016  # expanded by the inner shell
    output=$(cd "$directory" && env -u FFI_ZTS_CACHE -u DESTDIR HOME="$directory" bash -c '
        set -euo pipefail
        . "$1/lib.sh"
        . "$2"
        trap clean_up EXIT
        "$3"' test "$HERE" "$1" "$2" 2>&1 </dev/null)
    status=$?
    rm -rf -- "$directory"
    case $status in
        0) PASSED=$((PASSED + 1)) && echo "ok   $2" ;;
        77) SKIPPED=$((SKIPPED + 1)) && echo "skip $2: ${output##*$'\n'}" ;;
        *) FAILED=$((FAILED + 1)) && printf 'FAIL %s (status %d)\n%s\n' "$2" "$status" "    ${output//$'\n'/$'\n'    }" ;;
    esac
}

for file in "$HERE"/*_test.sh; do
    # shellcheck disable=SC2013  # one word a line
    for name in $(sed -n 's/^\(test_[a-z0-9_]*\)() {$/\1/p' "$file"); do
        if [ $# -eq 0 ] || [[ " $* " == *" $name "* ]]; then run_test "$file" "$name"; fi
    done
done
echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
[ "$FAILED" -eq 0 ]
