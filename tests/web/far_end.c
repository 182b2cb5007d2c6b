#include "tests/web/far_end.h"

#include "base/buf.h"
#include "tests/web/talk.h"
#include "wire/frame.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define TRIES 20000

void
far_open(struct far_end *f, struct event_base *base)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	f->base = base;
	temp_dir(f->dir);
	snprintf(f->path, sizeof f->path, "%s/s", f->dir);
	snprintf(at.sun_path, sizeof at.sun_path, "%s", f->path);
	f->listens = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	cr_assert_eq(bind(f->listens, (struct sockaddr *)&at, sizeof at), 0);
	cr_assert_eq(listen(f->listens, 64), 0);
}

void
far_close(struct far_end *f)
{
	close(f->listens);
	unlink(f->path);
	temp_remove(f->dir);
}

struct far_line *
far_accept(struct far_end *f)
{
	struct far_line *l = calloc(1, sizeof *l);

	cr_assert_not_null(l);
	l->of = f;
	l->fd = -1;
	for (int i = 0; i < TRIES && l->fd < 0; i++) {
		talk_wait(f->base);
		l->fd = accept4(f->listens, NULL, NULL, SOCK_NONBLOCK);
	}
	cr_assert_geq(l->fd, 0, "nobody connects");
	return l;
}

bool
far_is_quiet(struct far_end *f)
{
	talk_settle(f->base);
	return accept4(f->listens, NULL, NULL, SOCK_NONBLOCK) < 0;
}

void
far_end_line(struct far_line *l)
{
	struct event_base *base = l->of->base;

	close(l->fd);
	free(l);
	talk_settle(base);
}

Sems__V1__ClientFrame *
far_hear(struct far_line *l)
{
	for (int i = 0; i < TRIES; i++) {
		struct text body;
		size_t used = 0;
		struct err e;
		ssize_t n;

		if (frame_next(l->bytes, l->n, sizeof l->bytes, &body, &used, &e) == FRAME_READY) {
			Sems__V1__ClientFrame *f =
			    sems__v1__client_frame__unpack(NULL, body.n, (const uint8_t *)body.s);

			cr_assert_not_null(f);
			l->n -= used;
			memmove(l->bytes, l->bytes + used, l->n);
			return f;
		}
		talk_wait(l->of->base);
		n = read(l->fd, l->bytes + l->n, sizeof l->bytes - l->n);
		if (n == 0 || (n < 0 && errno != EAGAIN))
			return NULL;
		l->n += n > 0 ? (size_t)n : 0;
	}
	cr_assert_fail("nothing was heard");
	return NULL;
}

void
far_greeted(struct far_line *l, char whom[128])
{
	Sems__V1__ClientFrame *f = far_hear(l);

	cr_assert_not_null(f);
	cr_assert_eq(f->body_case, SEMS__V1__CLIENT_FRAME__BODY_HELLO);
	snprintf(whom, 128, "%s", f->hello->on_behalf_of == NULL ? "" : f->hello->on_behalf_of);
	sems__v1__client_frame__free_unpacked(f, NULL);
}

void
far_say_bytes(struct far_line *l, const void *p, size_t n)
{
	const char *at = p;

	while (n != 0) {
		ssize_t sent = send(l->fd, at, n, MSG_NOSIGNAL);

		cr_assert(sent > 0 || errno == EAGAIN);
		at += sent > 0 ? sent : 0;
		n -= sent > 0 ? (size_t)sent : 0;
		talk_wait(l->of->base);
	}
}

void
far_say(struct far_line *l, const Sems__V1__ServerFrame *f)
{
	struct buf out;

	buf_init(&out, 1u << 25);
	cr_assert(frame_put(&out, &f->base));
	far_say_bytes(l, out.p, out.n);
	buf_fini(&out);
}

void
far_welcome(struct far_line *l, const char *principal, const char *role)
{
	Sems__V1__ServerFrame f = SEMS__V1__SERVER_FRAME__INIT;
	Sems__V1__Welcome w = SEMS__V1__WELCOME__INIT;

	w.principal = (char *)principal;
	w.role = (char *)role;
	w.entity = (char *)"Northfield";
	f.body_case = SEMS__V1__SERVER_FRAME__BODY_WELCOME;
	f.welcome = &w;
	far_say(l, &f);
}

void
far_stored(struct far_line *l, uint64_t batch_no, uint32_t count)
{
	Sems__V1__ServerFrame f = SEMS__V1__SERVER_FRAME__INIT;
	Sems__V1__Result r = SEMS__V1__RESULT__INIT;
	Sems__V1__VerdictRun run = SEMS__V1__VERDICT_RUN__INIT, *runs[] = {&run};

	run.has_code = run.has_count = 1;
	run.code = SEMS__V1__VERDICT_CODE__VERDICT_CODE_STORED;
	run.count = count;
	r.has_batch_no = 1;
	r.batch_no = batch_no;
	r.n_verdicts = count != 0;
	r.verdicts = runs;
	f.body_case = SEMS__V1__SERVER_FRAME__BODY_RESULT;
	f.result = &r;
	far_say(l, &f);
}

void
far_refuse(struct far_line *l, int code, uint32_t retry_after_ms, const char *text)
{
	Sems__V1__ServerFrame f = SEMS__V1__SERVER_FRAME__INIT;
	Sems__V1__Refuse r = SEMS__V1__REFUSE__INIT;

	r.has_code = r.has_retry_after_ms = 1;
	r.code = (Sems__V1__RefuseCode)code;
	r.retry_after_ms = retry_after_ms;
	r.text = (char *)text;
	f.body_case = SEMS__V1__SERVER_FRAME__BODY_REFUSE;
	f.refuse = &r;
	far_say(l, &f);
}

static void
respond(struct far_line *l, Sems__V1__Response *r, uint64_t request_no)
{
	Sems__V1__ServerFrame f = SEMS__V1__SERVER_FRAME__INIT;

	r->has_request_no = r->has_code = 1;
	r->request_no = request_no;
	f.body_case = SEMS__V1__SERVER_FRAME__BODY_RESPONSE;
	f.response = r;
	far_say(l, &f);
}

void
far_document(struct far_line *l, uint64_t request_no, const char *piece, bool more)
{
	Sems__V1__Response r = SEMS__V1__RESPONSE__INIT;

	r.code = SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_OK;
	r.has_document = r.has_more = 1;
	r.document = (ProtobufCBinaryData){strlen(piece), (uint8_t *)piece};
	r.more = more;
	respond(l, &r, request_no);
}

void
far_fail(struct far_line *l, uint64_t request_no, int code, const char *field, const char *text)
{
	Sems__V1__Response r = SEMS__V1__RESPONSE__INIT;

	r.code = (Sems__V1__ResponseCode)code;
	r.field = (char *)field;
	r.text = (char *)text;
	respond(l, &r, request_no);
}
