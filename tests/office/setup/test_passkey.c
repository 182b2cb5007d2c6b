#include "base/count.h"
#include "tests/office/office.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static void
open_office(struct office *o)
{
	office_open_set_up(o);
	cluster_do(o->pg, "INSERT INTO sems.person VALUES ('rita', 'Rita Novak', 'Auditor')");
	cluster_do(o->pg, "INSERT INTO sems.principal VALUES ('web:rita', 'auditor', 'rita'), "
			  "('web:max', 'manager', NULL), ('unix:web', 'gateway', NULL)");
}

OFFICE_SUITE(passkey, open_office);

static const char key[77] =
    "a COSE_Key, as far as anybody here can say of it: it is read elsewhere.....";

static int
ask_as_admin(struct passkey_request q)
{
	office_be(&o, "unix:adam", "admin");
	return office_ask(&o, &(struct request){.kind = REQUEST_PASSKEY, .passkey = &q});
}

static int
ask_as_gateway(struct passkey_request q)
{
	office_be(&o, "unix:web", "gateway");
	return office_ask(&o, &(struct request){.kind = REQUEST_PASSKEY, .passkey = &q});
}

/* The answer's link, kept. */
static const char *
invited(const char *principal)
{
	static char link[80];

	cr_assert_eq(ask_as_admin((struct passkey_request){.operation = PASSKEY_OP_INVITE,
							   .principal = principal}),
		     CODE(OK), "%s", o.text);
	snprintf(link, sizeof link, "%s", office_str(&o, "link"));
	return link;
}

static struct passkey_request
registration(const char *link, const char *id)
{
	return (struct passkey_request){.operation = PASSKEY_OP_REGISTER,
					.link = link,
					.credential_id = text_of(id),
					.public_key = {key, sizeof key},
					.name = "phone"};
}

static int
enrol(const char *link, const char *id)
{
	return ask_as_gateway(registration(link, id));
}

static int
by_id(enum passkey_op op, const char *id, uint32_t count)
{
	return ask_as_gateway((struct passkey_request){
	    .operation = op, .credential_id = text_of(id), .sign_count = count});
}

static long
logged(const char *what)
{
	char query[200];

	snprintf(query, sizeof query,
		 "SELECT count(*) FROM sems.access_log WHERE what = '%s' AND subject = 'web:rita'",
		 what);
	return cluster_int(o.pg, query);
}

/* P-1400, P-1401 */
Test(passkey, is_registered_by_a_link_once_and_known)
{
	char link[80], query[300];

	snprintf(link, sizeof link, "%s", invited("web:rita"));
	cr_expect_eq(strlen(link), 64);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.passkey_invitation WHERE "
				       "link_until BETWEEN now() + interval '59 minutes' AND "
				       "now() + interval '61 minutes'"),
		     1);
	snprintf(query, sizeof query,
		 "SELECT (SELECT count(*) FROM sems.passkey_invitation AS i WHERE i::text LIKE "
		 "'%%%s%%') + (SELECT count(*) FROM sems.access_log WHERE line LIKE '%%%s%%')",
		 link, link);
	cr_expect_eq(cluster_int(o.pg, query), 0, "of the link a digest is kept");
	cr_assert_eq(
	    ask_as_gateway((struct passkey_request){.operation = PASSKEY_OP_LOOK, .link = link}),
	    CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "principal"), "web:rita");
	cr_expect_str_eq(office_str(&o, "name"), "Rita Novak");
	cr_assert_eq(enrol(link, "id-1"), CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "principal"), "web:rita");
	cr_expect_eq(enrol(link, "id-2"), CODE(NOT_FOUND), "once");
	cr_assert_eq(by_id(PASSKEY_OP_KNOW, "id-1", 0), CODE(OK));
	cr_expect_str_eq(office_str(&o, "principal"), "web:rita");
	cr_expect_eq(strncmp(office_str(&o, "public_key"), "6120434f5345", 12), 0);
	cr_expect_eq(by_id(PASSKEY_OP_KNOW, "id-2", 0), CODE(NOT_FOUND));
	cr_assert_eq(
	    ask_as_gateway((struct passkey_request){
		.operation = PASSKEY_OP_KNOW,
		.passkey = (uint64_t)cluster_int(o.pg, "SELECT passkey FROM sems.passkey")}),
	    CODE(OK));
	cr_expect_str_eq(office_str(&o, "principal"), "web:rita");
	cr_expect_eq(
	    ask_as_gateway((struct passkey_request){.operation = PASSKEY_OP_KNOW, .passkey = 99}),
	    CODE(NOT_FOUND));
	cr_expect_eq(logged("passkey.invitation"), 1, "that it was used says the passkey's entry");
	cr_expect_eq(logged("passkey"), 1);
}

