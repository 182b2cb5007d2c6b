#include "base/count.h"
#include "web/page/markup.h"

#include <criterion/criterion.h>

Test(markup, escapes_what_comes_from_elsewhere)
{
	struct buf b;

	buf_init(&b, 1024);
	html_put(&b, "<b>");
	html_text(&b, "<a href=\"x\">'&' Zürich");
	buf_add(&b, "", 1);
	cr_expect_str_eq((const char *)b.p,
			 "<b>&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39; Zürich");
	buf_fini(&b);
}

Test(markup, has_its_title_twice_and_no_script)
{
	struct buf b;

	buf_init(&b, 4096);
	html_begin(&b, "A & B");
	html_end(&b);
	buf_add(&b, "", 1);
	cr_expect_not_null(strstr((const char *)b.p, "<title>A &amp; B</title>"));
	cr_expect_not_null(strstr((const char *)b.p, "<h1>A &amp; B</h1>"));
	cr_expect_null(strstr((const char *)b.p, "<script"));
	cr_expect_null(strstr((const char *)b.p, " style="));
	buf_fini(&b);
}

Test(markup, puts_into_an_address_what_its_pattern_names)
{
	json_t *o = json_pack("{s:s, s:i, s:{s:s}, s:s, s:n}", "a", "x y/\"<&", "n", 7, "of", "b",
			      "c", "empty", "", "none");
	static const struct {
		const char *pattern, *as;
	} rows[] = {
	    {"/x/{a}", "/x/x%20y%2F%22%3C%26"},
	    {"/{n}?b={of.b}&c={n}", "/7?b=c&amp;c=7"},
	    {"/plain", "/plain"},
	    {"/{empty}", NULL},
	    {"/{none}", NULL},
	    {"/{missing}/x", NULL},
	    {"/{of}", NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf b;

		buf_init(&b, 1024);
		cr_expect_eq(html_address(&b, rows[i].pattern, o), rows[i].as != NULL, "%s",
			     rows[i].pattern);
		cr_assert(buf_add(&b, "", 1));
		cr_expect_str_eq((const char *)b.p, rows[i].as == NULL ? "" : rows[i].as);
		buf_fini(&b);
	}
	json_decref(o);
}

Test(markup, ends_an_element_by_its_name)
{
	struct buf b;

	buf_init(&b, 1024);
	html_line(&b, "p class=\"x\"", "<y>");
	cr_assert(buf_add(&b, "", 1));
	cr_expect_str_eq((const char *)b.p, "<p class=\"x\">&lt;y&gt;</p>\n");
	buf_fini(&b);
}
