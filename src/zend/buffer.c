/*
 * FfiZts\SharedBuffer: memory that all threads see.
 *
 * Bytes are copied without a lock: who writes what others read agrees with them, by atomic cells or a channel. Cells are read
 * and written atomically, so that no thread sees half of one.
 */
#include "shared.h"

zend_class_entry *fz_ce_buffer;
static zend_object_handlers fz_buffer_handlers;

/* --- what the views use as well --- */

static void fz_buffer_free(zend_object *object)
{
	fz_buffer *buffer = fz_buffer_of(object);

	if (buffer->handle) {
		fz_engine->release(FZ_REF_BUFFER, buffer->handle);
		buffer->handle = NULL;
	}
	zend_object_std_dtor(object);
}

zend_object *fz_buffer_object(zend_class_entry *ce, const zend_object_handlers *handlers)
{
	fz_buffer *buffer = zend_object_alloc(sizeof *buffer, ce);

	buffer->handle = NULL;
	buffer->ptr = NULL;
	buffer->len = 0;
	zend_object_std_init(&buffer->std, ce);
	buffer->std.handlers = handlers;
	return &buffer->std;
}

/* Equal: the same place in the same memory. */
static int fz_buffer_compare(zval *one, zval *two)
{
	fz_buffer *left, *right;

	ZEND_COMPARE_OBJECTS_FALLBACK(one, two);
	left = fz_buffer_of(Z_OBJ_P(one));
	right = fz_buffer_of(Z_OBJ_P(two));
	return left->ptr == right->ptr && left->len == right->len ? 0 : ZEND_UNCOMPARABLE;
}

static void *fz_buffer_handle(zend_object *object)
{
	return fz_buffer_of(object)->handle;
}

void fz_buffer_set(fz_buffer *buffer, void *handle)
{
	buffer->handle = fz_handle_made(handle);
	if (EXPECTED(handle)) {
		buffer->ptr = fz_engine->buffer.window(handle, &buffer->len);
	}
}

static bool fz_buffer_adopt(zend_class_entry *ce, void *handle, zval *out)
{
	if (object_init_ex(out, ce) != SUCCESS) {
		fz_engine->release(FZ_REF_BUFFER, handle);
		return false;
	}
	fz_buffer_set(fz_buffer_of(Z_OBJ_P(out)), handle);
	return handle != NULL;
}

zend_class_entry *fz_buffer_class(const char *name, const zend_function_entry *methods, zend_object_handlers *handlers,
	zend_object *(*create)(zend_class_entry *ce))
{
	zend_class_entry *ce = fz_declare(name, methods, NULL);

	ce->ce_flags |= ZEND_ACC_FINAL | ZEND_ACC_NO_DYNAMIC_PROPERTIES | ZEND_ACC_NOT_SERIALIZABLE;
	ce->create_object = create;
	*handlers = std_object_handlers;
	handlers->offset = offsetof(fz_buffer, std);
	handlers->free_obj = fz_buffer_free;
	handlers->clone_obj = NULL;
	handlers->compare = fz_buffer_compare;
	fz_shared_class(ce, FZ_REF_BUFFER, fz_buffer_handle, fz_buffer_adopt);
	return ce;
}

void *fz_buffer_allocate(size_t bytes)
{
	void *handle = fz_engine->buffer.create(bytes);

	if (!handle && !fz_engine_failed()) {
		fz_throw(FZ_MISUSE, "there is no memory for a buffer of %zu bytes", bytes);
	}
	return handle;
}

bool fz_check_part(zend_long offset, zend_long length, size_t all, const char *what)
{
	if (UNEXPECTED(offset < 0 || length < 0 || (zend_ulong) offset > all || (zend_ulong) length > all - (zend_ulong) offset)) {
		fz_throw(FZ_MISUSE, ZEND_LONG_FMT " %s from offset " ZEND_LONG_FMT " are outside of %zu %s", length, what, offset, all, what);
		return false;
	}
	return true;
}

/* --- bytes --- */

#define FZ_THIS_BUFFER(buffer) \
	fz_buffer *buffer = fz_buffer_of(Z_OBJ_P(ZEND_THIS)); \
	if (UNEXPECTED(!fz_usable(buffer->handle))) { \
		RETURN_THROWS(); \
	}

