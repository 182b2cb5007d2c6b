/* The first page: what failed, what changed, what it rests on, and what is signed. */
#include "base/count.h"
#include "base/text.h"
#include "core/spd/keys.h"
#include "render/doc/spd_chart.h"
#include "render/page/html.h"
#include "render/sheet/sheets.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const json_t *
metrics_of(const struct book *b)
{
	return json_object_get(b->edition->doc, DOC_METRICS);
}

/* Metrics that are judged, or would be if there were data: not what is only told. */
static bool
is_judged(const json_t *metric)
{
	return metric_entity_figure(metric) != NULL &&
	       strcmp(spd_text(metric, DOC_FORM), "INFORMATION") != 0;
}

/* Counted, not sampled: no rate, and no interval. */
static bool
is_count(const json_t *metric)
{
	return strcmp(spd_text(metric, DOC_UNIT), "n") == 0 &&
	       strcmp(spd_text(metric, DOC_BASIS), "SAMPLE") != 0;
}

static bool
has_status(const json_t *metric, const char *status)
{
	return is_judged(metric) &&
	       strcmp(spd_text(metric_entity_figure(metric), DOC_STATUS), status) == 0;
}

/* --- tally ------------------------------------------------------------------------------------ */

static const struct {
	const char *status;
	const char *shown;
	const char *class;
} tallies[] = {
    {"NOT_MET", "✗ Not met", "bad"},
    {"NOT_PROVEN", "? Not proven", "unsure"},
    {"INSUFFICIENT", "… Too few", "unsure"},
    {"NO_DATA", "∅ No data", "muted"},
    {"MET", "✓ Met", "good"},
    {"NO_TARGET", "– No target set", "muted"},
};

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
put_tally(const struct book *b, struct buf *out)
{
	buf_addf(out, "<dl class=\"tally\">");
	for (size_t i = 0; i < COUNT(tallies); i++)
		buf_addf(out, "<div><dt class=\"%s\">%s</dt><dd>%zu</dd></div>", tallies[i].class,
			 tallies[i].shown, count_status(b, tallies[i].status));
	buf_addf(out, "</dl>\n");
}

/* --- what failed ------------------------------------------------------------------------------ */

static const char *
value_words(struct book *b, const json_t *metric, const json_t *figure)
{
	char value[SPD_CELL];
	char n[SPD_CELL];
	char d[SPD_CELL];
	double target;
	double v;

	spd_count(figure, DOC_NUMERATOR, "–", n);
	spd_count(figure, DOC_DENOMINATOR, "", d);
	if (!spd_number(figure, DOC_VALUE, &v))
		return d[0] == '\0' ? "no value" : book_text(b, "%s of %s", n, d);
	spd_value(v, spd_text(metric, DOC_UNIT), metric_target(metric, &target), value);
	return d[0] == '\0' ? book_text(b, "%s", value)
			    : book_text(b, "%s (%s of %s)", value, n, d);
}

static const char *
interval_words(struct book *b, const json_t *metric, const json_t *figure)
{
	const json_t *interval = json_object_get(figure, DOC_INTERVAL);
	char lo[SPD_CELL];
	char hi[SPD_CELL];
	double target;
	double low;
	double high;

	if (!spd_number(interval, DOC_LO, &low) || !spd_number(interval, DOC_HI, &high))
		return "all counted";
	spd_value(low, spd_text(metric, DOC_UNIT), metric_target(metric, &target), lo);
	spd_value(high, spd_text(metric, DOC_UNIT), metric_target(metric, &target), hi);
	return book_text(b, "%s to %s", lo, hi);
}

static const char *
target_words(struct book *b, const json_t *metric)
{
	char shown[SPD_CELL];
	double v;

	if (!spd_number(json_object_get(metric, DOC_TARGET), DOC_VALUE, &v))
		return "not set";
	spd_value(v, spd_text(metric, DOC_UNIT), &v, shown);
	return book_text(
	    b, "%s %s",
	    strcmp(spd_text(metric, DOC_DIRECTION), "DOWN") == 0 ? "at most" : "at least", shown);
}

