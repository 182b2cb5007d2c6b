#include "web/read/evidence.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "web/page/rows.h"
#include "web/view/filter.h"

#define PAGE    100
#define PENDING 1000
#define RUN     1000 /* records of a run */

/* --- records ---------------------------------------------------------------------------------- */

bool
records_ask(struct showing *s, struct question *q, unsigned i)
{
	Sems__V1__RecordsRequest *r = &q->of.records;

	(void)i;
	sems__v1__records_request__init(r);
	q->q.body_case = SEMS__V1__REQUEST__BODY_RECORDS;
	q->q.records = r;
	q->texts[0] = form_maybe(&s->query, "kind");
	r->kind = q->texts;
	r->n_kind = q->texts[0] != NULL;
	r->source = form_maybe(&s->query, "source");
	r->site = form_maybe(&s->query, "site");
	r->source_record_id = form_maybe(&s->query, "number");
	r->outcome = form_maybe(&s->query, "outcome");
	r->quarter = form_maybe(&s->query, "quarter");
	r->after = form_maybe(&s->query, "after");
	r->has_limit = 1;
	r->limit = PAGE;
	return true;
}

void
records_print(struct showing *s, struct buf *b)
{
	static const struct filter filters[] = {
	    {"kind", "Kind", false},       {"source", "Source", false},
	    {"site", "Site", false},       {"number", "Number", false},
	    {"outcome", "Outcome", false}, {"quarter", "Quarter", false},
	};
	static const struct col cols[] = {
	    {"record_id", "Record", "/record/{record_id}?source={source}&kind={kind}"},
	    {"occurred_at", "Occurred", NULL},
	    {"kind", "Kind", NULL},
	    {"site_id", "Site", NULL},
	    {"source", "Source", NULL},
	    {"source_record_id", "Number", NULL},
	    {"outcome", "Outcome", NULL},
	    {"measure_code", "Measure", NULL},
	    {"counts", "Counts", NULL},
	};
	static const struct rows rows = {"records", "Stored records, the newest first",
					 "No such record is stored.", cols, COUNT(cols)};
	const json_t *said = s->said[0].json;

	filter_put(s, b, filters, COUNT(filters));
	rows_put(b, &rows, json_object_get(said, "records"));
	if (member_maybe(said, "next") != NULL)
		filter_next(s, b, "after", member_text(said, "next"));
}

/* --- the quarantine --------------------------------------------------------------------------- */

bool
quarantine_ask(struct showing *s, struct question *q, unsigned i)
{
	Sems__V1__QuarantineRequest *r = &q->of.quarantine;
	struct form path = {.n = 1, .field = {{s->path, s->part[0]}}};

	sems__v1__quarantine_request__init(r);
	q->q.body_case = SEMS__V1__REQUEST__BODY_QUARANTINE;
	q->q.quarantine = r;
	r->has_operation = 1;
	if (i == 1) {
		r->operation = SEMS__V1__QUARANTINE_OPERATION__QUARANTINE_OPERATION_SHOW;
		r->has_quarantine_id = 1;
		r->quarantine_id = form_number(&path, s->path);
		return true;
	}
	r->operation = SEMS__V1__QUARANTINE_OPERATION__QUARANTINE_OPERATION_LIST;
	r->source = form_maybe(&s->query, "source");
	r->after_id = form_number(&s->query, "after");
	r->has_after_id = r->after_id > 0;
	r->has_limit = 1;
	r->limit = PAGE;
	return true;
}

void
quarantine_print(struct showing *s, struct buf *b)
{
	static const struct filter filters[] = {{"source", "Source", false}};
	static const struct col reason_cols[] = {
	    {"reason", "Reason", NULL},
	    {"source", "Source", "/quarantine?source={source}"},
	    {"records", "Records", NULL},
	    {"last_received_at", "Last received", NULL},
	};
	static const struct rows reasons = {"reasons", "How many wait for what",
					    "The quarantine is empty.", reason_cols,
					    COUNT(reason_cols)};
	static const struct col cols[] = {
	    {"quarantine_id", "Number", "/quarantine/{quarantine_id}"},
	    {"received_at", "Received", NULL},
	    {"principal", "From", NULL},
	    {"source", "Source", NULL},
	    {"source_record_id", "Its number", NULL},
	    {"kind", "Kind", NULL},
	    {"occurred_at", "Occurred", NULL},
	    {"reason", "Reason", NULL},
	    {"field", "Field", NULL},
	    {"message", "What is wrong", NULL},
	};
	static const struct rows rows = {"refused", "Refused records, the oldest first",
					 "No refused record is shown here.", cols, COUNT(cols)};
	const json_t *said = s->said[0].json;
	const json_t *next = json_object_get(said, "next_after_id");

	filter_put(s, b, filters, COUNT(filters));
	rows_put(b, &reasons, json_object_get(said, "reasons"));
	if (json_array_size(json_object_get(said, "records")) > 0)
		rows_put(b, &rows, json_object_get(said, "records"));
	if (json_is_integer(next))
		filter_next(
		    s, b, "after",
		    arena_printf(s->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(next)));
}

