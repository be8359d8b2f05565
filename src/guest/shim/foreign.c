/*
 * What a libphp of somebody else's build may bring that ours does not: ZEND_SIGNALS and readline.
 *
 * The guest half is compiled against the runtime's own headers, so what this libphp has is found out here by its symbols.
 * They are looked up in libphp itself: a weak reference would fall through to the host, which may have them as well.
 */
#include "shim.h"

#include <dlfcn.h>

/* php-src Zend/zend_signal.h, 8.2 to 8.5; the header declares it only in a build with ZEND_SIGNALS. */
typedef struct {
	int depth, blocked, running, active;
	bool check; /* for replaced handlers, at request end */
	bool reset; /* take over the signals at each request start */
} fz_signal_globals;

/* 0: this libphp has no ZEND_SIGNALS. Written on the boot thread before there is another. */
static size_t fz_signal_offset;

static bool fz_find(void *libphp, const char *name, void **symbol)
{
	*symbol = dlsym(libphp, name);
	return *symbol != NULL;
}

/* A handle of libphp, which is never closed; NULL when the loader does not know it. */
void *fz_libphp(void)
{
	Dl_info info;

	return dladdr((void *) php_module_startup, &info) ? dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD) : NULL;
}

/* Boot thread, after php_tsrm_startup() and before sapi_startup(). */
bool fz_foreign_startup(fz_error *error)
{
	void *libphp = fz_libphp(), *startup, *offset, *timer;
	bool timers = false;

	if (!libphp) {
		fz_fail(error, "libphp is not where the loader said: %s", dlerror());
		return false;
	}
#ifdef ZEND_MAX_EXECUTION_TIMERS
	timers = true;
#endif
	/* executor_globals has other fields with them. */
	if (fz_find(libphp, "zend_max_execution_timer_init", &timer) != timers) {
		fz_fail(error, "libphp was built %s execution timers and the guest half %s", timer ? "with" : "without", timers ? "with" : "without");
		return false;
	}
	if (!fz_find(libphp, "zend_signal_startup", &startup)) {
		return true;
	}
	if (!fz_find(libphp, "zend_signal_globals_offset", &offset)) {
		fz_fail(error, "libphp has zend_signal_startup() but not zend_signal_globals_offset: it cannot be kept from the host's signals");
		return false;
	}
	((void (*)(void)) startup)();
	fz_signal_offset = *(size_t *) offset;
	return fz_foreign_thread(error);
}

/*
 * Every thread that has a context, before its first request: keeps requests from taking over the host's signals.
 *
 * zend_signal_activate() points HUP INT QUIT TERM USR1 USR2 PROF of the whole process at libphp unless the thread's
 * `reset` is off; php-src turns it off for the same reason while opcache preloads (ext/opcache/ZendAccelerator.c). Saving
 * and restoring dispositions instead would leave the host without its handlers for as long as jobs run.
 */
bool fz_foreign_thread(fz_error *error)
{
	const fz_signal_globals fresh = { .reset = true };
	fz_signal_globals *globals;

	if (!fz_signal_offset) {
		return true;
	}
	globals = TSRMG_FAST_BULK(fz_signal_offset, fz_signal_globals *);
	/* What the constructor left behind also says whether the struct is the one that we know. */
	if (globals->depth != fresh.depth || globals->active != fresh.active || globals->reset != fresh.reset) {
		fz_fail(error, "the signal globals of libphp are not laid out as expected: it cannot be kept from the host's signals");
		return false;
	}
	globals->reset = false;
	return true;
}

/*
 * readline finds php_cli_get_shell_callbacks() of the host CLI by dlsym(RTLD_DEFAULT) and puts itself there, at module
 * start and end (php-src ext/readline/readline_cli.c); the host's next echo would then call into the guest. The host's
 * thread waits meanwhile.
 */
typedef struct {
	size_t (*write)(const char *str, size_t len);
	size_t (*ub_write)(const char *str, size_t len);
	int (*run)(void);
} fz_shell_callbacks; /* php-src sapi/cli/cli.h */

static fz_shell_callbacks *fz_host_shell(void)
{
	fz_shell_callbacks *(*get)(void) = (fz_shell_callbacks *(*)(void)) dlsym(RTLD_DEFAULT, "php_cli_get_shell_callbacks");

	return get ? get() : NULL;
}

static fz_shell_callbacks fz_saved_shell;

void fz_foreign_shell_save(void)
{
	const fz_shell_callbacks *shell = fz_host_shell();

	if (shell) {
		fz_saved_shell = *shell;
	}
}

void fz_foreign_shell_restore(void)
{
	fz_shell_callbacks *shell = fz_host_shell();

	if (shell) {
		*shell = fz_saved_shell;
	}
}
