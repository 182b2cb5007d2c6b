/* semsctl spd: the performance data of a quarter: show, freeze, submit, list, export. */
#include "core/calendar.h"
#include "tools/lib/ask.h"
#include "tools/lib/listing.h"
#include "tools/lib/outfile.h"
#include "tools/render/spd_csv.h"
#include "tools/render/spd_table.h"
#include "tools/semsctl/command.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wish {
	const struct options *o;
	char quarter[QUARTER_TEXT_SIZE];
	uint32_t revision; /* 0: computed now, or the newest */
	struct spd_view view;
	char *reference;
	const char *format;
	const char *folder;
	int force;
	int as_json;
};

struct action {
	const char *name;
	const char *options; /* those that go with it, as letters */
	int (*run)(struct wish *w);
};

static enum code
ask_spd(const struct wish *w, Sems__V1__SpdOperation operation, struct buf *raw, struct err *e)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__SpdRequest spd = SEMS__V1__SPD_REQUEST__INIT;
	char quarter[QUARTER_TEXT_SIZE];

	memcpy(quarter, w->quarter, sizeof quarter);
	spd.has_operation = 1;
	spd.operation = operation;
	spd.quarter = quarter;
	spd.has_revision = w->revision > 0;
	spd.revision = w->revision;
	spd.reference = w->reference;
	request.body_case = SEMS__V1__REQUEST__BODY_SPD;
	request.spd = &spd;
	return ask_raw(w->o->address, &request, raw, e);
}

static int
print_raw(const struct buf *raw)
{
	fwrite(raw->p, 1, raw->n, stdout);
	putchar('\n');
	return EXIT_DONE;
}

/* --- show ------------------------------------------------------------------------------------- */

static int
print_table(const struct wish *w, const struct buf *raw)
{
	struct spd_view view = w->view;
	json_t *doc = NULL;
	struct buf out;
	struct err e;
	int status = EXIT_DONE;

	view.color = w->o->color;
	buf_init(&out, SPD_DOC_MAX);
	if (spd_doc_read(raw, &doc, &e) != OK || spd_table(doc, &view, &out, &e) != OK)
		status = command_fail(&e);
	else
		fwrite(out.p, 1, out.n, stdout);
	json_decref(doc);
	buf_fini(&out);
	return status;
}

static int
run_show(struct wish *w)
{
	struct buf raw;
	struct err e;
	int status;

	if (ask_spd(w, SEMS__V1__SPD_OPERATION__SPD_OPERATION_SHOW, &raw, &e) != OK)
		status = command_fail(&e);
	else
		status = w->as_json ? print_raw(&raw) : print_table(w, &raw);
	buf_fini(&raw);
	return status;
}

/* --- freeze, submit, list --------------------------------------------------------------------- */

static const struct listing_column revision_columns[] = {
    {"revision", ">Revision"}, {"state", "State"},
    {"as_of", "As of"},        {"frozen_at", "Frozen"},
    {"frozen_by", "By"},       {"created_at", "Made"},
    {"created_by", "By"},      {"submitted_at", "Submitted"},
    {"submitted_by", "By"},    {"reference", "Reference"},
    {"sha256", "SHA-256"},
};

/* An array, or an object that holds one under this name: as a table. The rest by name. */
static void
print_answer(json_t *answer, const char *rows_key, int color)
{
	const json_t *rows = json_is_array(answer) ? answer : json_object_get(answer, rows_key);

	if (json_is_object(answer))
		listing_members(answer, stdout);
	if (json_is_array(rows) && json_array_size(rows) == 0)
		puts("No revision is frozen: `semsctl spd freeze QUARTER` makes the first.");
	listing_table(rows, revision_columns, sizeof revision_columns / sizeof revision_columns[0],
		      color, stdout);
}

static int
run_plain(struct wish *w, Sems__V1__SpdOperation operation)
{
	struct buf raw;
	struct err e;
	json_t *answer = NULL;
	int status = EXIT_DONE;

	if (ask_spd(w, operation, &raw, &e) != OK) {
		status = command_fail(&e);
	} else if (w->as_json) {
		status = print_raw(&raw);
	} else {
		answer = json_loadb((const char *)raw.p, raw.n, 0, NULL);
		print_answer(answer, "revisions", w->o->color);
	}
	json_decref(answer);
	buf_fini(&raw);
	return status;
}

