/* What the classes of shared.h use together. */
#include "shared.h"

bool fz_wait_for(fz_wait *wait, double timeout, bool no_limit)
{
	wait->timeout = no_limit ? ZEND_INFINITY : timeout;
	wait->interrupt = &EG(vm_interrupt);
	if (!(wait->timeout >= 0)) { /* NAN compares with nothing */
		fz_throw(FZ_MISUSE, "the timeout must be 0 or more seconds, %g given", timeout);
		return false;
	}
	return true;
}

bool fz_wait_again(int outcome)
{
	return UNEXPECTED(outcome == FZ_LEAVE || outcome == FZ_BAILOUT) && fz_again(outcome, NULL);
}

void fz_wait_failed(void)
{
	if (!EG(exception)) {
		fz_throw(FZ_MISUSE, "internal error: a wait ended for no reason (please report it)");
	}
}

bool fz_usable(const void *handle)
{
	if (UNEXPECTED(!handle)) {
		zend_throw_error(NULL, "The object has not been initialised by its constructor");
		return false;
	}
	if (UNEXPECTED(fz_engine->forked())) {
		fz_throw(FZ_MISUSE, "this process is the child of one that had booted a guest: what the guest's threads share cannot be used here");
		return false;
	}
	return true;
}

void fz_classes_declare(void)
{
	fz_channel_declare();
	fz_buffer_declare();
	fz_views_declare();
	fz_select_declare();
}
