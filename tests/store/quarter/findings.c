/* Which finding an audit lists: whose it is, whether it is closed, and whether it repeats another.
 */
#include "base/count.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

STORE_SUITE(findings, fixture_open, 120);

/* An audit of a source that lists one finding, with more members of it. */
static void
list_finding(const char *source, const char *at, const char *id, const char *more)
{
	char finding[300];
	char renamed[100];

	snprintf(finding, sizeof finding,
		 ", 'INTERNAL_AUDIT', '[{\"finding_id\":\"%s\",\"severity\":\"SERIOUS\"%s}]'", id,
		 more);
	spd_add_at(&f, at, "audit", 1, ", type, findings", finding);
	snprintf(renamed, sizeof renamed,
		 "UPDATE sems.audit SET source = '%s' WHERE source = 'src'", source);
	cluster_do(f.pg, renamed);
}

static void
expect_open(const char *says)
{
	json_t *doc = spd_compute(&f, SPD_TASK_SHOW);

	FIGURE_SAYS(doc, "QL06", "", says);
	json_decref(doc);
}

#define CLOSED ",\"state\":\"CLOSED\""

Test(findings, of_one_number_and_two_sources_are_two)
{
	list_finding("one", "2026-04-10T10:00:00Z", "F1", "");
	list_finding("two", "2026-05-10T10:00:00Z", "F1", CLOSED);
	expect_open("1/- 1 NO_TARGET");
}

Test(findings, are_closed_by_another_source_that_names_whose_they_are)
{
	list_finding("one", "2026-04-10T10:00:00Z", "F1", "");
	list_finding("regulator", "2026-05-10T10:00:00Z", "F1", CLOSED ",\"of_source\":\"one\"");
	expect_open("0/- 0 NO_TARGET");
}

/* The correction of the closing audit comes from another source: it is the same audit's still. */
Test(findings, stay_closed_when_another_source_corrects_the_audit_that_closed_them)
{
	list_finding("one", "2026-04-10T10:00:00Z", "F1", "");
	list_finding("one", "2026-05-10T10:00:00Z", "F1", CLOSED);
	expect_open("0/- 0 NO_TARGET");
	cluster_do(
	    f.pg,
	    "INSERT INTO sems.audit (record_id, source, site_id, measure_code, occurred_at, "
	    "received_at, received_from, received_as, type, findings, corrects_record_id, "
	    "corrects_source, corrected_at) SELECT gen_random_uuid(), 'office', site_id, "
	    "measure_code, occurred_at, received_at, received_from, 'compliance', type, findings, "
	    "record_id, source, received_at FROM sems.audit "
	    "WHERE occurred_at > '2026-05-01T00:00Z'");
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.effective_audit "
				       "WHERE source = 'office'"),
		     1);
	expect_open("0/- 0 NO_TARGET");
}

static const struct {
	const char *id;
	const char *repeats;
	bool is_repeated;
} repeats[] = {
    {"SELF", "SELF", false},
    {"EARLY", "LATE", false},
    {"LATE", "EARLY", true},
    {"AGAIN", "NOBODY", true},
};

Test(findings, repeat_neither_themselves_nor_a_later_one)
{
	unsigned expected = 0;
	char more[100];
	char says[64];
	json_t *doc;

	for (size_t i = 0; i < COUNT(repeats); i++) {
		char at[32];

		snprintf(at, sizeof at, "2026-05-%02zuT10:00:00Z", i + 1);
		snprintf(more, sizeof more, ",\"repeat_of\":\"%s\"", repeats[i].repeats);
		list_finding("one", at, repeats[i].id, more);
		expected += repeats[i].is_repeated;
	}
	doc = spd_compute(&f, SPD_TASK_SHOW);
	snprintf(says, sizeof says, "%u/4 %g NO_TARGET", expected, expected / 4.0);
	FIGURE_SAYS(doc, "QL07", "", says);
	json_decref(doc);
}

static void
expect_days(const char *metric, const char *figure, const char *says)
{
	json_t *doc = spd_compute(&f, SPD_TASK_SHOW);

	FIGURE_SAYS(doc, metric, figure, says);
	json_decref(doc);
}

/* To 2026-06-30: detected on 30 April, of which the second audit knows; and first listed on 20
 * June. In London it is the 21st by then. */
Test(findings, are_as_old_as_their_detection_to_the_last_day)
{
	list_finding("one", "2026-05-10T10:00:00Z", "F1", "");
	list_finding("one", "2026-05-20T10:00:00Z", "F1",
		     ",\"detected_at\":\"2026-04-30T10:00:00Z\"");
	list_finding("one", "2026-06-20T23:30:00Z", "F2", "");
	list_finding("one", "2026-05-20T10:00:00Z", "F3", CLOSED);
	expect_days("FI02", "", "-/2 35 NO_TARGET");
	expect_days("FI02", "severity=SERIOUS", "-/2 35 NO_TARGET");
}

/* Ten days, and after it was opened again forty; what was closed from the start took no time, nor
 * did what is open. */
Test(findings, take_the_days_that_they_were_open)
{
	list_finding("one", "2026-04-10T10:00:00Z", "F1", "");
	list_finding("one", "2026-04-20T10:00:00Z", "F1", CLOSED);
	list_finding("one", "2026-04-25T10:00:00Z", "F1", CLOSED);
	list_finding("one", "2026-05-01T10:00:00Z", "F1", "");
	list_finding("one", "2026-05-20T10:00:00Z", "F1", CLOSED);
	list_finding("one", "2026-05-20T10:00:00Z", "F2", CLOSED);
	list_finding("one", "2026-05-20T10:00:00Z", "F3", "");
	expect_days("FI03", "", "-/2 25 NO_TARGET");
}

/* What was closed before the quarter was not closed in it. */
Test(findings, are_closed_in_the_quarter_of_the_audit_that_says_so)
{
	list_finding("one", "2026-03-10T10:00:00Z", "F1", "");
	list_finding("one", "2026-03-20T10:00:00Z", "F1", CLOSED);
	list_finding("one", "2026-03-10T10:00:00Z", "F2", "");
	list_finding("one", "2026-04-02T10:00:00Z", "F2", CLOSED);
	expect_days("FI03", "", "-/1 23 NO_TARGET");
}
