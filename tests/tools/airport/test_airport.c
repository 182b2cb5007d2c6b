#include "base/buf.h"
#include "base/count.h"
#include "base/digest.h"
#include "core/kind/validate.h"
#include "tools/airport/airport.h"
#include "tools/time/zone_calendar.h"
#include "wire/encode.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

/* A small airport that is quick to run, and what came out of it. */
struct run {
	struct arena *arena;
	struct arena *scratch;
	struct calendar cal;
	struct airport_plan plan;
	struct airport *airport;
	struct buf packed;
	size_t n;
	size_t n_bad;
	size_t n_late;
	size_t n_duplicates;
	size_t n_invalid; /* not acceptable, and not on purpose */
	size_t n_accepted_bad;
	size_t by_kind[KIND_COUNT];
	struct refusal refusal;
};

static const struct quarter QUARTER = {2026, 2};

static const struct value *
get(const struct record *r, const char *name)
{
	return &r->v[kind_field_index(r->kind, text_of(name))];
}

static struct run
make_run(uint64_t seed, struct quarter q)
{
	struct run r = {.arena = arena_new((size_t)64 << 20),
			.scratch = arena_new((size_t)1 << 20)};
	struct zone z;

	cr_assert(zone_open("Europe/London", &z));
	cr_assert(zone_calendar(&z, quarter_first(quarter_prev(q)), 400, r.arena, &r.cal));
	r.plan = (struct airport_plan){
	    .seed = seed,
	    .quarter = q,
	    .now = {r.cal.starts[399]},
	    .sites = 2,
	    .lanes = 3,
	    .screeners = 24,
	    .scale = 0.2,
	    .late = 0.1,
	    .duplicates = 0.05,
	    .silent_lane = true,
	};
	buf_init(&r.packed, (size_t)256 << 20);
	return r;
}

static void
free_run(struct run *r)
{
	arena_free(r->arena);
	arena_free(r->scratch);
	buf_fini(&r->packed);
}

static bool
take(void *ctx, const struct airport_item *item)
{
	struct run *r = ctx;
	struct refusal why;
	bool valid = record_validate(item->record, r->plan.now, &r->cal, &why);

	r->n++;
	r->by_kind[item->record->kind->id]++;
	r->n_bad += item->bad;
	r->n_late += item->late;
	r->n_duplicates += item->duplicate;
	if (!valid && !item->bad && r->n_invalid++ == 0)
		r->refusal = why;
	arena_reset(r->scratch);
	return wire_put_record(item->record, r->scratch, &r->packed);
}

static void
run_with(struct run *r, airport_emit_fn emit, void *ctx)
{
	struct err e;

	r->plan.cal = &r->cal;
	cr_assert_eq(airport_new(&r->plan, r->arena, &r->airport, &e), OK, "%s %s", e.where,
		     e.text);
	cr_assert_eq(airport_run(r->airport, emit, ctx, &e), OK, "%s %s", e.where, e.text);
}

static void
run_all(struct run *r)
{
	run_with(r, take, r);
}

Test(airport, every_record_is_acceptable_but_the_bad_ones)
{
	struct run r = make_run(1, QUARTER);

	run_all(&r);
	cr_assert_eq(r.n_invalid, 0, "%zu records, first: %s: %s", r.n_invalid, r.refusal.err.where,
		     r.refusal.err.text);
	cr_assert_geq(r.n_bad, 2);
	/* Nobody confirms what he sends himself. */
	for (size_t k = 0; k < KIND_COUNT; k++)
		cr_assert(r.by_kind[k] > 0 || k == KIND_CONFIRMATION, "no %s", kinds[k]->name);
	free_run(&r);
}

/* Both changes of the clocks, and a quarter that begins in another year's winter time. */
Test(airport, every_quarter_of_the_year_is_acceptable)
{
	static const struct quarter quarters[] = {{2025, 1}, {2025, 3}, {2025, 4}};

	for (size_t i = 0; i < 3; i++) {
		struct run r = make_run(2, quarters[i]);

		run_all(&r);
		cr_assert_eq(r.n_invalid, 0, "%d-Q%d: %s: %s", quarters[i].year, quarters[i].q,
			     r.refusal.err.where, r.refusal.err.text);
		free_run(&r);
	}
}

Test(airport, the_same_seed_gives_the_same_bytes)
{
	struct run a = make_run(7, QUARTER);
	struct run b = make_run(7, QUARTER);
	struct run c = make_run(8, QUARTER);

	run_all(&a);
	run_all(&b);
	run_all(&c);
	cr_assert_eq(a.packed.n, b.packed.n);
	cr_assert_arr_eq(a.packed.p, b.packed.p, a.packed.n);
	cr_assert(a.packed.n != c.packed.n || memcmp(a.packed.p, c.packed.p, a.packed.n) != 0);
	free_run(&a);
	free_run(&b);
	free_run(&c);
}

