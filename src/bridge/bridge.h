/*
 * The C ABI between the two halves, as the C side sees it. The Rust side is `abi.rs`; both state the same
 * structs in the same order, and the sizes of all of them (`fz_sizes`) are compared before anything else is called.
 *
 * Threads. Functions of `fz_host_table` are called on guest threads only and never touch the host's Zend.
 * Functions of `fz_guest_table` say on which thread they may run. No panic and no longjmp crosses any of them.
 * Memory. A slice is valid for the length of the call that passes it; who keeps it, copies it.
 */
#ifndef FFI_ZTS_BRIDGE_H
#define FFI_ZTS_BRIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FZ_BRIDGE_VERSION 3

/* Bytes; `ptr` may be NULL when `len` is 0. Not NUL-terminated unless the field says so. */
typedef struct {
	const char *ptr;
	size_t len;
} fz_slice;

struct fz_script; /* below */

/* --- messages --- */

/*
 * What crosses: bytes in the format of zend/wire.h, and shared things that the bytes name by number. This struct is the
 * window that C writes through; the rest of a message is the engine's. Owned by one side at a time, used by one thread.
 */
typedef struct {
	char *ptr;       /* first byte, or NULL while there is no room at all */
	size_t len;      /* bytes written; the writer counts them up to `capacity` */
	size_t capacity; /* bytes there are; message_grow() makes more */
} fz_message;

/* Things that messages share instead of copying. A handle is a counted reference, good on every thread. */
enum {
	FZ_REF_IMAGE = 1,      /* a closure's code (zend/closure_encode.c) */
	FZ_REF_DESCRIPTOR = 2, /* a file descriptor, closed with its last reference */
	FZ_REF_CHANNEL = 3,
	FZ_REF_FUTURE = 4,
	FZ_REF_BUFFER = 5,
	FZ_REF_LANE = 7,       /* workers of one's own: a Thread or a Pool */
	FZ_REF_COMPLETIONS = 8 /* futures that are waited for together */
};

/* A value that is sent: a scalar as it is, all others in a message. */
enum { FZ_PARCEL_NULL = 0, FZ_PARCEL_FALSE = 1, FZ_PARCEL_TRUE = 2, FZ_PARCEL_INT = 3, FZ_PARCEL_FLOAT = 4, FZ_PARCEL_MESSAGE = 5 };

typedef struct {
	int64_t kind; /* FZ_PARCEL_* */
	union {
		int64_t integer;
		double number;
		fz_message *message;
	} as;
} fz_parcel;

/* How a call that may wait came back. */
enum {
	FZ_DONE = 0,
	FZ_TIMED_OUT = 1,
	FZ_REFUSED = 2, /* see fz_refusal */
	FZ_LEAVE = 3,   /* return to the VM: an exception is pending, or its interrupt flag is set; nothing was done */
	FZ_BAILOUT = 4, /* host only: the same, by a bailout */
	FZ_SHUT = 5,    /* the channel is closed */
	FZ_FAILED = 6,  /* the engine panicked; failure() tells what it said */
	FZ_CUT = 7      /* see items_wait */
};

/* What a channel is. */
enum {
	FZ_CHANNEL_OPEN = 0,
	FZ_CHANNEL_CLOSED = 1,
	FZ_CHANNEL_FORSAKEN = 2 /* closed, since nobody was left who could have ended the waits */
};

/* Why something was refused: the exception to throw (zend/fz.h has the numbers), and its message, NUL-terminated. */
typedef struct {
	int32_t exception;
	char text[508];
} fz_refusal;

/* How a job ended. */
enum {
	FZ_RETURNED = 0,    /* `message` or `value`: the value; `seconds` on the worker; of a script also `status` */
	FZ_EXITED = 1,      /* a task called exit(): `status` */
	FZ_THREW = 2,       /* `message`: the throwable */
	FZ_FATAL = 3,       /* `message`: a fatal error, see FZ_REPORT_FATAL */
	FZ_UNSENDABLE = 4,  /* `text`: why the value cannot cross */
	FZ_NOT_STARTED = 5, /* `text`: why */
	FZ_STOPPED = 6,     /* cancelled; `came` */
	FZ_OVERDUE = 7,     /* stopped after `seconds`; `came` */
	FZ_LOST = 8,        /* cancelled, and did not stop */
	FZ_OVERDUE_LOST = 9 /* the same after `seconds` */
};

