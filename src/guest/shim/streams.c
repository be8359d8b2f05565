/*
 * Standard streams of a job, on descriptors of its own.
 *
 * Source of the rule: php-src ext/standard/php_fopen_wrapper.c. Under the SAPI name "cli" the first php://stdin,
 * php://stdout and php://stderr each take descriptor 0, 1 and 2 *itself*, so closing them closes the host's; later
 * ones take a duplicate. fz_streams_adopt() uses up those first openings at boot, and leaves the descriptors open.
 */
#include "shim.h"

#include "ext/standard/php_fopen_wrappers.h"

#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *url, *mode, *constant;
} fz_std[] = {
	{ "php://stdin", "rb", "STDIN" },
	{ "php://stdout", "wb", "STDOUT" },
	{ "php://stderr", "wb", "STDERR" },
};

void fz_streams_adopt(void)
{
	for (size_t i = 0; i < sizeof fz_std / sizeof *fz_std; i++) {
		php_stream *stream = php_stream_open_wrapper_ex(fz_std[i].url, fz_std[i].mode, 0, NULL, NULL);
		if (stream) {
			/* Under other names this opening has a duplicate as well, which nobody needs. */
			php_stream_free(stream, PHP_STREAM_FREE_CLOSE | (strcmp(sapi_module.name, "cli") == 0 ? PHP_STREAM_FREE_PRESERVE_HANDLE : 0));
		}
	}
}

/* Opens one as the CLI does, on a duplicate; NULL when the host has closed that descriptor. */
static php_stream *fz_std_open(size_t which)
{
	return php_stream_open_wrapper_ex(fz_std[which].url, fz_std[which].mode, 0, NULL, NULL);
}

/*
 * Most scripts use none of the three, and opening them took a quarter of the system calls of an empty job, all on files
 * that every worker shares. So a constant's stream begins without a descriptor, under the operations below; whichever is
 * called first opens the real stream, takes over its operations and its data, and is carried out by it. Until then
 * the stream has the flags and the position that the real one would have (fz_streams_register_constants()).
 */
static const php_stream_ops fz_std_ops;

static bool fz_std_ready(php_stream *stream)
{
	zend_long next = EG(regular_list).nNextFreeElement;
	php_stream *opened = fz_std_open((size_t) (uintptr_t) stream->abstract);

	if (!opened) {
		return false;
	}
	stream->ops = opened->ops;
	stream->abstract = opened->abstract;
	opened->ops = &fz_std_ops; /* whose close leaves the data alone */
	php_stream_free(opened, PHP_STREAM_FREE_CLOSE);
	/* The numbers of the script's own resources are as if it had been open from the start. */
	EG(regular_list).nNextFreeElement = next;
	return true;
}

static ssize_t fz_std_write(php_stream *stream, const char *buf, size_t count)
{
	return fz_std_ready(stream) ? stream->ops->write(stream, buf, count) : -1;
}

static ssize_t fz_std_read(php_stream *stream, char *buf, size_t count)
{
	return fz_std_ready(stream) ? stream->ops->read(stream, buf, count) : -1;
}

static int fz_std_close(php_stream *stream, int close_handle)
{
	(void) stream;
	(void) close_handle;
	return 0;
}

static int fz_std_flush(php_stream *stream)
{
	return fz_std_ready(stream) ? stream->ops->flush(stream) : EOF;
}

static int fz_std_seek(php_stream *stream, zend_off_t offset, int whence, zend_off_t *position)
{
	return fz_std_ready(stream) ? stream->ops->seek(stream, offset, whence, position) : -1;
}

static int fz_std_cast(php_stream *stream, int castas, void **ret)
{
	return fz_std_ready(stream) ? stream->ops->cast(stream, castas, ret) : FAILURE;
}

static int fz_std_stat(php_stream *stream, php_stream_statbuf *about)
{
	return fz_std_ready(stream) ? stream->ops->stat(stream, about) : -1;
}

static int fz_std_set_option(php_stream *stream, int option, int value, void *parameter)
{
	return fz_std_ready(stream) ? stream->ops->set_option(stream, option, value, parameter) : PHP_STREAM_OPTION_RETURN_NOTIMPL;
}

static const php_stream_ops fz_std_ops = {
	fz_std_write, fz_std_read, fz_std_close, fz_std_flush, "STDIO", fz_std_seek, fz_std_cast, fz_std_stat, fz_std_set_option,
};

/* What the engine found when this thread last opened one in full; it depends on the file, and on the minor. */
static __thread struct {
	bool known;
	dev_t device, special;
	ino_t inode;
	mode_t mode;
	uint32_t flags;
} fz_seen[sizeof fz_std / sizeof *fz_std];

/* A stream without a descriptor yet. */
static php_stream *fz_std_promise(size_t which)
{
	php_stream *stream = php_stream_alloc(&fz_std_ops, (void *) (uintptr_t) which, NULL, fz_std[which].mode);

	stream->flags |= fz_seen[which].flags;
	stream->position = stream->flags & PHP_STREAM_FLAG_NO_SEEK ? -1 : lseek((int) which, 0, SEEK_CUR);
	stream->wrapper = (php_stream_wrapper *) &php_stream_php_wrapper;
	stream->orig_path = estrdup(fz_std[which].url);
	return stream;
}

/* The descriptor's number is the index into fz_std. */
static php_stream *fz_std_stream(size_t which)
{
	php_stream *stream;
	struct stat about;

	if (fstat((int) which, &about) != 0) {
		return NULL;
	}
	if (fz_seen[which].known && fz_seen[which].device == about.st_dev && fz_seen[which].inode == about.st_ino
			&& fz_seen[which].special == about.st_rdev && fz_seen[which].mode == about.st_mode) {
		return fz_std_promise(which);
	}
	stream = fz_std_open(which);
	if (stream) {
		fz_seen[which].known = true;
		fz_seen[which].device = about.st_dev;
		fz_seen[which].inode = about.st_ino;
		fz_seen[which].special = about.st_rdev;
		fz_seen[which].mode = about.st_mode;
		fz_seen[which].flags = stream->flags & ~PHP_STREAM_FLAG_DETECT_EOL; /* that one is a setting */
	}
	return stream;
}

void fz_streams_register_constants(void)
{
	for (size_t i = 0; i < sizeof fz_std / sizeof *fz_std; i++) {
		php_stream *stream = fz_std_stream(i);
		zend_constant constant;

		if (!stream) {
			continue; /* the host has closed that descriptor: the constant is undefined, as in the CLI */
		}
		php_stream_to_zval(stream, &constant.value);
		ZEND_CONSTANT_SET_FLAGS(&constant, CONST_CS, 0);
		constant.name = zend_string_init_interned(fz_std[i].constant, strlen(fz_std[i].constant), 0);
		zend_register_constant(&constant);
	}
}
