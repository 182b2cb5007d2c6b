#include "web/page/rows.h"

#include "base/text.h"

#include <ctype.h>
#include <stdio.h>

#define COLS_MOST  20
#define PARTS_MOST 40 /* of a list, or of an object, in a cell */

/* --- values ----------------------------------------------------------------------------------- */

/* "2026-05-04T10:15:00..." */
static bool
is_instant(const char *s)
{
	static const char pattern[] = "dddd-dd-ddTdd:dd:dd";

	for (size_t i = 0; i < sizeof pattern - 1; i++)
		if (pattern[i] == 'd' ? !isdigit((unsigned char)s[i]) : s[i] != pattern[i])
			return false;
	return true;
}

/* To the second, with how far it is from UTC. */
static void
put_instant(struct buf *b, const char *s)
{
	const char *zone = s + 19;

	if (*zone == '.')
		zone += 1 + strspn(zone + 1, "0123456789");
	html_put(b, "<time datetime=\"");
	html_text(b, s);
	buf_addf(b, "\">%.10s %.8s ", s, s + 11);
	html_text(b, strcmp(zone, "Z") == 0 || strcmp(zone, "+00:00") == 0 ? "UTC" : zone);
	html_put(b, "</time>");
}

static void
put_list(struct buf *b, const json_t *v)
{
	size_t n = json_array_size(v);

	for (size_t i = 0; i < n && i < PARTS_MOST; i++) {
		html_put(b, i == 0 ? "" : ", ");
		rows_value(b, json_array_get(v, i));
	}
	if (n > PARTS_MOST)
		buf_addf(b, " and %zu more", n - PARTS_MOST);
}

/* "site T1, kind test"; a value that is not there is left out. */
static void
put_object(struct buf *b, json_t *v)
{
	const char *before = "";
	const char *name;
	json_t *of;

	json_object_foreach(v, name, of)
	{
		if (json_is_null(of))
			continue;
		html_put(b, before);
		html_text(b, name);
		html_put(b, " ");
		rows_value(b, of);
		before = ", ";
	}
}

void
rows_value(struct buf *b, json_t *v)
{
	if (json_is_string(v) && is_instant(json_string_value(v)))
		put_instant(b, json_string_value(v));
	else if (json_is_string(v))
		html_text(b, json_string_value(v));
	else if (json_is_integer(v))
		buf_addf(b, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_real(v))
		buf_addf(b, "%.15g", json_real_value(v));
	else if (json_is_boolean(v))
		html_put(b, json_is_true(v) ? "yes" : "no");
	else if (json_is_array(v))
		put_list(b, v);
	else if (json_is_object(v))
		put_object(b, v);
	else
		html_put(b, "–");
}

/* --- tables ----------------------------------------------------------------------------------- */

static bool
is_there(const json_t *v)
{
	return v != NULL && !json_is_null(v);
}

static bool
any_row_has(const json_t *list, const char *member)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (is_there(html_member(json_array_get(list, i), member)))
			return true;
	return false;
}

/* With the link that leads on, where there is one. */
static void
put_linked(struct buf *b, const struct col *c, const json_t *row)
{
	json_t *v = html_member(row, c->member);
	struct buf to;

	buf_init(&to, 4096);
	if (c->href != NULL && is_there(v) && html_address(&to, c->href, row) &&
	    buf_add(&to, "", 1)) {
		buf_addf(b, "<a href=\"%s\">", (const char *)to.p);
		rows_value(b, v);
		html_put(b, "</a>");
	} else {
		rows_value(b, v);
	}
	buf_fini(&to);
}