static void
put_td(struct buf *out, const char *class, const char *text)
{
	buf_addf(out, class[0] == '\0' ? "<td>" : "<td class=\"%s\">", class);
	html_text(out, text);
	buf_addf(out, "</td>");
}

static void
put_judged_row(struct book *b, struct buf *out, const json_t *metric)
{
	const json_t *figure = metric_entity_figure(metric);
	const char *comment = figure_comment(b, spd_text(metric, DOC_ID), NULL);
	enum tone tone;
	const char *status = figure_status(b, metric, figure, &tone);

	buf_addf(out, "<tr><th scope=\"row\">");
	html_text(out, spd_text(metric, DOC_ID));
	buf_addf(out, "</th>");
	put_td(out, "", spd_text(metric, DOC_NAME));
	put_td(out, tone == TONE_BAD ? "bad" : "unsure", status);
	put_td(out, "n", value_words(b, metric, figure));
	put_td(out, "n", interval_words(b, metric, figure));
	put_td(out, "n", target_words(b, metric));
	put_td(out, comment[0] == '\0' ? "muted" : "", comment[0] == '\0' ? "no comment" : comment);
	buf_addf(out, "</tr>\n");
}

static void
put_failures(struct book *b, struct buf *out)
{
	static const char *const wanted[] = {"NOT_MET", "NOT_PROVEN"};
	const json_t *metric;
	size_t n = count_status(b, "NOT_MET") + count_status(b, "NOT_PROVEN");
	size_t i;

	buf_addf(out, "<h3 id=\"failed\">What failed, and what is not proven</h3>\n");
	if (n == 0) {
		buf_addf(out, "<p class=\"none\">No metric that has a target failed it, and none "
			      "is undecided.</p>\n");
		return;
	}
	buf_addf(out, "<div class=\"scroll\" role=\"region\" aria-labelledby=\"failed\" "
		      "tabindex=\"0\"><table aria-labelledby=\"failed\"><thead><tr>"
		      "<th scope=\"col\">Metric</th><th scope=\"col\">Name</th>"
		      "<th scope=\"col\">Status</th><th scope=\"col\" class=\"n\">Value</th>"
		      "<th scope=\"col\" class=\"n\">95 %% interval</th>"
		      "<th scope=\"col\" class=\"n\">Target</th><th scope=\"col\">Comment</th>"
		      "</tr></thead><tbody>\n");
	for (size_t k = 0; k < COUNT(wanted); k++) {
		json_array_foreach(metrics_of(b), i, metric)
		{
			if (has_status(metric, wanted[k]))
				put_judged_row(b, out, metric);
		}
	}
	buf_addf(out, "</tbody></table></div>\n");
}

/* --- what changed ----------------------------------------------------------------------------- */

static const char *
better_or_worse(const json_t *metric, double difference)
{
	const char *direction = spd_text(metric, DOC_DIRECTION);

	if (strcmp(direction, "UP") == 0)
		return difference > 0 ? "▲ better" : "▼ worse";
	if (strcmp(direction, "DOWN") == 0)
		return difference < 0 ? "▼ better" : "▲ worse";
	return difference > 0 ? "▲ up" : "▼ down";
}

static void
put_metric(struct buf *out, const json_t *metric)
{
	buf_addf(out, "<li><strong>");
	html_text(out, spd_text(metric, DOC_ID));
	buf_addf(out, "</strong> ");
	html_text(out, spd_text(metric, DOC_NAME));
}

static const char *
count_verb(double before, double now)
{
	if (before > 0 && now == 2 * before)
		return "doubled";
	if (before > 0 && 2 * now == before)
		return "halved";
	return now > before ? "rose" : "fell";
}

/* What is all counted has no chance in it: each change is one. "doubled from 8 to 16" */
static bool
put_count_change(struct buf *out, const json_t *metric)
{
	const json_t *figure = metric_entity_figure(metric);
	const char *unit = spd_text(metric, DOC_UNIT);
	const char *direction = spd_text(metric, DOC_DIRECTION);
	bool has_direction = strcmp(direction, "UP") == 0 || strcmp(direction, "DOWN") == 0;
	char words[2][SPD_CELL];
	double before;
	double now;

	if (!is_count(metric) || !spd_number(figure, DOC_VALUE, &now) ||
	    !spd_number(json_object_get(figure, DOC_PREVIOUS), DOC_VALUE, &before) || now == before)
		return false;
	spd_value(before, unit, &now, words[0]);
	spd_value(now, unit, &before, words[1]);
	put_metric(out, metric);
	buf_addf(out, " %s from ", count_verb(before, now));
	html_text(out, words[0]);
	buf_addf(out, " to ");
	html_text(out, words[1]);
	if (has_direction)
		buf_addf(out, ", %s", better_or_worse(metric, now - before));
	buf_addf(out, "</li>\n");
	return true;
}

