#include "core/kind/validate.h"
#include "tools/import/map_of_fields.h"
#include "tools/import/mapper.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

#define CELLS_MAX 16

static struct map *map;
static struct mapper *mapper;
static struct arena *arena;
static struct mapped *out;
static struct zone zone;
static struct err err;

static void
setup(void)
{
	arena = arena_new(4u << 20);
	out = arena_zalloc(arena, 1, sizeof *out);
}

static void
teardown(void)
{
	mapper_free(mapper);
	map_free(map);
	arena_free(arena);
}

TestSuite(mapper, .init = setup, .fini = teardown);

/* "a|b|c" in pieces, in the arena. */
static size_t
cells_of(const char *joined, struct text *cells)
{
	size_t n = 0;
	const char *p = arena_dup(arena, joined, strlen(joined));

	for (;;) {
		size_t length = strcspn(p, "|");

		cells[n++] = (struct text){p, length};
		if (p[length] == '\0')
			return n;
		p += length + 1;
	}
}

static enum code
try_map(const char *yaml, const char *header)
{
	struct text names[CELLS_MAX];
	size_t n = cells_of(header, names);
	struct when_zones zones = {&zone, NULL};

	cr_assert(zone_open("Europe/London", &zone));
	mapper_free(mapper);
	map_free(map);
	mapper = NULL;
	map = NULL;
	cr_assert_eq(map_load_text(yaml, &map, &err), OK, "%s", err.text);
	return mapper_new(map, names, n, &zones, &mapper, &err);
}

static void
use_map(const char *yaml, const char *header)
{
	cr_assert_eq(try_map(yaml, header), OK, "%s", err.text);
}

static void
refuse_map(const char *yaml, const char *header, const char *why)
{
	cr_assert_eq(try_map(yaml, header), REJ_FIELD, "%s", header);
	cr_expect_not_null(strstr(err.text, why), "%s", err.text);
}

static enum mapper_result
row(const char *joined)
{
	struct text cells[CELLS_MAX];
	size_t n = cells_of(joined, cells);

	return mapper_row(mapper, cells, n, arena, out);
}

static void
must(const char *joined, size_t records)
{
	cr_assert_eq(row(joined), MAPPER_RECORDS, "%s: %s: %s", joined, out->reject.column,
		     out->reject.reason);
	cr_assert_eq(out->n, records, "%s: %zu records", joined, out->n);
}

static void
must_not(const char *joined, const char *column, const char *reason)
{
	cr_assert_eq(row(joined), MAPPER_REJECT, "%s was taken", joined);
	cr_assert_str_eq(out->reject.column, column);
	cr_assert_not_null(strstr(out->reject.reason, reason), "'%s' does not say '%s'",
			   out->reject.reason, reason);
}

static const struct value *
value(size_t record, const char *name)
{
	const struct record *r = &out->records[record];
	size_t i = kind_field_index(r->kind, text_of(name));

	cr_assert_lt(i, kind_n_fields(r->kind), "%s", name);
	return &r->v[i];
}

static const char *
word(size_t record, const char *name)
{
	const struct record *r = &out->records[record];
	const struct field *f = kind_field(r->kind, kind_field_index(r->kind, text_of(name)));

	return value(record, name)->set ? enum_name(f->names, value(record, name)->i) : "(not set)";
}

static const char *
id(size_t record)
{
	char *text = arena_alloc(arena, UUID_TEXT_SIZE);

	uuid_format(&value(record, "record_id")->uuid, text);
	return text;
}

#define EVENT                                                                                \
	"version: 1\nsource: s\nnulls: [\"-\"]\nrecords:\n  - kind: tip_event\n"             \
	"    id: {columns: [No]}\n    occurred_at: {column: At}\n    fields:\n"              \
	"      - {field: site_id, column: Site, default: UNKNOWN}\n"                         \
	"      - {field: device_id, value: \"{Site}-{Lane}\", default: none}\n"              \
	"      - field: outcome\n        column: Result\n"                                   \
	"        values: [{from: [H, Hit], to: HIT}, {from: [M], to: MISS_TIMEOUT}, {from: " \
	"[x]}, {from: [Not seen], to: MISS_DECIDED}]\n"

#define HEADER "No|At|Site|Lane|Result"

