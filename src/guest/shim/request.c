/*
 * One script job: a whole request, from startup to shutdown, on the calling worker.
 *
 * # Safety
 * Every entry into the engine stands below the zend_first_try of fz_run_script(); between it and Zend there are C frames
 * without anything to release, so that a bailout may jump over them.
 */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

__thread fz_current fz_now;

#define FZ_FATAL (E_ERROR | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR | E_PARSE)

static void (*fz_next_error)(int type, zend_string *file, const uint32_t line, zend_string *message);

/* Puts back what fz_error_cb() hid; the original handler may have left by longjmp. */
void fz_errors_restore(void)
{
	if (fz_now.errors_hidden) {
		fz_now.errors_hidden = false;
		PG(display_errors) = fz_now.saved_display;
		PG(log_errors) = fz_now.saved_log;
	}
}

/* What a function of PHP's own warns about that a task calls has no file: the job is named instead. NULL: it has one. */
static zend_string *fz_place_of_error(const zend_string *file, uint32_t line)
{
	fz_job_names names;

	if (line || (file && !zend_string_equals_literal(file, "Unknown")) || !fz_now.script || !fz_now.script->job || fz_now.script->as_cli) {
		return NULL;
	}
	fz_engine->future_names(fz_now.script->job, &names);
	return fz_names_text(&names);
}

static void fz_pass_error(int type, zend_string *file, uint32_t line, zend_string *message)
{
	zend_string *place = fz_place_of_error(file, line);

	fz_next_error(type, place ? place : file, line, message);
	if (place) {
		zend_string_release(place);
	}
}

/* A job's fatal error is reported to the host, which throws it, instead of being displayed and logged here. */
static void fz_error_cb(int type, zend_string *file, const uint32_t line, zend_string *message)
{
	bool report = fz_now.script && fz_now.script->job && !fz_now.script->as_cli && (type & FZ_FATAL);

	if (fz_now.hears && !(type & FZ_FATAL)) {
		const char *text = ZSTR_VAL(message), *startup = "PHP Request Startup: ";

		fz_fail(fz_now.hears, "%s", strncmp(text, startup, strlen(startup)) == 0 ? text + strlen(startup) : text);
		return;
	}
	fz_now.hears = NULL; /* who hears may be left by a longjmp */
	if (fz_now.quiet && !(type & FZ_FATAL)) {
		return;
	}
	/* What comes of a wait that a stop has ended is no news of its own. */
	if (fz_now.refused && (type & (E_WARNING | E_NOTICE)) && fz_stop_is_due()) {
		return;
	}
	if (report) {
		fz_report_fatal(fz_now.script->job, type & E_ALL, ZSTR_VAL(message), ZSTR_LEN(message),
			file ? ZSTR_VAL(file) : "Unknown", file ? ZSTR_LEN(file) : strlen("Unknown"), line);
		if (!fz_now.errors_hidden) {
			fz_now.saved_display = PG(display_errors);
			fz_now.saved_log = PG(log_errors);
			fz_now.errors_hidden = true;
		}
		PG(display_errors) = 0;
		PG(log_errors) = 0;
	}
	if (fz_threads_foreign() && !EG(bailout) && (type & FZ_FATAL) && !(type & E_DONT_BAIL)) {
		fz_now.captured = false; /* php-src now ends the process; the host gets nothing from the job's buffer any more */
	}
	if (type & FZ_FATAL) {
		fz_next_error(type, file, line, message);
	} else {
		fz_pass_error(type, file, line, message);
	}
	fz_errors_restore();
}

void fz_errors_install(void)
{
	fz_next_error = zend_error_cb;
	zend_error_cb = fz_error_cb;
}

/* The exception that is pending: to the host. */
void fz_uncaught_to_host(void)
{
	if (!EG(exception)) {
		return;
	}
	if (zend_is_unwind_exit(EG(exception)) || zend_is_graceful_exit(EG(exception))) {
		zend_clear_exception();
		return;
	}
	zend_object *throwable = EG(exception);
	GC_ADDREF(throwable);
	zend_clear_exception();
	/* A task that ends as it was asked to has no failure of its own. */
	if (!fz_now.stopping || throwable->ce != fz_ce_exceptions[FZ_CANCELLED]) {
		fz_report_throwable(fz_now.script->job, throwable);
	}
	OBJ_RELEASE(throwable);
	EG(exit_status) = 255;
}

