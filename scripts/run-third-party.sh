#!/usr/bin/env bash
# A libphp of somebody else's build: the one in the npm package @platformatic/php-node (8.4.11, ZTS, with ZEND_SIGNALS and
# readline). It is refused by default; where the administrator allows it, the host's signals, echo and exit go on working.
#
#   scripts/run-third-party.sh
#
# The package is downloaded once, into the cache. Libraries that it needs and this system lacks are taken out of their Debian
# packages, of this release or of bookworm, into a directory of the cache, for the option `libdir`; nothing is installed.
# FFI_ZTS_EXTENSION and FFI_ZTS_RUNTIME_84 name other builds than build/ffi_zts.so and build/runtime-8.4, or build/runtime where
# the host is of 8.4.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/checks.sh
. "$(dirname "$0")/lib/checks.sh"
# shellcheck source=scripts/lib/download.sh
. "$FFI_ZTS_ROOT/scripts/lib/download.sh"

readonly PACKAGE=@platformatic/php-node@1.4.0
# As the npm registry states it (npm view … dist.integrity).
readonly INTEGRITY=sha512-OUSnHIVblCH6fxc/OUM12WdAAtW85g28FfX8DxiKAdJmXY+CKYNZjLa58kHH1HRe/MQ4ijbXwmFZFGtMLKls8g==
readonly TESTS=$FFI_ZTS_ROOT/tests/third-party
readonly EXTENSION=${FFI_ZTS_EXTENSION:-$FFI_ZTS_ROOT/build/ffi_zts.so}
if [ "$(host_minor)" = 8.4 ]; then OF_THIS_MINOR=runtime; else OF_THIS_MINOR=runtime-8.4; fi
readonly RUNTIME=${FFI_ZTS_RUNTIME_84:-$FFI_ZTS_ROOT/build/$OF_THIS_MINOR}
PHP=${PHP:-php}
LIBRARY='' LIBDIR=''

# integrity_of FILE: in the registry's notation.
integrity_of() { printf 'sha512-%s\n' "$(openssl dgst -sha512 -binary -- "$1" | base64 -w0)"; }

# fetch_library CACHE: sets LIBRARY; 1 when it cannot be had.
fetch_library() {
    local cache=$1 file=$1/platformatic-php-node-1.4.0.tgz
    if [ ! -f "$file" ]; then
        have npm || return 1
        (cd "$cache" && timeout 300 npm pack --silent "$PACKAGE") >"$WORK/npm.log" 2>&1 || return 1
    fi
    [ "$(integrity_of "$file")" = "$INTEGRITY" ] || die "$file is not what the registry states: $(integrity_of "$file")"
    LIBRARY=$cache/php-node-1.4.0/libphp.so
    [ -f "$LIBRARY" ] || {
        mkdir -p -- "$cache/php-node-1.4.0"
        tar -xzf "$file" -C "$WORK" package/npm/linux-x64-gnu/libphp.so
        install_file "$WORK/package/npm/linux-x64-gnu/libphp.so" "$LIBRARY"
    }
}

# The Debian packages of its dependencies, by SONAME.
package_of() {
    case $1 in
        libzip.so.4) echo libzip4 ;;
        libpq.so.5) echo libpq5 ;;
        libpng16.so.16) echo libpng16-16 ;;
        libonig.so.5) echo libonig5 ;;
        libargon2.so.1) echo libargon2-1 ;;
        libreadline.so.8) echo libreadline8 ;;
        libcurl.so.4) echo libcurl4 ;;
        libldap-2.5.so.0 | liblber-2.5.so.0) echo libldap-2.5-0 ;;
    esac
}

# package_from_bookworm CACHE PACKAGE: into the current directory. It is the release that the library was built on.
package_from_bookworm() {
    local private=$1/apt main keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -f "$keyring" ] && main=$(debian_mirror debian) || return 1
    mkdir -p -- "$private/lists/partial" "$private/cache/archives/partial"
    printf 'deb [signed-by=%s] %s bookworm main\n' "$keyring" "$main" >"$private/sources.list"
    private_apt apt-get "$private" update >>"$LOG" 2>&1 && private_apt apt-get "$private" download "$2" >>"$LOG" 2>&1
}

