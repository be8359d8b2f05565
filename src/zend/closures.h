/*
 * How a closure's code crosses: an *image* of its op_array, bytes without an address in them, written field by field on one
 * side and built again on the other against that side's own headers. closure_encode.c and closure_decode.c keep the images
 * and the code built from them, and carry what differs from message to message; code_*.c write and read images.
 *
 * Both sides are of one PHP minor, so opcodes, operands and frames mean the same. What differs between two builds of a minor
 * is told by name: functions, handlers, run-time caches and whatever extensions reserve in them.
 *
 * Threads: tables and everything in them belong to one thread and its request.
 */
#ifndef FFI_ZTS_ZEND_CLOSURES_H
#define FFI_ZTS_ZEND_CLOSURES_H

#include "values.h"

#include "zend_ast.h"
#include "zend_closures.h"
#include "zend_smart_str.h"

/* What both sides must have in common; at the start of an image. */
typedef struct {
	uint32_t magic;
	uint16_t minor;         /* PHP_VERSION_ID / 100 */
	uint8_t zts;            /* for the error message */
	uint8_t last_opcode;    /* ZEND_VM_LAST_OPCODE */
	uint8_t op, value, bucket, frame; /* sizes; of a frame in values */
	uint32_t handles;       /* slots that extensions of the writer have at the start of every run-time cache */
} fz_code_header;

/* That of this side. */
void fz_code_header_of_here(fz_code_header *header);

/* The plain numbers of an op_array, as they stand in an image. */
typedef struct {
	uint32_t fn_flags, fn_flags2, num_args, required_num_args, T, cache_size, last_var, last, last_live_range, last_try_catch,
		line_start, line_end, last_literal, functions, statics, additions; /* literals that reading may add, at most */
	uint8_t arg_flags[4];
} fz_code_numbers;

/* Without flags that tell of memory, not of code. */
static zend_always_inline uint32_t fz_code_flags(uint32_t flags)
{
	return (flags & ~(uint32_t) (ZEND_ACC_IMMUTABLE | ZEND_ACC_PRELOADED | ZEND_ACC_HEAP_RT_CACHE | ZEND_ACC_FAKE_CLOSURE
		| ZEND_ACC_TRAIT_CLONE)) | ZEND_ACC_CLOSURE | ZEND_ACC_DONE_PASS_TWO;
}

typedef struct {
	uint32_t op1, op2, result, extended_value, lineno;
	uint8_t opcode, op1_type, op2_type, result_type;
} fz_code_op;

/* Kinds of closures in a message. */
enum { FZ_CLOSURE_CODE = 0, FZ_CLOSURE_FUNCTION = 1, FZ_CLOSURE_METHOD = 2 };

/* What a call was linked to. */
enum {
	FZ_CALL_OTHER = 0,     /* PHP code, or nothing */
	FZ_CALL_OWN = 1,       /* a function of PHP's own */
	FZ_CALL_RELIED_ON = 2  /* the same, and the code relies on what is known of it */
};

/* How the variables that a closure keeps (`use`, static) are told in a message. */
enum {
	FZ_STATIC_VALUE = 0,
	FZ_STATIC_REFERENCE = 1, /* a value that a `static` statement has bound; PHP 8.4 tells by it that its initial value was computed */
	FZ_STATIC_CONSTANT = 2,  /* not evaluated yet */
	FZ_STATIC_LATER = 3      /* its code has not run yet */
};

/* PHP 8.3: a static variable whose initial value is computed when control first comes to it. */
#ifdef IS_STATIC_VAR_UNINITIALIZED
# define FZ_IS_LATER(zv) (((zv)->u1.v.u.extra & IS_STATIC_VAR_UNINITIALIZED) != 0)
# define FZ_SET_LATER(zv) ((zv)->u1.v.u.extra |= IS_STATIC_VAR_UNINITIALIZED)
#else
# define FZ_IS_LATER(zv) false
# define FZ_SET_LATER(zv) ((void) 0)
#endif

/* How deep an array may be that stands in an image for a constant. */
#define FZ_PLAIN_DEPTH 32

/* Longer strings of an image are not interned: it would keep them until the end of the request. */
#define FZ_INTERN_UP_TO 1024

/* --- writing --- */

typedef struct {
	fz_encoder *e;             /* who is told why something is refused */
	smart_str out;
	const zend_op_array *code; /* being written, for error messages */
	uint32_t line;
	uint32_t depth;
	/* Which of PHP's own functions the code relies on, down to what need not be freed. */
	enum { FZ_RELIES_ON_NONE, FZ_RELIES_ON_SOME, FZ_RELIES_ON_ALL } relies; /* SOME: see fz_code_may_rely_on() */
} fz_code_writer;

static zend_always_inline void fz_code_put(fz_code_writer *w, const void *bytes, size_t len)
{
	smart_str_appendl(&w->out, (const char *) bytes, len);
}

static zend_always_inline void fz_code_put_u8(fz_code_writer *w, uint8_t value)
{
	smart_str_appendc(&w->out, (char) value);
}

static zend_always_inline void fz_code_put_u32(fz_code_writer *w, uint32_t value)
{
	fz_code_put(w, &value, sizeof value);
}

