#include "store/count/counting_fold.h"

#include "base/count.h"

#include <stdlib.h>
#include <string.h>

/* The values of a metric's dimensions in a row whose dimensions begin at column `first`. */
static void
read_dims(const struct query *q, unsigned metric, const struct rows *rows, int row, int first,
	  const char *dims[DIMENSIONS_MAX])
{
	for (unsigned d = 0; d < DIMENSIONS_MAX; d++) {
		int column = q->dim_column[metric][d];

		dims[d] = column < 0 ? NULL : rows_text(rows, row, first + column);
	}
}

static void
fold_sums(struct counting *c, const struct query *q, const struct rows *rows)
{
	const char *dims[DIMENSIONS_MAX];

	for (int row = 0; row < rows_count(rows); row++) {
		unsigned last = UINT32_MAX;

		for (size_t i = 0; i < q->n_uses; i++) {
			const struct query_use *u = &q->uses[i];

			if (rows_text(rows, row, u->column) == NULL)
				continue;
			if (u->metric != last) {
				read_dims(q, u->metric, rows, row, 0, dims);
				last = u->metric;
			}
			fold_add(c->folds[u->metric], dims, u->group,
				 u->sign * rows_int(rows, row, u->column));
		}
	}
}

/*
 * The next number of an array's text, "{1,2}"; *s goes behind it. False: there is none. They are
 * PostgreSQL's own, whole and no longer than a bigint, and there are hundreds of thousands:
 * strtoll() took a tenth of the time of an SPD from counts.
 */
static bool
next_number(const char **s, int64_t *out)
{
	const char *p = *s;
	bool is_negative;
	uint64_t v;
	const char *first;

	if (p == NULL || *p == '\0' || *p == '}')
		return false;
	p++;
	is_negative = *p == '-';
	p += is_negative;
	v = 0;
	first = p;
	while (*p >= '0' && *p <= '9')
		v = 10 * v + (uint64_t)(*p++ - '0');
	*out = is_negative ? -(int64_t)v : (int64_t)v;
	*s = p;
	return p > first;
}

static size_t
read_bins(struct counting *c, const char *values, const char *counts, struct bin **out)
{
	size_t n = 1;
	struct bin *bins;
	size_t i;

	for (const char *s = values; s != NULL && *s != '\0'; s++)
		n += *s == ',';
	bins = arena_zalloc(c->arena, n, sizeof(*bins));
	i = 0;
	while (bins != NULL && i < n && next_number(&values, &bins[i].value) &&
	       next_number(&counts, &bins[i].n))
		i++;
	*out = bins;
	return i;
}

static void
fold_values(struct counting *c, const struct query *q, const struct rows *rows)
{
	const struct metric *m = &c->catalogue->metrics[q->metric];
	const char *dims[DIMENSIONS_MAX];
	int n = (int)q->n_dims;

	for (int row = 0; row < rows_count(rows); row++) {
		unsigned b = 0;
		struct bin *bins;
		size_t n_bins;

		while (b < m->breakdown_count && q->grouping[b] != rows_int(rows, row, 0))
			b++;
		bins = NULL;
		n_bins =
		    read_bins(c, rows_text(rows, row, n + 1), rows_text(rows, row, n + 2), &bins);
		if (b < m->breakdown_count && n_bins > 0) {
			read_dims(q, q->metric, rows, row, 1, dims);
			fold_add_bins(c->folds[q->metric], b, dims, bins, n_bins);
		}
	}
}

/* The metric's breakdown that a row is grouped by; breakdown_count: none. */
static unsigned
grouped_by(const struct counting *c, const struct query_persons *p, int64_t grouping)
{
	unsigned b = 0;

	while (b < c->catalogue->metrics[p->metric].breakdown_count && p->grouping[b] != grouping)
		b++;
	return b;
}

/* One row of persons for one metric, in the breakdown that the row is grouped by. */
static void
fold_row_of_persons(struct counting *c, const struct query *q, const struct query_persons *p,
		    const struct rows *rows, int row)
{
	const struct metric *m = &c->catalogue->metrics[p->metric];
	const char *dims[DIMENSIONS_MAX];
	unsigned b = grouped_by(c, p, rows_int(rows, row, 0));

	if (b < m->breakdown_count) {
		read_dims(q, p->metric, rows, row, 1, dims);
		fold_add_persons(c->folds[p->metric], b, dims, rows_int(rows, row, p->n_column),
				 rows_int(rows, row, p->n_column + 1),
				 rows_int(rows, row, q->persons_column));
	}
}