typedef struct {
	int32_t kind;   /* FZ_RETURNED… */
	int32_t status;
	int32_t script; /* it was a script, not a task */
	int32_t came;   /* FZ_THREW or FZ_FATAL: what a stopped job's code came to, with that message; 0: nothing */
	const fz_message *message; /* as long-lived as the future's handle; NULL: none */
	fz_parcel value;           /* FZ_RETURNED without a message: the value, a scalar */
	fz_slice text;             /* as long-lived */
	double seconds;
} fz_outcome;

/* What errors call a job, NUL-terminated, cut where it does not fit. */
typedef struct {
	char task[1024];  /* number and what it is: "task 7, closure at /app/import.php:12" */
	char worker[128]; /* "worker 3 of pool 1"; empty: none has started it */
} fz_job_names;

/* Whose workers a lane's are. */
enum { FZ_LANE_THREAD = 1, FZ_LANE_POOL = 2 };

/* --- waits --- */

/* How long a call may wait, on whichever thread. */
typedef struct {
	double timeout;        /* seconds; INFINITY: no limit. After FZ_LEAVE, what is left of it */
	const void *interrupt; /* this thread's EG(vm_interrupt), which ends a wait on guest threads */
} fz_wait;

/* Handles are of kind FZ_REF_CHANNEL; what returns one returns a reference. */
typedef struct {
	/* Values that may wait; 0: a rendezvous; -1: without limit. */
	void *(*create)(int64_t capacity);
	/* The same under a name; NULL: there is one. */
	void *(*make)(const char *name, size_t len, int64_t capacity);
	/* NULL: there is none. */
	void *(*open)(const char *name, size_t len);
	/* FZ_DONE…. The parcel is null afterwards if it was sent, also when the thread has to leave on top of that. */
	int (*send)(void *channel, fz_parcel *parcel, fz_wait *wait);
	/* FZ_DONE…. After FZ_DONE, and only then, there is a value, and its message is the caller's. An exception may be
	 * pending even so. */
	int (*receive)(void *channel, fz_parcel *parcel, fz_wait *wait);
	/* The value of a receive goes back, to be the next one received. Takes the message over. */
	void (*put_back)(void *channel, const fz_parcel *parcel);
	void (*close)(void *channel);
	/* FZ_CHANNEL_* */
	int (*is_closed)(void *channel);
	size_t (*count)(void *channel);
	int64_t (*capacity)(void *channel);
	/* Borrowed; NULL: it has none. */
	const char *(*name)(void *channel, size_t *len);
	/* A descriptor of the caller's own, readable while receive() (1: send()) would not wait; or a negative errno value. */
	int (*descriptor)(void *channel, int to_send);
} fz_channel_table;

/* Memory; handles are of kind FZ_REF_BUFFER. */
typedef struct {
	/* Zeroed; NULL: there is not so much. */
	void *(*create)(size_t bytes);
	/* Another handle on a part, which the caller has checked to be one. */
	void *(*slice)(void *buffer, size_t offset, size_t len);
	/* Good for as long as the handle; aligned to 16, of a slice as its offset. */
	char *(*window)(void *buffer, size_t *len);
	/* Sleeps while the aligned cell of 32 or 64 bits is `expected`: FZ_DONE: it is not, or it was notified. */
	int (*wait)(void *buffer, size_t offset, uint64_t expected, int bits, fz_wait *wait);
	/* Wakes up to `count` that sleep on the cell: how many. */
	size_t (*notify)(void *buffer, size_t offset, size_t count);
} fz_buffer_table;

