#include "base/count.h"
#include "tests/ingest/fixture.h"
/* Looks inside where an outside has no word for it: memory that is short, a queue. */
#include "ingest/engine.h"
#include "tests/ingest/memory.h"
#include "tests/lib/machine_walk.h"
#include "wire/frame.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

static const struct moment now = {{T0}, {M0}};

static Sems__V1__ServerFrame *
expect(struct ingest *in, struct session_ref s, int body)
{
	Sems__V1__ServerFrame *f = fixture_answer(in, s);

	cr_assert_not_null(f);
	cr_assert_eq(f->body_case, body);
	return f;
}

static void
expect_refuse(struct ingest *in, struct session_ref s, int code)
{
	Sems__V1__ServerFrame *f = expect(in, s, SEMS__V1__SERVER_FRAME__BODY_REFUSE);

	cr_assert_eq(f->refuse->code, code);
	cr_assert_not_null(ingest_closing(in, s));
	sems__v1__server_frame__free_unpacked(f, NULL);
}

static void
hello(struct ingest *in, struct session_ref s, uint32_t min, uint32_t max)
{
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Hello h = SEMS__V1__HELLO__INIT;

	h.has_protocol_min = h.has_protocol_max = 1;
	h.protocol_min = min;
	h.protocol_max = max;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_HELLO;
	f.hello = &h;
	fixture_feed(in, s, &f.base);
}

Test(session, goes_where_its_table_says)
{
	static const char *const edges[] = {
	    "free: connected > greeting",
	    "greeting: a Hello > ready, to be closed > closing, the connection is gone > free",
	    "ready: to be closed > closing, the connection is gone > free",
	    "closing: the connection is gone > free",
	};

	MACHINE_WALK(&session_machine, edges);
}

static char steps[4][100];
static unsigned n_steps;

static unsigned
note_step(const struct machine *m, const char *of, unsigned from, unsigned event, const char *why)
{
	cr_assert_lt(n_steps, COUNT(steps));
	snprintf(steps[n_steps++], sizeof steps[0], "%s: %s%s%.13s", of, m->events[event],
		 why == NULL ? "" : ", ", why == NULL ? "" : why);
	return machine_find(m, from, event, 0)->to;
}

/* Sessions log nothing: who drives them is told of each step, or nobody is. */
Test(session, tells_whoever_drives_it_what_happened)
{
	static const char *const wanted[] = {"1: connected", "1: a Hello",
					     "1: to be closed, shutting down",
					     "1: the connection is gone"};
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s;

	in->config.step = note_step;
	s = fixture_open(in, "unix:lane", now.mono);
	hello(in, s, 1, 1);
	ingest_part(in);
	ingest_close(in, s);
	cr_assert_eq(n_steps, COUNT(wanted));
	for (size_t i = 0; i < COUNT(wanted); i++)
		cr_expect_str_eq(steps[i], wanted[i]);
	in->config.step = NULL;
	s = fixture_open(in, "unix:lane", now.mono);
	hello(in, s, 1, 1);
	sems__v1__server_frame__free_unpacked(expect(in, s, SEMS__V1__SERVER_FRAME__BODY_WELCOME),
					      NULL);
	cr_expect_eq(n_steps, COUNT(steps), "of this one nobody is told");
	ingest_free(in);
}

/* P-303 */
Test(session, welcomes_with_limits_role_and_grants)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_open(in, "unix:lane", now.mono);
	Sems__V1__ServerFrame *f;

	hello(in, s, 1, 3);
	f = expect(in, s, SEMS__V1__SERVER_FRAME__BODY_WELCOME);
	cr_assert_eq(f->welcome->version, 1);
	cr_assert_str_eq(f->welcome->principal, "unix:lane");
	cr_assert_str_eq(f->welcome->role, "device");
	cr_assert_str_eq(f->welcome->entity, "Example Airport");
	cr_assert_eq(f->welcome->n_grants, 1);
	cr_assert_str_eq(f->welcome->grants[0]->source, "xray-1");
	sems__v1__server_frame__free_unpacked(f, NULL);
	ingest_free(in);
}

Test(session, refuses_a_version_it_does_not_speak)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_open(in, "unix:lane", now.mono);

	hello(in, s, 2, 3);
	expect_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_VERSION);
	ingest_free(in);
}

Test(session, refuses_a_batch_before_hello)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_open(in, "unix:lane", now.mono);

	fixture_send(in, s, 1, 0, 1);
	expect_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_SEQUENCE);
	cr_assert(ingest_is_empty(in));
	ingest_free(in);
}

