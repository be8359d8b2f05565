# shellcheck shell=bash
# shellcheck source=tests/shell/lib.sh
# shellcheck disable=SC2154  # ROOT is set by run.sh
# scripts/install-deps.sh, with a dpkg-query that knows only what the test says.

# installed NAME…: puts a dpkg-query first on PATH.
installed() {
    mkdir -p bin
    printf '%s\n' "$@" | sed 's/^/ii /' >packages
    printf '#!/bin/sh\ncat %q\n' "$PWD/packages" >bin/dpkg-query
    chmod +x bin/dpkg-query
    PATH=$PWD/bin:$PATH
}

test_missing_packages_are_listed() {
    local output
    installed gcc libc6-dev make pkgconf autoconf bison re2c libtool dpkg-dev patch xz-utils curl ca-certificates debian-archive-keyring \
        libxml2-dev libssl-dev libsqlite3-dev zlib1g-dev libcurl4-gnutls-dev libffi-dev libonig-dev libgd-dev libgmp-dev libicu-dev libpq-dev libxslt1-dev libzip-dev
    output=$(refused "$ROOT/scripts/install-deps.sh" --check libphp)
    has "$output" "apt-get install --no-install-recommends libsodium-dev"
}

test_nothing_missing_is_quiet() {
    installed gcc libc6-dev make pkg-config autoconf bison re2c libtool dpkg-dev patch xz-utils curl ca-certificates debian-archive-keyring \
        libxml2-dev libssl-dev libsqlite3-dev zlib1g-dev libcurl4-openssl-dev libffi-dev libonig-dev libsodium-dev \
        libgd-dev libgmp-dev libicu-dev libpq-dev libxslt1-dev libzip-dev
    is "$("$ROOT/scripts/install-deps.sh" --check libphp 2>&1)" ""
}

test_any_php_minor_will_do() {
    local output
    installed php8.3-fpm php8.3-xml php8.3-mbstring php8.3-sqlite3 composer unzip git libfcgi-bin shellcheck gdb valgrind
    output=$(refused "$ROOT/scripts/install-deps.sh" --check test)
    has "$output" "php-curl patchelf strace"
    lacks "$output" "php-fpm"
}

test_unknown_group_is_refused() {
    has "$(refused "$ROOT/scripts/install-deps.sh" everything)" "usage:"
}

# rust VERSION: a cargo of that version first on PATH.
rust() {
    mkdir -p bin
    printf '#!/bin/sh\necho "cargo %s (0123456789 2026-01-01)"\n' "$1" >bin/cargo
    chmod +x bin/cargo
    PATH=$PWD/bin:$PATH
}

test_an_old_rust_is_named_before_anything_else() {
    local output least
    least=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$ROOT/Cargo.toml")
    installed gcc
    rust 1.63.0
    output=$(refused "$ROOT/scripts/install-deps.sh" --check build)
    has "$output" "Rust 1.63.0 ($PWD/bin/cargo) is too old, $least or newer is needed"
    lacks "$output" "packages are missing"
    # Numbers, not texts; and what stands behind a dash is of the same release.
    for version in 1.100.0 2.0.0-nightly "$least.0"; do
        rust "$version"
        output=$(refused "$ROOT/scripts/install-deps.sh" --check build)
        has "$output" "packages are missing"
    done
}

test_libphp_needs_no_rust() {
    local output
    installed gcc
    rust 1.63.0
    output=$(refused "$ROOT/scripts/install-deps.sh" --check libphp)
    has "$output" "packages are missing"
}
