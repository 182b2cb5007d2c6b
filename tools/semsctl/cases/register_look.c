/* The register of risks on a terminal: scenarios with their scores and how their controls stand,
 * one scenario, controls, flags, the scheme. */
#include "base/buf.h"
#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/text.h"
#include "tools/semsctl/cases/register.h"
#include "tools/terminal/listing.h"
#include "tools/terminal/screen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SCHEME_MAX 65536

static const struct listing_column scenario_columns[] = {
    {"number", "Number"},         {"ref", "Ref"},
    {"title", "Scenario"},        {"scores", "T x I x V"},
    {"residual", ">Risk"},        {"residual_band", "Is"},
    {"worst", "Controls"},        {"review_on", "Review"},
    {"acceptance", "Acceptance"}, {"why", "Look at it again for"},
};

static const struct listing_column control_columns[] = {
    {"number", "Number"},      {"state", "State"},       {"title", "Control"},
    {"side", "Side"},          {"owner", "Owner"},       {"measure_code", "Measure"},
    {"figures", "Watched by"}, {"serves", ">Scenarios"},
};

static const struct listing_column flag_columns[] = {
    {"flag", "Flag"},         {"scenario", "Scenario"}, {"scenario_title", "Threat"},
    {"control", "Control"},   {"state", "State"},       {"text", "Figure"},
    {"target", "Target"},     {"occurrence", ">Times"}, {"raised_on", "Raised"},
    {"proposes", "Proposed"}, {"settled", "Settled"},
};

static int
print_json(const json_t *j)
{
	screen_page();
	json_dumpf(j, stdout, JSON_INDENT(2));
	putchar('\n');
	return EXIT_DONE;
}

/* "a, b" of the members of a list under a key; key NULL: of texts. */
static void
join(const json_t *list, const char *key, char *out, size_t size)
{
	size_t i;
	json_t *one;

	out[0] = '\0';
	json_array_foreach(list, i, one)
	{
		const char *s = key == NULL ? json_string_value(one) : member_text(one, key);

		text_add(out, size, ", ", s);
	}
}

/* --- scenarios -------------------------------------------------------------------------------- */

static json_t *
scenario_row(json_t *s)
{
	const json_t *a = json_object_get(s, "assessment");
	const json_t *accepted = json_object_get(s, "acceptance");
	json_t *row = json_pack("{s:O, s:O}", "number", json_object_get(s, "number"), "title",
				json_object_get(s, "title"));
	char text[300];

	json_object_set(row, "ref", json_object_get(s, "ref"));
	json_object_set(row, "worst", json_object_get(s, "worst"));
	if (json_is_object(a)) {
		text_print(text, sizeof text, "%d x %d x %d",
			   (int)json_integer_value(json_object_get(a, "threat")),
			   (int)json_integer_value(json_object_get(a, "impact")),
			   (int)json_integer_value(json_object_get(a, "vulnerability")));
		json_object_set_new(row, "scores", json_string(text));
		json_object_set(row, "residual", json_object_get(a, "residual"));
		json_object_set(row, "residual_band", json_object_get(a, "residual_band"));
		json_object_set(row, "review_on", json_object_get(a, "review_on"));
	}
	if (json_is_object(accepted)) {
		text_print(text, sizeof text, "%s until %s", member_text(accepted, "standing"),
			   member_text(accepted, "expires_on"));
		json_object_set_new(row, "acceptance", json_string(text));
	}
	join(json_object_get(s, "reasons"), "why", text, sizeof text);
	if (text[0] != '\0')
		json_object_set_new(row, "why", json_string(text));
	return row;
}

int
risk_list(struct case_wish *w, const char *argument)
{
	json_t *document = NULL;
	json_t *rows;
	json_t *one;
	size_t i;
	int status;

	if (argument != NULL)
		return command_usage(w->command, "list takes no argument '%s'", argument);
	if (w->csv != NULL) {
		w->kind = CASE_SCENARIO;
		return case_list(w, NULL);
	}
	rows = json_array();
	status = register_part(w, "scenario", NULL, &document);
	if (status == EXIT_DONE && w->as_json) {
		status = print_json(json_object_get(document, "scenarios"));
	} else if (status == EXIT_DONE) {
		json_array_foreach(json_object_get(document, "scenarios"), i, one)
		{
			if (strcmp(member_text(one, "state"), "IN_FORCE") == 0)
				json_array_append_new(rows, scenario_row(one));
		}
		screen_page();
		if (json_array_size(rows) == 0)
			puts("There is none.");
		listing_table(rows, scenario_columns, COUNT(scenario_columns), w->o->color, stdout);
	}
	json_decref(rows);
	json_decref(document);
	return status;
}

