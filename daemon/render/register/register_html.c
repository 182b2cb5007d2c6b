/* The register as a page: what is to be known first, the heat map, how it went, and each scenario.
 */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "render/register/bow_tie.h"
#include "render/register/heat_map.h"
#include "render/register/register.h"
#include "render/register/register_sheets.h"
#include "render/register/scenario_page.h"

#include <string.h>

#define ARENA_MAX   ((size_t)1 << 30)
#define BOW_TIE_MAX 300 /* scenarios: with more, a page has no bow-ties */

/* --- the summary ------------------------------------------------------------------------------ */

static void
put_tally(const struct reg *r, struct buf *out)
{
	size_t n[BANDS_MAX + 1] = {0};
	size_t unassessed = 0;
	size_t i;
	json_t *one;

	json_array_foreach(r->scenarios, i, one)
	{
		const json_t *a = json_object_get(one, "assessment");
		size_t band = reg_band(r, reg_score(a, "residual"));

		if (a == NULL)
			unassessed++;
		else
			n[band < r->n_bands ? band : BANDS_MAX]++;
	}
	buf_addf(out, "<dl class=\"tally\"><div><dt>Scenarios</dt><dd>%zu</dd></div>",
		 json_array_size(r->scenarios));
	for (i = 0; i < r->n_bands; i++) {
		buf_addf(out, "<div><dt>Residual risk ");
		html_text(out, r->band[i].name);
		buf_addf(out, "</dt><dd>%zu</dd></div>", n[i]);
	}
	if (n[BANDS_MAX] > 0)
		buf_addf(out, "<div><dt>Of no band</dt><dd>%zu</dd></div>", n[BANDS_MAX]);
	buf_addf(out, "<div><dt>Not assessed</dt><dd>%zu</dd></div></dl>\n", unassessed);
}

static const struct {
	enum control_state state;
	const char *title;
	const char *empty;
} control_lists[] = {
    {CONTROL_FAILING, "Controls that fail", "No control is known to fail."},
    {CONTROL_SILENT, "Controls that nothing is heard of", "None."},
    {CONTROL_NOT_PROVEN, "Controls that are not proven", "None."},
    {CONTROL_UNCOVERED, "Controls that no metric watches", "None."},
};

static void
put_controls(struct book *b, const struct reg *r, size_t list, struct buf *out)
{
	struct folio_list l;
	size_t i;
	json_t *one;

	folio_list_begin(&l, out, control_lists[list].title);
	json_array_foreach(json_object_get(r->doc, "controls"), i, one)
	{
		const json_t *serves = json_object_get(one, "scenarios");
		const char *what = reg_named(b, one);

		if (control_state(member_text(one, "state")) != control_lists[list].state)
			continue;
		if (l.n < FOLIO_SHOWN)
			what = json_array_size(serves) == 0
				   ? book_text(b, "%s; no scenario names it", what)
				   : book_text(b, "%s, for %s", what, reg_join(b, serves, ", "));
		folio_list_say(&l, "", what);
	}
	folio_list_end(&l, control_lists[list].empty);
}

/* A few of a scenario's things in one sentence; the others are counted. */
#define FEW_MAX 6

struct few {
	const char *all;
	size_t n;
};

static void
few_add(struct book *b, struct few *f, const char *one)
{
	if (f->n++ < FEW_MAX)
		f->all = reg_add(b, f->n == 1 ? "" : f->all, "; ", one);
}

/* NULL: there was none. */
static const char *
few_end(struct book *b, const struct few *f)
{
	if (f->n == 0)
		return NULL;
	return f->n <= FEW_MAX ? f->all : book_text(b, "%s; and %zu more", f->all, f->n - FEW_MAX);
}

/* What a list of the summary says of a scenario; NULL: nothing. */
static const char *
say_acceptance(struct book *b, const struct reg *r, const json_t *scenario)
{
	const json_t *a = json_object_get(scenario, "acceptance");
	const char *standing = member_text(a, "standing");
	const char *changed = reg_join(b, json_object_get(a, "changed"), ", ");
	const char *said;

	if (r == NULL || a == NULL || strcmp(standing, "HOLDS") == 0)
		return NULL;
	said = book_text(b, "%s: the acceptance %s is %s", member_text(scenario, "title"),
			 member_text(a, "number"), register_word("standing", standing));
	return changed[0] == '\0' ? said : book_text(b, "%s; changed since: %s", said, changed);
}

