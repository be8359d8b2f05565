/*
 * Calls of the C library that wait, and the end of such a wait when the job is to stop.
 *
 * A stop is asked for by EG(vm_interrupt), at which the VM looks between two instructions, and by a signal, which ends a system
 * call with EINTR. Most of php-src takes that for nothing and calls again, with the whole of its time limit (main/network.c,
 * main/streams/xp_socket.c, ext/session/mod_files.c). So the calls that wait, of libphp and of the guest's extensions, come here
 * (imports.c). A signal that asks for nothing is passed over, and what is left of a limit goes on. From the moment in which the
 * thread is to stop until it has begun to unwind a call is *refused*: it is tried without waiting, and where it would wait it fails.
 * What can be done at once is done all the same: a request that ends writes its files. `finally` blocks and shutdown functions
 * run when unwinding has begun, and wait as they like.
 *
 * A wait may begin between the look at the flag and the signal: whoever asks for the stop repeats the signal (src/vm/cancel.rs).
 *
 * What a refused call answers is what php-src passes over in silence, where there is such an answer. A warning that comes of it
 * nevertheless is the stop's doing and is not shown (request.c).
 */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* --- is this thread to stop? --- */

bool fz_stop_is_due(void)
{
	int stop;

	if (!fz_now.owner) {
		return false;
	}
	if (fz_now.worker) {
		stop = __atomic_load_n(&fz_now.worker->stop, __ATOMIC_ACQUIRE);
		if (UNEXPECTED(stop >= FZ_STOP_BAILOUT || (stop && !fz_now.stopping && fz_is_stoppable()))) {
			return true;
		}
	} else if (UNEXPECTED(fz_threads_stopping())) {
		return true;
	}
	/* The guest's own set_time_limit(), and an output that nobody reads. */
	return fz_now.aborted || zend_atomic_bool_load_ex(&EG(timed_out));
}

bool fz_wait_is_refused(void)
{
	if (EXPECTED(!fz_stop_is_due())) {
		return false;
	}
	fz_now.refused = true;
	return true;
}

/* After a call that a signal has ended, on a thread that runs a request: the signal asked for nothing, or it is refused next. */
static bool fz_again_after_signal(void)
{
	return errno == EINTR && fz_now.owner;
}

/*
 * A library whose call was refused may throw, and a `finally` block would begin with that exception: the stop would come at its first
 * instruction, and nothing of the block would run. So the stop is taken at that throw, with the library's exception as what came before.
 */
static void (*fz_next_throw_hook)(zend_object *exception);

static bool fz_is_to_unwind(void)
{
	int stop = __atomic_load_n(&fz_now.worker->stop, __ATOMIC_ACQUIRE);

	return stop == FZ_STOP_UNWIND || stop == FZ_STOP_INSIST;
}

static void fz_throw_hook(zend_object *exception)
{
	const zend_execute_data *call = EG(current_execute_data);

	if (fz_now.refused && exception && EG(exception) == exception && fz_now.worker && !fz_now.stopping
			&& fz_is_to_unwind()
			&& fz_now.script && fz_now.script->mode == FZ_SCRIPT_TASKS
			&& call && call->func && call->func->type == ZEND_INTERNAL_FUNCTION
			&& !zend_is_unwind_exit(exception) && !zend_is_graceful_exit(exception)) {
		fz_stop_throw();
		exception = EG(exception);
	}
	if (fz_next_throw_hook) {
		fz_next_throw_hook(exception);
	}
}

void fz_waits_install(void)
{
	fz_next_throw_hook = zend_throw_exception_hook;
	zend_throw_exception_hook = fz_throw_hook;
}

static int fz_would_wait(int error)
{
	errno = error;
	return -1;
}

/* Whether the next read or write would not wait. True for what poll() does not know, files for one. */
static bool fz_is_ready(int descriptor, short events)
{
	struct pollfd one = { .fd = descriptor, .events = events };

	return poll(&one, 1, 0) != 0;
}

/* --- readiness --- */

