#include "tools/semsctl/intake/intake.h"

#include "base/json/jsonin.h"
#include "core/kind/validate.h"
#include "tools/import/build.h"
#include "tools/import/delivery.h"
#include "tools/import/identity.h"
#include "tools/import/lookup.h"
#include "tools/import/map_of_fields.h"
#include "tools/import/map_plan.h"
#include "tools/import/mapper.h"
#include "tools/semsctl/intake/import_run.h"
#include "tools/semsctl/record/amend.h"
#include "tools/sheet/infile.h"
#include "tools/sheet/rejects.h"
#include "tools/sheet/sheet.h"
#include "tools/terminal/progress.h"

#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RUN_BYTES_MAX    (64u * 1024u * 1024u)
#define ROW_ARENA_BYTES  (16u * 1024u * 1024u)
#define SITES_OF_REQUEST 1000u
#define ANSWER_BYTES     (4u * 1024u * 1024u)
#define LINE_BYTES_MAX   (1024u * 1024u)
#define REASON_DEFAULT   "imported again with another time"

/* A run and all it holds; released in one place. */
struct run {
	const struct options *o;
	const struct intake *in;
	struct arena *arena;
	struct arena *row;  /* forgotten with each row */
	struct map *loaded; /* from YAML */
	struct map *map;    /* loaded, or made of the header */
	struct sheet *sheet;
	int fd; /* of JSON lines */
	struct client *client;
	struct zone file_zone;
	struct zone entity_zone;
	struct when_zones zones;
	struct text *names;
	size_t n_names;
	struct mapper *mapper;
	struct delivery *delivery;
	struct lookup *lookup;
	struct utc_ms started;
	uint64_t replaced;
	char name[IMPORT_RUN_SIZE]; /* as semsd knows it; "": it notes none */
	const char *rejects;
	uint64_t skipped;
	struct err e;
};

/* Input that is wrong, as opposed to a daemon that says no. */
static int
input_fail(const struct run *r)
{
	fprintf(stderr, "semsctl: %s\n", r->e.text);
	return r->e.code >= TRY_STORE && r->e.code != FATAL_CONFIG ? EXIT_FAULT : EXIT_USAGE;
}

static int
out_of_memory(struct run *r)
{
	err_set(&r->e, TRY_LIMIT, "memory", "out of memory");
	return input_fail(r);
}

/* ---- the file and its map ---- */

static int
delimiter_of(const char *name, char *out)
{
	if (name == NULL)
		name = ",";
	if (strcmp(name, "tab") == 0 || strcmp(name, "\\t") == 0)
		name = "\t";
	*out = name[0];
	return name[0] != '\0' && name[1] == '\0' && name[0] != '"';
}

/* The file is named, as what is wrong is what it is. */
static int
sheet_fail(const struct run *r)
{
	struct run named = *r;

	if (r->e.code == REJ_MALFORMED || r->e.code == REJ_FIELD)
		err_set(&named.e, r->e.code, r->e.where, "%s: %s", r->in->path, r->e.text);
	return input_fail(&named);
}

static int
open_sheet(struct run *r)
{
	const struct map *m = r->loaded;
	const char *delimiter = r->in->delimiter;
	struct sheet_file file = {
	    .path = r->in->path,
	    .encoding = r->in->encoding,
	    .sheet = r->in->sheet,
	};
	char c;

	if (delimiter == NULL && m != NULL)
		delimiter = m->delimiter;
	if (file.encoding == NULL && m != NULL)
		file.encoding = m->encoding;
	if (file.sheet == NULL && m != NULL)
		file.sheet = m->sheet;
	if (m != NULL && m->number != NULL && m->number->decimal != NULL)
		file.decimal = m->number->decimal[0];
	if (!delimiter_of(delimiter, &c)) {
		err_set(&r->e, REJ_FIELD, "delimiter", "the delimiter is one character, or 'tab'");
		return input_fail(r);
	}
	file.delimiter = c;
	if (sheet_open(&file, &r->sheet, &r->e) != OK)
		return sheet_fail(r);
	if (r->in->sheet == NULL || sheet_is_workbook(r->sheet))
		return EXIT_DONE;
	err_set(&r->e, REJ_FIELD, "sheet", "it is no workbook: it has no sheets");
	return sheet_fail(r);
}

