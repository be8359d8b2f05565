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

/* --- what a job is called --- */

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_name, 0, 0, IS_STRING, 1)
ZEND_END_ARG_INFO()

/* The class of ours that an object is of, or NULL. */
static zend_class_entry *fz_own_class(const zend_object *object)
{
	for (int i = 0; i < FZ_EXCEPTIONS; i++) {
		if (instanceof_function(object->ce, fz_ce_exceptions[i])) {
			return fz_ce_exceptions[i];
		}
	}
	return NULL;
}

static void fz_read_name(zend_object *object, const char *name, size_t len, zval *out)
{
	zval rv;

	ZVAL_COPY_DEREF(out, zend_read_property(fz_own_class(object), object, name, len, 0, &rv));
}

static ZEND_METHOD(FfiZts_Exception, getTask)
{
	ZEND_PARSE_PARAMETERS_NONE();
	fz_read_name(Z_OBJ_P(ZEND_THIS), ZEND_STRL("task"), return_value);
}

static ZEND_METHOD(FfiZts_Exception, getWorker)
{
	ZEND_PARSE_PARAMETERS_NONE();
	fz_read_name(Z_OBJ_P(ZEND_THIS), ZEND_STRL("worker"), return_value);
}

static const zend_function_entry fz_interface_methods[] = {
	ZEND_ABSTRACT_ME(FfiZts_Exception, getTask, fz_arginfo_name)
	ZEND_ABSTRACT_ME(FfiZts_Exception, getWorker, fz_arginfo_name)
	ZEND_FE_END
};

#define FZ_NAME_METHODS \
	ZEND_ME(FfiZts_Exception, getTask, fz_arginfo_name, ZEND_ACC_PUBLIC) \
	ZEND_ME(FfiZts_Exception, getWorker, fz_arginfo_name, ZEND_ACC_PUBLIC)

static const zend_function_entry fz_name_methods[] = {
	FZ_NAME_METHODS
	ZEND_FE_END
};

zend_string *fz_names_text(const fz_job_names *names)
{
	return strpprintf(0, "%s, %s%s", names->task, *names->worker ? "on " : "not started", names->worker);
}

static void fz_update_name(zend_class_entry *ce, zend_object *object, const char *property, size_t len, const char *name)
{
	if (*name) {
		zend_update_property_string(ce, object, property, len, name);
	}
}

void fz_name_job(zend_object *throwable, const fz_job_names *names)
{
	zend_class_entry *ce = fz_own_class(throwable);
	zval rv;

	/* A job that failed because of another one's failure hands on who that was. */
	if (ce && Z_TYPE_P(zend_read_property(ce, throwable, ZEND_STRL("task"), 1, &rv)) == IS_NULL) {
		fz_update_name(ce, throwable, ZEND_STRL("task"), names->task);
		fz_update_name(ce, throwable, ZEND_STRL("worker"), names->worker);
	}
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
	FZ_NAME_METHODS
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
	FZ_NAME_METHODS
	ZEND_ME(FfiZts_CompositeException, getReasons, fz_arginfo_reasons, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry *fz_methods(int which)
{
	return which == FZ_REMOTE ? fz_remote_methods : which == FZ_COMPOSITE ? fz_composite_methods : fz_name_methods;
}

static void fz_declare_name(zend_class_entry *ce, const char *property)
{
	zend_string *name = zend_string_init_interned(property, strlen(property), 1);
	zval none;

	ZVAL_NULL(&none);
	zend_declare_typed_property(ce, name, &none, ZEND_ACC_PRIVATE, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_NULL | MAY_BE_STRING));
}

void fz_errors_declare(void)
{
	zend_class_entry ce;
	zval none;

	fz_ground_declare();
	memset(&ce, 0, sizeof ce);
	ce.name = zend_string_init_interned(ZEND_STRL("FfiZts\\Exception"), 1);
	ce.info.internal.builtin_functions = fz_interface_methods;
	fz_ce_interface = zend_register_internal_interface(&ce);
	zend_class_implements(fz_ce_interface, 1, zend_ce_throwable);
	for (int i = 0; i < FZ_EXCEPTIONS; i++) {
		fz_ce_exceptions[i] = fz_declare(fz_names[i].name, fz_methods(i),
			fz_names[i].misuse ? zend_ce_error : spl_ce_RuntimeException);
		zend_class_implements(fz_ce_exceptions[i], 1, fz_ce_interface);
		fz_declare_name(fz_ce_exceptions[i], "task");
		fz_declare_name(fz_ce_exceptions[i], "worker");
	}
	zend_declare_property_string(fz_ce_exceptions[FZ_REMOTE], ZEND_STRL("remoteClass"), "", ZEND_ACC_PROTECTED);
	ZVAL_EMPTY_ARRAY(&none);
	zend_declare_typed_property(fz_ce_exceptions[FZ_COMPOSITE], zend_string_init_interned(ZEND_STRL("reasons"), 1), &none,
		ZEND_ACC_PROTECTED, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_ARRAY));
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

bool fz_engine_failed(void)
{
	fz_refusal refusal;

	if (!fz_engine->failure(&refusal)) {
		return false;
	}
	fz_throw_refusal(&refusal);
	return true;
}

void *fz_handle_made(void *handle)
{
	if (UNEXPECTED(!handle) && !fz_engine_failed()) {
		fz_throw(FZ_MISUSE, "internal error: the engine made nothing (please report it)");
	}
	return handle;
}
