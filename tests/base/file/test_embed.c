#include "base/file/embed.h"

#include <criterion/criterion.h>

#include <string.h>

Test(embed, finds_every_file_by_its_path)
{
	int files = 0;

	for (const struct embed *f = embed_table; f->path != NULL; f++, files++) {
		cr_expect_eq(embed_text(f->path), f->text, "%s", f->path);
		cr_expect_gt(strlen(f->text), 0, "%s", f->path);
	}
	cr_expect_gt(files, 0);
	cr_expect_null(embed_text("sql/queries/none.sql"));
	cr_expect_null(embed_text(""));
}
