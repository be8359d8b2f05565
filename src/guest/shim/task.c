/*
 * Tasks: calls in a request that the worker keeps, so that functions, classes and statics of its bootstrap file are there
 * for all of them. The request serves the tasks of one set of surroundings, and follows their revisions. It ends when others come, when a
 * task leaves it by exit() or a fatal error, or was stopped, when its lane says so, when a restart of opcache's memory waits for it, and with
 * the thread.
 *
 * # Safety
 * As request.c: every entry into the engine stands below a zend_first_try here.
 */
#include "shim.h"

/* The request that this thread keeps. */
static __thread struct {
	bool open;
	bool started;     /* php_request_startup() succeeded */
	uint64_t number;  /* of its surroundings */
	uint64_t revision;
	fz_script script; /* them; `job` is that of the task that runs, or NULL */
} fz_kept;

/* What the request runs before its first task. False: something of it failed, and was reported. */
static bool fz_prepare(const char *bootstrap)
{
	const fz_script *script = &fz_kept.script;
	bool go_on = true;

	PG(during_request_startup) = 0;
	EG(exit_status) = 0;
	fz_streams_register_constants();
	if (PG(max_input_time) != -1) {
		zend_set_timeout(zend_ini_long(ZEND_STRL("max_execution_time"), 0), 0);
	}
	for (size_t i = 0; go_on && i < script->prepend_len; i++) {
		go_on = fz_execute_named(script->prepend[i]);
	}
	if (go_on && PG(auto_prepend_file) && PG(auto_prepend_file)[0]) {
		go_on = fz_execute_named(PG(auto_prepend_file));
	}
	for (size_t i = 0; go_on && i < script->autoload_len; i++) {
		go_on = fz_execute_named(script->autoload[i]);
	}
	if (go_on && bootstrap) {
		go_on = fz_execute_named(bootstrap);
	}
	return go_on;
}

/* Begins a request for tasks. False: it is over again; `error` is filled, or the failure was reported. */
static bool fz_begin(fz_worker *worker, const fz_task *task, fz_error *error)
{
	volatile bool ready = false;

	fz_kept.open = true;
	fz_kept.started = false;
	fz_kept.number = task->number;
	fz_kept.revision = task->revision;
	fz_kept.script = *task->surroundings;
	fz_kept.script.job = task->job;
	fz_job_begin(&fz_kept.script, worker);
	fz_opcache_enter();
	fz_now.calling = true;
	zend_first_try {
		ready = fz_request_begin(&fz_kept.script, &fz_kept.started, error) && fz_prepare(task->bootstrap);
	} zend_end_try();
	fz_now.calling = false;
	fz_errors_restore();
	return ready;
}

void fz_end_request(fz_worker *worker)
{
	if (!fz_kept.open) {
		return;
	}
	fz_now.calling = false; /* a bailout left it so */
	__atomic_store_n(&worker->running, fz_kept.started, __ATOMIC_RELEASE);
	zend_first_try {
		/* Destructors and shutdown functions have a limit of their own: the tasks' ended with them. */
		if (fz_kept.started && zend_ini_long(ZEND_STRL("max_execution_time"), 0)) {
			zend_set_timeout(zend_ini_long(ZEND_STRL("max_execution_time"), 0), 0);
		}
		fz_request_finish(fz_kept.started);
	} zend_end_try();
	fz_opcache_leave();
	__atomic_store_n(&worker->running, 0, __ATOMIC_RELEASE);
	fz_job_end();
	fz_kept.open = false;
}

/* One call; false with an exception pending. The result is the caller's. */
static bool fz_call(zval *callable, HashTable *arguments, zval *single, zval *result)
{
	zend_fcall_info fci;
	zend_fcall_info_cache fcc;
	char *why = NULL;

	ZVAL_UNDEF(result);
	if (zend_fcall_info_init(callable, 0, &fci, &fcc, NULL, &why) != SUCCESS) {
		if (!EG(exception)) {
			fz_throw(FZ_MISUSE, "the task cannot be called in the guest: %s", why ? why : "no such function");
		}
		if (why) {
			efree(why);
		}
		return false;
	}
	if (why) {
		efree(why);
	}
	fci.retval = result;
	fci.params = single;
	fci.param_count = single ? 1 : 0;
	/* As call_user_func_array(): positional arguments, then named ones. */
	fci.named_params = arguments;
	if (zend_call_function(&fci, &fcc) != SUCCESS && !EG(exception)) {
		fz_throw(FZ_MISUSE, "the task cannot be called in the guest");
	}
	return !EG(exception);
}

/*
 * The items of a task of a map: the arguments are a list, of which each is the argument of a call of its own; the value is the list
 * of their results. Upper half: how many may be called, lower half: how many calls have begun. Others may lower the upper half
 * meanwhile (core/items.rs), so that the value may be shorter than the list. True: the next item is this thread's.
 */
