#include "base/digest.h"
#include "base/text.h"
#include "core/spd/spd.h"
#include "render/bundle.h"
#include "tests/lib/mutation.h"
#include "tests/render/edition_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#define KEY_A "a1b2c3d4e5f60718"
#define KEY_B "00b2c3d4e5f60718"

static const char public_a[] = "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29";
static const char public_b[] = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/* As semsd answers: `signs` is the key of today, key_id the one of the freeze. */
static void
make_seal(struct sample *s, struct buf *bytes, const char *signs)
{
	char signature[129];
	struct err e;

	memset(signature, 'a', 128);
	signature[128] = '\0';
	cr_assert_eq(sample_read(s, &e), OK);
	buf_init(bytes, 100000);
	cr_assert(buf_addf(bytes,
			   "{\"key_id\":\"" KEY_A "\",\"keys\":[{\"algorithm\":\"Ed25519\","
			   "\"key_id\":\"" KEY_B "\",\"public_key\":\"%s\"},"
			   "{\"algorithm\":\"Ed25519\",\"key_id\":\"" KEY_A
			   "\",\"public_key\":\"%s\"}],"
			   "\"quarter\":\"2026-Q2\",\"revision\":2,\"sha256\":\"%s\","
			   "\"signature\":\"%s\",\"signs\":\"%s\",\"state\":\"SUBMITTED\"}",
			   public_b, public_a, s->edition.sha256, signature, signs));
	edition_fini(&s->edition);
	cr_assert_eq(edition_read(&s->edition, &s->bytes, &s->declaration_bytes, bytes, &e), OK,
		     "%s", e.text);
}

static const struct rendered *
member(const struct renderings *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->file[i].name, name) == 0)
			return &r->file[i];
	cr_assert_fail("no member %s", name);
	return NULL;
}

static json_t *
manifest_of(struct sample *s, struct renderings *members, struct buf *manifest)
{
	struct err e;
	json_t *m;

	*members = (struct renderings){0};
	cr_assert_eq(render(&s->edition, "bundle", members, &e), OK, "%s", e.text);
	cr_assert_eq(bundle_members(&s->edition, members, &e), OK, "%s", e.text);
	buf_init(manifest, 1000000);
	cr_assert_eq(bundle_manifest(&s->edition, members, manifest, &e), OK, "%s", e.text);
	m = json_loadb((const char *)manifest->p, manifest->n, 0, NULL);
	cr_assert_not_null(m);
	return m;
}

Test(bundle, lists_every_file_by_its_digest_in_the_order_of_names)
{
	struct renderings members;
	struct sample s;
	struct buf bytes;
	struct buf manifest;
	const char *before = "";
	json_t *files;
	json_t *m;
	json_t *file;
	size_t i;

	sample_init(&s);
	make_seal(&s, &bytes, KEY_A);
	m = manifest_of(&s, &members, &manifest);
	files = json_object_get(m, "files");
	cr_expect_eq(json_array_size(files), members.n);
	json_array_foreach(files, i, file)
	{
		const char *name = json_string_value(json_object_get(file, "name"));
		const struct rendered *r = member(&members, name);
		unsigned char sum[SHA256_SIZE];
		char hex[65];

		cr_expect_lt(strcmp(before, name), 0, "%s", name);
		before = name;
		cr_assert(sha256(r->bytes.p, r->bytes.n, sum));
		hex_encode(sum, sizeof sum, hex);
		cr_expect_str_eq(json_string_value(json_object_get(file, "sha256")), hex);
		cr_expect_eq((size_t)json_integer_value(json_object_get(file, "bytes")),
			     r->bytes.n);
		cr_expect_null(strchr(name, '/'));
	}
	cr_expect_str_eq(json_string_value(json_object_get(m, "format")), "sems-bundle/1");
	cr_expect_str_eq(json_string_value(json_object_get(m, "state")), "SUBMITTED");
	cr_expect_str_eq(json_string_value(json_object_get(m, "marking")), "OFFICIAL-SENSITIVE");
	json_decref(m);
	buf_fini(&manifest);
	renderings_fini(&members);
	sample_fini(&s);
	buf_fini(&bytes);
}

