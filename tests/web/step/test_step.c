#include "tests/web/shown.h"
#include "web/step/step.h"

#include <criterion/criterion.h>

#include <string.h>

static const char *const names[] = {"HIGH", "LOW"};
static const struct life_word choice = {.name = "by_group",
					.type = WORD_NAME,
					.max = 9,
					.names = names,
					.n_names = 2,
					.help = "<which>"};
static const struct life_word text = {.name = "text", .type = WORD_TEXT, .max = 2000};
static const struct life_word day = {.name = "due", .type = WORD_DAY, .max = 10};

static void
print(struct showing *s, struct buf *b)
{
	step_begin(s, b);
	step_word(s, b, &choice, true);
	step_word(s, b, &text, false);
	step_word(s, b, &day, false);
	step_end(b, "Do <it>", true);
}

Test(step, has_a_field_for_each_word)
{
	const char *said;

	shown_begin(ROLE_AUDITOR, "/x", "by_group=LOW&text=%3Cb%3E");
	said = shown_print(print);
	cr_expect_not_null(strstr(said,
				  "<form method=\"post\" action=\"/x\"><input type=\"hidden\" "
				  "name=\"form\" value=\"f0f0\">"),
			   "%s", said);
	cr_expect_not_null(strstr(said, "<label for=\"f-by_group\">By group</label>"));
	cr_expect_not_null(strstr(said, "<p class=\"hint\" id=\"h-by_group\">&lt;which&gt;</p>"));
	cr_expect_not_null(strstr(said, "aria-describedby=\"h-by_group\" required>"));
	cr_expect_not_null(strstr(said, "<option selected>LOW</option>"));
	cr_expect_not_null(strstr(said, "<label for=\"f-text\">Text (optional)</label>"));
	cr_expect_not_null(strstr(said, "rows=\"4\">&lt;b&gt;</textarea>"));
	cr_expect_not_null(strstr(said, "<input type=\"date\" id=\"f-due\" name=\"due\""));
	cr_expect_not_null(strstr(said, "<button class=\"warn\">Do &lt;it&gt;</button></form>"));
	shown_end();
}

/* What was posted is not lost, and the error stands at its field. */
Test(step, shows_again_what_was_posted)
{
	struct showing *s = shown_begin(ROLE_AUDITOR, "/x", "text=old");
	const char *said;

	cr_assert(form_read(&s->given, TEXT_LIT("text=new"), s->arena));
	s->error = "too <short>";
	s->error_field = "text";
	said = shown_print(print);
	cr_expect_not_null(strstr(said, "<div class=\"field wrong\"><label for=\"f-text\">"));
	cr_expect_not_null(strstr(said, "<p class=\"error\">too &lt;short&gt;</p>"));
	cr_expect_not_null(strstr(said, ">new</textarea>"));
	shown_end();
}
