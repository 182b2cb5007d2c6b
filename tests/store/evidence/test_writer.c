#include "base/count.h"
#include "base/digest.h"
#include "store/evidence/writer.h"
#include "tests/lib/machine_walk.h"
#include "tests/store/fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#define CHECK_VERDICTS(g, expected) cr_expect_str_eq(fixture_verdicts(g), (expected))

static int64_t
events(const struct fixture *f)
{
	return cluster_int(f->pg, "SELECT count(*) FROM sems.tip_event");
}

/* One event of lane-1 is stored. */
static void
write_first(struct fixture *f, struct group *first)
{
	fixture_open(f);
	fixture_event(first, "lane-1", 5);
	fixture_write(f, first);
}

Test(writer, goes_where_its_table_says)
{
	static const char *const edges[] = {
	    "idle: a month without a partition > partition, rows are ready > fast, "
	    "records are ready to be staged > settle, to go on > idle, a fault of ours > idle, "
	    "the connection is lost > idle",
	    "partition: to go on > idle, a fault of ours > idle, the connection is lost > idle",
	    "fast: the commit is answered > confirm, to go on > idle, a fault of ours > idle, the "
	    "connection is lost > idle",
	    "settle: they are settled > close, to go on > idle, a fault of ours > idle, "
	    "the connection is lost > idle",
	    "close: the commit is answered > confirm, to go on > idle, a fault of ours > idle, the "
	    "connection is lost > idle",
	    "confirm: to go on > idle, a fault of ours > idle, the connection is lost > idle",
	};

	MACHINE_WALK(&writer_machine, edges);
}

Test(writer, stores_the_records_of_a_group_and_says_so)
{
	struct fixture f;
	struct group *g = fixture_group();

	fixture_open(&f);
	for (unsigned i = 0; i < 500; i++)
		fixture_event(g, "lane-1", i);
	fixture_write(&f, g);
	CHECK_VERDICTS(g, "STORED*500");
	cr_expect_eq(events(&f), 500);
	cr_expect(store_ready(f.store));
	cr_expect(store_idle(f.store));
	fixture_free(g);
	fixture_close(&f);
}

Test(writer, stores_every_kind_with_every_value_as_it_was)
{
	struct fixture f;
	struct group *g = fixture_group();
	static struct sample s;
	char verdicts[32];

	fixture_open(&f);
	for (int k = 0; k < KIND_COUNT; k++) {
		sample_make(&s, (enum kind_id)k);
		sample_set(&s, "recorded_by", "somebody");
		sample_set(&s, "utc_offset_min", "-60");
		if (k == KIND_OBSERVATION)
			sample_set(&s, "note", "a \"quoted\" \\ note");
		if (k == KIND_OBSERVATION)
			sample_set(&s, "criteria[0].criterion_id", "a \"quoted\" \\ criterion\n");
		if (k == KIND_AUDIT)
			sample_set(&s, "person_days", "1.5");
		fixture_add(g, &s, kinds[k]->name);
	}
	fixture_write(&f, g);
	snprintf(verdicts, sizeof verdicts, "STORED*%d", KIND_COUNT);
	CHECK_VERDICTS(g, verdicts);
	cr_expect_str_eq(
	    cluster_text(f.pg, "SELECT occurred_at || ' ' || received_at || ' ' || "
			       "received_from || ' ' || encode(recorded_by, 'escape') "
			       "|| ' ' || outcome || ' ' || utc_offset_min "
			       "FROM sems.tip_event"),
	    "2026-05-12 09:30:00+00 2026-05-12 11:30:00+00 unix:gateway pseudonym 16byte HIT -60");
	cr_expect_str_eq(cluster_text(f.pg,
				      "SELECT note || '|' || (criteria -> 0 ->> 'criterion_id') "
				      "|| '|' || (criteria -> 0 ->> 'result') "
				      "FROM sems.observation"),
			 "a \"quoted\" \\ note|a \"quoted\" \\ criterion\n|MET");
	cr_expect_str_eq(cluster_text(f.pg, "SELECT person_days FROM sems.audit"), "1.5");
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.correction WHERE is_void"), 1);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.activity WHERE means IS NULL"),
		     1);
	fixture_free(g);
	fixture_close(&f);
}

Test(writer, answers_duplicate_for_what_is_stored_and_stores_the_rest)
{
	struct fixture f;
	struct group *first = fixture_group();
	struct group *second = fixture_group();

	fixture_open(&f);
	for (unsigned i = 0; i < 20; i++)
		fixture_event(first, "lane-1", i);
	fixture_write(&f, first);
	for (unsigned i = 15; i < 40; i++)
		fixture_event(second, "lane-1", i);
	fixture_write(&f, second);
	CHECK_VERDICTS(second, "DUPLICATE*5 STORED*20");
	cr_expect_eq(events(&f), 40);
	fixture_free(first);
	fixture_free(second);
	fixture_close(&f);
}

Test(writer, tells_the_first_of_equal_records_in_a_group_from_its_repeats)
{
	struct fixture f;
	struct group *g = fixture_group();

	fixture_open(&f);
	fixture_event(g, "lane-1", 1);
	fixture_event(g, "lane-1", 2);
	fixture_event(g, "lane-1", 1);
	fixture_event(g, "lane-1", 1);
	fixture_value(&g->items[3], "event_no")->i = 77;
	g->items[3].raw = TEXT_LIT("the same number, another content");
	/* The same record_id of another source is another record. */
	fixture_event(g, "lane-2", 1);
	fixture_write(&f, g);
	CHECK_VERDICTS(g, "STORED*2 DUPLICATE CONFLICT STORED");
	cr_expect_eq(g->items[3].why->reason, REASON_CONFLICT);
	cr_expect_eq(events(&f), 3);
	cr_expect_str_eq(cluster_text(f.pg,
				      "SELECT source || ' ' || reason || ' ' || kind || ' ' || "
				      "principal || ' ' || state FROM sems.quarantine"),
			 "lane-1 CONFLICT tip_event unix:gateway OPEN");
	fixture_free(g);
	fixture_close(&f);
}

