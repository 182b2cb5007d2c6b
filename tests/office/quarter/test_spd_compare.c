#include "core/proof/proof.h"
#include "tests/office/evidence.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static const char past[] = "2020-Q1";

static void
open_office(struct office *o)
{
	office_open_set_up(o);
	office_be(o, "unix:carl", "compliance");
}

OFFICE_SUITE(spd_compare, open_office);

static int
ask(int operation, unsigned revision)
{
	struct spd_request q = office_spd(operation, past, revision);

	return office_ask_spd(&o, &q);
}

/* So many shown threat images, found or missed, with the instant their records arrived. */
static void
add_shown(int n, const char *outcome, const char *received_at)
{
	char sql[700];

	snprintf(sql, sizeof sql,
		 "SELECT sems.make_partition('tip_event', '2020-02-01'); INSERT INTO "
		 "sems.tip_event (record_id, source, site_id, occurred_at, received_at, "
		 "received_from, device_id, outcome) SELECT gen_random_uuid(), 'lane', 'T1', "
		 "'2020-02-01', %s, 'x', 'X1', '%s' FROM generate_series(1, %d)",
		 received_at, outcome, n);
	cluster_do(o.pg, sql);
}

static const json_t *
change_of(const char *metric)
{
	const json_t *list = json_object_get(o.json, "changes");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *c = json_array_get(list, i);

		if (strcmp(json_string_value(json_object_get(c, "metric")), metric) == 0 &&
		    json_object_size(json_object_get(c, "by")) == 0)
			return c;
	}
	return NULL;
}

Test(spd_compare, finds_nothing_where_nothing_came)
{
	add_shown(100, "HIT", "'2020-02-01'");
	cr_assert_eq(ask(OP(FREEZE), 0), CODE(OK), "%s", o.text);
	cr_assert_eq(ask(OP(DIFF), 0), CODE(OK), "%s", o.text);
	cr_expect_eq(json_array_size(json_object_get(o.json, "changes")), 0);
	cr_expect_eq(office_int(&o, "records.count"), 0);
	cr_expect_eq(office_int(&o, "material"), 0);
}

Test(spd_compare, names_the_figures_and_the_late_records_behind_them)
{
	const json_t *c;

	add_shown(100, "HIT", "'2020-02-01'");
	cr_assert_eq(ask(OP(FREEZE), 0), CODE(OK), "%s", o.text);
	add_shown(20, "MISS_DECIDED", "now()");
	cr_assert_eq(ask(OP(DIFF), 1), CODE(OK), "%s", o.text);
	c = change_of("OUT03");
	cr_assert_not_null(c);
	cr_expect_eq(json_integer_value(json_object_get(json_object_get(c, "old"), "denominator")),
		     100);
	cr_expect_eq(json_integer_value(json_object_get(json_object_get(c, "new"), "denominator")),
		     120);
	cr_expect_eq(json_integer_value(json_object_get(c, "records")), 20);
	cr_expect_eq(office_int(&o, "material"), 1, "it fell by 17 percentage points");
	cr_expect_eq(office_int(&o, "records.count"), 20);
	cr_expect_str_eq(office_str(&o, "records.list.0.kind"), "tip_event");
	cr_expect_str_eq(office_str(&o, "records.list.0.how"), "LATE");
	cr_expect_str_eq(office_str(&o, "records.list.0.source"), "lane");
	cr_expect_eq(strlen(office_str(&o, "records.list.0.record_id")), 36);
	cr_expect_str_eq(office_str(&o, "records.list.0.what"), "late");
	cr_expect_str_eq(office_str(&o, "records.list.0.text"), proof_sentence("late", false));
}

/* A clock that was set back, or a commit that waited: verify says the same of them. */
Test(spd_compare, lists_what_came_since_whatever_the_clocks_say)
{
	add_shown(100, "HIT", "'2020-02-01'");
	cr_assert_eq(ask(OP(FREEZE), 0), CODE(OK), "%s", o.text);
	add_shown(20, "MISS_DECIDED", "now() - interval '10 minutes'");
	cr_assert_eq(ask(OP(DIFF), 1), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "records.count"), 20);
	cr_expect_str_eq(office_str(&o, "records.list.0.what"), "late");
	cr_expect_str_eq(office_str(&o, "records.list.0.text"), proof_sentence("late", true));
	evidence_tamper(&o, "UPDATE sems.tip_event SET stored_in = 1 WHERE outcome <> 'HIT'");
	cr_assert_eq(ask(OP(DIFF), 1), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "records.count"), 20, "%s", evidence_answer(&o));
	cr_expect_str_eq(office_str(&o, "records.list.0.what"), "added");
}

