/*
 * Stops: what a job does when it was asked to end.
 *
 * The VM looks at zend_interrupt_function between two instructions, where the frame has to be settled behind an exception (frames.c).
 * The same function is called from inside an instruction, when zend_call_function() comes back from a function of C. An exception is
 * that instruction's own then, and nothing is to be done. The two are told apart by the place of the call.
 */
#include "shim.h"

#include "zend_fibers.h"
#include "zend_generators.h"

#include <dlfcn.h>
#include <link.h>
#include <unwind.h>

static void (*fz_chained_interrupt)(zend_execute_data *execute_data); /* of those who were there first */
static void (*fz_whole_interrupt)(zend_execute_data *execute_data);   /* of all extensions, ours among them */

/* Where zend_call_function() calls the interrupt function from; NULL: it does not. */
static const void *fz_call_site;
static bool fz_site_is_known; /* without it code is stopped by the bailout alone */
static __thread bool fz_looking_for_site;
/* Where libphp's own code is; compiled code is elsewhere. */
static uintptr_t fz_libphp_begin, fz_libphp_end;

static void fz_interrupt(zend_execute_data *execute_data);

/* Where the interrupt function was called from. */
typedef enum {
	FZ_INSIDE,  /* a function of C, or an instruction that called one */
	FZ_BETWEEN, /* the VM, before the next instruction */
	FZ_SOMEWHERE /* one of these two: an extension stands in between, or the place was not found */
} fz_moment;

static fz_moment fz_moment_of(const zend_execute_data *execute_data, const void *caller)
{
	if (!execute_data || !EX(func) || !ZEND_USER_CODE(EX(func)->type) || fz_inside_instruction) {
		return FZ_INSIDE;
	}
	if (zend_interrupt_function != fz_interrupt || !fz_site_is_known) {
		return FZ_SOMEWHERE;
	}
	return caller == fz_call_site ? FZ_INSIDE : FZ_BETWEEN;
}

static bool fz_in_libphp(const void *address)
{
	return (uintptr_t) address >= fz_libphp_begin && (uintptr_t) address < fz_libphp_end;
}

/* Those who called the interrupt function, from its own caller on. */
typedef struct {
	const void *caller;
	int unseen; /* frames that are still to be looked at */
	bool met;   /* the caller's */
	bool compiled;
} fz_callers;

/* Code that opcache has compiled lies in memory of no library. */
static _Unwind_Reason_Code fz_look_at_caller(struct _Unwind_Context *frame, void *data)
{
	fz_callers *callers = data;
	const void *address = (const void *) _Unwind_GetIP(frame);
	Dl_info library;

	callers->met = callers->met || address == callers->caller;
	if (!callers->met) {
		return _URC_NO_REASON;
	}
	if (!fz_in_libphp(address) && !dladdr(address, &library)) {
		callers->compiled = true;
	}
	return callers->compiled || --callers->unseen == 0 ? _URC_END_OF_STACK : _URC_NO_REASON;
}

/*
 * Whether the VM executes one instruction for compiled code: `??`, for one, which neither JIT compiles. Such code goes on at one of
 * two places, by where the VM stands, and looks at exceptions only behind what throws by itself; where the VM stands at an exception
 * it would go on at the other place (php-src ext/opcache/jit, zend_jit_cond_jmp() and zend_jit_trace_handler()).
 *
 * Above zend_interrupt_helper() is the function of an instruction then, unless that jumped there, and above it the compiled code.
 * Otherwise execute_ex() is there, which compiled code does not call; further up it may stand again: it calls Generator::next().
 */
static bool fz_serves_compiled_code(const void *caller)
{
	fz_callers callers = { .caller = caller, .unseen = 3 };

	if (!fz_in_libphp(caller)) {
		return false;
	}
	_Unwind_Backtrace(fz_look_at_caller, &callers);
	return callers.compiled;
}

