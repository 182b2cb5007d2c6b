#include "base/text.h"
#include "store/evidence/copy.h"
#include "store/evidence/lean.h"

#include <criterion/criterion.h>

#include <string.h>

static struct lean lean;

/* A row of a heartbeat with values in the named columns alone. */
static void
make_row(struct buf *row, const char *const *names, size_t n)
{
	const struct kind *k = kinds[KIND_HEARTBEAT];

	buf_clear(row);
	for (unsigned i = 0; i < copy_n_columns(k); i++) {
		struct text v = {NULL, 0};

		for (size_t j = 0; j < n; j++)
			if (strcmp(names[j], copy_column(k, i)) == 0)
				v = text_of(names[j]);
		copy_bytes(row, v);
	}
}

static struct text
text_in(const struct buf *b)
{
	return (struct text){(const char *)b->p, b->n};
}

Test(lean, leaves_out_what_no_row_has)
{
	const struct kind *k = kinds[KIND_HEARTBEAT];
	static const char *const first[] = {"source", "site_id", "received_as"};
	static const char *const second[] = {"source", "record_id"};
	struct buf rows[2];
	struct buf out;
	struct buf sql;

	for (int i = 0; i < 2; i++)
		buf_init(&rows[i], 4096);
	buf_init(&out, 4096);
	buf_init(&sql, 4096);
	make_row(&rows[0], first, 3);
	make_row(&rows[1], second, 2);
	lean_clear(&lean);
	lean_scan(&lean, k, text_in(&rows[0]));
	lean_scan(&lean, k, text_in(&rows[1]));
	cr_assert(lean_columns(&lean, k, &sql));
	cr_expect_eq(sql.n, strlen("\"source\", \"record_id\", \"site_id\", \"received_as\""),
		     "%.*s", (int)sql.n, (const char *)sql.p);
	for (const char *const *name = first; name < first + 3; name++)
		cr_expect_not_null(memmem(sql.p, sql.n, *name, strlen(*name)), "%s", *name);
	/* Four values: a row's NULL of a column that another row has is there. */
	cr_assert(lean_row(&lean, k, text_in(&rows[0]), &out));
	cr_expect_eq(out.n, 2 + 3 * 4 + 4 + strlen("sourcesite_idreceived_as"), "%zu", out.n);
	cr_expect_eq(memcmp(out.p, "\0\4", 2), 0);
	buf_clear(&out);
	cr_assert(lean_row(&lean, k, text_in(&rows[1]), &out));
	cr_expect_eq(out.n, 2 + 2 * 4 + 2 * 4 + strlen("sourcerecord_id"), "%zu", out.n);
	buf_fini(&rows[0]);
	buf_fini(&rows[1]);
	buf_fini(&out);
	buf_fini(&sql);
}

Test(lean, has_room_for_every_kind)
{
	for (int k = 0; k < KIND_COUNT; k++)
		cr_expect_lt(copy_n_columns(kinds[k]), LEAN_COLUMNS_MAX, "%s", kinds[k]->name);
}

Test(lean, says_when_there_is_no_room)
{
	const struct kind *k = kinds[KIND_HEARTBEAT];
	static const char *const names[] = {"source", "site_id"};
	struct buf row;
	struct buf out;

	buf_init(&row, 4096);
	buf_init(&out, 10);
	make_row(&row, names, 2);
	lean_clear(&lean);
	lean_scan(&lean, k, text_in(&row));
	cr_expect_not(lean_row(&lean, k, text_in(&row), &out));
	buf_fini(&row);
	buf_fini(&out);
}
