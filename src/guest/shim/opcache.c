/*
 * opcache beside threads: who reads its shared memory, and when that memory may be restarted.
 *
 * A restart (opcache_reset(), full memory, too many files, too much waste) happens in opcache's RINIT of some later
 * request, when no other request reads the memory. opcache finds that out with fcntl() locks: a request takes a read lock on
 * byte 1 of a file, and RINIT asks with F_GETLK whether anybody holds one (php-src ext/opcache/ZendAccelerator.c,
 * accel_activate_add(), accel_is_inactive()). Such locks belong to the process: among the threads of one process F_GETLK
 * finds none, ever, and the memory was restarted under requests that executed it. On Windows opcache counts its readers
 * instead, which holds for threads; here the same is done from outside:
 *
 *   readers  threads with a request, from opcache's RINIT until nothing of the request is left. They are counted.
 *   RINIT    runs under fz_gate.lock, one at a time: no request begins while the memory restarts.
 *   F_GETLK  of that RINIT is answered from the count, through opcache's import of fcntl (imports.c). All else of opcache is
 *            as it was: while a restart is pending requests compile for themselves.
 *
 * Under steady load there is always a reader. So that a restart comes about, requests that begin while one is pending are
 * held until the running ones have ended, for HOLD_FIRST and then for up to HOLD_MOST, and at most one part in HOLD_SHARE of
 * the time: a job that does not end keeps the others without a cache, not from running.
 */
#include "shim.h"

#include "ext/pcre/php_pcre.h"
#include "zend_vm.h"

#include <fcntl.h>
#include <pthread.h>
#include <time.h>

#define FZ_MILLISECOND UINT64_C(1000000)
#define FZ_HOLD_FIRST (50 * FZ_MILLISECOND)
#define FZ_HOLD_MOST (400 * FZ_MILLISECOND)
#define FZ_HOLD_SHARE 20
#define FZ_HOLD_SLICE (10 * FZ_MILLISECOND) /* how often a held request looks whether its job is to stop */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;        /* the last reader has left, or the memory was restarted */
	unsigned readers;
	bool pending;                  /* a restart is scheduled, as far as anybody has seen */
	uint64_t restarts;
	uint64_t hold;                 /* length of the next pause for new requests, in ns */
	uint64_t hold_until, next_hold;/* monotonic time in ns */
} fz_gate = { .lock = PTHREAD_MUTEX_INITIALIZER, .hold = FZ_HOLD_FIRST };

/* This thread. */
static __thread struct {
	bool reading;       /* counted in fz_gate.readers */
	bool whole;         /* counted until fz_opcache_leave(), not only until RSHUTDOWN */
	bool activating;    /* in opcache's RINIT */
	bool asked;         /* that RINIT wants to restart */
	bool restarted;     /* and was told that it may */
	bool used;          /* had a request */
	uint64_t restarts;  /* of fz_gate, when this thread's last request began */
} fz_mine;

static zend_result (*fz_next_activate)(INIT_FUNC_ARGS);
static zend_result (*fz_next_deactivate)(void);
static zif_handler fz_next_reset;

static uint64_t fz_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t) now.tv_sec * 1000 * FZ_MILLISECOND + (uint64_t) now.tv_nsec;
}

/* opcache's import of fcntl(). */
static int fz_fcntl(int descriptor, int command, ...)
{
	va_list arguments;
	struct flock *lock;
	int result;

	va_start(arguments, command);
	lock = va_arg(arguments, struct flock *);
	va_end(arguments);
	if (!fz_mine.activating || command != F_GETLK || lock->l_type != F_WRLCK || lock->l_start != 1 || lock->l_len != 1) {
		return fcntl(descriptor, command, lock);
	}
	fz_mine.asked = true;
	if (fz_gate.readers > 0) {
		lock->l_type = F_RDLCK;
		lock->l_pid = -1; /* no process: kill_all_lockers() has nobody to kill */
		return 0;
	}
	result = fcntl(descriptor, command, lock);
	fz_mine.restarted = result == 0 && lock->l_type == F_UNLCK;
	return result;
}

static bool fz_job_is_to_stop(void)
{
	return fz_now.worker && __atomic_load_n(&fz_now.worker->stop, __ATOMIC_ACQUIRE);
}

