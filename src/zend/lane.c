/*
 * FfiZts\Thread and FfiZts\Pool: workers of one's own. The engine has both as lanes; a thread is a lane of one worker, and so
 * first in, first out.
 *
 * Dropping the object closes the lane without waiting: tasks that are there are still done.
 */
#include "map.h"
#include "shared.h"

#include <errno.h>
#include <math.h>

static zend_class_entry *fz_ce_thread, *fz_ce_pool;
static zend_object_handlers fz_lane_handlers;

typedef struct {
	void *handle;
	bool closed;
	zend_long size, max_tasks;
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
	lane->max_tasks = 0;
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

void (*fz_before_submit)(void);

static bool fz_limit_check(double limit)
{
	if (!(limit >= 0) || isinf(limit)) {
		fz_throw(FZ_MISUSE, "the task's time limit must be 0 (none) or more seconds, %g given", limit);
		return false;
	}
	return true;
}

bool fz_submit_task(void *lane, uint32_t items, zval *callable, zval *arguments, double limit, void **future)
{
	fz_message *message;
	fz_refusal refusal;
	void *code;
	int outcome;

	if (!fz_pack_task(callable, arguments, &code, &message)) {
		return false;
	}
	if (fz_before_submit) {
		fz_before_submit();
	}
	outcome = fz_engine->task_submit(lane, items, code, message, limit, future, &refusal);
	if (EXPECTED(outcome == FZ_DONE)) {
		return true;
	}
	/* The wait for room was left: the task was not taken. */
	if (fz_again(outcome, &refusal) || !EG(exception)) {
		fz_throw(FZ_CANCELLED, "the wait for room in the queue was interrupted; the task was not submitted");
	}
	return false;
}

bool fz_submit(void *lane, zval *callable, zval *arguments, double limit, zval *out)
{
	void *future;

	if (!fz_limit_check(limit) || !fz_submit_task(lane, 0, callable, arguments, limit, &future)) {
		return false;
	}
	fz_future_object(future, out);
	return true;
}

/* Asked first: what is outside of open_basedir is not to be told from what does not exist. */
zend_string *fz_bootstrap_file(const char *method, const zend_string *given)
{
	const char *file = ZSTR_VAL(given);
	char path[MAXPATHLEN];
	zend_stat_t found;

	if (strlen(file) != ZSTR_LEN(given)) {
		fz_throw(FZ_MISUSE, "%s(): the path of the bootstrap file contains a NUL byte", method);
		return NULL;
	}
	if (php_check_open_basedir_ex(file, 0) != 0) {
		fz_throw(FZ_POLICY, "%s(): open_basedir does not allow the bootstrap file %s", method, file);
		return NULL;
	}
	if (!tsrm_realpath(file, path) || VCWD_STAT(path, &found) != 0) {
		fz_throw(FZ_MISUSE, "%s(): the bootstrap file %s cannot be read: %s", method, file, strerror(errno));
		return NULL;
	}
	if (!S_ISREG(found.st_mode)) {
		fz_throw(FZ_MISUSE, "%s(): the bootstrap file %s cannot be read: it is no file", method, file);
		return NULL;
	}
	return zend_string_init(path, strlen(path), 0);
}

static void fz_open(zend_class_entry *ce, zend_long size, zend_string *bootstrap, zend_long max_tasks, zend_long max_memory, zval *out)
{
	fz_refusal refusal;
	fz_lane *lane;
	int code;

	object_init_ex(out, ce);
	lane = fz_lane_of(Z_OBJ_P(out));
	lane->size = size;
	lane->max_tasks = max_tasks;
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
	if (size < 1 || size > FZ_WORKERS_MOST) {
		fz_throw(FZ_MISUSE, "pool(): $size must be 1 to %d, " ZEND_LONG_FMT " given", FZ_WORKERS_MOST, size);
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

/* --- Pool::map(), Pool::mapUnordered() --- */

static void fz_map_call(INTERNAL_FUNCTION_PARAMETERS, bool in_order)
{
	fz_lane *lane = FZ_THIS;
	fz_map_spec spec = { .pool = ZEND_THIS, .lane = lane->handle, .workers = lane->size, .most = lane->max_tasks };
	bool none = true;

	ZEND_PARSE_PARAMETERS_START(2, 3)
		Z_PARAM_ITERABLE(spec.items)
		Z_PARAM_ZVAL(spec.callable)
		Z_PARAM_OPTIONAL
		Z_PARAM_DOUBLE_OR_NULL(spec.limit, none)
	ZEND_PARSE_PARAMETERS_END();
	if (none) {
		spec.limit = 0;
	}
	if (!fz_is_open(lane) || !fz_limit_check(spec.limit)) {
		RETURN_THROWS();
	}
	if (in_order) {
		fz_map_all(&spec, return_value);
	} else {
		fz_map_iterator(&spec, return_value);
	}
}

static ZEND_METHOD(FfiZts_Pool, map)
{
	fz_map_call(INTERNAL_FUNCTION_PARAM_PASSTHRU, true);
}

static ZEND_METHOD(FfiZts_Pool, mapUnordered)
{
	fz_map_call(INTERNAL_FUNCTION_PARAM_PASSTHRU, false);
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
#define FZ_MAP_ARGUMENTS \
	ZEND_ARG_TYPE_INFO(0, items, IS_ITERABLE, 0) \
	ZEND_ARG_TYPE_MASK(0, task, MAY_BE_OBJECT | MAY_BE_STRING | MAY_BE_ARRAY, NULL) \
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 1, "null")

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_map, 0, 2, IS_ARRAY, 0)
	FZ_MAP_ARGUMENTS
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(fz_arginfo_map_unordered, 0, 2, Iterator, 0)
	FZ_MAP_ARGUMENTS
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
	ZEND_ME(FfiZts_Pool, mapUnordered, fz_arginfo_map_unordered, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Pool, count, fz_arginfo_count, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Thread, close, fz_arginfo_close, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Thread, kill, fz_arginfo_kill, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Thread, isClosed, fz_arginfo_closed, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

void fz_lanes_declare(void)
{
	zend_class_entry **const classes[] = { &fz_ce_thread, &fz_ce_pool };

	fz_map_declare();
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
