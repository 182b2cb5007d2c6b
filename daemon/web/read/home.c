#include "web/read/home.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "core/spd/keys.h"
#include "render/doc/spd_doc.h"
#include "web/page/rows.h"
#include "web/person/visitor.h"
#include "web/read/ask.h"
#include "web/read/evidence.h"
#include "web/read/headline.h"
#include "web/read/quarter.h"

#define QUARTERS_HERE 8

_Static_assert(HOME_DOCUMENT - HOME_DUE == QUARTERS_DUE, "a question for each quarter");
_Static_assert(HOME_ASKS <= VIEW_ASKS, "they fit");

/* --- what is wrong ---------------------------------------------------------------------------- */

static void
put_wrong(struct buf *b, const struct headline *h)
{
	html_put(b, "<p class=\"bad\">");
	if (h->place == NULL) {
		html_text(b, h->words);
	} else {
		buf_addf(b, "<a href=\"%s\">", h->place);
		html_text(b, h->words);
		html_put(b, "</a>");
	}
	html_put(b, "</p>\n");
}

/* What it is that the role does not see is no fault of semsd's. */
static void
put_state(const struct showing *s, struct buf *b)
{
	const struct said *said = &s->said[HOME_STATUS];
	const struct headline *h;
	size_t at = 0;

	if (said->failed && said->status != 403)
		html_line(b, "p class=\"bad\"", said->text);
	if (said->json == NULL)
		return;
	h = headline_next(said->json, &at);
	if (h == NULL)
		html_put(b, "<p class=\"good\">OK: nothing is wrong.</p>\n");
	for (; h != NULL; h = headline_next(said->json, &at))
		put_wrong(b, h);
}

/* --- what waits for him ----------------------------------------------------------------------- */

const struct due_step *
due_step(const char *state)
{
	static const struct due_step steps[] = {
	    {"COLLECTING", RIGHT_PREPARE_SPD, "freeze it", "freeze"},
	    {"DRAFT", RIGHT_REVIEW_SPD, "review it", "review"},
	    {"IN_QA", RIGHT_APPROVE_SPD, "approve it, or reject it", "approve"},
	    {"APPROVED", RIGHT_PREPARE_SPD, "send it, and note how", "submit"},
	    {"SUBMITTED", RIGHT_PREPARE_SPD, "note the regulator's receipt", "acknowledge"},
	};

	for (size_t i = 0; i < COUNT(steps); i++)
		if (strcmp(steps[i].state, state) == 0)
			return &steps[i];
	return NULL;
}

/* Whose work it is that is to be looked at now cannot be the one who looks. */
static bool
is_own(const struct showing *s, const json_t *status, const char *state)
{
	const json_t *revision = json_object_get(status, "revision");
	const char *by = member_text(revision, "created_by");
	bool reviews = strcmp(state, "DRAFT") == 0;
	bool approves = strcmp(state, "IN_QA") == 0;
	bool three = strcmp(member_text(revision, "approval"), "APPROVER_DIFFERS") != 0;

	if (strcmp(by, s->principal) == 0)
		return approves || (reviews && three);
	return approves && three && strcmp(member_text(revision, "reviewed_by"), s->principal) == 0;
}

static unsigned
put_due(const struct showing *s, struct buf *b, unsigned i)
{
	const json_t *status = s->said[HOME_DUE + i].json;
	const char *state = member_text(status, "state");
	const struct due_step *step = due_step(state);

	if (step == NULL || !view_may(s, step->right) || is_own(s, status, state))
		return 0;
	html_put(b, "<li><span><a href=\"/quarter/");
	html_query(b, member_text(status, "quarter"));
	buf_addf(b, "/%s\">", step->path);
	html_text(b, member_text(status, "quarter"));
	buf_addf(b, ": %s</a></span> <span class=\"state\">", step->words);
	html_text(b, state);
	html_put(b, "</span></li>\n");
	return 1;
}

/* A line for so many of a list that there are any of. */
static unsigned
put_many(struct buf *b, size_t n, const char *href, const char *one, const char *many)
{
	if (n == 0)
		return 0;
	buf_addf(b,
		 "<li><span><a href=\"%s\">%zu %s</a></span> <span class=\"state\">waits</span>"
		 "</li>\n",
		 href, n, n == 1 ? one : many);
	return 1;
}

/* Corrections and voids of others: nobody confirms his own. */
static size_t
of_others(const struct showing *s, const json_t *pending)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(pending); i++)
		n += strcmp(member_text(json_array_get(pending, i), "made_by"), s->principal) != 0;
	return n;
}

static void
put_waits(const struct showing *s, struct buf *b)
{
	const json_t *pending = json_object_get(s->said[HOME_PENDING].json, "pending");
	size_t actions =
	    json_array_size(json_object_get(s->said[HOME_CLAIMED_ACTIONS].json, "cases"));
	size_t findings =
	    json_array_size(json_object_get(s->said[HOME_CLAIMED_FINDINGS].json, "cases"));
	unsigned n = 0;

	html_put(b, "<h2>What waits for you</h2>\n<ul class=\"tasks\">\n");
	for (unsigned i = 0; i < QUARTERS_DUE; i++)
		n += put_due(s, b, i);
	n += put_many(b, of_others(s, pending), "/pending",
		      "correction or void to be confirmed or declined",
		      "corrections and voids to be confirmed or declined");
	n += put_many(b, actions, "/cases/action?state=DONE_CLAIMED", "action to be verified",
		      "actions to be verified");
	n += put_many(b, findings, "/cases/finding?state=CORRECTED", "finding to be verified",
		      "findings to be verified");
	if (n == 0)
		html_put(b, "<li>Nothing waits for you.</li>\n");
	html_put(b, "</ul>\n");
}

