/*
 * Writing values into a message and building them from one; for the C files of this directory. wire.h has the format.
 *
 * Writers cannot fail: without memory they bail out, as Zend does. What says `bool` returns false when an exception is pending.
 *
 * Bailouts. encode.c and decode.c run everything under one zend_try each, so whoever is called from there just lets them
 * pass; what lies outside of Zend's heap (the message, a detached handle) is to be owned by the encoder or decoder meanwhile.
 * User code may change what is being written: whoever walks a table holds it, and what has a number is held to the end.
 */
#ifndef FFI_ZTS_ZEND_VALUES_H
#define FFI_ZTS_ZEND_VALUES_H

#include "fz.h"
#include "wire.h"

/* --- writing --- */

/* Where tasks run that are submitted here: a guest's in the same PHP, a host's in another. */
#ifdef ZTS
# define FZ_TASKS_STAY_WITHIN true
#else
# define FZ_TASKS_STAY_WITHIN false
#endif

/* A step of the way to a value, on the C stack of whoever takes it. */
typedef struct fz_step {
	const struct fz_step *up;
	zend_string *name; /* NULL: an index */
	zend_ulong index;
	enum { FZ_STEP_ELEMENT, FZ_STEP_PROPERTY, FZ_STEP_USE, FZ_STEP_STATIC, FZ_STEP_THIS } kind;
} fz_step;

typedef enum { FZ_KIND_STRING, FZ_KIND_ARRAY, FZ_KIND_OBJECT, FZ_KIND_SHAPE, FZ_KIND_RESOURCE, FZ_KIND_REFERENCE, FZ_KINDS } fz_kind;

/* Something with a number. */
typedef struct {
	void *thing;
	uint32_t number;
	uint8_t kind;
	bool open;      /* it is being written */
	uint16_t depth; /* of an array or reference: the level of what is in it */
} fz_seen;

typedef struct {
	fz_message *message;
	char *sink;             /* once the message can take no more and that was thrown: memory for what is still written */
	const char *root;       /* how the value is called in errors */
	const fz_step *path;
	uint32_t depth, numbers[FZ_KINDS];
	uint32_t within;        /* the level of what is in the innermost object that is being written; 0: none is */
	size_t *references;     /* by number: where its tag stands */
	uint32_t references_room;
	fz_seen *seen;          /* in the order of writing */
	uint32_t *buckets;      /* place in `seen` + 1, or 0, by pointer */
	uint32_t seen_count, seen_room, bucket_mask;
	uint32_t previous;      /* throwables that the present one is the previous of */
	bool same_php;          /* goes to threads of this very PHP */
	uint32_t limit;         /* of depth, inside of a throwable, or 0: what any receiver can build, one in a fiber for one */
} fz_encoder;

/* A state to go back to. */
typedef struct {
	size_t len;
	uint32_t seen_count, depth, within, numbers[FZ_KINDS];
	const fz_step *path;
} fz_mark;

/* Writes a value of any kind, validating it. A reference stays one with others in the message, so it is to be an element or property.
 * May run PHP code. */
bool fz_encode_value(fz_encoder *e, zval *value);
/* Throws TransferException: "<path>: <text>". Always false. */
bool fz_encode_refuse(fz_encoder *e, const char *format, ...) ZEND_ATTRIBUTE_FORMAT(printf, 2, 3);
/* The same with "<what> cannot cross to another thread". */
bool fz_encode_refuse_kind(fz_encoder *e, const char *what);

/* Around fz_encode_value() of something inside: fz_step step; fz_enter_…(e, &step, …); …; fz_leave(e, &step). */
static zend_always_inline void fz_enter_index(fz_encoder *e, fz_step *step, zend_ulong index)
{
	*step = (fz_step) { e->path, NULL, index, FZ_STEP_ELEMENT };
	e->path = step;
}

static zend_always_inline void fz_enter_key(fz_encoder *e, fz_step *step, zend_string *key)
{
	*step = (fz_step) { e->path, key, 0, FZ_STEP_ELEMENT };
	e->path = step;
}

/* `name` is not mangled. */
static zend_always_inline void fz_enter_property(fz_encoder *e, fz_step *step, zend_string *name)
{
	*step = (fz_step) { e->path, name, 0, FZ_STEP_PROPERTY };
	e->path = step;
}

