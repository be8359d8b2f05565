#!/usr/bin/env bash
# A guest of another minor than the host's: the same ffi_zts.so boots a runtime of it, runs the phpt suite, the examples,
# the engine's scripts and some stops on it.
#
#   scripts/run-other-minor.sh [MINOR]      FFI_ZTS_OTHER_MINOR by default; else 8.4, or 8.2 where the host is of 8.4
#
# The runtime is build/runtime-MINOR, built where it is missing; FFI_ZTS_RUNTIME_OTHER names another one, which is used as it is.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/checks.sh
. "$(dirname "$0")/lib/checks.sh"

MINOR=${1:-$(other_minor)}
readonly MINOR
readonly RUNTIME=${FFI_ZTS_RUNTIME_OTHER:-$FFI_ZTS_ROOT/build/runtime-$MINOR}
readonly EXTENSION=${FFI_ZTS_EXTENSION:-$FFI_ZTS_ROOT/build/ffi_zts.so}
PHP=${PHP:-php}

# A guest half that the manifest does not know would be refused.
is_complete() {
    [ -f "$RUNTIME/runtime.json" ] && [ -f "$RUNTIME/ffi_zts_guest.so" ] &&
        grep -q "$(sha256_of "$RUNTIME/ffi_zts_guest.so")" "$RUNTIME/runtime.json"
}

build_runtime() {
    "$FFI_ZTS_ROOT/scripts/build-libphp.sh" --minor "$MINOR" --out "$RUNTIME"
    "$FFI_ZTS_ROOT/scripts/build.sh" --runtime "$RUNTIME"
}

# check_versions: host and guest are of different minors, in one process.
check_versions() {
    local answer
    # shellcheck disable=SC2016  # PHP code
    answer=$("$PHP" -n -d extension="$EXTENSION" -d ffi_zts.runtime="$RUNTIME" -r '
        $guest = FfiZts::boot()->runScript($argv[1])->value;
        echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION, " ", (int) PHP_ZTS, " ", implode(" ", $guest), "\n";' "$WORK/version.php" 2>&1) || true
    case $answer in
        "$MINOR "*) skip versions "the host is $MINOR itself" ;;
        *" 0 $MINOR 1") verdict "versions: a $MINOR guest in a ${answer%% *} host" "" ;;
        *) verdict "versions" "'$answer'" ;;
    esac
}

# other_suite NAME COMMAND…: a script of ours that prints counts; they are added to these. Its failures are shown.
other_suite() {
    local name=$1 status=0 last passed failed skipped
    shift
    "$@" >"$WORK/$name.log" 2>&1 || status=$?
    last=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$WORK/$name.log" | tail -n 1) || true
    read -r passed failed skipped < <(sed -E 's/^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?.*/\1 \2 \4/' <<<"${last:-0 passed, 1 failed}") || true
    PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed)) SKIPPED=$((SKIPPED + ${skipped:-0}))
    if [ "$status" -ne 0 ]; then
        [ "$failed" -gt 0 ] || FAILED=$((FAILED + 1))
        printf 'FAIL %s: status %s\n' "$name" "$status"
        grep -vE '^(ok|PASS|skip|SKIP) ' "$WORK/$name.log" | head -c 20000 | sed 's/^/    /'
    else
        printf 'ok   %s: %s\n' "$name" "$last"
    fi
}

main() {
    [ -f "$EXTENSION" ] || die "no $EXTENSION: run make build first"
    if [ -z "${FFI_ZTS_RUNTIME_OTHER:-}" ] && ! is_complete; then build_runtime; fi
    # shellcheck disable=SC2016  # PHP code
    printf '<?php return [PHP_MAJOR_VERSION . "." . PHP_MINOR_VERSION, (int) PHP_ZTS];\n' >"$WORK/version.php"
    check_versions
    # The examples say nothing of a runtime: the setting does.
    printf '#!/bin/sh\nexec %q -d %q "$@"\n' "$(command -v "$PHP")" "ffi_zts.runtime=$RUNTIME" >"$WORK/php"
    chmod +x "$WORK/php"
    other_suite examples env PHP="$WORK/php" FFI_ZTS_EXTENSION="$EXTENSION" timeout -k 10 120 "$FFI_ZTS_ROOT/scripts/run-examples.sh" --other-minor
    other_suite engine timeout -k 10 600 "$FFI_ZTS_ROOT/scripts/run-engine.sh" --native --runtime "$RUNTIME"
    other_suite phpt env FFI_ZTS_TEST_SO="$EXTENSION" timeout -k 10 900 "$FFI_ZTS_ROOT/scripts/run-phpt.sh" --runtime "$RUNTIME"
    # What a stop meets is the code that this minor's compiler, optimizer and JIT have made.
    other_suite stops timeout -k 10 600 "$FFI_ZTS_ROOT/scripts/run-stops.sh" --runtime "$RUNTIME" --settings guestopt,guestjit --ways cancel,kill --stops 6
    summary
}

main "$@"
