#include "render/bundle.h"

#include "base/digest.h"
#include "base/text.h"
#include "core/spd/declaration.h"
#include "core/spd/spd.h"
#include "render/file/archive.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT   "sems-bundle/1"
#define KEY_TEXT (2 * KEY_SIZE)

static enum code
no_memory(struct err *e)
{
	return err_set(e, TRY_LIMIT, "bundle", "out of memory; try again");
}

static bool
ends_in(const char *name, const char *end)
{
	size_t n = strlen(name);

	return n >= strlen(end) && strcmp(name + n - strlen(end), end) == 0;
}

static struct buf *
add_member(struct renderings *members, const char *name)
{
	struct rendered *m = renderings_add(members);

	if (m == NULL)
		return NULL;
	snprintf(m->name, sizeof m->name, "%s", name);
	return &m->bytes;
}

/* --- keys ------------------------------------------------------------------------------------- */

static const json_t *
key_of(const struct edition *ed, const char *id)
{
	const json_t *key;
	size_t i;

	json_array_foreach(json_object_get(ed->seal, "keys"), i, key)
	{
		if (strcmp(spd_text(key, "key_id"), id) == 0)
			return key;
	}
	return NULL;
}

/* SubjectPublicKeyInfo of an Ed25519 key (RFC 8410): these bytes, then the key. */
static bool
put_pem(struct buf *out, const char *hex)
{
	unsigned char der[12 + KEY_SIZE] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
					    0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
	unsigned char base64[4 * ((sizeof der + 2) / 3) + 1];

	if (strlen(hex) != KEY_TEXT || !hex_decode(text_of(hex), der + 12, KEY_SIZE))
		return false;
	EVP_EncodeBlock(base64, der, sizeof der);
	return buf_addf(out, "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n", base64);
}

static enum code
add_key(const struct edition *ed, const char *id, struct renderings *members, struct err *e)
{
	char name[64];
	struct buf *to;

	snprintf(name, sizeof name, "signing-key-%.32s.pem", id);
	for (size_t i = 0; i < members->n; i++)
		if (strcmp(members->file[i].name, name) == 0)
			return OK;
	to = add_member(members, name);
	if (to == NULL)
		return no_memory(e);
	if (!put_pem(to, spd_text(key_of(ed, id), "public_key")))
		return err_set(e, REJ_MALFORMED, "bundle",
			       "the public key %.32s is not what a key looks like", id);
	return OK;
}

/* --- members ---------------------------------------------------------------------------------- */

static int
compare_names(const void *a, const void *b)
{
	return strcmp(((const struct rendered *)a)->name, ((const struct rendered *)b)->name);
}

/* The two that a program looks for have short names, and a size that it takes. */
static enum code
rename_members(struct renderings *members, struct err *e)
{
	static const struct {
		const char *name;
		size_t max;
	} plain[] = {{"spd.json", SPD_DOCUMENT_MAX}, {"declaration.json", DECLARATION_MAX}};

	for (size_t i = 0; i < members->n; i++) {
		struct rendered *m = &members->file[i];

		for (size_t k = 0; k < 2; k++) {
			char end[32];

			snprintf(end, sizeof end, "_%s", plain[k].name);
			if (!ends_in(m->name, end))
				continue;
			snprintf(m->name, sizeof m->name, "%s", plain[k].name);
			if (m->bytes.n > plain[k].max)
				return err_set(e, REJ_STATE, "bundle",
					       "%s has %zu bytes; semsctl verify takes no more "
					       "than %zu MiB: export the files without a bundle",
					       m->name, m->bytes.n, plain[k].max >> 20);
		}
	}
	return OK;
}

