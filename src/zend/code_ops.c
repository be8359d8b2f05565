/*
 * Opcodes in images. Registers, jumps and flags stay as they are; what names something of the writer's build does not:
 * constants (become indexes into the literals), handlers (chosen again), functions (looked up again), slots of the run-time
 * cache (behind those of extensions, whose number differs). php-src: ext/opcache/zend_file_cache.c,
 * Zend/Optimizer/compact_literals.c.
 */
#include "closures.h"

#include "zend_extensions.h"
#include "zend_vm.h"
#if PHP_VERSION_ID >= 80400
# include "zend_frameless_function.h"
#endif
#if PHP_VERSION_ID >= 80600
# include "zend_partial.h"
#endif

#if ZEND_USE_ABS_CONST_ADDR || ZEND_USE_ABS_JMP_ADDR
# error "images are of code with relative addresses (64 bit)"
#endif

/* --- writing --- */

/* PHP 8.4 calls some functions by an index into a table of the build's. */
#if PHP_VERSION_ID >= 80400
static zend_function *fz_frameless(const zend_op *op)
{
	const void *handler = ZEND_FLF_HANDLER(op);
	zend_function *function;

	ZEND_HASH_FOREACH_PTR(EG(function_table), function) {
		const zend_frameless_function_info *info;

		if (function->type != ZEND_INTERNAL_FUNCTION || !(info = function->internal_function.frameless_function_infos)) {
			continue;
		}
		for (; info->handler; info++) {
			if (info->handler == handler) {
				return function;
			}
		}
	} ZEND_HASH_FOREACH_END();
	return NULL;
}
#endif

static const zend_string *fz_literal(const zend_op *op, znode_op operand, zend_uchar type)
{
	return type == IS_CONST && Z_TYPE_P(RT_CONSTANT(op, operand)) == IS_STRING ? Z_STR_P(RT_CONSTANT(op, operand)) : NULL;
}

/* What code may not contain that crosses. */
static bool fz_check_op(fz_code_writer *w, const zend_op_array *code, const zend_op *op)
{
	const zend_string *name;

	w->line = op->lineno;
	switch (op->opcode) {
		case ZEND_DECLARE_ANON_CLASS:
			return fz_code_refuse(w, "declares an anonymous class, which cannot cross: let the worker load a file that declares a class");
		case ZEND_DECLARE_CLASS:
		case ZEND_DECLARE_CLASS_DELAYED:
			name = fz_literal(op, op->op1, op->op1_type);
			return fz_code_refuse(w, "declares the class %s, which cannot cross: let the worker load a file that declares it",
				name ? ZSTR_VAL(name) : "");
		case ZEND_DECLARE_FUNCTION:
			name = fz_literal(op, op->op1, op->op1_type);
			return fz_code_refuse(w, FZ_CODE_DECLARES_FUNCTION,
				name ? ZSTR_VAL(name) : "");
		case ZEND_BIND_STATIC:
			if (w->code == code && (op->extended_value & ZEND_BIND_REF) && (op->extended_value & ZEND_BIND_EXPLICIT)) {
				w->line = code->line_start;
				return fz_code_refuse(w, "uses $%s by reference, which cannot cross: use it by value, or a Channel",
					ZSTR_VAL(code->vars[EX_VAR_TO_NUM(op->op1.var)]));
			}
			return true;
		default:
			return true;
	}
}

static uint8_t fz_call_kind(const fz_code_writer *w, const zend_function *function)
{
	if (!function || function->type != ZEND_INTERNAL_FUNCTION) {
		return FZ_CALL_OTHER;
	}
	return w->relies == FZ_RELIES_ON_ALL || (w->relies == FZ_RELIES_ON_SOME && fz_code_may_rely_on(function))
		? FZ_CALL_RELIED_ON : FZ_CALL_OWN;
}

/* Writes what a call of a function that was known to the compiler is about: its name, and what it is. */
static void fz_put_call(fz_code_writer *w, const zend_op *op)
{
	const zend_string *name = Z_STR_P(RT_CONSTANT(op, op->op2));
	const zend_function *function = zend_hash_find_ptr(EG(function_table), (zend_string *) name);

	fz_code_put_u8(w, fz_call_kind(w, function));
	fz_code_put_string(w, function ? function->common.function_name : name);
}

