#include "base/count.h"
#include "net/tls/identity.h"
#include "tests/net/tls/issuer.h"

#include <criterion/criterion.h>

#include <openssl/x509v3.h>
#include <string.h>

Test(identity, is_the_one_uri_of_ours_and_nothing_else)
{
	static const struct {
		const char *san;
		enum bad_certificate bad;
		const char *principal;
	} cases[] = {
	    {"URI:sems:device/xray-7", CERTIFICATE_GOOD, "cert:sems:device/xray-7"},
	    {"URI:sems:person/rita.novak_2", CERTIFICATE_GOOD, "cert:sems:person/rita.novak_2"},
	    {"URI:sems:device/x,DNS:x.example", CERTIFICATE_GOOD, "cert:sems:device/x"},
	    {NULL, CERTIFICATE_NAMELESS, ""},
	    {"DNS:xray-7", CERTIFICATE_NAME, ""},
	    {"email:rita@airport.example", CERTIFICATE_NAME, ""},
	    {"URI:spiffe://airport/xray-7", CERTIFICATE_NAME, ""},
	    {"URI:sems:device/", CERTIFICATE_NAME, ""},
	    {"URI:sems:device/a b", CERTIFICATE_NAME, ""},
	    {"URI:sems:device/a/b", CERTIFICATE_NAME, ""},
	    {"URI:sems:gateway/a", CERTIFICATE_NAME, ""},
	    {"URI:SEMS:device/a", CERTIFICATE_NAME, ""},
	    {"URI:sems:device/a,URI:sems:person/b", CERTIFICATE_NAME, ""},
	    {"URI:https://x.example,URI:sems:device/a", CERTIFICATE_NAME, ""},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct issued one = issue(NULL, &(struct wish){.san = cases[i].san});
		char principal[IDENTITY_SIZE] = "?";

		cr_expect_eq(identity_of(one.cert, principal), cases[i].bad, "%s", cases[i].san);
		cr_expect_str_eq(principal, cases[i].principal);
		issued_fini(&one);
	}
}

Test(identity, is_none_where_it_does_not_fit)
{
	char san[200] = "URI:sems:device/";
	char principal[IDENTITY_SIZE];
	struct issued one;

	memset(san + strlen(san), 'x', 100);
	one = issue(NULL, &(struct wish){.san = san});
	cr_expect_eq(identity_of(one.cert, principal), CERTIFICATE_NAME);
	issued_fini(&one);
}

/* "sems:device/a\0.example": what a text's end is, ASN.1 does not say by a NUL. */
Test(identity, is_none_with_a_nul_in_it)
{
	static const char uri[] = "sems:device/a\0b";
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();
	X509 *cert = X509_new();
	char principal[IDENTITY_SIZE];

	ASN1_STRING_set(text, uri, sizeof uri - 1);
	GENERAL_NAME_set0_value(name, GEN_URI, text);
	sk_GENERAL_NAME_push(names, name);
	X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, 0);
	cr_expect_eq(identity_of(cert, principal), CERTIFICATE_NAME);
	GENERAL_NAMES_free(names);
	X509_free(cert);
}

Test(identity, says_of_each_fault_what_to_do)
{
	for (enum bad_certificate b = CERTIFICATE_GOOD + 1; b < BAD_CERTIFICATES; b++) {
		cr_expect_neq(certificate_fault(b)[0], '\0');
		cr_expect_neq(certificate_advice(b)[0], '\0');
	}
}

Test(identity, tells_a_certificate_by_subject_names_and_serial)
{
	struct issued one = issue(NULL, &(struct wish){.san = MACHINE_SAN, .until_s = 86400});
	struct certificate_words w;

	certificate_say(one.cert, &w);
	cr_expect_eq(strncmp(w.subject, "CN=test ", 8), 0, "%s", w.subject);
	cr_expect_str_eq(w.names, MACHINE_SAN);
	cr_expect_eq(strspn(w.serial, "0123456789ABCDEF"), strlen(w.serial));
	cr_expect_gt(certificate_end(one.cert).v, 0);
	certificate_say(NULL, &w);
	cr_expect_str_eq(w.subject, "?");
	issued_fini(&one);
}