Test(airport, late_and_duplicate_deliveries_change_no_record)
{
	struct run a = make_run(7, QUARTER);
	struct run b = make_run(7, QUARTER);

	b.plan.late = 0;
	b.plan.duplicates = 0;
	run_all(&a);
	run_all(&b);
	cr_assert_gt(a.n_late, 0);
	cr_assert_gt(a.n_duplicates, 0);
	cr_assert_eq(b.n_late, 0);
	cr_assert_eq(b.n_duplicates, 0);
	cr_assert_eq(a.packed.n, b.packed.n);
	cr_assert_arr_eq(a.packed.p, b.packed.p, a.packed.n);
	free_run(&a);
	free_run(&b);
}

/* The device's clock shows the instant in London: the offset is winter's or summer's. */
static bool
check_local(void *ctx, const struct airport_item *item)
{
	struct run *r = ctx;
	const struct value *local = get(item->record, "device_local_time");
	char z[40];
	struct utc_ms t;

	if (!local->set)
		return true;
	int64_t offset = get(item->record, "utc_offset_min")->i;
	struct zone london;
	int64_t true_s;

	cr_assert(zone_open("Europe/London", &london));
	zone_to_local(&london, record_occurred_at(item->record), &true_s);

	snprintf(z, sizeof z, "%sZ", local->text.s);
	cr_assert(utc_parse(text_of(z), &t), "%s", z);
	r->n_invalid += t.v - offset * MS_PER_MINUTE != record_occurred_at(item->record).v;
	r->n_invalid += offset * 60 != true_s;
	r->n_late += offset == 60;
	r->n++;
	return true;
}

Test(airport, local_times_follow_the_change_of_the_clocks)
{
	struct run r = make_run(4, (struct quarter){2026, 1});

	run_with(&r, check_local, &r);
	cr_assert_eq(r.n_invalid, 0);
	/* Summer time begins on 29 March: three of ninety days. */
	cr_assert_gt(r.n_late, r.n / 60);
	cr_assert_lt(r.n_late, r.n / 20);
	free_run(&r);
}

/* --- sessions and events -----------------------------------------------------------------------
 */

#define SESSIONS_MAX 20000

static const char *const counted[] = {"hits", "misses", "non_tip_alarms", "aborted"};
#define N_COUNTED COUNT(counted)

struct reconciled {
	int64_t events[N_COUNTED]; /* since the last session */
	int64_t first_no;
	int64_t last_no;
	size_t n_sessions;
	size_t n_wrong;
	size_t n_gaps;
	int64_t total;
};

static size_t
counted_as(const char *outcome)
{
	if (strcmp(outcome, "HIT") == 0)
		return 0;
	if (strncmp(outcome, "MISS", 4) == 0)
		return 1;
	return strcmp(outcome, "NON_TIP_ALARM") == 0 ? 2 : 3;
}

/* The model emits a session right after its events. */
static bool
reconcile(void *ctx, const struct airport_item *item)
{
	struct reconciled *x = ctx;
	const struct record *r = item->record;

	if (item->bad)
		return true;
	if (r->kind->id == KIND_TIP_EVENT) {
		const struct field *f =
		    kind_field(r->kind, kind_field_index(r->kind, TEXT_LIT("outcome")));
		int64_t no = get(r, "event_no")->i;

		x->events[counted_as(enum_name(f->names, get(r, "outcome")->i))]++;
		if (x->first_no == 0)
			x->first_no = no;
		else if (no != x->last_no + 1)
			x->n_gaps++;
		x->last_no = no;
		x->total++;
	}
	if (r->kind->id == KIND_TIP_SESSION) {
		for (size_t i = 0; i < N_COUNTED; i++)
			x->n_wrong += get(r, counted[i])->i != x->events[i];
		x->n_wrong += get(r, "tip_shown")->i !=
			      get(r, "hits")->i + get(r, "misses")->i + get(r, "aborted")->i;
		if (x->first_no != 0) {
			x->n_wrong += get(r, "first_event_no")->i != x->first_no;
			x->n_wrong += get(r, "last_event_no")->i != x->last_no;
		}
		x->n_sessions++;
		memset(x->events, 0, sizeof x->events);
		x->first_no = 0;
	}
	return true;
}

Test(airport, sessions_reconcile_with_their_events)
{
	struct run r = make_run(3, QUARTER);
	struct reconciled x = {.n_sessions = 0};

	run_with(&r, reconcile, &x);
	cr_assert_gt(x.n_sessions, 1000);
	cr_assert_gt(x.total, 4000);
	cr_assert_eq(x.n_wrong, 0);
	cr_assert_eq(x.n_gaps, 0);
	free_run(&r);
}

struct feed {
	struct text device;
	int64_t last_no;
	size_t n_gaps;
};

