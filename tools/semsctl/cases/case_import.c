/*
 * A register that was kept in a spreadsheet: a row a case, a column a word. What is there already,
 * by its number or by `ref`, its number elsewhere, is changed where the row says something else;
 * all other rows make cases. An event's id is made of what the row says and of how many steps the
 * case has, so that the same file again changes nothing, and changes what was changed back since.
 */
#include "base/arena.h"
#include "base/count.h"
#include "base/digest.h"
#include "base/json/jsonin.h"
#include "base/text.h"
#include "tools/semsctl/cases/case_wish.h"
#include "tools/sheet/sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 200
#define ROW_MAX     (4u * SHEET_ROW_MAX)

/* What a column is: a word, or one of these. */
enum { NUMBER = CASE_WORDS + 1, STATE, NOTHING };

struct import {
	struct case_wish *w;
	json_t *there; /* all cases of the kind */
	unsigned columns[COLUMNS_MAX];
	size_t n_columns;
	struct arena *arena;    /* of a row */
	char *said[CASE_WORDS]; /* in it */
	char number[CASE_NUMBER_SIZE];
	char state[32];
	size_t made, changed, same, refused;
};

static void
forget_row(struct import *m)
{
	arena_free(m->arena);
	m->arena = NULL;
	memset(m->said, 0, sizeof m->said);
	m->number[0] = '\0';
	m->state[0] = '\0';
}

static int
refuse(struct import *m, const struct sheet_row *row, const char *why)
{
	fprintf(stderr, "semsctl: line %llu: %s\n", (unsigned long long)row->line, why);
	m->refused++;
	return EXIT_DONE;
}

/* --- columns ---------------------------------------------------------------------------------- */

static int
take_header(struct import *m, const struct sheet_row *row)
{
	const struct life_kind *life = case_kinds[m->w->kind].life;

	if (row->n > COLUMNS_MAX)
		return command_usage(m->w->command, "import: more than %d columns", COLUMNS_MAX);
	for (size_t i = 0; i < row->n; i++) {
		char name[64];

		text_print(name, sizeof name, "%.*s", (int)row->cells[i].n, row->cells[i].s);
		m->columns[i] = strcmp(name, "number") == 0  ? NUMBER
				: strcmp(name, "state") == 0 ? STATE
				: name[0] == '\0'            ? NOTHING
							     : (unsigned)life_find_word(life, name);
		if (m->columns[i] == CASE_WORDS ||
		    (m->columns[i] < CASE_WORDS && !life_says(life, m->columns[i])))
			return command_usage(m->w->command,
					     "import: the column '%s' is no word of a %s; "
					     "PROTOCOL.md has them, number and state",
					     name, case_kinds[m->w->kind].title);
	}
	m->n_columns = row->n;
	return EXIT_DONE;
}

static int
take_cells(struct import *m, const struct sheet_row *row)
{
	m->arena = arena_new(ROW_MAX);
	for (size_t i = 0; m->arena != NULL && i < row->n && i < m->n_columns; i++) {
		struct text t = row->cells[i];

		if (t.n == 0 || m->columns[i] == NOTHING)
			continue;
		if (m->columns[i] == NUMBER)
			text_print(m->number, sizeof m->number, "%.*s", (int)t.n, t.s);
		else if (m->columns[i] == STATE)
			text_print(m->state, sizeof m->state, "%.*s", (int)t.n, t.s);
		else if (m->said[m->columns[i]] == NULL)
			m->said[m->columns[i]] = arena_printf(m->arena, "%.*s", (int)t.n, t.s);
	}
	if (m->arena != NULL && !arena_failed(m->arena))
		return EXIT_DONE;
	fprintf(stderr, "semsctl: line %llu: out of memory\n", (unsigned long long)row->line);
	return EXIT_FAULT;
}

/* --- what is there ---------------------------------------------------------------------------- */

/* NULL: it is not there. */
static json_t *
find(const struct import *m)
{
	const char *ref = m->said[SAYS_REF];
	size_t i;
	json_t *one;

	json_array_foreach(m->there, i, one)
	{
		if (m->number[0] != '\0' ? strcmp(member_text(one, "number"), m->number) == 0
					 : ref != NULL && strcmp(member_text(one, "ref"), ref) == 0)
			return one;
	}
	return NULL;
}

/* Of the kind, the case if it is there with its steps, and all that is said. */
static void
make_id(const struct import *m, const json_t *there, struct case_message *message)
{
	unsigned char digest[SHA256_SIZE];
	json_t *j = json_array();
	char *text;

	json_array_append_new(j, json_string(case_kinds[m->w->kind].name));
	json_array_append_new(j, json_string(message->number));
	json_array_append_new(j, json_integer(json_integer_value(json_object_get(there, "steps"))));
	for (size_t i = 0; i < CASE_WORDS; i++)
		json_array_append_new(j, json_string(m->said[i] == NULL ? "" : m->said[i]));
	text = json_dumps(j, JSON_COMPACT);
	if (text != NULL && sha256(text, strlen(text), digest))
		memcpy(message->id, digest, sizeof message->id);
	free(text);
	json_decref(j);
}

