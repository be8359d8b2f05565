#!/usr/bin/env bash
# Builds the two halves: build/ffi_zts.so for the host, and ffi_zts_guest.so beside the libphp of a runtime.
#
#   scripts/build.sh [--minor X.Y | --runtime DIR] [--profile release|dev] [--ship DIR]
#
#   --runtime DIR   the runtime to build the guest half for; build/runtime by default
#   --minor X.Y     the same as --runtime build/runtime, or build/runtime-X.Y for another minor than the host's
#   --profile P     cargo's; release by default
#   --ship DIR      puts both into DIR instead, without a path of this machine in them: two checkouts give the same bytes
# PHP_CONFIG names the host's php-config.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/neutral.sh
. "$FFI_ZTS_ROOT/scripts/lib/neutral.sh"
# shellcheck source=scripts/lib/runtime.sh
. "$FFI_ZTS_ROOT/scripts/lib/runtime.sh"
# shellcheck source=scripts/lib/compile.sh
. "$FFI_ZTS_ROOT/scripts/lib/compile.sh"

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; }

parse_arguments() {
    MINOR='' RUNTIME='' PROFILE=release SHIP=''
    while [ $# -gt 0 ]; do
        case $1 in
            --minor) need_value "$1" $# && MINOR=$2 && shift ;;
            --runtime) need_value "$1" $# && RUNTIME=$2 && shift ;;
            --ship) need_value "$1" $# && SHIP=$2 && shift ;;
            --profile) need_value "$1" $# && PROFILE=$2 && shift ;;
            -h | --help) usage && exit 0 ;;
            *) usage >&2 && die "unknown argument $1" ;;
        esac
        shift
    done
    case $PROFILE in release | dev) ;; *) die "--profile is release or dev, not '$PROFILE'" ;; esac
}

# build_half TARGET-DIRECTORY PHP-CONFIG CARGO-ARGUMENTS…: prints nothing; the library is in $TARGET/libffi_zts.so.
build_half() {
    local directory=$1 php_config=$2 php locked=()
    shift 2
    php=$("$php_config" --php-binary)
    [ ! -f "$FFI_ZTS_ROOT/Cargo.lock" ] || locked=(--locked)
    (
        cd "$FFI_ZTS_ROOT"
        # --lib, since the binary of the engine is neither half.
        PHP_CONFIG=$php_config PHP=$php CARGO_TARGET_DIR=$directory cargo build --lib --profile "$PROFILE" "${locked[@]}" "${NEUTRAL_PATHS[@]}" "$@"
    )
    TARGET=$directory/$PROFILE
    [ "$PROFILE" != dev ] || TARGET=$directory/debug
}

# use_neutral_paths [RUNTIME]: for the host half, or the guest half of a runtime. Sets NEUTRAL_PATHS, cargo's arguments, and CFLAGS, so
# that messages and debug information name sources by where a distribution would have them. The linker's build-id, a hash of all that,
# is then the same wherever this is built.
use_neutral_paths() {
    local sysroot directory pair pairs=() quoted=''
    sysroot=$(cd "$FFI_ZTS_ROOT" && rustc --print sysroot)
    # Of several that fit, the last is taken.
    pairs=("$FFI_ZTS_ROOT=$NEUTRAL_SOURCE")
    # What rustc itself calls the standard library's sources where the component rust-src is not installed.
    pairs+=("$sysroot/lib/rustlib/src/rust=/rustc/$(cd "$FFI_ZTS_ROOT" && rustc -vV | sed -n 's/^commit-hash: //p')")
    # One directory a registry or mirror, named after it.
    for directory in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/; do pairs+=("${directory%/}=/usr/src/crates"); done
    if [ $# -gt 0 ]; then pairs+=("$(realpath -- "$1/include")=$NEUTRAL_PREFIX/php/include" "$1=$NEUTRAL_PREFIX/runtime"); fi
    for pair in "${pairs[@]}"; do
        [[ $pair =~ ^[A-Za-z0-9/._+=@-]+$ ]] || die "cannot build for shipping from a path with spaces, quotes and the like: ${pair%%=*}"
        quoted+=", '--remap-path-prefix=$pair'"
    done
    CFLAGS=$(prefix_map "${pairs[@]}")
    export CFLAGS
    # Beside the flags of .cargo/config.toml; RUSTFLAGS would replace them.
    NEUTRAL_PATHS=(--config "target.'cfg(target_os = \"linux\")'.rustflags = [${quoted#, }]")
}
NEUTRAL_PATHS=()

# record_guest RUNTIME: enters the guest half and its hash into runtime.json.
record_guest() {
    # shellcheck disable=SC2016  # PHP code
    change_manifest "$1" '$json["guest"] = ["file" => "ffi_zts_guest.so", "sha256" => hash_file("sha256", $argv[1] . "/ffi_zts_guest.so")];'
}

# relink_extensions RUNTIME: those of PHP's own build depend on the runtime's libphp from here on; a boot would do it in memory each time.
relink_extensions() {
    # shellcheck disable=SC2016  # PHP code
    "${IN_CLEAN_ENVIRONMENT[@]}" "${PHP:-php}" -n -d extension="$FFI_ZTS_ROOT/build/ffi_zts.so" -r '
        foreach (glob($argv[1] . "/ext/*.so") as $file) {
            FfiZts\relink($file, options: ["runtime" => $argv[1]]);
        }' "$1" || die "the extensions in $1/ext cannot be relinked"
    # shellcheck disable=SC2016  # PHP code
    change_manifest "$1" 'foreach (glob($argv[1] . "/ext/*.so") as $file) {
            $json["extensions"][basename($file)] = hash_file("sha256", $file);
        }'
}

