#include "web/read/quarter.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "web/page/rows.h"
#include "web/read/ask.h"
#include "web/read/paper.h"

#include <inttypes.h>

/* --- what is asked ---------------------------------------------------------------------------- */

long long
quarter_revision(const struct showing *s)
{
	const json_t *newest = json_object_get(s->said[QUARTER_STATUS].json, "revision");
	unsigned long long asked = form_number(&s->query, "revision");

	if (strcmp(form_value(&s->query, "revision"), "now") == 0)
		return 0;
	if (asked > 0 && asked <= INT32_MAX)
		return (long long)asked;
	return (long long)json_integer_value(json_object_get(newest, "revision"));
}

bool
quarter_ask(struct showing *s, struct question *q, unsigned i)
{
	static const Sems__V1__SpdOperation operations[] = {
	    [QUARTER_STATUS] = SEMS__V1__SPD_OPERATION__SPD_OPERATION_STATUS,
	    [QUARTER_DOCUMENT] = SEMS__V1__SPD_OPERATION__SPD_OPERATION_SHOW,
	    [QUARTER_DECLARATION] = SEMS__V1__SPD_OPERATION__SPD_OPERATION_DECLARATION,
	    [QUARTER_LIST] = SEMS__V1__SPD_OPERATION__SPD_OPERATION_LIST,
	};
	const bool of_revision = i == QUARTER_DOCUMENT || i == QUARTER_DECLARATION;
	const long long revision = of_revision ? quarter_revision(s) : 0;

	COVERS(operations, QUARTER_ASKS);
	if (i == QUARTER_DECLARATION && revision == 0)
		return false;
	sems__v1__spd_request__init(&q->of.spd);
	q->q.body_case = SEMS__V1__REQUEST__BODY_SPD;
	q->q.spd = &q->of.spd;
	q->of.spd.has_operation = 1;
	q->of.spd.operation = operations[i];
	q->of.spd.quarter = s->part[0];
	q->of.spd.has_revision = revision > 0;
	q->of.spd.revision = (uint32_t)revision;
	return true;
}

/* --- all of them ------------------------------------------------------------------------------ */

void
quarters_put(const struct showing *s, struct buf *b, unsigned most)
{
	static const struct col cols[] = {
	    {"quarter", "Quarter", "/quarter/{quarter}"},
	    {"state", "State", NULL},
	    {"revision", "Revision", NULL},
	    {"submitted_at", "Submitted", NULL},
	};
	static const struct rows rows = {"quarters", "Quarters, the newest first",
					 "No quarter yet: it begins with its first record.", cols,
					 COUNT(cols)};
	json_t *list = json_array();

	for (unsigned i = 0; i < most && due_quarter(s, i) != NULL; i++)
		json_array_append(list, due_quarter(s, i));
	rows_put(b, &rows, list);
	json_decref(list);
}

void
quarters_print(struct showing *s, struct buf *b)
{
	quarters_put(s, b, ROWS_MOST);
}

/* --- one -------------------------------------------------------------------------------------- */

static void
put_state(const struct showing *s, struct buf *b)
{
	static const struct col cols[] = {
	    {"state", "State", NULL},
	    {"revision.revision", "Newest revision", NULL},
	    {"revision.as_of", "As of", NULL},
	    {"revision.created_by", "Prepared by", NULL},
	    {"revision.reviewed_by", "Reviewed by", NULL},
	    {"revision.approved_by", "Approved by", NULL},
	    {"revision.submitted_by", "Submitted by", NULL},
	    {"revision.sha256", "SHA-256 of the document", NULL},
	    {"papers", "Digest of it and of all that was said", NULL},
	    {"grace_end", "Late records are waited for until", NULL},
	};
	static const struct rows pairs = {"state", NULL, NULL, cols, COUNT(cols)};

	rows_pairs(b, &pairs, s->said[QUARTER_STATUS].json);
}

static void
put_revision_link(const struct showing *s, struct buf *b, const char *revision, const char *words,
		  bool is_here)
{
	html_put(b, "<li><a href=\"/quarter/");
	html_query(b, s->part[0]);
	buf_addf(b, "?revision=%s\"%s>", revision, is_here ? " aria-current=\"page\"" : "");
	html_text(b, words);
	html_put(b, "</a></li>");
}

