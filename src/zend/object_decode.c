/*
 * Objects on their arrival: made without a constructor, filled by the places of their properties, and their hooks run when
 * everything is there.
 */
#include "spl.h"

#include "zend_enum.h"
#include "ext/standard/basic_functions.h"
#include "ext/standard/php_var.h"

/* --- classes --- */

zend_class_entry *fz_decode_class(fz_decoder *d, zend_string *name)
{
	zend_class_entry *ce = zend_lookup_class(name);

	if (ce && !EG(exception)) {
		return ce;
	}
	if (!fz_decode_pass(d)) {
		fz_decode_refuse(d, "class %s is not known on the receiving side; make it loadable there, by an autoloader or a bootstrap file",
			ZSTR_VAL(name));
	}
	return NULL;
}

#define FZ_NO_INSTANCES \
	(ZEND_ACC_INTERFACE | ZEND_ACC_TRAIT | ZEND_ACC_ENUM | ZEND_ACC_EXPLICIT_ABSTRACT_CLASS | ZEND_ACC_IMPLICIT_ABSTRACT_CLASS \
		| ZEND_ACC_NOT_SERIALIZABLE)

/* An empty object for the number, or null where that is all right. What the class is here decides, whatever it was there. */
static bool fz_decode_new(fz_decoder *d, zend_class_entry *ce, uint32_t number, zval *out)
{
	if ((ce->ce_flags & FZ_NO_INSTANCES) || !(ce->__unserialize || fz_plain_class(ce))) {
		fz_decode_refuse(d, "%s cannot be made on the receiving side from what the object was on the other", ZSTR_VAL(ce->name));
		return fz_decode_pass(d);
	}
	if (object_init_ex(out, ce) != SUCCESS) {
		ZVAL_NULL(out);
		fz_decode_refuse(d, "%s cannot be made", ZSTR_VAL(ce->name));
		return fz_decode_pass(d);
	}
	fz_decode_register(d, number, Z_OBJ_P(out));
	return true;
}

/* --- properties --- */

static zend_property_info *fz_usable(zend_property_info *info)
{
	if (!info || (info->flags & ZEND_ACC_STATIC)) {
		return NULL;
	}
#if PHP_VERSION_ID >= 80400
	if (info->flags & ZEND_ACC_VIRTUAL) {
		return NULL;
	}
#endif
	return info;
}

zend_property_info *fz_find_property(const zend_class_entry *ce, zend_string *mangled)
{
	const char *class_name, *name;
	size_t len;
	zend_property_info *info;

	if (!ZSTR_LEN(mangled) || zend_unmangle_property_name_ex(mangled, &class_name, &name, &len) != SUCCESS) {
		return NULL;
	}
	if (class_name && *class_name != '*') {
		for (const zend_class_entry *scope = ce; scope; scope = scope->parent) {
			if (!strcmp(ZSTR_VAL(scope->name), class_name)) {
				info = zend_hash_str_find_ptr(&scope->properties_info, name, len);
				if (info && info->ce == scope) {
					return fz_usable(info);
				}
			}
		}
	}
	info = zend_hash_str_find_ptr(&ce->properties_info, name, len);
	return info && (info->flags & ZEND_ACC_PRIVATE) && info->ce != ce ? NULL : fz_usable(info);
}

/* Of a reference, all properties that refer to it have a say. */
static bool fz_make_fit(zend_property_info *info, zval *value)
{
	return Z_ISREF_P(value) ? zend_verify_prop_assignable_by_ref(info, value, true) : zend_verify_property_type(info, value, true);
}

/* Releases what a property had. */
static void fz_drop_property(zend_property_info *info, zval *value)
{
	if (Z_ISREF_P(value) && ZEND_TYPE_IS_SET(info->type)) {
		ZEND_REF_DEL_TYPE_SOURCE(Z_REF_P(value), info);
	}
	zval_ptr_dtor(value);
}

