/*
 * zval → bytes. What is walked is held, and what has a number is held to the end: hooks of PHP code run meanwhile.
 */
#include "values.h"

#include "zend_smart_str.h"

/* --- errors --- */

/* At most so many steps of a path are shown, unless few more are left. */
#define FZ_STEPS_SHOWN 8

static void fz_append_step(smart_str *text, const fz_step *step)
{
	if (step->kind == FZ_STEP_USE) {
		smart_str_append_printf(text, " use ($%s)", ZSTR_VAL(step->name));
	} else if (step->kind == FZ_STEP_STATIC) {
		smart_str_append_printf(text, " static $%s", ZSTR_VAL(step->name));
	} else if (step->kind == FZ_STEP_THIS) {
		smart_str_appends(text, " $this");
	} else if (step->kind == FZ_STEP_PROPERTY) {
		const char *class_name, *name;
		size_t len;

		if (zend_unmangle_property_name_ex(step->name, &class_name, &name, &len) == SUCCESS) {
			smart_str_appendl(text, "->", 2);
			smart_str_appendl(text, name, len);
		}
	} else if (step->name) {
		smart_str_appendl(text, "['", 2);
		smart_str_append(text, step->name);
		smart_str_appendl(text, "']", 2);
	} else {
		smart_str_appendc(text, '[');
		smart_str_append_long(text, (zend_long) step->index);
		smart_str_appendc(text, ']');
	}
}

static void fz_append_path(fz_encoder *e, smart_str *text)
{
	const fz_step *steps[FZ_STEPS_SHOWN + 2];
	uint32_t count = 0, shown;

	for (const fz_step *step = e->path; step; step = step->up) {
		count++;
	}
	shown = count > FZ_STEPS_SHOWN + 2 ? FZ_STEPS_SHOWN : count;
	uint32_t at = count;
	for (const fz_step *step = e->path; step; step = step->up) {
		if (--at < shown) {
			steps[at] = step;
		}
	}
	smart_str_appends(text, e->root);
	for (uint32_t i = 0; i < shown; i++) {
		fz_append_step(text, steps[i]);
	}
	if (shown < count) {
		smart_str_append_printf(text, "… (%u more)", count - shown);
	}
}

bool fz_encode_refuse(fz_encoder *e, const char *format, ...)
{
	smart_str text = { 0 };
	va_list args;

	if (EG(exception)) {
		return false;
	}
	va_start(args, format);
	zend_string *why = zend_vstrpprintf(0, format, args);
	va_end(args);
	fz_append_path(e, &text);
	smart_str_appendl(&text, ": ", 2);
	smart_str_append(&text, why);
	smart_str_0(&text);
	zend_string_release(why);
	zend_throw_exception(fz_ce_exceptions[FZ_TRANSFER], ZSTR_VAL(text.s), 0);
	smart_str_free(&text);
	return false;
}

bool fz_encode_refuse_kind(fz_encoder *e, const char *what)
{
	return fz_encode_refuse(e, "%s cannot cross to another thread", what);
}

uint32_t fz_encode_attach(fz_encoder *e, int kind, void *handle)
{
	const uint32_t number = fz_engine->message_attach(e->message, kind, handle);

	if (UNEXPECTED(number == UINT32_MAX)) {
		fz_refusal refusal;

		/* A fatal error: whoever attaches does not ask. */
		if (fz_engine->failure(&refusal)) {
			zend_error_noreturn(E_ERROR, "ffi_zts: %s", refusal.text);
		}
		zend_error_noreturn(E_ERROR, "ffi_zts: internal error: a thing of the kind %d cannot be in a message (please report it)", kind);
	}
	return number;
}

