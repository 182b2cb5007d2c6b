#include "tests/render/edition_fixture.h"

#include "base/digest.h"
#include "base/text.h"
#include "tests/render/document_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

static const char sections[] =
    "{\"format\":\"sems-spd/2\",\"template\":{\"version\":\"3\",\"sha256\":\"cd\","
    "\"title\":null,\"declaration\":null,\"sheets\":[]},"
    "\"policy\":{\"approval\":\"THREE_PEOPLE\",\"corrections\":\"TWO_PEOPLE\",\"marking\":"
    "\"OFFICIAL-SENSITIVE\"},"
    "\"completeness\":{\"feeds\":["
    "{\"source\":\"lane-1\",\"kind\":\"tip_event\",\"site\":\"NMR\",\"expected\":320,"
    "\"received\":313,\"missing\":7,\"basis\":\"EVENT_NUMBERS\","
    "\"last_at\":\"2026-06-30T20:00:00.000Z\",\"gaps\":[{\"from\":\"2026-05-01T00:00:00.000Z\","
    "\"to\":\"2026-05-02T00:00:00.000Z\",\"reason\":\"SILENT\"}]},"
    "{\"source\":\"007\",\"kind\":\"observation\",\"site\":null,\"expected\":null,\"received\":4,"
    "\"missing\":null,\"basis\":null,\"last_at\":null,\"gaps\":[]}],"
    "\"plans\":[],\"sessions\":{\"reconciled\":5,\"differing\":1,\"unreconciled\":null},"
    "\"silent\":[{\"source\":\"lane-1\",\"kind\":\"tip_event\",\"site\":\"NMR\"}],"
    "\"silent_total\":1,"
    "\"late\":{\"received\":313,\"late\":4},\"quarantine\":[{\"reason\":\"FIELD\",\"count\":2}],"
    "\"clock\":[{\"source\":\"lane-1\",\"offset_ms\":-71234}],\"durability\":[],\"restores\":[]},"
    "\"values_shown\":null,\"balances\":[{\"what\":\"FINDINGS\",\"opening\":14,\"raised\":31,"
    "\"closed\":28,"
    "\"closing\":17}],"
    "\"corrections\":{\"total\":0,\"indirect\":0,\"dated_ahead\":0,\"rows\":[]},"
    "\"restatements\":[{\"metric\":\"OUT03\",\"by\":{},"
    "\"old\":{\"numerator\":265,\"denominator\":300,\"value\":0.8833},"
    "\"new\":{\"numerator\":270,\"denominator\":300,\"value\":0.9},\"cause\":\"a_lane was late\","
    "\"records\":5}],"
    "\"embargo\":{\"excluded\":[{\"count\":2,\"reason\":\"not debriefed\",\"by\":\"m.okafor\"}]},"
    "\"proof\":{\"read\":{\"until\":7,\"in_flight\":[]},\"algorithm\":\"RFC6962-SHA256\","
    "\"leaves\":313,\"root\":\"ef01\","
    "\"previous\":{\"quarter\":\"2026-Q1\",\"revision\":1,\"root\":\"ef00\"},"
    "\"log\":{\"number\":412,\"sha256\":\"ef02\"},\"days\":[]}}";

static const char of_figure[] =
    "{\"exact\":{\"low\":0.8603,\"high\":0.9315},"
    "\"clusters\":{\"count\":24,\"untold\":0,\"deff\":2.5,\"n_effective\":120.0,\"low\":0.83,"
    "\"high\":0.95,\"reason\":null},\"interval_by\":\"GENERAL\","
    "\"previous\":{\"quarter\":\"2026-Q1\",\"basis\":null,\"definition_version\":\"1\","
    "\"numerator\":240,\"denominator\":300,\"value\":0.8,"
    "\"status\":\"NOT_PROVEN\",\"no_data\":null},"
    "\"change\":{\"method\":\"NEWCOMBE\",\"difference\":0.1,\"low\":0.04,\"high\":0.16,"
    "\"interval_by\":\"GENERAL\",\"matched\":null},\"not_comparable\":null,\"year_ago\":null,"
    "\"year_change\":null,\"year_not_comparable\":null,"
    "\"coverage\":{\"expected\":320,\"received\":313},"
    "\"history\":[{\"quarter\":\"2025-Q4\",\"basis\":null,\"definition_version\":\"1\","
    "\"numerator\":null,\"denominator\":null,\"value\":null,"
    "\"status\":\"NO_DATA\",\"no_data\":\"NO_DATA\"},"
    "{\"quarter\":\"2026-Q1\",\"basis\":null,\"definition_version\":\"1\",\"numerator\":240,"
    "\"denominator\":300,\"value\":0.8,"
    "\"status\":\"NOT_PROVEN\",\"no_data\":null}]}";

