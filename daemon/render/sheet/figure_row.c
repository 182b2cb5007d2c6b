/* What a figure says, as cells: the columns that the grids of figures have in common. */
#include "render/sheet/figure_row.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "core/spd/keys.h"
#include "render/doc/spd_target.h"

#include <ctype.h>
#include <string.h>

/* --- what is asked of a metric ---------------------------------------------------------------- */

const double *
metric_target(const json_t *metric, double *out)
{
	return spd_number(json_object_get(metric, DOC_TARGET), DOC_VALUE, out) ? out : NULL;
}

bool
metric_put_target(struct grid *g, const json_t *metric)
{
	char words[SPD_CELL];
	char digits[SPD_CELL];
	double v;

	if (metric_target(metric, &v) != NULL) {
		grid_beside(g, v, spd_text(metric, DOC_UNIT), &v);
		return true;
	}
	if (g == NULL || !spd_target_words(metric, words) || !spd_target_digits(metric, digits))
		return false;
	grid_code(g, book_text(g->book, "%s", words), book_text(g->book, "%s", digits), TONE_PLAIN);
	return true;
}

const json_t *
metric_entity_figure(const json_t *metric)
{
	const json_t *figure;
	size_t i;

	json_array_foreach(json_object_get(metric, DOC_FIGURES), i, figure)
	{
		if (json_object_size(json_object_get(figure, DOC_BY)) == 0)
			return figure;
	}
	return NULL;
}

const json_t *
metric_of(const struct book *b, const char *id)
{
	const json_t *metric;
	size_t i;

	json_array_foreach(json_object_get(b->edition->doc, DOC_METRICS), i, metric)
	{
		if (strcmp(spd_text(metric, DOC_ID), id) == 0)
			return metric;
	}
	return NULL;
}

/* Never the colour alone: a sign and the word. */
static const struct {
	const char *status;
	const char *shown;
	enum tone tone;
} statuses[] = {
    {"MET", "✓ MET", TONE_GOOD},
    {"NOT_MET", "✗ NOT MET", TONE_BAD},
    {"NOT_PROVEN", "? NOT PROVEN", TONE_UNSURE},
    {"INSUFFICIENT", "… TOO FEW", TONE_UNSURE},
    {"NO_TARGET", "– NO TARGET", TONE_MUTED},
    {"NONE", "–", TONE_MUTED},
};

const char *
figure_status(struct book *b, const json_t *metric, const json_t *figure, enum tone *tone)
{
	const char *status = spd_text(figure, DOC_STATUS);
	const char *reason = spd_text(figure, DOC_NO_DATA);
	char words[SPD_CELL];

	*tone = TONE_MUTED;
	if (reason[0] != '\0' || strcmp(status, "NO_DATA") == 0) {
		spd_reason_words(reason[0] == '\0' ? "NO_REASON_GIVEN" : reason, words);
		if (strcmp(reason, "NO_DATA") == 0)
			return "∅ NO DATA";
		return book_text(b, "∅ NO DATA (%.100s)", words);
	}
	for (size_t i = 0; i < COUNT(statuses); i++) {
		if (strcmp(status, statuses[i].status) != 0)
			continue;
		*tone = statuses[i].tone;
		if (strcmp(status, "INSUFFICIENT") == 0) {
			spd_count(metric, DOC_MINIMUM_N, "?", words);
			return book_text(b, "%s (n below %.30s)", statuses[i].shown, words);
		}
		return statuses[i].shown;
	}
	spd_words(status, words);
	return status[0] == '\0' ? "–" : book_text(b, "%s", words);
}

static bool
same_dimensions(const json_t *a, const json_t *b)
{
	return json_object_size(a) == json_object_size(b) &&
	       (json_object_size(a) == 0 || json_equal(a, b) != 0);
}

const char *
figure_comment(struct book *b, const char *id, const json_t *by)
{
	const char *all = "";
	const json_t *event;
	size_t i;

	json_array_foreach(json_object_get(b->edition->declaration, DOC_EVENTS), i, event)
	{
		if (strcmp(spd_text(event, DOC_ACTION), "COMMENT") == 0 &&
		    strcmp(spd_text(event, DOC_METRIC), id) == 0 &&
		    same_dimensions(json_object_get(event, DOC_BY_DIMS), by))
			all = book_join(b, all, " ", spd_text(event, DOC_TEXT));
	}
	return all;
}

