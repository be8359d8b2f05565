# shellcheck shell=bash
# shellcheck source=tests/shell/lib.sh
# shellcheck disable=SC2154  # ROOT is set by run.sh
# scripts/build-extension.sh, on a copy of the runtime.

# Sets RUNTIME to a runtime of this test's own: what a build needs of the real one.
copy_runtime() {
    local built=$ROOT/build/runtime
    if [ ! -f "$built/runtime.json" ] || [ ! -f "$ROOT/build/ffi_zts.so" ]; then skip "nothing built yet"; fi
    RUNTIME=$PWD/runtime
    mkdir -p runtime/ext
    cp -RP "$built/bin" "$built/include" "$built/runtime.json" "$built/libphp.so" "$built/ffi_zts_guest.so" runtime/
}

build_extension() { "$ROOT/scripts/build-extension.sh" --cache "$PWD/cache" --jobs 1 "$@"; }

# fake_extension DIRECTORY: the source of an extension `probe`, whose function returns 42.
fake_extension() {
    mkdir -p "$1"
    # shellcheck disable=SC2016  # for configure
    printf 'PHP_ARG_ENABLE([probe],[probe],[probe],[yes])\nPHP_NEW_EXTENSION(probe, probe.c, $ext_shared)\nPHP_INSTALL_HEADERS([ext/probe], [probe.h])\n' >"$1/config.m4"
    echo '#define PROBE_VALUE 42' >"$1/probe.h"
    cat >"$1/probe.c" <<'C'
#include "php.h"
#include "probe.h"
ZEND_BEGIN_ARG_INFO_EX(arginfo, 0, 0, 0)
ZEND_END_ARG_INFO()
PHP_FUNCTION(probe) { RETURN_LONG(PROBE_VALUE); }
static const zend_function_entry functions[] = { PHP_FE(probe, arginfo) PHP_FE_END };
zend_module_entry probe_module_entry = { STANDARD_MODULE_HEADER, "probe", functions, NULL, NULL, NULL, NULL, NULL, "1", STANDARD_MODULE_PROPERTIES };
ZEND_GET_MODULE(probe)
C
}

needed() { readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }
soname() { sed -n 's/^ *"soname": "\(.*\)",$/\1/p' "$RUNTIME/runtime.json"; }
# What runtime.json states for an extension.
stated() { sed -n "s/^ *\"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" "$RUNTIME/runtime.json"; }

test_extension_arguments_are_checked() {
    has "$(refused build_extension)" "which extension?"
    has "$(refused build_extension --from nowhere probe)" "--from is php, pecl or debian"
    has "$(refused build_extension --sha256 abc ./probe.tgz)" "--sha256 is 64 hexadecimal digits"
    has "$(refused build_extension one two)" "one extension at a time"
    has "$(refused build_extension --frobnicate)" "unknown argument --frobnicate"
    has "$(refused build_extension --runtime nowhere probe)" "no runtime in nowhere"
    copy_runtime
    has "$(refused build_extension --runtime runtime ./nowhere)" "no such directory: ./nowhere"
    has "$(refused build_extension --runtime runtime nowhere.tgz)" "no such tarball: nowhere.tgz"
    has "$(refused build_extension --runtime runtime 'a;b')" "not the name of an extension"
    has "$(refused build_extension --runtime runtime --needs other ./)" "it was not built for"
    has "$(build_extension --runtime runtime json 2>&1)" "json is part of this runtime already"
}

test_extension_is_built_from_a_directory_and_kept() {
    local before output
    copy_runtime
    fake_extension probe
    chmod -R a-w probe
    before=$(find probe -printf '%p %m %T@\n' | sort)
    is "$(build_extension --runtime runtime ./probe 2>first.log)" "$RUNTIME/ext/probe.so"
    has "$(<first.log)" "built probe in"
    is "$(find probe -printf '%p %m %T@\n' | sort)" "$before"

    # Relinked and vanilla, each where it belongs, and the hash is stated.
    has "$(needed runtime/ext/probe.so)" "$(soname)"
    lacks "$(needed runtime/ext/vanilla/probe.so)" libphp
    is "$(stated probe.so)" "$(sha256sum runtime/ext/probe.so | cut -d' ' -f1)"
    is "$(runtime/bin/php -n -d extension="$PWD/runtime/ext/vanilla/probe.so" -r 'echo probe();')" 42
    has "$(<runtime/ext/vanilla/probe.build)" "from=directory $PWD/probe"

    output=$(build_extension --runtime runtime ./probe 2>&1)
    has "$output" "probe is in the cache"
    # Touched is not changed; another flag is another build.
    chmod -R u+w probe
    touch probe/probe.c
    has "$(build_extension --runtime runtime ./probe 2>&1)" "probe is in the cache"
    echo '#define PROBE_VALUE 43' >probe/probe.h
    has "$(build_extension --runtime runtime ./probe 2>&1)" "built probe in"
    is "$(runtime/bin/php -n -d extension="$PWD/runtime/ext/vanilla/probe.so" -r 'echo probe();')" 43
    is "$(stated probe.so)" "$(sha256sum runtime/ext/probe.so | cut -d' ' -f1)"

    # One that needs the headers of it.
    mkdir second
    sed 's/probe/second/g' probe/config.m4 >second/config.m4
    sed -i '/INSTALL_HEADERS/d' second/config.m4
    sed 's/probe\.h/ext\/probe\/probe.h/; s/probe_module/second_module/; s/"probe", functions/"second", functions/; s/(probe)/(second)/; s/PHP_FE(probe/PHP_FE(second/' probe/probe.c >second/second.c
    build_extension --runtime runtime --needs probe ./second
    is "$(runtime/bin/php -n -d extension="$PWD/runtime/ext/vanilla/second.so" -r 'echo second();')" 43
}

test_extension_that_does_not_compile_shows_why_and_changes_nothing() {
    local output before
    copy_runtime
    fake_extension probe
    echo '#error "nothing for you"' >>probe/probe.c
    before=$(sha256sum runtime/runtime.json)
    output=$(refused build_extension --runtime runtime ./probe)
    has "$output" "nothing for you"
    has "$output" "compiling probe failed"
    is "$(sha256sum runtime/runtime.json)" "$before"
    is "$(find runtime/ext cache -name '*.so' -o -name 'work.*')" ""
    mkdir empty
    has "$(refused build_extension --runtime runtime ./empty)" "there is no config.m4 in it"
}

test_extension_from_pecl_and_from_a_tarball() {
    local sum output status=0
    copy_runtime
    fake_extension net/probe-1.2.3
    mkdir net/get
    tar -C net -czf net/get/probe probe-1.2.3
    cp net/get/probe probe-1.2.3.tgz
    sum=$(sha256sum probe-1.2.3.tgz | cut -d' ' -f1)
    has "$(refused build_extension --runtime runtime --sha256 "${sum//[0-9]/0}" ./probe-1.2.3.tgz)" "has the wrong checksum"
    serve net
    export FFI_ZTS_PECL=$URL
    output=$(build_extension --runtime runtime --from pecl probe 2>&1)
    has "$output" "asking PECL for probe"
    has "$output" "has the checksum sha256:$sum"
    has "$(needed runtime/ext/probe.so)" "$(soname)"
    # The same bytes, wherever they come from.
    has "$(build_extension --runtime runtime --sha256 "$sum" ./probe-1.2.3.tgz 2>&1)" "is in the cache"
    kill "$SERVER" && SERVER=''
    build_extension --runtime runtime --from pecl probe >gone.log 2>&1 || status=$?
    is "$status" 3
    has "$(<gone.log)" "give it yourself"
}
