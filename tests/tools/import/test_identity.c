#include "tools/import/identity.h"

#include <criterion/criterion.h>

static struct value values[64];

static struct record
record(const char *source, const char *number, int64_t at)
{
	struct record r = {kinds[KIND_HEARTBEAT], values};

	memset(values, 0, sizeof values);
	values[ENV_SOURCE] = (struct value){.set = true, .text = text_of(source)};
	values[ENV_SOURCE_RECORD_ID] = (struct value){.set = true, .text = text_of(number)};
	values[ENV_OCCURRED_AT] = (struct value){.set = true, .i = at};
	return r;
}

static const char *
id_of(const char *source, const char *number, int64_t at)
{
	static char text[2][UUID_TEXT_SIZE];
	static int which;
	struct record r = record(source, number, at);

	which = !which;
	cr_assert(identity_set(&r));
	uuid_format(&values[ENV_RECORD_ID].uuid, text[which]);
	return text[which];
}

/* The recipe is published: a vendor's import must make the same. */
/* P-604 */
Test(identity, is_the_published_one)
{
	/* SHA-256("xray-1" 00 "4711") begins 1e4424b7457fe49e2ab9 */
	cr_assert_str_eq(id_of("xray-1", "4711", INT64_C(1775030400000)),
			 "019d480e-7400-8e44-a4b7-457fe49e2ab9");
}

/* P-605: SHA-256("xray-1" 00 "4711" 00 "1") begins 1f3bcd0a7a01826bed1d. */
Test(identity, is_another_published_one_where_the_first_was_voided)
{
	struct record r = record("xray-1", "4711", INT64_C(1775034000000));
	char text[UUID_TEXT_SIZE];

	cr_assert(identity_set_again(&r, 1));
	uuid_format(&values[ENV_RECORD_ID].uuid, text);
	cr_assert_str_eq(text, "019d4845-6280-8f3b-8d0a-7a01826bed1d");
}

Test(identity, differs_by_source_number_and_time)
{
	cr_assert_str_eq(id_of("a", "1", 1000000000000), id_of("a", "1", 1000000000000));
	cr_assert_str_neq(id_of("a", "1", 1000000000000), id_of("b", "1", 1000000000000));
	cr_assert_str_neq(id_of("a", "1", 1000000000000), id_of("a", "2", 1000000000000));
	cr_assert_str_neq(id_of("a", "1", 1000000000000), id_of("a", "1", 1000000000001));
	cr_assert_str_neq(id_of("ab", "1", 1000000000000), id_of("a", "b1", 1000000000000));
}

/* P-604 */
Test(identity, is_timed_and_of_version_8)
{
	struct record r = record("a", "1", INT64_C(1775030400123));

	cr_assert(identity_set(&r));
	cr_assert(uuid_is_timed(&values[ENV_RECORD_ID].uuid));
	cr_assert_eq(uuid_time(&values[ENV_RECORD_ID].uuid).v, INT64_C(1775030400123));
	cr_assert_eq(values[ENV_RECORD_ID].uuid.b[6] >> 4, 8);
	cr_assert(identity_set_random(&r));
	cr_assert_eq(values[ENV_RECORD_ID].uuid.b[6] >> 4, 7);
}

Test(identity, numbers_equal_rows_apart_and_again_the_same)
{
	const struct text a[] = {TEXT_LIT("x"), TEXT_LIT("yz")};
	const struct text b[] = {TEXT_LIT("xy"), TEXT_LIT("z")};
	struct arena *arena = arena_new(65536);
	const char *first[3];

	for (int pass = 0; pass < 2; pass++) {
		struct row_numbers *n = row_numbers_new();
		const char *a1 = row_numbers_next(n, a, 2, arena);
		const char *b1 = row_numbers_next(n, b, 2, arena);
		const char *a2 = row_numbers_next(n, a, 2, arena);

		cr_assert_str_neq(a1, b1, "the cells' borders count");
		cr_assert_str_neq(a1, a2, "an equal row is another row");
		if (pass == 1) {
			cr_assert_str_eq(first[0], a1);
			cr_assert_str_eq(first[1], b1);
			cr_assert_str_eq(first[2], a2);
		}
		first[0] = a1;
		first[1] = b1;
		first[2] = a2;
		row_numbers_free(n);
	}
	arena_free(arena);
}
