/*
 * Redirects calls that a library makes to others, by the slots of its own import table (PLT/GOT). No other library is
 * touched. Source of the tables: System V ABI, "Dynamic Linking"; glibc elf/link.h.
 */
#include "shim.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

/* What the dynamic section says; glibc has relocated the pointers already, other loaders leave them relative. */
static uintptr_t fz_dynamic(const struct link_map *map, ElfW(Sxword) tag, bool pointer)
{
	for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
		if (entry->d_tag == tag) {
			uintptr_t value = entry->d_un.d_ptr;
			return pointer && value < map->l_addr ? value + map->l_addr : value;
		}
	}
	return 0;
}

const char *fz_imports_strings(const struct link_map *map)
{
	return (const char *) fz_dynamic(map, DT_STRTAB, true);
}

/* One walk through a library's tables. */
typedef struct {
	const struct link_map *map;
	const ElfW(Sym) *symbols;
	const char *strings;
	const fz_import *imports;
	uint64_t beginnings[16]; /* a bit for each way in which a name of `imports` begins */
	uintptr_t writable; /* page that slots were written to last */
	int redirected;
} fz_walk;

/* By the first three bytes of a name: libphp imports 2,000 functions, and next to none of them is asked for. */
static unsigned fz_beginning(const char *name)
{
	unsigned bit = (unsigned char) name[0];

	if (name[0]) {
		bit = bit * 31 + (unsigned char) name[1];
		bit = name[1] ? bit * 31 + (unsigned char) name[2] : bit * 31;
	}
	return bit % 1024;
}

static void fz_redirect_slot(fz_walk *walk, void **slot, void *replacement)
{
	uintptr_t page = (uintptr_t) sysconf(_SC_PAGESIZE), start = (uintptr_t) slot & ~(page - 1);

	/* The slot may be read-only after relocation (RELRO). It is left writable: the page may hold other, lazy slots. */
	if (start != walk->writable && mprotect((void *) start, page, PROT_READ | PROT_WRITE) != 0) {
		return;
	}
	walk->writable = start;
	__atomic_store_n(slot, replacement, __ATOMIC_RELEASE);
	walk->redirected++;
}

static void fz_redirect_table(fz_walk *walk, const ElfW(Rela) *table, size_t first, size_t bytes)
{
	for (size_t i = first; table && i < bytes / sizeof *table; i++) {
		unsigned long type = ELF64_R_TYPE(table[i].r_info);
#if defined(__x86_64__)
		bool import = type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT;
#elif defined(__aarch64__)
		bool import = type == R_AARCH64_JUMP_SLOT || type == R_AARCH64_GLOB_DAT;
#else
# error "import table relocations of this machine"
#endif
		if (!import) {
			continue;
		}
		const char *name = walk->strings + walk->symbols[ELF64_R_SYM(table[i].r_info)].st_name;
		unsigned bit = fz_beginning(name);

		if (!(walk->beginnings[bit / 64] >> bit % 64 & 1)) {
			continue;
		}
		for (const fz_import *known = walk->imports; known->name; known++) {
			if (strcmp(name, known->name) == 0) {
				fz_redirect_slot(walk, (void **) (walk->map->l_addr + table[i].r_offset), known->replacement);
			}
		}
	}
}

static int fz_redirect_in_map(const struct link_map *map, const fz_import *imports)
{
	fz_walk walk = {
		.map = map,
		.symbols = (const ElfW(Sym) *) fz_dynamic(map, DT_SYMTAB, true),
		.strings = (const char *) fz_dynamic(map, DT_STRTAB, true),
		.imports = imports,
	};

	for (const fz_import *known = imports; known->name; known++) {
		unsigned bit = fz_beginning(known->name);

		walk.beginnings[bit / 64] |= UINT64_C(1) << bit % 64;
	}
	fz_redirect_table(&walk, (const ElfW(Rela) *) fz_dynamic(map, DT_JMPREL, true), 0, fz_dynamic(map, DT_PLTRELSZ, false));
	/* The linker puts those first that have no symbol, and counts them: tens of thousands. */
	fz_redirect_table(&walk, (const ElfW(Rela) *) fz_dynamic(map, DT_RELA, true), fz_dynamic(map, DT_RELACOUNT, false),
		fz_dynamic(map, DT_RELASZ, false));
	return walk.redirected;
}

int fz_imports_redirect_in(const void *inside, const fz_import *imports)
{
	struct link_map *map = NULL;
	Dl_info info;

	return dladdr1(inside, &info, (void **) &map, RTLD_DL_LINKMAP) && map ? fz_redirect_in_map(map, imports) : -1;
}

int fz_imports_redirect_of(void *handle, const fz_import *imports)
{
	struct link_map *map = NULL;

	return dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 && map ? fz_redirect_in_map(map, imports) : -1;
}

void fz_imports_of_library(void *handle)
{
	fz_imports_redirect_of(handle, fz_wait_imports);
	fz_imports_redirect_of(handle, fz_lookup_imports);
	fz_imports_redirect_of(handle, fz_static_imports);
	fz_imports_redirect_of(handle, fz_syslog_imports);
	fz_libraries_redirect(handle);
	fz_native_environment_of(handle);
}

bool fz_imports_redirect(const fz_import *imports)
{
	/* A datum, not a function: the address of a function may be that of a stub. */
	return fz_imports_redirect_in(&sapi_module, imports) >= 0;
}
