#include "core/spd/spd_check.h"

#include <criterion/criterion.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static json_t *
json(const char *text)
{
	json_error_t why;
	json_t *j = json_loads(text, 0, &why);

	cr_assert_not_null(j, "%s: %s", why.text, text);
	return j;
}

/* How many faults a check finds; the first of them in `first`. */
static char first[200];

static json_int_t
faults(const char *check, const char *document, const char *events, const char *earlier)
{
	json_t *d = json(document);
	json_t *ev = json(events);
	json_t *before = earlier == NULL ? NULL : json(earlier);
	json_t *list = spd_check(d, ev, before);
	json_int_t n = -1;

	first[0] = '\0';
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *c = json_array_get(list, i);
		const char *found =
		    json_string_value(json_array_get(json_object_get(c, "found"), 0));

		if (strcmp(json_string_value(json_object_get(c, "check")), check) != 0)
			continue;
		n = json_integer_value(json_object_get(c, "count"));
		snprintf(first, sizeof first, "%s", found == NULL ? "" : found);
		cr_expect_eq(json_is_true(json_object_get(c, "ok")), n == 0);
		cr_expect_eq(json_string_value(json_object_get(c, "todo"))[0] == '\0', n == 0);
	}
	json_decref(list);
	json_decref(d);
	json_decref(ev);
	json_decref(before);
	return n;
}

#define METRIC(basis, shape, figures)                                              \
	"{\"metrics\": [{\"id\": \"M1\", \"name\": \"Lanes\", \"basis\": \"" basis \
	"\", \"shape\": \"" shape "\", "                                           \
	"\"figures\": [" figures "]}]}"
#define FIGURE(by, x, n, v, s)                                                              \
	"{\"by\": {" by "}, \"numerator\": " #x ", \"denominator\": " #n ", \"value\": " #v \
	", \"status\": \"" s "\", \"no_data\": null, \"interval\": null}"
#define SITE(name) "\"site\": \"" name "\""

Test(spd_check, adds_the_sites_up_to_the_entity)
{
	cr_expect_eq(
	    faults("SITES",
		   METRIC("CENSUS", "ratio",
			  FIGURE("", 5, 9, 0.5, "MET") "," FIGURE(
			      SITE("A"), 2, 4, 0.5, "MET") "," FIGURE(SITE("B"), 3, 5, 0.6, "MET")),
		   "[]", NULL),
	    0);
	cr_expect_eq(
	    faults("SITES",
		   METRIC("CENSUS", "ratio",
			  FIGURE("", 5, 9, 0.5, "MET") "," FIGURE(
			      SITE("A"), 2, 4, 0.5, "MET") "," FIGURE(SITE("B"), 3, 4, 0.6, "MET")),
		   "[]", NULL),
	    1);
	cr_expect_str_eq(first, "M1: by site 5/8, the entity 5/9");
	/* One person may be at two sites. */
	cr_expect_eq(
	    faults("SITES",
		   METRIC("CENSUS", "persons",
			  FIGURE("", 5, 9, 0.5, "MET") "," FIGURE(
			      SITE("A"), 5, 9, 0.5, "MET") "," FIGURE(SITE("B"), 3, 4, 0.6, "MET")),
		   "[]", NULL),
	    0);
}

/* What is not shown, because its persons are few, is no fault of a sum. */
Test(spd_check, adds_up_no_breakdown_that_has_a_part_which_is_not_shown)
{
	static const char hidden[] =
	    METRIC("CENSUS", "ratio",
		   FIGURE("", 8, 9, 0.9, "MET") ",{\"by\": {" SITE(
		       "A") "}, \"numerator\": null, "
			    "\"denominator\": null, \"value\": null, \"status\": \"NO_DATA\", "
			    "\"no_data\": \"SUPPRESSED\", \"interval\": null}," FIGURE(
				SITE("B"), 3, 4, 0.8, "MET"));

	cr_expect_eq(faults("SITES", hidden, "[]", NULL), 0, "%s", first);
}

