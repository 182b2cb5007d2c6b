/* Who the persons in records are: kept apart, told for a reason that is kept, erased for good. */
#include "base/count.h"
#include "tests/office/office.h"

#include <criterion/criterion.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define VERDICT(name) SEMS__V1__VERDICT_CODE__VERDICT_CODE_##name
#define BECAUSE       "retraining after OUT01"

/* A record of 2026 names S-7, so that the year's key is here. */
static void
open_office(struct office *o)
{
	static char person[] = "S-7";
	Sems__V1__Record *r;

	office_open_set_up(o);
	r = office_activity(office_time("2026-05-10T09:00:00Z"), 1);
	r->recorded_by = person;
	cr_assert_eq(office_send(o, r), VERDICT(STORED), "%s", o->text);
}

OFFICE_SUITE(identity, open_office);

static int
ask(const struct identity_request *r)
{
	return office_ask(&o, &(struct request){.kind = REQUEST_IDENTITY, .identity = r});
}

static int
note(const struct identity_person *all, size_t n)
{
	return ask(&(struct identity_request){
	    .operation = IDENTITY_OP_NOTE, .persons = all, .n_persons = n});
}

static int
find(const char *person, const char *reason)
{
	return ask(&(struct identity_request){
	    .operation = IDENTITY_OP_FIND, .person = person, .reason = reason});
}

static int
erase(const char *person)
{
	return ask(&(struct identity_request){
	    .operation = IDENTITY_OP_ERASE, .person = person, .reason = "asked for on 3 May"});
}

static const struct identity_person staff[] = {
    {"S-7", "Sam Seven", NULL},
    {"S-8", "Eve Eight", "2026-04-30"},
};

static void
note_staff(void)
{
	cr_assert_eq(note(staff, COUNT(staff)), CODE(OK), "%s: %s", o.field, o.text);
}

/* P-985 */
Test(identity, is_found_by_what_senders_and_records_call_somebody)
{
	char pseudonym[64];

	note_staff();
	cr_expect_eq(office_int(&o, "added"), 2);
	snprintf(pseudonym, sizeof pseudonym, "~%s",
		 cluster_text(o.pg, "SELECT encode(recorded_by, 'hex') FROM sems.activity"));
	cr_assert_eq(find(pseudonym, BECAUSE), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "name"), "Sam Seven");
	cr_assert_eq(find("S-7", BECAUSE), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "pseudonyms.0.pseudonym"), pseudonym);
	cr_expect_eq(office_int(&o, "pseudonyms.0.year"), 2026);
	cr_assert_eq(find("S-8", BECAUSE), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "until"), "2026-04-30");
	for (char *p = pseudonym; *p != '\0'; p++)
		*p = (char)toupper((unsigned char)*p);
	cr_assert_eq(find(pseudonym, BECAUSE), CODE(OK), "%s", o.text);
	cr_expect_eq(find("S-9", BECAUSE), CODE(NOT_FOUND));
	cr_expect_eq(find("~0123456789abcdef0123456789abcdef", BECAUSE), CODE(NOT_FOUND));
	cr_expect_eq(find("~0123", BECAUSE), CODE(INVALID));
}

/* P-985: the search by pseudonym goes on behind a page of a hundred. */
Test(identity, is_found_among_many)
{
	static struct identity_person many[150];
	static char ids[COUNT(many)][16];
	char pseudonym[64];

	for (size_t i = 0; i < COUNT(many); i++) {
		snprintf(ids[i], sizeof ids[i], "staff-%zu", i);
		many[i] = (struct identity_person){ids[i], ids[i], NULL};
	}
	cr_assert_eq(note(many, COUNT(many)), CODE(OK), "%s", o.text);
	cr_assert_eq(find("staff-149", BECAUSE), CODE(OK), "%s", o.text);
	snprintf(pseudonym, sizeof pseudonym, "%s", office_str(&o, "pseudonyms.0.pseudonym"));
	cr_assert_eq(find(pseudonym, BECAUSE), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "person"), "staff-149");
}

