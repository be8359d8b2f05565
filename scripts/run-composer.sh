#!/usr/bin/env bash
# The package in projects of Composer: as a plugin, without it, updated and removed; from path repositories, without a registry.
#
#   scripts/run-composer.sh [NAME…]    NAME: plugin, update, settings, failures, network, blocked, user, remove
#
# A bundle is made of what is built; FFI_ZTS_BUILD names another directory than build/, PHP the host's php.
# The last line is `N passed, N failed, N skipped`.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/checks.sh
. "$(dirname "$0")/lib/checks.sh"

readonly BUILD=${FFI_ZTS_BUILD:-$FFI_ZTS_ROOT/build}
PHP=${PHP:-php}
export COMPOSER_HOME=$WORK/home COMPOSER_ALLOW_SUPERUSER=1 COMPOSER_NO_INTERACTION=1
unset FFI_ZTS_SKIP FFI_ZTS_REQUIRE FFI_ZTS_MIRROR FFI_ZTS_EXTENSION COMPOSER_CACHE_DIR COMPOSER_AUTH COMPOSER_DISABLE_NETWORK
SELECTION=("$@")
ID='' PROJECT='' STATUS=0

# package VERSION: $WORK/VERSION/package and its bundle in $WORK/VERSION/bundles.
package() {
    mkdir -p -- "$WORK/$1/bundles" "$WORK/$1/package/resources"
    cp -R -- "$FFI_ZTS_ROOT/php" "$FFI_ZTS_ROOT/composer.json" "$WORK/$1/package/"
    "$PHP" -d memory_limit=-1 "$FFI_ZTS_ROOT/tests/php/Bundle/make-bundle.php" "$BUILD" "$WORK/$1/bundles" "$1" >"$WORK/$1/name"
    mv -- "$WORK/$1/bundles/bundles.json" "$WORK/$1/package/resources/"
}

# project NAME [linked|copied] [VERSION] [EXTRA]: an empty project that may require the package; sets PROJECT. EXTRA goes into
# composer.json.
project() {
    local linked=false
    [ "${2:-copied}" = copied ] || linked=true
    PROJECT=$WORK/projects/$1
    mkdir -p -- "$PROJECT"
    cat >"$PROJECT/composer.json" <<JSON
{
    "name": "test/project",
    "repositories": [
        {"type": "path", "url": "$WORK/packages/ffi-zts", "options": {"symlink": $linked, "versions": {"ffi-zts/ffi-zts": "${3:-0.1.0}"}}},
        {"type": "path", "url": "$WORK/console", "options": {"symlink": true}},
        {"packagist.org": false}
    ],
    "config": {"allow-plugins": {"ffi-zts/ffi-zts": true}, "secure-http": false}${4:+, $4}
}
JSON
    offer "${3:-0.1.0}"
}

# offer VERSION: the package that the path repository has now.
offer() {
    mkdir -p -- "$WORK/packages"
    ln -sfn -- "$WORK/$1/package" "$WORK/packages/ffi-zts"
}

# compose ARGUMENT…: Composer in the project; sets STATUS, its output is in $WORK/out.
compose() {
    STATUS=0
    (cd "$PROJECT" && timeout -k 5 120 "${COMPOSER[@]}" "$@") >"$WORK/out" 2>&1 </dev/null || STATUS=$?
}
COMPOSER=(composer)

# ffi_zts ARGUMENT…: vendor/bin/ffi-zts by a PHP without any ini file.
ffi_zts() {
    STATUS=0
    (cd "$PROJECT" && timeout -k 5 120 "$PHP" -n vendor/bin/ffi-zts "$@") >"$WORK/out" 2>&1 </dev/null || STATUS=$?
}

# ended STATUS, said TEXT, unsaid TEXT: print what is wrong.
ended() { [ "$STATUS" -eq "$1" ] || echo "status $STATUS, not $1; "; }
said() { grep -qF -- "$1" "$WORK/out" || echo "it does not say '$1'; "; }
unsaid() { ! grep -qiF -- "$1" "$WORK/out" || echo "it says '$1'; "; }

