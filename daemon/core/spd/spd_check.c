#include "core/spd/spd_check.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/text.h"
#include "core/action/action.h"
#include "core/kind/words.h"
#include "core/spd/keys.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NAME_SIZE 256 /* of a code with its name; a longer one is cut */

/* One check as it runs. */
struct check {
	const json_t *document;
	const json_t *events;
	const json_t *earlier;
	json_t *found;
	json_t *figures;
	size_t count;
};

static void find(struct check *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
find(struct check *c, const char *fmt, ...)
{
	va_list ap;

	if (c->count++ >= SPD_FOUND_MAX)
		return;
	va_start(ap, fmt);
	json_array_append_new(c->found, json_vsprintf(fmt, ap));
	va_end(ap);
}

static bool
is_text(const json_t *o, const char *key, const char *wanted)
{
	return strcmp(member_text(o, key), wanted) == 0;
}

/* "QN01" for the entity's own, "QN01 at measure 1.3 Screening of staff, site N1 North" for a part.
 */
static json_t *
name_of(const json_t *document, const json_t *metric, const json_t *figure)
{
	const json_t *names = json_object_get(document, DOC_NAMES);
	json_t *name = json_string(member_text(metric, DOC_ID));
	const char *key;
	json_t *value;
	const char *before = " at";

	json_object_foreach(json_object_get(figure, DOC_BY), key, value)
	{
		char words[NAME_SIZE];
		json_t *longer;

		code_named(names, key, json_words(value), words, sizeof words);
		longer = json_sprintf("%s%s %s %s", json_words(name), before, key, words);
		json_decref(name);
		name = longer;
		before = ",";
	}
	return name;
}

/* A figure that is at fault, in words and as what a program needs of it. */
static void
find_figure(struct check *c, const json_t *metric, const json_t *figure)
{
	static const char *const of_figure[] = {DOC_BY, DOC_VALUE};
	static const char *const of_metric[] = {DOC_NAME, DOC_UNIT};
	json_t *name = name_of(c->document, metric, figure);

	if (c->count < SPD_FOUND_MAX) {
		json_t *place = json_pack("{s:s}", "metric", member_text(metric, DOC_ID));

		for (size_t i = 0; i < COUNT(of_figure); i++)
			json_object_set(place, of_figure[i], json_object_get(figure, of_figure[i]));
		for (size_t i = 0; i < COUNT(of_metric); i++)
			json_object_set(place, of_metric[i], json_object_get(metric, of_metric[i]));
		json_object_set(place, DOC_TARGET,
				json_object_get(json_object_get(metric, DOC_TARGET), DOC_VALUE));
		/* Of a band, whose target has no value of its own. */
		json_object_set(place, DOC_LOW,
				json_object_get(json_object_get(metric, DOC_TARGET), DOC_LOW));
		json_object_set(place, DOC_HIGH,
				json_object_get(json_object_get(metric, DOC_TARGET), DOC_HIGH));
		json_array_append_new(c->figures, place);
	}
	find(c, "%s", name == NULL ? "" : json_words(name));
	json_decref(name);
}

/* Calls `look` for every figure. */
static void
each_figure(struct check *c,
	    void (*look)(struct check *, const json_t *metric, const json_t *figure))
{
	const json_t *metrics = json_object_get(c->document, DOC_METRICS);

	for (size_t i = 0; i < json_array_size(metrics); i++) {
		const json_t *m = json_array_get(metrics, i);
		const json_t *figures = json_object_get(m, DOC_FIGURES);

		for (size_t k = 0; k < json_array_size(figures); k++)
			look(c, m, json_array_get(figures, k));
	}
}

/* --- totals ----------------------------------------------------------------------------------- */

/* What adds up over sites: counts do, persons and quantiles do not. */
static bool
is_additive(const json_t *metric)
{
	return is_text(metric, DOC_SHAPE, "ratio") || is_text(metric, DOC_SHAPE, "count") ||
	       is_text(metric, DOC_SHAPE, "state_at_end");
}

static json_int_t
integer_at(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

/* The names of a figure's dimensions, as "measure site"; false: too long, or the entity's own. */
static bool
dimensions_of(const json_t *figure, char out[160])
{
	const char *key;
	json_t *value;
	size_t used = 0;

	out[0] = '\0';
	json_object_foreach(json_object_get(figure, DOC_BY), key, value)
	{
		int n = snprintf(out + used, 160 - used, "%s%s", used == 0 ? "" : " ", key);
		if (n < 0 || (size_t)n >= 160 - used)
			return false;
		used += (size_t)n;
	}
	return used > 0;
}

/* Of another part than the one that the entity's figure is of: a target that was set for one mode.
 */
static bool
is_of_another(const json_t *metric, const json_t *figure)
{
	const char *of = member_maybe(json_object_get(metric, DOC_TARGET), DOC_OF);
	const char *dimension = member_maybe(metric, DOC_APART);
	const char *is =
	    dimension == NULL ? NULL : member_maybe(json_object_get(figure, DOC_BY), dimension);

	return of != NULL && is != NULL && strcmp(is, of) != 0;
}

/* The sums of every breakdown of a metric: {"site": [numerators, denominators]}; null where one of
 * its parts is not shown, because its persons are few. */
static json_t *
sums_of(const json_t *metric)
{
	const json_t *figures = json_object_get(metric, DOC_FIGURES);
	json_t *sums = json_object();
	char dims[160];

	for (size_t i = 0; i < json_array_size(figures); i++) {
		const json_t *f = json_array_get(figures, i);
		const json_t *old;
		json_int_t x;
		json_int_t n;

		if (!dimensions_of(f, dims) || is_of_another(metric, f))
			continue;
		old = json_object_get(sums, dims);
		if (json_is_null(old) || is_text(f, DOC_NO_DATA, "SUPPRESSED")) {
			json_object_set_new(sums, dims, json_null());
			continue;
		}
		x = json_integer_value(json_array_get(old, 0));
		n = json_integer_value(json_array_get(old, 1));
		json_object_set_new(sums, dims,
				    json_pack("[I, I]", x + integer_at(f, DOC_NUMERATOR),
					      n + integer_at(f, DOC_DENOMINATOR)));
	}
	return sums;
}

static const json_t *
whole_of(const json_t *metric)
{
	const json_t *figures = json_object_get(metric, DOC_FIGURES);

	for (size_t i = 0; i < json_array_size(figures); i++) {
		const json_t *f = json_array_get(figures, i);

		if (json_object_size(json_object_get(f, DOC_BY)) == 0)
			return f;
	}
	return NULL;
}

static void
compare_sums(struct check *c, const json_t *metric, bool of_sites)
{
	const json_t *whole = whole_of(metric);
	json_t *sums = sums_of(metric);
	const char *dims;
	json_t *sum;

	json_object_foreach(sums, dims, sum)
	{
		json_int_t x = json_integer_value(json_array_get(sum, 0));
		json_int_t n = json_integer_value(json_array_get(sum, 1));
		if ((strcmp(dims, "site") == 0) != of_sites || json_is_null(sum))
			continue;
		if (x != integer_at(whole, DOC_NUMERATOR) ||
		    n != integer_at(whole, DOC_DENOMINATOR)) {
			find(c, "%s: by %s %lld/%lld, the entity %lld/%lld",
			     member_text(metric, DOC_ID), dims, (long long)x, (long long)n,
			     (long long)integer_at(whole, DOC_NUMERATOR),
			     (long long)integer_at(whole, DOC_DENOMINATOR));
		}
	}
	json_decref(sums);
}

static void
check_totals(struct check *c, bool of_sites)
{
	const json_t *metrics = json_object_get(c->document, DOC_METRICS);

	for (size_t i = 0; i < json_array_size(metrics); i++) {
		const json_t *m = json_array_get(metrics, i);

		if (is_additive(m))
			compare_sums(c, m, of_sites);
	}
}

static void
check_sites(struct check *c)
{
	check_totals(c, true);
}

static void
check_sheets(struct check *c)
{
	check_totals(c, false);
}

/* --- figures ---------------------------------------------------------------------------------- */

static void
look_reason(struct check *c, const json_t *metric, const json_t *figure)
{
	bool valued = json_is_number(json_object_get(figure, DOC_VALUE));
	bool told = json_is_string(json_object_get(figure, DOC_NO_DATA)) ||
		    is_text(figure, DOC_STATUS, "INSUFFICIENT");

	if (!valued && !told)
		find_figure(c, metric, figure);
}

static void
check_reasons(struct check *c)
{
	each_figure(c, look_reason);
}

static void
look_interval(struct check *c, const json_t *metric, const json_t *figure)
{
	bool needs = is_text(metric, DOC_BASIS, "SAMPLE") && is_text(metric, DOC_SHAPE, "ratio") &&
		     json_is_number(json_object_get(figure, DOC_VALUE));

	if (needs && !json_is_object(json_object_get(figure, DOC_INTERVAL)))
		find_figure(c, metric, figure);
}

static void
check_intervals(struct check *c)
{
	each_figure(c, look_interval);
}

/* --- persons ---------------------------------------------------------------------------------- */

/* The fields of records that name a person, and what a pseudonym looks like: 16 bytes in
 * hexadecimal, which no digest and no identity of a record is. */
static bool
is_person_field(const char *key)
{
	static const char *const keys[] = {"recorded_by", "subject_person", "observer_id",
					   "tester_id",   "screener_id",    "auditors",
					   "person",      "pseudonym"};

	for (size_t i = 0; i < COUNT(keys); i++)
		if (strcmp(key, keys[i]) == 0)
			return true;
	return false;
}

#define PSEUDONYM_CHARS 32

static bool
holds_pseudonym(const char *s)
{
	while (*s != '\0') {
		size_t n = strspn(s, "0123456789abcdefABCDEF");

		if (n == PSEUDONYM_CHARS)
			return true;
		s += n + (s[n] != '\0');
	}
	return false;
}

/* jansson walks through objects that are not const, and changes nothing. */
static json_t *
unconst(const json_t *v)
{
	union {
		const json_t *in;
		json_t *out;
	} both = {.in = v};
	return both.out;
}

static void
scan(struct check *c, const json_t *v, const char *key) /* NOLINT(misc-no-recursion): JSON nests */
{
	const char *k;
	json_t *member;

	if (json_is_string(v) && holds_pseudonym(json_words(v)))
		find(c, "%s holds what a pseudonym looks like", key);
	for (size_t i = 0; i < json_array_size(v); i++)
		scan(c, json_array_get(v, i), key);
	json_object_foreach(unconst(v), k, member)
	{
		if (is_person_field(k) || holds_pseudonym(k))
			find(c, "the member %s", k);
		scan(c, member, k);
	}
}

static void
check_persons(struct check *c)
{
	scan(c, c->document, "");
	scan(c, c->events, "comment");
}

/* --- comments --------------------------------------------------------------------------------- */

static bool
has_comment(const struct check *c, const char *metric, const json_t *by)
{
	for (size_t i = 0; i < json_array_size(c->events); i++) {
		const json_t *e = json_array_get(c->events, i);

		if (is_text(e, DOC_ACTION, "COMMENT") && is_text(e, DOC_METRIC, metric) &&
		    json_equal(json_object_get(e, DOC_BY_DIMS), by))
			return true;
	}
	return false;
}

/* What was told twice and counted once, or counted for two places that may be one, may be a fault
 * of who tells it: it is corrected or explained. */
static void
look_overlap(struct check *c, const json_t *metric, const json_t *figure)
{
	static const struct {
		const char *reason;
		const char *words;
	} twice[] = {{"COUNTED_TWICE", "left out as counted twice"},
		     {"SECONDS_TOLD_TWICE", "seconds left out as told twice"}};
	const json_t *excluded = json_object_get(figure, DOC_EXCLUDED);
	const json_t *by = json_object_get(figure, DOC_BY);
	const json_t *parts = json_object_get(json_object_get(figure, DOC_DETAILS), "parts");
	json_int_t beside = integer_at(parts, "COUNTED_BESIDE");
	const char *id = member_text(metric, DOC_ID);

	if (json_object_size(by) > 0 || has_comment(c, id, by))
		return;
	if (beside > 0)
		find(c, "%s %s: %lld counted for a time at which another place counts, too", id,
		     member_text(metric, DOC_NAME), (long long)beside);
	for (size_t i = 0; i < json_array_size(excluded); i++) {
		const json_t *e = json_array_get(excluded, i);
		const char *reason = member_text(e, DOC_REASON);
		json_int_t n = integer_at(e, DOC_COUNT);

		for (size_t k = 0; n > 0 && k < COUNT(twice); k++)
			if (strcmp(reason, twice[k].reason) == 0)
				find(c, "%s %s: %lld %s", id, member_text(metric, DOC_NAME),
				     (long long)n, twice[k].words);
	}
}

static void
check_overlaps(struct check *c)
{
	each_figure(c, look_overlap);
}

static void
look_comment(struct check *c, const json_t *metric, const json_t *figure)
{
	const json_t *by = json_object_get(figure, DOC_BY);
	const json_t *whole = whole_of(metric);
	const char *id = member_text(metric, DOC_ID);
	bool covered = figure != whole && is_text(whole, DOC_STATUS, "NOT_MET");

	if (!is_text(figure, DOC_STATUS, "NOT_MET") || covered || has_comment(c, id, by) ||
	    has_comment(c, id, json_object_get(whole, DOC_BY)))
		return;
	find_figure(c, metric, figure);
}

static void
check_comments(struct check *c)
{
	each_figure(c, look_comment);
}

/* --- doubles ---------------------------------------------------------------------------------- */

#define DOUBLES "DQ07"

/* Records that are stored twice are counted twice, or are two: somebody has looked, and says so. */
static void
look_doubles(struct check *c, const json_t *metric, const json_t *figure)
{
	const json_t *by = json_object_get(figure, DOC_BY);

	if (!is_text(metric, DOC_ID, DOUBLES) || json_object_size(by) > 0 ||
	    integer_at(figure, DOC_NUMERATOR) == 0 || has_comment(c, DOUBLES, by))
		return;
	find(c, DOUBLES ": %lld record%s with a double",
	     (long long)integer_at(figure, DOC_NUMERATOR),
	     text_s((uint64_t)integer_at(figure, DOC_NUMERATOR)));
}

static void
check_doubles(struct check *c)
{
	each_figure(c, look_doubles);
}

/* --- balances --------------------------------------------------------------------------------- */

static const json_t *
balance_of(const json_t *document, const char *what)
{
	const json_t *list = json_object_get(document, DOC_BALANCES);

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *b = json_array_get(list, i);

		if (is_text(b, DOC_WHAT, what))
			return b;
	}
	return NULL;
}

static void
check_balances(struct check *c)
{
	const json_t *list = json_object_get(c->document, DOC_BALANCES);

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *b = json_array_get(list, i);
		const char *what = member_text(b, DOC_WHAT);
		const json_t *before = balance_of(c->earlier, what);
		json_int_t opening = integer_at(b, DOC_OPENING);
		json_int_t closing = integer_at(b, DOC_CLOSING);

		if (opening + integer_at(b, DOC_RAISED) - integer_at(b, DOC_CLOSED) != closing) {
			find(c, "%s: %lld + %lld - %lld is not %lld", what, (long long)opening,
			     (long long)integer_at(b, DOC_RAISED),
			     (long long)integer_at(b, DOC_CLOSED), (long long)closing);
		}
		if (before != NULL && integer_at(before, DOC_CLOSING) != opening) {
			find(c, "%s: opens with %lld, the quarter before closed with %lld", what,
			     (long long)opening, (long long)integer_at(before, DOC_CLOSING));
		}
	}
}

