/* semsctl spd show, status, list, check, declaration. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "tools/semsctl/spd/spd.h"
#include "tools/terminal/listing.h"
#include "tools/terminal/screen.h"
#include "tools/terminal/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OP(name)   SEMS__V1__SPD_OPERATION__SPD_OPERATION_##name
#define COLUMNS(c) (c), COUNT(c)

/* --- show ------------------------------------------------------------------------------------- */

/* A frozen document says DRAFT for ever; what it has come to is in its declaration. */
static enum code
read_state(const struct spd_wish *w, json_t *doc, struct err *e)
{
	struct buf raw;
	enum code code = spd_ask(w, OP(DECLARATION), &raw, e);

	if (code == OK) {
		json_t *declaration = json_loadb((const char *)raw.p, raw.n, 0, NULL);

		json_object_set(doc, "state", json_object_get(declaration, "state"));
		json_decref(declaration);
	}
	buf_fini(&raw);
	return code;
}

/* When it was computed, in the entity's time. */
static bool
localise(json_t *doc, struct err *e)
{
	char cell[LISTING_CELL];

	listing_cell(json_object_get(doc, "as_of"), cell);
	return json_object_set_new(doc, "as_of", json_string(cell)) == 0 ||
	       err_set(e, TRY_LIMIT, "spd", "out of memory") == OK;
}

static int
print_table(const struct spd_wish *w, const struct buf *raw)
{
	struct spd_view view = w->view;
	json_t *doc = NULL;
	struct buf out;
	struct err e;
	int status = EXIT_DONE;

	view.color = w->o->color;
	if (table_width() > 0 && view.metric == NULL)
		view.rows = w->all ? SPD_ROWS_FAILED_FIRST : SPD_ROWS_FAILED;
	buf_init(&out, SPD_DOC_MAX);
	if (spd_doc_read(raw, &doc, &e) != OK ||
	    (w->revision > 0 && read_state(w, doc, &e) != OK) || !localise(doc, &e) ||
	    spd_table(doc, &view, &out, &e) != OK)
		status = command_fail(&e);
	else
		fwrite(out.p, 1, out.n, stdout);
	json_decref(doc);
	buf_fini(&out);
	return status;
}

int
spd_run_show(struct spd_wish *w)
{
	struct buf raw;
	struct err e;
	int status;

	screen_page();
	if (spd_ask_figures(w, &raw, &e) != OK)
		status = command_fail(&e);
	else
		status = w->as_json ? spd_print_raw(&raw) : print_table(w, &raw);
	buf_fini(&raw);
	return status;
}

/* --- list, status ----------------------------------------------------------------------------- */

static const struct listing_column revision_columns[] = {
    {"revision", ">Revision"},
    {"state", "State"},
    {"as_of", "As of"},
    {"created_by", "Frozen by"},
    {"reviewed_by", "Reviewed by"},
    {"approved_by", "Approved by"},
    {"submitted_by", "Submitted by"},
    {"submitted_at", "Submitted"},
    {"reference", "Reference"},
    {"acknowledgement", "Acknowledged"},
    {"sha256", "SHA-256"},
};

static const struct listing_column event_columns[] = {
    {"at", "When"},      {"by", "Who"},          {"action", "Did"},          {"state", "State"},
    {"metric", "About"}, {"channel", "Channel"}, {"reference", "Reference"}, {"text", "Text"},
};

/* The answer to print, in a pager where it is long; NULL and the status in *status where it failed,
 * or was printed as it came. */
static json_t *
look(const struct spd_wish *w, Sems__V1__SpdOperation operation, int *status)
{
	struct buf raw;
	struct err e;

	screen_page();
	if (!w->as_json)
		return spd_ask_json(w, operation, status);
	*status = spd_ask(w, operation, &raw, &e) == OK ? spd_print_raw(&raw) : command_fail(&e);
	buf_fini(&raw);
	return NULL;
}

