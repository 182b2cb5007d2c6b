#include "store/count/condition_sql.h"

#include <inttypes.h>

void
condition_sql_literal(struct buf *b, const char *s)
{
	buf_addf(b, "'");
	for (; *s != '\0'; s++) {
		buf_add(b, s, 1);
		if (*s == '\'')
			buf_add(b, s, 1);
	}
	buf_addf(b, "'");
}

static void
add_list(struct buf *b, char *const *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		buf_addf(b, i == 0 ? "(" : ", ");
		condition_sql_literal(b, list[i]);
	}
	buf_addf(b, ")");
}

const char *
condition_sql_column(const struct view *v, const char *field)
{
	struct column col;

	/* No column has that name: the statement would fail rather than count something else. */
	return view_column(v, field, &col) ? col.name : "";
}

void
condition_sql_add(struct buf *b, const struct view *v, const struct condition *w)
{
	const char *name = condition_sql_column(v, w->field);

	if (w->in != NULL) {
		buf_addf(b, "v.\"%s\" IN ", name);
		add_list(b, w->in, w->in_count);
	} else if (w->not_in != NULL) {
		buf_addf(b, "(v.\"%s\" IS NULL OR v.\"%s\" NOT IN ", name, name);
		add_list(b, w->not_in, w->not_in_count);
		buf_addf(b, ")");
	} else if (w->present != NULL) {
		buf_addf(b, "v.\"%s\" IS %sNULL", name, *w->present ? "NOT " : "");
	} else if (w->at_least != NULL) {
		buf_addf(b, "v.\"%s\" >= %" PRId64, name, *w->at_least);
	} else {
		buf_addf(b, "v.\"%s\" <= %" PRId64, name, *w->at_most);
	}
}
