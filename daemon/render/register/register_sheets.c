#include "render/register/register_sheets.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/text.h"
#include "render/register/matrix.h"

#include <string.h>

/* --- what the sheets share -------------------------------------------------------------------- */

void
grid_headings(struct grid *g, const struct heading *headings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		grid_column(g, &(struct column){"", headings[i].header, IN_ALL, headings[i].width,
						headings[i].right});
}

struct grid *
sheet_of(struct book *b, const char *slug, const char *name, const struct heading *headings,
	 size_t n)
{
	struct sheet *s = book_sheet(b, slug, name);
	struct grid *g = sheet_grid(s, slug, name);

	if (s != NULL)
		s->holds = true;
	if (g != NULL)
		g->cards = true;
	grid_headings(g, headings, n);
	return g;
}

void
grid_scenario(struct grid *g, const json_t *scenario)
{
	grid_text(g, member_text(scenario, "number"));
	grid_text(g, member_text(scenario, "title"));
}

void
grid_score(struct grid *g, json_int_t v)
{
	if (v == 0)
		grid_empty(g);
	else
		grid_number(g, (double)v, UNIT_INTEGER);
}

void
grid_control(struct grid *g, enum control_state s)
{
	if (g != NULL)
		grid_code(g, control_words(g->book, s), NULL, control_looks[s].tone);
}

void
grid_word(struct grid *g, const json_t *o, const char *member)
{
	grid_text(g, register_word(member, member_text(o, member)));
}

void
grid_members(struct grid *g, const json_t *o, const char *const *members, size_t n)
{
	for (size_t i = 0; i < n; i++)
		grid_text(g, member_text(o, members[i]));
}

/* --- method ----------------------------------------------------------------------------------- */

static const struct heading level_headings[] = {
    {"Score", 20, true}, {"Name", 24, false}, {"Criteria", 90, false}};

static void
add_levels(struct sheet *s, const json_t *scheme, const char *member, const char *title)
{
	struct grid *g = sheet_grid(s, member, title);
	size_t i;
	json_t *one;

	grid_headings(g, level_headings, COUNT(level_headings));
	json_array_foreach(json_object_get(scheme, member), i, one)
	{
		grid_score(g, reg_score(one, "score"));
		grid_text(g, member_text(one, "name"));
		grid_text(g, s == NULL ? ""
				       : reg_join(s->book, json_object_get(one, "criteria"), "\n"));
	}
}

/* m NULL: as the scheme has them; else what its cells have of each, in narrower columns. */
static void
add_bands(struct sheet *s, const struct reg *r, const struct matrix *m)
{
	static const struct heading headings[] = {{"Band", 20, false},
						  {"Scores", 24, false},
						  {"What it means", 30, false},
						  {"Scenarios", 11, true}};
	struct grid *g = sheet_grid(s, m == NULL ? "bands" : "legend",
				    m == NULL ? "Bands of risk" : "What the cells say");

	grid_headings(g, headings, COUNT(headings) - (m == NULL));
	for (size_t i = 0; i < r->n_bands && g != NULL; i++) {
		const struct band *band = &r->band[i];

		grid_code(g, band->name, NULL, reg_band_tone(r, i));
		grid_text(g, book_text(g->book, "%" JSON_INTEGER_FORMAT " to %" JSON_INTEGER_FORMAT,
				       band->low, band->high));
		grid_text(g, band->meaning);
		if (m != NULL)
			grid_number(g, (double)m->in_band[i], UNIT_INTEGER);
	}
}

static void
add_scheme(struct sheet *s, const json_t *scheme)
{
	static const struct {
		const char *member, *what;
	} items[] = {{"name", "Scheme"}, {"set_on", "Set on"}, {"set_by", "Set by"}};
	struct grid *g = sheet_grid(s, "scheme", "The scheme that scores are read by");

	if (g == NULL)
		return;
	g->look = GRID_PAIRS;
	grid_headings(g, (struct heading[]){{"What", 20, false}, {"It is", 24, false}}, 2);
	for (size_t i = 0; i < COUNT(items); i++) {
		grid_item(g, items[i].what);
		grid_text(g, member_text(scheme, items[i].member));
	}
	grid_item(g, "Version");
	grid_score(g, reg_score(scheme, "version"));
}

void
sheet_method(struct book *b, const struct reg *r)
{
	const json_t *scheme = json_object_get(r->doc, "scheme");
	struct sheet *s = book_sheet(b, "method", "Method");

	sheet_note(s, "Risk is threat times impact times vulnerability. Threat and impact are "
		      "scored as if no control were there.");
	if (r->vulnerability.n > 0)
		sheet_note(
		    s,
		    book_text(b,
			      "Inherent risk takes the highest vulnerability, %" JSON_INTEGER_FORMAT
			      "; residual risk the one that was assessed with the "
			      "controls that there are.",
			      r->vulnerability.level[0].score));
	sheet_note(s, "No score is 0, and none is changed by a figure: a person decides, and cites "
		      "what the decision rests on.");
	if (scheme == NULL)
		sheet_note(s, "No scheme was set: scores have no names and no bands here.");
	add_scheme(s, scheme);
	add_levels(s, scheme, "threat", "Threat: how likely it is");
	add_levels(s, scheme, "impact", "Impact: what would follow");
	add_levels(s, scheme, "vulnerability", "Vulnerability: what the controls leave open");
	add_bands(s, r, NULL);
}

