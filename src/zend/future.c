/*
 * FfiZts\Future: what will come of a job.
 *
 * An object has the job's handle until somebody has asked for the outcome; from then on it has the value, or the throwable,
 * and the job's memory is free. Dropping it neither stops the job nor waits for it.
 */
#include "fz.h"

#include <errno.h>
#include <sys/eventfd.h>

zend_class_entry *fz_ce_future;
static zend_object_handlers fz_future_handlers;

typedef struct {
	void *handle;  /* NULL: the outcome was taken */
	bool threw;
	bool taking;   /* the outcome is being read, which may run an autoloader */
	uint32_t line; /* where the job was started */
	zend_string *file; /* NULL: elsewhere */
	zval outcome;  /* the value, or the throwable */
	zend_object std;
} fz_future;

static inline fz_future *fz_future_of(zend_object *object)
{
	return (fz_future *) ((char *) object - offsetof(fz_future, std));
}

static zend_object *fz_future_create(zend_class_entry *ce)
{
	fz_future *future = zend_object_alloc(sizeof(fz_future), ce);

	future->handle = NULL;
	future->threw = future->taking = false;
	future->file = NULL;
	ZVAL_UNDEF(&future->outcome);
	zend_object_std_init(&future->std, ce);
	object_properties_init(&future->std, ce);
	future->std.handlers = &fz_future_handlers;
	return &future->std;
}

static void fz_future_drop_handle(fz_future *future)
{
	if (future->handle) {
		fz_engine->release(FZ_REF_FUTURE, future->handle);
		future->handle = NULL;
	}
	if (future->file) {
		zend_string_release(future->file);
		future->file = NULL;
	}
}

static void fz_future_free(zend_object *object)
{
	fz_future *future = fz_future_of(object);

	if (future->handle) {
		const fz_slice file = { future->file ? ZSTR_VAL(future->file) : NULL, future->file ? ZSTR_LEN(future->file) : 0 };

		fz_engine->future_dropped(future->handle, file, future->line);
	}
	fz_future_drop_handle(future);
	zval_ptr_dtor(&future->outcome);
	zend_object_std_dtor(object);
}

/* Two objects of one job are equal; of a job whose outcome was taken only the object itself is. */
static int fz_future_compare(zval *one, zval *two)
{
	ZEND_COMPARE_OBJECTS_FALLBACK(one, two);
	const fz_future *first = fz_future_of(Z_OBJ_P(one)), *second = fz_future_of(Z_OBJ_P(two));

	return first == second || (first->handle && first->handle == second->handle) ? 0 : ZEND_UNCOMPARABLE;
}

static HashTable *fz_future_gc(zend_object *object, zval **table, int *count)
{
	*table = &fz_future_of(object)->outcome;
	*count = 1;
	return zend_std_get_properties(object);
}

void fz_future_object(void *handle, zval *out)
{
	zend_string *file = zend_get_executed_filename_ex();
	fz_future *future;

	object_init_ex(out, fz_ce_future);
	future = fz_future_of(Z_OBJ_P(out));
	future->handle = handle;
	if (EXPECTED(file != NULL)) {
		future->file = zend_string_copy(file);
		future->line = zend_get_executed_lineno();
	}
}

static void *fz_future_handle(zend_object *object)
{
	return fz_future_of(object)->handle;
}

static bool fz_future_adopt(zend_class_entry *ce, void *handle, zval *out)
{
	(void) ce;
	object_init_ex(out, fz_ce_future);
	fz_future_of(Z_OBJ_P(out))->handle = handle;
	return true;
}

/* --- outcomes --- */

static void fz_set_base(zend_object *throwable, const char *name, zval *value)
{
	zval *slot = fz_base_property(throwable, name);

	zval_ptr_dtor(slot);
	ZVAL_COPY_VALUE(slot, value);
}

/* An exception of ours says in its message, too, which job it is about. */
static void fz_say_job(void *handle, zend_object *exception)
{
	zval *message = fz_base_property(exception, "message"), text;
	fz_job_names names;
	zend_string *who;

	fz_engine->future_names(handle, &names);
	who = fz_names_text(&names);
	/* A class of a user's below ours may have declared something else. */
	ZVAL_STR(&text, strpprintf(0, "%s (%s)", Z_TYPE_P(message) == IS_STRING ? Z_STRVAL_P(message) : "", ZSTR_VAL(who)));
	zend_string_release(who);
	fz_set_base(exception, "message", &text);
	fz_name_job(exception, &names);
}

