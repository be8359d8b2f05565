#!/usr/bin/env bash
# Makes a release: bundles, their manifest and signatures, published all at once. docs/releasing.md tells the whole way.
#
#   scripts/release.sh VERSION --to DIR --url TEMPLATE… [--key SECRETKEY] [--with DIR]… [--runtime DIR]… [--keys DIR] [--place FILE]
#   scripts/release.sh VERSION --verify DIR [--keys DIR]
#
#   --to DIR        where releases are: this one becomes DIR/vVERSION
#   --url TEMPLATE  where users will find them: https://…/v{version}/{file}
#   --key KEY       minisign's secret key; without it the release is unsigned, and only the package's pins protect it
#   --with DIR      bundles of this version that were made elsewhere: of another PHP, another architecture
#   --runtime DIR   makes a bundle with this runtime too, beside build/runtime
#   --keys DIR      the public keys; resources/keys by default
#   --place FILE    another place than a directory: a file with the functions of scripts/lib/release-directory.sh; --to is for it
#   --halves DIR    a rehearsal: takes both halves from there, as scripts/package.sh does, and compiles none
#   --verify DIR    only compares a directory, of files that were downloaded, with the manifest in it
#
# From a clean tree only. Where a step fails, nothing is published, and the tree is as it was.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/bundle.sh
. "$FFI_ZTS_ROOT/scripts/lib/bundle.sh"
# shellcheck source=scripts/lib/sign.sh
. "$FFI_ZTS_ROOT/scripts/lib/sign.sh"
# shellcheck source=scripts/lib/release-directory.sh
. "$FFI_ZTS_ROOT/scripts/lib/release-directory.sh"

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; }

