/* What the register rests on and what comes of it: controls, flags, actions, acceptances, changes
 * of score. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "render/register/register_sheets.h"

#include <string.h>

/* --- controls --------------------------------------------------------------------------------- */

static const char *
figures_of(struct book *b, const json_t *metrics)
{
	const char *all = "";
	size_t i;
	json_t *one;

	json_array_foreach(metrics, i, one)
	{
		const char *rule = register_word("rule", member_text(one, "rule"));

		all = reg_add(b, all, "\n", reg_figure(b, one));
		if (rule[0] != '\0')
			all = book_text(b, "%s; fails by %s", all, rule);
	}
	return all;
}

static const char *
exempted(struct book *b, const json_t *exempt)
{
	const char *until = member_text(exempt, "until");
	const char *all = reg_add(b, member_text(exempt, "by"), ", ", member_text(exempt, "on"));

	if (until[0] != '\0')
		all = book_text(b, "%s, until %s", all, until);
	return reg_add(b, all, ": ", member_text(exempt, "reason"));
}

void
sheet_controls(struct book *b, const struct reg *r)
{
	static const struct heading headings[] = {
	    {"Number", 13, false},    {"Control", 32, false},  {"State", 13, false},
	    {"Side", 12, false},      {"Works on", 16, false}, {"Measure", 22, false},
	    {"Owner", 20, false},     {"Provider", 18, false}, {"Figures", 50, false},
	    {"Scenarios", 14, false}, {"Exempted", 26, false},
	};
	struct grid *g = sheet_of(b, "controls", "Controls", headings, COUNT(headings));
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(r->doc, "controls"), i, one)
	{
		enum control_state state = control_state(member_text(one, "state"));

		grid_scenario(g, one);
		grid_control(g, state);
		grid_word(g, one, "side");
		grid_word(g, one, "effect");
		grid_text(g, reg_add(b, member_text(one, "measure_code"), " ",
				     member_text(one, "measure_name")));
		grid_text(g, reg_person(one, "owner_name", "owner"));
		grid_text(g, reg_person(one, "provider_name", "provider_id"));
		grid_text(g, figures_of(b, json_object_get(one, "metrics")));
		grid_text(g, reg_join(b, json_object_get(one, "scenarios"), ", "));
		grid_text(g, exempted(b, json_object_get(one, "exempt")));
	}
}

/* --- flags ------------------------------------------------------------------------------------ */

static const char *
closed_words(struct book *b, const json_t *closed)
{
	const char *who = reg_add(b, member_text(closed, "on"), ", ", member_text(closed, "by"));
	const char *why =
	    reg_add(b, member_text(closed, "number"), " ", member_text(closed, "reason"));

	return closed == NULL ? "open" : book_text(b, "closed %s", reg_add(b, who, ": ", why));
}

void
sheet_flags(struct book *b, const struct reg *r)
{
	static const struct heading headings[] = {
	    {"Scenario", 13, false}, {"Threat scenario", 32, false},  {"Control", 13, false},
	    {"State", 13, false},    {"Figure", 50, false},           {"Raised on", 12, false},
	    {"Time", 7, true},       {"What is proposed", 32, false}, {"Closed", 40, false},
	};
	struct grid *g = sheet_of(b, "flags", "Flags", headings, COUNT(headings));
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(r->doc, "flags"), i, one)
	{
		enum control_state state = control_state(member_text(one, "state"));

		grid_text(g, member_text(one, "scenario"));
		grid_text(g, member_text(one, "scenario_title"));
		grid_text(g, member_text(one, "control"));
		grid_control(g, state);
		grid_text(g, reg_figure(b, one));
		grid_text(g, member_text(one, "raised_on"));
		grid_score(g, reg_score(one, "occurrence"));
		grid_text(g, member_text(one, "proposes"));
		grid_text(g, closed_words(b, json_object_get(one, "closed")));
	}
}

/* --- actions ---------------------------------------------------------------------------------- */

