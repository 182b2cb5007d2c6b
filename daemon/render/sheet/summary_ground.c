/* The summary's sentences about what is not known, and about what the figures rest on. */
#include "base/count.h"
#include "base/text.h"
#include "core/spd/keys.h"
#include "render/doc/spd_target.h"
#include "render/sheet/summary.h"

#include <stdio.h>
#include <string.h>

#define QUALITY     "data_quality"
#define FEEDS_TOLD  8 /* those that lack most */
#define LATE_NAMED  10
#define FORMS_NAMED 20

/* --- without a figure ------------------------------------------------------------------------- */

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

static const char *
needs_of(const json_t *item)
{
	return spd_text(item, DOC_NEEDS);
}

static bool
is_told(const json_t *list, size_t before, const char *(*why)(const json_t *), const char *reason)
{
	for (size_t i = 0; i < before; i++)
		if (strcmp(why(json_array_get(list, i)), reason) == 0)
			return true;
	return false;
}

/* Those from this one on that have the same reason: "QN05 Training delivered, QN06 Competence". */
static const char *
named(struct book *b, const json_t *list, size_t first, const char *(*why)(const json_t *))
{
	const char *reason = why(json_array_get(list, first));
	const char *all = "";

	for (size_t i = first; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);

		if (strcmp(why(item), reason) == 0)
			all = book_join(b, all, ", ",
					book_text(b, "%s %s", spd_text(item, DOC_ID),
						  spd_text(item, DOC_NAME)));
	}
	return all;
}

/* "QN16 TIP enabled time (no lane has TIP; set by unix:anna ...)" */
static void
say_not_applicable(struct grid *g)
{
	const json_t *item;
	const char *all = "";
	size_t i;

	if (g == NULL)
		return;
	json_array_foreach(json_object_get(g->book->edition->doc, DOC_NOT_APPLICABLE), i, item)
	{
		all = book_join(g->book, all, ", ",
				book_text(g->book, "%s %s (%s; %s)", spd_text(item, DOC_ID),
					  spd_text(item, DOC_NAME), spd_text(item, DOC_REASON),
					  book_decided(g->book, item, DOC_DECLARED_BY)));
	}
	if (all[0] != '\0')
		summary_say(g, "", book_text(g->book, "Not applicable here: %s.", all));
}

/* Measures of which nothing is known in this form, of those of which anything is. */
static void
say_form(struct grid *g, const char *form, const char *words)
{
	const json_t *list = json_object_get(g->book->edition->doc, DOC_FORMS);
	struct book *b = g->book;
	const char *names = "";
	const json_t *item;
	size_t n = 0;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (json_is_false(json_object_get(item, form)) && n++ < FORMS_NAMED)
			names = book_join(b, names, ", ",
					  book_value(b, DOC_MEASURE, spd_text(item, DOC_MEASURE)));
	}
	if (n > 0)
		summary_say(
		    g, QUALITY,
		    book_text(b,
			      "Of %zu measures that anything is known of, no %s metric tells "
			      "anything of %zu: %s%s.",
			      json_array_size(list), words, n, names,
			      n > FORMS_NAMED ? ", and others" : ""));
}

/* A line a reason. Counts too: a volume that nobody tells is no nought. */
void
summary_unknown(struct sheet *s)
{
	struct book *b = s->book;
	struct grid *g = summary_list(s, "unknown", "What is not known, and why",
				      "Every metric of the catalogue has a figure.");
	const json_t *metrics = json_object_get(b->edition->doc, DOC_METRICS);
	const json_t *missing = json_object_get(b->edition->doc, DOC_UNSUPPORTED);
	char words[SPD_CELL];

	for (size_t i = 0; i < json_array_size(metrics); i++) {
		const char *reason = no_data_of(json_array_get(metrics, i));

		if (reason[0] == '\0' || is_told(metrics, i, no_data_of, reason))
			continue;
		spd_reason_words(reason, words);
		summary_say(
		    g, "",
		    book_text(b, "%s: no figure (%s).", named(b, metrics, i, no_data_of), words));
	}
	if (g != NULL) {
		say_form(g, DOC_QUALITATIVE, "qualitative");
		say_form(g, DOC_OUTPUT, "output");
	}
	say_not_applicable(g);
	for (size_t i = 0; i < json_array_size(missing); i++) {
		const char *needs = needs_of(json_array_get(missing, i));

		if (!is_told(missing, i, needs_of, needs))
			summary_say(g, "",
				    book_text(b, "%s: not computed, for want of %s.",
					      named(b, missing, i, needs_of), needs));
	}
}

/* --- what it rests on ------------------------------------------------------------------------- */

static const json_t *
completeness_of(const struct book *b)
{
	return json_object_get(b->edition->doc, DOC_COMPLETENESS);
}

