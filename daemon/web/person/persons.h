/* Room web/person: People in a browser: who is signed in and by what, and the pages for them. */
/*
 * Who a person is: by a certificate of the browser's, by a link or a passkey that signed it in, or
 * by what a proxy says that came over a Unix socket. There are no passwords.
 */
#ifndef SEMS_WEB_PERSON_PERSONS_H
#define SEMS_WEB_PERSON_PERSONS_H

#include "base/log.h"
#include "web/desk/work.h"
#include "web/person/challenge.h"
#include "web/person/origin.h"
#include "web/person/signin.h"

#define PERSON_PREFIX "web:"
/* A passkey that semsd was not asked about for so long is asked about again. */
#define PASSKEY_KNOWN_MS KNOWN_MS

struct persons {
	struct origin origin; /* text "": nobody has a passkey */
	const char *header;   /* of a proxy's, that names the person; NULL: none does. Borrowed */
	struct signins signins;
	struct challenges challenges;
	struct rare refused; /* passkeys */
	/* Of the forms of those who have no sign-in; random, and the process's own. */
	unsigned char key[KEY_SIZE];
};

enum person_by { BY_NOBODY, BY_CERTIFICATE, BY_LINK, BY_PASSKEY, BY_PROXY, BY_WAYS };

struct person {
	enum person_by by;
	char principal[PRINCIPAL_SIZE]; /* "": the owner, who is whoever semsweb is */
	struct signin *signin;          /* of a link or a passkey */
	const char *fault;              /* of what was shown and is not good; NULL: nothing */
};

/* Never waits: of a passkey's sign-in semsd may be to be asked again (checked_ms). */
void person_look(struct desk *d, const struct asked *a, struct person *p);

/* What a cookie of this name holds; "": nothing that could be a secret. In TLS, or behind a proxy,
 * it has a name of its own, which no page in plain can have set. */
#define COOKIE_SIZE 256
void cookie_take(const struct asked *a, const char *name, char secret[SECRET_SIZE]);
/* secret "": the browser forgets it. max_age_s 0: as long as the browser runs. */
void cookie_write(const struct asked *a, const char *name, const char *secret, unsigned max_age_s,
		  char out[COOKIE_SIZE]);
/* The hexadecimal value behind name= in a query, a form or a header; out is "" else. */
void secret_take(struct text t, const char *name, char out[SECRET_SIZE]);

/* Of a clock that only goes on. */
int64_t persons_now_ms(void);

#endif
