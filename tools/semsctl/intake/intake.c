#include "tools/semsctl/intake/intake_run.h"
#include "tools/sheet/rejects.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RUN_BYTES_MAX   (64u * 1024u * 1024u)
#define ROW_ARENA_BYTES (16u * 1024u * 1024u)
#define REASON_DEFAULT  "imported again with another time"

/* Input that is wrong, as opposed to a daemon that says no. */
int
intake_fail(const struct run *r)
{
	fprintf(stderr, "semsctl: %s\n", r->e.text);
	return r->e.code >= TRY_STORE && r->e.code != FATAL_CONFIG ? EXIT_FAULT : EXIT_USAGE;
}

int
intake_no_memory(struct run *r)
{
	err_set(&r->e, TRY_LIMIT, "memory", "out of memory");
	return intake_fail(r);
}

/* ---- the daemon and the zones ---- */

int
intake_connect(struct run *r)
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
		return intake_fail(r);
	}
	*out = z;
	return EXIT_DONE;
}

int
intake_zones(struct run *r)
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

int
intake_make_mapper(struct run *r)
{
	mapper_free(r->mapper);
	r->mapper = NULL;
	if (mapper_new(r->map, r->names, r->n_names, &r->zones, &r->mapper, &r->e) != OK)
		return intake_fail(r);
	if (sheet_is_workbook(r->sheet))
		mapper_pad(r->mapper);
	return EXIT_DONE;
}

/* ---- delivering ---- */

int
intake_open_delivery(struct run *r, int fd)
{
	const char *name = strcmp(r->in->path, "-") == 0 ? "stdin" : r->in->path;

	r->rejects = r->in->rejects != NULL ? r->in->rejects
					    : arena_printf(r->arena, "%s.rejects.csv", name);
	if (r->rejects == NULL)
		return intake_no_memory(r);
	return delivery_open(r->in->dry_run ? NULL : r->client, fd, r->rejects, &r->delivery,
			     &r->e) == OK
		   ? EXIT_DONE
		   : intake_fail(r);
}

/* As they are stored already, or are to replace what is. */
static void
apply_lookup(struct run *r, struct mapped *out)
{
	const char *reason = r->in->reason != NULL ? r->in->reason : REASON_DEFAULT;

	for (size_t i = 0; r->lookup != NULL && r->in->is_import && i < out->n; i++)
		if (lookup_apply(r->lookup, &out->records[i], r->in->replaces ? reason : NULL,
				 r->started))
			r->replaced++;
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

	return delivery_columns(r->delivery, &c, &r->e) == OK ? EXIT_DONE : intake_fail(r);
}

enum code
intake_check_interrupt(struct run *r)
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
	while (rc == OK && (rc = intake_check_interrupt(r)) == OK &&
	       (status = sheet_next(r->sheet, &row, &why)) != SHEET_END) {
		rc = status == SHEET_BAD ? deliver_bad(r, &row, &why) : deliver_row(r, &row, out);
		arena_reset(r->row);
		progress_show(bar, sheet_read(r->sheet), sheet_size(r->sheet));
	}
	return rc;
}

int
intake_finish(struct run *r, enum code rc)
{
	const struct delivery_tally *t = delivery_tally(r->delivery);

	if (rc == OK)
		rc = delivery_finish(r->delivery, &r->e);
	if (rc != OK) {
		int status = command_fail(&r->e);

		fprintf(stderr,
			"semsctl: stopped after %" PRIu64
			" line%s; repeat the command to send the rest, what is "
			"stored is recognised\n",
			t->lines, text_s(t->lines));
		return status;
	}
	if (r->in->on_end != NULL)
		r->in->on_end(r->in->ctx, t);
	if (!r->o->quiet) {
		if (r->skipped > 0)
			printf("%" PRIu64 " line%s skipped, as the map says\n", r->skipped,
			       text_s(r->skipped));
		if (r->replaced > 0)
			printf("%" PRIu64 " record%s %s as corrections of stored ones\n",
			       r->replaced, text_s(r->replaced),
			       r->in->dry_run ? "would be sent" : "sent");
		delivery_print(t, r->in->dry_run, r->rejects, stdout);
	}
	return t->rejected > 0 ? EXIT_REJECTED : EXIT_DONE;
}

/* Of one that stores nothing there is nothing to note. */
static int
begin_run(struct run *r)
{
	const struct import_file file = {r->in->path, sheet_fd(r->sheet), r->in->map_path};

	if (!r->in->is_import || r->in->dry_run || r->client == NULL)
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
	if (!r->o->quiet && delivery_tally(r->delivery)->stored > 0)
		printf("Run %s: semsctl import undo %s takes it back.\n", r->name, r->name);
	return status;
}

static int
run_sheet(struct run *r)
{
	struct progress bar;
	enum code sent;
	int rc = intake_load_map(r);

	if (rc == EXIT_DONE)
		rc = intake_open_sheet(r);
	if (rc == EXIT_DONE)
		rc = intake_read_header(r);
	if (rc == EXIT_DONE)
		rc = intake_make_map(r);
	if (rc == EXIT_DONE)
		rc = intake_connect(r);
	if (rc == EXIT_DONE)
		rc = intake_zones(r);
	if (rc == EXIT_DONE)
		rc = intake_make_mapper(r);
	if (rc == EXIT_DONE && r->in->register_sites && !r->in->dry_run)
		rc = intake_register_sites(r);
	if (rc == EXIT_DONE && r->client != NULL)
		rc = intake_look(r);
	if (rc == EXIT_DONE)
		rc = begin_run(r);
	if (rc == EXIT_DONE)
		rc = intake_open_delivery(r, sheet_fd(r->sheet));
	if (rc == EXIT_DONE)
		rc = name_rejected_columns(r);
	if (rc != EXIT_DONE)
		return rc;
	if (r->in->again)
		delivery_take_again(r->delivery);
	delivery_on_reject(r->delivery, r->in->on_reject, r->in->ctx);
	progress_begin(&bar, r->in->dry_run ? "Checking" : "Sending", r->o->quiet);
	sent = deliver_sheet(r, &bar);
	progress_end(&bar);
	return end_run(r, intake_finish(r, sent));
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
		rc = intake_no_memory(&r);
	else
		rc = in->json ? intake_json(&r) : run_sheet(&r);
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