Test(session, refuses_a_second_hello)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");

	hello(in, s, 1, 1);
	expect_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_SEQUENCE);
	ingest_free(in);
}

Test(session, closes_on_a_length_over_the_limit)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");
	const unsigned char giant[] = {0xff, 0xff, 0xff, 0x7f};

	cr_assert_eq(ingest_feed(in, s, giant, sizeof giant, 1, now), sizeof giant);
	expect_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_LIMIT);
	ingest_free(in);
}

/* What is larger than was told is refused by that limit's name, and not as broken framing. */
static void
expect_limit(struct ingest *in, const ProtobufCMessage *m, const char *words)
{
	struct session_ref s = fixture_session(in, "unix:lane");
	Sems__V1__ServerFrame *f;

	fixture_feed(in, s, m);
	f = expect(in, s, SEMS__V1__SERVER_FRAME__BODY_REFUSE);
	cr_expect_eq(f->refuse->code, SEMS__V1__REFUSE_CODE__REFUSE_CODE_LIMIT, "%s",
		     f->refuse->text);
	cr_expect_eq(f->refuse->retry_after_ms, 0);
	cr_expect_not_null(strstr(f->refuse->text, words), "%s", f->refuse->text);
	sems__v1__server_frame__free_unpacked(f, NULL);
}

/* P-205, P-313 */
Test(session, names_the_limit_that_a_batch_or_a_request_is_over)
{
	static Sems__V1__Record *records[5001];
	static Sems__V1__Site *sites[10001];
	Sems__V1__Record record = SEMS__V1__RECORD__INIT;
	Sems__V1__Site site = SEMS__V1__SITE__INIT;
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Batch b = SEMS__V1__BATCH__INIT;
	Sems__V1__Request r = SEMS__V1__REQUEST__INIT;
	Sems__V1__SetupRequest setup = SEMS__V1__SETUP_REQUEST__INIT;
	struct ingest *in = fixture_ingest(NULL);

	for (size_t i = 0; i < 5001; i++)
		records[i] = &record;
	for (size_t i = 0; i < 10001; i++)
		sites[i] = &site;
	b.n_records = 5001;
	b.records = records;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_BATCH;
	f.batch = &b;
	expect_limit(in, &f.base, "a batch of 5001 records is over the limit of 5000");
	setup.n_sites = 10001;
	setup.sites = sites;
	r.body_case = SEMS__V1__REQUEST__BODY_SETUP;
	r.setup = &setup;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_REQUEST;
	f.request = &r;
	expect_limit(in, &f.base, "setup.sites[10000]: the list has more than 10000 elements");
	ingest_free(in);
}

Test(session, takes_a_frame_byte_by_byte)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");
	Sems__V1__Record *list[] = {fixture_record(0)};
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Batch b = SEMS__V1__BATCH__INIT;
	struct text frame;

	b.n_records = 1;
	b.records = list;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_BATCH;
	f.batch = &b;
	frame = fixture_frame(&f.base);
	for (size_t n = 1; n < frame.n; n++)
		cr_assert_eq(ingest_feed(in, s, frame.s, n, 8, now), 0, "%zu bytes", n);
	cr_assert_eq(ingest_need(in, s), frame.n);
	cr_assert_eq(ingest_feed(in, s, frame.s, frame.n, 8, now), frame.n);
	cr_assert_eq(fixture_commit(in), 1);
	free((void *)frame.s);
	ingest_free(in);
}

/* P-205, P-313 */
Test(session, refuses_more_batches_than_the_window)
{
	struct ingest_config c = ingest_defaults();
	struct ingest *in;
	struct session_ref s;

	c.window_batches = 2;
	in = fixture_ingest(&c);
	s = fixture_session(in, "unix:lane");
	fixture_send(in, s, 1, 0, 1);
	fixture_send(in, s, 2, 1, 1);
	cr_assert_null(ingest_closing(in, s));
	fixture_send(in, s, 3, 2, 1);
	expect_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_WINDOW);
	cr_assert_eq(fixture_commit(in), 2, "what was taken stays taken");
	ingest_free(in);
}

