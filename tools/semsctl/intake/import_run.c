#include "tools/semsctl/intake/import_run.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "client/ask.h"
#include "core/kind/validate.h"
#include "tools/import/build.h"
#include "tools/semsctl/record/amend.h"
#include "tools/sheet/infile.h"
#include "tools/terminal/listing.h"
#include "wire/encode.h"

#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define OP(name)       SEMS__V1__IMPORT_OPERATION__IMPORT_OPERATION_##name
#define PAGE           500
#define RECORD_BYTES   (4u * 1024u * 1024u)
#define REASON_DEFAULT "the import is taken back"

static enum code
run_ask(struct client *c, Sems__V1__ImportRequest *about, json_t **answer, struct err *e)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	about->has_operation = 1;
	request.body_case = SEMS__V1__REQUEST__BODY_IMPORT;
	request.import = about;
	return ask_over(c, &request, answer, e);
}

static void
digest_of(const char *path, char out[INFILE_DIGEST_SIZE])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	out[0] = '\0';
	if (fd < 0)
		return;
	infile_digest(fd, out);
	close(fd);
}

enum code
import_run_begin(struct client *c, const struct import_file *file, char run[IMPORT_RUN_SIZE],
		 struct err *e)
{
	Sems__V1__ImportRequest about = SEMS__V1__IMPORT_REQUEST__INIT;
	char path[1000];
	char map[1000];
	char digest[INFILE_DIGEST_SIZE];
	char map_digest[INFILE_DIGEST_SIZE] = "";
	json_t *answer;
	enum code rc;

	/* The tail of a path says most. */
	text_print(path, sizeof path, "%s", file->path);
	text_print(map, sizeof map, "%s", file->map_path != NULL ? file->map_path : "");
	infile_digest(file->fd, digest);
	if (file->map_path != NULL)
		digest_of(file->map_path, map_digest);
	about.operation = OP(BEGIN);
	about.file = path;
	about.file_sha256 = digest;
	about.map = map;
	about.map_sha256 = map_digest;
	rc = run_ask(c, &about, &answer, e);
	run[0] = '\0';
	if (rc == OK)
		snprintf(run, IMPORT_RUN_SIZE, "%s", member_text(answer, "run"));
	json_decref(answer);
	/* Whose records nobody takes is told so by their verdicts. */
	return rc == REJ_FORBIDDEN ? OK : rc;
}

void
import_run_end(struct client *c, const char *run)
{
	Sems__V1__ImportRequest about = SEMS__V1__IMPORT_REQUEST__INIT;
	char name[IMPORT_RUN_SIZE];
	json_t *answer;
	struct err e;

	snprintf(name, sizeof name, "%s", run);
	about.operation = OP(END);
	about.run = name;
	run_ask(c, &about, &answer, &e);
	json_decref(answer);
}

/* --- list and show ---------------------------------------------------------------------------- */

static const struct listing_column run_columns[] = {
    {"run", "Run"},           {"principal", "By"},         {"started_at", "Began"},
    {"ended_at", "Ended"},    {"stored", ">Stored"},       {"file", "File"},
    {"map", "Map"},           {"undone_at", "Taken back"}, {"undone_by", "By"},
    {"undone_why", "Reason"},
};

static const struct listing_column record_columns[] = {
    {"kind", "Kind"}, {"source", "Source"},     {"record_id", "Record"},
    {"site", "Site"}, {"corrects", "Corrects"}, {"is_done", "Taken back"},
};

struct wish {
	const char *run;
	const char *reason;
	int is_all;
	int as_json;
	int yes;
};

