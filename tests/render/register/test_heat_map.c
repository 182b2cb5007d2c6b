#include "render/register/heat_map.h"
#include "tests/render/register/register_fixture.h"

#include <criterion/criterion.h>

#include <string.h>

static void
draw(const json_t *doc, void (*make)(struct book *b, const struct reg *r, struct buf *out),
     struct buf *out)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	struct reg r;
	struct book b;

	cr_assert_not_null(arena);
	cr_assert(reg_init(&r, doc));
	reg_book(&b, arena, doc, "risk register");
	buf_init(out, REGISTER_MAX);
	make(&b, &r, out);
	cr_assert(!arena_failed(arena) && !out->failed);
	reg_fini(&r);
	arena_free(arena);
}

/* A scheme of two scores by three is a map of six cells. */
Test(heat_map, is_of_the_scheme_that_the_entity_has)
{
	json_t *doc = register_fixture();
	json_t *scheme = json_object_get(doc, "scheme");
	struct buf out;

	draw(doc, heat_map, &out);
	cr_expect_eq(sample_count(&out, " q\" x="), 16);
	buf_fini(&out);
	json_array_remove(json_object_get(scheme, "threat"), 0);
	json_array_remove(json_object_get(scheme, "threat"), 0);
	json_array_remove(json_object_get(scheme, "impact"), 0);
	draw(doc, heat_map, &out);
	cr_expect_eq(sample_count(&out, " q\" x="), 6);
	cr_expect_eq(sample_count(&out, "1 on the map, 1 without an assessment, 2 by scores"), 1);
	buf_fini(&out);
	json_decref(doc);
}

Test(heat_map, a_score_that_is_not_known_is_not_told)
{
	json_t *doc = register_fixture();
	struct buf out;

	draw(doc, heat_map, &out);
	cr_expect_eq(sample_count(&out, "R-2026-002</a> (V 2)"), 1);
	buf_fini(&out);
	json_object_del(json_object_get(register_at(doc, "scenarios", 1), "assessment"),
			"vulnerability");
	draw(doc, heat_map, &out);
	cr_expect_eq(sample_count(&out, "R-2026-002</a></p>"), 1);
	buf_fini(&out);
	json_decref(doc);
}

/* Names and bands may be as long as they like. */
Test(heat_map, what_has_no_room_is_counted_in_words)
{
	json_t *doc = register_fixture();
	json_t *scheme = json_object_get(doc, "scheme");
	struct buf out;

	json_object_set_new(json_array_get(json_object_get(scheme, "threat"), 0), "name",
			    json_string("so likely that nobody who looks at it could say that it "
					"will not happen"));
	draw(doc, heat_map, &out);
	cr_expect_eq(sample_count(&out, ">4 so likely that</text>"), 1);
	cr_expect_eq(sample_count(&out, ">and 12 more words</text>"), 1);
	buf_fini(&out);
	json_decref(doc);
}

/* A band of a scheme that is not in force any more is counted, too. */
Test(heat_map, the_trend_leaves_nothing_out)
{
	json_t *doc = register_fixture();
	struct buf out;

	json_object_set_new(
	    json_array_get(json_object_get(register_at(doc, "scenarios", 0), "history"), 0), "band",
	    json_string("ORANGE"));
	draw(doc, band_trend, &out);
	cr_expect_eq(sample_count(&out, "2025-03-31<td>0<td>0<td>0<td>1"), 1);
	cr_expect_eq(sample_count(&out, "By a band of an earlier scheme"), 1);
	buf_fini(&out);
	json_object_set_new(doc, "as_of", json_string("2026-02-31"));
	draw(doc, band_trend, &out);
	cr_expect_eq(sample_count(&out, "No assessment was adopted."), 1);
	buf_fini(&out);
	json_decref(doc);
}
