/* What people look at: observations by supervisors, and covert and overt tests. */
#include "base/count.h"
#include "tools/airport/airport_model.h"

#include <inttypes.h>

const struct assurance assurances[] = {
    {"1.2", 30, 14, PROVIDER_OWN},      {"1.3", 40, 16, PROVIDER_OWN},
    {"1.4", 26, 12, PROVIDER_GUARDING}, {"1.5", 24, 6, PROVIDER_GUARDING},
    {"3.1", 18, 0, PROVIDER_GUARDING},  {"3.2", 14, 0, PROVIDER_GUARDING},
    {"4.1", 64, 36, PROVIDER_OWN},      {"5.1", 36, 14, PROVIDER_OWN},
    {"9", 12, 0, PROVIDER_OWN},
};
const size_t n_assurances = COUNT(assurances);

/* Where a measure is watched: a post, or a machine's place when the post is NULL. */
static const struct {
	const char *measure;
	const char *post;
	enum stream stream;
} places[] = {
    {"1.2", "GATE-B", 0},        {"1.3", NULL, STREAM_STAFF}, {"1.4", "GATE-A", 0},
    {"1.5", "PERIMETER", 0},     {"3.1", "APRON", 0},         {"3.2", "APRON", 0},
    {"4.1", NULL, STREAM_CABIN}, {"5.1", NULL, STREAM_HOLD},  {"9", "GATE-A", 0},
};

static const char *
place_of(const struct site *s, const char *measure, struct prng *g)
{
	size_t i = 0;

	while (strcmp(places[i].measure, measure) != 0)
		i++;
	if (places[i].post != NULL)
		return places[i].post;
	for (;;) {
		size_t k = (size_t)prng_between(g, 0, (int64_t)s->n_devices - 1);

		if (s->devices[k].stream == places[i].stream)
			return s->devices[k].location;
	}
}

/* A day of the quarter and a time of it, less at weekends. */
static int
pick_day(const struct airport *ap, struct prng *g)
{
	int day = (int)prng_between(g, 0, ap->n_days - 1);

	if (airport_weekday(ap, day) >= 5 && prng_chance(g, 0.5))
		day = (int)prng_between(g, 0, ap->n_days - 1);
	return day;
}

static int64_t
pick_time(struct prng *g)
{
	return prng_between(g, LOCAL_HM(5, 0) / 1000, LOCAL_HM(20, 45) / 1000) * 1000;
}

/* --- observations ---------------------------------------------------------------------------- */

struct criterion {
	const char *id;
	bool mandatory;
	const char *severity;
	double met;
};

#define CRITERIA 6

