#include "net/tls/identity.h"

#include "base/count.h"

#include <ctype.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* --- what may be wrong ------------------------------------------------------------------------ */

static const struct {
	const char *fault;
	const char *advice;
} words[] = {
    [CERTIFICATE_GOOD] = {"", ""},
    [CERTIFICATE_ABSENT] = {"it showed no certificate",
			    "give it one, and configure its client to show it"},
    [CERTIFICATE_EXPIRED] = {"its certificate has expired", "renew it"},
    [CERTIFICATE_EARLY] = {"its certificate is not valid yet",
			   "look at the clocks of this machine and of the issuer's"},
    [CERTIFICATE_UNKNOWN_ISSUER] = {"its certificate's issuer is not known here",
				    "have it send the intermediate certificates too, or add the "
				    "issuer to ca.pem"},
    [CERTIFICATE_SELF_SIGNED] = {"its certificate was signed by nobody else",
				 "give it one of an issuer in ca.pem"},
    [CERTIFICATE_REVOKED] = {"its certificate was revoked",
			     "if it is to come again, give it a new one"},
    [CERTIFICATE_PURPOSE] = {"its certificate is not one for clients",
			     "give it one whose extended key usage is clientAuth"},
    [CERTIFICATE_WEAK] = {"its certificate's key or signature is too weak",
			  "give it one with P-256, or RSA of 2,048 bits, and SHA-256 or better"},
    [CERTIFICATE_AUTHORITY] = {"its certificate is an issuer's own",
			       "give it one of its own, that may not sign others"},
    [CERTIFICATE_ALTERED] = {"its certificate is not as it was signed", "give it a new one"},
    [CERTIFICATE_NAMELESS] = {"its certificate has no subject alternative name",
			      "give it one with URI:sems:device/NAME or URI:sems:person/NAME"},
    [CERTIFICATE_NAME] = {"its certificate names no machine and no person, or several",
			  "give it one with a single URI:sems:device/NAME or URI:sems:person/NAME"},
    [CERTIFICATE_OTHER] = {"its certificate is not to be trusted", "give it a new one"},
};
COVERS(words, BAD_CERTIFICATES);

const char *
certificate_fault(enum bad_certificate bad)
{
	return words[bad].fault;
}

const char *
certificate_advice(enum bad_certificate bad)
{
	return words[bad].advice;
}

enum bad_certificate
certificate_by_code(int x509_code)
{
	static const struct {
		int code;
		enum bad_certificate bad;
	} codes[] = {
	    {X509_V_OK, CERTIFICATE_GOOD},
	    {X509_V_ERR_CERT_HAS_EXPIRED, CERTIFICATE_EXPIRED},
	    {X509_V_ERR_CERT_NOT_YET_VALID, CERTIFICATE_EARLY},
	    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, CERTIFICATE_UNKNOWN_ISSUER},
	    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, CERTIFICATE_UNKNOWN_ISSUER},
	    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, CERTIFICATE_UNKNOWN_ISSUER},
	    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, CERTIFICATE_UNKNOWN_ISSUER},
	    {X509_V_ERR_INVALID_CA, CERTIFICATE_UNKNOWN_ISSUER},
	    {X509_V_ERR_PATH_LENGTH_EXCEEDED, CERTIFICATE_UNKNOWN_ISSUER},
	    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, CERTIFICATE_SELF_SIGNED},
	    {X509_V_ERR_CERT_REVOKED, CERTIFICATE_REVOKED},
	    {X509_V_ERR_INVALID_PURPOSE, CERTIFICATE_PURPOSE},
	    {X509_V_ERR_EE_KEY_TOO_SMALL, CERTIFICATE_WEAK},
	    {X509_V_ERR_CA_KEY_TOO_SMALL, CERTIFICATE_WEAK},
	    {X509_V_ERR_CA_MD_TOO_WEAK, CERTIFICATE_WEAK},
	    {X509_V_ERR_CERT_SIGNATURE_FAILURE, CERTIFICATE_ALTERED},
	    {X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE, CERTIFICATE_ALTERED},
	};

	for (size_t i = 0; i < COUNT(codes); i++)
		if (codes[i].code == x509_code)
			return codes[i].bad;
	return CERTIFICATE_OTHER;
}

