#include "web/page/markup.h"

#include "base/text.h"

#include <ctype.h>
#include <stdio.h>

#define MEMBER_SIZE  64 /* of a member's name in a pattern */
#define ADDRESS_MOST 2048

void
html_put(struct buf *b, const char *markup)
{
	buf_add(b, markup, strlen(markup));
}

void
html_line(struct buf *b, const char *element, const char *text)
{
	buf_addf(b, "<%s>", element);
	html_text(b, text);
	buf_addf(b, "</%.*s>\n", (int)strcspn(element, " "), element);
}

void
html_query(struct buf *b, const char *text)
{
	for (; *text != '\0'; text++)
		if (isalnum((unsigned char)*text) || *text == '-' || *text == '_' || *text == '.')
			buf_add(b, text, 1);
		else
			buf_addf(b, "%%%02X", (unsigned char)*text);
}

json_t *
html_member(const json_t *o, const char *path)
{
	const char *dot = strchr(path, '.');
	char name[MEMBER_SIZE];

	if (dot == NULL)
		return json_object_get(o, path);
	snprintf(name, sizeof name, "%.*s", (int)(dot - path), path);
	return html_member(json_object_get(o, name), dot + 1);
}

/* False: it is nothing that stands in an address. */
static bool
put_member(struct buf *b, const json_t *v)
{
	char digits[32];

	if (json_is_string(v) && json_string_length(v) > 0) {
		html_query(b, json_string_value(v));
		return true;
	}
	if (!json_is_integer(v))
		return false;
	snprintf(digits, sizeof digits, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	html_query(b, digits);
	return true;
}

bool
html_address(struct buf *b, const char *pattern, const json_t *o)
{
	struct buf made;
	bool good = true;

	buf_init(&made, ADDRESS_MOST);
	while (*pattern != '\0' && good) {
		size_t plain = strcspn(pattern, "{");
		size_t n = strcspn(pattern + plain, "}");
		char name[MEMBER_SIZE];

		buf_add(&made, pattern, plain);
		pattern += plain;
		if (*pattern == '\0')
			break;
		snprintf(name, sizeof name, "%.*s", (int)n - 1, pattern + 1);
		good = put_member(&made, html_member(o, name));
		pattern += n + 1;
	}
	/* Patterns are ours; what they are filled with has no character that is escaped, but "&"
	 * between a query's parts is. */
	if (good && !made.failed && buf_add(&made, "", 1))
		html_text(b, (const char *)made.p);
	good = good && !made.failed;
	buf_fini(&made);
	return good;
}

void
html_head(struct buf *b, const char *title)
{
	html_put(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
		    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	html_text(b, title);
	html_put(b, "</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n<body>\n"
		    "<a class=\"skip\" href=\"#main\">Skip to what the page says</a>\n");
}

void
html_foot(struct buf *b)
{
	html_put(b, "</body>\n</html>\n");
}

void
html_begin(struct buf *b, const char *title)
{
	html_head(b, title);
	html_put(b, "<main id=\"main\" tabindex=\"-1\">\n");
	html_line(b, "h1", title);
}

void
html_end(struct buf *b)
{
	html_put(b, "</main>\n");
	html_foot(b);
}
