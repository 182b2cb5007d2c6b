/* semsctl spd explain: from a figure down to the records that are in it. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "core/kind/words.h"
#include "render/doc/spd_doc.h"
#include "render/doc/spd_reason.h"
#include "tools/semsctl/spd/spd.h"
#include "tools/terminal/listing.h"
#include "tools/terminal/screen.h"
#include "tools/terminal/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE    10000
#define ONE_MAX 100

static enum code
ask_page(const struct spd_wish *w, char *after, uint32_t limit, json_t **answer, struct err *e)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__ExplainRequest explain = SEMS__V1__EXPLAIN_REQUEST__INIT;
	Sems__V1__Dimension where[SPD_BY_MAX];
	Sems__V1__Dimension *list[SPD_BY_MAX];
	char quarter[QUARTER_TEXT_SIZE];

	memcpy(quarter, w->quarter, sizeof quarter);
	for (size_t i = 0; i < w->n_by; i++) {
		where[i] = (Sems__V1__Dimension)SEMS__V1__DIMENSION__INIT;
		where[i].name = w->by[2 * i];
		where[i].value = w->by[2 * i + 1];
		list[i] = &where[i];
	}
	explain.quarter = quarter;
	explain.has_revision = w->revision > 0;
	explain.revision = w->revision;
	explain.metric = w->metric;
	explain.n_where = w->n_by;
	explain.where = list;
	explain.after = after;
	explain.has_limit = 1;
	explain.limit = limit;
	request.body_case = SEMS__V1__REQUEST__BODY_EXPLAIN;
	request.explain = &explain;
	return ask(w->o->address, &request, answer, e);
}

/* Every page after the first, put behind it. */
static enum code
ask_rest(const struct spd_wish *w, json_t *answer, struct err *e)
{
	json_t *records = json_object_get(answer, "records");
	enum code code = OK;

	while (code == OK && json_is_string(json_object_get(records, "next"))) {
		json_t *page = NULL;
		char *after = strdup(member_text(records, "next"));

		code = after == NULL ? err_set(e, TRY_SYSTEM, "explain", "out of memory")
				     : ask_page(w, after, PAGE, &page, e);
		if (code == OK) {
			const json_t *more = json_object_get(page, "records");

			json_array_extend(json_object_get(records, "list"),
					  json_object_get(more, "list"));
			json_object_set(records, "next", json_object_get(more, "next"));
		}
		free(after);
		json_decref(page);
	}
	return code;
}

/* "numerator: tip_event where outcome is HIT" */
static void
print_terms(const json_t *metric)
{
	const json_t *terms = json_object_get(metric, "terms");
	const json_t *t;
	size_t i;

	json_array_foreach(terms, i, t)
	{
		const char *sum = member_maybe(t, "sum");
		const json_t *where = json_object_get(t, "where");

		printf("  %-22s %s%s%s%s", member_text(t, "counts"),
		       json_is_true(json_object_get(t, "minus")) ? "less " : "",
		       sum == NULL ? "" : sum, sum == NULL ? "" : " of ", member_text(t, "from"));
		for (size_t k = 0; k < json_array_size(where); k++)
			printf("%s%s", k == 0 ? " where " : " and ",
			       json_words(json_array_get(where, k)));
		putchar('\n');
	}
}

#define DEFINITION_MAX 65536 /* bytes; a longer one is printed as it is */

/* Codes of what is left out and the like in words. */
static void
print_definition(const char *definition)
{
	struct buf words;

	buf_init(&words, DEFINITION_MAX);
	spd_reason_prose(&words, definition);
	if (words.failed)
		printf("%s\n\n", definition);
	else
		printf("%.*s\n\n", (int)words.n, (const char *)words.p);
	buf_fini(&words);
}

/* The figure's codes in words: its status with why there is no data, and what was left out. */
static void
put_words(json_t *figure, const json_t *metric)
{
	json_t *item;
	char words[SPD_CELL];
	size_t i;

	spd_status(metric, figure, words);
	json_object_set_new(figure, "status", json_string(words));
	json_object_del(figure, "no_data");
	json_array_foreach(json_object_get(figure, "excluded"), i, item)
	{
		spd_reason_words(member_text(item, "reason"), words);
		json_object_set_new(item, "reason", json_string(words));
	}
}

static void
print_head(const struct spd_wish *w, const json_t *answer)
{
	const json_t *m = json_object_get(answer, "metric");
	json_t *figure = json_object_get(answer, "figure");
	const json_t *catalogue = json_object_get(answer, "catalogue");
	json_int_t revision = json_integer_value(json_object_get(answer, "revision"));
	char as_of[LISTING_CELL];

	printf("%s %s", member_text(m, "id"), member_text(m, "name"));
	for (size_t i = 0; i < w->n_by; i++) {
		char words[LISTING_CELL];

		code_named(json_object_get(answer, "names"), w->by[2 * i], w->by[2 * i + 1], words,
			   sizeof words);
		printf(", %s %s", w->by[2 * i], words);
	}
	printf("\n%s", w->quarter);
	if (revision > 0)
		printf(" revision %" JSON_INTEGER_FORMAT ", frozen", revision);
	listing_cell(json_object_get(answer, "as_of"), as_of);
	printf(" as of %s; catalogue %s\n\n", as_of, member_text(catalogue, "version"));
	print_definition(member_text(m, "definition"));
	puts("Counted:");
	print_terms(m);
	if (json_is_false(json_object_get(m, "same_definition")))
		puts("  (the definition changed since: the records below are found by the one in "
		     "force "
		     "now)");
	puts("\nThe figure:");
	put_words(figure, m);
	listing_members(figure, stdout);
	listing_table(
	    json_object_get(figure, "excluded"),
	    (const struct listing_column[]){{"reason", "Left out"}, {"count", ">Records"}}, 2,
	    w->o->color, stdout);
}