/* A target that was set for one mode has the entity's figure be that mode's. */
Test(spd_check, adds_up_of_what_is_apart_the_part_that_the_target_is_for)
{
#define APART(x)                                                                                  \
	"{\"metrics\": [{\"id\": \"M1\", \"name\": \"Lanes\", \"basis\": \"SAMPLE\", \"shape\": " \
	"\"ratio\", \"apart\": \"mode\", \"target\": {\"of\": \"OVERT\"}, \"figures\": [" FIGURE( \
	    "", 3, 4, 0.8, "MET") "," FIGURE("\"mode\": \"OVERT\"", x, 4, 0.8,                    \
					     "MET") "," FIGURE("\"mode\": \"CCTV_REVIEW\"", 5, 6, \
							       0.8, "MET") "]}]}"

	cr_expect_eq(faults("SHEETS", APART(3), "[]", NULL), 0, "%s", first);
	cr_expect_eq(faults("SHEETS", APART(2), "[]", NULL), 1);
	cr_expect_str_eq(first, "M1: by mode 2/4, the entity 3/4");
}

Test(spd_check, takes_an_unknown_part_for_nothing_added)
{
	cr_expect_eq(faults("SITES",
			    METRIC("CENSUS", "ratio",
				   FIGURE("", 5, 4, 0.5, "MET") "," FIGURE(
				       SITE("A"), 5, 4, 0.5,
				       "MET") "," FIGURE(SITE("B"), null, null, null, "NO_DATA")),
			    "[]", NULL),
		     0);
}

Test(spd_check, adds_every_other_breakdown_up_too)
{
	cr_expect_eq(faults("SHEETS",
			    METRIC("CENSUS", "count",
				   FIGURE("", 5, null, 5, "MET") "," FIGURE(
				       "\"measure\": \"4.1\", " SITE("A"), 4, null, 4, "MET")),
			    "[]", NULL),
		     1);
	cr_expect_not_null(strstr(first, "4/0"), "%s", first);
}

Test(spd_check, asks_why_there_is_no_value)
{
	cr_expect_eq(faults("REASONS", METRIC("CENSUS", "ratio", FIGURE("", 5, 0, null, "NO_DATA")),
			    "[]", NULL),
		     1);
	cr_expect_eq(faults("REASONS",
			    METRIC("SAMPLE", "ratio", FIGURE("", 5, 7, null, "INSUFFICIENT")), "[]",
			    NULL),
		     0);
	cr_expect_eq(faults("REASONS",
			    "{\"metrics\": [{\"id\": \"M1\", \"figures\": [{\"by\": {}, \"value\": "
			    "null, \"status\": \"NO_DATA\", \"no_data\": \"NO_ACTIVITY\"}]}]}",
			    "[]", NULL),
		     0);
}

Test(spd_check, asks_for_the_interval_of_a_samples_rate)
{
	cr_expect_eq(faults("INTERVALS", METRIC("SAMPLE", "ratio", FIGURE("", 5, 7, 0.7, "MET")),
			    "[]", NULL),
		     1);
	cr_expect_eq(faults("INTERVALS", METRIC("CENSUS", "ratio", FIGURE("", 5, 7, 0.7, "MET")),
			    "[]", NULL),
		     0);
}

Test(spd_check, finds_what_may_point_at_a_person)
{
	cr_expect_eq(faults("PERSONS", "{\"a\": [{\"screener_id\": \"x\"}]}", "[]", NULL), 1);
	cr_expect_eq(faults("PERSONS", "{\"by\": {\"unit\": \"00112233445566778899aabbccddeeff\"}}",
			    "[]", NULL),
		     1);
	cr_expect_eq(faults("PERSONS", "{}",
			    "[{\"text\": \"see 00112233445566778899AABBCCDDEEFF!\"}]", NULL),
		     1);
	/* A digest is no pseudonym, nor is the identity of a record. */
	cr_expect_eq(
	    faults("PERSONS",
		   "{\"sha256\": "
		   "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\", \"id\": "
		   "\"019de7ea-8680-8268-86d9-9a4017b0b72d\"}",
		   "[]", NULL),
	    0);
}

