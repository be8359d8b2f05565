#!/usr/bin/env bash
# Packs bundles and looks at what is in them, runs one, and rehearses a release.
#
#   scripts/run-package.sh [--runtime DIR] [--halves DIR] [--long] [NAME…]
#
#   --runtime DIR   the runtime to pack; build/runtime by default
#   --halves DIR    the halves, as scripts/package.sh takes them; built, where there are none
#   --long          the second packing, in another directory, compiles the halves anew
#   NAME            again, archive, floors, elf, paths, boot, debug, materials, size, refusals, release, failures
#
# The last line is `N passed, N failed, N skipped`.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/checks.sh
. "$FFI_ZTS_ROOT/scripts/lib/checks.sh"
# shellcheck source=scripts/lib/runtime.sh
. "$FFI_ZTS_ROOT/scripts/lib/runtime.sh"
# shellcheck source=scripts/lib/bundle.sh
. "$FFI_ZTS_ROOT/scripts/lib/bundle.sh"

readonly TESTS=$FFI_ZTS_ROOT/tests/package
readonly URL='https://bundles.example/v{version}/{file}'

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; }

parse_arguments() {
    RUNTIME=$FFI_ZTS_ROOT/build/runtime HALVES='' LONG=''
    while [ $# -gt 0 ]; do
        case $1 in
            --runtime) need_value "$1" $# && RUNTIME=$2 && shift ;;
            --halves) need_value "$1" $# && HALVES=$(realpath -- "$2") && shift ;;
            --long) LONG=1 ;;
            -h | --help) usage && exit 0 ;;
            -*) usage >&2 && die "unknown argument $1" ;;
            *) SELECTION+=("$1") ;;
        esac
        shift
    done
    RUNTIME=$(realpath -- "$RUNTIME")
}

# copy_tree DIRECTORY: the sources as they are now, without git.
copy_tree() {
    local file
    mkdir -p -- "$1"
    source_files | while IFS= read -r -d '' file; do if [ -e "$FFI_ZTS_ROOT/$file" ]; then printf '%s\0' "$file"; fi; done |
        tar -C "$FFI_ZTS_ROOT" --null --no-recursion --files-from=- -cf - | tar -C "$1" --no-same-owner -xf -
}

# pack_first: sets ARCHIVE, DEBUG (the archive of debug files) and UNPACKED.
pack_first() {
    if [ -z "$HALVES" ]; then
        HALVES=$FFI_ZTS_ROOT/build/ship
        "$FFI_ZTS_ROOT/scripts/build.sh" --runtime "$RUNTIME" --ship "$HALVES/$MINOR" >"$WORK/log" 2>&1 || { fail pack "the halves cannot be built" "$WORK/log" && summary; }
    fi
    "$FFI_ZTS_ROOT/scripts/package.sh" --no-default --runtime "$RUNTIME" --halves "$HALVES" --url "$URL" --out "$WORK/first" >"$WORK/log" 2>&1 ||
        { fail pack "package.sh failed" "$WORK/log" && summary; }
    ARCHIVE=$(compgen -G "$WORK/first/*-glibc.tar.gz") DEBUG=$(compgen -G "$WORK/first/*-debug.tar.gz") UNPACKED=$WORK/unpacked
    mkdir -- "$UNPACKED"
    tar -C "$UNPACKED" -xzf "$ARCHIVE"
    verdict pack "$([ "$(find "$WORK/first" -mindepth 1 | wc -l)" = 3 ] || find "$WORK/first" -mindepth 1)"
}

# difference ONE OTHER: between two files; empty when there is none.
difference() {
    cmp -s -- "$1" "$2" && return
    if have diffoscope; then diffoscope --text - -- "$1" "$2" | head -n 60; else cmp -- "$1" "$2" 2>&1; fi
    true
}

