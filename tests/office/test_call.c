#include "base/count.h"
#include "base/json/jsonmem.h"
#include "office/call.h"
#include "tests/office/office.h"

#include <criterion/criterion.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An empty one of each: all of zero, whatever struct it is. */
static const char nothing[sizeof(struct setup_request)];

static struct request
request(enum request_kind kind)
{
	return (struct request){.kind = kind, .body = nothing};
}

/* Written once more from PROTOCOL.md, P-905: who may ask for a body at all, role by role in the
 * order of `roles`. `numbers` is for whoever has a grant, `import`, `device`, `passkey` and `case`
 * by their operation: an empty one is INVALID, whoever asks. */
static const char *const roles[] = {"none",    "device",     "supervisor", "tester", "auditor",
				    "manager", "compliance", "admin",      "gateway"};
static const char *const may[] = {
    [REQUEST_NONE] = "xxxxxxxxx",       [REQUEST_SETUP] = "------xx-",
    [REQUEST_STATUS] = "----xxxx-",     [REQUEST_SPD] = "----xxxx-",
    [REQUEST_RETENTION] = "------xx-",  [REQUEST_GAP] = "----xxxx-",
    [REQUEST_QUARANTINE] = "----x-xx-", [REQUEST_RECORD] = "---xxxxx-",
    [REQUEST_RECORDS] = "---xxxxx-",    [REQUEST_VERIFY] = "----xxxx-",
    [REQUEST_SIGN] = "----xxxx-",       [REQUEST_KEY] = "----xxxx-",
    [REQUEST_EXPLAIN] = "----xxxx-",    [REQUEST_PENDING] = "----xxxx-",
    [REQUEST_DOUBLES] = "----xxxx-",    [REQUEST_CALENDAR] = "----xxxx-",
    [REQUEST_NUMBERS] = "xxxxxxxx-",    [REQUEST_IMPORT] = "xxxxxxxxx",
    [REQUEST_TRACE] = "---xxxxx-",      [REQUEST_RELOAD] = "-------x-",
    [REQUEST_RIGHTS] = "xxxxxxxxx",     [REQUEST_DEVICE] = "xxxxxxxxx",
    [REQUEST_LOG] = "------xx-",        [REQUEST_HISTORY] = "----xxxx-",
    [REQUEST_HOLD] = "------xx-",       [REQUEST_HEALTH] = "-------xx",
    [REQUEST_PASSKEY] = "xxxxxxxxx",    [REQUEST_IDENTITY] = "------xx-",
    [REQUEST_CASE] = "xxxxxxxxx",
};
COVERS(may, REQUEST_KINDS);

static void
ask_as(struct office *o, const char *role, enum request_kind kind, bool allowed)
{
	const struct request q = request(kind);
	bool refused = office_ask(o, &q) == CODE(FORBIDDEN);

	cr_expect_eq(!refused, allowed, "%s asks for %d: %s", role, (int)kind, o->text);
	if (!refused)
		return;
	cr_expect_not_null(strstr(o->text, role), "the answer names the role");
	cr_expect_not_null(strstr(o->text, "gives: role.give"), "and what gives another: %s",
			   o->text);
	cr_expect_not_null(strstr(o->next, "[{\"action\":\"role.give\",\"principal\":\"unix:"),
			   "%s", o->next);
}

/* P-905 */
Test(call, answers_each_role_what_it_may_ask_and_nothing_else)
{
	struct office o;

	office_open_set_up(&o);
	for (size_t r = 0; r < COUNT(roles); r++) {
		char name[32];

		snprintf(name, sizeof name, "unix:%s", roles[r]);
		office_be(&o, name, roles[r]);
		for (int kind = 0; kind < REQUEST_KINDS; kind++)
			ask_as(&o, roles[r], (enum request_kind)kind, may[kind][r] == 'x');
	}
	office_close(&o);
}

