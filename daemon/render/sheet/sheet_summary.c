/* The summary's tables: how many stand where, what failed, and what is signed. */
#include "base/count.h"
#include "base/text.h"
#include "core/spd/keys.h"
#include "render/doc/spd_since.h"
#include "render/doc/spd_target.h"
#include "render/sheet/summary.h"

#include <stdio.h>
#include <string.h>

static const json_t *
metrics_of(const struct book *b)
{
	return json_object_get(b->edition->doc, DOC_METRICS);
}

bool
summary_is_judged(const json_t *metric)
{
	return metric_entity_figure(metric) != NULL &&
	       strcmp(spd_text(metric, DOC_FORM), "INFORMATION") != 0;
}

const char *
summary_worth(const json_t *metric, double difference)
{
	const char *direction = spd_text(metric, DOC_DIRECTION);

	if (difference == 0)
		return "";
	if (strcmp(direction, "UP") == 0)
		return difference > 0 ? "better" : "worse";
	if (strcmp(direction, "DOWN") == 0)
		return difference < 0 ? "better" : "worse";
	return "";
}

const char *
summary_value(struct book *b, const json_t *metric, const json_t *figure, const double *beside)
{
	char value[SPD_CELL];
	double n;
	double d;
	double v;

	if (!spd_number(figure, DOC_VALUE, &v))
		return "no value";
	spd_value(v, spd_text(metric, DOC_UNIT), beside, value);
	if (!spd_number(figure, DOC_NUMERATOR, &n) || !spd_number(figure, DOC_DENOMINATOR, &d))
		return book_text(b, "%s", value);
	return book_text(b, "%s (%s of %s)", value, book_count(b, n), book_count(b, d));
}

/* --- lists ------------------------------------------------------------------------------------ */

struct grid *
summary_list(struct sheet *s, const char *slug, const char *title, const char *empty)
{
	static const struct column columns[] = {
	    {"about", "About", IN_ALL, 12, false},
	    {"sentence", "What is to be known", IN_ALL, 30, false},
	};
	struct grid *g = sheet_grid(s, book_text(s->book, "summary-%s", slug), title);

	if (g == NULL)
		return NULL;
	g->where = IN_SHOWN; /* programs have the figures themselves */
	g->look = GRID_SAID;
	g->empty = empty;
	for (size_t i = 0; i < COUNT(columns); i++)
		grid_column(g, &columns[i]);
	return g;
}

void
summary_say(struct grid *g, const char *about, const char *sentence)
{
	struct cell c = {.kind = CELL_EMPTY, .text = ""};

	if (about[0] != '\0')
		c = (struct cell){.kind = CELL_TEXT, .text = about, .link = about};
	grid_add(g, c);
	grid_text(g, sentence);
}

void
summary_say_of(struct grid *g, const json_t *metric, const char *sentence)
{
	summary_say(g, spd_text(metric, DOC_ID), sentence);
}

/* --- how many stand where --------------------------------------------------------------------- */

static const struct {
	const char *status;
	const char *shown;
	enum tone tone;
} tallies[] = {
    {"NOT_MET", "✗ Not met", TONE_BAD},
    {"NOT_PROVEN", "? Not proven", TONE_UNSURE},
    {"INSUFFICIENT", "… Too few to tell", TONE_UNSURE},
    {"NO_DATA", "∅ No data", TONE_MUTED},
    {"MET", "✓ Met", TONE_GOOD},
    {"NO_TARGET", "– No target set", TONE_MUTED},
};

static bool
has_status(const json_t *metric, const char *status)
{
	return summary_is_judged(metric) &&
	       strcmp(spd_text(metric_entity_figure(metric), DOC_STATUS), status) == 0;
}

static size_t
count_status(const struct book *b, const char *status)
{
	const json_t *metric;
	size_t n = 0;
	size_t i;

	json_array_foreach(metrics_of(b), i, metric) n += has_status(metric, status);
	return n;
}

static void
put_tally(struct sheet *s)
{
	static const struct column columns[] = {
	    {"status", "Status", IN_ALL, 12, false},
	    {"metrics", "Metrics", IN_ALL, 30, true},
	};
	struct grid *g = sheet_grid(s, "summary-tally", "Where the metrics stand");

	if (g == NULL)
		return;
	g->where = IN_SHOWN;
	g->look = GRID_TALLY;
	for (size_t i = 0; i < COUNT(columns); i++)
		grid_column(g, &columns[i]);
	for (size_t i = 0; i < COUNT(tallies); i++) {
		grid_code(g, tallies[i].shown, tallies[i].status, tallies[i].tone);
		grid_number(g, (double)count_status(s->book, tallies[i].status), UNIT_INTEGER);
	}
}

