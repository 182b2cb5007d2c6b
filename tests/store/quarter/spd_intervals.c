/* What lasts or is counted over time: each second of a device, and each time of a place, once,
 * within the quarter. The figures were worked out by hand. */
#include "base/count.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

STORE_SUITE(spd_intervals, fixture_open, 0);

/* A mode; "" as its end: it lasts. */
static void
add_mode(const char *device, const char *mode, const char *from, const char *to)
{
	char values[256];
	char end[48] = "NULL";

	if (to[0] != '\0')
		snprintf(end, sizeof end, "'%s'", to);
	snprintf(values, sizeof values, ", '%s', 'FAULT', '%s', '%s', %s", device, mode, from, end);
	spd_add_at(&f, from, "equipment_check", 1,
		   ", device_id, check_type, service_mode, mode_from, mode_to", values);
}

/* A count of passengers at location L1, or where the last words say. */
static void
add_count(const char *from, const char *to, const char *count)
{
	char values[256];

	snprintf(values, sizeof values, ", '%s', 'PASSENGERS_SCREENED', %s, 'COUNTED', 'L1'", to,
		 count);
	spd_add_at(&f, from, "activity", 1, ", occurred_end, activity, count, method, location_id",
		   values);
}

static json_t *
quarter(int q)
{
	return spd_compute_quarter(&f, SPD_TASK_SHOW, (struct quarter){2026, q});
}

/* 2026-Q2 from counts, after they were made, and from records: both say so. */
static void
expect_q2(const char *metric, const char *expected)
{
	json_t *counts;
	json_t *records;

	spd_recount(&f);
	counts = spd_compute_from(&f, SPD_FROM_COUNTS);
	records = spd_compute_from(&f, SPD_FROM_RAW);
	FIGURE_SAYS(counts, metric, "", expected);
	FIGURE_SAYS(records, metric, "", expected);
	json_decref(counts);
	json_decref(records);
}

