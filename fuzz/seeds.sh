#!/usr/bin/env bash
# Makes fuzz/seeds/: small shared objects, as different linkers lay them out. The results are committed, so that neither
# the fuzzer nor the tests need these tools.
#   needs: gcc, clang, lld, mold, gold (binutils), gcc-aarch64-linux-gnu, patchelf, llvm-objcopy
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
SOURCE=$(mktemp -d)
trap 'rm -rf -- "$SOURCE"' EXIT
mkdir -p -- "$HERE/seeds"

# An extension in little: imports, exports, relocated data, thread-local storage, and a module entry (zend_module_entry of
# php-src Zend/zend_modules.h).
cat >"$SOURCE/ext.c" <<'C'
struct entry {
    unsigned short size; unsigned int api; unsigned char debug, zts;
    const void *ini, *deps; const char *name; const void *functions, *callbacks[5]; const char *version;
    unsigned long globals_size; void *globals[4]; int started; unsigned char type; void *handle; int number;
    const char *build_id;
};
extern int zend_parse_parameters(int, ...);
extern int getpid(void);
static int function(int n) { return zend_parse_parameters(n) + getpid(); }
#ifdef TLS
static __thread int mine[4] = {1};
int *tls(void) { return mine; }
#endif
struct entry seed_module_entry = {
    sizeof(struct entry), 20220829, 0, ZTS, 0, 0, "seed", (void *) function, {(void *) function}, "1", 0, {0}, 0, 0, 0, 0, ID
};
const void *get_module(void) { return &seed_module_entry; }
C
cat >"$SOURCE/map" <<'MAP'
SEED_1 { global: get_module; local: *; };
MAP

# seed NAME COMPILER FLAGS…
seed() {
    local name=$1 compiler=$2
    shift 2
    "$compiler" -w -O1 -shared -fPIC -nostdlib -fno-asynchronous-unwind-tables -DZTS=1 '-DID="API20220829,TS"' \
        -o "$HERE/seeds/$name.so" "$@" "$SOURCE/ext.c"
    chmod 644 "$HERE/seeds/$name.so"
}
# shellcheck disable=SC2054  # the commas are the linker's
SMALL=(-Wl,-z,noseparate-code -Wl,-z,norelro)
seed bfd gcc "${SMALL[@]}"
seed bfd-pages gcc
seed bfd-sysv gcc "${SMALL[@]}" -Wl,--hash-style=sysv -s
seed bfd-both gcc "${SMALL[@]}" -Wl,--hash-style=both -Wl,-soname,seed.so -Wl,-rpath,/somewhere -DTLS
seed bfd-rpath gcc "${SMALL[@]}" -Wl,--disable-new-dtags -Wl,-rpath,/somewhere
seed bfd-versions gcc "${SMALL[@]}" -Wl,--version-script="$SOURCE/map" -Wl,--no-as-needed -lc
seed bfd-relr gcc "${SMALL[@]}" -Wl,-z,pack-relative-relocs -Wl,-z,now
seed bfd-no-spare gcc "${SMALL[@]}" -Wl,--spare-dynamic-tags=1
seed gold gcc -fuse-ld=gold -Wl,--no-as-needed -lc
seed lld clang -fuse-ld=lld -Wl,-z,max-page-size=4096
seed mold clang -fuse-ld=mold -Wl,-z,max-page-size=4096 -DTLS
seed aarch64 aarch64-linux-gnu-gcc "${SMALL[@]}" -Wl,-z,max-page-size=4096
seed aarch64-lld clang --target=aarch64-linux-gnu -fuse-ld=lld -Wl,-z,max-page-size=4096
seed nts gcc "${SMALL[@]}" -UZTS -DZTS=0 -UID '-DID="API20220829,NTS"'
seed debug gcc "${SMALL[@]}" -UID '-DID="API20220829,TS,debug"'
patchelf --add-needed libseed.so --set-rpath /somewhere/else --output "$HERE/seeds/patchelf.so" "$HERE/seeds/bfd.so"
llvm-objcopy --strip-sections "$HERE/seeds/lld.so" "$HERE/seeds/no-sections.so"
ls -l "$HERE/seeds"
