/* semsctl rights: what somebody may, and why. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "tools/semsctl/command.h"
#include "tools/semsctl/show.h"
#include "tools/terminal/listing.h"

#include <stdio.h>
#include <string.h>

static const struct listing_column may_columns[] = {
    {"right", "Right"}, {"scope", "How far"}, {"about", "Who has it"}};
static const struct listing_column grant_columns[] = {
    {"source", "Source"}, {"kind", "Kind"}, {"site", "Site"}};
static const struct listing_column lack_columns[] = {
    {"right", "Right"}, {"roles", "Takes the role"}, {"about", "Who has it"}};

static const struct option longs[] = {{"json", no_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};

static void
print_rights(json_t *answer, int color)
{
	const json_t *grants = json_object_get(answer, "grants");
	const char *role = member_text(answer, "role");

	if (strcmp(role, "none") == 0)
		printf("%s has no role: nobody gave it one.\n\n", member_text(answer, "principal"));
	else
		printf("%s has the role %s, and so may:\n\n", member_text(answer, "principal"),
		       role);
	listing_table(json_object_get(answer, "may"), may_columns, COUNT(may_columns), color,
		      stdout);
	puts(
	    "\nall: of everything; granted: of the sources, kinds and sites below; own: of what it "
	    "began itself.\n");
	if (json_array_size(grants) == 0)
		puts("No source is granted to it.");
	listing_table(grants, grant_columns, COUNT(grant_columns), color, stdout);
	if (json_array_size(json_object_get(answer, "may_not")) > 0)
		puts("\nIt may not:\n");
	listing_table(json_object_get(answer, "may_not"), lack_columns, COUNT(lack_columns), color,
		      stdout);
}

static int
run(const struct options *o, int argc, char **argv)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__RightsRequest rights = SEMS__V1__RIGHTS_REQUEST__INIT;
	int as_json = 0;
	int opt;

	while ((opt = command_option(&command_rights, argc, argv)) != -1) {
		if (opt != 'j')
			return EXIT_USAGE;
		as_json = 1;
	}
	if (argc - optind > 1)
		return command_usage(&command_rights, "one principal at most");
	if (optind < argc)
		rights.principal = argv[optind];
	request.body_case = SEMS__V1__REQUEST__BODY_RIGHTS;
	request.rights = &rights;
	return command_show(o, &request, as_json, print_rights);
}

const struct command command_rights = {
    .options = longs,
    .letters = "j",
    .name = "rights",
    .summary = "what somebody may, how far, and why",
    .help =
	"Usage: semsctl rights [--json] [PRINCIPAL]\n"
	"Lists what a principal may and how far, by its role and its grants, and what it may not,\n"
	"with the roles that may. Without PRINCIPAL: you. What others may is for auditors,\n"
	"managers, compliance and admins.\n"
	"\n"
	"  -j, --json  the answer as it is\n"
	"\n"
	"Examples:\n"
	"  semsctl rights\n"
	"  semsctl rights cert:sems:person/rita\n",
    .run = run,
};
