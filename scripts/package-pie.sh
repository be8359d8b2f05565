#!/usr/bin/env bash
# Makes the prebuilt files that PIE installs, build/pie/php_ffi_zts-VERSION_phpX.Y-ARCH-linux-LIBC-nts.tgz, of bundles.
#
#   scripts/package-pie.sh [--out DIR] [--tag TAG] [BUNDLE…]      the bundles in build/bundles without BUNDLE
#
#   --tag TAG   what the release of the PIE package is tagged with, which PIE looks for in the names; the version otherwise
#
# Each has the bundle's ffi_zts.so at its root, and nothing else: by its hash `ffi-zts install --runtime-only` knows that the
# runtime belongs to it. The same bundle gives the same bytes. The names of the files are printed.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"

# facts BUNDLE.JSON: version, minor, architecture, C library and the extension's hash, in a line; refuses what PIE could not use.
facts() {
    # shellcheck disable=SC2016  # PHP code
    "${PHP:-php}" -n -r '
        $fail = static function (string $why): never {
            fwrite(STDERR, "bundle.json $why\n");
            exit(1);
        };
        $bundle = json_decode((string) file_get_contents($argv[1]), true) ?? $fail("is no JSON: " . json_last_error_msg());
        $facts = [$bundle["version"] ?? "", $bundle["host"]["minor"] ?? "", $bundle["arch"] ?? "", $bundle["libc"] ?? "",
            $bundle["files"]["ffi_zts.so"]["sha256"] ?? ""];
        if (preg_match("~^[0-9A-Za-z.+-]+ \d+\.\d+ [a-z0-9_]+ [a-z]+ [0-9a-f]{64}$~D", implode(" ", $facts)) !== 1) {
            $fail("does not tell version, minor, architecture, C library and hash of ffi_zts.so");
        }
        if (($bundle["host"]["zts"] ?? null) !== false || ($bundle["host"]["debug"] ?? null) !== false) {
            $fail("is for a host that is thread-safe, or a debug build");
        }
        echo implode(" ", $facts), "\n";
    ' -- "$1"
}

# pack BUNDLE OUT TAG STAGE
pack() {
    local bundle=$1 out=$2 stage=$4 version minor arch libc sha256 read name
    mkdir -- "$stage"
    tar -xzf "$bundle" -C "$stage" bundle.json ffi_zts.so 2>/dev/null || die "$bundle is no bundle: it has no bundle.json and ffi_zts.so"
    read=$(facts "$stage/bundle.json" 2>&1) || die "$bundle: $read"
    read -r version minor arch libc sha256 <<<"$read"
    [ "$(sha256sum -- "$stage/ffi_zts.so" | cut -d' ' -f1)" = "$sha256" ] || die "$bundle: ffi_zts.so is not what bundle.json says of it"
    # PIE calls glibc and musl what we do, and compares in lower case.
    name=php_ffi_zts-${3:-$version}_php$minor-$arch-linux-$libc-nts.tgz
    name=${name,,}
    chmod 644 -- "$stage/ffi_zts.so"
    # The member has the date that it has in the bundle.
    tar -C "$stage" --format=ustar --owner=0 --group=0 --numeric-owner -cf - ffi_zts.so | gzip -9n >"$stage/$name"
    mv -f -- "$stage/$name" "$out/$name"
    printf '%s\n' "$out/$name"
}

main() {
    local out=$FFI_ZTS_ROOT/build/pie tag='' work number=0 bundle
    while [ $# -gt 0 ]; do
        case $1 in
            --out) need_value "$1" $# && out=$2 && shift ;;
            --tag) need_value "$1" $# && tag=$2 && shift ;;
            --) shift && break ;;
            -*) die "package-pie takes no $1 (--out, --tag)" ;;
            *) break ;;
        esac
        shift
    done
    if [ $# -eq 0 ]; then
        for bundle in "$FFI_ZTS_ROOT"/build/bundles/ffi_zts-*.tar.gz; do
            case $bundle in *-debug.tar.gz) ;; *) [ ! -f "$bundle" ] || set -- "$@" "$bundle" ;; esac
        done
        [ $# -gt 0 ] || die "there are no bundles in build/bundles: run make package"
    fi
    mkdir -p -- "$out"
    work=$(mktemp -d -- "$out/.work.XXXXXX")
    # shellcheck disable=SC2064  # the value of now
    trap "rm -rf -- '$work'" EXIT
    for bundle; do
        number=$((number + 1))
        pack "$bundle" "$out" "$tag" "$work/$number"
    done
}

main "$@"
