/* semsctl quarantine: what was refused, why, and another try. */
#include "base/count.h"
#include "base/text.h"
#include "base/uuid.h"
#include "client/ask.h"
#include "tools/semsctl/command.h"
#include "tools/terminal/content.h"
#include "tools/terminal/listing.h"
#include "tools/terminal/screen.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEX_LINE 64

struct wish {
	const struct options *o;
	char *source; /* NULL: all */
	char *reason; /* of discard */
	uint64_t id;
	uint64_t after;
	uint32_t limit;
	int all;
};

static const struct listing_column columns[] = {
    {"quarantine_id", ">Id"},
    {"received_at", "Received"},
    {"last_received_at", "Last"},
    {"principal", "From"},
    {"source", "Source"},
    {"source_record_id", "Number"},
    {"kind", "Kind"},
    {"occurred_at", "Occurred"},
    {"reason", "Reason"},
    {"field", "Field"},
    {"message", "Message"},
    {"record_id", "Record"},
    {"head_of", ">Head of bytes"},
};

static const struct listing_column reason_columns[] = {
    {"records", ">Records"},
    {"reason", "Reason"},
    {"source", "Source"},
    {"last_received_at", "Last received"},
};

static enum code
ask_quarantine(const struct wish *w, Sems__V1__QuarantineOperation operation, json_t **answer,
	       struct err *e)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__QuarantineRequest q = SEMS__V1__QUARANTINE_REQUEST__INIT;

	q.has_operation = 1;
	q.operation = operation;
	q.has_quarantine_id = w->id > 0;
	q.quarantine_id = w->id;
	q.has_after_id = w->after > 0;
	q.after_id = w->after;
	q.has_limit = w->limit > 0;
	q.limit = w->limit;
	q.source = w->source;
	q.reason = w->reason;
	request.body_case = SEMS__V1__REQUEST__BODY_QUARANTINE;
	request.quarantine = &q;
	return ask(w->o->address, &request, answer, e);
}

/* How many of what comes first: it is what has to be mended. */
static void
print_reasons(const struct wish *w, const json_t *answer)
{
	const json_t *reasons = json_object_get(answer, "reasons");
	json_int_t more = json_integer_value(json_object_get(answer, "reasons_total")) -
			  (json_int_t)json_array_size(reasons);

	if (w->after > 0 || json_array_size(reasons) == 0)
		return;
	listing_table(reasons, reason_columns, COUNT(reason_columns), w->o->color, stdout);
	if (more > 0)
		printf("and %" JSON_INTEGER_FORMAT " more reasons and sources\n", more);
	putchar('\n');
}

static int
run_list(struct wish *w)
{
	json_t *answer = NULL;
	const json_t *next;
	const json_t *records;
	struct err e;

	if (ask_quarantine(w, SEMS__V1__QUARANTINE_OPERATION__QUARANTINE_OPERATION_LIST, &answer,
			   &e) != OK)
		return command_fail(&e);
	records = json_object_get(answer, "records");
	screen_page();
	print_reasons(w, answer);
	listing_table(records, columns, COUNT(columns), w->o->color, stdout);
	if (json_array_size(records) == 0)
		puts(w->after > 0 ? "No more." : "The quarantine is empty.");
	else
		printf("\n%zu shown of %" JSON_INTEGER_FORMAT " in quarantine.\n",
		       json_array_size(records),
		       json_integer_value(json_object_get(answer, "open")));
	next = json_object_get(answer, "next_after_id");
	if (json_is_integer(next))
		printf("More: semsctl quarantine list --after %" JSON_INTEGER_FORMAT "\n",
		       json_integer_value(next));
	json_decref(answer);
	return EXIT_DONE;
}

/* What the bytes say, as far as they can be read. */
static void
print_content(const char *hex)
{
	size_t n = strlen(hex) / 2;
	unsigned char *bytes = malloc(n + 1);
	json_t *content = NULL;

	if (bytes != NULL && hex_decode(text_of(hex), bytes, n))
		content = content_of_record((struct text){(const char *)bytes, n});
	free(bytes);
	if (content == NULL) {
		puts("They are no record that can be read.");
		return;
	}
	puts("\nWhat they say:");
	listing_record(content, stdout);
	json_decref(content);
}

