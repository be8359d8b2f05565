/* Signatures in images: types, parameters, attributes. */
#include "closures.h"

#include "zend_attributes.h"

/* --- writing --- */

static void fz_put_type(fz_code_writer *w, zend_type type)
{
	fz_code_put_u32(w, type.type_mask & ~_ZEND_TYPE_ARENA_BIT);
	if (ZEND_TYPE_HAS_LIST(type)) {
		const zend_type_list *list = ZEND_TYPE_LIST(type);

		fz_code_put_u32(w, list->num_types);
		for (uint32_t i = 0; i < list->num_types; i++) {
			fz_put_type(w, list->types[i]);
		}
	} else if (ZEND_TYPE_HAS_NAME(type)) {
		fz_code_put_string(w, ZEND_TYPE_NAME(type));
	}
}

/* How many types it has: the return type stands before the parameters, a variadic one behind them. */
static uint32_t fz_signature(const zend_op_array *code)
{
	return code->num_args + ((code->fn_flags & ZEND_ACC_HAS_RETURN_TYPE) != 0) + ((code->fn_flags & ZEND_ACC_VARIADIC) != 0);
}

bool fz_code_put_signature(fz_code_writer *w, const zend_op_array *code)
{
	const zend_arg_info *info = code->arg_info;
	uint32_t count = fz_signature(code);

	if (!info) {
		return true;
	}
	if (code->fn_flags & ZEND_ACC_HAS_RETURN_TYPE) {
		info--;
	}
	for (uint32_t i = 0; i < count; i++) {
		fz_code_put_string(w, info[i].name);
		fz_put_type(w, info[i].type);
	}
	return true;
}

bool fz_code_put_attributes(fz_code_writer *w, const HashTable *attributes)
{
	zend_attribute *attribute;

	fz_code_put_u32(w, attributes ? zend_hash_num_elements(attributes) : 0);
	if (!attributes) {
		return true;
	}
	ZEND_HASH_FOREACH_PTR((HashTable *) attributes, attribute) {
		fz_code_put_string(w, attribute->name);
		fz_code_put_u32(w, attribute->flags & ~ZEND_ATTRIBUTE_PERSISTENT);
		fz_code_put_u32(w, attribute->lineno);
		fz_code_put_u32(w, attribute->offset);
		fz_code_put_u32(w, attribute->argc);
		for (uint32_t i = 0; i < attribute->argc; i++) {
			fz_code_put_string(w, attribute->args[i].name);
			if (!fz_code_put_value(w, &attribute->args[i].value)) {
				return false;
			}
		}
	} ZEND_HASH_FOREACH_END();
	return true;
}

/* --- reading --- */

#define FZ_TYPE_KINDS (_ZEND_TYPE_NAME_BIT | _ZEND_TYPE_LIST_BIT | _ZEND_TYPE_UNION_BIT | _ZEND_TYPE_INTERSECTION_BIT)
#define FZ_TYPE_NAMED (MAY_BE_ANY | MAY_BE_CALLABLE | MAY_BE_VOID | MAY_BE_NEVER | MAY_BE_STATIC)

/* Whether Zend knows what such a type is. `around`: the bit of the list that it stands in, or 0. */
static bool fz_is_type(uint32_t mask, uint32_t around)
{
	if (mask & _ZEND_TYPE_MASK & ~(FZ_TYPE_KINDS | FZ_TYPE_NAMED | _ZEND_TYPE_ITERABLE_BIT | _ZEND_TYPE_ARENA_BIT)) {
		return false;
	}
	switch (mask & FZ_TYPE_KINDS) {
		case _ZEND_TYPE_NAME_BIT: return true;
		case _ZEND_TYPE_LIST_BIT | _ZEND_TYPE_UNION_BIT: return !around;
		case _ZEND_TYPE_LIST_BIT | _ZEND_TYPE_INTERSECTION_BIT: return around != _ZEND_TYPE_INTERSECTION_BIT;
		/* One of PHP's own, or none at all. */
		case 0: return !around && (!(mask & _ZEND_TYPE_MASK) || (mask & FZ_TYPE_NAMED & ~MAY_BE_RESOURCE));
		default: return false;
	}
}