static const char of_metric[] =
    "{\"clusters\":\"screener\",\"chart\":{\"method\":\"LANEY_P\",\"centre\":0.9,\"sigma_z\":1.25,"
    "\"alerts\":{\"mean\":0.88,"
    "\"sd\":0.02,\"lines\":[0.86,0.84,0.82]},\"rebases\":[{\"first_day\":\"2026-04-06\","
    "\"reason\":\"New machines\",\"approved_by\":\"J. Marsh\","
    "\"set_at\":\"2026-04-10T09:00:00.000Z\",\"set_by\":\"unix:anna\"}],"
    "\"change\":{\"first_day\":\"2026-04-06\",\"before\":0.9,\"after\":0.8,\"difference\":-0.1,"
    "\"likelihood\":12.5},\"variation\":\"SPECIAL_CAUSE_CONCERNING\","
    "\"assurance\":\"HIT_OR_MISS\",\"weeks\":["
    "{\"first_day\":\"2026-04-01\",\"weeks\":1,\"numerator\":90,\"denominator\":100,\"value\":0.9,"
    "\"centre\":0.9,\"lower\":0.8,\"upper\":0.99,\"alert\":0,\"signal\":false},"
    "{\"first_day\":\"2026-04-06\",\"weeks\":1,\"numerator\":70,\"denominator\":100,\"value\":0.7,"
    "\"centre\":0.9,\"lower\":0.8,\"upper\":0.99,\"alert\":3,\"signal\":true},"
    "{\"first_day\":\"2026-04-13\",\"weeks\":2,\"numerator\":110,\"denominator\":100,\"value\":0."
    "95,"
    "\"centre\":0.9,\"lower\":0.8,\"upper\":0.99,\"alert\":0,\"signal\":false}]},"
    "\"funnel\":{\"method\":\"BINOMIAL\",\"centre\":0.9,\"phi\":1.4,\"tau2\":0.001,"
    "\"p_spread\":0.0002,\"units\":["
    "{\"unit\":\"NMR\",\"numerator\":150,\"denominator\":200,\"withheld\":false,\"value\":0.75,"
    "\"z\":-4.0,"
    "\"adjusted_z\":-3.4,\"low95\":0.85,\"high95\":0.94,\"low998\":0.83,\"high998\":0.96,"
    "\"outside\":true},"
    "{\"unit\":\"EBY\",\"numerator\":90,\"denominator\":100,\"withheld\":false,\"value\":0.9,\"z\":"
    "0.0,"
    "\"adjusted_z\":0.0,\"low95\":0.83,\"high95\":0.95,\"low998\":0.79,\"high998\":0.98,"
    "\"outside\":false}]},"
    "\"case_mix\":{\"stratum\":\"threat_category\",\"units\":[{\"unit\":\"NMR\",\"observed\":150,"
    "\"expected\":172.5,\"variance\":20.1,\"z\":-5.0,\"ratio\":0.87,\"standardised\":0.783}]}}";

static const char declared[] =
    "{\"format\":\"sems-declaration/1\",\"quarter\":\"2026-Q2\",\"revision\":2,"
    "\"document_sha256\":\"\",\"state\":\"SUBMITTED\",\"policy\":{},\"events\":["
    "{\"at\":\"2026-07-10T09:00:00.000Z\",\"by\":\"j.hale\",\"action\":\"FREEZE\","
    "\"metric\":null,\"by_dims\":null,\"text\":null,\"reference\":null,\"channel\":null},"
    "{\"at\":\"2026-07-10T10:00:00.000Z\",\"by\":\"j.hale\",\"action\":\"COMMENT\","
    "\"metric\":\"OUT03\",\"by_dims\":{},\"text\":\"A new library since May.\","
    "\"reference\":null,\"channel\":null},"
    "{\"at\":\"2026-07-12T10:00:00.000Z\",\"by\":\"r.castellan\",\"action\":\"APPROVE\","
    "\"metric\":null,\"by_dims\":null,\"text\":\"I declare this data honest and accurate.\","
    "\"reference\":null,\"channel\":null}]}";

static json_t *
loaded(const char *text)
{
	json_error_t why;
	json_t *j = json_loads(text, 0, &why);

	cr_assert_not_null(j, "line %d column %d: %s", why.line, why.column, why.text);
	return j;
}

