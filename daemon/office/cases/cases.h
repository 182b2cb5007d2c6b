/* Room office/cases: What is asked of cases, and told of them. */
/* The operations of a request about cases, each of which answers the call. */
#ifndef SEMS_OFFICE_CASES_CASES_H
#define SEMS_OFFICE_CASES_CASES_H

#include "office/call.h"

#define CASE_EVENTS_MAX 500

/* Tells events, each with its verdict. */
void cases_tell(struct call *c);

/* The register of risks, a page of one part of it; its flags; the scheme by which it is scored. */
void cases_register(struct call *c);
void cases_flags(struct call *c);
void cases_scheme(struct call *c);

/* A statement of which there may be no row: then NOT_FOUND, of the case `missing`. */
void cases_ask_one(struct call *c, const struct statement *st, bool writes, const char *missing);
/* So many cases of a page as the request asks for; in the call's arena. */
const char *cases_page_size(struct call *c);

#endif