static int
run_show(struct wish *w)
{
	json_t *answer = NULL;
	struct err e;
	json_t *raw;
	const char *hex;

	if (w->id == 0)
		return command_usage(&command_quarantine, "show: give the record's number");
	if (ask_quarantine(w, SEMS__V1__QUARANTINE_OPERATION__QUARANTINE_OPERATION_SHOW, &answer,
			   &e) != OK)
		return command_fail(&e);
	screen_page();
	raw = json_incref(json_object_get(answer, "raw_hex"));
	json_object_del(answer, "raw_hex");
	listing_members(answer, stdout);
	hex = json_string_value(raw);
	if (hex != NULL)
		printf(json_is_integer(json_object_get(answer, "head_of"))
			   ? "The first %zu bytes, which alone were kept:\n"
			   : "Bytes as they came (%zu):\n",
		       strlen(hex) / 2);
	for (size_t i = 0; hex != NULL && i < strlen(hex); i += HEX_LINE)
		printf("  %.*s\n", HEX_LINE, hex + i);
	if (hex != NULL && !json_is_integer(json_object_get(answer, "head_of")))
		print_content(hex);
	json_decref(raw);
	json_decref(answer);
	return EXIT_DONE;
}

static int
run_requeue(struct wish *w)
{
	static const struct listing_column verdicts[] = {
	    {"quarantine_id", ">Id"}, {"verdict", "Verdict"}, {"reason", "Reason"},
	    {"field", "Field"},       {"message", "Message"},
	};
	json_t *answer = NULL;
	struct err e;
	json_int_t open;

	if ((w->id == 0) == !w->all)
		return command_usage(&command_quarantine,
				     "requeue: give a record's number, or --all");
	if (ask_quarantine(w, SEMS__V1__QUARANTINE_OPERATION__QUARANTINE_OPERATION_REQUEUE, &answer,
			   &e) != OK)
		return command_fail(&e);
	open = json_integer_value(json_object_get(answer, "still_open"));
	listing_table(json_object_get(answer, "records"), verdicts, COUNT(verdicts), w->o->color,
		      stdout);
	printf("%" JSON_INTEGER_FORMAT " taken in, %" JSON_INTEGER_FORMAT " still in quarantine.\n",
	       json_integer_value(json_object_get(answer, "requeued")), open);
	json_decref(answer);
	return open > 0 ? EXIT_REJECTED : EXIT_DONE;
}

static int
run_discard(struct wish *w)
{
	json_t *answer = NULL;
	struct err e;

	if ((w->id == 0) == !w->all)
		return command_usage(&command_quarantine,
				     "discard: give a record's number, or --all");
	if (w->reason == NULL)
		return command_usage(&command_quarantine, "discard: say --reason");
	if (ask_quarantine(w, SEMS__V1__QUARANTINE_OPERATION__QUARANTINE_OPERATION_DISCARD, &answer,
			   &e) != OK)
		return command_fail(&e);
	printf("%" JSON_INTEGER_FORMAT
	       " discarded: they are tried no more, and their bytes go when their "
	       "time is over.\n",
	       json_integer_value(json_object_get(answer, "discarded")));
	json_decref(answer);
	return EXIT_DONE;
}

static int
read_number(const char *s, uint64_t *n)
{
	char *end;

	errno = 0;
	*n = strtoull(s, &end, 10);
	return s[0] >= '0' && s[0] <= '9' && *end == '\0' && errno == 0;
}

static const struct option longs[] = {
    {"source", required_argument, NULL, 's'}, {"after", required_argument, NULL, 'a'},
    {"limit", required_argument, NULL, 'l'},  {"reason", required_argument, NULL, 'r'},
    {"all", no_argument, NULL, 'A'},          {NULL, 0, NULL, 0},
};

