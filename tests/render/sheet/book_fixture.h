/* The sheets of a sample, and what is said on them. */
#ifndef SEMS_TESTS_RENDER_SHEET_BOOK_FIXTURE_H
#define SEMS_TESTS_RENDER_SHEET_BOOK_FIXTURE_H

#include "render/sheet/book.h"
#include "tests/render/edition_fixture.h"

/* Its sheets; the edition is read, too. The caller's: sample_fini(), then arena_free(). */
void sample_book(struct sample *s, struct book *b, struct arena **arena);
/* Does the grid have this sentence in its second column, or instead of rows? */
bool sample_says(const struct book *b, const char *slug, const char *sentence);

#endif
