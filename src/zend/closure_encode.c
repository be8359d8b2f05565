/*
 * Closures on their way out. After its tag and number, a closure is
 *
 *   u8 FZ_CLOSURE_CODE      u32 image, string scope, string called scope, u8 bound, u32 variables, the variables, if bound $this
 *   u8 FZ_CLOSURE_FUNCTION  string name
 *   u8 FZ_CLOSURE_METHOD    string class, string method, string called scope, u8 bound, if bound $this
 *
 * where a class that is not there is the empty string, and a variable (`use`, static, in the order of the code's table) is a
 * u8 FZ_STATIC_* and, for FZ_STATIC_VALUE and FZ_STATIC_REFERENCE, a value, for FZ_STATIC_CONSTANT a u32 length and a constant of
 * code_value.c.
 *
 * An image is made once for all closures of the same code, and kept while that code is there: the table holds the code. It is that
 * of the closure's source (code_source.c); the code itself is taken where that is not to be had, and where it runs in this PHP.
 *
 * Threads: the table is one thread's and its request's.
 */
#include "closures.h"

typedef struct {
	void *image;
	zend_op_array code; /* holds a reference, unless the code is opcache's, which stays for the request */
	zval constants;     /* by number of a static variable: what it is at first, where the compiler has put in the values of constants */
} fz_kept_image;

/* By fz_image_key(). */
static __thread HashTable *fz_images;
static __thread uint32_t fz_images_limit;

static void fz_free_image(zval *entry)
{
	fz_kept_image *kept = Z_PTR_P(entry);

	fz_engine->release(FZ_REF_IMAGE, kept->image);
	zval_ptr_dtor(&kept->constants);
	if (kept->code.refcount) {
		destroy_op_array(&kept->code);
	}
	efree(kept);
}

/* Code that only the table holds cannot be met again. */
static int fz_forget_image(zval *entry)
{
	const fz_kept_image *kept = Z_PTR_P(entry);

	return kept->code.refcount && *kept->code.refcount == 1 ? ZEND_HASH_APPLY_REMOVE : ZEND_HASH_APPLY_KEEP;
}

/* By the address of the opcodes, which are aligned; code for this PHP is another image than its source for any. */
static zend_ulong fz_image_key(const zend_op_array *code, bool within)
{
	return (zend_ulong) (uintptr_t) code->opcodes | within;
}

static const fz_kept_image *fz_find_image(const zend_op_array *code, bool within)
{
	return fz_images ? zend_hash_index_find_ptr(fz_images, fz_image_key(code, within)) : NULL;
}

/* Takes over `constants`. */
static void fz_keep_image(const zend_op_array *code, bool within, void *image, const zval *constants)
{
	fz_kept_image *kept;

	if (!fz_images) {
		fz_images = emalloc(sizeof *fz_images);
		zend_hash_init(fz_images, 8, NULL, fz_free_image, 0);
		fz_images_limit = 256;
	} else if (zend_hash_num_elements(fz_images) >= fz_images_limit) {
		zend_hash_apply(fz_images, fz_forget_image);
		fz_images_limit = MAX(256, 2 * zend_hash_num_elements(fz_images));
	}
	kept = emalloc(sizeof *kept);
	kept->image = image;
	ZVAL_COPY_VALUE(&kept->constants, constants);
	kept->code = *code;
	if (code->refcount) {
		++*code->refcount;
		/* What is the closure's own is not ours to free. */
		kept->code.fn_flags &= ~ZEND_ACC_HEAP_RT_CACHE;
		kept->code.static_variables = NULL;
		if (code->function_name) {
			zend_string_addref(code->function_name);
		}
	}
	zend_hash_index_add_new_ptr(fz_images, fz_image_key(code, within), kept);
}

void fz_closures_drop_images(void)
{
	HashTable *images = fz_images;

	if (images) {
		fz_images = NULL;
		zend_hash_destroy(images);
		efree(images);
	}
}

