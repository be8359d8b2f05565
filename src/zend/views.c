/*
 * FfiZts\Int64View and FfiZts\Float64View: a part of a shared buffer as numbers, by index.
 *
 * An element is read and written as a whole, in no particular order with others.
 */
#include "shared.h"

static zend_class_entry *fz_ce_int64, *fz_ce_float64;
static zend_object_handlers fz_int64_handlers, fz_float64_handlers;

static zend_always_inline bool fz_is_float(const fz_buffer *view)
{
	return view->std.handlers == &fz_float64_handlers;
}

static zend_always_inline size_t fz_view_count(const fz_buffer *view)
{
	return view->len / 8;
}

static zend_always_inline void fz_element_get(const fz_buffer *view, size_t index, zval *value)
{
	int64_t bits = __atomic_load_n((const int64_t *) view->ptr + index, __ATOMIC_RELAXED);

	if (fz_is_float(view)) {
		double number;

		memcpy(&number, &bits, sizeof number);
		ZVAL_DOUBLE(value, number);
	} else {
		ZVAL_LONG(value, bits);
	}
}

/* A value as the bits of an element; false: thrown. */
static zend_always_inline bool fz_element_bits(bool is_float, zval *value, int64_t *bits)
{
	ZVAL_DEREF(value);
	if (is_float && (Z_TYPE_P(value) == IS_DOUBLE || Z_TYPE_P(value) == IS_LONG)) {
		double number = Z_TYPE_P(value) == IS_DOUBLE ? Z_DVAL_P(value) : (double) Z_LVAL_P(value);

		memcpy(bits, &number, sizeof number);
		return true;
	}
	if (!is_float && Z_TYPE_P(value) == IS_LONG) {
		*bits = Z_LVAL_P(value);
		return true;
	}
	zend_type_error("An element must be of type %s, %s given", is_float ? "int|float" : "int", zend_zval_type_name(value));
	return false;
}

static zend_always_inline void fz_element_set(const fz_buffer *view, size_t index, int64_t bits)
{
	__atomic_store_n((int64_t *) view->ptr + index, bits, __ATOMIC_RELAXED);
}

/* The place that an offset names, or false; thrown unless it is quiet. */
static zend_always_inline bool fz_index(const fz_buffer *view, zval *offset, size_t *index, bool quiet)
{
	if (UNEXPECTED(!view->handle)) {
		fz_usable(view->handle);
		return false;
	}
	if (EXPECTED(offset != NULL)) {
		ZVAL_DEREF(offset);
	}
	if (UNEXPECTED(!offset || Z_TYPE_P(offset) != IS_LONG)) {
		if (!quiet) {
			if (offset) {
				zend_type_error("The index of an element must be of type int, %s given", zend_zval_type_name(offset));
			} else {
				fz_throw(FZ_MISUSE, "a view has a fixed number of elements: nothing can be appended");
			}
		}
		return false;
	}
	if (UNEXPECTED((zend_ulong) Z_LVAL_P(offset) >= fz_view_count(view))) {
		if (!quiet) {
			fz_throw(FZ_MISUSE, "there is no element " ZEND_LONG_FMT " in a view of %zu", Z_LVAL_P(offset), fz_view_count(view));
		}
		return false;
	}
	*index = (size_t) Z_LVAL_P(offset);
	return true;
}

/* --- $view[$index] --- */

static zval *fz_view_read(zend_object *object, zval *offset, int type, zval *rv)
{
	fz_buffer *view = fz_buffer_of(object);
	size_t index;

	if (UNEXPECTED(type != BP_VAR_R && type != BP_VAR_IS)) {
		fz_throw(FZ_MISUSE, "an element is no variable: there are no references to it, and no ++ and --; assign to it, or use +=");
		return NULL;
	}
	if (!fz_index(view, offset, &index, type == BP_VAR_IS)) {
		if (type == BP_VAR_IS && !EG(exception)) {
			ZVAL_NULL(rv);
			return rv;
		}
		return NULL;
	}
	fz_element_get(view, index, rv);
	return rv;
}