static int
parse(struct wish *w, int argc, char **argv, int n_words)
{
	static const struct option longs[] = {{"reason", required_argument, NULL, 'r'},
					      {"all", no_argument, NULL, 'a'},
					      {"json", no_argument, NULL, 'j'},
					      {"yes", no_argument, NULL, 'y'},
					      {NULL, 0, NULL, 0}};
	int opt;

	optind = 0; /* anew: the words before it were another command line */
	while ((opt = getopt_long(argc, argv, "r:ajy", longs, NULL)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		if (opt == 'r')
			w->reason = optarg;
		else
			*(opt == 'a' ? &w->is_all : opt == 'j' ? &w->as_json : &w->yes) = 1;
	}
	if (argc - optind != n_words)
		return command_usage(&command_import,
				     n_words == 0 ? "import list takes no argument"
						  : "name one RUN of `semsctl import list`");
	w->run = n_words == 1 ? argv[optind] : NULL;
	return EXIT_DONE;
}

static void
print_json(const json_t *answer)
{
	json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
	putchar('\n');
}

int
import_run_list(const struct options *o, int argc, char **argv)
{
	Sems__V1__ImportRequest about = SEMS__V1__IMPORT_REQUEST__INIT;
	struct wish w = {0};
	struct client *client = NULL;
	json_t *answer = NULL;
	struct err e;
	int status = parse(&w, argc, argv, 0);
	enum code rc;

	if (status != EXIT_DONE)
		return status;
	about.operation = OP(LIST);
	rc = client_open(o->address, &client, &e);
	if (rc == OK)
		rc = run_ask(client, &about, &answer, &e);
	client_close(client);
	if (rc == OK && w.as_json)
		print_json(answer);
	else if (rc == OK && json_array_size(json_object_get(answer, "runs")) == 0)
		puts("Nothing was imported.");
	else if (rc == OK)
		listing_table(json_object_get(answer, "runs"), run_columns, COUNT(run_columns),
			      o->color, stdout);
	if (rc == OK && !w.as_json && json_array_size(json_object_get(answer, "runs")) == 100)
		puts("The newest 100 are shown.");
	json_decref(answer);
	return rc == OK ? EXIT_DONE : command_fail(&e);
}

/* Calls `each` for every page of a run, until it returns false. */
static enum code
each_page(struct client *c, const struct wish *w, bool (*each)(const json_t *page, void *ctx),
	  void *ctx, struct err *e)
{
	char name[IMPORT_RUN_SIZE];
	char after[96] = "";
	bool more;
	enum code rc;

	snprintf(name, sizeof name, "%s", w->run);
	do {
		Sems__V1__ImportRequest about = SEMS__V1__IMPORT_REQUEST__INIT;
		json_t *page;

		about.operation = OP(SHOW);
		about.run = name;
		about.after = after;
		about.has_limit = 1;
		about.limit = PAGE;
		rc = run_ask(c, &about, &page, e);
		more = rc == OK && each(page, ctx);
		snprintf(after, sizeof after, "%s", member_text(page, "next"));
		json_decref(page);
	} while (more && after[0] != '\0');
	return rc;
}

struct shown {
	const struct options *o;
	const struct wish *w;
	bool is_begun;
	bool is_cut;
};

static bool
show_page(const json_t *page, void *ctx)
{
	struct shown *s = ctx;

	if (s->w->as_json) {
		print_json(page);
		return s->w->is_all;
	}
	if (!s->is_begun) {
		json_t *run = json_array_get(json_object_get(page, "runs"), 0);

		listing_members(run, stdout);
		putchar('\n');
	}
	s->is_begun = true;
	listing_table(json_object_get(page, "records"), record_columns, COUNT(record_columns),
		      s->o->color, stdout);
	s->is_cut = !s->w->is_all && member_text(page, "next")[0] != '\0';
	return s->w->is_all;
}

int
import_run_show(const struct options *o, int argc, char **argv)
{
	struct wish w = {0};
	struct shown s = {.o = o, .w = &w};
	struct client *client = NULL;
	struct err e;
	int status = parse(&w, argc, argv, 1);
	enum code rc;

	if (status != EXIT_DONE)
		return status;
	rc = client_open(o->address, &client, &e);
	if (rc == OK)
		rc = each_page(client, &w, show_page, &s, &e);
	client_close(client);
	if (rc == OK && s.is_cut)
		printf("The first %d records are shown; --all shows the rest.\n", PAGE);
	return rc == OK ? EXIT_DONE : command_fail(&e);
}

/* --- undo ------------------------------------------------------------------------------------- */

struct undo {
	struct client *client;
	const char *reason;
	struct arena *arena; /* of one record */
	uint64_t voided;
	uint64_t put_back;
	uint64_t before; /* were taken back already */
	uint64_t refused;
	char why[256]; /* the first refusal */
	enum code rc;
	struct err e;
};

static void
on_verdict(void *ctx, uint64_t tag, const Sems__V1__VerdictRun *v)
{
	struct undo *u = ctx;

	(void)tag;
	if (v->code == SEMS__V1__VERDICT_CODE__VERDICT_CODE_STORED ||
	    v->code == SEMS__V1__VERDICT_CODE__VERDICT_CODE_DUPLICATE)
		return;
	if (u->refused++ == 0)
		text_print(u->why, sizeof u->why, "%s %s", v->field != NULL ? v->field : "",
			   v->text != NULL ? v->text : "");
}

static enum code
make_void(struct undo *u, const json_t *one, struct stored *s, struct record *r)
{
	struct builder b = {.arena = u->arena};
	const char *site = member_maybe(one, "site");

	s->root_source = member_text(one, "source");
	if (!uuid_parse(text_of(member_text(one, "record_id")), &s->root_id) ||
	    !build_start(&b, kinds[KIND_VOID], r))
		return err_set(&u->e, TRY_LIMIT, "memory", "out of memory");
	r->v[ENV_OCCURRED_AT] = (struct value){.set = true, .i = uuid_time(&s->root_id).v};
	if (site != NULL)
		r->v[ENV_SITE_ID] = (struct value){.set = true, .text = text_of(site)};
	u->voided++;
	return OK;
}

/* What counted before the run corrected it, once more. */
static enum code
make_back(struct undo *u, const json_t *before, struct stored *s, struct record *r)
{
	struct builder b = {.arena = u->arena};
	const struct kind *k = kind_by_name(text_of(member_text(before, "kind")));
	struct uuid id;
	json_t *fields;
	enum code rc;

	if (k == NULL || !uuid_parse(text_of(member_text(before, "record_id")), &id))
		return err_set(&u->e, FATAL_BUG, "before", "semsd's answer names no record");
	rc = amend_fetch_itself(u->client, k->name, member_text(before, "source"), id, s, &u->e);
	if (rc != OK)
		return rc;
	fields = amend_fields(k, u->arena, s->record);
	rc = build_start(&b, k, r) ? build_json(&b, r, fields, &u->e)
				   : err_set(&u->e, TRY_LIMIT, "memory", "out of memory");
	json_decref(fields);
	if (rc == OK)
		build_finish(r);
	u->put_back++;
	return rc;
}

static enum code
send(struct undo *u, const struct record *r)
{
	struct refusal why;
	struct buf packed;
	enum code rc;

	if (!record_validate(r, amend_now(), NULL, &why))
		return err_set(&u->e, REJ_FIELD, why.err.where, "%s", why.err.text);
	buf_init(&packed, RECORD_BYTES);
	rc = wire_put_record(r, u->arena, &packed)
		 ? client_send(u->client, (struct text){(const char *)packed.p, packed.n}, 0, &u->e)
		 : err_set(&u->e, TRY_LIMIT, "record", "the record is too large to send");
	buf_fini(&packed);
	return rc;
}

static enum code
undo_one(struct undo *u, const json_t *one)
{
	const json_t *before = json_object_get(one, "before");
	struct stored s = {0};
	struct record r;
	enum code rc;

	if (json_is_true(json_object_get(one, "is_done"))) {
		u->before++;
		return OK;
	}
	arena_reset(u->arena);
	rc = json_is_object(before) ? make_back(u, before, &s, &r) : make_void(u, one, &s, &r);
	if (rc == OK && !amend_envelope(&r, &s, u->reason))
		rc = err_set(&u->e, FATAL_BUG, "record_id", "no random numbers");
	if (rc == OK)
		rc = send(u, &r);
	amend_release(&s);
	return rc;
}

static bool
undo_page(const json_t *page, void *ctx)
{
	struct undo *u = ctx;
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(page, "records"), i, one)
	{
		if (u->rc == OK)
			u->rc = undo_one(u, one);
	}
	if (u->rc == OK)
		u->rc = client_flush(u->client, &u->e);
	return u->rc == OK;
}