bool fz_code_put_ops(fz_code_writer *w, const zend_op_array *code)
{
	for (const zend_op *op = code->opcodes, *end = op + code->last; op < end; op++) {
		fz_code_op out = { op->op1.num, op->op2.num, op->result.num, op->extended_value, op->lineno, op->opcode, op->op1_type,
			op->op2_type, op->result_type };

		if (!fz_check_op(w, code, op)) {
			return false;
		}
		if (op->op1_type == IS_CONST) {
			out.op1 = (uint32_t) (RT_CONSTANT(op, op->op1) - code->literals);
		}
		if (op->op2_type == IS_CONST) {
			out.op2 = (uint32_t) (RT_CONSTANT(op, op->op2) - code->literals);
		}
		fz_code_put(w, &out, sizeof out);
		if (!fz_code_put_constant_use(w, op)) {
			return false;
		}
		if (op->opcode == ZEND_INIT_FCALL) {
			fz_put_call(w, op);
		}
#if PHP_VERSION_ID >= 80400
		if (ZEND_OP_IS_FRAMELESS_ICALL(op->opcode)) {
			zend_function *function = fz_frameless(op);

			if (!function) {
				return fz_code_refuse(w, "calls a function that has no name");
			}
			fz_code_put_string(w, function->common.function_name);
		}
#endif
	}
	return true;
}

uint32_t fz_code_count_additions(const zend_op_array *code)
{
	uint32_t count = fz_code_count_substitutes(code);

	for (const zend_op *op = code->opcodes, *end = op + code->last; op < end; op++) {
		count += op->opcode == ZEND_INIT_FCALL ? 2 : 0; /* see fz_relink_call() */
	}
	return count;
}

/* --- reading --- */

/* The operand that holds a slot of the run-time cache, whose low bits may be flags; or NULL. */
static uint32_t *fz_slot(zend_op *op, const zend_op *end)
{
	switch (op->opcode) {
		case ZEND_RECV:
		case ZEND_RECV_INIT:
		case ZEND_RECV_VARIADIC:
		case ZEND_DEFINED:
		case ZEND_FETCH_CONSTANT:
		case ZEND_FETCH_CLASS_CONSTANT:
		case ZEND_BIND_GLOBAL:
#if PHP_VERSION_ID >= 80400
		case ZEND_JMP_FRAMELESS:
#endif
			return &op->extended_value;
		case ZEND_VERIFY_RETURN_TYPE:
			return &op->op2.num;
		case ZEND_ASSIGN_STATIC_PROP_OP:
		case ZEND_ASSIGN_OBJ_OP:
			return op + 1 < end && (op->op1_type == IS_CONST || op->op2_type == IS_CONST) ? &(op + 1)->extended_value : NULL;
		case ZEND_ASSIGN_OBJ:
		case ZEND_ASSIGN_OBJ_REF:
		case ZEND_FETCH_OBJ_R:
		case ZEND_FETCH_OBJ_W:
		case ZEND_FETCH_OBJ_RW:
		case ZEND_FETCH_OBJ_IS:
		case ZEND_FETCH_OBJ_UNSET:
		case ZEND_FETCH_OBJ_FUNC_ARG:
		case ZEND_UNSET_OBJ:
		case ZEND_PRE_INC_OBJ:
		case ZEND_PRE_DEC_OBJ:
		case ZEND_POST_INC_OBJ:
		case ZEND_POST_DEC_OBJ:
		case ZEND_ISSET_ISEMPTY_PROP_OBJ:
		case ZEND_FETCH_CLASS:
		case ZEND_INSTANCEOF:
			return op->op2_type == IS_CONST ? &op->extended_value : NULL;
		case ZEND_INIT_FCALL:
		case ZEND_INIT_FCALL_BY_NAME:
		case ZEND_INIT_NS_FCALL_BY_NAME:
			return &op->result.num;
		case ZEND_INIT_METHOD_CALL:
		case ZEND_SEND_VAL:
		case ZEND_SEND_VAL_EX:
		case ZEND_SEND_VAR:
		case ZEND_SEND_VAR_EX:
		case ZEND_SEND_VAR_NO_REF:
		case ZEND_SEND_VAR_NO_REF_EX:
		case ZEND_SEND_REF:
		case ZEND_SEND_FUNC_ARG:
		case ZEND_CHECK_FUNC_ARG:
#if PHP_VERSION_ID >= 80600
		case ZEND_SEND_PLACEHOLDER:
#endif
			return op->op2_type == IS_CONST ? &op->result.num : NULL;
		case ZEND_INIT_STATIC_METHOD_CALL:
			return op->op1_type == IS_CONST || op->op2_type == IS_CONST ? &op->result.num : NULL;
		case ZEND_ASSIGN_STATIC_PROP:
		case ZEND_ASSIGN_STATIC_PROP_REF:
		case ZEND_FETCH_STATIC_PROP_R:
		case ZEND_FETCH_STATIC_PROP_W:
		case ZEND_FETCH_STATIC_PROP_RW:
		case ZEND_FETCH_STATIC_PROP_IS:
		case ZEND_FETCH_STATIC_PROP_UNSET:
		case ZEND_FETCH_STATIC_PROP_FUNC_ARG:
		case ZEND_UNSET_STATIC_PROP:
		case ZEND_ISSET_ISEMPTY_STATIC_PROP:
		case ZEND_PRE_INC_STATIC_PROP:
		case ZEND_PRE_DEC_STATIC_PROP:
		case ZEND_POST_INC_STATIC_PROP:
		case ZEND_POST_DEC_STATIC_PROP:
			return op->op1_type == IS_CONST || op->op2_type == IS_CONST ? &op->extended_value : NULL;
		case ZEND_NEW:
			return op->op1_type == IS_CONST ? &op->op2.num : NULL;
		case ZEND_CATCH:
			return op->op1_type == IS_CONST ? &op->extended_value : NULL;
#if PHP_VERSION_ID >= 80600
		case ZEND_CALLABLE_CONVERT:
		case ZEND_DECLARE_LAMBDA_FUNCTION:
			return op->extended_value != UINT32_MAX ? &op->extended_value : NULL;
		case ZEND_CALLABLE_CONVERT_PARTIAL:
			return &op->extended_value;
#endif
		default:
			return NULL;
	}
}

