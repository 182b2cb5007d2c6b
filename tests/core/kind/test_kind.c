#include "core/kind/kind.h"

#include <criterion/criterion.h>

#include <string.h>

Test(kind, is_found_by_the_name_it_has)
{
	for (int k = 0; k < KIND_COUNT; k++) {
		cr_expect_eq(kinds[k]->id, k);
		cr_expect_eq(kind_by_name(text_of(kinds[k]->name)), kinds[k]);
	}
	cr_expect_null(kind_by_name(TEXT_LIT("tip")));
	cr_expect_null(kind_by_name(TEXT_LIT("")));
	cr_expect_null(kind_by_name(TEXT_LIT("tip_event ")));
}

Test(kind, numbers_envelope_and_own_fields_as_one_sequence)
{
	for (int k = 0; k < KIND_COUNT; k++) {
		size_t n = kind_n_fields(kinds[k]);

		cr_expect_eq(n, ENV_COUNT + kinds[k]->n_own);
		for (size_t i = 0; i < n; i++)
			cr_expect_eq(
			    kind_field_index(kinds[k], text_of(kind_field(kinds[k], i)->name)), i,
			    "%s.%s is there twice", kinds[k]->name, kind_field(kinds[k], i)->name);
		cr_expect_eq(kind_field_index(kinds[k], TEXT_LIT("nothing")), n);
	}
}

static void
check_field(const char *kind, const struct field *f)
{
	cr_assert(f->name != NULL && f->name[0] != '\0', "%s", kind);
	cr_assert(f->help != NULL && strlen(f->help) > 5, "%s.%s has no help", kind, f->name);
	cr_expect(strchr(f->help, '\n') == NULL && strlen(f->help) < 100, "%s.%s", kind, f->name);
	cr_expect_leq(f->min, f->max, "%s.%s", kind, f->name);
	cr_expect_eq(f->names != NULL, f->type == FIELD_ENUM || f->type == FIELD_ENUMS, "%s.%s",
		     kind, f->name);
	cr_expect_eq(f->item != NULL, f->type == FIELD_LIST, "%s.%s", kind, f->name);
	cr_expect(!(f->flags & FIELD_CODE) || f->type == FIELD_TEXT, "%s.%s", kind, f->name);
	for (size_t i = 0; f->item != NULL && i < f->n_item; i++) {
		cr_expect_neq(f->item[i].type, FIELD_LIST, "%s.%s: a list in a list", kind,
			      f->name);
		check_field(kind, &f->item[i]);
	}
}

Test(kind, describes_every_field_whole)
{
	for (int k = 0; k < KIND_COUNT; k++) {
		cr_expect(kinds[k]->title[0] != '\0' && kinds[k]->help[0] != '\0');
		cr_expect_not_null(kinds[k]->check);
		for (size_t i = 0; i < kind_n_fields(kinds[k]); i++)
			check_field(kinds[k]->name, kind_field(kinds[k], i));
	}
}

Test(kind, requires_what_its_table_says)
{
	for (int k = 0; k < KIND_COUNT; k++) {
		bool is_void = k == KIND_VOID;
		bool is_heartbeat = k == KIND_HEARTBEAT;
		bool has_site = !is_void && !is_heartbeat && k != KIND_CONFIRMATION;

		cr_expect(kind_requires(kinds[k], ENV_RECORD_ID));
		cr_expect(kind_requires(kinds[k], ENV_SOURCE));
		cr_expect(kind_requires(kinds[k], ENV_OCCURRED_AT));
		cr_expect_eq(kind_requires(kinds[k], ENV_SITE_ID), has_site);
		cr_expect_eq(kind_requires(kinds[k], ENV_OCCURRED_END),
			     is_heartbeat || k == KIND_ACTIVITY || k == KIND_DEPLOYMENT);
		cr_expect_eq(kind_requires(kinds[k], ENV_SUBJECT_PERSON),
			     k == KIND_TRAINING || k == KIND_DEPLOYMENT);
		cr_expect_eq(kind_requires(kinds[k], ENV_RECORDED_BY), false);
		cr_expect_eq(kind_requires(kinds[k], ENV_CORRECTS_RECORD_ID), is_void);
		cr_expect_eq(kind_requires(kinds[k], ENV_CORRECTED_AT), is_void);
		cr_expect_eq(kind_requires(kinds[k], ENV_CORRECTION_REASON), is_void);
		cr_expect_not(kind_requires(kinds[k], ENV_MEASURE_CODE));
	}
}

Test(kind, takes_empty_values_as_not_given)
{
	static const struct field text = {.type = FIELD_TEXT};
	static const struct field number = {.type = FIELD_INT};
	static const struct field choice = {.type = FIELD_ENUM};
	static const struct field list = {.type = FIELD_TEXTS};
	struct value item = {.set = true, .i = 1};

	cr_expect_not(value_is_given(&number, &(struct value){.set = false, .i = 1}));
	cr_expect(value_is_given(&number, &(struct value){.set = true, .i = 0}));
	cr_expect_not(value_is_given(&choice, &(struct value){.set = true, .i = 0}));
	cr_expect(value_is_given(&choice, &(struct value){.set = true, .i = 1}));
	cr_expect_not(value_is_given(&text, &(struct value){.set = true, .text = {"", 0}}));
	cr_expect(value_is_given(&text, &(struct value){.set = true, .text = {"x", 1}}));
	cr_expect_not(value_is_given(&list, &(struct value){.set = true, .list = {NULL, 0, 1}}));
	cr_expect(value_is_given(&list, &(struct value){.set = true, .list = {&item, 1, 1}}));
}

Test(kind, is_suggested_to_whoever_misspells_one)
{
	char text[KIND_UNKNOWN_SIZE];

	kind_unknown("obsrvation", ": ask", text);
	cr_expect_str_eq(text, "there is no kind 'obsrvation'; did you mean observation?");
	kind_unknown("nothing", ": ask", text);
	cr_expect_str_eq(text, "there is no kind 'nothing': ask");
}

Test(kind, names_every_reason)
{
	for (int r = 0; r < REASON_COUNT; r++)
		cr_expect_str_neq(reason_name((enum reason)r), "UNKNOWN");
	cr_expect_str_eq(reason_name(REASON_TOO_LONG), "TOO_LONG");
	cr_expect_str_eq(reason_name(REASON_COUNT), "UNKNOWN");
}
