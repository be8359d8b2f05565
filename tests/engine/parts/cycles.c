/*
 * cycles LIBPHP GUEST-HALF SCRIPT CYCLES: starts a thread, gives it a context, runs the script, frees the context, joins;
 * CYCLES times, two threads at once (HAZARDS 19). Prints memory (kB), descriptors and threads after a tenth and at the end.
 */
#define _GNU_SOURCE
#include "../../../src/bridge/bridge.h"

#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const fz_guest_table *guest;
static const char *script_name;
static int failures;

static size_t output(void *job, const char *buf, size_t len) { (void) job; (void) buf; return len; }
static void flush(void *job) { (void) job; }
static void logged(void *job, int level, const char *msg, size_t len) { (void) job; (void) level; fprintf(stderr, "%.*s\n", (int) len, msg); }
/* Scripts run as php-cli runs them, which reports nothing; so there is no engine behind this host either. */
static void report(void *job, int kind, const char *buf, size_t len)
{
	(void) job;
	fprintf(stderr, "report %d: ", kind);
	fwrite(buf, 1, len, stderr);
	__atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
}
static void report_message(void *job, int kind, fz_message *message) { report(job, kind, message->ptr, message->len); }
static void report_scalar(void *job, const fz_parcel *value) { (void) value; report(job, FZ_REPORT_VALUE, "a scalar", 8); }
static void restart_waits(void) {}
static void thread_changes(void) {}
static int refuse(const char *path, char *why, size_t len) { (void) path; snprintf(why, len, "refused"); return 1; }

static const fz_host_table host = {
	.size = sizeof host, .version = FZ_BRIDGE_VERSION, .output = output, .flush = flush, .log = logged, .report = report,
	.report_message = report_message, .report_scalar = report_scalar, .restart_waits = restart_waits, .open_extension = refuse,
	.thread_begins = thread_changes, .thread_ended = thread_changes
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	exit(1);
}

static void *life(void *unused)
{
	fz_worker worker = { .size = sizeof worker };
	fz_error error;
	const char *argv[] = { script_name, NULL };
	fz_script script = { .size = sizeof script, .mode = FZ_SCRIPT_FILE, .script = { script_name, strlen(script_name) }, .argv = argv, .argc = 1, .as_cli = 1, .environment = { "", 0 } };

	if (guest->thread_start(&worker, &error) != 0) {
		die("thread_start", error.text);
	}
	if (guest->run_script(&worker, &script, &error) == -1) {
		die("run_script", error.text);
	}
	guest->thread_stop(&worker);
	return unused;
}

static long entries(const char *name)
{
	DIR *dir = opendir(name);
	long count = -2;
	while (readdir(dir)) count++;
	closedir(dir);
	return count;
}

static void measure(void)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");
	if (fscanf(file, "%*s %ld", &pages) != 1) die("statm", "unreadable");
	fclose(file);
	printf("%ld %ld %ld\n", pages * sysconf(_SC_PAGESIZE) / 1024, entries("/proc/self/fd"), entries("/proc/self/task"));
}

static void *whole(void *argument)
{
	char **argv = argument;
	long cycles = atol(argv[4]);
	fz_error error;
	fz_boot boot = { .size = sizeof boot, .sapi_name = "ffi-zts", .ini_entries = "" };

	if (!dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL)) die(argv[1], dlerror());
	void *half = dlopen(argv[2], RTLD_NOW);
	if (!half) die(argv[2], dlerror());
	const fz_guest_table *(*attach)(const fz_host_table *, fz_error *) = dlsym(half, "ffi_zts_guest_attach");
	if (!attach || !(guest = attach(&host, &error))) die("attach", attach ? error.text : dlerror());
	if (guest->boot(&boot, &error) != 0) die("boot", error.text);
	for (long i = 0; i < cycles; i += 2) {
		pthread_t threads[2];
		for (int t = 0; t < 2; t++) if (pthread_create(&threads[t], NULL, life, NULL)) die("pthread_create", "failed");
		for (int t = 0; t < 2; t++) pthread_join(threads[t], NULL);
		if (i == cycles / 10 / 2 * 2) measure();
	}
	measure();
	guest->shutdown();
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t boot;
	if (argc != 5) die(argv[0], "LIBPHP GUEST-HALF SCRIPT CYCLES");
	script_name = argv[3];
	pthread_create(&boot, NULL, whole, argv);
	pthread_join(boot, NULL);
	return failures ? 1 : 0;
}