/* The compiler built the superglobals that it met; see php-src zend_accel_set_auto_globals(). */
static void fz_ping_global(const zend_op *op, const zval *literals)
{
	switch (op->opcode) {
		case ZEND_FETCH_R:
		case ZEND_FETCH_W:
		case ZEND_FETCH_RW:
		case ZEND_FETCH_IS:
		case ZEND_FETCH_UNSET:
		case ZEND_FETCH_FUNC_ARG:
		case ZEND_ISSET_ISEMPTY_VAR:
		case ZEND_UNSET_VAR:
			if (op->op1_type == IS_CONST && (op->extended_value & ZEND_FETCH_TYPE_MASK) == ZEND_FETCH_GLOBAL
				&& Z_TYPE(literals[op->op1.constant]) == IS_STRING) {
				zend_is_auto_global(Z_STR(literals[op->op1.constant]));
			}
			break;
		default:
			break;
	}
}

typedef struct {
	fz_code_reader *r;
	zend_op_array *code;
	uint32_t literals; /* those of the image; what reading adds comes behind them */
	uint32_t additions; /* literals that may still be added */
	char *pending;     /* whether the arguments of the calls around this place are to be relinked, innermost last */
	uint32_t open;
} fz_relinker;

/* The name under which a call looks its function up. A function of PHP's own that the code relies on, and that is not here, is none
 * at all: PHP code of that name does not do for it. */
static zend_string *fz_key_of_call(uint8_t kind, zend_string *key)
{
	return kind == FZ_CALL_RELIED_ON ? zend_string_concat2("\0", 1, ZSTR_VAL(key), ZSTR_LEN(key)) : zend_string_copy(key);
}

/* A call that the compiler linked to a function: the frame's size is that of the function here. One that is not PHP's own on
 * both sides is looked up when it runs, so that it may be missing, or be another. True: it is looked up. */
static bool fz_relink_call(zend_op_array *code, zend_op *op, uint8_t kind, zend_string *name)
{
	zend_string *key = Z_STR(code->literals[op->op2.constant]);
	zend_function *function = kind != FZ_CALL_OTHER ? zend_hash_find_ptr(EG(function_table), key) : NULL;

	Z_EXTRA(code->literals[op->op2.constant]) = 0; /* PHP 8.4: the function's place in the writer's table (GH-17733) */
	if (function && function->type == ZEND_INTERNAL_FUNCTION) {
		op->op1.num = zend_vm_calc_used_stack(op->extended_value, function);
		return false;
	}
	op->opcode = ZEND_INIT_FCALL_BY_NAME;
	op->op1.num = 0;
	op->op2.constant = code->last_literal;
	ZVAL_STR_COPY(&code->literals[code->last_literal++], name);
	key = fz_key_of_call(kind, key);
	zend_string_hash_val(key);
	ZVAL_STR(&code->literals[code->last_literal++], key);
	return true;
}

