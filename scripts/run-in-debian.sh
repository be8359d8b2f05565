#!/usr/bin/env bash
# Runs a command in a fresh Debian of another release, with this checkout in it. Needs root, debootstrap and unshare.
#
#   scripts/run-in-debian.sh [--php X.Y] [--rust machine|debian|none] [--keep] [--update] SUITE COMMAND [ARGUMENT…]
#
#   SUITE       a release of Debian: bookworm, trixie, sid …; `experimental` is sid with experimental's packages at hand
#   --php X.Y   installs this PHP first (cli, headers, FPM and what the tests need); else the command installs what it wants
#   --rust R    `machine`: this machine's toolchain, read-only (the default); `debian`: the release's own packages; `none`
#   --keep      leaves the Debian as the command left it, and goes on in the one that an earlier run with --keep left
#   --update    makes the release's base anew; it is done by itself after 30 days
#
#   scripts/run-in-debian.sh trixie make test
#   scripts/run-in-debian.sh --php 8.5 experimental php -v
#
# The command runs as root, in a copy of the checkout (/srv/checkout: what git knows and what is new, not what it ignores), in mount and process
# namespaces of its own: nothing stays mounted or running. Below the cache directory of all scripts (build-libphp.sh --help),
# in debian/SUITE, stay: the base, packages, built libphps, cargo's target directory. Variables FFI_ZTS_* and proxies are handed on.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/download.sh
. "$FFI_ZTS_ROOT/scripts/lib/download.sh"
# shellcheck source=scripts/lib/debian.sh
. "$FFI_ZTS_ROOT/scripts/lib/debian.sh"

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; }

parse_arguments() {
    MINOR='' RUST=machine KEEP='' UPDATE='' SUITE='' COMMAND=()
    while [ $# -gt 0 ]; do
        case $1 in
            --php) need_value "$1" $# && MINOR=$2 && shift ;;
            --rust) need_value "$1" $# && RUST=$2 && shift ;;
            --keep) KEEP=1 ;;
            --update) UPDATE=1 ;;
            -h | --help) usage && exit 0 ;;
            -*) usage >&2 && die "unknown argument $1" ;;
            *) break ;;
        esac
        shift
    done
    [ $# -ge 2 ] || { usage >&2 && die "a suite and a command are needed"; }
    SUITE=$1
    shift
    COMMAND=("$@")
    [[ $MINOR =~ ^([0-9]+\.[0-9]+)?$ ]] || die "--php is like 8.4, not '$MINOR'"
    [[ $SUITE =~ ^[a-z]+$ ]] || die "a suite is like trixie, not '$SUITE'"
    case $RUST in machine | debian | none) ;; *) die "--rust is machine, debian or none, not '$RUST'" ;; esac
}

check_machine() {
    [ "$(id -u)" -eq 0 ] || die "a Debian of another release needs root (chroot, mount): use sudo"
    have debootstrap || die "debootstrap is missing: apt-get install debootstrap"
    have unshare || die "unshare is missing: apt-get install util-linux"
    SYSROOT=''
    if [ "$RUST" = machine ]; then SYSROOT=$(machine_rust); fi
}

# What runs as the first process of the namespaces; it reaps what the command leaves behind, so it is no exec.
inside() {
    mount_root "$ROOT" "$PLACE" "$SYSROOT"
    # shellcheck disable=SC2046  # words or none
    chroot "$ROOT" env -i $(handed_on) HOME=/root PATH="$INSIDE_PATH" LANG=C.UTF-8 TERM="${TERM:-dumb}" DEBIAN_FRONTEND=noninteractive \
        sh -c 'cd /srv/checkout && exec "$@"' sh "$@"
}

# enter COMMAND…: runs it in the root. Processes and mounts end with it.
enter() {
    export -f inside mount_root handed_on
    export ROOT PLACE SYSROOT INSIDE_PATH
    # shellcheck disable=SC2016  # expanded by the inner shell
    unshare --mount --pid --fork --kill-child "$BASH" -euo pipefail -c 'inside "$@"' inside "$@"
}

main() {
    parse_arguments "$@"
    check_machine
    CACHE=$(cache_dir)
    make_private_dir "$CACHE"
    CACHE=$(cd "$CACHE" && pwd -P)
    PLACE=$CACHE/debian/$SUITE
    ROOT=$PLACE/root
    LOG=$PLACE/log
    mkdir -p -- "$PLACE"/{archives,cache,target} "$CACHE/debian/cargo" "$CACHE/logs"
    take_lock 9 "$PLACE/lock" "run in $SUITE"
    : >"$LOG"

    make_base "$SUITE" "$PLACE/base" "$UPDATE"
    if [ -z "$KEEP" ] || [ ! -d "$ROOT" ]; then make_root "$PLACE/base" "$ROOT"; fi
    [ -n "$KEEP" ] || trap 'rm -rf --one-file-system -- "$ROOT"' EXIT
    put_machine_settings "$ROOT"
    put_checkout "$ROOT/srv/checkout"
    run_logged "$LOG" "setting up $SUITE" enter sh -c "$(setup_commands "$SUITE" "$MINOR" "$RUST")"
    say "running in $SUITE: ${COMMAND[*]}"
    enter "${COMMAND[@]}"
}

main "$@"
