#include "base/count.h"
#include "tools/import/build.h"

#include <criterion/criterion.h>

static struct arena *arena;
static struct zone london;
static struct builder builder;
static struct record record;

static void
setup(void)
{
	arena = arena_new(1u << 20);
	cr_assert(zone_open("Europe/London", &london));
	builder = (struct builder){arena, {&london, NULL}};
}

static void
teardown(void)
{
	arena_free(arena);
}

TestSuite(build, .init = setup, .fini = teardown);

static void
start(enum kind_id id)
{
	cr_assert(build_start(&builder, kinds[id], &record));
}

static enum code
put(const char *path, const char *text, struct err *e)
{
	struct target t;
	enum code rc = build_target(record.kind, text_of(path), &t, e);

	return rc == OK ? build_put(&builder, &record, &t, text_of(text), e) : rc;
}

static void
must(const char *path, const char *text)
{
	struct err e;

	cr_assert_eq(put(path, text, &e), OK, "%s=%s: %s", path, text, e.text);
}

static void
must_not(const char *path, const char *text, const char *says)
{
	struct err e = {.text = ""};

	cr_assert_eq(put(path, text, &e), REJ_FIELD, "%s=%s was taken", path, text);
	cr_assert_not_null(strstr(e.text, says), "%s=%s: '%s' does not say '%s'", path, text,
			   e.text, says);
}

static const struct value *
value(const char *name)
{
	return &record.v[kind_field_index(record.kind, text_of(name))];
}

Test(build, takes_values_as_people_write_them)
{
	start(KIND_OBSERVATION);
	must("mode", "cctv review");
	cr_assert_str_eq(
	    enum_name(
		kind_field(record.kind, kind_field_index(record.kind, TEXT_LIT("mode")))->names,
		value("mode")->i),
	    "CCTV_REVIEW");
	must("mode", "OBSERVATION_MODE_OVERT");
	must("embargo", "Yes");
	cr_assert_eq(value("embargo")->i, 1);
	must("embargo", "0");
	cr_assert_eq(value("embargo")->i, 0);
	must("units_observed", "12");
	cr_assert_eq(value("units_observed")->i, 12);
	must("occurred_end", "2026-04-01 09:00:00.5");
	cr_assert_eq(value("occurred_end")->i, INT64_C(1775030400500));
	must("corrects_record_id", "01968F3C-8C00-8D11-9F00-7C1A2B3C4D5E");
	cr_assert_eq(value("corrects_record_id")->uuid.b[0], 1);
}

Test(build, refuses_what_is_no_value_and_says_what_is)
{
	start(KIND_OBSERVATION);
	must_not("mode", "overtly", "OVERT, UNOBTRUSIVE, CCTV_REVIEW");
	must_not("embargo", "perhaps", "true or false");
	must_not("units_observed", "12.5", "whole number");
	must_not("units_observed", "12 ", "whole number");
	must_not("units_observed", "99999999999999999999", "whole number");
	must_not("occurred_at", "yesterday", "2026-04-01T09:00:00Z");
	must_not("corrects_record_id", "42", "UUID");
	start(KIND_AUDIT);
	must_not("person_days", "1,5", "number");
	must_not("person_days", "nan", "number");
	must_not("person_days", "0x10", "number");
}

Test(build, looks_paths_up_and_names_what_there_is)
{
	start(KIND_OBSERVATION);
	must_not("modus", "x", "no field 'modus'");
	must_not("mdoe", "x", "no field 'mdoe'; did you mean mode? (its own");
	must_not("occured_at", "x", "did you mean occurred_at?");
	must_not("xyzzy", "x", "no field 'xyzzy' (its own");
	must_not("criteria.1.criterion", "x", "did you mean criterion_id?");
	must_not("criteria", "x", "criteria.1.criterion_id");
	must_not("criteria.0.result", "x", "numbered from 1");
	must_not("criteria.x.result", "x", "numbered from 1");
	must_not("criteria.100000.result", "MET", "numbered from 1");
	must_not("criteria.1.outcome", "x", "criterion_id, mandatory, result, severity");
	must_not("mode.1", "OVERT", "not a list");
	must_not("requirement_refs.1.x", "R1", "single values");
}

