#!/usr/bin/env bash
# Runs tests/phpt with php-src's run-tests.php, in the host's PHP with nothing but ffi_zts.so loaded.
#
#   scripts/run-phpt.sh [--runtime DIR] [--define NAME=VALUE] [--jobs N] [--keep] [PATH…]
#
#   --runtime DIR   boots the guest of this runtime (ffi_zts.runtime); build/runtime is what the extension finds itself
#   --define N=V    a setting of php.ini for every test; may be repeated. With opcache and its JIT in the host, and in the guest:
#                   --define zend_extension=opcache --define opcache.enable_cli=1 --define opcache.jit=tracing --define opcache.jit_buffer_size=32M
#                   --define ffi_zts.extensions=opcache --define 'ffi_zts.ini="opcache.enable_cli=1;opcache.jit=tracing;opcache.jit_buffer_size=32M"'
#   --jobs N        tests at once; the number of processors otherwise
#   --keep          keeps the working copy of the tests also when all pass
#   PATH…           tests or directories; tests/phpt otherwise
#
# The tests run in a copy below build/, since run-tests.php writes beside them. Failing tests' differences are printed,
# and the copy is kept in build/phpt-failed. The last line is `N passed, N failed, N skipped`.
# FFI_ZTS_TEST_TIMEOUT (seconds) is the limit of one test, FFI_ZTS_TEST_SO another ffi_zts.so than that of build/;
# PHP and PHP_CONFIG name the host's.
set -uo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; }

parse_arguments() {
    RUNTIME='' JOBS=$(nproc) KEEP='' PATHS=() DEFINES=()
    while [ $# -gt 0 ]; do
        case $1 in
            --runtime) need_value "$1" $# && RUNTIME=$2 && shift ;;
            --define) need_value "$1" $# && DEFINES+=(-d "$2") && shift ;;
            --jobs) need_value "$1" $# && JOBS=$2 && shift ;;
            --keep) KEEP=1 ;;
            -h | --help) usage && exit 0 ;;
            -*) usage >&2 && die "unknown argument $1" ;;
            *) PATHS+=("$1") ;;
        esac
        shift
    done
    [ ${#PATHS[@]} -gt 0 ] || PATHS=("$FFI_ZTS_ROOT/tests/phpt")
}

# The test runner: of the host's development package, else of the source that built the runtime.
find_runner() {
    local config=${PHP_CONFIG:-php-config} file
    if have "$config"; then
        for file in "$("$config" --prefix)/lib/php/$("$config" --phpapi)/build/run-tests.php" \
            "$("$config" --prefix)/lib/php/build/run-tests.php"; do
            if [ -f "$file" ]; then printf '%s\n' "$file" && return; fi
        done
    fi
    file=$(sed -n 's/.*"source_dir": *"\([^"]*\)".*/\1/p' "$FFI_ZTS_ROOT/build/runtime/runtime.json" 2>/dev/null | head -n 1)/run-tests.php
    [ -f "$file" ] || die "no run-tests.php: install php-dev (scripts/install-deps.sh build)"
    printf '%s\n' "$file"
}

# sum RESULTS: prints the outcomes of a file of outcome and test, by line.
sum() {
    read -r PASSED FAILED SKIPPED < <(awk -F '\t' '
        $1 == "PASSED" || $1 == "XFAILED" {p++; next}
        $1 == "SKIPPED" {s++; next}
        NF {f++}
        END {print p + 0, f + 0, s + 0}' "$1")
}

# usual_extensions RUNTIME: those that tests' guests have, with commas. The host is bare, and so its guest would be.
usual_extensions() {
    local name found=()
    for name in curl ffi mbstring pdo_sqlite sqlite3; do [ ! -f "$1/ext/$name.so" ] || found+=("$name"); done
    (IFS=, && printf '%s' "${found[*]}")
}

main() {
    local php runner arguments=() path selected=()
    parse_arguments "$@"
    php=$(command -v "${PHP:-php}") || die "no PHP: install php-cli"
    runner=$(find_runner) || exit 1
    export FFI_ZTS_ROOT FFI_ZTS_TEST_SO=${FFI_ZTS_TEST_SO:-$FFI_ZTS_ROOT/build/ffi_zts.so}
    [ -f "$FFI_ZTS_TEST_SO" ] || die "there is no $FFI_ZTS_TEST_SO: run make"
    arguments=(-n -d "extension=$FFI_ZTS_TEST_SO" "${DEFINES[@]}")
    if [ -n "$RUNTIME" ]; then
        RUNTIME=$(realpath -- "$RUNTIME") || exit 1
        arguments+=(-d "ffi_zts.runtime=$RUNTIME")
    fi
    arguments+=(-d "ffi_zts.extensions=$(usual_extensions "${RUNTIME:-$FFI_ZTS_ROOT/build/runtime}")")

    WORK=$(mktemp -d "$FFI_ZTS_ROOT/build/phpt.XXXXXX") || exit 1
    trap 'rm -rf -- "$WORK"' EXIT
    cp -R -- "$FFI_ZTS_ROOT/tests/phpt" "$WORK/phpt"
    # It runs a test that failed again when the test looks as if it measured time. Here a test that fails has failed.
    # shellcheck disable=SC2016  # PHP code
    sed '/^function error_may_be_retried/,/^}/s/return is_flaky_output(/return false; &/' "$runner" |
        sed 's/return false; return is_flaky/return false; is_flaky/' >"$WORK/run-tests.php"
    for path in "${PATHS[@]}"; do
        path=$(realpath --relative-base="$FFI_ZTS_ROOT/tests/phpt" -- "$path") || exit 1
        case $path in /*) die "$path is not below tests/phpt" ;; esac
        selected+=("$WORK/phpt/$path")
    done

    # The system's temporary directory may be shared with other runs; everything that tests write goes here.
    mkdir -- "$WORK/tmp"
    cd "$WORK" || exit 1
    TMPDIR=$WORK/tmp TEST_PHP_EXECUTABLE=$php NO_INTERACTION=1 SKIP_ONLINE_TESTS=1 \
        "$php" -n "$WORK/run-tests.php" "${arguments[@]}" -q -j"$JOBS" -W "$WORK/results" --show-diff --no-color \
        --set-timeout "${FFI_ZTS_TEST_TIMEOUT:-120}" "${selected[@]}" </dev/null 2>&1 |
        # A skipped test says why; of the passing ones a line each is enough.
        sed -u -e "s|$WORK/phpt|tests/phpt|g" -e "s/^.*\r\(.\)/\1/" -e "/^TEST [0-9]*\/[0-9]* \[/d"
    [ -s "$WORK/results" ] || die "run-tests.php ended without results"
    sum "$WORK/results"
    if [ "$FAILED" -gt 0 ] || [ -n "$KEEP" ]; then
        rm -rf -- "$FFI_ZTS_ROOT/build/phpt-failed"
        cp -R -- "$WORK/phpt" "$FFI_ZTS_ROOT/build/phpt-failed"
    fi
    printf '%d passed, %d failed, %d skipped\n' "$PASSED" "$FAILED" "$SKIPPED"
    [ "$FAILED" -eq 0 ]
}

main "$@"
