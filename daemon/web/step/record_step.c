#include "web/step/record_step.h"

#include "base/json/jsonin.h"
#include "web/read/evidence.h"
#include "web/step/sending.h"
#include "web/step/step.h"

#define DIGITS      8 /* of a record's id, that are typed */
#define REASON_MOST 500

static const struct life_word reason_of_decision = {
    .name = "reason", .type = WORD_TEXT, .max = REASON_MOST, .help = "why; it is kept"};

/* --- corrections and voids -------------------------------------------------------------------- */

static bool
what_is_signed(const struct showing *s, const char *decision, struct assured *out)
{
	out->typed = arena_printf(s->arena, "%.*s", DIGITS, s->part[0]);
	out->about = arena_printf(s->arena, "%s\n%s\n%s", s->path, decision, s->part[0]);
	return out->typed != NULL && out->about != NULL;
}

/* Of each decision its own form: what is signed is just that. */
static void
put_decision(struct showing *s, struct buf *b, const char *decision, const char *button, bool warns)
{
	struct assured what;

	if (!what_is_signed(s, decision, &what))
		return;
	html_line(b, "h2", button);
	step_begin(s, b);
	step_hidden(b, "decision", decision);
	assure_put(s->work, b, &what);
	step_end(b, button, warns);
}

void
decide_print(struct showing *s, struct buf *b)
{
	const json_t *one = pending_one(s);

	if (one == NULL) {
		s->status = 404;
		html_put(b, "<p class=\"bad\">It does not wait for anybody any more.</p>\n");
		return;
	}
	pending_put(b, one);
	if (!view_may(s, RIGHT_CONFIRM) || strcmp(member_text(one, "made_by"), s->principal) == 0) {
		html_put(b, "<p class=\"unsure\">Somebody else decides about it.</p>\n");
		return;
	}
	put_decision(s, b, "CONFIRMED", "Confirm it", false);
	put_decision(s, b, "DECLINED", "Decline it", true);
	assure_put_script(s->work, b);
}

static void
on_verdict(void *ctx, const struct reply *r)
{
	struct showing *s = ctx;

	if (sending_is_taken(s, r))
		view_done(s, "/pending");
}

static void
send_decision(struct showing *s, const json_t *one)
{
	bool declines = strcmp(form_value(&s->given, "decision"), "DECLINED") == 0;
	struct sending to;

	sending_begin(&to);
	if (!sending_add_confirmation(&to, one, declines)) {
		sending_drop(&to);
		view_again(s, 503, "", "Memory is out: try again.");
		return;
	}
	sending_send(&to, s, on_verdict);
}

/* What waits is asked for once more: its source goes with the decision. */
static void
on_pending(void *ctx, const struct reply *r)
{
	struct showing *s = ctx;
	const json_t *one;

	s->work->line = NULL;
	if (r->kind == REPLY_DOCUMENT)
		s->said[0].json = json_loadb(r->bytes.s, r->bytes.n, 0, NULL);
	one = pending_one(s);
	if (r->kind != REPLY_DOCUMENT)
		view_refused(s, r);
	else if (one == NULL)
		view_again(s, 409, "", "It does not wait for anybody any more.");
	else
		send_decision(s, one);
}

static void
on_assured(void *ctx, const char *field, const char *wrong)
{
	struct showing *s = ctx;
	struct question *q = arena_zalloc(s->arena, 1, sizeof *q);

	if (wrong != NULL || q == NULL) {
		view_again(s, 403, field, "%s",
			   wrong == NULL ? "Memory is out: try again." : wrong);
		return;
	}
	sems__v1__request__init(&q->q);
	pending_ask(s, q, 0);
	view_ask(s, q, on_pending);
}

void
decide_act(struct showing *s)
{
	struct assured what;

	if (what_is_signed(s, form_value(&s->given, "decision"), &what))
		assure_check(s->work, &s->given, &what, s->arena, on_assured, s);
	else
		view_again(s, 503, "", "Memory is out: try again.");
}

/* --- what was refused ------------------------------------------------------------------------- */