Test(bundle, holds_the_document_its_signature_and_the_keys_of_both)
{
	struct renderings members;
	struct sample s;
	struct buf bytes;
	struct buf manifest;
	json_t *m;
	const struct rendered *r;

	sample_init(&s);
	make_seal(&s, &bytes, KEY_B);
	m = manifest_of(&s, &members, &manifest);
	r = member(&members, "spd.json");
	cr_expect_eq(r->bytes.n, s.bytes.n);
	cr_expect_eq(memcmp(r->bytes.p, s.bytes.p, s.bytes.n), 0);
	r = member(&members, "spd.sig");
	cr_expect_eq(r->bytes.n, 64);
	cr_expect_eq(r->bytes.p[0], 0xaa);
	member(&members, "declaration.json");
	r = member(&members, "signing-key-" KEY_A ".pem");
	/* What `openssl pkey -pubin -text` reads as public_a. */
	cr_expect(sample_has(&r->bytes,
			     "-----BEGIN PUBLIC KEY-----\n"
			     "MCowBQYDK2VwAyEAO2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik=\n"
			     "-----END PUBLIC KEY-----\n"));
	member(&members, "signing-key-" KEY_B ".pem");
	cr_expect_str_eq(json_string_value(json_object_get(m, "signed_by")), KEY_B);
	cr_expect_eq(json_array_size(json_object_get(m, "keys")), 2);
	json_decref(m);
	buf_fini(&manifest);
	renderings_fini(&members);
	sample_fini(&s);
	buf_fini(&bytes);
}

/* It would be refused by whoever checks it. */
Test(bundle, is_not_made_of_a_document_that_nobody_would_verify)
{
	struct sample s;
	struct renderings members = {0};
	struct buf seal;
	struct err e;

	sample_init(&s);
	make_seal(&s, &seal, KEY_A);
	cr_assert_eq(render(&s.edition, "bundle", &members, &e), OK, "%s", e.text);
	for (size_t i = 0; i < members.n; i++) {
		struct buf *bytes = &members.file[i].bytes;

		if (strstr(members.file[i].name, "_spd.json") != NULL)
			cr_assert_not_null(buf_extend(bytes, SPD_DOCUMENT_MAX + 1 - bytes->n));
	}
	cr_expect_eq(bundle_members(&s.edition, &members, &e), REJ_STATE);
	cr_expect_not_null(strstr(e.text, "spd.json has 67108865 bytes"), "%s", e.text);
	renderings_fini(&members);
	sample_fini(&s);
	buf_fini(&seal);
}

Test(bundle, is_refused_without_a_signature)
{
	struct renderings members = {0};
	struct sample s;
	struct err e;

	sample_init(&s);
	cr_assert_eq(sample_read(&s, &e), OK);
	cr_assert_eq(bundle_members(&s.edition, &members, &e), REJ_STATE);
	cr_expect_not_null(strstr(e.text, "not signed"), "%s", e.text);
	sample_fini(&s);
}

Test(bundle, a_seal_of_another_document_is_refused)
{
	struct sample s;
	struct buf bytes;
	struct err e;

	sample_init(&s);
	cr_assert_eq(sample_read(&s, &e), OK);
	edition_fini(&s.edition);
	buf_init(&bytes, 1000);
	cr_assert(buf_addf(&bytes, "{\"sha256\":\"00\",\"signature\":\"\",\"key_id\":\"\"}"));
	cr_assert_eq(edition_read(&s.edition, &s.bytes, NULL, &bytes, &e), REJ_MALFORMED);
	cr_expect_not_null(strstr(e.text, "another document"), "%s", e.text);
	buf_fini(&bytes);
	sample_fini(&s);
}

/* --- sheets by the template ------------------------------------------------------------------- */

