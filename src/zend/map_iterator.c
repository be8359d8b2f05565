/*
 * What Pool::mapUnordered() gives: an iterator over results in the order of their coming, each under its item's key. Nothing is asked
 * of the items before the first result is, and no more than the workers need. Dropping it stops what is under way.
 */
#include "map.h"

static zend_class_entry *fz_ce_map_iterator;
static zend_object_handlers fz_map_iterator_handlers;

typedef struct {
	fz_map map;
	zend_object std;
} fz_map_object;

static inline fz_map_object *fz_map_object_of(zend_object *object)
{
	return (fz_map_object *) ((char *) object - offsetof(fz_map_object, std));
}

static zend_object *fz_map_iterator_create(zend_class_entry *ce)
{
	fz_map_object *object = zend_object_alloc(sizeof *object, ce);

	memset(&object->map, 0, sizeof object->map);
	zend_object_std_init(&object->std, ce);
	object->std.handlers = &fz_map_iterator_handlers;
	return &object->std;
}

static void fz_map_iterator_free(zend_object *object)
{
	fz_map_end(&fz_map_object_of(object)->map);
	zend_object_std_dtor(object);
}

static void fz_gc_part(zend_get_gc_buffer *buffer, fz_part *part)
{
	zend_get_gc_buffer_add_zval(buffer, &part->items);
	zend_get_gc_buffer_add_zval(buffer, &part->keys);
}

static HashTable *fz_map_iterator_gc(zend_object *object, zval **table, int *count)
{
	fz_map *map = &fz_map_object_of(object)->map;
	zend_get_gc_buffer *buffer = zend_get_gc_buffer_create();

	zend_get_gc_buffer_add_zval(buffer, &map->pool);
	zend_get_gc_buffer_add_zval(buffer, &map->source);
	zend_get_gc_buffer_add_zval(buffer, &map->callable);
	if (map->iterator) {
		zend_get_gc_buffer_add_obj(buffer, &map->iterator->std);
	}
	for (uint32_t i = 0; i < map->count; i++) {
		fz_gc_part(buffer, &map->parts[i]);
	}
	for (uint32_t i = 0; i < map->returned_count; i++) {
		fz_gc_part(buffer, &map->returned[i]);
	}
	fz_gc_part(buffer, &map->ready);
	zend_get_gc_buffer_use(buffer, table, count);
	return NULL;
}

void fz_map_iterator(const fz_map_spec *spec, zval *return_value)
{
	object_init_ex(return_value, fz_ce_map_iterator);
	if (!fz_map_begin(&fz_map_object_of(Z_OBJ_P(return_value))->map, spec, false)) {
		zval_ptr_dtor(return_value);
		ZVAL_NULL(return_value);
	}
}

/* Whether there is a result, after a wait if need be; false: the end, or an exception is pending, after which there are none either. */
static bool fz_map_has_result(fz_map *map)
{
	if (map->given < map->ready.to) {
		return true;
	}
	if (map->over) {
		return false;
	}
	if (map->running) {
		fz_throw(FZ_MISUSE, "the iterator is just waiting for its next result: what that runs cannot ask it");
		return false;
	}
	zval_ptr_dtor(&map->ready.items);
	zval_ptr_dtor(&map->ready.keys);
	memset(&map->ready, 0, sizeof map->ready);
	map->given = 0;
	map->running = true;
	const bool more = fz_map_step(map);
	map->running = false;
	if (!more) {
		/* What ends may run destructors, which may ask the iterator. */
		fz_map ended = *map;

		memset(map, 0, sizeof *map);
		map->over = true;
		fz_map_end(&ended);
	}
	return more;
}

static void fz_map_element_of(zend_object *object, bool key, zval *return_value)
{
	fz_map *map = &fz_map_object_of(object)->map;

	if (fz_map_has_result(map)) {
		RETURN_COPY(zend_hash_index_find(Z_ARRVAL(key ? map->ready.keys : map->ready.items), map->given));
	}
}

#define FZ_THIS Z_OBJ_P(ZEND_THIS)

static ZEND_METHOD(FfiZts_MapIterator, __construct)
{
	ZEND_PARSE_PARAMETERS_NONE();
}

static ZEND_METHOD(FfiZts_MapIterator, current)
{
	ZEND_PARSE_PARAMETERS_NONE();
	fz_map_element_of(FZ_THIS, false, return_value);
}

static ZEND_METHOD(FfiZts_MapIterator, key)
{
	ZEND_PARSE_PARAMETERS_NONE();
	fz_map_element_of(FZ_THIS, true, return_value);
}

static ZEND_METHOD(FfiZts_MapIterator, next)
{
	fz_map *map = &fz_map_object_of(FZ_THIS)->map;

	ZEND_PARSE_PARAMETERS_NONE();
	if (fz_map_has_result(map)) {
		map->given++;
	}
}

static ZEND_METHOD(FfiZts_MapIterator, valid)
{
	ZEND_PARSE_PARAMETERS_NONE();
	RETURN_BOOL(fz_map_has_result(&fz_map_object_of(FZ_THIS)->map));
}

/* As a generator's: there is no second round. */
static ZEND_METHOD(FfiZts_MapIterator, rewind)
{
	fz_map *map = &fz_map_object_of(FZ_THIS)->map;

	ZEND_PARSE_PARAMETERS_NONE();
	if (map->given) {
		zend_throw_exception(NULL, "Cannot rewind results that were already given", 0);
	}
}

ZEND_BEGIN_ARG_INFO_EX(fz_arginfo_none, 0, 0, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_mixed, 0, 0, IS_MIXED, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_void, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_bool, 0, 0, _IS_BOOL, 0)
ZEND_END_ARG_INFO()

static const zend_function_entry fz_map_iterator_methods[] = {
	ZEND_ME(FfiZts_MapIterator, __construct, fz_arginfo_none, ZEND_ACC_PRIVATE)
	ZEND_ME(FfiZts_MapIterator, current, fz_arginfo_mixed, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_MapIterator, key, fz_arginfo_mixed, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_MapIterator, next, fz_arginfo_void, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_MapIterator, valid, fz_arginfo_bool, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_MapIterator, rewind, fz_arginfo_void, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

void fz_map_declare(void)
{
	fz_ce_map_iterator = fz_declare("FfiZts\\Internal\\MapIterator", fz_map_iterator_methods, NULL);
	fz_ce_map_iterator->ce_flags |= ZEND_ACC_FINAL | ZEND_ACC_NO_DYNAMIC_PROPERTIES | ZEND_ACC_NOT_SERIALIZABLE;
	fz_ce_map_iterator->create_object = fz_map_iterator_create;
	zend_class_implements(fz_ce_map_iterator, 1, zend_ce_iterator);
	memcpy(&fz_map_iterator_handlers, &std_object_handlers, sizeof fz_map_iterator_handlers);
	fz_map_iterator_handlers.offset = offsetof(fz_map_object, std);
	fz_map_iterator_handlers.free_obj = fz_map_iterator_free;
	fz_map_iterator_handlers.get_gc = fz_map_iterator_gc;
	fz_map_iterator_handlers.clone_obj = NULL;
}
