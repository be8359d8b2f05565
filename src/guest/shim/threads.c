/*
 * Threads that an extension made, and the jobs that they belong to.
 *
 * Such a thread (pecl/parallel's, for one) asks TSRM for a context, runs requests of its own and calls the SAPI, and no worker
 * stands behind it. SG(server_context) tells which job it belongs to: a job's request has the job's number there, and a
 * thread that carries a request on is given the request's server context by its extension, since that is what a SAPI's
 * callbacks know a request by (php-src main/SAPI.h). It is a number and not a pointer: the thread may outlive the job.
 *
 * From the start of a request on such a thread to its end,
 *   - its output goes to the job for as long as that runs, to descriptor 1 afterwards,
 *   - it has the job's restrictions, those included that the job has made stricter by then,
 *   - it starts in the job's directory and with a copy of the job's environment,
 *   - a job that is stopped takes it along: it unwinds by a bailout, as parallel's own kill() does it.
 * A thread whose job cannot be told has the restrictions of the boot, an empty environment, and descriptor 1.
 */
#include "shim.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* How often blocking calls are interrupted until their thread stops: one may begin between the look at the flag and the signal. */
#define FZ_REPEAT_MS 10
/* How long a thread that has a context and no request is taken to be on its way to one, or out. */
#define FZ_PASSAGE_MS 1000

/* A running job, in the thread-local storage of its worker. Under fz_lock, but for what its own worker reads. */
typedef struct fz_job {
	uintptr_t number;
	const fz_current *now; /* the worker's fz_now */
	unsigned holds;        /* threads that use the job at this moment; it does not end before they release it */
	struct fz_job *next;
} fz_job;

/* A thread of an extension, in its own thread-local storage, from its first context to the last. Under fz_lock. */
typedef struct fz_thread {
	bool listed;
	bool stop;          /* it is to unwind */
	uintptr_t owner;    /* number of the job that its request belongs to, or 0 */
	void *vm_interrupt; /* its EG(vm_interrupt); NULL: it runs no request */
	int64_t since;      /* when it got its context or ended a request, in milliseconds */
	pthread_t id;
	struct fz_thread *previous, *next;
} fz_thread;

static pthread_mutex_t fz_lock = PTHREAD_MUTEX_INITIALIZER;
/* A hold was released, a request ended, a thread left. */
static pthread_cond_t fz_changed = PTHREAD_COND_INITIALIZER;
static fz_job *fz_jobs;
static fz_thread *fz_threads;
static uintptr_t fz_last_number;
static enum { FZ_UP, FZ_ENDING, FZ_ENDED } fz_stage;
static pthread_key_t fz_thread_key;

static __thread fz_job fz_my_job;
static __thread fz_thread fz_me;

bool fz_threads_foreign(void)
{
	return !fz_now.worker && !fz_now.boot;
}

/* --- jobs --- */

void fz_job_begin(const fz_script *script, fz_worker *worker)
{
	fz_now.script = script;
	fz_now.worker = worker;
	fz_now.as_cli = script->as_cli;
	fz_now.captured = !script->direct_output;
	fz_now.own_fs = __atomic_load_n(&worker->own_fs, __ATOMIC_ACQUIRE);
	fz_now.environment_block = script->environment;
	fz_now.aborted = fz_now.stopping = fz_now.calling = fz_now.quiet = fz_now.refused = false;

	pthread_mutex_lock(&fz_lock);
	fz_now.owner = ++fz_last_number;
	fz_my_job = (fz_job) { .number = fz_now.owner, .now = &fz_now, .next = fz_jobs };
	fz_jobs = &fz_my_job;
	pthread_mutex_unlock(&fz_lock);
	SG(server_context) = (void *) fz_now.owner;
}

void fz_job_switch(fz_script *script, const fz_script *next, void *job)
{
	pthread_mutex_lock(&fz_lock);
	while (fz_my_job.holds) {
		pthread_cond_wait(&fz_changed, &fz_lock);
	}
	if (next) {
		*script = *next;
	}
	script->job = job;
	pthread_mutex_unlock(&fz_lock);
	fz_now.aborted = fz_now.stopping = fz_now.calling = fz_now.refused = false;
}

