/*
 * What jobs take over from the host's request, and whether it has changed: settings, directory, environment, umask, time zone,
 * included files. Tasks are submitted within a microsecond, so whether something has changed is told without a system call.
 *
 * Threads: the host's thread only.
 */
#include "../../zend/present.h"

/* Calls of functions that change what jobs take over and PHP itself has no record of. */
static uint64_t fz_calls;

/* Those of umask(): what it is now costs a system call. */
static uint64_t fz_umask_calls;

#define FZ_COUNTED(name, calls) \
	static zif_handler fz_next_##name; \
	static ZEND_FUNCTION(fz_##name) \
	{ \
		calls++; \
		fz_next_##name(INTERNAL_FUNCTION_PARAM_PASSTHRU); \
	}

FZ_COUNTED(chdir, fz_calls)
FZ_COUNTED(chroot, fz_calls)
FZ_COUNTED(putenv, fz_calls)
FZ_COUNTED(umask, fz_umask_calls)

static void fz_count(const char *name, zif_handler counted, zif_handler *next)
{
	zend_function *function = zend_hash_str_find_ptr(CG(function_table), name, strlen(name));

	if (function && function->type == ZEND_INTERNAL_FUNCTION) {
		*next = function->internal_function.handler;
		function->internal_function.handler = counted;
	}
}

/* Module startup only: calls that the JIT compiles go to the handler of this moment. */
void fz_host_surroundings_watch(void)
{
	fz_present_install();
	fz_count("chdir", ZEND_FN(fz_chdir), &fz_next_chdir);
	fz_count("chroot", ZEND_FN(fz_chroot), &fz_next_chroot);
	fz_count("putenv", ZEND_FN(fz_putenv), &fz_next_putenv);
	fz_count("umask", ZEND_FN(fz_umask), &fz_next_umask);
}

/* How often umask() was called. */
uint64_t fz_host_umask_calls(void)
{
	return fz_umask_calls;
}

const char *fz_host_zone(void)
{
	return fz_present_zone();
}

const char *fz_host_autoloader(uint32_t *position, size_t *len)
{
	return fz_present_autoloader(position, len);
}

static uint64_t fz_generation;
/* Of the moment when it was counted up. */
static uint64_t fz_calls_known;

/* The request ends: settings go back to their values of the start. */
void fz_host_generation_forget(void)
{
	fz_present_forget();
}

/* A number that changes when something of it does, and that is another each time once nothing can be held any more. */
uint64_t fz_host_generation(void)
{
	if (EXPECTED(fz_calls + fz_umask_calls == fz_calls_known && fz_present_is_known())) {
		return fz_generation;
	}
	fz_present_forget();
	/* Our RSHUTDOWN, which lets go of them, may be over: PHP code runs in those of other modules, a session's save handler for one. */
	if (EG(flags) & EG_FLAGS_IN_SHUTDOWN) {
		return ++fz_generation;
	}
	fz_present_note();
	fz_calls_known = fz_calls + fz_umask_calls;
	return ++fz_generation;
}

/* The settings one by one, with their values of the request's start: false behind the last. Borrowed; `value` NULL: none. */
bool fz_host_setting_next(uint32_t *position, const char **name, size_t *name_len, const char **value, size_t *value_len)
{
	uint32_t at = 0;
	zend_ini_entry *entry;

	ZEND_HASH_FOREACH_PTR(EG(ini_directives), entry) {
		if (at++ >= *position) {
			const zend_string *first = entry->modified ? entry->orig_value : entry->value;

			*position = at;
			*name = ZSTR_VAL(entry->name);
			*name_len = ZSTR_LEN(entry->name);
			*value = first ? ZSTR_VAL(first) : NULL;
			*value_len = first ? ZSTR_LEN(first) : 0;
			return true;
		}
	} ZEND_HASH_FOREACH_END();
	return false;
}

/* The present value of a setting, or NULL: it has none, or there is no such setting. Borrowed until it changes. */
const char *fz_host_setting(const char *name, size_t len, size_t *value_len)
{
	const zend_ini_entry *entry = zend_hash_str_find_ptr(EG(ini_directives), name, len);

	if (!entry || !entry->value) {
		return NULL;
	}
	*value_len = ZSTR_LEN(entry->value);
	return ZSTR_VAL(entry->value);
}
