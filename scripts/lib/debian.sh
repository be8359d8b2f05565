# shellcheck shell=bash
# Another release of Debian in a directory. Sourced by run-in-debian.sh after common.sh and download.sh, which sets LOG.

# How old a base may be; packages are updated in each run anyway.
readonly BASE_MAX_AGE_DAYS=30

# A toolchain of the machine's is here.
# shellcheck disable=SC2034  # read by run-in-debian.sh
readonly INSIDE_PATH=/opt/rust/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# What the copy of a checkout and the first commands in it need; everything else is what scripts/install-deps.sh installs.
readonly BASE_PACKAGES=ca-certificates,git,make

# release_of SUITE: what debootstrap is asked for.
release_of() { if [ "$1" = experimental ]; then echo sid; else echo "$1"; fi; }

# machine_rust: the directory of the toolchain that cargo uses here, as rustup installs it: complete, and in one place.
machine_rust() {
    local sysroot
    sysroot=$(cd "$FFI_ZTS_ROOT" && rustc --print sysroot 2>/dev/null) ||
        die "there is no Rust here to lend: install it with rustup (https://rustup.rs), or use --rust debian for the release's own"
    case $sysroot in
        /usr | /usr/local) die "this machine's Rust is spread over $sysroot and cannot be lent: install one with rustup, or use --rust debian" ;;
    esac
    [ -x "$sysroot/bin/cargo" ] || die "the toolchain in $sysroot has no cargo"
    printf '%s\n' "$sysroot"
}

# make_base SUITE DIRECTORY UPDATE: a minimal Debian, as debootstrap makes it. Kept, and never run in.
make_base() {
    local mirror release
    release=$(release_of "$1")
    if [ -z "$3" ] && [ -n "$(find "$2" -maxdepth 0 -mtime "-$BASE_MAX_AGE_DAYS" 2>/dev/null)" ]; then return; fi
    mirror=$(debian_mirror debian) || mirror=http://deb.debian.org/debian
    say "making a base of $release from $mirror"
    rm -rf --one-file-system -- "$2.part"
    run_logged "$LOG" debootstrap debootstrap --variant=minbase --include="$BASE_PACKAGES" "$release" "$2.part" "$mirror"
    rm -f -- "$2.part"/var/cache/apt/archives/*.deb
    write_sources "$1" "$mirror" "$2.part/etc/apt/sources.list"
    # No service starts in a root that is not booted.
    printf '#!/bin/sh\nexit 101\n' >"$2.part/usr/sbin/policy-rc.d"
    chmod 0755 "$2.part/usr/sbin/policy-rc.d"
    touch -- "$2.part"
    rm -rf --one-file-system -- "$2"
    mv -- "$2.part" "$2"
}

# write_sources SUITE MIRROR FILE: with security updates where the release has them.
write_sources() {
    local security
    printf 'deb %s %s main\n' "$2" "$(release_of "$1")" >"$3"
    case $1 in
        sid) ;;
        experimental) printf 'deb %s experimental main\n' "$2" >>"$3" ;;
        *)
            security=$(debian_mirror debian-security) || security=http://deb.debian.org/debian-security
            printf 'deb %s %s-security main\n' "$security" "$1" >>"$3"
            ;;
    esac
}

make_root() {
    rm -rf --one-file-system -- "$2"
    cp -a --reflink=auto -- "$1" "$2"
}

# put_machine_settings ROOT: how this machine reaches the network: names, apt's proxies, the administrator's certificates.
put_machine_settings() {
    cp -L -- /etc/resolv.conf /etc/hosts "$1/etc/"
    # A mirror may be a snapshot, whose lists are older than they are valid. They are signed all the same.
    {
        echo 'Acquire::Check-Valid-Until "false";'
        apt-config dump 2>/dev/null | grep -E '^Acquire::(http|https)::Proxy' || true
    } >"$1/etc/apt/apt.conf.d/90machine"
    if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; then
        cp -L -- /usr/local/share/ca-certificates/*.crt "$1/usr/local/share/ca-certificates/"
    fi
}

# put_checkout DIRECTORY: files as they are now, with the time of now: cargo compares times, and another checkout's may be
# older than what was built of this one's. Builds of a kept root stay.
put_checkout() {
    mkdir -p -- "$1"
    find "$1" -mindepth 1 -maxdepth 1 ! -name build ! -name target -exec rm -rf -- {} +
    (
        cd "$FFI_ZTS_ROOT" || exit 1
        git ls-files -z --cached --others --exclude-standard --deduplicate | while IFS= read -r -d '' file; do
            # What is deleted and not committed is listed, too.
            if [ -e "$file" ] || [ -L "$file" ]; then printf '%s\0' "$file"; fi
        done | tar --null --no-recursion --files-from=- --no-same-owner -cf -
    ) | tar -C "$1" --no-same-owner --touch -xf -
    mkdir -p -- "$1/target"
}

# setup_commands SUITE MINOR RUST: a script that makes the root ready.
setup_commands() {
    local packages=() part
    echo 'set -e; update-ca-certificates; apt-get -q update; git init -q . 2>/dev/null; git add -A'
    if [ "$3" = debian ]; then packages+=(cargo rustc); fi
    if [ -n "$2" ]; then
        for part in cli dev xml mbstring sqlite3 curl fpm; do packages+=("php$2-$part"); done
    fi
    if [ ${#packages[@]} -gt 0 ]; then echo "apt-get -qy install --no-install-recommends ${packages[*]}"; fi
    # Another minor of PHP may come with what the tests need; the one that was asked for is `php`.
    if [ -n "$2" ]; then echo "update-alternatives --set php /usr/bin/php$2; update-alternatives --set php-config /usr/bin/php-config$2; update-alternatives --set phpize /usr/bin/phpize$2"; fi
}

# mount_root ROOT PLACE SYSROOT: in the namespace of this process only.
mount_root() {
    local root=$1 place=$2 sysroot=$3
    mount --make-rprivate /
    # What is `/` to the command is a mount, without which `unshare --mount` refuses there.
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount --rbind /sys "$root/sys"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    mkdir -p -- "$root/root/.cache/ffi_zts" "$root/root/.cargo"
    mount --bind "$place/archives" "$root/var/cache/apt/archives"
    mount --bind "$place/cache" "$root/root/.cache/ffi_zts"
    mount --bind "$place/target" "$root/srv/checkout/target"
    mount --bind "${place%/*}/cargo" "$root/root/.cargo"
    if [ -n "$sysroot" ]; then
        mkdir -p -- "$root/opt/rust"
        mount --bind "$sysroot" "$root/opt/rust"
        mount -o remount,bind,ro "$root/opt/rust"
    fi
}

# handed_on: NAME=VALUE words for env, those with white space aside.
handed_on() {
    env | grep -E '^(FFI_ZTS_[A-Z_]+|OTHER_MINOR|(http|https|no|all)_proxy|(HTTP|HTTPS|NO|ALL)_PROXY)=[^[:space:]]*$' | grep -vE '^FFI_ZTS_(CACHE|ROOT)=' || true
}
