/*
 * Boot, threads and shutdown of the guest, and the one symbol that the host half asks for.
 *
 * TSRM's rules (php-src TSRM/TSRM.c): the thread that calls php_tsrm_startup() is the only one that may shut down;
 * every other thread asks for its context with ts_resource() and gives it back with ts_free_thread().
 */
#include "shim.h"
#include "../../zend/present.h"

#include "ext/standard/info.h"
#include "zend_modules.h"

#include <dlfcn.h>
#include <link.h>
#include <stdarg.h>

const fz_host_table *fz_host;

static bool fz_is_cli;

void fz_fail(fz_error *error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error->text, sizeof error->text, format, args);
	va_end(args);
}

void fz_replace_function(const char *name, zif_handler handler)
{
	zend_function *function = zend_hash_str_find_ptr(CG(function_table), name, strlen(name));

	if (function && function->type == ZEND_INTERNAL_FUNCTION) {
		function->internal_function.handler = handler;
	}
}

static fz_error fz_startup_error;

/*
 * Extensions have started: opcache's functions are there as well, its memory is not, and no thread has copied the table yet.
 * opcache calls this before it does the rest, preloading among it.
 */
static zend_result fz_post_startup(void)
{
	sapi_module.name = fz_sapi.name;
	fz_compiled_note();
	/* opcache compiles a call of this function into the JIT's code, if there is one. */
	fz_interrupt_install();
	return fz_opcache_install(&fz_startup_error) ? SUCCESS : FAILURE;
}

/*
 * opcache switches itself off silently under a SAPI name that it does not know (php-src ext/opcache/ZendAccelerator.c,
 * accel_find_sapi()). It looks when extensions start, after modules did; PHP_SAPI was defined before both. So the name
 * is "cli-server" exactly in between: from this module's start until fz_post_startup().
 */
static PHP_MINIT_FUNCTION(ffi_zts_guest)
{
	(void) type;
	(void) module_number;
	if (!fz_is_cli) {
		sapi_module.name = "cli-server";
	}
	/* Every function is registered by now, and no thread has copied the table yet. */
	fz_environment_install();
	fz_locale_install();
	fz_memory_install();
	fz_process_install(fz_is_cli);
	fz_errors_declare();
	fz_classes_declare();
	fz_vm_declare();
	fz_zones_use();
	fz_waits_install();
	fz_interrupt_reserve();
	fz_inner_install();
	fz_tightened_install();
	zend_post_startup_cb = fz_post_startup; /* opcache chains to it */
	fz_opcache_listen();
	return SUCCESS;
}

/* After those of PHP's own modules: ext/date forgets the time zone in its. */
static PHP_RINIT_FUNCTION(ffi_zts_guest)
{
	(void) type;
	(void) module_number;
	fz_threads_activated();
	return SUCCESS;
}

static PHP_RSHUTDOWN_FUNCTION(ffi_zts_guest)
{
	(void) type;
	(void) module_number;
	fz_closures_request_end();
	fz_inner_forget();
	fz_timer_keep();
	return SUCCESS;
}

static PHP_MINFO_FUNCTION(ffi_zts_guest)
{
	(void) zend_module;
	php_info_print_table_start();
	php_info_print_table_row(2, "ffi_zts guest half", "enabled");
	php_info_print_table_end();
}

static zend_module_entry fz_module = {
	STANDARD_MODULE_HEADER,
	"ffi_zts_guest",
	NULL,
	PHP_MINIT(ffi_zts_guest),
	NULL,
	PHP_RINIT(ffi_zts_guest),
	PHP_RSHUTDOWN(ffi_zts_guest),
	PHP_MINFO(ffi_zts_guest),
	"0.1.0",
	STANDARD_MODULE_PROPERTIES
};

/* Settings of php-cli that an ini file cannot change; the host's own entries follow and win. */
static const char fz_ini_cli[] =
	"html_errors=0\nregister_argc_argv=1\nimplicit_flush=1\noutput_buffering=0\nmax_execution_time=0\nmax_input_time=-1\n";
