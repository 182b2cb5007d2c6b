/* semsctl status: what the daemon holds and how it is. */
#include "tools/lib/ask.h"
#include "tools/lib/listing.h"
#include "tools/semsctl/command.h"

#include <getopt.h>
#include <stdlib.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

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

/* What a restored database lacks comes before everything else: figures depend on it. */
static void
print_gaps(const json_t *gaps)
{
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
}

/* Everybody who sends waits for such a group. */
static void
print_late(const json_t *groups)
{
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
}

/* What failed once is tried again by itself. */
static void
print_duties(const json_t *duties)
{
	size_t i;
	json_t *d;

	json_array_foreach(duties, i, d)
	{
		char name[LISTING_CELL];
		char until[LISTING_CELL];
		char why[LISTING_CELL];

		listing_cell(json_object_get(d, "duty"), name);
		listing_cell(json_object_get(d, "aside_until"), until);
		listing_cell(json_object_get(d, "failure"), why);
		if (until[0] != '\0')
			printf("A DUTY IS SET ASIDE: %s until %s; it ended badly twice, and the "
			       "rest goes on.\n  Why: %s.\n\n",
			       name, until, why);
	}
}

static void
print_status(json_t *answer, int color)
{
	print_gaps(json_object_get(answer, "gaps"));
	print_late(json_object_get(answer, "late_groups"));
	print_duties(json_object_get(answer, "duties"));
	listing_members(answer, stdout);
	for (size_t i = 0; i < COUNT(tables); i++) {
		const json_t *rows = json_object_get(answer, tables[i].key);

		if (json_array_size(rows) == 0)
			continue;
		putchar('\n');
		listing_table(rows, tables[i].columns, tables[i].n, color, stdout);
	}
}

static int
run(const struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {{"json", no_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__StatusRequest status = SEMS__V1__STATUS_REQUEST__INIT;
	json_t *answer = NULL;
	struct err e;
	int as_json = 0;
	int opt;

	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (opt != 'j')
			return command_usage(&command_status, "unknown option");
		as_json = 1;
	}
	if (optind < argc)
		return command_usage(&command_status, "takes no argument '%s'", argv[optind]);
	request.body_case = SEMS__V1__REQUEST__BODY_STATUS;
	request.status = &status;
	if (ask(o->address, &request, &answer, &e) != OK)
		return command_fail(&e);
	if (as_json) {
		(void)json_dumpf(answer, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		print_status(answer, o->color);
	}
	json_decref(answer);
	return EXIT_DONE;
}

const struct command command_status = {
    .name = "status",
    .summary = "what semsd holds, and how it is",
    .help =
	"Usage: semsctl status [--json]\n"
	"Shows the entity, the database and its safety, records by kind, sources with what they\n"
	"last sent, what should have sent and has not, quarters with their state, what waits in\n"
	"the quarantine, and the duties. What a restored database may lack comes first, then "
	"records\n"
	"that wait longer than half a minute to be stored, and duties that are set aside.\n"
	"\n"
	"  --json  the answer as it is\n",
    .run = run,
};
