#include "tests/office/office.h"

#include <criterion/criterion.h>

#include <string.h>

#define VERDICT(name) SEMS__V1__VERDICT_CODE__VERDICT_CODE_##name

OFFICE_SUITE(record, office_open_set_up);

static const char lane[] = "lane";
static const char activity[] = "activity";
static const char test[] = "test";
static unsigned char stored_id[16];

static int
ask(const char *kind, const unsigned char id[16])
{
	struct record_request r = {0};

	r.kind = kind;
	r.source = lane;
	r.record_id = (struct text){(const char *)id, 16};
	return office_ask(&o, &(struct request){.kind = REQUEST_RECORD, .record = &r});
}

static void
store_one(void)
{
	Sems__V1__Record *r = office_activity(office_time("2026-05-10T09:00:00Z"), 1);

	memcpy(stored_id, r->record_id.data, 16);
	cr_assert_eq(office_send(&o, r), VERDICT(STORED), "%s", o.text);
}

static void
correct_it(unsigned n, int64_t count, const char *when)
{
	static char why[] = "counted again";
	Sems__V1__Record *r = office_activity(office_time("2026-05-10T09:00:00Z"), n);

	r->has_corrects_record_id = r->has_corrected_at = 1;
	r->corrects_record_id.data = stored_id;
	r->corrects_record_id.len = 16;
	r->corrected_at = office_time(when).v;
	r->correction_reason = why;
	r->activity->count = count;
	cr_assert_eq(office_send(&o, r), VERDICT(STORED), "%s", o.text);
}

Test(record, shows_every_field_and_persons_as_marked_pseudonyms)
{
	const char *person;

	store_one();
	cr_assert_eq(ask(activity, stored_id), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "record.site_id"), "T1");
	cr_expect_eq(office_int(&o, "record.count"), 101);
	cr_expect_str_eq(office_str(&o, "record.activity"), "CABIN_BAGS");
	person = office_str(&o, "record.recorded_by");
	cr_expect_eq(strlen(person), 33, "%s", person);
	cr_expect_eq(person[0], '~');
	cr_expect_eq(strspn(person + 1, "0123456789abcdef"), 32);
	cr_expect_eq(office_int(&o, "is_effective"), 1);
}

Test(record, shows_what_corrected_it_and_which_counts)
{
	store_one();
	correct_it(2, 250, "2026-05-12T09:00:00Z");
	correct_it(3, 300, "2026-05-11T09:00:00Z");
	cr_assert_eq(ask(activity, stored_id), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "is_effective"), 0);
	cr_expect_eq(office_int(&o, "is_voided"), 0);
	cr_expect_eq(json_array_size(json_object_get(o.json, "corrections")), 2);
	cr_expect_str_eq(office_str(&o, "corrections.0.reason"), "counted again");
	/* The later decision counts, not the later arrival. */
	cr_expect_str_eq(office_str(&o, "effective.record_id"),
			 office_str(&o, "corrections.1.record_id"));
}

Test(record, says_when_there_is_none)
{
	unsigned char other[16];

	store_one();
	memcpy(other, stored_id, 16);
	other[15] ^= 1;
	cr_expect_eq(ask(activity, other), CODE(NOT_FOUND));
	cr_expect_eq(ask(test, stored_id), CODE(NOT_FOUND));
	cr_expect_eq(ask(lane, stored_id), CODE(INVALID));
}

/* A covert test that is not debriefed: 2026-05-10T09:00Z, id ending in `last`. */
static void
store_embargoed(unsigned char id[16], unsigned char last)
{
	static const unsigned char rest[10] = {0};
	struct uuid u = uuid_at(office_time("2026-05-10T09:00:00Z"), rest, true);
	char sql[512];
	char text[UUID_TEXT_SIZE];

	u.b[15] = last;
	uuid_format(&u, text);
	memcpy(id, u.b, 16);
	snprintf(sql, sizeof sql,
		 "SELECT sems.make_partition('test', '2026-05-10T09:00Z'); "
		 "INSERT INTO sems.test (record_id, source, occurred_at, received_at, "
		 "received_from, mode, embargo) VALUES ('%s', 'lane', '2026-05-10T09:00Z', "
		 "now(), 'x', 'COVERT', true)",
		 text);
	cluster_do(o.pg, sql);
}

Test(record, hides_an_embargoed_test_from_all_but_those_who_test)
{
	unsigned char id[16];

	store_embargoed(id, 1);
	cr_expect_eq(ask(test, id), CODE(OK), "%s", o.text);
	office_be(&o, "unix:theo", "tester");
	cr_expect_eq(ask(test, id), CODE(OK), "%s", o.text);
	office_be(&o, "unix:max", "manager");
	cr_expect_eq(ask(test, id), CODE(NOT_FOUND));
}

Test(record, shows_a_test_to_all_readers_once_it_is_debriefed)
{
	unsigned char id[16];

	store_embargoed(id, 1);
	cluster_do(
	    o.pg,
	    "INSERT INTO sems.test (record_id, source, occurred_at, received_at, received_from, "
	    "mode, debriefed_at, corrects_record_id, corrected_at, correction_reason) "
	    "SELECT overlay(record_id::text placing 'ff' from 35)::uuid, source, occurred_at, "
	    "now(), 'x', mode, '2026-05-12Z', record_id, '2026-05-12Z', 'debriefed' "
	    "FROM sems.test");
	office_be(&o, "unix:max", "manager");
	cr_expect_eq(ask(test, id), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "is_effective"), 0);
}