static ZEND_METHOD(FfiZts_SharedBuffer, __construct)
{
	zend_long bytes;
	fz_buffer *buffer = fz_buffer_of(Z_OBJ_P(ZEND_THIS));
	void *handle;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(bytes)
	ZEND_PARSE_PARAMETERS_END();
	if (buffer->handle) {
		fz_throw(FZ_MISUSE, "a buffer is constructed once");
	} else if (bytes < 0) {
		fz_throw(FZ_MISUSE, "bytes: must be 0 or more, " ZEND_LONG_FMT " given", bytes);
	} else if ((handle = fz_buffer_allocate((size_t) bytes))) {
		fz_buffer_set(buffer, handle);
	}
}

static ZEND_METHOD(FfiZts_SharedBuffer, read)
{
	zend_long offset, length;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_LONG(offset)
		Z_PARAM_LONG(length)
	ZEND_PARSE_PARAMETERS_END();
	FZ_THIS_BUFFER(buffer);
	if (!fz_check_part(offset, length, buffer->len, "bytes")) {
		RETURN_THROWS();
	}
	RETURN_STRINGL_FAST(buffer->ptr + offset, (size_t) length);
}

static ZEND_METHOD(FfiZts_SharedBuffer, write)
{
	zend_long offset;
	zend_string *bytes;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_LONG(offset)
		Z_PARAM_STR(bytes)
	ZEND_PARSE_PARAMETERS_END();
	FZ_THIS_BUFFER(buffer);
	if (!fz_check_part(offset, (zend_long) ZSTR_LEN(bytes), buffer->len, "bytes")) {
		RETURN_THROWS();
	}
	memcpy(buffer->ptr + offset, ZSTR_VAL(bytes), ZSTR_LEN(bytes));
}

static ZEND_METHOD(FfiZts_SharedBuffer, slice)
{
	zend_long offset, length;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_LONG(offset)
		Z_PARAM_LONG(length)
	ZEND_PARSE_PARAMETERS_END();
	FZ_THIS_BUFFER(buffer);
	if (!fz_check_part(offset, length, buffer->len, "bytes")) {
		RETURN_THROWS();
	}
	fz_buffer_adopt(fz_ce_buffer, fz_engine->buffer.slice(buffer->handle, (size_t) offset, (size_t) length), return_value);
}

static ZEND_METHOD(FfiZts_SharedBuffer, length)
{
	ZEND_PARSE_PARAMETERS_NONE();
	FZ_THIS_BUFFER(buffer);
	RETURN_LONG((zend_long) buffer->len);
}

static ZEND_METHOD(FfiZts_SharedBuffer, address)
{
	ZEND_PARSE_PARAMETERS_NONE();
	FZ_THIS_BUFFER(buffer);
	RETURN_LONG((zend_long) (uintptr_t) buffer->ptr);
}

/* --- cells --- */

/* The cell of `bits` bits at `offset`, or NULL: thrown. `values`: what is to be stored there or compared with it. */
static char *fz_cell(const fz_buffer *buffer, zend_long offset, zend_long bits, const zend_long *values, int count)
{
	if (UNEXPECTED(bits != 64 && bits != 32)) {
		fz_throw(FZ_MISUSE, "bits: must be 32 or 64, " ZEND_LONG_FMT " given", bits);
		return NULL;
	}
	if (!fz_check_part(offset, bits / 8, buffer->len, "bytes")) {
		return NULL;
	}
	if (UNEXPECTED((uintptr_t) (buffer->ptr + offset) % (size_t) (bits / 8))) {
		fz_throw(FZ_MISUSE, "a cell of " ZEND_LONG_FMT " bits begins at a multiple of " ZEND_LONG_FMT " bytes, not at offset " ZEND_LONG_FMT,
			bits, bits / 8, offset);
		return NULL;
	}
	for (int i = 0; bits == 32 && i < count; i++) {
		if (UNEXPECTED(values[i] != (int32_t) values[i])) {
			fz_throw(FZ_MISUSE, ZEND_LONG_FMT " does not fit into a signed cell of 32 bits", values[i]);
			return NULL;
		}
	}
	return buffer->ptr + offset;
}