bool fz_fill_property(zend_object *object, zend_property_info *info, zval *value)
{
	zval *slot = OBJ_PROP(object, info->offset), old;

	if (ZEND_TYPE_IS_SET(info->type) && !ZEND_TYPE_CONTAINS_CODE(info->type, Z_TYPE_P(value)) && !fz_make_fit(info, value)) {
		zval_ptr_dtor(value);
		if (!fz_decode_is_exiting()) {
			zend_clear_exception();
		}
		return false;
	}
	ZVAL_COPY_VALUE(&old, slot);
	ZVAL_COPY_VALUE(slot, value);
	Z_PROP_FLAG_P(slot) = 0;
	if (UNEXPECTED(Z_ISREF_P(slot)) && ZEND_TYPE_IS_SET(info->type)) {
		ZEND_REF_ADD_TYPE_SOURCE(Z_REF_P(slot), info);
	}
	if (UNEXPECTED(Z_REFCOUNTED(old))) {
		fz_drop_property(info, &old);
	}
	return true;
}

static bool fz_decode_declared(fz_decoder *d, zend_object *object, zend_property_info *info, zval *value)
{
	const char *type = zend_zval_type_name(value);

	if (fz_fill_property(object, info, value)) {
		return true;
	}
	fz_decode_refuse(d, "%s::$%s is of another type on the receiving side, and cannot hold the %s that came",
		ZSTR_VAL(object->ce->name), zend_get_unmangled_property_name(info->name), type);
	return fz_decode_pass(d);
}

bool fz_decode_property(fz_decoder *d, zend_object *object, zend_string *mangled, zval *value)
{
	zend_property_info *info = fz_find_property(object->ce, mangled);
	const char *class_name, *name;
	size_t len;

	if (info) {
		return fz_decode_declared(d, object, info, value);
	}
	if (zend_unmangle_property_name_ex(mangled, &class_name, &name, &len) != SUCCESS) {
		zval_ptr_dtor(value);
		return fz_decode_broken(d);
	}
	if (object->ce->ce_flags & ZEND_ACC_NO_DYNAMIC_PROPERTIES) {
		zval_ptr_dtor(value);
		fz_decode_refuse(d, "%s has no property $%s on the receiving side", ZSTR_VAL(object->ce->name), name);
		return fz_decode_pass(d);
	}
	zend_hash_str_update(zend_std_get_properties(object), name, len, value);
	return true;
}

/* A property that has no value: `fresh` when it never had one. */
static void fz_empty_property(zend_object *object, zend_property_info *info, bool fresh)
{
	zval *slot = OBJ_PROP(object, info->offset);

	fz_drop_property(info, slot);
	ZVAL_UNDEF(slot);
	Z_PROP_FLAG_P(slot) = fresh ? IS_PROP_UNINIT : 0;
}

/* --- where properties go: into an object, into the array that __unserialize() gets, or nowhere --- */

typedef struct {
	zend_object *object; /* NULL: the class is missing, which is all right here */
	zend_array *state;
} fz_sink;

static bool fz_sink_put(fz_decoder *d, const fz_sink *sink, zend_string *mangled, zval *value)
{
	if (sink->state) {
		zend_symtable_update(sink->state, mangled, value);
		return true;
	}
	if (!sink->object) {
		zval_ptr_dtor(value);
		return true;
	}
	return fz_decode_property(d, sink->object, mangled, value);
}

/* u32 properties: name and value each. */
static bool fz_decode_properties(fz_decoder *d, const fz_sink *sink)
{
	uint32_t count;

	if (!fz_read_u32(d, &count)) {
		return false;
	}
	for (uint32_t i = 0; i < count; i++) {
		zend_string *name = fz_read_string(d);
		zval value;
		bool done = name && fz_decode_value(d, &value) && fz_sink_put(d, sink, name, &value);

		if (name) {
			zend_string_release(name);
		}
		if (!done) {
			return false;
		}
	}
	return true;
}

/* --- hooks that wait --- */

typedef struct fz_call {
	zend_object *object;
	zval state; /* for __unserialize() or fz_spl_finish(); undefined: __wakeup() */
	bool spl;
	uint32_t part;
} fz_call;

