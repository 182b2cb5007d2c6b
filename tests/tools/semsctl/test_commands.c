#include "tools/semsctl/command.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>

#include <stdio.h>
#include <string.h>

static void
redirect(void)
{
	cr_redirect_stdout();
	cr_redirect_stderr();
}

/* What was said on a stream since the test began. */
static const char *
said(FILE *f)
{
	static char text[16384];
	size_t n;

	fflush(stdout);
	fflush(stderr);
	n = fread(text, 1, sizeof text - 1, f);
	text[n] = '\0';
	return text;
}

Test(commands, each_explains_itself_with_an_example)
{
	for (size_t i = 0; command_at(i) != NULL; i++) {
		const struct command *c = command_at(i);

		cr_expect_not_null(strstr(c->help, "Example"), "%s", c->name);
		cr_expect(c->sub != NULL || strncmp(c->help, "Usage: semsctl ", 15) == 0, "%s",
			  c->name);
		cr_expect_eq(command_find(c->name), c);
		cr_expect_not_null(c->options, "%s", c->name);
		cr_expect_not_null(c->letters, "%s", c->name);
	}
}

Test(commands, each_word_of_one_explains_itself_with_an_example)
{
	for (size_t i = 0; command_at(i) != NULL; i++) {
		const struct command *c = command_at(i);
		const struct sub *sub;

		for (size_t k = 0; c->sub != NULL && (sub = c->sub(k)) != NULL; k++) {
			char begin[64];

			snprintf(begin, sizeof begin, "semsctl %s %s", c->name, sub->name);
			cr_expect_eq(strncmp(sub->example, begin, strlen(begin)), 0, "%s",
				     sub->example);
			cr_expect_gt(strlen(sub->about), 10, "%s", begin);
			cr_expect_eq(command_find_sub(c, sub->name), sub);
		}
	}
}

Test(commands, an_option_in_a_help_is_one_of_the_table)
{
	for (size_t i = 0; command_at(i) != NULL; i++) {
		const struct command *c = command_at(i);

		for (const struct option *o = c->options; o->name != NULL; o++) {
			char name[64];

			snprintf(name, sizeof name, "--%s", o->name);
			cr_expect_not_null(strstr(c->help, name), "%s: %s", c->name, name);
		}
	}
}

Test(commands, a_help_names_its_words, .init = redirect)
{
	const struct command *c = command_find("spd");
	const char *text;

	command_print_help(c, NULL);
	command_print_help(c, command_find_sub(c, "approve"));
	text = said(cr_get_redirected_stdout());
	cr_expect_not_null(strstr(text, "Usage: semsctl spd show QUARTER"));
	cr_expect_not_null(strstr(text, "       semsctl spd render DOCUMENT.json"));
	cr_expect_not_null(strstr(text, "Usage: semsctl spd approve QUARTER --revision N"));
	cr_expect_not_null(strstr(text, "Example:\n  semsctl spd approve 2026-Q2"));
}

Test(commands, a_misspelt_word_is_told_with_the_nearest, .init = redirect)
{
	const char *text;

	cr_expect_eq(command_unknown("stauts"), EXIT_USAGE);
	cr_expect_eq(command_unknown("export"), EXIT_USAGE);
	cr_expect_eq(command_unknown_sub(command_find("quarantine"), "lsit"), EXIT_USAGE);
	text = said(cr_get_redirected_stderr());
	cr_expect_not_null(strstr(text, "there is no command 'stauts': did you mean status?"));
	cr_expect_not_null(strstr(text, "there is no command 'export': did you mean spd export?"));
	cr_expect_not_null(strstr(text, "there is no 'lsit': did you mean list?\n"
					"It takes list, show"));
}

static void
expect_complaint(char *first, char *second, const char *expected)
{
	char name[] = "import";
	char *argv[] = {name, first, second, NULL};
	int opt;

	optind = 0;
	do
		opt = command_option(command_find("import"), second == NULL ? 2 : 3, argv);
	while (opt != -1 && opt != '?');
	cr_expect_eq(opt, '?', "%s", expected);
}

Test(commands, a_misspelt_option_is_told_with_the_nearest, .init = redirect)
{
	char a[] = "--soruce";
	char b[] = "--dry-run=x";
	char d[] = "--source";
	char x[] = "-X";
	const char *text;

	expect_complaint(a, NULL, a);
	expect_complaint(b, NULL, b);
	expect_complaint(d, NULL, d);
	expect_complaint(x, NULL, x);
	text = said(cr_get_redirected_stderr());
	cr_expect_not_null(strstr(text, "semsctl import: there is no option --soruce: did you mean "
					"--source?\nSee `semsctl import --help`.\n"),
			   "%s", text);
	cr_expect_not_null(strstr(text, "semsctl import: --dry-run takes no value\n"), "%s", text);
	cr_expect_not_null(strstr(text, "semsctl import: --source takes a value\n"), "%s", text);
	cr_expect_not_null(strstr(text, "semsctl import: there is no option -X\n"), "%s", text);
}

Test(commands, completion_has_every_command_word_and_option, .init = redirect)
{
	char name[] = "completion";
	char shell[] = "bash";
	char *argv[] = {name, shell, NULL};
	const struct options o = {0};
	const char *text;

	optind = 0;
	cr_assert_eq(command_completion.run(&o, 2, argv), EXIT_DONE);
	text = said(cr_get_redirected_stdout());
	for (size_t i = 0; command_at(i) != NULL; i++) {
		const struct command *c = command_at(i);
		char row[64];
		const char *at;
		const struct sub *sub;

		snprintf(row, sizeof row, "\t%s)\n", c->name);
		at = strstr(text, row);
		cr_assert_not_null(at, "%s", c->name);
		for (size_t k = 0; c->sub != NULL && (sub = c->sub(k)) != NULL; k++)
			cr_expect_not_null(strstr(at, sub->name), "%s %s", c->name, sub->name);
		for (const struct option *p = c->options; p->name != NULL; p++)
			cr_expect_not_null(strstr(at, p->name), "%s --%s", c->name, p->name);
	}
}
