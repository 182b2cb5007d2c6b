#include "ingest/engine.h"
#include "tests/ingest/fixture.h"

#include <criterion/criterion.h>

#include <stdlib.h>

#define KIB ((size_t)1024)

/* A text of n bytes that differs everywhere from its neighbours. */
static struct text
document(size_t n)
{
	char *p = malloc(n + 1);

	for (size_t i = 0; i < n; i++)
		p[i] = (char)('a' + (i / 7 + i) % 26);
	p[n] = '\0';
	return (struct text){p, n};
}

static void
answer(struct ingest *in, struct session_ref s, uint64_t no, size_t n)
{
	struct text d = document(n);

	cr_assert(ingest_respond_document(in, s, no, d));
	free((void *)d.s);
}

/* Asks, and has the request taken: as it is when an answer is there. */
static void
request(struct ingest *in, struct session_ref s, uint64_t no)
{
	fixture_feed(in, s, fixture_request(no));
}

static bool
take(struct ingest *in)
{
	struct ingest_request r;

	if (!ingest_take_request(in, &r))
		return false;
	arena_free(r.arena);
	return true;
}

static void
ask(struct ingest *in, struct session_ref s, uint64_t no)
{
	request(in, s, no);
	cr_assert(take(in));
}

/* Reads pieces until the last of a request; the bytes. */
static size_t
read_all(struct ingest *in, struct session_ref s, uint64_t no)
{
	struct text whole = document(1024 * KIB);
	size_t at = 0;
	bool more = true;

	while (more) {
		Sems__V1__ServerFrame *f = fixture_answer(in, s);

		cr_assert_not_null(f);
		cr_assert_eq(f->body_case, SEMS__V1__SERVER_FRAME__BODY_RESPONSE);
		cr_assert_eq(f->response->request_no, no);
		cr_assert_leq(f->response->document.len, 64 * KIB);
		if (f->response->document.len != 0)
			cr_assert_arr_eq(f->response->document.data, whole.s + at,
					 f->response->document.len);
		at += f->response->document.len;
		more = f->response->more;
		sems__v1__server_frame__free_unpacked(f, NULL);
	}
	free((void *)whole.s);
	return at;
}

static struct ingest_config
bounds(size_t session, size_t all)
{
	struct ingest_config c = ingest_defaults();

	c.session_unsent_bytes = session;
	c.unsent_bytes = all;
	return c;
}

Test(output, gives_documents_piece_by_piece_in_order)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:anna");

	ask(in, s, 7);
	ask(in, s, 8);
	ask(in, s, 9);
	answer(in, s, 7, 1000 * KIB);
	answer(in, s, 8, 0);
	answer(in, s, 9, 3);
	cr_expect_gt(in->unsent, 999 * KIB);
	cr_expect(ingest_has_output(in, s));
	cr_expect_eq(read_all(in, s, 7), 1000 * KIB);
	cr_expect_eq(read_all(in, s, 8), 0);
	cr_expect_eq(read_all(in, s, 9), 3);
	cr_expect_null(fixture_answer(in, s));
	cr_expect_not(ingest_has_output(in, s));
	cr_expect_eq(in->unsent, 0);
	cr_expect_lt(ingest_output(in, s)->cap, 64 * KIB, "its memory is given back");
	for (uint64_t no = 10; no < 14; no++)
		request(in, s, no);
	cr_expect_null(ingest_closing(in, s), "each of them counted as answered");
	ingest_free(in);
}

/* P-205 */
Test(output, has_no_room_for_more_than_a_session_may_leave_unread)
{
	struct ingest_config c = bounds(100 * KIB, 1024 * KIB);
	struct ingest *in = fixture_ingest(&c);
	struct session_ref s = fixture_session(in, "unix:anna");
	struct text large = document(80 * KIB);

	ask(in, s, 1);
	ask(in, s, 2);
	answer(in, s, 1, 80 * KIB);
	cr_expect_not(ingest_respond_document(in, s, 2, large));
	cr_expect_eq(read_all(in, s, 1), 80 * KIB);
	cr_expect(ingest_respond_document(in, s, 2, large));
	cr_expect_eq(read_all(in, s, 2), 80 * KIB);
	free((void *)large.s);
	ingest_free(in);
}