/* --- whom it names ---------------------------------------------------------------------------- */

/* What follows the slash: letters, digits and ".-_", as it is to stand in commands and logs. */
static bool
is_name(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (isalnum((unsigned char)s[i]) == 0 &&
		    (s[i] == '\0' || strchr(".-_", s[i]) == NULL))
			return false;
	return n > 0;
}

/* A text of ASN.1 may hold a NUL: so by its length. */
static bool
take_uri(const ASN1_IA5STRING *uri, char principal[IDENTITY_SIZE])
{
	static const char *const ours[] = {"sems:device/", "sems:person/"};
	const char *s = (const char *)ASN1_STRING_get0_data(uri);
	size_t n = (size_t)ASN1_STRING_length(uri);
	size_t head;

	for (size_t i = 0; i < COUNT(ours); i++) {
		head = strlen(ours[i]);
		if (n <= head || memcmp(s, ours[i], head) != 0 || !is_name(s + head, n - head))
			continue;
		return snprintf(principal, IDENTITY_SIZE, "cert:%.*s", (int)n, s) < IDENTITY_SIZE;
	}
	return false;
}

enum bad_certificate
identity_of(const X509 *cert, char principal[IDENTITY_SIZE])
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	const GENERAL_NAME *name;
	unsigned n_uris = 0;
	bool is_ours = false;

	principal[0] = '\0';
	if (names == NULL)
		return CERTIFICATE_NAMELESS;
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		name = sk_GENERAL_NAME_value(names, i);
		if (name->type != GEN_URI)
			continue;
		n_uris++;
		is_ours = take_uri(name->d.uniformResourceIdentifier, principal);
	}
	GENERAL_NAMES_free(names);
	if (n_uris == 1 && is_ours)
		return CERTIFICATE_GOOD;
	principal[0] = '\0';
	return CERTIFICATE_NAME;
}

/* --- what is said of it ----------------------------------------------------------------------- */

struct utc_ms
certificate_end(const X509 *cert)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm) != 1)
		return (struct utc_ms){0};
	return (struct utc_ms){(int64_t)timegm(&tm) * MS_PER_SECOND};
}

/* What was written to memory, as far as it fits. */
static void
take_text(BIO *bio, char *out, size_t size)
{
	int n = BIO_read(bio, out, (int)size - 1);

	out[n > 0 ? n : 0] = '\0';
	if (n <= 0)
		snprintf(out, size, "?");
}

static void
say_subject(const X509 *cert, char *out, size_t size)
{
	BIO *bio = BIO_new(BIO_s_mem());

	if (bio == NULL)
		return;
	X509_NAME_print_ex(bio, X509_get_subject_name(cert), 0, XN_FLAG_RFC2253);
	take_text(bio, out, size);
	BIO_free(bio);
}

static void
say_names(const X509 *cert, char *out, size_t size)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	BIO *bio = BIO_new(BIO_s_mem());

	for (int i = 0; bio != NULL && i < sk_GENERAL_NAME_num(names); i++) {
		BIO_puts(bio, i == 0 ? "" : ", ");
		GENERAL_NAME_print(bio, sk_GENERAL_NAME_value(names, i));
	}
	if (bio != NULL)
		take_text(bio, out, size);
	BIO_free(bio);
	GENERAL_NAMES_free(names);
}

static void
say_serial(const X509 *cert, char *out, size_t size)
{
	BIGNUM *bn = ASN1_INTEGER_to_BN(X509_get0_serialNumber(cert), NULL);
	char *hex = bn == NULL ? NULL : BN_bn2hex(bn);

	if (hex != NULL)
		snprintf(out, size, "%s", hex);
	OPENSSL_free(hex);
	BN_free(bn);
}

void
certificate_say(const X509 *cert, struct certificate_words *w)
{
	*w = (struct certificate_words){"?", "?", "?"};
	if (cert == NULL)
		return;
	say_subject(cert, w->subject, sizeof w->subject);
	say_names(cert, w->names, sizeof w->names);
	say_serial(cert, w->serial, sizeof w->serial);
}
