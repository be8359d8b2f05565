/* What the files about streams share: stream.c has their descriptors, stream_copy.c those that consist of their content. */
#ifndef FFI_ZTS_ZEND_STREAM_H
#define FFI_ZTS_ZEND_STREAM_H

#include "values.h"

#include "php_streams.h"

/* What every stream has, as it stands in a message. */
typedef struct {
	uint8_t kind, wrapper; /* FZ_STREAM_*, FZ_OPENED_* */
	uint8_t flags;         /* FZ_STREAM_EOF, FZ_STREAM_UNBUFFERED */
	uint64_t chunk;        /* bytes that are read at once */
	zend_string *mode, *uri; /* uri: empty if the stream was not opened by one */
} fz_stream_head;

/* Writes bytes as a string. */
void fz_write_text(fz_encoder *e, const char *text, size_t len);

/* Where the content of a stream is all that there is to it: its FZ_STREAM_*, else 0. */
uint8_t fz_content_kind(const php_stream *stream);
/* Writes content and position; the stream is as it was. */
bool fz_encode_content(fz_encoder *e, php_stream *stream, uint8_t kind);
/* The stream of such a kind. False: the message is broken, nothing is pending otherwise; *stream is NULL where it cannot be made. */
bool fz_decode_content(fz_decoder *d, const fz_stream_head *head, php_stream **stream);

#endif