bundles() { printf '%s\n' "$PROJECT/vendor/ffi-zts/.bundles"; }

# works: the bundle boots, and a closure runs on another thread.
works() {
    local code answer
    # shellcheck disable=SC2016  # PHP code
    code='$vm = FfiZts::boot(); $n = 40; echo $vm->run(fn (int $more) => [$n + $more, strrev("ab")], [2])->await()[0];'
    answer=$("$PHP" -n -d "extension=$(bundles)/$ID/ffi_zts.so" -r "$code" 2>&1) || true
    [ "$answer" = 42 ] || echo "a closure answers '$answer'; "
    [ -z "$(find "$(bundles)" -name '.tmp-*')" ] || echo 'something is left behind; '
}
nothing_there() { [ ! -e "$(bundles)/$ID" ] || echo 'a bundle was installed; '; }

check_plugin() {
    local how
    for how in copied linked; do
        project "plugin-$how" "$how"
        compose require ffi-zts/ffi-zts
        verdict "require, $how: the plugin installs the bundle" \
            "$(ended 0; said 'is installed: '; said 'Next: vendor/bin/ffi-zts php script.php'; unsaid Warning; works)" "$WORK/out"
        compose install
        verdict "install again, $how: nothing is said" "$(ended 0; unsaid ffi-zts:; unsaid 'is installed'; works)" "$WORK/out"
        printf damaged >"$(bundles)/$ID/runtime/runtime.json"
        compose install
        verdict "install, $how: a damaged file is mended" "$(ended 0; said 'is installed: '; works)" "$WORK/out"
        ffi_zts install
        verdict "the command, $how: finds it there" "$(ended 0; said 'is there and unchanged: '; works)" "$WORK/out"
    done
    # shellcheck disable=SC2016  # that is its name
    ffi_zts install --dir "$WORK"/'a "b" ${HOME}; '"'c'"
    verdict 'the command, into a directory whose name php would read otherwise' "$(ended 0; said 'is installed: ')" "$WORK/out"
}

check_update() {
    local before
    project update
    compose require ffi-zts/ffi-zts:'*'
    before=$(readlink "$(bundles)/$ID")
    offer 0.2.0
    sed -i 's/"ffi-zts\/ffi-zts": "0.1.0"/"ffi-zts\/ffi-zts": "0.2.0"/' "$PROJECT/composer.json"
    compose update
    verdict 'update: the new bundle is in use, once' "$(ended 0
        said 'ffi_zts 0.2.0'
        works
        [ "$(grep -c 'is installed: ' "$WORK/out")" = 1 ] || echo 'installed more than once; '
        [ "$(readlink "$(bundles)/$ID")" != "$before" ] || echo 'the link is the old one; ')" "$WORK/out"
    verdict 'update: Composer leaves the bundle of before where it is' "$([ -f "$(bundles)/$before/ffi_zts.so" ] || echo 'it is gone')"
    compose update --lock
    verdict 'update --lock: nothing is said' "$(ended 0; unsaid 'is installed'; works)" "$WORK/out"
    compose reinstall ffi-zts/ffi-zts
    compose install
    verdict 'reinstall: the bundle stays where it is' "$(ended 0; unsaid 'is installed: '; works)" "$WORK/out"
}

