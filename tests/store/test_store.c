/* What the schema promises to whoever reads and writes through it, asked in SQL. */
#include "base/count.h"
#include "core/kind/kind.h"
#include "store/store.h"
#include "tests/lib/cluster.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

/* --- the entity and its calendar -------------------------------------------------------------- */

Test(store, fills_the_calendar_for_the_entitys_zone)
{
	PGconn *pg = cluster_connect(cluster_database());

	cluster_do(pg,
		   "SET ROLE sems_admin; SELECT sems.setup_entity('Invented', 'Europe/London'); "
		   "RESET ROLE");
	cr_expect_eq(cluster_int(pg, "SELECT count(*) FROM sems.civil_day"), 36890);
	cr_expect_eq(cluster_int(pg, "SELECT count(*) FROM (SELECT starts_at, lag(ends_at) OVER "
				     "(ORDER BY day) AS before FROM sems.civil_day) d "
				     "WHERE starts_at <> before"),
		     0);
	cr_expect_str_eq(cluster_text(pg, "SELECT starts_at || ' ' || ends_at || ' ' || quarter "
					  "FROM sems.civil_day WHERE day = '2026-04-01'"),
			 "2026-03-31 23:00:00+00 2026-04-01 23:00:00+00 2026-Q2");
	/* The clocks change: 23 and 25 hours. */
	cr_expect_str_eq(
	    cluster_text(pg, "SELECT string_agg((ends_at - starts_at)::text, ' ' ORDER BY day) "
			     "FROM sems.civil_day WHERE day IN ('2026-03-29', '2026-10-25')"),
	    "23:00:00 1 day 01:00:00");
	PQfinish(pg);
}

Test(store, keeps_days_whole_where_midnight_is_skipped_or_a_day_is)
{
	PGconn *pg = cluster_connect(cluster_database());

	/* Sao Paulo had no 00:00 on that day; Apia had no 30 December 2011. */
	cluster_do(pg, "SELECT sems.setup_entity('Invented', 'America/Sao_Paulo')");
	cr_expect_str_eq(cluster_text(pg, "SELECT starts_at || ' ' || (ends_at - starts_at) "
					  "FROM sems.civil_day WHERE day = '2018-11-04'"),
			 "2018-11-04 03:00:00+00 23:00:00");
	cluster_do(pg, "SELECT sems.setup_entity('Invented', 'Pacific/Apia')");
	cr_expect_str_eq(
	    cluster_text(pg, "SELECT string_agg((ends_at - starts_at)::text, ' ' ORDER BY day) "
			     "FROM sems.civil_day WHERE day BETWEEN '2011-12-29' AND '2011-12-31'"),
	    "1 day 00:00:00 1 day");
	PQfinish(pg);
}

Test(store, refuses_another_zone_once_there_is_evidence)
{
	PGconn *pg = cluster_connect(cluster_database());

	cluster_do(pg, "SELECT sems.setup_entity('Invented', 'Europe/London'); "
		       "SELECT sems.make_partition('audit', '2026-05-05')");
	cluster_do(pg, "SELECT sems.setup_entity('Invented', 'UTC')");
	/* The old zone's partitions are gone with it. */
	cr_expect_eq(cluster_int(pg, "SELECT count(*) FROM pg_inherits "
				     "WHERE inhparent = 'sems.audit'::regclass"),
		     0);
	cluster_do(pg, "SELECT sems.make_partition('audit', '2026-05-05'); "
		       "INSERT INTO sems.audit (record_id, source, occurred_at, received_at, "
		       "received_from) VALUES (gen_random_uuid(), 'a', '2026-05-05', now(), 'x')");
	cr_expect_str_eq(cluster_state(pg, "SELECT sems.setup_entity('Invented', 'Europe/London')"),
			 "P0001");
	cluster_do(pg, "SELECT sems.setup_entity('Renamed', 'UTC')");
	cr_expect_str_eq(cluster_text(pg, "SELECT name || zone FROM sems.entity"), "RenamedUTC");
	cr_expect_str_eq(cluster_state(pg, "SELECT sems.setup_entity('Renamed', 'Mars/Olympus')"),
			 "P0001");
	PQfinish(pg);
}

/* --- partitions ------------------------------------------------------------------------------- */

