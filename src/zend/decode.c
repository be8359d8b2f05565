/*
 * bytes → zval. Nothing in a message is trusted: lengths, counts and numbers are checked. Half-built values are released, and
 * their objects' destructors do not run.
 */
#include "values.h"

/* --- errors --- */

bool fz_decode_refuse(fz_decoder *d, const char *format, ...)
{
	va_list args;

	d->failed = true;
	if (!EG(exception)) {
		va_start(args, format);
		zend_string *text = zend_vstrpprintf(0, format, args);
		va_end(args);
		zend_throw_exception(fz_ce_exceptions[FZ_TRANSFER], ZSTR_VAL(text), 0);
		zend_string_release(text);
	}
	return false;
}

ZEND_COLD void fz_decode_tell_broken(fz_decoder *d)
{
	fz_decode_refuse(d, "a message cannot be read (a mistake inside of ffi_zts, please report it): byte %zu of %zu",
		(size_t) (d->at - d->message->ptr), d->message->len);
}

bool fz_decode_descend(fz_decoder *d)
{
	if (EXPECTED(fz_depth_fits(d->depth))) {
		d->depth++;
		return true;
	}
	return fz_decode_refuse(d, "the value is nested deeper than %u levels: %s", d->depth, fz_depth_reason(d->depth));
}

/* --- tables --- */