void
sheet_actions(struct book *b, const struct reg *r)
{
	static const struct heading headings[] = {
	    {"Scenario", 13, false}, {"Threat scenario", 36, false},
	    {"Action", 13, false},   {"What", 50, false},
	    {"State", 20, false},    {"Priority", 10, false},
	    {"Owner", 24, false},    {"Due", 12, false},
	    {"Over", 14, false},
	};
	static const char *const members[] = {"number",   "title", "state",
					      "priority", "owner", "due_on"};
	struct grid *g = sheet_of(b, "actions", "Actions", headings, COUNT(headings));
	size_t i;
	size_t k;
	json_t *scenario;
	json_t *one;

	json_array_foreach(r->scenarios, i, scenario)
	{
		json_array_foreach(json_object_get(scenario, "actions"), k, one)
		{
			grid_scenario(g, scenario);
			grid_members(g, one, members, COUNT(members));
			if (json_is_true(json_object_get(one, "is_overdue")))
				grid_code(g, "overdue", NULL, TONE_BAD);
			else
				grid_empty(g);
		}
	}
}

/* --- acceptances ------------------------------------------------------------------------------ */

void
sheet_acceptances(struct book *b, const struct reg *r)
{
	static const struct heading headings[] = {
	    {"Scenario", 13, false},
	    {"Threat scenario", 36, false},
	    {"Acceptance", 14, false},
	    {"Standing", 13, false},
	    {"Band", 12, false},
	    {"By", 34, false},
	    {"On", 12, false},
	    {"Expires on", 12, false},
	    {"What changed since", 40, false},
	};
	static const char *const members[] = {"band", "by", "on", "expires_on"};
	struct grid *g = sheet_of(b, "acceptances", "Acceptances", headings, COUNT(headings));
	size_t i;
	json_t *one;

	json_array_foreach(r->scenarios, i, one)
	{
		const json_t *a = json_object_get(one, "acceptance");
		const char *standing = member_text(a, "standing");

		if (a == NULL)
			continue;
		grid_scenario(g, one);
		grid_text(g, member_text(a, "number"));
		grid_code(g, register_word("standing", standing), NULL,
			  strcmp(standing, "HOLDS") == 0 ? TONE_GOOD : TONE_BAD);
		grid_members(g, a, members, COUNT(members));
		grid_text(g, reg_join(b, json_object_get(a, "changed"), ", "));
	}
}

/* --- changes of score ------------------------------------------------------------------------- */

static const char *
cites_of(struct book *b, const json_t *assessment)
{
	const char *all = "";
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(assessment, "cites"), i, one)
	{
		all = reg_add(b, all, "\n", reg_figure(b, one));
	}
	return all;
}

/* "up by 12", "down by 4", "as before"; "" of the first. */
static const char *
change_of(struct book *b, json_int_t before, json_int_t now)
{
	if (before == 0 || now == 0)
		return "";
	if (before == now)
		return "as before";
	return book_text(b, "%s by %" JSON_INTEGER_FORMAT, now > before ? "up" : "down",
			 now > before ? now - before : before - now);
}

void
sheet_changes(struct book *b, const struct reg *r)
{
	static const struct heading headings[] = {
	    {"Scenario", 13, false},     {"Threat scenario", 32, false},
	    {"Adopted on", 12, false},   {"Assessment", 14, false},
	    {"Threat", 8, true},         {"Impact", 8, true},
	    {"Vulnerability", 14, true}, {"Residual", 10, true},
	    {"Band", 12, false},         {"Change", 12, false},
	    {"Why", 44, false},          {"Figures cited", 48, false},
	};
	static const char *const scores[] = {"threat", "impact", "vulnerability", "residual"};
	struct grid *g = sheet_of(b, "changes", "Changes of score", headings, COUNT(headings));
	size_t i;
	size_t k;
	json_t *scenario;
	json_t *one;

	json_array_foreach(r->scenarios, i, scenario)
	{
		const json_t *in_force = json_object_get(scenario, "assessment");
		json_int_t before = 0;

		json_array_foreach(json_object_get(scenario, "history"), k, one)
		{
			/* Why is told of the one in force alone. */
			const json_t *of =
			    strcmp(member_text(one, "number"), member_text(in_force, "number")) == 0
				? in_force
				: NULL;

			grid_scenario(g, scenario);
			grid_text(g, member_text(one, "on"));
			grid_text(g, member_text(one, "number"));
			for (size_t s = 0; s < COUNT(scores); s++)
				grid_score(g, reg_score(one, scores[s]));
			grid_text(g, member_text(one, "band"));
			grid_text(g, change_of(b, before, reg_score(one, "residual")));
			grid_text(g, member_text(of, "justification"));
			grid_text(g, cites_of(b, of));
			before = reg_score(one, "residual");
		}
	}
}
