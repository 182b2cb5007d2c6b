#include "base/text.h"
#include "tests/render/register/register_fixture.h"

#include <criterion/criterion.h>

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#define HOSTILE "</text></svg><script>alert(1)</script>\"'&amp; a b c d e f g h i j k l m n o p"

static void
drawn(const json_t *doc, const char *number, struct buf *out)
{
	struct err e;

	buf_init(out, REGISTER_MAX);
	cr_assert_eq(register_bow_tie(doc, number, out, &e), OK, "%s", e.text);
}

static bool
has(const struct buf *b, const char *text)
{
	return sample_count(b, text) > 0;
}

/* Every text within the drawing's width, by the estimate that it was broken by. */
struct reading {
	double x;
	bool in_text;
	size_t texts;
	bool out_of_room;
};

static void
on_start(void *ctx, const XML_Char *name, const XML_Char **attribute)
{
	struct reading *r = ctx;

	r->in_text = strcmp(name, "text") == 0;
	r->texts += r->in_text;
	for (; r->in_text && attribute[0] != NULL; attribute += 2)
		if (strcmp(attribute[0], "x") == 0)
			r->x = strtod(attribute[1], NULL);
	r->out_of_room = r->out_of_room || r->x < 0 || r->x > 1164;
}

static void
check_whole(const struct buf *b, struct reading *r)
{
	XML_Parser p = XML_ParserCreate("UTF-8");

	*r = (struct reading){0};
	XML_SetUserData(p, r);
	XML_SetStartElementHandler(p, on_start);
	cr_expect_eq(XML_Parse(p, (const char *)b->p, (int)b->n, 1), XML_STATUS_OK, "%s",
		     XML_ErrorString(XML_GetErrorCode(p)));
	XML_ParserFree(p);
}

Test(bow_tie, prevention_stands_left_of_the_scenario_and_recovery_right)
{
	json_t *doc = register_fixture();
	struct reading r;
	struct buf out;

	drawn(doc, "R-2026-001", &out);
	check_whole(&out, &r);
	cr_expect(!r.out_of_room);
	/* Behind its shape, in the column that begins at 232; that of recovery at 706. */
	cr_expect(has(&out, "<text class=\"h\" x=\"258.0\" "));
	cr_expect(has(&out, ">C-2026-001: failing</text>"));
	cr_expect(has(&out, ">C-2026-002: uncovered</text>"));
	cr_expect_eq(sample_count(&out, "<text class=\"h\" x=\"258.0\" "), 1);
	cr_expect_eq(sample_count(&out, "<text class=\"h\" x=\"732.0\" "), 2);
	cr_expect(has(&out, "Northmoor &amp; Sons Airport, as of 2026-11-30"));
	cr_expect_eq(sample_count(&out, ">OFFICIAL-SENSITIVE</text>"), 2);
	buf_fini(&out);
	json_decref(doc);
}

/* Of four quarters the second has no figure: a dot, a gap, a line. */
Test(bow_tie, a_gap_stays_a_gap)
{
	json_t *doc = register_fixture();
	json_t *metric =
	    json_array_get(json_object_get(register_at(doc, "controls", 0), "metrics"), 0);
	const char *at;
	struct buf out;

	drawn(doc, "R-2026-001", &out);
	cr_assert(buf_add(&out, "", 1));
	at = strstr((const char *)out.p, "<path class=\"sp\" d=\"");
	cr_assert_not_null(at);
	at += strlen("<path class=\"sp\" d=\"");
	cr_expect_eq(at[0], 'M');
	at = strchr(at + 1, 'M');
	cr_assert_not_null(at);
	cr_expect_lt(strchr(at, 'L'), strchr(at, '"'));
	cr_expect(strchr(at + 1, 'M') > strchr(at, '"'));
	buf_fini(&out);
	/* Without the gap it is one line. */
	json_object_set_new(json_array_get(json_object_get(metric, "series"), 1), "value",
			    json_real(80));
	drawn(doc, "R-2026-001", &out);
	cr_assert(buf_add(&out, "", 1));
	at = strstr((const char *)out.p, "<path class=\"sp\" d=\"M");
	cr_assert_not_null(at);
	at += strlen("<path class=\"sp\" d=\"M");
	cr_expect(strchr(at, 'M') > strchr(at, '"'));
	buf_fini(&out);
	json_decref(doc);
}

Test(bow_tie, what_has_no_room_is_counted_in_words)
{
	json_t *doc = register_fixture();
	json_t *causes = json_array();
	char text[1001];
	struct buf out;
	struct reading r;

	for (size_t i = 0; i + 1 < sizeof text; i++)
		text[i] = i % 2 == 0 ? 'w' : ' ';
	text[sizeof text - 1] = '\0';
	for (int i = 0; i < 15; i++)
		json_array_append_new(causes,
				      json_pack("{s:s, s:s}", "question", "HOW", "text", text));
	json_object_set_new(register_at(doc, "scenarios", 0), "causes", causes);
	drawn(doc, "R-2026-001", &out);
	check_whole(&out, &r);
	cr_expect(has(&out, ">and 3 more causes</text>"));
	/* Seven lines of one-letter words and a blank: 180 pixels at 12 a letter and 5.04 a blank
	 * are ten words, of 500 then 430 are left. */
	cr_expect_eq(sample_count(&out, ">and 430 more words</text>"), 12);
	buf_fini(&out);
	json_decref(doc);
}

Test(bow_tie, what_is_not_there_is_said)
{
	json_t *doc = register_fixture();
	struct reading r;
	struct buf out;

	drawn(doc, "R-2026-003", &out);
	check_whole(&out, &r);
	cr_expect(has(&out, ">No cause is recorded.</text>"));
	cr_expect_eq(sample_count(&out, ">No control on this side.</text>"), 2);
	cr_expect(has(&out, ">No consequence is</text>"));
	cr_expect(has(&out, ">Not assessed</text>"));
	buf_fini(&out);
	json_decref(doc);
}

Test(bow_tie, nothing_that_comes_in_can_act)
{
	json_t *doc = register_fixture();
	struct reading r;
	struct buf out;

	register_spoil(doc, HOSTILE);
	drawn(doc, "R-2026-001", &out);
	check_whole(&out, &r);
	cr_expect_eq(sample_count(&out, "<script"), 0);
	cr_expect_eq(sample_count(&out, "</svg>"), 1);
	buf_fini(&out);
	json_decref(doc);
}

Test(bow_tie, a_scenario_that_is_not_there_has_none)
{
	json_t *doc = register_fixture();
	struct buf out;
	struct err e;

	buf_init(&out, 1000);
	cr_expect_eq(register_bow_tie(doc, "R-2026-999", &out, &e), REJ_NOT_FOUND);
	buf_fini(&out);
	json_decref(doc);
}
