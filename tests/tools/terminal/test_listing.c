#include "base/text.h"
#include "tools/terminal/listing.h"
#include "tools/time/moment.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

static const struct listing_column columns[] = {
    {"id", ">Id"}, {"source", "Source"}, {"at", "At"}, {"gone", "Gone"}};

static char *text;
static size_t size;

static FILE *
open_text(void)
{
	FILE *f = open_memstream(&text, &size);

	cr_assert_not_null(f);
	return f;
}

static void
free_text(void)
{
	free(text);
	text = NULL;
}

#define HAS(part)     cr_assert_not_null(strstr(text, (part)), "%s not in:\n%s", (part), text)
#define HAS_NOT(part) cr_assert_null(strstr(text, (part)), "%s in:\n%s", (part), text)

static void
check_cell(const char *json, const char *expected)
{
	json_t *v = json_loads(json, JSON_DECODE_ANY, NULL);
	char cell[LISTING_CELL];

	listing_cell(v, cell);
	cr_assert_str_eq(cell, expected, "%s: %s", json, cell);
	json_decref(v);
}

/* The longest reason that a person may give, in any alphabet. */
Test(listing, shows_texts_whole_and_cuts_others_between_characters)
{
	char cell[LISTING_CELL];
	json_t *v;

	for (size_t n = 2000; n <= 6000; n += 2000) {
		char *s = calloc(n + 1, 1);

		for (size_t i = 0; i < n; i++)
			s[i] = "\xd0\x96"[i % 2];
		v = json_string(s);
		listing_cell(v, cell);
		cr_expect(text_is_clean_utf8(text_of(cell)));
		if (n < sizeof cell)
			cr_expect_str_eq(cell, s);
		else
			cr_expect_not_null(strstr(cell, "…"));
		json_decref(v);
		free(s);
	}
}

Test(listing, says_scalars_in_words)
{
	check_cell("\"NMR\"", "NMR");
	check_cell("0", "0");
	check_cell("true", "yes");
	check_cell("false", "no");
	check_cell("null", "–");
	check_cell("1.5", "1.5");
	check_cell("\"2026-07-01T09:00:00.123456+00:00\"", "2026-07-01 09:00:00Z");
	check_cell("\"2026-07-01T09:00:00Z\"", "2026-07-01 09:00:00Z");
	check_cell("\"2026-07-01T09:00:00+01:00\"", "2026-07-01T09:00:00+01:00");
	check_cell("\"\"", "");
	check_cell("\"2026-07-01\"", "2026-07-01");
}

Test(listing, leaves_out_columns_that_no_row_has, .fini = free_text)
{
	json_t *rows = json_loads("[{\"id\":1,\"source\":\"a\"},{\"id\":22,\"at\":null}]", 0, NULL);
	FILE *f = open_text();

	listing_table(rows, columns, 4, 0, f);
	fclose(f);
	HAS("Id  Source  At\n");
	HAS(" 1  a       –\n");
	HAS("22  –       –\n");
	HAS_NOT("Gone");
	json_decref(rows);
}

Test(listing, nothing_is_no_table, .fini = free_text)
{
	json_t *rows = json_array();
	FILE *f = open_text();

	listing_table(rows, columns, 4, 0, f);
	listing_table(NULL, columns, 4, 0, f);
	fclose(f);
	cr_assert_eq(size, 0);
	json_decref(rows);
}

Test(listing, unknown_members_are_shown_by_name, .fini = free_text)
{
	json_t *o =
	    json_loads("{\"schema_version\":20,\"rows\":[1],\"open\":{\"RULE\":1,\"TEXT\":2},"
		       "\"none\":{}}",
		       0, NULL);
	FILE *f = open_text();

	listing_members(o, f);
	fclose(f);
	HAS("Schema version: 20\n");
	HAS("Open: RULE 1, TEXT 2\n");
	HAS("None: none\n");
	HAS_NOT("Rows");
	json_decref(o);
}

Test(listing, what_comes_from_records_cannot_steer_a_terminal, .fini = free_text)
{
	json_t *o = json_pack("{s:s}", "message", "\033[2Jgone");
	FILE *f = open_text();

	listing_members(o, f);
	fclose(f);
	HAS("\\u001B[2Jgone");
	HAS_NOT("\033");
	json_decref(o);
}

static const char with_lists[] =
    "{\"precision\":\"DAY\",\"occurred_at\":\"2026-03-31T23:00:00.000Z\","
    "\"received_at\":\"2026-04-01T08:00:00.000Z\",\"techniques\":[\"DOCUMENTS\",\"INTERVIEW\"],"
    "\"criteria\":[{\"criterion_id\":\"belt\",\"result\":\"NOT_MET\"},{\"criterion_id\":\"bag\"}]}";

/* Which criterion failed is what somebody looks for. */
Test(listing, a_record_is_shown_with_its_lists, .fini = free_text)
{
	json_t *o = json_loads(with_lists, 0, NULL);
	FILE *f = open_text();

	listing_record(o, f);
	fclose(f);
	HAS("Techniques: DOCUMENTS, INTERVIEW\n");
	HAS("Criteria:\n  criterion_id belt, result NOT_MET\n  criterion_id bag\n");
	json_decref(o);
}

Test(listing, a_day_is_shown_as_the_entity_s_day, .fini = free_text)
{
	static const struct listing_column when[] = {{"occurred_at", "Occurred"},
						     {"received_at", "Received"}};
	json_t *o = json_loads(with_lists, 0, NULL);
	json_t *rows = json_pack("[o]", o);
	FILE *f = open_text();

	moment_zone("Europe/London");
	listing_members(o, f);
	listing_table(rows, when, 2, 0, f);
	fclose(f);
	HAS("Occurred at: 2026-04-01\n");
	HAS("Received at: 2026-04-01 09:00:00+01:00\n");
	HAS("\n2026-04-01  2026-04-01 09:00:00+01:00\n");
	json_decref(rows);
}
