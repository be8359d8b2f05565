/*
 * Libraries that wait by themselves, and how each of them lets a wait be ended.
 *
 * They are the system's, and the host may use them too: nothing in them is changed, only what the guest calls (imports.c).
 *   - libcurl asks its progress function, at least once a second and after each signal.
 *   - SQLite asks its progress function while it computes, and sleeps by its VFS while it waits for a lock.
 *   - OpenSSL itself does not wait, but php-src calls it again for as long as it says that it wants to read or write.
 * Their headers may not be there when this is compiled: numbers and signatures are those of their ABIs.
 */
#include "shim.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>

/* --- libcurl --- */

/* curl/curl.h */
enum {
	FZ_CURLOPT_NOPROGRESS = 43,
	FZ_CURLOPT_QUICK_EXIT = 322, /* since 7.87 */
	FZ_CURLOPT_PROGRESSDATA = 10057, /* XFERINFODATA is the same */
	FZ_CURLOPT_PROGRESSFUNCTION = 20056,
	FZ_CURLOPT_XFERINFOFUNCTION = 20219
};
typedef int (*fz_curl_old_progress)(void *data, double to_load, double loaded, double to_send, double sent);
typedef int (*fz_curl_progress)(void *data, int64_t to_load, int64_t loaded, int64_t to_send, int64_t sent);

static void *(*fz_curl_init)(void);
static void *(*fz_curl_duphandle)(void *handle);
static void (*fz_curl_reset)(void *handle);
static void (*fz_curl_cleanup)(void *handle);
static int (*fz_curl_setopt)(void *handle, int option, ...);
static int (*fz_curl_multi_wait)(void *multi, void *extra, unsigned extras, int timeout, int *count);

/* What PHP code has set of a handle's progress. libcurl calls ours, and that calls PHP's. */
typedef struct fz_transfer {
	void *handle;
	bool shown; /* CURLOPT_NOPROGRESS is off */
	fz_curl_progress progress;
	fz_curl_old_progress old_progress;
	void *data;
	struct fz_transfer *next;
} fz_transfer;

static fz_transfer *fz_transfers[64];
static pthread_mutex_t fz_transfers_lock = PTHREAD_MUTEX_INITIALIZER;

static fz_transfer **fz_transfer_place(const void *handle)
{
	fz_transfer **at = &fz_transfers[((uintptr_t) handle >> 6) % (sizeof fz_transfers / sizeof *fz_transfers)];

	while (*at && (*at)->handle != handle) {
		at = &(*at)->next;
	}
	return at;
}

/* One of those that were made here; NULL: an extension's of its own. */
static fz_transfer *fz_transfer_of(const void *handle)
{
	fz_transfer *transfer;

	pthread_mutex_lock(&fz_transfers_lock);
	transfer = *fz_transfer_place(handle);
	pthread_mutex_unlock(&fz_transfers_lock);
	return transfer;
}

static int fz_transfer_progress(void *data, int64_t to_load, int64_t loaded, int64_t to_send, int64_t sent)
{
	const fz_transfer *transfer = data;

	if (fz_wait_is_refused()) {
		/* Else libcurl waits for its thread that looks a name up. */
		fz_curl_setopt(transfer->handle, FZ_CURLOPT_QUICK_EXIT, 1L);
		return 1;
	}
	if (transfer->shown && transfer->progress) {
		return transfer->progress(transfer->data, to_load, loaded, to_send, sent);
	}
	if (transfer->shown && transfer->old_progress) {
		return transfer->old_progress(transfer->data, (double) to_load, (double) loaded, (double) to_send, (double) sent);
	}
	return transfer->shown ? 0x10000001 /* CURL_PROGRESSFUNC_CONTINUE: with libcurl's own meter */ : 0;
}

static void fz_transfer_listen(fz_transfer *transfer)
{
	fz_curl_setopt(transfer->handle, FZ_CURLOPT_XFERINFOFUNCTION, fz_transfer_progress);
	fz_curl_setopt(transfer->handle, FZ_CURLOPT_PROGRESSDATA, transfer);
	fz_curl_setopt(transfer->handle, FZ_CURLOPT_NOPROGRESS, 0L);
}

/* A new handle, with the settings of another one, if there is one. Without memory for it it is the library's alone. */
static void fz_transfer_add(void *handle, const fz_transfer *like)
{
	fz_transfer *transfer = handle ? calloc(1, sizeof *transfer) : NULL, **at;

	if (!transfer) {
		return;
	}
	if (like) {
		*transfer = *like;
	}
	transfer->handle = handle;
	pthread_mutex_lock(&fz_transfers_lock);
	at = fz_transfer_place(handle);
	transfer->next = *at;
	*at = transfer;
	pthread_mutex_unlock(&fz_transfers_lock);
	fz_transfer_listen(transfer);
}

