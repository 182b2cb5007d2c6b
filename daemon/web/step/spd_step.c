#include "web/step/spd_step.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "core/life/lifecycle.h"
#include "web/page/rows.h"
#include "web/read/paper.h"
#include "web/read/quarter.h"
#include "web/step/step.h"
#include "web/view/words.h"

#include <inttypes.h>

#define OP(name)  SEMS__V1__SPD_OPERATION__SPD_OPERATION_##name
#define DIGITS    8 /* of the digest, that are typed */
#define BY        "by."
#define NAME_MOST 100 /* of a dimension */

/* What each is: signed is what takes a fresh assertion. A comment signs nothing. */
static const struct step {
	const char *path;
	const char *words; /* of a link, and of the button */
	enum spd_action action;
	Sems__V1__SpdOperation operation;
	bool is_signed;
	bool warns;
	bool freezes;
} steps[] = {
    {"freeze", "Freeze it", SPD_FREEZE, OP(FREEZE), true, false, true},
    {"comment", "Comment on a figure", SPD_COMMENT, OP(COMMENT), false, false, false},
    {"review", "Review it", SPD_QA, OP(QA), true, false, false},
    {"approve", "Approve it", SPD_APPROVE, OP(APPROVE), true, false, false},
    {"submit", "Note that it was submitted", SPD_SUBMIT, OP(SUBMIT), true, false, false},
    {"acknowledge", "Note the regulator's receipt", SPD_ACKNOWLEDGE, OP(ACKNOWLEDGE), true, false,
     false},
    {"reject", "Reject it", SPD_REJECT, OP(REJECT), true, true, false},
    {"withdraw", "Withdraw it", SPD_WITHDRAW, OP(WITHDRAW), true, true, false},
    {"revise", "Revise it", SPD_REVISE, OP(REVISE), true, false, true},
};

/* Of freezing alone. */
static const struct life_word early = {
    .name = "early",
    .type = WORD_TEXT,
    .max = SPD_TEXT_MAX,
    .help = "why before late records have had their time, where they have not"};
static const struct life_word embargoed = {
    .name = "exclude_embargoed",
    .type = WORD_TEXT,
    .max = SPD_TEXT_MAX,
    .help = "why tests under embargo are left out of this revision, where there are any"};

static const struct step *
step_of(const struct showing *s)
{
	const char *name = strrchr(s->view->path, '/') + 1;

	for (size_t i = 0; i < COUNT(steps); i++)
		if (strcmp(steps[i].path, name) == 0)
			return &steps[i];
	return &steps[0];
}

/* --- which may follow ------------------------------------------------------------------------- */

static enum spd_state
state_of(const struct showing *s)
{
	const char *name = member_text(s->said[QUARTER_STATUS].json, "state");
	enum spd_state state = SPD_OPEN;

	return spd_state_by_name(text_of(name), &state) ? state : SPD_OPEN;
}

/* By the machine and the role; by whom else it must not be done semsd says. */
static bool
may_follow(const struct showing *s, const struct step *step)
{
	const struct move *m = machine_find(life_spd.machine, state_of(s), step->action, 0);
	const struct life_terms *t = m == NULL ? NULL : m->terms;

	return t != NULL && t->right != LIFE_NOBODYS && view_may(s, t->right);
}

void
spd_step_links(const struct showing *s, struct buf *b)
{
	const bool is_draft = state_of(s) == SPD_DRAFT;
	unsigned n = 0;

	for (size_t i = 0; i < COUNT(steps); i++) {
		if (!may_follow(s, &steps[i]))
			continue;
		html_put(b, n++ == 0 ? "<nav aria-label=\"Steps\"><ul>\n" : "");
		html_put(b, "<li><a href=\"/quarter/");
		html_query(b, s->part[0]);
		buf_addf(b, "/%s\">", steps[i].path);
		html_text(b, steps[i].words);
		html_put(b, "</a></li>\n");
	}
	if (n > 0 && is_draft) {
		html_put(b, "<li><a href=\"/quarter/");
		html_query(b, s->part[0]);
		html_put(b, "/check\">Check it</a></li>\n");
	}
	html_put(b, n == 0 ? "" : "</ul></nav>\n");
}

