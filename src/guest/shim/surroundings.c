/*
 * What a job starts in, as the host had it at the call: directory, umask, environment, settings, time zone. Settings of the host's
 * php.ini come first of all, as defaults of the guest's own configuration.
 *
 * A request that is kept for tasks follows where the host has changed something since its last task, and leaves alone what its own
 * code has set: a bootstrap file's time zone stays, as it would in a request that begins now.
 */
#include "shim.h"

#include "../../zend/present.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* The host's settings by name, as they were put into the configuration: held, so that no other value has the address of one. Boot thread;
 * read-only afterwards. */
static HashTable fz_taken;

void fz_settings_defaults(fz_slice defaults, HashTable *configuration)
{
	const char *at = defaults.ptr, *end = at ? at + defaults.len : NULL;

	zend_hash_init(&fz_taken, 128, NULL, NULL, 1);
	while (at && at < end) {
		const char *name = at, *value = at + strlen(at) + 1;
		zval entry;

		ZVAL_NEW_STR(&entry, zend_string_init(value, strlen(value), 1));
		zend_hash_str_update(configuration, name, strlen(name), &entry);
		zend_hash_str_update_ptr(&fz_taken, name, strlen(name), zend_string_copy(Z_STR(entry)));
		at = value + strlen(value) + 1;
	}
}

/* The guest's own configuration says it: by `ini`, `ini_file`. */
static bool fz_setting_is_own(const char *name, size_t len)
{
	const zval *configured = cfg_get_entry(name, len);

	return configured && (Z_TYPE_P(configured) != IS_STRING || Z_STR_P(configured) != zend_hash_str_find_ptr(&fz_taken, name, len));
}

/* The value of a setting in a list of the host's; false: it is not in there. */
static bool fz_setting_find(const fz_script *script, const char *name, const char **value)
{
	for (size_t i = 0; script && i + 1 < script->settings_len; i += 2) {
		if (strcmp(script->settings[i], name) == 0) {
			*value = script->settings[i + 1];
			return true;
		}
	}
	return false;
}

/* The setting is as the host's list `before` left it: code of this request has not touched it. */
static bool fz_setting_is_untouched(const zend_ini_entry *entry, const char *name, const fz_script *before)
{
	const char *given = NULL;

	if (!fz_setting_find(before, name, &given) || !given) {
		return !entry->modified;
	}
	return entry->value && strcmp(ZSTR_VAL(entry->value), given) == 0;
}

/*
 * Sets it as ini_set() does, or puts it back where `value` is NULL. At another stage than that of the run time a session handler that the
 * guest does not have would be a fatal error (php-src ext/session/session.c).
 */
static bool fz_setting_put(zend_string *name, const zend_ini_entry *entry, const char *value)
{
	if (value) {
		return zend_alter_ini_entry_chars(name, value, strlen(value), PHP_INI_ALL, PHP_INI_STAGE_RUNTIME) == SUCCESS;
	}
	return zend_restore_ini_entry(name, entry->modifiable & PHP_INI_USER ? PHP_INI_STAGE_RUNTIME : PHP_INI_STAGE_ACTIVATE) == SUCCESS;
}

/* False: the setting is refused now, as those of sessions are after output. One that this guest does not have is no concern of it. */
static bool fz_setting_change(const char *name, const char *value, const fz_script *before, bool inner)
{
	zend_string *key = zend_string_init(name, strlen(name), 0);
	const zend_ini_entry *entry = zend_hash_find_ptr(EG(ini_directives), key);
	bool done = true;

	if (entry && (inner || !fz_setting_is_own(name, strlen(name))) && fz_setting_is_untouched(entry, name, before)) {
		done = fz_setting_put(key, entry, value);
	}
	zend_string_release(key);
	return done;
}

static bool fz_settings_change(const fz_script *before, const fz_script *now)
{
	const char *value;
	bool done = true;

	for (size_t i = 0; before && i + 1 < before->settings_len; i += 2) {
		if (!fz_setting_find(now, before->settings[i], &value)) {
			done = fz_setting_change(before->settings[i], NULL, before, before->inner) && done;
		}
	}
	for (size_t i = 0; i + 1 < now->settings_len; i += 2) {
		const char *name = now->settings[i], *next = now->settings[i + 1];

		if (!fz_setting_find(before, name, &value) || !value != !next || (value && strcmp(value, next) != 0)) {
			done = fz_setting_change(name, next, before, now->inner) && done;
		}
	}
	return done;
}

/* As date_default_timezone_set(): what that refuses, a zone that only the host knows, stays as it was. */
static void fz_zone_set(const char *zone)
{
	zend_function *set = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("date_default_timezone_set"));
	zval name, done;

	if (set) {
		ZVAL_STRING(&name, zone);
		zend_call_known_function(set, NULL, NULL, &done, 1, &name, NULL);
		zval_ptr_dtor(&name);
		zval_ptr_dtor(&done);
	}
}

