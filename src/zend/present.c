/*
 * What the running request has changed of what jobs take over, as far as PHP has a record of it: settings, time zone, included files.
 * On both sides: what the host is to its jobs, a job is to those that it starts.
 */
#include "present.h"

#include "zend_modules.h"

#ifdef ZTS
# define FZ_OWN static __thread
static ts_rsrc_id fz_date_id;
#else
# define FZ_OWN static
static zend_date_globals *fz_date;
#endif

void fz_present_install(void)
{
	zend_module_entry *date = zend_hash_str_find_ptr(&module_registry, ZEND_STRL("date"));

#ifdef ZTS
	fz_date_id = date && date->globals_id_ptr ? *date->globals_id_ptr : 0;
#else
	fz_date = date ? date->globals_ptr : NULL;
#endif
}

zend_date_globals *fz_present_date(void)
{
#ifdef ZTS
	return fz_date_id ? TSRMG_BULK(fz_date_id, zend_date_globals *) : NULL;
#else
	return fz_date;
#endif
}

const char *fz_present_zone(void)
{
	const zend_date_globals *date = fz_present_date();

	return date && date->timezone ? date->timezone : "";
}

/*
 * What was noted last: the settings that the request has changed, with their values, which are held, so that another value cannot have the
 * same address. Whatever changes a setting at run time lists it there (php-src Zend/zend_ini.c; error_reporting()).
 */
typedef struct {
	bool known;
	uint32_t included; /* files */
	uint32_t count, size;
	struct {
		zend_ini_entry *entry;
		zend_string *value;
	} *settings;
	char zone[64];
} fz_noted;

FZ_OWN fz_noted fz_last;

static zend_always_inline uint32_t fz_modified(void)
{
	return EG(modified_ini_directives) ? zend_hash_num_elements(EG(modified_ini_directives)) : 0;
}

static bool fz_has_settings(const fz_noted *noted)
{
	zend_ini_entry *entry;
	uint32_t at = 0;

	if (fz_modified() != noted->count) {
		return false;
	}
	if (noted->count == 0) {
		return true;
	}
	ZEND_HASH_FOREACH_PTR(EG(modified_ini_directives), entry) {
		if (entry != noted->settings[at].entry || entry->value != noted->settings[at].value) {
			return false;
		}
		at++;
	} ZEND_HASH_FOREACH_END();
	return true;
}

static bool fz_has_zone(const fz_noted *noted)
{
	const char *zone = fz_present_zone();

	return *zone == *noted->zone && (!*zone || strncmp(zone, noted->zone, sizeof noted->zone - 1) == 0);
}

bool fz_present_is_known(void)
{
	const fz_noted *noted = &fz_last;

	return noted->known && noted->included == zend_hash_num_elements(&EG(included_files))
		&& fz_has_zone(noted) && fz_has_settings(noted);
}

static void fz_note_settings(fz_noted *noted)
{
	const uint32_t count = fz_modified();
	zend_ini_entry *entry;

	if (count > noted->size) {
		noted->settings = perealloc(noted->settings, count * sizeof *noted->settings, 1);
		noted->size = count;
	}
	if (count) {
		ZEND_HASH_FOREACH_PTR(EG(modified_ini_directives), entry) {
			noted->settings[noted->count].entry = entry;
			noted->settings[noted->count].value = entry->value ? zend_string_copy(entry->value) : NULL;
			noted->count++;
		} ZEND_HASH_FOREACH_END();
	}
}

void fz_present_forget(void)
{
	fz_noted *noted = &fz_last;

	for (uint32_t i = 0; i < noted->count; i++) {
		if (noted->settings[i].value) {
			zend_string_release(noted->settings[i].value);
		}
	}
	noted->count = 0;
	noted->known = false;
}

void fz_present_note(void)
{
	fz_noted *noted = &fz_last;

	fz_present_forget();
	fz_note_settings(noted);
	noted->included = zend_hash_num_elements(&EG(included_files));
	snprintf(noted->zone, sizeof noted->zone, "%s", fz_present_zone());
	noted->known = true;
}

void fz_present_end(void)
{
	fz_present_forget();
	pefree(fz_last.settings, 1);
	memset(&fz_last, 0, sizeof fz_last);
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

const char *fz_present_autoloader(uint32_t *position, size_t *len)
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
