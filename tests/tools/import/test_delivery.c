#include "tests/client/fake_daemon.h"
#include "tools/import/build.h"
#include "tools/import/delivery.h"
#include "tools/import/identity.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct fake_daemon fake;
static struct client *client;
static struct arena *arena;
static struct delivery *delivery;
static struct err err;
static char path[64];

static void
setup(void)
{
	arena = arena_new(4u << 20);
	snprintf(path, sizeof path, "/tmp/test_delivery.%d.csv", (int)getpid());
}

static void
teardown(void)
{
	delivery_close(delivery);
	client_close(client);
	if (fake.pid > 0)
		fake_daemon_stop(&fake);
	arena_free(arena);
	unlink(path);
}

TestSuite(delivery, .init = setup, .fini = teardown);

static void
start(const enum fake_step *script, uint32_t batch_max)
{
	if (script != NULL) {
		fake_daemon_start(&fake, script, batch_max, 2);
		cr_assert_eq(client_open(fake.address, &client, &err), OK, "%s", err.text);
	}
	cr_assert_eq(delivery_open(client, -1, path, &delivery, &err), OK, "%s", err.text);
}

static struct record
heartbeat(int n, int sound)
{
	struct builder b = {.arena = arena};
	struct record r;

	cr_assert(build_start(&b, kinds[KIND_HEARTBEAT], &r));
	r.v[ENV_SOURCE] = (struct value){.set = true, .text = TEXT_LIT("s")};
	r.v[ENV_SOURCE_RECORD_ID] =
	    (struct value){.set = true, .text = text_of(arena_printf(arena, "%d", n))};
	r.v[ENV_OCCURRED_AT] = (struct value){.set = true, .i = INT64_C(1775030400000)};
	r.v[ENV_OCCURRED_END] =
	    (struct value){.set = true, .i = INT64_C(1775030400000) + (sound ? 1000 : -1000)};
	cr_assert(identity_set(&r));
	return r;
}

static void
line(int n, int sound)
{
	struct record r = heartbeat(n, sound);

	delivery_line(delivery, (uint64_t)n, 0, 0);
	cr_assert_eq(delivery_records(delivery, &r, 1, &err), OK, "%s", err.text);
	cr_assert_eq(delivery_line_end(delivery, &err), OK);
}

static void
finish(uint64_t lines, uint64_t accepted, uint64_t rejected)
{
	const struct delivery_tally *t = delivery_tally(delivery);

	cr_assert_eq(delivery_finish(delivery, &err), OK, "%s", err.text);
	cr_assert_eq(t->lines, lines);
	cr_assert_eq(t->accepted, accepted);
	cr_assert_eq(t->rejected, rejected);
}

/* The first numbers of the rejects file's lines, joined by blanks. */
static const char *
rejected_lines(void)
{
	static char joined[256];
	char text[512];
	FILE *f = fopen(path, "r");

	cr_assert_not_null(f);
	joined[0] = '\0';
	cr_assert_not_null(fgets(text, sizeof text, f));
	while (fgets(text, sizeof text, f) != NULL) {
		size_t n = strlen(joined);

		snprintf(joined + n, sizeof joined - n, "%s%.*s", n > 0 ? " " : "",
			 (int)strcspn(text, ","), text);
	}
	fclose(f);
	return joined;
}

Test(delivery, checks_without_sending_in_a_dry_run)
{
	start(NULL, 0);
	line(1, 1);
	line(2, 0);
	delivery_line(delivery, 3, 0, 0);
	delivery_reject(delivery, "A", "x", "because");
	delivery_reject(delivery, "B", "y", "a second reason");
	cr_assert_eq(delivery_line_end(delivery, &err), OK);
	finish(3, 1, 2);
	cr_assert_str_eq(rejected_lines(), "2 3");
	cr_assert_eq(delivery_tally(delivery)->sent[KIND_HEARTBEAT], 1);
}

Test(delivery, rejects_are_read_by_nobody_who_may_not_read_the_file)
{
	FILE *from = tmpfile();
	struct stat st;

	cr_assert_eq(fchmod(fileno(from), 0400), 0);
	cr_assert_eq(delivery_open(NULL, fileno(from), path, &delivery, &err), OK);
	line(1, 0);
	finish(1, 0, 1);
	cr_assert_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0400);
	fclose(from);
}

Test(delivery, counts_what_the_daemon_says)
{
	start((const enum fake_step[]){FAKE_QUARANTINE, FAKE_STORE, 0}, 10);
	for (int n = 1; n <= 25; n++)
		line(n, n != 13);
	finish(25, 14, 11);
	cr_assert_eq(delivery_tally(delivery)->stored, 14);
	cr_assert_eq(delivery_tally(delivery)->quarantined, 10);
	cr_assert_str_eq(rejected_lines(), "1 2 3 4 5 6 7 8 9 10 13");
}

/* P-405 */
Test(delivery, keeps_lines_whose_verdict_it_does_not_know_and_says_so)
{
	char text[1024];
	FILE *f;

	start((const enum fake_step[]){FAKE_LATER, FAKE_STORE, 0}, 10);
	for (int n = 1; n <= 12; n++)
		line(n, 1);
	finish(12, 2, 10);
	cr_assert_str_eq(rejected_lines(), "1 2 3 4 5 6 7 8 9 10");
	cr_assert_eq(delivery_tally(delivery)->quarantined, 0);
	f = fopen(path, "r");
	cr_assert_not_null(f);
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	fclose(f);
	cr_assert_not_null(strstr(text, "verdict 99"), "%s", text);
}

/* Answers come in another order than the lines when some are to be tried again. */
Test(delivery, keeps_rejects_in_file_order_whatever_order_answers_come_in)
{
	start((const enum fake_step[]){FAKE_RETRY, FAKE_QUARANTINE, FAKE_QUARANTINE,
				       FAKE_QUARANTINE, FAKE_QUARANTINE, 0},
	      4);
	for (int n = 1; n <= 12; n++)
		line(n, 1);
	finish(12, 2, 10);
	cr_assert_str_eq(rejected_lines(), "3 4 5 6 7 8 9 10 11 12");
}

Test(delivery, rejects_a_line_whole_when_one_of_its_records_is_refused)
{
	struct record both[2] = {heartbeat(1, 1), heartbeat(2, 0)};

	start((const enum fake_step[]){0}, 10);
	delivery_line(delivery, 1, 0, 0);
	cr_assert_eq(delivery_records(delivery, both, 2, &err), OK);
	cr_assert_eq(delivery_line_end(delivery, &err), OK);
	finish(1, 0, 1);
	cr_assert_eq(delivery_tally(delivery)->sent[KIND_HEARTBEAT], 0, "none of them was sent");
}
