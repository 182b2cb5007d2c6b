/* semsctl risk, control, asset and framework: the register of risks and what stands around it. */
#include "base/count.h"
#include "base/text.h"
#include "tools/semsctl/cases/case_verb.h"
#include "tools/semsctl/cases/register.h"

#include <string.h>

/* --- risk ------------------------------------------------------------------------------------- */

/* What is told of a scenario by a case of its own. */
static int
tell_of_scenario(struct case_wish *w, const char *number, enum case_kind kind, const char *event)
{
	char scenario[CASE_NUMBER_SIZE];

	if (number == NULL)
		return command_usage(w->command, "say of which scenario, such as R-2026-007");
	text_print(scenario, sizeof scenario, "%s", number);
	w->said[SAYS_SCENARIO] = scenario;
	w->kind = kind;
	return case_tell_event(w, event, NULL);
}

static int
risk_assess(struct case_wish *w, const char *number)
{
	return tell_of_scenario(w, number, CASE_ASSESSMENT, "ASSESS");
}

static int
risk_propose(struct case_wish *w, const char *number)
{
	return tell_of_scenario(w, number, CASE_ACCEPTANCE, "PROPOSE");
}

/* Scenarios, unless it says that the file has their assessments. */
static int
risk_import(struct case_wish *w, const char *path)
{
	if (w->of_kind != NULL && strcmp(w->of_kind, case_kinds[CASE_ASSESSMENT].name) != 0)
		return command_usage(w->command, "import: --kind assessment, or none");
	w->kind = w->of_kind != NULL ? CASE_ASSESSMENT : w->kind;
	return case_import(w, path);
}

