/*
 * Stored records, a page at a time: what, when, where and from whom, and what came of it. Nothing
 * of persons and no free text; of tests before their debrief nothing for whoever may not know of
 * them. A page looks at so many rows and no more, so that the lane stays short whatever is looked
 * for.
 */
#include "base/count.h"
#include "base/file/embed.h"
#include "core/time/calendar.h"
#include "office/call.h"
#include "office/pseudonym.h"
#include "store/count/layout.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE      100
#define PAGE_MAX  1000
#define LOOK_MOST "100000"
#define PLACE_MAX 512
#define TIME_MOST INT64_C(7258118400000) /* 2200-01-01T00:00Z */

struct look {
	const char *kinds;    /* with commas between; NULL: all */
	const char *wish;     /* JSON, as records_page.sql takes it */
	const char *measures; /* JSON: what they are called */
	char limit[16];
};

/* --- what is asked for ------------------------------------------------------------------------ */

static bool
bad(struct call *c, const char *field, const char *text)
{
	call_fail(c, ANSWER_INVALID, field, "%s", text);
	return false;
}

static bool
read_kinds(struct call *c, struct look *l)
{
	const struct records_request *q = c->request.records;
	struct err why;

	for (size_t i = 0; i < q->n_kind; i++) {
		const struct kind *k = kind_by_name(text_of(q->kind[i]));

		if (i >= KIND_COUNT)
			return bad(c, "kind", "is one too many");
		if (k == NULL) {
			call_no_kind("kind", &why);
			call_fail_err(c, &why);
			return false;
		}
		l->kinds = arena_printf(c->arena, "%s%s%s", l->kinds == NULL ? "" : l->kinds,
					l->kinds == NULL ? "" : ",", k->name);
	}
	return true;
}

/* "UUID/kind/source", as `next` gave it. */
static bool
read_after(struct call *c, json_t *wish)
{
	static const char *const names[] = {"after_id", "after_kind", "after_source"};
	const char *after = c->request.records->after;
	struct text rest = text_of(after == NULL ? "" : after);
	struct text part[3];
	struct uuid id;

	if (rest.n == 0)
		return true;
	for (size_t i = 0; i < 3; i++) {
		const char *slash = i < 2 ? memchr(rest.s, '/', rest.n) : rest.s + rest.n;

		if (slash == NULL)
			return bad(c, "after", "is not the last answer's `next`");
		part[i] = (struct text){rest.s, (size_t)(slash - rest.s)};
		rest.n -= i < 2 ? part[i].n + 1 : 0;
		rest.s += i < 2 ? part[i].n + 1 : 0;
	}
	if (strlen(after) > PLACE_MAX || !uuid_parse(part[0], &id) || kind_by_name(part[1]) == NULL)
		return bad(c, "after", "is not the last answer's `next`");
	for (size_t i = 0; i < 3; i++)
		json_object_set_new(wish, names[i], json_stringn(part[i].s, part[i].n));
	return true;
}

static bool
read_texts(struct call *c, json_t *wish)
{
	const struct records_request *q = c->request.records;

	const struct {
		const char *field;
		const char *name;
		const char *value;
	} texts[] = {
	    {"source", "source", q->source},
	    {"site", "site", q->site},
	    {"source_record_id", "number", q->source_record_id},
	    {"outcome", "outcome", q->outcome},
	    {"after", NULL, q->after},
	};

	for (size_t i = 0; i < COUNT(texts); i++) {
		if (texts[i].value == NULL || texts[i].value[0] == '\0')
			continue;
		if (!text_is_clean_utf8(text_of(texts[i].value)))
			return bad(c, texts[i].field, "is no clean UTF-8 text");
		if (texts[i].name != NULL)
			json_object_set_new(wish, texts[i].name, json_string(texts[i].value));
	}
	return true;
}

