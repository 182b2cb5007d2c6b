#include "base/json/jsonin.h"
#include "tools/terminal/content.h"

#include <criterion/criterion.h>

#include <sems/v1/record.pb-c.h>
#include <stdlib.h>
#include <string.h>

static unsigned char packed[1024];

static json_t *
content_of(const Sems__V1__Record *r, size_t extra)
{
	size_t n = sems__v1__record__pack(r, packed);

	return content_of_record((struct text){(const char *)packed, n + extra});
}

Test(content, a_record_is_told_by_its_fields)
{
	static unsigned char id[] = {0x01, 0x9d, 0x48, 0x45, 0x62, 0x80, 0x8e, 0x44,
				     0xa4, 0xb7, 0x45, 0x7f, 0xe4, 0x9e, 0x2a, 0xb9};
	Sems__V1__Record r = SEMS__V1__RECORD__INIT;
	Sems__V1__Observation o = SEMS__V1__OBSERVATION__INIT;
	Sems__V1__Criterion c[2] = {SEMS__V1__CRITERION__INIT, SEMS__V1__CRITERION__INIT};
	Sems__V1__Criterion *list[] = {&c[0], &c[1]};
	char source[] = "gate-1";
	char name[] = "bag-search";
	const json_t *body;
	const json_t *criteria;
	json_t *all;

	r.has_record_id = r.has_occurred_at = 1;
	r.record_id = (ProtobufCBinaryData){sizeof id, id};
	r.source = source;
	r.occurred_at = INT64_C(1775034000000);
	r.body_case = SEMS__V1__RECORD__BODY_OBSERVATION;
	r.observation = &o;
	o.has_mode = o.has_units_observed = 1;
	o.mode = SEMS__V1__OBSERVATION_MODE__OBSERVATION_MODE_OVERT;
	o.units_observed = -7; /* which is why it was refused */
	o.n_criteria = 2;
	o.criteria = list;
	c[0].criterion_id = name;
	c[1].has_result = 1;
	c[1].result = (Sems__V1__CriterionResult)99;
	all = content_of(&r, 0);
	body = json_object_get(all, "observation");
	criteria = json_object_get(body, "criteria");
	cr_expect_str_eq(member_text(all, "record_id"), "019d4845-6280-8e44-a4b7-457fe49e2ab9");
	cr_expect_str_eq(member_text(all, "source"), "gate-1");
	cr_expect_str_eq(member_text(all, "occurred_at"), "2026-04-01T09:00:00.000Z");
	cr_expect_str_eq(member_text(body, "mode"), "OVERT");
	cr_expect_eq(json_integer_value(json_object_get(body, "units_observed")), -7);
	cr_expect_str_eq(member_text(json_array_get(criteria, 0), "criterion_id"), "bag-search");
	cr_expect_eq(json_integer_value(json_object_get(json_array_get(criteria, 1), "result")),
		     99);
	cr_expect_null(json_object_get(all, "site_id"), "what was not sent");
	cr_expect_null(json_object_get(all, "tip_event"));
	json_decref(all);
}

Test(content, what_is_no_record_is_none)
{
	Sems__V1__Record r = SEMS__V1__RECORD__INIT;
	json_t *all = content_of(&r, 0);

	cr_expect_eq(json_object_size(all), 0);
	json_decref(all);
	memset(packed, 0xff, sizeof packed);
	cr_expect_null(content_of_record((struct text){(const char *)packed, 20}));
}

Test(content, what_is_newer_than_this_is_counted)
{
	/* Field 999, a varint. */
	static const char newer[] = "\xb8\x3e\x01";
	json_t *all = content_of_record((struct text){newer, 3});

	cr_expect_eq(json_integer_value(json_object_get(all, "unknown_fields")), 1);
	json_decref(all);
}