static void
fold_persons(struct counting *c, const struct query *q, const struct rows *rows)
{
	for (size_t i = 0; i < q->n_persons; i++)
		for (int row = 0; row < rows_count(rows); row++)
			fold_row_of_persons(c, q, &q->persons[i], rows, row);
}

static void
read_clusters(const struct rows *rows, int row, int column, struct cluster_counts *out)
{
	double *const squares[] = {&out->sums.xx, &out->sums.xn, &out->sums.nn};

	out->sums.clusters = rows_int(rows, row, column);
	out->n = rows_int(rows, row, column + 1);
	out->x = rows_int(rows, row, column + 2);
	for (int i = 0; i < (int)COUNT(squares); i++) {
		const char *text = rows_text(rows, row, column + 3 + i);

		*squares[i] = text == NULL ? 0 : strtod(text, NULL);
	}
}

/* One row of clusters for one metric, in each breakdown that the row is grouped for: of what is
 * counted apart there may be two, with its parts and with one of them. */
static void
fold_row_of_clusters(struct counting *c, const struct query *q, const struct query_persons *p,
		     const struct rows *rows, int row)
{
	const char *dims[DIMENSIONS_MAX];
	struct cluster_counts told;

	read_dims(q, p->metric, rows, row, 1, dims);
	read_clusters(rows, row, p->n_column, &told);
	for (unsigned b = 0; b < c->catalogue->metrics[p->metric].breakdown_count; b++)
		if (p->grouping[b] == rows_int(rows, row, 0))
			fold_add_clusters(c->folds[p->metric], b, dims, &told);
}

static void
fold_clusters(struct counting *c, const struct query *q, const struct rows *rows)
{
	for (size_t i = 0; i < q->n_persons; i++)
		for (int row = 0; row < rows_count(rows); row++)
			fold_row_of_clusters(c, q, &q->persons[i], rows, row);
}

void
counting_fold(struct counting *c, const struct query *q, const struct rows *rows)
{
	static void (*const by_shape[])(struct counting *, const struct query *,
					const struct rows *) = {
	    [QUERY_SUMS] = fold_sums,
	    [QUERY_VALUES] = fold_values,
	    [QUERY_PERSONS] = fold_persons,
	    [QUERY_CLUSTERS] = fold_clusters,
	};
	COVERS(by_shape, N_QUERY_SHAPES);

	by_shape[q->shape](c, q, rows);
}

static unsigned
week_of(const struct counting *c, const char *first_day)
{
	unsigned i = 0;

	while (i < c->period.n_weeks && first_day != NULL &&
	       strcmp(c->period.weeks[i].first_day, first_day) != 0)
		i++;
	return i;
}

/* Is a row of weeks of what the metric's weeks are of: of the part that stands for it? */
static bool
is_of_weeks(const struct counting *c, const struct query *q, unsigned metric,
	    const struct rows *rows, int row)
{
	const struct metric *m = &c->catalogue->metrics[metric];
	const char *head = fold_part(c->folds[metric]);
	int column = query_part_column(q, m);
	const char *part = column < 0 ? NULL : rows_text(rows, row, column);

	return m->apart == NULL || (head != NULL && part != NULL && strcmp(part, head) == 0);
}

void
counting_fold_weeks(struct counting *c, const struct query *q, const struct rows *rows)
{
	for (int row = 0; row < rows_count(rows); row++) {
		unsigned week = week_of(c, rows_text(rows, row, 0));

		for (size_t i = 0; week < c->period.n_weeks && i < q->n_uses; i++) {
			const struct query_use *u = &q->uses[i];
			int column = u->column - (int)q->n_dims + 1 + (int)q->n_parts;

			if (u->group <= GROUP_DENOMINATOR && rows_text(rows, row, column) != NULL &&
			    is_of_weeks(c, q, u->metric, rows, row)) {
				c->weeks[u->metric][week][u->group == GROUP_DENOMINATOR] +=
				    u->sign * rows_int(rows, row, column);
				c->counted[u->metric][week] = true;
			}
		}
	}
}
