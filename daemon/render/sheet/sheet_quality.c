/* The data quality statement: what was expected, what came, what is known to be wrong; and the
 * balances that must reconcile. */
#include "base/civil.h"
#include "base/count.h"
#include "base/json/jsonin.h"
#include "core/spd/keys.h"
#include "render/doc/spd_reason.h"
#include "render/sheet/sheets.h"

#include <ctype.h>
#include <string.h>

struct member {
	struct column c;
	char kind; /* 't' text, 'w' a code in words, 'n' integer, 'i' instant, 's' a share of two */
};

/* A code as people say it; CSV keeps it. */
static void
put_code(struct grid *g, const char *code)
{
	char words[SPD_CELL];

	spd_reason_words(code, words);
	for (char *p = words; *p != '\0' && spd_reason(code) == NULL; p++)
		*p = (char)tolower((unsigned char)*p);
	grid_code(g, book_text(g->book, "%s", words), code, TONE_PLAIN);
}

static void
put_member(struct grid *g, const json_t *o, const struct member *m)
{
	if (m->kind == 'n') {
		double v;

		if (spd_number(o, m->c.key, &v))
			grid_number(g, v, UNIT_INTEGER);
		else
			grid_code(g, "not known", "", TONE_MUTED);
	} else if (m->kind == 'i') {
		grid_instant(g, spd_text(o, m->c.key));
	} else if (m->kind == 'w') {
		put_code(g, spd_text(o, m->c.key));
	} else {
		grid_text(g, spd_text(o, m->c.key));
	}
}

/* A grid of the objects of a list, their members as columns. */
static struct grid *
list_grid(struct sheet *s, const char *slug, const char *title, const json_t *list,
	  const struct member *members, size_t n)
{
	struct grid *g = sheet_grid(s, slug, title);
	const json_t *item;
	size_t i;

	if (g == NULL)
		return NULL;
	for (i = 0; i < n; i++)
		grid_column(g, &members[i].c);
	json_array_foreach(list, i, item)
	{
		for (size_t k = 0; k < n; k++)
			put_member(g, item, &members[k]);
	}
	return g;
}

static void
feeds_grid(struct sheet *s, const json_t *feeds)
{
	static const struct member members[] = {
	    {{DOC_SOURCE, "Source", IN_ALL, 20, false}, 't'},
	    {{DOC_KIND, "Records", IN_ALL, 20, false}, 'w'},
	    {{DOC_SITE, "Site", IN_ALL, 12, false}, 't'},
	    {{DOC_EXPECTED, "Expected", IN_ALL, 12, true}, 'n'},
	    {{DOC_RECEIVED, "Received", IN_ALL, 12, true}, 'n'},
	    {{DOC_MISSING, "Missing", IN_ALL, 12, true}, 'n'},
	    {{DOC_BASIS, "Expected by", IN_ALL, 18, false}, 'w'},
	    {{DOC_LAST_AT, "Last record", IN_ALL | BY_CLOCK, 24, false}, 'i'},
	};
	struct grid *g = list_grid(s, "data-quality-feeds", "Feeds: expected and received", feeds,
				   members, COUNT(members));

	if (g != NULL)
		g->empty = "No feed is known.";
}

static void
gaps_grid(struct sheet *s, const json_t *feeds)
{
	static const struct column columns[] = {
	    {"source", "Source", IN_ALL, 20, false},
	    {"kind", "Records", IN_ALL, 20, false},
	    {"from", "From", IN_ALL | BY_CLOCK, 24, false},
	    {"to", "To", IN_ALL | BY_CLOCK, 24, false},
	    {"reason", "Reason", IN_ALL, 30, false},
	};
	struct grid *g = sheet_grid(s, "data-quality-gaps", "Gaps");
	const json_t *feed;
	const json_t *gap;
	size_t i;
	size_t k;

	if (g == NULL)
		return;
	g->empty = "No gap is known.";
	for (i = 0; i < COUNT(columns); i++)
		grid_column(g, &columns[i]);
	json_array_foreach(feeds, i, feed)
	{
		json_array_foreach(json_object_get(feed, DOC_GAPS), k, gap)
		{
			grid_text(g, spd_text(feed, DOC_SOURCE));
			put_code(g, spd_text(feed, DOC_KIND));
			grid_instant(g, spd_text(gap, DOC_FROM));
			grid_instant(g, spd_text(gap, DOC_TO));
			put_code(g, spd_text(gap, DOC_REASON));
		}
	}
}