/* code_value.c; NULL is not the empty string. */
void fz_code_put_string(fz_code_writer *w, const zend_string *string);
bool fz_code_put_value(fz_code_writer *w, const zval *value);
/* Refuses the closure: "<path>: the closure in <file>:<line> <text>". Always false. */
bool fz_code_refuse(fz_code_writer *w, const char *format, ...) ZEND_ATTRIBUTE_FORMAT(printf, 2, 3);
#define FZ_CODE_DECLARES_FUNCTION "declares the function %s(), which cannot cross: let the worker load a file that declares it"
/* code_constant.c */
bool fz_code_put_constant_use(fz_code_writer *w, const zend_op *op);
bool fz_code_put_node_use(fz_code_writer *w, zend_ast *node);
uint32_t fz_code_count_substitutes(const zend_op_array *code);
/* code_type.c */
bool fz_code_put_signature(fz_code_writer *w, const zend_op_array *code);
bool fz_code_put_attributes(fz_code_writer *w, const HashTable *attributes);
/* code_ops.c */
bool fz_code_put_ops(fz_code_writer *w, const zend_op_array *code);
uint32_t fz_code_count_additions(const zend_op_array *code);
/* code_write.c: a whole image. False: refused; the writer's buffer is to be freed in any case. */
bool fz_code_write(fz_code_writer *w, const zend_op_array *code);
/* code_optimise.c: whether code may rely on a function wherever it runs. */
bool fz_code_may_rely_on(const zend_function *function);

/* code_label.c: which closure of which source. 0: nobody knows. */
uint64_t fz_label_of(const zend_op_array *code);
uint64_t fz_label_hash(const char *source, size_t len);
bool fz_label_is_of(uint64_t label, uint64_t hash);
void fz_labels_request_end(void);

/* code_source.c: calls `use` with the code of a closure as its source has it; false: that is not to be had. May bail out. */
typedef void fz_code_use(const zend_op_array *code, bool optimised, void *context);
bool fz_code_from_source(const zend_op_array *code, fz_code_use *use, void *context);
/* Lets go of what is kept of it. */
void fz_sources_drop(void);

/* --- reading --- */

typedef struct {
	fz_decoder *d;  /* who is told why something is refused */
	const char *at, *end;
	uint32_t depth;
	int32_t slots;  /* how much further run-time cache slots are here, in bytes */
} fz_code_reader;

/* The image makes no sense. Always false, and the compiler sees it. */
static zend_always_inline bool fz_code_broken(fz_code_reader *r)
{
	fz_decode_broken(r->d);
	return false;
}

static zend_always_inline size_t fz_code_left(const fz_code_reader *r)
{
	return (size_t) (r->end - r->at);
}

static zend_always_inline bool fz_code_get(fz_code_reader *r, void *bytes, size_t len)
{
	if (UNEXPECTED(fz_code_left(r) < len)) {
		return fz_code_broken(r);
	}
	memcpy(bytes, r->at, len);
	r->at += len;
	return true;
}

static zend_always_inline bool fz_code_get_u8(fz_code_reader *r, uint8_t *value)
{
	return fz_code_get(r, value, sizeof *value);
}

static zend_always_inline bool fz_code_get_u32(fz_code_reader *r, uint32_t *value)
{
	return fz_code_get(r, value, sizeof *value);
}

/* A number of things of at least `each` bytes. */
static zend_always_inline bool fz_code_get_count(fz_code_reader *r, uint32_t *count, size_t each)
{
	return fz_code_get_u32(r, count) && (*count <= fz_code_left(r) / each || fz_code_broken(r));
}

/* code_value.c; *string may become NULL. What is read is undefined, or NULL, after a failure. */
bool fz_code_get_string(fz_code_reader *r, zend_string **string);
bool fz_code_get_value(fz_code_reader *r, zval *value);
/* code_type.c; op_array has its numbers */
bool fz_code_get_signature(fz_code_reader *r, zend_op_array *code);
bool fz_code_get_attributes(fz_code_reader *r, HashTable **attributes);
/* code_constant.c: uses of constants that PHP code has defined */
typedef enum { FZ_USES_NONE, FZ_USES_CONSTANT, FZ_ASKS_FOR_CONSTANT, FZ_USES_CLASS_CONSTANT } fz_constant_use;
/* Reads what stands behind an opcode whose constants are indexes yet, and changes that where this side does not have what it uses:
 * *additions literals may be added. */
bool fz_code_get_constant_use(fz_code_reader *r, zend_op *op, zend_op_array *code, uint32_t *additions);
/* The same behind a node: *value is to stand in its place, unless undefined. */
bool fz_code_get_node_use(fz_code_reader *r, zend_ast *node, zval *value);
/* code_ops.c: fills op_array->opcodes and what they append to its literals, of which there are `literals` */
bool fz_code_get_ops(fz_code_reader *r, zend_op_array *code, uint32_t literals);
/* code_read.c: the code of an image, with one reference; `code` is zeroed after a failure. */
bool fz_code_read(fz_code_reader *r, zend_op_array *code);
/* The scope that closures of this code have as a rule: those share the run-time cache. */
void fz_code_set_scope(zend_op_array *code, zend_class_entry *scope);
/* Drops a reference that fz_code_read() gave. Closures that were made of the code keep it. */
void fz_code_release(zend_op_array *code);

/* --- both --- */

/* closure_encode.c: the part of fz_closures_request_end() that is its. */
void fz_closures_drop_images(void);

/* Nothing is kept any more once the request is shutting down. */
static zend_always_inline bool fz_closures_keep(void)
{
	return !(EG(flags) & EG_FLAGS_IN_SHUTDOWN);
}

#endif