/* P-308 */
Test(session, waits_while_the_group_is_full_and_goes_on_after)
{
	struct ingest_config c = ingest_defaults();
	struct ingest *in;
	struct session_ref s;
	Sems__V1__Record *list[] = {fixture_record(8), fixture_record(9)};
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Batch b = SEMS__V1__BATCH__INIT;
	struct text frame;

	c.group_records = 4;
	in = fixture_ingest(&c);
	s = fixture_session(in, "unix:lane");
	fixture_send(in, s, 1, 0, 3);
	b.n_records = 2;
	b.records = list;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_BATCH;
	f.batch = &b;
	frame = fixture_frame(&f.base);
	cr_assert_eq(ingest_feed(in, s, frame.s, frame.n, 1, now), 0);
	cr_assert_not(ingest_wants_input(in, s));
	cr_assert_eq(fixture_commit(in), 3);
	cr_assert(ingest_wants_input(in, s));
	cr_assert_eq(ingest_next_dirty(in).id, s.id);
	cr_assert_eq(ingest_feed(in, s, frame.s, frame.n, 1, now), frame.n);
	cr_assert_eq(fixture_commit(in), 2);
	cr_assert_eq(ingest_counters(in)->frames, 3, "a frame that had to wait counts once");
	free((void *)frame.s);
	ingest_free(in);
}

Test(session, half_received_large_frames_share_a_bounded_pool)
{
	struct ingest_config c = ingest_defaults();
	struct ingest *in;
	struct session_ref a;
	struct session_ref b;
	const unsigned char head[] = {0x80, 0x80, 0x02, 0x12}; /* a frame of 32 KiB begins */

	c.large_pool_bytes = 48u * 1024u;
	in = fixture_ingest(&c);
	a = fixture_session(in, "unix:lane");
	b = fixture_session(in, "unix:lane");
	cr_assert_eq(ingest_feed(in, a, head, sizeof head, 1, now), 0);
	cr_assert(ingest_wants_input(in, a));
	cr_assert_eq(ingest_feed(in, b, head, sizeof head, 1, now), 0);
	cr_assert_not(ingest_wants_input(in, b), "no room in the pool");
	ingest_close(in, a);
	cr_assert(ingest_wants_input(in, b), "the pool is free again");
	ingest_free(in);
}

/* Who was slow once may come again. */
static void
expect_timeout(struct ingest *in, struct session_ref s)
{
	Sems__V1__ServerFrame *f = expect(in, s, SEMS__V1__SERVER_FRAME__BODY_REFUSE);

	cr_assert_not_null(ingest_closing(in, s));
	cr_expect_eq(f->refuse->code, SEMS__V1__REFUSE_CODE__REFUSE_CODE_TIMEOUT);
	cr_expect_eq(f->refuse->retry_after_ms, RETRY_AFTER_MS);
	sems__v1__server_frame__free_unpacked(f, NULL);
}

/* P-205, P-309, P-313 */
Test(session, closes_who_says_nothing_or_never_ends_a_frame)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref silent = fixture_open(in, "unix:lane", now.mono);
	struct session_ref slow = fixture_session(in, "unix:lane");
	struct session_ref idle = fixture_session(in, "unix:lane");

	ingest_feed(in, slow, "\x7f", 1, 1, now);
	ingest_tick(in, (struct mono_ms){M0 + HELLO_DEADLINE_MS - 1});
	cr_assert_null(ingest_closing(in, silent));
	ingest_tick(in, (struct mono_ms){M0 + HELLO_DEADLINE_MS});
	expect_timeout(in, silent);
	cr_assert_null(ingest_closing(in, slow));
	ingest_tick(in, (struct mono_ms){M0 + FRAME_DEADLINE_MS});
	expect_timeout(in, slow);
	cr_assert_null(ingest_closing(in, idle), "a sender may be silent for as long as it likes");
	ingest_free(in);
}

Test(session, refuses_when_full_and_reuses_numbers_with_new_generations)
{
	struct ingest_config c = ingest_defaults();
	struct ingest *in;
	struct session_ref a;
	struct session_ref b;

	c.max_sessions = 1;
	in = fixture_ingest(&c);
	a = fixture_open(in, "unix:lane", now.mono);
	b = fixture_open(in, "unix:lane", now.mono);
	cr_expect_not_null(ingest_closing(in, b));
	expect_refuse(in, b, SEMS__V1__REFUSE_CODE__REFUSE_CODE_BUSY);
	cr_expect_eq(fixture_open(in, "unix:lane", now.mono).id, 0, "no room for a refusal");
	ingest_close(in, b);
	ingest_close(in, a);
	b = fixture_open(in, "unix:lane", now.mono);
	cr_assert_eq(b.id, a.id);
	cr_assert_neq(b.generation, a.generation);
	cr_assert_null(ingest_output(in, a), "the old reference finds nothing");
	ingest_free(in);
}

