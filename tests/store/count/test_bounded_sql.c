#include "core/metric/figure.h"
#include "store/count/counting.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <string.h>

/* More codes than a statement may have rows. */
#define CODES (COUNTING_ROWS_MAX + 2000)

STORE_SUITE(bounded_sql, fixture_open, 300);

/* Each event of another measure; and 500 of one measure, by five screeners. */
static void
add_crowd(void)
{
	spd_add(&f, "tip_event", CODES, ", device_id, stream, outcome, response_ms, screener_id",
		", 'X1', 'CABIN', 'HIT', i, decode(repeat('aa', 16), 'hex')");
	cluster_do(f.pg, "UPDATE sems.tip_event SET measure_code = '0.made.up.' || response_ms");
	spd_add(&f, "tip_event", 500, ", device_id, stream, outcome, response_ms, screener_id",
		", 'X1', 'CABIN', CASE WHEN i <= 100 THEN 'MISS_DECIDED' ELSE 'HIT' END, "
		"CASE WHEN i > 100 THEN 1000 END, decode(repeat('0' || i % 5, 16), 'hex')");
}

/* How many values of `dimension` a metric has figures by. */
static size_t
values_of(json_t *doc, const char *metric, const char *dimension)
{
	size_t n = 0;
	size_t i;
	size_t k;
	json_t *m;
	json_t *figure;

	json_array_foreach(json_object_get(doc, "metrics"), i, m)
	{
		if (strcmp(json_string_value(json_object_get(m, "id")), metric) != 0)
			continue;
		json_array_foreach(json_object_get(m, "figures"), k, figure)
		{
			const json_t *by = json_object_get(figure, "by");

			n += json_object_size(by) == 1 && json_object_get(by, dimension) != NULL;
		}
	}
	return n;
}

static json_int_t
denominator_of(json_t *doc, const char *metric, const char *by)
{
	return json_integer_value(json_object_get(spd_figure(doc, metric, by), "denominator"));
}

static void
expect_bounded(json_t *doc)
{
	cr_expect_eq(json_integer_value(json_object_get(doc, "values_shown")), COUNTING_KEEP_FIRST);
	/* The real one is kept, whatever its name: it has the most. */
	FIGURE_SAYS(doc, "OUT03", "measure=4.1", "400/500 0.8 NO_TARGET");
	cr_expect_eq(denominator_of(doc, "OUT03", ""), CODES + 500);
	cr_expect_eq(values_of(doc, "OUT03", "measure"), COUNTING_KEEP_FIRST + 1);
	cr_expect_eq(denominator_of(doc, "OUT03", "measure=" FIGURE_OTHER),
		     CODES - COUNTING_KEEP_FIRST + 1);
	cr_expect_eq(denominator_of(doc, "OUT03", "site=N1"), CODES + 500);
	/* Values: each of another millisecond, so that the codes of equal weight go by name. */
	cr_expect_eq(denominator_of(doc, "OUT07", ""), CODES + 400);
	cr_expect_eq(denominator_of(doc, "OUT07", "measure=4.1"), 400);
	cr_expect_eq(denominator_of(doc, "OUT07", "measure=" FIGURE_OTHER),
		     CODES - COUNTING_KEEP_FIRST + 1);
	/* Persons: one of many codes is still one in all, and nobody under (other). */
	cr_expect_eq(denominator_of(doc, "QN15", ""), 6);
	cr_expect_eq(denominator_of(doc, "QN15", "measure=4.1"), 5);
	cr_expect_null(spd_figure(doc, "QN15", "measure=" FIGURE_OTHER));
}

Test(bounded_sql, puts_codes_beyond_room_under_one_name)
{
	json_t *doc;
	json_t *from_records;

	add_crowd();
	from_records = spd_compute_from(&f, SPD_FROM_RAW);
	expect_bounded(from_records);
	cr_assert_gt(spd_recount(&f), 0);
	/* What is frozen is compared with the records. */
	json_decref(spd_compute(&f, SPD_TASK_FREEZE));
	doc = spd_compute(&f, SPD_TASK_SHOW);
	expect_bounded(doc);
	cr_expect(
	    json_equal(json_object_get(doc, "metrics"), json_object_get(from_records, "metrics")),
	    "the same codes are kept, whatever they are counted from");
	json_decref(doc);
	json_decref(from_records);
}

Test(bounded_sql, shows_all_where_there_is_room)
{
	json_t *doc;

	spd_add(&f, "tip_event", 2000, ", device_id, outcome, response_ms", ", 'X1', 'HIT', i");
	cluster_do(f.pg, "UPDATE sems.tip_event SET measure_code = '0.made.up.' || response_ms");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	cr_expect(json_is_null(json_object_get(doc, "values_shown")));
	cr_expect_eq(values_of(doc, "OUT03", "measure"), 2000);
	json_decref(doc);
}
