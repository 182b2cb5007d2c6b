/*
 * Cases: what people speak of by a number (F-2026-014) and what has a life. A case is nothing but
 * its events; its state, its fields and who did what are the fold of them. Here are its kinds,
 * their machines and their words; the database keeps the events, folds them, and refuses by itself
 * what these tables refuse.
 */
#ifndef SEMS_CORE_LIFE_CASE_H
#define SEMS_CORE_LIFE_CASE_H

#include "core/life/step.h"

enum case_kind {
	CASE_FINDING,
	CASE_ACTION,
	CASE_SCENARIO,
	CASE_CONTROL,
	CASE_ASSET,
	CASE_ASSESSMENT,
	CASE_ACCEPTANCE,
	CASE_SUPPLIER,
	CASE_CHANGE,
	CASE_THREAT_INFORMATION,
	CASE_DECISION,
	CASE_CHAPTER,
	CASE_GAP,
	CASE_PROCESS_MAP,
	CASE_KINDS
};

#define CASE_NUMBER_SIZE 24 /* "AC-2026-1000000", with room */

struct case_kind_is {
	const char *name;   /* "finding" */
	const char *letter; /* "F", of its numbers */
	const char *title;  /* for people: "finding" */
	const struct life_kind *life;
};
extern const struct case_kind_is case_kinds[CASE_KINDS];

/* CASE_KINDS: there is none. */
enum case_kind case_kind_by_name(const char *name);
/* By the letters of a number; CASE_KINDS: those of none. */
enum case_kind case_kind_by_number(const char *number);

/* The lives of cases; state 0 of each is that of what is not there yet, event 0 makes it. */
extern const struct life_kind life_finding;
extern const struct life_kind life_action;
extern const struct life_kind life_scenario;
extern const struct life_kind life_control;
extern const struct life_kind life_assessment;
extern const struct life_kind life_acceptance;
/* Of entries that have no course of their own. */
extern const struct life_kind life_asset, life_supplier, life_change, life_threat_information,
    life_decision, life_chapter, life_gap, life_process_map;
#define CASE_NEW 0u

/* What is known of a case when somebody wants to tell something of it; all borrowed. */
struct case_standing {
	enum case_kind kind;
	const char *number; /* NULL: not there yet */
	unsigned state;
	const char *person; /* that tells */
	uint64_t rights;
	/* By the bits of its life's `others`: who that is, of several owners since it was opened
	 * `person` if one was; NULL: nobody, or somebody else. */
	const char *const *others;
	const char *const *said; /* by the words of its life */
};

/* What it leads to. REJ_STATE names the state, the event, where it may follow and whose it is;
 * REJ_FORBIDDEN the person whose work it is; REJ_ROLE the roles; REJ_FIELD a word. */
enum code case_tell(const struct case_standing *s, unsigned event, unsigned *next,
		    struct err *e) MUST_CHECK;

#endif
