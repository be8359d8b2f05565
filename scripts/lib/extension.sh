# shellcheck shell=bash
# shellcheck disable=SC2153  # the variables in capitals, which build-extension.sh sets
# Finds, compiles, tries and installs one extension. Sourced by build-extension.sh, which sets the variables in capitals:
# RUNTIME, MINOR (its PHP's), WHAT (the argument), FROM, SHA256, NEEDS, FLAGS, CACHE, LOG, WORK, JOBS, KEY, ENTRY (its place
# in the cache).

# Raise it when what is built from the same source with the same flags changes.
readonly EXTENSION_BUILD_VERSION=1

# How long a name's source package is used without asking for a newer one.
readonly EXTENSION_MAX_AGE_DAYS=${FFI_ZTS_SOURCE_MAX_AGE_DAYS:-30}

# --- where the source is ---

# find_source: sets SOURCE_KIND (directory, tarball, dsc, or built-in), SOURCE_PATH, SOURCE_NAME, SOURCE_ID (a hash of what it is)
# and SOURCE_FROM (for people). Must run under the source lock.
find_source() {
    case $WHAT in
        *.tgz | *.tar | *.tar.*) [ -z "$FROM" ] || die "--from is for names"
            source_is_tarball "$WHAT" "tarball $(basename -- "$WHAT")" ;;
        */* | . | ..) [ -z "$FROM" ] || die "--from is for names"
            source_is_directory "$WHAT" ;;
        *) source_by_name ;;
    esac
}

# tree_hash DIRECTORY: names and contents, links included; not times and owners.
tree_hash() {
    tar -C "$1" --exclude-vcs --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u+rwX,go+rX,go-w -cf - . | sha256sum | cut -d' ' -f1
}

source_is_directory() {
    [ -d "$1" ] || die "no such directory: $1"
    SOURCE_KIND=directory
    SOURCE_PATH=$(cd -- "$1" && pwd -P)
    SOURCE_NAME=$(basename -- "$SOURCE_PATH")
    SOURCE_ID=$(tree_hash "$SOURCE_PATH") || die "cannot read all of $SOURCE_PATH"
    SOURCE_FROM="directory $SOURCE_PATH"
    [ -z "$SHA256" ] || die "--sha256 is for tarballs; $1 is a directory"
}

# source_is_tarball FILE DESCRIPTION
source_is_tarball() {
    [ -f "$1" ] || die "no such tarball: $1"
    SOURCE_KIND=tarball
    SOURCE_PATH=$(realpath -- "$1")
    SOURCE_NAME=$(basename -- "$1" | sed -E 's/\.(tgz|tar(\.[a-z0-9]+)?)$//')
    SOURCE_ID=$(sha256_of "$SOURCE_PATH")
    SOURCE_FROM="$2 sha256:$SOURCE_ID"
    say "$2 has the checksum sha256:$SOURCE_ID"
    [ -z "$SHA256" ] || [ "$SOURCE_ID" = "$SHA256" ] || die "$2 has the wrong checksum: wanted is $SHA256"
}

# origin_allowed ORIGIN: does --from allow it?
origin_allowed() { [ -z "$FROM" ] || [ "$FROM" = "$1" ]; }

source_by_name() {
    [[ $WHAT =~ ^[A-Za-z][A-Za-z0-9_]*(-[0-9][A-Za-z0-9.]*)?$ ]] || die "not the name of an extension: $WHAT"
    if is_built_in; then
        SOURCE_KIND=built-in
        return
    fi
    if origin_allowed php && source_from_php; then return; fi
    if origin_allowed pecl && source_from_pecl; then return; fi
    if origin_allowed debian && { remembered_package || package_from_debian; }; then return; fi
    say "error: no source of $WHAT: it is not among PHP's own extensions, and neither PECL nor Debian gave it"
    say "give it yourself: scripts/build-extension.sh $WHAT-1.2.3.tgz   (or ./directory)"
    exit 3
}

# Is the name that of a module which this libphp contains?
is_built_in() {
    # shellcheck disable=SC2016  # PHP code
    "$RUNTIME/bin/php" -n -r 'exit((int) !extension_loaded($argv[1]));' "$WHAT"
}

# An extension of PHP's own source, which libphp was built without.
source_from_php() {
    local tree
    tree=$(json_string "$RUNTIME/runtime.json" source_dir)/ext/${WHAT,,}
    [ -d "$tree" ] || return 1
    source_is_directory "$tree"
    SOURCE_FROM="PHP's own source, $(json_string "$RUNTIME/runtime.json" source)"
}

# --sha256, where it is given, protects the download as well.
source_from_pecl() {
    local tarball=$CACHE/downloads/pecl-$WHAT.tgz
    "$FFI_ZTS_ROOT/scripts/install-deps.sh" libphp
    say "asking PECL for $WHAT"
    pecl_get "$WHAT" "$tarball" || return 1
    source_is_tarball "$tarball" "PECL $WHAT"
    SOURCE_NAME=$WHAT
}

# The Debian release of the runtime's minor first, be it without Debian's own changes; extensions of another release may fit as well.
package_from_debian() {
    local suite package
    package=php-$(tr '[:upper:]_' '[:lower:]-' <<<"${WHAT%%-*}")
    [ "$WHAT" = "${WHAT%%-*}" ] || return 1 # Debian has the version that it has
    "$FFI_ZTS_ROOT/scripts/install-deps.sh" libphp
    for suite in $(debian_suites "$MINOR"); do
        if debian_download "$suite" "$package"; then
            printf '%s\n%s\n%s\n' "$DSC" "$(sha256_of "$DSC")" "Debian $suite $package $DSC_VERSION" >"$(package_note)"
        elif debian_tarball "$suite" "$package"; then
            say "using the tarball of $package $TARBALL_VERSION without what Debian adds to it"
            printf '%s\n%s\n%s\n' "$TARBALL" "$(sha256_of "$TARBALL")" "Debian $suite $package $TARBALL_VERSION, its tarball" >"$(package_note)"
        else
            continue
        fi
        source_is_package
        return
    done
    return 1
}

# What a name was resolved to, for a minor of PHP: a .dsc, or a tarball.
package_note() { printf '%s/resolved/%s-php-%s\n' "$CACHE" "$MINOR" "$WHAT"; }

# A package that was found some days ago, if it is still there.
remembered_package() {
    [ -n "$(find "$(package_note)" -mtime "-$EXTENSION_MAX_AGE_DAYS" 2>/dev/null)" ] && source_is_package
}

source_is_package() {
    local note expected
    note=$(package_note)
    SOURCE_PATH=$(sed -n 1p "$note")
    expected=$(sed -n 2p "$note")
    [ -f "$SOURCE_PATH" ] && [ "$(sha256_of "$SOURCE_PATH")" = "$expected" ] || return 1
    case $SOURCE_PATH in *.dsc) SOURCE_KIND=dsc ;; *) SOURCE_KIND=tarball ;; esac
    SOURCE_NAME=$WHAT
    SOURCE_ID=$expected
    SOURCE_FROM=$(sed -n 3p "$note")
}

# --- what the result depends on ---

# extension_inputs: as text; its hash is the key.
extension_inputs() {
    local name
    printf 'script %s\nsource %s\nruntime %s\n' "$EXTENSION_BUILD_VERSION" "$SOURCE_ID" "$(json_string "$RUNTIME/runtime.json" key)"
    if [ "${#FLAGS[@]}" -gt 0 ]; then printf 'flag %q\n' "${FLAGS[@]}"; fi
    for name in "${NEEDS[@]}"; do
        # Those of the runtime's own build are as its key says.
        [ -n "$(own_file "$name")" ] || printf 'needs %s %s\n' "$name" "$(build_note "$name" key)"
    done
    "${CC:-cc}" --version | head -n 1
    "${CC:-cc}" -dumpmachine
    if [ -r /etc/os-release ]; then grep -E '^(ID|VERSION_ID)=' /etc/os-release; fi
}

# own_file NAME: one of PHP's own extensions that this runtime was built with, as it was built; nothing where there is none.
own_file() {
    local file
    file=$("$RUNTIME/bin/php-config" --extension-dir)/$1.so
    [ ! -f "$file" ] || printf '%s\n' "$file"
}

# build_note NAME FIELD: of an extension that was built for this runtime before.
build_note() {
    local file=$RUNTIME/ext/vanilla/$1.build
    [ -f "$file" ] || die "--needs $1: it was not built for $RUNTIME yet; build it first"
    sed -n "s/^$2=//p" "$file"
}

# --- the build ---

# unpack_source: into WORK/source, writable whatever the source was.
unpack_source() {
    local tree=$WORK/source
    mkdir -p -- "$tree"
    case $SOURCE_KIND in
        directory) tar -C "$SOURCE_PATH" --exclude-vcs -cf - . | tar -C "$tree" --no-same-owner -xf - || die "cannot copy $SOURCE_PATH" ;;
        tarball) tar -C "$tree" --no-same-owner -xf "$SOURCE_PATH" || die "cannot unpack $SOURCE_PATH" ;;
        dsc) rmdir -- "$tree" && run_logged "$LOG" dpkg-source dpkg-source --no-check -x "$SOURCE_PATH" "$tree" ;;
    esac
    chmod -R u+rwX -- "$tree"
}

# find_config TREE: the directory with config.m4, at the top or as PECL's and Debian's archives have it; the newest of several.
find_config() {
    local tree=$1 pattern directory
    for pattern in . ext '*' '*/ext'; do
        directory=$(cd -- "$tree" && compgen -G "$pattern/config*.m4" | grep -E '/config[0-9]*\.m4$' | xargs -r -n 1 dirname | sort -V | tail -n 1) || true
        if [ -n "$directory" ]; then printf '%s\n' "$tree/$directory" && return; fi
    done
    die "$SOURCE_FROM is not the source of a PHP extension: there is no config.m4 in it"
}

