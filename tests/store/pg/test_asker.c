#include "base/beside.h"
#include "base/count.h"
#include "store/pg/asker.h"
#include "store/pg/plans.h"
#include "tests/lib/machine_walk.h"
#include "tests/store/fixture.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A job made of a list of statements; remembers what came. */
struct script {
	struct job job;
	const char *const *sql;
	const char *param; /* of every statement that has one */
	int at;
	int fail_at; /* step at which next() itself fails; -1: never */
	bool ahead;  /* all but the last statement come whatever is answered */
	int n_rows;
	char all[64]; /* each answer, and how many statements had been asked for by then */
	char last[64];
	bool finished;
	int place; /* among all that finished */
	struct err err;
	struct script *then; /* run from done() */
	struct store *store;
};

static bool
script_next(struct job *j, struct statement *st, struct err *e)
{
	struct script *s = j->ctx;

	if (s->at == s->fail_at) {
		err_set(e, REJ_NOT_FOUND, "it", "is not there");
		return false;
	}
	if (s->sql[s->at] == NULL)
		return false;
	st->sql = s->sql[s->at++];
	j->is_ahead = s->ahead && s->sql[s->at] != NULL;
	st->n_params = strstr(st->sql, "$1") != NULL ? 1 : 0;
	st->params[0] = s->param;
	return true;
}

static void
script_rows(struct job *j, const struct rows *r)
{
	struct script *s = j->ctx;
	const char *text = rows_count(r) > 0 ? rows_text(r, 0, 0) : "none";

	s->n_rows++;
	snprintf(s->all + strlen(s->all), sizeof s->all - strlen(s->all), "%s@%d ",
		 text == NULL ? "NULL" : text, s->at);
	snprintf(s->last, sizeof s->last, "%s", text == NULL ? "NULL" : text);
}

static void
script_done(struct job *j, const struct err *e)
{
	struct script *s = j->ctx;

	static int places;

	s->err = *e;
	s->finished = true;
	s->place = ++places;
	if (s->then != NULL)
		store_run(s->store, &s->then->job);
}

static void
script_init(struct script *s, enum db_role role, bool writes, const char *const *sql)
{
	*s = (struct script){
	    .job = {.role = role,
		    .writes = writes,
		    .next = script_next,
		    .rows = script_rows,
		    .done = script_done},
	    .sql = sql,
	    .fail_at = -1,
	};
	s->job.ctx = s;
}

static void
run(struct fixture *f, struct script *s)
{
	store_run(f->store, &s->job);
	for (int i = 0; i < 15000 && !s->finished; i++)
		fixture_turn(f);
	cr_assert(s->finished, "the job never ended");
}

/* Turns until it is so; the longest statement of these tests sleeps ten minutes. */
static void
run_until(struct fixture *f, const bool *is_so)
{
	for (int i = 0; i < 15000 && !*is_so; i++)
		fixture_turn(f);
	cr_assert(*is_so, "it never was");
}

/* Somebody who may leave. */
struct visitor {
	struct waiter waiter;
	bool left;
};

static bool
has_left(const struct waiter *w)
{
	return ((const struct visitor *)w)->left;
}

static struct visitor
visitor(const char *name)
{
	return (struct visitor){.waiter = {.name = name, .is_gone = has_left}};
}

static void
script_for(struct script *s, enum lane lane, const struct visitor *v, const char *const *sql)
{
	script_init(s, DB_COMPUTE, false, sql);
	s->job.ticket = (struct ticket){lane, v == NULL ? NULL : &v->waiter};
}

/* Turns until a statement sleeps in the database. */
static void
wait_asleep(struct fixture *f)
{
	bool asleep = false;

	for (int i = 0; i < 1000 && !asleep; i++) {
		fixture_turn(f);
		asleep = cluster_int(f->pg, "SELECT count(*) FROM pg_stat_activity WHERE datname = "
					    "current_database() AND wait_event = 'PgSleep'") > 0;
	}
	cr_assert(asleep);
}

static const char *const sleeps[] = {"SELECT pg_sleep(600)", NULL};
static const char *const quick[] = {"SELECT 1", NULL};

/* One string, so that the list below is a list. */
#define WHO_AM_I                                                     \
	"SELECT current_setting('transaction_isolation') || ' ' || " \
	"current_setting('transaction_read_only') || ' ' || current_user"