int
spd_run_list(struct spd_wish *w)
{
	int status;
	json_t *answer = look(w, OP(LIST), &status);
	const json_t *rows = json_object_get(answer, "revisions");

	listing_members(answer, stdout);
	if (json_is_array(rows) && json_array_size(rows) == 0)
		puts("No revision is frozen: `semsctl spd freeze QUARTER` makes the first.");
	listing_table(rows, COLUMNS(revision_columns), w->o->color, stdout);
	json_decref(answer);
	return status;
}

/* A line for what is known of it. */
static void
print_known(const json_t *o, const char *key, const char *title)
{
	char cell[LISTING_CELL];
	const json_t *v = json_object_get(o, key);

	listing_cell(v, cell);
	if (v != NULL && !json_is_null(v))
		printf("%s: %s\n", title, cell);
}

static void
print_state(json_t *answer)
{
	const json_t *revision = json_object_get(answer, "revision");
	const json_t *policy = json_object_get(answer, "policy");

	print_known(answer, "quarter", "Quarter");
	print_known(answer, "state", "State");
	print_known(revision, "revision", "Revision");
	print_known(revision, "as_of", "As of");
	print_known(revision, "created_by", "Prepared by");
	print_known(revision, "reviewed_by", "Reviewed by");
	print_known(revision, "approved_by", "Approved by");
	print_known(revision, "submitted_by", "Submitted by");
	print_known(revision, "sha256", "SHA-256");
	print_known(answer, "papers", "Papers (document and all that was said)");
	print_known(revision == NULL || json_is_null(revision) ? policy : revision, "approval",
		    "Policy");
	print_known(policy, "declared_by", "Declared by");
	print_known(policy, "declared_on", "Declared on");
	print_known(answer, "grace_end", "Late records are waited for until");
	words_put(answer, "next");
	print_known(answer, "next", "Next");
}

/* The figure that a comment is on, as "OUT03 at site LHX". */
static void
name_figure(json_t *e)
{
	json_t *by = json_object_get(e, "by_dims");
	const char *key;
	json_t *value;
	const char *before = " at";

	json_object_foreach(by, key, value)
	{
		json_t *longer = json_sprintf("%s%s %s %s", member_text(e, "metric"), before, key,
					      json_words(value));

		json_object_set_new(e, "metric", longer);
		before = ",";
	}
}

/* Who, and of what, in words. */
static void
name_events(const json_t *events)
{
	for (size_t i = 0; i < json_array_size(events); i++) {
		json_t *e = json_array_get(events, i);
		const json_t *carried = json_object_get(e, "carried_from");
		char who[SPD_WHO];

		name_figure(e);
		spd_who(e, who);
		json_object_set_new(e, "by", json_string(who));
		if (json_is_integer(carried))
			json_object_set_new(
			    e, "action",
			    json_sprintf("COMMENT of revision %" JSON_INTEGER_FORMAT,
					 json_integer_value(carried)));
	}
}

int
spd_run_status(struct spd_wish *w)
{
	int status;
	json_t *answer = look(w, OP(STATUS), &status);
	const json_t *events = json_object_get(answer, "events");

	if (answer != NULL) {
		print_state(answer);
		name_events(events);
		if (json_array_size(events) > 0)
			putchar('\n');
		listing_table(events, COLUMNS(event_columns), w->o->color, stdout);
	}
	json_decref(answer);
	return status;
}

/* --- quarters --------------------------------------------------------------------------------- */

static const struct listing_column quarter_columns[] = {
    {"quarter", "Quarter"},        {"state", "State"},     {"revision", ">Revision"},
    {"submitted_at", "Submitted"}, {"due", "What is due"},
};

#define QUARTERS_ASKED 8 /* the newest; of older ones nothing is due for long */

/* Says on its row what semsd says is next; where it does not, nothing. */
static void
ask_due(struct spd_wish *w, json_t *row)
{
	json_t *answer = NULL;
	struct quarter q;
	struct buf raw;
	struct err e;

	if (!quarter_parse(text_of(member_text(row, "quarter")), &q))
		return;
	quarter_format(q, w->quarter);
	if (spd_ask(w, OP(STATUS), &raw, &e) == OK)
		answer = json_loadb((const char *)raw.p, raw.n, 0, NULL);
	buf_fini(&raw);
	words_put(answer, "next");
	json_object_set(row, "due", json_object_get(answer, "next"));
	json_decref(answer);
}

