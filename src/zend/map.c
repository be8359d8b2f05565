/*
 * Pool::map(): a call for each of many items.
 *
 * A task has many items where they are quick, so that handing it over costs little, and few where they are slow or the end is near, so
 * that no worker is left with what others could do. How many is learnt from the tasks that have ended; an item that takes long all the
 * same does not hold up those behind it, since a task that has been running for a while keeps only those items that it has begun
 * (vm/exchange/items.rs). With a time limit for an item each is a task of its own.
 *
 * Tasks end in any order. map() puts the results where their items were.
 */
#include "map.h"

#include <time.h>

/* How long a task should take: much longer than handing it over, much shorter than anybody's patience. */
#define FZ_TASK_SECONDS 0.002
#define FZ_ITEMS_MOST 1024
/* Tasks under way, at most: two for each worker, so that what feeds the map is asked for no more than is needed. */
#define FZ_ROOM_MOST 1024

static double fz_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

/* --- parts --- */

static void fz_part_init(fz_part *part, zend_ulong place, uint32_t size, bool keys)
{
	array_init_size(&part->items, size);
	zend_hash_real_init_packed(Z_ARRVAL(part->items));
	ZVAL_UNDEF(&part->keys);
	if (keys) {
		array_init_size(&part->keys, size);
		zend_hash_real_init_packed(Z_ARRVAL(part->keys));
	}
	part->place = place;
	part->from = part->to = 0;
}

static void fz_part_drop(fz_part *part)
{
	zval_ptr_dtor(&part->items);
	zval_ptr_dtor(&part->keys);
	ZVAL_UNDEF(&part->items);
	ZVAL_UNDEF(&part->keys);
}

static void fz_list_add(zval *list, zval *value)
{
	Z_TRY_ADDREF_P(value);
	zend_hash_next_index_insert_new(Z_ARRVAL_P(list), value);
}

/* Adds an item, and its key where the part has keys. */
static void fz_part_add(fz_part *part, zval *key, zval *item)
{
	ZVAL_DEREF(item);
	fz_list_add(&part->items, item);
	if (!Z_ISUNDEF(part->keys)) {
		fz_list_add(&part->keys, key);
	}
	part->to++;
}

/* The items from `from` on are to be called after all. */
static void fz_map_return(fz_map *map, const fz_part *part, uint32_t from)
{
	fz_part *rest;

	if (map->returned_count == map->returned_room) {
		map->returned_room = MAX(4, 2 * map->returned_room);
		map->returned = safe_erealloc(map->returned, map->returned_room, sizeof *map->returned, 0);
	}
	rest = &map->returned[map->returned_count++];
	*rest = *part;
	Z_TRY_ADDREF(rest->items);
	Z_TRY_ADDREF(rest->keys);
	rest->from = from;
}

/* --- what feeds it --- */

/* How many items the next task is to have, of `left` that are known to come; 0: nobody knows. */
static uint32_t fz_map_size(const fz_map *map, zend_ulong left)
{
	uint32_t size = map->limit > 0 ? 1 : map->size;
	const zend_ulong share = (left + 2 * map->workers - 1) / (2 * map->workers);

	if (map->most && size > map->most) {
		size = map->most;
	}
	return left && size > share ? (uint32_t) share : size;
}

/* The first items of what was returned last. */
static void fz_map_take_returned(fz_map *map, fz_part *part)
{
	fz_part *rest = &map->returned[map->returned_count - 1];
	const uint32_t size = fz_map_size(map, rest->to - rest->from);
	zval *key = NULL;

	fz_part_init(part, rest->place + rest->from, size, !Z_ISUNDEF(rest->keys));
	while (rest->from < rest->to && part->to < size) {
		if (!Z_ISUNDEF(rest->keys)) {
			key = zend_hash_index_find(Z_ARRVAL(rest->keys), rest->from);
		}
		fz_part_add(part, key, zend_hash_index_find(Z_ARRVAL(rest->items), rest->from));
		rest->from++;
	}
	if (rest->from == rest->to) {
		fz_part_drop(rest);
		map->returned_count--;
	}
}

