/* Audits with ratings and findings; and what goes wrong with records. */
#include "base/count.h"
#include "tools/airport/airport_model.h"

#include <inttypes.h>
#include <stdio.h>

#define AUDITS_A_MONTH 3
#define RATINGS_MAX    8

size_t
airport_audit_slots(const struct airport *ap, const struct site *s,
		    struct audit_slot out[AUDITS_MAX])
{
	struct quarter q = ap->plan.quarter;
	size_t n = 0;

	for (int m = 0; m < 3; m++) {
		struct civil_date first = {q.year, (q.q - 1) * 3 + m + 1, 1};
		struct civil_date next = {first.month == 12 ? q.year + 1 : q.year,
					  first.month % 12 + 1, 1};

		for (size_t k = 0; k < AUDITS_A_MONTH; k++) {
			size_t measure = (n + 2 * (size_t)(s - ap->sites)) % n_assurances;

			out[n++] = (struct audit_slot){
			    .measure = assurances[measure].measure,
			    .first_day = (int)(civil_to_days(first) - ap->first_day),
			    .days = (int)(civil_to_days(next) - civil_to_days(first)),
			};
		}
	}
	return n;
}

/* One audit; `later` says how its findings stand some weeks on. */
struct audit {
	const struct audit_slot *slot;
	size_t number;
	int day;
	bool later;
};

static const struct {
	const char *name;
	double weight;
	const char *severity; /* of the finding it leads to; NULL: none */
} classes[] = {
    {"FULLY_COMPLIANT", 0.62, NULL},  {"COMPLIANT_IMPROVEMENT_DESIRABLE", 0.22, "OBSERVATION_ONLY"},
    {"NOT_COMPLIANT", 0.08, "MINOR"}, {"NOT_COMPLIANT_SERIOUS", 0.035, "SERIOUS"},
    {"NOT_APPLICABLE", 0.04, NULL},   {"NOT_CONFIRMED", 0.02, NULL},
};

static size_t
pick_class(struct prng *g)
{
	double w[COUNT(classes)];

	for (size_t i = 0; i < COUNT(classes); i++)
		w[i] = classes[i].weight;
	return prng_pick(g, w, COUNT(w));
}

static void
put_finding(struct draft *d, struct prng *g, const struct audit *a, const char *site, size_t i,
	    const char *severity)
{
	static const char *const settled[] = {"CORRECTED", "VERIFIED", "CLOSED", "CLOSED",
					      "CLOSED"};
	char label[QUARTER_TEXT_SIZE];
	struct airport *ap = d->ap;
	bool is_repeat = prng_chance(g, 0.12);
	int64_t earlier = prng_between(g, 1, 9);
	const char *state = settled[prng_between(g, 0, (int64_t)COUNT(settled) - 1)];

	quarter_format(ap->plan.quarter, label);
	draft_item_text(d, "findings", i, "finding_id",
			draft_textf(ap, "F-%s-%s-%02zu-%zu", label, site, a->number + 1, i + 1));
	draft_item_enum(d, "findings", i, "severity", severity);
	draft_item_enum(d, "findings", i, "state",
			a->later && strcmp(severity, "SERIOUS") != 0 ? state : "OPEN");
	draft_item_enum(d, "findings", i, "origin", "AUDIT");
	draft_item_text(d, "findings", i, "measure_code", a->slot->measure);
	draft_item_int(d, "findings", i, "detected_at", draft_at(d));
	if (is_repeat) {
		quarter_format(quarter_prev(ap->plan.quarter), label);
		draft_item_text(d, "findings", i, "repeat_of",
				draft_textf(ap, "F-%s-%s-%02" PRId64 "-1", label, site, earlier));
	}
}

static struct draft
make_audit(struct airport *ap, const struct site *s, const struct audit *a, struct prng *g)
{
	static const char *const techniques[] = {"DOCUMENTS", "OBSERVATION", "INTERVIEW",
						 "VERIFICATION"};
	static const char *const types[] = {"INTERNAL_AUDIT", "INTERNAL_AUDIT",
					    "INSPECTION_INITIAL", "INSPECTION_FOLLOW_UP",
					    "REGULATOR_INSPECTION"};
	struct draft d = draft_begin(ap, KIND_AUDIT, SOURCE_COMPLIANCE,
				     draft_textf(ap, "%s-A%02zu", s->id, a->number + 1),
				     airport_at(ap, a->day, 0));
	const char *auditors[] = {"AUDITOR-1",
				  draft_textf(ap, "AUDITOR-%" PRId64, prng_between(g, 2, 5))};
	int64_t days = prng_between(g, 1, 3);
	size_t n;
	const char *severities[RATINGS_MAX];
	size_t n_findings;

	draft_enum(&d, "precision", "DAY");
	draft_int(&d, "occurred_end", airport_at(ap, a->day + (int)days, 0));
	draft_site(&d, s, NULL, a->slot->measure);
	draft_enum(&d, "type", types[prng_between(g, 0, (int64_t)COUNT(types) - 1)]);
	draft_text(&d, "scope", draft_textf(ap, "measure %s at %s", a->slot->measure, s->name));
	draft_int(&d, "planned_for", airport_at(ap, a->slot->first_day, 0));
	draft_texts(&d, "auditors", auditors, COUNT(auditors));
	draft_real(&d, "person_days", 2.0 * (double)days);
	draft_enums(&d, "techniques", techniques, (size_t)prng_between(g, 2, 4));
	draft_bool(&d, "announced", prng_chance(g, 0.6));
	n = (size_t)prng_between(g, 4, RATINGS_MAX);
	n_findings = 0;
	draft_items(&d, "ratings", n);
	for (size_t i = 0; i < n; i++) {
		size_t c = pick_class(g);

		draft_item_text(&d, "ratings", i, "measure_code", a->slot->measure);
		draft_item_enum(&d, "ratings", i, "classification", classes[c].name);
		if (classes[c].severity != NULL)
			severities[n_findings++] = classes[c].severity;
	}
	draft_items(&d, "findings", n_findings);
	for (size_t i = 0; i < n_findings; i++)
		put_finding(&d, g, a, s->id, i, severities[i]);
	return d;
}

