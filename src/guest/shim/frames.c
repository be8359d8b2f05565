/*
 * Frames that an exception leaves between two instructions.
 *
 * The VM calls zend_interrupt_function between two instructions. php-src then treats an exception as one of the next instruction,
 * which has not begun: cleanup_unfinished_calls() counts an argument that this instruction would have passed, cleanup_live_vars()
 * leaves its operands to it, and a rope's part is freed that it would have written (php-src Zend/zend_execute.c, zend_vm_def.h
 * ZEND_HANDLE_EXCEPTION). So here everything is released that only this instruction would have released. What is live by the
 * op_array's live ranges stays for php-src, which is right about it.
 *
 * # Safety
 * Temporaries are read only where a live range or the instruction before says that they hold a value: other slots have whatever
 * was there before, and the slot of a class or of a `finally` block holds no zval.
 */
#include "shim.h"

#include "zend_closures.h"

/* What an instruction does to the calls that are being built up in its frame. */
typedef enum {
	FZ_NO_CALL,
	FZ_OPENS,     /* pushes a call */
	FZ_CLOSES,    /* makes it */
	FZ_SENDS,     /* passes the argument that op2 says */
	FZ_SENDS_MANY /* passes what the frame of the call counts itself */
} fz_call_role;

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

/* Whether `next` is the FREE at the begin of a branch of `??=`: of the temporaries that COPY_TMP makes the first has no live range there. */
static bool fz_frees_copy(const zend_op_array *code, const zend_op *next, uint32_t var)
{
	bool counted = false; /* a value that needs no release has no live range anywhere */

	for (int i = 0; i < code->last_live_range; i++) {
		counted |= (code->live_range[i].var & ~ZEND_LIVE_MASK) == var;
	}
	if (next->opcode != ZEND_FREE || !counted) {
		return false;
	}
	while (next-- > code->opcodes) {
		if ((next->result_type & (IS_TMP_VAR | IS_VAR)) && next->result.var == var) {
			return next->opcode == ZEND_COPY_TMP;
		}
	}
	return false;
}

/*
 * From PHP 8.4 on the range of a loop's variable is in two parts where a `return` leaves the loop, up to what frees it there and from behind
 * the `return`. Where nothing is between that and the loop's own FREE, `next`, the second part would be empty, and is not there
 * (zend_calc_live_ranges()). Gives the first part.
 */
static const zend_live_range *fz_range_cut_short(const zend_op_array *code, const zend_op *next)
{
	const zend_op *op = next - 1; /* RETURN or its like, or JMP; what `next` frees was made before it */

	if ((next->opcode != ZEND_FREE && next->opcode != ZEND_FE_FREE) || fz_frees_on_return(next)) {
		return NULL;
	}
	if (op > code->opcodes && (op - 1)->opcode == ZEND_VERIFY_RETURN_TYPE) {
		op--;
	}
	while (op-- > code->opcodes && fz_frees_on_return(op)) {
		if (op->op1.var == next->op1.var) {
			return fz_live_range(code, op - code->opcodes, op->op1.var, false);
		}
	}
	return NULL;
}

/* A `return` out of a loop: php-src releases its value with the loop's only where RETURN follows. */
static void fz_release_returned(zend_execute_data *execute_data, const zend_op *next)
{
	if (!fz_frees_on_return(next)) {
		return;
	}
	while (next->opcode == ZEND_FREE || next->opcode == ZEND_FE_FREE) {
		next++;
	}
	if (next->opcode == ZEND_FAST_CALL && (next->op2_type & (IS_TMP_VAR | IS_VAR))) {
		zval_ptr_dtor_nogc(EX_VAR(next->op2.var));
	} else if ((next->opcode == ZEND_GENERATOR_RETURN || next->opcode == ZEND_RETURN_BY_REF) && (next->op1_type & (IS_TMP_VAR | IS_VAR))) {
		zval_ptr_dtor_nogc(EX_VAR(next->op1.var));
	}
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
	if (!range) {
		range = fz_range_cut_short(code, next);
	}
	if (range) {
		fz_release_temporary(EX_VAR(var), range->var & ZEND_LIVE_MASK, next);
	} else if (fz_was_just_made(code, next, var) || fz_frees_copy(code, next, var)) {
		fz_release_temporary(EX_VAR(var), ZEND_LIVE_TMPVAR, next);
	}
}

/* An operand of `to` that the instruction before it makes: where that is all, there is no range. */
static void fz_release_unranged(zend_execute_data *execute_data, const zend_op *to, uint8_t type, uint32_t var)
{
	const zend_op_array *code = &EX(func)->op_array;

	if ((type & (IS_TMP_VAR | IS_VAR)) && !fz_live_range(code, to - code->opcodes, var, false) && fz_was_just_made(code, to, var)) {
		fz_release_temporary(EX_VAR(var), ZEND_LIVE_TMPVAR, to);
	}
}

/*
 * The end of a branch of `?:`, `??` or `match` is a JMP to where the value is used. The value's live range begins with the last branch's,
 * so php-src knows nothing of it here (zend_calc_live_ranges()). What is live where the JMP leads, and not here, has been carried along.
 */
