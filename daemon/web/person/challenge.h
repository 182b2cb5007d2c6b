/*
 * What a passkey is to sign: random bytes, for once, for two minutes and for the browser that
 * asked. There are so many at most, of one address a part of them: the oldest of an address makes
 * way for its next, and where all are taken by others nobody gets one.
 */
#ifndef SEMS_WEB_PERSON_CHALLENGE_H
#define SEMS_WEB_PERSON_CHALLENGE_H

#include "base/digest.h"
#include "web/person/secret.h"

#include <stdbool.h>
#include <stdint.h>

#define CHALLENGES_MOST        256
#define CHALLENGES_OF_ONE      64
#define CHALLENGE_MS           (INT64_C(2) * 60 * 1000)
#define CHALLENGE_SIZE         32
#define CHALLENGE_ADDRESS_SIZE 64

struct challenge {
	unsigned char cookie[SHA256_SIZE]; /* its digest */
	unsigned char about[SHA256_SIZE];  /* of a link's secret; 0: it is for a sign-in */
	unsigned char bytes[CHALLENGE_SIZE];
	char address[CHALLENGE_ADDRESS_SIZE];
	int64_t until_ms; /* 0: a free place */
};

struct challenges {
	struct challenge list[CHALLENGES_MOST];
};

/* about: what it is for; link NULL: a sign-in. now_ms: of a clock that only goes on. cookie: what
 * the browser shows with what was signed. NULL: there is no room, or no random number. */
const struct challenge *challenge_make(struct challenges *cs, const char *link, const char *address,
				       int64_t now_ms, char cookie[SECRET_SIZE]);
/* Uses it up, whatever it is for. False: there is none, it is over, or it is for something else. */
bool challenge_take(struct challenges *cs, const char *link, const char *cookie, int64_t now_ms,
		    unsigned char bytes[CHALLENGE_SIZE]);

#endif