static void
durability_grid(struct sheet *s, const json_t *list)
{
	static const struct column columns[] = {
	    {DOC_LEVEL, "Where an answered record was", IN_ALL, 40, false},
	    {DOC_DAYS, "Days", IN_ALL, 10, true},
	    {DOC_FIRST_DAY, "First day", IN_ALL, 14, false},
	    {DOC_LAST_DAY, "Last day", IN_ALL, 14, false},
	};
	struct grid *g = sheet_grid(s, "data-quality-durability",
				    "Days on which records were taken, since the quarter began");
	const json_t *one;
	size_t i;

	if (g == NULL)
		return;
	g->empty = "No record was taken since the quarter began.";
	for (i = 0; i < COUNT(columns); i++)
		grid_column(g, &columns[i]);
	json_array_foreach(list, i, one)
	{
		bool is_local = strcmp(spd_text(one, DOC_LEVEL), "local") == 0;

		grid_text(g, is_local ? "on the disk of the database"
				      : "on that disk and a synchronous standby's");
		grid_member(g, one, DOC_DAYS, "");
		grid_day(g, spd_text(one, DOC_FIRST_DAY));
		grid_day(g, spd_text(one, DOC_LAST_DAY));
	}
}

static void
forms_grid(struct sheet *s)
{
	static const struct column columns[] = {
	    {DOC_MEASURE, "Measure", IN_ALL, 12, false},
	    {DOC_QUANTITATIVE, "Quantitative", IN_ALL, 14, false},
	    {DOC_QUALITATIVE, "Qualitative", IN_ALL, 14, false},
	    {DOC_OUTPUT, "Output", IN_ALL, 14, false},
	};
	struct grid *g = sheet_grid(s, "data-quality-forms", "Measures by the forms of metrics");
	const json_t *item;
	size_t i;

	if (g == NULL)
		return;
	g->empty = "Nothing is known of any measure.";
	g->folded = true;
	for (i = 0; i < COUNT(columns); i++)
		grid_column(g, &columns[i]);
	json_array_foreach(json_object_get(s->book->edition->doc, DOC_FORMS), i, item)
	{
		grid_text(g, spd_text(item, DOC_MEASURE));
		for (size_t k = 1; k < COUNT(columns); k++) {
			bool is = json_is_true(json_object_get(item, columns[k].key));

			grid_code(g, is ? "✓" : "– none", is ? "true" : "false",
				  is ? TONE_PLAIN : TONE_UNSURE);
		}
	}
}

static void
records_grid(struct sheet *s)
{
	static const struct member members[] = {
	    {{DOC_KIND, "Records", IN_ALL, 20, false}, 'w'},
	    {{DOC_RECEIVED, "Received", IN_ALL, 12, true}, 'n'},
	    {{DOC_EFFECTIVE, "Counted", IN_ALL, 12, true}, 'n'},
	    {{DOC_CORRECTED, "Corrected", IN_ALL, 12, true}, 'n'},
	    {{DOC_VOIDED, "Voided", IN_ALL, 12, true}, 'n'},
	    {{DOC_LATE, "After the quarter", IN_ALL, 18, true}, 'n'},
	};

	list_grid(s, "records", "Records of the quarter",
		  json_object_get(s->book->edition->doc, DOC_RECORDS), members, COUNT(members));
}

/* An object of whatever members, as name and value: what is new is shown by its own name. */
static void
object_grid(struct sheet *s, const char *slug, const char *title, json_t *o)
{
	static const struct column columns[] = {{"item", "What", IN_ALL, 20, false},
						{"value", "Value", IN_ALL, 20, true}};
	struct grid *g;
	const char *key;
	json_t *value;
	char words[SPD_CELL];

	if (json_object_size(o) == 0)
		return;
	g = sheet_grid(s, slug, title);
	if (g == NULL)
		return;
	g->look = GRID_PAIRS;
	for (size_t i = 0; i < COUNT(columns); i++)
		grid_column(g, &columns[i]);
	json_object_foreach(o, key, value)
	{
		spd_words(key, words);
		grid_item(g, book_text(g->book, "%s", words));
		if (json_is_integer(value))
			grid_number(g, (double)json_integer_value(value), UNIT_INTEGER);
		else if (json_is_real(value))
			grid_number(g, json_real_value(value), UNIT_REAL);
		else if (json_is_string(value))
			grid_text(g, json_words(value));
		else
			grid_code(g, "not known", "", TONE_MUTED);
	}
}

static bool
has_column(const struct grid *g, const char *key)
{
	for (size_t i = 0; i < g->n_columns; i++)
		if (strcmp(g->columns[i].key, key) == 0)
			return true;
	return false;
}