/* A frame for the job's task in the trace of a throwable of its: below those of the worker, or above those of whoever waits. */
static void fz_trace_job(zend_object *throwable, const fz_job_names *names, bool below)
{
	zval *trace = fz_base_property(throwable, "trace"), frames, frame, *other;
	zend_string *who = fz_names_text(names);

	array_init(&frame);
	add_assoc_str(&frame, "function", strpprintf(0, "{%s}", ZSTR_VAL(who)));
	zend_string_release(who);
	array_init(&frames);
	if (!below) {
		zend_hash_next_index_insert_new(Z_ARRVAL(frames), &frame);
	}
	if (Z_TYPE_P(trace) == IS_ARRAY) {
		ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(trace), other) {
			Z_TRY_ADDREF_P(other);
			zend_hash_next_index_insert_new(Z_ARRVAL(frames), other);
		} ZEND_HASH_FOREACH_END();
	}
	if (below) {
		zend_hash_next_index_insert_new(Z_ARRVAL(frames), &frame);
	}
	zval_ptr_dtor(trace);
	ZVAL_COPY_VALUE(trace, &frames);
}

/* Whether no code of a user's threw it: a task's value, or the task itself, could not be handed over. */
static bool fz_is_from_nowhere(zend_object *throwable)
{
	zval *trace = fz_base_property(throwable, "trace");

	return instanceof_function(throwable->ce, fz_ce_interface) && Z_TYPE_P(trace) == IS_ARRAY && !zend_hash_num_elements(Z_ARRVAL_P(trace));
}

/* Whether a throwable happened where no file's code ran. */
static bool fz_is_placeless(zend_object *throwable)
{
	zval *file = fz_base_property(throwable, "file"), *line = fz_base_property(throwable, "line");

	return Z_TYPE_P(line) == IS_LONG && !Z_LVAL_P(line) && Z_TYPE_P(file) == IS_STRING
		&& (zend_string_equals_literal(Z_STR_P(file), "[no active file]") || zend_string_equals_literal(Z_STR_P(file), "Unknown"));
}

/* Then it happens where the job's outcome is taken: that is who called. `whole`: its trace is none either. */
static void fz_place_here(zend_object *throwable, bool whole)
{
	static const char *const names[] = { "file", "line", "trace" };
	zval here, value;

	object_init_ex(&here, fz_ce_exceptions[FZ_TRANSFER]); /* Zend fills in where it is made */
	for (size_t i = 0; i < (whole ? 3 : 2); i++) {
		ZVAL_COPY(&value, fz_base_property(Z_OBJ(here), names[i]));
		fz_set_base(throwable, names[i], &value);
	}
	zval_ptr_dtor(&here);
}

/* What a job threw or died of, before it is thrown here. A script is named by the throwable's file. */
static void fz_tell_job(void *handle, const fz_outcome *ended, zend_object *throwable, bool below)
{
	fz_job_names names;

	if (!ended->script && below && fz_is_from_nowhere(throwable)) {
		fz_say_job(handle, throwable);
		fz_place_here(throwable, true);
		below = false;
	} else if (fz_is_placeless(throwable)) {
		fz_place_here(throwable, false);
	}
	fz_engine->future_names(handle, &names);
	fz_name_job(throwable, &names);
	if (!ended->script) {
		fz_trace_job(throwable, &names, below);
	}
}

/* A fatal error of the job: its words, and where it happened. The bytes: see fz_report_fatal(). */
static void fz_fatal_object(const fz_outcome *ended, zval *exception)
{
	const fz_message *message = ended->message;
	int32_t type;
	uint32_t line;
	uint64_t len;
	zval value;
	const char *text = message->ptr + sizeof type + sizeof line + sizeof len;

	memcpy(&type, message->ptr, sizeof type);
	memcpy(&line, message->ptr + sizeof type, sizeof line);
	memcpy(&len, message->ptr + sizeof type + sizeof line, sizeof len);
	object_init_ex(exception, fz_ce_exceptions[FZ_SCRIPT]);
	ZVAL_STRINGL(&value, text, len);
	fz_set_base(Z_OBJ_P(exception), "message", &value);
	ZVAL_STRINGL(&value, text + len, message->ptr + message->len - text - len);
	fz_set_base(Z_OBJ_P(exception), "file", &value);
	ZVAL_LONG(&value, line);
	fz_set_base(Z_OBJ_P(exception), "line", &value);
}