static void
put_mine(const struct showing *s, struct buf *b)
{
	static const struct col cols[] = {
	    {"number", "Action", "/case/{number}"},
	    {"title", "What", NULL},
	    {"state", "State", NULL},
	    {"due_on", "Due", NULL},
	    {"overdue_days", "Days over", NULL},
	    {"priority", "Priority", NULL},
	};
	static const struct rows rows = {"mine", "Open actions that you own",
					 "You own no open action.", cols, COUNT(cols)};

	if (s->said[HOME_MINE].json == NULL)
		return;
	html_put(b, "<h2>Your actions</h2>\n");
	rows_put(b, &rows, json_object_get(s->said[HOME_MINE].json, "cases"));
}

/* --- quarters --------------------------------------------------------------------------------- */

static void
put_quarters(const struct showing *s, struct buf *b)
{
	if (s->said[HOME_STATUS].json == NULL)
		return;
	html_put(b, "<h2>Quarters</h2>\n");
	quarters_put(s, b, QUARTERS_HERE);
}

static bool
is_failing(const char *status)
{
	return strcmp(status, "NOT_MET") == 0 || strcmp(status, "NOT_PROVEN") == 0;
}

static const json_t *
entity_figure(const json_t *metric)
{
	const json_t *figures = json_object_get(metric, DOC_FIGURES);

	for (size_t i = 0; i < json_array_size(figures); i++)
		if (spd_is_by(json_array_get(figures, i), ""))
			return json_array_get(figures, i);
	return NULL;
}

static unsigned
put_failing(struct buf *b, const char *quarter, const json_t *metric)
{
	const json_t *figure = entity_figure(metric);
	char words[SPD_CELL];

	if (!is_failing(spd_text(figure, DOC_STATUS)))
		return 0;
	spd_status(metric, figure, words);
	html_put(b, "<li><span><a href=\"/quarter/");
	html_query(b, quarter);
	html_put(b, "/metric/");
	html_query(b, spd_text(metric, DOC_ID));
	html_put(b, "\">");
	html_text(b, spd_text(metric, DOC_ID));
	html_put(b, " ");
	html_text(b, spd_text(metric, DOC_NAME));
	html_put(b, "</a></span> <span class=\"state\">");
	html_text(b, words);
	html_put(b, "</span></li>\n");
	return 1;
}

static void
put_document(struct showing *s, struct buf *b)
{
	const json_t *doc = s->said[HOME_DOCUMENT].json;
	const json_t *metrics = json_object_get(doc, DOC_METRICS);
	const char *quarter = spd_text(json_object_get(doc, DOC_QUARTER), DOC_LABEL);
	unsigned n = 0;

	if (doc == NULL)
		return;
	s->marking = spd_text(doc, DOC_MARKING);
	html_put(b, "<h2>What failed in ");
	html_text(b, quarter);
	buf_addf(b, ", revision %" JSON_INTEGER_FORMAT "</h2>\n<ul class=\"tasks\">\n",
		 json_integer_value(json_object_get(doc, DOC_REVISION)));
	for (size_t i = 0; i < json_array_size(metrics); i++)
		n += put_failing(b, quarter, json_array_get(metrics, i));
	if (n == 0)
		html_put(b, "<li>No figure of the entity fails its target.</li>\n");
	html_put(b, "</ul>\n");
}

/* --- evidence --------------------------------------------------------------------------------- */

static void
put_evidence(const struct showing *s, struct buf *b)
{
	static const struct col refused_cols[] = {
	    {"reason", "Reason", NULL},
	    {"source", "Source", "/quarantine?source={source}"},
	    {"records", "Records", NULL},
	    {"last_received_at", "Last received", NULL},
	};
	static const struct rows refused = {"refused", "Records in the quarantine", "",
					    refused_cols, COUNT(refused_cols)};
	const json_t *feeds = json_object_get(s->said[HOME_STATUS].json, "silent");
	const json_t *reasons = json_object_get(s->said[HOME_QUARANTINE].json, "reasons");

	if (json_array_size(feeds) > 0) {
		html_put(b, "<h2>Silent feeds</h2>\n");
		silent_put(b, feeds);
	}
	if (json_array_size(reasons) > 0) {
		html_put(b, "<h2>Refused records</h2>\n");
		rows_put(b, &refused, reasons);
	}
}

/* --- who he is -------------------------------------------------------------------------------- */

static void
put_who(const struct showing *s, struct buf *b)
{
	const char *principal = s->work->principal[0] == '\0' ? "the owner" : s->work->principal;

	html_put(b, "<h2>Who you are here</h2>\n<dl class=\"pairs\">\n");
	rows_pair(b, "You are", s->principal[0] == '\0' ? principal : s->principal);
	rows_pair(b, "Role", s->role_name[0] == '\0' ? "not known now" : s->role_name);
	rows_pair(b, "Signed in by", visitor_way(s->work));
	html_put(b, "</dl>\n");
}

void
home_print(struct showing *s, struct buf *b)
{
	put_state(s, b);
	put_waits(s, b);
	put_document(s, b);
	put_mine(s, b);
	put_quarters(s, b);
	put_evidence(s, b);
	put_who(s, b);
}