Test(mapper, fills_fields_from_columns_templates_and_tables)
{
	struct refusal why;

	use_map(EVENT, HEADER);
	must("1|2026-04-01 09:00:00|T1|3|Hit", 1);
	cr_assert(text_is(value(0, "source")->text, "s"));
	cr_assert(text_is(value(0, "source_record_id")->text, "1"));
	cr_assert(text_is(value(0, "site_id")->text, "T1"));
	cr_assert(text_is(value(0, "device_id")->text, "T1-3"));
	cr_assert_str_eq(word(0, "outcome"), "HIT");
	cr_assert_eq(value(0, "occurred_at")->i, INT64_C(1775030400000));
	cr_assert_not(value(0, "precision")->set);
	cr_assert(
	    record_validate(&out->records[0], (struct utc_ms){INT64_C(1775030400000)}, NULL, &why),
	    "%s %s", why.err.where, why.err.text);
}

Test(mapper, takes_null_markers_and_empty_cells_as_not_given)
{
	use_map(EVENT, HEADER);
	must("1|2026-04-01 09:00|-|3|M", 1);
	cr_assert(text_is(value(0, "site_id")->text, "UNKNOWN"));
	cr_assert(text_is(value(0, "device_id")->text, "none"),
		  "a template with a cell not given is not given");
	cr_assert_str_eq(word(0, "precision"), "MINUTE");
	must("1|2026-04-01 09:00|T1|3|x", 1);
	cr_assert_not(value(0, "outcome")->set, "the table says: not given");
	must("1|2026-04-01 09:00|T1|3|", 1);
	cr_assert_not(value(0, "outcome")->set);
}

Test(mapper, refuses_a_row_and_names_column_value_and_reason)
{
	use_map(EVENT, HEADER);
	must_not("1|2026-04-01 09:00|T1|3|Maybe", "Result", "table does not list");
	cr_assert_str_eq(out->reject.value, "Maybe");
	must_not("1|soon|T1|3|H", "At", "is not a time");
	must_not("1||T1|3|H", "At", "no time");
	must_not("-|2026-04-01 09:00|T1|3|H", "No", "number is not given");
	must_not("1|2026-10-25 01:30|T1|3|H", "At", "comes twice");
	must_not("1|2026-03-29 01:30|T1|3|H", "At", "does not exist");
	must_not("1|2026-04-01 09:00|T1|3", "", "4 columns, the header has 5");
	must_not(HEADER, "", "header line repeated");
}

Test(mapper, a_row_of_a_workbook_may_end_before_its_header)
{
	use_map(EVENT, HEADER);
	mapper_pad(mapper);
	must("1|2026-04-01 09:00|T1", 1);
	must_not("1|2026-04-01 09:00|T1|3|H|more", "", "6 columns, the header has 5");
}

Test(mapper, gives_other_and_ignores_spaces_where_the_map_says_so)
{
	use_map(EVENT "        other: ABORTED\n        ignore_spaces: true\n", HEADER);
	must("1|2026-04-01 09:00|T1|3|H i t", 1);
	cr_assert_str_eq(word(0, "outcome"), "HIT");
	must("1|2026-04-01 09:00|T1|3|No t seen", 1);
	cr_assert_str_eq(word(0, "outcome"), "MISS_DECIDED");
	must("1|2026-04-01 09:00|T1|3|Hiss", 1);
	cr_assert_str_eq(word(0, "outcome"), "ABORTED");
}

Test(mapper, gives_the_same_identities_again)
{
	const char *first;

	use_map(EVENT, HEADER);
	must("1|2026-04-01 09:00|T1|3|H", 1);
	first = id(0);
	must("2|2026-04-01 09:00|T1|3|H", 1);
	cr_assert_str_neq(id(0), first);
	use_map(EVENT, HEADER);
	must("1|2026-04-01 09:00|T1|4|M", 1);
	cr_assert_str_eq(id(0), first, "the number and the time make it, not the content");
}

#define PAIR                                                                                       \
	"version: 1\nsource: s\nrecords:\n"                                                        \
	"  - kind: tip_session\n    id: {suffix: /s}\n"                                            \
	"    occurred_at: {value: \"2026-04-01T09:00:00\", plus: [{column: Ms, unit: ms}]}\n"      \
	"    fields:\n      - {field: hits, value: \"{T}/{C}\", values: [{from: [1/1], to: "       \
	"\"1\"}], other: \"0\"}\n"                                                                 \
	"      - {field: occurred_end, value: \"2026-04-01T09:00:00\", plus: [{column: Ms, unit: " \
	"ms}, {column: Rt, unit: s}]}\n"                                                           \
	"  - kind: tip_event\n    when: [{value: \"{T}/{C}\", not_in: [0/1]}]\n    id: {suffix: "  \
	"/e}\n"                                                                                    \
	"    occurred_at: {value: \"2026-04-01T09:00:00\", plus: [{column: Ms, unit: ms}]}\n"      \
	"    fields:\n      - {field: response_ms, column: Rt, scale: 1000, round: true}\n"

