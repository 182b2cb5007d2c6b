#include "web/step/void_step.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "web/page/rows.h"
#include "web/read/evidence.h"
#include "web/read/record.h"
#include "web/step/sending.h"
#include "web/step/step.h"

#define REASON_MOST 500
#define DIGITS      8 /* of an id, that are typed */

static const struct life_word why = {
    .name = "reason", .type = WORD_TEXT, .max = REASON_MOST, .help = "why; it is kept"};

/* The path's part, of which the beginning is typed. */
static bool
what_is_signed(const struct showing *s, struct assured *out)
{
	out->typed = arena_printf(s->arena, "%.*s", DIGITS, s->part[0]);
	out->about = arena_printf(s->arena, "%s", s->path);
	return out->typed != NULL && out->about != NULL;
}

static void
put_form(struct showing *s, struct buf *b, const char *button)
{
	struct assured what;

	if (!what_is_signed(s, &what))
		return;
	step_begin(s, b);
	step_hidden(b, "kind", step_value(s, "kind"));
	step_hidden(b, "source", step_value(s, "source"));
	step_word(s, b, &why, true);
	assure_put(s->work, b, &what);
	step_end(b, button, true);
	assure_put_script(s->work, b);
}

/* Begins what is posted: with a reason, and signed. */
static void
begin_act(struct showing *s, assure_fn *then)
{
	struct assured what;

	if (form_maybe(&s->given, "reason") == NULL)
		view_again(s, 400, "reason", "Say why it is taken out.");
	else if (!what_is_signed(s, &what))
		view_again(s, 503, "", "Memory is out: try again.");
	else
		assure_check(s->work, &s->given, &what, s->arena, then, s);
}

/* Asks once more for what is to be voided; NULL: it is told what is wrong. */
static void
ask_again(struct showing *s, ask_fn *make, unsigned i, reply_fn *fn)
{
	struct question *q = arena_zalloc(s->arena, 1, sizeof *q);

	if (q != NULL)
		sems__v1__request__init(&q->q);
	if (q != NULL && make(s, q, i))
		view_ask(s, q, fn);
	else
		view_again(s, 404, "", "There is no such thing to be taken out.");
}

/* The answer, kept as the view's own; NULL: what is wrong is told. */
static const json_t *
said_in(struct showing *s, const struct reply *r)
{
	s->work->line = NULL;
	if (r->kind == REPLY_DOCUMENT)
		s->said[0].json = json_loadb(r->bytes.s, r->bytes.n, 0, NULL);
	if (s->said[0].json == NULL)
		view_refused(s, r);
	return s->said[0].json;
}

/* --- a record --------------------------------------------------------------------------------- */

void
void_print(struct showing *s, struct buf *b)
{
	const json_t *said = s->said[0].json;

	html_put(b, "<p><a href=\"/record/");
	html_query(b, s->part[0]);
	html_put(b, "\">Back to the record</a></p>\n");
	rows_members(b, json_object_get(said, "record"), NULL);
	if (!view_may(s, RIGHT_VOID) || json_is_true(json_object_get(said, "is_voided"))) {
		html_put(
		    b, "<p class=\"bad\">This is no step for you, or it is voided already.</p>\n");
		return;
	}
	html_put(b, "<h2>Take it out of every count</h2>\n<p>Nothing is deleted. It waits until "
		    "somebody else confirms it, unless the entity has declared that one person "
		    "suffices.</p>\n");
	put_form(s, b, "Void it");
}

static void
on_voided(void *ctx, const struct reply *r)
{
	struct showing *s = ctx;

	if (sending_is_taken(s, r))
		view_done(s, arena_printf(s->arena, "/record/%.40s", s->part[0]));
}

static void
on_record(void *ctx, const struct reply *r)
{
	struct showing *s = ctx;
	const json_t *said = said_in(s, r);
	struct sending to;

	if (said == NULL)
		return;
	sending_begin(&to);
	if (sending_add_void(&to, json_object_get(said, "root"),
			     member_text(json_object_get(said, "record"), "site_id"),
			     form_value(&s->given, "reason"))) {
		sending_send(&to, s, on_voided);
		return;
	}
	sending_drop(&to);
	view_again(s, 503, "", "Memory is out: try again.");
}

