/* semsctl spd: the performance data of a quarter, from the first look to the regulator's receipt.
 */
#include "tools/semsctl/spd/spd.h"

#include "base/count.h"
#include "tools/terminal/shown.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct spd_command {
	struct sub sub;
	const char *options; /* those that go with it, as letters */
	int n_args;          /* beyond the quarter */
	int (*run)(struct spd_wish *w);
};

enum code
spd_ask(const struct spd_wish *w, Sems__V1__SpdOperation operation, struct buf *raw, struct err *e)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__SpdRequest spd = SEMS__V1__SPD_REQUEST__INIT;
	Sems__V1__SpdDimension by[SPD_BY_MAX];
	Sems__V1__SpdDimension *list[SPD_BY_MAX];
	char quarter[QUARTER_TEXT_SIZE];

	memcpy(quarter, w->quarter, sizeof quarter);
	for (size_t i = 0; i < w->n_by; i++) {
		sems__v1__spd_dimension__init(&by[i]);
		by[i].name = w->by[2 * i];
		by[i].value = w->by[2 * i + 1];
		list[i] = &by[i];
	}
	spd.has_operation = 1;
	spd.operation = operation;
	spd.quarter = quarter;
	spd.has_revision = w->revision > 0;
	spd.revision = w->revision;
	spd.reference = w->reference;
	spd.channel = w->channel;
	spd.seen = w->seen;
	spd.metric = w->metric;
	spd.text = w->text != NULL ? w->text : w->reason;
	spd.early = w->early;
	spd.exclude_embargoed = w->exclude_embargoed;
	spd.exported_as = w->exported_as;
	spd.unsuppressed = w->unsuppressed;
	spd.has_from_records = w->from_records;
	spd.from_records = w->from_records;
	spd.n_by = w->n_by;
	spd.by = list;
	request.body_case = SEMS__V1__REQUEST__BODY_SPD;
	request.spd = &spd;
	return ask_raw(w->o->address, &request, raw, e);
}

/* 0: there is none. */
static uint32_t
newest_revision(const struct spd_wish *w)
{
	struct buf raw;
	struct err e;
	uint32_t newest = 0;
	json_t *answer = NULL;
	const json_t *revision;
	size_t i;

	if (spd_ask(w, SEMS__V1__SPD_OPERATION__SPD_OPERATION_LIST, &raw, &e) == OK)
		answer = json_loadb((const char *)raw.p, raw.n, 0, NULL);
	json_array_foreach(json_object_get(answer, "revisions"), i, revision)
	{
		json_int_t n = json_integer_value(json_object_get(revision, "revision"));

		if (n > newest)
			newest = (uint32_t)n;
	}
	json_decref(answer);
	buf_fini(&raw);
	return newest;
}

enum code
spd_ask_figures(struct spd_wish *w, struct buf *raw, struct err *e)
{
	enum code code = spd_ask(w, SEMS__V1__SPD_OPERATION__SPD_OPERATION_SHOW, raw, e);
	uint32_t newest = 0;

	if (code == REJ_STATE && strcmp(e->where, "quarter") == 0 && w->revision == 0 &&
	    !w->from_records && w->unsuppressed == NULL)
		newest = newest_revision(w);
	if (newest == 0)
		return code;
	fprintf(stderr,
		"semsctl: retention has removed evidence of %s, so that it cannot be computed "
		"anew: this is revision %" PRIu32 ", as it was frozen\n",
		w->quarter, newest);
	buf_fini(raw);
	w->revision = newest;
	return spd_ask(w, SEMS__V1__SPD_OPERATION__SPD_OPERATION_SHOW, raw, e);
}

json_t *
spd_ask_json(const struct spd_wish *w, Sems__V1__SpdOperation operation, int *status)
{
	struct buf raw;
	struct err e;
	json_t *answer = NULL;

	*status = EXIT_DONE;
	if (spd_ask(w, operation, &raw, &e) != OK)
		*status = command_fail(&e);
	else
		answer = json_loadb((const char *)raw.p, raw.n, 0, NULL);
	buf_fini(&raw);
	return answer;
}