Test(writer, leaves_what_is_stored_untouched_by_a_conflict)
{
	struct fixture f;
	struct group *first = fixture_group();
	struct group *second = fixture_group();

	write_first(&f, first);
	fixture_event(second, "lane-1", 5);
	fixture_value(&second->items[0], "event_no")->i = 99;
	fixture_write(&f, second);
	CHECK_VERDICTS(second, "CONFLICT");
	cr_expect_eq(cluster_int(f.pg, "SELECT event_no FROM sems.tip_event"), 5);
	fixture_free(first);
	fixture_free(second);
	fixture_close(&f);
}

Test(writer, gives_the_same_conflict_each_time_and_keeps_it_once)
{
	struct fixture f;

	fixture_open(&f);
	for (int i = 0; i < 3; i++) {
		struct group *g = fixture_group();

		fixture_event(g, "lane-1", 5);
		fixture_event(g, "lane-1", 5);
		fixture_value(&g->items[1], "event_no")->i = 99;
		g->items[1].raw = TEXT_LIT("other");
		fixture_write(&f, g);
		CHECK_VERDICTS(g, i == 0 ? "STORED CONFLICT" : "DUPLICATE CONFLICT");
		fixture_free(g);
	}
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.quarantine"), 1);
	fixture_close(&f);
}

/* P-404 */
Test(writer, ignores_when_and_from_whom_it_came_when_it_compares)
{
	struct fixture f;
	struct group *first = fixture_group();
	struct group *second = fixture_group();

	write_first(&f, first);
	fixture_event(second, "lane-1", 5)->principal = TEXT_LIT("unix:other");
	second->received_at.v += MS_PER_HOUR;
	fixture_write(&f, second);
	CHECK_VERDICTS(second, "DUPLICATE");
	fixture_free(first);
	fixture_free(second);
	fixture_close(&f);
}

/* Else each record that comes would be looked for among ever more that wait. */
/* P-705, P-408 */
Test(writer, lets_so_many_corrections_of_a_sender_wait_for_their_records)
{
	struct fixture f;
	struct group *g = fixture_group();

	fixture_open(&f);
	cluster_do(f.pg,
		   "UPDATE sems.setting SET value = '3' WHERE name = 'corrections_waiting_max'");
	for (unsigned i = 0; i < 5; i++) {
		struct record *r = fixture_record(fixture_event(g, "lane-1", i));

		r->v[ENV_CORRECTS_RECORD_ID] = r->v[ENV_RECORD_ID];
		r->v[ENV_CORRECTS_RECORD_ID].uuid.b[15] ^= 0x80;
		r->v[ENV_CORRECTED_AT] = r->v[ENV_OCCURRED_AT];
	}
	fixture_write(&f, g);
	CHECK_VERDICTS(g, "STORED*3 QUARANTINED*2");
	cr_expect_str_eq(cluster_text(f.pg, "SELECT min(field) FROM sems.quarantine"),
			 "corrects_record_id");
	fixture_free(g);
	fixture_close(&f);
}

static struct item *
add_beat(struct group *g, const struct item *like)
{
	static struct sample s;
	struct item *it;

	sample_make(&s, KIND_HEARTBEAT);
	it = fixture_add(g, &s, "beat");
	it->source = TEXT_LIT("lane-1");
	fixture_record(it)->v[ENV_SOURCE].text = TEXT_LIT("lane-1");
	fixture_record(it)->v[ENV_RECORD_ID].uuid = like->record_id;
	return it;
}

/* Else the answer would tell who may send the one kind what is stored of the other. */
/* P-601 */
Test(writer, answers_alike_whether_another_kind_has_the_identity)
{
	struct fixture f;
	struct group *g[4];

	fixture_open(&f);
	for (size_t i = 0; i < 4; i++)
		g[i] = fixture_group();
	fixture_event(g[0], "lane-1", 5);
	fixture_write(&f, g[0]);
	/* The fast path, a repeat on the slow path, and new on the slow path. */
	add_beat(g[1], &g[0]->items[0]);
	fixture_write(&f, g[1]);
	CHECK_VERDICTS(g[1], "STORED");
	add_beat(g[2], &g[0]->items[0]);
	fixture_write(&f, g[2]);
	CHECK_VERDICTS(g[2], "DUPLICATE");
	cluster_do(f.pg, "DELETE FROM sems.heartbeat");
	fixture_event(g[3], "lane-1", 5);
	add_beat(g[3], &g[0]->items[0]);
	fixture_write(&f, g[3]);
	CHECK_VERDICTS(g[3], "DUPLICATE STORED");
	for (size_t i = 0; i < 4; i++)
		fixture_free(g[i]);
	fixture_close(&f);
}

