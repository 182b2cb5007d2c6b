#include "base/count.h"
#include "base/digest.h"
#include "base/json/jsonin.h"
#include "tests/office/office.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

OFFICE_SUITE(log, office_open);

static int
ask_log(const struct log_request *q)
{
	return office_ask(&o, &(struct request){.kind = REQUEST_LOG, .log = q});
}

static int
set_up(const struct setup_request *r)
{
	return office_ask(&o, &(struct request){.kind = REQUEST_SETUP, .setup = r});
}

static void
set_up_site(const char *name)
{
	struct setup_site site = {.site_id = "LHX", .name = name};
	struct setup_request r = {.entity = "Harbour View", .zone = "Europe/London"};

	r.sites = &site;
	r.n_sites = 1;
	cr_assert_eq(set_up(&r), CODE(OK), "%s", o.text);
}

/* The answer's entries; the caller's to json_decref(). */
static json_t *
entries(const struct log_request *q)
{
	cr_assert_eq(ask_log(q), CODE(OK), "%s", o.text);
	cr_assert(json_is_array(json_object_get(o.json, "entries")));
	return json_incref(json_object_get(o.json, "entries"));
}

static size_t
count_of(const struct log_request *q)
{
	json_t *list = entries(q);
	size_t n = json_array_size(list);

	json_decref(list);
	return n;
}

/* P-962 */
Test(log, tells_who_changed_what_from_what)
{
	json_t *list;
	const json_t *newest;

	set_up_site("Terminal");
	set_up_site("Terminal 1");
	set_up_site("Terminal 1");
	list = entries(&(struct log_request){.what = "register.site"});
	cr_assert_eq(json_array_size(list), 2, "what changed nothing is no entry");
	newest = json_array_get(list, 0);
	cr_expect_str_eq(member_text(newest, "who"), "unix:owner");
	cr_expect_str_eq(member_text(newest, "subject"), "LHX");
	cr_expect_str_eq(member_text(json_object_get(newest, "was"), "name"), "Terminal");
	cr_expect_str_eq(member_text(json_object_get(newest, "is"), "name"), "Terminal 1");
	json_decref(list);
}

/* P-962: each filter leaves out what it names not, and a page goes on where the last one ended. */
Test(log, tells_some_of_it_and_by_pages)
{
	json_t *list;
	size_t all;

	set_up_site("Terminal");
	set_up_site("Terminal 1");
	all = count_of(&(struct log_request){.limit = 1000});
	cr_expect_eq(count_of(&(struct log_request){.who = "unix:owner", .what = "register.site"}),
		     2);
	cr_expect_eq(count_of(&(struct log_request){.who = "unix:rita"}), 0);
	cr_expect_eq(count_of(&(struct log_request){.since = "2100-01-01"}), 0);
	cr_expect_eq(count_of(&(struct log_request){.until = "2001-01-01T00:00:00Z"}), 0);
	cr_expect_eq(count_of(&(struct log_request){.since = "2001-01-01", .limit = 1000}), all);
	list = entries(&(struct log_request){.limit = 2});
	cr_assert_eq(json_array_size(list), 2);
	cr_expect_eq(office_int(&o, "next"), (long)all - 1);
	json_decref(list);
	cr_expect_eq(count_of(&(struct log_request){.after = all - 1, .limit = 1000}), all - 2);
}

static void
expect_invalid(const struct log_request *q, const char *field)
{
	cr_expect_eq(ask_log(q), CODE(INVALID));
	cr_expect_str_eq(o.field, field);
}

Test(log, refuses_what_it_cannot_look_for)
{
	static char longest[300];

	memset(longest, 'a', sizeof longest - 1);
	expect_invalid(&(struct log_request){.since = "2026-13-01"}, "since");
	expect_invalid(&(struct log_request){.until = "yesterday"}, "until");
	expect_invalid(&(struct log_request){.who = longest}, "who");
	expect_invalid(&(struct log_request){.what = longest}, "what");
	expect_invalid(&(struct log_request){.limit = 1001}, "limit");
	expect_invalid(&(struct log_request){.after = UINT64_MAX}, "after");
}

/* P-963: computed again from what is written, as whoever verifies does. */
Test(log, links_each_entry_to_the_one_before)
{
	unsigned char head[SHA256_SIZE] = {0};
	json_t *list;
	json_t *one;
	size_t i;

	set_up_site("Terminal");
	list = entries(&(struct log_request){.chain = true, .limit = 1000});
	cr_assert_gt(json_array_size(list), 10);
	json_array_foreach(list, i, one)
	{
		const char *line = member_text(one, "line");
		unsigned char of[SHA256_SIZE + 8 + 4096] = {0};
		char hex[2 * SHA256_SIZE + 1];

		memcpy(of, head, sizeof head);
		of[SHA256_SIZE + 6] = (unsigned char)((i + 1) >> 8);
		of[SHA256_SIZE + 7] = (unsigned char)(i + 1);
		cr_assert_lt(strlen(line), sizeof of - SHA256_SIZE - 8);
		for (size_t k = 0; line[k] != '\0'; k++)
			of[SHA256_SIZE + 8 + k] = (unsigned char)line[k];
		cr_assert(sha256(of, SHA256_SIZE + 8 + strlen(line), head));
		hex_encode(head, sizeof head, hex);
		cr_expect_eq(json_integer_value(json_object_get(one, "number")), (json_int_t)i + 1);
		cr_expect_str_eq(member_text(one, "sha256"), hex);
	}
	json_decref(list);
	cr_expect_eq(office_int(&o, "unlinked"), 0);
}

/* No role of semsd changes what is there, nor does the owner of the schema while its triggers are.
 */