#define COMMENT(metric, by) \
	"{\"action\": \"COMMENT\", \"metric\": \"" metric "\", \"by_dims\": {" by "}}"

Test(spd_check, asks_for_a_comment_on_a_failing_figure)
{
	const char *whole =
	    METRIC("CENSUS", "ratio",
		   FIGURE("", 5, 9, 0.5, "NOT_MET") "," FIGURE(SITE("A"), 5, 9, 0.5, "NOT_MET"));

	cr_expect_eq(faults("COMMENTS", whole, "[]", NULL), 1);
	cr_expect_str_eq(first, "M1");
	cr_expect_eq(faults("COMMENTS", whole, "[" COMMENT("M2", "") "]", NULL), 1);
	cr_expect_eq(faults("COMMENTS", whole, "[" COMMENT("M1", SITE("A")) "]", NULL), 1,
		     "the site's comment does not explain the entity");
	cr_expect_eq(faults("COMMENTS", whole, "[" COMMENT("M1", "") "]", NULL), 0);
}

Test(spd_check, asks_for_a_comment_on_a_breakdown_that_fails_alone)
{
	const char *site =
	    METRIC("CENSUS", "ratio",
		   FIGURE("", 5, 9, 0.5, "MET") "," FIGURE(SITE("A"), 5, 9, 0.5, "NOT_MET"));

	cr_expect_eq(faults("COMMENTS", site, "[]", NULL), 1);
	cr_expect_str_eq(first, "M1 at site A");
	cr_expect_eq(faults("COMMENTS", site, "[" COMMENT("M1", SITE("B")) "]", NULL), 1);
	cr_expect_eq(faults("COMMENTS", site, "[" COMMENT("M1", SITE("A")) "]", NULL), 0);
	cr_expect_eq(faults("COMMENTS", site, "[" COMMENT("M1", "") "]", NULL), 0);
}

#define BALANCE(o, r, c, e)                                                             \
	"{\"balances\": [{\"what\": \"FINDINGS\", \"opening\": " #o ", \"raised\": " #r \
	", \"closed\": " #c ", \"closing\": " #e "}]}"

Test(spd_check, balances_what_is_open)
{
	cr_expect_eq(faults("BALANCES", BALANCE(3, 2, 1, 4), "[]", NULL), 0);
	cr_expect_eq(faults("BALANCES", BALANCE(3, 2, 1, 5), "[]", NULL), 1);
	cr_expect_eq(faults("BALANCES", BALANCE(3, 2, 1, 4), "[]", BALANCE(0, 3, 0, 3)), 0);
	cr_expect_eq(faults("BALANCES", BALANCE(3, 2, 1, 4), "[]", BALANCE(0, 4, 0, 4)), 1);
	cr_expect_not_null(strstr(first, "closed with 4"), "%s", first);
	cr_expect_eq(faults("BALANCES", BALANCE(3, 2, 1, 4), "[]", "{}"), 0,
		     "an older document without balances contradicts nothing");
}

Test(spd_check, names_some_and_counts_all)
{
	static char document[64 * SPD_FOUND_MAX] = "{";
	json_t *d;
	json_t *ev = json_array();
	json_t *list;

	for (int i = 0; i < SPD_FOUND_MAX + 5; i++)
		snprintf(document + strlen(document), sizeof document - strlen(document),
			 "%s\"k%d\": {\"tester_id\": 1}", i == 0 ? "" : ", ", i);
	snprintf(document + strlen(document), 2, "}");
	d = json(document);
	list = spd_check(d, ev, NULL);
	cr_expect_eq(spd_check_failed(list), 1);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *c = json_array_get(list, i);

		if (json_is_true(json_object_get(c, "ok")))
			continue;
		cr_expect_eq(json_integer_value(json_object_get(c, "count")), SPD_FOUND_MAX + 5);
		cr_expect_eq(json_array_size(json_object_get(c, "found")), SPD_FOUND_MAX);
	}
	json_decref(list);
	json_decref(d);
	json_decref(ev);
}

