/* Who asks in a session is asked for the session's principal and role, and answered in frames. */
#include "door/session_door.h"
#include "host/keyring.h"
#include "tests/ingest/fixture.h"
#include "tests/lib/temp.h"

#include <criterion/criterion.h>

#include <jansson.h>

#define ROLE_GIVE  "[{\"action\":\"role.give\""
#define CODE(name) SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_##name

static struct {
	struct ingest *in;
	struct keyring *keys;
	struct admin *admin;
	char keys_dir[TEMP_SIZE];
} door;

static void
on_output(void *ctx)
{
	(void)ctx;
}

/* No store: what is asked here is answered without one. */
static void
open_door(void)
{
	struct err e;

	temp_dir(door.keys_dir);
	cr_assert_eq(keyring_open(door.keys_dir, &door.keys, &e), OK, "%s", e.text);
	door.in = fixture_ingest(NULL);
	door.admin = admin_new(
	    &(struct admin_config){.ingest = door.in, .keys = door.keys, .on_output = on_output});
}

static void
close_door(void)
{
	admin_free(door.admin);
	ingest_free(door.in);
	keyring_free(door.keys);
	cr_expect(temp_remove(door.keys_dir));
}

TestSuite(session_door, .init = open_door, .fini = close_door);

static void
ask(struct session_ref s, Sems__V1__Request *q)
{
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	struct ingest_request r;

	q->has_request_no = 1;
	q->request_no = 9;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_REQUEST;
	f.request = q;
	fixture_feed(door.in, s, &f.base);
	cr_assert(ingest_take_request(door.in, &r));
	session_door_ask(door.admin, door.in, &r, (struct utc_ms){T0});
}

static Sems__V1__ServerFrame *
hear(struct session_ref s)
{
	Sems__V1__ServerFrame *f = fixture_answer(door.in, s);

	cr_assert_not_null(f);
	cr_assert_eq(f->body_case, SEMS__V1__SERVER_FRAME__BODY_RESPONSE);
	cr_assert_eq(f->response->request_no, 9);
	return f;
}

static Sems__V1__Request
about_keys(void)
{
	static Sems__V1__KeyRequest key = SEMS__V1__KEY_REQUEST__INIT;
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;

	q.body_case = SEMS__V1__REQUEST__BODY_KEY;
	q.key = &key;
	return q;
}

Test(session_door, answers_with_a_document)
{
	struct session_ref s = fixture_session(door.in, "unix:anna");
	Sems__V1__Request q = about_keys();
	Sems__V1__ServerFrame *f;
	json_t *answer;

	ask(s, &q);
	f = hear(s);
	cr_assert_eq(f->response->code, CODE(OK), "%s", f->response->text);
	cr_expect_not(f->response->more);
	answer = json_loadb((const char *)f->response->document.data, f->response->document.len, 0,
			    NULL);
	cr_expect(json_is_array(json_object_get(answer, "keys")));
	json_decref(answer);
	sems__v1__server_frame__free_unpacked(f, NULL);
}

Test(session_door, answers_a_failure_with_code_field_and_text)
{
	struct session_ref s = fixture_session(door.in, "unix:anna");
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	Sems__V1__ServerFrame *f;

	ask(s, &q);
	f = hear(s);
	cr_expect_eq(f->response->code, CODE(INVALID));
	cr_expect_str_eq(f->response->field, "body");
	cr_expect_not(f->response->has_retry_after_ms);
	cr_expect_not(f->response->has_next);
	sems__v1__server_frame__free_unpacked(f, NULL);
}

Test(session_door, asks_as_whom_the_session_knows)
{
	struct session_ref s = fixture_session(door.in, "unix:lane");
	Sems__V1__Request q = about_keys();
	Sems__V1__ServerFrame *f;

	ask(s, &q);
	f = hear(s);
	cr_expect_eq(f->response->code, CODE(FORBIDDEN));
	cr_expect_not_null(strstr(f->response->text, "you are unix:lane with the role device"),
			   "%s", f->response->text);
	cr_expect(f->response->has_next);
	cr_expect_eq(memcmp(f->response->next.data, ROLE_GIVE, strlen(ROLE_GIVE)), 0);
	sems__v1__server_frame__free_unpacked(f, NULL);
}
