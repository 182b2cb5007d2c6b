/* A growing byte buffer with a maximum: past it, appends fail and `failed` stays set. */
#ifndef SEMS_BASE_BUF_H
#define SEMS_BASE_BUF_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
	unsigned char *p;
	size_t n; /* bytes held */
	size_t cap;
	size_t max; /* as in buf_init(); cap is never more */
	bool failed;
};

void buf_init(struct buf *b, size_t max);
void buf_fini(struct buf *b);
void buf_clear(struct buf *b); /* forgets the bytes and the failure, keeps the memory */
bool buf_add(struct buf *b, const void *p, size_t n);
bool buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Makes room for n more bytes. False: the maximum, or out of memory. */
bool buf_reserve(struct buf *b, size_t n);

/* Room for n bytes at the end, already counted in; NULL when it fails. Here, with the integers,
 * because a row of evidence is some hundred of them. */
static inline unsigned char *
buf_extend(struct buf *b, size_t n)
{
	if (b->failed || b->p == NULL || n > b->cap - b->n) {
		if (!buf_reserve(b, n))
			return NULL;
	}
	b->n += n;
	return b->p + (b->n - n);
}

void buf_consume(struct buf *b, size_t n); /* drops n bytes from the front */

/* Big-endian integers, as PostgreSQL's binary formats want them. */
static inline bool
buf_add_be16(struct buf *b, uint16_t v)
{
	unsigned char *to = buf_extend(b, sizeof v);

	v = htobe16(v);
	if (to != NULL)
		memcpy(to, &v, sizeof v);
	return to != NULL;
}

static inline bool
buf_add_be32(struct buf *b, uint32_t v)
{
	unsigned char *to = buf_extend(b, sizeof v);

	v = htobe32(v);
	if (to != NULL)
		memcpy(to, &v, sizeof v);
	return to != NULL;
}

static inline bool
buf_add_be64(struct buf *b, uint64_t v)
{
	unsigned char *to = buf_extend(b, sizeof v);

	v = htobe64(v);
	if (to != NULL)
		memcpy(to, &v, sizeof v);
	return to != NULL;
}

#endif
