#include "tools/semsctl/setup/identity.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/uuid.h"
#include "client/ask.h"
#include "tools/sheet/sheet.h"
#include "tools/terminal/listing.h"
#include "tools/terminal/outfile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define PERSONS_A_REQUEST 200
#define PAGE              1000

/* --- noting ----------------------------------------------------------------------------------- */

/* A file of persons: its columns, by their names. */
enum { COL_PERSON, COL_NAME, COL_UNTIL, N_COLS };
static const char *const col_names[N_COLS] = {"person", "name", "until"};

struct noting {
	struct client *client;
	Sems__V1__IdentityPerson persons[PERSONS_A_REQUEST];
	Sems__V1__IdentityPerson *list[PERSONS_A_REQUEST];
	uint64_t lines[PERSONS_A_REQUEST];
	size_t n;
	size_t at[N_COLS]; /* in a row; SIZE_MAX: the file has no such column */
	json_int_t added, changed;
};

static char *
copy_text(struct text t)
{
	char *s = malloc(t.n + 1);

	if (s == NULL)
		return NULL;
	memcpy(s, t.s, t.n);
	s[t.n] = '\0';
	return s;
}

static void
forget_persons(struct noting *n)
{
	for (size_t i = 0; i < n->n; i++) {
		free(n->persons[i].person);
		free(n->persons[i].name);
		free(n->persons[i].until);
	}
	n->n = 0;
}

/* "persons[7].name" of an answer is of a line of the file. */
static void
name_line(const struct noting *n, struct err *e)
{
	static const char before[] = "persons[";
	char said[sizeof e->text];
	size_t i;

	if (strncmp(e->where, before, sizeof before - 1) != 0)
		return;
	i = strtoul(e->where + sizeof before - 1, NULL, 10);
	if (i >= n->n)
		return;
	snprintf(said, sizeof said, "%s", e->text);
	text_print(e->text, sizeof e->text, "line %" PRIu64 ": %s", n->lines[i], said);
	e->where[0] = '\0';
}

static enum code
send_persons(struct noting *n, struct err *e)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__IdentityRequest q = SEMS__V1__IDENTITY_REQUEST__INIT;
	json_t *answer;
	enum code rc;

	if (n->n == 0)
		return OK;
	q.has_operation = 1;
	q.operation = SEMS__V1__IDENTITY_OPERATION__IDENTITY_OPERATION_NOTE;
	q.n_persons = n->n;
	q.persons = n->list;
	request.body_case = SEMS__V1__REQUEST__BODY_IDENTITY;
	request.identity = &q;
	rc = ask_over(n->client, &request, &answer, e);
	if (rc != OK)
		name_line(n, e);
	n->added += json_integer_value(json_object_get(answer, "added"));
	n->changed += json_integer_value(json_object_get(answer, "changed"));
	json_decref(answer);
	forget_persons(n);
	return rc;
}

static enum code
read_header(struct noting *n, const struct sheet_row *row, struct err *e)
{
	for (size_t c = 0; c < N_COLS; c++) {
		n->at[c] = SIZE_MAX;
		for (size_t i = 0; i < row->n; i++)
			if (text_is(row->cells[i], col_names[c]))
				n->at[c] = i;
		if (n->at[c] == SIZE_MAX && c != COL_UNTIL)
			return err_set(e, REJ_FIELD, col_names[c],
				       "is no column of the file's first row; it needs person "
				       "and name, and may have until");
	}
	return OK;
}

static enum code
take_row(struct noting *n, const struct sheet_row *row, struct err *e)
{
	struct text cell[N_COLS];
	Sems__V1__IdentityPerson *p = &n->persons[n->n];

	for (size_t c = 0; c < N_COLS; c++)
		cell[c] = n->at[c] < row->n ? row->cells[n->at[c]] : text_of("");
	sems__v1__identity_person__init(p);
	p->person = copy_text(cell[COL_PERSON]);
	p->name = copy_text(cell[COL_NAME]);
	p->until = copy_text(cell[COL_UNTIL]);
	n->list[n->n] = p;
	n->lines[n->n++] = row->line;
	if (p->person == NULL || p->name == NULL || p->until == NULL)
		return err_set(e, TRY_LIMIT, "", "out of memory");
	return n->n == PERSONS_A_REQUEST ? send_persons(n, e) : OK;
}