void
refused_print(struct showing *s, struct buf *b)
{
	static const struct col cols[] = {
	    {"state", "State", NULL},
	    {"reason", "Reason", NULL},
	    {"field", "Field", NULL},
	    {"message", "What is wrong", NULL},
	    {"principal", "From", NULL},
	    {"source", "Source", NULL},
	    {"kind", "Kind", NULL},
	    {"record_id", "Record", NULL},
	    {"received_at", "Received", NULL},
	    {"last_received_at", "Last received", NULL},
	    {"decided_at", "Decided", NULL},
	    {"decided_by", "Decided by", NULL},
	    {"decided_why", "Why", NULL},
	};
	static const struct rows pairs = {"refused", NULL, NULL, cols, COUNT(cols)};

	rows_pairs(b, &pairs, s->said[0].json);
	if (member_maybe(s->said[0].json, "raw_hex") == NULL)
		return;
	html_put(b, "<details><summary>Its bytes, as they came</summary><p class=\"code\">");
	html_text(b, member_text(s->said[0].json, "raw_hex"));
	html_put(b, "</p></details>\n");
}

/* --- feeds ------------------------------------------------------------------------------------ */

void
silent_put(struct buf *b, const json_t *list)
{
	static const struct col silent_cols[] = {
	    {"source", "Source", "/records?source={source}"},
	    {"kind", "Kind", NULL},
	    {"site", "Site", NULL},
	    {"device", "Device", NULL},
	    {"last_at", "Last", NULL},
	    {"expected_by", "Expected by", NULL},
	    {"basis", "Known by", NULL},
	};
	static const struct rows silent = {"silent", "What should have sent and has not",
					   "No feed is silent.", silent_cols, COUNT(silent_cols)};

	rows_put(b, &silent, list);
}

void
feeds_print(struct showing *s, struct buf *b)
{
	static const struct col source_cols[] = {
	    {"source", "Source", "/records?source={source}"},
	    {"description", "Description", NULL},
	    {"last_received_at", "Last received", NULL},
	};
	static const struct rows sources = {"sources", "Sources", "No source is registered.",
					    source_cols, COUNT(source_cols)};
	static const struct col kind_cols[] = {
	    {"kind", "Kind", "/records?kind={kind}"},
	    {"records", "Records", NULL},
	    {"is_estimate", "Estimate", NULL},
	    {"first_month", "From", NULL},
	    {"last_month", "To", NULL},
	    {"last_received_at", "Last received", NULL},
	};
	static const struct rows kinds = {"kinds", "Records by kind", "No record is stored.",
					  kind_cols, COUNT(kind_cols)};
	const json_t *said = s->said[0].json;

	silent_put(b, json_object_get(said, "silent"));
	rows_put(b, &sources, json_object_get(said, "sources"));
	rows_put(b, &kinds, json_object_get(said, "kinds"));
}

/* --- doubles ---------------------------------------------------------------------------------- */

bool
doubles_ask(struct showing *s, struct question *q, unsigned i)
{
	Sems__V1__DoublesRequest *r = &q->of.doubles;

	(void)i;
	sems__v1__doubles_request__init(r);
	q->q.body_case = SEMS__V1__REQUEST__BODY_DOUBLES;
	q->q.doubles = r;
	r->kind = form_maybe(&s->query, "kind");
	r->source = form_maybe(&s->query, "source");
	r->quarter = form_maybe(&s->query, "quarter");
	r->after = form_maybe(&s->query, "after");
	r->has_limit = 1;
	r->limit = PAGE / 2;
	return true;
}

