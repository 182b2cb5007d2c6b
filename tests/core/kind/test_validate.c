#include "base/count.h"
#include "core/kind/validate.h"
#include "tests/core/sample.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct sample s;

#define EXPECT(want, at) expect(want, at, __LINE__)

static void
expect(enum reason want, const char *where, int line)
{
	struct refusal why = {.reason = REASON_NONE};
	bool ok = record_validate(&s.r, SAMPLE_NOW, sample_calendar(), &why);

	cr_expect_eq(why.reason, want, "line %d: %s, not %s: %s %s", line, reason_name(why.reason),
		     reason_name(want), why.err.where, why.err.text);
	cr_expect_eq(ok, want == REASON_NONE, "line %d", line);
	if (want == REASON_NONE)
		return;
	cr_expect_str_eq(why.err.where, where, "line %d: at %s, not %s", line, why.err.where,
			 where);
	cr_expect_gt(strlen(why.err.text), 10, "line %d: \"%s\"", line, why.err.text);
	cr_expect_eq(why.err.code, REJ_FIELD, "line %d", line);
}

static void
make(enum kind_id kind)
{
	sample_make(&s, kind);
}

Test(validate, accepts_every_kind_with_what_it_requires)
{
	for (int k = 0; k < KIND_COUNT; k++) {
		make((enum kind_id)k);
		EXPECT(REASON_NONE, "");
	}
}

/* P-806 */
Test(validate, misses_every_required_field_by_its_path)
{
	int missed = 0;

	for (int k = 0; k < KIND_COUNT; k++) {
		size_t n = kind_n_fields(kinds[k]);

		for (size_t i = 0; i < n; i++) {
			char path[64];
			bool required = i < ENV_COUNT
					    ? kind_requires(kinds[k], (enum envelope)i)
					    : (kinds[k]->own[i - ENV_COUNT].flags & FIELD_REQUIRED);

			make((enum kind_id)k);
			s.v[i].set = false;
			field_path(kinds[k], i, path);
			if (required)
				EXPECT(REASON_MISSING, path);
			missed += required;
		}
	}
	cr_expect_gt(missed, 3 * KIND_COUNT + 20);
}

struct row {
	enum kind_id kind;
	const char *path;
	const char *value;
	enum reason reason;
	const char *where;
};