/* P-205, P-301 */
Test(session, hands_out_requests_and_limits_them)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:anna");
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	Sems__V1__StatusRequest st = SEMS__V1__STATUS_REQUEST__INIT;
	struct ingest_request r;

	q.has_request_no = 1;
	q.request_no = 9;
	q.body_case = SEMS__V1__REQUEST__BODY_STATUS;
	q.status = &st;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_REQUEST;
	f.request = &q;
	for (unsigned i = 0; i < REQUESTS_IN_FLIGHT; i++)
		fixture_feed(in, s, &f.base);
	cr_assert(ingest_take_request(in, &r));
	cr_assert_eq(r.request->request_no, 9);
	cr_assert_eq(r.role, ROLE_COMPLIANCE);
	cr_assert(text_is(r.principal, "unix:anna"));
	arena_free(r.arena);
	cr_assert_null(ingest_closing(in, s));
	fixture_feed(in, s, &f.base);
	expect_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_WINDOW);
	ingest_free(in);
}

static void
expect_shutdown(struct ingest *in, struct session_ref s)
{
	expect_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_SHUTDOWN);
	cr_expect_null(fixture_answer(in, s), "nothing follows");
}

/* A group that is being written, one that waits, a session without anything, and a greeting. */
/* P-314 */
Test(session, answers_what_is_written_while_draining_and_gives_back_what_waits)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");
	struct session_ref t = fixture_session(in, "unix:lane");
	struct session_ref idle = fixture_session(in, "unix:lane");
	struct session_ref silent = fixture_open(in, "unix:lane", now.mono);
	struct session_ref gone = fixture_session(in, "unix:lane");
	Sems__V1__ServerFrame *f;
	struct group *g;

	fixture_send(in, s, 1, 0, 1);
	g = ingest_take_group(in);
	cr_assert_not_null(g);
	fixture_send(in, s, 2, 1, 1);
	fixture_send(in, t, 1, 2, 3);
	fixture_send(in, gone, 1, 5, 1);
	ingest_close(in, gone);
	ingest_drain(in);
	cr_expect(ingest_drains(in));
	cr_expect_null(ingest_take_group(in));
	expect_shutdown(in, t);
	expect_shutdown(in, idle);
	expect_shutdown(in, silent);
	cr_expect_null(ingest_closing(in, s), "it is owed a batch");
	cr_expect_null(fixture_answer(in, s));
	cr_expect_not(ingest_wants_input(in, s));
	cr_expect_eq(ingest_feed(in, s, "xyz", 3, 64, now), 0, "nothing more is read");
	for (size_t i = 0; i < g->n; i++)
		g->items[i].verdict = VERDICT_STORED;
	ingest_group_done(in, g);
	f = expect(in, s, SEMS__V1__SERVER_FRAME__BODY_RESULT);
	cr_expect_eq(f->result->batch_no, 1);
	cr_expect_eq(f->result->verdicts[0]->code, SEMS__V1__VERDICT_CODE__VERDICT_CODE_STORED);
	sems__v1__server_frame__free_unpacked(f, NULL);
	expect_shutdown(in, s);
	cr_expect(ingest_is_empty(in));
	ingest_free(in);
}

/* P-314 */
Test(session, tells_who_waits_in_vain_when_the_time_to_stop_is_over)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref owed = fixture_session(in, "unix:lane");
	struct group *g;

	fixture_send(in, owed, 1, 0, 1);
	g = ingest_take_group(in);
	ingest_drain(in);
	cr_assert_null(fixture_answer(in, owed));
	ingest_part(in);
	expect_refuse(in, owed, SEMS__V1__REFUSE_CODE__REFUSE_CODE_SHUTDOWN);
	g->items[0].verdict = VERDICT_STORED;
	ingest_group_done(in, g);
	cr_assert_null(fixture_answer(in, owed), "the last word was said");
	ingest_free(in);
}

