# shellcheck shell=bash
# shellcheck disable=SC2153  # the variables in capitals, which build-libphp.sh sets
# Configures, compiles, installs and checks one libphp with its CLI. Sourced by build-libphp.sh after compile.sh, neutral.sh and
# runtime.sh, which sets the variables in capitals: CACHE, LOG, KEY, SOURCE_ID, SOURCE (its tree), VERSION, PREFIX, SONAME, JOBS, DEBUG, ASAN.

# Raise it when what is built from the same source with the same flags changes.
readonly BUILD_VERSION=2

# Extensions that applications need; linked against the system's libraries, as the host's are (two copies of a library in one
# process are a hazard of their own). No readline and no pcntl: both take over what belongs to the host's process.
#
# Part of libphp are those that need no library beyond the ones of Debian's php-cli. The others are files of their own in ext/: a guest
# loads what its host has, and a process pays for no more than that. PDO and mysqlnd have to be part of libphp, since other extensions
# call their functions: the loader would find those of the host, which have the same names.
readonly BUILT_IN_FLAGS='
--enable-ctype --enable-dom --enable-fileinfo --enable-filter --with-iconv --with-libxml --enable-mysqlnd --with-openssl --enable-pdo --enable-phar
--enable-posix --enable-session --enable-simplexml --enable-sockets --with-sodium --enable-tokenizer --enable-xml --enable-xmlreader
--enable-xmlwriter --with-zlib'
readonly SHARED_FLAGS='
--enable-bcmath=shared --enable-calendar=shared --with-curl=shared --enable-exif=shared --with-ffi=shared --enable-ftp=shared
--enable-gd=shared --with-external-gd --with-gettext=shared --with-gmp=shared --enable-intl=shared --enable-mbstring=shared
--with-mysqli=shared --with-pdo-mysql=shared,mysqlnd --with-pdo-pgsql=shared --with-pdo-sqlite=shared --with-pgsql=shared
--enable-shmop=shared --enable-soap=shared --with-sqlite3=shared --enable-sysvmsg=shared --enable-sysvsem=shared --enable-sysvshm=shared
--with-xsl=shared --with-zip=shared'

# configure_flags: one line, --prefix aside (the prefix is named after the hash of this line).
configure_flags() {
    local flags="--disable-all --enable-zts --enable-embed=shared --enable-cli --disable-cgi --disable-phpdbg --disable-zend-signals"
    flags+=" --without-readline --without-libedit --disable-pcntl --without-valgrind --disable-rpath"
    flags+=" ${BUILT_IN_FLAGS//$'\n'/ } ${SHARED_FLAGS//$'\n'/ }"
    # Not every minor has these; opcache is always there, and static, from 8.5 on.
    if grep -q -e '--enable-zend-max-execution-timers' "$SOURCE/configure"; then flags+=" --enable-zend-max-execution-timers"; fi
    if grep -q -e '--disable-opcache ' "$SOURCE/configure"; then flags+=" --enable-opcache"; fi
    if [ -n "$DEBUG" ]; then flags+=" --enable-debug"; fi
    if [ -n "$ASAN" ]; then flags+=" --enable-address-sanitizer --enable-undefined-sanitizer"; fi
    tr -s ' ' <<<"$flags"
}

compiler_flags() {
    if [ -n "$DEBUG" ]; then
        echo "-g -O0"
    elif [ -n "$ASAN" ]; then
        echo "-g1 -O1 -fno-omit-frame-pointer"
    else
        # Line tables and function names for backtraces, without the types, which are most of the size.
        echo "-g1 -O2"
    fi
}

# What the result depends on, as text; its hash is the key.
build_inputs() {
    printf 'script %s\nsource %s\nflags %s\ncflags %s\n' "$BUILD_VERSION" "$SOURCE_ID" "$(configure_flags)" "$(compiler_flags)"
    # (what is kept from before has paths of this machine in it)
    printf 'paths %s %s\n' "$NEUTRAL_SOURCE" "$NEUTRAL_PREFIX"
    "${CC:-cc}" --version | head -n 1
    "${CC:-cc}" -dumpmachine
    # The system's libraries: another release of the system has others.
    if [ -r /etc/os-release ]; then grep -E '^(ID|VERSION_ID)=' /etc/os-release; fi
}

