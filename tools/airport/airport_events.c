/* What the control room and the security desk write down: incidents, reports, rounds, exercises. */
#include "base/count.h"
#include "tools/airport/airport_model.h"

#include <inttypes.h>

#define INCIDENTS_A_QUARTER 9
#define REPORTS_A_QUARTER   32
#define SLOT_MINUTES        30

static struct prng
site_prng(const struct airport *ap, int what, const struct site *s, int64_t n)
{
	return prng_for(ap->plan.seed, (uint64_t)what << 8 | (uint64_t)(s - ap->sites), (uint64_t)n,
			(uint64_t)ap->first_day);
}

static int64_t
pick_at(const struct airport *ap, struct prng *g)
{
	int day = (int)prng_between(g, 0, ap->n_days - 1);

	return airport_at(ap, day, prng_between(g, 5 * 60, 22 * 60) * MS_PER_MINUTE);
}

static struct draft
event(struct airport *ap, const struct site *s, enum kind_id kind, int64_t n, struct prng *g)
{
	struct draft d = draft_begin(ap, kind, SOURCE_DESK,
				     draft_textf(ap, "%s:%s:%" PRId64, s->id, kinds[kind]->name, n),
				     pick_at(ap, g));

	d.late = prng_chance(g, ap->plan.late);
	return d;
}

/* --- incidents and reports ---------------------------------------------------------------------
 */

static const struct {
	const char *category;
	const char *measure;
	const char *breach_of;
	const char *missed_by;
} incident_kinds[] = {
    {"unattended-item", "4.2", NULL, NULL},         {"perimeter", "1.5", "BOUNDARY", NULL},
    {"tailgating", "1.2", "RESTRICTED_AREA", NULL}, {"disruptive-passenger", "4.2", NULL, NULL},
    {"prohibited-item", "4.1", NULL, "4.1"},        {"pass-misuse", "1.2", "ACCESS_CONTROL", NULL},
};
static const double incident_weights[] = {0.4, 0.06, 0.12, 0.3, 0.04, 0.08};

static void
put_incident(struct airport *ap, const struct site *s, int64_t n)
{
	static const char *const severities[] = {"MINOR", "SERIOUS", "CRITICAL"};
	static const double severity_weights[] = {0.8, 0.17, 0.03};
	struct prng g = site_prng(ap, 'i', s, n);
	size_t k = prng_pick(&g, incident_weights, COUNT(incident_weights));
	struct draft d = event(ap, s, KIND_INCIDENT, n, &g);

	draft_site(&d, s, NULL, incident_kinds[k].measure);
	draft_text(&d, "category", incident_kinds[k].category);
	draft_enum(&d, "severity",
		   severities[prng_pick(&g, severity_weights, COUNT(severity_weights))]);
	draft_enum(&d, "channel", prng_chance(&g, 0.7) ? "STAFF" : "SYSTEM");
	if (incident_kinds[k].breach_of != NULL) {
		draft_enum(&d, "breach_of", incident_kinds[k].breach_of);
		draft_bool(&d, "breach_confirmed", prng_chance(&g, 0.4));
	}
	draft_text(&d, "missed_by", incident_kinds[k].missed_by);
	draft_emit(&d);
}

static void
put_report(struct airport *ap, const struct site *s, int64_t n)
{
	static const char *const categories[] = {
	    "door-left-open", "pass-not-worn", "unattended-item", "procedure-unclear", "equipment"};
	struct prng g = site_prng(ap, 'r', s, n);
	struct draft d = event(ap, s, KIND_REPORT, n, &g);
	bool anonymous = prng_chance(&g, 0.15);

	draft_site(&d, s, NULL, "1.2");
	draft_text(&d, "category", categories[prng_between(&g, 0, (int64_t)COUNT(categories) - 1)]);
	draft_enum(&d, "channel", anonymous ? "ANONYMOUS" : "STAFF");
	if (prng_chance(&g, 0.96))
		draft_int(&d, "acknowledged_at",
			  draft_at(&d) + (int64_t)prng_log_normal(&g, 20, 0.8) * MS_PER_HOUR);
	draft_emit(&d);
}

/* --- exercises ---------------------------------------------------------------------------------
 */

static void
put_exercise(struct airport *ap, const struct site *s)
{
	static const char *const objectives[] = {"alarm raised", "area sealed", "control informed"};
	struct prng g = site_prng(ap, 'x', s, 0);
	struct draft d = event(ap, s, KIND_EXERCISE, 0, &g);

	draft_site(&d, s, NULL, "1.5");
	draft_enum(&d, "scope", "LOCAL");
	draft_enum(&d, "type", prng_chance(&g, 0.7) ? "DRILL" : "TABLETOP");
	draft_text(&d, "scenario", "intruder at the fence");
	draft_items(&d, "objectives", COUNT(objectives));
	for (size_t i = 0; i < COUNT(objectives); i++) {
		draft_item_text(&d, "objectives", i, "objective", objectives[i]);
		draft_item_bool(&d, "objectives", i, "met", prng_chance(&g, 0.9));
	}
	draft_emit(&d);
}

void
airport_events(struct airport *ap, struct site *s)
{
	double scale = ap->plan.scale < 1 ? 1 : ap->plan.scale;
	struct prng g = site_prng(ap, 'n', s, 0);
	int64_t incidents = 1 + prng_poisson(&g, INCIDENTS_A_QUARTER * s->weight * scale);
	int64_t reports = 1 + prng_poisson(&g, REPORTS_A_QUARTER * s->weight * scale);

	for (int64_t i = 0; i < incidents && !ap->stopped; i++)
		put_incident(ap, s, i);
	for (int64_t i = 0; i < reports && !ap->stopped; i++)
		put_report(ap, s, i);
	put_exercise(ap, s);
}

/* --- patrols -----------------------------------------------------------------------------------
 */

/* The rounds of a night, which may begin in any half-hour of it; who plans them has favourites. */
void
airport_patrols_day(struct airport *ap, struct site *s, int day)
{
	static const char *const routes[] = {"FENCE-N", "FENCE-S"};
	static const char *const results[] = {"DONE", "LATE", "MISSED", "EXCUSED"};
	static const double weights[] = {0.975, 0.01, 0.01, 0.005};
	int64_t n = airport_planned(ap, s, PATROLS_A_DAY);
	struct prng g = site_prng(ap, 'w', s, day);

	for (int64_t i = 0; i < n && !ap->stopped; i++) {
		int64_t minute = prng_chance(&g, 0.3) ? 22 * 60 + prng_between(&g, 0, 59)
						      : 21 * 60 + prng_between(&g, 0, 479);
		struct draft d =
		    draft_begin(ap, KIND_PATROL, SOURCE_DESK,
				draft_textf(ap, "%s:round:%d:%" PRId64, s->id, day, i),
				airport_at(ap, day, 0) + minute % 1440 * MS_PER_MINUTE +
				    prng_between(&g, 0, MS_PER_MINUTE - 1));

		draft_site(&d, s, "PERIMETER", "1.5");
		draft_text(&d, "provider_id", PROVIDER_GUARDING);
		draft_text(&d, "route", routes[i % (int64_t)COUNT(routes)]);
		draft_int(&d, "slot_minutes", SLOT_MINUTES);
		draft_enum(&d, "result", results[prng_pick(&g, weights, COUNT(weights))]);
		draft_int(&d, "persons", prng_between(&g, 1, 2));
		draft_emit(&d);
	}
}