static int
copy_names(struct run *r, const struct text *cells, size_t n)
{
	r->names = arena_zalloc(r->arena, n + 1, sizeof *r->names);
	r->n_names = n;
	for (size_t i = 0; r->names != NULL && i < n; i++)
		r->names[i] =
		    (struct text){arena_dup(r->arena, cells[i].s, cells[i].n), cells[i].n};
	return arena_failed(r->arena) ? out_of_memory(r) : EXIT_DONE;
}

static int
names_of_map(struct run *r)
{
	struct text *cells = arena_zalloc(r->arena, r->loaded->columns_count + 1, sizeof *cells);

	if (cells == NULL)
		return out_of_memory(r);
	for (unsigned i = 0; i < r->loaded->columns_count; i++)
		cells[i] = text_of(r->loaded->columns[i]);
	return copy_names(r, cells, r->loaded->columns_count);
}

/* Reports have titles above their header. */
#define HEADER_WITHIN 20

/* Templates carry explanations above the header, which begin with '#'. */
static bool
is_comment(const struct run *r, const struct sheet_row *row)
{
	return r->loaded == NULL && row->n > 0 && row->cells[0].n > 0 && row->cells[0].s[0] == '#';
}

/* Every column that is named is in it. */
static bool
is_header(const struct run *r, const struct sheet_row *row)
{
	const struct mapper_columns columns = {row->cells, row->n};
	struct arena *scratch = arena_new(ROW_ARENA_BYTES);
	struct map_plan plan = {0};
	struct map *made;
	struct err e;
	bool fits = scratch != NULL;

	if (fits && r->loaded != NULL)
		fits = map_plan_make(&plan, r->map, row->cells, row->n, scratch, &e) == OK;
	else if (fits)
		fits =
		    map_of_fields(r->in->kind, &columns, r->in->source, scratch, &made, &e) == OK;
	map_plan_fini(&plan);
	arena_free(scratch);
	return fits;
}

/* The first row that can be one; false: none of those that are looked at. */
static bool
find_header(struct run *r, struct sheet_row *row)
{
	struct err e;

	for (unsigned n = 0; n < HEADER_WITHIN;) {
		if (sheet_next(r->sheet, row, &e) != SHEET_ROW)
			return false;
		if (is_comment(r, row))
			continue;
		if (is_header(r, row))
			return true;
		n++;
	}
	return false;
}

/* Where no row can be the header, the first one is what is wrong. */
static int
read_header(struct run *r)
{
	const struct map *m = r->loaded;
	enum sheet_status s;
	struct sheet_row row;

	if (m != NULL && m->header != NULL && !*m->header) {
		/* Rejects have one all the same. */
		if (sheet_is_rejects(r->sheet))
			sheet_next(r->sheet, &row, &r->e);
		return names_of_map(r);
	}
	if (find_header(r, &row))
		return copy_names(r, row.cells, row.n);
	if (sheet_rewind(r->sheet, &r->e) != OK)
		return input_fail(r);
	do {
		s = sheet_next(r->sheet, &row, &r->e);
	} while (s == SHEET_ROW && is_comment(r, &row));
	if (s == SHEET_BAD)
		return input_fail(r);
	if (s == SHEET_END) {
		err_set(&r->e, REJ_MALFORMED, r->in->path, "%s has no header line", r->in->path);
		return input_fail(r);
	}
	return copy_names(r, row.cells, row.n);
}

static int
prepare_map(struct run *r)
{
	if (r->in->map_path == NULL)
		return EXIT_DONE;
	if (map_load(r->in->map_path, &r->loaded, &r->e) != OK)
		return input_fail(r);
	/* A copy, so that its source can be another without the YAML's being lost. */
	r->map = arena_zalloc(r->arena, 1, sizeof *r->map);
	if (r->map == NULL)
		return out_of_memory(r);
	*r->map = *r->loaded;
	if (r->in->source != NULL)
		r->map->source = arena_dup(r->arena, r->in->source, strlen(r->in->source));
	return EXIT_DONE;
}

