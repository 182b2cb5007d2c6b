/*
 * Intake: one record's way from its bytes to an item of the group. Whatever is wrong with it
 * becomes the item's refusal; the neighbours never notice.
 */
#include "core/kind/validate.h"
#include "ingest/engine.h"
#include "ingest/person.h"
#include "wire/decode.h"
#include "wire/frame.h"

#include <stdio.h>
#include <stdlib.h>

size_t
intake_room(const struct ingest *in)
{
	const struct group *g = &in->filling->g;

	if (g->n == 0)
		return SIZE_MAX;
	if (g->n >= in->config.group_records || arena_used(g->arena) >= in->config.group_bytes)
		return 0;
	return in->config.group_records - g->n;
}

static bool
grow(void **p, size_t *cap, size_t need, size_t size)
{
	size_t want = *cap == 0 ? 64 : *cap;
	void *q;

	if (need <= *cap)
		return true;
	while (want < need)
		want *= 2;
	q = realloc(*p, want * size);
	if (q == NULL)
		return false;
	*p = q;
	*cap = want;
	return true;
}

struct batch_ref *
intake_batch(struct ingest *in, size_t n)
{
	struct open_group *og = in->filling;
	void *items = og->g.items;
	void *batches = og->batches;
	struct batch_ref *b;
	bool grown = grow(&items, &og->g.cap, og->g.n + n, sizeof *og->g.items);

	og->g.items = items;
	grown = grown && grow(&batches, &og->cap_batches, og->n_batches + 1, sizeof *og->batches);
	og->batches = batches;
	if (!grown)
		return NULL;
	b = &og->batches[og->n_batches++];
	*b = (struct batch_ref){.first = og->g.n, .n = n};
	return b;
}

static bool
refuse(struct refusal *why, enum reason reason, const char *path, const char *text)
{
	why->reason = reason;
	err_set(&why->err, REJ_FIELD, path, "%s", text);
	return false;
}

static struct text
text_or_empty(const struct value *v)
{
	return v->set ? v->text : (struct text){"", 0};
}

/* Of whose records the sender may say such a thing; SCOPE_ALL: without a grant. */
static enum scope
of_whose(const struct record *r, const struct sender *from)
{
	enum right right = RIGHT_SEND;

	if (r->kind->id == KIND_VOID)
		right = RIGHT_VOID;
	else if (r->kind->id == KIND_CONFIRMATION)
		right = RIGHT_CONFIRM;
	else if (record_is_correction(r))
		right = RIGHT_CORRECT;
	return right_scope(from->role, right);
}

#define MISSPELT_LOOKS 8 /* in a frame: the others are told no name */

/* "; did you mean the source lane-1?", when its sender may send for one that is called nearly so.
 */
static const char *
did_you_mean(struct ingest *in, const struct sender *from, struct text source, struct utc_ms now)
{
	struct misspelt *m = &in->misspelt;
	struct text near;

	if (source.n >= sizeof m->source || from->principal.n >= sizeof m->principal)
		return "";
	if (m->at.v == now.v && text_is(source, m->source) &&
	    text_is(from->principal, m->principal))
		return m->said;
	m->looks = m->at.v == now.v ? m->looks + 1 : 0;
	m->at = now;
	if (m->looks >= MISSPELT_LOOKS)
		return "";
	near = registry_nearest_source(in->registry, from->principal, source);
	snprintf(m->principal, sizeof m->principal, "%.*s", (int)from->principal.n,
		 from->principal.s);
	snprintf(m->source, sizeof m->source, "%.*s", (int)source.n, source.s);
	m->said[0] = '\0';
	if (near.n > 0)
		text_print(m->said, sizeof m->said, "; did you mean the source %.*s?", (int)near.n,
			   near.s);
	return m->said;
}

static bool
refuse_sender(struct ingest *in, const struct sender *from, struct text source, struct utc_ms now,
	      struct refusal *why)
{
	why->reason = REASON_NOT_GRANTED;
	err_set(&why->err, REJ_FIELD, "source",
		"this principal may not send this kind for this source and site%s; have an "
		"administrator grant it with semsctl init",
		did_you_mean(in, from, source, now));
	return false;
}

/* Who could is what the table of rights says. */
static bool
refuse_right(struct refusal *why, const char *field, enum right right)
{
	char roles[RIGHT_WHO_SIZE];

	right_who(right, " or ", roles, sizeof roles);
	why->reason = REASON_NOT_GRANTED;
	err_set(&why->err, REJ_FIELD, field, "takes the role %s", roles);
	return false;
}

/* An item of a list may be another source's matter, such as a finding that a follow-up closes: it
 * is said by who may send for that one, or correct it. */
