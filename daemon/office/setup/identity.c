/*
 * Who the persons in records are: noted, found by identifier or by pseudonym, and erased. Names are
 * in the map alone; pseudonyms are made of its identifiers when somebody asks, and kept beside no
 * name, so that nobody can be recognised once a year's key is destroyed.
 */
#include "base/civil.h"
#include "base/count.h"
#include "base/file/embed.h"
#include "base/log.h"
#include "office/call.h"
#include "office/pseudonym.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define PERSONS_MAX    200
#define NAME_MAX_BYTES 200
/* On a page of the search by pseudonym: each takes a HMAC for each year's key, and meanwhile
 * everybody waits. */
#define PAGE      100
#define PAGE_TEXT "100"

struct identity {
	unsigned asked; /* statements of the change */
	char *list;     /* jansson's, as the following */
	char *pseudonyms;
	char *more;
	char subject[PSEUDONYM_TEXT + 1];
	size_t per_person; /* pseudonyms of each */
	struct err barred;
	int64_t added, changed;
	bool was_there;
	/* A search. */
	const char *after;
	const char *only; /* this one; NULL: whoever has the pseudonym */
	const char *wanted;
	bool is_last;
	json_t *answer;
};

static void
identity_end(struct call *c, const struct err *e, json_t *answer)
{
	struct identity *s = c->state;

	free(s->list);
	free(s->pseudonyms);
	free(s->more);
	if (e->code == OK) {
		call_reply_json(c, answer);
		return;
	}
	json_decref(answer);
	call_fail_err(c, e);
}

static struct identity *
identity_new(struct call *c)
{
	struct identity *s = arena_zalloc(c->arena, 1, sizeof *s);

	if (s == NULL)
		call_fail_memory(c);
	c->state = s;
	return s;
}

/* Takes `given`; NULL: out of memory, which the call finds out. */
static char *
dump(json_t *given)
{
	char *text = given == NULL ? NULL : json_dumps(given, JSON_COMPACT);

	json_decref(given);
	return text;
}

static void
run_change(struct call *c, bool (*next)(struct job *j, struct statement *st, struct err *e),
	   void (*rows)(struct job *j, const struct rows *r),
	   void (*done)(struct job *j, const struct err *e))
{
	c->job = (struct job){.role = DB_IDENTITY,
			      .writes = true,
			      .next = next,
			      .rows = rows,
			      .done = done,
			      .ctx = c};
	call_run(c, LANE_SHORT);
}

static struct statement
log_statement(const char *what, const struct identity *s)
{
	return (struct statement){
	    embed_text("sql/queries/setup/log_note.sql"), 3, {what, s->subject, s->more}};
}

/* --- noting ----------------------------------------------------------------------------------- */

static bool
note_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct identity *s = c->state;

	if (s->barred.code != OK) {
		*e = s->barred;
		return false;
	}
	switch (s->asked++) {
	case 0:
		*st = (struct statement){
		    embed_text("sql/queries/setup/identity_barred.sql"), 1, {s->pseudonyms}};
		return true;
	case 1:
		*st = (struct statement){
		    embed_text("sql/queries/setup/identity_note.sql"), 1, {s->list}};
		return true;
	case 2:
		*st = log_statement("identity.note", s);
		return true;
	default:
		return false;
	}
}

static void
note_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct identity *s = c->state;
	char at[48];

	if (s->asked == 1 && rows_count(r) > 0 && s->per_person > 0) {
		snprintf(at, sizeof at, "persons[%zu].person",
			 (size_t)rows_int(r, 0, 1) / s->per_person);
		pseudonym_barred(r, at, &s->barred);
	} else if (s->asked == 2) {
		s->added = rows_int(r, 0, 0);
		s->changed = rows_int(r, 0, 1);
	}
}

static void
note_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	const struct identity *s = c->state;

	if (e->code == OK)
		log_info("identity.noted", KV("by", c->who.principal.s));
	identity_end(c, e,
		     json_pack("{s:I, s:I}", "added", (json_int_t)s->added, "changed",
			       (json_int_t)s->changed));
}

