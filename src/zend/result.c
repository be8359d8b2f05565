/* FfiZts\Result: how a script ended. */
#include "fz.h"

static zend_class_entry *fz_ce_result;

void fz_result_declare(void)
{
	static const struct {
		const char *name;
		uint32_t type;
	} properties[] = { { "exitCode", MAY_BE_LONG }, { "value", MAY_BE_ANY }, { "duration", MAY_BE_DOUBLE } };

	fz_ce_result = fz_declare("FfiZts\\Result", NULL, NULL);
	fz_ce_result->ce_flags |= ZEND_ACC_FINAL | ZEND_ACC_NO_DYNAMIC_PROPERTIES | ZEND_ACC_NOT_SERIALIZABLE;
	for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
		zval undefined;
		zend_string *name = zend_string_init_interned(properties[i].name, strlen(properties[i].name), 1);

		ZVAL_UNDEF(&undefined);
		zend_declare_typed_property(fz_ce_result, name, &undefined, ZEND_ACC_PUBLIC | ZEND_ACC_READONLY, NULL,
			(zend_type) ZEND_TYPE_INIT_MASK(properties[i].type));
	}
}

void fz_result_object(zval *result, zend_long exit_code, zval *value, double duration)
{
	object_init_ex(result, fz_ce_result);
	ZVAL_LONG(OBJ_PROP_NUM(Z_OBJ_P(result), 0), exit_code);
	ZVAL_COPY_VALUE(OBJ_PROP_NUM(Z_OBJ_P(result), 1), value);
	ZVAL_DOUBLE(OBJ_PROP_NUM(Z_OBJ_P(result), 2), duration);
}
