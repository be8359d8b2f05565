/*
 * Stops: what a job does when it was asked to end, and the frame that an exception of such a moment leaves behind.
 *
 * The VM calls zend_interrupt_function between two instructions. php-src then treats an exception as one of the next instruction,
 * which has not begun: cleanup_unfinished_calls() counts an argument that this instruction would have passed, cleanup_live_vars()
 * leaves its operands to it, and a rope's part is freed that it would have written (php-src Zend/zend_execute.c, zend_vm_def.h
 * ZEND_HANDLE_EXCEPTION). So here everything is released that only this instruction would have released. What is live by the
 * op_array's live ranges stays for php-src, which is right about it.
 *
 * The same function is called from inside an instruction, when zend_call_function() comes back from a function of C. An
 * exception is that instruction's own then, and nothing is to be done. The two are told apart by the place of the call.
 *
 * # Safety
 * Temporaries are read only where a live range or the instruction before says that they hold a value: other slots have whatever
 * was there before, and the slot of a class or of a `finally` block holds no zval.
 */
#include "shim.h"

#include "zend_closures.h"

#include <dlfcn.h>
#include <link.h>

/* What an instruction does to the calls that are being built up in its frame. */
typedef enum {
	FZ_NO_CALL,
	FZ_OPENS,     /* pushes a call */
	FZ_CLOSES,    /* makes it */
	FZ_SENDS,     /* passes the argument that op2 says */
	FZ_SENDS_MANY /* passes what the frame of the call counts itself */
} fz_call_role;

static void (*fz_chained_interrupt)(zend_execute_data *execute_data); /* of those who were there first */
static void (*fz_whole_interrupt)(zend_execute_data *execute_data);   /* of all extensions, ours among them */

/* Where zend_call_function() calls the interrupt function from; NULL: it does not. */
static const void *fz_call_site;
static __thread bool fz_looking_for_site;
/* Where libphp's own code is; compiled code is elsewhere. */
static uintptr_t fz_libphp_begin, fz_libphp_end;

static void fz_interrupt(zend_execute_data *execute_data);

static fz_call_role fz_call_role_of(const zend_op *op)
{
	switch (op->opcode) {
		case ZEND_INIT_FCALL:
		case ZEND_INIT_FCALL_BY_NAME:
		case ZEND_INIT_NS_FCALL_BY_NAME:
		case ZEND_INIT_DYNAMIC_CALL:
		case ZEND_INIT_USER_CALL:
		case ZEND_INIT_METHOD_CALL:
		case ZEND_INIT_STATIC_METHOD_CALL:
#ifdef ZEND_INIT_PARENT_PROPERTY_HOOK_CALL
		case ZEND_INIT_PARENT_PROPERTY_HOOK_CALL:
#endif
		case ZEND_NEW:
			return FZ_OPENS;
		case ZEND_DO_FCALL:
		case ZEND_DO_ICALL:
		case ZEND_DO_UCALL:
		case ZEND_DO_FCALL_BY_NAME:
		case ZEND_CALLABLE_CONVERT:
#ifdef ZEND_CALLABLE_CONVERT_PARTIAL
		case ZEND_CALLABLE_CONVERT_PARTIAL:
#endif
			return FZ_CLOSES;
		case ZEND_SEND_VAL:
		case ZEND_SEND_VAL_EX:
		case ZEND_SEND_VAR:
		case ZEND_SEND_VAR_EX:
		case ZEND_SEND_FUNC_ARG:
		case ZEND_SEND_REF:
		case ZEND_SEND_VAR_NO_REF:
		case ZEND_SEND_VAR_NO_REF_EX:
		case ZEND_SEND_USER:
#ifdef ZEND_SEND_PLACEHOLDER
		case ZEND_SEND_PLACEHOLDER:
#endif
			return FZ_SENDS;
		case ZEND_SEND_ARRAY:
		case ZEND_SEND_UNPACK:
		case ZEND_CHECK_UNDEF_ARGS:
			return FZ_SENDS_MANY;
		default:
			return FZ_NO_CALL;
	}
}

/*
 * The instruction before `at` that did something to the call which is innermost there. Calls are nested in the code as they are in
 * the source, branches included, so that code that was jumped over is balanced.
 */
