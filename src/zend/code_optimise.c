/*
 * What opcache's optimizer does for code whatever PHP it runs in: registers, jumps, temporaries, inferred types. Left out are the passes
 * that ask this PHP: substitution of constants and calls (1, 8), calls of functions that it knows (4, 7, 16), and those that need them.
 * What is inferred may rest on functions that every PHP has, and on nothing else; an image says where it does (FZ_CALL_RELIED_ON).
 */
#include "code_source.h"

#include "Optimizer/zend_optimizer.h"
#include "SAPI.h"

#define FZ_PASSES (ZEND_OPTIMIZER_PASS_3 | ZEND_OPTIMIZER_PASS_5 | ZEND_OPTIMIZER_PASS_6 | ZEND_OPTIMIZER_PASS_9 \
	| ZEND_OPTIMIZER_PASS_10 | ZEND_OPTIMIZER_PASS_11 | ZEND_OPTIMIZER_PASS_13)

/* Extensions that cannot be left out of a PHP. */
static const char *const fz_always[] = { "Core", "date", "hash", "json", "pcre", "random", "Reflection", "SPL", "standard" };

/* Functions of the SAPI, which php-src registers as some of "standard" (main/main.c, php_module_startup). */
static bool fz_is_of_sapi(const zend_internal_function *function)
{
	for (const zend_function_entry *entry = sapi_module.additional_functions; entry && entry->fname; entry++) {
		if (entry->handler == function->handler) {
			return true;
		}
	}
	return false;
}

bool fz_code_may_rely_on(const zend_function *function)
{
	const zend_module_entry *module = function->type == ZEND_INTERNAL_FUNCTION ? function->internal_function.module : NULL;

	for (size_t i = 0; module && i < sizeof fz_always / sizeof *fz_always; i++) {
		if (strcmp(module->name, fz_always[i]) == 0) {
			return !fz_is_of_sapi(&function->internal_function);
		}
	}
	return false;
}

static void fz_fill_known(fz_compiled_source *source)
{
	zend_string *name;
	zend_function *function;

	ZEND_HASH_FOREACH_STR_KEY_PTR(EG(function_table), name, function) {
		if (name && fz_code_may_rely_on(function)) {
			zend_hash_add_new_ptr(&source->known, name, function);
		}
	} ZEND_HASH_FOREACH_END();
}

static void fz_run_optimizer(fz_compiled_source *source, const void *argument)
{
	zend_op_array *code = (zend_op_array *) argument;
	zend_script script;

	memset(&script, 0, sizeof script);
	script.filename = source->file;
	script.main_op_array = *code;
	zend_hash_init(&script.function_table, 0, NULL, NULL, 0);
	zend_hash_init(&script.class_table, 0, NULL, NULL, 0);
	EG(function_table) = CG(function_table) = &source->known;
	zend_optimize_script(&script, FZ_PASSES, 0);
	*code = script.main_op_array;
}

static void fz_note_optimised(fz_compiled_source *source, const zend_op_array *code)
{
	zend_hash_index_add_empty_element(&source->optimised, (zend_ulong) (uintptr_t) code);
	for (uint32_t i = 0; i < code->num_dynamic_func_defs; i++) {
		fz_note_optimised(source, code->dynamic_func_defs[i]);
	}
}

static bool fz_is_optimised(const fz_compiled_source *source, const zend_op_array *code)
{
	bool optimised = zend_hash_index_exists(&source->optimised, (zend_ulong) (uintptr_t) code);

	for (uint32_t i = 0; !optimised && i < code->num_dynamic_func_defs; i++) {
		optimised = fz_is_optimised(source, code->dynamic_func_defs[i]);
	}
	return optimised;
}

void fz_code_optimise(fz_compiled_source *source, zend_op_array *code)
{
	/* Not twice; a closure around one that has been stays as it is. */
	if (!fz_is_optimised(source, code)) {
		if (!zend_hash_num_elements(&source->known)) {
			fz_fill_known(source);
		}
		fz_with_compiler(source, fz_run_optimizer, code);
		fz_note_optimised(source, code);
	}
}