static enum code
check_person(const struct identity_person *p, size_t i, struct err *e)
{
	char at[48];

	snprintf(at, sizeof at, "persons[%zu].person", i);
	if (p->person == NULL || p->person[0] == '\0' || p->person[0] == '~' ||
	    strlen(p->person) > PERSON_MAX_BYTES || !text_is_clean_utf8(text_of(p->person)))
		return err_set(e, REJ_FIELD, at,
			       "is an identifier as senders give it: text of at most %d bytes, no "
			       "~ before it",
			       PERSON_MAX_BYTES);
	snprintf(at, sizeof at, "persons[%zu].name", i);
	if (p->name == NULL || p->name[0] == '\0' || !text_is_clean_utf8(text_of(p->name)) ||
	    strlen(p->name) > NAME_MAX_BYTES)
		return err_set(e, REJ_FIELD, at, "is text of at most %d bytes", NAME_MAX_BYTES);
	snprintf(at, sizeof at, "persons[%zu].until", i);
	if (p->until != NULL && p->until[0] != '\0' && !civil_is_day(p->until))
		return err_set(e, REJ_FIELD, at, "is a day, such as 2026-11-30");
	for (size_t k = 0; k < i; k++)
		if (strcmp(p[-(ptrdiff_t)(i - k)].person, p->person) == 0) {
			snprintf(at, sizeof at, "persons[%zu].person", i);
			return err_set(e, REJ_FIELD, at, "stands twice: persons[%zu] is the same",
				       k);
		}
	return OK;
}

static json_t *
persons_json(const struct identity_request *q)
{
	json_t *all = json_array();

	for (size_t i = 0; i < q->n_persons; i++) {
		const struct identity_person *p = &q->persons[i];
		const char *until = p->until == NULL || p->until[0] == '\0' ? NULL : p->until;

		json_array_append_new(all, json_pack("{s:s, s:s, s:s?}", "person", p->person,
						     "name", p->name, "until", until));
	}
	return all;
}

/* Each person's, one after the other. */
static enum code
all_pseudonyms(const struct call *c, json_t **all, struct err *e)
{
	const struct identity_request *q = c->request.identity;

	*all = json_array();
	for (size_t i = 0; i < q->n_persons; i++) {
		json_t *own;
		enum code code = pseudonyms_of(c, q->persons[i].person, &own, e);

		if (code == REJ_STATE) { /* no key yet, and so no pseudonym that could be barred */
			*e = (struct err){.code = OK};
			return OK;
		}
		if (code != OK)
			return code;
		json_array_extend(*all, own);
		json_decref(own);
	}
	return OK;
}

static void
note(struct call *c)
{
	const struct identity_request *q = c->request.identity;
	struct identity *s = identity_new(c);
	struct err e = {.code = OK};
	json_t *all = NULL;

	if (s == NULL)
		return;
	if (q->n_persons == 0 || q->n_persons > PERSONS_MAX)
		err_set(&e, REJ_FIELD, "persons", "are 1 to %d", PERSONS_MAX);
	for (size_t i = 0; i < q->n_persons && e.code == OK; i++)
		if (check_person(&q->persons[i], i, &e) != OK)
			break;
	if (e.code == OK && all_pseudonyms(c, &all, &e) == OK) {
		s->per_person = q->n_persons == 0 ? 0 : json_array_size(all) / q->n_persons;
		s->list = dump(persons_json(q));
		s->more = dump(json_object());
		snprintf(s->subject, sizeof s->subject, "%zu persons", q->n_persons);
	}
	s->pseudonyms = dump(all);
	if (e.code == OK && call_lacks_memory(c))
		err_set(&e, TRY_LIMIT, "", "out of memory; try again");
	if (e.code != OK)
		identity_end(c, &e, NULL);
	else
		run_change(c, note_next, note_rows, note_done);
}

/* --- finding ---------------------------------------------------------------------------------- */

/* {"person", "name", "until", "pseudonyms": [{"year", "pseudonym"}]}; NULL: he has not the one that
 * is wanted. */
static json_t *
person_json(const struct call *c, const struct identity *s, const struct rows *r, int i)
{
	struct year_key years[PSEUDONYM_YEARS];
	size_t n = pseudonym_years(c, years);
	json_t *all = json_array();
	bool is_wanted = s->wanted == NULL;

	for (size_t y = 0; y < n; y++) {
		char text[PSEUDONYM_TEXT + 1] = "~";

		if (!pseudonym_text(&years[y], text_of(rows_text(r, i, 0)), text + 1))
			break;
		is_wanted = is_wanted || strcasecmp(text, s->wanted) == 0;
		json_array_append_new(
		    all, json_pack("{s:i, s:s}", "year", years[y].year, "pseudonym", text));
	}
	if (!is_wanted) {
		json_decref(all);
		return NULL;
	}
	return json_pack("{s:s, s:s, s:s?, s:o}", "person", rows_text(r, i, 0), "name",
			 rows_text(r, i, 1), "until", rows_text(r, i, 2), "pseudonyms", all);
}

