# shellcheck shell=bash
# shellcheck source=tests/shell/lib.sh
# shellcheck disable=SC2154  # ROOT is set by run.sh
# scripts/build-libphp.sh, as far as it goes without compiling.

test_arguments_are_checked() {
    has "$(refused print_key --minor)" "--minor needs a value"
    has "$(refused print_key --minor eight)" "--minor is like 8.2"
    has "$(refused print_key --jobs 0)" "--jobs is a number"
    has "$(refused print_key --frobnicate)" "unknown argument --frobnicate"
    has "$(refused print_key --source nowhere)" "no such source: nowhere"
}

test_without_a_source_it_says_how_to_give_one() {
    local output
    export FFI_ZTS_PHP_NET=http://127.0.0.1:1
    output=$(refused print_key --minor 8.3)
    has "$output" "php.net cannot be reached"
    has "$output" "no Debian release that this script knows has PHP 8.3"
    has "$output" "--source php-8.3.N.tar.xz"
}

test_unreachable_php_net_costs_seconds() {
    local start=$SECONDS
    # An address that answers nothing at all.
    FFI_ZTS_PHP_NET=http://192.0.2.1 refused print_key --minor 8.3 >/dev/null
    [ $((SECONDS - start)) -le 8 ]
}

test_key_depends_on_source_and_flags_only() {
    local key
    fake_source 8.2.99
    key=$(print_key --source php-8.2.99)
    [[ $key =~ ^[0-9a-f]{64}$ ]]
    is "$(cd / && print_key_from "$OLDPWD")" "$key"
    is "$(CFLAGS=-O9 MAKEFLAGS=-k print_key --source php-8.2.99)" "$key"
    [ "$(print_key --source php-8.2.99 --debug)" != "$key" ]
    [ "$(print_key --source php-8.2.99 --asan)" != "$key" ]
    echo "/* changed */" >>php-8.2.99/main/php_version.h
    [ "$(print_key --source php-8.2.99)" != "$key" ]
}

print_key_from() { "$ROOT/scripts/build-libphp.sh" --cache "$1/cache" --source "$1/php-8.2.99" --print-key; }

test_tarball_is_unpacked_once() {
    local first
    fake_source 8.3.99
    first=$(print_key --source php-8.3.99.tar.xz 2>first.log)
    has "$(<first.log)" "unpacking"
    is "$(print_key --source php-8.3.99.tar.xz 2>second.log)" "$first"
    lacks "$(<second.log)" "unpacking"
}

test_source_of_another_minor_is_refused() {
    fake_source 8.3.99
    has "$(refused print_key --minor 8.2 --source php-8.3.99.tar.xz)" "the source is PHP 8.3.99, not 8.2"
    mkdir empty
    has "$(refused print_key --source empty)" "not a source tree of PHP"
    echo text >text.tar.xz
    has "$(refused print_key --minor 8.2 --source text.tar.xz)" "cannot unpack"
}

test_php_net_release_is_verified_and_remembered() {
    local key
    fake_php_net 8.3.99
    key=$(print_key --minor 8.3)
    kill "$SERVER" && SERVER=''
    is "$(print_key --minor 8.3 2>second.log)" "$key"
    is "$(<second.log)" ""
}

test_wrong_checksum_is_refused() {
    fake_php_net 8.3.99 "$(printf '%064d' 1)"
    has "$(refused print_key --minor 8.3)" "php-8.3.99.tar.xz has the wrong checksum"
    [ -z "$(find cache/src -mindepth 1)" ]
    [ ! -f cache/downloads/php-8.3.99.tar.xz ]
}

test_pinned_checksum_beats_php_net() {
    fake_php_net 8.2.32
    has "$(refused print_key --minor 8.2)" "is not the one pinned"
}

test_poisoned_download_is_fetched_again() {
    fake_php_net 8.3.99
    mkdir -p cache/downloads && chmod 0700 cache
    echo poison >cache/downloads/php-8.3.99.tar.xz
    print_key --minor 8.3
}

test_cache_is_private() {
    local output
    fake_source 8.2.99
    print_key --source php-8.2.99
    is "$(stat -c %a cache)" 700
    mv cache elsewhere && ln -s elsewhere cache
    output=$(refused print_key --source php-8.2.99)
    has "$output" "is a symbolic link"
}

