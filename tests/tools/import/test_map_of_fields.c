#include "tools/import/map_of_fields.h"

#include <criterion/criterion.h>

static struct arena *arena;
static struct map *map;
static struct err err;

static void
setup(void)
{
	arena = arena_new(1u << 20);
}

static void
teardown(void)
{
	arena_free(arena);
}

TestSuite(map_of_fields, .init = setup, .fini = teardown);

static const struct text names[] = {
    {"source_record_id", 16}, {"source", 6}, {"mode", 4}, {"occurred_at", 11}};

Test(map_of_fields, takes_each_column_for_the_field_of_its_name)
{
	struct mapper_columns columns = {names, 4};

	cr_assert_eq(map_of_fields(kinds[KIND_OBSERVATION], &columns, "forms", arena, &map, &err),
		     OK, "%s", err.text);
	cr_expect_str_eq(map->source, "forms");
	cr_assert_eq(map->records_count, 1);
	cr_expect_str_eq(map->records[0].kind, "observation");
	cr_expect_str_eq(map->records[0].id->columns[0], "source_record_id");
	cr_expect(map->records[0].id->optional);
	cr_expect_str_eq(map->records[0].occurred_at->column, "occurred_at");
	cr_assert_eq(map->records[0].fields_count, 2);
	cr_expect_str_eq(map->records[0].fields[1].field, "mode");
	cr_expect_str_eq(map->records[0].fields[1].column, "mode");
}

Test(map_of_fields, refuses_a_column_that_is_no_field)
{
	struct mapper_columns columns = {names, 4};

	cr_assert_eq(map_of_fields(kinds[KIND_PLAN], &columns, NULL, arena, &map, &err), REJ_FIELD);
	cr_assert_not_null(strstr(err.text, "no field 'mode'"), "%s", err.text);
}

Test(map_of_fields, needs_to_know_when)
{
	struct mapper_columns columns = {names, 2};

	cr_assert_eq(map_of_fields(kinds[KIND_PLAN], &columns, NULL, arena, &map, &err), REJ_FIELD);
	cr_assert_not_null(strstr(err.text, "no column occurred_at"), "%s", err.text);
}
