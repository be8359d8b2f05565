/* Pool::map() and Pool::mapUnordered(): map.c has the work, map_iterator.c the lazy variant's object. */
#ifndef FFI_ZTS_ZEND_MAP_H
#define FFI_ZTS_ZEND_MAP_H

#include "fz.h"

/* What a map is to do. */
typedef struct {
	zval *pool; /* the object, which holds the lane */
	void *lane;
	zend_long workers;
	zend_long most; /* items that a worker calls before it starts anew; 0: any number */
	zval *items, *callable;
	double limit; /* seconds for an item; 0: none */
} fz_map_spec;

/* Items that belong together: `items[from]` to `items[to - 1]`. */
typedef struct {
	zval items;       /* a list */
	zval keys;        /* of the same length; undefined: the map has them */
	zend_ulong place; /* of items[0] among all items of the map */
	uint32_t from, to;
} fz_part;

typedef struct {
	zval pool, source, callable;
	void *lane;
	double limit;
	uint32_t workers, most;

	/* What the items come from. */
	zend_object_iterator *iterator; /* NULL: the source is an array */
	HashPosition position;
	zend_ulong taken; /* items so far */
	bool begun, exhausted;

	/* Tasks under way, each with the part that it works on. */
	void **futures;
	fz_part *parts;
	uint32_t count, room;
	uint32_t size; /* items of the next task */

	/* Parts that were taken from a task, or that it did not get to; the next items. */
	fz_part *returned;
	uint32_t returned_count, returned_room;

	/* map(): the results by their items' places, and the keys of a Traversable. */
	bool in_order;
	zval *results, keys;
	zend_ulong results_room;

	/* mapUnordered(): results of one task; those before `given` have been given. */
	fz_part ready;
	uint32_t given;
	bool running; /* the next one is being waited for */
	bool over;
} fz_map;

/* Prepares a map; false: an exception is pending. `map` is zeroed memory, and can be ended in any case. */
bool fz_map_begin(fz_map *map, const fz_map_spec *spec, bool in_order);
/* Has every worker fed, and waits for the results of one more task. False: there are none, or an exception is pending. May run PHP code,
 * and bail out. */
bool fz_map_step(fz_map *map);
/* What is still under way is not wanted any more; nothing of Zend's heap is touched. */
void fz_map_abandon(fz_map *map);
/* The same, and the end of what it holds. */
void fz_map_end(fz_map *map);

/* map() */
void fz_map_all(const fz_map_spec *spec, zval *return_value);
/* mapUnordered() */
void fz_map_iterator(const fz_map_spec *spec, zval *return_value);
/* Module startup. */
void fz_map_declare(void);

/* lane.c: submits a call, or a task of so many items. False: an exception is pending. */
bool fz_submit_task(void *lane, uint32_t items, zval *callable, zval *arguments, double limit, void **future);

#endif
