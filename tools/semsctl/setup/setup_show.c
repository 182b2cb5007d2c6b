/* semsctl setup show: what is set up, or was at the end of a day, as a file for semsctl init. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "client/ask.h"
#include "tools/semsctl/command.h"
#include "tools/semsctl/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option longs[] = {
    {"as-of", required_argument, NULL, 'o'}, {"json", no_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};

/* The members of the file, in the order of `semsctl init --help`; others follow. */
static const char *const order[] = {
    "entity",
    "zone",
    "sites",
    "providers",
    "sources",
    "principals",
    "retention",
    "revision_window_days",
    "spd_policy",
    "marking",
    "handling",
    "correction_alone_hours",
    "grace_working_days",
    "materiality_pp",
    "targets",
    "not_applicable",
    "feeds",
    "rebases",
};

/* What no eye tells from nothing, or what turns text around: shown as an escape. */
static bool
has_unseen(const char *s)
{
	static const char *const pairs[] = {"\xE2\x80", "\xE2\x81", "\xEF\xBB", "\xD8\x9C"};

	for (; *s != '\0'; s++) {
		for (size_t i = 0; i < COUNT(pairs); i++)
			if (strncmp(s, pairs[i], 2) == 0)
				return true;
		if ((unsigned char)s[0] == 0xC2 && (unsigned char)s[1] < 0xA0)
			return true;
	}
	return false;
}

/* A scalar, or a list or object in one line: JSON is YAML. */
static void
put_flow(const json_t *v)
{
	const size_t ascii =
	    json_is_string(v) && !has_unseen(json_string_value(v)) ? 0 : JSON_ENSURE_ASCII;
	char *text = json_dumps(v, JSON_ENCODE_ANY | (json_is_string(v) ? ascii : 0));

	fputs(text == NULL ? "null" : text, stdout);
	free(text);
}

static void
put_member(const char *name, const json_t *v)
{
	const json_t *one;
	size_t i;

	printf("%s:", name);
	if (!json_is_array(v)) {
		putchar(' ');
		put_flow(v);
		putchar('\n');
		return;
	}
	putchar('\n');
	json_array_foreach(v, i, one)
	{
		fputs("  - ", stdout);
		put_flow(one);
		putchar('\n');
	}
}

static void
print_setup(json_t *answer, int color)
{
	const json_t *setup = json_object_get(answer, "setup");
	const char *day = member_text(answer, "day");
	const char *since = member_text(answer, "since");

	(void)color;
	if (!json_is_object(setup)) {
		printf("# Nothing was set up%s%s.", day[0] == '\0' ? "" : " at the end of ", day);
		printf(since[0] == '\0' ? "\n" : " It was first at %s.\n", since);
		return;
	}
	if (day[0] != '\0')
		printf("# As it stood at the end of %s, at %s.\n", day,
		       member_text(answer, "until"));
	for (size_t i = 0; i < COUNT(order); i++)
		if (json_object_get(setup, order[i]) != NULL)
			put_member(order[i], json_object_get(setup, order[i]));
}

static int
run(const struct options *o, int argc, char **argv)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__HistoryRequest history = SEMS__V1__HISTORY_REQUEST__INIT;
	int as_json = 0;
	int opt;

	while ((opt = command_option(&command_setup, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		if (opt == 'o')
			history.day = optarg;
		else
			as_json = 1;
	}
	if (optind < argc && command_find_sub(&command_setup, argv[optind]) == NULL)
		return command_unknown_sub(&command_setup, argv[optind]);
	if (optind + 1 != argc)
		return command_usage(&command_setup, "say what: show");
	request.body_case = SEMS__V1__REQUEST__BODY_HISTORY;
	request.history = &history;
	return command_show(o, &request, as_json, print_setup);
}

static const struct sub subs[] = {
    {"show", "[--as-of DAY] [--json]",
     "What is set up, as a file for semsctl init; or how it stood at the end of a day.",
     "semsctl setup show --as-of 2026-03-31"},
};

static const struct sub *
sub_at(size_t i)
{
	return i < COUNT(subs) ? &subs[i] : NULL;
}

const struct command command_setup = {
    .sub = sub_at,
    .options = longs,
    .letters = "j",
    .name = "setup",
    .summary = "what is set up, and how it was on a day",
    .help =
	"Prints the entity, its sites, sources, people and their roles, retention, targets and\n"
	"policies in the form that semsctl init reads. Nothing of it is ever forgotten: the\n"
	"access log keeps each change, so that it can be told how it stood at the end of any\n"
	"day in the entity's zone. For auditors, managers, compliance and admins.\n"
	"\n"
	"      --as-of DAY  how it stood then, e.g. 2026-03-31\n"
	"  -j, --json       as semsd answers it\n"
	"\n"
	"Example:\n"
	"  semsctl setup show --as-of 2026-03-31\n",
    .run = run,
};