/* A restart is pending: waits for the readers, within this pause. With fz_gate.lock. */
static void fz_hold(void)
{
	uint64_t now = fz_time();

	if (now >= fz_gate.next_hold) {
		fz_gate.hold_until = now + fz_gate.hold;
		fz_gate.next_hold = fz_gate.hold_until + FZ_HOLD_SHARE * fz_gate.hold;
		fz_gate.hold = MIN(2 * fz_gate.hold, FZ_HOLD_MOST);
	}
	while (fz_gate.pending && fz_gate.readers > 0 && now < fz_gate.hold_until && !fz_job_is_to_stop()) {
		uint64_t until = MIN(fz_gate.hold_until, now + FZ_HOLD_SLICE);
		struct timespec deadline = {
			.tv_sec = (time_t) (until / (1000 * FZ_MILLISECOND)), .tv_nsec = (long) (until % (1000 * FZ_MILLISECOND))
		};
		pthread_cond_timedwait(&fz_gate.changed, &fz_gate.lock, &deadline);
		now = fz_time();
	}
}

/* What a restart leaves to every other thread. With fz_gate.lock, in opcache's RINIT. */
static void fz_catch_up(void)
{
	if (fz_mine.restarts == fz_gate.restarts) {
		return;
	}
	/* The thread that restarts numbers run-time caches anew; one that kept its numbers would grow with each restart. */
	if (!fz_mine.restarted) {
		zend_map_ptr_reset();
	}
	fz_mine.restarts = fz_gate.restarts;
}

static void fz_stop_reading(void)
{
	fz_mine.reading = false;
	if (--fz_gate.readers == 0) {
		pthread_cond_broadcast(&fz_gate.changed);
	}
}

/* opcache's RINIT. Any thread with a request: workers, the boot thread, threads that extensions made. */
static zend_result fz_activate_opcache(INIT_FUNC_ARGS)
{
	volatile zend_result done = FAILURE;
	volatile bool bailed_out = false;

	pthread_mutex_lock(&fz_gate.lock);
	if (fz_mine.reading) {
		fz_stop_reading(); /* the request before did not come to its end */
	}
	if (fz_gate.pending) {
		fz_host->restart_waits(); /* requests that are kept for tasks are readers, too */
		fz_hold();
	}
	fz_mine.asked = fz_mine.restarted = false;
	fz_mine.activating = true;
	zend_try {
		done = fz_next_activate(INIT_FUNC_ARGS_PASSTHRU);
	} zend_catch {
		bailed_out = true;
	} zend_end_try();
	fz_mine.activating = false;
	if (fz_mine.restarted) {
		fz_gate.restarts++;
		fz_gate.hold = FZ_HOLD_FIRST;
		fz_gate.next_hold = 0;
		pthread_cond_broadcast(&fz_gate.changed);
	}
	fz_gate.pending = fz_mine.asked && !fz_mine.restarted;
	fz_catch_up();
	fz_gate.readers++;
	fz_mine.reading = fz_mine.used = true;
	pthread_mutex_unlock(&fz_gate.lock);
	if (bailed_out) {
		zend_bailout();
	}
	return done;
}

/*
 * The thread's cache of regular expressions outlives requests, its keys may be strings in opcache's memory. opcache removes
 * those when a request finds that the memory was restarted; a thread that has no further request frees them as it ends.
 */
static void fz_forget_expressions(void)
{
	Bucket *entry;

#if PHP_VERSION_ID < 80400
	if (strcmp(sapi_module.name, "cli") == 0) {
		return; /* ext/pcre has destroyed it with the request */
	}
#endif
	ZEND_HASH_FOREACH_BUCKET(&PCRE_G(pcre_cache), entry) {
		if (entry->key && ZSTR_IS_INTERNED(entry->key)) {
			entry->key = NULL;
			zend_hash_del_bucket(&PCRE_G(pcre_cache), entry);
		}
	} ZEND_HASH_FOREACH_END();
}

