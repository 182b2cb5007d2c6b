/* A command of semsctl: one file each, found through the table in semsctl.c. */
#ifndef SEMS_TOOLS_COMMAND_H
#define SEMS_TOOLS_COMMAND_H

/* Exit codes, also in the manual page. */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_REJECTED = 1, /* done, but some records were refused: see the rejects or the listing */
	EXIT_USAGE = 2,    /* the command line or an input file is wrong; nothing was sent */
	EXIT_UNAVAILABLE = 3, /* no daemon, or it cannot reach its database: try again */
	EXIT_REFUSED = 4,     /* the daemon said no: role, state, not found */
	EXIT_FAULT = 5,       /* a fault of ours */
};

struct options {
	const char *address; /* --socket, or $SEMSD_SOCKET, or the default */
	int color;           /* 1: a terminal that wants colour */
	int quiet;
};

struct command {
	const char *name;    /* "import"; words of one command are separated by a space */
	const char *summary; /* one line */
	const char *help;    /* usage, options, examples */
	/* argv[0] is the command's name. Returns an enum exit_code. */
	int (*run)(const struct options *o, int argc, char **argv);
};

struct err;

/* Prints "semsctl: TEXT" to stderr; the exit code that goes with the error's class. */
int command_fail(const struct err *e);
/* Prints what is wrong with the command line and where to read more; EXIT_USAGE. */
int command_usage(const struct command *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

extern const struct command command_init;
extern const struct command command_template;
extern const struct command command_import;
extern const struct command command_send;
extern const struct command command_correct;
extern const struct command command_void;
extern const struct command command_pending;
extern const struct command command_confirm;
extern const struct command command_simulate;
extern const struct command command_spd;
extern const struct command command_retention;
extern const struct command command_quarantine;
extern const struct command command_gaps;
extern const struct command command_records;
extern const struct command command_verify;
extern const struct command command_trace;
extern const struct command command_key;
extern const struct command command_doubles;
extern const struct command command_status;

#endif
