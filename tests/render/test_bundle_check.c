#include "base/count.h"
#include "base/digest.h"
#include "base/text.h"
#include "core/proof/proof.h"
#include "render/bundle_check.h"
#include "tests/lib/mutation.h"
#include "tests/lib/temp.h"
#include "tests/render/document_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

static char dir[TEMP_SIZE];
static unsigned char seed[SIGN_SEED_SIZE] = {3};
static unsigned char public[SIGN_PUBLIC_SIZE];
static char key_id[SIGN_ID_SIZE];

static void
put(const char *name, const void *p, size_t n)
{
	char path[TEMP_SIZE + 64];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "wb");
	cr_assert_not_null(f, "%s", path);
	cr_assert_eq(fwrite(p, 1, n, f), n);
	fclose(f);
}

static void
put_signature(const char *name, const char *text)
{
	unsigned char signature[SIGN_SIZE];

	cr_assert(sign_bytes(seed, text, strlen(text), signature));
	put(name, signature, sizeof signature);
}

static void
hex_of(const char *text, char hex[2 * SHA256_SIZE + 1])
{
	unsigned char sum[SHA256_SIZE];

	cr_assert(sha256(text, strlen(text), sum));
	hex_encode(sum, sizeof sum, hex);
}

static char *
document(void)
{
	static struct proof_day days[] = {
	    {.kind = "tip_event", .day = "2026-04-01", .leaves = 4, .root = {5}}};
	struct proof p = {
	    .number = 1, .quarter = "2026-Q2", .revision = 1, .days = days, .n_days = 1};
	struct err e;
	json_t *d;
	char *text;

	cr_assert_eq(proof_finish(&p, &e), OK);
	d = spd_fixture();
	json_object_set_new(d, "revision", json_integer(1));
	json_object_set_new(d, "proof", proof_json(&p));
	text = json_dumps(d, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(d);
	return text;
}

static void
list_file(json_t *files, const char *name, const char *text)
{
	char hex[2 * SHA256_SIZE + 1];

	hex_of(text, hex);
	json_array_append_new(files, json_pack("{s:s, s:i, s:s}", "name", name, "bytes",
					       (int)strlen(text), "sha256", hex));
}

/* A folder with a bundle of this document and declaration, signed as they are; the
 * document's digest is put where the declaration says SUM. */
static void
fill_bundle(const char *spd, const char *declares)
{
	static const char page[] = "<p>the figures</p>";
	char sum[2 * SHA256_SIZE + 1];
	char signature_hex[2 * SIGN_SIZE + 1];
	char public_hex[2 * SIGN_PUBLIC_SIZE + 1];
	char pem[SIGN_PEM_SIZE];
	char pem_name[64];
	char declaration[500];
	unsigned char signature[SIGN_SIZE];
	const char *named = strstr(declares, "SUM");
	json_t *files = json_array();
	json_t *m;
	char *manifest;

	cr_assert(sign_public(seed, public) && sign_key_id(public, key_id) &&
		  sign_pem(public, pem));
	hex_of(spd, sum);
	cr_assert(sign_bytes(seed, spd, strlen(spd), signature));
	hex_encode(signature, sizeof signature, signature_hex);
	hex_encode(public, sizeof public, public_hex);
	snprintf(declaration, sizeof declaration, "%.*s%s%s",
		 (int)(named == NULL ? 0 : named - declares), declares, named == NULL ? "" : sum,
		 named == NULL ? declares : named + 3);
	snprintf(pem_name, sizeof pem_name, "signing-key-%s.pem", key_id);
	put("spd.json", spd, strlen(spd));
	put_signature("spd.sig", spd);
	put("declaration.json", declaration, strlen(declaration));
	put("page.html", page, strlen(page));
	put(pem_name, pem, strlen(pem));
	list_file(files, "spd.json", spd);
	list_file(files, "declaration.json", declaration);
	list_file(files, "page.html", page);
	list_file(files, pem_name, pem);
	{
		unsigned char digest[SHA256_SIZE];
		char hex[2 * SHA256_SIZE + 1];

		cr_assert(sha256(signature, sizeof signature, digest));
		hex_encode(digest, sizeof digest, hex);
		json_array_append_new(files, json_pack("{s:s, s:i, s:s}", "name", "spd.sig",
						       "bytes", SIGN_SIZE, "sha256", hex));
	}
	m = json_pack(
	    "{s:s, s:s, s:i, s:s, s:s, s:s, s:{s:s, s:s, s:s, s:s}, s:[{s:s, s:s, s:s}], s:o}",
	    "format", "sems-bundle/1", "quarter", "2026-Q2", "revision", 1, "state", "DRAFT",
	    "marking", "OFFICIAL-SENSITIVE", "signed_by", key_id, "document", "file", "spd.json",
	    "sha256", sum, "signature", signature_hex, "key_id", key_id, "keys", "key_id", key_id,
	    "algorithm", "Ed25519", "public_key", public_hex, "files", files);
	manifest = json_dumps(m, JSON_COMPACT | JSON_SORT_KEYS);
	put("MANIFEST.json", manifest, strlen(manifest));
	put_signature("MANIFEST.sig", manifest);
	json_decref(m);
	free(manifest);
}

static const char declared[] =
    "{\"document_sha256\":\"SUM\",\"format\":\"sems-declaration/1\",\"state\":\"DRAFT\","
    "\"events\":[{\"at\":\"x\",\"by\":\"x\",\"action\":\"FREEZE\",\"metric\":null,\"by_dims\":null,"
    "\"text\":null,\"reference\":null,\"channel\":null}],\"policy\":null,\"quarter\":\"2026-Q2\","
    "\"revision\":1}";

/* A folder with a bundle that is right. */
static void
make_bundle(void)
{
	char *spd = document();

	temp_dir(dir);
	fill_bundle(spd, declared);
	free(spd);
}

static void
clean(void)
{
	cr_expect(temp_remove(dir));
}

/* "" when it is sound, else "CHECK: why" of the first that is not. Static. */
static const char *
first_fault(const char *path, const struct bundle_key *trusted, size_t n)
{
	static char text[500];
	struct bundle b;
	struct err e = {0};
	json_t *report = NULL;
	json_t *one;
	size_t i;

	text[0] = '\0';
	if (bundle_open(path, &b, &e) != OK) {
		snprintf(text, sizeof text, "UNREADABLE: %s", e.text);
	} else {
		report = bundle_check(&b, trusted, n);
		json_array_foreach(json_object_get(report, "checks"), i, one)
		{
			if (text[0] == '\0' && json_is_false(json_object_get(one, "good")))
				snprintf(text, sizeof text, "%s: %s",
					 json_string_value(json_object_get(one, "check")),
					 json_string_value(json_object_get(one, "text")));
		}
		cr_expect_eq(json_is_true(json_object_get(report, "sound")), text[0] == '\0');
	}
	json_decref(report);
	bundle_fini(&b);
	return text;
}

TestSuite(bundle_check, .init = make_bundle, .fini = clean);

Test(bundle_check, finds_a_right_bundle_right)
{
	struct bundle_key trusted;

	cr_expect_str_eq(first_fault(dir, NULL, 0), "");
	memcpy(trusted.public, public, sizeof public);
	cr_expect_str_eq(first_fault(dir, &trusted, 1), "");
}

Test(bundle_check, takes_no_key_that_it_was_not_given)
{
	struct bundle_key trusted = {{1}};

	cr_expect_not_null(strstr(first_fault(dir, &trusted, 1), "none of those given"));
}

Test(bundle_check, finds_any_file_that_was_changed)
{
	static const char *const names[] = {"spd.json",  "spd.sig",       "declaration.json",
					    "page.html", "MANIFEST.json", "MANIFEST.sig"};

	for (size_t i = 0; i < COUNT(names); i++) {
		char path[TEMP_SIZE + 64];
		FILE *f;
		int c;

		snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		f = fopen(path, "r+b");
		fseek(f, 12, SEEK_SET);
		c = fgetc(f);
		fseek(f, 12, SEEK_SET);
		fputc(c ^ 1, f);
		fclose(f);
		cr_expect_neq(first_fault(dir, NULL, 0)[0], '\0', "%s", names[i]);
		f = fopen(path, "r+b");
		fseek(f, 12, SEEK_SET);
		fputc(c, f);
		fclose(f);
		cr_expect_str_eq(first_fault(dir, NULL, 0), "");
	}
}

Test(bundle_check, finds_files_that_are_missing_or_too_many)
{
	char path[TEMP_SIZE + 64];

	put("extra.csv", "x", 1);
	cr_expect_str_eq(first_fault(dir, NULL, 0), "FILES: extra.csv is not in the manifest");
	snprintf(path, sizeof path, "%s/extra.csv", dir);
	unlink(path);
	snprintf(path, sizeof path, "%s/page.html", dir);
	unlink(path);
	cr_expect_str_eq(first_fault(dir, NULL, 0), "FILES: page.html is missing");
}

/* Somebody who signs with a key of their own, and puts it where ours was. */
Test(bundle_check, finds_a_document_whose_root_does_not_follow)
{
	char *text = document();
	json_t *d = json_loads(text, 0, NULL);
	json_t *day = json_array_get(json_object_get(json_object_get(d, "proof"), "days"), 0);
	json_t *report;
	struct bundle b;
	struct err e;

	free(text);
	json_object_set_new(day, "leaves", json_integer(5));
	text = json_dumps(d, JSON_COMPACT | JSON_SORT_KEYS);
	put("spd.json", text, strlen(text));
	cr_assert_eq(bundle_open(dir, &b, &e), OK);
	report = bundle_check(&b, NULL, 0);
	free(text);
	text = json_dumps(report, 0);
	cr_expect_not_null(strstr(text, "does not follow from the day roots"), "%s", text);
	free(text);
	json_decref(report);
	json_decref(d);
	bundle_fini(&b);
}

Test(bundle_check, refuses_what_is_no_bundle)
{
	char path[TEMP_SIZE + 64];

	put(".hidden", "x", 1);
	cr_expect_not_null(strstr(first_fault(dir, NULL, 0), "a bundle never has"));
	snprintf(path, sizeof path, "%s/.hidden", dir);
	unlink(path);
	cr_expect_not_null(strstr(first_fault("/no/such/folder", NULL, 0), "cannot open"));
	put("torn.zip", "PK\003\004 and no more", 15);
	snprintf(path, sizeof path, "%s/torn.zip", dir);
	cr_expect_not_null(strstr(first_fault(path, NULL, 0), "no ZIP file"));
	unlink(path);
	snprintf(path, sizeof path, "%s/MANIFEST.json", dir);
	unlink(path);
	cr_expect_not_null(strstr(first_fault(dir, NULL, 0), "has no MANIFEST.json"));
}

Test(bundle_check, waits_for_no_pipe, .timeout = 60)
{
	char path[TEMP_SIZE + 64];

	snprintf(path, sizeof path, "%s/MANIFEST.sig", dir);
	unlink(path);
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_expect_not_null(strstr(first_fault(path, NULL, 0), "a pipe"));
	cr_expect_not_null(strstr(first_fault(dir, NULL, 0), "a pipe"));
	cr_expect_not_null(strstr(first_fault("/dev/zero", NULL, 0), "a device"));
}

/* A ZIP whose member would be written elsewhere by whoever unpacks it. */
Test(bundle_check, refuses_an_archive_with_a_path_in_it)
{
	char path[TEMP_SIZE + 64];
	int why = 0;
	zip_t *z;

	snprintf(path, sizeof path, "%s/x.zip", dir);
	z = zip_open(path, ZIP_CREATE, &why);
	cr_assert_not_null(z);
	cr_assert_geq(zip_file_add(z, "../spd.json", zip_source_buffer(z, "x", 1, 0), 0), 0);
	cr_assert_eq(zip_close(z), 0);
	cr_expect_not_null(strstr(first_fault(path, NULL, 0), "a bundle never has"));
}

/* Whoever holds the key can sign what is no document: it is found, and no reader trips over it. */
static size_t
check_mutants(const char *of, bool is_document)
{
	json_t *good = json_loads(of, 0, NULL);
	char what[200];
	char *spd = document();
	size_t named = 0;
	json_t *m;

	for (size_t n = 0; (m = mutation_make(good, n, what)) != NULL; n++) {
		char *text = json_dumps(m, JSON_COMPACT | JSON_SORT_KEYS);
		const char *fault;

		fill_bundle(is_document ? text : spd, is_document ? declared : text);
		fault = first_fault(dir, NULL, 0);
		named += strstr(fault, " is missing") != NULL || strstr(fault, " is no ") != NULL;
		cr_expect(fault[0] != '\0' || strstr(what, ".details.") != NULL ||
			      strstr(what, ".names.measure.") != NULL ||
			      strstr(what, ".names.site.") != NULL || strstr(what, ".by") != NULL ||
			      strstr(what, ".policy") != NULL || strstr(what, "encoding") != NULL ||
			      strstr(what, "number") != NULL,
			  "%s", what);
		free(text);
		json_decref(m);
	}
	json_decref(good);
	free(spd);
	return named;
}

Test(bundle_check, names_any_member_that_is_not_as_it_must_be)
{
	char *spd = document();

	cr_expect_gt(check_mutants(spd, true), 100);
	cr_expect_gt(check_mutants(declared, false), 20);
	free(spd);
}

/* Small in bytes, and eighty times as large in memory. */
Test(bundle_check, reads_no_document_that_takes_memory_beyond_its_size)
{
	enum { EMPTY = 100000 };
	struct buf b;
	const char *spd;

	buf_init(&b, (size_t)4 * EMPTY);
	for (int i = 0; i < EMPTY; i++)
		cr_assert(buf_add(&b, i == 0 ? "[{}" : ",{}", 3));
	cr_assert(buf_add(&b, "]", 2));
	spd = (const char *)b.p;
	cr_assert(temp_remove(dir));
	temp_dir(dir);
	fill_bundle(spd, declared);
	cr_expect_str_eq(first_fault(dir, NULL, 0),
			 "DOCUMENT: to be read it takes more than sixteen times its size, which "
			 "none does");
	buf_fini(&b);
}
