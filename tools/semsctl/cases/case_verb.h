/* The words that commands about cases begin with: an event that is told, or something asked. */
#ifndef SEMS_TOOLS_SEMSCTL_CASES_CASE_VERB_H
#define SEMS_TOOLS_SEMSCTL_CASES_CASE_VERB_H

#include "tools/semsctl/cases/case_wish.h"

struct case_verb {
	const char *event; /* NULL: `run` */
	/* What an event that makes a case makes; CASE_KINDS: no case, it is told of one by its
	 * number. */
	enum case_kind makes;
	int (*run)(struct case_wish *w, const char *argument);
	struct sub sub;
};

#define MAKES(name, kind, event, usage, about, example) \
	{                                               \
		event, kind, NULL,                      \
		{                                       \
			name, usage, about, example     \
		}                                       \
	}
#define TELLS(name, event, usage, about, example)   \
	{                                           \
		event, CASE_KINDS, NULL,            \
		{                                   \
			name, usage, about, example \
		}                                   \
	}
#define ASKS(name, run, usage, about, example)      \
	{                                           \
		NULL, CASE_KINDS, run,              \
		{                                   \
			name, usage, about, example \
		}                                   \
	}

/* Runs the command's line: its options into the wish, then what its first word says, which may have
 * one argument; no word: `first`. An enum exit_code. */
int case_run(struct case_wish *w, const struct case_verb *verbs, size_t n, int argc, char **argv,
	     int (*first)(struct case_wish *w, const char *argument));

#endif
