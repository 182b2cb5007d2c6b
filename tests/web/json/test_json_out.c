#include "web/json/json_out.h"

#include <criterion/criterion.h>

#include <math.h>
#include <sems/v1/protocol.pb-c.h>
#include <stdlib.h>

static void
expect(const ProtobufCMessage *m, const char *wanted)
{
	json_t *j = json_of_message(m);
	char *text = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS);

	cr_expect_str_eq(text, wanted);
	free(text);
	json_decref(j);
}

Test(json_out, writes_a_result_as_protobuf_does)
{
	Sems__V1__Result r = SEMS__V1__RESULT__INIT;
	Sems__V1__VerdictRun stored = SEMS__V1__VERDICT_RUN__INIT;
	Sems__V1__VerdictRun bad = SEMS__V1__VERDICT_RUN__INIT, *runs[] = {&stored, &bad};

	expect(&r.base, "{}");
	r.has_batch_no = 1;
	r.batch_no = UINT64_MAX;
	stored.has_code = stored.has_count = bad.has_code = bad.has_reason = 1;
	stored.code = SEMS__V1__VERDICT_CODE__VERDICT_CODE_STORED;
	stored.count = 4000000000u;
	bad.code = (Sems__V1__VerdictCode)99;
	bad.reason = SEMS__V1__REASON__REASON_RANGE;
	bad.field = (char *)"tip_event.response_ms";
	bad.text = (char *)"\"no\"";
	r.n_verdicts = 2;
	r.verdicts = runs;
	expect(&r.base,
	       "{\"batchNo\":\"18446744073709551615\",\"verdicts\":[{\"code\":\"VERDICT_CODE_"
	       "STORED\",\"count\":4000000000},{\"code\":99,\"field\":\"tip_event.response_ms\","
	       "\"reason\":\"REASON_RANGE\",\"text\":\"\\\"no\\\"\"}]}");
}

Test(json_out, writes_each_type_as_protobuf_does)
{
	Sems__V1__Record r = SEMS__V1__RECORD__INIT;
	Sems__V1__EquipmentCheck c = SEMS__V1__EQUIPMENT_CHECK__INIT;

	r.has_record_id = r.has_occurred_at = 1;
	r.record_id = (ProtobufCBinaryData){4, (uint8_t *)"foob"};
	r.occurred_at = INT64_MIN;
	r.body_case = SEMS__V1__RECORD__BODY_EQUIPMENT_CHECK;
	r.equipment_check = &c;
	expect(&r.base,
	       "{\"equipmentCheck\":{},\"occurredAt\":\"-9223372036854775808\",\"recordId\":"
	       "\"Zm9vYg==\"}");
}

/* Of a text that is no UTF-8 nothing is made. */
Test(json_out, makes_nothing_of_what_is_no_text)
{
	Sems__V1__Result r = SEMS__V1__RESULT__INIT;
	Sems__V1__VerdictRun run = SEMS__V1__VERDICT_RUN__INIT, *runs[] = {&run};

	run.text = (char *)"\xff";
	r.n_verdicts = 1;
	r.verdicts = runs;
	cr_expect_null(json_of_message(&r.base));
}
