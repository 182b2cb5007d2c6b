/* The summary's sentences about this quarter and the one before. */
#include "base/count.h"
#include "core/spd/keys.h"
#include "render/doc/spd_reason.h"
#include "render/doc/spd_since.h"
#include "render/sheet/summary.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SLIGHT_CHANGE 0.001 /* a tenth of a percentage point */

static const json_t *
metrics_of(const struct book *b)
{
	return json_object_get(b->edition->doc, DOC_METRICS);
}

static bool
is_text(const json_t *o, const char *key, const char *wanted)
{
	return strcmp(spd_text(o, key), wanted) == 0;
}

static const json_t *
previous_of(const json_t *figure)
{
	return json_object_get(figure, DOC_PREVIOUS);
}

/* Was the quarter before counted as this one? */
static bool
is_comparable(const json_t *metric, const json_t *figure)
{
	return is_text(previous_of(figure), DOC_DEFINITION_VERSION, spd_text(metric, DOC_VERSION));
}

/* All counted, nothing sampled: there is no chance in it, and each change is one. */
static bool
is_counted(const json_t *metric)
{
	static const char per[] = "per ";

	return !is_text(metric, DOC_BASIS, "SAMPLE") &&
	       (is_text(metric, DOC_UNIT, "n") || is_text(metric, DOC_UNIT, "%") ||
		strncmp(spd_text(metric, DOC_UNIT), per, sizeof per - 1) == 0);
}

/* A number of what should not happen. */
static bool
is_serious(const json_t *metric)
{
	return summary_is_judged(metric) && is_counted(metric) && is_text(metric, DOC_UNIT, "n") &&
	       is_text(metric, DOC_DIRECTION, "DOWN");
}

/* Is there any quarter before to compare with? */
static bool
has_previous(const struct book *b)
{
	const json_t *metric;
	size_t i;

	json_array_foreach(metrics_of(b), i, metric)
	{
		if (json_is_object(previous_of(metric_entity_figure(metric))))
			return true;
	}
	return false;
}

/* empty: what to say when there is a quarter before, and nothing to say of it. */
static const char *
nothing_told(const struct book *b, const char *empty)
{
	char before[SPD_CELL];

	if (has_previous(b))
		return empty;
	spd_quarter_before(spd_text(json_object_get(b->edition->doc, DOC_QUARTER), DOC_LABEL),
			   before);
	return arena_printf(b->arena,
			    "Nothing can be compared: no figure of %.20s, the quarter before, is "
			    "known.",
			    before);
}

static const char *
with_worth(struct book *b, const char *sentence, const json_t *metric, double difference)
{
	const char *worth = summary_worth(metric, difference);

	return book_text(b, "%s%s%s.", sentence, worth[0] == '\0' ? "" : ", ", worth);
}

/* --- counts ----------------------------------------------------------------------------------- */

static const char *
count_verb(double before, double now)
{
	if (before > 0 && now == 2 * before)
		return "doubled";
	if (before > 0 && 2 * now == before)
		return "halved";
	return now > before ? "rose" : "fell";
}

/* "Serious deficiencies open doubled from 8 to 16, worse." */
static const char *
count_change(struct book *b, const json_t *metric, const char *name, double before, double now)
{
	return with_worth(b,
			  book_text(b, "%s %s from %s to %s", name, count_verb(before, now),
				    book_count(b, before), book_count(b, now)),
			  metric, now - before);
}

/* What is known of a number now and before, changed or not. */
static const char *
count_told(struct book *b, const json_t *metric, const char *name, const json_t *figure,
	   const char *key)
{
	double before;
	double now;

	if (!spd_number(figure, key, &now))
		return book_text(b, "%s: not known.", name);
	if (!json_is_object(previous_of(figure)))
		return book_text(b, "%s: %s; the quarter before is not known.", name,
				 book_count(b, now));
	if (!is_comparable(metric, figure))
		return book_text(b, "%s: %s; the quarter before was counted by another definition.",
				 name, book_count(b, now));
	if (!spd_number(previous_of(figure), key, &before))
		return book_text(b, "%s: %s; the quarter before had no figure.", name,
				 book_count(b, now));
	if (now == before)
		return book_text(b, "%s stayed at %s.", name, book_count(b, now));
	return count_change(b, metric, name, before, now);
}

static const json_t *
figure_of_severity(const json_t *metric, const char *severity)
{
	const json_t *figure;
	size_t i;

	json_array_foreach(json_object_get(metric, DOC_FIGURES), i, figure)
	{
		if (spd_is_by(figure, "severity") &&
		    is_text(json_object_get(figure, DOC_BY), "severity", severity))
			return figure;
	}
	return NULL;
}

