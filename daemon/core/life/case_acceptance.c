/*
 * The life of the acceptance of a residual risk: proposed, and accepted by whoever answers for it,
 * by name, for a band, until a day, and for what he saw (a digest of it). It is never prolonged:
 * the next one is another.
 */
#include "core/life/case.h"
#include "core/life/case_word.h"

enum state { NEW, PROPOSED, ACCEPTED, REVOKED, REJECTED, STATES };

static const char *const states[] = {
    [NEW] = "NEW",         [PROPOSED] = "PROPOSED", [ACCEPTED] = "ACCEPTED",
    [REVOKED] = "REVOKED", [REJECTED] = "REJECTED",
};
COVERS(states, STATES);

enum event { PROPOSE, NOTE, ACCEPT, REVOKE, REJECT, EVENTS };

static const char *const events[] = {
    [PROPOSE] = "PROPOSE", [NOTE] = "NOTE",     [ACCEPT] = "ACCEPT",
    [REVOKE] = "REVOKE",   [REJECT] = "REJECT",
};
COVERS(events, EVENTS);

static const struct life_deed deeds[] = {
    [PROPOSE] = {"proposed", WORDS(SAYS_SCENARIO, SAYS_BAND, SAYS_EXPIRES_ON, SAYS_JUSTIFICATION),
		 WORDS(SAYS_TITLE, SAYS_EVIDENCE, SAYS_REF, SAYS_TEXT), "raised_by"},
    [NOTE] = CASE_NOTED,
    [ACCEPT] = {"accepted", WORDS(SAYS_DIGEST), WORDS(SAYS_TEXT), "accepted_by"},
    [REVOKE] = {"revoked", WORDS(SAYS_REASON), NO_WORDS, NULL},
    [REJECT] = CASE_REJECTED,
};
COVERS(deeds, EVENTS);

#define AT MACHINE_AT

static const struct move moves[] = {
    {PROPOSE, AT(NEW), PROPOSED, 0, &case_keeps},
    CASE_STAYS(NOTE, PROPOSED, case_raises),
    CASE_STAYS(NOTE, ACCEPTED, case_raises),
    CASE_STAYS(NOTE, REVOKED, case_raises),
    CASE_STAYS(NOTE, REJECTED, case_raises),
    {ACCEPT, AT(PROPOSED), ACCEPTED, 0, &case_accepts},
    {REVOKE, AT(ACCEPTED), REVOKED, 0, &case_accepts_not},
    {REJECT, AT(PROPOSED), REJECTED, 0, &case_accepts_not},
};
static const struct machine machine = MACHINE("acceptance", AT(NEW), states, events, moves);
const struct life_kind life_acceptance = CASE_LIFE(machine, deeds);
