#include "wire/frame.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include <sems/v1/protocol.pb-c.h>

static enum frame_status
look(const void *p, size_t n, size_t max, struct text *body, size_t *used)
{
	struct err e = {0};
	enum frame_status s = frame_next(p, n, max, body, used, &e);

	cr_assert_eq(s == FRAME_BROKEN, e.code == REJ_FRAME || e.code == REJ_LIMIT);
	return s;
}

/* P-203 */
Test(frame, reads_a_frame_that_comes_byte_by_byte)
{
	char bytes[2 + 300];
	struct text body;
	size_t used;

	memset(bytes, 'x', sizeof bytes);
	bytes[0] = (char)((300 & 0x7f) | 0x80);
	bytes[1] = 300 >> 7;
	for (size_t n = 0; n < sizeof bytes; n++) {
		char *exact = malloc(n + 1); /* so that the sanitizer sees a read past n */

		memcpy(exact + 1, bytes, n);
		cr_assert_eq(look(exact + 1, n, 300, &body, &used), FRAME_MORE);
		cr_assert_eq(used, 0);
		cr_assert_eq(frame_size(exact + 1, n), n < 2 ? 0 : sizeof bytes);
		free(exact);
	}
	cr_assert_eq(look(bytes, sizeof bytes, 300, &body, &used), FRAME_READY);
	cr_assert_eq(used, sizeof bytes);
	cr_assert_eq(body.s, bytes + 2);
	cr_assert_eq(body.n, 300);
}

Test(frame, leaves_the_next_frame_alone)
{
	const char bytes[] = {1, 'a', 2, 'b', 'c'};
	struct text body;
	size_t used;

	cr_assert_eq(look(bytes, sizeof bytes, 10, &body, &used), FRAME_READY);
	cr_assert_eq(used, 2);
	cr_assert(text_is(body, "a"));
	cr_assert_eq(look(bytes + 2, sizeof bytes - 2, 10, &body, &used), FRAME_READY);
	cr_assert_eq(used, 3);
	cr_assert(text_is(body, "bc"));
}

Test(frame, accepts_an_empty_message)
{
	struct text body;
	size_t used;

	cr_assert_eq(look("\0", 1, 10, &body, &used), FRAME_READY);
	cr_assert_eq(used, 1);
	cr_assert_eq(body.n, 0);
}

Test(frame, refuses_a_length_over_the_limit_before_the_body_comes)
{
	struct text body;
	size_t used;

	cr_assert_eq(look("\x0b", 1, 10, &body, &used), FRAME_BROKEN);
	cr_assert_eq(look("\x0a", 1, 10, &body, &used), FRAME_MORE);
}

/* P-205 */
Test(frame, refuses_a_length_that_is_no_varint)
{
	struct text body;
	size_t used;

	cr_assert_eq(look("\xff\xff\xff\xff", 4, SIZE_MAX, &body, &used), FRAME_MORE);
	cr_assert_eq(look("\xff\xff\xff\xff\xff", 5, SIZE_MAX, &body, &used), FRAME_BROKEN);
	cr_assert_eq(look("GET / HTTP/1.1\r\n", 16, 60, &body, &used), FRAME_BROKEN);
}

/* P-201 */
Test(frame, writes_what_it_reads)
{
	struct buf b;
	char software[400];

	buf_init(&b, 1000);
	memset(software, 's', sizeof software - 1);
	software[sizeof software - 1] = '\0';
	Sems__V1__Hello hello = SEMS__V1__HELLO__INIT;
	hello.software = software;
	cr_assert(frame_put(&b, &hello.base));
	struct text body;
	size_t used;
	cr_assert_eq(look(b.p, b.n, 1000, &body, &used), FRAME_READY);
	cr_assert_eq(used, b.n);
	Sems__V1__Hello *back = sems__v1__hello__unpack(NULL, body.n, (const uint8_t *)body.s);
	cr_assert_str_eq(back->software, software);
	sems__v1__hello__free_unpacked(back, NULL);
	cr_assert(frame_put(&b, &hello.base));
	cr_assert_not(frame_put(&b, &hello.base), "the third is over the buffer's limit");
	buf_fini(&b);
}