static void fz_throw_fatal(void *handle, const fz_outcome *ended)
{
	zval exception;

	fz_fatal_object(ended, &exception);
	fz_tell_job(handle, ended, Z_OBJ(exception), false);
	zend_throw_exception_object(&exception);
}

/* What a job has handed over. False: it cannot be had here, and the exception that is pending names the job. */
static bool fz_receive(void *handle, const fz_message *message, zval *out)
{
	zend_object *exception;

	if (fz_unpack_copy(message, out)) {
		return true;
	}
	exception = EG(exception);
	if (exception->ce == fz_ce_exceptions[FZ_TRANSFER]) {
		fz_say_job(handle, exception);
	}
	return false;
}

static void fz_throw_message(void *handle, const fz_outcome *ended)
{
	zval throwable;

	if (!fz_receive(handle, ended->message, &throwable)) {
		return;
	}
	if (Z_TYPE(throwable) == IS_OBJECT && instanceof_function(Z_OBJCE(throwable), zend_ce_throwable)) {
		fz_tell_job(handle, ended, Z_OBJ(throwable), true);
		zend_throw_exception_object(&throwable);
	} else {
		zval_ptr_dtor(&throwable);
		fz_throw(FZ_REMOTE, "the job's throwable could not be read");
		fz_say_job(handle, EG(exception));
	}
}

/*
 * What a stopped job's code came to, for the exception that says that it was stopped; NULL: nothing. What cannot be had here is
 * why. An autoloader may leave by exit(): `left`.
 */
static zend_object *fz_stopped_with(void *handle, const fz_outcome *ended, bool *left)
{
	zval came;

	*left = false;
	if (ended->came == FZ_FATAL) {
		fz_fatal_object(ended, &came);
		fz_tell_job(handle, ended, Z_OBJ(came), false);
		return Z_OBJ(came);
	}
	if (ended->came != FZ_THREW) {
		return NULL;
	}
	if (fz_receive(handle, ended->message, &came)) {
		if (Z_TYPE(came) == IS_OBJECT && instanceof_function(Z_OBJCE(came), zend_ce_throwable)) {
			fz_tell_job(handle, ended, Z_OBJ(came), true);
			return Z_OBJ(came);
		}
		zval_ptr_dtor(&came);
		return NULL;
	}
	if (zend_is_unwind_exit(EG(exception)) || zend_is_graceful_exit(EG(exception))) {
		*left = true;
		return NULL;
	}
	ZVAL_OBJ_COPY(&came, EG(exception));
	zend_clear_exception();
	return Z_OBJ(came);
}

static void fz_throw_stopped(void *handle, const fz_outcome *ended)
{
	bool left;
	zend_object *came = fz_stopped_with(handle, ended, &left);

	if (left) {
		return;
	}
	switch (ended->kind) {
		case FZ_STOPPED:
			fz_throw(FZ_CANCELLED, "the job was cancelled");
			break;
		case FZ_OVERDUE:
			fz_throw(FZ_TIMEOUT, "the job ran longer than its limit of %g s and was stopped", ended->seconds);
			break;
		case FZ_OVERDUE_LOST:
			fz_throw(FZ_TIMEOUT, "the job ran longer than its limit of %g s, did not stop and is lost; its thread ends when its call returns", ended->seconds);
			break;
		default:
			fz_throw(FZ_CANCELLED, "the job did not stop by its deadline and is lost; its thread ends when its call returns");
	}
	fz_say_job(handle, EG(exception));
	if (came) {
		zend_exception_set_previous(EG(exception), came);
	}
}