/* The same for jobs; their output is collected, so there is nothing to flush after every write. */
static const char fz_ini_job[] =
	"register_argc_argv=1\nimplicit_flush=0\noutput_buffering=0\nmax_execution_time=0\nmax_input_time=-1\n";

/*
 * What nobody may set. opcache.huge_code_pages copies the code of the executable and maps it anew (accel_move_code_to_huge_pages()):
 * that is the host's.
 */
static const char fz_ini_last[] = "\nopcache.huge_code_pages=0\n";

static int fz_module_startup(sapi_module_struct *module)
{
#if PHP_VERSION_ID >= 80200
	return php_module_startup(module, &fz_module);
#else
	return php_module_startup(module, &fz_module, 1);
#endif
}

ZEND_FUNCTION(dl);
ZEND_BEGIN_ARG_INFO_EX(fz_arginfo_dl, 0, 0, 1)
	ZEND_ARG_TYPE_INFO(0, extension_filename, IS_STRING, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_title, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, title, IS_STRING, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_get_title, 0, 0, IS_STRING, 1)
ZEND_END_ARG_INFO()

static const zend_function_entry fz_functions_cli[] = {
	ZEND_NAMED_FE(dl, ZEND_FN(dl), fz_arginfo_dl)
	ZEND_NAMED_FE(cli_set_process_title, ZEND_FN(fz_set_title), fz_arginfo_title)
	ZEND_NAMED_FE(cli_get_process_title, ZEND_FN(fz_get_title), fz_arginfo_get_title)
	ZEND_FE_END
};

/* Uses up what php-src gives to the first caller only, and looks at opcache, in a request of its own. */
static bool fz_first_request(fz_error *error)
{
	volatile bool done = false;

	zend_first_try {
		if (php_request_startup() == SUCCESS) {
			fz_streams_adopt();
			fz_interrupt_find_site();
			fz_opcache_verify();
			php_request_shutdown(NULL);
			done = true;
		}
	} zend_end_try();
	if (!done) {
		fz_fail(error, "the first request of the guest could not start");
	}
	return done;
}

static void fz_keep_loaded(void *handle)
{
	struct link_map *map;

	if (handle && dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0) {
		dlopen(map->l_name, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
	}
}

static void fz_keep_zend_extension(void *extension)
{
	fz_keep_loaded(((zend_extension *) extension)->handle);
}

/*
 * php_module_shutdown() unloads extensions, also one whose thread is on its way out of it: one that nobody joins is in the
 * extension's code until its last instruction. So they stay, as libphp does.
 */
static void fz_keep_extensions(void)
{
	zend_module_entry *module;

	ZEND_HASH_FOREACH_PTR(&module_registry, module) {
		fz_keep_loaded(module->handle);
	} ZEND_HASH_FOREACH_END();
	zend_llist_apply(&zend_extensions, fz_keep_zend_extension);
}

/*
 * Classes without which PHP crashes: disable_classes empties a class, and the engine goes on to make objects of it, to throw them, or to
 * have others implement it. A php with such a setting crashes when code gets there; a guest would take its host with it.
 */
static bool fz_classes_are_whole(fz_error *error)
{
	static const char *const needed[] = { "exception", "error", "closure", "unitenum", "dateperiod", "reflectionattribute" };

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		const zend_class_entry *class = zend_hash_str_find_ptr(CG(class_table), needed[i], strlen(needed[i]));

		if (class && zend_hash_num_elements(&class->function_table) == 0) {
			fz_fail(error, "disable_classes names %s, without which PHP crashes: take it out there", ZSTR_VAL(class->name));
			return false;
		}
	}
	return true;
}

