/* Training and deployment: who is in date, what fell due, who was trained: P-1303, P-1305, P-1306,
 * P-1307, P-1308. */
#include "base/count.h"
#include "tests/store/proof_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>

STORE_SUITE(people, fixture_open, 0);

/* One digit, sixteen times: a pseudonym. */
#define PERSON(digit) "decode(repeat('0" digit "', 16), 'hex')"

static void
add_training(const char *at, const char *person, const char *course, const char *rest)
{
	char values[400];

	snprintf(values, sizeof values, ", %s, '%s', %s", person, course, rest);
	spd_add_at(&f, at, "training", 1,
		   ", subject_person, course, basis, result, expires_at, previous_expires_at",
		   values);
}

static void
add_deployment(const char *at, const char *until, const char *person, const char *role,
	       const char *competences)
{
	char values[400];

	snprintf(values, sizeof values, ", %s, '%s', '%s', %s", person, until, role, competences);
	spd_add_at(&f, at, "deployment", 1, ", subject_person, occurred_end, role, competences",
		   values);
}

/* --- renewals: QN05 ----------------------------------------------------------------------------
 */

/* The entity is an hour ahead: 22:59Z is still the day, 23:00Z the next. */
Test(people, a_renewal_is_kept_by_the_end_of_the_day)
{
	json_t *doc;

	add_training("2026-05-12T22:59:00Z", PERSON("1"), "a",
		     "'RECURRENT', 'PASS', '2029-05-12', '2026-05-12T08:00Z'");
	add_training("2026-05-12T23:00:00Z", PERSON("2"), "a",
		     "'RECURRENT', 'PASS', '2029-05-12', '2026-05-12T08:00Z'");
	/* Failed, passed in time: one renewal. */
	add_training("2026-05-01T10:00:00Z", PERSON("3"), "a",
		     "'RECURRENT', 'FAIL', NULL, '2026-05-20'");
	add_training("2026-05-03T10:00:00Z", PERSON("3"), "a",
		     "'RECURRENT', 'PASS', '2029-05-20', '2026-05-20'");
	add_training("2026-05-20T10:00:00Z", PERSON("4"), "a",
		     "'RECURRENT', 'NOT_DONE', NULL, '2026-05-20'");
	/* Renewed in the quarter before; and in this one for the next, which counts there. */
	add_training("2026-02-03T10:00:00Z", PERSON("5"), "a",
		     "'RECURRENT', 'PASS', '2029-04-20', '2026-04-20'");
	add_training("2026-06-03T10:00:00Z", PERSON("6"), "a",
		     "'RECURRENT', 'PASS', '2029-07-20', '2026-07-20'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN05", "", "3/5 0.6 NO_TARGET");
	FIGURE_SAYS(doc, "TR01", "", "5/5 5 NONE");
	cr_expect_eq(spd_left_out(doc, "QN05", "NOT_DEPLOYED"), 0);
	json_decref(doc);
}

/* What no training names shows by what was gained in the same year. */
Test(people, what_ran_out_counts_of_who_is_deployed)
{
	json_t *doc;

	for (const char *p = "1234"; *p != '\0'; p++) {
		char person[64];

		snprintf(person, sizeof person, "decode(repeat('0%c', 16), 'hex')", *p);
		add_training("2026-01-10T10:00:00Z", person, "a",
			     "'INITIAL', 'PASS', '2026-05-20', NULL");
	}
	/* 1 gained it anew, 2 is there on the day, 3 until the day before, of 4 nobody tells. */
	add_training("2026-05-20T10:00:00Z", PERSON("1"), "a",
		     "'INITIAL', 'PASS', '2026-11-20', NULL");
	add_deployment("2026-05-01T04:00:00Z", "2026-05-19T23:30:00Z", PERSON("2"), "PATROL",
		       "NULL");
	add_deployment("2026-05-01T04:00:00Z", "2026-05-19T22:30:00Z", PERSON("3"), "PATROL",
		       "NULL");
	/* Of last year's certificate nobody knows whose it is. */
	add_training("2025-12-10T10:00:00Z", PERSON("5"), "a",
		     "'INITIAL', 'PASS', '2026-05-20', NULL");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN05", "", "1/2 0.5 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "QN05", "NOT_DEPLOYED"), 2);
	json_decref(doc);
}

/* --- in date: QN06 -----------------------------------------------------------------------------
 */

#define NEEDS(expires) "'[{\"course\":\"a\",\"expires_at\":\"" expires "\"}]'"

static const struct {
	const char *person;
	const char *competences;
	bool in_date;
} held[] = {
    {PERSON("1"), NEEDS("2026-06-30T00:00:00Z"), true},
    /* That is the day after in the entity's days, and the day before. */
    {PERSON("2"), NEEDS("2026-06-30T23:00:00Z"), true},
    {PERSON("3"), NEEDS("2026-06-29T22:59:00Z"), false},
    {PERSON("4"), "'[{\"course\":\"a\"}]'", false},
    {PERSON("5"),
     "'[{\"course\":\"a\",\"expires_at\":\"2027-01-01T00:00:00Z\"},{\"course\":\"b\"}]'", false},
};