Test(session, tells_at_once_why_its_driver_refuses_it)
{
	struct ingest *in = fixture_ingest(NULL);
	struct caller from = {.principal = text_of("unix:1001"), .refusal = "no name"};
	struct session_ref s = ingest_open(in, &from, now.mono);
	Sems__V1__ServerFrame *f = expect(in, s, SEMS__V1__SERVER_FRAME__BODY_REFUSE);

	cr_expect_eq(f->refuse->code, SEMS__V1__REFUSE_CODE__REFUSE_CODE_BUSY);
	cr_expect_str_eq(f->refuse->text, "no name");
	cr_expect_gt(f->refuse->retry_after_ms, 0);
	sems__v1__server_frame__free_unpacked(f, NULL);
	cr_expect_eq(ingest_sessions(in).open, 0);
	ingest_free(in);
}

/* As it is when somebody's user was looked up meanwhile. */
Test(session, refuses_who_comes_while_draining)
{
	struct ingest *in = fixture_ingest(NULL);

	ingest_drain(in);
	expect_shutdown(in, fixture_open(in, "unix:lane", now.mono));
	ingest_free(in);
}

/* Feeds n frames of one record each at once; returns how many were taken. */
static size_t
feed_batches(struct ingest *in, struct session_ref s, unsigned n, struct moment at)
{
	Sems__V1__Record *list[] = {fixture_record(0)};
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Batch b = SEMS__V1__BATCH__INIT;
	struct buf frames;
	size_t used;

	b.n_records = 1;
	b.records = list;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_BATCH;
	f.batch = &b;
	buf_init(&frames, FRAME_BYTES_MAX);
	for (unsigned i = 0; i < n; i++)
		cr_assert(frame_put(&frames, &f.base));
	used = ingest_feed(in, s, frames.p, frames.n, n, at);
	used /= frames.n / n;
	buf_fini(&frames);
	return used;
}

static struct session_ref
next_reader(struct ingest *in)
{
	struct session_ref s = ingest_next_dirty(in);

	while (s.id != 0 && !ingest_wants_input(in, s))
		s = ingest_next_dirty(in);
	return s;
}

Test(session, gives_room_in_turn_however_much_one_client_sends)
{
	struct ingest_config c = ingest_defaults();
	struct ingest *in;
	struct session_ref greedy;
	struct session_ref modest;
	unsigned modest_turns = 0;

	c.group_records = 1;
	in = fixture_ingest(&c);
	greedy = fixture_session(in, "unix:lane");
	modest = fixture_session(in, "unix:lane");
	cr_assert_eq(feed_batches(in, greedy, 3, now), 1);
	cr_assert_eq(feed_batches(in, modest, 1, now), 0);
	for (unsigned turn = 0; turn < 6; turn++) {
		struct group *g;
		struct session_ref s;

		while (ingest_next_dirty(in).id != 0)
			;
		g = ingest_take_group(in);
		cr_assert_not_null(g);
		while ((s = next_reader(in)).id != 0) {
			bool is_modest = s.id == modest.id;

			modest_turns += feed_batches(in, s, is_modest ? 1 : 3, now) && is_modest;
			buf_clear(ingest_output(in, s));
			/* The modest client always has one more, too. */
			if (is_modest)
				feed_batches(in, s, 1, now);
		}
		g->items[0].verdict = VERDICT_STORED;
		ingest_group_done(in, g);
	}
	cr_assert_eq(modest_turns, 3);
	ingest_free(in);
}

Test(session, keeps_its_deadlines_when_the_wall_clock_is_set)
{
	const int64_t years = 10 * 366 * MS_PER_DAY;
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref ahead = fixture_session(in, "unix:lane");
	struct session_ref back = fixture_session(in, "unix:lane");
	struct moment set_ahead = {{T0 + years}, {M0 + 1}};
	struct moment set_back = {{T0 - years}, {M0 + 1}};

	ingest_feed(in, ahead, "\x7f", 1, 1, now);
	ingest_feed(in, back, "\x7f", 1, 1, now);
	cr_assert_eq(ingest_feed(in, ahead, "\x7f\x12", 2, 1, set_ahead), 0);
	cr_assert_eq(ingest_feed(in, back, "\x7f\x12", 2, 1, set_back), 0);
	ingest_tick(in, (struct mono_ms){M0 + FRAME_DEADLINE_MS - 1});
	cr_assert_null(ingest_closing(in, ahead));
	cr_assert_null(ingest_closing(in, back));
	ingest_tick(in, (struct mono_ms){M0 + FRAME_DEADLINE_MS});
	cr_assert_not_null(ingest_closing(in, ahead));
	cr_assert_not_null(ingest_closing(in, back));
	ingest_free(in);
}