/* --- what is signed --------------------------------------------------------------------------- */

static const char *
revision_of(struct showing *s)
{
	const json_t *revision = json_object_get(s->said[QUARTER_STATUS].json, "revision");

	return arena_printf(s->arena, "%" JSON_INTEGER_FORMAT,
			    json_integer_value(json_object_get(revision, "revision")));
}

/* The digest's first digits behind the revision, as semsctl asks for them; of what is frozen only
 * now there is no digest yet. */
static bool
papers_of(struct showing *s, const char *revision, const char *digest, struct assured *out)
{
	bool has_papers = digest[0] != '\0' && strcmp(revision, "0") != 0;

	out->typed = has_papers ? arena_printf(s->arena, "%.20s %.*s", revision, DIGITS, digest)
				: arena_printf(s->arena, "%s", s->part[0]);
	out->about = arena_printf(s->arena, "%s\n%s\n%s", s->path, revision, digest);
	return out->typed != NULL && out->about != NULL;
}

/* --- the page --------------------------------------------------------------------------------- */

static void
put_signed(const struct showing *s, struct buf *b)
{
	static const struct col cols[] = {
	    {"quarter", "Quarter", NULL},
	    {"revision.revision", "Revision", NULL},
	    {"state", "State", NULL},
	    {"revision.as_of", "As of", NULL},
	    {"revision.created_by", "Prepared by", NULL},
	    {"revision.reviewed_by", "Reviewed by", NULL},
	    {"revision.approved_by", "Approved by", NULL},
	    {"revision.sha256", "SHA-256 of the document", NULL},
	    {"papers", "Digest of it and of all that was said", NULL},
	};
	static const struct rows pairs = {"signed", NULL, NULL, cols, COUNT(cols)};

	html_put(b, "<h2>What it is about</h2>\n");
	rows_pairs(b, &pairs, s->said[QUARTER_STATUS].json);
}

/* The summary of the document, and all that was said of it: nobody signs what he was not shown. */
static void
put_papers(struct showing *s, struct buf *b)
{
	static const struct col cols[] = {
	    {"at", "When", NULL},    {"name", "Who", NULL},     {"by", "Signed in as", NULL},
	    {"action", "Did", NULL}, {"metric", "About", NULL}, {"by_dims", "Of", NULL},
	    {"text", "Text", NULL},
	};
	static const struct rows rows = {"declaration", "The declaration so far",
					 "Nothing was said or signed yet.", cols, COUNT(cols)};
	struct paper p;

	if (s->said[QUARTER_DOCUMENT].bytes.n > 0 &&
	    paper_open(&p, s, QUARTER_DOCUMENT, QUARTER_DECLARATION, b)) {
		html_put(b, "<h2>Summary</h2>\n");
		for (const struct sheet *sheet = p.book.first; sheet != NULL; sheet = sheet->next)
			if (strcmp(sheet->slug, SHEET_OF_SUMMARY) == 0)
				grid_put_sheet(b, sheet, &p.links);
		paper_close(&p);
	}
	html_put(b, "<h2>Declaration</h2>\n");
	rows_put(b, &rows, json_object_get(s->said[QUARTER_STATUS].json, "events"));
}

static void
put_dimension(struct buf *b, const char *name, const char *value)
{
	char named[128];

	snprintf(named, sizeof named, BY "%s", name);
	step_hidden(b, named, value);
	html_put(b, "<p>Of ");
	html_text(b, name);
	html_put(b, " ");
	html_text(b, value);
	html_put(b, "</p>\n");
}

