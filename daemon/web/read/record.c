#include "web/read/record.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/uuid.h"
#include "web/page/rows.h"

#define LISTS_MOST 16 /* of a record */

/* False: the path's part is no id. */
static bool
take_id(const struct showing *s, struct question *q, protobuf_c_boolean *has,
	ProtobufCBinaryData *to)
{
	struct uuid id;

	if (!uuid_parse(text_of(s->part[0]), &id))
		return false;
	memcpy(q->id, id.b, sizeof q->id);
	*has = 1;
	*to = (ProtobufCBinaryData){sizeof q->id, q->id};
	return true;
}

bool
record_ask(struct showing *s, struct question *q, unsigned i)
{
	/* What is posted says it with its form. */
	const struct form *from = s->given.n > 0 ? &s->given : &s->query;

	(void)i;
	sems__v1__record_request__init(&q->of.record);
	q->q.body_case = SEMS__V1__REQUEST__BODY_RECORD;
	q->q.record = &q->of.record;
	q->of.record.kind = form_maybe(from, "kind");
	q->of.record.source = form_maybe(from, "source");
	return take_id(s, q, &q->of.record.has_record_id, &q->of.record.record_id);
}

bool
trace_ask(struct showing *s, struct question *q, unsigned i)
{
	(void)i;
	sems__v1__trace_request__init(&q->of.trace);
	q->q.body_case = SEMS__V1__REQUEST__BODY_TRACE;
	q->q.trace = &q->of.trace;
	q->of.trace.source = form_maybe(&s->query, "source");
	return take_id(s, q, &q->of.trace.has_record_id, &q->of.trace.record_id);
}

/* --- what it says ----------------------------------------------------------------------------- */

/* A list of objects is a table of its own; everything else is a line. */
static bool
is_table(const json_t *v)
{
	return json_is_object(json_array_get(v, 0));
}

static void
put_list(struct buf *b, const char *name, const json_t *list)
{
	html_line(b, "h3", name);
	html_put(b, "<ol>\n");
	for (size_t i = 0; i < json_array_size(list); i++) {
		html_put(b, "<li>");
		rows_value(b, json_array_get(list, i));
		html_put(b, "</li>\n");
	}
	html_put(b, "</ol>\n");
}

/* Its lists come behind it; what is empty does not. */
static void
put_record(struct buf *b, json_t *record)
{
	const char *lists[LISTS_MOST + 1] = {NULL};
	const char *name;
	json_t *value;
	size_t n = 0;

	json_object_foreach(record, name, value)
	{
		if (n < LISTS_MOST &&
		    (is_table(value) || (json_is_array(value) && json_array_size(value) == 0)))
			lists[n++] = name;
	}
	rows_members(b, record, lists);
	for (size_t i = 0; i < n; i++)
		if (is_table(json_object_get(record, lists[i])))
			put_list(b, lists[i], json_object_get(record, lists[i]));
}

/* --- what became of it ------------------------------------------------------------------------ */

static void
put_corrections(struct buf *b, const json_t *corrections)
{
	static const struct col cols[] = {
	    {"record_id", "Record", "/record/{record_id}?source={source}&kind={kind}"},
	    {"kind", "Kind", NULL},
	    {"corrected_at", "When", NULL},
	    {"is_void", "Void", NULL},
	    {"made_by", "By", NULL},
	    {"reason", "Because", NULL},
	    {"standing", "Standing", NULL},
	    {"decision", "Decision", NULL},
	    {"decided_by", "Decided by", NULL},
	};
	static const struct rows rows = {"corrections", "Corrections and voids of it",
					 "Nobody corrected it.", cols, COUNT(cols)};
	static const struct col change_cols[] = {
	    {"field", "Field", NULL},
	    {"was", "Was", NULL},
	    {"becomes", "Becomes", NULL},
	};

	html_put(b, "<h2>Corrections</h2>\n");
	rows_put(b, &rows, corrections);
	for (size_t i = 0; i < json_array_size(corrections); i++) {
		const json_t *one = json_array_get(corrections, i);
		char id[32], caption[96];
		const struct rows changes = {id, caption, "", change_cols, COUNT(change_cols)};

		snprintf(id, sizeof id, "changes-%zu", i);
		snprintf(caption, sizeof caption, "What %.40s changes",
			 member_text(one, "record_id"));
		if (json_array_size(json_object_get(one, "changes")) > 0)
			rows_put(b, &changes, json_object_get(one, "changes"));
	}
}

