/*
 * The same records, counted three ways: from day counts (whatever was counted when, and touched
 * since), from the records by SQL, and by the core's own fold over rows that are read plainly here.
 * Random records, corrections and voids, written in random order, some of them twice.
 */
#include "base/count.h"
#include "core/metric/figure.h"
#include "store/count/counting.h"
#include "tests/lib/machine_walk.h"
#include "tests/store/spd_fixture.h"

#include <criterion/criterion.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS 160
#define HOUR    (INT64_C(3600) * 1000)
#define START   INT64_C(1774998000000) /* 2026-03-31T23:00Z, the quarter's first instant */
#define END     INT64_C(1782860400000)

STORE_SUITE(counting, fixture_open, 120);

static uint64_t seed;

static unsigned
random_to(unsigned n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % n;
}

/* --- records that may come in any order ------------------------------------------------------- */

struct recipe {
	enum kind_id kind;
	int64_t at;
	uint64_t salt; /* what its fields are made of */
	unsigned number;
	int corrects; /* the recipe; -1: none */
	int64_t corrected_at;
};

static struct recipe recipes[RECORDS];

/* Few days, so that they meet; some at their very edges, some of other quarters. */
static int64_t
random_time(void)
{
	static const int64_t days[] = {0, 0, 1, 5, 6, 40, 90};
	int64_t at = START + days[random_to(7)] * 24 * HOUR;

	switch (random_to(8)) {
	case 0:
		return at;
	case 1:
		return at + 24 * HOUR - 1;
	case 2:
		return random_to(2) == 0 ? START - 1 - random_to(1000) : END + random_to(1000);
	default:
		return at + random_to(24 * 60) * INT64_C(60000);
	}
}

static enum kind_id
random_kind(void)
{
	static const enum kind_id often[] = {KIND_TIP_EVENT,   KIND_TIP_EVENT,  KIND_TIP_EVENT,
					     KIND_TIP_SESSION, KIND_ACTIVITY,   KIND_TEST,
					     KIND_OBSERVATION, KIND_TIP_SESSION};

	return often[random_to(8)];
}

static void
make_recipes(uint64_t from)
{
	seed = from;
	for (unsigned i = 0; i < RECORDS; i++) {
		struct recipe *r = &recipes[i];

		*r = (struct recipe){.kind = random_kind(), .number = i, .corrects = -1};
		r->at = random_time();
		r->salt = seed;
		if (i < 20 || random_to(3) != 0)
			continue;
		/* Of roots only; at times one that is corrected already. */
		int root = (int)random_to(i);
		if (recipes[root].corrects >= 0)
			root = recipes[root].corrects;
		r->corrects = root;
		r->corrected_at = END + random_to(5) * HOUR;
		r->kind = random_to(4) == 0 ? KIND_VOID : recipes[root].kind;
		if (random_to(2) == 0)
			r->at = recipes[root].at;
	}
}

static struct uuid
id_of(const struct recipe *r)
{
	unsigned char rest[10] = {0};

	rest[8] = (unsigned char)(r->number >> 8);
	rest[9] = (unsigned char)r->number;
	return uuid_at((struct utc_ms){r->at}, rest, false);
}

