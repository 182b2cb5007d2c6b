/*
 * A request that came whole, and its one answer. The answer may be given at once or later; whoever
 * asked may be gone by then, and then it is given to nobody.
 */
#ifndef SEMS_WEB_HTTP_ANSWER_H
#define SEMS_WEB_HTTP_ANSWER_H

#include "base/text.h"
#include "net/tls/identity.h"

#include <stdbool.h>

struct evhttp_request;
struct visit;

struct asked {
	struct evhttp_request *req; /* NULL: whoever asked is gone */
	struct visit *visit;
	struct text body; /* valid until it is answered; of one who is gone nothing is left */
	void (*on_gone)(struct asked *a); /* once; NULL: nothing works for it */
	void *work;                       /* of whoever set on_gone */
	bool must_close;                  /* what comes behind it is of no use */
};

struct answer {
	int status;
	const char *type; /* NULL: text/plain */
	struct text body;
	unsigned retry_after_s; /* 0: not told */
	const char *cookie;     /* Set-Cookie; NULL: none */
	const char *location;   /* NULL: none */
	const char *allow;      /* NULL: none */
};

/* The request is taken: NULL, no memory, and it was answered with that. */
struct asked *asked_new(struct evhttp_request *req, struct visit *v);
/* Each frees a. What a header holds is one line, or it is left out. */
void answer_give(struct asked *a, const struct answer *what);
/*
 * {"status", "error", "text"}, and where a field is at fault "field": error is the status in one
 * word, for programs; text says what is wrong and what to do.
 */
void answer_refuse(struct asked *a, int status, unsigned retry_after_s, const char *field,
		   const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* "length_required"; "error" for one that is never given. */
const char *answer_error(int status);
/* A header of the request, the first of its name; "": there is none. */
const char *asked_header(const struct asked *a, const char *name);
/* "POST", and the path without what follows ?; "": whoever asked is gone. */
const char *asked_method(const struct asked *a);
const char *asked_path(const struct asked *a);
/* What follows ?; "": nothing. */
const char *asked_query(const struct asked *a);
/* Of the network it comes from, as text; "": not known. */
const char *asked_address(const struct asked *a);
bool asked_is_tls(const struct asked *a);
/* It came over a Unix socket: what a proxy says of it is the proxy's word. */
bool asked_is_proxied(const struct asked *a);
/* Its browser speaks TLS, with semsweb or with the proxy. */
bool asked_is_secure(const struct asked *a);
/* How often a header of this name is there. */
unsigned asked_header_count(const struct asked *a, const char *name);
/* Whom its certificate names. CERTIFICATE_ABSENT: it has none, or none is asked for. */
enum bad_certificate asked_certificate(const struct asked *a, char principal[IDENTITY_SIZE]);

#endif
