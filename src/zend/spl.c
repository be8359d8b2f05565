/*
 * Objects of SPL that have their data outside of properties, and no serialize() for it. Heaps and priority queues cross as the list of
 * their elements, in the order of the heap, and are filled by insert() over there; SplFileInfo as the name of its file, SplTempFileObject
 * as its content. SplFileObject and iterators over directories have an open file or directory, which stays where it is.
 *
 * Source of the layouts: php-src ext/spl/spl_directory.h; of heaps' private data only __debugInfo() tells.
 */
#include "spl.h"
#include "stream.h"

#include "ext/spl/spl_directory.h"
#include "ext/spl/spl_heap.h"
#include "php_memory_streams.h"

static spl_filesystem_object *fz_files_of(zend_object *object)
{
	return (spl_filesystem_object *) ((char *) object - object->handlers->offset);
}

static zend_function *fz_method_of(const zend_class_entry *ce, const char *name)
{
	return zend_hash_str_find_ptr(&ce->function_table, name, strlen(name));
}

static zend_class_entry *fz_heap_base(uint8_t kind)
{
	return kind == FZ_SPL_QUEUE ? spl_ce_SplPriorityQueue : spl_ce_SplHeap;
}

/* What disable_classes names has neither methods nor such objects. */
bool fz_spl_fits(const zend_class_entry *ce, uint8_t kind)
{
	switch (kind) {
		case FZ_SPL_HEAP:
		case FZ_SPL_QUEUE: return instanceof_function(ce, fz_heap_base(kind)) && fz_method_of(fz_heap_base(kind), "insert");
		case FZ_SPL_TEMPORARY:
			return instanceof_function(ce, spl_ce_SplTempFileObject) && spl_ce_SplTempFileObject->constructor && spl_ce_SplFileObject->constructor;
		default: return instanceof_function(ce, spl_ce_SplFileInfo) && !instanceof_function(ce, spl_ce_SplFileObject)
			&& !instanceof_function(ce, spl_ce_DirectoryIterator) && spl_ce_SplFileInfo->constructor;
	}
}

uint8_t fz_spl_kind(zend_object *object)
{
	for (uint8_t kind = FZ_SPL_HEAP; kind < FZ_SPL_TEMPORARY; kind++) {
		if (fz_spl_fits(object->ce, kind)) {
			return kind;
		}
	}
	if (fz_spl_fits(object->ce, FZ_SPL_TEMPORARY)) {
		const php_stream *stream = fz_files_of(object)->u.file.stream;

		return stream && fz_content_kind(stream) && !stream->readfilters.head && !stream->writefilters.head ? FZ_SPL_TEMPORARY : 0;
	}
	return 0;
}

/* --- writing --- */

/* An entry of what __debugInfo() tells, a private property of the base class. */
static zval *fz_told(HashTable *info, const zend_class_entry *base, const char *name)
{
	zend_string *mangled = zend_mangle_property_name(ZSTR_VAL(base->name), ZSTR_LEN(base->name), name, strlen(name), 0);
	zval *value = zend_hash_find(info, mangled);

	zend_string_release(mangled);
	return value;
}

static bool fz_encode_told(fz_encoder *e, zend_object *object, const zend_class_entry *base, HashTable *info)
{
	zval *flags = fz_told(info, base, "flags"), *broken = fz_told(info, base, "isCorrupted"), *elements = fz_told(info, base, "heap");

	if (!flags || Z_TYPE_P(flags) != IS_LONG || !broken || !elements || Z_TYPE_P(elements) != IS_ARRAY) {
		return fz_encode_refuse_kind(e, ZSTR_VAL(object->ce->name));
	}
	if (Z_TYPE_P(broken) == IS_TRUE) {
		return fz_encode_refuse(e, "%s is corrupted (a comparison threw), and cannot cross to another thread", ZSTR_VAL(object->ce->name));
	}
	fz_write_u64(e, (uint64_t) Z_LVAL_P(flags));
	return fz_encode_value(e, elements);
}

static bool fz_encode_heap(fz_encoder *e, zend_object *object, uint8_t kind)
{
	const zend_class_entry *base = fz_heap_base(kind);
	zval info;
	bool done;

	ZVAL_UNDEF(&info);
	zend_call_known_instance_method_with_0_params(fz_method_of(base, "__debuginfo"), object, &info);
	done = !EG(exception) && Z_TYPE(info) == IS_ARRAY && fz_encode_told(e, object, base, Z_ARRVAL(info));
	zval_ptr_dtor(&info);
	return done;
}

static void fz_encode_name(fz_encoder *e, const spl_filesystem_object *files)
{
	fz_write_string(e, files->info_class == spl_ce_SplFileInfo ? ZSTR_EMPTY_ALLOC() : files->info_class->name);
	fz_write_string(e, files->file_class == spl_ce_SplFileObject ? ZSTR_EMPTY_ALLOC() : files->file_class->name);
	if (files->file_name) {
		fz_write_string(e, files->file_name);
	} else {
		fz_write_u8(e, FZ_TAG_NULL); /* its constructor was not called */
	}
}

