/* semsctl records: which records are stored, and all that one says. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/uuid.h"
#include "client/ask.h"
#include "core/kind/kind.h"
#include "tools/semsctl/command.h"
#include "tools/semsctl/record/pending.h"
#include "tools/terminal/listing.h"
#include "tools/terminal/screen.h"
#include "tools/time/zone.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_MOST 1000

struct wish {
	const struct options *o;
	char *kinds[KIND_COUNT];
	size_t n_kinds;
	char *source;
	char *site;
	char *number;
	char *outcome;
	char *quarter;
	char *from;
	char *until;
	char *after;
	uint32_t limit;
	int oldest;
	int as_json;
};

static const struct listing_column columns[] = {
    {"occurred_at", "Occurred"},
    {"kind", "Kind"},
    {"site_id", "Site"},
    {"source", "Source"},
    {"source_record_id", "Number"},
    {"outcome", "Outcome"},
    {"measure_code", "Measure"},
    {"counts", "Counts"},
    {"record_id", "Record"},
};

/* --- when ------------------------------------------------------------------------------------- */

/* "2026-05-04", the entity's day, or an instant; end: the day is meant with all of it. NULL: none.
 */
static bool
read_time(const char *s, const char *zone_name, bool end, int64_t *ms)
{
	char midnight[32];
	struct utc_ms t;
	struct zone zone;

	if (s == NULL)
		return true;
	if (utc_parse(text_of(s), &t)) {
		*ms = t.v;
		return true;
	}
	snprintf(midnight, sizeof midnight, "%.10sT00:00:00Z", s);
	if (strlen(s) != 10 || !utc_parse(text_of(midnight), &t) || !zone_open(zone_name, &zone))
		return false;
	*ms = zone_day_start(&zone, civil_from_days(t.v / MS_PER_DAY + end)).v;
	return true;
}

static int
set_times(const struct wish *w, const char *zone, Sems__V1__RecordsRequest *q)
{
	q->has_from = w->from != NULL;
	q->has_until = w->until != NULL;
	if (!read_time(w->from, zone, false, &q->from) ||
	    !read_time(w->until, zone, true, &q->until))
		return command_usage(&command_records,
				     "a time is a day as 2026-05-04, or an instant as "
				     "2026-05-04T10:15:00Z");
	return EXIT_DONE;
}

/* --- list ------------------------------------------------------------------------------------- */

/*
 * A page: the daemon looks at so many records for an answer and no more, so it is asked until the
 * page is full or there are none left.
 */
static enum code
fetch(struct client *c, Sems__V1__RecordsRequest *q, json_t **page, struct err *e)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	uint32_t limit = q->limit;
	json_t *records = json_array();
	char after[600] = "";
	enum code rc = OK;

	*page = NULL;
	request.body_case = SEMS__V1__REQUEST__BODY_RECORDS;
	request.records = q;
	snprintf(after, sizeof after, "%s", q->after == NULL ? "" : q->after);
	q->after = after;
	do {
		json_decref(*page);
		q->limit = limit - (uint32_t)json_array_size(records);
		rc = ask_over(c, &request, page, e);
		if (rc == OK && !json_is_array(json_object_get(*page, "records")))
			rc = err_set(e, FATAL_BUG, "records",
				     "semsd's answer is not what it should be");
		json_array_extend(records, json_object_get(*page, "records"));
		snprintf(after, sizeof after, "%s", member_text(*page, "next"));
	} while (rc == OK && after[0] != '\0' && json_array_size(records) < limit);
	q->after = NULL;
	json_object_set_new(*page, "records", records);
	return rc;
}

static void
print_page(const struct wish *w, const json_t *page)
{
	const json_t *records = json_object_get(page, "records");
	const json_t *names = json_object_get(page, "names");
	const char *next = member_maybe(page, "next");

	listing_names(records, "site_id", names, "site");
	listing_names(records, "measure_code", names, "measure");
	listing_table(records, columns, COUNT(columns), w->o->color, stdout);
	if (json_array_size(records) == 0)
		puts(w->after != NULL ? "No more." : "No such record is stored.");
	else
		printf("\n%zu shown, the %s first%s.\n", json_array_size(records),
		       w->oldest ? "oldest" : "newest", next == NULL ? "; these are all" : "");
	if (next != NULL)
		printf("More: the same with --after %s\n", next);
}

