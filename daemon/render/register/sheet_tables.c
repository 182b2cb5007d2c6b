/* What the appendix has tables for besides the register: threat, impact, review of controls,
 * targets, process maps and event cause analysis. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "render/register/register_sheets.h"

#include <string.h>

/* --- threat ----------------------------------------------------------------------------------- */

void
sheet_threat(struct book *b, const struct reg *r)
{
	static const struct heading headings[] = {
	    {"Reference", 13, false},    {"Threat scenario", 28, false},
	    {"Perpetrators", 34, false}, {"How they operate", 34, false},
	    {"Precedent", 30, false},    {"Intent", 30, false},
	    {"Capability", 30, false},   {"Threat", 14, false},
	};
	static const char *const members[] = {"perpetrators", "how", "precedent", "intent",
					      "capability"};
	struct grid *g = sheet_of(b, "threat", "Threat", headings, COUNT(headings));
	size_t i;
	json_t *one;

	json_array_foreach(r->scenarios, i, one)
	{
		grid_scenario(g, one);
		grid_members(g, one, members, COUNT(members));
		grid_text(g, reg_scored(b, &r->threat,
					reg_score(json_object_get(one, "assessment"), "threat")));
	}
}

/* --- impact: table 3 -------------------------------------------------------------------------- */

/* All that was said of this kind, a line each. */
static const char *
impact_of(struct book *b, const json_t *assessment, const char *kind)
{
	const char *all = "";
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(assessment, "impacts"), i, one)
	{
		if (strcmp(member_text(one, "kind"), kind) == 0)
			all = reg_add(b, all, "\n", member_text(one, "text"));
	}
	return all;
}

static const struct heading impact_lead[] = {{"Reference", 13, false},
					     {"Threat scenario", 28, false}};
static const struct heading impact_tail[] = {
    {"Safety", 8, true},
    {"Security", 8, true},
    {"Finance", 8, true},
    {"Reputation score", 10, true},
    {"Apart from the others", 22, false},
    {"Impact", 14, false},
    {"Why", 22, false},
};

void
sheet_impact(struct book *b, const struct reg *r)
{
	static const char *const scores[] = {"impact_safety", "impact_security", "impact_finance",
					     "impact_reputation"};
	struct grid *g = sheet_of(b, "impact", "Impact", impact_lead, COUNT(impact_lead));
	const char *kind;
	size_t i;
	json_t *one;

	for (size_t k = 0; (kind = register_code("kind", k)) != NULL; k++)
		grid_column(g,
			    &(struct column){"", register_word("kind", kind), IN_ALL, 14, false});
	grid_headings(g, impact_tail, COUNT(impact_tail));
	json_array_foreach(r->scenarios, i, one)
	{
		const json_t *a = json_object_get(one, "assessment");

		grid_scenario(g, one);
		for (size_t k = 0; (kind = register_code("kind", k)) != NULL; k++)
			grid_text(g, impact_of(b, a, kind));
		for (size_t k = 0; k < COUNT(scores); k++)
			grid_score(g, reg_score(a, scores[k]));
		grid_text(g, member_text(a, "outlier"));
		grid_text(g, reg_scored(b, &r->impact, reg_score(a, "impact")));
		grid_text(g, member_text(a, "justification"));
	}
}

/* --- review of controls: table 5 -------------------------------------------------------------- */

/* The action of this number as the scenario has it, else the number. */
static const char *
action_of(struct book *b, const json_t *scenario, const char *number)
{
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(scenario, "actions"), i, one)
	{
		if (strcmp(member_text(one, "number"), number) == 0)
			return reg_add(b, reg_named(b, one), ", ", member_text(one, "state"));
	}
	return number;
}

