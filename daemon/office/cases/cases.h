/* Room office/cases: What is asked of cases, and told of them. */
/* The operations of a request about cases, each of which answers the call. */
#ifndef SEMS_OFFICE_CASES_CASES_H
#define SEMS_OFFICE_CASES_CASES_H

#include "office/call.h"

#define CASE_EVENTS_MAX 500

/* Tells events, each with its verdict. */
void cases_tell(struct call *c);

#endif
