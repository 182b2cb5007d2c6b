#include "web/person/assure.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "web/page/markup.h"
#include "web/person/persons.h"
#include "web/person/proof.h"
#include "web/person/visitor.h"

#include <stdio.h>
#include <string.h>

#define OP(name) SEMS__V1__PASSKEY_OPERATION__PASSKEY_OPERATION_##name
#define KEY_MAX  1024

static const char again[] = "Your passkey has not signed this: use the button below once more.";

/* The same for whoever makes the challenge and whoever takes it. */
static bool
digest_about(const char *about, char hex[SECRET_SIZE])
{
	unsigned char digest[SHA256_SIZE];

	if (!sha256(about, strlen(about), digest))
		return false;
	hex_encode(digest, sizeof digest, hex);
	return true;
}

/* --- the form --------------------------------------------------------------------------------- */

void
assure_put(const struct work *w, struct buf *b, const struct assured *what)
{
	static const char *const fields[] = {"id", "clientDataJSON", "authenticatorData",
					     "signature", "userHandle"};
	char about[SECRET_SIZE];

	if (w->way == BY_PASSKEY && digest_about(what->about, about)) {
		buf_addf(b, "<input type=\"hidden\" name=\"about\" value=\"%s\">", about);
		for (size_t i = 0; i < COUNT(fields); i++)
			buf_addf(b, "<input type=\"hidden\" name=\"%s\" value=\"\">", fields[i]);
		html_put(b, "\n<p class=\"hint\" id=\"f-passkey\">Your passkey signs it: your "
			    "device asks for a PIN, a finger or a face.</p>\n");
		return;
	}
	html_put(b, "<div class=\"field\"><label for=\"f-confirm\">To sign this, type what "
		    "follows</label>\n<p class=\"hint\" id=\"h-confirm\">");
	html_text(b, what->typed);
	html_put(b, "</p>\n<input id=\"f-confirm\" name=\"confirm\" type=\"text\" required "
		    "autocomplete=\"off\" spellcheck=\"false\" aria-describedby=\"h-confirm\">"
		    "</div>\n");
}

void
assure_put_script(const struct work *w, struct buf *b)
{
	if (w->way == BY_PASSKEY)
		visitor_put_script(b);
}

/* --- what was posted -------------------------------------------------------------------------- */

struct assurance {
	struct work *w;
	struct proof proof;
	assure_fn *then;
	void *ctx;
};

static void
end(struct assurance *a, const char *wrong)
{
	if (wrong != NULL && rare_may(&a->w->desk->persons->refused, persons_now_ms()))
		log_warn("assertion.refused", KV("address", asked_address(a->w->asked)),
			 KV("who", a->w->principal), KV("why", wrong));
	a->then(a->ctx, wrong == NULL ? "" : "passkey", wrong);
}

static bool
take_proof(const struct form *given, struct proof *p)
{
	return proof_part(form_value(given, "clientDataJSON"), p->bytes[PROOF_CLIENT],
			  &p->shown.client) &&
	       proof_part(form_value(given, "authenticatorData"), p->bytes[PROOF_AUTHDATA],
			  &p->shown.authdata) &&
	       proof_part(form_value(given, "signature"), p->bytes[PROOF_SIGNATURE],
			  &p->shown.signature) &&
	       proof_part(form_value(given, "userHandle"), p->bytes[PROOF_USER], &p->user) &&
	       proof_part(form_value(given, "id"), p->bytes[PROOF_ID], &p->id) && p->id.n > 0;
}

static void
ask(struct assurance *a, Sems__V1__PasskeyRequest *q, reply_fn *fn)
{
	Sems__V1__Request r = SEMS__V1__REQUEST__INIT;
	struct work *w = a->w;
	struct line *l;

	q->has_operation = q->has_credential_id = 1;
	q->credential_id = (ProtobufCBinaryData){a->proof.id.n, a->proof.bytes[PROOF_ID]};
	r.body_case = SEMS__V1__REQUEST__BODY_PASSKEY;
	r.passkey = q;
	l = upstream_ask(w->desk->upstream, "", &r, fn, a);
	/* NULL: it was answered already. */
	if (l != NULL)
		w->line = l;
}

