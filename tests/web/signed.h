/* The owner, signed in at a site whose semsd is played by a test. */
#ifndef TESTS_WEB_SIGNED_H
#define TESTS_WEB_SIGNED_H

#include "tests/web/desk/stand.h"

struct signed_in {
	struct stand s;
	char cookie[128]; /* a line of a request's header, with its end */
	const char *role; /* of all that semsd welcomes; "admin" at first */
	const char *principal;
	struct far_line
	    *line[2]; /* semsd is asked on two in turn: one tells while the next is taken */
	unsigned asked;
};

void signed_open(struct signed_in *o);
void signed_close(struct signed_in *o);
/* Asks, and does not wait for the answer. */
void signed_get(struct signed_in *o, const char *path);
void signed_post(struct signed_in *o, const char *path, const char *form);
/* The next question, asserted to be this one of Request.body; the caller's to free by
 * signed_free(). */
Sems__V1__ClientFrame *signed_asked(struct signed_in *o, int body);
void signed_free(Sems__V1__ClientFrame *f);
/* Answers the last question that was heard: a document, or "!" and why it is forbidden. */
void signed_say(struct signed_in *o, const Sems__V1__ClientFrame *f, const char *document);
/* Both at once, for questions that are nothing to the test. */
void signed_answer(struct signed_in *o, int body, const char *document);
/* All that is answered; semsd's lines are closed then. */
const char *signed_heard(struct signed_in *o);
/* The secret of the forms of the page that was heard last: "form=...". */
void signed_form(const struct signed_in *o, char form[80]);

#endif