Test(mapper, makes_several_records_of_a_row_where_conditions_hold)
{
	const char *session;

	use_map(PAIR, "Ms|T|C|Rt");
	must("1500|1|1|0.7316", 2);
	cr_assert_eq(value(0, "occurred_at")->i, INT64_C(1775030401500));
	cr_assert_eq(value(0, "occurred_end")->i, INT64_C(1775030402232));
	cr_assert_eq(value(0, "hits")->i, 1);
	cr_assert_eq(value(1, "response_ms")->i, 732);
	cr_assert_str_neq(id(0), id(1));
	session = id(0);
	must("1500|0|1|0.7316", 1);
	cr_assert_str_eq(out->records[0].kind->name, "tip_session");
	must("1500|1|1|0.7316", 2);
	cr_assert_str_neq(id(0), session, "an equal row is another row");
	use_map(PAIR, "Ms|T|C|Rt");
	must("1500|1|1|0.7316", 2);
	cr_assert_str_eq(id(0), session, "in a second run the numbers begin anew");
	must_not("x|1|1|0.7", "Ms", "add to a time");
	must_not("1|1|1|fast", "Rt", "add to a time");
}

Test(mapper, refuses_records_of_a_row_that_share_a_number)
{
	use_map("version: 1\nsource: s\nrecords:\n"
		"  - {kind: tip_event, id: {columns: [No]}, occurred_at: {column: At}}\n"
		"  - {kind: tip_session, id: {columns: [No]}, occurred_at: {column: At}}\n",
		"No|At");
	must_not("1|2026-04-01", "id", "suffix");
}

Test(mapper, repeats_and_splits_list_items)
{
	const struct list *l;

	use_map("version: 1\nsource: s\nrecords:\n  - kind: audit\n    id: {columns: [No]}\n"
		"    occurred_at: {column: At, formats: [\"%d.%m.%y\"]}\n    fields:\n"
		"      - {field: auditors.1, column: By}\n    lists:\n      - field: findings\n    "
		"    items:\n"
		"          - {repeat: Major, fields: [{field: finding_id, value: \"{No}-M{n}\"}, "
		"{field: severity, value: SERIOUS}]}\n"
		"          - {split: Codes, on: \";\", fields: [{field: finding_id, value: "
		"\"{No}-{item}-{n}\"}, {field: severity, value: MINOR}]}\n"
		"          - when: [{column: Note, empty: false}]\n"
		"            fields: [{field: finding_id, value: \"{No}-N\"}, {field: severity, "
		"value: OBSERVATION_ONLY}]\n"
		"      - field: requirement_refs\n        items:\n"
		"          - {split: Codes, on: \";\", fields: [{value: \"R{item}\"}]}\n",
		"No|At|By|Major|Codes|Note");
	must("7|02.04.26|Anna|2|31; 32;|see", 1);
	l = &value(0, "findings")->list;
	cr_assert_eq(l->n, 5);
	cr_assert(text_is(l->v[0].text, "7-M1"));
	cr_assert(text_is(l->v[l->width].text, "7-M2"));
	cr_assert(text_is(l->v[2 * l->width].text, "7-31-1"));
	cr_assert(text_is(l->v[3 * l->width].text, "7-32-2"));
	cr_assert(text_is(l->v[4 * l->width].text, "7-N"));
	cr_assert_eq(value(0, "requirement_refs")->list.n, 2);
	cr_assert(text_is(value(0, "requirement_refs")->list.v[1].text, "R32"));
	cr_assert_str_eq(word(0, "precision"), "DAY");
	must("8|02.04.26||0||", 1);
	cr_assert_not(value(0, "findings")->set);
	cr_assert_not(value(0, "auditors")->set);
	must_not("9|02.04.26|Anna|many|31|", "Major", "number of items");
	must_not("9|02.04.26|Anna|-1|31|", "Major", "number of items");
}