/* --- what failed ------------------------------------------------------------------------------ */

static const char *
interval_words(struct book *b, const json_t *metric, const json_t *figure, const double *target)
{
	char whom[SPD_CELL];
	char lo[SPD_CELL];
	char hi[SPD_CELL];
	double low;
	double high;

	if (!spd_interval(figure, &low, &high))
		return "all counted";
	spd_interval_for(metric, figure, whom);
	spd_value(low, spd_text(metric, DOC_UNIT), target, lo);
	spd_value(high, spd_text(metric, DOC_UNIT), target, hi);
	return whom[0] == '\0' ? book_text(b, "%s to %s", lo, hi)
			       : book_text(b, "%s to %s (%s)", lo, hi, whom);
}

static const char *
target_words(struct book *b, const json_t *metric)
{
	const char *direction = spd_text(metric, DOC_DIRECTION);
	const char *late = spd_target_is_late(metric) ? " " SIGN_LATE : "";
	char shown[SPD_CELL];

	if (!spd_target_words(metric, shown))
		return "not set";
	if (strcmp(direction, "BAND") == 0)
		return book_text(b, "%s%s", shown, late);
	return book_text(b, "%s %s%s", strcmp(direction, "DOWN") == 0 ? "at most" : "at least",
			 shown, late);
}

static void
put_failed_row(struct grid *g, const json_t *metric)
{
	struct book *b = g->book;
	const char *quarter = spd_text(json_object_get(b->edition->doc, DOC_QUARTER), DOC_LABEL);
	const json_t *figure = metric_entity_figure(metric);
	const char *comment = figure_comment(b, spd_text(metric, DOC_ID), NULL);
	double wanted;
	double value;
	const double *target =
	    spd_number(figure, DOC_VALUE, &value) ? spd_target_near(metric, value, &wanted) : NULL;
	char since[SPD_CELL];
	enum tone tone;
	const char *status = figure_status(b, metric, figure, &tone);

	spd_since(metric, figure, quarter, since);
	grid_link(g, spd_text(metric, DOC_ID), spd_text(metric, DOC_ID));
	grid_text(g, spd_text(metric, DOC_NAME));
	grid_code(g, status, spd_text(figure, DOC_STATUS), tone);
	grid_text(g, summary_value(b, metric, figure, target));
	grid_text(g, interval_words(b, metric, figure, target));
	grid_text(g, target_words(b, metric));
	grid_text(g, book_text(b, "%s", since));
	if (comment[0] == '\0')
		grid_code(g, "no comment", "", TONE_MUTED);
	else
		grid_text(g, comment);
}

static void
put_failed(struct sheet *s)
{
	static const struct column columns[] = {
	    {"metric", "Metric", IN_ALL, 12, false},
	    {"name", "Name", IN_ALL, 30, false},
	    {"status", "Status", IN_ALL, 16, false},
	    {"value", "Value", IN_ALL, 24, false},
	    {"interval", "95 % interval", IN_ALL, 19, false},
	    {"target", "Target", IN_ALL, 16, false},
	    {"since", "Since when", IN_ALL, 24, false},
	    {"comment", "Comment", IN_ALL, 40, false},
	};
	static const char *const wanted[] = {"NOT_MET", "NOT_PROVEN"};
	struct grid *g = sheet_grid(s, "summary-failed", "What failed, and what is not proven");
	const json_t *metric;
	size_t i;

	if (g == NULL)
		return;
	g->where = IN_SHOWN;
	g->cards = true;
	g->empty = "No metric that has a target failed it, and none is undecided.";
	for (i = 0; i < COUNT(columns); i++)
		grid_column(g, &columns[i]);
	for (size_t k = 0; k < COUNT(wanted); k++) {
		json_array_foreach(metrics_of(s->book), i, metric)
		{
			if (has_status(metric, wanted[k]))
				put_failed_row(g, metric);
		}
	}
}

/* --- who acts --------------------------------------------------------------------------------- */

#define WITHOUT_NAMED 10 /* by their ids */