/* Arguments of a call that is looked up are passed as the function found wants them. */
static void fz_relink_argument(zend_op *op)
{
	switch (op->opcode) {
		case ZEND_SEND_VAL:
			op->opcode = ZEND_SEND_VAL_EX;
			break;
		case ZEND_SEND_VAR:
			op->opcode = ZEND_SEND_VAR_EX;
			break;
		case ZEND_SEND_VAR_NO_REF:
			op->opcode = ZEND_SEND_VAR_NO_REF_EX;
			break;
		default:
			break;
	}
}

#if PHP_VERSION_ID >= 80400
static bool fz_relink_frameless(fz_code_reader *r, zend_op *op)
{
	const zend_frameless_function_info *info = NULL;
	zend_function *function;
	zend_string *name;
	bool found = false;

	if (!fz_code_get_string(r, &name) || !name) {
		return fz_code_broken(r);
	}
	function = zend_hash_find_ptr_lc(EG(function_table), name);
	if (function && function->type == ZEND_INTERNAL_FUNCTION) {
		info = function->internal_function.frameless_function_infos;
	}
	for (; info && info->handler && !found; info++) {
		if (info->num_args == ZEND_FLF_NUM_ARGS(op->opcode)) {
			for (uint32_t i = 0; zend_flf_handlers[i] && !found; i++) {
				op->extended_value = i;
				found = zend_flf_handlers[i] == info->handler;
			}
		}
	}
	if (!found) {
		fz_decode_refuse(r->d, "the closure calls %s(), which does not exist here", ZSTR_VAL(name));
	}
	zend_string_release(name);
	return found;
}
#endif

/* One of Zend's kinds of operands: zend_vm_set_opcode_handler() looks them up in a table. */
static bool fz_is_operand(uint8_t type)
{
	return type == IS_UNUSED || type == IS_CONST || type == IS_TMP_VAR || type == IS_VAR || type == IS_CV;
}

static bool fz_get_op(fz_relinker *k, zend_op *op)
{
	fz_code_op in;
	zend_string *name;
	uint8_t kind;

	if (!fz_code_get(k->r, &in, sizeof in)) {
		return false;
	}
	op->op1.num = in.op1;
	op->op2.num = in.op2;
	op->result.num = in.result;
	op->extended_value = in.extended_value;
	op->lineno = in.lineno;
	op->opcode = in.opcode;
	op->op1_type = in.op1_type;
	op->op2_type = in.op2_type;
	op->result_type = in.result_type;
	if (in.opcode > ZEND_VM_LAST_OPCODE || !fz_is_operand(in.op1_type) || !fz_is_operand(in.op2_type) || (in.op1_type == IS_CONST && in.op1 >= k->literals)
		|| (in.op2_type == IS_CONST && in.op2 >= k->literals)) {
		return fz_code_broken(k->r);
	}
	fz_ping_global(op, k->code->literals);
	if (!fz_code_get_constant_use(k->r, op, k->code, &k->additions)) {
		return false;
	}
	switch (op->opcode) {
		case ZEND_INIT_FCALL:
			if (k->additions < 2 || op->op2_type != IS_CONST || Z_TYPE(k->code->literals[in.op2]) != IS_STRING
				|| !fz_code_get_u8(k->r, &kind) || !fz_code_get_string(k->r, &name) || !name) {
				return fz_code_broken(k->r);
			}
			k->additions -= 2;
			k->pending[k->open++] = fz_relink_call(k->code, op, kind, name);
			zend_string_release(name);
			return true;
		case ZEND_INIT_FCALL_BY_NAME:
		case ZEND_INIT_NS_FCALL_BY_NAME:
		case ZEND_INIT_DYNAMIC_CALL:
		case ZEND_INIT_USER_CALL:
		case ZEND_INIT_METHOD_CALL:
		case ZEND_INIT_STATIC_METHOD_CALL:
#if PHP_VERSION_ID >= 80400
		case ZEND_INIT_PARENT_PROPERTY_HOOK_CALL:
#endif
		case ZEND_NEW:
			k->pending[k->open++] = false;
			return true;
		case ZEND_DO_ICALL:
		case ZEND_DO_UCALL:
		case ZEND_DO_FCALL_BY_NAME:
			op->opcode = ZEND_DO_FCALL; /* right for every function */
			ZEND_FALLTHROUGH;
		case ZEND_DO_FCALL:
		case ZEND_CALLABLE_CONVERT:
			k->open -= k->open > 0;
			return true;
#if PHP_VERSION_ID >= 80600
		case ZEND_CALLABLE_CONVERT_PARTIAL:
			k->open -= k->open > 0;
			op->extended_value &= ~ZEND_PARTIAL_CACHEABLE_IN_SHM; /* opcache here did not compile it */
			return true;
#endif
		case ZEND_BIND_STATIC:
			return (k->code->static_variables
				&& (op->extended_value & ~(ZEND_BIND_REF | ZEND_BIND_IMPLICIT | ZEND_BIND_EXPLICIT)) / sizeof(Bucket)
					< k->code->static_variables->nNumUsed) || fz_code_broken(k->r);
		case ZEND_DECLARE_LAMBDA_FUNCTION:
			return op->op2.num < k->code->num_dynamic_func_defs || fz_code_broken(k->r);
		default:
#if PHP_VERSION_ID >= 80400
			if (ZEND_OP_IS_FRAMELESS_ICALL(op->opcode)) {
				return fz_relink_frameless(k->r, op);
			}
#endif
			if (k->open && k->pending[k->open - 1]) {
				fz_relink_argument(op);
			}
			return true;
	}
}

