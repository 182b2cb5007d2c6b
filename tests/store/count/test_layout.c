#include "base/file/embed.h"
#include "store/count/layout.h"
#include "tests/lib/temp.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	cr_assert_not_null(f);
	fputs(text, f);
	fclose(f);
}

static void
overwrite(char *at, const char *with)
{
	while (*with != '\0')
		*at++ = *with++;
}

Test(layout, is_the_one_compiled_in_unless_another_is_named)
{
	struct err e = {0};
	const struct spd_template *t = layout_template(&e);

	cr_assert_not_null(t, "%s", e.text);
	cr_expect_str_eq(t->sheets[0].id, "cover");
	cr_expect_eq(layout_template(&e), t);
}

Test(layout, takes_another_file_or_says_what_is_wrong_in_it)
{
	const char *own = embed_text("deploy/catalogue/template.yaml");
	char dir[TEMP_SIZE];
	char path[300];
	char *text = strdup(own);
	struct err e = {0};

	temp_dir(dir);
	snprintf(path, sizeof path, "%s/t.yaml", dir);
	cr_expect_eq(layout_use(path, &e), FATAL_CONFIG);
	cr_expect_not_null(strstr(e.text, path));
	overwrite(strstr(text, "- QN01"), "- QX01");
	write_file(path, text);
	cr_expect_eq(layout_use(path, &e), FATAL_CONFIG);
	cr_expect_not_null(strstr(e.text, "line "), "%s", e.text);
	free(text);
	text = strdup(own);
	overwrite(strstr(text, "title: Scorecard"), "title: Dashboard");
	write_file(path, text);
	e = (struct err){0};
	cr_assert_eq(layout_use(path, &e), OK, "%s", e.text);
	cr_expect_str_eq(layout_template(&e)->sheets[1].title, "Dashboard");
	free(text);
	temp_remove(dir);
}