static const json_t *
actions_of(const struct book *b)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(b->edition->doc, DOC_BALANCES), i, item)
	{
		if (strcmp(spd_text(item, DOC_WHAT), "ACTIONS") == 0)
			return item;
	}
	return NULL;
}

/* The register's actions, whatever they are about. */
static void
say_actions(struct grid *g)
{
	static const char *const keys[] = {DOC_OPENING, DOC_RAISED, DOC_CLOSED, DOC_CLOSING};
	const json_t *actions = actions_of(g->book);
	const char *n[COUNT(keys)];

	if (actions == NULL) {
		summary_say(g, "", "The register has no action by the quarter's end.");
		return;
	}
	for (size_t i = 0; i < COUNT(keys); i++) {
		double v = 0;

		spd_number(actions, keys[i], &v);
		n[i] = book_count(g->book, v);
	}
	summary_say(g, SHEET_OF_BALANCES,
		    book_text(g->book,
			      "Actions of the register: %s open when the quarter began, %s raised, "
			      "%s closed, %s open at its end.",
			      n[0], n[1], n[2], n[3]));
}

/* A comment is where people say it; what has none nobody has said it of. */
static void
put_acts(struct sheet *s)
{
	struct grid *g = summary_list(s, "acts", "Who acts, until when", "");
	const char *without = "";
	const json_t *metric;
	size_t n = 0;
	size_t failed = 0;
	size_t i;

	if (g == NULL)
		return;
	json_array_foreach(metrics_of(s->book), i, metric)
	{
		const char *id = spd_text(metric, DOC_ID);

		if (!has_status(metric, "NOT_MET") && !has_status(metric, "NOT_PROVEN"))
			continue;
		failed++;
		if (figure_comment(s->book, id, NULL)[0] == '\0' && n++ < WITHOUT_NAMED)
			without = book_join(s->book, without, ", ", id);
	}
	if (n > 0)
		summary_say(
		    g, "",
		    book_text(s->book,
			      "Of %zu figure%s above nobody has said it yet (a comment would): "
			      "%s%s.",
			      n, text_s(n), without, n > WITHOUT_NAMED ? " and others" : ""));
	else if (failed > 0)
		summary_say(g, "", "Each figure above has a comment, where it is to be said.");
	say_actions(g);
}

/* --- what is signed --------------------------------------------------------------------------- */

static void
put_signed(struct sheet *s)
{
	static const struct column columns[] = {{"item", "What", IN_ALL, 12, false},
						{"value", "Who and when", IN_ALL, 30, false}};
	static const struct {
		const char *what;
		const char *action;
	} steps[] = {{"Prepared", "FREEZE"},
		     {"Reviewed", "QA"},
		     {"Approved", "APPROVE"},
		     {"Submitted", "SUBMIT"}};
	struct grid *g = sheet_grid(s, "summary-signed", "What is signed");
	struct book *b = s->book;
	const struct edition *ed = b->edition;

	if (g == NULL)
		return;
	g->where = IN_SHOWN;
	g->look = GRID_PAIRS;
	for (size_t i = 0; i < COUNT(columns); i++)
		grid_column(g, &columns[i]);
	for (size_t i = 0; i < COUNT(steps); i++) {
		const json_t *event = edition_event(ed, steps[i].action);
		char who[SPD_WHO];

		grid_item(g, steps[i].what);
		spd_who(event, who);
		if (event == NULL)
			grid_code(g, b->provisional ? "no: provisional" : "not yet", "",
				  TONE_MUTED);
		else
			grid_text(
			    g, book_text(b, "%s, %s", who, book_time(b, spd_text(event, DOC_AT))));
	}
	grid_item(g, "Document, SHA-256");
	grid_text(g, ed->sha256);
	grid_item(g, "Signature");
	if (ed->seal == NULL)
		grid_code(g, "not signed", "", TONE_MUTED);
	else
		grid_text(g, book_text(b, "Ed25519, key %s", spd_text(ed->seal, "key_id")));
}

void
sheet_summary(struct book *b)
{
	struct sheet *s = book_sheet(b, SHEET_OF_SUMMARY, "Summary");

	if (s == NULL)
		return;
	put_tally(s);
	put_failed(s);
	put_acts(s);
	put_signed(s);
	summary_serious(s);
	summary_changed(s);
	summary_status_changed(s);
	summary_warnings(s);
	summary_unknown(s);
	summary_ground(s);
}
