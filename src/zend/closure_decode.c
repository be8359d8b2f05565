/*
 * Closures on arrival; closure_encode.c has the format. The code of an image is built once and kept for the request, by the
 * image's number, which no other image of the process has.
 *
 * Threads: the table is one thread's and its request's.
 */
#include "closures.h"

typedef struct {
	zend_op_array code;
	bool used;   /* since the table was last looked through */
	bool scoped; /* code.scope is said */
	zval closure; /* see fz_decode_code(); undefined until a task calls it */
} fz_kept_code;

static __thread HashTable *fz_codes;
static __thread uint32_t fz_codes_limit;

static void fz_free_code(zval *entry)
{
	fz_kept_code *kept = Z_PTR_P(entry);

	zval_ptr_dtor(&kept->closure);
	fz_code_release(&kept->code);
	efree(kept);
}

/* Code without closures that was not asked for lately goes. */
static int fz_forget_code(zval *entry)
{
	fz_kept_code *kept = Z_PTR_P(entry);
	const bool own = !Z_ISUNDEF(kept->closure) && Z_REFCOUNT(kept->closure) == 1;
	const bool used = kept->used || *kept->code.refcount > (own ? 2 : 1);

	kept->used = false;
	return used ? ZEND_HASH_APPLY_KEEP : ZEND_HASH_APPLY_REMOVE;
}

static void fz_keep_code(uint64_t number, fz_kept_code *kept)
{
	if (!fz_codes) {
		fz_codes = emalloc(sizeof *fz_codes);
		zend_hash_init(fz_codes, 8, NULL, fz_free_code, 0);
		fz_codes_limit = 256;
	} else if (zend_hash_num_elements(fz_codes) >= fz_codes_limit) {
		zend_hash_apply(fz_codes, fz_forget_code);
		fz_codes_limit = MAX(256, 2 * zend_hash_num_elements(fz_codes));
	}
	zend_hash_index_add_new_ptr(fz_codes, number, kept);
}

static void fz_drop_code(void)
{
	HashTable *codes = fz_codes;

	if (codes) {
		fz_codes = NULL;
		zend_hash_destroy(codes);
		efree(codes);
	}
}

void fz_closures_request_end(void)
{
	fz_closures_drop_images();
	fz_drop_code();
	fz_sources_drop();
	fz_labels_request_end();
}

/* The code of the image that d->handle holds, or NULL. *own: nobody keeps it but the caller. */
static fz_kept_code *fz_code_of(fz_decoder *d, bool *own)
{
	const uint64_t number = fz_engine->image_number(d->handle);
	fz_kept_code *kept = fz_codes ? zend_hash_index_find_ptr(fz_codes, number) : NULL;
	fz_code_reader r = { .d = d };
	size_t len;

	*own = false;
	if (kept) {
		kept->used = true;
		return kept;
	}
	r.at = fz_engine->image_bytes(d->handle, &len);
	r.end = r.at + len;
	kept = ecalloc(1, sizeof *kept);
	if (!fz_code_read(&r, &kept->code)) {
		efree(kept);
		return NULL;
	}
	kept->used = true;
	if (fz_closures_keep()) {
		fz_keep_code(number, kept);
	} else {
		*own = true;
	}
	return kept;
}

/* --- the closure --- */

/* What to do where something is not known. */
#ifdef ZTS
# define FZ_REMEDY "let the worker load the file that declares it"
#else
# define FZ_REMEDY "load the file that declares it in the host, too"
#endif

/* In a part of a throwable, what cannot be made here is left out: the closure is null, and what follows is read all the same. */

/* A class by its name, NULL for none. `blank` is set when it is not known, which is all right here. */
static bool fz_get_class(fz_decoder *d, const char *what, zend_class_entry **ce, bool *blank)
{
	zend_string *name = fz_read_string(d);
	bool ok = true;

	*ce = NULL;
	if (!name) {
		return false;
	}
	if (ZSTR_LEN(name) && (!(*ce = zend_lookup_class(name)) || EG(exception))) {
		fz_decode_refuse(d, "class %s, the %s of the closure, is not known here: " FZ_REMEDY, ZSTR_VAL(name), what);
		*ce = NULL;
		*blank = true;
		ok = fz_decode_pass(d);
	}
	zend_string_release(name);
	return ok;
}

