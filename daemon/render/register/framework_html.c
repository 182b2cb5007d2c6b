/* The framework as the assessor's page: its ten chapters, what shows each, and how old that is. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "render/register/folio.h"
#include "render/register/register.h"
#include "render/register/register_sheets.h"

#include <string.h>

#define ARENA_MAX ((size_t)1 << 30)
#define CHAPTERS  10

struct frame {
	struct book *b;
	const json_t *doc;
	struct buf *out;
	const json_t *chapter[CHAPTERS]; /* NULL: nothing is recorded of it */
};

static void
find_chapters(struct frame *f)
{
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(f->doc, "chapters"), i, one)
	{
		json_int_t n = reg_score(one, "chapter");

		if (n >= 1 && n <= CHAPTERS && f->chapter[n - 1] == NULL)
			f->chapter[n - 1] = one;
	}
}

/* A grid of its own sheet; printed by put_grid(). */
static struct grid *
grid_of(struct frame *f, const char *title, const struct heading *headings, size_t n)
{
	struct sheet *s = book_sheet(f->b, "part", "part");
	struct grid *g = sheet_grid(s, "part", title);

	if (g != NULL)
		g->cards = true;
	grid_headings(g, headings, n);
	return g;
}

static void
put_grid(struct frame *f, const char *id)
{
	folio_sheet(f->b, f->b->last, id, f->out);
}

/* --- the summary ------------------------------------------------------------------------------ */

static size_t
evidence_of(const json_t *chapter)
{
	return json_array_size(json_object_get(chapter, "evidence"));
}

static size_t
gaps_of(const struct frame *f, json_int_t chapter)
{
	size_t n = 0;
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(f->doc, "gaps"), i, one)
	{
		n += reg_score(one, "chapter") == chapter;
	}
	return n;
}

static void
put_without(struct frame *f)
{
	struct folio_list l;

	folio_list_begin(&l, f->out, "Chapters without evidence");
	for (size_t i = 0; i < CHAPTERS; i++)
		if (evidence_of(f->chapter[i]) == 0)
			folio_list_say(
			    &l, "",
			    book_text(f->b, "Chapter %zu%s%s", i + 1,
				      f->chapter[i] == NULL ? ": nothing is recorded of it" : ": ",
				      member_text(f->chapter[i], "title")));
	folio_list_end(&l, "Each of the ten has some.");
}

/* Of a chapter that is recorded more than once the first is shown. */
static void
put_again(struct frame *f)
{
	struct folio_list l;
	size_t i;
	json_t *one;

	folio_list_begin(&l, f->out, "Recorded once more, and not shown");
	json_array_foreach(json_object_get(f->doc, "chapters"), i, one)
	{
		json_int_t n = reg_score(one, "chapter");

		if (n >= 1 && n <= CHAPTERS && f->chapter[n - 1] != one)
			folio_list_say(&l, "",
				       book_text(f->b, "Chapter %" JSON_INTEGER_FORMAT ": %s", n,
						 reg_named(f->b, one)));
	}
	folio_list_end(&l, "No chapter is recorded twice.");
}

static const struct heading chapter_headings[] = {
    {"Chapter", 8, false}, {"Title", 40, false},     {"Owner", 20, false},  {"Phase", 10, false},
    {"Since", 12, false},  {"Evidence", 10, true},   {"Newest", 12, false}, {"Oldest", 12, false},
    {"Gaps", 8, true},     {"Review by", 12, false},
};

static void
put_table(struct frame *f)
{
	struct grid *g = grid_of(f, "The chapters", chapter_headings, COUNT(chapter_headings));

	for (size_t i = 0; i < CHAPTERS; i++) {
		const json_t *c = f->chapter[i];

		grid_text(g, book_text(f->b, "%zu", i + 1));
		grid_text(g, c == NULL ? "nothing is recorded" : member_text(c, "title"));
		grid_text(g, reg_person(c, "owner_name", "owner"));
		grid_word(g, c, "phase");
		grid_text(g, member_text(c, "phase_on"));
		if (evidence_of(c) == 0)
			grid_code(g, "none", NULL, TONE_BAD);
		else
			grid_number(g, (double)evidence_of(c), UNIT_INTEGER);
		grid_text(g, member_text(c, "newest"));
		grid_text(g, member_text(c, "oldest"));
		grid_number(g, (double)gaps_of(f, (json_int_t)i + 1), UNIT_INTEGER);
		grid_text(g, member_text(c, "review_on"));
	}
	put_grid(f, "chapters");
}

