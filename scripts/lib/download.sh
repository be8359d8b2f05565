# shellcheck shell=bash
# What is fetched over the network: files by HTTP, and source packages of Debian. Sourced, never run.
# The script that sources it sets CACHE (the cache directory) and LOG.

# http_get URL: to standard output; gives up on a connection after 4 s.
http_get() {
    if have curl; then
        curl -fsSL --connect-timeout 4 --max-time "${2:-15}" -- "$1" 2>>"$LOG"
    elif have wget; then
        wget -q -O - --tries=1 --connect-timeout=4 --read-timeout="${2:-15}" -- "$1" 2>>"$LOG"
    else
        return 1
    fi
}

readonly PECL=${FFI_ZTS_PECL:-https://pecl.php.net}

# pecl_get NAME FILE: the newest release, or NAME-1.2.3, whole or not at all. PECL publishes no checksums: TLS protects the download.
pecl_get() {
    if ! http_get "$PECL/get/$1" 120 >"$2.part"; then
        rm -f -- "$2.part"
        say "PECL has no $1, or cannot be reached from here"
        return 1
    fi
    mv -f -- "$2.part" "$2"
}

# The Debian releases that carry a PHP, with its minor. Add a line when Debian does.
readonly DEBIAN_RELEASES='
8.2 bookworm
8.4 trixie
'

# debian_suite MINOR: the release that carries it, or nothing.
debian_suite() { awk -v minor="$1" '$1 == minor {print $2}' <<<"$DEBIAN_RELEASES"; }

# debian_suites MINOR: that release first, then the others.
debian_suites() { awk -v minor="$1" 'NF {if ($1 == minor) print $2; else other = other "\n" $2} END {print other}' <<<"$DEBIAN_RELEASES" | grep .; }

# pinned_package PACKAGE: a version of it to fall back to, and the SHA-256 of its .dsc, which names those of all other files.
# Each .dsc had its maintainer's signature when it was entered, and names the tarball that pinned_sha256 (source.sh) has.
pinned_package() {
    case $1 in
        php8.2) echo 8.2.32-1~deb12u1 2dd58aea6324c0d6bd3da32bb1b6e2c10a9cf201c2587a7f6dd1acff7cef52fe ;;
        php8.4) echo 8.4.24-1~deb13u1 fd84ce153abc1af23514100a25d04acd3c728f5c4b5c30c3e1a0788ef9c780eb ;;
        *) return 1 ;;
    esac
}

# apt with sources, lists and cache of its own: the system's are neither read nor changed (proxies in apt.conf still count).
private_apt() {
    local tool=$1 private=$2
    shift 2
    "$tool" -q \
        -o Dir::Etc::SourceList="$private/sources.list" -o Dir::Etc::SourceParts=- -o Dir::Etc::Preferences=- -o Dir::Etc::PreferencesParts=- \
        -o Dir::State::Lists="$private/lists" -o Dir::Cache="$private/cache" \
        -o Acquire::Languages=none -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::AllowInsecureRepositories=false \
        -o APT::Get::AllowUnauthenticated=false -o APT::Sandbox::User="$(id -un)" "$@"
}

# debian_mirror KIND: the mirror of `debian` or `debian-security` that the system itself uses; fails where apt knows none.
debian_mirror() {
    local uri
    # It prints what an update would fetch, whichever of apt's formats the sources are in, and fetches nothing.
    uri=$(apt-get --print-uris update 2>/dev/null | sed -n "s,^'\(.*/$1\)/*/dists/.*,\1,p" | head -n 1) || true
    if [ -z "$uri" ]; then
        say "apt's own sources name no mirror of $1"
        return 1
    fi
    printf '%s\n' "$uri"
}

