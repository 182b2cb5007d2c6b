/* What a setup request must be: each row is one request with one fault, and where it is told. */
#include "base/count.h"
#include "office/setup/setup_check.h"
#include "store/quarter/spd_job.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdint.h>
#include <string.h>

static const struct catalogue *
catalogue(void)
{
	const struct catalogue *c;
	struct err e;

	c = spd_catalogue(&e);
	cr_assert_not_null(c, "%s", e.text);
	return c;
}

/* A request that is right, with one of everything; tests break one thing in it. */
struct sample {
	struct setup_request r;
	struct setup_site site[2];
	struct setup_location location;
	struct setup_provider provider;
	struct setup_source source;
	struct setup_grant grant;
	struct setup_principal principal;
	struct setup_retention policy;
	struct setup_target target;
	struct setup_not_applicable not_applicable;
	struct setup_policy spd_policy;
	struct setup_rebase rebase;
	const char *kinds[2];
	const char *grant_sites[2];
};

static void
sample_places(struct sample *s)
{
	s->site[0].site_id = "T1";
	s->site[0].name = "Terminal 1";
	s->site[1].site_id = "T2";
	s->location.location_id = "L-04";
	s->site[1].n_locations = 1;
	s->site[1].locations = &s->location;
	s->r.n_sites = 2;
	s->r.sites = s->site;
	s->provider.provider_id = "GUARDCO";
	s->r.n_providers = 1;
	s->r.providers = &s->provider;
}

static void
sample_senders(struct sample *s)
{
	s->source.source = "lane-1";
	s->grant.principal = "unix:anna";
	s->kinds[0] = "tip_event";
	s->kinds[1] = "*";
	s->grant.n_kinds = 2;
	s->grant.kinds = s->kinds;
	s->grant_sites[0] = "*";
	s->grant_sites[1] = "T2";
	s->grant.n_sites = 2;
	s->grant.sites = s->grant_sites;
	s->source.n_senders = 1;
	s->source.senders = &s->grant;
	s->r.n_sources = 1;
	s->r.sources = &s->source;
	s->principal.principal = "unix:anna";
	s->principal.role = "device";
	s->r.n_principals = 1;
	s->r.principals = &s->principal;
}

static void
sample_init(struct sample *s)
{
	*s = (struct sample){0};
	s->r.entity = "Harbour View Airport";
	s->r.zone = "Europe/London";
	sample_places(s);
	sample_senders(s);
	s->policy.kind = "tip_event";
	s->policy.has_min_months = s->policy.has_max_months = 1;
	s->policy.min_months = 7;
	s->policy.max_months = 13;
	s->policy.legal_basis = "entity default";
	s->r.n_retention = 1;
	s->r.retention = &s->policy;
	s->target.metric = "OUT03";
	s->target.has_value = 1;
	s->target.value = 0.95;
	s->target.approved_by = "J. Marsh";
	s->target.from_quarter = "2026-Q2";
	s->r.n_targets = 1;
	s->r.targets = &s->target;
	s->rebase = (struct setup_rebase){"OUT03", "2026-05-04", "New machines", "J. Marsh", false};
	s->r.n_rebases = 1;
	s->r.rebases = &s->rebase;
	s->not_applicable.metric = "QN16";
	s->not_applicable.reason = "no lane has TIP";
	s->not_applicable.declared_by = "J. Marsh";
	s->not_applicable.from_quarter = "2026-Q2";
	s->r.n_not_applicable = 1;
	s->r.not_applicable = &s->not_applicable;
	s->spd_policy.approval = "APPROVER_DIFFERS";
	s->spd_policy.declared_by = "J. Marsh";
	s->spd_policy.declared_on = "2026-01-15";
	s->r.spd_policy = &s->spd_policy;
	s->r.has_grace_working_days = s->r.has_materiality_pp = 1;
	s->r.grace_working_days = 0;
	s->r.materiality_pp = 0.5;
}

static char long_name[SETUP_NAME_MAX + 2];

#define BREAK(name, statement)             \
	static void name(struct sample *s) \
	{                                  \
		statement;                 \
	}