# build_libphp WORK STAGE: builds in WORK and installs below STAGE (as INSTALL_ROOT).
build_libphp() {
    local work=$1 stage=$2 flags paths compiler
    mapfile -t paths < <(libphp_paths "$work")
    compiler="$(compiler_flags) $(prefix_map "${paths[@]}")"
    # For __DATE__, which compilers take from here.
    SOURCE_DATE_EPOCH=$(source_time "$SOURCE")
    export SOURCE_DATE_EPOCH
    read -r -a flags <<<"$(configure_flags)"
    say "configuring PHP $VERSION (log: $LOG)"
    (
        cd "$work" || exit 1
        CC=${CC:-cc} run_logged "$LOG" configure "${IN_CLEAN_ENVIRONMENT[@]}" env CFLAGS="$compiler" CXXFLAGS="$compiler" \
            PHP_UNAME=Linux PHP_BUILD_SYSTEM=Linux "$SOURCE/configure" --prefix="$PREFIX" "${flags[@]}"
    )
    neutralise_libphp "$work"
    # libtool gives every libphp the SONAME libphp.so. Ours is unique, so that a process can hold several, and an extension
    # linked to one of them finds that one and no other.
    # And what libphp calls of its own is bound when it is linked: the host has most of the same names, and the loader less to look for.
    # shellcheck disable=SC2016  # libtool expands it
    sed -e "s/^soname_spec=.*/soname_spec=\"$SONAME\"/" -e 's/^archive_cmds="\\$CC /&-Wl,-Bsymbolic /' "$work/libtool" >"$work/libtool-soname"
    chmod +x "$work/libtool-soname"
    # shellcheck disable=SC2016  # make expands these
    compile "$work" "compiling libphp" libphp.la 'LIBTOOL=$(SHELL) $(top_builddir)/libtool-soname --silent --preserve-dup-deps'
    compile "$work" "compiling the CLI and opcache" all
    run_logged "$LOG" "make install" "${IN_CLEAN_ENVIRONMENT[@]}" make -C "$work" install INSTALL_ROOT="$stage"
}

# tidy_install DIRECTORY: the installed prefix as ours: libphp.so and ext/ where a runtime has them.
tidy_install() {
    local root=$1 modules phpapi
    mv -- "$root/lib/libphp.so" "$root/libphp.so"
    modules=$(find "$root/lib/php/extensions" -mindepth 1 -maxdepth 1 -type d 2>/dev/null | head -n 1) || true
    mkdir -p "$root/ext"
    if [ -n "$modules" ]; then find "$modules" -name '*.so' -exec cp -- {} "$root/ext/" \; ; fi
    # Debian's php-config has --phpapi and some tools ask for it; upstream's has not.
    phpapi=$(define_in "$root" Zend/zend_modules.h ZEND_MODULE_API_NO)
    if ! grep -q -e '^--phpapi)' "$root/bin/php-config"; then
        sed -i "s/^--php-sapis)\$/--phpapi)\n  echo $phpapi;;\n--php-sapis)/" "$root/bin/php-config"
    fi
    rm -rf -- "$root/php/man" "$root/bin/phar" "$root/bin/phar.phar"
}

# define_in PREFIX HEADER NAME: the number that an installed header gives a macro.
define_in() { sed -n "s/^#[[:space:]]*define $3[[:space:]]\{1,\}\([0-9]*\).*/\1/p" "$1/include/php/$2" | head -n 1; }

