#!/usr/bin/env bash
# Compiles the C of both halves against the headers of a PHP, without linking: what is of a minor that has no thread-safe build
# at hand is checked as far as headers tell. The guest half's files see a thread-safe PHP, whatever the headers are of.
#
#   scripts/check-headers.sh [PHP-CONFIG…]      PHP_CONFIG, or php-config, by default
#
# Warnings are errors, those of build.rs aside. The last line is `N passed, N failed`, of files.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"

# As build.rs.
readonly FLAGS=(-fsyntax-only -D_GNU_SOURCE -std=gnu11 -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare -Wno-cast-function-type)
PASSED=0 FAILED=0

# check_half NAME PHP-CONFIG DIRECTORY FLAG…
check_half() {
    local name=$1 config=$2 directory=$3 file includes output
    shift 3
    read -r -a includes <<<"$("$config" --includes)"
    for file in "$FFI_ZTS_ROOT"/src/zend/*.c "$FFI_ZTS_ROOT/$directory"/*.c; do
        if output=$("${CC:-cc}" "${includes[@]}" "${FLAGS[@]}" "$@" "$file" 2>&1); then
            PASSED=$((PASSED + 1))
        else
            FAILED=$((FAILED + 1))
            printf 'FAIL %s half, PHP %s: %s\n%s\n' "$name" "$("$config" --version)" "${file#"$FFI_ZTS_ROOT/"}" "$output"
        fi
    done
}

main() {
    local config
    [ $# -gt 0 ] || set -- "${PHP_CONFIG:-php-config}"
    for config; do
        have "$config" || die "no $config: install the headers of that PHP (package phpX.Y-dev)"
        say "checking against the headers of PHP $("$config" --version)"
        # A thread-safe PHP's headers say so themselves; the host half is never compiled against them.
        if ! "$config" --configure-options | grep -q -e --enable-zts; then check_half host "$config" src/host/shim; fi
        check_half guest "$config" src/guest/shim -DZTS=1
    done
    printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
    [ "$FAILED" -eq 0 ]
}

main "$@"