/* P-905 */
Test(call, names_those_who_give_a_role_to_those_who_read_what_is_kept)
{
	const struct request q = request(REQUEST_SETUP);
	struct office o;

	office_open_set_up(&o);
	office_be(&o, "unix:adam", "admin");
	office_be(&o, "unix:anna", "auditor");
	cr_assert_eq(office_ask(&o, &q), CODE(FORBIDDEN));
	cr_expect_not_null(strstr(o.text, "you are unix:anna with the role auditor; this takes the "
					  "role compliance or admin, which an admin ("),
			   "%s", o.text);
	cr_expect_not_null(strstr(o.text, "unix:adam"), "%s", o.text);
	cr_expect_not_null(strstr(o.text, ") gives: role.give"), "%s", o.text);
	cr_expect_str_eq(o.next, "[{\"action\":\"role.give\",\"principal\":\"unix:anna\","
				 "\"role\":\"compliance\"}]");
	office_be(&o, "unix:sue", "supervisor");
	cr_assert_eq(office_ask(&o, &q), CODE(FORBIDDEN));
	cr_expect_null(strstr(o.text, "unix:adam"), "%s", o.text);
	office_close(&o);
}

/* P-902, P-925 */
Test(call, says_that_it_does_not_know_a_request_without_a_body)
{
	const struct request q = {.kind = REQUEST_NONE};
	struct office o;

	office_open_set_up(&o);
	cr_assert_eq(office_ask(&o, &q), CODE(INVALID));
	cr_assert_str_eq(o.field, "body");
	office_close(&o);
}

/* --- memory ----------------------------------------------------------------------------------- */

static struct {
	unsigned long taken;
	unsigned long fail_at; /* 0: none does */
	bool from_then_on;
} memory;

static void *
take(size_t n)
{
	bool fails;

	if (office_reads || memory.fail_at == 0)
		return malloc(n);
	memory.taken++;
	fails =
	    memory.from_then_on ? memory.taken >= memory.fail_at : memory.taken == memory.fail_at;
	return fails ? NULL : malloc(n);
}

/* Each of the first, then fewer and fewer. */
static void
fail_next(bool from_then_on)
{
	memory.from_then_on = from_then_on;
	memory.fail_at += 1 + memory.fail_at / 4;
	memory.taken = 0;
}

/* All values of an answer: times differ, but none may be missing. */
static size_t
count_values(const json_t *j)
{
	json_t *value;
	const char *key;
	size_t n = 1;
	size_t i;

	json_object_foreach((json_t *)j, key, value) n += count_values(value);
	json_array_foreach((json_t *)j, i, value) n += count_values(value);
	return n;
}

/* Once whole, then without one allocation, or without any from then on. */
static void
ask_without_memory(struct office *o, const struct request *q, const char *what)
{
	size_t whole;

	memory.fail_at = 0;
	cr_assert_eq(office_ask(o, q), CODE(OK), "%s: %s", what, o->text);
	whole = count_values(o->json);
	for (int on = 0; on < 2; on++) {
		memory.fail_at = 0;
		do {
			fail_next(on != 0);
			office_ask(o, q);
			if (o->code == CODE(OK))
				cr_expect_eq(count_values(o->json), whole,
					     "%s without allocation %lu", what, memory.fail_at);
			else
				cr_expect(o->code == CODE(UNAVAILABLE) &&
					      strstr(o->text, "out of memory") != NULL,
					  "%s without allocation %lu: %d %s: %s", what,
					  memory.fail_at, o->code, o->field, o->text);
		} while (memory.taken >= memory.fail_at);
	}
	memory.fail_at = 0;
}

static void
open_with_records(struct office *o)
{
	static char nowhere[] = "T9";
	Sems__V1__Record *r;

	office_open_set_up(o);
	for (unsigned n = 1; n < 4; n++)
		office_send(o, office_activity(office_time("2026-02-14T09:00:00Z"), n));
	r = office_activity(office_time("2026-05-14T09:00:00Z"), 4);
	r->site_id = nowhere;
	office_send(o, r);
	jsonmem_watch(take);
}

