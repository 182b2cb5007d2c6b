#include "base/buf.h"

#include <criterion/criterion.h>

#include <string.h>

Test(buf, grows_to_its_maximum_and_not_beyond)
{
	struct buf b;

	buf_init(&b, 1000);
	for (int i = 0; i < 1000; i++)
		cr_assert(buf_add(&b, "x", 1), "%d", i);
	cr_expect_not(buf_add(&b, "x", 1));
	cr_expect(b.failed);
	cr_expect_eq(b.n, 1000);
	cr_expect_not(buf_add(&b, "x", 1), "a failure stays");
	cr_expect_not(buf_add(&b, "", 0));
	buf_clear(&b);
	cr_expect(buf_add(&b, "x", 1), "cleared");
	cr_expect_not(buf_extend(&b, 1000));
	cr_expect_not(buf_add(&b, "x", 1), "what would fit, after what did not");
	cr_expect_eq(b.n, 1);
	buf_fini(&b);
}

Test(buf, refuses_sizes_that_overflow)
{
	struct buf b;

	buf_init(&b, SIZE_MAX);
	cr_assert(buf_add(&b, "abc", 3));
	cr_expect_null(buf_extend(&b, SIZE_MAX - 1));
	cr_expect(b.failed);
	buf_fini(&b);
}

Test(buf, prints_up_to_the_last_byte)
{
	struct buf b;

	buf_init(&b, 8);
	cr_expect(buf_addf(&b, "%s-%d", "abc", 1234));
	cr_expect_eq(b.n, 8);
	cr_expect(memcmp(b.p, "abc-1234", 8) == 0);
	cr_expect_not(buf_addf(&b, "x"));
	buf_fini(&b);
}

Test(buf, consumes_from_the_front)
{
	struct buf b;

	buf_init(&b, 100);
	buf_add(&b, "abcdef", 6);
	buf_consume(&b, 2);
	cr_expect_eq(b.n, 4);
	cr_expect(memcmp(b.p, "cdef", 4) == 0);
	buf_consume(&b, 0);
	cr_expect_eq(b.n, 4);
	buf_consume(&b, 99);
	cr_expect_eq(b.n, 0);
	buf_fini(&b);
}

Test(buf, writes_big_endian)
{
	struct buf b;

	buf_init(&b, 100);
	buf_add_be16(&b, 0x0102);
	buf_add_be32(&b, 0x03040506);
	buf_add_be64(&b, UINT64_C(0x0708090a0b0c0d0e));
	cr_assert_eq(b.n, 14);
	for (unsigned i = 0; i < 14; i++)
		cr_expect_eq(b.p[i], i + 1);
	buf_fini(&b);
	cr_expect_null(b.p);
}

Test(buf, gives_an_empty_extension_an_address)
{
	struct buf b;

	buf_init(&b, 10);
	cr_expect_not_null(buf_extend(&b, 0));
	cr_expect_eq(b.n, 0);
	buf_fini(&b);
}

/* A maximum below the least that is allocated, by every way of appending. */
Test(buf, holds_to_a_small_maximum)
{
	struct buf b;

	buf_init(&b, 10);
	cr_assert(buf_add_be64(&b, 1));
	cr_assert(buf_add_be16(&b, 2));
	cr_assert_not(buf_add_be16(&b, 3));
	cr_assert(b.failed);
	cr_assert_eq(b.n, 10);
	buf_fini(&b);
	buf_init(&b, 10);
	cr_assert(buf_add(&b, "123456789", 9));
	cr_assert_null(buf_extend(&b, 2));
	cr_assert_eq(b.n, 9);
	buf_fini(&b);
}
