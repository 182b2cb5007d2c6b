#include "tests/client/fake_daemon.h"

#include "wire/frame.h"

#include <criterion/criterion.h>

#include <sems/v1/protocol.pb-c.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct state {
	const enum fake_step *script;
	uint32_t batch_max;
	uint32_t window;
};

static void
send_frame(int fd, Sems__V1__ServerFrame *f)
{
	struct buf b;

	buf_init(&b, 1u << 20);
	frame_put(&b, &f->base);
	/* In two pieces: a frame may come in any. */
	if (b.n > 1 && send(fd, b.p, 1, MSG_NOSIGNAL) == 1)
		(void)!send(fd, b.p + 1, b.n - 1, MSG_NOSIGNAL);
	buf_fini(&b);
}

static void
welcome(int fd, const struct state *s)
{
	Sems__V1__ServerFrame f = SEMS__V1__SERVER_FRAME__INIT;
	Sems__V1__Welcome w = SEMS__V1__WELCOME__INIT;

	w.has_max_batch_records = 1;
	w.max_batch_records = s->batch_max;
	w.has_window_batches = 1;
	w.window_batches = s->window;
	w.entity = (char[]){"Test"};
	f.body_case = SEMS__V1__SERVER_FRAME__BODY_WELCOME;
	f.welcome = &w;
	send_frame(fd, &f);
}

static Sems__V1__VerdictRun
run_of(Sems__V1__VerdictCode code, size_t count)
{
	Sems__V1__VerdictRun v = SEMS__V1__VERDICT_RUN__INIT;

	v.has_code = 1;
	v.code = code;
	v.has_count = 1;
	v.count = (uint32_t)count;
	v.has_retry_after_ms = code == SEMS__V1__VERDICT_CODE__VERDICT_CODE_RETRY;
	v.retry_after_ms = 20;
	return v;
}

static Sems__V1__VerdictCode
verdict_of(enum fake_step step)
{
	if (step == FAKE_QUARANTINE)
		return SEMS__V1__VERDICT_CODE__VERDICT_CODE_QUARANTINED;
	return step == FAKE_LATER ? (Sems__V1__VerdictCode)99
				  : SEMS__V1__VERDICT_CODE__VERDICT_CODE_STORED;
}

static void
answer(int fd, const Sems__V1__Batch *batch, enum fake_step step)
{
	Sems__V1__ServerFrame f = SEMS__V1__SERVER_FRAME__INIT;
	Sems__V1__Result r = SEMS__V1__RESULT__INIT;
	size_t n = batch->n_records - (step == FAKE_FEWER);
	size_t half = step == FAKE_RETRY ? n / 2 : n;
	Sems__V1__VerdictRun runs[2] = {
	    run_of(verdict_of(step), half),
	    run_of(SEMS__V1__VERDICT_CODE__VERDICT_CODE_RETRY, n - half),
	};
	Sems__V1__VerdictRun *list[2] = {&runs[0], &runs[1]};

	r.has_batch_no = 1;
	r.batch_no = batch->batch_no;
	r.verdicts = list;
	r.n_verdicts = step == FAKE_RETRY ? 2 : 1;
	f.body_case = SEMS__V1__SERVER_FRAME__BODY_RESULT;
	f.result = &r;
	send_frame(fd, &f);
}

static bool
is_refusal(enum fake_step step)
{
	return step == FAKE_REFUSE || step == FAKE_REFUSE_LATER || step == FAKE_REFUSE_ENDS;
}

static void
refuse(int fd, enum fake_step step)
{
	Sems__V1__ServerFrame f = SEMS__V1__SERVER_FRAME__INIT;
	Sems__V1__Refuse r = SEMS__V1__REFUSE__INIT;

	r.has_code = 1;
	r.code = step == FAKE_REFUSE ? SEMS__V1__REFUSE_CODE__REFUSE_CODE_SHUTDOWN
				     : (Sems__V1__RefuseCode)42;
	r.has_retry_after_ms = 1;
	r.retry_after_ms = step == FAKE_REFUSE_ENDS ? 0 : 10;
	f.body_case = SEMS__V1__SERVER_FRAME__BODY_REFUSE;
	f.refuse = &r;
	send_frame(fd, &f);
}

