/* semsctl calendar: how the calendar differs from the zone's rules of today, and mending it. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "client/ask.h"
#include "tools/semsctl/command.h"
#include "tools/terminal/listing.h"
#include "tools/terminal/screen.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RUNS 10 /* shown of each list */

static const struct listing_column run_columns[] = {
    {"first_day", "From"},
    {"last_day", "To"},
    {"days", ">Days"},
    {"set_up", "Begins by the set-up"},
    {"today", "By today's rules"},
    {"minutes_later", ">Minutes later"},
};

static const struct listing_column quarter_columns[] = {
    {"quarter", "Quarter"},       {"days", ">Days that differ"},
    {"mended", ">May be mended"}, {"revision", ">Revision"},
    {"state", "State"},
};

static const struct listing_column record_columns[] = {
    {"kind", "Kind"},
    {"records", ">On another day"},
    {"months", ">In another month"},
    {"quarters", ">In another quarter"},
    {"dates", ">Dates without a time"},
};

static const struct listing_column change_columns[] = {
    {"changed_at", "When"}, {"changed_by", "By"}, {"from_day", "From"},
    {"days", ">Days"},      {"reason", "Why"},
};

static void
print_runs(const json_t *runs, const char *title, int color)
{
	const size_t n = json_array_size(runs);
	json_t *shown = json_array();

	for (size_t i = 0; i < n && i < RUNS; i++)
		json_array_append(shown, json_array_get(runs, i));
	if (n > 0)
		printf("\n%s\n", title);
	listing_table(shown, run_columns, COUNT(run_columns), color, stdout);
	if (n > RUNS)
		printf("  and %zu more, to %s; --json has all\n", n - RUNS,
		       member_text(json_array_get(runs, n - 1), "last_day"));
	json_decref(shown);
}

static void
print_section(const json_t *rows, const struct listing_column *columns, size_t n, const char *title,
	      int color)
{
	if (json_array_size(rows) == 0)
		return;
	printf("\n%s\n", title);
	listing_table(rows, columns, n, color, stdout);
}

/* What would be done, or why nothing can. */
static void
print_end(const json_t *answer)
{
	if (json_array_size(json_object_get(answer, "mended")) > 0)
		printf(
		    "\nsemsctl calendar --apply --reason TEXT gives the days from %s on today's "
		    "beginnings; the day\nbefore them ends where they begin. No record changes its "
		    "day, month or quarter by it, and no frozen\nrevision changes.\n",
		    member_text(answer, "from_day"));
	else if (json_array_size(json_object_get(answer, "stay")) > 0)
		puts("\nNo day that differs is behind all evidence: there is nothing that --apply "
		     "would change.");
	else
		printf("Every day begins as the rules of %s say today.\n",
		       member_text(answer, "zone"));
}

static void
print_look(const json_t *answer, int color)
{
	print_runs(json_object_get(answer, "mended"),
		   "Days that differ and may be mended, being behind all evidence and every frozen "
		   "quarter:",
		   color);
	print_runs(
	    json_object_get(answer, "stay"),
	    "Days that differ and stay as they are, since what is stored counts by them:", color);
	print_section(json_object_get(answer, "quarters"), quarter_columns, COUNT(quarter_columns),
		      "Quarters with such days; a revision that is frozen does not change:", color);
	print_section(
	    json_object_get(answer, "records"), record_columns, COUNT(record_columns),
	    "Records that today's rules would count otherwise; they stay where they are:", color);
	print_section(json_object_get(answer, "changes"), change_columns, COUNT(change_columns),
		      "Changed before; the days before each were left as they are:", color);
	print_end(answer);
}

struct wish {
	char *reason;
	int applies;
	int yes;
	int as_json;
};

static const struct option longs[] = {{"apply", no_argument, NULL, 'a'},
				      {"reason", required_argument, NULL, 'r'},
				      {"yes", no_argument, NULL, 'y'},
				      {"json", no_argument, NULL, 'j'},
				      {NULL, 0, NULL, 0}};

