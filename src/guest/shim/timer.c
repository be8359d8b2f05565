/*
 * The timer of the time limit, kept from job to job.
 *
 * Source of the rule: php-src Zend/zend_max_execution_timer.c. A request creates a timer when it starts and deletes it when
 * it ends, but for a thread whose EG(pid) says that it has one, and one whose EG(pid) says that it has none. Timers of
 * all threads hang on one lock of the process, so workers with short jobs waited for each other there.
 */
#include "shim.h"

#ifdef ZEND_MAX_EXECUTION_TIMERS
static __thread pid_t fz_owner; /* the process that the kept timer was made in; 0: none is kept */

void fz_timer_take(void)
{
	if (fz_owner) {
		EG(pid) = fz_owner;
		fz_owner = 0;
	}
}

void fz_timer_keep(void)
{
	/* Threads of extensions end without telling us. The limit was switched off before modules hear of the request's end. */
	if (fz_now.script) {
		fz_owner = EG(pid);
		EG(pid) = 0;
	}
}

void fz_timer_delete(void)
{
	fz_timer_take();
	if (EG(pid)) {
		EG(pid) = 0;
		timer_delete(EG(max_execution_timer_timer));
	}
}
#else
void fz_timer_take(void) {}
void fz_timer_keep(void) {}
void fz_timer_delete(void) {}
#endif
