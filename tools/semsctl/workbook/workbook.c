#include "base/count.h"
#include "tools/semsctl/command.h"
#include "tools/semsctl/workbook/blank.h"
#include "tools/terminal/outfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOOK_BYTES    (32u * 1024u * 1024u)
#define ITEMS_DEFAULT 3

static const char help[] =
    "An Excel workbook to fill in, for whoever has no lists to import: a sheet that says what to\n"
    "do, one for the entity with its sites, and one for each kind of record, with drop-downs and\n"
    "an example that is never counted. `semsctl spd make FILE.xlsx --quarter QUARTER` makes the\n"
    "performance data of a filled-in one.\n"
    "\n"
    "Options:\n"
    "  -k, --kinds LIST  the kinds of record, separated by commas, of: observation, test, audit,\n"
    "                    activity, plan, equipment_check, training, deployment, incident,\n"
    "                    report, patrol, exercise (default: all but deployment and exercise)\n"
    "  -i, --items N     columns for N items of each list, such as an observation's criteria\n"
    "                    (1 to 10; default 3)\n"
    "      --force       replaces a file that is there\n"
    "\n"
    "Exit status: 0 done, 2 the command line is wrong, 4 the file is there already.\n"
    "\n"
    "Example:\n"
    "  semsctl workbook make cargo.xlsx --kinds observation,test,training\n";

static const struct sub subs[] = {
    {"make", "FILE.xlsx [--kinds LIST] [--items N] [--force]",
     "Writes an empty workbook to fill in.", "semsctl workbook make cargo.xlsx"},
};

static const struct sub *
sub_at(size_t i)
{
	return i < COUNT(subs) ? &subs[i] : NULL;
}

static const struct option longs[] = {{"kinds", required_argument, NULL, 'k'},
				      {"items", required_argument, NULL, 'i'},
				      {"force", no_argument, NULL, 'F'},
				      {NULL, 0, NULL, 0}};

static bool
has(const struct blank *b, const struct kind *k)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->kinds[i] == k)
			return true;
	return false;
}

/* "observation,test", each once. */
static int
take_kinds(struct blank *b, const char *list)
{
	b->n = 0;
	while (*list != '\0') {
		size_t n = strcspn(list, ",");
		const struct kind *k = kind_by_name((struct text){list, n});
		char name[64];

		snprintf(name, sizeof name, "%.*s", (int)(n < 60 ? n : 60), list);
		if (k == NULL)
			return usage_of_kind(&command_workbook, name);
		if (!blank_has(k))
			return command_usage(&command_workbook,
					     "%s is sent by machines or made by commands, and is "
					     "in no workbook",
					     k->name);
		if (!has(b, k))
			b->kinds[b->n++] = k;
		list += n + (list[n] == ',' ? 1 : 0);
	}
	return b->n > 0 ? EXIT_DONE : command_usage(&command_workbook, "--kinds names a kind");
}

static void
usual_kinds(struct blank *b)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (blank_has(kinds[i]) && i != KIND_DEPLOYMENT && i != KIND_EXERCISE)
			b->kinds[b->n++] = kinds[i];
}

static int
take_items(struct blank *b, const char *s)
{
	char *end;
	unsigned long n = strtoul(s, &end, 10);

	if (s[0] < '0' || s[0] > '9' || *end != '\0' || n < 1 || n > BLANK_ITEMS_MAX)
		return command_usage(&command_workbook, "--items is a number from 1 to %u",
				     BLANK_ITEMS_MAX);
	b->items = (unsigned)n;
	return EXIT_DONE;
}

static int
make(const struct options *o, const struct blank *b, const char *path, bool replace)
{
	struct buf bytes;
	struct err e;
	int status = EXIT_DONE;

	buf_init(&bytes, BOOK_BYTES);
	if (blank_make(b, &bytes, &e) != OK ||
	    outfile_write(path, bytes.p, bytes.n, replace, &e) != OK)
		status = command_fail(&e);
	else if (!o->quiet)
		printf("%s\n", path);
	buf_fini(&bytes);
	return status;
}

static int
run(const struct options *o, int argc, char **argv)
{
	struct blank b = {.items = ITEMS_DEFAULT};
	bool replace = false;
	int status = EXIT_DONE;
	int opt;

	usual_kinds(&b);
	while (status == EXIT_DONE && (opt = command_option(&command_workbook, argc, argv)) != -1)
		if (opt == 'k')
			status = take_kinds(&b, optarg);
		else if (opt == 'i')
			status = take_items(&b, optarg);
		else if (opt == 'F')
			replace = true;
		else
			return EXIT_USAGE;
	if (status != EXIT_DONE)
		return status;
	if (optind == argc)
		return command_usage(&command_workbook, "say what, as in: %s", subs[0].example);
	if (strcmp(argv[optind], "make") != 0)
		return command_unknown_sub(&command_workbook, argv[optind]);
	if (argc - optind != 2)
		return command_usage(&command_workbook, "make takes %s", subs[0].usage);
	return make(o, &b, argv[optind + 1], replace);
}

const struct command command_workbook = {
    .sub = sub_at,
    .options = longs,
    .letters = "k:i:",
    .name = "workbook",
    .summary = "a workbook to fill in, for whoever has no lists to import",
    .help = help,
    .run = run,
};