static void *fz_curl_easy_init(void)
{
	void *handle = fz_curl_init();

	fz_transfer_add(handle, NULL);
	return handle;
}

static void *fz_curl_easy_duphandle(void *from)
{
	void *handle = fz_curl_duphandle(from);
	const fz_transfer *like = fz_transfer_of(from);

	if (like) {
		fz_transfer_add(handle, like);
	}
	return handle;
}

static void fz_curl_easy_reset(void *handle)
{
	fz_transfer *transfer = fz_transfer_of(handle);

	fz_curl_reset(handle);
	if (transfer) {
		*transfer = (fz_transfer) { .handle = handle, .next = transfer->next };
		fz_transfer_listen(transfer);
	}
}

static void fz_curl_easy_cleanup(void *handle)
{
	fz_transfer *transfer, **at;

	fz_curl_cleanup(handle); /* may call the progress function */
	pthread_mutex_lock(&fz_transfers_lock);
	at = fz_transfer_place(handle);
	transfer = *at;
	if (transfer) {
		*at = transfer->next;
	}
	pthread_mutex_unlock(&fz_transfers_lock);
	free(transfer);
}

/* Each option has one value, of the size of a register: a long, a pointer or a curl_off_t. */
static int fz_curl_easy_setopt(void *handle, int option, ...)
{
	fz_transfer *transfer;
	va_list arguments;
	void *value;

	va_start(arguments, option);
	value = va_arg(arguments, void *);
	va_end(arguments);
	if ((option == FZ_CURLOPT_NOPROGRESS || option == FZ_CURLOPT_PROGRESSDATA || option == FZ_CURLOPT_PROGRESSFUNCTION
			|| option == FZ_CURLOPT_XFERINFOFUNCTION) && (transfer = fz_transfer_of(handle))) {
		switch (option) {
			case FZ_CURLOPT_NOPROGRESS:
				transfer->shown = !value;
				break;
			case FZ_CURLOPT_PROGRESSDATA:
				transfer->data = value;
				break;
			case FZ_CURLOPT_PROGRESSFUNCTION:
				transfer->old_progress = (fz_curl_old_progress) value;
				break;
			default:
				transfer->progress = (fz_curl_progress) value;
		}
		return 0; /* CURLE_OK */
	}
	return fz_curl_setopt(handle, option, value);
}

static int fz_curl_multi_waits(void *multi, void *extra, unsigned extras, int timeout, int *count)
{
	return fz_curl_multi_wait(multi, extra, extras, timeout && fz_wait_is_refused() ? 0 : timeout, count);
}

/* --- SQLite --- */

/* Instructions of its virtual machine between two questions: about a tenth of a millisecond. */
#define FZ_SQLITE_STEPS 10000

/* sqlite3.h: what SQLite asks of an operating system, up to version 3 of the struct. */
typedef struct fz_sqlite_vfs {
	int version, file_size, path_size;
	struct fz_sqlite_vfs *next;
	const char *name;
	void *data;
	void *open_to_close[8]; /* xOpen, xDelete, xAccess, xFullPathname, xDlOpen, xDlError, xDlSym, xDlClose */
	void *randomness;
	int (*sleep)(struct fz_sqlite_vfs *vfs, int microseconds);
	void *time, *last_error;
	void *version_2, *version_3[3];
} fz_sqlite_vfs;

static int (*fz_sqlite_open)(const char *name, void **database, int flags, const char *vfs);
static void (*fz_sqlite_progress_handler)(void *database, int steps, int (*handler)(void *data), void *data);
static fz_sqlite_vfs *(*fz_sqlite_vfs_find)(const char *name);
static int (*fz_sqlite_vfs_register)(fz_sqlite_vfs *vfs, int is_default);

/* The default one, but for its sleep. Without a name: the default one is used itself. */
static fz_sqlite_vfs fz_sqlite_own;

static int fz_sqlite_progress(void *data)
{
	(void) data;
	return fz_wait_is_refused();
}

/* Its busy handler counts how often it has slept, and gives up after as many as its limit has room for. */
static int fz_sqlite_sleep(fz_sqlite_vfs *vfs, int microseconds)
{
	struct timespec wanted = { .tv_sec = microseconds / 1000000, .tv_nsec = (long) (microseconds % 1000000) * 1000 };

	(void) vfs;
	fz_nanosleep(&wanted, NULL);
	return microseconds;
}