# fetch_dependencies CACHE: sets LIBDIR where the system lacks some; 1, with names, when they cannot be had.
fetch_dependencies() {
    local cache=$1 name package missing
    LOG=$WORK/apt.log
    mapfile -t missing < <(ldd "$LIBRARY" | awk '/not found/ {print $1}' | sort -u)
    [ "${#missing[@]}" -gt 0 ] || return 0
    LIBDIR=$cache/libdir
    mkdir -p -- "$LIBDIR"
    for name in "${missing[@]}"; do
        [ ! -f "$LIBDIR/$name" ] || continue
        package=$(package_of "$name")
        if [ -z "$package" ] || ! have apt-get || ! have dpkg-deb; then
            echo "it needs ${missing[*]}"
            return 1
        fi
        (cd "$WORK" && { apt-get -q download "$package" || package_from_bookworm "$cache" "$package"; }) >>"$LOG" 2>&1 ||
            { echo "it needs $name, of the package $package" && return 1; }
        dpkg-deb -x "$WORK/$package"_*.deb "$WORK/deb"
        find "$WORK/deb" -name "$name" -exec cp -L -- {} "$LIBDIR/$name" \;
        chmod 0644 "$LIBDIR/$name"
    done
}

# host ARGUMENTS…: a PHP with the extension and that library. STATUS, $WORK/out, $WORK/err.
host() {
    STATUS=0
    # (the group, for the shell's word about a process that died of a signal)
    { timeout -k 5 60 "$WORK/php" -n -d extension="$EXTENSION" "$@" >"$WORK/out" 2>"$WORK/err" </dev/null; } 2>/dev/null || STATUS=$?
}

# write_php SETTING…: $WORK/php becomes the host's php with settings.
write_php() {
    local setting
    {
        printf '#!/bin/sh\nexec %q' "$(command -v "$PHP")"
        for setting in "ffi_zts.runtime=$RUNTIME" "ffi_zts.library=$LIBRARY" ${LIBDIR:+"ffi_zts.libdir=$LIBDIR"} "$@"; do printf ' -d %q' "$setting"; done
        # shellcheck disable=SC2016  # for that script
        printf ' "$@"\n'
    } >"$WORK/php"
    chmod +x "$WORK/php"
}

# says TEXT…: the status is 0 and the output exactly this; else prints how it is not.
says() {
    local wanted
    printf -v wanted '%s\n' "$@"
    [ "$STATUS" -eq 0 ] || echo "status $STATUS"
    [ "$(cat "$WORK/out")"$'\n' = "$wanted" ] || echo "the output is not as expected"
}

check_refusal() {
    local reason=''
    write_php
    # shellcheck disable=SC2016  # PHP code
    host -r 'try { FfiZts::boot(); } catch (FfiZts\BootException $e) { echo $e->getMessage(), "\n"; } exit(3);'
    [ "$STATUS" -eq 3 ] || reason="status $STATUS"
    grep -q 'ZEND_SIGNALS' "$WORK/out" || reason+=" no word of ZEND_SIGNALS"
    grep -q 'readline' "$WORK/out" || reason+=" no word of readline"
    verdict "refused by default, with both reasons" "$reason" "$WORK/out" "$WORK/err"
    # None of its code has run, and nothing of it was mapped.
    # shellcheck disable=SC2016
    host -r 'try { FfiZts::boot(); } catch (FfiZts\BootException) { echo str_contains(file_get_contents("/proc/self/maps"), "php-node") ? "mapped" : "not mapped", "\n"; }'
    verdict "refused before any of it was opened" "$(says 'not mapped')" "$WORK/out" "$WORK/err"
}