static const struct case_verb risk_verbs[] = {
    ASKS("list", risk_list, "[--as-of DAY] [--csv FILE] [--json]",
	 "The register: scenarios with their scores, and how their controls stand.",
	 "semsctl risk list --as-of 2026-03-03"),
    ASKS("show", risk_show, "NUMBER [--as-of DAY] [--json]",
	 "A scenario with all that bears on it, or an assessment or acceptance with its events.",
	 "semsctl risk show R-2026-007"),
    MAKES("enter", CASE_SCENARIO, "ENTER", "--title TEXT [WORDS]",
	  "Puts a threat scenario into the register.",
	  "semsctl risk enter --title 'Device in hold baggage' --domain AVIATION --controls "
	  "'C-2026-001 C-2026-002' --owner unix:olga"),
    TELLS("change", "CHANGE", "NUMBER WORDS [--reason TEXT]",
	  "Says something else of a scenario, or of an assessment that is not adopted yet.",
	  "semsctl risk change R-2026-007 --controls 'C-2026-001' --reason 'one was given up'"),
    TELLS("note", "NOTE", "NUMBER --text TEXT [--evidence LIST]", "Adds a note.",
	  "semsctl risk note R-2026-007 --text 'asked the police'"),
    TELLS("retire", "RETIRE", "NUMBER --reason TEXT", "Takes a scenario out of the register.",
	  "semsctl risk retire R-2026-007 --reason 'the hall is closed'"),
    TELLS("reinstate", "REINSTATE", "NUMBER --reason TEXT", "Puts it back.",
	  "semsctl risk reinstate R-2026-007 --reason 'the hall is open again'"),
    ASKS("assess", risk_assess,
	 "NUMBER --threat N --impact N --vulnerability N --assessors TEXT --justification TEXT "
	 "--review DAY [--cites LIST] [WORDS]",
	 "Scores a scenario; the scores are in force when another person has adopted them.",
	 "semsctl risk assess R-2026-007 --threat 3 --impact 4 --vulnerability 2 --assessors "
	 "'O. Novak, police' --justification 'as in spring' --review 2027-03-01"),
    TELLS("adopt", "ADOPT", "NUMBER [--text TEXT]",
	  "Puts an assessment in force, as another person than who made it.",
	  "semsctl risk adopt AS-2026-011"),
    TELLS("reject", "REJECT", "NUMBER --reason TEXT",
	  "Turns down an assessment, or the acceptance of a risk.",
	  "semsctl risk reject AS-2026-011 --reason 'the fence counts, too'"),
    ASKS("propose", risk_propose, "NUMBER --band BAND --expires DAY --justification TEXT",
	 "Proposes that the residual risk of a scenario is accepted until a day.",
	 "semsctl risk propose R-2026-007 --band MEDIUM --expires 2027-03-01 --justification "
	 "'lane 3 is rebuilt by then'"),
    TELLS("accept", "ACCEPT", "NUMBER --digest SHA256 [--text TEXT]",
	  "Accepts it, by name, for what `risk show` shows under that digest.",
	  "semsctl risk accept AC-2026-002 --digest $(semsctl risk show R-2026-007 --json | jq -r "
	  ".digest)"),
    TELLS("revoke", "REVOKE", "NUMBER --reason TEXT", "Accepts it no longer.",
	  "semsctl risk revoke AC-2026-002 --reason 'it happened nearby'"),
    ASKS("flags", risk_flags, "[NUMBER] [--as-of DAY] [--json]",
	 "Figures that do not prove the controls of a scenario, and what is proposed.",
	 "semsctl risk flags R-2026-007"),
    ASKS("settle", risk_settle, "FLAG --scenario NUMBER --reason TEXT",
	 "Settles a flag by a decision.",
	 "semsctl risk settle OUT01@2026-Q3/1 --scenario R-2026-007 --reason 'V is 3 already'"),
    ASKS("scheme", risk_scheme, "[FILE] [--json]",
	 "How risks are scored; with a file of JSON, how they are from now on.",
	 "semsctl risk scheme scheme.json"),
    ASKS("diff", case_diff, "--since DAY [--until DAY] [--json]",
	 "Scenarios that are new, changed or gone between the ends of two days.",
	 "semsctl risk diff --since 2026-03-31"),
    ASKS("export", risk_export,
	 "[NUMBER] [--xlsx FILE] [--html FILE] [--csv FILE] [--bow-tie FILE] [--as-of DAY] "
	 "[--from FILE] [--json]",
	 "The register as a workbook, a page or CSV, and of one scenario its bow-tie.",
	 "semsctl risk export --xlsx register.xlsx --html register.html"),
    ASKS("import", risk_import, "FILE [--kind assessment]",
	 "Reads scenarios, or assessments, from a CSV file or a workbook; the same file again "
	 "changes nothing.",
	 "semsctl risk import register.csv"),
};

/* --- control ---------------------------------------------------------------------------------- */

static const struct case_verb control_verbs[] = {
    ASKS("list", control_list, "[--as-of DAY] [--csv FILE] [--json]",
	 "Controls, and what the newest frozen figures say of them.", "semsctl control list"),
    ASKS("show", case_show, "NUMBER [--as-of DAY] [--json]",
	 "A control with all that was told of it.", "semsctl control show C-2026-003"),
    MAKES("enter", CASE_CONTROL, "ENTER", "--title TEXT --side SIDE [--metrics LIST] [WORDS]",
	  "Puts a control into the register, with the metrics that watch it.",
	  "semsctl control enter --title 'Screening of hold baggage' --side PREVENTION --measure "
	  "5.1 --metrics 'OUT01 QN11:NOT_PROVEN' --owner unix:olga"),
    TELLS("change", "CHANGE", "NUMBER WORDS [--reason TEXT]", "Says something else of it.",
	  "semsctl control change C-2026-003 --metrics OUT03 --reason 'TIP since May'"),
    TELLS("note", "NOTE", "NUMBER --text TEXT [--evidence LIST]", "Adds a note.",
	  "semsctl control note C-2026-003 --text 'seen on 4 May'"),
    TELLS("exempt", "EXEMPT", "NUMBER --exempt-until DAY --reason TEXT",
	  "Leaves it without a metric until a day, as another than its owner.",
	  "semsctl control exempt C-2026-003 --exempt-until 2026-12-31 --reason 'rebuilt'"),
    TELLS("watch", "WATCH", "NUMBER --reason TEXT",
	  "Ends its exemption, so that its metrics count again.",
	  "semsctl control watch C-2026-003 --reason 'it is there'"),
    TELLS("retire", "RETIRE", "NUMBER --reason TEXT", "Says that it is there no longer.",
	  "semsctl control retire C-2026-003 --reason 'replaced'"),
    TELLS("reinstate", "REINSTATE", "NUMBER --reason TEXT", "Says that it is there again.",
	  "semsctl control reinstate C-2026-003 --reason 'back from repair'"),
    ASKS("diff", case_diff, "--since DAY [--until DAY] [--json]",
	 "Controls that are new, changed or gone between the ends of two days.",
	 "semsctl control diff --since 2026-03-31"),
    ASKS("import", case_import, "FILE",
	 "Reads controls from a CSV file or a workbook; the same file again changes nothing.",
	 "semsctl control import controls.csv"),
};