/* --- all of them ------------------------------------------------------------------------------ */

#define NO_ACTION                         \
	0,                                \
	{                                 \
		{                         \
			.action = ACTIONS \
		}                         \
	}

/* todo: what to do about it, with the names of actions, which are done to the document's quarter.
 */
static const struct {
	const char *name;
	const char *about;
	void (*run)(struct check *c);
	const char *todo;
	size_t n;
	struct todo actions[2];
} checks[] = {
    {"SITES", "the sites' counts add up to the entity's", check_sites,
     "do not submit: this is a fault of semsd", NO_ACTION},
    {"SHEETS", "the counts of every other breakdown add up to the entity's", check_sheets,
     "do not submit: this is a fault of semsd", NO_ACTION},
    {"REASONS", "a figure without a value says why", check_reasons,
     "do not submit: this is a fault of semsd", NO_ACTION},
    {"INTERVALS", "a rate of a sample has its confidence interval", check_intervals,
     "do not submit: this is a fault of semsd", NO_ACTION},
    {"OVERLAPS",
     "what was told twice of a device or place, or for two places that may be one, is explained",
     check_overlaps,
     "correct or void what overlaps, or spd.comment",
     1,
     {{.action = ACTION_SPD_COMMENT, .needs = {"metric", "text"}}}},
    {"BALANCES",
     "what was open at the start, plus raised, less closed, is what is open at the end",
     check_balances,
     "correct the findings (record.correct), or revise the quarter before, then freeze again",
     1,
     {{.action = ACTION_RECORD_CORRECT, .kind = "audit"}}},
    {"PERSONS", "nothing points at a person", check_persons,
     "correct the record or say the comment anew, then freeze again", NO_ACTION},
    {"COMMENTS",
     "each figure that misses its target is explained",
     check_comments,
     "spd.comment; one comment on a metric covers its parts. spd.comments takes all that are open "
     "at once",
     2,
     {{.action = ACTION_SPD_COMMENT, .needs = {"metric", "text"}},
      {.action = ACTION_SPD_COMMENTS}}},
    {"DOUBLES",
     "records that have a double were looked at",
     check_doubles,
     "doubles.list lists them: void what was stored twice and freeze again, or say why they are "
     "two: spd.comment",
     2,
     {{.action = ACTION_DOUBLES_LIST},
      {.action = ACTION_SPD_COMMENT, .metric = DOUBLES, .needs = {"text"}}}},
};

