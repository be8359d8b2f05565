/*
 * Child processes of a job: they start with the host's signal mask and with the job's environment.
 *
 * A worker blocks every signal that is the host's business, and a child inherits the mask of the thread that starts it: a
 * `kill` of the child would wait for ever. The environment that the C library hands to children is the process's, which
 * the host may be changing at that moment. Both can only be set where the child is made, so libphp's calls of fork, popen,
 * pclose and posix_spawn come here (imports.c).
 */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static sigset_t fz_child_mask;

/* --- children that nobody waits for any more --- */

/* The wait for them was given up (waits.c). They run on, as those of a PHP that ends do, and are released when they have ended. */
typedef struct fz_orphan {
	pid_t pid;
	struct fz_orphan *next;
} fz_orphan;

static fz_orphan *fz_orphans;
static pthread_mutex_t fz_orphans_lock = PTHREAD_MUTEX_INITIALIZER;

void fz_children_forget(pid_t pid)
{
	fz_orphan *orphan = pid > 0 ? malloc(sizeof *orphan) : NULL;

	if (orphan) {
		pthread_mutex_lock(&fz_orphans_lock);
		*orphan = (fz_orphan) { .pid = pid, .next = fz_orphans };
		fz_orphans = orphan;
		pthread_mutex_unlock(&fz_orphans_lock);
	}
}

/* Whenever a child is made: no more of them can be left than there were at one time. */
static void fz_orphans_reap(void)
{
	fz_orphan **at = &fz_orphans, *orphan;

	if (EXPECTED(!__atomic_load_n(&fz_orphans, __ATOMIC_RELAXED))) {
		return;
	}
	pthread_mutex_lock(&fz_orphans_lock);
	while ((orphan = *at)) {
		if (waitpid(orphan->pid, NULL, WNOHANG) == 0) {
			at = &orphan->next;
		} else {
			*at = orphan->next;
			free(orphan);
		}
	}
	pthread_mutex_unlock(&fz_orphans_lock);
}

/* --- making them --- */

/* The request's environment for exec(): one block to free(); the strings stay where they are. NULL where there is none. */
static char **fz_child_environment(void)
{
	const fz_slice *strings = &fz_now.environment_block;
	size_t count = 0, i = 0;
	char **block;

	if (!fz_now.owner) {
		return NULL;
	}
	for (size_t at = 0; at < strings->len; at += strlen(strings->ptr + at) + 1) {
		count++;
	}
	block = malloc((count + 1) * sizeof(char *));
	if (block) {
		for (size_t at = 0; at < strings->len; at += strlen(strings->ptr + at) + 1) {
			block[i++] = (char *) strings->ptr + at;
		}
		block[i] = NULL;
	}
	return block;
}

static pid_t fz_fork(void)
{
	char **own = fz_child_environment();
	pid_t pid;

	fz_orphans_reap();
	pid = fork();

	if (pid == 0) {
		if (own) {
			environ = own;
		}
		fz_descriptors_in_child();
		pthread_sigmask(SIG_SETMASK, &fz_child_mask, NULL);
	} else {
		int saved = errno;
		free(own);
		errno = saved;
	}
	return pid;
}

typedef int (*fz_spawner)(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
	char *const[], char *const[]);

static int fz_spawn_with(fz_spawner spawner, pid_t *pid, const char *path, const posix_spawn_file_actions_t *given_actions,
	const posix_spawnattr_t *given, char *const argv[], char *const envp[])
{
	posix_spawn_file_actions_t own_actions, *actions = (posix_spawn_file_actions_t *) given_actions;
	posix_spawnattr_t attributes;
	short flags = 0;
	char **own = envp == environ || !envp ? fz_child_environment() : NULL;
	int failed = 0;

	fz_orphans_reap();
	if (given) {
		attributes = *given; /* plain data in glibc and musl; what it refers to is the caller's */
		posix_spawnattr_getflags(given, &flags);
	} else {
		failed = posix_spawnattr_init(&attributes);
	}
	if (!actions) {
		posix_spawn_file_actions_init(&own_actions);
		actions = &own_actions;
	}
	if (!failed) {
		failed = fz_descriptors_in_spawned(actions);
	}
	if (!failed && !(flags & POSIX_SPAWN_SETSIGMASK)) {
		posix_spawnattr_setsigmask(&attributes, &fz_child_mask);
		posix_spawnattr_setflags(&attributes, flags | POSIX_SPAWN_SETSIGMASK);
	}
	if (!failed) {
		failed = spawner(pid, path, actions, &attributes, argv, own ? own : envp);
	}
	if (!given) {
		posix_spawnattr_destroy(&attributes);
	}
	if (!given_actions) {
		posix_spawn_file_actions_destroy(&own_actions);
	}
	free(own);
	return failed;
}

