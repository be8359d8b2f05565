#!/usr/bin/env bash
# What a new user does, on a Debian that has nothing: scripts/run-fresh.sh runs it as root inside of one.
#
#   tests/fresh/steps.sh BUNDLES      BUNDLES: a directory with bundles
#
# What the user types is typed by a user who is not root, but for `enable`. The last line is `N passed, N failed, N skipped`.
set -uo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/../../scripts/lib/common.sh"
# shellcheck source=scripts/lib/checks.sh
. "$FFI_ZTS_ROOT/scripts/lib/checks.sh"

readonly BUNDLES=/srv/bundles PACKAGE=/srv/package CONSOLE=/srv/console APP=/home/dev/app
STATUS=0

# as_dev COMMAND: in his project, by a shell of his own; sets STATUS, what it says is in $WORK/out.
as_dev() {
    STATUS=0
    su dev -c "cd $APP && $1" >"$WORK/out" 2>&1 </dev/null || STATUS=$?
}

as_root() {
    STATUS=0
    (cd "$APP" && "$@") >"$WORK/out" 2>&1 </dev/null || STATUS=$?
}

said() { grep -qF -- "$1" "$WORK/out" || echo "it does not say '$1'; "; }
ended() { [ "$STATUS" -eq "$1" ] || echo "status $STATUS, not $1; "; }

# prepare BUNDLES: packages, a user, and what a registry would serve.
prepare() {
    apt-get -qy install --no-install-recommends php-cli composer >"$WORK/out" 2>&1 || die "php-cli and composer cannot be installed: $(tail -n 5 "$WORK/out")"
    useradd -m -s /bin/bash dev
    mkdir -p -- "$BUNDLES" "$PACKAGE" "$APP"
    cp -- "$1"/* "$BUNDLES/"
    cp -R -- "$FFI_ZTS_ROOT"/php "$FFI_ZTS_ROOT"/composer.json "$FFI_ZTS_ROOT"/resources "$PACKAGE/"
    php -n "$FFI_ZTS_ROOT/tests/composer/console.php" "$CONSOLE" || die "there is no symfony/console here"
    cat >"$APP/composer.json" <<JSON
{
    "repositories": [
        {"type": "path", "url": "$PACKAGE", "options": {"symlink": false, "versions": {"ffi-zts/ffi-zts": "0.1.0"}}},
        {"type": "path", "url": "$CONSOLE", "options": {"symlink": false}},
        {"packagist.org": false}
    ]
}
JSON
    # The README's first lines, in a script.
    cat >"$APP/first.php" <<'PHP'
<?php
$vm = FfiZts::boot();

$rate = 0.19;
$future = $vm->run(fn (int $net): float => $net * (1 + $rate), [100]);
echo $future->await(), "\n";
try {
    $vm->run(fn () => throw new DomainException('too much'))->await();
} catch (DomainException $exception) {
    echo $exception->getMessage(), ' ', (int) PHP_ZTS, (int) $vm->run('constant', ['PHP_ZTS'])->await(), "\n";
}
PHP
    printf '<?php require "%s/first.php";\n' "$APP" >/srv/page.php
    chown -R dev: "$APP"
    chmod 0755 /home/dev
}

readonly PRINTS=$'119\ntoo much 01'

check_project() {
    local start=$SECONDS compiler
    compiler=$(command -v cc gcc clang cargo | head -n 1) || true
    verdict 'there is no compiler' "${compiler:+$compiler is there}"
    as_dev 'composer require --no-interaction ffi-zts/ffi-zts'
    verdict 'composer require' "$(ended 0)" "$WORK/out"
    as_dev "vendor/bin/ffi-zts install --from $BUNDLES"
    verdict 'ffi-zts install' "$(ended 0; said 'is installed: ')" "$WORK/out"
    as_dev 'vendor/bin/ffi-zts php first.php'
    verdict "ffi-zts php: the README's closure" "$(ended 0; [ "$(cat "$WORK/out")" = "$PRINTS" ] || echo 'it prints something else')" "$WORK/out"
    say "from composer require to the closure: $((SECONDS - start)) s"
    # shellcheck disable=SC2016  # PHP code
    as_dev "vendor/bin/ffi-zts run -r 'echo PHP_ZTS, PHP_SAPI;'"
    verdict 'ffi-zts run' "$(ended 0; said '1cli')" "$WORK/out"
}

check_enabled() {
    as_root vendor/bin/ffi-zts enable --system
    verdict 'enable --system' "$(ended 0)" "$WORK/out"
    as_dev 'php first.php'
    verdict 'plain php, of a user' "$(ended 0; [ "$(cat "$WORK/out")" = "$PRINTS" ] || echo 'it prints something else')" "$WORK/out"
    as_dev 'vendor/bin/ffi-zts doctor'
    verdict 'doctor finds nothing' "$(ended 0)" "$WORK/out"
}

check_fpm() {
    local minor fpm
    minor=$(php -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;')
    apt-get -qy install --no-install-recommends php-fpm libfcgi-bin >"$WORK/out" 2>&1 || die "php-fpm cannot be installed: $(tail -n 5 "$WORK/out")"
    fpm=php-fpm$minor
    as_root vendor/bin/ffi-zts enable --system --sapi=fpm
    verdict 'enable --system --sapi=fpm' "$(ended 0; said FPM)" "$WORK/out"
    mkdir -p /run/php
    "$fpm" -D || die "$fpm does not start"
    SCRIPT_FILENAME=/srv/page.php REQUEST_METHOD=GET timeout 30 cgi-fcgi -bind -connect "/run/php/php$minor-fpm.sock" 2>&1 | tr -d '\r' | sed '1,/^$/d' >"$WORK/out"
    verdict 'a page of FPM' "$([ "$(cat "$WORK/out")" = "$PRINTS" ] || echo 'it prints something else')" "$WORK/out"
    pkill "$fpm" || true
}

check_removed() {
    as_root vendor/bin/ffi-zts disable --sapi=fpm
    verdict 'disable --sapi=fpm' "$(ended 0)" "$WORK/out"
    as_root vendor/bin/ffi-zts disable
    verdict 'disable' "$(ended 0)" "$WORK/out"
    as_dev 'php -m'
    verdict 'plain php is what it was' "$(ended 0; ! grep -q ffi_zts "$WORK/out" || echo 'it has ffi_zts')" "$WORK/out"
    as_root vendor/bin/ffi-zts uninstall
    verdict 'uninstall' "$(ended 0)" "$WORK/out"
    verdict 'nothing is left' "$(find /etc/php /usr/lib/php "$APP/vendor/ffi-zts/.bundles" -name '*ffi_zts*' 2>/dev/null | head -n 3)"
}

main() {
    [ -d "${1:-}" ] || die "usage: $0 BUNDLES"
    prepare "$1"
    check_project
    check_enabled
    check_fpm
    check_removed
    summary
}

main "$@"
