#!/usr/bin/env bash
# Makes bundles in build/bundles: what runs ffi_zts on a machine without a compiler, and the manifest that names their bytes.
#
#   scripts/package.sh [--runtime DIR]… [--no-default] [--halves DIR] [--url TEMPLATE]… [--out DIR]
#
#   --runtime DIR   a runtime to make a bundle with, beside build/runtime (--no-default leaves that one out)
#   --halves DIR    takes the two halves from DIR/X.Y (X.Y is the guest's minor), as scripts/build.sh --ship makes them, and builds none
#   --url TEMPLATE  where bundles will be found, for the manifest: https://…/v{version}/{file}, file:///…/{file} or a path
#   --out DIR       build/bundles by default
#
# The bundle is ffi_zts-VERSION-hostX.Y-guestX.Y-linux-ARCH-glibc.tar.gz; its debug files are in …-debug.tar.gz, to be unpacked over it.
# The same sources give the same bytes in any directory and time zone. SOURCE_DATE_EPOCH dates the files; the last commit's time otherwise.
# PHP_CONFIG names the host's php-config, PHP what runs the scripts.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/runtime.sh
. "$FFI_ZTS_ROOT/scripts/lib/runtime.sh"
# shellcheck source=scripts/lib/neutral.sh
. "$FFI_ZTS_ROOT/scripts/lib/neutral.sh"
# shellcheck source=scripts/lib/bundle.sh
. "$FFI_ZTS_ROOT/scripts/lib/bundle.sh"

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; }

parse_arguments() {
    RUNTIMES=("$FFI_ZTS_ROOT/build/runtime") HALVES='' URLS='' OUT=$FFI_ZTS_ROOT/build/bundles
    while [ $# -gt 0 ]; do
        case $1 in
            --runtime) need_value "$1" $# && RUNTIMES+=("$2") && shift ;;
            --no-default) RUNTIMES=("${RUNTIMES[@]:1}") ;;
            --halves) need_value "$1" $# && HALVES=$2 && shift ;;
            --url) need_value "$1" $# && URLS+=$2$'\n' && shift ;;
            --out) need_value "$1" $# && OUT=$2 && shift ;;
            -h | --help) usage && exit 0 ;;
            *) usage >&2 && die "unknown argument $1" ;;
        esac
        shift
    done
    [ "${#RUNTIMES[@]}" -gt 0 ] || die "no runtime is left to make a bundle with: name one with --runtime DIR"
}

# describe_host: the PHP that the host half is built for, as JSON.
describe_host() {
    local headers zts debug
    headers=$("$HOST_CONFIG" --include-dir)
    zts=$(macro_in "$headers/main/php_config.h" ZTS)
    debug=$(macro_in "$headers/main/php_config.h" ZEND_DEBUG)
    if [ "${zts:-0}${debug:-0}" != 00 ]; then die "the PHP of $HOST_CONFIG is thread-safe or a debug build: bundles are for stock ones"; fi
    printf '{"minor": "%s", "zend_module_api": %s, "zts": false, "debug": false}\n' "$HOST_MINOR" "$(macro_in "$headers/Zend/zend_modules.h" ZEND_MODULE_API_NO)"
}

# macro_in HEADER NAME: the number that a header gives a macro; nothing where it gives none.
macro_in() { sed -n "s/^#[[:space:]]*define $2[[:space:]]\{1,\}\([0-9]*\).*/\1/p" "$1" | head -n 1; }

# halves_for RUNTIME MINOR: sets BUILT, the directory with both halves.
halves_for() {
    local file
    BUILT=${HALVES:-$FFI_ZTS_ROOT/build/ship}/$2
    if [ -z "$HALVES" ]; then "$FFI_ZTS_ROOT/scripts/build.sh" --runtime "$1" --ship "$BUILT"; fi
    for file in ffi_zts.so ffi_zts_guest.so; do [ -f "$BUILT/$file" ] || die "there is no $file in $BUILT: scripts/build.sh --ship makes it"; done
    # The guest half depends on the very libphp that it was linked to.
    LC_ALL=C readelf -dW "$BUILT/ffi_zts_guest.so" | grep -F "[$(json_string "$1/runtime.json" soname)]" >/dev/null ||
        die "$BUILT/ffi_zts_guest.so was built for another libphp than that of $1"
}

# stage_files RUNTIME STAGE DEBUG: what the bundle has of shared objects, stripped.
stage_files() {
    local runtime=$1 stage=$2 debug=$3 extensions name
    extensions=$(package_php extensions "$runtime")
    split_debug "$BUILT/ffi_zts.so" "$stage/ffi_zts.so" "$debug/ffi_zts.so.debug"
    split_debug "$BUILT/ffi_zts_guest.so" "$stage/runtime/ffi_zts_guest.so" "$debug/runtime/ffi_zts_guest.so.debug"
    split_debug "$runtime/libphp.so" "$stage/runtime/libphp.so" "$debug/runtime/libphp.so.debug"
    mkdir -p -- "$stage/runtime/ext"
    for name in $extensions; do split_debug "$runtime/ext/$name" "$stage/runtime/ext/$name" "$debug/runtime/ext/$name.debug"; done
    package_php runtime "$runtime" "$stage/runtime"
}