static void
put_row(struct buf *b, const struct rows *r, const bool *shown, const json_t *row)
{
	bool heads = true;

	html_put(b, "<tr>");
	for (size_t k = 0; k < r->n && k < COLS_MOST; k++) {
		const json_t *v = html_member(row, r->cols[k].member);

		if (!shown[k])
			continue;
		if (heads)
			html_put(b, "<th scope=\"row\">");
		else
			html_put(b, json_is_number(v) ? "<td class=\"number\">" : "<td>");
		put_linked(b, &r->cols[k], row);
		html_put(b, heads ? "</th>" : "</td>");
		heads = false;
	}
	html_put(b, "</tr>\n");
}

static void
put_headers(struct buf *b, const struct rows *r, const bool *shown)
{
	html_put(b, "<thead><tr>");
	for (size_t k = 0; k < r->n && k < COLS_MOST; k++)
		if (shown[k])
			html_line(b, "th scope=\"col\"", r->cols[k].header);
	html_put(b, "</tr></thead>\n<tbody>\n");
}

void
rows_put(struct buf *b, const struct rows *r, const json_t *list)
{
	size_t n = json_array_size(list);
	bool shown[COLS_MOST] = {false};

	if (n == 0) {
		html_line(b, "p class=\"none\"", r->empty);
		return;
	}
	buf_addf(b,
		 "<div class=\"scroll\" role=\"region\" aria-labelledby=\"%s\" tabindex=\"0\">"
		 "<table><caption id=\"%s\">",
		 r->id, r->id);
	html_text(b, r->caption);
	html_put(b, "</caption>\n");
	for (size_t k = 0; k < r->n && k < COLS_MOST; k++)
		shown[k] = any_row_has(list, r->cols[k].member);
	put_headers(b, r, shown);
	for (size_t i = 0; i < n && i < ROWS_MOST; i++)
		put_row(b, r, shown, json_array_get(list, i));
	html_put(b, "</tbody></table></div>\n");
	if (n > ROWS_MOST)
		buf_addf(b, "<p class=\"note\">And %zu more.</p>\n", n - ROWS_MOST);
}

void
rows_pairs(struct buf *b, const struct rows *r, const json_t *o)
{
	html_put(b, "<dl class=\"pairs\">\n");
	for (size_t k = 0; k < r->n; k++) {
		if (!is_there(html_member(o, r->cols[k].member)))
			continue;
		html_put(b, "<dt>");
		html_text(b, r->cols[k].header);
		html_put(b, "</dt><dd>");
		put_linked(b, &r->cols[k], o);
		html_put(b, "</dd>\n");
	}
	html_put(b, "</dl>\n");
}

void
rows_pair(struct buf *b, const char *name, const char *value)
{
	if (value[0] == '\0')
		return;
	html_put(b, "<dt>");
	html_text(b, name);
	html_put(b, "</dt><dd>");
	html_text(b, value);
	html_put(b, "</dd>\n");
}

static bool
is_among(const char *const *list, const char *name)
{
	while (list != NULL && *list != NULL && strcmp(*list, name) != 0)
		list++;
	return list != NULL && *list != NULL;
}

/* "site_id" as "site id"; a code stays as it is. */
static void
put_name(struct buf *b, const char *name)
{
	bool is_code = strpbrk(name, "abcdefghijklmnopqrstuvwxyz") == NULL;

	while (*name != '\0') {
		char part[64];
		size_t n = is_code ? strlen(name) : strcspn(name, "_");

		snprintf(part, sizeof part, "%.*s", (int)n, name);
		html_text(b, part);
		name += n;
		html_put(b, *name == '\0' ? "" : " ");
		name += *name != '\0';
	}
}

void
rows_members(struct buf *b, json_t *o, const char *const *but)
{
	const char *name;
	json_t *value;

	html_put(b, "<dl class=\"pairs\">\n");
	json_object_foreach(o, name, value)
	{
		if (json_is_null(value) || is_among(but, name))
			continue;
		html_put(b, "<dt>");
		put_name(b, name);
		html_put(b, "</dt><dd>");
		rows_value(b, value);
		html_put(b, "</dd>\n");
	}
	html_put(b, "</dl>\n");
}
