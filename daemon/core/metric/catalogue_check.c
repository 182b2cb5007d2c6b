#include "core/metric/catalogue_check.h"

#include "base/civil.h"
#include "base/count.h"

#include <stdio.h>
#include <string.h>

/* word: what is wrong, as it stands in the text, so that its line can be found. */
#define FAULT(e, word, ...) err_set((e), FATAL_CONFIG, (word), __VA_ARGS__)

static enum code
check_literals(const struct column *col, char *const *list, unsigned n, struct err *e)
{
	for (unsigned i = 0; i < n; i++) {
		bool fits = true;

		if (col->names != NULL)
			fits = enum_number(col->names, text_of(list[i])) != 0;
		else if (col->type == COLUMN_BOOL)
			fits = strcmp(list[i], "true") == 0 || strcmp(list[i], "false") == 0;
		else if (col->type == COLUMN_NUMBER)
			fits = strspn(list[i], "-0123456789") == strlen(list[i]);
		if (!fits)
			return FAULT(e, list[i], "%s is no value of %s", list[i], col->name);
	}
	return OK;
}

static enum code
check_condition(const struct view *v, const struct condition *w, struct err *e)
{
	struct column col;
	int given;
	enum code code;

	if (!view_column(v, w->field, &col))
		return FAULT(e, w->field, "%s has no field %s", v->name, w->field);
	given = (w->in != NULL) + (w->not_in != NULL) + (w->present != NULL) +
		(w->at_least != NULL) + (w->at_most != NULL);
	if (given != 1) {
		return FAULT(e, w->field, "%s: give one of in, not_in, present, at_least, at_most",
			     w->field);
	}
	if ((w->at_least != NULL || w->at_most != NULL) && col.type != COLUMN_NUMBER)
		return FAULT(e, w->field, "%s is not a number", w->field);
	if (w->present == NULL && col.type == COLUMN_OTHER)
		return FAULT(e, w->field, "%s can only be asked whether it is present", w->field);
	code = check_literals(&col, w->in, w->in_count, e);
	return code != OK ? code : check_literals(&col, w->not_in, w->not_in_count, e);
}

static enum code
check_term(struct term *t, struct err *e)
{
	struct column col;

	t->view = view_by_name(t->from);
	if (t->view == NULL)
		return FAULT(e, t->from, "there is no view %s to count from", t->from);
	if (t->sum != NULL && (!view_column(t->view, t->sum, &col) || col.type != COLUMN_NUMBER))
		return FAULT(e, t->sum, "%s has no number %s to sum", t->from, t->sum);
	for (unsigned i = 0; i < t->where_count; i++) {
		enum code code = check_condition(t->view, &t->where[i], e);

		if (code != OK)
			return code;
	}
	return OK;
}

static enum code
check_list(struct term *list, unsigned n, struct err *e)
{
	for (unsigned i = 0; i < n; i++) {
		enum code code = check_term(&list[i], e);

		if (code != OK)
			return code;
	}
	return OK;
}

static enum code
check_named(struct named_terms *list, unsigned n, struct err *e)
{
	for (unsigned i = 0; i < n; i++) {
		enum code code = check_list(list[i].terms, list[i].terms_count, e);

		if (code != OK)
			return code;
	}
	return OK;
}

static enum code
check_terms(struct metric *m, struct err *e)
{
	const struct {
		struct term *list;
		unsigned n;
	} lists[] = {
	    {m->numerator, m->numerator_count},       {m->denominator, m->denominator_count},
	    {m->false_alarms, m->false_alarms_count}, {m->noise, m->noise_count},
	    {m->evidence, m->evidence_count},
	};
	enum code code = OK;
	for (size_t i = 0; code == OK && i < COUNT(lists); i++)
		code = check_list(lists[i].list, lists[i].n, e);
	code = code != OK ? code : check_named(m->excluded, m->excluded_count, e);
	return code != OK ? code : check_named(m->parts, m->parts_count, e);
}

static enum code
check_cluster_terms(struct metric *m, struct err *e)
{
	struct cluster_rule *c = m->clusters;
	enum code code;

	if (c == NULL)
		return OK;
	code = check_list(c->numerator, c->numerator_count, e);
	return code != OK ? code : check_list(c->denominator, c->denominator_count, e);
}