static const struct {
	const char *measure;
	const char *form;
	const char *activity;
	struct criterion criteria[CRITERIA];
} forms[] = {
    {"1.2",
     "OBS-ACCESS",
     "pass control",
     {{"PASS-LOOKED-AT", true, "SERIOUS", 0.985},
      {"PASS-VALID", true, "CRITICAL", 0.995},
      {"DOOR-CLOSED", true, "SERIOUS", 0.975},
      {"ESCORT-RULES", false, "MINOR", 0.95},
      {"CHALLENGE", true, "SERIOUS", 0.97},
      {"POST-LOG", false, "MINOR", 0.93}}},
    {"1.3",
     "OBS-STAFF",
     "staff screening",
     {{"OUTER-GARMENTS-OFF", true, "SERIOUS", 0.985},
      {"ALARM-RESOLVED", true, "CRITICAL", 0.992},
      {"HAND-SEARCH-COMPLETE", true, "SERIOUS", 0.96},
      {"ITEMS-X-RAYED", true, "SERIOUS", 0.985},
      {"RANDOM-SEARCH", false, "MINOR", 0.93},
      {"POSITION", false, "OBSERVATION_ONLY", 0.96}}},
    {"1.4",
     "OBS-VEHICLE",
     "vehicle examination",
     {{"AREAS-COVERED", true, "SERIOUS", 0.96},
      {"UNDERSIDE-MIRROR", true, "SERIOUS", 0.955},
      {"DRIVER-PASS", true, "CRITICAL", 0.992},
      {"LOAD-SEALS", true, "SERIOUS", 0.965},
      {"EXAMINATION-LOG", false, "MINOR", 0.94},
      {"BARRIER-DOWN", true, "SERIOUS", 0.985}}},
    {"1.5",
     "OBS-PATROL",
     "patrol",
     {{"ROUTE-VARIED", false, "MINOR", 0.9},
      {"FENCE-CHECKED", true, "SERIOUS", 0.97},
      {"SIGNS-OF-TAMPERING", true, "SERIOUS", 0.975},
      {"CHALLENGE", true, "SERIOUS", 0.965},
      {"PATROL-LOG", false, "MINOR", 0.95},
      {"RADIO-CHECK", false, "MINOR", 0.96}}},
    {"3.1",
     "OBS-AIRCRAFT-SEARCH",
     "aircraft security search",
     {{"CHECKLIST-FOLLOWED", true, "SERIOUS", 0.97},
      {"OVERHEAD-LOCKERS", true, "SERIOUS", 0.98},
      {"SEAT-POCKETS", true, "SERIOUS", 0.965},
      {"GALLEY", true, "SERIOUS", 0.98},
      {"HOLD", true, "SERIOUS", 0.985},
      {"SEARCH-LOG", false, "MINOR", 0.95}}},
    {"3.2",
     "OBS-AIRCRAFT-PROTECTION",
     "aircraft protection",
     {{"ACCESS-WATCHED", true, "SERIOUS", 0.97},
      {"STEPS-REMOVED", false, "MINOR", 0.95},
      {"CHALLENGE", true, "SERIOUS", 0.96},
      {"SEALS", true, "SERIOUS", 0.98},
      {"LIGHTING", false, "MINOR", 0.96},
      {"POST-LOG", false, "MINOR", 0.95}}},
    {"4.1",
     "OBS-PASSENGER",
     "passenger and cabin baggage screening",
     {{"DIVESTED", true, "SERIOUS", 0.982},
      {"ALARM-RESOLVED", true, "CRITICAL", 0.993},
      {"BAG-SEARCH-COMPLETE", true, "SERIOUS", 0.968},
      {"LIQUIDS-SCREENED", true, "SERIOUS", 0.975},
      {"HAND-SEARCH-COMPLETE", true, "SERIOUS", 0.972},
      {"QUEUE-ORDER", false, "OBSERVATION_ONLY", 0.94}}},
    {"5.1",
     "OBS-HOLD",
     "hold baggage screening",
     {{"IMAGE-TIME", false, "MINOR", 0.96},
      {"ALARM-RESOLVED", true, "CRITICAL", 0.995},
      {"LEVEL-PROCEDURE", true, "SERIOUS", 0.98},
      {"REJECTED-BAG-TRACKED", true, "SERIOUS", 0.975},
      {"TRACE-SAMPLING", true, "SERIOUS", 0.97},
      {"POST-LOG", false, "MINOR", 0.95}}},
    {"9",
     "OBS-SUPPLIES",
     "airport supplies",
     {{"KNOWN-SUPPLIER", true, "SERIOUS", 0.98},
      {"SEALS", true, "SERIOUS", 0.97},
      {"SCREENED", true, "SERIOUS", 0.98},
      {"DOCUMENTS", false, "MINOR", 0.95},
      {"PROTECTED", true, "SERIOUS", 0.975},
      {"DELIVERY-LOG", false, "MINOR", 0.95}}},
};

static size_t
form_of(const char *measure)
{
	size_t i = 0;

	while (strcmp(forms[i].measure, measure) != 0)
		i++;
	return i;
}

static const char *
criterion_result(struct prng *g, double met)
{
	double u = prng_unit(g);

	if (u < 0.03)
		return "NOT_OBSERVED";
	if (u < 0.05)
		return "NOT_APPLICABLE";
	return prng_chance(g, met) ? "MET" : "NOT_MET";
}

/* Each so many is watched by a second one, who sees most of it alike. */
#define PAIR_EVERY     16
#define SEEN_OTHERWISE 0.04
#define SECOND_LATER   (30 * MS_PER_SECOND)

