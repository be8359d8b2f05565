/*
 * The SAPI module: every callback is set, because a NULL one is a crash waiting for the function that calls it
 * (header("") called a NULL sapi_error).
 *
 * Output goes to the job's buffer on the host side, or to descriptor 1 for jobs that ask for it. A thread that an extension
 * made writes to the job that its request belongs to (threads.c). Output without a job, at module startup, on a thread that
 * belongs to none or outlives its job, goes to descriptor 1, as the CLI's would.
 */
#include "shim.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

static size_t fz_write_descriptor(const char *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(STDOUT_FILENO, buf + done, len - done);
		if (n > 0) {
			done += (size_t) n;
		} else if (n < 0 && errno == EAGAIN) {
			struct pollfd ready = { .fd = STDOUT_FILENO, .events = POLLOUT };
			(void) poll(&ready, 1, -1);
		} else if (n < 0 && errno == EINTR) {
			/* A cancelled job does not keep on writing to a reader that is gone. */
			if ((fz_now.worker && __atomic_load_n(&fz_now.worker->stop, __ATOMIC_ACQUIRE))
					|| (fz_threads_foreign() && fz_threads_stopping())) {
				break;
			}
		} else {
			break;
		}
	}
	return done;
}

static size_t fz_ub_write(const char *buf, size_t len);

/*
 * Nobody reads this request's output any more. As php_handle_aborted_connection(), but where an extension's own function
 * stands between php-src and here (it may hold a lock), or nobody catches a bailout, the request unwinds at its next VM interrupt.
 */
static void fz_output_aborted(void)
{
	if (fz_now.boot) {
		return; /* module startup goes on */
	}
	if (sapi_module.ub_write == fz_ub_write && EG(bailout)) {
		php_handle_aborted_connection();
		return;
	}
	PG(connection_status) = PHP_CONNECTION_ABORTED;
	php_output_set_status(PHP_OUTPUT_DISABLED);
	if (!PG(ignore_user_abort)) {
		fz_now.aborted = true;
		zend_atomic_bool_store(&EG(vm_interrupt), true);
	}
}

static size_t fz_ub_write(const char *buf, size_t len)
{
	const fz_script *script;
	size_t done;

	if (len == 0) {
		return 0;
	}
	if (fz_now.captured && (script = fz_job_hold())) {
		done = fz_host->output(script->job, buf, len);
		fz_job_release();
	} else {
		done = fz_write_descriptor(buf, len);
	}
	if (UNEXPECTED(done < len)) {
		EG(exit_status) = 255;
		fz_output_aborted();
	}
	return done;
}

static void fz_flush(void *server_context)
{
	const fz_script *script;

	(void) server_context;
	if (fz_now.captured && (script = fz_job_hold())) {
		fz_host->flush(script->job);
		fz_job_release();
	} else {
		/* Module startup reports through stdio; EBADF: the script closed its own descriptor. */
		if (fflush(stdout) == EOF && errno != EBADF) {
			fz_output_aborted();
		}
	}
}

/* Start of a request, when the executor is up and modules are not. */
static int fz_activate(void)
{
	fz_memory_begin();
	if (fz_threads_foreign()) {
		fz_threads_attach();
	}
	return SUCCESS;
}

/* Last of a request while its memory is still there. */
static int fz_deactivate(void)
{
	fflush(stdout);
	fz_environment_end();
	fz_locale_end();
	fz_inner_forget(); /* a bailout of another module may have kept it from the guest half's RSHUTDOWN */
	if (fz_threads_foreign()) {
		fz_threads_detach();
	}
	return SUCCESS;
}

static int (*fz_next_activate)(void), (*fz_next_deactivate)(void);

static int fz_activate_both(void)
{
	fz_activate();
	return fz_next_activate();
}

static int fz_deactivate_both(void)
{
	fz_next_deactivate();
	return fz_deactivate();
}

/*
 * Extensions may put functions of their own into the module (parallel takes `deactivate` out where the SAPI's name begins
 * with "cli", as it does while modules start). A request that is not deactivated leaves its memory behind in fz_now.
 */
void fz_sapi_settle(void)
{
	if (sapi_module.activate != fz_activate) {
		fz_next_activate = sapi_module.activate;
		sapi_module.activate = fz_next_activate ? fz_activate_both : fz_activate;
	}
	if (sapi_module.deactivate != fz_deactivate) {
		fz_next_deactivate = sapi_module.deactivate;
		sapi_module.deactivate = fz_next_deactivate ? fz_deactivate_both : fz_deactivate;
	}
}

/* For getmyinode(), getlastmod() and get_current_user(): as php-src main/SAPI.c does without a callback. */
static zend_stat_t *fz_get_stat(void)
{
	const char *path = SG(request_info).path_translated;

	return path && VCWD_STAT(path, &SG(global_stat)) == 0 ? &SG(global_stat) : NULL;
}