static void fz_map_take_array(fz_map *map, fz_part *part)
{
	HashTable *source = Z_ARRVAL(map->source);
	const uint32_t size = fz_map_size(map, zend_hash_num_elements(source) - map->taken);
	zval *item, key;

	fz_part_init(part, map->taken, size, !map->in_order);
	while (part->to < size && (item = zend_hash_get_current_data_ex(source, &map->position))) {
		if (!map->in_order) {
			zend_hash_get_current_key_zval_ex(source, &key, &map->position);
			fz_part_add(part, &key, item);
			zval_ptr_dtor(&key);
		} else {
			fz_part_add(part, NULL, item);
		}
		zend_hash_move_forward_ex(source, &map->position);
	}
	map->taken += part->to;
	map->exhausted = map->taken == zend_hash_num_elements(source);
}

/* The next element of a Traversable; false: there is none, or an exception is pending. */
static bool fz_map_advance(fz_map *map)
{
	zend_object_iterator *iterator = map->iterator;

	if (map->begun) {
		iterator->funcs->move_forward(iterator);
	} else if (iterator->funcs->rewind) {
		iterator->funcs->rewind(iterator);
	}
	map->begun = true;
	return !EG(exception) && iterator->funcs->valid(iterator) == SUCCESS && !EG(exception);
}

static bool fz_map_element(fz_map *map, fz_part *part)
{
	zend_object_iterator *iterator = map->iterator;
	zval *item = iterator->funcs->get_current_data(iterator), key;

	if (!item || EG(exception)) {
		return false;
	}
	if (iterator->funcs->get_current_key) {
		iterator->funcs->get_current_key(iterator, &key);
		if (EG(exception)) {
			return false;
		}
	} else {
		ZVAL_LONG(&key, (zend_long) map->taken);
	}
	if (map->in_order && (Z_TYPE(key) == IS_ARRAY || Z_TYPE(key) == IS_OBJECT)) {
		zend_type_error("map(): %s is no key of an array", zend_zval_type_name(&key));
		zval_ptr_dtor(&key);
		return false;
	}
	ZVAL_DEREF(item);
	fz_part_add(part, &key, item);
	if (map->in_order) {
		fz_list_add(&map->keys, &key);
	}
	zval_ptr_dtor(&key);
	map->taken++;
	return true;
}

/* Elements that come slowly do not wait for each other. */
static void fz_map_take_traversable(fz_map *map, fz_part *part)
{
	const uint32_t size = fz_map_size(map, 0);
	const double until = fz_now() + FZ_TASK_SECONDS;

	fz_part_init(part, map->taken, size, !map->in_order);
	do {
		if (!fz_map_advance(map) || !fz_map_element(map, part)) {
			map->exhausted = true;
			return;
		}
	} while (part->to < size && fz_now() < until);
}

/* The items of the next task; false: there are none, or an exception is pending. */
static bool fz_map_take(fz_map *map, fz_part *part)
{
	if (map->returned_count) {
		fz_map_take_returned(map, part);
	} else if (map->exhausted) {
		return false;
	} else if (map->iterator) {
		fz_map_take_traversable(map, part);
	} else {
		fz_map_take_array(map, part);
	}
	if (EG(exception) || !part->to) {
		fz_part_drop(part);
		return false;
	}
	return true;
}

/* Submits tasks until there are enough. False: an exception is pending. */
static bool fz_map_feed(fz_map *map)
{
	fz_part part;

	while (map->count < map->room && fz_map_take(map, &part)) {
		if (!fz_submit_task(map->lane, part.to, &map->callable, &part.items, map->limit, &map->futures[map->count])) {
			fz_part_drop(&part);
			return false;
		}
		map->parts[map->count++] = part;
	}
	return !EG(exception);
}

/* --- what comes of it --- */