const char *
figure_name(struct book *b, const char *id, json_t *by)
{
	const json_t *metric = metric_of(b, id);
	const char *name = metric == NULL ? id : spd_text(metric, DOC_NAME);
	const char *out = book_text(b, "%s", name);
	const char *key;
	json_t *value;

	json_object_foreach(by, key, value)
	{
		char words[SPD_CELL];

		spd_words(key, words);
		out =
		    book_text(b, "%s, %s %s", out, words,
			      json_is_string(value) ? book_value(b, key, json_words(value)) : "?");
	}
	return out;
}

/* --- columns ---------------------------------------------------------------------------------- */

static void
put_id(const struct figure_row *r)
{
	const char *id = spd_text(r->metric, DOC_ID);

	/* The scorecard leads to the sheet where the rest is. */
	if (r->g->cards && !r->g->places)
		grid_link(r->g, id, id);
	else
		grid_text(r->g, id);
}

static void
put_name(const struct figure_row *r)
{
	grid_text(r->g, spd_text(r->metric, DOC_NAME));
}

static void
put_words(const struct figure_row *r, const char *key)
{
	char words[SPD_CELL];
	const char *code = spd_text(r->metric, key);

	spd_words(code, words);
	for (char *p = words; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	grid_code(r->g, book_text(r->g->book, "%s", words), code, TONE_PLAIN);
}

static void
put_form(const struct figure_row *r)
{
	put_words(r, DOC_FORM);
}

static void
put_basis(const struct figure_row *r)
{
	put_words(r, DOC_BASIS);
}

static void
put_direction(const struct figure_row *r)
{
	put_words(r, DOC_DIRECTION);
}

static void
put_unit(const struct figure_row *r)
{
	grid_text(r->g, spd_text(r->metric, DOC_UNIT));
}

static void
put_numerator(const struct figure_row *r)
{
	grid_member(r->g, r->figure, "numerator", UNIT_INTEGER);
}

static void
put_denominator(const struct figure_row *r)
{
	grid_member(r->g, r->figure, "denominator", UNIT_INTEGER);
}

static void
put_excluded(const struct figure_row *r)
{
	json_int_t n = spd_excluded(r->figure);

	if (n < 0)
		grid_empty(r->g);
	else
		grid_number(r->g, (double)n, UNIT_INTEGER);
}

static void
put_reasons(const struct figure_row *r)
{
	struct book *b = r->g->book;
	const char *all = "";
	const char *codes = "";
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(r->figure, DOC_EXCLUDED), i, item)
	{
		json_int_t n = json_integer_value(json_object_get(item, DOC_COUNT));
		const char *code = spd_text(item, DOC_REASON);
		char words[SPD_CELL];

		if (n <= 0)
			continue;
		spd_reason_words(code, words);
		all = book_join(b, all, "; ", book_text(b, "%s: %" JSON_INTEGER_FORMAT, words, n));
		codes =
		    book_join(b, codes, "; ", book_text(b, "%s=%" JSON_INTEGER_FORMAT, code, n));
	}
	grid_code(r->g, all, codes, TONE_PLAIN);
}

/* The number, or in its place why there is none: never an empty cell that reads as nought. */
static void
put_value(const struct figure_row *r)
{
	enum tone tone;
	double target;
	double v;

	if (spd_number(r->figure, DOC_VALUE, &v))
		grid_beside(r->g, v, spd_text(r->metric, DOC_UNIT),
			    spd_target_near(r->metric, v, &target));
	else if (strcmp(spd_text(r->figure, DOC_STATUS), "INSUFFICIENT") == 0)
		grid_code(r->g, "withheld", "", TONE_MUTED);
	else {
		const char *words = figure_status(r->g->book, r->metric, r->figure, &tone);
		const char *sign = "∅ ";

		if (strncmp(words, sign, strlen(sign)) == 0)
			words += strlen(sign);
		grid_code(r->g, strcmp(words, "–") == 0 ? "NO DATA" : words, "", TONE_MUTED);
	}
}

/* A number that the status goes by, or an empty cell. */
static void
put_judged(const struct figure_row *r, const char *of, const char *key)
{
	double target;
	double v;

	if (spd_number(json_object_get(r->figure, of), key, &v))
		grid_beside(r->g, v, spd_text(r->metric, DOC_UNIT),
			    spd_target_near(r->metric, v, &target));
	else
		grid_empty(r->g);
}