static bool
watch_feed(void *ctx, const struct airport_item *item)
{
	struct feed *f = ctx;
	const struct record *r = item->record;

	if (r->kind->id != KIND_TIP_EVENT || !text_eq(get(r, "device_id")->text, f->device))
		return true;
	if (f->last_no != 0 && get(r, "event_no")->i != f->last_no + 1)
		f->n_gaps++;
	f->last_no = get(r, "event_no")->i;
	return true;
}

Test(airport, a_silent_lane_leaves_one_gap_in_its_numbers)
{
	struct run r = make_run(3, QUARTER);
	struct feed f = {.device = TEXT_LIT("NMR-T1-L02")};

	run_with(&r, watch_feed, &f);
	cr_assert_eq(f.n_gaps, 1);
	f = (struct feed){.device = TEXT_LIT("NMR-T1-L02")};
	r.plan.silent_lane = false;
	run_with(&r, watch_feed, &f);
	cr_assert_gt(f.last_no, 0);
	cr_assert_eq(f.n_gaps, 0);
	free_run(&r);
}

struct announced {
	int64_t made;
	int64_t came;
	int64_t overlaps;
	int64_t until[64]; /* per device: the end of its last heartbeat */
	char device[64][40];
};

static bool
add_announced(void *ctx, const struct airport_item *item)
{
	struct announced *x = ctx;
	const struct record *r = item->record;
	size_t i = 0;

	x->came += r->kind->id == KIND_TIP_EVENT;
	if (r->kind->id != KIND_HEARTBEAT)
		return true;
	struct text id = get(r, "device_id")->text;

	x->made += get(r, "events_made")->list.v[1].i;
	while (i < 64 && x->device[i][0] != '\0' && strcmp(x->device[i], id.s) != 0)
		i++;
	cr_assert_lt(i, 64);
	snprintf(x->device[i], sizeof x->device[i], "%s", id.s);
	x->overlaps += record_occurred_at(r).v < x->until[i];
	x->until[i] = r->v[ENV_OCCURRED_END].i;
	return true;
}

static struct announced
announced_by(bool silent_lane)
{
	struct run r = make_run(3, QUARTER);
	struct announced x = {.made = 0};

	r.plan.silent_lane = silent_lane;
	run_with(&r, add_announced, &x);
	free_run(&r);
	return x;
}

Test(airport, heartbeats_tell_what_a_silent_lane_lost)
{
	struct announced whole = announced_by(false);
	struct announced broken = announced_by(true);

	cr_assert_eq(whole.made, whole.came);
	cr_assert_eq(broken.made, whole.made);
	cr_assert_lt(broken.came, broken.made);
	cr_assert_eq(whole.overlaps, 0);
	cr_assert_eq(broken.overlaps, 0);
}

static bool
check_now(void *ctx, const struct airport_item *item)
{
	struct run *r = ctx;

	r->n++;
	r->n_invalid += record_occurred_at(item->record).v > r->plan.now.v;
	return true;
}

Test(airport, nothing_happens_after_now)
{
	struct run r = make_run(3, QUARTER);

	r.plan.now.v = r.cal.starts[90 + 30]; /* the quarter's second month begins */
	run_with(&r, check_now, &r);
	cr_assert_gt(r.n, 1000);
	cr_assert_eq(r.n_invalid, 0);
	free_run(&r);
}

Test(airport, a_quarter_that_has_not_begun_is_refused)
{
	struct run r = make_run(3, QUARTER);
	struct err e;

	r.plan.cal = &r.cal;
	r.plan.now.v = r.cal.starts[1];
	cr_assert_eq(airport_new(&r.plan, r.arena, &r.airport, &e), REJ_FIELD);
	cr_assert_str_eq(e.where, "--quarter");
	free_run(&r);
}

Test(airport, a_plan_out_of_bounds_names_the_option)
{
	static const struct {
		const char *option;
		int sites;
		double late;
	} cases[] = {{"--sites", 0, 0.1}, {"--sites", 7, 0.1}, {"--late", 2, 1.5}};
	struct err e;

	for (size_t i = 0; i < 3; i++) {
		struct run r = make_run(3, QUARTER);

		r.plan.cal = &r.cal;
		r.plan.sites = cases[i].sites;
		r.plan.late = cases[i].late;
		cr_assert_eq(airport_new(&r.plan, r.arena, &r.airport, &e), REJ_FIELD);
		cr_assert_str_eq(e.where, cases[i].option);
		free_run(&r);
	}
}

Test(airport, more_people_and_lanes_make_more_records)
{
	struct run small = make_run(3, QUARTER);
	struct run large = make_run(3, QUARTER);

	large.plan.lanes = 6;
	large.plan.screeners = 80;
	run_with(&small, check_now, &small);
	run_with(&large, check_now, &large);
	cr_assert_gt(large.n, small.n + small.n / 2);
	free_run(&small);
	free_run(&large);
}