static void fz_release_carried(zend_execute_data *execute_data, const zend_op *next)
{
	const zend_op_array *code = &EX(func)->op_array;
	const zend_op *to = next;
	uint32_t from = next - code->opcodes, number;

	while (to->opcode == ZEND_JMP && OP_JMP_ADDR(to, to->op1) > to) {
		to = OP_JMP_ADDR(to, to->op1);
	}
	if (to == next) {
		return;
	}
	number = to - code->opcodes;
	for (int i = 0; i < code->last_live_range; i++) {
		const zend_live_range *range = &code->live_range[i];
		const uint32_t var = range->var & ~ZEND_LIVE_MASK;

		if ((range->var & ZEND_LIVE_MASK) == ZEND_LIVE_TMPVAR && range->start <= number && number <= range->end
				&& !fz_live_range(code, from, var, true) && !fz_live_range(code, from, var, false)) {
			fz_release_temporary(EX_VAR(var), ZEND_LIVE_TMPVAR, next);
		}
	}
	fz_release_unranged(execute_data, to, to->op1_type, to->op1.var);
	fz_release_unranged(execute_data, to, to->op2_type, to->op2.var);
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

/*
 * Where `next` is the instruction to which the end of a `finally` block leads, behind the FAST_CALL of a `return`, `break` or of the
 * block's own end: that FAST_RET; else NULL. php-src takes `next` for a part of the `try`: it would run the block again, and release
 * again what the FAST_CALL had been preceded by. FAST_RET has the same surroundings, and lies outside of the block.
 */
static const zend_op *fz_finally_before(const zend_op_array *code, const zend_op *next)
{
	const zend_op *call = next - 1;

	if (next == code->opcodes || call->opcode != ZEND_FAST_CALL) {
		return NULL;
	}
	for (int i = 0; i < code->last_try_catch; i++) {
		if (code->try_catch_array[i].finally_op && code->opcodes + code->try_catch_array[i].finally_op == OP_JMP_ADDR(call, call->op1)) {
			return code->opcodes + code->try_catch_array[i].finally_end;
		}
	}
	return NULL;
}

/* The same for an instruction further on, of which nothing is known that would be right for php-src. */
static bool fz_is_behind_finally(const zend_op_array *code, const zend_op *next)
{
	if (fz_finally_before(code, next)) {
		return false;
	}
	while (next > code->opcodes && fz_frees_on_return(next - 1)) {
		next--;
	}
	return next > code->opcodes && ((next - 1)->opcode == ZEND_FAST_CALL || (next - 1)->opcode == ZEND_DISCARD_EXCEPTION);
}

bool fz_frame_may_be_left(const zend_execute_data *execute_data)
{
	const zend_op *next = EX(opline);

	if (next->opcode == ZEND_CALL_TRAMPOLINE) {
		/* php-src fills in no more than that instruction needs. */
		return !EX(func)->op_array.last_var && !EX(func)->op_array.last_try_catch && !EX(func)->op_array.last_live_range;
	}
	if (fz_is_behind_finally(&EX(func)->op_array, next)) {
		return false;
	}
	/* php-src looks for the live range of what such an instruction frees, and takes for granted that there is one. */
	return !fz_frees_on_return(next) || fz_finally_before(&EX(func)->op_array, next)
		|| fz_live_range(&EX(func)->op_array, next - EX(func)->op_array.opcodes, next->op1.var, true);
}

/* The begin of a call of __call(): nobody but that instruction knows that the frame has arguments, and a function made for it. */
static void fz_leave_trampoline(zend_execute_data *execute_data)
{
	zend_vm_stack_free_args(execute_data);
	ZEND_CALL_NUM_ARGS(execute_data) = 0;
	if (EX(func) == &EG(trampoline) && EG(trampoline).common.function_name) {
		zend_string_release_ex(EG(trampoline).common.function_name, 0);
		EG(trampoline).common.function_name = NULL; /* free for the next call */
	}
}

void fz_frame_settle(zend_execute_data *execute_data)
{
	const zend_op *next = EG(opline_before_exception), *data, *finally;

	if (next->opcode == ZEND_CALL_TRAMPOLINE) {
		fz_leave_trampoline(execute_data);
		return;
	}
	finally = fz_finally_before(&EX(func)->op_array, next);
	if (finally) {
		EG(opline_before_exception) = next = finally;
	}
	data = next + 1;
	fz_release_returned(execute_data, next);
	fz_free_calls(execute_data, next);
	fz_release_operand(execute_data, next, next->op1_type, next->op1.var);
	fz_release_operand(execute_data, next, next->op2_type, next->op2.var);
	if (data < EX(func)->op_array.opcodes + EX(func)->op_array.last && data->opcode == ZEND_OP_DATA) {
		fz_release_operand(execute_data, next, data->op1_type, data->op1.var);
	}
	fz_release_carried(execute_data, next);
	fz_complete_rope(execute_data, next);
	fz_leave_finally(execute_data, next);
}
