/* semsctl: finds the command and runs it. Every command talks to the daemon, never to its store. */
#include "client/client.h"
#include "client/link.h"
#include "tools/semsctl/command.h"
#include "tools/semsctl/words.h"
#include "tools/terminal/screen.h"
#include "tools/terminal/shown.h"
#include "tools/terminal/table.h"
#include "tools/terminal/watch.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ADDRESS_DEFAULT "/run/semsd/semsd.sock"

#define WAIT_S 20 /* a semsd that makes its cluster first takes some seconds */

static void
print_help(FILE *f)
{
	fputs("Usage: semsctl [OPTION...] COMMAND [ARGUMENT...]\n"
	      "Sends, imports, inspects and exports security performance records through semsd.\n"
	      "\n"
	      "Commands:\n",
	      f);
	for (size_t i = 0; command_at(i) != NULL; i++)
		fprintf(f, "  %-12s %s\n", command_at(i)->name, command_at(i)->summary);
	fputs(
	    "\n"
	    "Options:\n"
	    "  -s, --socket ADDRESS  semsd's socket: a path, unix:PATH, tcp:HOST:PORT or\n"
	    "                        tls:HOST:PORT (default: $SEMSD_SOCKET, else\n"
	    "                        " ADDRESS_DEFAULT ")\n"
	    "  -i, --identity FOLDER for tls: the certificate to show and the issuer to trust, as\n"
	    "                        semsctl pki makes them: client.pem, client.key and ca.pem\n"
	    "                        (default: $SEMSD_IDENTITY)\n"
	    "  -w, --wait SECONDS    how long to wait for a semsd that starts (default 20)\n"
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

/* True when the command's own arguments ask for help, before any "--". */
static int
asks_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || (i == 1 && strcmp(argv[i], "-h") == 0))
			return 1;
	return 0;
}

/* Of a command, or of what it does by its first word. */
static int
help_on(int n_words, char **words)
{
	const struct command *c = n_words > 0 ? command_find(words[0]) : NULL;

	if (n_words > 0 && c == NULL)
		return command_unknown(words[0]);
	screen_page();
	if (c == NULL)
		print_help(stdout);
	else
		command_print_help(c, n_words > 1 ? command_find_sub(c, words[1]) : NULL);
	return EXIT_DONE;
}

static int
run_command(const struct options *o, int argc, char **argv)
{
	const struct command *c = command_find(argv[0]);

	if (c == NULL && strcmp(argv[0], "help") == 0)
		return help_on(argc - 1, argv + 1);
	if (c == NULL)
		return command_unknown(argv[0]);
	if (asks_help(argc, argv))
		return help_on(argc, argv);
	optind = 0; /* glibc: getopt starts anew, with the command's own arguments */
	return c->run(o, argc, argv);
}

/* False: it does not fit. */
static bool
take_wait(const char *value)
{
	char *end;
	long n = strtol(value, &end, 10);

	if (value[0] < '0' || value[0] > '9' || *end != '\0' || n > 3600) {
		fprintf(stderr, "semsctl: --wait takes seconds, from 0 to 3600, not '%s'\n", value);
		return false;
	}
	client_wait_for_daemon((int)n);
	return true;
}

static int
run(int argc, char **argv)
{
	const char *env = getenv("SEMSD_SOCKET");
	const char *identity = getenv("SEMSD_IDENTITY");
	struct options o = {.address = env != NULL && env[0] != '\0' ? env : ADDRESS_DEFAULT};
	const char *color = "auto";
	int opt;

	link_identity(identity != NULL && identity[0] != '\0' ? identity : NULL);
	while ((opt = command_common_option(argc, argv)) != -1) {
		if (opt == 's') {
			o.address = optarg;
		} else if (opt == 'i') {
			link_identity(optarg);
		} else if (opt == 'q') {
			o.quiet = 1;
		} else if (opt == 'c') {
			color = optarg;
		} else if (opt == 'P') {
			screen_begin(false);
		} else if (opt == 'h') {
			return help_on(0, NULL);
		} else if (opt == 'V') {
			puts("semsctl " SEMS_VERSION);
			return EXIT_DONE;
		} else if (opt != 'w' || !take_wait(optarg)) {
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
	client_wait_for_daemon(WAIT_S);
	watch_begin(words_of);
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