static bool
read_times(struct call *c, json_t *wish)
{
	const struct records_request *q = c->request.records;

	const struct {
		const char *name;
		bool has;
		int64_t v;
	} times[] = {{"from", q->has_from, q->from}, {"until", q->has_until, q->until}};
	struct quarter quarter;
	char text[UTC_TEXT_SIZE];
	char label[QUARTER_TEXT_SIZE];

	if (q->quarter != NULL && q->quarter[0] != '\0') {
		if (q->has_from || q->has_until || !quarter_parse(text_of(q->quarter), &quarter))
			return bad(c, "quarter",
				   "is not written as 2026-Q2, or comes beside times");
		quarter_format(quarter, label);
		json_object_set_new(wish, "quarter", json_string(label));
	}
	for (size_t i = 0; i < 2; i++) {
		if (!times[i].has)
			continue;
		if (times[i].v < 0 || times[i].v >= TIME_MOST)
			return bad(c, times[i].name, "is not a time of these centuries");
		utc_format((struct utc_ms){times[i].v}, text);
		json_object_set_new(wish, times[i].name, json_string(text));
	}
	json_object_set_new(wish, "newest", json_boolean(!q->oldest_first));
	return true;
}

/* What somebody is told of himself does not tell him that he is being tested. */
static void
look_go(struct call *c)
{
	const struct records_request *q = c->request.records;
	const struct look *l = c->state;
	bool may_know = call_may_know_covert(c) && !text_is_given(q->person);

	call_select(
	    /* Whom records name no index knows: a page looks through all that it may look at. */
	    c, text_is_given(q->person) ? LANE_LONG : LANE_SHORT,
	    &(struct statement){
		embed_text("sql/queries/evidence/records_page.sql"),
		6,
		{l->kinds, may_know ? "1" : "0", l->wish, l->limit, LOOK_MOST, l->measures}});
}

/* Whose records they are, into the wish as well. */
static bool
read_person(struct call *c, json_t *wish, json_t **pseudonyms)
{
	const struct records_request *q = c->request.records;
	struct err e;

	if (!text_is_given(q->person))
		return true;
	if (!right_has(c->who.role, RIGHT_KEEP_IDENTITIES)) {
		call_forbid(c, "person", RIGHT_KEEP_IDENTITIES);
		return false;
	}
	if (reason_check(q->reason, &e) != OK ||
	    pseudonyms_of(c, q->person, pseudonyms, &e) != OK) {
		call_fail_err(c, &e);
		return false;
	}
	json_object_set(wish, "persons", *pseudonyms);
	return true;
}

/* NULL: memory ran out, or there is no catalogue, without which semsd does not start. */
static const char *
measure_names(struct call *c)
{
	struct err e;
	const struct catalogue *all = spd_catalogue(&e);
	json_t *names = json_object();
	char *text;
	const char *kept;

	for (unsigned i = 0; all != NULL && i < all->measures_count; i++)
		json_object_set_new(names, all->measures[i].code,
				    json_string(all->measures[i].name));
	text = all == NULL ? NULL : json_dumps(names, JSON_COMPACT);
	json_decref(names);
	kept = text == NULL ? NULL : arena_dup(c->arena, text, strlen(text));
	free(text);
	return kept;
}

/* Takes both. */
static void
look(struct call *c, struct look *l, json_t *wish, json_t *pseudonyms)
{
	char *text = json_dumps(wish, JSON_COMPACT);

	json_decref(wish);
	l->wish = text == NULL ? NULL : arena_dup(c->arena, text, strlen(text));
	free(text);
	l->measures = measure_names(c);
	if (l->wish == NULL || l->measures == NULL || call_lacks_memory(c)) {
		json_decref(pseudonyms);
		call_fail_memory(c);
		return;
	}
	c->state = l;
	if (pseudonyms == NULL)
		look_go(c);
	else
		call_about(c, "identity.records", pseudonyms, c->request.records->reason, look_go);
}

void
admin_records(struct call *c)
{
	const struct records_request *q = c->request.records;
	struct look *l = arena_zalloc(c->arena, 1, sizeof *l);
	json_t *wish = json_object();
	json_t *pseudonyms = NULL;

	if (l == NULL) {
		json_decref(wish);
		call_fail_memory(c);
		return;
	}
	if ((q->limit > PAGE_MAX && !bad(c, "limit", "is more than 1,000")) || !read_kinds(c, l) ||
	    !read_texts(c, wish) || !read_after(c, wish) || !read_times(c, wish) ||
	    !read_person(c, wish, &pseudonyms)) {
		json_decref(wish);
		return;
	}
	snprintf(l->limit, sizeof l->limit, "%u", q->limit == 0 ? PAGE : q->limit);
	look(c, l, wish, pseudonyms);
}
