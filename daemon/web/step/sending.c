#include "web/step/sending.h"

#include "base/digest.h"
#include "base/json/jsonin.h"
#include "base/uuid.h"
#include "core/kind/enums.h"
#include "core/kind/kind.h"
#include "wire/encode.h"

#include <time.h>

#define BATCH_BYTES  ((size_t)1024 * 1024)
#define RECORD_BYTES ((size_t)64 * 1024)
#define ARENA_BYTES  ((size_t)256 * 1024)
#define RECORD_FIELD 2 /* Batch.records */

void
sending_begin(struct sending *to)
{
	to->n = 0;
	to->arena = arena_new(ARENA_BYTES);
	buf_init(&to->batch, BATCH_BYTES);
}

void
sending_drop(struct sending *to)
{
	buf_fini(&to->batch);
	arena_free(to->arena);
	to->arena = NULL;
}

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / 1000000;
}

static void
set_field(struct record *r, const char *name, struct value v)
{
	v.set = true;
	r->v[kind_field_index(r->kind, text_of(name))] = v;
}

/* At the instant of what it is about, whose id and source o has. */
static bool
begin(struct sending *to, enum kind_id kind, const json_t *o, struct record *r, struct uuid *about)
{
	const struct kind *k = kinds[kind];
	unsigned char rest[10];

	*r = (struct record){.kind = k,
			     .v = arena_zalloc(to->arena, kind_n_fields(k), sizeof *r->v)};
	if (r->v == NULL || !uuid_parse(text_of(member_text(o, "record_id")), about) ||
	    !random_bytes(rest, sizeof rest))
		return false;
	r->v[ENV_SOURCE] = (struct value){.set = true, .text = text_of(member_text(o, "source"))};
	r->v[ENV_OCCURRED_AT] = (struct value){.set = true, .i = uuid_time(about).v};
	r->v[ENV_RECORD_ID] =
	    (struct value){.set = true, .uuid = uuid_at(uuid_time(about), rest, true)};
	return true;
}

/* As a field of the Batch: its number, its length, its bytes. */
static bool
add(struct sending *to, const struct record *r)
{
	struct buf record;
	size_t n;
	bool good;

	buf_init(&record, RECORD_BYTES);
	good = wire_put_record(r, to->arena, &record) &&
	       buf_addf(&to->batch, "%c", RECORD_FIELD << 3 | 2);
	for (n = record.n; good && n > 0x7f; n >>= 7)
		good = buf_addf(&to->batch, "%c", (int)((n & 0x7f) | 0x80));
	good =
	    good && buf_addf(&to->batch, "%c", (int)n) && buf_add(&to->batch, record.p, record.n);
	to->n += good;
	buf_fini(&record);
	return good;
}

bool
sending_add_confirmation(struct sending *to, const json_t *one, bool declines)
{
	struct uuid confirms;
	struct record r;

	if (!begin(to, KIND_CONFIRMATION, one, &r, &confirms))
		return false;
	set_field(&r, "confirms_record_id", (struct value){.uuid = confirms});
	set_field(&r, "decision",
		  (struct value){.i = declines ? DECISION_DECLINED : DECISION_CONFIRMED});
	set_field(&r, "decided_at", (struct value){.i = now_ms()});
	return add(to, &r);
}

bool
sending_add_void(struct sending *to, const json_t *root, const char *site, const char *reason)
{
	struct uuid about;
	struct record r;

	if (!begin(to, KIND_VOID, root, &r, &about))
		return false;
	if (site[0] != '\0')
		r.v[ENV_SITE_ID] = (struct value){.set = true, .text = text_of(site)};
	r.v[ENV_CORRECTS_RECORD_ID] = (struct value){.set = true, .uuid = about};
	r.v[ENV_CORRECTED_AT] = (struct value){.set = true, .i = now_ms()};
	r.v[ENV_CORRECTION_REASON] = (struct value){.set = true, .text = text_of(reason)};
	return add(to, &r);
}

void
sending_send(struct sending *to, struct showing *s, reply_fn *fn)
{
	struct work *w = s->work;
	struct line *l =
	    upstream_batch(w->desk->upstream, w->principal,
			   (struct text){(const char *)to->batch.p, to->batch.n}, fn, s);

	/* NULL: it was answered, and there may be no showing any more. */
	if (l != NULL)
		w->line = l;
	sending_drop(to);
}

static bool
is_good(int code)
{
	return code == SEMS__V1__VERDICT_CODE__VERDICT_CODE_STORED ||
	       code == SEMS__V1__VERDICT_CODE__VERDICT_CODE_DUPLICATE;
}

bool
sending_is_taken(struct showing *s, const struct reply *r)
{
	Sems__V1__Result *result = NULL;
	const Sems__V1__VerdictRun *bad = NULL;
	bool is_read;

	s->work->line = NULL;
	if (r->kind != REPLY_RESULT) {
		view_refused(s, r);
		return false;
	}
	result = sems__v1__result__unpack(NULL, r->bytes.n, (const uint8_t *)r->bytes.s);
	is_read = result != NULL && result->n_verdicts > 0;
	for (size_t i = 0; is_read && i < result->n_verdicts && bad == NULL; i++)
		if (!is_good((int)result->verdicts[i]->code))
			bad = result->verdicts[i];
	if (!is_read)
		view_again(s, 503, "", "semsd's answer makes no sense here: try again");
	else if (bad != NULL)
		view_again(s, 409, "", "It was not taken: %s %s",
			   bad->field == NULL ? "" : bad->field,
			   bad->text == NULL ? "try again" : bad->text);
	if (result != NULL)
		sems__v1__result__free_unpacked(result, NULL);
	return is_read && bad == NULL;
}