main() {
    parse_arguments "$@"
    local host_config=${PHP_CONFIG:-php-config} host_minor host guest_directory kind=''
    have "$host_config" || die "no php-config of the host: install the package php-dev (scripts/install-deps.sh build), or set PHP_CONFIG"
    host_config=$(command -v "$host_config")
    host_minor=$("$host_config" --version | cut -d. -f1-2)
    if [ -z "$RUNTIME" ]; then
        RUNTIME=$FFI_ZTS_ROOT/build/runtime
        [ -z "$MINOR" ] || [ "$MINOR" = "$host_minor" ] || RUNTIME+=-$MINOR
    fi
    [ -f "$RUNTIME/runtime.json" ] || die "no runtime in $RUNTIME: run scripts/build-libphp.sh first"
    RUNTIME=$(realpath -- "$RUNTIME")
    [ -x "$RUNTIME/bin/php-config" ] || die "$RUNTIME/bin/php-config is gone (was the cache emptied?): run scripts/build-libphp.sh again"

    if [ -n "$SHIP" ]; then
        [ -z "${RUSTFLAGS:-}${CARGO_ENCODED_RUSTFLAGS:-}" ] || die "--ship: RUSTFLAGS replaces the flags of .cargo/config.toml; unset it"
        kind=ship-
        use_neutral_paths
    fi

    say "building the host half for PHP $("$host_config" --version)"
    build_half "$FFI_ZTS_ROOT/target/${kind}host" "$host_config"
    host=$TARGET/libffi_zts.so

    say "building the guest half for PHP $("$RUNTIME/bin/php-config" --version) ($RUNTIME)"
    # A directory for each kind of guest; cargo would rebuild all on each change from one to the other.
    guest_directory=${kind}guest-$("$RUNTIME/bin/php-config" --version | cut -d. -f1-2)
    ! grep -q -e '--enable-debug' "$RUNTIME/runtime.json" || guest_directory+=-debug
    if grep -q -e '--enable-address-sanitizer' "$RUNTIME/runtime.json"; then
        guest_directory+=-asan
        # Its C too; the sanitizers are in the process, since libphp depends on them. (function: of pointers, which Zend casts)
        export CFLAGS="-fsanitize=address,undefined -fno-omit-frame-pointer -g1 ${CFLAGS:-}"
    fi
    if [ -n "$SHIP" ]; then use_neutral_paths "$RUNTIME"; fi
    FFI_ZTS_RUNTIME=$RUNTIME build_half "$FFI_ZTS_ROOT/target/$guest_directory" "$RUNTIME/bin/php-config" --no-default-features --features guest

    if [ -n "$SHIP" ]; then
        mkdir -p -- "$SHIP"
        put "$host" "$SHIP/ffi_zts.so"
        put "$TARGET/libffi_zts.so" "$SHIP/ffi_zts_guest.so"
        return
    fi
    # Both at the end, so that a process that starts meanwhile finds two halves that fit, but for a moment.
    mkdir -p -- "$FFI_ZTS_ROOT/build"
    put "$host" "$FFI_ZTS_ROOT/build/ffi_zts.so"
    put "$TARGET/libffi_zts.so" "$RUNTIME/ffi_zts_guest.so"
    record_guest "$RUNTIME"
    relink_extensions "$RUNTIME"
}

main "$@"
