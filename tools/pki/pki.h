/* Room tools/pki: A house's own issuer of certificates: what it issued, and what it revoked. */
/*
 * An issuer in a folder of its own, for houses that have none:
 *
 *   ca.key, ca.pem      its key, for nobody else to read, and its certificate
 *   crl.pem             what it revoked; as good as ca.pem, so that nobody has to make it anew
 *   issued/SERIAL.pem   every certificate that it issued
 *   server/             what semsd shows and trusts (a folder, or a link to one elsewhere)
 *   device/NAME/        for a machine, person/NAME/ for a person: client.pem, client.key, ca.pem
 *
 * Keys are P-256, signatures SHA-256. Nothing but these files is kept: what there is is read from
 * them. One that is written is whole, or as it was, and for its owner alone to read, who is that
 * of its folder when root writes it.
 */
#ifndef SEMS_TOOLS_PKI_PKI_H
#define SEMS_TOOLS_PKI_PKI_H

#include "base/err.h"

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#define PKI_CA_DAYS     7305 /* 20 years */
#define PKI_DAYS        825  /* what a certificate lasts */
#define PKI_NAME_MAX    64u  /* of a machine or a person */
#define PKI_ISSUED_MAX  100000u
#define PKI_SERIAL_SIZE 41 /* hexadecimal, with the NUL */

struct pki;

enum pki_for { PKI_SERVER, PKI_DEVICE, PKI_PERSON, PKI_FORS };

/* "server", "device", "person" */
const char *pki_for_name(enum pki_for what);
/* Letters, digits and ".-_" of a machine or a person; a host's name or address of a server. */
bool pki_is_name(enum pki_for what, const char *name);

/* Makes the folder and its key; REJ_STATE: there is one already. */
enum code pki_make(const char *folder, const char *name, struct err *e) MUST_CHECK;
/* REJ_NOT_FOUND: there is none. */
enum code pki_open(const char *folder, struct pki **out, struct err *e) MUST_CHECK;
/* Accepts NULL. */
void pki_close(struct pki *p);

/* One that was issued. */
struct pki_issued {
	enum pki_for what;
	char name[256]; /* of a server: its first */
	char serial[PKI_SERIAL_SIZE];
	time_t from;
	time_t until;
	time_t revoked_at; /* 0: it is not */
};

/* All of them, the oldest first; an array, the caller's to free(). */
enum code pki_list(const struct pki *p, struct pki_issued **out, size_t *n,
		   struct err *e) MUST_CHECK;

/* Whom a certificate is for. */
struct pki_wish {
	enum pki_for what;
	const char *const *names; /* one; of a server any number of hosts and addresses */
	size_t n_names;
	const char *request; /* file of a PKCS#10 request, whose key stays where it is; NULL: a key
				is made */
	const char *p12;     /* a passphrase: a .p12 is made as well; NULL: none */
};

/* Issues it, and puts it in its folder, whose path, below `size` bytes, is put into `where`. */
enum code pki_issue(struct pki *p, const struct pki_wish *w, char *where, size_t size,
		    struct err *e) MUST_CHECK;
/* Revokes every certificate of that name, or the one with that serial (what: PKI_FORS), that is not
 * yet; *n: how many. The list is put beside the server's, too. */
enum code pki_revoke(struct pki *p, enum pki_for what, const char *name, size_t *n,
		     struct err *e) MUST_CHECK;

#endif