/* The interval that the status goes by is that for clusters in general, or the other. */
static bool
is_by_general(const struct figure_row *r)
{
	return strcmp(spd_text(r->figure, DOC_INTERVAL_BY), "GENERAL") == 0;
}

static void
put_low(const struct figure_row *r)
{
	if (is_by_general(r))
		put_judged(r, DOC_CLUSTERS, DOC_LOW);
	else
		put_judged(r, DOC_INTERVAL, DOC_LO);
}

static void
put_high(const struct figure_row *r)
{
	if (is_by_general(r))
		put_judged(r, DOC_CLUSTERS, DOC_HIGH);
	else
		put_judged(r, DOC_INTERVAL, DOC_HI);
}

static void
put_interval_by(const struct figure_row *r)
{
	char whom[SPD_CELL];

	spd_interval_for(r->metric, r->figure, whom);
	if (whom[0] == '\0')
		grid_code(r->g, "", spd_text(r->figure, DOC_INTERVAL_BY), TONE_MUTED);
	else
		grid_code(r->g, book_text(r->g->book, "%s", whom),
			  spd_text(r->figure, DOC_INTERVAL_BY), TONE_PLAIN);
}

static void
put_plain_low(const struct figure_row *r)
{
	put_judged(r, DOC_INTERVAL, DOC_LO);
}

static void
put_plain_high(const struct figure_row *r)
{
	put_judged(r, DOC_INTERVAL, DOC_HI);
}

static void
put_general_low(const struct figure_row *r)
{
	put_judged(r, DOC_CLUSTERS, DOC_LOW);
}

static void
put_general_high(const struct figure_row *r)
{
	put_judged(r, DOC_CLUSTERS, DOC_HIGH);
}

static void
put_deff(const struct figure_row *r)
{
	grid_member(r->g, json_object_get(r->figure, DOC_CLUSTERS), DOC_DEFF, UNIT_REAL);
}

static void
put_q(const struct figure_row *r)
{
	grid_member(r->g, r->figure, DOC_Q, UNIT_REAL);
}

static void
put_clusters(const struct figure_row *r)
{
	grid_member(r->g, json_object_get(r->figure, DOC_CLUSTERS), DOC_COUNT, UNIT_INTEGER);
}

static void
put_exact_low(const struct figure_row *r)
{
	put_judged(r, DOC_EXACT, "low");
}

static void
put_exact_high(const struct figure_row *r)
{
	put_judged(r, DOC_EXACT, "high");
}

static void
put_target(const struct figure_row *r)
{
	if (!metric_put_target(r->g, r->metric))
		grid_code(r->g, "not set", "", TONE_MUTED);
	else if (spd_target_is_late(r->metric))
		grid_mark(r->g, SIGN_LATE);
}

static void
put_status(const struct figure_row *r)
{
	enum tone tone;
	const char *words = figure_status(r->g->book, r->metric, r->figure, &tone);

	grid_code(r->g, words, spd_text(r->figure, DOC_STATUS), tone);
}

static void
put_no_data(const struct figure_row *r)
{
	grid_text(r->g, spd_text(r->figure, DOC_NO_DATA));
}

static void
put_coverage(const struct figure_row *r)
{
	const json_t *coverage = json_object_get(r->figure, DOC_COVERAGE);
	double expected;
	double received;

	if (spd_number(coverage, DOC_EXPECTED, &expected) &&
	    spd_number(coverage, DOC_RECEIVED, &received) && expected > 0)
		grid_number(r->g, received / expected, "%");
	else
		grid_code(r->g, "not known", "", TONE_MUTED);
}

static void
put_previous(const struct figure_row *r)
{
	grid_member(r->g, json_object_get(r->figure, DOC_PREVIOUS), "value",
		    spd_text(r->metric, DOC_UNIT));
}

static const char *
change_unit(const struct figure_row *r)
{
	const char *unit = spd_text(r->metric, DOC_UNIT);

	return strcmp(unit, "%") == 0 ? UNIT_CHANGE : unit;
}