/* P-831, P-833 */
Test(spd_intervals, an_outage_within_normal_time_is_an_outage_once)
{
	json_t *doc;

	add_mode("X1", "NORMAL", "2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z");
	add_mode("X1", "OUT", "2026-05-01T12:00:00Z", "2026-05-01T16:00:00Z");
	add_mode("X1", "OUT", "2026-05-01T14:00:00Z", "2026-05-01T18:00:00Z");
	add_mode("X2", "NORMAL", "2026-05-02T00:00:00Z", "2026-05-03T00:00:00Z");
	doc = quarter(2);
	FIGURE_SAYS(doc, "QN11", "", "151200/172800 0.875 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "QN11", "SECONDS_TOLD_TWICE"), 7200);
	cr_expect_eq(spd_left_out(doc, "QN11", "SECONDS_OVERRULED"), 21600);
	cr_expect_eq(spd_part(doc, "QN11", "OUT_SECONDS"), 21600);
	json_decref(doc);
}

/* P-830 */
Test(spd_intervals, each_quarter_has_its_part_of_an_outage)
{
	json_t *doc;

	add_mode("X9", "NORMAL", "2026-06-30T23:00:00Z", "2026-09-30T20:00:00Z");
	add_mode("X9", "OUT", "2026-09-30T20:00:00Z", "2026-10-15T20:00:00Z");
	add_mode("X9", "NORMAL", "2026-10-15T20:00:00Z", "2026-10-16T20:00:00Z");
	/* London's third quarter ends at 23:00Z. */
	doc = quarter(3);
	FIGURE_SAYS(doc, "QN11", "", "7938000/7948800 0.998641 NO_TARGET");
	json_decref(doc);
	doc = quarter(4);
	FIGURE_SAYS(doc, "QN11", "", "86400/1371600 0.0629921 NO_TARGET");
	json_decref(doc);
	/* The check itself is of the third quarter. */
	doc = quarter(2);
	FIGURE_SAYS(doc, "QN11", "", "-/- - NO_DATA");
	json_decref(doc);
}

/* P-835 */
Test(spd_intervals, who_tells_only_of_outages_tells_no_availability)
{
	json_t *doc;

	add_mode("X1", "OUT", "2026-05-01T12:00:00Z", "2026-05-01T16:00:00Z");
	doc = quarter(2);
	FIGURE_SAYS(doc, "QN11", "", "0/14400 - OTHER_PART_NOT_TOLD");
	json_decref(doc);
	spd_add(&f, "activity", 1, ", activity, count, means", ", 'CABIN_BAGS', 500, 'DEGRADED'");
	doc = quarter(2);
	FIGURE_SAYS(doc, "QN12", "", "500/500 - OTHER_PART_NOT_TOLD");
	json_decref(doc);
}

/* P-831 */
Test(spd_intervals, what_lasts_ends_with_what_is_no_worse)
{
	json_t *doc;

	/* Out until it is normal; normal until it is told anew, whatever outages there were. */
	add_mode("X1", "OUT", "2026-05-01T10:00:00Z", "");
	add_mode("X1", "NORMAL", "2026-05-01T14:00:00Z", "");
	add_mode("X1", "OUT", "2026-05-01T15:00:00Z", "2026-05-01T16:00:00Z");
	add_mode("X1", "NORMAL", "2026-05-01T20:00:00Z", "2026-05-01T22:00:00Z");
	/* Closed by the end of the same. */
	add_mode("X2", "OUT", "2026-05-01T10:00:00Z", "");
	add_mode("X2", "OUT", "2026-05-01T10:00:00Z", "2026-05-01T11:00:00Z");
	doc = quarter(2);
	FIGURE_SAYS(doc, "QN11", "", "25200/46800 0.538462 NO_TARGET");
	cr_expect_eq(spd_part(doc, "QN11", "OUT_SECONDS"), 21600);
	cr_expect_eq(spd_left_out(doc, "QN11", "SECONDS_TOLD_TWICE"), 3600);
	json_decref(doc);
	/* Nobody says more of it: until the quarter's end, and no longer than 366 days. */
	add_mode("X3", "OUT", "2026-06-30T22:00:00Z", "");
	add_mode("X4", "OUT", "2025-04-30T22:00:00Z", "");
	doc = quarter(2);
	cr_expect_eq(spd_part(doc, "QN11", "OUT_SECONDS"), 21600 + 3600 + 31 * 86400 - 3600);
	json_decref(doc);
}

Test(spd_intervals, thousands_of_outages_of_one_device_are_one)
{
	json_t *doc;

	add_mode("X1", "NORMAL", "2026-05-12T00:00:00Z", "2026-05-13T00:00:00Z");
	spd_add(&f, "equipment_check", 4000,
		", device_id, check_type, service_mode, mode_from, mode_to",
		", 'X1', 'FAULT', 'OUT', '2026-05-12T06:00:00Z'::timestamptz + i * interval '1 s',"
		" '2026-05-12T07:00:00Z'::timestamptz + i * interval '2 s'");
	doc = quarter(2);
	/* From 06:00:01 to 09:13:20. */
	FIGURE_SAYS(doc, "QN11", "", "74801/86400 0.865752 NO_TARGET");
	json_decref(doc);
}

/* 2025-10-26 has 25 hours in London, 2026-03-29 has 23. */
Test(spd_intervals, touching_modes_and_days_of_other_lengths_are_exact)
{
	json_t *doc;

	add_mode("X1", "NORMAL", "2026-03-29T00:00:00Z", "2026-03-29T12:00:00Z");
	add_mode("X1", "OUT", "2026-03-29T12:00:00Z", "2026-03-29T23:00:00Z");
	add_mode("X1", "NORMAL", "2026-03-29T23:00:00Z", "2026-04-01T00:00:00Z");
	doc = quarter(1);
	FIGURE_SAYS(doc, "QN11", "", "216000/255600 0.84507 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "QN11", "SECONDS_TOLD_TWICE"), 0);
	cr_expect_eq(spd_left_out(doc, "QN11", "SECONDS_OVERRULED"), 0);
	json_decref(doc);
	doc = quarter(2);
	FIGURE_SAYS(doc, "QN11", "", "3600/3600 1 NO_TARGET");
	json_decref(doc);
}

Test(spd_intervals, a_voided_outage_was_none)
{
	add_mode("X1", "NORMAL", "2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z");
	add_mode("X1", "OUT", "2026-05-01T12:00:00Z", "2026-05-01T18:00:00Z");
	expect_q2("QN11", "64800/86400 0.75 NO_TARGET");
	cluster_do(f.pg, "INSERT INTO sems.ruling (record_id, source, kind, root_record_id, "
			 "root_source, occurred_at, why, is_corrected, since) "
			 "SELECT record_id, source, 'equipment_check', record_id, source, "
			 "occurred_at, 'VOIDED', true, 1 FROM sems.equipment_check "
			 "WHERE service_mode = 'OUT'");
	expect_q2("QN11", "86400/86400 1 NO_TARGET");
}

/* P-832, P-833 */
Test(spd_intervals, hours_beside_the_days_total_are_counted_once)
{
	json_t *doc;

	add_count("2026-05-04T06:00:00Z", "2026-05-04T07:00:00Z", "400");
	add_count("2026-05-04T07:00:00Z", "2026-05-04T08:00:00Z", "600");
	expect_q2("EX01", "1000/- 1000 NONE");
	/* It comes later than they: their day is counted again. */
	add_count("2026-05-04T00:00:00Z", "2026-05-05T00:00:00Z", "1000");
	expect_q2("EX01", "1000/- 1000 NONE");
	doc = quarter(2);
	cr_expect_eq(spd_left_out(doc, "EX01", "COUNTED_TWICE"), 1000);
	json_decref(doc);
	/* A month's total reaches days that were counted, and is found from the last of them. */
	add_count("2026-04-30T23:00:00Z", "2026-05-31T23:00:00Z", "50000");
	expect_q2("EX01", "50000/- 50000 NONE");
	add_count("2026-05-31T22:00:00Z", "2026-05-31T23:00:00Z", "7");
	expect_q2("EX01", "50000/- 50000 NONE");
	/* Half of it is outside. */
	add_count("2026-05-31T22:00:00Z", "2026-06-01T00:00:00Z", "80");
	expect_q2("EX01", "50040/- 50040 NONE");
}

/* P-830, P-832 */
Test(spd_intervals, a_count_over_the_quarters_end_is_shared_by_time)
{
	json_t *doc;

	/* A week, of which one day and a half are of the second quarter; nothing else is of July.
	 */
	add_count("2026-06-29T11:00:00Z", "2026-07-06T11:00:00Z", "1001");
	expect_q2("EX01", "215/- 215 NONE");
	doc = quarter(3);
	FIGURE_SAYS(doc, "EX01", "", "786/- 786 NONE");
	json_decref(doc);
	spd_recount(&f);
	doc = quarter(3);
	FIGURE_SAYS(doc, "EX01", "", "786/- 786 NONE");
	json_decref(doc);
	/* What began before the quarter is before what is within it. */
	add_count("2026-07-01T06:00:00Z", "2026-07-01T07:00:00Z", "90");
	doc = quarter(3);
	FIGURE_SAYS(doc, "EX01", "", "786/- 786 NONE");
	cr_expect_eq(spd_left_out(doc, "EX01", "COUNTED_TWICE"), 90);
	json_decref(doc);
}

/* P-832 */
Test(spd_intervals, a_place_is_what_was_counted_where)
{
	static const char *const differs[] = {
	    ", 'FLIGHTS', 1, 'COUNTED', 'L1'",
	    ", 'PASSENGERS_SCREENED', 10, 'COUNTED', 'L2'",
	};
	static const char columns[] = ", activity, count, method, location_id, occurred_end";
	char values[256];

	add_count("2026-05-12T09:00:00Z", "2026-05-12T10:00:00Z", "100");
	for (size_t i = 0; i < COUNT(differs); i++) {
		snprintf(values, sizeof values, "%s, '2026-05-12T10:00:00Z'", differs[i]);
		spd_add(&f, "activity", 1, columns, values);
	}
	expect_q2("EX01", "110/- 110 NONE");
	/* No time is shared by what has none. */
	spd_add(&f, "activity", 2, columns,
		", 'PASSENGERS_SCREENED', 3, 'COUNTED', 'L3', '" IN_Q2 "'");
	expect_q2("EX01", "116/- 116 NONE");
	/* One location, another source: the same people. Without a location each source has its
	 * own. */
	cluster_do(f.pg, "CREATE TABLE public.other AS SELECT * FROM sems.activity "
			 "WHERE location_id = 'L1' AND activity = 'PASSENGERS_SCREENED'");
	cluster_do(f.pg, "UPDATE public.other SET source = 'other'");
	cluster_do(f.pg, "INSERT INTO sems.activity SELECT * FROM public.other");
	expect_q2("EX01", "116/- 116 NONE");
	cluster_do(f.pg, "UPDATE public.other SET location_id = NULL, source = 'third'");
	cluster_do(f.pg, "INSERT INTO sems.activity SELECT * FROM public.other");
	cluster_do(f.pg, "UPDATE public.other SET source = 'fourth'");
	cluster_do(f.pg, "INSERT INTO sems.activity SELECT * FROM public.other");
	expect_q2("EX01", "316/- 316 NONE");
}

/* A count of a source at a location; "" as location: none. */
static void
add_of(const char *source, const char *location, const char *from, const char *to,
       const char *count)
{
	char sql[900];

	snprintf(
	    sql, sizeof sql,
	    "SELECT sems.make_partition('activity', '%s'); INSERT INTO sems.activity (record_id, "
	    "source, site_id, measure_code, occurred_at, occurred_end, received_at, "
	    "received_from, activity, count, method, location_id) VALUES (gen_random_uuid(), "
	    "'%s', 'N1', '4.1', '%s', '%s', now(), 'test', 'PASSENGERS_SCREENED', %s, "
	    "'COUNTED', nullif('%s', ''))",
	    from, source, from, to, count, location);
	cluster_do(f.pg, sql);
}

static void
expect_beside(const char *figure, json_int_t beside)
{
	json_t *counts;
	json_t *records;

	expect_q2("EX01", figure);
	counts = spd_compute_from(&f, SPD_FROM_COUNTS);
	records = spd_compute_from(&f, SPD_FROM_RAW);
	cr_expect_eq(spd_part(counts, "EX01", "COUNTED_BESIDE"), beside, "%lld",
		     (long long)spd_part(counts, "EX01", "COUNTED_BESIDE"));
	cr_expect_eq(spd_part(records, "EX01", "COUNTED_BESIDE"), beside, "%lld",
		     (long long)spd_part(records, "EX01", "COUNTED_BESIDE"));
	json_decref(counts);
	json_decref(records);
}

/* P-833 */
Test(spd_intervals, what_counts_for_two_places_that_may_be_one_is_told)
{
	add_of("hours", "L1", "2026-05-04T06:00:00Z", "2026-05-04T07:00:00Z", "400");
	add_of("hours", "L2", "2026-05-04T06:00:00Z", "2026-05-04T07:00:00Z", "300");
	/* Locations are places apart, and whoever touches nobody is beside nobody. */
	add_of("days", "", "2026-05-04T07:00:00Z", "2026-05-05T07:00:00Z", "1000");
	expect_beside("1700/- 1700 NONE", 0);
	/* Another source at the site, and the site's total beside its locations. */
	add_of("other", "", "2026-05-04T19:00:00Z", "2026-05-05T19:00:00Z", "2000");
	expect_beside("3700/- 3700 NONE", 1000);
	add_of("hours", "L1", "2026-05-05T06:30:00Z", "2026-05-05T07:30:00Z", "10");
	expect_beside("3710/- 3710 NONE", 1010);
	/* What its own place has counted it does not count itself, and is beside nothing with. */
	add_of("days", "", "2026-05-04T10:00:00Z", "2026-05-04T11:00:00Z", "50");
	expect_beside("3710/- 3710 NONE", 1010);
	/* From the quarter before: within this one alone. */
	add_of("days", "", "2026-03-31T11:00:00Z", "2026-04-01T11:00:00Z", "240");
	add_of("other", "", "2026-03-31T17:00:00Z", "2026-04-01T05:00:00Z", "120");
	expect_beside("3890/- 3890 NONE", 1070);
	/* Instants. */
	add_of("lane", "L3", "2026-05-05T18:00:00Z", "2026-05-05T18:00:00Z", "3");
	expect_beside("3893/- 3893 NONE", 1073);
}