static const zend_op *fz_call_step(const zend_op_array *code, const zend_op *at)
{
	int level = 0;

	while (at-- > code->opcodes) {
		fz_call_role role = fz_call_role_of(at);

		if (role == FZ_CLOSES) {
			level++;
		} else if (role != FZ_NO_CALL && level == 0) {
			return at;
		} else if (role == FZ_OPENS) {
			level--;
		}
	}
	return NULL;
}

static void fz_free_call(zend_execute_data *execute_data)
{
	zend_execute_data *call = EX(call);

	zend_vm_stack_free_args(call);
	if (ZEND_CALL_INFO(call) & ZEND_CALL_RELEASE_THIS) {
		OBJ_RELEASE(Z_OBJ(call->This));
	}
	if (ZEND_CALL_INFO(call) & ZEND_CALL_HAS_EXTRA_NAMED_PARAMS) {
		zend_free_extra_named_params(call->extra_named_params);
	}
	if (call->func->common.fn_flags & ZEND_ACC_CLOSURE) {
		zend_object_release(ZEND_CLOSURE_OBJECT(call->func));
	} else if (call->func->common.fn_flags & ZEND_ACC_CALL_VIA_TRAMPOLINE) {
		zend_string_release_ex(call->func->common.function_name, 0);
		zend_free_trampoline(call->func);
	}
	EX(call) = call->prev_execute_data;
	zend_vm_stack_free_call_frame(call);
}

/* Frees the calls that are being built up before `next`, with the arguments that they have by then. */
static void fz_free_calls(zend_execute_data *execute_data, const zend_op *next)
{
	const zend_op_array *code = &EX(func)->op_array;

	while (EX(call)) {
		const zend_op *last = next ? fz_call_step(code, next) : NULL;
		fz_call_role role = last ? fz_call_role_of(last) : FZ_OPENS;

		if (role == FZ_OPENS) {
			ZEND_CALL_NUM_ARGS(EX(call)) = 0;
		} else if (role == FZ_SENDS && last->op2_type != IS_CONST) { /* of named arguments the frame knows the number */
			ZEND_CALL_NUM_ARGS(EX(call)) = last->op2.num;
		}
		while (last && fz_call_role_of(last) != FZ_OPENS) {
			last = fz_call_step(code, last);
		}
		next = last;
		fz_free_call(execute_data);
	}
}

/* The live range of a temporary that ends with, or goes on behind, instruction `number`. */
static const zend_live_range *fz_live_range(const zend_op_array *code, uint32_t number, uint32_t var, bool goes_on)
{
	for (int i = 0; i < code->last_live_range; i++) {
		const zend_live_range *range = &code->live_range[i];

		if (range->start > number) {
			break;
		}
		if ((range->var & ~ZEND_LIVE_MASK) == var && (goes_on ? number < range->end : number == range->end)) {
			return range;
		}
	}
	return NULL;
}

static void fz_release_temporary(zval *slot, uint32_t kind, const zend_op *next)
{
	switch (kind) {
		case ZEND_LIVE_LOOP:
			if (Z_TYPE_P(slot) != IS_ARRAY && Z_FE_ITER_P(slot) != (uint32_t) -1) {
				zend_hash_iterator_del(Z_FE_ITER_P(slot));
			}
			zval_ptr_dtor_nogc(slot);
			break;
		case ZEND_LIVE_ROPE: /* ROPE_END adds the part that its number says, and has those before it */
			for (uint32_t i = 0; i < next->extended_value; i++) {
				zend_string_release_ex(((zend_string **) slot)[i], 0);
			}
			break;
		case ZEND_LIVE_SILENCE:
			if (E_HAS_ONLY_FATAL_ERRORS(EG(error_reporting)) && !E_HAS_ONLY_FATAL_ERRORS(Z_LVAL_P(slot))) {
				EG(error_reporting) = Z_LVAL_P(slot);
			}
			break;
		default: /* an object whose constructor has run is like any other value */
			zval_ptr_dtor_nogc(slot);
	}
	ZVAL_UNDEF(slot);
}

static bool fz_frees_on_return(const zend_op *op)
{
	return (op->opcode == ZEND_FREE || op->opcode == ZEND_FE_FREE) && (op->extended_value & ZEND_FREE_ON_RETURN);
}