Test(people, who_works_at_the_end_holds_what_the_work_takes)
{
	json_t *doc;

	for (size_t i = 0; i < COUNT(held); i++)
		add_deployment("2026-05-01T04:00:00Z", "2026-06-02T04:00:00Z", held[i].person,
			       "PATROL", held[i].competences);
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN06", "", "2/5 0.4 NO_TARGET");
	json_decref(doc);
	/* A training of this year says more; the last deployment says less. */
	add_training("2026-02-03T10:00:00Z", PERSON("3"), "a",
		     "'RECURRENT', 'PASS', '2026-12-01', '2026-02-10'");
	add_training("2026-02-03T10:00:00Z", PERSON("4"), "a",
		     "'RECURRENT', 'FAIL', NULL, '2026-02-10'");
	add_deployment("2026-06-10T04:00:00Z", "2026-06-11T04:00:00Z", PERSON("1"), "PATROL",
		       NEEDS("2026-06-12T00:00:00Z"));
	/* Left before the last month; nobody says what it takes. */
	add_deployment("2026-05-01T04:00:00Z", "2026-05-31T22:59:00Z", PERSON("6"), "PATROL",
		       NEEDS("2026-06-12T00:00:00Z"));
	add_deployment("2026-05-01T04:00:00Z", "2026-05-31T23:00:00Z", PERSON("7"), "PATROL",
		       "NULL");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN06", "", "2/5 0.4 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "QN06", "NOT_DEPLOYED_AT_END"), 1);
	cr_expect_eq(spd_left_out(doc, "QN06", "COMPETENCE_NOT_TOLD"), 1);
	json_decref(doc);
}

/* --- image training: QN07 ----------------------------------------------------------------------
 */

static void
add_hours(const char *at, const char *person, const char *method, const char *hours)
{
	char values[300];

	snprintf(values, sizeof values, ", %s, 'x', 'RECURRENT', 'PASS', '%s', %s, true", person,
		 method, hours);
	spd_add_at(&f, at, "training", 1,
		   ", subject_person, course, basis, result, method, hours, image_recognition",
		   values);
}

Test(people, operators_have_six_hours_in_the_half_year)
{
	json_t *doc;

	for (const char *p = "123456"; *p != '\0'; p++) {
		char person[64];

		snprintf(person, sizeof person, "decode(repeat('0%c', 16), 'hex')", *p);
		add_deployment("2026-04-03T04:00:00Z", "2026-04-04T04:00:00Z", person,
			       *p == '6' ? "SCREENER" : "X_RAY_OPERATOR", "NULL");
	}
	add_hours("2026-01-01T00:00:00Z", PERSON("1"), "CBT", "2.5");
	add_hours("2026-06-30T22:59:00Z", PERSON("1"), "CLASSROOM", "3.5");
	add_hours("2026-03-01T10:00:00Z", PERSON("2"), "CBT", "5.99");
	add_hours("2025-12-31T10:00:00Z", PERSON("2"), "CBT", "9");
	add_hours("2026-03-01T10:00:00Z", PERSON("3"), "OJT_TIP", "1");
	add_hours("2026-03-01T10:00:00Z", PERSON("4"), "PRACTICAL", "9");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "QN07", "", "2/5 0.4 NO_TARGET");
	json_decref(doc);
	add_deployment("2026-07-03T04:00:00Z", "2026-07-04T04:00:00Z", PERSON("1"),
		       "X_RAY_OPERATOR", "NULL");
	doc = spd_compute_quarter(&f, SPD_TASK_SHOW, (struct quarter){2026, 3});
	FIGURE_SAYS(doc, "QN07", "", "-/- - HALF_YEAR_RUNS");
	json_decref(doc);
}

/* --- proof -------------------------------------------------------------------------------------
 */

/* What is held in a quarter rests on the training of the year. */
Test(people, a_frozen_quarter_has_the_training_of_its_year)
{
	json_t *report;

	add_deployment("2026-05-01T04:00:00Z", "2026-06-02T04:00:00Z", PERSON("1"), "PATROL",
		       NEEDS("2026-06-30T00:00:00Z"));
	add_training("2026-01-02T10:00:00Z", PERSON("1"), "a",
		     "'INITIAL', 'PASS', '2026-12-01', NULL");
	add_training("2025-12-20T10:00:00Z", PERSON("1"), "a",
		     "'INITIAL', 'PASS', '2026-12-01', NULL");
	json_decref(proof_freeze(&f).doc);
	cr_expect_eq(cluster_int(f.pg, "SELECT sum(l.n) FROM sems.spd_leaves AS l WHERE l.kind = "
				       "'training'"),
		     1);
	add_training("2026-07-20T10:00:00Z", PERSON("1"), "a",
		     "'RECURRENT', 'PASS', '2029-05-20', '2026-06-20'");
	add_training("2026-03-20T10:00:00Z", PERSON("1"), "b",
		     "'RECURRENT', 'PASS', '2029-05-20', '2026-03-21'");
	add_training("2026-07-20T10:00:00Z", PERSON("1"), "b",
		     "'RECURRENT', 'PASS', '2029-05-20', '2026-07-21'");
	report = proof_verify(&f, true);
	cr_expect_str_eq(proof_counts(report), "late 2");
	json_decref(report);
}