int
spd_print_raw(const struct buf *raw)
{
	if (!shown_as_is(raw)) {
		fputs("semsctl: cannot write to standard output\n", stderr);
		return EXIT_FAULT;
	}
	putchar('\n');
	return EXIT_DONE;
}

static const struct spd_command actions[] = {
    {{"show", "QUARTER [--revision N] [--metric ID] [--by WHAT] [--all] [--json]",
      "The figures: computed now, or of a frozen revision.", "semsctl spd show 2026-Q2 --by site"},
     "rbmjRAu",
     0,
     spd_run_show},
    {{"status", "QUARTER [--revision N] [--json]", "State, people, times, and what is next.",
      "semsctl spd status 2026-Q2"},
     "rj",
     0,
     spd_run_status},
    {{"list", "QUARTER [--json]", "The quarter's revisions.", "semsctl spd list 2026-Q2"},
     "j",
     0,
     spd_run_list},
    {{"freeze", "QUARTER [--early REASON] [--exclude-embargoed REASON]",
      "Keeps what would be shown as the next revision, for good: a DRAFT.",
      "semsctl spd freeze 2026-Q2"},
     "exj",
     0,
     spd_run_freeze},
    {{"comment",
      ("QUARTER METRIC TEXT [--of NAME=VALUE]... [--action TITLE --owner WHO --due DAY [--cause "
       "TEXT]] | QUARTER --edit"),
      ("Says why a figure is as it is, and adds what is done about it as an action; --edit opens "
       "all that wait for a comment."),
      "semsctl spd comment 2026-Q2 OUT03 'New image library since May'"},
     "rvjENODC",
     2,
     spd_run_comment},
    {{"check", "QUARTER [--revision N] [--json]", "What must be right before quality assurance.",
      "semsctl spd check 2026-Q2"},
     "rj",
     0,
     spd_run_check},
    {{"qa", "QUARTER [--seen PAPERS]", "A reviewer takes the revision on.",
      "semsctl spd qa 2026-Q2"},
     "rnj",
     0,
     spd_run_qa},
    {{"approve", "QUARTER --revision N --digest SHA256",
      "The accountable manager signs what was reviewed; without both it shows what would be "
      "signed.",
      "semsctl spd approve 2026-Q2"},
     "rnj",
     0,
     spd_run_approve},
    {{"reject", "QUARTER --reason TEXT", "Sends a revision back to whoever prepares it.",
      "semsctl spd reject 2026-Q2 --reason 'OUT03 has no comment'"},
     "raj",
     0,
     spd_run_reject},
    {{"withdraw", "QUARTER --reason TEXT", "Takes back a revision that was not submitted.",
      "semsctl spd withdraw 2026-Q2 --reason 'lane 3 is missing'"},
     "raj",
     0,
     spd_run_withdraw},
    {{"submit", "QUARTER --channel TEXT --reference TEXT",
      "Notes that the approved revision went to the regulator.",
      "semsctl spd submit 2026-Q2 --channel portal --reference R-117"},
     "rctnj",
     0,
     spd_run_submit},
    {{"acknowledge", "QUARTER --reference TEXT", "Notes the regulator's receipt.",
      "semsctl spd acknowledge 2026-Q2 --reference A-204"},
     "rtj",
     0,
     spd_run_acknowledge},
    {{"diff", "QUARTER [--revision N] [--by WHAT] [--json]",
      "What has changed since a revision was frozen, and because of what.",
      "semsctl spd diff 2026-Q2"},
     "rbj",
     0,
     spd_run_diff},
    {{"revise", "QUARTER --reason TEXT", "Makes the next revision of what was submitted.",
      "semsctl spd revise 2026-Q2 --reason 'lane 3 sent late'"},
     "aexj",
     0,
     spd_run_revise},
    {{"declaration", "QUARTER [--revision N]", "Who did what, as a document.",
      "semsctl spd declaration 2026-Q2"},
     "r",
     0,
     spd_run_declaration},
    {{"verify", "QUARTER [--revision N] [--json]", "Every record against what was frozen.",
      "semsctl spd verify 2026-Q2"},
     "rj",
     0,
     spd_run_verify},
    {{"explain", "QUARTER METRIC [NAME=VALUE]... [--revision N] [--all]",
      "A figure's definition, counts and records.", "semsctl spd explain 2026-Q2 OUT03 site=T1"},
     "rvAj",
     -1,
     spd_run_explain},
    {{"export", "QUARTER --output DIR [--format FORMAT] [--revision N] [--full] [--force]",
      "Workbook, page, CSV and JSON, or all of them as a bundle.",
      "semsctl spd export 2026-Q2 --revision 1 --output spd"},
     "rfoFU",
     0,
     spd_run_export},
    {{"render",
      "DOCUMENT.json --output DIR [--declaration FILE] [--seal FILE] [--format FORMAT] [--full]",
      "The same files from a stored document, without semsd.",
      "semsctl spd render spd/2026-Q2_r1_OFFICIAL-SENSITIVE_spd.json --output again"},
     "dsfoFU",
     0,
     spd_run_render},
    {{"make", "FILE.xlsx --quarter QUARTER [--output DIR]",
      "Takes in a workbook of `semsctl workbook make`, and writes page and workbook of a quarter.",
      "semsctl spd make cargo.xlsx --quarter 2026-Q3"},
     "oq",
     0,
     spd_run_make},
};

