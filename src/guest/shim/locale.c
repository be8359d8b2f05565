/*
 * setlocale() of a job changes the locale of its thread only.
 *
 * The C library's setlocale() is process-wide: a guest's call, and the reset at its request end (php-src
 * ext/standard/basic_functions.c), changed the host's. Here setlocale() builds a locale object with newlocale() and
 * installs it with uselocale(), which every function of the C library on this thread obeys; BG(locale_changed) stays
 * unset, so the engine never resets the process's locale.
 */
#include "shim.h"

#include "ext/standard/basic_functions.h"

#include <locale.h>

/* Category numbers are glibc's: LC_CTYPE 0 … LC_MESSAGES 5, LC_ALL 6, LC_PAPER 7 … LC_IDENTIFICATION 12. */
static const struct {
	int category, mask;
	const char *name;
} fz_categories[] = {
	{ LC_CTYPE, LC_CTYPE_MASK, "LC_CTYPE" },
	{ LC_NUMERIC, LC_NUMERIC_MASK, "LC_NUMERIC" },
	{ LC_TIME, LC_TIME_MASK, "LC_TIME" },
	{ LC_COLLATE, LC_COLLATE_MASK, "LC_COLLATE" },
	{ LC_MONETARY, LC_MONETARY_MASK, "LC_MONETARY" },
	{ LC_MESSAGES, LC_MESSAGES_MASK, "LC_MESSAGES" },
	{ LC_PAPER, LC_PAPER_MASK, "LC_PAPER" },
	{ LC_NAME, LC_NAME_MASK, "LC_NAME" },
	{ LC_ADDRESS, LC_ADDRESS_MASK, "LC_ADDRESS" },
	{ LC_TELEPHONE, LC_TELEPHONE_MASK, "LC_TELEPHONE" },
	{ LC_MEASUREMENT, LC_MEASUREMENT_MASK, "LC_MEASUREMENT" },
	{ LC_IDENTIFICATION, LC_IDENTIFICATION_MASK, "LC_IDENTIFICATION" },
};
#define FZ_CATEGORIES (sizeof fz_categories / sizeof *fz_categories)

/* Name of the locale that is in force for a category on this thread. */
static const char *fz_locale_name(int category)
{
	const char *name = fz_now.locale_names[category];

	/* setlocale() with NULL only reads; the process's locale is not changed by any guest. */
	return name ? name : setlocale(category, NULL);
}

/* What setlocale(LC_ALL, NULL) would say: one name, or a list where the categories differ. */
static zend_string *fz_locale_describe(int category)
{
	bool same = true;

	if (category != LC_ALL) {
		const char *name = fz_locale_name(category);
		return name ? zend_string_init(name, strlen(name), 0) : NULL;
	}
	for (size_t i = 1; i < FZ_CATEGORIES && same; i++) {
		same = strcmp(fz_locale_name(fz_categories[i].category), fz_locale_name(LC_CTYPE)) == 0;
	}
	if (same) {
		return fz_locale_describe(LC_CTYPE);
	}
	char text[13 * 300];
	size_t len = 0;
	for (size_t i = 0; i < FZ_CATEGORIES; i++) {
		len += (size_t) snprintf(text + len, sizeof text - len, "%s%s=%s", i ? ";" : "", fz_categories[i].name,
			fz_locale_name(fz_categories[i].category));
	}
	return zend_string_init(text, MIN(len, sizeof text - 1), 0);
}

/* The name that an empty locale name stands for, by the environment of the job. */
static const char *fz_locale_from_environment(const char *category)
{
	static const char *const order[] = { "LC_ALL", NULL, "LANG" };

	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		zval arg, value;
		const char *found = NULL;

		ZVAL_STRING(&arg, order[i] ? order[i] : category);
		ZVAL_UNDEF(&value);
		zend_function *getenv_function = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("getenv"));
		if (getenv_function) {
			zend_call_known_function(getenv_function, NULL, NULL, &value, 1, &arg, NULL);
		}
		if (Z_TYPE(value) == IS_STRING && Z_STRLEN(value)) {
			/* The environment keeps the string: it lives as long as the request or the next putenv(). */
			found = Z_STRVAL(value);
		}
		zval_ptr_dtor(&value);
		zval_ptr_dtor(&arg);
		if (found) {
			return found;
		}
	}
	return "C";
}

/* The part of a "LC_CTYPE=a;LC_NUMERIC=b" list for one category, into `out`; false when it is missing. */
static bool fz_locale_part(const char *list, const char *category, char *out, size_t size)
{
	size_t len = strlen(category);

	while (list && *list) {
		const char *end = strchrnul(list, ';');
		if (strncmp(list, category, len) == 0 && list[len] == '=') {
			size_t n = (size_t) (end - list) - len - 1;
			if (n >= size) {
				return false;
			}
			memcpy(out, list + len + 1, n);
			out[n] = '\0';
			return true;
		}
		list = *end ? end + 1 : NULL;
	}
	return false;
}