static int
read_options(struct wish *w, int argc, char **argv)
{
	uint64_t n;
	int opt;

	while ((opt = command_option(&command_quarantine, argc, argv)) != -1) {
		if (opt == 's') {
			w->source = optarg;
		} else if (opt == 'r' && optarg[0] != '\0') {
			w->reason = optarg;
		} else if (opt == 'A') {
			w->all = 1;
		} else if (opt == 'a' && read_number(optarg, &n)) {
			w->after = n;
		} else if (opt == 'l' && read_number(optarg, &n) && n > 0 && n <= 1000) {
			w->limit = (uint32_t)n;
		} else if (opt == 'a' || opt == 'l') {
			return command_usage(&command_quarantine,
					     "'%s' is no number that fits here", optarg);
		} else {
			return EXIT_USAGE;
		}
	}
	return EXIT_DONE;
}

static int
run(const struct options *o, int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(struct wish *w);
	} actions[] = {{"list", run_list},
		       {"show", run_show},
		       {"requeue", run_requeue},
		       {"discard", run_discard}};
	struct wish w = {.o = o};
	int status = read_options(&w, argc, argv);

	if (status != EXIT_DONE)
		return status;
	if (optind >= argc)
		return command_usage(&command_quarantine,
				     "say what: list, show, requeue or discard");
	if (command_find_sub(&command_quarantine, argv[optind]) == NULL)
		return command_unknown_sub(&command_quarantine, argv[optind]);
	if (optind + 2 < argc)
		return command_usage(&command_quarantine, "one record at a time, or --all");
	if (optind + 1 < argc && (!read_number(argv[optind + 1], &w.id) || w.id == 0))
		return command_usage(&command_quarantine, "'%s' is no record's number",
				     argv[optind + 1]);
	for (size_t i = 0; i < COUNT(actions); i++)
		if (strcmp(argv[optind], actions[i].name) == 0)
			return actions[i].run(&w);
	return EXIT_FAULT;
}

static const struct sub subs[] = {
    {"list", "[--source SOURCE] [--after ID] [--limit N]",
     "What was refused and why, the oldest first.", "semsctl quarantine list --source xray-1"},
    {"show", "ID", "One refused record, with its bytes as they came.",
     "semsctl quarantine show 17"},
    {"requeue", "ID | --all [--source SOURCE]",
     "Sends refused records through again, once the cause is mended.",
     "semsctl quarantine requeue --all --source xray-1"},
    {"discard", "ID | --all [--source SOURCE] --reason TEXT",
     "Says that nobody tries them again: by whom and why is kept.",
     "semsctl quarantine discard 17 --reason 'sent by a test bench'"},
};

static const struct sub *
sub_at(size_t i)
{
	return i < COUNT(subs) ? &subs[i] : NULL;
}

const struct command command_quarantine = {
    .sub = sub_at,
    .options = longs,
    .letters = "",
    .name = "quarantine",
    .summary = "records that were refused: list, show, try again, discard",
    .help =
	"Refused records wait here with their bytes as they came. Once the cause is mended (a\n"
	"site registered, a grant given), `requeue` sends them through again, each by the rights\n"
	"of who sent it; what is refused again stays, and the exit status is 1. They are kept\n"
	"for 90 days (at first) after the same sender sent them the last time. Of a record over\n"
	"the limit of 64 KiB only the head, the length and the SHA-256 are kept: it cannot be\n"
	"requeued.\n"
	"\n"
	"`list` begins with how many wait for which reason and source. `discard` says that nobody\n"
	"tries them again: who and why are kept, and when the same bytes come again they stay so.\n"
	"They were refused all the same: DQ03 counts them.\n"
	"\n"
	"  --source SOURCE  only records of this source\n"
	"  --after ID       list on from behind this number\n"
	"  --limit N        at most so many (default 100, at most 1000)\n"
	"  --all            every record, or every one of the source\n"
	"  --reason TEXT    why they are discarded\n"
	"\n"
	"Example:\n"
	"  semsctl quarantine list --source xray-1\n",
    .run = run,
};
