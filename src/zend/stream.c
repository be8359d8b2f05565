/* Streams with a descriptor: the other side gets a stream of its own over a duplicate, which shares the position with this one. */
#include "values.h"

#include "php_network.h"
#include "php_streams.h"

#include <fcntl.h>
#include <unistd.h>

/* The stream of a resource, or NULL: it is none, or closed. */
static php_stream *fz_stream_of(zval *resource)
{
	return zend_fetch_resource2_ex(resource, NULL, php_file_le_stream(), php_file_le_pstream());
}

static bool fz_is_socket(const php_stream *stream)
{
	static const char *const labels[] = { "tcp_socket", "udp_socket", "unix_socket", "udg_socket", "generic_socket", "tcp_socket/ssl" };

	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		if (!strcmp(stream->ops->label, labels[i])) {
			return true;
		}
	}
	return false;
}

/* What has been read ahead goes back into the file; a pipe cannot take it back. */
static bool fz_unread(fz_encoder *e, php_stream *stream, int fd)
{
	zend_off_t ahead = stream->writepos - stream->readpos;

	if (ahead > 0) {
		if ((stream->flags & PHP_STREAM_FLAG_NO_SEEK) || lseek(fd, stream->position, SEEK_SET) < 0) {
			return fz_encode_refuse(e, "a stream with " ZEND_LONG_FMT " bytes that were read ahead cannot cross to another thread",
				(zend_long) ahead);
		}
		stream->readpos = stream->writepos = 0;
	}
	return true;
}

/* Attaches a duplicate of the descriptor: its number in the message, or false. */
static bool fz_attach_descriptor(fz_encoder *e, int fd, uint32_t *number)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	void *handle;

	if (copy < 0) {
		return fz_encode_refuse(e, "the descriptor of a stream cannot be duplicated: %s", strerror(errno));
	}
	handle = fz_engine->descriptor_new(copy);
	*number = fz_attach(e, FZ_REF_DESCRIPTOR, handle);
	fz_engine->release(FZ_REF_DESCRIPTOR, handle);
	return true;
}

static bool fz_encode_stream(fz_encoder *e, php_stream *stream)
{
	bool socket = fz_is_socket(stream);
	int fd;
	uint32_t number = 0;
	php_socket_t bare;

	if (stream->readfilters.head || stream->writefilters.head) {
		return fz_encode_refuse_kind(e, "a stream with filters");
	}
	if (!socket && !php_stream_is(stream, PHP_STREAM_IS_STDIO)) {
		return fz_encode_refuse(e, "a stream without a descriptor (%s) cannot cross to another thread", stream->ops->label);
	}
	php_stream_flush(stream);
	if (socket ? php_stream_cast(stream, PHP_STREAM_AS_SOCKETD | PHP_STREAM_CAST_INTERNAL, (void **) &bare, 0) != SUCCESS
			: php_stream_cast(stream, PHP_STREAM_AS_FD | PHP_STREAM_CAST_INTERNAL, (void **) &fd, 0) != SUCCESS) {
		return fz_encode_refuse(e, "a stream without a descriptor (%s) cannot cross to another thread", stream->ops->label);
	}
	fd = socket ? bare : fd;
	if (!fz_unread(e, stream, fd) || !fz_attach_descriptor(e, fd, &number)) {
		return false;
	}
	fz_write_u8(e, FZ_TAG_STREAM);
	fz_write_u32(e, number);
	fz_write_u8(e, !socket ? FZ_STREAM_FILE : !strncmp(stream->ops->label, "tcp_", 4) ? FZ_STREAM_TCP : FZ_STREAM_SOCKET);
	fz_write_u8(e, FZ_TAG_STRING);
	fz_write_u64(e, strlen(stream->mode));
	fz_write_bytes(e, stream->mode, strlen(stream->mode));
	return true;
}

bool fz_encode_resource(fz_encoder *e, zval *resource)
{
	php_stream *stream = fz_stream_of(resource);
	const char *type;

	if (stream) {
		return fz_encode_stream(e, stream);
	}
	type = zend_rsrc_list_get_rsrc_type(Z_RES_P(resource));
	return fz_encode_refuse(e, "a resource (%s) cannot cross to another thread", type ? type : "closed");
}

/* A socket that does not block stays so: that is the descriptor's, and the stream must know. */
static php_stream *fz_open_socket(int fd, bool tcp)
{
	php_stream *stream = php_stream_sock_open_from_socket(fd, NULL);

	if (stream) {
		((php_netstream_data_t *) stream->abstract)->is_blocked = !(fcntl(fd, F_GETFL) & O_NONBLOCK);
		if (tcp) {
			stream->ops = &php_stream_socket_ops;
		}
	}
	return stream;
}

bool fz_decode_stream(fz_decoder *d, zval *out)
{
	uint32_t number;
	uint8_t kind;
	zend_string *mode;
	php_stream *stream;
	int fd;

	if (!fz_read_u32(d, &number) || !fz_read_u8(d, &kind) || (kind > FZ_STREAM_SOCKET && !fz_decode_broken(d))
		|| !(mode = fz_read_string(d))) {
		return false;
	}
	d->handle_kind = FZ_REF_DESCRIPTOR;
	if (!(d->handle = fz_detach(d, number, FZ_REF_DESCRIPTOR))) {
		zend_string_release(mode);
		return false;
	}
	fd = fcntl(fz_engine->descriptor_fd(d->handle), F_DUPFD_CLOEXEC, 3);
	fz_engine->release(FZ_REF_DESCRIPTOR, d->handle);
	d->handle = NULL;
	if (fd < 0) {
		zend_string_release(mode);
		ZVAL_NULL(out);
		fz_decode_refuse(d, "the descriptor of a stream cannot be duplicated: %s", strerror(errno));
		return fz_decode_pass(d);
	}
	stream = kind == FZ_STREAM_FILE ? php_stream_fopen_from_fd(fd, ZSTR_VAL(mode), NULL) : fz_open_socket(fd, kind == FZ_STREAM_TCP);
	zend_string_release(mode);
	if (!stream) {
		close(fd);
		ZVAL_NULL(out);
		fz_decode_refuse(d, "a stream could not be opened on this side");
		return fz_decode_pass(d);
	}
	php_stream_to_zval(stream, out);
	return true;
}