static const struct sub *
sub_at(size_t i)
{
	return i < COUNT(actions) ? &actions[i].sub : NULL;
}

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

/* "site=LHX" */
static int
read_dimension(struct spd_wish *w, char *s)
{
	char *equals = strchr(s, '=');

	if (equals == NULL || equals == s || w->n_by == SPD_BY_MAX)
		return 0;
	*equals = '\0';
	w->by[2 * w->n_by] = s;
	w->by[2 * w->n_by + 1] = equals + 1;
	w->n_by++;
	return 1;
}

/* False: the value does not fit. */
static int
take_option(struct spd_wish *w, int opt, char *value)
{
	const struct {
		int opt;
		char **text;
	} texts[] = {
	    {'t', &w->reference},
	    {'c', &w->channel},
	    {'a', &w->reason},
	    {'e', &w->early},
	    {'x', &w->exclude_embargoed},
	    {'u', &w->unsuppressed},
	    {'d', &w->declaration},
	    {'s', &w->seal},
	    {'n', &w->seen},
	    {'q', &w->of_quarter},
	    {'N', &w->action},
	    {'O', &w->owner},
	    {'D', &w->due},
	    {'C', &w->cause},
	};

	for (size_t i = 0; i < COUNT(texts); i++) {
		if (texts[i].opt == opt) {
			*texts[i].text = value;
			return value[0] != '\0';
		}
	}
	if (opt == 'r')
		return read_revision(value, &w->revision);
	if (opt == 'b')
		return read_by(value, &w->view.by);
	if (opt == 'v')
		return read_dimension(w, value);
	if (opt == 'm')
		w->view.metric = value;
	else if (opt == 'f')
		w->format = value;
	else if (opt == 'o')
		w->folder = value;
	else if (opt == 'F')
		w->force = 1;
	else if (opt == 'U')
		w->full = 1;
	else if (opt == 'A')
		w->all = 1;
	else if (opt == 'R')
		w->from_records = 1;
	else if (opt == 'E')
		w->edit = 1;
	else
		w->as_json = 1;
	return 1;
}

