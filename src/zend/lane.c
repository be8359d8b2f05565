/*
 * FfiZts\Thread and FfiZts\Pool: workers of one's own. The engine has both as lanes; a thread is a lane of one worker, and so
 * first in, first out.
 *
 * Dropping the object closes the lane without waiting: tasks that are there are still done.
 */
#include "shared.h"

#include "zend_closures.h"

#include <math.h>

static zend_class_entry *fz_ce_thread, *fz_ce_pool;
static zend_object_handlers fz_lane_handlers;

typedef struct {
	void *handle;
	bool closed;
	zend_long size;
	zend_object std;
} fz_lane;

static inline fz_lane *fz_lane_of(zend_object *object)
{
	return (fz_lane *) ((char *) object - offsetof(fz_lane, std));
}

static zend_object *fz_lane_create(zend_class_entry *ce)
{
	fz_lane *lane = zend_object_alloc(sizeof(fz_lane), ce);

	lane->handle = NULL;
	lane->closed = false;
	lane->size = 1;
	zend_object_std_init(&lane->std, ce);
	object_properties_init(&lane->std, ce);
	lane->std.handlers = &fz_lane_handlers;
	return &lane->std;
}

static void fz_lane_free(zend_object *object)
{
	fz_lane *lane = fz_lane_of(object);

	if (lane->handle) {
		if (!lane->closed) {
			fz_engine->lane_seal(lane->handle);
		}
		fz_engine->release(FZ_REF_LANE, lane->handle);
		lane->handle = NULL;
	}
	zend_object_std_dtor(object);
}

/* Two of them have never one lane. */
static int fz_lane_compare(zval *one, zval *two)
{
	ZEND_COMPARE_OBJECTS_FALLBACK(one, two);
	return Z_OBJ_P(one) == Z_OBJ_P(two) ? 0 : ZEND_UNCOMPARABLE;
}

/* --- submitting --- */

bool fz_submit(void *lane, zval *callable, zval *arguments, double limit, zval *out)
{
	fz_message *message;
	fz_refusal refusal;
	void *code, *future;
	int outcome;

	if (!(limit >= 0) || isinf(limit)) {
		fz_throw(FZ_MISUSE, "the task's time limit must be 0 (none) or more seconds, %g given", limit);
		return false;
	}
	if (!fz_pack_task(callable, arguments, &code, &message)) {
		return false;
	}
	outcome = fz_engine->task_submit(lane, FZ_TASK_CALL, code, message, limit, &future, &refusal);
	if (outcome == FZ_DONE) {
		fz_future_object(future, out);
		return true;
	}
	/* The wait for room was left: the task was not taken. */
	if (fz_again(outcome, &refusal) || !EG(exception)) {
		fz_throw(FZ_CANCELLED, "the wait for room in the queue was interrupted; the task was not submitted");
	}
	return false;
}

static void fz_open(zend_class_entry *ce, zend_long size, zend_string *bootstrap, zend_long max_tasks, zend_long max_memory, zval *out)
{
	fz_refusal refusal;
	fz_lane *lane;
	int code;

	object_init_ex(out, ce);
	lane = fz_lane_of(Z_OBJ_P(out));
	lane->size = size;
	code = fz_engine->lane_open(ce == fz_ce_pool ? FZ_LANE_POOL : FZ_LANE_THREAD, (uint64_t) size, bootstrap ? ZSTR_VAL(bootstrap) : NULL,
		(uint64_t) max_tasks, (uint64_t) max_memory, &lane->handle, &refusal);
	if (code != FZ_DONE) {
		fz_again(code, &refusal);
	}
}

void fz_thread_object(zend_string *bootstrap, zval *out)
{
	fz_open(fz_ce_thread, 1, bootstrap, 0, 0, out);
}

void fz_pool_object(zend_long size, zend_string *bootstrap, zend_long max_tasks, zend_long max_memory, zval *out)
{
	if (size < 1) {
		fz_throw(FZ_MISUSE, "pool(): $size must be 1 or more, " ZEND_LONG_FMT " given", size);
	} else if (max_tasks < 0 || max_memory < 0) {
		fz_throw(FZ_MISUSE, "pool(): $maxTasks and $maxMemory must be 0 (no limit) or more");
	} else {
		fz_open(fz_ce_pool, size, bootstrap, max_tasks, max_memory, out);
	}
}

#define FZ_THIS fz_lane_of(Z_OBJ_P(ZEND_THIS))