/* The exception that is pending after a file: to set_exception_handler(), or to the host. */
void fz_uncaught(void)
{
	/* A stop is nobody's failure. */
	if (EG(exception) && !zend_is_unwind_exit(EG(exception)) && !zend_is_graceful_exit(EG(exception)) && !fz_now.stopping
			&& Z_TYPE(EG(user_exception_handler)) != IS_UNDEF) {
		zend_user_exception_handler();
	}
	fz_uncaught_to_host();
}

/* Compiles and runs one file; true when the next one may run. As zend_execute_scripts(), but what is uncaught is reported. */
static bool fz_execute_file(zend_file_handle *handle, zval *result)
{
	zend_op_array *op_array = zend_compile_file(handle, ZEND_REQUIRE);
	bool go_on = true;

	if (handle->opened_path) {
		zend_hash_add_empty_element(&EG(included_files), handle->opened_path);
	}
	if (op_array) {
		zend_execute(op_array, result);
#if PHP_VERSION_ID < 80600 /* from then on nobody puts an exception aside */
		zend_exception_restore();
#endif
		if (EG(exception)) {
			go_on = false;
			fz_uncaught();
		}
		zend_destroy_static_vars(op_array);
		destroy_op_array(op_array);
		efree_size(op_array, sizeof(zend_op_array));
	} else {
		go_on = false;
		fz_uncaught();
	}
	return go_on;
}

/* Opening a pipe waits for whoever writes to it, where no stop gets to: files are asked for. /dev/null is an empty one. */
static bool fz_is_file_like(const zend_stat_t *about)
{
	return S_ISREG(about->st_mode) || S_ISDIR(about->st_mode) || (S_ISCHR(about->st_mode) && about->st_rdev == makedev(1, 3));
}

static bool fz_is_no_file(const char *path)
{
	zend_stat_t about;

	return VCWD_STAT(path, &about) == 0 && !fz_is_file_like(&about);
}

bool fz_execute_named(const char *path)
{
	zend_file_handle handle;
	zval result;
	bool go_on;

	if (fz_is_no_file(path)) {
		zend_throw_error(NULL, "Failed opening required '%s': it is no regular file", path);
		fz_uncaught();
		return false;
	}

	ZVAL_UNDEF(&result);
	zend_stream_init_filename(&handle, path);
	go_on = fz_execute_file(&handle, &result);
	zend_destroy_file_handle(&handle);
	zval_ptr_dtor(&result);
	return go_on;
}

/* The primary script of a job whose result the host wants: prepended files, script, appended file, returned value. */
static void fz_execute_job(zend_file_handle *primary)
{
	const fz_script *script = fz_now.script;
	zval result;
	bool go_on = true;

	ZVAL_UNDEF(&result);
	if (PG(max_input_time) != -1) {
		zend_set_timeout(zend_ini_long(ZEND_STRL("max_execution_time"), 0), 0);
	}
	for (size_t i = 0; go_on && i < script->prepend_len; i++) {
		go_on = fz_execute_named(script->prepend[i]);
	}
	if (go_on && PG(auto_prepend_file) && PG(auto_prepend_file)[0]) {
		go_on = fz_execute_named(PG(auto_prepend_file));
	}
	if (go_on) {
		CG(skip_shebang) = 1;
		if (script->mode == FZ_SCRIPT_CODE) {
			go_on = zend_eval_stringl(script->script.ptr, script->script.len, NULL, "Command line code") == SUCCESS;
			fz_uncaught();
		} else {
			go_on = fz_execute_file(primary, &result);
		}
	}
	if (Z_TYPE(result) != IS_UNDEF) {
		/* What the script returned is taken before shutdown functions and destructors run. */
		fz_report_value(script->job, &result);
		zval_ptr_dtor(&result);
	}
	if (go_on && PG(auto_append_file) && PG(auto_append_file)[0]) {
		fz_execute_named(PG(auto_append_file));
	}
}

