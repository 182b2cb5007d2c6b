#include "web/person/secret.h"

#include "base/text.h"

#include <string.h>

#define SECRET_BYTES 32

bool
secret_make(char secret[SECRET_SIZE], unsigned char digest[SHA256_SIZE])
{
	unsigned char random[SECRET_BYTES];

	if (!random_bytes(random, sizeof random))
		return false;
	hex_encode(random, sizeof random, secret);
	return sha256(secret, SECRET_SIZE - 1, digest);
}

/* Of digests the time of a comparison tells nothing. */
bool
secret_is(const char *secret, const unsigned char digest[SHA256_SIZE])
{
	unsigned char its[SHA256_SIZE];

	return strlen(secret) == SECRET_SIZE - 1 && sha256(secret, SECRET_SIZE - 1, its) &&
	       memcmp(its, digest, sizeof its) == 0;
}