static bool
check_sources(struct ingest *in, const struct record *r, const struct sender *from,
	      struct refusal *why)
{
	struct text own = r->v[ENV_SOURCE].text;
	struct text site = text_or_empty(&r->v[ENV_SITE_ID]);

	for (size_t i = 0; i < kind_n_fields(r->kind); i++) {
		const struct field *f = kind_field(r->kind, i);
		const struct list *l = &r->v[i].list;

		for (size_t k = 0; f->type == FIELD_LIST && r->v[i].set && k < l->n * l->width;
		     k++) {
			const struct field *item = &f->item[k % l->width];

			if ((item->flags & FIELD_SOURCE) == 0 || !l->v[k].set ||
			    text_eq(l->v[k].text, own) ||
			    registry_may_send(in->registry, from->principal, l->v[k].text,
					      r->kind->id, site))
				continue;
			why->reason = REASON_NOT_GRANTED;
			err_set(&why->err, REJ_FIELD, "",
				"this principal may not send this kind for the source that it "
				"names; have an administrator grant it, or compliance send it");
			snprintf(why->err.where, sizeof why->err.where, "%s.%s[%zu].%s",
				 r->kind->name, f->name, k / l->width, item->name);
			return false;
		}
	}
	return true;
}

/*
 * Grants: principal x source x kind x site, and who may correct what. What a correction changes is
 * known to the database alone: sems.rule() looks whether this principal might.
 */
static bool
check_grant(struct ingest *in, const struct record *r, const struct sender *from, struct utc_ms now,
	    struct refusal *why)
{
	struct text source = r->v[ENV_SOURCE].text;
	struct text site = text_or_empty(&r->v[ENV_SITE_ID]);
	enum scope scope = of_whose(r, from);

	if (r->kind->id == KIND_VOID && scope == SCOPE_NONE)
		return refuse_right(why, "void", RIGHT_VOID);
	if (r->kind->id == KIND_CONFIRMATION && scope == SCOPE_NONE)
		return refuse_right(why, "confirmation", RIGHT_CONFIRM);
	/* None: whatever is granted to it, as to a gateway. */
	if (scope == SCOPE_NONE ||
	    (scope != SCOPE_ALL &&
	     !registry_may_send(in->registry, from->principal, source, r->kind->id, site)))
		return refuse_sender(in, from, source, now, why);
	if (site.n != 0 && !registry_has_site(in->registry, site))
		return refuse(
		    why, REASON_UNKNOWN_SITE, "site_id",
		    "the site is not registered; register it with semsctl init, then requeue");
	/* A rule of the field, not a right: what one may send for, one may correct within. */
	if (record_is_correction(r) && r->v[ENV_CORRECTS_SOURCE].set &&
	    !text_eq(r->v[ENV_CORRECTS_SOURCE].text, source) && scope != SCOPE_ALL)
		return refuse(why, REASON_NOT_GRANTED, "corrects_source",
			      "only the same source or compliance may correct a record");
	return right_scope(from->role, RIGHT_CORRECT) == SCOPE_ALL ||
	       check_sources(in, r, from, why);
}

static bool
replace_persons(const struct ingest *in, struct record *r, struct item *it,
		const struct sender *from, struct refusal *why)
{
	struct person_keeper keeper = {
	    .given_allowed = record_is_correction(r) && right_has(from->role, RIGHT_GIVE_PSEUDONYM),
	    .cache = in->persons,
	    .arena = in->decoded,
	};
	struct civil_date day = {0};

	if (!calendar_date(registry_calendar(in->registry), it->occurred_at, &day))
		return refuse(why, REASON_CLOCK, "occurred_at", "outside the civil calendar");
	keeper.year = day.year;
	keeper.key = in->config.person_key(in->config.ctx, day.year);
	if (keeper.key == NULL) {
		/* Nothing may be stored with a person in clear, and a person must stay the same
		 * one: the sender keeps the record until the key is back. */
		it->verdict = VERDICT_RETRY;
		it->retry_after_ms = RETRY_AFTER_MS;
		return true;
	}
	return person_replace(r, &keeper, why);
}

static bool
write_row(struct ingest *in, const struct record *r, struct item *it, const struct sender *from,
	  struct utc_ms now, struct refusal *why)
{
	struct receipt receipt = {.at = now, .from = it->principal};

	if (record_is_correction(r) || r->kind->id == KIND_CONFIRMATION)
		receipt.as = text_of(role_name(from->role));
	buf_clear(&in->row);
	if (!in->config.write_row(r, &receipt, &in->row))
		return refuse(why, REASON_STORE, r->kind->name,
			      "a value is not one that can be stored; correct the record and send "
			      "it again");
	it->row.s = arena_dup(in->filling->g.arena, in->row.p, in->row.n);
	it->row.n = in->row.n;
	return true;
}