/* Futures of one thread that are waited for together; handles are of kind FZ_REF_COMPLETIONS. */
typedef struct {
	int (*create)(void **queue, fz_refusal *refusal);
	/* The end of the future's job is told under this key, once; NULL: it has come. */
	int (*add)(void *queue, void *future, uint64_t key, fz_refusal *refusal);
	/* It is not told any more, unless it was. */
	int (*remove)(void *queue, void *future, uint64_t key, fz_refusal *refusal);
	/* The keys of jobs that have ended, in that order: `*count` of them. On the host waiting output is delivered first. */
	int (*take)(void *queue, uint64_t *keys, size_t room, size_t *count, fz_refusal *refusal);
	/* A handle of kind FZ_REF_DESCRIPTOR: readable when take() should be called. */
	int (*descriptor)(void *queue, void **descriptor, fz_refusal *refusal);
} fz_completions_table;

/* Something that select() waits for. */
typedef struct {
	int kind;     /* FZ_REF_CHANNEL, FZ_REF_FUTURE */
	void *handle; /* NULL: a future whose outcome has been taken, which is ready */
} fz_source;

/*
 * What the C code of both halves asks of the engine. Any thread of that half's engine may call; there is one table for the
 * host's thread and one for guest threads, which differ in how they wait. None runs PHP code but where it says so.
 */