void fz_job_end(void)
{
	fz_job **at = &fz_jobs;

	SG(server_context) = NULL;
	pthread_mutex_lock(&fz_lock);
	while (*at != &fz_my_job) {
		at = &(*at)->next;
	}
	*at = fz_my_job.next;
	while (fz_my_job.holds) {
		pthread_cond_wait(&fz_changed, &fz_lock);
	}
	pthread_mutex_unlock(&fz_lock);
	free(fz_now.environment_own);
	free(fz_now.directories);
	fz_now.environment_own = fz_now.directories = NULL;
	fz_now.environment_block = (fz_slice) { NULL, 0 };
	fz_now.script = NULL;
	fz_now.owner = 0;
	fz_now.as_cli = fz_now.captured = fz_now.own_fs = false;
	fz_now.php_self = fz_now.script_filename = NULL;
}

/* The job of that number, if it has not ended. Under fz_lock. */
static fz_job *fz_job_find(uintptr_t number)
{
	fz_job *job = fz_jobs;

	while (job && job->number != number) {
		job = job->next;
	}
	return job;
}

/* The job that this thread holds, and how often: a setting that is taken over may write a warning. */
static __thread struct {
	fz_job *job;
	unsigned times;
} fz_held;

const fz_script *fz_job_hold(void)
{
	if (fz_now.script || !fz_now.owner) {
		return fz_now.script;
	}
	if (fz_held.times == 0) {
		pthread_mutex_lock(&fz_lock);
		fz_held.job = fz_job_find(fz_now.owner);
		if (fz_held.job) {
			fz_held.job->holds++;
		}
		pthread_mutex_unlock(&fz_lock);
		if (!fz_held.job) {
			return NULL;
		}
	}
	fz_held.times++;
	return fz_held.job->now->script;
}

void fz_job_release(void)
{
	if (fz_now.script || --fz_held.times > 0) {
		return;
	}
	pthread_mutex_lock(&fz_lock);
	if (--fz_held.job->holds == 0) {
		pthread_cond_broadcast(&fz_changed);
	}
	pthread_mutex_unlock(&fz_lock);
}

void fz_block_lock(void)
{
	pthread_mutex_lock(&fz_lock);
}

void fz_block_unlock(void)
{
	pthread_mutex_unlock(&fz_lock);
}

/* --- requests of an extension's threads --- */

static int64_t fz_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Modules are being shut down, or are no more: a thread that comes now gets no further. Under fz_lock, which is released. */
static void fz_thread_park(void)
{
	pthread_mutex_unlock(&fz_lock);
	for (;;) {
		pause();
	}
}

/* What the request takes over from the job that this thread holds. False with `error` filled. */
static bool fz_take_over(const fz_current *from, fz_error *error)
{
	volatile bool done = false;
	char *block;

	fz_now.as_cli = from->as_cli;
	fz_now.captured = from->captured;
	fz_now.own_fs = from->own_fs;
	pthread_mutex_lock(&fz_lock); /* the job may be in putenv() */
	block = malloc(from->environment_block.len + 1);
	if (block && from->environment_block.len) {
		memcpy(block, from->environment_block.ptr, from->environment_block.len);
	}
	fz_now.environment_block = (fz_slice) { block, block ? from->environment_block.len : 0 };
	pthread_mutex_unlock(&fz_lock);
	fz_now.environment_own = block;
	fz_now.php_self = from->php_self ? strdup(from->php_self) : NULL;
	fz_now.script_filename = from->script_filename ? strdup(from->script_filename) : NULL;
	if (!block || !fz_now.php_self || !fz_now.script_filename) {
		fz_fail(error, "out of memory");
		return false;
	}
	error->text[0] = '\0';
	zend_try {
		if (fz_directory_virtual(from->script, error)) {
			done = fz_apply_own(from->script, error) && fz_apply_ini(from->script, error);
			fz_tightened_take_over(from);
		}
	} zend_catch {
		fz_fail(error, "a setting of the job was refused");
	} zend_end_try();
	return done;
}

