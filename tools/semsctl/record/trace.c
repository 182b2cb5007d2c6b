/* semsctl trace: from a record up to the figures and revisions that it is in. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/uuid.h"
#include "client/ask.h"
#include "tools/semsctl/command.h"
#include "tools/semsctl/record/pending.h"
#include "tools/terminal/listing.h"
#include "tools/terminal/screen.h"

#include <string.h>

static const struct listing_column correction_columns[] = {
    {"kind", "Corrected by"},     {"record_id", "Record"},  {"source", "Source"},
    {"corrected_at", "When"},     {"is_void", "Void"},      {"made_by", "By"},
    {"reason", "Because"},        {"standing", "Standing"}, {"decision", "Decision"},
    {"decided_by", "Decided by"},
};
static const struct listing_column revision_columns[] = {
    {"quarter", "Frozen in"}, {"revision", ">Revision"}, {"state", "State"},
    {"as_of", "As of"},       {"leaf", "Leaf"},
};
static const struct listing_column without_columns[] = {
    {"quarter", "Not in"}, {"revision", ">Revision"}, {"state", "State"},
    {"as_of", "As of"},    {"what", "What"},          {"text", "Meaning"},
};
static const struct listing_column metric_columns[] = {
    {"metric", "Counted by"}, {"quarter", "In"},     {"name", "Name"},
    {"counts", "As"},         {"amount", ">Amount"},
};

static const char *
state_of(const json_t *answer)
{
	if (json_object_get(answer, "record") == NULL)
		return "not stored any more";
	if (json_is_true(json_object_get(answer, "is_voided")))
		return "voided";
	return json_is_true(json_object_get(answer, "is_effective")) ? "counts" : "corrected";
}

static void
print_answer(const struct options *o, const json_t *answer)
{
	const char *note = member_maybe(answer, "note");
	const json_t *revisions = json_object_get(answer, "revisions");
	json_t *one;
	size_t i;

	printf("%s %s: %s\n", member_text(answer, "kind"), member_text(answer, "record_id"),
	       state_of(answer));
	if (note != NULL)
		printf("%s\n", note);
	listing_record(json_object_get(answer, "record"), stdout);
	putchar('\n');
	listing_table(json_object_get(answer, "corrections"), correction_columns,
		      COUNT(correction_columns), o->color, stdout);
	json_array_foreach(json_object_get(answer, "corrections"), i, one)
	{
		if (json_array_size(json_object_get(one, "changes")) == 0)
			continue;
		printf("\n%s changes\n", member_text(one, "record_id"));
		pending_print_changes(one, o->color);
	}
	if (json_array_size(revisions) == 0)
		puts("It is among the leaves of no frozen revision.");
	listing_table(revisions, revision_columns, COUNT(revision_columns), o->color, stdout);
	listing_table(json_object_get(answer, "without"), without_columns, COUNT(without_columns),
		      o->color, stdout);
	listing_table(json_object_get(answer, "metrics"), metric_columns, COUNT(metric_columns),
		      o->color, stdout);
}

static int
ask_trace(const struct options *o, struct uuid *id, char *source, int as_json)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__TraceRequest trace = SEMS__V1__TRACE_REQUEST__INIT;
	json_t *answer = NULL;
	struct err e;

	trace.has_record_id = 1;
	trace.record_id.data = id->b;
	trace.record_id.len = sizeof id->b;
	trace.source = source;
	request.body_case = SEMS__V1__REQUEST__BODY_TRACE;
	request.trace = &trace;
	if (ask(o->address, &request, &answer, &e) != OK)
		return command_fail(&e);
	screen_page();
	if (as_json) {
		json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
		putchar('\n');
	} else {
		print_answer(o, answer);
	}
	json_decref(answer);
	return EXIT_DONE;
}

static const struct option longs[] = {
    {"source", required_argument, NULL, 'S'}, {"json", no_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};

static int
run(const struct options *o, int argc, char **argv)
{
	struct uuid id;
	char *source = NULL;
	int as_json = 0;
	int opt;

	while ((opt = command_option(&command_trace, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		if (opt == 'S')
			source = optarg;
		else
			as_json = 1;
	}
	if (optind + 1 != argc || !uuid_parse(text_of(argv[optind]), &id))
		return command_usage(&command_trace, "name a record by its id, a UUID");
	return ask_trace(o, &id, source, as_json);
}

const struct command command_trace = {
    .options = longs,
    .letters = "S:",
    .name = "trace",
    .summary = "from a record to the figures and revisions that it is in",
    .help =
	"Usage: semsctl trace RECORD [--source SOURCE] [--json]\n"
	"Shows a record (by its id), what became of it, the frozen revisions that have it among\n"
	"their leaves, those of its quarter that have not, and why (late, added: the words of\n"
	"spd verify and spd diff), and the metrics that count it, each with the amount. Of a "
	"record that\n"
	"retention removed it still says which revisions had it. Persons and free text are not\n"
	"shown. The other way round: semsctl spd explain.\n"
	"\n"
	"  -S, --source SOURCE   where the record came from, when several have the same id\n"
	"      --json            the answer as JSON\n"
	"\n"
	"Examples:\n"
	"  semsctl trace 019db0e4-7a80-7c4e-9d2b-0c6f5c1a7e11\n"
	"  semsctl trace 019db0e4-7a80-7c4e-9d2b-0c6f5c1a7e11 --source lane-3 --json\n",
    .run = run,
};