static enum code
note_file(struct noting *n, const char *path, struct err *e)
{
	struct sheet *sheet = NULL;
	struct sheet_row row;
	enum sheet_status status = SHEET_END;
	enum code rc = sheet_open(&(struct sheet_file){.path = path}, &sheet, e);

	if (rc == OK && (status = sheet_next(sheet, &row, e)) == SHEET_ROW)
		rc = read_header(n, &row, e);
	else if (rc == OK && status == SHEET_END)
		rc = err_set(e, REJ_FIELD, path, "is empty");
	while (rc == OK && status == SHEET_ROW &&
	       (status = sheet_next(sheet, &row, e)) == SHEET_ROW)
		rc = take_row(n, &row, e);
	if (rc == OK && status == SHEET_BAD)
		rc = e->code;
	if (rc == OK)
		rc = send_persons(n, e);
	forget_persons(n);
	sheet_close(sheet);
	return rc;
}

static int
run_note(const struct identity_wish *w)
{
	struct noting n = {0};
	struct err e;
	enum code rc = client_open(w->o->address, &n.client, &e);

	if (rc == OK)
		rc = note_file(&n, w->given, &e);
	client_close(n.client);
	if (n.added + n.changed > 0 || rc == OK)
		printf("Noted: %" JSON_INTEGER_FORMAT " new, %" JSON_INTEGER_FORMAT " changed.\n",
		       n.added, n.changed);
	return rc == OK ? EXIT_DONE : command_fail(&e);
}

/* --- one of them ------------------------------------------------------------------------------ */

static enum code
ask_one(const struct identity_wish *w, Sems__V1__IdentityOperation what, json_t **answer,
	struct err *e)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__IdentityRequest q = SEMS__V1__IDENTITY_REQUEST__INIT;

	q.has_operation = 1;
	q.operation = what;
	q.person = w->given;
	q.reason = w->reason;
	request.body_case = SEMS__V1__REQUEST__BODY_IDENTITY;
	request.identity = &q;
	return ask(w->o->address, &request, answer, e);
}

static const struct listing_column pseudonym_columns[] = {{"year", ">In records of"},
							  {"pseudonym", "Pseudonym"}};

static int
run_find(const struct identity_wish *w)
{
	json_t *answer = NULL;
	const char *until;
	struct err e;

	if (ask_one(w, SEMS__V1__IDENTITY_OPERATION__IDENTITY_OPERATION_FIND, &answer, &e) != OK)
		return command_fail(&e);
	if (w->as_json) {
		json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
		putchar('\n');
	} else {
		until = member_maybe(answer, "until");
		printf("%s: %s%s%s\n\n", member_text(answer, "person"), member_text(answer, "name"),
		       until == NULL ? "" : ", until ", until == NULL ? "" : until);
		listing_table(json_object_get(answer, "pseudonyms"), pseudonym_columns,
			      COUNT(pseudonym_columns), w->o->color, stdout);
	}
	json_decref(answer);
	return EXIT_DONE;
}

static int
run_erase(const struct identity_wish *w)
{
	json_t *answer = NULL;
	const json_t *year;
	struct err e;
	size_t i;

	if (ask_one(w, SEMS__V1__IDENTITY_OPERATION__IDENTITY_OPERATION_ERASE, &answer, &e) != OK)
		return command_fail(&e);
	puts(json_is_true(json_object_get(answer, "was_noted"))
		 ? "Erased: the name is gone, but from backups that were made before, and nobody "
		   "is told "
		   "who it was any more."
		 : "The person was not noted here; from now on nobody is told who it was.");
	fputs(
	    "Records keep pseudonyms. With the identifier from elsewhere somebody who has the keys "
	    "could make them again, until the keys of these years are destroyed:",
	    stdout);
	json_array_foreach(json_object_get(answer, "years"), i, year)
	{
		printf(" %" JSON_INTEGER_FORMAT, json_integer_value(year));
	}
	putchar('\n');
	json_decref(answer);
	return EXIT_DONE;
}