Test(asker, goes_where_its_table_says)
{
	static const char *const edges[] = {
	    "idle: its turn > begin",
	    "begin: the place of its plan is taken > forget, a statement that comes again > "
	    "prepare, "
	    "its plan is there > statement, a statement alone > statement, "
	    "no more statements > commit, failed, or for itself > rollback, "
	    "the connection is lost > idle",
	    "forget: a statement that comes again > prepare, failed, or for itself > rollback, "
	    "the connection is lost > idle",
	    "prepare: its plan is there > statement, failed, or for itself > rollback, "
	    "the connection is lost > idle",
	    "statement: the place of its plan is taken > forget, "
	    "a statement that comes again > prepare, its plan is there > statement, "
	    "a statement alone > statement, no more statements > commit, "
	    "failed, or for itself > rollback, the connection is lost > idle",
	    "commit: failed, or for itself > rollback, done > idle, the connection is lost > idle",
	    "rollback: done > idle, the connection is lost > idle",
	};

	MACHINE_WALK(&asker_machine, edges);
}

Test(asker, runs_the_statements_of_a_job_in_one_snapshot)
{
	static const char who[] = WHO_AM_I;
	static const char *const sql[] = {"SELECT count(*) FROM sems.site", "SELECT $1::int + 1",
					  "SELECT NULL", who, NULL};
	struct fixture f;
	struct script s;

	fixture_open(&f);
	script_init(&s, DB_COMPUTE, false, sql);
	s.param = "41";
	run(&f, &s);
	cr_expect_eq(s.err.code, OK, "%s", s.err.text);
	cr_expect_eq(s.n_rows, 4);
	cr_expect_str_eq(s.last, "repeatable read on sems_compute");
	cr_expect(store_idle(f.store));
	fixture_close(&f);
}

/* Of the last answer, kept by a job that reads it later. */
static const char *kept[2];
static struct arena *arena;

static void
keep_rows(struct job *j, const struct rows *r)
{
	(void)j;
	kept[0] = rows_keep(r, 0, 0, arena);
	kept[1] = rows_keep(r, 0, 1, arena);
	cr_expect_neq(kept[0], rows_text(r, 0, 0), "that goes with the answer");
}

Test(asker, keeps_texts_beyond_their_answer)
{
	static const char *const sql[] = {"SELECT 'one', NULL", NULL};
	struct fixture f;
	struct script s;

	fixture_open(&f);
	arena = arena_new(1u << 20);
	script_init(&s, DB_COMPUTE, false, sql);
	s.job.rows = keep_rows;
	run(&f, &s);
	cr_expect_str_eq(kept[0], "one");
	cr_expect_null(kept[1]);
	arena_free(arena);
	fixture_close(&f);
}

Test(asker, takes_the_role_of_each_job)
{
	static const char *const sql[] = {"SELECT current_user", NULL};

	static const struct {
		enum db_role role;
		const char *name;
	} roles[] = {{DB_COMPUTE, "sems_compute"},
		     {DB_RETENTION, "sems_retention"},
		     {DB_ADMIN, "sems_admin"}};
	struct fixture f;

	fixture_open(&f);
	for (size_t i = 0; i < 3; i++) {
		struct script s;

		script_init(&s, roles[i].role, i == 1, sql);
		run(&f, &s);
		cr_expect_str_eq(s.last, roles[i].name);
	}
	fixture_close(&f);
}

Test(asker, commits_what_a_writing_job_did)
{
	static const char *const sql[] = {"INSERT INTO sems.site VALUES ($1, 'North Pier')", NULL};
	struct fixture f;
	struct script s;

	fixture_open(&f);
	script_init(&s, DB_ADMIN, true, sql);
	s.param = "north";
	run(&f, &s);
	cr_expect_eq(s.err.code, OK);
	cr_expect_eq(s.n_rows, 0);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.site"), 1);
	fixture_close(&f);
}

Test(asker, rolls_back_when_the_job_itself_fails)
{
	static const char *const sql[] = {"INSERT INTO sems.site VALUES ('north', 'North Pier')",
					  "SELECT 1", NULL};
	struct fixture f;
	struct script s;

	fixture_open(&f);
	script_init(&s, DB_ADMIN, true, sql);
	s.fail_at = 1;
	run(&f, &s);
	cr_expect_eq(s.err.code, REJ_NOT_FOUND);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.site"), 0);
	fixture_close(&f);
}