static const char *
seen_by_second(struct prng *g, const char *result)
{
	if (!prng_chance(g, SEEN_OTHERWISE))
		return result;
	return strcmp(result, "MET") == 0 ? "NOT_MET" : "MET";
}

/* second: as the second of two saw it, half a minute later. */
static struct draft
observe(struct airport *ap, const struct site *s, size_t assurance, int64_t index, bool second)
{
	static const char *const modes[] = {"OVERT", "UNOBTRUSIVE", "CCTV_REVIEW"};
	static const double mode_weights[] = {0.8, 0.12, 0.08};
	static const char *const roles[] = {"SUPERVISOR", "ASSURANCE", "MANAGER"};
	static const double role_weights[] = {0.75, 0.2, 0.05};
	const struct assurance *a = &assurances[assurance];
	size_t form = form_of(a->measure);
	struct prng g = prng_for(ap->plan.seed, 'O', (uint64_t)(s - ap->sites) << 8 | assurance,
				 (uint64_t)index);
	int day = pick_day(ap, &g);
	int64_t local = pick_time(&g) + (second ? SECOND_LATER : 0);
	struct draft d = draft_begin(
	    ap, KIND_OBSERVATION, s->field_app,
	    draft_textf(ap, "OBS-%s-%04" PRId64 "%s", a->measure, index, second ? "-second" : ""),
	    airport_at(ap, day, local));
	struct prng eye = prng_for(ap->plan.seed, 'e', (uint64_t)(s - ap->sites) << 8 | assurance,
				   (uint64_t)index);
	size_t mode;
	bool failed;

	draft_site(&d, s, place_of(s, a->measure, &g), a->measure);
	draft_local(&d, day, local);
	draft_text(&d, "provider_id", a->provider);
	draft_text(&d, "observer_id",
		   draft_textf(ap, "%s-SUP%02" PRId64, s->id, prng_between(&g, 1, 12)));
	draft_text(&d, "subject_person",
		   s->screeners[prng_between(&g, 0, (int64_t)s->n_screeners - 1)].id);
	draft_text(&d, "template_id", forms[form].form);
	draft_text(&d, "template_version", "3");
	draft_enum(&d, "observer_role", roles[prng_pick(&g, role_weights, COUNT(role_weights))]);
	mode = prng_pick(&g, mode_weights, COUNT(mode_weights));
	draft_enum(&d, "mode", modes[mode]);
	draft_text(&d, "activity_observed", forms[form].activity);
	draft_int(&d, "units_observed", prng_between(&g, 1, 8));
	draft_items(&d, "criteria", CRITERIA);
	failed = false;
	for (size_t i = 0; i < CRITERIA; i++) {
		const struct criterion *c = &forms[form].criteria[i];
		/* People do better when they know that they are watched. */
		const char *result = criterion_result(&g, mode == 0 ? c->met : c->met - 0.03);

		if (second)
			result = seen_by_second(&eye, result);
		failed = failed || (c->mandatory && strcmp(result, "NOT_MET") == 0);
		draft_item_text(&d, "criteria", i, "criterion_id", c->id);
		draft_item_bool(&d, "criteria", i, "mandatory", c->mandatory);
		draft_item_enum(&d, "criteria", i, "result", result);
		draft_item_enum(&d, "criteria", i, "severity", c->severity);
	}
	draft_enum(&d, "immediate_action",
		   !failed                ? "NONE"
		   : prng_chance(&g, 0.7) ? "COACHED"
					  : "RESCREENED");
	if (index % PAIR_EVERY == 0)
		draft_text(&d, "pair_id",
			   draft_textf(ap, "%s-%s-%04" PRId64, s->id, a->measure, index));
	if (second) {
		draft_text(&d, "observer_id", draft_textf(ap, "%s-QA01", s->id));
		draft_enum(&d, "observer_role", "ASSURANCE");
	}
	d.late = prng_chance(&g, ap->plan.late);
	return d;
}

struct draft
airport_observation(struct airport *ap, const struct site *s, size_t assurance, int64_t index)
{
	return observe(ap, s, assurance, index, false);
}