/* The primary script of `ffi-zts run`: as php-cli's do_cli(). */
static void fz_execute_cli(zend_file_handle *primary)
{
	const fz_script *script = fz_now.script;

	for (size_t i = 0; i < script->prepend_len; i++) {
		zend_file_handle handle;
		zend_stream_init_filename(&handle, script->prepend[i]);
		zend_execute_scripts(ZEND_REQUIRE, NULL, 1, &handle);
		zend_destroy_file_handle(&handle);
	}
	CG(skip_shebang) = 1;
	switch (script->mode) {
		case FZ_SCRIPT_CODE:
			zend_eval_string_ex((char *) script->script.ptr, NULL, "Command line code", 1);
			break;
		case FZ_SCRIPT_LINT:
			if (php_lint_script(primary) == SUCCESS) {
				zend_printf("No syntax errors detected in %s\n", fz_now.php_self);
				EG(exit_status) = 0;
			} else {
				zend_printf("Errors parsing %s\n", fz_now.php_self);
				EG(exit_status) = 255;
			}
			break;
		default:
			php_execute_script(primary);
	}
}

/*
 * What `include` would open by a wrapper (phar://…), under its rules; the wrapper checks open_basedir. PHP says by warnings why it
 * does not open something: the last of them is heard (fz_error_cb()).
 */
static bool fz_open_url(zend_file_handle *handle, const char *path, fz_error *error)
{
	fz_error why = { "no wrapper has opened it" };
	bool opened;

	fz_now.hears = &why;
	zend_stream_init_filename(handle, path);
	opened = php_stream_open_for_zend_ex(handle, STREAM_OPEN_FOR_INCLUDE | REPORT_ERRORS) == SUCCESS;
	fz_now.hears = NULL;
	if (opened) {
		return true;
	}
	zend_destroy_file_handle(handle);
	memset(handle, 0, sizeof *handle);
	if (EG(exception)) {
		const zval *message = fz_base_property(EG(exception), "message");

		if (message && Z_TYPE_P(message) == IS_STRING) {
			fz_fail(&why, "%s", Z_STRVAL_P(message));
		}
		zend_clear_exception();
	}
	fz_fail(error, "cannot open script %s: %.700s", path, why.text);
	return false;
}

/* Whether the name is a file's; `inside` is the name without file://. */
static bool fz_is_file(const char *path, const char **inside)
{
	fz_error unheard;
	bool file;

	fz_now.hears = &unheard;
	file = php_stream_locate_url_wrapper(path, inside, 0) == &php_plain_files_wrapper;
	fz_now.hears = NULL;
	return file;
}

/* The host imposes this setting on the job. */
static bool fz_is_imposed(const fz_script *script, const char *name)
{
	for (size_t i = 0; i + 1 < script->ini_len; i += 2) {
		if (strcmp(script->ini[i], name) == 0) {
			return true;
		}
	}
	return false;
}

/* Opens a regular file, without waiting where it is none. NULL: see `why`, or errno where that is NULL. */
static FILE *fz_open_file(const char *path, const char **why)
{
	int fd = VCWD_OPEN(path, O_RDONLY | O_NONBLOCK);
	zend_stat_t about;
	FILE *file;
	int reason;

	if (fd < 0) {
		return NULL;
	}
	if (fstat(fd, &about) == 0 && (S_ISDIR(about.st_mode) || !fz_is_file_like(&about))) {
		*why = S_ISDIR(about.st_mode) ? strerror(EISDIR) : "it is no regular file";
	} else if ((file = fdopen(fd, "rb"))) {
		return file;
	}
	reason = errno;
	close(fd);
	errno = reason;
	return NULL;
}

/* Opens the script as php-cli does; false with `error` filled. `path` is the name that the user gave. */
static bool fz_open_primary(zend_file_handle *handle, const char *path, fz_error *error)
{
	FILE *file;
	const char *inside = path, *why = NULL;

	/* php-cli opens files only. */
	if (!fz_now.script->as_cli && !fz_is_file(path, &inside)) {
		return fz_open_url(handle, path, error);
	}
	path = inside;
	/* php-cli does not apply its open_basedir to the script that it was told to run; here it may be a confined host's script that tells. */
	if ((!fz_now.script->as_cli || fz_is_imposed(fz_now.script, "open_basedir"))
			&& PG(open_basedir) && *PG(open_basedir) && php_check_open_basedir_ex(path, 0) != 0) {
		fz_fail(error, "cannot open script %s: open_basedir restriction in effect, it is not within the allowed path(s): %s",
			path, PG(open_basedir));
		return false;
	}
	/* php-cli reads a directory as an empty script, and what a pipe brings. */
	file = fz_now.script->as_cli ? VCWD_FOPEN(path, "rb") : fz_open_file(path, &why);
	if (!file) {
		fz_fail(error, "cannot open script %s: %s", path, why ? why : strerror(errno));
		return false;
	}
	zend_stream_init_fp(handle, file, path);
	return true;
}

