/* semsctl doubles: records that are stored twice, side by side. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "client/ask.h"
#include "tools/semsctl/command.h"
#include "tools/terminal/listing.h"

#include <stdio.h>
#include <string.h>

#define PAGE 100

static const struct listing_column record_columns[] = {
    {"record_id", "Record"},   {"number", "Number"},
    {"device", "Device"},      {"event_no", ">Event"},
    {"site", "Site"},          {"occurred_at", "Occurred"},
    {"quarter", "Quarter"},    {"received_at", "Received"},
    {"received_from", "From"},
};

static const struct listing_column change_columns[] = {
    {"field", "Differs"},
    {"was", "First"},
    {"becomes", "Second"},
};

static const struct {
	const char *name;
	const char *words;
} shares[] = {
    {"NUMBER", "have the same number of their source"},
    {"EVENT", "have the same number and content of their device"},
    {"ALIKE", "are alike in all but their number, at the same instant"},
};

static const char *
words_of(const char *name)
{
	for (size_t i = 0; i < COUNT(shares); i++)
		if (strcmp(shares[i].name, name) == 0)
			return shares[i].words;
	return name;
}

static void
print_one(const json_t *one, int color)
{
	const json_t *records = json_object_get(one, "records");
	const long long n = (long long)json_integer_value(json_object_get(one, "count"));
	char source[LISTING_CELL];

	listing_cell(json_object_get(one, "source"), source);
	printf("%s of source %s: %lld records %s\n", member_text(one, "kind"), source, n,
	       words_of(member_text(one, "shares")));
	listing_table(records, record_columns, COUNT(record_columns), color, stdout);
	if (n > (long long)json_array_size(records))
		printf("  and %lld more\n", n - (long long)json_array_size(records));
	listing_table(json_object_get(one, "changes"), change_columns, COUNT(change_columns), color,
		      stdout);
	putchar('\n');
}

static void
print_end(const json_t *first, size_t shown)
{
	const long long total = (long long)json_integer_value(json_object_get(first, "total"));
	const long long records = (long long)json_integer_value(json_object_get(first, "records"));

	if (total == 0) {
		puts("No record has a double.");
		return;
	}
	if ((long long)shown < total)
		printf("%zu of %lld double%s shown; --all shows the rest, --kind, --source and "
		       "--quarter some.\n",
		       shown, total, text_s((uint64_t)total));
	else
		printf("%lld double%s, %lld record%s.\n", total, text_s((uint64_t)total), records,
		       text_s((uint64_t)records));
	puts("Void what was stored twice: semsctl void SOURCE RECORD_ID --reason TEXT; a whole "
	     "file\n"
	     "that was imported wrongly: semsctl import list, semsctl import undo RUN. Where they "
	     "are\n"
	     "two, say so with the quarter's figure: semsctl spd comment QUARTER DQ07 TEXT.");
}

struct wish {
	Sems__V1__DoublesRequest about;
	int is_all;
	int as_json;
};

static enum code
fetch(const struct options *o, struct wish *w, int (*each)(json_t *page, void *ctx), void *ctx,
      struct err *e)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	char after[160] = "";
	enum code rc;

	request.body_case = SEMS__V1__REQUEST__BODY_DOUBLES;
	request.doubles = &w->about;
	do {
		json_t *page = NULL;

		w->about.after = after;
		rc = ask(o->address, &request, &page, e);
		if (rc == OK && !each(page, ctx))
			rc = err_set(e, FATAL_BUG, "doubles",
				     "semsd's answer is not what it should be");
		snprintf(after, sizeof after, "%s", member_text(page, "next"));
		json_decref(page);
	} while (rc == OK && w->is_all && after[0] != '\0');
	w->about.after = NULL;
	return rc;
}

struct shown {
	const struct options *o;
	int as_json;
	json_t *first; /* the first page, to which the doubles of the others are added for --json */
	size_t n;
};

static int
show_page(json_t *page, void *ctx)
{
	struct shown *s = ctx;
	json_t *list = json_object_get(page, "doubles");
	size_t i;
	json_t *one;

	if (!json_is_array(list))
		return 0;
	s->n += json_array_size(list);
	json_array_foreach(list, i, one)
	{
		if (!s->as_json)
			print_one(one, s->o->color);
	}
	if (s->first == NULL)
		s->first = json_incref(page);
	else if (s->as_json)
		json_array_extend(json_object_get(s->first, "doubles"), list);
	return 1;
}

static const struct option longs[] = {
    {"kind", required_argument, NULL, 'k'},    {"source", required_argument, NULL, 'S'},
    {"quarter", required_argument, NULL, 'Q'}, {"all", no_argument, NULL, 'a'},
    {"json", no_argument, NULL, 'j'},          {NULL, 0, NULL, 0}};

static int
parse(struct wish *w, int argc, char **argv)
{
	int opt;

	while ((opt = command_option(&command_doubles, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		if (opt == 'k')
			w->about.kind = optarg;
		else if (opt == 'S')
			w->about.source = optarg;
		else if (opt == 'Q')
			w->about.quarter = optarg;
		else if (opt == 'a')
			w->is_all = 1;
		else
			w->as_json = 1;
	}
	if (optind != argc)
		return command_usage(&command_doubles, "takes no argument '%s'", argv[optind]);
	return EXIT_DONE;
}

static int
run(const struct options *o, int argc, char **argv)
{
	struct wish w = {.about = SEMS__V1__DOUBLES_REQUEST__INIT};
	struct shown s = {.o = o};
	struct err e;
	int status = parse(&w, argc, argv);

	if (status != EXIT_DONE)
		return status;
	w.about.has_limit = 1;
	w.about.limit = PAGE;
	s.as_json = w.as_json;
	if (fetch(o, &w, show_page, &s, &e) != OK) {
		status = command_fail(&e);
	} else if (w.as_json) {
		json_dumpf(s.first, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
		putchar('\n');
	} else {
		print_end(s.first, s.n);
	}
	json_decref(s.first);
	return status;
}

const struct command command_doubles = {
    .options = longs,
    .letters = "k:S:Q:aj",
    .name = "doubles",
    .summary = "records that are stored twice, side by side",
    .help =
	"Usage: semsctl doubles [--quarter QUARTER] [--kind KIND] [--source SOURCE] [--all]\n"
	"\n"
	"Lists records that count and are likely to be one: they have the same number of the same\n"
	"source at another time, the same event number and content of the same device, or the "
	"same\n"
	"content at the same instant, to the millisecond. A record's time is part of its "
	"identity,\n"
	"so that they are stored as two; figure DQ07 counts them. What was voided, or corrected\n"
	"into another, is no double.\n"
	"\n"
	"Options:\n"
	"  -Q, --quarter QUARTER  only with a record that counts in this quarter\n"
	"  -k, --kind KIND        only records of this kind\n"
	"  -S, --source SOURCE    only of this source\n"
	"  -a, --all              all of them, not the first 100\n"
	"  -j, --json             the list as it is\n"
	"\n"
	"Example:\n"
	"  semsctl doubles --quarter 2026-Q2\n",
    .run = run,
};