BREAK(entity_missing, s->r.entity = NULL)
BREAK(zone_missing, s->r.zone = NULL)
BREAK(zone_posix, s->r.zone = "<+03>-3")
BREAK(site_empty, s->site[0].site_id = "")
BREAK(site_star, s->site[1].site_id = "*")
BREAK(site_control, s->site[0].name = "a\nb")
BREAK(site_utf8, s->site[1].site_id = "\xc0\x80")
BREAK(site_space, s->site[0].site_id = " T1")
BREAK(site_long, s->site[0].name = long_name)
BREAK(location_missing, s->location.location_id = NULL)
BREAK(provider_missing, s->provider.provider_id = NULL)
BREAK(source_missing, s->source.source = NULL)
BREAK(sender_bare, s->grant.principal = "anna")
BREAK(sender_half, s->grant.principal = "unix:")
BREAK(kinds_none, s->grant.n_kinds = 0)
BREAK(kind_of_none, s->kinds[1] = "tip")
BREAK(sites_none, s->grant.n_sites = 0)
BREAK(grant_site_empty, s->grant_sites[1] = "")
BREAK(principal_missing, s->principal.principal = NULL)
BREAK(person_too_long, s->principal.name = long_name)
BREAK(post_of_two_lines, s->principal.post = "a\nb")
BREAK(role_unknown, s->principal.role = "boss")
BREAK(policy_any, s->policy.kind = "*")
BREAK(policy_min, s->policy.has_min_months = 0)
BREAK(policy_max, s->policy.has_max_months = 0)
BREAK(policy_forever, s->policy.max_months = SETUP_MONTHS_MAX + 1)
BREAK(policy_crossed, s->policy.min_months = 14)
BREAK(policy_short, s->policy.min_months = s->policy.max_months = 6)
BREAK(policy_basis, s->policy.legal_basis = "")
BREAK(target_metric, s->target.metric = "out03")
BREAK(target_without_effect, s->target.metric = "OUT07")
BREAK(target_value, s->target.has_value = 0)
BREAK(target_negative, s->target.value = -0.1)
BREAK(target_in_percent, s->target.value = 95)
BREAK(target_unknown, s->target.metric = "OUT99")
BREAK(target_nan, s->target.value = (double)NAN)
BREAK(target_quarter, s->target.from_quarter = "2026-Q5")
BREAK(target_of_missing, s->target.metric = "QL01")
BREAK(target_of_whole, s->target.of = "OVERT")
static void
target_of_unknown(struct sample *s)
{
	s->target.metric = "QL01";
	s->target.of = "SECRET";
}
BREAK(target_approver, s->target.approved_by = NULL)
BREAK(target_band_for_value, s->target.has_high = true)
static void
aim_at_band(struct sample *s, double low, double high)
{
	s->target.metric = "OUT04";
	s->target.has_value = false;
	s->target.has_low = true;
	s->target.low = low;
	s->target.has_high = true;
	s->target.high = high;
}
static void
band_with_value(struct sample *s)
{
	aim_at_band(s, 0.01, 0.1);
	s->target.has_value = true;
}
static void
band_without_low(struct sample *s)
{
	aim_at_band(s, 0.01, 0.1);
	s->target.has_low = false;
}
BREAK(band_turned, aim_at_band(s, 0.2, 0.1))
BREAK(band_in_percent, aim_at_band(s, 1, 10))
BREAK(band_of_all, aim_at_band(s, 0, 1))
BREAK(band_nan, aim_at_band(s, (double)NAN, 0.1))
BREAK(rebase_unknown, s->rebase.metric = "OUT99")
BREAK(rebase_of_no_rate, s->rebase.metric = "QL06")
BREAK(rebase_on_no_monday, s->rebase.first_day = "2026-05-05")
BREAK(rebase_on_no_day, s->rebase.first_day = "2026-02-30")
BREAK(rebase_without_reason, s->rebase.reason = "")
BREAK(rebase_of_nobody, s->rebase.approved_by = NULL)
BREAK(none_metric, s->not_applicable.metric = "QN99")
BREAK(none_metric_missing, s->not_applicable.metric = NULL)
BREAK(none_quarter, s->not_applicable.from_quarter = "2026")
BREAK(none_reason, s->not_applicable.reason = "")
BREAK(none_by, s->not_applicable.declared_by = NULL)
BREAK(marking_secret, s->r.marking = "TOP SECRET")
BREAK(marking_long,
      s->r.marking = "0123456789012345678901234567890123456789012345678901234567890123456789")