/* A value that is for nothing. */
static bool fz_get_nothing(fz_decoder *d)
{
	zval value;

	if (!fz_decode_value(d, &value)) {
		return false;
	}
	zval_ptr_dtor(&value);
	return true;
}

/* Whether something is missing that may be. */
static bool fz_decode_misses(const fz_decoder *d)
{
	return d->part && d->parts[d->part - 1].missing;
}

/* Gives the closure its $this, whose reference becomes the closure's. */
static bool fz_bind_this(zval *closure, zval *object)
{
#if PHP_VERSION_ID < 80600
	ZVAL_COPY_VALUE(zend_get_closure_this_ptr(closure), object);
	return true;
#else
	/* From 8.6 on Zend tells which object it is, and no longer where it stands: behind the function. Zend is asked whether it does. */
	zend_object **place = (zend_object **) ((zend_function *) zend_get_closure_method_def(Z_OBJ_P(closure)) + 1);
	zend_object *before = *place;

	*place = Z_OBJ_P(object);
	if (zend_get_closure_this_ptr(closure) == Z_OBJ_P(object)) {
		return true;
	}
	*place = before;
	return false;
#endif
}

/* Binds $this, which may lead back to the closure. Its class here may be another than it was there, and code of `scope` relies
 * on an object of it: PHP's own methods on its memory. */
static bool fz_get_this(fz_decoder *d, zend_class_entry *scope, zval *closure)
{
	zval object;

	if (!fz_decode_value(d, &object)) {
		return false;
	}
	if (Z_TYPE(object) != IS_OBJECT) {
		zval_ptr_dtor(&object);
		return fz_decode_misses(d) || fz_decode_broken(d);
	}
	if (scope && scope != zend_ce_closure && !instanceof_function(Z_OBJCE(object), scope)) {
		fz_decode_refuse(d, "%s, of which the closure has its $this, is no %s here", ZSTR_VAL(Z_OBJCE(object)->name), ZSTR_VAL(scope->name));
		zval_ptr_dtor(&object);
		return fz_decode_pass(d);
	}
	if (!fz_bind_this(closure, &object)) {
		fz_decode_refuse(d, "closures cannot be bound to an object in this build of PHP");
		zval_ptr_dtor(&object);
		return fz_decode_pass(d);
	}
	return true;
}

static bool fz_get_constant_variable(fz_decoder *d, zval *value)
{
	fz_code_reader r = { .d = d };
	uint32_t len;

	if (!fz_read_u32(d, &len) || !(r.at = fz_read_bytes(d, len))) {
		return false;
	}
	r.end = r.at + len;
	if (!fz_code_get_value(&r, value)) {
		ZVAL_NULL(value);
		return fz_decode_pass(d);
	}
	return true;
}

/* Variables of a closure that is not made. */
static bool fz_get_no_variables(fz_decoder *d)
{
	uint32_t count, len;
	uint8_t kind;

	if (!fz_read_u32(d, &count)) {
		return false;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (!fz_read_u8(d, &kind)) {
			return false;
		}
		if (kind > FZ_STATIC_CONSTANT) {
			return fz_decode_broken(d);
		}
		if (kind == FZ_STATIC_LATER) {
			continue;
		}
		if (kind == FZ_STATIC_CONSTANT ? !fz_read_u32(d, &len) || !fz_read_bytes(d, len) : !fz_get_nothing(d)) {
			return false;
		}
	}
	return true;
}