/* One field spoiled: by reason, kinds where they differ. */
static const struct row rows[] = {
    {KIND_TEST, "source", "", REASON_MISSING, "source"},
    {KIND_TEST, "outcome", "0", REASON_MISSING, "test.outcome"},
    {KIND_TEST, "layers[1].detected", "1", REASON_MISSING, "test.layers[0].layer"},
    {KIND_OBSERVATION, "criteria", "", REASON_MISSING, "observation.criteria"},
    {KIND_OBSERVATION, "criteria[1].criterion_id", "c2", REASON_MISSING,
     "observation.criteria[1].result"},
    {KIND_AUDIT, "ratings[0].measure_code", "4.1", REASON_MISSING,
     "audit.ratings[0].classification"},
    {KIND_AUDIT, "findings[0].finding_id", "f1", REASON_MISSING, "audit.findings[0].severity"},
    {KIND_AUDIT, "auditors[1]", "anna", REASON_MISSING, "audit.auditors[0]"},
    {KIND_AUDIT, "techniques[1]", "INTERVIEW", REASON_MISSING, "audit.techniques[0]"},
    {KIND_HEARTBEAT, "events_made[0].kind", "test", REASON_MISSING,
     "heartbeat.events_made[0].count"},

    {KIND_TIP_EVENT, "response_ms", "0", REASON_NONE, ""},
    {KIND_TIP_EVENT, "response_ms", "-1", REASON_RANGE, "tip_event.response_ms"},
    {KIND_TIP_EVENT, "response_ms", "3600000", REASON_NONE, ""},
    {KIND_TIP_EVENT, "response_ms", "3600001", REASON_RANGE, "tip_event.response_ms"},
    {KIND_TIP_EVENT, "event_no", "-1", REASON_RANGE, "tip_event.event_no"},
    {KIND_TIP_SESSION, "images_viewed", "1000000000", REASON_NONE, ""},
    {KIND_TIP_SESSION, "images_viewed", "1000000001", REASON_RANGE, "tip_session.images_viewed"},
    {KIND_TIP_SESSION, "misses", "-1", REASON_RANGE, "tip_session.misses"},
    {KIND_TIP_SESSION, "vendor_pd", "nan", REASON_RANGE, "tip_session.vendor_pd"},
    {KIND_TIP_SESSION, "vendor_dprime", "inf", REASON_RANGE, "tip_session.vendor_dprime"},
    {KIND_TIP_SESSION, "vendor_dprime", "-4.7", REASON_NONE, ""},
    {KIND_AUDIT, "person_days", "-0.5", REASON_RANGE, "audit.person_days"},
    {KIND_AUDIT, "announced", "2", REASON_RANGE, "audit.announced"},
    {KIND_PLAN, "window_end_min", "1440", REASON_RANGE, "plan.window_end_min"},
    {KIND_ACTIVITY, "count", "0", REASON_NONE, ""},
    {KIND_ACTIVITY, "count", "-1", REASON_RANGE, "activity.count"},
    {KIND_EQUIPMENT_CHECK, "attempt", "0", REASON_RANGE, "equipment_check.attempt"},
    {KIND_EQUIPMENT_CHECK, "due_at", "631151999999", REASON_RANGE, "equipment_check.due_at"},
    {KIND_EQUIPMENT_CHECK, "due_at", "7258118400001", REASON_RANGE, "equipment_check.due_at"},
    {KIND_TEST, "utc_offset_min", "841", REASON_RANGE, "utc_offset_min"},
    {KIND_TEST, "embargo", "1", REASON_NONE, ""},
    {KIND_TIP_EVENT, "embargo", "0", REASON_NONE, ""},
    {KIND_TIP_EVENT, "embargo", "1", REASON_RULE, "embargo"},
    {KIND_VOID, "embargo", "1", REASON_RULE, "embargo"},

    {KIND_TEST, "outcome", "5", REASON_ENUM, "test.outcome"},
    {KIND_TEST, "outcome", "-1", REASON_ENUM, "test.outcome"},
    {KIND_TEST, "marking", "3", REASON_ENUM, "marking"},
    {KIND_AUDIT, "techniques[0]", "99", REASON_ENUM, "audit.techniques[0]"},
    {KIND_OBSERVATION, "criteria[0].severity", "9", REASON_ENUM,
     "observation.criteria[0].severity"},

    {KIND_OBSERVATION, "note", "tab\tand\nline", REASON_NONE, ""},
    {KIND_OBSERVATION, "note", "gate \xc3\xa9 5", REASON_NONE, ""},
    {KIND_OBSERVATION, "note", "gate \xc3 5", REASON_TEXT, "observation.note"},
    {KIND_OBSERVATION, "note", "bell\a", REASON_TEXT, "observation.note"},
    {KIND_OBSERVATION, "site_id", "N\n1", REASON_TEXT, "site_id"},
    {KIND_OBSERVATION, "site_id", "N1\u00a0", REASON_TEXT, "site_id"},
    {KIND_OBSERVATION, "location_id", "N\u200b1", REASON_TEXT, "location_id"},
    {KIND_OBSERVATION, "criteria[0].criterion_id", "\x7f", REASON_TEXT,
     "observation.criteria[0].criterion_id"},
    {KIND_TEST, "requirement_refs[0]", "\xff", REASON_TEXT, "requirement_refs[0]"},
    {KIND_AUDIT, "auditors[0]", "\xff", REASON_TEXT, "audit.auditors[0]"},
    {KIND_TEST, "recorded_by", "\x01", REASON_TEXT, "recorded_by"},

    {KIND_TEST, "measure_code", "4.1", REASON_NONE, ""},
    {KIND_TEST, "measure_code", "6.3.2", REASON_NONE, ""},
    {KIND_TEST, "measure_code", "L.2", REASON_NONE, ""},
    {KIND_TEST, "measure_code", "Gate_7-north", REASON_NONE, ""},
    {KIND_TEST, "measure_code", "4 1", REASON_TEXT, "measure_code"},
    {KIND_VOID, "recorded_by", " p1", REASON_TEXT, "recorded_by"},
    {KIND_TIP_EVENT, "recorded_by", "p1 ", REASON_TEXT, "recorded_by"},
    {KIND_TEST, "measure_code", "4.1\xc3\xa9", REASON_TEXT, "measure_code"},
    {KIND_AUDIT, "ratings[0].measure_code", "a/b", REASON_TEXT, "audit.ratings[0].measure_code"},

    {KIND_HEARTBEAT, "events_made[0].kind", "tip", REASON_ENUM, "heartbeat.events_made[0].kind"},
    {KIND_CONFIRMATION, "confirms_record_id", "019e1b85-95c0-4000-8000-000000000001",
     REASON_IDENTITY, "confirmation.confirms_record_id"},

    {KIND_TEST, "occurred_end", "1778578200000", REASON_NONE, ""},
    {KIND_TEST, "occurred_end", "1778578199999", REASON_RULE, "occurred_end"},
    {KIND_ACTIVITY, "occurred_end", "1778578199999", REASON_RULE, "occurred_end"},
    {KIND_HEARTBEAT, "occurred_end", "1778671800001", REASON_CLOCK, "occurred_end"},
    {KIND_TEST, "occurred_end", "1778671800000", REASON_NONE, ""},
    {KIND_VOID, "corrected_at", "1778671800001", REASON_CLOCK, "corrected_at"},

    {KIND_TEST, "corrected_at", "1778578200000", REASON_RULE, "corrected_at"},
    {KIND_TEST, "correction_reason", "typing error", REASON_RULE, "correction_reason"},
    {KIND_TEST, "corrects_source", "lane-2", REASON_RULE, "corrects_source"},
    {KIND_TEST, "corrects_record_id", "019e1b1c-54c0-7000-8000-000000000001", REASON_MISSING,
     "corrected_at"},
    {KIND_VOID, "corrects_record_id", "019e1b1c-54c0-4000-8000-000000000001", REASON_IDENTITY,
     "corrects_record_id"},
    {KIND_VOID, "record_id", "019e1b1c-54c0-4000-8000-000000000001", REASON_IDENTITY, "record_id"},
    {KIND_TEST, "record_id", "019e1b1c-54c0-7000-8000-000000000001", REASON_IDENTITY, "record_id"},
};