static int
run_list(struct wish *w, const char *none)
{
	Sems__V1__RecordsRequest q = SEMS__V1__RECORDS_REQUEST__INIT;
	struct client *client = NULL;
	json_t *page = NULL;
	struct err e;
	enum code rc;
	int status;

	if (none != NULL)
		return command_usage(&command_records, "list takes no argument '%s'", none);
	if (client_open(w->o->address, &client, &e) != OK)
		return command_fail(&e);
	status = set_times(w, client_welcome(client)->zone, &q);
	q.n_kind = w->n_kinds;
	q.kind = w->kinds;
	q.source = w->source;
	q.site = w->site;
	q.source_record_id = w->number;
	q.outcome = w->outcome;
	q.quarter = w->quarter;
	q.after = w->after;
	q.has_oldest_first = 1;
	q.oldest_first = w->oldest;
	q.has_limit = 1;
	q.limit = w->limit == 0 ? 100 : w->limit;
	rc = status != EXIT_DONE ? OK : fetch(client, &q, &page, &e);
	client_close(client);
	screen_page();
	if (rc == OK && status == EXIT_DONE && w->as_json) {
		json_dumpf(page, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
		putchar('\n');
	} else if (rc == OK && status == EXIT_DONE) {
		print_page(w, page);
	}
	json_decref(page);
	return rc == OK ? status : command_fail(&e);
}

/* --- show ------------------------------------------------------------------------------------- */

static const struct listing_column correction_columns[] = {
    {"kind", "Corrected by"},     {"record_id", "Record"},  {"source", "Source"},
    {"corrected_at", "When"},     {"is_void", "Void"},      {"made_by", "By"},
    {"reason", "Because"},        {"standing", "Standing"}, {"decision", "Decision"},
    {"decided_by", "Decided by"},
};

static void
print_record(const struct wish *w, const json_t *answer)
{
	const json_t *corrections = json_object_get(answer, "corrections");

	printf("%s, %s\n", member_text(answer, "kind"),
	       json_is_true(json_object_get(answer, "is_voided"))      ? "voided"
	       : json_is_true(json_object_get(answer, "is_effective")) ? "counts"
								       : "does not count");
	listing_record(json_object_get(answer, "record"), stdout);
	if (json_array_size(corrections) > 0)
		putchar('\n');
	listing_table(corrections, correction_columns, COUNT(correction_columns), w->o->color,
		      stdout);
}

static int
run_show(struct wish *w, const char *record)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__RecordRequest about = SEMS__V1__RECORD_REQUEST__INIT;
	struct uuid id;
	json_t *answer = NULL;
	struct err e;

	if (record == NULL || !uuid_parse(text_of(record), &id))
		return command_usage(&command_records,
				     "show: name a record by its id, a UUID, as list shows it");
	about.kind = w->n_kinds > 0 ? w->kinds[0] : NULL;
	about.source = w->source;
	about.has_record_id = 1;
	about.record_id = (ProtobufCBinaryData){sizeof id.b, id.b};
	request.body_case = SEMS__V1__REQUEST__BODY_RECORD;
	request.record = &about;
	if (ask(w->o->address, &request, &answer, &e) != OK)
		return command_fail(&e);
	screen_page();
	if (w->as_json) {
		json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
		putchar('\n');
	} else {
		print_record(w, answer);
	}
	json_decref(answer);
	return EXIT_DONE;
}

/* --- the command line ------------------------------------------------------------------------- */

static bool
take_option(struct wish *w, int opt, char *value)
{
	char **const texts[128] = {
	    ['S'] = &w->source,  ['s'] = &w->site, ['n'] = &w->number, ['o'] = &w->outcome,
	    ['q'] = &w->quarter, ['f'] = &w->from, ['u'] = &w->until,  ['a'] = &w->after};
	char *end;
	unsigned long n;

	if (opt == 'k') {
		if (w->n_kinds == KIND_COUNT || kind_by_name(text_of(value)) == NULL)
			return false;
		w->kinds[w->n_kinds++] = value;
	} else if (opt == 'l') {
		errno = 0;
		n = strtoul(value, &end, 10);
		w->limit = (uint32_t)n;
		return errno == 0 && *end == '\0' && n > 0 && n <= LIMIT_MOST;
	} else if (opt == 'O') {
		w->oldest = 1;
	} else if (opt == 'j') {
		w->as_json = 1;
	} else {
		*texts[opt] = value;
		return value[0] != '\0';
	}
	return true;
}

