#include "base/count.h"
#include "base/log.h"
#include "base/machine.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CLOSED, AJAR, OPEN, N_DOOR };

static const char *const names[] = {"closed", "ajar", "open"};
COVERS(names, N_DOOR);
static const uint32_t next[N_DOOR] = {
    [CLOSED] = MACHINE_TO(AJAR),
    [AJAR] = MACHINE_TO(CLOSED) | MACHINE_TO(OPEN),
    [OPEN] = MACHINE_TO(AJAR),
};
static const struct machine door = {.name = "door", .states = names, .next = next};

/* What one change logs at a level, without its time. */
static const char *
said(enum log_level level, unsigned from, unsigned to, bool *known)
{
	static char text[512];
	int fds[2];
	ssize_t n;
	char *at;

	cr_assert_eq(pipe(fds), 0);
	log_setup(fds[1], level);
	*known = machine_go(&door, "front", from, to, "wind");
	close(fds[1]);
	n = read(fds[0], text, sizeof text - 1);
	close(fds[0]);
	text[n < 0 ? 0 : n] = '\0';
	at = strstr(text, "level=");
	return at == NULL ? text : at;
}

Test(machine, goes_where_its_table_says_and_tells_why)
{
	bool known;

	for (unsigned from = 0; from < N_DOOR; from++) {
		for (unsigned to = 0; to < N_DOOR; to++) {
			bool may = from == to || from + 1 == to || to + 1 == from;

			said(LOG_LEVEL_INFO, from, to, &known);
			cr_expect_eq(known, may, "%s to %s", names[from], names[to]);
		}
	}
	cr_expect_str_eq(said(LOG_LEVEL_DEBUG, CLOSED, AJAR, &known),
			 "level=debug event=machine.step machine=door of=front from=closed to=ajar "
			 "cause=wind\n");
	cr_expect_str_eq(said(LOG_LEVEL_INFO, CLOSED, AJAR, &known), "");
	cr_expect_str_eq(said(LOG_LEVEL_DEBUG, AJAR, AJAR, &known), "");
}

Test(machine, says_a_change_that_is_in_no_table)
{
	bool known;
	const char *text = said(LOG_LEVEL_ERROR, CLOSED, OPEN, &known);

	cr_expect_not(known);
	cr_expect_str_eq(text, "level=error event=machine.astray machine=door of=front from=closed "
			       "to=open cause=wind\n");
}
