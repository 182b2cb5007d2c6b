#include "base/count.h"
#include "base/digest.h"
#include "tests/office/office.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static void
open_office(struct office *o)
{
	office_open_set_up(o);
	cluster_do(o->pg, "INSERT INTO sems.principal VALUES ('device:ph-1', 'supervisor')");
}

OFFICE_SUITE(device, open_office);

static int
ask(struct device_request q)
{
	return office_ask(&o, &(struct request){.kind = REQUEST_DEVICE, .device = &q});
}

static int
ask_by_name(enum device_op op, const char *name)
{
	return ask((struct device_request){.operation = op, .name = name});
}

/* The answer's code, kept. */
static const char *
invited(const char *name)
{
	static char code[32];

	cr_assert_eq(ask_by_name(DEVICE_OP_INVITE, name), CODE(OK), "%s", o.text);
	snprintf(code, sizeof code, "%s", office_str(&o, "code"));
	return code;
}

static const char point[65] = "\x04"
			      "a point of the curve, as far as anybody here can say of it.....";

static int
enrol(const char *code, bool with_key)
{
	struct device_request q = {.operation = DEVICE_OP_ENROL, .code = code};

	if (with_key)
		q.public_key = (struct text){point, sizeof point};
	return ask(q);
}

static int
know_key(const char *id, bool seen)
{
	return ask(
	    (struct device_request){.operation = DEVICE_OP_KNOW, .key_id = id, .seen = seen});
}

static int
know_token(const char *token)
{
	static unsigned char digest[SHA256_SIZE];

	sha256(token, strlen(token), digest);
	return ask((struct device_request){.operation = DEVICE_OP_KNOW,
					   .token_sha256 = {(const char *)digest, sizeof digest},
					   .seen = true});
}

/* P-933 */
Test(device, is_invited_enrols_with_a_key_and_is_known_by_it)
{
	char code[32], id[64];

	snprintf(code, sizeof code, "%s", invited("ph-1"));
	cr_expect_str_eq(office_str(&o, "principal"), "device:ph-1");
	cr_expect_eq(strlen(code), 14, "%s", code);
	cr_expect(code[4] == '-' && code[9] == '-');
	cr_expect_eq(
	    cluster_int(o.pg, "SELECT count(*) FROM sems.device WHERE code_until BETWEEN now() + "
			      "interval '59 minutes' AND now() + interval '61 minutes'"),
	    1);
	cr_assert_eq(enrol(code, true), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "principal"), "device:ph-1");
	cr_expect_null(json_object_get(o.json, "token"));
	snprintf(id, sizeof id, "%s", office_str(&o, "key_id"));
	cr_expect_eq(strlen(id), 32);
	cr_assert_eq(know_key(id, false), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "principal"), "device:ph-1");
	cr_expect_eq(strncmp(office_str(&o, "public_key"), "0461", 4), 0);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(last_seen_at) FROM sems.device"), 0,
		     "to ask whose it is proves nothing");
	cr_assert_eq(know_key(id, true), CODE(OK));
	cr_expect_eq(cluster_int(o.pg, "SELECT count(last_seen_at) FROM sems.device"), 1);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.principal WHERE principal = "
				       "'device:ph-1' AND role = 'supervisor'"),
		     1, "a role that it has it keeps");
}

/* P-933, P-934: nothing that is kept lets anybody in. */
Test(device, enrols_with_a_token_of_which_a_digest_is_kept)
{
	char token[80], query[300];

	cr_assert_eq(enrol(invited("ph-2"), false), CODE(OK), "%s", o.text);
	snprintf(token, sizeof token, "%s", office_str(&o, "token"));
	cr_expect_eq(strlen(token), 64);
	cr_expect_null(json_object_get(o.json, "key_id"));
	cr_assert_eq(know_token(token), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "principal"), "device:ph-2");
	snprintf(query, sizeof query,
		 "SELECT count(*) FROM sems.device AS d WHERE d::text LIKE '%%%s%%'", token);
	cr_expect_eq(cluster_int(o.pg, query), 0);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(last_seen_at) FROM sems.device"), 1);
	token[0] ^= 1;
	cr_expect_eq(know_token(token), CODE(NOT_FOUND));
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.principal WHERE principal = "
				       "'device:ph-2' AND role = 'device'"),
		     1);
}

