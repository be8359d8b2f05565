# shellcheck shell=bash
# Builds that say nothing of the machine they were made on, so that two of the same source give the same bytes: where sources are called
# in messages and debug information, when and on what they were built. Sourced after common.sh, never run.

# What the paths of a build are called instead.
readonly NEUTRAL_SOURCE=/usr/src/ffi_zts
readonly NEUTRAL_PREFIX=/usr/lib/ffi_zts

# prefix_map PATH=NAME…: the compiler's flags, on one line.
prefix_map() { printf -- '-ffile-prefix-map=%s ' "$@"; }

# libphp_paths WORK: of a build of PHP in WORK, as PATH=NAME, one a line. SOURCE is its tree, PREFIX where it will be installed.
libphp_paths() { printf '%s\n' "$PREFIX=$NEUTRAL_PREFIX/php" "$1=$NEUTRAL_SOURCE/build" "$SOURCE=$NEUTRAL_SOURCE/php"; }

# neutralise_libphp WORK: after configure. What is compiled into PHP of its prefix is shown by phpinfo() and otherwise not used: a
# guest is given its directories when it starts, and phpize and php-config have their own copies.
neutralise_libphp() {
    local pair
    while IFS= read -r pair; do
        sed -i "s|${pair%%=*}|${pair#*=}|g" "$1/main/build-defs.h"
    done < <(libphp_paths "$1")
}

# source_time TREE: seconds since 1970 of the release that a tree is of; unpacking and patching leave this file's time as it is.
source_time() { stat -c %Y -- "$1/main/php_version.h"; }
