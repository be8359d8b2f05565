/*
 * Streams for event loops: all they can do is to be readable, and to say so to stream_select() and its like. The descriptor is shared with
 * the engine, which raises and lowers it; so a stream costs one, and closing it takes it from nobody.
 */
#include "fz.h"

#include <poll.h>

/* Nothing is taken out: what makes it readable is undone by whoever it is told to. Readable is the end of the stream. */
static ssize_t fz_descriptor_read(php_stream *stream, char *buf, size_t count)
{
	struct pollfd one = { .fd = fz_engine->descriptor_fd(stream->abstract), .events = POLLIN };

	(void) buf;
	(void) count;
	stream->eof = poll(&one, 1, 0) == 1;
	return 0;
}

static ssize_t fz_descriptor_write(php_stream *stream, const char *buf, size_t count)
{
	(void) stream;
	(void) buf;
	(void) count;
	return -1;
}

static int fz_descriptor_close(php_stream *stream, int close_handle)
{
	(void) close_handle;
	fz_engine->release(FZ_REF_DESCRIPTOR, stream->abstract);
	stream->abstract = NULL;
	return 0;
}

static int fz_descriptor_cast(php_stream *stream, int as, void **out)
{
	if (as != PHP_STREAM_AS_FD && as != PHP_STREAM_AS_FD_FOR_SELECT && as != PHP_STREAM_AS_SOCKETD) {
		return FAILURE;
	}
	if (out) {
		*(int *) out = fz_engine->descriptor_fd(stream->abstract);
	}
	return SUCCESS;
}

/* It never blocks, whatever it is told. */
static int fz_descriptor_option(php_stream *stream, int option, int value, void *parameter)
{
	(void) stream;
	(void) value;
	(void) parameter;
	return option == PHP_STREAM_OPTION_BLOCKING ? 0 : PHP_STREAM_OPTION_RETURN_NOTIMPL;
}

const php_stream_ops fz_descriptor_ops = {
	.write = fz_descriptor_write,
	.read = fz_descriptor_read,
	.close = fz_descriptor_close,
	.label = "FfiZts",
	.cast = fz_descriptor_cast,
	.set_option = fz_descriptor_option,
};

bool fz_descriptor_stream(void *descriptor, zval *out)
{
	php_stream *stream = php_stream_alloc(&fz_descriptor_ops, descriptor, NULL, "r");

	if (!stream) {
		fz_engine->release(FZ_REF_DESCRIPTOR, descriptor);
		fz_throw(FZ_MISUSE, "a stream could not be made");
		return false;
	}
	stream->flags |= PHP_STREAM_FLAG_NO_SEEK | PHP_STREAM_FLAG_NO_BUFFER;
	php_stream_to_zval(stream, out);
	return true;
}
