# shellcheck shell=bash
# For test scripts that drive processes: counts, a work directory, the summary line. Sourced after common.sh, never run.

PASSED=0 FAILED=0 SKIPPED=0
WORK=$(mktemp -d "${TMPDIR:-/tmp}/ffi_zts-tests.XXXXXX")
# Processes to end with the script; checks add to it.
CHILDREN=()

# end_checks: nothing that a check started stays behind.
end_checks() {
    local pid
    for pid in "${CHILDREN[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
    rm -rf -- "$WORK"
}
trap end_checks EXIT
trap 'exit 130' INT TERM HUP

# stop_child PID: ends a process of ours and waits for it.
stop_child() {
    kill -KILL "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

pass() {
    PASSED=$((PASSED + 1))
    printf 'ok   %s\n' "$*"
}

# fail NAME REASON [FILE…]: the ends of the files say more.
fail() {
    local name=$1 reason=$2 file
    shift 2
    FAILED=$((FAILED + 1))
    printf 'FAIL %s: %s\n' "$name" "$reason"
    for file; do
        [ ! -s "$file" ] || { printf '  %s:\n' "$(basename "$file")" && tail -c 3000 -- "$file" | cat -v | sed 's/^/    /'; }
    done
}

skip() {
    SKIPPED=$((SKIPPED + 1))
    printf 'skip %s: %s\n' "$1" "$2"
}

# verdict NAME REASON [FILE…]: passes when REASON is empty.
verdict() {
    if [ -z "$2" ]; then pass "$1"; else fail "$@"; fi
}

# The last line of every test script.
summary() {
    printf '%d passed, %d failed, %d skipped\n' "$PASSED" "$FAILED" "$SKIPPED"
    [ "$FAILED" -eq 0 ]
}

# selected NAME: is it among the names that the command line gave (all, without names)?
selected() {
    [ "${#SELECTION[@]}" -gt 0 ] || return 0
    local name
    for name in "${SELECTION[@]}"; do [ "$name" != "$1" ] || return 0; done
    return 1
}
SELECTION=()

# children_of PID: their numbers, one a line.
children_of() { grep -ls "^PPid:[[:space:]]*$1\$" /proc/[0-9]*/status | cut -d/ -f3; }

# memory FIELD PID: VmRSS, VmHWM… in kB.
memory() { awk -v field="$1:" '$1 == field {print $2}' "/proc/$2/status" 2>/dev/null; }
# threads_of PID, descriptors_of PID: how many.
threads_of() { find "/proc/$1/task" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l; }
descriptors_of() { find "/proc/$1/fd" -mindepth 1 2>/dev/null | wc -l; }

# host_opcache: sets HOST_OPCACHE, the settings that give the host opcache: none from 8.5 on, where it is part of PHP. Fails
# where there is none.
host_opcache() {
    local setting
    for setting in '' zend_extension=opcache; do
        # shellcheck disable=SC2034  # read by the scripts
        HOST_OPCACHE=(${setting:+"$setting"})
        if "${PHP:-php}" -n ${setting:+-d "$setting"} -r 'exit((int) !extension_loaded("Zend OPcache"));' >/dev/null 2>&1; then return; fi
    done
    return 1
}