/* A variable that a closure keeps, or its $this. */
static zend_always_inline void fz_enter_variable(fz_encoder *e, fz_step *step, zend_string *name, int kind)
{
	*step = (fz_step) { e->path, name, 0, kind };
	e->path = step;
}

static zend_always_inline void fz_leave(fz_encoder *e, const fz_step *step)
{
	e->path = step->up;
}

/*
 * Makes room: NULL. Where there can be none, that is thrown, and what is written from then on goes to the returned memory, which nobody
 * reads. Bails out where there is no memory at all.
 */
char *fz_encode_grow(fz_encoder *e, size_t more);

/* Writes over bytes that stand in the message already. */
void fz_encode_patch(fz_encoder *e, size_t at, const void *bytes, size_t len);

/* `len` bytes at the end, to be filled by the caller. */
static zend_always_inline char *fz_write_room(fz_encoder *e, size_t len)
{
	fz_message *message = e->message;

	if (UNEXPECTED(message->capacity - message->len < len)) {
		char *sink = fz_encode_grow(e, len);

		if (sink) {
			return sink;
		}
	}
	message->len += len;
	return message->ptr + message->len - len;
}

static zend_always_inline void fz_write_bytes(fz_encoder *e, const void *bytes, size_t len)
{
	char *room = fz_write_room(e, len);

	if (len) {
		memcpy(room, bytes, len);
	}
}

static zend_always_inline void fz_write_u8(fz_encoder *e, uint8_t value)
{
	*fz_write_room(e, 1) = (char) value;
}

static zend_always_inline void fz_write_u32(fz_encoder *e, uint32_t value)
{
	memcpy(fz_write_room(e, sizeof value), &value, sizeof value);
}

static zend_always_inline void fz_write_u64(fz_encoder *e, uint64_t value)
{
	memcpy(fz_write_room(e, sizeof value), &value, sizeof value);
}

/* A string with its tag; by its number when the very same one was written before. Read with fz_read_string(). */
void fz_write_string(fz_encoder *e, zend_string *string);

/* What has this pointer, or NULL. */
fz_seen *fz_encode_find(fz_encoder *e, void *thing);
/* Gives `thing` the next number of its kind and holds it (a shape excepted). The pointer is good until the next call. */
fz_seen *fz_encode_number(fz_encoder *e, void *thing, fz_kind kind);
/* Forgets what was written since the mark was taken. */
fz_mark fz_encode_mark(const fz_encoder *e);
void fz_encode_rollback(fz_encoder *e, const fz_mark *mark);
/* Whether one level more fits, of values and of the C stack; every fz_encode_descend() that says true has its e->depth--. */
bool fz_encode_descend(fz_encoder *e);

/* Adds a thing to the message: its number there, or bails out. The caller keeps its own reference. */
uint32_t fz_encode_attach(fz_encoder *e, int kind, void *handle);

/* --- reading --- */

/* How objects of one class are told: see FZ_TAG_PLAIN. */
typedef struct fz_shape fz_shape;

/* Kinds of numbers that a part has to do with. */
enum { FZ_PART_OBJECTS, FZ_PART_ARRAYS, FZ_PART_REFERENCES, FZ_PART_KINDS };

/* A part of a throwable, that is one of its properties; see parts.c. Parts are numbered from 1; 0: none. */
typedef struct {
	zend_object *owner;     /* NULL: nothing is kept of it, or it is left out already */
	zend_string *name;      /* mangled */
	uint32_t up;            /* the part that this one is in */
	uint32_t from[FZ_PART_KINDS], to[FZ_PART_KINDS]; /* numbers given inside of it */
	bool open, missing;
} fz_part;

/* What is left out when `from` is: `to` refers to it. */
typedef struct {
	uint32_t from, to;
} fz_part_tie_ends;

/* An array or a reference that has a number. */
typedef struct {
	union {
		zend_array *array;
		zend_reference *reference; /* NULL: the only one of its kind, and a value here */
	} is;
	uint32_t open; /* the level of what is in it, while it is not complete */
} fz_known;