static bool fz_returned(void *handle, const fz_outcome *ended, zval *out)
{
	zval value;

	if (!ended->message) {
		fz_scalar_open(&ended->value, &value);
	} else if (!fz_receive(handle, ended->message, &value)) {
		return false;
	}
	if (ended->script) {
		fz_result_object(out, ended->status, &value, ended->seconds);
	} else {
		ZVAL_COPY_VALUE(out, &value);
	}
	return true;
}

bool fz_outcome_value(void *handle, zval *out)
{
	fz_outcome ended;

	ZVAL_UNDEF(out);
	fz_engine->future_outcome(handle, &ended);
	switch (ended.kind) {
		case FZ_RETURNED:
			return fz_returned(handle, &ended, out);
		case FZ_EXITED:
			zend_throw_exception_ex(fz_ce_exceptions[FZ_SCRIPT], ended.status, "the task called exit(%d)", ended.status);
			break;
		case FZ_THREW:
			fz_throw_message(handle, &ended);
			return false;
		case FZ_FATAL:
			fz_throw_fatal(handle, &ended);
			return false;
		case FZ_UNSENDABLE:
			fz_throw(FZ_TRANSFER, "%.*s", (int) ended.text.len, ended.text.ptr);
			break;
		case FZ_STOPPED:
		case FZ_OVERDUE:
		case FZ_LOST:
		case FZ_OVERDUE_LOST:
			fz_throw_stopped(handle, &ended);
			return false;
		default:
			fz_throw(FZ_SCRIPT, "%.*s", (int) ended.text.len, ended.text.ptr);
	}
	fz_say_job(handle, EG(exception));
	return false;
}

/* Takes the outcome of a job that has ended, once. That may run code: the caller holds the object. */
static void fz_future_take(fz_future *future)
{
	zval value;
	bool threw;

	if (!future->handle) {
		return;
	}
	if (future->taking) {
		/* An autoloader or __unserialize() of this very outcome: it must not be taken from under who reads it. */
		fz_throw(FZ_MISUSE, "the future's outcome is just being read: what that runs cannot wait for it");
		return;
	}
	future->taking = true;
	threw = !fz_outcome_value(future->handle, &value);
	future->taking = false;
	if (threw) {
		if (zend_is_unwind_exit(EG(exception)) || zend_is_graceful_exit(EG(exception))) {
			return; /* an autoloader left; the outcome is still there */
		}
		ZVAL_OBJ_COPY(&value, EG(exception));
	}
	ZVAL_COPY_VALUE(&future->outcome, &value);
	future->threw = threw;
	fz_future_drop_handle(future);
	if (threw) {
		zend_clear_exception();
	}
}

/* The value into `return_value`, or the throwable thrown. */
static void fz_future_give(fz_future *future, zval *return_value)
{
	fz_future_take(future);
	if (EG(exception)) {
		return;
	}
	if (future->threw) {
		Z_ADDREF(future->outcome);
		zend_throw_exception_object(&future->outcome);
	} else {
		RETURN_COPY(&future->outcome);
	}
}

/*
 * Waits for the job: true when it has ended; false: an exception is pending. The wait may run code (an output handler's, a
 * signal's), which may take the outcome: the caller holds the object, and the handle is looked at again.
 */
static bool fz_future_await(fz_future *future, int64_t deadline, double timeout)
{
	fz_refusal refusal;
	int code;

	while (future->handle) {
		code = fz_engine->future_wait(future->handle, deadline, &refusal);
		if (code == FZ_DONE) {
			return true;
		}
		if (code == FZ_TIMED_OUT) {
			if (!future->handle) {
				return true;
			}
			fz_throw(FZ_TIMEOUT, "timed out after %g s; the job goes on, cancel() stops it", timeout);
			fz_say_job(future->handle, EG(exception));
			return false;
		}
		if (!fz_again(code, &refusal)) {
			return false;
		}
	}
	return true;
}

/* --- methods --- */

#define FZ_THIS fz_future_of(Z_OBJ_P(ZEND_THIS))

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_await, 0, 0, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 1, "null")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_void, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_bool, 0, 0, _IS_BOOL, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_cancel, 0, 0, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 1, "null")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_INFO_EX(fz_arginfo_stream, 0, 0, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_INFO_EX(fz_arginfo_none, 0, 0, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_all, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, futures, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 1, "null")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_any, 0, 1, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, futures, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 1, "null")
ZEND_END_ARG_INFO()