/* P-1400 */
Test(passkey, takes_the_newest_link_within_its_hour)
{
	char first[80], second[80];

	snprintf(first, sizeof first, "%s", invited("web:rita"));
	snprintf(second, sizeof second, "%s", invited("web:rita"));
	cr_expect_eq(enrol(first, "id-1"), CODE(NOT_FOUND), "another took its place");
	cluster_do(o.pg,
		   "UPDATE sems.passkey_invitation SET link_until = now() - interval '1 second'");
	cr_expect_eq(enrol(second, "id-1"), CODE(NOT_FOUND), "its hour is over");
	cr_expect_eq(
	    ask_as_gateway((struct passkey_request){.operation = PASSKEY_OP_LOOK, .link = second}),
	    CODE(NOT_FOUND));
}

/* P-1400: of one person, and few of them. */
Test(passkey, is_one_persons_who_has_ten_at_most)
{
	char id[16];

	for (int i = 0; i < 10; i++) {
		snprintf(id, sizeof id, "id-%d", i);
		cr_assert_eq(enrol(invited("web:rita"), id), CODE(OK), "%s", o.text);
	}
	cr_expect_eq(enrol(invited("web:rita"), "id-10"), CODE(NOT_FOUND));
	cr_expect_eq(enrol(invited("web:max"), "id-1"), CODE(NOT_FOUND), "it is rita's");
	cr_expect_eq(enrol(invited("web:max"), "id-10"), CODE(OK));
	cluster_do(o.pg, "UPDATE sems.passkey SET revoked_at = now(), revoked_by = 'unix:adam' "
			 "WHERE name = 'phone' AND credential_id = 'id-3'");
	cr_expect_eq(enrol(invited("web:rita"), "id-11"), CODE(OK),
		     "who is revoked is not counted");
	cr_expect_eq(enrol(invited("web:max"), "id-3"), CODE(NOT_FOUND), "and nobody's any more");
}

/* P-1400: what goes back is told, and signs nobody in. */
Test(passkey, tells_a_count_that_does_not_grow)
{
	static const struct {
		uint32_t count;
		bool went_back;
	} rows[] = {{0, false}, {0, false}, {5, false}, {6, false},         {6, true},
		    {3, true},  {0, true},  {7, false}, {UINT32_MAX, false}};

	cr_assert_eq(enrol(invited("web:rita"), "id-1"), CODE(OK));
	for (size_t i = 0; i < COUNT(rows); i++) {
		cr_assert_eq(by_id(PASSKEY_OP_USE, "id-1", rows[i].count), CODE(OK), "%s", o.text);
		cr_expect_eq(json_is_true(json_object_get(o.json, "went_back")), rows[i].went_back,
			     "row %zu", i);
	}
	cr_expect_eq(logged("passkey.sign_in"), 6);
	cr_expect_eq(logged("passkey.count_back"), 3);
	cr_assert_eq(ask_as_admin((struct passkey_request){.operation = PASSKEY_OP_LIST}),
		     CODE(OK));
	cr_expect_str_neq(office_str(&o, "passkeys.0.went_back_at"), "");
	cr_expect_str_neq(office_str(&o, "passkeys.0.last_used_at"), "");
}

/* P-1400 */
Test(passkey, is_nobodys_once_it_is_revoked)
{
	char open_link[128];
	long long number;

	cr_assert_eq(enrol(invited("web:rita"), "id-1"), CODE(OK));
	number = office_int(&o, "passkey");
	snprintf(open_link, sizeof open_link, "%s", invited("web:rita"));
	cr_assert_eq(ask_as_admin((struct passkey_request){.operation = PASSKEY_OP_REVOKE,
							   .passkey = (uint64_t)number}),
		     CODE(OK), "%s", o.text);
	cr_expect_str_eq(office_str(&o, "revoked_by"), "unix:adam");
	cr_expect_eq(by_id(PASSKEY_OP_KNOW, "id-1", 0), CODE(NOT_FOUND));
	cr_expect_eq(by_id(PASSKEY_OP_USE, "id-1", 1), CODE(NOT_FOUND));
	cr_expect_eq(enrol(open_link, "id-2"), CODE(NOT_FOUND), "nor does a link make another");
	cr_expect_eq(
	    ask_as_admin((struct passkey_request){.operation = PASSKEY_OP_REVOKE, .passkey = 999}),
	    CODE(NOT_FOUND));
	cr_expect_eq(logged("passkey"), 2);
}

