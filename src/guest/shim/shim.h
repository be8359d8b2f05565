/*
 * The guest half's C shim: what needs Zend macros (zend_try, EG(), SG()) and must not have Rust frames between itself
 * and a longjmp. One noun a file: sapi.c, boot.c, request.c, task.c, stops.c, frames.c, unwinding.c, functions.c, threads.c, streams.c, timer.c,
 * environment.c, memory.c, locale.c, surroundings.c, inner.c, process.c, title.c, imports.c, children.c, descriptors.c, waits.c, lookups.c,
 * statics.c, syslog.c, libraries.c, zones.c, foreign.c, opcache.c (its restarts), opcache_state.c (is it on, and why not).
 *
 * Threads: everything here runs on guest threads (the boot thread or a worker) unless a function says otherwise. Threads
 * that an extension makes (threads.c) come through the SAPI's callbacks and through functions that PHP code calls.
 */
#ifndef FFI_ZTS_SHIM_H
#define FFI_ZTS_SHIM_H

#include "php.h"
#include "SAPI.h"
#include "php_main.h"
#include "php_ini.h"
#include "php_output.h"
#include "php_variables.h"
#include "zend_exceptions.h"
#include "zend_extensions.h"

#include "../../zend/fz.h"

#include <poll.h>
#include <spawn.h>
#include <time.h>

/* The request that this thread serves. */
typedef struct {
	const fz_script *script; /* the job whose worker this is; NULL: none runs here, or the thread is no worker */
	fz_worker *worker;       /* NULL on threads of extensions and on the boot thread */
	bool boot;               /* this is the boot thread */
	uintptr_t owner;         /* number of the job that the request belongs to, on whichever thread (threads.c); 0: none */
	bool as_cli;             /* of that job */
	bool captured;           /* of that job: its output is not descriptor 1 */
	bool own_fs;             /* of that job: directory and umask are not the host's */
	const char *php_self, *script_filename; /* of that job, or NULL */
	fz_slice environment_block; /* "A=1\0B=2\0": what children are given, and what `environment` begins with */
	char *environment_own;   /* where that block is allocated by this thread, or NULL */
	char *directories;       /* the open_basedir that the job has set for itself, or NULL (tightened.c) */
	size_t limit, first_limit; /* its memory_limit as it is, and as the request began */
	zval *environment;       /* the request's environment for PHP code, built on first use (environment.c) */
	bool aborted;            /* nobody reads the output any more: unwind at the next VM interrupt */
	bool quiet;              /* errors of thread startup were shown on the boot thread already */
	fz_error *hears;         /* where errors that are not fatal go instead of being shown, or NULL */
	bool stopping;           /* this job was asked to stop and has begun to unwind */
	const zend_object *stop; /* the exception that this was; it may have been caught and be gone */
	bool calling;            /* code of a task or of its bootstrap file is running, and not what ends their request */
	bool refused;            /* a call that waits was refused (waits.c); what it warns of is not to be shown until then */
	bool errors_hidden;      /* a fatal error is reported, not displayed; saved_* are to be put back */
	bool saved_display, saved_log;
	locale_t locale;         /* the job's own locale, or 0 (locale.c) */
	char *locale_names[13];  /* its names by category, or NULL for the process's */
} fz_current;

extern __thread fz_current fz_now;
extern const fz_host_table *fz_host;
extern sapi_module_struct fz_sapi;
extern fz_slice fz_ini_taken; /* sapi.c: settings of the host's php.ini; set before module startup */

/* Fills `error`, truncating. Any thread. */
void fz_fail(fz_error *error, const char *format, ...) ZEND_ATTRIBUTE_FORMAT(printf, 2, 3);

/* sapi.c: the callbacks that this half depends on are called, whatever extensions put in their place. Boot thread. */
void fz_sapi_settle(void);