Test(mapper, takes_an_end_before_the_start_as_the_next_day)
{
	use_map(
	    "version: 1\nsource: s\nrecords:\n  - kind: tip_session\n    id: {columns: [In]}\n"
	    "    occurred_at: {value: \"{Day} {In}\", formats: [\"%d.%m.%Y %H:%M\"]}\n    fields:\n"
	    "      - {field: occurred_end, value: \"{Day} {Out}\", formats: [\"%d.%m.%Y %H:%M\"], "
	    "overnight: true}\n",
	    "Day|In|Out");
	must("31.12.2026|23:40|00:20", 1);
	cr_assert_eq(value(0, "occurred_end")->i - value(0, "occurred_at")->i, 40 * MS_PER_MINUTE);
	must("31.12.2026|22:40|23:20", 1);
	cr_assert_eq(value(0, "occurred_end")->i - value(0, "occurred_at")->i, 40 * MS_PER_MINUTE);
}

Test(mapper, refuses_a_line_that_two_formats_read_differently)
{
	use_map("version: 1\nsource: s\nrecords:\n  - {kind: heartbeat, id: {columns: [No]}, "
		"occurred_at: {column: At, formats: [\"%m/%d/%Y\", \"%d/%m/%Y\"]}}\n",
		"No|At");
	must_not("1|03/08/2026", "At", "2026-08-03");
	must("2|26/06/2026", 1);
	must("3|07/07/2026", 1);
}

Test(mapper, adds_to_the_time_on_the_wall)
{
	use_map("version: 1\nsource: s\nrecords:\n  - {kind: heartbeat, id: {columns: [No]}, "
		"occurred_at: {value: \"1899-12-30\", plus: [{column: At, unit: days}]}}\n",
		"No|At");
	must("1|46203.975", 1);
	cr_expect_eq(value(0, "occurred_at")->i, INT64_C(1782858240000)); /* 22:24Z, in summer */
}

Test(mapper, knows_zones_that_the_map_explains)
{
	use_map(
	    "version: 1\nsource: s\nzones:\n  - {from: [BST, Summer], to: \"+01:00\"}\n"
	    "  - {from: [MSK], to: Europe/Moscow}\nrecords:\n  - {kind: heartbeat, id: {columns: "
	    "[No]}, occurred_at: {column: At, formats: [\"%F %T %Z\"]}}\n",
	    "No|At");
	must("1|2026-06-30 23:30:00 Summer", 1);
	cr_expect_eq(value(0, "occurred_at")->i, INT64_C(1782858600000));
	must("2|2026-06-30 23:30:00 MSK", 1);
	cr_expect_eq(value(0, "occurred_at")->i, INT64_C(1782851400000));
	must_not("3|2026-06-30 23:30:00 EST", "At", "zones");
}

Test(mapper, reads_numbers_as_the_map_says_they_are_written)
{
	static const char german[] =
	    "version: 1\nsource: s\nnumber: {decimal: \",\", group: \".\"}\nrecords:\n  - kind: "
	    "tip_session\n    id: {columns: [No]}\n    occurred_at: {column: At}\n    fields:\n    "
	    "  - "
	    "{field: images_viewed, column: N}\n      - {field: vendor_pd, column: Pd}\n";
	static const char plain[] =
	    "version: 1\nsource: s\nrecords:\n  - kind: tip_session\n    id: {columns: [No]}\n    "
	    "occurred_at: {column: At}\n    fields:\n      - {field: images_viewed, column: N}\n";
	static const char none[] =
	    "version: 1\nsource: s\nrecords:\n  - kind: tip_session\n    id: {columns: [No]}\n    "
	    "occurred_at: {column: At}\n    fields:\n      - {field: images_viewed, column: N, "
	    "round: "
	    "true}\n";

	use_map(german, "No|At|N|Pd");
	must("1|2026-04-01|1.412|0,83", 1);
	cr_expect_eq(value(0, "images_viewed")->i, 1412);
	cr_expect_eq(value(0, "vendor_pd")->real, 0.83);
	must("2|2026-04-01|1234|0,83", 1);
	must_not("3|2026-04-01|1,412|0,83", "N", "");
	must_not("4|2026-04-01|1.41|0,83", "N", "as the map says");
	must_not("5|2026-04-01|1412|0.83", "Pd", "as the map says");
	use_map(none, "No|At|N");
	must("1|2026-04-01|412.0", 1);
	cr_expect_eq(value(0, "images_viewed")->i, 412);
	must_not("2|2026-04-01|1.234", "N", "a thousand times as much");
	must_not("3|2026-04-01|1,234", "N",
		 "is not a number; if it is meant as one, say in the map");
	must_not("4|2026-04-01|0x10", "N", "is not a number");
	use_map(plain, "No|At|N");
	must_not("5|2026-04-01|1.234", "N", "a thousand times as much");
	must_not("6|2026-04-01|1.2", "N", "is not a whole number");
	refuse_map(
	    "version: 1\nsource: s\nnumber: {decimal: \",\", group: \",\"}\nrecords:\n  - {kind: "
	    "heartbeat, id: {columns: [No]}, occurred_at: {column: At}}\n",
	    "No|At", "group");
}