/* How much of the plan was done differs between measures. */
static int64_t
done_of(const struct airport *ap, const struct site *s, int what, size_t assurance, int base)
{
	struct prng g =
	    prng_for(ap->plan.seed, (uint64_t)what, (uint64_t)(s - ap->sites), assurance);
	double share = 0.8 + 0.26 * prng_unit(&g);

	return (int64_t)((double)airport_planned(ap, s, base) * share + 0.5);
}

void
airport_observations(struct airport *ap, struct site *s)
{
	for (size_t a = 0; a < n_assurances; a++) {
		int64_t n = done_of(ap, s, 'o', a, assurances[a].observations);

		for (int64_t i = 0; i < n && !ap->stopped; i++) {
			struct draft d = airport_observation(ap, s, a, i);

			draft_emit(&d);
			if (i % PAIR_EVERY != 0)
				continue;
			d = observe(ap, s, a, i, true);
			draft_emit(&d);
		}
	}
}

/* --- tests ----------------------------------------------------------------------------------- */

#define OVERT_EVERY 7 /* each so many is an overt one, on top of the planned covert ones */

struct test_method {
	const char *measure;
	const char *method;
	const char *item;
	const char *layers[3];
	double detected;
};

static const struct test_method methods[] = {
    {"1.2", "ACCESS_TAILGATE", "NONE", {"door", "staff challenge", NULL}, 0.78},
    {"1.2", "ACCESS_PASS", "NONE", {"pass reader", "guard", "staff challenge"}, 0.9},
    {"1.3", "ON_BODY", "BLADE", {"walk-through detector", "hand search", NULL}, 0.85},
    {"1.3", "CABIN_BAG", "IED_COMPONENT", {"X-ray image", "bag search", NULL}, 0.8},
    {"1.4", "VEHICLE", "IED", {"vehicle examination", "driver check", NULL}, 0.77},
    {"1.5", "UNATTENDED_ITEM", "OTHER", {"patrol", "staff report", NULL}, 0.82},
    {"4.1", "CABIN_BAG", "IED", {"X-ray image", "bag search", NULL}, 0.84},
    {"4.1", "CABIN_BAG", "BLADE", {"X-ray image", "bag search", NULL}, 0.88},
    {"4.1", "ON_BODY", "IED_COMPONENT", {"security scanner", "hand search", NULL}, 0.8},
    {"4.1", "CABIN_BAG", "LIQUID", {"X-ray image", "liquid screening", NULL}, 0.9},
    {"5.1", "HOLD_BAG", "IED", {"automatic detection", "image interpretation", "trace"}, 0.9},
};

static const char *const stages[] = {"ACCESS_CHECK",         "DETECTION_EQUIPMENT",
				     "IMAGE_INTERPRETATION", "ALARM_RESOLUTION",
				     "HAND_SEARCH",          "CHALLENGE"};
static const char *const causes[] = {"HUMAN_SKILL", "HUMAN_VIGILANCE", "PROCEDURE", "EQUIPMENT",
				     "STAFFING",    "SUPERVISION",     "UNKNOWN"};
static const char *const invalids[] = {"COMPROMISED", "ABORTED_OPS", "TESTER_ERROR",
				       "EQUIPMENT_OUT_OF_SERVICE"};

static const struct test_method *
pick_method(const char *measure, struct prng *g)
{
	for (;;) {
		const struct test_method *m =
		    &methods[prng_between(g, 0, (int64_t)COUNT(methods) - 1)];

		if (strcmp(m->measure, measure) == 0)
			return m;
	}
}

#define PICK(g, names) (names)[prng_between((g), 0, (int64_t)COUNT(names) - 1)]

