/*
 * Which of a source's own numbers are stored: whoever may send the kind for the source may ask, so
 * that an import can look before it stores.
 */
#include "base/file/embed.h"
#include "office/call.h"
#include "store/count/feeds_keep.h"

#include <stdlib.h>

#define NUMBERS_MAX 5000

struct numbers {
	struct feeds_keep keep;
	const struct kind *kind;
	const char *list; /* a JSON array, in the call's arena */
	bool is_granted;
};

static void
on_kept(struct feeds_keep *k, const struct err *e)
{
	struct call *c = k->ctx;
	const struct numbers *n = c->state;

	if (e->code != OK)
		call_fail_err(c, e);
	else
		call_select(
		    c, LANE_LONG,
		    &(struct statement){embed_text("sql/queries/evidence/numbers.sql"),
					5,
					{n->kind->name, c->request.numbers->source, n->list,
					 call_may_know_covert(c) ? "1" : "0", c->who.principal.s}});
}

/* False: one is no text, or there is no memory. */
static bool
make_list(struct call *c, struct numbers *n)
{
	const struct numbers_request *q = c->request.numbers;
	json_t *list = json_array();
	char *text;

	for (size_t i = 0; i < q->n_numbers; i++) {
		if (!text_is_clean_utf8(text_of(q->numbers[i])) ||
		    json_array_append_new(list, json_string(q->numbers[i])) != 0) {
			json_decref(list);
			return false;
		}
	}
	text = json_dumps(list, JSON_COMPACT);
	json_decref(list);
	n->list = text != NULL ? arena_printf(c->arena, "%s", text) : NULL;
	free(text);
	return n->list != NULL;
}

static bool
is_of(struct text granted, const char *wanted)
{
	return text_is(granted, "*") || text_is(granted, wanted);
}

static bool
look_at_grant(void *ctx, struct text source, struct text kind, struct text site)
{
	struct call *c = ctx;
	struct numbers *n = c->state;

	(void)site;
	n->is_granted = is_of(source, c->request.numbers->source) && is_of(kind, n->kind->name);
	return !n->is_granted;
}

/* The field that is wrong; NULL: none. */
static const char *
look_over(struct call *c, struct numbers *n)
{
	const struct numbers_request *q = c->request.numbers;

	n->kind = q->kind == NULL ? NULL : kind_by_name(text_of(q->kind));
	if (n->kind == NULL || n->kind->id == KIND_VOID || n->kind->id == KIND_CONFIRMATION)
		return "kind";
	if (q->source == NULL || q->source[0] == '\0' || !text_is_clean_utf8(text_of(q->source)))
		return "source";
	return q->n_numbers > NUMBERS_MAX || !make_list(c, n) ? "numbers" : NULL;
}

void
admin_numbers(struct call *c)
{
	struct numbers *n = arena_zalloc(c->arena, 1, sizeof *n);
	const char *wrong = n != NULL ? look_over(c, n) : NULL;

	if (n == NULL) {
		call_fail_memory(c);
		return;
	}
	if (wrong != NULL) {
		call_fail(c, ANSWER_INVALID, wrong,
			  "a kind of evidence, a source, and at most %d of its numbers",
			  NUMBERS_MAX);
		return;
	}
	c->state = n;
	registry_each_grant(call_registry(c), c->who.principal, look_at_grant, c);
	if (!n->is_granted && right_scope(c->who.role, RIGHT_SEE_NUMBERS) != SCOPE_ALL) {
		/* A rule of the field: what lacks is a grant, which no role gives. */
		call_fail(c, ANSWER_FORBIDDEN, "", "%s may not send %s for this source",
			  c->who.principal.s, n->kind->name);
		return;
	}
	n->keep = (struct feeds_keep){.lanes = store_lanes(call_store(c)),
				      .ticket = call_ticket(c, LANE_LONG),
				      .done = on_kept,
				      .ctx = c};
	if (c->request.numbers->fresh)
		feeds_keep_start(&n->keep);
	else
		on_kept(&n->keep, &(struct err){.code = OK});
}