check_settings() {
    project skip
    FFI_ZTS_SKIP=1 compose require ffi-zts/ffi-zts
    verdict 'FFI_ZTS_SKIP=1: one line, no bundle' "$(ended 0; said 'skipped, since FFI_ZTS_SKIP=1 is set'; nothing_there)" "$WORK/out"
    FFI_ZTS_SKIP=1 ffi_zts install
    verdict 'FFI_ZTS_SKIP=1 holds for the command as well' "$(ended 0; said 'skipped, since FFI_ZTS_SKIP=1 is set'; nothing_there)" "$WORK/out"
    project extra copied 0.1.0 '"extra": {"ffi-zts": {"install": false}}'
    compose require ffi-zts/ffi-zts
    verdict 'extra.ffi-zts.install: false: one line, no bundle' "$(ended 0; said 'skipped, since extra.ffi-zts.install'; nothing_there)" "$WORK/out"
    ffi_zts install
    verdict 'the same in the command' "$(ended 0; said 'skipped, since extra.ffi-zts.install'; nothing_there)" "$WORK/out"
    FFI_ZTS_SKIP=0 ffi_zts install
    verdict 'FFI_ZTS_SKIP=0 lifts it' "$(ended 0; works)" "$WORK/out"
    project wrong copied 0.1.0 '"extra": {"ffi-zts": {"install": "no"}}'
    compose require ffi-zts/ffi-zts
    verdict 'a setting that makes no sense is named, and Composer goes on' \
        "$(ended 0; said 'extra.ffi-zts.install in composer.json is neither true nor false'; nothing_there)" "$WORK/out"
    project target copied 0.1.0 '"extra": {"ffi-zts": {"targets": ["host9.9-guest9.9-linux-x86_64-glibc"]}}'
    compose require ffi-zts/ffi-zts
    verdict 'extra.ffi-zts.targets: what there is none of is told, the host has its own' \
        "$(ended 0; said 'has no bundle host9.9-guest9.9-linux-x86_64-glibc'; works)" "$WORK/out"
}

check_failures() {
    project failure
    mv -- "$WORK/0.1.0/bundles" "$WORK/0.1.0/away"
    rm -rf -- "$COMPOSER_HOME/cache/ffi-zts"
    compose require ffi-zts/ffi-zts
    verdict 'no bundle to be had: Composer goes on, and says how' \
        "$(ended 0; said 'cannot get ffi_zts-0.1.0-'; said 'vendor/bin/ffi-zts install` tries again'; nothing_there)" "$WORK/out"
    FFI_ZTS_REQUIRE=1 compose install
    verdict 'FFI_ZTS_REQUIRE=1: Composer fails' "$([ "$STATUS" -ne 0 ] || echo 'status 0; '; said 'FFI_ZTS_REQUIRE is set')" "$WORK/out"
    ffi_zts install
    verdict 'the command: status 69' "$(ended 69; said 'cannot get ffi_zts-0.1.0-')" "$WORK/out"
    FFI_ZTS_REQUIRE=1 FFI_ZTS_MIRROR=$WORK/0.1.0/away compose install
    verdict 'FFI_ZTS_MIRROR: another directory' "$(ended 0; works)" "$WORK/out"
    mv -- "$WORK/0.1.0/away" "$WORK/0.1.0/bundles"

    project corrupt
    rm -rf -- "$COMPOSER_HOME/cache/ffi-zts"
    mkdir -p -- "$WORK/corrupt"
    cp -- "$WORK/0.1.0/bundles/"* "$WORK/corrupt/"
    printf 'X' | dd of="$WORK/corrupt/$(cat "$WORK/0.1.0/name")" bs=1 seek=5000000 conv=notrunc 2>"$WORK/dd"
    sed -i "s|$WORK/0.1.0/bundles|$WORK/corrupt|" "$WORK/0.1.0/package/resources/bundles.json"
    compose require ffi-zts/ffi-zts
    verdict 'a bundle that is not what is pinned: named, not installed' \
        "$(ended 0; said 'piece 2 of'; said 'is not what is pinned'; nothing_there)" "$WORK/out"
    ffi_zts install
    verdict 'the command: status 65' "$(ended 65; said 'is not what is pinned'; nothing_there)" "$WORK/out"
    sed -i "s|$WORK/corrupt|$WORK/0.1.0/bundles|" "$WORK/0.1.0/package/resources/bundles.json"
}