static bool
find_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	const struct identity *s = c->state;

	(void)e;
	if (s->is_last || s->answer != NULL)
		return false;
	*st = (struct statement){
	    embed_text("sql/queries/setup/identity_page.sql"), 3, {s->after, PAGE_TEXT, s->only}};
	return true;
}

static void
find_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct identity *s = c->state;
	int n = rows_count(r);

	for (int i = 0; i < n && s->answer == NULL; i++)
		s->answer = person_json(c, s, r, i);
	s->is_last = n < PAGE;
	if (!s->is_last)
		s->after = rows_keep(r, n - 1, 0, c->arena);
	s->is_last = s->is_last || s->after == NULL;
}

static void
find_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	const struct identity *s = c->state;
	struct err none;

	if (e->code == OK && s->answer == NULL) {
		err_set(&none, REJ_NOT_FOUND, "person", "is nobody who was noted here");
		e = &none;
	}
	identity_end(c, e, s->answer);
}

/* The access log has it by now. */
static void
find_go(struct call *c)
{
	const char *person = c->request.identity->person;
	struct identity *s = identity_new(c);

	if (s == NULL)
		return;
	s->after = "";
	s->wanted = person[0] == '~' ? person : NULL;
	s->only = person[0] == '~' ? NULL : person;
	c->job = (struct job){
	    .role = DB_IDENTITY, .next = find_next, .rows = find_rows, .done = find_done, .ctx = c};
	call_run(c, LANE_LONG);
}

static void
find(struct call *c)
{
	const struct identity_request *q = c->request.identity;
	struct err e;
	json_t *pseudonyms;

	if (reason_check(q->reason, &e) != OK || pseudonyms_of(c, q->person, &pseudonyms, &e) != OK)
		call_fail_err(c, &e);
	else
		call_about(c, "identity.find", pseudonyms, q->reason, find_go);
}

/* --- erasing ---------------------------------------------------------------------------------- */

static bool
erase_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct identity *s = c->state;
	const struct identity_request *q = c->request.identity;

	(void)e;
	switch (s->asked++) {
	case 0:
		*st = (struct statement){embed_text("sql/queries/setup/identity_erase.sql"),
					 4,
					 {q->person, s->pseudonyms, q->reason, c->who.principal.s}};
		return true;
	case 1:
		*st = log_statement("identity.erase", s);
		return true;
	default:
		return false;
	}
}

static void
erase_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct identity *s = c->state;

	if (s->asked == 1)
		s->was_there = rows_int(r, 0, 0) != 0;
}

/* {"was_noted", "years": those whose keys still make pseudonyms of him} */
static void
erase_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	const struct identity *s = c->state;
	struct year_key years[PSEUDONYM_YEARS];
	size_t n = pseudonym_years(c, years);
	json_t *all = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, json_integer(years[i].year));
	if (e->code == OK)
		log_info("identity.erased", KV("by", c->who.principal.s));
	identity_end(c, e,
		     json_pack("{s:b, s:o}", "was_noted", s->was_there ? 1 : 0, "years", all));
}

static void
erase(struct call *c)
{
	const struct identity_request *q = c->request.identity;
	struct identity *s = identity_new(c);
	struct err e = {.code = OK};
	json_t *pseudonyms = NULL;

	if (s == NULL)
		return;
	if (q->person != NULL && q->person[0] == '~')
		err_set(&e, REJ_FIELD, "person",
			"name him as senders do: a pseudonym is that of one year");
	else if (reason_check(q->reason, &e) == OK)
		pseudonyms_of(c, q->person, &pseudonyms, &e);
	if (e.code == OK) {
		snprintf(s->subject, sizeof s->subject, "~%s", pseudonym_newest(pseudonyms));
		s->more = dump(json_pack("{s:s}", "reason", q->reason));
	}
	s->pseudonyms = dump(pseudonyms);
	if (e.code == OK && call_lacks_memory(c))
		err_set(&e, TRY_LIMIT, "", "out of memory; try again");
	if (e.code != OK)
		identity_end(c, &e, NULL);
	else
		run_change(c, erase_next, erase_rows, erase_done);
}

static const struct {
	uint32_t operation;
	void (*run)(struct call *c);
} operations[] = {
    {IDENTITY_OP_NOTE, note},
    {IDENTITY_OP_FIND, find},
    {IDENTITY_OP_ERASE, erase},
};

void
admin_identity(struct call *c)
{
	size_t i = 0;

	while (i < COUNT(operations) && operations[i].operation != c->request.identity->operation)
		i++;
	if (i < COUNT(operations))
		operations[i].run(c);
	else
		call_fail(c, ANSWER_INVALID, "operation",
			  "an operation that this version does not know");
}
