/*
 * What the engine of the host has taken from scripts: functions of its modules that are not in the function table any more
 * (php-src Zend/zend_API.c, zend_disable_functions), and classes that zend_disable_class() has emptied. The settings
 * disable_functions and disable_classes do not say it all: FPM's php_admin_value replaces their values and adds to their effect.
 *
 * Threads: the host's thread only.
 */
#include "php.h"
#include "zend_ini.h"

/* The list is Rust's; nothing in here may leave by longjmp. */
typedef void (*fz_found)(void *list, const char *name, size_t len);

/* How many functions there are; between requests only disabling makes them fewer. */
uint32_t fz_host_functions(void)
{
	return zend_hash_num_elements(CG(function_table));
}

static bool fz_has_function(const char *name, size_t len)
{
	char lower[256], *key = len < sizeof lower ? lower : malloc(len + 1);
	const zend_function *function;

	if (!key) {
		return false; /* the stricter answer */
	}
	zend_str_tolower_copy(key, name, len);
	function = zend_hash_str_find_ptr(CG(function_table), key, len);
	if (key != lower) {
		free(key);
	}
	/* A script may declare a function of that name once it is disabled. */
	return function && function->type == ZEND_INTERNAL_FUNCTION;
}

/* The functions that modules have brought and scripts do not have. */
void fz_host_disabled_functions(fz_found found, void *list)
{
	const zend_module_entry *module;

	ZEND_HASH_FOREACH_PTR(&module_registry, module) {
		for (const zend_function_entry *entry = module->functions; entry && entry->fname; entry++) {
			const size_t len = strlen(entry->fname);

			if (!fz_has_function(entry->fname, len)) {
				found(list, entry->fname, len);
			}
		}
	} ZEND_HASH_FOREACH_END();
}

#if PHP_VERSION_ID < 80500 /* which has no disable_classes any more */

/* What makes an object of a disabled class: a function that php-src keeps to itself. */
static zend_object *(*fz_disabled_create)(zend_class_entry *class);

void fz_host_disabled_learn(void)
{
	static const char name[] = "FfiZts\\Internal\\Disabled", key[] = "ffizts\\internal\\disabled";
	zend_class_entry plain, *class;

	INIT_CLASS_ENTRY(plain, name, NULL);
	class = zend_register_internal_class(&plain);
	if (class && zend_disable_class(key, sizeof key - 1) == SUCCESS) {
		fz_disabled_create = class->create_object;
	}
	zend_hash_str_del(CG(class_table), key, sizeof key - 1);
}

void fz_host_disabled_classes(fz_found found, void *list)
{
	const zend_class_entry *class;

	ZEND_HASH_FOREACH_PTR(CG(class_table), class) {
		if (class->type == ZEND_INTERNAL_CLASS && class->create_object == fz_disabled_create && fz_disabled_create) {
			found(list, ZSTR_VAL(class->name), ZSTR_LEN(class->name));
		}
	} ZEND_HASH_FOREACH_END();
}

#else

void fz_host_disabled_learn(void)
{
}

void fz_host_disabled_classes(fz_found found, void *list)
{
	(void) found;
	(void) list;
}

#endif

/* The value that php.ini or -d gave a setting, whatever it is by now; NULL: none. Borrowed for the life of the process. */
const char *fz_host_configured(const char *name, size_t len, size_t *value_len)
{
	const zval *value = cfg_get_entry(name, len);

	if (!value || Z_TYPE_P(value) != IS_STRING) {
		return NULL;
	}
	*value_len = Z_STRLEN_P(value);
	return Z_STRVAL_P(value);
}
