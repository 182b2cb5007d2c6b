#include "base/count.h"
#include "core/kind/kind.h"
#include "tools/semsctl/command.h"
#include "tools/terminal/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define ITEMS_MAX 50

static const char help[] =
    "Usage: semsctl template [--items N] [KIND]\n"
    "\n"
    "Writes an empty CSV file for records of a kind to standard output: the columns in a header\n"
    "line, explained above it in lines that begin with #. Fill in rows below the header and send\n"
    "them with `semsctl import --kind KIND FILE.csv`; the explanations may stay. Without KIND,\n"
    "lists the kinds.\n"
    "\n"
    "Options:\n"
    "  -i, --items N   columns for N items of each list (default 1); more can be added by hand,\n"
    "                  counting on: criteria.2.criterion_id, criteria.2.result\n"
    "\n"
    "Exit status: 0 done, 2 no such kind.\n"
    "\n"
    "Example:\n"
    "  semsctl template --items 5 observation > observations.csv\n";

static const char *
type_text(const struct field *f)
{
	static const char *const names[] = {
	    [FIELD_TEXT] = "text",
	    [FIELD_ENUM] = "one of",
	    [FIELD_INT] = "whole number",
	    [FIELD_REAL] = "number",
	    [FIELD_BOOL] = "true or false",
	    [FIELD_TIME] = "time: 2026-04-01T09:00:00Z, or local 2026-04-01 09:00",
	    [FIELD_UUID] = "UUID",
	    [FIELD_PERSON] = "person: the staff number or name; only a pseudonym is stored",
	    [FIELD_TEXTS] = "texts, separated by ;",
	    [FIELD_ENUMS] = "separated by ;, of",
	    [FIELD_PERSONS] = "persons, separated by ;",
	    [FIELD_LIST] = "list",
	};
	COVERS(names, N_FIELD_TYPES);

	return names[f->type];
}

static void
explain(const char *column, const struct field *f, const char *need)
{
	printf("# %s: %s. %s", column, need, type_text(f));
	for (size_t i = 0; f->names != NULL && i < f->names->n; i++)
		printf("%s %s", i > 0 ? "," : "", f->names->names[i].name);
	if (f->type == FIELD_INT && f->max > 0 && f->max < 1000000000)
		printf(", %" PRId64 " to %" PRId64, f->min, f->max);
	printf(". %s\n", f->help != NULL ? f->help : "");
}

static const char *
need_of(const struct kind *k, size_t index)
{
	unsigned flags = kind_field(k, index)->flags;

	if ((flags & FIELD_REQUIRED) != 0 ||
	    (index < ENV_COUNT && kind_requires(k, (enum envelope)index)))
		return "required";
	return (flags & FIELD_OF_CORRECTION) != 0 ? "required with corrects_record_id" : "optional";
}

static bool
is_of_correction(size_t index)
{
	return index >= ENV_CORRECTS_RECORD_ID && index <= ENV_CORRECTION_REASON;
}

/* Corrections are made by `correct` and `void`, which know the record they are about. */
static int
is_asked(const struct kind *k, size_t index)
{
	const struct field *f = kind_field(k, index);

	if (k->id != KIND_VOID && is_of_correction(index))
		return 0;
	return (f->flags & FIELD_DERIVED) == 0;
}

static void
explain_all(const struct kind *k)
{
	printf("# %s: %s.\n", k->title, k->help);
	printf("# Fill in rows below the header line, then: semsctl import --kind %s FILE.csv\n",
	       k->name);
	for (size_t i = 0; i < kind_n_fields(k); i++) {
		const struct field *f = kind_field(k, i);
		char column[128];

		if (!is_asked(k, i))
			continue;
		if (f->type != FIELD_LIST) {
			explain(f->name, f, need_of(k, i));
			continue;
		}
		printf("# %s: %s. A list: %s\n", f->name, need_of(k, i), f->help);
		for (size_t s = 0; s < f->n_item; s++) {
			snprintf(column, sizeof column, "%s.1.%s", f->name, f->item[s].name);
			explain(column, &f->item[s],
				(f->item[s].flags & FIELD_REQUIRED) != 0 ? "required" : "optional");
		}
	}
}

/* Not among the columns, since few files correct anything; whoever needs them finds them named. */
static void
explain_corrections(const struct kind *k)
{
	if (k->id == KIND_VOID || k->id == KIND_CONFIRMATION)
		return;
	printf("# To correct single records use: semsctl correct. A file of corrections has these "
	       "columns, too:\n");
	for (size_t i = 0; i < ENV_COUNT; i++)
		if (is_of_correction(i))
			explain(envelope_fields[i].name, &envelope_fields[i], need_of(k, i));
}

static void
print_header(const struct kind *k, int items)
{
	const char *comma = "";

	for (size_t i = 0; i < kind_n_fields(k); i++) {
		const struct field *f = kind_field(k, i);

		if (!is_asked(k, i))
			continue;
		if (f->type != FIELD_LIST) {
			printf("%s%s", comma, f->name);
			comma = ",";
		}
		for (int n = 1; f->type == FIELD_LIST && n <= items; n++)
			for (size_t s = 0; s < f->n_item; s++)
				printf("%s%s.%d.%s", comma, f->name, n, f->item[s].name);
	}
	putchar('\n');
}

static int
list_kinds(const struct options *o)
{
	struct table *t = table_new(2, (const char *const[]){"Kind", "What it is"});

	for (size_t i = 0; t != NULL && i < KIND_COUNT; i++)
		table_row(t, (const char *const[]){kinds[i]->name, kinds[i]->help});
	if (t != NULL)
		table_print(t, stdout, o->color);
	table_free(t);
	return EXIT_DONE;
}

static const struct option longs[] = {{"items", required_argument, NULL, 'i'}, {NULL, 0, NULL, 0}};

static int
run(const struct options *o, int argc, char **argv)
{
	const struct kind *k;
	long items = 1;
	char *end = NULL;
	int opt;

	while ((opt = command_option(&command_template, argc, argv)) != -1) {
		if (opt != 'i')
			return EXIT_USAGE;
		items = strtol(optarg, &end, 10);
		if (*end != '\0' || items < 1 || items > ITEMS_MAX)
			return command_usage(&command_template, "--items is a number from 1 to %d",
					     ITEMS_MAX);
	}
	if (optind == argc)
		return list_kinds(o);
	k = kind_by_name(text_of(argv[optind]));
	if (argc - optind != 1)
		return command_usage(&command_template, "give one kind");
	if (k == NULL)
		return usage_of_kind(&command_template, argv[optind]);
	explain_all(k);
	explain_corrections(k);
	print_header(k, (int)items);
	return EXIT_DONE;
}

const struct command command_template = {
    .options = longs,
    .letters = "i:",
    .name = "template",
    .summary = "an empty CSV file for a kind, its columns explained",
    .help = help,
    .run = run,
};