static int
make_map(struct run *r)
{
	const struct mapper_columns columns = {r->names, r->n_names};

	if (r->map != NULL)
		return EXIT_DONE;
	return map_of_fields(r->in->kind, &columns, r->in->source, r->arena, &r->map, &r->e) == OK
		   ? EXIT_DONE
		   : input_fail(r);
}

/* ---- the daemon and the zones ---- */

static int
connect_daemon(struct run *r)
{
	const Sems__V1__Welcome *w;
	enum code rc = client_open(r->o->address, &r->client, &r->e);

	if (rc != OK) {
		/* A dry run asks nothing of the daemon but its zone. */
		return r->in->dry_run && code_is_retry(rc) ? EXIT_DONE : command_fail(&r->e);
	}
	w = client_welcome(r->client);
	if (w->entity == NULL || w->entity[0] == '\0') {
		err_set(&r->e, REJ_STATE, "",
			"semsd knows no entity yet: set it up with `semsctl init`");
		return r->in->dry_run ? EXIT_DONE : command_fail(&r->e);
	}
	return EXIT_DONE;
}

static int
use_zone(struct run *r, const char *name, struct zone *z, const struct zone **out)
{
	if (name == NULL || name[0] == '\0')
		return EXIT_DONE;
	if (!zone_open(name, z)) {
		err_set(&r->e, REJ_FIELD, "zone",
			"there is no time zone '%s': use a name such as Europe/London", name);
		return input_fail(r);
	}
	*out = z;
	return EXIT_DONE;
}

static int
prepare_zones(struct run *r)
{
	const char *entity = r->client != NULL ? client_welcome(r->client)->zone : NULL;
	const char *file = r->in->zone;
	int rc;

	if (file == NULL && r->loaded != NULL)
		file = r->loaded->zone;
	if (file == NULL)
		file = entity;
	rc = use_zone(r, file, &r->file_zone, &r->zones.file);
	return rc == EXIT_DONE ? use_zone(r, entity, &r->entity_zone, &r->zones.entity) : rc;
}

static int
make_mapper(struct run *r)
{
	mapper_free(r->mapper);
	r->mapper = NULL;
	return mapper_new(r->map, r->names, r->n_names, &r->zones, &r->mapper, &r->e) == OK
		   ? EXIT_DONE
		   : input_fail(r);
}

/* ---- registering sites ---- */

struct sites {
	void *root; /* of char * in the run's arena */
	struct client *client;
	Sems__V1__Site *list[SITES_OF_REQUEST];
	Sems__V1__Site made[SITES_OF_REQUEST];
	size_t n;
	size_t total;
	struct err e;
	enum code rc;
};

static int
compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
keep_node(void *node)
{
	(void)node; /* the arena's */
}

static void
flush_sites(struct sites *s)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__SetupRequest setup = SEMS__V1__SETUP_REQUEST__INIT;
	struct buf answer;

	if (s->n == 0 || s->rc != OK)
		return;
	setup.sites = s->list;
	setup.n_sites = s->n;
	request.body_case = SEMS__V1__REQUEST__BODY_SETUP;
	request.setup = &setup;
	buf_init(&answer, ANSWER_BYTES);
	s->rc = client_ask(s->client, &request, &answer, &s->e);
	buf_fini(&answer);
	s->total += s->n;
	s->n = 0;
}

static void
add_site(struct run *r, struct sites *s, struct text id)
{
	char *name = arena_dup(r->arena, id.s, id.n);
	void **found = name != NULL ? tsearch(name, &s->root, compare_names) : NULL;

	if (found == NULL) {
		s->rc = err_set(&s->e, TRY_LIMIT, "memory", "out of memory");
		return;
	}
	if (*found != name)
		return;
	/* No name is given, so a site that has one keeps it. */
	sems__v1__site__init(&s->made[s->n]);
	s->made[s->n].site_id = name;
	s->list[s->n] = &s->made[s->n];
	if (++s->n == SITES_OF_REQUEST)
		flush_sites(s);
}