Test(build, fills_lists_by_number_or_whole_and_closes_gaps)
{
	const struct list *l;

	start(KIND_OBSERVATION);
	must("criteria.5.criterion_id", "c5");
	must("criteria.5.result", "MET");
	must("criteria.2.criterion_id", "c2");
	must("criteria.2.result", "not_met");
	must("requirement_refs", "R1; R2 ;;R3");
	build_finish(&record);
	l = &value("criteria")->list;
	cr_assert_eq(l->n, 2);
	cr_assert_eq(l->width, 4);
	cr_assert(text_is(l->v[0].text, "c2"));
	cr_assert(text_is(l->v[4].text, "c5"));
	cr_assert_not(l->v[1].set);
	l = &value("requirement_refs")->list;
	cr_assert_eq(l->n, 3);
	cr_assert(text_is(l->v[1].text, "R2"));
	start(KIND_AUDIT);
	must("auditors.1", "Anna");
	must("techniques", "INTERVIEW;documents");
	build_finish(&record);
	cr_assert_eq(value("techniques")->list.n, 2);
	cr_assert(text_is(value("auditors")->list.v[0].text, "Anna"));
}

/* What the record says of its own time must be no finer than what was written. */
Test(build, takes_the_precision_from_a_time_that_is_only_a_date)
{
	start(KIND_OBSERVATION);
	must("occurred_at", "2026-04-01");
	cr_assert_eq(value("precision")->i, PRECISION_DAY);
	cr_assert_eq(value("occurred_at")->i, INT64_C(1774998000000));
	start(KIND_OBSERVATION);
	must("occurred_at", "2026-04-01 09:00");
	cr_assert_eq(value("precision")->i, PRECISION_MINUTE);
	start(KIND_OBSERVATION);
	must("occurred_at", "2026-04-01 09:00:00");
	cr_assert_not(value("precision")->set);
}

Test(build, takes_json)
{
	json_t *j = json_loads(
	    "{\"kind\": \"observation\", \"occurred_at\": 1775030400000, \"mode\": \"OVERT\","
	    " \"embargo\": false, \"note\": null, \"requirement_refs\": [\"R1\", \"R2\"],"
	    " \"criteria\": [{\"criterion_id\": \"c1\", \"mandatory\": true, \"result\": \"MET\"},"
	    "                {\"criterion_id\": \"c2\", \"result\": \"NOT_MET\", \"severity\": "
	    "null}]}",
	    0, NULL);
	struct err e;

	start(KIND_OBSERVATION);
	cr_assert_eq(build_json(&builder, &record, j, &e), OK, "%s", e.text);
	json_decref(j);
	cr_assert_eq(value("occurred_at")->i, INT64_C(1775030400000));
	cr_assert(value("embargo")->set);
	cr_assert_not(value("note")->set);
	cr_assert_eq(value("criteria")->list.n, 2);
	cr_assert_eq(value("criteria")->list.v[1].i, 1);
	cr_assert_eq(value("requirement_refs")->list.n, 2);
}

Test(build, refuses_json_of_another_shape)
{
	static const char *const bad[] = {
	    "{\"modus\": 1}",
	    "{\"mode\": [\"OVERT\"]}",
	    "{\"criteria\": {\"criterion_id\": \"c\"}}",
	    "{\"criteria\": [\"c\"]}",
	    "{\"criteria\": [{\"criterion_id\": {}}]}",
	    "{\"units_observed\": 1.5}",
	};

	for (size_t i = 0; i < COUNT(bad); i++) {
		json_t *j = json_loads(bad[i], 0, NULL);
		struct err e;

		start(KIND_OBSERVATION);
		cr_assert_eq(build_json(&builder, &record, j, &e), REJ_FIELD, "%s was taken",
			     bad[i]);
		json_decref(j);
	}
}