static enum code
note_undone(struct undo *u, const struct wish *w)
{
	Sems__V1__ImportRequest about = SEMS__V1__IMPORT_REQUEST__INIT;
	char run[IMPORT_RUN_SIZE];
	char reason[501];
	json_t *answer;
	enum code rc;

	snprintf(run, sizeof run, "%s", w->run);
	text_print(reason, sizeof reason, "%s", u->reason);
	about.operation = OP(UNDONE);
	about.run = run;
	about.reason = reason;
	rc = run_ask(u->client, &about, &answer, &u->e);
	json_decref(answer);
	return rc;
}

static int
undo_all(const struct options *o, const struct wish *w, struct undo *u)
{
	client_on_verdict(u->client, on_verdict, u);
	if (each_page(u->client, w, undo_page, u, &u->e) != OK || u->rc != OK) {
		int status = command_fail(&u->e);

		fputs(
		    "semsctl: repeat the command for the rest: what is taken back is recognised\n",
		    stderr);
		return status;
	}
	client_on_verdict(u->client, NULL, NULL);
	if (u->refused > 0) {
		fprintf(stderr, "semsctl: %" PRIu64 " record%s not taken: %s\n", u->refused,
			text_s(u->refused), u->why);
		return EXIT_REJECTED;
	}
	if (note_undone(u, w) != OK)
		return command_fail(&u->e);
	if (!o->quiet)
		printf("%" PRIu64 " void%s and %" PRIu64 " correction%s sent, %" PRIu64
		       " record%s taken back before or gone.\n"
		       "What must be confirmed takes effect when somebody else does: semsctl "
		       "pending,\n"
		       "semsctl confirm --all --made-by %s\n",
		       u->voided, text_s(u->voided), u->put_back, text_s(u->put_back), u->before,
		       text_s(u->before), client_welcome(u->client)->principal);
	return EXIT_DONE;
}

