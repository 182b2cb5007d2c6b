/*
 * Merkle trees in the form of RFC 6962, section 2.1, built leaf by leaf in constant memory. The
 * marks 0x00 and 0x01 keep a leaf from passing for a node.
 */
#ifndef SEMS_CORE_PROOF_MERKLE_H
#define SEMS_CORE_PROOF_MERKLE_H

#include "base/digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MERKLE_LEVELS 48

struct merkle {
	uint64_t n; /* leaves */
	bool failed;
	/* Level i holds the root of the last whole subtree of 2^i leaves, when bit i of n is set.
	 */
	unsigned char level[MERKLE_LEVELS][SHA256_SIZE];
};

void merkle_init(struct merkle *m);
/* SHA-256(0x00 || bytes). False only when OpenSSL fails. */
bool merkle_leaf(const void *p, size_t n, unsigned char leaf[SHA256_SIZE]);
void merkle_add(struct merkle *m, const unsigned char leaf[SHA256_SIZE]);
/* The root of what was added so far. False: something failed on the way. */
bool merkle_root(const struct merkle *m, unsigned char root[SHA256_SIZE]);

#endif