static void
put_phases(struct frame *f)
{
	const char *phase;

	folio_open(f->out, "phases", "Phases");
	for (size_t p = 0; (phase = register_code("phase", p)) != NULL; p++) {
		const char *all = "";

		for (size_t i = 0; i < CHAPTERS; i++) {
			const char *on = member_text(f->chapter[i], "phase_on");

			if (strcmp(member_text(f->chapter[i], "phase"), phase) == 0)
				all = reg_add(
				    f->b, all, ", ",
				    book_text(f->b, "chapter %zu%s%s", i + 1,
					      on[0] == '\0' ? " (no date is said)" : " since ",
					      on));
		}
		folio_say(f->out, "text",
			  book_text(f->b, "In %s: %s.", register_word("phase", phase),
				    all[0] == '\0' ? "no chapter" : all));
	}
	folio_close(f->out);
}

/* --- a chapter -------------------------------------------------------------------------------- */

static void
put_evidence(struct frame *f, const json_t *chapter, const char *id)
{
	static const struct heading headings[] = {
	    {"On", 12, false}, {"Age in days", 12, true}, {"What", 60, false}, {"Kind", 20, false}};
	struct grid *g = grid_of(f, "Evidence", headings, COUNT(headings));
	size_t i;
	json_t *one;

	if (g == NULL)
		return;
	g->empty = "There is no evidence for this chapter.";
	if (strcmp(member_text(f->doc, "days"), "UTC") == 0 && evidence_of(chapter) > 0)
		g->note = "Days are those of UTC.";
	json_array_foreach(json_object_get(chapter, "evidence"), i, one)
	{
		double age;

		grid_text(g, member_text(one, "on"));
		if (spd_number(one, "age_days", &age))
			grid_number(g, age, UNIT_INTEGER);
		else
			grid_empty(g);
		grid_text(g, member_text(one, "what"));
		grid_text(g, member_text(one, "kind"));
	}
	put_grid(f, id);
}

static const char *
plan_of(struct book *b, const json_t *gap)
{
	const char *all = "";
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(gap, "actions"), i, one)
	{
		const char *due = member_text(one, "due_on");

		all = reg_add(b, all, "\n",
			      reg_add(b, reg_named(b, one), ", ", member_text(one, "state")));
		if (due[0] != '\0')
			all = book_text(
			    b, "%s, due %s%s", all, due,
			    json_is_true(json_object_get(one, "is_overdue")) ? ", overdue" : "");
	}
	all = reg_add(b, all, "\n", member_text(gap, "timetable"));
	all = reg_add(b, all, "\n", member_text(gap, "resources"));
	return all[0] == '\0' ? "no plan is recorded" : all;
}

static const struct heading gap_headings[] = {
    {"Number", 12, false}, {"Gap", 40, false},  {"State", 14, false}, {"Phase", 10, false},
    {"Owner", 20, false},  {"What", 40, false}, {"Plan", 50, false}};

/* chapter 0: those of no chapter. */
static bool
add_gaps(struct frame *f, struct grid *g, json_int_t chapter)
{
	size_t before = grid_rows(g);
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(f->doc, "gaps"), i, one)
	{
		json_int_t of = reg_score(one, "chapter");

		if ((of <= CHAPTERS ? of : 0) != chapter)
			continue;
		grid_scenario(g, one);
		grid_text(g, member_text(one, "state"));
		grid_word(g, one, "phase");
		grid_text(g, reg_person(one, "owner_name", "owner"));
		grid_text(g, member_text(one, "text"));
		grid_text(g, plan_of(f->b, one));
	}
	return grid_rows(g) > before;
}

static void
put_chapter(struct frame *f, size_t i)
{
	const json_t *c = f->chapter[i];
	const char *title = member_text(c, "title");
	const char *id = book_text(f->b, "chapter-%zu", i + 1);
	struct grid *g;

	folio_open(f->out, id,
		   book_text(f->b, "Chapter %zu%s%s", i + 1, title[0] == '\0' ? "" : ": ", title));
	if (c == NULL)
		folio_say(f->out, "none", "Nothing is recorded of this chapter.");
	if (member_text(c, "text")[0] != '\0')
		folio_say(f->out, "text", member_text(c, "text"));
	put_evidence(f, c, id);
	g = grid_of(f, "Gaps and plan", gap_headings, COUNT(gap_headings));
	if (g != NULL)
		g->empty = "No gap is recorded.";
	add_gaps(f, g, (json_int_t)i + 1);
	put_grid(f, book_text(f->b, "%s-gaps", id));
	folio_close(f->out);
}