typedef struct {
	const fz_message *message;
	const char *at, *end;
	uint32_t depth;
	uint32_t within;        /* as fz_encoder's */
	uint32_t strings_count, strings_room, arrays_count, arrays_room, references_count, references_room, objects_count, objects_room, shapes_count, shapes_room,
		resources_count, resources_room, calls_count, calls_room, parts_count, parts_room, ties_count, ties_room;
	zend_string **strings;
	fz_known *arrays, *references;
	zend_object **objects;  /* NULL: not there yet */
	fz_shape **shapes;
	zend_resource **resources; /* NULL: could not be made */
	struct fz_call *calls;  /* __unserialize() and __wakeup() that wait until all is built */
	fz_part *parts;
	fz_part_tie_ends *ties;
	uint32_t part;          /* the present one: what cannot be built here is left out */
	bool failed;
	int handle_kind;        /* a detached handle that nobody owns yet, for bailouts; see fz_detach() */
	void *handle;
} fz_decoder;

/* Builds the next value, which may be a reference; `value` is undefined when it fails. May run autoloaders, no other PHP code. */
bool fz_decode_value(fz_decoder *d, zval *value);
/* The same of what is no element and no property, and so no reference. */
bool fz_decode_bare(fz_decoder *d, zval *value);
/* Throws TransferException, unless an exception is pending. Always false. */
bool fz_decode_refuse(fz_decoder *d, const char *format, ...) ZEND_ATTRIBUTE_FORMAT(printf, 2, 3);
/* After fz_decode_refuse(): whether the decoder is in a part of a throwable, which then misses something, and nothing is pending any
 * more. The caller reads on to the end of its value, and leaves null. parts.c. */
bool fz_decode_pass(fz_decoder *d);
/* exit() was called. */
bool fz_decode_is_exiting(void);
/* As fz_encode_descend(). */
bool fz_decode_descend(fz_decoder *d);
/* The message makes no sense: a mistake of ours. Always false. */
void fz_decode_tell_broken(fz_decoder *d);
static zend_always_inline bool fz_decode_broken(fz_decoder *d)
{
	fz_decode_tell_broken(d);
	return false; /* where compilers see it */
}

/* The class of that name, autoloaded; NULL: refused, with the remedy. */
zend_class_entry *fz_decode_class(fz_decoder *d, zend_string *name);

/* Takes the next object number, before anything inside of the object is read. */
uint32_t fz_decode_reserve(fz_decoder *d);
/* Says what the number stands for, as early as possible: cycles lead to it. Takes a reference of its own. */
void fz_decode_register(fz_decoder *d, uint32_t number, zend_object *object);

/* The same for resources: the next number, taken before the stream is read, and what it stands for. */
uint32_t fz_decode_reserve_resource(fz_decoder *d);
void fz_decode_register_resource(fz_decoder *d, uint32_t number, zend_resource *resource);

/* Around the value of a property of a throwable (`owner`; NULL: it will be dropped), which is alive until the end. */
void fz_part_begin(fz_decoder *d, zend_object *owner, zend_string *name);
/* False: something is missing in it, and the value is not to be used. */
bool fz_part_end(fz_decoder *d);
/* Something is referred to by its number. False: it is in a part that misses something. */
bool fz_part_refer(fz_decoder *d, int kind, uint32_t number);
/* Whether the part is left out, or one that it is in. */
bool fz_part_is_lost(const fz_decoder *d, uint32_t part);
/* An exception is pending that came out of this part: leaves the part out. False: that cannot be done, the exception stays. */
bool fz_part_lose(fz_decoder *d, uint32_t part);
void fz_decode_drop_parts(fz_decoder *d);

/* Whether `len` more bytes are there; else the message is broken. */
static zend_always_inline bool fz_read_has(fz_decoder *d, size_t len)
{
	return EXPECTED((size_t) (d->end - d->at) >= len) || fz_decode_broken(d);
}

/* The next `len` bytes in place, or NULL. */
static zend_always_inline const char *fz_read_bytes(fz_decoder *d, size_t len)
{
	if (!fz_read_has(d, len)) {
		return NULL;
	}
	d->at += len;
	return d->at - len;
}

