#include "tools/semsctl/words.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/text.h"

#include <string.h>

/*
 * {x}: the action's parameter x. What stands in brackets is left out when that is not known; what a
 * person has still to say stands there as a word.
 */
static const char *const commands[] = {
    [ACTION_SETUP] = "init",
    [ACTION_ROLE_GIVE] = "init --role {principal}={role}",
    [ACTION_KINDS_LIST] = "template",
    [ACTION_CALENDAR_LOOK] = "calendar",
    [ACTION_KEY_MAKE] = "key new",
    [ACTION_KEY_REGISTER] = "key register",
    [ACTION_GAPS_LIST] = "gaps",
    [ACTION_IMPORTS_LIST] = "import list",
    [ACTION_DOUBLES_LIST] = "doubles",
    [ACTION_RECORD_CORRECT] = "correct[ {kind}]",
    [ACTION_SPD_SHOW] =
	"spd show {quarter}[ --metric {metric}][ --revision {revision}][ --by {by}]",
    [ACTION_SPD_LIST] = "spd list {quarter}",
    [ACTION_SPD_STATUS] = "spd status {quarter}",
    [ACTION_SPD_CHECK] = "spd check {quarter}",
    [ACTION_SPD_VERIFY] = "spd verify[ {quarter}]",
    [ACTION_SPD_FREEZE] =
	"spd freeze {quarter}[ --early {early}][ --exclude-embargoed {exclude_embargoed}]",
    [ACTION_SPD_REVISE] = "spd revise {quarter}[ --reason {reason}]",
    [ACTION_SPD_COMMENT] = "spd comment {quarter} {metric} {text}",
    [ACTION_SPD_COMMENTS] = "spd comment {quarter} --edit",
    [ACTION_SPD_QA] = "spd qa {quarter}",
    [ACTION_SPD_APPROVE] = "spd approve {quarter}",
    [ACTION_SPD_SUBMIT] = "spd submit {quarter}[ --channel {channel}][ --reference {reference}]",
    [ACTION_SPD_ACKNOWLEDGE] = "spd acknowledge {quarter}[ --reference {reference}]",
};
COVERS(commands, ACTIONS);

static const char *
word_for(struct text parameter)
{
	static const struct {
		const char *parameter;
		const char *word;
	} words[] = {
	    {"quarter", "QUARTER"},          {"metric", "METRIC"}, {"early", "REASON"},
	    {"exclude_embargoed", "REASON"}, {"reason", "TEXT"},   {"channel", "TEXT"},
	    {"reference", "TEXT"},           {"text", "TEXT"},
	};

	for (size_t i = 0; i < COUNT(words); i++)
		if (text_is(parameter, words[i].parameter))
			return words[i].word;
	return "";
}

/* The value, or the word for what is to be said; NULL: neither. */
static const char *
value_of(const json_t *todo, struct text parameter)
{
	const json_t *needs = json_object_get(todo, "needs");
	char name[32];

	text_print(name, sizeof name, "%.*s", (int)parameter.n, parameter.s);
	if (member_maybe(todo, name) != NULL)
		return member_maybe(todo, name);
	for (size_t i = 0; i < json_array_size(needs); i++)
		if (text_is(parameter, json_words(json_array_get(needs, i))))
			return word_for(parameter);
	return NULL;
}

struct writing {
	char *out;
	size_t size;
	size_t used;
};

static void
put(struct writing *w, const char *s, size_t n)
{
	text_print(w->out + w->used, w->size - w->used, "%.*s", (int)n, s);
	w->used += strlen(w->out + w->used);
}

/* Text up to `end` with one parameter at most; optional: nothing when that is not known. */
static void
put_piece(struct writing *w, const json_t *todo, const char *s, const char *end, bool optional)
{
	const char *open = memchr(s, '{', (size_t)(end - s));
	const char *close = open == NULL ? NULL : memchr(open, '}', (size_t)(end - open));
	struct text parameter;
	const char *value;

	if (close == NULL) {
		put(w, s, (size_t)(end - s));
		return;
	}
	parameter = (struct text){open + 1, (size_t)(close - open - 1)};
	value = value_of(todo, parameter);
	if (value == NULL && optional)
		return;
	if (value == NULL)
		value = word_for(parameter);
	put(w, s, (size_t)(open - s));
	put(w, value, strlen(value));
	if (close + 1 < end)
		put_piece(w, todo, close + 1, end, optional);
}

bool
words_of(const json_t *todo, char *out, size_t size)
{
	struct writing w = {out, size, 0};
	const char *at;
	enum action a;

	if (!action_by_name(text_of(member_text(todo, "action")), &a))
		return false;
	out[0] = '\0';
	put(&w, "semsctl ", strlen("semsctl "));
	for (at = commands[a]; *at != '\0';) {
		bool optional = *at == '[';
		const char *s = at + (optional ? 1 : 0);
		const char *end = s + strcspn(s, optional ? "]" : "[");

		put_piece(&w, todo, s, end, optional);
		at = end + (optional ? 1 : 0);
	}
	return true;
}

void
words_put(json_t *object, const char *member)
{
	char said[ACTION_TEXT_SIZE];

	if (member_maybe(object, member) == NULL)
		return;
	action_weave(member_text(object, member), json_object_get(object, "actions"), words_of,
		     said, sizeof said);
	json_object_set_new(object, member, json_string(said));
}