/* Registers the sites of every row that maps, before any record goes. */
static int
register_sites(struct run *r)
{
	struct sites *s = arena_zalloc(r->arena, 1, sizeof *s);
	struct mapped *out = arena_zalloc(r->arena, 1, sizeof *out);
	enum sheet_status status;
	struct sheet_row row;
	struct utc_ms now;
	struct err e;
	int rc;

	if (s == NULL || out == NULL)
		return out_of_memory(r);
	s->client = r->client;
	now = amend_now();
	while (s->rc == OK && (status = sheet_next(r->sheet, &row, &e)) != SHEET_END) {
		if (status == SHEET_BAD ||
		    mapper_row(r->mapper, row.cells, row.n, r->row, out) != MAPPER_RECORDS)
			out->n = 0;
		for (size_t i = 0; i < out->n && s->rc == OK; i++) {
			const struct record *record = &out->records[i];
			const struct value *site = &record->v[ENV_SITE_ID];
			struct refusal why;

			/* What is refused names no site: its line is rejected later. */
			if (site->set && site->text.n > 0 &&
			    record_validate(record, now, NULL, &why))
				add_site(r, s, site->text);
		}
		arena_reset(r->row);
	}
	flush_sites(s);
	tdestroy(s->root, keep_node);
	if (s->rc != OK)
		return command_fail(&s->e);
	if (!r->o->quiet)
		printf("%zu site%s registered or known\n", s->total, s->total == 1 ? "" : "s");
	if (sheet_rewind(r->sheet, &r->e) != OK)
		return input_fail(r);
	rc = read_header(r);
	return rc == EXIT_DONE ? make_mapper(r) : rc;
}

/* ---- looking before anything is sent ---- */

static enum code
look_at_rows(struct run *r, struct mapped *out)
{
	enum sheet_status status;
	struct sheet_row row;
	struct err why;
	enum code rc = OK;

	while (rc == OK && (status = sheet_next(r->sheet, &row, &why)) != SHEET_END) {
		if (status == SHEET_BAD ||
		    mapper_row(r->mapper, row.cells, row.n, r->row, out) != MAPPER_RECORDS)
			out->n = 0;
		for (size_t i = 0; i < out->n && rc == OK; i++)
			rc = lookup_record(r->lookup, &out->records[i], row.line, &r->e);
		arena_reset(r->row);
	}
	return rc == OK ? lookup_end(r->lookup, &r->e) : rc;
}

/* In the zone of the file's times. */
static void
local_words(const struct run *r, struct utc_ms t, char out[UTC_TEXT_SIZE])
{
	struct local_time l;

	if (r->zones.file == NULL) {
		utc_format(t, out);
		return;
	}
	l = zone_to_local(r->zones.file, t, NULL);
	snprintf(out, UTC_TEXT_SIZE, "%04d-%02d-%02d %02d:%02d:%02d", l.date.year, l.date.month,
		 l.date.day, l.hour, l.minute, l.second);
}

static void
tell_other_times(const struct run *r, FILE *f)
{
	const struct lookup_tally *t = lookup_tally(r->lookup);

	fprintf(f, "%" PRIu64 " of these %" PRIu64 " numbers are stored at another time:\n",
		t->other_time, t->records);
	for (size_t i = 0; i < LOOKUP_EXAMPLES && i < t->other_time; i++) {
		const struct lookup_example *x = &t->examples[i];
		char here[UTC_TEXT_SIZE];
		char there[UTC_TEXT_SIZE];

		local_words(r, x->at, here);
		local_words(r, x->stored, there);
		fprintf(f, "  line %" PRIu64 ", number %s: %s, stored at %s\n", x->line, x->number,
			here, there);
	}
	if (t->other_time > LOOKUP_EXAMPLES)
		fprintf(f, "  and %" PRIu64 " more\n", t->other_time - LOOKUP_EXAMPLES);
}

