#include "base/count.h"
#include "base/digest.h"
#include "base/text.h"

#include <criterion/criterion.h>

#include <string.h>

static void
expect_hex(const unsigned char *p, size_t n, const char *want)
{
	char out[2 * 64 + 1];

	hex_encode(p, n, out);
	cr_expect_str_eq(out, want);
}

Test(digest, sha256_gives_the_published_values)
{
	unsigned char out[SHA256_SIZE];

	cr_assert(sha256("abc", 3, out));
	expect_hex(out, sizeof out,
		   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	cr_assert(sha256("", 0, out));
	expect_hex(out, sizeof out,
		   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* RFC 4231, test case 1, whose 20-byte key HMAC pads with zeros. */
Test(digest, hmac_gives_the_published_value)
{
	unsigned char key[KEY_SIZE] = {0};
	unsigned char out[SHA256_SIZE];

	memset(key, 0x0b, 20);
	cr_assert(hmac_sha256(key, "Hi There", 8, out));
	expect_hex(out, sizeof out,
		   "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

Test(digest, unseals_what_it_sealed)
{
	unsigned char key[KEY_SIZE] = {7};
	static const size_t sizes[] = {0, 1, 15, 16, 17, 4000};

	for (size_t i = 0; i < COUNT(sizes); i++) {
		unsigned char plain[4000];
		unsigned char sealed[4000 + SEAL_EXTRA];
		unsigned char again[4000 + SEAL_EXTRA];
		unsigned char opened[4000];
		size_t n = sizes[i];

		memset(plain, (int)i + 1, sizeof plain);
		cr_assert(seal(key, plain, n, sealed));
		cr_assert(seal(key, plain, n, again));
		cr_expect(memcmp(sealed, again, n + SEAL_EXTRA) != 0,
			  "a nonce is never used twice");
		cr_assert(unseal(key, sealed, n + SEAL_EXTRA, opened), "%zu bytes", n);
		cr_expect(memcmp(opened, plain, n) == 0);
	}
}

Test(digest, refuses_any_altered_byte_and_another_key)
{
	unsigned char key[KEY_SIZE] = {7};
	unsigned char other[KEY_SIZE] = {8};
	unsigned char sealed[6 + SEAL_EXTRA];
	unsigned char opened[6];

	cr_assert(seal(key, "record", 6, sealed));
	for (size_t i = 0; i < sizeof sealed; i++) {
		sealed[i] ^= 1;
		cr_expect_not(unseal(key, sealed, sizeof sealed, opened), "byte %zu", i);
		sealed[i] ^= 1;
	}
	cr_expect_not(unseal(other, sealed, sizeof sealed, opened));
	cr_expect_not(unseal(key, sealed, sizeof sealed - 1, opened));
	cr_expect_not(unseal(key, sealed, SEAL_EXTRA - 1, opened));
	cr_expect(memcmp(opened, "\0\0\0\0\0", 5) == 0, "nothing unproven is left behind");
	cr_expect(unseal(key, sealed, sizeof sealed, opened));
}

Test(digest, wipes_and_draws)
{
	unsigned char a[32] = {0};
	unsigned char b[32] = {0};

	cr_assert(random_bytes(a, sizeof a) && random_bytes(b, sizeof b));
	cr_expect(memcmp(a, b, sizeof a) != 0);
	wipe(a, sizeof a);
	memset(b, 0, sizeof b);
	cr_expect_arr_eq(a, b, sizeof a);
}
