/*
 * What a browser hands on of a passkey (WebAuthn, level 2): that one was made, or that one signed.
 * Each is looked at whole: for which site, for which challenge, whether its person was there and
 * was recognised by it.
 */
#ifndef SEMS_WEB_PERSON_WEBAUTHN_H
#define SEMS_WEB_PERSON_WEBAUTHN_H

#include "web/person/challenge.h"
#include "web/person/cose.h"
#include "web/person/origin.h"

/* All are borrowed. */
struct shown {
	struct text client;    /* clientDataJSON */
	struct text authdata;  /* authenticatorData */
	struct text signature; /* of a sign-in */
};

/* What was made; in the bytes of its authenticator's data. */
struct created {
	struct text credential_id;
	struct text public_key; /* a COSE_Key */
	uint32_t count;
};

/* Each says what is wrong, or NULL. */
const char *webauthn_client(const struct shown *s, const char *type,
			    const unsigned char challenge[CHALLENGE_SIZE], const struct origin *o);
/* Behind webauthn_client() with "webauthn.create". Nobody has vouched for the device: none is asked
 * to. */
const char *webauthn_created(const struct shown *s, const struct origin *o, struct created *c);
/* Behind webauthn_client() with "webauthn.get". public_key: a COSE_Key. */
const char *webauthn_signed(const struct shown *s, const struct origin *o, struct text public_key,
			    uint32_t *count);
/* Whose it is, for the authenticator: 32 bytes that say nothing to anybody else. */
bool webauthn_user(const char *principal, unsigned char id[SHA256_SIZE]);

#endif
