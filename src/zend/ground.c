/*
 * The function that frames of ours are of. As the lowest frame it is in no trace; it has the name that Zend gives to code
 * outside of functions.
 */
#include "fz.h"

zend_internal_function fz_ground_function = { .type = ZEND_INTERNAL_FUNCTION };

void fz_ground_declare(void)
{
	fz_ground_function.function_name = zend_string_init_interned(ZEND_STRL("main"), 1);
}
