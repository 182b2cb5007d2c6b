#include "tools/pki/pki.h"

#include "base/buf.h"
#include "base/count.h"
#include "base/file/plainfile.h"
#include "tools/pki/certificate.h"
#include "tools/terminal/outfile.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE  1024
#define FILE_BYTES ((size_t)16 * 1024 * 1024)

struct pki {
	char folder[PATH_SIZE];
	EVP_PKEY *key;
	X509 *cert;
	X509_CRL *revoked;
};

static const char *const fors[] = {
    [PKI_SERVER] = "server",
    [PKI_DEVICE] = "device",
    [PKI_PERSON] = "person",
};
COVERS(fors, PKI_FORS);

const char *
pki_for_name(enum pki_for what)
{
	return fors[what];
}

bool
pki_is_name(enum pki_for what, const char *name)
{
	const char *more = what == PKI_SERVER ? ".-_:" : ".-_";
	size_t n = strlen(name);

	for (size_t i = 0; i < n; i++)
		if (isalnum((unsigned char)name[i]) == 0 && strchr(more, name[i]) == NULL)
			return false;
	/* A folder has that name. */
	return n > 0 && n <= PKI_NAME_MAX && name[0] != '.';
}

/* --- files ------------------------------------------------------------------------------------ */

static enum code
failed(const char *path, struct err *e)
{
	return err_set(e, TRY_SYSTEM, "pki", "%s: %s", path,
		       strerror(errno)); /* NOLINT(concurrency-mt-unsafe): one thread */
}

static enum code
no_memory(struct err *e)
{
	ERR_clear_error();
	return err_set(e, TRY_LIMIT, "pki", "out of memory");
}

static enum code
make_folder(const char *path, struct err *e)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return failed(path, e);
	return OK;
}

/* Root writes for whoever the folder is: what semsd cannot read would not be in force. */
static enum code
give(const char *folder, const char *path, struct err *e)
{
	struct stat st;

	if (geteuid() == 0 && (stat(folder, &st) != 0 || lchown(path, st.st_uid, st.st_gid) != 0))
		return failed(path, e);
	return OK;
}

/* What PEM is to be of it. */
struct content {
	EVP_PKEY *key;
	X509 *cert;
	X509_CRL *revoked;
	PKCS12 *p12;
};

static enum code
write_content(const char *folder, const char *name, const struct content *c, struct err *e)
{
	char path[PATH_SIZE];
	char *bytes = NULL;
	long n = 0;
	BIO *bio = BIO_new(BIO_s_mem());
	bool is_good = bio != NULL;

	is_good = is_good && (c->key == NULL || PEM_write_bio_PrivateKey(bio, c->key, NULL, NULL, 0,
									 NULL, NULL) == 1);
	is_good = is_good && (c->cert == NULL || PEM_write_bio_X509(bio, c->cert) == 1);
	is_good = is_good && (c->revoked == NULL || PEM_write_bio_X509_CRL(bio, c->revoked) == 1);
	is_good = is_good && (c->p12 == NULL || i2d_PKCS12_bio(bio, c->p12) == 1);
	if (is_good)
		n = BIO_get_mem_data(bio, &bytes);
	if (!is_good)
		no_memory(e);
	else if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
		err_set(e, REJ_LIMIT, "pki", "the path of %s is too long", name);
	else
		e->code = outfile_write(path, bytes, (size_t)n, true, e);
	if (is_good && e->code == OK)
		e->code = give(folder, path, e);
	BIO_free(bio);
	return e->code;
}

static BIO *
read_file(const char *folder, const char *name, struct buf *bytes, struct err *e)
{
	char path[PATH_SIZE];
	BIO *bio;

	buf_init(bytes, FILE_BYTES);
	if (snprintf(path, sizeof path, "%s%s%s", folder, folder[0] == '\0' ? "" : "/", name) >=
	    (int)sizeof path) {
		err_set(e, REJ_LIMIT, "pki", "the path of %s is too long", name);
		return NULL;
	}
	if (plainfile_read(AT_FDCWD, path, 0, bytes, e) != OK)
		return NULL;
	bio = BIO_new_mem_buf(bytes->n == 0 ? "" : (const char *)bytes->p, (int)bytes->n);
	if (bio == NULL)
		no_memory(e);
	return bio;
}

static void
close_file(BIO *bio, struct buf *bytes)
{
	BIO_free(bio);
	if (bytes->p != NULL)
		OPENSSL_cleanse(bytes->p, bytes->n);
	buf_fini(bytes);
	ERR_clear_error();
}

static enum code
cannot_read(const char *folder, const char *name, struct err *e)
{
	return e->code != OK ? e->code
			     : err_set(e, REJ_MALFORMED, "pki", "%s/%s is not what it should be",
				       folder, name);
}

