#include "base/json/jsonin.h"
#include "tests/office/evidence.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#define VERDICT(name) SEMS__V1__VERDICT_CODE__VERDICT_CODE_##name

OFFICE_SUITE(records, office_open_set_up);

static char place[600]; /* where the next page begins */

static int
ask(struct records_request q)
{
	struct request r = {0};
	int code;

	r.kind = REQUEST_RECORDS;
	r.records = &q;
	code = office_ask(&o, &r);
	if (code == CODE(OK))
		snprintf(place, sizeof place, "%s", office_str(&o, "next"));
	return code;
}

/* How many come, all in one page. */
static size_t
count(struct records_request q)
{
	cr_assert_eq(ask(q), CODE(OK), "%s", o.text);
	cr_expect_str_eq(place, "");
	return json_array_size(json_object_get(o.json, "records"));
}

static const struct records_request all = {0};

static void
store(const char *at, unsigned n, char *site, char *number)
{
	Sems__V1__Record *r = office_activity(office_time(at), n);

	r->site_id = site;
	r->source_record_id = number;
	cr_assert_eq(office_send(&o, r), VERDICT(STORED), "%s", o.text);
}

static void
store_four(void)
{
	static char t1[] = "T1";
	static char t2[] = "T2";
	static char numbers[][4] = {"a-1", "a-2", "a-3", "a-4"};

	store("2026-03-31T22:59:59Z", 1, t1, numbers[0]);
	store("2026-03-31T23:00:00Z", 2, t2, numbers[1]);
	store("2026-05-10T09:00:00Z", 3, t1, numbers[2]);
	store("2026-05-11T09:00:00Z", 4, t1, numbers[3]);
}

/* P-927 */
Test(records, come_newest_first_with_the_numbers_of_their_source)
{
	struct records_request oldest = {.oldest_first = true};

	store_four();
	cr_expect_eq(count(all), 4);
	cr_expect_str_eq(office_str(&o, "records.0.source_record_id"), "a-4");
	cr_expect_str_eq(office_str(&o, "records.3.source_record_id"), "a-1");
	cr_expect_str_eq(office_str(&o, "records.3.kind"), "activity");
	cr_expect_str_eq(office_str(&o, "records.3.site_id"), "T1");
	cr_expect_str_eq(office_str(&o, "records.3.occurred_at"), "2026-03-31T22:59:59.000Z");
	cr_expect_str_eq(office_str(&o, "records.3.counts"), "yes");
	cr_expect_eq(count(oldest), 4);
	cr_expect_str_eq(office_str(&o, "records.0.source_record_id"), "a-1");
}

Test(records, are_chosen_by_what_they_are)
{
	const char *names[] = {"activity", "audit"};
	struct records_request q;

	store_four();
	q = all, q.site = "T1";
	cr_expect_eq(count(q), 3);
	q = all, q.source_record_id = "a-2";
	cr_expect_eq(count(q), 1);
	q = all, q.source = "lane";
	cr_expect_eq(count(q), 4);
	q = all, q.source = "Lane";
	cr_expect_eq(count(q), 0);
	q = all, q.kind = names, q.n_kind = 2;
	cr_expect_eq(count(q), 4);
	q = all, q.kind = names + 1, q.n_kind = 1;
	cr_expect_eq(count(q), 0);
	/* The quarter is London's. */
	q = all, q.quarter = "2026-Q1";
	cr_expect_eq(count(q), 1);
	q = all, q.quarter = "2026-Q2";
	cr_expect_eq(count(q), 3);
	q = all, q.has_from = q.has_until = 1;
	q.from = office_time("2026-03-31T23:00:00Z").v;
	q.until = office_time("2026-05-11T09:00:00Z").v;
	cr_expect_eq(count(q), 2);
}

Test(records, outcome_is_in_the_record_s_own_words)
{
	struct records_request q = all;

	evidence_add(&o, "tip_event", 3, ", device_id, outcome", ", 'X1', 'HIT'");
	evidence_add(&o, "tip_event", 2, ", device_id, outcome", ", 'X1', 'MISS_DECIDED'");
	evidence_add(&o, "equipment_check", 1, ", device_id, result", ", 'X1', 'FAIL'");
	evidence_add(&o, "observation", 1, ", mode, criteria",
		     ", 'OVERT', '[{\"criterion_id\": \"a\", \"result\": \"NOT_MET\"}]'");
	evidence_add(&o, "observation", 1, ", mode, criteria",
		     ", 'OVERT', '[{\"criterion_id\": \"a\", \"result\": \"MET\"}]'");
	q.outcome = "HIT";
	cr_expect_eq(count(q), 3);
	q.outcome = "FAIL";
	cr_expect_eq(count(q), 2);
	q.outcome = "PASS";
	cr_expect_eq(count(q), 1);
	cr_expect_str_eq(office_str(&o, "records.0.kind"), "observation");
}

