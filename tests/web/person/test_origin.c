#include "base/count.h"
#include "web/person/origin.h"

#include <criterion/criterion.h>

Test(origin, is_taken_as_browsers_write_it)
{
	static const char *const rows[][2] = {
	    {"https://sems.example", "sems.example"},
	    {"https://sems.example:8443", "sems.example"},
	    {"https://a1.sems-2.example", "a1.sems-2.example"},
	    {"http://localhost", "localhost"},
	    {"http://localhost:8080", "localhost"},
	    {"https://localhost:80", "localhost"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct origin o = {.text = ""};
		const char *wrong = origin_parse(rows[i][0], &o);

		cr_expect_null(wrong, "%s: %s", rows[i][0], wrong);
		cr_expect_str_eq(o.text, rows[i][0]);
		cr_expect_str_eq(o.rp_id, rows[i][1]);
	}
}

Test(origin, is_refused_where_browsers_make_no_passkeys_or_write_it_otherwise)
{
	static const char *const rows[] = {
	    "",
	    "sems.example",
	    "ftp://sems.example",
	    "https://",
	    "https://:8443",
	    "https://Sems.example",
	    "https://sems..example",
	    "https://.example",
	    "https://-a.example",
	    "https://192.0.2.1",
	    "https://[::1]",
	    "https://sems.example/",
	    "https://sems.example:8443/",
	    "https://sems.example:0",
	    "https://sems.example:65536",
	    "https://sems.example:84x",
	    "https://sems.example:",
	    "https://sems.example:443",
	    "http://localhost:80",
	    "http://sems.example",
	    "http://localhost.example",
	    "https://sems.example ",
	    "https://user@sems.example",
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct origin o = {.text = ""};

		cr_expect_not_null(origin_parse(rows[i], &o), "%s", rows[i]);
		cr_expect_str_eq(o.text, "");
	}
}

Test(origin, has_a_bound)
{
	char given[400] = "https://";
	struct origin o = {.text = ""};

	memset(given + 8, 'a', ORIGIN_NAME_SIZE);
	cr_expect_not_null(origin_parse(given, &o));
	given[8 + ORIGIN_NAME_SIZE - 1] = '\0';
	cr_expect_null(origin_parse(given, &o));
	cr_expect_eq(strlen(o.rp_id), ORIGIN_NAME_SIZE - 1);
}
