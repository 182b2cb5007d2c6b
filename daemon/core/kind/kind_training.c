/* Who was trained in what, and who was put to work that takes it. */
#include "base/count.h"
#include "core/kind/field.h"

/* --- training ----------------------------------------------------------------------------------
 */

enum {
	COURSE = ENV_COUNT,
	BASIS,
	METHOD,
	HOURS,
	RESULT,
	EXPIRES_AT,
	PREVIOUS_EXPIRES_AT,
	IMAGE_RECOGNITION
};

static const struct field training_fields[] = {
    [OWN(COURSE)] =
	TEXT_FIELD("course", FIELD_REQUIRED | FIELD_CODE, ID_BYTES, "the course or competence"),
    [OWN(BASIS)] =
	ENUM_FIELD("basis", FIELD_REQUIRED, training_basis_names, "RECURRENT renews what was held"),
    [OWN(METHOD)] = ENUM_FIELD(
	"method", 0, training_method_names,
	"how; OJT_TIP: on the job, by projections whose library and hours qualify for it"),
    [OWN(HOURS)] = REAL_FIELD("hours", 0, 0, 10000, "how long it took"),
    [OWN(RESULT)] = ENUM_FIELD("result", FIELD_REQUIRED, training_result_names,
			       "NOT_DONE: a renewal fell due and was not done"),
    [OWN(EXPIRES_AT)] =
	TIME_FIELD("expires_at", 0, "any time of the last civil day that the competence is held"),
    [OWN(PREVIOUS_EXPIRES_AT)] =
	TIME_FIELD("previous_expires_at", 0,
		   "the same of what it renews: the day by which the renewal was due"),
    [OWN(IMAGE_RECOGNITION)] = BOOL_FIELD(
	"image_recognition", 0, "true: in recognising threats in images, as X-ray operators take"),
};

static const struct rule_when by_result[] = {
    {HOURS, RESULT, WHEN(TRAINING_RESULT_PASS) | WHEN(TRAINING_RESULT_FAIL), 0},
    {EXPIRES_AT, RESULT, WHEN(TRAINING_RESULT_PASS), 0},
    {PREVIOUS_EXPIRES_AT, RESULT, WHEN_ANY, WHEN(TRAINING_RESULT_NOT_DONE)},
    {PREVIOUS_EXPIRES_AT, BASIS, WHEN(TRAINING_BASIS_RECURRENT), 0},
};

/* Whoever counts what falls due in a quarter looks so far around it for renewals
 * (sql/queries/quarter/spd_renewal.sql). */
#define FARTHEST_MS (366 * MS_PER_DAY)

static enum code
check_due(const struct record *r, struct err *e)
{
	int64_t apart;

	if (!rule_given(r, PREVIOUS_EXPIRES_AT))
		return OK;
	apart = r->v[PREVIOUS_EXPIRES_AT].i - r->v[ENV_OCCURRED_AT].i;
	if (apart <= FARTHEST_MS && apart >= -FARTHEST_MS)
		return OK;
	return rule_broken(e, r, PREVIOUS_EXPIRES_AT,
			   "is more than 366 days from occurred_at: what is renewed so much later "
			   "is INITIAL, without it");
}

static enum code
check_training(const struct record *r, const struct calendar *cal, struct err *e)
{
	enum code c = rule_check_when(r, by_result, COUNT(by_result), e);

	(void)cal;
	c = c != OK ? c : rule_check_order(r, ENV_OCCURRED_AT, EXPIRES_AT, e);
	c = c != OK ? c : rule_check_order(r, PREVIOUS_EXPIRES_AT, EXPIRES_AT, e);
	return c != OK ? c : check_due(r, e);
}

const struct kind kind_training = {
    .id = KIND_TRAINING,
    .name = "training",
    .title = "training",
    .help = "a person's training in a course, or a renewal that was not done",
    .own = training_fields,
    .n_own = COUNT(training_fields),
    .site_required = true,
    .needs = UINT32_C(1) << ENV_SUBJECT_PERSON,
    .check = check_training,
};

/* --- deployment --------------------------------------------------------------------------------
 */

enum { ROLE = ENV_COUNT, COMPETENCES };
enum { COMPETENCE_COURSE, COMPETENCE_EXPIRES_AT };

static const struct field competence[] = {
    [COMPETENCE_COURSE] = TEXT_FIELD("course", FIELD_REQUIRED | FIELD_CODE, ID_BYTES,
				     "a competence that the work takes, once"),
    [COMPETENCE_EXPIRES_AT] =
	TIME_FIELD("expires_at", 0, "any time of the last civil day it is held; absent: not held"),
};
COVERS(competence, COMPETENCE_EXPIRES_AT + 1);

static const struct field deployment_fields[] = {
    [OWN(ROLE)] =
	ENUM_FIELD("role", FIELD_REQUIRED, deployment_role_names, "what the person worked as"),
    [OWN(COMPETENCES)] = LIST_FIELD(
	"competences", 0, 50, competence,
	"what the work takes, and until when it was held as known then; absent: nobody told"),
};

static enum code
check_deployment(const struct record *r, const struct calendar *cal, struct err *e)
{
	enum code c = rule_check_unique(r, COMPETENCES, COMPETENCE_COURSE, e);

	(void)cal;
	return c != OK ? c : rule_check_longest(r, "send it by quarter, or by shift", e);
}

const struct kind kind_deployment = {
    .id = KIND_DEPLOYMENT,
    .name = "deployment",
    .title = "deployment",
    .help = "a person put to work, with the competences that the work takes",
    .own = deployment_fields,
    .n_own = COUNT(deployment_fields),
    .site_required = true,
    .end_required = true,
    .needs = UINT32_C(1) << ENV_SUBJECT_PERSON,
    .check = check_deployment,
};
