/* What the document says of the data behind the figures, with records counted by hand. */
#include "base/file/embed.h"
#include "store/quarter/spd_gather.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

STORE_SUITE(spd_gather, fixture_open, 0);

/* A TIP event of X1 with this number, `seconds` into the day. */
static void
add_number(const char *day, int seconds, int number)
{
	char values[64];
	char at[64];

	snprintf(values, sizeof values, ", 'X1', 'HIT', %d", number);
	snprintf(at, sizeof at, "%sT09:%02d:%02dZ", day, seconds / 60, seconds % 60);
	spd_add_at(&f, at, "tip_event", 1, ", device_id, outcome, event_no", values);
}

static json_t *
feed_of(json_t *doc, const char *kind)
{
	json_t *feeds = json_object_get(json_object_get(doc, "completeness"), "feeds");
	size_t i;
	json_t *feed;

	json_array_foreach(feeds, i, feed)
	{
		if (strcmp(json_string_value(json_object_get(feed, "kind")), kind) == 0)
			return feed;
	}
	return NULL;
}

/* "5/7 missing 2 EVENT_NUMBERS" */
static const char *
feed_says(json_t *doc, const char *kind)
{
	static char text[128];
	json_t *feed = feed_of(doc, kind);
	const char *basis = json_string_value(json_object_get(feed, "basis"));

	cr_assert_not_null(feed);
	if (json_is_null(json_object_get(feed, "expected")))
		snprintf(text, sizeof text, "%d/- %s",
			 (int)json_integer_value(json_object_get(feed, "received")),
			 basis == NULL ? "-" : basis);
	else
		snprintf(text, sizeof text, "%d/%d missing %d %s",
			 (int)json_integer_value(json_object_get(feed, "received")),
			 (int)json_integer_value(json_object_get(feed, "expected")),
			 (int)json_integer_value(json_object_get(feed, "missing")), basis);
	return text;
}

#define SAYS(doc, kind, expected) cr_expect_str_eq(feed_says(doc, kind), expected)

static json_int_t
gap_number(json_t *doc, size_t gap, const char *key)
{
	json_t *gaps = json_object_get(feed_of(doc, "tip_event"), "gaps");

	return json_integer_value(json_object_get(json_array_get(gaps, gap), key));
}

static json_t *
section(json_t *doc, const char *name)
{
	return json_object_get(json_object_get(doc, "completeness"), name);
}

Test(spd_gather, finds_the_event_numbers_that_never_came)
{
	static const int numbers[] = {1, 2, 3, 6, 7};
	json_t *doc;

	for (int i = 0; i < 5; i++)
		add_number("2026-05-12", i, numbers[i]);
	add_number("2026-05-14", 0, 10);
	doc = spd_compute(&f, SPD_TASK_SHOW);
	SAYS(doc, "tip_event", "6/10 missing 4 EVENT_NUMBERS");
	cr_assert_eq(json_array_size(json_object_get(feed_of(doc, "tip_event"), "gaps")), 2);
	cr_expect_eq(gap_number(doc, 0, "after"), 3);
	cr_expect_eq(gap_number(doc, 0, "before"), 6);
	cr_expect_eq(gap_number(doc, 0, "missing"), 2);
	cr_expect_eq(gap_number(doc, 1, "after"), 7);
	cr_expect_eq(gap_number(doc, 1, "before"), 10);
	FIGURE_SAYS(doc, "DQ01", "", "6/10 0.6 NO_TARGET");
	FIGURE_SAYS(doc, "DQ01", "basis=EVENT_NUMBERS", "6/10 0.6 NO_TARGET");
	json_decref(doc);
}

Test(spd_gather, misses_nothing_where_a_device_began_anew_or_numbers_came_out_of_order)
{
	static const int numbers[] = {5000, 5002, 5001, 5003, 1, 2};
	json_t *doc;

	for (int i = 0; i < 6; i++)
		add_number("2026-05-12", i, numbers[i]);
	doc = spd_compute(&f, SPD_TASK_SHOW);
	SAYS(doc, "tip_event", "6/6 missing 0 EVENT_NUMBERS");
	json_decref(doc);
}

