/*
 * An environment of its own for every job.
 *
 * The C library has one environment per process and no lock that two PHP engines share (each libphp locks only against
 * itself), so guest code never writes it: getenv(), putenv(), $_ENV and $_SERVER work on a copy that the host took on
 * its own thread when the job was submitted. Children that the job starts are given that copy (children.c), and threads
 * that an extension makes for it begin with it (threads.c).
 *
 * There are two forms: a block "A=1\0B=2\0", which other threads and children read, and an array for PHP code. putenv()
 * changes both.
 */
#include "shim.h"

static void fz_environment_read(fz_slice block, zval *array)
{
	const char *at = block.ptr;
	const char *end = at ? at + block.len : NULL;

	array_init(array);
	while (at && at < end) {
		size_t len = strnlen(at, (size_t) (end - at));
		const char *equals = memchr(at, '=', len);

		if (equals && equals != at) {
			zval value;
			ZVAL_STRINGL(&value, equals + 1, len - (size_t) (equals - at) - 1);
			zend_hash_str_update(Z_ARRVAL_P(array), at, (size_t) (equals - at), &value);
		}
		at += len + 1;
	}
}

/* The environment as a PHP array, built on first use: most jobs never ask. */
static HashTable *fz_environment(void)
{
	if (!fz_now.environment) {
		fz_now.environment = emalloc(sizeof(zval));
		fz_environment_read(fz_now.environment_block, fz_now.environment);
	}
	return Z_ARRVAL_P(fz_now.environment);
}

/* In the place of php_import_environment_variables: the same rules for names as php-src main/php_variables.c. */
void fz_environment_import(zval *array)
{
	zend_string *name;
	zval *value;

	ZEND_HASH_FOREACH_STR_KEY_VAL(fz_environment(), name, value) {
		zend_ulong index;
		zval copy;

		if (!name || strpbrk(ZSTR_VAL(name), " .[")) {
			continue;
		}
		ZVAL_COPY(&copy, value);
		if (ZEND_HANDLE_NUMERIC_STR(ZSTR_VAL(name), ZSTR_LEN(name), index)) {
			zend_hash_index_update(Z_ARRVAL_P(array), index, &copy);
		} else {
			zend_hash_update(Z_ARRVAL_P(array), name, &copy);
		}
	} ZEND_HASH_FOREACH_END();
}

static ZEND_FUNCTION(fz_getenv)
{
	zend_string *name = NULL;
	bool local_only = false;
	zval *value;

	ZEND_PARSE_PARAMETERS_START(0, 2)
		Z_PARAM_OPTIONAL
		Z_PARAM_STR_OR_NULL(name)
		Z_PARAM_BOOL(local_only)
	ZEND_PARSE_PARAMETERS_END();

	(void) local_only; /* this SAPI has no variables beside the environment */
	if (!name) {
		array_init(return_value);
		fz_environment_import(return_value);
		return;
	}
	value = zend_hash_find(fz_environment(), name);
	if (value) {
		RETURN_COPY(value);
	}
	RETURN_FALSE;
}

/* Makes the block anew from the array. False: out of memory, and nothing is changed. */
static bool fz_environment_publish(void)
{
	size_t len = 0;
	char *block, *at, *before = fz_now.environment_own;
	zend_string *name;
	zval *value;

	ZEND_HASH_FOREACH_STR_KEY_VAL(fz_environment(), name, value) {
		len += name ? ZSTR_LEN(name) + Z_STRLEN_P(value) + 2 : 0;
	} ZEND_HASH_FOREACH_END();
	block = at = malloc(len + 1);
	if (!block) {
		return false;
	}
	ZEND_HASH_FOREACH_STR_KEY_VAL(fz_environment(), name, value) {
		if (name) {
			memcpy(at, ZSTR_VAL(name), ZSTR_LEN(name));
			at += ZSTR_LEN(name);
			*at++ = '=';
			memcpy(at, Z_STRVAL_P(value), Z_STRLEN_P(value) + 1);
			at += Z_STRLEN_P(value) + 1;
		}
	} ZEND_HASH_FOREACH_END();
	fz_block_lock();
	fz_now.environment_block = (fz_slice) { block, len };
	fz_now.environment_own = block;
	fz_block_unlock();
	fz_inner_forget();
	free(before);
	return true;
}

/* Does to `array`, an environment of the host, what putenv() did to the one before. */
static void fz_environment_merge(HashTable *array, fz_slice before)
{
	HashTable *own = fz_environment();
	zend_string *name;
	zval given, *value;

	fz_environment_read(before, &given);
	ZEND_HASH_FOREACH_STR_KEY_VAL(own, name, value) {
		const zval *was = name ? zend_hash_find(Z_ARRVAL(given), name) : NULL;

		if (name && (!was || !zend_string_equals(Z_STR_P(was), Z_STR_P(value)))) {
			Z_ADDREF_P(value);
			zend_hash_update(array, name, value);
		}
	} ZEND_HASH_FOREACH_END();
	ZEND_HASH_FOREACH_STR_KEY(Z_ARRVAL(given), name) {
		if (name && !zend_hash_exists(own, name)) {
			zend_hash_del(array, name);
		}
	} ZEND_HASH_FOREACH_END();
	zval_ptr_dtor(&given);
}

bool fz_environment_change(fz_slice before, fz_slice now)
{
	zval next;

	if (before.ptr == now.ptr) {
		return true;
	}
	if (!fz_now.environment_own) {
		fz_environment_end();
		fz_block_lock();
		fz_now.environment_block = now;
		fz_block_unlock();
		return true;
	}
	fz_environment_read(now, &next);
	fz_environment_merge(Z_ARRVAL(next), before);
	zval_ptr_dtor(fz_now.environment);
	ZVAL_COPY_VALUE(fz_now.environment, &next);
	return fz_environment_publish();
}

static ZEND_FUNCTION(fz_putenv)
{
	char *setting, *equals;
	size_t len;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STRING(setting, len)
	ZEND_PARSE_PARAMETERS_END();

	if (len == 0 || setting[0] == '=') {
		zend_argument_value_error(1, "must have a valid syntax");
		RETURN_THROWS();
	}
	equals = strchr(setting, '=');
	if (equals) {
		zval value;
		ZVAL_STRING(&value, equals + 1);
		zend_hash_str_update(fz_environment(), setting, (size_t) (equals - setting), &value);
	} else {
		zend_hash_str_del(fz_environment(), setting, strlen(setting));
	}
	RETURN_BOOL(fz_environment_publish());
}

void fz_environment_install(void)
{
	php_import_environment_variables = fz_environment_import;
	fz_replace_function("getenv", ZEND_FN(fz_getenv));
	fz_replace_function("putenv", ZEND_FN(fz_putenv));
}

void fz_environment_end(void)
{
	if (fz_now.environment) {
		zval_ptr_dtor(fz_now.environment);
		efree(fz_now.environment);
		fz_now.environment = NULL;
	}
}
