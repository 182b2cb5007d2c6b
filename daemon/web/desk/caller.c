#include "web/desk/caller.h"

#include "base/count.h"
#include "base/digest.h"
#include "base/json/jsonin.h"
#include "web/desk/known.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define TOKEN_SIZE  64 /* hexadecimal digits */
#define CLOCK_MS    (INT64_C(5) * 60 * 1000)
#define TOKEN_NAMED "token "

static int64_t
clock_ms(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Worth a line, and not one for each of many. */
static void
refuse(struct work *w, const char *why)
{
	struct rare *rare = &w->desk->refused;

	if (rare_may(rare, clock_ms(CLOCK_MONOTONIC)))
		log_warn("caller.refused", KV("address", asked_address(w->asked)),
			 KV("shown", w->is_signed ? w->by.key_id : ""),
			 KVI("others_before", rare->unsaid), KV("why", why));
	work_refuse(w, 401, 0, "Authorization", "%s", why);
}

static void
go_on(struct work *w, const char *principal)
{
	snprintf(w->principal, sizeof w->principal, "%s", principal);
	w->known(w);
}

static void
ignore(void *ctx, const struct reply *r)
{
	(void)ctx;
	(void)r;
}

static struct line *
ask_whose(struct work *w, bool seen, reply_fn *fn, void *ctx)
{
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	Sems__V1__DeviceRequest d = SEMS__V1__DEVICE_REQUEST__INIT;
	unsigned char digest[SHA256_SIZE];
	const size_t before = sizeof TOKEN_NAMED - 1;

	d.has_operation = d.has_seen = 1;
	d.operation = SEMS__V1__DEVICE_OPERATION__DEVICE_OPERATION_KNOW;
	d.seen = seen;
	if (w->is_signed) {
		d.key_id = w->shown;
	} else if (hex_decode(text_of(w->shown + before), digest, sizeof digest)) {
		d.has_token_sha256 = 1;
		d.token_sha256 = (ProtobufCBinaryData){sizeof digest, digest};
	}
	q.body_case = SEMS__V1__REQUEST__BODY_DEVICE;
	q.device = &d;
	return upstream_ask(w->desk->upstream, "", &q, fn, ctx);
}

/* A token is proof by itself; a key is when it signed this. */
static void
check(struct work *w, struct known *k)
{
	if (!w->is_signed) {
		go_on(w, k->principal);
		return;
	}
	if (!signature_is_of(k->point, &w->by, asked_method(w->asked), asked_path(w->asked),
			     w->asked->body)) {
		refuse(w, "the signature is not of this request by this key: sign what is sent");
		return;
	}
	if (!k->is_noted)
		ask_whose(w, true, ignore, NULL);
	k->is_noted = true;
	go_on(w, k->principal);
}

static void
on_whose(void *ctx, const struct reply *r)
{
	struct work *w = ctx;
	unsigned char point[POINT_SIZE];
	struct known *k = NULL;
	json_t *said;
	bool has_key;

	w->line = NULL;
	if (r->kind == REPLY_FAILED &&
	    r->code == SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_NOT_FOUND) {
		refuse(w, "nobody is known by this, or not any more: get another code and enrol");
		return;
	}
	if (r->kind != REPLY_DOCUMENT) {
		work_refuse_reply(w, r);
		return;
	}
	said = json_loadb(r->bytes.s, r->bytes.n, 0, NULL);
	has_key = hex_decode(text_of(member_text(said, "public_key")), point, sizeof point);
	if (said != NULL && has_key == w->is_signed && member_text(said, "principal")[0] != '\0')
		k = known_keep(&w->desk->known, w->shown, member_text(said, "principal"),
			       has_key ? point : NULL, clock_ms(CLOCK_MONOTONIC));
	json_decref(said);
	if (k != NULL)
		check(w, k);
	else
		work_refuse(w, 503, 1, "", "semsd's answer makes no sense here: try again");
}

/* Where it was shown a moment ago nobody is asked. */
static void
know(struct work *w)
{
	struct known *k = known_find(&w->desk->known, w->shown, clock_ms(CLOCK_MONOTONIC));
	struct line *l;

	if (k != NULL) {
		check(w, k);
		return;
	}
	l = ask_whose(w, !w->is_signed, on_whose, w);
	if (l != NULL)
		w->line = l;
}

static void
know_token(struct work *w, const char *token)
{
	unsigned char digest[SHA256_SIZE];

	if (strlen(token) != TOKEN_SIZE || !sha256(token, TOKEN_SIZE, digest)) {
		refuse(w, "the token is none: it has 64 hexadecimal digits");
		return;
	}
	memcpy(w->shown, TOKEN_NAMED, sizeof TOKEN_NAMED);
	hex_encode(digest, sizeof digest, w->shown + sizeof TOKEN_NAMED - 1);
	know(w);
}

static void
know_key(struct work *w, const char *given)
{
	char why[160];
	int64_t late;

	if (!signature_read(given, &w->by)) {
		refuse(w, "is not: SEMS keyId=..., time=..., signature=...");
		return;
	}
	w->is_signed = true;
	late = clock_ms(CLOCK_REALTIME) - w->by.time_ms;
	if (late > CLOCK_MS || late < -CLOCK_MS) {
		text_print(why, sizeof why,
			   "the time is %" PRId64 " s from ours, and 300 are the most: set the "
			   "clock, or go by the Date of this answer",
			   late / 1000);
		refuse(w, why);
		return;
	}
	snprintf(w->shown, sizeof w->shown, "%s", w->by.key_id);
	know(w);
}

void
caller_know(struct work *w)
{
	static const struct {
		const char *scheme;
		void (*know)(struct work *w, const char *given);
	} schemes[] = {{"Bearer ", know_token}, {"SEMS ", know_key}};
	const char *given = asked_header(w->asked, "Authorization");

	for (size_t i = 0; i < COUNT(schemes); i++) {
		size_t n = strlen(schemes[i].scheme);

		if (strncasecmp(given, schemes[i].scheme, n) != 0)
			continue;
		schemes[i].know(w, given + n);
		return;
	}
	/* Who comes through a proxy comes from anywhere. */
	if (given[0] == '\0' && w->desk->anyone[0] != '\0' && !asked_is_proxied(w->asked))
		go_on(w, w->desk->anyone);
	else
		refuse(w, "say who it is: Authorization with the token of an enrolled device, or "
			  "with a signature by its key");
}
