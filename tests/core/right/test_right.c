#include "base/count.h"
#include "core/right/right.h"

#include <criterion/criterion.h>

#include <string.h>

/*
 * Written once more from what PROTOCOL.md says of roles, role by role in the order none, device,
 * supervisor, tester, auditor, compliance, manager, admin, gateway: "-" not, "o" one's own, "g" as
 * granted, "a" all.
 */
static const struct {
	const char *name;
	const char *scopes;
} expected[] = {
    /* Transport: places for connections; few for those without a role, the last for admins. */
    {"keep_place", "-aaaaaaaa"},
    {"last_place", "-------a-"},
    /* P-316: to speak for others. */
    {"speak_for", "--------a"},
    /* P-103, P-706: who may send what. */
    {"send", "gggggggg-"},
    {"correct", "gggggaga-"},
    {"void", "-----a-a-"},
    {"confirm", "-----aaa-"},
    {"give_pseudonym", "-----a-a-"},
    /* P-905: requests. */
    {"set_up", "-----a-a-"},
    {"see_status", "----aaaa-"},
    {"see_spd", "----aaaa-"},
    {"run_retention", "-----a-a-"},
    {"hold", "-----a-a-"},
    {"keep_identities", "-----a-a-"},
    {"see_quarantine", "----aa-a-"},
    {"see_records", "---aaaaa-"},
    {"see_gaps", "----aaaa-"},
    {"verify", "----aaaa-"},
    {"sign", "----aaaa-"},
    {"see_keys", "----aaaa-"},
    {"explain_figure", "----aaaa-"},
    {"see_pending", "----aaaa-"},
    {"see_doubles", "----aaaa-"},
    {"see_numbers", "gggggaga-"},
    {"run_import", "-ooooooo-"},
    {"see_imports", "----aaaa-"},
    {"see_calendar", "----aaaa-"},
    {"reload", "-------a-"},
    {"see_health", "-------aa"},
    {"see_rights", "----aaaa-"},
    {"see_devices", "----aaaa-"},
    {"see_log", "-----a-a-"},
    {"see_history", "----aaaa-"},
    {"see_cases", "--a-aaaa-"},
    {"see_register", "----aaaa-"},
    /* P-905 and P-907: operations for fewer. */
    {"discard_quarantine", "-----a-a-"},
    {"change_gaps", "-----a-a-"},
    {"make_keys", "-----a-a-"},
    {"undo_import", "-----a-a-"},
    {"mend_calendar", "-------a-"},
    {"invite_devices", "-------a-"},
    {"recognise_devices", "-------aa"},
    {"invite_persons", "-------a-"},
    {"recognise_persons", "--------a"},
    /* P-906, P-907: parts of answers. */
    {"know_covert", "---a-a-a-"},
    {"know_persons", "-----a-a-"},
    {"know_small_cells", "-----a-a-"},
    {"know_sessions", "-------a-"},
    {"know_admins", "----aaaa-"},
    /* The SPD: compliance prepares, auditors review, the manager approves. */
    {"comment_spd", "----aaaa-"},
    {"prepare_spd", "-----a-a-"},
    {"review_spd", "----aaa--"},
    {"approve_spd", "------a--"},
    {"reject_spd", "----aaa--"},
    {"exclude_embargoed", "-----a-a-"},
    /* P-1346: cases. */
    {"raise_cases", "--aaaaaa-"},
    {"work_on_cases", "--a-aaaa-"},
    {"verify_cases", "----aaa--"},
    {"close_cases", "-----aaa-"},
    {"keep_register", "-----aaa-"},
    {"accept_risks", "------a--"},
};
_Static_assert(COUNT(expected) == RIGHT_COUNT, "each right is expected of somebody");

Test(right, each_role_has_each_right_as_far_as_the_protocol_says)
{
	static const char letters[] = {
	    [SCOPE_NONE] = '-', [SCOPE_OWN] = 'o', [SCOPE_GRANTED] = 'g', [SCOPE_ALL] = 'a'};

	for (unsigned r = 0; r < RIGHT_COUNT; r++) {
		enum right right = (enum right)r;

		cr_assert_str_eq(right_name(right), expected[r].name);
		for (unsigned role = 0; role < ROLE_COUNT; role++) {
			enum scope scope = right_scope((enum role)role, right);

			cr_expect_eq(letters[scope], expected[r].scopes[role], "%s: %s is '%c'",
				     expected[r].name, role_name((enum role)role), letters[scope]);
			cr_expect_eq(right_has((enum role)role, right),
				     expected[r].scopes[role] != '-');
		}
	}
}