static int
parse(struct wish *w, int argc, char **argv)
{
	int opt;

	while ((opt = command_option(&command_calendar, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		if (opt == 'a')
			w->applies = 1;
		else if (opt == 'r')
			w->reason = optarg;
		else if (opt == 'y')
			w->yes = 1;
		else
			w->as_json = 1;
	}
	if (optind != argc)
		return command_usage(&command_calendar, "takes no argument '%s'", argv[optind]);
	if (w->applies != (w->reason != NULL) || (w->yes && !w->applies))
		return command_usage(&command_calendar, "--apply takes --reason TEXT, and --reason "
							"and --yes go with --apply alone");
	return EXIT_DONE;
}

static enum code
fetch(const struct options *o, const struct wish *w, json_t **answer, struct err *e)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__CalendarRequest calendar = SEMS__V1__CALENDAR_REQUEST__INIT;

	if (w != NULL) {
		calendar.has_apply = 1;
		calendar.apply = 1;
		calendar.reason = w->reason;
	}
	request.body_case = SEMS__V1__REQUEST__BODY_CALENDAR;
	request.calendar = &calendar;
	return ask(o->address, &request, answer, e);
}

static void
print_json(const json_t *answer)
{
	json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
	putchar('\n');
}

/* 1: somebody at the terminal typed yes. */
static int
is_confirmed(void)
{
	char line[16] = "";

	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return 0;
	fputs("Change the calendar so? Type yes: ", stderr);
	return fgets(line, sizeof line, stdin) != NULL && strcmp(line, "yes\n") == 0;
}

static int
apply(const struct options *o, const struct wish *w)
{
	json_t *answer = NULL;
	json_int_t days;
	struct err e;

	fflush(stdout);
	if (!w->yes && !is_confirmed()) {
		fputs("semsctl: nothing was changed; say --yes when that is meant\n", stderr);
		return EXIT_USAGE;
	}
	if (fetch(o, w, &answer, &e) != OK) {
		json_decref(answer);
		return command_fail(&e);
	}
	days = json_integer_value(json_object_get(answer, "days"));
	if (w->as_json)
		print_json(answer);
	else
		printf("%" JSON_INTEGER_FORMAT
		       " day%s from %s on begin%s as the rules of %s say today.\n",
		       days, text_s((uint64_t)days), member_text(answer, "from_day"),
		       days == 1 ? "s" : "", member_text(answer, "zone"));
	json_decref(answer);
	return EXIT_DONE;
}

static int
run(const struct options *o, int argc, char **argv)
{
	struct wish w = {0};
	json_t *answer = NULL;
	struct err e;
	int status = parse(&w, argc, argv);

	if (status != EXIT_DONE)
		return status;
	if (fetch(o, NULL, &answer, &e) != OK) {
		json_decref(answer);
		return command_fail(&e);
	}
	if (!w.applies)
		screen_page();
	if (w.as_json && !w.applies)
		print_json(answer);
	else if (!w.as_json)
		print_look(answer, o->color);
	json_decref(answer);
	return w.applies ? apply(o, &w) : EXIT_DONE;
}

const struct command command_calendar = {
    .options = longs,
    .letters = "ar:yj",
    .name = "calendar",
    .summary = "days that begin otherwise by the zone's rules of today",
    .help =
	"Usage: semsctl calendar [--json]\n"
	"       semsctl calendar --apply --reason TEXT [--yes]\n"
	"\n"
	"The days, months and quarters of an entity were made of its zone's rules at the set-up.\n"
	"When its government changed them since, this lists the days that begin at another hour,\n"
	"the quarters they are in, and how many records today's rules would count otherwise.\n"
	"What is stored goes on counting as it did: only days behind all evidence and every\n"
	"frozen quarter, from tomorrow at the earliest, can be given today's rules.\n"
	"\n"
	"Options:\n"
	"  -a, --apply        give them those rules; for admin. Says first what that changes\n"
	"  -r, --reason TEXT  why; kept with who and when\n"
	"  -y, --yes          it is meant; otherwise a terminal is asked\n"
	"  -j, --json         the answer as it is\n"
	"\n"
	"Example:\n"
	"  semsctl calendar\n",
    .run = run,
};
