/* The mark beside the database and the one in it, after everything that can part them. */
#include "jobs/highwater.h"
#include "tests/jobs/scene.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct scene s;
static struct highwater *hw;
static char kept[4096]; /* the file of an earlier time */

static bool
settled(void)
{
	return highwater_settle(hw) && highwater_is_idle(hw);
}

static bool
finished(void)
{
	return highwater_finish(hw);
}

static void
settle(void)
{
	cr_assert(scene_turn_until(&s, settled), "the look never ended");
}

static void
open_highwater(void)
{
	struct highwater_config c = highwater_defaults();

	/* Only the test looks. */
	c.look_ms = 3600 * 1000;
	c.folder = s.folder;
	c.now = scene_now;
	c.ctx = &s;
	hw = highwater_new(s.base, s.store, &c);
	cr_assert_not_null(hw);
	settle();
}

static void
open_both(void)
{
	scene_open(&s);
	open_highwater();
}

static void
close_both(void)
{
	highwater_free(hw);
	scene_close(&s);
}

TestSuite(highwater, .init = open_both, .fini = close_both);

static void
answer_at(const char *rfc3339)
{
	scene_set_clock(&s, rfc3339);
	highwater_sent(hw);
	highwater_answered(hw, s.now);
	settle();
}

static void
stop(void)
{
	cr_assert(scene_turn_until(&s, finished), "it never ended");
	highwater_free(hw);
	hw = NULL;
}

static FILE *
open_file(const char *mode)
{
	char path[TEMP_SIZE + 32];
	FILE *f;

	snprintf(path, sizeof path, "%s/high-water.json", s.folder);
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

	kept[fread(kept, 1, sizeof kept - 1, f)] = '\0';
	fclose(f);
}

static void
put_kept_file(void)
{
	FILE *f = open_file("w");

	fputs(kept, f);
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
	highwater_look(hw);
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
	scene_set_clock(&s, "2026-05-16T12:00:00Z");
	open_highwater();
	cr_expect_str_eq(gaps(), "15 10:00:10 - 16 11:00:01");
	highwater_look(hw);
	settle();
	cr_expect_str_eq(gaps(), "15 10:00:10 - 16 11:00:01", "it is noted once");
}

/* What came after a step back is older by its time than the mark of before. */
Test(highwater, knows_that_the_clock_was_set_back_after_the_backup)
{
	answer_at("2026-05-15T10:00:10Z");
	back_up();
	answer_at("2026-05-15T09:40:00Z");
	answer_at("2026-05-15T09:50:00Z");
	stop();
	restore();
	open_highwater();
	highwater_look(hw);
	settle();
	cr_expect_str_eq(gaps(), "15 09:40:00 - 15 10:00:11");
}

/* A backup of after it knows what came: its own time is enough. */
Test(highwater, forgets_a_step_back_where_the_database_knows_what_came_then)
{
	answer_at("2026-05-15T10:00:10Z");
	answer_at("2026-05-15T09:40:00Z");
	answer_at("2026-05-15T11:00:00Z");
	back_up();
	answer_at("2026-05-15T11:30:00Z");
	restore();
	highwater_look(hw);
	settle();
	cr_expect_str_eq(gaps(), "15 11:00:00 - 15 11:30:01");
}

Test(highwater, notes_what_is_lacking_while_it_runs)
{
	answer_at("2026-05-15T10:00:10Z");
	back_up();
	answer_at("2026-05-15T10:00:20Z");
	restore();
	highwater_look(hw);
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
	scene_set_clock(&s, "2026-05-16T12:00:00Z");
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
	at = strstr(kept, "\"server\": \"");
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
	scene_set_clock(&s, "2026-05-15T11:00:00Z");
	move_server();
	cr_expect_str_eq(gaps(), "15 10:00:10 - 15 10:01:11");
}

Test(highwater, does_not_count_what_is_being_written_as_there)
{
	answer_at("2026-05-15T10:00:10Z");
	scene_set_clock(&s, "2026-05-15T10:00:20Z");
	highwater_sent(hw);
	scene_set_clock(&s, "2026-05-15T10:00:30Z");
	highwater_look(hw);
	settle();
	cr_expect_str_eq(cluster_text(s.pg, "SELECT to_char(reached_at, 'HH24:MI:SS') "
					    "FROM sems.daemon_mark"),
			 "10:00:10");
}

static int64_t mark_before;

static bool
marked(void)
{
	return cluster_int(s.pg, "SELECT mark FROM sems.daemon_mark") > mark_before;
}

Test(highwater, marks_the_first_answer_after_a_while_at_once)
{
	mark_before = cluster_int(s.pg, "SELECT mark FROM sems.daemon_mark");
	scene_set_clock(&s, "2026-05-15T10:00:20Z");
	highwater_sent(hw);
	highwater_answered(hw, s.now);
	cr_expect(scene_turn_until(&s, marked));
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

static bool
moved_on(void)
{
	return highwater_settle(hw) && marked();
}

/* Its disk does not answer: here, a pipe that nobody reads. */
Test(highwater, goes_on_while_the_file_cannot_be_written)
{
	char path[TEMP_SIZE + 32];
	int fd;

	answer_at("2026-05-15T10:00:10Z");
	snprintf(path, sizeof path, "%s/high-water.json.new", s.folder);
	cr_assert_eq(mkfifo(path, 0600), 0);
	for (int i = 0; i < 3; i++) {
		mark_before = cluster_int(s.pg, "SELECT mark FROM sems.daemon_mark");
		scene_set_clock(&s, "2026-05-15T10:00:20Z");
		highwater_sent(hw);
		highwater_answered(hw, s.now);
		cr_assert(scene_turn_until(&s, moved_on));
		cr_expect_not(highwater_is_idle(hw));
		cr_expect_not(highwater_finish(hw));
	}
	fd = open(path, O_RDONLY | O_NONBLOCK);
	cr_assert_geq(fd, 0);
	unlink(path);
	settle();
	close(fd);
	keep_file();
	cr_expect_not_null(strstr(kept, "10:00:20"), "the last text is there in the end: %s", kept);
	stop();
	keep_file();
	cr_expect_not_null(strstr(kept, "\"is_complete\": true"), "%s", kept);
}
