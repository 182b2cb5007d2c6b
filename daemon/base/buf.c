#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAP_MIN 256

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){.max = max};
}

void
buf_fini(struct buf *b)
{
	free(b->p);
	*b = (struct buf){.max = b->max};
}

void
buf_clear(struct buf *b)
{
	b->n = 0;
	b->failed = false;
}

/* Also for none, so that an empty extension has an address. */
bool
buf_reserve(struct buf *b, size_t n)
{
	size_t cap = b->cap < CAP_MIN ? CAP_MIN : b->cap;
	unsigned char *p;

	if (b->failed || b->n > b->max || n > b->max - b->n) {
		b->failed = true;
		return false;
	}
	if (b->p != NULL && n <= b->cap - b->n)
		return true;
	/* Never more than the maximum: whoever appends within the capacity asks no more. */
	if (cap > b->max)
		cap = b->max;
	while (cap < b->n + n)
		cap = cap > b->max / 2 ? b->max : cap * 2;
	/* A byte more than counted, for the NUL that printing leaves behind the text. */
	p = cap == SIZE_MAX ? NULL : realloc(b->p, cap + 1);
	if (p == NULL) {
		b->failed = true;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

bool
buf_add(struct buf *b, const void *p, size_t n)
{
	unsigned char *to;

	if (n == 0)
		return !b->failed;
	to = buf_extend(b, n);
	if (to == NULL)
		return false;
	memcpy(to, p, n);
	return true;
}

bool
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !buf_reserve(b, (size_t)n)) {
		b->failed = true;
		return false;
	}
	va_start(ap, fmt);
	vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
	return true;
}

void
buf_consume(struct buf *b, size_t n)
{
	if (n > b->n)
		n = b->n;
	b->n -= n;
	if (b->n != 0)
		memmove(b->p, b->p + n, b->n);
}
