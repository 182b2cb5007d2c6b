/* Secrets that a browser or a link shows: 256 random bits in hexadecimal, kept as a digest. */
#ifndef SEMS_WEB_PERSON_SECRET_H
#define SEMS_WEB_PERSON_SECRET_H

#include "base/digest.h"

#define SECRET_SIZE 65 /* 64 hexadecimal digits */

/* False: no random number is to be had. */
bool secret_make(char secret[SECRET_SIZE], unsigned char digest[SHA256_SIZE]);
/* The digest of one that was shown; false: it is none. Of digests the time of a comparison tells
 * nothing. */
bool secret_digest(const char *secret, unsigned char digest[SHA256_SIZE]);

#endif