#define OURS "the database failed in a way that semsd does not know; its log says more"

Test(asker, says_what_went_wrong_by_class)
{
	static const char *const insert[] = {"INSERT INTO sems.site VALUES ('a', 'b')", NULL};
	static const char *const raised[] = {"SELECT sems.setup_entity('X', 'Mars/Olympus')", NULL};
	static const char *const syntax[] = {"SELEC", NULL};
	static const char *const forbidden[] = {"SELECT * FROM sems.test", NULL};
	static const char *const value[] = {"SELECT 1 / 0", "SELECT 1", NULL};

	static const struct {
		bool writes;
		enum db_role role;
		const char *const *sql;
		enum code code;
		const char *text;
	} rows[] = {
	    {false, DB_ADMIN, insert, TRY_STORE,
	     "the database is a standby, or became one: try again"},
	    {true, DB_ADMIN, raised, REJ_STATE,
	     "zone \"Mars/Olympus\" is unknown; use an IANA name such as Europe/London"},
	    {true, DB_ADMIN, syntax, FATAL_BUG, OURS},
	    {true, DB_ADMIN, forbidden, FATAL_BUG, OURS},
	    {true, DB_COMPUTE, value, REJ_FIELD, "the database cannot hold a value"},
	};
	struct fixture f;

	fixture_open(&f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct script s;

		script_init(&s, rows[i].role, rows[i].writes, rows[i].sql);
		run(&f, &s);
		cr_expect_eq(s.err.code, rows[i].code, "row %zu: %s", i, s.err.text);
		cr_expect_str_eq(s.err.where, "");
		cr_expect_str_eq(s.err.text, rows[i].text);
		cr_expect_eq(s.n_rows, 0);
	}
	fixture_close(&f);
}

Test(asker, runs_queued_jobs_in_order_and_those_queued_by_the_last)
{
	static const char *const sql[] = {"SELECT 1", NULL};
	struct fixture f;
	struct script s[3];

	fixture_open(&f);
	for (int i = 0; i < 3; i++)
		script_init(&s[i], DB_COMPUTE, false, sql);
	s[0].then = &s[2];
	s[0].store = f.store;
	store_run(f.store, &s[0].job);
	store_run(f.store, &s[1].job);
	cr_expect_not(store_idle(f.store));
	for (int i = 0; i < 15000 && !s[2].finished; i++)
		fixture_turn(&f);
	cr_expect(s[1].finished && s[2].finished);
	cr_expect_eq(s[2].err.code, OK);
	fixture_close(&f);
}

Test(asker, fails_a_job_whose_connection_is_cut_and_runs_the_next)
{
	static const char *const suicide[] = {
	    "SELECT set_config('x.y', pg_backend_pid()::text, false)", "SELECT pg_sleep(600)",
	    NULL};
	static const char *const sql[] = {"SELECT 1", NULL};
	struct fixture f;
	struct script s;
	int64_t ended = 0;

	fixture_open(&f);
	script_init(&s, DB_COMPUTE, false, suicide);
	store_run(f.store, &s.job);
	for (int i = 0; i < 1000 && ended == 0; i++) {
		fixture_turn(&f);
		ended = cluster_int(
		    f.pg, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
			  "WHERE datname = current_database() AND wait_event = 'PgSleep'");
	}
	for (int i = 0; i < 15000 && !s.finished; i++)
		fixture_turn(&f);
	cr_expect(s.finished);
	cr_expect_eq(s.err.code, TRY_STORE);
	script_init(&s, DB_COMPUTE, false, sql);
	run(&f, &s);
	cr_expect_eq(s.err.code, OK, "%s", s.err.text);
	fixture_close(&f);
}

Test(asker, fails_jobs_while_the_database_is_away)
{
	static const char *const sql[] = {"SELECT 1", NULL};
	struct event_base *base = event_base_new();
	struct beside *beside = beside_new();
	struct asker *a = asker_new(base, beside, "host=/nonexistent user=semsd", LANE_SHORT, NULL);
	struct fixture f = {.base = base};
	struct script s;

	script_init(&s, DB_COMPUTE, false, sql);
	cr_assert_not_null(a);
	asker_run(a, &s.job);
	for (int i = 0; i < 15000 && !s.finished; i++)
		fixture_turn(&f);
	cr_expect(s.finished);
	cr_expect_eq(s.err.code, TRY_STORE);
	cr_expect(asker_idle(a));
	asker_free(a);
	beside_free(beside);
	event_base_free(base);
}

