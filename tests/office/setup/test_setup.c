#include "tests/office/office.h"

#include <criterion/criterion.h>

#include <stdio.h>

OFFICE_SUITE(setup, office_open);

static int
ask_setup(const struct setup_request *r)
{
	return office_ask(&o, &(struct request){.kind = REQUEST_SETUP, .setup = r});
}

static const char entity[] = "Harbour View Airport";
static const char zone[] = "Europe/London";
static const char lane[] = "lane";
static const char anna[] = "unix:anna";
static const char any[] = "*";
static const char device[] = "device";

static struct setup_request
only_entity(void)
{
	struct setup_request r = {0};

	r.entity = entity;
	r.zone = zone;
	return r;
}

/* P-910 */
Test(setup, registers_the_entity_and_repeats_without_a_change)
{
	struct setup_request r = only_entity();

	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "added.entities"), 1);
	cr_expect_str_eq(registry_entity(ingest_registry(o.ingest)), entity);
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "added.entities"), 0);
	cr_expect_eq(office_int(&o, "changed.entities"), 0);
}

Test(setup, asks_for_the_entity_first)
{
	struct setup_request r = {0};

	cr_expect_eq(ask_setup(&r), CODE(STATE));
	cr_expect_str_eq(o.field, "entity");
}

Test(setup, refuses_a_zone_the_database_does_not_know)
{
	struct setup_request r = only_entity();

	r.zone = "Mars/Olympus";
	cr_expect_eq(ask_setup(&r), CODE(INVALID));
	cr_expect_str_eq(o.field, "zone");
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.entity"), 0);
}

/* P-961: at once, and whichever of both was said before; nothing of such a setup is kept. */
Test(setup, takes_no_gateway_that_is_somebody)
{
	struct setup_principal all[] = {{.principal = "unix:lane", .role = device},
					{.principal = "unix:web", .role = "gateway"}};
	struct setup_request r = only_entity();

	r.principals = all;
	r.n_principals = 2;
	all[1].person = "rita";
	cr_expect_eq(ask_setup(&r), CODE(INVALID));
	cr_expect_str_eq(o.field, "principals[1].role");
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.principal"), 0);
	all[1].person = NULL;
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	all[1] = (struct setup_principal){.principal = "unix:web", .post = "Manager"};
	cr_expect_eq(ask_setup(&r), CODE(INVALID));
	all[1] = (struct setup_principal){.principal = "unix:rita", .person = "rita"};
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	all[1] = (struct setup_principal){.principal = "unix:rita", .role = "gateway"};
	cr_expect_eq(ask_setup(&r), CODE(INVALID));
	cr_expect_eq(
	    cluster_int(o.pg, "SELECT count(*) FROM sems.principal WHERE role = 'gateway'"), 1);
}

/* P-965: an owner is admin besides, by no register, and does not count. */
Test(setup, leaves_somebody_who_administers)
{
	struct setup_principal all[] = {{.principal = "unix:anna", .role = "admin"},
					{.principal = "unix:bob", .role = "admin"}};
	struct setup_request r = only_entity();

	r.principals = all;
	r.n_principals = 2;
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	all[0].role = all[1].role = "compliance";
	cr_expect_eq(ask_setup(&r), CODE(STATE));
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.principal WHERE role = 'admin'"),
		     2);
	r.n_principals = 1;
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	all[0] = all[1];
	cr_expect_eq(ask_setup(&r), CODE(STATE));
	cr_expect(strstr(o.text, "unix:bob") != NULL, "%s", o.text);
	all[1] = (struct setup_principal){.principal = "unix:cleo", .role = "admin"};
	r.n_principals = 2;
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.principal WHERE role = 'admin'"),
		     1);
}

/* P-910 */
Test(setup, keeps_the_zone_once_there_is_evidence)
{
	struct setup_request r = only_entity();

	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cluster_do(o.pg,
		   "SELECT sems.make_partition('void', '2026-05-01Z'); INSERT INTO sems.void "
		   "(record_id, source, occurred_at, received_at, received_from) VALUES "
		   "('019de000-0000-7000-8000-000000000000', 'lane', '2026-05-01Z', now(), 'x')");
	r.zone = "Europe/Paris";
	cr_expect_eq(ask_setup(&r), CODE(STATE));
	cr_expect_eq(
	    cluster_int(o.pg, "SELECT count(*) FROM sems.entity WHERE zone = 'Europe/London'"), 1);
}

