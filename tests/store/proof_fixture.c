#include "tests/store/proof_fixture.h"

#include "base/count.h"
#include "store/proof/proof_check.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static void
on_done(struct spd_run *r, const struct err *e)
{
	struct frozen *z = r->ctx;

	z->err = *e;
	z->done = true;
	if (e->code == OK) {
		z->doc = json_loadb((const char *)r->document.p, r->document.n, 0, NULL);
		memcpy(z->sha256, r->sha256, sizeof z->sha256);
	}
	spd_fini(r);
}

struct frozen
proof_freeze(struct fixture *f)
{
	struct frozen z = {0};
	struct spd_run r = {
	    .lanes = store_lanes(f->store),
	    .keys = store_keys(f->store),
	    .catalogue = spd_catalogue(&z.err),
	    .quarter = {2026, 2},
	    .task = SPD_TASK_FREEZE,
	    .by = "unix:anna",
	    .will = {.rights = right_set(ROLE_COMPLIANCE),
		     .reason = "a test",
		     .early = "a test",
		     .exclude = "a test"},
	    .done = on_done,
	    .ctx = &z,
	};

	spd_start(&r);
	for (int i = 0; i < 15000 && !z.done; i++)
		fixture_turn(f);
	cr_assert(z.done, "no answer");
	cr_assert_eq(z.err.code, OK, "%s: %s", z.err.where, z.err.text);
	return z;
}

void
proof_withdraw(struct fixture *f, int revision)
{
	char sql[300];

	snprintf(sql, sizeof sql,
		 "INSERT INTO sems.spd_event (quarter, revision, made_by, action, text) "
		 "VALUES ('2026-Q2', %d, 'unix:anna', 'WITHDRAW', 'a test')",
		 revision);
	cluster_do(f->pg, sql);
}

struct verified {
	bool done;
	json_t *report;
};

static void
on_checked(struct proof_check *c, const struct err *e)
{
	struct verified *v = c->ctx;

	cr_assert_eq(e->code, OK, "%s: %s", e->where, e->text);
	v->report = json_incref(c->report);
	v->done = true;
	proof_check_fini(c);
}

json_t *
proof_verify(struct fixture *f, bool may_see)
{
	struct verified v = {0};
	struct proof_check c = {.lanes = store_lanes(f->store),
				.keys = store_keys(f->store),
				.quarter = "2026-Q2",
				.revision = "0",
				.limit = "100",
				.may_see = may_see,
				.done = on_checked,
				.ctx = &v};

	proof_check_start(&c);
	for (int i = 0; i < 15000 && !v.done; i++)
		fixture_turn(f);
	cr_assert(v.done, "no answer");
	return v.report;
}

const char *
proof_counts(const json_t *report)
{
	static const char *const names[] = {"altered", "missing", "added", "late", "purged"};
	static char text[200];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < COUNT(names); i++) {
		json_int_t count = json_integer_value(
		    json_object_get(json_object_get(report, "counts"), names[i]));

		if (count != 0)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s%s %lld",
					      n == 0 ? "" : ", ", names[i], (long long)count);
	}
	return text;
}

const char *
proof_check_text(const json_t *report, const char *check)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(report, "checks"), i, one)
	{
		const char *text = json_string_value(json_object_get(one, "text"));

		if (strcmp(json_string_value(json_object_get(one, "check")), check) == 0)
			return text == NULL ? "" : text;
	}
	return "none";
}

void
proof_tamper(struct fixture *f, const char *sql)
{
	char all[4000];

	snprintf(all, sizeof all,
		 "SET session_replication_role = replica; %s; "
		 "SET session_replication_role = origin",
		 sql);
	cluster_do(f->pg, all);
}