static bool fz_get_type(fz_code_reader *r, zend_type *type, uint32_t around)
{
	zend_type read = { 0 };
	zend_type_list *list;
	zend_string *name;
	uint32_t mask, count;
	bool ok = true;

	if (!fz_code_get_u32(r, &mask)) {
		return false;
	}
	if (!fz_is_type(mask, around)) {
		return fz_code_broken(r);
	}
	if (mask & _ZEND_TYPE_LIST_BIT) {
		if (r->depth >= FZ_MAX_DEPTH || !fz_code_get_count(r, &count, sizeof mask) || !count) {
			return fz_code_broken(r);
		}
		list = ecalloc(1, ZEND_TYPE_LIST_SIZE(count));
		r->depth++;
		while (ok && list->num_types < count) {
			ok = fz_get_type(r, &list->types[list->num_types], mask & (_ZEND_TYPE_UNION_BIT | _ZEND_TYPE_INTERSECTION_BIT));
			list->num_types += ok;
		}
		r->depth--;
		ZEND_TYPE_SET_LIST(read, list);
	} else if (mask & _ZEND_TYPE_NAME_BIT) {
		if (!fz_code_get_string(r, &name) || !name) {
			return fz_code_broken(r);
		}
		ZEND_TYPE_SET_PTR(read, name);
	}
	read.type_mask = mask & ~_ZEND_TYPE_ARENA_BIT;
	if (!ok) {
		zend_type_release(read, 0);
		return false;
	}
	*type = read;
	return true;
}

bool fz_code_get_signature(fz_code_reader *r, zend_op_array *code)
{
	const uint32_t with = code->fn_flags & (ZEND_ACC_HAS_RETURN_TYPE | ZEND_ACC_VARIADIC);
	zend_arg_info *info;
	uint32_t count;

	if (!code->num_args && !with) {
		return true;
	}
	count = fz_signature(code);
	if (count > fz_code_left(r) / 8) {
		code->num_args = 0;
		code->fn_flags &= ~with;
		return fz_code_broken(r);
	}
	info = ecalloc(count, sizeof *info); /* complete for destroy_op_array() from here on */
	code->arg_info = code->fn_flags & ZEND_ACC_HAS_RETURN_TYPE ? info + 1 : info;
	for (uint32_t i = 0; i < count; i++) {
		if (!fz_code_get_string(r, &info[i].name) || !fz_get_type(r, &info[i].type, 0)) {
			return false;
		}
		/* What returns has a type and no name. */
		if (info + i < code->arg_info ? !ZEND_TYPE_IS_SET(info[i].type) : !info[i].name) {
			return fz_code_broken(r);
		}
	}
	return true;
}

static bool fz_get_attribute(fz_code_reader *r, HashTable **attributes)
{
	zend_attribute *attribute;
	zend_string *name;
	uint32_t flags, line, offset, count;

	if (!fz_code_get_string(r, &name)) {
		return false;
	}
	if (!name) {
		return fz_code_broken(r);
	}
	if (!fz_code_get_u32(r, &flags) || !fz_code_get_u32(r, &line) || !fz_code_get_u32(r, &offset)
		|| !fz_code_get_count(r, &count, 5)) {
		zend_string_release(name);
		return false;
	}
	attribute = zend_add_attribute(attributes, name, count, flags & ~ZEND_ATTRIBUTE_PERSISTENT, offset, line);
	zend_string_release(name);
	for (uint32_t i = 0; i < count; i++) {
		if (!fz_code_get_string(r, &attribute->args[i].name) || !fz_code_get_value(r, &attribute->args[i].value)) {
			return false;
		}
	}
	return true;
}

bool fz_code_get_attributes(fz_code_reader *r, HashTable **attributes)
{
	uint32_t count;

	if (!fz_code_get_count(r, &count, 20)) {
		return false;
	}
	while (count--) {
		if (!fz_get_attribute(r, attributes)) {
			return false;
		}
	}
	return true;
}