char *fz_encode_grow(fz_encoder *e, size_t more)
{
	fz_refusal refusal;
	char *sink;

	if (!e->sink) {
		if (fz_engine->message_grow(e->message, more) == 0) {
			fz_large_pages(e->message->ptr + e->message->len, more, more);
			return NULL;
		}
		/* Whoever writes does not ask whether that has worked. It ends soon: with an exception nothing of the program's runs any more. */
		if (!fz_engine->failure(&refusal)) {
			fz_encode_refuse(e, "no memory for a message of %zu bytes", e->message->len + more);
		} else if (!EG(exception)) {
			fz_throw_refusal(&refusal);
		}
	}
	sink = realloc(e->sink, more);
	if (!sink) {
		zend_error_noreturn(E_ERROR, "ffi_zts: no memory for a message of %zu bytes", e->message->len + more);
	}
	return e->sink = sink;
}

void fz_encode_patch(fz_encoder *e, size_t at, const void *bytes, size_t len)
{
	if (EXPECTED(at + len <= e->message->len)) {
		memcpy(e->message->ptr + at, bytes, len);
	}
}

bool fz_encode_descend(fz_encoder *e)
{
	if (EXPECTED(fz_depth_fits(e->depth) && (!e->limit || e->depth < e->limit))) {
		e->depth++;
		return true;
	}
	return fz_encode_refuse(e, "nested deeper than %u levels, which cannot cross to another thread: %s", e->depth, fz_depth_reason(e->depth));
}

/* --- numbers --- */

static zend_always_inline uint32_t fz_bucket_of(const fz_encoder *e, const void *thing)
{
	return (uint32_t) (((uintptr_t) thing >> 3) * UINT64_C(0x9E3779B97F4A7C15) >> 32) & e->bucket_mask;
}

fz_seen *fz_encode_find(fz_encoder *e, void *thing)
{
	if (!e->seen_count) {
		return NULL;
	}
	for (uint32_t bucket = fz_bucket_of(e, thing); e->buckets[bucket]; bucket = (bucket + 1) & e->bucket_mask) {
		fz_seen *seen = &e->seen[e->buckets[bucket] - 1];

		if (seen->thing == thing) {
			return seen;
		}
	}
	return NULL;
}

static void fz_encode_index(fz_encoder *e, uint32_t place)
{
	uint32_t bucket = fz_bucket_of(e, e->seen[place].thing);

	while (e->buckets[bucket]) {
		bucket = (bucket + 1) & e->bucket_mask;
	}
	e->buckets[bucket] = place + 1;
}

/* Twice as many buckets as there is room for things: half of them stay empty. */
static void fz_encode_rebuild(fz_encoder *e)
{
	memset(e->buckets, 0, sizeof *e->buckets * (e->bucket_mask + 1));
	for (uint32_t place = 0; place < e->seen_count; place++) {
		fz_encode_index(e, place);
	}
}

static void fz_encode_more_room(fz_encoder *e)
{
	e->seen_room = e->seen_room ? e->seen_room * 2 : 32;
	e->seen = safe_erealloc(e->seen, e->seen_room, sizeof *e->seen, 0);
	if (e->buckets) {
		efree(e->buckets);
	}
	e->buckets = safe_emalloc(e->seen_room, 2 * sizeof *e->buckets, 0);
	e->bucket_mask = e->seen_room * 2 - 1;
	fz_encode_rebuild(e);
}

fz_seen *fz_encode_number(fz_encoder *e, void *thing, fz_kind kind)
{
	if (e->seen_count == e->seen_room) {
		fz_encode_more_room(e);
	}
	if (kind != FZ_KIND_SHAPE && !(GC_FLAGS((zend_refcounted *) thing) & GC_IMMUTABLE)) {
		GC_ADDREF((zend_refcounted *) thing); /* interned strings and constant arrays are immutable in this sense */
	}
	fz_seen *seen = &e->seen[e->seen_count];
	*seen = (fz_seen) { thing, e->numbers[kind]++, (uint8_t) kind, false, (uint16_t) e->depth };
	fz_encode_index(e, e->seen_count++);
	return seen;
}

static void fz_release_reference(zend_reference *reference)
{
	zval held;

	ZVAL_REF(&held, reference);
	zval_ptr_dtor(&held);
}