BREAK(handling_secret, s->r.handling = "treat as S E C R E T")
BREAK(handling_lines, s->r.handling = "one\ntwo")
BREAK(spd_policy_unknown, s->spd_policy.approval = "NOBODY")
BREAK(spd_policy_missing, s->spd_policy.approval = NULL)
BREAK(spd_policy_by, s->spd_policy.declared_by = "")
BREAK(spd_policy_day, s->spd_policy.declared_on = "2026-02-30")
BREAK(spd_policy_no_day, s->spd_policy.declared_on = NULL)
BREAK(grace_long, s->r.grace_working_days = SETUP_GRACE_MAX + 1)
BREAK(materiality_negative, s->r.materiality_pp = -1)
BREAK(materiality_nan, s->r.materiality_pp = (double)NAN)

static const struct row {
	void (*break_it)(struct sample *s);
	const char *where;
} rows[] = {
    {entity_missing, "entity"},
    {zone_missing, "zone"},
    {zone_posix, "zone"},
    {site_empty, "sites[0].site_id"},
    {site_star, "sites[1].site_id"},
    {site_control, "sites[0].name"},
    {site_utf8, "sites[1].site_id"},
    {site_space, "sites[0].site_id"},
    {site_long, "sites[0].name"},
    {location_missing, "sites[1].locations[0].location_id"},
    {provider_missing, "providers[0].provider_id"},
    {source_missing, "sources[0].source"},
    {sender_bare, "sources[0].senders[0].principal"},
    {sender_half, "sources[0].senders[0].principal"},
    {kinds_none, "sources[0].senders[0].kinds"},
    {kind_of_none, "sources[0].senders[0].kinds[1]"},
    {sites_none, "sources[0].senders[0].sites"},
    {grant_site_empty, "sources[0].senders[0].sites[1]"},
    {principal_missing, "principals[0].principal"},
    {person_too_long, "principals[0].name"},
    {post_of_two_lines, "principals[0].post"},
    {role_unknown, "principals[0].role"},
    {policy_any, "retention[0].kind"},
    {policy_min, "retention[0].min_months"},
    {policy_max, "retention[0].max_months"},
    {policy_forever, "retention[0].max_months"},
    {policy_crossed, "retention[0].min_months"},
    {policy_short, "retention[0].max_months"},
    {policy_basis, "retention[0].legal_basis"},
    {target_metric, "targets[0].metric"},
    {target_without_effect, "targets[0].metric"},
    {target_value, "targets[0].value"},
    {target_negative, "targets[0].value"},
    {target_in_percent, "targets[0].value"},
    {target_unknown, "targets[0].metric"},
    {target_nan, "targets[0].value"},
    {target_quarter, "targets[0].from_quarter"},
    {target_of_missing, "targets[0].of"},
    {target_of_whole, "targets[0].of"},
    {target_of_unknown, "targets[0].of"},
    {target_approver, "targets[0].approved_by"},
    {target_band_for_value, "targets[0].high"},
    {band_with_value, "targets[0].value"},
    {band_without_low, "targets[0].low"},
    {band_turned, "targets[0].high"},
    {band_in_percent, "targets[0].high"},
    {band_of_all, "targets[0].low"},
    {band_nan, "targets[0].low"},
    {rebase_unknown, "rebases[0].metric"},
    {rebase_of_no_rate, "rebases[0].metric"},
    {rebase_on_no_monday, "rebases[0].first_day"},
    {rebase_on_no_day, "rebases[0].first_day"},
    {rebase_without_reason, "rebases[0].reason"},
    {rebase_of_nobody, "rebases[0].approved_by"},
    {none_metric, "not_applicable[0].metric"},
    {none_metric_missing, "not_applicable[0].metric"},
    {none_quarter, "not_applicable[0].from_quarter"},
    {none_reason, "not_applicable[0].reason"},
    {none_by, "not_applicable[0].declared_by"},
    {marking_secret, "marking"},
    {marking_long, "marking"},
    {handling_secret, "handling"},
    {handling_lines, "handling"},
    {spd_policy_unknown, "spd_policy.approval"},
    {spd_policy_missing, "spd_policy.approval"},
    {spd_policy_by, "spd_policy.declared_by"},
    {spd_policy_day, "spd_policy.declared_on"},
    {spd_policy_no_day, "spd_policy.declared_on"},
    {grace_long, "grace_working_days"},
    {materiality_negative, "materiality_pp"},
    {materiality_nan, "materiality_pp"},
};

Test(setup_check, accepts_a_request_with_one_of_everything)
{
	struct sample s;
	struct err e = {.code = OK};

	sample_init(&s);
	cr_expect_eq(setup_check(&s.r, catalogue(), &e), OK, "%s: %s", e.where, e.text);
}