/* --- lists ------------------------------------------------------------------------------------ */

static const struct list_column {
	const char *member;
	const char *header;
} suppliers[] = {{"number", "Number"}, {"title", "Supplier"},   {"state", "State"},
		 {"text", "What"},     {"owner_name", "Owner"}, {"review_on", "Review by"}},
  changes[] = {{"number", "Number"}, {"title", "Change"},
	       {"on", "On"},         {"security_impact", "Impact on security"},
	       {"text", "What"},     {"scenarios", "Scenarios"}},
  decisions[] = {{"number", "Number"},
		 {"title", "Decision"},
		 {"decided_on", "On"},
		 {"body", "Decided by"},
		 {"text", "What"}},
  threats[] = {{"number", "Number"}, {"title", "Information"}, {"on", "On"},
	       {"reach", "Reach"},   {"text", "What"},         {"scenarios", "Scenarios"}},
  exercises[] = {{"on", "On"}, {"title", "Exercise"}, {"result", "Result"}};

static const struct list {
	const char *member;
	const char *title;
	const char *empty;
	const struct list_column *columns;
	size_t n;
} lists[] = {
    {"suppliers", "Suppliers", "No supplier is recorded.", suppliers, COUNT(suppliers)},
    {"changes", "Changes with an impact on security", "No change is recorded.", changes,
     COUNT(changes)},
    {"decisions", "Decisions", "No decision is recorded.", decisions, COUNT(decisions)},
    {"threat_information", "Threat information", "No threat information is recorded.", threats,
     COUNT(threats)},
    {"exercises", "Exercises", "No exercise is recorded.", exercises, COUNT(exercises)},
};

static void
put_list(struct frame *f, const struct list *l)
{
	struct grid *g = grid_of(f, l->title, NULL, 0);
	size_t i;
	json_t *one;

	if (g == NULL)
		return;
	g->empty =
	    json_object_get(f->doc, l->member) == NULL ? "This document does not tell." : l->empty;
	for (size_t k = 0; k < l->n; k++)
		grid_column(g, &(struct column){"", l->columns[k].header, IN_ALL, 20, false});
	json_array_foreach(json_object_get(f->doc, l->member), i, one)
	{
		for (size_t k = 0; k < l->n; k++) {
			const json_t *value = json_object_get(one, l->columns[k].member);

			if (json_is_array(value))
				grid_text(g, reg_join(f->b, value, ", "));
			else
				grid_word(g, one, l->columns[k].member);
		}
	}
	folio_open(f->out, l->member, l->title);
	put_grid(f, l->member);
	folio_close(f->out);
}

/* --- the page --------------------------------------------------------------------------------- */

static void
put_other_gaps(struct frame *f)
{
	struct grid *g = grid_of(f, "Gaps of no chapter", gap_headings, COUNT(gap_headings));

	if (!add_gaps(f, g, 0))
		return;
	folio_open(f->out, "other-gaps", "Other gaps");
	put_grid(f, "other-gaps");
	folio_close(f->out);
}

static void
put_page(struct frame *f)
{
	size_t with = 0;

	for (size_t i = 0; i < CHAPTERS; i++)
		with += evidence_of(f->chapter[i]) > 0;
	folio_begin(f->b, f->doc, "Security management framework", f->out);
	folio_open(f->out, "summary", "Summary");
	folio_say(f->out, "text",
		  book_text(f->b, "Chapters with evidence: %zu of 10. Gaps that are recorded: %zu.",
			    with, json_array_size(json_object_get(f->doc, "gaps"))));
	put_without(f);
	put_again(f);
	put_table(f);
	folio_close(f->out);
	put_phases(f);
	for (size_t i = 0; i < CHAPTERS; i++)
		put_chapter(f, i);
	put_other_gaps(f);
	for (size_t i = 0; i < COUNT(lists); i++)
		put_list(f, &lists[i]);
	folio_end(f->b, f->out);
}

enum code
framework_html(const json_t *doc, struct buf *out, struct err *e)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct book b;
	struct frame f = {.b = &b, .doc = doc, .out = out};
	bool made = false;

	if (arena != NULL) {
		reg_book(&b, arena, doc, "security management framework");
		find_chapters(&f);
		put_page(&f);
		made = !out->failed && !arena_failed(arena);
	}
	arena_free(arena);
	return made ? OK
		    : err_set(e, TRY_LIMIT, "framework",
			      "the framework is too large for a page, or memory is out");
}
