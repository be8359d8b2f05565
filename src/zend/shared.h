/*
 * Classes of things that threads share, and what their files use together.
 *
 * Threads: a thread of this half's engine, inside a request; declarations at module startup.
 *
 * Bailouts. The engine's functions return; what may leave by longjmp here is fz_wait_again(), fz_pack() and fz_unpack(). A
 * parcel's message is the only thing outside of Zend's heap that is held meanwhile, by fz_send() alone.
 */
#ifndef FFI_ZTS_ZEND_SHARED_H
#define FFI_ZTS_ZEND_SHARED_H

#include "fz.h"

/* --- wait.c --- */

/* Throws for a timeout that is no time. Always false. */
ZEND_COLD bool fz_wait_refuse(double timeout);
/* How long a method may wait, from its argument; false: thrown. */
static zend_always_inline bool fz_wait_for(fz_wait *wait, double timeout, bool no_limit)
{
	wait->timeout = no_limit ? ZEND_INFINITY : timeout;
	wait->interrupt = &EG(vm_interrupt);
	return EXPECTED(wait->timeout >= 0) || fz_wait_refuse(timeout); /* NAN compares with nothing */
}
/* The rest of fz_wait_again(). */
ZEND_COLD bool fz_wait_left(int outcome);
/*
 * do { outcome = …(…, &wait); } while (fz_wait_again(outcome));
 * Runs what interrupts the wait. False: it is over, for the reason that `outcome` has, or an exception is pending. May bail out.
 */
static zend_always_inline bool fz_wait_again(int outcome)
{
	return UNEXPECTED(outcome == FZ_LEAVE || outcome == FZ_BAILOUT) && fz_wait_left(outcome);
}
/* For an outcome that is no answer: throws, unless an exception is pending. */
void fz_wait_failed(void);
/* Throws what keeps an object of that handle from being used here and now. Always false. */
ZEND_COLD bool fz_unusable(const void *handle);
/* Whether an object of that handle can be used here and now; false: thrown. */
static zend_always_inline bool fz_usable(const void *handle)
{
	return EXPECTED(handle && !__atomic_load_n(fz_engine->forked, __ATOMIC_RELAXED)) || fz_unusable(handle);
}

/* --- iterator.c: foreach --- */

/* The element at an index; false: there is none, or an exception is pending. May run PHP code, and bail out. */
typedef bool fz_element(zval *object, zend_long index, zval *value);
/* For a class's get_iterator. `rewinds`: elements stay where they are, so that a second round is possible. */
zend_object_iterator *fz_iterate(zval *object, int by_ref, fz_element *element, bool rewinds);

/* --- the classes --- */

void fz_channel_declare(void);
void fz_buffer_declare(void);
void fz_views_declare(void);
void fz_select_declare(void);
void fz_completions_declare(void);

/* buffer.c: what objects of SharedBuffer and of the views have; the memory is good for as long as the handle. */
typedef struct {
	void *handle;
	char *ptr;
	size_t len; /* bytes; of a view a multiple of 8 */
	zend_object std;
} fz_buffer;

extern zend_class_entry *fz_ce_buffer;

static zend_always_inline fz_buffer *fz_buffer_of(zend_object *object)
{
	return (fz_buffer *) ((char *) object - offsetof(fz_buffer, std));
}

/* A new object of such a class; and the class, which `create` makes objects of. Fills `handlers`. */
zend_object *fz_buffer_object(zend_class_entry *ce, const zend_object_handlers *handlers);
zend_class_entry *fz_buffer_class(const char *name, const zend_function_entry *methods, zend_object_handlers *handlers,
	zend_object *(*create)(zend_class_entry *ce));
/* Gives an object its handle, which is taken over; NULL: throws what kept it from being made. */
void fz_buffer_set(fz_buffer *buffer, void *handle);
/* Memory for an object: its handle, or NULL: thrown. */
void *fz_buffer_allocate(size_t bytes);
/* Whether `offset` and `length` are a part of `all`, whose unit is `what`; false: thrown. */
bool fz_check_part(zend_long offset, zend_long length, size_t all, const char *what);

#endif
