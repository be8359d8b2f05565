/*
 * Internal functions: the same ones on every thread.
 *
 * Up to PHP 8.3 the context of a thread has a copy of each (php-src Zend/zend.c, function_copy_ctor()). opcache's JIT compiles the
 * address of a function into code that all threads execute: that of the copy of the thread on which it happened to compile. Code that
 * was left between the begin of a call and the call itself then called a function of a thread that had ended. So a thread lets go of
 * its copies and has the boot thread's functions, which are there until modules shut down, as from PHP 8.4 on.
 */
#include "shim.h"

static const HashTable *fz_shared_functions;

void fz_functions_publish(void)
{
	fz_shared_functions = CG(function_table);
}

/* A function that dl() has brought is the request's own. */
static void fz_function_dtor(zval *slot)
{
	const zend_function *function = Z_FUNC_P(slot);

	if (function->type == ZEND_USER_FUNCTION
			|| (function->internal_function.module && function->internal_function.module->type == MODULE_TEMPORARY)) {
		zend_function_dtor(slot);
	}
}

void fz_functions_share(void)
{
	HashTable *mine = CG(function_table);
	const Bucket *there = fz_shared_functions->arData, *end = there + fz_shared_functions->nNumUsed;
	zend_string *name;
	zval *slot;
	bool copies = false;

	ZEND_HASH_FOREACH_STR_KEY_VAL(mine, name, slot) {
		const zval *shared = NULL;

		/* The tables have the same functions in the same order, but for what one of them has beyond that, and for those that are disabled. */
		while (there < end && Z_TYPE(there->val) == IS_UNDEF) {
			there++;
		}
		if (there < end && there->key == name) {
			shared = &there++->val;
		} else if (Z_FUNC_P(slot)->type == ZEND_INTERNAL_FUNCTION) {
			shared = zend_hash_find(fz_shared_functions, name);
		}
		if (shared && Z_PTR_P(shared) != Z_PTR_P(slot) && Z_FUNC_P(slot)->type == ZEND_INTERNAL_FUNCTION) {
			zend_function_dtor(slot);
			Z_PTR_P(slot) = Z_PTR_P(shared);
			copies = true;
		}
	} ZEND_HASH_FOREACH_END();
	if (copies) {
		mine->pDestructor = fz_function_dtor;
	}
}
