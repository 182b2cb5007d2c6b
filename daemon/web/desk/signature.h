/*
 * Requests that a device signed with its key: ECDSA on P-256 with SHA-256, the signature as r and s
 * of 32 bytes each, as browsers make it.
 */
#ifndef SEMS_WEB_DESK_SIGNATURE_H
#define SEMS_WEB_DESK_SIGNATURE_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

#define POINT_SIZE     65 /* uncompressed: 4, x, y */
#define SIGNATURE_SIZE 64
#define KEY_ID_SIZE    33 /* 32 hexadecimal digits */

/* What a request says of its signature. */
struct signed_by {
	char key_id[KEY_ID_SIZE];
	int64_t time_ms; /* Unix */
	unsigned char signature[SIGNATURE_SIZE];
};

/* Reads "keyId=..., time=..., signature=...", what follows the scheme of an Authorization, in any
 * order. False: that is not what it is. */
bool signature_read(const char *given, struct signed_by *out);
/* Whether the key of this point signed the request. path: as it was asked for. */
bool signature_is_of(const unsigned char point[POINT_SIZE], const struct signed_by *by,
		     const char *method, const char *path, struct text body);
/* Whether it is a point of the curve. */
bool signature_is_point(const unsigned char point[POINT_SIZE]);

#endif