Test(store, makes_partitions_of_civil_months)
{
	PGconn *pg = cluster_connect(cluster_database());

	cr_expect_str_eq(cluster_state(pg, "SELECT sems.make_partition('test', '2026-04-01')"),
			 "SM002");
	cluster_do(pg,
		   "SELECT sems.setup_entity('Invented', 'Europe/London'); SET ROLE sems_ingest");
	/* The same month, by its first instant and its last. */
	cr_expect_str_eq(cluster_text(pg, "SELECT starts_at || ' ' || ends_at "
					  "FROM sems.make_partition('test', '2026-03-31 23:00Z')"),
			 "2026-03-31 23:00:00+00 2026-04-30 23:00:00+00");
	cr_expect_str_eq(
	    cluster_text(pg, "SELECT starts_at || ' ' || ends_at "
			     "FROM sems.make_partition('test', '2026-04-30 22:59:59.999Z')"),
	    "2026-03-31 23:00:00+00 2026-04-30 23:00:00+00");
	cluster_do(pg, "RESET ROLE");
	cr_expect_str_eq(
	    cluster_text(pg, "SELECT pg_get_expr(relpartbound, oid) FROM pg_class "
			     "WHERE relname = 'test_202604'"),
	    "FOR VALUES FROM ('2026-03-31 23:00:00+00') TO ('2026-04-30 23:00:00+00')");
	cr_expect_str_eq(cluster_text(pg, "SELECT rolname FROM pg_roles r JOIN pg_class c "
					  "ON c.relowner = r.oid WHERE relname = 'test_202604'"),
			 "sems_owner");
	cr_expect_str_eq(cluster_state(pg, "SELECT sems.make_partition('test', '2101-06-01')"),
			 "SM002");
	cr_expect_str_eq(cluster_state(pg, "SELECT sems.make_partition('entity', '2026-04-01')"),
			 "P0001");
	PQfinish(pg);
}

Test(store, makes_this_months_partitions_and_those_to_come)
{
	PGconn *pg = cluster_connect(cluster_database());

	cluster_do(pg, "SET ROLE sems_compute");
	cr_expect_eq(cluster_int(pg, "SELECT sems.make_partitions_ahead(3)"), 0);
	cluster_do(pg, "RESET ROLE; SELECT sems.setup_entity('Invented', 'Europe/London'); "
		       "SET ROLE sems_compute");
	cr_expect_eq(cluster_int(pg, "SELECT sems.make_partitions_ahead(3)"), 4 * KIND_COUNT);
	cr_expect_eq(cluster_int(pg, "SELECT sems.make_partitions_ahead(3)"), 0);
	cr_expect_eq(cluster_int(pg, "SELECT sems.make_partitions_ahead(4)"), KIND_COUNT);
	cr_expect_eq(cluster_int(pg,
				 "SELECT count(*) FROM sems.evidence_month "
				 "WHERE kind = 'plan' AND starts_at <= now() AND ends_at > now()"),
		     1);
	PQfinish(pg);
}

Test(store, makes_a_partition_while_the_table_is_read_and_written)
{
	const char *name = cluster_database();
	PGconn *pg = cluster_connect(name);
	PGconn *reader = cluster_connect(name);

	cluster_do(pg, "SELECT sems.setup_entity('Invented', 'Europe/London'); "
		       "SELECT sems.make_partition('plan', '2026-05-05')");
	cluster_do(reader,
		   "BEGIN; SELECT count(*) FROM sems.plan; INSERT INTO sems.plan (record_id, "
		   "source, occurred_at, received_at, received_from) VALUES "
		   "(gen_random_uuid(), 'a', '2026-05-05', now(), 'x')");
	cr_expect_str_eq(cluster_state(pg, "SELECT sems.make_partition('plan', '2026-06-05')"),
			 "00000");
	cluster_do(reader, "COMMIT");
	PQfinish(reader);
	PQfinish(pg);
}

/* --- the effective views ---------------------------------------------------------------------- */

#define ROOT "0190f5c8-0000-7000-8000-000000000001"
#define C1   "0190f5c8-0000-7000-8000-0000000000c1"
#define C2   "0190f5c8-0000-7000-8000-0000000000c2"
#define C3   "0190f5c8-0000-7000-8000-0000000000c3"
#define VOID "0190f5c8-0000-7000-8000-0000000000dd"

/* The fields of each record of a family: id, corrects, corrected_at, outcome. */
#define RECORD(kind, id, corrects, at, column, value)                                      \
	"INSERT INTO sems." kind                                                           \
	" (record_id, source, occurred_at, corrects_record_id, corrected_at, "             \
	"received_at, received_from" column ") VALUES ('" id "', 'a', sems.uuid_time('" id \
	"'), " corrects ", " at ", now(), 'x'" value ")"
