#include "core/proof/merkle.h"

#include <string.h>

#define LEAF_MARK 0x00
#define NODE_MARK 0x01

/* Of the bytes that are hashed here: an entry of a proof is a line. */
#define LEAF_MAX 512

void
merkle_init(struct merkle *m)
{
	m->n = 0;
	m->failed = false;
}

bool
merkle_leaf(const void *p, size_t n, unsigned char leaf[SHA256_SIZE])
{
	unsigned char bytes[1 + LEAF_MAX] = {LEAF_MARK};

	if (n > LEAF_MAX)
		return false;
	memcpy(bytes + 1, p, n);
	return sha256(bytes, 1 + n, leaf);
}

static bool
add_node(const unsigned char *left, const unsigned char *right, unsigned char out[SHA256_SIZE])
{
	unsigned char bytes[1 + 2 * SHA256_SIZE] = {NODE_MARK};

	memcpy(bytes + 1, left, SHA256_SIZE);
	memcpy(bytes + 1 + SHA256_SIZE, right, SHA256_SIZE);
	return sha256(bytes, sizeof bytes, out);
}

void
merkle_add(struct merkle *m, const unsigned char leaf[SHA256_SIZE])
{
	unsigned char node[SHA256_SIZE];
	unsigned i = 0;

	memcpy(node, leaf, sizeof node);
	for (; i + 1 < MERKLE_LEVELS && (m->n >> i & 1) != 0; i++)
		if (!add_node(m->level[i], node, node))
			m->failed = true;
	memcpy(m->level[i], node, sizeof node);
	m->n++;
}

bool
merkle_root(const struct merkle *m, unsigned char root[SHA256_SIZE])
{
	bool begun = false;

	if (m->failed)
		return false;
	if (m->n == 0)
		return sha256("", 0, root);
	/* The smaller subtrees are to the right of the greater ones. */
	for (unsigned i = 0; i < MERKLE_LEVELS; i++) {
		if ((m->n >> i & 1) == 0)
			continue;
		if (!begun)
			memcpy(root, m->level[i], SHA256_SIZE);
		else if (!add_node(m->level[i], root, root))
			return false;
		begun = true;
	}
	return true;
}
