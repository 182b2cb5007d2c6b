#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/text.h"
#include "tests/render/document_fixture.h"
#include "tools/terminal/spd_table.h"
#include "tools/terminal/table.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

static char *
rendered(const struct spd_view *view)
{
	json_t *doc = spd_fixture();
	struct buf out;
	struct err e;

	buf_init(&out, (size_t)1 << 20);
	cr_assert_eq(spd_table(doc, view, &out, &e), OK, "%s", e.text);
	buf_add(&out, "", 1);
	json_decref(doc);
	return (char *)out.p; /* freed by the caller */
}

/* The line that begins so, NUL-terminated in place. */
static char *
line_of(char *text, const char *begin)
{
	for (char *p = text; p != NULL; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (strncmp(p, begin, strlen(begin)) == 0) {
			p[strcspn(p, "\n")] = '\0';
			return p;
		}
	}
	cr_assert_fail("no line begins with %s in:\n%s", begin, text);
	return NULL;
}

#define HAS(text, part)     cr_assert_not_null(strstr((text), (part)), "%s not in:\n%s", (part), (text))
#define HAS_NOT(text, part) cr_assert_null(strstr((text), (part)), "%s in:\n%s", (part), (text))

Test(spd_table, says_what_it_is_of)
{
	char *t = rendered(&(struct spd_view){.by = SPD_BY_NOTHING});

	cr_assert_eq(strncmp(t, "OFFICIAL-SENSITIVE\n", 19), 0);
	HAS(t, "Zürich-Süd, \"Test\"");
	HAS(t, "Quarter 2026-Q2: 2026-04-01 to 2026-06-30 (Europe/London)");
	HAS(t, "DRAFT, revision 2, as of 2026-07-10T09:00:00.000Z");
	HAS(t, "CA01");
	free(t);
}

Test(spd_table, shows_counts_value_interval_target_and_status)
{
	char *t = rendered(&(struct spd_view){.by = SPD_BY_NOTHING});
	char *line = line_of(t, "OUT03");

	HAS(line, "270 / 300");
	HAS(line, "  13  ");
	HAS(line, "90.0 %");
	HAS(line, "86.1 % to 92.9 %");
	HAS(line, "80.0 %");
	cr_assert_str_eq(line + strlen(line) - 5, "  MET");
	free(t);
}

Test(spd_table, a_value_is_told_from_its_target)
{
	json_t *doc = spd_fixture();
	json_t *metric = json_array_get(json_object_get(doc, "metrics"), 0);
	json_t *figure = json_array_get(json_object_get(metric, "figures"), 0);
	struct buf out;
	struct err e;

	json_object_set_new(json_object_get(metric, "target"), "value", json_real(0.95));
	json_object_set_new(figure, "value", json_real(2849.0 / 3000));
	json_object_set_new(json_object_get(figure, "interval"), "hi", json_real(0.9499996));
	buf_init(&out, (size_t)1 << 20);
	cr_assert_eq(spd_table(doc, &(struct spd_view){.by = SPD_BY_NOTHING}, &out, &e), OK);
	buf_add(&out, "", 1);
	HAS((const char *)out.p, "  94.97 %  ");
	HAS((const char *)out.p, " to 94.99996 %  ");
	HAS((const char *)out.p, "  95.0 %  ");
	buf_fini(&out);
	json_decref(doc);
}

Test(spd_table, no_data_is_its_reason_and_no_number)
{
	char *t = rendered(&(struct spd_view){.by = SPD_BY_NOTHING});
	char *line = line_of(t, "QN01");

	HAS(line, "no data (nobody told a plan)");
	HAS_NOT(line, "0.0 %");
	HAS_NOT(line, "100");
	HAS(line, "not set");
	free(t);
}

Test(spd_table, breakdowns_come_when_asked_for)
{
	char *t = rendered(&(struct spd_view){.by = SPD_BY_NOTHING});

	HAS_NOT(t, "NMR");
	free(t);
	t = rendered(&(struct spd_view){.by = SPD_BY_SITE});
	HAS(t, "INSUFFICIENT (n below 30)");
	HAS(t, "NMR =Northmoor  ");
	HAS_NOT(t, "4.1 Screening");
	HAS_NOT(t, "cabin");
	free(t);
	t = rendered(&(struct spd_view){.by = SPD_BY_ALL});
	HAS(t, "NMR =Northmoor, 4.1 Screening  ");
	HAS(t, "cabin");
	free(t);
}

Test(spd_table, colour_never_stands_alone)
{
	char *t = rendered(&(struct spd_view){.by = SPD_BY_NOTHING, .color = true});
	char *plain = rendered(&(struct spd_view){.by = SPD_BY_NOTHING});

	HAS(t, "\033[32mMET\033[0m\n");
	HAS_NOT(plain, "\033");
	HAS(plain, "  MET\n");
	free(t);
	free(plain);
}

Test(spd_table, one_metric_comes_with_its_definition_and_exclusions)
{
	char *t = rendered(&(struct spd_view){.by = SPD_BY_NOTHING, .metric = "OUT03"});

	HAS(t, "Definition: =HIT, of all");
	HAS(t, "Left out: ABORTED: 12");
	HAS(t, "timeouts: 7");
	HAS_NOT(t, "QN01");
	free(t);
}

