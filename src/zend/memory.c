/*
 * What values ask of memory. How deep they may nest: writers and readers call themselves, and must stop before the C stack
 * ends. And large pages for large blocks: what a copy of a large string takes is for the most part the faults of fresh pages.
 */
#include "values.h"

#include <pthread.h>
#include <sys/mman.h>

/* Levels that any stack has room for; a stack of unknown size (a fiber's) has some for FZ_DEPTH_UNKNOWN. */
#define FZ_DEPTH_ALWAYS 128
/* What is to be left on the stack for hooks of PHP code, autoloaders, and Zend itself. */
#define FZ_STACK_RESERVE (96 * 1024)

static __thread uintptr_t fz_stack_from, fz_stack_to;

/* The bounds of this thread's stack; the system is asked once, since the main thread's are read from a file. */
static void fz_stack_find(void)
{
	pthread_attr_t attributes;
	void *from;
	size_t len;

	if (pthread_getattr_np(pthread_self(), &attributes)) {
		return;
	}
	if (!pthread_attr_getstack(&attributes, &from, &len)) {
		fz_stack_from = (uintptr_t) from;
		fz_stack_to = (uintptr_t) from + len;
	}
	pthread_attr_destroy(&attributes);
}

bool fz_depth_fits(uint32_t depth)
{
	uintptr_t here = (uintptr_t) __builtin_frame_address(0);

	if (EXPECTED(depth < FZ_DEPTH_ALWAYS)) {
		return true;
	}
	if (depth >= fz_engine->max_nesting()) {
		return false;
	}
	if (!fz_stack_to) {
		fz_stack_find();
	}
	if (here < fz_stack_from || here >= fz_stack_to) {
		return depth < FZ_DEPTH_UNKNOWN;
	}
	return here - fz_stack_from > FZ_STACK_RESERVE;
}

const char *fz_depth_reason(uint32_t depth)
{
	return depth >= fz_engine->max_nesting() ? "the option max_nesting allows no more" : "for which there is no stack here";
}

#define FZ_LARGE_PAGE ((uintptr_t) 2 << 20)

void fz_large_pages(const void *from, size_t used, size_t size)
{
#ifdef MADV_HUGEPAGE
	uintptr_t first, last;

	if (size < FZ_LARGE_PAGE) {
		return;
	}
	first = ((uintptr_t) from + FZ_LARGE_PAGE - 1) & ~(FZ_LARGE_PAGE - 1);
	/* A page of which less than a half is used would be more memory than it is worth. */
	last = MIN((uintptr_t) from + size, (uintptr_t) from + used + FZ_LARGE_PAGE / 2) & ~(FZ_LARGE_PAGE - 1);
	if (first < last) {
		(void) madvise((void *) first, last - first, MADV_HUGEPAGE); /* a hint: systems without them go on as before */
	}
#endif
}
