#include "base/count.h"
#include "base/log.h"
#include "base/machine.h"
#include "tests/lib/machine_walk.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CLOSED, AJAR, OPEN, N_DOOR };
enum { WIND, HAND, KEY, N_HAPPENINGS };

#define IS_STRONG UINT32_C(1)

static const char *const names[] = {[CLOSED] = "closed", [AJAR] = "ajar", [OPEN] = "open"};
COVERS(names, N_DOOR);
static const char *const happenings[] = {[WIND] = "wind", [HAND] = "hand", [KEY] = "key"};
COVERS(happenings, N_HAPPENINGS);
static const char slammed[] = "slammed";
static const struct move moves[] = {
    {WIND, MACHINE_AT(AJAR), OPEN, IS_STRONG, slammed},
    {WIND, MACHINE_AT(AJAR) | MACHINE_AT(OPEN), AJAR, 0, NULL},
    {HAND, MACHINE_AT(AJAR) | MACHINE_AT(OPEN), CLOSED, 0, NULL},
    {KEY, MACHINE_AT(CLOSED), AJAR, 0, NULL},
};
static const struct machine door = MACHINE("door", MACHINE_AT(CLOSED), names, happenings, moves);

/* What one step logs at a level, without its time. */
static const char *
said(enum log_level level, unsigned from, unsigned event, unsigned *to)
{
	static char text[512];
	int fds[2];
	ssize_t n;
	char *at;

	cr_assert_eq(pipe(fds), 0);
	log_setup(fds[1], level);
	*to = machine_step(&door, "front", from, event, "loud");
	close(fds[1]);
	n = read(fds[0], text, sizeof text - 1);
	close(fds[0]);
	text[n < 0 ? 0 : n] = '\0';
	at = strstr(text, "level=");
	return at == NULL ? text : at;
}

Test(machine, goes_where_its_table_says)
{
	static const char *const edges[] = {
	    "closed: key > ajar",
	    "ajar: wind > ajar, [1] wind > open, hand > closed",
	    "open: wind > ajar, hand > closed",
	};

	MACHINE_WALK(&door, edges);
}

Test(machine, takes_the_first_row_whose_conditions_hold)
{
	const struct move *row = machine_find(&door, AJAR, WIND, IS_STRONG | 2);

	cr_assert_not_null(row);
	cr_expect_eq(row->to, OPEN);
	cr_expect_eq(row->terms, slammed);
	cr_expect_eq(machine_find(&door, AJAR, WIND, 2)->to, AJAR);
	cr_expect_null(machine_find(&door, CLOSED, WIND, IS_STRONG));
}

Test(machine, tells_a_step_with_its_cause)
{
	unsigned to;

	cr_expect_str_eq(said(LOG_LEVEL_DEBUG, CLOSED, KEY, &to),
			 "level=debug event=machine.step machine=door of=front from=closed to=ajar "
			 "cause=key why=loud\n");
	cr_expect_eq(to, AJAR);
	cr_expect_str_eq(said(LOG_LEVEL_INFO, CLOSED, KEY, &to), "");
	cr_expect_str_eq(said(LOG_LEVEL_DEBUG, AJAR, WIND, &to), "", "it stays where it is");
}

Test(machine, tells_what_is_in_no_table_and_goes_there)
{
	unsigned to;

	cr_expect_str_eq(said(LOG_LEVEL_ERROR, CLOSED, WIND, &to),
			 "level=error event=machine.astray machine=door of=front from=closed "
			 "to=open cause=wind why=loud\n");
	cr_expect_eq(to, OPEN);
}
