/*
 * foreach over a class of ours, and the iterator that its getIterator() gives. PHP code may call that in any order, as php-src's
 * InternalIterator passes it on: current() without valid(), next() at the end. As with a generator, whichever is called first looks
 * for the element, and where there is none value and key are null.
 */
#include "shared.h"

typedef struct {
	zend_object_iterator it;
	fz_element *element;
	zval value;   /* the element at `index`; undefined: nobody has asked for it yet */
	zend_long index;
	bool looking; /* `element` is being called, which may run PHP code */
} fz_iterator;

static void fz_iterator_drop(zend_object_iterator *it)
{
	fz_iterator *iterator = (fz_iterator *) it;
	zval value;

	/* A destructor may ask the iterator. */
	ZVAL_COPY_VALUE(&value, &iterator->value);
	ZVAL_UNDEF(&iterator->value);
	i_zval_ptr_dtor(&value);
}

static void fz_iterator_dtor(zend_object_iterator *it)
{
	fz_iterator_drop(it);
	zval_ptr_dtor(&it->data);
}

static int fz_iterator_valid(zend_object_iterator *it)
{
	fz_iterator *iterator = (fz_iterator *) it;
	zval value;
	bool found;

	if (!Z_ISUNDEF(iterator->value)) {
		return SUCCESS;
	}
	if (UNEXPECTED(iterator->looking)) {
		fz_throw(FZ_MISUSE, "the iterator is just waiting for its next value: what that runs cannot ask it");
		return FAILURE;
	}
	iterator->looking = true;
	found = iterator->element(&it->data, iterator->index, &value);
	iterator->looking = false;
	if (found) {
		ZVAL_COPY_VALUE(&iterator->value, &value);
	}
	return found ? SUCCESS : FAILURE;
}

static zval *fz_iterator_value(zend_object_iterator *it)
{
	return fz_iterator_valid(it) == SUCCESS ? &((fz_iterator *) it)->value : NULL;
}

static void fz_iterator_key(zend_object_iterator *it, zval *key)
{
	if (fz_iterator_valid(it) == SUCCESS) {
		ZVAL_LONG(key, ((fz_iterator *) it)->index);
	} else {
		ZVAL_NULL(key);
	}
}

static void fz_iterator_next(zend_object_iterator *it)
{
	if (fz_iterator_valid(it) == SUCCESS) {
		((fz_iterator *) it)->index++;
		fz_iterator_drop(it);
	}
}

static void fz_iterator_rewind(zend_object_iterator *it)
{
	((fz_iterator *) it)->index = 0;
	fz_iterator_drop(it);
}

#define FZ_ITERATOR_FUNCS \
	.dtor = fz_iterator_dtor, \
	.valid = fz_iterator_valid, \
	.get_current_data = fz_iterator_value, \
	.get_current_key = fz_iterator_key, \
	.move_forward = fz_iterator_next, \
	.invalidate_current = fz_iterator_drop

static const zend_object_iterator_funcs fz_iterator_funcs = { FZ_ITERATOR_FUNCS };
static const zend_object_iterator_funcs fz_rewinding_funcs = { FZ_ITERATOR_FUNCS, .rewind = fz_iterator_rewind };

zend_object_iterator *fz_iterate(zval *object, int by_ref, fz_element *element, bool rewinds)
{
	fz_iterator *iterator;

	if (by_ref) {
		zend_throw_error(NULL, "An iterator cannot be used with foreach by reference");
		return NULL;
	}
	iterator = emalloc(sizeof *iterator);
	zend_iterator_init(&iterator->it);
	ZVAL_OBJ_COPY(&iterator->it.data, Z_OBJ_P(object));
	iterator->it.funcs = rewinds ? &fz_rewinding_funcs : &fz_iterator_funcs;
	iterator->element = element;
	ZVAL_UNDEF(&iterator->value);
	iterator->index = 0;
	iterator->looking = false;
	return &iterator->it;
}