static bool fz_encode_temporary(fz_encoder *e, const spl_filesystem_object *files)
{
	php_stream *stream = files->u.file.stream;
	const char *uri = stream->orig_path ? stream->orig_path : "";

	fz_write_text(e, uri, strlen(uri));
	fz_write_u64(e, (uint64_t) files->flags);
	fz_write_u64(e, files->u.file.max_line_len);
	fz_write_u64(e, (uint64_t) files->u.file.current_line_num);
	fz_write_u32(e, (uint32_t) files->u.file.escape);
	fz_write_u8(e, (uint8_t) files->u.file.delimiter);
	fz_write_u8(e, (uint8_t) files->u.file.enclosure);
	fz_write_u8(e, stream->eof);
	fz_write_u8(e, files->u.file.current_line || !Z_ISUNDEF(files->u.file.current_zval));
	return fz_encode_content(e, stream, fz_content_kind(stream));
}

bool fz_spl_encode(fz_encoder *e, zend_object *object, uint8_t kind)
{
	switch (kind) {
		case FZ_SPL_HEAP:
		case FZ_SPL_QUEUE: return fz_encode_heap(e, object, kind);
		case FZ_SPL_TEMPORARY: return fz_encode_temporary(e, fz_files_of(object));
		default: fz_encode_name(e, fz_files_of(object)); return true;
	}
}

/* --- building --- */

void fz_spl_free(fz_spl_data *data)
{
	zval_ptr_dtor(&data->data);
	if (data->uri) {
		zend_string_release(data->uri);
	}
	for (size_t i = 0; i < 2; i++) {
		if (data->classes[i]) {
			zend_string_release(data->classes[i]);
		}
	}
}

static bool fz_read_heap(fz_decoder *d, fz_spl_data *data)
{
	return fz_read_u64(d, &data->flags) && fz_decode_bare(d, &data->data) && (Z_TYPE(data->data) == IS_ARRAY || fz_decode_broken(d));
}

static bool fz_read_name(fz_decoder *d, fz_spl_data *data)
{
	return (data->classes[0] = fz_read_string(d)) && (data->classes[1] = fz_read_string(d)) && fz_decode_bare(d, &data->data)
		&& (Z_TYPE(data->data) == IS_STRING || Z_TYPE(data->data) == IS_NULL || fz_decode_broken(d));
}

static bool fz_read_temporary(fz_decoder *d, fz_spl_data *data)
{
	zend_string *content;

	if (!(data->uri = fz_read_string(d)) || !fz_read_u64(d, &data->flags) || !fz_read_u64(d, &data->line_length)
			|| !fz_read_u64(d, &data->line) || !fz_read_u32(d, &data->escape) || !fz_read_u8(d, &data->delimiter)
			|| !fz_read_u8(d, &data->enclosure) || !fz_read_u8(d, &data->eof) || !fz_read_u8(d, &data->has_line)
			|| !fz_read_u64(d, &data->position) || !(content = fz_read_string(d))) {
		return false;
	}
	ZVAL_STR(&data->data, content);
	return true;
}

bool fz_spl_read(fz_decoder *d, uint8_t kind, fz_spl_data *data)
{
	bool done;

	memset(data, 0, sizeof *data);
	ZVAL_UNDEF(&data->data);
	data->kind = kind;
	switch (kind) {
		case FZ_SPL_HEAP:
		case FZ_SPL_QUEUE: done = fz_read_heap(d, data); break;
		case FZ_SPL_NAME: done = fz_read_name(d, data); break;
		case FZ_SPL_TEMPORARY: done = fz_read_temporary(d, data); break;
		default: done = fz_decode_broken(d); break;
	}
	if (!done) {
		fz_spl_free(data);
	}
	return done;
}

/* A class that a file's objects are to be made of; false: refused. */
static bool fz_apply_class(fz_decoder *d, zend_string *name, zend_class_entry *base, zend_class_entry **place)
{
	zend_class_entry *ce;

	if (!ZSTR_LEN(name)) {
		return true;
	}
	if (!(ce = fz_decode_class(d, name))) {
		return d->part && !EG(exception);
	}
	if (!instanceof_function(ce, base)) {
		fz_decode_refuse(d, "%s is no %s on the receiving side", ZSTR_VAL(name), ZSTR_VAL(base->name));
		return fz_decode_pass(d);
	}
	*place = ce;
	return true;
}

static bool fz_apply_name(fz_decoder *d, const fz_spl_data *data, zend_object *object)
{
	spl_filesystem_object *files = fz_files_of(object);
	zval name;

	if (Z_TYPE(data->data) == IS_STRING) {
		ZVAL_COPY_VALUE(&name, &data->data);
		zend_call_known_instance_method_with_1_params(spl_ce_SplFileInfo->constructor, object, NULL, &name);
		if (EG(exception)) {
			return fz_decode_pass(d);
		}
	}
	return fz_apply_class(d, data->classes[0], spl_ce_SplFileInfo, &files->info_class)
		&& fz_apply_class(d, data->classes[1], spl_ce_SplFileObject, &files->file_class);
}

