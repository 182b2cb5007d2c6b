#include "base/count.h"
#include "base/sign.h"
#include "base/text.h"
#include "tests/office/evidence.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char quarter[] = EVIDENCE_QUARTER;

static void
open_office(struct office *o)
{
	office_open_set_up(o);
	evidence_add(o, "tip_event", 20, ", outcome", ", 'HIT'");
	evidence_add(o, "activity", 3, ", activity, count", ", 'CABIN_BAGS', 10");
}

OFFICE_SUITE(verify, open_office);

static int
verify(const char *of, unsigned revision)
{
	struct verify_request v = {0};

	v.quarter = of;
	v.revision = revision;
	return office_ask(&o, &(struct request){.kind = REQUEST_VERIFY, .verify = &v});
}

static int
sign(const char *manifest)
{
	const struct sign_request s = {.quarter = EVIDENCE_QUARTER, .manifest = text_of(manifest)};

	return office_ask(&o, &(struct request){.kind = REQUEST_SIGN, .sign = &s});
}

static int
key(bool make)
{
	struct key_request k = {0};

	k.make_new = make;
	return office_ask(&o, &(struct request){.kind = REQUEST_KEY, .key = &k});
}

/* P-915 */
Test(verify, finds_a_sound_revision_sound_and_names_what_was_altered)
{
	evidence_freeze(&o);
	cr_assert_eq(verify(quarter, 0), CODE(OK), "%s", o.text);
	cr_expect(json_is_true(json_object_get(o.json, "sound")), "%s", evidence_answer(&o));
	cr_expect_eq(office_int(&o, "revision"), 1);
	cr_expect_eq(office_int(&o, "leaves"), 23);
	evidence_tamper(&o,
			"UPDATE sems.activity SET count = 11, source_record_id = 'n-7' "
			"WHERE record_id = (SELECT min(record_id::text)::uuid FROM sems.activity)");
	cr_assert_eq(verify(quarter, 1), CODE(OK), "%s", o.text);
	cr_expect(json_is_false(json_object_get(o.json, "sound")));
	cr_expect_str_eq(office_str(&o, "findings.0.source_record_id"), "n-7");
	cr_expect_str_eq(office_str(&o, "findings.0.what"), "altered");
	cr_expect_str_eq(office_str(&o, "findings.0.record_id"),
			 evidence_id(&o, "activity", "true"));
	cr_expect_str_eq(office_str(&o, "findings.0.source"), "lane");
	cr_expect_str_eq(office_str(&o, "findings.0.day"), "2020-02-12");
}

Test(verify, says_which_revisions_there_are_not)
{
	static const char wrong[] = "2020";

	cr_expect_eq(verify(quarter, 0), CODE(NOT_FOUND));
	cr_expect_eq(verify(wrong, 0), CODE(INVALID));
	cr_expect_str_eq(o.field, "quarter");
	evidence_freeze(&o);
	cr_expect_eq(verify(quarter, 2), CODE(NOT_FOUND));
}

Test(verify, is_for_those_who_read_the_spd)
{
	evidence_freeze(&o);
	office_be(&o, "unix:guard", "supervisor");
	cr_expect_eq(verify(quarter, 0), CODE(FORBIDDEN));
	cr_expect_eq(sign(NULL), CODE(FORBIDDEN));
	office_be(&o, "unix:aud", "auditor");
	cr_expect_eq(verify(quarter, 0), CODE(OK));
	cr_expect_eq(key(false), CODE(OK));
	cr_expect_eq(key(true), CODE(FORBIDDEN));
}

/* The manifest of a bundle without files, and one member changed when `wrong` names it. */
static char *
manifest(const char *wrong)
{
	json_t *m =
	    json_pack("{s:s, s:s, s:i, s:s, s:s, s:{s:s, s:s, s:s, s:s}, s:[]}", "format",
		      "sems-bundle/1", "quarter", quarter, "revision", 1, "state", "DRAFT",
		      "signed_by", office_str(&o, "signs"), "document", "file", "spd.json",
		      "sha256", office_str(&o, "sha256"), "signature", office_str(&o, "signature"),
		      "key_id", office_str(&o, "key_id"), "files");
	json_t *document = json_object_get(m, "document");
	char *text;

	if (wrong != NULL)
		json_object_set_new(json_object_get(document, wrong) != NULL ? document : m, wrong,
				    json_string("another"));
	text = json_dumps(m, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(m);
	return text;
}

/* P-916 */
Test(verify, signs_the_manifest_of_a_revision_and_no_other)
{
	static const char *const wrong[] = {"format", "quarter",   "revision", "state", "signed_by",
					    "sha256", "signature", "key_id",   "files"};
	unsigned char signature[SIGN_SIZE];
	unsigned char public[SIGN_PUBLIC_SIZE];
	char first[2 * SIGN_SIZE + 1];
	char *text;

	evidence_freeze(&o);
	cr_assert_eq(sign(NULL), CODE(OK), "%s", o.text);
	text = manifest(NULL);
	cr_assert_eq(sign(text), CODE(OK), "%s", o.text);
	snprintf(first, sizeof first, "%s", office_str(&o, "manifest_signature"));
	cr_assert(hex_decode(text_of(first), signature, sizeof signature));
	cr_assert(hex_decode(text_of(office_str(&o, "keys.0.public_key")), public, sizeof public));
	cr_expect(sign_good(public, text, strlen(text), signature));
	cr_assert_eq(sign(text), CODE(OK));
	cr_expect_str_eq(office_str(&o, "manifest_signature"), first);
	free(text);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		cr_assert_eq(sign(NULL), CODE(OK), "%s", o.text);
		text = manifest(wrong[i]);
		cr_expect_eq(sign(text), CODE(INVALID), "%s", wrong[i]);
		cr_expect_str_eq(o.field, "manifest");
		free(text);
	}
	cr_expect_eq(sign("no JSON"), CODE(INVALID));
}

Test(verify, keeps_old_keys_good_when_a_new_one_signs)
{
	char old[SIGN_ID_SIZE];

	evidence_freeze(&o);
	cr_assert_eq(key(false), CODE(OK), "%s", o.text);
	snprintf(old, sizeof old, "%s", office_str(&o, "signs"));
	cr_assert_eq(key(true), CODE(OK), "%s", o.text);
	cr_expect_str_neq(office_str(&o, "signs"), old);
	cr_expect_str_eq(office_str(&o, "keys.0.key_id"), old);
	cr_expect(strncmp(office_str(&o, "keys.1.pem"), "-----BEGIN PUBLIC KEY", 21) == 0);
	cr_assert_eq(verify(quarter, 0), CODE(OK), "%s", o.text);
	cr_expect(json_is_true(json_object_get(o.json, "sound")), "%s", evidence_answer(&o));
	cr_expect_str_eq(office_str(&o, "key_id"), old);
}