Test(writer, quarantines_what_was_refused_beside_what_is_good)
{
	struct fixture f;
	struct group *g = fixture_group();

	fixture_open(&f);
	fixture_event(g, "lane-1", 1);
	fixture_refused(g, "lane-1", "\x01 raw bytes")->claimed = kinds[KIND_TEST];
	fixture_event(g, "lane-1", 2);
	/* The same bytes again add nothing; what cannot be read has no source. */
	fixture_refused(g, "lane-1", "\x01 raw bytes");
	fixture_refused(g, "", "noise");
	fixture_write(&f, g);
	CHECK_VERDICTS(g, "STORED QUARANTINED STORED QUARANTINED*2");
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.quarantine"), 2);
	cr_expect_str_eq(cluster_text(f.pg, "SELECT reason || ' ' || field || ' ' || message "
					    "FROM sems.quarantine WHERE source = 'lane-1'"),
			 "RULE tip_event.outcome not one of those");
	cr_expect_str_eq(cluster_text(f.pg, "SELECT string_agg(coalesce(kind, '-'), ' ' ORDER BY "
					    "source) FROM sems.quarantine"),
			 "- test", "what it says it is, of which it said so");
	fixture_free(g);
	fixture_close(&f);
}

Test(writer, keeps_the_same_bytes_apart_by_who_sent_them)
{
	struct fixture f;

	fixture_open(&f);
	for (int i = 0; i < 2; i++) {
		struct group *g = fixture_group();

		fixture_refused(g, "lane-1", "bytes")->principal = text_of("unix:wrong");
		fixture_refused(g, "lane-1", "bytes")->principal = text_of("unix:right");
		fixture_refused(g, "lane-1", "bytes")->principal = text_of("unix:right");
		fixture_write(&f, g);
		CHECK_VERDICTS(g, "QUARANTINED*3");
		fixture_free(g);
	}
	cr_expect_str_eq(cluster_text(f.pg, "SELECT string_agg(principal, ' ' ORDER BY principal) "
					    "FROM sems.quarantine"),
			 "unix:right unix:wrong");
	fixture_close(&f);
}

/* Its time begins anew for who sends it again, not for others, nor when it is only tried again. */
/* P-923 */
Test(writer, notes_when_quarantined_bytes_came_first_and_last)
{
	static const struct {
		const char *principal;
		int64_t day;
		bool tried_again;
	} came[] = {
	    {"unix:one", 1, false}, {"unix:two", 2, false}, {"unix:one", 5, false},
	    {"unix:one", 3, false}, {"unix:one", 9, true},
	};
	struct fixture f;

	fixture_open(&f);
	cluster_do(f.pg, "SET timezone = 'UTC'");
	for (size_t i = 0; i < COUNT(came); i++) {
		struct group *g = fixture_group();
		struct item *it = fixture_refused(g, "lane-1", "bytes");

		it->principal = text_of(came[i].principal);
		it->tried_again = came[i].tried_again;
		g->received_at.v = came[i].day * 86400000;
		fixture_write(&f, g);
		CHECK_VERDICTS(g, "QUARANTINED");
		fixture_free(g);
	}
	cr_expect_str_eq(
	    cluster_text(f.pg, "SELECT string_agg(principal || to_char(received_at, ' DDD-') || "
			       "coalesce(to_char(last_received_at, 'DDD'), ''), ' ' "
			       "ORDER BY principal) FROM sems.quarantine"),
	    "unix:one 002-006 unix:two 003-");
	fixture_close(&f);
}

Test(writer, seals_quarantined_bytes_to_the_key_outside_the_database)
{
	struct fixture f;
	struct group *g = fixture_group();
	const char *raw = "a name that nobody may read";
	unsigned char sealed[256];
	char opened[256];
	struct text hex;
	size_t n;

	fixture_open(&f);
	fixture_refused(g, "lane-1", raw);
	fixture_write(&f, g);
	hex = text_of(cluster_text(f.pg, "SELECT encode(raw_sealed, 'hex') FROM sems.quarantine"));
	n = hex.n / 2;
	cr_assert_eq(n, strlen(raw) + SEAL_EXTRA);
	cr_assert(hex_decode(hex, sealed, n));
	cr_expect_null(memmem(sealed, n, "nobody", 6));
	cr_assert(unseal(keyring_quarantine(f.keys), sealed, n, opened));
	cr_expect_eq(memcmp(opened, raw, strlen(raw)), 0);
	fixture_free(g);
	fixture_close(&f);
}

Test(writer, quarantines_what_has_a_source_or_message_that_is_no_text)
{
	static char long_source[3000];
	struct fixture f;
	struct group *g = fixture_group();

	fixture_open(&f);
	memset(long_source, 'x', sizeof long_source - 1);
	fixture_refused(g,
			"b\xff"
			"d",
			"1");
	fixture_refused(g, long_source, "2");
	fixture_refused(g, "cut \xe2\x82", "3");
	snprintf(g->items[2].why->err.text, sizeof g->items[2].why->err.text, "caf\xc3");
	fixture_write(&f, g);
	CHECK_VERDICTS(g, "QUARANTINED*3");
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.quarantine "
				       "WHERE source IN ('b?d', 'cut ') OR length(source) = 256"),
		     3);
	cr_expect_str_eq(
	    cluster_text(f.pg, "SELECT message FROM sems.quarantine WHERE source = 'cut '"), "caf");
	fixture_free(g);
	fixture_close(&f);
}