static fz_call *fz_new_call(fz_decoder *d, zend_object *object)
{
	if (d->calls_count == d->calls_room) {
		d->calls_room = d->calls_room ? d->calls_room * 2 : 16;
		d->calls = safe_erealloc(d->calls, d->calls_room, sizeof *d->calls, 0);
	}
	GC_ADDREF(object);
	fz_call *call = &d->calls[d->calls_count++];
	call->object = object;
	call->part = d->part;
	call->spl = false;
	ZVAL_UNDEF(&call->state);
	return call;
}

/* Takes the array over; NULL: __wakeup(). */
static void fz_call_later(fz_decoder *d, zend_object *object, zend_array *state)
{
	fz_call *call = fz_new_call(d, object);

	if (state) {
		ZVAL_ARR(&call->state, state);
	}
}

static void fz_call_now(fz_call *call)
{
	zend_class_entry *ce = call->object->ce;

	if (call->spl) {
		fz_spl_finish(call->object, &call->state);
		return;
	}
	BG(serialize_lock)++;
	if (Z_TYPE(call->state) == IS_UNDEF) {
		zend_function *wakeup = zend_hash_find_ptr(&ce->function_table, ZSTR_KNOWN(ZEND_STR_WAKEUP));
		zval returned;

		ZVAL_UNDEF(&returned);
		zend_call_known_instance_method_with_0_params(wakeup, call->object, &returned);
		zval_ptr_dtor(&returned);
	} else {
		zval state;

		ZVAL_COPY(&state, &call->state);
		zend_call_known_instance_method_with_1_params(ce->__unserialize, call->object, NULL, &state);
		zval_ptr_dtor(&state);
	}
	BG(serialize_lock)--;
}

bool fz_decode_calls(fz_decoder *d)
{
	bool done = true;

	for (uint32_t i = 0; i < d->calls_count; i++) {
		const uint32_t part = d->calls[i].part;

		if (done && !fz_part_is_lost(d, part)) {
			fz_call_now(&d->calls[i]);
			done = !EG(exception) || fz_part_lose(d, part);
		}
		if (!done || fz_part_is_lost(d, part)) {
			zend_object_store_ctor_failed(d->calls[i].object);
		}
	}
	return done;
}

void fz_decode_drop_calls(fz_decoder *d)
{
	for (uint32_t i = 0; i < d->calls_count; i++) {
		OBJ_RELEASE(d->calls[i].object);
		zval_ptr_dtor(&d->calls[i].state);
	}
	if (d->calls) {
		efree(d->calls);
	}
}

/* --- objects by shape --- */

struct fz_shape {
	zend_string *name;
	zend_class_entry *ce; /* NULL: not looked up, or missing */
	bool wakes;
	uint32_t slots, filled;
	struct {
		zend_string *mangled;
		zend_property_info *info;
	} slot[];
};

static void fz_shape_free(fz_shape *shape)
{
	zend_string_release(shape->name);
	for (uint32_t i = 0; i < shape->filled; i++) {
		zend_string_release(shape->slot[i].mangled);
	}
	efree(shape);
}

void fz_decode_drop_shapes(fz_decoder *d)
{
	for (uint32_t i = 0; i < d->shapes_count; i++) {
		fz_shape_free(d->shapes[i]);
	}
	if (d->shapes) {
		efree(d->shapes);
	}
}

static fz_shape *fz_decode_new_shape(fz_decoder *d)
{
	zend_string *name = fz_read_string(d);
	uint32_t slots;

	if (!name) {
		return NULL;
	}
	if (!fz_read_u32(d, &slots) || slots > (size_t) (d->end - d->at)) {
		zend_string_release(name);
		fz_decode_broken(d);
		return NULL;
	}
	fz_shape *shape = safe_emalloc(slots, sizeof shape->slot[0], sizeof *shape);
	*shape = (fz_shape) { .name = name, .slots = slots };
	for (; shape->filled < slots; shape->filled++) {
		shape->slot[shape->filled].info = NULL;
		if (!(shape->slot[shape->filled].mangled = fz_read_string(d))) {
			fz_shape_free(shape);
			return NULL;
		}
	}
	if (d->shapes_count == d->shapes_room) {
		d->shapes_room = d->shapes_room ? d->shapes_room * 2 : 16;
		d->shapes = safe_erealloc(d->shapes, d->shapes_room, sizeof *d->shapes, 0);
	}
	return d->shapes[d->shapes_count++] = shape;
}

