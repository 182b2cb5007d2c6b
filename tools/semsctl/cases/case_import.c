/*
 * A register that was kept in a spreadsheet: a row a case, a column a word. What is there already,
 * by its number or by `ref`, its number elsewhere, is changed where the row says something else;
 * all other rows make cases. A word that names cases may name them as @REF, by their ref. An
 * event's id is made of what the row says and of how many steps the case has, so that the same file
 * again changes nothing, and changes what was changed back since.
 */
#include "base/arena.h"
#include "base/buf.h"
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
	json_t *there;              /* all cases of the kind */
	json_t *others[CASE_KINDS]; /* of another, that a row names by a ref; NULL: not asked yet */
	unsigned columns[COLUMNS_MAX];
	size_t n_columns;
	struct arena *arena;    /* of a row */
	char *said[CASE_WORDS]; /* in it */
	char number[CASE_NUMBER_SIZE];
	char state[32];
	char *scores[CASE_WORDS];    /* of a scenario's row: what makes an assessment of it */
	char last[CASE_NUMBER_SIZE]; /* the case that was told of last */
	size_t made, changed, same, refused, assessed;
};

static void
forget_row(struct import *m)
{
	arena_free(m->arena);
	m->arena = NULL;
	memset(m->said, 0, sizeof m->said);
	memset(m->scores, 0, sizeof m->scores);
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

/* A register often has the scores in a scenario's row. */
static bool
is_score(const struct import *m, size_t word)
{
	return m->w->kind == CASE_SCENARIO && !life_says(&life_scenario, word) &&
	       life_says(&life_assessment, word);
}

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
		    (m->columns[i] < CASE_WORDS && !life_says(life, m->columns[i]) &&
		     !is_score(m, m->columns[i])))
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

/* --- what a row names by its number elsewhere ------------------------------------------------- */

/* Of which kind the cases are that a word names; CASE_KINDS: none. */
static enum case_kind
named_kind(size_t word)
{
	static const struct {
		enum case_word word;
		enum case_kind kind;
	} named[] = {
	    {SAYS_SCENARIO, CASE_SCENARIO}, {SAYS_SCENARIOS, CASE_SCENARIO},
	    {SAYS_CONTROL, CASE_CONTROL},   {SAYS_CONTROLS, CASE_CONTROL},
	    {SAYS_ASSETS, CASE_ASSET},      {SAYS_FINDING, CASE_FINDING},
	    {SAYS_REPEAT_OF, CASE_FINDING},
	};

	for (size_t i = 0; i < COUNT(named); i++)
		if (named[i].word == word)
			return named[i].kind;
	return CASE_KINDS;
}

/* The number of the case that has this ref; NULL: none has. */
static const char *
number_of(const json_t *cases, struct text ref)
{
	size_t i;
	json_t *one;

	json_array_foreach(cases, i, one)
	{
		if (text_is(ref, member_text(one, "ref")))
			return member_text(one, "number");
	}
	return NULL;
}

static int
load(struct import *m, enum case_kind kind)
{
	struct case_wish w = {.o = m->w->o, .command = m->w->command, .kind = kind};

	return m->others[kind] == NULL ? case_all(&w, &m->others[kind]) : EXIT_DONE;
}

/* A word with each "@REF" in it replaced by the number of that case; in the row's arena. */
static int
resolve_word(struct import *m, const struct sheet_row *row, size_t word)
{
	enum case_kind kind = named_kind(word);
	char why[200];
	struct buf out;
	int status = EXIT_DONE;

	if (kind == CASE_KINDS || m->said[word] == NULL || strchr(m->said[word], '@') == NULL)
		return EXIT_DONE;
	status = load(m, kind);
	buf_init(&out, LIFE_TEXT_MAX);
	for (const char *s = m->said[word]; status == EXIT_DONE && *s != '\0';) {
		size_t n = strcspn(s, " ");
		struct text item = {s, n};
		const char *number = NULL;

		if (n > 0 && s[0] == '@')
			number = number_of(m->others[kind], (struct text){s + 1, n - 1});
		if (n > 0 && s[0] == '@' && number == NULL) {
			text_print(why, sizeof why, "%s: no %s has the ref %.*s",
				   case_words[word].name, case_kinds[kind].title, (int)(n - 1),
				   s + 1);
			buf_fini(&out);
			refuse(m, row, why);
			return EXIT_REJECTED;
		}
		buf_addf(&out, "%s%.*s", out.n == 0 ? "" : " ",
			 number == NULL ? (int)item.n : (int)strlen(number),
			 number == NULL ? item.s : number);
		s += n + strspn(s + n, " ");
	}
	if (status == EXIT_DONE)
		m->said[word] = arena_printf(m->arena, "%.*s", (int)out.n, (const char *)out.p);
	status = status == EXIT_DONE && m->said[word] == NULL ? EXIT_FAULT : status;
	buf_fini(&out);
	return status;
}

/* EXIT_REJECTED: one is not there, which was told. */
static int
resolve(struct import *m, const struct sheet_row *row)
{
	int status = EXIT_DONE;

	for (size_t i = 0; i < CASE_WORDS && status == EXIT_DONE; i++)
		status = resolve_word(m, row, i);
	return status;
}