typedef struct {
	uint32_t size; /* sizeof(fz_engine_table) */
	/* An empty message. */
	fz_message *(*message_new)(void);
	/* Ends a message and its references. Not NULL. */
	void (*message_free)(fz_message *message);
	/* Room for `more` bytes after `len`: 0, or -1 when there is no memory. */
	int (*message_grow)(fz_message *message, size_t more);
	/* Adds a reference to the thing: its number in the message. The caller keeps its own reference. */
	uint32_t (*message_attach)(fz_message *message, int kind, void *handle);
	/* A new reference to a thing of the message, which the caller releases; NULL: there is no such thing of that kind. */
	void *(*message_detach)(const fz_message *message, uint32_t number, int kind);
	void (*retain)(int kind, void *handle);
	void (*release)(int kind, void *handle);
	/* Keeps a copy of the bytes (aligned to 16) under a number that no other image of the process has. `name` is what errors
	 * call the closure. */
	void *(*image_new)(const char *ptr, size_t len, fz_slice name);
	const char *(*image_bytes)(void *image, size_t *len);
	uint64_t (*image_number)(void *image);
	/* Levels of arrays and objects that a value may have to cross: the option max_nesting. */
	uint32_t (*max_nesting)(void);
	/* Takes the descriptor over. */
	void *(*descriptor_new)(int fd);
	/* Borrowed: dup(2) it to keep it. */
	int (*descriptor_fd)(void *descriptor);

	/* Jobs. Deadlines are CLOCK_MONOTONIC in nanoseconds, or negative: never. On the host a wait delivers output of jobs, runs
	 * signal handlers, and may so run PHP code. */

	/* Queues a task in a lane (NULL: any free worker), to be stopped after `limit` seconds (0: never); waits while the queue is
	 * full. `items`: 0: one call; else the arguments are a list of so many items, each for a call of its own. `code` and `message`
	 * as in fz_task; the message is consumed in any case. FZ_DONE: `*future` is a handle. */
	int (*task_submit)(void *lane, uint32_t items, void *code, fz_message *message, double limit, void **future, fz_refusal *refusal);
	/* What jobs start in that the calling job starts from now on; it points into the caller's memory for the call. Guest workers only. */
	void (*surroundings_tell)(const struct fz_script *around);
	/* The same for a script, in the surroundings of the calling job; guest threads only. NUL-terminated strings. */
	int (*script_submit)(const fz_slice *file, const fz_slice *arguments, size_t count, void **future, fz_refusal *refusal);
	int (*future_wait)(void *future, int64_t deadline, fz_refusal *refusal);
	/* Waits for any of them. */
	int (*futures_wait)(void *const *futures, size_t count, int64_t deadline, fz_refusal *refusal);
	/* Waits for any of the tasks of a map. FZ_DONE: `*which` has ended. FZ_CUT: `*which` has been running for a while, and will
	 * call no more than its first `*kept` items: the others are the caller's again. */
	int (*items_wait)(void *const *futures, size_t count, size_t *which, uint32_t *kept, fz_refusal *refusal);
	/* 1 when the job has ended. On the host waiting output is delivered first. */
	int (*future_done)(void *future, int *done);
	/* Of a job that has ended. */
	void (*future_outcome)(void *future, fz_outcome *outcome);
	/* Stops the job: FZ_DONE, and whether that is what ended it. One that does not stop within `seconds` is lost; negative:
	 * within the option shutdown_timeout. */
	int (*future_cancel)(void *future, double seconds, int *stopped, fz_refusal *refusal);
	/* A handle of kind FZ_REF_DESCRIPTOR: readable when future_done() should be asked. */
	int (*future_descriptor)(void *future, void **descriptor, fz_refusal *refusal);
	/* What errors call the job. */
	void (*future_names)(void *future, fz_job_names *names);
	/* A PHP object that has not asked for the outcome goes: nobody will ask for its stream any more. `file` and `line`: where it was
	 * made, for the log if nobody else asks either and the job fails; an empty name: unknown. */
	void (*future_dropped)(void *future, fz_slice file, uint32_t line);
	/* Nobody is to be told of a failure. */
	void (*future_ignore)(void *future);
	/* Nobody wants what comes of it: it is asked to stop; does not wait. */
	void (*future_abandon)(void *future);

	/* Workers of one's own: `kind` is FZ_LANE_*. `bootstrap` is NUL-terminated, or NULL: as the options say. Limits of 0: none. */
	int (*lane_open)(int kind, uint64_t size, const char *bootstrap, uint64_t max_tasks, uint64_t max_memory, void **lane, fz_refusal *refusal);
	/* No more tasks; waits until those that are there have ended. Negative deadline: for as long as it takes. */
	int (*lane_close)(void *lane, int64_t deadline, fz_refusal *refusal);
	/* No more tasks; drops those that wait, stops those that run. */
	int (*lane_kill)(void *lane, fz_refusal *refusal);
	/* No more tasks; does not wait. */
	void (*lane_seal)(void *lane);
	/* Tasks that wait or run. */
	uint64_t (*lane_load)(void *lane);

	/* A call without a refusal of its own has failed (FZ_FAILED, no handle, a negative answer): 1, and what the engine panicked with
	 * in it. 0: it did not panic; the answer means what the function says. Asked once, by the thread of the call, at once. */
	int (*failure)(fz_refusal *refusal);
	/* True in the child of a fork that left the guest's threads behind: what they share cannot be used there. */
	const bool *forked;
	/* Waits until one of the sources is ready, and stores 1 for each that is, else 0. FZ_DONE…. */
	int (*select)(const fz_source *sources, size_t count, uint8_t *ready, fz_wait *wait);
	fz_channel_table channel;
	fz_buffer_table buffer;
	fz_completions_table completions;
} fz_engine_table;

/* What kind of message `fz_host_table.report` carries. */
enum {
	FZ_REPORT_VALUE = 1,     /* wire: what the script returned */
	FZ_REPORT_THROWABLE = 2, /* wire: the uncaught throwable (see wire.rs, `throwable`) */
	FZ_REPORT_FATAL = 3,     /* bytes, no value: i32 type, u32 line, u64 length of the text, the text, and to the end the file */
	FZ_REPORT_REFUSED = 4    /* text: why the returned value cannot cross, with the path to it */
};

