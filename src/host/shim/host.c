/*
 * The host half's C shim: calls into the host's engine that may leave by longjmp are made here under zend_try, so that
 * Rust sees a return value instead; and what php-src offers only as macros or to C.
 *
 * Threads: the host's thread only.
 */
#include "php.h"
#include "fopen_wrappers.h"
#include "php_ini.h"
#include "php_output.h"
#include "php_streams.h"
#include "SAPI.h"
#include "ext/spl/spl_exceptions.h"
#include "ext/standard/info.h"
#include "zend_ini_scanner.h"
#include "zend_smart_str.h"
#include "zend_stream.h"

#include "../../zend/fz.h"

#include <dlfcn.h>

/* What a guarded call came to. */
enum { FZ_OK = 0, FZ_BAILED_OUT = 1, FZ_THROWN = 2 };

static int fz_after(void)
{
	return EG(exception) ? FZ_THROWN : FZ_OK;
}

/* Whether the VM wants control: a signal handler to run, or the time limit. */
bool fz_host_interrupted(void)
{
	return zend_atomic_bool_load(&EG(vm_interrupt));
}

/* What the VM does at an interrupt, from inside a function. */
int fz_host_dispatch(void)
{
	volatile int outcome = FZ_OK;

	zend_try {
		fz_interrupted();
		outcome = fz_after();
	} zend_catch {
		outcome = FZ_BAILED_OUT;
	} zend_end_try();
	return outcome;
}

/*
 * Without these two a php crashes at the first exception: disable_classes empties a class, and the engine goes on to throw it. So there is
 * nothing but a fatal error to say it with. FZ_OK, or FZ_BAILED_OUT after one.
 */
int fz_host_refuse_emptied(void)
{
	const zend_class_entry *needed[] = { zend_ce_exception, zend_ce_error };

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		if (zend_hash_num_elements(&needed[i]->function_table) == 0) {
			zend_try {
				zend_error_noreturn(E_ERROR, "ffi_zts cannot be used: disable_classes names %s, without which PHP crashes; take it out there",
					ZSTR_VAL(needed[i]->name));
			} zend_end_try();
			return FZ_BAILED_OUT;
		}
	}
	return FZ_OK;
}

/* Leaves by longjmp to the host's outer zend_try; the caller holds nothing that wants releasing. */
ZEND_NORETURN void fz_host_bailout(void)
{
	zend_bailout();
}

/* What was written while it could not be given out. Of Zend's heap, and so within memory_limit, as PHP's own output buffers are. */
static smart_str fz_held;
/* php_output_write() is being called here. */
static bool fz_writing;

/*
 * Whether output is held back now. While an output handler runs (ob_start()'s callback), php-src drops what is written: it goes
 * behind the data that the handler was given, and with it when the handler returns. What a callback within our own write, such as
 * header_register_callback()'s, brings along comes after that write.
 */
bool fz_host_holds_back(void)
{
	return fz_writing || (php_output_get_status() & PHP_OUTPUT_LOCKED);
}

/* Whether anything was held back. */
bool fz_host_has_held(void)
{
	return fz_held.s != NULL;
}

/* The request's heap ends. */
void fz_host_drop_held(void)
{
	smart_str_free(&fz_held);
}

static void fz_write_or_keep(const char *buf, size_t len)
{
	const bool keep = fz_host_holds_back();

	if (keep || fz_held.s) {
		smart_str_appendl(&fz_held, buf, len);
	}
	if (keep) {
		return;
	}
	fz_writing = true;
	if (!fz_held.s) {
		php_output_write(buf, len);
	}
	/* A handler that runs meanwhile may leave something. */
	while (fz_held.s && !EG(exception)) {
		smart_str now = fz_held;

		memset(&fz_held, 0, sizeof fz_held);
		php_output_write(ZSTR_VAL(now.s), ZSTR_LEN(now.s));
		smart_str_free(&now);
	}
}

/* Writes what was held back, then `buf`; or keeps both for later. */
int fz_host_write(const char *buf, size_t len)
{
	volatile int outcome = FZ_OK;
	const bool within = fz_writing;

	zend_try {
		fz_write_or_keep(buf, len);
		outcome = fz_after();
	} zend_catch {
		outcome = FZ_BAILED_OUT;
	} zend_end_try();
	fz_writing = within;
	return outcome;
}