/* Lets go of things from the end to `from`. May run destructors. */
static void fz_encode_release(fz_encoder *e, uint32_t from)
{
	while (e->seen_count > from) {
		fz_seen seen = e->seen[--e->seen_count];

		switch (seen.kind) {
			case FZ_KIND_STRING: zend_string_release((zend_string *) seen.thing); break;
			case FZ_KIND_ARRAY: zend_array_release((zend_array *) seen.thing); break;
			case FZ_KIND_OBJECT: OBJ_RELEASE((zend_object *) seen.thing); break;
			case FZ_KIND_RESOURCE: zend_list_delete((zend_resource *) seen.thing); break;
			case FZ_KIND_REFERENCE: fz_release_reference((zend_reference *) seen.thing); break;
			default: break;
		}
	}
}

fz_mark fz_encode_mark(const fz_encoder *e)
{
	fz_mark mark = { .len = e->message->len, .seen_count = e->seen_count, .depth = e->depth, .within = e->within, .path = e->path };

	memcpy(mark.numbers, e->numbers, sizeof mark.numbers);
	return mark;
}

void fz_encode_rollback(fz_encoder *e, const fz_mark *mark)
{
	e->message->len = mark->len;
	e->depth = mark->depth;
	e->within = mark->within;
	e->path = mark->path;
	memcpy(e->numbers, mark->numbers, sizeof e->numbers);
	if (e->seen_count > mark->seen_count) {
		fz_encode_release(e, mark->seen_count);
		fz_encode_rebuild(e);
	}
}

/* --- strings --- */

static zend_always_inline char *fz_put_u64(char *at, uint64_t value)
{
	memcpy(at, &value, sizeof value);
	return at + sizeof value;
}

static void fz_write_string_number(fz_encoder *e, uint32_t number)
{
	if (number < 256) {
		char *at = fz_write_room(e, 2);
		at[0] = FZ_TAG_STRING_8;
		at[1] = (char) number;
	} else {
		char *at = fz_write_room(e, 5);
		at[0] = FZ_TAG_STRING_32;
		memcpy(at + 1, &number, sizeof number);
	}
}

void fz_write_string(fz_encoder *e, zend_string *string)
{
	size_t len = ZSTR_LEN(string);
	char *at;

	if (len <= 1) {
		at = fz_write_room(e, 1 + len);
		at[0] = len ? FZ_TAG_CHAR : FZ_TAG_EMPTY;
		if (len) {
			at[1] = ZSTR_VAL(string)[0];
		}
		return;
	}
	if (!ZSTR_IS_INTERNED(string) && GC_REFCOUNT(string) == 1) {
		at = fz_write_room(e, 9 + len);
		*at++ = FZ_TAG_STRING;
	} else {
		fz_seen *seen = fz_encode_find(e, string);

		if (seen) {
			fz_write_string_number(e, seen->number);
			return;
		}
		fz_encode_number(e, string, FZ_KIND_STRING);
		at = fz_write_room(e, 17 + len);
		*at++ = FZ_TAG_STRING_NEW;
		at = fz_put_u64(at, ZSTR_H(string));
	}
	at = fz_put_u64(at, len);
	memcpy(at, ZSTR_VAL(string), len);
}

static zend_always_inline void fz_write_int(fz_encoder *e, zend_long value)
{
	if (value >= INT8_MIN && value <= INT8_MAX) {
		char *at = fz_write_room(e, 2);
		at[0] = FZ_TAG_INT8;
		at[1] = (char) value;
	} else {
		char *at = fz_write_room(e, 9);
		at[0] = FZ_TAG_INT;
		fz_put_u64(at + 1, (uint64_t) value);
	}
}

