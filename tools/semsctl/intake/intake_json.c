/* `send --json`: a record a line. */
#include "base/json/jsonin.h"
#include "tools/import/build.h"
#include "tools/import/identity.h"
#include "tools/semsctl/intake/intake_run.h"
#include "tools/sheet/infile.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES_MAX (1024u * 1024u)

/* False: *why says what is wrong with the line. */
static bool
record_of_json(struct run *r, json_t *object, const char *line_number, struct record *rec,
	       struct err *why)
{
	struct builder b = {r->row, r->zones};
	const char *kind = member_maybe(object, "kind");
	struct value *v;

	if (!json_is_object(object))
		return err_set(why, REJ_MALFORMED, "", "is not a JSON object") == OK;
	if (kind != NULL && strcmp(kind, r->in->kind->name) != 0)
		return err_set(why, REJ_FIELD, "kind", "is a record of kind %s, not %s", kind,
			       r->in->kind->name) == OK;
	if (!build_start(&b, r->in->kind, rec))
		return err_set(why, TRY_LIMIT, "", "the line is too large") == OK;
	if (build_json(&b, rec, object, why) != OK)
		return false;
	v = rec->v;
	if (!v[ENV_SOURCE].set && r->in->source != NULL)
		v[ENV_SOURCE] = (struct value){.set = true, .text = text_of(r->in->source)};
	if (!v[ENV_SOURCE_RECORD_ID].set)
		v[ENV_SOURCE_RECORD_ID] = (struct value){.set = true, .text = text_of(line_number)};
	if (!v[ENV_SOURCE].set || !v[ENV_OCCURRED_AT].set)
		return err_set(why, REJ_FIELD, v[ENV_SOURCE].set ? "occurred_at" : "source",
			       "is missing") == OK;
	return v[ENV_RECORD_ID].set || identity_set(rec) ||
	       err_set(why, REJ_FIELD, "source_record_id", "is too long") == OK;
}

/* A line of the file that is not blank. */
struct json_line {
	struct text text;
	uint64_t number;
	uint64_t offset;
	size_t size;            /* in the file */
	const char *own_number; /* for a record that has none; NULL: the line is too long */
	/* What it says; valid until the next line is read. */
	json_t *object;
};

/* The file's lines, from its first byte. */
struct json_lines {
	FILE *f;
	struct row_numbers *numbers;
	struct buf raw;
	struct json_line line;
};

static bool
is_blank(const char *s, size_t n)
{
	return strspn(s, " \t\r\n") >= n;
}

/* The next line with its end, and a NUL behind; of one that is too long, no more than line holds,
 * and line->failed. How many bytes it has in the file; 0: there is none. */
static size_t
next_line(FILE *f, struct buf *line)
{
	size_t n = 0;
	int c;

	buf_clear(line);
	while ((c = getc_unlocked(f)) != EOF) {
		const char byte = (char)c;

		n++;
		buf_add(line, &byte, 1);
		if (c == '\n')
			break;
	}
	buf_add(line, "", 1);
	return n;
}

static int
open_lines(struct run *r, struct json_lines *l)
{
	*l = (struct json_lines){.numbers = row_numbers_new()};
	buf_init(&l->raw, LINE_BYTES_MAX + 1);
	l->f = lseek(r->fd, 0, SEEK_SET) == 0 ? fdopen(dup(r->fd), "r") : NULL;
	return l->f != NULL && l->numbers != NULL ? EXIT_DONE : intake_no_memory(r);
}

static void
close_lines(struct json_lines *l)
{
	if (l->f != NULL)
		fclose(l->f);
	json_decref(l->line.object);
	buf_fini(&l->raw);
	row_numbers_free(l->numbers);
}