void
sheet_review(struct book *b, const struct reg *r)
{
	static const struct heading headings[] = {{"Reference", 13, false},
						  {"Threat scenario", 34, false},
						  {"Concern", 24, false},
						  {"What was found", 60, false},
						  {"Action", 50, false}};
	struct grid *g = sheet_of(b, "control-review", "Control review", headings, COUNT(headings));
	size_t i;
	size_t k;
	json_t *scenario;
	json_t *one;

	json_array_foreach(r->scenarios, i, scenario)
	{
		json_array_foreach(json_object_get(scenario, "review"), k, one)
		{
			grid_scenario(g, scenario);
			grid_word(g, one, "concern");
			grid_text(g, member_text(one, "text"));
			grid_text(g, action_of(b, scenario, member_text(one, "action")));
		}
	}
}

/* --- targets: table 6 ------------------------------------------------------------------------- */

void
sheet_targets(struct book *b, const struct reg *r)
{
	static const struct heading headings[] = {
	    {"Number", 13, false},         {"Target", 26, false},
	    {"Class", 14, false},          {"Strengths", 26, false},
	    {"Weaknesses", 26, false},     {"Opportunities", 24, false},
	    {"Predictability", 20, false}, {"Vulnerability", 13, false},
	    {"Stakeholders", 20, false},   {"How to reduce it", 26, false},
	    {"Scenarios", 14, false},
	};
	static const char *const members[] = {"strengths",      "weaknesses",    "opportunities",
					      "predictability", "vulnerability", "stakeholders",
					      "improvement"};
	struct grid *g = sheet_of(b, "targets", "Targets", headings, COUNT(headings));
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(r->doc, "assets"), i, one)
	{
		grid_scenario(g, one);
		grid_word(g, one, "class");
		grid_members(g, one, members, COUNT(members));
		grid_text(g, reg_join(b, json_object_get(one, "scenarios"), ", "));
	}
}

/* --- process maps ----------------------------------------------------------------------------- */

void
sheet_maps(struct book *b, const struct reg *r)
{
	static const struct heading headings[] = {
	    {"Number", 13, false},        {"Process", 28, false},
	    {"Journey of", 20, false},    {"Step", 7, true},
	    {"What happens", 36, false},  {"Threat", 34, false},
	    {"Early warning", 30, false}, {"Control", 34, false},
	    {"Scenarios", 14, false},
	};
	static const char *const members[] = {"step", "threat", "warning", "control"};
	struct grid *g = sheet_of(b, "process-maps", "Process maps", headings, COUNT(headings));
	size_t i;
	size_t k;
	json_t *map;
	json_t *step;

	json_array_foreach(json_object_get(r->doc, "process_maps"), i, map)
	{
		json_array_foreach(json_object_get(map, "steps"), k, step)
		{
			grid_scenario(g, map);
			grid_word(g, map, "of");
			grid_number(g, (double)(k + 1), UNIT_INTEGER);
			grid_members(g, step, members, COUNT(members));
			grid_text(g, reg_join(b, json_object_get(map, "scenarios"), ", "));
		}
	}
}

/* --- event cause analysis --------------------------------------------------------------------- */

void
sheet_causes(struct book *b, const struct reg *r)
{
	static const struct heading lead[] = {{"Reference", 13, false},
					      {"Threat scenario", 34, false}};
	struct grid *g = sheet_of(b, "causes", "Event cause analysis", lead, COUNT(lead));
	const char *question;
	size_t i;
	size_t k;
	json_t *scenario;
	json_t *one;

	for (size_t q = 0; (question = register_code("question", q)) != NULL; q++)
		grid_column(g, &(struct column){"", register_word("question", question), IN_ALL, 38,
						false});
	json_array_foreach(r->scenarios, i, scenario)
	{
		const json_t *causes = json_object_get(scenario, "causes");

		if (json_array_size(causes) == 0)
			continue;
		grid_scenario(g, scenario);
		for (size_t q = 0; (question = register_code("question", q)) != NULL; q++) {
			const char *all = "";

			json_array_foreach(causes, k, one)
			{
				if (strcmp(member_text(one, "question"), question) == 0)
					all = reg_add(b, all, "\n", member_text(one, "text"));
			}
			grid_text(g, all);
		}
	}
}