/* P-205 */
Test(session, does_not_call_late_whom_it_made_wait)
{
	struct ingest_config c = ingest_defaults();
	struct moment later = {{T0}, {M0 + 2 * FRAME_DEADLINE_MS}};
	struct ingest *in;
	struct session_ref s;
	const unsigned char half[] = {0x20, 0x12};

	c.group_records = 1;
	in = fixture_ingest(&c);
	s = fixture_session(in, "unix:lane");
	fixture_send(in, s, 1, 0, 1);
	/* The beginning of a frame, then the whole of it, for which there is no room. */
	cr_assert_eq(ingest_feed(in, s, half, sizeof half, 1, now), 0);
	cr_assert_eq(feed_batches(in, s, 1, now), 0);
	cr_assert_not(ingest_wants_input(in, s));
	cr_assert_not_null(ingest_take_group(in));
	ingest_tick(in, later.mono);
	cr_assert_null(ingest_closing(in, s));
	cr_assert_eq(feed_batches(in, s, 1, later), 1);
	ingest_free(in);
}

Test(session, knows_nothing_of_who_is_not_there)
{
	struct ingest_config c = ingest_defaults();
	struct ingest *in;
	const struct session_ref nobody[] = {{0, 0}, {1, 0}, {2, 0}, {3, 0}};

	c.max_sessions = 2;
	in = fixture_ingest(&c);
	for (size_t i = 0; i < COUNT(nobody); i++) {
		Sems__V1__Response r = SEMS__V1__RESPONSE__INIT;

		cr_assert_eq(ingest_feed(in, nobody[i], "abc", 3, 1, now), 3, "swallowed");
		cr_assert_eq(ingest_need(in, nobody[i]), 1);
		cr_assert_not(ingest_wants_input(in, nobody[i]));
		cr_assert_null(ingest_output(in, nobody[i]));
		cr_assert_null(ingest_closing(in, nobody[i]));
		ingest_respond(in, nobody[i], &r);
		ingest_close(in, nobody[i]);
	}
	ingest_free(in);
}

Test(session, refuses_once)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");
	Sems__V1__ServerFrame *f;

	session_refuse(in, session_find(in, s), SEMS__V1__REFUSE_CODE__REFUSE_CODE_BUSY, 1, "one");
	session_refuse(in, session_find(in, s), SEMS__V1__REFUSE_CODE__REFUSE_CODE_FRAME, 2, "two");
	f = expect(in, s, SEMS__V1__SERVER_FRAME__BODY_REFUSE);
	cr_assert_str_eq(f->refuse->text, "one");
	cr_assert_null(fixture_answer(in, s));
	cr_assert_str_eq(ingest_closing(in, s), "one");
	cr_assert_not(ingest_wants_input(in, s));
	sems__v1__server_frame__free_unpacked(f, NULL);
	ingest_free(in);
}

Test(session, refuses_a_message_that_is_none_and_swallows_the_rest)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");
	const char two[] = {1, 0x7f, 1, 0x7f};

	cr_assert_eq(ingest_feed(in, s, two, sizeof two, 8, now), sizeof two);
	expect_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_FRAME);
	cr_assert_eq(ingest_counters(in)->frames_broken, 1, "the second is not looked at");
	cr_assert_eq(ingest_feed(in, s, two, sizeof two, 8, now), sizeof two);
	ingest_free(in);
}

Test(session, refuses_versions_before_its_own)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref old = fixture_open(in, "unix:lane", now.mono);

	hello(in, old, 0, 0);
	expect_refuse(in, old, SEMS__V1__REFUSE_CODE__REFUSE_CODE_VERSION);
	ingest_free(in);
}

Test(session, closes_who_does_not_read_its_answers)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");

	buf_fini(ingest_output(in, s));
	buf_init(ingest_output(in, s), 4);
	fixture_send(in, s, 1, 0, 1);
	cr_assert_eq(fixture_commit(in), 1);
	cr_assert_str_eq(ingest_closing(in, s), "the client does not read its answers");
	ingest_free(in);
}

/* P-303 */
Test(session, welcomes_with_as_many_grants_as_it_tells)
{
	struct ingest *in = fixture_ingest(NULL);
	struct registry *r = fixture_registry();
	struct session_ref s = fixture_open(in, "unix:lane", now.mono);
	Sems__V1__ServerFrame *f;

	for (unsigned i = 0; i < 300; i++) {
		char source[16];

		snprintf(source, sizeof source, "belt-%u", i);
		cr_assert(registry_add_grant(r, text_of("unix:lane"), text_of(source), text_of("*"),
					     text_of("*")));
	}
	ingest_set_registry(in, r);
	hello(in, s, 1, 1);
	f = expect(in, s, SEMS__V1__SERVER_FRAME__BODY_WELCOME);
	cr_assert_eq(f->welcome->n_grants, 256);
	sems__v1__server_frame__free_unpacked(f, NULL);
	ingest_free(in);
}