/* The next object's shape, its class looked up. NULL: refused. */
static fz_shape *fz_decode_shape(fz_decoder *d)
{
	uint32_t number;
	fz_shape *shape;

	if (!fz_read_u32(d, &number)) {
		return NULL;
	}
	if (number > d->shapes_count) {
		fz_decode_broken(d);
		return NULL;
	}
	shape = number < d->shapes_count ? d->shapes[number] : fz_decode_new_shape(d);
	if (!shape || shape->ce) {
		return shape;
	}
	shape->ce = fz_decode_class(d, shape->name);
	if (!shape->ce) {
		return d->part && !EG(exception) ? shape : NULL;
	}
	shape->wakes = zend_hash_exists(&shape->ce->function_table, ZSTR_KNOWN(ZEND_STR_WAKEUP));
	for (uint32_t i = 0; i < shape->slots; i++) {
		shape->slot[i].info = fz_find_property(shape->ce, shape->slot[i].mangled);
	}
	return shape;
}

/* fz_decode_declared() of what needs no look. */
static zend_always_inline bool fz_put(fz_decoder *d, zend_object *object, zend_property_info *info, zval *value)
{
	zval *slot = OBJ_PROP(object, info->offset);

	if (EXPECTED(!Z_REFCOUNTED_P(slot) && !Z_ISREF_P(value)
			&& (!ZEND_TYPE_IS_SET(info->type) || ZEND_TYPE_CONTAINS_CODE(info->type, Z_TYPE_P(value))))) {
		ZVAL_COPY_VALUE(slot, value);
		Z_PROP_FLAG_P(slot) = 0;
		return true;
	}
	return fz_decode_declared(d, object, info, value);
}

static zend_always_inline bool fz_decode_slots(fz_decoder *d, const fz_shape *shape, const fz_sink *sink)
{
	for (uint32_t i = 0; i < shape->slots; i++) {
		zend_property_info *info = shape->slot[i].info;
		zval value;

		if (!fz_read_has(d, 1)) {
			return false;
		}
		if (*d->at == FZ_TAG_HOLE || *d->at == FZ_TAG_UNSET) {
			if (sink->object && !sink->state && info) {
				fz_empty_property(sink->object, info, *d->at == FZ_TAG_HOLE);
			}
			d->at++;
			continue;
		}
		if (!fz_decode_value(d, &value)) {
			return false;
		}
		if (sink->object && !sink->state && info) {
			if (!fz_put(d, sink->object, info, &value)) {
				return false;
			}
		} else if (!fz_sink_put(d, sink, shape->slot[i].mangled, &value)) {
			return false;
		}
	}
	return true;
}

/* Begins an object of `ce` (NULL: missing, which is all right) and says where its properties go. */
static bool fz_begin(fz_decoder *d, zend_class_entry *ce, uint32_t number, fz_sink *sink, zval *out)
{
	*sink = (fz_sink) { NULL, NULL };
	ZVAL_NULL(out);
	if (!ce) {
		return true;
	}
	if (!fz_decode_new(d, ce, number, out)) {
		return false;
	}
	if (Z_TYPE_P(out) != IS_OBJECT) {
		return true;
	}
	sink->object = Z_OBJ_P(out);
	if (ce->__unserialize) {
		sink->state = zend_new_array(0);
	}
	return true;
}

static bool fz_finish(fz_decoder *d, const fz_sink *sink, bool wakes, bool done)
{
	if (!done) {
		if (sink->state) {
			zend_array_destroy(sink->state);
		}
		if (sink->object) {
			zend_object_store_ctor_failed(sink->object);
			OBJ_RELEASE(sink->object);
		}
	} else if (sink->state) {
		fz_call_later(d, sink->object, sink->state);
	} else if (sink->object && wakes) {
		fz_call_later(d, sink->object, NULL);
	}
	return done;
}

