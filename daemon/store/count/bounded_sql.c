#include "store/count/bounded_sql.h"

#include "base/count.h"
#include "core/metric/figure.h"

/* What is behind the dimensions: sums, or two arrays, or what is counted of persons. */
static unsigned
n_others(const struct query *q)
{
	static const unsigned of_values = 2;

	switch (q->shape) {
	case QUERY_VALUES:
		return of_values;
	case QUERY_PERSONS:
		return 2 * (unsigned)q->n_persons + 1;
	case QUERY_CLUSTERS:
		return QUERY_CLUSTER_COLUMNS * (unsigned)q->n_persons;
	case QUERY_SUMS:
		break;
	}
	return q->n_sums;
}

static bool
is_grouped(const struct query *q)
{
	return q->shape != QUERY_SUMS;
}

static void
add_columns(struct buf *b, const struct query *q)
{
	buf_addf(b, "%s", is_grouped(q) ? "g" : "");
	for (unsigned i = 0; i < q->n_dims; i++)
		buf_addf(b, "%sd%u", i > 0 || is_grouped(q) ? ", " : "", i);
	for (unsigned i = 0; i < n_others(q); i++)
		buf_addf(b, ", c%u", i);
}

/* What a row weighs: what it adds to the figures. */
static void
add_weight(struct buf *b, const struct query *q)
{
	if (q->shape == QUERY_VALUES)
		buf_addf(b, "(SELECT sum(z) FROM unnest(c1) AS z)");
	else if (q->shape == QUERY_PERSONS)
		buf_addf(b, "c%u", n_others(q) - 1);
	else if (q->shape == QUERY_CLUSTERS)
		buf_addf(b, "coalesce(c1, 0)");
	else
		for (unsigned i = 0; i < q->n_sums; i++)
			buf_addf(b, "%scoalesce(c%u, 0)", i == 0 ? "" : " + ", i);
}

static void
add_kept(struct buf *b, const struct query *q, unsigned keep)
{
	for (unsigned i = 0; i < q->n_dims; i++) {
		if (!q->is_free[i])
			continue;
		buf_addf(b,
			 ",\nk%u AS MATERIALIZED (SELECT d%u AS d FROM x WHERE d%u IS NOT NULL "
			 "GROUP BY d%u\n    ORDER BY sum(",
			 i, i, i, i);
		add_weight(b, q);
		buf_addf(b, ") DESC, d%u COLLATE \"C\" LIMIT %u)", i, keep);
	}
}

static void
add_told(struct buf *b, const struct query *q, const char *before)
{
	for (unsigned i = 0; i < q->n_dims; i++) {
		buf_addf(b, "%s", i == 0 ? before : ", ");
		if (q->is_free[i])
			buf_addf(b,
				 "CASE WHEN d%u IS NULL OR d%u IN (SELECT d FROM k%u) THEN "
				 "d%u ELSE '" FIGURE_OTHER "' END AS d%u",
				 i, i, i, i, i);
		else
			buf_addf(b, "d%u", i);
	}
}

static void
add_numbers(struct buf *b, unsigned n)
{
	for (unsigned i = 1; i <= n; i++)
		buf_addf(b, "%s%u", i == 1 ? " GROUP BY " : ", ", i);
}

static void
add_sums(struct buf *b, const struct query *q)
{
	add_told(b, q, "");
	for (unsigned i = 0; i < q->n_sums; i++)
		buf_addf(b, ", sum(c%u)", i);
	buf_addf(b, " FROM x");
	add_numbers(b, q->n_dims);
}

static void
add_values(struct buf *b, const struct query *q)
{
	buf_addf(b, "g");
	for (unsigned i = 0; i < q->n_dims; i++)
		buf_addf(b, ", d%u", i);
	buf_addf(b, ", array_agg(v ORDER BY v), array_agg(n ORDER BY v)\nFROM (SELECT g");
	add_told(b, q, ", ");
	buf_addf(b, ", u.v, sum(u.n)::bigint AS n FROM x, unnest(x.c0, x.c1) AS u (v, n)");
	add_numbers(b, q->n_dims + 2);
	buf_addf(b, " HAVING sum(u.n) <> 0) AS y");
	add_numbers(b, q->n_dims + 1);
}

/* Of all others together nothing is told: who is counted in one may be in another. */
static void
add_persons(struct buf *b, const struct query *q)
{
	buf_addf(b, "* FROM x");
	for (unsigned i = 0, n = 0; i < q->n_dims; i++) {
		if (q->is_free[i])
			buf_addf(b, " %s (d%u IS NULL OR d%u IN (SELECT d FROM k%u))",
				 n++ == 0 ? "WHERE" : "AND", i, i, i);
	}
}

void
bounded_sql_add(struct buf *b, const struct query *q, const char *sql, unsigned keep)
{
	static void (*const by_shape[])(struct buf *, const struct query *) = {
	    [QUERY_SUMS] = add_sums,
	    [QUERY_VALUES] = add_values,
	    [QUERY_PERSONS] = add_persons,
	    [QUERY_CLUSTERS] = add_persons,
	};
	COVERS(by_shape, N_QUERY_SHAPES);

	if (q->n_dims == 0) {
		buf_addf(b, "%s", sql);
		return;
	}
	buf_addf(b, "WITH x (");
	add_columns(b, q);
	buf_addf(b, ") AS MATERIALIZED (\n%s\n)", sql);
	add_kept(b, q, keep);
	buf_addf(b, "\nSELECT ");
	by_shape[q->shape](b, q);
}
