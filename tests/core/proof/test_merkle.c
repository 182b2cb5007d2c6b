#include "base/count.h"
#include "base/text.h"
#include "core/proof/merkle.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

/* The inputs and roots of the reference implementation of RFC 6962. */
static const struct {
	const char *bytes;
	size_t n;
	const char *root; /* of all up to this one */
} steps[] = {
    {"", 0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
    {"\x00", 1, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
    {"\x10", 1, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
    {"\x20\x21", 2, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
    {"\x30\x31", 2, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
    {"\x40\x41\x42\x43", 4, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
    {"\x50\x51\x52\x53\x54\x55\x56\x57", 8,
     "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
    {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16,
     "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
};

#define N_STEPS COUNT(steps)

static void
expect_root(const struct merkle *m, const char *want)
{
	unsigned char root[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	cr_assert(merkle_root(m, root));
	hex_encode(root, sizeof root, hex);
	cr_expect_str_eq(hex, want, "%llu leaves", (unsigned long long)m->n);
}

Test(merkle, gives_the_published_roots)
{
	struct merkle m;

	merkle_init(&m);
	expect_root(&m, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	for (size_t i = 0; i < N_STEPS; i++) {
		unsigned char leaf[SHA256_SIZE];

		cr_assert(merkle_leaf(steps[i].bytes, steps[i].n, leaf));
		merkle_add(&m, leaf);
		expect_root(&m, steps[i].root);
	}
}

/* MTH as the RFC defines it: by the greatest power of two below n. */
static void
define(const unsigned char (*leaves)[SHA256_SIZE], size_t n, unsigned char out[SHA256_SIZE])
{
	unsigned char node[1 + 2 * SHA256_SIZE] = {1};
	size_t k = 1;

	if (n == 1) {
		memcpy(out, leaves[0], SHA256_SIZE);
		return;
	}
	while (2 * k < n)
		k *= 2;
	define(leaves, k, node + 1);
	define(leaves + k, n - k, node + 1 + SHA256_SIZE);
	cr_assert(sha256(node, sizeof node, out));
}

Test(merkle, agrees_with_the_definition_for_any_number_of_leaves)
{
	static unsigned char leaves[300][SHA256_SIZE];
	struct merkle m;

	merkle_init(&m);
	for (size_t i = 0; i < 300; i++) {
		unsigned char want[SHA256_SIZE];
		unsigned char got[SHA256_SIZE];

		cr_assert(sha256(&i, sizeof i, leaves[i]));
		merkle_add(&m, leaves[i]);
		define((const unsigned char(*)[SHA256_SIZE])leaves, i + 1, want);
		cr_assert(merkle_root(&m, got));
		cr_expect_eq(memcmp(want, got, SHA256_SIZE), 0, "%zu leaves", i + 1);
	}
}

Test(merkle, refuses_an_entry_that_is_too_long)
{
	static char bytes[513];
	unsigned char leaf[SHA256_SIZE];

	cr_expect(merkle_leaf(bytes, 512, leaf));
	cr_expect_not(merkle_leaf(bytes, 513, leaf));
}
