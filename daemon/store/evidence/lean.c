#include "store/evidence/lean.h"

#include "store/evidence/copy.h"

#include <endian.h>
#include <string.h>

#define LENGTH_BYTES 4

void
lean_clear(struct lean *l)
{
	memset(l, 0, sizeof *l);
}

/* The value at p: how many bytes with its length; a NULL is a length alone. */
static size_t
value_bytes(const char *p, bool *is_null)
{
	uint32_t n;

	memcpy(&n, p, sizeof n);
	*is_null = n == UINT32_MAX;
	return LENGTH_BYTES + (*is_null ? 0 : be32toh(n));
}

void
lean_scan(struct lean *l, const struct kind *k, struct text row)
{
	bool *used = l->used[k->id];
	const char *p = row.s;
	unsigned n = copy_n_columns(k);

	for (unsigned i = 0; i < n; i++) {
		bool is_null;

		p += value_bytes(p, &is_null);
		used[i] = used[i] || !is_null;
	}
}

bool
lean_row(const struct lean *l, const struct kind *k, struct text row, struct buf *out)
{
	const bool *used = l->used[k->id];
	const char *p = row.s;
	const char *from = p; /* of the run of values that are taken */
	unsigned n = copy_n_columns(k);
	uint16_t columns = 0;

	for (unsigned i = 0; i < n; i++)
		columns = (uint16_t)(columns + (used[i] ? 1 : 0));
	copy_row(out, columns);
	for (unsigned i = 0; i < n; i++) {
		bool is_null;
		size_t bytes = value_bytes(p, &is_null);

		if (!used[i]) {
			buf_add(out, from, (size_t)(p - from));
			from = p + bytes;
		}
		p += bytes;
	}
	return buf_add(out, from, (size_t)(p - from));
}

bool
lean_columns(const struct lean *l, const struct kind *k, struct buf *sql)
{
	const char *comma = "";

	for (unsigned i = 0; i < copy_n_columns(k); i++) {
		if (!l->used[k->id][i])
			continue;
		buf_addf(sql, "%s\"%s\"", comma, copy_column(k, i));
		comma = ", ";
	}
	return !sql->failed;
}