/* A clock for limits that a signal has cut, which is cheaper than it is exact (4 ms). */
static int64_t fz_clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int fz_poll(struct pollfd *descriptors, nfds_t count, int timeout)
{
	int64_t end = timeout > 0 ? fz_clock_ms() + timeout : 0;

	for (;;) {
		bool refused = timeout != 0 && fz_wait_is_refused();
		int done = poll(descriptors, count, refused ? 0 : timeout);

		if (refused && done == 0) {
			return fz_would_wait(ECANCELED);
		}
		if (done >= 0 || !fz_again_after_signal()) {
			return done;
		}
		if (timeout > 0) {
			timeout = (int) MAX(end - fz_clock_ms(), 0);
		}
	}
}

/* Linux writes into `limit` what is left of it. */
static int fz_select(int count, fd_set *reads, fd_set *writes, fd_set *others, struct timeval *limit)
{
	fd_set wanted[3];
	fd_set *const sets[3] = { reads, writes, others };
	struct timeval none = { 0, 0 };
	bool waits = !limit || limit->tv_sec || limit->tv_usec;

	for (int i = 0; i < 3; i++) {
		if (sets[i]) {
			wanted[i] = *sets[i];
		}
	}
	for (;;) {
		bool refused = waits && fz_wait_is_refused();
		int done = select(count, reads, writes, others, refused ? &none : limit);

		/* Refused, nothing is ready: that is an answer. */
		if (done >= 0 || !fz_again_after_signal()) {
			return done;
		}
		for (int i = 0; i < 3; i++) {
			if (sets[i]) {
				*sets[i] = wanted[i];
			}
		}
	}
}

/* --- reading and writing --- */

/* Makes the call until it is done or refused, and returns what it said. */
#define FZ_TRANSFER(descriptor, events, call) \
	do { \
		ssize_t done; \
		do { \
			if (UNEXPECTED(fz_stop_is_due()) && !fz_is_ready(descriptor, events)) { \
				fz_now.refused = true; \
				return fz_would_wait(EAGAIN); \
			} \
			done = (call); \
		} while (done < 0 && fz_again_after_signal()); \
		return done; \
	} while (0)

static ssize_t fz_read(int descriptor, void *buf, size_t len)
{
	FZ_TRANSFER(descriptor, POLLIN, read(descriptor, buf, len));
}

/* As much as goes into a pipe or a socket that has said that it has room. */
static size_t fz_writable(int descriptor, size_t len)
{
	struct stat about;

	if (EXPECTED(!fz_stop_is_due()) || len <= PIPE_BUF || (fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode))) {
		return len;
	}
	return PIPE_BUF;
}

static ssize_t fz_write(int descriptor, const void *buf, size_t len)
{
	FZ_TRANSFER(descriptor, POLLOUT, write(descriptor, buf, fz_writable(descriptor, len)));
}

/* A socket that has said that it is ready may have changed its mind. */
static int fz_flags(int flags)
{
	return UNEXPECTED(fz_stop_is_due()) ? flags | MSG_DONTWAIT : flags;
}

static ssize_t fz_recv(int descriptor, void *buf, size_t len, int flags)
{
	FZ_TRANSFER(descriptor, POLLIN, recv(descriptor, buf, len, fz_flags(flags)));
}

static ssize_t fz_recvfrom(int descriptor, void *buf, size_t len, int flags, struct sockaddr *from, socklen_t *from_len)
{
	FZ_TRANSFER(descriptor, POLLIN, recvfrom(descriptor, buf, len, fz_flags(flags), from, from_len));
}

static ssize_t fz_recvmsg(int descriptor, struct msghdr *message, int flags)
{
	FZ_TRANSFER(descriptor, POLLIN, recvmsg(descriptor, message, fz_flags(flags)));
}

static ssize_t fz_send(int descriptor, const void *buf, size_t len, int flags)
{
	FZ_TRANSFER(descriptor, POLLOUT, send(descriptor, buf, len, fz_flags(flags)));
}

static ssize_t fz_sendto(int descriptor, const void *buf, size_t len, int flags, const struct sockaddr *to, socklen_t to_len)
{
	FZ_TRANSFER(descriptor, POLLOUT, sendto(descriptor, buf, len, fz_flags(flags), to, to_len));
}

static ssize_t fz_sendmsg(int descriptor, const struct msghdr *message, int flags)
{
	FZ_TRANSFER(descriptor, POLLOUT, sendmsg(descriptor, message, fz_flags(flags)));
}

/* --- connections --- */

static int fz_accept(int descriptor, struct sockaddr *address, socklen_t *len)
{
	FZ_TRANSFER(descriptor, POLLIN, accept4(descriptor, address, len, SOCK_CLOEXEC));
}

