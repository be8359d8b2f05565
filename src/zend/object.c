/*
 * Objects on their way out: which may cross, and in which of the ways of wire.h. Enum cases and shared things, both ways.
 */
#include "spl.h"

#include "zend_closures.h"
#include "zend_enum.h"
#include "ext/standard/basic_functions.h"
#include "ext/standard/php_incomplete_class.h"
#include "ext/standard/php_var.h"
#if PHP_VERSION_ID >= 80400
# include "zend_lazy_objects.h"
#endif

/* --- things that both sides share --- */

/* Written at module startup only, and kept for the process. */
static struct {
	zend_class_entry *ce;
	int kind;
	void *(*handle_of)(zend_object *object);
	bool (*adopt)(zend_class_entry *ce, void *handle, zval *out);
} *fz_shared;
static uint32_t fz_shared_count;

void fz_shared_class(zend_class_entry *ce, int kind, void *(*handle_of)(zend_object *object),
	bool (*adopt)(zend_class_entry *ce, void *handle, zval *out))
{
	fz_shared = safe_perealloc(fz_shared, fz_shared_count + 1, sizeof *fz_shared, 0, 1);
	fz_shared[fz_shared_count].ce = ce;
	fz_shared[fz_shared_count].kind = kind;
	fz_shared[fz_shared_count].handle_of = handle_of;
	fz_shared[fz_shared_count++].adopt = adopt;
}

static int fz_shared_place(const zend_class_entry *ce)
{
	if (ce->type != ZEND_INTERNAL_CLASS) {
		return -1;
	}
	for (uint32_t i = 0; i < fz_shared_count; i++) {
		if (fz_shared[i].ce == ce) {
			return (int) i;
		}
	}
	return -1;
}

int fz_shared_kind(const zend_class_entry *ce)
{
	int place = fz_shared_place(ce);

	return place < 0 ? 0 : fz_shared[place].kind;
}

void *fz_shared_handle(zend_object *object)
{
	int place = fz_shared_place(object->ce);

	return place < 0 ? NULL : fz_shared[place].handle_of(object);
}

static bool fz_encode_shared(fz_encoder *e, zend_object *object, int place)
{
	void *handle = fz_shared[place].handle_of(object);

	if (!handle && fz_shared[place].kind == FZ_REF_FUTURE) {
		return fz_encode_refuse(e, "the outcome of this FfiZts\\Future has been taken here, so there is nothing left to wait for: send the value");
	}
	if (!handle) {
		return fz_encode_refuse_kind(e, ZSTR_VAL(object->ce->name));
	}
	fz_write_u8(e, FZ_TAG_SHARED);
	fz_write_string(e, object->ce->name);
	fz_write_u8(e, (uint8_t) fz_shared[place].kind);
	fz_write_u32(e, fz_encode_attach(e, fz_shared[place].kind, handle));
	return true;
}

bool fz_decode_shared(fz_decoder *d, zval *out)
{
	uint32_t number = fz_decode_reserve(d), reference;
	zend_string *name = fz_read_string(d);
	uint8_t kind;
	void *handle;
	int place;

	if (!name) {
		return false;
	}
	zend_class_entry *ce = zend_lookup_class_ex(name, NULL, ZEND_FETCH_CLASS_NO_AUTOLOAD);
	zend_string_release(name);
	if (!ce || (place = fz_shared_place(ce)) < 0 || !fz_read_u8(d, &kind) || kind != fz_shared[place].kind
			|| !fz_read_u32(d, &reference)) {
		return fz_decode_broken(d);
	}
	if (!(handle = fz_detach(d, reference, kind))) {
		return false;
	}
	if (!fz_shared[place].adopt(ce, handle, out)) {
		ZVAL_NULL(out);
		fz_decode_refuse(d, "%s could not be made on this side", ZSTR_VAL(ce->name));
		return fz_decode_pass(d);
	}
	fz_decode_register(d, number, Z_OBJ_P(out));
	return true;
}

/* --- what may cross --- */

