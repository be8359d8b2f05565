# shellcheck shell=bash
# shellcheck source=tests/shell/lib.sh
# shellcheck disable=SC2154  # ROOT is set by run.sh
# scripts/run-in-debian.sh, but for what debootstrap, mount and the network do: `make test-matrix` is the test of those.

# library: the functions of another Debian, for a checkout in the current directory.
library() {
    mkdir -p checkout/scripts/lib
    cp "$ROOT"/scripts/lib/{common,download,debian}.sh checkout/scripts/lib/
    # shellcheck source=/dev/null
    . "$PWD/checkout/scripts/lib/common.sh"
    # shellcheck source=/dev/null
    . "$PWD/checkout/scripts/lib/download.sh"
    # shellcheck source=/dev/null
    . "$PWD/checkout/scripts/lib/debian.sh"
}

# program NAME TEXT: a program first on PATH that prints the text.
program() {
    mkdir -p bin
    printf '#!/bin/sh\necho %q\n' "$2" >"bin/$1"
    chmod +x "bin/$1"
    PATH=$PWD/bin:$PATH
}

test_debian_arguments_are_checked() {
    has "$(refused "$ROOT/scripts/run-in-debian.sh" trixie)" "a suite and a command are needed"
    has "$(refused "$ROOT/scripts/run-in-debian.sh" ../etc true)" "a suite is like trixie"
    has "$(refused "$ROOT/scripts/run-in-debian.sh" --php 8 trixie true)" "--php is like 8.4"
    has "$(refused "$ROOT/scripts/run-in-debian.sh" --rust mine trixie true)" "--rust is machine, debian or none"
    has "$(refused "$ROOT/scripts/run-in-debian.sh" --php)" "--php needs a value"
    has "$(refused "$ROOT/scripts/run-in-debian.sh" --keeps trixie true)" "unknown argument --keeps"
    # What belongs to the command is the command's.
    program id 1000
    has "$(refused "$ROOT/scripts/run-in-debian.sh" trixie make --keeps)" "needs root"
    has "$(refused "$ROOT/scripts/test-matrix.sh" potato)" "no row for potato"
}

test_a_machine_without_rust_says_what_can_be_done() {
    library
    has "$(PATH=/nowhere refused machine_rust)" "--rust debian"
    program rustc /usr
    has "$(refused machine_rust)" "spread over /usr"
    program rustc "$PWD/toolchain"
    has "$(refused machine_rust)" "has no cargo"
    mkdir -p toolchain/bin
    printf '#!/bin/sh\n' >toolchain/bin/cargo
    chmod +x toolchain/bin/cargo
    is "$(machine_rust)" "$PWD/toolchain"
}

test_the_checkout_is_what_git_would_take() {
    command -v git >/dev/null || skip "no git"
    library
    cd checkout || exit 1
    git init -q .
    echo /ignored >.gitignore
    touch "a file" gone ignored
    ln -s nowhere link
    git add -A
    rm gone
    mkdir new && touch -d 2001-01-01 new/file
    mkdir -p ../root/build ../root/target ../root/old
    touch ../root/build/kept ../root/target/kept ../root/old/file
    put_checkout "$PWD/../root"
    cd ../root || exit 1
    is "$(find . -type f -o -type l | grep -v '^./scripts/' | sort | tr '\n' ' ')" "./.gitignore ./a file ./build/kept ./link ./new/file ./target/kept "
    # Younger than anything that was built before.
    [ new/file -nt build/kept ]
}

test_sources_of_a_suite() {
    library
    # shellcheck disable=SC2317  # called by write_sources
    debian_mirror() { [ "$1" = debian-security ] && echo http://mirror.example/debian-security; }
    write_sources trixie http://mirror.example/debian sources
    is "$(tr '\n' ';' <sources)" "deb http://mirror.example/debian trixie main;deb http://mirror.example/debian-security trixie-security main;"
    write_sources experimental http://mirror.example/debian sources
    is "$(tr '\n' ';' <sources)" "deb http://mirror.example/debian sid main;deb http://mirror.example/debian experimental main;"
    write_sources sid http://mirror.example/debian sources
    is "$(<sources)" "deb http://mirror.example/debian sid main"
}

test_what_is_handed_on_to_another_debian() {
    library
    has "$(FFI_ZTS_OTHER_MINOR=8.3 handed_on)" "FFI_ZTS_OTHER_MINOR=8.3"
    has "$(https_proxy=http://proxy.example:8 handed_on)" "https_proxy=http://proxy.example:8"
    lacks "$(FFI_ZTS_CACHE=/x PHP_CONFIG=/y handed_on)" "/"
}

test_host_and_other_minor() {
    library
    program php-config 8.4.27
    is "$(host_minor) $(other_minor)" "8.4 8.2"
    program php-config 8.2.36
    is "$(host_minor) $(other_minor)" "8.2 8.4"
    is "$(FFI_ZTS_OTHER_MINOR=8.3 other_minor)" 8.3
    # Without headers there is php; without either nothing is claimed.
    program php 8.5
    is "$(PHP_CONFIG=nowhere host_minor)" 8.5
    is "$(PHP_CONFIG=nowhere PHP=nowhere host_minor)" ""
}

test_headers_of_another_php() {
    command -v php-config >/dev/null || skip "no php-config"
    mkdir -p bin headers
    has "$(refused "$ROOT/scripts/check-headers.sh" ./nowhere)" "no ./nowhere"
    # Where a header is not as the code wants it, that is said with the file's name, and counts.
    echo '#error "of no PHP"' >headers/php.h
    # shellcheck disable=SC2016  # expanded by the script
    printf '#!/bin/sh\ncase $1 in --version) echo 9.9.9 ;; --includes) echo "-I%s" ;; esac\n' "$PWD/headers" >bin/php-config
    chmod +x bin/php-config
    has "$(refused "$ROOT/scripts/check-headers.sh" "$PWD/bin/php-config")" "FAIL guest half, PHP 9.9.9: src/guest/shim/"
}

test_names_that_php_8_6_has_not_are_not_used() {
    is "$(grep -rnE '\b(XtOffsetOf|INI_(INT|FLT|STR|BOOL)) *\(' "$ROOT/src" || true)" ""
}