Test(asker, plans_what_comes_again_once)
{
	static const char *const sql[] = {
	    "SELECT $1::int + 1", "SELECT $1::int + 1", "SELECT $1::int + 1",
	    "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT _1::int%'",
	    NULL};
	struct fixture f;
	struct script s;

	fixture_open(&f);
	for (int i = 0; i < 2; i++) {
		script_init(&s, DB_COMPUTE, false, sql);
		s.param = "41";
		run(&f, &s);
		cr_expect_eq(s.err.code, OK, "%s", s.err.text);
		cr_expect_eq(s.n_rows, 4);
		cr_expect_str_eq(s.last, "1");
	}
	fixture_close(&f);
}

Test(asker, keeps_no_plan_of_a_connection_whose_job_failed)
{
	static const char *const good[] = {"SELECT $1::int + 1", "SELECT $1::int + 1", NULL};
	static const char *const bad[] = {"SELECT 1 / 0", NULL};
	static const char *const look[] = {"SELECT count(*) FROM pg_prepared_statements", NULL};
	struct fixture f;
	struct script s;

	fixture_open(&f);
	for (int i = 0; i < 3; i++) {
		script_init(&s, DB_COMPUTE, false, good);
		s.param = "41";
		run(&f, &s);
		cr_expect_eq(s.err.code, OK, "%s", s.err.text);
		cr_expect_str_eq(s.last, "42");
		script_init(&s, DB_COMPUTE, false, bad);
		run(&f, &s);
		cr_expect_neq(s.err.code, OK);
		script_init(&s, DB_COMPUTE, false, look);
		run(&f, &s);
		cr_expect_str_eq(s.last, "0");
	}
	fixture_close(&f);
}

Test(asker, prepares_more_statements_than_it_has_room_for)
{
	char texts[PLANS_MAX + 8][32];
	const char *sql[2 * (PLANS_MAX + 8) + 1];
	struct fixture f;
	struct script s;

	for (int i = 0; i < PLANS_MAX + 8; i++) {
		snprintf(texts[i], sizeof texts[i], "SELECT %d + $1::int", i);
		sql[2 * i] = sql[2 * i + 1] = texts[i];
	}
	sql[2 * (PLANS_MAX + 8)] = NULL;
	fixture_open(&f);
	script_init(&s, DB_COMPUTE, false, sql);
	s.param = "1";
	run(&f, &s);
	cr_expect_eq(s.err.code, OK, "%s", s.err.text);
	cr_expect_eq(s.n_rows, 2 * (PLANS_MAX + 8));
	cr_expect_eq((int)strtol(s.last, NULL, 10), PLANS_MAX + 8);
	fixture_close(&f);
}

Test(asker, leaves_nothing_of_a_job_that_discards)
{
	static const char *const sql[] = {"INSERT INTO sems.site VALUES ($1, 'North Pier')", NULL};
	static const char *const count[] = {"SELECT count(*) FROM sems.site WHERE site_id = $1",
					    NULL};
	struct fixture f;
	struct script s;

	fixture_open(&f);
	script_init(&s, DB_ADMIN, true, sql);
	s.job.discards = true;
	s.param = "pier";
	run(&f, &s);
	cr_expect_eq(s.err.code, OK, "%s", s.err.text);
	script_init(&s, DB_ADMIN, false, count);
	s.param = "pier";
	run(&f, &s);
	cr_expect_str_eq(s.last, "0");
	fixture_close(&f);
}

Test(asker, asks_ahead_where_the_next_statement_is_known)
{
	static const char *const sql[] = {"SELECT 1", "SELECT 2", "SELECT 3", NULL};
	struct fixture f;
	struct script s;

	fixture_open(&f);
	for (int i = 0; i < 3; i++) { /* sent as they are, prepared, run */
		script_init(&s, DB_COMPUTE, false, sql);
		s.ahead = true;
		run(&f, &s);
		cr_expect_eq(s.err.code, OK, "%s", s.err.text);
		cr_expect_str_eq(s.all, "1@2 2@3 3@3 ");
	}
	script_init(&s, DB_COMPUTE, false, sql);
	run(&f, &s);
	cr_expect_str_eq(s.all, "1@1 2@2 3@3 ");
	fixture_close(&f);
}