/* What a task of so many items tells of the size of the next ones. */
static void fz_map_learn(fz_map *map, uint32_t called, double seconds)
{
	if (seconds < FZ_TASK_SECONDS / 2) {
		map->size = MAX(map->size, MIN(2 * called, FZ_ITEMS_MOST));
	} else if (seconds > 2 * FZ_TASK_SECONDS) {
		map->size = MAX(1, MIN(map->size, (uint32_t) (called * FZ_TASK_SECONDS / seconds)));
	}
}

static void fz_map_keep_results(fz_map *map, const fz_part *part, HashTable *results)
{
	const zend_ulong end = part->place + part->to;
	zval *result, *into;

	if (end > map->results_room) {
		const zend_ulong room = MAX(end, 2 * map->results_room);

		map->results = safe_erealloc(map->results, room, sizeof *map->results, 0);
		memset(map->results + map->results_room, 0, (room - map->results_room) * sizeof *map->results);
		map->results_room = room;
	}
	into = map->results + part->place;
	ZEND_HASH_FOREACH_VAL(results, result) {
		ZVAL_COPY(into++, result);
	} ZEND_HASH_FOREACH_END();
}

/* Takes the results of a task that has ended; false: an exception is pending. The task is gone either way. */
static bool fz_map_collect(fz_map *map, size_t which)
{
	void *future = map->futures[which];
	fz_part part = map->parts[which];
	fz_outcome ended;
	zval results;
	uint32_t called;
	bool done;

	/* Which may bail out: the task is still in the list then. */
	done = fz_outcome_value(future, &results);
	fz_engine->future_outcome(future, &ended);
	map->count--;
	map->futures[which] = map->futures[map->count];
	map->parts[which] = map->parts[map->count];
	fz_engine->release(FZ_REF_FUTURE, future);
	if (!done) {
		fz_part_drop(&part);
		return false;
	}
	called = zend_hash_num_elements(Z_ARRVAL(results));
	fz_map_learn(map, called, ended.seconds);
	if (called < part.to) {
		/* A limit of the worker's. */
		map->size = MAX(1, called);
		fz_map_return(map, &part, called);
		part.to = called;
	}
	if (map->in_order) {
		fz_map_keep_results(map, &part, Z_ARRVAL(results));
		zval_ptr_dtor(&results);
		fz_part_drop(&part);
	} else {
		zval_ptr_dtor(&part.items);
		ZVAL_COPY_VALUE(&part.items, &results);
		map->ready = part;
		map->given = 0;
	}
	return true;
}

/* A task has been running for a while: what it has not begun goes to whoever is next. */
static void fz_map_cut(fz_map *map, fz_part *part, uint32_t kept)
{
	fz_map_return(map, part, kept);
	part->to = kept;
	map->size = 1;
}

bool fz_map_step(fz_map *map)
{
	fz_refusal refusal;
	size_t which;
	uint32_t kept;
	int code;

	while (fz_map_feed(map) && map->count) {
		code = fz_engine->items_wait(map->futures, map->count, &which, &kept, &refusal);
		if (code == FZ_CUT) {
			fz_map_cut(map, &map->parts[which], kept);
		} else if (code == FZ_DONE) {
			return fz_map_collect(map, which);
		} else if (!fz_again(code, &refusal)) {
			return false;
		}
	}
	return false;
}

/* --- begin and end --- */

bool fz_map_begin(fz_map *map, const fz_map_spec *spec, bool in_order)
{
	ZVAL_COPY(&map->pool, spec->pool);
	ZVAL_COPY(&map->source, spec->items);
	ZVAL_COPY(&map->callable, spec->callable);
	map->lane = spec->lane;
	map->limit = spec->limit;
	map->workers = (uint32_t) MIN(spec->workers, FZ_ROOM_MOST);
	map->most = (uint32_t) MIN(spec->most, FZ_ITEMS_MOST);
	map->room = MIN(2 * map->workers, FZ_ROOM_MOST);
	map->size = 1;
	map->in_order = in_order;
	map->futures = safe_emalloc(map->room, sizeof *map->futures, 0);
	map->parts = safe_emalloc(map->room, sizeof *map->parts, 0);
	if (Z_TYPE(map->source) == IS_ARRAY) {
		zend_hash_internal_pointer_reset_ex(Z_ARRVAL(map->source), &map->position);
		map->exhausted = !zend_hash_num_elements(Z_ARRVAL(map->source));
		return true;
	}
	if (in_order) {
		array_init(&map->keys);
	}
	map->iterator = Z_OBJCE(map->source)->get_iterator(Z_OBJCE(map->source), &map->source, 0);
	return map->iterator && !EG(exception);
}