static double
missing_of(const json_t *feed)
{
	double missing;

	return spd_number(feed, DOC_MISSING, &missing) ? missing : 0;
}

/* The feed that lacks most of those that lack less than `most`, or as much and come after `last`;
 * NULL: none. */
static const json_t *
next_feed(const json_t *feeds, double most, const json_t *last)
{
	const json_t *found = NULL;
	double least = 0; /* what more must be missing of */
	bool passed = last == NULL;
	const json_t *feed;
	size_t i;

	json_array_foreach(feeds, i, feed)
	{
		double missing = missing_of(feed);
		bool after = missing < most || (missing == most && passed);

		passed = passed || feed == last;
		if (after && missing > least) {
			found = feed;
			least = missing;
		}
	}
	return found;
}

static void
say_feeds(struct grid *g)
{
	const json_t *feeds = json_object_get(completeness_of(g->book), DOC_FEEDS);
	struct book *b = g->book;
	size_t unknown = 0;
	size_t lacking = 0;
	const json_t *feed;
	double most = 0;
	size_t i;

	json_array_foreach(feeds, i, feed)
	{
		double missing;

		unknown += !spd_number(feed, DOC_MISSING, &missing);
		lacking += missing_of(feed) > 0;
		most = missing_of(feed) > most ? missing_of(feed) : most;
	}
	summary_say(g, QUALITY,
		    book_text(b,
			      "Of %zu feed%s %zu lack%s records, and of %zu nobody said what to "
			      "expect.",
			      json_array_size(feeds), text_s(json_array_size(feeds)), lacking,
			      lacking == 1 ? "s" : "", unknown));
	feed = next_feed(feeds, most, NULL);
	for (i = 0; feed != NULL && i < FEEDS_TOLD; i++) {
		double expected = 0;
		char kind[SPD_CELL];

		spd_number(feed, DOC_EXPECTED, &expected);
		spd_words(spd_text(feed, DOC_KIND), kind);
		summary_say(g, QUALITY,
			    book_text(b, "%s, %s: %s of %s expected records are missing.",
				      spd_text(feed, DOC_SOURCE), kind,
				      book_count(b, missing_of(feed)), book_count(b, expected)));
		feed = next_feed(feeds, missing_of(feed), feed);
	}
}

static void
say_silent(struct grid *g)
{
	json_int_t n =
	    json_integer_value(json_object_get(completeness_of(g->book), DOC_SILENT_TOTAL));

	if (n > 0)
		summary_say(g, QUALITY,
			    book_text(g->book, "%s feed%s fell silent in the quarter.",
				      book_count(g->book, (double)n), text_s((uint64_t)n)));
}

static void
say_quarantine(struct grid *g)
{
	const json_t *list = json_object_get(completeness_of(g->book), DOC_QUARANTINE);
	const json_t *item;
	json_int_t n = 0;
	size_t i;

	json_array_foreach(list, i, item) n += json_integer_value(json_object_get(item, DOC_COUNT));
	if (n > 0)
		summary_say(g, QUALITY,
			    book_text(g->book,
				      "%s record%s about this quarter %s refused and kept apart.",
				      book_count(g->book, (double)n), text_s((uint64_t)n),
				      n == 1 ? "was" : "were"));
}

static void
say_late(struct grid *g)
{
	const json_t *late = json_object_get(completeness_of(g->book), DOC_LATE);
	struct book *b = g->book;
	double received;
	double after;
	double hours;

	if (spd_number(late, "after_lag", &after) && spd_number(late, "lag_hours", &hours) &&
	    spd_number(late, DOC_RECEIVED, &received) && after > 0)
		summary_say(g, QUALITY,
			    book_text(b,
				      "%s of %s records came more than %.0f hours after what "
				      "they tell.",
				      book_count(b, after), book_count(b, received), hours));
}

static void
say_clocks(struct grid *g)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(completeness_of(g->book), DOC_CLOCK), i, item)
	{
		double far = 0;
		double told = 0;
		double worst = 0;

		if (!spd_number(item, "beyond_60s", &far) || far <= 0)
			continue;
		spd_number(item, "told", &told);
		spd_number(item, "worst_ms", &worst);
		summary_say(g, QUALITY,
			    book_text(g->book,
				      "%s: its clock was more than a minute wrong in %s of %s "
				      "heartbeats, at worst by %.0f seconds.",
				      spd_text(item, DOC_SOURCE), book_count(g->book, far),
				      book_count(g->book, told), worst / 1000));
	}
}

static void
say_restatements(struct grid *g)
{
	size_t n = json_array_size(json_object_get(g->book->edition->doc, DOC_RESTATEMENTS));

	if (n > 0)
		summary_say(g, "restatements",
			    book_text(g->book,
				      "%zu figure%s differ%s from what was submitted before.", n,
				      text_s(n), n == 1 ? "s" : ""));
}