static X509 *
read_certificate(const char *folder, const char *name, struct err *e)
{
	struct buf bytes;
	BIO *bio = read_file(folder, name, &bytes, e);
	X509 *cert = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);

	close_file(bio, &bytes);
	if (cert == NULL)
		cannot_read(folder, name, e);
	return cert;
}

/* --- the issuer ------------------------------------------------------------------------------- */

enum code
pki_make(const char *folder, const char *name, struct err *e)
{
	struct content c = {.key = NULL};
	EVP_PKEY *key = NULL;
	char path[PATH_SIZE];

	*e = (struct err){0};
	if (snprintf(path, sizeof path, "%s/ca.key", folder) >= (int)sizeof path)
		return err_set(e, REJ_LIMIT, "pki", "the folder's path is too long");
	if (access(path, F_OK) == 0)
		return err_set(e, REJ_STATE, "pki", "%s has an issuer already", folder);
	if (make_folder(folder, e) != OK)
		return e->code;
	key = EVP_EC_gen("P-256");
	if (key != NULL)
		c.cert = certificate_authority(key, name, PKI_CA_DAYS);
	if (c.cert != NULL)
		c.revoked = certificate_list(key, c.cert, NULL);
	if (c.revoked == NULL)
		no_memory(e);
	/* The key last: what is there without one is made again. */
	if (e->code == OK)
		write_content(folder, "ca.pem", &(struct content){.cert = c.cert}, e);
	if (e->code == OK)
		write_content(folder, "crl.pem", &(struct content){.revoked = c.revoked}, e);
	if (e->code == OK)
		write_content(folder, "ca.key", &(struct content){.key = key}, e);
	X509_CRL_free(c.revoked);
	X509_free(c.cert);
	EVP_PKEY_free(key);
	return e->code;
}

static enum code
read_issuer(struct pki *p, struct err *e)
{
	struct buf bytes;
	BIO *bio = read_file(p->folder, "ca.key", &bytes, e);

	if (bio != NULL)
		p->key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	close_file(bio, &bytes);
	if (p->key == NULL)
		return cannot_read(p->folder, "ca.key", e);
	p->cert = read_certificate(p->folder, "ca.pem", e);
	if (p->cert == NULL)
		return e->code;
	bio = read_file(p->folder, "crl.pem", &bytes, e);
	if (bio != NULL)
		p->revoked = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL);
	close_file(bio, &bytes);
	if (p->revoked == NULL)
		return cannot_read(p->folder, "crl.pem", e);
	if (X509_check_private_key(p->cert, p->key) != 1 ||
	    X509_CRL_verify(p->revoked, p->key) != 1)
		return err_set(e, REJ_MALFORMED, "pki",
			       "ca.key, ca.pem and crl.pem in %s do not belong together",
			       p->folder);
	return OK;
}

enum code
pki_open(const char *folder, struct pki **out, struct err *e)
{
	struct pki *p = calloc(1, sizeof *p);

	*e = (struct err){0};
	*out = NULL;
	if (p == NULL)
		return no_memory(e);
	snprintf(p->folder, sizeof p->folder, "%s", folder);
	if (read_issuer(p, e) == OK)
		*out = p;
	else
		pki_close(p);
	return e->code;
}

void
pki_close(struct pki *p)
{
	if (p == NULL)
		return;
	X509_CRL_free(p->revoked);
	X509_free(p->cert);
	EVP_PKEY_free(p->key);
	free(p);
}

/* --- what it issued --------------------------------------------------------------------------- */

static void
note_revoked(const struct pki *p, X509 *cert, struct pki_issued *one)
{
	X509_REVOKED *r = NULL;

	if (X509_CRL_get0_by_cert(p->revoked, &r, cert) == 1)
		one->revoked_at = certificate_time(X509_REVOKED_get0_revocationDate(r));
}

/* False: it is none of ours. */
static bool
tell_one(const struct pki *p, X509 *cert, struct pki_issued *one)
{
	char name[sizeof one->name];
	const char *slash;

	*one = (struct pki_issued){.from = certificate_time(X509_get0_notBefore(cert)),
				   .until = certificate_time(X509_get0_notAfter(cert))};
	certificate_serial(cert, one->serial);
	note_revoked(p, cert, one);
	if (!certificate_name(cert, name, sizeof name))
		return false;
	slash = strchr(name, '/');
	for (enum pki_for f = PKI_DEVICE; slash != NULL && f < PKI_FORS; f++)
		if (strncmp(name, fors[f], (size_t)(slash - name)) == 0)
			one->what = f;
	snprintf(one->name, sizeof one->name, "%s", slash == NULL ? name : slash + 1);
	return true;
}