/* The constructor's argument that a stream of this name has come from; false: it had none. */
static bool fz_memory_of(const zend_string *uri, zval *memory)
{
	static const char prefix[] = "php://temp/maxmemory:";

	if (zend_string_equals_literal(uri, "php://temp")) {
		return false;
	}
	ZVAL_LONG(memory, strncmp(ZSTR_VAL(uri), prefix, sizeof prefix - 1) ? -1 : ZEND_STRTOL(ZSTR_VAL(uri) + sizeof prefix - 1, NULL, 10));
	return true;
}

static bool fz_apply_temporary(fz_decoder *d, const fz_spl_data *data, zend_object *object)
{
	spl_filesystem_object *files = fz_files_of(object);
	const zend_string *content = Z_STR(data->data);
	php_stream *stream;
	zval memory;

	if (fz_memory_of(data->uri, &memory)) {
		zend_call_known_instance_method_with_1_params(spl_ce_SplTempFileObject->constructor, object, NULL, &memory);
	} else {
		zend_call_known_instance_method_with_0_params(spl_ce_SplTempFileObject->constructor, object, NULL);
	}
	stream = files->u.file.stream;
	if (EG(exception) || !stream
			|| (ZSTR_LEN(content) && php_stream_write(stream, ZSTR_VAL(content), ZSTR_LEN(content)) != (ssize_t) ZSTR_LEN(content))) {
		fz_decode_refuse(d, "%s could not be made on this side", ZSTR_VAL(object->ce->name));
		return fz_decode_pass(d);
	}
	php_stream_seek(stream, (zend_off_t) data->position, SEEK_SET);
	stream->eof = data->eof != 0;
	files->flags = (zend_long) data->flags & SPL_FILE_OBJECT_MASK;
	files->u.file.max_line_len = (size_t) data->line_length;
	files->u.file.current_line_num = (zend_long) data->line;
	files->u.file.escape = (int) data->escape;
	files->u.file.delimiter = (char) data->delimiter;
	files->u.file.enclosure = (char) data->enclosure;
	return true;
}

static bool fz_apply_queue(fz_decoder *d, const fz_spl_data *data, zend_object *object)
{
	zval flags;

	ZVAL_LONG(&flags, (zend_long) data->flags & SPL_PQUEUE_EXTR_MASK);
	zend_call_known_instance_method_with_1_params(fz_method_of(spl_ce_SplPriorityQueue, "setextractflags"), object, NULL, &flags);
	return !EG(exception) || fz_decode_pass(d);
}

bool fz_spl_apply(fz_decoder *d, fz_spl_data *data, zend_object *object, zval *later)
{
	ZVAL_UNDEF(later);
	switch (data->kind) {
		case FZ_SPL_QUEUE:
			if (!fz_apply_queue(d, data, object)) {
				return false;
			}
			ZEND_FALLTHROUGH;
		case FZ_SPL_HEAP: /* comparing is up to the class */
			ZVAL_COPY_VALUE(later, &data->data);
			ZVAL_UNDEF(&data->data);
			return true;
		case FZ_SPL_NAME:
			return fz_apply_name(d, data, object);
		default:
			if (data->has_line) { /* it is read again, which may be up to the class as well */
				ZVAL_LONG(later, (zend_long) data->line);
			}
			return fz_apply_temporary(d, data, object);
	}
}

static void fz_insert(zend_object *object, zval *element)
{
	const bool queue = instanceof_function(object->ce, spl_ce_SplPriorityQueue);
	zend_function *insert = fz_method_of(queue ? spl_ce_SplPriorityQueue : spl_ce_SplHeap, "insert");
	zval *value, *priority;

	ZVAL_DEREF(element);
	if (!queue) {
		zend_call_known_instance_method_with_1_params(insert, object, NULL, element);
	} else if (Z_TYPE_P(element) == IS_ARRAY && (value = zend_hash_str_find(Z_ARRVAL_P(element), ZEND_STRL("data")))
			&& (priority = zend_hash_str_find(Z_ARRVAL_P(element), ZEND_STRL("priority")))) {
		zend_call_known_instance_method_with_2_params(insert, object, NULL, value, priority);
	}
}

void fz_spl_finish(zend_object *object, zval *later)
{
	zval *element;

	if (Z_TYPE_P(later) == IS_LONG) {
		zend_call_known_instance_method_with_1_params(fz_method_of(spl_ce_SplFileObject, "seek"), object, NULL, later);
		return;
	}
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(later), element) {
		fz_insert(object, element);
		if (EG(exception)) {
			return;
		}
	} ZEND_HASH_FOREACH_END();
}
