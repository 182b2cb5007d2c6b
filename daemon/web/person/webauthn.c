#include "web/person/webauthn.h"

#include "base/json/jsonin.h"
#include "web/json/base64.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <string.h>

#define HEAD_SIZE   37 /* digest of the site's name, flags, count */
#define FLAGS_AT    SHA256_SIZE
#define COUNT_AT    33
#define ID_AT       55    /* behind 16 bytes that say of which make it is, and the id's length */
#define FLAG_UP     0x01u /* somebody was there */
#define FLAG_UV     0x04u /* and was recognised */
#define FLAG_MADE   0x40u /* a key follows */
#define FLAG_MORE   0x80u /* extensions follow */
#define ENCODED_MAX 64

/* --- the browser's part ----------------------------------------------------------------------- */

static bool
is_challenge(const char *said, const unsigned char challenge[CHALLENGE_SIZE])
{
	unsigned char bytes[ENCODED_MAX];
	size_t n = 0;

	return strlen(said) < sizeof bytes && base64_decode(text_of(said), bytes, &n) &&
	       n == CHALLENGE_SIZE && memcmp(bytes, challenge, n) == 0;
}

static const char *
check_client(const json_t *said, const char *type, const unsigned char challenge[CHALLENGE_SIZE],
	     const struct origin *o)
{
	if (strcmp(member_text(said, "type"), type) != 0)
		return "what was signed is for something else";
	if (!is_challenge(member_text(said, "challenge"), challenge))
		return "what was signed is not what was asked for";
	if (strcmp(member_text(said, "origin"), o->text) != 0)
		return "it was signed on another site: open this one by its own address";
	if (json_is_true(json_object_get(said, "crossOrigin")))
		return "it was signed within a page of another site";
	return NULL;
}

const char *
webauthn_client(const struct shown *s, const char *type,
		const unsigned char challenge[CHALLENGE_SIZE], const struct origin *o)
{
	json_t *said = json_loadb(s->client.s, s->client.n, JSON_REJECT_DUPLICATES, NULL);
	const char *wrong = said == NULL ? "the browser's clientDataJSON is no JSON"
					 : check_client(said, type, challenge, o);

	json_decref(said);
	return wrong;
}

/* --- the authenticator's part ----------------------------------------------------------------- */