/* Whether the code computes a static variable when control first comes to it (PHP 8.3). It takes what is there for a reference. */
static bool fz_is_computed(const zend_op_array *code, uint32_t variable)
{
#if PHP_VERSION_ID >= 80300
	for (const zend_op *op = code->opcodes, *end = op + code->last; op < end; op++) {
		if (op->opcode == ZEND_BIND_INIT_STATIC_OR_JMP && op->extended_value == variable * sizeof(Bucket)) {
			return true;
		}
	}
#endif
	return false;
}

static bool fz_get_variables(fz_decoder *d, zend_function *function)
{
	HashTable *table = ZEND_MAP_PTR_GET(function->op_array.static_variables_ptr);
	uint32_t count;

	if (!fz_read_u32(d, &count)) {
		return false;
	}
	if (count != (table ? table->nNumUsed : 0)) {
		return fz_decode_broken(d);
	}
	for (uint32_t i = 0; i < count; i++) {
		zval value, *variable;
		uint8_t kind;

		if (!fz_read_u8(d, &kind)) {
			return false;
		}
		if (kind == FZ_STATIC_LATER) {
			FZ_SET_LATER(&table->arData[i].val);
			continue;
		}
		if (kind > FZ_STATIC_CONSTANT) {
			return fz_decode_broken(d);
		}
		if (!(kind == FZ_STATIC_CONSTANT ? fz_get_constant_variable(d, &value) : fz_decode_bare(d, &value))) {
			return false;
		}
		variable = &table->arData[i].val;
		if (kind == FZ_STATIC_VALUE && fz_is_computed(&function->op_array, i)) {
			/* The sender's compiler knew the value, and the statement has not run. */
			zval_ptr_dtor(&value);
			FZ_SET_LATER(variable);
		} else if (kind == FZ_STATIC_REFERENCE) {
			ZVAL_NEW_REF(variable, &value);
		} else {
			ZVAL_COPY_VALUE(variable, &value);
		}
	}
	return true;
}

/* The image's code, bound to its scope, as a closure whose variables are still to come. */
static bool fz_make_closure(fz_decoder *d, zend_class_entry *scope, zend_class_entry *called, zval *out)
{
	bool own;
	fz_kept_code *kept = fz_code_of(d, &own);

	if (!kept) {
		return false;
	}
	if (!kept->scoped) {
		fz_code_set_scope(&kept->code, scope);
		kept->scoped = true;
	}
	zend_create_closure(out, (zend_function *) &kept->code, scope, called, NULL);
	if (own) {
		fz_code_release(&kept->code);
		efree(kept);
	}
	return true;
}

static bool fz_get_code_closure(fz_decoder *d, zval *out)
{
	const uint32_t object = d->objects_count - 1;
	zend_class_entry *scope, *called;
	uint32_t number;
	uint8_t bound;
	bool blank = false;

	if (!fz_read_u32(d, &number) || !fz_get_class(d, "scope", &scope, &blank) || !fz_get_class(d, "called class", &called, &blank)
		|| !fz_read_u8(d, &bound)) {
		return false;
	}
	d->handle = fz_detach(d, number, FZ_REF_IMAGE);
	d->handle_kind = FZ_REF_IMAGE;
	if (!d->handle) {
		return false;
	}
	blank = blank || !fz_make_closure(d, scope, called, out);
	fz_engine->release(FZ_REF_IMAGE, d->handle);
	d->handle = NULL;
	if (blank) {
		ZVAL_NULL(out);
		return fz_decode_pass(d) && fz_get_no_variables(d) && (!bound || fz_get_nothing(d));
	}
	fz_decode_register(d, object, Z_OBJ_P(out));
	return fz_get_variables(d, (zend_function *) zend_get_closure_method_def(Z_OBJ_P(out))) && (!bound || fz_get_this(d, scope, out));
}

