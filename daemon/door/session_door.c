#include "door/session_door.h"

#include "base/count.h"
#include "base/text.h"
#include "door/request.h"

#include <sems/v1/protocol.pb-c.h>
#include <stdio.h>
#include <string.h>

#define CODE(name) [ANSWER_##name] = SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_##name

static const Sems__V1__ResponseCode codes[] = {
    [ANSWER_NONE] = SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_UNSPECIFIED,
    CODE(OK),
    CODE(INVALID),
    CODE(FORBIDDEN),
    CODE(NOT_FOUND),
    CODE(STATE),
    CODE(UNAVAILABLE),
    CODE(INTERNAL),
};
COVERS(codes, ANSWER_CODES);

static struct session_ref
session_of(const struct port *p)
{
	return (struct session_ref){(uint32_t)p->asker, (uint32_t)p->asker_generation};
}

static bool
is_gone(const struct port *p)
{
	return !ingest_is_open(p->door, session_of(p));
}

static bool
reply(const struct port *p, struct text json)
{
	return ingest_respond_document(p->door, session_of(p), p->request_no, json);
}

static void
fail(const struct port *p, const struct failure *f)
{
	Sems__V1__Response r = SEMS__V1__RESPONSE__INIT;
	char field[FAILURE_FIELD];
	char text[FAILURE_TEXT];
	char next[ERR_NEXT_SIZE];

	text_print(field, sizeof field, "%s", f->field);
	text_print(text, sizeof text, "%s", f->text);
	snprintf(next, sizeof next, "%s", f->next);
	r.has_request_no = r.has_code = r.has_more = 1;
	r.request_no = p->request_no;
	r.code = codes[f->code];
	r.field = field;
	r.text = text;
	r.has_next = next[0] != '\0';
	r.next = (ProtobufCBinaryData){strlen(next), (uint8_t *)next};
	r.has_retry_after_ms = f->retry_after_ms > 0;
	r.retry_after_ms = f->retry_after_ms;
	ingest_respond(p->door, session_of(p), &r);
}

static void
set_run(const struct port *p, int64_t run)
{
	ingest_set_run(p->door, session_of(p), run);
}

void
session_door_ask(struct admin *a, struct ingest *in, const struct ingest_request *r,
		 struct utc_ms now)
{
	static const struct port_ops ops = {
	    .is_gone = is_gone, .reply = reply, .fail = fail, .set_run = set_run};
	struct asking q = {
	    .arena = r->arena,
	    .who = {.principal = r->principal, .role = r->role, .gateway = r->gateway},
	    .port = {.ops = &ops,
		     .door = in,
		     .asker = r->session.id,
		     .asker_generation = r->session.generation,
		     .request_no = r->request->request_no},
	};

	if (request_read(r->request, r->arena, &q.request)) {
		admin_handle(a, &q, now);
		return;
	}
	fail(&q.port, &(struct failure){.code = ANSWER_UNAVAILABLE,
					.field = "",
					.text = "out of memory for a request; try again",
					.next = "",
					.retry_after_ms = RETRY_AFTER_MS});
	arena_free(r->arena);
}
