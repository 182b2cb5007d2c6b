/* The lives of cases in the database: those of core, and no others. */
#include "base/count.h"
#include "core/life/case.h"
#include "core/life/lifecycle.h"
#include "tests/office/office.h"

#include <criterion/criterion.h>

#include <stdio.h>

OFFICE_SUITE(cases, office_open_set_up);

static const struct life_kind *const lives[] = {&life_spd, &life_finding, &life_action,
						&life_entry};

static void
set_of(char *out, size_t size, uint64_t set, const char *(*name)(const struct life_kind *, size_t),
       const struct life_kind *k)
{
	size_t n = (size_t)snprintf(out, size, "{");

	for (size_t i = 0; i < 64; i++)
		if ((set >> i & 1) != 0)
			n += (size_t)snprintf(out + n, size - n, "%s%s", n == 1 ? "" : ",",
					      name(k, i));
	snprintf(out + n, size - n, "}");
}

static const char *
word_name(const struct life_kind *k, size_t i)
{
	return k->words[i].name;
}

static const char *
other_name(const struct life_kind *k, size_t i)
{
	return k->others[i];
}

/* P-1343 */
Test(cases, finds_in_the_database_the_moves_of_core_and_no_others)
{
	char others[200];
	char sql[600];
	int n = 0;

	for (size_t i = 0; i < COUNT(lives); i++) {
		const struct machine *m = lives[i]->machine;

		for (size_t k = 0; k < m->n_moves * m->n_states; k++) {
			const struct move *move = &m->moves[k / m->n_states];
			size_t from = k % m->n_states;
			const struct life_terms *t = move->terms;

			if ((move->from & MACHINE_AT(from)) == 0)
				continue;
			n++;
			set_of(others, sizeof others, t->others, other_name, lives[i]);
			snprintf(
			    sql, sizeof sql,
			    "SELECT count(*) FROM sems.transition WHERE machine = '%s' AND state = "
			    "'%s' AND event = '%s' AND next = '%s' AND given = '%s' AND \"right\" "
			    "= '%s' AND others = '%s'",
			    m->name, m->states[from], m->events[move->event], m->states[move->to],
			    move->given == 0 ? "" : lives[i]->given[0],
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
	char sql[2600];
	int n = 0;

	for (size_t i = 0; i < COUNT(lives); i++) {
		const struct machine *m = lives[i]->machine;

		for (size_t v = 0; v < m->n_events; v++) {
			const struct life_deed *d = &lives[i]->deeds[v];

			n++;
			set_of(need, sizeof need, d->need, word_name, lives[i]);
			set_of(may, sizeof may, d->may, word_name, lives[i]);
			snprintf(
			    sql, sizeof sql,
			    "SELECT count(*) FROM sems.deed WHERE machine = '%s' AND event = '%s' "
			    "AND needs = '%s' AND may = '%s' AND coalesce(marks, '') = '%s'",
			    m->name, m->events[v], need, may, d->marks == NULL ? "" : d->marks);
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
