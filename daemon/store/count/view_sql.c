#include "store/count/view_sql.h"

#include "base/file/embed.h"
#include "core/metric/view.h"

#include <string.h>

#define NAME_SIZE 64

static const char begin[] = "%VIEW:";
static const char only[] = "/* ONLY */";

/* The statement of the view whose name is the first n bytes; NULL: there is none. */
static const char *
statement_of(const char *name, size_t n)
{
	char text[NAME_SIZE] = "";
	const struct view *v;

	if (n >= sizeof text)
		return NULL;
	memcpy(text, name, n);
	v = view_by_name(text);
	return v == NULL || v->query == NULL ? NULL : embed_text(v->query);
}

/* n bytes of `condition` for each ONLY. */
static bool
put_in(struct buf *b, const char *text, const char *condition, size_t n)
{
	for (const char *at; (at = strstr(text, only)) != NULL;) {
		if (!buf_add(b, text, (size_t)(at - text)) || !buf_add(b, condition, n))
			return false;
		text = at + sizeof only - 1;
	}
	return buf_add(b, text, strlen(text));
}

bool
view_sql_add(struct buf *b, const char *text)
{
	for (const char *at; (at = strstr(text, begin)) != NULL;) {
		const char *name = at + sizeof begin - 1;
		size_t n = strcspn(name, " %");
		const char *end = strchr(name, '%');
		const char *of = end == NULL ? NULL : statement_of(name, n);

		if (of == NULL || !buf_add(b, text, (size_t)(at - text)) ||
		    !put_in(b, of, name + n, (size_t)(end - name) - n))
			return false;
		text = end + 1;
	}
	return buf_add(b, text, strlen(text));
}
