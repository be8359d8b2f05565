#!/usr/bin/env bash
# Builds a thread-safe libphp.so with its CLI, phpize and php-config, and lays out a runtime directory.
#
#   scripts/build-libphp.sh [--minor 8.2] [--source DIR|TARBALL] [--out DIR] [--cache DIR] [--jobs N] [--debug] [--asan] [--print-key]
#
#   --minor X.Y   which PHP; the host's (php-config, or php) by default
#   --source S    an unpacked source tree or a tarball; else php.net, else the Debian source package
#   --out DIR     the runtime; build/runtime by default, build/runtime-X.Y for another minor than the host's
#   --cache DIR   what is kept between runs; FFI_ZTS_CACHE, or $XDG_CACHE_HOME/ffi_zts, or ~/.cache/ffi_zts
#   --debug       a debug build of PHP        --asan   with address and undefined-behaviour sanitizers
#   --print-key   only print the key of the build, without building
#
# The result is kept in the cache under the hash of all that it depends on, so a second run only checks and copies.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/download.sh
. "$FFI_ZTS_ROOT/scripts/lib/download.sh"
# shellcheck source=scripts/lib/source.sh
. "$FFI_ZTS_ROOT/scripts/lib/source.sh"
# shellcheck source=scripts/lib/compile.sh
. "$FFI_ZTS_ROOT/scripts/lib/compile.sh"
# shellcheck source=scripts/lib/neutral.sh
. "$FFI_ZTS_ROOT/scripts/lib/neutral.sh"
# shellcheck source=scripts/lib/runtime.sh
. "$FFI_ZTS_ROOT/scripts/lib/runtime.sh"
# shellcheck source=scripts/lib/libphp.sh
. "$FFI_ZTS_ROOT/scripts/lib/libphp.sh"

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; }

parse_arguments() {
    MINOR='' FROM='' OUT='' DEBUG='' ASAN='' PRINT_KEY='' JOBS=$(nproc) CACHE=$(cache_dir)
    while [ $# -gt 0 ]; do
        case $1 in
            --minor) need_value "$1" $# && MINOR=$2 && shift ;;
            --source) need_value "$1" $# && FROM=$2 && shift ;;
            --out) need_value "$1" $# && OUT=$2 && shift ;;
            --cache) need_value "$1" $# && CACHE=$2 && shift ;;
            --jobs) need_value "$1" $# && JOBS=$2 && shift ;;
            --debug) DEBUG=1 ;;
            --asan) ASAN=1 ;;
            --print-key) PRINT_KEY=1 ;;
            -h | --help) usage && exit 0 ;;
            *) usage >&2 && die "unknown argument $1" ;;
        esac
        shift
    done
    if [ -n "$FROM" ]; then
        [ -e "$FROM" ] || die "no such source: $FROM"
        FROM=$(realpath -- "$FROM")
    fi
    [[ $MINOR =~ ^([0-9]+\.[0-9]+)?$ ]] || die "--minor is like 8.2, not '$MINOR'"
    [[ $JOBS =~ ^[1-9][0-9]*$ ]] || die "--jobs is a number, not '$JOBS'"
}

# The runtime is replaced as a whole when it is of another build; one that fits keeps its guest half.
assemble_runtime() {
    local out=$1 fresh
    if intact "$out"; then
        say "$out is up to date"
        return
    fi
    mkdir -p -- "$(dirname "$out")"
    fresh=$(mktemp -d "$(dirname "$out")/.runtime.XXXXXX")
    chmod 0755 "$fresh"
    cp -- "$PREFIX/libphp.so" "$PREFIX/runtime.json" "$fresh/"
    cp -r -- "$PREFIX/ext" "$fresh/ext"
    mkdir "$fresh/bin"
    # Links, since phpize and php-config carry the prefix; they work wherever they are called from.
    ln -s -- "$PREFIX/bin/php" "$PREFIX/bin/phpize" "$PREFIX/bin/php-config" "$fresh/bin/"
    ln -s -- "$PREFIX/include" "$fresh/include"
    chmod -R u+rwX,go+rX,go-w "$fresh"
    if [ -e "$out" ]; then
        [ -f "$out/runtime.json" ] || [ -z "$(ls -A "$out")" ] || die "$out exists and is not a runtime; not replacing it"
        mv -- "$out" "$fresh.old"
    fi
    mv -- "$fresh" "$out"
    rm -rf -- "$fresh.old"
    say "the runtime of PHP $VERSION is in $out"
}

