/* semsctl retention: what would go, what may not and why; and the run. */
#include "base/count.h"
#include "client/ask.h"
#include "tools/semsctl/command.h"
#include "tools/semsctl/words.h"
#include "tools/terminal/listing.h"
#include "tools/terminal/screen.h"

#include <string.h>

static const struct listing_column columns[] = {
    {"kind", "Kind"},       {"month", "Month"},       {"records", ">Records"},
    {"exact", "Counted"}, /* no: an estimate */
    {"quarter", "Quarter"}, {"decision", "Decision"}, {"dropped", "Dropped"},
    {"why", "Why"},         {"do", "To do"},
};

static int
print_answer(const struct options *o, const json_t *answer, int is_run)
{
	const json_t *months = json_object_get(answer, "months");
	json_int_t may_go = json_integer_value(json_object_get(answer, "may_go"));
	json_int_t dropped = json_integer_value(json_object_get(answer, "dropped"));
	json_t *month;
	size_t i;

	json_array_foreach(months, i, month)
	{
		words_put(month, "do");
	}
	screen_page();
	listing_table(months, columns, COUNT(columns), o->color, stdout);
	if (json_array_size(months) == 0)
		puts("No months are kept: there is nothing to decide about.");
	if (is_run)
		printf("\n%" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT
		       " month%s that may go dropped.\n",
		       dropped, may_go, text_s((uint64_t)may_go));
	else if (may_go > 0)
		printf("\n%" JSON_INTEGER_FORMAT
		       " month%s may go; nothing was removed. `semsctl retention run --yes` "
		       "removes what may.\n",
		       may_go, text_s((uint64_t)may_go));
	else
		puts("\nNothing may go.");
	return EXIT_DONE;
}

static const struct option longs[] = {
    {"yes", no_argument, NULL, 'y'}, {"json", no_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};

static int
run(const struct options *o, int argc, char **argv)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__RetentionRequest retention = SEMS__V1__RETENTION_REQUEST__INIT;
	json_t *answer = NULL;
	struct err e;
	int yes = 0;
	int as_json = 0;
	int status = EXIT_DONE;
	int opt;

	while ((opt = command_option(&command_retention, argc, argv)) != -1) {
		if (opt != 'y' && opt != 'j')
			return EXIT_USAGE;
		yes |= opt == 'y';
		as_json |= opt == 'j';
	}
	if (optind < argc && command_find_sub(&command_retention, argv[optind]) == NULL)
		return command_unknown_sub(&command_retention, argv[optind]);
	if (optind + 1 != argc)
		return command_usage(&command_retention, "say what: plan or run");
	retention.has_run = 1;
	retention.run = strcmp(argv[optind], "run") == 0;
	if (retention.run && !yes)
		return command_usage(
		    &command_retention,
		    "removes records for good: look at `semsctl retention plan`, then say --yes");
	request.body_case = SEMS__V1__REQUEST__BODY_RETENTION;
	request.retention = &retention;
	if (ask(o->address, &request, &answer, &e) != OK)
		return command_fail(&e);
	if (as_json) {
		json_dumpf(answer, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		status = print_answer(o, answer, retention.run);
	}
	json_decref(answer);
	return status;
}

static const struct sub subs[] = {
    {"plan", "[--json]", "Every month of every kind with what would become of it, and why.",
     "semsctl retention plan"},
    {"run", "--yes [--json]", "Removes the months that may go, for good.",
     "semsctl retention run --yes"},
};

static const struct sub *
sub_at(size_t i)
{
	return i < COUNT(subs) ? &subs[i] : NULL;
}

const struct command command_retention = {
    .sub = sub_at,
    .options = longs,
    .letters = "y",
    .name = "retention",
    .summary = "what would be removed, what may not and why",
    .help = "Lists every month of every kind with the decision and its reason. `run` removes the\n"
	    "months that may go, and only those: past the maximum of their kind, their quarters\n"
	    "submitted and the revision window over, with no open finding.\n"
	    "\n"
	    "  --yes   it is meant; without it nothing is removed\n"
	    "  --json  the answer as it is\n"
	    "\n"
	    "Example:\n"
	    "  semsctl retention plan\n",
    .run = run,
};
