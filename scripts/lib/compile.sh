# shellcheck shell=bash
# Runs compilers in a clean environment, with progress. Sourced, never run.
# The script that sources it sets LOG and JOBS, and ends COMPILER (a process, or empty) when it is interrupted.

# A prefix to commands: without what would change the build but is not part of the key. (A function would be one more process
# between us and the command, and in the way of a signal to it.)
readonly IN_CLEAN_ENVIRONMENT=(
    env -u CFLAGS -u CPPFLAGS -u CXXFLAGS -u LDFLAGS -u LIBS -u EXTRA_CFLAGS -u EXTRA_LDFLAGS -u MAKEFLAGS -u MFLAGS -u MAKELEVEL \
        -u PHP_CONFIG -u PHP -u PHPRC -u PHP_INI_SCAN_DIR -u LD_LIBRARY_PATH -u LD_PRELOAD LC_ALL=C \
        ASAN_OPTIONS=detect_leaks=0
)

# compile DIRECTORY LABEL MAKE-ARGUMENTS…: make with a line of progress each ten seconds.
compile() {
    local work=$1 label=$2 total start=$SECONDS status=0
    shift 2
    printf '\n### make %s\n' "$*" >>"$LOG"
    total=$("${IN_CLEAN_ENVIRONMENT[@]}" make -C "$work" -n "$@" 2>/dev/null | grep -c -e '--mode=compile') || true
    "${IN_CLEAN_ENVIRONMENT[@]}" make -C "$work" -j "$JOBS" "$@" >>"$LOG" 2>&1 </dev/null &
    COMPILER=$!
    while kill -0 "$COMPILER" 2>/dev/null; do
        sleep 1
        if (((SECONDS - start) % 10 == 0)); then
            say "$label: $(objects_built "$work" "$start") of $total objects, $((SECONDS - start)) s"
        fi
    done
    wait "$COMPILER" || status=$?
    COMPILER=''
    [ "$status" -eq 0 ] || fail_with_log "$LOG" "$label failed"
}

# objects_built DIRECTORY START: objects written since START (in SECONDS).
objects_built() { find "$1" -name '*.lo' -newermt "@$(($(date +%s) - SECONDS + $2 - 1))" | wc -l; }
