/*
 * FfiZts\CompletionQueue: futures that one thread waits for, with one descriptor for all of them.
 *
 * The engine tells keys of jobs that have ended; the object knows their futures, which it holds until then.
 */
#include "shared.h"

static zend_class_entry *fz_ce_completions;
static zend_object_handlers fz_completions_handlers;

typedef struct {
	void *handle;      /* NULL: not constructed */
	HashTable pending; /* futures by their keys */
	zend_object std;
} fz_completions;

static inline fz_completions *fz_completions_of(zend_object *object)
{
	return (fz_completions *) ((char *) object - offsetof(fz_completions, std));
}

static zend_object *fz_completions_create(zend_class_entry *ce)
{
	fz_completions *queue = zend_object_alloc(sizeof *queue, ce);

	queue->handle = NULL;
	zend_hash_init(&queue->pending, 8, NULL, ZVAL_PTR_DTOR, false);
	zend_object_std_init(&queue->std, ce);
	queue->std.handlers = &fz_completions_handlers;
	return &queue->std;
}

static void fz_completions_free(zend_object *object)
{
	fz_completions *queue = fz_completions_of(object);

	if (queue->handle) {
		fz_engine->release(FZ_REF_COMPLETIONS, queue->handle);
		queue->handle = NULL;
	}
	zend_hash_destroy(&queue->pending);
	zend_object_std_dtor(object);
}

static HashTable *fz_completions_gc(zend_object *object, zval **table, int *count)
{
	zend_get_gc_buffer *buffer = zend_get_gc_buffer_create();
	zval *future;

	ZEND_HASH_FOREACH_VAL(&fz_completions_of(object)->pending, future) {
		zend_get_gc_buffer_add_zval(buffer, future);
	} ZEND_HASH_FOREACH_END();
	zend_get_gc_buffer_use(buffer, table, count);
	return NULL;
}

/* A method's queue, or NULL: thrown. */
static fz_completions *fz_this_completions(zval *object)
{
	fz_completions *queue = fz_completions_of(Z_OBJ_P(object));

	return fz_usable(queue->handle) ? queue : NULL;
}

#define FZ_THIS_COMPLETIONS(queue) \
	fz_completions *queue = fz_this_completions(ZEND_THIS); \
	if (UNEXPECTED(!queue)) { \
		RETURN_THROWS(); \
	}

static ZEND_METHOD(FfiZts_CompletionQueue, __construct)
{
	fz_completions *queue = fz_completions_of(Z_OBJ_P(ZEND_THIS));
	fz_refusal refusal;
	void *handle;

	ZEND_PARSE_PARAMETERS_NONE();
	if (queue->handle) {
		fz_throw(FZ_MISUSE, "a completion queue is constructed once");
	} else if (fz_done(fz_engine->completions.create(&handle, &refusal), &refusal)) {
		queue->handle = handle;
	}
}

static ZEND_METHOD(FfiZts_CompletionQueue, add)
{
	zval *future, *added;
	fz_refusal refusal;
	zend_ulong key;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_OBJECT_OF_CLASS(future, fz_ce_future)
	ZEND_PARSE_PARAMETERS_END();
	FZ_THIS_COMPLETIONS(queue);
	added = zend_hash_next_index_insert(&queue->pending, future);
	if (!added) {
		fz_throw(FZ_MISUSE, "a completion queue has no more keys");
		RETURN_THROWS();
	}
	Z_ADDREF_P(future);
	key = queue->pending.nNextFreeElement - 1;
	if (!fz_done(fz_engine->completions.add(queue->handle, fz_shared_handle(Z_OBJ_P(future)), key, &refusal), &refusal)) {
		zend_hash_index_del(&queue->pending, key);
		RETURN_THROWS();
	}
	RETURN_LONG((zend_long) key);
}

