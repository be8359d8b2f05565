/*
 * FfiZts and FfiZts\Vm as jobs see them: the VM that they run in. It is up, so there is nothing to boot or to configure; what
 * a job starts belongs to the host's request that the job itself belongs to, and starts as that is at the call (inner.c).
 */
#include "shim.h"

static zend_class_entry *fz_ce_vm;

static void fz_misuse(const char *what)
{
	fz_throw(FZ_MISUSE, "%s belongs to the host: a job cannot configure or end the VM that it runs in", what);
}

static void fz_ask_the_host(const char *what)
{
	fz_throw(FZ_MISUSE, "%s belongs to the host: a job has the VM that it runs in, by FfiZts::boot(), and cannot ask about it", what);
}

/* --- FfiZts --- */

static ZEND_METHOD(FfiZts, boot)
{
	HashTable *options = NULL;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT(options)
	ZEND_PARSE_PARAMETERS_END();
	if (options && zend_hash_num_elements(options)) {
		fz_throw(FZ_MISUSE, "the VM has booted, and this is a job of it: call FfiZts::boot() without options here");
		RETURN_THROWS();
	}
	object_init_ex(return_value, fz_ce_vm);
}

static ZEND_METHOD(FfiZts, scope)
{
	fz_ask_the_host("scope()");
}

/* --- FfiZts\Vm --- */

static ZEND_METHOD(FfiZts_Vm, __construct)
{
	ZEND_PARSE_PARAMETERS_NONE();
}

static ZEND_METHOD(FfiZts_Vm, run)
{
	zval *task, *arguments = NULL;
	double limit = 0;
	bool none = true;

	ZEND_PARSE_PARAMETERS_START(1, 3)
		Z_PARAM_ZVAL(task)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_OR_NULL(arguments)
		Z_PARAM_DOUBLE_OR_NULL(limit, none)
	ZEND_PARSE_PARAMETERS_END();
	fz_submit(NULL, task, arguments, none ? 0 : limit, return_value);
}

static ZEND_METHOD(FfiZts_Vm, thread)
{
	zend_string *bootstrap = NULL;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_STR_OR_NULL(bootstrap)
	ZEND_PARSE_PARAMETERS_END();
	if (!bootstrap || (bootstrap = fz_bootstrap_file("thread", bootstrap))) {
		fz_thread_object(bootstrap, return_value);
	}
	if (bootstrap) {
		zend_string_release(bootstrap);
	}
}

static ZEND_METHOD(FfiZts_Vm, pool)
{
	zend_long size, max_tasks = 0, max_memory = 0;
	zend_string *bootstrap = NULL;

	ZEND_PARSE_PARAMETERS_START(1, 4)
		Z_PARAM_LONG(size)
		Z_PARAM_OPTIONAL
		Z_PARAM_STR_OR_NULL(bootstrap)
		Z_PARAM_LONG(max_tasks)
		Z_PARAM_LONG(max_memory)
	ZEND_PARSE_PARAMETERS_END();
	if (!bootstrap || (bootstrap = fz_bootstrap_file("pool", bootstrap))) {
		fz_pool_object(size, bootstrap, max_tasks, max_memory, return_value);
	}
	if (bootstrap) {
		zend_string_release(bootstrap);
	}
}

/* A future's handle, or NULL after throwing. */
static void *fz_start_script(zend_string *file, HashTable *arguments)
{
	uint32_t count = arguments ? zend_hash_num_elements(arguments) : 0, at = 0;
	zend_string **strings = safe_emalloc(count + 1, sizeof *strings, 0);
	fz_slice *slices = safe_emalloc(count + 1, sizeof *slices, 0), name = { ZSTR_VAL(file), ZSTR_LEN(file) };
	fz_refusal refusal;
	void *future = NULL;
	zval *argument;
	int code;

	if (arguments) {
		ZEND_HASH_FOREACH_VAL(arguments, argument) {
			ZVAL_DEREF(argument);
			if (Z_TYPE_P(argument) == IS_ARRAY || Z_TYPE_P(argument) == IS_OBJECT || Z_TYPE_P(argument) <= IS_NULL) {
				fz_throw(FZ_MISUSE, "argument $argv[%u] must be a string, int, float or bool", at);
				goto done;
			}
			strings[at] = zval_get_string(argument);
			slices[at] = (fz_slice) { ZSTR_VAL(strings[at]), ZSTR_LEN(strings[at]) };
			at++;
		} ZEND_HASH_FOREACH_END();
	}
	fz_inner_tell();
	code = fz_engine->script_submit(&name, slices, count, &future, &refusal);
	if (code != FZ_DONE) {
		fz_again(code, &refusal);
	}
done:
	while (at > 0) {
		zend_string_release(strings[--at]);
	}
	efree(strings);
	efree(slices);
	return future;
}

