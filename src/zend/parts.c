/*
 * Parts of throwables. An error must arrive: what of it cannot be built on this side is left out, and nothing of that is seen.
 *
 * A part in which something is missing is read to its end, since numbers go on, but kept from PHP code: its hooks and destructors
 * do not run, and nothing outside may refer to it. A hook that throws has its part left out later, when all is built; parts that
 * refer to it go with it, and a value outside of all parts that refers to it fails as a whole.
 */
#include "object.h"

bool fz_decode_is_exiting(void)
{
	return EG(exception) && (zend_is_unwind_exit(EG(exception)) || zend_is_graceful_exit(EG(exception)));
}

bool fz_decode_pass(fz_decoder *d)
{
	if (!d->part || fz_decode_is_exiting()) {
		return false;
	}
	zend_clear_exception();
	d->parts[d->part - 1].missing = true;
	return true;
}

void fz_part_begin(fz_decoder *d, zend_object *owner, zend_string *name)
{
	if (d->parts_count == d->parts_room) {
		d->parts_room = d->parts_room ? d->parts_room * 2 : 16;
		d->parts = safe_erealloc(d->parts, d->parts_room, sizeof *d->parts, 0);
	}
	d->parts[d->parts_count++] = (fz_part) {
		.owner = owner,
		.name = zend_string_copy(name),
		.up = d->part,
		.from = { d->objects_count, d->arrays_count, d->references_count },
		.to = { UINT32_MAX, UINT32_MAX, UINT32_MAX },
		.open = true
	};
	d->part = d->parts_count;
}

/* Half-built, or not to be seen: their destructors do not run. */
static void fz_part_fail_objects(fz_decoder *d, const fz_part *part)
{
	for (uint32_t i = part->from[FZ_PART_OBJECTS]; i < part->to[FZ_PART_OBJECTS] && i < d->objects_count; i++) {
		if (d->objects[i]) {
			zend_object_store_ctor_failed(d->objects[i]);
		}
	}
}

bool fz_part_end(fz_decoder *d)
{
	fz_part *part = &d->parts[d->part - 1];

	part->to[FZ_PART_OBJECTS] = d->objects_count;
	part->to[FZ_PART_ARRAYS] = d->arrays_count;
	part->to[FZ_PART_REFERENCES] = d->references_count;
	part->open = false;
	d->part = part->up;
	if (part->missing) {
		fz_part_fail_objects(d, part);
	}
	return !part->missing;
}

/* The innermost part that a number was given in, or 0. */
static uint32_t fz_part_of(const fz_decoder *d, int kind, uint32_t number)
{
	uint32_t low = 0, high = d->parts_count;

	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;

		if (d->parts[middle].from[kind] <= number) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	/* The last one that began before: in the part that is looked for, if there is one. */
	while (low && number >= d->parts[low - 1].to[kind]) {
		low = d->parts[low - 1].up;
	}
	return low;
}

static void fz_part_tie(fz_decoder *d, uint32_t part)
{
	const fz_part_tie_ends tie = { part, d->part };

	if (d->ties_count && !memcmp(&d->ties[d->ties_count - 1], &tie, sizeof tie)) {
		return;
	}
	if (d->ties_count == d->ties_room) {
		d->ties_room = d->ties_room ? d->ties_room * 2 : 16;
		d->ties = safe_erealloc(d->ties, d->ties_room, sizeof *d->ties, 0);
	}
	d->ties[d->ties_count++] = tie;
}

bool fz_part_refer(fz_decoder *d, int kind, uint32_t number)
{
	if (EXPECTED(!d->parts_count)) {
		return true;
	}
	for (uint32_t part = fz_part_of(d, kind, number); part && !d->parts[part - 1].open; part = d->parts[part - 1].up) {
		if (d->parts[part - 1].missing) {
			return false;
		}
		fz_part_tie(d, part);
	}
	return true;
}

bool fz_part_is_lost(const fz_decoder *d, uint32_t part)
{
	for (; part; part = d->parts[part - 1].up) {
		if (d->parts[part - 1].missing) {
			return true;
		}
	}
	return false;
}

static void fz_part_empty_dynamic(zend_object *owner, zend_string *mangled, zval *nothing)
{
	const char *class_name, *name;
	size_t len;

	if (!owner->properties || zend_unmangle_property_name_ex(mangled, &class_name, &name, &len) != SUCCESS
			|| !zend_hash_str_exists(owner->properties, name, len)) {
		return;
	}
	if (GC_REFCOUNT(owner->properties) > 1) { /* a hook has taken the table */
		zend_array *own = zend_array_dup(owner->properties);

		GC_TRY_DELREF(owner->properties);
		owner->properties = own;
	}
	zend_hash_str_update(owner->properties, name, len, nothing);
}

/* Null, or what the class declares where null does not fit. */
static void fz_part_empty(const fz_part *part)
{
	zend_property_info *info = fz_find_property(part->owner->ce, part->name);
	zval nothing, *slot, old;

	ZVAL_NULL(&nothing);
	if (!info) {
		fz_part_empty_dynamic(part->owner, part->name, &nothing);
		return;
	}
	slot = OBJ_PROP(part->owner, info->offset);
	if (Z_ISREF_P(slot) && ZEND_TYPE_IS_SET(info->type)) {
		ZEND_REF_DEL_TYPE_SOURCE(Z_REF_P(slot), info); /* a hook has taken a reference */
		zval_ptr_dtor(slot);
		ZVAL_UNDEF(slot);
	}
	if (fz_is_base_property(part->owner, info) || !fz_fill_property(part->owner, info, &nothing)) {
		ZVAL_COPY_VALUE(&old, slot);
		ZVAL_COPY_OR_DUP_PROP(slot, &CE_DEFAULT_PROPERTIES_TABLE(part->owner->ce)[OBJ_PROP_TO_NUM(info->offset)]);
		zval_ptr_dtor(&old);
	}
}

bool fz_part_lose(fz_decoder *d, uint32_t part)
{
	bool more = true;

	if (!part || fz_decode_is_exiting()) {
		return false;
	}
	d->parts[part - 1].missing = true;
	while (more) {
		more = false;
		for (uint32_t i = 0; i < d->ties_count; i++) {
			const uint32_t to = d->ties[i].to;

			if (d->parts[d->ties[i].from - 1].missing && (!to || !d->parts[to - 1].missing)) {
				if (!to) {
					return false;
				}
				more = d->parts[to - 1].missing = true;
			}
		}
	}
	zend_clear_exception();
	for (uint32_t i = 0; i < d->parts_count; i++) {
		fz_part *lost = &d->parts[i];

		if (lost->missing && lost->owner) {
			fz_part_fail_objects(d, lost);
			fz_part_empty(lost);
			lost->owner = NULL;
		}
	}
	return !EG(exception);
}

void fz_decode_drop_parts(fz_decoder *d)
{
	for (uint32_t i = 0; i < d->parts_count; i++) {
		zend_string_release(d->parts[i].name);
	}
	if (d->parts) {
		efree(d->parts);
	}
	if (d->ties) {
		efree(d->ties);
	}
}