/* The answer may be the frozen document itself: then its head is what there is to say. */
static int
run_freeze(struct wish *w)
{
	struct buf raw;
	struct err e;
	json_t *answer = NULL;
	char state[SPD_CELL];
	int status = EXIT_DONE;

	if (ask_spd(w, SEMS__V1__SPD_OPERATION__SPD_OPERATION_FREEZE, &raw, &e) != OK) {
		status = command_fail(&e);
	} else if (w->as_json) {
		status = print_raw(&raw);
	} else if (spd_doc_read(&raw, &answer, &e) == OK) {
		spd_state(answer, state);
		printf("Frozen: %s, %s\n", w->quarter, state);
	} else {
		answer = json_loadb((const char *)raw.p, raw.n, 0, NULL);
		print_answer(answer, "revisions", w->o->color);
	}
	if (status == EXIT_DONE && !w->as_json && !w->o->quiet)
		printf("Look at it: semsctl spd show %s --revision %" JSON_INTEGER_FORMAT
		       "; then: semsctl spd submit %s --reference TEXT\n",
		       w->quarter, json_integer_value(json_object_get(answer, "revision")),
		       w->quarter);
	json_decref(answer);
	buf_fini(&raw);
	return status;
}

static int
run_submit(struct wish *w)
{
	if (w->reference == NULL || w->reference[0] == '\0')
		return command_usage(&command_spd, "submit: give --reference, the regulator's "
						   "receipt or how it was sent");
	return run_plain(w, SEMS__V1__SPD_OPERATION__SPD_OPERATION_SUBMIT);
}

static int
run_list(struct wish *w)
{
	return run_plain(w, SEMS__V1__SPD_OPERATION__SPD_OPERATION_LIST);
}

/* --- export ----------------------------------------------------------------------------------- */

struct export
{
	const struct wish *w;
	const json_t *doc;
	const struct buf *raw;
	int check_only;
};

static enum code
export_file(const struct export *x, const char *sheet, const char *extension,
	    const struct buf *content, struct err *e)
{
	char name[SPD_CELL];
	char path[PATH_MAX];
	enum code code = OK;

	spd_file_name(x->doc, sheet, extension, name);
	if (snprintf(path, sizeof path, "%s/%s", x->w->folder, name) >= (int)sizeof path)
		return err_set(e, FATAL_CONFIG, "--out", "the folder's name is too long");
	if (x->check_only) {
		if (!x->w->force && outfile_exists(path))
			return err_set(e, FATAL_CONFIG, "--out",
				       "%.180s is there already: use --force, or another folder",
				       path);
		return OK;
	}
	code = outfile_write(path, content->p, content->n, x->w->force, e);
	if (code == OK && !x->w->o->quiet)
		printf("%s\n", path);
	return code;
}

static enum code
export_csv(const struct export *x, struct err *e)
{
	enum code code = OK;
	struct buf out;

	buf_init(&out, SPD_DOC_MAX);
	for (size_t i = 0; i < n_spd_sheets && code == OK; i++) {
		buf_clear(&out);
		if (!x->check_only)
			spd_sheets[i].render(x->doc, &out);
		code = out.failed ? err_set(e, TRY_LIMIT, "csv", "out of memory; try again")
				  : export_file(x, spd_sheets[i].name, "csv", &out, e);
	}
	buf_fini(&out);
	return code;
}

/* The bytes as the daemon has them: what was frozen, not another reading of it. */
static enum code
export_json(const struct export *x, struct err *e)
{
	return export_file(x, "spd", "json", x->raw, e);
}

static enum code
export_all(struct export *x, struct err *e)
{
	static const struct {
		const char *name;
		enum code (*write)(const struct export *x, struct err *e);
	} formats[] = {{"csv", export_csv}, {"json", export_json}};
	enum code code = OK;

	for (size_t i = 0; i < 2 && code == OK; i++) {
		if (strcmp(x->w->format, "all") == 0 || strcmp(x->w->format, formats[i].name) == 0)
			code = formats[i].write(x, e);
	}
	return code;
}

static int
run_export(struct wish *w)
{
	struct export x = {.w = w};
	struct buf raw;
	struct err e;
	json_t *doc = NULL;
	int status = EXIT_DONE;
	enum code code;

	if (w->folder == NULL)
		return command_usage(&command_spd, "export: say where to: --out DIR");
	if (w->format == NULL)
		w->format = "all";
	if (strcmp(w->format, "csv") != 0 && strcmp(w->format, "json") != 0 &&
	    strcmp(w->format, "all") != 0)
		return command_usage(&command_spd, "export: --format is csv, json or all");
	code = ask_spd(w, SEMS__V1__SPD_OPERATION__SPD_OPERATION_SHOW, &raw, &e);
	if (code == OK)
		code = spd_doc_read(&raw, &doc, &e);
	if (code == OK)
		code = outfile_folder(w->folder, &e);
	x.doc = doc;
	x.raw = &raw;
	/* First a look whether all of them may be written: none when one may not. */
	for (x.check_only = 1; code == OK && x.check_only >= 0; x.check_only--)
		code = export_all(&x, &e);
	if (code != OK)
		status = command_fail(&e);
	json_decref(doc);
	buf_fini(&raw);
	return status;
}