/* threads.c */
bool fz_threads_install(fz_error *error); /* boot thread, when TSRM is up */
bool fz_threads_prepare(fz_error *error); /* boot thread, when modules have started */
void fz_threads_end(void);                /* boot thread, before modules shut down: until no thread runs a request */
void fz_threads_interrupt(const fz_worker *worker); /* any thread: stops the threads of the worker's job */
bool fz_threads_foreign(void);            /* any thread: this is one of an extension's */
void fz_threads_attach(void);             /* at the start of a request on such a thread */
void fz_threads_activated(void);          /* the same request, when modules are up: settings and time zone of the job's host */
void fz_threads_detach(void);             /* at its end */
bool fz_threads_stopping(void);           /* such a thread: it is to stop */
void fz_job_begin(const fz_script *script, fz_worker *worker); /* a worker, around a whole request */
/* The same worker: the request serves another job from here on, or none; with `next` in other surroundings of the same number. */
void fz_job_switch(fz_script *script, const fz_script *next, void *job);
void fz_job_end(void);
const fz_script *fz_job_hold(void);       /* the running job that the request belongs to, kept until the release; or NULL */
void fz_job_release(void);                /* after a hold that returned a job */
void fz_block_lock(void);                 /* around changes to environment_block */
void fz_block_unlock(void);

/* streams.c */
void fz_streams_adopt(void);              /* boot thread, once: php://std* never hand out descriptors 0-2 themselves */
void fz_streams_register_constants(void); /* STDIN, STDOUT, STDERR of this request */

/* timer.c: around every request of a worker, and at the end of its thread */
void fz_timer_take(void);
void fz_timer_keep(void);
void fz_timer_delete(void);

/* environment.c */
void fz_environment_install(void); /* boot thread */
void fz_environment_import(zval *array);
void fz_environment_end(void);
/* The host's environment is another one for the same request; what its code has changed stays. False: out of memory. */
bool fz_environment_change(fz_slice before, fz_slice now);

/* inner.c: on a worker, in a request */
void fz_inner_install(void); /* boot thread: module startup */
void fz_inner_tell(void);   /* before a job of this thread starts another: that one starts as this one is now */
void fz_inner_forget(void); /* something of it has changed that cannot be told by looking */

/* surroundings.c */
void fz_settings_defaults(fz_slice defaults, HashTable *configuration); /* boot thread, before php.ini is read */
void fz_settings_begin(const fz_script *script); /* a thread in a request: settings and time zone of the job's host */
void fz_umask_begin(const fz_script *script);
void fz_umask_called(void); /* code of a job is about to call PHP's umask() */
/* Enters the job's directory, for PHP only; the second one for native code as well. One that this user may not enter is no failure,
 * as a php runs there, too: what is relative to it fails. */
bool fz_directory_virtual(const fz_script *script, fz_error *error);
bool fz_directory_enter(const fz_script *script, bool own_fs, fz_error *error);
/* The request goes on for a job whose host has changed: it follows. May bail out. */
bool fz_surroundings_change(const fz_script *before, const fz_script *now, fz_error *error);

/* memory.c */
void fz_memory_install(void); /* boot thread */
void fz_memory_begin(void);   /* at the start of a request, on whichever thread: its memory_limit holds */

/* locale.c */
void fz_locale_install(void); /* boot thread */
void fz_locale_end(void);

/* waits.c: calls that wait, and their end when the thread is to stop. Any thread. */
void fz_waits_install(void);   /* boot thread: module startup */
bool fz_stop_is_due(void);     /* the thread is to stop, and has not begun to unwind */
bool fz_wait_is_refused(void); /* the same, asked by a call that would wait */
int fz_poll(struct pollfd *descriptors, nfds_t count, int timeout);
int fz_nanosleep(const struct timespec *wanted, struct timespec *left);
pid_t fz_waitpid(pid_t pid, int *status, int options);
int fz_open_waiting(const char *path, int flags, mode_t mode);
FILE *fz_fopen_waiting(const char *path, const char *mode);

/* imports.c: calls of libphp or of an extension that come to us instead */
typedef struct {
	const char *name; /* NULL ends the list */
	void *replacement;
} fz_import;