static uint32_t
count_of(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static const char *
check_head(struct text authdata, const struct origin *o)
{
	const unsigned char *p = (const unsigned char *)authdata.s;
	unsigned char site[SHA256_SIZE];

	if (authdata.n < HEAD_SIZE)
		return "the authenticatorData is too short";
	if (!sha256(o->rp_id, strlen(o->rp_id), site) || memcmp(p, site, sizeof site) != 0)
		return "the passkey is another site's";
	if ((p[FLAGS_AT] & FLAG_UP) == 0)
		return "nobody touched the device";
	if ((p[FLAGS_AT] & FLAG_UV) == 0)
		return "the device did not look who it is: it takes a PIN, a finger or a face";
	return NULL;
}

/* libfido2's key of a COSE_Key's; NULL: it is no good one. */
static void *
new_key(const struct cose *k)
{
	es256_pk_t *es256 = k->signs == SIGNS_ES256 ? es256_pk_new() : NULL;
	eddsa_pk_t *eddsa = k->signs == SIGNS_EDDSA ? eddsa_pk_new() : NULL;
	rs256_pk_t *rs256 = k->signs == SIGNS_RS256 ? rs256_pk_new() : NULL;

	if (es256 != NULL && es256_pk_from_ptr(es256, k->key, k->n) != FIDO_OK)
		es256_pk_free(&es256);
	if (eddsa != NULL && eddsa_pk_from_ptr(eddsa, k->key, k->n) != FIDO_OK)
		eddsa_pk_free(&eddsa);
	if (rs256 != NULL && rs256_pk_from_ptr(rs256, k->key, k->n) != FIDO_OK)
		rs256_pk_free(&rs256);
	if (es256 != NULL)
		return es256;
	return eddsa != NULL ? (void *)eddsa : (void *)rs256;
}

static void
free_key(const struct cose *k, void *key)
{
	es256_pk_t *es256 = key;
	eddsa_pk_t *eddsa = key;
	rs256_pk_t *rs256 = key;

	if (k->signs == SIGNS_ES256)
		es256_pk_free(&es256);
	else if (k->signs == SIGNS_EDDSA)
		eddsa_pk_free(&eddsa);
	else
		rs256_pk_free(&rs256);
}

const char *
webauthn_created(const struct shown *s, const struct origin *o, struct created *c)
{
	const unsigned char *p = (const unsigned char *)s->authdata.s;
	const char *wrong = check_head(s->authdata, o);
	const size_t all = s->authdata.n;
	struct cose cose;
	size_t id_size, key_size;
	void *key;

	if (wrong != NULL)
		return wrong;
	if ((p[FLAGS_AT] & FLAG_MADE) == 0 || all < ID_AT)
		return "there is no new passkey in it";
	id_size = (size_t)p[ID_AT - 2] << 8 | p[ID_AT - 1];
	if (id_size == 0 || id_size > all - ID_AT)
		return "the new passkey is cut short";
	c->credential_id = (struct text){s->authdata.s + ID_AT, id_size};
	c->public_key = (struct text){s->authdata.s + ID_AT + id_size, all - ID_AT - id_size};
	key_size = cose_read(c->public_key, &cose);
	if (key_size == 0 || ((p[FLAGS_AT] & FLAG_MORE) == 0 && key_size != c->public_key.n))
		return "the passkey's key is of a sort that is not taken here";
	c->public_key.n = key_size;
	key = new_key(&cose);
	if (key == NULL)
		return "the passkey's key is none";
	free_key(&cose, key);
	c->count = count_of(p + COUNT_AT);
	return NULL;
}

/* --- the signature ---------------------------------------------------------------------------- */

/* True: libfido2 has taken it over. */
static bool
fill(fido_assert_t *a, const struct shown *s, const struct origin *o)
{
	return fido_assert_set_count(a, 1) == FIDO_OK &&
	       fido_assert_set_rp(a, o->rp_id) == FIDO_OK &&
	       fido_assert_set_up(a, FIDO_OPT_TRUE) == FIDO_OK &&
	       fido_assert_set_uv(a, FIDO_OPT_TRUE) == FIDO_OK &&
	       fido_assert_set_clientdata(a, (const unsigned char *)s->client.s, s->client.n) ==
		   FIDO_OK &&
	       fido_assert_set_authdata_raw(a, 0, (const unsigned char *)s->authdata.s,
					    s->authdata.n) == FIDO_OK &&
	       fido_assert_set_sig(a, 0, (const unsigned char *)s->signature.s, s->signature.n) ==
		   FIDO_OK;
}

const char *
webauthn_signed(const struct shown *s, const struct origin *o, struct text public_key,
		uint32_t *count)
{
	const char *wrong = check_head(s->authdata, o);
	fido_assert_t *a;
	struct cose cose;
	void *key;

	if (wrong != NULL)
		return wrong;
	if (cose_read(public_key, &cose) != public_key.n)
		return "the passkey's key is kept in a way that is not known here";
	a = fido_assert_new();
	key = new_key(&cose);
	if (a == NULL || key == NULL || !fill(a, s, o) ||
	    fido_assert_verify(a, 0, cose.signs, key) != FIDO_OK)
		wrong = "it was not signed by this passkey";
	free_key(&cose, key);
	fido_assert_free(&a);
	*count = count_of((const unsigned char *)s->authdata.s + COUNT_AT);
	return wrong;
}

bool
webauthn_user(const char *principal, unsigned char id[SHA256_SIZE])
{
	char text[256];

	text_print(text, sizeof text, "semsweb user %s", principal);
	return sha256(text, strlen(text), id);
}