/* Whether the instruction before `next` put a value there that `next` alone uses: such a temporary has no live range. */
static bool fz_was_just_made(const zend_op_array *code, const zend_op *next, uint32_t var)
{
	const zend_op *before = next - 1;

	return next > code->opcodes && (before->result_type & (IS_TMP_VAR | IS_VAR)) && before->result.var == var
		&& before->opcode != ZEND_FETCH_CLASS && before->opcode != ZEND_DECLARE_ANON_CLASS && before->opcode != ZEND_FAST_CALL;
}

/* Releases an operand of `next`, if it is a temporary that is in use for the last time there. */
static void fz_release_operand(zend_execute_data *execute_data, const zend_op *next, uint8_t type, uint32_t var)
{
	const zend_op_array *code = &EX(func)->op_array;
	uint32_t number = next - code->opcodes;
	const zend_live_range *range;

	if (!(type & (IS_TMP_VAR | IS_VAR))) {
		return;
	}
	range = fz_live_range(code, number, var, true);
	if (range && !fz_frees_on_return(next) && next->opcode != ZEND_ROPE_INIT) {
		return;
	}
	if (!range || next->opcode == ZEND_ROPE_INIT) {
		range = fz_live_range(code, number, var, false);
	}
	if (range) {
		fz_release_temporary(EX_VAR(var), range->var & ZEND_LIVE_MASK, next);
	} else if (fz_was_just_made(code, next, var)) {
		fz_release_temporary(EX_VAR(var), ZEND_LIVE_TMPVAR, next);
	}
}

/* php-src frees what a rope ("a $b c") has so far with the part that `next` would have added: there is an empty one now. */
static void fz_complete_rope(zend_execute_data *execute_data, const zend_op *next)
{
	if (next->opcode == ZEND_ROPE_INIT || next->opcode == ZEND_ROPE_ADD) {
		zend_string **rope = (zend_string **) EX_VAR(next->result.var);

		rope[next->opcode == ZEND_ROPE_ADD ? next->extended_value : 0] = ZSTR_EMPTY_ALLOC();
	}
}

/*
 * FAST_RET, the last instruction of a `finally` block, lies behind it for php-src: the exception that brought the frame there would
 * be forgotten, and so would what a `return` was about to give back.
 */
static void fz_leave_finally(zend_execute_data *execute_data, const zend_op *next)
{
	zval *left_by;
	zend_object *before;

	if (next->opcode != ZEND_FAST_RET) {
		return;
	}
	left_by = EX_VAR(next->op1.var);
	before = Z_OBJ_P(left_by);
	if (Z_OPLINE_NUM_P(left_by) != (uint32_t) -1) {
		const zend_op *call = &EX(func)->op_array.opcodes[Z_OPLINE_NUM_P(left_by)];

		if (call->op2_type & (IS_TMP_VAR | IS_VAR)) {
			zval_ptr_dtor(EX_VAR(call->op2.var));
		}
	}
	if (!before) {
		return;
	}
	Z_OBJ_P(left_by) = NULL;
	if (zend_is_unwind_exit(EG(exception)) || zend_is_graceful_exit(EG(exception))) {
		OBJ_RELEASE(before);
	} else {
		zend_exception_set_previous(EG(exception), before);
	}
}

/* An exception was thrown in `execute_data` between two instructions: leaves nothing to the next one, which will not run. */
static void fz_settle(zend_execute_data *execute_data)
{
	const zend_op *next = EG(opline_before_exception), *data = next + 1;

	fz_free_calls(execute_data, next);
	fz_release_operand(execute_data, next, next->op1_type, next->op1.var);
	fz_release_operand(execute_data, next, next->op2_type, next->op2.var);
	if (data < EX(func)->op_array.opcodes + EX(func)->op_array.last && data->opcode == ZEND_OP_DATA) {
		fz_release_operand(execute_data, next, data->op1_type, data->op1.var);
	}
	fz_complete_rope(execute_data, next);
	fz_leave_finally(execute_data, next);
}

