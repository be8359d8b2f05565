/* Calls of the engine that may wait, as methods make them. */
#include "shared.h"

#include <math.h>
#include <time.h>

bool fz_wait_refuse(double timeout)
{
	fz_throw(FZ_MISUSE, "timeout: must be 0 or more seconds, %g given", timeout);
	return false;
}

__thread bool fz_inside_instruction;

/* As the VM does it (php-src Zend/zend_vm_def.h, zend_interrupt_helper). */
void fz_interrupted(void)
{
	zend_atomic_bool_store(&EG(vm_interrupt), false);
	if (zend_atomic_bool_load(&EG(timed_out))) {
		zend_timeout();
#ifdef ZEND_HAS_OOM /* a PHP that tells of its memory limit with the next interrupt, as Debian's 8.2.36 */
	} else if (ZEND_HAS_OOM()) {
		zend_handle_delayed_oom();
#endif
	} else if (zend_interrupt_function) {
		fz_inside_instruction = true;
		zend_interrupt_function(EG(current_execute_data));
		fz_inside_instruction = false;
	}
}

bool fz_wait_left(int outcome)
{
	if (outcome == FZ_BAILOUT) {
		zend_bailout();
	}
	/* PHP code must not go on with half a call. */
	if (!EG(exception) && zend_atomic_bool_load(&EG(vm_interrupt))) {
		fz_interrupted();
	}
	/* A signal handler may have forked: in the child the wait would never end. */
	return !EG(exception) && fz_usable(fz_engine);
}

bool fz_deadline(double timeout, bool never, int64_t *deadline)
{
	struct timespec now;

	*deadline = -1;
	if (never || (isinf(timeout) && timeout > 0)) {
		return true;
	}
	if (!(timeout >= 0)) {
		fz_throw(FZ_MISUSE, "timeout: must be 0 or more seconds, %g given", timeout);
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
	if (code == FZ_REFUSED) {
		fz_throw_refusal(refusal);
		return false;
	}
	if (code == FZ_FAILED) {
		fz_wait_failed();
		return false;
	}
	return fz_wait_again(code);
}

void fz_wait_failed(void)
{
	if (!EG(exception) && !fz_engine_failed()) {
		fz_throw(FZ_MISUSE, "internal error: a wait ended for no reason (please report it)");
	}
}

bool fz_unusable(const void *handle)
{
	if (!handle) {
		zend_throw_error(NULL, "The object has not been initialised by its constructor");
	} else {
		fz_throw(FZ_MISUSE, "this process is the child of one that had booted a guest: what the guest's threads share cannot be used here");
	}
	return false;
}

void fz_classes_declare(void)
{
	fz_result_declare();
	fz_future_declare();
	fz_lanes_declare();
	fz_channel_declare();
	fz_buffer_declare();
	fz_views_declare();
	fz_select_declare();
	fz_completions_declare();
	fz_labels_declare();
	fz_streams_declare();
}