static zend_always_inline bool fz_read_u8(fz_decoder *d, uint8_t *value)
{
	if (!fz_read_has(d, 1)) {
		return false;
	}
	*value = (uint8_t) *d->at++;
	return true;
}

static zend_always_inline bool fz_read_u32(fz_decoder *d, uint32_t *value)
{
	if (!fz_read_has(d, sizeof *value)) {
		return false;
	}
	memcpy(value, d->at, sizeof *value);
	d->at += sizeof *value;
	return true;
}

static zend_always_inline bool fz_read_u64(fz_decoder *d, uint64_t *value)
{
	if (!fz_read_has(d, sizeof *value)) {
		return false;
	}
	memcpy(value, d->at, sizeof *value);
	d->at += sizeof *value;
	return true;
}

/* The next string: a reference that the caller releases; NULL: the message is broken. */
zend_string *fz_read_string(fz_decoder *d);

/* A reference to a thing of the message, or NULL: the message is broken. Whoever may bail out before it has put the handle
 * away leaves it in d->handle (with d->handle_kind) meanwhile. */
void *fz_detach(fz_decoder *d, uint32_t number, int kind);

/* memory.c. About to fill `used` bytes of a fresh block of `size`. */
void fz_large_pages(const void *from, size_t used, size_t size);
/* Whether `depth` levels of nesting are within the option max_nesting and what is left of this thread's stack. */
bool fz_depth_fits(uint32_t depth);
/* For an error: why they are not. */
const char *fz_depth_reason(uint32_t depth);

/* --- kinds of objects; the tag and the number are written and read by the caller --- */

/* closure_encode.c, closure_decode.c. The closure's number is written already. When fz_decode_closure() is called, the last
 * reserved number (d->objects_count - 1) is the closure's; it registers itself before it reads what may lead back to it, and
 * returns with `out` holding a reference. */
bool fz_encode_closure(fz_encoder *e, zend_object *closure);
bool fz_decode_closure(fz_decoder *d, zval *out);
/* What a task calls: a Closure, a first-class callable, 'function', 'Class::method' or [class or object, method]; closure_encode.c
 * writes it in whatever way it likes, since only fz_decode_callable() reads it. */
bool fz_encode_callable(fz_encoder *e, zval *callable);
bool fz_decode_callable(fz_decoder *d, zval *out);
/* The image (a handle that the closure keeps alive) of a closure that is nothing but its code: no variables, no scope, no $this.
 * NULL: it is something else, or its code has not been sent yet. Runs no PHP code. */
void *fz_closure_code(zval *callable);
/* The closure of such an image; it is the same one for all tasks, since nothing in it can change. */
bool fz_decode_code(fz_decoder *d, void *image, zval *out);
/* The same if that closure is there already. Runs no PHP code; false: it is not, and nothing is pending. */
bool fz_kept_closure(void *image, zval *out);

/* object.c, object_decode.c */
bool fz_encode_object(fz_encoder *e, zend_object *object);
/* `spl`: by FZ_TAG_SPL. */
bool fz_decode_plain(fz_decoder *d, bool spl, zval *out);
bool fz_decode_named(fz_decoder *d, zval *out);
bool fz_decode_state(fz_decoder *d, zval *out);
bool fz_decode_php_bytes(fz_decoder *d, zval *out);
bool fz_decode_enum(fz_decoder *d, zval *out);
bool fz_decode_shared(fz_decoder *d, zval *out);
/* Runs the waiting hooks in their order. Runs PHP code. */
bool fz_decode_calls(fz_decoder *d);
void fz_decode_drop_calls(fz_decoder *d);
void fz_decode_drop_shapes(fz_decoder *d);
/* Gives a property (mangled name) of an object its value, which is moved in any case. */
bool fz_decode_property(fz_decoder *d, zend_object *object, zend_string *mangled, zval *value);

/* throwable.c */
bool fz_is_throwable(const zend_class_entry *ce);
bool fz_encode_throwable(fz_encoder *e, zend_object *throwable);
bool fz_decode_throwable(fz_decoder *d, zval *out);

/* stream.c, stream_copy.c */
bool fz_encode_resource(fz_encoder *e, zval *resource);
bool fz_decode_stream(fz_decoder *d, zval *out);

#endif