/* P-830. The record is of the quarter before. */
Test(spd_compare, names_the_record_of_another_quarter_that_lasts_into_this_one)
{
	const json_t *c;

	cr_assert_eq(ask(OP(FREEZE), 0), CODE(OK), "%s", o.text);
	cluster_do(o.pg,
		   "SELECT sems.make_partition('activity', '2019-12-30'); INSERT INTO "
		   "sems.activity (record_id, source, source_record_id, site_id, occurred_at, "
		   "occurred_end, received_at, received_from, activity, count, method) VALUES "
		   "(gen_random_uuid(), 'lane', 'n-7', 'T1', '2019-12-31', '2020-01-02', "
		   "now(), 'x', 'FLIGHTS', 100, 'COUNTED')");
	cr_assert_eq(ask(OP(DIFF), 1), CODE(OK), "%s", o.text);
	c = change_of("EX13");
	cr_assert_not_null(c, "%s", evidence_answer(&o));
	cr_expect_eq(json_integer_value(json_object_get(json_object_get(c, "new"), "numerator")),
		     50);
	cr_expect_eq(json_integer_value(json_object_get(c, "records")), 1);
	cr_expect_eq(office_int(&o, "records.count"), 1);
	cr_expect_str_eq(office_str(&o, "records.list.0.kind"), "activity");
	cr_expect_str_eq(office_str(&o, "records.list.0.source_record_id"), "n-7");
	cr_expect_str_eq(office_str(&o, "records.list.0.what"), "late");
}

Test(spd_compare, heeds_the_threshold_that_was_set_up)
{
	cluster_do(o.pg, "UPDATE sems.setting SET value = '40' WHERE name = 'spd_materiality_pp'");
	add_shown(100, "HIT", "'2020-02-01'");
	cr_assert_eq(ask(OP(FREEZE), 0), CODE(OK), "%s", o.text);
	add_shown(20, "MISS_DECIDED", "now()");
	cr_assert_eq(ask(OP(DIFF), 0), CODE(OK), "%s", o.text);
	cr_expect_not_null(change_of("OUT03"));
	cr_expect_eq(office_int(&o, "material"), 0);
}

Test(spd_compare, is_material_for_a_serious_finding_that_came_late)
{
	cr_assert_eq(ask(OP(FREEZE), 0), CODE(OK), "%s", o.text);
	cluster_do(o.pg,
		   "SELECT sems.make_partition('audit', '2020-02-01'); INSERT INTO sems.audit "
		   "(record_id, source, site_id, occurred_at, received_at, received_from, type, "
		   "findings) VALUES (gen_random_uuid(), 'lane', 'T1', '2020-02-01', now(), 'x', "
		   "'INTERNAL', '[{\"finding_id\":\"F1\",\"severity\":\"SERIOUS\"},"
		   "{\"finding_id\":\"F2\",\"severity\":\"MINOR\"}]')");
	cr_assert_eq(ask(OP(DIFF), 0), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "material"), 1);
	cr_expect_not_null(strstr(office_str(&o, "reasons.0"), "1 serious"), "%s",
			   office_str(&o, "reasons.0"));
}

Test(spd_compare, lists_some_records_and_counts_all)
{
	cr_assert_eq(ask(OP(FREEZE), 0), CODE(OK), "%s", o.text);
	add_shown(230, "HIT", "now()");
	cr_assert_eq(ask(OP(DIFF), 0), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "records.count"), 230);
	cr_expect_eq(json_array_size(json_object_get(json_object_get(o.json, "records"), "list")),
		     200);
}

/* Of as many sites as there are. */
Test(spd_compare, tells_every_record_behind_a_figure_however_many_places_they_are_of)
{
	const json_t *c;

	add_shown(100, "HIT", "'2020-02-01'");
	cr_assert_eq(ask(OP(FREEZE), 0), CODE(OK), "%s", o.text);
	cluster_do(o.pg,
		   "INSERT INTO sems.tip_event (record_id, source, site_id, occurred_at, "
		   "received_at, received_from, device_id, outcome) SELECT gen_random_uuid(), "
		   "'lane', 'S' || n, '2020-02-01', now(), 'x', 'X1', 'MISS_DECIDED' "
		   "FROM generate_series(1, 3000) AS n");
	cr_assert_eq(ask(OP(DIFF), 0), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "records.count"), 3000);
	c = change_of("OUT03");
	cr_assert_not_null(c);
	cr_expect_eq(json_integer_value(json_object_get(c, "records")), 3000);
}

Test(spd_compare, compares_nothing_that_is_not_there)
{
	cr_expect_eq(ask(OP(DIFF), 0), CODE(NOT_FOUND));
}
