/*
 * People who are signed in by their browser: the owner, by a link that the terminal shows and that
 * is of use once, and persons by their passkeys. What is secret leaves here once and is kept as a
 * digest.
 */
#ifndef SEMS_WEB_PERSON_SIGNIN_H
#define SEMS_WEB_PERSON_SIGNIN_H

#include "web/desk/known.h"
#include "web/person/secret.h"

#include <stdbool.h>
#include <stdint.h>

#define SIGNINS_MOST   256 /* at once: the one not seen for longest makes way */
#define SIGNINS_OF_ONE 8   /* the same of one person's */
#define LINK_MS        (INT64_C(60) * 60 * 1000)
#define SIGNIN_MS      (INT64_C(12) * 60 * 60 * 1000) /* in all */
#define SIGNIN_IDLE_MS (INT64_C(60) * 60 * 1000)

struct signin {
	unsigned char cookie[SHA256_SIZE]; /* its digest */
	char form[SECRET_SIZE]; /* what each form of its pages has; "": nobody is signed in here */
	char principal[KNOWN_NAME_SIZE]; /* "": the owner's */
	uint64_t passkey;                /* semsd's number of it; 0: none */
	uint64_t no;                     /* no two have the same */
	int64_t since_ms, seen_ms;
	int64_t checked_ms; /* semsd knew the passkey then */
};

struct signins {
	unsigned char link[SHA256_SIZE]; /* its digest */
	int64_t link_until_ms;           /* 0: there is none */
	uint64_t last_no;
	struct signin list[SIGNINS_MOST];
};

/* now_ms: of a clock that only goes on. */
/* A link's secret, in place of one before. False: no random number is to be had. */
bool signin_make_link(struct signins *s, int64_t now_ms, char secret[SECRET_SIZE]);
/* Uses it up. False: it is none, was used, or its hour is over. cookie: what the browser shows from
 * then on. */
bool signin_enter(struct signins *s, const char *secret, int64_t now_ms, char cookie[SECRET_SIZE]);
/* The same for whom a passkey has signed in. False: no random number is to be had. */
bool signin_begin(struct signins *s, const char *principal, uint64_t passkey, int64_t now_ms,
		  char cookie[SECRET_SIZE]);
/* NULL: nobody is signed in by it, or not any more. */
struct signin *signin_find(struct signins *s, const char *cookie, int64_t now_ms);
struct signin *signin_by_no(struct signins *s, uint64_t no);
void signin_leave(struct signin *i);

#endif