int fz_host_log(const char *buf, size_t len, int level)
{
	volatile int outcome = FZ_OK;

	zend_try {
		char *line = estrndup(buf, len);
		php_log_err_with_severity(line, level);
		efree(line);
		outcome = fz_after();
	} zend_catch {
		outcome = FZ_BAILED_OUT;
	} zend_end_try();
	return outcome;
}

/* The same when the request is over: without PHP's error_log, whose time zones would stay in the request's heap. */
void fz_host_log_late(const char *buf, size_t len, int level)
{
	char *line = strndup(buf, len);

	if (line && sapi_module.log_message) {
		sapi_module.log_message(line, level);
	}
	free(line);
}

/* The value of an ini setting as text, or NULL when there is none of that name. Borrowed until it changes. */
const char *fz_host_ini(const char *name, size_t len, size_t *value_len)
{
	zend_ini_entry *entry = zend_hash_str_find_ptr(EG(ini_directives), name, len);

	if (!entry) {
		return NULL;
	}
	*value_len = entry->value ? ZSTR_LEN(entry->value) : 0;
	return entry->value ? ZSTR_VAL(entry->value) : "";
}

/* Whether a script may set it now: php_admin_value takes that away from settings, too. */
bool fz_host_user_may_set(const char *name, size_t len)
{
	zend_ini_entry *entry = zend_hash_str_find_ptr(EG(ini_directives), name, len);

	return entry && (entry->modifiable & ZEND_INI_USER);
}

/* The list is Rust's. */
typedef struct {
	void (*found)(void *list, const char *key, size_t key_len, const char *value, size_t value_len);
	void *list;
	bool passed_over;
} fz_ini_reader;

/* As php_ini_parser_cb() in php-src main/php_ini.c, but that settings for a directory or a host are none. */
static void fz_ini_read(zval *key, zval *value, zval *offset, int kind, void *data)
{
	fz_ini_reader *reader = data;
	char *name = NULL;
	size_t len;

	if (kind == ZEND_INI_PARSER_SECTION) {
		reader->passed_over = zend_binary_strncasecmp(Z_STRVAL_P(key), Z_STRLEN_P(key), ZEND_STRL("PATH"), 4) == 0
			|| zend_binary_strncasecmp(Z_STRVAL_P(key), Z_STRLEN_P(key), ZEND_STRL("HOST"), 4) == 0;
		return;
	}
	if (reader->passed_over || !value || Z_TYPE_P(value) != IS_STRING) {
		return;
	}
	if (kind == ZEND_INI_PARSER_POP_ENTRY) {
		len = spprintf(&name, 0, "%s[%s]", Z_STRVAL_P(key), offset && Z_TYPE_P(offset) == IS_STRING ? Z_STRVAL_P(offset) : "");
		reader->found(reader->list, name, len, Z_STRVAL_P(value), Z_STRLEN_P(value));
		efree(name);
	} else {
		reader->found(reader->list, Z_STRVAL_P(key), Z_STRLEN_P(key), Z_STRVAL_P(value), Z_STRLEN_P(value));
	}
}

/* The settings of a text in php.ini syntax. What follows an error counts as little as it does in php; it says so on descriptor 2. */
void fz_host_ini_entries(const char *text, size_t len, void (*found)(void *, const char *, size_t, const char *, size_t), void *list)
{
	fz_ini_reader reader = { found, list, false };
	char *padded = calloc(1, len + ZEND_MMAP_AHEAD); /* the scanner looks so far ahead */

	if (!padded) {
		return;
	}
	memcpy(padded, text, len);
	zend_try {
		zend_parse_ini_string(padded, true, ZEND_INI_SCANNER_NORMAL, fz_ini_read, &reader);
	} zend_end_try();
	free(padded);
}

/* Those that were there when the process was set up, in their order of start: behind what each needs. */
void fz_host_modules(void (*found)(void *list, const char *name, size_t len), void *list)
{
	const zend_module_entry *module;

	ZEND_HASH_FOREACH_PTR(&module_registry, module) {
		if (module->type == MODULE_PERSISTENT) {
			found(list, module->name, strlen(module->name));
		}
	} ZEND_HASH_FOREACH_END();
}

