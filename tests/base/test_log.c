#include "base/count.h"
#include "base/log.h"

#include <criterion/criterion.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int ends[2];
static char got[65536];

static void
open_pipe(enum log_level level)
{
	cr_assert_eq(pipe(ends), 0);
	cr_assert_neq(fcntl(ends[0], F_SETFL, O_NONBLOCK), -1);
	log_setup(ends[1], level);
}

/* What was logged since; "" when nothing was. */
static const char *
read_lines(void)
{
	size_t n = 0;
	ssize_t more;

	while (n < sizeof got - 1 && (more = read(ends[0], got + n, sizeof got - 1 - n)) > 0)
		n += (size_t)more;
	got[n] = '\0';
	return got;
}

static void
expect_tail(const char *want)
{
	const char *line = read_lines();
	const char *level = strstr(line, " level=");

	cr_assert(level != NULL && strncmp(line, "ts=2", 4) == 0, "%s", line);
	cr_expect_eq(level - line, 27, "ts is to the millisecond: %s", line);
	cr_expect_str_eq(level + 1, want);
}

Test(log, writes_one_logfmt_line_per_event)
{
	open_pipe(LOG_LEVEL_INFO);
	log_info("conn.open", KV("peer", "unix:anna"), KVI("conn", -7));
	expect_tail("level=info event=conn.open peer=unix:anna conn=-7\n");
	log_error("store.down", KV("why", "no such host"));
	expect_tail("level=error event=store.down why=\"no such host\"\n");
}

Test(log, leaves_out_what_is_too_chatty)
{
	open_pipe(LOG_LEVEL_WARN);
	log_info("conn.open", KVI("conn", 1));
	log_debug("conn.open", KVI("conn", 1));
	cr_expect_str_eq(read_lines(), "");
	log_warn("conn.slow", KVI("conn", 1));
	expect_tail("level=warn event=conn.slow conn=1\n");
}

Test(log, quotes_and_escapes_what_peers_send)
{
	static const struct {
		const char *value;
		const char *written;
	} rows[] = {
	    {"", "\"\""},
	    {"a b", "\"a b\""},
	    {"a=b", "\"a=b\""},
	    {"say \"hi\"", "\"say \\\"hi\\\"\""},
	    {"back\\slash", "\"back\\\\slash\""},
	    {"x\nts=2026 level=info event=forged", "\"x\\x0ats=2026 level=info event=forged\""},
	    {"\r\t\x1b[31m\x7f", "\"\\x0d\\x09\\x1b[31m\\x7f\""},
	    {"caf\xc3\xa9", "\"caf\xc3\xa9\""},
	    {"\xc3", "\"\\xc3\""},
	    {"\xff\xfe", "\"\\xff\\xfe\""},
	    {"\xc2\x85", "\"\\xc2\\x85\""},
	    {"\xe2\x80\xa8", "\"\\xe2\\x80\\xa8\""},
	    {"\xe2\x80\xae", "\"\\xe2\\x80\\xae\""},
	};

	open_pipe(LOG_LEVEL_INFO);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char want[128];

		log_info("e", KV("v", rows[i].value));
		snprintf(want, sizeof want, "level=info event=e v=%s\n", rows[i].written);
		expect_tail(want);
	}
}

Test(log, cuts_a_line_that_is_too_long_and_says_so)
{
	static char big[9000];

	open_pipe(LOG_LEVEL_INFO);
	for (size_t n = 3900; n < 4200; n++) {
		const char *line;

		memset(big, 'x', n);
		big[n] = '\0';
		big[0] = ' '; /* quoted, character by character */
		log_info("e", KV("v", big), KV("w", "after"));
		line = read_lines();
		cr_assert_leq(strlen(line), 4096);
		cr_assert_eq(strchr(line, '\n') - line + 1, (long)strlen(line));
		cr_assert_eq(strstr(line, " cut=1") == NULL, strstr(line, " w=after\n") != NULL);
	}
	cr_expect(strstr(got, "x\" cut=1\n") != NULL);
}

Test(log, never_blocks_and_counts_what_it_dropped)
{
	open_pipe(LOG_LEVEL_INFO);
	for (int i = 0; i < 5000; i++)
		log_info("flood", KV("text", "some line of an ordinary length, many times over"));
	read_lines();
	while (read_lines()[0] != '\0')
		;
	log_info("after", KVI("n", 1));
	cr_assert(strstr(read_lines(), "event=after n=1 dropped=") != NULL, "%s", got);
	log_info("after", KVI("n", 2));
	expect_tail("level=info event=after n=2\n");
}

Test(log, leaves_errno_and_the_descriptor_as_they_were)
{
	open_pipe(LOG_LEVEL_INFO);
	errno = EXDEV;
	log_info("e", KVI("n", 1));
	cr_expect_eq(errno, EXDEV);
	close(ends[0]);
	signal(SIGPIPE, SIG_IGN);
	log_info("e", KVI("n", 2));
	cr_expect_eq(errno, EXDEV, "also when the line is lost");
	cr_expect_eq(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0);
}

Test(log, says_once_a_minute_what_comes_by_the_thousand)
{
	struct rare r = {0};

	cr_expect(rare_may(&r, 1000));
	cr_expect_eq(r.unsaid, 0);
	cr_expect_not(rare_may(&r, 1001));
	cr_expect_not(rare_may(&r, 60999));
	cr_expect(rare_may(&r, 61000));
	cr_expect_eq(r.unsaid, 2);
	cr_expect(rare_may(&r, 200000));
	cr_expect_eq(r.unsaid, 0);
}