extern const fz_import fz_wait_imports[];   /* waits.c */
extern const fz_import fz_lookup_imports[]; /* lookups.c: names and addresses of hosts */
extern const fz_import fz_static_imports[]; /* statics.c: what the C library answers in memory of its own */
extern const fz_import fz_syslog_imports[]; /* syslog.c: openlog() and its like */
void fz_libraries_redirect(void *handle);   /* libraries.c: calls of other libraries, of the library that was opened as `handle` */

bool fz_imports_redirect(const fz_import *imports); /* of libphp; boot thread, before any job */
/* Of the library that `inside` is part of. How many slots, or -1: there is no such library. The same thread. */
int fz_imports_redirect_in(const void *inside, const fz_import *imports);
int fz_imports_redirect_of(void *handle, const fz_import *imports); /* of the library that was opened as `handle` */
struct link_map;
const char *fz_imports_strings(const struct link_map *map); /* the names in its tables; NULL: it has none */
void fz_imports_of_library(void *handle); /* all that waits or answers in shared memory: of libphp, and of each extension */

/* extensions.c: boot thread, between sapi_startup() and module startup. `extension_dir` (or NULL) lives as long as the guest. */
bool fz_extensions_install(const char *extension_dir);
void fz_extensions_defaults(HashTable *configuration); /* boot thread, before php.ini is read, which may change them */

/* zones.c: time zones in place of libphp's own. Boot thread, when PHP has memory, and again when modules have started. */
extern const fz_time_zones *fz_zones_given; /* or NULL; set before module startup */
void fz_zones_use(void);

/* children.c */
extern const fz_import fz_child_imports[];
void fz_children_mask(uint64_t host_mask); /* boot thread, before any job */
void fz_children_forget(pid_t pid);        /* any thread: nobody waits for this child any more */

/* descriptors.c */
extern const fz_import fz_descriptor_imports[];
void fz_descriptors_inherited(uint64_t mask); /* boot thread, before any job */
void fz_descriptors_in_child(void);           /* the child of a fork, on its only thread */
int fz_descriptors_in_spawned(posix_spawn_file_actions_t *actions); /* 0 or an errno value */

/* process.c: functions that would act on the whole process */
void fz_process_install(bool as_cli); /* boot thread */

/* title.c: the title of the process */
ZEND_FUNCTION(fz_set_title);
ZEND_FUNCTION(fz_get_title);
bool fz_title_available(void); /* any thread */

/* foreign.c: what libphps of other builds bring. False with `error` filled. */
void *fz_libphp(void);                    /* its handle, or NULL */
bool fz_foreign_startup(fz_error *error); /* boot thread, after TSRM */
bool fz_foreign_thread(fz_error *error);  /* every thread, after it got its context */
void fz_foreign_shell_save(void);         /* boot thread, around module startup and shutdown */
void fz_foreign_shell_restore(void);

/* boot.c: what every thread but the boot thread needs, when it gets its context and before it gives it back. */
void fz_thread_prepare(void);
void fz_thread_close_persistent(void);

/* Replaces the handler of an internal function where that function exists. Boot thread, before any other thread. */
void fz_replace_function(const char *name, zif_handler handler);

/* opcache.c */
bool fz_opcache_install(fz_error *error); /* boot thread, when extensions have started and opcache's memory has not */
void fz_opcache_enter(void); /* a worker, before a request that is to count to its very end; without it, to RSHUTDOWN */
void fz_opcache_leave(void); /* the same thread, when nothing of the request is left */
void fz_opcache_forget(void);/* a thread that is about to end: drops what may point into memory that was restarted */
/* Any thread: restarts of opcache's memory so far; whether one waits for all requests to end. */
void fz_opcache_restarts(uint64_t *restarts, bool *pending);
bool fz_opcache_restart_waits(void); /* any thread: the second of these, without a lock */