Test(records, say_which_of_them_count)
{
	static unsigned char id[16];
	static char why[] = "counted again";
	Sems__V1__Record *r = office_activity(office_time("2026-05-10T09:00:00Z"), 1);

	memcpy(id, r->record_id.data, 16);
	cr_assert_eq(office_send(&o, r), VERDICT(STORED));
	r = office_activity(office_time("2026-05-10T09:00:00Z"), 2);
	r->has_corrects_record_id = r->has_corrected_at = 1;
	r->corrects_record_id.data = id;
	r->corrects_record_id.len = 16;
	r->corrected_at = office_time("2026-05-11T09:00:00Z").v;
	r->correction_reason = why;
	cr_assert_eq(office_send(&o, r), VERDICT(STORED), "%s", o.text);
	cr_expect_eq(count(all), 2);
	cr_expect_str_eq(office_str(&o, "records.0.counts"), "yes");
	cr_expect_str_eq(office_str(&o, "records.1.counts"), "corrected");
}

/* P-927 */
Test(records, pages_have_each_record_once)
{
	char seen[8][64];
	size_t n = 0;
	struct records_request q = all;

	store_four();
	q.limit = 1;
	do {
		cr_assert_eq(ask(q), CODE(OK), "%s", o.text);
		if (json_array_size(json_object_get(o.json, "records")) == 1)
			snprintf(seen[n++], sizeof seen[0], "%s",
				 office_str(&o, "records.0.source_record_id"));
		q.after = place;
	} while (place[0] != '\0' && n < 8);
	cr_assert_eq(n, 4);
	for (size_t i = 0; i < 4; i++) {
		char expected[8];

		snprintf(expected, sizeof expected, "a-%zu", 4 - i);
		cr_expect_str_eq(seen[i], expected);
	}
}

/* Kinds with the same ids and times among them, in pages of so many that look at so many rows. */
static void
check_pages(const char *newest, int page, int look)
{
	char sql[2000];

	snprintf(
	    sql, sizeof sql,
	    "WITH RECURSIVE page AS (SELECT 1 AS n, sems.records_page(k, true, w, %d, %d) AS p "
	    "FROM given UNION ALL SELECT n + 1, sems.records_page(k, true, w || jsonb_build_object("
	    "'after_id', split_part(p ->> 'next', '/', 1), 'after_kind', split_part(p ->> 'next', "
	    "'/', 2), "
	    "'after_source', split_part(p ->> 'next', '/', 3)), %d, %d) FROM page, given "
	    "WHERE p ->> 'next' IS NOT NULL AND n < 200), "
	    "given AS (SELECT ARRAY['activity', 'heartbeat', 'tip_event'] AS k, "
	    "jsonb_build_object('newest', %s, 'site', 'T1') AS w), "
	    "got AS (SELECT r ->> 'record_id' AS id, row_number() OVER (ORDER BY n, i) AS i FROM "
	    "page, "
	    "jsonb_array_elements(p -> 'records') WITH ORDINALITY AS x (r, i)), "
	    "want AS (SELECT record_id::text AS id, row_number() OVER (ORDER BY record_id %s, kind "
	    "%s) AS i "
	    "FROM given, sems.spd_record WHERE kind = ANY (k) AND site_id = 'T1') "
	    "SELECT count(*) FROM got FULL JOIN want USING (i, id) WHERE got.id IS NULL OR want.id "
	    "IS NULL",
	    page, look, page, look, newest, newest[0] == 't' ? "DESC" : "",
	    newest[0] == 't' ? "DESC" : "");
	cr_expect_eq(cluster_int(o.pg, sql), 0, "newest %s, pages of %d, looking at %d", newest,
		     page, look);
}