static char *fz_getenv(const char *name, size_t name_len)
{
	/* getenv() has its own handler here (environment.c); what else asks has no SAPI variables to see. */
	(void) name;
	(void) name_len;
	return NULL;
}

static int fz_header_handler(sapi_header_struct *header, sapi_header_op_enum op, sapi_headers_struct *headers)
{
	(void) header;
	(void) op;
	(void) headers;
	return 0; /* as the CLI: headers are not kept */
}

static int fz_send_headers(sapi_headers_struct *headers)
{
	(void) headers;
	return SAPI_HEADER_SENT_SUCCESSFULLY;
}

static void fz_send_header(sapi_header_struct *header, void *server_context)
{
	(void) header;
	(void) server_context;
}

static size_t fz_read_post(char *buffer, size_t count)
{
	(void) buffer;
	(void) count;
	return 0;
}

static char *fz_read_cookies(void)
{
	return NULL;
}

static void fz_register_variable(const char *name, const char *value, zval *array)
{
	size_t len = strlen(value);
	char *copy = estrndup(value, len);

	if (sapi_module.input_filter(PARSE_SERVER, name, &copy, len, &len)) {
		php_register_variable_safe(name, copy, len, array);
	}
	efree(copy);
}

static void fz_register_server_variables(zval *array)
{
	fz_environment_import(array);
	if (!fz_now.php_self) {
		return;
	}
	fz_register_variable("PHP_SELF", fz_now.php_self, array);
	fz_register_variable("SCRIPT_NAME", fz_now.php_self, array);
	fz_register_variable("SCRIPT_FILENAME", fz_now.script_filename, array);
	fz_register_variable("PATH_TRANSLATED", fz_now.script_filename, array);
	fz_register_variable("DOCUMENT_ROOT", "", array);
}

static void fz_log_message(const char *message, int level)
{
	if (fz_now.quiet) {
		return;
	}
	if (fz_now.as_cli) {
		fprintf(stderr, "%s\n", message);
	} else {
		fz_host->log(fz_now.script ? fz_now.script->job : NULL, level, message, strlen(message));
	}
}

static zend_result fz_get_request_time(double *time)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	*time = (double) now.tv_sec + (double) now.tv_nsec / 1e9;
	return SUCCESS;
}

static void fz_terminate_process(void)
{
	/* The process is the host's; a guest never ends it. */
}

static int fz_get_fd(int *fd)
{
	(void) fd;
	return FAILURE;
}

static int fz_force_http_10(void)
{
	return FAILURE;
}

static int fz_get_target_uid(uid_t *uid)
{
	*uid = geteuid();
	return SUCCESS;
}

static int fz_get_target_gid(gid_t *gid)
{
	*gid = getegid();
	return SUCCESS;
}

static int fz_startup(sapi_module_struct *module)
{
	return php_module_startup(module, NULL);
}

#define FZ_INI_DEFAULT(name, value) do { \
		zval entry; \
		ZVAL_NEW_STR(&entry, zend_string_init(value, sizeof(value) - 1, 1)); \
		zend_hash_str_update(configuration, name, sizeof(name) - 1, &entry); \
	} while (0)

fz_slice fz_ini_taken;

/* The first moment of a module startup in which there is memory. */
static void fz_ini_defaults(HashTable *configuration)
{
	fz_zones_use();
	FZ_INI_DEFAULT("display_errors", "1");
	FZ_INI_DEFAULT("html_errors", "0");
	fz_extensions_defaults(configuration);
	fz_settings_defaults(fz_ini_taken, configuration);
}

sapi_module_struct fz_sapi = {
	.name = "ffi-zts",
	.pretty_name = "PHP on a thread of another PHP (ffi_zts)",
	.startup = fz_startup,
	.shutdown = php_module_shutdown_wrapper,
	.activate = fz_activate,
	.deactivate = fz_deactivate,
	.ub_write = fz_ub_write,
	.flush = fz_flush,
	.get_stat = fz_get_stat,
	.getenv = fz_getenv,
	.sapi_error = php_error,
	.header_handler = fz_header_handler,
	.send_headers = fz_send_headers,
	.send_header = fz_send_header,
	.read_post = fz_read_post,
	.read_cookies = fz_read_cookies,
	.register_server_variables = fz_register_server_variables,
	.log_message = fz_log_message,
	.get_request_time = fz_get_request_time,
	.terminate_process = fz_terminate_process,
	.get_fd = fz_get_fd,
	.force_http_10 = fz_force_http_10,
	.get_target_uid = fz_get_target_uid,
	.get_target_gid = fz_get_target_gid,
	.ini_defaults = fz_ini_defaults,
	.phpinfo_as_text = 1,
};