void fz_threads_attach(void)
{
	fz_error error;
	bool failed = false;

	pthread_mutex_lock(&fz_lock);
	if (fz_stage == FZ_ENDED) {
		fz_thread_park();
	}
	fz_me.id = pthread_self();
	fz_me.stop = fz_stage == FZ_ENDING;
	fz_me.vm_interrupt = (void *) &EG(vm_interrupt);
	pthread_mutex_unlock(&fz_lock);
	fz_now.quiet = fz_now.aborted = fz_now.refused = false;
	/* As in fz_request(): the timer's handler found itself there. */
#ifdef ZEND_MAX_EXECUTION_TIMERS
	memset(&EG(oldact), 0, sizeof EG(oldact));
#endif
	fz_now.owner = (uintptr_t) SG(server_context);
	if (fz_job_hold()) {
		failed = !fz_take_over(fz_held.job->now, &error);
		fz_job_release();
	} else {
		fz_now.owner = 0;
	}
	pthread_mutex_lock(&fz_lock);
	fz_me.owner = fz_now.owner;
	pthread_mutex_unlock(&fz_lock);
	if (failed) {
		/* These settings were accepted by the job's own request before. A request without them must not run. */
		char line[sizeof error.text + 64];
		int len = snprintf(line, sizeof line, "ffi_zts: a thread of a job could not start: %s", error.text);
		fz_host->log(NULL, 3 /* LOG_ERR */, line, (size_t) len);
		zend_bailout();
	}
}

void fz_threads_activated(void)
{
	const fz_script *script = fz_threads_foreign() ? fz_job_hold() : NULL;

	if (script) {
		fz_settings_begin(script);
		fz_job_release();
	}
}

void fz_threads_detach(void)
{
	pthread_mutex_lock(&fz_lock);
	fz_me.vm_interrupt = NULL;
	fz_me.owner = 0;
	fz_me.since = fz_now_ms();
	pthread_cond_broadcast(&fz_changed);
	pthread_mutex_unlock(&fz_lock);
	free(fz_now.environment_own);
	free((char *) fz_now.php_self);
	free((char *) fz_now.script_filename);
	fz_now.environment_own = NULL;
	fz_now.environment_block = (fz_slice) { NULL, 0 };
	fz_now.php_self = fz_now.script_filename = NULL;
	fz_now.owner = 0;
	fz_now.as_cli = fz_now.captured = fz_now.own_fs = fz_now.aborted = false;
}

bool fz_threads_stopping(void)
{
	return __atomic_load_n(&fz_me.stop, __ATOMIC_ACQUIRE);
}

/* Without a handler the signal would end the process. */
static bool fz_wake_is_handled(void)
{
	struct sigaction present;

	return sigaction(SIGRTMIN, NULL, &present) == 0
		&& ((present.sa_flags & SA_SIGINFO) || (present.sa_handler != SIG_DFL && present.sa_handler != SIG_IGN));
}

/* Has a thread look at its `stop` at its next VM interrupt, and ends the blocking call that it is in. Under fz_lock. */
static void fz_thread_stop_request(fz_thread *thread, bool wake)
{
	__atomic_store_n(&thread->stop, true, __ATOMIC_RELEASE);
	zend_atomic_bool_store((zend_atomic_bool *) thread->vm_interrupt, true);
	if (wake) {
		pthread_kill(thread->id, SIGRTMIN);
	}
}

void fz_threads_interrupt(const fz_worker *worker)
{
	pthread_mutex_lock(&fz_lock);
	for (const fz_job *job = fz_threads ? fz_jobs : NULL; job; job = job->next) {
		if (job->now->worker != worker) {
			continue;
		}
		for (fz_thread *thread = fz_threads; thread; thread = thread->next) {
			if (thread->vm_interrupt && thread->owner == job->number) {
				fz_thread_stop_request(thread, fz_wake_is_handled());
			}
		}
	}
	pthread_mutex_unlock(&fz_lock);
}

