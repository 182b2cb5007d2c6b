#include "render/bundle_check.h"

#include "base/json/jsonin.h"
#include "base/json/jsonmem.h"
#include "base/text.h"
#include "core/proof/proof.h"
#include "core/spd/schema.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ARENA_MAX  ((size_t)64 << 20)
#define TREE_TIMES 16u /* a document's tree takes ten times its bytes */
#define TREE_FREE  ((size_t)1 << 20)

/* --- the report ------------------------------------------------------------------------------- */

void
bundle_note(json_t *report, const char *check, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	if (fmt != NULL) {
		va_start(ap, fmt);
		text_vprint(text, sizeof text, fmt, ap);
		va_end(ap);
		json_object_set_new(report, "sound", json_false());
	}
	json_array_append_new(json_object_get(report, "checks"),
			      json_pack("{s:s, s:b, s:s?}", "check", check, "good", fmt == NULL,
					"text", fmt == NULL ? NULL : text));
}

/* --- keys and signatures ---------------------------------------------------------------------- */

static bool
find_key(const json_t *manifest, const char *id, unsigned char key[SIGN_PUBLIC_SIZE])
{
	const json_t *keys = json_object_get(manifest, "keys");
	char own[SIGN_ID_SIZE];

	for (size_t i = 0; i < json_array_size(keys); i++) {
		const json_t *k = json_array_get(keys, i);

		/* The id must be the key's own: else two could share one. */
		if (strcmp(member_text(k, "key_id"), id) == 0 &&
		    hex_decode(text_of(member_text(k, "public_key")), key, SIGN_PUBLIC_SIZE) &&
		    sign_key_id(key, own) && strcmp(own, id) == 0)
			return true;
	}
	return false;
}

static bool
is_trusted(const unsigned char key[SIGN_PUBLIC_SIZE], const struct bundle_key *trusted, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (memcmp(trusted[i].public, key, SIGN_PUBLIC_SIZE) == 0)
			return true;
	return false;
}

struct signed_part {
	const char *check;
	const struct bundle_file *file;
	const struct bundle_file *signature;
	const char *key_id;
};

static void
check_signature(const struct bundle *b, const struct signed_part *p, json_t *report,
		const struct bundle_key *trusted, size_t n)
{
	unsigned char key[SIGN_PUBLIC_SIZE];

	if (p->file == NULL || p->signature == NULL || p->signature->bytes.n != SIGN_SIZE) {
		bundle_note(report, p->check, "the file or its signature is missing");
		return;
	}
	if (!find_key(b->manifest, p->key_id, key)) {
		bundle_note(report, p->check, "the key %.32s is not in the bundle", p->key_id);
		return;
	}
	if (!sign_good(key, p->file->bytes.p, p->file->bytes.n, p->signature->bytes.p)) {
		bundle_note(report, p->check, "the key %.32s did not sign %s", p->key_id,
			    p->file->name);
		return;
	}
	json_array_append_new(json_object_get(report, "keys"), json_string(p->key_id));
	if (n > 0 && !is_trusted(key, trusted, n)) {
		json_object_set_new(report, "trusted", json_false());
		bundle_note(report, p->check,
			    "signed with the key %.32s, which is none of those given", p->key_id);
		return;
	}
	bundle_note(report, p->check, NULL);
}

/* The .pem files are for people with openssl: they must be the same keys. */
static void
check_keys(const struct bundle *b, json_t *report)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct bundle_file *f = &b->file[i];
		unsigned char pem[SIGN_PUBLIC_SIZE];
		unsigned char key[SIGN_PUBLIC_SIZE];
		char id[SIGN_ID_SIZE];
		char name[64];

		if (strncmp(f->name, "signing-key-", 12) != 0)
			continue;
		if (!sign_read_pem((const char *)f->bytes.p, f->bytes.n, pem) ||
		    !sign_key_id(pem, id) || !find_key(b->manifest, id, key) ||
		    snprintf(name, sizeof name, "signing-key-%s.pem", id) < 0 ||
		    strcmp(name, f->name) != 0) {
			bundle_note(report, "KEYS", "%s is no key that signed this", f->name);
			return;
		}
	}
	bundle_note(report, "KEYS", NULL);
}

