/* semsctl finding and semsctl action: the steps of their lives, and looking at them. */
#include "base/count.h"
#include "tools/semsctl/cases/case_verb.h"

#include <string.h>

static const struct case_verb finding_verbs[] = {
    MAKES("raise", CASE_FINDING, "RAISE",
	  "--title TEXT --origin ORIGIN --severity SEVERITY [WORDS] [--on TIME]",
	  "Puts a finding into the register, once, with where it was seen.",
	  "semsctl finding raise --title 'No mirror at lane 3' --origin INSPECTION "
	  "--severity SERIOUS --site T1 --owner unix:olga"),
    ASKS("list", case_list, "[CONDITIONS] [--as-of DAY] [--csv FILE] [--json]",
	 "Findings, those of now or of any day.",
	 "semsctl finding list --open --severity CRITICAL"),
    ASKS("show", case_show, "NUMBER [--as-of DAY] [--json]",
	 "A finding with all that was told of it, and its actions.",
	 "semsctl finding show F-2026-014"),
    TELLS("change", "CHANGE", "NUMBER WORDS [--reason TEXT]",
	  "Says something else of it; what was said stays in its events.",
	  "semsctl finding change F-2026-014 --severity MINOR --reason 'one lane only'"),
    TELLS("note", "NOTE", "NUMBER --text TEXT [--evidence LIST] [--file PATH]",
	  "Adds a note, whatever its state.",
	  "semsctl finding note F-2026-014 --text 'the supplier was told'"),
    TELLS("correct", "CORRECT", "NUMBER --text TEXT [--evidence LIST] [--file PATH]",
	  "Says that it is corrected.",
	  "semsctl finding correct F-2026-014 --text 'mirror mounted' --file photo.jpg"),
    TELLS("verify", "VERIFY", "NUMBER --text TEXT [--evidence LIST] [--file PATH]",
	  "Confirms that, as another person than its owner and than who said so.",
	  "semsctl finding verify F-2026-014 --text 'seen on 4 May'"),
    TELLS("close", "CLOSE", "NUMBER [--text TEXT]", "Closes what was verified.",
	  "semsctl finding close F-2026-014"),
    TELLS("reopen", "REOPEN", "NUMBER --reason TEXT", "Opens it again.",
	  "semsctl finding reopen F-2026-014 --reason 'it fell down'"),
    TELLS("reject", "REJECT", "NUMBER --reason TEXT", "Turns it down, as another than its owner.",
	  "semsctl finding reject F-2026-014 --reason 'the wrong lane'"),
    ASKS("diff", case_diff, "--since DAY [--until DAY] [--json]",
	 "What is new, changed or gone between the ends of two days.",
	 "semsctl finding diff --since 2026-03-31"),
    ASKS("import", case_import, "FILE",
	 "Reads findings from a CSV file or a workbook; the same file again changes nothing.",
	 "semsctl finding import findings.csv"),
    ASKS("scale", case_scale, "[GRADE --severity SEVERITY] [--json]",
	 "The entity's own grades of severity, and what they are mapped to.",
	 "semsctl finding scale 'Level 1' --severity CRITICAL"),
};

static const struct case_verb action_verbs[] = {
    MAKES("add", CASE_ACTION, "ADD",
	  "--title TEXT --type TYPE --owner WHO --due DAY [WORDS] [--on TIME]",
	  "Adds an action; the day it is due by is kept for ever as the first one.",
	  "semsctl action add --finding F-2026-014 --title 'Mount a mirror' --type CORRECTIVE "
	  "--owner unix:olga --due 2026-06-30"),
    ASKS("list", case_list, "[CONDITIONS] [--as-of DAY] [--csv FILE] [--json]",
	 "Actions, those of now or of any day.", "semsctl action list --open --as-of 2026-03-03"),
    ASKS("show", case_show, "NUMBER [--as-of DAY] [--json]",
	 "An action with all that was told of it.", "semsctl action show A-2026-031"),
    TELLS("change", "CHANGE", "NUMBER WORDS [--reason TEXT]",
	  "Says something else of it; what was said stays in its events.",
	  "semsctl action change A-2026-031 --owner unix:olga --reason 'rota'"),
    TELLS("note", "NOTE", "NUMBER --text TEXT [--evidence LIST] [--file PATH]",
	  "Adds a note, whatever its state.", "semsctl action note A-2026-031 --text 'ordered'"),
    TELLS("plan", "PLAN", "NUMBER [--timetable TEXT] [--resources TEXT] [--review DAY]",
	  "Says by what steps it is done.",
	  "semsctl action plan A-2026-031 --timetable 'order in May'"),
    TELLS("start", "START", "NUMBER [--text TEXT]", "Says that work on it has begun.",
	  "semsctl action start A-2026-031"),
    TELLS("extend", "EXTEND", "NUMBER --due DAY --reason TEXT",
	  "Agrees on another day; what is on time stays so by the first one.",
	  "semsctl action extend A-2026-031 --due 2026-08-31 --reason 'parts are late'"),
    TELLS("claim", "CLAIM", "NUMBER --text TEXT [--evidence LIST] [--file PATH]",
	  "Says that it is done.",
	  "semsctl action claim A-2026-031 --text 'mounted' --file photo.jpg"),
    TELLS("verify", "VERIFY", "NUMBER --text TEXT [--evidence LIST] [--file PATH]",
	  "Confirms that it helped, as another person than its owner and than who said it is done.",
	  "semsctl action verify A-2026-031 --text 'no such finding since'"),
    TELLS("close", "CLOSE", "NUMBER [--text TEXT]", "Closes what was verified.",
	  "semsctl action close A-2026-031"),
    TELLS("reopen", "REOPEN", "NUMBER --reason TEXT", "Opens it again: it did not help.",
	  "semsctl action reopen A-2026-031 --reason 'it fell down'"),
    TELLS("reject", "REJECT", "NUMBER --reason TEXT",
	  "Says that it will not be done, as another than its owner.",
	  "semsctl action reject A-2026-031 --reason 'the lane is closed'"),
    ASKS("diff", case_diff, "--since DAY [--until DAY] [--json]",
	 "What is new, changed or gone between the ends of two days.",
	 "semsctl action diff --since 2026-03-31"),
    ASKS("import", case_import, "FILE",
	 "Reads actions from a CSV file or a workbook; the same file again changes nothing.",
	 "semsctl action import actions.xlsx"),
};