# check_paths STAGE RUNTIME: no file may tell where it was built.
check_paths() {
    local stage=$1 path found
    for path in "$FFI_ZTS_ROOT" "${CARGO_HOME:-$HOME/.cargo}" "$(json_string "$2/runtime.json" prefix)" "$(json_string "$2/runtime.json" source_dir)" "$(cd "$FFI_ZTS_ROOT" && rustc --print sysroot)"; do
        found=$(grep -rlaF -- "$path" "$stage" | sed "s|^$stage/||" | tr '\n' ' ') || true
        [ -z "$found" ] || die "there is a path of this machine, $path, in ${found% }; a runtime of before is made anew by scripts/build-libphp.sh"
    done
}

# stage_debug STAGE DEBUG: what debuggers find by build-id, beside the files that they find by name.
stage_debug() {
    local stage=$1 debug=$2 file path id
    while IFS= read -r file; do
        path=${file#"$debug/"}
        id=$(build_id "$stage/${path%.debug}")
        [ "$(build_id "$file")" = "${id:-none}" ] || die "$path has another build-id than its file"
        mkdir -p -- "$debug/.build-id/${id:0:2}"
        ln -s -- "../../$path" "$debug/.build-id/${id:0:2}/${id:2}.debug"
        printf '%s %s\n' "$id" "$path" >>"$debug/build-ids"
    done < <(find "$debug" -name '*.debug' -type f | LC_ALL=C sort)
}

# make_bundle RUNTIME: adds its archive to ARCHIVES.
make_bundle() {
    local runtime minor id name stage debug
    [ -f "$1/runtime.json" ] || die "there is no runtime in $1: run make, or scripts/build-libphp.sh"
    runtime=$(realpath -- "$1")
    minor=$(json_string "$runtime/runtime.json" minor)
    id=host$HOST_MINOR-guest$minor-linux-$(json_string "$runtime/runtime.json" arch)-glibc
    name=ffi_zts-$VERSION-$id
    stage=$WORK/$id debug=$WORK/$id-debug
    mkdir -p -- "$stage" "$debug"
    halves_for "$runtime" "$minor"
    stage_files "$runtime" "$stage" "$debug"
    check_paths "$stage" "$runtime"
    package_php materials "$FFI_ZTS_ROOT" "$runtime" "$stage" "$id" "$VERSION" "$DATE"
    # (the mode of each stands in bundle.json)
    find "$stage" "$debug" -type d -exec chmod 0755 {} + -o -type f -exec chmod 0644 {} +
    package_php describe "$stage" "$runtime" "$id" "$VERSION" "$HOST" "$SOURCE"
    chmod 0644 "$stage/bundle.json"
    stage_debug "$stage" "$debug"
    chmod 0644 "$debug/build-ids"
    find "$debug" -type d -exec chmod 0755 {} +
    pack "$stage" "$WORK/$name.tar.gz" bundle.json "$DATE"
    pack "$debug" "$WORK/$name-debug.tar.gz" build-ids "$DATE"
    ARCHIVES+=("$WORK/$name.tar.gz")
    say "$name.tar.gz: $(stat -c %s "$WORK/$name.tar.gz") bytes; debug files: $(stat -c %s "$WORK/$name-debug.tar.gz")"
}

main() {
    parse_arguments "$@"
    local runtime file
    HOST_CONFIG=$(command -v "${PHP_CONFIG:-php-config}") || die "no php-config of the host: install the package php-dev (scripts/install-deps.sh build), or set PHP_CONFIG"
    HOST_MINOR=$("$HOST_CONFIG" --version | cut -d. -f1-2)
    for file in readelf "${OBJCOPY:-objcopy}" "${STRIP:-strip}" tar gzip cargo rustc; do have "$file" || die "$file is needed and not here (scripts/install-deps.sh build)"; done
    # Whatever the packing user keeps for himself.
    umask 022
    ARCHIVES=() VERSION=$(project_version)
    DATE=$(source_date)
    SOURCE=$(source_hash)
    HOST=$(describe_host)
    mkdir -p -- "$OUT"
    OUT=$(realpath -- "$OUT")
    WORK=$(mktemp -d "$OUT/.package.XXXXXX")
    trap 'rm -rf -- "$WORK"' EXIT
    trap 'exit 130' INT TERM HUP
    for runtime in "${RUNTIMES[@]}"; do make_bundle "$runtime"; done
    package_php manifest "$WORK/bundles.json" "$VERSION" "$URLS" "${ARCHIVES[@]}"
    chmod 0644 "$WORK/bundles.json" "$WORK"/*.tar.gz
    for file in "$WORK"/*.tar.gz "$WORK/bundles.json"; do mv -f -- "$file" "$OUT/"; done
    say "the manifest is $OUT/bundles.json"
}

main "$@"
