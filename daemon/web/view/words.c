#include "web/view/words.h"

#include "base/arena.h"
#include "base/count.h"
#include "base/json/jsonin.h"
#include "core/action/action.h"

#include <stdio.h>

/* Where a page does it, what its link is called; else the command that does. */
static const char *const words[] = {
    [ACTION_SETUP] = "semsctl init",
    [ACTION_ROLE_GIVE] = "semsctl init --role",
    [ACTION_KINDS_LIST] = "semsctl template",
    [ACTION_CALENDAR_LOOK] = "semsctl calendar",
    [ACTION_KEY_MAKE] = "semsctl key new",
    [ACTION_KEY_REGISTER] = "semsctl key register",
    [ACTION_GAPS_LIST] = "semsctl gaps",
    [ACTION_IMPORTS_LIST] = "Evidence, Imports",
    [ACTION_DOUBLES_LIST] = "Evidence, Doubles",
    [ACTION_RECORD_CORRECT] = "semsctl correct",
    [ACTION_SPD_SHOW] = "the quarter's page",
    [ACTION_SPD_LIST] = "the quarter's page",
    [ACTION_SPD_STATUS] = "the quarter's page",
    [ACTION_SPD_CHECK] = "\"Check it\"",
    [ACTION_SPD_VERIFY] = "semsctl spd verify",
    [ACTION_SPD_FREEZE] = "\"Freeze it\"",
    [ACTION_SPD_REVISE] = "\"Revise it\"",
    [ACTION_SPD_COMMENT] = "\"Comment on a figure\"",
    [ACTION_SPD_COMMENTS] = "\"Comment on a figure\"",
    [ACTION_SPD_QA] = "\"Review it\"",
    [ACTION_SPD_APPROVE] = "\"Approve it\"",
    [ACTION_SPD_SUBMIT] = "\"Note that it was submitted\"",
    [ACTION_SPD_ACKNOWLEDGE] = "\"Note the regulator's receipt\"",
};
COVERS(words, ACTIONS);

static bool
name_one(const json_t *todo, char *out, size_t size)
{
	enum action a;

	if (!action_by_name(text_of(member_text(todo, "action")), &a))
		return false;
	snprintf(out, size, "%s", words[a]);
	return true;
}

const char *
words_of_text(struct arena *a, const char *text, const json_t *actions)
{
	char *out = arena_alloc(a, ACTION_TEXT_SIZE);

	if (out == NULL)
		return "";
	action_weave(text, actions, name_one, out, ACTION_TEXT_SIZE);
	return out;
}