Test(setup, takes_thousands_of_sites_at_once)
{
	enum { N = 3000 };
	static struct setup_site sites[N];
	static char ids[N][16];
	struct setup_request r = only_entity();

	for (int i = 0; i < N; i++) {
		snprintf(ids[i], sizeof ids[i], "S%04d", i);
		sites[i].site_id = ids[i];
	}
	r.n_sites = N;
	r.sites = sites;
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "added.sites"), N);
	cr_expect(registry_has_site(ingest_registry(o.ingest), text_of("S2999")));
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "added.sites"), 0);
	cr_expect_eq(office_int(&o, "changed.sites"), 0);
}

/* One source with one sender; what it names is the test's. */
static int
ask_grant(const char *site, bool with_principal)
{
	struct setup_request r = only_entity();
	struct setup_grant g = {0};
	struct setup_source s = {0};
	struct setup_principal p = {0};
	const char *kind_names[] = {any};
	const char *sites[] = {any, site};

	g.principal = anna;
	g.n_kinds = 1;
	g.kinds = kind_names;
	g.n_sites = 2;
	g.sites = sites;
	s.source = lane;
	s.n_senders = 1;
	s.senders = &g;
	r.n_sources = 1;
	r.sources = &s;
	p.principal = anna;
	p.role = device;
	r.n_principals = with_principal ? 1 : 0;
	r.principals = &p;
	return ask_setup(&r);
}

Test(setup, grants_a_sender_what_ingest_then_takes)
{
	const struct registry *r;

	cr_assert_eq(ask_grant(any, true), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "added.grants"), 1);
	cr_expect_eq(office_int(&o, "added.sources"), 1);
	r = ingest_registry(o.ingest);
	cr_expect_eq(registry_role(r, text_of(anna)), ROLE_DEVICE);
	cr_expect(
	    registry_may_send(r, text_of(anna), text_of(lane), KIND_TIP_EVENT, text_of("T1")));
}

Test(setup, names_a_grant_of_an_unknown_site_and_applies_nothing)
{

	cr_expect_eq(ask_grant("T9", true), CODE(INVALID));
	cr_expect_str_eq(o.field, "sources[0].senders[0].sites[1]");
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.source"), 0);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.entity"), 0);
}

Test(setup, names_a_sender_nobody_registered)
{
	cr_expect_eq(ask_grant(any, false), CODE(INVALID));
	cr_expect_str_eq(o.field, "sources[0].senders[0].principal");
}

Test(setup, declares_what_does_not_apply_and_takes_it_back)
{
	struct setup_request r = only_entity();
	struct setup_not_applicable n = {.metric = "CA01",
					 .reason = "no actions are kept",
					 .declared_by = "J. Marsh",
					 .from_quarter = "2026q2"};

	r.n_not_applicable = 1;
	r.not_applicable = &n;
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "added.not_applicable"), 1);
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "added.not_applicable"), 0);
	n.applies = true;
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "changed.not_applicable"), 1);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.not_applicable"), 2);
	cr_expect_str_eq(cluster_text(o.pg, "SELECT DISTINCT set_by FROM sems.not_applicable"),
			 o.principal);
}

Test(setup, appends_a_target_only_when_it_changes)
{
	struct setup_request r = only_entity();
	struct setup_target t = {0};

	t.metric = "OUT03";
	t.approved_by = "J. Marsh";
	t.from_quarter = "2026q2";
	t.has_value = 1;
	t.value = 0.95;
	r.n_targets = 1;
	r.targets = &t;
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "added.targets"), 1);
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "added.targets"), 0);
	t.value = 0.9;
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "changed.targets"), 1);
	cr_expect_eq(
	    cluster_int(o.pg, "SELECT count(*) FROM sems.target WHERE from_quarter = '2026-Q2'"),
	    2);
	/* Who set it is who was signed in, whoever approved it. */
	cr_expect_str_eq(cluster_text(o.pg, "SELECT DISTINCT set_by FROM sems.target"),
			 o.principal);
}

Test(setup, keeps_each_decision_on_a_charts_levels)
{
	struct setup_request r = only_entity();
	struct setup_rebase b = {"OUT03", "2026-05-04", "New machines", "J. Marsh", false};

	r.n_rebases = 1;
	r.rebases = &b;
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "added.rebases"), 1);
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "added.rebases"), 0);
	b.withdrawn = true;
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "changed.rebases"), 1);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.chart_rebase"), 2);
	cr_expect_str_eq(cluster_text(o.pg, "SELECT DISTINCT set_by FROM sems.chart_rebase"),
			 o.principal);
	b.first_day = "2026-05-05";
	cr_expect_eq(ask_setup(&r), CODE(INVALID));
	cr_expect_str_eq(o.field, "rebases[0].first_day");
}

