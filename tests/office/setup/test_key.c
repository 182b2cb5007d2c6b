#include "tests/office/evidence.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static void
open_office(struct office *o)
{
	office_open_set_up(o);
	evidence_add(o, "activity", 2, ", activity, count", ", 'FLIGHTS', i");
}

OFFICE_SUITE(key, open_office);

static int
ask_key(bool make, bool registers)
{
	struct key_request k = {0};

	k.make_new = make;
	k.register_newest = registers;
	return office_ask(&o, &(struct request){.kind = REQUEST_KEY, .key = &k});
}

static int
freeze(void)
{
	static const char quarter[] = EVIDENCE_QUARTER;
	static const char why[] = "a test";
	struct spd_request q = office_spd(OP(FREEZE), quarter, 0);

	q.early = why;
	return office_ask_spd(&o, &q);
}

/* P-917 */
Test(key, lists_the_first_one_as_registered)
{
	cr_assert_eq(ask_key(false, false), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "signs"), office_str(&o, "keys.0.key_id"));
	cr_expect_eq(office_int(&o, "keys.0.number"), 1);
}

/* P-917 */
Test(key, registers_a_new_one_that_signs_from_then_on)
{
	char old[SIGN_ID_SIZE];

	cr_assert_eq(ask_key(false, false), CODE(OK));
	snprintf(old, sizeof old, "%s", office_str(&o, "signs"));
	cr_assert_eq(ask_key(true, false), CODE(OK), "%s", o.text);
	cr_expect_str_neq(office_str(&o, "signs"), old);
	cr_expect_str_eq(office_str(&o, "signs"), office_str(&o, "keys.1.key_id"));
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.signing_key"), 2);
	cr_expect_eq(freeze(), CODE(OK), "%s", o.text);
}

Test(key, freezes_with_none_that_nobody_registered)
{
	struct err e;

	/* Made behind the database's back, as by a semsd whose folder lacks the right one. */
	cr_assert_eq(keyring_new_signer(o.keys, &e), OK, "%s", e.text);
	cr_expect_eq(freeze(), CODE(STATE));
	cr_expect_not_null(strstr(o.text, "not registered"), "%s", o.text);
	cr_expect_not_null(strstr(o.text, "key.register"), "%s", o.text);
	cr_expect_str_eq(o.next, "[{\"action\":\"key.register\"}]");
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.spd_revision"), 0);
	cr_assert_eq(ask_key(false, false), CODE(OK));
	cr_expect_str_eq(office_str(&o, "signs"), "");
	cr_assert_eq(ask_key(false, true), CODE(OK), "%s", o.text);
	cr_expect_eq(freeze(), CODE(OK), "%s", o.text);
}

Test(key, takes_an_administrator_to_make_or_register_one)
{
	office_be(&o, "unix:queenie", "auditor");
	cr_expect_eq(ask_key(false, false), CODE(OK), "%s", o.text);
	cr_expect_eq(ask_key(true, false), CODE(FORBIDDEN));
	cr_expect_str_eq(o.field, "make_new");
	cr_expect_eq(ask_key(false, true), CODE(FORBIDDEN));
	cr_expect_str_eq(o.field, "register_newest");
}
