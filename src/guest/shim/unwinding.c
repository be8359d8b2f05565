/*
 * Whether what runs is what an exception on its way runs: `finally` blocks, destructors, generators that are destroyed.
 */
#include "shim.h"

bool fz_in_destructor(const zend_execute_data *execute_data)
{
	for (; execute_data; execute_data = execute_data->prev_execute_data) {
		const zend_function *function = execute_data->func;

		if (function && function->common.scope && function == function->common.scope->destructor) {
			return true;
		}
	}
	return false;
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

	if (!EX(func) || !ZEND_USER_CODE(EX(func)->type) || (EX(func)->common.fn_flags & ZEND_ACC_CALL_VIA_TRAMPOLINE)) {
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

bool fz_runs_by_unwinding(const zend_execute_data *execute_data)
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