/* A document is of one revision, or of now: which one is looked at stands in the address. */
static void
put_revisions(const struct showing *s, struct buf *b)
{
	const json_t *list = json_object_get(s->said[QUARTER_LIST].json, "revisions");
	const long long shown = quarter_revision(s);
	char number[32], words[96];

	html_put(b, "<nav aria-label=\"Revisions\"><ul>");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		long long n = (long long)json_integer_value(json_object_get(one, "revision"));

		snprintf(number, sizeof number, "%lld", n);
		snprintf(words, sizeof words, "Revision %lld, %.40s", n, member_text(one, "state"));
		put_revision_link(s, b, number, words, n == shown);
	}
	put_revision_link(s, b, "now", "As it would be now", shown == 0);
	if (shown > 0) {
		html_put(b, "<li><a href=\"/quarter/");
		html_query(b, s->part[0]);
		buf_addf(b, "/diff?revision=%lld\">Both side by side</a></li>", shown);
	}
	html_put(b, "</ul></nav>\n");
}

static void
put_events(const struct showing *s, struct buf *b)
{
	static const struct col cols[] = {
	    {"at", "When", NULL},         {"name", "Who", NULL},
	    {"post", "Post", NULL},       {"by", "Signed in as", NULL},
	    {"action", "Did", NULL},      {"state", "State then", NULL},
	    {"metric", "About", NULL},    {"by_dims", "Of", NULL},
	    {"channel", "Channel", NULL}, {"reference", "Reference", NULL},
	    {"text", "Text", NULL},       {"carried_from", "Of revision", NULL},
	};
	static const struct rows rows = {"events", "Who did what with the newest revision",
					 "Nothing was done with it yet.", cols, COUNT(cols)};

	html_put(b, "<h2>What became of it</h2>\n");
	rows_put(b, &rows, json_object_get(s->said[QUARTER_STATUS].json, "events"));
}

static bool
is_sheet_of_figures(const struct sheet *s)
{
	return strcmp(s->slug, SHEET_OF_SUMMARY) != 0 && strcmp(s->slug, "figures") != 0;
}

static void
put_summary(const struct paper *p, struct buf *b)
{
	for (const struct sheet *s = p->book.first; s != NULL; s = s->next)
		if (strcmp(s->slug, SHEET_OF_SUMMARY) == 0)
			grid_put_sheet(b, s, &p->links);
}

/* What is on paper first is here, too; the others are pages of their own. */
static void
put_sheets(const struct showing *s, const struct paper *p, struct buf *b)
{
	html_put(b, "<nav aria-label=\"Sheets\"><ul>\n");
	for (const struct sheet *of = p->book.first; of != NULL; of = of->next) {
		if (!is_sheet_of_figures(of))
			continue;
		html_put(b, "<li><a href=\"/quarter/");
		html_query(b, s->part[0]);
		html_put(b, "/sheet/");
		html_query(b, of->slug);
		html_text(b, p->links.behind);
		html_put(b, "\">");
		html_text(b, of->name);
		html_put(b, "</a></li>\n");
	}
	html_put(b, "</ul></nav>\n");
	for (const struct sheet *of = p->book.first; of != NULL; of = of->next)
		if (of->on_paper && is_sheet_of_figures(of))
			grid_put_sheet(b, of, &p->links);
}

void
sheet_print(struct showing *s, struct buf *b)
{
	const struct sheet *of;
	struct paper p;

	if (!paper_open(&p, s, QUARTER_DOCUMENT, QUARTER_DECLARATION, b))
		return;
	of = p.book.first;
	while (of != NULL && strcmp(of->slug, s->part[1]) != 0)
		of = of->next;
	if (of == NULL) {
		s->status = 404;
		html_line(b, "p class=\"bad\"", "The document has no such sheet.");
	} else {
		paper_put_of(&p, s, b);
		html_line(b, "h2", of->name);
		grid_put_sheet(b, of, &p.links);
	}
	paper_close(&p);
}

void
quarter_print(struct showing *s, struct buf *b)
{
	struct paper p;

	put_state(s, b);
	put_revisions(s, b);
	if (paper_open(&p, s, QUARTER_DOCUMENT, QUARTER_DECLARATION, b)) {
		if (paper_revision(&p) > 0)
			buf_addf(b, "<h2>Summary of revision %lld</h2>\n", paper_revision(&p));
		else
			html_put(b, "<h2>Summary as it would be now</h2>\n<p class=\"unsure\">"
				    "PROVISIONAL: not frozen, not approved; these figures may "
				    "change.</p>\n");
		put_summary(&p, b);
		html_put(b, "<h2>Figures</h2>\n");
		put_sheets(s, &p, b);
		paper_close(&p);
	}
	put_events(s, b);
}