Test(call, answers_whole_or_says_that_memory_ran_out)
{
	const struct setup_site sites[] = {{.site_id = "T3"}};
	const struct setup_request setup = {.entity = "Example Airport",
					    .zone = "Europe/London",
					    .sites = sites,
					    .n_sites = COUNT(sites)};
	const struct spd_request show = office_spd(OP(SHOW), "2026-Q1", 0);
	const struct spd_request list = office_spd(OP(STATUS), "2026-Q1", 0);
	const struct quarantine_request quarantine = {.operation = QUARANTINE_OP_LIST};
	const struct request q[] = {
	    {.kind = REQUEST_SETUP, .setup = &setup},
	    {.kind = REQUEST_STATUS},
	    {.kind = REQUEST_SPD, .spd = &show},
	    request(REQUEST_RETENTION),
	    {.kind = REQUEST_QUARANTINE, .quarantine = &quarantine},
	    {.kind = REQUEST_SPD, .spd = &list},
	};
	struct office o;

	open_with_records(&o);
	for (unsigned i = 0; i < COUNT(q); i++) {
		char what[16];

		snprintf(what, sizeof what, "request %u", i);
		ask_without_memory(&o, &q[i], what);
	}
	jsonmem_watch(malloc);
	office_close(&o);
}

static const char *
asked_with_conflicts(struct office *o, const struct request *q, const char *table, int times)
{
	static char said[600];

	cluster_conflict(o->pg, table, times, times % 2 == 0);
	office_ask(o, q);
	snprintf(said, sizeof said, "%d %s: %s", o->code, o->field, o->text);
	cluster_do(o->pg, "DROP FUNCTION public.conflict() CASCADE");
	return said;
}

Test(call, does_anew_what_others_changed_meanwhile_and_tells_nobody_a_code)
{
	const struct setup_request marks = {.marking = "OFFICIAL"};
	const struct spd_request freeze = office_spd(OP(FREEZE), "2026-Q1", 0);
	const struct spd_request comment = {.operation = OP(COMMENT),
					    .quarter = "2026-Q1",
					    .revision = 1,
					    .metric = "QN01",
					    .text = "The belt stood still."};
	const struct {
		const char *table;
		struct request q;
	} rows[] = {{"sems.setting", {.kind = REQUEST_SETUP, .setup = &marks}},
		    {"sems.spd_revision", {.kind = REQUEST_SPD, .spd = &freeze}},
		    {"sems.spd_event", {.kind = REQUEST_SPD, .spd = &comment}}};
	struct office o;

	open_with_records(&o);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *said = asked_with_conflicts(&o, &rows[i].q, rows[i].table, 1000);

		cr_expect_eq(o.code, CODE(UNAVAILABLE), "%s: %s", rows[i].table, said);
		cr_expect_str_eq(o.field, "");
		cr_expect_str_eq(o.text, "others changed the same at the same time: try again");
		said = asked_with_conflicts(&o, &rows[i].q, rows[i].table, 3);
		cr_expect_eq(o.code, CODE(OK), "%s: %s", rows[i].table, said);
	}
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.spd_revision"), 1);
	cr_expect_eq(
	    cluster_int(o.pg, "SELECT count(*) FROM sems.spd_event WHERE text IS NOT NULL"), 1);
	office_close(&o);
}

Test(call, freezes_whole_or_not_at_all_when_memory_runs_out)
{
	const struct spd_request freeze = office_spd(OP(FREEZE), "2026-Q1", 0);
	const struct spd_request show = office_spd(OP(SHOW), "2026-Q1", 0);
	const struct verify_request verify = {.quarter = "2026-Q1"};
	const struct request q = {.kind = REQUEST_VERIFY, .verify = &verify};
	struct office o;
	unsigned failed = 0;

	open_with_records(&o);
	/* What the document takes is tried above: here what comes with it and after it. */
	memory.fail_at = ULONG_MAX;
	memory.taken = 0;
	cr_assert_eq(office_ask_spd(&o, &show), CODE(OK), "%s", o.text);
	memory.fail_at = memory.taken;
	do {
		memory.fail_at += 23;
		memory.taken = 0;
		failed++;
		office_ask_spd(&o, &freeze);
		cr_expect(o.code == CODE(OK) || o.code == CODE(UNAVAILABLE), "%lu: %s",
			  memory.fail_at, o.text);
	} while (o.code != CODE(OK) &&
		 cluster_int(o.pg, "SELECT count(*) FROM sems.spd_revision") == 0);
	cr_expect_gt(failed, 10);
	memory.fail_at = 0;
	cr_assert_eq(office_ask(&o, &q), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "leaves"), 3);
	cr_expect_eq(json_array_size(json_object_get(o.json, "findings")), 0);
	jsonmem_watch(malloc);
	office_close(&o);
}