static void fz_view_write(zend_object *object, zval *offset, zval *value)
{
	fz_buffer *view = fz_buffer_of(object);
	size_t index;
	int64_t bits;

	if (fz_index(view, offset, &index, false) && fz_element_bits(fz_is_float(view), value, &bits)) {
		fz_element_set(view, index, bits);
	}
}

static int fz_view_has(zend_object *object, zval *offset, int check_empty)
{
	fz_buffer *view = fz_buffer_of(object);
	size_t index;
	zval value;

	if (!fz_index(view, offset, &index, true)) {
		return 0;
	}
	fz_element_get(view, index, &value);
	return !check_empty || zend_is_true(&value);
}

static void fz_view_unset(zend_object *object, zval *offset)
{
	(void) object;
	(void) offset;
	fz_throw(FZ_MISUSE, "a view has a fixed number of elements: none can be unset");
}

static zend_result fz_view_count_elements(zend_object *object, zend_long *count)
{
	*count = (zend_long) fz_view_count(fz_buffer_of(object));
	return SUCCESS;
}

/* --- methods --- */

#define FZ_THIS_VIEW(view) \
	fz_buffer *view = fz_buffer_of(Z_OBJ_P(ZEND_THIS)); \
	if (UNEXPECTED(!fz_usable(view->handle))) { \
		RETURN_THROWS(); \
	}

/* A part of a view, by its arguments; false: thrown. */
static bool fz_view_part(const fz_buffer *view, zend_long offset, zend_long length, bool to_the_end, size_t *begin, size_t *end)
{
	size_t count = fz_view_count(view);

	if (to_the_end) {
		length = (zend_long) count - offset;
		if (offset > (zend_long) count) {
			length = 0;
		}
	}
	if (!fz_check_part(offset, length, count, "elements")) {
		return false;
	}
	*begin = (size_t) offset;
	*end = (size_t) (offset + length);
	return true;
}

static ZEND_METHOD(FfiZts_View, __construct)
{
	zval *of;
	zend_long offset = 0, count = 0;
	bool to_the_end = true;
	fz_buffer *view = fz_buffer_of(Z_OBJ_P(ZEND_THIS)), *buffer;

	ZEND_PARSE_PARAMETERS_START(1, 3)
		Z_PARAM_OBJECT_OF_CLASS(of, fz_ce_buffer)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(offset)
		Z_PARAM_LONG_OR_NULL(count, to_the_end)
	ZEND_PARSE_PARAMETERS_END();
	if (view->handle) {
		fz_throw(FZ_MISUSE, "a view is constructed once");
		RETURN_THROWS();
	}
	buffer = fz_buffer_of(Z_OBJ_P(of));
	if (!fz_usable(buffer->handle)) {
		RETURN_THROWS();
	}
	if (to_the_end) {
		count = offset >= 0 && (zend_ulong) offset <= buffer->len ? (zend_long) (buffer->len - (size_t) offset) / 8 : 0;
	} else if (count < 0 || count > ZEND_LONG_MAX / 8) {
		fz_throw(FZ_MISUSE, "count: a view cannot have " ZEND_LONG_FMT " elements", count);
		RETURN_THROWS();
	}
	if (!fz_check_part(offset, count * 8, buffer->len, "bytes")) {
		RETURN_THROWS();
	}
	if ((uintptr_t) (buffer->ptr + offset) % 8) {
		fz_throw(FZ_MISUSE, "a view begins at a multiple of 8 bytes, not at offset " ZEND_LONG_FMT, offset);
		RETURN_THROWS();
	}
	fz_buffer_set(view, fz_engine->buffer.slice(buffer->handle, (size_t) offset, (size_t) count * 8));
}

/* Writes the values of an array from an index on; false: thrown, with nothing written. */
static bool fz_view_fill_from(const fz_buffer *view, size_t index, HashTable *values)
{
	bool is_float = fz_is_float(view);
	zval *value;
	int64_t bits = 0;

	ZEND_HASH_FOREACH_VAL(values, value) {
		if (!fz_element_bits(is_float, value, &bits)) {
			return false;
		}
	} ZEND_HASH_FOREACH_END();
	ZEND_HASH_FOREACH_VAL(values, value) {
		fz_element_bits(is_float, value, &bits);
		fz_element_set(view, index++, bits);
	} ZEND_HASH_FOREACH_END();
	return true;
}