static void
put_any(struct grid *g, const char *key, const json_t *value)
{
	const char *text = json_string_value(value);
	struct utc_ms t;

	if (json_is_integer(value))
		grid_number(g, (double)json_integer_value(value), UNIT_INTEGER);
	else if (json_is_real(value))
		grid_number(g, json_real_value(value), UNIT_REAL);
	else if (text != NULL && utc_parse(text_of(text), &t))
		grid_moment(g, text);
	else if (text != NULL)
		grid_value(g, key, text);
	else
		grid_text(g, json_is_true(value) ? "yes" : json_is_false(value) ? "no" : NULL);
}

/* A list of objects of whatever members: a column for each that any of them has. */
static void
any_list_grid(struct sheet *s, const char *slug, const char *title, const char *empty,
	      const json_t *list)
{
	struct grid *g = sheet_grid(s, slug, title);
	json_t *item;
	const char *key;
	json_t *value;
	char words[SPD_CELL];
	size_t i;

	if (g == NULL)
		return;
	g->empty = empty;
	json_array_foreach(list, i, item)
	{
		json_object_foreach(item, key, value)
		{
			struct column c = {key, "", IN_ALL, 18, json_is_number(value)};

			if (has_column(g, key) || json_is_object(value) || json_is_array(value))
				continue;
			spd_words(key, words);
			c.header = book_text(g->book, "%s", words);
			grid_column(g, &c);
		}
	}
	json_array_foreach(list, i, item)
	{
		for (size_t k = 0; k < g->n_columns; k++)
			put_any(g, g->columns[k].key, json_object_get(item, g->columns[k].key));
	}
}

void
balances_grid(struct sheet *s)
{
	static const struct member members[] = {
	    {{DOC_WHAT, "What", IN_ALL, 24, false}, 'w'},
	    {{DOC_OPENING, "Open at the start", IN_ALL, 18, true}, 'n'},
	    {{DOC_RAISED, "+ raised", IN_ALL, 12, true}, 'n'},
	    {{DOC_CLOSED, "− closed", IN_ALL, 12, true}, 'n'},
	    {{DOC_CLOSING, "= open at the end", IN_ALL, 18, true}, 'n'},
	};
	struct grid *g = list_grid(s, "balances", "Balances",
				   json_object_get(s->book->edition->doc, DOC_BALANCES), members,
				   COUNT(members));

	if (g != NULL)
		g->empty = "No balance is drawn up in this document.";
}

static void
note_more(struct sheet *s, const char *what, const json_t *c, const char *list, const char *total)
{
	json_int_t n = json_integer_value(json_object_get(c, total));
	size_t listed = json_array_size(json_object_get(c, list));

	if (n > (json_int_t)listed)
		sheet_note(s, book_text(s->book, "Of %lld %s the first %zu are listed.",
					(long long)n, what, listed));
}

void
sheet_quality(struct book *b, const struct plan *p)
{
	struct sheet *s = sheet_begin(b, p);
	const json_t *c = json_object_get(b->edition->doc, DOC_COMPLETENESS);
	const json_t *feeds = json_object_get(c, DOC_FEEDS);

	if (s == NULL)
		return;
	if (!json_is_object(c))
		sheet_note(s, "This document has no statement of completeness.");
	note_more(s, "feeds that fell silent", c, "silent", "silent_total");
	note_more(s, DOC_PLANS, c, "plans", "plans_total");
	any_list_grid(s, "data-quality-silent", "Feeds that fell silent",
		      "No feed that was expected fell silent.", json_object_get(c, DOC_SILENT));
	feeds_grid(s, feeds);
	gaps_grid(s, feeds);
	records_grid(s);
	forms_grid(s);
	object_grid(s, "data-quality-late", "Late records", json_object_get(c, DOC_LATE));
	object_grid(s, "data-quality-sessions", "TIP sessions against their events",
		    json_object_get(c, DOC_SESSIONS));
	any_list_grid(s, "data-quality-quarantine", "Refused and kept apart",
		      "Nothing of this quarter is in the quarantine.",
		      json_object_get(c, DOC_QUARANTINE));
	any_list_grid(s, "data-quality-clock", "Clocks that were wrong",
		      "No clock is known to have been wrong.", json_object_get(c, DOC_CLOCK));
	any_list_grid(s, "data-quality-plans", "Plans", "No plan is named.",
		      json_object_get(c, DOC_PLANS));
	durability_grid(s, json_object_get(c, DOC_DURABILITY));
	any_list_grid(s, "data-quality-restores", "Restored from a copy",
		      "Nothing was restored from a copy in this quarter.",
		      json_object_get(c, DOC_RESTORES));
	history_of_sheet(s, p);
	figures_grids(s, p);
}
