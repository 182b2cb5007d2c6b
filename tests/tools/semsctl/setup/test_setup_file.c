#include "tests/lib/temp.h"
#include "tools/semsctl/setup/setup_file.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static char dir[TEMP_SIZE];
static struct setup *setup;

static void
start(void)
{
	temp_dir(dir);
}

static void
stop(void)
{
	setup_file_free(setup);
	cr_expect(temp_remove(dir));
}

TestSuite(setup_file, .init = start, .fini = stop);

static enum code
load(const char *text, struct err *e)
{
	char path[TEMP_SIZE + 16];
	FILE *f;

	snprintf(path, sizeof path, "%s/setup.yaml", dir);
	f = fopen(path, "w");
	cr_assert_not_null(f);
	cr_assert_geq(fputs(text, f), 0);
	cr_assert_eq(fclose(f), 0);
	return setup_file_load(path, &setup, e);
}

Test(setup_file, has_what_it_names)
{
	struct err e;

	cr_assert_eq(
	    load("entity: Example Airport\n"
		 "zone: Europe/London\n"
		 "sites:\n  - {id: LHX, name: Terminal 1, locations: [{id: T1-L3, name: Lane 3}]}\n"
		 "sources:\n  - {id: lane, senders: [{principal: \"unix:anna\", kinds: [plan]}]}\n"
		 "retention:\n  - {kind: plan, min_months: 12, max_months: 36, legal_basis: law}\n"
		 "targets:\n  - {metric: OUT03, value: 0.8, approved_by: A. Example, "
		 "from_quarter: 2026-Q2}\n"
		 "not_applicable:\n  - {metric: QN16, reason: no lane has TIP, declared_by: A. "
		 "Example, from_quarter: 2026-Q2}\n"
		 "spd_policy: {approval: APPROVER_DIFFERS, declared_by: A. Example, "
		 "declared_on: 2026-01-15}\n"
		 "rebases: [{metric: OUT03, first_day: 2026-08-10, reason: New machines, "
		 "approved_by: A. Example}]\n"
		 "grace_working_days: 0\n",
		 &e),
	    OK, "%s", e.text);
	cr_expect_str_eq(setup->entity, "Example Airport");
	cr_assert_eq(setup->sites_count, 1);
	cr_assert_eq(setup->sites[0].locations_count, 1);
	cr_expect_str_eq(setup->sites[0].locations[0].name, "Lane 3");
	cr_assert_eq(setup->sources_count, 1);
	cr_expect_str_eq(setup->sources[0].senders[0].kinds[0], "plan");
	cr_expect_eq(setup->sources[0].senders[0].sites_count, 0);
	cr_expect_eq(setup->retention[0].max_months, 36);
	cr_expect_float_eq(*setup->targets[0].value, 0.8, 1e-9);
	cr_expect_str_eq(setup->not_applicable[0].reason, "no lane has TIP");
	cr_expect_not(setup->not_applicable[0].applies);
	cr_expect_str_eq(setup->spd_policy->declared_on, "2026-01-15");
	cr_expect_str_eq(setup->rebases[0].reason, "New machines");
	cr_expect_not(setup->rebases[0].withdrawn);
	cr_assert_not_null(setup->grace_working_days, "nought is a number of days");
	cr_expect_eq(*setup->grace_working_days, 0);
}

Test(setup_file, has_nothing_that_it_does_not_name)
{
	struct err e;

	cr_assert_eq(load("zone: Europe/London\n", &e), OK, "%s", e.text);
	cr_expect_null(setup->entity);
	cr_expect_null(setup->spd_policy);
	cr_expect_null(setup->grace_working_days);
	cr_expect_null(setup->materiality_pp);
	cr_expect_eq(setup->sites_count, 0);
}

Test(setup_file, names_the_line_of_what_is_wrong)
{
	struct err e;

	cr_assert_neq(load("entity: Example Airport\nsights:\n  - {id: LHX}\n", &e), OK);
	cr_expect_not_null(strstr(e.text, "sights"), "%s", e.text);
	cr_expect_not_null(strstr(e.text, "line"), "%s", e.text);
	cr_expect_null(setup);
}

Test(setup_file, wants_what_a_source_is_called)
{
	struct err e;

	cr_expect_neq(load("sources:\n  - {description: a lane}\n", &e), OK);
	cr_expect_not_null(strstr(e.text, "id"), "%s", e.text);
}
