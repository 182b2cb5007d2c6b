/* Actions beside texts, and a face's words in their names' place. */
#include "core/action/action.h"

#include <criterion/criterion.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>

Test(action, has_a_name_for_each_and_finds_each_by_it)
{
	for (unsigned i = 0; i < ACTIONS; i++) {
		enum action found = ACTIONS;

		cr_assert(action_by_name(text_of(action_name((enum action)i)), &found));
		cr_expect_eq(found, i, "%s stands twice", action_name((enum action)i));
	}
	cr_expect_not(action_by_name(text_of("spd"), &(enum action){ACTIONS}));
}

Test(action, is_an_object_with_what_is_known_and_what_is_needed)
{
	struct err e;

	err_set(&e, REJ_STATE, "", "spd.show, then spd.revise");
	cr_expect_eq(
	    action_offer(
		&e, &(struct todo){.action = ACTION_SPD_SHOW, .quarter = "2026-Q2", .metric = ""}),
	    REJ_STATE);
	action_offer(&e, &(struct todo){.action = ACTION_SPD_REVISE, .needs = {"reason"}});
	cr_expect_str_eq(e.next, "[{\"action\":\"spd.show\",\"quarter\":\"2026-Q2\"},"
				 "{\"action\":\"spd.revise\",\"needs\":[\"reason\"]}]");
	err_set(&e, REJ_STATE, "", "another");
	cr_expect_str_eq(e.next, "", "an error takes no actions of another");
}

Test(action, stays_whole_when_there_is_no_room)
{
	char list[ERR_NEXT_SIZE] = "";
	char name[400];
	json_t *all;

	memset(name, '"', sizeof name - 1); /* each is two bytes of JSON */
	name[sizeof name - 1] = '\0';
	action_add(list, &(struct todo){.action = ACTION_ROLE_GIVE, .principal = name});
	cr_expect_str_eq(list, "");
	for (int i = 0; i < 100; i++)
		action_add(list, &(struct todo){.action = ACTION_SETUP});
	all = action_list(list);
	/* {"action":"setup"} and a comma, 19 bytes each, a bracket and a NUL. */
	cr_expect_eq(json_array_size(all), (ERR_NEXT_SIZE - 2) / 19, "%s", list);
	json_decref(all);
	all = action_list("");
	cr_expect_eq(json_array_size(all), 0);
	json_decref(all);
}

/* "<NAME quarter>" */
static bool
words(const json_t *todo, char *out, size_t size)
{
	const char *name = json_string_value(json_object_get(todo, "action"));

	if (strcmp(name, "setup") == 0)
		return false;
	snprintf(out, size, "<%s %s>", name, json_string_value(json_object_get(todo, "quarter")));
	return true;
}

static void
weaves(const char *text, const char *expected)
{
	char list[ERR_NEXT_SIZE] = "";
	char out[ACTION_TEXT_SIZE];
	json_t *all;

	action_add(list, &(struct todo){.action = ACTION_SPD_COMMENT, .quarter = "q1"});
	action_add(list, &(struct todo){.action = ACTION_SETUP});
	action_add(list, &(struct todo){.action = ACTION_SPD_COMMENT, .quarter = "q2"});
	all = action_list(list);
	action_weave(text, all, words, out, sizeof out);
	json_decref(all);
	cr_expect_str_eq(out, expected);
}

Test(action, gets_the_words_of_a_face_in_its_place)
{
	weaves("first: spd.comment, then setup, spd.comment.",
	       "first: <spd.comment q1>, then setup, <spd.comment q2>.");
	weaves("spd.comments and my.spd.comment and spd.comment.x; spd.comment",
	       "spd.comments and my.spd.comment and spd.comment.x; <spd.comment q1>");
	weaves("nothing", "nothing");
	weaves("", "");
}

Test(action, is_named_as_it_is_without_a_list)
{
	char out[40];

	action_weave("then spd.freeze", NULL, words, out, sizeof out);
	cr_expect_str_eq(out, "then spd.freeze");
}
