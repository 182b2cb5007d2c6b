#include "base/arena.h"

#include <criterion/criterion.h>

#include <stdint.h>
#include <string.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

Test(arena, gives_aligned_memory_that_does_not_overlap)
{
	struct arena *a = arena_new(1 << 20);
	unsigned char *last = NULL;

	for (size_t n = 1; n < 600; n++) {
		unsigned char *p = arena_alloc(a, n);

		cr_assert_not_null(p);
		cr_assert_eq((uintptr_t)p % _Alignof(max_align_t), 0);
		memset(p, (int)n, n);
		if (last != NULL)
			cr_assert_eq(last[n - 2], (unsigned char)(n - 1));
		last = p;
	}
	arena_free(a);
}

Test(arena, fails_closed_at_its_limit_until_reset)
{
	struct arena *a = arena_new(1000);

	cr_expect_not_null(arena_alloc(a, 900));
	cr_expect_not(arena_failed(a));
	cr_expect_null(arena_alloc(a, 200));
	cr_expect(arena_failed(a));
	cr_expect_null(arena_alloc(a, 1), "even what would fit");
	arena_reset(a);
	cr_expect_not(arena_failed(a));
	cr_expect_eq(arena_used(a), 0);
	cr_expect_not_null(arena_alloc(a, 900));
	arena_free(a);
}

Test(arena, refuses_sizes_that_overflow)
{
	struct arena *a = arena_new(SIZE_MAX);

	cr_expect_null(arena_zalloc(a, SIZE_MAX / 2, 3));
	cr_expect(arena_failed(a));
	arena_reset(a);
	cr_expect_null(arena_dup(a, "", SIZE_MAX));
	arena_free(a);
	arena_free(NULL);
}

Test(arena, copies_prints_and_zeroes)
{
	struct arena *a = arena_new(100000);
	char *s;

	s = arena_dup(a, "a\0b", 3);
	cr_expect(memcmp(s, "a\0b", 4) == 0);
	cr_expect_str_eq(arena_printf(a, "%d %s", 7, "x"), "7 x");
	arena_reset(a);
	memset(arena_alloc(a, 64), 0xff, 64);
	arena_reset(a);
	s = arena_zalloc(a, 8, 8);
	for (int i = 0; i < 64; i++)
		cr_expect_eq(s[i], 0);
	arena_free(a);
}

Test(arena, keeps_earlier_blocks_while_it_grows)
{
	struct arena *a = arena_new(1 << 24);
	char *first = arena_dup(a, "first", 5);

	for (int i = 0; i < 100; i++)
		cr_assert_not_null(arena_alloc(a, 50000));
	cr_expect_str_eq(first, "first");
	cr_expect_geq(arena_used(a), 100 * 50000);
	arena_free(a);
}

#ifdef __SANITIZE_ADDRESS__
Test(arena, lets_the_sanitizer_see_who_leaves_his_piece)
{
	struct arena *a = arena_new(1 << 20);

	for (size_t n = 1; n < 100; n++) {
		char *p = arena_alloc(a, n);

		cr_assert_null(__asan_region_is_poisoned(p, n), "%zu bytes", n);
		cr_assert(__asan_address_is_poisoned(p + n), "%zu bytes", n);
	}
	char *last = arena_alloc(a, 8);
	arena_reset(a);
	cr_assert(__asan_address_is_poisoned(last), "what was reset is nobody's");
	arena_free(a);
}
#endif
