#include "base/file/embed.h"
#include "core/metric/view.h"

#include <criterion/criterion.h>

#include <string.h>

static const struct view *
view(const char *name)
{
	const struct view *v = view_by_name(name);

	cr_assert_not_null(v, "%s", name);
	return v;
}

Test(view, every_view_is_a_relation_or_a_statement_that_is_compiled_in)
{
	for (size_t i = 0; i < view_count; i++) {
		const struct view *v = &view_table[i];

		/* What is counted from several kinds has neither. */
		cr_expect(v->relation == NULL || v->query == NULL, "%s", v->name);
		if (v->query != NULL)
			cr_expect_not_null(embed_text(v->query), "%s", v->query);
		cr_expect_eq(view_by_name(v->name), v, "%s is there twice", v->name);
	}
}

Test(view, knows_the_fields_of_its_kind_and_what_is_derived)
{
	struct column c;

	cr_assert(view_column(view("observation"), "mode", &c));
	cr_expect_eq(c.type, COLUMN_TEXT);
	cr_expect_not_null(c.names);
	cr_assert(view_column(view("observation"), "overall", &c));
	cr_assert(view_column(view("tip_session"), "hits", &c));
	cr_expect_eq(c.type, COLUMN_NUMBER);
	cr_assert(view_column(view("received"), "lag_hours", &c));
	cr_expect_eq(c.type, COLUMN_NUMBER);
}

Test(view, knows_the_names_of_what_a_list_holds)
{
	struct column c;

	cr_assert(view_column(view("criterion"), "result", &c));
	cr_assert_not_null(c.names);
	cr_expect_neq(enum_number(c.names, text_of("NOT_MET")), 0);
	cr_assert(view_column(view("rating"), "classification", &c));
	cr_assert_not_null(c.names);
	cr_expect_neq(enum_number(c.names, text_of("FULLY_COMPLIANT")), 0);
}

Test(view, turns_dimensions_into_columns)
{
	struct column c;

	cr_assert(view_column(view("plan"), "site", &c));
	cr_expect_str_eq(c.name, "site_id");
	cr_assert(view_column(view("test"), "measure", &c));
	cr_expect_str_eq(c.name, "measure");
	cr_assert(view_column(view("feed"), "provider", &c));
	cr_expect_str_eq(c.name, "provider_id");
}

Test(view, hides_free_text_and_knows_no_other_column)
{
	struct column c;

	cr_expect_not(view_column(view("observation"), "note", &c));
	cr_expect_not(view_column(view("observation"), "xmin", &c));
	cr_expect_not(view_column(view("feed"), "screener_id", &c));
	cr_expect_not(view_column(view("plan"), "\"; DROP TABLE sems.plan; --", &c));
	cr_expect_null(view_by_name("pg_authid"));
}

Test(view, of_several_kinds_names_them)
{
	struct column what;

	for (size_t i = 0; i < view_count; i++)
		cr_expect(view_table[i].n_of == 0 || view_table[i].base == KIND_COUNT, "%s",
			  view_table[i].name);
	cr_expect_eq(view("tip_exposure")->n_of, 2);
	cr_assert(view_column(view("plan_done"), "what", &what));
	for (size_t i = 0; i < view("plan_done")->n_of; i++) {
		const struct view_kind *of = &view("plan_done")->of[i];

		cr_expect(of->what == NULL || enum_number(what.names, text_of(of->what)) != 0, "%s",
			  of->what);
	}
}

Test(view, lets_persons_be_asked_only_whether_they_are_there)
{
	struct column c;

	cr_assert(view_column(view("tip_event"), "screener_id", &c));
	cr_expect_eq(c.type, COLUMN_OTHER);
}
