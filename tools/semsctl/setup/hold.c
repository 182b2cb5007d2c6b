/* semsctl hold: legal holds, which keep records from retention. */
#include "base/civil.h"
#include "base/count.h"
#include "base/json/jsonin.h"
#include "client/ask.h"
#include "tools/semsctl/command.h"
#include "tools/terminal/listing.h"
#include "tools/terminal/screen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct wish {
	const struct options *o;
	Sems__V1__HoldRequest hold;
	char *since;
	char *until;
	int as_json;
};

static const struct listing_column columns[] = {
    {"hold_id", ">Hold"},
    {"in_force", "In force"},
    {"kind", "Kind"},
    {"source", "Source"},
    {"site_id", "Site"},
    {"record_id", "Record"},
    {"persons", "Person"},
    {"since", "From"},
    {"until", "To"},
    {"reason", "Why"},
    {"authority", "For"},
    {"review_on", "Review"},
    {"review_is_due", "Review is due"},
    {"set_by", "Set by"},
    {"lifted_by", "Lifted by"},
    {"lifted_why", "Lifted, why"},
};

static const struct listing_column kept_columns[] = {
    {"kind", "Kind"},
    {"records", ">Records held"},
    {"months", ">In months"},
};

static int
print_answer(const struct wish *w, const json_t *answer)
{
	const json_t *holds = json_object_get(answer, "holds");
	json_int_t total = json_integer_value(json_object_get(answer, "total"));
	const json_t *keeps = json_object_get(json_array_get(holds, 0), "keeps");

	if (w->as_json) {
		json_dumpf(answer, stdout, JSON_INDENT(2));
		putchar('\n');
		return EXIT_DONE;
	}
	listing_table(holds, columns, COUNT(columns), w->o->color, stdout);
	if (total == 0)
		puts("There is no legal hold.");
	if (json_array_size(keeps) > 0) {
		putchar('\n');
		listing_table(keeps, kept_columns, COUNT(kept_columns), w->o->color, stdout);
	} else if (keeps != NULL) {
		puts("\nNo record that is stored meets it now.");
	}
	if ((size_t)total > json_array_size(holds))
		printf("\n%zu of %" JSON_INTEGER_FORMAT " are shown.\n", json_array_size(holds),
		       total);
	return EXIT_DONE;
}

static int
ask_hold(struct wish *w)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	json_t *answer = NULL;
	struct err e;
	int status;

	w->hold.has_operation = 1;
	request.body_case = SEMS__V1__REQUEST__BODY_HOLD;
	request.hold = &w->hold;
	if (ask(w->o->address, &request, &answer, &e) != OK)
		return command_fail(&e);
	screen_page();
	status = print_answer(w, answer);
	json_decref(answer);
	return status;
}

/* --- the words -------------------------------------------------------------------------------- */

static int
take_number(struct wish *w, const char *s)
{
	char *end = NULL;

	errno = 0;
	if (s != NULL && s[0] >= '0' && s[0] <= '9')
		w->hold.hold_id = strtoull(s, &end, 10);
	w->hold.has_hold_id = end != NULL && *end == '\0' && errno == 0;
	return w->hold.has_hold_id;
}

static int
take_instant(const char *s, int64_t *ms, protobuf_c_boolean *has)
{
	struct utc_ms t;

	if (s == NULL)
		return 1;
	*has = utc_parse(text_of(s), &t);
	*ms = t.v;
	return *has;
}

static int
run_add(struct wish *w, const char *number)
{
	if (number != NULL)
		return command_usage(&command_hold, "takes no argument '%s'", number);
	if (w->hold.reason == NULL || w->hold.authority == NULL || w->hold.review_on == NULL)
		return command_usage(&command_hold, "add: say --reason, --authority and --review");
	if (!take_instant(w->since, &w->hold.since, &w->hold.has_since) ||
	    !take_instant(w->until, &w->hold.until, &w->hold.has_until))
		return command_usage(&command_hold,
				     "add: --since and --until are such as 2026-05-04T00:00:00Z");
	w->hold.operation = SEMS__V1__HOLD_OPERATION__HOLD_OPERATION_ADD;
	return ask_hold(w);
}

static int
run_list(struct wish *w, const char *number)
{
	if (number != NULL)
		return command_usage(&command_hold, "takes no argument '%s'", number);
	w->hold.operation = SEMS__V1__HOLD_OPERATION__HOLD_OPERATION_LIST;
	return ask_hold(w);
}

static int
run_show(struct wish *w, const char *number)
{
	if (!take_number(w, number))
		return command_usage(&command_hold, "show: give the hold's number");
	w->hold.operation = SEMS__V1__HOLD_OPERATION__HOLD_OPERATION_SHOW;
	return ask_hold(w);
}

