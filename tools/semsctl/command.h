/* Room tools/semsctl: The commands of semsctl, and what they share. */
/* A command of semsctl: one file each, found through the table in semsctl.c. */
#ifndef SEMS_TOOLS_SEMSCTL_COMMAND_H
#define SEMS_TOOLS_SEMSCTL_COMMAND_H

#include <getopt.h>
#include <stddef.h>

/* Exit codes, also in the manual page. */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_REJECTED = 1, /* done, but some records were refused: see the rejects or the listing */
	EXIT_USAGE = 2,    /* the command line or an input file is wrong; nothing was sent */
	EXIT_UNAVAILABLE = 3,   /* no daemon, or it cannot reach its database: try again */
	EXIT_REFUSED = 4,       /* the daemon said no: role, state, not found */
	EXIT_FAULT = 5,         /* a fault of ours */
	EXIT_INTERRUPTED = 130, /* by Ctrl-C; as shells have it */
};

struct options {
	const char *address; /* --socket, or $SEMSD_SOCKET, or the default */
	int color;           /* 1: a terminal that wants colour */
	int quiet;
};

/* What a command does by its first word, as `semsctl quarantine list`. */
struct sub {
	const char *name;
	const char *usage;   /* what follows the name: "QUARTER [--json]" */
	const char *about;   /* a sentence */
	const char *example; /* a whole line, as typed */
};

/* Help, completion and what is said of misspelt words come from here. */
struct command {
	const char *name;
	const char *summary; /* one line */
	const char *help;    /* usage (unless it is told by words), options, examples */
	const char *letters; /* short options, as getopt() takes them */
	const struct option *options;
	/* The words it may begin with, in order; NULL behind the last. A NULL function: none. */
	const struct sub *(*sub)(size_t i);
	/* argv[0] is the command's name. Returns an enum exit_code. */
	int (*run)(const struct options *o, int argc, char **argv);
};

struct err;

/* The table of commands; NULL behind the last. */
const struct command *command_at(size_t i);
/* NULL: there is none. */
const struct command *command_find(const char *name);
const struct sub *command_find_sub(const struct command *c, const char *name);
/* semsctl's own options, before the command. */
extern const struct option command_common_options[];
extern const char command_common_letters[];
/* The help of a command, or of what it does by this word. */
void command_print_help(const struct command *c, const struct sub *sub);

/*
 * getopt_long() over the command's tables. What is wrong has been told, with the nearest option,
 * when it returns '?'.
 */
int command_option(const struct command *c, int argc, char **argv);
/* The same for semsctl's own, which end where the command begins. */
int command_common_option(int argc, char **argv);
/* There is no such command, or word of a command: told with the nearest one; EXIT_USAGE. */
int command_unknown(const char *word);
int command_unknown_sub(const struct command *c, const char *word);

/* Prints "semsctl: TEXT" to stderr; the exit code that goes with the error's class. */
int command_fail(const struct err *e);
/* Prints what is wrong with the command line and where to read more; EXIT_USAGE. */
int command_usage(const struct command *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The same for whoever named a kind that is none. */
int usage_of_kind(const struct command *c, const char *kind);

extern const struct command command_init;
extern const struct command command_template;
extern const struct command command_workbook;
extern const struct command command_import;
extern const struct command command_send;
extern const struct command command_correct;
extern const struct command command_void;
extern const struct command command_pending;
extern const struct command command_confirm;
extern const struct command command_simulate;
extern const struct command command_spd;
extern const struct command command_retention;
extern const struct command command_hold;
extern const struct command command_finding;
extern const struct command command_action;
extern const struct command command_due;
extern const struct command command_risk;
extern const struct command command_control;
extern const struct command command_framework;
extern const struct command command_quarantine;
extern const struct command command_gaps;
extern const struct command command_records;
extern const struct command command_verify;
extern const struct command command_trace;
extern const struct command command_key;
extern const struct command command_device;
extern const struct command command_person;
extern const struct command command_doubles;
extern const struct command command_calendar;
extern const struct command command_status;
extern const struct command command_pki;
extern const struct command command_reload;
extern const struct command command_rights;
extern const struct command command_log;
extern const struct command command_setup;
extern const struct command command_completion;

#endif