/* The difference, or why two quarters that both have the figure make none. */
static void
put_difference(const struct figure_row *r, const char *change, const char *not_comparable)
{
	const char *why = spd_text(r->figure, not_comparable);
	char words[SPD_CELL];

	if (why[0] == '\0') {
		grid_member(r->g, json_object_get(r->figure, change), DOC_DIFFERENCE,
			    change_unit(r));
		return;
	}
	if (strcmp(why, "NO_VALUE_NOW") == 0) { /* as the row says by itself */
		grid_code(r->g, "–", "", TONE_MUTED);
		return;
	}
	spd_reason_words(why, words);
	grid_code(r->g, book_text(r->g->book, "not comparable: %.100s", words), "", TONE_MUTED);
}

static void
put_change(const struct figure_row *r)
{
	put_difference(r, DOC_CHANGE, DOC_NOT_COMPARABLE);
}

static void
put_change_method(const struct figure_row *r)
{
	const char *why = spd_text(r->figure, DOC_NOT_COMPARABLE);

	grid_text(r->g, why[0] != '\0'
			    ? why
			    : spd_text(json_object_get(r->figure, DOC_CHANGE), DOC_METHOD));
}

static void
put_year_ago(const struct figure_row *r)
{
	grid_member(r->g, json_object_get(r->figure, DOC_YEAR_AGO), DOC_VALUE,
		    spd_text(r->metric, DOC_UNIT));
}

static void
put_year_change(const struct figure_row *r)
{
	put_difference(r, DOC_YEAR_CHANGE, DOC_YEAR_INCOMPARABLE);
}

static void
put_change_low(const struct figure_row *r)
{
	grid_member(r->g, json_object_get(r->figure, DOC_CHANGE), "low", change_unit(r));
}

static void
put_change_high(const struct figure_row *r)
{
	grid_member(r->g, json_object_get(r->figure, DOC_CHANGE), "high", change_unit(r));
}

static void
put_comment(const struct figure_row *r)
{
	grid_text(r->g, figure_comment(r->g->book, spd_text(r->metric, DOC_ID),
				       json_object_get(r->figure, DOC_BY)));
}

/* "median=3890; p90=7102; timeouts=12", numbers in the digits that give them back. */
static void
put_details(const struct figure_row *r)
{
	json_t *details = json_object_get(r->figure, DOC_DETAILS);
	json_t *lists[] = {details, json_object_get(details, "parts")};
	const char *all = "";
	const char *key;
	json_t *value;
	char n[SPD_CELL];

	for (size_t i = 0; i < COUNT(lists); i++) {
		json_object_foreach(lists[i], key, value)
		{
			if (!json_is_number(value))
				continue;
			spd_count(lists[i], key, "", n);
			all = book_join(r->g->book, all, "; ",
					book_text(r->g->book, "%s=%s", key, n));
		}
	}
	grid_text(r->g, all);
}

static const struct figure_column {
	struct column c;
	unsigned of;
	const char *word; /* by which a template asks for it; NULL: always there */
	void (*put)(const struct figure_row *r);
} before[] = {
    {{"metric", "Metric", IN_ALL, 8, false}, OF_ANY, NULL, put_id},
    {{"name", "Name", IN_ALL, 30, false}, OF_ANY, NULL, put_name},
    {{"form", "Form", IN_BOOK | IN_CSV, 13, false}, OF_SCORECARD | OF_ALL, NULL, put_form},
    {{"basis", "Basis", IN_CSV, 9, false}, OF_ANY, NULL, put_basis},
    {{"unit", "Unit", IN_CSV, 7, false}, OF_ANY, NULL, put_unit},
    {{"direction", "Better", IN_CSV, 9, false}, OF_ANY, NULL, put_direction},
};

