#include "render/file/csv_out.h"

#include "render/file/formula.h"

#include <string.h>

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

void
csv_out_begin(struct csv_out *c, struct buf *out)
{
	*c = (struct csv_out){.out = out};
	buf_add(out, BYTE_ORDER_MARK, sizeof BYTE_ORDER_MARK - 1);
}

static void
separate(struct csv_out *c)
{
	if (c->in_row)
		buf_add(c->out, ",", 1);
	c->in_row = true;
}

void
csv_out_number(struct csv_out *c, const char *s)
{
	separate(c);
	buf_add(c->out, s, strlen(s));
}

void
csv_out_text(struct csv_out *c, const char *s)
{
	const char guard[] = {FORMULA_GUARD};
	bool quoted;

	separate(c);
	if (s == NULL)
		return;
	quoted = strpbrk(s, ",\"\r\n") != NULL;
	buf_add(c->out, "\"", quoted);
	buf_add(c->out, guard, formula_is_guarded(text_of(s)));
	if (!quoted) {
		buf_add(c->out, s, strlen(s));
		return;
	}
	for (const char *q; (q = strchr(s, '"')) != NULL; s = q + 1) {
		buf_add(c->out, s, (size_t)(q - s));
		buf_add(c->out, "\"\"", 2);
	}
	buf_addf(c->out, "%s\"", s);
}

void
csv_out_end_row(struct csv_out *c)
{
	buf_add(c->out, "\r\n", 2);
	c->in_row = false;
}
