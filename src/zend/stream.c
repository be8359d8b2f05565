/*
 * Streams with a descriptor: the other side gets a stream of its own over a duplicate. Both have one open file, and so one position,
 * as after fork(). PHP's streams read ahead and remember the position, though, each for itself. Files that cross therefore get
 * operations (fz_file_ops) which look where the file is, and give back what was read ahead when the stream is closed.
 */
#include "stream.h"

#include "php_network.h"
#include "ext/standard/php_fopen_wrappers.h"

#include <fcntl.h>
#include <unistd.h>

/* The stream of a resource, or NULL: it is none, or closed. */
static php_stream *fz_stream_of(zval *resource)
{
	return zend_fetch_resource2_ex(resource, NULL, php_file_le_stream(), php_file_le_pstream());
}

/* --- files whose position is shared --- */

static zend_off_t fz_ahead(const php_stream *stream)
{
	return stream->writepos - stream->readpos;
}

/* Where the descriptor of a file is, or -1: it has no position. */
static zend_off_t fz_file_offset(php_stream *stream, int *fd)
{
	if ((stream->flags & PHP_STREAM_FLAG_NO_SEEK)
			|| php_stream_stdio_ops.cast(stream, PHP_STREAM_AS_FD_FOR_SELECT, (void **) fd) != SUCCESS) {
		return -1;
	}
	return lseek(*fd, 0, SEEK_CUR);
}

static void fz_file_follow(php_stream *stream)
{
	int fd;
	const zend_off_t offset = fz_file_offset(stream, &fd);

	if (offset >= 0) {
		stream->position = offset - fz_ahead(stream);
	}
}

static ssize_t fz_file_read(php_stream *stream, char *buf, size_t count)
{
	fz_file_follow(stream);
	return php_stream_stdio_ops.read(stream, buf, count);
}

static ssize_t fz_file_write(php_stream *stream, const char *buf, size_t count)
{
	fz_file_follow(stream);
	return php_stream_stdio_ops.write(stream, buf, count);
}

/* php_stream_cast() flushes, then moves the file to the stream's position: before a child gets the descriptor, for one. */
static int fz_file_flush(php_stream *stream)
{
	fz_file_follow(stream);
	return php_stream_stdio_ops.flush(stream);
}

/* Nothing is given back when another stream of the file has moved on meanwhile. */
static int fz_file_close(php_stream *stream, int close_handle)
{
	const zend_off_t ahead = fz_ahead(stream);
	int fd;

	if (close_handle && ahead > 0 && fz_file_offset(stream, &fd) == stream->position + ahead) {
		(void) lseek(fd, stream->position, SEEK_SET); /* cannot fail where the file has been */
	}
	return php_stream_stdio_ops.close(stream, close_handle);
}

/* PHP would map the file from the position that the stream remembers. */
static int fz_file_set_option(php_stream *stream, int option, int value, void *parameter)
{
	if (option == PHP_STREAM_OPTION_MMAP_API) {
		return PHP_STREAM_OPTION_RETURN_NOTIMPL;
	}
	return php_stream_stdio_ops.set_option(stream, option, value, parameter);
}

static php_stream_ops fz_file_ops;

void fz_streams_declare(void)
{
	fz_file_ops = php_stream_stdio_ops;
	fz_file_ops.read = fz_file_read;
	fz_file_ops.write = fz_file_write;
	fz_file_ops.flush = fz_file_flush;
	fz_file_ops.close = fz_file_close;
	fz_file_ops.set_option = fz_file_set_option;
}

/* A stream that was cast to a FILE * has a position of that one's, too, and stays as it is. */
static void fz_file_share(php_stream *stream)
{
	if (stream->ops == &php_stream_stdio_ops && !(stream->flags & PHP_STREAM_FLAG_NO_SEEK) && !stream->stdiocast) {
		stream->ops = &fz_file_ops;
		fz_file_follow(stream);
	}
}

/* --- writing --- */

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

/* The descriptor, with nothing left in buffers of PHP or stdio; the file stays where it is. -1: refused. The operations are asked
 * themselves: php_stream_cast() first moves the file to where the stream believes it to be. */
static int fz_stream_descriptor(fz_encoder *e, php_stream *stream, bool socket)
{
	php_socket_t fd = -1;

	/* A file, a standard stream that is opened by its first use, or what an event loop watches. */
	if (socket || !strcmp(stream->ops->label, "STDIO") || stream->ops == &fz_descriptor_ops) {
		php_stream_flush(stream);
		if (stream->ops->cast(stream, socket ? PHP_STREAM_AS_SOCKETD : PHP_STREAM_AS_FD, (void **) &fd) == SUCCESS && fd >= 0) {
			return fd;
		}
	}
	fz_encode_refuse(e, "a stream without a descriptor (%s) cannot cross to another thread", stream->ops->label);
	return -1;
}

