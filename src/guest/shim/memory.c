/*
 * memory_limit holds whenever it is set, however much memory the thread has cached.
 *
 * zend_set_memory_limit() has to give cached chunks back where they alone exceed the limit, and answers SUCCESS then without
 * having set it (php-src Zend/zend_alloc.c): the limit before goes on. A thread of a pool of threads has such chunks, of the
 * request before. Asked once more, it has nothing to give back and sets the limit.
 */
#include "shim.h"

static ZEND_INI_MH((*fz_next_memory_limit));

static zend_result fz_set_memory_limit(void)
{
	size_t limit = (size_t) PG(memory_limit);

	return zend_set_memory_limit(limit) == SUCCESS ? zend_set_memory_limit(limit) : FAILURE;
}

static ZEND_INI_MH(fz_on_memory_limit)
{
	zend_result done = fz_next_memory_limit(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage);

	if (done == SUCCESS) {
		fz_set_memory_limit(); /* fails at a request's end only, while more is in use: fz_memory_begin() follows */
	}
	return done;
}

void fz_memory_begin(void)
{
	/* Module startup activates the SAPI before PHP's globals exist: what stood in their place would be the limit. */
	if (fz_next_memory_limit) {
		fz_set_memory_limit();
	}
}

void fz_memory_install(void)
{
	zend_ini_entry *entry = zend_hash_str_find_ptr(EG(ini_directives), ZEND_STRL("memory_limit"));

	if (entry && entry->on_modify != fz_on_memory_limit) {
		fz_next_memory_limit = entry->on_modify;
		entry->on_modify = fz_on_memory_limit;
	}
}