/* P-406 */
Test(writer, answers_retry_beyond_a_sources_quota_and_only_then)
{
	struct fixture f;
	struct group *g = fixture_group();
	char raw[32];

	fixture_open(&f);
	cluster_do(f.pg, "UPDATE sems.setting SET value = '3' WHERE name = 'quarantine_open_max'");
	cluster_do(f.pg,
		   "INSERT INTO sems.principal VALUES ('unix:gateway', 'device');"
		   "INSERT INTO sems.source_grant VALUES "
		   "('unix:gateway', 'noisy', '*', '*'), ('unix:gateway', 'quiet', '*', '*')");
	for (int i = 0; i < 5; i++) {
		snprintf(raw, sizeof raw, "bad %d", i);
		fixture_refused(g, "noisy", raw);
	}
	fixture_refused(g, "quiet", "bad");
	fixture_event(g, "noisy", 1);
	fixture_write(&f, g);
	CHECK_VERDICTS(g, "QUARANTINED*3 RETRY*2 QUARANTINED STORED");
	cr_expect_gt(g->items[4].retry_after_ms, 0);
	cr_expect_eq(
	    cluster_int(f.pg, "SELECT count(*) FROM sems.quarantine WHERE source = 'noisy'"), 3);
	fixture_free(g);
	fixture_close(&f);
}

Test(writer, lets_no_stranger_use_up_a_sources_quota_nor_have_one_for_each_name)
{
	struct fixture f;
	struct group *g = fixture_group();
	char source[32];

	fixture_open(&f);
	cluster_do(f.pg, "UPDATE sems.setting SET value = '3' WHERE name = 'quarantine_open_max'");
	cluster_do(f.pg, "INSERT INTO sems.principal VALUES ('unix:gateway', 'device');"
			 "INSERT INTO sems.source_grant VALUES "
			 "('unix:gateway', 'lane', 'tip_event', '*')");
	for (int i = 0; i < 5; i++) {
		snprintf(source, sizeof source, "%s %d", i < 2 ? "lane" : "name", i);
		fixture_refused(g, i < 2 ? "lane" : source, source)->principal =
		    text_of("unix:stranger");
	}
	fixture_refused(g, "lane", "bad");
	fixture_write(&f, g);
	CHECK_VERDICTS(g, "QUARANTINED*3 RETRY*2 QUARANTINED");
	fixture_free(g);
	fixture_close(&f);
}

Test(writer, answers_retry_beyond_a_sources_bytes_in_quarantine_and_only_then)
{
	struct fixture f;
	struct group *g = fixture_group();
	static char raw[1001];

	fixture_open(&f);
	cluster_do(f.pg,
		   "UPDATE sems.setting SET value = '3500' WHERE name = 'quarantine_open_bytes'");
	for (int i = 0; i < 5; i++) {
		memset(raw, 'a' + i, sizeof raw - 1);
		fixture_refused(g, "noisy", raw);
	}
	fixture_refused(g, "noisy", "small")->principal = text_of("unix:other");
	fixture_write(&f, g);
	CHECK_VERDICTS(g, "QUARANTINED*3 RETRY*2 QUARANTINED");
	cr_expect_eq(cluster_int(f.pg, "SELECT sum(kept_bytes) FROM sems.quarantine "
				       "WHERE principal = 'unix:gateway'"),
		     3 * (1000 + SEAL_EXTRA));
	fixture_free(g);
	fixture_close(&f);
}

/* Two that begin alike are two, and the same one again is the same. */
Test(writer, tells_what_is_kept_as_a_head_by_its_whole)
{
	struct fixture f;
	struct group *g = fixture_group();
	const struct whole one = {.bytes = 70000, .sha256 = {1}};
	const struct whole two = {.bytes = 80000, .sha256 = {2}};

	fixture_open(&f);
	fixture_refused(g, "noisy", "head")->whole = &one;
	fixture_refused(g, "noisy", "head")->whole = &two;
	fixture_refused(g, "noisy", "head")->whole = &one;
	fixture_refused(g, "noisy", "head");
	fixture_write(&f, g);
	CHECK_VERDICTS(g, "QUARANTINED*4");
	cr_expect_str_eq(cluster_text(f.pg,
				      "SELECT string_agg(coalesce(head_of || ' ' || left(encode("
				      "whole_sha256, 'hex'), 4), '-'), ', ' ORDER BY head_of) "
				      "FROM sems.quarantine"),
			 "70000 0100, 80000 0200, -");
	fixture_free(g);
	fixture_close(&f);
}

/* --- poison ----------------------------------------------------------------------------------- */

static void
check_poison(size_t at, void (*spoil)(struct item *it))
{
	enum { N = 33 };
	struct fixture f;
	struct group *g = fixture_group();

	fixture_open(&f);
	for (unsigned i = 0; i < N; i++)
		fixture_event(g, "lane-1", i);
	spoil(&g->items[at]);
	fixture_write(&f, g);
	for (size_t i = 0; i < N; i++)
		cr_expect_eq(g->items[i].verdict, i == at ? VERDICT_QUARANTINED : VERDICT_STORED,
			     "poison at %zu, item %zu", at, i);
	cr_assert_not_null(g->items[at].why);
	cr_expect_eq(g->items[at].why->reason, REASON_STORE);
	cr_expect_eq(events(&f), N - 1);
	cr_expect_str_eq(cluster_text(f.pg, "SELECT reason || ' ' || kind FROM sems.quarantine"),
			 "STORE tip_event");
	cr_expect(store_ready(f.store));
	fixture_free(g);
	fixture_close(&f);
}

static void
spoil_text(struct item *it)
{
	*fixture_value(it, "image_id") =
	    (struct value){.set = true, .text = TEXT_LIT("not \xff utf-8")};
}

static void
spoil_person(struct item *it)
{
	*fixture_value(it, "screener_id") =
	    (struct value){.set = true, .text = TEXT_LIT("J. Smith")};
}

Test(writer, finds_the_poison_record_at_the_first_place)
{
	check_poison(0, spoil_text);
}