# overlay_headers: PHP's headers with those of the extensions in NEEDS; prints the php-config that knows them.
overlay_headers() {
    local real overlay=$WORK/overlay/include/php name headers
    real=$("$RUNTIME/bin/php-config" --include-dir)
    if [ "${#NEEDS[@]}" -eq 0 ]; then
        printf '%s\n' "$RUNTIME/bin/php-config"
        return
    fi
    mkdir -p -- "$overlay/ext"
    find "$real" -mindepth 1 -maxdepth 1 ! -name ext -exec ln -s -t "$overlay" {} +
    find "$real/ext" -mindepth 1 -maxdepth 1 -exec ln -s -t "$overlay/ext" {} +
    for name in "${NEEDS[@]}"; do
        [ -z "$(own_file "$name")" ] || continue # among PHP's headers
        headers=$(build_note "$name" entry)/include
        [ -d "$headers" ] || die "the headers of $name are gone (was the cache emptied?): build it again"
        find "$headers" -mindepth 1 -maxdepth 1 -exec ln -sfn -t "$overlay/ext" {} +
    done
    sed "s|^include_dir=.*|include_dir=\"$overlay\"|" "$RUNTIME/bin/php-config" >"$WORK/php-config"
    chmod +x "$WORK/php-config"
    printf '%s\n' "$WORK/php-config"
}