static bool fz_item_begin(uint64_t *items)
{
	uint64_t known = __atomic_load_n(items, __ATOMIC_ACQUIRE);

	do {
		if ((uint32_t) known >= known >> 32) {
			return false;
		}
	} while (!__atomic_compare_exchange_n(items, &known, known + 1, true, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
	return true;
}

/* A task of a map: a call for each item that it may begin, the results in a list. Each counts as a task. */
static bool fz_call_each(const fz_task *task, zval *callable, HashTable *items, zval *result)
{
	zval *item, one;

	array_init_size(result, zend_hash_num_elements(items));
	zend_hash_real_init_packed(Z_ARRVAL_P(result));
	ZEND_HASH_FOREACH_VAL(items, item) {
		if (!fz_item_begin(task->items)) {
			break;
		}
		if (!fz_call(callable, NULL, item, &one)) {
			return false;
		}
		zend_hash_next_index_insert_new(Z_ARRVAL_P(result), &one);
		if (task->max_memory && zend_memory_usage(false) > task->max_memory) {
			break; /* the others are for the next request, or another worker */
		}
	} ZEND_HASH_FOREACH_END();
	return true;
}

/* What the task returned; an exception is pending if that cannot cross. */
static void fz_report_result(void *job, zval *result)
{
	fz_parcel scalar;
	fz_message *value;

	if (EXPECTED(fz_scalar_fill(&scalar, result))) {
		fz_host->report_scalar(job, &scalar);
	} else if ((value = fz_pack("value", result))) {
		fz_host->report_message(job, FZ_REPORT_VALUE, value);
	}
}

/* Runs the task and reports what came of it. False: the request is not to serve another one. */
static bool fz_perform(const fz_task *task)
{
	zval callable, arguments, result;
	fz_ground ground;
	bool goes_on = true;

	fz_stand(&ground);
	ZVAL_UNDEF(&callable);
	ZVAL_UNDEF(&arguments);
	ZVAL_UNDEF(&result);
	fz_now.calling = true;
	if (fz_unpack_task(task->code, task->message, &callable, &arguments)) {
		HashTable *given = Z_TYPE(arguments) == IS_ARRAY && zend_hash_num_elements(Z_ARRVAL(arguments)) ? Z_ARRVAL(arguments) : NULL;
		bool done = task->items ? !given || fz_call_each(task, &callable, given, &result) : fz_call(&callable, given, NULL, &result);

		if (done) {
			fz_report_result(task->job, &result);
		}
	}
	fz_now.calling = false;
	if (EG(exception)) {
		/* Whoever waits for the task catches it: handlers of exceptions that nobody catches, a framework's for one, are not asked. */
		goes_on = !zend_is_unwind_exit(EG(exception));
		fz_uncaught_to_host();
	}
	zval_ptr_dtor(&result);
	zval_ptr_dtor(&arguments);
	zval_ptr_dtor(&callable);
	if (EG(exception)) {
		goes_on = goes_on && !zend_is_unwind_exit(EG(exception));
		fz_uncaught_to_host(); /* of a destructor */
	}
	fz_unstand(&ground);
	if (OG(active)) {
		php_output_end_all();
	}
	/* A task that was stopped may have left what others share half-changed: statics of libraries, suspended fibers. */
	return goes_on && !fz_now.stopping && PG(connection_status) == PHP_CONNECTION_NORMAL;
}

/* The kept request follows where the host has changed something. False: it cannot. */
static bool fz_follow(const fz_task *task)
{
	const fz_script before = fz_kept.script;
	volatile bool done = false;
	fz_error error;

	fz_job_switch(&fz_kept.script, task->surroundings, NULL);
	zend_first_try {
		done = fz_surroundings_change(&before, &fz_kept.script, &error);
	} zend_end_try();
	fz_kept.revision = task->revision;
	return done;
}

int fz_run_task(fz_worker *worker, const fz_task *task, fz_error *error)
{
	volatile bool goes_on = false;
	volatile int status = 255;

	error->text[0] = '\0';
	/* What cannot follow begins anew, and says then what is wrong. */
	if (fz_kept.open && (fz_kept.number != task->number || fz_opcache_restart_waits()
			|| (fz_kept.revision != task->revision && !fz_follow(task)))) {
		fz_end_request(worker);
	}
	if (!fz_kept.open) {
		if (!fz_begin(worker, task, error)) {
			if (task->message) {
				fz_engine->message_free(task->message);
			}
			fz_end_request(worker);
			return *error->text ? -1 : 255;
		}
	} else {
		fz_job_switch(&fz_kept.script, NULL, task->job);
		__atomic_store_n(&worker->running, 1, __ATOMIC_RELEASE);
	}
	zend_first_try {
		EG(exit_status) = 0;
		if (EG(timeout_seconds)) { /* max_execution_time, whoever has set it last */
			zend_set_timeout(EG(timeout_seconds), 0);
		}
		goes_on = fz_perform(task);
	} zend_end_try();
	EG(current_execute_data) = NULL;
	/* What limited this task is not to go off in the next one. */
	if (EG(timeout_seconds)) {
		zend_unset_timeout();
	}
	fz_errors_restore();
	status = EG(exit_status);
	const uint64_t calls = task->items ? (uint32_t) __atomic_load_n(task->items, __ATOMIC_ACQUIRE) : 1;

	if (!goes_on || (task->allowance && calls >= task->allowance) || (task->max_memory && zend_memory_usage(false) > task->max_memory)) {
		fz_end_request(worker);
	} else {
		__atomic_store_n(&worker->running, 0, __ATOMIC_RELEASE);
		fz_job_switch(&fz_kept.script, NULL, NULL);
	}
	return status;
}