# Through Composer's own downloader, with ext-curl and without.
check_network() {
    local server port name
    "$PHP" -n "$FFI_ZTS_ROOT/tests/php/Bundle/server.php" "$WORK/0.1.0/bundles" "$WORK/requests" >"$WORK/port" 2>&1 &
    server=$!
    CHILDREN+=("$server")
    until port=$(head -n 1 "$WORK/port") && [ -n "$port" ]; do kill -0 "$server" && sleep 0.02; done
    for name in curl streams; do
        rm -rf -- "$COMPOSER_HOME/cache/ffi-zts"
        : >"$WORK/requests"
        project "network-$name"
        if [ "$name" = streams ]; then without_curl; fi
        FFI_ZTS_MIRROR=http://127.0.0.1:$port/good compose require ffi-zts/ffi-zts
        verdict "a mirror by Composer's downloader, $name" "$(ended 0; works
            [ "$(grep -c '^/good/' "$WORK/requests")" -ge 2 ] || echo 'it did not come in pieces; ')" "$WORK/out"
        COMPOSER=(composer)
    done
    project disabled
    rm -rf -- "$COMPOSER_HOME/cache/ffi-zts"
    FFI_ZTS_MIRROR=http://127.0.0.1:$port/good COMPOSER_DISABLE_NETWORK=1 compose require ffi-zts/ffi-zts
    verdict 'COMPOSER_DISABLE_NETWORK=1: the directory serves still' "$(ended 0; works)" "$WORK/out"
    project refused
    rm -rf -- "$COMPOSER_HOME/cache/ffi-zts"
    mv -- "$WORK/0.1.0/bundles" "$WORK/0.1.0/away"
    FFI_ZTS_MIRROR=http://127.0.0.1:$port/refuse compose require ffi-zts/ffi-zts
    verdict '403: the host and the remedy are named' \
        "$(ended 0; said "127.0.0.1:$port refuses"; said "composer config --global --auth http-basic.127.0.0.1:$port"; nothing_there)" "$WORK/out"
    mv -- "$WORK/0.1.0/away" "$WORK/0.1.0/bundles"
    stop_child "$server"
}