static const char *
shares_of(const json_t *one)
{
	static const struct {
		const char *name;
		const char *words;
	} shares[] = {
	    {"NUMBER", "records have the same number of their source"},
	    {"EVENT", "records have the same number and content of their device"},
	    {"ALIKE", "records are alike in all but their number, at the same instant"},
	};

	for (size_t i = 0; i < COUNT(shares); i++)
		if (strcmp(shares[i].name, member_text(one, "shares")) == 0)
			return shares[i].words;
	return "records may be one";
}

static void
put_double(struct buf *b, const json_t *one, size_t no)
{
	static const struct col cols[] = {
	    {"record_id", "Record", "/record/{record_id}"},
	    {"number", "Number", NULL},
	    {"device", "Device", NULL},
	    {"event_no", "Event", NULL},
	    {"site", "Site", NULL},
	    {"occurred_at", "Occurred", NULL},
	    {"quarter", "Quarter", "/quarter/{quarter}"},
	    {"received_at", "Received", NULL},
	    {"received_from", "From", NULL},
	};
	static const struct col change_cols[] = {
	    {"field", "Differs", NULL},
	    {"was", "First", NULL},
	    {"becomes", "Second", NULL},
	};
	char id[48], caption[200], changed[48];
	const struct rows rows = {id, caption, "", cols, COUNT(cols)};
	const struct rows changes = {changed, "In what they differ", "", change_cols,
				     COUNT(change_cols)};

	snprintf(id, sizeof id, "double-%zu", no);
	snprintf(changed, sizeof changed, "differ-%zu", no);
	snprintf(caption, sizeof caption, "%.40s of %.60s: %" JSON_INTEGER_FORMAT " %s",
		 member_text(one, "kind"), member_text(one, "source"),
		 json_integer_value(json_object_get(one, "count")), shares_of(one));
	rows_put(b, &rows, json_object_get(one, "records"));
	if (json_array_size(json_object_get(one, "changes")) > 0)
		rows_put(b, &changes, json_object_get(one, "changes"));
}

void
doubles_print(struct showing *s, struct buf *b)
{
	static const struct filter filters[] = {
	    {"quarter", "Quarter", false}, {"kind", "Kind", false}, {"source", "Source", false}};
	const json_t *said = s->said[0].json;
	const json_t *list = json_object_get(said, "doubles");

	html_put(b, "<p>Records that count and may be one: void what was stored twice, and where "
		    "they are two, say so with the quarter's figure DQ07.</p>\n");
	filter_put(s, b, filters, COUNT(filters));
	if (json_array_size(list) == 0)
		html_put(b, "<p class=\"none\">No record has a double.</p>\n");
	for (size_t i = 0; i < json_array_size(list); i++)
		put_double(b, json_array_get(list, i), i);
	if (member_maybe(said, "next") != NULL)
		filter_next(s, b, "after", member_text(said, "next"));
}

/* --- imports ---------------------------------------------------------------------------------- */

static const struct col run_cols[] = {
    {"run", "Run", "/imports/{run}"},
    {"principal", "By", NULL},
    {"started_at", "Began", NULL},
    {"ended_at", "Ended", NULL},
    {"stored", "Stored", NULL},
    {"file", "File", NULL},
    {"map", "Map", NULL},
    {"undone_at", "Taken back", NULL},
    {"undone_by", "Taken back by", NULL},
    {"undone_why", "Reason", NULL},
};

bool
imports_ask(struct showing *s, struct question *q, unsigned i)
{
	Sems__V1__ImportRequest *r = &q->of.import;

	sems__v1__import_request__init(r);
	q->q.body_case = SEMS__V1__REQUEST__BODY_IMPORT;
	q->q.import = r;
	r->has_operation = r->has_limit = 1;
	r->limit = RUN;
	r->operation = i == 0 ? SEMS__V1__IMPORT_OPERATION__IMPORT_OPERATION_LIST
			      : SEMS__V1__IMPORT_OPERATION__IMPORT_OPERATION_SHOW;
	r->run = i == 0 ? NULL : s->part[0];
	r->after = i == 0 ? NULL : form_maybe(&s->query, "after");
	return true;
}

