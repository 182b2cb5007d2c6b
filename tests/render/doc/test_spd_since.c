#include "render/doc/spd_since.h"

#include <criterion/criterion.h>

#include <string.h>

/* The statuses of the quarters before 2026-Q3, the last first, "-" for a quarter without a figure;
 * an asterisk: counted by another definition. */
static void
since(const char *status, const char *const before[], size_t n, char out[SPD_CELL])
{
	json_t *metric = json_pack("{s:s}", "version", "2");
	json_t *history = json_array();
	json_t *figure = json_pack("{s:s,s:o}", "status", status, "history", history);
	char quarter[SPD_CELL] = "2026-Q3";
	char label[SPD_CELL];

	for (size_t i = 0; i < n; i++) {
		bool other = before[i][0] == '*';

		spd_quarter_before(quarter, label);
		memcpy(quarter, label, sizeof quarter);
		if (strcmp(before[i], "-") != 0)
			json_array_insert_new(history, 0,
					      json_pack("{s:s,s:s,s:s}", "quarter", label, "status",
							before[i] + other, "definition_version",
							other ? "1" : "2"));
	}
	spd_since(metric, figure, "2026-Q3", out);
	json_decref(figure);
	json_decref(metric);
}

#define SINCE(out, status, ...)                           \
	since(status, (const char *const[]){__VA_ARGS__}, \
	      sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *), out)

Test(spd_since, a_status_holds_since_the_first_quarter_of_a_row)
{
	char out[SPD_CELL];

	SINCE(out, "NOT_MET", "NOT_MET", "NOT_MET", "MET");
	cr_expect_str_eq(out, "since 2026-Q1");
	SINCE(out, "NOT_MET", "MET", "NOT_MET");
	cr_expect_str_eq(out, "new: met in 2026-Q2");
	SINCE(out, "NOT_MET", "NOT_PROVEN");
	cr_expect_str_eq(out, "new: not proven in 2026-Q2");
	SINCE(out, "NOT_PROVEN", "INSUFFICIENT");
	cr_expect_str_eq(out, "new: too few to tell in 2026-Q2");
}

Test(spd_since, what_is_not_known_is_not_told)
{
	char out[SPD_CELL];

	SINCE(out, "NOT_MET", "-");
	cr_expect_str_eq(out, "not known: no figure of 2026-Q2");
	SINCE(out, "NOT_MET", "NOT_MET", "NOT_MET", "NOT_MET", "NOT_MET");
	cr_expect_str_eq(out, "since 2025-Q3 or earlier");
	SINCE(out, "NOT_MET", "NOT_MET", "-", "NOT_MET");
	cr_expect_str_eq(out, "since 2026-Q2 or earlier");
	/* Another definition says nothing of this one. */
	SINCE(out, "NOT_MET", "*MET");
	cr_expect_str_eq(out, "not known: no figure of 2026-Q2");
}

Test(spd_since, what_is_no_quarter_has_none_before)
{
	char out[SPD_CELL];

	spd_quarter_before("2026-Q1", out);
	cr_expect_str_eq(out, "2025-Q4");
	spd_quarter_before("soon", out);
	cr_expect_str_eq(out, "");
}
