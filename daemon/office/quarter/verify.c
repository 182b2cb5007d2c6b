/*
 * What proves a frozen revision: verifying it against the records, the signatures that leave the
 * house with it, and the keys that make them.
 */
#include "base/count.h"
#include "base/file/embed.h"
#include "base/json/jsonin.h"
#include "base/log.h"
#include "core/time/calendar.h"
#include "host/keyring.h"
#include "office/call.h"
#include "store/proof/proof_check.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define FINDINGS_DEFAULT 1000
#define FINDINGS_MAX     100000
#define REVISION_MAX     1000000
#define MANIFEST_MAX     ((size_t)64 * 1024)

/* What VERIFY and SIGN begin with; in the call's arena. */
struct named {
	char quarter[QUARTER_TEXT_SIZE];
	char revision[16];
};

/* False: the call has been answered. */
static bool
read_named(struct call *c, const char *quarter, uint32_t revision, struct named *n)
{
	struct quarter q;

	if (quarter == NULL || !quarter_parse(text_of(quarter), &q)) {
		call_fail(c, ANSWER_INVALID, "quarter", "name a quarter such as 2026-Q2");
		return false;
	}
	if (revision > REVISION_MAX) {
		call_fail(c, ANSWER_INVALID, "revision", "there are not so many");
		return false;
	}
	quarter_format(q, n->quarter);
	snprintf(n->revision, sizeof n->revision, "%" PRIu32, revision);
	return true;
}

/* --- verifying -------------------------------------------------------------------------------- */

struct verifying {
	struct named named;
	char limit[16];
	struct proof_check check;
};

static void
on_checked(struct proof_check *check, const struct err *e)
{
	struct call *c = check->ctx;
	json_t *report = json_incref(check->report);
	struct err why = *e;
	bool sound = check->sound;

	/* The answer ends the call, and with it the memory that holds the check. */
	proof_check_fini(check);
	if (why.code != OK) {
		json_decref(report);
		call_fail_err(c, &why);
		return;
	}
	log_info("spd.verify", KV("quarter", ((struct verifying *)c->state)->named.quarter),
		 KV("by", c->who.principal.s), KV("sound", sound ? "yes" : "no"));
	call_reply_json(c, report);
}

void
admin_verify(struct call *c)
{
	const struct verify_request *r = c->request.verify;
	struct verifying *v = arena_zalloc(c->arena, 1, sizeof *v);
	uint32_t limit = r->limit > 0 ? r->limit : FINDINGS_DEFAULT;

	if (v == NULL) {
		call_fail_memory(c);
		return;
	}
	c->state = v;
	if (!read_named(c, r->quarter, r->revision, &v->named))
		return;
	snprintf(v->limit, sizeof v->limit, "%" PRIu32,
		 limit < FINDINGS_MAX ? limit : FINDINGS_MAX);
	v->check = (struct proof_check){.lanes = store_lanes(call_store(c)),
					.keys = store_keys(call_store(c)),
					.ticket = call_ticket(c, LANE_LONG),
					.quarter = v->named.quarter,
					.revision = v->named.revision,
					.limit = v->limit,
					.may_see = call_may_know_covert(c),
					.done = on_checked,
					.ctx = c};
	proof_check_start(&v->check);
}

/* --- signing what is exported ----------------------------------------------------------------- */

struct signing {
	struct named named;
	bool asked;
	bool found;
	int64_t revision;
	char sha256[2 * SHA256_SIZE + 1];
	char signature[2 * SIGN_SIZE + 1];
	char key_id[SIGN_ID_SIZE];
	char state[16];
};

static bool
sign_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct signing *s = c->state;

	(void)e;
	if (s->asked)
		return false;
	s->asked = true;
	*st = (struct statement){embed_text("sql/queries/proof/proof_revision.sql"),
				 2,
				 {s->named.quarter, s->named.revision}};
	return true;
}

static void
sign_rows(struct job *j, const struct rows *rows)
{
	struct call *c = j->ctx;
	struct signing *s = c->state;

	if (rows_count(rows) != 1 || rows_text(rows, 0, 6) == NULL)
		return;
	s->found = true;
	s->revision = rows_int(rows, 0, 0);
	snprintf(s->sha256, sizeof s->sha256, "%s", rows_text(rows, 0, 2));
	snprintf(s->signature, sizeof s->signature, "%s", rows_text(rows, 0, 6));
	snprintf(s->key_id, sizeof s->key_id, "%s", rows_text(rows, 0, 7));
	snprintf(s->state, sizeof s->state, "%s",
		 rows_text(rows, 0, 10) == NULL ? "DRAFT" : rows_text(rows, 0, 10));
}

