#!/usr/bin/env bash
# Runs the stages of the tests in order and sums their counts.
#
#   scripts/test.sh [STAGE…]      all stages by default; `lint` stands for those that only read the code
#
# A stage that hangs ends at its time limit, as a failure. Logs are in build/test-logs/. What failed is told once more at the
# end, behind the table. The last line is `N passed, N failed`, with `, N skipped` where something was.
# FFI_ZTS_STAGE_TIMEOUT (seconds) replaces the time limits; FFI_ZTS_OTHER_MINOR names the second guest: 8.4 by
# default, or 8.2 where the host is of 8.4.
set -uo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
cd "$FFI_ZTS_ROOT" || exit 1

readonly LOGS=$FFI_ZTS_ROOT/build/test-logs
PASSED=0 FAILED=0 SKIPPED=0 TIMES='' FAILURES='' STAGE=''

# Name, time limit in seconds, command.
stages() {
    cat <<STAGES
deps        1200 scripts/install-deps.sh all
build       3600 make --no-print-directory build
build-other 3600 build_other
rust        1200 rust_tests
loom         900 loom_tests
tsan        1200 tsan_tests
fmt           60 cargo fmt --check
clippy      1200 clippy
shellcheck   120 shell_check
shell        300 tests/shell/run.sh
layers        60 scripts/check-layers.sh
analyse       60 analyse
deny         300 deny
phpt        1800 scripts/run-phpt.sh
phpunit      900 scripts/run-phpunit.sh
composer     300 scripts/run-composer.sh
policy-fuzz  240 scripts/fuzz-policy.sh
examples     600 scripts/run-examples.sh
docker-steps 300 scripts/run-docker-steps.sh
engine      1800 scripts/run-engine.sh
fpm          900 scripts/run-fpm.sh
policy       600 scripts/run-policy.sh
other-minor 1800 scripts/run-other-minor.sh
third-party  600 scripts/run-third-party.sh
parallel    3600 scripts/run-parallel.sh
hazards     1200 scripts/run-hazards.sh
extensions  1200 scripts/run-extensions.sh
stops        900 scripts/run-stops.sh
package     1800 scripts/run-package.sh
soak         300 scripts/soak-opcache.sh
soak-tasks   300 scripts/soak-tasks.sh
STAGES
}
readonly LINT='fmt clippy shellcheck layers analyse deny'

locked() { [ ! -f Cargo.lock ] || echo --locked; }

rust_tests() {
    # The engine is all of the crate that runs without a PHP in the process.
    # shellcheck disable=SC2046  # one word or none
    CARGO_TARGET_DIR=target/engine cargo test $(locked) --no-default-features --features engine
}

# Every order in which threads can use what is in core/.
loom_tests() {
    # shellcheck disable=SC2046
    RUSTFLAGS='--cfg loom' CARGO_TARGET_DIR=target/loom cargo test $(locked) --release --no-default-features --test loom
}

# Which minor that is can be told once there is a host.
build_other() { make --no-print-directory "build-$(other_minor)"; }

# The engine's threads under the thread sanitizer, which must see into the standard library as well: that is built from rust-src.
tsan_tests() {
    local target library
    target=$(rustc -vV | sed -n 's/^host: //p') library=$(rustc --print sysroot)/lib/rustlib/src/rust/library
    if [ ! -d "$library" ] && ! { have rustup && rustup component add rust-src; }; then
        echo "1 skipped: the component rust-src is not installed"
        return
    fi
    # Not a promise that this toolchain makes for good; RUSTC_BOOTSTRAP lets the stable one do it.
    # shellcheck disable=SC2046
    RUSTC_BOOTSTRAP=1 RUSTFLAGS='-Zsanitizer=thread --cfg tsan' TSAN_OPTIONS='die_after_fork=0 report_thread_leaks=0 exitcode=66' \
        CARGO_TARGET_DIR=target/tsan cargo test $(locked) -Zbuild-std --target "$target" --no-default-features --features engine --lib --test vm
}

# Each half is other code, behind other features and another PHP's headers.
clippy() {
    local runtime=build/runtime
    # shellcheck disable=SC2046
    {
        CARGO_TARGET_DIR=target/engine cargo clippy $(locked) --all-targets --no-default-features --features engine -- -D warnings || return 1
        # ext-php-rs takes PHP_CONFIG for a path.
        PHP_CONFIG=$(command -v "${PHP_CONFIG:-php-config}") CARGO_TARGET_DIR=target/host cargo clippy $(locked) --lib -- -D warnings || return 1
        if [ -x "$runtime/bin/php-config" ]; then
            FFI_ZTS_RUNTIME=$PWD/$runtime PHP_CONFIG=$PWD/$runtime/bin/php-config PHP=$PWD/$runtime/bin/php CARGO_TARGET_DIR=target/guest-$("$runtime/bin/php-config" --version | cut -d. -f1-2) \
                cargo clippy $(locked) --lib --no-default-features --features guest -- -D warnings || return 1
        else
            echo "clippy: no runtime in $runtime, the guest half was not looked at"
        fi
    }
}

shell_check() {
    have shellcheck || { echo "1 skipped: shellcheck is not installed" && return; }
    # External sources are followed, so that functions of scripts/lib are known.
    git ls-files -z --cached --others --exclude-standard -- '*.sh' .ci/run | xargs -0 shellcheck -x
}

