/* semsctl status: what the daemon holds and how it is. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/text.h"
#include "tools/semsctl/command.h"
#include "tools/semsctl/show.h"
#include "tools/terminal/listing.h"

#include <stdlib.h>

static const struct listing_column kind_columns[] = {
    {"kind", "Kind"},
    {"records", ">Records"},
    {"is_estimate", "Estimate"},
    {"first_month", "From"},
    {"last_month", "To"},
    {"last_received_at", "Last received"},
    {"dirty_days", ">Days to recount"},
};

static const struct listing_column source_columns[] = {
    {"source", "Source"},
    {"description", "Description"},
    {"last_received_at", "Last received"},
};

static const struct listing_column silent_columns[] = {
    {"source", "Silent"},  {"kind", "Kind"},    {"site", "Site"},
    {"device", "Device"},  {"last_at", "Last"}, {"expected_by", "Expected by"},
    {"basis", "Known by"},
};

static const struct listing_column quarter_columns[] = {
    {"quarter", "Quarter"},
    {"state", "State"},
    {"revision", ">Revision"},
    {"submitted_at", "Submitted"},
};

static const struct {
	const char *key;
	const struct listing_column *columns;
	size_t n;
} tables[] = {
    {"kinds", kind_columns, COUNT(kind_columns)},
    {"sources", source_columns, COUNT(source_columns)},
    {"silent", silent_columns, COUNT(silent_columns)},
    {"quarters", quarter_columns, COUNT(quarter_columns)},
};

/* What is wrong comes before everything else. How many things of a sort are: */

/* What a restored database lacks comes before everything else: figures depend on it. */
static size_t
print_gaps(const json_t *answer)
{
	const json_t *gaps = json_object_get(answer, "gaps");
	size_t i;
	json_t *gap;

	json_array_foreach(gaps, i, gap)
	{
		char from[LISTING_CELL];
		char to[LISTING_CELL];

		listing_cell(json_object_get(gap, "lacks_from"), from);
		listing_cell(json_object_get(gap, "lacks_to"), to);
		printf("RECORDS MAY BE MISSING: those received from %s to %s.\n", from, to);
		listing_cell(json_object_get(gap, "reason"), from);
		listing_cell(json_object_get(gap, "gap_id"), to);
		printf("  Why: %s.\n"
		       "  Do: ask every sender to send again all that it sent in this period and "
		       "still holds; what is\n"
		       "  there already is answered DUPLICATE. Then: semsctl gaps resolve %s "
		       "--reason TEXT\n\n",
		       from, to);
	}
	return json_array_size(gaps);
}

/* Everybody who sends waits for such a group. */
static size_t
print_late(const json_t *answer)
{
	const json_t *groups = json_object_get(answer, "late_groups");
	size_t i;
	json_t *g;

	json_array_foreach(groups, i, g)
	{
		const json_t *blockers = json_object_get(g, "blocked_by");
		char cell[4][LISTING_CELL];

		listing_cell(json_object_get(g, "records"), cell[0]);
		listing_cell(json_object_get(g, "since"), cell[1]);
		listing_cell(json_object_get(g, "while"), cell[2]);
		listing_cell(json_object_get(g, "tries"), cell[3]);
		printf(
		    "RECORDS WAIT: %s since %s, and whoever sends waits for them, while %s (tries: "
		    "%s).\n",
		    cell[0], cell[1], cell[2], cell[3]);
		listing_cell(json_object_get(g, "last_failure"), cell[0]);
		listing_cell(json_object_get(g, "backend"), cell[1]);
		if (cell[0][0] != '\0')
			printf("  The last failure: %s.\n", cell[0]);
		printf("  Do: look at process %s in pg_stat_activity of the database.", cell[1]);
		for (size_t k = 0; k < json_array_size(blockers); k++) {
			listing_cell(json_array_get(blockers, k), cell[0]);
			printf(" It waits for process %s.", cell[0]);
		}
		printf("\n\n");
	}
	return json_array_size(groups);
}

/* What failed once is tried again by itself. */
static size_t
print_duties(const json_t *answer)
{
	const json_t *duties = json_object_get(answer, "duties");
	size_t aside = 0;
	size_t i;
	json_t *d;

	json_array_foreach(duties, i, d)
	{
		char name[LISTING_CELL];
		char until[LISTING_CELL];
		char why[LISTING_CELL];

		if (member_maybe(d, "aside_until") == NULL)
			continue;
		listing_cell(json_object_get(d, "duty"), name);
		listing_cell(json_object_get(d, "aside_until"), until);
		listing_cell(json_object_get(d, "failure"), why);
		printf(
		    "A DUTY IS SET ASIDE: %s until %s; it ended badly twice, and the rest goes "
		    "on.\n  Why: %s.\n  Do: look for the cause in semsd's log; it is tried again "
		    "by itself.\n\n",
		    name, until, why);
		aside++;
	}
	return aside;
}

static size_t
print_no_entity(const json_t *answer)
{
	if (member_maybe(answer, "entity") != NULL)
		return 0;
	puts("NOT SET UP: no record is taken yet.\n"
	     "  Do: semsctl init --entity NAME --zone ZONE --site SITE --source SOURCE\n");
	return 1;
}

