/*
 * A work: one request on its way to an answer, while its caller is recognised and semsd asked. It
 * ends with its one answer, or with whoever asked.
 */
#ifndef SEMS_WEB_DESK_WORK_H
#define SEMS_WEB_DESK_WORK_H

#include "base/log.h"
#include "web/desk/desk.h"
#include "web/desk/known.h"
#include "web/upstream/upstream.h"

#define PRINCIPAL_SIZE KNOWN_NAME_SIZE
#define WORK_FORM_SIZE 65

struct persons;

struct desk {
	struct event_base *base;
	struct upstream *upstream;
	char anyone[PRINCIPAL_SIZE]; /* whom all are that come by loopback; "": nobody is */
	struct known_list known;
	struct persons *persons; /* web/person's, who are signed in; NULL: none */
	struct rare refused;     /* callers who are not recognised */
};

struct work {
	struct desk *desk;
	struct asked *asked;
	struct line *line;              /* semsd's reply is waited for; NULL: it is not */
	char principal[PRINCIPAL_SIZE]; /* who asks, once he is known */
	void (*known)(struct work *w);  /* goes on then */
	bool is_json;                   /* what is answered */
	bool is_signed;                 /* by a key; else a token is shown, or nothing */
	struct signed_by by;            /* what its signature says */
	char shown[KNOWN_ID_SIZE];      /* by which he is recognised */
	/* Of web/person, for the page that is made. */
	char form[WORK_FORM_SIZE]; /* the secret of its form; "": it has none */
	unsigned way;              /* by which the person is known */
	uint64_t signin_no;        /* 0: by no sign-in */
	void *page;                /* what is made of it; NULL: nothing is */
	void (*drop)(void *page);  /* frees that, with the work */
};

/* NULL: out of memory, and a was answered. */
struct work *work_new(struct desk *d, struct asked *a, void (*known)(struct work *w));
/* Each ends the work. */
void work_answer(struct work *w, const struct answer *what);
void work_refuse(struct work *w, int status, unsigned retry_after_s, const char *field,
		 const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* What semsd said instead of an answer. */
void work_refuse_reply(struct work *w, const struct reply *r);
/* The status of HTTP that this is. */
int work_status(const struct reply *r);
/* For Retry-After: seconds, at least one where there is anything to wait for. */
unsigned work_seconds(uint32_t ms);

#endif