/* How many of the list are newer. */
static size_t
newer_of(const json_t *quarters, const char *label)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(quarters); i++)
		n += strcmp(member_text(json_array_get(quarters, i), "quarter"), label) > 0;
	return n;
}

int
spd_print_quarters(struct spd_wish *w)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__StatusRequest status = SEMS__V1__STATUS_REQUEST__INIT;
	const json_t *quarters;
	json_t *answer = NULL;
	struct err e;

	request.body_case = SEMS__V1__REQUEST__BODY_STATUS;
	request.status = &status;
	if (ask(w->o->address, &request, &answer, &e) != OK)
		return command_fail(&e);
	quarters = json_object_get(answer, "quarters");
	for (size_t i = 0; i < json_array_size(quarters); i++) {
		json_t *row = json_array_get(quarters, i);

		if (newer_of(quarters, member_text(row, "quarter")) < QUARTERS_ASKED)
			ask_due(w, row);
	}
	if (json_array_size(quarters) == 0)
		puts("No quarter yet: it begins with its first record");
	else
		listing_table(quarters, COLUMNS(quarter_columns), w->o->color, stdout);
	json_decref(answer);
	return EXIT_DONE;
}

/* --- check ------------------------------------------------------------------------------------ */

static const struct listing_column check_columns[] = {
    {"check", "Check"},
    {"result", "Result"},
    {"about", "What it looks at"},
};

static void
print_failed(json_t *check, FILE *f)
{
	const json_t *found = json_object_get(check, "found");
	json_int_t count = json_integer_value(json_object_get(check, "count"));

	words_put(check, "todo");
	fprintf(f, "\n%s: %s\n", member_text(check, "check"), member_text(check, "todo"));
	for (size_t i = 0; i < json_array_size(found); i++) {
		const json_t *figure = json_array_get(json_object_get(check, "figures"), i);
		const char *place = json_words(json_array_get(found, i));

		if (figure == NULL)
			fprintf(f, "  %s\n", place);
		else
			spd_print_place(f, "  ", place, figure);
	}
	if (count > (json_int_t)json_array_size(found))
		fprintf(f, "  and %" JSON_INTEGER_FORMAT " more\n",
			count - (json_int_t)json_array_size(found));
}

static void
print_checks(const json_t *checks, int color, FILE *f)
{
	for (size_t i = 0; i < json_array_size(checks); i++) {
		json_t *c = json_array_get(checks, i);

		json_object_set_new(
		    c, "result",
		    json_is_true(json_object_get(c, "ok"))
			? json_string("right")
			: json_sprintf("%" JSON_INTEGER_FORMAT " wrong",
				       json_integer_value(json_object_get(c, "count"))));
	}
	listing_table(checks, COLUMNS(check_columns), color, f);
	for (size_t i = 0; i < json_array_size(checks); i++)
		if (!json_is_true(json_object_get(json_array_get(checks, i), "ok")))
			print_failed(json_array_get(checks, i), f);
}

int
spd_print_checks(const struct spd_wish *w, FILE *f)
{
	int status;
	json_t *answer = spd_ask_json(w, OP(CHECK), &status);

	print_checks(json_object_get(answer, "checks"), 0, f);
	json_decref(answer);
	return status;
}

int
spd_run_check(struct spd_wish *w)
{
	int status;
	json_t *answer = look(w, OP(CHECK), &status);

	if (answer != NULL) {
		listing_members(answer, stdout);
		print_checks(json_object_get(answer, "checks"), w->o->color, stdout);
		if (!json_is_true(json_object_get(answer, "ok")))
			status = EXIT_REFUSED;
	}
	json_decref(answer);
	return status;
}

/* --- declaration ------------------------------------------------------------------------------ */

int
spd_run_declaration(struct spd_wish *w)
{
	int status;

	w->as_json = 1;
	look(w, OP(DECLARATION), &status);
	return status;
}
