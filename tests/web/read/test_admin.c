#include "base/count.h"
#include "tests/web/shown.h"
#include "web/read/admin.h"

#include <criterion/criterion.h>

#include <string.h>

#define SETUP                                                                            \
	"{\"setup\":{\"principals\":[{\"principal\":\"web:<a>\",\"role\":\"admin\"}],"   \
	"\"spd_policy\":{\"approval\":\"THREE_PEOPLE\"},\"sources\":[{\"id\":\"<src>\"," \
	"\"senders\":[{\"principal\":\"device:x\",\"kinds\":[\"*\"]}]}],\"sites\":[],"   \
	"\"targets\":[{\"metric\":\"OUT01\",\"value\":0.8,\"approved_by\":\"<AM>\"}],"   \
	"\"not_applicable\":[{\"metric\":\"QN16\",\"reason\":\"<none>\"}]}}"

/* Each page with what it is to show of an answer, and that it is escaped. */
Test(admin, shows_what_is_set_up)
{
	static const struct {
		void (*print)(struct showing *s, struct buf *b);
		const char *answer, *shows;
	} rows[] = {
	    {people_print, SETUP, "web:&lt;a&gt;"},
	    {people_print, SETUP, "<dt>Who approves</dt><dd>THREE_PEOPLE</dd>"},
	    {grants_print, SETUP, "principal device:x, kinds *"},
	    {grants_print, SETUP, "<a href=\"/records?source=%3Csrc%3E\">&lt;src&gt;</a>"},
	    {grants_print, SETUP, "No site is registered."},
	    {targets_print, SETUP, "<td class=\"number\">0.8</td>"},
	    {targets_print, SETUP, "&lt;AM&gt;"},
	    {targets_print, SETUP, "&lt;none&gt;"},
	    {devices_print, "{\"devices\":[{\"principal\":\"device:<p>\"}]}", "device:&lt;p&gt;"},
	    {devices_print, "{\"devices\":[]}", "There are no devices yet."},
	    {retention_print,
	     "{\"may_go\":2,\"months\":[{\"kind\":\"test\",\"quarter\":\"2026-Q2\",\"why\":\"<w>\"}"
	     "]}",
	     "Months that may go: 2."},
	    {retention_print,
	     "{\"may_go\":2,\"months\":[{\"kind\":\"test\",\"quarter\":\"2026-Q2\",\"why\":\"<w>\"}"
	     "]}",
	     "&lt;w&gt;"},
	    {holds_print, "{\"holds\":[{\"hold_id\":1,\"reason\":\"<r>\"}]}", "&lt;r&gt;"},
	    {holds_print, "{\"holds\":[]}", "There is no legal hold."},
	    {log_print, "{\"entries\":[{\"number\":9,\"who\":\"<w>\",\"is\":{\"x\":\"<y>\"}}]}",
	     "x &lt;y&gt;"},
	    {log_print, "{\"entries\":[],\"next\":7}", "href=\"/admin?after=7\">"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *said;

		shown_begin(ROLE_ADMIN, "/admin", "");
		shown_said(0, rows[i].answer);
		said = shown_print(rows[i].print);
		cr_expect_not_null(strstr(said, rows[i].shows), "row %zu: %s", i, said);
		shown_end();
	}
}

Test(admin, asks_for_the_log_by_the_filters_of_the_address)
{
	struct showing *s =
	    shown_begin(ROLE_ADMIN, "/log",
			"who=web%3Arita&what=spd.&since=2026-05-01&until=2026-05-31&after=9");
	struct question q = {.texts = {NULL}};

	cr_assert(log_ask(s, &q, 0));
	cr_expect_str_eq(q.of.log.who, "web:rita");
	cr_expect_str_eq(q.of.log.what, "spd.");
	cr_expect_str_eq(q.of.log.since, "2026-05-01");
	cr_expect_str_eq(q.of.log.until, "2026-05-31");
	cr_expect_eq(q.of.log.after, 9);
	cr_expect_not(q.of.log.chain);
	shown_end();
	s = shown_begin(ROLE_ADMIN, "/people", "day=2026-03-31");
	cr_assert(setup_ask(s, &q, 0));
	cr_expect_str_eq(q.of.history.day, "2026-03-31");
	cr_assert(retention_ask(s, &q, 0));
	cr_expect_not(q.of.retention.run, "a page removes nothing");
	cr_assert(holds_ask(s, &q, 0));
	cr_expect_eq(q.of.hold.operation, SEMS__V1__HOLD_OPERATION__HOLD_OPERATION_LIST);
	cr_assert(devices_ask(s, &q, 0));
	cr_expect_eq(q.of.device.operation, SEMS__V1__DEVICE_OPERATION__DEVICE_OPERATION_LIST);
	shown_end();
}