Test(writer, finds_the_poison_record_in_the_middle)
{
	check_poison(16, spoil_text);
}

Test(writer, finds_the_poison_record_at_the_last_place)
{
	check_poison(32, spoil_text);
}

Test(writer, refuses_a_person_that_is_no_pseudonym)
{
	check_poison(7, spoil_person);
}

Test(writer, finds_many_poison_records)
{
	struct fixture f;
	struct group *g = fixture_group();

	fixture_open(&f);
	for (unsigned i = 0; i < 40; i++)
		fixture_event(g, "lane-1", i);
	for (unsigned i = 0; i < 40; i += 5)
		spoil_text(&g->items[i]);
	fixture_refused(g, "lane-1", "bad anyway");
	fixture_write(&f, g);
	for (unsigned i = 0; i < 40; i++)
		cr_expect_eq(g->items[i].verdict, i % 5 == 0 ? VERDICT_QUARANTINED : VERDICT_STORED,
			     "item %u", i);
	cr_expect_eq(g->items[40].verdict, VERDICT_QUARANTINED);
	cr_expect_eq(events(&f), 32);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.quarantine"), 9);
	fixture_free(g);
	fixture_close(&f);
}

Test(writer, quarantines_a_record_outside_the_calendar)
{
	struct fixture f;
	struct group *g = fixture_group();

	fixture_open(&f);
	fixture_event(g, "lane-1", 1);
	fixture_record(fixture_event(g, "lane-1", 2))->v[ENV_OCCURRED_AT].i =
	    INT64_C(5000000000000);
	fixture_write(&f, g);
	CHECK_VERDICTS(g, "STORED QUARANTINED");
	fixture_free(g);
	fixture_close(&f);
}

/* --- partitions ------------------------------------------------------------------------------- */

Test(writer, makes_the_partitions_that_are_missing)
{
	struct fixture f;
	struct group *g = fixture_group();
	static struct sample s;

	fixture_open(&f);
	sample_make(&s, KIND_TIP_EVENT);
	for (int64_t month = 0; month < 6; month++) {
		sample_move(&s, SAMPLE_TIME - month * 31 * MS_PER_DAY);
		fixture_add(g, &s, "x");
	}
	fixture_write(&f, g);
	CHECK_VERDICTS(g, "STORED*6");
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM pg_inherits "
				       "WHERE inhparent = 'sems.tip_event'::regclass"),
		     6);
	fixture_free(g);
	fixture_close(&f);
}

/* Records of so many months from 2000 on, three of each, round and round; none is in two groups. */
static struct group *
over_months(unsigned months)
{
	struct group *g = fixture_group();
	static struct sample s;

	sample_make(&s, KIND_TIP_EVENT);
	for (unsigned i = 0; i < 3 * months; i++) {
		sample_move(&s, INT64_C(947946645123) + months * MS_PER_HOUR + i +
				    i % months * (MS_PER_DAY * 3044 / 100));
		fixture_add(g, &s, "x");
	}
	return g;
}

Test(writer, stores_a_group_over_any_number_of_months, .timeout = 120)
{
	static const unsigned months[] = {64, 65, 300};
	struct fixture f;

	fixture_open(&f);
	for (size_t i = 0; i < COUNT(months); i++) {
		struct group *g = over_months(months[i]);
		char expected[32];

		fixture_write(&f, g);
		snprintf(expected, sizeof expected, "STORED*%u", 3 * months[i]);
		CHECK_VERDICTS(g, expected);
		fixture_free(g);
	}
	cr_expect_eq(events(&f), 3 * (64 + 65 + 300));
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.touched_day"), 64 + 65 + 300);
	fixture_close(&f);
}

/* A server has so many locks; a transaction takes some for each partition. */
Test(writer, writes_in_parts_what_is_too_much_for_one_transaction)
{
	struct fixture f;
	struct group *g = over_months(9);

	fixture_open(&f);
	cluster_do(f.pg,
		   "CREATE FUNCTION public.crowd() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
		   "IF (SELECT count(*) FROM fresh) > 4 THEN RAISE 'out of shared memory' "
		   "USING ERRCODE = '53200'; END IF; RETURN NULL; END $$;"
		   "CREATE TRIGGER crowd AFTER INSERT ON sems.tip_event REFERENCING NEW TABLE AS "
		   "fresh FOR EACH STATEMENT EXECUTE FUNCTION public.crowd()");
	fixture_write(&f, g);
	CHECK_VERDICTS(g, "STORED*27");
	cr_expect_eq(events(&f), 27);
	fixture_free(g);
	fixture_close(&f);
}

Test(writer, tells_of_a_group_that_is_not_settled_in_time_until_it_is)
{
	struct fixture f;
	struct group *g = fixture_group();
	struct store_late late;

	fixture_open_late(&f, 50);
	cluster_do(f.pg, "SELECT sems.make_partition('tip_event', '2026-05-12');"
			 "BEGIN; LOCK TABLE sems.tip_event IN ACCESS EXCLUSIVE MODE");
	fixture_event(g, "lane-1", 1);
	fixture_event(g, "lane-1", 2);
	fixture_seal(g);
	cr_expect_not(store_late(f.store, &late));
	store_write(f.store, g);
	for (int i = 0; i < 500 && !store_late(f.store, &late); i++)
		fixture_turn(&f);
	cr_assert(store_late(f.store, &late));
	cr_expect_eq(late.records, 2);
	cr_expect_eq(late.since.v, SAMPLE_NOW.v);
	cr_expect_geq(late.tries, 1);
	cr_expect_gt(late.backend, 0);
	cr_expect_str_eq(late.last_failure, "");
	cr_expect_not_null(strstr(late.doing, "partition"), "%s", late.doing);
	cluster_do(f.pg, "COMMIT");
	fixture_wait_written(&f, 1);
	cr_expect_not(store_late(f.store, &late));
	CHECK_VERDICTS(g, "STORED*2");
	fixture_free(g);
	fixture_close(&f);
}