/* --- the command line ------------------------------------------------------------------------- */

static const struct action actions[] = {
    {"show", "rbmj", run_show}, {"freeze", "j", run_freeze},    {"submit", "rtj", run_submit},
    {"list", "j", run_list},    {"export", "rfoF", run_export},
};

static int
read_by(const char *s, enum spd_by *by)
{
	static const char *const names[] = {"entity", "site", "measure", "all"};

	for (size_t i = 0; i < 4; i++) {
		if (strcmp(s, names[i]) == 0) {
			*by = (enum spd_by)i;
			return 1;
		}
	}
	return 0;
}

static int
read_revision(const char *s, uint32_t *revision)
{
	char *end;
	unsigned long n = strtoul(s, &end, 10);

	*revision = (uint32_t)n;
	return s[0] >= '0' && s[0] <= '9' && *end == '\0' && n <= 1000000;
}

/* False: the value does not fit. */
static int
take_option(struct wish *w, int opt, char *value)
{
	if (opt == 'r')
		return read_revision(value, &w->revision);
	if (opt == 'b')
		return read_by(value, &w->view.by);
	if (opt == 'm')
		w->view.metric = value;
	else if (opt == 't')
		w->reference = value;
	else if (opt == 'f')
		w->format = value;
	else if (opt == 'o')
		w->folder = value;
	else if (opt == 'F')
		w->force = 1;
	else
		w->as_json = 1;
	return 1;
}

static int
run(const struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {
	    {"revision", required_argument, NULL, 'r'}, {"by", required_argument, NULL, 'b'},
	    {"metric", required_argument, NULL, 'm'},   {"reference", required_argument, NULL, 't'},
	    {"output", required_argument, NULL, 'o'},   {"format", required_argument, NULL, 'f'},
	    {"out", required_argument, NULL, 'o'},      {"force", no_argument, NULL, 'F'},
	    {"json", no_argument, NULL, 'j'},           {NULL, 0, NULL, 0},
	};
	struct wish w = {.o = o};
	struct quarter q;
	char used[16] = "";
	int opt;

	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (opt == '?')
			return command_usage(&command_spd, "unknown option");
		if (!take_option(&w, opt, optarg))
			return command_usage(&command_spd, "'%s' does not fit the option", optarg);
		if (strchr(used, opt) == NULL)
			used[strlen(used)] = (char)opt;
	}
	if (optind + 2 != argc)
		return command_usage(&command_spd, "say what and which quarter, as in: "
						   "show 2026-Q2");
	if (!quarter_parse(text_of(argv[optind + 1]), &q))
		return command_usage(&command_spd, "'%s' is no quarter: write it as 2026-Q2",
				     argv[optind + 1]);
	quarter_format(q, w.quarter);
	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
		if (strcmp(argv[optind], actions[i].name) != 0)
			continue;
		if (strspn(used, actions[i].options) != strlen(used))
			return command_usage(&command_spd, "%s does not take one of these options",
					     actions[i].name);
		return actions[i].run(&w);
	}
	return command_usage(&command_spd, "there is no '%s': show, freeze, submit, list or export",
			     argv[optind]);
}

const struct command command_spd = {
    .name = "spd",
    .summary = "the performance data of a quarter: show, freeze, submit, list, export",
    .help =
	"Usage: semsctl spd show QUARTER [--revision N] [--metric ID] [--by WHAT] [--json]\n"
	"       semsctl spd freeze QUARTER [--json]\n"
	"       semsctl spd submit QUARTER --reference TEXT [--revision N] [--json]\n"
	"       semsctl spd list QUARTER [--json]\n"
	"       semsctl spd export QUARTER --out DIR [--format FORMAT] [--revision N] [--force]\n"
	"A quarter is written 2026-Q2 and runs by the entity's civil calendar. `show` and\n"
	"`export` compute the figures now, or take a frozen revision when one is named.\n"
	"`freeze` keeps what would be shown as the next revision, for good; `submit` says that\n"
	"a revision (the newest, unless one is named) went to the regulator.\n"
	"\n"
	"  --revision N      a frozen revision; without it the figures of now (submit: the "
	"newest)\n"
	"  --metric ID       one metric, with its definition and what was left out\n"
	"  --by WHAT         rows beside the entity's own: site, measure or all\n"
	"  --reference TEXT  the regulator's receipt, or how it was sent\n"
	"  --format FORMAT   csv (a file per sheet, for spreadsheets), json (the document as it\n"
	"                    is stored) or all (default)\n"
	"  --out DIR         where to (also --output); made when it is not there. The names carry "
	"quarter,\n"
	"                    revision and marking\n"
	"  --force           replaces files that are there\n"
	"  --json            the answer as it is\n",
    .run = run,
};