Test(spd_gather, believes_heartbeats_before_numbers_and_numbers_before_sessions)
{
	json_t *doc;

	add_number("2026-05-12", 0, 1);
	add_number("2026-05-12", 1, 3);
	spd_add(&f, "tip_session", 1, ", device_id, tip_shown, hits, misses, aborted",
		", 'X1', 4, 2, 1, 1");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	SAYS(doc, "tip_event", "2/3 missing 1 EVENT_NUMBERS");
	json_decref(doc);
	cluster_do(f.pg, "UPDATE sems.tip_event SET event_no = NULL");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	SAYS(doc, "tip_event", "2/4 missing 2 SESSIONS");
	json_decref(doc);
	spd_add(&f, "heartbeat", 1, ", device_id, events_made",
		", 'X1', '[{\"kind\":\"tip_event\",\"count\":5}]'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	SAYS(doc, "tip_event", "2/5 missing 3 HEARTBEATS");
	json_decref(doc);
}

Test(spd_gather, expects_no_events_of_a_source_that_sends_sessions_only)
{
	json_t *doc;

	spd_add(&f, "tip_session", 2, ", device_id, tip_shown, hits, misses, aborted",
		", 'X1', 4, 2, 1, 1");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	cr_expect_null(feed_of(doc, "tip_event"));
	SAYS(doc, "tip_session", "2/- -");
	json_decref(doc);
}

Test(spd_gather, sees_what_comes_after_days_were_counted_and_kept)
{
	json_t *doc;

	add_number("2026-05-12", 0, 1);
	add_number("2026-05-12", 1, 4);
	json_decref(spd_compute(&f, SPD_TASK_LIVE));
	add_number("2026-05-12", 2, 2);
	doc = spd_compute(&f, SPD_TASK_SHOW);
	SAYS(doc, "tip_event", "3/4 missing 1 EVENT_NUMBERS");
	json_decref(doc);
	doc = spd_compute(&f, SPD_TASK_SHOW);
	SAYS(doc, "tip_event", "3/4 missing 1 EVENT_NUMBERS");
	json_decref(doc);
}

Test(spd_gather, sees_what_was_taken_out_of_the_log_of_touched_days)
{
	json_t *doc;

	add_number("2026-05-12", 0, 1);
	add_number("2026-05-12", 1, 4);
	json_decref(spd_compute(&f, SPD_TASK_LIVE));
	cluster_do(f.pg, embed_text("sql/queries/count/recount_touched.sql"));
	json_decref(spd_compute(&f, SPD_TASK_LIVE));
	add_number("2026-05-12", 2, 2);
	cluster_do(f.pg, embed_text("sql/queries/count/recount_touched.sql"));
	doc = spd_compute(&f, SPD_TASK_SHOW);
	SAYS(doc, "tip_event", "3/4 missing 1 EVENT_NUMBERS");
	json_decref(doc);
}

/* P-506 */
Test(spd_gather, says_that_a_feed_that_is_expected_is_silent)
{
	json_t *doc;
	json_t *silent;

	cluster_do(f.pg, "INSERT INTO sems.expected_feed (source, kind, every_hours, from_day) "
			 "VALUES ('lane 7', 'observation', 24, '2026-01-01'), "
			 "('lane 8', 'observation', 24, '2026-07-01')");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	SAYS(doc, "observation", "0/- REGISTER");
	silent = section(doc, "silent");
	cr_assert_eq(json_array_size(silent), 1);
	cr_expect_str_eq(json_string_value(json_object_get(json_array_get(silent, 0), "source")),
			 "lane 7");
	FIGURE_SAYS(doc, "QL01", "", "-/- - FEED_SILENT");
	json_decref(doc);
}

Test(spd_gather, covers_a_figure_by_the_feeds_of_its_kinds_and_site)
{
	json_t *doc;
	json_t *coverage;

	add_number("2026-05-12", 0, 1);
	add_number("2026-05-12", 1, 4);
	spd_add(&f, "activity", 1, ", activity, count", ", 'FLIGHTS', 1");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	coverage = json_object_get(spd_figure(doc, "OUT03", "site=N1"), "coverage");
	cr_expect_eq(json_integer_value(json_object_get(coverage, "expected")), 4);
	cr_expect_eq(json_integer_value(json_object_get(coverage, "received")), 2);
	cr_expect(json_is_null(json_object_get(spd_figure(doc, "EX13", ""), "coverage")));
	json_decref(doc);
}

Test(spd_gather, counts_what_is_late_for_the_quarter_and_what_is_late_for_its_day)
{
	json_t *doc;
	json_t *late;

	spd_add(&f, "observation", 4, "", "");
	cluster_do(f.pg, "UPDATE sems.observation SET received_at = '2026-07-02T00:00:00Z' WHERE "
			 "ctid IN (SELECT ctid FROM sems.observation LIMIT 1)");
	cluster_do(f.pg,
		   "UPDATE sems.observation SET received_at = occurred_at + interval '80 hours' "
		   "WHERE ctid IN (SELECT ctid FROM sems.observation WHERE received_at < "
		   "'2026-07-01' LIMIT 1)");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	late = section(doc, "late");
	cr_expect_eq(json_integer_value(json_object_get(late, "received")), 4);
	cr_expect_eq(json_integer_value(json_object_get(late, "after_quarter")), 1);
	cr_expect_eq(json_integer_value(json_object_get(late, "after_lag")), 2);
	cr_expect(json_is_null(json_object_get(late, "after_submission")));
	json_decref(doc);
}

/* By transactions: a clock was set back, or another's is ahead. */
Test(spd_gather, counts_what_came_after_the_submission_whatever_the_clocks_say)
{
	json_t *doc;

	spd_add(&f, "observation", 2, "", "");
	cluster_do(f.pg, "UPDATE sems.observation SET received_at = now() + interval '1 hour'");
	cluster_submit(f.pg, "2026-Q2", "2026-07-15Z");
	spd_add(&f, "observation", 3, "", "");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	cr_expect_eq(json_integer_value(json_object_get(section(doc, "late"), "after_submission")),
		     3);
	json_decref(doc);
}

Test(spd_gather, reconciles_sessions_in_themselves_and_with_events)
{
	json_t *doc;
	json_t *sessions;
	json_t *devices;

	add_number("2026-05-12", 0, 1);
	spd_add(&f, "tip_session", 1, ", device_id, tip_shown, hits, misses, aborted",
		", 'X1', 1, 1, 0, 0");
	spd_add(&f, "tip_session", 1, ", device_id, tip_shown, hits, misses, aborted",
		", 'X2', 5, 1, 1, 0");
	spd_add(&f, "tip_session", 1, ", device_id, hits", ", 'X2', 1");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	sessions = section(doc, "sessions");
	cr_expect_eq(json_integer_value(json_object_get(sessions, "reconciled")), 1);
	cr_expect_eq(json_integer_value(json_object_get(sessions, "differing")), 1);
	cr_expect_eq(json_integer_value(json_object_get(sessions, "unreconciled")), 1);
	devices = json_object_get(sessions, "devices");
	cr_expect_eq(json_integer_value(json_object_get(devices, "reconciled")), 1);
	cr_expect_eq(json_integer_value(json_object_get(devices, "sessions_only")), 1);
	json_decref(doc);
}

/* A refused activity whose identity carries the first day, and that came on the second. */
static void
add_refused(const char *reason, const char *told, const char *came, const char *bytes)
{
	char sql[640];

	snprintf(sql, sizeof sql,
		 "INSERT INTO sems.quarantine (source, principal, reason, field, message, kind, "
		 "record_id, received_at, raw_sealed, raw_mac) VALUES ('src', 'p', '%s', 'count', "
		 "'', 'activity', (lpad(to_hex((extract(epoch FROM timestamptz '%s 12:00:00Z') * "
		 "1000)::bigint), 12, '0') || '80008000000000000001')::uuid, '%s 12:00:00Z', '', "
		 "'%s')",
		 reason, told, came, bytes);
	cluster_do(f.pg, sql);
}

Test(spd_gather, lists_clocks_quarantine_and_plans)
{
	json_t *doc;
	json_t *item;

	spd_add(&f, "observation", 2, ", clock_offset_ms", ", -61000 * i");
	spd_add(&f, "plan", 2, ", what, planned_count", ", 'AUDITS', 3");
	/* Once however many sent it, and not at all what was taken from one of them. */
	cluster_do(
	    f.pg, "INSERT INTO sems.quarantine (source, principal, reason, field, message, kind, "
		  "state, received_at, raw_sealed, raw_mac) SELECT 'src', p, 'RANGE', 'count', '', "
		  "'activity', state, '" IN_Q2 "', '', raw FROM (VALUES ('p', 'OPEN', 'a'::bytea), "
		  "('q', 'OPEN', 'a'), ('p', 'OPEN', 'b'), ('q', 'REQUEUED', 'b')) AS v(p, state, "
		  "raw)");
	/* Where what it tells of belongs, whenever it came; unless it tells of what is to come. */
	add_refused("FIELD", "2026-05-04", "2026-07-20", "c");
	add_refused("FIELD", "2026-02-04", "2026-05-20", "d");
	add_refused("TIME", "2026-08-04", "2026-05-20", "e");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	item = json_array_get(section(doc, "quarantine"), 0);
	cr_expect_str_eq(json_string_value(json_object_get(item, "reason")), "FIELD");
	cr_expect_eq(json_integer_value(json_object_get(item, "count")), 1);
	item = json_array_get(section(doc, "quarantine"), 2);
	cr_expect_str_eq(json_string_value(json_object_get(item, "reason")), "TIME");
	cr_expect_eq(json_integer_value(json_object_get(item, "count")), 1);
	item = json_array_get(section(doc, "clock"), 0);
	cr_expect_eq(json_integer_value(json_object_get(item, "told")), 2);
	cr_expect_eq(json_integer_value(json_object_get(item, "beyond_60s")), 2);
	cr_expect_eq(json_integer_value(json_object_get(item, "worst_ms")), 122000);
	item = json_array_get(section(doc, "quarantine"), 1);
	cr_expect_str_eq(json_string_value(json_object_get(item, "reason")), "RANGE");
	cr_expect_eq(json_integer_value(json_object_get(item, "count")), 1);
	item = json_array_get(section(doc, "plans"), 0);
	cr_expect_str_eq(json_string_value(json_object_get(item, "what")), "AUDITS");
	cr_expect_eq(json_integer_value(json_object_get(item, "planned")), 6);
	json_decref(doc);
}

#define FINDING(id, state) \
	"{\"finding_id\":\"" id "\",\"severity\":\"MINOR\",\"state\":\"" state "\"}"

Test(spd_gather, balances_what_was_open_with_what_is)
{
	json_t *doc;
	json_t *b;

	/* Before the quarter: a, b and c open, d closed. In it: b closed, c corrected, d open
	 * again, e new and open, f new and closed. */
	spd_add_at(&f, "2026-02-10T10:00:00Z", "audit", 1, ", findings",
		   ", '[" FINDING("a", "OPEN") "," FINDING("b", "OPEN") "," FINDING(
		       "c", "OPEN") "," FINDING("d", "CLOSED") "]'");
	spd_add(&f, "audit", 1, ", findings",
		", '[" FINDING("b", "CLOSED") "," FINDING("c", "CORRECTED") "," FINDING(
		    "d", "OPEN") "," FINDING("e", "OPEN") "," FINDING("f", "VERIFIED") "]'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	b = json_array_get(json_object_get(doc, "balances"), 0);
	cr_expect_str_eq(json_string_value(json_object_get(b, "what")), "FINDINGS");
	cr_expect_eq(json_integer_value(json_object_get(b, "opening")), 3);
	cr_expect_eq(json_integer_value(json_object_get(b, "raised")), 3);
	cr_expect_eq(json_integer_value(json_object_get(b, "closed")), 2);
	cr_expect_eq(json_integer_value(json_object_get(b, "closing")), 4);
	json_decref(doc);
}

static json_t *
silent_at(const char *at)
{
	static char sql[512];
	PGresult *r;
	json_t *list;

	snprintf(sql, sizeof sql,
		 "SELECT coalesce(json_agg(s ORDER BY s.source, s.device_id), '[]') FROM "
		 "sems.silent_feeds('%s') AS s",
		 at);
	r = PQexec(f.pg, sql);
	cr_assert_eq(PQresultStatus(r), PGRES_TUPLES_OK, "%s", PQerrorMessage(f.pg));
	list = json_loads(PQgetvalue(r, 0, 0), 0, NULL);
	PQclear(r);
	return list;
}

/* P-506 */
Test(spd_gather, notices_a_silent_lane_the_same_day)
{
	char day[16];
	json_t *list;

	/* Six days from 09:00Z on, then the next day passes. */
	for (int d = 4; d < 10; d++) {
		snprintf(day, sizeof day, "2026-05-%02d", d);
		add_number(day, 0, d);
	}
	list = silent_at("2026-05-10T10:59:00Z");
	cr_expect_eq(json_array_size(list), 0);
	json_decref(list);
	list = silent_at("2026-05-10T11:01:00Z");
	cr_assert_eq(json_array_size(list), 1);
	cr_expect_str_eq(json_string_value(json_object_get(json_array_get(list, 0), "device_id")),
			 "X1");
	json_decref(list);
	list = silent_at("2026-05-20T10:00:00Z");
	cr_expect_eq(json_array_size(list), 1);
	json_decref(list);
	add_number("2026-05-10", 30, 10);
	list = silent_at("2026-05-10T11:01:00Z");
	cr_expect_eq(json_array_size(list), 0);
	json_decref(list);
}

Test(spd_gather, expects_nothing_of_a_lane_without_a_habit)
{
	json_t *list;

	for (int d = 4; d < 8; d++) {
		char day[16];

		snprintf(day, sizeof day, "2026-05-%02d", d);
		add_number(day, 0, d);
	}
	list = silent_at("2026-05-09T23:00:00Z");
	cr_expect_eq(json_array_size(list), 0);
	json_decref(list);
}