static int
decide_other_times(const struct run *r)
{
	if (lookup_tally(r->lookup)->other_time == 0)
		return EXIT_DONE;
	if (r->in->replaces || r->in->again) {
		if (!r->o->quiet) {
			tell_other_times(r, stdout);
			puts(r->in->replaces
				 ? "They are sent as corrections of those. One that moves a record "
				   "to another\n"
				   "quarter takes effect when somebody else confirms it: semsctl "
				   "pending."
				 : "They are stored beside those, as records of their own.");
		}
		return EXIT_DONE;
	}
	fputs("semsctl: ", stderr);
	tell_other_times(r, stderr);
	fputs("Nothing was sent. If the file or its map was put right, --replace sends them as "
	      "corrections of\n"
	      "what is stored; if they are other records, --again stores them as well.\n",
	      stderr);
	return EXIT_USAGE;
}

static int
look(struct run *r)
{
	struct mapped *out = arena_zalloc(r->arena, 1, sizeof *out);
	int rc;

	r->lookup = lookup_new(r->client);
	if (r->lookup == NULL || out == NULL)
		return out_of_memory(r);
	if (look_at_rows(r, out) != OK)
		return command_fail(&r->e);
	rc = decide_other_times(r);
	if (rc != EXIT_DONE)
		return rc;
	if (sheet_rewind(r->sheet, &r->e) != OK)
		return input_fail(r);
	rc = read_header(r);
	return rc == EXIT_DONE ? make_mapper(r) : rc;
}

/* ---- delivering ---- */

static int
open_delivery(struct run *r, int fd)
{
	const char *name = strcmp(r->in->path, "-") == 0 ? "stdin" : r->in->path;

	r->rejects = r->in->rejects != NULL ? r->in->rejects
					    : arena_printf(r->arena, "%s.rejects.csv", name);
	if (r->rejects == NULL)
		return out_of_memory(r);
	return delivery_open(r->in->dry_run ? NULL : r->client, fd, r->rejects, &r->delivery,
			     &r->e) == OK
		   ? EXIT_DONE
		   : input_fail(r);
}

/* As they are stored already, or are to replace what is. */
static void
apply_lookup(struct run *r, struct mapped *out)
{
	const char *reason = r->in->reason != NULL ? r->in->reason : REASON_DEFAULT;

	for (size_t i = 0; r->lookup != NULL && i < out->n; i++) {
		if (lookup_apply(r->lookup, &out->records[i], r->in->replaces ? reason : NULL,
				 r->started))
			r->replaced++;
	}
}

static int
name_rejected_columns(struct run *r)
{
	const struct rejects_columns c = {
	    .delimiter = sheet_delimiter(r->sheet),
	    .skip = sheet_is_rejects(r->sheet) ? REJECTS_COLUMNS : 0,
	    .names = r->names,
	    .n = r->n_names,
	};

	return delivery_columns(r->delivery, &c, &r->e) == OK ? EXIT_DONE : input_fail(r);
}

/* What was sent stays; the rest goes when the command is repeated. */
static enum code
check_interrupt(struct run *r)
{
	return progress_interrupted() ? err_set(&r->e, TRY_STORE, "interrupt", "interrupted") : OK;
}

static enum code
deliver_row(struct run *r, const struct sheet_row *row, struct mapped *out)
{
	enum mapper_result result = mapper_row(r->mapper, row->cells, row->n, r->row, out);
	enum code rc = OK;

	if (result == MAPPER_SKIP) {
		r->skipped++;
		return OK;
	}
	delivery_line(r->delivery, row->line, row->offset, row->size);
	if (result == MAPPER_RECORDS)
		apply_lookup(r, out);
	if (result == MAPPER_REJECT)
		delivery_reject(r->delivery, out->reject.column, out->reject.value,
				out->reject.reason);
	else
		rc = delivery_records(r->delivery, out->records, out->n, &r->e);
	return rc == OK ? delivery_line_end(r->delivery, &r->e) : rc;
}

static enum code
deliver_bad(struct run *r, const struct sheet_row *row, const struct err *why)
{
	delivery_line(r->delivery, row->line, row->offset, row->size);
	delivery_reject(r->delivery, "", "", why->text);
	return delivery_line_end(r->delivery, &r->e);
}

