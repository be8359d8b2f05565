# shellcheck shell=bash
# What bundles are made with and released with. Sourced after common.sh, never run.

# package_php VERB ARGUMENT…: see scripts/package/package.php.
package_php() { "${PHP:-php}" -n "$FFI_ZTS_ROOT/scripts/package/package.php" "$@"; }

# project_version: as Cargo.toml states it.
project_version() { sed -n 's/^version = "\(.*\)"/\1/p' "$FFI_ZTS_ROOT/Cargo.toml" | head -n 1; }

# The manifest is made of bundles that were made of the sources: it is none of them.
readonly NO_SOURCES=(':!resources/bundles.json' ':!resources/bundles.json.minisig')

# in_git: is this a checkout? An archive of the sources has no .git; where git cannot read one that is there, that is no answer.
in_git() {
    [ -e "$FFI_ZTS_ROOT/.git" ] || return 1
    git -C "$FFI_ZTS_ROOT" rev-parse --verify HEAD >/dev/null || die "git cannot read the checkout in $FFI_ZTS_ROOT"
}

# source_files: names of all files of the source tree, each ended by a NUL, sorted.
source_files() {
    if in_git; then
        git -C "$FFI_ZTS_ROOT" ls-files -z --cached --others --exclude-standard --deduplicate -- "${NO_SOURCES[@]}"
    else
        (cd "$FFI_ZTS_ROOT" && find . -mindepth 1 \( -path ./build -o -path ./target -o -path ./vendor -o -path './resources/bundles.json*' \) -prune -o ! -type d -printf '%P\0')
    fi | LC_ALL=C sort -z
}

# source_hash: of the source tree: names, contents, and what may be executed.
source_hash() { source_files | package_php source "$FFI_ZTS_ROOT"; }

# source_date: seconds since 1970 that everything in a bundle is dated with: SOURCE_DATE_EPOCH, or the last commit that changed the sources.
source_date() {
    local date=${SOURCE_DATE_EPOCH:-}
    if [ -z "$date" ] && in_git; then date=$(git -C "$FFI_ZTS_ROOT" log -1 --format=%ct -- . "${NO_SOURCES[@]}"); fi
    [[ ${date:=0} =~ ^[0-9]+$ ]] || die "SOURCE_DATE_EPOCH is seconds since 1970, not '$date'"
    printf '%s\n' "$date"
}

# pack STAGE ARCHIVE FIRST DATE: FIRST is the member that stands in front. ustar and gzip, since plain PHP reads these; sorted, without
# owners and without times but DATE: the same files give the same bytes.
pack() {
    local stage=$1 archive=$2 first=$3 date=$4 names
    mapfile -t names < <(cd "$stage" && find . -mindepth 1 -maxdepth 1 ! -name "$first" -printf '%P\n' | LC_ALL=C sort)
    LC_ALL=C tar -C "$stage" --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$date" -cf - -- "$first" "${names[@]}" |
        gzip -9n >"$archive"
}

# split_debug FILE TARGET DEBUG: TARGET is FILE without what only a debugger reads, which DEBUG has. The two know each other by the
# build-id, and by DEBUG's name for debuggers that look beside TARGET.
split_debug() {
    local objcopy=${OBJCOPY:-objcopy} strip=${STRIP:-strip}
    mkdir -p -- "$(dirname "$2")" "$(dirname "$3")"
    "$objcopy" --only-keep-debug -- "$1" "$3" || die "objcopy failed on $1"
    "$strip" --strip-unneeded --remove-section=.comment -o "$2" -- "$1" || die "strip failed on $1"
    "$objcopy" --add-gnu-debuglink="$3" -- "$2" || die "objcopy failed on $2"
    chmod 0644 "$2" "$3"
}

# build_id FILE
build_id() { LC_ALL=C readelf --notes --wide -- "$1" | sed -n 's/.*Build ID: \([0-9a-f]*\).*/\1/p' | head -n 1; }
