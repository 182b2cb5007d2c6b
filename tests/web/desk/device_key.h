/* A device's key, as a browser would have it. */
#ifndef TESTS_WEB_DESK_DEVICE_KEY_H
#define TESTS_WEB_DESK_DEVICE_KEY_H

#include "web/desk/signature.h"

#include <openssl/evp.h>

struct device_key {
	EVP_PKEY *key;
	unsigned char point[POINT_SIZE];
};

void device_key_make(struct device_key *k);
void device_key_free(struct device_key *k);
/* r and s of the text's signature. */
void device_key_sign(const struct device_key *k, const char *text,
		     unsigned char out[SIGNATURE_SIZE]);
/* What a request of this body is signed with: an Authorization with its end of line. */
void device_key_header(const struct device_key *k, const char *key_id, int64_t time_ms,
		       const char *path, const char *body, char *out, size_t size);

#endif