/* What has been read ahead goes back into the file; a pipe cannot take it back. */
static bool fz_unread(fz_encoder *e, php_stream *stream, int fd)
{
	const zend_off_t ahead = fz_ahead(stream);

	if (ahead > 0) {
		if ((stream->flags & PHP_STREAM_FLAG_NO_SEEK) || lseek(fd, -ahead, SEEK_CUR) < 0) {
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
	*number = fz_encode_attach(e, FZ_REF_DESCRIPTOR, handle);
	fz_engine->release(FZ_REF_DESCRIPTOR, handle);
	return true;
}

void fz_write_text(fz_encoder *e, const char *text, size_t len)
{
	fz_write_u8(e, FZ_TAG_STRING);
	fz_write_u64(e, len);
	fz_write_bytes(e, text, len);
}

static uint8_t fz_opened_by(const php_stream *stream)
{
	if (stream->wrapper == &php_plain_files_wrapper) {
		return FZ_OPENED_FILE;
	}
	return stream->wrapper == &php_stream_php_wrapper ? FZ_OPENED_PHP : FZ_OPENED_OTHERWISE;
}

static void fz_write_head(fz_encoder *e, const php_stream *stream, uint8_t kind)
{
	const char *uri = stream->orig_path ? stream->orig_path : "";

	fz_encode_number(e, stream->res, FZ_KIND_RESOURCE);
	fz_write_u8(e, FZ_TAG_STREAM);
	fz_write_u8(e, kind);
	fz_write_u8(e, fz_opened_by(stream));
	fz_write_u8(e, (stream->eof ? FZ_STREAM_EOF : 0) | (stream->flags & PHP_STREAM_FLAG_NO_BUFFER ? FZ_STREAM_UNBUFFERED : 0));
	fz_write_u64(e, stream->chunk_size);
	fz_write_text(e, stream->mode, strlen(stream->mode));
	fz_write_text(e, uri, strlen(uri));
}

static void fz_write_socket(fz_encoder *e, const php_stream *stream)
{
	const php_netstream_data_t *socket = stream->abstract;

	fz_write_u64(e, (uint64_t) socket->timeout.tv_sec);
	fz_write_u64(e, (uint64_t) socket->timeout.tv_usec);
}

static bool fz_encode_stream(fz_encoder *e, php_stream *stream)
{
	const bool socket = fz_is_socket(stream);
	const uint8_t content = fz_content_kind(stream);
	uint32_t number = 0;
	int fd;

	if (stream->readfilters.head || stream->writefilters.head) {
		return fz_encode_refuse_kind(e, "a stream with filters");
	}
	if (content) {
		fz_write_head(e, stream, content);
		return fz_encode_content(e, stream, content);
	}
	if ((fd = fz_stream_descriptor(e, stream, socket)) < 0 || !fz_unread(e, stream, fd) || !fz_attach_descriptor(e, fd, &number)) {
		return false;
	}
	fz_file_share(stream);
	fz_write_head(e, stream, !socket ? FZ_STREAM_FILE : !strncmp(stream->ops->label, "tcp_", 4) ? FZ_STREAM_TCP : FZ_STREAM_SOCKET);
	fz_write_u32(e, number);
	if (socket) {
		fz_write_socket(e, stream);
	}
	return true;
}

bool fz_encode_resource(fz_encoder *e, zval *resource)
{
	php_stream *stream = fz_stream_of(resource);
	const fz_seen *seen;
	const char *type;

	if (!stream) {
		type = zend_rsrc_list_get_rsrc_type(Z_RES_P(resource));
		return fz_encode_refuse(e, "a resource (%s) cannot cross to another thread", type ? type : "closed");
	}
	if ((seen = fz_encode_find(e, Z_RES_P(resource)))) {
		fz_write_u8(e, FZ_TAG_RESOURCE);
		fz_write_u32(e, seen->number);
		return true;
	}
	return fz_encode_stream(e, stream);
}

/* --- building --- */

/* The timeout is that of the other side; a socket that does not block stays so: that is the descriptor's, and the stream must know. */
static php_stream *fz_open_socket(int fd, bool tcp, const struct timeval *timeout)
{
	php_stream *stream = php_stream_sock_open_from_socket(fd, NULL);

	if (stream) {
		php_netstream_data_t *socket = stream->abstract;

		socket->is_blocked = !(fcntl(fd, F_GETFL) & O_NONBLOCK);
		socket->timeout = *timeout;
		if (tcp) {
			stream->ops = &php_stream_socket_ops;
		}
	}
	return stream;
}

static bool fz_read_timeout(fz_decoder *d, struct timeval *timeout)
{
	uint64_t seconds, micros;

	if (!fz_read_u64(d, &seconds) || !fz_read_u64(d, &micros)) {
		return false;
	}
	timeout->tv_sec = (time_t) seconds;
	timeout->tv_usec = (suseconds_t) micros;
	return true;
}

/* A duplicate of a descriptor of the message. False: the message is broken; *fd is -1 where there is none to be had. */
static bool fz_take_descriptor(fz_decoder *d, uint32_t number, int *fd)
{
	d->handle_kind = FZ_REF_DESCRIPTOR;
	if (!(d->handle = fz_detach(d, number, FZ_REF_DESCRIPTOR))) {
		return false;
	}
	*fd = fcntl(fz_engine->descriptor_fd(d->handle), F_DUPFD_CLOEXEC, 3);
	fz_engine->release(FZ_REF_DESCRIPTOR, d->handle);
	d->handle = NULL;
	return true;
}

static bool fz_decode_descriptor(fz_decoder *d, const fz_stream_head *head, php_stream **stream)
{
	struct timeval timeout = { -1, 0 };
	uint32_t number;
	int fd;

	if (!fz_read_u32(d, &number) || (head->kind != FZ_STREAM_FILE && !fz_read_timeout(d, &timeout)) || !fz_take_descriptor(d, number, &fd)) {
		return false;
	}
	if (fd < 0) {
		fz_decode_refuse(d, "the descriptor of a stream cannot be duplicated: %s", strerror(errno));
		return true;
	}
	*stream = head->kind == FZ_STREAM_FILE ? php_stream_fopen_from_fd(fd, ZSTR_VAL(head->mode), NULL)
		: fz_open_socket(fd, head->kind == FZ_STREAM_TCP, &timeout);
	if (!*stream) {
		close(fd);
	} else {
		fz_file_share(*stream);
	}
	return true;
}

static bool fz_read_head(fz_decoder *d, fz_stream_head *head)
{
	return fz_read_u8(d, &head->kind) && fz_read_u8(d, &head->wrapper) && fz_read_u8(d, &head->flags) && fz_read_u64(d, &head->chunk)
		&& (head->kind <= FZ_STREAM_DATA || fz_decode_broken(d)) && (head->mode = fz_read_string(d)) && (head->uri = fz_read_string(d));
}

static void fz_free_head(const fz_stream_head *head)
{
	if (head->mode) {
		zend_string_release(head->mode);
	}
	if (head->uri) {
		zend_string_release(head->uri);
	}
}

/* What the stream was opened by, and how it reads. */
static void fz_dress_stream(php_stream *stream, const fz_stream_head *head)
{
	if (head->wrapper == FZ_OPENED_FILE) {
		stream->wrapper = &php_plain_files_wrapper;
	} else if (head->wrapper == FZ_OPENED_PHP) {
		stream->wrapper = (php_stream_wrapper *) &php_stream_php_wrapper;
	}
	if (ZSTR_LEN(head->uri) && !stream->orig_path) {
		stream->orig_path = estrndup(ZSTR_VAL(head->uri), ZSTR_LEN(head->uri));
	}
	if (head->flags & FZ_STREAM_UNBUFFERED) {
		stream->flags |= PHP_STREAM_FLAG_NO_BUFFER;
	}
	if (head->chunk && head->chunk <= INT_MAX) {
		stream->chunk_size = (size_t) head->chunk;
	}
	stream->eof = (head->flags & FZ_STREAM_EOF) != 0;
}

bool fz_decode_stream(fz_decoder *d, zval *out)
{
	fz_stream_head head = { 0 };
	php_stream *stream = NULL;
	const uint32_t number = fz_decode_reserve_resource(d);
	const bool read = fz_read_head(d, &head)
		&& (head.kind >= FZ_STREAM_MEMORY ? fz_decode_content(d, &head, &stream) : fz_decode_descriptor(d, &head, &stream));

	if (stream) {
		fz_dress_stream(stream, &head);
		php_stream_to_zval(stream, out);
		fz_decode_register_resource(d, number, stream->res);
	}
	fz_free_head(&head);
	if (!read || stream) {
		return read;
	}
	ZVAL_NULL(out);
	fz_decode_refuse(d, "a stream could not be opened on this side");
	return fz_decode_pass(d);
}