static bool fz_get_function(fz_decoder *d, zval *out)
{
	const uint32_t object = d->objects_count - 1;
	zend_string *name = fz_read_string(d);
	zend_function *function;
	bool ok = true;

	if (!name) {
		return false;
	}
	function = zend_hash_find_ptr_lc(EG(function_table), name);
	if (function) {
		zend_create_fake_closure(out, function, NULL, NULL, NULL);
		fz_decode_register(d, object, Z_OBJ_P(out));
	} else {
		fz_decode_refuse(d, "function %s() is not known here: " FZ_REMEDY, ZSTR_VAL(name));
		ZVAL_NULL(out);
		ok = fz_decode_pass(d);
	}
	zend_string_release(name);
	return ok;
}

/* What __call() and __callStatic() answer has no function of its own: Closure::fromCallable() makes one. */
static bool fz_make_magic(fz_decoder *d, zend_class_entry *called, zend_string *method, zval *object, zval *out)
{
	zval callable, target, name;
	zend_function *from = zend_hash_str_find_ptr(&zend_ce_closure->function_table, ZEND_STRL("fromcallable"));

	if (Z_TYPE_P(object) == IS_OBJECT) {
		ZVAL_COPY(&target, object);
	} else {
		ZVAL_STR_COPY(&target, called->name);
	}
	ZVAL_STR_COPY(&name, method);
	array_init_size(&callable, 2);
	zend_hash_next_index_insert_new(Z_ARRVAL(callable), &target);
	zend_hash_next_index_insert_new(Z_ARRVAL(callable), &name);
	ZVAL_UNDEF(out);
	zend_call_known_function(from, NULL, zend_ce_closure, out, 1, &callable, NULL);
	zval_ptr_dtor(&callable);
	return Z_TYPE_P(out) == IS_OBJECT && !EG(exception);
}

/* After a refusal. */
static bool fz_make_no_method(fz_decoder *d, bool bound, zval *out)
{
	ZVAL_NULL(out);
	return fz_decode_pass(d) && (!bound || fz_get_nothing(d));
}

static bool fz_make_method(fz_decoder *d, zend_class_entry *scope, zend_class_entry *called, zend_string *method, bool bound, zval *out)
{
	const uint32_t number = d->objects_count - 1;
	zend_function *function = zend_hash_find_ptr_lc(&scope->function_table, method);
	zval object;
	bool ok;

	if (function) {
		/* Code of a method that is not static takes $this for granted; PHP's own abstract methods have no code. */
		if ((function->common.fn_flags & ZEND_ACC_ABSTRACT) || (!bound && !(function->common.fn_flags & ZEND_ACC_STATIC))) {
			fz_decode_refuse(d, "method %s::%s() is %s here, and was not so where the closure comes from", ZSTR_VAL(scope->name),
				ZSTR_VAL(method), function->common.fn_flags & ZEND_ACC_ABSTRACT ? "abstract" : "an instance's");
			return fz_make_no_method(d, bound, out);
		}
		zend_create_fake_closure(out, function, function->common.scope, called, NULL);
		fz_decode_register(d, number, Z_OBJ_P(out));
		return !bound || fz_get_this(d, function->common.scope, out);
	}
	if (!(bound ? scope->__call : scope->__callstatic)) {
		fz_decode_refuse(d, "method %s::%s() is not known here", ZSTR_VAL(scope->name), ZSTR_VAL(method));
		return fz_make_no_method(d, bound, out);
	}
	ZVAL_UNDEF(&object);
	if (bound && !fz_decode_bare(d, &object)) {
		return false;
	}
	ok = (!bound || Z_TYPE(object) == IS_OBJECT || !fz_decode_misses(d)) && fz_make_magic(d, called ? called : scope, method, &object, out);
	zval_ptr_dtor(&object);
	if (ok) {
		fz_decode_register(d, number, Z_OBJ_P(out));
		return true;
	}
	zval_ptr_dtor(out);
	ZVAL_NULL(out);
	return fz_decode_pass(d);
}

