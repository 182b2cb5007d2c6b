#include "tests/office/office.h"

#include <criterion/criterion.h>

OFFICE_SUITE(note, office_open);

/* P-962: what changes no row is an entry, too, before whoever asked is answered. */
Test(note, has_an_entry_of_what_changes_nothing)
{
	const struct request reload = {.kind = REQUEST_RELOAD};

	cr_assert_eq(office_ask(&o, &reload), CODE(OK), "%s", o.text);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.access_log WHERE what = 'reload' "
				       "AND who = 'unix:owner' AND subject = 'semsd'"),
		     1);
}