/*
 * Sets what the request's options say as a php.ini would: scripts may change it. Before the request starts, since some of it is read then
 * (output_buffering, variables_order). A setting that this guest does not have is no concern of it.
 */
bool fz_apply_own(const fz_script *script, fz_error *error)
{
	for (size_t i = 0; i + 1 < script->own_len; i += 2) {
		const char *key = script->own[i], *value = script->own[i + 1];
		zend_string *name = zend_string_init(key, strlen(key), 0);
		zend_result done = SUCCESS;

		if (zend_hash_exists(EG(ini_directives), name)) {
			done = zend_alter_ini_entry_chars_ex(name, value, strlen(value), PHP_INI_PERDIR, PHP_INI_STAGE_ACTIVATE, true);
		}
		zend_string_release(name);
		if (done == FAILURE) {
			fz_fail(error, "option ini[\"%s\"]: the guest refuses \"%s\"", key, value);
			return false;
		}
	}
	return true;
}

/* Sets the restrictions of the host for this request; they are back to the boot's values when it ends. */
bool fz_apply_ini(const fz_script *script, fz_error *error)
{
	for (size_t i = 0; i + 1 < script->ini_len; i += 2) {
		const char *key = script->ini[i], *value = script->ini[i + 1];
		zend_string *name = zend_string_init(key, strlen(key), 0);
		zend_result done = zend_alter_ini_entry_chars(name, value, strlen(value), PHP_INI_SYSTEM, PHP_INI_STAGE_ACTIVATE);

		zend_string_release(name);
		if (done == FAILURE) {
			fz_fail(error, "ini setting %s=%s cannot be set in the guest", key, value);
			return false;
		}
	}
	return true;
}

/*
 * Starts a request in the surroundings of `script`, which fz_now names already. False with `error` filled when that failed;
 * either way fz_request_finish() follows, with what `started` says then.
 */
bool fz_request_begin(const fz_script *script, bool *started, fz_error *error)
{
	static __thread char real_path[MAXPATHLEN];
	bool from_file = script->mode == FZ_SCRIPT_FILE || (script->mode == FZ_SCRIPT_LINT && script->script.len);
	char *translated = NULL;

	*started = false;
	virtual_cwd_activate();
	fz_umask_begin(script);
	if (!fz_directory_enter(script, fz_now.worker->own_fs, error)) {
		return false;
	}
	fz_now.php_self = "Standard input code";
	fz_now.script_filename = "";
	if (from_file) {
		fz_now.php_self = fz_now.script_filename = script->script.ptr;
		if (VCWD_REALPATH(script->script.ptr, real_path)) {
			translated = real_path;
		}
	}
	SG(request_info).argc = script->argc;
	SG(request_info).argv = (char **) script->argv;
	SG(request_info).path_translated = translated ? translated : (char *) fz_now.php_self;

	/* sapi_activate() leaves what the request before has set. */
	SG(sapi_headers).http_response_code = 0;
	fz_timer_take();
	if (!fz_apply_own(script, error)) {
		zend_ini_deactivate();
		return false;
	}
	if (php_request_startup() == FAILURE) {
		fz_fail(error, "the request could not start");
		return false;
	}
	*started = true;
	/* The timer's handler passes foreign SIGRTMINs on to the handler that it found; on a second worker that is itself. */
#ifdef ZEND_MAX_EXECUTION_TIMERS
	memset(&EG(oldact), 0, sizeof EG(oldact));
#endif
	/* From here on a SIGRTMIN is harmless; before, the timer's handler would call itself without end. */
	__atomic_store_n(&fz_now.worker->running, 1, __ATOMIC_RELEASE);
	/* php_request_startup() starts anew from the process's directory where the request before left one. */
	if (!fz_apply_ini(script, error)) {
		return false;
	}
	fz_tightened_begin();
	fz_settings_begin(script);
	return true;
}