Test(output, closes_the_laziest_session_of_the_greediest_when_all_have_too_much)
{
	struct ingest_config c = bounds(100 * KIB, 250 * KIB);
	struct ingest *in = fixture_ingest(&c);
	struct session_ref reader = fixture_session(in, "unix:anna");
	struct session_ref lazy[3];

	for (int i = 0; i < 3; i++) {
		lazy[i] = fixture_session(in, "unix:lane");
		ask(in, lazy[i], 1);
	}
	ask(in, reader, 1);
	answer(in, reader, 1, 90 * KIB);
	ingest_tick(in, (struct mono_ms){M0 + 1000});
	answer(in, lazy[1], 1, 50 * KIB);
	ingest_tick(in, (struct mono_ms){M0 + 2000});
	ingest_tick(in, (struct mono_ms){M0 + 3000});
	answer(in, lazy[0], 1, 50 * KIB);
	answer(in, lazy[2], 1, 90 * KIB);
	cr_expect(ingest_abandons(in, lazy[1]), "it has the oldest answer");
	cr_expect_not_null(ingest_closing(in, lazy[1]));
	cr_expect_not(ingest_abandons(in, lazy[0]));
	cr_expect_not(ingest_abandons(in, lazy[2]));
	cr_expect_null(ingest_closing(in, reader), "older still, and of somebody else");
	cr_expect_eq(ingest_counters(in)->sessions_unread, 1);
	ingest_close(in, lazy[1]);
	cr_expect_eq(read_all(in, reader, 1), 90 * KIB);
	cr_expect_eq(read_all(in, lazy[0], 1), 50 * KIB);
	cr_expect_eq(read_all(in, lazy[2], 1), 90 * KIB);
	ingest_tick(in, (struct mono_ms){M0 + 4000});
	cr_expect_eq(in->unsent, 0);
	ingest_free(in);
}

static void
expect_refused(struct ingest *in, struct session_ref s)
{
	Sems__V1__ServerFrame *f = fixture_answer(in, s);

	cr_assert_not_null(f);
	cr_assert_eq(f->body_case, SEMS__V1__SERVER_FRAME__BODY_REFUSE);
	cr_expect_eq(f->refuse->code, SEMS__V1__REFUSE_CODE__REFUSE_CODE_SHUTDOWN);
	sems__v1__server_frame__free_unpacked(f, NULL);
	cr_expect_not_null(ingest_closing(in, s));
}

Test(output, gives_a_whole_document_while_draining_before_it_refuses)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:anna");
	struct session_ref other = fixture_session(in, "unix:anna");
	Sems__V1__Response r = SEMS__V1__RESPONSE__INIT;

	ask(in, s, 7);
	ask(in, other, 1);
	answer(in, s, 7, 200 * KIB);
	ingest_drain(in);
	cr_expect_null(ingest_closing(in, other), "it is owed an answer");
	cr_expect_eq(read_all(in, s, 7), 200 * KIB);
	expect_refused(in, s);
	ingest_respond(in, other, &r);
	sems__v1__server_frame__free_unpacked(fixture_answer(in, other), NULL);
	expect_refused(in, other);
	ingest_free(in);
}

Test(output, lets_requests_wait_whose_principal_does_not_read)
{
	struct ingest_config c = bounds(100 * KIB, 150 * KIB);
	struct ingest *in = fixture_ingest(&c);
	struct session_ref lazy = fixture_session(in, "unix:lane");
	struct session_ref same = fixture_session(in, "unix:lane");
	struct session_ref other = fixture_session(in, "unix:anna");

	ask(in, lazy, 1);
	answer(in, lazy, 1, 90 * KIB);
	request(in, same, 1);
	cr_expect_not(take(in), "more than half of all is unread of its principal");
	request(in, other, 1);
	cr_expect(take(in), "others are served");
	cr_expect_not(take(in));
	cr_expect_eq(read_all(in, lazy, 1), 90 * KIB);
	cr_expect(take(in));
	ingest_free(in);
}