static ZEND_METHOD(FfiZts_Future, __construct)
{
	ZEND_PARSE_PARAMETERS_NONE();
}

static ZEND_METHOD(FfiZts_Future, await)
{
	double timeout = 0;
	bool never = true;
	int64_t deadline;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_DOUBLE_OR_NULL(timeout, never)
	ZEND_PARSE_PARAMETERS_END();
	if (fz_deadline(timeout, never, &deadline) && fz_future_await(FZ_THIS, deadline, timeout)) {
		fz_future_give(FZ_THIS, return_value);
	}
}

static void fz_future_ignore(const fz_future *future)
{
	if (future->handle) {
		fz_engine->future_ignore(future->handle);
	}
}

static ZEND_METHOD(FfiZts_Future, ignore)
{
	ZEND_PARSE_PARAMETERS_NONE();
	fz_future_ignore(FZ_THIS);
}

static ZEND_METHOD(FfiZts_Future, isDone)
{
	int done = 1;

	ZEND_PARSE_PARAMETERS_NONE();
	if (FZ_THIS->handle) {
		fz_again(fz_engine->future_done(FZ_THIS->handle, &done), NULL);
	}
	RETURN_BOOL(done);
}

static ZEND_METHOD(FfiZts_Future, cancel)
{
	int stopped = 0;
	double timeout = 0;
	bool none = true;
	fz_refusal refusal;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_DOUBLE_OR_NULL(timeout, none)
	ZEND_PARSE_PARAMETERS_END();
	if (!none && !(timeout >= 0)) {
		fz_throw(FZ_MISUSE, "timeout: must be 0 or more seconds, %g given", timeout);
		RETURN_THROWS();
	}
	if (FZ_THIS->handle) {
		fz_again(fz_engine->future_cancel(FZ_THIS->handle, none ? -1 : timeout, &stopped, &refusal), &refusal);
	}
	RETURN_BOOL(stopped);
}

/* Readable for good, or NULL: there are no more descriptors. */
static void *fz_ended_descriptor(void)
{
	int descriptor = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);

	return descriptor < 0 ? NULL : fz_engine->descriptor_new(descriptor);
}

static ZEND_METHOD(FfiZts_Future, getStream)
{
	fz_refusal refusal;
	void *descriptor;

	ZEND_PARSE_PARAMETERS_NONE();
	if (FZ_THIS->handle) {
		if (!fz_done(fz_engine->future_descriptor(FZ_THIS->handle, &descriptor, &refusal), &refusal)) {
			RETURN_THROWS();
		}
	} else if (!(descriptor = fz_ended_descriptor())) {
		fz_throw(FZ_MISUSE, "a stream for the job: %s", strerror(errno));
		RETURN_THROWS();
	}
	fz_descriptor_stream(descriptor, return_value);
}

/* --- several --- */

static void fz_add(zval *array, zend_ulong index, zend_string *key, zval *value)
{
	if (key) {
		zend_hash_update(Z_ARRVAL_P(array), key, value);
	} else {
		zend_hash_index_update(Z_ARRVAL_P(array), index, value);
	}
}

/*
 * The futures of an argument, each of them held: what the caller's array has by reference may be something else, and its
 * future gone, when a wait comes back. False: one is no future; thrown, and nothing is held.
 */
static bool fz_hold(zval *held, HashTable *futures)
{
	zend_ulong index;
	zend_string *key;
	zval *element;

	array_init_size(held, zend_hash_num_elements(futures));
	ZEND_HASH_FOREACH_KEY_VAL(futures, index, key, element) {
		ZVAL_DEREF(element);
		if (Z_TYPE_P(element) != IS_OBJECT || Z_OBJCE_P(element) != fz_ce_future) {
			if (key) {
				fz_throw(FZ_MISUSE, "$futures['%s'] must be a FfiZts\\Future, %s given", ZSTR_VAL(key), zend_zval_type_name(element));
			} else {
				fz_throw(FZ_MISUSE, "$futures[" ZEND_ULONG_FMT "] must be a FfiZts\\Future, %s given", index, zend_zval_type_name(element));
			}
			zval_ptr_dtor(held);
			return false;
		}
		Z_ADDREF_P(element);
		fz_add(held, index, key, element);
	} ZEND_HASH_FOREACH_END();
	return true;
}