/* Of a number that is told by severity, what is serious or critical. What has no figure of its own
 * is none, and then what it was before is not in the document. */
static void
say_severities(struct grid *g, const json_t *metric)
{
	static const char *const severities[] = {"CRITICAL", "SERIOUS"};
	const json_t *parts =
	    json_object_get(json_object_get(metric_entity_figure(metric), DOC_DETAILS), "parts");

	for (size_t i = 0; i < COUNT(severities) && is_counted(metric); i++) {
		const json_t *figure = figure_of_severity(metric, severities[i]);
		const char *name = book_text(g->book, "%s (%s)", spd_text(metric, DOC_NAME),
					     spd_reason(severities[i]));
		double n;

		if (!spd_number(parts, severities[i], &n))
			continue;
		if (figure == NULL)
			summary_say_of(g, metric,
				       book_text(g->book, "%s: %s.", name, book_count(g->book, n)));
		else
			summary_say_of(g, metric,
				       count_told(g->book, metric, name, figure, DOC_NUMERATOR));
	}
}

void
summary_serious(struct sheet *s)
{
	struct grid *g = summary_list(s, "serious", "What should not happen",
				      "No metric counts what should not happen.");
	const json_t *metric;
	size_t i;

	json_array_foreach(metrics_of(s->book), i, metric)
	{
		if (is_serious(metric))
			summary_say_of(g, metric,
				       count_told(s->book, metric, spd_text(metric, DOC_NAME),
						  metric_entity_figure(metric), DOC_VALUE));
		else if (g != NULL)
			say_severities(g, metric);
	}
}

/* --- rates ------------------------------------------------------------------------------------ */

/* "Audit plan delivery fell from 95.0 % to 77.8 %, by 17.2 pp" */
static const char *
rate_change(struct book *b, const json_t *metric, double before, double now)
{
	const char *unit = spd_text(metric, DOC_UNIT);
	char words[3][SPD_CELL];

	spd_value(before, unit, &now, words[0]);
	spd_value(now, unit, &before, words[1]);
	spd_value(fabs(now - before), strcmp(unit, "%") == 0 ? UNIT_CHANGE : unit, NULL, words[2]);
	return book_text(b, "%s %s from %s to %s, by %s", spd_text(metric, DOC_NAME),
			 now > before ? "rose" : "fell", words[0], words[1],
			 words[2] + (words[2][0] == '+'));
}

/* The difference is of what both quarters have, so it is not that of the two values. */
static const char *
matched_change(struct book *b, const json_t *metric, double difference)
{
	char words[SPD_CELL];

	spd_value(fabs(difference), UNIT_CHANGE, NULL, words);
	return book_text(b, "%s %s by %s, of images alike in both quarters",
			 spd_text(metric, DOC_NAME), difference > 0 ? "rose" : "fell",
			 words + (words[0] == '+'));
}

/* A change of a sample is told when its interval leaves no change out. */
static const char *
sample_change(struct book *b, const json_t *metric, const json_t *figure)
{
	const json_t *change = json_object_get(figure, DOC_CHANGE);
	char low[SPD_CELL];
	char high[SPD_CELL];
	char whom[SPD_CELL];
	double difference;
	double lo;
	double hi;
	double before;
	double now;
	const char *told;

	if (!spd_number(change, DOC_DIFFERENCE, &difference) || !spd_number(change, DOC_LOW, &lo) ||
	    !spd_number(change, DOC_HIGH, &hi) || (lo <= 0 && hi >= 0) ||
	    !spd_number(figure, DOC_VALUE, &now) ||
	    !spd_number(previous_of(figure), DOC_VALUE, &before))
		return NULL;
	spd_value(lo, UNIT_CHANGE, NULL, low);
	spd_value(hi, UNIT_CHANGE, NULL, high);
	spd_change_for(metric, change, whom);
	told = is_text(change, DOC_METHOD, "STANDARDISED") ? matched_change(b, metric, difference)
							   : rate_change(b, metric, before, now);
	return with_worth(b,
			  book_text(b, "%s (95 %% interval %s to %s%s%s)", told, low, high,
				    whom[0] == '\0' ? "" : ", ", whom),
			  metric, difference);
}

