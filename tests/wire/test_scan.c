#include "base/count.h"
#include "tests/wire/make_record.h"
#include "wire/scan.h"

#include <criterion/criterion.h>

static struct scan
scan_hex(const char *hex, struct arena *a)
{
	return scan_of(from_hex(hex, a));
}

Test(scan, reads_varints_of_every_length)
{
	struct arena *a = arena_new(1 << 20);

	for (unsigned bits = 0; bits < 64; bits++) {
		unsigned char bytes[10];
		size_t n = 0;
		uint64_t expected = UINT64_MAX >> bits, got = 0;

		for (uint64_t v = expected; n == 0 || v != 0; v >>= 7)
			bytes[n++] = (unsigned char)((v & 0x7f) | (v > 0x7f ? 0x80 : 0));
		struct scan s = scan_of((struct text){(char *)bytes, n});
		cr_assert(scan_varint(&s, &got));
		cr_assert_eq(got, expected);
		cr_assert(scan_done(&s));
		s = scan_of((struct text){(char *)bytes, n - 1});
		cr_assert_not(scan_varint(&s, &got), "cut short");
	}
	arena_free(a);
}

Test(scan, reads_each_wire_type)
{
	struct arena *a = arena_new(1 << 20);
	struct scan s = scan_hex("08 AC02  11 0102030405060708  1A 03 616263  25 01020304", a);
	struct scan_field f;

	cr_assert(scan_next(&s, &f));
	cr_assert_eq(f.number, 1);
	cr_assert_eq(f.wire, SCAN_VARINT);
	cr_assert_eq(f.value, 300);
	cr_assert(scan_next(&s, &f));
	cr_assert_eq(f.wire, SCAN_FIXED64);
	cr_assert_eq(f.bytes.n, 8);
	cr_assert(scan_next(&s, &f));
	cr_assert_eq(f.wire, SCAN_BYTES);
	cr_assert(text_is(f.bytes, "abc"));
	cr_assert(scan_next(&s, &f));
	cr_assert_eq(f.number, 4);
	cr_assert_eq(f.wire, SCAN_FIXED32);
	cr_assert_eq(f.bytes.n, 4);
	cr_assert(scan_done(&s));
	arena_free(a);
}

Test(scan, reads_the_largest_field_number)
{
	struct arena *a = arena_new(1 << 20);
	struct scan s = scan_hex("F8FFFFFF0F 00", a);
	struct scan_field f;

	cr_assert(scan_next(&s, &f));
	cr_assert_eq(f.number, (1u << 29) - 1);
	arena_free(a);
}

Test(scan, refuses_what_is_no_field)
{
	static const char *const bad[] = {"0B",
					  "0C",
					  "0E",
					  "0F",
					  "0000",
					  "08",
					  "0880",
					  "0902",
					  "0A02FF",
					  "0D0102",
					  "0AFFFFFFFFFFFFFFFFFF01",
					  "F8FFFFFF1F00",
					  "88808080800000",
					  "0A808080808000"};

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct arena *a = arena_new(1 << 20);
		struct scan s = scan_hex(bad[i], a);
		struct scan_field f;

		cr_expect_not(scan_next(&s, &f), "%s", bad[i]);
		arena_free(a);
	}
}

Test(scan, has_nothing_in_nothing)
{
	struct scan s = scan_of((struct text){NULL, 0});

	cr_assert(scan_done(&s));
}
