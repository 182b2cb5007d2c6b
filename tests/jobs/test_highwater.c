/* The mark beside the database and the one in it, after everything that can part them. */
#include "jobs/highwater.h"
#include "store/keyring.h"
#include "tests/lib/cluster.h"
#include "tests/lib/temp.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Only a hang takes this long. */
#define TURN_MS   10
#define TURNS_MAX 3000

static struct scene {
	PGconn *pg;
	struct event_base *base;
	struct store *store;
	struct keyring *keys;
	struct highwater *hw;
	char folder[TEMP_SIZE];
	char kept[4096]; /* the file of an earlier time */
	struct utc_ms now;
} s;

static struct utc_ms
now(void *ctx)
{
	(void)ctx;
	return s.now;
}

static void
on_written(void *ctx, struct group *g)
{
	(void)ctx;
	(void)g;
}

static void
on_ready(void *ctx, bool ready)
{
	(void)ctx;
	(void)ready;
}

static void
set_clock(const char *rfc3339)
{
	cr_assert(utc_parse(text_of(rfc3339), &s.now));
}

static void
turn(void)
{
	struct timeval t = {0, TURN_MS * 1000};

	event_base_loopexit(s.base, &t);
	event_base_dispatch(s.base);
}

static void
settle(void)
{
	for (int i = 0; i < TURNS_MAX && !highwater_settle(s.hw); i++)
		turn();
	cr_assert(highwater_settle(s.hw), "the look never ended");
}

static void
open_highwater(void)
{
	struct highwater_config c = highwater_defaults();

	/* Only the test looks. */
	c.look_ms = 3600 * 1000;
	c.folder = s.folder;
	c.now = now;
	s.hw = highwater_new(s.base, s.store, &c);
	cr_assert_not_null(s.hw);
	settle();
}

static void
open_scene(void)
{
	static char conninfo[256];
	struct store_config config = {.on_written = on_written, .on_ready = on_ready};
	const char *database = cluster_database();
	struct err e;

	temp_dir(s.folder);
	cr_assert_eq(keyring_open(s.folder, &s.keys, &e), OK, "%s", e.text);
	s.pg = cluster_connect(database);
	(void)snprintf(conninfo, sizeof conninfo, "%s",
		       cluster_conninfo(cluster_shared(), database, "semsd"));
	s.base = event_base_new();
	config.conninfo = conninfo;
	config.keys = s.keys;
	s.store = store_new(s.base, &config);
	for (int i = 0; i < TURNS_MAX && !store_ready(s.store); i++)
		turn();
	cr_assert(store_ready(s.store));
	set_clock("2026-05-15T10:00:00Z");
	open_highwater();
}

static void
close_scene(void)
{
	highwater_free(s.hw);
	store_free(s.store);
	keyring_free(s.keys);
	event_base_free(s.base);
	PQfinish(s.pg);
	cr_expect(temp_remove(s.folder));
}

TestSuite(highwater, .init = open_scene, .fini = close_scene);

static void
answer_at(const char *rfc3339)
{
	set_clock(rfc3339);
	highwater_sent(s.hw);
	highwater_answered(s.hw, s.now);
	settle();
}

static void
stop(void)
{
	highwater_free(s.hw);
	s.hw = NULL;
}

static FILE *
open_file(const char *mode)
{
	char path[TEMP_SIZE + 32];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/high-water.json", s.folder);
	f = fopen(path, mode);
	cr_assert_not_null(f);
	return f;
}

/* What was on disk at a moment is there again: a kill, or a file that was kept while the database
 * was restored. */
static void
keep_file(void)
{
	FILE *f = open_file("r");

	s.kept[fread(s.kept, 1, sizeof s.kept - 1, f)] = '\0';
	fclose(f);
}

static void
put_kept_file(void)
{
	FILE *f = open_file("w");

	fputs(s.kept, f);
	fclose(f);
}

/* The marks of a database as a backup of now would hold them. */
static void
back_up(void)
{
	cluster_do(s.pg, "DROP TABLE IF EXISTS kept_mark; "
			 "CREATE TABLE kept_mark AS SELECT * FROM sems.daemon_mark");
}

static void
restore(void)
{
	cluster_do(s.pg, "DELETE FROM sems.daemon_mark; "
			 "INSERT INTO sems.daemon_mark SELECT * FROM kept_mark");
}

static const char *
gaps(void)
{
	return cluster_text(s.pg, "SELECT coalesce(string_agg(to_char(lacks_from, 'DD HH24:MI:SS') "
				  "|| ' - ' || to_char(lacks_to, 'DD HH24:MI:SS'), ', ' "
				  "ORDER BY gap_id), 'none') FROM sems.restore_gap");
}

Test(highwater, finds_nothing_as_long_as_the_database_is_the_same)
{
	answer_at("2026-05-15T10:00:10Z");
	stop();
	open_highwater();
	highwater_look(s.hw);
	settle();
	answer_at("2026-05-15T10:00:20Z");
	cr_expect_str_eq(gaps(), "none");
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.daemon_mark"), 1,
		     "it is the same semsd after its restart");
}