/* P-408, P-801 */
Test(validate, gives_the_reason_and_path_of_one_spoiled_field)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[i];
		struct refusal why = {.reason = REASON_NONE, .err.where = ""};

		make(row->kind);
		sample_set(&s, row->path, row->value);
		record_validate(&s.r, SAMPLE_NOW, sample_calendar(), &why);
		cr_expect_eq(why.reason, row->reason, "%s %s=%s: %s, not %s: %s %s",
			     kinds[row->kind]->name, row->path, row->value, reason_name(why.reason),
			     reason_name(row->reason), why.err.where, why.err.text);
		cr_expect_str_eq(why.err.where, row->where, "%s=%s", row->path, row->value);
	}
}

Test(validate, refuses_an_embedded_nul)
{
	make(KIND_TEST);
	s.v[ENV_SHIFT_ID] = (struct value){.set = true, .text = {"a\0b", 3}};
	EXPECT(REASON_TEXT, "shift_id");
	s.v[ENV_SHIFT_ID].set = false;
	s.v[ENV_MEASURE_CODE] = (struct value){.set = true, .text = {"4\0001", 3}};
	EXPECT(REASON_TEXT, "measure_code");
}

/* P-801 */
Test(validate, limits_every_text_to_its_bytes)
{
	static char big[4096];

	memset(big, 'x', sizeof big - 1);
	for (int k = 0; k < KIND_COUNT; k++) {
		for (size_t i = 0; i < kind_n_fields(kinds[k]); i++) {
			const struct field *f = kind_field(kinds[k], i);
			char path[64];

			if (f->type != FIELD_TEXT && f->type != FIELD_PERSON)
				continue;
			make((enum kind_id)k);
			cr_assert(f->max > 0 && f->max < 4000, "%s", f->name);
			s.v[i] = (struct value){.set = true, .text = {big, (size_t)f->max + 1}};
			field_path(kinds[k], i, path);
			EXPECT(REASON_TOO_LONG, path);
		}
	}
}

Test(validate, limits_every_list_to_its_items)
{
	int lists = 0;

	for (int k = 0; k < KIND_COUNT; k++) {
		for (size_t i = 0; i < kind_n_fields(kinds[k]); i++) {
			const struct field *f = kind_field(kinds[k], i);
			static struct value items[SAMPLE_ITEMS * 9];
			char path[64];

			if (f->type != FIELD_LIST && f->type != FIELD_TEXTS &&
			    f->type != FIELD_ENUMS && f->type != FIELD_PERSONS)
				continue;
			make((enum kind_id)k);
			s.v[i] = (struct value){
			    .set = true,
			    .list = {items, (size_t)f->max + 1, f->n_item == 0 ? 1 : f->n_item}};
			field_path(kinds[k], i, path);
			EXPECT(REASON_TOO_LONG, path);
			lists++;
		}
	}
	cr_expect_geq(lists, 2 * KIND_COUNT + 6);
}

