#include "web/person/passkey.h"

#include "base/json/jsonin.h"
#include "base/json/jsonout.h"
#include "web/json/base64.h"
#include "web/person/persons.h"
#include "web/person/proof.h"

#include <stdio.h>
#include <string.h>

#define OP(name)      SEMS__V1__PASSKEY_OPERATION__PASSKEY_OPERATION_##name
#define ANSWER_SIZE   ((size_t)32 * 1024) /* ten passkeys of 1,023 bytes, in hexadecimal */
#define KEY_MAX       1024
#define TRY_COOKIE    "sems-try"
#define BASE64_DIGEST BASE64_SIZE(SHA256_SIZE)

static const char form[] = "send JSON: see GET /person.js";

/* --- refusals --------------------------------------------------------------------------------- */

/* Worth a line, and not one for each of many. */
static void
refuse(struct work *w, int status, const char *field, const char *why)
{
	struct rare *rare = &w->desk->persons->refused;

	if (rare_may(rare, persons_now_ms()))
		log_warn("passkey.refused", KV("address", asked_address(w->asked)),
			 KVI("others_before", rare->unsaid), KV("why", why));
	work_refuse(w, status, 0, field, "%s", why);
}

/* NULL: it was answered. */
static struct work *
begin(struct desk *d, struct asked *a)
{
	static const char type[] = "application/json";

	if (d->persons->origin.text[0] == '\0') {
		answer_refuse(a, 404, 0, "",
			      "there are no passkeys here: semsweb is to be told its own address "
			      "by --origin");
		return NULL;
	}
	if (strncmp(asked_header(a, "Content-Type"), type, sizeof type - 1) != 0) {
		answer_refuse(a, 415, 0, "Content-Type", "%s", form);
		return NULL;
	}
	return work_new(d, a, NULL);
}

/* --- answers ---------------------------------------------------------------------------------- */

static void
answer(struct work *w, struct made o, const char *cookie)
{
	json_t *json = made_take(o);
	struct buf body;

	buf_init(&body, ANSWER_SIZE);
	if (json != NULL && made_canonical(json, &body) && buf_add(&body, "\n", 1))
		work_answer(w, &(struct answer){.status = 200,
						.type = "application/json",
						.body = {(const char *)body.p, body.n},
						.cookie = cookie});
	else
		work_refuse(w, 503, 1, "", "out of memory for the answer: try again");
	json_decref(json);
	buf_fini(&body);
}

static void
put_bytes(struct made *o, const char *name, const unsigned char *p, size_t n)
{
	char text[BASE64_DIGEST];

	base64_encode(p, n, text);
	made_text(o, name, text);
}

/* Whose a challenge is, so that nobody has all of them: behind a proxy its last word on where that
 * came from. */
static const char *
party_of(const struct asked *a)
{
	const char *last = strrchr(asked_header(a, "X-Forwarded-For"), ',');

	if (!asked_is_proxied(a))
		return asked_address(a);
	return last == NULL ? asked_header(a, "X-Forwarded-For") : last + 1;
}

/* What is to be signed, and for which site; link NULL: to sign in. */
static void
answer_challenge(struct work *w, const char *link, struct made o)
{
	struct persons *ps = w->desk->persons;
	char secret[SECRET_SIZE];
	char cookie[COOKIE_SIZE];
	const struct challenge *c =
	    challenge_make(&ps->challenges, link, party_of(w->asked), persons_now_ms(), secret);

	if (c == NULL) {
		json_decref(made_take(o));
		work_refuse(w, 503, CHALLENGE_MS / 1000, "",
			    "too many sign in just now: try again in two minutes");
		return;
	}
	put_bytes(&o, "challenge", c->bytes, sizeof c->bytes);
	made_text(&o, "rpId", ps->origin.rp_id);
	cookie_write(w->asked, TRY_COOKIE, secret, CHALLENGE_MS / 1000, cookie);
	answer(w, o, cookie);
}

/* What came is good for the challenge that this browser has; NULL: what is wrong was answered. */
static bool
take_proof(struct work *w, struct proof *p, const char *type)
{
	const bool is_new = strcmp(type, "webauthn.create") == 0;
	struct persons *ps = w->desk->persons;
	unsigned char challenge[CHALLENGE_SIZE];
	char secret[SECRET_SIZE];
	const char *wrong;

	if (!proof_read(w->asked->body, p)) {
		work_refuse(w, 400, 0, "", "%s", form);
		return false;
	}
	cookie_take(w->asked, TRY_COOKIE, secret);
	if (!challenge_take(&ps->challenges, is_new ? p->link : NULL, secret, persons_now_ms(),
			    challenge)) {
		refuse(w, 403, "challenge",
		       "nothing was asked of this browser, or it was answered already, or two "
		       "minutes are over: try again");
		return false;
	}
	wrong = webauthn_client(&p->shown, type, challenge, &ps->origin);
	if (wrong != NULL)
		refuse(w, 403, "clientDataJSON", wrong);
	return wrong == NULL;
}