/* Whether an exception may be thrown now. */
static bool fz_may_throw(const zend_execute_data *execute_data, fz_moment moment, const void *caller)
{
	if (EG(exception) || moment == FZ_SOMEWHERE || fz_in_destructor(execute_data)) {
		return false;
	}
	if (moment == FZ_INSIDE) {
		return true;
	}
	return fz_frame_may_be_left(execute_data) && !fz_serves_compiled_code(caller);
}

bool fz_is_stoppable(void)
{
	return fz_now.calling || !fz_now.script || fz_now.script->mode != FZ_SCRIPT_TASKS;
}

/*
 * Whether code that was asked to unwind does not: it has caught the exception, or compiled code looks for interrupts only where it does
 * not look for exceptions.
 */
static bool fz_goes_on(const zend_execute_data *execute_data, fz_moment moment, const void *caller)
{
	if (fz_now.stopping) {
		return !fz_runs_by_unwinding(execute_data);
	}
	return fz_is_stoppable() && moment == FZ_BETWEEN && !EG(exception) && !fz_in_destructor(execute_data) && fz_serves_compiled_code(caller);
}

void fz_stop_throw(void)
{
	fz_now.stopping = true;
	fz_throw(FZ_CANCELLED, "the task was cancelled");
	fz_now.stop = EG(exception);
}

void fz_after_bailout(void)
{
	/* Their objects, which others may have, are the heap's to release. */
	EG(exception) = NULL;
#if PHP_VERSION_ID < 80600
	EG(prev_exception) = NULL;
#endif
	for (uint32_t i = 1; i < EG(objects_store).top; i++) {
		zend_object *object = EG(objects_store).object_buckets[i];

		if (IS_OBJ_VALID(object) && (object->ce == zend_ce_generator || object->ce == zend_ce_fiber)) {
			GC_ADD_FLAGS(object, IS_OBJ_DESTRUCTOR_CALLED);
		}
	}
}

static ZEND_COLD void fz_bailout(void)
{
	fz_after_bailout();
	zend_bailout();
}

/* Stops the job when the host asked for it. Who asks does so again until the job has ended: what cannot be now is done then. */
static void fz_stop_if_asked(const zend_execute_data *execute_data, fz_moment moment, const void *caller)
{
	int stop = fz_now.worker ? __atomic_load_n(&fz_now.worker->stop, __ATOMIC_ACQUIRE) : FZ_STOP_NONE;
	bool unwind = fz_now.aborted || (fz_threads_foreign() && fz_threads_stopping());

	/* Without an address the bailout would end the process. An extension's thread is asked to stop again and again. */
	if (unwind && EG(bailout)) {
		fz_now.aborted = false;
		fz_bailout();
	}
	if (stop == FZ_STOP_BAILOUT || (stop == FZ_STOP_INSIST && fz_goes_on(execute_data, moment, caller))) {
		fz_now.stopping = true;
		fz_bailout();
	} else if (stop && !fz_now.stopping && fz_is_stoppable() && fz_may_throw(execute_data, moment, caller)) {
		if (fz_now.script && fz_now.script->mode == FZ_SCRIPT_TASKS) {
			/* finally blocks and destructors run; what they take too long for is ended by the bailout. */
			fz_stop_throw();
		} else {
			/* As exit() does: destructors and shutdown functions run, finally blocks do not. */
			fz_now.stopping = true;
			zend_throw_unwind_exit();
		}
	}
}

/* In the chain of extensions: one that comes after may call what was there before it, or not. */
static void fz_interrupt_chained(zend_execute_data *execute_data)
{
	if (fz_chained_interrupt) {
		fz_chained_interrupt(execute_data);
	}
}

/* What extensions do at an interrupt. A thread of theirs may go on behind a bailout with another task, to which nothing is to be left. */
static void fz_interrupt_others(zend_execute_data *execute_data)
{
	if (!fz_threads_foreign()) {
		fz_whole_interrupt(execute_data);
		return;
	}
	zend_try {
		fz_whole_interrupt(execute_data);
	} zend_catch {
		fz_bailout();
	} zend_end_try();
}