static ZEND_METHOD(FfiZts_Future, awaitAll)
{
	HashTable *futures;
	double timeout = 0;
	bool never = true;
	int64_t deadline;
	zend_ulong index;
	zend_string *key;
	zval *element, held, errors, values;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_ARRAY_HT(futures)
		Z_PARAM_OPTIONAL
		Z_PARAM_DOUBLE_OR_NULL(timeout, never)
	ZEND_PARSE_PARAMETERS_END();
	if (!fz_deadline(timeout, never, &deadline) || !fz_hold(&held, futures)) {
		RETURN_THROWS();
	}
	array_init(&errors);
	array_init(&values);
	ZEND_HASH_FOREACH_KEY_VAL(Z_ARRVAL(held), index, key, element) {
		fz_future *future = fz_future_of(Z_OBJ_P(element));

		if (!fz_future_await(future, deadline, timeout) || (fz_future_take(future), EG(exception))) {
			zval_ptr_dtor(&errors);
			zval_ptr_dtor(&values);
			zval_ptr_dtor(&held);
			RETURN_THROWS();
		}
		Z_TRY_ADDREF(future->outcome);
		fz_add(future->threw ? &errors : &values, index, key, &future->outcome);
	} ZEND_HASH_FOREACH_END();
	zval_ptr_dtor(&held);
	array_init_size(return_value, 2);
	add_next_index_zval(return_value, &errors);
	add_next_index_zval(return_value, &values);
}

/* The first of `futures` that has ended and is not in `skip` (numbers of elements), or NULL; NULL, too, with an exception pending. */
static fz_future *fz_first_done(HashTable *futures, const bool *skip)
{
	zval *element;
	size_t at = 0;

	/* To look delivers output, and so may run code that takes the outcome of any of them. */
	ZEND_HASH_FOREACH_VAL(futures, element) {
		fz_future *future = fz_future_of(Z_OBJ_P(element));
		int done = 0;

		if (skip[at++]) {
			continue;
		}
		if (future->handle) {
			fz_again(fz_engine->future_done(future->handle, &done), NULL);
		}
		if (EG(exception)) {
			return NULL;
		}
		if (done || !future->handle) {
			return future;
		}
	} ZEND_HASH_FOREACH_END();
	return NULL;
}

/* The same, after a wait if need be; NULL: an exception is pending. */
static fz_future *fz_await_one(HashTable *futures, const bool *skip, int64_t deadline, double timeout)
{
	void **handles = safe_emalloc(zend_hash_num_elements(futures), sizeof *handles, 0);
	fz_future *found;
	zval *element;
	fz_refusal refusal;
	int code;

	while (!(found = fz_first_done(futures, skip)) && !EG(exception)) {
		size_t count = 0, at = 0;
		bool taken = false;

		ZEND_HASH_FOREACH_VAL(futures, element) {
			if (!skip[at++]) {
				handles[count++] = fz_future_of(Z_OBJ_P(element))->handle;
				taken = taken || !handles[count - 1];
			}
		} ZEND_HASH_FOREACH_END();
		if (taken) {
			continue; /* while the others were looked at */
		}
		code = fz_engine->futures_wait(handles, count, deadline, &refusal);
		if (code == FZ_TIMED_OUT) {
			fz_throw(FZ_TIMEOUT, "timed out after %g s; the jobs go on", timeout);
			break;
		}
		if (code != FZ_DONE && !fz_again(code, &refusal)) {
			break;
		}
	}
	efree(handles);
	return found;
}

