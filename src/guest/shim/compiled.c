/*
 * open_basedir and compiled files. PHP looks at it when a file is opened, and opcache does not open what it has compiled before: whoever
 * is confined could include whatever another job had included. So the path is looked at here, as opening it would, before opcache is asked
 * (php-src ext/opcache/ZendAccelerator.c, persistent_compile_file(), persistent_stream_open_function()). Without open_basedir nothing is.
 */
#include "shim.h"

#include <errno.h>
#include <sys/stat.h>

static zend_op_array *(*fz_next_compile)(zend_file_handle *handle, int type);
static zend_result (*fz_next_open)(zend_file_handle *handle);
/* The same without opcache. */
static zend_op_array *(*fz_own_compile)(zend_file_handle *handle, int type);
static zend_result (*fz_own_open)(zend_file_handle *handle);

/* The archive in which a path goes on: PHP takes nothing behind a file for allowed. The path where there is no such file. */
static zend_string *fz_archive_of(zend_string *path)
{
	zend_string *archive = zend_string_init(ZSTR_VAL(path), ZSTR_LEN(path), 0);
	struct stat status;

	while (stat(ZSTR_VAL(archive), &status) != 0) {
		char *slash = errno == ENOTDIR ? strrchr(ZSTR_VAL(archive), '/') : NULL;

		if (!slash) {
			zend_string_release(archive);
			return path;
		}
		*slash = '\0';
		ZSTR_LEN(archive) = slash - ZSTR_VAL(archive);
	}
	zend_string_release(path);
	return archive;
}

/* The file that a name stands for, without its wrapper: archives are files, which phar:// would open. What opcache has may be gone. */
static zend_string *fz_file_of(const zend_file_handle *handle)
{
	static const char *const wrappers[] = { "file://", "phar://" }; /* opcache keeps no others */
	zend_string *path = handle->opened_path ? zend_string_copy(handle->opened_path) : zend_resolve_path(handle->filename);

	if (!path) {
		path = zend_string_copy(handle->filename);
	}
	for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++) {
		size_t len = strlen(wrappers[i]);

		if (zend_binary_strncasecmp(ZSTR_VAL(path), ZSTR_LEN(path), wrappers[i], len, len) == 0) {
			zend_string *plain = zend_string_init(ZSTR_VAL(path) + len, ZSTR_LEN(path) - len, 0);

			zend_string_release(path);
			return i == 0 ? plain : fz_archive_of(plain);
		}
	}
	return path;
}

/* Whether the file may be opened; what PHP says where it may not is said (php-src main/streams/streams.c). */
static bool fz_may_open(const zend_file_handle *handle)
{
	zend_string *path;
	bool refused;

	if (EXPECTED(!PG(open_basedir) || !*PG(open_basedir)) || handle->type != ZEND_HANDLE_FILENAME) {
		return true;
	}
	path = fz_file_of(handle);
	/* Other wrappers look for themselves. */
	refused = php_stream_locate_url_wrapper(ZSTR_VAL(path), NULL, 0) == &php_plain_files_wrapper && php_check_open_basedir(ZSTR_VAL(path)) != 0;
	zend_string_release(path);
	if (refused) {
#if PHP_VERSION_ID >= 80600 /* names the arguments itself */
		php_error_docref(NULL, E_WARNING, "Failed to open stream: %s", strerror(EPERM));
#else
		php_error_docref1(NULL, ZSTR_VAL(handle->filename), E_WARNING, "Failed to open stream: %s", strerror(EPERM));
#endif
	}
	return !refused;
}

/*
 * An archive's alias, phar://name/…, is of the request that has opened it; opcache keeps what it compiled under that name for everybody
 * who says it.
 */
static bool fz_is_alias(const zend_file_handle *handle)
{
	const zend_string *name = handle->opened_path ? handle->opened_path : handle->filename;
	const size_t len = strlen("phar://");

	return PG(open_basedir) && *PG(open_basedir) && name && zend_binary_strncasecmp(ZSTR_VAL(name), ZSTR_LEN(name), "phar://", len, len) == 0
		&& ZSTR_VAL(name)[len] != '/';
}

static zend_op_array *fz_compile(zend_file_handle *handle, int type)
{
	if (fz_is_alias(handle)) {
		return fz_own_compile(handle, type);
	}
	if (fz_may_open(handle)) {
		return fz_next_compile(handle, type);
	}
	/* As compile_file() in php-src Zend/zend_language_scanner.l. */
	if (!EG(exception)) {
		zend_message_dispatcher(type == ZEND_REQUIRE || type == ZEND_REQUIRE_ONCE ? ZMSG_FAILED_REQUIRE_FOPEN : ZMSG_FAILED_INCLUDE_FOPEN,
			ZSTR_VAL(handle->filename));
	}
	return NULL;
}

/* What include_once opens before it is compiled, and would count as included. */
static zend_result fz_open(zend_file_handle *handle)
{
	if (fz_is_alias(handle)) {
		return fz_own_open(handle);
	}
	return fz_may_open(handle) ? fz_next_open(handle) : FAILURE;
}

void fz_compiled_note(void)
{
	fz_own_compile = zend_compile_file;
	fz_own_open = zend_stream_open_function;
}

void fz_compiled_install(void)
{
	fz_next_compile = zend_compile_file;
	zend_compile_file = fz_compile;
	fz_next_open = zend_stream_open_function;
	zend_stream_open_function = fz_open;
}
