/*
 * Descriptors of jobs and the children of others.
 *
 * Two engines start children in one process, on several threads. php-src makes the pipes of proc_open() without
 * close-on-exec and closes the child's ends after the fork (ext/standard/proc_open.c), so a child that another thread starts
 * meanwhile holds them open, and the reader waits for an end that does not come. Sockets and files are open to children as
 * well. Here each is made with close-on-exec, and a child of a job has only what it was given: descriptors 0 to 2, those that
 * proc_open() was told of, and those that the process was itself started with.
 */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <pty.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint64_t fz_inherited; /* descriptors that the process was started with, bit n for descriptor n */

/* The descriptors that the present proc_open() gives to its child, by number; NULL when there is no such call. */
static HashTable *fz_given(void)
{
	/* A thread of some library may have no context. */
	zend_execute_data *call = tsrm_get_ls_cache() ? EG(current_execute_data) : NULL;
	zval *specification;

	if (!call || !call->func || call->func->type != ZEND_INTERNAL_FUNCTION || call->func->common.scope
			|| !zend_string_equals_literal(call->func->common.function_name, "proc_open") || ZEND_CALL_NUM_ARGS(call) < 2) {
		return NULL;
	}
	specification = ZEND_CALL_ARG(call, 2);
	return Z_TYPE_P(specification) == IS_ARRAY ? Z_ARRVAL_P(specification) : NULL;
}

/* proc_open() does not move a descriptor that has the right number already, which would make it the child's. */
static void fz_leave_given(int descriptor)
{
	HashTable *given = fz_given();

	if (descriptor >= 0 && given && zend_hash_index_exists(given, (zend_ulong) descriptor)) {
		fcntl(descriptor, F_SETFD, 0);
	}
}

static int fz_made(int descriptor)
{
	int saved = errno;

	fz_leave_given(descriptor);
	errno = saved;
	return descriptor;
}

static int fz_pipe(int ends[2])
{
	int done = pipe2(ends, O_CLOEXEC);

	if (done == 0) {
		fz_leave_given(ends[0]);
		fz_leave_given(ends[1]);
	}
	return done;
}

static int fz_socketpair(int domain, int type, int protocol, int ends[2])
{
	int done = socketpair(domain, type | SOCK_CLOEXEC, protocol, ends);

	if (done == 0) {
		fz_leave_given(ends[0]);
		fz_leave_given(ends[1]);
	}
	return done;
}

static int fz_openpty(int *master, int *slave, char *name, const struct termios *termios, const struct winsize *size)
{
	int done = openpty(master, slave, name, termios, size);

	if (done == 0) {
		fcntl(*master, F_SETFD, FD_CLOEXEC);
		fcntl(*slave, F_SETFD, FD_CLOEXEC);
		fz_leave_given(*master);
		fz_leave_given(*slave);
	}
	return done;
}

static int fz_dup(int descriptor)
{
	return fz_made(fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
}

static int fz_open(const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	return fz_made(fz_open_waiting(path, flags | O_CLOEXEC, mode));
}

static FILE *fz_fopen(const char *path, const char *mode)
{
	char own[16]; /* modes are shorter; the C library reads six characters of one */

	snprintf(own, sizeof own, "%.8se", mode);
	return fz_fopen_waiting(path, own);
}

static int fz_mkstemp(char *path)
{
	return fz_made(mkostemp(path, O_CLOEXEC));
}

static int fz_socket(int domain, int type, int protocol)
{
	return socket(domain, type | SOCK_CLOEXEC, protocol);
}

const fz_import fz_descriptor_imports[] = {
	{ "pipe", (void *) fz_pipe },
	{ "socketpair", (void *) fz_socketpair },
	{ "openpty", (void *) fz_openpty },
	{ "dup", (void *) fz_dup },
	{ "open", (void *) fz_open },
	{ "fopen", (void *) fz_fopen },
	{ "mkstemp", (void *) fz_mkstemp },
	{ "socket", (void *) fz_socket },
	{ NULL, NULL },
};

void fz_descriptors_inherited(uint64_t mask)
{
	fz_inherited = mask;
}

static bool fz_may_have(HashTable *given, zend_ulong descriptor)
{
	return (descriptor < 64 && fz_inherited >> descriptor & 1) || (given && zend_hash_index_exists(given, descriptor));
}

/* The highest descriptor that a child may have. Numbers that no descriptor can have make proc_open() itself fail. */
static int fz_last_had(HashTable *given)
{
	zend_ulong number, last = 2, limit = (zend_ulong) sysconf(_SC_OPEN_MAX);

	for (number = 3; number < 64; number++) {
		if (fz_may_have(NULL, number)) {
			last = number;
		}
	}
	if (given) {
		ZEND_HASH_FOREACH_NUM_KEY(given, number) {
			if (number < limit) {
				last = MAX(last, number);
			}
		} ZEND_HASH_FOREACH_END();
	}
	return (int) last;
}

/* In the child of a fork, before it moves its descriptors to their places. Kernels before 5.11 leave them as they were. */
void fz_descriptors_in_child(void)
{
	HashTable *given = fz_given();

	if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
		return;
	}
	for (int descriptor = 3, last = fz_last_had(given); descriptor <= last; descriptor++) {
		if (fz_may_have(given, (zend_ulong) descriptor)) {
			fcntl(descriptor, F_SETFD, 0);
		}
	}
}

/* The same for posix_spawn(), after its other actions. To close what is not open is no error there. */
int fz_descriptors_in_spawned(posix_spawn_file_actions_t *actions)
{
	int failed = 0;
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
	HashTable *given = fz_given();
	int last = fz_last_had(given);

	for (int descriptor = 3; descriptor <= last && !failed; descriptor++) {
		if (!fz_may_have(given, (zend_ulong) descriptor)) {
			failed = posix_spawn_file_actions_addclose(actions, descriptor);
		}
	}
	if (!failed) {
		failed = posix_spawn_file_actions_addclosefrom_np(actions, last + 1);
	}
#else
	(void) actions;
#endif
	return failed;
}