static bool fz_get_method(fz_decoder *d, zval *out)
{
	zend_class_entry *scope, *called;
	zend_string *method = NULL;
	uint8_t bound;
	bool blank = false;
	bool ok = fz_get_class(d, "scope", &scope, &blank) && (scope || blank || fz_decode_broken(d)) && (method = fz_read_string(d)) != NULL
		&& fz_get_class(d, "called class", &called, &blank) && fz_read_u8(d, &bound)
		&& (blank ? fz_make_no_method(d, bound, out) : fz_make_method(d, scope, called, method, bound, out));

	if (method) {
		zend_string_release(method);
	}
	return ok;
}

bool fz_decode_closure(fz_decoder *d, zval *out)
{
	uint8_t kind;
	bool ok;

	ZVAL_UNDEF(out);
	if (!fz_read_u8(d, &kind)) {
		return false;
	}
	switch (kind) {
		case FZ_CLOSURE_CODE:
			ok = fz_get_code_closure(d, out);
			break;
		case FZ_CLOSURE_FUNCTION:
			ok = fz_get_function(d, out);
			break;
		case FZ_CLOSURE_METHOD:
			ok = fz_get_method(d, out);
			break;
		default:
			ok = fz_decode_broken(d);
			break;
	}
	if (!ok) {
		zval_ptr_dtor(out);
		ZVAL_UNDEF(out);
	}
	return ok;
}

static bool fz_get_method_callable(fz_decoder *d, zval *out)
{
	zend_string *method = fz_read_string(d);
	zval target, name;

	if (!method) {
		return false;
	}
	if (!fz_decode_bare(d, &target)) {
		zend_string_release(method);
		return false;
	}
	ZVAL_STR(&name, method);
	array_init_size(out, 2);
	zend_hash_next_index_insert_new(Z_ARRVAL_P(out), &target);
	zend_hash_next_index_insert_new(Z_ARRVAL_P(out), &name);
	return true;
}

bool fz_kept_closure(void *image, zval *out)
{
	fz_kept_code *kept = fz_codes ? zend_hash_index_find_ptr(fz_codes, fz_engine->image_number(image)) : NULL;

	if (!kept || Z_ISUNDEF(kept->closure)) {
		return false;
	}
	kept->used = true;
	ZVAL_COPY(out, &kept->closure);
	return true;
}

bool fz_decode_code(fz_decoder *d, void *image, zval *out)
{
	fz_kept_code *kept;
	bool ok;

	if (fz_kept_closure(image, out)) {
		return true;
	}
	ZVAL_UNDEF(out);
	fz_engine->retain(FZ_REF_IMAGE, image);
	d->handle = image;
	d->handle_kind = FZ_REF_IMAGE;
	ok = fz_make_closure(d, NULL, NULL, out);
	fz_engine->release(FZ_REF_IMAGE, d->handle);
	d->handle = NULL;
	if (ok && fz_codes && (kept = zend_hash_index_find_ptr(fz_codes, fz_engine->image_number(image)))) {
		ZVAL_COPY(&kept->closure, out);
	}
	return ok;
}

bool fz_decode_callable(fz_decoder *d, zval *out)
{
	zend_string *name = NULL;
	char *error = NULL;
	bool ok;

	ZVAL_UNDEF(out);
	if (d->at < d->end && *d->at == FZ_TAG_METHOD) {
		d->at++;
		ok = fz_get_method_callable(d, out);
	} else {
		ok = fz_decode_bare(d, out);
	}
	if (!ok) {
		return false;
	}
	if (Z_TYPE_P(out) == IS_OBJECT && Z_OBJCE_P(out) == zend_ce_closure) {
		return true;
	}
	ok = zend_is_callable_ex(out, NULL, 0, &name, NULL, &error);
	if (!ok) {
		fz_decode_refuse(d, "%s cannot be called here: %s", name ? ZSTR_VAL(name) : "the task", error ? error : "it is not callable");
		zval_ptr_dtor(out);
		ZVAL_UNDEF(out);
	}
	if (name) {
		zend_string_release(name);
	}
	if (error) {
		efree(error);
	}
	return ok;
}