# without_curl: Composer by a PHP that has all but ext-curl.
without_curl() {
    local file scanned
    scanned=$("$PHP" -r 'echo PHP_CONFIG_FILE_SCAN_DIR;')
    mkdir -p -- "$WORK/scan"
    for file in "$scanned"/*.ini; do
        if [ -f "$file" ] && ! grep -q 'extension *= *"\?curl' "$file"; then cp -- "$file" "$WORK/scan/"; fi
    done
    COMPOSER=(env "PHP_INI_SCAN_DIR=$WORK/scan" composer)
    if ! "${COMPOSER[@]::2}" "$PHP" -r 'exit((int) extension_loaded("curl"));'; then die "this PHP has ext-curl built in"; fi
}

check_blocked() {
    project dry-run
    compose require --no-update ffi-zts/ffi-zts:'*'
    compose update --dry-run
    verdict '--dry-run: nothing is installed' "$(ended 0; nothing_there)" "$WORK/out"
    project no-plugins
    compose require --no-plugins ffi-zts/ffi-zts
    verdict '--no-plugins: nothing is installed' "$(ended 0; nothing_there)" "$WORK/out"
    ffi_zts install
    verdict '--no-plugins, then the command' "$(ended 0; said 'Next: vendor/bin/ffi-zts php script.php'; works)" "$WORK/out"
    project no-scripts
    compose require --no-scripts ffi-zts/ffi-zts
    verdict '--no-scripts: the plugin is no script' "$(ended 0; works)" "$WORK/out"
    project unlisted
    sed -i 's/"ffi-zts\/ffi-zts": true/"other\/plugin": true/' "$PROJECT/composer.json"
    compose require ffi-zts/ffi-zts
    verdict 'a plugin that is not allowed: Composer goes on without it' "$(ended 0; nothing_there)" "$WORK/out"
    ffi_zts install
    verdict 'a plugin that is not allowed, then the command' "$(ended 0; works)" "$WORK/out"
    if [ "$(id -u)" -ne 0 ]; then
        skip 'root without COMPOSER_ALLOW_SUPERUSER' 'this is not root'
        return
    fi
    project root
    # In a container Composer lets root do as he likes; with an open_basedir it does not look whether it is in one.
    COMPOSER=("$PHP" -d open_basedir=/ "$(command -v composer)")
    COMPOSER_ALLOW_SUPERUSER='' compose require ffi-zts/ffi-zts
    COMPOSER=(composer)
    verdict 'root without COMPOSER_ALLOW_SUPERUSER: no plugin runs' "$(ended 0; said 'plugins have been disabled'; nothing_there)" "$WORK/out"
    ffi_zts install
    verdict 'root without COMPOSER_ALLOW_SUPERUSER, then the command' "$(ended 0; works)" "$WORK/out"
}

# As somebody who is not root, in a project of his own.
check_user() {
    if [ "$(id -u)" -ne 0 ] || ! have setpriv; then
        skip 'a user who is not root' 'needs root to become one'
        return
    fi
    project user
    mkdir -p -- "$WORK/user"
    chmod 0755 "$WORK" "$WORK/projects"
    chown -R 65534:65534 "$PROJECT" "$WORK/user"
    COMPOSER=(setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$WORK/user" COMPOSER_HOME="$WORK/user" COMPOSER_ALLOW_SUPERUSER= composer)
    compose require ffi-zts/ffi-zts
    COMPOSER=(composer)
    verdict 'a user who is not root' "$(ended 0; works
        [ "$(stat -c %u "$(bundles)/$ID/ffi_zts.so")" = 65534 ] || echo 'the files are not his; ')" "$WORK/out"
    mkdir -p -- "$WORK/elsewhere"
    COMPOSER=(setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$WORK/user" "$PHP" -n vendor/bin/ffi-zts)
    compose install --dir="$WORK/elsewhere"
    COMPOSER=(composer)
    verdict 'a directory that he must not write to: status 73' "$(ended 73; said "$WORK/elsewhere is not writable"
        [ -z "$(ls -A "$WORK/elsewhere")" ] || echo 'something is there; ')" "$WORK/out"
}

check_remove() {
    project remove
    compose require ffi-zts/ffi-zts
    compose remove ffi-zts/ffi-zts
    verdict 'remove: the plugin outlives its files, and says what stays' \
        "$(ended 0; unsaid error; unsaid exception; unsaid 'failed to open'; said '.bundles'
        [ ! -e "$PROJECT/vendor/ffi-zts/ffi-zts" ] || echo 'the package is there; ')" "$WORK/out"
    compose require ffi-zts/ffi-zts
    verdict 'remove, then require again' "$(ended 0; works)" "$WORK/out"
    FFI_ZTS_REQUIRE=1 compose remove ffi-zts/ffi-zts
    verdict 'remove with FFI_ZTS_REQUIRE=1' "$(ended 0)" "$WORK/out"
}

main() {
    local name status=0
    if ! have composer; then
        skip 'all of it' 'there is no composer here; on Debian: apt-get install composer'
        summary
        return
    fi
    if [ ! -f "$BUILD/ffi_zts.so" ] || [ ! -f "$BUILD/runtime/libphp.so" ]; then die "nothing is built in $BUILD: run make"; fi
    "$PHP" -n "$FFI_ZTS_ROOT/tests/composer/console.php" "$WORK/console" || status=$?
    if [ "$status" -eq 3 ]; then
        skip 'all of it' 'there is no symfony/console here; on Debian: apt-get install php-symfony-console'
        summary
        return
    fi
    [ "$status" -eq 0 ] || die "cannot make a package of symfony/console"
    package 0.1.0
    package 0.2.0
    ID=$(sed 's/^ffi_zts-[^-]*-\(host.*\)\.tar\.gz$/\1/' "$WORK/0.1.0/name")
    for name in plugin update settings failures network blocked user remove; do
        if selected "$name"; then "check_$name"; fi
    done
    summary
}

main
