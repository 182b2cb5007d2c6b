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

bool
secret_digest(const char *secret, unsigned char digest[SHA256_SIZE])
{
	return strlen(secret) == SECRET_SIZE - 1 && sha256(secret, SECRET_SIZE - 1, digest);
}