check_allowed() {
    local status=0 hello='Hello from PHP 8.4.11-dev, SAPI ffi-zts, PHP_ZTS=1.' lines
    write_php ffi_zts.allow_unsafe_library=1
    # shellcheck disable=SC2016
    host -r 'FfiZts::boot()->runScript($argv[1]);' "$FFI_ZTS_ROOT/examples/hello.php"
    verdict "boots where the administrator allows it" "$(says "$hello")" "$WORK/out" "$WORK/err"

    FFI_ZTS_TEST_EXTENSIONS='' PHP=$WORK/php FFI_ZTS_EXTENSION=$EXTENSION "$FFI_ZTS_ROOT/scripts/run-examples.sh" --other-minor >"$WORK/examples" 2>&1 || status=$?
    verdict "runs the examples ($(tail -n 1 "$WORK/examples"))" "$([ "$status" -eq 0 ] || echo "status $status")" "$WORK/examples"

    host "$TESTS/signals.php"
    verdict "the host's signal handlers work before, during and after jobs" "$(says "$hello" ok)" "$WORK/out" "$WORK/err"

    host "$TESTS/dispositions.php"
    verdict "signals that the host leaves alone stay as they are" "$(says ok)" "$WORK/out" "$WORK/err"

    lines=(before "$hello" 'after the boot' 'and print' $((${#hello} + 1)) 'after the shutdown')
    host "$TESTS/shell.php"
    [ "$STATUS" -ne 7 ] || STATUS=0
    verdict "the host's echo and exit status" "$(says "${lines[@]}")" "$WORK/out" "$WORK/err"
    if php -n -d extension=readline -r 'exit((int) !extension_loaded("readline"));' 2>/dev/null; then
        host -d extension=readline "$TESTS/shell.php"
        [ "$STATUS" -ne 7 ] || STATUS=0
        verdict "the same with readline in the host as well" "$(says "${lines[@]}")" "$WORK/out" "$WORK/err"
    else
        skip "the same with readline in the host as well" "the host has none"
    fi

    # shellcheck disable=SC2016
    host -r '$vm = FfiZts::boot(["shutdown_timeout" => 0.5]); $vm->startScript($argv[1], ["30"]); usleep(50000); exit(9);' "$TESTS/burn.php"
    verdict "the host's exit status under a running job" "$([ "$STATUS" -eq 9 ] || echo "status $STATUS")" "$WORK/out" "$WORK/err"

    # With nobody to handle it, SIGTERM still ends the host.
    # shellcheck disable=SC2016
    host -r 'FfiZts::boot()->runScript($argv[1]); exec("kill -TERM " . getmypid()); sleep(5); echo "alive\n";' "$FFI_ZTS_ROOT/examples/hello.php"
    verdict "the default action of a signal is the host's" "$([ "$STATUS" -eq 143 ] || echo "status $STATUS")" "$WORK/out" "$WORK/err"

    host "$TESTS/flat.php"
    verdict "1,000 jobs: grew by $(cat "$WORK/out") kB" "$([ "$STATUS" -eq 0 ] && [ "$(cat "$WORK/out")" -le 1024 ] || echo "status $STATUS")" "$WORK/err"
}

main() {
    local cache reason
    [ -f "$EXTENSION" ] || die "no $EXTENSION: run make build first"
    [ -f "$RUNTIME/ffi_zts_guest.so" ] || die "no 8.4 runtime in $RUNTIME: run make build-8.4 first"
    if [ "$(uname -m)" != x86_64 ]; then
        skip third-party "the package's libphp is for x86_64"
        summary
        return
    fi
    make_private_dir "$(cache_dir)"
    cache=$(cache_dir)/third-party
    mkdir -p -- "$cache"
    if ! fetch_library "$cache"; then
        skip third-party "npm cannot download $PACKAGE"
    elif ! reason=$(fetch_dependencies "$cache" && printf '%s' "$LIBDIR"); then
        skip third-party "$reason"
    else
        LIBDIR=$reason
        check_refusal
        check_allowed
    fi
    summary
}

main "$@"