static int
run_finding(const struct options *o, int argc, char **argv)
{
	struct case_wish w = {.o = o, .command = &command_finding, .kind = CASE_FINDING};

	return case_run(&w, finding_verbs, COUNT(finding_verbs), argc, argv, case_list);
}

static int
run_action(const struct options *o, int argc, char **argv)
{
	struct case_wish w = {.o = o, .command = &command_action, .kind = CASE_ACTION};

	return case_run(&w, action_verbs, COUNT(action_verbs), argc, argv, case_list);
}

static const struct sub *
finding_sub(size_t i)
{
	return i < COUNT(finding_verbs) ? &finding_verbs[i].sub : NULL;
}

static const struct sub *
action_sub(size_t i)
{
	return i < COUNT(action_verbs) ? &action_verbs[i].sub : NULL;
}

#define COMMON_HELP                                                                               \
	"  --evidence LIST   records, SOURCE/ID each, and files, sha256:DIGEST each, with "       \
	"blanks\n"                                                                                \
	"                    between; --file PATH adds a file's digest, the file stays yours\n"   \
	"  --on TIME         when it was so, a day (the entity's noon) or an instant; else now\n" \
	"  --as-of DAY       as it was then and was known then; --known-by DAY: as it is known\n" \
	"                    by that day\n"                                                       \
	"  --open, --state, --owner, --finding, --severity, --site, --due-until\n"                \
	"                    conditions of a list, which must all be met\n"                       \
	"  --reason TEXT     why, where a step or a change wants it\n"                            \
	"  --since, --until  days, of `diff`\n"                                                   \
	"  --csv FILE        the list as CSV, which `import` reads again\n"                       \
	"  --json            the answer as it is\n"

const struct command command_finding = {
    .sub = finding_sub,
    .options = case_finding_options,
    .letters = "",
    .name = "finding",
    .summary = "findings: raised, corrected, verified and closed",
    .help =
	"A finding has a number, F-2026-014, and is nothing but what was told of it: by whom, "
	"when\n"
	"it was so, and when it was told. Who tells is who is signed in.\n"
	"\n"
	"  --origin          AUDIT, INSPECTION, OBSERVATION, TEST, TIP, INCIDENT, REPORT, REVIEW,\n"
	"                    DATA_QA or REGULATOR\n"
	"  --severity        CRITICAL, SERIOUS, MINOR or OBSERVATION_ONLY; or --local-severity, a\n"
	"                    grade of the entity's own scale\n"
	"  --record LIST     the records it was seen in, SOURCE/ID each\n"
	"  --finding-id, --of-source, --site\n"
	"                    the finding of an audit that it is; its severity is the audit's\n"
	"  --measure, --provider, --requirement, --detected, --repeat-of, --owner, --cause,\n"
	"  --scenario, --control, --metric, --ref, --text\n"
	"                    what else there is to say of it\n" COMMON_HELP "\n"
	"Example:\n"
	"  semsctl finding raise --title 'No mirror at lane 3' --origin INSPECTION \\\n"
	"      --severity SERIOUS --site T1\n",
    .run = run_finding,
};

const struct command command_action = {
    .sub = action_sub,
    .options = case_action_options,
    .letters = "",
    .name = "action",
    .summary = "actions: added, done, verified by somebody else, closed",
    .help =
	"An action has a number, A-2026-031, an owner, and a day that was agreed first and never\n"
	"changes; an extension is said with its reason, and what is on time is so by the first "
	"day.\n"
	"\n"
	"  --type            CORRECTIVE, PREVENTIVE or COMPENSATORY\n"
	"  --owner           a registered person or principal\n"
	"  --due             the day it is due, or with `extend` the new one\n"
	"  --finding         the finding that it answers\n"
	"  --by-group        GROUP (the risk group does it itself) or OTHERS\n"
	"  --reach           TACTICAL or OPERATIONAL\n"
	"  --level           NATIONAL, POLICY or STRATEGIC\n"
	"  --priority        HIGH, MEDIUM or LOW\n"
	"  --lead, --resources, --timetable, --review, --cause, --scenario, --control, --site,\n"
	"  --measure, --provider, --metric, --ref, --text\n"
	"                    what else there is to say of it\n" COMMON_HELP "\n"
	"Example:\n"
	"  semsctl action add --finding F-2026-014 --title 'Mount a mirror' --type CORRECTIVE \\\n"
	"      --owner unix:olga --due 2026-06-30\n",
    .run = run_action,
};
