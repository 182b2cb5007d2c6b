#include "web/desk/enrol.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/json/jsonout.h"
#include "web/desk/signature.h"
#include "web/desk/work.h"
#include "web/json/base64.h"

#include <stdio.h>
#include <string.h>

#define ANSWER_SIZE 1024
#define HALF        (POINT_SIZE / 2)

/* --- the answer ------------------------------------------------------------------------------- */

static void
answer(struct work *w, const json_t *said)
{
	static const char *const members[][2] = {
	    {"principal", "principal"}, {"key_id", "keyId"}, {"token", "token"}};
	struct made o = made_object();
	struct buf body;
	json_t *json;

	for (size_t i = 0; i < COUNT(members); i++)
		if (member_maybe(said, members[i][0]) != NULL)
			made_text(&o, members[i][1], member_text(said, members[i][0]));
	json = made_take(o);
	buf_init(&body, ANSWER_SIZE);
	if (json != NULL && made_canonical(json, &body) && buf_add(&body, "\n", 1))
		work_answer(w, &(struct answer){.status = 200,
						.type = "application/json",
						.body = {(const char *)body.p, body.n}});
	else
		work_refuse(w, 503, 0, "",
			    "out of memory for the answer, and the code is used: get another one");
	json_decref(json);
	buf_fini(&body);
}

static void
on_reply(void *ctx, const struct reply *r)
{
	struct work *w = ctx;
	json_t *said;

	w->line = NULL;
	if (r->kind == REPLY_FAILED &&
	    r->code == SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_NOT_FOUND) {
		work_refuse(w, 403, 0, "code", "%s", r->text);
		return;
	}
	if (r->kind != REPLY_DOCUMENT) {
		work_refuse_reply(w, r);
		return;
	}
	said = json_loadb(r->bytes.s, r->bytes.n, 0, NULL);
	answer(w, said);
	json_decref(said);
}

/* --- what comes ------------------------------------------------------------------------------- */

static bool
take_half(const json_t *jwk, const char *name, unsigned char *out)
{
	struct text t = text_of(member_text(jwk, name));
	unsigned char bytes[2 * HALF];
	size_t n = 0;

	if (t.n > sizeof bytes || !base64_decode(t, bytes, &n) || n != HALF)
		return false;
	memcpy(out, bytes, n);
	return true;
}

static bool
take_point(const json_t *jwk, unsigned char point[POINT_SIZE])
{
	point[0] = 4;
	return strcmp(member_text(jwk, "kty"), "EC") == 0 &&
	       strcmp(member_text(jwk, "crv"), "P-256") == 0 && take_half(jwk, "x", point + 1) &&
	       take_half(jwk, "y", point + 1 + HALF) && signature_is_point(point);
}

static void
ask(struct work *w, const char *code, const unsigned char *point)
{
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	Sems__V1__DeviceRequest d = SEMS__V1__DEVICE_REQUEST__INIT;
	unsigned char key[POINT_SIZE];
	char typed[64];
	struct line *l;

	snprintf(typed, sizeof typed, "%s", code);
	d.has_operation = 1;
	d.operation = SEMS__V1__DEVICE_OPERATION__DEVICE_OPERATION_ENROL;
	d.code = typed;
	if (point != NULL) {
		memcpy(key, point, sizeof key);
		d.has_public_key = 1;
		d.public_key = (ProtobufCBinaryData){sizeof key, key};
	}
	q.body_case = SEMS__V1__REQUEST__BODY_DEVICE;
	q.device = &d;
	l = upstream_ask(w->desk->upstream, "", &q, on_reply, w);
	if (l != NULL)
		w->line = l;
}

static void
take(struct work *w, const json_t *said)
{
	const json_t *jwk = json_object_get(said, "publicKey");
	const char *code = member_text(said, "code");
	unsigned char point[POINT_SIZE];

	if (said == NULL || code[0] == '\0')
		work_refuse(w, 400, 0, "code",
			    "send the code as JSON: {\"code\":\"XXXX-XXXX-XXXX\"}, and with it the "
			    "publicKey of the device, where it has a key");
	else if (jwk != NULL && !take_point(jwk, point))
		work_refuse(w, 400, 0, "publicKey",
			    "is no public key: send kty EC, crv P-256, x and y as a JWK has them");
	else
		ask(w, code, jwk == NULL ? NULL : point);
}

void
enrol_take(void *ctx, struct asked *a)
{
	static const char type[] = "application/json";
	struct work *w;
	json_t *said;

	if (strncmp(asked_header(a, "Content-Type"), type, sizeof type - 1) != 0) {
		answer_refuse(a, 415, 0, "Content-Type", "send the code as %s", type);
		return;
	}
	w = work_new(ctx, a, NULL);
	if (w == NULL)
		return;
	said = json_loadb(a->body.s, a->body.n, JSON_REJECT_DUPLICATES, NULL);
	take(w, said);
	json_decref(said);
}