/* It is answered that semsd stops. */
Test(output, lets_no_request_wait_while_draining)
{
	struct ingest_config c = bounds(100 * KIB, 150 * KIB);
	struct ingest *in = fixture_ingest(&c);
	struct session_ref lazy = fixture_session(in, "unix:lane");

	ask(in, lazy, 1);
	answer(in, lazy, 1, 90 * KIB);
	request(in, lazy, 2);
	cr_expect_not(take(in));
	ingest_drain(in);
	cr_expect(take(in));
	ingest_free(in);
}

Test(output, closes_who_reads_nothing_for_a_moment_while_others_of_its_principal_wait)
{
	struct ingest_config c = bounds(100 * KIB, 150 * KIB);
	struct ingest *in = fixture_ingest(&c);
	struct session_ref lazy = fixture_session(in, "unix:lane");
	struct session_ref same = fixture_session(in, "unix:lane");

	ask(in, lazy, 1);
	answer(in, lazy, 1, 90 * KIB);
	request(in, same, 1);
	for (int64_t s = 0; s <= READ_AWAITED_MS / MS_PER_SECOND; s++) {
		cr_expect_not(take(in));
		ingest_tick(in, (struct mono_ms){M0 + s * MS_PER_SECOND});
	}
	cr_expect(ingest_abandons(in, lazy));
	cr_expect_null(ingest_closing(in, same));
	cr_expect(take(in));
	ingest_free(in);
}

/* P-205 */
Test(output, closes_who_reads_nothing_until_the_deadline)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref lazy = fixture_session(in, "unix:lane");
	struct session_ref slow = fixture_session(in, "unix:lane");
	struct session_ref idle = fixture_session(in, "unix:lane");

	ask(in, lazy, 1);
	ask(in, slow, 1);
	answer(in, lazy, 1, 900 * KIB);
	answer(in, slow, 1, 900 * KIB);
	for (int64_t s = 0; s < READ_DEADLINE_MS / MS_PER_SECOND; s++) {
		ingest_tick(in, (struct mono_ms){M0 + s * MS_PER_SECOND});
		cr_expect_not(ingest_abandons(in, lazy), "after %d s", (int)s);
		if (s % 10 == 0)
			sems__v1__server_frame__free_unpacked(fixture_answer(in, slow), NULL);
		ingest_output(in, lazy); /* looked at, not taken */
	}
	ingest_tick(in, (struct mono_ms){M0 + READ_DEADLINE_MS});
	cr_expect(ingest_abandons(in, lazy));
	cr_expect_not(ingest_abandons(in, slow));
	cr_expect_null(ingest_closing(in, slow));
	cr_expect_null(ingest_closing(in, idle));
	ingest_free(in);
}

Test(output, does_not_hold_against_a_client_that_the_daemon_was_stopped)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref s = fixture_session(in, "unix:lane");

	ask(in, s, 1);
	answer(in, s, 1, 900 * KIB);
	ingest_tick(in, (struct mono_ms){M0});
	ingest_tick(in, (struct mono_ms){M0 + MS_PER_HOUR});
	ingest_tick(in, (struct mono_ms){M0 + MS_PER_HOUR + MS_PER_SECOND});
	cr_expect_null(ingest_closing(in, s));
	ingest_free(in);
}

Test(output, forgets_documents_of_a_session_that_ends)
{
	struct ingest *in = fixture_ingest(NULL);
	struct session_ref gone = fixture_session(in, "unix:lane");
	struct session_ref refused = fixture_session(in, "unix:lane");
	Sems__V1__ServerFrame *f;

	ask(in, gone, 1);
	ask(in, refused, 1);
	answer(in, gone, 1, 900 * KIB);
	answer(in, refused, 1, 900 * KIB);
	ingest_close(in, gone);
	for (uint64_t no = 2; no < 6; no++)
		request(in, refused, no);
	f = fixture_answer(in, refused);
	cr_assert_not_null(f);
	cr_expect_eq(f->body_case, SEMS__V1__SERVER_FRAME__BODY_REFUSE, "more than 4 unanswered");
	sems__v1__server_frame__free_unpacked(f, NULL);
	cr_expect_not(ingest_has_output(in, refused));
	cr_expect(ingest_respond_document(in, refused, 1, text_of("late")), "dropped");
	cr_expect(ingest_respond_document(in, gone, 1, text_of("late")), "dropped");
	ingest_close(in, refused);
	cr_expect_eq(in->unsent, 0);
	ingest_free(in);
}
