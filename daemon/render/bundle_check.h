/*
 * Checks an exported bundle (sems-bundle/1, proto/PROOF.md) with nothing but the bundle: no daemon,
 * no database. Everything in it is suspected, its size included.
 */
#ifndef SEMS_RENDER_BUNDLE_CHECK_H
#define SEMS_RENDER_BUNDLE_CHECK_H

#include "base/sign.h"
#include "render/bundle_read.h"

/* A key that whoever checks trusts, from elsewhere. */
struct bundle_key {
	unsigned char public[SIGN_PUBLIC_SIZE];
};

/* The report: what was checked (`checks`, each good or with a text) and whether it is `sound`; who
 * signed (`keys`) and whether these are trusted ones (`trusted`, null when none were given). NULL:
 * out of memory. */
json_t *bundle_check(struct bundle *b, const struct bundle_key *trusted, size_t n);
/* Adds a check to the report; NULL: it is good. */
void bundle_note(json_t *report, const char *check, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
