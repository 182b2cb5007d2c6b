#include "jobs/duties.h"

#include "base/count.h"
#include "base/file/embed.h"
#include "base/log.h"
#include "store/count/feeds_keep.h"
#include "store/count/recount.h"
#include "store/quarter/spd_job.h"
#include "store/schema/retention_job.h"

#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>

#define QUARTERS_MAX 4

#define STEP_MAX_MS   MS_PER_HOUR /* clocks that are steered differ less */
#define DISTRUST_MS   MS_PER_DAY
#define REST_MAX_DAYS 35 /* since any duty ran; longer, and the clock may be wrong */

/*
 * One duty: the claim and `sql` are one transaction; `after` does what needs transactions of its
 * own. Each that was begun ends with duty_end(), which tells the database how.
 */
struct duty {
	const char *name;
	const char *period; /* PostgreSQL's interval */
	const char *sql;    /* NULL: the claim is all */
	unsigned params;    /* of the statement: 1 the clock, 2 the grace, too */
	bool removes;       /* what cannot be brought back */
	bool is_quiet;      /* no line when it went well */
	bool at_start;      /* also at the first look after each start */
	void (*rows)(struct duties *d, const struct rows *r);
	void (*after)(struct duties *d);
};

struct duties {
	struct store *store;
	struct duties_config config;
	struct event *timer;
	bool is_running;
	bool is_stopped;
	bool has_looked; /* once, since the start */
	bool has_begun;  /* the database said when a duty last ran */
	int64_t linked;  /* the last entry of the access log that was told */
	bool has_offset;
	int64_t offset_ms;             /* of the wall clock to the other one, at the last look */
	struct mono_ms distrust_until; /* when the wall clock was set */
	/* The look that runs. */
	size_t at; /* which duty */
	enum { STEP_CLAIM, STEP_WORK, STEP_END } step;
	enum { CLAIM_NONE, CLAIM_TAKEN, CLAIM_ASIDE } claim;
	struct err err;   /* the last failure of it */
	unsigned repeats; /* of it, because others changed the same meanwhile */
	struct job job;
	char now_text[UTC_TEXT_SIZE];
	char grace_text[16];
	char quarters[QUARTERS_MAX][16];
	size_t n_quarters;
	size_t quarter;
	struct recount_run recount;
	size_t n_counted;
	struct feeds_keep feeds;
	struct spd_run spd;
	struct retention_run retention;
};

static void duty_claim(struct duties *d);
static void calendar_rows(struct duties *d, const struct rows *r);
static void log_rows(struct duties *d, const struct rows *r);
static void begin_recount(struct duties *d);
static void quarters_rows(struct duties *d, const struct rows *r);
static void run_feeds(struct duties *d);
static void store_quarters(struct duties *d);
static void run_retention(struct duties *d);
static void duty_start(struct duties *d);

static const struct duty duties[] = {
    {"partitions", "1 hour", "sql/queries/upkeep/duty_partitions.sql", 0, false, false, false, NULL,
     NULL},
    {"log", "1 minute", "sql/queries/upkeep/duty_log.sql", 0, false, true, false, log_rows, NULL},
    {"counts", "1 minute", NULL, 0, false, true, false, NULL, begin_recount},
    {"feeds", "15 minutes", NULL, 0, false, false, false, NULL, run_feeds},
    {"quarter_end", "1 hour", "sql/queries/upkeep/duty_quarters.sql", 2, false, true, false,
     quarters_rows, store_quarters},
    {"retention", "1 day", NULL, 0, true, false, false, NULL, run_retention},
    {"quarantine", "1 day", "sql/queries/upkeep/duty_quarantine.sql", 1, true, false, false, NULL,
     NULL},
    {"identity", "1 day", "sql/queries/upkeep/duty_identity.sql", 1, true, true, false, NULL, NULL},
    {"calendar", "1 day", "sql/queries/upkeep/duty_calendar.sql", 1, false, true, true,
     calendar_rows, NULL},
};

static const struct ticket ticket = {.lane = LANE_DUTY};

#define N_DUTIES COUNT(duties)

struct duties_config
duties_defaults(void)
{
	return (struct duties_config){
	    .first_look_ms = 5000, .look_ms = 60 * 1000, .grace_hours = 72};
}

static void
look_again(struct duties *d, unsigned ms)
{
	struct timeval in = {ms / 1000, (suseconds_t)(ms % 1000) * 1000};

	if (!d->is_stopped)
		event_add(d->timer, &in);
}

