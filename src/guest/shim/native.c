/*
 * The environment of native code: that which the process was started with. Scripts of the host change the process's own by putenv(),
 * and with it what libphp and the libraries below it would do (USE_ZEND_ALLOC=0: no memory limit; OPENSSL_CONF, TMPDIR, MAGIC…), while
 * other threads read it, which the C library does not guard. PHP code has a map of its own (environment.c).
 *
 * The imports of libphp, of the extensions and of all that they need are redirected. The host may use those libraries too: its own
 * thread has the process's environment as before. What the C library reads for itself passes by here (docs/security.md).
 */
#include "shim.h"

#include <dlfcn.h>
#include <iconv.h>
#include <link.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/auxv.h>

/* "A=1\0B=2\0", for the life of the process. */
static fz_slice fz_started_with;
static pthread_t fz_host_thread;

static char *fz_find_variable(const char *name)
{
	const size_t len = strlen(name);
	const char *end = fz_started_with.ptr + fz_started_with.len;

	for (const char *at = fz_started_with.ptr; at < end; at += strlen(at) + 1) {
		if (strncmp(at, name, len) == 0 && at[len] == '=') {
			return (char *) at + len + 1;
		}
	}
	return NULL;
}

static char *fz_native_getenv(const char *name)
{
	return pthread_equal(pthread_self(), fz_host_thread) ? getenv(name) : fz_find_variable(name);
}

static char *fz_native_secure_getenv(const char *name)
{
	if (pthread_equal(pthread_self(), fz_host_thread)) {
		return secure_getenv(name);
	}
	return getauxval(AT_SECURE) ? NULL : fz_find_variable(name);
}

static const fz_import fz_native_imports[] = {
	{ "getenv", (void *) fz_native_getenv },
	{ "secure_getenv", (void *) fz_native_secure_getenv },
	{ "__secure_getenv", (void *) fz_native_secure_getenv },
	{ NULL, NULL },
};

/* What libraries need and was looked at. Each has a reference of its own, so that its address is never another one's. */
static const struct link_map *fz_seen[1024];
static size_t fz_seen_count;
static pthread_mutex_t fz_seen_lock = PTHREAD_MUTEX_INITIALIZER;

static bool fz_is_seen(const struct link_map *map)
{
	for (size_t i = 0; i < fz_seen_count; i++) {
		if (fz_seen[i] == map) {
			return true;
		}
	}
	return false;
}

/* The C library and the loader are not to be changed, and have no such imports. */
static bool fz_is_system(const char *name)
{
	return strncmp(name, "libc.so", 7) == 0 || strncmp(name, "ld-", 3) == 0;
}

static void fz_redirect_needed(const struct link_map *map);

static void fz_redirect_one(void *handle)
{
	struct link_map *map;

	if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || fz_is_seen(map)) {
		dlclose(handle);
		return;
	}
	fz_imports_redirect_of(handle, fz_native_imports);
	if (fz_seen_count < sizeof fz_seen / sizeof *fz_seen) {
		fz_seen[fz_seen_count++] = map;
		fz_redirect_needed(map);
	} else {
		dlclose(handle); /* what it needs is not looked at: that could go round in a circle */
	}
}

static void fz_redirect_needed(const struct link_map *map)
{
	const char *strings = fz_imports_strings(map);

	for (const ElfW(Dyn) *entry = map->l_ld; strings && entry->d_tag != DT_NULL; entry++) {
		const char *name = entry->d_tag == DT_NEEDED ? strings + entry->d_un.d_val : "ld-";
		void *needed = fz_is_system(name) ? NULL : dlopen(name, RTLD_LAZY | RTLD_NOLOAD);

		if (needed) {
			fz_redirect_one(needed);
		}
	}
}

void fz_native_environment_of(void *handle)
{
	struct link_map *map;

	if (!fz_started_with.ptr || !handle || dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0) {
		return;
	}
	pthread_mutex_lock(&fz_seen_lock);
	/* Not remembered: what dl() has brought goes with its request, and the next library may have its address. */
	fz_imports_redirect_of(handle, fz_native_imports);
	fz_redirect_needed(map);
	pthread_mutex_unlock(&fz_seen_lock);
}

void fz_native_environment(const fz_boot *boot)
{
	fz_started_with = boot->environment;
	fz_host_thread = (pthread_t) boot->host_thread;
	fz_native_environment_of(fz_libphp());
	if (fz_started_with.ptr) {
		/* The C library reads GCONV_PATH once; the process has the other environment until the boot is over (vm/boot.rs). */
		iconv_t converter = iconv_open("UTF-8", "ISO-8859-1");

		if (converter != (iconv_t) -1) {
			iconv_close(converter);
		}
	}
}