static int
run_action(struct spd_wish *w, const struct spd_command *a, const char *used, int n_args,
	   char **args)
{
	struct quarter q;
	int more;

	if (strspn(used, a->options) != strlen(used))
		return command_usage(&command_spd,
				     "%s does not take one of these options, only: %s", a->sub.name,
				     a->sub.usage);
	more = w->edit ? 0 : a->n_args;

	if (more < 0 ? n_args < 2 : n_args != 1 + more)
		return command_usage(&command_spd, "%s takes %s, as in: %s", a->sub.name,
				     a->sub.usage, a->sub.example);
	w->document = args[0];
	if (a->run == spd_run_render)
		return a->run(w);
	if (a->run == spd_run_make) {
		if (w->of_quarter == NULL)
			return command_usage(&command_spd, "make takes %s, as in: %s", a->sub.usage,
					     a->sub.example);
		args = &w->of_quarter;
	}
	if (!quarter_parse(text_of(args[0]), &q))
		return command_usage(&command_spd,
				     "'%s' is no quarter: write it as 2026-Q2 (year and number, "
				     "from 1 to 4)",
				     args[0]);
	quarter_format(q, w->quarter);
	if (more != 0)
		w->metric = args[1];
	if (more == 2)
		w->text = args[2];
	for (int i = 2; a->n_args < 0 && i < n_args; i++) {
		if (!read_dimension(w, args[i]))
			return command_usage(&command_spd, "'%s' is no NAME=VALUE of a figure",
					     args[i]);
	}
	return a->run(w);
}

