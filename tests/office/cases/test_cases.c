/* The lives of cases in the database: those of core, and no others. */
#include "base/count.h"
#include "core/life/case.h"
#include "core/life/lifecycle.h"
#include "tests/office/office.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

OFFICE_SUITE(cases, office_open_set_up);

/* That of the SPD, and those of all kinds of cases, each once. */
#define LIVES (CASE_KINDS + 1)

static const struct life_kind *
life(size_t i)
{
	return i < CASE_KINDS ? case_kinds[i].life : &life_spd;
}

static void
add_name(char *out, size_t size, const char *name)
{
	size_t n = strlen(out);

	snprintf(out + n, size - n, "%s%s", n == 1 ? "" : ",", name);
}

static void
end_set(char *out, size_t size)
{
	size_t n = strlen(out);

	snprintf(out + n, size - n, "}");
}

/* "{title,owner}" */
static void
set_of_words(char *out, size_t size, const unsigned char *words, const struct life_kind *k)
{
	snprintf(out, size, "{");
	for (size_t i = 0; i < k->n_words; i++)
		if (life_has_word(words, i))
			add_name(out, size, k->words[i].name);
	end_set(out, size);
}

static void
set_of_others(char *out, size_t size, uint32_t others, const struct life_kind *k)
{
	snprintf(out, size, "{");
	for (size_t i = 0; i < k->n_others; i++)
		if ((others >> i & 1) != 0)
			add_name(out, size, k->others[i]);
	end_set(out, size);
}

/* P-1343 */
Test(cases, finds_in_the_database_the_moves_of_core_and_no_others)
{
	char others[200];
	char sql[600];
	int n = 0;

	for (size_t i = 0; i < LIVES; i++) {
		const struct machine *m = life(i)->machine;

		for (size_t k = 0; k < m->n_moves * m->n_states; k++) {
			const struct move *move = &m->moves[k / m->n_states];
			size_t from = k % m->n_states;
			const struct life_terms *t = move->terms;

			if ((move->from & MACHINE_AT(from)) == 0)
				continue;
			n++;
			set_of_others(others, sizeof others, t->others, life(i));
			snprintf(
			    sql, sizeof sql,
			    "SELECT count(*) FROM sems.transition WHERE machine = '%s' AND state = "
			    "'%s' AND event = '%s' AND next = '%s' AND given = '%s' AND \"right\" "
			    "= '%s' AND others = '%s'",
			    m->name, m->states[from], m->events[move->event], m->states[move->to],
			    move->given == 0 ? "" : life(i)->given[0],
			    t->right == LIFE_NOBODYS ? "" : right_name(t->right), others);
			cr_expect_eq(cluster_int(o.pg, sql), 1, "%s", sql);
		}
	}
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.transition"), n);
}

/* P-1345 */
Test(cases, finds_in_the_database_the_words_of_core_and_no_others)
{
	char need[1000];
	char may[1000];
	char sql[4600];
	int n = 0;

	for (size_t i = 0; i < LIVES; i++) {
		const struct machine *m = life(i)->machine;

		for (size_t v = 0; v < m->n_events; v++) {
			const struct life_deed *d = &life(i)->deeds[v];

			n++;
			set_of_words(need, sizeof need, d->need, life(i));
			set_of_words(may, sizeof may, d->may, life(i));
			snprintf(
			    sql, sizeof sql,
			    "SELECT count(*) FROM sems.deed WHERE machine = '%s' AND event = '%s' "
			    "AND needs <@ '%s' AND needs @> '%s' AND may <@ '%s' AND may @> '%s' "
			    "AND coalesce(marks, '') = '%s'",
			    m->name, m->events[v], need, need, may, may,
			    d->marks == NULL ? "" : d->marks);
			cr_expect_eq(cluster_int(o.pg, sql), 1, "%s", sql);
		}
	}
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.deed"), n);
}

/* P-1340 */
Test(cases, finds_in_the_database_the_kinds_of_core_and_no_others)
{
	char sql[300];

	for (size_t i = 0; i < CASE_KINDS; i++) {
		snprintf(
		    sql, sizeof sql,
		    "SELECT count(*) FROM sems.case_kind WHERE kind = '%s' AND letter = '%s' AND "
		    "machine = '%s'",
		    case_kinds[i].name, case_kinds[i].letter, case_kinds[i].life->machine->name);
		cr_expect_eq(cluster_int(o.pg, sql), 1, "%s", sql);
	}
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.case_kind"), CASE_KINDS);
}
