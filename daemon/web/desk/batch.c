#include "web/desk/batch.h"

#include "base/count.h"
#include "base/json/jsonout.h"
#include "web/desk/caller.h"
#include "web/desk/work.h"
#include "web/json/json_in.h"
#include "web/json/json_out.h"
#include "wire/frame.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define RESULT_MAX ((size_t)16 * 1024 * 1024)

static const char type_protobuf[] = "application/x-protobuf";
static const char type_json[] = "application/json";

/* --- what semsd answers ----------------------------------------------------------------------- */

/* The longest that any record has to wait for; 0: each has its verdict for good. */
static unsigned
seconds_to_wait(const Sems__V1__Result *r)
{
	uint32_t ms = 0;
	bool any = false;

	for (size_t i = 0; i < r->n_verdicts; i++) {
		const Sems__V1__VerdictRun *run = r->verdicts[i];

		if (run->code != SEMS__V1__VERDICT_CODE__VERDICT_CODE_RETRY)
			continue;
		any = true;
		ms = run->retry_after_ms > ms ? run->retry_after_ms : ms;
	}
	return any && ms == 0 ? 1 : work_seconds(ms);
}

static void
answer_json(struct work *w, const Sems__V1__Result *r, unsigned wait)
{
	json_t *json = json_of_message(&r->base);
	struct buf body;

	buf_init(&body, RESULT_MAX);
	if (json != NULL && made_canonical(json, &body) && buf_add(&body, "\n", 1))
		work_answer(w, &(struct answer){.status = wait == 0 ? 200 : 503,
						.type = type_json,
						.body = {(const char *)body.p, body.n},
						.retry_after_s = wait});
	else
		work_refuse(w, 503, 1, "", "out of memory for the answer: send it again");
	json_decref(json);
	buf_fini(&body);
}

static void
on_reply(void *ctx, const struct reply *reply)
{
	struct work *w = ctx;
	Sems__V1__Result *r = NULL;
	unsigned wait;

	w->line = NULL;
	if (reply->kind != REPLY_RESULT) {
		work_refuse_reply(w, reply);
		return;
	}
	r = sems__v1__result__unpack(NULL, reply->bytes.n, (const uint8_t *)reply->bytes.s);
	if (r == NULL) {
		work_refuse(w, 503, 1, "", "out of memory for the answer: send it again");
		return;
	}
	wait = seconds_to_wait(r);
	if (w->is_json)
		answer_json(w, r, wait);
	else
		work_answer(w, &(struct answer){.status = wait == 0 ? 200 : 503,
						.type = type_protobuf,
						.body = reply->bytes,
						.retry_after_s = wait});
	sems__v1__result__free_unpacked(r, NULL);
}

/* --- what comes ------------------------------------------------------------------------------- */

static void
send_on(struct work *w, struct text batch)
{
	struct line *l = upstream_batch(w->desk->upstream, w->principal, batch, on_reply, w);

	/* NULL: it was answered, and is no more. */
	if (l != NULL)
		w->line = l;
}

static void
refuse_json(struct work *w, enum code code, const struct json_fault *why)
{
	static const struct {
		enum code code;
		int status;
	} rows[] = {{REJ_MALFORMED, 400}, {REJ_FIELD, 400}, {REJ_LIMIT, 413}, {TRY_LIMIT, 413}};
	int status = 500;

	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].code == code)
			status = rows[i].status;
	work_refuse(w, status, 0, why->path, "%s%s%s; nothing of it was taken", why->path,
		    why->path[0] == '\0' ? "" : " ", why->text);
}

static void
send_json(struct work *w)
{
	struct json_fault why;
	struct buf batch;
	enum code code;

	buf_init(&batch, FRAME_BYTES_MAX);
	code = json_to_message(w->asked->body, &sems__v1__batch__descriptor, BATCH_RECORDS_MAX,
			       &batch, &why);
	if (code == OK)
		send_on(w, (struct text){(const char *)batch.p, batch.n});
	else
		refuse_json(w, code, &why);
	buf_fini(&batch);
}

static void
send_batch(struct work *w)
{
	if (w->is_json)
		send_json(w);
	else
		send_on(w, w->asked->body);
}

/* Without its parameters: "application/json; charset=utf-8" is JSON. */
static bool
is_type(const char *given, const char *type)
{
	size_t n = strlen(type);

	return strncasecmp(given, type, n) == 0 &&
	       (given[n] == '\0' || given[n] == ';' || given[n] == ' ');
}

void
batch_take(void *ctx, struct asked *a)
{
	const char *type = asked_header(a, "Content-Type");
	bool is_json = is_type(type, type_json);
	struct work *w;

	if (!is_json && !is_type(type, type_protobuf)) {
		answer_refuse(a, 415, 0, "Content-Type", "send a Batch as %s or as %s",
			      type_protobuf, type_json);
		return;
	}
	w = work_new(ctx, a, send_batch);
	if (w == NULL)
		return;
	w->is_json = is_json;
	caller_know(w);
}
