#include "tools/import/identity.h"

#include "base/buf.h"
#include "base/digest.h"

#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <string.h>

#define ROWS_BYTES_MAX (2048u * 1024u * 1024u)
#define ROW_BYTES_MAX  (2u * 1024u * 1024u)
#define AGAIN_CHARS    16

/* nth: of identity_set_again(). */
static bool
digest_of(struct text source, struct text number, unsigned nth, unsigned char hash[SHA256_SIZE])
{
	unsigned char seed[1024];
	size_t n = source.n + 1 + number.n;

	if (n + AGAIN_CHARS > sizeof seed)
		return false;
	memcpy(seed, source.s, source.n);
	seed[source.n] = 0;
	memcpy(seed + source.n + 1, number.s, number.n);
	if (nth > 0) {
		seed[n] = 0;
		n += 1 + (size_t)snprintf((char *)seed + n + 1, AGAIN_CHARS - 1, "%u", nth);
	}
	return sha256(seed, n, hash);
}

bool
identity_digest(struct text source, struct text number, unsigned char out[IDENTITY_BYTES])
{
	unsigned char hash[SHA256_SIZE];

	if (!digest_of(source, number, 0, hash))
		return false;
	memcpy(out, hash, IDENTITY_BYTES);
	return true;
}

bool
identity_set(struct record *r)
{
	return identity_set_again(r, 0);
}

bool
identity_set_again(struct record *r, unsigned nth)
{
	unsigned char hash[SHA256_SIZE];

	if (!digest_of(r->v[ENV_SOURCE].text, r->v[ENV_SOURCE_RECORD_ID].text, nth, hash))
		return false;
	r->v[ENV_RECORD_ID].set = true;
	r->v[ENV_RECORD_ID].uuid = uuid_at(record_occurred_at(r), hash, false);
	return true;
}

bool
identity_set_random(struct record *r)
{
	unsigned char rest[10];

	if (!random_bytes(rest, sizeof rest))
		return false;
	r->v[ENV_RECORD_ID].set = true;
	r->v[ENV_RECORD_ID].uuid = uuid_at(record_occurred_at(r), rest, true);
	return true;
}

struct seen {
	unsigned char hash[16];
	uint64_t count;
};

struct row_numbers {
	struct arena *arena;
	struct buf row;
	void *root;
	struct seen *spare; /* for the next row that is new */
};

static int
compare_seen(const void *a, const void *b)
{
	return memcmp(((const struct seen *)a)->hash, ((const struct seen *)b)->hash,
		      sizeof(((const struct seen *)a)->hash));
}

static void
keep_node(void *node)
{
	(void)node; /* the arena's */
}

struct row_numbers *
row_numbers_new(void)
{
	struct arena *a = arena_new(ROWS_BYTES_MAX);
	struct row_numbers *n = a != NULL ? arena_zalloc(a, 1, sizeof *n) : NULL;

	if (n == NULL) {
		arena_free(a);
		return NULL;
	}
	n->arena = a;
	buf_init(&n->row, ROW_BYTES_MAX);
	return n;
}

void
row_numbers_free(struct row_numbers *n)
{
	if (n == NULL)
		return;
	tdestroy(n->root, keep_node);
	buf_fini(&n->row);
	arena_free(n->arena);
}

static struct seen *
find_seen(struct row_numbers *n, const unsigned char hash[SHA256_SIZE])
{
	struct seen **found;

	if (n->spare == NULL)
		n->spare = arena_zalloc(n->arena, 1, sizeof *n->spare);
	if (n->spare == NULL)
		return NULL;
	memcpy(n->spare->hash, hash, sizeof n->spare->hash);
	found = tsearch(n->spare, &n->root, compare_seen);
	if (found == NULL)
		return NULL;
	if (*found == n->spare)
		n->spare = NULL;
	return *found;
}

const char *
row_numbers_next(struct row_numbers *n, const struct text *cells, size_t n_cells, struct arena *a)
{
	unsigned char hash[SHA256_SIZE];
	char hex[17];
	struct seen *s;

	buf_clear(&n->row);
	for (size_t i = 0; i < n_cells; i++) {
		buf_add(&n->row, cells[i].s, cells[i].n);
		buf_add(&n->row, "\x1f", 1); /* so that "ab","c" is not "a","bc" */
	}
	if (n->row.failed || !sha256(n->row.p, n->row.n, hash))
		return NULL;
	s = find_seen(n, hash);
	if (s == NULL)
		return NULL;
	s->count++;
	hex_encode(hash, 8, hex);
	return arena_printf(a, "row-%s-%" PRIu64, hex, s->count);
}