static enum code
deliver_sheet(struct run *r, struct progress *bar)
{
	struct mapped *out = arena_zalloc(r->arena, 1, sizeof *out);
	enum sheet_status status;
	struct sheet_row row;
	struct err why;
	enum code rc = OK;

	if (out == NULL)
		return err_set(&r->e, TRY_LIMIT, "memory", "out of memory");
	while (rc == OK && (rc = check_interrupt(r)) == OK &&
	       (status = sheet_next(r->sheet, &row, &why)) != SHEET_END) {
		rc = status == SHEET_BAD ? deliver_bad(r, &row, &why) : deliver_row(r, &row, out);
		arena_reset(r->row);
		progress_show(bar, sheet_read(r->sheet), sheet_size(r->sheet));
	}
	return rc;
}

static int
finish(struct run *r, enum code rc)
{
	const struct delivery_tally *t = delivery_tally(r->delivery);

	if (rc == OK)
		rc = delivery_finish(r->delivery, &r->e);
	if (rc != OK) {
		int status = command_fail(&r->e);

		fprintf(stderr,
			"semsctl: stopped after %" PRIu64
			" lines; repeat the command to send the rest, what is "
			"stored is recognised\n",
			t->lines);
		return status;
	}
	if (!r->o->quiet) {
		if (r->skipped > 0)
			printf("%" PRIu64 " lines skipped, as the map says\n", r->skipped);
		if (r->replaced > 0)
			printf("%" PRIu64 " records %s as corrections of stored ones\n",
			       r->replaced, r->in->dry_run ? "would be sent" : "sent");
		delivery_print(t, r->in->dry_run, r->rejects, stdout);
	}
	return t->rejected > 0 ? EXIT_REJECTED : EXIT_DONE;
}

/* Of one that stores nothing there is nothing to note. */
static int
begin_run(struct run *r)
{
	const struct import_file file = {r->in->path, sheet_fd(r->sheet), r->in->map_path};

	if (!r->in->looks || r->in->dry_run || r->client == NULL)
		return EXIT_DONE;
	return import_run_begin(r->client, &file, r->name, &r->e) == OK ? EXIT_DONE
									: command_fail(&r->e);
}

static int
end_run(struct run *r, int status)
{
	if (r->name[0] == '\0')
		return status;
	if (status == EXIT_DONE || status == EXIT_REJECTED)
		import_run_end(r->client, r->name);
	if (!r->o->quiet)
		printf("Run %s: semsctl import undo %s takes it back.\n", r->name, r->name);
	return status;
}

static int
run_sheet(struct run *r)
{
	struct progress bar;
	enum code sent;
	int rc = prepare_map(r);

	if (rc == EXIT_DONE)
		rc = open_sheet(r);
	if (rc == EXIT_DONE)
		rc = read_header(r);
	if (rc == EXIT_DONE)
		rc = make_map(r);
	if (rc == EXIT_DONE)
		rc = connect_daemon(r);
	if (rc == EXIT_DONE)
		rc = prepare_zones(r);
	if (rc == EXIT_DONE)
		rc = make_mapper(r);
	if (rc == EXIT_DONE && r->in->register_sites && !r->in->dry_run)
		rc = register_sites(r);
	if (rc == EXIT_DONE && r->in->looks && r->client != NULL)
		rc = look(r);
	if (rc == EXIT_DONE)
		rc = begin_run(r);
	if (rc == EXIT_DONE)
		rc = open_delivery(r, sheet_fd(r->sheet));
	if (rc == EXIT_DONE)
		rc = name_rejected_columns(r);
	if (rc != EXIT_DONE)
		return rc;
	if (r->in->again)
		delivery_take_again(r->delivery);
	progress_begin(&bar, r->in->dry_run ? "Checking" : "Sending", r->o->quiet);
	sent = deliver_sheet(r, &bar);
	progress_end(&bar);
	return end_run(r, finish(r, sent));
}

/* ---- JSON lines ---- */

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