void
refused_step_print(struct showing *s, struct buf *b)
{
	refused_print(s, b);
	if (!view_may(s, RIGHT_DISCARD_QUARANTINE) ||
	    strcmp(member_text(s->said[0].json, "state"), "OPEN") != 0)
		return;
	html_put(b, "<h2>Try it again</h2>\n<p>Once the cause is mended, by the rights of who sent "
		    "it.</p>\n");
	step_begin(s, b);
	step_hidden(b, "do", "requeue");
	step_end(b, "Try it again", false);
	html_put(b, "<h2>Discard it</h2>\n<p>Nobody tries it any more; by whom and why is kept.</p>"
		    "\n");
	step_begin(s, b);
	step_hidden(b, "do", "discard");
	step_word(s, b, &reason_of_decision, true);
	step_end(b, "Discard it", true);
}

static void
on_requeued(void *ctx, const struct reply *r)
{
	struct showing *s = ctx;
	const json_t *one;
	json_t *said;

	if (r->kind != REPLY_DOCUMENT) {
		view_refused(s, r);
		return;
	}
	s->work->line = NULL;
	said = json_loadb(r->bytes.s, r->bytes.n, 0, NULL);
	one = json_array_get(json_object_get(said, "records"), 0);
	if (json_integer_value(json_object_get(said, "requeued")) > 0 ||
	    json_integer_value(json_object_get(said, "discarded")) > 0)
		view_done(s, "/quarantine");
	else
		view_again(s, 409, "", "It was refused once more: %s %s", member_text(one, "field"),
			   member_text(one, "message"));
	json_decref(said);
}

void
refused_step_act(struct showing *s)
{
	struct question *q = arena_zalloc(s->arena, 1, sizeof *q);
	bool discards = strcmp(form_value(&s->given, "do"), "discard") == 0;

	if (q == NULL) {
		view_again(s, 503, "", "Memory is out: try again.");
		return;
	}
	if (discards && form_maybe(&s->given, "reason") == NULL) {
		view_again(s, 400, "reason", "Say why it is discarded.");
		return;
	}
	sems__v1__request__init(&q->q);
	quarantine_ask(s, q, 1);
	q->of.quarantine.operation =
	    discards ? SEMS__V1__QUARANTINE_OPERATION__QUARANTINE_OPERATION_DISCARD
		     : SEMS__V1__QUARANTINE_OPERATION__QUARANTINE_OPERATION_REQUEUE;
	q->of.quarantine.reason = discards ? form_maybe(&s->given, "reason") : NULL;
	/* Nought is all of them. */
	if (q->of.quarantine.quarantine_id == 0)
		view_again(s, 404, "", "That is no record's number.");
	else
		view_ask(s, q, on_requeued);
}

/* --- all of them ------------------------------------------------------------------------------ */

void
requeue_print(struct showing *s, struct buf *b)
{
	const char *source = step_value(s, "source");

	quarantine_print(s, b);
	if (!view_may(s, RIGHT_DISCARD_QUARANTINE) ||
	    json_integer_value(json_object_get(s->said[0].json, "open")) == 0)
		return;
	html_put(b, "<h2>Try them again</h2>\n<p>Once the cause is mended: ");
	html_text(b, source[0] == '\0' ? "all of them" : "those of the source ");
	html_text(b, source);
	html_put(b, ", each by the rights of who sent it. What is refused again stays.</p>\n");
	step_begin(s, b);
	step_hidden(b, "source", source);
	step_end(b, "Try them again", false);
}

/* How it went is what the list says then. */
static void
on_all_requeued(void *ctx, const struct reply *r)
{
	struct showing *s = ctx;

	if (r->kind == REPLY_DOCUMENT)
		view_done(s, "/quarantine");
	else
		view_refused(s, r);
}

void
requeue_act(struct showing *s)
{
	struct question *q = arena_zalloc(s->arena, 1, sizeof *q);

	if (q == NULL) {
		view_again(s, 503, "", "Memory is out: try again.");
		return;
	}
	sems__v1__request__init(&q->q);
	sems__v1__quarantine_request__init(&q->of.quarantine);
	q->q.body_case = SEMS__V1__REQUEST__BODY_QUARANTINE;
	q->q.quarantine = &q->of.quarantine;
	q->of.quarantine.has_operation = 1;
	q->of.quarantine.operation = SEMS__V1__QUARANTINE_OPERATION__QUARANTINE_OPERATION_REQUEUE;
	q->of.quarantine.source = form_maybe(&s->given, "source");
	view_ask(s, q, on_all_requeued);
}