/* --- what has no course of its own ------------------------------------------------------------ */

/* The word after it names the kind. */
static int
take_kind(struct case_wish *w, const char *name)
{
	static const enum case_kind kinds[] = {
	    CASE_ASSET,    CASE_PROCESS_MAP,        CASE_CHAPTER,  CASE_GAP, CASE_CHANGE,
	    CASE_SUPPLIER, CASE_THREAT_INFORMATION, CASE_DECISION,
	};

	for (size_t i = 0; name != NULL && i < COUNT(kinds); i++) {
		if (strcmp(case_kinds[kinds[i]].name, name) == 0) {
			w->kind = kinds[i];
			return EXIT_DONE;
		}
	}
	return command_usage(w->command,
			     "say of which kind: asset, process_map, chapter, gap, change, "
			     "supplier, threat_information or decision");
}

static int
entry_enter(struct case_wish *w, const char *kind)
{
	int status = take_kind(w, kind);

	return status == EXIT_DONE ? case_tell_event(w, "ENTER", NULL) : status;
}

static int
entry_list(struct case_wish *w, const char *kind)
{
	int status = take_kind(w, kind);

	return status == EXIT_DONE ? case_list(w, NULL) : status;
}

static int
entry_diff(struct case_wish *w, const char *kind)
{
	int status = take_kind(w, kind);

	return status == EXIT_DONE ? case_diff(w, NULL) : status;
}

static int
entry_import(struct case_wish *w, const char *path)
{
	int status = take_kind(w, w->of_kind);

	return status == EXIT_DONE ? case_import(w, path) : status;
}

static const struct case_verb framework_verbs[] = {
    ASKS("list", entry_list, "KIND [--open] [--as-of DAY] [--csv FILE] [--json]",
	 "What there is of a kind, now or on any day.", "semsctl framework list chapter"),
    ASKS("show", case_show, "NUMBER [--as-of DAY] [--json]",
	 "One of them with all that was told of it.", "semsctl framework show FC-2026-003"),
    ASKS("enter", entry_enter, "KIND --title TEXT WORDS", "Puts one in.",
	 "semsctl framework enter change --title 'New hall' --security-impact 'one lane more' "
	 "--changes-on 2027-01-01 --scenarios R-2026-007"),
    TELLS("change", "CHANGE", "NUMBER WORDS [--reason TEXT]", "Says something else of it.",
	  "semsctl framework change FC-2026-003 --phase 2 --phase-on 2026-09-30"),
    TELLS("note", "NOTE", "NUMBER --text TEXT [--evidence LIST]", "Adds a note.",
	  "semsctl framework note FC-2026-003 --text 'seen by the assessor'"),
    TELLS("retire", "RETIRE", "NUMBER --reason TEXT", "Says that it holds no longer.",
	  "semsctl framework retire G-2026-001 --reason 'closed'"),
    TELLS("reinstate", "REINSTATE", "NUMBER --reason TEXT", "Says that it holds again.",
	  "semsctl framework reinstate G-2026-001 --reason 'open again'"),
    ASKS("diff", entry_diff, "KIND --since DAY [--until DAY] [--json]",
	 "What is new, changed or gone between the ends of two days.",
	 "semsctl framework diff gap --since 2026-03-31"),
    ASKS("export", framework_export, "--html FILE [--as-of DAY] [--from FILE] [--json]",
	 "The chapters of the framework on one page, with their evidence and its age.",
	 "semsctl framework export --html framework.html"),
    ASKS("import", entry_import, "FILE --kind KIND",
	 "Reads them from a CSV file or a workbook; the same file again changes nothing.",
	 "semsctl framework import chapters.csv --kind chapter"),
};

