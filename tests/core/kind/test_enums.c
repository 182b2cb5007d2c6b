#include "core/kind/enums.h"

#include <criterion/criterion.h>

static void
check_table(const struct enum_table *t)
{
	cr_expect_gt(t->n, 0);
	for (size_t i = 0; i < t->n; i++) {
		cr_expect_eq(t->names[i].number, (int)i + 1, "%s%s", t->prefix, t->names[i].name);
		cr_expect_eq(enum_number(t, text_of(t->names[i].name)), t->names[i].number);
		cr_expect_eq(enum_name(t, t->names[i].number), t->names[i].name);
	}
	cr_expect_null(enum_name(t, 0), "%s", t->prefix);
	cr_expect_null(enum_name(t, (int64_t)t->n + 1));
	cr_expect_null(enum_name(t, INT64_C(1) << 32 | 1), "not cut to 32 bits");
	cr_expect_eq(enum_number(t, TEXT_LIT("UNSPECIFIED")), 0);
	cr_expect_eq(enum_number(t, TEXT_LIT("")), 0);
}

static void
check_fields(const struct field *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (f[i].names != NULL)
			check_table(f[i].names);
		check_fields(f[i].item, f[i].n_item);
	}
}

Test(enums, number_and_name_each_value_both_ways)
{
	check_fields(envelope_fields, ENV_COUNT);
	for (int k = 0; k < KIND_COUNT; k++)
		check_fields(kinds[k]->own, kinds[k]->n_own);
}

Test(enums, know_names_without_their_prefix)
{
	cr_expect_eq(enum_number(&tip_outcome_names, TEXT_LIT("MISS_TIMEOUT")),
		     TIP_OUTCOME_MISS_TIMEOUT);
	cr_expect_eq(enum_number(&tip_outcome_names, TEXT_LIT("TIP_OUTCOME_HIT")), 0);
	cr_expect_eq(enum_number(&precision_names, TEXT_LIT("DAY")), PRECISION_DAY);
	cr_expect_str_eq(tip_outcome_names.prefix, "TIP_OUTCOME_");
}