void
sample_init(struct sample *s)
{
	json_t *more = loaded(sections);
	json_t *figure = loaded(of_figure);
	json_t *charts = loaded(of_metric);
	json_t *metric;
	size_t i;

	*s = (struct sample){.doc = spd_fixture(), .declaration = loaded(declared)};
	buf_init(&s->bytes, SPD_DOC_MAX);
	buf_init(&s->declaration_bytes, SPD_DOC_MAX);
	cr_assert_eq(json_object_update(s->doc, more), 0);
	json_array_foreach(json_object_get(s->doc, "metrics"), i, metric)
	    cr_assert_eq(json_object_set_new(metric, "sheet", json_string("tip")), 0);
	metric = json_array_get(json_object_get(s->doc, "metrics"), 0);
	cr_assert_eq(
	    json_object_update(json_array_get(json_object_get(metric, "figures"), 0), figure), 0);
	json_decref(more);
	cr_assert_eq(json_object_update(metric, charts), 0);
	json_decref(figure);
	json_decref(charts);
}

static void
dump(const json_t *j, struct buf *to)
{
	char *text = json_dumps(j, JSON_SORT_KEYS | JSON_COMPACT);

	cr_assert_not_null(text);
	buf_clear(to);
	cr_assert(buf_add(to, text, strlen(text)));
	free(text);
}

enum code
sample_read(struct sample *s, struct err *e)
{
	unsigned char digest[SHA256_SIZE];
	char hex[65];

	dump(s->doc, &s->bytes);
	if (s->declaration != NULL) {
		cr_assert(sha256(s->bytes.p, s->bytes.n, digest));
		hex_encode(digest, sizeof digest, hex);
		json_object_set_new(s->declaration, "document_sha256", json_string(hex));
		dump(s->declaration, &s->declaration_bytes);
	}
	return edition_read(&s->edition, &s->bytes,
			    s->declaration != NULL ? &s->declaration_bytes : NULL, NULL, e);
}

void
sample_fini(struct sample *s)
{
	edition_fini(&s->edition);
	buf_fini(&s->bytes);
	buf_fini(&s->declaration_bytes);
	json_decref(s->doc);
	json_decref(s->declaration);
}

void
sample_render(struct sample *s, const char *format, struct renderings *out)
{
	struct err e;

	*out = (struct renderings){0};
	cr_assert_eq(sample_read(s, &e), OK, "%s: %s", e.where, e.text);
	cr_assert_eq(render(&s->edition, format, out, &e), OK, "%s: %s", e.where, e.text);
}

const struct buf *
sample_file(const struct renderings *r, const char *end)
{
	for (size_t i = 0; i < r->n; i++) {
		size_t n = strlen(r->file[i].name);

		if (n >= strlen(end) && strcmp(r->file[i].name + n - strlen(end), end) == 0)
			return &r->file[i].bytes;
	}
	cr_assert_fail("no file ends in %s", end);
	return NULL;
}

bool
sample_has(const struct buf *b, const char *text)
{
	return memmem(b->p, b->n, text, strlen(text)) != NULL;
}

json_t *
sample_metric(const struct sample *s, size_t i)
{
	return json_array_get(json_object_get(s->doc, "metrics"), i);
}

json_t *
sample_figure(const struct sample *s, size_t i)
{
	return json_array_get(json_object_get(sample_metric(s, i), "figures"), 0);
}

void
sample_parts(const struct buf *book, const char *prefix, struct buf *out)
{
	zip_error_t why;
	zip_source_t *source = zip_source_buffer_create(book->p, book->n, 0, &why);
	zip_t *z = zip_open_from_source(source, ZIP_RDONLY, &why);

	cr_assert_not_null(z);
	buf_init(out, (size_t)1 << 28);
	for (zip_int64_t i = 0; i < zip_get_num_entries(z, 0); i++) {
		zip_file_t *f;
		char block[4096];
		zip_int64_t n;

		if (strncmp(zip_get_name(z, (zip_uint64_t)i, 0), prefix, strlen(prefix)) != 0)
			continue;
		f = zip_fopen_index(z, (zip_uint64_t)i, 0);
		cr_assert_not_null(f);
		while ((n = zip_fread(f, block, sizeof block)) > 0)
			cr_assert(buf_add(out, block, (size_t)n));
		zip_fclose(f);
	}
	zip_discard(z);
}

size_t
sample_count(const struct buf *b, const char *what)
{
	const unsigned char *p = b->p;
	const unsigned char *end = b->p + b->n;
	size_t n = 0;

	while ((p = memmem(p, (size_t)(end - p), what, strlen(what))) != NULL) {
		p += strlen(what);
		n++;
	}
	return n;
}
