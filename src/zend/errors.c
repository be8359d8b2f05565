/* The exceptions of this extension, the same on both sides. */
#include "fz.h"

#include "ext/spl/spl_exceptions.h"

const fz_engine_table *fz_engine;

zend_class_entry *fz_ce_interface, *fz_ce_exceptions[FZ_EXCEPTIONS];

static const struct {
	const char *name;
	bool misuse;
} fz_names[FZ_EXCEPTIONS] = {
	[FZ_MISUSE] = { "FfiZts\\Error", true },
	[FZ_BOOT] = { "FfiZts\\BootException", false },
	[FZ_SCRIPT] = { "FfiZts\\ScriptException", false },
	[FZ_REMOTE] = { "FfiZts\\RemoteException", false },
	[FZ_TIMEOUT] = { "FfiZts\\TimeoutException", false },
	[FZ_CANCELLED] = { "FfiZts\\CancelledException", false },
	[FZ_TRANSFER] = { "FfiZts\\TransferException", false },
	[FZ_CLOSED] = { "FfiZts\\ClosedException", false },
	[FZ_POLICY] = { "FfiZts\\PolicyException", false },
	[FZ_COMPOSITE] = { "FfiZts\\CompositeException", false },
};

zend_class_entry *fz_declare(const char *name, const zend_function_entry *methods, zend_class_entry *parent)
{
	zend_class_entry ce;

	memset(&ce, 0, sizeof ce);
	ce.name = zend_string_init_interned(name, strlen(name), 1);
	ce.info.internal.builtin_functions = methods;
	return zend_register_internal_class_ex(&ce, parent);
}

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_remote_class, 0, 0, IS_STRING, 0)
ZEND_END_ARG_INFO()

static ZEND_METHOD(FfiZts_RemoteException, getRemoteClass)
{
	zval rv;

	ZEND_PARSE_PARAMETERS_NONE();
	RETURN_COPY_DEREF(zend_read_property(fz_ce_exceptions[FZ_REMOTE], Z_OBJ_P(ZEND_THIS), ZEND_STRL("remoteClass"), 0, &rv));
}

static const zend_function_entry fz_remote_methods[] = {
	ZEND_ME(FfiZts_RemoteException, getRemoteClass, fz_arginfo_remote_class, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_reasons, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

static ZEND_METHOD(FfiZts_CompositeException, getReasons)
{
	zval rv;

	ZEND_PARSE_PARAMETERS_NONE();
	RETURN_COPY_DEREF(zend_read_property(fz_ce_exceptions[FZ_COMPOSITE], Z_OBJ_P(ZEND_THIS), ZEND_STRL("reasons"), 0, &rv));
}

static const zend_function_entry fz_composite_methods[] = {
	ZEND_ME(FfiZts_CompositeException, getReasons, fz_arginfo_reasons, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry *fz_methods(int which)
{
	return which == FZ_REMOTE ? fz_remote_methods : which == FZ_COMPOSITE ? fz_composite_methods : NULL;
}

void fz_errors_declare(void)
{
	zend_class_entry ce;

	memset(&ce, 0, sizeof ce);
	ce.name = zend_string_init_interned(ZEND_STRL("FfiZts\\Exception"), 1);
	fz_ce_interface = zend_register_internal_interface(&ce);
	zend_class_implements(fz_ce_interface, 1, zend_ce_throwable);
	for (int i = 0; i < FZ_EXCEPTIONS; i++) {
		fz_ce_exceptions[i] = fz_declare(fz_names[i].name, fz_methods(i),
			fz_names[i].misuse ? zend_ce_error : spl_ce_RuntimeException);
		zend_class_implements(fz_ce_exceptions[i], 1, fz_ce_interface);
	}
	zend_declare_property_string(fz_ce_exceptions[FZ_REMOTE], ZEND_STRL("remoteClass"), "", ZEND_ACC_PROTECTED);
	zend_declare_property_null(fz_ce_exceptions[FZ_COMPOSITE], ZEND_STRL("reasons"), ZEND_ACC_PROTECTED);
}

void fz_throw(fz_exception which, const char *format, ...)
{
	va_list args;
	zend_string *text;

	va_start(args, format);
	text = zend_vstrpprintf(0, format, args);
	va_end(args);
	zend_throw_exception(fz_ce_exceptions[which], ZSTR_VAL(text), 0);
	zend_string_release(text);
}

void fz_throw_refusal(const fz_refusal *refusal)
{
	fz_throw((fz_exception) refusal->exception, "%s", refusal->text);
}