static void
put_outcome(struct draft *d, struct prng *g, const struct test_method *m)
{
	size_t n = m->layers[2] == NULL ? 2 : 3;
	bool pass = prng_chance(g, m->detected);
	bool partial = !pass && prng_chance(g, 0.25);
	size_t found;
	size_t met;

	if (prng_chance(g, 0.05)) {
		draft_enum(d, "outcome", "INVALID");
		draft_enum(d, "invalid_reason", PICK(g, invalids));
		return;
	}
	draft_enum(d, "outcome", pass ? "PASS" : partial ? "PARTIAL" : "FAIL");
	if (!pass) {
		draft_enum(d, "failure_stage", PICK(g, stages));
		draft_enum(d, "root_cause", PICK(g, causes));
	}
	/* A test ends at the layer that finds it; a partial one is found and then let through. */
	found = pass || partial ? (size_t)prng_between(g, 0, (int64_t)n - 1) : n;
	met = found < n ? found + 1 : n;
	draft_items(d, "layers", met);
	for (size_t i = 0; i < met; i++) {
		draft_item_text(d, "layers", i, "layer", m->layers[i]);
		draft_item_bool(d, "layers", i, "detected", i == found);
		if (i == found)
			draft_item_bool(d, "layers", i, "resolved", pass);
	}
}

static struct draft
make_test(struct airport *ap, const struct site *s, size_t assurance, int64_t index, struct prng *g)
{
	const char *measure = assurances[assurance].measure;
	int day = pick_day(ap, g);
	int64_t local = pick_time(g);
	bool covert = index % OVERT_EVERY != OVERT_EVERY - 1;
	const struct test_method *m = pick_method(measure, g);
	struct draft d = draft_begin(ap, KIND_TEST, SOURCE_TESTS,
				     draft_textf(ap, "%s-%s-T%03" PRId64, s->id, measure, index),
				     airport_at(ap, day, local));

	draft_site(&d, s, place_of(s, measure, g), measure);
	draft_text(&d, "provider_id", assurances[assurance].provider);
	draft_text(&d, "test_protocol_id", draft_textf(ap, "TP-%s", measure));
	draft_text(&d, "test_protocol_version", "2");
	draft_text(&d, "campaign_id", draft_textf(ap, "C-%02d", day / 14 + 1));
	draft_enum(&d, "mode", covert ? "COVERT" : "OVERT");
	draft_enum(&d, "commissioned_by",
		   prng_chance(g, 0.06)  ? "REGULATOR"
		   : prng_chance(g, 0.2) ? "CONTRACTOR"
					 : "INTERNAL");
	draft_text(&d, "tester_id", draft_textf(ap, "TESTER-%02" PRId64, prng_between(g, 1, 9)));
	draft_text(&d, "target_measure", measure);
	draft_enum(&d, "method_class", m->method);
	draft_enum(&d, "test_item_class", m->item);
	put_outcome(&d, g, m);
	if (covert)
		draft_bool(&d, "embargo", true);
	return d;
}

/* A covert test is embargoed until its debrief, which is a correction that lifts the embargo. */
static void
run_test(struct airport *ap, const struct site *s, size_t assurance, int64_t index)
{
	struct prng g = prng_for(ap->plan.seed, 'X', (uint64_t)(s - ap->sites) << 8 | assurance,
				 (uint64_t)index);
	struct prng again = g;
	struct draft d = make_test(ap, s, assurance, index, &g);
	bool covert = d.r.v != NULL && d.r.v[ENV_EMBARGO].set;
	int64_t debrief;
	int64_t end;

	draft_emit(&d);
	if (!covert || ap->stopped)
		return;
	d = make_test(ap, s, assurance, index, &again);
	debrief = draft_at(&d) + prng_between(&again, 2 * 60, 96 * 60) * MS_PER_MINUTE;
	end = airport_at(ap, ap->n_days, 0);
	if (debrief > end) /* nobody goes into the quarter's figures with tests undisclosed */
		debrief = end - MS_PER_MINUTE;
	draft_bool(&d, "embargo", false);
	draft_int(&d, "debriefed_at", debrief);
	draft_corrects(&d, "debrief", debrief, "debriefed");
	draft_emit(&d);
}

void
airport_tests(struct airport *ap, struct site *s)
{
	for (size_t a = 0; a < n_assurances; a++) {
		int64_t n =
		    assurances[a].tests == 0 ? 0 : done_of(ap, s, 't', a, assurances[a].tests);

		for (int64_t i = 0; i < n + n / OVERT_EVERY && !ap->stopped; i++)
			run_test(ap, s, a, i);
	}
}
