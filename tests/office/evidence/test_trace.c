#include "base/uuid.h"
#include "core/proof/proof.h"
#include "office/call.h"
#include "tests/lib/machine_walk.h"
#include "tests/office/evidence.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static void
open_office(struct office *o)
{
	office_open_set_up(o);
	evidence_add(o, "tip_event", 2, ", outcome, screener_id",
		     ", 'HIT', '\\x00112233445566778899aabbccddeeff'");
}

OFFICE_SUITE(trace, open_office);

static int
trace(const char *id)
{
	struct trace_request t = {0};
	struct uuid u;

	cr_assert(uuid_parse(text_of(id), &u), "%s", id);
	t.record_id = (struct text){(const char *)u.b, sizeof u.b};
	return office_ask(&o, &(struct request){.kind = REQUEST_TRACE, .trace = &t});
}

static char id[40];

static void
first(const char *kind, const char *where)
{
	snprintf(id, sizeof id, "%s", evidence_id(&o, kind, where));
}

Test(trace, goes_where_its_table_says)
{
	static const char *const edges[] = {
	    "which record: nothing more to ask > what it says, it failed > ended, it is not stored "
	    "> its leaves",
	    "what it says: nothing more to ask > its leaves, it failed > ended",
	    "its leaves: nothing more to ask > freezes without it, it failed > ended, it is not "
	    "stored > ended",
	    "freezes without it: nothing more to ask > its quarters, it failed > ended",
	    "its quarters: nothing more to ask > its metrics, it failed > ended",
	    "its metrics: nothing more to ask > ended, it failed > ended",
	    "ended: ",
	};

	MACHINE_WALK(&trace_machine, edges);
}

/* P-920 */
Test(trace, goes_from_a_record_to_the_revisions_and_metrics_it_is_in)
{
	const char *answer;

	first("tip_event", "true");
	evidence_freeze(&o);
	cr_assert_eq(trace(id), CODE(OK), "%s", o.text);
	answer = evidence_answer(&o);
	cr_expect_str_eq(office_str(&o, "kind"), "tip_event");
	cr_expect_str_eq(office_str(&o, "record.outcome"), "HIT");
	cr_expect_eq(office_int(&o, "revisions.0.revision"), 1, "%s", answer);
	cr_expect_str_eq(office_str(&o, "revisions.0.quarter"), EVIDENCE_QUARTER);
	cr_expect_not_null(strstr(answer, "\"OUT03\""), "%s", answer);
	cr_expect_null(strstr(answer, "00112233"), "a person: %s", answer);
}

Test(trace, says_what_counts_instead_of_a_record)
{
	first("tip_event", "true");
	evidence_add(&o, "tip_event", 1, ", outcome, corrects_record_id, corrected_at",
		     ", 'MISS_DECIDED', (SELECT min(record_id::text)::uuid FROM sems.tip_event), "
		     "'2020-02-13Z'");
	cr_assert_eq(trace(id), CODE(OK), "%s", o.text);
	cr_expect(json_is_false(json_object_get(o.json, "is_effective")));
	cr_expect(strstr(office_str(&o, "note"), "correction") != NULL);
	/* As received it still counts in the quality of data, no more in what was found. */
	cr_expect_null(strstr(evidence_answer(&o), "\"OUT03\""), "%s", evidence_answer(&o));
	cr_expect_not_null(strstr(evidence_answer(&o), "\"DQ02\""));
	cr_expect_eq(json_array_size(json_object_get(o.json, "revisions")), 0);
}

Test(trace, still_knows_a_record_that_was_purged)
{
	first("tip_event", "true");
	evidence_freeze(&o);
	cluster_do(o.pg, "DROP TABLE sems.tip_event_202002");
	cr_assert_eq(trace(id), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "revisions.0.revision"), 1);
	cr_expect(strstr(office_str(&o, "note"), "not stored") != NULL);
	cr_expect_str_eq(office_str(&o, "kind"), "tip_event");
}

Test(trace, knows_nothing_of_what_nobody_sent)
{
	cr_expect_eq(trace("01701234-5678-7000-8000-000000000001"), CODE(NOT_FOUND));
}

Test(trace, keeps_an_embargo)
{
	evidence_add(&o, "test", 1, ", mode", ", 'COVERT'");
	first("test", "true");
	evidence_freeze(&o);
	cr_expect_eq(trace(id), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "revisions.0.revision"), 1);
	office_be(&o, "unix:aud", "auditor");
	cr_expect_eq(trace(id), CODE(NOT_FOUND));
	/* Also when it is gone. */
	evidence_tamper(&o, "DELETE FROM sems.test");
	cr_expect_eq(trace(id), CODE(NOT_FOUND));
}