/* Index of a dimension of the metric, added when it is new; DIMENSIONS_MAX: no room. */
static unsigned
dimension_index(struct metric *m, const char *name, size_t n)
{
	for (unsigned i = 0; i < m->dimension_count; i++)
		if (strlen(m->dimension[i]) == n && memcmp(m->dimension[i], name, n) == 0)
			return i;
	if (m->dimension_count == DIMENSIONS_MAX)
		return DIMENSIONS_MAX;
	m->dimension[m->dimension_count] = name;
	return m->dimension_count++;
}

/* A dimension that all terms of a group lack would put a numerator and its denominator into
 * different figures; one that some lack is that part's "not given". */
static bool
group_has(const struct metric *m, unsigned group, const char *dimension)
{
	unsigned n = 0;
	struct column col;
	const struct term *t = metric_terms(m, group, &n);

	for (unsigned i = 0; i < n; i++)
		if (view_column(t[i].view, dimension, &col) && col.type != COLUMN_OTHER)
			return true;
	return n == 0;
}

static enum code
add_breakdown(struct metric *m, char *words, struct err *e)
{
	struct breakdown *b;
	char *rest;

	if (m->breakdown_count == BREAKDOWNS_MAX)
		return FAULT(e, words, "at most %d breakdowns", BREAKDOWNS_MAX - 4);
	b = &m->breakdown[m->breakdown_count++];
	*b = (struct breakdown){0};
	rest = words;
	for (char *w = strsep(&rest, " "); w != NULL; w = strsep(&rest, " ")) {
		unsigned at = dimension_index(m, w, strlen(w));

		if (at == DIMENSIONS_MAX || b->n == BREAKDOWN_MAX)
			return FAULT(e, w, "too many dimensions at %s", w);
		if (!group_has(m, GROUP_NUMERATOR, w) || !group_has(m, GROUP_DENOMINATOR, w))
			return FAULT(e, w, "cannot be broken down by %s", w);
		b->dimension[b->n++] = at;
	}
	return OK;
}

static enum code
check_breakdowns(struct metric *m, struct err *e)
{
	static const struct breakdown always[] = {{0, {0}}, {1, {0}}, {1, {1}}, {2, {0, 1}}};

	m->dimension[0] = "site";
	m->dimension[1] = "measure";
	m->dimension_count = 2;
	m->breakdown_count = COUNT(always);
	memcpy(m->breakdown, always, sizeof always);
	for (unsigned i = 0; i < m->by_count; i++) {
		enum code code = add_breakdown(m, m->by[i], e);

		if (code != OK)
			return code;
	}
	return OK;
}

/* Persons and quantiles are counted in one view, by one statement of their own. */
static bool
is_one_view(const struct metric *m)
{
	for (unsigned i = 0; i < m->numerator_count; i++)
		if (m->numerator[i].view != m->denominator[0].view)
			return false;
	for (unsigned i = 0; i < m->denominator_count; i++)
		if (m->denominator[i].view != m->denominator[0].view)
			return false;
	return true;
}

static enum code
check_persons(const struct catalogue *c, const struct metric *m, struct err *e)
{
	struct column col;

	if (m->persons == NULL || m->denominator_count == 0 || !is_one_view(m))
		return FAULT(e, "persons", "give persons, and a denominator of one view");
	if (!view_column(m->denominator[0].view, m->persons->id, &col)) {
		return FAULT(e, m->persons->id, "%s has no field %s", m->denominator[0].from,
			     m->persons->id);
	}
	if ((m->persons->rule == PERSON_SHARE_EXTREME) !=
	    (m->persons->below > 0 && m->persons->below < 100))
		return FAULT(e, "below", "1 to 99 per cent, with SHARE_AT_EXTREMES and no other");
	if ((m->persons->rule == PERSON_SHARE_BELOW || m->persons->rule == PERSON_SHARE_EXTREME) &&
	    m->persons->left_out == NULL)
		return FAULT(e, "persons", "left_out: say why others are not counted");
	if (m->persons->rule == PERSON_SHARE_BELOW &&
	    (m->persons->standard == NULL || catalogue_metric(c, m->persons->standard) == NULL)) {
		return FAULT(e, m->persons->standard == NULL ? "persons" : m->persons->standard,
			     "the standard must be a metric of the catalogue");
	}
	return m->persons->k > 0 ? OK : FAULT(e, "persons", "k must be at least 1");
}