static void fz_view_from_array(INTERNAL_FUNCTION_PARAMETERS, zend_class_entry *ce)
{
	HashTable *values;
	void *handle;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ARRAY_HT(values)
	ZEND_PARSE_PARAMETERS_END();
	if (!fz_usable(fz_engine) || !(handle = fz_buffer_allocate((size_t) zend_hash_num_elements(values) * 8))) {
		RETURN_THROWS();
	}
	object_init_ex(return_value, ce);
	fz_buffer_set(fz_buffer_of(Z_OBJ_P(return_value)), handle);
	fz_view_fill_from(fz_buffer_of(Z_OBJ_P(return_value)), 0, values);
}

static ZEND_METHOD(FfiZts_Int64View, fromArray)
{
	fz_view_from_array(INTERNAL_FUNCTION_PARAM_PASSTHRU, fz_ce_int64);
}

static ZEND_METHOD(FfiZts_Float64View, fromArray)
{
	fz_view_from_array(INTERNAL_FUNCTION_PARAM_PASSTHRU, fz_ce_float64);
}

static ZEND_METHOD(FfiZts_View, setAll)
{
	HashTable *values;
	zend_long offset = 0;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_ARRAY_HT(values)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(offset)
	ZEND_PARSE_PARAMETERS_END();
	FZ_THIS_VIEW(view);
	if (fz_check_part(offset, zend_hash_num_elements(values), fz_view_count(view), "elements")) {
		fz_view_fill_from(view, (size_t) offset, values);
	}
}

static ZEND_METHOD(FfiZts_View, fill)
{
	zval *value;
	zend_long offset = 0, length = 0;
	bool to_the_end = true;
	size_t begin, end;
	int64_t bits;

	ZEND_PARSE_PARAMETERS_START(1, 3)
		Z_PARAM_NUMBER(value)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(offset)
		Z_PARAM_LONG_OR_NULL(length, to_the_end)
	ZEND_PARSE_PARAMETERS_END();
	FZ_THIS_VIEW(view);
	if (!fz_view_part(view, offset, length, to_the_end, &begin, &end) || !fz_element_bits(fz_is_float(view), value, &bits)) {
		RETURN_THROWS();
	}
	for (size_t index = begin; index < end; index++) {
		fz_element_set(view, index, bits);
	}
}

#define FZ_PARSE_PART(begin, end) \
	zend_long offset = 0, length = 0; \
	bool to_the_end = true; \
	size_t begin, end; \
	ZEND_PARSE_PARAMETERS_START(0, 2) \
		Z_PARAM_OPTIONAL \
		Z_PARAM_LONG(offset) \
		Z_PARAM_LONG_OR_NULL(length, to_the_end) \
	ZEND_PARSE_PARAMETERS_END(); \
	FZ_THIS_VIEW(view); \
	if (!fz_view_part(view, offset, length, to_the_end, &begin, &end)) { \
		RETURN_THROWS(); \
	}

static ZEND_METHOD(FfiZts_View, toArray)
{
	FZ_PARSE_PART(begin, end)
	if (end - begin > HT_MAX_SIZE) {
		fz_throw(FZ_MISUSE, "toArray(): an array has at most %u elements, not %zu: read a range of them, toArray($offset, $length)",
			(unsigned) HT_MAX_SIZE, end - begin);
		RETURN_THROWS();
	}
	array_init_size(return_value, (uint32_t) (end - begin));
	zend_hash_real_init_packed(Z_ARRVAL_P(return_value));
	ZEND_HASH_FILL_PACKED(Z_ARRVAL_P(return_value)) {
		for (size_t index = begin; index < end; index++) {
			zval value;

			fz_element_get(view, index, &value);
			ZEND_HASH_FILL_ADD(&value);
		}
	} ZEND_HASH_FILL_END();
}

