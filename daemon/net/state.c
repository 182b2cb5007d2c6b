#include "net/state.h"

#include "base/json/jsonout.h"

/* One list while it is filled. */
struct told {
	struct made rows;
	json_int_t n; /* all of them */
	struct utc_ms now;
};

static json_t *
instant(struct utc_ms t)
{
	char text[UTC_TEXT_SIZE];

	if (t.v == 0)
		return json_null();
	utc_format(t, text);
	return json_string(text);
}

static void
put(struct told *l, json_t *row)
{
	if (l->n++ < STATE_TOLD_MAX)
		made_append(&l->rows, row);
	else
		json_decref(row);
}

static json_t *
list_json(struct told *l)
{
	struct made o = made_object();

	made_put(&o, "all", json_integer(l->n));
	made_put(&o, "first", made_take(l->rows));
	return made_take(o);
}

/* Of who comes, whose certificate is to be renewed. */
static void
put_ending(void *ctx, const struct seen_one *one)
{
	struct told *l = ctx;
	struct made o;

	if (one->ends.v - l->now.v > STATE_ENDS_SOON_MS)
		return;
	o = made_object();
	made_put(&o, "principal", json_string(one->principal));
	made_put(&o, "ends_at", instant(one->ends));
	made_put(&o, "last_seen_at", instant(one->last));
	put(l, made_take(o));
}

/* Within the last day. */
static void
put_twice(void *ctx, const struct seen_one *one)
{
	struct told *l = ctx;
	struct made o;

	if (one->twice_at.v == 0 || l->now.v - one->twice_at.v > MS_PER_DAY)
		return;
	o = made_object();
	made_put(&o, "principal", json_string(one->principal));
	made_put(&o, "first", json_string(one->twice[0]));
	made_put(&o, "second", json_string(one->twice[1]));
	made_put(&o, "at", instant(one->twice_at));
	put(l, made_take(o));
}

static json_t *
each(const struct seen *seen, struct utc_ms now, void (*fn)(void *ctx, const struct seen_one *one))
{
	struct told l = {made_array(), 0, now};

	seen_each(seen, fn, &l);
	return list_json(&l);
}

/* What of semsd's own ends soon, or has. */
static json_t *
own_json(const struct keeper *k, struct utc_ms now)
{
	struct told l = {made_array(), 0, now};

	for (unsigned f = 0; f < TRUST_FILES; f++) {
		struct utc_ms end = trust_end(keeper_trust(k), (enum trust_file)f);
		struct made o;

		if (end.v == 0 || end.v - now.v > STATE_ENDS_SOON_MS)
			continue;
		o = made_object();
		made_put(&o, "file", json_string(trust_file_name((enum trust_file)f)));
		made_put(&o, "ends_at", instant(end));
		put(&l, made_take(o));
	}
	return list_json(&l);
}

static json_t *
refused_json(const struct peers *ps)
{
	json_int_t n = 0;

	for (unsigned i = 0; i < GATE_FAULTS; i++)
		n += (json_int_t)ps->n_faults[i];
	return json_integer(n);
}

json_t *
state_json(const struct peers *ps, const struct keeper *keeper, const struct seen *seen,
	   struct utc_ms now)
{
	struct made o = made_object();
	const struct err *fault = keeper == NULL ? NULL : keeper_fault(keeper);

	if (keeper == NULL)
		return made_take(o);
	made_put(&o, "loaded_at", instant(keeper_since(keeper)));
	made_put(&o, "fault", fault == NULL ? json_null() : json_string(fault->text));
	made_put(&o, "server_ends_at", instant(trust_end(keeper_trust(keeper), TRUST_CERTIFICATE)));
	made_put(&o, "own_ending", own_json(keeper, now));
	made_put(&o, "ending", each(seen, now, put_ending));
	made_put(&o, "twice", each(seen, now, put_twice));
	made_put(&o, "refused", refused_json(ps));
	return made_take(o);
}