bool fz_host_has_module(const char *name, size_t len)
{
	return zend_hash_str_exists(&module_registry, name, len);
}

/* Distributions' PHPs, which read the system's time zones, say "0.system" where php-src gives the version of its own. */
bool fz_host_reads_system_zones(void)
{
	static const char end[] = "system";
	zend_function *function = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("timezone_version_get"));
	zval version;
	bool system;

	if (!function) {
		return false;
	}
	zend_call_known_function(function, NULL, NULL, &version, 0, NULL, NULL);
	system = Z_TYPE(version) == IS_STRING && Z_STRLEN(version) >= sizeof end - 1
		&& strcmp(Z_STRVAL(version) + Z_STRLEN(version) - (sizeof end - 1), end) == 0;
	zval_ptr_dtor(&version);
	return system;
}

bool fz_host_may_access(const char *path)
{
	return php_check_open_basedir_ex(path, 0) == 0;
}

const char *fz_host_sapi_name(void)
{
	return sapi_module.name;
}

/* File that this code was loaded from, as the loader names it: relative to the directory of that moment. */
const char *fz_host_own_path(void)
{
	Dl_info info;

	return dladdr((void *) fz_host_own_path, &info) ? info.dli_fname : NULL;
}

/* Classes */

/* `engine`: what the shared C code asks. */
void fz_host_declare_classes(const fz_engine_table *engine)
{
	fz_engine = engine;
	fz_errors_declare();
	fz_classes_declare();
}

/* Throws one of ours by its place in `fz_exceptions`. */
void fz_host_throw(int which, const char *message, size_t len)
{
	zend_string *text = zend_string_init(message, len, 0);
	zend_throw_exception(fz_ce_exceptions[which], ZSTR_VAL(text), 0);
	zend_string_release(text);
}

/* What a job that has ended came to; its handle stays. FZ_THROWN, or FZ_BAILED_OUT when an autoloader ended the request. */
int fz_host_outcome(void *future, zval *out)
{
	volatile int outcome = FZ_OK;

	zend_try {
		if (!fz_outcome_value(future, out)) {
			outcome = FZ_THROWN;
		}
	} zend_catch {
		outcome = FZ_BAILED_OUT;
	} zend_end_try();
	return outcome;
}

/* A Future of a handle, which it takes over. */
void fz_host_future(void *future, zval *out)
{
	fz_future_object(future, out);
}

/* Submits a task: a Future in `out`, or what the Flow says. */
int fz_host_submit(zval *task, HashTable *arguments, double limit, zval *out)
{
	volatile int outcome = FZ_OK;
	zval array;

	if (arguments) {
		ZVAL_ARR(&array, arguments);
		if (GC_FLAGS(arguments) & GC_IMMUTABLE) {
			Z_TYPE_FLAGS(array) = 0;
		}
	}
	zend_try {
		if (!fz_submit(NULL, task, arguments ? &array : NULL, limit, out)) {
			outcome = FZ_THROWN;
		}
	} zend_catch {
		outcome = FZ_BAILED_OUT;
	} zend_end_try();
	return outcome;
}

static void fz_release(zend_string *text)
{
	if (text) {
		zend_string_release(text);
	}
}

/* A bootstrap file is taken over. */
void fz_host_thread(zend_string *bootstrap, zval *out)
{
	fz_thread_object(bootstrap, out);
	fz_release(bootstrap);
}

void fz_host_pool(zend_long size, zend_string *bootstrap, zend_long max_tasks, zend_long max_memory, zval *out)
{
	fz_pool_object(size, bootstrap, max_tasks, max_memory, out);
	fz_release(bootstrap);
}

/* phpinfo(), php --ri: rows that Rust gives, then the ini settings. */
void fz_host_info(zend_module_entry *module, const char *const *rows, size_t count)
{
	php_info_print_table_start();
	for (size_t i = 0; i + 1 < count; i += 2) {
		php_info_print_table_row(2, rows[i], rows[i + 1]);
	}
	php_info_print_table_end();
	display_ini_entries(module);
}