test_debian_patches_of_the_build_system_are_left_out() {
    fake_source 8.2.99
    mkdir -p php-8.2.99/debian/patches
    echo one >php-8.2.99/main/a.c
    printf -- '--- a/main/a.c\n+++ b/main/a.c\n@@ -1 +1 @@\n-one\n+two\n' >php-8.2.99/debian/patches/fix.patch
    printf -- '--- a/scripts/phpize.in\n+++ b/scripts/phpize.in\n@@ -1 +1 @@\n-one\n+two\n' >php-8.2.99/debian/patches/layout.patch
    printf -- '--- a/main/a.c\n+++ b/main/a.c\n@@ -1 +1 @@\n-three\n+four\n' >php-8.2.99/debian/patches/broken.patch
    printf '# comment\nfix.patch\nlayout.patch -p1\n\nbroken.patch\n' >php-8.2.99/debian/patches/series
    # shellcheck disable=SC2034  # used by the sourced files
    (
        . "$ROOT/scripts/lib/common.sh"
        CACHE=$PWD LOG=$PWD/log
        . "$ROOT/scripts/lib/source.sh"
        apply_debian_patches "$PWD/php-8.2.99" 2>warning
    )
    is "$(<php-8.2.99/main/a.c)" two
    is "$(tr '\n' ' ' <php-8.2.99/.ffi_zts-patches)" "applied fix.patch packaging layout.patch failed broken.patch "
    has "$(<warning)" "broken.patch does not apply"
}

test_a_mirror_behind_its_lists_gives_the_pinned_version() {
    [ -x /usr/lib/apt/apt-helper ] || skip "no apt"
    mkdir -p pool/main/p/php8.9 downloads
    echo tarball >pool/main/p/php8.9/php8.9_8.9.1.orig.tar.xz
    printf 'Version: 1:8.9.1-1\nChecksums-Sha1:\n 00 8 no.such\nChecksums-Sha256:\n %s 8 php8.9_8.9.1.orig.tar.xz\nFiles:\n 00 8 no.such\n' \
        "$(sha256sum pool/main/p/php8.9/*.orig.tar.xz | cut -d' ' -f1)" >pool/main/p/php8.9/php8.9_8.9.1-1.dsc
    # shellcheck disable=SC2034  # used by the sourced files
    (
        . "$ROOT/scripts/lib/common.sh"
        CACHE=$PWD LOG=$PWD/log PINNED=$(sha256sum pool/main/p/php8.9/*.dsc | cut -d' ' -f1)
        . "$ROOT/scripts/lib/download.sh"
        # shellcheck disable=SC2317  # called by pinned_download
        pinned_package() { [ "$1" = php8.9 ] && echo "1:8.9.1-1 $PINNED"; }
        refused pinned_download "$PWD" "copy:$PWD/pool/updates" php8.9 "$PWD/downloads"
        refused pinned_download "$PWD" "copy:$PWD/pool/main" php8.8 "$PWD/downloads"
        pinned_download "$PWD" "copy:$PWD/pool/main" php8.9 "$PWD/downloads" 2>said
        is "$DSC $DSC_VERSION" "$PWD/downloads/php8.9_8.9.1-1.dsc 1:8.9.1-1"
        has "$(<said)" "php8.9 1:8.9.1-1, which the mirror does not list but serves"
        is "$(<downloads/php8.9_8.9.1.orig.tar.xz)" tarball
        # Other contents than what is pinned: no.
        echo poison >pool/main/p/php8.9/php8.9_8.9.1.orig.tar.xz
        rm downloads/*.orig.tar.xz
        refused pinned_download "$PWD" "copy:$PWD/pool/main" php8.9 "$PWD/downloads"
        [ ! -e downloads/php8.9_8.9.1.orig.tar.xz ]
        PINNED=${PINNED//0/1}
        refused pinned_download "$PWD" "copy:$PWD/pool/main" php8.9 "$PWD/downloads"
    )
}

test_apt_leaves_no_file_with_a_wrong_hash() {
    # shellcheck disable=SC2034,SC2317  # used, and called, by the sourced files
    (
        . "$ROOT/scripts/lib/common.sh"
        LOG=$PWD/log
        . "$ROOT/scripts/lib/download.sh"
        # As apt 3: the file stands where it was to be, and the status tells of the hash; or not even that does.
        private_apt() { echo poison >"$5" && return "$STATUS"; }
        for STATUS in 0 100; do
            refused apt_download "$PWD" http://mirror.example/a "$PWD/a" "$(printf 'good\n' | sha256sum | cut -d' ' -f1)"
            is "$(ls)" log
        done
        STATUS=0
        apt_download "$PWD" http://mirror.example/a "$PWD/a" "$(printf 'poison\n' | sha256sum | cut -d' ' -f1)"
        is "$(<a)" poison
    )
}

test_a_debian_without_its_security_archive_is_enough() {
    { command -v dpkg-source >/dev/null && [ -f /usr/share/keyrings/debian-archive-keyring.gpg ]; } || skip "no apt"
    # shellcheck disable=SC2034,SC2317  # used, and called, by the sourced files
    (
        . "$ROOT/scripts/lib/common.sh"
        CACHE=$PWD LOG=$PWD/log
        . "$ROOT/scripts/lib/download.sh"
        apt-get() { echo "'http://mirror.example/debian/dists/bookworm/InRelease' mirror.example_debian_dists_bookworm_InRelease 0"; }
        private_apt() { [ "$1 $3" != "apt-cache showsrc" ] || printf 'Version: 8.9.1-1\nVersion: 8.9.2-1\n'; }
        debian_download bookworm php8.9 2>said
        is "${DSC##*/}" php8.9_8.9.2-1.dsc
        is "$(cut -d' ' -f3- <apt-bookworm/sources.list)" "http://mirror.example/debian bookworm main"
        has "$(<said)" "no mirror of debian-security"
        # Without any, it says what to do.
        apt-get() { :; }
        has "$(refused debian_download bookworm php8.9)" "--source"
    )
}

