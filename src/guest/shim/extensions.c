/*
 * Extensions, at the moment when the guest opens them.
 *
 * A name in a php.ini, in a directory that is scanned for them, or in dl() is resolved by PHP itself, and then opened with
 * dlopen(). Built for any ZTS PHP, the file has no dependency on libphp: it would bind to the host and crash. So libphp's
 * imports of dlopen() and dlerror() come here, and the host half looks at each file and names the one to open in its
 * place, or the reason why there is none. What FFI opens is none of it.
 */
#include "shim.h"

#include <dlfcn.h>
#include <unistd.h>

/* Why the last extension of this thread was refused; empty for errors of the loader itself. */
static __thread char fz_reason[2048];

/* php-src ext/standard/dl.c, Zend/zend_extensions.c: who opens extensions. All are exported. */
static bool fz_opens_extensions(void *caller)
{
	static const char *const functions[] = { "php_load_shlib", "php_load_extension", "zend_load_extension" };
	Dl_info info;

	if (!dladdr(caller, &info) || !info.dli_sname) {
		return false;
	}
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
		if (strcmp(info.dli_sname, functions[i]) == 0) {
			return true;
		}
	}
	return false;
}

static void *fz_dlopen(const char *file, int flags)
{
	char text[sizeof fz_reason];
	void *handle;

	fz_reason[0] = '\0';
	/* PHP tries several names; one that does not exist is for the loader to tell. */
	if (!file || !fz_opens_extensions(__builtin_return_address(0)) || access(file, F_OK) != 0) {
		return dlopen(file, flags);
	}
	if (fz_host->open_extension(file, text, sizeof text)) {
		snprintf(fz_reason, sizeof fz_reason, "%s", text);
		return NULL;
	}
#if PHP_VERSION_ID >= 80500 && defined(RTLD_DEEPBIND)
	/* Off by default there (php-src Zend/zend_portability.h); without it the host's symbols would come first. */
	flags |= RTLD_DEEPBIND;
#endif
	handle = dlopen(text, flags);
	if (handle) {
		fz_imports_of_library(handle);
	}
	return handle;
}

static char *fz_dlerror(void)
{
	static __thread char told[sizeof fz_reason];

	if (!fz_reason[0]) {
		return dlerror();
	}
	memcpy(told, fz_reason, sizeof told);
	fz_reason[0] = '\0';
	return told;
}

static const fz_import fz_extension_imports[] = {
	{ "dlopen", (void *) fz_dlopen },
	{ "dlerror", (void *) fz_dlerror },
	{ NULL, NULL },
};

static const char *fz_default_extension_dir;

void fz_extensions_defaults(HashTable *configuration)
{
	zval value;

	if (!fz_default_extension_dir) {
		return;
	}
	ZVAL_NEW_STR(&value, zend_string_init(fz_default_extension_dir, strlen(fz_default_extension_dir), 1));
	zend_hash_str_update(configuration, ZEND_STRL("extension_dir"), &value);
}

bool fz_extensions_install(const char *extension_dir)
{
	fz_default_extension_dir = extension_dir;
	return fz_imports_redirect(fz_extension_imports);
}
