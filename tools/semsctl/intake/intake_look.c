/* Looking before anything is sent. */
#include "tools/semsctl/intake/intake_run.h"

#include <inttypes.h>
#include <stdio.h>

static enum code
look_at_rows(struct run *r, struct mapped *out)
{
	enum sheet_status status;
	struct sheet_row row;
	struct err why;
	enum code rc = OK;

	while (rc == OK && (status = sheet_next(r->sheet, &row, &why)) != SHEET_END) {
		if (status == SHEET_BAD ||
		    mapper_row(r->mapper, row.cells, row.n, r->row, out) != MAPPER_RECORDS)
			out->n = 0;
		for (size_t i = 0; i < out->n && rc == OK; i++)
			rc = lookup_record(r->lookup, &out->records[i], row.line, &r->e);
		arena_reset(r->row);
	}
	return rc == OK ? lookup_end(r->lookup, &r->e) : rc;
}

/* In the zone of the file's times. */
static void
local_words(const struct run *r, struct utc_ms t, char out[UTC_TEXT_SIZE])
{
	struct local_time l;

	if (r->zones.file == NULL) {
		utc_format(t, out);
		return;
	}
	l = zone_to_local(r->zones.file, t, NULL);
	snprintf(out, UTC_TEXT_SIZE, "%04d-%02d-%02d %02d:%02d:%02d", l.date.year, l.date.month,
		 l.date.day, l.hour, l.minute, l.second);
}

static void
tell_other_times(const struct run *r, FILE *f)
{
	const struct lookup_tally *t = lookup_tally(r->lookup);

	fprintf(f, "%" PRIu64 " of %" PRIu64 " number%s stored at another time:\n", t->other_time,
		t->records, text_s(t->records));
	for (size_t i = 0; i < LOOKUP_EXAMPLES && i < t->other_time; i++) {
		const struct lookup_example *x = &t->examples[i];
		char here[UTC_TEXT_SIZE];
		char there[UTC_TEXT_SIZE];

		local_words(r, x->at, here);
		local_words(r, x->stored, there);
		fprintf(f, "  line %" PRIu64 ", number %s: %s, stored at %s\n", x->line, x->number,
			here, there);
	}
	if (t->other_time > LOOKUP_EXAMPLES)
		fprintf(f, "  and %" PRIu64 " more\n", t->other_time - LOOKUP_EXAMPLES);
}

int
intake_tell_looked(const struct run *r)
{
	const bool is_told = !r->in->is_import || r->in->replaces || r->in->again;

	if (lookup_tally(r->lookup)->other_time == 0 || (is_told && r->o->quiet))
		return EXIT_DONE;
	if (is_told) {
		tell_other_times(r, stdout);
		puts(r->in->replaces
			 ? "They are sent as corrections of those. One that moves a record to "
			   "another\n"
			   "quarter takes effect when somebody else confirms it: semsctl pending."
		     : r->in->again
			 ? "They are stored beside those, as records of their own."
			 : "They are sent as records of their own: semsctl doubles shows both, "
			   "semsctl correct\n"
			   "and semsctl void put right what should be one.");
		return EXIT_DONE;
	}
	fputs("semsctl: ", stderr);
	tell_other_times(r, stderr);
	fputs("Nothing was sent. If the file or its map was put right, --replace sends them as "
	      "corrections of\n"
	      "what is stored; if they are other records, --again stores them as well.\n",
	      stderr);
	return EXIT_USAGE;
}

int
intake_look(struct run *r)
{
	struct mapped *out = arena_zalloc(r->arena, 1, sizeof *out);
	int rc;

	r->lookup = lookup_new(r->client);
	if (r->lookup == NULL || out == NULL)
		return intake_no_memory(r);
	if (look_at_rows(r, out) != OK)
		return command_fail(&r->e);
	rc = intake_tell_looked(r);
	if (rc != EXIT_DONE)
		return rc;
	if (sheet_rewind(r->sheet, &r->e) != OK)
		return intake_fail(r);
	rc = intake_read_header(r);
	return rc == EXIT_DONE ? intake_make_mapper(r) : rc;
}
