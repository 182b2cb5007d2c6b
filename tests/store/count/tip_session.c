/* Which events lie in which session, and which of the two counts: P-837,
 * sql/queries/quarter/spd_tip_session.sql. */
#include "base/count.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

STORE_SUITE(tip_session, fixture_open, 120);

/* What makes an event lie in a session, one measure and device each; the session of 100 has 90
 * hits. */
static const struct {
	const char *event;   /* device, login, screener, instant, outcome; "": none */
	const char *session; /* device, login, screener, from, to */
	const char *says;
	int untold;
} lying[] = {
    {"", "NULL, NULL, '09:00', '11:00'", "90/100 0.9 NO_TARGET", 0},
    /* An alarm alone says that the machine tells of events. */
    {"NULL, NULL, '10:00', 'NON_TIP_ALARM'", "NULL, NULL, '09:00', '11:00'", "-/- - ALL_LEFT_OUT",
     100},
    {"NULL, NULL, '09:00', 'HIT'", "NULL, NULL, '09:00', '11:00'", "1/1 - INSUFFICIENT", 99},
    {"NULL, NULL, '11:00', 'HIT'", "NULL, NULL, '09:00', '11:00'", "1/1 - INSUFFICIENT", 99},
    {"NULL, NULL, '11:00:01', 'MISS_TIMEOUT'", "NULL, NULL, '09:00', '11:00'",
     "90/101 0.891089 NO_TARGET", 0},
    {"NULL, NULL, '08:59:59', 'MISS_TIMEOUT'", "NULL, NULL, '09:00', '11:00'",
     "90/101 0.891089 NO_TARGET", 0},
    {"'1', NULL, '10:00', 'MISS_TIMEOUT'", "'2', NULL, '09:00', '11:00'",
     "90/101 0.891089 NO_TARGET", 0},
    {"'1', NULL, '10:00', 'HIT'", "NULL, NULL, '09:00', '11:00'", "1/1 - INSUFFICIENT", 99},
    {"NULL, '\\x31313131313131313131313131313131', '10:00', 'MISS_TIMEOUT'",
     "NULL, '\\x32323232323232323232323232323232', '09:00', '11:00'", "90/101 0.891089 NO_TARGET",
     0},
    {"NULL, '\\x31313131313131313131313131313131', '10:00', 'HIT'",
     "'2', '\\x31313131313131313131313131313131', '09:00', '11:00'", "1/1 - INSUFFICIENT", 99},
    /* Without an end for a day. */
    {"NULL, NULL, '33:00', 'HIT'", "NULL, NULL, '09:00', NULL", "1/1 - INSUFFICIENT", 99},
    {"NULL, NULL, '33:00:01', 'MISS_TIMEOUT'", "NULL, NULL, '09:00', NULL",
     "90/101 0.891089 NO_TARGET", 0},
    /* A month's total. */
    {"NULL, NULL, '500:00', 'HIT'", "NULL, NULL, '09:00', '720:00'", "1/1 - INSUFFICIENT", 99},
};

static void
add_lying(size_t i)
{
	static const char day[] = "2026-05-01T00:00Z";
	char values[800];

	if (lying[i].event[0] != '\0') {
		snprintf(
		    values, sizeof values,
		    "INSERT INTO sems.tip_event (record_id, source, site_id, measure_code, "
		    "device_id, login_session_id, screener_id, occurred_at, outcome, "
		    "received_at, received_from) SELECT gen_random_uuid(), 'src', 'N1', "
		    "'m%zu', 'd%zu', l, s::bytea, '%s'::timestamptz + t::interval, o, now(), 't' "
		    "FROM (VALUES (%s)) AS v (l, s, t, o)",
		    i, i, day, lying[i].event);
		cluster_do(f.pg, values);
	}
	snprintf(
	    values, sizeof values,
	    "INSERT INTO sems.tip_session (record_id, source, site_id, measure_code, "
	    "device_id, login_session_id, screener_id, occurred_at, occurred_end, "
	    "images_viewed, tip_shown, hits, misses, received_at, received_from) SELECT "
	    "gen_random_uuid(), 'src', 'N1', 'm%zu', 'd%zu', l, s::bytea, t, u, 900, 100, 90, 10, "
	    "now(), 't' FROM (SELECT l, s, '%s'::timestamptz + t::interval, '%s'::timestamptz "
	    "+ u::interval FROM (VALUES (%s)) AS v (l, s, t, u)) AS w (l, s, t, u)",
	    i, i, day, day, lying[i].session);
	cluster_do(f.pg, values);
}

/* One event says nothing of the other sessions of its machine. */
Test(tip_session, takes_events_or_a_session_session_by_session)
{
	json_t *doc;

	spd_add(&f, "tip_event", 1, ", outcome", ", 'ABORTED'");
	spd_add(&f, "tip_session", 1, ", tip_shown", ", 0");
	spd_add_at(&f, "2026-06-01T00:00Z", "tip_event", 1, ", outcome", ", 'ABORTED'");
	for (size_t i = 0; i < COUNT(lying); i++)
		add_lying(i);
	doc = spd_compute(&f, SPD_TASK_SHOW);
	for (size_t i = 0; i < COUNT(lying); i++) {
		char by[32];
		json_t *figure;
		int64_t untold = 0;
		json_t *x;
		size_t k;

		snprintf(by, sizeof by, "measure=m%zu", i);
		FIGURE_SAYS(doc, "OUT03", by, lying[i].says);
		figure = spd_figure(doc, "OUT03", by);
		json_array_foreach(json_object_get(figure, "excluded"), k, x)
		{
			if (strcmp(json_string_value(json_object_get(x, "reason")),
				   "NOT_TOLD_BY_EVENTS") == 0)
				untold = json_integer_value(json_object_get(x, "count"));
		}
		cr_expect_eq(untold, lying[i].untold, "%s: %d", by, (int)untold);
	}
	json_decref(doc);
}