/* Functions of the host half. */
typedef struct {
	uint32_t size;    /* sizeof(fz_host_table) */
	uint32_t version; /* FZ_BRIDGE_VERSION */
	/* Captured output of a job, in order. Blocks while the job's buffer is full. Returns how many bytes were
	 * taken; fewer than `len` means that the job is being stopped (the guest treats it as an aborted connection). */
	size_t (*output)(void *job, const char *buf, size_t len);
	/* The guest asked for a flush: wake the host's thread if it waits. */
	void (*flush)(void *job);
	/* A line for the SAPI log (error_log unset). `job` is NULL outside of a job, e.g. during startup. Not NUL-terminated. */
	void (*log)(void *job, int syslog_level, const char *msg, size_t len);
	/* One part of the outcome of the running job: FZ_REPORT_REFUSED. */
	void (*report)(void *job, int kind, const char *buf, size_t len);
	/* The same for the other kinds. The message is taken over. */
	void (*report_message)(void *job, int kind, fz_message *message);
	/* What a task returned where that is a scalar. */
	void (*report_scalar)(void *job, const fz_parcel *value);
	/* A restart of opcache's memory waits for requests to end: those that run no task are to end soon. */
	void (*restart_waits)(void);
	/* The guest is about to open an extension: 0, and `text` receives the path to open in its place; non-zero, and `text`
	 * receives the reason why it must not be opened. NUL-terminated; a reason that does not fit is cut. */
	int (*open_extension)(const char *path, char *text, size_t text_len);
	/* A thread of the guest's own that the engine does not join: before it is created, and as the last thing that it does. */
	void (*thread_begins)(void);
	void (*thread_ended)(void);
	/* The engine as guest threads see it. */
	const fz_engine_table *engine;
} fz_host_table;

/* Time zones, in the form that PHP has its own in (php-src ext/date/lib/timelib.h); they live as long as the process. */
typedef struct {
	const char *name;
	uint32_t position; /* in `data`, which is as ext/date/lib/parse_tz.c reads it */
} fz_time_zone;

typedef struct {
	size_t count;
	const fz_time_zone *zones; /* by name, without regard to case */
	const unsigned char *data;
	const char *version; /* as timezone_version_get() is to tell it */
} fz_time_zones;

/* How the guest is to be started. All strings are NUL-terminated, valid until `boot` returns unless stated. */
typedef struct {
	uint32_t size;
	const char *sapi_name;     /* e.g. "ffi-zts" or "cli"; valid for the life of the process */
	const char *ini_path;      /* a php.ini, or NULL: none is read */
	fz_slice ini_defaults;     /* "name\0value\0": defaults of settings, which ini_path and ini_entries beat */
	const char *ini_entries;   /* php.ini syntax, beats ini_path */
	const char *executable;    /* PHP_BINARY, or NULL */
	const char *extension_dir; /* default of that setting, which an ini file may change; or NULL: libphp's own */
	uint8_t restore_signals;   /* libphp has ZEND_SIGNALS, by its file; the guest half asks the opened library itself (foreign.c) */
	uint8_t ini_search;        /* without ini_path: search php.ini as the CLI does (else none is read) */
	uint8_t demand_opcache;    /* opcache or its JIT asked for but not active is a failure to start */
	uint8_t reserved[5];
	uint64_t host_mask;        /* signals that the host's thread blocks, bit n-1 for signal n: children of jobs start so */
	uint64_t inherited;        /* descriptors that the process was started with, bit n for descriptor n: children have them too */
	const fz_time_zones *time_zones; /* in place of libphp's own, or NULL */
	fz_slice environment;      /* "A=1\0B=2\0" for the life of the process: what native code reads; no pointer: the process's own */
	uint64_t host_thread;      /* pthread_t of the host's thread, for which nothing changes */
} fz_boot;

/* Why something failed, NUL-terminated, truncated where it does not fit. */
typedef struct {
	char text[1024];
} fz_error;

/* What became of opcache. */
typedef struct {
	uint32_t size;
	uint8_t loaded;          /* it is part of the guest */
	uint8_t enabled;         /* it caches, in memory or in files */
	uint8_t jit;             /* and its JIT compiles */
	uint8_t restart_pending; /* a restart waits for the running requests */
	uint64_t restarts;       /* of its memory, so far */
	char opcache[320];       /* the same in words: on, or why not */
	char jit_words[320];
} fz_opcache;

