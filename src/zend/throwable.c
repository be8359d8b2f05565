/*
 * Throwables cross by what every one has: message, code, file, line, trace without arguments, previous; and by the further
 * properties that can cross. One that cannot, or that cannot be built, arrives as null, or as its class declares it where null does
 * not fit: an error must arrive (parts.c).
 */
#include "object.h"

bool fz_is_throwable(const zend_class_entry *ce)
{
	return instanceof_function(ce, zend_ce_exception) || instanceof_function(ce, zend_ce_error);
}

static zend_class_entry *fz_base_of(const zend_class_entry *ce)
{
	return instanceof_function(ce, zend_ce_exception) ? zend_ce_exception : zend_ce_error;
}

/* A property of the base class; read without hooks. */
static zend_property_info *fz_base_info(const zend_class_entry *ce, const char *name)
{
	return zend_hash_str_find_ptr(&fz_base_of(ce)->properties_info, name, strlen(name));
}

zval *fz_base_property(zend_object *object, const char *name)
{
	zval *value = OBJ_PROP(object, fz_base_info(object->ce, name)->offset);

	ZVAL_DEREF(value);
	return value;
}

bool fz_is_base_property(const zend_object *throwable, const zend_property_info *info)
{
	return OBJ_PROP_TO_NUM(info->offset) < fz_base_of(throwable->ce)->default_properties_count;
}

/* --- writing --- */

/* Writes a value, or nothing when it cannot cross. False: nothing was written; or an exit() goes on, which is pending. */
static bool fz_try_value(fz_encoder *e, zend_string *name, zval *value)
{
	fz_mark mark = fz_encode_mark(e);

	if (name ? fz_encode_further(e, name, value) : fz_encode_value(e, value)) {
		return true;
	}
	fz_encode_rollback(e, &mark);
	if (EG(exception) && !zend_is_unwind_exit(EG(exception)) && !zend_is_graceful_exit(EG(exception))) {
		zend_clear_exception();
	}
	return false;
}

/* User code may have put anything in there: what cannot cross becomes null. */
static bool fz_encode_base(fz_encoder *e, zend_object *object, const char *name)
{
	if (!fz_try_value(e, NULL, fz_base_property(object, name))) {
		fz_write_u8(e, FZ_TAG_NULL);
	}
	return !EG(exception);
}

static void fz_trace_entry(zval *frame, zend_array *from, const char *key)
{
	zval *value = zend_hash_str_find(from, key, strlen(key));

	if (value) {
		ZVAL_DEREF(value);
		if (Z_TYPE_P(value) == IS_STRING || Z_TYPE_P(value) == IS_LONG) {
			Z_TRY_ADDREF_P(value);
			zend_hash_str_update(Z_ARRVAL_P(frame), key, strlen(key), value);
		}
	}
}

/* The frames without their arguments and objects, which would keep half of the sender's program alive on the way. */
static bool fz_encode_trace(fz_encoder *e, zend_object *object)
{
	static const char *const keys[] = { "file", "line", "function", "class", "type" };
	zval *trace = fz_base_property(object, "trace"), *frame, copy;
	bool done;

	array_init(&copy);
	if (Z_TYPE_P(trace) == IS_ARRAY) {
		ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(trace), frame) {
			zval kept;

			ZVAL_DEREF(frame);
			array_init(&kept);
			for (size_t i = 0; Z_TYPE_P(frame) == IS_ARRAY && i < sizeof keys / sizeof *keys; i++) {
				fz_trace_entry(&kept, Z_ARRVAL_P(frame), keys[i]);
			}
			zend_hash_next_index_insert(Z_ARRVAL(copy), &kept);
		} ZEND_HASH_FOREACH_END();
	}
	done = fz_encode_value(e, &copy);
	zval_ptr_dtor(&copy);
	return done;
}

/* The chain ends where it is too long: it is data for a message, not for logic. */
static bool fz_encode_previous(fz_encoder *e, zend_object *object)
{
	zval *previous = fz_base_property(object, "previous");

	if (Z_TYPE_P(previous) != IS_OBJECT || e->previous >= FZ_MAX_PREVIOUS) {
		fz_write_u8(e, FZ_TAG_NULL);
		return true;
	}
	e->previous++;
	if (!fz_try_value(e, NULL, previous)) {
		fz_write_u8(e, FZ_TAG_NULL);
	}
	e->previous--;
	return !EG(exception);
}