static int fz_boot_guest(const fz_boot *boot, fz_error *error)
{
	const char *own = boot->ini_entries ? boot->ini_entries : "";

	fz_is_cli = strcmp(boot->sapi_name, "cli") == 0;
	const char *fixed = fz_is_cli ? fz_ini_cli : fz_ini_job;
	size_t size = strlen(fixed) + strlen(own) + sizeof fz_ini_last;

	fz_now.boot = true;
	fz_native_environment(boot);
	php_tsrm_startup();
	if (!fz_threads_install(error) || !fz_foreign_startup(error)) {
		return -1;
	}
	fz_sapi.name = (char *) boot->sapi_name;
	if (fz_is_cli) {
		fz_sapi.pretty_name = "Command Line Interface";
	}
	sapi_startup(&fz_sapi);
	fz_sapi.startup = fz_module_startup;
	fz_zones_given = boot->time_zones;
	fz_sapi.php_ini_path_override = boot->ini_path ? strdup(boot->ini_path) : NULL;
	fz_sapi.php_ini_ignore = boot->ini_path == NULL && !boot->ini_search;
	fz_sapi.php_ini_ignore_cwd = 1;
	fz_sapi.executable_location = boot->executable ? strdup(boot->executable) : NULL;
	char *entries = malloc(size); /* read until the process ends */
	if (!entries) {
		fz_fail(error, "out of memory");
		return -1;
	}
	snprintf(entries, size, "%s%s%s", fixed, own, fz_ini_last);
	fz_sapi.ini_entries = entries;
	fz_ini_taken = boot->ini_defaults;
	fz_sapi.additional_functions = fz_is_cli ? fz_functions_cli : NULL;

	if (!fz_extensions_install(boot->extension_dir ? strdup(boot->extension_dir) : NULL)) {
		fz_fail(error, "libphp's import table was not found");
		return -1;
	}
	fz_foreign_shell_save();
	bool up = fz_sapi.startup(&fz_sapi) == SUCCESS;
	fz_foreign_shell_restore();
	if (!up) {
		fz_fail(error, "%s", *fz_startup_error.text ? fz_startup_error.text : "module startup failed");
		return -1;
	}
	if (!fz_classes_are_whole(error)) {
		return -1;
	}
	fz_opcache_listen();
	if (!fz_threads_prepare(error)) {
		return -1;
	}
	fz_keep_extensions();
	fz_compiled_install();
	fz_functions_publish();
	fz_sapi_settle();
	fz_errors_install();
	fz_children_mask(boot->host_mask);
	fz_descriptors_inherited(boot->inherited);
	if (!fz_imports_redirect(fz_child_imports) || !fz_imports_redirect(fz_descriptor_imports)) {
		fz_fail(error, "libphp's import table was not found");
		return -1;
	}
	fz_imports_of_library(fz_libphp());
	SG(options) |= SAPI_OPTION_NO_CHDIR;
	if (!fz_first_request(error) || (boot->demand_opcache && !fz_opcache_demand(error))) {
		return -1;
	}
	return 0;
}

static void fz_shutdown_guest(void)
{
	fz_threads_end();
	fz_foreign_shell_save();
	php_module_shutdown();
	fz_foreign_shell_restore();
	sapi_shutdown();
	/* TSRM stays: its tables are reachable from thread-local storage of threads that are still ending. */
}

/*
 * ext/ffi notes at module start whether the SAPI is the CLI, in the globals of the boot thread only; the CLI may use FFI
 * under its default ffi.enable=preload. The header is not installed; the struct has begun like this since 7.4.
 */
static void fz_ffi_is_cli(void)
{
	struct { int restriction; bool is_cli; } *globals;
	zend_module_entry *ffi = zend_hash_str_find_ptr(&module_registry, ZEND_STRL("ffi"));

	if (ffi && fz_is_cli && ffi->globals_id_ptr && *ffi->globals_id_ptr) {
		globals = TSRMG_BULK(*ffi->globals_id_ptr, void *);
		globals->is_cli = true;
	}
}

void fz_thread_prepare(void)
{
	SG(options) |= SAPI_OPTION_NO_CHDIR;
	/* php-src fills CG(ascii_compatible_locale) of the thread that starts the modules; basename() reads every thread's. */
	zend_update_current_locale();
	fz_functions_share();
	fz_ffi_is_cli();
}