Test(writer, makes_a_partition_again_that_went_away)
{
	struct fixture f;
	struct group *first = fixture_group();
	struct group *second = fixture_group();

	fixture_open(&f);
	fixture_event(first, "lane-1", 1);
	fixture_write(&f, first);
	cluster_do(f.pg, "DROP TABLE sems.tip_event_202605");
	fixture_event(second, "lane-1", 2);
	fixture_write(&f, second);
	CHECK_VERDICTS(second, "STORED");
	fixture_free(first);
	fixture_free(second);
	fixture_close(&f);
}

Test(writer, answers_expired_before_the_purge_floor_and_keeps_nothing)
{
	struct fixture f;
	struct group *g = fixture_group();
	static struct sample s;

	fixture_open(&f);
	cluster_do(f.pg, "INSERT INTO sems.purge_floor VALUES ('tip_event', '2026-04-30 23:00Z')");
	fixture_event(g, "lane-1", 1);
	sample_make(&s, KIND_TIP_EVENT);
	sample_move(&s, SAMPLE_TIME - 40 * MS_PER_DAY);
	fixture_add(g, &s, "old");
	fixture_write(&f, g);
	CHECK_VERDICTS(g, "STORED EXPIRED");
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.quarantine"), 0);
	fixture_free(g);
	fixture_close(&f);
}

/* An event of three months later; what it corrects, or NULL. */
static void
add_later(struct group *g, int64_t n, const struct uuid *corrects)
{
	static struct sample s;
	struct record *r;

	sample_make(&s, KIND_TIP_EVENT);
	sample_move(&s, SAMPLE_TIME + 90 * MS_PER_DAY + n);
	r = fixture_record(fixture_add(g, &s, "later"));
	r->v[ENV_SOURCE].text = TEXT_LIT("lane-1");
	if (corrects == NULL)
		return;
	r->v[ENV_CORRECTS_RECORD_ID] = r->v[ENV_RECORD_ID];
	r->v[ENV_CORRECTS_RECORD_ID].uuid = *corrects;
	r->v[ENV_CORRECTED_AT] = r->v[ENV_OCCURRED_AT];
}

/* P-406 */
Test(writer, leaves_with_its_sender_what_is_for_a_closed_month_through_any_daemon)
{
	struct fixture f;
	struct fixture second;
	struct group *first = fixture_group();
	struct group *other = fixture_group();
	struct group *mixed = fixture_group();
	struct group *again = fixture_group();
	struct group *open = fixture_group();
	struct uuid root;

	fixture_open(&f);
	fixture_second(&second, &f);
	cluster_submit(f.pg, "2026-Q2", "2026-07-20Z");
	root = fixture_record(fixture_event(first, "lane-1", 1))->v[ENV_RECORD_ID].uuid;
	fixture_event(other, "lane-1", 2);
	fixture_write(&f, first);
	fixture_write(&second, other);
	/* Both know the month by now. */
	cluster_do(f.pg, "SELECT sems.close_month('tip_event', '2026-05-01', '2040-01-01Z')");
	for (unsigned i = 0; i < 20; i++) {
		fixture_event(mixed, "lane-1", 100 + i);
		add_later(mixed, i, i == 7 ? &root : NULL);
	}
	fixture_write(&f, mixed);
	for (size_t i = 0; i < mixed->n; i++)
		cr_expect_eq(mixed->items[i].verdict,
			     i % 2 == 0 || i == 15 ? VERDICT_RETRY : VERDICT_STORED, "%zu", i);
	cr_expect_eq(events(&f), 2 + 19);
	fixture_event(again, "lane-1", 1);
	fixture_event(again, "lane-1", 3);
	add_later(again, 100, &root);
	fixture_write(&second, again);
	CHECK_VERDICTS(again, "RETRY*3");
	cr_expect_geq(again->items[0].retry_after_ms, 1000);
	cr_expect_str_eq(cluster_state(f.pg,
				       "INSERT INTO sems.tip_event SELECT * FROM sems.tip_event "
				       "WHERE occurred_at < '2026-06-01'"),
			 "SM004");
	cluster_do(f.pg, "SELECT sems.reopen_month('tip_event', '2026-05-01')");
	fixture_event(open, "lane-1", 1);
	fixture_event(open, "lane-1", 3);
	add_later(open, 100, &root);
	fixture_write(&second, open);
	CHECK_VERDICTS(open, "DUPLICATE STORED*2");
	fixture_free(first);
	fixture_free(other);
	fixture_free(mixed);
	fixture_free(again);
	fixture_free(open);
	fixture_close(&second);
	fixture_close(&f);
}

/* Whoever closed it may have ended. */
Test(writer, stores_into_a_month_that_was_closed_an_hour_ago_or_by_a_clock_ahead)
{
	static const char *const when[] = {"- interval '61 minutes'", "+ interval '1 minute'"};
	struct fixture f;
	char sql[128];

	fixture_open(&f);
	cluster_submit(f.pg, "2026-Q2", "2026-07-20Z");
	cluster_do(f.pg, "SELECT sems.make_partition('tip_event', '2026-05-12')");
	for (unsigned i = 0; i < 2; i++) {
		struct group *g = fixture_group();

		cluster_do(f.pg,
			   "SELECT sems.close_month('tip_event', '2026-05-01', '2040-01-01Z')");
		snprintf(sql, sizeof sql, "UPDATE sems.closed_month SET closed_at = closed_at %s",
			 when[i]);
		cluster_do(f.pg, sql);
		fixture_event(g, "lane-1", i);
		fixture_write(&f, g);
		CHECK_VERDICTS(g, "STORED");
		fixture_free(g);
	}
	fixture_close(&f);
}