/* --- matrices --------------------------------------------------------------------------------- */

/* "HIGH 2: R-1, R-2", a line a band. */
static const char *
cell_words(struct book *b, const struct reg *r, const struct matrix_cell *cell)
{
	const char *all = "";

	for (size_t i = 0; i <= BANDS_MAX; i++) {
		const struct matrix_part *part = &cell->part[i];

		if (part->n > 0)
			all = reg_add(b, all, "\n",
				      book_text(b, "%s %zu: %s",
						i < r->n_bands ? r->band[i].name : "no band",
						part->n, matrix_numbers(b, part)));
	}
	return all;
}

static enum tone
cell_tone(const struct reg *r, const struct matrix_cell *cell)
{
	for (size_t i = 0; i < r->n_bands; i++)
		if (cell->part[i].n > 0)
			return reg_band_tone(r, i);
	return TONE_PLAIN;
}

static void
add_cells(struct grid *g, const struct reg *r, const struct matrix *m)
{
	struct book *b = g->book;

	grid_column(g, &(struct column){"", "Threat", IN_ALL, 20, false});
	for (size_t i = r->impact.n; i > 0; i--)
		grid_column(g, &(struct column){"",
						book_text(b, "Impact %s",
							  reg_scored(b, &r->impact,
								     r->impact.level[i - 1].score)),
						IN_ALL, 30, false});
	for (size_t t = 0; t < r->threat.n; t++) {
		grid_text(g, reg_scored(b, &r->threat, r->threat.level[t].score));
		for (size_t i = r->impact.n; i > 0; i--) {
			const struct matrix_cell *cell = matrix_at(m, t, i - 1);

			grid_code(g, cell_words(b, r, cell), NULL, cell_tone(r, cell));
		}
	}
}

void
sheet_matrix(struct book *b, const struct reg *r, bool residual)
{
	const char *slug = residual ? "residual-matrix" : "inherent-matrix";
	struct sheet *s = book_sheet(b, slug, residual ? "Residual matrix" : "Inherent matrix");
	struct matrix *m = matrix_make(b, r, residual);
	struct grid *g = sheet_grid(s, slug,
				    residual ? "Scenarios by threat and impact, with the controls "
					       "that there are"
					     : "Scenarios by threat and impact, as if no control "
					       "were there");

	if (g == NULL || m == NULL)
		return;
	g->note = "A cell has the number of its scenarios by band and their references; an empty "
		  "cell has none.";
	g->empty = "No scheme was set.";
	add_cells(g, r, m);
	add_bands(s, r, m);
	sheet_note(s, book_text(b,
				"Scenarios: %zu in the matrix, %zu without an assessment, %zu "
				"by scores that the scheme does not have.",
				m->n, m->unassessed, m->outside));
}

/* --- the register ----------------------------------------------------------------------------- */

static const struct heading columns[] = {
    {"1 Reference", 13, false},     {"2 Threat scenario", 42, false},
    {"3 Lead", 24, false},          {"4 Support", 18, false},
    {"5 Threat", 14, false},        {"6 Impact", 15, false},
    {"7 Key assets", 24, false},    {"8 Mitigating controls", 36, false},
    {"9 Vulnerability", 15, false}, {"10 Risk", 14, false},
};

static void
add_scenario(struct grid *g, const struct reg *r, const json_t *scenario)
{
	struct book *b = g->book;
	const json_t *a = json_object_get(scenario, "assessment");
	const char *ref = member_text(scenario, "ref");

	grid_text(g, reg_add(b, member_text(scenario, "number"), "\n",
			     ref[0] == '\0' ? "" : book_text(b, "(%s)", ref)));
	grid_text(g,
		  reg_add(b, member_text(scenario, "title"), "\n", member_text(scenario, "text")));
	grid_text(g, reg_leads(b, scenario));
	grid_text(g, member_text(scenario, "support"));
	grid_text(g, reg_scored(b, &r->threat, reg_score(a, "threat")));
	grid_text(g, reg_scored(b, &r->impact, reg_score(a, "impact")));
	grid_text(g, reg_assets(b, scenario));
	grid_text(g, reg_controls(b, r, scenario));
	grid_text(g, reg_scored(b, &r->vulnerability, reg_score(a, "vulnerability")));
	grid_code(g, a == NULL ? "not assessed" : reg_risk(b, a), NULL,
		  reg_band_tone(r, reg_band(r, reg_score(a, "residual"))));
}

void
sheet_register(struct book *b, const struct reg *r)
{
	struct grid *g = sheet_of(b, "register", "Register", columns, COUNT(columns));
	size_t i;
	json_t *one;

	if (g == NULL)
		return;
	g->note = "A row shows 31 lines at the most; a longer text is whole in its cell.";
	if (json_array_size(r->retired) > 0)
		g->note =
		    book_text(b, "%s Retired, and not shown: %zu scenario%s.", g->note,
			      json_array_size(r->retired), text_s(json_array_size(r->retired)));
	json_array_foreach(r->scenarios, i, one)
	{
		add_scenario(g, r, one);
	}
}