/* opcache_state.c */
void fz_opcache_listen(void); /* boot thread, at the begin and the end of module startup: notes opcache's own words */
void fz_opcache_verify(void); /* boot thread, in a request */
bool fz_opcache_demand(fz_error *error); /* false: opcache or JIT is asked for and not active */
void fz_opcache_tell(fz_opcache *state); /* any thread, after boot */

/* functions.c */
void fz_functions_publish(void); /* boot thread, when modules have started */
void fz_functions_share(void);   /* every other thread, when it got its context */

/* frames.c: a thread that stands between two instructions of the frame, which is one of PHP code */
bool fz_frame_may_be_left(const zend_execute_data *execute_data); /* php-src copes with an exception now */
void fz_frame_settle(zend_execute_data *execute_data); /* one was thrown: leaves nothing to the next instruction, which will not run */

/* unwinding.c: any worker */
/* A destructor is being called. A stop waits for its end: what releases a value does not expect an exception everywhere. (Of PHP 8.2's
 * tracing JIT an exception of a destructor reaches frames under the wrong instruction.) */
bool fz_in_destructor(const zend_execute_data *execute_data);
bool fz_runs_by_unwinding(const zend_execute_data *execute_data); /* what runs is what the stop, on its way, runs */

/* stops.c: boot thread */
void fz_interrupt_reserve(void);   /* module startup: there is an interrupt function */
void fz_interrupt_install(void);   /* when extensions have started, before opcache compiles calls of it: ours is the outermost */
bool fz_is_stoppable(void);        /* any worker: this is a job's code, and not what ends the request of earlier tasks */
void fz_stop_throw(void);          /* any worker: makes the stop of its task pending, as an exception */
/* What a bailout leaves undone, before PHP code runs again: php-src calls none while an exception is on its way, and unwinds generators
 * and fibers where they end, also those that were about to be. (Its own fatal errors mark all objects as ended.) */
void fz_after_bailout(void);
void fz_interrupt_find_site(void); /* in a request: learns from where zend_call_function() calls it */

/* request.c */
int fz_run_script(fz_worker *worker, const fz_script *script, fz_error *error);
bool fz_apply_own(const fz_script *script, fz_error *error); /* before a request starts, or in it */
bool fz_apply_ini(const fz_script *script, fz_error *error); /* a thread in a request: takes over the job's restrictions */
bool fz_request_begin(const fz_script *script, bool *started, fz_error *error);
int fz_request_finish(bool started);
bool fz_execute_named(const char *path); /* under zend_try: a file on its way to the job's script or task; may the next run? */
void fz_uncaught(void);                  /* what is pending after PHP code: to set_exception_handler(), or to the host */
void fz_uncaught_to_host(void);          /* the same, to the host */
void fz_errors_restore(void);
void fz_errors_install(void);    /* boot thread */

/* compiled.c: boot thread */
void fz_compiled_note(void);    /* before opcache has put its own in the place of PHP's functions */
void fz_compiled_install(void); /* afterwards */

/* native.c: the environment that native code reads */
void fz_native_environment(const fz_boot *boot);  /* boot thread, before anything of PHP */
void fz_native_environment_of(void *handle);      /* of that library and all that it needs */

/* tightened.c */
void fz_tightened_install(void);                          /* boot thread: module startup */
void fz_tightened_begin(void);                            /* a job's request has begun, with its restrictions */
void fz_tightened_take_over(const fz_current *from);      /* a thread of an extension: from the job that it holds */
bool fz_limit_is_lower(void);                             /* this job has lowered its memory_limit */

/* task.c */
int fz_run_task(fz_worker *worker, const fz_task *task, fz_error *error);
void fz_end_request(fz_worker *worker); /* of tasks, if there is one */

/* vm.c */
void fz_vm_declare(void); /* boot thread: module startup, after fz_classes_declare() */

/* report.c: in a request, on its thread; the first two may run PHP code */
void fz_report_value(void *job, zval *value);
void fz_report_throwable(void *job, zend_object *throwable);
void fz_report_fatal(void *job, int type, const char *message, size_t message_len, const char *file, size_t file_len, uint32_t line);

#endif