parse_arguments() {
    VERSION='' TO='' SECRET_KEY='' KEYS=$FFI_ZTS_ROOT/resources/keys PLACE='' VERIFY='' ELSEWHERE=() PACKAGE=() URLS=()
    while [ $# -gt 0 ]; do
        case $1 in
            --to) need_value "$1" $# && TO=$2 && shift ;;
            --url) need_value "$1" $# && URLS+=(--url "$2") && shift ;;
            --key) need_value "$1" $# && SECRET_KEY=$2 && shift ;;
            --with) need_value "$1" $# && ELSEWHERE+=("$2") && shift ;;
            --runtime) need_value "$1" $# && PACKAGE+=(--runtime "$(realpath -- "$2")") && shift ;;
            --keys) need_value "$1" $# && KEYS=$2 && shift ;;
            --place) need_value "$1" $# && PLACE=$2 && shift ;;
            --halves) need_value "$1" $# && PACKAGE+=(--halves "$(realpath -- "$2")") && say "a rehearsal: the halves are those of $2" && shift ;;
            --verify) need_value "$1" $# && VERIFY=$2 && shift ;;
            -h | --help) usage && exit 0 ;;
            -*) usage >&2 && die "unknown argument $1" ;;
            *) [ -z "$VERSION" ] || die "one version at a time: $VERSION and $1" && VERSION=$1 ;;
        esac
        shift
    done
    [[ $VERSION =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || die "a version is like 1.2.3 or 1.2.3-rc1, not '$VERSION'"
    [ -z "$VERIFY" ] || return 0
    [ -n "$TO" ] || die "where to? --to DIR"
    [ "${#URLS[@]}" -gt 0 ] || die "where will users find it? --url https://…/v{version}/{file}"
    if [ -n "$PLACE" ]; then
        # shellcheck source=/dev/null
        . "$PLACE"
    fi
}

# check_tree: what is released is what is committed, of the version that it says.
check_tree() {
    local changes
    in_git || die "$FFI_ZTS_ROOT is no checkout of git: a release is made from one"
    changes=$(git -C "$FFI_ZTS_ROOT" status --porcelain --untracked-files=all)
    [ -z "$changes" ] || die "the tree is not clean: commit or remove"$'\n'"$changes"
    [ "$(project_version)" = "$VERSION" ] || die "Cargo.toml says $(project_version), not $VERSION"
    grep -q "^## $VERSION\( \|\$\)" "$FFI_ZTS_ROOT/CHANGELOG.md" || die "CHANGELOG.md has no section '## $VERSION'"
    ! git -C "$FFI_ZTS_ROOT" rev-parse --verify --quiet "refs/tags/v$VERSION" >/dev/null || die "there is a tag v$VERSION already"
    place_is_free || die "$TO is no place for releases, or has one of $VERSION already"
}

# check_key: found out before an hour of building.
check_key() {
    PASSWORD=''
    if [ -z "$SECRET_KEY" ]; then
        say "without --key: the release will not be signed"
        return
    fi
    have minisign || die "minisign is not installed (package minisign)"
    [ -n "$(public_keys)" ] || die "there is no public key in $KEYS: put present.pub there, and commit it ($KEYS/README.md)"
    read_password "$SECRET_KEY"
    echo probe >"$WORK/probe"
    sign "$WORK/probe"
}

# make_bundles: sets RELEASE, the directory of what will be published. Twice, the second time in another directory, time zone and
# umask, since what cannot be built again cannot be checked by anybody.
make_bundles() {
    local runtime=("${PACKAGE[@]}") file again=$WORK/again/elsewhere
    RELEASE=$WORK/release
    "$FFI_ZTS_ROOT/scripts/package.sh" "${PACKAGE[@]}" "${URLS[@]}" --out "$RELEASE"
    mkdir -p -- "$WORK/again"
    git clone --quiet --no-hardlinks --branch "$(git -C "$FFI_ZTS_ROOT" symbolic-ref --short HEAD 2>/dev/null || echo HEAD)" -- "$FFI_ZTS_ROOT" "$again" 2>/dev/null ||
        git clone --quiet --no-hardlinks -- "$FFI_ZTS_ROOT" "$again"
    git -C "$again" checkout --quiet --detach "$(git -C "$FFI_ZTS_ROOT" rev-parse HEAD)"
    say "once more, in another directory"
    (umask 077 && TZ=Pacific/Kiritimati "$again/scripts/package.sh" --no-default --runtime "$FFI_ZTS_ROOT/build/runtime" "${runtime[@]}" "${URLS[@]}" --out "$WORK/second")
    for file in "$RELEASE"/*; do
        cmp -- "$file" "$WORK/second/$(basename "$file")" || die "$(basename "$file") is not the same when it is built again"
    done
    rm -rf -- "$WORK/again" "$WORK/second"
}

# add_bundles: those of other machines; the manifest takes them only if they are of this version and these sources.
add_bundles() {
    local directory file archives=()
    [ "${#ELSEWHERE[@]}" -gt 0 ] || return 0
    for directory in "${ELSEWHERE[@]}"; do
        compgen -G "$directory/ffi_zts-$VERSION-*.tar.gz" >/dev/null || die "there is no bundle of $VERSION in $directory"
        for file in "$directory/ffi_zts-$VERSION-"*.tar.gz; do
            [ ! -e "$RELEASE/$(basename "$file")" ] || die "$(basename "$file") of $directory is there already"
            cp -- "$file" "$RELEASE/"
        done
    done
    for file in "$RELEASE"/*.tar.gz; do case $file in *-debug.tar.gz) ;; *) archives+=("$file") ;; esac; done
    package_php manifest "$RELEASE/bundles.json" "$VERSION" "$(templates)" "${archives[@]}"
}

# templates: of --url, one a line.
templates() { local word; for word in "${URLS[@]}"; do if [ "$word" != --url ]; then printf '%s\n' "$word"; fi; done; }

sign_all() {
    local file
    [ -n "$SECRET_KEY" ] || return 0
    for file in "$RELEASE"/*; do sign "$file"; done
}

# verify DIRECTORY: the files in it are those that its manifest names, and signed if SIGNED is set.
verify() {
    local file name reason
    [ -f "$1/bundles.json" ] || die "there is no bundles.json in $1"
    grep -q "^    \"version\": \"$VERSION\",\$" "$1/bundles.json" || die "the manifest in $1 is not of version $VERSION"
    package_php verify "$1/bundles.json" "$1" || die "$1 is not what its manifest says"
    [ -n "$SIGNED" ] || return 0
    for file in "$1"/*.tar.gz "$1/bundles.json"; do
        name=$(basename -- "$file")
        reason=$(signature_reason "$file" "$name")
        [ -z "$reason" ] || die "$name: $reason"
    done
}

# publish: draft, upload, download again and verify, publish. The draft of one that failed is discarded.
publish() {
    local file
    DRAFT=''
    create_draft || die "no draft could be made in $TO"
    for file in "$RELEASE"/*; do
        upload "$file" || die "the upload of $(basename "$file") failed; nothing is published"
    done
    mkdir -- "$WORK/downloaded"
    for file in "$RELEASE"/*; do
        download "$(basename "$file")" "$WORK/downloaded/$(basename "$file")" || die "$(basename "$file") cannot be downloaded again; nothing is published"
        cmp -s -- "$file" "$WORK/downloaded/$(basename "$file")" || die "$(basename "$file") came back other than it was uploaded; nothing is published"
    done
    verify "$WORK/downloaded"
    publish_draft || die "the draft could not be published"
    DRAFT=''
}

clean_up() {
    if [ -n "${DRAFT:-}" ]; then discard_draft || say "the draft $DRAFT could not be discarded"; fi
    rm -rf -- "$WORK"
}

# keep_manifest: into the tree, for the commit that is tagged.
keep_manifest() {
    mkdir -p -- "$FFI_ZTS_ROOT/resources"
    install_file "$RELEASE/bundles.json" "$FFI_ZTS_ROOT/resources/bundles.json" 0644
    rm -f -- "$FFI_ZTS_ROOT/resources/bundles.json.minisig"
    if [ -n "$SIGNED" ]; then install_file "$RELEASE/bundles.json.minisig" "$FFI_ZTS_ROOT/resources/bundles.json.minisig" 0644; fi
    say "released $VERSION; now the package that pins it, on a commit of its own:"
    printf 'git switch --detach && git add resources && git commit -m "The bundles of %s" && git tag -s v%s -m v%s && git push origin v%s && git switch -\n' \
        "$VERSION" "$VERSION" "$VERSION" "$VERSION"
}

main() {
    parse_arguments "$@"
    SIGNED=''
    if [ -n "$VERIFY" ]; then
        if [ -n "$(public_keys)" ]; then SIGNED=1; else say "there is no public key in $KEYS: signatures are not looked at"; fi
        verify "$VERIFY"
        say "$VERIFY has what its manifest says"
        return
    fi
    check_tree
    umask 022
    mkdir -p -- "$FFI_ZTS_ROOT/build"
    WORK=$(mktemp -d "$FFI_ZTS_ROOT/build/.release.XXXXXX")
    trap clean_up EXIT
    trap 'exit 130' INT TERM HUP
    check_key
    if [ -n "$SECRET_KEY" ]; then SIGNED=1; fi
    make_bundles
    add_bundles
    sign_all
    publish
    keep_manifest
}

main "$@"