static const struct option longs[] = {
    {"revision", required_argument, NULL, 'r'},
    {"by", required_argument, NULL, 'b'},
    {"metric", required_argument, NULL, 'm'},
    {"reference", required_argument, NULL, 't'},
    {"channel", required_argument, NULL, 'c'},
    {"reason", required_argument, NULL, 'a'},
    {"early", required_argument, NULL, 'e'},
    {"exclude-embargoed", required_argument, NULL, 'x'},
    {"unsuppressed", required_argument, NULL, 'u'},
    {"of", required_argument, NULL, 'v'},
    {"declaration", required_argument, NULL, 'd'},
    {"seal", required_argument, NULL, 's'},
    {"seen", required_argument, NULL, 'n'},
    {"digest", required_argument, NULL, 'n'},
    {"output", required_argument, NULL, 'o'},
    {"quarter", required_argument, NULL, 'q'},
    {"format", required_argument, NULL, 'f'},
    {"out", required_argument, NULL, 'o'},
    {"force", no_argument, NULL, 'F'},
    {"all", no_argument, NULL, 'A'},
    {"from-records", no_argument, NULL, 'R'},
    {"edit", no_argument, NULL, 'E'},
    {"action", required_argument, NULL, 'N'},
    {"owner", required_argument, NULL, 'O'},
    {"due", required_argument, NULL, 'D'},
    {"cause", required_argument, NULL, 'C'},
    {"full", no_argument, NULL, 'U'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

static int
run(const struct options *o, int argc, char **argv)
{
	struct spd_wish w = {.o = o};
	char used[32] = "";
	struct quarter q;
	int opt;

	while ((opt = command_option(&command_spd, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		if (!take_option(&w, opt, optarg))
			return command_usage(&command_spd, "'%s' does not fit the option", optarg);
		if (strchr(used, opt) == NULL)
			used[strlen(used)] = (char)opt;
	}
	if (optind == argc)
		return spd_print_quarters(&w);
	for (size_t i = 0; i < COUNT(actions); i++) {
		if (strcmp(argv[optind], actions[i].sub.name) == 0)
			return run_action(&w, &actions[i], used, argc - optind - 1,
					  argv + optind + 1);
	}
	if (quarter_parse(text_of(argv[optind]), &q))
		return command_usage(&command_spd, "say what about %s, as in: semsctl spd show %s",
				     argv[optind], argv[optind]);
	return command_unknown_sub(&command_spd, argv[optind]);
}

const struct command command_spd = {
    .sub = sub_at,
    .options = longs,
    .letters = "",
    .name = "spd",
    .summary = "the performance data of a quarter: computed, frozen, approved, submitted",
    .help =
	"`semsctl spd` alone lists the quarters with their state.\n"
	"A quarter is written 2026-Q2 (or 2026q2, 2026-2, Q2-2026) and runs by the entity's civil "
	"calendar. `show` and\n"
	"`export` compute the figures now, or take a frozen revision when one is named. `render`\n"
	"makes the same files of a stored document, and needs no semsd. `make` takes in a "
	"workbook\n"
	"that `semsctl workbook make` gave out, and writes page and workbook; the same file again\n"
	"stores nothing.\n"
	"\n"
	"`freeze` keeps what would be shown as the next revision, for good: a DRAFT. Then one\n"
	"person after the other: failing figures get a comment, a reviewer takes it on (`qa`,\n"
	"when every check is right), the accountable manager approves it, and it is submitted\n"
	"and acknowledged. A comment after the review leads back to DRAFT, unless it is the\n"
	"reviewer's own. They are three people, unless the entity declared otherwise (see\n"
	"semsctl init). What was rejected or withdrawn is frozen again; what was submitted is\n"
	"revised: the next revision names each figure that differs.\n"
	"\n"
	"  --revision N      a frozen revision; without it the figures of now (show, export) or\n"
	"                    the newest revision\n"
	"  --metric ID       one metric, with its definition and what was left out\n"
	"  --by WHAT         rows beside the entity's own: site, measure or all (show, diff)\n"
	"  --from-records    show: counts every record again, and takes nothing from day counts\n"
	"  --unsuppressed REASON\n"
	"                    show: figures of fewer than 5 persons, too, computed now; who looked\n"
	"                    and why is in semsd's log (compliance, admin)\n"
	"  --edit            comment: opens all that wait for a comment in $EDITOR\n"
	"  --early REASON    freezes while late records are still waited for\n"
	"  --exclude-embargoed REASON\n"
	"                    freezes without the covert tests that nobody has debriefed yet\n"
	"  --action TITLE    comment: adds an action about the figure, of --owner and due on "
	"--due,\n"
	"                    with --cause, why it came to that\n"
	"  --of NAME=VALUE   the comment is on this figure of the metric: --of site=LHX\n"
	"  --reason TEXT     why; it is kept\n"
	"  --seen PAPERS     the digest of document and comments that `status` showed: refused\n"
	"                    when anything was added since; --digest is the same\n"
	"  --channel TEXT    how it was sent\n"
	"  --reference TEXT  the regulator's receipt\n"
	"  --format FORMAT   xlsx (a workbook), html (one page), csv (a file per sheet), json\n"
	"                    (document and declaration as they are stored), all of these\n"
	"                    (default), or bundle (all in one archive with a signed list)\n"
	"  --output DIR      where to (make: beside the file, unless it is given)\n"
	"  --quarter QUARTER make: whose figures\n"
	"  --all             show: also what did not fail; explain: every record\n"
	"  --declaration FILE  render: who did what with this document\n"
	"  --seal FILE       render: how it is signed; json exports both\n"
	"  --full            export, render: the page prints all of it, and not its summary\n"
	"                    and its scorecard alone\n"
	"  --force           replaces files that are there with other content\n"
	"  --json            as it is\n"
	"\n"
	"Examples:\n"
	"  semsctl spd freeze 2026-Q2\n"
	"  semsctl spd comment 2026-Q2 OUT03 'New image library since May'\n"
	"  semsctl spd check 2026-Q2 && semsctl spd qa 2026-Q2\n"
	"  semsctl spd submit 2026-Q2 --channel portal --reference R-117\n"
	"  semsctl spd revise 2026-Q2 --reason 'lane 3 sent its records late'\n",
    .run = run,
};