/* A change of a sample is told when its interval leaves no change out. */
static bool
put_change(struct buf *out, const json_t *metric)
{
	const json_t *figure = metric_entity_figure(metric);
	const json_t *change = json_object_get(figure, DOC_CHANGE);
	double difference;
	double low;
	double high;
	char words[3][SPD_CELL];

	if (!spd_number(change, DOC_DIFFERENCE, &difference) ||
	    !spd_number(change, DOC_LOW, &low) || !spd_number(change, DOC_HIGH, &high) ||
	    (low <= 0 && high >= 0))
		return put_count_change(out, metric);
	buf_addf(out, "<li><strong>");
	html_text(out, spd_text(metric, DOC_ID));
	buf_addf(out, "</strong> ");
	html_text(out, spd_text(metric, DOC_NAME));
	spd_value(difference, UNIT_CHANGE, NULL, words[0]);
	spd_value(low, UNIT_CHANGE, NULL, words[1]);
	spd_value(high, UNIT_CHANGE, NULL, words[2]);
	buf_addf(out, ": %s, %s (95 %% interval %s to %s)</li>\n",
		 better_or_worse(metric, difference), words[0], words[1], words[2]);
	return true;
}

static bool
put_status_change(struct buf *out, const json_t *metric)
{
	const json_t *figure = metric_entity_figure(metric);
	const json_t *previous = json_object_get(figure, DOC_PREVIOUS);
	const char *was = spd_text(previous, DOC_STATUS);
	const char *is = spd_text(figure, DOC_STATUS);
	char before[SPD_CELL];
	char now[SPD_CELL];

	if (was[0] == '\0' || strcmp(was, is) == 0)
		return false;
	spd_words(was, before);
	spd_words(is, now);
	buf_addf(out, "<li><strong>");
	html_text(out, spd_text(metric, DOC_ID));
	buf_addf(out, "</strong> ");
	html_text(out, spd_text(metric, DOC_NAME));
	buf_addf(out, ": from ");
	html_text(out, before);
	buf_addf(out, " to ");
	html_text(out, now);
	buf_addf(out, "</li>\n");
	return true;
}

static size_t
signals_of(const json_t *metric, const char *what, const char *list, const char *flag)
{
	const json_t *item;
	size_t n = 0;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(metric, what), list), i, item) n +=
	    json_is_true(json_object_get(item, flag));
	return n;
}

static bool
put_warning(struct buf *out, const json_t *metric)
{
	size_t weeks = signals_of(metric, "chart", "weeks", "signal");
	size_t sites = signals_of(metric, "funnel", "units", "outside");
	char change[SPD_CELL];
	bool changed = spd_chart_change(metric, change);

	if (weeks + sites == 0 && !changed)
		return false;
	buf_addf(out, "<li><strong>");
	html_text(out, spd_text(metric, DOC_ID));
	buf_addf(out, "</strong> ");
	html_text(out, spd_text(metric, DOC_NAME));
	buf_addf(out, ": ");
	if (changed)
		html_text(out, change);
	if (weeks > 0)
		buf_addf(out, "%s%zu point%s outside the control limits", changed ? "; " : "",
			 weeks, text_s(weeks));
	if (sites > 0)
		buf_addf(out, "%s%zu site%s outside the 99.8 %% limits",
			 changed || weeks > 0 ? "; " : "", sites, text_s(sites));
	buf_addf(out, "</li>\n");
	return true;
}