Test(records, pages_are_the_same_however_little_each_looks_at)
{
	evidence_add(&o, "activity", 4, ", activity, count, method",
		     ", 'CABIN_BAGS', 7, 'COUNTED'");
	evidence_add(&o, "tip_event", 5, ", device_id, outcome", ", 'X1', 'HIT'");
	/* One identity in two kinds is two records. */
	cluster_do(
	    o.pg,
	    "SELECT sems.make_partition('heartbeat', '" EVIDENCE_AT "'); "
	    "INSERT INTO sems.heartbeat (record_id, source, site_id, occurred_at, received_at, "
	    "received_from) SELECT record_id, source, site_id, occurred_at, received_at, "
	    "received_from FROM sems.tip_event");
	/* Some are none of those that are looked for. */
	evidence_tamper(
	    &o, "UPDATE sems.activity SET site_id = 'T2' WHERE record_id IN (SELECT record_id "
		"FROM sems.activity ORDER BY record_id LIMIT 3); "
		"UPDATE sems.tip_event SET site_id = 'T2' WHERE record_id IN (SELECT record_id "
		"FROM sems.tip_event ORDER BY record_id DESC LIMIT 3); "
		"UPDATE sems.heartbeat SET site_id = 'T2' WHERE record_id IN (SELECT record_id "
		"FROM sems.heartbeat ORDER BY record_id DESC LIMIT 4)");
	for (int page = 1; page <= 5; page++) {
		for (int look = page < 2 ? 2 : page; look <= 6; look++) {
			check_pages("true", page, look);
			check_pages("false", page, look);
		}
	}
}

/* A covert test before its debrief is in nobody's list but theirs who run tests. */
Test(records, hide_tests_under_embargo)
{
	store_four();
	evidence_add(&o, "test", 2, ", mode, outcome, embargo", ", 'COVERT', 'FAIL', true");
	cr_expect_eq(count(all), 6);
	office_be(&o, "unix:theo", "tester");
	cr_expect_eq(count(all), 6);
	office_be(&o, "unix:max", "manager");
	cr_expect_eq(count(all), 4);
	office_be(&o, "unix:rita", "auditor");
	cr_expect_eq(count(all), 4);
	office_be(&o, "unix:dev", "device");
	cr_expect_eq(ask(all), CODE(FORBIDDEN));
}

Test(records, what_is_asked_wrongly_is_told)
{
	const char *names[] = {"nosuch"};
	struct records_request q;

	q = all, q.kind = names, q.n_kind = 1;
	cr_expect_eq(ask(q), CODE(INVALID));
	cr_expect_str_eq(o.field, "kind");
	q = all, q.limit = 1001;
	cr_expect_eq(ask(q), CODE(INVALID));
	cr_expect_str_eq(o.field, "limit");
	q = all, q.quarter = "2026-Q5";
	cr_expect_eq(ask(q), CODE(INVALID));
	q = all, q.quarter = "2026-Q1", q.has_from = 1;
	cr_expect_eq(ask(q), CODE(INVALID));
	cr_expect_str_eq(o.field, "quarter");
	q = all, q.has_until = 1, q.until = -1;
	cr_expect_eq(ask(q), CODE(INVALID));
	cr_expect_str_eq(o.field, "until");
	for (const char *const *p =
		 (const char *const[]){"x", "x/y/z", "019d48456280/activity/lane",
				       "019d4845-6280-8e44-a4b7-457fe49e2ab9/activity",
				       "019d4845-6280-8e44-a4b7-457fe49e2ab9/no/lane", NULL};
	     *p != NULL; p++) {
		q = all, q.after = *p;
		cr_expect_eq(ask(q), CODE(INVALID), "%s", *p);
		cr_expect_str_eq(o.field, "after");
	}
}

/* --- whom they are about -----------------------------------------------------------------------
 */

#define BECAUSE "he asked for it on 3 May"

static void
store_of(unsigned n, const char *at, char *person)
{
	Sems__V1__Record *r = office_activity(office_time(at), n);

	r->recorded_by = person;
	cr_assert_eq(office_send(&o, r), VERDICT(STORED), "%s", o.text);
}

/* P-989 */
Test(records, are_found_by_whom_they_name)
{
	static char sam[] = "S-7";
	static char eve[] = "S-8";

	store_of(1, "2025-12-31T09:00:00Z", sam);
	store_of(2, "2026-05-10T09:00:00Z", sam);
	store_of(3, "2026-05-10T09:00:01Z", eve);
	cr_expect_eq(count((struct records_request){.person = sam, .reason = BECAUSE}), 2);
	cr_expect_eq(count((struct records_request){.person = "S-9", .reason = BECAUSE}), 0);
	cr_expect_eq(
	    count((struct records_request){.person = sam, .reason = BECAUSE, .quarter = "2026-Q2"}),
	    1);
	cr_expect_eq(cluster_int(o.pg,
				 "SELECT count(*) FROM sems.access_log "
				 "WHERE what = 'identity.records' AND line LIKE '%" BECAUSE "%'"),
		     3);
	cr_expect_eq(ask((struct records_request){.person = sam}), CODE(INVALID));
	cr_expect_str_eq(o.field, "reason");
	office_be(&o, "unix:otto", "auditor");
	cr_expect_eq(ask((struct records_request){.person = sam, .reason = BECAUSE}),
		     CODE(FORBIDDEN));
}
