#include "tools/semsctl/intake/intake.h"

#include <stdio.h>

static const char help[] =
    "Usage: semsctl send [--json] KIND FILE|-\n"
    "\n"
    "Sends records of one kind. FILE is CSV or a workbook (.xlsx) whose columns are named like the "
    "kind's fields (see\n"
    "`semsctl template KIND`), or with --json one JSON object per line with the fields as keys.\n"
    "Times are RFC 3339, or local with --zone. Records without a record_id get one made of\n"
    "occurred_at and source_record_id, or of the line itself, so that sending again is safe.\n"
    "Records whose number is stored at another time are told before they are sent; where such a\n"
    "file is to replace what is stored, use `semsctl import`.\n"
    "\n"
    "Options:\n"
    "  -j, --json              FILE holds JSON lines\n"
    "  -S, --source SOURCE     for records that name none\n"
    "  -z, --zone ZONE         the zone of local times (default: the entity's)\n"
    "      --sheet NAME        of a workbook with several\n"
    "  -r, --rejects FILE      where rejected lines go (default: FILE.rejects.csv)\n"
    "  -n, --dry-run           checks everything, sends nothing; works without a daemon\n"
    "\n"
    "Exit status: 0 all lines accepted, 1 some rejected, 2 the file is wrong, 3 no daemon or no\n"
    "database, 4 refused.\n"
    "\n"
    "Example:\n"
    "  echo '{\"occurred_at\":\"2026-04-01T06:00:00Z\",\"site_id\":\"LHX\",\"device_id\":\"X1\",\n"
    "         \"outcome\":\"HIT\"}' | tr -d '\\n' | semsctl send --json -S xray-1 tip_event -\n";

static const struct option longs[] = {
    {"json", no_argument, NULL, 'j'},
    {"source", required_argument, NULL, 'S'},
    {"zone", required_argument, NULL, 'z'},
    {"rejects", required_argument, NULL, 'r'},
    {"dry-run", no_argument, NULL, 'n'},
    {"sheet", required_argument, NULL, 's'},
    {NULL, 0, NULL, 0},
};

static int
parse(struct intake *in, int argc, char **argv)
{
	int opt;

	while ((opt = command_option(&command_send, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		if (opt == 'j')
			in->json = 1;
		else if (opt == 'n')
			in->dry_run = 1;
		else if (opt == 'S')
			in->source = optarg;
		else if (opt == 'z')
			in->zone = optarg;
		else if (opt == 's')
			in->sheet = optarg;
		else
			in->rejects = optarg;
	}
	return EXIT_DONE;
}

static int
run(const struct options *o, int argc, char **argv)
{
	struct intake in = {0};
	int rc = parse(&in, argc, argv);

	if (rc != EXIT_DONE)
		return rc;
	if (argc - optind != 2)
		return command_usage(&command_send,
				     "give a kind and a file, or - for standard input");
	in.kind = kind_by_name(text_of(argv[optind]));
	if (in.kind == NULL)
		return usage_of_kind(&command_send, argv[optind]);
	in.path = argv[optind + 1];
	return intake_run(o, &in);
}

const struct command command_send = {
    .options = longs,
    .letters = "jS:z:r:n",
    .name = "send",
    .summary = "records of one kind, from CSV or JSON lines",
    .help = help,
    .run = run,
};
