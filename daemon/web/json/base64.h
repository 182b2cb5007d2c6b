/* Base64 as protobuf's JSON has it: either alphabet is read, with padding or without. */
#ifndef SEMS_WEB_JSON_BASE64_H
#define SEMS_WEB_JSON_BASE64_H

#include "base/text.h"

/* out has room for t.n bytes. False: it is no base64; bits that are left over must be 0. */
bool base64_decode(struct text t, unsigned char *out, size_t *n);
/* The usual alphabet, with padding. out has room for BASE64_SIZE(n). */
#define BASE64_SIZE(n) (((n) + 2) / 3 * 4 + 1)
void base64_encode(const unsigned char *p, size_t n, char *out);

#endif
