/* The table of semsctl's commands, and what it says of words that are not in it. */
#include "base/count.h"
#include "base/near.h"
#include "tools/semsctl/command.h"

#include <stdio.h>
#include <string.h>

static const struct command *const commands[] = {
    &command_init,     &command_template,  &command_import,    &command_send,
    &command_correct,  &command_void,      &command_pending,   &command_confirm,
    &command_simulate, &command_spd,       &command_retention, &command_quarantine,
    &command_records,  &command_gaps,      &command_verify,    &command_trace,
    &command_doubles,  &command_calendar,  &command_key,       &command_device,
    &command_status,   &command_reload,    &command_rights,    &command_pki,
    &command_log,      &command_setup,     &command_hold,      &command_person,
    &command_finding,  &command_action,    &command_due,       &command_risk,
    &command_control,  &command_framework, &command_workbook,  &command_completion,
};

const struct option command_common_options[] = {
    {"socket", required_argument, NULL, 's'},
    {"identity", required_argument, NULL, 'i'},
    {"wait", required_argument, NULL, 'w'},
    {"quiet", no_argument, NULL, 'q'},
    {"color", required_argument, NULL, 'c'},
    {"no-pager", no_argument, NULL, 'P'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};
const char command_common_letters[] = "+s:i:w:qhV";

const struct command *
command_at(size_t i)
{
	return i < COUNT(commands) ? commands[i] : NULL;
}

const struct command *
command_find(const char *name)
{
	for (size_t i = 0; command_at(i) != NULL; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

const struct sub *
command_find_sub(const struct command *c, const char *name)
{
	const struct sub *sub;

	for (size_t i = 0; c->sub != NULL && (sub = c->sub(i)) != NULL; i++)
		if (strcmp(sub->name, name) == 0)
			return sub;
	return NULL;
}

void
command_print_help(const struct command *c, const struct sub *sub)
{
	if (sub == NULL) {
		for (size_t i = 0; c->sub != NULL && (sub = c->sub(i)) != NULL; i++)
			printf("%s semsctl %s %s%s%s\n", i == 0 ? "Usage:" : "      ", c->name,
			       sub->name, sub->usage[0] == '\0' ? "" : " ", sub->usage);
		fputs(c->help, stdout);
		return;
	}
	printf("Usage: semsctl %s %s%s%s\n%s\n\nExample:\n  %s\n\n"
	       "`semsctl %s --help` explains the options.\n",
	       c->name, sub->name, sub->usage[0] == '\0' ? "" : " ", sub->usage, sub->about,
	       sub->example, c->name);
}

/* ---- what was mistyped ---- */

/* Ends a line that says there is no such thing. */
static void
suggest(const struct near *n, const char *before)
{
	if (n->best != NULL)
		fprintf(stderr, ": did you mean %s%s?", before, n->best);
	fputc('\n', stderr);
}

int
command_unknown(const char *word)
{
	struct near n = near_to(word);
	const struct command *of = NULL;

	for (size_t i = 0; command_at(i) != NULL; i++) {
		near_offer(&n, commands[i]->name);
		/* "export" is a word of spd. */
		if (of == NULL && command_find_sub(commands[i], word) != NULL)
			of = commands[i];
	}
	fprintf(stderr, "semsctl: there is no command '%s'", word);
	if (of != NULL)
		fprintf(stderr, ": did you mean %s %s?\n", of->name, word);
	else
		suggest(&n, "");
	fputs("See `semsctl --help`.\n", stderr);
	return EXIT_USAGE;
}

int
command_unknown_sub(const struct command *c, const char *word)
{
	struct near n = near_to(word);
	const struct sub *sub;

	for (size_t i = 0; (sub = c->sub(i)) != NULL; i++)
		near_offer(&n, sub->name);
	fprintf(stderr, "semsctl %s: there is no '%s'", c->name, word);
	suggest(&n, "");
	fputs("It takes", stderr);
	for (size_t i = 0; (sub = c->sub(i)) != NULL; i++)
		fprintf(stderr, "%s %s", i == 0 ? "" : ",", sub->name);
	fprintf(stderr, "; see `semsctl %s --help`.\n", c->name);
	return EXIT_USAGE;
}

/* What getopt met last, and what is wrong with it. */
static void
tell_option(const char *who, const char *word, const struct option *options, int opt)
{
	const char *equals = strchr(word, '=');
	char name[64];
	struct near n;

	if (opt == ':') {
		fprintf(stderr, "%s: %s takes a value\n", who, word);
		return;
	}
	snprintf(name, sizeof name, "%.*s",
		 equals == NULL ? (int)(sizeof name - 1) : (int)(equals - word), word);
	if (strncmp(name, "--", 2) != 0) {
		fprintf(stderr, "%s: there is no option -%c\n", who, (char)optopt);
		return;
	}
	n = near_to(name + 2);
	for (const struct option *o = options; o->name != NULL; o++) {
		if (equals != NULL && o->has_arg == no_argument && strcmp(o->name, name + 2) == 0) {
			fprintf(stderr, "%s: %s takes no value\n", who, name);
			return;
		}
		near_offer(&n, o->name);
	}
	fprintf(stderr, "%s: there is no option %s", who, name);
	suggest(&n, "--");
}

static int
next_option(const char *who, const char *letters, const struct option *options, int argc,
	    char **argv)
{
	char quiet[32]; /* the letters, and that we speak ourselves */
	size_t plus = letters[0] == '+' ? 1 : 0;
	int opt;

	snprintf(quiet, sizeof quiet, "%.*s:%s", (int)plus, letters, letters + plus);
	opterr = 0;
	opt = getopt_long(argc, argv, quiet, options, NULL);
	if (opt != '?' && opt != ':')
		return opt;
	tell_option(who, argv[optind - 1], options, opt);
	return '?';
}

int
command_option(const struct command *c, int argc, char **argv)
{
	char who[64];
	int opt;

	snprintf(who, sizeof who, "semsctl %s", c->name);
	opt = next_option(who, c->letters, c->options, argc, argv);
	if (opt == '?')
		fprintf(stderr, "See `semsctl %s --help`.\n", c->name);
	return opt;
}

int
command_common_option(int argc, char **argv)
{
	int opt =
	    next_option("semsctl", command_common_letters, command_common_options, argc, argv);

	if (opt == '?')
		fputs("See `semsctl --help`.\n", stderr);
	return opt;
}
