/*
 * The C code that both halves share, compiled on each side against that side's own headers: values, closures and
 * throwables on their way across (zend/wire.h has their format), and the PHP classes that exist on both sides.
 *
 * Threads: a thread of this half's engine, inside a request, unless a function says otherwise.
 *
 * Bailouts. What runs PHP code (`__serialize`, autoloaders, `__unserialize`…) may leave by longjmp. Such a call stands under
 * zend_try, whoever owns memory outside of Zend's heap releases it, and the bailout goes on afterwards: no message leaks.
 */
#ifndef FFI_ZTS_ZEND_FZ_H
#define FFI_ZTS_ZEND_FZ_H

#include "php.h"
#include "zend_exceptions.h"
#include "php_streams.h"
#include "zend_interfaces.h"

#include "../bridge/bridge.h"

/* The engine of this half; set before any PHP code runs. */
extern const fz_engine_table *fz_engine;

/* --- errors.c --- */

/* The exceptions of this extension, by their place in its table. */
typedef enum {
	FZ_MISUSE = 0, /* FfiZts\Error, an \Error */
	FZ_BOOT = 1,
	FZ_SCRIPT = 2,
	FZ_REMOTE = 3,
	FZ_TIMEOUT = 4,
	FZ_CANCELLED = 5,
	FZ_TRANSFER = 6,
	FZ_CLOSED = 7,
	FZ_POLICY = 8,
	FZ_COMPOSITE = 9,
	FZ_EXCEPTIONS
} fz_exception;

extern zend_class_entry *fz_ce_interface, *fz_ce_exceptions[FZ_EXCEPTIONS];

/* Module startup: declares the exceptions. */
void fz_errors_declare(void);
/* Makes an exception pending, as zend_throw_exception_ex(). */
void fz_throw(fz_exception which, const char *format, ...) ZEND_ATTRIBUTE_FORMAT(printf, 2, 3);
/* Declares an internal class by name. Module startup. */
zend_class_entry *fz_declare(const char *name, const zend_function_entry *methods, zend_class_entry *parent);

/* "<task>, on <worker>", or "<task>, not started". */
zend_string *fz_names_text(const fz_job_names *names);
/* A property that Exception and Error declare, of any throwable: without hooks, and not a reference. throwable.c. */
zval *fz_base_property(zend_object *throwable, const char *name);
/* Tells a throwable, if it is one of this extension's, which job it is about, unless it knows. */
void fz_name_job(zend_object *throwable, const fz_job_names *names);

/* Throws what the engine refused. */
void fz_throw_refusal(const fz_refusal *refusal);
/* After a call whose answer says that it failed, before any other: throws what the engine panicked with in it; false: it did not. */
bool fz_engine_failed(void);
/* A handle of a function that always makes one; NULL: thrown. */
void *fz_handle_made(void *handle);

/* --- ground.c --- */

/* Where no PHP code runs, a thrown exception would be displayed and end the request (zend_throw_exception_internal()): a frame for
 * the time of a call. It is one of a function, since Zend asks it for its name in warnings and in errors about arguments. */
typedef struct {
	zend_execute_data frame;
	bool used;
} fz_ground;

extern zend_internal_function fz_ground_function;

/* Module startup. */
void fz_ground_declare(void);

static zend_always_inline void fz_stand(fz_ground *ground)
{
	ground->used = !EG(current_execute_data);
	if (ground->used) {
		memset(&ground->frame, 0, sizeof ground->frame);
		ground->frame.func = (zend_function *) &fz_ground_function;
		EG(current_execute_data) = &ground->frame;
	}
}

static zend_always_inline void fz_unstand(const fz_ground *ground)
{
	if (ground->used) {
		EG(current_execute_data) = NULL;
	}
}

/* --- wait.c: around calls of the engine that wait --- */

/* A timeout in seconds as a deadline of the engine; false after throwing for one that is no time. */
bool fz_deadline(double timeout, bool never, int64_t *deadline);
/* Runs what interrupts the VM, from inside a function: a time limit, signal handlers. May bail out. */
void fz_interrupted(void);
/* This thread's VM was interrupted by fz_interrupted(), in the midst of an instruction; whoever looks sets it to false. */
extern __thread bool fz_inside_instruction;
/* What a call came back with: true when it is to be made again. Otherwise an exception is pending, unless `code` is FZ_DONE or
 * FZ_TIMED_OUT. May run PHP code, and bail out: the caller owns nothing outside of Zend's heap that nobody else knows. */
bool fz_again(int code, const fz_refusal *refusal);

/* stream.c; module startup. */
void fz_streams_declare(void);

/* The same for a call that does not wait: true when it has answered FZ_DONE; otherwise an exception is pending. */
static zend_always_inline bool fz_done(int code, const fz_refusal *refusal)
{
	if (EXPECTED(code == FZ_DONE)) {
		return true;
	}
	fz_again(code, refusal);
	return false;
}

/* descriptor.c: a stream for event loops over a handle of kind FZ_REF_DESCRIPTOR, which it takes over in any case. False: thrown. */
bool fz_descriptor_stream(void *descriptor, zval *stream);
/* Its operations, for who asks what a stream is. */
extern const php_stream_ops fz_descriptor_ops;