Test(session, waits_for_the_pool_before_its_hello_and_is_not_late_then)
{
	struct ingest_config c = ingest_defaults();
	struct ingest *in;
	struct session_ref a;
	struct session_ref b;
	const unsigned char head[] = {0x80, 0x80, 0x02, 0x0a}; /* a frame of 32 KiB begins */

	c.large_pool_bytes = 48u * 1024u;
	in = fixture_ingest(&c);
	a = fixture_session(in, "unix:lane");
	b = fixture_open(in, "unix:lane", now.mono);
	cr_assert_eq(ingest_feed(in, a, head, sizeof head, 1, now), 0);
	cr_assert_eq(ingest_feed(in, a, head, sizeof head, 1, now), 0, "its place is counted once");
	cr_assert_eq(ingest_feed(in, b, head, sizeof head, 1, now), 0);
	cr_assert_not(ingest_wants_input(in, b));
	ingest_tick(in, (struct mono_ms){M0 + HELLO_DEADLINE_MS});
	cr_assert_null(ingest_closing(in, b));
	ingest_close(in, a);
	cr_assert(ingest_wants_input(in, b));
	ingest_tick(in, (struct mono_ms){M0 + HELLO_DEADLINE_MS});
	cr_assert_not_null(ingest_closing(in, b));
	ingest_free(in);
}

/* Three sessions of which two wait for a group of two records; what happened so far is seen. */
struct queue {
	struct ingest *in;
	struct session_ref taken;
	struct session_ref first;
	struct session_ref second;
};

static struct queue
make_queue(void)
{
	struct ingest_config c = ingest_defaults();
	struct queue q;

	c.group_records = 2;
	q.in = fixture_ingest(&c);
	q.taken = fixture_session(q.in, "unix:lane");
	q.first = fixture_session(q.in, "unix:lane");
	q.second = fixture_session(q.in, "unix:lane");
	fixture_send(q.in, q.taken, 1, 0, 2);
	cr_assert_eq(feed_batches(q.in, q.first, 1, now), 0);
	cr_assert_eq(feed_batches(q.in, q.second, 1, now), 0);
	cr_assert_eq(feed_batches(q.in, q.second, 1, now), 0, "fed anyway, it keeps its place");
	while (ingest_next_dirty(q.in).id != 0)
		;
	return q;
}

Test(session, is_woken_once_though_who_was_woken_with_it_leaves)
{
	struct queue q = make_queue();

	cr_assert_not_null(ingest_take_group(q.in));
	cr_assert(ingest_wants_input(q.in, q.first));
	cr_assert(ingest_wants_input(q.in, q.second));
	cr_assert_eq(ingest_next_dirty(q.in).id, q.first.id);
	cr_assert_eq(ingest_next_dirty(q.in).id, q.second.id);
	ingest_close(q.in, q.first);
	cr_assert_eq(ingest_next_dirty(q.in).id, 0, "it was told");
	cr_assert_eq(feed_batches(q.in, q.second, 1, now), 1);
	ingest_free(q.in);
}

Test(session, an_answer_is_no_ticket_to_the_front)
{
	struct queue q = make_queue();

	session_mark_dirty(q.in, session_find(q.in, q.second)); /* as an answer does */
	cr_assert_not_null(ingest_take_group(q.in));
	cr_assert_eq(ingest_next_dirty(q.in).id, q.first.id);
	cr_assert_eq(ingest_next_dirty(q.in).id, q.second.id);
	cr_assert_eq(ingest_next_dirty(q.in).id, 0);
	ingest_free(q.in);
}

Test(session, takes_no_further_batch_past_the_records_of_a_turn)
{
	struct ingest_config c = ingest_defaults();
	struct ingest *in;
	struct session_ref s;

	c.turn_records = 2;
	in = fixture_ingest(&c);
	s = fixture_session(in, "unix:lane");
	cr_assert_eq(feed_batches(in, s, 5, now), 2);
	cr_assert(ingest_wants_input(in, s));
	ingest_free(in);
}

/* --- when memory runs out ----------------------------------------------------------------------
 */