static void fz_sqlite_prepare(void)
{
	const fz_sqlite_vfs *usual = fz_sqlite_vfs_find(NULL);

	if (!usual || usual->version < 1 || usual->version > 3) {
		return;
	}
	memcpy(&fz_sqlite_own, usual, usual->version == 1 ? offsetof(fz_sqlite_vfs, version_2)
		: usual->version == 2 ? offsetof(fz_sqlite_vfs, version_3) : sizeof fz_sqlite_own);
	fz_sqlite_own.next = NULL;
	fz_sqlite_own.sleep = fz_sqlite_sleep;
	fz_sqlite_own.name = "ffi_zts";
	if (fz_sqlite_vfs_register(&fz_sqlite_own, 0) != 0) {
		fz_sqlite_own.name = NULL;
	}
}

static int fz_sqlite3_open_v2(const char *name, void **database, int flags, const char *vfs)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int code;

	pthread_once(&once, fz_sqlite_prepare);
	code = fz_sqlite_open(name, database, flags, vfs ? vfs : fz_sqlite_own.name);
	if (code == 0 && *database) {
		fz_sqlite_progress_handler(*database, FZ_SQLITE_STEPS, fz_sqlite_progress, NULL);
	}
	return code;
}

/* --- OpenSSL --- */

static int (*fz_ssl_get_error)(const void *ssl, int code);

/* ext/openssl/xp_ssl.c loops until the error is another one, and passes over an end in silence. */
static int fz_SSL_get_error(const void *ssl, int code)
{
	enum { WANT_READ = 2, WANT_WRITE = 3, ZERO_RETURN = 6 }; /* openssl/ssl.h */
	int error = fz_ssl_get_error(ssl, code);

	return (error == WANT_READ || error == WANT_WRITE) && fz_wait_is_refused() ? ZERO_RETURN : error;
}

/* --- all of them --- */

typedef struct {
	const char *name; /* NULL ends the list */
	void **original;
} fz_symbol;

static const fz_symbol fz_curl_symbols[] = {
	{ "curl_easy_init", (void **) &fz_curl_init },
	{ "curl_easy_duphandle", (void **) &fz_curl_duphandle },
	{ "curl_easy_reset", (void **) &fz_curl_reset },
	{ "curl_easy_cleanup", (void **) &fz_curl_cleanup },
	{ "curl_easy_setopt", (void **) &fz_curl_setopt },
	{ "curl_multi_wait", (void **) &fz_curl_multi_wait },
	{ NULL, NULL },
};
static const fz_import fz_curl_imports[] = {
	{ "curl_easy_init", (void *) fz_curl_easy_init },
	{ "curl_easy_duphandle", (void *) fz_curl_easy_duphandle },
	{ "curl_easy_reset", (void *) fz_curl_easy_reset },
	{ "curl_easy_cleanup", (void *) fz_curl_easy_cleanup },
	{ "curl_easy_setopt", (void *) fz_curl_easy_setopt },
	{ "curl_multi_wait", (void *) fz_curl_multi_waits },
	{ NULL, NULL },
};

static const fz_symbol fz_sqlite_symbols[] = {
	{ "sqlite3_open_v2", (void **) &fz_sqlite_open },
	{ "sqlite3_progress_handler", (void **) &fz_sqlite_progress_handler },
	{ "sqlite3_vfs_find", (void **) &fz_sqlite_vfs_find },
	{ "sqlite3_vfs_register", (void **) &fz_sqlite_vfs_register },
	{ NULL, NULL },
};
static const fz_import fz_sqlite_imports[] = {
	{ "sqlite3_open_v2", (void *) fz_sqlite3_open_v2 },
	{ NULL, NULL },
};

static const fz_symbol fz_ssl_symbols[] = {
	{ "SSL_get_error", (void **) &fz_ssl_get_error },
	{ NULL, NULL },
};
static const fz_import fz_ssl_imports[] = {
	{ "SSL_get_error", (void *) fz_SSL_get_error },
	{ NULL, NULL },
};

/* Finds a library's functions as the library of `handle` does. False: it has none of that, or those of another copy. */
static bool fz_symbols_find(void *handle, const fz_symbol *symbols)
{
	for (const fz_symbol *symbol = symbols; symbol->name; symbol++) {
		void *address = dlsym(handle, symbol->name);

		if (!address || (*symbol->original && *symbol->original != address)) {
			return false;
		}
	}
	for (const fz_symbol *symbol = symbols; symbol->name; symbol++) {
		*symbol->original = dlsym(handle, symbol->name);
	}
	return true;
}

void fz_libraries_redirect(void *handle)
{
	static const struct {
		const fz_symbol *symbols;
		const fz_import *imports;
	} libraries[] = {
		{ fz_curl_symbols, fz_curl_imports },
		{ fz_sqlite_symbols, fz_sqlite_imports },
		{ fz_ssl_symbols, fz_ssl_imports },
	};

	for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
		if (fz_symbols_find(handle, libraries[i].symbols)) {
			fz_imports_redirect_of(handle, libraries[i].imports);
		}
	}
}