/* What a worker is asked; the greater one wins. */
enum {
	FZ_STOP_NONE = 0,
	FZ_STOP_UNWIND = 1, /* end the job by an exception: a task's `finally` blocks run, a script ends as by exit() */
	FZ_STOP_INSIST = 2, /* end the job at once, unless it is unwinding: in a `finally` block or a destructor */
	FZ_STOP_BAILOUT = 3 /* end the job at once; destructors and shutdown functions run */
};

/* A worker thread, owned by the host half; lives as long as the OS thread. */
typedef struct {
	uint32_t size;
	/* FZ_STOP_…; set by the host (atomically) before `interrupt`. */
	int32_t stop;
	/* For the guest's own use: pointer to this thread's EG(vm_interrupt), set by thread_start, cleared by thread_stop. */
	void *vm_interrupt;
	/* 1 while a job runs (set by the guest under its own rules); signals are sent to the thread only then. */
	int32_t running;
	/* The thread has a file-system context (cwd, umask) of its own: unshare(CLONE_FS) succeeded. */
	int32_t own_fs;
} fz_worker;

/* How the primary script is given. */
enum {
	FZ_SCRIPT_FILE = 0,  /* `script` is a path */
	FZ_SCRIPT_CODE = 1,  /* `script` is code without an opening tag, as `php -r` */
	FZ_SCRIPT_STDIN = 2, /* the script is read from descriptor 0, as `php < script` */
	FZ_SCRIPT_LINT = 3,  /* syntax check only, as `php -l` */
	FZ_SCRIPT_TASKS = 4  /* no script: what tasks run in */
};

/* Most workers of a pool, as of the option `threads`. */
enum { FZ_WORKERS_MOST = 1024 };

/* Of fz_script's mask: it is one. */
enum { FZ_MASK_SET = 01000 };

/* One script job. Strings are NUL-terminated and valid until `run_script` returns. */
typedef struct fz_script {
	uint32_t size;
	int32_t mode;              /* FZ_SCRIPT_* */
	void *job;                 /* handed back to the functions of the host table */
	fz_slice script;           /* NUL-terminated */
	const char *const *argv;   /* argv[0] is the script */
	int32_t argc;
	int32_t as_cli;            /* 1: uncaught throwables and fatal errors are displayed as php-cli does, not reported */
	int32_t direct_output;     /* 1: output is written to descriptor 1 as php-cli does; 0: through `output` */
	int32_t mask;              /* the umask, with FZ_MASK_SET; 0: the worker's */
	int32_t inner;             /* 1: a job's own, for those that it starts: `settings` beat the guest's configuration */
	int32_t reserved;
	fz_slice cwd;              /* NUL-terminated; the directory the job starts in */
	fz_slice environment;      /* "A=1\0B=2\0": the environment the job sees */
	const char *const *prepend;/* files to run first, in order */
	size_t prepend_len;
	const char *const *autoload; /* FZ_SCRIPT_TASKS: files to run after those, in order */
	size_t autoload_len;
	const char *const *ini;    /* key, value, key, value…: set for this request at system level (restrictions of the host) */
	size_t ini_len;            /* number of strings, even */
	const char *const *settings; /* key, value, key, value…: settings that the host has changed; value NULL: as the guest was booted */
	size_t settings_len;
	const char *zone;          /* the time zone that the host's script has set; empty: none */
	const char *const *own;    /* key, value, key, value…: of the request's options; scripts may change them as those of a php.ini */
	size_t own_len;
} fz_script;

/* One task: a call in the request that the worker keeps for tasks of the same surroundings. */
typedef struct {
	uint32_t size;
	uint32_t reserved;
	void *job;                     /* handed back to the functions of the host table */
	uint64_t *items;               /* NULL: the arguments are those of one call; else see fz_item_begin() (task.c) */
	const fz_script *surroundings; /* FZ_SCRIPT_TASKS; valid until the worker's request has ended */
	const char *bootstrap;         /* a file that the request runs first, or NULL; as valid */
	uint64_t number;               /* of the surroundings: where it differs from the request's, that ends and another begins */
	uint64_t revision;             /* where it differs, the request takes over what it can: directory, environment, settings, time zone */
	void *code;                    /* the image of the closure to call, lent for the call; NULL: the message says what to call */
	fz_message *message;           /* what to call with what, or with `code` the arguments, NULL for none; consumed in any case */
	uint64_t max_memory;           /* the request ends after the task when it holds more bytes than this; 0: never */
	uint64_t allowance;            /* the request ends after so many calls, of which each item is one; 0: never */
} fz_task;