/* Without its workers it would be any free worker's. */
static bool fz_is_open(const fz_lane *lane)
{
	if (!lane->handle) {
		return fz_unusable(NULL);
	}
	if (lane->closed) {
		fz_throw(FZ_CLOSED, "it is closed and takes no more tasks");
		return false;
	}
	return true;
}

static void fz_run(INTERNAL_FUNCTION_PARAMETERS)
{
	zval *callable, *arguments = NULL;
	double limit = 0;
	bool none = true;

	ZEND_PARSE_PARAMETERS_START(1, 3)
		Z_PARAM_ZVAL(callable)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY(arguments)
		Z_PARAM_DOUBLE_OR_NULL(limit, none)
	ZEND_PARSE_PARAMETERS_END();
	if (fz_is_open(FZ_THIS)) {
		fz_submit(FZ_THIS->handle, callable, arguments, none ? 0 : limit, return_value);
	}
}

static ZEND_METHOD(FfiZts_Thread, __construct)
{
	ZEND_PARSE_PARAMETERS_NONE();
}

static ZEND_METHOD(FfiZts_Thread, run)
{
	fz_run(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

static ZEND_METHOD(FfiZts_Pool, submit)
{
	fz_run(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

static ZEND_METHOD(FfiZts_Thread, close)
{
	fz_lane *lane = FZ_THIS;
	double timeout = 0;
	bool never = true;
	int64_t deadline;
	fz_refusal refusal;
	int code;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_DOUBLE_OR_NULL(timeout, never)
	ZEND_PARSE_PARAMETERS_END();
	if (!fz_deadline(timeout, never, &deadline)) {
		RETURN_THROWS();
	}
	lane->closed = true;
	do {
		code = fz_engine->lane_close(lane->handle, deadline, &refusal);
		if (code == FZ_TIMED_OUT) {
			fz_throw(FZ_TIMEOUT, "timed out after %g s: " ZEND_LONG_FMT " task(s) are not done; they go on, kill() stops them", timeout,
				(zend_long) fz_engine->lane_load(lane->handle));
		}
	} while (fz_again(code, &refusal));
}

static ZEND_METHOD(FfiZts_Thread, kill)
{
	fz_lane *lane = FZ_THIS;
	fz_refusal refusal;

	ZEND_PARSE_PARAMETERS_NONE();
	lane->closed = true;
	while (fz_again(fz_engine->lane_kill(lane->handle, &refusal), &refusal));
}

static ZEND_METHOD(FfiZts_Thread, isClosed)
{
	ZEND_PARSE_PARAMETERS_NONE();
	RETURN_BOOL(FZ_THIS->closed);
}

static ZEND_METHOD(FfiZts_Pool, count)
{
	ZEND_PARSE_PARAMETERS_NONE();
	RETURN_LONG((zend_long) fz_engine->lane_load(FZ_THIS->handle));
}

/* --- Pool::map() --- */

/* How long a chunk of items should take: much longer than handing it over, much shorter than anybody's patience. */
#define FZ_CHUNK_SECONDS 0.002
#define FZ_CHUNK_MOST 1024

/* What is under way, oldest first. */
typedef struct {
	zval items; /* of the chunk, for their keys */
	void *future;
} fz_chunk;

typedef struct {
	fz_lane *lane;
	zval *callable, *result;
	fz_chunk *chunks;        /* a ring */
	uint32_t first, count, room;
	uint32_t size;           /* items of the next chunk */
	zval pending;            /* items that are to be the next chunk */
} fz_map;

static bool fz_map_submit(fz_map *map)
{
	fz_refusal refusal;
	fz_message *message;
	fz_chunk *chunk = &map->chunks[(map->first + map->count) % map->room];
	void *code;
	int outcome;

	if (!fz_pack_task(map->callable, &map->pending, &code, &message)) {
		return false;
	}
	outcome = fz_engine->task_submit(map->lane->handle, FZ_TASK_MAP, code, message, 0, &chunk->future, &refusal);
	if (outcome != FZ_DONE) {
		if (fz_again(outcome, &refusal) || !EG(exception)) {
			fz_throw(FZ_CANCELLED, "the wait for room in the queue was interrupted");
		}
		return false;
	}
	map->count++;
	ZVAL_COPY_VALUE(&chunk->items, &map->pending);
	array_init_size(&map->pending, map->size);
	return true;
}

/* Waits for the oldest chunk and adds its results. False: an exception is pending; the chunk is gone either way. */
static bool fz_map_collect(fz_map *map)
{
	fz_chunk chunk = map->chunks[map->first];
	fz_refusal refusal;
	fz_outcome ended;
	zval results, *item;
	zend_ulong index;
	zend_string *key;
	int code;

	while ((code = fz_engine->future_wait(chunk.future, -1, &refusal)) != FZ_DONE) {
		if (!fz_again(code, &refusal)) {
			return false; /* fz_map_end() stops it */
		}
	}
	fz_engine->future_outcome(chunk.future, &ended);
	if (ended.kind == FZ_RETURNED && ended.seconds < FZ_CHUNK_SECONDS / 2) {
		map->size = MIN(2 * zend_hash_num_elements(Z_ARRVAL(chunk.items)), FZ_CHUNK_MOST);
	} else if (ended.seconds > 2 * FZ_CHUNK_SECONDS && map->size > 1) {
		map->size /= 2;
	}
	bool done = fz_outcome_value(chunk.future, &results);
	map->first = (map->first + 1) % map->room;
	map->count--;
	fz_engine->release(FZ_REF_FUTURE, chunk.future);
	zval_ptr_dtor(&chunk.items);
	if (!done) {
		return false;
	}
	ZEND_HASH_FOREACH_KEY_VAL(Z_ARRVAL(results), index, key, item) {
		Z_TRY_ADDREF_P(item);
		if (key) {
			zend_symtable_update(Z_ARRVAL_P(map->result), key, item);
		} else {
			zend_hash_index_update(Z_ARRVAL_P(map->result), index, item);
		}
	} ZEND_HASH_FOREACH_END();
	zval_ptr_dtor(&results);
	return true;
}

/* One more item. At most two chunks a worker are under way, so that what feeds the map is asked for no more than is needed. */
static bool fz_map_add(fz_map *map, zval *key, zval *item)
{
	HashTable *pending = Z_ARRVAL(map->pending);

	ZVAL_DEREF(item);
	Z_TRY_ADDREF_P(item);
	if (array_set_zval_key(pending, key, item) != SUCCESS) {
		zval_ptr_dtor(item);
		return false;
	}
	zval_ptr_dtor(item);
	if (zend_hash_num_elements(pending) < map->size) {
		return true;
	}
	if (map->count == map->room && !fz_map_collect(map)) {
		return false;
	}
	return fz_map_submit(map);
}

static bool fz_map_array(fz_map *map, HashTable *items)
{
	zend_ulong index;
	zend_string *key;
	zval *item, name;

	ZEND_HASH_FOREACH_KEY_VAL(items, index, key, item) {
		if (key) {
			ZVAL_STR(&name, key);
		} else {
			ZVAL_LONG(&name, index);
		}
		if (!fz_map_add(map, &name, item)) {
			return false;
		}
	} ZEND_HASH_FOREACH_END();
	return true;
}

/* What comes twice under one key: the later result stays, as iterator_to_array() has it; so a chunk holds no key twice. */
static bool fz_map_traversable(fz_map *map, zval *items)
{
	zend_object_iterator *iterator = Z_OBJCE_P(items)->get_iterator(Z_OBJCE_P(items), items, 0);
	zend_ulong position = 0;

	if (!iterator || EG(exception)) {
		return false;
	}
	if (iterator->funcs->rewind) {
		iterator->funcs->rewind(iterator);
	}
	while (!EG(exception) && iterator->funcs->valid(iterator) == SUCCESS && !EG(exception)) {
		zval *item = iterator->funcs->get_current_data(iterator), key;

		if (!item || EG(exception)) {
			break;
		}
		if (iterator->funcs->get_current_key) {
			iterator->funcs->get_current_key(iterator, &key);
		} else {
			ZVAL_LONG(&key, position);
		}
		position++;
		if (EG(exception)) {
			break;
		}
		bool added = fz_map_add(map, &key, item);
		zval_ptr_dtor(&key);
		if (!added) {
			break;
		}
		iterator->funcs->move_forward(iterator);
	}
	zend_iterator_dtor(iterator);
	return !EG(exception);
}

/* All of it, but for the end. A function of its own: what it does to the map must be in memory when it is left by longjmp. */
static zend_never_inline bool fz_map_run(fz_map *map, zval *items)
{
	bool done = Z_TYPE_P(items) == IS_ARRAY ? fz_map_array(map, Z_ARRVAL_P(items)) : fz_map_traversable(map, items);

	if (done && zend_hash_num_elements(Z_ARRVAL(map->pending))) {
		done = (map->count < map->room || fz_map_collect(map)) && fz_map_submit(map);
	}
	while (done && map->count) {
		done = fz_map_collect(map);
	}
	return done;
}

/* What is still under way is not wanted any more. */
static void fz_map_abandon(fz_map *map)
{
	for (uint32_t i = 0; i < map->count; i++) {
		void *future = map->chunks[(map->first + i) % map->room].future;

		fz_engine->future_abandon(future);
		fz_engine->release(FZ_REF_FUTURE, future);
	}
}

static void fz_map_end(fz_map *map)
{
	fz_map_abandon(map);
	for (uint32_t i = 0; i < map->count; i++) {
		zval_ptr_dtor(&map->chunks[(map->first + i) % map->room].items);
	}
	zval_ptr_dtor(&map->pending);
	efree(map->chunks);
}

/* As fz_map_run(); a bailout on the way goes on when the jobs are abandoned. */
static zend_never_inline bool fz_map_guarded(fz_map *map, zval *items)
{
	volatile bool done = false;

	zend_try {
		done = fz_map_run(map, items);
	} zend_catch {
		/* The heap is about to go, and the items with it; the jobs are not of the heap. */
		fz_map_abandon(map);
		zend_bailout();
	} zend_end_try();
	return done;
}

static ZEND_METHOD(FfiZts_Pool, map)
{
	zval *items, *callable;
	fz_map map = { .lane = FZ_THIS, .result = return_value, .size = 1 };
	bool done;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_ITERABLE(items)
		Z_PARAM_ZVAL(callable)
	ZEND_PARSE_PARAMETERS_END();
	if (!fz_is_open(map.lane)) {
		RETURN_THROWS();
	}
	map.callable = callable;
	map.room = (uint32_t) MIN(2 * map.lane->size, 1024);
	map.chunks = safe_emalloc(map.room, sizeof *map.chunks, 0);
	array_init(&map.pending);
	array_init(return_value);
	done = fz_map_guarded(&map, items);
	fz_map_end(&map);
	if (!done) {
		zval_ptr_dtor(return_value);
		ZVAL_NULL(return_value);
	}
}

/* --- classes --- */

ZEND_BEGIN_ARG_INFO_EX(fz_arginfo_none, 0, 0, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(fz_arginfo_run, 0, 1, FfiZts\\Future, 0)
	ZEND_ARG_TYPE_MASK(0, task, MAY_BE_OBJECT | MAY_BE_STRING | MAY_BE_ARRAY, NULL)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, args, IS_ARRAY, 0, "[]")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 1, "null")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_close, 0, 0, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 1, "null")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_kill, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_closed, 0, 0, _IS_BOOL, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_count, 0, 0, IS_LONG, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_map, 0, 2, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, items, IS_ITERABLE, 0)
	ZEND_ARG_TYPE_MASK(0, task, MAY_BE_OBJECT | MAY_BE_STRING | MAY_BE_ARRAY, NULL)
ZEND_END_ARG_INFO()

static const zend_function_entry fz_thread_methods[] = {
	ZEND_ME(FfiZts_Thread, __construct, fz_arginfo_none, ZEND_ACC_PRIVATE)
	ZEND_ME(FfiZts_Thread, run, fz_arginfo_run, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Thread, close, fz_arginfo_close, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Thread, kill, fz_arginfo_kill, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Thread, isClosed, fz_arginfo_closed, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry fz_pool_methods[] = {
	ZEND_ME(FfiZts_Thread, __construct, fz_arginfo_none, ZEND_ACC_PRIVATE)
	ZEND_ME(FfiZts_Pool, submit, fz_arginfo_run, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Pool, map, fz_arginfo_map, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Pool, count, fz_arginfo_count, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Thread, close, fz_arginfo_close, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Thread, kill, fz_arginfo_kill, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Thread, isClosed, fz_arginfo_closed, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

void fz_lanes_declare(void)
{
	zend_class_entry **const classes[] = { &fz_ce_thread, &fz_ce_pool };

	fz_ce_thread = fz_declare("FfiZts\\Thread", fz_thread_methods, NULL);
	fz_ce_pool = fz_declare("FfiZts\\Pool", fz_pool_methods, NULL);
	zend_class_implements(fz_ce_pool, 1, zend_ce_countable);
	memcpy(&fz_lane_handlers, &std_object_handlers, sizeof fz_lane_handlers);
	fz_lane_handlers.offset = offsetof(fz_lane, std);
	fz_lane_handlers.free_obj = fz_lane_free;
	fz_lane_handlers.compare = fz_lane_compare;
	fz_lane_handlers.clone_obj = NULL;
	for (size_t i = 0; i < 2; i++) {
		(*classes[i])->ce_flags |= ZEND_ACC_FINAL | ZEND_ACC_NO_DYNAMIC_PROPERTIES | ZEND_ACC_NOT_SERIALIZABLE;
		(*classes[i])->create_object = fz_lane_create;
	}
}