/* NULL: there is none to tell. */
static const char *
change_told(struct book *b, const json_t *metric)
{
	const json_t *figure = metric_entity_figure(metric);
	double before;
	double now;

	if (!is_comparable(metric, figure) || spd_text(figure, DOC_NOT_COMPARABLE)[0] != '\0')
		return NULL;
	if (!is_counted(metric))
		return sample_change(b, metric, figure);
	if (!spd_number(figure, DOC_VALUE, &now) ||
	    !spd_number(previous_of(figure), DOC_VALUE, &before) || now == before)
		return NULL;
	if (is_text(metric, DOC_UNIT, "n"))
		return count_change(b, metric, spd_text(metric, DOC_NAME), before, now);
	return with_worth(b, rate_change(b, metric, before, now), metric, now - before);
}

/* Those that the quarter before cannot be held against, in one sentence. */
static void
say_not_comparable(struct grid *g)
{
	const json_t *metric;
	const char *all = "";
	size_t i;

	json_array_foreach(metrics_of(g->book), i, metric)
	{
		const json_t *figure = metric_entity_figure(metric);

		if (summary_is_judged(metric) && json_is_object(previous_of(figure)) &&
		    !is_comparable(metric, figure))
			all = book_join(g->book, all, ", ", spd_text(metric, DOC_ID));
	}
	if (all[0] != '\0')
		summary_say(g, "",
			    book_text(g->book,
				      "Not compared, since the quarter before was counted by "
				      "another definition: %s.",
				      all));
}

/* In whole numbers or in shares a change so small is named, and no more. */
static bool
is_slight(const json_t *metric)
{
	const json_t *figure = metric_entity_figure(metric);
	double before;
	double now;

	return is_text(metric, DOC_UNIT, "%") && spd_number(figure, DOC_VALUE, &now) &&
	       spd_number(previous_of(figure), DOC_VALUE, &before) &&
	       fabs(now - before) < SLIGHT_CHANGE;
}

/* What became worse comes before what is neither, and that before what became better. */
static int
rank_of(const json_t *metric)
{
	const json_t *figure = metric_entity_figure(metric);
	const char *worth;
	double before = 0;
	double now = 0;

	spd_number(figure, DOC_VALUE, &now);
	spd_number(previous_of(figure), DOC_VALUE, &before);
	worth = summary_worth(metric, now - before);
	return worth[0] == '\0' ? 1 : strcmp(worth, "worse") == 0 ? 0 : 2;
}

/* Those of one rank; the ids of the slight ones are added to a list. */
static void
say_changes(struct grid *g, int rank, const char **slight)
{
	const json_t *metric;
	size_t i;

	json_array_foreach(metrics_of(g->book), i, metric)
	{
		/* What should not happen is told already. */
		const char *told =
		    !summary_is_judged(metric) || is_serious(metric) || rank_of(metric) != rank
			? NULL
			: change_told(g->book, metric);

		if (told != NULL && is_slight(metric))
			*slight = book_join(g->book, *slight, ", ", spd_text(metric, DOC_ID));
		else if (told != NULL)
			summary_say_of(g, metric, told);
	}
}

void
summary_changed(struct sheet *s)
{
	struct grid *g = summary_list(
	    s, "changed", "What changed since the quarter before",
	    nothing_told(s->book, "No count and no share changed, and no rate beyond chance."));
	const char *slight = "";

	if (g == NULL)
		return;
	for (int rank = 0; rank <= 2; rank++)
		say_changes(g, rank, &slight);
	if (slight[0] != '\0')
		summary_say(g, "", book_text(g->book, "Changed by less than 0.1 pp: %s.", slight));
	say_not_comparable(g);
}

/* --- statuses --------------------------------------------------------------------------------- */

void
summary_status_changed(struct sheet *s)
{
	struct book *b = s->book;
	struct grid *g = summary_list(s, "status", "Whose status changed",
				      nothing_told(b, "No status changed."));
	const json_t *metric;
	size_t i;

	json_array_foreach(metrics_of(b), i, metric)
	{
		const json_t *figure = metric_entity_figure(metric);
		const char *was = spd_text(previous_of(figure), DOC_STATUS);
		char words[2][SPD_CELL];

		if (!summary_is_judged(metric) || was[0] == '\0' ||
		    is_text(figure, DOC_STATUS, was))
			continue;
		spd_status_words(was, words[0]);
		spd_status_words(spd_text(figure, DOC_STATUS), words[1]);
		summary_say_of(g, metric,
			       book_text(b, "%s went from %s to %s%s.", spd_text(metric, DOC_NAME),
					 words[0], words[1],
					 is_comparable(metric, figure)
					     ? ""
					     : "; the quarter before was counted by another "
					       "definition"));
	}
}