static const struct listing_column record_columns[] = {
    {"counted_at", "When"},  {"site", "Site"},     {"measure", "Measure"},
    {"source", "Source"},    {"kind", "Kind"},     {"source_record_id", "Number"},
    {"record_id", "Record"}, {"in", "Counted as"},
};
static const struct listing_column changed_columns[] = {
    {"what", "Since then"},  {"counted_at", "When"}, {"site", "Site"},
    {"source", "Source"},    {"kind", "Kind"},       {"source_record_id", "Number"},
    {"record_id", "Record"}, {"was", "Counted"},     {"is", "Counts now"},
    {"reason", "Because"},
};

/* The groups that a record is counted in, as one cell. */
static void
flatten(json_t *record, const char *from, const char *to)
{
	json_t *counts = json_object_get(record, from);
	char text[LISTING_CELL] = "";
	size_t n = 0;
	const char *name;
	json_t *v;

	json_object_foreach(counts, name, v)
	{
		if (n < sizeof text - 1)
			n += (size_t)snprintf(text + n, sizeof text - n,
					      "%s%s %" JSON_INTEGER_FORMAT, n == 0 ? "" : ", ",
					      name, json_integer_value(v));
	}
	json_object_set_new(record, to, json_string(text));
}

static const char *
change_words(const char *how)
{
	static const struct {
		const char *how;
		const char *words;
	} known[] = {{"ADDED", "came"}, {"REMOVED", "went"}, {"DIFFERS", "differs"}};

	for (size_t i = 0; how != NULL && i < COUNT(known); i++)
		if (strcmp(how, known[i].how) == 0)
			return known[i].words;
	return how;
}

static void
name_places(const json_t *list, const json_t *answer)
{
	static const char *const fields[] = {"site", "measure"};

	for (size_t i = 0; i < COUNT(fields); i++)
		listing_names(list, fields[i], json_object_get(answer, "names"), fields[i]);
}

/* What is different today, beside what was frozen. */
static void
print_changed(const struct spd_wish *w, const json_t *answer)
{
	const json_t *changed = json_object_get(answer, "changed");
	json_t *list = json_object_get(changed, "list");
	json_int_t n = json_integer_value(json_object_get(changed, "count"));
	json_t *record;
	size_t i;

	if (n == 0)
		return;
	printf("\nChanged since it was frozen: %" JSON_INTEGER_FORMAT " record%s, by what came "
	       "late, corrections and voids\n(semsctl trace RECORD says more, semsctl spd diff "
	       "what it changes):\n",
	       n, text_s((uint64_t)n));
	json_array_foreach(list, i, record)
	{
		const char *how = member_text(record, "how");

		flatten(record, "then", "was");
		flatten(record, "now", "is");
		json_object_set_new(record, "what", json_string(change_words(how)));
	}
	name_places(list, answer);
	listing_table(list, changed_columns, COUNT(changed_columns), w->o->color, stdout);
	if (n > (json_int_t)json_array_size(list))
		printf("and %" JSON_INTEGER_FORMAT " more\n",
		       n - (json_int_t)json_array_size(list));
}

static void
print_records(const struct spd_wish *w, json_t *answer)
{
	json_t *records = json_object_get(answer, "records");
	json_t *list = json_object_get(records, "list");
	const char *note;
	json_t *record;
	size_t i;

	words_put(records, "note");
	note = member_maybe(records, "note");
	printf("\nRecords: %" JSON_INTEGER_FORMAT "; they add up to:\n",
	       json_integer_value(json_object_get(records, "count")));
	listing_members(json_object_get(records, "sums"), stdout);
	if (note != NULL)
		printf("%s\n", note);
	listing_table(json_object_get(answer, "purged"),
		      (const struct listing_column[]){{"kind", "Purged"},
						      {"month", "Month"},
						      {"records", ">Records"},
						      {"dropped_at", "When"}},
		      4, w->o->color, stdout);
	json_array_foreach(list, i, record)
	{
		flatten(record, "counts", "in");
	}
	name_places(list, answer);
	listing_table(list, record_columns, COUNT(record_columns), w->o->color, stdout);
	if (json_is_string(json_object_get(records, "next")))
		printf("The first %zu records; --all lists every one.\n", json_array_size(list));
}

int
spd_run_explain(struct spd_wish *w)
{
	json_t *answer = NULL;
	struct err e;
	enum code code = ask_page(w, NULL, w->all ? PAGE : ONE_MAX, &answer, &e);

	if (code == OK && w->all)
		code = ask_rest(w, answer, &e);
	screen_page();
	if (code == OK && w->as_json) {
		json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
		putchar('\n');
	} else if (code == OK) {
		print_head(w, answer);
		print_records(w, answer);
		print_changed(w, answer);
	}
	json_decref(answer);
	return code == OK ? EXIT_DONE : command_fail(&e);
}