/* --- telling ---------------------------------------------------------------------------------- */

/* Of the kind, the case if it is there with its steps, and all that is said. */
static void
make_id(const struct import *m, enum case_kind kind, const json_t *there,
	struct case_message *message)
{
	unsigned char digest[SHA256_SIZE];
	json_t *j = json_array();
	char *text;

	json_array_append_new(j, json_string(case_kinds[kind].name));
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

/* Tells what the row says; verdict: of the event, "" where it was refused, which was told. */
static int
send(struct import *m, const struct sheet_row *row, enum case_kind kind, const char *event,
     const json_t *there, json_t **result)
{
	const char *number = there == NULL ? NULL : member_text(there, "number");
	Sems__V1__CaseRequest q = SEMS__V1__CASE_REQUEST__INIT;
	struct case_message message;
	Sems__V1__CaseEvent *list[] = {&message.event};
	json_t *answer = NULL;
	int status;

	*result = NULL;
	if (!case_message_make(&message, m->said, event, number, kind))
		return command_usage(m->w->command, "no random numbers are to be had");
	make_id(m, kind, there, &message);
	q.operation = SEMS__V1__CASE_OPERATION__CASE_OPERATION_TELL;
	q.events = list;
	q.n_events = COUNT(list);
	status = case_ask(m->w, &q, &answer);
	if (status == EXIT_REFUSED || status == EXIT_REJECTED || status == EXIT_USAGE)
		return refuse(m, row, "was refused");
	if (status != EXIT_DONE)
		return status;
	*result = json_incref(json_array_get(json_object_get(answer, "results"), 0));
	text_print(m->last, sizeof m->last, "%s", member_text(*result, "number"));
	json_decref(answer);
	return EXIT_DONE;
}

static bool
is_duplicate(const json_t *result)
{
	return strcmp(member_text(result, "verdict"), "DUPLICATE") == 0;
}

/* there NULL: it makes a case. */
static int
send_case(struct import *m, const struct sheet_row *row, const char *event, json_t *there)
{
	json_t *result;
	int status = send(m, row, m->w->kind, event, there, &result);

	if (status != EXIT_DONE || result == NULL)
		return status;
	if (is_duplicate(result)) {
		m->same++;
	} else if (there == NULL) {
		m->made++;
	} else {
		m->changed++;
		note_change(m, there, result);
	}
	json_decref(result);
	return EXIT_DONE;
}

/* --- scores in a scenario's row --------------------------------------------------------------- */

/* Out of what is said of the scenario; the day of the review is the assessment's. */
static void
take_scores(struct import *m)
{
	for (size_t i = 0; i < CASE_WORDS; i++) {
		bool goes = is_score(m, i) || (i == SAYS_REVIEW_ON && m->w->kind == CASE_SCENARIO &&
					       m->said[SAYS_THREAT] != NULL);

		if (goes) {
			m->scores[i] = m->said[i];
			m->said[i] = NULL;
		}
	}
}

/* As a draft, once: the same scores again are the same event. */
static int
send_scores(struct import *m, const struct sheet_row *row)
{
	json_t *result;
	int status;

	if (m->scores[SAYS_THREAT] == NULL || m->last[0] == '\0')
		return EXIT_DONE;
	memcpy(m->said, m->scores, sizeof m->said);
	m->said[SAYS_SCENARIO] = m->last;
	status = send(m, row, CASE_ASSESSMENT, life_assessment.machine->events[0], NULL, &result);
	if (result != NULL && !is_duplicate(result))
		m->assessed++;
	json_decref(result);
	return status;
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

	if (status == EXIT_DONE)
		status = resolve(m, row);
	if (status != EXIT_DONE)
		return status == EXIT_REJECTED ? EXIT_DONE : status;
	there = find(m);
	if (there == NULL && m->number[0] != '\0')
		return refuse(m, row, "there is no case of that number");
	if (m->state[0] != '\0' &&
	    strcmp(m->state, there == NULL ? first_state(machine) : member_text(there, "state")) !=
		0)
		return refuse(m, row,
			      "says another state than the register has: a state is what "
			      "the steps lead to, tell those");
	take_scores(m);
	m->last[0] = '\0';
	if (there == NULL) {
		status = send_case(m, row, machine->events[0], NULL);
	} else if (keep_what_differs(m, there) == 0) {
		text_print(m->last, sizeof m->last, "%s", member_text(there, "number"));
		m->same++;
	} else {
		status = send_case(m, row, "CHANGE", there);
	}
	return status == EXIT_DONE ? send_scores(m, row) : status;
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
		printf("%zu made, %zu changed, %zu as they were, %zu refused%s\n", m.made,
		       m.changed, m.same, m.refused,
		       m.assessed > 0 ? "; scores are drafts to adopt" : "");
	json_decref(m.there);
	for (size_t i = 0; i < CASE_KINDS; i++)
		json_decref(m.others[i]);
	sheet_close(sheet);
	return status == EXIT_DONE && m.refused > 0 ? EXIT_REJECTED : status;
}
