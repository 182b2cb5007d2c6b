#include "base/arena.h"
#include "web/view/words.h"

#include <criterion/criterion.h>

Test(words, stand_where_a_text_names_an_action)
{
	struct arena *a = arena_new(65536);
	json_t *next = json_loads("[{\"action\":\"spd.freeze\",\"quarter\":\"2026-Q2\"}]", 0, NULL);

	cr_expect_str_eq(words_of_text(a, "nothing is frozen: spd.freeze", next),
			 "nothing is frozen: \"Freeze it\"");
	cr_expect_str_eq(words_of_text(a, "spd.freeze and <b>", NULL), "spd.freeze and <b>",
			 "without a list it is text");
	json_decref(next);
	arena_free(a);
}
