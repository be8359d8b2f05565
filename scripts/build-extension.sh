#!/usr/bin/env bash
# Builds a PHP extension for a runtime, as phpize does, and puts it where `extensions => ['NAME']` finds it.
#
#   scripts/build-extension.sh [--runtime DIR] [--from php|pecl|debian] [--needs NAME]… [--sha256 HEX] [--jobs N] [--cache DIR]
#                              NAME|DIR|TARBALL [-- CONFIGURE-FLAG…]
#
#   NAME            an extension of PHP's own source that this runtime was built without (bcmath, intl…), else one of PECL
#                   (NAME or NAME-1.2.3), else the Debian source package php-NAME
#   DIR, TARBALL    its source; a path has a slash, or ends as a tarball does. Nothing is written into DIR.
#   --runtime DIR   build/runtime by default
#   --from ORIGIN   take a NAME from there and from nowhere else
#   --needs NAME    an extension that was built before: its headers are seen by this build, and it is loaded before this one
#                   when this one is tried
#   --sha256 HEX    what a tarball, given or downloaded, must be; it is printed in any case
#   --cache DIR     what is kept between runs; as of build-libphp.sh
#
# RUNTIME/ext/NAME.so depends on the runtime's libphp and is the one that a guest loads; RUNTIME/ext/vanilla/NAME.so is as
# the compiler left it, for the runtime's own bin/php; RUNTIME/ext/vanilla/NAME.build says what it was made from.
# Prints the path of each extension. What was built from the same source, for the same runtime, in the same way is taken
# from the cache. The exit status is 3 when no source was found for a NAME, and 1 when something failed.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/download.sh
. "$FFI_ZTS_ROOT/scripts/lib/download.sh"
# shellcheck source=scripts/lib/compile.sh
. "$FFI_ZTS_ROOT/scripts/lib/compile.sh"
# shellcheck source=scripts/lib/runtime.sh
. "$FFI_ZTS_ROOT/scripts/lib/runtime.sh"
# shellcheck source=scripts/lib/extension.sh
. "$FFI_ZTS_ROOT/scripts/lib/extension.sh"

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; }

parse_arguments() {
    RUNTIME=$FFI_ZTS_ROOT/build/runtime WHAT='' FROM='' SHA256='' JOBS=$(nproc) CACHE=$(cache_dir) NEEDS=() FLAGS=()
    while [ $# -gt 0 ]; do
        case $1 in
            --runtime) need_value "$1" $# && RUNTIME=$2 && shift ;;
            --from) need_value "$1" $# && FROM=$2 && shift ;;
            --needs) need_value "$1" $# && NEEDS+=("$2") && shift ;;
            --sha256) need_value "$1" $# && SHA256=${2,,} && shift ;;
            --jobs) need_value "$1" $# && JOBS=$2 && shift ;;
            --cache) need_value "$1" $# && CACHE=$2 && shift ;;
            -h | --help) usage && exit 0 ;;
            --) shift && FLAGS=("$@") && break ;;
            -*) usage >&2 && die "unknown argument $1" ;;
            *) [ -z "$WHAT" ] || die "one extension at a time: '$WHAT' and '$1'; flags of configure follow a --"
                WHAT=$1 ;;
        esac
        shift
    done
    [ -n "$WHAT" ] || { usage >&2 && die "which extension?"; }
    case $FROM in '' | php | pecl | debian) ;; *) die "--from is php, pecl or debian, not '$FROM'" ;; esac
    [[ $SHA256 =~ ^([0-9a-f]{64})?$ ]] || die "--sha256 is 64 hexadecimal digits, not '$SHA256'"
    [[ $JOBS =~ ^[1-9][0-9]*$ ]] || die "--jobs is a number, not '$JOBS'"
}

check_runtime() {
    [ -f "$RUNTIME/runtime.json" ] || die "no runtime in $RUNTIME: run scripts/build-libphp.sh first"
    RUNTIME=$(realpath -- "$RUNTIME")
    if [ ! -x "$RUNTIME/bin/phpize" ] || [ ! -x "$RUNTIME/bin/php" ]; then
        die "$RUNTIME/bin/phpize is gone (was the cache emptied?): run scripts/build-libphp.sh again"
    fi
    MINOR=$(json_string "$RUNTIME/runtime.json" minor)
}

clean_up() {
    if [ -n "$COMPILER" ]; then
        kill "$COMPILER" 2>/dev/null || true
        wait "$COMPILER" 2>/dev/null || true
    fi
    rm -rf -- "$WORK"
    rm -f -- "$RUNTIME"/ext/.*.so.$$
}

main() {
    local label
    parse_arguments "$@"
    check_runtime
    make_private_dir "$CACHE"
    CACHE=$(cd "$CACHE" && pwd -P)
    mkdir -p -- "$CACHE/extensions" "$CACHE/logs" "$CACHE/downloads" "$CACHE/resolved"
    COMPILER=''
    WORK=$(mktemp -d "$CACHE/work.XXXXXX")
    trap clean_up EXIT
    trap 'exit 130' INT TERM HUP

    label=$(basename -- "$WHAT")
    LOG=$CACHE/logs/extension-$label.log
    : >"$LOG"
    take_lock 8 "$CACHE/source.lock" "build's download"
    find_source
    exec 8>&-
    if [ "$SOURCE_KIND" = built-in ]; then
        say "$WHAT is part of this runtime already"
        return
    fi
    KEY=$(extension_inputs | sha256sum | cut -d' ' -f1)
    ENTRY=$CACHE/extensions/${KEY:0:16}
    LOG=$CACHE/logs/extension-$SOURCE_NAME-${KEY:0:16}.log
    take_lock 9 "$ENTRY.lock" "build of $SOURCE_NAME"
    if extension_is_kept; then
        say "$SOURCE_NAME is in the cache (${KEY:0:8}, from $SOURCE_FROM)"
    else
        build_extension
    fi
    install_extension
}

main "$@"
