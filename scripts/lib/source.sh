# shellcheck shell=bash
# Where PHP's source comes from: a directory or tarball of the user's, php.net, or the Debian source package.
# Sourced by build-libphp.sh after download.sh, which sets CACHE (the cache directory) and LOG.
#
# Each origin ends in an unpacked tree $CACHE/src/<id> beside a file <id>.info that describes it. The id holds the hash of
# what was unpacked, so a tree is never changed in place: other sources are another id.

# How long a resolved minor is used without asking php.net or the mirror for a newer patch release.
readonly SOURCE_MAX_AGE_DAYS=${FFI_ZTS_SOURCE_MAX_AGE_DAYS:-30}

# Raise it when unpacking changes, so that trees unpacked by an older script are not used.
readonly UNPACK_VERSION=1

readonly PHP_NET=${FFI_ZTS_PHP_NET:-https://www.php.net}

# Checksums of releases, from the release managers' signed tarballs. A release that is not listed is verified with the
# checksum that php.net itself publishes over TLS; for one that is, the two must agree.
pinned_sha256() {
    case $1 in
        8.2.32) echo e02aa173c236c12791696254d607da680e6d5516f8f5c2339642de7c4f944bd2 ;;
        8.4.24) echo e127be09a8506f4327c5cfa78a614b00d210714484ec215ce0011b4a03c00731 ;;
    esac
}

# resolve_source MINOR FROM: sets SOURCE_ID to an unpacked tree's id; FROM is a directory, a tarball, or empty.
# Must run under the source lock. The functions below set SOURCE_ID too; they check each step, since they run as conditions,
# where `set -e` does not hold.
resolve_source() {
    local minor=$1 from=$2
    mkdir -p -- "$CACHE/src" "$CACHE/resolved" "$CACHE/downloads"
    if [ -z "$from" ] && remembered_source "$minor" "-$SOURCE_MAX_AGE_DAYS"; then return; fi
    # Also what downloads and unpacks; it takes a moment when nothing is missing.
    "$FFI_ZTS_ROOT/scripts/install-deps.sh" libphp
    if [ -d "$from" ]; then
        source_from_directory "$from"
    elif [ -n "$from" ]; then
        source_from_tarball "$from" "tarball $(basename "$from")"
    elif source_from_php_net "$minor" || source_from_debian "$minor"; then
        printf '%s\n' "$SOURCE_ID" >"$CACHE/resolved/$minor"
    elif remembered_source "$minor" +0; then
        say "using the source of PHP $minor found earlier"
    else
        no_source "$minor"
    fi
}

no_source() {
    say "error: no source for PHP $1: php.net gave none, and no Debian release with PHP $1 could be used"
    say "give one yourself: scripts/build-libphp.sh --source php-$1.N.tar.xz   (or an unpacked directory)"
    exit 1
}

# remembered_source MINOR AGE: what a minor was resolved to, if that was AGE days ago (in find's notation) and its tree is whole.
remembered_source() {
    local file=$CACHE/resolved/$1
    [ -n "$(find "$file" -mtime "$2" 2>/dev/null)" ] || return 1
    SOURCE_ID=$(<"$file")
    have_tree "$SOURCE_ID"
}

have_tree() { [ -n "$1" ] && [ -d "$CACHE/src/$1" ] && [ -f "$CACHE/src/$1.info" ]; }

# tree_id VERSION IDENTITY
tree_id() { printf 'php-%s-%s\n' "$1" "$(printf '%s %s' "$UNPACK_VERSION" "$2" | sha256sum | cut -c1-12)"; }

# source_info ID NAME: a line of the description: version, versionid, minor, from.
source_info() { sed -n "s/^$2=//p" "$CACHE/src/$1.info"; }

# tree_version TREE: PHP's version as its own header states it; fails for what is not PHP's source.
tree_version() { sed -n 's/^#define PHP_VERSION "\(.*\)"$/\1/p' "$1/main/php_version.h" 2>/dev/null | grep .; }

# keep_tree DIRECTORY IDENTITY DESCRIPTION: moves an unpacked tree into the cache.
keep_tree() {
    local tree=$1 version
    version=$(tree_version "$tree") || die "not a source tree of PHP: $3"
    if [ ! -x "$tree/configure" ]; then
        say "running buildconf"
        (cd "$tree" && run_logged "$LOG" buildconf ./buildconf --force) || exit 1
    fi
    SOURCE_ID=$(tree_id "$version" "$2")
    if have_tree "$SOURCE_ID"; then
        rm -rf -- "$tree"
        return
    fi
    rm -rf -- "${CACHE:?}/src/$SOURCE_ID"
    mv -- "$tree" "$CACHE/src/$SOURCE_ID" || die "cannot write to $CACHE/src"
    # Written last: a tree without it is not used.
    {
        printf 'version=%s\n' "$version"
        printf 'minor=%s\n' "$(cut -d. -f1-2 <<<"$version")"
        printf 'from=%s\n' "$3"
    } >"$CACHE/src/$SOURCE_ID.info"
}

# --- a directory or tarball ---