static void fz_await_several(INTERNAL_FUNCTION_PARAMETERS, bool successful)
{
	HashTable *futures;
	double timeout = 0;
	bool never = true, *skip;
	int64_t deadline;
	zval held, reasons, *element;
	uint32_t left;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_ARRAY_HT(futures)
		Z_PARAM_OPTIONAL
		Z_PARAM_DOUBLE_OR_NULL(timeout, never)
	ZEND_PARSE_PARAMETERS_END();
	if (!fz_deadline(timeout, never, &deadline)) {
		RETURN_THROWS();
	}
	left = zend_hash_num_elements(futures);
	if (!left) {
		fz_throw(FZ_MISUSE, "there is no future to wait for");
		RETURN_THROWS();
	}
	if (!fz_hold(&held, futures)) {
		RETURN_THROWS();
	}
	/* Who asks for one of them wants no other. */
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL(held), element) {
		fz_future_ignore(fz_future_of(Z_OBJ_P(element)));
	} ZEND_HASH_FOREACH_END();
	array_init(&reasons);
	skip = ecalloc(left, sizeof *skip);
	while (left) {
		fz_future *first = fz_await_one(Z_ARRVAL(held), skip, deadline, timeout);
		size_t at = 0;
		zend_ulong index;
		zend_string *key;

		if (first) {
			fz_future_take(first);
		}
		if (EG(exception)) {
			break;
		}
		if (!successful || !first->threw) {
			fz_future_give(first, return_value);
			break;
		}
		ZEND_HASH_FOREACH_KEY_VAL(Z_ARRVAL(held), index, key, element) {
			if (fz_future_of(Z_OBJ_P(element)) == first && !skip[at]) {
				skip[at] = true;
				left--;
				Z_ADDREF(first->outcome);
				fz_add(&reasons, index, key, &first->outcome);
			}
			at++;
		} ZEND_HASH_FOREACH_END();
	}
	efree(skip);
	if (!left && !EG(exception)) {
		zval exception;

		object_init_ex(&exception, fz_ce_exceptions[FZ_COMPOSITE]);
		zend_update_property_string(zend_ce_exception, Z_OBJ(exception), ZEND_STRL("message"), "no future has succeeded; getReasons() tells why");
		zend_update_property(fz_ce_exceptions[FZ_COMPOSITE], Z_OBJ(exception), ZEND_STRL("reasons"), &reasons);
		zend_throw_exception_object(&exception);
	}
	zval_ptr_dtor(&reasons);
	zval_ptr_dtor(&held);
}

static ZEND_METHOD(FfiZts_Future, awaitFirst)
{
	fz_await_several(INTERNAL_FUNCTION_PARAM_PASSTHRU, false);
}

static ZEND_METHOD(FfiZts_Future, awaitAny)
{
	fz_await_several(INTERNAL_FUNCTION_PARAM_PASSTHRU, true);
}

static const zend_function_entry fz_future_methods[] = {
	ZEND_ME(FfiZts_Future, __construct, fz_arginfo_none, ZEND_ACC_PRIVATE)
	ZEND_ME(FfiZts_Future, await, fz_arginfo_await, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Future, ignore, fz_arginfo_void, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Future, isDone, fz_arginfo_bool, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Future, cancel, fz_arginfo_cancel, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Future, getStream, fz_arginfo_stream, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Future, awaitAll, fz_arginfo_all, ZEND_ACC_PUBLIC | ZEND_ACC_STATIC)
	ZEND_ME(FfiZts_Future, awaitFirst, fz_arginfo_any, ZEND_ACC_PUBLIC | ZEND_ACC_STATIC)
	ZEND_ME(FfiZts_Future, awaitAny, fz_arginfo_any, ZEND_ACC_PUBLIC | ZEND_ACC_STATIC)
	ZEND_FE_END
};

void fz_future_declare(void)
{
	fz_ce_future = fz_declare("FfiZts\\Future", fz_future_methods, NULL);
	fz_ce_future->ce_flags |= ZEND_ACC_FINAL | ZEND_ACC_NO_DYNAMIC_PROPERTIES | ZEND_ACC_NOT_SERIALIZABLE;
	fz_ce_future->create_object = fz_future_create;
	memcpy(&fz_future_handlers, &std_object_handlers, sizeof fz_future_handlers);
	fz_future_handlers.offset = offsetof(fz_future, std);
	fz_future_handlers.free_obj = fz_future_free;
	fz_future_handlers.get_gc = fz_future_gc;
	fz_future_handlers.compare = fz_future_compare;
	fz_future_handlers.clone_obj = NULL;
	fz_shared_class(fz_ce_future, FZ_REF_FUTURE, fz_future_handle, fz_future_adopt);
}
