#include "store/evidence/copy.h"

#include <criterion/criterion.h>

#include <string.h>

static struct buf b;

static void
check_bytes(const void *bytes, size_t n)
{
	cr_assert_eq(b.n, n, "%zu bytes", b.n);
	cr_expect_eq(memcmp(b.p, bytes, n), 0);
}

static void
begin(void)
{
	buf_init(&b, 4096);
}

Test(copy, writes_values_as_postgresql_reads_them, .init = begin)
{
	/* One microsecond scale: 2000-01-01T00:00:01Z is a million. */
	copy_row(&b, 4);
	copy_int4(&b, -2);
	copy_time(&b, (struct utc_ms){INT64_C(946684801000)});
	copy_bytes(&b, TEXT_LIT("ab"));
	copy_uuid(&b, NULL);
	copy_end(&b);
	check_bytes("\0\4"
		    "\0\0\0\4\377\377\377\376"
		    "\0\0\0\10\0\0\0\0\0\17\102\100"
		    "\0\0\0\2ab"
		    "\377\377\377\377"
		    "\377\377",
		    2 + 8 + 12 + 6 + 4 + 2);
	buf_fini(&b);
}

Test(copy, tells_empty_text_from_none, .init = begin)
{
	copy_bytes(&b, TEXT_LIT(""));
	copy_bytes(&b, (struct text){NULL, 0});
	check_bytes("\0\0\0\0\377\377\377\377", 8);
	buf_fini(&b);
}

static const struct receipt receipt = {.from = {"x", 1}};

static enum copy_result
heartbeat(struct value *v)
{
	struct record r = {.kind = kinds[KIND_HEARTBEAT], .v = v};

	return copy_record(&b, &r, &receipt);
}

static void
with_max(size_t max)
{
	buf_fini(&b);
	buf_init(&b, max);
}

Test(copy, leaves_nothing_of_a_row_that_does_not_fit, .init = begin)
{
	struct value v[64] = {{0}};
	static char long_text[4096];
	size_t row;

	cr_assert_eq(heartbeat(v), COPY_ROW_OK);
	row = b.n;
	with_max(row + 10);
	cr_assert_eq(heartbeat(v), COPY_ROW_OK);
	cr_expect_eq(heartbeat(v), COPY_ROW_FULL);
	cr_expect_eq(b.n, row);
	cr_expect_not(b.failed);
	with_max(4096);
	memset(long_text, 'x', sizeof long_text);
	v[ENV_SHIFT_ID] = (struct value){.set = true, .text = {long_text, sizeof long_text}};
	cr_expect_eq(heartbeat(v), COPY_ROW_FULL);
	v[ENV_SHIFT_ID].text.n = 10;
	cr_expect_eq(heartbeat(v), COPY_ROW_OK);
	buf_fini(&b);
}

Test(copy, takes_a_value_without_a_name_for_the_records_fault, .init = begin)
{
	struct value v[64] = {{0}};

	v[ENV_PRECISION] = (struct value){.set = true, .i = 99};
	cr_expect_eq(heartbeat(v), COPY_ROW_BAD);
	cr_expect_eq(b.n, 0);
	buf_fini(&b);
}

Test(copy, writes_lists_as_escaped_json, .init = begin)
{
	struct value v[64] = {{0}};
	struct value refs[2] = {{.set = true, .text = TEXT_LIT("a\"b\\c\n")},
				{.set = true, .text = TEXT_LIT("caf\xc3\xa9")}};
	const char *json = "\1[\"a\\u0022b\\u005cc\\u000a\",\"caf\xc3\xa9\"]";
	unsigned char length[4] = {0, 0, 0, (unsigned char)strlen(json)};
	const unsigned char *at;

	v[ENV_REQUIREMENT_REFS] = (struct value){.set = true, .list = {refs, 2, 1}};
	cr_assert_eq(heartbeat(v), COPY_ROW_OK);
	at = memmem(b.p, b.n, json, strlen(json));
	cr_assert_not_null(at);
	cr_expect_eq(memcmp(at - 4, length, 4), 0);
	buf_fini(&b);
}

Test(copy, writes_items_as_objects_of_what_they_have, .init = begin)
{
	struct value v[64] = {{0}};
	struct value items[4] = {{.set = true, .text = TEXT_LIT("tip_event")},
				 {.set = true, .i = 12},
				 {.set = true, .text = TEXT_LIT("test")},
				 {.set = false}};
	const char *json = "\1[{\"kind\":\"tip_event\",\"count\":12},{\"kind\":\"test\"}]";
	size_t made = kind_field_index(kinds[KIND_HEARTBEAT], TEXT_LIT("events_made"));

	v[made] = (struct value){.set = true, .list = {items, 2, 2}};
	cr_assert_eq(heartbeat(v), COPY_ROW_OK);
	cr_expect_not_null(memmem(b.p, b.n, json, strlen(json)));
	buf_fini(&b);
}

Test(copy, keeps_a_persons_own_identifier_out_of_lists, .init = begin)
{
	struct value v[128] = {{0}};
	struct value who[1] = {{.set = true, .text = TEXT_LIT("0123456789abcdef")}};
	struct record r = {.kind = kinds[KIND_AUDIT], .v = v};
	size_t auditors = kind_field_index(r.kind, TEXT_LIT("auditors"));

	v[auditors] = (struct value){.set = true, .list = {who, 1, 1}};
	cr_assert_eq(copy_record(&b, &r, &receipt), COPY_ROW_OK);
	cr_expect_not_null(memmem(b.p, b.n, "\1[\"30313233343536373839616263646566\"]", 37));
	who[0].text = TEXT_LIT("Ann");
	cr_expect_eq(copy_record(&b, &r, &receipt), COPY_ROW_BAD);
	buf_fini(&b);
}
