/* `import --register-sites`. */
#include "core/kind/validate.h"
#include "tools/semsctl/intake/intake_run.h"
#include "tools/semsctl/names.h"
#include "tools/semsctl/record/amend.h"

#include <stdio.h>
#include <string.h>

#define SITES_OF_REQUEST 1000u
#define ANSWER_BYTES     (4u * 1024u * 1024u)

struct sites {
	struct names seen; /* in the run's arena */
	struct client *client;
	Sems__V1__Site *list[SITES_OF_REQUEST];
	Sems__V1__Site made[SITES_OF_REQUEST];
	size_t n;
	size_t total;
	struct err e;
	enum code rc;
};

static void
flush_sites(struct sites *s)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__SetupRequest setup = SEMS__V1__SETUP_REQUEST__INIT;
	struct buf answer;

	if (s->n == 0 || s->rc != OK)
		return;
	setup.sites = s->list;
	setup.n_sites = s->n;
	request.body_case = SEMS__V1__REQUEST__BODY_SETUP;
	request.setup = &setup;
	buf_init(&answer, ANSWER_BYTES);
	s->rc = client_ask(s->client, &request, &answer, &s->e);
	buf_fini(&answer);
	s->total += s->n;
	s->n = 0;
}

static void
add_site(struct run *r, struct sites *s, struct text id)
{
	char *name = arena_dup(r->arena, id.s, id.n);
	bool is_new;

	if (name == NULL || !names_add(&s->seen, name, &is_new)) {
		s->rc = err_set(&s->e, TRY_LIMIT, "memory", "out of memory");
		return;
	}
	if (!is_new)
		return;
	/* No name is given, so a site that has one keeps it. */
	sems__v1__site__init(&s->made[s->n]);
	s->made[s->n].site_id = name;
	s->list[s->n] = &s->made[s->n];
	if (++s->n == SITES_OF_REQUEST)
		flush_sites(s);
}

int
intake_register_sites(struct run *r)
{
	struct sites *s = arena_zalloc(r->arena, 1, sizeof *s);
	struct mapped *out = arena_zalloc(r->arena, 1, sizeof *out);
	enum sheet_status status;
	struct sheet_row row;
	struct utc_ms now;
	struct err e;
	int rc;

	if (s == NULL || out == NULL)
		return intake_no_memory(r);
	s->client = r->client;
	now = amend_now();
	while (s->rc == OK && (status = sheet_next(r->sheet, &row, &e)) != SHEET_END) {
		if (status == SHEET_BAD ||
		    mapper_row(r->mapper, row.cells, row.n, r->row, out) != MAPPER_RECORDS)
			out->n = 0;
		for (size_t i = 0; i < out->n && s->rc == OK; i++) {
			const struct record *record = &out->records[i];
			const struct value *site = &record->v[ENV_SITE_ID];
			struct refusal why;

			/* What is refused names no site: its line is rejected later. */
			if (site->set && site->text.n > 0 &&
			    record_validate(record, now, NULL, &why))
				add_site(r, s, site->text);
		}
		arena_reset(r->row);
	}
	flush_sites(s);
	names_fini(&s->seen);
	if (s->rc != OK)
		return command_fail(&s->e);
	if (!r->o->quiet)
		printf("%zu site%s registered or known\n", s->total, text_s(s->total));
	if (sheet_rewind(r->sheet, &r->e) != OK)
		return intake_fail(r);
	rc = intake_read_header(r);
	return rc == EXIT_DONE ? intake_make_mapper(r) : rc;
}