# build_extension: compiles into the cache.
build_extension() {
    local start=$SECONDS tree config
    : >"$LOG"
    "$FFI_ZTS_ROOT/scripts/install-deps.sh" libphp
    unpack_source
    tree=$(find_config "$WORK/source")
    # PHP's own extensions that are part of it by default call it config0.m4 or config9.m4.
    if [ ! -f "$tree/config.m4" ]; then cp -- "$(compgen -G "$tree/config[0-9].m4" | head -n 1)" "$tree/config.m4"; fi
    config=$(overlay_headers)
    say "configuring $SOURCE_NAME (from $SOURCE_FROM; log: $LOG)"
    (
        cd -- "$tree" || exit 1
        # What an earlier build inside the tree left behind would be taken for ours.
        if [ -f Makefile ]; then run_logged "$LOG" "phpize --clean" "${IN_CLEAN_ENVIRONMENT[@]}" "$RUNTIME/bin/phpize" --clean; fi
        run_logged "$LOG" phpize "${IN_CLEAN_ENVIRONMENT[@]}" "$RUNTIME/bin/phpize"
        run_logged "$LOG" configure "${IN_CLEAN_ENVIRONMENT[@]}" ./configure --with-php-config="$config" "${FLAGS[@]}"
    ) || exit 1
    compile "$tree" "compiling $SOURCE_NAME" all
    run_logged "$LOG" "make install-headers" "${IN_CLEAN_ENVIRONMENT[@]}" make -C "$tree" install-headers INSTALL_ROOT="$WORK/stage"
    keep_extension "$tree"
    say "built $SOURCE_NAME in $((SECONDS - start)) s"
}