static int
by_time(const void *a, const void *b)
{
	const struct pki_issued *x = a;
	const struct pki_issued *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return strcmp(x->serial, y->serial);
}

struct listed {
	struct pki_issued *all;
	size_t n;
	size_t room;
};

static enum code
add_one(const struct pki *p, const char *folder, const char *file, struct listed *l, struct err *e)
{
	X509 *cert;

	if (l->n == PKI_ISSUED_MAX)
		return err_set(e, REJ_LIMIT, "pki", "%s has more than %u certificates", folder,
			       PKI_ISSUED_MAX);
	if (l->n == l->room) {
		size_t room = l->room == 0 ? 64 : 2 * l->room;
		struct pki_issued *more = realloc(l->all, room * sizeof *more);

		if (more == NULL)
			return no_memory(e);
		l->all = more;
		l->room = room;
	}
	cert = read_certificate(folder, file, e);
	if (cert == NULL)
		return e->code;
	l->n += tell_one(p, cert, &l->all[l->n]);
	X509_free(cert);
	return OK;
}

static bool
is_pem(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && strcmp(name + n - 4, ".pem") == 0;
}

enum code
pki_list(const struct pki *p, struct pki_issued **out, size_t *n, struct err *e)
{
	char folder[PATH_SIZE + 8];
	struct listed l = {NULL, 0, 0};
	const struct dirent *d;
	DIR *dir;

	*e = (struct err){0};
	*out = NULL;
	*n = 0;
	snprintf(folder, sizeof folder, "%s/issued", p->folder);
	dir = opendir(folder);
	if (dir == NULL)
		return errno == ENOENT ? OK : failed(folder, e);
	while (e->code == OK && (d = readdir(dir)) != NULL)
		if (is_pem(d->d_name))
			add_one(p, folder, d->d_name, &l, e);
	closedir(dir);
	if (e->code != OK) {
		free(l.all);
		return e->code;
	}
	if (l.n > 1)
		qsort(l.all, l.n, sizeof *l.all, by_time);
	*out = l.all;
	*n = l.n;
	return OK;
}

/* --- issuing ---------------------------------------------------------------------------------- */

static enum code
check_wish(const struct pki_wish *w, struct err *e)
{
	if (w->n_names == 0 || (w->what != PKI_SERVER && w->n_names != 1))
		return err_set(e, REJ_FIELD, "name", "one name of a %s", fors[w->what]);
	for (size_t i = 0; i < w->n_names; i++)
		if (!pki_is_name(w->what, w->names[i]))
			return err_set(e, REJ_FIELD, "name",
				       "%s is not a name: up to %u letters, digits and \".-_\"",
				       w->names[i], PKI_NAME_MAX);
	return OK;
}

/* The key that is to be vouched for. */
static EVP_PKEY *
key_of_request(const char *path, struct err *e)
{
	struct buf bytes;
	BIO *bio = read_file("", path, &bytes, e);
	X509_REQ *request = bio == NULL ? NULL : PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL);
	EVP_PKEY *key = request == NULL ? NULL : X509_REQ_get_pubkey(request);

	close_file(bio, &bytes);
	if (e->code == OK && (key == NULL || X509_REQ_verify(request, key) != 1)) {
		err_set(e, REJ_MALFORMED, "csr",
			"%s is no certificate request that its own key signed: openssl req -new "
			"makes one",
			path);
		EVP_PKEY_free(key);
		key = NULL;
	}
	X509_REQ_free(request);
	return key;
}

static enum code
keep_issued(const struct pki *p, X509 *cert, struct err *e)
{
	char folder[PATH_SIZE + 8];
	char name[PKI_SERIAL_SIZE + 4];
	char serial[PKI_SERIAL_SIZE];

	snprintf(folder, sizeof folder, "%s/issued", p->folder);
	certificate_serial(cert, serial);
	snprintf(name, sizeof name, "%s.pem", serial);
	if (make_folder(folder, e) != OK)
		return e->code;
	return write_content(folder, name, &(struct content){.cert = cert}, e);
}

static enum code
write_p12(const struct pki *p, const struct pki_wish *w, const char *folder,
	  const struct content *c, struct err *e)
{
	char name[PKI_NAME_MAX + 8];
	STACK_OF(X509) *with = sk_X509_new_null();
	PKCS12 *p12 = NULL;

	if (with != NULL && sk_X509_push(with, p->cert) > 0)
		p12 = PKCS12_create(w->p12, w->names[0], c->key, c->cert, with, 0, 0, 0, 0, 0);
	snprintf(name, sizeof name, "%s.p12", w->names[0]);
	if (p12 == NULL)
		no_memory(e);
	else
		write_content(folder, name, &(struct content){.p12 = p12}, e);
	PKCS12_free(p12);
	sk_X509_free(with);
	return e->code;
}

