/* semsctl: finds the command and runs it. Every command talks to the daemon, never to its store. */
#include "tools/lib/screen.h"
#include "tools/lib/shown.h"
#include "tools/lib/table.h"
#include "tools/semsctl/command.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ADDRESS_DEFAULT "/run/semsd/semsd.sock"

static const struct command *const commands[] = {
    &command_init,      &command_template,   &command_import,  &command_send,     &command_correct,
    &command_void,      &command_pending,    &command_confirm, &command_simulate, &command_spd,
    &command_retention, &command_quarantine, &command_records, &command_gaps,     &command_verify,
    &command_trace,     &command_doubles,    &command_key,     &command_status,
};

#define N_COMMANDS (sizeof commands / sizeof commands[0])

static void
print_help(FILE *f)
{
	fputs("Usage: semsctl [OPTION...] COMMAND [ARGUMENT...]\n"
	      "Sends, imports, inspects and exports security performance records through semsd.\n"
	      "\n"
	      "Commands:\n",
	      f);
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(f, "  %-12s %s\n", commands[i]->name, commands[i]->summary);
	fputs(
	    "\n"
	    "Options:\n"
	    "  -s, --socket ADDRESS  semsd's socket: a path, unix:PATH or tcp:HOST:PORT\n"
	    "                        (default: $SEMSD_SOCKET, else " ADDRESS_DEFAULT ")\n"
	    "  -q, --quiet           no progress, no summary\n"
	    "      --color WHEN      auto, always or never (auto respects $NO_COLOR)\n"
	    "      --no-pager        prints what is longer than the screen as it is; else it is\n"
	    "                        shown in $SEMSD_PAGER, $PAGER or less\n"
	    "  -h, --help            this text; `semsctl COMMAND --help` for a command's\n"
	    "  -V, --version         the version\n"
	    "\n"
	    "Exit status: 0 done; 1 done, but some records were refused; 2 the command line or an\n"
	    "input file is wrong; 3 no daemon, or its database is away: try again; 4 the daemon "
	    "said\n"
	    "no; 5 a fault of semsctl or semsd.\n",
	    f);
}

static int
wants_color(const char *when)
{
	const char *no = getenv("NO_COLOR");

	if (strcmp(when, "always") == 0)
		return 1;
	if (strcmp(when, "never") == 0 || (no != NULL && no[0] != '\0'))
		return 0;
	return isatty(STDOUT_FILENO);
}

static const struct command *
find_command(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}

/* True when the command's own arguments ask for help, before any "--". */
static int
asks_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--help") == 0 || (i == 1 && strcmp(argv[i], "-h") == 0))
			return 1;
	}
	return 0;
}

static int
run_command(const struct options *o, int argc, char **argv)
{
	const struct command *c = find_command(argv[0]);

	if (c == NULL && strcmp(argv[0], "help") == 0) {
		screen_page();
		c = argc > 1 ? find_command(argv[1]) : NULL;
		if (c == NULL)
			print_help(stdout);
		else
			fputs(c->help, stdout);
		return EXIT_DONE;
	}
	if (c == NULL) {
		fprintf(stderr, "semsctl: there is no command '%s': see `semsctl --help`\n",
			argv[0]);
		return EXIT_USAGE;
	}
	if (asks_help(argc, argv)) {
		screen_page();
		fputs(c->help, stdout);
		return EXIT_DONE;
	}
	optind = 0; /* glibc: getopt starts anew, with the command's own arguments */
	return c->run(o, argc, argv);
}

static int
run(int argc, char **argv)
{
	static const struct option longs[] = {
	    {"socket", required_argument, NULL, 's'},
	    {"quiet", no_argument, NULL, 'q'},
	    {"color", required_argument, NULL, 'c'},
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'V'},
	    {"no-pager", no_argument, NULL, 'P'},
	    {NULL, 0, NULL, 0},
	};
	const char *env = getenv("SEMSD_SOCKET");
	struct options o = {.address = env != NULL && env[0] != '\0' ? env : ADDRESS_DEFAULT};
	const char *color = "auto";
	int opt;

	while ((opt = getopt_long(argc, argv, "+s:qhV", longs, NULL)) != -1) {
		if (opt == 's') {
			o.address = optarg;
		} else if (opt == 'q') {
			o.quiet = 1;
		} else if (opt == 'c') {
			color = optarg;
		} else if (opt == 'P') {
			screen_begin(false);
		} else if (opt == 'h') {
			screen_page();
			print_help(stdout);
			return EXIT_DONE;
		} else if (opt == 'V') {
			puts("semsctl " SEMS_VERSION);
			return EXIT_DONE;
		} else {
			fputs("See `semsctl --help`.\n", stderr);
			return EXIT_USAGE;
		}
	}
	o.color = wants_color(color);
	if (optind >= argc) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	return run_command(&o, argc - optind, argv + optind);
}

int
main(int argc, char **argv)
{
	int status;
	bool whole;

	if (!shown_begin()) {
		fputs("semsctl: out of memory\n", stderr);
		return EXIT_FAULT;
	}
	screen_begin(true);
	table_fit(screen_width());
	status = run(argc, argv);
	whole = screen_end();
	if (!(shown_end() && whole) && status == EXIT_DONE) {
		fputs("semsctl: cannot write to standard output\n", stderr);
		status = EXIT_FAULT;
	}
	return status;
}