/* A further property; null where it cannot cross. */
static void fz_encode_other(fz_encoder *e, zend_string *name, zval *value)
{
	if (!fz_try_value(e, name, value)) {
		fz_write_string(e, name);
		fz_write_u8(e, FZ_TAG_NULL);
	}
}

/* Properties that neither Exception nor Error declares, and dynamic ones. */
static bool fz_encode_others(fz_encoder *e, zend_object *object)
{
	zend_class_entry *ce = object->ce, *base = fz_base_of(ce);
	zend_array *dynamic = object->properties;
	size_t head = e->message->len;
	uint32_t count = 0;
	zend_string *name;
	zval *value;

	fz_write_u32(e, 0);
	for (int i = 0; i < ce->default_properties_count && !EG(exception); i++) {
		zend_property_info *info = ce->properties_info_table ? ce->properties_info_table[i] : NULL;

		if (info && i >= base->default_properties_count && Z_TYPE_P(OBJ_PROP(object, info->offset)) != IS_UNDEF) {
			fz_encode_other(e, info->name, OBJ_PROP(object, info->offset));
			count++;
		}
	}
	if (dynamic) {
		GC_TRY_ADDREF(dynamic);
		ZEND_HASH_MAP_FOREACH_STR_KEY_VAL(dynamic, name, value) {
			if (Z_TYPE_P(value) != IS_INDIRECT && name && !EG(exception)) {
				fz_encode_other(e, name, value);
				count++;
			}
		} ZEND_HASH_FOREACH_END();
		zend_array_release(dynamic);
	}
	fz_encode_patch(e, head, &count, sizeof count);
	return !EG(exception);
}

bool fz_encode_throwable(fz_encoder *e, zend_object *object)
{
	const uint32_t limit = e->limit;
	bool done;

	/* Deeper ones would be refused where there is less stack, and the throwable with them. One that is deep itself has no more to lose. */
	if (e->depth < FZ_DEPTH_UNKNOWN / 2) {
		e->limit = FZ_DEPTH_UNKNOWN;
	}
	fz_write_u8(e, FZ_TAG_THROWABLE);
	fz_write_string(e, object->ce->name);
	done = fz_encode_base(e, object, "message") && fz_encode_base(e, object, "code") && fz_encode_base(e, object, "file")
		&& fz_encode_base(e, object, "line") && fz_encode_trace(e, object) && fz_encode_previous(e, object)
		&& fz_encode_others(e, object);
	e->limit = limit;
	return done;
}

/* --- building --- */

/* The class that a throwable may arrive as: known here and a plain throwable. NULL with an exception pending: exit() was called. */
static zend_class_entry *fz_throwable_class(zend_string *name)
{
	zend_class_entry *ce = zend_lookup_class_ex(name, NULL, ZEND_FETCH_CLASS_SILENT);

	if (EG(exception)) {
		if (!zend_is_unwind_exit(EG(exception)) && !zend_is_graceful_exit(EG(exception))) {
			zend_clear_exception(); /* an autoloader threw: the class cannot be had */
		}
		return NULL;
	}
	if (!ce || (ce->ce_flags & (ZEND_ACC_INTERFACE | ZEND_ACC_TRAIT | ZEND_ACC_ENUM | ZEND_ACC_EXPLICIT_ABSTRACT_CLASS
			| ZEND_ACC_IMPLICIT_ABSTRACT_CLASS))) {
		return NULL;
	}
	return fz_is_throwable(ce) ? ce : NULL;
}

/* Whoever walks a chain of throwables, Zend among them, relies on its end. */
static bool fz_may_precede(zval *previous, const zend_object *object)
{
	while (Z_TYPE_P(previous) == IS_OBJECT && fz_is_throwable(Z_OBJCE_P(previous))) {
		if (Z_OBJ_P(previous) == object) {
			return false;
		}
		previous = fz_base_property(Z_OBJ_P(previous), "previous");
	}
	return true;
}

