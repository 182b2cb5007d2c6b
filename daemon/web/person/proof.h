/* What a page's script sends of a passkey: members of JSON in base64, within their bounds. */
#ifndef SEMS_WEB_PERSON_PROOF_H
#define SEMS_WEB_PERSON_PROOF_H

#include "web/person/webauthn.h"

#define PROOF_PART_MAX 4096 /* characters of each */

enum proof_part {
	PROOF_CLIENT,
	PROOF_AUTHDATA,
	PROOF_SIGNATURE,
	PROOF_ID,
	PROOF_USER,
	PROOF_PARTS
};

struct proof {
	struct shown shown;
	struct text id;         /* of the credential; n 0: not told */
	struct text user;       /* whose it is, as the device says; n 0: it does not */
	char link[SECRET_SIZE]; /* "": none */
	char name[256];         /* what the passkey is called */
	unsigned char bytes[PROOF_PARTS][PROOF_PART_MAX];
};

/* Reads a body; what is missing is "". False: it is no such JSON, or over a bound. */
bool proof_read(struct text body, struct proof *p);

/* One part, in base64, into room for PROOF_PART_MAX; "" is none. False: it is no such text. */
bool proof_part(const char *given, unsigned char *room, struct text *out);

#endif