# In another directory, from another one, time zone, umask and language, and without git.
check_again() {
    local other=$WORK/somewhere/else reason='' file halves=(--halves "$HALVES")
    copy_tree "$other"
    [ -z "$LONG" ] || halves=()
    (cd / && umask 077 && TZ=Asia/Kathmandu LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH=$DATE "$other/scripts/package.sh" --no-default --runtime "$RUNTIME" \
        "${halves[@]}" --url "$URL" --out "$WORK/second") >"$WORK/log" 2>&1 || reason='package.sh failed'
    for file in "$WORK"/first/*; do reason+=$(difference "$file" "$WORK/second/$(basename "$file")"); done
    verdict again "$reason" "$WORK/log"
}

check_archive() {
    verdict archive "$("${PHP:-php}" -n "$TESTS/archive.php" "$ARCHIVE" "$DATE" 2>&1)"
    verdict manifest "$(package_php verify "$WORK/first/bundles.json" "$WORK/first" 2>&1)$(grep -qF "\"$URL\"" "$WORK/first/bundles.json" || echo 'the manifest has no URL')"
}

# bundle_json CODE: what PHP code makes of $b, the bundle.json.
# shellcheck disable=SC2016  # PHP code
bundle_json() { "${PHP:-php}" -n -r '$b = json_decode(file_get_contents($argv[1]), true);'"$1" "$UNPACKED/bundle.json"; }

# By objdump, and not by what the packer looks with.
check_floors() {
    local wanted file soname owner reason='' needs packages
    wanted=$(find "$UNPACKED" -name '*.so' -exec objdump -T {} + | grep -oE '\(?GLIBC_[0-9.]+\)?' | tr -d '()' | cut -d_ -f2 | sort -uV | tail -n 1)
    # shellcheck disable=SC2016  # PHP code
    {
        verdict floors "$([ "$(bundle_json 'echo $b["floors"]["glibc"];')" = "$wanted" ] || echo "the files need glibc $wanted")"
        needs=$(bundle_json 'foreach ($b["sonames"] as $name => $of) { foreach ($of["needed_by"] as $file) { echo "$file $name\n"; } }')
        packages=$(bundle_json 'foreach ($b["sonames"] as $name => $of) { foreach ($of["packages"] as $package) { echo "$name $package\n"; } }')
    }
    while read -r file soname; do
        case $soname in libc.so.* | libm.so.* | ld-linux* | libphp-ffizts-*) continue ;; esac
        grep -qxF "$file $soname" <<<"$needs" || reason+="$file needs $soname, which bundle.json does not say; "
        owner=$(dpkg-query -S "*/$soname" 2>/dev/null | sed -n '1s/:.*//p') || true
        [ -z "$owner" ] || grep -qxF "$soname $owner" <<<"$packages" || reason+="$soname is of $owner here; "
    done < <(cd "$UNPACKED" && find . -name '*.so' -printf '%P\n' | while read -r file; do objdump -p "$file" | sed -n "s|^ *NEEDED *|$file |p"; done)
    verdict sonames "$reason"
}

# compiled NAME SYMBOL [FLAGS…]: a shared object that calls a function of glibc, as what the packer says of it.
compiled() {
    printf 'extern int %s(void);\nint (*%s_user)(void) = %s;\n' "$2" "$1" "$2" >"$WORK/$1.c"
    "${CC:-cc}" -shared -fPIC -Wl,--build-id "${@:3}" -o "$WORK/$1.so" "$WORK/$1.c" && "${PHP:-php}" -n "$TESTS/elf.php" "$FFI_ZTS_ROOT/scripts" "$WORK/$1.so"
}

# getentropy() is of glibc 2.25; getpid() of 2.2.5, as all that is older on this architecture; relative relocations need 2.36.
check_elf() {
    verdict 'elf: an old function' "$(compiled old getpid | grep -vxF '2.2 libc.so.6')"
    verdict 'elf: a newer one' "$(compiled newer getentropy | grep -vxF '2.25 libc.so.6')"
    verdict 'elf: no build-id' "$(compiled without getpid -Wl,--build-id=none | grep -vF 'has no build-id')"
    verdict 'elf: relative relocations' "$(compiled relr getpid -Wl,-z,pack-relative-relocs 2>&1 | grep -vxF '2.36 libc.so.6')"
}

check_paths() {
    local path reason=''
    for path in "$FFI_ZTS_ROOT" "$WORK" "$HOME/" "$(uname -r)" "$(json_string "$RUNTIME/runtime.json" prefix)"; do
        reason+=$(grep -rlaF -- "$path" "$UNPACKED" | sed "s|^$UNPACKED/\(.*\)|\1 has $path; |") || true
    done
    grep -qE '"(prefix|source_dir)"' "$UNPACKED/runtime/runtime.json" && reason+='runtime.json names directories of this machine'
    verdict paths "$reason"
}

