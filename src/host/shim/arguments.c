/*
 * Arguments of methods that are written in Rust, as PHP checks those of its own functions: what does not fit the declared type
 * is a TypeError, and scalars are converted unless the caller has declared strict_types. The generated handlers of ext-php-rs
 * throw a plain Exception for a scalar or an array that does not fit, and take an int as no string.
 *
 * Threads: the host's thread only.
 */
#include "php.h"

#include "../../zend/fz.h"

/* The handlers that were generated, by the address of what their method declares: a closure of a method has a copy of the function. */
static HashTable fz_generated;

/* A scalar of another type is converted in place, so a reference must not be the caller's. */
static void fz_unshare(zval *argument)
{
	zval value;

	if (Z_ISREF_P(argument)) {
		ZVAL_COPY(&value, Z_REFVAL_P(argument));
		zval_ptr_dtor(argument);
		ZVAL_COPY_VALUE(argument, &value);
	}
}

/* What null stands for where a scalar is declared and strict_types is not: deprecated, as with PHP's own functions. False: thrown. */
static bool fz_null(uint32_t types, uint32_t number, zval *argument)
{
	zend_long integer;
#if PHP_VERSION_ID >= 80600 /* from then on they answer with what was found */
	bool fits = true;

	if (types & MAY_BE_STRING) {
		fits = zend_parse_arg_str_weak(argument, number) != NULL; /* converts in place */
	} else if (types & MAY_BE_LONG) {
		fits = zend_parse_arg_long_weak(argument, &integer, number);
		ZVAL_LONG(argument, fits ? integer : 0);
	} else if (types & MAY_BE_DOUBLE) {
		ZVAL_DOUBLE(argument, zend_parse_arg_double_weak(argument, number));
	} else {
		ZVAL_BOOL(argument, zend_parse_arg_bool_weak(argument, number) == ZPP_PARSE_BOOL_STATUS_TRUE);
	}
	return fits && !EG(exception);
#else
	zend_string *string;
	double decimal;
	bool truth, fits;

	if (types & MAY_BE_STRING) {
		fits = zend_parse_arg_str_weak(argument, &string, number); /* converts in place */
	} else if (types & MAY_BE_LONG) {
		fits = zend_parse_arg_long_weak(argument, &integer, number);
		ZVAL_LONG(argument, fits ? integer : 0);
	} else if (types & MAY_BE_DOUBLE) {
		fits = zend_parse_arg_double_weak(argument, &decimal, number);
		ZVAL_DOUBLE(argument, fits ? decimal : 0);
	} else {
		fits = zend_parse_arg_bool_weak(argument, &truth, number);
		ZVAL_BOOL(argument, fits && truth);
	}
	return fits;
#endif
}

/* Whether an argument is, or becomes, what is declared; false: an exception is pending. */
static bool fz_argument_fits(zend_type declared, uint32_t number, zval *argument)
{
	const uint32_t types = ZEND_TYPE_FULL_MASK(declared) & MAY_BE_ANY;
	const zval *value = argument;
	zend_string *name;

	ZVAL_DEREF(value);
	if (!types || EXPECTED(types & (1u << Z_TYPE_P(value)))) {
		return true;
	}
	fz_unshare(argument);
	if (zend_verify_scalar_type_hint(types, argument, ZEND_ARG_USES_STRICT_TYPES(), true)) {
		return Z_TYPE_P(argument) != IS_NULL || fz_null(types, number, argument);
	}
	if (!EG(exception)) {
		name = zend_type_to_string(declared);
		zend_argument_type_error(number, "must be of type %s, %s given", ZSTR_VAL(name), zend_zval_type_name(argument));
		zend_string_release(name);
	}
	return false;
}

static ZEND_NAMED_FUNCTION(fz_checked)
{
	const zend_internal_function *function = &EX(func)->internal_function;
	const uint32_t count = MIN(ZEND_NUM_ARGS(), function->num_args);
	zif_handler generated = (zif_handler) zend_hash_index_find_ptr(&fz_generated, (zend_ulong) (uintptr_t) function->arg_info);

	for (uint32_t i = 0; i < count; i++) {
		if (!fz_argument_fits(function->arg_info[i].type, i + 1, ZEND_CALL_ARG(execute_data, i + 1))) {
			return;
		}
	}
	generated(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

/* Once for a class, when it has been registered. */
void fz_host_check_arguments(const char *name, size_t len)
{
	zend_string *lower = zend_string_alloc(len, 0);
	zend_class_entry *ce;
	zend_function *function;

	zend_str_tolower_copy(ZSTR_VAL(lower), name, len);
	ce = zend_hash_find_ptr(CG(class_table), lower);
	zend_string_release(lower);
	if (!ce) {
		return;
	}
	if (!fz_generated.nTableSize) {
		zend_hash_init(&fz_generated, 16, NULL, NULL, true);
	}
	ZEND_HASH_FOREACH_PTR(&ce->function_table, function) {
		if (function->type == ZEND_INTERNAL_FUNCTION && function->internal_function.handler != fz_checked) {
			zend_hash_index_update_ptr(&fz_generated, (zend_ulong) (uintptr_t) function->common.arg_info, (void *) function->internal_function.handler);
			function->internal_function.handler = fz_checked;
		}
	} ZEND_HASH_FOREACH_END();
}