# A make in the background does not hear Ctrl-C, so it is ended here.
clean_up() {
    if [ -n "$COMPILER" ]; then
        kill "$COMPILER" 2>/dev/null || true
        wait "$COMPILER" 2>/dev/null || true
    fi
    rm -rf -- "$WORK"
}

# Compiles into the cache: beside its place first, and renamed once it passed the self-check.
build_into_cache() {
    local start=$SECONDS
    "$FFI_ZTS_ROOT/scripts/install-deps.sh" libphp
    WORK=$(mktemp -d "$CACHE/work.XXXXXX")
    COMPILER=''
    trap clean_up EXIT
    trap 'exit 130' INT TERM HUP
    mkdir "$WORK/build" "$WORK/stage"
    : >"$LOG"
    build_libphp "$WORK/build" "$WORK/stage"
    tidy_install "$WORK/stage$PREFIX"
    say "checking the build"
    check_libphp "$WORK/stage$PREFIX"
    write_runtime_json "$WORK/stage$PREFIX" "$WORK/stage$PREFIX/runtime.json"
    rm -rf -- "$PREFIX"
    mv -- "$WORK/stage$PREFIX" "$PREFIX"
    say "built PHP $VERSION in $((SECONDS - start)) s"
}

main() {
    parse_arguments "$@"
    local host
    if [ -z "$MINOR" ] && [ -n "$FROM" ] && [ -d "$FROM" ]; then MINOR=$(tree_version "$FROM" | cut -d. -f1-2) || die "$FROM is not a source tree of PHP"; fi
    [ -n "$MINOR$FROM" ] || MINOR=$(host_minor)
    [ -n "$MINOR$FROM" ] || die "there is no php-config and no php here to tell the minor: give --minor X.Y"

    make_private_dir "$CACHE"
    CACHE=$(cd "$CACHE" && pwd -P)
    mkdir -p -- "$CACHE/libphp" "$CACHE/logs"
    LOG=$CACHE/logs/source-${MINOR:-tarball}.log
    take_lock 8 "$CACHE/source.lock" "build's unpacking of sources"
    resolve_source "$MINOR" "$FROM"
    exec 8>&-

    SOURCE=$CACHE/src/$SOURCE_ID
    VERSION=$(source_info "$SOURCE_ID" version)
    [ -z "$MINOR" ] || [ "$(source_info "$SOURCE_ID" minor)" = "$MINOR" ] || die "the source is PHP $VERSION, not $MINOR"
    MINOR=$(source_info "$SOURCE_ID" minor)
    KEY=$(build_inputs | sha256sum | cut -d' ' -f1)
    if [ -n "$PRINT_KEY" ]; then
        printf '%s\n' "$KEY"
        return
    fi
    if [ -z "$OUT" ]; then
        host=$(host_minor)
        OUT=$FFI_ZTS_ROOT/build/runtime${DEBUG:+-debug}${ASAN:+-asan}
        [ "$MINOR" = "$host" ] || OUT+=-$MINOR
    fi
    OUT=$(realpath -m -- "$OUT")
    PREFIX=$CACHE/libphp/$VERSION-${KEY:0:16}
    SONAME=libphp-ffizts-$VERSION-${KEY:0:8}.so
    LOG=$CACHE/logs/$VERSION-${KEY:0:16}.log
    # Where opcache is an extension to load, and not part of PHP.
    OPCACHE=
    if configure_flags | grep -q -e --enable-opcache; then OPCACHE=1; fi

    take_lock 9 "$PREFIX.lock" "build of PHP $VERSION"
    if intact "$PREFIX"; then
        say "PHP $VERSION is in the cache (${KEY:0:8})"
    else
        build_into_cache
    fi
    assemble_runtime "$OUT"
}

main "$@"