/* A later row of the same file meets the case as this one left it. */
static void
note_change(const struct import *m, json_t *there, const json_t *result)
{
	for (size_t i = 0; i < CASE_WORDS; i++)
		if (m->said[i] != NULL)
			json_object_set_new(there, case_words[i].name, json_string(m->said[i]));
	json_object_set(there, "steps", json_object_get(result, "step"));
}

/* there NULL: it makes a case. */
static int
send(struct import *m, const struct sheet_row *row, const char *event, json_t *there)
{
	const char *number = there == NULL ? NULL : member_text(there, "number");
	Sems__V1__CaseRequest q = SEMS__V1__CASE_REQUEST__INIT;
	struct case_message message;
	Sems__V1__CaseEvent *list[] = {&message.event};
	const json_t *result;
	json_t *answer = NULL;
	int status;

	if (!case_message_make(&message, m->said, event, number, m->w->kind))
		return command_usage(m->w->command, "no random numbers are to be had");
	make_id(m, there, &message);
	q.operation = SEMS__V1__CASE_OPERATION__CASE_OPERATION_TELL;
	q.events = list;
	q.n_events = COUNT(list);
	status = case_ask(m->w, &q, &answer);
	if (status == EXIT_REFUSED || status == EXIT_REJECTED || status == EXIT_USAGE)
		return refuse(m, row, "was refused");
	if (status != EXIT_DONE)
		return status;
	result = json_array_get(json_object_get(answer, "results"), 0);
	if (strcmp(member_text(result, "verdict"), "DUPLICATE") == 0) {
		m->same++;
	} else if (there == NULL) {
		m->made++;
	} else {
		m->changed++;
		note_change(m, there, result);
	}
	json_decref(answer);
	return EXIT_DONE;
}

/* An owner is kept as the person that he is, and as he was named. */
static bool
stands_there(const json_t *there, size_t word, const char *said)
{
	return strcmp(member_text(there, case_words[word].name), said) == 0 ||
	       (word == SAYS_OWNER && strcmp(member_text(there, "owner_as"), said) == 0);
}

/* What stands there already needs no telling; a reason alone tells nothing. */
static size_t
keep_what_differs(struct import *m, const json_t *there)
{
	size_t left = 0;

	for (size_t i = 0; i < CASE_WORDS; i++) {
		if (m->said[i] == NULL)
			continue;
		if (stands_there(there, i, m->said[i]))
			m->said[i] = NULL;
		else if (i != SAYS_REASON)
			left++;
	}
	return left;
}

/* The state that a case is made in. */
static const char *
first_state(const struct machine *machine)
{
	return machine->states[machine_find(machine, CASE_NEW, 0, 0)->to];
}

static int
take_row(struct import *m, const struct sheet_row *row)
{
	const struct machine *machine = case_kinds[m->w->kind].life->machine;
	json_t *there;
	int status = take_cells(m, row);

	if (status != EXIT_DONE)
		return status;
	there = find(m);
	if (there == NULL && m->number[0] != '\0')
		return refuse(m, row, "there is no case of that number");
	if (m->state[0] != '\0' &&
	    strcmp(m->state, there == NULL ? first_state(machine) : member_text(there, "state")) !=
		0)
		return refuse(m, row,
			      "says another state than the register has: a state is what "
			      "the steps lead to, tell those");
	if (there == NULL)
		return send(m, row, machine->events[0], NULL);
	if (keep_what_differs(m, there) == 0) {
		m->same++;
		return EXIT_DONE;
	}
	return send(m, row, "CHANGE", there);
}

static int
read_rows(struct import *m, struct sheet *sheet)
{
	struct sheet_row row;
	struct err e;
	enum sheet_status s;
	int status = EXIT_DONE;

	while (status == EXIT_DONE && (s = sheet_next(sheet, &row, &e)) != SHEET_END) {
		if (s == SHEET_BAD) {
			status = refuse(m, &row, e.text);
		} else if (m->n_columns == 0) {
			status = take_header(m, &row);
		} else {
			status = take_row(m, &row);
			forget_row(m);
		}
	}
	return status;
}

int
case_import(struct case_wish *w, const char *path)
{
	struct import m = {.w = w};
	struct sheet *sheet = NULL;
	struct err e;
	int status;

	if (path == NULL)
		return command_usage(w->command, "import: say which file");
	if (sheet_open(&(struct sheet_file){.path = path}, &sheet, &e) != OK)
		return command_fail(&e);
	status = case_all(w, &m.there);
	if (status == EXIT_DONE)
		status = read_rows(&m, sheet);
	if (status == EXIT_DONE)
		printf("%zu made, %zu changed, %zu as they were, %zu refused\n", m.made, m.changed,
		       m.same, m.refused);
	json_decref(m.there);
	sheet_close(sheet);
	return status == EXIT_DONE && m.refused > 0 ? EXIT_REJECTED : status;
}
