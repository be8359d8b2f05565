/*
 * What the running request has changed of what jobs take over.
 *
 * Threads: a thread of this half's engine, inside a request; each has its own.
 */
#ifndef FFI_ZTS_ZEND_PRESENT_H
#define FFI_ZTS_ZEND_PRESENT_H

#include "php.h"
#include "php_ini.h"
#include "ext/date/php_date.h"

/* Module startup only. */
void fz_present_install(void);
/* Settings, time zone and included files are as they were when they were noted last. */
bool fz_present_is_known(void);
void fz_present_note(void);
/* What was noted does not count any more. At the latest when the request's heap ends. */
void fz_present_forget(void);
/* The thread ends. */
void fz_present_end(void);
/* The globals of ext/date, or NULL. */
zend_date_globals *fz_present_date(void);
/* The time zone that code has set by date_default_timezone_set(), or "". Borrowed until it changes. */
const char *fz_present_zone(void);
/* Composer's autoloaders among the files that this request has included: the next one behind `position`, or NULL. Borrowed. */
const char *fz_present_autoloader(uint32_t *position, size_t *len);

#endif
