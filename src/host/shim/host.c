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

/* What the VM does at an interrupt (php-src Zend/zend_vm_def.h, zend_interrupt_helper), from inside a function. */
int fz_host_dispatch(void)
{
	volatile int outcome = FZ_OK;

	zend_try {
		zend_atomic_bool_store(&EG(vm_interrupt), false);
		if (zend_atomic_bool_load(&EG(timed_out))) {
			zend_timeout();
		} else if (zend_interrupt_function) {
			zend_interrupt_function(EG(current_execute_data));
		}
		outcome = fz_after();
	} zend_catch {
		outcome = FZ_BAILED_OUT;
	} zend_end_try();
	return outcome;
}

/* Leaves by longjmp to the host's outer zend_try; the caller holds nothing that wants releasing. */
ZEND_NORETURN void fz_host_bailout(void)
{
	zend_bailout();
}

int fz_host_write(const char *buf, size_t len)
{
	volatile int outcome = FZ_OK;

	zend_try {
		php_output_write(buf, len);
		outcome = fz_after();
	} zend_catch {
		outcome = FZ_BAILED_OUT;
	} zend_end_try();
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

bool fz_host_has_module(const char *name, size_t len)
{
	return zend_hash_str_exists(&module_registry, name, len);
}

/* Composer's autoloader, among the files that this request has included: the first of them, or NULL. Borrowed. */
const char *fz_host_autoloader(size_t *len)
{
	static const char name[] = "/vendor/autoload.php";
	zend_string *path;

	ZEND_HASH_FOREACH_STR_KEY(&EG(included_files), path) {
		if (path && ZSTR_LEN(path) >= sizeof name - 1 && !memcmp(ZSTR_VAL(path) + ZSTR_LEN(path) - (sizeof name - 1), name, sizeof name - 1)) {
			*len = ZSTR_LEN(path);
			return ZSTR_VAL(path);
		}
	} ZEND_HASH_FOREACH_END();
	return NULL;
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

/* A readable stream over a descriptor, which the stream then owns. */
bool fz_host_stream(int fd, zval *stream)
{
	php_stream *opened = php_stream_fopen_from_fd(fd, "r", NULL);

	if (!opened) {
		return false;
	}
	opened->flags |= PHP_STREAM_FLAG_NO_SEEK | PHP_STREAM_FLAG_NO_BUFFER;
	php_stream_to_zval(opened, stream);
	return true;
}

/* Classes */

static zend_class_entry *fz_ce_result;

static void fz_declare_result(void)
{
	static const struct {
		const char *name;
		uint32_t type;
	} properties[] = { { "exitCode", MAY_BE_LONG }, { "value", MAY_BE_ANY }, { "duration", MAY_BE_DOUBLE } };

	fz_ce_result = fz_declare("FfiZts\\Result", NULL, NULL);
	fz_ce_result->ce_flags |= ZEND_ACC_FINAL | ZEND_ACC_NO_DYNAMIC_PROPERTIES | ZEND_ACC_NOT_SERIALIZABLE;
	for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
		zval undefined;
		zend_string *name = zend_string_init_interned(properties[i].name, strlen(properties[i].name), 1);

		ZVAL_UNDEF(&undefined);
		zend_declare_typed_property(fz_ce_result, name, &undefined, ZEND_ACC_PUBLIC | ZEND_ACC_READONLY, NULL,
			(zend_type) ZEND_TYPE_INIT_MASK(properties[i].type));
	}
}

/* `engine`: what the shared C code asks. */
void fz_host_declare_classes(const fz_engine_table *engine)
{
	fz_engine = engine;
	fz_errors_declare();
	fz_declare_result();
}

/* `value` is moved into the result. */
void fz_host_result(zval *result, zend_long exit_code, zval *value, double duration)
{
	object_init_ex(result, fz_ce_result);
	ZVAL_LONG(OBJ_PROP_NUM(Z_OBJ_P(result), 0), exit_code);
	ZVAL_COPY_VALUE(OBJ_PROP_NUM(Z_OBJ_P(result), 1), value);
	ZVAL_DOUBLE(OBJ_PROP_NUM(Z_OBJ_P(result), 2), duration);
}

/* Throws one of ours by its place in `fz_exceptions`. */
void fz_host_throw(int which, const char *message, size_t len)
{
	zend_string *text = zend_string_init(message, len, 0);
	zend_throw_exception(fz_ce_exceptions[which], ZSTR_VAL(text), 0);
	zend_string_release(text);
}

static void fz_set(zend_object *object, const char *name, zval *value)
{
	zend_class_entry *base = instanceof_function(object->ce, zend_ce_exception) ? zend_ce_exception : zend_ce_error;
	zend_property_info *info = zend_hash_str_find_ptr(&base->properties_info, name, strlen(name));

	if (info && value && Z_TYPE_P(value) != IS_UNDEF) {
		zval *slot = OBJ_PROP(object, info->offset);
		zval_ptr_dtor(slot);
		ZVAL_COPY(slot, value);
	}
}

/* A class that an uncaught throwable of a guest may come back as: known here, a plain Throwable, made without its constructor. */
static zend_class_entry *fz_throwable_class(zend_string *name)
{
	zend_class_entry *ce = zend_lookup_class_ex(name, NULL, ZEND_FETCH_CLASS_SILENT);

	if (EG(exception) && !zend_is_unwind_exit(EG(exception))) {
		zend_clear_exception(); /* an autoloader threw: the class cannot be had; when it called exit(), that goes on */
	}
	if (!ce || (ce->ce_flags & (ZEND_ACC_INTERFACE | ZEND_ACC_TRAIT | ZEND_ACC_ENUM | ZEND_ACC_EXPLICIT_ABSTRACT_CLASS | ZEND_ACC_IMPLICIT_ABSTRACT_CLASS))) {
		return NULL;
	}
	return instanceof_function(ce, zend_ce_exception) || instanceof_function(ce, zend_ce_error) ? ce : NULL;
}

/*
 * Builds a throwable from what the guest told: an array with class, message, code, file, line, trace, previous. The
 * original class where it is known here, else FfiZts\RemoteException. `as_script`: a fatal error, ScriptException.
 */
static bool fz_rebuild(zval *out, HashTable *parts, bool as_script)
{
	zval *class_name = zend_hash_str_find(parts, ZEND_STRL("class"));
	zval *previous = zend_hash_str_find(parts, ZEND_STRL("previous"));
	zend_class_entry *ce = as_script ? fz_ce_exceptions[2] : NULL;
	static const char *const names[] = { "message", "code", "file", "line", "trace" };

	if (!ce && class_name && Z_TYPE_P(class_name) == IS_STRING) {
		ce = fz_throwable_class(Z_STR_P(class_name));
	}
	if (object_init_ex(out, ce ? ce : fz_ce_exceptions[FZ_REMOTE]) != SUCCESS) {
		return false;
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		zval *value = zend_hash_str_find(parts, names[i], strlen(names[i]));
		static const uint8_t types[] = { IS_STRING, 0, IS_STRING, IS_LONG, IS_ARRAY };

		if (value && (types[i] == 0 || Z_TYPE_P(value) == types[i])) {
			fz_set(Z_OBJ_P(out), names[i], value);
		}
	}
	if (!ce && class_name && Z_TYPE_P(class_name) == IS_STRING) {
		zend_update_property(fz_ce_exceptions[FZ_REMOTE], Z_OBJ_P(out), ZEND_STRL("remoteClass"), class_name);
		zval *message = zend_hash_str_find(parts, ZEND_STRL("message"));
		zval text;
		ZVAL_STR(&text, strpprintf(0, "%s: %s", Z_STRVAL_P(class_name),
			message && Z_TYPE_P(message) == IS_STRING ? Z_STRVAL_P(message) : ""));
		fz_set(Z_OBJ_P(out), "message", &text);
		zval_ptr_dtor(&text);
	}
	if (previous && Z_TYPE_P(previous) == IS_ARRAY) {
		zval inner;
		if (fz_rebuild(&inner, Z_ARRVAL_P(previous), false)) {
			fz_set(Z_OBJ_P(out), "previous", &inner);
			zval_ptr_dtor(&inner);
		}
	}
	return true;
}

/* Throws what the guest told; `parts` is borrowed. FZ_THROWN, or FZ_BAILED_OUT when an autoloader ended the request. */
int fz_host_rethrow(zval *parts, bool as_script)
{
	volatile int outcome = FZ_THROWN;

	zend_try {
		zval throwable;
		if (Z_TYPE_P(parts) == IS_ARRAY && fz_rebuild(&throwable, Z_ARRVAL_P(parts), as_script)) {
			if (EG(exception)) {
				zval_ptr_dtor(&throwable);
			} else {
				zend_throw_exception_object(&throwable);
			}
		} else {
			zend_throw_exception(fz_ce_exceptions[FZ_REMOTE], "the guest's throwable could not be read", 0);
		}
	} zend_catch {
		outcome = FZ_BAILED_OUT;
	} zend_end_try();
	return outcome;
}

/* An enum case by names; false when this side has no such enum or case. May run an autoloader. */
int fz_host_enum_case(const char *class_name, size_t class_len, const char *case_name, size_t case_len, zval *out)
{
	volatile int outcome = FZ_THROWN;

	zend_try {
		zend_string *name = zend_string_init(class_name, class_len, 0);
		zend_class_entry *ce = zend_lookup_class(name);

		zend_string_release(name);
		if (ce && (ce->ce_flags & ZEND_ACC_ENUM) && !EG(exception)) {
			zend_string *constant = zend_string_init(case_name, case_len, 0);
			zval *found = zend_get_class_constant_ex(ce->name, constant, ce, ZEND_FETCH_CLASS_SILENT);

			zend_string_release(constant);
			if (found && Z_TYPE_P(found) == IS_OBJECT && !EG(exception)) {
				ZVAL_COPY(out, found);
				outcome = FZ_OK;
			}
		}
	} zend_catch {
		outcome = FZ_BAILED_OUT;
	} zend_end_try();
	return outcome;
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
