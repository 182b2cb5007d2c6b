/* Room tools/semsctl/cases: Commands about cases. */
/* What is wished of a case by the words and options of `semsctl finding` and `semsctl action`. */
#ifndef SEMS_TOOLS_SEMSCTL_CASES_CASE_WISH_H
#define SEMS_TOOLS_SEMSCTL_CASES_CASE_WISH_H

#include "core/life/case.h"
#include "core/life/case_word.h"
#include "tools/semsctl/command.h"

#include <jansson.h>
#include <sems/v1/protocol.pb-c.h>

struct case_wish {
	const struct options *o;
	const struct command *command;
	enum case_kind kind;
	char *said[CASE_WORDS]; /* by word; NULL: not said */
	char *due;              /* original_due of a new action, due of an extension */
	char *of_kind;          /* where no number says it */
	char *file;             /* whose digest is evidence */
	char *on;               /* when it was so */
	char *state, *as_of, *known_by, *since, *until, *due_until, *csv;
	char *xlsx, *html, *bow_tie; /* files that an export writes */
	char *from;                  /* a document that was kept, in place of asking */
	int open, as_json;
	char digest[80]; /* of the file, as evidence */
};

/* The options of both commands, and what getopt met of them: 0, or EXIT_USAGE. */
extern const struct option case_finding_options[], case_action_options[], case_risk_options[],
    case_control_options[], case_framework_options[];
int case_take_option(struct case_wish *w, int opt, char *value);

/* Tells one event and says what it led to. number NULL: a new case. An enum exit_code. */
int case_tell_event(struct case_wish *w, const char *event, const char *number);
/* All pages of a list as one; the caller's to json_decref(), also when it fails. */
int case_all(const struct case_wish *w, json_t **cases);
/* Asks; answer is the caller's to json_decref(). */
int case_ask(const struct case_wish *w, Sems__V1__CaseRequest *q, json_t **answer);
/* An event with an id that is made of chance. number, event borrowed; words has room for
 * CASE_WORDS of both. */
struct case_message {
	Sems__V1__CaseEvent event;
	Sems__V1__CaseWord words[CASE_WORDS];
	Sems__V1__CaseWord *list[CASE_WORDS];
	char names[CASE_WORDS][32];
	char happened[24], number[CASE_NUMBER_SIZE], kind[24];
	unsigned char id[16];
};
/* False: there is no chance to be had. */
int case_message_make(struct case_message *m, char *const said[CASE_WORDS], const char *event,
		      const char *number, enum case_kind kind);

int case_list(struct case_wish *w, const char *number);
int case_show(struct case_wish *w, const char *number);
int case_diff(struct case_wish *w, const char *number);
int case_scale(struct case_wish *w, const char *grade);
int case_import(struct case_wish *w, const char *path);

#endif
