/* Cases as they are, or were: in lists, one by one, and between two days. */
#include "base/buf.h"
#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/text.h"
#include "render/file/csv_out.h"
#include "tools/semsctl/cases/case_wish.h"
#include "tools/terminal/listing.h"
#include "tools/terminal/outfile.h"
#include "tools/terminal/screen.h"

#include <stdio.h>
#include <string.h>

#define PAGE_ALL 1000
#define CSV_MAX  ((size_t)1 << 28)

static const struct listing_column columns[] = {
    {"number", "Number"},     {"state", "State"},
    {"severity", "Severity"}, {"priority", "Priority"},
    {"title", "What"},        {"owner", "Owner"},
    {"finding", "Finding"},   {"original_due", "First due"},
    {"due_on", "Due"},        {"overdue_days", ">Days over"},
    {"occurrence", ">Times"},
};

static const struct listing_column event_columns[] = {
    {"step", ">"},        {"event", "What"}, {"state", "State"}, {"valid", "Was so"},
    {"received", "Told"}, {"by", "By"},      {"said", "Said"},
};

static const struct listing_column diff_columns[] = {
    {"how", "How"},  {"number", "Number"}, {"was_state", "Was"},
    {"state", "Is"}, {"title", "What"},    {"fields", "Fields"},
};

/* What a list is asked with; `kind` and `after` are the caller's rooms. */
static void
ask_for(const struct case_wish *w, char **kind, Sems__V1__CaseRequest *q)
{
	q->operation = SEMS__V1__CASE_OPERATION__CASE_OPERATION_LIST;
	q->kinds = kind;
	q->n_kinds = 1;
	q->state = w->state;
	q->owner = w->said[SAYS_OWNER];
	q->finding = w->said[SAYS_FINDING];
	q->severity = w->said[SAYS_SEVERITY];
	q->site_id = w->said[SAYS_SITE_ID];
	q->has_open = w->open;
	q->open = w->open;
	q->due_until = w->due_until;
	q->as_of = w->as_of;
	q->known_by = w->known_by;
	q->has_limit = 1;
	q->limit = PAGE_ALL;
}

int
case_all(const struct case_wish *w, json_t **cases)
{
	Sems__V1__CaseRequest q = SEMS__V1__CASE_REQUEST__INIT;
	char kind[24];
	char *list[] = {kind};
	char after[CASE_NUMBER_SIZE];
	bool more = true;

	*cases = json_array();
	text_print(kind, sizeof kind, "%s", case_kinds[w->kind].name);
	ask_for(w, list, &q);
	while (more) {
		json_t *answer = NULL;
		int status = case_ask(w, &q, &answer);

		if (status != EXIT_DONE)
			return status;
		json_array_extend(*cases, json_object_get(answer, "cases"));
		text_print(after, sizeof after, "%s", member_text(answer, "last"));
		more = json_is_true(json_object_get(answer, "more"));
		json_decref(answer);
		q.after = after;
	}
	return EXIT_DONE;
}

/* --- CSV -------------------------------------------------------------------------------------- */

static int
write_csv(const struct case_wish *w, const json_t *cases)
{
	const struct life_kind *life = case_kinds[w->kind].life;
	struct csv_out c;
	struct buf out;
	struct err e;
	int status = EXIT_DONE;
	size_t i;
	json_t *one;

	buf_init(&out, CSV_MAX);
	csv_out_begin(&c, &out);
	csv_out_text(&c, "number");
	csv_out_text(&c, "state");
	for (unsigned k = 0; k < CASE_WORDS; k++)
		if (life_says(life, k))
			csv_out_text(&c, case_words[k].name);
	csv_out_end_row(&c);
	json_array_foreach(cases, i, one)
	{
		csv_out_text(&c, member_text(one, "number"));
		csv_out_text(&c, member_text(one, "state"));
		for (unsigned k = 0; k < CASE_WORDS; k++)
			if (life_says(life, k))
				csv_out_text(&c, member_text(one, case_words[k].name));
		csv_out_end_row(&c);
	}
	if (out.failed) {
		err_set(&e, REJ_LIMIT, "csv", "would have more than 256 MiB: ask for less");
		status = command_fail(&e);
	} else if (outfile_write(w->csv, out.p, out.n, true, &e) != OK) {
		status = command_fail(&e);
	} else {
		printf("%zu case%s written to %s\n", json_array_size(cases),
		       text_s(json_array_size(cases)), w->csv);
	}
	buf_fini(&out);
	return status;
}

/* --- printing --------------------------------------------------------------------------------- */

static void
print_json(const json_t *answer)
{
	json_dumpf(answer, stdout, JSON_INDENT(2));
	putchar('\n');
}

int
case_list(struct case_wish *w, const char *number)
{
	json_t *cases = NULL;
	int status;

	if (number != NULL)
		return command_usage(w->command, "list takes no argument '%s'", number);
	status = case_all(w, &cases);
	if (status == EXIT_DONE && w->csv != NULL) {
		status = write_csv(w, cases);
	} else if (status == EXIT_DONE) {
		screen_page();
		if (w->as_json)
			print_json(cases);
		else if (json_array_size(cases) == 0)
			puts("There is none.");
		else
			listing_table(cases, columns, COUNT(columns), w->o->color, stdout);
	}
	json_decref(cases);
	return status;
}