/* ts_free_thread() frees the file globals before EG(persistent_list), whose streams need them. */
void fz_thread_close_persistent(void)
{
	dtor_func_t destructor = EG(persistent_list).pDestructor;

	zend_first_try {
		zend_hash_graceful_reverse_destroy(&EG(persistent_list));
	} zend_end_try();
	zend_hash_init(&EG(persistent_list), 8, NULL, destructor, 1);
}

static int fz_thread_start(fz_worker *worker, fz_error *error)
{
	memset(&fz_now, 0, sizeof fz_now);
	fz_now.worker = worker;
	fz_now.quiet = true; /* deprecations of settings were shown when the boot thread read them */
	if (!ts_resource(0)) {
		fz_fail(error, "TSRM has no context for this thread");
		return -1;
	}
	fz_now.quiet = false;
	if (!fz_foreign_thread(error)) {
		ts_free_thread();
		return -1;
	}
	fz_thread_prepare();
	__atomic_store_n(&worker->vm_interrupt, (void *) &EG(vm_interrupt), __ATOMIC_RELEASE);
	return 0;
}

/* What a kept heap may hold between two lanes: the first chunk of the allocator, which it never gives back. */
#define FZ_HEAP_KEPT ((size_t) 2 << 20)

/*
 * Takes from the context what outlives requests by php-src's design and what a new thread would not have: persistent
 * connections with what they hold on the other side, and what paths were a while ago. Caches that nobody can tell from
 * empty ones stay (regular expressions, the execution timer). A thread that held much memory ends, to give it back.
 */
static int fz_thread_renew(fz_worker *worker)
{
	(void) worker;
	fz_thread_close_persistent();
	realpath_cache_clean();
	return zend_memory_usage(true) <= FZ_HEAP_KEPT;
}

static void fz_thread_stop(fz_worker *worker)
{
	__atomic_store_n(&worker->vm_interrupt, NULL, __ATOMIC_RELEASE);
	fz_thread_close_persistent();
	fz_opcache_forget(); /* may have a request, which uses the timer */
	fz_timer_delete();
	fz_present_end();
	ts_free_thread();
	fz_opcache_leave();
	memset(&fz_now, 0, sizeof fz_now);
}

/* Any thread; the worker is alive (the host half holds its lock). */
static void fz_interrupt_worker(fz_worker *worker)
{
	void *flag = __atomic_load_n(&worker->vm_interrupt, __ATOMIC_ACQUIRE);

	if (flag) {
		zend_atomic_bool_store((zend_atomic_bool *) flag, true);
	}
	fz_threads_interrupt(worker);
}

static const fz_guest_table fz_table = {
	.size = sizeof(fz_guest_table),
	.version = FZ_BRIDGE_VERSION,
	.php_version_id = PHP_VERSION_ID,
	.zend_module_api = ZEND_MODULE_API_NO,
	.zts = 1,
	.debug = ZEND_DEBUG,
#ifdef ZEND_SIGNALS
	.zend_signals = 1,
#endif
#ifdef ZEND_MAX_EXECUTION_TIMERS
	.max_execution_timers = 1,
#endif
	.sizes = FZ_SIZES,
	.boot = fz_boot_guest,
	.shutdown = fz_shutdown_guest,
	.thread_start = fz_thread_start,
	.thread_stop = fz_thread_stop,
	.thread_renew = fz_thread_renew,
	.run_script = fz_run_script,
	.run_task = fz_run_task,
	.end_request = fz_end_request,
	.interrupt = fz_interrupt_worker,
	.opcache = fz_opcache_tell,
};

/* Called by the Rust entry (guest/mod.rs), which exports ffi_zts_guest_attach. */
const fz_guest_table *fz_attach(const fz_host_table *host, fz_error *error)
{
	if (host->version != FZ_BRIDGE_VERSION || host->size != sizeof(fz_host_table)) {
		fz_fail(error, "the halves do not fit: bridge %u (%u bytes) on the host, %u (%zu bytes) in the guest; run make build",
			host->version, host->size, FZ_BRIDGE_VERSION, sizeof(fz_host_table));
		return NULL;
	}
	fz_host = host;
	fz_engine = host->engine;
	return &fz_table;
}
