# shellcheck shell=bash
# What the tests of the scripts share. The current directory is the test's own.

SERVER=''

clean_up() { if [ -n "$SERVER" ]; then kill "$SERVER" 2>/dev/null || true; fi; }

skip() { echo "$*" && exit 77; }

# has TEXT PATTERN: TEXT contains PATTERN, else says what it is.
has() {
    case $1 in
        *"$2"*) ;;
        *) printf 'expected: %s\nin: %s\n' "$2" "$1" && return 1 ;;
    esac
}

lacks() {
    case $1 in
        *"$2"*) printf 'not expected: %s\nin: %s\n' "$2" "$1" && return 1 ;;
    esac
}

is() { [ "$1" = "$2" ] || { printf 'expected: %s\ngot:      %s\n' "$2" "$1" && return 1; }; }

# refused COMMAND…: fails; prints what it printed.
refused() {
    if "$@" 2>&1; then
        echo "expected a failure: $*"
        return 1
    fi
}

# fake_source VERSION: a directory php-VERSION and a tarball that look like PHP's source to the scripts.
fake_source() {
    mkdir -p "php-$1/main"
    echo "#define PHP_VERSION \"$1\"" >"php-$1/main/php_version.h"
    printf '#!/bin/sh\n# --enable-zend-max-execution-timers\n#  --disable-opcache  \n' >"php-$1/configure"
    chmod +x "php-$1/configure"
    tar -cJf "php-$1.tar.xz" "php-$1"
}

# serve DIRECTORY: an HTTP server of the directory; sets URL. `releases/index.php` answers whatever the query is.
serve() {
    local port attempt
    command -v php >/dev/null || skip "no php to serve files with"
    for attempt in 1 2 3 4 5; do
        port=$((20000 + RANDOM % 20000))
        php -n -S "127.0.0.1:$port" -t "$1" >server.log 2>&1 &
        SERVER=$!
        URL=http://127.0.0.1:$port
        for _ in $(seq 50); do
            if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && kill -0 "$SERVER" 2>/dev/null; then return; fi
            sleep 0.1
        done
        echo "attempt $attempt failed: $(<server.log)"
    done
    return 1
}

# fake_php_net VERSION [SHA256]: serves a release as php.net does.
fake_php_net() {
    fake_source "$1"
    mkdir -p net/releases net/distributions
    cp "php-$1.tar.xz" net/distributions/
    printf '{"announcement":true,"source":[{"filename":"php-%s.tar.gz","name":"gz","sha256":"%064d","date":"1"},{"filename":"php-%s.tar.xz","name":"xz","sha256":"%s","date":"1"}],"version":"%s"}' \
        "$1" 0 "$1" "${2:-$(sha256sum "php-$1.tar.xz" | cut -d' ' -f1)}" "$1" >net/releases/index.php
    serve net
    export FFI_ZTS_PHP_NET=$URL
}

print_key() { "$ROOT/scripts/build-libphp.sh" --cache "$PWD/cache" --print-key "$@"; }