/* Asks for what is shown as it is where that is wished: then answer is NULL, as when it failed. */
static int
ask_shown(const struct case_wish *w, Sems__V1__CaseRequest *q, json_t **answer)
{
	int status = case_ask(w, q, answer);

	if (status != EXIT_DONE)
		return status;
	screen_page();
	if (w->as_json) {
		print_json(*answer);
		json_decref(*answer);
		*answer = NULL;
	}
	return status;
}

/* "due 2026-08-31, reason strike" of what was said; added to the event. */
static void
add_said(json_t *event)
{
	char said[600] = "";
	char one[220];
	const char *key;
	json_t *value;

	json_object_foreach(json_object_get(event, "said"), key, value)
	{
		text_print(one, sizeof one, "%s: %s", key, json_words(value));
		text_add(said, sizeof said, "; ", one);
	}
	json_object_set_new(event, "said", json_string(said));
	if (member_maybe(event, "name") == NULL)
		json_object_set(event, "by", json_object_get(event, "made_by"));
	else
		json_object_set(event, "by", json_object_get(event, "name"));
}

int
case_show(struct case_wish *w, const char *number)
{
	Sems__V1__CaseRequest q = SEMS__V1__CASE_REQUEST__INIT;
	char which[CASE_NUMBER_SIZE];
	json_t *answer = NULL;
	json_t *events;
	json_t *one;
	size_t i;
	int status;

	if (number == NULL)
		return command_usage(w->command, "show: say which, such as %s-2026-014",
				     case_kinds[w->kind].letter);
	text_print(which, sizeof which, "%s", number);
	q.operation = SEMS__V1__CASE_OPERATION__CASE_OPERATION_SHOW;
	q.number = which;
	q.as_of = w->as_of;
	q.known_by = w->known_by;
	status = ask_shown(w, &q, &answer);
	if (answer == NULL)
		return status;
	events = json_object_get(answer, "events");
	json_array_foreach(events, i, one)
	{
		add_said(one);
	}
	listing_members(answer, stdout);
	putchar('\n');
	listing_table(events, event_columns, COUNT(event_columns), w->o->color, stdout);
	if (json_array_size(json_object_get(answer, "actions")) > 0) {
		putchar('\n');
		listing_table(json_object_get(answer, "actions"), columns, COUNT(columns),
			      w->o->color, stdout);
	}
	json_decref(answer);
	return EXIT_DONE;
}

/* The names of the fields that differ, in place of them. */
static void
name_fields(json_t *one)
{
	char names[300] = "";
	size_t n = 0;
	size_t i;
	json_t *field;

	json_array_foreach(json_object_get(one, "fields"), i, field)
	{
		if (n < sizeof names)
			n += (size_t)snprintf(names + n, sizeof names - n, "%s%s",
					      n == 0 ? "" : ", ", member_text(field, "field"));
	}
	json_object_set_new(one, "fields", json_string(names));
}

int
case_diff(struct case_wish *w, const char *number)
{
	Sems__V1__CaseRequest q = SEMS__V1__CASE_REQUEST__INIT;
	char kind[24];
	char *list[] = {kind};
	json_t *answer = NULL;
	json_t *one;
	size_t i;
	int status;

	if (number != NULL || w->since == NULL)
		return command_usage(w->command, "diff: say --since, a day");
	text_print(kind, sizeof kind, "%s", case_kinds[w->kind].name);
	q.operation = SEMS__V1__CASE_OPERATION__CASE_OPERATION_DIFF;
	q.kinds = list;
	q.n_kinds = COUNT(list);
	q.since = w->since;
	q.until = w->until;
	q.has_limit = 1;
	q.limit = PAGE_ALL;
	status = ask_shown(w, &q, &answer);
	if (answer == NULL)
		return status;
	json_array_foreach(json_object_get(answer, "cases"), i, one)
	{
		name_fields(one);
	}
	listing_table(json_object_get(answer, "cases"), diff_columns, COUNT(diff_columns),
		      w->o->color, stdout);
	listing_members(json_object_get(answer, "totals"), stdout);
	json_decref(answer);
	return EXIT_DONE;
}

static const struct listing_column scale_columns[] = {
    {"local_severity", "Grade"},
    {"severity", "Is"},
    {"set_by", "Set by"},
    {"set_at", "At"},
};

int
case_scale(struct case_wish *w, const char *grade)
{
	Sems__V1__CaseRequest q = SEMS__V1__CASE_REQUEST__INIT;
	char name[LIFE_LINE_MAX + 1];
	json_t *answer = NULL;
	int status;

	q.operation = SEMS__V1__CASE_OPERATION__CASE_OPERATION_SCALE;
	if (grade != NULL) {
		if (w->said[SAYS_SEVERITY] == NULL)
			return command_usage(w->command, "scale: say what it is by --severity");
		text_print(name, sizeof name, "%s", grade);
		q.local_severity = name;
		q.severity = w->said[SAYS_SEVERITY];
	}
	status = case_ask(w, &q, &answer);
	if (status != EXIT_DONE)
		return status;
	if (grade != NULL)
		printf("'%s' is %s from now on\n", grade, q.severity);
	else if (w->as_json)
		print_json(answer);
	else
		listing_table(json_object_get(answer, "scale"), scale_columns, COUNT(scale_columns),
			      w->o->color, stdout);
	json_decref(answer);
	return EXIT_DONE;
}
