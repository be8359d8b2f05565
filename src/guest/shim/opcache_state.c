/*
 * Is opcache on in this guest, and its JIT, and if not, why.
 *
 * opcache switches itself off without an error: for an unknown SAPI name, without opcache.enable_cli, its JIT for the sake of
 * other extensions or for want of memory. What it says about itself stands in phpinfo() and in the warnings of module startup;
 * both are read here, once, on the boot thread.
 */
#include "shim.h"

#include <dlfcn.h>

#define FZ_WORDS 256

static fz_opcache fz_state;                        /* written by the boot thread before there is another */
static char fz_startup_words[FZ_WORDS];            /* the first warning about opcache */
static char fz_jit_words[FZ_WORDS];                /* the first warning about the JIT */
static bool fz_demands_opcache, fz_demands_jit;
static void (*fz_next_error)(int type, zend_string *file, const uint32_t line, zend_string *message);

static void fz_note(char *words, const char *message)
{
	if (!*words) {
		snprintf(words, FZ_WORDS, "%s", message);
	}
}

static void fz_listening(int type, zend_string *file, const uint32_t line, zend_string *message)
{
	const char *text = ZSTR_VAL(message);

	if (strncmp(text, "JIT ", 4) == 0) {
		fz_note(fz_jit_words, text);
	} else if (strstr(text, "OPcache") || strstr(text, "opcache")) {
		fz_note(fz_startup_words, text);
	}
	fz_next_error(type, file, line, message);
}

void fz_opcache_listen(void)
{
	if (!fz_next_error) {
		fz_next_error = zend_error_cb;
		zend_error_cb = fz_listening;
	} else if (zend_error_cb == fz_listening) {
		zend_error_cb = fz_next_error;
	}
}

/* The value of a row of phpinfo() as text; `value` is FZ_WORDS long, empty where there is no such row. */
static bool fz_row(const char *text, const char *name, char *value)
{
	size_t length = strlen(name);

	*value = '\0';
	for (const char *line = text; line && *line; line = strchr(line, '\n'), line += line != NULL) {
		if (strncmp(line, name, length) == 0 && strncmp(line + length, " => ", 4) == 0) {
			snprintf(value, FZ_WORDS, "%.*s", (int) strcspn(line + length + 4, "\n"), line + length + 4);
			return true;
		}
	}
	return false;
}

/* An effective setting; empty where opcache has none of that name. */
static const char *fz_setting(const char *name)
{
	const char *value = zend_ini_string((char *) name, strlen(name), 0);

	return value ? value : "";
}

/* Whether an ini file or the boot's options name the setting. */
static bool fz_is_given(const char *name)
{
	return cfg_get_entry(name, strlen(name)) != NULL;
}

static bool fz_is_true(const char *value)
{
	return *value && (atoi(value) || !strcasecmp(value, "on") || !strcasecmp(value, "yes") || !strcasecmp(value, "true"));
}

/* As zend_jit_config() reads opcache.jit. */
static bool fz_is_jit(const char *value)
{
	static const char *const off[] = { "", "0", "off", "no", "false", "disable" };

	for (size_t i = 0; i < sizeof off / sizeof *off; i++) {
		if (strcasecmp(value, off[i]) == 0) {
			return false;
		}
	}
	return true;
}

/* A file of its own: somebody named it. From 8.5 on it is part of libphp. */
static bool fz_is_extension_file(const zend_module_entry *opcache)
{
	Dl_info own, libphp;

	return dladdr((const void *) opcache->info_func, &own) && dladdr(&sapi_module, &libphp) && own.dli_fbase != libphp.dli_fbase;
}

static void fz_judge_opcache(const zend_module_entry *opcache, const char *rows)
{
	char row[FZ_WORDS];
	bool enabled = fz_is_true(fz_setting("opcache.enable")), cli = strcmp(sapi_module.name, "cli") == 0;
	zval *given;

	if (!opcache) {
		snprintf(fz_state.opcache, sizeof fz_state.opcache, "not loaded");
		given = cfg_get_entry("opcache.enable", strlen("opcache.enable"));
		fz_demands_opcache = given && Z_TYPE_P(given) == IS_STRING && fz_is_true(Z_STRVAL_P(given));
		return;
	}
	fz_state.loaded = 1;
	fz_row(rows, "Opcode Caching", row);
	fz_state.enabled = strcmp(row, "Up and Running") == 0;
	fz_demands_opcache = enabled && (fz_is_extension_file(opcache) || fz_is_given("opcache.enable"));
	if (fz_state.enabled && fz_is_true(fz_setting("opcache.file_cache_only"))) {
		snprintf(fz_state.opcache, sizeof fz_state.opcache, "on, in files only: %s", fz_setting("opcache.file_cache"));
	} else if (fz_state.enabled) {
		snprintf(fz_state.opcache, sizeof fz_state.opcache, "on, %s MB of memory", fz_setting("opcache.memory_consumption"));
	} else if (!enabled) {
		snprintf(fz_state.opcache, sizeof fz_state.opcache, "off: opcache.enable=0");
	} else if (cli && !fz_is_true(fz_setting("opcache.enable_cli"))) {
		snprintf(fz_state.opcache, sizeof fz_state.opcache, "off: the SAPI name is cli and opcache.enable_cli is 0");
	} else if (fz_row(rows, "Startup Failed", row) && *row) {
		snprintf(fz_state.opcache, sizeof fz_state.opcache, "off: %s (SAPI name %s)", row, sapi_module.name);
	} else {
		snprintf(fz_state.opcache, sizeof fz_state.opcache, "off: %s", *fz_startup_words ? fz_startup_words : "opcache does not say why");
	}
}

