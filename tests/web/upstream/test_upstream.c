#include "base/count.h"
#include "tests/web/far_end.h"
#include "tests/web/talk.h"
#include "web/upstream/upstream.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <stdio.h>
#include <string.h>

static struct event_base *base;
static struct far_end semsd;
static struct upstream *up;

static struct heard {
	unsigned n;
	enum reply_kind kind;
	int code;
	char text[200], field[64], bytes[64], role[32], principal[64];
	uint32_t retry;
	size_t length;
} heard;

static void
hear(void *ctx, const struct reply *r)
{
	struct heard *h = ctx;

	h->n++;
	h->kind = r->kind;
	h->code = r->code;
	h->length = r->bytes.n;
	h->retry = r->retry_after_ms;
	snprintf(h->text, sizeof h->text, "%s", r->text);
	snprintf(h->field, sizeof h->field, "%s", r->field);
	snprintf(h->role, sizeof h->role, "%s", r->role);
	snprintf(h->principal, sizeof h->principal, "%s", r->principal);
	snprintf(h->bytes, sizeof h->bytes, "%.*s", (int)r->bytes.n, r->bytes.n ? r->bytes.s : "");
}

static void
open_house(struct upstream_config c)
{
	base = event_base_new();
	far_open(&semsd, base);
	c.socket = semsd.path;
	up = upstream_new(base, &c);
	cr_assert_not_null(up);
	memset(&heard, 0, sizeof heard);
}

static void
close_house(void)
{
	upstream_free(up);
	far_close(&semsd);
	event_base_free(base);
	libevent_global_shutdown();
}

static struct line *
send_batch(const char *whom)
{
	return upstream_batch(up, whom, TEXT_LIT("\x08\x07"), hear, &heard);
}

static struct line *
ask_status(const char *whom, struct heard *h)
{
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	Sems__V1__StatusRequest s = SEMS__V1__STATUS_REQUEST__INIT;

	q.body_case = SEMS__V1__REQUEST__BODY_STATUS;
	q.status = &s;
	return upstream_ask(up, whom, &q, hear, h);
}

static struct far_line *
welcomed(const char *whom)
{
	struct far_line *l = far_accept(&semsd);
	char named[128];

	far_greeted(l, named);
	cr_expect_str_eq(named, whom);
	far_welcome(l, whom[0] == '\0' ? "unix:web" : whom, "device");
	return l;
}

static uint64_t
batch_heard(struct far_line *l)
{
	Sems__V1__ClientFrame *f = far_hear(l);
	uint64_t no;

	cr_assert_eq(f->body_case, SEMS__V1__CLIENT_FRAME__BODY_BATCH);
	no = f->batch->batch_no;
	sems__v1__client_frame__free_unpacked(f, NULL);
	return no;
}

static uint64_t
request_heard(struct far_line *l)
{
	Sems__V1__ClientFrame *f = far_hear(l);
	uint64_t no;

	cr_assert_eq(f->body_case, SEMS__V1__CLIENT_FRAME__BODY_REQUEST);
	no = f->request->request_no;
	sems__v1__client_frame__free_unpacked(f, NULL);
	return no;
}

/* P-316: each is asked for in his own name; what waits for the Welcome is sent then. */
Test(upstream, sends_a_batch_in_the_name_of_whom_it_is)
{
	struct far_line *l;

	open_house((struct upstream_config){.most = 0});
	cr_assert_not_null(send_batch("device:ph-1"));
	l = welcomed("device:ph-1");
	cr_expect_eq(batch_heard(l), 7);
	far_stored(l, 7, 1);
	talk_settle(base);
	cr_assert_eq(heard.n, 1);
	cr_expect_eq(heard.kind, REPLY_RESULT);
	cr_expect_eq(heard.length, 8, "its bytes: a number, and a run of two");
	cr_expect_str_eq(heard.principal, "device:ph-1");
	cr_expect_str_eq(heard.role, "device");
	far_end_line(l);
	close_house();
}

Test(upstream, uses_a_session_again_for_the_same_principal_alone)
{
	struct far_line *one, *two;

	open_house((struct upstream_config){.most = 0});
	send_batch("device:ph-1");
	one = welcomed("device:ph-1");
	batch_heard(one);
	far_stored(one, 7, 1);
	talk_settle(base);
	send_batch("device:ph-1");
	cr_expect_eq(batch_heard(one), 7);
	cr_expect(far_is_quiet(&semsd));
	send_batch("device:ph-2");
	two = welcomed("device:ph-2");
	cr_expect_eq(batch_heard(two), 7);
	cr_expect_eq(heard.n, 1);
	far_end_line(one);
	far_end_line(two);
	close_house();
}

Test(upstream, puts_a_document_together)
{
	struct far_line *l;
	uint64_t no;

	open_house((struct upstream_config){.most = 0});
	ask_status("", &heard);
	l = welcomed("");
	no = request_heard(l);
	cr_expect_gt(no, 0);
	far_document(l, no, "{\"a\":", true);
	talk_settle(base);
	cr_expect_eq(heard.n, 0);
	far_document(l, no, "1}", false);
	talk_settle(base);
	cr_expect_eq(heard.kind, REPLY_DOCUMENT);
	cr_expect_str_eq(heard.bytes, "{\"a\":1}");
	ask_status("", &heard);
	far_fail(l, request_heard(l), SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_FORBIDDEN, "f", "no");
	talk_settle(base);
	cr_expect_eq(heard.kind, REPLY_FAILED);
	cr_expect_eq(heard.code, SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_FORBIDDEN);
	cr_expect_str_eq(heard.field, "f");
	cr_expect_eq(heard.length, 0, "nothing is left of the one before");
	far_end_line(l);
	close_house();
}