static enum code
deliver_json(struct run *r, const char *line, size_t n, const char *number)
{
	struct record rec;
	struct err why;
	json_error_t je;
	json_t *object = json_loadb(line, n, JSON_REJECT_DUPLICATES, &je);
	enum code rc = OK;

	if (object == NULL)
		err_set(&why, REJ_MALFORMED, "", "is not JSON: %s", je.text);
	if (object == NULL || !record_of_json(r, object, number, &rec, &why))
		delivery_reject(r->delivery, why.where, "", why.text);
	else
		rc = delivery_records(r->delivery, &rec, 1, &r->e);
	json_decref(object);
	return rc == OK ? delivery_line_end(r->delivery, &r->e) : rc;
}

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

static enum code
deliver_lines(struct run *r, FILE *f, uint64_t size, struct progress *bar)
{
	struct row_numbers *numbers = row_numbers_new();
	struct buf line;
	uint64_t offset = 0;
	uint64_t number = 0;
	enum code rc = numbers != NULL ? OK : err_set(&r->e, TRY_LIMIT, "memory", "out of memory");
	size_t n;

	buf_init(&line, LINE_BYTES_MAX + 1);
	while (rc == OK && (rc = check_interrupt(r)) == OK && (n = next_line(f, &line)) > 0) {
		struct text t = {(const char *)line.p, n};
		const char *own = NULL;

		number++;
		offset += n;
		while (!line.failed && t.n > 0 && (t.s[t.n - 1] == '\n' || t.s[t.n - 1] == '\r'))
			t.n--;
		if (!line.failed && is_blank(t.s, t.n))
			continue;
		if (!line.failed)
			own = row_numbers_next(numbers, &t, 1, r->row);
		delivery_line(r->delivery, number, offset - n, n);
		if (own == NULL) {
			delivery_reject(r->delivery, "", "", "the line is too long");
			rc = delivery_line_end(r->delivery, &r->e);
		} else {
			rc = deliver_json(r, t.s, t.n, own);
		}
		arena_reset(r->row);
		progress_show(bar, offset, size);
	}
	buf_fini(&line);
	row_numbers_free(numbers);
	return rc;
}

static int
run_json(struct run *r)
{
	struct progress bar;
	uint64_t size = 0;
	enum code sent;
	FILE *f;
	int rc;

	if (infile_open(r->in->path, &r->fd, &size, &r->e) != OK)
		return input_fail(r);
	rc = connect_daemon(r);
	if (rc == EXIT_DONE)
		rc = prepare_zones(r);
	if (rc == EXIT_DONE)
		rc = open_delivery(r, r->fd);
	if (rc != EXIT_DONE)
		return rc;
	f = lseek(r->fd, 0, SEEK_SET) == 0 ? fdopen(dup(r->fd), "r") : NULL;
	if (f == NULL)
		return out_of_memory(r);
	progress_begin(&bar, r->in->dry_run ? "Checking" : "Sending", r->o->quiet);
	sent = deliver_lines(r, f, size, &bar);
	progress_end(&bar);
	fclose(f);
	return finish(r, sent);
}

int
intake_run(const struct options *o, const struct intake *in)
{
	struct run r = {.o = o, .in = in, .fd = -1};
	struct progress whole; /* Ctrl-C is told of from here on */
	struct timespec t;
	int rc;

	progress_begin(&whole, "", 1);
	clock_gettime(CLOCK_REALTIME, &t);
	r.started.v = (int64_t)t.tv_sec * MS_PER_SECOND + t.tv_nsec / 1000000;

	r.arena = arena_new(RUN_BYTES_MAX);
	r.row = arena_new(ROW_ARENA_BYTES);
	if (r.arena == NULL || r.row == NULL)
		rc = out_of_memory(&r);
	else
		rc = in->json ? run_json(&r) : run_sheet(&r);
	if (rc == EXIT_INTERRUPTED && r.delivery == NULL)
		fputs("semsctl: nothing was sent yet; repeat the command to send the file\n",
		      stderr);
	progress_end(&whole);
	delivery_close(r.delivery);
	lookup_free(r.lookup);
	mapper_free(r.mapper);
	client_close(r.client);
	sheet_close(r.sheet);
	if (r.fd >= 0)
		close(r.fd);
	map_free(r.loaded);
	arena_free(r.row);
	arena_free(r.arena);
	return rc;
}
