#include "tools/pki/certificate.h"

#include <arpa/inet.h>
#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#define SERIAL_BITS 127
#define SECONDS_DAY 86400L
#define EARLIER_S   (-3600L)
#define NAMES_BYTES 8192

/* --- extensions ------------------------------------------------------------------------------- */

static bool
add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *x;
	bool is_good;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	x = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	is_good = x != NULL && X509_add_ext(cert, x, -1) == 1;
	X509_EXTENSION_free(x);
	return is_good;
}

/* "URI:sems:device/xray-7"; "DNS:sems.example, IP:192.0.2.7". The names were looked at: they have
 * no comma. */
static bool
add_names(X509 *cert, const struct certificate_wish *w)
{
	unsigned char bytes[sizeof(struct in6_addr)];
	char value[NAMES_BYTES] = "";
	size_t n = 0;

	for (size_t i = 0; i < w->n_names && n < sizeof value; i++) {
		const char *name = w->names[i];
		bool is_address =
		    inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;

		n += (size_t)snprintf(value + n, sizeof value - n, "%s", i == 0 ? "" : ",");
		if (w->is_server)
			n += (size_t)snprintf(value + n, sizeof value - n, "%s:%s",
					      is_address ? "IP" : "DNS", name);
		else
			n += (size_t)snprintf(value + n, sizeof value - n, "URI:sems:%s/%s",
					      w->kind, name);
	}
	return n < sizeof value && add_extension(cert, NULL, NID_subject_alt_name, value);
}

/* --- a certificate ---------------------------------------------------------------------------- */

static bool
set_serial(X509 *cert)
{
	BIGNUM *bn = BN_new();
	bool is_good = bn != NULL && BN_rand(bn, SERIAL_BITS, 0, 0) == 1 &&
		       BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(cert)) != NULL;

	BN_free(bn);
	return is_good;
}

static bool
set_name(X509 *cert, const char *name)
{
	return X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_UTF8,
					  (const unsigned char *)name, -1, -1, 0) == 1;
}

/* All but what it may do. issuer: NULL is itself. */
static X509 *
begin(EVP_PKEY *key, X509 *issuer, const char *name, int days)
{
	X509 *cert = X509_new();
	bool is_good = cert != NULL && X509_set_version(cert, X509_VERSION_3) == 1 &&
		       set_serial(cert) && set_name(cert, name) && X509_set_pubkey(cert, key) == 1;

	if (is_good)
		is_good = X509_set_issuer_name(
			      cert, X509_get_subject_name(issuer == NULL ? cert : issuer)) == 1 &&
			  X509_gmtime_adj(X509_getm_notBefore(cert), EARLIER_S) != NULL &&
			  X509_gmtime_adj(X509_getm_notAfter(cert), days * SECONDS_DAY) != NULL;
	if (is_good && issuer != NULL &&
	    ASN1_TIME_compare(X509_get0_notAfter(cert), X509_get0_notAfter(issuer)) > 0)
		is_good = X509_set1_notAfter(cert, X509_get0_notAfter(issuer)) == 1;
	if (is_good)
		return cert;
	X509_free(cert);
	return NULL;
}

static X509 *
sign_if(bool is_good, X509 *cert, EVP_PKEY *key)
{
	if (is_good && X509_sign(cert, key, EVP_sha256()) != 0)
		return cert;
	X509_free(cert);
	return NULL;
}