static ZEND_METHOD(FfiZts_Vm, startScript)
{
	zend_string *file;
	HashTable *arguments = NULL;
	void *future;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_PATH_STR(file)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT_OR_NULL(arguments)
	ZEND_PARSE_PARAMETERS_END();
	future = fz_start_script(file, arguments);
	if (future) {
		fz_future_object(future, return_value);
	}
}

static ZEND_METHOD(FfiZts_Vm, runScript)
{
	ZEND_MN(FfiZts_Vm_startScript)(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	if (!EG(exception)) {
		zval future;

		ZVAL_COPY_VALUE(&future, return_value);
		ZVAL_NULL(return_value);
		zend_call_known_instance_method_with_0_params(zend_hash_str_find_ptr(&fz_ce_future->function_table, ZEND_STRL("await")),
			Z_OBJ(future), return_value);
		zval_ptr_dtor(&future);
	}
}

static ZEND_METHOD(FfiZts_Vm, shutdown)
{
	fz_misuse("shutdown()");
}

static ZEND_METHOD(FfiZts_Vm, info)
{
	fz_ask_the_host("info()");
}

static ZEND_FUNCTION(fz_vm_with)
{
	fz_misuse("a configuration");
}

ZEND_BEGIN_ARG_INFO_EX(fz_arginfo_none, 0, 0, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_INFO_EX(fz_arginfo_any, 0, 0, 0)
	ZEND_ARG_VARIADIC_INFO(0, arguments)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(fz_arginfo_boot, 0, 0, FfiZts\\Vm, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, options, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(fz_arginfo_run, 0, 1, FfiZts\\Future, 0)
	ZEND_ARG_TYPE_MASK(0, task, MAY_BE_OBJECT | MAY_BE_STRING | MAY_BE_ARRAY, NULL)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, args, IS_ARRAY, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 1, "null")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(fz_arginfo_thread, 0, 0, FfiZts\\Thread, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, bootstrap, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(fz_arginfo_pool, 0, 1, FfiZts\\Pool, 0)
	ZEND_ARG_TYPE_INFO(0, size, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, bootstrap, IS_STRING, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, maxTasks, IS_LONG, 0, "0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, maxMemory, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_INFO_EX(fz_arginfo_script, 0, 0, 1)
	ZEND_ARG_TYPE_INFO(0, file, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, argv, IS_ARRAY, 1, "null")
ZEND_END_ARG_INFO()

static const zend_function_entry fz_ffi_zts_methods[] = {
	ZEND_ME(FfiZts, boot, fz_arginfo_boot, ZEND_ACC_PUBLIC | ZEND_ACC_STATIC)
	ZEND_ME(FfiZts, scope, fz_arginfo_any, ZEND_ACC_PUBLIC | ZEND_ACC_STATIC)
	ZEND_FE_END
};

#define FZ_WITH(name) ZEND_ME_MAPPING(name, fz_vm_with, fz_arginfo_any, ZEND_ACC_PUBLIC)

static const zend_function_entry fz_vm_methods[] = {
	ZEND_ME(FfiZts_Vm, __construct, fz_arginfo_none, ZEND_ACC_PRIVATE)
	ZEND_ME(FfiZts_Vm, run, fz_arginfo_run, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Vm, thread, fz_arginfo_thread, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Vm, pool, fz_arginfo_pool, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Vm, runScript, fz_arginfo_script, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Vm, startScript, fz_arginfo_script, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Vm, info, fz_arginfo_any, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Vm, shutdown, fz_arginfo_any, ZEND_ACC_PUBLIC)
	FZ_WITH(withIniEntry)
	FZ_WITH(withIniFile)
	FZ_WITH(withExtension)
	FZ_WITH(withExtensionDir)
	FZ_WITH(withPrepend)
	FZ_WITH(withBootstrap)
	ZEND_FE_END
};

void fz_vm_declare(void)
{
	zend_class_entry *ffi_zts = fz_declare("FfiZts", fz_ffi_zts_methods, NULL);

	ffi_zts->ce_flags |= ZEND_ACC_FINAL | ZEND_ACC_NOT_SERIALIZABLE;
	fz_ce_vm = fz_declare("FfiZts\\Vm", fz_vm_methods, NULL);
	fz_ce_vm->ce_flags |= ZEND_ACC_FINAL | ZEND_ACC_NO_DYNAMIC_PROPERTIES | ZEND_ACC_NOT_SERIALIZABLE;
}