static bool
tell_run(const json_t *page, void *ctx)
{
	const json_t *run = json_array_get(json_object_get(page, "runs"), 0);
	char cell[4][LISTING_CELL];

	(void)ctx;
	listing_cell(json_object_get(run, "stored"), cell[0]);
	listing_cell(json_object_get(run, "file"), cell[1]);
	listing_cell(json_object_get(run, "principal"), cell[2]);
	listing_cell(json_object_get(run, "started_at"), cell[3]);
	printf("%s record%s of %s, imported by %s at %s: what the run stored is voided, what it "
	       "corrected\n"
	       "is put back as it was. Nothing is deleted.\n",
	       cell[0], text_s((uint64_t)json_integer_value(json_object_get(run, "stored"))),
	       cell[1], cell[2], cell[3]);
	return false;
}

int
import_run_undo(const struct options *o, int argc, char **argv)
{
	struct wish w = {0};
	struct undo u = {.rc = OK};
	int status = parse(&w, argc, argv, 1);

	if (status != EXIT_DONE)
		return status;
	u.reason = w.reason != NULL ? w.reason : REASON_DEFAULT;
	u.arena = arena_new(RECORD_BYTES);
	if (u.arena == NULL)
		return EXIT_FAULT;
	if (client_open(o->address, &u.client, &u.e) != OK ||
	    (!o->quiet && each_page(u.client, &w, tell_run, NULL, &u.e) != OK))
		status = command_fail(&u.e);
	else if (!w.yes)
		status =
		    command_usage(&command_import, "nothing was done: say --yes when it is meant");
	else
		status = undo_all(o, &w, &u);
	client_close(u.client);
	arena_free(u.arena);
	return status;
}