X509 *
certificate_authority(EVP_PKEY *key, const char *name, int days)
{
	X509 *cert = begin(key, NULL, name, days);
	bool is_good =
	    cert != NULL &&
	    add_extension(cert, cert, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
	    add_extension(cert, cert, NID_key_usage, "critical,keyCertSign,cRLSign") &&
	    add_extension(cert, cert, NID_subject_key_identifier, "hash");

	return sign_if(is_good, cert, key);
}

X509 *
certificate_issue(const struct certificate_wish *w)
{
	X509 *cert = begin(w->key, w->issuer, w->names[0], w->days);
	bool is_good = cert != NULL &&
		       add_extension(cert, w->issuer, NID_basic_constraints, "critical,CA:FALSE") &&
		       add_extension(cert, w->issuer, NID_key_usage, "critical,digitalSignature") &&
		       add_extension(cert, w->issuer, NID_ext_key_usage,
				     w->is_server ? "serverAuth" : "clientAuth") &&
		       add_extension(cert, w->issuer, NID_subject_key_identifier, "hash") &&
		       add_extension(cert, w->issuer, NID_authority_key_identifier, "keyid") &&
		       add_names(cert, w);

	return sign_if(is_good, cert, w->issuer_key);
}

/* --- what was revoked ------------------------------------------------------------------------- */

static bool
copy_revoked(X509_CRL *to, X509_CRL *from)
{
	STACK_OF(X509_REVOKED) *all = from == NULL ? NULL : X509_CRL_get_REVOKED(from);

	for (int i = 0; i < sk_X509_REVOKED_num(all); i++) {
		X509_REVOKED *r = X509_REVOKED_dup(sk_X509_REVOKED_value(all, i));

		if (r == NULL || X509_CRL_add0_revoked(to, r) != 1) {
			X509_REVOKED_free(r);
			return false;
		}
	}
	return true;
}

/* Lists are numbered, each past the one before. */
static bool
set_number(X509_CRL *list, const X509_CRL *before)
{
	ASN1_INTEGER *was =
	    before == NULL ? NULL : X509_CRL_get_ext_d2i(before, NID_crl_number, NULL, NULL);
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	bool is_good = number != NULL &&
		       ASN1_INTEGER_set(number, was == NULL ? 1 : ASN1_INTEGER_get(was) + 1) == 1 &&
		       X509_CRL_add1_ext_i2d(list, NID_crl_number, number, 0, 0) == 1;

	ASN1_INTEGER_free(was);
	ASN1_INTEGER_free(number);
	return is_good;
}

X509_CRL *
certificate_list(EVP_PKEY *key, X509 *issuer, X509_CRL *before)
{
	X509_CRL *list = X509_CRL_new();
	ASN1_TIME *now = X509_gmtime_adj(NULL, 0);
	bool is_good = list != NULL && now != NULL && X509_CRL_set_version(list, 1) == 1 &&
		       X509_CRL_set_issuer_name(list, X509_get_subject_name(issuer)) == 1 &&
		       X509_CRL_set1_lastUpdate(list, now) == 1 &&
		       X509_CRL_set1_nextUpdate(list, X509_get0_notAfter(issuer)) == 1 &&
		       copy_revoked(list, before) && set_number(list, before) &&
		       certificate_seal(list, key);

	ASN1_TIME_free(now);
	if (is_good)
		return list;
	X509_CRL_free(list);
	return NULL;
}

bool
certificate_revoke(X509_CRL *list, const char *serial)
{
	X509_REVOKED *r = X509_REVOKED_new();
	ASN1_TIME *now = X509_gmtime_adj(NULL, 0);
	ASN1_INTEGER *number = NULL;
	BIGNUM *bn = NULL;
	bool is_good = BN_hex2bn(&bn, serial) != 0;

	if (is_good)
		number = BN_to_ASN1_INTEGER(bn, NULL);
	is_good = number != NULL && r != NULL && now != NULL &&
		  X509_REVOKED_set_serialNumber(r, number) == 1 &&
		  X509_REVOKED_set_revocationDate(r, now) == 1 &&
		  X509_CRL_add0_revoked(list, r) == 1;
	if (!is_good)
		X509_REVOKED_free(r);
	ASN1_INTEGER_free(number);
	ASN1_TIME_free(now);
	BN_free(bn);
	return is_good;
}

bool
certificate_seal(X509_CRL *list, EVP_PKEY *key)
{
	return X509_CRL_sort(list) == 1 && X509_CRL_sign(list, key, EVP_sha256()) != 0;
}

/* --- what it says ----------------------------------------------------------------------------- */

time_t
certificate_time(const ASN1_TIME *t)
{
	struct tm tm;

	return t != NULL && ASN1_TIME_to_tm(t, &tm) == 1 ? timegm(&tm) : 0;
}

void
certificate_serial(const X509 *cert, char out[41])
{
	BIGNUM *bn = ASN1_INTEGER_to_BN(X509_get0_serialNumber(cert), NULL);
	char *hex = bn == NULL ? NULL : BN_bn2hex(bn);

	snprintf(out, 41, "%s", hex == NULL ? "?" : hex);
	OPENSSL_free(hex);
	BN_free(bn);
}

static bool
take_name(const GENERAL_NAME *name, char *out, size_t size)
{
	static const char ours[] = "sems:";
	const unsigned char *s = ASN1_STRING_get0_data(name->d.ia5);
	int n = ASN1_STRING_length(name->d.ia5);
	bool is_four = name->type == GEN_IPADD && n == (int)sizeof(struct in_addr);

	if (name->type == GEN_IPADD)
		return inet_ntop(is_four ? AF_INET : AF_INET6, s, out, (socklen_t)size) != NULL;
	if (name->type != GEN_URI && name->type != GEN_DNS)
		return false;
	if (name->type == GEN_URI && n > 5 && memcmp(s, ours, 5) == 0) {
		s += 5;
		n -= 5;
	}
	return snprintf(out, size, "%.*s", n, (const char *)s) < (int)size;
}

bool
certificate_name(const X509 *cert, char *out, size_t size)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	bool is_good = names != NULL && sk_GENERAL_NAME_num(names) > 0 &&
		       take_name(sk_GENERAL_NAME_value(names, 0), out, size);

	GENERAL_NAMES_free(names);
	return is_good;
}