void fz_map_abandon(fz_map *map)
{
	while (map->count) {
		void *future = map->futures[--map->count];

		fz_engine->future_abandon(future);
		fz_engine->release(FZ_REF_FUTURE, future);
	}
}

void fz_map_end(fz_map *map)
{
	const uint32_t count = map->count;

	fz_map_abandon(map);
	for (uint32_t i = 0; i < count; i++) {
		fz_part_drop(&map->parts[i]);
	}
	while (map->returned_count) {
		fz_part_drop(&map->returned[--map->returned_count]);
	}
	for (zend_ulong i = 0; map->results && i < map->results_room; i++) {
		zval_ptr_dtor(&map->results[i]);
	}
	fz_part_drop(&map->ready);
	if (map->iterator) {
		zend_iterator_dtor(map->iterator);
	}
	zval_ptr_dtor(&map->keys);
	zval_ptr_dtor(&map->callable);
	zval_ptr_dtor(&map->source);
	zval_ptr_dtor(&map->pool);
	void *const memory[] = { map->futures, map->parts, map->returned, map->results };

	for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) {
		if (memory[i]) {
			efree(memory[i]);
		}
	}
}

/* --- map() --- */

/* All results under their keys; of those under one key the last stays, as iterator_to_array() has it. */
static void fz_map_results(fz_map *map, zval *array)
{
	HashTable *keys = Z_ARRVAL_P(map->iterator ? &map->keys : &map->source), *results;
	zval *result = map->results, *name;
	zend_ulong index;
	zend_string *key;

	array_init_size(array, (uint32_t) map->taken);
	results = Z_ARRVAL_P(array);
	if (map->iterator) {
		ZEND_HASH_FOREACH_VAL(keys, name) {
			array_set_zval_key(results, name, result++);
		} ZEND_HASH_FOREACH_END();
		return;
	}
	if (HT_IS_PACKED(keys) && HT_IS_WITHOUT_HOLES(keys)) {
		zend_hash_real_init_packed(results);
	}
	ZEND_HASH_FOREACH_KEY(keys, index, key) {
		Z_TRY_ADDREF_P(result);
		if (key) {
			zend_hash_add_new(results, key, result++);
		} else {
			zend_hash_index_add_new(results, index, result++);
		}
	} ZEND_HASH_FOREACH_END();
}

/* A function of its own: what it does to the map must be in memory when it is left by longjmp. */
static zend_never_inline bool fz_map_run(fz_map *map, const fz_map_spec *spec)
{
	if (fz_map_begin(map, spec, true)) {
		while (fz_map_step(map));
	}
	return !EG(exception);
}

/* The same; a bailout on the way goes on when the jobs are abandoned. */
static zend_never_inline bool fz_map_guarded(fz_map *map, const fz_map_spec *spec)
{
	volatile bool done = false;

	zend_try {
		done = fz_map_run(map, spec);
	} zend_catch {
		/* The heap is about to go, and the items with it; the jobs are not of the heap. */
		fz_map_abandon(map);
		zend_bailout();
	} zend_end_try();
	return done;
}

void fz_map_all(const fz_map_spec *spec, zval *return_value)
{
	fz_map map;

	memset(&map, 0, sizeof map);
	if (fz_map_guarded(&map, spec)) {
		fz_map_results(&map, return_value);
	}
	fz_map_end(&map);
}