static enum code
check_quantile(const struct metric *m, struct err *e)
{
	struct column col;

	if (m->of == NULL || m->denominator_count != 1 || m->numerator_count != 0)
		return FAULT(e, "shape", "give `of` and one term of denominator");
	if (!view_column(m->denominator[0].view, m->of, &col) || col.type != COLUMN_NUMBER)
		return FAULT(e, m->of, "%s has no number %s", m->denominator[0].from, m->of);
	return OK;
}

/* Of what is within its whole, and has an interval, the value is the share itself. */
static enum code
check_per(const struct metric *m, struct err *e)
{
	if (m->per < 0 || m->per > 1000000000)
		return FAULT(e, "per", "per: from 1 to 1000000000");
	if (m->per > 0 && (m->shape != SHAPE_RATIO || m->basis != BASIS_RATIO))
		return FAULT(e, "per", "per: only a ratio of the basis RATIO has one");
	return OK;
}

static enum code
check_shape(const struct catalogue *c, const struct metric *m, struct err *e)
{
	bool has_denominator;
	bool has_pairs;

	if (m->shape == SHAPE_PERSONS)
		return check_persons(c, m, e);
	if (metric_has_values(m))
		return check_quantile(m, e);
	if (m->numerator_count == 0)
		return FAULT(e, m->id, "a numerator is missing");
	has_pairs = m->shape == SHAPE_SDT || m->shape == SHAPE_KAPPA;
	has_denominator = m->shape == SHAPE_RATIO || has_pairs;
	if (has_denominator != (m->denominator_count > 0)) {
		return FAULT(e, has_denominator ? m->id : "denominator",
			     has_denominator ? "a denominator is missing"
					     : "a count has no denominator");
	}
	if (has_pairs && (m->false_alarms_count == 0 || m->noise_count == 0))
		return FAULT(e, m->id, "give false_alarms and noise");
	for (unsigned i = 0; m->shape == SHAPE_STATE_AT_END && i < m->numerator_count; i++) {
		if (!m->numerator[i].view->at_end) {
			return FAULT(e, m->numerator[i].from, "%s is no state at the end",
				     m->numerator[i].from);
		}
	}
	return OK;
}

static enum code
check_words(const struct metric *m, struct err *e)
{
	static const char *const reasons[] = {"NO_DATA", "NO_ACTIVITY", "NO_PLAN", "FEED_SILENT",
					      "NOTHING_SUBMITTED"};
	bool known = m->empty == NULL || metric_exclusion(m, m->empty) < m->excluded_count;

	for (size_t i = 0; !known && i < COUNT(reasons); i++)
		known = strcmp(m->empty, reasons[i]) == 0;
	return known ? OK : FAULT(e, m->empty, "empty: %s is no reason for no data", m->empty);
}

static bool
is_day(const char *s)
{
	char noon[40];
	struct utc_ms t;

	snprintf(noon, sizeof noon, "%.20sT12:00:00Z", s);
	return strlen(s) == 10 && utc_parse(text_of(noon), &t);
}

static enum code
check_period(const struct metric *m, struct err *e)
{
	if (!is_day(m->effective_from)) {
		return FAULT(e, m->effective_from,
			     "effective_from: %s is no day such as 2026-01-01", m->effective_from);
	}
	if (m->effective_until != NULL && !is_day(m->effective_until)) {
		return FAULT(e, m->effective_until,
			     "effective_until: %s is no day such as 2026-01-01",
			     m->effective_until);
	}
	if (m->effective_until != NULL && strcmp(m->effective_from, m->effective_until) >= 0)
		return FAULT(e, m->effective_until, "effective_until is not after effective_from");
	return OK;
}

static bool
has_breakdown(const struct metric *m, const char *first, const char *second)
{
	for (unsigned i = 0; i < m->breakdown_count; i++) {
		const struct breakdown *b = &m->breakdown[i];
		bool same = b->n == (second == NULL ? 1U : 2U);

		same = same && strcmp(m->dimension[b->dimension[0]], first) == 0;
		if (same && (second == NULL || strcmp(m->dimension[b->dimension[1]], second) == 0))
			return true;
	}
	return false;
}

