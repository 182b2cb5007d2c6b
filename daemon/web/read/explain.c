/* From a figure down to the records that are in it: what it counts, what they add up to, each. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "web/page/rows.h"
#include "web/read/quarter.h"
#include "web/view/filter.h"

#define PAGE 200

/* What the address has besides dimensions. */
static bool
is_dimension(const char *name)
{
	return name[0] != '\0' && strcmp(name, "revision") != 0 && strcmp(name, "after") != 0;
}

bool
explain_ask(struct showing *s, struct question *q, unsigned i)
{
	Sems__V1__ExplainRequest *e = &q->of.explain;
	unsigned long long revision = form_number(&s->query, "revision");

	(void)i;
	sems__v1__explain_request__init(e);
	q->q.body_case = SEMS__V1__REQUEST__BODY_EXPLAIN;
	q->q.explain = e;
	e->quarter = s->part[0];
	e->metric = s->part[1];
	e->has_revision = revision > 0 && revision <= INT32_MAX;
	e->revision = (uint32_t)revision;
	e->after = form_maybe(&s->query, "after");
	e->has_limit = 1;
	e->limit = PAGE;
	e->where = q->wheres;
	for (size_t k = 0; k < s->query.n && e->n_where < VIEW_DIMENSIONS; k++) {
		if (!is_dimension(s->query.field[k].name))
			continue;
		sems__v1__dimension__init(&q->where[e->n_where]);
		q->where[e->n_where].name = s->query.field[k].name;
		q->where[e->n_where].value = s->query.field[k].value;
		q->wheres[e->n_where] = &q->where[e->n_where];
		e->n_where++;
	}
	return true;
}

/* "less sum of kind where a and b" */
static void
put_term(struct buf *b, const json_t *t)
{
	const json_t *where = json_object_get(t, "where");
	const char *sum = member_text(t, "sum");

	html_put(b, "<li>");
	html_text(b, member_text(t, "counts"));
	html_put(b, json_is_true(json_object_get(t, "minus")) ? ": less " : ": ");
	if (sum[0] != '\0') {
		html_text(b, sum);
		html_put(b, " of ");
	}
	html_text(b, member_text(t, "from"));
	for (size_t i = 0; i < json_array_size(where); i++) {
		html_put(b, i == 0 ? " where " : " and ");
		html_text(b, json_words(json_array_get(where, i)));
	}
	html_put(b, "</li>\n");
}

static void
put_definition(struct buf *b, const json_t *metric)
{
	const json_t *terms = json_object_get(metric, "terms");

	html_line(b, "p", member_text(metric, "definition"));
	html_put(b, "<ul>\n");
	for (size_t i = 0; i < json_array_size(terms); i++)
		put_term(b, json_array_get(terms, i));
	html_put(b, "</ul>\n");
	if (json_is_false(json_object_get(metric, "same_definition")))
		html_put(b, "<p class=\"unsure\">The definition changed since: the records below "
			    "are found by the one in force now.</p>\n");
}

/* Its counts; its value and the rest are on the metric's page. */
static void
put_figure(const struct showing *s, struct buf *b, const json_t *figure)
{
	static const struct col cols[] = {
	    {"by", "Of", NULL},
	    {"numerator", "Counted", NULL},
	    {"denominator", "Of", NULL},
	    {"status", "Status", NULL},
	    {"no_data", "No figure, for", NULL},
	};
	static const struct rows pairs = {"figure", NULL, NULL, cols, COUNT(cols)};

	html_put(b, "<h2>The figure</h2>\n");
	rows_pairs(b, &pairs, figure);
	html_put(b, "<p><a href=\"/quarter/");
	html_query(b, s->part[0]);
	html_put(b, "/metric/");
	html_query(b, s->part[1]);
	html_put(b, "?revision=");
	html_query(b, form_value(&s->query, "revision"));
	html_put(b, "\">Its value, and all its parts</a></p>\n");
}

static void
put_records(const struct showing *s, struct buf *b, const json_t *records)
{
	static const struct col cols[] = {
	    {"record_id", "Record", "/record/{record_id}?source={source}&kind={kind}"},
	    {"counted_at", "When", NULL},
	    {"site", "Site", NULL},
	    {"measure", "Measure", NULL},
	    {"source", "Source", NULL},
	    {"kind", "Kind", NULL},
	    {"source_record_id", "Number", NULL},
	    {"counts", "Counted as", NULL},
	};
	static const struct rows rows = {"records", "Records that it counts",
					 "No record is told of it.", cols, COUNT(cols)};
	const char *next = member_text(records, "next");

	buf_addf(b, "<h2>Records: %" JSON_INTEGER_FORMAT "</h2>\n",
		 json_integer_value(json_object_get(records, "count")));
	html_put(b, "<p>They add up to:</p>\n");
	rows_members(b, json_object_get(records, "sums"), NULL);
	if (member_maybe(records, "note") != NULL)
		html_line(b, "p class=\"note\"", member_text(records, "note"));
	rows_put(b, &rows, json_object_get(records, "list"));
	if (next[0] != '\0')
		filter_next(s, b, "after", next);
}

static void
put_changed(struct buf *b, const json_t *changed)
{
	static const struct col cols[] = {
	    {"record_id", "Record", "/record/{record_id}?source={source}&kind={kind}"},
	    {"how", "How", NULL},
	    {"counted_at", "When", NULL},
	    {"site", "Site", NULL},
	    {"source", "Source", NULL},
	    {"kind", "Kind", NULL},
	    {"then", "Counted", NULL},
	    {"now", "Counts now", NULL},
	    {"reason", "Because", NULL},
	};
	static const struct rows rows = {"changed", "What is different now", "", cols, COUNT(cols)};

	if (json_array_size(json_object_get(changed, "list")) == 0)
		return;
	buf_addf(b, "<h2>Changed since it was frozen: %" JSON_INTEGER_FORMAT "</h2>\n",
		 json_integer_value(json_object_get(changed, "count")));
	rows_put(b, &rows, json_object_get(changed, "list"));
}

void
explain_print(struct showing *s, struct buf *b)
{
	static const struct col excluded_cols[] = {
	    {"reason", "Left out", NULL},
	    {"count", "Records", NULL},
	};
	static const struct rows excluded = {"excluded", "What was left out", "", excluded_cols,
					     COUNT(excluded_cols)};
	static const struct col purged_cols[] = {
	    {"kind", "Kind", NULL},
	    {"month", "Month", NULL},
	    {"records", "Records", NULL},
	    {"dropped_at", "Removed", NULL},
	};
	static const struct rows purged = {"purged", "What retention removed", "", purged_cols,
					   COUNT(purged_cols)};
	const json_t *said = s->said[0].json;
	const json_t *figure = json_object_get(said, "figure");

	html_line(b, "p class=\"caption\"", member_text(json_object_get(said, "metric"), "name"));
	put_definition(b, json_object_get(said, "metric"));
	put_figure(s, b, figure);
	if (json_array_size(json_object_get(figure, "excluded")) > 0)
		rows_put(b, &excluded, json_object_get(figure, "excluded"));
	put_records(s, b, json_object_get(said, "records"));
	if (json_array_size(json_object_get(said, "purged")) > 0)
		rows_put(b, &purged, json_object_get(said, "purged"));
	put_changed(b, json_object_get(said, "changed"));
}
