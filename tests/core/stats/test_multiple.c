/* Against R: multiple.tsv is what multiple.R printed. */
#include "core/stats/multiple.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE    "tests/core/stats/multiple.tsv"
#define ARGS_MAX 256

static size_t
numbers_of(char *text, double *out)
{
	size_t n = 0;
	char *save = NULL;

	for (char *s = strtok_r(text, ",", &save); s != NULL && n < ARGS_MAX;
	     s = strtok_r(NULL, ",", &save))
		out[n++] = strtod(s, NULL);
	return n;
}

static void
expect_row(unsigned line, const char *what, const double *args, size_t n, const double *want)
{
	double got[ARGS_MAX] = {0};
	size_t order[ARGS_MAX];
	bool is_list = strcmp(what, "bh") == 0;

	if (is_list)
		stats_bh(args, n, order, got);
	else if (strcmp(what, "score") == 0)
		got[0] = stats_score_p((int64_t)args[0], (int64_t)args[1], args[2]);
	else
		got[0] = stats_beta_p(args[0], args[1], args[2]);
	for (size_t i = 0; i < (is_list ? n : 1); i++)
		cr_expect_float_eq(got[i], want[i], 1e-9 * fabs(want[i]) + 1e-14,
				   "line %u, %zu: %.17g, not %.17g", line, i, got[i], want[i]);
}

Test(multiple, gives_what_r_gives)
{
	static char text[16384];
	static double args[ARGS_MAX];
	static double want[ARGS_MAX];
	FILE *f = fopen(TABLE, "r");
	unsigned line = 0;

	cr_assert_not_null(f, "%s", TABLE);
	while (fgets(text, sizeof text, f) != NULL) {
		char *save = NULL;
		const char *what = strtok_r(text, "\t", &save);
		char *given = strtok_r(NULL, "\t", &save);
		char *gives = strtok_r(NULL, "\t", &save);
		size_t n;

		line++;
		if (what[0] == '#')
			continue;
		cr_assert(given != NULL && gives != NULL);
		n = numbers_of(given, args);
		numbers_of(gives, want);
		expect_row(line, what, args, n, want);
	}
	fclose(f);
	cr_expect_gt(line, 30u);
}
