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

static bool fz_redirect_slot(void **slot, void *replacement)
{
	uintptr_t page = (uintptr_t) sysconf(_SC_PAGESIZE), start = (uintptr_t) slot & ~(page - 1);

	/* The slot may be read-only after relocation (RELRO). It is left writable: the page may hold other, lazy slots. */
	if (mprotect((void *) start, page, PROT_READ | PROT_WRITE) != 0) {
		return false;
	}
	__atomic_store_n(slot, replacement, __ATOMIC_RELEASE);
	return true;
}

static int fz_redirect_table(const struct link_map *map, const ElfW(Rela) *table, size_t bytes, const fz_import *imports)
{
	const ElfW(Sym) *symbols = (const ElfW(Sym) *) fz_dynamic(map, DT_SYMTAB, true);
	const char *strings = (const char *) fz_dynamic(map, DT_STRTAB, true);
	int redirected = 0;

	for (size_t i = 0; table && i < bytes / sizeof *table; i++) {
		unsigned long type = ELF64_R_TYPE(table[i].r_info);
#if defined(__x86_64__)
		bool import = type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT;
#elif defined(__aarch64__)
		bool import = type == R_AARCH64_JUMP_SLOT || type == R_AARCH64_GLOB_DAT;
#else
# error "import table relocations of this machine"
#endif
		const char *name = strings + symbols[ELF64_R_SYM(table[i].r_info)].st_name;

		for (const fz_import *known = imports; import && known->name; known++) {
			if (strcmp(name, known->name) == 0) {
				redirected += fz_redirect_slot((void **) (map->l_addr + table[i].r_offset), known->replacement);
			}
		}
	}
	return redirected;
}

static int fz_redirect_in_map(const struct link_map *map, const fz_import *imports)
{
	return fz_redirect_table(map, (const ElfW(Rela) *) fz_dynamic(map, DT_JMPREL, true), fz_dynamic(map, DT_PLTRELSZ, false), imports)
		+ fz_redirect_table(map, (const ElfW(Rela) *) fz_dynamic(map, DT_RELA, true), fz_dynamic(map, DT_RELASZ, false), imports);
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
}

bool fz_imports_redirect(const fz_import *imports)
{
	/* A datum, not a function: the address of a function may be that of a stub. */
	return fz_imports_redirect_in(&sapi_module, imports) >= 0;
}
