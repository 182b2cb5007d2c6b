/* The rules' building blocks; which kind uses them is tested with the kind. */
#include "core/kind/field.h"
#include "tests/core/sample.h"

#include <criterion/criterion.h>

#include <string.h>

static struct sample s;

static size_t
index_of(const char *name)
{
	return kind_field_index(s.r.kind, text_of(name));
}

Test(field, broken_rule_carries_path_and_text)
{
	struct err e;

	sample_make(&s, KIND_TEST);
	cr_expect_eq(rule_broken(&e, &s.r, index_of("outcome"), "is %d: %s", 7, "correct it"),
		     REJ_FIELD);
	cr_expect_eq(e.code, REJ_FIELD);
	cr_expect_str_eq(e.where, "test.outcome");
	cr_expect_str_eq(e.text, "is 7: correct it");
}

Test(field, rule_by_a_value_not_given_or_unknown_says_nothing)
{
	struct rule_when rule;
	struct err e;

	sample_make(&s, KIND_TEST);
	rule = (struct rule_when){index_of("finding_id"), index_of("outcome"), 0, 0};
	sample_set(&s, "finding_id", "f1");
	cr_expect_neq(rule_check_when(&s.r, &rule, 1, &e), OK);
	sample_set(&s, "outcome", "");
	cr_expect_eq(rule_check_when(&s.r, &rule, 1, &e), OK);
	sample_set(&s, "outcome", "77");
	cr_expect_eq(rule_check_when(&s.r, &rule, 1, &e), OK);
}

Test(field, rules_need_both_sides)
{
	struct err e;

	sample_make(&s, KIND_TIP_SESSION);
	cr_expect_eq(rule_check_order(&s.r, ENV_OCCURRED_AT, ENV_OCCURRED_END, &e), OK);
	cr_expect_eq(rule_check_part(&s.r, index_of("hits"), index_of("aborted"), &e), OK);
	cr_expect_eq(rule_check_differ(&s.r, ENV_RECORDED_BY, ENV_SUBJECT_PERSON, &e), OK);
	sample_set(&s, "recorded_by", "anna");
	sample_set(&s, "subject_person", "anna");
	cr_expect_neq(rule_check_differ(&s.r, ENV_RECORDED_BY, ENV_SUBJECT_PERSON, &e), OK);
	sample_set(&s, "aborted", "7");
	cr_expect_neq(rule_check_part(&s.r, index_of("hits"), index_of("aborted"), &e), OK);
	cr_expect(strstr(e.text, "8 is more than aborted 7") != NULL, "%s", e.text);
}

Test(field, equal_items_are_named_by_their_place)
{
	struct err e;

	sample_make(&s, KIND_OBSERVATION);
	sample_resize(&s, "criteria", 3);
	s.v[index_of("criteria")].list.v[1 * 4].text = TEXT_LIT("c2");
	cr_expect_neq(rule_check_unique(&s.r, index_of("criteria"), 0, &e), OK);
	cr_expect_str_eq(e.where, "observation.criteria[2].criterion_id");
	s.v[index_of("criteria")].list.v[2 * 4].text = TEXT_LIT("c");
	cr_expect_eq(rule_check_unique(&s.r, index_of("criteria"), 0, &e), OK);
}