/* Changes the categories on this thread, all or none. */
static bool fz_locale_change(int category, const char *wanted)
{
	locale_t base = fz_now.locale ? duplocale(fz_now.locale) : duplocale(LC_GLOBAL_LOCALE);
	char names[FZ_CATEGORIES][256];

	for (size_t i = 0; base && i < FZ_CATEGORIES; i++) {
		const char *name = wanted;
		locale_t changed;

		names[i][0] = '\0';
		if (category != LC_ALL && category != fz_categories[i].category) {
			continue;
		}
		if (category == LC_ALL && strchr(wanted, '=')) {
			if (!fz_locale_part(wanted, fz_categories[i].name, names[i], sizeof names[i])) {
				freelocale(base);
				return false;
			}
			name = names[i];
		} else if (*wanted == '\0') {
			name = fz_locale_from_environment(fz_categories[i].name);
		}
		if (strcmp(name, "POSIX") == 0) {
			name = "C";
		}
		if (name != names[i]) {
			strncpy(names[i], name, sizeof names[i] - 1);
			names[i][sizeof names[i] - 1] = '\0';
		}
		changed = newlocale(fz_categories[i].mask, names[i], base);
		if (!changed) {
			freelocale(base);
			return false;
		}
		base = changed;
	}
	if (!base) {
		return false;
	}
	uselocale(base);
	if (fz_now.locale) {
		freelocale(fz_now.locale);
	}
	fz_now.locale = base;
	for (size_t i = 0; i < FZ_CATEGORIES; i++) {
		if (names[i][0]) {
			free(fz_now.locale_names[fz_categories[i].category]);
			fz_now.locale_names[fz_categories[i].category] = strdup(names[i]);
		}
	}
	return true;
}

/* One candidate of setlocale(): a new string, or NULL when the system does not have that locale. */
static zend_string *fz_locale_try(zend_long category, zval *candidate)
{
	zend_string *tmp, *name = zval_try_get_tmp_string(candidate, &tmp), *result = NULL;

	if (!name) {
		return NULL;
	}
	if (category < 0 || category > LC_IDENTIFICATION) {
		/* as the C library: unknown categories fail */
	} else if (zend_string_equals_literal(name, "0")) {
		result = fz_locale_describe((int) category);
	} else if (ZSTR_LEN(name) >= 255) {
		php_error_docref(NULL, E_WARNING, "Specified locale name is too long");
	} else if (fz_locale_change((int) category, ZSTR_VAL(name))) {
		result = fz_locale_describe((int) category);
		if (category == LC_CTYPE || category == LC_ALL) {
			const char *ctype = fz_locale_name(LC_CTYPE);

			zend_update_current_locale();
			if (BG(ctype_string)) {
				zend_string_release_ex(BG(ctype_string), 0);
			}
			BG(ctype_string) = strcmp(ctype, "C") == 0 ? NULL : zend_string_init(ctype, strlen(ctype), 0);
		}
	}
	zend_tmp_string_release(tmp);
	return result;
}

static ZEND_FUNCTION(fz_setlocale)
{
	zend_long category;
	zval *args = NULL;
	uint32_t count;

	ZEND_PARSE_PARAMETERS_START(2, -1)
		Z_PARAM_LONG(category)
		Z_PARAM_VARIADIC('+', args, count)
	ZEND_PARSE_PARAMETERS_END();

	for (uint32_t i = 0; i < count; i++) {
		zval *candidate = &args[i];
		zend_string *result = NULL;

		if (Z_TYPE_P(candidate) == IS_ARRAY) {
			zval *element;
			ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(candidate), element) {
				result = fz_locale_try(category, element);
				if (result || EG(exception)) {
					break;
				}
			} ZEND_HASH_FOREACH_END();
		} else {
			result = fz_locale_try(category, candidate);
		}
		if (EG(exception)) {
			RETURN_THROWS();
		}
		if (result) {
			RETURN_STR(result);
		}
	}
	RETURN_FALSE;
}

void fz_locale_install(void)
{
	fz_replace_function("setlocale", ZEND_FN(fz_setlocale));
}

void fz_locale_end(void)
{
	if (fz_now.locale) {
		/* The engine would release this at request end only if BG(locale_changed) were set. */
		if (BG(ctype_string)) {
			zend_string_release_ex(BG(ctype_string), 0);
			BG(ctype_string) = NULL;
		}
		uselocale(LC_GLOBAL_LOCALE);
		freelocale(fz_now.locale);
		fz_now.locale = (locale_t) 0;
		for (size_t i = 0; i < sizeof fz_now.locale_names / sizeof *fz_now.locale_names; i++) {
			free(fz_now.locale_names[i]);
			fz_now.locale_names[i] = NULL;
		}
		zend_update_current_locale();
	}
}
