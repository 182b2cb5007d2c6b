#include "render/register/scenario_page.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "render/register/bow_tie.h"
#include "render/register/register_sheets.h"

#include <string.h>

/* --- what it is ------------------------------------------------------------------------------- */

/* What, and what it is; nothing where there is nothing to say. */
static void
add_item(struct grid *g, const char *what, const char *text)
{
	if (text[0] == '\0')
		return;
	grid_item(g, what);
	grid_text(g, text);
}

static struct grid *
pairs(struct sheet *s, const char *slug, const char *title)
{
	struct grid *g = sheet_grid(s, slug, title);

	if (g == NULL)
		return NULL;
	g->look = GRID_PAIRS;
	grid_headings(g, (struct heading[]){{"What", 20, false}, {"It is", 60, false}}, 2);
	return g;
}

static const char *
known(const char *s)
{
	return s[0] == '\0' ? "not said" : s;
}

/* The columns of the register, in its order. */
static void
add_columns(struct sheet *s, const struct reg *r, const json_t *scenario)
{
	struct grid *g = pairs(s, "columns", "In the register");
	const json_t *a = json_object_get(scenario, "assessment");
	struct book *b = s == NULL ? NULL : s->book;

	if (g == NULL)
		return;
	add_item(g, "Number elsewhere", member_text(scenario, "ref"));
	add_item(g, "State", member_text(scenario, "state"));
	add_item(g, "Domain", register_word("domain", member_text(scenario, "domain")));
	add_item(g, "Site", member_text(scenario, "site_id"));
	add_item(g, "Owner", reg_person(scenario, "owner_name", "owner"));
	add_item(g, "Lead organisations", known(reg_leads(b, scenario)));
	add_item(g, "Support organisations", known(member_text(scenario, "support")));
	add_item(g, "Threat", known(reg_scored(b, &r->threat, reg_score(a, "threat"))));
	add_item(g, "Impact", known(reg_scored(b, &r->impact, reg_score(a, "impact"))));
	add_item(g, "Key assets", known(reg_assets(b, scenario)));
	add_item(g, "Mitigating controls", known(reg_controls(b, r, scenario)));
	add_item(g, "Vulnerability",
		 known(reg_scored(b, &r->vulnerability, reg_score(a, "vulnerability"))));
	add_item(g, "Residual risk", a == NULL ? "not assessed" : known(reg_risk(b, a)));
}

static void
add_threat(struct sheet *s, const json_t *scenario)
{
	static const struct {
		const char *member, *what;
	} items[] = {{"perpetrators", "Perpetrators"},
		     {"how", "How they operate"},
		     {"precedent", "Precedent"},
		     {"intent", "Intent"},
		     {"capability", "Capability"}};
	struct grid *g = pairs(s, "threat", "Threat");

	if (g == NULL)
		return;
	g->empty = "Nothing is said of who would do it.";
	for (size_t i = 0; i < COUNT(items); i++)
		add_item(g, items[i].what, member_text(scenario, items[i].member));
}

/* --- how it was assessed ---------------------------------------------------------------------- */

static const char *
banded(struct book *b, const json_t *a, const char *score, const char *band)
{
	json_int_t v = reg_score(a, score);

	return v == 0 ? "" : book_text(b, "%" JSON_INTEGER_FORMAT " %s", v, member_text(a, band));
}

static void
add_sub_scores(struct grid *g, const json_t *a)
{
	static const struct {
		const char *member, *what;
	} items[] = {{"impact_safety", "Impact on safety"},
		     {"impact_security", "Impact on security"},
		     {"impact_finance", "Impact on finance"},
		     {"impact_reputation", "Impact on reputation"}};

	for (size_t i = 0; i < COUNT(items); i++) {
		json_int_t v = reg_score(a, items[i].member);

		if (v > 0)
			add_item(g, items[i].what, book_text(g->book, "%" JSON_INTEGER_FORMAT, v));
	}
	add_item(g, "Apart from the others", member_text(a, "outlier"));
}