bool fz_plain_class(const zend_class_entry *ce)
{
	while (ce && ce->type != ZEND_INTERNAL_CLASS) {
		ce = ce->parent;
	}
	/* An internal class without an object of its own making has its properties only. */
	return !ce || ce == zend_standard_class_def || (!ce->create_object && ce != php_ce_incomplete_class);
}

static bool fz_may_cross(const zend_class_entry *ce)
{
	if (ce->ce_flags & (ZEND_ACC_NOT_SERIALIZABLE | ZEND_ACC_ANON_CLASS)) {
		return false;
	}
	return (ce->__serialize && ce->__unserialize) || (ce->serialize && ce->unserialize) || fz_plain_class(ce);
}

/* --- properties --- */

/* One that has a place of its own. */
static bool fz_encode_slot(fz_encoder *e, zend_property_info *info, zval *slot)
{
	fz_step step;
	bool done;

	if (Z_TYPE_P(slot) == IS_UNDEF) {
		fz_write_u8(e, (Z_PROP_FLAG_P(slot) & IS_PROP_UNINIT) ? FZ_TAG_HOLE : FZ_TAG_UNSET);
		return true;
	}
	fz_enter_property(e, &step, info->name);
	done = fz_encode_value(e, slot);
	fz_leave(e, &step);
	return done;
}

static zend_always_inline zend_property_info *fz_slot_info(const zend_class_entry *ce, int slot)
{
	return ce->properties_info_table ? ce->properties_info_table[slot] : NULL;
}

/* The number of the class's shape, and the shape itself when it is new. */
static void fz_encode_shape(fz_encoder *e, zend_class_entry *ce)
{
	fz_seen *seen = fz_encode_find(e, ce);
	uint32_t slots = 0;

	if (seen) {
		fz_write_u32(e, seen->number);
		return;
	}
	fz_write_u32(e, fz_encode_number(e, ce, FZ_KIND_SHAPE)->number);
	fz_write_string(e, ce->name);
	for (int i = 0; i < ce->default_properties_count; i++) {
		slots += fz_slot_info(ce, i) != NULL;
	}
	fz_write_u32(e, slots);
	for (int i = 0; i < ce->default_properties_count; i++) {
		if (fz_slot_info(ce, i)) {
			fz_write_string(e, fz_slot_info(ce, i)->name);
		}
	}
}

bool fz_encode_further(fz_encoder *e, zend_string *name, zval *value)
{
	fz_step step;
	bool done;

	zend_string_addref(name); /* the path has it, and hooks may let go of whatever it came from */
	fz_write_string(e, name);
	fz_enter_property(e, &step, name);
	done = fz_encode_value(e, value);
	fz_leave(e, &step);
	zend_string_release(name);
	return done;
}

/* Dynamic properties: their number, then each. The table is held: a hook that adds one gets a table of its own. */
static bool fz_encode_dynamic(fz_encoder *e, zend_object *object)
{
	zend_array *properties = object->properties;
	size_t head = e->message->len;
	uint32_t count = 0;
	bool done = true;
	zend_string *name;
	zval *value;

	fz_write_u32(e, 0);
	if (!properties) {
		return true;
	}
	GC_TRY_ADDREF(properties);
	ZEND_HASH_MAP_FOREACH_STR_KEY_VAL(properties, name, value) {
		if (Z_TYPE_P(value) == IS_INDIRECT || !name) {
			continue;
		}
		count++;
		if (!fz_encode_further(e, name, value)) {
			done = false;
			break;
		}
	} ZEND_HASH_FOREACH_END();
	fz_encode_patch(e, head, &count, sizeof count);
	zend_array_release(properties);
	return done;
}