static ZEND_METHOD(FfiZts_CompletionQueue, remove)
{
	zend_long key;
	zval *future;
	fz_refusal refusal;
	void *handle;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(key)
	ZEND_PARSE_PARAMETERS_END();
	FZ_THIS_COMPLETIONS(queue);
	future = zend_hash_index_find(&queue->pending, (zend_ulong) key);
	if (!future) {
		RETURN_FALSE;
	}
	handle = fz_shared_handle(Z_OBJ_P(future));
	/* A key that is told all the same means nobody: keys are not used again. */
	if (handle && !fz_done(fz_engine->completions.remove(queue->handle, handle, (uint64_t) key, &refusal), &refusal)) {
		RETURN_THROWS();
	}
	zend_hash_index_del(&queue->pending, (zend_ulong) key);
	RETURN_TRUE;
}

static ZEND_METHOD(FfiZts_CompletionQueue, poll)
{
	uint64_t keys[256];
	fz_refusal refusal;
	size_t count;
	zval *future;
	int code;

	ZEND_PARSE_PARAMETERS_NONE();
	FZ_THIS_COMPLETIONS(queue);
	array_init(return_value);
	do {
		code = fz_engine->completions.take(queue->handle, keys, sizeof keys / sizeof *keys, &count, &refusal);
		for (size_t i = 0; code == FZ_DONE && i < count; i++) {
			future = zend_hash_index_find(&queue->pending, keys[i]);
			if (future) {
				Z_ADDREF_P(future);
				zend_hash_index_add_new(Z_ARRVAL_P(return_value), keys[i], future);
				zend_hash_index_del(&queue->pending, keys[i]);
			}
		}
	} while (code == FZ_DONE ? count == sizeof keys / sizeof *keys : fz_again(code, &refusal));
}

static ZEND_METHOD(FfiZts_CompletionQueue, getStream)
{
	fz_refusal refusal;
	void *descriptor;

	ZEND_PARSE_PARAMETERS_NONE();
	FZ_THIS_COMPLETIONS(queue);
	if (fz_done(fz_engine->completions.descriptor(queue->handle, &descriptor, &refusal), &refusal)) {
		fz_descriptor_stream(descriptor, return_value);
	}
}

static ZEND_METHOD(FfiZts_CompletionQueue, count)
{
	ZEND_PARSE_PARAMETERS_NONE();
	RETURN_LONG(zend_hash_num_elements(&fz_completions_of(Z_OBJ_P(ZEND_THIS))->pending));
}

ZEND_BEGIN_ARG_INFO_EX(fz_arginfo_none, 0, 0, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_add, 0, 1, IS_LONG, 0)
	ZEND_ARG_OBJ_INFO(0, future, FfiZts\\Future, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_remove, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_LONG, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_poll, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_count, 0, 0, IS_LONG, 0)
ZEND_END_ARG_INFO()

static const zend_function_entry fz_completions_methods[] = {
	ZEND_ME(FfiZts_CompletionQueue, __construct, fz_arginfo_none, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_CompletionQueue, add, fz_arginfo_add, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_CompletionQueue, remove, fz_arginfo_remove, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_CompletionQueue, poll, fz_arginfo_poll, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_CompletionQueue, getStream, fz_arginfo_none, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_CompletionQueue, count, fz_arginfo_count, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

void fz_completions_declare(void)
{
	fz_ce_completions = fz_declare("FfiZts\\CompletionQueue", fz_completions_methods, NULL);
	fz_ce_completions->ce_flags |= ZEND_ACC_FINAL | ZEND_ACC_NO_DYNAMIC_PROPERTIES | ZEND_ACC_NOT_SERIALIZABLE;
	fz_ce_completions->create_object = fz_completions_create;
	zend_class_implements(fz_ce_completions, 1, zend_ce_countable);
	fz_completions_handlers = std_object_handlers;
	fz_completions_handlers.offset = offsetof(fz_completions, std);
	fz_completions_handlers.free_obj = fz_completions_free;
	fz_completions_handlers.get_gc = fz_completions_gc;
	fz_completions_handlers.clone_obj = NULL;
}