Test(setup, sets_policies_and_the_revision_window)
{
	struct setup_request r = only_entity();
	struct setup_retention p = {0};

	p.kind = "tip_event";
	p.legal_basis = "entity default";
	p.has_min_months = p.has_max_months = 1;
	p.min_months = 4;
	p.max_months = 6;
	r.n_retention = 1;
	r.retention = &p;
	r.has_revision_window_days = 1;
	r.revision_window_days = 30;
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "changed.retention"), 1);
	cr_expect_eq(office_int(&o, "changed.settings"), 1);
	cr_expect_eq(cluster_int(o.pg, "SELECT max_months FROM sems.retention_policy "
				       "WHERE kind = 'tip_event'"),
		     6);
}

Test(setup, declares_who_differs_from_whom_and_keeps_what_was_declared_before)
{
	struct setup_request r = only_entity();
	struct setup_policy p = {0};

	p.approval = "APPROVER_DIFFERS";
	p.declared_by = "J. Marsh";
	p.declared_on = "2026-01-15";
	r.spd_policy = &p;
	r.has_grace_working_days = r.has_materiality_pp = 1;
	r.grace_working_days = 5;
	r.materiality_pp = 2.5;
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "added.policies"), 1);
	cr_expect_eq(office_int(&o, "changed.settings"), 2);
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "added.policies"), 0);
	cr_expect_eq(office_int(&o, "changed.policies"), 0);
	p.approval = "THREE_PEOPLE";
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "changed.policies"), 1);
	cr_expect_str_eq(
	    cluster_text(
		o.pg, "SELECT string_agg(approval, ' ' ORDER BY policy_id) FROM sems.spd_policy"),
	    "APPROVER_DIFFERS THREE_PEOPLE");
	cr_expect_str_eq(cluster_text(o.pg, "SELECT string_agg(value, ' ' ORDER BY name) "
					    "FROM sems.setting WHERE name LIKE 'spd%'"),
			 "5 2.5");
}

Test(setup, keeps_the_marking_and_how_it_is_to_be_handled)
{
	struct setup_request r = only_entity();

	r.marking = "OFFICIAL";
	r.handling = "For the board only";
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_str_eq(cluster_text(o.pg, "SELECT string_agg(value, '; ' ORDER BY name DESC) "
					    "FROM sems.setting WHERE name IN ('spd_marking', "
					    "'spd_handling')"),
			 "OFFICIAL; For the board only");
	r.marking = ""; /* as it was */
	r.handling = "";
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_str_eq(cluster_text(o.pg, "SELECT string_agg(value, '; ' ORDER BY name DESC) "
					    "FROM sems.setting WHERE name IN ('spd_marking', "
					    "'spd_handling')"),
			 "OFFICIAL; ");
}

/* Tells who a principal is, with or without a role. */
static void
tell(const char *role, const char *name, const char *post)
{
	struct setup_principal p = {0};
	struct setup_request r = {0};

	p.principal = anna;
	p.role = role;
	p.name = name;
	p.post = post;
	r.n_principals = 1;
	r.principals = &p;
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
}

static const char *
anna_is(void)
{
	return cluster_text(o.pg, "SELECT concat_ws('/', role, name, post) FROM sems.principal "
				  "LEFT JOIN sems.person USING (person) "
				  "WHERE principal = 'unix:anna'");
}

Test(setup, says_who_a_principal_is_and_leaves_what_is_not_named_as_it_was)
{
	struct setup_request r = only_entity();

	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	tell(NULL, "Anna Example", NULL);
	cr_expect_str_eq(anna_is(), "device/Anna Example");
	tell("auditor", NULL, NULL);
	cr_expect_str_eq(anna_is(), "auditor/Anna Example");
	tell(NULL, NULL, "Quality Manager");
	cr_expect_str_eq(anna_is(), "auditor/Anna Example/Quality Manager");
}

/* P-112 */
Test(setup, lets_principals_be_one_person_with_one_name)
{
	struct setup_request r = only_entity();
	struct setup_principal two[] = {
	    {.principal = "unix:anna", .role = "auditor", .person = "anna"},
	    {.principal = "cert:sems:person/anna", .person = "anna", .name = "Anna Example"}};

	r.principals = two;
	r.n_principals = 2;
	cr_assert_eq(ask_setup(&r), CODE(OK), "%s", o.text);
	cr_expect_str_eq(anna_is(), "auditor/Anna Example");
	cr_expect_str_eq(cluster_text(o.pg, "SELECT string_agg(sems.person_of(principal), ' ') "
					    "FROM sems.principal WHERE person IS NOT NULL"),
			 "anna anna");
	cr_expect_str_eq(cluster_text(o.pg, "SELECT sems.person_of('unix:nobody')"), "unix:nobody");
	two[0].person = "an na";
	cr_expect_eq(ask_setup(&r), CODE(INVALID));
	cr_expect_str_eq(o.field, "principals[0].person");
}
