#include "tools/terminal/screen.h"
#include "tools/terminal/shown.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int master;
static int was;
static char folder[] = "/tmp/semsd-screen.XXXXXX";
static char paged[64];

/* From now on standard output is a terminal of so many columns and lines. */
static void
become_terminal(unsigned short columns, unsigned short lines)
{
	const struct winsize size = {.ws_col = columns, .ws_row = lines};
	int slave;

	cr_assert_not_null(mkdtemp(folder));
	snprintf(paged, sizeof paged, "%s/paged", folder);
	master = posix_openpt(O_RDWR | O_NOCTTY);
	cr_assert(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	cr_assert(slave >= 0 && ioctl(slave, TIOCSWINSZ, &size) == 0);
	fflush(stdout);
	was = dup(STDOUT_FILENO);
	dup2(slave, STDOUT_FILENO);
	close(slave);
	unsetenv("COLUMNS");
	unsetenv("LINES");
	unsetenv("PAGER");
	unsetenv("SEMSD_PAGER");
	cr_assert(shown_begin());
	screen_begin(true);
}

/* Prints so many lines; what the terminal got. The pager is a command that says that it ran. */
static const char *
terminal_gets(const char *pager, int lines)
{
	static char text[8192];
	static const char end = '\4';
	char command[128];
	size_t n = 0;

	snprintf(command, sizeof command, "%s%s", pager, paged);
	setenv("SEMSD_PAGER", command, 1);
	screen_page();
	screen_page();
	for (int i = 1; i <= lines; i++)
		printf("line %d\n", i);
	printf("\xE2\x80\xAE");
	cr_expect(screen_end());
	cr_expect(shown_end());
	/* A terminal hands on what was written piece by piece: read up to a mark of one's own. */
	cr_assert_eq(write(STDOUT_FILENO, &end, 1), 1);
	while (n < sizeof text - 1 && read(master, &text[n], 1) == 1 && text[n] != end)
		n++;
	text[n] = '\0';
	dup2(was, STDOUT_FILENO);
	return text;
}

static char *
paged_text(void)
{
	static char text[8192];
	FILE *f = fopen(paged, "r");
	size_t n = f == NULL ? 0 : fread(text, 1, sizeof text - 1, f);

	text[n] = '\0';
	if (f != NULL)
		fclose(f);
	unlink(paged);
	rmdir(folder);
	return text;
}

Test(screen, a_file_has_no_width)
{
	int fd = open("/dev/null", O_WRONLY);

	was = dup(STDOUT_FILENO);
	dup2(fd, STDOUT_FILENO);
	setenv("COLUMNS", "100", 1);
	cr_expect_eq(screen_width(), 0);
	dup2(was, STDOUT_FILENO);
	close(fd);
}

Test(screen, knows_how_wide_the_terminal_is)
{
	become_terminal(123, 24);
	cr_expect_eq(screen_width(), 123);
	setenv("COLUMNS", "99", 1);
	cr_expect_eq(screen_width(), 99);
	setenv("COLUMNS", "wide", 1);
	cr_expect_eq(screen_width(), 123);
	terminal_gets("cat", 1);
	paged_text();
}

Test(screen, what_fits_is_printed_as_it_is)
{
	const char *got;

	become_terminal(80, 24);
	got = terminal_gets("cat >", 20);
	cr_expect_not_null(strstr(got, "line 1\r\n"), "%s", got);
	cr_expect_str_eq(paged_text(), "");
}

Test(screen, what_is_longer_goes_to_the_pager)
{
	const char *got;
	const char *text;

	become_terminal(80, 24);
	got = terminal_gets("cat >", 100);
	text = paged_text();
	cr_expect_str_eq(got, "");
	cr_expect_eq(strncmp(text, "line 1\n", 7), 0);
	cr_expect_not_null(strstr(text, "line 100\n\\u202E"),
			   "hidden characters are shown there, too");
}

Test(screen, lines_wider_than_the_terminal_count_as_several)
{
	become_terminal(4, 24);
	terminal_gets("cat >", 20);
	cr_expect_not_null(strstr(paged_text(), "line 20\n"));
}

Test(screen, without_the_pager_it_is_printed)
{
	become_terminal(80, 24);
	cr_expect_not_null(strstr(terminal_gets("no-such-pager-", 100), "line 100\r\n"));
	paged_text();
}

Test(screen, who_leaves_the_pager_early_has_seen_enough)
{
	become_terminal(80, 24);
	cr_expect_str_eq(terminal_gets("head -n 1 >", 1000), "");
	cr_expect_str_eq(paged_text(), "line 1\n");
}

Test(screen, no_pager_where_none_is_wanted)
{
	become_terminal(80, 24);
	screen_begin(false);
	cr_expect_not_null(strstr(terminal_gets("cat >", 100), "line 100\r\n"));
	cr_expect_str_eq(paged_text(), "");
}