/* What needs no path and no depth. False: it is something else. */
static zend_always_inline bool fz_write_plain(fz_encoder *e, zval *value)
{
	switch (Z_TYPE_P(value)) {
		case IS_UNDEF:
		case IS_NULL: fz_write_u8(e, FZ_TAG_NULL); return true;
		case IS_FALSE: fz_write_u8(e, FZ_TAG_FALSE); return true;
		case IS_TRUE: fz_write_u8(e, FZ_TAG_TRUE); return true;
		case IS_LONG: fz_write_int(e, Z_LVAL_P(value)); return true;
		case IS_STRING: fz_write_string(e, Z_STR_P(value)); return true;
		case IS_DOUBLE: {
			char *at = fz_write_room(e, 9);
			*at++ = FZ_TAG_FLOAT;
			memcpy(at, &Z_DVAL_P(value), sizeof(double));
			return true;
		}
		default: return false;
	}
}

/* --- arrays --- */

static void fz_write_head(fz_encoder *e, char tag, bool numbered, uint32_t count, bool told, zend_long next)
{
	char *at = fz_write_room(e, told ? 14 : 6);

	at[0] = tag;
	at[1] = (char) ((numbered ? FZ_ARRAY_NUMBERED : 0) | (told ? FZ_ARRAY_NEXT : 0));
	memcpy(at + 2, &count, sizeof count);
	if (told) {
		fz_put_u64(at + 6, (uint64_t) next);
	}
}

/* All slots as a block of 8 bytes each, if all are of `type` (int or float): false, and nothing written, if not. */
static bool fz_encode_block(fz_encoder *e, zend_array *array, uint8_t type, bool numbered)
{
	uint32_t used = array->nNumUsed;
	size_t before = e->message->len;
	const zval *from = array->arPacked;

	fz_write_head(e, type == IS_LONG ? FZ_TAG_INTS : FZ_TAG_FLOATS, numbered, used, array->nNextFreeElement != used,
		array->nNextFreeElement);
	char *to = fz_write_room(e, (size_t) used * 8);
	for (uint32_t i = 0; i < used; i++, to += 8) {
		if (UNEXPECTED(Z_TYPE(from[i]) != type)) {
			e->message->len = before;
			return false;
		}
		memcpy(to, &from[i].value, 8);
	}
	return true;
}

static bool fz_encode_packed(fz_encoder *e, zend_array *array, bool numbered)
{
	uint32_t used = array->nNumUsed;

	if (used && (Z_TYPE(array->arPacked[0]) == IS_LONG || Z_TYPE(array->arPacked[0]) == IS_DOUBLE)
			&& Z_TYPE(array->arPacked[used - 1]) == Z_TYPE(array->arPacked[0])
			&& fz_encode_block(e, array, Z_TYPE(array->arPacked[0]), numbered)) {
		return true;
	}
	fz_write_head(e, FZ_TAG_PACKED, numbered, used, array->nNextFreeElement != used, array->nNextFreeElement);
	for (uint32_t i = 0; i < used; i++) {
		zval *value = &array->arPacked[i];

		if (Z_TYPE_P(value) == IS_UNDEF) {
			fz_write_u8(e, FZ_TAG_HOLE);
		} else if (!fz_write_plain(e, value)) {
			fz_step step;

			fz_enter_index(e, &step, i);
			if (!fz_encode_value(e, value)) {
				return false;
			}
			fz_leave(e, &step);
		}
	}
	return true;
}

static bool fz_encode_hash(fz_encoder *e, zend_array *array, bool numbered)
{
	zend_long next = array->nNextFreeElement;
	size_t head = e->message->len;
	uint32_t count = 0;
	Bucket *bucket;

	fz_write_head(e, FZ_TAG_HASH, numbered, 0, next != 0 && next != ZEND_LONG_MIN, next);
	for (uint32_t i = 0; i < array->nNumUsed; i++) {
		bucket = array->arData + i;
		zval *value = &bucket->val;

		if (Z_TYPE_P(value) == IS_INDIRECT) {
			value = Z_INDIRECT_P(value);
		}
		if (UNEXPECTED(Z_TYPE_P(value) == IS_UNDEF)) {
			continue;
		}
		count++;
		if (bucket->key) {
			fz_write_string(e, bucket->key);
		} else {
			fz_write_int(e, (zend_long) bucket->h);
		}
		if (!fz_write_plain(e, value)) {
			fz_step step;

			if (bucket->key) {
				fz_enter_key(e, &step, bucket->key);
			} else {
				fz_enter_index(e, &step, bucket->h);
			}
			if (!fz_encode_value(e, value)) {
				return false;
			}
			fz_leave(e, &step);
		}
	}
	fz_encode_patch(e, head + 2, &count, sizeof count);
	return true;
}