/* A fresh object for the number, or null where that is all right. */
static bool fz_new_spl(fz_decoder *d, zend_class_entry *ce, uint8_t kind, uint32_t number, fz_sink *sink, zval *out)
{
	*sink = (fz_sink) { NULL, NULL };
	ZVAL_NULL(out);
	if (!ce) {
		return true;
	}
	if ((ce->ce_flags & (FZ_NO_INSTANCES & ~ZEND_ACC_NOT_SERIALIZABLE)) || !fz_spl_fits(ce, kind) || object_init_ex(out, ce) != SUCCESS) {
		ZVAL_NULL(out);
		fz_decode_refuse(d, "%s cannot be made on the receiving side from what the object was on the other", ZSTR_VAL(ce->name));
		return fz_decode_pass(d);
	}
	fz_decode_register(d, number, Z_OBJ_P(out));
	sink->object = Z_OBJ_P(out);
	return true;
}

/* Reads the data, which may have the object in it, and gives it to the object, if there is one. */
static bool fz_decode_spl_data(fz_decoder *d, uint8_t kind, zend_object *object)
{
	fz_spl_data data;
	zval later;
	bool done;

	if (!fz_spl_read(d, kind, &data)) {
		return false;
	}
	ZVAL_UNDEF(&later);
	done = !object || fz_spl_apply(d, &data, object, &later);
	fz_spl_free(&data);
	if (!Z_ISUNDEF(later)) {
		fz_call *call = fz_new_call(d, object);

		call->spl = true;
		ZVAL_COPY_VALUE(&call->state, &later);
	}
	return done;
}

/* fz_begin() for objects of SPL. */
static ZEND_COLD bool fz_begin_spl(fz_decoder *d, zend_class_entry *ce, uint32_t number, fz_sink *sink, zval *out)
{
	uint8_t kind;

	return fz_read_u8(d, &kind) && fz_new_spl(d, ce, kind, number, sink, out)
		&& (fz_decode_spl_data(d, kind, sink->object) || fz_finish(d, sink, false, false));
}

bool fz_decode_plain(fz_decoder *d, bool spl, zval *out)
{
	const uint32_t number = fz_decode_reserve(d), outer = d->within;
	const fz_shape *shape = fz_decode_shape(d);
	fz_sink sink;
	bool done;

	if (!shape) {
		return false;
	}
	d->within = d->depth;
	done = (UNEXPECTED(spl) ? fz_begin_spl(d, shape->ce, number, &sink, out) : fz_begin(d, shape->ce, number, &sink, out))
		&& fz_finish(d, &sink, shape->wakes, fz_decode_slots(d, shape, &sink) && fz_decode_properties(d, &sink));
	d->within = outer;
	return done;
}

/* The class of what follows; false: refused. NULL in `ce`: missing, which is all right here. */
static bool fz_decode_class_of(fz_decoder *d, zend_class_entry **ce)
{
	zend_string *name = fz_read_string(d);

	if (!name) {
		return false;
	}
	*ce = fz_decode_class(d, name);
	zend_string_release(name);
	return *ce || (d->part && !EG(exception));
}

bool fz_decode_named(fz_decoder *d, zval *out)
{
	uint32_t number = fz_decode_reserve(d);
	zend_class_entry *ce;
	fz_sink sink;

	return fz_decode_class_of(d, &ce) && fz_begin(d, ce, number, &sink, out)
		&& fz_finish(d, &sink, ce && zend_hash_exists(&ce->function_table, ZSTR_KNOWN(ZEND_STR_WAKEUP)), fz_decode_properties(d, &sink));
}

/* The array goes to __unserialize() as it is; a class without it gets its entries as properties, as from PHP. */
static bool fz_decode_state_into(fz_decoder *d, fz_sink *sink)
{
	zend_string *name;
	zend_ulong index;
	zval state, *value;
	bool done = true;

	if (!fz_decode_value(d, &state)) {
		return false;
	}
	if (Z_TYPE(state) != IS_ARRAY) {
		zval_ptr_dtor(&state);
		return fz_decode_broken(d);
	}
	if (sink->state) {
		if (Z_REFCOUNTED(state)) { /* else it is the empty array of the engine, which nobody may count; there is one already */
			zend_array_destroy(sink->state);
			sink->state = Z_ARRVAL(state);
		}
		return true;
	}
	if (sink->object) {
		ZEND_HASH_FOREACH_KEY_VAL(Z_ARRVAL(state), index, name, value) {
			zend_string *text = name ? zend_string_copy(name) : zend_long_to_str((zend_long) index);
			Z_TRY_ADDREF_P(value);
			done = fz_decode_property(d, sink->object, text, value);
			zend_string_release(text);
			if (!done) {
				break;
			}
		} ZEND_HASH_FOREACH_END();
	}
	zval_ptr_dtor(&state);
	return done;
}