static const struct listing_column cite_columns[] = {
    {"metric", "Cites"}, {"quarter", "Quarter"}, {"revision", ">Rev"},
    {"text", "Figure"},  {"status", "Status"},   {"target", "Target"},
};
static const struct listing_column action_columns[] = {
    {"number", "Action"}, {"state", "State"}, {"priority", "Priority"},
    {"title", "What"},    {"owner", "Owner"}, {"due_on", "Due"},
};
static const struct listing_column reason_columns[] = {
    {"why", "Look at it again for"},
    {"number", "Which"},
    {"text", "What"},
    {"on", "Since"},
};
static const struct listing_column history_columns[] = {
    {"on", "Adopted"},
    {"number", "Assessment"},
    {"threat", ">Threat"},
    {"impact", ">Impact"},
    {"vulnerability", ">Vulnerability"},
    {"residual", ">Risk"},
    {"band", "Is"},
};

static void
print_list(const struct case_wish *w, const json_t *list, const struct listing_column *columns,
	   size_t n)
{
	if (json_array_size(list) == 0)
		return;
	putchar('\n');
	listing_table(list, columns, n, w->o->color, stdout);
}

static void
print_scenario(const struct case_wish *w, json_t *s)
{
	json_t *a = json_object_get(s, "assessment");

	listing_members(s, stdout);
	if (json_is_object(a)) {
		puts("\nThe assessment in force:");
		listing_members(a, stdout);
		print_list(w, json_object_get(a, "cites"), cite_columns, COUNT(cite_columns));
	}
	print_list(w, json_object_get(s, "history"), history_columns, COUNT(history_columns));
	print_list(w, json_object_get(s, "reasons"), reason_columns, COUNT(reason_columns));
	print_list(w, json_object_get(s, "actions"), action_columns, COUNT(action_columns));
}

int
risk_show(struct case_wish *w, const char *number)
{
	json_t *document = NULL;
	json_t *s;
	int status;

	if (number == NULL)
		return command_usage(w->command, "show: say which, such as R-2026-007");
	if (case_kind_by_number(number) != CASE_SCENARIO)
		return case_show(w, number);
	status = register_part(w, "scenario", number, &document);
	s = json_array_get(json_object_get(document, "scenarios"), 0);
	if (status == EXIT_DONE && s == NULL) {
		fprintf(stderr, "semsctl: there is no scenario %s\n", number);
		status = EXIT_REFUSED;
	} else if (status == EXIT_DONE && w->as_json) {
		status = print_json(s);
	} else if (status == EXIT_DONE) {
		screen_page();
		print_scenario(w, s);
	}
	json_decref(document);
	return status;
}

/* --- controls --------------------------------------------------------------------------------- */

static void
say_control(json_t *c)
{
	char text[600] = "";
	char one[200];
	size_t i;
	json_t *m;

	json_array_foreach(json_object_get(c, "metrics"), i, m)
	{
		text_print(one, sizeof one, "%s %s %s", member_text(m, "metric"),
			   member_text(m, "state"), member_text(m, "text"));
		text_add(text, sizeof text, "; ", one);
	}
	json_object_set_new(c, "figures", json_string(text));
	json_object_set_new(
	    c, "serves",
	    json_integer((json_int_t)json_array_size(json_object_get(c, "scenarios"))));
}

int
control_list(struct case_wish *w, const char *argument)
{
	json_t *document = NULL;
	json_t *list;
	json_t *one;
	size_t i;
	int status;

	if (argument != NULL)
		return command_usage(w->command, "list takes no argument '%s'", argument);
	if (w->csv != NULL)
		return case_list(w, NULL);
	status = register_part(w, "control", NULL, &document);
	list = json_object_get(document, "controls");
	if (status == EXIT_DONE && w->as_json) {
		status = print_json(list);
	} else if (status == EXIT_DONE) {
		json_array_foreach(list, i, one)
		{
			say_control(one);
		}
		screen_page();
		if (json_array_size(list) == 0)
			puts("There is none.");
		listing_table(list, control_columns, COUNT(control_columns), w->o->color, stdout);
	}
	json_decref(document);
	return status;
}

/* --- flags ------------------------------------------------------------------------------------ */

static void
say_flag(json_t *f)
{
	const json_t *closed = json_object_get(f, "closed");
	char text[200];

	text_print(text, sizeof text, "%s@%s/%d", member_text(f, "metric"),
		   member_text(f, "quarter"),
		   (int)json_integer_value(json_object_get(f, "revision")));
	json_object_set_new(f, "flag", json_string(text));
	if (!json_is_object(closed))
		return;
	text_print(text, sizeof text, "%s, %s", member_text(closed, "number"),
		   member_text(closed, "by"));
	json_object_set_new(f, "settled", json_string(text));
}