#define EVENT(id, corrects, at, outcome) \
	RECORD("tip_event", id, corrects, at, ", outcome", ", '" outcome "'")

static const char *const family[] = {
    EVENT(ROOT, "NULL", "NULL", "root"),
    EVENT(C1, "'" ROOT "'", "'2026-05-01'", "first"),
    /* As late as the third: the greater record_id decides. */
    EVENT(C2, "'" ROOT "'", "'2026-05-02'", "second"),
    EVENT(C3, "'" ROOT "'", "'2026-05-02'", "third"),
    RECORD("void", VOID, "'" ROOT "'", "'2026-04-01'", "", ""),
};

/* What must count of a family's members, whatever order they came in. */
static const char *
expected(const bool came[5])
{
	if (came[4])
		return "";
	if (came[3])
		return "third";
	if (came[2])
		return "second";
	return came[1] ? "first" : came[0] ? "root" : "";
}

/* Every order in which n more of the family may come; looks after each arrival. */
static int
permute(PGconn *pg, bool came[5], int depth)
{
	int looked = 0;

	for (int i = 0; i < 5; i++) {
		if (came[i])
			continue;
		came[i] = true;
		cluster_do(pg, "SAVEPOINT before");
		cluster_do(pg, family[i]);
		cr_expect_str_eq(
		    cluster_text(pg,
				 "SELECT string_agg(outcome, ' ') FROM sems.effective_tip_event"),
		    expected(came), "after %d arrivals, the last is %d", depth + 1, i);
		looked += 1 + permute(pg, came, depth + 1);
		cluster_do(pg, "ROLLBACK TO before; RELEASE before");
		came[i] = false;
	}
	return looked;
}

/* P-702, P-704 */
Test(store, folds_corrections_and_voids_alike_in_every_order_of_arrival)
{
	PGconn *pg = cluster_connect(cluster_database());
	bool came[5] = {false};

	cluster_do(pg, "SELECT sems.setup_entity('Invented', 'UTC'); "
		       "SELECT sems.make_partition('tip_event', sems.uuid_time('" ROOT "')); "
		       "SELECT sems.make_partition('void', sems.uuid_time('" ROOT "')); BEGIN");
	/* 5 + 20 + 60 + 120 + 120 */
	cr_expect_eq(permute(pg, came, 0), 325);
	PQfinish(pg);
}

Test(store, corrects_only_the_source_that_is_named)
{
	PGconn *pg = cluster_connect(cluster_database());

	cluster_do(pg, "SELECT sems.setup_entity('Invented', 'UTC'); "
		       "SELECT sems.make_partition('tip_event', sems.uuid_time('" ROOT "'))");
	cluster_do(pg, EVENT(ROOT, "NULL", "NULL", "root"));
	/* Another source's record of the same number, and its correction. */
	cluster_do(
	    pg, "INSERT INTO sems.tip_event (record_id, source, occurred_at, outcome, received_at, "
		"received_from) SELECT record_id, 'b', occurred_at, 'other', now(), 'x' "
		"FROM sems.tip_event");
	cluster_do(pg, "INSERT INTO sems.tip_event (record_id, source, occurred_at, outcome, "
		       "corrects_record_id, corrected_at, received_at, received_from) SELECT '" C1
		       "', 'b', occurred_at, 'better', '" ROOT
		       "', now(), now(), 'x' FROM sems.tip_event "
		       "WHERE source = 'b'");
	cr_expect_str_eq(cluster_text(pg, "SELECT string_agg(outcome, ' ' ORDER BY outcome) "
					  "FROM sems.effective_tip_event"),
			 "better root");
	/* Compliance corrects the first by its own source. */
	cluster_do(pg,
		   "INSERT INTO sems.tip_event (record_id, source, occurred_at, outcome, "
		   "corrects_record_id, corrects_source, corrected_at, received_at, received_from) "
		   "SELECT '" C2 "', 'compliance', occurred_at, 'ruled', '" ROOT
		   "', 'a', now(), now(), "
		   "'x' FROM sems.tip_event WHERE source = 'a'");
	cr_expect_str_eq(cluster_text(pg, "SELECT string_agg(outcome, ' ' ORDER BY outcome) "
					  "FROM sems.effective_tip_event"),
			 "better ruled");
	PQfinish(pg);
}

