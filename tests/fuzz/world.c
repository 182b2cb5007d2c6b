#include "tests/fuzz/world.h"

#include "base/machine.h"
#include "ingest/person.h"
#include "tests/fuzz/fuzz.h"

static bool key_lost;

static const unsigned char *
year_key(void *ctx, int year)
{
	static unsigned char key[32];

	(void)ctx;
	key[0] = (unsigned char)(year & 0xff);
	return key_lost ? NULL : key;
}

void
world_lose_key(bool lost)
{
	key_lost = lost;
}

struct text
world_principal(enum role role)
{
	static char names[ROLE_COUNT][32];

	snprintf(names[role], sizeof names[role], "unix:%s",
		 role == ROLE_NONE ? "none" : role_name(role));
	return text_of(names[role]);
}

static struct registry *
make_registry(void)
{
	struct registry *r = registry_new();
	int64_t first = civil_to_days((struct civil_date){2024, 1, 1});
	size_t n = 366 * 4;
	int64_t *starts = malloc((n + 1) * sizeof *starts);

	MUST(r != NULL && starts != NULL);
	for (size_t i = 0; i <= n; i++)
		starts[i] = (first + (int64_t)i) * MS_PER_DAY;
	MUST(registry_set_entity(r, text_of("Example Airport"), text_of("UTC")));
	registry_set_calendar(r, first, starts, n);
	MUST(registry_add_site(r, text_of("T1")));
	for (int role = ROLE_DEVICE; role < ROLE_COUNT; role++)
		MUST(registry_add_principal(r, world_principal((enum role)role), (enum role)role));
	MUST(registry_add_grant(r, world_principal(ROLE_DEVICE), text_of("xray-1"), text_of("*"),
				text_of("*")));
	MUST(registry_add_grant(r, world_principal(ROLE_COMPLIANCE), text_of("*"), text_of("*"),
				text_of("*")));
	registry_set_floor(r, KIND_TIP_EVENT, (struct utc_ms){T0 - 300 * MS_PER_DAY});
	return r;
}

/* What the store would keep: here only that every value may be read. */
static bool
write_row(const struct record *r, const struct receipt *receipt, struct buf *out)
{
	for (size_t i = 0; i < kind_n_fields(r->kind); i++) {
		const struct value *v = &r->v[i];

		if (v->set && kind_field(r->kind, i)->type == FIELD_PERSON)
			MUST(v->text.n == PSEUDONYM_SIZE);
		if (v->set && kind_field(r->kind, i)->type == FIELD_TEXT)
			buf_add(out, v->text.s, v->text.n);
	}
	return buf_add(out, receipt->from.s, receipt->from.n);
}

/* Nothing that anybody sends leads where the table does not. */
static unsigned
must_step(const struct machine *m, const char *of, unsigned from, unsigned event, const char *why)
{
	const struct move *row = machine_find(m, from, event, 0);

	(void)of;
	(void)why;
	MUST(row != NULL);
	return row->to;
}

struct ingest *
world_ingest(const struct ingest_config *config)
{
	struct ingest_config c = *config;
	struct ingest *in;

	c.person_key = year_key;
	c.write_row = write_row;
	c.step = must_step;
	in = ingest_new(&c);
	MUST(in != NULL);
	ingest_set_registry(in, make_registry());
	return in;
}
