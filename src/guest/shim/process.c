/*
 * Functions that would act on the whole process, which is the host's.
 *
 * They stay defined, so that code which asks function_exists() goes on; called, they warn and return what their
 * failure returns. Under `as_cli` (the `ffi-zts run` command, where the process exists for this one script) they work.
 */
#include "shim.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

static zend_internal_function fz_original_kill, fz_original_umask, fz_original_nice;

/* Pids that include this process: its own, 0 (its group), -1 (everything), its group's number, and its threads' ids. */
static bool fz_is_self(zend_long pid)
{
	return pid == getpid() || pid == 0 || pid == -1 || pid == -(zend_long) getpgrp()
		|| (pid > 0 && tgkill(getpid(), (pid_t) pid, 0) == 0);
}

static bool fz_allowed(void)
{
	return fz_now.boot || fz_now.as_cli;
}

static ZEND_FUNCTION(fz_posix_kill)
{
	zend_long pid, signal;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_LONG(pid)
		Z_PARAM_LONG(signal)
	ZEND_PARSE_PARAMETERS_END();

	if (signal != 0 && fz_is_self(pid) && !fz_allowed()) {
		php_error_docref(NULL, E_WARNING, "a job cannot signal its own process, which is the host's; "
			"throw an exception or exit() to end the job");
		RETURN_FALSE;
	}
	fz_original_kill.handler(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

/* Where the thread could not get a file-system context of its own, the mask is the host's: it can be read only. */
static ZEND_FUNCTION(fz_umask)
{
	if (ZEND_NUM_ARGS() > 0 && Z_TYPE_P(ZEND_CALL_ARG(execute_data, 1)) != IS_NULL
			&& !fz_now.boot && !fz_now.own_fs) {
		php_error_docref(NULL, E_WARNING, "the mask belongs to the host process here: unshare(CLONE_FS) is not permitted");
		RETURN_FALSE;
	}
	fz_inner_forget();
	fz_umask_called();
	fz_original_umask.handler(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

/* Linux keeps niceness per thread; php-cli's script is the process's first thread, where others look for it. */
static ZEND_FUNCTION(fz_proc_nice)
{
	int before = getpriority(PRIO_PROCESS, 0);

	fz_original_nice.handler(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	if (Z_TYPE_P(return_value) == IS_TRUE && fz_now.as_cli) {
		int change = getpriority(PRIO_PROCESS, 0) - before;
		setpriority(PRIO_PROCESS, (id_t) getpid(), getpriority(PRIO_PROCESS, (id_t) getpid()) + change);
	}
}

static ZEND_FUNCTION(fz_process_wide)
{
	php_error_docref(NULL, E_WARNING, "would change the whole process, which is the host's; call it there");
	RETURN_FALSE;
}

static bool fz_replace_keeping(const char *name, zif_handler handler, zend_internal_function *original)
{
	zend_function *function = zend_hash_str_find_ptr(CG(function_table), name, strlen(name));

	if (!function || function->type != ZEND_INTERNAL_FUNCTION) {
		return false;
	}
	*original = function->internal_function;
	function->internal_function.handler = handler;
	return true;
}

void fz_process_install(bool as_cli)
{
	static const char *const process_wide[] = {
		"posix_setuid", "posix_setgid", "posix_seteuid", "posix_setegid", "posix_initgroups", "posix_setsid",
		"posix_setpgid", "posix_setrlimit",
		/* fork-like: a child of a multi-threaded process has this thread only (pcntl is not built into runtimes) */
		"pcntl_fork", "pcntl_rfork", "pcntl_forkx", "pcntl_unshare", "pcntl_signal", "pcntl_sigprocmask",
		"pcntl_alarm", "pcntl_exec", "pcntl_async_signals", "pcntl_wait", "pcntl_waitpid", "pcntl_setpriority",
	};

	fz_replace_keeping("posix_kill", ZEND_FN(fz_posix_kill), &fz_original_kill);
	fz_replace_keeping("umask", ZEND_FN(fz_umask), &fz_original_umask);
	fz_replace_keeping("proc_nice", ZEND_FN(fz_proc_nice), &fz_original_nice);
	if (as_cli) {
		return;
	}
	for (size_t i = 0; i < sizeof process_wide / sizeof *process_wide; i++) {
		fz_replace_function(process_wide[i], ZEND_FN(fz_process_wide));
	}
}
