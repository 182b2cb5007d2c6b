/* The records of a schedule: valid ones, their doubles with other content, and poison. */
#include "base/count.h"
#include "core/kind/validate.h"
#include "tests/sim/world.h"

#include <stdio.h>
#include <stdlib.h>

#define DEVICE_SIZE 16

struct poison {
	enum reason reason;
	void (*spoil)(Sems__V1__Record *r);
};

static void
no_body(Sems__V1__Record *r)
{
	r->body_case = SEMS__V1__RECORD__BODY__NOT_SET;
}

static void
no_outcome(Sems__V1__Record *r)
{
	r->tip_event->has_outcome = 0;
}

static void
negative(Sems__V1__Record *r)
{
	r->tip_event->response_ms = -1;
}

static void
control_character(Sems__V1__Record *r)
{
	r->tip_event->device_id[0] = '\x01';
}

static void
other_time(Sems__V1__Record *r)
{
	r->record_id.data[5] ^= 1;
}

static void
long_ago(Sems__V1__Record *r)
{
	struct uuid id;

	r->occurred_at = CLOCK_FLOOR_MS - 1;
	memcpy(id.b, r->record_id.data, 16);
	id = uuid_at((struct utc_ms){r->occurred_at}, id.b + 6, true);
	memcpy(r->record_id.data, id.b, 16);
}

static void
strange_source(Sems__V1__Record *r)
{
	r->source = (char *)"xray-9";
}

static void
strange_site(Sems__V1__Record *r)
{
	r->site_id = (char *)"T9";
}

/* The first: their bytes are broken after packing. */
static const struct poison poisons[] = {
    {REASON_MALFORMED, NULL},
    {REASON_UNKNOWN_FIELD, NULL},
    {REASON_UNKNOWN_KIND, no_body},
    {REASON_MISSING, no_outcome},
    {REASON_RANGE, negative},
    {REASON_TEXT, control_character},
    {REASON_IDENTITY, other_time},
    {REASON_CLOCK, long_ago},
    {REASON_NOT_GRANTED, strange_source},
    {REASON_UNKNOWN_SITE, strange_site},
};

#define POISONS COUNT(poisons)

int64_t
record_time(const struct sim_record *r)
{
	if (r->nature == NATURE_OLD)
		return T0 - 400 * MS_PER_DAY;
	if (r->nature == NATURE_AHEAD)
		return T0 + 30 * MS_PER_HOUR;
	return T0 - (int64_t)r->identity * MS_PER_MINUTE;
}

struct uuid
record_identity(const struct sim_record *r)
{
	unsigned char rest[10] = {0};

	rest[9] = (unsigned char)r->identity;
	return uuid_at((struct utc_ms){record_time(r)}, rest, true);
}

const char *
record_source(const struct sim_record *r)
{
	return r->identity % 2 == 0 ? "xray-1" : "xray-2";
}

void
record_device(const struct sim_record *r, char out[16])
{
	snprintf(out, DEVICE_SIZE, "lane-%u-%u", r->identity, r->variant);
}

int64_t
record_response(const struct sim_record *r)
{
	return (int64_t)r->identity * VARIANTS + r->variant;
}

enum kind_id
record_kind(const struct sim_record *r)
{
	return r->variant == 2 ? KIND_HEARTBEAT : KIND_TIP_EVENT;
}

static void
pack(struct sim_record *sr, const Sems__V1__Record *r, size_t extra)
{
	sr->n = sems__v1__record__get_packed_size(r);
	sr->raw = malloc(sr->n + extra);
	if (sr->raw != NULL)
		sems__v1__record__pack(r, sr->raw);
}

/* What no encoder of a Record makes. */
static void
break_bytes(struct world *w, struct sim_record *sr, size_t extra)
{
	if (sr->raw == NULL)
		return;
	if (sr->reason == REASON_UNKNOWN_FIELD) {
		sr->raw[sr->n++] = 0xf8; /* field 31, varint */
		sr->raw[sr->n++] = 0x01;
		sr->raw[sr->n++] = 0x01;
	} else {
		memset(sr->raw + sr->n, 0xff, extra);
		sr->n += 1 + below(w, (unsigned)extra - 1);
	}
}

static void
encode(struct world *w, struct sim_record *sr, const struct poison *p)
{
	Sems__V1__Record r = SEMS__V1__RECORD__INIT;
	Sems__V1__TipEvent t = SEMS__V1__TIP_EVENT__INIT;
	Sems__V1__Heartbeat h = SEMS__V1__HEARTBEAT__INIT;
	struct uuid id = record_identity(sr);
	char device[DEVICE_SIZE];
	size_t extra = w->large ? 20000 : 16;

	record_device(sr, device);
	r.has_record_id = 1;
	r.record_id = (ProtobufCBinaryData){16, id.b};
	r.source = (char *)record_source(sr);
	r.site_id = (char *)"T1";
	r.has_occurred_at = r.has_occurred_end = 1;
	r.occurred_at = r.occurred_end = record_time(sr);
	r.body_case = SEMS__V1__RECORD__BODY_TIP_EVENT;
	r.tip_event = &t;
	t.device_id = h.device_id = device;
	t.screener_id = (char *)"s-17";
	t.has_response_ms = t.has_outcome = h.has_last_event_no = 1;
	t.response_ms = h.last_event_no = record_response(sr);
	t.outcome = SEMS__V1__TIP_OUTCOME__TIP_OUTCOME_HIT;
	if (p != NULL && p->spoil != NULL) {
		p->spoil(&r);
	} else if (record_kind(sr) == KIND_HEARTBEAT) {
		r.body_case = SEMS__V1__RECORD__BODY_HEARTBEAT;
		r.heartbeat = &h;
	}
	pack(sr, &r, extra);
	if (p != NULL && p->spoil == NULL)
		break_bytes(w, sr, extra);
}

static void
add_record(struct world *w, unsigned identity, unsigned variant, enum nature nature)
{
	struct sim_record *sr = &w->records[w->n_records];
	const struct poison *p =
	    nature == NATURE_POISON ? &poisons[below(w, (unsigned)POISONS)] : NULL;

	*sr = (struct sim_record){.identity = identity, .variant = variant, .nature = nature};
	if (p != NULL)
		sr->reason = p->reason;
	encode(w, sr, p);
	w->by_identity[identity][variant] = (uint16_t)w->n_records++;
}

void
records_make(struct world *w)
{
	memset(w->by_identity, 0xff, sizeof w->by_identity);
	w->n_identities = 8 + below(w, IDENTITIES_MAX - 8);
	w->large = chance(w, 150);
	for (unsigned i = 0; i < w->n_identities; i++) {
		unsigned dice = below(w, 100);
		enum nature nature = dice < 78   ? NATURE_VALID
				     : dice < 90 ? NATURE_POISON
				     : dice < 95 ? NATURE_OLD
						 : NATURE_AHEAD;

		add_record(w, i, 0, nature);
		for (unsigned v = 1; v < VARIANTS && nature == NATURE_VALID; v++)
			if (chance(w, 100))
				add_record(w, i, v, nature);
	}
}

void
records_free(struct world *w)
{
	for (unsigned i = 0; i < w->n_records; i++)
		free(w->records[i].raw);
}

uint16_t
record_find(const struct world *w, struct text raw)
{
	for (unsigned i = 0; i < w->n_records; i++)
		if (w->records[i].n == raw.n && memcmp(w->records[i].raw, raw.s, raw.n) == 0)
			return (uint16_t)i;
	return NO_RECORD;
}