enum code
bundle_members(const struct edition *ed, struct renderings *members, struct err *e)
{
	const char *signature = spd_text(ed->seal, "signature");
	unsigned char raw[BUNDLE_SIGNATURE_SIZE];
	struct buf *to;
	enum code code;

	if (strcmp(spd_text(ed->seal, "sha256"), ed->sha256) != 0 ||
	    strlen(signature) != 2 * sizeof raw || !hex_decode(text_of(signature), raw, sizeof raw))
		return err_set(e, REJ_STATE, "bundle",
			       "this document is not signed: freeze the quarter, and name the "
			       "revision");
	code = rename_members(members, e);
	if (code != OK)
		return code;
	to = add_member(members, "spd.sig");
	if (to == NULL || !buf_add(to, raw, sizeof raw))
		return no_memory(e);
	code = add_key(ed, spd_text(ed->seal, "key_id"), members, e);
	if (code == OK)
		code = add_key(ed, spd_text(ed->seal, "signs"), members, e);
	if (code == OK)
		qsort(members->file, members->n, sizeof members->file[0], compare_names);
	return code;
}

/* --- the list --------------------------------------------------------------------------------- */

static json_t *
file_json(const struct rendered *m)
{
	unsigned char sum[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	if (!sha256(m->bytes.p, m->bytes.n, sum))
		return NULL;
	hex_encode(sum, sizeof sum, hex);
	return json_pack("{s:s, s:I, s:s}", "name", m->name, "bytes", (json_int_t)m->bytes.n,
			 "sha256", hex);
}

static json_t *
keys_json(const struct edition *ed)
{
	const char *ids[] = {spd_text(ed->seal, "key_id"), spd_text(ed->seal, "signs")};
	json_t *list = json_array();
	bool in_order = strcmp(ids[0], ids[1]) <= 0;

	for (size_t i = 0; i < 2; i++) {
		const char *id = ids[in_order ? i : 1 - i];

		if (i == 1 && strcmp(ids[0], ids[1]) == 0)
			break;
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "key_id", id, "algorithm",
						      "Ed25519", "public_key",
						      spd_text(key_of(ed, id), "public_key")));
	}
	return list;
}

static int
on_dump(const char *bytes, size_t n, void *ctx)
{
	return buf_add(ctx, bytes, n) ? 0 : -1;
}

enum code
bundle_manifest(const struct edition *ed, const struct renderings *members, struct buf *out,
		struct err *e)
{
	const json_t *sealed = ed->seal;
	json_t *files = json_array();
	json_t *m;
	int failed;

	for (size_t i = 0; i < members->n; i++)
		json_array_append_new(files, file_json(&members->file[i]));
	m = json_pack("{s:s, s:s, s:O, s:s, s:s, s:{s:s, s:s, s:s, s:s}, s:o, s:s, s:o}", "format",
		      FORMAT, "quarter", spd_text(json_object_get(ed->doc, "quarter"), "label"),
		      "revision", json_object_get(ed->doc, "revision"), "state",
		      spd_text(sealed, "state"), "marking", spd_text(ed->doc, "marking"),
		      "document", "file", "spd.json", "sha256", ed->sha256, "signature",
		      spd_text(sealed, "signature"), "key_id", spd_text(sealed, "key_id"), "keys",
		      keys_json(ed), "signed_by", spd_text(sealed, "signs"), "files", files);
	if (m == NULL || json_array_size(json_object_get(m, "files")) != members->n) {
		json_decref(m);
		return no_memory(e);
	}
	failed = json_dump_callback(m, on_dump, out, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(m);
	return failed == 0 ? OK : no_memory(e);
}

enum code
bundle_pack(const struct renderings *members, const struct buf *manifest,
	    const unsigned char signature[BUNDLE_SIGNATURE_SIZE], struct buf *out, struct err *e)
{
	struct member_file *list = calloc(members->n + 2, sizeof *list);
	enum code code;

	if (list == NULL)
		return no_memory(e);
	list[0] = (struct member_file){"MANIFEST.json", manifest->p, manifest->n};
	list[1] = (struct member_file){"MANIFEST.sig", signature, BUNDLE_SIGNATURE_SIZE};
	for (size_t i = 0; i < members->n; i++)
		list[i + 2] = (struct member_file){members->file[i].name, members->file[i].bytes.p,
						   members->file[i].bytes.n};
	code = archive_make(list, members->n + 2, out, e);
	free(list);
	return code;
}