/* --- semsd ------------------------------------------------------------------------------------ */

static void
ask(struct work *w, Sems__V1__PasskeyRequest *q, reply_fn *fn)
{
	Sems__V1__Request r = SEMS__V1__REQUEST__INIT;
	struct line *l;

	q->has_operation = 1;
	r.body_case = SEMS__V1__REQUEST__BODY_PASSKEY;
	r.passkey = q;
	l = upstream_ask(w->desk->upstream, "", &r, fn, w);
	if (l != NULL)
		w->line = l;
}

/* t lies within the part, which protobuf-c may be given although it is read alone. */
static void
set_bytes(protobuf_c_boolean *has, ProtobufCBinaryData *to,
	  unsigned char *part, /* NOLINT(readability-non-const-parameter): what it gives is not */
	  struct text t)
{
	*has = 1;
	*to = (ProtobufCBinaryData){t.n, &part[t.s - (const char *)part]};
}

/* The document of a reply, to be freed; NULL: what is wrong was answered. */
static json_t *
said_in(struct work *w, const struct reply *r)
{
	json_t *said = NULL;

	w->line = NULL;
	if (r->kind == REPLY_FAILED &&
	    r->code == SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_NOT_FOUND) {
		refuse(w, 403, "", r->text);
		return NULL;
	}
	if (r->kind == REPLY_DOCUMENT)
		said = json_loadb(r->bytes.s, r->bytes.n, 0, NULL);
	if (r->kind != REPLY_DOCUMENT)
		work_refuse_reply(w, r);
	else if (said == NULL)
		work_refuse(w, 503, 1, "", "semsd's answer makes no sense here: try again");
	return said;
}

/* --- to register one -------------------------------------------------------------------------- */

/* Whose browser somebody else is signed in at would register his own device for another person. */
static bool
is_others(struct work *w, const char *principal)
{
	struct person p;

	person_look(w->desk, w->asked, &p);
	if (p.by == BY_NOBODY || strcmp(p.principal, principal) == 0)
		return false;
	refuse(w, 403, "link",
	       "the link is another person's than who is signed in here: sign out first");
	return true;
}

static void
on_looked(void *ctx, const struct reply *r)
{
	struct work *w = ctx;
	json_t *said = said_in(w, r);
	const char *principal = member_text(said, "principal");
	unsigned char user[SHA256_SIZE];
	struct made o;
	struct proof p;

	if (said == NULL)
		return;
	if (!is_others(w, principal) && proof_read(w->asked->body, &p)) {
		o = made_object();
		made_text(&o, "principal", principal);
		made_text(&o, "name", member_text(said, "name"));
		made_put(&o, "known", json_incref(json_object_get(said, "known")));
		if (webauthn_user(principal, user))
			put_bytes(&o, "user", user, sizeof user);
		answer_challenge(w, p.link, o);
	}
	json_decref(said);
}

void
passkey_invited(void *ctx, struct asked *a)
{
	Sems__V1__PasskeyRequest q = SEMS__V1__PASSKEY_REQUEST__INIT;
	struct work *w = begin(ctx, a);
	struct proof p;

	if (w == NULL)
		return;
	if (!proof_read(a->body, &p)) {
		work_refuse(w, 400, 0, "link", "%s", form);
		return;
	}
	q.operation = OP(LOOK);
	q.link = p.link;
	ask(w, &q, on_looked);
}

static void
on_registered(void *ctx, const struct reply *r)
{
	struct work *w = ctx;
	json_t *said = said_in(w, r);
	struct made o = made_object();

	if (said != NULL) {
		made_text(&o, "principal", member_text(said, "principal"));
		answer(w, o, NULL);
	} else {
		json_decref(made_take(o));
	}
	json_decref(said);
}

void
passkey_register(void *ctx, struct asked *a)
{
	Sems__V1__PasskeyRequest q = SEMS__V1__PASSKEY_REQUEST__INIT;
	struct work *w = begin(ctx, a);
	struct created made;
	struct proof p;
	const char *wrong;

	if (w == NULL || !take_proof(w, &p, "webauthn.create"))
		return;
	wrong = webauthn_created(&p.shown, &w->desk->persons->origin, &made);
	if (wrong != NULL) {
		refuse(w, 403, "authenticatorData", wrong);
		return;
	}
	q.operation = OP(REGISTER);
	q.link = p.link;
	q.name = p.name;
	q.has_sign_count = 1;
	q.sign_count = made.count;
	set_bytes(&q.has_credential_id, &q.credential_id, p.bytes[PROOF_AUTHDATA],
		  made.credential_id);
	set_bytes(&q.has_public_key, &q.public_key, p.bytes[PROOF_AUTHDATA], made.public_key);
	ask(w, &q, on_registered);
}

