/*
 * What jobs take over from the host's request, and whether it has changed: settings, included files.
 *
 * Threads: the host's thread only.
 */
#include "php.h"
#include "php_ini.h"

/*
 * The settings that were changed in this request, and their values when they were read last: held, so that another value cannot
 * have the same address. Whatever changes a setting at run time lists it here (php-src Zend/zend_ini.c; error_reporting()).
 */
static struct {
	zend_ini_entry *entry;
	zend_string *value;
} *fz_modified;
static uint32_t fz_modified_count, fz_modified_size;
static bool fz_known;

static uint64_t fz_generation;
/* How many files the request had included then. */
static uint32_t fz_included;

static uint32_t fz_modified_now(void)
{
	return EG(modified_ini_directives) ? zend_hash_num_elements(EG(modified_ini_directives)) : 0;
}

static bool fz_settings_are_known(void)
{
	zend_ini_entry *entry;
	uint32_t at = 0;

	if (fz_modified_now() != fz_modified_count) {
		return false;
	}
	if (fz_modified_count == 0) {
		return true;
	}
	ZEND_HASH_FOREACH_PTR(EG(modified_ini_directives), entry) {
		if (entry != fz_modified[at].entry || entry->value != fz_modified[at].value) {
			return false;
		}
		at++;
	} ZEND_HASH_FOREACH_END();
	return true;
}

/* Notes the settings of this moment. */
static void fz_settings_note(void)
{
	const uint32_t count = fz_modified_now();
	zend_ini_entry *entry;

	if (count > fz_modified_size) {
		fz_modified = perealloc(fz_modified, count * sizeof *fz_modified, 1);
		fz_modified_size = count;
	}
	if (count) {
		ZEND_HASH_FOREACH_PTR(EG(modified_ini_directives), entry) {
			fz_modified[fz_modified_count].entry = entry;
			fz_modified[fz_modified_count].value = entry->value ? zend_string_copy(entry->value) : NULL;
			fz_modified_count++;
		} ZEND_HASH_FOREACH_END();
	}
}

/* The request ends: settings go back to their values of the start. */
void fz_host_generation_forget(void)
{
	for (uint32_t i = 0; i < fz_modified_count; i++) {
		if (fz_modified[i].value) {
			zend_string_release(fz_modified[i].value);
		}
	}
	fz_modified_count = 0;
	fz_known = false;
}

/* A number that changes when something of it does, and that is another each time once nothing can be held any more. */
uint64_t fz_host_generation(void)
{
	if (EXPECTED(fz_known && fz_included == zend_hash_num_elements(&EG(included_files)) && fz_settings_are_known())) {
		return fz_generation;
	}
	fz_host_generation_forget();
	/* Our RSHUTDOWN, which lets go of them, may be over: PHP code runs in those of other modules, a session's save handler for one. */
	if (EG(flags) & EG_FLAGS_IN_SHUTDOWN) {
		return ++fz_generation;
	}
	fz_settings_note();
	fz_included = zend_hash_num_elements(&EG(included_files));
	fz_known = true;
	return ++fz_generation;
}

static const char fz_autoload_name[] = "/autoload.php";
#define FZ_AUTOLOAD_LEN (sizeof fz_autoload_name - 1)

/* The directories that Composer's class loaders serve, by their names as keys; or NULL. Reads without running PHP code. */
static const HashTable *fz_composer_directories(void)
{
	zend_class_entry *loader = zend_hash_str_find_ptr(EG(class_table), ZEND_STRL("composer\\autoload\\classloader"));
	zend_property_info *info = loader ? zend_hash_str_find_ptr(&loader->properties_info, ZEND_STRL("registeredLoaders")) : NULL;
	zval *loaders;

	if (!info || !(info->flags & ZEND_ACC_STATIC) || !CE_STATIC_MEMBERS(loader)) {
		return NULL;
	}
	loaders = CE_STATIC_MEMBERS(loader) + info->offset;
	ZVAL_DEINDIRECT(loaders);
	ZVAL_DEREF(loaders);
	return Z_TYPE_P(loaders) == IS_ARRAY ? Z_ARRVAL_P(loaders) : NULL;
}

/* Composer's, by its usual directory, or by what its class loader says (the setting `vendor-dir`). */
static bool fz_is_autoloader(const zend_string *path, const HashTable *directories)
{
	static const char usual[] = "/vendor";
	size_t directory;

	if (ZSTR_LEN(path) <= FZ_AUTOLOAD_LEN || memcmp(ZSTR_VAL(path) + ZSTR_LEN(path) - FZ_AUTOLOAD_LEN, fz_autoload_name, FZ_AUTOLOAD_LEN)) {
		return false;
	}
	directory = ZSTR_LEN(path) - FZ_AUTOLOAD_LEN;
	if (directory >= sizeof usual - 1 && !memcmp(ZSTR_VAL(path) + directory - (sizeof usual - 1), usual, sizeof usual - 1)) {
		return true;
	}
	return directories && zend_hash_str_exists(directories, ZSTR_VAL(path), directory);
}

/* Composer's autoloaders among the files that this request has included: the next one behind `position`, or NULL. Borrowed. */
const char *fz_host_autoloader(uint32_t *position, size_t *len)
{
	const HashTable *directories = fz_composer_directories();
	uint32_t at = 0;
	zend_string *path;

	ZEND_HASH_FOREACH_STR_KEY(&EG(included_files), path) {
		if (at++ >= *position && path && fz_is_autoloader(path, directories)) {
			*position = at;
			*len = ZSTR_LEN(path);
			return ZSTR_VAL(path);
		}
	} ZEND_HASH_FOREACH_END();
	return NULL;
}