/* Was the wall clock set since the last look? */
static void
compare_clocks(struct duties *d)
{
	int64_t offset;
	int64_t step;
	struct mono_ms mono;

	if (d->config.mono == NULL)
		return;
	mono = d->config.mono(d->config.ctx);
	offset = d->config.now(d->config.ctx).v - mono.v;
	step = offset - d->offset_ms;
	if (d->has_offset && (step > STEP_MAX_MS || step < -STEP_MAX_MS)) {
		d->distrust_until.v = mono.v + DISTRUST_MS;
		log_warn("clock.set", KVI("by_s", step / MS_PER_SECOND),
			 KV("text", "the machine's clock was set: nothing is removed for a day"));
	}
	d->has_offset = true;
	d->offset_ms = offset;
}

/* A machine that starts with a clock that is years ahead was not seen to be set. */
static void
note_rest(struct duties *d, int64_t days)
{
	if (d->has_begun || d->config.mono == NULL)
		return;
	d->has_begun = true;
	if (days <= REST_MAX_DAYS)
		return;
	d->distrust_until.v = d->config.mono(d->config.ctx).v + DISTRUST_MS;
	log_warn("clock.unsure", KVI("days", days),
		 KV("text",
		    "no duty has run for so long, by the machine's clock: nothing is removed "
		    "for a day"));
}

static bool
may_run(const struct duties *d, const struct duty *duty)
{
	return !duty->removes || d->distrust_until.v == 0 ||
	       d->config.mono(d->config.ctx).v >= d->distrust_until.v;
}

/* The next one, or the next look. */
static void
duty_over(struct duties *d)
{
	do {
		d->at++;
	} while (d->at < N_DUTIES && !may_run(d, &duties[d->at]));
	if (d->at < N_DUTIES && !d->is_stopped) {
		duty_start(d);
		return;
	}
	d->is_running = false;
	d->has_looked = true;
	look_again(d, d->config.look_ms);
}

/* The head of the access log stands outside the database, too: who removes the newest entries there
 * cannot remove it here. */
static void
log_rows(struct duties *d, const struct rows *r)
{
	if (rows_count(r) == 0 || rows_int(r, 0, 0) == d->linked)
		return;
	d->linked = rows_int(r, 0, 0);
	log_info("log.head", KVI("number", d->linked), KV("sha256", rows_text(r, 0, 1)));
}

/* Nothing is changed by itself: what is stored counts by the calendar that it was stored by. */
static void
calendar_rows(struct duties *d, const struct rows *r)
{
	(void)d;
	if (rows_count(r) == 0 || rows_int(r, 0, 0) == 0)
		return;
	log_warn(
	    "calendar.differs", KVI("days", rows_int(r, 0, 1)), KV("first_day", rows_text(r, 0, 2)),
	    KV("last_day", rows_text(r, 0, 3)), KV("zone", rows_text(r, 0, 4)),
	    KV("text", "by the zone's rules of today these days begin at another hour than by the "
		       "calendar of the set-up, which figures go by; semsctl calendar says more"));
}

static bool
end_next(struct job *j, struct statement *st, struct err *e)
{
	struct duties *d = j->ctx;

	/* Without a database nothing goes well, and others are in nobody's hand: no fault of the
	 * duty. */
	bool is_without_fault = d->err.code == TRY_STORE || d->err.code == TRY_CONFLICT;

	(void)e;
	if (d->step == STEP_END)
		return false;
	d->step = STEP_END;
	*st = (struct statement){embed_text("sql/queries/upkeep/duty_end.sql"),
				 2,
				 {duties[d->at].name, d->err.code == OK  ? NULL
						      : is_without_fault ? ""
									 : d->err.text}};
	return true;
}

static void
end_done(struct job *j, const struct err *e)
{
	struct duties *d = j->ctx;

	if (job_again(j, e)) {
		d->step = STEP_WORK;
		store_run(d->store, j);
	} else {
		duty_over(d);
	}
}

static bool
is_conflict(struct duties *d, const struct err *e)
{
	return e->code == TRY_CONFLICT && d->repeats++ < CONFLICT_REPEATS;
}

/* What was begun is over, well or not; a duty of several parts has kept what failed of them. */
static void
duty_end(struct duties *d, const struct err *e)
{
	const char *name = duties[d->at].name;

	if (duties[d->at].after != NULL && is_conflict(d, e)) {
		duties[d->at].after(d);
		return;
	}
	if (e->code != OK) {
		log_warn("duty.failed", KV("duty", name), KV("why", e->text));
		d->err = *e;
	} else if (d->err.code == OK && !duties[d->at].is_quiet) {
		log_info("duty.done", KV("duty", name));
	}
	d->step = STEP_WORK;
	d->job = (struct job){.ticket = ticket,
			      .role = DB_RETENTION,
			      .writes = true,
			      .next = end_next,
			      .done = end_done,
			      .ctx = d};
	store_run(d->store, &d->job);
}

