# shellcheck shell=bash
# Shared by the scripts: messages, paths, locks, hashes. Sourced, never run.

# The repository's root, wherever the script was started from.
FFI_ZTS_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034  # used by the scripts that source this file
readonly FFI_ZTS_ROOT

# What is made here is nobody else's to write: the runtime's trust in its files asks for that.
umask "$(printf '%04o' "$((0$(umask) | 022))")"

say() { printf '%s\n' "ffi_zts: $*" >&2; }

die() {
    say "error: $*"
    exit 1
}

# have COMMAND: is it on PATH?
have() { command -v "$1" >/dev/null 2>&1; }

# host_minor: of the PHP that PHP_CONFIG names, php-config by default, or else of php; nothing where there is neither.
host_minor() {
    if have "${PHP_CONFIG:-php-config}"; then
        "${PHP_CONFIG:-php-config}" --version | cut -d. -f1-2
    elif have "${PHP:-php}"; then
        "${PHP:-php}" -n -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;'
    fi
}

# other_minor: that of the second guest of the tests: FFI_ZTS_OTHER_MINOR, or one that the host is not.
other_minor() {
    if [ -n "${FFI_ZTS_OTHER_MINOR:-}" ]; then
        printf '%s\n' "$FFI_ZTS_OTHER_MINOR"
    elif [ "$(host_minor)" = 8.4 ]; then
        echo 8.2
    else
        echo 8.4
    fi
}

# need_value OPTION REMAINING: dies unless the option is followed by a value.
need_value() { [ "$2" -ge 2 ] || die "$1 needs a value"; }

# A command with something to install or compile prints into a log; its tail is shown on failure.
# run_logged LOG LABEL COMMAND...
run_logged() {
    local log=$1 label=$2 status=0
    shift 2
    printf '\n### %s: %s\n' "$label" "$*" >>"$log"
    "$@" >>"$log" 2>&1 </dev/null || status=$?
    [ "$status" -eq 0 ] || fail_with_log "$log" "$label failed with status $status"
}

# fail_with_log LOG MESSAGE: prints the last lines of the log and dies.
fail_with_log() {
    say "the last lines of the log:"
    tail -n 40 -- "$1" | sed 's/^/    /' >&2 || true
    die "$2 (log: $1)"
}

# The directory for what is kept between runs. It holds code that is loaded later, so it must be ours alone.
cache_dir() {
    if [ -n "${FFI_ZTS_CACHE:-}" ]; then
        printf '%s\n' "$FFI_ZTS_CACHE"
    elif [ -n "${XDG_CACHE_HOME:-}" ]; then
        printf '%s\n' "$XDG_CACHE_HOME/ffi_zts"
    else
        # (without HOME the shell asks the system for the user's directory)
        printf '%s\n' ~/.cache/ffi_zts
    fi
}

# make_private_dir DIR: creates it with mode 0700; refuses one that is a link or belongs to someone else.
make_private_dir() {
    [ ! -L "$1" ] || die "cache directory $1 is a symbolic link; name its target instead"
    (umask 077 && mkdir -p -- "$1")
    [ -O "$1" ] || die "cache directory $1 belongs to another user"
    chmod 0700 -- "$1"
}

# take_lock FD FILE WHAT: an exclusive lock held until the script ends; says so when it has to wait.
take_lock() {
    # shellcheck disable=SC2034  # file is used by the eval
    local fd=$1 file=$2 what=$3
    eval "exec $fd>\"\$file\""
    if ! flock -n "$fd"; then
        say "waiting for another $what to end"
        flock "$fd"
    fi
}

sha256_of() { sha256sum -- "$1" | cut -d' ' -f1; }

# install_file SOURCE TARGET [MODE]: replaces the target by a rename, so that a process using the old file is unaffected.
install_file() {
    local temporary
    temporary=$(mktemp "$(dirname "$2")/.$(basename "$2").XXXXXX")
    cp -- "$1" "$temporary"
    chmod "${3:-0755}" "$temporary"
    mv -f -- "$temporary" "$2"
}

# put SOURCE TARGET [MODE]: installs unless it is there already, so that an unchanged build keeps its time stamps.
put() { cmp -s -- "$1" "$2" || install_file "$@"; }