/* opcache's part of the request shutdown, after the executor's. */
static zend_result fz_deactivate_opcache(void)
{
	zend_result done = fz_next_deactivate ? fz_next_deactivate() : SUCCESS;

	if (!fz_mine.whole && fz_mine.reading) {
		/* A thread of an extension: its request may be its last, and its end is not ours to see. */
		fz_forget_expressions();
		fz_opcache_leave();
	}
	return done;
}

void fz_opcache_enter(void)
{
	fz_mine.whole = true;
}

void fz_opcache_leave(void)
{
	fz_mine.whole = false;
	if (fz_mine.reading) {
		pthread_mutex_lock(&fz_gate.lock);
		fz_stop_reading();
		pthread_mutex_unlock(&fz_gate.lock);
	}
}

void fz_opcache_forget(void)
{
	bool behind;

	if (!fz_mine.used) {
		return;
	}
	/* From here on nobody restarts until fz_opcache_leave(). */
	pthread_mutex_lock(&fz_gate.lock);
	behind = fz_mine.restarts != fz_gate.restarts;
	if (!behind) {
		fz_gate.readers++;
		fz_mine.reading = true;
	}
	pthread_mutex_unlock(&fz_gate.lock);
	fz_opcache_enter();
	if (behind) {
		/* An empty request: opcache's RINIT knows which of the keys were in its memory. */
		zend_first_try {
			if (php_request_startup() == SUCCESS) {
				php_request_shutdown(NULL);
			}
		} zend_end_try();
	}
}

void fz_opcache_restarts(uint64_t *restarts, bool *pending)
{
	pthread_mutex_lock(&fz_gate.lock);
	*restarts = fz_gate.restarts;
	*pending = fz_gate.pending;
	pthread_mutex_unlock(&fz_gate.lock);
}

bool fz_opcache_restart_waits(void)
{
	return __atomic_load_n(&fz_gate.pending, __ATOMIC_RELAXED);
}

/* As php's own; requests that begin from here on make way for the restart. */
static ZEND_FUNCTION(fz_opcache_reset)
{
	fz_next_reset(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	if (Z_TYPE_P(return_value) == IS_TRUE) {
		pthread_mutex_lock(&fz_gate.lock);
		fz_gate.pending = true;
		pthread_mutex_unlock(&fz_gate.lock);
		fz_host->restart_waits();
	}
}

/*
 * Files of opcache.file_cache name the VM's handlers by number. php-src makes the table for that when the first script is
 * written, without a lock (zend_serialize_opcode_handler()): of two threads that write, one reads what the other still fills.
 * So it is made here, before there are threads.
 */
static void fz_number_handlers(void)
{
	const char *directory = zend_ini_string("opcache.file_cache", strlen("opcache.file_cache"), 0);
	zend_op nop = { .opcode = ZEND_NOP };

	if (directory && *directory) {
		zend_vm_set_opcode_handler(&nop);
		zend_serialize_opcode_handler(&nop);
	}
}

bool fz_opcache_install(fz_error *error)
{
	/* glibc before 2.28 and builds with large-file redirection differ in the name. */
	const fz_import imports[] = { { "fcntl", (void *) fz_fcntl }, { "fcntl64", (void *) fz_fcntl }, { NULL, NULL } };
	zend_module_entry *module = zend_hash_str_find_ptr(&module_registry, ZEND_STRL("zend opcache"));
	zend_function *reset = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("opcache_reset"));
	pthread_condattr_t monotonic;

	if (!module || !module->request_startup_func) {
		return true;
	}
	if (fz_imports_redirect_in((const void *) module->request_startup_func, imports) < 1) {
		fz_fail(error, "opcache calls fcntl() in a way that is not known: its restarts cannot be kept from running jobs; "
			"set opcache.enable=0");
		return false;
	}
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&fz_gate.changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	fz_next_activate = module->request_startup_func;
	fz_next_deactivate = module->post_deactivate_func;
	module->request_startup_func = fz_activate_opcache;
	module->post_deactivate_func = fz_deactivate_opcache;
	if (reset && reset->type == ZEND_INTERNAL_FUNCTION) {
		fz_next_reset = reset->internal_function.handler;
		reset->internal_function.handler = ZEND_FN(fz_opcache_reset);
	}
	fz_number_handlers();
	return true;
}