source_from_directory() {
    local version identity tree
    version=$(tree_version "$1") || die "$1 is not a source tree of PHP (it has no main/php_version.h)"
    # Contents and names; .git aside. It takes about a second.
    identity=$(cd "$1" && find . -name .git -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
    SOURCE_ID=$(tree_id "$version" "$identity")
    ! have_tree "$SOURCE_ID" || return 0
    tree=$(mktemp -d "$CACHE/src/.copy.XXXXXX")
    tar -C "$1" --exclude=./.git -cf - . | tar -C "$tree" -xf -
    # What an earlier build inside the tree left behind would be found before our own.
    if [ -f "$tree/Makefile" ]; then (cd "$tree" && run_logged "$LOG" "make distclean" make distclean) || exit 1; fi
    keep_tree "$tree" "$identity" "directory $(cd "$1" && pwd)"
}

# source_from_tarball FILE DESCRIPTION
source_from_tarball() {
    local identity tree info
    [ -f "$1" ] || die "no such source: $1"
    identity=$(sha256_of "$1")
    # The version is known once it is unpacked; the hash alone finds a tree that already is.
    for info in "$CACHE"/src/php-*-"$(tree_id any "$identity" | cut -d- -f3)".info; do
        SOURCE_ID=$(basename "$info" .info)
        ! have_tree "$SOURCE_ID" || return 0
    done
    say "unpacking $(basename "$1")"
    tree=$(mktemp -d "$CACHE/src/.unpack.XXXXXX") || die "cannot write to $CACHE/src"
    tar -C "$tree" --strip-components=1 --no-same-owner -xf "$1" || die "cannot unpack $1"
    keep_tree "$tree" "$identity" "$2"
}

# --- php.net ---

# The newest release of a minor, as php.net announces it. Returns 1, quickly, when php.net cannot be reached.
source_from_php_net() {
    local minor=$1 releases version file sha256 pinned tarball
    say "asking php.net for the newest PHP $minor (for at most 15 s)"
    if ! releases=$(http_get "$PHP_NET/releases/index.php?json&version=$minor"); then
        say "php.net cannot be reached from here"
        return 1
    fi
    # One field a line; then the version, and the checksum that follows the .tar.xz.
    releases=$(sed 's/[][ "\t]//g; s/[{},]/\n/g' <<<"$releases")
    file=$(grep -o "php-$minor\.[0-9]*\.tar\.xz" <<<"$releases" | head -n 1) || {
        say "php.net announces no release of PHP $minor"
        return 1
    }
    sha256=$(sed -n "/^filename:$file$/,\$s/^sha256:\([0-9a-f]\{64\}\)$/\1/p" <<<"$releases" | head -n 1)
    version=${file#php-}
    version=${version%.tar.xz}
    pinned=$(pinned_sha256 "$version")
    [ -n "$sha256" ] || sha256=$pinned
    [ -n "$sha256" ] || die "php.net gives no checksum for $file"
    [ -z "$pinned" ] || [ "$pinned" = "$sha256" ] || die "php.net's checksum for $file is not the one pinned in scripts/lib/source.sh"

    tarball=$CACHE/downloads/$file
    if [ ! -f "$tarball" ] || [ "$(sha256_of "$tarball")" != "$sha256" ]; then
        say "downloading $file from php.net"
        if ! http_get "$PHP_NET/distributions/$file" 600 >"$tarball.part"; then
            say "the download of $file failed"
            return 1
        fi
        [ "$(sha256_of "$tarball.part")" = "$sha256" ] || die "$file has the wrong checksum: expected $sha256, got $(sha256_of "$tarball.part")"
        mv -f -- "$tarball.part" "$tarball"
    fi
    source_from_tarball "$tarball" "php.net $file sha256:$sha256"
}

# --- the Debian source package ---

source_from_debian() {
    local suite
    suite=$(debian_suite "$1")
    if [ -z "$suite" ]; then
        say "no Debian release that this script knows has PHP $1"
        return 1
    fi
    debian_download "$suite" "php$1" || return 1
    source_from_dsc "$DSC" "Debian $suite php$1 $DSC_VERSION"
}

# source_from_dsc FILE DESCRIPTION: the .dsc and all it names are verified, by the archive's signature or a pinned checksum.
source_from_dsc() {
    local tree
    say "unpacking $(basename "$1")"
    tree=$(mktemp -d "$CACHE/src/.unpack.XXXXXX") || die "cannot write to $CACHE/src"
    run_logged "$LOG" "dpkg-source" dpkg-source --skip-patches -x "$1" "$tree/php"
    apply_debian_patches "$tree/php"
    keep_tree "$tree/php" "$(sha256_of "$1")" "$2"
    rm -rf -- "$tree"
}

# Debian's patches are of two kinds: fixes of PHP, and what adapts the build to Debian's layout (its own libtool, other paths for
# phpize). The second kind only works with the rest of Debian's packaging and breaks our phpize, so a patch that touches
# the build system or a SAPI that we do not build is left out. Which is which is written to .ffi_zts-patches.
apply_debian_patches() {
    local tree=$1 patch
    [ -f "$tree/debian/patches/series" ] || return 0
    while read -r patch _; do
        case $patch in '' | '#'*) continue ;; esac
        if grep -qE '^\+\+\+ [^/]+/(configure\.ac|buildconf|build/|scripts/|pear/|php\.ini|[^[:space:]]*(\.m4|\.frag|\.mk|Makefile[^[:space:]]*)|sapi/(fpm|cgi|apache2handler|litespeed|phpdbg)/)' "$tree/debian/patches/$patch"; then
            printf 'packaging %s\n' "$patch"
        elif (cd "$tree" && patch -p1 --batch --forward --no-backup-if-mismatch --dry-run <"debian/patches/$patch" && patch -p1 --batch --forward --no-backup-if-mismatch <"debian/patches/$patch") >>"$LOG" 2>&1; then
            printf 'applied %s\n' "$patch"
        else
            say "warning: Debian's patch $patch does not apply without its packaging patches; left out"
            printf 'failed %s\n' "$patch"
        fi
    done <"$tree/debian/patches/series" >"$tree/.ffi_zts-patches"
}