/* The name is made with the image, so that no task has to make one to be named in an error. */
static void *fz_new_image(const smart_str *bytes, const zend_op_array *code)
{
	zend_string *name = strpprintf(0, "closure at %s:%" PRIu32, code->filename ? ZSTR_VAL(code->filename) : "", code->line_start);
	const fz_slice slice = { ZSTR_VAL(name), ZSTR_LEN(name) };
	void *image = fz_handle_made(fz_engine->image_new(ZSTR_VAL(bytes->s), ZSTR_LEN(bytes->s), slice));

	zend_string_release(name);
	return image;
}

typedef struct {
	fz_code_writer w;
	bool written;
	zval constants; /* see fz_kept_image */
} fz_image_writer;

static void fz_write_image(const zend_op_array *code, fz_image_writer *writer)
{
	writer->w.relies = code->refcount ? FZ_RELIES_ON_NONE : FZ_RELIES_ON_ALL; /* opcache's was optimised with what this PHP has */
	writer->written = fz_code_write(&writer->w, code);
}

/* What static variables of the source are at first, as fz_put_constant() has it. False: refused. */
static bool fz_write_constants(fz_image_writer *writer, const zend_op_array *code)
{
	const HashTable *table = code->static_variables;

	for (uint32_t i = 0; table && i < table->nNumUsed; i++) {
		fz_code_writer w = { .e = writer->w.e, .code = code, .line = code->line_start };

		if (Z_TYPE(table->arData[i].val) != IS_CONSTANT_AST) {
			continue;
		}
		if (!fz_code_put_value(&w, &table->arData[i].val)) {
			smart_str_free(&w.out);
			return false;
		}
		if (Z_ISUNDEF(writer->constants)) {
			array_init(&writer->constants);
		}
		add_index_str(&writer->constants, i, smart_str_extract(&w.out));
	}
	return true;
}

static void fz_write_source(const zend_op_array *code, bool optimised, void *context)
{
	fz_image_writer *writer = context;

	writer->w.relies = optimised ? FZ_RELIES_ON_SOME : FZ_RELIES_ON_NONE;
	writer->written = fz_code_write(&writer->w, code) && fz_write_constants(writer, code);
}

/* An image of the code, or NULL: an exception is pending. */
static void *fz_make_image(fz_encoder *e, const zend_op_array *code, zval *constants)
{
	fz_image_writer writer = { .w = { .e = e } };
	void *image;

	ZVAL_UNDEF(&writer.constants);
	if (e->same_php || !fz_code_from_source(code, fz_write_source, &writer)) {
		fz_write_image(code, &writer);
	}
	image = writer.written ? fz_new_image(&writer.w.out, code) : NULL;
	smart_str_free(&writer.w.out);
	ZVAL_COPY_VALUE(constants, &writer.constants);
	return image;
}

/* Writes the number of the code's image. `constants` is given what the closure's variables are at first, of the caller to release.
 * False: refused. */
static bool fz_put_image(fz_encoder *e, const zend_op_array *code, zval *constants)
{
	const fz_kept_image *kept = fz_find_image(code, e->same_php);
	void *image;

	if (kept) {
		ZVAL_COPY(constants, &kept->constants);
		fz_write_u32(e, fz_encode_attach(e, FZ_REF_IMAGE, kept->image));
		return true;
	}
	image = fz_make_image(e, code, constants);
	if (!image) {
		zval_ptr_dtor(constants);
		return false;
	}
	fz_write_u32(e, fz_encode_attach(e, FZ_REF_IMAGE, image));
	if (fz_closures_keep()) {
		Z_TRY_ADDREF_P(constants);
		fz_keep_image(code, e->same_php, image, constants);
	} else {
		fz_engine->release(FZ_REF_IMAGE, image);
	}
	return true;
}

static void fz_put_class(fz_encoder *e, const zend_class_entry *ce)
{
	fz_write_string(e, ce ? ce->name : ZSTR_EMPTY_ALLOC());
}