/* Where the interrupt function was called from. */
typedef enum {
	FZ_INSIDE,  /* a function of C, or an instruction that called one */
	FZ_BETWEEN, /* the VM, before the next instruction */
	FZ_SOMEWHERE /* one of these two: an extension stands in between */
} fz_moment;

static fz_moment fz_moment_of(const zend_execute_data *execute_data, const void *caller)
{
	if (!execute_data || !EX(func) || !ZEND_USER_CODE(EX(func)->type) || fz_inside_instruction) {
		return FZ_INSIDE;
	}
	if (zend_interrupt_function != fz_interrupt) {
		return FZ_SOMEWHERE;
	}
	return caller == fz_call_site ? FZ_INSIDE : FZ_BETWEEN;
}

/*
 * Whether a destructor is being called. A stop waits for its end: what releases a value does not expect an exception everywhere.
 * (Of PHP 8.2's tracing JIT an exception of a destructor reaches frames under the wrong instruction.)
 */
static bool fz_in_destructor(const zend_execute_data *execute_data)
{
	for (; execute_data; execute_data = execute_data->prev_execute_data) {
		const zend_function *function = execute_data->func;

		if (function && function->common.scope && function == function->common.scope->destructor) {
			return true;
		}
	}
	return false;
}

static bool fz_in_libphp(const void *address)
{
	return (uintptr_t) address >= fz_libphp_begin && (uintptr_t) address < fz_libphp_end;
}

/* Whether opcache's JIT compiles functions as a whole: the third of the four digits of opcache.jit is not 5. */
static bool fz_jit_takes_functions(void)
{
	const char *jit = zend_ini_string((char *) "opcache.jit", strlen("opcache.jit"), 0);

	if (!jit || !*jit || !strcmp(jit, "tracing") || !strcmp(jit, "on") || !strcmp(jit, "disable") || !strcmp(jit, "off")) {
		return false;
	}
	return strspn(jit, "0123456789") != 4 || jit[2] != '5';
}

/*
 * Whether the VM, and not compiled code, stands before an instruction of a function that was compiled as a whole. Such code has the
 * VM do what it cannot do itself, `??` for one, and then goes on at one of two places, by where the VM stands and without a
 * look at exceptions (php-src ext/opcache/jit/zend_jit.c, zend_jit_cond_jmp()).
 */
static bool fz_serves_compiled_code(const zend_execute_data *execute_data, const void *caller)
{
	const zend_op_array *code = &EX(func)->op_array;

	if (!fz_in_libphp(caller) || !fz_jit_takes_functions()) {
		return false;
	}
	for (uint32_t i = 0; i < code->last; i++) {
		if (!fz_in_libphp(code->opcodes[i].handler)) {
			return true;
		}
	}
	return false;
}

/* Whether an exception may be thrown now. */
static bool fz_may_throw(const zend_execute_data *execute_data, fz_moment moment, const void *caller)
{
	const zend_op *next;

	if (EG(exception) || moment == FZ_SOMEWHERE || fz_in_destructor(execute_data)) {
		return false;
	}
	if (moment == FZ_INSIDE) {
		return true;
	}
	if (fz_serves_compiled_code(execute_data, caller)) {
		return false;
	}
	next = EX(opline);
	/* php-src looks for the live range of what such an instruction frees, and takes for granted that there is one. */
	return !fz_frees_on_return(next)
		|| fz_live_range(&EX(func)->op_array, next - EX(func)->op_array.opcodes, next->op1.var, true);
}

/* Whether there is such an object: compiled code does not always say where it is, and slots keep what was there before. */
static bool fz_is_object(const zend_object *object)
{
	for (uint32_t i = 1; object && i < EG(objects_store).top; i++) {
		if (EG(objects_store).object_buckets[i] == object) {
			return instanceof_function(object->ce, zend_ce_throwable) || zend_is_unwind_exit(object) || zend_is_graceful_exit(object);
		}
	}
	return false;
}

/* Whether `throwable` is the stop, or has replaced it on the way. */
static bool fz_carries_stop(zend_object *throwable)
{
	if (!fz_is_object(throwable)) {
		return false;
	}
	while (throwable && throwable != fz_now.stop) {
		const zval *previous = zend_is_unwind_exit(throwable) || zend_is_graceful_exit(throwable) ? NULL : fz_base_property(throwable, "previous");

		throwable = previous && Z_TYPE_P(previous) == IS_OBJECT ? Z_OBJ_P(previous) : NULL;
	}
	return throwable;
}