void
imports_print(struct showing *s, struct buf *b)
{
	static const struct rows rows = {"runs", "The newest runs of imports",
					 "Nothing was imported yet.", run_cols, COUNT(run_cols)};

	rows_put(b, &rows, json_object_get(s->said[0].json, "runs"));
}

void
import_print(struct showing *s, struct buf *b)
{
	static const struct rows pairs = {"run", NULL, NULL, run_cols, COUNT(run_cols)};
	static const struct col cols[] = {
	    {"record_id", "Record", "/record/{record_id}?source={source}&kind={kind}"},
	    {"kind", "Kind", NULL},
	    {"source", "Source", NULL},
	    {"site", "Site", NULL},
	    {"corrects", "Corrects", NULL},
	    {"is_done", "Taken back", NULL},
	};
	static const struct rows rows = {"records", "Records of the run", "It stored no record.",
					 cols, COUNT(cols)};
	const json_t *said = s->said[0].json;
	const json_t *run = json_array_get(json_object_get(said, "runs"), 0);

	rows_pairs(b, &pairs, run);
	if (view_may(s, RIGHT_UNDO_IMPORT) && member_maybe(run, "undone_at") == NULL) {
		html_put(b, "<p><a href=\"/imports/");
		html_query(b, s->part[0]);
		html_put(b, "/undo\">Take all of it back</a></p>\n");
	}
	rows_put(b, &rows, json_object_get(said, "records"));
	if (member_maybe(said, "next") != NULL)
		filter_next(s, b, "after", member_text(said, "next"));
}

/* --- what waits for a second person ----------------------------------------------------------- */

bool
pending_ask(struct showing *s, struct question *q, unsigned i)
{
	(void)i;
	sems__v1__pending_request__init(&q->of.pending);
	q->q.body_case = SEMS__V1__REQUEST__BODY_PENDING;
	q->q.pending = &q->of.pending;
	q->of.pending.source = form_maybe(&s->query, "source");
	q->of.pending.made_by = form_maybe(&s->query, "made_by");
	q->of.pending.has_limit = 1;
	q->of.pending.limit = PENDING;
	return true;
}

void
pending_print(struct showing *s, struct buf *b)
{
	static const struct filter filters[] = {{"source", "Source", false},
						{"made_by", "Made by", false}};
	static const struct col cols[] = {
	    {"record_id", "Correction or void", "/pending/{record_id}"},
	    {"is_void", "Void", NULL},
	    {"root.kind", "Of a", NULL},
	    {"root.record_id", "Record", "/record/{root.record_id}?source={root.source}"},
	    {"root.site_id", "Site", NULL},
	    {"made_by", "Made by", NULL},
	    {"received_at", "Received", NULL},
	    {"reason", "Because", NULL},
	};
	static const struct rows rows = {"pending",
					 "What waits for a second person, the oldest first",
					 "Nothing waits for a second person.", cols, COUNT(cols)};

	filter_put(s, b, filters, COUNT(filters));
	rows_put(b, &rows, json_object_get(s->said[0].json, "pending"));
}

const json_t *
pending_one(const struct showing *s)
{
	const json_t *list = json_object_get(s->said[0].json, "pending");

	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(member_text(json_array_get(list, i), "record_id"), s->part[0]) == 0)
			return json_array_get(list, i);
	return NULL;
}

void
pending_put(struct buf *b, const json_t *one)
{
	static const struct col cols[] = {
	    {"is_void", "Void", NULL},
	    {"root.kind", "Of a", NULL},
	    {"root.record_id", "Record", "/record/{root.record_id}?source={root.source}"},
	    {"root.source", "Source", NULL},
	    {"root.source_record_id", "Number", NULL},
	    {"root.site_id", "Site", NULL},
	    {"made_by", "Made by", NULL},
	    {"received_at", "Received", NULL},
	    {"reason", "Because", NULL},
	    {"is_late", "Later than one person may", NULL},
	};
	static const struct rows pairs = {"pending", NULL, NULL, cols, COUNT(cols)};
	static const struct col change_cols[] = {
	    {"field", "Field", NULL},
	    {"was", "Was", NULL},
	    {"becomes", "Becomes", NULL},
	};
	static const struct rows changes = {"changes", "What it would change",
					    "It takes the record out of every count.", change_cols,
					    COUNT(change_cols)};

	rows_pairs(b, &pairs, one);
	rows_put(b, &changes, json_object_get(one, "changes"));
}
