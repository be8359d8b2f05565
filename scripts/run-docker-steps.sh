#!/usr/bin/env bash
# Follows the Dockerfiles of docs/docker.md without Docker, which needs a registry of images: the steps COPY and RUN of each, as they
# stand there, in a copy-on-write view of this machine that looks as the official images do, to what installs an extension:
# docker-php-ext-enable is there, and PHP scans /usr/local/etc/php/conf.d. Needs root, and overlay file systems.
#
#   scripts/run-docker-steps.sh
#
# The last line is `N passed, N failed, N skipped`.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/checks.sh
. "$(dirname "$0")/lib/checks.sh"

readonly PAGE=$FFI_ZTS_ROOT/docs/docker.md PHP_PROGRAM=${PHP:-php}

# dockerfile NUMBER: the steps of the last stage of that block of the page.
dockerfile() {
    awk -v wanted="$1" '
        /^```dockerfile$/ {within = ++number == wanted; steps = ""; next}
        /^```$/ {if (within) printf "%s", steps; within = 0}
        within && /^FROM / {steps = ""}
        within {steps = steps $0 "\n"}
    ' "$PAGE"
}

# make_project: an application with the package in its vendor directory, which pins a bundle of what is built here.
make_project() {
    local package=$WORK/context/vendor/ffi-zts/ffi-zts
    mkdir -p "$package/resources" "$WORK/context/vendor/bin" "$WORK/context/bundles"
    cp -R "$FFI_ZTS_ROOT/php" "$FFI_ZTS_ROOT/composer.json" "$package/"
    "$PHP_PROGRAM" -n -d memory_limit=-1 "$FFI_ZTS_ROOT/tests/php/Bundle/make-bundle.php" "$FFI_ZTS_ROOT/build" "$WORK/context/bundles" >/dev/null
    mv "$WORK/context/bundles/bundles.json" "$package/resources/"
    ln -s ../ffi-zts/ffi-zts/php/bin/ffi-zts "$WORK/context/vendor/bin/ffi-zts"
    echo '<?php echo FfiZts::boot()->run(fn (): string => "threads: " . PHP_ZTS)->await(), PHP_EOL;' >"$WORK/context/script.php"
}

# inside STEPS: in mount namespaces of its own, as root of the view. What it prints is what the container would.
inside() {
    local view=$WORK/view line number=0
    mount -t tmpfs tmpfs "$WORK/layers"
    mkdir -p "$WORK/layers/upper" "$WORK/layers/work" "$view"
    mount -t overlay overlay -o "lowerdir=/,upperdir=$WORK/layers/upper,workdir=$WORK/layers/work" "$view"
    mount --rbind /proc "$view/proc"
    mount --rbind /dev "$view/dev"
    mount -t tmpfs tmpfs "$view/tmp"
    mkdir -p "$view/usr/local/etc/php/conf.d" "$view/usr/local/bin" "$view/app"
    # The image's program writes an ini file; here it only has to be there.
    printf '#!/bin/sh\nexit 1\n' >"$view/usr/local/bin/docker-php-ext-enable"
    chmod +x "$view/usr/local/bin/docker-php-ext-enable"
    mkdir -p "$view$(dirname "$URLS")" && cp -R "$WORK/context/bundles" "$view$URLS"
    while IFS= read -r line; do
        case $line in
            FROM\ php:*) ;;
            'COPY . /app') cp -R "$WORK/context/." "$view/app/" ;;
            'COPY bundles /tmp/bundles') cp -R "$WORK/context/bundles" "$view/tmp/bundles" ;;
            'COPY --from=vendor /app/vendor /app/vendor') ;;
            RUN\ *) number=$((number + 1)) && in_view "$view" sh -c "${line#RUN }" ;;
            *) echo "a step that this script does not know: $line" && return 1 ;;
        esac
    done <"$1"
    [ "$number" -gt 0 ] || { echo "no step RUN" && return 1; }
    in_view "$view" ls -l /usr/local/etc/php/conf.d
    in_view "$view" "$PHP_PROGRAM" /app/script.php
}

in_view() {
    local view=$1
    shift
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root PHP_INI_SCAN_DIR=/usr/local/etc/php/conf.d \
        chroot "$view" "$@"
}

check() {
    local number=$1 steps=$WORK/steps.$1
    dockerfile "$number" >"$steps"
    mkdir -p "$WORK/layers"
    # shellcheck disable=SC2016  # expanded by the inner shell
    if timeout 120 unshare --mount "$BASH" -euo pipefail -c 'inside "$1"' inside "$steps" >"$WORK/out" 2>&1 \
        && grep -q 'docker-php-ext-ffi_zts.ini$' "$WORK/out" && [ "$(tail -n 1 "$WORK/out")" = 'threads: 1' ]; then
        pass "Dockerfile $number"
    else
        fail "Dockerfile $number" "the steps do not end with a task on a thread" "$WORK/out"
    fi
}

main() {
    local number count
    count=$(grep -c '^```dockerfile$' "$PAGE")
    if [ ! -f "$FFI_ZTS_ROOT/tests/php/Bundle/make-bundle.php" ] || [ ! -f "$FFI_ZTS_ROOT/php/Command/EnvCommand.php" ]; then
        skip "Dockerfiles" "this checkout installs no bundles"
    elif [ "$(id -u)" -ne 0 ] || ! mkdir -p "$WORK/probe" || ! unshare --mount mount -t tmpfs tmpfs "$WORK/probe" 2>/dev/null; then
        skip "Dockerfiles" "mounting needs root"
    else
        make_project
        URLS=$WORK/context/bundles
        export -f inside in_view
        export WORK URLS PHP_PROGRAM
        for ((number = 1; number <= count; number++)); do check "$number"; done
    fi
    summary
}

main "$@"