/* Requests: of a status, a document in three pieces; of anything else, FORBIDDEN. */
static void
respond(int fd, const Sems__V1__Request *q)
{
	static const char *const pieces[] = {"{\"a\":", "[1,2", "]}"};
	bool known = q->body_case == SEMS__V1__REQUEST__BODY_STATUS;

	for (size_t i = 0; i < (known ? 3 : 1); i++) {
		Sems__V1__ServerFrame f = SEMS__V1__SERVER_FRAME__INIT;
		Sems__V1__Response r = SEMS__V1__RESPONSE__INIT;

		r.has_request_no = 1;
		r.request_no = q->request_no;
		r.has_code = 1;
		r.code = known ? SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_OK
			       : SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_FORBIDDEN;
		r.text = (char[]){"your role is device"};
		r.has_document = known;
		r.document = (ProtobufCBinaryData){strlen(pieces[i]), (uint8_t *)pieces[i]};
		r.has_more = 1;
		r.more = known && i < 2;
		f.body_case = SEMS__V1__SERVER_FRAME__BODY_RESPONSE;
		f.response = &r;
		send_frame(fd, &f);
	}
}

/* False: the connection is to close. */
static bool
serve_batch(int fd, struct state *s, const Sems__V1__Batch *batch)
{
	enum fake_step step = *s->script != 0 ? *s->script++ : FAKE_STORE;

	if (batch->n_records > s->batch_max)
		return false;
	if (is_refusal(step))
		refuse(fd, step);
	if (step == FAKE_NONSENSE)
		(void)!send(fd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, MSG_NOSIGNAL);
	if (step == FAKE_CUT || step == FAKE_DROP || is_refusal(step) || step == FAKE_NONSENSE)
		return false;
	/* Field 15 of a ServerFrame. */
	if (step == FAKE_LATER)
		(void)!send(fd, "\x03\x7a\x01x", 4, MSG_NOSIGNAL);
	answer(fd, batch, step);
	return true;
}

static bool
serve_frame(int fd, struct state *s, struct text body)
{
	Sems__V1__ClientFrame *f =
	    sems__v1__client_frame__unpack(NULL, body.n, (const uint8_t *)body.s);
	bool go_on = f != NULL;

	if (f != NULL && f->body_case == SEMS__V1__CLIENT_FRAME__BODY_HELLO)
		welcome(fd, s);
	else if (f != NULL && f->body_case == SEMS__V1__CLIENT_FRAME__BODY_BATCH)
		go_on = serve_batch(fd, s, f->batch);
	else if (f != NULL)
		respond(fd, f->request);
	if (f != NULL)
		sems__v1__client_frame__free_unpacked(f, NULL);
	return go_on;
}

static void
serve(int fd, struct state *s)
{
	unsigned char chunk[65536];
	bool go_on = true;
	struct buf in;
	ssize_t n;

	buf_init(&in, 4u << 20);
	while (go_on && (n = recv(fd, chunk, sizeof chunk, 0)) > 0) {
		struct text body;
		struct err e;
		size_t used;

		buf_add(&in, chunk, (size_t)n);
		while (go_on &&
		       frame_next(in.p, in.n, FRAME_BYTES_MAX, &body, &used, &e) == FRAME_READY) {
			go_on = serve_frame(fd, s, body);
			buf_consume(&in, used);
		}
	}
	buf_fini(&in);
	close(fd);
}

void
fake_daemon_start(struct fake_daemon *d, const enum fake_step *script, uint32_t batch_max,
		  uint32_t window)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	struct state s = {script, batch_max, window};
	int fd;

	snprintf(d->folder, sizeof d->folder, "/tmp/fake_daemon.XXXXXX");
	cr_assert_not_null(mkdtemp(d->folder));
	snprintf(d->address, sizeof d->address, "%s/sock", d->folder);
	snprintf(sun.sun_path, sizeof sun.sun_path, "%s", d->address);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	cr_assert_eq(bind(fd, (struct sockaddr *)&sun, sizeof sun), 0);
	cr_assert_eq(listen(fd, 8), 0);
	d->pid = fork();
	if (d->pid == 0)
		for (;;)
			serve(accept(fd, NULL, NULL), &s);
	close(fd);
}

void
fake_daemon_stop(struct fake_daemon *d)
{
	kill(d->pid, SIGKILL);
	waitpid(d->pid, NULL, 0);
	unlink(d->address);
	rmdir(d->folder);
}
