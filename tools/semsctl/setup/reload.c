/* semsctl reload: what semsd has in files is read again, and whether it is good is said. */
#include "client/ask.h"
#include "tools/semsctl/command.h"
#include "tools/terminal/listing.h"

#include <stdio.h>

static const struct option longs[] = {{NULL, 0, NULL, 0}};

static int
run(const struct options *o, int argc, char **argv)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__ReloadRequest reload = SEMS__V1__RELOAD_REQUEST__INIT;
	json_t *answer = NULL;
	struct err e;

	if (command_option(&command_reload, argc, argv) != -1)
		return EXIT_USAGE;
	if (optind < argc)
		return command_usage(&command_reload, "takes no argument '%s'", argv[optind]);
	request.body_case = SEMS__V1__REQUEST__BODY_RELOAD;
	request.reload = &reload;
	if (ask(o->address, &request, &answer, &e) != OK) {
		int rc = command_fail(&e);

		return e.code == REJ_STATE ? EXIT_REJECTED : rc;
	}
	puts("Read again, and in force.");
	listing_members(answer, stdout);
	json_decref(answer);
	return EXIT_DONE;
}

const struct command command_reload = {
    .options = longs,
    .letters = "",
    .name = "reload",
    .summary = "have semsd read its certificates again",
    .help =
	"Usage: semsctl reload\n"
	"Has semsd read again what it has in files (its certificate and key, whom it trusts and\n"
	"what was revoked) and the register, waits for that, and says whether it is good. One "
	"that\n"
	"is not is told with its file; the last good one stays in force, and the exit code is 1.\n"
	"Who may not be here any more is gone within a minute. For admin.\n"
	"\n"
	"Example:\n"
	"  semsctl reload\n",
    .run = run,
};