#define COVERT(id, corrects, at, mode, debriefed, embargo)                \
	RECORD("test", id, corrects, at, ", mode, debriefed_at, embargo", \
	       ", '" mode "', " debriefed ", " embargo)

/* P-713 */
Test(store, keeps_a_test_from_view_until_a_record_ends_its_embargo)
{
	PGconn *pg = cluster_connect(cluster_database());
	const char *seen = "SELECT (SELECT count(*) FROM sems.effective_test) || ' ' || "
			   "(SELECT count(*) FROM sems.embargoed_test)";

	cluster_do(pg, "SELECT sems.setup_entity('Invented', 'UTC'); "
		       "SELECT sems.make_partition('test', sems.uuid_time('" ROOT "'))");
	cluster_do(pg, COVERT(ROOT, "NULL", "NULL", "COVERT", "NULL", "NULL"));
	cr_expect_str_eq(cluster_text(pg, seen), "0 1");
	/* The clock passes, the embargo stays: a debrief that is itself under embargo. */
	cluster_do(pg, COVERT(C1, "'" ROOT "'", "'2026-05-01'", "COVERT", "'2026-05-01'", "true"));
	cr_expect_str_eq(cluster_text(pg, seen), "0 1");
	cluster_do(pg, COVERT(C2, "'" ROOT "'", "'2026-05-02'", "COVERT", "'2026-05-01'", "false"));
	cr_expect_str_eq(cluster_text(pg, seen), "1 0");
	PQfinish(pg);
}

Test(store, shows_overt_tests_unless_they_say_embargo)
{
	PGconn *pg = cluster_connect(cluster_database());

	cluster_do(pg, "SELECT sems.setup_entity('Invented', 'UTC'); "
		       "SELECT sems.make_partition('test', sems.uuid_time('" ROOT "'))");
	cluster_do(pg, COVERT(ROOT, "NULL", "NULL", "OVERT", "NULL", "NULL"));
	cluster_do(pg, COVERT(C1, "NULL", "NULL", "OVERT", "NULL", "true"));
	cr_expect_str_eq(
	    cluster_text(pg, "SELECT string_agg(record_id::text, ' ') FROM sems.effective_test"),
	    ROOT);
	PQfinish(pg);
}

/* What becomes of what, by kind: the fields that differ, and whether somebody else must confirm it.
 */