static enum code
check_case_mix(const struct metric *m, struct err *e)
{
	if (m->case_mix == NULL)
		return OK;
	if (m->shape != SHAPE_RATIO || m->basis != BASIS_SAMPLE)
		return FAULT(e, "case_mix", "case_mix: only the ratio of a sample has one");
	if (!has_breakdown(m, m->case_mix, NULL) || !has_breakdown(m, "site", m->case_mix)) {
		return FAULT(e, "case_mix", "case_mix: break it down by %s, and by site %s",
			     m->case_mix, m->case_mix);
	}
	return OK;
}

static enum code
check_matched(const struct metric *m, struct err *e)
{
	if (m->matched == NULL)
		return OK;
	if (m->case_mix == NULL || m->unmatched)
		return FAULT(e, "matched", "matched: only what has a case_mix is, and is compared");
	if (!has_breakdown(m, m->matched, m->case_mix))
		return FAULT(e, "matched", "matched: break it down by %s %s", m->matched,
			     m->case_mix);
	return OK;
}

static enum code
check_apart(const struct metric *m, struct err *e)
{
	if (m->apart != NULL && m->shape != SHAPE_RATIO && m->shape != SHAPE_SDT)
		return FAULT(e, "apart", "apart: only a ratio, or an sdt, is kept apart");
	if (m->apart != NULL && !has_breakdown(m, m->apart, NULL))
		return FAULT(e, "apart", "apart: break it down by %s", m->apart);
	return OK;
}

/* Clusters are counted in one view, by each breakdown of the figure. */
static enum code
check_cluster_view(const struct metric *m, enum count_group group, const struct view *v,
		   struct err *e)
{
	unsigned n = 0;
	struct column col;
	const struct term *t = metric_cluster_terms(m, group, &n);

	for (unsigned i = 0; i < n; i++)
		if (t[i].view != v)
			return FAULT(e, "clusters", "clusters: count them in one view");
	if (!view_column(v, m->clusters->id, &col))
		return FAULT(e, m->clusters->id, "%s has no field %s", v->name, m->clusters->id);
	for (unsigned i = 0; i < m->dimension_count; i++)
		if (!view_column(v, m->dimension[i], &col))
			return FAULT(e, "clusters", "clusters: %s has no %s", v->name,
				     m->dimension[i]);
	return OK;
}

static enum code
check_clusters(const struct metric *m, struct err *e)
{
	unsigned n = 0;
	const struct view *v;
	enum code code;

	if (m->clusters == NULL)
		return OK;
	if (m->shape != SHAPE_RATIO || m->basis != BASIS_SAMPLE)
		return FAULT(e, "clusters", "clusters: only the ratio of a sample has them");
	v = metric_cluster_terms(m, GROUP_DENOMINATOR, &n)[0].view;
	code = check_cluster_view(m, GROUP_DENOMINATOR, v, e);
	return code != OK ? code : check_cluster_view(m, GROUP_NUMERATOR, v, e);
}

/* Whose persons are taken stands before, so that what is suppressed there is known. */
static enum code
check_of_persons(const struct catalogue *c, const struct metric *m, struct err *e)
{
	const struct metric *as = m->persons_as == NULL ? NULL : catalogue_metric(c, m->persons_as);

	if (m->of_persons && m->persons == NULL && m->clusters == NULL)
		return FAULT(e, "of_persons", "of_persons: only what counts persons, or clusters");
	if (m->persons_as != NULL && (as == NULL || as >= m || !as->of_persons || m->of_persons))
		return FAULT(e, "persons_as",
			     "persons_as: a metric before this one that is of_persons");
	return OK;
}

enum code
catalogue_check(const struct catalogue *c, struct metric *m, struct err *e)
{
	enum code code = check_words(m, e);

	code = code != OK ? code : check_period(m, e);
	code = code != OK ? code : check_terms(m, e);
	code = code != OK ? code : check_cluster_terms(m, e);
	code = code != OK ? code : check_shape(c, m, e);
	code = code != OK ? code : check_per(m, e);
	code = code != OK ? code : check_breakdowns(m, e);
	code = code != OK ? code : check_apart(m, e);
	code = code != OK ? code : check_clusters(m, e);
	code = code != OK ? code : check_case_mix(m, e);
	code = code != OK ? code : check_matched(m, e);
	return code != OK ? code : check_of_persons(c, m, e);
}
