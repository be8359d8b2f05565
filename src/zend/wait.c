/* Around calls of the engine that wait. */
#include "fz.h"

#include <math.h>
#include <time.h>

bool fz_deadline(double timeout, bool never, int64_t *deadline)
{
	struct timespec now;

	*deadline = -1;
	if (never || (isinf(timeout) && timeout > 0)) {
		return true;
	}
	if (!(timeout >= 0)) {
		fz_throw(FZ_MISUSE, "the timeout must be 0 or more seconds, %g given", timeout);
		return false;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (timeout < 1e9) { /* 31 years; longer is for ever */
		*deadline = (int64_t) now.tv_sec * 1000000000 + now.tv_nsec + (int64_t) (timeout * 1e9);
	}
	return true;
}

bool fz_again(int code, const fz_refusal *refusal)
{
	switch (code) {
		case FZ_REFUSED:
			fz_throw_refusal(refusal);
			return false;
		case FZ_BAILOUT:
			zend_bailout();
		case FZ_LEAVE:
			if (EG(exception)) {
				return false;
			}
			/* What the VM does at an interrupt (php-src Zend/zend_vm_def.h, zend_interrupt_helper), from inside a function. */
			zend_atomic_bool_store(&EG(vm_interrupt), false);
			if (zend_atomic_bool_load(&EG(timed_out))) {
				zend_timeout();
			} else if (zend_interrupt_function) {
				zend_interrupt_function(EG(current_execute_data));
			}
			return !EG(exception);
		default:
			return false;
	}
}
