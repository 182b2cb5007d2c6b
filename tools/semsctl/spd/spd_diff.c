/* semsctl spd diff: a revision beside what would be computed now. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "render/doc/spd_value.h"
#include "tools/semsctl/record/pending.h"
#include "tools/semsctl/spd/spd.h"
#include "tools/terminal/listing.h"
#include "tools/terminal/screen.h"

#include <stdio.h>
#include <string.h>

#define COLUMNS(c) (c), COUNT(c)
#define CELL       120

static const struct listing_column change_columns[] = {
    {"metric", "Metric"},  {"of", "Of"},           {"was", "Was"},          {"is", "Is now"},
    {"change", ">Change"}, {"matters", "Matters"}, {"records", ">Records"},
};

static const struct listing_column record_columns[] = {
    {"what", "What"},
    {"kind", "Kind"},
    {"how", "How"},
    {"source", "Source"},
    {"source_record_id", "Number"},
    {"record_id", "Record"},
    {"received_at", "Received"},
    {"site_id", "Site"},
    {"root_record_id", "In place of"},
    {"text", "Meaning"},
};

/* A count as it is, "–" for one that nobody knows. */
static void
count_text(const json_t *v, char out[24])
{
	if (json_is_integer(v))
		snprintf(out, 24, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else
		snprintf(out, 24, "–");
}

/* "81/263 30.8 % NOT MET", with decimals that tell it from the other value. */
static json_t *
figure_text(const json_t *figure, const json_t *other, const char *unit)
{
	char x[24];
	char n[24];
	char shown[SPD_CELL] = "";
	char status[SPD_CELL];
	double v;
	double beside;

	if (!json_is_object(figure))
		return json_string("no such figure");
	count_text(json_object_get(figure, "numerator"), x);
	count_text(json_object_get(figure, "denominator"), n);
	if (spd_number(figure, "value", &v))
		spd_value(v, unit, spd_number(other, "value", &beside) ? &beside : NULL, shown);
	spd_status(NULL, figure, status);
	return json_sprintf("%s/%s%s%s %s", x, n, shown[0] == '\0' ? "" : " ", shown, status);
}

/* "site LHX, measure 4.1" */
static json_t *
of_text(json_t *by)
{
	char out[CELL] = "";
	size_t used = 0;
	const char *key;
	json_t *value;

	json_object_foreach(by, key, value)
	{
		int n = snprintf(out + used, sizeof out - used, "%s%s %s", used == 0 ? "" : ", ",
				 key, json_words(value));
		if (n < 0 || (size_t)n >= sizeof out - used)
			break;
		used += (size_t)n;
	}
	return json_string(used == 0 ? "the entity" : out);
}

static void
dress(json_t *change)
{
	const char *unit = member_text(change, "unit");
	const json_t *was = json_object_get(change, "old");
	const json_t *is = json_object_get(change, "new");
	json_t *text = json_null();
	char shown[SPD_CELL];
	double d;

	if (spd_number(change, "difference", &d)) {
		bool is_share = strcmp(unit, "%") == 0;

		spd_value(d, is_share ? UNIT_CHANGE : unit, NULL, shown);
		text = json_sprintf("%s%s", !is_share && d > 0 ? "+" : "", shown);
	}
	json_object_set_new(change, "of", of_text(json_object_get(change, "by")));
	json_object_set_new(change, "was", figure_text(was, is, unit));
	json_object_set_new(change, "is", figure_text(is, was, unit));
	json_object_set_new(change, "change", text);
	json_object_set_new(
	    change, "matters",
	    json_string(json_is_true(json_object_get(change, "material")) ? "yes" : "no"));
}

/* What --by asks for: the entity's own figures, and those of this one dimension. */
static int
is_wanted(const json_t *by, enum spd_by wish)
{
	static const char *const dimensions[] = {
	    [SPD_BY_SITE] = "site", [SPD_BY_MEASURE] = "measure"};
	COVERS_SOME(dimensions, SPD_BY_ALL);

	if (wish == SPD_BY_ALL || json_object_size(by) == 0)
		return 1;
	return wish != SPD_BY_NOTHING && json_object_size(by) == 1 &&
	       json_object_get(by, dimensions[wish]) != NULL;
}

static void
print_changes(const struct spd_wish *w, const json_t *changes)
{
	json_t *shown = json_array();
	size_t n = json_array_size(changes);

	for (size_t i = 0; i < n; i++) {
		json_t *c = json_array_get(changes, i);

		dress(c);
		if (is_wanted(json_object_get(c, "by"), w->view.by))
			json_array_append(shown, c);
	}
	if (n == 0)
		puts("No figure differs.");
	listing_table(shown, COLUMNS(change_columns), w->o->color, stdout);
	if (json_array_size(shown) < n)
		printf("%zu more figures differ, of sites, measures and other parts: --by all\n",
		       n - json_array_size(shown));
	json_decref(shown);
}

static void
print_records(const struct spd_wish *w, const json_t *records, int differs)
{
	const json_t *list = json_object_get(records, "list");
	json_int_t count = json_integer_value(json_object_get(records, "count"));

	if (count == 0) {
		puts("\nNo record came since, nor was one corrected or voided.");
		if (differs)
			puts("What differs comes from definitions, targets or feeds, or a record "
			     "was "
			     "changed: semsctl spd verify tells.");
		return;
	}
	printf("\n%" JSON_INTEGER_FORMAT
	       " record%s came since, corrections and voids included%s:\n",
	       count, text_s((uint64_t)count),
	       count > (json_int_t)json_array_size(list) ? "; the first of them" : "");
	listing_table(list, COLUMNS(record_columns), w->o->color, stdout);
}

static void
print_corrections(const struct spd_wish *w, const json_t *rows)
{
	size_t i;
	json_t *row;

	if (json_array_size(rows) > 0)
		puts("\nCorrected, voided or decided on since:");
	json_array_foreach(rows, i, row)
	{
		printf("%s of %s %s by %s, reason: %s; %s%s%s\n",
		       json_is_true(json_object_get(row, "is_void")) ? "Void" : "Correction",
		       member_text(row, "root_kind"), member_text(row, "root_record_id"),
		       member_text(row, "made_by"), member_text(row, "reason"),
		       member_text(row, "standing"),
		       member_maybe(row, "decided_by") == NULL ? "" : ", decided by ",
		       member_text(row, "decided_by"));
		pending_print_changes(row, w->o->color);
	}
}

static void
print_proposal(const struct spd_wish *w, const json_t *answer)
{
	const json_t *reasons = json_object_get(answer, "reasons");

	if (!json_is_true(json_object_get(answer, "material"))) {
		puts("\nNothing of it is material: no revision is proposed.");
		return;
	}
	puts("\nA revision is proposed, for this is material:");
	for (size_t i = 0; i < json_array_size(reasons); i++)
		printf("  %s\n", json_words(json_array_get(reasons, i)));
	printf("A person decides: semsctl spd revise %s --reason TEXT\n", w->quarter);
}

int
spd_run_diff(struct spd_wish *w)
{
	struct buf raw;
	struct err e;
	json_t *answer = NULL;
	char as_of[LISTING_CELL];
	int status = EXIT_DONE;

	screen_page();
	if (spd_ask(w, SEMS__V1__SPD_OPERATION__SPD_OPERATION_DIFF, &raw, &e) != OK) {
		status = command_fail(&e);
	} else if (w->as_json) {
		status = spd_print_raw(&raw);
	} else {
		answer = json_loadb((const char *)raw.p, raw.n, 0, NULL);
		listing_cell(json_object_get(answer, "frozen_as_of"), as_of);
		printf("%s, revision %" JSON_INTEGER_FORMAT
		       " as of %s, beside the figures of now\n",
		       w->quarter, json_integer_value(json_object_get(answer, "revision")), as_of);
		print_changes(w, json_object_get(answer, "changes"));
		print_records(w, json_object_get(answer, "records"),
			      json_array_size(json_object_get(answer, "changes")) > 0);
		print_corrections(w, json_object_get(answer, "corrections"));
		print_proposal(w, answer);
	}
	json_decref(answer);
	buf_fini(&raw);
	return status;
}
