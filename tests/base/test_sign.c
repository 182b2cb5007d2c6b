#include "base/count.h"
#include "base/sign.h"
#include "base/text.h"

#include <criterion/criterion.h>

#include <string.h>

/* RFC 8032, section 7.1: seed, public key, message, signature. */
static const struct {
	const char *seed;
	const char *public;
	const char *message;
	size_t n;
	const char *signature;
} vectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", 0,
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "\x72", 1,
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d8c387b2eaeb4302aeeb00d291612bb0c00"},
};

Test(sign, gives_the_published_signatures)
{
	for (size_t i = 0; i < COUNT(vectors); i++) {
		unsigned char seed[SIGN_SEED_SIZE];
		unsigned char key[SIGN_PUBLIC_SIZE];
		unsigned char signature[SIGN_SIZE];
		char hex[2 * SIGN_SIZE + 1];

		cr_assert(hex_decode(text_of(vectors[i].seed), seed, sizeof seed));
		cr_assert(sign_public(seed, key));
		hex_encode(key, sizeof key, hex);
		cr_expect_str_eq(hex, vectors[i].public);
		cr_assert(sign_bytes(seed, vectors[i].message, vectors[i].n, signature));
		hex_encode(signature, sizeof signature, hex);
		cr_expect_str_eq(hex, vectors[i].signature);
		cr_expect(sign_good(key, vectors[i].message, vectors[i].n, signature));
	}
}

Test(sign, tells_any_bit_that_was_changed)
{
	unsigned char seed[SIGN_SEED_SIZE] = {7};
	unsigned char key[SIGN_PUBLIC_SIZE];
	unsigned char signature[SIGN_SIZE];
	char text[] = "the figures of a quarter";

	cr_assert(sign_public(seed, key));
	cr_assert(sign_bytes(seed, text, sizeof text, signature));
	for (size_t bit = 0; bit < 8 * sizeof text; bit++) {
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
		cr_expect_not(sign_good(key, text, sizeof text, signature), "bit %zu", bit);
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * sizeof signature; bit++) {
		signature[bit / 8] = (unsigned char)(signature[bit / 8] ^ 1 << bit % 8);
		cr_expect_not(sign_good(key, text, sizeof text, signature), "bit %zu", bit);
		signature[bit / 8] = (unsigned char)(signature[bit / 8] ^ 1 << bit % 8);
	}
	cr_expect(sign_good(key, text, sizeof text, signature));
}

Test(sign, reads_the_public_keys_that_it_writes)
{
	unsigned char seed[SIGN_SEED_SIZE] = {9};
	unsigned char key[SIGN_PUBLIC_SIZE];
	unsigned char back[SIGN_PUBLIC_SIZE];
	char pem[SIGN_PEM_SIZE];
	char id[SIGN_ID_SIZE];

	cr_assert(sign_public(seed, key));
	cr_assert(sign_pem(key, pem));
	cr_expect(strncmp(pem, "-----BEGIN PUBLIC KEY-----\n", 27) == 0, "%s", pem);
	cr_assert(sign_read_pem(pem, strlen(pem), back));
	cr_expect_eq(memcmp(key, back, sizeof key), 0);
	cr_expect_not(sign_read_pem("no key", 6, back));
	cr_assert(sign_key_id(key, id));
	cr_expect_eq(strlen(id), 16);
}
