/* Each action is a command line of semsctl. */
#include "base/count.h"
#include "tools/semsctl/words.h"

#include <criterion/criterion.h>

Test(words, are_the_command_line_of_an_action)
{
	static const struct {
		struct todo todo;
		const char *line;
	} rows[] = {
	    {{.action = ACTION_SETUP}, "semsctl init"},
	    {{.action = ACTION_ROLE_GIVE, .principal = "unix:anna", .role = "auditor"},
	     "semsctl init --role unix:anna=auditor"},
	    {{.action = ACTION_KEY_MAKE}, "semsctl key new"},
	    {{.action = ACTION_RECORD_CORRECT}, "semsctl correct"},
	    {{.action = ACTION_RECORD_CORRECT, .kind = "audit"}, "semsctl correct audit"},
	    {{.action = ACTION_SPD_FREEZE, .quarter = "2026-Q2"}, "semsctl spd freeze 2026-Q2"},
	    {{.action = ACTION_SPD_FREEZE, .quarter = "2026-Q2", .needs = {"early"}},
	     "semsctl spd freeze 2026-Q2 --early REASON"},
	    {{.action = ACTION_SPD_FREEZE, .quarter = "2026-Q2", .needs = {"exclude_embargoed"}},
	     "semsctl spd freeze 2026-Q2 --exclude-embargoed REASON"},
	    {{.action = ACTION_SPD_SUBMIT, .quarter = "2026-Q2", .needs = {"channel", "reference"}},
	     "semsctl spd submit 2026-Q2 --channel TEXT --reference TEXT"},
	    {{.action = ACTION_SPD_SUBMIT, .quarter = "2026-Q2"}, "semsctl spd submit 2026-Q2"},
	    {{.action = ACTION_SPD_SHOW, .quarter = "2026-Q2", .revision = "1", .by = "all"},
	     "semsctl spd show 2026-Q2 --revision 1 --by all"},
	    {{.action = ACTION_SPD_SHOW, .quarter = "2026-Q2", .metric = "OUT03", .by = "all"},
	     "semsctl spd show 2026-Q2 --metric OUT03 --by all"},
	    {{.action = ACTION_SPD_COMMENT, .quarter = "2026-Q2", .needs = {"metric", "text"}},
	     "semsctl spd comment 2026-Q2 METRIC TEXT"},
	    {{.action = ACTION_SPD_COMMENT,
	      .quarter = "2026-Q2",
	      .metric = "DQ07",
	      .needs = {"text"}},
	     "semsctl spd comment 2026-Q2 DQ07 TEXT"},
	    {{.action = ACTION_SPD_COMMENTS, .quarter = "2026-Q2"},
	     "semsctl spd comment 2026-Q2 --edit"},
	    {{.action = ACTION_SPD_VERIFY}, "semsctl spd verify"},
	    {{.action = ACTION_SPD_LIST}, "semsctl spd list QUARTER"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char list[ERR_NEXT_SIZE] = "";
		char said[ACTION_WORDS_SIZE];
		json_t *all;

		action_add(list, &rows[i].todo);
		all = action_list(list);
		cr_assert(words_of(json_array_get(all, 0), said, sizeof said));
		cr_expect_str_eq(said, rows[i].line);
		json_decref(all);
	}
}

Test(words, are_none_for_an_action_of_a_later_version)
{
	json_t *todo = json_pack("{s:s}", "action", "spd.frame");
	char said[ACTION_WORDS_SIZE];

	cr_expect_not(words_of(todo, said, sizeof said));
	json_decref(todo);
}

Test(words, stand_in_an_answers_text)
{
	json_t *answer = json_pack("{s:s, s:[{s:s, s:s}]}", "next", "nothing: spd.freeze",
				   "actions", "action", "spd.freeze", "quarter", "2026-Q2");

	words_put(answer, "next");
	words_put(answer, "note");
	cr_expect_str_eq(json_string_value(json_object_get(answer, "next")),
			 "nothing: semsctl spd freeze 2026-Q2");
	cr_expect_null(json_object_get(answer, "note"));
	json_decref(answer);
}
