/*
 * Preloaded where a libphp with the address sanitizer is opened in a host without it.
 *
 * The sanitizer refuses RTLD_DEEPBIND, since a library would find the C library's malloc() before the sanitizer's. The guest needs
 * it, or it would bind to the host's Zend; its files depend on the sanitizer (run-stops.sh), and so find that one first. PHP that was built
 * with the sanitizer leaves the flag out where it opens extensions. What the host opens for itself finds all in the process. So calls
 * of dlopen() come here, and go on to the C library's with the flag as it is to be.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

void *dlopen(const char *file, int flags)
{
	static void *(*open)(const char *, int);

	if (!open) {
		void *(*next)(const char *, int) = (void *(*)(const char *, int)) dlsym(RTLD_NEXT, "dlopen");
		void *libc = next("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);

		open = (void *(*)(const char *, int)) dlsym(libc, "dlopen");
	}
	if (file && strstr(file, "/ffi_zts.so")) {
		flags &= ~RTLD_DEEPBIND;
	} else if (file && !(flags & RTLD_NOLOAD)) {
		flags |= RTLD_DEEPBIND;
	}
	return open(file, flags);
}