/* Whether the frame is being left, or is in a `finally` block that the stop has led to. */
static bool fz_is_left(const zend_execute_data *execute_data)
{
	const zend_op_array *code;
	uint32_t number;

	if (!EX(func) || !ZEND_USER_CODE(EX(func)->type)) {
		return false;
	}
	if (EX(opline)->opcode == ZEND_HANDLE_EXCEPTION) {
		return true;
	}
	code = &EX(func)->op_array;
	number = EX(opline) - code->opcodes;
	for (int i = 0; i < code->last_try_catch; i++) {
		const zend_try_catch_element *block = &code->try_catch_array[i];

		if (block->finally_op && number >= block->finally_op && number <= block->finally_end
				&& fz_carries_stop(Z_OBJ_P(EX_VAR(code->opcodes[block->finally_end].op1.var)))) {
			return true;
		}
	}
	return false;
}

/* Whether what runs is what unwinding runs. */
static bool fz_unwinds(const zend_execute_data *execute_data)
{
	if (!fz_now.calling || EG(exception) || fz_in_destructor(execute_data)) {
		return true;
	}
	for (; execute_data; execute_data = execute_data->prev_execute_data) {
		if (fz_is_left(execute_data)) {
			return true;
		}
	}
	return false;
}

void fz_stop_throw(void)
{
	fz_now.stopping = true;
	fz_throw(FZ_CANCELLED, "the task was cancelled");
	fz_now.stop = EG(exception);
}

/* Stops the job when the host asked for it. Who asks does so again until the job has ended: what cannot be now is done then. */
static void fz_stop_if_asked(const zend_execute_data *execute_data, fz_moment moment, const void *caller)
{
	int stop = fz_now.worker ? __atomic_load_n(&fz_now.worker->stop, __ATOMIC_ACQUIRE) : FZ_STOP_NONE;
	bool unwind = fz_now.aborted || (fz_threads_foreign() && fz_threads_stopping());

	/* Without an address the bailout would end the process. An extension's thread is asked to stop again and again. */
	if (unwind && EG(bailout)) {
		fz_now.aborted = false;
		zend_bailout();
	}
	if (stop == FZ_STOP_BAILOUT || (stop == FZ_STOP_INSIST && fz_now.stopping && !fz_unwinds(execute_data))) {
		fz_now.stopping = true;
		zend_bailout();
	} else if (stop && !fz_now.stopping && fz_may_throw(execute_data, moment, caller)) {
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

/* The VM looks here when EG(vm_interrupt) was set, and zend_call_function() when a function of C has returned. */
static void fz_interrupt(zend_execute_data *execute_data)
{
	const void *caller = __builtin_return_address(0);
	zend_object *before = EG(exception);
	fz_moment moment;

	if (UNEXPECTED(fz_looking_for_site)) {
		fz_call_site = caller;
		return;
	}
	moment = fz_moment_of(execute_data, caller);
	fz_inside_instruction = false; /* what runs PHP code from here on is in other frames */
	fz_stop_if_asked(execute_data, moment, caller);
	if (fz_whole_interrupt) {
		fz_whole_interrupt(execute_data);
	}
	if (EG(exception) && EG(exception) != before && moment == FZ_BETWEEN && EX(opline)->opcode == ZEND_HANDLE_EXCEPTION
			&& !fz_serves_compiled_code(execute_data, caller)) {
		fz_settle(execute_data);
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

void fz_interrupt_find_site(void)
{
	zval name, result;

	dl_iterate_phdr(fz_find_libphp, NULL);

	ZVAL_STRING(&name, "zend_version");
	fz_looking_for_site = true;
	zend_atomic_bool_store(&EG(vm_interrupt), true);
	if (call_user_function(NULL, NULL, &name, &result, 0, NULL) == SUCCESS) {
		zval_ptr_dtor(&result);
	}
	zend_atomic_bool_store(&EG(vm_interrupt), false);
	fz_looking_for_site = false;
	zval_ptr_dtor(&name);
}