/* 720 of 900 in nine sessions, and one alarm in one of them. */
Test(tip_session, leaves_the_other_sessions_when_an_event_comes)
{
	json_t *doc;

	spd_add(&f, "tip_session", 9,
		", device_id, login_session_id, images_viewed, tip_shown, hits, misses, "
		"non_tip_alarms",
		", 'X1', i::text, 900, 100, 80, 20, 3");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "OUT03", "", "720/900 0.8 NO_TARGET");
	FIGURE_SAYS(doc, "TP01", "", "27/- 27 NONE");
	json_decref(doc);
	spd_add(&f, "tip_event", 1, ", device_id, login_session_id, outcome",
		", 'X1', '9', 'NON_TIP_ALARM'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "OUT03", "", "640/800 0.8 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "OUT03", "NOT_TOLD_BY_EVENTS"), 100);
	FIGURE_SAYS(doc, "TP01", "", "25/- 25 NONE");
	json_decref(doc);
}

/* Nought is a fact where events are told and none is an alarm. */
Test(tip_session, counts_no_alarm_where_events_tell_of_none)
{
	json_t *doc;

	spd_add(&f, "tip_event", 3, ", device_id, outcome", ", 'X1', 'HIT'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "TP01", "", "0/- 0 NONE");
	json_decref(doc);
}

/* A machine that says when each login begins and not when it ends: what is told of the second says
 * nothing of the first. */
Test(tip_session, without_an_end_lasts_until_the_next_of_its_device)
{
	json_t *doc;

	for (int i = 0; i < 2; i++)
		spd_add_at(&f, i == 0 ? "2026-05-12T08:00:00Z" : "2026-05-12T12:00:00Z",
			   "tip_session", 1, ", device_id, images_viewed, tip_shown, hits, misses",
			   ", 'X1', 900, 100, 90, 10");
	spd_add_at(&f, "2026-05-12T12:00:00Z", "tip_event", 1, ", device_id, outcome",
		   ", 'X1', 'MISS_TIMEOUT'");
	doc = spd_compute(&f, SPD_TASK_SHOW);
	FIGURE_SAYS(doc, "OUT03", "", "90/101 0.891089 NO_TARGET");
	cr_expect_eq(spd_left_out(doc, "OUT03", "NOT_TOLD_BY_EVENTS"), 99);
	json_decref(doc);
}

static void
write_one(enum kind_id kind, int64_t at, int64_t end, unsigned number)
{
	static struct sample s;
	struct group *g = fixture_group();
	char text[24];

	sample_make(&s, kind);
	sample_set(&s, "device_id", "X1");
	sample_set(&s, "login_session_id", "");
	sample_set(&s, "screener_id", "");
	snprintf(text, sizeof text, "%" PRId64, end);
	sample_set(&s, "occurred_end", end == 0 ? "" : text);
	if (kind == KIND_TIP_SESSION) {
		sample_set(&s, "images_viewed", "900");
		sample_set(&s, "tip_shown", "100");
		sample_set(&s, "hits", "90");
		sample_set(&s, "misses", "10");
		sample_set(&s, "aborted", "");
	} else {
		sample_set(&s, "outcome", "MISS_TIMEOUT");
		sample_set(&s, "abort_reason", "");
	}
	sample_move(&s, at);
	snprintf(text, sizeof text, "%u", number);
	fixture_add(g, &s, text);
	fixture_write(&f, g);
	fixture_free(g);
}

static void
expect_both(const char *says)
{
	json_t *counts = spd_compute_from(&f, SPD_FROM_COUNTS);
	json_t *raw = spd_compute_from(&f, SPD_FROM_RAW);

	FIGURE_SAYS(counts, "OUT03", "", says);
	FIGURE_SAYS(raw, "OUT03", "", says);
	json_decref(counts);
	json_decref(raw);
}

/* The day of a session is counted when an event comes that lies in it on a later day. */
Test(tip_session, is_counted_again_when_an_event_comes)
{
	static const struct {
		int from; /* hours since the quarter began */
		int to;   /* 0: no end */
		int event;
	} cases[] = {{46, 52, 50}, {240, 0, 263}, {480, 600, 590}};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const int64_t hour = MS_PER_HOUR;
		const int64_t start = INT64_C(1774998000000);
		char says[64];

		write_one(KIND_TIP_SESSION, start + cases[i].from * hour,
			  cases[i].to == 0 ? 0 : start + cases[i].to * hour, 2 * (unsigned)i);
		spd_recount(&f);
		snprintf(says, sizeof says, "90/%zu %.6g NO_TARGET", 100 + i,
			 90.0 / (double)(100 + i));
		expect_both(says);
		write_one(KIND_TIP_EVENT, start + cases[i].event * hour, 0, 2 * (unsigned)i + 1);
		snprintf(says, sizeof says, "0/%zu - INSUFFICIENT", i + 1);
		expect_both(says);
		spd_recount(&f);
		expect_both(says);
	}
}