static void
withdraw(void)
{
	static const char quarter[] = EVIDENCE_QUARTER;
	static const char why[] = "again";
	struct spd_request q = office_spd(OP(WITHDRAW), quarter, 1);

	q.text = why;
	cr_assert_eq(office_ask_spd(&o, &q), CODE(OK), "%s", o.text);
}

/* In trace, diff and verify by the same words. */
Test(trace, says_why_a_revision_does_not_have_it)
{
	char late[40];

	evidence_freeze(&o);
	evidence_add(&o, "tip_event", 1, ", outcome, bag_ref", ", 'MISS_DECIDED', 'late'");
	first("tip_event", "bag_ref = 'late'");
	snprintf(late, sizeof late, "%s", id);
	cr_assert_eq(trace(late), CODE(OK), "%s", o.text);
	cr_expect_eq(json_array_size(json_object_get(o.json, "revisions")), 0);
	cr_expect_eq(json_array_size(json_object_get(o.json, "without")), 1);
	cr_expect_str_eq(office_str(&o, "without.0.what"), "late");
	cr_expect_str_eq(office_str(&o, "without.0.text"), proof_sentence("late", true));
	evidence_tamper(&o, "UPDATE sems.tip_event SET received_at = now() WHERE bag_ref = 'late'");
	cr_assert_eq(trace(late), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "without.0.text"), proof_sentence("late", false));
	evidence_tamper(&o, "UPDATE sems.tip_event SET stored_in = 1 WHERE bag_ref = 'late'");
	cr_assert_eq(trace(late), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "without.0.what"), "added");
	withdraw();
	evidence_freeze(&o);
	cr_assert_eq(trace(late), CODE(OK), "%s", o.text);
	cr_expect_eq(json_array_size(json_object_get(o.json, "without")), 1, "the first still");
	cr_expect_eq(office_int(&o, "revisions.0.revision"), 2);
}

/* A void, later, of a record of the quarter is of the quarter. */
Test(trace, says_it_of_a_correction_of_another_quarter)
{
	char sql[600];

	evidence_freeze(&o);
	first("tip_event", "true");
	snprintf(
	    sql, sizeof sql,
	    "SELECT sems.make_partition('void', '2020-05-12Z'); INSERT INTO sems.void "
	    "(record_id, source, occurred_at, received_at, received_from, corrects_record_id) "
	    "SELECT '01720683-a400-7000-8000-000000000001', source, "
	    "sems.uuid_time('01720683-a400-7000-8000-000000000001'), now(), 'x', record_id FROM "
	    "sems.tip_event WHERE record_id = '%s'",
	    id);
	cluster_do(o.pg, sql);
	cr_assert_eq(trace("01720683-a400-7000-8000-000000000001"), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "without.0.quarter"), EVIDENCE_QUARTER, "%s",
			 evidence_answer(&o));
	cr_expect_str_eq(office_str(&o, "without.0.what"), "late");
}

/* How many seconds or items of the record a metric has in a quarter. */
static json_int_t
counted(const char *quarter, const char *metric, const char *as)
{
	const json_t *list = json_object_get(o.json, "metrics");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *m = json_array_get(list, i);

		if (strcmp(json_string_value(json_object_get(m, "quarter")), quarter) == 0 &&
		    strcmp(json_string_value(json_object_get(m, "metric")), metric) == 0 &&
		    strcmp(json_string_value(json_object_get(m, "counts")), as) == 0)
			return json_integer_value(json_object_get(m, "amount"));
	}
	return -1;
}

/* P-830, P-920 */
Test(trace, shows_what_a_record_counts_in_every_quarter_that_it_lasts_in)
{
	evidence_add(&o, "equipment_check", 1,
		     ", device_id, check_type, service_mode, mode_from, mode_to",
		     ", 'X1', 'FAULT', 'OUT', '2020-03-31T12:00Z', '2020-04-01T12:00Z'");
	first("equipment_check", "true");
	cr_assert_eq(trace(id), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "quarter"), EVIDENCE_QUARTER);
	/* London's second quarter begins at 23:00Z. */
	cr_expect_eq(counted(EVIDENCE_QUARTER, "QN11", "denominator"), 11 * 3600, "%s",
		     evidence_answer(&o));
	cr_expect_eq(counted("2020-Q2", "QN11", "denominator"), 13 * 3600);
	cr_expect_eq(counted("2020-Q3", "QN11", "denominator"), -1);
	evidence_add(&o, "activity", 1, ", activity, count, method, occurred_end",
		     ", 'FLIGHTS', 1000, 'COUNTED', '2020-04-13T09:30:00Z'");
	first("activity", "true");
	cr_assert_eq(trace(id), CODE(OK), "%s", o.text);
	cr_expect_eq(counted(EVIDENCE_QUARTER, "EX13", "numerator") +
			 counted("2020-Q2", "EX13", "numerator"),
		     1000, "%s", evidence_answer(&o));
}