/* --- all that is stored of one ---------------------------------------------------------------- */

struct exporting {
	const struct identity_wish *w;
	struct client *client;
	char after[600];
	json_t *records;
};

/* All that one says, and its corrections. */
static enum code
add_record(struct exporting *x, const json_t *listed, struct err *e)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__RecordRequest q = SEMS__V1__RECORD_REQUEST__INIT;
	char kind[64], source[512];
	struct uuid id;
	json_t *whole;

	if (!uuid_parse(text_of(member_text(listed, "record_id")), &id))
		return err_set(e, FATAL_BUG, "records", "semsd's answer is not what it should be");
	snprintf(kind, sizeof kind, "%s", member_text(listed, "kind"));
	snprintf(source, sizeof source, "%s", member_text(listed, "source"));
	q.kind = kind;
	q.source = source;
	q.has_record_id = 1;
	q.record_id = (ProtobufCBinaryData){sizeof id.b, id.b};
	request.body_case = SEMS__V1__REQUEST__BODY_RECORD;
	request.record = &q;
	if (ask_over(x->client, &request, &whole, e) != OK)
		return e->code;
	json_array_append_new(x->records, whole);
	return OK;
}

static enum code
add_page(struct exporting *x, struct err *e)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__RecordsRequest q = SEMS__V1__RECORDS_REQUEST__INIT;
	json_t *page;
	json_t *listed;
	size_t i;
	enum code rc;

	q.person = x->w->given;
	q.reason = x->w->reason;
	q.has_oldest_first = q.oldest_first = 1;
	q.has_limit = 1;
	q.limit = PAGE;
	q.after = x->after;
	request.body_case = SEMS__V1__REQUEST__BODY_RECORDS;
	request.records = &q;
	rc = ask_over(x->client, &request, &page, e);
	json_array_foreach(json_object_get(page, "records"), i, listed)
	{
		if (rc == OK)
			rc = add_record(x, listed, e);
	}
	snprintf(x->after, sizeof x->after, "%s", rc == OK ? member_text(page, "next") : "");
	json_decref(page);
	return rc;
}

static enum code
write_export(const struct exporting *x, struct err *e)
{
	json_t *all = json_pack("{s:s, s:O}", "person", x->w->given, "records", x->records);
	char *text = json_dumps(all, JSON_INDENT(1));
	enum code rc = OK;

	json_decref(all);
	if (text == NULL)
		return err_set(e, TRY_LIMIT, "", "out of memory");
	if (x->w->out == NULL)
		puts(text);
	else
		rc = outfile_write(x->w->out, text, strlen(text), false, e);
	free(text);
	return rc;
}

static int
run_export(const struct identity_wish *w)
{
	struct exporting x = {.w = w, .records = json_array()};
	struct err e;
	enum code rc = client_open(w->o->address, &x.client, &e);

	do
		rc = rc == OK ? add_page(&x, &e) : rc;
	while (rc == OK && x.after[0] != '\0');
	client_close(x.client);
	if (rc == OK)
		rc = write_export(&x, &e);
	if (rc == OK && w->out != NULL)
		printf(
		    "%s: %zu records that name the person. Tests before their debrief are not "
		    "among them, nor what was refused and is sealed in the quarantine; pseudonyms "
		    "and free text of others may be.\n",
		    w->out, json_array_size(x.records));
	json_decref(x.records);
	return rc == OK ? EXIT_DONE : command_fail(&e);
}

static const struct {
	const char *word;
	identity_run *run;
} words[] = {{"note", run_note}, {"find", run_find}, {"erase", run_erase}, {"export", run_export}};

identity_run *
identity_word(const char *word)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(words[i].word, word) == 0)
			return words[i].run;
	return NULL;
}
