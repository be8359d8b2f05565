/* What the files about objects share: object.c writes them, object_decode.c builds them, throwable.c does both for its kind. */
#ifndef FFI_ZTS_ZEND_OBJECT_H
#define FFI_ZTS_ZEND_OBJECT_H

#include "values.h"

/* Its objects consist of their properties: a user class, stdClass, and internal classes without hidden state. */
bool fz_plain_class(const zend_class_entry *ce);
/* The declared property that a mangled or plain name means in `ce`, or NULL: none that has a place in the object. */
zend_property_info *fz_find_property(const zend_class_entry *ce, zend_string *mangled);
/* Writes a property by name. */
bool fz_encode_further(fz_encoder *e, zend_string *name, zval *value);
/* Moves a value into a declared property, if it is of its type. False: it is not, nothing is pending, and the value is gone. */
bool fz_fill_property(zend_object *object, zend_property_info *info, zval *value);
/* Whether a property of a throwable is one that Exception or Error declares. */
bool fz_is_base_property(const zend_object *throwable, const zend_property_info *info);

#endif
