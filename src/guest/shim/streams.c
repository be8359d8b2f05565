/*
 * Standard streams of a job, on descriptors of its own.
 *
 * Source of the rule: php-src ext/standard/php_fopen_wrapper.c. Under the SAPI name "cli" the first php://stdin,
 * php://stdout and php://stderr each take descriptor 0, 1 and 2 *itself*, so closing them closes the host's; later
 * ones take a duplicate. fz_streams_adopt() uses up those first openings at boot, and leaves the descriptors open.
 */
#include "shim.h"

#include <fcntl.h>

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

void fz_streams_register_constants(void)
{
	for (size_t i = 0; i < sizeof fz_std / sizeof *fz_std; i++) {
		php_stream *stream = php_stream_open_wrapper_ex(fz_std[i].url, fz_std[i].mode, 0, NULL, NULL);
		zend_constant constant;
		int descriptor;

		if (!stream) {
			continue; /* the host has closed that descriptor: the constant is undefined, as in the CLI */
		}
		/* Children have descriptors 0 to 2; one that outlives the job must not hold a pipe of the host open by a duplicate. */
		if (php_stream_cast(stream, PHP_STREAM_AS_FD | PHP_STREAM_CAST_INTERNAL, (void **) &descriptor, 0) == SUCCESS) {
			fcntl(descriptor, F_SETFD, FD_CLOEXEC);
		}
		php_stream_to_zval(stream, &constant.value);
		ZEND_CONSTANT_SET_FLAGS(&constant, CONST_CS, 0);
		constant.name = zend_string_init_interned(fz_std[i].constant, strlen(fz_std[i].constant), 0);
		zend_register_constant(&constant);
	}
}