static json_t *
actions_of(size_t check, const json_t *document)
{
	char list[ERR_NEXT_SIZE] = "";

	for (size_t i = 0; i < checks[check].n; i++) {
		struct todo todo = checks[check].actions[i];

		todo.quarter = member_text(json_object_get(document, DOC_QUARTER), DOC_LABEL);
		action_add(list, &todo);
	}
	return action_list(list);
}

struct json_t *
spd_check(const struct json_t *document, const struct json_t *events, const struct json_t *earlier)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < COUNT(checks); i++) {
		struct check c = {
		    .document = document,
		    .events = events,
		    .earlier = earlier,
		    .found = json_array(),
		    .figures = json_array(),
		};

		checks[i].run(&c);
		json_array_append_new(
		    list,
		    json_pack("{s:s, s:s, s:b, s:I, s:o, s:o, s:s, s:o}", "check", checks[i].name,
			      "about", checks[i].about, "ok", c.count == 0, "count",
			      (json_int_t)c.count, "found", c.found, "figures", c.figures, "todo",
			      c.count == 0 ? "" : checks[i].todo, "actions",
			      c.count == 0 ? json_array() : actions_of(i, document)));
	}
	return list;
}

size_t
spd_check_failed(const struct json_t *list)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(list); i++)
		n += !json_is_true(json_object_get(json_array_get(list, i), "ok"));
	return n;
}