static const char *
say_review(struct book *b, const struct reg *r, const json_t *scenario)
{
	struct few few = {0};
	const char *all;
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(scenario, "reasons"), i, one)
	{
		const char *number = member_text(one, "number");
		const char *why = register_word("why", member_text(one, "why"));

		if (number[0] != '\0')
			why = book_text(b, "%s (%s)", why, number);
		few_add(b, &few, reg_add(b, why, ": ", member_text(one, "text")));
	}
	all = few_end(b, &few);
	return r == NULL || all == NULL
		   ? NULL
		   : book_text(b, "%s: %s", member_text(scenario, "title"), all);
}

static bool
has_open_action(const json_t *scenario)
{
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(scenario, "actions"), i, one)
	{
		const char *state = member_text(one, "state");

		if (strcmp(state, "CLOSED") != 0 && strcmp(state, "REJECTED") != 0)
			return true;
	}
	return false;
}

static const char *
say_without_action(struct book *b, const struct reg *r, const json_t *scenario)
{
	const json_t *a = json_object_get(scenario, "assessment");

	if (a == NULL || r->n_bands == 0 || reg_band(r, reg_score(a, "residual")) != 0 ||
	    has_open_action(scenario))
		return NULL;
	return book_text(b, "%s: residual risk %s", member_text(scenario, "title"), reg_risk(b, a));
}

static const char *
say_overdue(struct book *b, const struct reg *r, const json_t *scenario)
{
	struct few few = {0};
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(scenario, "actions"), i, one)
	{
		if (r != NULL && json_is_true(json_object_get(one, "is_overdue")))
			few_add(b, &few,
				book_text(b, "%s, due %s", reg_named(b, one),
					  member_text(one, "due_on")));
	}
	return few_end(b, &few);
}

static const struct {
	const char *title;
	const char *empty;
	const char *(*say)(struct book *b, const struct reg *r, const json_t *scenario);
} scenario_lists[] = {
    {"Acceptances that do not hold", "None.", say_acceptance},
    {"To be looked at again", "None.", say_review},
    {"Of the highest band without an open action", "None.", say_without_action},
    {"Actions that are overdue", "None.", say_overdue},
};

static void
put_scenarios(struct book *b, const struct reg *r, size_t list, struct buf *out)
{
	struct folio_list l;
	size_t i;
	json_t *one;

	folio_list_begin(&l, out, scenario_lists[list].title);
	json_array_foreach(r->scenarios, i, one)
	{
		const char *said = scenario_lists[list].say(b, r, one);

		if (said != NULL)
			folio_list_say(&l, member_text(one, "number"), said);
	}
	folio_list_end(&l, scenario_lists[list].empty);
}

static void
put_summary(struct book *b, const struct reg *r, struct buf *out)
{
	size_t open = 0;
	size_t i;
	json_t *one;

	folio_open(out, "summary", "Summary");
	put_tally(r, out);
	for (i = 0; i < COUNT(control_lists); i++)
		put_controls(b, r, i, out);
	for (i = 0; i < COUNT(scenario_lists); i++)
		put_scenarios(b, r, i, out);
	json_array_foreach(json_object_get(r->doc, "flags"), i, one)
	{
		open += json_object_get(one, "closed") == NULL;
	}
	folio_say(out, "note",
		  book_text(b, "Flags that are open: %zu of %zu.", open,
			    json_array_size(json_object_get(r->doc, "flags"))));
	folio_close(out);
}

/* --- the rest --------------------------------------------------------------------------------- */

static const struct {
	const char *id;
	const char *title;
	void (*make)(struct book *b, const struct reg *r);
} tables[] = {
    {"controls", "Controls", sheet_controls}, {"flags", "Flags", sheet_flags},
    {"targets", "Targets", sheet_targets},    {"maps", "Process maps", sheet_maps},
    {"method", "Method", sheet_method},
};

static void
put_navigation(struct buf *out)
{
	buf_addf(out, "<nav aria-label=\"Parts\"><ul><li><a href=\"#summary\">Summary</a></li>"
		      "<li><a href=\"#heat-map\">Heat map</a></li><li><a href=\"#trend\">Trend</a>"
		      "</li><li><a href=\"#scenarios\">Scenarios</a></li>");
	for (size_t i = 0; i < COUNT(tables); i++)
		buf_addf(out, "<li><a href=\"#%s\">%s</a></li>", tables[i].id, tables[i].title);
	buf_addf(out, "</ul></nav>\n");
}