static void
put_traces(struct buf *b, const json_t *trace)
{
	static const struct col revision_cols[] = {
	    {"quarter", "Quarter", "/quarter/{quarter}?revision={revision}"},
	    {"revision", "Revision", NULL},
	    {"state", "State", NULL},
	    {"as_of", "As of", NULL},
	    {"leaf", "Leaf", NULL},
	};
	static const struct rows revisions = {"revisions", "Frozen revisions that it is in",
					      "It is among the leaves of no frozen revision.",
					      revision_cols, COUNT(revision_cols)};
	static const struct col without_cols[] = {
	    {"quarter", "Quarter", "/quarter/{quarter}?revision={revision}"},
	    {"revision", "Revision", NULL},
	    {"state", "State", NULL},
	    {"what", "What", NULL},
	    {"text", "Meaning", NULL},
	};
	static const struct rows without = {"without", "Revisions of its quarter without it", "",
					    without_cols, COUNT(without_cols)};
	static const struct col metric_cols[] = {
	    {"metric", "Metric", "/quarter/{quarter}/metric/{metric}"},
	    {"name", "Name", NULL},
	    {"quarter", "In", NULL},
	    {"counts", "As", NULL},
	    {"amount", "Amount", NULL},
	};
	static const struct rows metrics = {"metrics", "Metrics that count it",
					    "No metric counts it.", metric_cols,
					    COUNT(metric_cols)};

	html_put(b, "<h2>Where it counts</h2>\n");
	if (member_maybe(trace, "note") != NULL)
		html_line(b, "p class=\"note\"", member_text(trace, "note"));
	rows_put(b, &metrics, json_object_get(trace, "metrics"));
	rows_put(b, &revisions, json_object_get(trace, "revisions"));
	if (json_array_size(json_object_get(trace, "without")) > 0)
		rows_put(b, &without, json_object_get(trace, "without"));
}

/* Which of several with one id it is goes with. */
static void
put_void_link(const struct showing *s, struct buf *b)
{
	html_put(b, "<p><a href=\"/record/");
	html_query(b, s->part[0]);
	html_put(b, "/void?kind=");
	html_query(b, form_value(&s->query, "kind"));
	html_put(b, "&amp;source=");
	html_query(b, form_value(&s->query, "source"));
	html_put(b, "\">Void it</a></p>\n");
}

void
record_print(struct showing *s, struct buf *b)
{
	const json_t *said = s->said[0].json;
	const json_t *trace = s->said[1].json;

	if (said == NULL && trace == NULL) {
		s->status = s->said[0].failed ? s->said[0].status : 404;
		html_line(b, "p class=\"bad\"",
			  s->said[0].failed ? s->said[0].text : "That is no record's id.");
		return;
	}
	html_put(b, "<p class=\"caption\">");
	html_text(b, member_text(said == NULL ? trace : said, "kind"));
	html_put(b, json_is_true(json_object_get(said, "is_voided"))      ? ": voided"
		    : json_is_true(json_object_get(said, "is_effective")) ? ": counts"
		    : said == NULL                                        ? ""
									  : ": does not count");
	html_put(b, "</p>\n");
	put_record(b, json_object_get(said == NULL ? trace : said, "record"));
	if (said != NULL && view_may(s, RIGHT_VOID) &&
	    !json_is_true(json_object_get(said, "is_voided")))
		put_void_link(s, b);
	put_corrections(b, json_object_get(trace == NULL ? said : trace, "corrections"));
	if (trace != NULL)
		put_traces(b, trace);
}