static ZEND_METHOD(FfiZts_SharedBuffer, atomicLoad)
{
	zend_long offset, bits = 64;
	const char *cell;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_LONG(offset)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(bits)
	ZEND_PARSE_PARAMETERS_END();
	FZ_THIS_BUFFER(buffer);
	if (!(cell = fz_cell(buffer, offset, bits, NULL, 0))) {
		RETURN_THROWS();
	}
	if (bits == 32) {
		RETURN_LONG(__atomic_load_n((const int32_t *) cell, __ATOMIC_SEQ_CST));
	}
	RETURN_LONG(__atomic_load_n((const int64_t *) cell, __ATOMIC_SEQ_CST));
}

typedef enum { FZ_STORE, FZ_EXCHANGE, FZ_ADD, FZ_SUB } fz_change;

/* Changes a cell; what it was before. Sums wrap around. */
static void fz_atomic_change(INTERNAL_FUNCTION_PARAMETERS, fz_change change)
{
	zend_long offset, value, bits = 64, before = 0;
	char *cell;

	ZEND_PARSE_PARAMETERS_START(2, 3)
		Z_PARAM_LONG(offset)
		Z_PARAM_LONG(value)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(bits)
	ZEND_PARSE_PARAMETERS_END();
	FZ_THIS_BUFFER(buffer);
	if (!(cell = fz_cell(buffer, offset, bits, &value, 1))) {
		RETURN_THROWS();
	}
	if (change == FZ_SUB) {
		value = (zend_long) -(zend_ulong) value;
	}
	if (bits == 32) {
		int32_t *small = (int32_t *) cell;

		before = change >= FZ_ADD ? __atomic_fetch_add(small, (int32_t) value, __ATOMIC_SEQ_CST)
			: __atomic_exchange_n(small, (int32_t) value, __ATOMIC_SEQ_CST);
	} else {
		int64_t *large = (int64_t *) cell;

		before = change >= FZ_ADD ? __atomic_fetch_add(large, value, __ATOMIC_SEQ_CST)
			: __atomic_exchange_n(large, value, __ATOMIC_SEQ_CST);
	}
	if (change != FZ_STORE) {
		RETURN_LONG(before);
	}
}

static ZEND_METHOD(FfiZts_SharedBuffer, atomicStore)
{
	fz_atomic_change(INTERNAL_FUNCTION_PARAM_PASSTHRU, FZ_STORE);
}

static ZEND_METHOD(FfiZts_SharedBuffer, atomicExchange)
{
	fz_atomic_change(INTERNAL_FUNCTION_PARAM_PASSTHRU, FZ_EXCHANGE);
}

static ZEND_METHOD(FfiZts_SharedBuffer, atomicAdd)
{
	fz_atomic_change(INTERNAL_FUNCTION_PARAM_PASSTHRU, FZ_ADD);
}

static ZEND_METHOD(FfiZts_SharedBuffer, atomicSub)
{
	fz_atomic_change(INTERNAL_FUNCTION_PARAM_PASSTHRU, FZ_SUB);
}