/* Whether what is being written may be named inside of itself: in an object that is in it. Without one it would be recursive. */
static bool fz_may_name(fz_encoder *e, const fz_seen *seen)
{
	return !seen->open || e->within > seen->depth || fz_encode_refuse_kind(e, "a recursive array");
}

static bool fz_encode_array(fz_encoder *e, zend_array *array)
{
	bool mutable = !(GC_FLAGS(array) & GC_IMMUTABLE), again = GC_REFCOUNT(array) > 1, done;
	uint32_t place = 0;

	if (!array->nNumOfElements && (array->nNextFreeElement == 0 || array->nNextFreeElement == ZEND_LONG_MIN)) {
		fz_write_u8(e, FZ_TAG_NO_ELEMENTS);
		return true;
	}
	if (again) {
		fz_seen *seen = fz_encode_find(e, array);

		if (seen) {
			if (!fz_may_name(e, seen)) {
				return false;
			}
			fz_write_u8(e, FZ_TAG_ARRAY);
			fz_write_u32(e, seen->number);
			return true;
		}
	}
	if (!fz_encode_descend(e)) {
		return false;
	}
	if (again) {
		place = e->seen_count;
		fz_encode_number(e, array, FZ_KIND_ARRAY)->open = true;
	} else if (mutable) {
		GC_ADDREF(array);
	}
	done = HT_IS_PACKED(array) ? fz_encode_packed(e, array, again) : fz_encode_hash(e, array, again);
	if (again) {
		e->seen[place].open = false;
	} else if (mutable) {
		zend_array_release(array);
	}
	e->depth--;
	return done;
}

/* --- any value --- */

static zend_always_inline bool fz_encode_any(fz_encoder *e, zval *value)
{
	if (fz_write_plain(e, value)) {
		return true;
	}
	switch (Z_TYPE_P(value)) {
		case IS_ARRAY: return fz_encode_array(e, Z_ARRVAL_P(value));
		case IS_OBJECT: return fz_encode_object(e, Z_OBJ_P(value));
		case IS_RESOURCE: return fz_encode_resource(e, value);
		default: return fz_encode_refuse_kind(e, zend_zval_type_name(value));
	}
}

static bool fz_encode_referred(fz_encoder *e, const fz_seen *seen)
{
	if (!fz_may_name(e, seen)) {
		return false;
	}
	fz_encode_patch(e, e->references[seen->number], &(uint8_t) { FZ_TAG_REFERENCE }, 1);
	fz_write_u8(e, FZ_TAG_REFERRED);
	fz_write_u32(e, seen->number);
	return true;
}

static void fz_note_reference(fz_encoder *e, uint32_t number)
{
	if (number >= e->references_room) {
		e->references_room = MAX(16, 2 * e->references_room);
		e->references = safe_erealloc(e->references, e->references_room, sizeof *e->references, 0);
	}
	e->references[number] = e->message->len;
}

/* As serialize() has it: a reference of which two are written is one over there, any other a value. */
static ZEND_COLD bool fz_encode_reference(fz_encoder *e, zend_reference *reference)
{
	const fz_seen *seen;
	uint32_t place = e->seen_count;
	bool done;

	if (GC_REFCOUNT(reference) == 1) {
		return fz_encode_value(e, &reference->val);
	}
	if ((seen = fz_encode_find(e, reference))) {
		return fz_encode_referred(e, seen);
	}
	if (!fz_encode_descend(e)) {
		return false;
	}
	fz_note_reference(e, e->numbers[FZ_KIND_REFERENCE]);
	fz_encode_number(e, reference, FZ_KIND_REFERENCE)->open = true;
	fz_write_u8(e, FZ_TAG_ALONE);
	done = fz_encode_value(e, &reference->val);
	e->seen[place].open = false;
	e->depth--;
	return done;
}