Test(sheets, are_those_of_the_template_in_its_order)
{
	static const char layout[] =
	    "{\"version\":\"9\",\"sha256\":\"ee\",\"title\":\"T\",\"declaration\":\"I declare.\","
	    "\"sheets\":["
	    "{\"id\":\"zz\",\"title\":\"Last first\",\"content\":\"METRICS\","
	    "\"metrics\":[\"QN01\",\"OUT03\",\"CA01\"],\"by\":[\"\",\"site\"],"
	    "\"columns\":[\"value\",\"status\"],\"note\":\"A note.\",\"empty\":null},"
	    "{\"id\":\"cover\",\"title\":\"Front\",\"content\":\"COVER\",\"metrics\":[],\"by\":"
	    "null,"
	    "\"columns\":null,\"note\":null,\"empty\":null}]}";
	struct renderings files;
	struct sample s;
	const struct buf *page;
	const unsigned char *at;
	const unsigned char *then;

	sample_init(&s);
	json_object_set_new(s.doc, "template", json_loads(layout, 0, NULL));
	sample_render(&s, "html", &files);
	page = sample_file(&files, ".html");
	at = memmem(page->p, page->n, "<h2 id=\"zz-h\">Last first</h2>", 29);
	cr_assert_not_null(at);
	then = memmem(page->p, page->n, "<h2 id=\"cover-h\">Front</h2>", 27);
	cr_assert_not_null(then);
	cr_expect_lt(at, then);
	cr_expect(sample_has(page, "A note."));
	cr_expect(sample_has(page, "By site"));
	cr_expect(!sample_has(page, "By site and measure"));
	cr_expect(!sample_has(page, "By stream"));
	/* What was asked for and cannot be computed is named with what it would take. */
	cr_expect(sample_has(page, "Actions on time"));
	cr_expect(!sample_has(page, "id=\"scorecard\""));
	/* Its metrics in its order. */
	at = memmem(at, (size_t)(then - at), ">QN01<", 6);
	cr_assert_not_null(at);
	cr_expect_not_null(memmem(at, (size_t)(then - at), ">OUT03<", 7));
	renderings_fini(&files);
	sample_fini(&s);
}

Test(sheets, balances_are_shown_also_where_no_metric_is)
{
	struct renderings files;
	struct sample s;

	sample_init(&s);
	json_object_set_new(s.doc, "metrics", json_array());
	sample_render(&s, "html", &files);
	cr_expect(sample_has(sample_file(&files, ".html"), "= open at the end"));
	renderings_fini(&files);
	sample_fini(&s);
}

Test(render, names_any_member_that_is_not_as_it_must_be)
{
	struct sample s;
	json_t *good;
	char what[200];
	size_t refused = 0;
	struct err e;

	sample_init(&s);
	good = json_incref(s.doc);
	json_decref(s.declaration);
	s.declaration = NULL;
	for (size_t n = 0;; n++) {
		json_decref(s.doc);
		s.doc = mutation_make(good, n, what);
		if (s.doc == NULL)
			break;
		if (sample_read(&s, &e) != OK) {
			refused++;
			cr_expect_neq(e.where[0], '\0', "%s", what);
		}
		edition_fini(&s.edition);
	}
	cr_expect_gt(refused, 300);
	s.doc = good;
	sample_fini(&s);
}

/* Behind the check: a renderer that meets such a member draws or refuses, and goes on. */
Test(render, no_renderer_trips_over_a_member)
{
	static const char *const formats[] = {"html", "csv", "xlsx"};
	struct sample s;
	json_t *good;
	char what[200];
	struct err e;
	size_t n = 0;

	sample_init(&s);
	cr_assert_eq(sample_read(&s, &e), OK, "%s", e.text);
	good = s.edition.doc;
	for (; (s.edition.doc = mutation_make(good, n, what)) != NULL; n++) {
		struct renderings files = {0};

		if (render(&s.edition, formats[n % 3], &files, &e) == OK)
			renderings_fini(&files);
		json_decref(s.edition.doc);
	}
	cr_expect_gt(n, 300);
	s.edition.doc = good;
	sample_fini(&s);
}