/* P-933: once, within its hour, however it is typed. */
Test(device, exchanges_a_code_once_within_its_hour)
{
	char code[32], typed[64] = "";

	snprintf(code, sizeof code, "%s", invited("ph-1"));
	for (size_t i = 0; code[i] != '\0'; i++) {
		static const char shown[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ-";
		static const char written[] = "ol23456789abcdefghjkmnpqrstvwxyz ";

		typed[i] = written[strchr(shown, code[i]) - shown];
	}
	cr_expect_eq(enrol(typed, false), CODE(OK), "%s: %s", typed, o.text);
	cr_expect_eq(enrol(code, false), CODE(NOT_FOUND));
	snprintf(code, sizeof code, "%s", invited("ph-1"));
	cluster_do(o.pg, "UPDATE sems.device SET code_until = now() - interval '1 second'");
	cr_expect_eq(enrol(code, false), CODE(NOT_FOUND), "its hour is over");
	snprintf(code, sizeof code, "%s", invited("ph-1"));
	snprintf(typed, sizeof typed, "%s", invited("ph-1"));
	cr_expect_eq(enrol(code, false), CODE(NOT_FOUND), "another took its place");
	cr_expect_eq(enrol(typed, false), CODE(OK));
}

/* P-933: who enrols anew under a name is that device, and the one before is not. */
Test(device, has_one_credential)
{
	char first[80], second[80];

	cr_assert_eq(enrol(invited("ph-1"), false), CODE(OK));
	snprintf(first, sizeof first, "%s", office_str(&o, "token"));
	invited("ph-1");
	cr_expect_eq(know_token(first), CODE(OK), "until the new code is used");
	cr_assert_eq(enrol(invited("ph-1"), false), CODE(OK));
	snprintf(second, sizeof second, "%s", office_str(&o, "token"));
	cr_expect_eq(know_token(first), CODE(NOT_FOUND));
	cr_expect_eq(know_token(second), CODE(OK));
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.device"), 1);
	cr_assert_eq(enrol(invited("ph-1"), true), CODE(OK));
	cr_expect_eq(enrol(invited("ph-2"), true), CODE(NOT_FOUND), "a key is one device's");
}

/* P-935: at once, for its credential, its code, its role and its grants. */
Test(device, is_nobody_once_it_is_revoked)
{
	struct text who = text_of("device:ph-1");
	char token[80], code[32];

	cluster_do(o.pg,
		   "INSERT INTO sems.source_grant VALUES ('device:ph-1', 'lane-1', '*', '*')");
	cr_assert_eq(enrol(invited("ph-1"), false), CODE(OK));
	snprintf(token, sizeof token, "%s", office_str(&o, "token"));
	snprintf(code, sizeof code, "%s", invited("ph-1"));
	cr_expect_eq(registry_role(ingest_registry(o.ingest), who), ROLE_SUPERVISOR);
	cr_expect(
	    registry_may_send(ingest_registry(o.ingest), who, text_of("lane-1"), 0, text_of("")));
	cr_assert_eq(ask_by_name(DEVICE_OP_REVOKE, "ph-1"), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "revoked_by"), o.principal);
	cr_expect_eq(know_token(token), CODE(NOT_FOUND));
	cr_expect_eq(enrol(code, false), CODE(NOT_FOUND));
	cr_expect_eq(registry_role(ingest_registry(o.ingest), who), ROLE_NONE);
	cr_expect_not(
	    registry_may_send(ingest_registry(o.ingest), who, text_of("lane-1"), 0, text_of("")));
	cr_assert_eq(ask_by_name(DEVICE_OP_REVOKE, "ph-1"), CODE(OK), "once more changes nothing");
	cr_expect_eq(ask_by_name(DEVICE_OP_REVOKE, "ph-9"), CODE(NOT_FOUND));
	cr_assert_eq(enrol(invited("ph-1"), false), CODE(OK), "it may come again");
	cr_expect_eq(registry_role(ingest_registry(o.ingest), who), ROLE_SUPERVISOR);
}