/* A connect() that a signal has ended goes on in the kernel, but for a local socket's. */
static int fz_connect_goes_on(int descriptor)
{
	struct pollfd one = { .fd = descriptor, .events = POLLOUT };
	int error = 0;
	socklen_t len = sizeof error;

	if (fz_poll(&one, 1, -1) < 0 || getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &len) != 0) {
		return -1;
	}
	return error ? fz_would_wait(error) : 0;
}

static int fz_connect(int descriptor, const struct sockaddr *address, socklen_t len)
{
	for (;;) {
		int flags = UNEXPECTED(fz_stop_is_due()) ? fcntl(descriptor, F_GETFL) : O_NONBLOCK, done;

		if (flags >= 0 && !(flags & O_NONBLOCK)) {
			fz_now.refused = true;
			return fz_would_wait(ECANCELED);
		}
		done = connect(descriptor, address, len);
		if (done == 0 || !fz_again_after_signal()) {
			return done;
		}
		if (address->sa_family != AF_UNIX) {
			return fz_connect_goes_on(descriptor);
		}
	}
}

/* --- locks --- */

/*
 * The files handler of sessions does not ask whether it got its lock. A session without it must neither show nor write what
 * another request is working on, so it gets an empty file of nobody's in place of its own.
 */
static void fz_session_without_lock(int descriptor)
{
	const zend_execute_data *call = EG(current_execute_data);
	int nothing;

	if (call && (!call->func || call->func->type != ZEND_INTERNAL_FUNCTION || !call->func->internal_function.module
			|| strcmp(call->func->internal_function.module->name, "session") != 0)) {
		return;
	}
	nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (nothing >= 0) {
		dup3(nothing, descriptor, O_CLOEXEC);
		close(nothing);
	}
}

static int fz_flock(int descriptor, int operation)
{
	for (;;) {
		bool waits = !(operation & LOCK_NB) && (operation & LOCK_UN) == 0, refused = waits && UNEXPECTED(fz_stop_is_due());
		int done = flock(descriptor, refused ? operation | LOCK_NB : operation);

		if (refused && done != 0 && errno == EWOULDBLOCK) {
			fz_now.refused = true;
			fz_session_without_lock(descriptor);
			return fz_would_wait(ECANCELED);
		}
		if (done == 0 || !fz_again_after_signal()) {
			return done;
		}
	}
}

/* Opening one end of a pipe with a name waits for the other. */
static bool fz_opening_is_refused(const char *path)
{
	struct stat about;

	if (EXPECTED(!fz_stop_is_due()) || stat(path, &about) != 0 || !S_ISFIFO(about.st_mode)) {
		return false;
	}
	fz_now.refused = true;
	errno = ECANCELED;
	return true;
}

int fz_open_waiting(const char *path, int flags, mode_t mode)
{
	int descriptor;

	do {
		if (UNEXPECTED(fz_opening_is_refused(path))) {
			return -1;
		}
		descriptor = open(path, flags, mode);
	} while (descriptor < 0 && fz_again_after_signal());
	return descriptor;
}

FILE *fz_fopen_waiting(const char *path, const char *mode)
{
	FILE *file;

	do {
		if (UNEXPECTED(fz_opening_is_refused(path))) {
			return NULL;
		}
		file = fopen(path, mode);
	} while (!file && fz_again_after_signal());
	return file;
}

/* --- children --- */

/* Unwinding frees a stream of popen(), which waits for the child, though no code has called for that. */
static bool fz_unwinds(void)
{
	static const char *const waiting[] = { "pclose", "proc_close", "fclose", "exec", "shell_exec", "system", "passthru" };
	const zend_execute_data *call;

	if (EXPECTED(!fz_now.stopping)) {
		return false;
	}
	call = EG(current_execute_data);
	if (call && call->func && call->func->type == ZEND_INTERNAL_FUNCTION && call->func->common.function_name) {
		for (size_t i = 0; i < sizeof waiting / sizeof *waiting; i++) {
			if (zend_string_equals_cstr(call->func->common.function_name, waiting[i], strlen(waiting[i]))) {
				return false;
			}
		}
	}
	return true;
}

