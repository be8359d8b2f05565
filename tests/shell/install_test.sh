# shellcheck shell=bash
# shellcheck source=tests/shell/lib.sh
# shellcheck disable=SC2154  # ROOT is set by run.sh
# scripts/install.sh on a build of stand-ins.

fake_build() {
    mkdir -p repository/scripts/lib repository/build/runtime/ext/vanilla repository/build/runtime/bin
    cp "$ROOT"/scripts/install.sh repository/scripts/
    cp "$ROOT/scripts/lib/common.sh" repository/scripts/lib/
    cp "$ROOT/LICENSE" "$ROOT/Cargo.toml" repository/
    echo host >repository/build/ffi_zts.so
    for file in libphp.so ffi_zts_guest.so runtime.json ext/opcache.so ext/vanilla/apcu.so bin/php; do echo "$file" >"repository/build/runtime/$file"; done
    # shellcheck disable=SC2016  # for the script that it makes
    printf '#!/bin/sh\ncase $1 in --extension-dir) echo /usr/lib/php/20220829 ;; --version) echo 8.2.36 ;; esac\n' >php-config
    chmod +x php-config
    export PHP_CONFIG=$PWD/php-config
}

test_install_honours_destdir_and_prints_the_ini_line() {
    local target=root/usr/lib/php/20220829
    fake_build
    is "$(DESTDIR=$PWD/root repository/scripts/install.sh 2>/dev/null)" "extension=ffi_zts.so"
    is "$(<$target/ffi_zts.so)" host
    is "$(cd $target/ffi_zts/runtime && find . -type f | sort | tr '\n' ' ')" "./ext/opcache.so ./ffi_zts_guest.so ./libphp.so ./runtime.json "
    is "$(find root -perm /022 ! -type l)" ""
}

test_installed_files_are_everybodys_to_read_and_nobody_elses_to_write() {
    local mask
    fake_build
    for mask in 000 022 027 077; do
        (umask "$mask" && DESTDIR=$PWD/root-$mask repository/scripts/install.sh)
        is "$(find "root-$mask" -perm /022 ! -type l)" ""
        is "$(find "root-$mask" ! -perm -444)$(find "root-$mask" -type d ! -perm -555)" ""
    done
    # A directory that was installed before as another user's private one.
    chmod 0700 root-022/usr/lib/php/20220829/ffi_zts
    DESTDIR=$PWD/root-022 repository/scripts/install.sh
    is "$(find root-022 -type d ! -perm -555)" ""
}

test_install_twice_replaces() {
    local target=root/usr/lib/php/20220829
    fake_build
    DESTDIR=$PWD/root repository/scripts/install.sh
    exec 3<$target/ffi_zts.so
    echo newer >repository/build/ffi_zts.so
    echo newer >repository/build/runtime/libphp.so
    rm repository/build/runtime/ext/opcache.so
    DESTDIR=$PWD/root repository/scripts/install.sh
    is "$(<$target/ffi_zts.so)" newer
    is "$(<$target/ffi_zts/runtime/libphp.so)" newer
    [ ! -e $target/ffi_zts/runtime/ext/opcache.so ]
    is "$(ls -A $target/ffi_zts)" runtime
    # A process that has the old file open keeps it.
    is "$(cat <&3)" host
}

test_install_without_a_build_is_refused() {
    fake_build
    rm repository/build/runtime/ffi_zts_guest.so
    has "$(DESTDIR=$PWD/root refused repository/scripts/install.sh)" "nothing is built yet"
}
