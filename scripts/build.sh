#!/usr/bin/env bash
# Builds the two halves: build/ffi_zts.so for the host, and ffi_zts_guest.so beside the libphp of a runtime.
#
#   scripts/build.sh [--minor X.Y | --runtime DIR] [--profile release|dev]
#
#   --runtime DIR   the runtime to build the guest half for; build/runtime by default
#   --minor X.Y     the same as --runtime build/runtime, or build/runtime-X.Y for another minor than the host's
#   --profile P     cargo's; release by default
# PHP_CONFIG names the host's php-config.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/runtime.sh
. "$FFI_ZTS_ROOT/scripts/lib/runtime.sh"
# shellcheck source=scripts/lib/compile.sh
. "$FFI_ZTS_ROOT/scripts/lib/compile.sh"

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; }

parse_arguments() {
    MINOR='' RUNTIME='' PROFILE=release
    while [ $# -gt 0 ]; do
        case $1 in
            --minor) need_value "$1" $# && MINOR=$2 && shift ;;
            --runtime) need_value "$1" $# && RUNTIME=$2 && shift ;;
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
        PHP_CONFIG=$php_config PHP=$php CARGO_TARGET_DIR=$directory cargo build --lib --profile "$PROFILE" "${locked[@]}" "$@"
    )
    TARGET=$directory/$PROFILE
    [ "$PROFILE" != dev ] || TARGET=$directory/debug
}

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
    local host_config=${PHP_CONFIG:-php-config} host_minor host guest_directory
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

    say "building the host half for PHP $("$host_config" --version)"
    build_half "$FFI_ZTS_ROOT/target/host" "$host_config"
    host=$TARGET/libffi_zts.so

    say "building the guest half for PHP $("$RUNTIME/bin/php-config" --version) ($RUNTIME)"
    # A directory for each kind of guest; cargo would rebuild all on each change from one to the other.
    guest_directory=guest-$("$RUNTIME/bin/php-config" --version | cut -d. -f1-2)
    ! grep -q -e '--enable-debug' "$RUNTIME/runtime.json" || guest_directory+=-debug
    if grep -q -e '--enable-address-sanitizer' "$RUNTIME/runtime.json"; then
        guest_directory+=-asan
        # Its C too; the sanitizers are in the process, since libphp depends on them. (function: of pointers, which Zend casts)
        export CFLAGS="-fsanitize=address,undefined -fno-omit-frame-pointer -g1 ${CFLAGS:-}"
    fi
    FFI_ZTS_RUNTIME=$RUNTIME build_half "$FFI_ZTS_ROOT/target/$guest_directory" "$RUNTIME/bin/php-config" --no-default-features --features guest

    # Both at the end, so that a process that starts meanwhile finds two halves that fit, but for a moment.
    mkdir -p -- "$FFI_ZTS_ROOT/build"
    put "$host" "$FFI_ZTS_ROOT/build/ffi_zts.so"
    put "$TARGET/libffi_zts.so" "$RUNTIME/ffi_zts_guest.so"
    record_guest "$RUNTIME"
    relink_extensions "$RUNTIME"
}

main "$@"
