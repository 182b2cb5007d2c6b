#include "web/person/html.h"

#include <criterion/criterion.h>

Test(html, escapes_what_comes_from_elsewhere)
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

Test(html, has_its_title_twice_and_no_script)
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