static size_t
print_unsafe(const json_t *answer)
{
	const json_t *database = json_object_get(answer, "database");

	if (!json_is_false(json_object_get(database, "is_safe")))
		return 0;
	puts("THE DATABASE IS NOT SAFE: what is called stored might be lost.\n"
	     "  Do: turn fsync, full_page_writes and synchronous_commit on, on a primary; see "
	     "Database "
	     "below\n");
	return 1;
}

static size_t
print_unreplicated(const json_t *answer)
{
	const char *why = member_maybe(json_object_get(answer, "database"), "durability_fault");

	if (why == NULL)
		return 0;
	printf("NOTHING IS TAKEN, FOR IT WOULD BE ON ONE SERVER ALONE: %s.\n"
	       "  Senders keep their records. Do: start the standby, or look at "
	       "pg_stat_replication on the primary\n\n",
	       why);
	return 1;
}

/* The first ones: the table below has them all. */
static size_t
print_silent(const json_t *answer)
{
	const json_t *first = json_array_get(json_object_get(answer, "silent"), 0);
	json_int_t n = json_integer_value(json_object_get(answer, "silent_total"));
	char cell[3][LISTING_CELL];

	if (n == 0)
		return 0;
	listing_cell(json_object_get(first, "source"), cell[0]);
	listing_cell(json_object_get(first, "kind"), cell[1]);
	listing_cell(json_object_get(first, "last_at"), cell[2]);
	printf("FEEDS ARE SILENT: %" JSON_INTEGER_FORMAT
	       ", the first of them %s of %s, last at %s.\n"
	       "  Do: see that it sends; if it is not to send any more, end it with semsctl init "
	       "(feeds: until_day)\n\n",
	       n, cell[1], cell[0], cell[2]);
	return 1;
}

static size_t
print_refused(const json_t *answer)
{
	const char *reason;
	json_t *n;
	json_int_t all = 0;

	json_object_foreach(json_object_get(answer, "quarantine_open"), reason, n)
	{
		all += json_integer_value(n);
	}
	if (all == 0)
		return 0;
	printf("RECORDS WERE REFUSED: %" JSON_INTEGER_FORMAT
	       " record%s in the quarantine, counted by no figure.\n"
	       "  Do: semsctl quarantine list says why; mend the cause, then semsctl quarantine "
	       "requeue "
	       "--all\n\n",
	       all, text_s((uint64_t)all));
	return 1;
}

/* Other figures count them twice. */
static size_t
print_doubles(const json_t *answer)
{
	const json_t *doubles = json_object_get(answer, "doubles");
	const json_int_t n = json_integer_value(json_object_get(doubles, "records"));

	if (n == 0)
		return 0;
	printf("RECORDS ARE STORED TWICE: %s%" JSON_INTEGER_FORMAT
	       " have the number, or the content, of another one.\n"
	       "  Do: semsctl doubles lists them with what to do.\n\n",
	       json_is_true(json_object_get(doubles, "is_estimate")) ? "about " : "", n);
	return 1;
}

/* Days of the calendar that the zone's government has moved since the set-up. */
static size_t
print_calendar(const json_t *answer)
{
	const json_t *calendar = json_object_get(answer, "calendar");
	const json_t *first = json_array_get(json_object_get(calendar, "runs"), 0);
	const json_int_t n = json_integer_value(json_object_get(calendar, "days"));

	if (n == 0)
		return 0;
	printf("THE CALENDAR IS NOT TODAY'S: %" JSON_INTEGER_FORMAT
	       " day%s from %s to %s, beginning at another hour by the rules that %s has now; "
	       "from %s to %s %" JSON_INTEGER_FORMAT " minutes later.\n"
	       "  Figures, dates without a time and the ends of quarters go by the rules of the "
	       "set-up.\n"
	       "  Do: semsctl calendar tells which quarters and records that touches; semsctl "
	       "calendar --apply gives days\n"
	       "  to come today's rules.\n\n",
	       n, text_s((uint64_t)n), member_text(calendar, "first_day"),
	       member_text(calendar, "last_day"), member_text(answer, "zone"),
	       member_text(first, "first_day"), member_text(first, "last_day"),
	       json_integer_value(json_object_get(first, "minutes_later")));
	return 1;
}

/* At most 100 are in the answer. */
static size_t
print_holds(const json_t *answer)
{
	const json_t *due = json_object_get(answer, "holds_due");
	json_t *hold;
	size_t i;

	json_array_foreach(due, i, hold)
	{
		char number[LISTING_CELL];

		listing_cell(json_object_get(hold, "hold_id"), number);
		printf("A LEGAL HOLD IS TO BE REVIEWED: hold %s, since %s; what it is about stays "
		       "until somebody lifts it.\n"
		       "  Do: semsctl hold show %s, and if its reason is gone semsctl hold lift %s "
		       "--reason TEXT\n\n",
		       number, member_text(hold, "review_on"), number, number);
	}
	return json_array_size(due);
}

