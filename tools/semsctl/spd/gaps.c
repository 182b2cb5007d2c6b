/* semsctl gaps: periods of which records may be missing since the database was restored. */
#include "base/count.h"
#include "client/ask.h"
#include "tools/semsctl/command.h"
#include "tools/terminal/listing.h"
#include "tools/terminal/screen.h"
#include "tools/time/when.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct wish {
	const struct options *o;
	const char *from;
	const char *to;
	char *reason;
	const char *number;
	int as_json;
};

static const struct listing_column columns[] = {
    {"gap_id", ">Gap"},          {"lacks_from", "Received from"},
    {"lacks_to", "To"},          {"found_at", "Found"},
    {"noted_by", "By"},          {"reason", "Why"},
    {"resolved_at", "Resolved"}, {"resolved_by", "By"},
    {"resolution", "How"},
};

static int
ask_gaps(const struct wish *w, Sems__V1__GapRequest *gap, json_t **answer)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	struct err e;

	gap->has_operation = 1;
	gap->reason = w->reason;
	request.body_case = SEMS__V1__REQUEST__BODY_GAP;
	request.gap = gap;
	return ask(w->o->address, &request, answer, &e) == OK ? EXIT_DONE : command_fail(&e);
}

static int
run_list(const struct wish *w)
{
	Sems__V1__GapRequest gap = SEMS__V1__GAP_REQUEST__INIT;
	json_t *answer = NULL;
	const json_t *gaps;
	int status;

	gap.operation = SEMS__V1__GAP_OPERATION__GAP_OPERATION_LIST;
	status = ask_gaps(w, &gap, &answer);
	if (status != EXIT_DONE)
		return status;
	gaps = json_object_get(answer, "gaps");
	screen_page();
	if (w->as_json) {
		json_dumpf(answer, stdout, JSON_INDENT(2));
		putchar('\n');
	} else if (json_array_size(gaps) == 0) {
		puts("No gap is known.");
	} else {
		listing_table(gaps, columns, COUNT(columns), w->o->color, stdout);
	}
	json_decref(answer);
	return EXIT_DONE;
}

/* "2026-05-04T02:30:00Z", or with another offset: a time of day of somewhere would be guessed. */
static int
read_instant(const char *s, int64_t *ms)
{
	struct utc_ms t;

	if (s == NULL || !utc_parse(text_of(s), &t))
		return 0;
	*ms = t.v;
	return 1;
}

static int
run_add(const struct wish *w)
{
	Sems__V1__GapRequest gap = SEMS__V1__GAP_REQUEST__INIT;
	json_t *answer = NULL;
	int status;

	if (w->reason == NULL)
		return command_usage(&command_gaps, "add: say --reason");
	if (!read_instant(w->from, &gap.lacks_from) || !read_instant(w->to, &gap.lacks_to))
		return command_usage(&command_gaps,
				     "add: say --from and --to, such as 2026-05-04T02:30:00Z");
	gap.operation = SEMS__V1__GAP_OPERATION__GAP_OPERATION_ADD;
	gap.has_lacks_from = gap.has_lacks_to = 1;
	status = ask_gaps(w, &gap, &answer);
	if (status != EXIT_DONE)
		return status;
	printf("Gap %" JSON_INTEGER_FORMAT " is noted.\n",
	       json_integer_value(json_object_get(answer, "gap_id")));
	json_decref(answer);
	return EXIT_DONE;
}

static int
run_resolve(const struct wish *w)
{
	Sems__V1__GapRequest gap = SEMS__V1__GAP_REQUEST__INIT;
	json_t *answer = NULL;
	char *end = NULL;
	int status;

	errno = 0;
	if (w->number != NULL && w->number[0] >= '0' && w->number[0] <= '9')
		gap.gap_id = strtoull(w->number, &end, 10);
	if (end == NULL || *end != '\0' || errno != 0)
		return command_usage(&command_gaps, "resolve: give the gap's number");
	if (w->reason == NULL)
		return command_usage(&command_gaps, "resolve: say --reason");
	gap.operation = SEMS__V1__GAP_OPERATION__GAP_OPERATION_RESOLVE;
	gap.has_gap_id = 1;
	status = ask_gaps(w, &gap, &answer);
	if (status != EXIT_DONE)
		return status;
	printf("Gap %" PRIu64 " is resolved.\n", gap.gap_id);
	json_decref(answer);
	return EXIT_DONE;
}

static const struct option longs[] = {
    {"from", required_argument, NULL, 'f'},
    {"to", required_argument, NULL, 't'},
    {"reason", required_argument, NULL, 'r'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

static int
read_options(struct wish *w, int argc, char **argv)
{
	int opt;

	while ((opt = command_option(&command_gaps, argc, argv)) != -1)
		if (opt == 'f')
			w->from = optarg;
		else if (opt == 't')
			w->to = optarg;
		else if (opt == 'r')
			w->reason = optarg;
		else if (opt == 'j')
			w->as_json = 1;
		else
			return EXIT_USAGE;
	return EXIT_DONE;
}

static const struct gap_command {
	const char *name;
	int words; /* at most, its name among them */
	int (*run)(const struct wish *w);
} actions[] = {{"list", 1, run_list}, {"add", 1, run_add}, {"resolve", 2, run_resolve}};

static int
run(const struct options *o, int argc, char **argv)
{
	struct wish w = {.o = o};
	int status = read_options(&w, argc, argv);

	if (status != EXIT_DONE)
		return status;
	if (optind == argc)
		return run_list(&w);
	w.number = optind + 1 < argc ? argv[optind + 1] : NULL;
	for (size_t i = 0; i < COUNT(actions); i++)
		if (strcmp(argv[optind], actions[i].name) == 0 && argc - optind <= actions[i].words)
			return actions[i].run(&w);
	if (command_find_sub(&command_gaps, argv[optind]) == NULL)
		return command_unknown_sub(&command_gaps, argv[optind]);
	return command_usage(&command_gaps, "that is one word too many for '%s'", argv[optind]);
}

static const struct sub subs[] = {
    {"list", "[--json]", "The periods that may lack records.", "semsctl gaps list"},
    {"add", "--from INSTANT --to INSTANT --reason TEXT",
     "Notes a period that semsd could not notice itself.",
     "semsctl gaps add --from 2026-05-04T02:30:00Z --to 2026-05-04T06:00:00Z --reason 'disk lost'"},
    {"resolve", "GAP --reason TEXT",
     "Says that a period lacks nothing any more, or never will have it.",
     "semsctl gaps resolve 1 --reason 'all lanes sent again'"},
};

static const struct sub *
sub_at(size_t i)
{
	return i < COUNT(subs) ? &subs[i] : NULL;
}

const struct command command_gaps = {
    .sub = sub_at,
    .options = longs,
    .letters = "",
    .name = "gaps",
    .summary = "periods that may lack records since the database was restored",
    .help = "After a backup was restored, records that had been answered since are missing until "
	    "their\n"
	    "senders send them again. semsd notices by itself, unless its state folder was lost "
	    "with the\n"
	    "database: then `add` says so. A gap stays until somebody resolves it and says why.\n"
	    "\n"
	    "  --from, --to  by the time of receipt, such as 2026-05-04T02:30:00Z\n"
	    "  --reason      kept with the gap\n"
	    "  --json        the answer as it is\n"
	    "\n"
	    "Example:\n"
	    "  semsctl gaps resolve 1 --reason 'all lanes sent again'\n",
    .run = run,
};