static ZEND_METHOD(FfiZts_SharedBuffer, atomicCompareExchange)
{
	zend_long offset, values[2], bits = 64;
	char *cell;

	ZEND_PARSE_PARAMETERS_START(3, 4)
		Z_PARAM_LONG(offset)
		Z_PARAM_LONG(values[0])
		Z_PARAM_LONG(values[1])
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(bits)
	ZEND_PARSE_PARAMETERS_END();
	FZ_THIS_BUFFER(buffer);
	if (!(cell = fz_cell(buffer, offset, bits, values, 2))) {
		RETURN_THROWS();
	}
	/* What was found takes the place of what was expected. */
	if (bits == 32) {
		int32_t found = (int32_t) values[0];

		__atomic_compare_exchange_n((int32_t *) cell, &found, (int32_t) values[1], false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
		RETURN_LONG(found);
	}
	int64_t found = values[0];

	__atomic_compare_exchange_n((int64_t *) cell, &found, values[1], false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	RETURN_LONG(found);
}

static ZEND_METHOD(FfiZts_SharedBuffer, wait)
{
	zend_long offset, expected, bits = 64;
	double timeout = 0;
	bool no_limit = true;
	fz_wait wait;
	int outcome;

	ZEND_PARSE_PARAMETERS_START(2, 4)
		Z_PARAM_LONG(offset)
		Z_PARAM_LONG(expected)
		Z_PARAM_OPTIONAL
		Z_PARAM_DOUBLE_OR_NULL(timeout, no_limit)
		Z_PARAM_LONG(bits)
	ZEND_PARSE_PARAMETERS_END();
	FZ_THIS_BUFFER(buffer);
	if (!fz_wait_for(&wait, timeout, no_limit) || !fz_cell(buffer, offset, bits, &expected, 1)) {
		RETURN_THROWS();
	}
	do {
		outcome = fz_engine->buffer.wait(buffer->handle, (size_t) offset, (uint64_t) expected, (int) bits, &wait);
	} while (fz_wait_again(outcome));
	if (outcome == FZ_DONE || outcome == FZ_TIMED_OUT) {
		RETURN_BOOL(outcome == FZ_DONE);
	}
	fz_wait_failed();
}

static ZEND_METHOD(FfiZts_SharedBuffer, notify)
{
	zend_long offset, count = ZEND_LONG_MAX;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_LONG(offset)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(count)
	ZEND_PARSE_PARAMETERS_END();
	FZ_THIS_BUFFER(buffer);
	if (count < 0) {
		fz_throw(FZ_MISUSE, "count: must be 0 or more, " ZEND_LONG_FMT " given", count);
		RETURN_THROWS();
	}
	if (!fz_cell(buffer, offset, 32, NULL, 0)) {
		RETURN_THROWS();
	}
	RETURN_LONG((zend_long) fz_engine->buffer.notify(buffer->handle, (size_t) offset, (size_t) count));
}

/* --- the class --- */

ZEND_BEGIN_ARG_INFO_EX(fz_arginfo_construct, 0, 0, 1)
	ZEND_ARG_TYPE_INFO(0, bytes, IS_LONG, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_read, 0, 2, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, length, IS_LONG, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_write, 0, 2, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, bytes, IS_STRING, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(fz_arginfo_slice, 0, 2, FfiZts\\SharedBuffer, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, length, IS_LONG, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_length, 0, 0, IS_LONG, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_load, 0, 1, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, bits, IS_LONG, 0, "64")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_store, 0, 2, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, bits, IS_LONG, 0, "64")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_change, 0, 2, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, bits, IS_LONG, 0, "64")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_compare_exchange, 0, 3, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, expected, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, desired, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, bits, IS_LONG, 0, "64")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_wait, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, expected, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, bits, IS_LONG, 0, "64")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_notify, 0, 1, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, count, IS_LONG, 0, "PHP_INT_MAX")
ZEND_END_ARG_INFO()

static const zend_function_entry fz_buffer_methods[] = {
	ZEND_ME(FfiZts_SharedBuffer, __construct, fz_arginfo_construct, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_SharedBuffer, read, fz_arginfo_read, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_SharedBuffer, write, fz_arginfo_write, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_SharedBuffer, slice, fz_arginfo_slice, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_SharedBuffer, length, fz_arginfo_length, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_SharedBuffer, address, fz_arginfo_length, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_SharedBuffer, atomicLoad, fz_arginfo_load, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_SharedBuffer, atomicStore, fz_arginfo_store, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_SharedBuffer, atomicAdd, fz_arginfo_change, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_SharedBuffer, atomicSub, fz_arginfo_change, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_SharedBuffer, atomicExchange, fz_arginfo_change, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_SharedBuffer, atomicCompareExchange, fz_arginfo_compare_exchange, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_SharedBuffer, wait, fz_arginfo_wait, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_SharedBuffer, notify, fz_arginfo_notify, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static zend_object *fz_create(zend_class_entry *ce)
{
	return fz_buffer_object(ce, &fz_buffer_handlers);
}

void fz_buffer_declare(void)
{
	fz_ce_buffer = fz_buffer_class("FfiZts\\SharedBuffer", fz_buffer_methods, &fz_buffer_handlers, fz_create);
}
