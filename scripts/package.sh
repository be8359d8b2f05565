#!/usr/bin/env bash
# Packs what `make install` installs into build/ffi_zts-VERSION-phpX.Y-linux-ARCH.tar.xz, with its checksum beside it.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"

main() {
    local build=$FFI_ZTS_ROOT/build php_config=${PHP_CONFIG:-php-config} version name stage
    version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$FFI_ZTS_ROOT/Cargo.toml" | head -n 1)
    name=ffi_zts-$version-php$("$php_config" --version | cut -d. -f1-2)-linux-$(uname -m)
    stage=$(mktemp -d "$build/.package.XXXXXX")
    # shellcheck disable=SC2064  # the value of now
    trap "rm -rf -- '$stage'" EXIT
    DESTDIR=$stage/install "$FFI_ZTS_ROOT/scripts/install.sh" >/dev/null
    mkdir "$stage/$name"
    mv -- "$stage/install$("$php_config" --extension-dir)/"* "$stage/$name/"
    cp -- "$FFI_ZTS_ROOT/LICENSE" "$stage/$name/"
    # Sorted, without owner or times: the same files give the same archive.
    tar -C "$stage" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cJf "$stage/$name.tar.xz" "$name"
    mv -f -- "$stage/$name.tar.xz" "$build/$name.tar.xz"
    (cd "$build" && sha256sum "$name.tar.xz" >"$name.tar.xz.sha256")
    say "packed build/$name.tar.xz"
}

main "$@"