static void
on_void_assured(void *ctx, const char *field, const char *wrong)
{
	struct showing *s = ctx;

	if (wrong != NULL)
		view_again(s, 403, field, "%s", wrong);
	else
		ask_again(s, record_ask, 0, on_record);
}

void
void_act(struct showing *s)
{
	begin_act(s, on_void_assured);
}

/* --- a run of an import ----------------------------------------------------------------------- */

/* NULL: it can be done here. */
static const char *
why_not_here(const json_t *said)
{
	const json_t *records = json_object_get(said, "records");

	if (member_maybe(json_array_get(json_object_get(said, "runs"), 0), "undone_at") != NULL)
		return "It was taken back already.";
	if (member_maybe(said, "next") != NULL)
		return "It stored more records than a page has: semsctl import undo takes them "
		       "back.";
	for (size_t i = 0; i < json_array_size(records); i++)
		if (json_is_object(json_object_get(json_array_get(records, i), "before")))
			return "It corrected records: semsctl import undo puts back what they "
			       "said.";
	return NULL;
}

void
undo_print(struct showing *s, struct buf *b)
{
	const char *not = why_not_here(s->said[0].json);

	import_print(s, b);
	html_put(b, "<h2>Take all of it back</h2>\n");
	if (!view_may(s, RIGHT_UNDO_IMPORT) || not != NULL) {
		html_line(b, "p class=\"unsure\"", not == NULL ? "This is no step for you." : not );
		return;
	}
	html_put(b,
		 "<p>Each record is voided. Nothing is deleted; voids wait until somebody else "
		 "confirms them, unless the entity has declared that one person suffices.</p>\n");
	put_form(s, b, "Take it back");
}

static void
on_noted(void *ctx, const struct reply *r)
{
	struct showing *s = ctx;

	s->work->line = NULL;
	if (r->kind == REPLY_DOCUMENT)
		view_done(s, "/imports");
	else
		view_refused(s, r);
}

static bool
undone_ask(struct showing *s, struct question *q, unsigned i)
{
	imports_ask(s, q, i);
	q->of.import.operation = SEMS__V1__IMPORT_OPERATION__IMPORT_OPERATION_UNDONE;
	q->of.import.has_limit = 0;
	q->of.import.after = NULL;
	q->of.import.reason = form_value(&s->given, "reason");
	return true;
}

/* All were taken: then it is noted with the run. */
static void
on_run_voided(void *ctx, const struct reply *r)
{
	struct showing *s = ctx;

	if (sending_is_taken(s, r))
		ask_again(s, undone_ask, 1, on_noted);
}

static void
on_run(void *ctx, const struct reply *r)
{
	struct showing *s = ctx;
	const json_t *said = said_in(s, r);
	const json_t *records = json_object_get(said, "records");
	bool good = true;
	struct sending to;

	if (said == NULL)
		return;
	if (why_not_here(said) != NULL) {
		view_again(s, 409, "", "%s", why_not_here(said));
		return;
	}
	sending_begin(&to);
	for (size_t i = 0; good && i < json_array_size(records); i++) {
		const json_t *one = json_array_get(records, i);

		good = json_is_true(json_object_get(one, "is_done")) ||
		       sending_add_void(&to, one, member_text(one, "site"),
					form_value(&s->given, "reason"));
	}
	if (good && to.n > 0) {
		sending_send(&to, s, on_run_voided);
		return;
	}
	sending_drop(&to);
	if (good)
		ask_again(s, undone_ask, 1, on_noted);
	else
		view_again(s, 503, "", "Memory is out: try again.");
}

static void
on_undo_assured(void *ctx, const char *field, const char *wrong)
{
	struct showing *s = ctx;

	if (wrong != NULL)
		view_again(s, 403, field, "%s", wrong);
	else
		ask_again(s, imports_ask, 1, on_run);
}

void
undo_act(struct showing *s)
{
	begin_act(s, on_undo_assured);
}
