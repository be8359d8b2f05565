/*
 * Functions of the C library that answer in memory that all threads share.
 *
 * php-src calls them without a lock, or under one that each libphp has for itself. The host's thread may be in the same function,
 * for its own PHP or for a library. So the calls of libphp and of the guest's extensions come here (imports.c) and are answered in
 * memory of the calling thread; what the C library keeps is the host's alone.
 */
#include "shim.h"

#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <netdb.h>

/* --- services and protocols --- */

/* Of an entry with its aliases. An entry that does not fit is not found. */
#define FZ_ENTRY_SIZE 4096

static __thread struct servent fz_service;
static __thread struct protoent fz_protocol;
static __thread char fz_entry[FZ_ENTRY_SIZE];

static struct servent *fz_getservbyname(const char *name, const char *protocol)
{
	struct servent *found;

	return getservbyname_r(name, protocol, &fz_service, fz_entry, sizeof fz_entry, &found) == 0 ? found : NULL;
}

static struct servent *fz_getservbyport(int port, const char *protocol)
{
	struct servent *found;

	return getservbyport_r(port, protocol, &fz_service, fz_entry, sizeof fz_entry, &found) == 0 ? found : NULL;
}

static struct protoent *fz_getprotobyname(const char *name)
{
	struct protoent *found;

	return getprotobyname_r(name, &fz_protocol, fz_entry, sizeof fz_entry, &found) == 0 ? found : NULL;
}

static struct protoent *fz_getprotobynumber(int number)
{
	struct protoent *found;

	return getprotobynumber_r(number, &fz_protocol, fz_entry, sizeof fz_entry, &found) == 0 ? found : NULL;
}

/* --- localeconv() --- */

#ifdef __GLIBC__
/* glibc locale/localeconv.c: what is not there in a locale is the largest char. */
static char fz_locale_char(nl_item item)
{
	char value = *nl_langinfo(item);

	return value == (char) UCHAR_MAX ? CHAR_MAX : value;
}

/* What is grouped by nothing says so by the largest char, or by an empty string. */
static char *fz_locale_grouping(nl_item item)
{
	char *value = nl_langinfo(item);

	return *value == CHAR_MAX || *value == (char) UCHAR_MAX ? (char *) "" : value;
}

static void fz_locale_money(struct lconv *convention)
{
	convention->int_curr_symbol = nl_langinfo(__INT_CURR_SYMBOL);
	convention->currency_symbol = nl_langinfo(__CURRENCY_SYMBOL);
	convention->mon_decimal_point = nl_langinfo(__MON_DECIMAL_POINT);
	convention->mon_thousands_sep = nl_langinfo(__MON_THOUSANDS_SEP);
	convention->mon_grouping = fz_locale_grouping(__MON_GROUPING);
	convention->positive_sign = nl_langinfo(__POSITIVE_SIGN);
	convention->negative_sign = nl_langinfo(__NEGATIVE_SIGN);
	convention->int_frac_digits = fz_locale_char(__INT_FRAC_DIGITS);
	convention->frac_digits = fz_locale_char(__FRAC_DIGITS);
	convention->p_cs_precedes = fz_locale_char(__P_CS_PRECEDES);
	convention->p_sep_by_space = fz_locale_char(__P_SEP_BY_SPACE);
	convention->n_cs_precedes = fz_locale_char(__N_CS_PRECEDES);
	convention->n_sep_by_space = fz_locale_char(__N_SEP_BY_SPACE);
	convention->p_sign_posn = fz_locale_char(__P_SIGN_POSN);
	convention->n_sign_posn = fz_locale_char(__N_SIGN_POSN);
	convention->int_p_cs_precedes = fz_locale_char(__INT_P_CS_PRECEDES);
	convention->int_p_sep_by_space = fz_locale_char(__INT_P_SEP_BY_SPACE);
	convention->int_n_cs_precedes = fz_locale_char(__INT_N_CS_PRECEDES);
	convention->int_n_sep_by_space = fz_locale_char(__INT_N_SEP_BY_SPACE);
	convention->int_p_sign_posn = fz_locale_char(__INT_P_SIGN_POSN);
	convention->int_n_sign_posn = fz_locale_char(__INT_N_SIGN_POSN);
}

/* PHP's own formatting (main/snprintf.c), for each number: it looks at the decimal point only, and money takes 0.1 µs. */
static bool fz_formats_numbers(void)
{
	const zend_execute_data *call = fz_now.owner ? EG(current_execute_data) : NULL;
	const zend_internal_function *function = call && call->func ? &call->func->internal_function : NULL;

	return function && function->type == ZEND_INTERNAL_FUNCTION && function->module && strcmp(function->module->name, "standard") == 0
		&& !zend_string_equals_literal(function->function_name, "localeconv");
}

static struct lconv *fz_localeconv(void)
{
	static __thread struct lconv convention;

	convention.decimal_point = nl_langinfo(RADIXCHAR);
	convention.thousands_sep = nl_langinfo(THOUSEP);
	convention.grouping = fz_locale_grouping(__GROUPING);
	if (!fz_formats_numbers()) {
		fz_locale_money(&convention);
	}
	return &convention;
}
#endif

const fz_import fz_static_imports[] = {
	{ "getservbyname", (void *) fz_getservbyname },
	{ "getservbyport", (void *) fz_getservbyport },
	{ "getprotobyname", (void *) fz_getprotobyname },
	{ "getprotobynumber", (void *) fz_getprotobynumber },
#ifdef __GLIBC__
	{ "localeconv", (void *) fz_localeconv },
#endif
	{ NULL, NULL },
};
