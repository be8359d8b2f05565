/* A descriptor of ours as a PHP stream. */
#include "fz.h"

bool fz_descriptor_stream(int descriptor, zval *stream)
{
	php_stream *opened = php_stream_fopen_from_fd(descriptor, "r", NULL);

	if (!opened) {
		close(descriptor);
		return false;
	}
	opened->flags |= PHP_STREAM_FLAG_NO_SEEK | PHP_STREAM_FLAG_NO_BUFFER;
	php_stream_to_zval(opened, stream);
	return true;
}