Test(writer, leaves_verdicts_alone_that_are_set_already)
{
	struct fixture f;
	struct group *g = fixture_group();

	fixture_open(&f);
	fixture_event(g, "lane-1", 1)->verdict = VERDICT_EXPIRED;
	fixture_event(g, "lane-1", 2);
	fixture_write(&f, g);
	CHECK_VERDICTS(g, "EXPIRED STORED");
	cr_expect_eq(events(&f), 1);
	fixture_free(g);
	fixture_close(&f);
}

/* --- faults ----------------------------------------------------------------------------------- */

/* Ends the writer's connection while it waits for a lock that `locker` holds. */
static void
terminate_waiting_writer(struct fixture *f)
{
	const char *sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
			  "WHERE datname = current_database() AND usename = 'semsd' "
			  "AND wait_event_type = 'Lock'";
	int64_t ended = 0;

	for (int i = 0; i < 1000 && ended == 0; i++) {
		fixture_turn(f);
		ended = cluster_int(f->pg, sql);
	}
	cr_assert_eq(ended, 1, "the writer never waited");
}

Test(writer, writes_the_group_after_its_connection_was_cut)
{
	struct fixture f;
	struct group *g = fixture_group();
	PGconn *locker;

	fixture_open(&f);
	cluster_do(f.pg, "SELECT sems.make_partition('tip_event', '2026-05-12')");
	locker = cluster_connect(f.database);
	cluster_do(locker, "BEGIN; LOCK TABLE sems.tip_event_202605 IN ACCESS EXCLUSIVE MODE");
	for (unsigned i = 0; i < 10; i++)
		fixture_event(g, "lane-1", i);
	fixture_seal(g);
	store_write(f.store, g);
	terminate_waiting_writer(&f);
	cluster_do(locker, "ROLLBACK");
	fixture_wait_written(&f, 1);
	CHECK_VERDICTS(g, "STORED*10");
	cr_expect_eq(events(&f), 10);
	cr_expect_eq(f.n_unready, 1);
	fixture_wait_ready(&f);
	cr_expect(f.ready);
	PQfinish(locker);
	fixture_free(g);
	fixture_close(&f);
}

/* Two daemons on one database, with the same records in opposite order: they wait for each other.
 */
Test(writer, settles_each_record_once_between_two_writers)
{
	enum { N = 400 };
	struct fixture f;
	struct fixture second;

	fixture_open(&f);
	fixture_second(&second, &f);
	for (unsigned round = 0; round < 5; round++) {
		struct group *a = fixture_group();
		struct group *b = fixture_group();
		int stored = 0;

		for (unsigned i = 0; i < N; i++) {
			fixture_event(a, "lane-1", round * N + i);
			fixture_event(b, "lane-1", round * N + N - 1 - i);
		}
		fixture_seal(a);
		fixture_seal(b);
		store_write(f.store, a);
		store_write(second.store, b);
		fixture_wait_written(&f, (int)round + 1);
		fixture_wait_written(&second, (int)round + 1);
		for (unsigned i = 0; i < N; i++) {
			stored += a->items[i].verdict == VERDICT_STORED;
			stored += b->items[N - 1 - i].verdict == VERDICT_STORED;
			/* An attempt that was cut off may have stored it, so both may say
			 * DUPLICATE. */
			cr_expect(a->items[i].verdict <= VERDICT_DUPLICATE);
			cr_expect(b->items[i].verdict <= VERDICT_DUPLICATE);
		}
		cr_expect_leq(stored, N);
		cr_expect_eq(events(&f), (round + 1) * N);
		fixture_wait_ready(&f);
		fixture_wait_ready(&second);
		fixture_free(a);
		fixture_free(b);
	}
	fixture_close(&second);
	fixture_close(&f);
}

Test(writer, stops_for_good_when_the_fault_is_ours)
{
	struct fixture f;
	struct group *g = fixture_group();

	fixture_open(&f);
	fixture_event(g, "lane-1", 1);
	fixture_event(g, "lane-1", 2)->verdict = VERDICT_EXPIRED;
	cluster_do(f.pg, "REVOKE INSERT ON sems.tip_event FROM sems_ingest");
	fixture_seal(g);
	store_write(f.store, g);
	fixture_wait_written(&f, 1);
	CHECK_VERDICTS(g, "RETRY EXPIRED");
	cr_expect_gt(g->items[0].retry_after_ms, 0);
	cluster_do(f.pg, "GRANT INSERT ON sems.tip_event TO sems_ingest");
	for (int i = 0; i < 20; i++)
		fixture_turn(&f);
	cr_expect_not(store_ready(f.store));
	cr_expect_not(f.ready);
	cr_expect_eq(f.n_unready, 1);
	fixture_free(g);
	fixture_close(&f);
}

