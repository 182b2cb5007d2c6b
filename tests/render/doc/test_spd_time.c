/* Instants by the entity's clocks. */
#include "render/doc/spd_time.h"

#include <criterion/criterion.h>

#include <string.h>

/* London in 2026, and a zone behind UTC by half an hour more than three hours after it. */
static json_t *
document(void)
{
	return json_pack("{s:[{s:s, s:s, s:i}, {s:s, s:s, s:i}, {s:s, s:s, s:i}]}", "clocks",
			 "from", "2026-01-01T00:00:00.000Z", "until", "2026-03-29T01:00:00.000Z",
			 "seconds", 0, "from", "2026-03-29T01:00:00.000Z", "until",
			 "2026-10-25T01:00:00.000Z", "seconds", 3600, "from",
			 "2026-10-25T01:00:00.000Z", "until", "2027-01-01T00:00:00.000Z", "seconds",
			 -12600);
}

static const char *
said(void (*say)(const json_t *, const char *, char *), const char *at)
{
	static char out[SPD_CELL];
	json_t *doc = document();

	say(doc, at, out);
	json_decref(doc);
	return out;
}

Test(spd_time, is_by_the_clocks_of_then)
{
	cr_expect_str_eq(said(spd_time, "2026-07-10T09:00:00.000Z"), "2026-07-10 10:00:00+01:00");
	cr_expect_str_eq(said(spd_time, "2026-03-29T00:59:59.999Z"), "2026-03-29 00:59:59 UTC");
	cr_expect_str_eq(said(spd_time, "2026-03-29T01:00:00.000Z"), "2026-03-29 02:00:00+01:00");
	cr_expect_str_eq(said(spd_time, "2026-10-25T01:00:00.000Z"), "2026-10-24 21:30:00-03:30");
}

Test(spd_time, is_utc_where_the_document_tells_no_clock)
{
	cr_expect_str_eq(said(spd_time, "2025-07-10T09:00:00.000Z"), "2025-07-10 09:00:00 UTC");
	cr_expect_str_eq(said(spd_moment, "2027-01-01T00:00:00.000Z"), "2027-01-01 00:00:00 UTC");
}

Test(spd_time, what_is_signed_has_utc_beside_it)
{
	cr_expect_str_eq(said(spd_moment, "2026-07-10T09:00:00.000Z"),
			 "2026-07-10 10:00:00+01:00 (09:00:00 UTC)");
	cr_expect_str_eq(said(spd_moment, "2026-03-31T23:00:00Z"),
			 "2026-04-01 00:00:00+01:00 (2026-03-31 23:00:00 UTC)");
	cr_expect_str_eq(said(spd_moment, "2026-02-10T09:00:00.000Z"), "2026-02-10 09:00:00 UTC");
}

Test(spd_time, what_is_no_instant_stays_as_it_is)
{
	cr_expect_str_eq(said(spd_time, "yesterday"), "yesterday");
	cr_expect_str_eq(said(spd_moment, ""), "");
}
