/* Room core/action: What can be done next, as data: a table of names that each face has words for.
 */
/*
 * Texts of errors and answers name an action by its name in the table ("nothing is frozen yet:
 * spd.freeze") and have it beside them as an object, with what it is to be done to:
 * {"action":"spd.freeze","quarter":"2026-Q2"}. A face puts its own words in the name's place, a
 * command line or a button. `needs` are what a person has still to say.
 */
#ifndef SEMS_CORE_ACTION_ACTION_H
#define SEMS_CORE_ACTION_ACTION_H

#include "base/err.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

struct json_t; /* jansson's */

enum action {
	ACTION_SETUP,
	ACTION_ROLE_GIVE,
	ACTION_KINDS_LIST,
	ACTION_CALENDAR_LOOK,
	ACTION_KEY_MAKE,
	ACTION_KEY_REGISTER,
	ACTION_GAPS_LIST,
	ACTION_IMPORTS_LIST,
	ACTION_DOUBLES_LIST,
	ACTION_RECORD_CORRECT,
	ACTION_SPD_SHOW,
	ACTION_SPD_LIST,
	ACTION_SPD_STATUS,
	ACTION_SPD_CHECK,
	ACTION_SPD_VERIFY,
	ACTION_SPD_FREEZE,
	ACTION_SPD_REVISE,
	ACTION_SPD_COMMENT,
	ACTION_SPD_COMMENTS, /* all that are open at once */
	ACTION_SPD_QA,
	ACTION_SPD_APPROVE,
	ACTION_SPD_SUBMIT,
	ACTION_SPD_ACKNOWLEDGE,
	ACTIONS
};

#define TODO_NEEDS 2

/* An action and what it is to be done to. Borrowed; NULL or "": not said, or it does not have it.
 */
struct todo {
	enum action action;
	const char *quarter;  /* "2026-Q2" */
	const char *revision; /* "3" */
	const char *metric;   /* "OUT03" */
	const char *by;       /* "all": every breakdown of its figures */
	const char *kind;     /* of record */
	const char *principal;
	const char *role;
	const char *needs[TODO_NEEDS]; /* parameters, by name: "reason" */
};

/* "spd.freeze" */
const char *action_name(enum action a);
/* False: none has this name. */
bool action_by_name(struct text name, enum action *out);

/* Adds to a list as struct err has it. What has no room there, or no memory, is left out: its name
 * in the text tells as much as without. */
void action_add(char list[ERR_NEXT_SIZE], const struct todo *t);
/* The same of an error; its code. */
enum code action_offer(struct err *e, const struct todo *t);
/* The list as an array, the caller's; empty of "". NULL: no memory. */
struct json_t *action_list(const char *list);

#define ACTION_WORDS_SIZE 256  /* of one action, with the NUL */
#define ACTION_TEXT_SIZE  2048 /* of a text with all of them; what is longer loses its middle */

/* What a face calls an action (an object of a list); false: it has no words for it. */
typedef bool (*action_words_fn)(const struct json_t *todo, char *out, size_t size);
/* The text with the face's words where a name of the list stands, in the list's order, as
 * text_print() prints it. list may be NULL. */
void action_weave(const char *text, const struct json_t *list, action_words_fn words, char *out,
		  size_t size);

#endif