static bool fz_put_this(fz_encoder *e, zend_object *object)
{
	fz_step step;
	zval value;
	bool ok;

	if (!object) {
		return true;
	}
	ZVAL_OBJ(&value, object);
	fz_enter_variable(e, &step, NULL, FZ_STEP_THIS);
	ok = fz_encode_value(e, &value);
	fz_leave(e, &step);
	return ok;
}

static void fz_put_constant_bytes(fz_encoder *e, const zend_string *bytes)
{
	fz_write_u8(e, FZ_STATIC_CONSTANT);
	fz_write_u32(e, (uint32_t) ZSTR_LEN(bytes));
	fz_write_bytes(e, ZSTR_VAL(bytes), ZSTR_LEN(bytes));
}

/* A constant that is evaluated when it is first needed. */
static bool fz_put_constant(fz_encoder *e, const zend_op_array *code, const zval *value)
{
	fz_code_writer w = { .e = e, .code = code, .line = code->line_start };
	const bool ok = fz_code_put_value(&w, value);

	if (ok) {
		fz_put_constant_bytes(e, w.out.s);
	}
	smart_str_free(&w.out);
	return ok;
}

/* Whether a variable comes from where the closure was made, by `use` or by an arrow function; for error messages. */
static bool fz_is_used(const zend_op_array *code, const zend_string *name)
{
	for (const zend_op *op = code->opcodes, *end = op + code->last; op < end; op++) {
		if (op->opcode == ZEND_BIND_STATIC && (op->extended_value & (ZEND_BIND_IMPLICIT | ZEND_BIND_EXPLICIT))
			&& zend_string_equals(code->vars[EX_VAR_TO_NUM(op->op1.var)], name)) {
			return true;
		}
	}
	return false;
}

static bool fz_put_variable(fz_encoder *e, const zend_op_array *code, zend_string *name, zval *variable)
{
	fz_step step;
	zval value;
	bool ok;

	if (FZ_IS_LATER(variable)) {
		fz_write_u8(e, FZ_STATIC_LATER);
		return true;
	}
	if (Z_TYPE_P(variable) == IS_CONSTANT_AST) {
		return fz_put_constant(e, code, variable);
	}
	fz_write_u8(e, Z_ISREF_P(variable) ? FZ_STATIC_REFERENCE : FZ_STATIC_VALUE);
	ZVAL_COPY_DEREF(&value, variable);
	fz_enter_variable(e, &step, name, fz_is_used(code, name) ? FZ_STEP_USE : FZ_STEP_STATIC);
	ok = fz_encode_value(e, &value);
	fz_leave(e, &step);
	zval_ptr_dtor(&value);
	return ok;
}

/* `constants`: see fz_kept_image. A `static` statement that has run has made its variable a reference. */
static bool fz_put_variables(fz_encoder *e, const zend_op_array *code, const zval *constants)
{
	HashTable *table = ZEND_MAP_PTR_GET(code->static_variables_ptr);

	if (!table) {
		table = code->static_variables;
	}
	fz_write_u32(e, table ? table->nNumUsed : 0);
	for (uint32_t i = 0; table && i < table->nNumUsed; i++) {
		const zval *constant = Z_ISUNDEF_P(constants) || Z_ISREF(table->arData[i].val)
			? NULL : zend_hash_index_find(Z_ARRVAL_P(constants), i);

		if (constant) {
			fz_put_constant_bytes(e, Z_STR_P(constant));
			continue;
		}
		if (!fz_put_variable(e, code, table->arData[i].key, &table->arData[i].val)) {
			return false;
		}
	}
	return true;
}