Test(spd_table, an_unknown_metric_is_not_found)
{
	json_t *doc = spd_fixture();
	struct buf out;
	struct err e;

	buf_init(&out, (size_t)1 << 20);
	cr_assert_eq(spd_table(doc, &(struct spd_view){.metric = "XX99"}, &out, &e), REJ_NOT_FOUND);
	HAS(e.text, "XX99");
	buf_fini(&out);
	json_decref(doc);
}

/* Columns line up by what a terminal shows, not by bytes. */
Test(spd_table, columns_line_up_behind_other_alphabets)
{
	json_t *doc = spd_fixture();
	json_t *m = json_array_get(json_object_get(doc, "metrics"), 0);
	struct buf out;
	struct err e;

	json_object_set_new(m, "name", json_string("Erkennungsrate für Prüfbilder Ü"));
	buf_init(&out, (size_t)1 << 20);
	cr_assert_eq(spd_table(doc, &(struct spd_view){.by = SPD_BY_NOTHING}, &out, &e), OK);
	buf_add(&out, "", 1);

	char *a = line_of((char *)out.p, "OUT03");
	char *b = a + strlen(a) + 1;

	b[strcspn(b, "\n")] = '\0';
	*strstr(a, "output") = '\0';
	*strstr(b, "quant.") = '\0';
	cr_assert_eq(text_width(a), text_width(b));
	cr_assert_neq(strlen(a), strlen(b));
	buf_fini(&out);
	json_decref(doc);
}

Test(spd_doc, refuses_what_is_no_document_of_this_format)
{
	static const char *const texts[] = {"", "{", "[]",
					    "{\"format\":\"sems-spd/1\",\"metrics\":[]}",
					    "{\"format\":\"sems-spd/2\"}"};
	struct err e;
	json_t *doc;

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct buf b;

		buf_init(&b, 1000);
		buf_add(&b, texts[i], strlen(texts[i]));
		cr_assert_eq(spd_doc_read(&b, &doc, &e), REJ_MALFORMED, "%s", texts[i]);
		buf_fini(&b);
	}
}

Test(spd_doc, tells_values_of_dimensions_apart_whose_beginnings_are_alike)
{
	char ends[2][SPD_CELL];

	for (int i = 0; i < 2; i++) {
		char provider[129];
		char out[SPD_CELL];
		json_t *f;

		for (size_t k = 0; k < sizeof provider - 1; k++)
			provider[k] = "\xd0\x96"[k % 2];
		snprintf(provider + 126, 3, "%02d", i);
		f = json_pack("{s:{s:s, s:s, s:s}}", "by", "provider", provider, "site", provider,
			      "measure", provider);
		spd_by_values(NULL, f, out);
		cr_expect(text_is_clean_utf8(text_of(out)), "%s", out);
		memcpy(ends[i], out, sizeof out);
		json_decref(f);
	}
	cr_expect_str_neq(ends[0], ends[1]);
}

Test(spd_doc, numbers_read_back_as_they_were)
{
	static const double values[] = {0.9, 1.0 / 3, 1e-9, 123456.789, -0.52};
	char cell[SPD_CELL];

	for (size_t i = 0; i < COUNT(values); i++) {
		spd_digits(values[i], cell);
		cr_assert_eq(strtod(cell, NULL), values[i], "%s", cell);
	}
	spd_digits(0.9, cell);
	cr_assert_str_eq(cell, "0.9");
}

/* On a terminal what somebody has to do something about is not looked for. */
Test(spd_table, what_failed_comes_first_and_alone)
{
	json_t *doc = spd_fixture();
	json_t *metrics = json_object_get(doc, "metrics");
	json_t *last = json_array_get(metrics, json_array_size(metrics) - 1);
	const char *id = member_text(last, "id");
	struct buf out;
	struct err e;
	char *text;

	json_object_set_new(json_array_get(json_object_get(last, "figures"), 0), "status",
			    json_string("NOT_MET"));
	json_object_set_new(json_array_get(json_object_get(last, "figures"), 0), "no_data",
			    json_null());
	for (int rows = SPD_ROWS_FAILED_FIRST; rows <= SPD_ROWS_FAILED; rows++) {
		buf_init(&out, (size_t)1 << 20);
		cr_assert_eq(
		    spd_table(doc, &(struct spd_view){.rows = (enum spd_rows)rows}, &out, &e), OK);
		buf_add(&out, "", 1);
		text = strstr((char *)out.p, "─\n");
		cr_assert_not_null(text);
		cr_expect_eq(strncmp(text + strlen("─\n"), id, strlen(id)), 0, "%s", text);
		if (rows == SPD_ROWS_FAILED) {
			HAS_NOT(text, "  MET\n");
			HAS(text, "more figures: --all");
		} else {
			HAS(text, "  MET\n");
		}
		buf_fini(&out);
	}
	json_decref(doc);
}

Test(spd_doc, calls_what_has_a_name_by_it_behind_its_code)
{
	json_t *doc = json_pack("{s:{s:{s:s}, s:{s:s}}}", "names", "site", "T1", "Terminal 1",
				"measure", "4.1", "Screening");
	json_t *figure = json_pack("{s:{s:s, s:s, s:s}}", "by", "measure", "4.1", "site", "T1",
				   "provider", "g4");
	char out[SPD_CELL];

	spd_by_values(doc, figure, out);
	cr_expect_str_eq(out, "T1 Terminal 1, 4.1 Screening, g4");
	json_decref(figure);
	json_decref(doc);
}
