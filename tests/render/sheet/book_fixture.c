#include "tests/render/sheet/book_fixture.h"

#include <criterion/criterion.h>

#include <string.h>

void
sample_book(struct sample *s, struct book *b, struct arena **arena)
{
	struct err e;

	*arena = arena_new((size_t)64 << 20);
	cr_assert_not_null(*arena);
	cr_assert_eq(sample_read(s, &e), OK, "%s: %s", e.where, e.text);
	cr_assert_eq(book_make(&s->edition, *arena, b, &e), OK, "%s", e.text);
}

bool
sample_says(const struct book *b, const char *slug, const char *sentence)
{
	for (const struct sheet *s = b->first; s != NULL; s = s->next) {
		for (const struct block *k = s->first; k != NULL; k = k->next) {
			if (k->kind != BLOCK_GRID || strcmp(k->grid->slug, slug) != 0)
				continue;
			for (size_t r = 0; r < grid_rows(k->grid); r++)
				if (strcmp(grid_cell(k->grid, r, 1)->text, sentence) == 0)
					return true;
			return grid_rows(k->grid) == 0 && strcmp(k->grid->empty, sentence) == 0;
		}
	}
	cr_assert_fail("no grid is called %s", slug);
	return false;
}
