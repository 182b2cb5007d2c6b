#include "core/action/action.h"

#include "base/count.h"
#include "base/json/jsonin.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>

static const char *const names[] = {
    [ACTION_SETUP] = "setup",
    [ACTION_ROLE_GIVE] = "role.give",
    [ACTION_KINDS_LIST] = "kinds.list",
    [ACTION_CALENDAR_LOOK] = "calendar.look",
    [ACTION_KEY_MAKE] = "key.make",
    [ACTION_KEY_REGISTER] = "key.register",
    [ACTION_GAPS_LIST] = "gaps.list",
    [ACTION_IMPORTS_LIST] = "imports.list",
    [ACTION_DOUBLES_LIST] = "doubles.list",
    [ACTION_RECORD_CORRECT] = "record.correct",
    [ACTION_SPD_SHOW] = "spd.show",
    [ACTION_SPD_LIST] = "spd.list",
    [ACTION_SPD_STATUS] = "spd.status",
    [ACTION_SPD_CHECK] = "spd.check",
    [ACTION_SPD_VERIFY] = "spd.verify",
    [ACTION_SPD_FREEZE] = "spd.freeze",
    [ACTION_SPD_REVISE] = "spd.revise",
    [ACTION_SPD_COMMENT] = "spd.comment",
    [ACTION_SPD_COMMENTS] = "spd.comments",
    [ACTION_SPD_QA] = "spd.qa",
    [ACTION_SPD_APPROVE] = "spd.approve",
    [ACTION_SPD_SUBMIT] = "spd.submit",
    [ACTION_SPD_ACKNOWLEDGE] = "spd.acknowledge",
};
COVERS(names, ACTIONS);

const char *
action_name(enum action a)
{
	return names[a];
}

bool
action_by_name(struct text name, enum action *out)
{
	for (unsigned i = 0; i < ACTIONS; i++) {
		if (text_is(name, names[i])) {
			*out = (enum action)i;
			return true;
		}
	}
	return false;
}

/* --- the list --------------------------------------------------------------------------------- */

static json_t *
todo_json(const struct todo *t)
{
	const struct {
		const char *name;
		const char *value;
	} parameters[] = {
	    {"quarter", t->quarter}, {"revision", t->revision}, {"metric", t->metric},
	    {"by", t->by},           {"kind", t->kind},         {"principal", t->principal},
	    {"role", t->role},
	};
	json_t *o = json_pack("{s:s}", "action", names[t->action]);
	json_t *needs = json_array();

	for (size_t i = 0; i < COUNT(parameters); i++)
		if (parameters[i].value != NULL && parameters[i].value[0] != '\0')
			json_object_set_new(o, parameters[i].name,
					    json_string(parameters[i].value));
	for (size_t i = 0; i < TODO_NEEDS && t->needs[i] != NULL; i++)
		json_array_append_new(needs, json_string(t->needs[i]));
	if (json_array_size(needs) > 0)
		json_object_set(o, "needs", needs);
	json_decref(needs);
	return o;
}

void
action_add(char list[ERR_NEXT_SIZE], const struct todo *t)
{
	json_t *o = todo_json(t);
	char text[ERR_NEXT_SIZE];
	size_t used = strlen(list);
	size_t n = json_dumpb(o, text, sizeof text, JSON_COMPACT); /* 0: out of memory */

	json_decref(o);
	/* A bracket before, or in the last one's place a comma; one behind; and the NUL. */
	if (n > 0 && used + n + 3 <= ERR_NEXT_SIZE) {
		if (used > 0)
			list[used - 1] = ',';
		snprintf(list + used, ERR_NEXT_SIZE - used, "%s%.*s]", used == 0 ? "[" : "", (int)n,
			 text);
	}
}

enum code
action_offer(struct err *e, const struct todo *t)
{
	action_add(e->next, t);
	return e->code;
}

json_t *
action_list(const char *list)
{
	return list[0] == '\0' ? json_array() : json_loads(list, 0, NULL);
}

/* --- a face's words --------------------------------------------------------------------------- */

static bool
is_of_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Where the name stands by itself, not as a part of another; NULL: nowhere. */
static const char *
find_name(const char *text, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = strstr(text, name); n > 0 && at != NULL; at = strstr(at + 1, name)) {
		bool begins = at == text || (!is_of_name(at[-1]) && at[-1] != '.');
		bool ends = !is_of_name(at[n]) && (at[n] != '.' || !is_of_name(at[n + 1]));

		if (begins && ends)
			return at;
	}
	return NULL;
}

void
action_weave(const char *text, const json_t *list, action_words_fn words, char *out, size_t size)
{
	char whole[ACTION_TEXT_SIZE] = "";
	char said[ACTION_WORDS_SIZE];
	size_t used = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *todo = json_array_get(list, i);
		const char *name = member_text(todo, "action");
		const char *at = find_name(text, name);

		if (at == NULL || !words(todo, said, sizeof said))
			continue;
		text_print(whole + used, sizeof whole - used, "%.*s%s", (int)(at - text), text,
			   said);
		used += strlen(whole + used);
		text = at + strlen(name);
	}
	text_print(whole + used, sizeof whole - used, "%s", text);
	text_print(out, size, "%s", whole);
}
