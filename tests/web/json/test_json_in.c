#include "base/count.h"
#include "base/json/jsonmem.h"
#include "web/json/json_in.h"

#include <criterion/criterion.h>

#include <math.h>
#include <sems/v1/protocol.pb-c.h>
#include <stdlib.h>

static struct json_fault why;

static enum code
read_batch(const char *json, Sems__V1__Batch **out, size_t max)
{
	struct buf b;
	enum code code;

	buf_init(&b, max);
	code = json_to_message(text_of(json), &sems__v1__batch__descriptor, 5, &b, &why);
	*out = code == OK ? sems__v1__batch__unpack(NULL, b.n, b.p) : NULL;
	buf_fini(&b);
	return code;
}

Test(json_in, reads_each_type_in_each_of_its_forms)
{
	static const char *const forms[] = {
	    "{\"batchNo\":\"18446744073709551615\",\"records\":[{\"recordId\":\"AZ1IRWKAjkSkt0V/"
	    "5J4quQ==\","
	    "\"occurredAt\":\"1775034000000\",\"siteId\":\"north\",\"tipEvent\":{\"outcome\":"
	    "\"TIP_OUTCOME_HIT\",\"responseMs\":4200}}]}",
	    "{\"records\":[{\"tip_event\":{\"response_ms\":\"4200\",\"outcome\":1},\"site_id\":"
	    "\"north\","
	    "\"occurred_at\":1775034000000,\"record_id\":\"AZ1IRWKAjkSkt0V_5J4quQ\"}],"
	    "\"batch_no\":\"18446744073709551615\"}",
	    "{\"batchNo\":\"18446744073709551615\",\"records\":[{\"recordId\":\"AZ1IRWKAjkSkt0V/"
	    "5J4quQ\","
	    "\"occurredAt\":1.775034e12,\"siteId\":\"north\",\"tipEvent\":{\"outcome\":1.0,"
	    "\"responseMs\":4.2e3}}]}",
	};

	for (size_t i = 0; i < COUNT(forms); i++) {
		Sems__V1__Batch *b;
		const Sems__V1__Record *r;

		read_batch(forms[i], &b, 4096);
		cr_assert_not_null(b, "form %zu: %s %s", i, why.path, why.text);
		cr_expect_eq(b->batch_no, UINT64_MAX);
		cr_assert_eq(b->n_records, 1);
		r = b->records[0];
		cr_expect_eq(r->record_id.len, 16);
		cr_expect_eq(r->record_id.data[15], 0xb9);
		cr_expect_eq(r->occurred_at, INT64_C(1775034000000));
		cr_expect_str_eq(r->site_id, "north");
		cr_assert_eq(r->body_case, SEMS__V1__RECORD__BODY_TIP_EVENT);
		cr_expect_eq(r->tip_event->outcome, SEMS__V1__TIP_OUTCOME__TIP_OUTCOME_HIT);
		cr_expect_eq(r->tip_event->response_ms, 4200);
		sems__v1__batch__free_unpacked(b, NULL);
	}
}

/* A number that nobody has a name for goes on: who reads the bytes judges it. */
Test(json_in, lets_numbers_without_a_name_pass)
{
	Sems__V1__Batch *b;

	cr_assert_eq(read_batch("{\"records\":[{\"tipEvent\":{\"outcome\":77}},{\"tipEvent\":{"
				"\"outcome\":-1}}]}",
				&b, 4096),
		     OK);
	cr_expect_eq((int)b->records[0]->tip_event->outcome, 77);
	cr_expect_eq((int)b->records[1]->tip_event->outcome, -1);
	sems__v1__batch__free_unpacked(b, NULL);
}

