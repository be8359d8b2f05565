# shellcheck shell=bash
# scripts/package-pie.sh, and what PIE reads of pie/.

# fake_bundle FILE MINOR ARCH LIBC [ZTS] [HASH]: with an ffi_zts.so of some bytes.
fake_bundle() {
    local hash
    mkdir -p bundle/runtime
    echo "extension for $2" >bundle/ffi_zts.so
    hash=${6:-$(sha256sum bundle/ffi_zts.so | cut -d' ' -f1)}
    printf '{"format":1,"version":"0.1.0","host":{"minor":"%s","zts":%s,"debug":false},"arch":"%s","libc":"%s","files":{"ffi_zts.so":{"sha256":"%s"}}}' \
        "$2" "${5:-false}" "$3" "$4" "$hash" >bundle/bundle.json
    touch -d @1700000000 bundle/ffi_zts.so
    tar -czf "$1" -C bundle bundle.json ffi_zts.so runtime
}

package_pie() { "$ROOT/scripts/package-pie.sh" --out out "$@"; }

# The left side: minor, architecture and C library of a host. The right: the names that PIE 1.4 looks for there
# (php/pie, src/Platform/PrePackagedBinaryAssetName.php), those without a thread safety left out. `-` is a host that PIE calls otherwise.
test_package_pie_names_are_those_that_pie_looks_for() {
    local minor arch libc names name
    while read -r minor arch libc names; do
        fake_bundle "$minor-$arch.tar.gz" "$minor" "$arch" "$libc"
        name=$(package_pie "$minor-$arch.tar.gz")
        has " $names " " ${name#out/} "
    done <<'TABLE'
8.2 x86_64 glibc php_ffi_zts-0.1.0_php8.2-x86_64-linux-glibc-nts.zip php_ffi_zts-0.1.0_php8.2-x86_64-linux-glibc-nts.tgz php_ffi_zts-0.1.0_php8.2-x64-linux-glibc-nts.tgz
8.4 x86_64 glibc php_ffi_zts-0.1.0_php8.4-x86_64-linux-glibc-nts.zip php_ffi_zts-0.1.0_php8.4-x86_64-linux-glibc-nts.tgz php_ffi_zts-0.1.0_php8.4-x64-linux-glibc-nts.tgz
8.5 aarch64 glibc php_ffi_zts-0.1.0_php8.5-arm64-linux-glibc-nts.tgz php_ffi_zts-0.1.0_php8.5-aarch64-linux-glibc-nts.zip php_ffi_zts-0.1.0_php8.5-aarch64-linux-glibc-nts.tgz
8.2 x86_64 musl php_ffi_zts-0.1.0_php8.2-x86_64-linux-musl-nts.tgz php_ffi_zts-0.1.0_php8.2-x64-linux-musl-nts.tgz
TABLE
    name=$(package_pie --tag V0.1.0-RC1 8.2-x86_64.tar.gz)
    is "$name" out/php_ffi_zts-v0.1.0-rc1_php8.2-x86_64-linux-musl-nts.tgz
}

test_package_pie_has_the_extension_alone() {
    fake_bundle one.tar.gz 8.2 x86_64 glibc
    package_pie one.tar.gz >/dev/null
    is "$(tar -tzf out/*.tgz)" ffi_zts.so
    is "$(tar -xzOf out/*.tgz ffi_zts.so)" 'extension for 8.2'
    has "$(TZ=UTC tar -tvzf out/*.tgz)" '-rw-r--r-- 0/0'
    is "$(find out -mindepth 1 | wc -l)" 1
}

test_package_pie_is_reproducible() {
    fake_bundle one.tar.gz 8.2 x86_64 glibc
    package_pie one.tar.gz >/dev/null
    mv out first
    (umask 077 && TZ=Asia/Tokyo "$ROOT/scripts/package-pie.sh" --out elsewhere/out one.tar.gz >/dev/null)
    cmp first/*.tgz elsewhere/out/*.tgz
}

test_package_pie_refuses_what_is_no_bundle() {
    local said
    echo text >none.tar.gz
    said=$(refused package_pie none.tar.gz)
    has "$said" 'none.tar.gz is no bundle: it has no bundle.json and ffi_zts.so'
    fake_bundle zts.tar.gz 8.2 x86_64 glibc true
    said=$(refused package_pie zts.tar.gz)
    has "$said" 'zts.tar.gz: bundle.json is for a host that is thread-safe, or a debug build'
    fake_bundle changed.tar.gz 8.2 x86_64 glibc false "$(printf '%064d' 0)"
    said=$(refused package_pie changed.tar.gz)
    has "$said" 'changed.tar.gz: ffi_zts.so is not what bundle.json says of it'
    fake_bundle odd.tar.gz 8.2 'x86/64' glibc
    said=$(refused package_pie odd.tar.gz)
    has "$said" 'odd.tar.gz: bundle.json does not tell version, minor, architecture, C library and hash of ffi_zts.so'
    said=$(refused package_pie --zip)
    has "$said" 'package-pie takes no --zip'
    is "$(find out -mindepth 1)" ''
}

# What PIE's schema (resources/composer-json-php-ext-schema.json) and its ExtensionName say of the keys that are there.
test_pie_composer_json_is_as_the_schema_wants_it() {
    # shellcheck disable=SC2016  # PHP code
    php -n -r '
        $json = json_decode((string) file_get_contents($argv[1]), true, flags: JSON_THROW_ON_ERROR);
        $methods = ["composer-default", "pre-packaged-source", "pre-packaged-binary"];
        $families = ["windows", "bsd", "darwin", "solaris", "linux", "unknown"];
        $schema = [
            "extension-name" => static fn ($it): bool => preg_match("~^[A-Za-z][a-zA-Z0-9_]+$~D", $it) === 1 && $it === "ffi_zts",
            "priority" => static fn ($it): bool => is_int($it) && $it >= 10 && $it <= 99 && $it === 30,
            "support-nts" => static fn ($it): bool => $it === true,
            "support-zts" => static fn ($it): bool => $it === false,
            "os-families" => static fn ($it): bool => array_is_list($it) && $it !== [] && array_diff($it, $families) === [],
            "download-url-method" => static fn ($it): bool => array_is_list($it) && array_diff($it, $methods) === [] && $it === ["pre-packaged-binary"],
        ];
        $wrong = array_diff(array_keys($json["php-ext"]), array_keys($schema));
        foreach ($schema as $key => $check) {
            if (!array_key_exists($key, $json["php-ext"]) || !$check($json["php-ext"][$key])) {
                $wrong[] = $key;
            }
        }
        if ($json["type"] !== "php-ext" || !preg_match("~^[a-z0-9-]+/[a-z0-9-]+$~D", $json["name"]) || isset($json["version"])) {
            $wrong[] = "type, name or version";
        }
        echo implode("\n", $wrong), "\n";
        exit((int) ($wrong !== []));
    ' -- "$ROOT/pie/composer.json"
}

test_an_older_pie_is_stopped_by_one_line() {
    local said
    command -v phpize >/dev/null || skip "phpize is not installed"
    cp "$ROOT/pie/config.m4" .
    phpize >phpize.log 2>&1 || { cat phpize.log && return 1; }
    said=$(refused ./configure)
    is "$(tail -n 1 <<<"$said")" "configure: error: ffi_zts comes prebuilt, which needs PIE 1.4 or later: pie self-update; \
or without PIE: composer require ffi-zts/ffi-zts && vendor/bin/ffi-zts install"
    is "$(grep -c '^configure: error' <<<"$said")" 1
}
