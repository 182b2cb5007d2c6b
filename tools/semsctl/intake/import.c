#include "base/count.h"
#include "tools/semsctl/intake/import_run.h"
#include "tools/semsctl/intake/intake.h"

#include <stdio.h>
#include <string.h>

static const char help[] =
    "Usage: semsctl import --map MAP.yaml FILE\n"
    "       semsctl import --kind KIND [--source SOURCE] FILE\n"
    "       semsctl import list | show RUN [--all] | undo RUN [--reason TEXT] --yes\n"
    "\n"
    "Turns the rows of a CSV file or an Excel workbook (.xlsx) into records and sends them. With "
    "--map, MAP.yaml says how\n"
    "the columns become fields (tools/MAPS.md describes it); one row may give several records.\n"
    "With --kind, the columns are named like the kind's fields: a filled-in template, as\n"
    "`semsctl template KIND` makes it. FILE may be - for standard input.\n"
    "\n"
    "Importing a file again is safe: the same rows give the same record numbers, which semsd\n"
    "recognises. Every line is accepted or rejected; a line that gives several records is\n"
    "rejected when semsd refuses any of them. The rejected lines go to FILE.rejects.csv with\n"
    "line number, column, value, reason and the line itself; correct them there or at their\n"
    "source and import again.\n"
    "\n"
    "Before anything is sent, semsd is asked which of the file's numbers are stored at another\n"
    "time, as after an import with a wrong map: if any is, nothing is sent without --replace or\n"
    "--again. A line with the number of an earlier line of the file is rejected.\n"
    "\n"
    "Each run has a name. `list` shows the newest runs, `show` one with its records; `undo`\n"
    "voids all that a run stored, and puts back what it corrected. It may be cut and repeated,\n"
    "and whoever has the role compliance may do it, also with another one's run. A file of one\n"
    "of these names is given as ./list.\n"
    "\n"
    "Options:\n"
    "  -m, --map MAP.yaml      how rows become records\n"
    "  -k, --kind KIND         the columns are this kind's fields\n"
    "  -S, --source SOURCE     the source of the records (instead of the map's)\n"
    "  -z, --zone ZONE         the zone of local times, e.g. Europe/London (instead of the\n"
    "                          map's; default: the entity's)\n"
    "  -d, --delimiter CHAR    between columns: a character, or tab (default: a comma)\n"
    "  -e, --encoding NAME     e.g. latin1 (default: UTF-8)\n"
    "      --sheet NAME        of a workbook with several (instead of the map's)\n"
    "  -r, --rejects FILE      where rejected lines go (default: FILE.rejects.csv)\n"
    "      --register-sites    registers the sites named first; needs a role that may\n"
    "      --replace           records whose number is stored at another time are sent as\n"
    "                          corrections of those; takes the rights of a correction\n"
    "      --reason TEXT       why, for --replace\n"
    "      --again             they are other records, and stored as well\n"
    "  -n, --dry-run           checks everything, sends nothing; works without a daemon\n"
    "\n"
    "Exit status: 0 all lines accepted, 1 some rejected, 2 the file or map is wrong, 3 no\n"
    "daemon or no database, 4 refused.\n"
    "\n"
    "Example:\n"
    "  semsctl import --map tests/maps/smiths_hiscan.yaml --register-sites report.csv\n";

static const struct option longs[] = {
    {"map", required_argument, NULL, 'm'},       {"kind", required_argument, NULL, 'k'},
    {"source", required_argument, NULL, 'S'},    {"zone", required_argument, NULL, 'z'},
    {"delimiter", required_argument, NULL, 'd'}, {"encoding", required_argument, NULL, 'e'},
    {"rejects", required_argument, NULL, 'r'},   {"register-sites", no_argument, NULL, 'R'},
    {"replace", no_argument, NULL, 'P'},         {"again", no_argument, NULL, 'A'},
    {"reason", required_argument, NULL, 'W'},    {"dry-run", no_argument, NULL, 'n'},
    {"sheet", required_argument, NULL, 's'},     {NULL, 0, NULL, 0},
};

static int
parse(struct intake *in, int argc, char **argv)
{
	const char **const texts[] = {
	    ['m'] = &in->map_path,  ['S'] = &in->source,   ['z'] = &in->zone,
	    ['d'] = &in->delimiter, ['e'] = &in->encoding, ['r'] = &in->rejects,
	    ['W'] = &in->reason,    ['s'] = &in->sheet,
	};
	int opt;

	while ((opt = command_option(&command_import, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		if (opt == 'R' || opt == 'P' || opt == 'A') {
			*(opt == 'R'   ? &in->register_sites
			  : opt == 'P' ? &in->replaces
				       : &in->again) = 1;
		} else if (opt == 'n') {
			in->dry_run = 1;
		} else if (opt == 'k') {
			in->kind = kind_by_name(text_of(optarg));
			if (in->kind == NULL)
				return usage_of_kind(&command_import, optarg);
		} else {
			*texts[opt] = optarg;
		}
	}
	return EXIT_DONE;
}

static const struct {
	const char *word;
	int (*run)(const struct options *o, int argc, char **argv);
} words[] = {
    {"list", import_run_list},
    {"show", import_run_show},
    {"undo", import_run_undo},
};

static int
run(const struct options *o, int argc, char **argv)
{
	struct intake in = {.is_import = 1};
	int rc;

	for (size_t i = 0; argc > 1 && i < COUNT(words); i++)
		if (strcmp(argv[1], words[i].word) == 0)
			return words[i].run(o, argc - 1, argv + 1);
	rc = parse(&in, argc, argv);
	if (rc != EXIT_DONE)
		return rc;
	if ((in.map_path == NULL) == (in.kind == NULL))
		return command_usage(&command_import, "give --map MAP.yaml or --kind KIND");
	if (in.replaces && in.again)
		return command_usage(&command_import, "give --replace or --again");
	if (in.reason != NULL && !in.replaces)
		return command_usage(&command_import, "--reason is for --replace");
	if (argc - optind != 1)
		return command_usage(&command_import, "give one CSV file, or - for standard input");
	in.path = argv[optind];
	return intake_run(o, &in);
}

const struct command command_import = {
    .options = longs,
    .letters = "m:k:S:z:d:e:r:n",
    .name = "import",
    .summary = "records from any CSV file, by a map or a filled-in template",
    .help = help,
    .run = run,
};