static int
show_kinds(struct case_wish *w, const char *argument)
{
	(void)argument;
	return command_usage(w->command, "say what: list, show, enter, change, ...");
}

/* --- the commands ----------------------------------------------------------------------------- */

static int
run_risk(const struct options *o, int argc, char **argv)
{
	struct case_wish w = {.o = o, .command = &command_risk, .kind = CASE_SCENARIO};

	return case_run(&w, risk_verbs, COUNT(risk_verbs), argc, argv, risk_list);
}

static int
run_control(const struct options *o, int argc, char **argv)
{
	struct case_wish w = {.o = o, .command = &command_control, .kind = CASE_CONTROL};

	return case_run(&w, control_verbs, COUNT(control_verbs), argc, argv, control_list);
}

static int
run_framework(const struct options *o, int argc, char **argv)
{
	struct case_wish w = {.o = o, .command = &command_framework, .kind = CASE_CHAPTER};

	return case_run(&w, framework_verbs, COUNT(framework_verbs), argc, argv, show_kinds);
}

static const struct sub *
risk_sub(size_t i)
{
	return i < COUNT(risk_verbs) ? &risk_verbs[i].sub : NULL;
}

static const struct sub *
control_sub(size_t i)
{
	return i < COUNT(control_verbs) ? &control_verbs[i].sub : NULL;
}

static const struct sub *
framework_sub(size_t i)
{
	return i < COUNT(framework_verbs) ? &framework_verbs[i].sub : NULL;
}

#define COMMON_HELP                                                                               \
	"  --title, --owner, --site, --review, --ref, --text, --evidence, --file\n"               \
	"                    what can be said of each\n"                                          \
	"  --on TIME         when it was so, a day (the entity's noon) or an instant; else now\n" \
	"  --as-of DAY       as it was then and was known then; --known-by DAY: as it is known\n" \
	"                    by that day\n"                                                       \
	"  --reason TEXT     why, where a step or a change wants it\n"                            \
	"  --csv FILE        the list as CSV, which `import` reads again\n"                       \
	"  --since, --until  days, of `diff`\n"                                                   \
	"  --json            the answer as it is\n"

const struct command command_risk = {
    .sub = risk_sub,
    .options = case_risk_options,
    .letters = "",
    .name = "risk",
    .summary = "the register of risks: scenarios, scores, what was accepted, flags",
    .help =
	"A scenario has a number, R-2026-007; its scores are assessments (AS-), one in force; who\n"
	"bears what is left accepts it (AC-) until a day. A figure that does not prove a control\n"
	"raises a flag; whoever decides on it settles it.\n"
	"\n"
	"  --domain          AVIATION, PORT or SHIP\n"
	"  --lead TABLE      who leads, a line each: ORGANISATION | OWNS_ASSETS, SETS_POLICY,\n"
	"                    RESPONSIBLE or SEVERAL | PREVENTIVE, CONTINGENCY or BOTH\n"
	"  --support, --perpetrators, --how, --precedent, --intent, --capability TEXT\n"
	"  --assets, --controls LIST\n"
	"                    numbers with blanks between\n"
	"  --causes TABLE    lines of WHO, WHERE, HOW, STOPS or FAILS | text\n"
	"  --control-review TABLE\n"
	"                    lines of BREACH, RESOURCES, COVERAGE, TRAINING or OTHER | text | "
	"action\n"
	"  --threat, --impact, --vulnerability, --target N\n"
	"                    scores of 1 to 4; the first two as if there were no controls; "
	"target:\n"
	"                    what the vulnerability is to be one day\n"
	"  --impact-safety, --impact-security, --impact-finance, --impact-reputation N, --outlier\n"
	"                    the impact in its parts, and why one is far from it\n"
	"  --impacts TABLE   lines of a kind of impact | text\n"
	"  --cites LIST      figures that the scores rest on: OUT01@2026-Q3/1 each, metric, "
	"quarter\n"
	"                    and revision of the frozen document\n"
	"  --assessors, --justification TEXT\n"
	"                    who scored it, and why so\n"
	"  --scenario NUMBER of the flag that `settle` settles\n"
	"  --kind assessment has `import` read assessments\n"
	"  --xlsx, --html, --bow-tie FILE\n"
	"                    what an export writes: a workbook, a page, a drawing\n"
	"  --from FILE       exports what an export has printed by --json, without semsd\n"
	"  --band, --expires, --digest\n"
	"                    of an acceptance\n" COMMON_HELP "\n"
	"Example:\n"
	"  semsctl risk enter --title 'Device in hold baggage' --domain AVIATION\n",
    .run = run_risk,
};