check_boot() {
    local version copy=$WORK/changed
    # shellcheck disable=SC2016
    version=$(bundle_json 'echo $b["guest"]["version"];')
    timeout -k 5 300 "${PHP:-php}" -n -d "extension=$UNPACKED/ffi_zts.so" "$TESTS/boot.php" "$UNPACKED/runtime" >"$WORK/out" 2>&1 </dev/null || true
    verdict boot "$([ "$(cat "$WORK/out")" = "OK $version" ] || echo "it says something else than OK $version")" "$WORK/out"
    # The hashes in runtime.json are those of the stripped files, and looked at.
    for file in libphp.so ffi_zts_guest.so; do
        rm -rf -- "$copy"
        cp -r -- "$UNPACKED" "$copy"
        printf x >>"$copy/runtime/$file"
        timeout -k 5 60 "${PHP:-php}" -n -d "extension=$copy/ffi_zts.so" -r 'FfiZts::boot();' >"$WORK/out" 2>&1 </dev/null || true
        verdict "boot: a changed $file" "$(grep -q "$file" "$WORK/out" || echo 'it is not refused')" "$WORK/out"
    done
}

# Unpacked over the bundle, debug files tell the line of a function; by their build-id, as well.
check_debug() {
    local over=$WORK/over file address reason='' id
    cp -r -- "$UNPACKED" "$over"
    tar -C "$over" -xzf "$DEBUG"
    while read -r id file; do
        [ "$(build_id "$over/${file%.debug}")" = "$id" ] || reason+="${file%.debug} has not the build-id $id; "
        [ "$over/.build-id/${id:0:2}/${id:2}.debug" -ef "$over/$file" ] || reason+="$file is not found by its build-id; "
        readelf --string-dump=.gnu_debuglink "$over/${file%.debug}" | grep -F "$(basename "$file")" >/dev/null || reason+="${file%.debug} does not name $file; "
        readelf -SW "$over/${file%.debug}" | grep ' \.symtab' >/dev/null && reason+="${file%.debug} is not stripped; "
    done <"$over/build-ids"
    [ "$(wc -l <"$over/build-ids")" = "$(find "$UNPACKED" -name '*.so' | wc -l)" ] || reason+='not each file has its debug file; '
    address=$(nm -D --defined-only "$over/runtime/libphp.so" | awk '$3 == "php_request_startup" {print $1}')
    addr2line -e "$over/runtime/libphp.so" "0x$address" >"$WORK/out" 2>&1
    grep -q '^/usr/src/ffi_zts/php/main/main.c:[0-9]' "$WORK/out" || reason+="php_request_startup is in $(cat "$WORK/out"); "
    verdict debug "$reason"
}

check_materials() {
    local crates over=$WORK/debug
    mkdir -- "$over"
    tar -C "$over" -xzf "$DEBUG" --wildcards 'ffi_zts.so.debug' 'runtime/ffi_zts_guest.so.debug'
    crates=$(find "$over" -type f -exec strings -a {} + | grep -oE '/usr/src/crates/[^/]+' | cut -d/ -f5 | sort -u)
    verdict materials "$("${PHP:-php}" -n "$TESTS/materials.php" "$UNPACKED" "$crates" 2>&1)"
}

check_size() {
    local bare all
    all=$(stat -c %s "$ARCHIVE")
    bare=$(tar -C "$UNPACKED" --exclude=./runtime/ext -cf - . | gzip -9n | wc -c)
    verdict "size: $all bytes, $bare without extensions" "$([ "$all" -le 12000000 ] && [ "$bare" -le 6000000 ] || echo 'too much: 12 MB, and 6 MB without extensions')"
}

# package_of RUNTIME TREE: packs it; what was said is in $WORK/out.
package_of() { "$2/scripts/package.sh" --no-default --runtime "$1" --halves "$HALVES" --out "$WORK/out.d" >"$WORK/out" 2>&1; }

# refuses NAME TEXT RUNTIME [TREE]: packing fails, says TEXT, and leaves nothing behind.
refuses() {
    local reason=''
    rm -rf -- "$WORK/out.d"
    if package_of "$3" "${4:-$FFI_ZTS_ROOT}"; then reason='it is packed; '; fi
    grep -qF -- "$2" "$WORK/out" || reason+="it does not say '$2'; "
    [ -z "$(find "$WORK/out.d" -mindepth 1 2>/dev/null)" ] || reason+='something is left behind'
    verdict "refused: $1" "$reason" "$WORK/out"
}