/* NULL: what is wrong. */
static json_t *
said_in(struct assurance *a, const struct reply *r)
{
	json_t *said = NULL;

	a->w->line = NULL;
	if (r->kind == REPLY_DOCUMENT)
		said = json_loadb(r->bytes.s, r->bytes.n, 0, NULL);
	if (said == NULL)
		end(a, r->kind == REPLY_DOCUMENT || r->text[0] == '\0'
			   ? "semsd's answer makes no sense here: try again"
			   : r->text);
	return said;
}

static void
on_used(void *ctx, const struct reply *r)
{
	struct assurance *a = ctx;
	json_t *said = said_in(a, r);
	bool went_back = json_is_true(json_object_get(said, "went_back"));

	if (said == NULL)
		return;
	json_decref(said);
	end(a, went_back
		   ? "the passkey's count of its signatures went back, as a copy's does: have "
		     "it revoked, and register another one"
		   : NULL);
}

/* Another person's passkey signs nothing for who is signed in here. */
static const char *
check_signed(struct assurance *a, const json_t *said, uint32_t *count)
{
	const struct text hex = text_of(member_text(said, "public_key"));
	unsigned char key[KEY_MAX];

	if (strcmp(member_text(said, "principal"), a->w->principal) != 0)
		return "the passkey is another person's than who is signed in";
	if (hex.n > 2 * sizeof key || !hex_decode(hex, key, hex.n / 2))
		return "semsd's answer makes no sense here: try again";
	return webauthn_signed(&a->proof.shown, &a->w->desk->persons->origin,
			       (struct text){(const char *)key, hex.n / 2}, count);
}

static void
on_known(void *ctx, const struct reply *r)
{
	Sems__V1__PasskeyRequest q = SEMS__V1__PASSKEY_REQUEST__INIT;
	struct assurance *a = ctx;
	json_t *said = said_in(a, r);
	const char *wrong;

	if (said == NULL)
		return;
	wrong = check_signed(a, said, &q.sign_count);
	json_decref(said);
	if (wrong != NULL) {
		end(a, wrong);
		return;
	}
	q.operation = OP(USE);
	q.has_sign_count = 1;
	ask(a, &q, on_used);
}

static void
check_passkey(struct assurance *a, const struct form *given, const char *about)
{
	Sems__V1__PasskeyRequest q = SEMS__V1__PASSKEY_REQUEST__INIT;
	struct persons *ps = a->w->desk->persons;
	unsigned char challenge[CHALLENGE_SIZE];
	char hex[SECRET_SIZE];
	char secret[SECRET_SIZE];
	const char *wrong;

	cookie_take(a->w->asked, "sems-try", secret);
	if (!take_proof(given, &a->proof) || !digest_about(about, hex) ||
	    !challenge_take(&ps->challenges, hex, secret, persons_now_ms(), challenge)) {
		end(a, again);
		return;
	}
	wrong = webauthn_client(&a->proof.shown, "webauthn.get", challenge, &ps->origin);
	if (wrong != NULL) {
		end(a, wrong);
		return;
	}
	q.operation = OP(KNOW);
	ask(a, &q, on_known);
}

void
assure_check(struct work *w, const struct form *given, const struct assured *what, struct arena *a,
	     assure_fn *then, void *ctx)
{
	struct assurance *s;

	if (w->way != BY_PASSKEY) {
		bool is_typed = strcmp(form_value(given, "confirm"), what->typed) == 0;

		then(ctx, is_typed ? "" : "confirm",
		     is_typed ? NULL
			      : "What you typed is not what is signed: type it as it stands.");
		return;
	}
	s = arena_zalloc(a, 1, sizeof *s);
	if (s == NULL) {
		then(ctx, "", "Memory is out: try again.");
		return;
	}
	*s = (struct assurance){.w = w, .then = then, .ctx = ctx};
	check_passkey(s, given, what->about);
}
