#include "tests/lib/temp.h"
#include "tools/semsctl/setup/setup_wish.h"

#include <criterion/criterion.h>

#include <stdio.h>

static struct setup_wish wish;
static char anna[] = "unix:anna";
static char lane[] = "lane";
static char terminal[] = "Terminal 1";

static void
start(void)
{
	cr_assert(setup_wish_init(&wish));
	wish.principal = anna;
}

static void
stop(void)
{
	setup_wish_fini(&wish);
}

TestSuite(setup_wish, .init = start, .fini = stop);

static const void *
message(const struct buf *list, size_t i)
{
	cr_assert_lt(i, setup_wish_count(list));
	return ((void **)(void *)list->p)[i];
}

Test(setup_wish, lets_the_caller_send_for_a_source_without_senders)
{
	const Sems__V1__Source *source;

	setup_wish_source(&wish, &(struct setup_source){.id = lane});
	source = message(&wish.sources, 0);
	cr_expect_str_eq(source->source, "lane");
	cr_assert_eq(source->n_senders, 1);
	cr_expect_str_eq(source->senders[0]->principal, "unix:anna");
}

Test(setup_wish, grants_every_kind_and_site_where_none_is_named)
{
	char plan[] = "plan";
	char *kinds[] = {plan};
	struct setup_sender sender = {.principal = lane, .kinds = kinds, .kinds_count = 1};
	const Sems__V1__Source *source;

	setup_wish_source(
	    &wish, &(struct setup_source){.id = lane, .senders = &sender, .senders_count = 1});
	source = message(&wish.sources, 0);
	cr_assert_eq(source->n_senders, 1);
	cr_expect_str_eq(source->senders[0]->principal, "lane");
	cr_assert_eq(source->senders[0]->n_kinds, 1);
	cr_expect_str_eq(source->senders[0]->kinds[0], "plan");
	cr_assert_eq(source->senders[0]->n_sites, 1);
	cr_expect_str_eq(source->senders[0]->sites[0], "*");
}

Test(setup_wish, has_all_that_a_file_has)
{
	char zone[] = "Europe/London";
	unsigned days = 0;
	struct setup_named location = {lane, terminal};
	struct setup_site site = {
	    .id = lane, .name = terminal, .locations = &location, .locations_count = 1};
	struct setup_named provider = {lane, NULL};
	struct setup_principal principal = {.principal = anna, .role = lane};
	struct setup_retention retention = {lane, 12, 36, terminal};
	double value = 0.8;
	struct setup_target target = {
	    .metric = lane, .value = &value, .approved_by = anna, .from_quarter = terminal};
	struct setup_feed feed = {.source = lane, .kind = terminal, .every_hours = 24};
	struct setup_rebase rebase = {lane, terminal, anna, anna, true};
	struct setup_not_applicable none = {lane, terminal, anna, zone, true};
	struct setup_policy policy = {
	    .approval = terminal, .declared_by = anna, .declared_on = lane};
	struct setup file = {
	    .zone = zone,
	    .sites = &site,
	    .sites_count = 1,
	    .providers = &provider,
	    .providers_count = 1,
	    .principals = &principal,
	    .principals_count = 1,
	    .retention = &retention,
	    .retention_count = 1,
	    .targets = &target,
	    .targets_count = 1,
	    .not_applicable = &none,
	    .not_applicable_count = 1,
	    .feeds = &feed,
	    .feeds_count = 1,
	    .rebases = &rebase,
	    .rebases_count = 1,
	    .grace_working_days = &days,
	    .spd_policy = &policy,
	};

	setup_wish_file(&wish, &file);
	cr_expect_null(wish.entity);
	cr_expect_str_eq(wish.zone, "Europe/London");
	cr_expect_eq(wish.grace_working_days, &days);
	cr_expect_str_eq(wish.spd_policy->approval, "Terminal 1");
	cr_expect_str_eq(((const Sems__V1__Site *)message(&wish.sites, 0))->locations[0]->name,
			 "Terminal 1");
	cr_expect_null(((const Sems__V1__Provider *)message(&wish.providers, 0))->name);
	cr_expect_str_eq(((const Sems__V1__Principal *)message(&wish.principals, 0))->role, "lane");
	cr_expect_eq(((const Sems__V1__RetentionPolicy *)message(&wish.retention, 0))->max_months,
		     36);
	cr_expect_float_eq(((const Sems__V1__Target *)message(&wish.targets, 0))->value, 0.8, 1e-9);
	cr_expect_str_eq(
	    ((const Sems__V1__NotApplicable *)message(&wish.not_applicable, 0))->reason,
	    "Terminal 1");
	cr_expect(((const Sems__V1__NotApplicable *)message(&wish.not_applicable, 0))->applies);
	cr_expect_eq(((const Sems__V1__ExpectedFeed *)message(&wish.feeds, 0))->every_hours, 24);
	cr_expect(((const Sems__V1__Rebase *)message(&wish.rebases, 0))->withdrawn);
	cr_expect_eq(setup_wish_count(&wish.sources), 0);
	cr_expect_eq(wish.e.code, OK);
}

static char dir[TEMP_SIZE];
static char path[TEMP_SIZE + 16];

static void
start_with_file(void)
{
	FILE *f;

	start();
	temp_dir(dir);
	snprintf(path, sizeof path, "%s/rows.csv", dir);
	f = fopen(path, "w");
	cr_assert_not_null(f);
	cr_assert_geq(fputs("No,Site\n1,LHX\n2,\n3,MAX\n4,LHX\n", f), 0);
	cr_assert_eq(fclose(f), 0);
}

static void
stop_with_file(void)
{
	stop();
	cr_expect(temp_remove(dir));
}

TestSuite(setup_wish_sites, .init = start_with_file, .fini = stop_with_file);

Test(setup_wish_sites, are_each_value_of_the_column_once)
{
	struct err e;

	cr_assert_eq(setup_wish_sites_from(&wish, path, "Site", &e), OK, "%s", e.text);
	cr_assert_eq(setup_wish_count(&wish.sites), 2);
	cr_expect_str_eq(((const Sems__V1__Site *)message(&wish.sites, 0))->site_id, "LHX");
	cr_expect_str_eq(((const Sems__V1__Site *)message(&wish.sites, 1))->site_id, "MAX");
}

Test(setup_wish_sites, are_not_taken_from_a_column_that_is_not_there)
{
	struct err e;

	cr_assert_eq(setup_wish_sites_from(&wish, path, "Gate", &e), REJ_FIELD);
	cr_expect_not_null(strstr(e.text, "Gate"), "%s", e.text);
	cr_expect_eq(setup_wish_count(&wish.sites), 0);
}
