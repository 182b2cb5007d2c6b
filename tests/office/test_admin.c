/* Another door than sessions: whoever can make a port asks everything. */
#include "base/text.h"
#include "office/admin.h"
#include "tests/office/office.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <stdio.h>
#include <string.h>

OFFICE_SUITE(admin, office_open_set_up);

struct door {
	bool gone;
	bool full;
	int replies;
	int failures;
	int code;
	char text[FAILURE_TEXT];
	char json[65536];
};

static struct door door;

static bool
is_gone(const struct port *p)
{
	return ((struct door *)p->door)->gone;
}

static bool
reply(const struct port *p, struct text json)
{
	struct door *d = p->door;

	if (d->full)
		return false;
	d->replies++;
	text_print(d->json, sizeof d->json, "%.*s", (int)json.n, json.s);
	return true;
}

static void
fail(const struct port *p, const struct failure *f)
{
	struct door *d = p->door;

	d->failures++;
	d->code = f->code;
	snprintf(d->text, sizeof d->text, "%s", f->text);
}

static void
set_run(const struct port *p, int64_t run)
{
	(void)p;
	(void)run;
}

/* Asks for the status as somebody of this role, and waits until the door has an answer. */
static void
ask(enum role role)
{
	static const struct port_ops ops = {
	    .is_gone = is_gone, .reply = reply, .fail = fail, .set_run = set_run};
	const struct asking q = {.arena = arena_new(1 << 20),
				 .request = {.kind = REQUEST_STATUS},
				 .who = {.principal = TEXT_LIT("web:berta"), .role = role},
				 .port = {.ops = &ops, .door = &door}};

	admin_handle(o.admin, &q, o.now);
	for (int i = 0; i < 15000 && door.replies + door.failures == 0; i++) {
		const struct timeval turn = {0, 10000};

		event_base_loopexit(o.base, &turn);
		event_base_dispatch(o.base);
	}
	cr_assert_eq(door.replies + door.failures, 1, "%d and %d", door.replies, door.failures);
}

Test(admin, a_door_without_a_session_asks_and_is_answered)
{
	ask(ROLE_COMPLIANCE);
	cr_expect_eq(door.replies, 1);
	cr_expect_not_null(strstr(door.json, "\"Europe/London\""), "%.200s", door.json);
}

Test(admin, a_door_that_knows_somebody_without_the_right_is_refused_by_name)
{
	ask(ROLE_NONE);
	cr_expect_eq(door.code, CODE(FORBIDDEN));
	cr_expect_not_null(strstr(door.text, "you are web:berta"), "%s", door.text);
}

Test(admin, a_door_without_room_is_told_so)
{
	door.full = true;
	ask(ROLE_COMPLIANCE);
	cr_expect_eq(door.code, CODE(UNAVAILABLE));
	cr_expect_not_null(strstr(door.text, "no room for an answer"), "%s", door.text);
}

Test(admin, who_is_gone_gets_no_document)
{
	door.gone = true;
	ask(ROLE_COMPLIANCE);
	cr_expect_eq(door.replies, 0);
}