static bool fz_fits(const zend_object *object, const char *name, zval *value)
{
	switch (*name) {
		case 'm':
		case 'f': return Z_TYPE_P(value) == IS_STRING;
		case 'l': return Z_TYPE_P(value) == IS_LONG;
		case 't': return Z_TYPE_P(value) == IS_ARRAY;
		case 'p': return Z_TYPE_P(value) == IS_OBJECT && fz_is_throwable(Z_OBJCE_P(value)) && fz_may_precede(value, object);
		default: return Z_TYPE_P(value) != IS_NULL; /* code: PDOException's is a string */
	}
}

/* "Class: message", so that a log tells what it was. */
static void fz_name_remote(zend_object *object, zend_string *class_name)
{
	zval *message = fz_base_property(object, "message"), text, name;
	const char *said = Z_TYPE_P(message) == IS_STRING ? Z_STRVAL_P(message) : "";

	ZVAL_STR_COPY(&name, class_name);
	zend_update_property(fz_ce_exceptions[FZ_REMOTE], object, ZEND_STRL("remoteClass"), &name);
	zval_ptr_dtor(&name);
	ZVAL_STR(&text, strpprintf(0, "%s: %s", ZSTR_VAL(class_name), said));
	fz_fill_property(object, fz_base_info(object->ce, "message"), &text);
}

/* A value that may be left out, and is null then. */
static bool fz_decode_part(fz_decoder *d, zend_object *owner, zend_string *name, zval *value)
{
	fz_part_begin(d, owner, name);
	if (!fz_decode_value(d, value)) {
		return false;
	}
	if (!fz_part_end(d)) {
		zval_ptr_dtor(value);
		ZVAL_NULL(value);
	}
	return true;
}

static bool fz_decode_base(fz_decoder *d, zend_object *object, const char *name)
{
	zend_property_info *info = fz_base_info(object->ce, name);
	zval value;

	if (!fz_decode_part(d, object, info->name, &value)) {
		return false;
	}
	if (fz_fits(object, name, &value)) {
		fz_fill_property(object, info, &value);
	} else {
		zval_ptr_dtor(&value);
	}
	return !EG(exception);
}

/* A further property: read in any case, kept if it can be. */
static bool fz_decode_other(fz_decoder *d, zend_object *object, bool keep)
{
	zend_string *name = fz_read_string(d);
	zend_property_info *info;
	zval value;
	bool done;

	if (!name) {
		return false;
	}
	done = fz_decode_part(d, keep ? object : NULL, name, &value);
	if (done) {
		info = fz_find_property(object->ce, name);
		if (!keep || (!info && (object->ce->ce_flags & ZEND_ACC_NO_DYNAMIC_PROPERTIES))) {
			zval_ptr_dtor(&value);
		} else if (info) {
			fz_fill_property(object, info, &value);
		} else {
			done = fz_decode_property(d, object, name, &value);
		}
	}
	zend_string_release(name);
	return done && !EG(exception);
}

static bool fz_decode_parts(fz_decoder *d, zend_object *object, zend_string *class_name, bool remote)
{
	static const char *const names[] = { "message", "code", "file", "line", "trace", "previous" };
	uint32_t count;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!fz_decode_base(d, object, names[i])) {
			return false;
		}
	}
	if (remote) {
		fz_name_remote(object, class_name);
	}
	if (!fz_read_u32(d, &count)) {
		return false;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (!fz_decode_other(d, object, !remote)) {
			return false;
		}
	}
	return true;
}

bool fz_decode_throwable(fz_decoder *d, zval *out)
{
	uint32_t number = fz_decode_reserve(d);
	zend_string *name = fz_read_string(d);
	zend_class_entry *ce = name ? fz_throwable_class(name) : NULL;
	bool done;

	if (!name || (!ce && EG(exception)) || object_init_ex(out, ce ? ce : fz_ce_exceptions[FZ_REMOTE]) != SUCCESS) {
		if (name) {
			zend_string_release(name);
		}
		d->failed = true;
		return false;
	}
	zend_object *object = Z_OBJ_P(out);
	fz_decode_register(d, number, object);
	done = fz_decode_parts(d, object, name, !ce);
	zend_string_release(name);
	if (!done) {
		OBJ_RELEASE(object);
	}
	return done;
}