# keep_extension TREE: tries what was built, then moves it to its place in the cache.
keep_extension() {
    local tree=$1 fresh=$WORK/entry file
    mkdir -p -- "$fresh/modules" "$fresh/include"
    for file in "$tree"/modules/*.so; do
        [ -f "$file" ] || fail_with_log "$LOG" "the build of $SOURCE_NAME made no extension"
        try_extension "$file"
        cp -- "$file" "$fresh/modules/"
    done
    find "$WORK/stage" -type d -path '*/include/php/ext/*' -prune -exec cp -r -t "$fresh/include" -- {} + 2>/dev/null || true
    (cd -- "$fresh/modules" && sha256sum -- *.so) >"$fresh/sha256"
    rm -rf -- "$ENTRY"
    mv -- "$fresh" "$ENTRY"
}

extension_is_kept() { [ -f "$ENTRY/sha256" ] && (cd -- "$ENTRY/modules" && sha256sum --quiet -c ../sha256) >/dev/null 2>&1; }

# loading FILE: the arguments that load it into a php.
loading() {
    local symbols
    symbols=$(nm -D --defined-only "$1" | awk '{print $3}')
    if grep -qx zend_extension_entry <<<"$symbols"; then
        printf -- '-d\nzend_extension=%s\n' "$1"
    elif grep -qx get_module <<<"$symbols"; then
        printf -- '-d\nextension=%s\n' "$1"
    else
        fail_with_log "$LOG" "$(basename "$1") is no PHP extension: it exports neither get_module nor zend_extension_entry"
    fi
}

# try_extension FILE: the runtime's own php loads it, without a word.
try_extension() {
    local arguments=() name file output
    for name in "${NEEDS[@]}"; do
        file=$(own_file "$name")
        mapfile -t -O "${#arguments[@]}" arguments < <(loading "${file:-$RUNTIME/ext/vanilla/$name.so}")
    done
    mapfile -t -O "${#arguments[@]}" arguments < <(loading "$1")
    printf '\n### trying %s\n' "$1" >>"$LOG"
    output=$("${IN_CLEAN_ENVIRONMENT[@]}" "$RUNTIME/bin/php" -n -d display_startup_errors=1 "${arguments[@]}" -r 'echo "loaded";' 2>&1 </dev/null) || true
    if [ "$output" != loaded ]; then
        printf '%s\n' "$output" >>"$LOG"
        fail_with_log "$LOG" "$(basename "$1") was compiled, but $RUNTIME/bin/php does not load it (an extension that it needs is named with --needs)"
    fi
}

# --- into the runtime ---

# relink_extension IN OUT: gives it the dependency on this runtime's libphp, and on those of its extensions that it uses, which are beside it.
# By the host half, in a PHP without settings.
relink_extension() {
    local host=$FFI_ZTS_ROOT/build/ffi_zts.so
    [ -f "$host" ] || die "relinking needs $host: run scripts/build.sh first"
    run_logged "$LOG" relink "${IN_CLEAN_ENVIRONMENT[@]}" "${PHP:-php}" -n -d extension="$host" "$FFI_ZTS_ROOT/php/bin/ffi-zts" "--runtime=$RUNTIME" relink "$1" -o "$2"
}

install_extension() {
    local file name
    mkdir -p -- "$RUNTIME/ext/vanilla"
    chmod 0755 -- "$RUNTIME/ext" "$RUNTIME/ext/vanilla"
    for file in "$ENTRY"/modules/*.so; do
        name=$(basename -- "$file" .so)
        # Where it is to be: it names the extensions beside it.
        relink_extension "$file" "$RUNTIME/ext/.$name.so.$$"
        put "$file" "$RUNTIME/ext/vanilla/$name.so"
        mv -f -- "$RUNTIME/ext/.$name.so.$$" "$RUNTIME/ext/$name.so"
        printf 'name=%s\nfrom=%s\nsource=%s\nflags=%s\nneeds=%s\nkey=%s\nentry=%s\n' \
            "$name" "$SOURCE_FROM" "$SOURCE_ID" "${FLAGS[*]@Q}" "${NEEDS[*]}" "$KEY" "$ENTRY" >"$WORK/$name.build"
        put "$WORK/$name.build" "$RUNTIME/ext/vanilla/$name.build" 0644
        # shellcheck disable=SC2016  # PHP code
        change_manifest "$RUNTIME" '$json["extensions"][$argv[2] . ".so"] = hash_file("sha256", $argv[1] . "/ext/" . $argv[2] . ".so");' "$name"
        printf '%s\n' "$RUNTIME/ext/$name.so"
    done
}
