/* Secrets that a browser or a link shows: 256 random bits in hexadecimal, kept as a digest. */
#ifndef SEMS_WEB_PERSON_SECRET_H
#define SEMS_WEB_PERSON_SECRET_H

#include "base/digest.h"

#define SECRET_SIZE 65 /* 64 hexadecimal digits */

/* False: no random number is to be had. */
bool secret_make(char secret[SECRET_SIZE], unsigned char digest[SHA256_SIZE]);
/* Whether its digest is this one. */
bool secret_is(const char *secret, const unsigned char digest[SHA256_SIZE]);

#endif
