#include "base/count.h"
#include "tools/time/moment.h"

#include <criterion/criterion.h>

#include <string.h>

static void
check(const char *text, enum moment_detail detail, const char *expected)
{
	char words[MOMENT_TEXT_SIZE];

	cr_assert(moment_words(text, detail, words), "%s", text);
	cr_expect_str_eq(words, expected, "%s: %s", text, words);
}

Test(moment, is_told_in_utc_until_a_zone_is_known)
{
	check("2026-03-31T23:00:00.123456+00:00", MOMENT_SECOND, "2026-03-31 23:00:00Z");
	moment_zone("");
	check("2026-03-31T23:00:00Z", MOMENT_MINUTE, "2026-03-31 23:00Z");
	moment_zone("No/Such_Zone");
	check("2026-03-31T23:00:00Z", MOMENT_DAY, "2026-03-31");
	moment_zone(NULL);
	check("2026-03-31T23:00:00Z", MOMENT_SECOND, "2026-03-31 23:00:00Z");
}

/* A day begins with its first instant there, which is another day's in UTC. */
Test(moment, is_told_in_the_entity_s_zone)
{
	moment_zone("Europe/London");
	check("2026-03-31T23:00:00.000Z", MOMENT_DAY, "2026-04-01");
	check("2026-03-31T23:00:00.000Z", MOMENT_SECOND, "2026-04-01 00:00:00+01:00");
	check("2026-01-31T23:00:59.999Z", MOMENT_MINUTE, "2026-01-31 23:00+00:00");
	moment_zone("America/St_Johns");
	check("2026-01-01T03:29:00Z", MOMENT_SECOND, "2025-12-31 23:59:00-03:30");
	moment_zone("Pacific/Kiritimati");
	check("2026-01-01T10:00:00Z", MOMENT_DAY, "2026-01-02");
	moment_zone("Asia/Kathmandu");
	check("2026-01-01T10:00:00Z", MOMENT_SECOND, "2026-01-01 15:45:00+05:45");
}

Test(moment, what_is_no_instant_is_left_alone)
{
	static const char *const others[] = {
	    "2026-07-01", "2026-07-01T09:00:00+01:00", "2026-13-01T09:00:00Z", "x",
	    "",           "2026-07-01T09:00:00"};
	char words[MOMENT_TEXT_SIZE];

	for (size_t i = 0; i < COUNT(others); i++)
		cr_expect_not(moment_words(others[i], MOMENT_SECOND, words), "%s", others[i]);
}

Test(moment, a_precision_says_how_much_is_meant)
{
	cr_expect_eq(moment_detail_of("DAY"), MOMENT_DAY);
	cr_expect_eq(moment_detail_of("MINUTE"), MOMENT_MINUTE);
	cr_expect_eq(moment_detail_of("MS"), MOMENT_SECOND);
	cr_expect_eq(moment_detail_of(NULL), MOMENT_SECOND);
}