static void
say_embargo(struct grid *g)
{
	const json_t *list =
	    json_object_get(json_object_get(g->book->edition->doc, DOC_EMBARGO), DOC_EXCLUDED);
	const json_t *item;
	json_int_t n = 0;
	size_t i;

	json_array_foreach(list, i, item) n += json_integer_value(json_object_get(item, DOC_COUNT));
	if (n > 0)
		summary_say(g, "cover",
			    book_text(g->book,
				      "%s test%s that nobody has debriefed yet %s left out of this "
				      "revision.",
				      book_count(g->book, (double)n), text_s((uint64_t)n),
				      n == 1 ? "is" : "are"));
}

/* Rates that an interval judges: alone, or by their q, and then which have a status. */
static void
count_judged(const json_t *metric, size_t *alone, size_t *decided)
{
	static const char *const statuses[] = {"MET", "NOT_MET", "NOT_PROVEN"};
	const json_t *figure;
	size_t i;

	json_array_foreach(json_object_get(metric, DOC_FIGURES), i, figure)
	{
		const char *status = spd_text(figure, DOC_STATUS);
		size_t k = 0;

		while (k < COUNT(statuses) && strcmp(status, statuses[k]) != 0)
			k++;
		if (k == COUNT(statuses) || !json_is_object(json_object_get(figure, DOC_INTERVAL)))
			continue;
		if (json_is_number(json_object_get(figure, DOC_Q)))
			*decided += k < 2;
		else
			(*alone)++;
	}
}

/* How many false alarms there may be among the statuses. */
static void
say_chance(struct grid *g)
{
	const json_t *metrics = json_object_get(g->book->edition->doc, DOC_METRICS);
	size_t alone = 0;
	size_t decided = 0;

	for (size_t i = 0; i < json_array_size(metrics); i++)
		count_judged(json_array_get(metrics, i), &alone, &decided);
	if (alone > 0)
		summary_say(
		    g, "",
		    book_text(g->book,
			      "%zu rate%s of the entity and its sites %s judged by the 95 %% "
			      "interval alone: of rates exactly on their target about one "
			      "in twenty would get a status by chance, here %.1f.",
			      alone, text_s(alone), alone == 1 ? "is" : "are", (double)alone / 20));
	if (decided > 0)
		summary_say(
		    g, "",
		    book_text(g->book,
			      "%zu other part%s the status met or not met (q below 0.05): at most "
			      "one in twenty such statuses is expected to be a false alarm, "
			      "here %.1f.",
			      decided, decided == 1 ? " has" : "s have", (double)decided / 20));
}

static void
say_suppressed(struct grid *g)
{
	const json_t *small = json_object_get(g->book->edition->doc, DOC_SMALL_CELLS);
	double n;
	double below;

	if (!spd_number(small, DOC_BELOW, &below))
		return;
	if (json_is_true(json_object_get(small, DOC_SHOWN)))
		summary_say(g, "",
			    book_text(g->book,
				      "Figures of fewer than %.0f persons are NOT suppressed: for "
				      "whoever asked for them alone.",
				      below));
	else if (spd_number(small, DOC_SUPPRESSED, &n) && n > 0)
		summary_say(g, "",
			    book_text(g->book,
				      "%s figure%s suppressed: of fewer than %.0f persons, or such "
				      "that those could be told by subtraction.",
				      book_count(g->book, n), n == 1 ? " is" : "s are", below));
}

/* Who sets a target may know then what it will be met by. */
static void
say_late_targets(struct grid *g)
{
	struct book *b = g->book;
	const char *names = "";
	const json_t *metric;
	size_t n = 0;
	size_t i;

	json_array_foreach(json_object_get(b->edition->doc, DOC_METRICS), i, metric)
	{
		if (spd_target_is_late(metric) && n++ < LATE_NAMED)
			names = book_join(b, names, ", ", spd_text(metric, DOC_ID));
	}
	if (n > 0)
		summary_say(g, "definitions",
			    book_text(b,
				      SIGN_LATE " %zu target%s %s set when the quarter had ended: "
						"%s%s.",
				      n, text_s(n), n == 1 ? "was" : "were", names,
				      n > LATE_NAMED ? ", and others" : ""));
}

void
summary_ground(struct sheet *s)
{
	struct grid *g = summary_list(s, "ground", "What it rests on",
				      "The document has no statement of completeness.");

	if (g == NULL)
		return;
	if (json_is_object(completeness_of(s->book))) {
		say_feeds(g);
		say_silent(g);
		say_late(g);
		say_clocks(g);
		say_quarantine(g);
	}
	say_chance(g);
	say_late_targets(g);
	say_suppressed(g);
	say_restatements(g);
	say_embargo(g);
}