/*
 * A call of __call() begins with its arguments where the caller has put them, and php-src looks for them behind the function's slots
 * (debug_backtrace_get_args()): a trace of that moment would hold what happens to lie there. The frame says that there are none as long
 * as something may look. Returns how many there are.
 */
static uint32_t fz_hide_arguments(zend_execute_data *execute_data)
{
	uint32_t hidden = 0;

	if (execute_data && EX(func) && ZEND_USER_CODE(EX(func)->type) && EX(opline)->opcode == ZEND_CALL_TRAMPOLINE) {
		hidden = ZEND_CALL_NUM_ARGS(execute_data);
		ZEND_CALL_NUM_ARGS(execute_data) = 0;
	}
	return hidden;
}

/* The VM looks here when EG(vm_interrupt) was set, and zend_call_function() when a function of C has returned. */
static void fz_interrupt(zend_execute_data *execute_data)
{
	const void *caller = __builtin_return_address(0);
	zend_object *before = EG(exception);
	fz_moment moment;
	uint32_t hidden;

	if (UNEXPECTED(fz_looking_for_site)) {
		fz_call_site = caller;
		return;
	}
	moment = fz_moment_of(execute_data, caller);
	fz_inside_instruction = false; /* what runs PHP code from here on is in other frames */
	hidden = fz_hide_arguments(execute_data);
	fz_stop_if_asked(execute_data, moment, caller);
	if (fz_whole_interrupt) {
		fz_interrupt_others(execute_data);
	}
	if (hidden) {
		ZEND_CALL_NUM_ARGS(execute_data) = hidden;
	}
	if (EG(exception) && EG(exception) != before && moment == FZ_BETWEEN && EX(opline)->opcode == ZEND_HANDLE_EXCEPTION
			&& !fz_serves_compiled_code(caller)) {
		fz_frame_settle(execute_data);
	}
}

void fz_interrupt_reserve(void)
{
	fz_chained_interrupt = zend_interrupt_function;
	zend_interrupt_function = fz_interrupt_chained;
}

void fz_interrupt_install(void)
{
	fz_whole_interrupt = zend_interrupt_function;
	zend_interrupt_function = fz_interrupt;
}

static int fz_find_libphp(struct dl_phdr_info *info, size_t size, void *data)
{
	uintptr_t inside = (uintptr_t) &zend_call_function, begin = 0, end = 0;

	(void) size;
	(void) data;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

		if (segment->p_type == PT_LOAD && (segment->p_flags & PF_X)) {
			begin = info->dlpi_addr + segment->p_vaddr;
			end = begin + segment->p_memsz;
			if (inside >= begin && inside < end) {
				fz_libphp_begin = begin;
				fz_libphp_end = end;
				return 1;
			}
		}
	}
	return 0;
}

/* Calls a function of C by its name, so that the place of the interrupt is seen. False: there is no such function (disable_functions). */
static bool fz_try_site(const char *function)
{
	zval name, result;
	bool called;

	if (!zend_hash_str_exists(CG(function_table), function, strlen(function))) {
		return false;
	}
	ZVAL_STRING(&name, function);
	fz_looking_for_site = true;
	zend_atomic_bool_store(&EG(vm_interrupt), true);
	called = call_user_function(NULL, NULL, &name, &result, 0, NULL) == SUCCESS;
	zend_atomic_bool_store(&EG(vm_interrupt), false);
	fz_looking_for_site = false;
	if (called) {
		zval_ptr_dtor(&result);
	}
	zval_ptr_dtor(&name);
	return called;
}

void fz_interrupt_find_site(void)
{
	static const char *const functions[] = { "zend_version", "pi", "time", "error_get_last", "php_sapi_name", "gc_enabled" };

	if (dl_iterate_phdr(fz_find_libphp, NULL) != 1) {
		return;
	}
	for (size_t i = 0; !fz_site_is_known && i < sizeof functions / sizeof *functions; i++) {
		fz_site_is_known = fz_try_site(functions[i]);
	}
}