pid_t fz_waitpid(pid_t pid, int *status, int options)
{
	for (;;) {
		bool refused = !(options & WNOHANG) && (UNEXPECTED(fz_stop_is_due()) || fz_unwinds());
		pid_t done = waitpid(pid, status, refused ? options | WNOHANG : options);

		if (refused && done == 0) {
			fz_now.refused = true;
			fz_children_forget(pid);
			return fz_would_wait(ECANCELED);
		}
		if (done >= 0 || !fz_again_after_signal()) {
			return done;
		}
	}
}

/* --- semaphores and messages of System V --- */

/* More at once than PHP's extension asks for are not copied: the call waits as ever. */
#define FZ_OPERATIONS 8

static int fz_semop(int set, struct sembuf *operations, size_t count)
{
	struct sembuf hasty[FZ_OPERATIONS];
	int done;

	for (;;) {
		bool refused = count <= FZ_OPERATIONS && UNEXPECTED(fz_stop_is_due());

		for (size_t i = 0; refused && i < count; i++) {
			hasty[i] = operations[i];
			hasty[i].sem_flg |= IPC_NOWAIT;
		}
		done = semop(set, refused ? hasty : operations, count);
		if (refused && done != 0 && errno == EAGAIN) {
			fz_now.refused = true;
			return fz_would_wait(ECANCELED);
		}
		if (done == 0 || !fz_again_after_signal()) {
			return done;
		}
	}
}

static int fz_hasty(int flags)
{
	return UNEXPECTED(fz_wait_is_refused()) ? flags | IPC_NOWAIT : flags;
}

static ssize_t fz_msgrcv(int queue, void *message, size_t len, long type, int flags)
{
	ssize_t done;

	do {
		done = msgrcv(queue, message, len, type, fz_hasty(flags));
	} while (done < 0 && fz_again_after_signal());
	return done;
}

static int fz_msgsnd(int queue, const void *message, size_t len, int flags)
{
	int done;

	do {
		done = msgsnd(queue, message, len, fz_hasty(flags));
	} while (done < 0 && fz_again_after_signal());
	return done;
}

/* --- sleeping --- */

int fz_nanosleep(const struct timespec *wanted, struct timespec *left)
{
	struct timespec next = *wanted, rest;

	for (;;) {
		if ((next.tv_sec || next.tv_nsec) && fz_wait_is_refused()) {
			if (left) {
				*left = next;
			}
			/* For EINTR time_sleep_until() sleeps again. */
			return fz_would_wait(ECANCELED);
		}
		if (nanosleep(&next, &rest) == 0) {
			return 0;
		}
		if (!fz_again_after_signal()) {
			if (left && errno == EINTR) {
				*left = rest;
			}
			return -1;
		}
		next = rest;
	}
}

static unsigned fz_sleep(unsigned seconds)
{
	struct timespec wanted = { .tv_sec = seconds }, left = { 0 };

	return fz_nanosleep(&wanted, &left) == 0 ? 0 : (unsigned) left.tv_sec + (left.tv_nsec > 0);
}

static int fz_usleep(useconds_t microseconds)
{
	struct timespec wanted = { .tv_sec = microseconds / 1000000, .tv_nsec = (long) (microseconds % 1000000) * 1000 };

	return fz_nanosleep(&wanted, NULL);
}

const fz_import fz_wait_imports[] = {
	{ "poll", (void *) fz_poll },
	{ "select", (void *) fz_select },
	{ "read", (void *) fz_read },
	{ "write", (void *) fz_write },
	{ "recv", (void *) fz_recv },
	{ "recvfrom", (void *) fz_recvfrom },
	{ "recvmsg", (void *) fz_recvmsg },
	{ "send", (void *) fz_send },
	{ "sendto", (void *) fz_sendto },
	{ "sendmsg", (void *) fz_sendmsg },
	{ "accept", (void *) fz_accept },
	{ "connect", (void *) fz_connect },
	{ "flock", (void *) fz_flock },
	{ "waitpid", (void *) fz_waitpid },
	{ "semop", (void *) fz_semop },
	{ "msgrcv", (void *) fz_msgrcv },
	{ "msgsnd", (void *) fz_msgsnd },
	{ "nanosleep", (void *) fz_nanosleep },
	{ "sleep", (void *) fz_sleep },
	{ "usleep", (void *) fz_usleep },
	{ NULL, NULL },
};