Test(log, is_never_changed)
{
	static const char *const roles[] = {"sems_ingest", "sems_compute", "sems_retention",
					    "sems_admin", "sems_report"};
	static const char *const changes[] = {"UPDATE sems.access_log SET line = '{}'",
					      "DELETE FROM sems.access_log",
					      "TRUNCATE sems.access_log CASCADE",
					      "UPDATE sems.access_link SET number = number + 1",
					      "DELETE FROM sems.access_link",
					      "TRUNCATE sems.access_link",
					      "INSERT INTO sems.access_log (line) VALUES ('{}')",
					      "DELETE FROM sems.access_unlinked"};
	char sql[160];

	set_up_site("Terminal");
	for (size_t i = 0; i < COUNT(changes); i++) {
		for (size_t r = 0; r < COUNT(roles); r++) {
			snprintf(sql, sizeof sql, "SET ROLE %s", roles[r]);
			cluster_do(o.pg, sql);
			cr_expect_str_eq(cluster_state(o.pg, changes[i]), "42501", "%s as %s",
					 changes[i], roles[r]);
			cluster_do(o.pg, "RESET ROLE");
		}
		if (i < 6)
			cr_expect_str_eq(cluster_state(o.pg, changes[i]), "P0001", "%s",
					 changes[i]);
	}
}

/* What was rolled back is no entry, and leaves no gap. */
Test(log, has_what_was_committed_and_no_gap)
{
	size_t before;

	set_up_site("Terminal");
	before = count_of(&(struct log_request){.limit = 1000});
	cluster_do(o.pg, "BEGIN");
	cluster_do(o.pg, "INSERT INTO sems.provider VALUES ('gone', 'Gone')");
	cluster_do(o.pg, "ROLLBACK");
	cluster_do(o.pg, "INSERT INTO sems.provider VALUES ('here', 'Here')");
	cr_expect_eq(count_of(&(struct log_request){.limit = 1000}), before + 1);
	cr_expect_eq(count_of(&(struct log_request){.what = "register.provider"}), 1);
	cr_expect_eq(cluster_int(o.pg, "SELECT max(number) - count(*) FROM sems.access_link"), 0);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.access_log WHERE what = "
				       "'register.provider' AND who LIKE 'database:%'"),
		     1);
}

/* P-962: of tests under embargo not everybody is told, and whoever reads all of it may be. */
Test(log, keeps_what_is_under_embargo_to_those_who_may_know)
{
	set_up_site("Terminal");
	cluster_do(o.pg, "SELECT sems.log_put('quarantine.discarded', '7', '{\"covert\": true}')");
	cr_expect_eq(count_of(&(struct log_request){.what = "quarantine."}), 1);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.access_log WHERE is_covert"), 1);
}

static int
ask_history(const char *day)
{
	const struct history_request q = {.day = day};

	return office_ask(&o, &(struct request){.kind = REQUEST_HISTORY, .history = &q});
}

/* Whether the last answer has this text, written without blanks. */
static bool
says(const char *what)
{
	char *text = json_dumps(o.json, JSON_COMPACT);
	bool has;

	cr_assert_not_null(text);
	has = strstr(text, what) != NULL;
	free(text);
	return has;
}

/* An entry as of another day: there is no other way to have one before today. */
static void
moved_to(const char *day)
{
	char sql[400];

	cluster_do(o.pg, "SET session_replication_role = replica");
	snprintf(sql, sizeof sql,
		 "UPDATE sems.access_log SET line = (line::jsonb || jsonb_build_object('at_ms', "
		 "(extract(epoch FROM timestamptz '%s 12:00:00Z') * 1000)::bigint))::text "
		 "WHERE what LIKE 'register.%%' AND at_ms > 1780000000000",
		 day);
	cluster_do(o.pg, sql);
	cluster_do(o.pg, "SET session_replication_role = origin");
}

/* P-964 */
Test(log, tells_what_was_set_up_at_the_end_of_a_day)
{
	set_up_site("Terminal");
	moved_to("2026-03-10");
	set_up_site("Terminal 1");
	moved_to("2026-03-20");
	cr_assert_eq(ask_history("2026-03-09"), CODE(OK), "%s", o.text);
	cr_expect(says("\"setup\":null"));
	cr_expect(says("\"since\":\"2026-03-10T12:00:00.000Z\""));
	cr_assert_eq(ask_history("2026-03-19"), CODE(OK), "%s", o.text);
	cr_expect(says("\"name\":\"Terminal\""));
	cr_assert_eq(ask_history("2026-03-20"), CODE(OK), "%s", o.text);
	cr_expect(says("\"name\":\"Terminal 1\""));
	cr_assert_eq(ask_history(NULL), CODE(OK), "%s", o.text);
	cr_expect(says("\"entity\":\"Harbour View\""));
	cr_expect_eq(ask_history("2026-3-1"), CODE(INVALID));
	cr_expect_str_eq(o.field, "day");
}

/* A grant that was taken back was there, and is not. */
Test(log, tells_what_was_taken_back)
{
	set_up_site("Terminal");
	cluster_do(o.pg,
		   "INSERT INTO sems.source VALUES ('lane'); INSERT INTO sems.principal VALUES "
		   "('unix:x', 'device'); INSERT INTO sems.source_grant VALUES "
		   "('unix:x', 'lane', '*', '*')");
	cr_assert_eq(ask_history(NULL), CODE(OK), "%s", o.text);
	cr_expect(says("\"senders\""));
	cluster_do(o.pg, "DELETE FROM sems.source_grant");
	cr_assert_eq(ask_history(NULL), CODE(OK), "%s", o.text);
	cr_expect(!says("\"senders\""));
}