const struct command command_control = {
    .sub = control_sub,
    .options = case_control_options,
    .letters = "",
    .name = "control",
    .summary = "controls, and whether figures prove them",
    .help = "A control has a number, C-2026-003, and metrics that watch it. By the newest frozen "
	    "quarter\n"
	    "it is PROVEN, FAILING, NOT_PROVEN or SILENT (nothing is known), the worst of its "
	    "metrics;\n"
	    "UNCOVERED without any, EXEMPT until a day.\n"
	    "\n"
	    "  --side            PREVENTION or RECOVERY\n"
	    "  --effect          LIKELIHOOD, IMPACT or BOTH\n"
	    "  --metrics LIST    with blanks between: OUT01, or OUT01:NOT_PROVEN where that is a "
	    "breach\n"
	    "                    already\n"
	    "  --exempt-until DAY\n"
	    "                    the last day on which it need not be watched\n"
	    "  --measure, --provider\n" COMMON_HELP "\n"
	    "Example:\n"
	    "  semsctl control enter --title 'Screening of hold baggage' --side PREVENTION \\\n"
	    "      --metrics OUT01\n",
    .run = run_control,
};

const struct command command_framework = {
    .sub = framework_sub,
    .options = case_framework_options,
    .letters = "",
    .name = "framework",
    .summary = "chapters, gaps, changes, suppliers, threat information, decisions, assets",
    .help =
	"What stands around the register. Kinds: asset, process_map, chapter, gap, change,\n"
	"supplier, threat_information, decision.\n"
	"\n"
	"  --class           of an asset: PEOPLE, OBJECTS, INFRASTRUCTURE or EQUIPMENT; "
	"--strengths,\n"
	"                    --weaknesses, --opportunities, --predictability, --rating (HIGH,\n"
	"                    MEDIUM, LOW), --stakeholders, --improvement\n"
	"  --journey         of a process map: ARTICLE or PERSON; --steps TABLE: lines of step |\n"
	"                    threat | warning | control; --scenarios LIST\n"
	"  --chapter         1 to 10, of a chapter or gap; --phase 1, 2 or 2B, --phase-on DAY;\n"
	"                    --resources, --timetable of a gap\n"
	"  --security-impact of a change; --changes-on DAY, --scenarios LIST\n"
	"  --reach           of threat information: NATIONAL or LOCAL; --received DAY, "
	"--scenarios\n"
	"  --provider, --contract, --audited DAY\n"
	"                    of a supplier\n"
	"  --scenario, --control, --measure\n"
	"                    what one bears on\n"
	"  --kind KIND       of `import`; --open, --state: conditions of a list\n"
	"  --html FILE       of `export`; --from FILE: of what an export has printed by --json\n"
	"  --body, --decided DAY\n"
	"                    of a decision\n" COMMON_HELP "\n"
	"Example:\n"
	"  semsctl framework enter chapter --chapter 2 --title 'Threat and risk management'\n",
    .run = run_framework,
};