/* A comment's figure: what else the address has, or what was posted. */
static void
put_dimensions(const struct showing *s, struct buf *b)
{
	for (size_t i = 0; i < s->query.n; i++) {
		const char *name = s->query.field[i].name;

		if (strcmp(name, "metric") != 0 && strcmp(name, "revision") != 0 &&
		    name[0] != '\0' && strlen(name) <= NAME_MOST)
			put_dimension(b, name, s->query.field[i].value);
	}
	for (size_t i = 0; i < s->given.n; i++) {
		const char *name = s->given.field[i].name;

		if (strncmp(name, BY, sizeof BY - 1) == 0 && strlen(name) <= NAME_MOST)
			put_dimension(b, name + sizeof BY - 1, s->given.field[i].value);
	}
}

static void
put_words(const struct showing *s, struct buf *b, const struct step *step)
{
	const struct life_deed *deed = &life_spd.deeds[step->action];

	for (size_t i = 0; i < life_spd.n_words; i++) {
		const bool is_needed = life_has_word(deed->need, i);

		if (is_needed || life_has_word(deed->may, i))
			step_word(s, b, &life_spd.words[i], is_needed);
	}
	if (step->action == SPD_COMMENT)
		put_dimensions(s, b);
	if (step->freezes)
		step_word(s, b, &early, false);
	if (step->freezes && view_may(s, RIGHT_EXCLUDE_EMBARGOED))
		step_word(s, b, &embargoed, false);
}

void
spd_step_print(struct showing *s, struct buf *b)
{
	const struct step *step = step_of(s);
	const char *revision = revision_of(s);
	const char *digest = member_text(s->said[QUARTER_STATUS].json, "papers");
	struct assured assured;

	html_put(b, "<p><a href=\"/quarter/");
	html_query(b, s->part[0]);
	html_put(b, "\">Back to the quarter</a></p>\n");
	put_signed(s, b);
	if (!may_follow(s, step) && s->error == NULL) {
		html_put(b,
			 "<p class=\"bad\">This is no step for you, or not in this state.</p>\n");
		return;
	}
	if (step->is_signed)
		put_papers(s, b);
	if (revision == NULL || !papers_of(s, revision, digest, &assured))
		return;
	html_line(b, "h2", step->words);
	step_begin(s, b);
	step_hidden(b, "revision", revision);
	step_hidden(b, "seen", digest);
	put_words(s, b, step);
	if (step->is_signed)
		assure_put(s->work, b, &assured);
	step_end(b, step->words, step->warns);
	if (step->is_signed)
		assure_put_script(s->work, b);
}

/* --- the act ---------------------------------------------------------------------------------- */

static void
on_done(void *ctx, const struct reply *r)
{
	struct showing *s = ctx;

	if (r->kind == REPLY_DOCUMENT)
		view_done(s, arena_printf(s->arena, "/quarter/%s", s->part[0]));
	else
		view_refused(s, r);
}

/* "by.site=T1" of a comment. */
static void
take_dimensions(const struct showing *s, Sems__V1__SpdRequest *q)
{
	const size_t before = sizeof BY - 1;

	for (size_t i = 0; i < s->given.n && q->n_by < VIEW_DIMENSIONS; i++) {
		Sems__V1__SpdDimension *d = arena_alloc(s->arena, sizeof *d);

		if (strncmp(s->given.field[i].name, BY, before) != 0 || d == NULL)
			continue;
		sems__v1__spd_dimension__init(d);
		d->name = s->given.field[i].name + before;
		d->value = s->given.field[i].value;
		q->by[q->n_by++] = d;
	}
}