Test(spd_check, asks_for_a_word_on_records_that_have_a_double)
{
	const char *two =
	    "{\"metrics\": [{\"id\": \"DQ07\", \"shape\": \"ratio\", \"figures\": [" FIGURE(
		"", 2, 9, 0.2, "NO_TARGET") "]}]}";
	const char *none =
	    "{\"metrics\": [{\"id\": \"DQ07\", \"shape\": \"ratio\", \"figures\": [" FIGURE(
		"", 0, 9, 0, "NO_TARGET") "]}]}";

	cr_expect_eq(faults("DOUBLES", two, "[]", NULL), 1);
	cr_expect_str_eq(first, "DQ07: 2 records with a double");
	cr_expect_eq(faults("DOUBLES", two, "[" COMMENT("DQ07", "") "]", NULL), 0);
	cr_expect_eq(faults("DOUBLES", none, "[]", NULL), 0);
}

#define TWICE(reason, n)                                                                          \
	METRIC("CENSUS", "count",                                                                 \
	       "{\"by\": {}, \"numerator\": 5, \"denominator\": null, \"value\": 5, \"status\": " \
	       "\"NONE\", \"no_data\": null, \"interval\": null, \"excluded\": [{\"reason\": "    \
	       "\"" reason "\", \"count\": " n "}]}")

Test(spd_check, tells_what_was_told_twice_until_it_is_explained)
{
	cr_expect_eq(faults("OVERLAPS", TWICE("COUNTED_TWICE", "1000"), "[]", NULL), 1);
	cr_expect_str_eq(first, "M1 Lanes: 1000 left out as counted twice");
	cr_expect_eq(faults("OVERLAPS", TWICE("SECONDS_TOLD_TWICE", "7"), "[]", NULL), 1);
	cr_expect_eq(faults("OVERLAPS", TWICE("COUNTED_TWICE", "0"), "[]", NULL), 0);
	/* An outage within normal time is no fault. */
	cr_expect_eq(faults("OVERLAPS", TWICE("SECONDS_OVERRULED", "7"), "[]", NULL), 0);
	cr_expect_eq(faults("OVERLAPS", TWICE("COUNTED_TWICE", "1000"),
			    "[{\"action\": \"COMMENT\", \"metric\": \"M1\", \"by_dims\": {}}]",
			    NULL),
		     0);
}

#define BESIDE(n)                                                                                 \
	METRIC("CENSUS", "count",                                                                 \
	       "{\"by\": {}, \"numerator\": 5, \"denominator\": null, \"value\": 5, \"status\": " \
	       "\"NONE\", \"no_data\": null, \"interval\": null, \"excluded\": [], \"details\": " \
	       "{\"parts\": {\"COUNTED_BESIDE\": " n "}}}")

Test(spd_check, tells_what_counts_for_two_places_until_it_is_explained)
{
	cr_expect_eq(faults("OVERLAPS", BESIDE("400"), "[]", NULL), 1);
	cr_expect_str_eq(first,
			 "M1 Lanes: 400 counted for a time at which another place counts, too");
	cr_expect_eq(faults("OVERLAPS", BESIDE("0"), "[]", NULL), 0);
	cr_expect_eq(faults("OVERLAPS", BESIDE("400"),
			    "[{\"action\": \"COMMENT\", \"metric\": \"M1\", \"by_dims\": {}}]",
			    NULL),
		     0);
}