bool fz_decode_state(fz_decoder *d, zval *out)
{
	uint32_t number = fz_decode_reserve(d);
	zend_class_entry *ce;
	fz_sink sink;

	return fz_decode_class_of(d, &ce) && fz_begin(d, ce, number, &sink, out)
		&& fz_finish(d, &sink, ce && zend_hash_exists(&ce->function_table, ZSTR_KNOWN(ZEND_STR_WAKEUP)), fz_decode_state_into(d, &sink));
}

/* --- by the class's own bytes, and enum cases --- */

bool fz_decode_php_bytes(fz_decoder *d, zval *out)
{
	uint32_t number = fz_decode_reserve(d);
	zend_class_entry *ce;
	zend_string *bytes;
	php_unserialize_data_t data;
	bool done;

	if (!fz_decode_class_of(d, &ce) || !(bytes = fz_read_string(d))) {
		return false;
	}
	ZVAL_NULL(out);
	if (!ce) {
		zend_string_release(bytes);
		return true;
	}
	if ((ce->ce_flags & FZ_NO_INSTANCES) || !ce->unserialize) {
		zend_string_release(bytes);
		fz_decode_refuse(d, "%s has no unserialize() on the receiving side", ZSTR_VAL(ce->name));
		return fz_decode_pass(d);
	}
	PHP_VAR_UNSERIALIZE_INIT(data);
	done = ce->unserialize(out, ce, (unsigned char *) ZSTR_VAL(bytes), ZSTR_LEN(bytes), (zend_unserialize_data *) data) == SUCCESS;
	PHP_VAR_UNSERIALIZE_DESTROY(data);
	zend_string_release(bytes);
	if (!done || EG(exception) || Z_TYPE_P(out) != IS_OBJECT) {
		zval_ptr_dtor(out);
		ZVAL_NULL(out);
		fz_decode_refuse(d, "%s could not be made by its unserialize()", ZSTR_VAL(ce->name));
		return fz_decode_pass(d);
	}
	fz_decode_register(d, number, Z_OBJ_P(out));
	return true;
}

static zend_object *fz_find_case(zend_class_entry *ce, zend_string *name)
{
	zend_class_constant *constant;
	zval *found;

	if (!(ce->ce_flags & ZEND_ACC_ENUM) || !(constant = zend_hash_find_ptr(CE_CONSTANTS_TABLE(ce), name))
			|| !(ZEND_CLASS_CONST_FLAGS(constant) & ZEND_CLASS_CONST_IS_CASE)) {
		return NULL;
	}
	found = zend_get_class_constant_ex(ce->name, name, ce, ZEND_FETCH_CLASS_SILENT);
	return found && Z_TYPE_P(found) == IS_OBJECT ? Z_OBJ_P(found) : NULL;
}

bool fz_decode_enum(fz_decoder *d, zval *out)
{
	uint32_t number = fz_decode_reserve(d);
	zend_class_entry *ce;
	zend_string *name;
	zend_object *object;

	if (!fz_decode_class_of(d, &ce) || !(name = fz_read_string(d))) {
		return false;
	}
	object = ce ? fz_find_case(ce, name) : NULL;
	if (object) {
		ZVAL_OBJ_COPY(out, object);
		fz_decode_register(d, number, object);
	} else if (fz_decode_pass(d)) {
		ZVAL_NULL(out);
	} else {
		fz_decode_refuse(d, "%s::%s is no enum case on the receiving side; load the same enum there", ZSTR_VAL(ce->name), ZSTR_VAL(name));
	}
	zend_string_release(name);
	return object || (d->part && !EG(exception));
}
