#include "tools/import/map.h"

#include <criterion/criterion.h>

#include <dirent.h>
#include <stdio.h>

#define HEAD "version: 1\nsource: s\n"
#define BODY "records:\n  - kind: audit\n    occurred_at: {column: Date}\n"

/* Loads a map that is refused; what was said. */
static const char *
refused(const char *text)
{
	static struct err e;
	struct map *m;

	e.text[0] = '\0';
	cr_assert_eq(map_load_text(text, &m, &e), REJ_MALFORMED, "taken:\n%s", text);
	cr_assert_null(m);
	return e.text;
}

#define SAYS(text, part)                                                                        \
	do {                                                                                    \
		const char *said_ = refused(text);                                              \
		cr_assert_not_null(strstr(said_, part), "'%s' does not say '%s'", said_, part); \
	} while (0)

Test(map, loads_what_it_describes)
{
	struct map *m;
	struct err e;

	cr_assert_eq(
	    map_load_text(
		HEAD
		"zone: Europe/London\nnulls: [\"-\"]\ntwo_digit_years: 1980\n"
		"skip:\n  - {column: A, equals: x}\n" BODY "    id: {columns: [No], suffix: /a}\n"
		"    fields:\n"
		"      - {field: site_id, column: Site, values: [{from: [a, b], to: c}], other: "
		"d}\n"
		"    lists:\n"
		"      - field: findings\n"
		"        items:\n"
		"          - {repeat: N, fields: [{field: finding_id, value: \"{No}-{n}\"}]}\n",
		&m, &e),
	    OK, "%s", e.text);
	cr_assert_str_eq(m->source, "s");
	cr_assert_eq(*m->two_digit_years, 1980);
	cr_assert_eq(m->records_count, 1);
	cr_assert_str_eq(m->records[0].id->columns[0], "No");
	cr_assert_str_eq(m->records[0].fields[0].values[0].from[1], "b");
	cr_assert_str_eq(m->records[0].fields[0].other, "d");
	cr_assert_str_eq(m->records[0].lists[0].items[0].repeat, "N");
	cr_assert_null(m->records[0].fields[0].absent);
	map_free(m);
}

Test(map, names_the_line_of_what_is_wrong)
{
	SAYS(HEAD BODY "    feilds: []\n", "feilds");
	SAYS(HEAD BODY "    feilds: []\n", "line 6");
	SAYS(HEAD "colour: red\n" BODY, "line 3");
	SAYS(HEAD BODY "    fields:\n      - {field: a, round: perhaps}\n", "line 7");
	SAYS(HEAD BODY "    fields: {field: a}\n", "line 6");
	SAYS(HEAD "records: []\n", "line 3: Insufficient");
	SAYS("source: s\n" BODY, "version");
	SAYS("version: 1\n" BODY, "source");
	SAYS(HEAD BODY "    fields: [\n", "line");
}

Test(map, refuses_another_version)
{
	SAYS("version: 2\nsource: s\n" BODY, "version 1, not 2");
}

Test(map, names_a_file_that_is_not_there)
{
	struct map *m;
	struct err e;

	cr_assert_eq(map_load("/nonexistent.yaml", &m, &e), REJ_NOT_FOUND);
	cr_assert_not_null(strstr(e.text, "/nonexistent.yaml"));
}

Test(map, loads_every_map_of_the_tests)
{
	DIR *d = opendir("tests/maps");
	struct dirent *entry;
	int n = 0;

	cr_assert_not_null(d, "run the tests from the top of the tree");
	while ((entry = readdir(d)) != NULL) {
		char path[512];
		struct map *m;
		struct err e;

		if (strstr(entry->d_name, ".yaml") == NULL)
			continue;
		snprintf(path, sizeof path, "tests/maps/%s", entry->d_name);
		cr_assert_eq(map_load(path, &m, &e), OK, "%s", e.text);
		map_free(m);
		n++;
	}
	closedir(d);
	cr_assert_geq(n, 5);
}