static void
send(struct showing *s)
{
	struct question *q = arena_zalloc(s->arena, 1, sizeof *q);
	const struct step *step = step_of(s);
	Sems__V1__SpdRequest *spd;

	if (q == NULL) {
		view_again(s, 503, "", "Memory is out: try again.");
		return;
	}
	spd = &q->of.spd;
	sems__v1__request__init(&q->q);
	sems__v1__spd_request__init(spd);
	q->q.body_case = SEMS__V1__REQUEST__BODY_SPD;
	q->q.spd = spd;
	spd->has_operation = 1;
	spd->operation = step->operation;
	spd->quarter = s->part[0];
	/* What is frozen gets its own number. */
	spd->has_revision = !step->freezes;
	spd->revision = (uint32_t)form_number(&s->given, "revision");
	spd->seen = step->is_signed && !step->freezes ? form_maybe(&s->given, "seen") : NULL;
	spd->metric = form_maybe(&s->given, "metric");
	spd->text = form_maybe(&s->given, "text");
	spd->channel = form_maybe(&s->given, "channel");
	spd->reference = form_maybe(&s->given, "reference");
	spd->early = step->freezes ? form_maybe(&s->given, "early") : NULL;
	spd->exclude_embargoed = step->freezes ? form_maybe(&s->given, "exclude_embargoed") : NULL;
	spd->by = arena_zalloc(s->arena, VIEW_DIMENSIONS, sizeof(Sems__V1__SpdDimension *));
	if (step->action == SPD_COMMENT && spd->by != NULL)
		take_dimensions(s, spd);
	view_ask(s, q, on_done);
}

static void
on_assured(void *ctx, const char *field, const char *wrong)
{
	struct showing *s = ctx;

	if (wrong == NULL)
		send(s);
	else
		view_again(s, 403, field, "%s", wrong);
}

void
spd_step_act(struct showing *s)
{
	struct assured assured;

	if (!step_of(s)->is_signed)
		send(s);
	else if (papers_of(s, form_value(&s->given, "revision"), form_value(&s->given, "seen"),
			   &assured))
		assure_check(s->work, &s->given, &assured, s->arena, on_assured, s);
	else
		view_again(s, 503, "", "Memory is out: try again.");
}

/* --- the check -------------------------------------------------------------------------------- */

bool
check_ask(struct showing *s, struct question *q, unsigned i)
{
	(void)i;
	sems__v1__spd_request__init(&q->of.spd);
	q->q.body_case = SEMS__V1__REQUEST__BODY_SPD;
	q->q.spd = &q->of.spd;
	q->of.spd.has_operation = 1;
	q->of.spd.operation = OP(CHECK);
	q->of.spd.quarter = s->part[0];
	return true;
}

static void
put_check(const struct showing *s, struct buf *b, const json_t *check)
{
	bool ok = json_is_true(json_object_get(check, "ok"));

	html_put(b, "<li><span>");
	html_text(b, member_text(check, "about"));
	html_put(b, "</span> <span class=\"state\">");
	if (ok)
		html_put(b, "right");
	else
		buf_addf(b, "%" JSON_INTEGER_FORMAT " wrong",
			 json_integer_value(json_object_get(check, "count")));
	html_put(b, "</span>");
	if (!ok) {
		html_put(b, "<div><p>");
		html_text(b, words_of_text(s->arena, member_text(check, "todo"),
					   json_object_get(check, "actions")));
		html_put(b, "</p><p>");
		rows_value(b, json_object_get(check, "found"));
		html_put(b, "</p></div>");
	}
	html_put(b, "</li>\n");
}

void
check_print(struct showing *s, struct buf *b)
{
	const json_t *checks = json_object_get(s->said[0].json, "checks");

	html_put(b, "<p><a href=\"/quarter/");
	html_query(b, s->part[0]);
	html_put(b, "\">Back to the quarter</a></p>\n");
	html_put(
	    b, json_is_true(json_object_get(s->said[0].json, "ok"))
		   ? "<p class=\"good\">All is right: it may be reviewed.</p>\n"
		   : "<p class=\"bad\">Something is to be put right before it is reviewed.</p>\n");
	html_put(b, "<ul class=\"tasks\">\n");
	for (size_t i = 0; i < json_array_size(checks); i++)
		put_check(s, b, json_array_get(checks, i));
	html_put(b, "</ul>\n");
}