# The PHP code, by mago.toml, which says of which folders.
analyse() {
    local version
    version=$(sed -n 's/^version = "\(.*\)"/\1/p' mago.toml)
    if have mago; then
        mago analyze
    else
        echo "1 skipped: mago is not installed (cargo install mago --version $version --locked)"
    fi
}

deny() {
    if cargo deny --version >/dev/null 2>&1; then
        cargo deny --all-features check
    else
        echo "1 skipped: cargo-deny is not installed (cargo install cargo-deny)"
    fi
}

# count LOG STATUS: sets P, F and S of a stage, by what it printed; a stage that prints no count is one test.
count() {
    local log=$1 status=$2 last
    P=0 F=0 S=0
    last=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
    if grep -q '^test result: ' "$log"; then
        # cargo prints a line for each test binary.
        read -r P F S < <(awk '/^test result: /{for (i = 1; i < NF; i++) {if ($(i+1) ~ /^passed/) p += $i; if ($(i+1) ~ /^failed/) f += $i; if ($(i+1) ~ /^ignored/) s += $i}} END {print p + 0, f + 0, s + 0}' "$log")
    elif [ -n "$last" ]; then
        read -r P F S < <(sed -E 's/^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?.*/\1 \2 \4/' <<<"$last")
        S=${S:-0}
    elif [ "$status" -eq 0 ] && grep -q '^1 skipped' "$log"; then
        S=1
    elif [ "$status" -eq 0 ]; then
        P=1
    fi
    # What fails counts, whatever it printed.
    if [ "$status" -ne 0 ] && [ "$F" -eq 0 ]; then F=1; fi
}

# failures LOG: what a failed stage says of its failures, shortened; its last lines where it names none. phpt's differences
# stand before the name of their test, other reasons behind it.
failures() {
    awk '
        /========DIFF========$/ {n = 0; within = 1; next}
        /========DONE========$/ {within = 0; next}
        within {if (n < 20) difference[n++] = $0; next}
        /^ *FAIL / || /^test .* FAILED$/ || /^[0-9]+\) / {
            if (++told > 20) exit
            print
            for (i = 0; i < n; i++) print "    " difference[i]
            n = 0
            behind = 5
            next
        }
        /^(ok|PASS|skip|SKIP|[0-9]+ passed,) / || /^test .* ok$/ {n = behind = 0}
        behind > 0 {behind--; print "    " $0}
        END {exit told == 0}
    ' "$1" || tail -n 20 "$1"
}

# run_stage NAME LIMIT COMMAND…
run_stage() {
    local name=$1 limit=${FFI_ZTS_STAGE_TIMEOUT:-$2} log=$LOGS/$1.log start=$SECONDS status
    shift 2
    printf '\n=== %s ===\n' "$name"
    if [[ $1 == scripts/* || $1 == tests/* ]] && [ ! -x "$1" ]; then
        echo "$1 does not exist" | tee "$log"
        status=1
    else
        # A function of this file runs in a shell of its own, which `timeout` can end.
        if declare -F "$1" >/dev/null; then set -- "$BASH" "$0" --function "$@"; fi
        # Through a file and not a pipe, which a process that the stage leaves behind would keep open.
        : >"$log"
        timeout --kill-after=10 "$limit" "$@" </dev/null >"$log" 2>&1 &
        STAGE=$!
        tail -n +1 -s 0.2 -f --pid="$STAGE" "$log"
        wait "$STAGE"
        status=$?
        STAGE=''
    fi
    if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then printf 'stage %s was ended at its time limit of %s s\n' "$name" "$limit"; fi
    count "$log" "$status"
    PASSED=$((PASSED + P)) FAILED=$((FAILED + F)) SKIPPED=$((SKIPPED + S))
    if [ "$F" -gt 0 ]; then FAILURES+=$(printf '=== %s, %d failed ===\n' "$name" "$F" && failures "$log" | cut -c 1-400)$'\n'; fi
    TIMES+=$(printf '%-12s %6d passed %4d failed %4d skipped %6d s' "$name" "$P" "$F" "$S" $((SECONDS - start)))$'\n'
}

main() {
    local wanted=" $* " name limit command
    mkdir -p -- "$LOGS"
    # A stage in the background does not hear Ctrl-C.
    trap 'if [ -n "$STAGE" ]; then kill "$STAGE"; fi; exit 130' INT TERM HUP
    if [ "$wanted" = "  " ]; then wanted=" $(stages | awk '{printf "%s ", $1}')"; fi
    wanted=${wanted/ lint / $LINT }
    for name in $wanted; do
        stages | grep -q "^$name " || die "no stage $name; there are: $(stages | awk '{printf "%s ", $1}')"
    done
    while read -r name limit command; do
        # shellcheck disable=SC2086  # the command is several words
        if [[ $wanted == *" $name "* ]]; then run_stage "$name" "$limit" $command; fi
    done < <(stages)
    printf '\n%s\n' "$TIMES"
    if [ -n "$FAILURES" ]; then printf '%s\n' "$FAILURES"; fi
    printf '%d passed, %d failed' "$PASSED" "$FAILED"
    if [ "$SKIPPED" -gt 0 ]; then printf ', %d skipped' "$SKIPPED"; fi
    printf '\n'
    [ "$FAILED" -eq 0 ]
}

if [ "${1:-}" = --function ]; then
    shift
    "$@"
else
    main "$@"
fi