static void fz_judge_jit(const char *rows)
{
	char row[FZ_WORDS];
	const char *value = fz_setting("opcache.jit"), *buffer = fz_setting("opcache.jit_buffer_size");
	bool has_buffer = ZEND_STRTOL(buffer, NULL, 0) > 0;

	fz_row(rows, "JIT", row);
	fz_state.jit = fz_state.enabled && strcmp(row, "On") == 0;
	fz_demands_jit = fz_state.loaded && fz_is_jit(value) && (has_buffer || fz_is_given("opcache.jit"));
	if (fz_state.jit) {
		snprintf(fz_state.jit_words, sizeof fz_state.jit_words, "on, %s, a buffer of %s", value, buffer);
	} else if (!fz_state.enabled) {
		snprintf(fz_state.jit_words, sizeof fz_state.jit_words, "off: opcache is");
	} else if (*fz_jit_words) {
		snprintf(fz_state.jit_words, sizeof fz_state.jit_words, "off: %s", fz_jit_words);
	} else if (strcmp(row, "Not Available") == 0) {
		fz_demands_jit = fz_is_given("opcache.jit");
		snprintf(fz_state.jit_words, sizeof fz_state.jit_words, "off: this opcache was built without it");
	} else if (fz_is_true(fz_setting("opcache.file_cache_only"))) {
		snprintf(fz_state.jit_words, sizeof fz_state.jit_words, "off: opcache.file_cache_only=1");
	} else if (!fz_is_jit(value)) {
		snprintf(fz_state.jit_words, sizeof fz_state.jit_words, "off: opcache.jit=%s", *value ? value : "off");
	} else if (!has_buffer) {
		snprintf(fz_state.jit_words, sizeof fz_state.jit_words, "off: opcache.jit_buffer_size is 0");
	} else {
		snprintf(fz_state.jit_words, sizeof fz_state.jit_words, "off: opcache does not say why");
	}
}

void fz_opcache_verify(void)
{
	zend_module_entry *opcache = zend_hash_str_find_ptr(&module_registry, ZEND_STRL("zend opcache"));
	zval rows;

	ZVAL_EMPTY_STRING(&rows);
	if (opcache && opcache->info_func && php_output_start_default() == SUCCESS) {
		opcache->info_func(opcache);
		php_output_get_contents(&rows);
		php_output_discard();
	}
	fz_judge_opcache(opcache, Z_STRVAL(rows));
	fz_judge_jit(Z_STRVAL(rows));
	zval_ptr_dtor(&rows);
}

bool fz_opcache_demand(fz_error *error)
{
	if (fz_demands_opcache && !fz_state.loaded) {
		fz_fail(error, "opcache.enable is on, but opcache is not loaded: name it in the option `extensions`");
	} else if (fz_demands_opcache && !fz_state.enabled) {
		fz_fail(error, "opcache is asked for and not active, it is %s; set opcache.enable=0 to do without", fz_state.opcache);
	} else if (fz_demands_jit && !fz_state.jit) {
		fz_fail(error, "the JIT is asked for and not active, it is %s; set opcache.jit=disable to do without", fz_state.jit_words);
	} else if (fz_state.enabled && fz_is_true(fz_setting("opcache.protect_memory"))) {
		fz_fail(error, "opcache.protect_memory=1 cannot work here: a thread that protects the memory again protects it from all "
			"other threads, which may be writing");
	} else {
		return true;
	}
	return false;
}

void fz_opcache_tell(fz_opcache *state)
{
	bool pending;

	*state = fz_state;
	state->size = sizeof *state;
	fz_opcache_restarts(&state->restarts, &pending);
	state->restart_pending = pending;
}