static int fz_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
	const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	return fz_spawn_with(posix_spawn, pid, path, actions, attributes, argv, envp);
}

static int fz_posix_spawnp(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
	const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	return fz_spawn_with(posix_spawnp, pid, path, actions, attributes, argv, envp);
}

/* Streams of fz_popen() and their children. */
typedef struct fz_pipe {
	FILE *stream;
	pid_t pid;
	struct fz_pipe *next;
} fz_pipe;

static fz_pipe *fz_pipes;
static pthread_mutex_t fz_pipes_lock = PTHREAD_MUTEX_INITIALIZER;

static FILE *fz_popen(const char *command, const char *type)
{
	bool reads = type[0] == 'r';
	int ends[2], mine = reads ? 0 : 1, theirs = reads ? 1 : 0, error;
	char *const argv[] = { "sh", "-c", (char *) command, NULL };
	posix_spawn_file_actions_t actions;
	fz_pipe *entry;

	if ((type[0] != 'r' && type[0] != 'w') || (type[1] && type[1] != 'e')) {
		errno = EINVAL;
		return NULL;
	}
	entry = malloc(sizeof *entry);
	if (!entry || pipe2(ends, O_CLOEXEC) != 0) {
		free(entry);
		return NULL;
	}
	posix_spawn_file_actions_init(&actions);
	if (ends[theirs] == theirs) {
		/* dup2 onto itself would keep close-on-exec; the descriptor is ours alone */
		fcntl(ends[theirs], F_SETFD, 0);
	} else {
		posix_spawn_file_actions_adddup2(&actions, ends[theirs], theirs);
	}
	error = fz_posix_spawn(&entry->pid, "/bin/sh", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[theirs]);
	entry->stream = error ? NULL : fdopen(ends[mine], reads ? "r" : "w");
	if (!entry->stream) {
		close(ends[mine]);
		free(entry);
		errno = error ? error : ENOMEM;
		return NULL;
	}
	if (!type[1]) {
		fcntl(ends[mine], F_SETFD, FD_CLOEXEC); /* popen() without "e" would let it through to other children */
	}
	pthread_mutex_lock(&fz_pipes_lock);
	entry->next = fz_pipes;
	fz_pipes = entry;
	pthread_mutex_unlock(&fz_pipes_lock);
	return entry->stream;
}

static int fz_pclose(FILE *stream)
{
	fz_pipe **at, *entry;
	int status = -1;
	pid_t done;

	pthread_mutex_lock(&fz_pipes_lock);
	for (at = &fz_pipes; (entry = *at) && entry->stream != stream; at = &entry->next) {
	}
	if (entry) {
		*at = entry->next;
	}
	pthread_mutex_unlock(&fz_pipes_lock);
	if (!entry) {
		return pclose(stream);
	}
	fclose(stream);
	done = fz_waitpid(entry->pid, &status, 0);
	free(entry);
	return done < 0 ? -1 : status;
}

const fz_import fz_child_imports[] = {
	{ "fork", (void *) fz_fork },
	{ "popen", (void *) fz_popen },
	{ "pclose", (void *) fz_pclose },
	{ "posix_spawn", (void *) fz_posix_spawn },
	{ "posix_spawnp", (void *) fz_posix_spawnp },
	{ NULL, NULL },
};

/* `host_mask`: the signals that the host's thread blocks, bit n-1 for signal n. */
void fz_children_mask(uint64_t host_mask)
{
	sigemptyset(&fz_child_mask);
	for (int signal = 1; signal <= 64; signal++) {
		if (host_mask >> (signal - 1) & 1) {
			sigaddset(&fz_child_mask, signal);
		}
	}
}