static const struct weigh {
	const char *kind, *was, *becomes;
	bool must_be_confirmed;
} weighs[] = {
    {"tip_event", "{\"outcome\": \"HIT\"}", "{\"outcome\": \"MISS_DECIDED\"}", false},
    {"tip_event", "{\"outcome\": \"MISS_DECIDED\"}", "{\"outcome\": \"MISS_TIMEOUT\"}", false},
    {"tip_event", "{\"outcome\": \"MISS_DECIDED\"}", "{\"outcome\": \"HIT\"}", true},
    {"tip_event", "{\"outcome\": \"MISS_DECIDED\"}", "{\"outcome\": \"ABORTED\"}", true},
    {"tip_event", "{\"outcome\": \"ABORTED\"}", "{\"outcome\": \"MISS_DECIDED\"}", true},
    {"tip_event", "{\"response_ms\": 900}", "{\"response_ms\": 1200}", false},
    {"tip_event", "{\"response_ms\": 1200}", "{\"response_ms\": 900}", true},
    {"tip_event", "{\"site_id\": \"T1\"}", "{\"site_id\": \"T2\"}", true},
    {"tip_event", "{\"measure_code\": \"4.1\"}", "{\"measure_code\": null}", true},
    {"tip_event", "{\"provider_id\": \"a\"}", "{}", true},
    {"tip_event", "{\"bag_ref\": \"a\"}", "{\"bag_ref\": \"b\"}", false},
    {"tip_event", "{\"a_field_to_come\": 1}", "{\"a_field_to_come\": 2}", true},
    {"tip_event", "{\"occurred_at\": \"2026-05-01T10:00:00Z\"}",
     "{\"occurred_at\": \"2026-05-02T10:00:00Z\"}", false},
    {"tip_event", "{\"occurred_at\": \"2026-06-30T22:59:59Z\"}",
     "{\"occurred_at\": \"2026-06-30T23:00:00Z\"}", true},
    {"tip_session", "{\"hits\": 8, \"misses\": 2}", "{\"hits\": 7, \"misses\": 3}", false},
    {"tip_session", "{\"hits\": 8, \"misses\": 2}", "{\"hits\": 9, \"misses\": 1}", true},
    {"test", "{\"outcome\": \"PASS\"}", "{\"outcome\": \"FAIL\"}", false},
    {"test", "{\"outcome\": \"FAIL\"}", "{\"outcome\": \"PARTIAL\"}", true},
    {"test", "{\"outcome\": \"FAIL\"}", "{\"outcome\": \"INVALID\"}", true},
    {"test", "{\"embargo\": true}", "{\"debriefed_at\": \"2026-05-01T10:00:00Z\"}", false},
    {"test", "{\"embargo\": null}", "{\"embargo\": true}", true},
    {"test", "{\"debriefed_at\": \"2026-05-01T10:00:00Z\"}", "{}", true},
    {"observation", "{\"note\": \"a\"}", "{\"note\": \"b\"}", false},
    {"observation", "{\"criteria\": [{\"criterion_id\": \"c\", \"result\": \"MET\"}]}",
     "{\"criteria\": [{\"criterion_id\": \"c\", \"result\": \"NOT_MET\"}]}", false},
    {"observation", "{\"criteria\": [{\"criterion_id\": \"c\", \"result\": \"NOT_MET\"}]}",
     "{\"criteria\": [{\"criterion_id\": \"c\", \"result\": \"MET\"}]}", true},
    {"observation",
     "{\"criteria\": [{\"criterion_id\": \"c\", \"result\": \"NOT_MET\", \"severity\": "
     "\"CRITICAL\"}]}",
     "{\"criteria\": [{\"criterion_id\": \"c\", \"result\": \"NOT_MET\", \"severity\": "
     "\"MINOR\"}]}",
     true},
    {"observation",
     "{\"criteria\": [{\"criterion_id\": \"c\", \"result\": \"NOT_MET\", \"severity\": "
     "\"MINOR\"}]}",
     "{\"criteria\": [{\"criterion_id\": \"c\", \"result\": \"NOT_MET\", \"severity\": "
     "\"CRITICAL\"}]}",
     false},
    {"observation", "{\"criteria\": [{\"criterion_id\": \"c\", \"result\": \"NOT_MET\"}]}",
     "{\"criteria\": []}", true},
    {"observation", "{\"criteria\": []}",
     "{\"criteria\": [{\"criterion_id\": \"c\", \"result\": \"NOT_MET\"}]}", false},
    {"observation", "{\"criteria\": []}",
     "{\"criteria\": [{\"criterion_id\": \"c\", \"result\": \"MET\"}]}", true},
    {"observation", "{\"criteria\": []}",
     "{\"criteria\": [{\"criterion_id\": \"c\", \"result\": \"NOT_MET\"}, {\"criterion_id\": "
     "\"c\", "
     "\"result\": \"NOT_MET\"}]}",
     true},
    {"audit", "{\"findings\": [{\"finding_id\": \"f\", \"severity\": \"SERIOUS\"}]}",
     "{\"findings\": [{\"finding_id\": \"f\", \"severity\": \"MINOR\"}]}", true},
    {"audit", "{\"findings\": [{\"finding_id\": \"f\", \"severity\": \"MINOR\"}]}",
     "{\"findings\": [{\"finding_id\": \"f\", \"severity\": \"MINOR\", \"state\": \"CLOSED\"}]}",
     true},
    {"audit", "{\"findings\": []}",
     "{\"findings\": [{\"finding_id\": \"f\", \"severity\": \"OBSERVATION_ONLY\"}]}", false},
    {"audit", "{\"ratings\": [{\"measure_code\": \"1\", \"classification\": \"NOT_COMPLIANT\"}]}",
     "{\"ratings\": [{\"measure_code\": \"1\", \"classification\": \"FULLY_COMPLIANT\"}]}", true},
    {"plan", "{\"planned_count\": 10}", "{\"planned_count\": 20}", false},
    {"plan", "{\"planned_count\": 20}", "{\"planned_count\": 10}", true},
    {"plan", "{\"period_start\": \"2026-04-30T23:00:00Z\"}",
     "{\"period_start\": \"2026-07-31T23:00:00Z\"}", true},
    {"equipment_check", "{\"result\": \"FAIL\"}", "{\"result\": \"PASS\"}", true},
    {"heartbeat", "{\"last_event_no\": 9}", "{\"last_event_no\": 7}", true},
    {"activity", "{\"count\": 9}", "{\"count\": 10}", true},
};

