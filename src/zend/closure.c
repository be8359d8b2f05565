/* Closures, until their code can be copied. */
#include "values.h"

bool fz_encode_closure(fz_encoder *e, zend_object *closure)
{
	return fz_encode_refuse_kind(e, "Closure");
}

bool fz_decode_closure(fz_decoder *d, zval *out)
{
	return fz_decode_broken(d);
}

bool fz_encode_callable(fz_encoder *e, zval *callable)
{
	return fz_encode_value(e, callable);
}

bool fz_decode_callable(fz_decoder *d, zval *out)
{
	return fz_decode_value(d, out);
}