void fz_threads_end(void)
{
	pthread_mutex_lock(&fz_lock);
	for (fz_stage = FZ_ENDING; ; ) {
		bool busy = false;
		struct timespec until;

		for (fz_thread *thread = fz_threads; thread; thread = thread->next) {
			if (thread->vm_interrupt) {
				busy = true;
				fz_thread_stop_request(thread, fz_wake_is_handled());
			} else if (fz_now_ms() - thread->since < FZ_PASSAGE_MS) {
				busy = true;
			} /* else it waits for its extension's own shutdown */
		}
		if (!busy) {
			break;
		}
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += FZ_REPEAT_MS * 1000000L;
		if (until.tv_nsec >= 1000000000L) {
			until.tv_sec++;
			until.tv_nsec -= 1000000000L;
		}
		pthread_cond_timedwait(&fz_changed, &fz_lock, &until);
	}
	fz_stage = FZ_ENDED;
	pthread_mutex_unlock(&fz_lock);
}

/* --- contexts of an extension's threads --- */

static void fz_thread_enter(void)
{
	pthread_mutex_lock(&fz_lock);
	if (fz_stage == FZ_ENDED) {
		fz_thread_park();
	}
	if (!fz_me.listed) {
		fz_me = (fz_thread) { .listed = true, .since = fz_now_ms(), .next = fz_threads };
		if (fz_threads) {
			fz_threads->previous = &fz_me;
		}
		fz_threads = &fz_me;
	}
	pthread_mutex_unlock(&fz_lock);
	/* For one that ends without releasing its context. */
	pthread_setspecific(fz_thread_key, &fz_me);
}

static void fz_thread_leave(void *me)
{
	fz_thread *thread = me;

	pthread_mutex_lock(&fz_lock);
	if (thread->listed) {
		*(thread->previous ? &thread->previous->next : &fz_threads) = thread->next;
		if (thread->next) {
			thread->next->previous = thread->previous;
		}
		*thread = (fz_thread) { .listed = false };
		pthread_cond_broadcast(&fz_changed);
	}
	pthread_mutex_unlock(&fz_lock);
}

/*
 * TSRM makes a resource for every thread that asks for a context: in the order of their numbers when the thread comes,
 * in the reverse order when it goes. The first frames all others, the last sees all others whole.
 */
static void fz_first_ctor(void *resource)
{
	(void) resource;
	if (fz_threads_foreign()) {
		fz_thread_enter();
	}
}

static void fz_first_dtor(void *resource)
{
	(void) resource;
	if (fz_threads_foreign()) {
		fz_thread_leave(&fz_me);
	}
}

static void fz_last_ctor(void *resource)
{
	(void) resource;
	if (fz_threads_foreign()) {
		fz_error error;

		fz_now.quiet = true; /* deprecations of settings were shown when the boot thread read them */
		fz_foreign_thread(&error); /* a layout that the boot thread has seen */
		fz_thread_prepare();
	}
}

static void fz_last_dtor(void *resource)
{
	(void) resource;
	if (fz_threads_foreign()) {
		fz_thread_close_persistent();
	}
}

static ts_rsrc_id fz_first_id, fz_last_id;

bool fz_threads_install(fz_error *error)
{
	if (pthread_key_create(&fz_thread_key, fz_thread_leave) != 0
			|| !ts_allocate_id(&fz_first_id, 1, fz_first_ctor, fz_first_dtor)) {
		fz_fail(error, "no thread-specific data");
		return false;
	}
	return true;
}

bool fz_threads_prepare(fz_error *error)
{
	if (!ts_allocate_id(&fz_last_id, 1, fz_last_ctor, fz_last_dtor)) {
		fz_fail(error, "TSRM has no room for another resource");
		return false;
	}
	return true;
}
