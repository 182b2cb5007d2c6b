#include "tests/office/telling.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

int
office_tell(struct office *o, const struct case_event_told *events, size_t n)
{
	static char ids[TELL_MAX][16];
	static struct case_event_told list[TELL_MAX];
	static unsigned made;
	struct case_request q = {.operation = CASE_OP_TELL, .events = list, .n_events = n};

	for (size_t i = 0; i < n; i++) {
		list[i] = events[i];
		if (list[i].event_id.n != 0)
			continue;
		made++;
		memset(ids[i], 7, sizeof ids[i]);
		memcpy(ids[i], &made, sizeof made);
		list[i].event_id = (struct text){ids[i], sizeof ids[i]};
	}
	return office_ask(o, &(struct request){.kind = REQUEST_CASE, .cases = &q});
}

int
office_tell_one(struct office *o, struct case_event_told event)
{
	return office_tell(o, &event, 1);
}

void
office_told(struct office *o, struct case_event_told event, const char *state)
{
	cr_assert_eq(office_tell(o, &event, 1), CODE(OK), "%s: %s: %s", event.event, o->field,
		     o->text);
	cr_expect_str_eq(office_str(o, "results.0.verdict"), "STORED");
	cr_expect_str_eq(office_str(o, "results.0.state"), state);
}

void
office_as(struct office *o, const char *who)
{
	snprintf(o->principal, sizeof o->principal, "%s", who);
	o->owner = false;
}