static ZEND_METHOD(FfiZts_View, sum)
{
	FZ_PARSE_PART(begin, end)
	double number = 0;
	int64_t whole = 0;

	if (!fz_is_float(view)) {
		for (; begin < end; begin++) {
			int64_t more = __atomic_load_n((const int64_t *) view->ptr + begin, __ATOMIC_RELAXED), next;

			if (__builtin_add_overflow(whole, more, &next)) {
				break;
			}
			whole = next;
		}
		if (begin == end) {
			RETURN_LONG(whole);
		}
		number = (double) whole; /* as PHP's own sums go on */
	}
	for (; begin < end; begin++) {
		zval value;

		fz_element_get(view, begin, &value);
		number += zval_get_double(&value);
	}
	RETURN_DOUBLE(number);
}

static ZEND_METHOD(FfiZts_View, getBuffer)
{
	ZEND_PARSE_PARAMETERS_NONE();
	FZ_THIS_VIEW(view);
	object_init_ex(return_value, fz_ce_buffer);
	fz_buffer_set(fz_buffer_of(Z_OBJ_P(return_value)), fz_engine->buffer.slice(view->handle, 0, view->len));
}

static ZEND_METHOD(FfiZts_View, count)
{
	ZEND_PARSE_PARAMETERS_NONE();
	RETURN_LONG((zend_long) fz_view_count(fz_buffer_of(Z_OBJ_P(ZEND_THIS))));
}

static ZEND_METHOD(FfiZts_View, offsetGet)
{
	zval *offset;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ZVAL(offset)
	ZEND_PARSE_PARAMETERS_END();
	fz_view_read(Z_OBJ_P(ZEND_THIS), offset, BP_VAR_R, return_value);
}

static ZEND_METHOD(FfiZts_View, offsetSet)
{
	zval *offset, *value;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_ZVAL(offset)
		Z_PARAM_ZVAL(value)
	ZEND_PARSE_PARAMETERS_END();
	fz_view_write(Z_OBJ_P(ZEND_THIS), offset, value);
}

static ZEND_METHOD(FfiZts_View, offsetExists)
{
	zval *offset;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ZVAL(offset)
	ZEND_PARSE_PARAMETERS_END();
	RETURN_BOOL(fz_view_has(Z_OBJ_P(ZEND_THIS), offset, 0));
}

static ZEND_METHOD(FfiZts_View, offsetUnset)
{
	zval *offset;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ZVAL(offset)
	ZEND_PARSE_PARAMETERS_END();
	fz_view_unset(Z_OBJ_P(ZEND_THIS), offset);
}

static ZEND_METHOD(FfiZts_View, getIterator)
{
	ZEND_PARSE_PARAMETERS_NONE();
	zend_create_internal_iterator_zval(return_value, ZEND_THIS);
}

/* --- foreach --- */

static bool fz_view_element(zval *object, zend_long index, zval *value)
{
	const fz_buffer *view = fz_buffer_of(Z_OBJ_P(object));

	if ((size_t) index >= fz_view_count(view)) {
		return false;
	}
	fz_element_get(view, (size_t) index, value);
	return true;
}

static zend_object_iterator *fz_view_iterate(zend_class_entry *ce, zval *object, int by_ref)
{
	(void) ce;
	return fz_iterate(object, by_ref, fz_view_element, true);
}

/* --- the classes --- */