/* `kind`: FZ_SPL_*, or 0 for an object that consists of its properties. */
static bool fz_encode_plain(fz_encoder *e, zend_object *object, uint8_t kind)
{
	zend_class_entry *ce = object->ce;

	fz_write_u8(e, kind ? FZ_TAG_SPL : FZ_TAG_PLAIN);
	fz_encode_shape(e, ce);
	if (UNEXPECTED(kind)) {
		fz_write_u8(e, kind);
		if (!fz_spl_encode(e, object, kind)) {
			return false;
		}
	}
	for (int i = 0; i < ce->default_properties_count; i++) {
		zend_property_info *info = fz_slot_info(ce, i);

		if (info && !fz_encode_slot(e, info, OBJ_PROP(object, info->offset))) {
			return false;
		}
	}
	return fz_encode_dynamic(e, object);
}

/* --- hooks of the class --- */

static bool fz_encode_state(fz_encoder *e, zend_object *object)
{
	zval state;
	bool done;

	ZVAL_UNDEF(&state);
	BG(serialize_lock)++;
	zend_call_known_instance_method_with_0_params(object->ce->__serialize, object, &state);
	BG(serialize_lock)--;
	if (EG(exception)) {
		zval_ptr_dtor(&state);
		return false;
	}
	if (Z_TYPE(state) != IS_ARRAY) {
		zval_ptr_dtor(&state);
		zend_type_error("%s::__serialize() must return an array", ZSTR_VAL(object->ce->name));
		return false;
	}
	fz_write_u8(e, FZ_TAG_STATE);
	fz_write_string(e, object->ce->name);
	done = fz_encode_value(e, &state);
	zval_ptr_dtor(&state);
	return done;
}

static bool fz_encode_php_bytes(fz_encoder *e, zend_object *object)
{
	unsigned char *bytes = NULL;
	size_t len = 0;
	php_serialize_data_t data;
	zval value;

	ZVAL_OBJ(&value, object);
	PHP_VAR_SERIALIZE_INIT(data);
	int outcome = object->ce->serialize(&value, &bytes, &len, (zend_serialize_data *) data);
	PHP_VAR_SERIALIZE_DESTROY(data);
	if (outcome != SUCCESS || EG(exception)) {
		if (bytes) {
			efree(bytes);
		}
		return fz_encode_refuse(e, "%s cannot cross to another thread, says its serialize()", ZSTR_VAL(object->ce->name));
	}
	fz_write_u8(e, FZ_TAG_BYTES);
	fz_write_string(e, object->ce->name);
	fz_write_u8(e, FZ_TAG_STRING);
	fz_write_u64(e, len);
	fz_write_bytes(e, bytes, len);
	efree(bytes);
	return true;
}

/* The property that a name of __sleep()'s means, as PHP looks it up: declared ones first, then dynamic ones. */
static zval *fz_sleep_property(zend_object *object, zend_string *name, zend_string **mangled)
{
	zend_property_info *info = fz_find_property(object->ce, name);

	if (info) {
		*mangled = info->name;
		return OBJ_PROP(object, info->offset);
	}
	*mangled = name;
	return object->properties ? zend_hash_find(object->properties, name) : NULL;
}

/* PHP's own warning; where no code runs, as for what a task returned, it is one of the line where the method begins. */
static void fz_warn_of_sleep(const zend_op_array *sleep, const zend_string *name)
{
	static const char text[] = "\"%s\" returned as member variable from __sleep() but does not exist";

	if (!zend_get_executed_filename_ex() && sleep->type == ZEND_USER_FUNCTION) {
		zend_error_at(E_WARNING, sleep->filename, sleep->line_start, text, ZSTR_VAL(name));
	} else {
		zend_error(E_WARNING, text, ZSTR_VAL(name));
	}
}

