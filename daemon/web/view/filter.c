#include "web/view/filter.h"

static void
put_field(const struct showing *s, struct buf *b, const struct filter *f)
{
	html_put(b, "<div class=\"field\"><label for=\"f-");
	html_query(b, f->name);
	html_put(b, "\">");
	html_text(b, f->label);
	html_put(b, "</label>");
	html_put(b, f->is_day ? "<input type=\"date\" id=\"f-" : "<input type=\"text\" id=\"f-");
	html_query(b, f->name);
	html_put(b, "\" name=\"");
	html_text(b, f->name);
	html_put(b, "\" value=\"");
	html_text(b, form_value(&s->query, f->name));
	html_put(b, "\"></div>\n");
}

void
filter_put(const struct showing *s, struct buf *b, const struct filter *filters, size_t n)
{
	html_put(b, "<form method=\"get\" class=\"filters\" action=\"");
	html_text(b, s->path);
	html_put(b, "\">\n");
	for (size_t i = 0; i < n; i++)
		put_field(s, b, &filters[i]);
	html_put(b, "<button>Show these</button></form>\n");
}

void
filter_next(const struct showing *s, struct buf *b, const char *name, const char *next)
{
	html_put(b, "<p><a rel=\"next\" href=\"");
	html_text(b, s->path);
	html_put(b, "?");
	for (size_t i = 0; i < s->query.n; i++) {
		if (strcmp(s->query.field[i].name, name) == 0)
			continue;
		html_query(b, s->query.field[i].name);
		html_put(b, "=");
		html_query(b, s->query.field[i].value);
		html_put(b, "&amp;");
	}
	html_query(b, name);
	html_put(b, "=");
	html_query(b, next);
	html_put(b, "\">The next page</a></p>\n");
}