int
risk_flags(struct case_wish *w, const char *scenario)
{
	json_t *document = NULL;
	json_t *list;
	json_t *one;
	size_t i;
	int status = register_flags(w, scenario, &document);

	list = json_object_get(document, "flags");
	json_array_foreach(list, i, one)
	{
		say_flag(one);
	}
	if (status == EXIT_DONE && w->as_json) {
		status = print_json(list);
	} else if (status == EXIT_DONE) {
		screen_page();
		if (json_array_size(list) == 0)
			puts("There is none.");
		listing_table(list, flag_columns, COUNT(flag_columns), w->o->color, stdout);
	}
	json_decref(document);
	return status;
}

int
risk_settle(struct case_wish *w, const char *figure)
{
	char flag[LIFE_LINE_MAX + 1];
	char title[LIFE_LINE_MAX + 1];

	if (figure == NULL || w->said[SAYS_SCENARIO] == NULL || w->said[SAYS_REASON] == NULL)
		return command_usage(w->command,
				     "settle: say the flag, such as OUT01@2026-Q3/1, --scenario "
				     "and --reason");
	text_print(flag, sizeof flag, "%s", figure);
	text_print(title, sizeof title, "Flag %.60s on %.24s", figure, w->said[SAYS_SCENARIO]);
	w->said[SAYS_FLAG] = flag;
	w->said[SAYS_TITLE] = w->said[SAYS_TITLE] == NULL ? title : w->said[SAYS_TITLE];
	w->said[SAYS_TEXT] = w->said[SAYS_REASON];
	w->said[SAYS_REASON] = NULL;
	w->kind = CASE_DECISION;
	return case_tell_event(w, "ENTER", NULL);
}

/* --- the scheme ------------------------------------------------------------------------------- */

static const struct listing_column level_columns[] = {
    {"score", ">Score"},
    {"name", "Name"},
    {"words", "Criteria"},
};
static const struct listing_column band_columns[] = {
    {"name", "Band"},
    {"low", ">From"},
    {"high", ">To"},
    {"meaning", "Means"},
};

static void
print_scheme(const struct case_wish *w, json_t *scheme)
{
	static const char *const parts[] = {"threat", "impact", "vulnerability"};
	size_t i;
	json_t *level;

	listing_members(scheme, stdout);
	for (size_t p = 0; p < COUNT(parts); p++) {
		json_t *levels = json_object_get(scheme, parts[p]);

		json_array_foreach(levels, i, level)
		{
			char text[600];

			join(json_object_get(level, "criteria"), NULL, text, sizeof text);
			json_object_set_new(level, "words", json_string(text));
		}
		printf("\n%s\n", parts[p]);
		listing_table(levels, level_columns, COUNT(level_columns), w->o->color, stdout);
	}
	print_list(w, json_object_get(scheme, "bands"), band_columns, COUNT(band_columns));
}

/* The file's content; the caller's to buf_fini(). */
static int
read_file(const struct case_wish *w, const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return command_usage(w->command, "%s: %s", path, strerror(errno));
	if (!buf_reserve(out, SCHEME_MAX + 2)) {
		fclose(f);
		return EXIT_FAULT;
	}
	n = fread(out->p, 1, SCHEME_MAX + 1, f);
	fclose(f);
	out->n = n;
	buf_add(out, "", 1);
	if (n > SCHEME_MAX || out->failed || strlen((char *)out->p) != n)
		return command_usage(w->command, "%s: is no text of at most %d bytes", path,
				     SCHEME_MAX);
	return EXIT_DONE;
}

int
risk_scheme(struct case_wish *w, const char *path)
{
	Sems__V1__CaseRequest q = SEMS__V1__CASE_REQUEST__INIT;
	struct buf text;
	json_t *answer = NULL;
	int status = EXIT_DONE;

	buf_init(&text, SCHEME_MAX + 64);
	q.operation = SEMS__V1__CASE_OPERATION__CASE_OPERATION_SCHEME;
	q.known_by = w->known_by != NULL ? w->known_by : w->as_of;
	if (path != NULL)
		status = read_file(w, path, &text);
	if (status == EXIT_DONE && path != NULL)
		q.scheme = (char *)text.p;
	if (status == EXIT_DONE)
		status = case_ask(w, &q, &answer);
	if (status == EXIT_DONE && path != NULL) {
		printf("scored by version %d from now on\n",
		       (int)json_integer_value(json_object_get(answer, "version")));
	} else if (status == EXIT_DONE && w->as_json) {
		status = print_json(json_object_get(answer, "scheme"));
	} else if (status == EXIT_DONE) {
		screen_page();
		print_scheme(w, json_object_get(answer, "scheme"));
	}
	json_decref(answer);
	buf_fini(&text);
	return status;
}