/* Ends what fz_request_begin() started: the exit status. */
int fz_request_finish(bool started)
{
	int status = 0;

	if (started) {
		if (CG(unclean_shutdown)) {
			fz_after_bailout();
		}
		php_request_shutdown(NULL);
		status = EG(exit_status);
	} else {
		sapi_deactivate();
		zend_ini_deactivate();
	}
	fz_errors_restore();
	memset(&SG(request_info), 0, sizeof SG(request_info));
	return status;
}

/* In the words of php-cli, and where it has them. */
static void fz_tell_missing(const char *path)
{
#if PHP_VERSION_ID < 80400
	php_printf("Could not open input file: %s\n", path);
#else
	fprintf(stderr, "Could not open input file: %s\n", path);
#endif
}

/* Whether a script has STDIN and its like. php-cli gives them to one that comes from standard input from 8.4 on. */
static bool fz_has_streams(const fz_script *script)
{
	return script->mode != FZ_SCRIPT_LINT && (PHP_VERSION_ID >= 80400 || script->mode != FZ_SCRIPT_STDIN);
}

static int fz_request(const fz_script *script, fz_error *error)
{
	bool started;
	volatile int status = -1;
	zend_file_handle primary;
	bool from_file = script->mode == FZ_SCRIPT_FILE || (script->mode == FZ_SCRIPT_LINT && script->script.len);

	memset(&primary, 0, sizeof primary);
	if (!fz_request_begin(script, &started, error)) {
		goto shutdown;
	}
	if (from_file) {
		if (!fz_open_primary(&primary, script->script.ptr, error)) {
			if (script->as_cli) {
				fz_tell_missing(script->script.ptr);
				error->text[0] = '\0';
				status = 1;
			}
			goto shutdown;
		}
	} else if (script->mode == FZ_SCRIPT_STDIN || script->mode == FZ_SCRIPT_LINT) {
		int descriptor = dup(STDIN_FILENO);
		FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "rb");

		if (!file) {
			fz_fail(error, "cannot read the script from standard input: %s", strerror(errno));
			goto shutdown;
		}
		zend_stream_init_fp(&primary, file, fz_now.php_self);
	}
	primary.primary_script = 1;
	if (from_file && !script->as_cli && primary.type == ZEND_HANDLE_FP) {
		char full[MAXPATHLEN];
		if (expand_filepath(ZSTR_VAL(primary.filename), full)) {
			primary.opened_path = zend_string_init(full, strlen(full), 0);
		}
	}
	if (script->as_cli) {
		zend_register_bool_constant(ZEND_STRL("PHP_CLI_PROCESS_TITLE"), fz_title_available(), CONST_CS, 0);
		zend_is_auto_global(ZSTR_KNOWN(ZEND_STR_AUTOGLOBAL_SERVER));
	}
	PG(during_request_startup) = 0;
	EG(exit_status) = 0;
	if (fz_has_streams(script)) {
		fz_streams_register_constants();
	}
	zend_try {
		if (script->as_cli) {
			fz_execute_cli(&primary);
		} else {
			fz_execute_job(&primary);
		}
	} zend_end_try();
	fz_errors_restore();
	status = 0;

shutdown:
	if (primary.filename) {
		zend_destroy_file_handle(&primary);
	}
	int ended = fz_request_finish(started);
	return status == 0 ? ended : status;
}

int fz_run_script(fz_worker *worker, const fz_script *script, fz_error *error)
{
	volatile int status = -1;

	error->text[0] = '\0';
	fz_job_begin(script, worker);
	fz_opcache_enter();
	zend_first_try {
		status = fz_request(script, error);
	} zend_catch {
		/* php_request_shutdown() guards each of its steps; a bailout that gets here left the request half closed. */
		fz_fail(error, "the request ended by a bailout outside of the script");
	} zend_end_try();
	fz_opcache_leave();
	__atomic_store_n(&worker->running, 0, __ATOMIC_RELEASE);
	fz_job_end();
	return status;
}