static const struct {
	const char *json;
	enum code code;
	const char *path;
	const char *says;
} refused[] = {
    {"", REJ_MALFORMED, "", "line 1"},
    {"{\"records\":[", REJ_MALFORMED, "", "line 1, column"},
    {"{\"batchNo\":1,\"batchNo\":1}", REJ_MALFORMED, "", "duplicate"},
    {"{\"records\":[{\"siteId\":\"a\\u0000b\"}]}", REJ_MALFORMED, "", "\\u0000"},
    {"{\"records\":[{\"siteId\":\"\xff\"}]}", REJ_MALFORMED, "", "unable to decode byte"},
    {"[]", REJ_FIELD, "", "is not a Batch: write it in braces"},
    {"{\"Records\":[]}", REJ_FIELD, "Records", "is no field of Batch: leave it out"},
    {"{\"batch_no\":1,\"batchNo\":2}", REJ_FIELD, "batchNo", "is given twice"},
    {"{\"records\":{}}", REJ_FIELD, "records", "is not a list"},
    {"{\"records\":[{},null]}", REJ_FIELD, "records[1]", "is not a Record"},
    {"{\"records\":[{},{},{},{},{},{}]}", REJ_LIMIT, "records", "6 elements, and 5 are the most"},
    {"{\"records\":[{\"void\":{},\"tipEvent\":{}}]}", REJ_FIELD, "records[0].tipEvent",
     "stands beside void"},
    {"{\"batchNo\":-1}", REJ_FIELD, "batchNo", "is not within what the field can hold"},
    {"{\"batchNo\":\"18446744073709551616\"}", REJ_FIELD, "batchNo", "is not a whole number"},
    {"{\"batchNo\":1e300}", REJ_FIELD, "batchNo", "is not a whole number"},
    {"{\"batchNo\":\"\"}", REJ_FIELD, "batchNo", "is not a whole number"},
    {"{\"batchNo\":\"1 \"}", REJ_FIELD, "batchNo", "is not a whole number"},
    {"{\"batchNo\":true}", REJ_FIELD, "batchNo", "is not a whole number"},
    {"{\"records\":[{\"occurredAt\":\"-9223372036854775809\"}]}", REJ_FIELD,
     "records[0].occurredAt", "is not within"},
    {"{\"records\":[{\"tipEvent\":{\"outcome\":2147483648}}]}", REJ_FIELD,
     "records[0].tipEvent.outcome", "is not within"},
    {"{\"records\":[{\"tipEvent\":{\"outcome\":\"HIT\"}}]}", REJ_FIELD,
     "records[0].tipEvent.outcome", "is none of TIP_OUTCOME_HIT, "},
    {"{\"records\":[{\"siteId\":7}]}", REJ_FIELD, "records[0].siteId", "is not a text"},
    {"{\"records\":[{\"recordId\":\"a\"}]}", REJ_FIELD, "records[0].recordId", "is not base64"},
    {"{\"records\":[{\"recordId\":7}]}", REJ_FIELD, "records[0].recordId", "is not a text"},
    {"{\"records\":[{\"audit\":{\"findings\":[{},{\"severity\":[]}]}}]}", REJ_FIELD,
     "records[0].audit.findings[1].severity", "is not a whole number"},
};

Test(json_in, refuses_what_the_mapping_does_not_have_by_its_path)
{
	for (size_t i = 0; i < COUNT(refused); i++) {
		Sems__V1__Batch *b;

		cr_expect_eq(read_batch(refused[i].json, &b, 4096), refused[i].code, "row %zu", i);
		cr_expect_str_eq(why.path, refused[i].path, "row %zu", i);
		cr_expect_not_null(strstr(why.text, refused[i].says), "row %zu: %s", i, why.text);
	}
}

/* The last that a field can hold, and the bound of what is made. */
Test(json_in, takes_the_last_that_there_is_room_for)
{
	Sems__V1__Batch *b;

	cr_assert_eq(
	    read_batch("{\"records\":[{\"occurredAt\":\"-9223372036854775808\"}]}", &b, 4096), OK);
	cr_expect_eq(b->records[0]->occurred_at, INT64_MIN);
	sems__v1__batch__free_unpacked(b, NULL);
	cr_expect_eq(read_batch("{\"records\":[{\"siteId\":\"1234\"}]}", &b, 8), OK);
	sems__v1__batch__free_unpacked(b, NULL);
	cr_expect_eq(read_batch("{\"records\":[{\"siteId\":\"12345\"}]}", &b, 8), REJ_LIMIT);
}

Test(json_in, says_that_memory_ran_out)
{
	Sems__V1__Batch *b;

	jsonmem_watch(malloc);
	jsonmem_bound(2000);
	cr_expect_eq(read_batch("{\"records\":[[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]]}",
				&b, 4096),
		     TRY_LIMIT);
	cr_expect_not_null(strstr(why.text, "more memory"));
}

/* A path is cut, and never written past. */
Test(json_in, names_a_long_path_as_far_as_there_is_room)
{
	char json[600] = "{\"records\":[{\"";
	Sems__V1__Batch *b;

	memset(json + strlen(json), 'x', 400);
	strncat(json, "\":1}]}", sizeof json - strlen(json) - 1);
	cr_expect_eq(read_batch(json, &b, 4096), REJ_FIELD);
	cr_expect_eq(strlen(why.path), sizeof why.path - 1);
	cr_expect_eq(strncmp(why.path, "records[0].xxx", 14), 0);
}

Test(json_in, spells_names_as_protobuf_does)
{
	static const char *const names[][2] = {{"site_id", "siteId"},
					       {"void", "void"},
					       {"a_b_c", "aBC"},
					       {"of_2_x", "of_2X"},
					       {"tail_", "tail_"}};

	for (size_t i = 0; i < COUNT(names); i++) {
		char out[32];

		json_name(names[i][0], out);
		cr_expect_str_eq(out, names[i][1]);
	}
}