test_of_a_package_that_is_served_in_part_the_newest_tarball_is_found() {
    # shellcheck disable=SC2034,SC2317  # used, and called, by the sourced files
    (
        . "$ROOT/scripts/lib/common.sh"
        CACHE=$PWD LOG=$PWD/log
        . "$ROOT/scripts/lib/download.sh"
        mkdir -p downloads/trixie
        private_apt() {
            case "$1 ${*: -1}" in
                apt-cache*) printf 'Version: 9.9.9-1\nVersion: 2:1.3.0+2-1\nVersion: 1.2.0-4\n' ;;
                *=1.2.0-4) [[ " $* " == *' --tar-only '* ]] && echo tar >php-x_1.2.0.orig.tar.gz ;;
                *=2:1.3.0+2-1) [[ " $* " == *' --tar-only '* ]] && echo tar >php-x_1.3.0+2.orig.tar.xz ;;
                *) return 100 ;;
            esac
        }
        debian_tarball trixie php-x
        is "$TARBALL_VERSION ${TARBALL##*/}" "2:1.3.0+2-1 php-x_1.3.0+2.orig.tar.xz"
        private_apt() { [ "$1" != apt-get ] && echo 'Version: 1.2.0-4'; }
        refused debian_tarball trixie php-x
    )
}

test_two_at_once_do_not_collide() {
    fake_source 8.3.99
    print_key --source php-8.3.99.tar.xz >one &
    print_key --source php-8.3.99.tar.xz >two
    wait $!
    is "$(<one)" "$(<two)"
    is "$(find cache/src -mindepth 1 -maxdepth 1 | wc -l)" 2
}

test_failed_build_shows_the_log_and_leaves_nothing() {
    local output
    fake_source 8.3.99
    printf '#!/bin/sh\necho the compiler is on fire\nexit 3\n' >php-8.3.99/configure
    output=$(refused "$ROOT/scripts/build-libphp.sh" --cache "$PWD/cache" --source php-8.3.99 --out "$PWD/out")
    has "$output" "the compiler is on fire"
    has "$output" "configure failed with status 3"
    has "$output" "cache/logs/8.3.99-"
    [ ! -e out ]
    is "$(find cache -name 'work.*')" ""
}

test_a_directory_that_is_no_runtime_is_not_replaced() {
    local out=$ROOT/build/runtime
    [ -f "$out/runtime.json" ] || skip "nothing built yet"
    mkdir mine && echo precious >mine/file
    # With the real cache, in which the build is done.
    has "$(HOME=$(getent passwd "$(id -u)" | cut -d: -f6) refused "$ROOT/scripts/build-libphp.sh" --out "$PWD/mine")" "is not a runtime; not replacing it"
    is "$(<mine/file)" precious
}

test_interrupted_build_ends_its_compiler_and_leaves_nothing() {
    local build
    fake_source 8.3.99
    cat >php-8.3.99/configure <<'SH'
#!/bin/sh
echo >libtool
mkdir main && echo >main/build-defs.h
printf 'all libphp.la:\n\tsleep 4321\n' >Makefile
SH
    "$ROOT/scripts/build-libphp.sh" --cache "$PWD/cache" --source php-8.3.99 --out "$PWD/out" &
    build=$!
    for _ in $(seq 100); do
        [ -z "$(pgrep -f '^sleep 4321$')" ] || break
        sleep 0.1
    done
    kill "$build"
    refused wait "$build"
    is "$(pgrep -f '^sleep 4321$' || true)" ""
    is "$(find cache -name 'work.*')" ""
}