/* P-933 */
Test(device, is_listed_with_its_state_and_nothing_secret)
{
	char code[32];

	snprintf(code, sizeof code, "%s", invited("a"));
	cr_assert_eq(enrol(invited("b"), false), CODE(OK));
	cr_assert_eq(enrol(invited("c"), true), CODE(OK));
	cr_assert_eq(ask_by_name(DEVICE_OP_REVOKE, "c"), CODE(OK));
	cr_assert_eq(ask_by_name(DEVICE_OP_LIST, NULL), CODE(OK));
	cr_expect_str_eq(office_str(&o, "devices.0.state"), "INVITED");
	cr_expect_str_eq(office_str(&o, "devices.1.state"), "ENROLLED");
	cr_expect_str_eq(office_str(&o, "devices.1.by"), "TOKEN");
	cr_expect_str_eq(office_str(&o, "devices.2.state"), "REVOKED");
	cr_expect_str_eq(office_str(&o, "devices.2.by"), "KEY");
	cr_expect_eq(json_array_size(json_object_get(o.json, "devices")), 3);
	cluster_do(
	    o.pg,
	    "UPDATE sems.device SET code_until = now() - interval '1 second' WHERE code_until "
	    "IS NOT NULL");
	cr_assert_eq(ask_by_name(DEVICE_OP_LIST, NULL), CODE(OK));
	cr_expect_str_eq(office_str(&o, "devices.0.state"), "EXPIRED");
}

Test(device, refuses_what_is_no_name_code_or_key)
{
	static const char *const names[] = {
	    NULL,       "",
	    "Ph-1",     "a b",
	    "a/b",      "a:b",
	    "\xc3\xa9", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	static const char *const codes[] = {
	    NULL, "", "ABCD-EFGH-JKM", "ABCD-EFGH-JKMNP", "ABCD-EFGH-JKM!", "UUUU-UUUU-UUUU"};
	struct device_request q = {.operation = DEVICE_OP_ENROL, .code = "ABCD-EFGH-JKMN"};

	for (size_t i = 0; i < COUNT(names); i++) {
		cr_expect_eq(ask_by_name(DEVICE_OP_INVITE, names[i]), CODE(INVALID), "%zu", i);
		cr_expect_str_eq(o.field, "name");
	}
	for (size_t i = 0; i < COUNT(codes); i++) {
		cr_expect_eq(enrol(codes[i], false), CODE(INVALID), "%zu", i);
		cr_expect_str_eq(o.field, "code");
	}
	q.public_key = (struct text){point, 64};
	cr_expect_eq(ask(q), CODE(INVALID));
	cr_expect_str_eq(o.field, "public_key");
	q.public_key = (struct text){point + 1, 65};
	cr_expect_eq(ask(q), CODE(INVALID));
	cr_expect_eq(ask((struct device_request){.operation = DEVICE_OP_KNOW}), CODE(INVALID));
	cr_expect_eq(
	    ask((struct device_request){.operation = DEVICE_OP_KNOW, .token_sha256 = {point, 31}}),
	    CODE(INVALID));
	cr_expect_eq(ask((struct device_request){
			 .operation = DEVICE_OP_KNOW, .key_id = "a", .token_sha256 = {point, 32}}),
		     CODE(INVALID));
	cr_expect_eq(ask((struct device_request){.operation = 99}), CODE(INVALID));
	cr_expect_str_eq(o.field, "operation");
}

/* P-933, P-905: who may what of it. */
Test(device, is_invited_by_admins_and_recognised_by_gateways)
{
	static const struct {
		enum device_op op;
		const char *may;
	} rows[] = {
	    {DEVICE_OP_INVITE, "admin"},
	    {DEVICE_OP_REVOKE, "admin"},
	    {DEVICE_OP_LIST, "admin auditor manager compliance"},
	    {DEVICE_OP_ENROL, "admin gateway"},
	    {DEVICE_OP_KNOW, "admin gateway"},
	};
	static const char *const roles[] = {"none",       "device",  "supervisor",
					    "tester",     "auditor", "manager",
					    "compliance", "admin",   "gateway"};

	for (size_t r = 0; r < COUNT(roles); r++) {
		char name[32];

		snprintf(name, sizeof name, "unix:%s", roles[r]);
		office_be(&o, name, roles[r]);
		for (size_t i = 0; i < COUNT(rows); i++)
			cr_expect_eq(ask_by_name(rows[i].op, "!") != CODE(FORBIDDEN),
				     strstr(rows[i].may, roles[r]) != NULL, "%s asks for %d",
				     roles[r], (int)rows[i].op);
	}
}
