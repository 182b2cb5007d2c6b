/* Rounds that were to be walked, and exercises. */
#include "base/count.h"
#include "core/kind/field.h"

/* --- patrol ------------------------------------------------------------------------------------
 */

enum { ROUTE = ENV_COUNT, RESULT, SLOT_MINUTES, PLANNED_REF, PURPOSE, PERSONS };

#define MINUTES_A_DAY 1440

static const struct field patrol_fields[] = {
    [OWN(ROUTE)] = TEXT_FIELD("route", FIELD_REQUIRED, ID_BYTES, "the route or area"),
    [OWN(RESULT)] = ENUM_FIELD("result", FIELD_REQUIRED, patrol_result_names,
			       "LATE: not within its time; EXCUSED: not required after all"),
    [OWN(SLOT_MINUTES)] =
	INT_FIELD("slot_minutes", 0, 1, MINUTES_A_DAY,
		  "length of the slots of the day that a round may begin in; divides 1440"),
    [OWN(PLANNED_REF)] = TEXT_FIELD("planned_ref", 0, ID_BYTES, "the round of the plan"),
    [OWN(PURPOSE)] = TEXT_FIELD("purpose", FIELD_CODE, ID_BYTES, "what it was for"),
    [OWN(PERSONS)] = INT_FIELD("persons", 0, 1, 1000, "how many walked it"),
};

static enum code
check_patrol(const struct record *r, const struct calendar *cal, struct err *e)
{
	(void)cal;
	if (rule_given(r, SLOT_MINUTES) && MINUTES_A_DAY % r->v[SLOT_MINUTES].i != 0)
		return rule_broken(e, r, SLOT_MINUTES,
				   "does not divide the day's 1440 minutes: give one that does");
	return rule_check_longest(r, "send each round", e);
}

const struct kind kind_patrol = {
    .id = KIND_PATROL,
    .name = "patrol",
    .title = "patrol",
    .help = "a round of a patrol, or one that was missed",
    .own = patrol_fields,
    .n_own = COUNT(patrol_fields),
    .site_required = true,
    .check = check_patrol,
};

/* --- exercise ----------------------------------------------------------------------------------
 */

enum { SCOPE = ENV_COUNT, TYPE, SCENARIO, OBJECTIVES, NOTE };
enum { OBJECTIVE, MET };

static const struct field objective[] = {
    [OBJECTIVE] = TEXT_FIELD("objective", FIELD_REQUIRED, REF_BYTES, "what was to be shown, once"),
    [MET] = BOOL_FIELD("met", 0, "whether it was; absent: it was not tried"),
};
COVERS(objective, MET + 1);

static const struct field exercise_fields[] = {
    [OWN(SCOPE)] =
	ENUM_FIELD("scope", FIELD_REQUIRED, exercise_scope_names, "the entity's own, or a State's"),
    [OWN(TYPE)] = ENUM_FIELD("type", 0, exercise_type_names, "how much of it was acted"),
    [OWN(SCENARIO)] = TEXT_FIELD("scenario", 0, REF_BYTES, "the scenario, by its reference"),
    [OWN(OBJECTIVES)] =
	LIST_FIELD("objectives", 0, 100, objective, "one item per objective of the exercise"),
    [OWN(NOTE)] = TEXT_FIELD("note", FIELD_RESTRICTED, NOTE_BYTES,
			     "free text; restricted, in no list or report"),
};

static enum code
check_exercise(const struct record *r, const struct calendar *cal, struct err *e)
{
	(void)cal;
	return rule_check_unique(r, OBJECTIVES, OBJECTIVE, e);
}

const struct kind kind_exercise = {
    .id = KIND_EXERCISE,
    .name = "exercise",
    .title = "exercise",
    .help = "a drill or exercise, with what it showed",
    .own = exercise_fields,
    .n_own = COUNT(exercise_fields),
    .site_required = true,
    .check = check_exercise,
};