/* --- files ------------------------------------------------------------------------------------ */

static bool
file_is(const struct bundle *b, const json_t *listed)
{
	const struct bundle_file *f = bundle_find(b, member_text(listed, "name"));
	char hex[2 * SHA256_SIZE + 1];

	if (f == NULL)
		return false;
	hex_encode(f->sha256, sizeof f->sha256, hex);
	return strcmp(hex, member_text(listed, "sha256")) == 0 &&
	       json_integer_value(json_object_get(listed, "bytes")) == (json_int_t)f->n;
}

static bool
is_listed(const json_t *files, const char *name)
{
	for (size_t i = 0; i < json_array_size(files); i++)
		if (strcmp(member_text(json_array_get(files, i), "name"), name) == 0)
			return true;
	return strcmp(name, BUNDLE_MANIFEST) == 0 || strcmp(name, BUNDLE_SIGNATURE) == 0;
}

static void
check_files(const struct bundle *b, json_t *report)
{
	const json_t *files = json_object_get(b->manifest, "files");
	bool good = true;

	for (size_t i = 0; i < json_array_size(files); i++) {
		const json_t *one = json_array_get(files, i);

		if (file_is(b, one))
			continue;
		bundle_note(report, "FILES", "%.100s is %s", member_text(one, "name"),
			    bundle_find(b, member_text(one, "name")) == NULL
				? "missing"
				: "not what the manifest says");
		good = false;
	}
	for (size_t i = 0; i < b->n; i++) {
		if (is_listed(files, b->file[i].name))
			continue;
		bundle_note(report, "FILES", "%s is not in the manifest", b->file[i].name);
		good = false;
	}
	if (good && json_array_size(files) > 0)
		bundle_note(report, "FILES", NULL);
	else if (good)
		bundle_note(report, "FILES", "the manifest lists none");
}

/* --- the document ----------------------------------------------------------------------------- */

/* In memory that its size bounds, whatever is in it. NULL, and why. */
static json_t *
load(const struct bundle_file *f, const char **why)
{
	uint64_t failed = jsonmem_failed();
	json_t *j;

	*why = "there is none that can be read";
	if (f == NULL)
		return NULL;
	jsonmem_bound(TREE_TIMES * f->bytes.n + TREE_FREE);
	j = json_loadb((const char *)f->bytes.p, f->bytes.n, 0, NULL);
	jsonmem_bound(0);
	if (jsonmem_failed() != failed)
		*why = "to be read it takes more than sixteen times its size, which none does";
	return j;
}

static void
check_document(const struct bundle *b, json_t *document, json_t *report)
{
	const json_t *m = b->manifest;
	const json_t *listed = json_object_get(m, "document");
	const struct bundle_file *file = bundle_find(b, "spd.json");
	const struct bundle_file *signature = bundle_find(b, "spd.sig");
	struct err e;
	char sum_hex[2 * SHA256_SIZE + 1] = "";
	char signature_hex[2 * SIGN_SIZE + 1] = "";

	if (file != NULL)
		hex_encode(file->sha256, sizeof file->sha256, sum_hex);
	if (signature != NULL && signature->bytes.n == SIGN_SIZE)
		hex_encode(signature->bytes.p, SIGN_SIZE, signature_hex);
	if (strcmp(sum_hex, member_text(listed, "sha256")) != 0 ||
	    strcmp(signature_hex, member_text(listed, "signature")) != 0)
		bundle_note(report, "DOCUMENT", "it is not the one that the manifest names");
	else if (strcmp(member_text(json_object_get(document, "quarter"), "label"),
			member_text(m, "quarter")) != 0 ||
		 !json_equal(json_object_get(document, "revision"),
			     json_object_get(m, "revision")) ||
		 strcmp(member_text(document, "marking"), member_text(m, "marking")) != 0)
		bundle_note(report, "DOCUMENT",
			    "its quarter, revision or marking is not what the manifest says");
	else if (schema_check(SCHEMA_SPD, document, &e) != OK)
		bundle_note(report, "DOCUMENT", "%s", e.text);
	else
		bundle_note(report, "DOCUMENT", NULL);
}

