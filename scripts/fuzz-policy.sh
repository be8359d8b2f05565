#!/usr/bin/env bash
# Random restrictions of a host, random options of its scripts: nothing that the host refuses may work in a job.
#
#   scripts/fuzz-policy.sh [--seconds N] [--seed N] [--jobs N] [--case N] [--runtime DIR]
#
#   --seconds N     how long; 30 otherwise
#   --seed N        which cases: a case follows from the seed and its number; 1 otherwise
#   --jobs N        hosts at once; the number of processors otherwise
#   --case N        one case of the seed, with all that it is and all that was answered
#   --runtime DIR   boots the guest of this runtime; its minor must be the host's, since code crosses
#
# What is looser than the host is told with the command that repeats it. FFI_ZTS_FUZZ_REASONS=1 tells why jobs were refused. PHP names the
# host's, FFI_ZTS_TEST_SO another ffi_zts.so than that of build/. The last line is `N passed, N failed`.
set -uo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/checks.sh
. "$FFI_ZTS_ROOT/scripts/lib/checks.sh"

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; }

parse_arguments() {
    SECONDS_EACH=30 SEED=1 JOBS=$(nproc) CASE=() RUNTIME=''
    while [ $# -gt 0 ]; do
        case $1 in
            --seconds) need_value "$1" $# && SECONDS_EACH=$2 && shift ;;
            --seed) need_value "$1" $# && SEED=$2 && shift ;;
            --jobs) need_value "$1" $# && JOBS=$2 && shift ;;
            --case) need_value "$1" $# && CASE=("$2") && shift ;;
            --runtime) need_value "$1" $# && RUNTIME=$(realpath -- "$2") && shift ;;
            -h | --help) usage && exit 0 ;;
            *) usage >&2 && die "unknown argument $1" ;;
        esac
        shift
    done
}

main() {
    local php
    parse_arguments "$@"
    php=$(command -v "${PHP:-php}") || die "no PHP: install php-cli"
    export FFI_ZTS_TEST_SO=${FFI_ZTS_TEST_SO:-$FFI_ZTS_ROOT/build/ffi_zts.so} FFI_ZTS_TEST_RUNTIME=$RUNTIME
    [ -f "$FFI_ZTS_TEST_SO" ] || die "there is no $FFI_ZTS_TEST_SO: run make"
    "$php" -n "$FFI_ZTS_ROOT/tests/policy-fuzz/fuzz.php" "$WORK" "$SEED" "$SECONDS_EACH" "$JOBS" "${CASE[@]}"
}

main "$@"
