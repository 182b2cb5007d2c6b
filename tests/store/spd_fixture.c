#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

struct answer {
	bool done;
	struct err err;
	json_t *doc;
};

void
spd_add_at(struct fixture *f, const char *at, const char *kind, int n, const char *columns,
	   const char *values)
{
	static char sql[8192];

	snprintf(sql, sizeof sql, "SELECT sems.make_partition('%s', '%s')", kind, at);
	cluster_do(f->pg, sql);
	snprintf(
	    sql, sizeof sql,
	    "INSERT INTO sems.%s (record_id, source, site_id, measure_code, occurred_at, "
	    "received_at, received_from%s) SELECT overlay(gen_random_uuid()::text PLACING "
	    "substr(x, 1, 8) || '-' || substr(x, 9, 4) FROM 1 FOR 13)::uuid, 'src', 'N1', '4.1',"
	    " '%s'::timestamptz, '%s'::timestamptz + interval '1 hour', 'test'%s"
	    " FROM generate_series(1, %d) AS i,"
	    " lpad(to_hex((extract(epoch FROM '%s'::timestamptz) * 1000)::bigint), 12, '0') AS x",
	    kind, columns, at, at, values, n, at);
	cluster_do(f->pg, sql);
}

void
spd_add(struct fixture *f, const char *kind, int n, const char *columns, const char *values)
{
	spd_add_at(f, IN_Q2, kind, n, columns, values);
}

static void
on_done(struct spd_run *r, const struct err *e)
{
	struct answer *a = r->ctx;
	json_error_t why;

	a->err = *e;
	if (e->code == OK) {
		a->doc = json_loadb((const char *)r->document.p, r->document.n, 0, &why);
		cr_assert_not_null(a->doc, "%s", why.text);
	}
	a->done = true;
	spd_fini(r);
}

static enum spd_source source = SPD_FROM_COUNTS;
/* Tests count by hand, and few. */
static bool shows_small = true;

static struct answer
run(struct fixture *f, enum spd_task task, struct quarter q)
{
	struct answer a = {0};
	struct err e = {0};
	struct spd_run r = {
	    .lanes = store_lanes(f->store),
	    .keys = store_keys(f->store),
	    .catalogue = spd_catalogue(&e),
	    .quarter = q,
	    .task = task,
	    .source = source,
	    .by = "unix:anna",
	    .shows_small = shows_small,
	    .will = {.rights = right_set(ROLE_COMPLIANCE), .early = "test"},
	    .done = on_done,
	    .ctx = &a,
	};

	cr_assert_not_null(r.catalogue, "%s: %s", e.where, e.text);
	spd_start(&r);
	for (int i = 0; i < 15000 && !a.done; i++)
		fixture_turn(f);
	cr_assert(a.done, "no answer");
	return a;
}

json_t *
spd_compute_quarter(struct fixture *f, enum spd_task task, struct quarter q)
{
	struct answer a = run(f, task, q);

	cr_assert_eq(a.err.code, OK, "%s: %s", a.err.where, a.err.text);
	return a.doc;
}

json_t *
spd_compute(struct fixture *f, enum spd_task task)
{
	return spd_compute_quarter(f, task, (struct quarter){2026, 2});
}

json_t *
spd_compute_suppressed(struct fixture *f)
{
	json_t *doc;

	shows_small = false;
	doc = spd_compute(f, SPD_TASK_SHOW);
	shows_small = true;
	return doc;
}

json_t *
spd_compute_from(struct fixture *f, enum spd_source from)
{
	json_t *doc;

	source = from;
	doc = spd_compute(f, SPD_TASK_SHOW);
	source = SPD_FROM_COUNTS;
	return doc;
}

static void
on_recounted(struct recount_run *r, const struct err *e)
{
	bool *done = r->ctx;

	cr_assert_eq(e->code, OK, "%s: %s", e->where, e->text);
	*done = true;
}

size_t
spd_recount(struct fixture *f)
{
	size_t n = 0;
	bool more = true;

	while (more) {
		struct err e = {0};
		bool done = false;
		struct recount_run r = {.lanes = store_lanes(f->store),
					.ticket = {.lane = LANE_DUTY},
					.catalogue = spd_catalogue(&e),
					.at_once = true,
					.done = on_recounted,
					.ctx = &done};

		recount_start(&r);
		for (int i = 0; i < 15000 && !done; i++)
			fixture_turn(f);
		cr_assert(done, "no answer");
		n += r.n_counted;
		more = r.more;
		recount_fini(&r);
	}
	return n;
}

enum code
spd_fails(struct fixture *f, enum spd_task task, struct quarter q)
{
	struct answer a = run(f, task, q);

	json_decref(a.doc);
	return a.err.code;
}

static bool
is_by(const json_t *figure, const char *by)
{
	const json_t *have = json_object_get(figure, "by");
	char copy[200];
	char *rest = copy;
	size_t n = 0;

	snprintf(copy, sizeof copy, "%s", by);
	for (char *pair = strsep(&rest, ","); pair != NULL && *pair != '\0';
	     pair = strsep(&rest, ",")) {
		char *key = strsep(&pair, "=");
		const char *value = json_string_value(json_object_get(have, key));

		if (value == NULL || strcmp(value, pair) != 0)
			return false;
		n++;
	}
	return json_object_size(have) == n;
}

json_t *
spd_figure(json_t *doc, const char *metric, const char *by)
{
	json_t *m;
	json_t *figure;
	size_t i;
	size_t j;

	json_array_foreach(json_object_get(doc, "metrics"), i, m)
	{
		if (strcmp(json_string_value(json_object_get(m, "id")), metric) != 0)
			continue;
		json_array_foreach(json_object_get(m, "figures"), j, figure)
		{
			if (is_by(figure, by))
				return figure;
		}
	}
	return NULL;
}

static void
add_number(char out[64], const json_t *v)
{
	if (json_is_integer(v))
		snprintf(out, 64, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_real(v))
		snprintf(out, 64, "%.6g", json_real_value(v));
	else
		snprintf(out, 64, "-");
}

const char *
spd_says(json_t *doc, const char *metric, const char *by)
{
	static char said[4][320];
	static int at;
	const json_t *f = spd_figure(doc, metric, by);
	char n[64];
	char d[64];
	char v[64];
	const char *reason;

	at = (at + 1) % 4;
	if (f == NULL)
		return "no figure";
	add_number(n, json_object_get(f, "numerator"));
	add_number(d, json_object_get(f, "denominator"));
	add_number(v, json_object_get(f, "value"));
	reason = json_string_value(json_object_get(f, "no_data"));
	snprintf(said[at], sizeof said[at], "%s/%s %s %s", n, d, v,
		 reason != NULL ? reason : json_string_value(json_object_get(f, "status")));
	return said[at];
}

json_int_t
spd_left_out(json_t *doc, const char *metric, const char *reason)
{
	json_t *x;
	size_t i;

	json_array_foreach(json_object_get(spd_figure(doc, metric, ""), "excluded"), i, x)
	{
		if (strcmp(json_string_value(json_object_get(x, "reason")), reason) == 0)
			return json_integer_value(json_object_get(x, "count"));
	}
	return -1;
}

json_int_t
spd_part(json_t *doc, const char *metric, const char *part)
{
	json_t *details = json_object_get(spd_figure(doc, metric, ""), "details");

	return json_integer_value(json_object_get(json_object_get(details, "parts"), part));
}

double
spd_detail(json_t *doc, const char *metric, const char *name)
{
	json_t *details = json_object_get(spd_figure(doc, metric, ""), "details");

	return json_number_value(json_object_get(details, name));
}