static int
run_lift(struct wish *w, const char *number)
{
	if (!take_number(w, number))
		return command_usage(&command_hold, "lift: give the hold's number");
	if (w->hold.reason == NULL)
		return command_usage(&command_hold, "lift: say --reason");
	w->hold.operation = SEMS__V1__HOLD_OPERATION__HOLD_OPERATION_LIFT;
	return ask_hold(w);
}

static const struct option longs[] = {
    {"kind", required_argument, NULL, 'k'},
    {"source", required_argument, NULL, 'S'},
    {"site", required_argument, NULL, 'l'},
    {"record", required_argument, NULL, 'R'},
    {"person", required_argument, NULL, 'p'},
    {"since", required_argument, NULL, 'f'},
    {"until", required_argument, NULL, 't'},
    {"reason", required_argument, NULL, 'r'},
    {"authority", required_argument, NULL, 'a'},
    {"review", required_argument, NULL, 'v'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

static int
read_options(struct wish *w, int argc, char **argv)
{
	const struct {
		int letter;
		char **to;
	} texts[] = {
	    {'k', &w->hold.kind},      {'S', &w->hold.source}, {'l', &w->hold.site_id},
	    {'R', &w->hold.record_id}, {'p', &w->hold.person}, {'f', &w->since},
	    {'t', &w->until},          {'r', &w->hold.reason}, {'a', &w->hold.authority},
	    {'v', &w->hold.review_on},
	};
	int opt;

	while ((opt = command_option(&command_hold, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		w->as_json |= opt == 'j';
		for (size_t i = 0; i < COUNT(texts); i++)
			if (texts[i].letter == opt)
				*texts[i].to = optarg;
	}
	return EXIT_DONE;
}

static const struct {
	const char *name;
	int (*run)(struct wish *w, const char *number);
} actions[] = {{"add", run_add}, {"list", run_list}, {"show", run_show}, {"lift", run_lift}};

static int
run(const struct options *o, int argc, char **argv)
{
	struct wish w = {.o = o, .hold = SEMS__V1__HOLD_REQUEST__INIT};
	int status = read_options(&w, argc, argv);

	if (status != EXIT_DONE)
		return status;
	if (optind == argc)
		return run_list(&w, NULL);
	for (size_t i = 0; i < COUNT(actions); i++)
		if (strcmp(argv[optind], actions[i].name) == 0 && argc - optind <= 2)
			return actions[i].run(&w, optind + 1 < argc ? argv[optind + 1] : NULL);
	if (command_find_sub(&command_hold, argv[optind]) == NULL)
		return command_unknown_sub(&command_hold, argv[optind]);
	return command_usage(&command_hold, "that is one word too many for '%s'", argv[optind]);
}

static const struct sub subs[] = {
    {"add", "CONDITIONS --reason TEXT --authority TEXT --review DATE [--json]",
     "Keeps what meets all conditions from retention, until it is lifted.",
     "semsctl hold add --site T1 --since 2026-05-01T00:00:00Z --until 2026-06-01T00:00:00Z "
     "--reason 'accident of 4 May' --authority 'county court, 26/117' --review 2027-01-31"},
    {"list", "[--json]", "All holds, those in force first.", "semsctl hold list"},
    {"show", "HOLD [--json]", "A hold, and how many records it keeps now.", "semsctl hold show 1"},
    {"lift", "HOLD --reason TEXT [--json]",
     "Ends a hold: what it kept goes by its time again. The hold stays in the list.",
     "semsctl hold lift 1 --reason 'case closed'"},
};

static const struct sub *
sub_at(size_t i)
{
	return i < COUNT(subs) ? &subs[i] : NULL;
}

const struct command command_hold = {
    .sub = sub_at,
    .options = longs,
    .letters = "",
    .name = "hold",
    .summary = "legal holds, which keep records from retention",
    .help =
	"What a hold is about is never removed, whatever its age, until the hold is lifted. Of a\n"
	"month of which only some records are held, the others go. With a record its corrections,\n"
	"voids and what it corrects are kept.\n"
	"\n"
	"Conditions, of which at least one is given, and all that are given must be met:\n"
	"  --kind, --source, --site  of the record\n"
	"  --record ID       this record\n"
	"  --person ID       who is named in a record, by the identifier that was sent in it, or\n"
	"                    by the pseudonym that `semsctl records show` gives, with its ~\n"
	"  --since, --until  by when it occurred, such as 2026-05-04T00:00:00Z\n"
	"\n"
	"  --reason          why; kept with the hold\n"
	"  --authority       who asks for it, and by what\n"
	"  --review          the day on which it is to be looked at again; status tells it then\n"
	"  --json            the answer as it is\n"
	"\n"
	"Example:\n"
	"  semsctl hold add --record 019df27b-e8a0-8ade-a0bc-b314f1df8f55 --reason 'claim 12' \\\n"
	"      --authority 'insurer, letter of 3 May' --review 2027-01-31\n",
    .run = run,
};
