/* Public keys as passkeys have them: a COSE_Key (RFC 9052), of the three sorts that are asked for.
 */
#ifndef SEMS_WEB_PERSON_COSE_H
#define SEMS_WEB_PERSON_COSE_H

#include "base/text.h"

/* COSE's numbers of what signs. */
#define SIGNS_ES256 (-7)   /* ECDSA on P-256 with SHA-256 */
#define SIGNS_EDDSA (-8)   /* Ed25519 */
#define SIGNS_RS256 (-257) /* RSA of 2,048 bits, PKCS #1 v1.5 with SHA-256 */

#define COSE_BYTES_MAX 259

struct cose {
	int signs; /* one of those */
	/* x and y; x; n and e: as libfido2 has them. */
	unsigned char key[COSE_BYTES_MAX];
	size_t n;
};

/* How many bytes the key has that t begins with; 0: none of these sorts. Whether it is a point of
 * its curve nobody has looked. */
size_t cose_read(struct text t, struct cose *k);

#endif