Test(asker, rolls_back_when_a_statement_asked_for_ahead_fails)
{
	static const char *const sql[] = {"SELECT 1", "SELECT 1 / 0", "SELECT 3", NULL};
	static const char *const after[] = {"SELECT 4", NULL};
	struct fixture f;
	struct script s;

	fixture_open(&f);
	script_init(&s, DB_COMPUTE, false, sql);
	s.ahead = true;
	run(&f, &s);
	cr_expect_neq(s.err.code, OK);
	cr_expect_str_eq(s.all, "1@2 ");
	script_init(&s, DB_COMPUTE, false, after);
	run(&f, &s);
	cr_expect_eq(s.err.code, OK, "%s", s.err.text);
	cr_expect_str_eq(s.last, "4");
	fixture_close(&f);
}

Test(asker, gives_no_role_the_rights_of_the_one_that_a_plan_was_made_for)
{
	static const char *const sql[] = {"SELECT count(*) FROM sems.known_month",
					  "SELECT count(*) FROM sems.known_month", NULL};
	struct fixture f;
	struct script s;

	fixture_open(&f);
	for (int i = 0; i < 2; i++) {
		script_init(&s, DB_COMPUTE, false, sql);
		run(&f, &s);
		cr_expect_eq(s.err.code, OK, "%s", s.err.text);
		cr_expect_eq(s.n_rows, 2);
	}
	script_init(&s, DB_ADMIN, false, sql);
	run(&f, &s);
	cr_expect_neq(s.err.code, OK);
	cr_expect_eq(s.n_rows, 0);
	fixture_close(&f);
}

Test(asker, answers_what_is_short_while_something_long_runs)
{
	struct fixture f;
	struct visitor who = visitor("anna");
	struct script s[3];

	fixture_open(&f);
	script_for(&s[0], LANE_LONG, &who, sleeps);
	script_for(&s[1], LANE_SHORT, &who, quick);
	script_for(&s[2], LANE_DUTY, NULL, quick);
	store_run(f.store, &s[0].job);
	wait_asleep(&f);
	run(&f, &s[1]);
	run(&f, &s[2]);
	cr_expect_eq(s[1].err.code, OK, "%s", s[1].err.text);
	cr_expect_eq(s[2].err.code, OK, "%s", s[2].err.text);
	cr_expect_not(s[0].finished);
	who.left = true;
	run_until(&f, &s[0].finished);
	fixture_close(&f);
}

Test(asker, cancels_the_statement_of_who_is_gone_and_serves_the_next)
{
	static const char *const sql[] = {"INSERT INTO sems.site VALUES ('north', 'North Pier')",
					  "SELECT pg_sleep(600)", NULL};
	struct fixture f;
	struct visitor gone = visitor("anna");
	struct visitor there = visitor("bert");
	struct script s[2];

	fixture_open(&f);
	script_for(&s[0], LANE_LONG, &gone, sql);
	s[0].job.role = DB_ADMIN;
	s[0].job.writes = true;
	script_for(&s[1], LANE_LONG, &there, quick);
	store_run(f.store, &s[0].job);
	store_run(f.store, &s[1].job);
	wait_asleep(&f);
	gone.left = true;
	run_until(&f, &s[1].finished);
	cr_expect(s[0].finished);
	cr_expect_eq(s[0].err.code, TRY_STORE);
	cr_expect_eq(s[1].err.code, OK, "%s", s[1].err.text);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM pg_stat_activity WHERE datname = "
				       "current_database() AND wait_event = 'PgSleep'"),
		     0);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.site"), 0);
	fixture_close(&f);
}

Test(asker, does_not_begin_what_nobody_waits_for_any_more)
{
	struct fixture f;
	struct visitor gone = visitor("anna");
	struct script s[2];

	fixture_open(&f);
	script_for(&s[0], LANE_LONG, NULL, sleeps);
	script_for(&s[1], LANE_LONG, &gone, quick);
	store_run(f.store, &s[0].job);
	store_run(f.store, &s[1].job);
	gone.left = true;
	run_until(&f, &s[1].finished);
	cr_expect_eq(s[1].err.code, TRY_STORE);
	cr_expect_eq(s[1].n_rows, 0);
	cr_expect_not(s[0].finished, "nobody waits for it: it is semsd's own");
	store_drain(f.store);
	run_until(&f, &s[0].finished);
	fixture_close(&f);
}