#if PHP_VERSION_ID >= 80600
/* A check of what is passed to a function that the compiler replaced by an opcode; it knows the function by its place in the table. */
static bool fz_relink_assertion(fz_code_reader *r, zend_op_array *code, const zend_op *op)
{
	const uint32_t parameter = op->extended_value >> 16;
	zval *name, *entry;

	if (op->op1_type != IS_CONST || Z_TYPE_P(name = &code->literals[op->op1.constant]) != IS_STRING || !parameter) {
		return fz_code_broken(r);
	}
	entry = zend_hash_find(EG(function_table), Z_STR_P(name));
	if (!entry || Z_FUNC_P(entry)->type != ZEND_INTERNAL_FUNCTION || Z_FUNC_P(entry)->common.num_args < parameter) {
		return fz_decode_refuse(r->d, "the closure calls %s(), which does not exist here", Z_STRVAL_P(name));
	}
	Z_EXTRA_P(name) = (uint32_t) ((Bucket *) entry - EG(function_table)->arData);
	return true;
}
#endif

/* Constants become addresses, and the handler is the one of this build. */
static bool fz_finish_op(fz_code_reader *r, zend_op_array *code, zend_op *op)
{
#if PHP_VERSION_ID >= 80600
	if (op->opcode == ZEND_TYPE_ASSERT && !fz_relink_assertion(r, code, op)) {
		return false;
	}
#endif
	if (op->op1_type == IS_CONST) {
		ZEND_PASS_TWO_UPDATE_CONSTANT(code, op, op->op1);
	}
	if (op->op2_type == IS_CONST) {
		ZEND_PASS_TWO_UPDATE_CONSTANT(code, op, op->op2);
	}
	zend_vm_set_opcode_handler(op);
	return true;
}

static void fz_move_slots(zend_op_array *code, int32_t by)
{
	for (zend_op *op = code->opcodes, *end = op + code->last; op < end; op++) {
		uint32_t *slot = fz_slot(op, end);

		if (slot) {
			*slot += by;
		}
		if (op->opcode == ZEND_RECV_INIT && op->op2_type == IS_CONST) {
			zval *value = &code->literals[op->op2.constant];

			if (Z_TYPE_P(value) == IS_CONSTANT_AST) {
				Z_CACHE_SLOT_P(value) += by; /* of the default value, evaluated */
			}
		}
	}
}

bool fz_code_get_ops(fz_code_reader *r, zend_op_array *code, uint32_t literals)
{
	fz_relinker k = { .r = r, .code = code, .literals = code->last_literal, .additions = literals - code->last_literal };
	bool ok = true;

	k.pending = emalloc(code->last);
	for (uint32_t i = 0; ok && i < code->last; i++) {
		ok = fz_get_op(&k, &code->opcodes[i]);
	}
	efree(k.pending);
	if (!ok) {
		return false;
	}
	if (r->slots) {
		fz_move_slots(code, r->slots);
	}
	for (uint32_t i = 0; ok && i < code->last; i++) {
		ok = fz_finish_op(r, code, &code->opcodes[i]);
	}
	return ok;
}