/* P-708, P-709 */
Test(store, weighs_what_a_correction_changes)
{
	PGconn *pg = cluster_connect(cluster_entity_database());

	for (size_t i = 0; i < COUNT(weighs); i++) {
		const struct weigh *w = &weighs[i];
		char sql[1000];

		snprintf(sql, sizeof sql,
			 "SELECT bool_or(c.is_grave)::int FROM sems.changed_fields('%s', '%s', "
			 "'%s') AS c",
			 w->kind, w->was, w->becomes);
		cr_expect_eq(cluster_int(pg, sql), w->must_be_confirmed, "%s: %s to %s", w->kind,
			     w->was, w->becomes);
	}
	PQfinish(pg);
}

/* A misspelt name would be a weight of nothing. */
Test(store, gives_weights_to_fields_that_there_are)
{
	PGconn *pg = cluster_connect(cluster_database());
	PGresult *res = PQexec(pg, "SELECT kind, field FROM sems.weight WHERE kind <> '*'");

	cr_assert_gt(PQntuples(res), 30);
	for (int i = 0; i < PQntuples(res); i++) {
		const struct kind *k = kind_by_name(text_of(PQgetvalue(res, i, 0)));

		cr_assert_not_null(k, "%s", PQgetvalue(res, i, 0));
		cr_expect_lt(kind_field_index(k, text_of(PQgetvalue(res, i, 1))), kind_n_fields(k),
			     "%s.%s", k->name, PQgetvalue(res, i, 1));
	}
	PQclear(res);
	PQfinish(pg);
}

/* P-834 */
Test(store, counts_a_plan_in_the_period_it_is_for)
{
	PGconn *pg = cluster_connect(cluster_database());

	cluster_do(pg, "SELECT sems.setup_entity('Invented', 'UTC'); "
		       "SELECT sems.make_partition('plan', sems.uuid_time('" ROOT "'))");
	cluster_do(pg, RECORD("plan", ROOT, "NULL", "NULL", ", period_start", ", '2030-01-01'"));
	cr_expect_str_eq(cluster_text(pg, "SELECT counted_at FROM sems.effective_plan"),
			 "2030-01-01 00:00:00+00");
	PQfinish(pg);
}

Test(store, joins_corrections_by_hash_without_recursion)
{
	PGconn *pg = cluster_connect(cluster_database());
	const char *sql = "EXPLAIN SELECT count(*) FROM sems.effective_tip_event";
	PGresult *res;
	bool hashed = false;

	cluster_do(
	    pg,
	    "SELECT sems.setup_entity('Invented', 'UTC'); "
	    "SELECT sems.make_partition('tip_event', '2026-05-05'); "
	    "INSERT INTO sems.tip_event (record_id, source, occurred_at, received_at, "
	    "received_from, corrects_record_id) SELECT gen_random_uuid(), 'a', "
	    "timestamptz '2026-05-05' + i * interval '1 s', now(), 'x', "
	    "CASE WHEN i % 100 = 0 THEN gen_random_uuid() END "
	    "FROM generate_series(1, 20000) AS i; ANALYZE sems.tip_event; ANALYZE sems.correction");
	res = PQexec(pg, sql);
	for (int i = 0; i < PQntuples(res); i++)
		hashed = hashed || strstr(PQgetvalue(res, i, 0), "Anti Join") != NULL;
	cr_expect(hashed);
	PQclear(res);
	cr_expect_eq(cluster_int(pg, "SELECT count(*) FROM sems.correction"), 200);
	PQfinish(pg);
}

/* --- quarantine ------------------------------------------------------------------------------- */

Test(store, forgets_quarantined_bytes_when_their_time_is_over)
{
	PGconn *pg = cluster_connect(cluster_database());

	cluster_do(
	    pg,
	    "INSERT INTO sems.quarantine (source, principal, reason, field, message, received_at, "
	    "raw_sealed, raw_mac) SELECT 'a', 'p', 'RULE', '', '', now() - d * interval '1 day', "
	    "'', int4send(d) FROM generate_series(1, 100) AS d; SET ROLE sems_retention");
	cr_expect_eq(cluster_int(pg, "SELECT sems.purge_quarantine(now())"), 11);
	PQfinish(pg);
}
