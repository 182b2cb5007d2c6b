#include "admin/call.h"
#include "office.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static Sems__V1__StatusRequest status = SEMS__V1__STATUS_REQUEST__INIT;
static Sems__V1__SetupRequest setup = SEMS__V1__SETUP_REQUEST__INIT;
static Sems__V1__SpdRequest spd = SEMS__V1__SPD_REQUEST__INIT;
static Sems__V1__RetentionRequest retention = SEMS__V1__RETENTION_REQUEST__INIT;
static Sems__V1__QuarantineRequest quarantine = SEMS__V1__QUARANTINE_REQUEST__INIT;
static Sems__V1__RecordRequest record = SEMS__V1__RECORD_REQUEST__INIT;

#define N_BODIES  6
#define FORBIDDEN SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_FORBIDDEN

static Sems__V1__Request
request(unsigned body)
{
	Sems__V1__Request all[N_BODIES];

	for (unsigned i = 0; i < N_BODIES; i++)
		sems__v1__request__init(&all[i]);
	all[0].body_case = SEMS__V1__REQUEST__BODY_SETUP;
	all[0].setup = &setup;
	all[1].body_case = SEMS__V1__REQUEST__BODY_STATUS;
	all[1].status = &status;
	all[2].body_case = SEMS__V1__REQUEST__BODY_SPD;
	all[2].spd = &spd;
	all[3].body_case = SEMS__V1__REQUEST__BODY_RETENTION;
	all[3].retention = &retention;
	all[4].body_case = SEMS__V1__REQUEST__BODY_QUARANTINE;
	all[4].quarantine = &quarantine;
	all[5].body_case = SEMS__V1__REQUEST__BODY_RECORD;
	all[5].record = &record;
	return all[body];
}

/* Which of setup, status, spd, retention, quarantine, record a role may ask for at all. */
static const struct {
	const char *role;
	bool may[N_BODIES];
} roles[] = {
    {"device", {false, false, false, false, false, false}},
    {"supervisor", {false, false, false, false, false, false}},
    {"tester", {false, false, false, false, false, true}},
    {"auditor", {false, true, true, false, true, true}},
    {"manager", {false, true, true, false, false, true}},
    {"compliance", {true, true, true, true, true, true}},
    {"admin", {true, true, true, true, true, true}},
};

Test(call, answers_each_role_what_it_may_ask_and_nothing_else)
{
	struct office o;

	office_open_set_up(&o);
	for (size_t r = 0; r < sizeof roles / sizeof roles[0]; r++) {
		char name[32];

		snprintf(name, sizeof name, "unix:%s", roles[r].role);
		office_be(&o, name, roles[r].role);
		for (unsigned body = 0; body < N_BODIES; body++) {
			Sems__V1__Request q = request(body);
			bool refused = office_ask(&o, &q) == FORBIDDEN;

			cr_expect_eq(!refused, roles[r].may[body], "%s asks for body %u: %s",
				     roles[r].role, body, o.text);
			if (refused)
				cr_expect_not_null(strstr(o.text, roles[r].role),
						   "the answer names the role");
		}
	}
	office_close(&o);
}

Test(call, says_that_it_does_not_know_a_request_without_a_body)
{
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	struct office o;

	office_open_set_up(&o);
	cr_assert_eq(office_ask(&o, &q), CODE(INVALID));
	cr_assert_str_eq(o.field, "body");
	office_close(&o);
}