static bool
member_is(const json_t *o, const char *name, const char *want)
{
	const char *have = member_maybe(o, name);

	return have != NULL && strcmp(have, want) == 0;
}

/* NULL: it may be signed, else the member that is not this revision's. */
static const char *
wrong_member(const struct signing *s, const char *newest, const json_t *m)
{
	const json_t *document = json_object_get(m, "document");

	const struct {
		const json_t *of;
		const char *name;
		const char *want;
	} texts[] = {
	    {m, "format", "sems-bundle/1"},  {m, "quarter", s->named.quarter},
	    {m, "state", s->state},          {m, "signed_by", newest},
	    {document, "sha256", s->sha256}, {document, "signature", s->signature},
	    {document, "key_id", s->key_id},
	};

	for (size_t i = 0; i < COUNT(texts); i++)
		if (!member_is(texts[i].of, texts[i].name, texts[i].want))
			return texts[i].name;
	if (json_integer_value(json_object_get(m, "revision")) != s->revision)
		return "revision";
	return json_is_array(json_object_get(m, "files")) ? NULL : "files";
}

/* Adds the manifest's signature; false: the call has been answered. */
static bool
sign_manifest(struct call *c, json_t *answer)
{
	const struct signing *s = c->state;
	const struct sign_request *r = c->request.sign;
	unsigned char signature[SIGN_SIZE];
	char hex[2 * SIGN_SIZE + 1];
	char digest[2 * SHA256_SIZE + 1];
	unsigned char sum[SHA256_SIZE];
	const struct signer *by;
	const struct signer *list;
	size_t n = keyring_signers(call_keys(c), &list);
	json_t *m = json_loadb(r->manifest.s, r->manifest.n, 0, NULL);
	const char *wrong = wrong_member(s, n == 0 ? "" : list[n - 1].id, m);
	struct err e;

	json_decref(m);
	if (wrong != NULL) {
		call_fail(c, ANSWER_INVALID, "manifest",
			  "its %s is not what this revision has: see PROOF.md", wrong);
		return false;
	}
	if (keyring_sign(call_keys(c), r->manifest.s, r->manifest.n, signature, &by, &e) != OK ||
	    !sha256(r->manifest.s, r->manifest.n, sum)) {
		call_fail_err(c, &e);
		return false;
	}
	hex_encode(signature, sizeof signature, hex);
	hex_encode(sum, sizeof sum, digest);
	json_object_set_new(answer, "manifest_signature", json_string(hex));
	log_info("spd.export", KV("quarter", s->named.quarter), KVI("revision", s->revision),
		 KV("by", c->who.principal.s), KV("manifest", digest), KV("key", by->id));
	return true;
}

static void
sign_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	const struct signing *s = c->state;
	const char *newest;
	json_t *keys;
	json_t *answer;

	if (e->code != OK) {
		call_fail_err(c, e);
		return;
	}
	if (!s->found) {
		struct err why;

		err_set(&why, REJ_NOT_FOUND, "revision",
			"%s has no such revision with a proof; spd.list names those it has",
			s->named.quarter);
		action_offer(
		    &why, &(struct todo){.action = ACTION_SPD_LIST, .quarter = s->named.quarter});
		call_fail_err(c, &why);
		return;
	}
	keys = call_keys_json(c, &newest);
	answer = json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:o, s:s}", "quarter", s->named.quarter,
			   "revision", (json_int_t)s->revision, "state", s->state, "sha256",
			   s->sha256, "signature", s->signature, "key_id", s->key_id, "keys", keys,
			   "signs", newest);
	if (c->request.sign->manifest.s != NULL && !sign_manifest(c, answer)) {
		json_decref(answer);
		return;
	}
	call_reply_json(c, answer);
}

void
admin_sign(struct call *c)
{
	const struct sign_request *r = c->request.sign;
	struct signing *s = arena_zalloc(c->arena, 1, sizeof *s);

	if (s == NULL) {
		call_fail_memory(c);
		return;
	}
	c->state = s;
	if (r->manifest.n > MANIFEST_MAX) {
		call_fail(c, ANSWER_INVALID, "manifest", "is larger than %zu bytes", MANIFEST_MAX);
		return;
	}
	if (!read_named(c, r->quarter, r->revision, &s->named))
		return;
	c->job = (struct job){
	    .role = DB_COMPUTE, .next = sign_next, .rows = sign_rows, .done = sign_done, .ctx = c};
	call_run(c, LANE_SHORT);
}