/* --- to sign in by one ------------------------------------------------------------------------ */

void
passkey_begin(void *ctx, struct asked *a)
{
	struct work *w = begin(ctx, a);

	if (w != NULL)
		answer_challenge(w, NULL, made_object());
}

static void
on_used(void *ctx, const struct reply *r)
{
	struct work *w = ctx;
	struct persons *ps = w->desk->persons;
	json_t *said = said_in(w, r);
	const char *principal = member_text(said, "principal");
	const json_int_t passkey = json_integer_value(json_object_get(said, "passkey"));
	char secret[SECRET_SIZE];
	char cookie[COOKIE_SIZE];
	struct made o;

	if (said == NULL)
		return;
	if (json_is_true(json_object_get(said, "went_back")) || passkey <= 0) {
		refuse(w, 403, "authenticatorData",
		       "the passkey's count of its signatures went back, as a copy's does: have it "
		       "revoked, and register another one");
	} else if (!signin_begin(&ps->signins, principal, (uint64_t)passkey, persons_now_ms(),
				 secret)) {
		work_refuse(w, 503, 1, "", "no random number is to be had: try again");
	} else {
		o = made_object();
		made_text(&o, "principal", principal);
		cookie_write(w->asked, "sems", secret, 0, cookie);
		answer(w, o, cookie);
	}
	json_decref(said);
}

/* The device names its person, too, where it keeps the name. */
static bool
is_users(const struct proof *p, const char *principal)
{
	unsigned char user[SHA256_SIZE];

	return p->user.n == 0 || (webauthn_user(principal, user) && p->user.n == sizeof user &&
				  memcmp(p->user.s, user, sizeof user) == 0);
}

static const char *
check_signed(const struct work *w, const json_t *said, const struct proof *p, uint32_t *count)
{
	const struct text hex = text_of(member_text(said, "public_key"));
	unsigned char key[KEY_MAX];

	if (hex.n > 2 * sizeof key || !hex_decode(hex, key, hex.n / 2))
		return "semsd's answer makes no sense here";
	if (!is_users(p, member_text(said, "principal")))
		return "the passkey is another person's";
	return webauthn_signed(&p->shown, &w->desk->persons->origin,
			       (struct text){(const char *)key, hex.n / 2}, count);
}

static void
on_known(void *ctx, const struct reply *r)
{
	Sems__V1__PasskeyRequest q = SEMS__V1__PASSKEY_REQUEST__INIT;
	struct work *w = ctx;
	json_t *said = said_in(w, r);
	const char *wrong = form;
	struct proof p;

	if (said == NULL)
		return;
	if (proof_read(w->asked->body, &p))
		wrong = check_signed(w, said, &p, &q.sign_count);
	json_decref(said);
	if (wrong != NULL) {
		refuse(w, 403, "signature", wrong);
		return;
	}
	q.operation = OP(USE);
	q.has_sign_count = 1;
	set_bytes(&q.has_credential_id, &q.credential_id, p.bytes[PROOF_ID], p.id);
	ask(w, &q, on_used);
}

void
passkey_sign_in(void *ctx, struct asked *a)
{
	Sems__V1__PasskeyRequest q = SEMS__V1__PASSKEY_REQUEST__INIT;
	struct work *w = begin(ctx, a);
	struct proof p;

	if (w == NULL || !take_proof(w, &p, "webauthn.get"))
		return;
	q.operation = OP(KNOW);
	set_bytes(&q.has_credential_id, &q.credential_id, p.bytes[PROOF_ID], p.id);
	ask(w, &q, on_known);
}

/* --- to sign a step anew ---------------------------------------------------------------------- */

/* The challenge is for just this: what is posted with it is looked at by assure_check(). */
void
passkey_confirm(void *ctx, struct asked *a)
{
	struct work *w = begin(ctx, a);
	struct person person;
	struct proof p;

	if (w == NULL)
		return;
	person_look(ctx, a, &person);
	if (person.by != BY_PASSKEY)
		refuse(w, 403, "", "nobody is signed in here by a passkey: sign in again");
	else if (!proof_read(a->body, &p) || strlen(p.link) != SECRET_SIZE - 1)
		work_refuse(w, 400, 0, "link", "%s", form);
	else
		answer_challenge(w, p.link, made_object());
}
