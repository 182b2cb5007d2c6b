#include "store/proof/proof_piece.h"

#include "base/file/embed.h"
#include "base/text.h"
#include "core/proof/proof.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Hashing so many takes some milliseconds. */
#define PIECE_LEAVES 4096

void
proof_piece_begin(struct proof_piece *p, int64_t leaves)
{
	merkle_init(&p->merkle);
	p->left = leaves;
	p->malformed = false;
}

bool
proof_piece_next(struct proof_piece *p, const char *quarter, const char *revision, const char *kind,
		 const char *day, struct statement *st)
{
	int64_t n = PIECE_LEAVES;

	if (p->left <= 0 || p->malformed)
		return false;
	if (n > p->left)
		n = p->left;
	snprintf(p->from, sizeof p->from, "%" PRIu64, p->merkle.n * PROOF_LEAF_SIZE + 1);
	snprintf(p->length, sizeof p->length, "%" PRId64, n * PROOF_LEAF_SIZE);
	*st = (struct statement){embed_text("sql/queries/proof/proof_piece.sql"),
				 6,
				 {quarter, revision, kind, day, p->from, p->length}};
	return true;
}

void
proof_piece_rows(struct proof_piece *p, const struct rows *rows)
{
	const char *hex = rows_count(rows) == 1 ? rows_text(rows, 0, 0) : NULL;
	size_t n = hex == NULL ? 0 : strlen(hex) / (2 * PROOF_LEAF_SIZE);
	unsigned char leaf[PROOF_LEAF_SIZE];

	p->malformed = p->malformed || n == 0 || strlen(hex) % (2 * PROOF_LEAF_SIZE) != 0;
	for (size_t i = 0; i < n && !p->malformed; i++) {
		struct text one = {hex + i * 2 * PROOF_LEAF_SIZE, 2 * PROOF_LEAF_SIZE};

		if (hex_decode(one, leaf, sizeof leaf))
			merkle_add(&p->merkle, leaf + PROOF_LEAF_HASH);
		else
			p->malformed = true;
	}
	p->left -= (int64_t)n;
}

bool
proof_piece_root(const struct proof_piece *p, unsigned char root[SHA256_SIZE])
{
	return !p->malformed && p->left == 0 && merkle_root(&p->merkle, root);
}