static bool
duty_next(struct job *j, struct statement *st, struct err *e)
{
	struct duties *d = j->ctx;
	const struct duty *duty = &duties[d->at];

	(void)e;
	if (d->step == STEP_CLAIM) {
		d->step = STEP_WORK;
		st->sql = embed_text("sql/queries/upkeep/duty_begin.sql");
		st->n_params = 3;
		st->params[0] = duty->name;
		st->params[1] = d->now_text;
		st->params[2] = duty->at_start && !d->has_looked ? "0 seconds" : duty->period;
		return true;
	}
	if (d->step == STEP_END || d->claim != CLAIM_TAKEN || duty->sql == NULL)
		return false;
	d->step = STEP_END;
	st->sql = embed_text(duty->sql);
	st->n_params = (int)duty->params;
	st->params[0] = d->now_text;
	st->params[1] = d->grace_text;
	return true;
}

static void
duty_rows(struct job *j, const struct rows *r)
{
	struct duties *d = j->ctx;

	if (d->step == STEP_WORK) {
		d->claim = (int)rows_int(r, 0, 0);
		note_rest(d, rows_int(r, 0, 1));
		if (rows_text(r, 0, 2) != NULL)
			log_info("duty.held", KV("duty", duties[d->at].name),
				 KV("holder", rows_text(r, 0, 2)));
	} else if (duties[d->at].rows != NULL) {
		duties[d->at].rows(d, r);
	}
}

static void
duty_done(struct job *j, const struct err *e)
{
	struct duties *d = j->ctx;
	const struct duty *duty = &duties[d->at];

	if (is_conflict(d, e)) {
		duty_claim(d);
	} else if (d->claim == CLAIM_TAKEN && e->code == OK && duty->after != NULL) {
		duty->after(d);
	} else if (d->claim == CLAIM_TAKEN) {
		duty_end(d, e);
	} else {
		if (e->code != OK)
			log_warn("duty.failed", KV("duty", duty->name), KV("why", e->text));
		else if (d->claim == CLAIM_ASIDE)
			log_error("duty.aside", KV("duty", duty->name),
				  KV("text", "it ended badly twice and is set aside: semsctl "
					     "status says why, and until when"));
		duty_over(d);
	}
}

static void
duty_start(struct duties *d)
{
	d->repeats = 0;
	duty_claim(d);
}

static void
duty_claim(struct duties *d)
{
	d->step = STEP_CLAIM;
	d->claim = CLAIM_NONE;
	d->err = (struct err){.code = OK};
	utc_format(d->config.now(d->config.ctx), d->now_text);
	d->job = (struct job){.ticket = ticket,
			      .role = DB_RETENTION,
			      .writes = true,
			      .next = duty_next,
			      .rows = duty_rows,
			      .done = duty_done,
			      .ctx = d};
	store_run(d->store, &d->job);
}

/* --- day counts ------------------------------------------------------------------------------ */

static void run_recount(struct duties *d);

static void
on_recounted(struct recount_run *r, const struct err *e)
{
	struct duties *d = r->ctx;
	bool more = r->more && e->code == OK && !d->is_stopped;

	d->n_counted += r->n_counted;
	recount_fini(r);
	if (more) {
		run_recount(d);
		return;
	}
	/* Every minute: worth a line only when there was something to do. */
	if (e->code == OK && d->n_counted > 0)
		log_info("duty.done", KV("duty", "counts"));
	duty_end(d, e);
}

static void
run_recount(struct duties *d)
{
	struct err e = {.code = OK};

	d->recount = (struct recount_run){.lanes = store_lanes(d->store),
					  .ticket = ticket,
					  .catalogue = spd_catalogue(&e),
					  .done = on_recounted,
					  .ctx = d};
	if (d->recount.catalogue == NULL) {
		duty_end(d, &e);
		return;
	}
	recount_start(&d->recount);
}

static void
begin_recount(struct duties *d)
{
	d->n_counted = 0;
	run_recount(d);
}

/* --- feeds ----------------------------------------------------------------------------------- */

static void
on_feeds(struct feeds_keep *k, const struct err *e)
{
	duty_end(k->ctx, e);
}

