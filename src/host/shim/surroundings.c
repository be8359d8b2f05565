/*
 * What jobs take over from the host's request, and whether it has changed: settings, directory, environment, umask, time zone,
 * included files. Tasks are submitted within a microsecond, so whether something has changed is told without a system call.
 *
 * Threads: the host's thread only.
 */
#include "php.h"
#include "php_ini.h"
#include "zend_modules.h"
#include "ext/date/php_date.h"

/* Calls of functions that change what jobs take over and PHP itself has no record of. */
static uint64_t fz_calls;

/* Those of umask(): what it is now costs a system call. */
static uint64_t fz_umask_calls;

#define FZ_COUNTED(name, calls) \
	static zif_handler fz_next_##name; \
	static ZEND_FUNCTION(fz_##name) \
	{ \
		calls++; \
		fz_next_##name(INTERNAL_FUNCTION_PARAM_PASSTHRU); \
	}

FZ_COUNTED(chdir, fz_calls)
FZ_COUNTED(chroot, fz_calls)
FZ_COUNTED(putenv, fz_calls)
FZ_COUNTED(umask, fz_umask_calls)

static void fz_count(const char *name, zif_handler counted, zif_handler *next)
{
	zend_function *function = zend_hash_str_find_ptr(CG(function_table), name, strlen(name));

	if (function && function->type == ZEND_INTERNAL_FUNCTION) {
		*next = function->internal_function.handler;
		function->internal_function.handler = counted;
	}
}

static zend_date_globals *fz_date;

/* Module startup only: calls that the JIT compiles go to the handler of this moment. */
void fz_host_surroundings_watch(void)
{
	zend_module_entry *date = zend_hash_str_find_ptr(&module_registry, ZEND_STRL("date"));

	fz_date = date ? date->globals_ptr : NULL;
	fz_count("chdir", ZEND_FN(fz_chdir), &fz_next_chdir);
	fz_count("chroot", ZEND_FN(fz_chroot), &fz_next_chroot);
	fz_count("putenv", ZEND_FN(fz_putenv), &fz_next_putenv);
	fz_count("umask", ZEND_FN(fz_umask), &fz_next_umask);
}

/* How often umask() was called. */
uint64_t fz_host_umask_calls(void)
{
	return fz_umask_calls;
}

/* The time zone that the script has set by date_default_timezone_set(), or "". Borrowed until it changes. */
const char *fz_host_zone(void)
{
	return fz_date && fz_date->timezone ? fz_date->timezone : "";
}

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
/* Of the moment when it was counted up: the files that the request had included, the calls, the time zone. */
static uint32_t fz_included;
static uint64_t fz_calls_known;
static char fz_zone_known[64];

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

static bool fz_zone_is_known(void)
{
	return strncmp(fz_host_zone(), fz_zone_known, sizeof fz_zone_known - 1) == 0;
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
	if (EXPECTED(fz_known && fz_calls + fz_umask_calls == fz_calls_known && fz_included == zend_hash_num_elements(&EG(included_files))
			&& fz_zone_is_known() && fz_settings_are_known())) {
		return fz_generation;
	}
	fz_host_generation_forget();
	/* Our RSHUTDOWN, which lets go of them, may be over: PHP code runs in those of other modules, a session's save handler for one. */
	if (EG(flags) & EG_FLAGS_IN_SHUTDOWN) {
		return ++fz_generation;
	}
	fz_settings_note();
	fz_included = zend_hash_num_elements(&EG(included_files));
	fz_calls_known = fz_calls + fz_umask_calls;
	snprintf(fz_zone_known, sizeof fz_zone_known, "%s", fz_host_zone());
	fz_known = true;
	return ++fz_generation;
}

/* The settings one by one, with their values of the request's start: false behind the last. Borrowed; `value` NULL: none. */
bool fz_host_setting_next(uint32_t *position, const char **name, size_t *name_len, const char **value, size_t *value_len)
{
	uint32_t at = 0;
	zend_ini_entry *entry;

	ZEND_HASH_FOREACH_PTR(EG(ini_directives), entry) {
		if (at++ >= *position) {
			const zend_string *first = entry->modified ? entry->orig_value : entry->value;

			*position = at;
			*name = ZSTR_VAL(entry->name);
			*name_len = ZSTR_LEN(entry->name);
			*value = first ? ZSTR_VAL(first) : NULL;
			*value_len = first ? ZSTR_LEN(first) : 0;
			return true;
		}
	} ZEND_HASH_FOREACH_END();
	return false;
}

/* The present value of a setting, or NULL: it has none, or there is no such setting. Borrowed until it changes. */
const char *fz_host_setting(const char *name, size_t len, size_t *value_len)
{
	const zend_ini_entry *entry = zend_hash_str_find_ptr(EG(ini_directives), name, len);

	if (!entry || !entry->value) {
		return NULL;
	}
	*value_len = ZSTR_LEN(entry->value);
	return ZSTR_VAL(entry->value);
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
