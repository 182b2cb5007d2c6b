#include "tools/terminal/listing.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/text.h"
#include "core/kind/words.h"
#include "tools/terminal/shown.h"
#include "tools/terminal/table.h"
#include "tools/time/moment.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define COLUMNS_MAX 16
#define SHOWN_MAX   (64u * 1024u)
#define NONE        "–"

static void
put_cell(const json_t *v, enum moment_detail detail, char out[LISTING_CELL])
{
	char when[MOMENT_TEXT_SIZE];
	const char *s = json_string_value(v);

	if (s != NULL && moment_words(s, detail, when))
		snprintf(out, LISTING_CELL, "%s", when);
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

void
listing_cell(const json_t *v, char out[LISTING_CELL])
{
	put_cell(v, MOMENT_SECOND, out);
}

/* A member: when something occurred is told as exactly as its record's precision says. */
static void
put_member(const json_t *object, const char *key, char out[LISTING_CELL])
{
	static const char *const of_precision[] = {"occurred_at", "counted_at"};
	enum moment_detail detail = MOMENT_SECOND;

	for (size_t i = 0; i < COUNT(of_precision); i++)
		if (strcmp(key, of_precision[i]) == 0)
			detail = moment_detail_of(member_maybe(object, "precision"));
	put_cell(json_object_get(object, key), detail, out);
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

			put_member(row, keys[k], cell);
			table_cell(t, "%s", cell);
		}
	}
	table_print(t, f, color);
	table_free(t);
}

void
listing_names(const json_t *rows, const char *key, const json_t *names, const char *field)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const char *code = member_maybe(row, key);
		char words[LISTING_CELL];

		if (code != NULL && code_named(names, field, code, words, sizeof words))
			json_object_set_new(row, key, json_string(words));
	}
}

/* In one line, whatever it holds. */
static void
print_clean(const char *s, FILE *f)
{
	struct buf shown;

	buf_init(&shown, SHOWN_MAX);
	shown_add(&shown, text_of(s), "");
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
		put_member(object, key, cell);
		fputs(separator, f);
		print_clean(key, f);
		fputc(' ', f);
		print_clean(cell, f);
		separator = ", ";
	}
	if (separator[0] == '\0')
		fputs("none", f);
}

/* What a list has: texts in a row, items a line each. */
static void
print_items(json_t *list, FILE *f)
{
	const char *separator = " ";
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		char cell[LISTING_CELL];

		if (json_is_object(item)) {
			fputs("\n  ", f);
			print_inside(item, f);
			continue;
		}
		listing_cell(item, cell);
		fputs(separator, f);
		print_clean(cell, f);
		separator = ", ";
	}
}

static void
print_members(json_t *object, bool with_lists, FILE *f)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		char cell[LISTING_CELL];

		if (json_is_array(value) && !with_lists)
			continue;
		print_name(key, f);
		fputc(':', f);
		if (json_is_array(value)) {
			print_items(value, f);
		} else if (json_is_object(value)) {
			fputc(' ', f);
			print_inside(value, f);
		} else {
			put_member(object, key, cell);
			fputc(' ', f);
			print_clean(cell, f);
		}
		fputc('\n', f);
	}
}

void
listing_members(json_t *object, FILE *f)
{
	print_members(object, false, f);
}

void
listing_record(json_t *record, FILE *f)
{
	print_members(record, true, f);
}
