#!/usr/bin/env bash
# Installs build/ffi_zts.so and build/runtime into the host's extension directory (below DESTDIR), by renames: a process that
# has the old files open keeps them.   PHP_CONFIG names the host's php-config.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"

main() {
    local build=$FFI_ZTS_ROOT/build directory target fresh
    if [ ! -f "$build/ffi_zts.so" ] || [ ! -f "$build/runtime/ffi_zts_guest.so" ]; then die "nothing is built yet: run make"; fi
    directory=$("${PHP_CONFIG:-php-config}" --extension-dir)
    target=${DESTDIR:-}$directory
    # Whoever runs PHP reads what is installed, whatever the installing user keeps for himself.
    umask 022
    mkdir -p -- "$target/ffi_zts"
    [ -w "$target" ] || die "$target is not writable"
    chmod u=rwx,go=rx "$target/ffi_zts"

    # The runtime without what only a build needs (bin/ and include/ point into the cache, ext/vanilla is for bin/php).
    fresh=$(mktemp -d "$target/ffi_zts/.runtime.XXXXXX")
    cp -r -- "$build/runtime/libphp.so" "$build/runtime/ffi_zts_guest.so" "$build/runtime/ext" "$build/runtime/runtime.json" "$fresh/"
    rm -rf -- "$fresh/ext/vanilla"
    chmod -R u+rwX,go+rX,go-w "$fresh"
    if [ -e "$target/ffi_zts/runtime" ]; then mv -- "$target/ffi_zts/runtime" "$fresh.old"; fi
    mv -- "$fresh" "$target/ffi_zts/runtime"
    rm -rf -- "$fresh.old"
    install_file "$build/ffi_zts.so" "$target/ffi_zts.so" 0644

    say "installed into $target; now put this line into php.ini:"
    echo "extension=ffi_zts.so"
}

main "$@"