ZEND_BEGIN_ARG_INFO_EX(fz_arginfo_construct, 0, 0, 1)
	ZEND_ARG_OBJ_INFO(0, buffer, FfiZts\\SharedBuffer, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, offset, IS_LONG, 0, "0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, count, IS_LONG, 1, "null")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(fz_arginfo_from_int, 0, 1, FfiZts\\Int64View, 0)
	ZEND_ARG_TYPE_INFO(0, values, IS_ARRAY, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(fz_arginfo_from_float, 0, 1, FfiZts\\Float64View, 0)
	ZEND_ARG_TYPE_INFO(0, values, IS_ARRAY, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_set_all, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, values, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, offset, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_fill, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_MASK(0, value, MAY_BE_LONG | MAY_BE_DOUBLE, NULL)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, offset, IS_LONG, 0, "0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, length, IS_LONG, 1, "null")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_to_array, 0, 0, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, offset, IS_LONG, 0, "0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, length, IS_LONG, 1, "null")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(fz_arginfo_sum, 0, 0, MAY_BE_LONG | MAY_BE_DOUBLE)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, offset, IS_LONG, 0, "0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, length, IS_LONG, 1, "null")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(fz_arginfo_get_buffer, 0, 0, FfiZts\\SharedBuffer, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_count, 0, 0, IS_LONG, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(fz_arginfo_offset_get, 0, 1, MAY_BE_LONG | MAY_BE_DOUBLE)
	ZEND_ARG_TYPE_INFO(0, offset, IS_MIXED, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_offset_set, 0, 2, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_MIXED, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_offset_exists, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_MIXED, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_offset_unset, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_MIXED, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(fz_arginfo_get_iterator, 0, 0, Iterator, 0)
ZEND_END_ARG_INFO()

#define FZ_VIEW_METHODS \
	ZEND_ME(FfiZts_View, __construct, fz_arginfo_construct, ZEND_ACC_PUBLIC) \
	ZEND_ME(FfiZts_View, setAll, fz_arginfo_set_all, ZEND_ACC_PUBLIC) \
	ZEND_ME(FfiZts_View, fill, fz_arginfo_fill, ZEND_ACC_PUBLIC) \
	ZEND_ME(FfiZts_View, toArray, fz_arginfo_to_array, ZEND_ACC_PUBLIC) \
	ZEND_ME(FfiZts_View, sum, fz_arginfo_sum, ZEND_ACC_PUBLIC) \
	ZEND_ME(FfiZts_View, getBuffer, fz_arginfo_get_buffer, ZEND_ACC_PUBLIC) \
	ZEND_ME(FfiZts_View, count, fz_arginfo_count, ZEND_ACC_PUBLIC) \
	ZEND_ME(FfiZts_View, offsetGet, fz_arginfo_offset_get, ZEND_ACC_PUBLIC) \
	ZEND_ME(FfiZts_View, offsetSet, fz_arginfo_offset_set, ZEND_ACC_PUBLIC) \
	ZEND_ME(FfiZts_View, offsetExists, fz_arginfo_offset_exists, ZEND_ACC_PUBLIC) \
	ZEND_ME(FfiZts_View, offsetUnset, fz_arginfo_offset_unset, ZEND_ACC_PUBLIC) \
	ZEND_ME(FfiZts_View, getIterator, fz_arginfo_get_iterator, ZEND_ACC_PUBLIC)

static const zend_function_entry fz_int64_methods[] = {
	ZEND_ME(FfiZts_Int64View, fromArray, fz_arginfo_from_int, ZEND_ACC_PUBLIC | ZEND_ACC_STATIC)
	FZ_VIEW_METHODS
	ZEND_FE_END
};

static const zend_function_entry fz_float64_methods[] = {
	ZEND_ME(FfiZts_Float64View, fromArray, fz_arginfo_from_float, ZEND_ACC_PUBLIC | ZEND_ACC_STATIC)
	FZ_VIEW_METHODS
	ZEND_FE_END
};

static zend_object *fz_create_int64(zend_class_entry *ce)
{
	return fz_buffer_object(ce, &fz_int64_handlers);
}

static zend_object *fz_create_float64(zend_class_entry *ce)
{
	return fz_buffer_object(ce, &fz_float64_handlers);
}

static zend_class_entry *fz_view_declare(const char *name, const zend_function_entry *methods, zend_object_handlers *handlers,
	zend_object *(*create)(zend_class_entry *ce))
{
	zend_class_entry *ce = fz_buffer_class(name, methods, handlers, create);

	ce->get_iterator = fz_view_iterate;
	zend_class_implements(ce, 3, zend_ce_arrayaccess, zend_ce_countable, zend_ce_aggregate);
	handlers->read_dimension = fz_view_read;
	handlers->write_dimension = fz_view_write;
	handlers->has_dimension = fz_view_has;
	handlers->unset_dimension = fz_view_unset;
	handlers->count_elements = fz_view_count_elements;
	return ce;
}

void fz_views_declare(void)
{
	fz_ce_int64 = fz_view_declare("FfiZts\\Int64View", fz_int64_methods, &fz_int64_handlers, fz_create_int64);
	fz_ce_float64 = fz_view_declare("FfiZts\\Float64View", fz_float64_methods, &fz_float64_handlers, fz_create_float64);
}
