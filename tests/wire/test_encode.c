#include "tests/wire/make_record.h"
#include "wire/encode.h"

#include <criterion/criterion.h>

static bool
put(const struct record *r, struct buf *b)
{
	struct arena *a = arena_new(1 << 20);
	bool ok = wire_put_record(r, a, b);

	arena_free(a);
	return ok;
}

Test(encode, gives_the_same_bytes_each_time)
{
	struct arena *a = arena_new(1 << 20);
	struct buf first, second;

	buf_init(&first, 1 << 16);
	buf_init(&second, 1 << 16);
	for (size_t k = 0; k < KIND_COUNT; k++) {
		struct record r = make_full_record(kinds[k], k, a);
		struct record same = make_full_record(kinds[k], k, a);

		buf_clear(&first);
		buf_clear(&second);
		cr_assert(put(&r, &first) && put(&same, &second));
		cr_assert_eq(first.n, second.n);
		cr_assert_arr_eq(first.p, second.p, first.n);
	}
	buf_fini(&first);
	buf_fini(&second);
	arena_free(a);
}

static struct record
tip_event(struct value v[64], struct text source)
{
	memset(v, 0, 64 * sizeof *v);
	v[ENV_SOURCE] = (struct value){.set = true, .text = source};
	return (struct record){kinds[KIND_TIP_EVENT], v};
}

Test(encode, leaves_out_what_is_not_given)
{
	struct value v[64];
	struct record r = tip_event(v, (struct text){"", 0});
	struct buf b;

	buf_init(&b, 100);
	v[ENV_MARKING].set = true;          /* and 0 */
	v[ENV_REQUIREMENT_REFS].set = true; /* and none */
	cr_assert(put(&r, &b));
	cr_assert_eq(b.n, 3);
	cr_assert_arr_eq(b.p, "\xDA\x02\x00", 3);
	buf_fini(&b);
}

Test(encode, refuses_text_that_would_be_cut)
{
	struct value v[64];
	struct record r = tip_event(v, (struct text){"a\0b", 3});
	struct buf b;

	buf_init(&b, 100);
	cr_assert_not(put(&r, &b));
	cr_assert_eq(b.n, 0);
	buf_fini(&b);
}

Test(encode, says_so_at_the_limit_of_the_buffer_or_the_arena)
{
	struct value v[64];
	struct record r = tip_event(v, text_of("lane-1"));
	struct buf b;

	buf_init(&b, 5);
	cr_assert_not(put(&r, &b));
	buf_fini(&b);
	buf_init(&b, 100);
	bool ok = false;
	for (size_t limit = 0; !ok; limit += 16) {
		struct arena *a = arena_new(limit);

		ok = wire_put_record(&r, a, &b);
		arena_free(a);
	}
	cr_assert_eq(b.n, 11);
	buf_fini(&b);
}