static const struct option longs[] = {{"kind", required_argument, NULL, 'k'},
				      {"source", required_argument, NULL, 'S'},
				      {"site", required_argument, NULL, 's'},
				      {"number", required_argument, NULL, 'n'},
				      {"outcome", required_argument, NULL, 'o'},
				      {"quarter", required_argument, NULL, 'q'},
				      {"from", required_argument, NULL, 'f'},
				      {"until", required_argument, NULL, 'u'},
				      {"after", required_argument, NULL, 'a'},
				      {"limit", required_argument, NULL, 'l'},
				      {"oldest", no_argument, NULL, 'O'},
				      {"json", no_argument, NULL, 'j'},
				      {NULL, 0, NULL, 0}};

static int
run(const struct options *o, int argc, char **argv)
{
	struct wish w = {.o = o};
	const char *argument;
	int opt;

	while ((opt = command_option(&command_records, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		if (!take_option(&w, opt, optarg))
			return command_usage(&command_records, "'%s' does not fit the option",
					     optarg);
	}
	if (optind >= argc || optind + 2 < argc)
		return command_usage(&command_records, "say what: list, or show RECORD");
	argument = optind + 1 < argc ? argv[optind + 1] : NULL;
	if (strcmp(argv[optind], "list") == 0)
		return run_list(&w, argument);
	if (strcmp(argv[optind], "show") == 0)
		return run_show(&w, argument);
	return command_unknown_sub(&command_records, argv[optind]);
}

static const struct sub subs[] = {
    {"list",
     "[--kind KIND]... [--source SOURCE] [--site SITE] [--number NUMBER] [--outcome OUTCOME] "
     "[--quarter QUARTER] [--from TIME] [--until TIME] [--oldest] [--limit N] [--after PLACE]",
     "Stored records, the newest first, a page at a time.",
     "semsctl records list --kind observation --quarter 2026-Q2"},
    {"show", "RECORD [--kind KIND] [--source SOURCE] [--json]",
     "All that a record says, with its lists.",
     "semsctl records show 019db0e4-7a80-7c4e-9d2b-0c6f5c1a7e11"},
};

static const struct sub *
sub_at(size_t i)
{
	return i < COUNT(subs) ? &subs[i] : NULL;
}

const struct command command_records = {
    .sub = sub_at,
    .options = longs,
    .letters = "k:S:j",
    .name = "records",
    .summary = "the stored records: list those of a kind, site, source, time; show one",
    .help =
	"Lists stored records, the newest first, a page at a time; the end of the page says how "
	"to\n"
	"go on. Corrections and voids are records, too; Counts says what became of each. `show`\n"
	"prints all that a record says, with its lists: persons by their pseudonyms, free text to\n"
	"whoever may read it. Tests are shown to all once they are debriefed.\n"
	"\n"
	"  -k, --kind KIND       only of this kind; may be repeated (see semsctl template)\n"
	"  -S, --source SOURCE   only from there\n"
	"      --site SITE       only of this site\n"
	"      --number NUMBER   only those of this number of the source's own\n"
	"      --outcome WORD    as HIT, MISS_DECIDED, PASS, FAIL, NOT_DONE\n"
	"      --quarter QUARTER only what occurred in this quarter; or\n"
	"      --from TIME       from then on: a day of the entity, or an instant\n"
	"      --until TIME      until then: with the whole of a day, or before an instant\n"
	"      --oldest          the oldest first\n"
	"      --limit N         records on the page (default 100, at most 1000)\n"
	"      --after PLACE     goes on behind this place, as the page before says it\n"
	"  -j, --json            the answer as it is\n"
	"\n"
	"Examples:\n"
	"  semsctl records list --kind observation --site LHX --outcome FAIL --quarter 2026-Q2\n"
	"  semsctl records list --source lane-3 --number 4711\n"
	"  semsctl records show 019db0e4-7a80-7c4e-9d2b-0c6f5c1a7e11\n",
    .run = run,
};