Test(writer, stores_nothing_when_the_commit_itself_fails)
{
	struct fixture f;
	struct group *g = fixture_group();

	fixture_open(&f);
	cluster_do(
	    f.pg,
	    "CREATE FUNCTION public.no() RETURNS trigger LANGUAGE plpgsql AS "
	    "'BEGIN RAISE EXCEPTION USING ERRCODE = ''23514'', CONSTRAINT = ''no''; END';"
	    "CREATE TABLE public.log (n int);"
	    "GRANT INSERT ON public.log TO PUBLIC;"
	    "CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS "
	    "'BEGIN INSERT INTO public.log VALUES (1); RETURN NULL; END';"
	    "CREATE TRIGGER note AFTER INSERT ON sems.tip_event FOR EACH ROW "
	    "WHEN (NEW.event_no = 3) EXECUTE FUNCTION public.note();"
	    "CREATE CONSTRAINT TRIGGER no AFTER INSERT ON public.log DEFERRABLE INITIALLY DEFERRED "
	    "FOR EACH ROW EXECUTE FUNCTION public.no()");
	for (unsigned i = 0; i < 8; i++)
		fixture_event(g, "lane-1", i);
	fixture_write(&f, g);
	CHECK_VERDICTS(g, "STORED*3 QUARANTINED STORED*4");
	cr_expect_eq(events(&f), 7);
	fixture_free(g);
	fixture_close(&f);
}

/* A synchronous standby that never answers: the commit is here, but a cancelled wait says that it
 * may be nowhere else. Settings of the whole server, so a cluster of its own. */
/* P-402 */
Test(writer, does_not_answer_for_a_commit_whose_standby_wait_was_cancelled)
{
	const char *cancel = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity "
			     "WHERE wait_event = 'SyncRep'";
	struct fixture f;
	struct group *g = fixture_group();
	struct cluster own = {0};
	struct err e;
	int64_t cancelled = 0;

	cluster_start(&own);
	cluster_create(&own, "sems", "template0");
	cr_assert_eq(schema_prepare(cluster_conninfo(&own, "sems", "semsd"), &e), OK, "%s", e.text);
	fixture_open_on(&f, &own, "sems");
	cluster_do(f.pg, "SELECT sems.make_partition('tip_event', '2026-05-12')");
	cluster_do(f.pg, "ALTER SYSTEM SET synchronous_standby_names = 'nosuch'");
	cluster_do(f.pg, "SELECT pg_reload_conf()");
	fixture_event(g, "lane-1", 1);
	fixture_seal(g);
	store_write(f.store, g);
	/* Twice: the second attempt finds the record there, and must not trust that either. */
	for (int i = 0; i < 15000 && cancelled < 2; i++) {
		fixture_turn(&f);
		cancelled += cluster_int(f.pg, cancel);
		cr_assert_eq(f.n_written, 0, "answered without knowing");
	}
	cr_assert_eq(cancelled, 2);
	cluster_do(f.pg, "SET synchronous_commit = local");
	cluster_do(f.pg, "ALTER SYSTEM RESET synchronous_standby_names");
	cluster_do(f.pg, "SELECT pg_reload_conf()");
	fixture_wait_written(&f, 1);
	CHECK_VERDICTS(g, "DUPLICATE");
	cr_expect_eq(events(&f), 1);
	fixture_free(g);
	fixture_close(&f);
	cluster_stop(&own);
}

Test(writer, survives_the_servers_crash_with_every_answer_true)
{
	struct fixture f;
	struct cluster own = {0};
	struct err e;
	struct group *g[3];

	cluster_start(&own);
	cluster_create(&own, "sems", "template0");
	cr_assert_eq(schema_prepare(cluster_conninfo(&own, "sems", "semsd"), &e), OK, "%s", e.text);
	fixture_open_on(&f, &own, "sems");
	for (unsigned i = 0; i < 3; i++) {
		g[i] = fixture_group();
		for (unsigned n = 0; n < 50; n++)
			fixture_event(g[i], "lane-1", i * 50 + n);
	}
	fixture_write(&f, g[0]);
	fixture_seal(g[1]);
	store_write(f.store, g[1]);
	cluster_crash(&own);
	fixture_turn(&f);
	cr_expect_eq(f.n_written, 1);
	cr_expect_not(store_ready(f.store));
	cluster_recover(&own);
	fixture_wait_written(&f, 2);
	fixture_write(&f, g[2]);
	CHECK_VERDICTS(g[0], "STORED*50");
	CHECK_VERDICTS(g[2], "STORED*50");
	PQfinish(f.pg);
	f.pg = PQconnectdb(cluster_conninfo(&own, "sems", "postgres"));
	cr_expect_eq(events(&f), 150);
	for (int i = 0; i < 3; i++)
		fixture_free(g[i]);
	fixture_close(&f);
	cluster_stop(&own);
}

/* Down both paths: what was there before is no run's. */
Test(writer, notes_what_it_stored_of_a_run_of_an_import)
{
	struct fixture f;
	struct group *g = fixture_group();

	fixture_open(&f);
	for (unsigned i = 0; i < 3; i++)
		fixture_event(g, "lane-1", i)->run = i < 2 ? 7 : 0;
	fixture_write(&f, g);
	fixture_free(g);
	cr_expect_eq(cluster_int(f.pg,
				 "SELECT count(*) FROM sems.import_record i JOIN sems.tip_event e "
				 "USING (source, record_id) WHERE i.run_no = 7"),
		     2);
	g = fixture_group();
	for (unsigned i = 0; i < 5; i++)
		fixture_event(g, "lane-1", i)->run = 8;
	fixture_write(&f, g);
	CHECK_VERDICTS(g, "DUPLICATE*3 STORED*2");
	fixture_free(g);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.import_record WHERE run_no = 8"),
		     2);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.import_record WHERE run_no = 7"),
		     2);
	fixture_close(&f);
}