Test(highwater, notes_what_a_restored_database_lacks_at_the_next_start)
{
	answer_at("2026-05-15T10:00:10Z");
	back_up();
	answer_at("2026-05-16T11:00:00Z");
	stop();
	restore();
	set_clock("2026-05-16T12:00:00Z");
	open_highwater();
	cr_expect_str_eq(gaps(), "15 10:00:10 - 16 11:00:01");
	highwater_look(s.hw);
	settle();
	cr_expect_str_eq(gaps(), "15 10:00:10 - 16 11:00:01", "it is noted once");
}

Test(highwater, notes_what_is_lacking_while_it_runs)
{
	answer_at("2026-05-15T10:00:10Z");
	back_up();
	answer_at("2026-05-15T10:00:20Z");
	restore();
	highwater_look(s.hw);
	settle();
	cr_expect_str_eq(gaps(), "15 10:00:10 - 15 10:00:21");
}

Test(highwater, allows_for_what_was_answered_after_the_last_write_when_it_was_killed)
{
	answer_at("2026-05-15T10:00:10Z");
	back_up();
	answer_at("2026-05-15T10:00:20Z");
	keep_file();
	stop();
	put_kept_file();
	restore();
	set_clock("2026-05-16T12:00:00Z");
	open_highwater();
	cr_expect_str_eq(gaps(), "15 10:00:10 - 15 10:01:21");
}

Test(highwater, finds_nothing_after_a_kill_alone)
{
	answer_at("2026-05-15T10:00:10Z");
	keep_file();
	answer_at("2026-05-15T10:00:20Z");
	stop();
	put_kept_file();
	open_highwater();
	cr_expect_str_eq(gaps(), "none");
}

Test(highwater, counts_from_its_beginning_when_the_database_knows_nothing_of_it)
{
	answer_at("2026-05-15T10:00:10Z");
	stop();
	cluster_do(s.pg, "DELETE FROM sems.daemon_mark");
	open_highwater();
	cr_expect_str_eq(gaps(), "15 10:00:00 - 15 10:00:11");
}

/* The last mark was made on another server than this one. */
static void
move_server(void)
{
	char *at;

	stop();
	cluster_do(s.pg, "UPDATE sems.daemon_mark SET server = 'another/00000001'");
	at = strstr(s.kept, "\"server\": \"");
	cr_assert_not_null(at);
	at[strlen("\"server\": \"")] = 'x';
	put_kept_file();
	open_highwater();
}

Test(highwater, trusts_another_server_when_all_was_marked)
{
	answer_at("2026-05-15T10:00:10Z");
	stop();
	keep_file();
	open_highwater();
	move_server();
	cr_expect_str_eq(gaps(), "none");
}

Test(highwater, does_not_trust_another_server_with_what_came_after_the_last_mark)
{
	answer_at("2026-05-15T10:00:10Z");
	keep_file();
	set_clock("2026-05-15T11:00:00Z");
	move_server();
	cr_expect_str_eq(gaps(), "15 10:00:10 - 15 10:01:11");
}

Test(highwater, does_not_count_what_is_being_written_as_there)
{
	answer_at("2026-05-15T10:00:10Z");
	set_clock("2026-05-15T10:00:20Z");
	highwater_sent(s.hw);
	set_clock("2026-05-15T10:00:30Z");
	highwater_look(s.hw);
	settle();
	cr_expect_str_eq(cluster_text(s.pg, "SELECT to_char(reached_at, 'HH24:MI:SS') "
					    "FROM sems.daemon_mark"),
			 "10:00:10");
}

Test(highwater, marks_the_first_answer_after_a_while_at_once)
{
	int64_t before = cluster_int(s.pg, "SELECT mark FROM sems.daemon_mark");

	set_clock("2026-05-15T10:00:20Z");
	highwater_sent(s.hw);
	highwater_answered(s.hw, s.now);
	for (int i = 0; i < TURNS_MAX; i++) {
		turn();
		if (cluster_int(s.pg, "SELECT mark FROM sems.daemon_mark") > before)
			break;
	}
	cr_expect_gt(cluster_int(s.pg, "SELECT mark FROM sems.daemon_mark"), before);
}

Test(highwater, does_not_wait_for_a_standby)
{
	cr_expect_str_eq(cluster_text(s.pg,
				      "SELECT current_setting('synchronous_commit') "
				      "FROM sems.note_mark(gen_random_uuid(), 0, now(), now(), "
				      "'', now())"),
			 "local");
}

Test(highwater, begins_anew_when_the_file_is_no_use)
{
	FILE *f;

	answer_at("2026-05-15T10:00:10Z");
	stop();
	f = open_file("w");
	fputs("{\"daemon\": 7", f);
	fclose(f);
	open_highwater();
	cr_expect_str_eq(gaps(), "none");
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.daemon_mark"), 2);
}

Test(highwater, leaves_the_file_to_the_semsd_that_has_the_folder)
{
	struct highwater_config c = highwater_defaults();
	struct highwater *other;
	char before[sizeof s.kept];

	c.folder = s.folder;
	c.now = now;
	other = highwater_new(s.base, s.store, &c);
	cr_assert_not_null(other);
	for (int i = 0; i < TURNS_MAX && !highwater_settle(other); i++)
		turn();
	keep_file();
	highwater_free(other);
	cr_expect_eq(cluster_int(s.pg, "SELECT count(*) FROM sems.daemon_mark"), 2);
	memcpy(before, s.kept, sizeof before);
	keep_file();
	cr_expect_str_eq(s.kept, before);
}
