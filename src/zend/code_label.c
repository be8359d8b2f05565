/*
 * Which closure of which source an op_array is. Neither the compiler nor opcache keeps that, and lines do not tell two closures of one
 * line apart. So each is labelled when it is compiled: with a hash of the source and its number in it. The label is in a field that
 * the compiler leaves to extensions, which opcache copies with the code, and every closure object has a copy of. Nothing else changes
 * for the process; code_source.c is who reads labels.
 *
 * Threads: the handle is the process's, of module startup; the rest is of the thread that compiles.
 */
#include "closures.h"

#include "zend_extensions.h"
#include "zend_language_scanner.h"

/* The field of op_arrays; negative: other extensions have taken all. */
static int fz_label_handle = -1;

/* A source that is being compiled. A file may be compiled within another one, by a handler of a warning. */
typedef struct {
	const unsigned char *from, *to;
	uint64_t hash;
	uint32_t closures; /* so far */
} fz_compiled;

#define FZ_COMPILED_MOST 8

static __thread fz_compiled fz_compiling[FZ_COMPILED_MOST];
static __thread int fz_compiling_count;

#define FZ_NUMBER_BITS 16

uint64_t fz_label_hash(const char *source, size_t len)
{
	const uint64_t factor = UINT64_C(0x9E3779B97F4A7C15);
	uint64_t hash = len * factor, word;

	for (; len >= sizeof word; source += sizeof word, len -= sizeof word) {
		memcpy(&word, source, sizeof word);
		hash = (hash ^ word) * factor;
		hash ^= hash >> 29;
	}
	word = 0;
	memcpy(&word, source, len);
	hash = (hash ^ word) * factor;
	hash ^= hash >> 32;
	return hash >> FZ_NUMBER_BITS;
}

/* The source that the scanner has, or NULL: nothing of it has been labelled. What was begun within it is over. */
static fz_compiled *fz_find_source(void)
{
	for (int i = fz_compiling_count; i-- > 0;) {
		if (fz_compiling[i].from == LANG_SCNG(yy_start) && fz_compiling[i].to == LANG_SCNG(yy_limit)) {
			fz_compiling_count = i + 1;
			return &fz_compiling[i];
		}
	}
	return NULL;
}

/* NULL: too many are begun. */
static fz_compiled *fz_begin_source(void)
{
	const unsigned char *from = LANG_SCNG(yy_start), *to = LANG_SCNG(yy_limit);
	fz_compiled *source;

	if (fz_compiling_count == FZ_COMPILED_MOST) {
		return NULL;
	}
	source = &fz_compiling[fz_compiling_count++];
	*source = (fz_compiled) { from, to, fz_label_hash((const char *) from, (size_t) (to - from)), 0 };
	return source;
}

/* The compiler has finished an op_array: a closure's is labelled, and with the file's own the source is over. */
static void fz_label(zend_op_array *code)
{
	fz_compiled *source;

	if (!(code->fn_flags & ZEND_ACC_CLOSURE)) {
		if (!code->function_name && fz_find_source()) {
			fz_compiling_count--;
		}
		return;
	}
	source = fz_find_source();
	if (!source) {
		source = fz_begin_source();
	}
	if (source && ++source->closures < 1u << FZ_NUMBER_BITS) {
		code->reserved[fz_label_handle] = (void *) (uintptr_t) (source->hash << FZ_NUMBER_BITS | source->closures);
	}
}

uint64_t fz_label_of(const zend_op_array *code)
{
	return fz_label_handle < 0 ? 0 : (uint64_t) (uintptr_t) code->reserved[fz_label_handle];
}

bool fz_label_is_of(uint64_t label, uint64_t hash)
{
	return label >> FZ_NUMBER_BITS == hash;
}

void fz_labels_request_end(void)
{
	fz_compiling_count = 0; /* a fatal error may have left some */
}

void fz_labels_declare(void)
{
	static zend_extension labels = { .name = "ffi_zts", .version = "1", .author = "", .URL = "", .copyright = "", .op_array_handler = fz_label };

	fz_label_handle = zend_get_resource_handle("ffi_zts");
	if (fz_label_handle >= 0) {
		zend_register_extension(&labels, NULL);
	}
}