# debian_download SUITE PACKAGE: the newest version of a source package that the mirror serves. Sets DSC and DSC_VERSION.
# apt verifies the .dsc, and with it all files that it names, by the archive's signature.
debian_download() {
    local suite=$1 package=$2 main security private keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    if ! have apt-get || ! have dpkg-source || [ ! -f "$keyring" ]; then
        say "the Debian source package needs apt-get, dpkg-source (package dpkg-dev) and $keyring (package debian-archive-keyring)"
        return 1
    fi
    if ! main=$(debian_mirror debian); then
        say "add one, or give the source with --source"
        return 1
    fi
    private=$CACHE/apt-$suite
    mkdir -p -- "$private/lists/partial" "$private/cache/archives/partial" "$CACHE/downloads/$suite"
    printf 'deb-src [signed-by=%s] %s %s main\n' "$keyring" "$main" "$suite" >"$private/sources.list"
    # A minimal Debian has none: what the release itself carries is then the newest.
    if security=$(debian_mirror debian-security); then
        printf 'deb-src [signed-by=%s] %s %s main\n' "$keyring" "$security" "$suite-security" >>"$private/sources.list"
    else
        say "taking PHP from the release without its security updates"
    fi
    say "looking for the Debian source package $package in $suite"
    private_apt apt-get "$private" update >>"$LOG" 2>&1 || say "the lists of $suite could not be updated (log: $LOG)"

    # A mirror may list a version that it does not have: take the newest that downloads.
    for DSC_VERSION in $(private_apt apt-cache "$private" showsrc --only-source "$package" 2>>"$LOG" | sed -n 's/^Version: //p' | sort -ruV); do
        if (cd "$CACHE/downloads/$suite" && private_apt apt-get "$private" source --only-source --download-only "$package=$DSC_VERSION") >>"$LOG" 2>&1; then
            # shellcheck disable=SC2034  # read by the caller
            DSC=$CACHE/downloads/$suite/${package}_${DSC_VERSION#*:}.dsc
            return
        fi
        say "the mirror lists $package $DSC_VERSION but does not serve it; trying an older one"
    done
    # Its lists may be ahead of its files by more than they name.
    for main in "$main/pool/main" ${security:+"$security/pool/updates/main"}; do
        if pinned_download "$private" "$main" "$package" "$CACHE/downloads/$suite"; then return; fi
    done
    say "no version of $package could be downloaded from $suite"
    return 1
}

# pinned_download PRIVATE POOL PACKAGE DIRECTORY: the version of pinned_package. Sets DSC and DSC_VERSION.
pinned_download() {
    local sha256 dsc url name
    read -r DSC_VERSION sha256 < <(pinned_package "$3") || return 1
    url=$2/${3:0:1}/$3 dsc=${3}_${DSC_VERSION#*:}.dsc
    apt_download "$1" "$url/$dsc" "$4/$dsc" "$sha256" || return 1
    while read -r sha256 _ name; do
        apt_download "$1" "$url/$name" "$4/$name" "$sha256" || return 1
    done < <(sed -n '/^Checksums-Sha256:/,/^[^ ]/s/^ //p' "$4/$dsc")
    say "using $3 $DSC_VERSION, which the mirror does not list but serves"
    # shellcheck disable=SC2034  # read by the caller
    DSC=$4/$dsc
}

# apt_download PRIVATE URL FILE SHA256: one file, over apt's own transports, whole or not at all. apt 3 leaves what has the
# wrong hash where it was to be.
apt_download() {
    [ -f "$3" ] && [ "$(sha256_of "$3")" = "$4" ] && return
    rm -f -- "$3" "$3.part"
    if private_apt /usr/lib/apt/apt-helper "$1" download-file "$2" "$3.part" "SHA256:$4" >>"$LOG" 2>&1 && [ "$(sha256_of "$3.part")" = "$4" ]; then
        mv -f -- "$3.part" "$3"
    else
        rm -f -- "$3.part"
        return 1
    fi
}

# debian_tarball SUITE PACKAGE: after debian_download has failed, the source as its authors gave it to Debian, of the newest version
# of which at least that is served. Verified as the .dsc is: the signed lists have its hash. Sets TARBALL and TARBALL_VERSION.
debian_tarball() {
    local private=$CACHE/apt-$1 downloads=$CACHE/downloads/$1
    for TARBALL_VERSION in $(private_apt apt-cache "$private" showsrc --only-source "$2" 2>>"$LOG" | sed -n 's/^Version: //p' | sort -ruV); do
        if (cd "$downloads" && private_apt apt-get "$private" source --only-source --download-only --tar-only "$2=$TARBALL_VERSION") >>"$LOG" 2>&1; then
            # shellcheck disable=SC2034  # read by the caller
            TARBALL=$(compgen -G "$downloads/${2}_$(sed 's/^[0-9]*://; s/-[^-]*$//' <<<"$TARBALL_VERSION").orig.tar.*") && return
        fi
    done
    return 1
}