Test(validate, allows_the_longest_list_and_limits_its_items)
{
	static char big[FIELD_ITEM_BYTES + 2];

	memset(big, 'x', sizeof big - 1);
	make(KIND_TEST);
	sample_set(&s, "requirement_refs[0]", "r1");
	sample_resize(&s, "requirement_refs", 50);
	EXPECT(REASON_NONE, "");
	sample_set(&s, "requirement_refs[49]", big);
	EXPECT(REASON_TOO_LONG, "requirement_refs[49]");
}

/* P-602 */
Test(validate, ties_the_identity_to_the_instant)
{
	make(KIND_TEST);
	s.v[ENV_OCCURRED_AT].i++;
	EXPECT(REASON_IDENTITY, "record_id");
	sample_move(&s, SAMPLE_TIME + 1);
	EXPECT(REASON_NONE, "");
	s.v[ENV_RECORD_ID].uuid.b[8] = 0x00;
	EXPECT(REASON_IDENTITY, "record_id");
}

/* P-804 */
Test(validate, bounds_the_clock)
{
	make(KIND_TEST);
	sample_move(&s, SAMPLE_NOW.v + CLOCK_AHEAD_MAX_MS);
	EXPECT(REASON_NONE, "");
	sample_move(&s, SAMPLE_NOW.v + CLOCK_AHEAD_MAX_MS + 1);
	EXPECT(REASON_CLOCK, "occurred_at");
	sample_move(&s, CLOCK_FLOOR_MS);
	EXPECT(REASON_NONE, "");
	sample_move(&s, CLOCK_FLOOR_MS - 1);
	EXPECT(REASON_CLOCK, "occurred_at");
	sample_move(&s, 0);
	EXPECT(REASON_CLOCK, "occurred_at");
}

/* P-805 */
Test(validate, wants_a_minute_whole)
{
	make(KIND_TEST);
	sample_set(&s, "precision", "MINUTE");
	EXPECT(REASON_NONE, "");
	sample_move(&s, SAMPLE_TIME + 1000);
	EXPECT(REASON_PRECISION, "occurred_at");
	sample_set(&s, "precision", "MS");
	EXPECT(REASON_NONE, "");
}

/* P-805 */
Test(validate, wants_a_day_to_begin_where_the_calendar_says)
{
	/* 2026-05-12 in London's summer time begins at 23:00Z of the day before. */
	int64_t begins = SAMPLE_TIME - (10 * 60 + 30) * MS_PER_MINUTE;
	struct refusal why;

	make(KIND_TEST);
	sample_set(&s, "precision", "DAY");
	sample_move(&s, begins);
	EXPECT(REASON_NONE, "");
	sample_move(&s, begins + MS_PER_HOUR);
	EXPECT(REASON_PRECISION, "occurred_at");
	cr_expect(record_validate(&s.r, SAMPLE_NOW, NULL, &why), "no calendar, no opinion");
}

/* P-701 */
Test(validate, wants_a_correction_whole)
{
	make(KIND_TEST);
	sample_set(&s, "corrects_record_id", "019e1b1c-54c0-7000-8000-000000000001");
	sample_set(&s, "corrected_at", "1778578200000");
	EXPECT(REASON_MISSING, "correction_reason");
	sample_set(&s, "correction_reason", "wrong lane");
	EXPECT(REASON_NONE, "");
	s.v[ENV_CORRECTS_RECORD_ID].uuid = s.v[ENV_RECORD_ID].uuid;
	EXPECT(REASON_IDENTITY, "corrects_record_id");
}

/* P-409 */
Test(validate, reports_the_first_fault_in_field_order)
{
	make(KIND_TEST);
	sample_set(&s, "source", "");
	sample_set(&s, "site_id", "\x01");
	sample_set(&s, "outcome", "99");
	EXPECT(REASON_MISSING, "source");
	sample_set(&s, "source", "lane-1");
	EXPECT(REASON_TEXT, "site_id");
	sample_set(&s, "site_id", "north");
	EXPECT(REASON_ENUM, "test.outcome");
}

Test(validate, writes_paths_of_envelope_and_own_fields)
{
	char path[64];

	field_path(kinds[KIND_TIP_EVENT], ENV_SITE_ID, path);
	cr_expect_str_eq(path, "site_id");
	field_path(kinds[KIND_TIP_EVENT],
		   kind_field_index(kinds[KIND_TIP_EVENT], TEXT_LIT("outcome")), path);
	cr_expect_str_eq(path, "tip_event.outcome");
}