Test(setup_check, accepts_a_request_that_adds_nothing)
{
	struct setup_request r = {0};
	struct err e = {.code = OK};

	cr_expect_eq(setup_check(&r, catalogue(), &e), OK, "%s: %s", e.where, e.text);
}

Test(setup_check, names_the_path_of_the_first_bad_field)
{
	memset(long_name, 'x', sizeof long_name - 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sample s;
		struct err e = {.code = OK};

		sample_init(&s);
		rows[i].break_it(&s);
		cr_expect_eq(setup_check(&s.r, catalogue(), &e), REJ_FIELD, "row %zu", i);
		cr_expect_str_eq(e.where, rows[i].where, "row %zu", i);
		cr_expect(e.text[0] != '\0', "row %zu says nothing", i);
	}
}

Test(setup_check, allows_a_shorter_maximum_when_the_revision_window_is_shorter)
{
	struct sample s;
	struct err e = {.code = OK};

	sample_init(&s);
	s.policy.min_months = s.policy.max_months = 3;
	s.r.has_revision_window_days = 1;
	s.r.revision_window_days = 0;
	cr_expect_eq(setup_check(&s.r, catalogue(), &e), OK, "%s: %s", e.where, e.text);
	s.policy.min_months = s.policy.max_months = 2;
	cr_expect_eq(setup_check(&s.r, catalogue(), &e), REJ_FIELD);
}

Test(setup_check, bounds_what_one_request_may_grant)
{
	static const char *kind_list[300];
	static const char *sites[300];
	struct sample s;
	struct err e = {.code = OK};

	for (size_t i = 0; i < 300; i++) {
		kind_list[i] = "*";
		sites[i] = "*";
	}
	sample_init(&s);
	s.grant.kinds = kind_list;
	s.grant.sites = sites;
	s.grant.n_kinds = s.grant.n_sites = 100;
	cr_expect_eq(setup_check(&s.r, catalogue(), &e), OK, "%s: %s", e.where, e.text);
	s.grant.n_kinds = s.grant.n_sites = 300;
	cr_expect_eq(setup_check(&s.r, catalogue(), &e), REJ_FIELD);
	cr_expect_str_eq(e.where, "sources[0].senders[0]");
}

Test(setup_check, refuses_a_feed_that_says_nothing_to_judge_by)
{
	static const struct {
		const char *source, *kind, *site;
		unsigned hours;
		const char *from, *until, *where; /* "" : it is sound */
	} feeds[] = {
	    {"x", "tip_event", NULL, 24, "2026-01-15", NULL, ""},
	    {"x", "tip_event", "N1", 2208, "2026-01-15", "2026-01-16", ""},
	    {NULL, "tip_event", NULL, 24, "2026-01-15", NULL, "feeds[0].source"},
	    {"x", "*", NULL, 24, "2026-01-15", NULL, "feeds[0].kind"},
	    {"x", "escort", NULL, 24, "2026-01-15", NULL, "feeds[0].kind"},
	    {"x", "tip_event", "*", 24, "2026-01-15", NULL, "feeds[0].site"},
	    {"x", "tip_event", NULL, 0, "2026-01-15", NULL, "feeds[0].every_hours"},
	    {"x", "tip_event", NULL, 2209, "2026-01-15", NULL, "feeds[0].every_hours"},
	    {"x", "tip_event", NULL, 24, "15.1.2026", NULL, "feeds[0].from_day"},
	    {"x", "tip_event", NULL, 24, NULL, NULL, "feeds[0].from_day"},
	    {"x", "tip_event", NULL, 24, "2026-01-15", "2026-02-30", "feeds[0].until_day"},
	    {"x", "tip_event", NULL, 24, "2026-01-15", "2026-01-15", "feeds[0].until_day"},
	};

	for (size_t i = 0; i < COUNT(feeds); i++) {
		struct setup_feed f = {0};
		struct sample s;
		struct err e = {.code = OK};
		enum code code;

		sample_init(&s);
		f.source = feeds[i].source;
		f.kind = feeds[i].kind;
		f.site = feeds[i].site;
		f.every_hours = feeds[i].hours;
		f.from_day = feeds[i].from;
		f.until_day = feeds[i].until;
		s.r.feeds = &f;
		s.r.n_feeds = 1;
		code = setup_check(&s.r, catalogue(), &e);
		cr_expect_eq(code, feeds[i].where[0] == '\0' ? OK : REJ_FIELD, "row %zu: %s", i,
			     e.text);
		if (feeds[i].where[0] != '\0')
			cr_expect_str_eq(e.where, feeds[i].where, "row %zu", i);
	}
}