static void
put_list(const struct book *b, struct buf *out, const char *title, const char *none,
	 bool (*put)(struct buf *out, const json_t *metric))
{
	const json_t *metric;
	size_t n = 0;
	size_t i;
	size_t mark;

	buf_addf(out, "<div><h3>%s</h3>\n", title);
	mark = out->n;
	buf_addf(out, "<ul class=\"list\">\n");
	json_array_foreach(metrics_of(b), i, metric)
	{
		if (is_judged(metric))
			n += put(out, metric);
	}
	if (n == 0) {
		out->n = mark;
		buf_addf(out, "<p class=\"none\">%s</p></div>\n", none);
	} else {
		buf_addf(out, "</ul></div>\n");
	}
}

/* --- what it rests on ------------------------------------------------------------------------- */

static void
put_restatements(const struct book *b, struct buf *out)
{
	size_t n = json_array_size(json_object_get(b->edition->doc, DOC_RESTATEMENTS));

	if (n > 0)
		buf_addf(out,
			 "<li>%zu figure%s differ%s from what was submitted before: see <a "
			 "href=\"#restatements\">Restatements</a>.</li>\n",
			 n, text_s(n), n == 1 ? "s" : "");
}

static void
put_feeds(struct buf *out, const json_t *completeness)
{
	const json_t *feeds = json_object_get(completeness, DOC_FEEDS);
	const json_t *feed;
	size_t unknown = 0;
	size_t short_of = 0;
	size_t i;

	json_array_foreach(feeds, i, feed)
	{
		double missing;

		if (!spd_number(feed, DOC_MISSING, &missing))
			unknown++;
		else if (missing > 0)
			short_of++;
	}
	buf_addf(out,
		 "<li>%zu feed%s; %zu with records missing, %zu of which nobody said what to "
		 "expect; %lld fell silent.</li>\n",
		 json_array_size(feeds), text_s(json_array_size(feeds)), short_of, unknown,
		 (long long)json_integer_value(json_object_get(completeness, DOC_SILENT_TOTAL)));
}

/* "" where the metric has data; else why the entity has no figure. */
static const char *
no_data_of(const json_t *metric)
{
	const json_t *figure = metric_entity_figure(metric);
	const char *reason = spd_text(figure, DOC_NO_DATA);

	if (figure == NULL || strcmp(spd_text(figure, DOC_STATUS), "NO_DATA") != 0)
		return "";
	return reason[0] == '\0' ? "NO_REASON_GIVEN" : reason;
}

/* The metrics from this one on that have no data for its reason, in one line. */
static void
put_without_data(const json_t *metrics, size_t first, const char *reason, struct buf *out)
{
	size_t n = 0;
	char words[SPD_CELL];

	spd_reason_words(reason, words);
	buf_addf(out, "<li>");
	html_text(out, words);
	for (size_t i = first; i < json_array_size(metrics); i++) {
		const json_t *metric = json_array_get(metrics, i);

		if (strcmp(no_data_of(metric), reason) != 0)
			continue;
		buf_addf(out, "%s <strong>", n++ == 0 ? ":" : ",");
		html_text(out, spd_text(metric, DOC_ID));
		buf_addf(out, "</strong> ");
		html_text(out, spd_text(metric, DOC_NAME));
	}
	buf_addf(out, "</li>\n");
}

static bool
is_reason_told(const json_t *metrics, size_t before, const char *reason)
{
	for (size_t i = 0; i < before; i++)
		if (strcmp(no_data_of(json_array_get(metrics, i)), reason) == 0)
			return true;
	return false;
}

/* Counts too: a volume that nobody tells is no nought. */
static void
put_no_data(const struct book *b, struct buf *out)
{
	const json_t *metrics = metrics_of(b);
	size_t n = 0;

	buf_addf(out, "<div><h3>Without data</h3>\n");
	for (size_t i = 0; i < json_array_size(metrics); i++) {
		const char *reason = no_data_of(json_array_get(metrics, i));

		if (reason[0] == '\0' || is_reason_told(metrics, i, reason))
			continue;
		if (n++ == 0)
			buf_addf(out, "<ul class=\"list\">\n");
		put_without_data(metrics, i, reason, out);
	}
	buf_addf(out,
		 n == 0 ? "<p class=\"none\">Every metric has data.</p></div>\n" : "</ul></div>\n");
}