/* P-1400: of one person or of all, with open invitations, and nothing secret. */
Test(passkey, is_listed_with_who_is_invited)
{
	char *text;

	cr_assert_eq(enrol(invited("web:rita"), "id-1"), CODE(OK));
	invited("web:max");
	cr_assert_eq(ask_as_admin((struct passkey_request){.operation = PASSKEY_OP_LIST}),
		     CODE(OK));
	cr_expect_str_eq(office_str(&o, "passkeys.0.state"), "GOOD");
	cr_expect_str_eq(office_str(&o, "invitations.0.principal"), "web:max");
	cr_expect_eq(json_array_size(json_object_get(o.json, "invitations")), 1, "one is used");
	text = json_dumps(o.json, 0);
	cr_expect_null(strstr(text, "sha256"), "%s", text);
	cr_expect_null(strstr(text, "6120434f5345"), "%s", text);
	free(text);
	cr_assert_eq(ask_as_admin((struct passkey_request){.operation = PASSKEY_OP_LIST,
							   .principal = "web:max"}),
		     CODE(OK));
	cr_expect_eq(json_array_size(json_object_get(o.json, "passkeys")), 0);
}

static void
expect_invalid(struct passkey_request q, bool by_admin, const char *field)
{
	cr_expect_eq(by_admin ? ask_as_admin(q) : ask_as_gateway(q), CODE(INVALID), "%s: %s", field,
		     o.text);
	cr_expect_str_eq(o.field, field);
}

Test(passkey, refuses_what_is_no_person_link_or_key)
{
	static const char *const persons[] = {NULL,       "",     "web:",      "unix:rita",
					      "device:a", "rita", "web: rita", "web:ri\nta"};
	static const char *const names[] = {
	    NULL, "", " ", "a\nb",
	    "0123456789012345678901234567890123456789012345678901234567890123x"};
	static char zeros[1100];
	char link[80];
	struct passkey_request q;

	for (size_t i = 0; i < COUNT(persons); i++)
		expect_invalid((struct passkey_request){.operation = PASSKEY_OP_INVITE,
							.principal = persons[i]},
			       true, "principal");
	cr_expect_eq(ask_as_admin((struct passkey_request){.operation = PASSKEY_OP_INVITE,
							   .principal = "web:nobody"}),
		     CODE(NOT_FOUND), "who has no role is not invited");
	snprintf(link, sizeof link, "%s", invited("web:rita"));
	expect_invalid(registration("abc", "id"), false, "link");
	expect_invalid(registration(link, ""), false, "credential_id");
	q = registration(link, "id");
	q.credential_id = (struct text){zeros, 1024};
	expect_invalid(q, false, "credential_id");
	q = registration(link, "id");
	q.public_key.n = 31;
	expect_invalid(q, false, "public_key");
	q.public_key = (struct text){zeros, 1025};
	expect_invalid(q, false, "public_key");
	for (size_t i = 0; i < COUNT(names); i++) {
		q = registration(link, "id");
		q.name = names[i];
		expect_invalid(q, false, "name");
	}
	expect_invalid((struct passkey_request){.operation = PASSKEY_OP_REVOKE}, true, "passkey");
	expect_invalid((struct passkey_request){.operation = 99}, true, "operation");
	cr_expect_eq(enrol(link, "id"), CODE(OK), "nothing of it used up the link");
}

/* P-1401, P-905 */
Test(passkey, is_given_by_admins_and_recognised_by_gateways_alone)
{
	for (enum role role = ROLE_NONE; role < ROLE_COUNT; role++) {
		char name[32];

		snprintf(name, sizeof name, "unix:%s", role_name(role));
		office_be(&o, name, role_name(role));
		for (uint32_t op = PASSKEY_OP_INVITE; op <= PASSKEY_OP_USE; op++) {
			const struct passkey_request q = {.operation = op};
			const enum role may = op < PASSKEY_OP_LOOK ? ROLE_ADMIN : ROLE_GATEWAY;

			office_ask(&o, &(struct request){.kind = REQUEST_PASSKEY, .passkey = &q});
			cr_expect_eq(o.code != CODE(FORBIDDEN), role == may, "%s asks for %u", name,
				     op);
		}
	}
}
