#!/usr/bin/env bash
# The README's way on a fresh Debian: php-cli and composer, no compiler, and no root but for `enable`. Needs what run-in-debian.sh needs.
#
#   scripts/run-fresh.sh [--bundles DIR] [SUITE…]     bookworm by default, and the bundles that `make package` has made
#
# tests/fresh/steps.sh has the steps. The last line is `N passed, N failed, N skipped`.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"

main() {
    local bundles=$FFI_ZTS_ROOT/build/bundles suites=() suite cache place passed=0 failed=0 skipped=0 last
    while [ $# -gt 0 ]; do
        case $1 in
            --bundles) need_value "$1" $# && bundles=$2 && shift ;;
            -*) die "usage: $0 [--bundles DIR] [SUITE…]" ;;
            *) suites+=("$1") ;;
        esac
        shift
    done
    [ -n "$(find "$bundles" -maxdepth 1 -name 'ffi_zts-*.tar.gz' 2>/dev/null)" ] || die "there are no bundles in $bundles: run make package"
    [ "${#suites[@]}" -gt 0 ] || suites=(bookworm)
    cache=$(cache_dir)
    for suite in "${suites[@]}"; do
        # What a run inside finds in the cache directory of its own.
        place=$cache/debian/$suite/cache/fresh
        rm -rf -- "$place"
        mkdir -p -- "$place"
        cp -- "$bundles"/* "$place/"
        say "on a fresh $suite"
        "$FFI_ZTS_ROOT/scripts/run-in-debian.sh" --rust none "$suite" tests/fresh/steps.sh /root/.cache/ffi_zts/fresh </dev/null | tee "$place.log" || true
        last=$(tail -n 1 "$place.log")
        if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
            passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2])) skipped=$((skipped + BASH_REMATCH[3]))
        else
            failed=$((failed + 1))
        fi
    done
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$failed" -eq 0 ]
}

main "$@"