/*
 * Who changes what is stored by a device that he speaks for could confirm it by his own account. It
 * is refused as his own, so that out of the quarantine it is nobody else's either.
 */
static bool
owner_changes(const struct record *r, struct item *it, const struct sender *from,
	      struct refusal *why)
{
	if (from->owner.n == 0 || !(record_is_correction(r) || r->kind->id == KIND_VOID ||
				    r->kind->id == KIND_CONFIRMATION))
		return false;
	it->principal = from->owner;
	refuse(why, REASON_NOT_GRANTED, "",
	       "an owner of semsd speaks for devices that send new evidence, and changes none of "
	       "it for them; run semsweb under an account of its own, with the role gateway");
	return true;
}

static bool
accept(struct ingest *in, struct item *it, const struct sender *from, struct utc_ms now,
       struct refusal *why)
{
	struct record r;

	if (!wire_record(it->raw, in->decoded, &r, &it->source, why))
		return false;
	if (owner_changes(&r, it, from, why))
		return false;
	if (!record_validate(&r, now, registry_calendar(in->registry), why))
		return false;
	if (!check_grant(in, &r, from, now, why))
		return false;
	it->kind = r.kind;
	it->occurred_at = record_occurred_at(&r);
	it->record_id = r.v[ENV_RECORD_ID].uuid;
	if (it->occurred_at.v < registry_floor(in->registry, r.kind->id).v) {
		it->verdict = VERDICT_EXPIRED;
		return true;
	}
	return replace_persons(in, &r, it, from, why) &&
	       (it->verdict != VERDICT_NONE || write_row(in, &r, it, from, now, why));
}

static void
refuse_item(struct ingest *in, struct item *it, struct text raw, const struct refusal *why)
{
	struct refusal *kept = arena_alloc(in->filling->g.arena, sizeof *kept);

	it->kind = NULL;
	it->claimed = wire_claims(raw);
	it->why = kept;
	if (kept != NULL)
		*kept = *why;
}

/*
 * What is over the limit is refused whatever it says; of its bytes the head and a digest are kept,
 * so that noise takes no room. False: no digest.
 */
static bool
refuse_long(struct ingest *in, struct item *it, struct text raw)
{
	struct arena *a = in->filling->g.arena;
	struct whole *whole = arena_alloc(a, sizeof *whole);
	struct refusal why = {0};
	struct record r;

	wire_record(raw, in->decoded, &r, &it->source, &why);
	if (it->source.n > ITEM_HEAD_BYTES)
		it->source.n = ITEM_HEAD_BYTES;
	it->source.s = arena_dup(a, it->source.s, it->source.n);
	it->raw = (struct text){arena_dup(a, raw.s, ITEM_HEAD_BYTES), ITEM_HEAD_BYTES};
	it->whole = whole;
	refuse_item(in, it, raw, &why);
	if (whole == NULL || !sha256(raw.s, raw.n, whole->sha256))
		return false;
	whole->bytes = raw.n;
	return true;
}

/* False: the record must wait. */
static bool
judge(struct ingest *in, struct item *it, struct text raw, const struct sender *from,
      struct utc_ms now)
{
	struct refusal why = {0};

	if (raw.n > RECORD_BYTES_MAX)
		return refuse_long(in, it, raw);
	it->raw = (struct text){arena_dup(in->filling->g.arena, raw.s, raw.n), raw.n};
	if (it->raw.s != NULL && !accept(in, it, from, now, &why))
		refuse_item(in, it, it->raw, &why);
	return true;
}

void
intake_record(struct ingest *in, struct text raw, const struct sender *from, struct utc_ms now)
{
	struct group *g = &in->filling->g;
	struct item *it = &g->items[g->n++];

	*it = (struct item){
	    .principal = from->principal, .tried_again = from->tried_again, .run = from->run};
	in->counters.records++;
	if (registry_calendar(in->registry) == NULL) {
		it->verdict = VERDICT_RETRY;
		it->retry_after_ms = 10 * RETRY_AFTER_MS;
		return;
	}
	arena_reset(in->decoded);
	/* Out of arena: the record is whole only at its sender. */
	if (!judge(in, it, raw, from, now) || arena_failed(g->arena) || arena_failed(in->decoded)) {
		it->kind = NULL;
		it->why = NULL;
		it->verdict = VERDICT_RETRY;
		it->retry_after_ms = RETRY_AFTER_MS;
	}
}
