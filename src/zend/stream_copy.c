/*
 * Streams that consist of what they hold cross as copies: php://memory, php://temp, data:. The other side has the same content, the
 * same position, and writes for itself.
 */
#include "stream.h"

#include "php_memory_streams.h"
#include "ext/standard/php_fopen_wrappers.h"

/* Read at once of a stream that is to be copied. */
#define FZ_COPY_CHUNK (64 * 1024)

uint8_t fz_content_kind(const php_stream *stream)
{
	if (stream->ops == &php_stream_memory_ops) {
		return FZ_STREAM_MEMORY;
	}
	if (stream->ops == &php_stream_temp_ops) {
		return FZ_STREAM_TEMP;
	}
	return stream->ops == &php_stream_rfc2397_ops && stream->orig_path ? FZ_STREAM_DATA : 0;
}

/* --- writing --- */

/* All that the operations have to read, as a string; its length is known at the end. False: something could not be read. */
static bool fz_write_all(fz_encoder *e, php_stream *stream)
{
	const size_t head = e->message->len;
	uint64_t len = 0;
	ssize_t got;

	fz_write_u8(e, FZ_TAG_STRING);
	fz_write_u64(e, 0);
	do {
		char *room = fz_write_room(e, FZ_COPY_CHUNK);

		got = stream->ops->read(stream, room, FZ_COPY_CHUNK);
		if (UNEXPECTED(e->sink)) {
			return false;
		}
		e->message->len -= FZ_COPY_CHUNK - (size_t) MAX(got, 0);
		len += (uint64_t) MAX(got, 0);
	} while (got > 0);
	fz_encode_patch(e, head + 1, &len, sizeof len);
	return got == 0;
}

/* By the operations themselves: what PHP has read ahead of the stream, and where it is, stays. */
static bool fz_write_temp(fz_encoder *e, php_stream *stream)
{
	const bool eof = stream->eof;
	zend_off_t here, offset;
	bool done;

	if (stream->ops->seek(stream, 0, SEEK_CUR, &here) || stream->ops->seek(stream, 0, SEEK_SET, &offset)) {
		return fz_encode_refuse(e, "a stream (%s) that cannot be read cannot cross to another thread", stream->ops->label);
	}
	done = fz_write_all(e, stream);
	done = stream->ops->seek(stream, here, SEEK_SET, &offset) == 0 && done;
	stream->eof = eof;
	return done || fz_encode_refuse(e, "a stream (%s) that cannot be read cannot cross to another thread", stream->ops->label);
}

bool fz_encode_content(fz_encoder *e, php_stream *stream, uint8_t kind)
{
	fz_write_u64(e, (uint64_t) stream->position);
	if (kind == FZ_STREAM_MEMORY) {
		const zend_string *content = php_stream_memory_get_buffer(stream);

		fz_write_text(e, ZSTR_VAL(content), ZSTR_LEN(content));
		return true;
	}
	if (kind == FZ_STREAM_TEMP) {
		return fz_write_temp(e, stream);
	}
	return true; /* the content of data: is in its name */
}

/* --- building --- */

static php_stream *fz_open(const php_stream_wrapper *wrapper, const fz_stream_head *head)
{
	return wrapper->wops->stream_opener((php_stream_wrapper *) wrapper, ZSTR_VAL(head->uri), ZSTR_VAL(head->mode), REPORT_ERRORS, NULL, NULL STREAMS_CC);
}

/* One that fopen() opened keeps the limit of memory that its name tells. */
static php_stream *fz_open_temp(const fz_stream_head *head)
{
	if (head->wrapper == FZ_OPENED_PHP && !strncasecmp(ZSTR_VAL(head->uri), "php://temp", sizeof "php://temp" - 1)) {
		return fz_open(&php_stream_php_wrapper, head);
	}
	return php_stream_temp_create(php_stream_mode_from_str(ZSTR_VAL(head->mode)), PHP_STREAM_MAX_MEM);
}

static php_stream *fz_open_data(const fz_stream_head *head)
{
	php_stream *stream = strncmp(ZSTR_VAL(head->uri), "data:", sizeof "data:" - 1) ? NULL : fz_open(&php_stream_rfc2397_wrapper, head);

	if (stream) {
		stream->wrapper = (php_stream_wrapper *) &php_stream_rfc2397_wrapper;
	}
	return stream;
}

/* Takes the stream over if it cannot hold the content: NULL. */
static php_stream *fz_fill(php_stream *stream, const zend_string *content)
{
	if (stream && ZSTR_LEN(content)
			&& stream->ops->write(stream, ZSTR_VAL(content), ZSTR_LEN(content)) != (ssize_t) ZSTR_LEN(content)) {
		php_stream_close(stream);
		return NULL;
	}
	return stream;
}

bool fz_decode_content(fz_decoder *d, const fz_stream_head *head, php_stream **stream)
{
	zend_string *content = NULL;
	uint64_t position;

	if (!fz_read_u64(d, &position) || (head->kind != FZ_STREAM_DATA && !(content = fz_read_string(d)))) {
		return false;
	}
	switch (head->kind) {
		case FZ_STREAM_MEMORY:
			*stream = php_stream_memory_open(php_stream_mode_from_str(ZSTR_VAL(head->mode)), content);
			break;
		case FZ_STREAM_TEMP:
			*stream = fz_fill(fz_open_temp(head), content);
			break;
		default:
			*stream = fz_open_data(head);
			break;
	}
	if (content) {
		zend_string_release(content);
	}
	if (*stream) {
		php_stream_seek(*stream, (zend_off_t) position, SEEK_SET);
	}
	return true;
}
