/*
 * Restrictions that a job has made stricter for itself: open_basedir and memory_limit, which scripts may set (php-src main/main.c).
 * What the job starts has them as well: jobs (inner.c), and threads of extensions (threads.c), which read them on threads of their own.
 */
#include "shim.h"

static ZEND_INI_MH((*fz_next_directories));
static ZEND_INI_MH((*fz_next_limit));

/* Notes it where threads of extensions look. */
static ZEND_INI_MH(fz_directories)
{
	char *text;

	if (fz_next_directories(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage) == FAILURE) {
		return FAILURE;
	}
	if (fz_now.script && stage == PHP_INI_STAGE_RUNTIME && PG(open_basedir)) {
		text = pestrdup(PG(open_basedir), 1);
		fz_block_lock();
		free(fz_now.directories);
		fz_now.directories = text;
		fz_block_unlock();
	}
	return SUCCESS;
}

static ZEND_INI_MH(fz_limit)
{
	if (fz_next_limit(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage) == FAILURE) {
		return FAILURE;
	}
	if (fz_now.script && stage == PHP_INI_STAGE_RUNTIME) {
		fz_block_lock();
		fz_now.limit = (size_t) PG(memory_limit);
		fz_block_unlock();
	}
	return SUCCESS;
}

static void fz_wrap(const char *name, size_t len, ZEND_INI_MH((*handler)), ZEND_INI_MH((**next)))
{
	zend_ini_entry *entry = zend_hash_str_find_ptr(EG(ini_directives), name, len);

	if (entry) {
		*next = entry->on_modify;
		entry->on_modify = handler;
	}
}

void fz_tightened_install(void)
{
	fz_wrap(ZEND_STRL("open_basedir"), fz_directories, &fz_next_directories);
	fz_wrap(ZEND_STRL("memory_limit"), fz_limit, &fz_next_limit);
}

void fz_tightened_begin(void)
{
	fz_block_lock();
	free(fz_now.directories);
	fz_now.directories = NULL;
	fz_now.limit = fz_now.first_limit = (size_t) PG(memory_limit); /* -1 is the largest */
	fz_block_unlock();
}

bool fz_limit_is_lower(void)
{
	return fz_now.limit < fz_now.first_limit;
}

static void fz_set(const char *name, const char *value)
{
	zend_string *key = zend_string_init(name, strlen(name), 0);

	zend_alter_ini_entry_chars(key, value, strlen(value), PHP_INI_SYSTEM, PHP_INI_STAGE_ACTIVATE);
	zend_string_release(key);
}

void fz_tightened_take_over(const fz_current *from)
{
	char *directories, limit[32];
	bool lower;

	fz_block_lock();
	directories = from->directories ? pestrdup(from->directories, 1) : NULL;
	lower = from->limit < from->first_limit;
	snprintf(limit, sizeof limit, "%zu", from->limit); /* bytes, as PHP reads a number without a unit */
	fz_block_unlock();
	if (directories) {
		fz_set("open_basedir", directories);
		free(directories);
	}
	if (lower) {
		fz_set("memory_limit", limit);
	}
}