check_refusals() {
    local copy=$WORK/runtime other=$WORK/refusing extension
    refuses 'no runtime' 'there is no runtime in' "$WORK/nothing"
    cp -r -- "$RUNTIME" "$copy"
    printf x >>"$copy/libphp.so"
    refuses 'a changed libphp' 'libphp.so is not the file that runtime.json names' "$copy"
    cp -- "$RUNTIME/libphp.so" "$copy/"
    sed -i "s|\"configure\": \"|&$FFI_ZTS_ROOT |" "$copy/runtime.json"
    refuses 'a path of this machine' "there is a path of this machine, $FFI_ZTS_ROOT, in runtime/runtime.json" "$copy"
    sed "s|\"debug\": false|\"debug\": true|" "$RUNTIME/runtime.json" >"$copy/runtime.json"
    refuses 'a debug runtime' 'is a runtime for debugging' "$copy"
    cp -- "$RUNTIME/runtime.json" "$copy/"
    sed -i 's/"soname": "/&other-/' "$copy/runtime.json"
    refuses 'halves of another libphp' 'was built for another libphp' "$copy"
    cp -- "$RUNTIME/runtime.json" "$copy/"
    copy_tree "$other"
    echo '{}' >"$other/scripts/package/crates.json"
    refuses 'a crate without a licence text' 'has no licence text in' "$RUNTIME" "$other"
    extension=$(compgen -G "$copy/ext/*.so" | head -n 1) || true
    if [ -z "$extension" ]; then
        skip 'refused: an unknown library' 'the runtime has no extension'
        return
    fi
    # An extension of somebody else's is not packed.
    mkdir -p -- "$copy/ext/vanilla"
    printf 'name=%s\nfrom=PECL\n' "$(basename "$extension" .so)" >"$copy/ext/vanilla/$(basename "$extension" .so).build"
    rm -rf -- "$WORK/out.d"
    package_of "$copy" "$FFI_ZTS_ROOT" || true
    verdict 'an extension of another source' "$(tar -tzf "$WORK"/out.d/*-glibc.tar.gz 2>&1 | grep -F "$(basename "$extension")")" "$WORK/out"
    rm -rf -- "$copy/ext/vanilla"
    # A library that no distribution has.
    echo 'void nobody_has_it(void) {}' >"$WORK/library.c"
    echo 'extern void nobody_has_it(void); void stranger(void) { nobody_has_it(); }' >"$WORK/stranger.c"
    "${CC:-cc}" -shared -fPIC -Wl,-soname,libnobodyhasit.so.9 -o "$WORK/library.so" "$WORK/library.c"
    "${CC:-cc}" -shared -fPIC -Wl,--build-id -o "$copy/ext/stranger.so" "$WORK/stranger.c" "$WORK/library.so"
    # shellcheck disable=SC2016  # PHP code
    change_manifest "$copy" '$json["extensions"]["stranger.so"] = hash_file("sha256", $argv[1] . "/ext/stranger.so");'
    refuses 'an unknown library' 'needs libnobodyhasit.so.9: enter the Debian and Ubuntu packages that have it' "$copy"
}

# --- releases ---

# make_repository: sets REPOSITORY, a checkout whose commit is the release of VERSION, and the keys; TO is where releases are.
make_repository() {
    REPOSITORY=$WORK/repository TO=$WORK/releases
    [ ! -d "$REPOSITORY" ] || return 0
    copy_tree "$REPOSITORY"
    mkdir -p -- "$TO" "$WORK/keys" "$REPOSITORY/build" "$REPOSITORY/resources/keys"
    ln -s -- "$RUNTIME" "$REPOSITORY/build/runtime"
    local name
    for name in present next other; do minisign -G -W -f -p "$WORK/keys/$name.pub" -s "$WORK/keys/$name.key" >/dev/null 2>&1; done
    cp -- "$WORK/keys/present.pub" "$WORK/keys/next.pub" "$REPOSITORY/resources/keys/"
    sed -i "0,/^## Unreleased/s//## $VERSION/" "$REPOSITORY/CHANGELOG.md"
    in_repository init --quiet --initial-branch=main
    in_repository add --all
    in_repository commit --quiet --message "Release"
}

