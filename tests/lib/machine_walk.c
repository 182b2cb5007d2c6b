#include "tests/lib/machine_walk.h"

#include "base/log.h"

#include <criterion/criterion.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static uint32_t
conditions(const struct machine *m)
{
	uint32_t all = 0;

	for (size_t i = 0; i < m->n_moves; i++)
		all |= m->moves[i].given;
	return all;
}

/* --- the table, in words ---------------------------------------------------------------------- */

static void
add(char *out, size_t size, const char *prefix, const struct machine *m, const struct move *row)
{
	size_t n = strlen(out);

	snprintf(out + n, size - n, "%s%s%s > %s", n == 0 || out[n - 1] == ' ' ? "" : ", ", prefix,
		 m->events[row->event], m->states[row->to]);
}

static void
tell(const struct machine *m, unsigned state, char *out, size_t size)
{
	snprintf(out, size, "%s: ", m->states[state]);
	for (unsigned event = 0; event < m->n_events; event++) {
		const struct move *bare = machine_find(m, state, event, 0);

		if (bare != NULL)
			add(out, size, "", m, bare);
		for (uint32_t holds = 1; holds <= conditions(m); holds++) {
			const struct move *row = machine_find(m, state, event, holds);
			char prefix[16];

			snprintf(prefix, sizeof prefix, "[%u] ", holds);
			if (row != NULL && row != bare)
				add(out, size, prefix, m, row);
		}
	}
}

/* --- what is logged --------------------------------------------------------------------------- */

static unsigned
step_heard(const struct machine *m, unsigned from, unsigned event, char *heard, size_t size)
{
	int fds[2];
	ssize_t n;
	unsigned to;

	cr_assert_eq(pipe(fds), 0);
	log_setup(fds[1], LOG_LEVEL_DEBUG);
	to = machine_step(m, "walk", from, event, NULL);
	log_setup(STDERR_FILENO, LOG_LEVEL_INFO);
	close(fds[1]);
	n = read(fds[0], heard, size - 1);
	close(fds[0]);
	heard[n < 0 ? 0 : n] = '\0';
	return to;
}

static void
take(const struct machine *m, unsigned from, unsigned event)
{
	const struct move *row = machine_find(m, from, event, 0);
	char heard[512];
	unsigned to = step_heard(m, from, event, heard, sizeof heard);
	bool is_astray = strstr(heard, "event=machine.astray") != NULL;
	bool is_told = strstr(heard, "event=machine.step") != NULL;

	cr_expect_eq(is_astray, row == NULL, "%s: %s when %s", m->name, m->states[from],
		     m->events[event]);
	if (row == NULL)
		return;
	cr_expect_eq(to, row->to, "%s: %s when %s", m->name, m->states[from], m->events[event]);
	cr_expect_eq(is_told, from != to, "%s", heard);
	cr_expect(from == to || strstr(heard, m->events[event]) != NULL || strchr(heard, '"'), "%s",
		  heard);
}

/* --- that it is whole ------------------------------------------------------------------------- */

static bool
is_of_use(const struct machine *m, const struct move *row)
{
	for (unsigned from = 0; from < m->n_states; from++)
		if (machine_find(m, from, row->event, row->given) == row)
			return true;
	return false;
}

static void
check_row(const struct machine *m, size_t i)
{
	const struct move *row = &m->moves[i];
	uint64_t all = (UINT64_C(1) << m->n_states) - 1;

	cr_assert_lt(row->event, m->n_events, "%s, row %zu", m->name, i);
	cr_assert_lt(row->to, m->n_states, "%s, row %zu", m->name, i);
	cr_expect_eq(row->from & ~all, 0, "%s, row %zu: a state that there is not", m->name, i);
	cr_expect(is_of_use(m, row), "%s, row %zu: others come before it everywhere", m->name, i);
}

static uint32_t
reached(const struct machine *m)
{
	uint32_t seen = m->begins;
	uint32_t before = 0;

	while (seen != before) {
		before = seen;
		for (size_t i = 0; i < m->n_moves; i++)
			if ((m->moves[i].from & seen) != 0)
				seen |= MACHINE_AT(m->moves[i].to);
	}
	return seen;
}

static void
check_names(const struct machine *m)
{
	cr_assert_leq(m->n_states, MACHINE_STATES_MAX, "%s", m->name);
	for (size_t i = 0; i < m->n_states; i++)
		cr_assert_not_null(m->states[i], "%s: state %zu has no name", m->name, i);
	for (size_t i = 0; i < m->n_events; i++)
		cr_assert_not_null(m->events[i], "%s: event %zu has no name", m->name, i);
}

void
machine_walk(const struct machine *m, const char *const expected[], size_t n)
{
	char said[1024];

	check_names(m);
	for (size_t i = 0; i < m->n_moves; i++)
		check_row(m, i);
	cr_assert_eq(n, m->n_states, "%s", m->name);
	for (unsigned from = 0; from < m->n_states; from++) {
		tell(m, from, said, sizeof said);
		cr_expect_str_eq(said, expected[from], "%s: \"%s\" is not \"%s\"", m->name, said,
				 expected[from]);
		cr_expect_neq(reached(m) & MACHINE_AT(from), 0, "%s: nothing leads to %s", m->name,
			      m->states[from]);
		for (unsigned event = 0; event < m->n_events; event++)
			take(m, from, event);
	}
}