static bool fz_encode_slept(fz_encoder *e, zend_object *object, const zend_function *sleep, zend_array *names)
{
	size_t head;
	uint32_t count = 0;
	zval *entry;

	fz_write_u8(e, FZ_TAG_NAMED);
	fz_write_string(e, object->ce->name);
	head = e->message->len;
	fz_write_u32(e, 0);
	ZEND_HASH_FOREACH_VAL(names, entry) {
		ZVAL_DEREF(entry);
		if (Z_TYPE_P(entry) != IS_STRING) {
			return fz_encode_refuse(e, "%s::__sleep() must return an array of property names", ZSTR_VAL(object->ce->name));
		}
		zend_string *mangled;
		zval *value = fz_sleep_property(object, Z_STR_P(entry), &mangled);
		if (!value) {
			fz_warn_of_sleep(&sleep->op_array, Z_STR_P(entry));
			if (EG(exception)) {
				return false;
			}
		} else if (Z_TYPE_P(value) != IS_UNDEF) {
			count++;
			if (!fz_encode_further(e, mangled, value)) {
				return false;
			}
		}
	} ZEND_HASH_FOREACH_END();
	fz_encode_patch(e, head, &count, sizeof count);
	return true;
}

static bool fz_encode_sleeper(fz_encoder *e, zend_object *object, zend_function *sleep)
{
	zval names;
	bool done = false;

	ZVAL_UNDEF(&names);
	BG(serialize_lock)++;
	zend_call_known_instance_method_with_0_params(sleep, object, &names);
	BG(serialize_lock)--;
	if (!EG(exception)) {
		done = Z_TYPE(names) == IS_ARRAY ? fz_encode_slept(e, object, sleep, Z_ARRVAL(names))
			: fz_encode_refuse(e, "%s::__sleep() must return an array of property names", ZSTR_VAL(object->ce->name));
	}
	zval_ptr_dtor(&names);
	return done;
}

/* --- any object --- */

static bool fz_encode_enum(fz_encoder *e, zend_object *object)
{
	fz_write_u8(e, FZ_TAG_ENUM);
	fz_write_string(e, object->ce->name);
	fz_write_string(e, Z_STR_P(zend_enum_fetch_case_name(object)));
	return true;
}

static bool fz_encode_new_object(fz_encoder *e, zend_object *object)
{
	zend_class_entry *ce = object->ce;
	zend_function *sleep;
	uint8_t kind = 0;
	int place;

	if (ce->ce_flags & ZEND_ACC_ENUM) {
		return fz_encode_enum(e, object);
	}
	if (ce == zend_ce_closure) {
		fz_write_u8(e, FZ_TAG_CLOSURE);
		return fz_encode_closure(e, object);
	}
	if (fz_is_throwable(ce)) {
		return fz_encode_throwable(e, object);
	}
	if ((place = fz_shared_place(ce)) >= 0) {
		return fz_encode_shared(e, object, place);
	}
	if (!fz_may_cross(ce)) {
		kind = ce->ce_flags & ZEND_ACC_ANON_CLASS ? 0 : fz_spl_kind(object);
		if (!kind) {
			return fz_encode_refuse_kind(e, ZSTR_VAL(ce->name));
		}
	}
#if PHP_VERSION_ID >= 80400
	if (zend_object_is_lazy(object)) {
		if (!(object = zend_lazy_object_init(object))) {
			return false;
		}
		ce = object->ce; /* what stands behind a proxy may be of a parent class */
	}
#endif
	if (ce->__serialize) {
		return fz_encode_state(e, object);
	}
	if (ce->serialize) {
		return fz_encode_php_bytes(e, object);
	}
	sleep = zend_hash_find_ptr(&ce->function_table, ZSTR_KNOWN(ZEND_STR_SLEEP));
	return sleep && !kind ? fz_encode_sleeper(e, object, sleep) : fz_encode_plain(e, object, kind);
}

bool fz_encode_object(fz_encoder *e, zend_object *object)
{
	fz_seen *seen = fz_encode_find(e, object);
	const uint32_t outer = e->within;
	bool done;

	if (seen) {
		fz_write_u8(e, FZ_TAG_OBJECT);
		fz_write_u32(e, seen->number);
		return true;
	}
	if (!fz_encode_descend(e)) {
		return false;
	}
	fz_encode_number(e, object, FZ_KIND_OBJECT);
	e->within = e->depth;
	done = fz_encode_new_object(e, object);
	e->within = outer;
	e->depth--;
	return done;
}
