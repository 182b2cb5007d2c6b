#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_MIN (16u * 1024u)
/* What a reset keeps at most, so that an arena of a busy day does not ask the system anew each time
 * and one of a bad day gives its memory back. */
#define BLOCK_KEEP (4u * 1024u * 1024u)
#define ALIGNMENT  _Alignof(max_align_t)

/*
 * Under AddressSanitizer, what is not handed out must not be touched, and there is a gap behind
 * each piece: else who writes past his own would only reach a neighbour's, unseen.
 */
#ifdef __SANITIZE_ADDRESS__
#define IS_WATCHED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_WATCHED
#endif
#endif
#ifdef IS_WATCHED
#include <sanitizer/asan_interface.h>
#define GAP 16u
#else
#define GAP                               0u
#define ASAN_POISON_MEMORY_REGION(p, n)   ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

struct block {
	struct block *next;
	size_t size; /* of data */
	size_t used;
	_Alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct block *head; /* the block being filled */
	size_t limit;
	size_t used;
	bool failed;
};

struct arena *
arena_new(size_t limit)
{
	struct arena *a = calloc(1, sizeof *a);

	if (a != NULL)
		a->limit = limit;
	return a;
}

static void
free_blocks(struct block *b)
{
	while (b != NULL) {
		struct block *next = b->next;

		free(b);
		b = next;
	}
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	free_blocks(a->head);
	free(a);
}

static struct block *
block_for(struct arena *a, size_t n)
{
	size_t size = n > BLOCK_MIN ? n : BLOCK_MIN;
	struct block *b;

	/* Blocks double with use, so that a large batch costs few allocations. */
	if (n <= a->used && size < a->used / 2)
		size = a->used / 2;
	b = malloc(sizeof *b + size);
	if (b == NULL)
		return NULL;
	ASAN_POISON_MEMORY_REGION(b->data, size);
	b->size = size;
	b->used = 0;
	b->next = a->head;
	a->head = b;
	return b;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	struct block *b = a->head;
	size_t asked = n;
	void *p;

	if (a->failed || n > a->limit || a->used > a->limit - n)
		goto fail;
	n = (n + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
	if (b == NULL || b->size - b->used < n + GAP) {
		b = block_for(a, n + GAP);
		if (b == NULL)
			goto fail;
	}
	p = b->data + b->used;
	ASAN_UNPOISON_MEMORY_REGION(p, asked);
	b->used += n + GAP;
	a->used += n;
	return p;
fail:
	a->failed = true;
	return NULL;
}

void *
arena_zalloc(struct arena *a, size_t count, size_t size)
{
	void *p;

	if (size != 0 && count > SIZE_MAX / size) {
		a->failed = true;
		return NULL;
	}
	p = arena_alloc(a, count * size);
	if (p != NULL)
		memset(p, 0, count * size);
	return p;
}

char *
arena_dup(struct arena *a, const void *p, size_t n)
{
	char *copy = n == SIZE_MAX ? NULL : arena_alloc(a, n + 1);

	if (copy == NULL)
		return NULL;
	if (n != 0)
		memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	va_list again;
	char *s = NULL;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n >= 0)
		s = arena_alloc(a, (size_t)n + 1);
	if (s != NULL)
		vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return s;
}

/* The largest block that may be kept, or NULL. */
static struct block *
block_to_keep(const struct arena *a)
{
	struct block *kept = NULL;

	for (struct block *b = a->head; b != NULL; b = b->next)
		if (b->size <= BLOCK_KEEP && (kept == NULL || b->size > kept->size))
			kept = b;
	return kept;
}

void
arena_reset(struct arena *a)
{
	struct block *kept = block_to_keep(a);
	struct block *b = a->head;

	while (b != NULL) {
		struct block *next = b->next;

		if (b != kept)
			free(b);
		b = next;
	}
	a->head = kept;
	if (kept != NULL) {
		ASAN_POISON_MEMORY_REGION(kept->data, kept->size);
		kept->used = 0;
		kept->next = NULL;
	}
	a->used = 0;
	a->failed = false;
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}

bool
arena_failed(const struct arena *a)
{
	return a->failed;
}
