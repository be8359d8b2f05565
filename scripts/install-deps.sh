#!/usr/bin/env bash
# Installs the packages that building and testing need, and only those that are missing.
#   scripts/install-deps.sh [--check] [libphp|build|test|all]     (default: build)
# Without root, or with --check, it prints the command and ends with status 1 when something is missing.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"

# One package a line, with other names that serve as well; '*' stands for a PHP minor, as in php8.2-cli.
# To compile libphp:
libphp_packages='
gcc
libc6-dev
make
pkg-config pkgconf
autoconf
bison
re2c
libtool
dpkg-dev
patch
xz-utils
curl
ca-certificates
debian-archive-keyring
libxml2-dev
libssl-dev
libsqlite3-dev
zlib1g-dev
libcurl4-openssl-dev libcurl4-gnutls-dev
libffi-dev
libonig-dev
libsodium-dev
libgd-dev
libgmp-dev
libicu-dev
libpq-dev
libxslt1-dev
libzip-dev
'
# To build the two halves; bindgen reads PHP's headers with libclang:
build_packages='
php-cli php*-cli
php-dev php*-dev
clang clang-*
libclang-dev libclang-*-dev
'
# For the tests: PHPUnit and what it needs, FPM and a client for it, the tools that look for mistakes, and what extensions
# of the tests need (the server of redis is part of redis-tools; redis-server would start one on this machine); minisign signs
# bundles of the tests; netbase has the lists of services and protocols:
test_packages='
composer
php-symfony-console
phpunit
minisign
npm
git
netbase
bsdutils
unzip
php-xml php*-xml
php-mbstring php*-mbstring
php-sqlite3 php*-sqlite3
php-curl php*-curl
php-fpm php*-fpm
libfcgi-bin
shellcheck
gdb
valgrind
patchelf
strace
libc6-dbg
redis-tools
libmaxminddb-dev
minisign
'

# missing_packages LIST: prints the first name of each line of which no name is installed.
missing_packages() {
    local names name installed found
    installed=$(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' 2>/dev/null | sed -n 's/^[hi]i //p')
    while read -r -a names; do
        [ "${#names[@]}" -gt 0 ] || continue
        found=
        for name in "${names[@]}"; do
            name=${name//./\\.}
            if grep -qx -- "${name//\*/[0-9.]*}" <<<"$installed"; then found=1 && break; fi
        done
        # A PHP that was not installed by a package serves as well.
        case ${names[0]} in
            php-cli) ! have php || found=1 ;;
            php-dev) ! have "${PHP_CONFIG:-php-config}" || found=1 ;;
            composer | phpunit | npm) ! have "${names[0]}" || found=1 ;;
        esac
        [ -n "$found" ] || printf '%s\n' "${names[0]}"
    done <<<"$1"
}

# Before anything is installed or built: a libphp takes many minutes, and cargo comes after it.
check_rust() {
    local least version
    least=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$FFI_ZTS_ROOT/Cargo.toml")
    have cargo || die "Rust is missing: install $least or newer with rustup, see https://rustup.rs"
    # In the checkout, since rustup chooses by its rust-toolchain.toml.
    version=$(cd "$FFI_ZTS_ROOT" && cargo --version | cut -d' ' -f2 | cut -d- -f1) || die "cargo does not run: $(command -v cargo)"
    if [ "$(printf '%s\n' "$least" "$version" | sort -V | head -n 1)" != "$least" ]; then
        die "Rust $version ($(command -v cargo)) is too old, $least or newer is needed: install it with rustup, see https://rustup.rs"
    fi
}

main() {
    local group=build check="" packages missing
    for argument; do
        case $argument in
            --check) check=1 ;;
            libphp | build | test | all) group=$argument ;;
            *) die "usage: $0 [--check] [libphp|build|test|all]" ;;
        esac
    done
    case $group in
        libphp) packages=$libphp_packages ;;
        build) packages=$libphp_packages$build_packages ;;
        test) packages=$test_packages ;;
        all) packages=$libphp_packages$build_packages$test_packages ;;
    esac

    case $group in build | all) check_rust ;; esac
    if ! have dpkg-query; then
        say "no dpkg here: what Debian calls these is needed: ${packages//$'\n'/ }"
    else
        missing=$(missing_packages "$packages" | tr '\n' ' ')
        if [ -n "$missing" ]; then
            if [ -n "$check" ] || [ "$(id -u)" -ne 0 ] || ! have apt-get; then
                die "packages are missing; install them with: sudo apt-get install --no-install-recommends $missing"
            fi
            install_packages "$missing"
        fi
    fi
}

# install_packages "NAME NAME…"
install_packages() {
    local log
    log=$(mktemp "${TMPDIR:-/tmp}/ffi_zts-apt.XXXXXX")
    say "installing: $1"
    export DEBIAN_FRONTEND=noninteractive
    # A source of someone else's that cannot be reached is no reason to stop; a package that is not found is.
    apt-get -q update >"$log" 2>&1 || say "apt-get update reported errors (log: $log); going on"
    # shellcheck disable=SC2086  # a list of package names
    run_logged "$log" "apt-get install" apt-get -qy install --no-install-recommends $1
    rm -f -- "$log"
}

main "$@"