struct script {
	struct text hello;
	struct text batch;   /* two good records and a bad one */
	struct text request; /* larger than an arena's first block */
};

static struct script
make_script(void)
{
	struct script script;
	Sems__V1__Record *list[] = {fixture_record(0), fixture_record(1), fixture_record(2)};
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Hello h = SEMS__V1__HELLO__INIT;
	Sems__V1__Batch b = SEMS__V1__BATCH__INIT;
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	Sems__V1__SetupRequest setup = SEMS__V1__SETUP_REQUEST__INIT;
	static char name[20000];

	memset(name, 'n', sizeof name - 1);
	h.has_protocol_min = h.has_protocol_max = 1;
	h.protocol_min = h.protocol_max = 1;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_HELLO;
	f.hello = &h;
	script.hello = fixture_frame(&f.base);
	list[1]->source = (char *)"xray-2";
	b.n_records = 3;
	b.records = list;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_BATCH;
	f.batch = &b;
	script.batch = fixture_frame(&f.base);
	setup.entity = name;
	q.body_case = SEMS__V1__REQUEST__BODY_SETUP;
	q.setup = &setup;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_REQUEST;
	f.request = &q;
	script.request = fixture_frame(&f.base);
	return script;
}

static void
feed_text(struct ingest *in, struct session_ref s, struct text t)
{
	ingest_feed(in, s, t.s, t.n, 1, now);
}

/* Hello, a batch, its answer, a request. */
static void
play(struct ingest *in, struct session_ref s, const struct script *script)
{
	struct ingest_request r;

	feed_text(in, s, script->hello);
	feed_text(in, s, script->batch);
	fixture_commit(in);
	feed_text(in, s, script->request);
	if (ingest_take_request(in, &r))
		arena_free(r.arena);
}

/* Whoever is not served to the end is told so, and nothing is told twice. */
static void
expect_served_or_refused(struct ingest *in, struct session_ref s, const char *when)
{
	Sems__V1__ServerFrame *f;
	unsigned results = 0;
	unsigned refused = 0;

	while ((f = fixture_answer(in, s)) != NULL) {
		cr_assert_eq(refused, 0, "%s", when);
		refused += f->body_case == SEMS__V1__SERVER_FRAME__BODY_REFUSE;
		results += f->body_case == SEMS__V1__SERVER_FRAME__BODY_RESULT;
		sems__v1__server_frame__free_unpacked(f, NULL);
	}
	cr_assert_leq(results, 1, "%s", when);
	cr_assert(results == 1 || ingest_closing(in, s) != NULL, "%s", when);
	cr_assert(ingest_is_empty(in));
}

Test(session, serves_or_refuses_whichever_allocation_fails)
{
	struct script script = make_script();
	struct ingest_config c = ingest_defaults();
	unsigned n = 0;
	bool all_seen = false;

	c.max_sessions = 2;
	while (!all_seen) {
		struct ingest *in = fixture_ingest(&c);
		struct session_ref s = fixture_open(in, "unix:lane", now.mono);
		char when[32];

		snprintf(when, sizeof when, "allocation %u", ++n);
		memory_fail(n);
		play(in, s, &script);
		all_seen = !memory_failed();
		memory_fail(0);
		expect_served_or_refused(in, s, when);
		ingest_free(in);
	}
	cr_assert_gt(n, 10);
	free((void *)script.hello.s);
	free((void *)script.batch.s);
	free((void *)script.request.s);
}

Test(session, serves_or_refuses_however_small_the_arenas)
{
	struct script script = make_script();
	struct ingest_config c = ingest_defaults();

	c.max_sessions = 2;
	for (size_t limit = 0; limit < 6000; limit += 16) {
		struct ingest *in = fixture_ingest(&c);
		struct session_ref s = fixture_open(in, "unix:lane", now.mono);
		char when[32];

		snprintf(when, sizeof when, "%zu bytes", limit);
		arena_free(in->scratch);
		in->scratch = arena_new(limit);
		play(in, s, &script);
		expect_served_or_refused(in, s, when);
		ingest_free(in);
		in = fixture_ingest(&c);
		s = fixture_open(in, "unix:lane", now.mono);
		arena_free(in->groups[0].g.arena);
		in->groups[0].g.arena = arena_new(limit);
		play(in, s, &script);
		expect_served_or_refused(in, s, when);
		ingest_free(in);
	}
	free((void *)script.hello.s);
	free((void *)script.batch.s);
	free((void *)script.request.s);
}
