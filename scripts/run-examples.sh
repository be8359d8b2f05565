#!/usr/bin/env bash
# Runs each example under a host that has loaded the extension and nothing else, and compares what it printed.
#
#   scripts/run-examples.sh [--other-minor] [NAME...]
#
#   --other-minor   the guest is of another PHP minor than the host: examples that hand over closures are skipped
#
# tests/examples/NAME.out is the exact output of examples/NAME.php, or NAME.check.php reads it and judges.
# The last line is `N passed, N failed, N skipped`; the exit status is 1 when an example failed.
# PHP names the host's php, FFI_ZTS_EXTENSION the extension (build/ffi_zts.so otherwise).
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
php=${PHP:-php}
extension=${FFI_ZTS_EXTENSION:-$root/build/ffi_zts.so}
expected=$root/tests/examples
# Seconds; an example takes a fraction of one, and an instrumented guest much longer.
limit=${FFI_ZTS_EXAMPLE_TIMEOUT:-60}

passed=0
failed=0
skipped=0
other_minor=
if [ "${1:-}" = --other-minor ]; then other_minor=1 && shift; fi
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

# What an example leaves in the temporary directory goes with ours. The host is a bare php, so what it would have is named, unless libphp
# has it inside (FFI_ZTS_TEST_EXTENSIONS).
host() { TMPDIR=$work timeout -k 5 "$limit" "$php" -n -d "extension=$extension" -d ffi_zts.extensions="${FFI_ZTS_TEST_EXTENSIONS-pdo_sqlite}" "$@"; }

# run NAME: the example's output goes to standard output.
run() {
    # shellcheck disable=SC2016  # PHP code
    case $1 in
        hello) host -r 'exit(FfiZts::boot()->runScript($argv[1])->exitCode);' "$root/examples/hello.php" ;;
        # With parallel, where it is built for this runtime, and without.
        parallel) host "$root/examples/parallel.php" && host "$root/examples/parallel.php" none ;;
        # With GD, where it is built for this runtime, and without.
        thumbnails)
            gd=$root/build/runtime/ext/gd.so
            if [ -f "$gd" ]; then host "$root/examples/thumbnails.php" "$gd"; fi
            host "$root/examples/thumbnails.php"
            ;;
        *) host "$root/examples/$1.php" ;;
    esac
}

# judge NAME: compares the output; prints what differs.
judge() {
    if [ -f "$expected/$1.check.php" ]; then
        "$php" -n "$expected/$1.check.php" <"$work/out"
    else
        diff -u "$expected/$1.out" "$work/out"
    fi
}

fail() {
    failed=$((failed + 1))
    printf 'FAIL %s: %s\n' "$1" "$2"
    sed 's/^/    /' "$work/verdict" "$work/out" "$work/err"
}

example() {
    local status=0
    : >"$work/verdict"
    if [ -n "$other_minor" ] && grep -qE -- '->(run|map|submit)\(' "$root/examples/$1.php"; then
        skipped=$((skipped + 1))
        printf 'skip %s: closures cross within one minor of PHP\n' "$1"
        return
    fi
    run "$1" >"$work/out" 2>"$work/err" </dev/null || status=$?
    if [ "$status" -ne 0 ]; then
        fail "$1" "exit status $status"
    elif [ -s "$work/err" ]; then
        fail "$1" "something on standard error"
    elif ! judge "$1" >"$work/verdict" 2>&1; then
        fail "$1" "the output is not as expected"
    else
        passed=$((passed + 1))
        printf 'ok   %s\n' "$1"
    fi
}

if [ $# -eq 0 ]; then
    for file in "$root"/examples/*.php; do
        set -- "$@" "$(basename "$file" .php)"
    done
fi
for name in "$@"; do
    example "$name"
done
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