# check_libphp DIRECTORY: what the rest of ffi_zts relies on. The directory is where the prefix stands now.
check_libphp() {
    local root=$1 symbols soname
    # shellcheck disable=SC2016  # PHP code
    [ "$(run_php "$root" -r 'echo PHP_ZTS, PHP_VERSION;')" = "1$VERSION" ] || die "self-check: bin/php is not a thread-safe PHP $VERSION"
    soname=$(readelf -d "$root/libphp.so" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p')
    [ "$soname" = "$SONAME" ] || die "self-check: the SONAME of libphp.so is '$soname', not $SONAME"
    readelf -d "$root/libphp.so" | grep -q '(FLAGS).*SYMBOLIC' || die "self-check: libphp.so is not linked with -Bsymbolic"
    symbols=$(nm -D --defined-only "$root/libphp.so" | awk '{print $3}')
    grep -qx php_embed_module <<<"$symbols" || die "self-check: libphp.so does not export php_embed_module"
    if grep -E '^zend_signal' <<<"$symbols" >&2; then die "self-check: libphp.so has zend_signals"; fi
    if run_php "$root" -m | grep -Ei '^(readline|libedit|pcntl)$' >&2 || readelf -d "$root/libphp.so" | grep -E 'NEEDED.*(readline|libedit)' >&2; then
        die "self-check: this module takes over what belongs to the host's process"
    fi
    if configure_flags | grep -q max-execution-timers && [ "$(define_in "$root" main/php_config.h ZEND_MAX_EXECUTION_TIMERS)" != 1 ]; then
        die "self-check: execution timers were asked for and are not compiled in"
    fi
    run_php "$root" ${OPCACHE:+-d "zend_extension=$root/ext/opcache.so"} -v | grep -q 'with Zend OPcache' || die "self-check: opcache does not load"
    [ "$("$root/bin/php-config" --includes | tr ' ' '\n' | head -n 1)" = "-I$PREFIX/include/php" ] || die "self-check: php-config --includes is wrong"
    [ "$("$root/bin/php-config" --extension-dir | cut -c "1-${#PREFIX}")" = "$PREFIX" ] || die "self-check: php-config --extension-dir is wrong"
}

run_php() {
    local root=$1
    shift
    "${IN_CLEAN_ENVIRONMENT[@]}" "$root/bin/php" -n "$@"
}

# write_runtime_json ROOT FILE: describes a prefix that stands at ROOT. The guest half is entered later, by build.sh.
write_runtime_json() {
    local root=$1 file=$2
    export R_ROOT=$root R_SONAME=$SONAME R_KEY=$KEY R_PREFIX=$PREFIX R_SOURCE_DIR=$SOURCE R_CONFIGURE R_SOURCE
    R_CONFIGURE=$(configure_flags)
    R_SOURCE=$(source_info "$SOURCE_ID" from)
    R_TIMERS=$(define_in "$root" main/php_config.h ZEND_MAX_EXECUTION_TIMERS)
    R_SIGNALS=$(define_in "$root" main/php_config.h ZEND_SIGNALS)
    R_MODULE_API=$(define_in "$root" Zend/zend_modules.h ZEND_MODULE_API_NO)
    R_EXTENSION_API=$(define_in "$root" Zend/zend_extensions.h ZEND_EXTENSION_API_NO)
    export R_TIMERS R_SIGNALS R_MODULE_API R_EXTENSION_API
    # shellcheck disable=SC2016  # PHP code
    run_php "$root" -r '
        $root = getenv("R_ROOT");
        $extensions = [];
        foreach (glob("$root/ext/*.so") as $file) {
            $extensions[basename($file)] = hash_file("sha256", $file);
        }
        $modules = get_loaded_extensions();
        natcasesort($modules);
        echo json_encode([
            "format" => 1,
            "php_version" => PHP_VERSION,
            "php_version_id" => PHP_VERSION_ID,
            "minor" => PHP_MAJOR_VERSION . "." . PHP_MINOR_VERSION,
            "zend_module_api" => (int) getenv("R_MODULE_API"),
            "zend_extension_api" => (int) getenv("R_EXTENSION_API"),
            "zts" => (bool) PHP_ZTS,
            "debug" => (bool) PHP_DEBUG,
            "zend_signals" => (bool) getenv("R_SIGNALS"),
            "max_execution_timers" => (bool) getenv("R_TIMERS"),
            "readline" => extension_loaded("readline"),
            "arch" => php_uname("m"),
            "soname" => getenv("R_SONAME"),
            "key" => getenv("R_KEY"),
            "extension_dir" => "ext",
            "libphp" => ["file" => "libphp.so", "sha256" => hash_file("sha256", "$root/libphp.so"), "size" => filesize("$root/libphp.so")],
            "guest" => null,
            "extensions" => (object) $extensions,
            "modules" => array_values($modules),
            "configure" => getenv("R_CONFIGURE"),
            "source" => getenv("R_SOURCE"),
            "source_dir" => getenv("R_SOURCE_DIR"),
            "prefix" => getenv("R_PREFIX"),
        ], JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR), "\n";' >"$file"
}

# intact ROOT: is there a libphp.so with the hash that its runtime.json states, and the key we want?
intact() {
    [ "$(json_string "$1/runtime.json" key)" = "$KEY" ] && [ -f "$1/libphp.so" ] &&
        [ "$(json_string "$1/runtime.json" sha256)" = "$(sha256_of "$1/libphp.so")" ]
}