static void
check_declaration(const struct bundle *b, json_t *report)
{
	const char *why;
	json_t *d = load(bundle_find(b, "declaration.json"), &why);
	const json_t *listed = json_object_get(b->manifest, "document");
	struct err e;

	if (d == NULL)
		bundle_note(report, "DECLARATION", "%s", why);
	else if (strcmp(member_text(d, "document_sha256"), member_text(listed, "sha256")) != 0)
		bundle_note(report, "DECLARATION", "it is of another document");
	else if (strcmp(member_text(d, "state"), member_text(b->manifest, "state")) != 0)
		bundle_note(report, "DECLARATION", "its state is not what the manifest says");
	else if (schema_check(SCHEMA_DECLARATION, d, &e) != OK)
		bundle_note(report, "DECLARATION", "%s", e.text);
	else
		bundle_note(report, "DECLARATION", NULL);
	json_decref(d);
}

static void
check_root(const json_t *document, json_t *report)
{
	struct arena *a = arena_new(ARENA_MAX);
	struct proof p;
	unsigned char printed[SHA256_SIZE];
	char hex[PROOF_HEX_SIZE];
	int64_t leaves;
	struct err e = {0};

	if (a == NULL || proof_read(document, a, &p, &e) != OK) {
		bundle_note(report, "ROOT", "%s", e.text);
		arena_free(a);
		return;
	}
	memcpy(printed, p.root, sizeof printed);
	leaves = p.leaves;
	hex_encode(printed, sizeof printed, hex);
	if (proof_finish(&p, &e) != OK || memcmp(printed, p.root, sizeof printed) != 0 ||
	    leaves != p.leaves)
		bundle_note(report, "ROOT", "%s does not follow from the day roots", hex);
	else
		bundle_note(report, "ROOT", NULL);
	json_object_set_new(report, "root", json_string(hex));
	json_object_set_new(report, "leaves", json_integer(leaves));
	arena_free(a);
}

json_t *
bundle_check(struct bundle *b, const struct bundle_key *trusted, size_t n)
{
	const json_t *m = b->manifest;
	const json_t *listed = json_object_get(m, "document");
	json_t *report = json_pack("{s:b, s:[], s:[], s:o}", "sound", 1, "checks", "keys",
				   "trusted", n == 0 ? json_null() : json_true());
	struct signed_part parts[] = {
	    {"MANIFEST", bundle_find(b, BUNDLE_MANIFEST), bundle_find(b, BUNDLE_SIGNATURE),
	     member_text(m, "signed_by")},
	    {"SIGNATURE", bundle_find(b, "spd.json"), bundle_find(b, "spd.sig"),
	     member_text(listed, "key_id")},
	};
	const char *why;
	json_t *document;

	if (report == NULL)
		return NULL;
	if (m == NULL || strcmp(member_text(m, "format"), "sems-bundle/1") != 0) {
		bundle_note(report, "MANIFEST", "it is no manifest of format sems-bundle/1");
		return report;
	}
	json_object_set(report, "quarter", json_object_get(m, "quarter"));
	json_object_set(report, "revision", json_object_get(m, "revision"));
	json_object_set(report, "state", json_object_get(m, "state"));
	for (size_t i = 0; i < 2; i++)
		check_signature(b, &parts[i], report, trusted, n);
	check_keys(b, report);
	check_files(b, report);
	document = load(bundle_find(b, "spd.json"), &why);
	if (document != NULL)
		check_document(b, document, report);
	else
		bundle_note(report, "DOCUMENT", "%s", why);
	check_root(document, report);
	check_declaration(b, report);
	json_decref(document);
	return report;
}