/* False: there is no further one. */
static bool
read_line(struct json_lines *l, struct arena *row)
{
	struct json_line *line = &l->line;

	do {
		line->offset += line->size;
		line->size = next_line(l->f, &l->raw);
		line->number++;
		line->text = (struct text){(const char *)l->raw.p, line->size};
		while (!l->raw.failed && line->text.n > 0 &&
		       (line->text.s[line->text.n - 1] == '\n' ||
			line->text.s[line->text.n - 1] == '\r'))
			line->text.n--;
	} while (line->size > 0 && !l->raw.failed && is_blank(line->text.s, line->text.n));
	line->own_number = l->raw.failed ? NULL : row_numbers_next(l->numbers, &line->text, 1, row);
	return line->size > 0;
}

/* False: *why says what is wrong with the line. The record is valid until the next line is read. */
static bool
read_record(struct run *r, struct json_line *line, struct record *rec, struct err *why)
{
	json_error_t je;

	json_decref(line->object);
	line->object = NULL;
	if (line->own_number == NULL)
		return err_set(why, REJ_MALFORMED, "", "the line is too long") == OK;
	line->object = json_loadb(line->text.s, line->text.n, JSON_REJECT_DUPLICATES, &je);
	if (line->object == NULL)
		return err_set(why, REJ_MALFORMED, "", "is not JSON: %s", je.text) == OK;
	return record_of_json(r, line->object, line->own_number, rec, why);
}

/* Which numbers are stored at another time is told before anything is sent. */
static int
look_at_lines(struct run *r)
{
	struct json_lines l;
	struct record rec;
	struct err why;
	enum code rc = OK;
	int status = open_lines(r, &l);

	r->lookup = lookup_new(r->client);
	if (status == EXIT_DONE && r->lookup == NULL)
		status = intake_no_memory(r);
	while (status == EXIT_DONE && rc == OK && (rc = intake_check_interrupt(r)) == OK &&
	       read_line(&l, r->row)) {
		if (read_record(r, &l.line, &rec, &why))
			rc = lookup_record(r->lookup, &rec, l.line.number, &r->e);
		arena_reset(r->row);
	}
	close_lines(&l);
	if (status != EXIT_DONE)
		return status;
	if (rc != OK || lookup_end(r->lookup, &r->e) != OK)
		return command_fail(&r->e);
	return intake_tell_looked(r);
}

static enum code
deliver_lines(struct run *r, struct json_lines *l, uint64_t size, struct progress *bar)
{
	struct record rec;
	struct err why;
	enum code rc = OK;

	while (rc == OK && (rc = intake_check_interrupt(r)) == OK && read_line(l, r->row)) {
		delivery_line(r->delivery, l->line.number, l->line.offset, l->line.size);
		if (read_record(r, &l->line, &rec, &why))
			rc = delivery_records(r->delivery, &rec, 1, &r->e);
		else
			delivery_reject(r->delivery, why.where, "", why.text);
		if (rc == OK)
			rc = delivery_line_end(r->delivery, &r->e);
		arena_reset(r->row);
		progress_show(bar, l->line.offset + l->line.size, size);
	}
	return rc;
}

int
intake_json(struct run *r)
{
	struct json_lines lines;
	struct progress bar;
	uint64_t size = 0;
	enum code sent;
	int rc;

	if (infile_open(r->in->path, &r->fd, &size, &r->e) != OK)
		return intake_fail(r);
	rc = intake_connect(r);
	if (rc == EXIT_DONE)
		rc = intake_zones(r);
	if (rc == EXIT_DONE && r->client != NULL)
		rc = look_at_lines(r);
	if (rc == EXIT_DONE)
		rc = intake_open_delivery(r, r->fd);
	if (rc != EXIT_DONE)
		return rc;
	rc = open_lines(r, &lines);
	if (rc != EXIT_DONE) {
		close_lines(&lines);
		return rc;
	}
	progress_begin(&bar, r->in->dry_run ? "Checking" : "Sending", r->o->quiet);
	sent = deliver_lines(r, &lines, size, &bar);
	progress_end(&bar);
	close_lines(&lines);
	return intake_finish(r, sent);
}
