#!/usr/bin/env bash
# Runs the PHPUnit tests under a host that has loaded the extension, on top of its own php.ini.
#
#   scripts/run-phpunit.sh [PHPUnit's arguments...]
#
# The last line is `N passed, N failed, N skipped`; the exit status is 1 when a test failed.
# FFI_ZTS_LOOPS names an autoload file that brings Revolt, amphp and ReactPHP; without it, and without vendor/, the tests of the
# adapters run with stand-ins only, and say that they skip the rest.
# PHP names the host's php, PHPUNIT the program (Debian's package phpunit otherwise), FFI_ZTS_EXTENSION the extension.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
php=${PHP:-php}
extension=${FFI_ZTS_EXTENSION:-$root/build/ffi_zts.so}
phpunit=${PHPUNIT:-$(command -v phpunit || true)}
# Seconds, for the whole of it.
limit=${FFI_ZTS_PHPUNIT_TIMEOUT:-600}

if [ -z "$phpunit" ]; then
    echo "run-phpunit: there is no phpunit here; on Debian: apt-get install phpunit" >&2
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
fi
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

status=0
FFI_ZTS_EXTENSION=$extension timeout -k 5 "$limit" "$php" -d "extension=$extension" "$phpunit" \
    --configuration "$root/tests/php/phpunit.xml" --log-junit "$work/junit.xml" "$@" </dev/null || status=$?

# A run that ended early has no log: that is a failure, whatever it printed.
"$php" -n "$root/tests/php/summary.php" "$work/junit.xml" "$status"