static const struct figure_column after[] = {
    {{"numerator", "Count", IN_ALL, 10, true}, OF_ANY, "numerator", put_numerator},
    {{"denominator", "Of (n)", IN_ALL, 10, true}, OF_ANY, "denominator", put_denominator},
    {{"excluded", "Left out", IN_ALL, 8, true}, OF_ANY, "excluded", put_excluded},
    {{"excluded_by_reason", "Left out, by reason", IN_BOOK | IN_CSV, 34, false},
     OF_ALL,
     "excluded",
     put_reasons},
    {{"value", "Value", IN_ALL, 13, true}, OF_ANY, "value", put_value},
    {{"interval_low", "95 % from", IN_ALL, 9, true}, OF_ANY, "interval", put_low},
    {{"interval_high", "95 % to", IN_ALL, 9, true}, OF_ANY, "interval", put_high},
    {{"interval_by", "Interval for", IN_ALL, 22, false}, OF_ANY, "interval", put_interval_by},
    {{"plain_low", "Of these from", IN_BOOK | IN_CSV, 12, true}, OF_ALL, "interval", put_plain_low},
    {{"plain_high", "Of these to", IN_BOOK | IN_CSV, 11, true}, OF_ALL, "interval", put_plain_high},
    {{"general_low", "In general from", IN_BOOK | IN_CSV, 14, true},
     OF_ALL,
     "interval",
     put_general_low},
    {{"general_high", "In general to", IN_BOOK | IN_CSV, 13, true},
     OF_ALL,
     "interval",
     put_general_high},
    {{"deff", "Design effect", IN_BOOK | IN_CSV, 12, true}, OF_ALL, "interval", put_deff},
    {{"clusters", "Clusters", IN_BOOK | IN_CSV, 9, true}, OF_ALL, "interval", put_clusters},
    {{"q", "q", IN_BOOK | IN_CSV, 9, true}, OF_ALL, "status", put_q},
    {{"exact_low", "Exact from", IN_BOOK | IN_CSV, 11, true}, OF_ALL, "exact", put_exact_low},
    {{"exact_high", "Exact to", IN_BOOK | IN_CSV, 10, true}, OF_ALL, "exact", put_exact_high},
    {{"target", "Target", IN_ALL, 8, true}, OF_ANY, "target", put_target},
    {{"status", "Status", IN_ALL, 19, false}, OF_ANY, "status", put_status},
    {{"no_data", "No data because", IN_CSV, 16, false}, OF_ANY, NULL, put_no_data},
    {{"coverage", "Coverage", IN_ALL, 9, true}, OF_ANY, "coverage", put_coverage},
    {{"previous_value", "Previous quarter", IN_BOOK | IN_CSV, 17, true},
     OF_ALL,
     "previous",
     put_previous},
    {{"change", "Change", IN_ALL, 9, true}, OF_ANY, "change", put_change},
    {{"change_low", "Change from", IN_BOOK | IN_CSV, 12, true}, OF_ALL, "change", put_change_low},
    {{"change_high", "Change to", IN_BOOK | IN_CSV, 11, true}, OF_ALL, "change", put_change_high},
    {{"change_method", "How compared", IN_CSV, 14, false}, OF_ALL, "change", put_change_method},
    {{"year_ago_value", "A year ago", IN_BOOK | IN_CSV, 12, true},
     OF_ANY,
     "previous",
     put_year_ago},
    {{"year_change", "Change in a year", IN_BOOK | IN_CSV, 16, true},
     OF_ANY,
     "change",
     put_year_change},
};

static const struct figure_column last[] = {
    {{"details", "Details", IN_CSV, 30, false}, OF_ALL, "parts", put_details},
    {{"comment", "Comment", IN_ALL, 40, false}, OF_ANY, NULL, put_comment},
};

/* Is the column asked for? Those without a word always are. */
static bool
is_wanted(const struct figure_column *f, unsigned of, const json_t *words)
{
	const json_t *word;
	size_t i;

	if (!(f->of & of))
		return false;
	if (f->word == NULL || json_array_size(words) == 0)
		return true;
	json_array_foreach(words, i, word)
	{
		if (json_is_string(word) && strcmp(json_words(word), f->word) == 0)
			return true;
	}
	return false;
}

static const struct {
	const struct figure_column *columns;
	size_t n;
} parts[] = {
    [FIGURE_BEFORE] = {before, COUNT(before)},
    [FIGURE_AFTER] = {after, COUNT(after)},
    [FIGURE_LAST] = {last, COUNT(last)},
};
COVERS(parts, FIGURE_LAST + 1);

void
figure_columns(struct grid *g, enum figure_part part, unsigned of, const json_t *words)
{
	for (size_t i = 0; i < parts[part].n; i++)
		if (is_wanted(&parts[part].columns[i], of, words))
			grid_column(g, &parts[part].columns[i].c);
}

void
figure_cells(const struct figure_row *r, enum figure_part part, unsigned of, const json_t *words)
{
	for (size_t i = 0; i < parts[part].n; i++)
		if (is_wanted(&parts[part].columns[i], of, words))
			parts[part].columns[i].put(r);
}
