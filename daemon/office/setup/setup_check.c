#include "office/setup/setup_check.h"

#include "base/text.h"
#include "core/kind/kind.h"
#include "core/life/lifecycle.h"
#include "core/spd/compare.h"
#include "core/spd/marking.h"
#include "core/time/calendar.h"
#include "core/time/retention.h"
#include "ingest/registry.h"
#include "office/call.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PERSON_MAX       64 /* bytes of its short name */
#define RATIO_TARGET_MAX 10.0

struct path {
	char text[sizeof(((struct err *)0)->where)];
};

static const char *path_put(struct path *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static const char *
path_put(struct path *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_vprint(p->text, sizeof p->text, fmt, ap);
	va_end(ap);
	return p->text;
}

/* Valid until the end of the block. */
#define PATH(...) path_put(&(struct path){""}, __VA_ARGS__)

/* One line of text a person may read: what it holds ends up in tables, logs and file names. */
static enum code
check_line(const char *s, size_t max, const char *at, struct err *e)
{
	struct text t = text_of(s);

	if (t.n > max)
		return err_set(e, REJ_FIELD, at, "is %zu bytes long; at most %zu", t.n, max);
	if (!text_is_clean_utf8(t) || strpbrk(t.s, "\t\n") != NULL)
		return err_set(
		    e, REJ_FIELD, at,
		    "holds invalid UTF-8 or a control character; use one line of plain text");
	if (t.n > 0 && (t.s[0] == ' ' || t.s[t.n - 1] == ' '))
		return err_set(e, REJ_FIELD, at,
			       "begins or ends with a space; take the space away");
	return OK;
}

static enum code
check_id(const char *s, enum envelope like, const char *at, struct err *e)
{
	if (s == NULL || s[0] == '\0')
		return err_set(e, REJ_FIELD, at, "is missing; give one");
	if (strcmp(s, "*") == 0)
		return err_set(e, REJ_FIELD, at, "may not be \"*\": name one");
	if (!text_is_name(text_of(s)))
		return err_set(e, REJ_FIELD, at,
			       "holds a character that nobody sees, or a blank at an end; take it "
			       "away");
	return check_line(s, (size_t)envelope_fields[like].max, at, e);
}

static enum code
check_name(const char *s, bool required, const char *at, struct err *e)
{
	if (s == NULL || s[0] == '\0')
		return required ? err_set(e, REJ_FIELD, at, "is missing; give one") : OK;
	return check_line(s, SETUP_NAME_MAX, at, e);
}

/* "unix:anna", "tcp:loopback": how the peer was known, a colon, and who it is. */
static enum code
check_principal_name(const char *s, const char *at, struct err *e)
{
	const char *colon;
	enum code code = check_name(s, true, at, e);

	if (code != OK)
		return code;
	colon = strchr(s, ':');
	if (colon == NULL || colon == s || colon[1] == '\0')
		return err_set(
		    e, REJ_FIELD, at,
		    "is not a principal; write how it connects and its name, as in unix:anna");
	return OK;
}

static enum code
check_kind(const char *s, bool any_allowed, const char *at, struct err *e)
{
	if (s == NULL || s[0] == '\0')
		return err_set(e, REJ_FIELD, at, "is missing; name a record kind");
	if (any_allowed && strcmp(s, "*") == 0)
		return OK;
	if (kind_by_name(text_of(s)) == NULL)
		return call_no_kind(at, e);
	return OK;
}

static enum code
check_entity(const struct setup_request *r, struct err *e)
{
	enum code code = check_name(r->entity, r->zone != NULL, "entity", e);

	if (code != OK || r->entity == NULL || r->entity[0] == '\0')
		return code;
	if (r->zone == NULL)
		return err_set(e, REJ_FIELD, "zone", "is missing; give one");
	code = check_name(r->zone, true, "zone", e);
	if (code != OK)
		return code;
	/* PostgreSQL would take "GMT+3" as a POSIX zone, with the sign turned round. */
	if (strspn(r->zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") !=
	    strlen(r->zone))
		return err_set(
		    e, REJ_FIELD, "zone",
		    "is not the name of a time zone; use an IANA name, as in Europe/London");
	return OK;
}

static enum code
check_site(const struct setup_site *s, size_t i, struct err *e)
{
	enum code code = check_id(s->site_id, ENV_SITE_ID, PATH("sites[%zu].site_id", i), e);

	if (code == OK)
		code = check_name(s->name, false, PATH("sites[%zu].name", i), e);
	for (size_t l = 0; l < s->n_locations && code == OK; l++) {
		code = check_id(s->locations[l].location_id, ENV_LOCATION_ID,
				PATH("sites[%zu].locations[%zu].location_id", i, l), e);
		if (code == OK)
			code = check_name(s->locations[l].name, false,
					  PATH("sites[%zu].locations[%zu].name", i, l), e);
	}
	return code;
}

static enum code
check_sender(const struct setup_grant *g, size_t i, size_t j, struct err *e)
{
	enum code code = check_principal_name(g->principal,
					      PATH("sources[%zu].senders[%zu].principal", i, j), e);

	if (code == OK && g->n_kinds == 0)
		return err_set(e, REJ_FIELD, PATH("sources[%zu].senders[%zu].kinds", i, j),
			       "is empty; name the kinds, or \"*\" for any");
	if (code == OK && g->n_sites == 0)
		return err_set(e, REJ_FIELD, PATH("sources[%zu].senders[%zu].sites", i, j),
			       "is empty; name the sites, or \"*\" for any");
	for (size_t k = 0; k < g->n_kinds && code == OK; k++)
		code = check_kind(g->kinds[k], true,
				  PATH("sources[%zu].senders[%zu].kinds[%zu]", i, j, k), e);
	for (size_t k = 0; k < g->n_sites && code == OK; k++) {
		if (g->sites[k] != NULL && strcmp(g->sites[k], "*") == 0)
			continue;
		code = check_id(g->sites[k], ENV_SITE_ID,
				PATH("sources[%zu].senders[%zu].sites[%zu]", i, j, k), e);
	}
	return code;
}

/* *grants counts over all sources: kinds times sites is what one short request can inflate. */
static enum code
check_source(const struct setup_source *s, size_t i, size_t *grants, struct err *e)
{
	enum code code = check_id(s->source, ENV_SOURCE, PATH("sources[%zu].source", i), e);

	if (code == OK)
		code = check_name(s->description, false, PATH("sources[%zu].description", i), e);
	for (size_t j = 0; j < s->n_senders && code == OK; j++) {
		const struct setup_grant *g = &s->senders[j];

		code = check_sender(g, i, j, e);
		if (code != OK)
			break;
		/* Both factors are bounded by the frame: the product cannot overflow. */
		*grants += g->n_kinds * g->n_sites;
		if (*grants > SETUP_GRANTS_MAX)
			return err_set(e, REJ_FIELD, PATH("sources[%zu].senders[%zu]", i, j),
				       "goes over %d grants in one request; use \"*\" or send the "
				       "sources in parts",
				       SETUP_GRANTS_MAX);
	}
	return code;
}

static enum code
check_provider(const struct setup_provider *p, size_t i, struct err *e)
{
	enum code code =
	    check_id(p->provider_id, ENV_PROVIDER_ID, PATH("providers[%zu].provider_id", i), e);

	return code != OK ? code : check_name(p->name, false, PATH("providers[%zu].name", i), e);
}

/* "rita": short, without spaces. NULL: none. */
static enum code
check_person(const char *s, const char *at, struct err *e)
{
	size_t n = 0;

	if (s == NULL)
		return OK;
	while (isgraph((unsigned char)s[n]) != 0)
		n++;
	if (s[n] == '\0' && n > 0 && n <= PERSON_MAX)
		return OK;
	return err_set(e, REJ_FIELD, at,
		       "is not a person's short name: up to %d characters without spaces, as in "
		       "rita",
		       PERSON_MAX);
}

static enum code
check_principal(const struct setup_principal *p, size_t i, struct err *e)
{
	enum code code =
	    check_principal_name(p->principal, PATH("principals[%zu].principal", i), e);

	bool given = p->role != NULL && p->role[0] != '\0';

	if (code == OK && given && role_by_name(text_of(p->role)) == ROLE_NONE)
		return err_set(e, REJ_FIELD, PATH("principals[%zu].role", i),
			       "is not a role; use device, supervisor, tester, auditor, "
			       "compliance, manager, admin or "
			       "gateway");
	if (code == OK)
		code = check_name(p->name, false, PATH("principals[%zu].name", i), e);
	if (code == OK)
		code = check_name(p->post, false, PATH("principals[%zu].post", i), e);
	if (code == OK)
		code = check_person(p->person, PATH("principals[%zu].person", i), e);
	return code;
}

static enum code
check_policy(const struct setup_retention *p, size_t i, int window_days, struct err *e)
{
	struct retention_policy policy = {(int)p->min_months, (int)p->max_months};
	struct err why;
	enum code code = check_kind(p->kind, false, PATH("retention[%zu].kind", i), e);

	if (code != OK)
		return code;
	if (!p->has_min_months || p->min_months > SETUP_MONTHS_MAX)
		return err_set(e, REJ_FIELD, PATH("retention[%zu].min_months", i),
			       "is missing or over %d; give the months the law asks for, or 0",
			       SETUP_MONTHS_MAX);
	if (!p->has_max_months || p->max_months > SETUP_MONTHS_MAX)
		return err_set(e, REJ_FIELD, PATH("retention[%zu].max_months", i),
			       "is missing or over %d; evidence about persons needs an end",
			       SETUP_MONTHS_MAX);
	if (retention_check_policy(&policy, window_days, &why) != OK)
		return err_set(e, REJ_FIELD, PATH("retention[%zu].%s", i, why.where), "%s",
			       why.text);
	return check_name(p->legal_basis, true, PATH("retention[%zu].legal_basis", i), e);
}

/* The greatest target that means something: a share of its whole is at most 1, a ratio may be more
 * (twice the vehicles that were required), a number is what it is. */
static double
target_max(const struct metric *m)
{
	if (strcmp(m->unit, "%") != 0)
		return HUGE_VAL;
	return m->basis == BASIS_RATIO ? RATIO_TARGET_MAX : 1;
}

/* What is counted apart has one target, of one of its parts: which is to be said. */
static enum code
check_target_of(const struct setup_target *t, size_t i, const struct metric *m, struct err *e)
{
	if (t->of == NULL && m->apart != NULL)
		return err_set(e, REJ_FIELD, PATH("targets[%zu].of", i),
			       "is missing: %s is counted apart by %s; say of which the target is",
			       m->id, m->apart);
	if (t->of != NULL && m->apart == NULL)
		return err_set(e, REJ_FIELD, PATH("targets[%zu].of", i),
			       "is for what is counted apart, which %s is not: leave it out",
			       m->id);
	if (t->of != NULL && !metric_has_part(m, t->of))
		return err_set(e, REJ_FIELD, PATH("targets[%zu].of", i),
			       "is none that %s of %s has", m->apart, m->id);
	return t->of == NULL ? OK : check_name(t->of, true, PATH("targets[%zu].of", i), e);
}

static bool
is_possible(const struct metric *m, bool given, double value)
{
	return given && isfinite(value) && value >= 0 && value <= target_max(m);
}

/* A band has two ends, and leaves something out. */
static enum code
check_band(const struct setup_target *t, size_t i, const struct metric *m, struct err *e)
{
	if (t->has_value)
		return err_set(e, REJ_FIELD, PATH("targets[%zu].value", i),
			       "is no target of %s, which has a band: give its ends, low and high",
			       m->id);
	if (!is_possible(m, t->has_low, t->low))
		return err_set(e, REJ_FIELD, PATH("targets[%zu].low", i),
			       "is missing or not a value %s can have; give the lower end of the "
			       "band in the metric's unit, 0.01 for 1 %%",
			       m->id);
	if (!is_possible(m, t->has_high, t->high) || t->high < t->low)
		return err_set(e, REJ_FIELD, PATH("targets[%zu].high", i),
			       "is missing, below the lower end, or not a value %s can have; give "
			       "the upper end of the band",
			       m->id);
	if (t->low <= 0 && t->high >= target_max(m))
		return err_set(e, REJ_FIELD, PATH("targets[%zu].low", i),
			       "and high are all that %s can be, so that the target would have no "
			       "effect: leave it out",
			       m->id);
	return OK;
}

static enum code
check_value(const struct setup_target *t, size_t i, const struct metric *m, struct err *e)
{
	if (m->direction == DIRECTION_BAND)
		return check_band(t, i, m, e);
	if (t->has_low || t->has_high)
		return err_set(e, REJ_FIELD,
			       PATH("targets[%zu].%s", i, t->has_low ? "low" : "high"),
			       "is for what has a band, which %s has not: give a value", m->id);
	if (!is_possible(m, t->has_value, t->value))
		return err_set(e, REJ_FIELD, PATH("targets[%zu].value", i),
			       "is missing or not a value %s can have; give it in the metric's "
			       "unit, 0.95 for 95 %%",
			       m->id);
	return OK;
}

static enum code
check_target(const struct setup_target *t, size_t i, const struct catalogue *cat, struct err *e)
{
	const struct metric *m = catalogue_metric(cat, t->metric == NULL ? "" : t->metric);
	struct quarter q;

	if (m == NULL)
		return err_set(e, REJ_FIELD, PATH("targets[%zu].metric", i),
			       "is not a metric of the catalogue; write it as in OUT03");
	if (m->direction == DIRECTION_TREND)
		return err_set(e, REJ_FIELD, PATH("targets[%zu].metric", i),
			       "has no better and worse, so that a target of %s would have no "
			       "effect: leave it out",
			       m->id);
	if (check_value(t, i, m, e) != OK)
		return e->code;
	if (!quarter_parse(text_of(t->from_quarter == NULL ? "" : t->from_quarter), &q))
		return err_set(e, REJ_FIELD, PATH("targets[%zu].from_quarter", i),
			       "is not a quarter; write it as in 2026-Q2");
	if (check_target_of(t, i, m, e) != OK)
		return e->code;
	return check_name(t->approved_by, true, PATH("targets[%zu].approved_by", i), e);
}

/* Of the catalogue, whether it can be computed or not. */
static bool
is_metric(const struct catalogue *cat, const char *id)
{
	for (unsigned i = 0; i < cat->unsupported_count; i++)
		if (strcmp(cat->unsupported[i].id, id) == 0)
			return true;
	return catalogue_metric(cat, id) != NULL;
}

static enum code
check_not_applicable(const struct setup_not_applicable *n, size_t i, const struct catalogue *cat,
		     struct err *e)
{
	struct quarter q;
	enum code code;

	if (n->metric == NULL || !is_metric(cat, n->metric))
		return err_set(e, REJ_FIELD, PATH("not_applicable[%zu].metric", i),
			       "is not a metric of the catalogue; write it as in OUT03");
	if (!quarter_parse(text_of(n->from_quarter == NULL ? "" : n->from_quarter), &q))
		return err_set(e, REJ_FIELD, PATH("not_applicable[%zu].from_quarter", i),
			       "is not a quarter; write it as in 2026-Q2");
	code = check_name(n->reason, true, PATH("not_applicable[%zu].reason", i), e);
	return code != OK ? code
			  : check_name(n->declared_by, true,
				       PATH("not_applicable[%zu].declared_by", i), e);
}

/* A day such as 2026-01-15. */
static enum code
check_day(const char *day, const char *at, struct err *e)
{
	return civil_is_day(day) ? OK
				 : err_set(e, REJ_FIELD, at,
					   "is missing or not a day; write it as in 2026-01-15");
}

static bool
is_monday(const char *day)
{
	const int64_t ms_a_day = 86400000;
	char noon[40];
	struct utc_ms t;

	snprintf(noon, sizeof noon, "%.20sT12:00:00Z", day);
	/* The first day that is counted from was a Thursday. */
	return utc_parse(text_of(noon), &t) && (t.v / ms_a_day + 3) % 7 == 0;
}

static enum code
check_rebase(const struct setup_rebase *r, size_t i, const struct catalogue *cat, struct err *e)
{
	const struct metric *m = catalogue_metric(cat, r->metric == NULL ? "" : r->metric);
	enum code code;

	if (m == NULL)
		return err_set(e, REJ_FIELD, PATH("rebases[%zu].metric", i),
			       "is not a metric of the catalogue; write it as in OUT03");
	if (!compare_has_chart(m))
		return err_set(e, REJ_FIELD, PATH("rebases[%zu].metric", i),
			       "has no chart: %s is no rate of a sample", m->id);
	code = check_day(r->first_day, PATH("rebases[%zu].first_day", i), e);
	if (code == OK && !is_monday(r->first_day))
		code = err_set(e, REJ_FIELD, PATH("rebases[%zu].first_day", i),
			       "is no Monday, on which weeks begin");
	if (code == OK)
		code = check_name(r->reason, true, PATH("rebases[%zu].reason", i), e);
	if (code == OK)
		code = check_name(r->approved_by, true, PATH("rebases[%zu].approved_by", i), e);
	return code;
}

static enum code
check_feed(const struct setup_feed *f, size_t i, struct err *e)
{
	enum code code = check_id(f->source, ENV_SOURCE, PATH("feeds[%zu].source", i), e);

	if (code == OK)
		code = check_kind(f->kind, false, PATH("feeds[%zu].kind", i), e);
	if (code == OK && f->site != NULL && f->site[0] != '\0')
		code = check_id(f->site, ENV_SITE_ID, PATH("feeds[%zu].site", i), e);
	if (code == OK && (f->every_hours < 1 || f->every_hours > SETUP_HOURS_MAX))
		code = err_set(e, REJ_FIELD, PATH("feeds[%zu].every_hours", i),
			       "is missing or not from 1 to %d", SETUP_HOURS_MAX);
	if (code == OK)
		code = check_day(f->from_day, PATH("feeds[%zu].from_day", i), e);
	if (code == OK && f->until_day != NULL && f->until_day[0] != '\0')
		code = check_day(f->until_day, PATH("feeds[%zu].until_day", i), e);
	if (code == OK && f->until_day != NULL && f->until_day[0] != '\0' &&
	    strcmp(f->from_day, f->until_day) >= 0)
		code =
		    err_set(e, REJ_FIELD, PATH("feeds[%zu].until_day", i), "is not after from_day");
	return code;
}

static enum code
check_spd_policy(const struct setup_policy *p, struct err *e)
{
	enum code code;

	if (p->approval == NULL ||
	    strcmp(p->approval, spd_approval_name(spd_approval_by_name(p->approval))) != 0)
		return err_set(e, REJ_FIELD, "spd_policy.approval",
			       "is not a policy; use THREE_PEOPLE or APPROVER_DIFFERS");
	if (p->corrections != NULL && strcmp(p->corrections, "TWO_PEOPLE") != 0 &&
	    strcmp(p->corrections, "ONE_PERSON") != 0)
		return err_set(e, REJ_FIELD, "spd_policy.corrections",
			       "is not a policy; use TWO_PEOPLE or ONE_PERSON");
	code = check_name(p->declared_by, true, "spd_policy.declared_by", e);
	return code != OK ? code : check_day(p->declared_on, "spd_policy.declared_on", e);
}

static enum code
check_spd(const struct setup_request *r, struct err *e)
{
	if (r->has_correction_alone_hours && r->correction_alone_hours > SETUP_ALONE_MAX)
		return err_set(e, REJ_FIELD, "correction_alone_hours", "is over %d hours",
			       SETUP_ALONE_MAX);
	if (r->has_grace_working_days && r->grace_working_days > SETUP_GRACE_MAX)
		return err_set(e, REJ_FIELD, "grace_working_days", "is over %d days",
			       SETUP_GRACE_MAX);
	if (r->has_materiality_pp && !(r->materiality_pp >= 0 && r->materiality_pp <= 100))
		return err_set(e, REJ_FIELD, "materiality_pp",
			       "is not a number of percentage points from 0 to 100");
	if (r->marking != NULL && r->marking[0] != '\0' && marking_check(r->marking, e) != OK)
		return e->code;
	if (r->handling != NULL && marking_check_handling(r->handling, e) != OK)
		return e->code;
	return r->spd_policy == NULL ? OK : check_spd_policy(r->spd_policy, e);
}

/* Sites, providers, sources and people. */
static enum code
check_register(const struct setup_request *r, struct err *e)
{
	size_t grants = 0;
	enum code code = OK;

	for (size_t i = 0; i < r->n_sites && code == OK; i++)
		code = check_site(&r->sites[i], i, e);
	for (size_t i = 0; i < r->n_providers && code == OK; i++)
		code = check_provider(&r->providers[i], i, e);
	for (size_t i = 0; i < r->n_sources && code == OK; i++)
		code = check_source(&r->sources[i], i, &grants, e);
	for (size_t i = 0; i < r->n_principals && code == OK; i++)
		code = check_principal(&r->principals[i], i, e);
	return code;
}

/* What was decided about metrics and feeds. */
static enum code
check_decisions(const struct setup_request *r, const struct catalogue *cat, struct err *e)
{
	enum code code = OK;

	for (size_t i = 0; i < r->n_targets && code == OK; i++)
		code = check_target(&r->targets[i], i, cat, e);
	for (size_t i = 0; i < r->n_not_applicable && code == OK; i++)
		code = check_not_applicable(&r->not_applicable[i], i, cat, e);
	for (size_t i = 0; i < r->n_feeds && code == OK; i++)
		code = check_feed(&r->feeds[i], i, e);
	for (size_t i = 0; i < r->n_rebases && code == OK; i++)
		code = check_rebase(&r->rebases[i], i, cat, e);
	return code;
}

enum code
setup_check(const struct setup_request *r, const struct catalogue *cat, struct err *e)
{
	int window_days =
	    r->has_revision_window_days ? (int)r->revision_window_days : SETUP_WINDOW_DAYS;
	enum code code = check_entity(r, e);

	if (code == OK && r->has_revision_window_days && r->revision_window_days > SETUP_WINDOW_MAX)
		return err_set(e, REJ_FIELD, "revision_window_days", "is over %d days",
			       SETUP_WINDOW_MAX);
	if (code == OK)
		code = check_spd(r, e);
	if (code == OK)
		code = check_register(r, e);
	for (size_t i = 0; i < r->n_retention && code == OK; i++)
		code = check_policy(&r->retention[i], i, window_days, e);
	return code == OK ? check_decisions(r, cat, e) : code;
}