static void
put_retired(struct book *b, const struct reg *r, struct buf *out)
{
	struct folio_list l;
	size_t i;
	json_t *one;

	if (json_array_size(r->retired) == 0)
		return;
	folio_list_begin(&l, out, "Retired, and in nothing that is counted here");
	json_array_foreach(r->retired, i, one)
	{
		folio_list_say(&l, "", reg_named(b, one));
	}
	folio_list_end(&l, "");
}

static void
put_list_of(struct book *b, const struct reg *r, struct buf *out)
{
	struct folio_list l = {.out = out};
	size_t i;
	json_t *one;

	folio_open(out, "scenarios", "Scenarios");
	json_array_foreach(r->scenarios, i, one)
	{
		const json_t *a = json_object_get(one, "assessment");

		l.n = i > 0; /* all of them are listed */
		folio_list_say(&l, member_text(one, "number"),
			       book_text(b, "%s: %s", member_text(one, "title"),
					 a == NULL ? "not assessed" : reg_risk(b, a)));
	}
	l.n = i > 0;
	folio_list_end(&l, "The register has no scenario.");
	put_retired(b, r, out);
	if (i > BOW_TIE_MAX)
		folio_say(
		    out, "note",
		    book_text(b,
			      "Of more than %d scenarios the page has no bow-ties; each is to "
			      "be had by itself.",
			      BOW_TIE_MAX));
	folio_close(out);
}

static void
put_each(const struct book *frame, struct arena *scratch, const struct reg *r, struct buf *out)
{
	bool with_bow_tie = json_array_size(r->scenarios) <= BOW_TIE_MAX;
	size_t i;
	json_t *one;

	json_array_foreach(r->scenarios, i, one)
	{
		struct book b = *frame;

		b.arena = scratch;
		b.first = NULL;
		b.last = NULL;
		scenario_page(&b, r, one, i + 1, with_bow_tie, out);
		if (arena_failed(scratch))
			return;
		arena_reset(scratch);
	}
}

static void
put_tables(struct book *b, const struct reg *r, struct buf *out)
{
	for (size_t i = 0; i < COUNT(tables); i++) {
		tables[i].make(b, r);
		folio_open(out, tables[i].id, tables[i].title);
		folio_sheet(b, b->last, tables[i].id, out);
		folio_close(out);
	}
}

enum code
register_html(const json_t *doc, struct buf *out, struct err *e)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct arena *scratch = arena_new(ARENA_MAX);
	struct reg r;
	struct book b;
	enum code code = TRY_LIMIT;

	if (reg_init(&r, doc) && arena != NULL && scratch != NULL) {
		reg_book(&b, arena, doc, "risk register");
		folio_begin(&b, doc, "Risk register", out);
		put_navigation(out);
		put_summary(&b, &r, out);
		heat_map(&b, &r, out);
		band_trend(&b, &r, out);
		put_list_of(&b, &r, out);
		put_each(&b, scratch, &r, out);
		put_tables(&b, &r, out);
		folio_end(&b, out);
		if (!out->failed && !arena_failed(arena) && !arena_failed(scratch))
			code = OK;
	}
	reg_fini(&r);
	arena_free(arena);
	arena_free(scratch);
	return code == OK ? OK
			  : err_set(e, code, "register",
				    "the register is too large for a page, or memory is out");
}

/* --- one bow-tie ------------------------------------------------------------------------------ */

enum code
register_bow_tie(const json_t *doc, const char *number, struct buf *out, struct err *e)
{
	struct arena *arena = arena_new(ARENA_MAX);
	enum code code =
	    err_set(e, REJ_NOT_FOUND, "register", "no scenario of the register is %s", number);
	struct reg r;
	struct book b;
	size_t i;
	json_t *one;

	if (!reg_init(&r, doc) || arena == NULL)
		code = err_set(e, TRY_LIMIT, "register", "memory is out; try again");
	json_array_foreach(r.scenarios, i, one)
	{
		if (code != REJ_NOT_FOUND || strcmp(member_text(one, "number"), number) != 0)
			continue;
		reg_book(&b, arena, doc, "risk register");
		bow_tie_draw(&b, &r, one, "bow-tie", true, out);
		code = OK;
		if (out->failed || arena_failed(arena))
			code = err_set(e, TRY_LIMIT, "register",
				       "the bow-tie is too large, or memory is out");
	}
	reg_fini(&r);
	arena_free(arena);
	return code;
}
