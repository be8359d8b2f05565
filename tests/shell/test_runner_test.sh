# shellcheck shell=bash
# shellcheck source=tests/shell/lib.sh
# shellcheck disable=SC2154  # ROOT is set by run.sh
# scripts/test.sh on a repository of the test's own, in which the stages are stand-ins.

# stand_in NAME COMMAND
stand_in() {
    mkdir -p repository/scripts/lib
    cp "$ROOT/scripts/test.sh" repository/scripts/
    cp "$ROOT/scripts/lib/common.sh" repository/scripts/lib/
    printf '#!/bin/sh\n%s\n' "$2" >"repository/scripts/$1"
    chmod +x "repository/scripts/$1"
}

test_counts_are_summed() {
    local output
    stand_in run-phpt.sh 'echo "5 passed, 0 failed, 2 skipped"'
    stand_in run-fpm.sh 'echo "3 passed, 0 failed"'
    output=$(repository/scripts/test.sh phpt fpm)
    is "${output##*$'\n'}" "8 passed, 0 failed, 2 skipped"
}

test_failures_fail() {
    local output
    stand_in run-phpt.sh 'echo "5 passed, 1 failed, 0 skipped"; exit 1'
    output=$(refused repository/scripts/test.sh phpt)
    is "${output##*$'\n'}" "5 passed, 1 failed"
}

test_what_failed_is_told_behind_the_table() {
    local output
    stand_in run-phpt.sh 'printf "========DIFF========\\n002- four\\n002+ five\\n========DONE========\\nFAIL Sums [phpt/sums.phpt]\\nPASS Rest\\n1 passed, 1 failed\\n"; exit 1'
    stand_in run-fpm.sh 'printf "ok   starts\\nFAIL stops: no answer\\n1 passed, 1 failed\\n"; exit 1'
    stand_in run-hazards.sh 'echo "cannot begin: no compiler"; exit 1'
    output=$(refused repository/scripts/test.sh phpt fpm hazards)
    output=${output#*hazards *0 s}
    has "$output" "=== phpt, 1 failed ===
FAIL Sums [phpt/sums.phpt]
    002- four
    002+ five
=== fpm, 1 failed ===
FAIL stops: no answer
=== hazards, 1 failed ===
cannot begin: no compiler"
    lacks "$output" "Rest"
}

test_a_stage_that_dies_is_a_failure_though_it_counted_none() {
    local output
    stand_in run-phpt.sh 'echo "5 passed, 0 failed, 0 skipped"; kill -SEGV $$'
    output=$(refused repository/scripts/test.sh phpt)
    is "${output##*$'\n'}" "5 passed, 1 failed"
}

test_a_missing_stage_is_a_failure() {
    local output
    stand_in run-phpt.sh true
    output=$(refused repository/scripts/test.sh phpt engine)
    has "$output" "scripts/run-engine.sh does not exist"
    is "${output##*$'\n'}" "1 passed, 1 failed"
}

test_a_stage_that_hangs_is_ended() {
    local output
    stand_in run-phpt.sh 'sleep 60'
    output=$(FFI_ZTS_STAGE_TIMEOUT=1 refused repository/scripts/test.sh phpt)
    has "$output" "stage phpt was ended at its time limit of 1 s"
    is "${output##*$'\n'}" "0 passed, 1 failed"
}

test_a_process_left_behind_does_not_hold_the_run() {
    local start=$SECONDS
    stand_in run-phpt.sh 'sleep 20 & echo "1 passed, 0 failed, 0 skipped"'
    repository/scripts/test.sh phpt
    [ $((SECONDS - start)) -lt 10 ]
}

test_unknown_stage_is_refused() {
    stand_in run-phpt.sh true
    has "$(refused repository/scripts/test.sh frob)" "no stage frob"
}
