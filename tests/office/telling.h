/* Events of cases, told by whoever the office is at the moment. */
#ifndef SEMS_TESTS_OFFICE_TELLING_H
#define SEMS_TESTS_OFFICE_TELLING_H

#include "base/count.h"
#include "core/life/case.h"
#include "tests/office/office.h"

#define SAID(...)                       \
	(const struct case_word_said[]) \
	{                               \
		__VA_ARGS__             \
	}
#define N_SAID(...) COUNT(SAID(__VA_ARGS__))
#define MAKES(k, ev, ...)                                               \
	{                                                               \
		.kind = (k), .event = (ev), .words = SAID(__VA_ARGS__), \
		.n_words = N_SAID(__VA_ARGS__)                          \
	}
#define OF(no, ev, ...)                                                    \
	{                                                                  \
		.number = (no), .event = (ev), .words = SAID(__VA_ARGS__), \
		.n_words = N_SAID(__VA_ARGS__)                             \
	}

/* The same of a suite that has an OFFICE_SUITE(). */
#define TELL(events, n) office_tell(&o, events, n)
#define TELL_ONE(...)   office_tell_one(&o, __VA_ARGS__)
#define TOLD(...)       office_told(&o, __VA_ARGS__)
#define BE(who)         office_as(&o, who)

#define TELL_MAX 600

/* Tells events; each has an id of its own, unless it has one already. The answer's code. */
int office_tell(struct office *o, const struct case_event_told *events, size_t n);
int office_tell_one(struct office *o, struct case_event_told event);
/* Tells one, which must be stored and lead to that state. */
void office_told(struct office *o, struct case_event_told event, const char *state);
/* Who tells from now on, as he is registered. */
void office_as(struct office *o, const char *who);

#endif