/* Its key is first: without it the rest is of no use, with it the rest is made again. */
static enum code
write_set(const struct pki *p, const struct pki_wish *w, const char *folder,
	  const struct content *c, struct err *e)
{
	const char *of = w->what == PKI_SERVER ? "server" : "client";
	char name[16];

	snprintf(name, sizeof name, "%s.key", of);
	if (c->key != NULL &&
	    write_content(folder, name, &(struct content){.key = c->key}, e) != OK)
		return e->code;
	snprintf(name, sizeof name, "%s.pem", of);
	if (write_content(folder, name, &(struct content){.cert = c->cert}, e) != OK ||
	    write_content(folder, "ca.pem", &(struct content){.cert = p->cert}, e) != OK)
		return e->code;
	if (w->what == PKI_SERVER)
		return write_content(folder, "crl.pem", &(struct content){.revoked = p->revoked},
				     e);
	return w->p12 == NULL || c->key == NULL ? OK : write_p12(p, w, folder, c, e);
}

static enum code
make_its_folder(const struct pki *p, const struct pki_wish *w, char *where, size_t size,
		struct err *e)
{
	int n = snprintf(where, size, "%s/%s", p->folder, fors[w->what]);

	if (n < 0 || (size_t)n + PKI_NAME_MAX + 2 >= size)
		return err_set(e, REJ_LIMIT, "pki", "the folder's path is too long");
	if (make_folder(where, e) != OK || w->what == PKI_SERVER)
		return e->code;
	snprintf(where + n, size - (size_t)n, "/%s", w->names[0]);
	return make_folder(where, e);
}

enum code
pki_issue(struct pki *p, const struct pki_wish *w, char *where, size_t size, struct err *e)
{
	struct content c = {.key = NULL};
	EVP_PKEY *key;

	*e = (struct err){0};
	if (check_wish(w, e) != OK || make_its_folder(p, w, where, size, e) != OK)
		return e->code;
	key = w->request == NULL ? EVP_EC_gen("P-256") : key_of_request(w->request, e);
	if (key != NULL)
		c.cert =
		    certificate_issue(&(struct certificate_wish){.key = key,
								 .issuer_key = p->key,
								 .issuer = p->cert,
								 .kind = fors[w->what],
								 .is_server = w->what == PKI_SERVER,
								 .names = w->names,
								 .n_names = w->n_names,
								 .days = PKI_DAYS});
	c.key = w->request == NULL ? key : NULL;
	if (e->code == OK && c.cert == NULL)
		no_memory(e);
	if (e->code == OK && keep_issued(p, c.cert, e) == OK)
		write_set(p, w, where, &c, e);
	X509_free(c.cert);
	EVP_PKEY_free(key);
	return e->code;
}

/* --- revoking --------------------------------------------------------------------------------- */

static bool
is_meant(const struct pki_issued *one, enum pki_for what, const char *name)
{
	if (one->revoked_at != 0)
		return false;
	if (what == PKI_FORS)
		return strcasecmp(one->serial, name) == 0;
	return one->what == what && strcmp(one->name, name) == 0;
}

static enum code
put_list(const struct pki *p, struct err *e)
{
	char server[PATH_SIZE + 8];
	const struct content c = {.revoked = p->revoked};

	snprintf(server, sizeof server, "%s/server", p->folder);
	if (write_content(p->folder, "crl.pem", &c, e) != OK || access(server, F_OK) != 0)
		return e->code;
	return write_content(server, "crl.pem", &c, e);
}

enum code
pki_revoke(struct pki *p, enum pki_for what, const char *name, size_t *n, struct err *e)
{
	struct pki_issued *all;
	size_t n_all;
	X509_CRL *next = NULL;

	*n = 0;
	if (pki_list(p, &all, &n_all, e) != OK)
		return e->code;
	next = certificate_list(p->key, p->cert, p->revoked);
	for (size_t i = 0; next != NULL && i < n_all; i++) {
		if (!is_meant(&all[i], what, name))
			continue;
		if (!certificate_revoke(next, all[i].serial))
			no_memory(e);
		(*n)++;
	}
	free(all);
	if (next == NULL || !certificate_seal(next, p->key))
		no_memory(e);
	if (e->code != OK || *n == 0) {
		X509_CRL_free(next);
		return e->code != OK
			   ? e->code
			   : err_set(e, REJ_NOT_FOUND, "name",
				     "no certificate of %s that was not revoked: semsctl pki list",
				     name);
	}
	X509_CRL_free(p->revoked);
	p->revoked = next;
	return put_list(p, e);
}