#define FZ_ROOM(d, name) \
	do { \
		if (UNEXPECTED((d)->name##_count == (d)->name##_room)) { \
			(d)->name##_room = (d)->name##_room ? (d)->name##_room * 2 : 16; \
			(d)->name = safe_erealloc((d)->name, (d)->name##_room, sizeof *(d)->name, 0); \
		} \
	} while (0)

uint32_t fz_decode_reserve(fz_decoder *d)
{
	FZ_ROOM(d, objects);
	d->objects[d->objects_count] = NULL;
	return d->objects_count++;
}

void fz_decode_register(fz_decoder *d, uint32_t number, zend_object *object)
{
	ZEND_ASSERT(number < d->objects_count);
	if (!d->objects[number]) {
		GC_ADDREF(object);
		d->objects[number] = object;
	}
}

uint32_t fz_decode_reserve_resource(fz_decoder *d)
{
	FZ_ROOM(d, resources);
	d->resources[d->resources_count] = NULL;
	return d->resources_count++;
}

void fz_decode_register_resource(fz_decoder *d, uint32_t number, zend_resource *resource)
{
	GC_ADDREF(resource);
	d->resources[number] = resource;
}

void *fz_detach(fz_decoder *d, uint32_t number, int kind)
{
	void *handle = fz_engine->message_detach(d->message, number, kind);

	if (!handle && !fz_engine_failed()) {
		fz_decode_broken(d);
	}
	return handle;
}

/* --- strings --- */

static zend_string *fz_read_new_string(fz_decoder *d, bool numbered)
{
	uint64_t hash = 0, len;
	const char *bytes;

	if ((numbered && !fz_read_u64(d, &hash)) || !fz_read_u64(d, &len)) {
		return NULL;
	}
	if (len > (size_t) (d->end - d->at) || !(bytes = fz_read_bytes(d, (size_t) len))) {
		fz_decode_broken(d);
		return NULL;
	}
	zend_string *string = zend_string_alloc((size_t) len, 0);
	fz_large_pages(string, (size_t) len, (size_t) len);
	memcpy(ZSTR_VAL(string), bytes, (size_t) len);
	ZSTR_VAL(string)[len] = '\0';
	if (numbered) {
		ZSTR_H(string) = hash;
		FZ_ROOM(d, strings);
		GC_ADDREF(string);
		d->strings[d->strings_count++] = string;
	}
	return string;
}

static zend_always_inline zend_string *fz_string_number(fz_decoder *d, uint32_t number)
{
	if (UNEXPECTED(number >= d->strings_count)) {
		fz_decode_broken(d);
		return NULL;
	}
	GC_ADDREF(d->strings[number]);
	return d->strings[number];
}

/* The string of a tag that has been read; NULL, and no exception: it is none. */
static zend_always_inline zend_string *fz_read_string_of(fz_decoder *d, uint8_t tag)
{
	uint8_t byte;
	uint32_t number;

	switch (tag) {
		case FZ_TAG_STRING_8: return fz_read_u8(d, &byte) ? fz_string_number(d, byte) : NULL;
		case FZ_TAG_STRING_32: return fz_read_u32(d, &number) ? fz_string_number(d, number) : NULL;
		case FZ_TAG_EMPTY: return ZSTR_EMPTY_ALLOC();
		case FZ_TAG_CHAR: return fz_read_u8(d, &byte) ? ZSTR_CHAR(byte) : NULL;
		case FZ_TAG_STRING: return fz_read_new_string(d, false);
		case FZ_TAG_STRING_NEW: return fz_read_new_string(d, true);
		default: return NULL;
	}
}

zend_string *fz_read_string(fz_decoder *d)
{
	uint8_t tag;
	zend_string *string;

	if (!fz_read_u8(d, &tag)) {
		return NULL;
	}
	string = fz_read_string_of(d, tag);
	if (!string) {
		fz_decode_broken(d);
	}
	return string;
}

/* --- arrays --- */

typedef struct {
	uint32_t count, number; /* number: if numbered */
	bool numbered, told;
	zend_long next;
} fz_head;

/* `least`: bytes that each element takes at least, so that nothing is allocated for an impossible count. */
static bool fz_read_head(fz_decoder *d, fz_head *head, size_t least)
{
	uint8_t flags;
	uint64_t next = 0;

	if (!fz_read_u8(d, &flags) || !fz_read_u32(d, &head->count)
			|| ((flags & FZ_ARRAY_NEXT) && !fz_read_u64(d, &next))) {
		return false;
	}
	if (head->count > (size_t) (d->end - d->at) / least || head->count > HT_MAX_SIZE) {
		return fz_decode_broken(d);
	}
	head->numbered = flags & FZ_ARRAY_NUMBERED;
	head->told = flags & FZ_ARRAY_NEXT;
	head->next = (zend_long) next;
	return true;
}

/* Its number: that of an array which is not complete. */
static ZEND_COLD uint32_t fz_array_number(fz_decoder *d, zend_array *array)
{
	FZ_ROOM(d, arrays);
	GC_ADDREF(array);
	d->arrays[d->arrays_count].is.array = array;
	d->arrays[d->arrays_count].open = d->depth;
	return d->arrays_count++;
}

/* Whoever refers to the array has this one, before it is complete. */
static zend_always_inline void fz_array_begin(fz_decoder *d, fz_head *head, zend_array *array, zval *out)
{
	ZVAL_ARR(out, array);
	if (UNEXPECTED(head->numbered)) {
		head->number = fz_array_number(d, array);
	}
}

static zend_always_inline bool fz_array_done(fz_decoder *d, const fz_head *head, zend_array *array)
{
	if (UNEXPECTED(head->numbered)) {
		d->arrays[head->number].open = 0;
	}
	/* Never below what the keys ask for: appending relies on that. */
	if (head->told && head->next > array->nNextFreeElement) {
		array->nNextFreeElement = head->next;
	}
	return true;
}

/* More elements than this are a block of more than 2 MB. */
#define FZ_LARGE_COUNT 65537

static zend_array *fz_new_packed(uint32_t count)
{
	zend_array *array = zend_new_array(count);

	if (EXPECTED(count < FZ_LARGE_COUNT)) {
		zend_hash_real_init_packed(array);
		return array;
	}
	/* zend_hash_real_init_packed(), with a word to the kernel before the first byte is written. */
	const size_t size = HT_PACKED_SIZE_EX(array->nTableSize, HT_MIN_MASK);
	void *data = emalloc(size);

	fz_large_pages(data, sizeof(zval) * count, size);
	HT_SET_DATA_ADDR(array, data);
	array->u.v.flags = HASH_FLAG_PACKED | HASH_FLAG_STATIC_KEYS;
	HT_HASH_RESET_PACKED(array);
	return array;
}

static bool fz_decode_block(fz_decoder *d, uint8_t type, zval *out)
{
	fz_head head = { 0 };

	if (!fz_read_head(d, &head, 8)) {
		return false;
	}
	zend_array *array = fz_new_packed(head.count);
	const char *from = fz_read_bytes(d, (size_t) head.count * 8);
	zval *to = array->arPacked;
	for (uint32_t i = 0; i < head.count; i++, from += 8) {
		memcpy(&to[i].value, from, 8);
		Z_TYPE_INFO(to[i]) = type;
	}
	array->nNumUsed = array->nNumOfElements = array->nNextFreeElement = head.count;
	fz_array_begin(d, &head, array, out);
	return fz_array_done(d, &head, array);
}

static bool fz_decode_packed(fz_decoder *d, zval *out)
{
	fz_head head = { 0 };

	if (!fz_read_head(d, &head, 1)) {
		return false;
	}
	zend_array *array = fz_new_packed(head.count);
	bool done = true;
	uint32_t i, holes = 0;

	fz_array_begin(d, &head, array, out);
	for (i = 0; i < head.count; i++) {
		if (fz_read_has(d, 1) && *d->at == FZ_TAG_HOLE) {
			d->at++;
			holes++;
			ZVAL_UNDEF(&array->arPacked[i]);
		} else if (!fz_decode_value(d, &array->arPacked[i])) {
			done = false;
			break;
		}
	}
	array->nNumUsed = i;
	array->nNumOfElements = i - holes;
	array->nNextFreeElement = i;
	if (holes) {
		HT_FLAGS(array) &= ~HASH_FLAG_STATIC_KEYS; /* as zend_hash_packed_to_hash() and unset() expect nothing of it */
	}
	if (!done) {
		zval_ptr_dtor(out); /* what is in it may have it, too */
		return false;
	}
	return fz_array_done(d, &head, array);
}

/* A key and a value. Keys are those of a table, so none comes twice. */
static zend_always_inline bool fz_decode_element(fz_decoder *d, zend_array *array)
{
	uint8_t tag, small;
	uint64_t index;
	zend_string *key = NULL;
	zval value;

	if (!fz_read_u8(d, &tag)) {
		return false;
	}
	if (tag == FZ_TAG_INT8) {
		if (!fz_read_u8(d, &small)) {
			return false;
		}
		index = (uint64_t) (int64_t) (int8_t) small;
	} else if (tag == FZ_TAG_INT) {
		if (!fz_read_u64(d, &index)) {
			return false;
		}
	} else if (!(key = fz_read_string_of(d, tag))) {
		return fz_decode_broken(d);
	}
	if (!fz_decode_value(d, &value)) {
		if (key) {
			zend_string_release(key);
		}
		return false;
	}
	if (key) {
		_zend_hash_append(array, key, &value);
		zend_string_release(key);
	} else if (!zend_hash_index_add(array, index, &value)) {
		zval_ptr_dtor(&value);
		return fz_decode_broken(d);
	}
	return true;
}

static bool fz_decode_hash(fz_decoder *d, zval *out)
{
	fz_head head = { 0 };

	if (!fz_read_head(d, &head, 2)) {
		return false;
	}
	zend_array *array = zend_new_array(head.count);
	zend_hash_real_init_mixed(array);
	fz_array_begin(d, &head, array, out);
	for (uint32_t i = 0; i < head.count; i++) {
		if (!fz_decode_element(d, array)) {
			zval_ptr_dtor(out);
			return false;
		}
	}
	return fz_array_done(d, &head, array);
}

/* What is referred to is not there. */
static ZEND_COLD bool fz_decode_left_out(fz_decoder *d, zval *out)
{
	ZVAL_NULL(out);
	fz_decode_refuse(d, "something is referred to that could not be built on this side");
	return fz_decode_pass(d);
}

/* Whether it is complete, or something that an object in it may name. */
static zend_always_inline bool fz_may_name(const fz_decoder *d, const fz_known *known)
{
	return !known->open || d->within > known->open;
}

static bool fz_decode_array_number(fz_decoder *d, zval *out)
{
	uint32_t number;

	if (!fz_read_u32(d, &number)) {
		return false;
	}
	if (number >= d->arrays_count || !fz_may_name(d, &d->arrays[number])) {
		return fz_decode_broken(d);
	}
	if (!fz_part_refer(d, FZ_PART_ARRAYS, number)) {
		return fz_decode_left_out(d, out);
	}
	GC_ADDREF(d->arrays[number].is.array);
	ZVAL_ARR(out, d->arrays[number].is.array);
	return true;
}

/* --- references --- */

static void fz_reference_begin(fz_decoder *d, zend_reference *reference)
{
	FZ_ROOM(d, references);
	d->references[d->references_count].is.reference = reference;
	d->references[d->references_count++].open = d->depth;
}

static bool fz_decode_referred_value(fz_decoder *d, zval *value)
{
	if (!fz_read_has(d, 1) || *d->at == FZ_TAG_REFERENCE || *d->at == FZ_TAG_ALONE || *d->at == FZ_TAG_REFERRED) {
		return fz_decode_broken(d); /* of a reference */
	}
	return fz_decode_value(d, value);
}

static bool fz_decode_alone(fz_decoder *d, zval *out)
{
	fz_reference_begin(d, NULL);
	return fz_decode_referred_value(d, out);
}

/* Arrays and objects are in the reference from their beginning on, see fz_array_begin(). */
static bool fz_decode_reference(fz_decoder *d, zval *out)
{
	const uint32_t number = d->references_count;

	ZVAL_NEW_EMPTY_REF(out);
	ZVAL_UNDEF(Z_REFVAL_P(out));
	GC_ADDREF(Z_REF_P(out));
	fz_reference_begin(d, Z_REF_P(out));
	if (!fz_decode_referred_value(d, Z_REFVAL_P(out))) {
		zval_ptr_dtor(out);
		return false;
	}
	d->references[number].open = 0;
	return true;
}

static bool fz_decode_reference_number(fz_decoder *d, zval *out)
{
	zend_reference *reference;
	uint32_t number;

	if (!fz_read_u32(d, &number)) {
		return false;
	}
	if (number >= d->references_count || !fz_may_name(d, &d->references[number])
			|| !(reference = d->references[number].is.reference)) {
		return fz_decode_broken(d);
	}
	if (Z_ISUNDEF(reference->val) || !fz_part_refer(d, FZ_PART_REFERENCES, number)) {
		return fz_decode_left_out(d, out);
	}
	GC_ADDREF(reference);
	ZVAL_REF(out, reference);
	return true;
}

/* --- objects by number --- */

static bool fz_decode_object_number(fz_decoder *d, zval *out)
{
	uint32_t number;

	if (!fz_read_u32(d, &number)) {
		return false;
	}
	if (number >= d->objects_count) {
		return fz_decode_broken(d);
	}
	/* Or not there yet: an object that holds itself without PHP's help. */
	if (!d->objects[number] || !fz_part_refer(d, FZ_PART_OBJECTS, number)) {
		return fz_decode_left_out(d, out);
	}
	ZVAL_OBJ_COPY(out, d->objects[number]);
	return true;
}

static bool fz_decode_resource_number(fz_decoder *d, zval *out)
{
	uint32_t number;

	if (!fz_read_u32(d, &number)) {
		return false;
	}
	if (number >= d->resources_count) {
		return fz_decode_broken(d);
	}
	if (!d->resources[number]) {
		return fz_decode_left_out(d, out);
	}
	GC_ADDREF(d->resources[number]);
	ZVAL_RES(out, d->resources[number]);
	return true;
}

static bool fz_decode_closure_value(fz_decoder *d, zval *out)
{
	uint32_t number = fz_decode_reserve(d);

	if (!fz_decode_closure(d, out)) {
		return false;
	}
	if (Z_TYPE_P(out) == IS_OBJECT) {
		fz_decode_register(d, number, Z_OBJ_P(out));
	}
	return true;
}

/* --- any value --- */

static zend_always_inline bool fz_decode_object_of(fz_decoder *d, uint8_t tag, zval *out)
{
	switch (tag) {
		case FZ_TAG_NAMED: return fz_decode_named(d, out);
		case FZ_TAG_STATE: return fz_decode_state(d, out);
		case FZ_TAG_BYTES: return fz_decode_php_bytes(d, out);
		case FZ_TAG_THROWABLE: return fz_decode_throwable(d, out);
		case FZ_TAG_CLOSURE: return fz_decode_closure_value(d, out);
		default: return fz_decode_broken(d);
	}
}

/* Objects but for plain ones. Not inlined, so that values without such objects need not save registers for it. */
static zend_never_inline bool fz_decode_nested_object(fz_decoder *d, uint8_t tag, zval *out)
{
	const uint32_t outer = d->within;
	bool done;

	d->within = d->depth;
	done = fz_decode_object_of(d, tag, out);
	d->within = outer;
	return done;
}

static zend_always_inline bool fz_decode_nested(fz_decoder *d, uint8_t tag, zval *out)
{
	switch (tag) {
		case FZ_TAG_PACKED: return fz_decode_packed(d, out);
		case FZ_TAG_HASH: return fz_decode_hash(d, out);
		case FZ_TAG_PLAIN: return fz_decode_plain(d, false, out);
		case FZ_TAG_SPL: return fz_decode_plain(d, true, out);
		case FZ_TAG_REFERENCE: return fz_decode_reference(d, out);
		case FZ_TAG_ALONE: return fz_decode_alone(d, out);
		case FZ_TAG_REFERRED: return fz_decode_reference_number(d, out);
		default: return fz_decode_nested_object(d, tag, out);
	}
}

bool fz_decode_value(fz_decoder *d, zval *value)
{
	uint8_t tag, small;
	uint64_t word;
	bool done;

	ZVAL_UNDEF(value);
	if (!fz_read_u8(d, &tag)) {
		return false;
	}
	switch (tag) {
		case FZ_TAG_NULL: ZVAL_NULL(value); return true;
		case FZ_TAG_FALSE: ZVAL_FALSE(value); return true;
		case FZ_TAG_TRUE: ZVAL_TRUE(value); return true;
		case FZ_TAG_INT8:
			if (!fz_read_u8(d, &small)) {
				return false;
			}
			ZVAL_LONG(value, (int8_t) small);
			return true;
		case FZ_TAG_INT:
			if (!fz_read_u64(d, &word)) {
				return false;
			}
			ZVAL_LONG(value, (zend_long) word);
			return true;
		case FZ_TAG_FLOAT:
			if (!fz_read_u64(d, &word)) {
				return false;
			}
			Z_TYPE_INFO_P(value) = IS_DOUBLE;
			memcpy(&Z_DVAL_P(value), &word, sizeof word);
			return true;
		case FZ_TAG_EMPTY:
		case FZ_TAG_CHAR:
		case FZ_TAG_STRING:
		case FZ_TAG_STRING_NEW:
		case FZ_TAG_STRING_8:
		case FZ_TAG_STRING_32: {
			zend_string *string = fz_read_string_of(d, tag);
			if (!string) {
				return false;
			}
			ZVAL_STR(value, string);
			return true;
		}
		case FZ_TAG_NO_ELEMENTS: ZVAL_EMPTY_ARRAY(value); return true;
		case FZ_TAG_INTS: return fz_decode_block(d, IS_LONG, value);
		case FZ_TAG_FLOATS: return fz_decode_block(d, IS_DOUBLE, value);
		case FZ_TAG_ARRAY: return fz_decode_array_number(d, value);
		case FZ_TAG_OBJECT: return fz_decode_object_number(d, value);
		case FZ_TAG_ENUM: return fz_decode_enum(d, value);
		case FZ_TAG_SHARED: return fz_decode_shared(d, value);
		case FZ_TAG_STREAM: return fz_decode_stream(d, value);
		case FZ_TAG_RESOURCE: return fz_decode_resource_number(d, value);
		default:
			if (!fz_decode_descend(d)) {
				return false;
			}
			done = fz_decode_nested(d, tag, value);
			d->depth--;
			if (!done) {
				ZVAL_UNDEF(value);
			}
			return done;
	}
}

bool fz_decode_bare(fz_decoder *d, zval *value)
{
	if (!fz_decode_value(d, value)) {
		return false;
	}
	if (UNEXPECTED(Z_ISREF_P(value))) {
		zval_ptr_dtor(value);
		ZVAL_UNDEF(value);
		return fz_decode_broken(d);
	}
	return true;
}

/* --- messages --- */

static void fz_decode_end(fz_decoder *d, bool failed)
{
	for (uint32_t i = 0; i < d->objects_count; i++) {
		if (d->objects[i]) {
			if (failed) {
				zend_object_store_ctor_failed(d->objects[i]);
			}
			OBJ_RELEASE(d->objects[i]);
		}
	}
	for (uint32_t i = 0; i < d->arrays_count; i++) {
		zend_array_release(d->arrays[i].is.array); /* a cycle goes through an object, which the collector knows from above */
	}
	for (uint32_t i = 0; i < d->references_count; i++) {
		if (d->references[i].is.reference) {
			zval reference;

			ZVAL_REF(&reference, d->references[i].is.reference);
			zval_ptr_dtor(&reference);
		}
	}
	for (uint32_t i = 0; i < d->strings_count; i++) {
		zend_string_release(d->strings[i]);
	}
	for (uint32_t i = 0; i < d->resources_count; i++) {
		if (d->resources[i]) {
			zend_list_delete(d->resources[i]);
		}
	}
	fz_decode_drop_calls(d);
	fz_decode_drop_shapes(d);
	fz_decode_drop_parts(d);
	void *const tables[] = { d->objects, d->arrays, d->strings, d->resources, d->references };
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		if (tables[i]) {
			efree(tables[i]);
		}
	}
}

/* A task's two values; `code`: the image of what is called, if the message has the arguments only, or nothing. */
static bool fz_decode_task(fz_decoder *d, void *code, zval *callable, zval *arguments)
{
	if (!code) {
		return fz_decode_callable(d, callable) && fz_decode_bare(d, arguments);
	}
	if (!fz_decode_code(d, code, callable)) {
		return false;
	}
	if (d->at == d->end) {
		ZVAL_EMPTY_ARRAY(arguments);
		return true;
	}
	return fz_decode_bare(d, arguments);
}

/* One value, or a task's two, then what waited for all of it. */
static bool fz_decode_all(fz_decoder *d, void *code, zval *value, zval *arguments)
{
	bool built = arguments ? fz_decode_task(d, code, value, arguments) : fz_decode_bare(d, value), done;

	if (built && d->at != d->end) {
		built = fz_decode_broken(d);
	}
	done = built && fz_decode_calls(d);
	if (!done) {
		zval_ptr_dtor(value);
		ZVAL_UNDEF(value);
		if (arguments) {
			zval_ptr_dtor(arguments);
			ZVAL_UNDEF(arguments);
		}
	}
	fz_decode_end(d, !built);
	return done;
}

static bool fz_unpack_all(void *code, fz_message *message, bool consume, zval *value, zval *arguments)
{
	fz_decoder d = { .message = message, .at = message->ptr, .end = message->ptr + message->len };
	volatile bool done = false;
	volatile bool bailed = false;
	fz_ground ground;

	ZVAL_UNDEF(value);
	if (arguments) {
		ZVAL_UNDEF(arguments);
	}
	fz_stand(&ground);
	zend_try {
		done = fz_decode_all(&d, code, value, arguments);
	} zend_catch {
		bailed = true; /* the heap is about to go, and the half-built values with it */
	} zend_end_try();
	fz_unstand(&ground);
	if (d.handle) {
		fz_engine->release(d.handle_kind, d.handle);
	}
	if (consume) {
		fz_engine->message_free(message);
	}
	if (bailed) {
		zend_bailout();
	}
	return done;
}

bool fz_unpack(fz_message *message, zval *value)
{
	return fz_unpack_all(NULL, message, true, value, NULL);
}

bool fz_unpack_copy(const fz_message *message, zval *value)
{
	return fz_unpack_all(NULL, (fz_message *) message, false, value, NULL); /* reading changes nothing */
}

bool fz_unpack_task(void *code, fz_message *message, zval *callable, zval *arguments)
{
	fz_message nothing = { NULL, 0, 0 };

	if (message) {
		return fz_unpack_all(code, message, true, callable, arguments);
	}
	if (EXPECTED(fz_kept_closure(code, callable))) {
		ZVAL_EMPTY_ARRAY(arguments);
		return true;
	}
	return fz_unpack_all(code, &nothing, false, callable, arguments);
}