/* --- future.c --- */

extern zend_class_entry *fz_ce_future;
/* An object of a future's handle, which it takes over. */
void fz_future_object(void *handle, zval *out);
/* What a job that has ended came to: its value, or a script's Result. False: an exception is pending. */
bool fz_outcome_value(void *handle, zval *out);

/* --- lane.c: Thread and Pool; what runs tasks --- */

/* Submits `callable` to a lane, or to any free worker: a Future in `out`. False: an exception is pending. */
/* Called before a task is submitted, where it is set: by the guest half, at module startup. */
extern void (*fz_before_submit)(void);
bool fz_submit(void *lane, zval *callable, zval *arguments, double limit, zval *out);
/* The absolute path of the bootstrap file that a method was given; NULL: it cannot be one, thrown. */
zend_string *fz_bootstrap_file(const char *method, const zend_string *given);
void fz_thread_object(zend_string *bootstrap, zval *out);
void fz_pool_object(zend_long size, zend_string *bootstrap, zend_long max_tasks, zend_long max_memory, zval *out);

/* Module startup, after fz_errors_declare(). */
void fz_result_declare(void);
void fz_future_declare(void);
void fz_lanes_declare(void);
/* A FfiZts\Result; `value` is moved into it. */
void fz_result_object(zval *result, zend_long exit_code, zval *value, double duration);

/* --- values.h: encode.c, decode.c --- */

/* `value` as a message of its own, or NULL: an exception is pending. `root` names the value in errors: "value", "message",
 * "argument $args". May run PHP code, and bail out. */
fz_message *fz_pack(const char *root, zval *value);
/* The value of a message, which is consumed in any case. False: an exception is pending. May run PHP code, and bail out. */
bool fz_unpack(fz_message *message, zval *value);
/* The same of a message that stays. */
bool fz_unpack_copy(const fz_message *message, zval *value);
/* What a worker is to call, and with which arguments (an array, or NULL): two values in one message. Of a closure that is nothing
 * but code which was sent before, that code (the handle is lent, for as long as the closure is there), and a message of the
 * arguments alone, if there are any. False: an exception is pending. May run PHP code, and bail out. */
bool fz_pack_task(zval *callable, zval *arguments, void **code, fz_message **message);
/* The message, if any, is consumed. False: an exception is pending. May run PHP code, and bail out. */
bool fz_unpack_task(void *code, fz_message *message, zval *callable, zval *arguments);

/* A scalar as a parcel; false: it is something else. */
static zend_always_inline bool fz_scalar_fill(fz_parcel *parcel, const zval *value)
{
	ZVAL_DEREF(value);
	switch (Z_TYPE_P(value)) {
		case IS_UNDEF:
		case IS_NULL: parcel->kind = FZ_PARCEL_NULL; break;
		case IS_FALSE: parcel->kind = FZ_PARCEL_FALSE; break;
		case IS_TRUE: parcel->kind = FZ_PARCEL_TRUE; break;
		case IS_LONG: parcel->kind = FZ_PARCEL_INT; parcel->as.integer = Z_LVAL_P(value); break;
		case IS_DOUBLE: parcel->kind = FZ_PARCEL_FLOAT; parcel->as.number = Z_DVAL_P(value); break;
		default: return false;
	}
	return true;
}

/* The scalar of a parcel that has no message. */
static zend_always_inline void fz_scalar_open(const fz_parcel *parcel, zval *value)
{
	switch (parcel->kind) {
		case FZ_PARCEL_FALSE: ZVAL_FALSE(value); break;
		case FZ_PARCEL_TRUE: ZVAL_TRUE(value); break;
		case FZ_PARCEL_INT: ZVAL_LONG(value, parcel->as.integer); break;
		case FZ_PARCEL_FLOAT: ZVAL_DOUBLE(value, parcel->as.number); break;
		default: ZVAL_NULL(value); break;
	}
}

/* RSHUTDOWN, while Zend's heap is intact: closures' code is kept until then (closure_decode.c). Closures may be left, and may
 * even be sent afterwards. */
void fz_closures_request_end(void);

/* Module startup: closures that are compiled from now on can be found in their sources again (code_label.c). */
void fz_labels_declare(void);

/* Objects of `ce` (an internal, final class) cross by handle: the other side's object of the class of that name stands for the
 * same thing. `kind`: FZ_REF_*. `handle_of` borrows the object's handle, or NULL: it has none, and cannot cross. `adopt` makes
 * an object of a handle, whose reference it takes over in any case; false: an exception is pending. Module startup. */
void fz_shared_class(zend_class_entry *ce, int kind, void *(*handle_of)(zend_object *object),
	bool (*adopt)(zend_class_entry *ce, void *handle, zval *out));
/* The kind that a class was registered with, or 0; the handle of an object of such a class, borrowed, or NULL. */
int fz_shared_kind(const zend_class_entry *ce);
void *fz_shared_handle(zend_object *object);

/* --- wait.c: the classes of things that threads share (shared.h) --- */

/* Module startup, after fz_errors_declare(): the classes and functions of things that threads share (shared.h). */
void fz_classes_declare(void);

#endif