static void
run_audit(struct airport *ap, const struct site *s, const struct audit_slot *slot, size_t number)
{
	struct prng g = prng_for(ap->plan.seed, 'A', (uint64_t)(s - ap->sites), number);
	struct audit a = {.slot = slot, .number = number};
	double u;
	struct prng again;
	struct draft d;
	bool has_findings;
	int64_t at;

	a.day = slot->first_day + (int)prng_between(&g, 2, slot->days - 5);
	u = prng_unit(&g);
	if (u < 0.05) /* never done: nothing but the plan tells */
		return;
	if (u < 0.13)
		a.day += 31; /* slipped into the next month */
	if (a.day + 3 >= ap->n_days)
		return;
	again = g;
	d = make_audit(ap, s, &a, &g);
	has_findings = d.r.v != NULL && d.r.v[kind_field_index(d.r.kind, TEXT_LIT("findings"))].set;
	draft_emit(&d);
	if (!has_findings || ap->stopped || !prng_chance(&g, 0.6))
		return;
	/* The findings are settled: a correction of the audit says how they stand now. */
	a.later = true;
	at = airport_at(ap, a.day + (int)prng_between(&g, 10, 35), LOCAL_HM(15, 0));
	if (at >= airport_at(ap, ap->n_days, 0))
		return;
	d = make_audit(ap, s, &a, &again);
	draft_corrects(&d, "follow-up", at, "findings followed up");
	draft_emit(&d);
}

void
airport_audits(struct airport *ap, struct site *s)
{
	struct audit_slot slots[AUDITS_MAX];
	size_t n = airport_audit_slots(ap, s, slots);

	for (size_t i = 0; i < n && !ap->stopped; i++)
		run_audit(ap, s, &slots[i], i);
}

/* --- what goes wrong ------------------------------------------------------------------------- */

#define PASSENGER_SCREENING 6 /* in assurances */

/* Some days later, by the desk clock. */
static int64_t
later(const struct draft *d, int64_t days)
{
	return draft_at(d) + days * MS_PER_DAY;
}

static void
correct_observations(struct airport *ap, struct site *s)
{
	for (int64_t i = 1; i <= 3 && !ap->stopped; i++) {
		struct draft d = airport_observation(ap, s, PASSENGER_SCREENING, i);

		draft_enum(&d, "mode", "UNOBTRUSIVE");
		draft_text(&d, "recorded_by", draft_textf(ap, "%s-SUP01", s->id));
		draft_corrects(&d, "c1", later(&d, 2), "the mode was entered wrongly");
		draft_emit(&d);
	}
}

/* An observation that was entered twice under two numbers; the second one is taken out. */
static void
void_observation(struct airport *ap, struct site *s)
{
	struct draft d = airport_observation(ap, s, PASSENGER_SCREENING, 1000);
	int64_t at = later(&d, 1);
	struct uuid root = draft_id(&d);

	draft_emit(&d);
	d = draft_begin(ap, KIND_VOID, s->field_app, "OBS-VOID-1", at);
	draft_text(&d, "site_id", s->id);
	draft_text(&d, "recorded_by", draft_textf(ap, "%s-SUP01", s->id));
	draft_int(&d, "corrected_at", at);
	draft_text(&d, "correction_reason", "entered twice");
	if (d.r.v != NULL)
		d.r.v[ENV_CORRECTS_RECORD_ID] = (struct value){.set = true, .uuid = root};
	draft_emit(&d);
}

static struct draft
bad_session(struct airport *ap, struct site *s, const char *name, int day)
{
	const struct device *dev = &s->devices[0];
	struct draft d = draft_begin(ap, KIND_TIP_SESSION, s->tip_server, name,
				     airport_at(ap, day, LOCAL_HM(6, 1)));

	draft_int(&d, "occurred_end", airport_at(ap, day, LOCAL_HM(6, 21)));
	draft_site(&d, s, dev->location, "4.1");
	draft_text(&d, "device_id", dev->id);
	draft_int(&d, "images_viewed", 96);
	draft_int(&d, "tip_shown", 3);
	draft_int(&d, "hits", 3);
	draft_int(&d, "misses", 0);
	d.bad = true;
	return d;
}

/* For the quarantine: counts that contradict each other, an unknown site, a mode left out. */
static void
put_bad_records(struct airport *ap, struct site *s)
{
	struct draft d = bad_session(ap, s, "BAD-SUM", 10);

	draft_int(&d, "misses", 2);
	draft_emit(&d);
	d = bad_session(ap, s, "BAD-SITE", 17);
	draft_text(&d, "site_id", "NOWHERE");
	draft_emit(&d);
	d = airport_observation(ap, s, PASSENGER_SCREENING, 1001);
	draft_unset(&d, "mode");
	d.bad = true;
	draft_emit(&d);
}

void
airport_oddities(struct airport *ap, struct site *s)
{
	if (s != ap->sites)
		return;
	correct_observations(ap, s);
	void_observation(ap, s);
	put_bad_records(ap, s);
}