static bool fz_put_named(fz_encoder *e, const zend_function *function, const zend_class_entry *called, zend_object *object)
{
	const zend_class_entry *scope = function->common.scope;

	if (!scope) {
		fz_write_u8(e, FZ_CLOSURE_FUNCTION);
		fz_write_string(e, function->common.function_name);
		return true;
	}
	fz_write_u8(e, FZ_CLOSURE_METHOD);
	fz_put_class(e, scope);
	fz_write_string(e, function->common.function_name);
	fz_put_class(e, called);
	fz_write_u8(e, object != NULL);
	return fz_put_this(e, object);
}

static bool fz_put_code(fz_encoder *e, zend_function *function, const zend_class_entry *called, zend_object *object)
{
	zval constants;
	bool ok;

	ZVAL_UNDEF(&constants);
	if (!fz_put_image(e, &function->op_array, &constants)) {
		return false;
	}
	fz_put_class(e, function->common.scope);
	fz_put_class(e, called);
	fz_write_u8(e, object != NULL);
	ok = fz_put_variables(e, &function->op_array, &constants);
	zval_ptr_dtor(&constants);
	return ok && fz_put_this(e, object);
}

bool fz_encode_closure(fz_encoder *e, zend_object *closure)
{
	zend_class_entry *called;
	zend_function *function;
	zend_object *object;

	if (closure->handlers->get_closure(closure, &called, &function, &object, true) != SUCCESS) {
		return fz_encode_refuse_kind(e, "Closure");
	}
	if (function->type != ZEND_USER_FUNCTION || (function->common.fn_flags & ZEND_ACC_FAKE_CLOSURE)) {
		return fz_put_named(e, function, called, object);
	}
	fz_write_u8(e, FZ_CLOSURE_CODE);
	return fz_put_code(e, function, called, object);
}

/* The method first: an error names it, however large the object is. */
static bool fz_encode_method(fz_encoder *e, zval *target, zval *method)
{
	fz_step step;
	zval held;
	bool ok;

	fz_write_u8(e, FZ_TAG_METHOD);
	fz_write_string(e, Z_STR_P(method));
	ZVAL_COPY(&held, target); /* hooks of the object may change the array */
	fz_enter_index(e, &step, 0);
	ok = fz_encode_value(e, &held);
	fz_leave(e, &step);
	zval_ptr_dtor(&held);
	return ok;
}

void *fz_closure_code(zval *callable)
{
	zend_class_entry *called;
	zend_function *function;
	zend_object *object;
	const fz_kept_image *kept;

	ZVAL_DEREF(callable);
	if (Z_TYPE_P(callable) != IS_OBJECT || Z_OBJCE_P(callable) != zend_ce_closure || !fz_images
		|| Z_OBJ_HANDLER_P(callable, get_closure)(Z_OBJ_P(callable), &called, &function, &object, true) != SUCCESS
		|| function->type != ZEND_USER_FUNCTION || (function->common.fn_flags & ZEND_ACC_FAKE_CLOSURE) || function->common.scope
		|| called || object || function->op_array.static_variables) {
		return NULL;
	}
	kept = fz_find_image(&function->op_array, FZ_TASKS_STAY_WITHIN);
	return kept ? kept->image : NULL;
}

bool fz_encode_callable(fz_encoder *e, zval *callable)
{
	zval *target, *method;

	ZVAL_DEREF(callable);
	switch (Z_TYPE_P(callable)) {
		case IS_OBJECT:
		case IS_STRING:
			return fz_encode_value(e, callable);
		case IS_ARRAY:
			target = zend_hash_index_find_deref(Z_ARRVAL_P(callable), 0);
			method = zend_hash_index_find_deref(Z_ARRVAL_P(callable), 1);
			if (zend_hash_num_elements(Z_ARRVAL_P(callable)) == 2 && target && method && Z_TYPE_P(method) == IS_STRING) {
				return fz_encode_method(e, target, method);
			}
			ZEND_FALLTHROUGH;
		default:
			return fz_encode_refuse(e, "a task is a Closure, the name of a function, 'Class::method' or [class or object, method], not %s",
				zend_zval_type_name(callable));
	}
}
