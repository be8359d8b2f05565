/* What code_source.c and code_optimise.c share: a source that was compiled for whatever PHP. */
#ifndef FFI_ZTS_ZEND_CODE_SOURCE_H
#define FFI_ZTS_ZEND_CODE_SOURCE_H

#include "closures.h"

typedef struct {
	zend_string *file;
	uint64_t hash;
	zend_op_array *main;          /* NULL: it does not compile */
	HashTable functions, classes; /* what the compiler sees: PHP's functions, and what the source declares */
	HashTable known;              /* what the optimizer may rely on; empty until it is needed */
	HashTable optimised;          /* op_arrays, by address */
	zend_arena *arena;
} fz_compiled_source;

/* Does `work` with the compiler's tables and settings in place of the program's. May bail out, with the program's back. */
typedef void fz_compiler_work(fz_compiled_source *source, const void *argument);
void fz_with_compiler(fz_compiled_source *source, fz_compiler_work *work, const void *argument);

/* code_optimise.c: as opcache does it, but for what is true in one PHP only. */
void fz_code_optimise(fz_compiled_source *source, zend_op_array *code);

#endif