static void
add_assessment(struct sheet *s, const json_t *scenario)
{
	const json_t *a = json_object_get(scenario, "assessment");
	struct grid *g = pairs(s, "assessment", "Assessment in force");
	size_t i;
	json_t *one;

	if (g == NULL)
		return;
	g->empty = "It is not assessed.";
	if (a == NULL)
		return;
	add_item(g, "Assessment", member_text(a, "number"));
	add_item(g, "On", member_text(a, "on"));
	add_item(g, "Assessors", member_text(a, "assessors"));
	add_item(g, "Adopted by", member_text(a, "adopted_by"));
	add_item(g, "Why", member_text(a, "justification"));
	add_sub_scores(g, a);
	add_item(g, "Inherent risk", banded(g->book, a, "inherent", "inherent_band"));
	add_item(g, "Residual risk", banded(g->book, a, "residual", "residual_band"));
	add_item(g, "Target", banded(g->book, a, "target", "target_band"));
	json_array_foreach(json_object_get(a, "cites"), i, one)
	{
		add_item(g, "Cites", reg_figure(g->book, one));
	}
	add_item(g, "Review by", member_text(a, "review_on"));
	json_array_foreach(json_object_get(a, "impacts"), i, one)
	{
		add_item(g, register_word("kind", member_text(one, "kind")),
			 member_text(one, "text"));
	}
}

/* --- lists ------------------------------------------------------------------------------------ */

static struct grid *
listed(struct sheet *s, const char *slug, const char *title, const struct heading *headings,
       size_t n)
{
	struct grid *g = sheet_grid(s, slug, title);

	if (g != NULL)
		g->cards = true;
	grid_headings(g, headings, n);
	return g;
}

static void
add_controls(struct sheet *s, const struct reg *r, const json_t *scenario)
{
	static const struct heading headings[] = {{"Number", 12, false},   {"Control", 30, false},
						  {"State", 12, false},    {"Side", 12, false},
						  {"Works on", 12, false}, {"Owner", 20, false},
						  {"Figures", 50, false}};
	struct grid *g = listed(s, "controls", "Controls", headings, COUNT(headings));
	size_t i;
	size_t k;
	json_t *number;
	json_t *metric;

	if (g == NULL)
		return;
	g->empty = "It names no control.";
	json_array_foreach(json_object_get(scenario, "controls"), i, number)
	{
		const json_t *control = reg_control(r, json_words(number));
		const char *figures = "";

		json_array_foreach(json_object_get(control, "metrics"), k, metric)
		{
			figures = reg_add(g->book, figures, "\n", reg_figure(g->book, metric));
		}
		grid_text(g, json_words(number));
		grid_text(g, member_text(control, "title"));
		if (control == NULL)
			grid_text(g, "not in force");
		else
			grid_control(g, control_state(member_text(control, "state")));
		grid_word(g, control, "side");
		grid_word(g, control, "effect");
		grid_text(g, reg_person(control, "owner_name", "owner"));
		grid_text(g, figures);
	}
}

static void
add_causes(struct sheet *s, const json_t *scenario)
{
	static const struct heading headings[] = {{"Question", 24, false}, {"Answer", 60, false}};
	struct grid *g = listed(s, "causes", "Event cause analysis", headings, COUNT(headings));
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(scenario, "causes"), i, one)
	{
		grid_word(g, one, "question");
		grid_text(g, member_text(one, "text"));
	}
}

static void
add_review(struct sheet *s, const json_t *scenario)
{
	static const struct heading headings[] = {
	    {"Concern", 24, false}, {"What was found", 60, false}, {"Action", 14, false}};
	struct grid *g = listed(s, "review", "Review of its controls", headings, COUNT(headings));
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(scenario, "review"), i, one)
	{
		grid_word(g, one, "concern");
		grid_text(g, member_text(one, "text"));
		grid_text(g, member_text(one, "action"));
	}
}

static void
add_history(struct sheet *s, const json_t *scenario)
{
	static const struct heading headings[] = {
	    {"On", 12, false},   {"Assessment", 14, false},   {"Threat", 8, true},
	    {"Impact", 8, true}, {"Vulnerability", 14, true}, {"Residual", 10, true},
	    {"Band", 12, false}};
	static const char *const scores[] = {"threat", "impact", "vulnerability", "residual"};
	struct grid *g =
	    listed(s, "history", "Scores that were adopted", headings, COUNT(headings));
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(scenario, "history"), i, one)
	{
		grid_text(g, member_text(one, "on"));
		grid_text(g, member_text(one, "number"));
		for (size_t k = 0; k < COUNT(scores); k++)
			grid_score(g, reg_score(one, scores[k]));
		grid_text(g, member_text(one, "band"));
	}
}