bool fz_encode_value(fz_encoder *e, zval *value)
{
	return UNEXPECTED(Z_ISREF_P(value)) ? fz_encode_reference(e, Z_REF_P(value)) : fz_encode_any(e, value);
}

/* A whole value is passed by value: nothing refers to it over there. Here something else may, so that there are two ways to an array. */
static bool fz_encode_root(fz_encoder *e, zval *value)
{
	zval held;
	bool done;

	if (EXPECTED(!Z_ISREF_P(value))) {
		return fz_encode_value(e, value);
	}
	ZVAL_COPY_DEREF(&held, value);
	done = fz_encode_value(e, &held);
	zval_ptr_dtor(&held);
	return done;
}

/* --- messages --- */

static void fz_encode_end(fz_encoder *e)
{
	fz_encode_release(e, 0);
	if (e->seen) {
		efree(e->seen);
		efree(e->buckets);
	}
	if (e->references) {
		efree(e->references);
	}
}

/* One value, or a task's two; what lets go of things stands under the zend_try as well. */
static bool fz_encode_all(fz_encoder *e, zval *value, zval *arguments, bool task)
{
	bool done = task ? fz_encode_callable(e, value) : fz_encode_root(e, value);

	if (done && task) {
		e->root = "argument $args";
		if (arguments) {
			done = fz_encode_root(e, arguments);
		} else {
			fz_write_u8(e, FZ_TAG_NO_ELEMENTS);
		}
	}
	fz_encode_end(e);
	if (UNEXPECTED(e->sink)) {
		/* Somebody has gone on without what could not be written, as a throwable does. */
		return fz_encode_refuse(e, "there is no memory for it, or ffi_zts.max_queued_memory allows no more");
	}
	return done && !EG(exception);
}

/* Says whether there was a bailout. What it changes belongs to its caller, and so is in memory when it is left by longjmp. */
static bool fz_encode_guarded(fz_encoder *e, zval *value, zval *arguments, bool task, bool *done)
{
	volatile bool bailed = false;
	fz_ground ground;

	fz_stand(&ground);
	zend_try {
		*done = fz_encode_all(e, value, arguments, task);
	} zend_catch {
		bailed = true; /* the heap is about to go, and what the encoder held with it */
	} zend_end_try();
	fz_unstand(&ground);
	return bailed;
}

static fz_message *fz_pack_all(const char *root, zval *value, zval *arguments, bool task)
{
	fz_encoder e = { .message = fz_engine->message_new(), .root = root, .same_php = task && FZ_TASKS_STAY_WITHIN };
	bool done = false;
	const bool bailed = fz_encode_guarded(&e, value, arguments, task, &done);

	free(e.sink);
	if (!done) {
		fz_engine->message_free(e.message);
	}
	if (bailed) {
		zend_bailout();
	}
	return done ? e.message : NULL;
}

fz_message *fz_pack(const char *root, zval *value)
{
	return fz_pack_all(root, value, NULL, false);
}

bool fz_pack_task(zval *callable, zval *arguments, void **code, fz_message **message)
{
	*message = NULL;
	*code = fz_closure_code(callable);
	if (!*code) {
		*message = fz_pack_all("argument $task", callable, arguments, true);
		return *message != NULL;
	}
	if (!arguments || (Z_TYPE_P(arguments) == IS_ARRAY && !zend_hash_num_elements(Z_ARRVAL_P(arguments)))) {
		return true;
	}
	*message = fz_pack("argument $args", arguments);
	return *message != NULL;
}
