/*
 * semsd's settings as a table: command line, configuration file, help, manual and example come from
 * it. All are read once, at a start; what changes while semsd runs is in the database.
 */
#ifndef SEMS_SETTINGS_H
#define SEMS_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum setting_type {
	SETTING_TEXT, /* char * in struct config */
	SETTING_LIST, /* struct config_list in struct config; may be given again */
	SETTING_FLAG, /* bool in struct config; on the command line only */
	SETTING_TELL, /* prints something instead of running; on the command line only */
};

enum setting_place {
	IN_LINE = 1,
	IN_FILE = 2, /* its key is the name with _ for - */
	IN_BOTH = IN_LINE | IN_FILE,
	NEEDED_IN_FILE = 4, /* a file without it is refused */
};

struct setting {
	const char *name;
	int key; /* a letter, or a number past them */
	enum setting_type type;
	unsigned place;  /* of enum setting_place */
	int group;       /* of --help */
	const char *arg; /* what it takes, for people; NULL: nothing */
	size_t member;   /* offset in struct config */
	const char *help;
	const char *manual;  /* of the manual page, in roff */
	const char *in_file; /* the same for the file's key; NULL: "As --name." */
	const char *example; /* in the example of the file, its comment with it */
};

extern const struct setting settings[];
extern const size_t n_settings;

/* Told by --help and --version, --print-example and --print-manual. */
enum { SETTING_HELP = '?', SETTING_VERSION = 512, SETTING_EXAMPLE, SETTING_MANUAL };

/* The file with every setting, as deploy/semsd.yaml. */
void settings_example(FILE *f);
/* The sections OPTIONS and CONFIGURATION of the manual page. */
void settings_manual(FILE *f);

#endif