static const char *fz_zone(const fz_script *script)
{
	return script && script->zone ? script->zone : "";
}

static void fz_zone_change(const char *before, const char *now)
{
	zend_date_globals *date;
	const char *present;

	if (strcmp(before, now) == 0 || !(date = fz_present_date())) {
		return;
	}
	present = date->timezone ? date->timezone : "";
	if (strcmp(present, before) != 0) {
		return; /* code of this request has set it */
	}
	if (*now) {
		fz_zone_set(now);
	} else {
		efree(date->timezone);
		date->timezone = NULL;
	}
}

/* Settings and zone; what they warn of was the host's to hear. False: some are refused. */
static bool fz_settings_follow(const fz_script *before, const fz_script *now)
{
	const bool quiet = fz_now.quiet;
	zval handler;
	bool done;

	fz_now.quiet = true;
	ZVAL_COPY_VALUE(&handler, &EG(user_error_handler));
	ZVAL_UNDEF(&EG(user_error_handler));
	done = fz_settings_change(before, now);
	fz_zone_change(fz_zone(before), fz_zone(now));
	if (EG(exception)) {
		zend_clear_exception();
	}
	ZVAL_COPY_VALUE(&EG(user_error_handler), &handler);
	fz_now.quiet = quiet;
	return done;
}

void fz_settings_begin(const fz_script *script)
{
	fz_settings_follow(NULL, script);
}

/* Where this thread entered last, as virtual_getcwd() says it. */
static __thread char fz_entered[MAXPATHLEN];

bool fz_directory_virtual(const fz_script *script, fz_error *error)
{
	if (script->cwd.len == 0 || VCWD_CHDIR(script->cwd.ptr) == 0 || (errno == EACCES && VCWD_CHDIR("/") == 0)) {
		return true;
	}
	fz_fail(error, "cannot enter the working directory %s: %s", script->cwd.ptr, strerror(errno));
	return false;
}

/* The thread's own, for what goes past PHP. In `/` it is at least not left where the job before was. */
static bool fz_directory_own(const fz_script *script, fz_error *error)
{
	if (chdir(script->cwd.ptr) == 0 || (errno == EACCES && chdir("/") == 0)) {
		return true;
	}
	fz_fail(error, "cannot enter the working directory %s: %s", script->cwd.ptr, strerror(errno));
	return false;
}

bool fz_directory_enter(const fz_script *script, bool own_fs, fz_error *error)
{
	if (script->cwd.len == 0) {
		return true;
	}
	if ((own_fs && !fz_directory_own(script, error)) || !fz_directory_virtual(script, error)) {
		return false;
	}
	if (!VCWD_GETCWD(fz_entered, sizeof fz_entered)) {
		fz_entered[0] = '\0';
	}
	return true;
}

static bool fz_directory_change(const fz_script *now, fz_error *error)
{
	char present[MAXPATHLEN];

	if (!VCWD_GETCWD(present, sizeof present) || strcmp(present, fz_entered) != 0) {
		return true; /* code of this request is elsewhere */
	}
	if (strcmp(present, now->cwd.ptr) == 0) {
		return true;
	}
	return fz_directory_enter(now, fz_now.own_fs, error);
}

/* This thread's umask, as it was set last; negative: code of a job has set it since. */
static __thread int fz_mask = -1;
/*
 * PHP's umask() was called on this thread: what it found then is what PHP sets at the end of that request and of each one after it
 * (php-src ext/standard, BG(umask), which nothing resets).
 */
static __thread bool fz_mask_is_put_back;

void fz_umask_called(void)
{
	fz_mask = -1;
	fz_mask_is_put_back = true;
}

void fz_umask_begin(const fz_script *script)
{
	int wanted = script->mask & 0777;

	if (fz_now.own_fs && script->mask && (wanted != fz_mask || fz_mask_is_put_back)) {
		umask((mode_t) wanted);
		fz_mask = wanted;
	}
}

static void fz_umask_change(const fz_script *before, const fz_script *now)
{
	mode_t present;

	if (!fz_now.own_fs || before->mask == now->mask || !before->mask || !now->mask) {
		return;
	}
	present = umask((mode_t) now->mask & 0777);
	fz_mask = -1;
	if (present != ((mode_t) before->mask & 0777)) {
		umask(present); /* code of this request has set it */
	}
}

bool fz_surroundings_change(const fz_script *before, const fz_script *now, fz_error *error)
{
	fz_inner_forget();
	if (!fz_environment_change(before->environment, now->environment)) {
		fz_fail(error, "no memory for the environment");
		return false;
	}
	if (!fz_settings_follow(before, now)) {
		fz_fail(error, "a setting of the host is refused");
		return false;
	}
	fz_umask_change(before, now);
	return fz_directory_change(now, error);
}