static void
set_one_of(struct sample *s, const char *field, const char *const *values, unsigned n)
{
	sample_set(s, field, values[random_to(n)]);
}
#define ONE_OF(s, field, ...)                                    \
	set_one_of(s, field, (const char *const[]){__VA_ARGS__}, \
		   sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void
fill_event(struct sample *s)
{
	ONE_OF(s, "device_id", "d1", "d2", "d3", "d4");
	ONE_OF(s, "stream", "CABIN", "HOLD", "");
	ONE_OF(s, "threat_category", "GUN", "BLADE", "");
	ONE_OF(s, "library_version", "1", "2");
	ONE_OF(s, "outcome", "HIT", "HIT", "MISS_DECIDED", "MISS_TIMEOUT", "ABORTED");
	ONE_OF(s, "abort_reason", "LOGOFF", "");
	ONE_OF(s, "response_ms", "", "1000", "1500", "2200", "4100");
	ONE_OF(s, "screener_id", "p1", "p2", "");
	ONE_OF(s, "login_session_id", "l1", "l2", "");
}

static void
fill_session(struct sample *s)
{
	ONE_OF(s, "device_id", "d3", "d4", "d5");
	ONE_OF(s, "stream", "CABIN", "HOLD");
	ONE_OF(s, "images_viewed", "900", "");
	ONE_OF(s, "non_tip_alarms", "7", "899", "");
	ONE_OF(s, "hits", "8", "120", "");
	ONE_OF(s, "tip_enabled_seconds", "100", "");
	ONE_OF(s, "screener_id", "p2", "p3", "");
	ONE_OF(s, "login_session_id", "l1", "l2", "");
}

static void
fill(struct sample *s)
{
	ONE_OF(s, "site_id", "north", "south");
	ONE_OF(s, "measure_code", "4.1", "5.2");
	if (s->r.kind->id == KIND_TIP_EVENT)
		fill_event(s);
	if (s->r.kind->id == KIND_TIP_SESSION)
		fill_session(s);
	if (s->r.kind->id == KIND_ACTIVITY) {
		ONE_OF(s, "activity", "CABIN_BAGS", "STAFF_SCREENED", "ACCESS_TRANSACTIONS");
		ONE_OF(s, "means", "NORMAL", "DEGRADED", "");
		ONE_OF(s, "method", "COUNTED", "ESTIMATED");
	}
	if (s->r.kind->id == KIND_TEST) {
		ONE_OF(s, "mode", "COVERT", "COVERT", "OVERT");
		ONE_OF(s, "outcome", "PASS", "FAIL", "INVALID");
		ONE_OF(s, "embargo", "", "", "1");
		ONE_OF(s, "debriefed_at", "", "1782860400000");
		ONE_OF(s, "commissioned_by", "", "REGULATOR", "INTERNAL");
	}
}

/* None, within the day, after more than a day, at the end of the quarter. */
static void
set_end(struct sample *s, int64_t at)
{
	static const int64_t hours[] = {1, 5, 30};
	char end[24];
	unsigned i = random_to(5);

	snprintf(end, sizeof end, "%" PRId64, i < 3 ? at + hours[i] * HOUR : END);
	sample_set(s, "occurred_end", i == 4 ? "" : end);
}

static void
add_record(struct group *g, const struct recipe *r)
{
	static struct sample s;
	char number[24];
	char raw[24];
	uint64_t before = seed;

	seed = r->salt;
	sample_make(&s, r->kind);
	fill(&s);
	sample_move(&s, r->at);
	s.v[ENV_RECORD_ID].uuid = id_of(r);
	set_end(&s, r->at);
	if (r->corrects >= 0) {
		struct uuid root = id_of(&recipes[r->corrects]);

		s.v[ENV_CORRECTS_RECORD_ID] = (struct value){.set = true, .uuid = root};
		snprintf(number, sizeof number, "%" PRId64, r->corrected_at);
		sample_set(&s, "corrected_at", number);
	}
	snprintf(raw, sizeof raw, "%u", r->number);
	struct item *it = fixture_add(g, &s, raw);
	if (kind_field_index(s.r.kind, TEXT_LIT("screener_id")) < kind_n_fields(s.r.kind) &&
	    fixture_value(it, "screener_id")->set) {
		static const char people[4][17] = {"screener number1", "screener number2",
						   "screener number3", "screener number4"};
		fixture_value(it, "screener_id")->text = (struct text){people[random_to(4)], 16};
	}
	seed = before;
}

static void
shuffle(unsigned order[RECORDS])
{
	for (unsigned i = 0; i < RECORDS; i++)
		order[i] = i;
	for (unsigned i = RECORDS - 1; i > 0; i--) {
		unsigned j = random_to(i + 1);
		unsigned t = order[i];

		order[i] = order[j];
		order[j] = t;
	}
}

static void
write_group(const unsigned *numbers, size_t n, bool late)
{
	struct group *g = fixture_group();

	g->received_at.v = late ? END + 1 : END - 1;
	for (size_t i = 0; i < n; i++)
		if ((numbers[i] % 3 == 0) == late)
			add_record(g, &recipes[numbers[i]]);
	if (g->n > 0)
		fixture_write(&f, g);
	fixture_free(g);
}

/* Writes some; again what was written before, at times. */
static void
write_some(const unsigned order[RECORDS], unsigned from, unsigned to)
{
	unsigned numbers[RECORDS + 1];
	size_t n = 0;

	for (unsigned i = from; i < to; i++)
		numbers[n++] = order[i];
	if (from > 0 && random_to(3) == 0)
		numbers[n++] = order[random_to(from)];
	write_group(numbers, n, false);
	write_group(numbers, n, true);
}

/* --- comparing ---------------------------------------------------------------------------------
 */

/* Without what differs from one moment to the next. */
static char *
dump(json_t *doc)
{
	json_object_del(doc, "as_of");
	char *text = json_dumps(doc, JSON_SORT_KEYS | JSON_INDENT(1));
	json_decref(doc);
	return text;
}

static void
compare(const char *a, const char *b, const char *when)
{
	size_t i = 0;

	while (a[i] != '\0' && a[i] == b[i])
		i++;
	size_t before = i < 700 ? i : 700;
	cr_assert(a[i] == b[i], "%s: differs at byte %zu:\n%.900s\n--- and\n%.900s", when, i,
		  a + i - before, b + i - before);
}

static char *
counts_are_records(const char *when)
{
	char *counts = dump(spd_compute_from(&f, SPD_FROM_COUNTS));
	char *raw = dump(spd_compute_from(&f, SPD_FROM_RAW));

	compare(counts, raw, when);
	free(raw);
	return counts;
}

/* All records in some order, in pieces; counted in between, or not. */
static char *
play(uint64_t from)
{
	unsigned order[RECORDS];
	char *last = NULL;
	char when[64];

	seed = from;
	shuffle(order);
	for (unsigned at = 0; at < RECORDS;) {
		unsigned n = 1 + random_to(RECORDS / 3);
		unsigned to = at + n < RECORDS ? at + n : RECORDS;

		write_some(order, at, to);
		at = to;
		if (random_to(2) == 0)
			spd_recount(&f);
		snprintf(when, sizeof when, "order %" PRIu64 ", %u records", from, to);
		free(last);
		last = counts_are_records(when);
	}
	return last;
}

/* --- the core's own fold -----------------------------------------------------------------------
 */

struct stored {
	json_t *row;
	bool counts;
};

struct world {
	struct stored rows[4 * RECORDS];
	size_t n;
};

static const char *
text_at(const json_t *row, const char *name)
{
	static char number[8][24];
	static int at;
	const json_t *v = json_object_get(row, name);

	if (v == NULL || json_is_null(v))
		return NULL;
	if (json_is_string(v))
		return json_string_value(v);
	at = (at + 1) % 8;
	if (json_is_integer(v))
		snprintf(number[at], 24, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else
		snprintf(number[at], 24, "%s", json_is_true(v) ? "true" : "false");
	return number[at];
}

static const char *
root_of(const json_t *row)
{
	const char *root = text_at(row, "corrects_record_id");

	return root != NULL ? root : text_at(row, "record_id");
}

static bool
is_newer(const json_t *a, const json_t *b)
{
	json_int_t x = json_integer_value(json_object_get(a, "_corrected"));
	json_int_t y = json_integer_value(json_object_get(b, "_corrected"));

	return x != y ? x > y : strcmp(text_at(a, "record_id"), text_at(b, "record_id")) > 0;
}

/* What counts of a root and its corrections, by the rule and nothing else. */
static bool
is_effective(const struct world *w, const json_t *row)
{
	bool corrects = text_at(row, "corrects_record_id") != NULL;

	if (strcmp(text_at(row, "_kind"), "void") == 0)
		return false;
	for (size_t i = 0; i < w->n; i++) {
		const json_t *other = w->rows[i].row;

		if (other == row || text_at(other, "corrects_record_id") == NULL ||
		    strcmp(root_of(other), root_of(row)) != 0)
			continue;
		if (strcmp(text_at(other, "_kind"), "void") == 0 || !corrects ||
		    is_newer(other, row))
			return false;
	}
	return true;
}

static void
load_kind(struct world *w, const char *kind)
{
	char sql[400];

	snprintf(
	    sql, sizeof sql,
	    "SELECT to_jsonb(r) || jsonb_build_object('_kind', '%s', 'measure', r.measure_code,"
	    " '_at', (extract(epoch FROM r.occurred_at) * 1000)::bigint,"
	    " '_corrected', (extract(epoch FROM coalesce(r.corrected_at, r.occurred_at)) * 1000)"
	    "::bigint, '_end', (extract(epoch FROM r.occurred_end) * 1000)::bigint)"
	    " FROM sems.%s r",
	    kind, kind);
	PGresult *res = PQexec(f.pg, sql);
	cr_assert_eq(PQresultStatus(res), PGRES_TUPLES_OK, "%s", PQerrorMessage(f.pg));
	for (int i = 0; i < PQntuples(res); i++) {
		json_error_t why;
		json_t *row = json_loads(PQgetvalue(res, i, 0), 0, &why);

		cr_assert_not_null(row, "%s", why.text);
		w->rows[w->n++] = (struct stored){.row = row};
	}
	PQclear(res);
}

static bool
is_kind(const json_t *row, const char *kind)
{
	return strcmp(text_at(row, "_kind"), kind) == 0;
}

static bool
same_text(const json_t *a, const json_t *b, const char *key)
{
	const char *x = text_at(a, key);
	const char *y = text_at(b, key);

	return x == NULL || y == NULL ? x == y : strcmp(x, y) == 0;
}

static json_int_t
int_at(const json_t *row, const char *key)
{
	return json_integer_value(json_object_get(row, key));
}

static json_int_t
end_of(const json_t *row)
{
	return text_at(row, "_end") == NULL ? int_at(row, "_at") : int_at(row, "_end");
}

/* Both say the same, or one of them says nothing. */
static bool
agree(const json_t *a, const json_t *b, const char *key)
{
	return text_at(a, key) == NULL || text_at(b, key) == NULL || same_text(a, b, key);
}

static bool
same_login(const json_t *a, const json_t *b)
{
	return same_text(a, b, "site_id") && same_text(a, b, "device_id") &&
	       agree(a, b, "login_session_id") && agree(a, b, "screener_id");
}

/* Of the last instant that lies in it. Without an end: before the next one of its device. */
static json_int_t
session_end(const struct world *w, const json_t *s)
{
	json_int_t end = int_at(s, "_at") + 86400000;

	if (text_at(s, "_end") != NULL)
		return int_at(s, "_end");
	for (size_t i = 0; i < w->n; i++) {
		const json_t *o = w->rows[i].row;

		if (is_kind(o, "tip_session") && is_effective(w, o) && same_text(o, s, "site_id") &&
		    same_text(o, s, "device_id") && int_at(o, "_at") > int_at(s, "_at") &&
		    int_at(o, "_at") - 1 < end)
			end = int_at(o, "_at") - 1;
	}
	return end;
}

static bool
begins_later(const json_t *a, const json_t *b)
{
	json_int_t d = int_at(a, "_at") - int_at(b, "_at");

	return d > 0 || (d == 0 && strcmp(text_at(a, "record_id"), text_at(b, "record_id")) > 0);
}

static bool
lies_in(const struct world *w, const json_t *event, const json_t *session)
{
	json_int_t at = int_at(event, "_at");

	return at >= int_at(session, "_at") && at <= session_end(w, session) &&
	       same_login(event, session);
}

/* No session of the same login that began later has it. */
static bool
is_told_of(const struct world *w, const json_t *event, const json_t *session)
{
	for (size_t i = 0; i < w->n; i++) {
		const json_t *o = w->rows[i].row;

		if (is_kind(o, "tip_session") && is_effective(w, o) && same_login(o, session) &&
		    begins_later(o, session) && int_at(o, "_at") <= int_at(event, "_at"))
			return false;
	}
	return true;
}

/* By looking at every event. */
static void
derive_session(const struct world *w, json_t *row)
{
	json_int_t bags = int_at(row, "images_viewed") - int_at(row, "tip_shown");
	bool told = text_at(row, "images_viewed") != NULL && text_at(row, "tip_shown") != NULL &&
		    text_at(row, "non_tip_alarms") != NULL;
	json_int_t events = 0;
	json_int_t hits = 0;
	json_int_t misses = 0;
	json_int_t aborted = 0;

	for (size_t i = 0; i < w->n; i++) {
		const json_t *e = w->rows[i].row;
		const char *outcome;

		if (!is_kind(e, "tip_event") || !is_effective(w, e) || !lies_in(w, e, row))
			continue;
		events++;
		if (!is_told_of(w, e, row))
			continue;
		outcome = text_at(e, "outcome");
		hits += strcmp(outcome, "HIT") == 0;
		misses += strncmp(outcome, "MISS", 4) == 0;
		aborted += strcmp(outcome, "ABORTED") == 0;
	}
	json_object_set_new(row, "events_absent", json_boolean(events == 0));
	json_object_set_new(row, "bags_known",
			    json_boolean(told && int_at(row, "non_tip_alarms") <= bags));
	json_object_set_new(row, "contradictory",
			    json_boolean(told && int_at(row, "non_tip_alarms") > bags));
	if (events > 0) {
		json_int_t projected = hits + misses + aborted;
		json_int_t untold = int_at(row, "tip_shown") - projected;

		json_object_set_new(row, "event_hits", json_integer(hits));
		json_object_set_new(row, "event_shown", json_integer(hits + misses));
		json_object_set_new(row, "event_projected", json_integer(projected));
		json_object_set_new(row, "untold", json_integer(untold > 0 ? untold : 0));
	}
	if (text_at(row, "_end") != NULL)
		json_object_set_new(
		    row, "seconds",
		    json_integer((int_at(row, "_end") - int_at(row, "_at")) / 1000));
}

static bool
same_place(const json_t *a, const json_t *b)
{
	static const char *const keys[] = {"site_id",     "location_id", "measure_code",
					   "provider_id", "activity",    "means"};

	for (size_t i = 0; i < COUNT(keys); i++)
		if (!same_text(a, b, keys[i]))
			return false;
	return text_at(a, "location_id") != NULL || same_text(a, b, "source");
}

/* Which of two goes before: what began first, then the longest, then any one. */
static bool
is_before(const json_t *a, const json_t *b)
{
	json_int_t d = int_at(a, "_at") - int_at(b, "_at");
	int order;

	d = d != 0 ? d : end_of(b) - end_of(a);
	if (d != 0)
		return d < 0;
	order = strcmp(text_at(a, "method"), text_at(b, "method"));
	order = order != 0 ? order : strcmp(text_at(a, "record_id"), text_at(b, "record_id"));
	return (order != 0 ? order : strcmp(text_at(a, "source"), text_at(b, "source"))) < 0;
}

static json_int_t
count_until(const json_t *row, json_int_t at)
{
	long double part = (long double)(at - int_at(row, "_at")) /
			   (long double)(end_of(row) - int_at(row, "_at"));

	return llroundl(part * (long double)int_at(row, "count"));
}

/* An activity's share of the quarter, by looking at every other one. */
static void
derive_activity(struct world *w, struct stored *s)
{
	json_int_t own = int_at(s->row, "_at");
	json_int_t end = end_of(s->row);
	json_int_t counted = int_at(s->row, "count");

	s->counts = is_effective(w, s->row) && own < END && (own >= START || end > START);
	for (size_t i = 0; s->counts && i < w->n; i++) {
		const json_t *other = w->rows[i].row;

		if (is_kind(other, "activity") && is_effective(w, other) &&
		    same_place(other, s->row) && is_before(other, s->row) && end_of(other) > own)
			own = end_of(other);
	}
	own = own < START ? START : own;
	end = end > END ? END : end;
	if (own >= end && own > int_at(s->row, "_at"))
		counted = 0;
	else if (end_of(s->row) > int_at(s->row, "_at"))
		counted = count_until(s->row, end) - count_until(s->row, own);
	json_object_set_new(s->row, "counted", json_integer(counted));
}

static void
load_world(struct world *w)
{
	for (int k = 0; k < KIND_COUNT; k++)
		load_kind(w, kinds[k]->name);
	for (size_t i = 0; i < w->n; i++) {
		json_t *row = w->rows[i].row;
		json_int_t at = json_integer_value(json_object_get(row, "_at"));

		w->rows[i].counts = at >= START && at < END && is_effective(w, row);
		if (is_kind(row, "test") && (json_is_true(json_object_get(row, "embargo")) ||
					     (strcmp(text_at(row, "mode"), "COVERT") == 0 &&
					      text_at(row, "debriefed_at") == NULL)))
			w->rows[i].counts = false;
	}
	for (size_t i = 0; i < w->n; i++) {
		json_t *row = w->rows[i].row;

		if (is_kind(row, "activity"))
			derive_activity(w, &w->rows[i]);
		if (is_kind(row, "tip_session"))
			derive_session(w, row);
	}
}

static bool
is_among(const char *value, char *const *list, unsigned n)
{
	for (unsigned i = 0; value != NULL && i < n; i++)
		if (strcmp(value, list[i]) == 0)
			return true;
	return false;
}

static bool
holds(const json_t *row, const struct term *t, const struct condition *c)
{
	struct column col;

	cr_assert(view_column(t->view, c->field, &col));
	const char *v = text_at(row, col.name);
	if (c->in != NULL)
		return is_among(v, c->in, c->in_count);
	if (c->not_in != NULL)
		return !is_among(v, c->not_in, c->not_in_count);
	if (c->present != NULL)
		return (v != NULL) == *c->present;
	return v != NULL && (c->at_least != NULL ? strtoll(v, NULL, 10) >= *c->at_least
						 : strtoll(v, NULL, 10) <= *c->at_most);
}

static bool
is_of_term(const struct stored *s, const struct term *t)
{
	bool good = s->counts && is_kind(s->row, t->view->name);

	for (unsigned i = 0; good && i < t->where_count; i++)
		good = holds(s->row, t, &t->where[i]);
	return good;
}

static void
read_dims(const json_t *row, const struct metric *m, const struct view *v,
	  const char *dims[DIMENSIONS_MAX])
{
	for (unsigned d = 0; d < m->dimension_count; d++) {
		struct column col;
		bool has = view_column(v, m->dimension[d], &col) && col.type != COLUMN_OTHER;

		dims[d] = has ? text_at(row, col.name) : NULL;
	}
}

static void
fold_term(const struct world *w, struct fold *fold, const struct metric *m, unsigned group,
	  const struct term *t)
{
	const char *dims[DIMENSIONS_MAX] = {NULL};

	for (size_t i = 0; i < w->n; i++) {
		struct column col;
		const char *sum = "1";

		if (!is_of_term(&w->rows[i], t))
			continue;
		if (t->sum != NULL && view_column(t->view, t->sum, &col))
			sum = text_at(w->rows[i].row, col.name);
		if (sum == NULL)
			continue;
		read_dims(w->rows[i].row, m, t->view, dims);
		fold_add(fold, dims, group, (t->minus ? -1 : 1) * strtoll(sum, NULL, 10));
	}
}

static int
by_response(const void *a, const void *b)
{
	const struct stored *x = *(const struct stored *const *)a;
	const struct stored *y = *(const struct stored *const *)b;
	json_int_t i = json_integer_value(json_object_get(x->row, "response_ms"));
	json_int_t j = json_integer_value(json_object_get(y->row, "response_ms"));

	return (i > j) - (i < j);
}

static void
fold_quantile(struct world *w, struct fold *fold, const struct metric *m)
{
	static struct stored *list[4 * RECORDS];
	const char *dims[DIMENSIONS_MAX] = {NULL};
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		if (is_of_term(&w->rows[i], &m->denominator[0]) &&
		    text_at(w->rows[i].row, m->of) != NULL)
			list[n++] = &w->rows[i];
	qsort(list, n, sizeof *list, by_response);
	for (size_t i = 0; i < n; i++) {
		read_dims(list[i]->row, m, m->denominator[0].view, dims);
		fold_add_value(fold, dims, json_integer_value(json_object_get(list[i]->row, m->of)),
			       1);
	}
}

/* Counted here: what needs no more than the fields of these kinds. */
static bool
is_simple(const struct metric *m)
{
	static const char *const views[] = {"tip_event", "tip_session", "activity"};

	for (unsigned g = 0; g < metric_groups(m); g++) {
		unsigned n = 0;
		const struct term *t = metric_terms(m, g, &n);

		for (unsigned i = 0; i < n; i++) {
			bool known =
			    strcmp(t[i].view->name, "test") == 0 && m->dimension_count == 2;

			for (size_t v = 0; v < 3; v++)
				known = known || strcmp(views[v], t[i].view->name) == 0;
			if (!known)
				return false;
		}
	}
	return m->shape != SHAPE_PERSONS;
}

static void
say_by(const struct metric *m, const struct figure *g, char out[200])
{
	const struct breakdown *b = &m->breakdown[g->breakdown];
	size_t n = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < b->n; i++)
		n += (size_t)snprintf(out + n, 200 - n, "%s%s=%s", i == 0 ? "" : ",",
				      m->dimension[b->dimension[i]],
				      g->by[i] == NULL ? FIGURE_NOT_GIVEN : g->by[i]);
}

static void
check_figure(json_t *doc, const struct metric *m, const struct figure *g)
{
	char by[200];
	char n[24] = "-";
	char d[24] = "-";
	char v[24] = "-";
	char expected[120];

	say_by(m, g, by);
	if (g->has_numerator)
		snprintf(n, sizeof n, "%" PRId64, g->numerator);
	if (g->has_denominator)
		snprintf(d, sizeof d, "%" PRId64, g->denominator);
	if (g->has_value)
		snprintf(v, sizeof v, "%.6g", g->value);
	snprintf(expected, sizeof expected, "%s/%s %s %s", n, d, v,
		 g->no_data != NULL ? g->no_data : status_name(g->status));
	FIGURE_SAYS(doc, m->id, by, expected);
}

static size_t
figures_in(json_t *doc, const char *metric)
{
	json_t *m;
	size_t i;

	json_array_foreach(json_object_get(doc, "metrics"), i, m)
	{
		if (strcmp(json_string_value(json_object_get(m, "id")), metric) == 0)
			return json_array_size(json_object_get(m, "figures"));
	}
	return 0;
}

static unsigned
core_agrees(json_t *doc)
{
	static struct world w;
	struct err e = {0};
	struct arena *arena = arena_new(64u << 20);
	const struct catalogue *c = catalogue_at(arena, spd_catalogue(&e), "2026-04-01");
	unsigned checked = 0;

	w.n = 0;
	load_world(&w);
	for (unsigned i = 0; i < c->metrics_count; i++) {
		const struct metric *m = &c->metrics[i];
		struct fold *fold = fold_new(arena, m, NULL);
		size_t n_figures = 0;

		if (!is_simple(m))
			continue;
		for (unsigned g = 0; g < metric_groups(m); g++) {
			unsigned n = 0;
			const struct term *t = metric_terms(m, g, &n);

			for (unsigned j = 0; j < n && !(m->shape == SHAPE_QUANTILE && g < 2); j++)
				fold_term(&w, fold, m, g, &t[j]);
		}
		if (m->shape == SHAPE_QUANTILE)
			fold_quantile(&w, fold, m);
		struct figure **figures = fold_finish(fold, NULL, &n_figures);
		cr_expect_eq(figures_in(doc, m->id), n_figures, "%s: %zu figures, not %zu", m->id,
			     figures_in(doc, m->id), n_figures);
		for (size_t j = 0; j < n_figures; j++)
			check_figure(doc, m, figures[j]);
		checked += (unsigned)n_figures;
	}
	for (size_t i = 0; i < w.n; i++)
		json_decref(w.rows[i].row);
	arena_free(arena);
	return checked;
}

/* --- tests -------------------------------------------------------------------------------------
 */

Test(counting, goes_where_its_table_says)
{
	static const char *const edges[] = {
	    "weeks: nothing more to ask > what is counted, it failed > ended",
	    "what is counted: nothing more to ask > plans on, it failed > ended",
	    "plans on: nothing more to ask > what is not, it failed > ended",
	    "what is not: nothing more to ask > plans off, it failed > ended",
	    "plans off: nothing more to ask > records, it failed > ended",
	    "records: nothing more to ask > sums, it failed > ended",
	    ("sums: nothing more to ask > ended, it failed > ended, too much for one document > "
	     "sums"),
	    "ended: ",
	};

	MACHINE_WALK(&counting_machine, edges);
}

Test(counting, gives_the_same_from_counts_from_records_and_by_the_cores_fold)
{
	make_recipes(1);
	free(play(11));
	json_t *doc = spd_compute_from(&f, SPD_FROM_COUNTS);
	cr_expect_gt(core_agrees(doc), 100);
	json_decref(doc);
	/* Everything is counted now: the log is empty and no record is read any more. */
	spd_recount(&f);
	cr_expect_eq(cluster_int(f.pg, "SELECT count(*) FROM sems.touched_day"), 0);
	doc = spd_compute_from(&f, SPD_FROM_COUNTS);
	core_agrees(doc);
	json_decref(doc);
}

Test(counting, gives_the_same_in_whatever_order_records_come)
{
	struct fixture first = f;

	make_recipes(2);
	char *expected = play(21);
	fixture_open(&f);
	char *got = play(22);
	compare(got, expected, "another order");
	free(got);
	free(expected);
	fixture_close(&f);
	f = first;
}

/* What the first correction said no longer counts on its own day. */
Test(counting, takes_back_a_correction_on_its_day_when_another_replaces_it)
{
	static const int64_t days[] = {2, 9, 30};
	unsigned order[] = {0, 1, 2};

	for (unsigned i = 0; i < 3; i++)
		recipes[i] = (struct recipe){.kind = KIND_ACTIVITY,
					     .at = START + days[i] * 24 * HOUR,
					     .number = i,
					     .salt = i,
					     .corrects = i == 0 ? -1 : 0,
					     .corrected_at = END + i};
	for (unsigned i = 0; i < 3; i++) {
		write_group(&order[i], 1, i == 0);
		write_group(&order[i], 1, i != 0);
		free(counts_are_records("as it comes"));
		spd_recount(&f);
		free(counts_are_records("counted"));
		cr_expect_eq(cluster_int(f.pg, "SELECT sum(n) FROM sems.day_count JOIN sems.cube "
					       "USING (cube_id) WHERE name = 'activity'"),
			     1);
	}
}
