#include "ingest/party.h"

#include <criterion/criterion.h>

#include <stdio.h>

Test(party, counts_the_sessions_of_one_name_together)
{
	struct parties *ps = parties_new();
	struct party *anna = party_join(ps, text_of("unix:anna"));
	struct party *bert = party_join(ps, text_of("unix:bert"));

	cr_assert_eq(party_join(ps, text_of("unix:anna")), anna);
	cr_expect_eq(anna->sessions, 2);
	cr_expect_eq(bert->sessions, 1);
	party_leave(ps, anna);
	cr_expect_eq(party_find(ps, text_of("unix:anna")), anna);
	party_leave(ps, anna);
	cr_expect_null(party_find(ps, text_of("unix:anna")));
	cr_expect_null(party_find(ps, text_of("unix:ann")), "a beginning is another name");
	cr_expect_eq(party_find(ps, text_of("unix:bert")), bert);
	party_leave(ps, NULL);
	parties_free(ps);
	parties_free(NULL);
}

Test(party, tells_more_names_apart_than_it_has_chains)
{
	enum { MANY = 5000 };
	static struct party *all[MANY];
	struct parties *ps = parties_new();
	char name[32];

	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof name, "unix:%d", i);
		all[i] = party_join(ps, text_of(name));
	}
	for (int i = 0; i < MANY; i += 2)
		party_leave(ps, all[i]);
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof name, "unix:%d", i);
		cr_assert_eq(party_find(ps, text_of(name)), i % 2 == 0 ? NULL : all[i]);
	}
	parties_free(ps);
}

Test(party, finds_who_has_most_unsent)
{
	struct parties *ps = parties_new();
	struct party *anna = party_join(ps, text_of("unix:anna"));
	struct party *bert = party_join(ps, text_of("unix:bert"));

	cr_expect_null(party_greediest(ps));
	anna->unsent = 1;
	bert->unsent = 2;
	cr_expect_eq(party_greediest(ps), bert);
	bert->unsent = 0;
	cr_expect_eq(party_greediest(ps), anna);
	parties_free(ps);
}