Test(mapper, refuses_a_column_that_stands_twice)
{
	static const char text[] =
	    "version: 1\nsource: s\nrecords:\n  - {kind: heartbeat, id: {columns: "
	    "[No]}, occurred_at: {column: At}}\n";

	use_map(text, "No|At|Note|Note");
	must("1|2026-04-01|a|b", 1);
	refuse_map(text, "No|At|Note|At", "twice, as its columns 2 and 4");
	refuse_map(text, "No|AT|at", "twice, as its columns 2 and 3");
	use_map(text, "No|AT|At");
	must("1|x|2026-04-01", 1);
}

Test(mapper, skips_only_what_the_map_declares)
{
	use_map("version: 1\nsource: s\nskip:\n  - {column: No, matches: \"^(Total|Page)\"}\n  - "
		"{column: At, empty: true}\n"
		"records:\n  - {kind: heartbeat, id: {columns: [No]}, occurred_at: {column: At}, "
		"when: [{column: No, not_in: [\"9\"]}]}\n",
		"No|At");
	cr_assert_eq(row("Total 5|x"), MAPPER_SKIP);
	cr_assert_eq(row("5|"), MAPPER_SKIP);
	must("5|2026-04-01", 1);
	must_not("9|2026-04-01", "", "no record of the map applies");
}

/* The days of a file from another zone than the entity's neither overlap nor leave a gap. */
Test(mapper, takes_days_that_last_by_the_clock_of_the_file)
{
	static const char yaml[] =
	    "version: 1\nsource: s\nrecords:\n  - kind: activity\n    id: {columns: [Day]}\n"
	    "    occurred_at: {column: Day}\n    fields:\n"
	    "      - {field: occurred_end, value: \"{Day} 24:00\"}\n";
	struct text names[CELLS_MAX];
	size_t n = cells_of("Day", names);
	struct zone york;
	struct when_zones zones = {&york, &zone};
	int64_t end;

	use_map(yaml, "Day");
	must("2026-05-04", 1);
	cr_expect_str_eq(word(0, "precision"), "DAY", "of its own zone's");
	mapper_free(mapper);
	cr_assert(zone_open("America/New_York", &york));
	cr_assert_eq(mapper_new(map, names, n, &zones, &mapper, &err), OK, "%s", err.text);
	must("2026-05-04", 1);
	cr_expect_eq(value(0, "occurred_at")->i, INT64_C(1777867200000)); /* 04:00Z */
	end = value(0, "occurred_end")->i;
	must("2026-05-05", 1);
	cr_expect_eq(value(0, "occurred_at")->i, end);
}

Test(mapper, takes_files_whose_columns_are_fields)
{
	struct text names[CELLS_MAX];
	size_t n = cells_of("source_record_id|source|occurred_at|site_id|mode|criteria.1.criterion_"
			    "id|criteria.1.result|criteria.2."
			    "criterion_id|criteria.2.result",
			    names);
	struct when_zones zones = {&zone, NULL};
	struct map *made;
	const char *hashed;

	cr_assert(zone_open("Europe/London", &zone));
	cr_assert_eq(map_of_fields(kinds[KIND_OBSERVATION], &(struct mapper_columns){names, n},
				   "fallback", arena, &made, &err),
		     OK, "%s", err.text);
	cr_assert_eq(mapper_new(made, names, n, &zones, &mapper, &err), OK, "%s", err.text);
	must("A1|forms|2026-04-01 09:00|LHX|overt|c1|met||", 1);
	cr_assert(text_is(value(0, "source")->text, "forms"));
	cr_assert(text_is(value(0, "source_record_id")->text, "A1"));
	cr_assert_eq(value(0, "criteria")->list.n, 1);
	cr_assert_str_eq(word(0, "precision"), "MINUTE");
	must("||2026-04-01|LHX|overt|||c2|not met", 1);
	cr_assert(text_is(value(0, "source")->text, "fallback"));
	hashed = id(0);
	must("||2026-04-01|LHX|overt|||c2|not met", 1);
	cr_assert_str_neq(id(0), hashed,
			  "a row without a number is told by its place among equals");
	must_not("A1|forms||LHX|overt|c1|met||", "occurred_at", "no time");
	mapper_free(mapper);
	mapper = NULL;
}