Test(right, no_two_have_a_name)
{
	for (unsigned i = 0; i < RIGHT_COUNT; i++)
		for (unsigned j = 0; j < i; j++)
			cr_expect_str_neq(right_name((enum right)i), right_name((enum right)j));
}

Test(right, is_nobodys_beyond_the_last)
{
	for (unsigned role = 0; role < ROLE_COUNT; role++) {
		cr_expect_eq(right_scope((enum role)role, RIGHT_COUNT), SCOPE_NONE);
		cr_expect_eq(right_set((enum role)role) & RIGHT_BIT(RIGHT_COUNT), 0);
	}
}

Test(right, a_set_holds_what_its_role_has)
{
	for (unsigned role = 0; role < ROLE_COUNT; role++)
		for (unsigned r = 0; r < RIGHT_COUNT; r++)
			cr_expect_eq((right_set((enum role)role) & RIGHT_BIT(r)) != 0,
				     expected[r].scopes[role] != '-', "%s, %s",
				     role_name((enum role)role), expected[r].name);
}

Test(right, says_who_has_it)
{
	static const struct {
		enum right right;
		const char *between;
		const char *who;
	} rows[] = {
	    {RIGHT_APPROVE_SPD, ", ", "manager"},
	    {RIGHT_PREPARE_SPD, ", ", "compliance or admin"},
	    {RIGHT_REVIEW_SPD, ", ", "auditor, compliance or manager"},
	    {RIGHT_REVIEW_SPD, " or ", "auditor or compliance or manager"},
	    {RIGHT_RUN_IMPORT, ", ",
	     "device, supervisor, tester, auditor, compliance, manager or admin"},
	    {RIGHT_COUNT, ", ", ""},
	};
	char who[RIGHT_WHO_SIZE];

	for (size_t i = 0; i < COUNT(rows); i++) {
		right_who(rows[i].right, rows[i].between, who, sizeof who);
		cr_expect_str_eq(who, rows[i].who, "row %zu", i);
	}
}

/* Whatever the room: what is told is the beginning of the whole, and ends. */
Test(right, says_who_has_it_within_its_room)
{
	static const char whole[] =
	    "device or supervisor or tester or auditor or compliance or manager or admin";
	char who[RIGHT_WHO_SIZE + 1];

	for (size_t size = 1; size <= RIGHT_WHO_SIZE; size++) {
		size_t told = size - 1 < strlen(whole) ? size - 1 : strlen(whole);

		memset(who, '#', sizeof who);
		right_who(RIGHT_RUN_IMPORT, " or ", who, size);
		cr_expect_eq(strlen(who), told);
		cr_expect_eq(memcmp(who, whole, told), 0);
		cr_expect_eq(who[size], '#');
	}
}

/* P-960: nothing that takes two persons is a device's. */
Test(right, leaves_a_role_what_a_device_has)
{
	cr_expect_eq(role_as_device(ROLE_NONE), ROLE_NONE);
	for (unsigned i = ROLE_DEVICE; i < ROLE_COUNT; i++)
		cr_expect_eq(role_as_device((enum role)i), ROLE_DEVICE);
	for (unsigned r = 0; r < RIGHT_COUNT; r++)
		if (right_has(ROLE_DEVICE, (enum right)r))
			cr_expect(r != RIGHT_VOID && r != RIGHT_CONFIRM && r != RIGHT_REVIEW_SPD &&
				      r != RIGHT_APPROVE_SPD && r != RIGHT_REJECT_SPD,
				  "%s", right_name((enum right)r));
}

Test(right, roles_have_names_both_ways)
{
	for (unsigned i = ROLE_DEVICE; i < ROLE_COUNT; i++)
		cr_assert_eq(role_by_name(text_of(role_name((enum role)i))), i);
	cr_assert_eq(role_by_name(text_of("none")), ROLE_NONE);
	cr_assert_eq(role_by_name(text_of("root")), ROLE_NONE);
}
