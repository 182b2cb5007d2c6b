#include "base/count.h"
#include "render/doc/spd_reason.h"

#include <criterion/criterion.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The code that begins here, as the files spell codes: capitals and underscores. */
static size_t
code_at(const char *p, char code[64])
{
	size_t n = 0;

	while (n < 63 && (isupper((unsigned char)p[n]) != 0 || p[n] == '_'))
		n++;
	memcpy(code, p, n);
	code[n] = '\0';
	return n;
}

/* Every code of the file that stands after the mark has words. How many there were. */
static size_t
codes_have_words(const char *path, const char *mark)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0;
	size_t found = 0;

	cr_assert_not_null(f, "%s", path);
	while (getline(&line, &cap, f) > 0) {
		const char *at = strstr(line, mark);
		char code[64];

		if (at == NULL || code_at(at + strlen(mark), code) == 0)
			continue;
		cr_expect_not_null(spd_reason(code), "%s: no words for %s", path, code);
		found++;
	}
	free(line);
	fclose(f);
	return found;
}

Test(spd_reason, the_catalogue_has_no_code_without_words)
{
	cr_expect_geq(codes_have_words("deploy/catalogue/metrics.yaml", "  - {name: "), 70);
	cr_expect_geq(codes_have_words("deploy/catalogue/metrics.yaml", "  empty: "), 7);
}

/* Reasons that no catalogue names. */
Test(spd_reason, core_has_no_reason_without_words)
{
	static const char *const others[] = {"NO_ACTIVITY", "NO_PLAN", "FEED_SILENT"};

	cr_expect_geq(codes_have_words("daemon/core/metric/figure.c", "no_data(g, \""), 4);
	cr_expect_geq(codes_have_words("daemon/core/metric/figure.c", "return \""), 1);
	for (size_t i = 0; i < COUNT(others); i++)
		cr_expect_not_null(spd_reason(others[i]), "%s", others[i]);
}

Test(spd_reason, an_unknown_code_has_no_words)
{
	cr_expect_null(spd_reason("NEVER_HEARD_OF"));
	cr_expect_null(spd_reason(""));
	cr_expect_str_eq(spd_reason("NO_PLAN"), "nobody told a plan");
}

Test(spd_reason, stands_in_place_of_its_code_in_a_sentence)
{
	static const struct {
		const char *text;
		const char *words;
	} rows[] = {
	    {"beside it (SET_APART).",
	     "beside it (\"of another mode or layer than the target is for\")."},
	    {"UNPLANNED: none; SURPLUS", "\"of no plan\": none; \"beyond the plan\""},
	    {"A PASS of TIP, X_UNPLANNED, UNPLANNED2", "A PASS of TIP, X_UNPLANNED, UNPLANNED2"},
	    {"", ""},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf out;

		buf_init(&out, 1000);
		spd_reason_prose(&out, rows[i].text);
		buf_add(&out, "", 1);
		cr_expect_str_eq((const char *)out.p, rows[i].words);
		buf_fini(&out);
	}
}