static void
run_feeds(struct duties *d)
{
	d->feeds = (struct feeds_keep){
	    .lanes = store_lanes(d->store), .ticket = ticket, .done = on_feeds, .ctx = d};
	feeds_keep_start(&d->feeds);
}

/* --- the quarter's end ---------------------------------------------------------------------- */

static void
quarters_rows(struct duties *d, const struct rows *r)
{
	d->n_quarters = 0;
	for (int i = 0; i < rows_count(r) && d->n_quarters < QUARTERS_MAX; i++)
		snprintf(d->quarters[d->n_quarters++], sizeof d->quarters[0], "%s",
			 rows_text(r, i, 0));
	d->quarter = 0;
}

static void
on_quarter_stored(struct spd_run *r, const struct err *e)
{
	struct duties *d = r->ctx;

	if (is_conflict(d, e)) {
		spd_fini(r);
		store_quarters(d);
		return;
	}
	if (e->code != OK) {
		log_warn("duty.failed", KV("duty", "quarter_end"),
			 KV("quarter", d->quarters[d->quarter]), KV("why", e->text));
		d->err = *e;
	} else {
		log_info("duty.done", KV("duty", "quarter_end"),
			 KV("quarter", d->quarters[d->quarter]));
	}
	spd_fini(r);
	d->quarter++;
	store_quarters(d);
}

static void
store_quarters(struct duties *d)
{
	struct err e = {.code = OK};

	if (d->quarter == d->n_quarters) {
		duty_end(d, &e);
		return;
	}
	d->spd = (struct spd_run){.lanes = store_lanes(d->store),
				  .ticket = ticket,
				  .catalogue = spd_catalogue(&e),
				  .task = SPD_TASK_LIVE,
				  .by = "semsd",
				  .done = on_quarter_stored,
				  .ctx = d};
	if (d->spd.catalogue == NULL ||
	    !quarter_parse(text_of(d->quarters[d->quarter]), &d->spd.quarter)) {
		duty_end(d, &e);
		return;
	}
	spd_start(&d->spd);
}

/* --- retention ------------------------------------------------------------------------------ */

static void
tell_months(const struct retention_run *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct retention_month *m = &r->months[i];

		if (m->is_dropped)
			log_info("retention.dropped", KV("kind", m->kind), KV("month", m->month));
		else if (m->decision == RETENTION_DROP)
			log_warn("retention.kept", KV("kind", m->kind), KV("month", m->month),
				 KV("why", m->why));
	}
}

static void
on_retention_done(struct retention_run *r, const struct err *e)
{
	struct duties *d = r->ctx;
	bool purged = r->n_dropped > 0;

	tell_months(r);
	retention_fini(r);
	if (purged && d->config.on_purged != NULL)
		d->config.on_purged(d->config.ctx);
	duty_end(d, e);
}

static void
run_retention(struct duties *d)
{
	d->retention = (struct retention_run){.lanes = store_lanes(d->store),
					      .keys = d->config.keys,
					      .ticket = ticket,
					      .now = d->config.now(d->config.ctx),
					      .by = "semsd",
					      .drop = true,
					      .done = on_retention_done,
					      .ctx = d};
	retention_start(&d->retention);
}

/* --- the timer ------------------------------------------------------------------------------ */

void
duties_look(struct duties *d)
{
	if (d->is_running || d->is_stopped)
		return;
	event_del(d->timer);
	d->is_running = true;
	compare_clocks(d);
	d->at = 0; /* which removes nothing */
	duty_start(d);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	duties_look(arg);
}

struct duties *
duties_new(struct event_base *base, struct store *store, const struct duties_config *config)
{
	struct duties *d = calloc(1, sizeof *d);

	if (d == NULL)
		return NULL;
	d->store = store;
	d->config = *config;
	snprintf(d->grace_text, sizeof d->grace_text, "%u", config->grace_hours);
	d->timer = evtimer_new(base, on_timer, d);
	if (d->timer == NULL) {
		free(d);
		return NULL;
	}
	look_again(d, config->first_look_ms);
	return d;
}

void
duties_stop(struct duties *d)
{
	d->is_stopped = true;
	d->feeds.stop = true;
	event_del(d->timer);
}

void
duties_free(struct duties *d)
{
	if (d == NULL)
		return;
	event_free(d->timer);
	recount_fini(&d->recount);
	retention_fini(&d->retention);
	free(d);
}

bool
duties_is_idle(const struct duties *d)
{
	return !d->is_running;
}