/* The size of every struct of this file, by its name; FZ_SIZES fills it. */
typedef struct {
	uint32_t slice, message, parcel, refusal, outcome, job_names, wait, channel_table, buffer_table, completions_table,
		source, engine_table, host_table, boot, error, opcache, worker, script, task, time_zone, time_zones, guest_table;
} fz_sizes;

#define FZ_SIZES { \
	.slice = sizeof(fz_slice), \
	.message = sizeof(fz_message), \
	.parcel = sizeof(fz_parcel), \
	.refusal = sizeof(fz_refusal), \
	.outcome = sizeof(fz_outcome), \
	.job_names = sizeof(fz_job_names), \
	.wait = sizeof(fz_wait), \
	.channel_table = sizeof(fz_channel_table), \
	.buffer_table = sizeof(fz_buffer_table), \
	.completions_table = sizeof(fz_completions_table), \
	.source = sizeof(fz_source), \
	.engine_table = sizeof(fz_engine_table), \
	.host_table = sizeof(fz_host_table), \
	.boot = sizeof(fz_boot), \
	.error = sizeof(fz_error), \
	.opcache = sizeof(fz_opcache), \
	.worker = sizeof(fz_worker), \
	.script = sizeof(fz_script), \
	.task = sizeof(fz_task), \
	.time_zone = sizeof(fz_time_zone), \
	.time_zones = sizeof(fz_time_zones), \
	.guest_table = sizeof(fz_guest_table), \
}

/* Functions of the guest half. */
typedef struct {
	uint32_t size;    /* sizeof(fz_guest_table) */
	uint32_t version; /* FZ_BRIDGE_VERSION */
	/* What the guest half was compiled against. */
	uint32_t php_version_id;
	uint32_t zend_module_api;
	uint8_t zts, debug, zend_signals, max_execution_timers;
	fz_sizes sizes;
	/* Boot thread only: TSRM, SAPI and module startup. 0, or -1 with `error` filled. */
	int (*boot)(const fz_boot *boot, fz_error *error);
	/* Boot thread only, after every worker has stopped: module shutdown. */
	void (*shutdown)(void);
	/* A new thread, first of all: its TSRM context. 0, or -1 with `error` filled. */
	int (*thread_start)(fz_worker *worker, fz_error *error);
	/* The same thread, last of all. */
	void (*thread_stop)(fz_worker *worker);
	/* A started worker thread without a request: the context becomes what a new one would be, for a lane of other tasks.
	 * 0: it cannot, and the thread has to stop. */
	int (*thread_renew)(fz_worker *worker);
	/* A started worker thread: one whole request. Returns the exit status; with `error` filled the request could not start. */
	int (*run_script)(fz_worker *worker, const fz_script *script, fz_error *error);
	/* A started worker thread: one task. The exit status; with `error` filled its request could not start. */
	int (*run_task)(fz_worker *worker, const fz_task *task, fz_error *error);
	/* A started worker thread: ends the request for tasks, if there is one. */
	void (*end_request)(fz_worker *worker);
	/* Any thread: ask the worker to look at `worker->stop` at its next VM interrupt. */
	void (*interrupt)(fz_worker *worker);
	/* Any thread, after boot: fills `state`. */
	void (*opcache)(fz_opcache *state);
} fz_guest_table;

/* The one exported symbol of the guest half. Returns NULL with `error` filled when the tables do not fit. Any thread. */
const fz_guest_table *ffi_zts_guest_attach(const fz_host_table *host, fz_error *error);

#endif
