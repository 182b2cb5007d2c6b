#include "tools/lib/listing.h"

#include "base/text.h"
#include "tools/lib/shown.h"
#include "tools/lib/table.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define COLUMNS_MAX 16
#define SHOWN_MAX   (64u * 1024u)
#define NONE        "–"

/* "2026-07-01T09:00:00.123456+00:00" */
static bool
is_utc_time(const char *s)
{
	static const char pattern[] = "dddd-dd-ddTdd:dd:dd";
	size_t i;
	size_t n = strlen(s);

	for (i = 0; pattern[i] != '\0'; i++) {
		if (pattern[i] == 'd' ? !isdigit((unsigned char)s[i]) : s[i] != pattern[i])
			return false;
	}
	return s[n - 1] == 'Z' || (n > 6 && strcmp(s + n - 6, "+00:00") == 0);
}

void
listing_cell(const json_t *v, char out[LISTING_CELL])
{
	const char *s = json_string_value(v);

	if (s != NULL && is_utc_time(s))
		snprintf(out, LISTING_CELL, "%.10s %.8sZ", s, s + 11);
	else if (s != NULL)
		text_print(out, LISTING_CELL, "%s", s);
	else if (json_is_integer(v))
		snprintf(out, LISTING_CELL, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_real(v))
		snprintf(out, LISTING_CELL, "%.15g", json_real_value(v));
	else if (json_is_boolean(v))
		snprintf(out, LISTING_CELL, "%s", json_is_true(v) ? "yes" : "no");
	else
		snprintf(out, LISTING_CELL, "%s", NONE);
}

static bool
any_row_has(const json_t *rows, const char *key)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (json_object_get(row, key) != NULL)
			return true;
	}
	return false;
}

void
listing_table(const json_t *rows, const struct listing_column *columns, size_t n, int color,
	      FILE *f)
{
	const char *headers[COLUMNS_MAX];
	const char *keys[COLUMNS_MAX];
	size_t shown = 0;
	const json_t *row;
	struct table *t;
	size_t i;

	for (size_t k = 0; k < n && shown < COLUMNS_MAX; k++) {
		if (!any_row_has(rows, columns[k].key))
			continue;
		headers[shown] = columns[k].header;
		keys[shown++] = columns[k].key;
	}
	t = shown == 0 ? NULL : table_new(shown, headers);
	if (t == NULL)
		return;
	json_array_foreach(rows, i, row)
	{
		for (size_t k = 0; k < shown; k++) {
			char cell[LISTING_CELL];

			listing_cell(json_object_get(row, keys[k]), cell);
			table_cell(t, "%s", cell);
		}
	}
	table_print(t, f, color);
	table_free(t);
}

/* In one line, whatever it holds. */
static void
print_clean(const char *s, FILE *f)
{
	struct buf shown;

	buf_init(&shown, SHOWN_MAX);
	(void)shown_add(&shown, text_of(s), "");
	fwrite(shown.p, 1, shown.n, f);
	buf_fini(&shown);
}

static void
print_name(const char *key, FILE *f)
{
	for (const char *p = key; *p != '\0'; p++) {
		int c = *p == '_' ? ' ' : (unsigned char)*p;

		fputc(p == key ? toupper(c) : c, f);
	}
}

static void
print_inside(json_t *object, FILE *f)
{
	const char *key;
	json_t *value;
	const char *separator = "";

	json_object_foreach(object, key, value)
	{
		char cell[LISTING_CELL];

		if (json_is_object(value) || json_is_array(value))
			continue;
		listing_cell(value, cell);
		fputs(separator, f);
		print_clean(key, f);
		fputc(' ', f);
		print_clean(cell, f);
		separator = ", ";
	}
	if (separator[0] == '\0')
		fputs("none", f);
}

void
listing_members(json_t *object, FILE *f)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		char cell[LISTING_CELL];

		if (json_is_array(value))
			continue;
		print_name(key, f);
		fputs(": ", f);
		if (json_is_object(value)) {
			print_inside(value, f);
		} else {
			listing_cell(value, cell);
			print_clean(cell, f);
		}
		fputc('\n', f);
	}
}