/* P-984 */
Test(identity, takes_a_list_whole_or_names_what_is_wrong_with_it)
{
	static const struct {
		struct identity_person person;
		const char *field;
	} rows[] = {
	    {{NULL, "x", NULL}, "persons[1].person"},
	    {{"~x", "x", NULL}, "persons[1].person"},
	    {{"S-7", "x", NULL}, "persons[1].person"},
	    {{"x", "", NULL}, "persons[1].name"},
	    {{"x", "a\x01", NULL}, "persons[1].name"},
	    {{"x", "x", "2026-02-30"}, "persons[1].until"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct identity_person two[] = {staff[0], rows[i].person};

		cr_expect_eq(note(two, 2), CODE(INVALID), "row %zu", i);
		cr_expect_str_eq(o.field, rows[i].field, "row %zu: %s", i, o.field);
	}
	cr_expect_eq(note(NULL, 0), CODE(INVALID));
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM identity.person"), 0);
	note_staff();
	cr_assert_eq(note(&(struct identity_person){"S-8", "Eve Eight", NULL}, 1), CODE(OK));
	cr_expect_eq(office_int(&o, "changed"), 1);
	note_staff();
	note_staff();
	cr_expect_eq(office_int(&o, "changed"), 0);
}

/* Of the answer: the years come in order. */
static const char *
newest_pseudonym(void)
{
	const json_t *all = json_object_get(o.json, "pseudonyms");

	return json_string_value(
	    json_object_get(json_array_get(all, json_array_size(all) - 1), "pseudonym"));
}

/* P-986: no name and no identifier is in the log, which nothing is ever taken out of. */
Test(identity, notes_who_asked_about_whom_and_why_without_naming_him)
{
	note_staff();
	cr_expect_eq(find("S-7", NULL), CODE(INVALID));
	cr_expect_str_eq(o.field, "reason");
	cr_expect_eq(find("S-7", "because"), CODE(INVALID));
	cr_expect_eq(
	    cluster_int(o.pg, "SELECT count(*) FROM sems.access_log WHERE what = 'identity.find'"),
	    0);
	cr_assert_eq(find("S-7", BECAUSE), CODE(OK));
	cr_expect_str_eq(
	    newest_pseudonym(),
	    cluster_text(o.pg, "SELECT subject FROM sems.access_log WHERE what = 'identity.find' "
			       "AND who = 'unix:owner' AND line LIKE '%" BECAUSE "%'"));
	/* Whether he is noted is told as well. */
	cr_expect_eq(find("S-9", BECAUSE), CODE(NOT_FOUND));
	cr_expect_eq(
	    cluster_int(o.pg, "SELECT count(*) FROM sems.access_log WHERE what = 'identity.find'"),
	    2);
	cr_assert_eq(erase("S-7"), CODE(OK));
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.access_log WHERE line LIKE "
				       "'%S-7%' OR line LIKE '%Seven%'"),
		     0);
}

/* P-987 */
Test(identity, is_nobody_once_erased)
{
	char pseudonym[64];

	note_staff();
	cr_assert_eq(find("S-7", BECAUSE), CODE(OK));
	snprintf(pseudonym, sizeof pseudonym, "%s", office_str(&o, "pseudonyms.0.pseudonym"));
	cr_expect_eq(erase(pseudonym), CODE(INVALID));
	cr_assert_eq(erase("S-7"), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "years.0"), 2026);
	cr_expect_eq(find("S-7", BECAUSE), CODE(STATE));
	cr_expect_eq(find(pseudonym, BECAUSE), CODE(STATE));
	cr_expect_eq(note(staff, COUNT(staff)), CODE(STATE));
	cr_expect_str_eq(o.field, "persons[0].person");
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM identity.person"), 1);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.activity"), 1);
}

/* P-987 */
Test(identity, is_not_erased_while_a_hold_is_about_him)
{
	const struct hold_request hold = {.operation = HOLD_OP_ADD,
					  .person = "S-7",
					  .reason = "claim 12",
					  .authority = "county court",
					  .review_on = "2027-01-31"};

	note_staff();
	cr_assert_eq(office_ask(&o, &(struct request){.kind = REQUEST_HOLD, .hold = &hold}),
		     CODE(OK), "%s", o.text);
	cr_expect_eq(erase("S-7"), CODE(STATE));
	cr_expect_not_null(strstr(o.text, "hold 1"), "%s", o.text);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM identity.person"), 2);
	cr_assert_eq(erase("S-8"), CODE(OK), "%s", o.text);
}

/* P-988: the longest maximum is that of audits, 84 months after the last day's. */
Test(identity, goes_by_himself_when_no_record_can_be_about_him)
{
	note_staff();
	cr_expect_eq(cluster_int(o.pg, "SELECT identity.expire('2033-04-30T12:00Z')"), 0);
	/* A month that is kept, whatever for, may have a record of him. */
	cluster_do(o.pg, "SELECT sems.make_partition('activity', '2026-04-10Z')");
	cr_expect_eq(cluster_int(o.pg, "SELECT identity.expire('2033-06-01T12:00Z')"), 0);
	cluster_do(o.pg, "DROP TABLE sems.activity_202604");
	cr_expect_eq(cluster_int(o.pg, "SELECT identity.expire('2033-06-01T12:00Z')"), 1);
	cr_expect_str_eq(cluster_text(o.pg, "SELECT person FROM identity.person"), "S-7");
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.access_log "
				       "WHERE what = 'identity.expire'"),
		     1);
	cluster_do(o.pg, "UPDATE sems.retention_policy SET max_months = NULL WHERE kind = 'audit'; "
			 "UPDATE identity.person SET until = '1990-01-01'");
	cr_expect_eq(cluster_int(o.pg, "SELECT identity.expire('2033-06-01T12:00Z')"), 0);
}