/* --- doors ------------------------------------------------------------------------------------ */

static json_t *
doors_of(const json_t *answer, const char *list)
{
	return json_object_get(json_object_get(answer, "doors"), list);
}

static size_t
print_trust(const json_t *answer)
{
	const char *fault = member_maybe(json_object_get(answer, "doors"), "fault");

	if (fault == NULL)
		return 0;
	printf("THE CERTIFICATES IN FORCE ARE NOT THOSE OF THE FILES: %s.\n"
	       "  The last ones that were good are in force. Do: mend it; semsctl reload says "
	       "whether it is good\n\n",
	       fault);
	return 1;
}

static size_t
print_own_ending(const json_t *answer)
{
	const json_t *first = json_object_get(doors_of(answer, "own_ending"), "first");
	char cell[LISTING_CELL];
	size_t i;
	json_t *one;

	json_array_foreach(first, i, one)
	{
		listing_cell(json_object_get(one, "ends_at"), cell);
		printf("A CERTIFICATE OF SEMSD'S OWN ENDS: %s at %s.\n"
		       "  Do: put a new one in its place (semsctl pki renew), then semsctl "
		       "reload\n\n",
		       member_text(one, "file"), cell);
	}
	return json_array_size(first);
}

static size_t
print_ending(const json_t *answer)
{
	const json_t *ending = doors_of(answer, "ending");
	const json_t *one = json_array_get(json_object_get(ending, "first"), 0);
	char cell[LISTING_CELL];

	if (one == NULL)
		return 0;
	listing_cell(json_object_get(one, "ends_at"), cell);
	printf("CERTIFICATES OF THOSE WHO COME END: %" JSON_INTEGER_FORMAT
	       ", one of them that of %s at %s.\n"
	       "  Do: semsctl pki renew, and give each its new one; semsctl status --json lists "
	       "them\n\n",
	       json_integer_value(json_object_get(ending, "all")), member_text(one, "principal"),
	       cell);
	return 1;
}

static size_t
print_twice(const json_t *answer)
{
	const json_t *first = json_object_get(doors_of(answer, "twice"), "first");
	char cell[LISTING_CELL];
	size_t i;
	json_t *one;

	json_array_foreach(first, i, one)
	{
		listing_cell(json_object_get(one, "at"), cell);
		printf("ONE CERTIFICATE WAS HERE TWICE AT ONCE: %s from %s and from %s, at %s.\n"
		       "  Do: see whether the machine was copied; give each one of its own "
		       "(semsctl pki), and revoke this one\n\n",
		       member_text(one, "principal"), member_text(one, "first"),
		       member_text(one, "second"), cell);
	}
	return json_array_size(first);
}

/* By how much depends on it. */
static size_t (*const wrongs[])(const json_t *answer) = {
    print_no_entity, print_gaps,       print_late,     print_unsafe, print_unreplicated,
    print_refused,   print_doubles,    print_calendar, print_silent, print_duties,
    print_trust,     print_own_ending, print_ending,   print_twice,  print_holds,
};

static void
print_status(json_t *answer, int color)
{
	size_t wrong = 0;

	for (size_t i = 0; i < COUNT(wrongs); i++)
		wrong += wrongs[i](answer);
	if (wrong == 0)
		puts("OK\n");
	listing_members(answer, stdout);
	for (size_t i = 0; i < COUNT(tables); i++) {
		const json_t *rows = json_object_get(answer, tables[i].key);

		if (json_array_size(rows) == 0)
			continue;
		putchar('\n');
		listing_table(rows, tables[i].columns, tables[i].n, color, stdout);
	}
}

static const struct option longs[] = {{"json", no_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};

static int
run(const struct options *o, int argc, char **argv)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__StatusRequest status = SEMS__V1__STATUS_REQUEST__INIT;
	int as_json = 0;
	int opt;

	while ((opt = command_option(&command_status, argc, argv)) != -1) {
		if (opt != 'j')
			return EXIT_USAGE;
		as_json = 1;
	}
	if (optind < argc)
		return command_usage(&command_status, "takes no argument '%s'", argv[optind]);
	request.body_case = SEMS__V1__REQUEST__BODY_STATUS;
	request.status = &status;
	return command_show(o, &request, as_json, print_status);
}

const struct command command_status = {
    .options = longs,
    .letters = "",
    .name = "status",
    .summary = "what semsd holds, and how it is",
    .help =
	"Usage: semsctl status [--json]\n"
	"Begins with OK, or with what is wrong and what to do about it.\n"
	"Shows the entity, the database and its safety, records by kind, sources with what they\n"
	"last sent, what should have sent and has not, quarters with their state, what waits in\n"
	"the quarantine, and the duties. What a restored database may lack comes first, then "
	"records\n"
	"that wait longer than half a minute to be stored, duties that are set aside, and records\n"
	"that are stored twice (semsctl doubles), as of the last look of the duty, every 15 "
	"minutes.\n"
	"\n"
	"  --json  the answer as it is\n"
	"\n"
	"Example:\n"
	"  semsctl status\n",
    .run = run,
};
