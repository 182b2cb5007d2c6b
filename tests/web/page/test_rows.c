#include "base/count.h"
#include "web/page/rows.h"

#include <criterion/criterion.h>

#include <stdio.h>

static const struct col cols[] = {
    {"id", "Number", "/x/{id}?source={of.source}"},
    {"of.source", "Source", NULL},
    {"n", "Count", NULL},
    {"absent", "Nowhere", NULL},
};
static const struct rows rows = {"list", "All <of> them", "There is none.", cols, COUNT(cols)};

static struct buf b;

static const char *
printed(void (*print)(struct buf *to, const struct rows *r, const json_t *j), const char *json)
{
	json_t *j = json_loads(json, JSON_DECODE_ANY, NULL);

	cr_assert_not_null(j, "%s", json);
	buf_init(&b, 1u << 20);
	print(&b, &rows, j);
	cr_assert(buf_add(&b, "", 1));
	json_decref(j);
	return (const char *)b.p;
}

Test(rows, says_that_there_is_none)
{
	cr_expect_not_null(strstr(printed(rows_put, "[]"), "There is none."));
	buf_fini(&b);
}

Test(rows, is_a_table_with_a_caption_and_headers_of_what_some_row_has)
{
	const char *said = printed(rows_put, "[{\"id\":\"a/1&\",\"of\":{\"source\":\"s "
					     "1\"},\"n\":7,\"absent\":null},{\"id\":\"b\"}]");

	cr_expect_not_null(strstr(said, "<caption id=\"list\">All &lt;of&gt; them</caption>"));
	cr_expect_not_null(strstr(said, "<th scope=\"col\">Source</th>"));
	cr_expect_null(strstr(said, "Nowhere"));
	cr_expect_not_null(strstr(said, "<th scope=\"row\"><a href=\"/x/a%2F1%26?source=s%201\">"
					"a/1&amp;</a></th>"),
			   "%s", said);
	cr_expect_not_null(strstr(said, "<td class=\"number\">7</td>"));
	cr_expect_not_null(strstr(said, "<th scope=\"row\">b</th>"),
			   "without a part of its address it leads nowhere");
	cr_expect_not_null(strstr(said, "<td>–</td>"));
	buf_fini(&b);
}

Test(rows, tells_how_many_more_there_are)
{
	json_t *many = json_array();

	for (int i = 0; i < ROWS_MOST + 3; i++)
		json_array_append_new(many, json_pack("{s:i}", "n", i));
	buf_init(&b, 1u << 20);
	rows_put(&b, &rows, many);
	cr_assert(buf_add(&b, "", 1));
	cr_expect_not_null(strstr((const char *)b.p, "And 3 more."));
	cr_expect_not_null(strstr((const char *)b.p, ">1999<"));
	cr_expect_null(strstr((const char *)b.p, ">2000<"));
	buf_fini(&b);
	json_decref(many);
}

Test(rows, has_pairs_of_what_is_there)
{
	const char *said = printed(rows_pairs, "{\"id\":\"<1>\",\"n\":false,\"absent\":null}");

	cr_expect_not_null(strstr(said, "<dt>Number</dt><dd>&lt;1&gt;</dd>"), "%s", said);
	cr_expect_not_null(strstr(said, "<dt>Count</dt><dd>no</dd>"));
	cr_expect_null(strstr(said, "Nowhere"));
	buf_fini(&b);
}

Test(rows, prints_values_by_what_they_are)
{
	static const struct {
		const char *json, *as;
	} values[] = {
	    {"\"<b>\"", "&lt;b&gt;"},
	    {"12", "12"},
	    {"0.25", "0.25"},
	    {"true", "yes"},
	    {"null", "–"},
	    {"[1,\"a\"]", "1, a"},
	    {"{\"site\":\"T<1\",\"no\":null,\"kind\":\"test\"}", "site T&lt;1, kind test"},
	    {"\"2026-05-04T10:15:00.25+01:00\"",
	     "<time datetime=\"2026-05-04T10:15:00.25+01:00\">2026-05-04 10:15:00 +01:00</time>"},
	    {"\"2026-05-04T10:15:00Z\"",
	     "<time datetime=\"2026-05-04T10:15:00Z\">2026-05-04 10:15:00 UTC</time>"},
	    {"\"2026-05-04T10:15:00\\\"><script>\"",
	     "<time datetime=\"2026-05-04T10:15:00&quot;&gt;&lt;script&gt;\">2026-05-04 10:15:00 "
	     "&quot;&gt;&lt;script&gt;</time>"},
	    {"\"2026-05-04\"", "2026-05-04"},
	};

	for (size_t i = 0; i < COUNT(values); i++) {
		json_t *j = json_loads(values[i].json, JSON_DECODE_ANY, NULL);

		buf_init(&b, 65536);
		rows_value(&b, j);
		cr_assert(buf_add(&b, "", 1));
		cr_expect_str_eq((const char *)b.p, values[i].as);
		buf_fini(&b);
		json_decref(j);
	}
}
