#include "tests/ingest/memory.h"

#include <stddef.h>

static unsigned left;
static bool failed;

/* NOLINTBEGIN(readability-identifier-naming): the linker's own names */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the linker's own names */
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

void
memory_fail(unsigned n)
{
	left = n;
	failed = false;
}

bool
memory_failed(void)
{
	return failed;
}

static bool
is_out(void)
{
	if (left == 0 || --left != 0)
		return false;
	failed = true;
	return true;
}

void *
__wrap_malloc(size_t n)
{
	return is_out() ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return is_out() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
	return is_out() ? NULL : __real_realloc(p, n);
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the linker's own names */
/* NOLINTEND(readability-identifier-naming): the linker's own names */