static void
put_quarantine(struct buf *out, const json_t *completeness)
{
	const json_t *item;
	json_int_t n = 0;
	size_t i;

	json_array_foreach(json_object_get(completeness, DOC_QUARANTINE), i, item) n +=
	    json_integer_value(json_object_get(item, DOC_COUNT));
	if (n == 1)
		buf_addf(out, "<li>1 record was refused and kept apart.</li>\n");
	else if (n > 1)
		buf_addf(out,
			 "<li>%" JSON_INTEGER_FORMAT " records were refused and kept apart.</li>\n",
			 n);
}

static void
put_ground(const struct book *b, struct buf *out)
{
	const json_t *completeness = json_object_get(b->edition->doc, DOC_COMPLETENESS);
	size_t missing = json_array_size(json_object_get(b->edition->doc, DOC_UNSUPPORTED));

	buf_addf(out, "<div><h3>What it rests on</h3>\n<ul class=\"list\">\n");
	if (json_is_object(completeness))
		put_feeds(out, completeness);
	put_quarantine(out, completeness);
	if (!json_is_object(completeness))
		buf_addf(out, "<li>The document has no statement of completeness.</li>\n");
	put_restatements(b, out);
	if (missing > 0)
		buf_addf(out,
			 "<li>%zu metric%s not computed, for want of the records they need.</li>\n",
			 missing, missing == 1 ? " is" : "s are");
	buf_addf(out, "<li>More in <a href=\"#data_quality\">Data quality</a>.</li></ul></div>\n");
}

/* --- what is signed --------------------------------------------------------------------------- */

static void
put_signed_row(struct book *b, struct buf *out, const char *what, const char *action)
{
	const json_t *event = edition_event(b->edition, action);

	buf_addf(out, "<tr><th scope=\"row\">%s</th>", what);
	if (event == NULL) {
		put_td(out, "muted", b->provisional ? "no: provisional" : "not yet");
	} else {
		char who[SPD_WHO];

		buf_addf(out, "<td>");
		spd_who(event, who);
		html_text(out, who);
		buf_addf(out, ", ");
		html_text(out, book_time(b, spd_text(event, DOC_AT)));
		buf_addf(out, "</td>");
	}
	buf_addf(out, "</tr>\n");
}

static void
put_signed(struct book *b, struct buf *out)
{
	const struct edition *ed = b->edition;
	const char *key = spd_text(ed->seal, "key_id");

	buf_addf(out, "<div><h3 id=\"signed\">What is signed</h3>\n<table class=\"pairs\" "
		      "aria-labelledby=\"signed\"><tbody>\n");
	put_signed_row(b, out, "Prepared", "FREEZE");
	put_signed_row(b, out, "Reviewed", "QA");
	put_signed_row(b, out, "Approved", "APPROVE");
	put_signed_row(b, out, "Submitted", "SUBMIT");
	buf_addf(out, "<tr><th scope=\"row\">Document</th><td>SHA-256 <code>%s</code></td></tr>\n",
		 ed->sha256);
	buf_addf(out, "<tr><th scope=\"row\">Signature</th>");
	put_td(out, ed->seal == NULL ? "muted" : "",
	       ed->seal == NULL ? "not signed" : book_text(b, "Ed25519, key %s", key));
	buf_addf(out, "</tr>\n</tbody></table></div>\n");
}

void
html_summary(struct book *b, struct buf *out)
{
	buf_addf(out, "<section id=\"summary\" aria-labelledby=\"summary-h\" tabindex=\"-1\">"
		      "<h2 id=\"summary-h\">Summary</h2>\n");
	put_tally(b, out);
	put_failures(b, out);
	buf_addf(out, "<div class=\"columns\">\n");
	put_list(b, out, "What changed since the quarter before",
		 "No count changed, and no rate beyond chance.", put_change);
	put_list(b, out, "Status changed", "No status changed.", put_status_change);
	put_list(b, out, "Early warnings",
		 "No level changed; no week and no site is outside its limits.", put_warning);
	put_no_data(b, out);
	put_ground(b, out);
	put_signed(b, out);
	buf_addf(out, "</div>\n");
	buf_addf(out, "</section>\n");
}
