/* semsctl pending: corrections and voids that wait for a second person. */
#include "tools/semsctl/record/pending.h"

#include "base/json/jsonin.h"
#include "base/text.h"
#include "client/ask.h"
#include "tools/semsctl/command.h"
#include "tools/terminal/listing.h"
#include "tools/terminal/screen.h"
#include "tools/terminal/table.h"

#include <stdio.h>

#define PAGE 500

enum code
pending_fetch(struct client *c, const struct pending_filter *f, json_t **out, struct err *e)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__PendingRequest about = SEMS__V1__PENDING_REQUEST__INIT;
	char after[600] = "";
	enum code rc = OK;

	*out = json_array();
	request.body_case = SEMS__V1__REQUEST__BODY_PENDING;
	request.pending = &about;
	about.source = f->source;
	about.made_by = f->made_by;
	about.has_limit = 1;
	about.limit = PAGE;
	do {
		json_t *page;

		about.after = after;
		rc = ask_over(c, &request, &page, e);
		if (rc == OK && !json_is_array(json_object_get(page, "pending")))
			rc = err_set(e, FATAL_BUG, "pending",
				     "semsd's answer is not what it should be");
		else if (rc == OK)
			json_array_extend(*out, json_object_get(page, "pending"));
		snprintf(after, sizeof after, "%s", member_text(page, "next"));
		json_decref(page);
	} while (rc == OK && after[0] != '\0');
	return rc;
}

static void
value_words(const json_t *v, char out[LISTING_CELL])
{
	char *text = json_is_array(v) || json_is_object(v) ? json_dumps(v, JSON_COMPACT) : NULL;

	if (text != NULL)
		text_print(out, LISTING_CELL, "%s", text);
	else
		listing_cell(v, out);
	free(text);
}

void
pending_print_changes(const json_t *one, int color)
{
	static const char *const headers[] = {"Field", "Was", "Becomes", ""};
	struct table *t = table_new(4, headers);
	size_t i;
	json_t *change;

	if (json_array_size(json_object_get(one, "changes")) == 0) {
		table_free(t);
		return;
	}
	json_array_foreach(json_object_get(one, "changes"), i, change)
	{
		char was[LISTING_CELL];
		char becomes[LISTING_CELL];

		value_words(json_object_get(change, "was"), was);
		value_words(json_object_get(change, "becomes"), becomes);
		table_row(t, (const char *const[]){
				 member_text(change, "field"), was, becomes,
				 json_is_true(json_object_get(change, "must_be_confirmed"))
				     ? "must be confirmed"
				     : ""});
	}
	table_print(t, stdout, color);
	table_free(t);
}

static void
print_one(const json_t *one, int color)
{
	const json_t *root = json_object_get(one, "root");
	bool is_void = json_is_true(json_object_get(one, "is_void"));
	char received[LISTING_CELL];

	printf("%s %s\n", is_void ? "Void" : "Correction", member_text(one, "record_id"));
	printf("  of %s %s, source %s, number %s, site %s\n", member_text(root, "kind"),
	       member_text(root, "record_id"), member_text(root, "source"),
	       member_maybe(root, "source_record_id") == NULL
		   ? "unknown"
		   : member_text(root, "source_record_id"),
	       member_maybe(root, "site_id") == NULL ? "unknown" : member_text(root, "site_id"));
	listing_cell(json_object_get(one, "received_at"), received);
	printf("  by %s, received %s\n", member_text(one, "made_by"), received);
	if (member_maybe(one, "reason") != NULL)
		printf("  reason: %s\n", member_text(one, "reason"));
	if (json_is_true(json_object_get(one, "is_late")))
		puts("  it came later than one person may correct a record");
	if (!is_void)
		pending_print_changes(one, color);
	putchar('\n');
}

void
pending_print(const json_t *pending, int color)
{
	size_t i;
	json_t *one;

	json_array_foreach(pending, i, one)
	{
		print_one(one, color);
	}
}

static const struct option longs[] = {{"source", required_argument, NULL, 's'},
				      {"made-by", required_argument, NULL, 'm'},
				      {"json", no_argument, NULL, 'j'},
				      {NULL, 0, NULL, 0}};

static int
run(const struct options *o, int argc, char **argv)
{
	struct pending_filter f = {0};
	struct client *client = NULL;
	json_t *pending = NULL;
	struct err e;
	int as_json = 0;
	int opt;
	enum code rc;

	while ((opt = command_option(&command_pending, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		if (opt == 's')
			f.source = optarg;
		else if (opt == 'm')
			f.made_by = optarg;
		else
			as_json = 1;
	}
	if (optind != argc)
		return command_usage(&command_pending, "takes no argument '%s'", argv[optind]);
	if (client_open(o->address, &client, &e) != OK)
		return command_fail(&e);
	rc = pending_fetch(client, &f, &pending, &e);
	client_close(client);
	screen_page();
	if (rc == OK && as_json) {
		json_dumpf(pending, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
		putchar('\n');
	} else if (rc == OK && json_array_size(pending) == 0) {
		puts("Nothing waits for a second person.");
	} else if (rc == OK) {
		pending_print(pending, o->color);
		printf(
		    "%zu wait. To decide: semsctl confirm RECORD_ID, with --decline to refuse.\n",
		    json_array_size(pending));
	}
	json_decref(pending);
	return rc == OK ? EXIT_DONE : command_fail(&e);
}

const struct command command_pending = {
    .options = longs,
    .letters = "s:m:j",
    .name = "pending",
    .summary = "corrections and voids that wait for a second person",
    .help =
	"Usage: semsctl pending [--source SOURCE] [--made-by PRINCIPAL] [--json]\n"
	"\n"
	"Lists the corrections and voids that are stored and have no effect yet: a void, and a\n"
	"correction that makes a figure better, moves a record to another site, measure, quarter\n"
	"or kind, or comes late, takes effect once somebody else confirms it.\n"
	"\n"
	"Options:\n"
	"  -s, --source SOURCE      only of records of this source\n"
	"  -m, --made-by PRINCIPAL  only those that this principal sent\n"
	"  -j, --json               the list as it is\n"
	"\n"
	"Example:\n"
	"  semsctl pending --made-by unix:anna\n",
    .run = run,
};
