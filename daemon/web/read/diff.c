/* A frozen revision beside what would be computed now: what differs, by how much, and for what. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "render/doc/spd_value.h"
#include "web/page/rows.h"
#include "web/read/quarter.h"

bool
diff_ask(struct showing *s, struct question *q, unsigned i)
{
	unsigned long long revision = form_number(&s->query, "revision");

	(void)i;
	sems__v1__spd_request__init(&q->of.spd);
	q->q.body_case = SEMS__V1__REQUEST__BODY_SPD;
	q->q.spd = &q->of.spd;
	q->of.spd.has_operation = 1;
	q->of.spd.operation = SEMS__V1__SPD_OPERATION__SPD_OPERATION_DIFF;
	q->of.spd.quarter = s->part[0];
	q->of.spd.has_revision = revision > 0 && revision <= INT32_MAX;
	q->of.spd.revision = (uint32_t)revision;
	return true;
}

/* A figure as it is read; one that is not there is told so. */
static void
put_figure(struct buf *b, const json_t *figure, const char *unit)
{
	char n[SPD_CELL], of[SPD_CELL], value[SPD_CELL] = "no value";
	double v;

	if (spd_number(figure, "value", &v))
		spd_value(v, unit, NULL, value);
	spd_count(figure, "numerator", "–", n);
	spd_count(figure, "denominator", "–", of);
	html_put(b, "<td class=\"number\">");
	html_text(b, json_is_object(figure) ? value : "no figure");
	if (json_is_object(figure)) {
		html_put(b, " (");
		html_text(b, n);
		html_put(b, " of ");
		html_text(b, of);
		html_put(b, ")");
	}
	html_put(b, "</td>");
}

static void
put_change(const struct showing *s, struct buf *b, const json_t *change)
{
	const char *unit = member_text(change, "unit");
	const bool is_share = strcmp(unit, "%") == 0;
	char difference[SPD_CELL] = "–";
	double d;

	if (spd_number(change, "difference", &d))
		spd_value(d, is_share ? UNIT_CHANGE : unit, NULL, difference);
	html_put(b, "<tr><th scope=\"row\"><a href=\"/quarter/");
	html_query(b, s->part[0]);
	html_put(b, "/metric/");
	html_query(b, member_text(change, "metric"));
	html_put(b, "?revision=now\">");
	html_text(b, member_text(change, "metric"));
	html_put(b, "</a></th><td>");
	if (json_object_size(json_object_get(change, "by")) == 0)
		html_put(b, "the entity");
	else
		rows_value(b, json_object_get(change, "by"));
	html_put(b, "</td>");
	put_figure(b, json_object_get(change, "old"), unit);
	put_figure(b, json_object_get(change, "new"), unit);
	html_line(b, "td class=\"number\"", difference);
	html_line(b, "td", json_is_true(json_object_get(change, "material")) ? "yes" : "no");
	html_put(b, "<td class=\"number\">");
	rows_value(b, json_object_get(change, "records"));
	html_put(b, "</td></tr>\n");
}

static void
put_changes(const struct showing *s, struct buf *b, const json_t *changes)
{
	const size_t n = json_array_size(changes);

	if (n == 0) {
		html_put(b, "<p class=\"good\">No figure differs.</p>\n");
		return;
	}
	html_put(b,
		 "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"changes\">"
		 "<table><caption id=\"changes\">Figures that differ</caption>\n<thead><tr>"
		 "<th scope=\"col\">Metric</th><th scope=\"col\">Of</th><th scope=\"col\">Was</th>"
		 "<th scope=\"col\">Is now</th><th scope=\"col\">Change</th>"
		 "<th scope=\"col\">Material</th><th scope=\"col\">Records</th></tr></thead>\n"
		 "<tbody>\n");
	for (size_t i = 0; i < n && i < ROWS_MOST; i++)
		put_change(s, b, json_array_get(changes, i));
	html_put(b, "</tbody></table></div>\n");
	if (n > ROWS_MOST)
		buf_addf(b, "<p class=\"note\">And %zu more.</p>\n", n - ROWS_MOST);
}

static void
put_proposal(struct buf *b, const json_t *said)
{
	const json_t *reasons = json_object_get(said, "reasons");

	if (!json_is_true(json_object_get(said, "material"))) {
		html_put(b, "<p>Nothing of it is material: no revision is proposed.</p>\n");
		return;
	}
	html_put(b, "<p class=\"unsure\">A revision is proposed, for this is material; a person "
		    "decides:</p>\n<ul>\n");
	for (size_t i = 0; i < json_array_size(reasons); i++)
		html_line(b, "li", json_words(json_array_get(reasons, i)));
	html_put(b, "</ul>\n");
}

void
diff_print(struct showing *s, struct buf *b)
{
	static const struct col record_cols[] = {
	    {"record_id", "Record", "/record/{record_id}?source={source}&kind={kind}"},
	    {"what", "What", NULL},
	    {"how", "How", NULL},
	    {"kind", "Kind", NULL},
	    {"source", "Source", NULL},
	    {"source_record_id", "Number", NULL},
	    {"received_at", "Received", NULL},
	    {"site_id", "Site", NULL},
	    {"root_record_id", "In place of", NULL},
	    {"text", "Meaning", NULL},
	};
	static const struct rows records = {
	    "since", "What came, was corrected or voided since",
	    "No record came since, nor was one corrected or voided.", record_cols,
	    COUNT(record_cols)};
	static const struct col correction_cols[] = {
	    {"root_record_id", "Record", "/record/{root_record_id}"},
	    {"root_kind", "Kind", NULL},
	    {"is_void", "Void", NULL},
	    {"made_by", "By", NULL},
	    {"reason", "Because", NULL},
	    {"standing", "Standing", NULL},
	    {"decided_by", "Decided by", NULL},
	};
	static const struct rows corrections = {"corrections",
						"Corrected, voided or decided on since", "",
						correction_cols, COUNT(correction_cols)};
	static const struct col head_cols[] = {
	    {"revision", "Revision", "/quarter/{quarter}?revision={revision}"},
	    {"frozen_as_of", "Frozen as of", NULL},
	    {"as_of", "Beside the figures as of", "/quarter/{quarter}?revision=now"},
	};
	static const struct rows head = {"head", NULL, NULL, head_cols, COUNT(head_cols)};
	const json_t *said = s->said[0].json;

	rows_pairs(b, &head, said);
	put_proposal(b, said);
	put_changes(s, b, json_object_get(said, "changes"));
	rows_put(b, &records, json_object_get(json_object_get(said, "records"), "list"));
	if (json_array_size(json_object_get(said, "corrections")) > 0)
		rows_put(b, &corrections, json_object_get(said, "corrections"));
}
