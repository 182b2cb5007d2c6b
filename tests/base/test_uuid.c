#include "base/count.h"
#include "base/uuid.h"

#include <criterion/criterion.h>

static const unsigned char ones[10] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

Test(uuid, carries_its_instant_and_version)
{
	struct utc_ms t = {INT64_C(0x019e1b8595c0)};
	struct uuid seven = uuid_at(t, ones, true);
	struct uuid eight = uuid_at(t, ones, false);
	char out[UUID_TEXT_SIZE];

	cr_expect(uuid_is_timed(&seven) && uuid_is_timed(&eight));
	cr_expect_eq(uuid_time(&seven).v, t.v);
	cr_expect_eq(uuid_time(&eight).v, t.v);
	uuid_format(&seven, out);
	cr_expect_str_eq(out, "019e1b85-95c0-7fff-bfff-ffffffffffff");
	uuid_format(&eight, out);
	cr_expect_str_eq(out, "019e1b85-95c0-8fff-bfff-ffffffffffff");
}

Test(uuid, uses_the_74_bits_of_the_rest)
{
	static const unsigned char zeros[10];
	struct uuid a = uuid_at((struct utc_ms){1}, zeros, true);
	int differ = 0;

	for (int bit = 0; bit < 80; bit++) {
		unsigned char rest[10] = {0};
		struct uuid b;

		rest[bit / 8] = (unsigned char)(1 << bit % 8);
		b = uuid_at((struct utc_ms){1}, rest, true);
		differ += memcmp(&a, &b, sizeof a) != 0;
	}
	cr_expect_eq(differ, 74);
}

Test(uuid, tells_timed_versions_from_others)
{
	static const struct {
		const char *text;
		bool timed;
	} rows[] = {
	    {"019e1b85-95c0-7000-8000-000000000000", true},
	    {"019e1b85-95c0-8000-b000-000000000000", true},
	    {"019e1b85-95c0-4000-8000-000000000000", false},
	    {"019e1b85-95c0-9000-8000-000000000000", false},
	    {"019e1b85-95c0-7000-0000-000000000000", false},
	    {"019e1b85-95c0-7000-c000-000000000000", false},
	    {"00000000-0000-0000-0000-000000000000", false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct uuid u;

		cr_assert(uuid_parse(text_of(rows[i].text), &u));
		cr_expect_eq(uuid_is_timed(&u), rows[i].timed, "%s", rows[i].text);
	}
}

Test(uuid, reads_either_case_and_nothing_else)
{
	static const char *const bad[] = {"",
					  "019e1b85-95c0-7000-8000-00000000000",
					  "019e1b85-95c0-7000-8000-0000000000000",
					  "019e1b8595c070008000000000000000",
					  "{19e1b85-95c0-7000-8000-00000000000}",
					  "019e1b85_95c0-7000-8000-000000000000",
					  "019e1b85-95c0-7000-8000-00000000000g",
					  "019e1b859-5c0-7000-8000-000000000000"};
	struct uuid a;
	struct uuid b;

	cr_assert(uuid_parse(TEXT_LIT("019E1B85-95C0-7ABC-8DEF-000000000000"), &a));
	cr_assert(uuid_parse(TEXT_LIT("019e1b85-95c0-7abc-8def-000000000000"), &b));
	cr_expect_arr_eq(a.b, b.b, 16);
	for (size_t i = 0; i < COUNT(bad); i++)
		cr_expect_not(uuid_parse(text_of(bad[i]), &a), "%s", bad[i]);
}
