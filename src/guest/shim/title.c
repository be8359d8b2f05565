/*
 * The title of the process, under `ffi-zts run`: there the process exists for this one script, as php-cli's does.
 *
 * php-cli moves its arguments and its environment to other memory when it starts, and writes titles where they have been
 * (php-src sapi/cli/ps_title.c, which exports nothing). The kernel shows what is there. Here the same place is found by what the
 * kernel says about it (proc(5), /proc/pid/stat, fields 48 to 51), and written as php-cli does it.
 */
#include "shim.h"

#include <pthread.h>
#include <stdio.h>

extern char **environ;

/* Where titles go; NULL: there is no place, for a host that has not moved its arguments. */
static struct {
	char *start;
	size_t size; /* with the closing NUL */
} fz_place;

static pthread_once_t fz_place_once = PTHREAD_ONCE_INIT;
static bool fz_title_set;

static void fz_place_find(void)
{
	unsigned long start, arguments_end, environment_start, end;
	char text[4096], *at;
	FILE *file = fopen("/proc/self/stat", "re");
	size_t len = file ? fread(text, 1, sizeof text - 1, file) : 0;

	if (file) {
		fclose(file);
	}
	text[len] = '\0';
	/* The second field is a name in parentheses, which may hold anything. */
	at = strrchr(text, ')');
	for (int field = 2; at && field < 48; field++) {
		at = strchr(at + 1, ' ');
	}
	if (!at || sscanf(at, "%lu %lu %lu %lu", &start, &arguments_end, &environment_start, &end) != 4 || !start) {
		return;
	}
	if (arguments_end != environment_start) {
		end = arguments_end;
	}
	for (char **variable = environ; variable && *variable; variable++) {
		if ((uintptr_t) *variable >= start && (uintptr_t) *variable < end) {
			return;
		}
	}
	fz_place.start = (char *) start;
	fz_place.size = end - start;
}

bool fz_title_available(void)
{
	pthread_once(&fz_place_once, fz_place_find);
	return fz_place.start && fz_place.size > 1;
}

static bool fz_title_may(void)
{
	if (!fz_now.as_cli) {
		php_error_docref(NULL, E_WARNING, "the title of the process is the host's; set it there");
		return false;
	}
	if (!fz_title_available()) {
		php_error_docref(NULL, E_WARNING, "%s had an error: %s", get_active_function_name(), "Not initialized correctly");
		return false;
	}
	return true;
}

ZEND_FUNCTION(fz_set_title)
{
	char *title;
	size_t len;

	if (zend_parse_parameters(ZEND_NUM_ARGS(), "s", &title, &len) == FAILURE) {
		RETURN_THROWS();
	}
	if (!fz_title_may()) {
		RETURN_FALSE;
	}
	/* As php-cli: up to the first NUL, and what does not fit is cut. */
	len = MIN(strlen(title), fz_place.size - 1);
	memcpy(fz_place.start, title, len);
	memset(fz_place.start + len, 0, fz_place.size - len);
	fz_title_set = true;
	RETURN_TRUE;
}

/* Of what this script has set; php-cli's title is empty until then. */
ZEND_FUNCTION(fz_get_title)
{
	ZEND_PARSE_PARAMETERS_NONE();
	if (!fz_title_may()) {
		RETURN_NULL();
	}
	RETURN_STR(fz_title_set ? zend_string_init(fz_place.start, strnlen(fz_place.start, fz_place.size), 0) : ZSTR_EMPTY_ALLOC());
}
