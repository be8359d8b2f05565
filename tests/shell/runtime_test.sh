# shellcheck shell=bash
# shellcheck source=tests/shell/lib.sh
# shellcheck disable=SC2154  # ROOT is set by run.sh
# The runtime that was built: what the other scripts and the halves rely on. Skipped where nothing was built.

runtime() {
    RUNTIME=${FFI_ZTS_RUNTIME:-$ROOT/build/runtime}
    [ -f "$RUNTIME/runtime.json" ] || skip "nothing built yet"
}

# json PATH: a field of runtime.json, as JSON.
# shellcheck disable=SC2016  # PHP code
json() { "$RUNTIME/bin/php" -n -r '$j = json_decode(file_get_contents($argv[1]), true); eval("echo json_encode(\$j$argv[2], JSON_UNESCAPED_SLASHES);");' "$RUNTIME/runtime.json" "$1"; }

test_runtime_json_states_what_is_there() {
    runtime
    is "$(json "['format']")" 1
    is "$(json "['zts']")" true
    is "$(json "['debug']")" false
    is "$(json "['zend_signals']")" false
    is "$(json "['readline']")" false
    is "$(json "['libphp']['sha256']")" "\"$(sha256sum "$RUNTIME/libphp.so" | cut -d' ' -f1)\""
    is "$(json "['libphp']['size']")" "$(stat -c %s "$RUNTIME/libphp.so")"
    is "$(json "['php_version']")" "\"$("$RUNTIME/bin/php-config" --version)\""
    [ -d "$(json "['source_dir']" | tr -d '"')/Zend/tests" ]
    is "$(find "$RUNTIME/libphp.so" -type f)" "$RUNTIME/libphp.so"
}

test_soname_is_unique() {
    runtime
    is "\"$(readelf -d "$RUNTIME/libphp.so" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p')\"" "$(json "['soname']")"
    has "$(json "['soname']")" "\"libphp-ffizts-$("$RUNTIME/bin/php-config" --version)-"
}

test_no_signals_and_no_readline() {
    runtime
    lacks "$(nm -D "$RUNTIME/libphp.so")" zend_signal
    lacks "$(readelf -d "$RUNTIME/libphp.so")" readline
    lacks "$("$RUNTIME/bin/php" -n -m)" readline
    lacks "$("$RUNTIME/bin/php" -n -m)" pcntl
}

# The host is linked against these, and two copies of a library in one process do harm.
test_libraries_are_the_systems() {
    local needed pair
    runtime
    needed=$(readelf -d "$RUNTIME/libphp.so" | grep NEEDED)
    for library in libz libxml2 libcrypto libsodium; do has "$needed" "[$library.so"; done
    for pair in sqlite3:libsqlite3 pdo_sqlite:libsqlite3 curl:libcurl ffi:libffi mbstring:libonig gd:libgd gmp:libgmp intl:libicuuc pgsql:libpq xsl:libxslt zip:libzip; do
        has "$(readelf -d "$RUNTIME/ext/${pair%:*}.so" | grep NEEDED)" "[${pair#*:}.so"
    done
    lacks "$(readelf -d "$RUNTIME/libphp.so")" RUNPATH
}

# What libphp needs is there where Debian's php-cli is.
test_libphp_needs_no_more_than_php_cli() {
    local library
    runtime
    for library in libsqlite3 libcurl libffi libonig libgd libgmp libicu libpq libxslt libzip; do lacks "$(readelf -d "$RUNTIME/libphp.so")" "[$library"; done
}

# A guest's extension finds that libphp and no other, without being changed at each boot.
test_extensions_depend_on_libphp() {
    local file soname
    runtime
    soname=$(readelf -d "$RUNTIME/libphp.so" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p')
    for file in "$RUNTIME"/ext/*.so; do has "$(readelf -d "$file")" "NEEDED)             Shared library: [$soname]"; done
}

test_extensions_compile_with_phpize_and_run() {
    runtime
    # shellcheck disable=SC2016  # for configure
    printf 'PHP_ARG_ENABLE([probe],[probe],[probe],[yes])\nPHP_NEW_EXTENSION(probe, probe.c, $ext_shared)\n' >config.m4
    cat >probe.c <<'C'
#include "php.h"
#ifndef ZTS
# error "these are not the headers of a thread-safe PHP"
#endif
zend_module_entry probe_module_entry = {STANDARD_MODULE_HEADER, "probe", NULL, NULL, NULL, NULL, NULL, NULL, "1", STANDARD_MODULE_PROPERTIES};
ZEND_GET_MODULE(probe)
C
    "$RUNTIME/bin/phpize"
    ./configure --with-php-config="$RUNTIME/bin/php-config"
    make
    has "$("$RUNTIME/bin/php" -n -d "extension=$PWD/modules/probe.so" -m)" probe
    is "$("$RUNTIME/bin/php-config" --phpapi)" "$(json "['zend_module_api']")"
}

test_opcache_with_jit_runs_under_the_cli() {
    local options=()
    runtime
    # From 8.5 on it is part of PHP.
    if [ -f "$RUNTIME/ext/opcache.so" ]; then options=(-d "zend_extension=$("$RUNTIME/bin/php-config" --extension-dir)/opcache.so"); fi
    # shellcheck disable=SC2016  # PHP code
    is "$("$RUNTIME/bin/php" -n "${options[@]}" -d opcache.enable_cli=1 -d opcache.jit=tracing -d opcache.jit_buffer_size=16M -r '$s = opcache_get_status(); echo json_encode([$s["opcache_enabled"], $s["jit"]["on"]]);')" "[true,true]"
}