static void
add_reasons(struct sheet *s, const json_t *scenario)
{
	static const struct heading headings[] = {{"On", 12, false},
						  {"Because of", 26, false},
						  {"Which", 14, false},
						  {"What", 60, false}};
	struct grid *g =
	    listed(s, "reasons", "Why it has to be looked at again", headings, COUNT(headings));
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(scenario, "reasons"), i, one)
	{
		grid_text(g, member_text(one, "on"));
		grid_word(g, one, "why");
		grid_text(g, member_text(one, "number"));
		grid_text(g, member_text(one, "text"));
	}
}

static void
add_acceptance(struct sheet *s, const json_t *scenario)
{
	const json_t *a = json_object_get(scenario, "acceptance");
	struct grid *g = pairs(s, "acceptance", "Acceptance of the residual risk");

	if (g == NULL)
		return;
	g->empty = "Nobody has accepted it.";
	if (a == NULL)
		return;
	add_item(g, "Acceptance", member_text(a, "number"));
	add_item(g, "Standing", register_word("standing", member_text(a, "standing")));
	add_item(g, "Band", member_text(a, "band"));
	add_item(g, "By", member_text(a, "by"));
	add_item(g, "On", member_text(a, "on"));
	add_item(g, "Expires on", member_text(a, "expires_on"));
	add_item(g, "Changed since", reg_join(g->book, json_object_get(a, "changed"), ", "));
}

static void
add_actions(struct sheet *s, const json_t *scenario)
{
	static const struct heading headings[] = {{"Number", 12, false}, {"What", 50, false},
						  {"State", 18, false},  {"Priority", 10, false},
						  {"Owner", 20, false},  {"Due", 12, false}};
	static const char *const members[] = {"number", "title", "state", "priority", "owner"};
	struct grid *g = listed(s, "actions", "Actions", headings, COUNT(headings));
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(scenario, "actions"), i, one)
	{
		bool late = json_is_true(json_object_get(one, "is_overdue"));
		const char *due = member_text(one, "due_on");

		grid_members(g, one, members, COUNT(members));
		grid_code(g, late && g != NULL ? book_text(g->book, "%s, overdue", due) : due, NULL,
			  late ? TONE_BAD : TONE_PLAIN);
	}
}

/* --- the section ------------------------------------------------------------------------------ */

static void
put_heading(struct book *b, const struct reg *r, const json_t *scenario, size_t n, struct buf *out)
{
	const json_t *a = json_object_get(scenario, "assessment");
	enum control_state worst = reg_worst(r, scenario);

	buf_addf(out, "<section class=\"scenario\" id=\"");
	html_text(out, member_text(scenario, "number"));
	buf_addf(out, "\" aria-labelledby=\"s%zu-h\"><h2 id=\"s%zu-h\">", n, n);
	html_text(out, reg_named(b, scenario));
	buf_addf(out, "</h2>\n<p><span class=\"state\">");
	html_text(out, a == NULL ? "not assessed"
				 : book_text(b, "residual risk %s", known(reg_risk(b, a))));
	buf_addf(out, "</span><span class=\"state\"><svg width=\"14\" height=\"14\" "
		      "viewBox=\"0 0 14 14\" aria-hidden=\"true\">");
	control_shape(out, worst, 0, 0);
	buf_addf(out, "</svg>%s: %s</span></p>\n",
		 worst == CONTROL_NONE ? "controls" : "worst of its controls",
		 control_looks[worst].words);
	if (member_text(scenario, "text")[0] != '\0')
		folio_say(out, "text", member_text(scenario, "text"));
}

void
scenario_page(struct book *b, const struct reg *r, const json_t *scenario, size_t n,
	      bool with_bow_tie, struct buf *out)
{
	struct sheet *s = book_sheet(b, "scenario", "Scenario");
	const char *id = book_text(b, "s%zu", n);

	add_columns(s, r, scenario);
	add_reasons(s, scenario);
	add_assessment(s, scenario);
	add_acceptance(s, scenario);
	add_controls(s, r, scenario);
	add_actions(s, scenario);
	add_threat(s, scenario);
	add_causes(s, scenario);
	add_review(s, scenario);
	add_history(s, scenario);
	put_heading(b, r, scenario, n, out);
	if (with_bow_tie) {
		buf_addf(out, "<div class=\"scroll\" role=\"region\" aria-label=\"Bow-tie of ");
		html_text(out, member_text(scenario, "number"));
		buf_addf(out, "\" tabindex=\"0\"><div class=\"wide\">\n");
		bow_tie_draw(b, r, scenario, book_text(b, "%s-b", id), false, out);
		buf_addf(out, "</div></div>\n");
	}
	folio_sheet(b, s, id, out);
	folio_close(out);
}