Test(asker, refuses_more_of_one_name_than_its_share_of_a_lane)
{
	enum { MANY = 40 };
	struct fixture f;
	struct visitor greedy = visitor("anna");
	struct visitor other = visitor("bert");
	struct script s[MANY];
	struct script own;
	struct script others;
	int refused = 0;

	fixture_open(&f);
	script_for(&own, LANE_LONG, NULL, quick);
	script_for(&others, LANE_LONG, &other, quick);
	for (int i = 0; i < MANY; i++) {
		script_for(&s[i], LANE_LONG, &greedy, i == 0 ? sleeps : quick);
		store_run(f.store, &s[i].job);
		cr_assert_not(s[i].finished, "never from within");
	}
	store_run(f.store, &others.job);
	store_run(f.store, &own.job);
	run_until(&f, &s[MANY - 1].finished);
	for (int i = 0; i < MANY; i++)
		refused += s[i].finished && s[i].err.code == TRY_LIMIT;
	cr_expect_gt(refused, MANY / 2);
	cr_expect_lt(refused, MANY - 2);
	cr_expect_not(others.finished);
	wait_asleep(&f);
	greedy.left = true;
	run_until(&f, &others.finished);
	run_until(&f, &own.finished);
	cr_expect_eq(others.err.code, OK, "%s", others.err.text);
	cr_expect_eq(own.err.code, OK, "%s", own.err.text);
	for (int i = 0; i < MANY; i++)
		run_until(&f, &s[i].finished);
	fixture_close(&f);
}

Test(asker, serves_names_in_turn)
{
	struct fixture f;
	struct visitor greedy = visitor("anna");
	struct visitor other = visitor("bert");
	struct script s[8];
	struct script others;

	fixture_open(&f);
	for (int i = 0; i < 8; i++) {
		script_for(&s[i], LANE_SHORT, &greedy, quick);
		store_run(f.store, &s[i].job);
	}
	script_for(&others, LANE_SHORT, &other, quick);
	store_run(f.store, &others.job);
	run_until(&f, &others.finished);
	run_until(&f, &s[7].finished);
	cr_expect_eq(others.place, 2, "after the one that ran");
	fixture_close(&f);
}

Test(asker, ends_what_people_wait_for_and_duties_when_it_is_to_stop)
{
	struct fixture f;
	struct visitor who = visitor("anna");
	struct script s[5];

	fixture_open(&f);
	script_for(&s[0], LANE_LONG, &who, sleeps);
	script_for(&s[1], LANE_DUTY, NULL, sleeps);
	script_for(&s[2], LANE_LONG, &who, quick);
	script_for(&s[3], LANE_SHORT, NULL, quick);
	script_for(&s[4], LANE_SHORT, &who, quick);
	store_run(f.store, &s[0].job);
	store_run(f.store, &s[1].job);
	wait_asleep(&f);
	store_drain(f.store);
	store_run(f.store, &s[2].job);
	store_run(f.store, &s[3].job);
	store_run(f.store, &s[4].job);
	for (int i = 0; i < 5; i++)
		run_until(&f, &s[i].finished);
	for (int i = 0; i < 5; i++)
		cr_expect(i == 3 || s[i].err.code == TRY_STORE, "%d", i);
	cr_expect_eq(s[3].err.code, OK, "%s", s[3].err.text);
	cr_expect(store_idle(f.store));
	fixture_close(&f);
}

Test(asker, ends_a_short_statement_that_takes_too_long)
{
	static const char *const sql[] = {"SELECT current_setting('statement_timeout')",
					  "SELECT set_config('statement_timeout', "
					  "'20', true)",
					  "SELECT pg_sleep(600)", NULL};
	struct fixture f;
	struct script s;

	fixture_open(&f);
	script_for(&s, LANE_SHORT, NULL, sql);
	run(&f, &s);
	cr_expect_eq(s.err.code, TRY_STORE);
	cr_expect_str_eq(s.all, "20s@1 20ms@2 ");
	cr_expect_str_eq(s.err.text, "it took too long and was ended: try again");
	fixture_close(&f);
}