in_repository() { git -C "$REPOSITORY" -c user.name=tests -c user.email=tests@example.invalid -c commit.gpgsign=false "$@"; }

# release ARGUMENT…: says what it said in $WORK/out.
release() { (cd / && "$REPOSITORY/scripts/release.sh" "$@") >"$WORK/out" 2>&1 </dev/null; }

# refuses_release NAME TEXT ARGUMENT…: it fails, says TEXT, and neither publishes nor changes anything.
refuses_release() {
    local name=$1 text=$2 reason='' before
    shift 2
    before=$(find "$TO" | sort; in_repository status --porcelain)
    if release "$@"; then reason='it is released; '; fi
    grep -qF -- "$text" "$WORK/out" || reason+="it does not say '$text'; "
    [ "$(find "$TO" | sort; in_repository status --porcelain)" = "$before" ] || reason+='something is left behind; '
    [ -z "$(find "$REPOSITORY/build" -name '.release.*')" ] || reason+='the work directory is left behind'
    verdict "release refused: $name" "$reason" "$WORK/out"
}

# The whole way, with the real packer; then what a user sees.
check_release() {
    local arguments=("$VERSION" --to "$TO" --url "$URL" --halves "$HALVES") reason='' file published
    touch "$REPOSITORY/leftover"
    refuses_release 'a tree that is not clean' 'the tree is not clean' "${arguments[@]}"
    rm -- "$REPOSITORY/leftover"
    refuses_release 'another version' "Cargo.toml says $VERSION, not 9.9.9" 9.9.9 --to "$TO" --url "$URL"
    refuses_release 'no version' "a version is like 1.2.3" new --to "$TO" --url "$URL"
    refuses_release 'no place' 'is no place for releases' "$VERSION" --to "$WORK/nowhere" --url "$URL"
    refuses_release 'no URL' 'where will users find it?' "$VERSION" --to "$TO"
    refuses_release "somebody else's key" 'users'"'"' packages have other keys' "${arguments[@]}" --key "$WORK/keys/other.key"
    refuses_release 'no public keys' "there is no public key in $WORK/empty" "${arguments[@]}" --key "$WORK/keys/present.key" --keys "$WORK/empty"
    refuses_release 'what is no key' 'is no secret key of minisign' "${arguments[@]}" --key "$WORK/keys/present.pub"

    release "${arguments[@]}" --key "$WORK/keys/present.key" || reason='it failed; '
    published=$TO/v$VERSION
    [ "$(find "$TO" -mindepth 1 -maxdepth 1)" = "$published" ] || reason+="there is more than the release in $TO; "
    for file in "$published"/*.tar.gz "$published/bundles.json"; do
        minisign -V -Q -p "$WORK/keys/present.pub" -m "$file" 2>&1 | grep -xF "file:$(basename "$file") version:$VERSION" >/dev/null || reason+="$(basename "$file") is not signed for what it is; "
    done
    verdict release "$reason" "$WORK/out"
    verdict 'release: the manifest is in the tree' "$(cmp -- "$published/bundles.json" "$REPOSITORY/resources/bundles.json" 2>&1)$(cmp -- "$published/bundles.json.minisig" "$REPOSITORY/resources/bundles.json.minisig" 2>&1)"
    verdict 'release: nothing of the manifest is in the bundles' "$([ "$(sources_of_bundle "$published"/*-glibc.tar.gz)" = "$(sources_of "$REPOSITORY")" ] || echo 'with the manifest the tree has another hash')"
    reason=''
    release "$VERSION" --verify "$published" || reason='it does not hold'
    verdict 'release: what was downloaded is verified' "$reason" "$WORK/out"
    in_repository add --all && in_repository commit --quiet --message "The bundles of $VERSION"
    refuses_release 'it is there already' 'or has one of' "${arguments[@]}"
    in_repository tag "v$VERSION"
    refuses_release 'the tag is there already' "there is a tag v$VERSION already" "${arguments[@]}"
    in_repository tag --delete "v$VERSION" >/dev/null
    check_downloads "$published"
}

# sources_of TREE, sources_of_bundle ARCHIVE: the hash of the sources.
sources_of() {
    # shellcheck disable=SC2016  # for the inner shell
    bash -c '. "$1/scripts/lib/common.sh" && . "$1/scripts/lib/bundle.sh" && source_hash' bash "$1"
}
sources_of_bundle() { tar -xzOf "$1" bundle.json | sed -n 's/^    "source": "\(.*\)",\{0,1\}$/\1/p'; }

# check_downloads PUBLISHED: each change to what was downloaded is seen.
check_downloads() {
    local directory=$WORK/downloaded name
    spoiled() { rm -rf -- "$directory" && cp -r -- "$1" "$directory"; }
    name=$(basename "$1"/*-glibc.tar.gz)
    spoiled "$1" && printf x >>"$directory/$name"
    refuses_release 'a longer archive' "$name is not the bundle" "$VERSION" --verify "$directory"
    spoiled "$1" && printf x | dd of="$directory/$name" bs=1 seek=5000 conv=notrunc status=none
    refuses_release 'another byte in an archive' "$name is not the bundle" "$VERSION" --verify "$directory"
    spoiled "$1" && rm -- "$directory/$name"
    refuses_release 'a missing archive' "$name is missing" "$VERSION" --verify "$directory"
    spoiled "$1" && rm -- "$directory/$name.minisig"
    refuses_release 'a missing signature' "$name: it has no signature" "$VERSION" --verify "$directory"
    spoiled "$1" && cp -- "$directory/bundles.json.minisig" "$directory/$name.minisig"
    refuses_release "another file's signature" "$name: its signature is by none of the keys" "$VERSION" --verify "$directory"
    spoiled "$1" && minisign -S -s "$WORK/keys/present.key" -m "$directory/bundles.json" -t "file:bundles.json version:0.0.1" >/dev/null 2>&1
    refuses_release "an older version's signature" "its signature is for 'file:bundles.json version:0.0.1'" "$VERSION" --verify "$directory"
    spoiled "$1" && minisign -S -s "$WORK/keys/other.key" -m "$directory/bundles.json" -t "file:bundles.json version:$VERSION" >/dev/null 2>&1
    refuses_release "somebody else's signature" 'its signature is by none of the keys' "$VERSION" --verify "$directory"
    spoiled "$1" && sed -i 's/"version": ".*"/"version": "0.0.1"/' "$directory/bundles.json"
    refuses_release 'the manifest of another version' 'is not of version' "$VERSION" --verify "$directory"
    spoiled "$1" && minisign -S -s "$WORK/keys/next.key" -m "$directory/bundles.json" -t "file:bundles.json version:$VERSION" >/dev/null 2>&1
    verdict 'release: the next key is good, too' "$(release "$VERSION" --verify "$directory" || echo 'it is not')" "$WORK/out"
}

# make_other_bundle DIRECTORY SOURCE: a bundle for a guest that nobody has, made of sources with that hash.
make_other_bundle() {
    local id
    # shellcheck disable=SC2016  # PHP code
    id=$(bundle_json 'echo $b["id"];')
    rm -rf -- "$WORK/other"
    cp -r -- "$UNPACKED" "$WORK/other"
    sed -i -e "s/${id//./\\.}/${id/-guest*-linux/-guest9.9-linux}/" -e "s/\"source\": \".*\"/\"source\": \"$2\"/" "$WORK/other/bundle.json"
    mkdir -p -- "$1"
    pack "$WORK/other" "$1/ffi_zts-$VERSION-${id/-guest*-linux/-guest9.9-linux}.tar.gz" bundle.json "$DATE"
}

# Bundles that other machines made: of these sources only, and each once.
check_elsewhere() {
    local arguments=("$VERSION" --to "$WORK/elsewhere" --url "$URL") source reason=''
    source=$(sources_of_bundle "$ARCHIVE")
    make_other_bundle "$WORK/good" "$source"
    make_other_bundle "$WORK/bad" "$(tr 0-9a-f a-f0-9 <<<"$source")"
    mkdir -- "$WORK/elsewhere"
    release "${arguments[@]}" --with "$WORK/good" || reason='it failed; '
    [ "$(grep -c '"file": ' "$WORK/elsewhere/v$VERSION/bundles.json")" = 2 ] || reason+='the manifest has not both bundles; '
    compgen -G "$WORK/elsewhere/v$VERSION/*.minisig" >/dev/null && reason+='something is signed, without a key; '
    release "$VERSION" --verify "$WORK/elsewhere/v$VERSION" && reason+='it is verified, without signatures, though there are keys'
    verdict 'release: with bundles of elsewhere, unsigned' "$reason" "$WORK/out"
    in_repository checkout --quiet -- . && in_repository clean --quiet --force
    arguments[2]=$TO
    refuses_release 'bundles of other sources' 'was made of another source' "${arguments[@]}" --with "$WORK/bad"
    refuses_release 'a bundle twice' 'is there already' "${arguments[@]}" --with "$WORK/first"
    refuses_release 'no bundles elsewhere' "there is no bundle of $VERSION in" "${arguments[@]}" --with "$WORK/keys"
}

# A secret key with a password asks for it, once, on a terminal.
check_password() {
    local keys=$WORK/locked arguments
    arguments=("$VERSION" --to "$TO" --url "$URL" --key "$keys/key" --keys "$keys")
    mkdir -- "$keys"
    printf 'secret\nsecret\n' | minisign -G -p "$keys/present.pub" -s "$keys/key" >/dev/null 2>&1
    refuses_release 'a password and no terminal' 'there is no terminal to ask for it' "${arguments[@]}"
    if ! have script; then
        skip 'release: a password' 'script is not installed (package bsdutils)'
        return
    fi
    terminal() { (cd / && printf '%s\n' "$1" | script --quiet --return --command "$(printf '%q ' "$REPOSITORY/scripts/release.sh" "${arguments[@]}")" /dev/null) >"$WORK/out" 2>&1; }
    verdict 'release refused: a wrong password' "$(terminal wrong && echo 'it is released')$(grep -F 'a wrong password?' "$WORK/out" >/dev/null || echo 'it does not say so')" "$WORK/out"
    verdict 'release: a password' "$(terminal secret || echo 'it failed')$(grep -c 'Password of' "$WORK/out" | grep -vx 1)" "$WORK/out"
    rm -rf -- "$TO/v$VERSION"
    in_repository checkout --quiet -- . && in_repository clean --quiet --force
}

# What fails on the way. The packer is a stand-in that gives what was packed, since only the publishing is looked at.
check_failures() {
    local arguments=("$VERSION" --to "$TO" --url "$URL" --key "$WORK/keys/present.key") place
    TO=$WORK/failures
    arguments[2]=$TO
    mkdir -- "$TO"
    mkdir -- "$WORK/prepared"
    cp -- "$ARCHIVE" "$WORK/first/bundles.json" "$WORK/prepared/"
    head -c 5000 "$DEBUG" >"$WORK/prepared/$(basename "$DEBUG")"
    # shellcheck disable=SC2016  # for the script that it makes
    printf '#!/bin/sh\nwhile [ "$1" != --out ]; do shift; done\nmkdir -p "$2" && cp %q/* "$2/"\n' "$WORK/prepared" >"$REPOSITORY/scripts/package.sh"
    in_repository commit --quiet --all --message "A stand-in"
    check_elsewhere
    check_password
    for place in "$TESTS"/places/*.sh; do
        refuses_release "$(sed -n 's/^# Fails: //p' "$place")" "$(sed -n 's/^# Says: //p' "$place")" "${arguments[@]}" --place "$place"
    done
    # The second packing gives other bytes.
    # shellcheck disable=SC2016
    printf 'case $2 in */second) date +%%s%%N >>"$2/bundles.json" ;; esac\n' >>"$REPOSITORY/scripts/package.sh"
    in_repository commit --quiet --all --message "A stand-in that cannot repeat itself"
    refuses_release 'other bytes the second time' 'bundles.json is not the same when it is built again' "${arguments[@]}"
}

main() {
    parse_arguments "$@"
    local name
    [ -f "$RUNTIME/runtime.json" ] || die "there is no runtime in $RUNTIME: run make"
    MINOR=$(json_string "$RUNTIME/runtime.json" minor) VERSION=$(project_version)
    DATE=$(source_date)
    export SOURCE_DATE_EPOCH=$DATE
    pack_first
    for name in again archive floors elf paths boot debug materials size refusals; do
        ! selected "$name" || "check_$name"
    done
    if ! selected release && ! selected failures; then
        :
    elif ! have minisign || ! have git; then
        skip release 'minisign or git is not installed'
    else
        make_repository
        for name in release failures; do
            ! selected "$name" || "check_$name"
        done
    fi
    summary
}

main "$@"