Test(upstream, tells_what_it_was_refused_with)
{
	struct far_line *l;

	open_house((struct upstream_config){.most = 0});
	send_batch("device:ph-1");
	l = far_accept(&semsd);
	far_refuse(l, SEMS__V1__REFUSE_CODE__REFUSE_CODE_BUSY, 5000, "come later");
	talk_settle(base);
	cr_assert_eq(heard.n, 1);
	cr_expect_eq(heard.kind, REPLY_REFUSED);
	cr_expect_eq(heard.code, SEMS__V1__REFUSE_CODE__REFUSE_CODE_BUSY);
	cr_expect_eq(heard.retry, 5000);
	cr_expect_str_eq(heard.text, "come later");
	far_end_line(l);
	close_house();
}

static void
end_it(struct far_line *l)
{
	shutdown(l->fd, 2);
}

static void
talk_nonsense(struct far_line *l)
{
	far_say_bytes(l, "\xff\xff\xff\xff\xff\xff", 6);
}

static void
be_somebody_else(struct far_line *l)
{
	far_welcome(l, "device:ph-2", "admin");
}

static void
answer_too_early(struct far_line *l)
{
	far_stored(l, 7, 1);
}

/* Whatever semsd does instead of an answer, whoever asked is told once, to come again. */
Test(upstream, tells_whoever_asked_whatever_semsd_does)
{
	void (*const does[])(struct far_line *) = {end_it, talk_nonsense, be_somebody_else,
						   answer_too_early};

	open_house((struct upstream_config){.most = 0});
	for (size_t i = 0; i < COUNT(does); i++) {
		struct far_line *l;
		char whom[128];

		memset(&heard, 0, sizeof heard);
		send_batch("device:ph-1");
		l = far_accept(&semsd);
		far_greeted(l, whom);
		does[i](l);
		for (int k = 0; k < 20000 && heard.n == 0; k++)
			talk_wait(base);
		cr_expect_eq(heard.n, 1, "%zu", i);
		cr_expect_eq(heard.kind, REPLY_AWAY, "%zu", i);
		cr_expect_gt(heard.retry, 0);
		far_end_line(l);
	}
	close_house();
}

Test(upstream, gives_up_on_a_semsd_that_is_silent)
{
	struct far_line *l;

	open_house((struct upstream_config){.patience_ms = 50});
	send_batch("device:ph-1");
	l = welcomed("device:ph-1");
	batch_heard(l);
	for (int k = 0; k < 20000 && heard.n == 0; k++)
		talk_wait(base);
	cr_expect_eq(heard.kind, REPLY_LATE);
	cr_expect_null(far_hear(l), "the session has ended");
	far_end_line(l);
	close_house();
}

Test(upstream, says_at_once_that_nobody_listens)
{
	open_house((struct upstream_config){.most = 0});
	far_close(&semsd);
	cr_expect_null(send_batch("device:ph-1"));
	cr_expect_eq(heard.n, 1);
	cr_expect_eq(heard.kind, REPLY_AWAY);
	upstream_free(up);
	event_base_free(base);
	libevent_global_shutdown();
}

/* Nobody has all of them; who waits makes way for who asks. */
Test(upstream, bounds_sessions_in_all_and_of_each)
{
	struct far_line *a, *b, *c;

	open_house((struct upstream_config){.most = 2, .most_each = 1});
	send_batch("device:a");
	a = welcomed("device:a");
	cr_expect_null(send_batch("device:a"), "one of each");
	cr_expect_eq(heard.kind, REPLY_CROWDED);
	send_batch("device:b");
	b = welcomed("device:b");
	cr_expect_null(send_batch("device:c"), "two in all");
	cr_expect_eq(heard.kind, REPLY_FULL);
	cr_expect_eq(heard.n, 2);
	batch_heard(a);
	far_stored(a, 7, 1);
	talk_settle(base);
	cr_expect_not_null(send_batch("device:c"), "a is idle now");
	c = welcomed("device:c");
	cr_expect_null(far_hear(a), "and made way");
	far_end_line(a);
	far_end_line(b);
	far_end_line(c);
	close_house();
}

/* Whoever is gone is told nothing, and the session is of use for the next. */
Test(upstream, forgets_who_is_gone)
{
	struct heard later = {.n = 0};
	struct far_line *l;

	open_house((struct upstream_config){.most = 0});
	upstream_forget(send_batch("device:ph-1"));
	l = welcomed("device:ph-1");
	batch_heard(l);
	far_stored(l, 7, 1);
	talk_settle(base);
	cr_expect_eq(heard.n, 0);
	ask_status("device:ph-1", &later);
	far_document(l, request_heard(l), "{}", false);
	talk_settle(base);
	cr_expect_eq(later.n, 1);
	far_end_line(l);
	close_house();
}

Test(upstream, keeps_no_session_that_nobody_uses)
{
	struct far_line *l;

	open_house((struct upstream_config){.idle_ms = 50});
	send_batch("device:ph-1");
	l = welcomed("device:ph-1");
	batch_heard(l);
	far_stored(l, 7, 1);
	cr_expect_null(far_hear(l));
	cr_expect_eq(heard.n, 1);
	far_end_line(l);
	close_house();
}
