/* The image of an op_array: see closures.h. */
#include "closures.h"

#include "zend_extensions.h"

#define FZ_CODE_MAGIC 0x66637a66 /* "fzcf" */

void fz_code_header_of_here(fz_code_header *header)
{
	memset(header, 0, sizeof *header);
	header->magic = FZ_CODE_MAGIC;
	header->minor = PHP_VERSION_ID / 100;
#ifdef ZTS
	header->zts = 1;
#endif
	header->last_opcode = ZEND_VM_LAST_OPCODE;
	header->op = sizeof(zend_op);
	header->value = sizeof(zval);
	header->bucket = sizeof(Bucket);
	header->frame = ZEND_CALL_FRAME_SLOT;
	header->handles = (uint32_t) zend_op_array_extension_handles;
}

static fz_code_numbers fz_numbers(const zend_op_array *code)
{
	fz_code_numbers n = {
		.fn_flags = fz_code_flags(code->fn_flags),
#if PHP_VERSION_ID >= 80600
		.fn_flags2 = code->fn_flags2,
#endif
		.num_args = code->num_args,
		.required_num_args = code->required_num_args,
		.T = code->T,
		.cache_size = (uint32_t) code->cache_size,
		.last_var = (uint32_t) code->last_var,
		.last = code->last,
		.last_live_range = (uint32_t) code->last_live_range,
		.last_try_catch = (uint32_t) code->last_try_catch,
		.line_start = code->line_start,
		.line_end = code->line_end,
		.last_literal = (uint32_t) code->last_literal,
		.functions = code->num_dynamic_func_defs,
		.statics = code->static_variables ? code->static_variables->nNumUsed : 0,
		.additions = fz_code_count_additions(code),
	};

	memcpy(n.arg_flags, code->arg_flags, sizeof code->arg_flags);
	return n;
}

/* Names of the variables that the closure keeps, in the order of their table, into which opcodes have offsets; and, for
 * closures inside of it, their values at first. Those of the closure itself are part of each message. */
static bool fz_put_statics(fz_code_writer *w, const zend_op_array *code)
{
	const HashTable *table = code->static_variables;

	for (uint32_t i = 0; table && i < table->nNumUsed; i++) {
		const Bucket *bucket = &table->arData[i];

		if (!bucket->key) {
			return fz_code_refuse(w, "has a static variable without a name");
		}
		fz_code_put_string(w, bucket->key);
		if (code == w->code) {
			continue;
		}
		fz_code_put_u8(w, FZ_IS_LATER(&bucket->val));
		if (!fz_code_put_value(w, &bucket->val)) {
			return false;
		}
	}
	return true;
}

static bool fz_put_code(fz_code_writer *w, const zend_op_array *code)
{
	const fz_code_numbers numbers = fz_numbers(code);

	if (w->depth == FZ_MAX_DEPTH) {
		return fz_code_refuse(w, "has closures that are nested deeper than %d", FZ_MAX_DEPTH);
	}
	w->depth++;
	w->line = code->line_start;
	fz_code_put(w, &numbers, sizeof numbers);
	fz_code_put_string(w, code->filename);
	fz_code_put_string(w, code->function_name);
	fz_code_put_string(w, code->doc_comment);
	for (int i = 0; i < code->last_var; i++) {
		fz_code_put_string(w, code->vars[i]);
	}
	fz_code_put(w, code->live_range, sizeof *code->live_range * code->last_live_range);
	fz_code_put(w, code->try_catch_array, sizeof *code->try_catch_array * code->last_try_catch);
	for (int i = 0; i < code->last_literal; i++) {
		if (!fz_code_put_value(w, &code->literals[i])) {
			return false;
		}
		fz_code_put_u32(w, Z_EXTRA(code->literals[i]));
	}
	if (!fz_put_statics(w, code) || !fz_code_put_signature(w, code) || !fz_code_put_attributes(w, code->attributes)) {
		return false;
	}
	for (uint32_t i = 0; i < code->num_dynamic_func_defs; i++) {
		const zend_op_array *inner = code->dynamic_func_defs[i];

		if (!(inner->fn_flags & ZEND_ACC_CLOSURE)) {
			w->line = inner->line_start;
			return fz_code_refuse(w, FZ_CODE_DECLARES_FUNCTION, ZSTR_VAL(inner->function_name));
		}
		if (!fz_put_code(w, inner)) {
			return false;
		}
	}
	w->depth--;
	return fz_code_put_ops(w, code);
}

bool fz_code_write(fz_code_writer *w, const zend_op_array *code)
{
	fz_code_header header;

	w->code = code;
	fz_code_header_of_here(&header);
	fz_code_put(w, &header, sizeof header);
	return fz_put_code(w, code);
}
