/* Runs of imports: each is noted by semsd, and can be taken back. */
#ifndef SEMS_TOOLS_SEMSCTL_INTAKE_IMPORT_RUN_H
#define SEMS_TOOLS_SEMSCTL_INTAKE_IMPORT_RUN_H

#include "client/client.h"
#include "tools/semsctl/command.h"

#define IMPORT_RUN_SIZE 64

struct import_file {
	const char *path;
	int fd;
	const char *map_path; /* NULL: none */
};

/*
 * What the client sends from now on is of a new run; its name in `run`, "" where the daemon notes
 * none for this principal.
 */
enum code import_run_begin(struct client *c, const struct import_file *file,
			   char run[IMPORT_RUN_SIZE], struct err *e) MUST_CHECK;
/* A run that is not ended was cut, as far as anybody can tell. */
void import_run_end(struct client *c, const char *run);

/* semsctl import list, show RUN, undo RUN; argv[0] is that word. An enum exit_code. */
int import_run_list(const struct options *o, int argc, char **argv);
int import_run_show(const struct options *o, int argc, char **argv);
int import_run_undo(const struct options *o, int argc, char **argv);

#endif
