/*
 * Jobs that a job starts: they start as it is at the call, as its own started as the host was.
 *
 * The engine is told what the job has changed, of which it knows what the job started in. What has not changed since it was told last is
 * not told again: a look costs some nanoseconds. Directory, environment and umask are not looked at for that: who changes them says so.
 */
#include "shim.h"
#include "../../zend/present.h"

#include <sys/stat.h>

void fz_inner_forget(void)
{
	fz_present_forget();
}

static zif_handler fz_next_chdir;

static ZEND_FUNCTION(fz_chdir)
{
	fz_inner_forget();
	fz_next_chdir(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

void fz_inner_install(void)
{
	zend_function *function = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("chdir"));

	fz_present_install();
	if (function && function->type == ZEND_INTERNAL_FUNCTION) {
		fz_next_chdir = function->internal_function.handler;
		function->internal_function.handler = ZEND_FN(fz_chdir);
	}
	fz_before_submit = fz_inner_tell;
}

/* Key and value of each setting that has changed; the array is the caller's. */
static const char **fz_inner_settings(size_t *count)
{
	const uint32_t modified = EG(modified_ini_directives) ? zend_hash_num_elements(EG(modified_ini_directives)) : 0;
	const char **settings = safe_emalloc(modified + 1, 2 * sizeof *settings, 0);
	zend_ini_entry *entry;

	*count = 0;
	if (modified) {
		ZEND_HASH_FOREACH_PTR(EG(modified_ini_directives), entry) {
			/* A limit that was raised is the job's alone. */
			if (entry->value && (fz_limit_is_lower() || !zend_string_equals_literal(entry->name, "memory_limit"))) {
				settings[(*count)++] = ZSTR_VAL(entry->name);
				settings[(*count)++] = ZSTR_VAL(entry->value);
			}
		} ZEND_HASH_FOREACH_END();
	}
	return settings;
}

/* The autoloaders that a script has included; a task's are those of its worker's bootstrap. The array is the caller's. */
static const char **fz_inner_autoload(size_t *count)
{
	const char **files = safe_emalloc(8, sizeof *files, 0), *file;
	uint32_t position = 0;
	size_t len;

	*count = 0;
	while (fz_now.script->mode != FZ_SCRIPT_TASKS && (file = fz_present_autoloader(&position, &len))) {
		if (*count && *count % 8 == 0) {
			files = safe_erealloc(files, *count + 8, sizeof *files, 0);
		}
		files[(*count)++] = file;
	}
	return files;
}

static void fz_inner_send(const char *directory)
{
	fz_script around = {
		.size = sizeof around,
		.mode = fz_now.script->mode,
		.cwd = { directory, strlen(directory) },
		.environment = fz_now.environment_block,
		.zone = fz_present_zone(),
		.inner = 1,
	};

	around.settings = fz_inner_settings(&around.settings_len);
	around.autoload = fz_inner_autoload(&around.autoload_len);
	if (fz_now.own_fs) {
		const mode_t mask = umask(077); /* the thread's own */

		umask(mask);
		around.mask = FZ_MASK_SET | (int32_t) (mask & 0777);
	}
	fz_engine->surroundings_tell(&around);
	efree((void *) around.settings);
	efree((void *) around.autoload);
}

void fz_inner_tell(void)
{
	char directory[MAXPATHLEN];

	if (EXPECTED(fz_present_is_known()) || !fz_now.script) {
		return; /* or a thread of an extension, which starts no jobs */
	}
	if (VCWD_GETCWD(directory, sizeof directory)) {
		fz_inner_send(directory);
	}
	/* What is noted holds values of the request's heap until RSHUTDOWN, behind which code may run. */
	if (!(EG(flags) & EG_FLAGS_IN_SHUTDOWN)) {
		fz_present_note();
	}
}
