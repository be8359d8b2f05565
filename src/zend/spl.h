/* Objects of SPL that have their data outside of properties, and no serialize() for it: heaps, priority queues, file names, temporary files. */
#ifndef FFI_ZTS_ZEND_SPL_H
#define FFI_ZTS_ZEND_SPL_H

#include "object.h"

/* The FZ_SPL_* of an object, or 0: its data cannot cross. */
uint8_t fz_spl_kind(zend_object *object);
/* Writes what is of the kind. May run PHP code. */
bool fz_spl_encode(fz_encoder *e, zend_object *object, uint8_t kind);

/* What was read of an object, until it has been given to one. */
typedef struct {
	uint8_t kind;
	zval data;           /* a heap's elements, a file name, or the content of a temporary file */
	zend_string *uri;    /* of a temporary file */
	zend_string *classes[2]; /* of getFileInfo() and openFile(); empty: SPL's own */
	uint64_t flags, position, line_length, line;
	uint32_t escape;
	uint8_t delimiter, enclosure, eof, has_line;
} fz_spl_data;

/* Reads it; false: nothing of it is held. */
bool fz_spl_read(fz_decoder *d, uint8_t kind, fz_spl_data *data);
void fz_spl_free(fz_spl_data *data);
/* Whether objects of the class can have such data. */
bool fz_spl_fits(const zend_class_entry *ce, uint8_t kind);
/* Gives it to a fresh object. What runs code of the object's class waits: it is moved to `later`, for fz_spl_finish(). False: an
 * exception is pending. */
bool fz_spl_apply(fz_decoder *d, fz_spl_data *data, zend_object *object, zval *later);
/* When all of the message is built. May run PHP code. */
void fz_spl_finish(zend_object *object, zval *later);

#endif
