#include "base/arena.h"
#include "base/yamlfile.h"
#include "tools/lib/client.h"
#include "tools/lib/expr.h"
#include "tools/lib/sheet.h"
#include "tools/lib/zone.h"
#include "tools/semsctl/command.h"

#include <getopt.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES  (64u * 1024u * 1024u)
#define ANSWER_BYTES (4u * 1024u * 1024u)
#define CHUNK        1000u /* of a request: frames have a limit */
#define FLAGS_MAX    64

static const char help[] =
    "Usage: semsctl init FILE.yaml\n"
    "       semsctl init --entity NAME --zone ZONE [--site ID[=NAME]]... [--source ID]...\n"
    "\n"
    "Tells semsd whose records it keeps: the entity and its time zone, its sites and their\n"
    "locations, the sources of records and who may send for them, people's roles, how long kinds\n"
    "are kept and the targets of metrics. May be repeated: what is named is added or changed,\n"
    "nothing is removed. The zone is fixed once records are stored.\n"
    "\n"
    "Options (with a file, they add to it):\n"
    "  -e, --entity NAME         the entity's name\n"
    "  -z, --zone ZONE           its time zone, e.g. Europe/London\n"
    "  -s, --site ID[=NAME]      a site; may be repeated\n"
    "      --sites-from FILE.csv a site for every value of a column of this file\n"
    "      --column NAME         the column\n"
    "  -p, --provider ID[=NAME]  a provider of security services; may be repeated\n"
    "  -S, --source ID           a source of records; may be repeated\n"
    "  -u, --sender PRINCIPAL    who may send for these sources, all kinds and sites, e.g.\n"
    "                            unix:anna; may be repeated (default: you). One without a\n"
    "                            role becomes a device\n"
    "  -r, --role PRINCIPAL=ROLE device, supervisor, tester, auditor, compliance, manager or\n"
    "                            admin; may be repeated\n"
    "\n"
    "The file has the same in YAML:\n"
    "  entity: Example Airport\n"
    "  zone: Europe/London\n"
    "  sites:\n"
    "    - id: LHX\n"
    "      name: Terminal 1\n"
    "      locations:\n"
    "        - {id: T1-L3, name: Lane 3}\n"
    "  providers:\n"
    "    - {id: guardco, name: Guard Company}\n"
    "  sources:\n"
    "    - id: xray-1\n"
    "      description: X-ray machine of lane 3\n"
    "      senders:\n"
    "        - {principal: \"unix:gateway\", kinds: [tip_event, tip_session], sites: [LHX]}\n"
    "  principals:\n"
    "    - {principal: \"unix:anna\", role: compliance}\n"
    "  retention:\n"
    "    - {kind: tip_event, min_months: 12, max_months: 36, legal_basis: policy SP-12}\n"
    "  revision_window_days: 120   # a submitted quarter's evidence is kept that long\n"
    "  spd_policy: {approval: APPROVER_DIFFERS, declared_by: A. Example, declared_on: 2026-01-15}\n"
    "  marking: OFFICIAL-SENSITIVE # of every SPD from now on; SECRET and above is refused\n"
    "  handling: For the accountable manager and the regulator only\n"
    "  grace_working_days: 10      # late records are waited for after a quarter's end\n"
    "  materiality_pp: 1           # a figure that changes by more proposes a revision\n"
    "  targets:\n"
    "    - {metric: OUT03, value: 0.8, approved_by: Security Manager, from_quarter: 2026-Q2}\n"
    "  feeds:                      # who should send what, and how long it may be silent\n"
    "    - {source: xray-1, kind: tip_event, site: LHX, every_hours: 24, from_day: 2026-01-15}\n"
    "\n"
    "Exit status: 0 done, 2 the command line or file is wrong, 3 no daemon or no database, 4\n"
    "refused.\n"
    "\n"
    "Example:\n"
    "  semsctl init --entity 'Example Airport' --zone Europe/London --site LHX='Terminal 1' \\\n"
    "      --source xray-1\n";

/* ---- the file ---- */

struct setup_named {
	char *id;
	char *name;
};

struct setup_site {
	char *id;
	char *name;
	struct setup_named *locations;
	unsigned locations_count;
};

struct setup_sender {
	char *principal;
	char **kinds;
	unsigned kinds_count;
	char **sites;
	unsigned sites_count;
};

struct setup_source {
	char *id;
	char *description;
	struct setup_sender *senders;
	unsigned senders_count;
};

struct setup_principal {
	char *principal;
	char *role;
};

struct setup_retention {
	char *kind;
	unsigned min_months;
	unsigned max_months;
	char *legal_basis;
};

struct setup_target {
	char *metric;
	double value;
	char *approved_by;
	char *from_quarter;
};

struct setup_policy {
	char *approval;
	char *declared_by;
	char *declared_on;
};

struct setup_feed {
	char *source;
	char *kind;
	char *site;
	unsigned every_hours;
	char *from_day;
	char *until_day;
};

struct setup {
	char *entity;
	char *zone;
	struct setup_site *sites;
	unsigned sites_count;
	struct setup_named *providers;
	unsigned providers_count;
	struct setup_source *sources;
	unsigned sources_count;
	struct setup_principal *principals;
	unsigned principals_count;
	struct setup_retention *retention;
	unsigned retention_count;
	struct setup_target *targets;
	unsigned targets_count;
	struct setup_feed *feeds;
	unsigned feeds_count;
	unsigned *revision_window_days;
	struct setup_policy *spd_policy;
	unsigned *grace_working_days;
	double *materiality_pp;
	char *marking;
	char *handling;
};

#define ENTRY(name, type, fields)                  \
	static const cyaml_schema_value_t name = { \
	    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, type, fields)}

static const cyaml_schema_field_t named_keys[] = {
    YAML_NEED_TEXT("id", struct setup_named, id),
    YAML_TEXT("name", struct setup_named, name),
    CYAML_FIELD_END,
};
ENTRY(named_entry, struct setup_named, named_keys);

static const cyaml_schema_field_t site_keys[] = {
    YAML_NEED_TEXT("id", struct setup_site, id),
    YAML_TEXT("name", struct setup_site, name),
    YAML_LIST("locations", struct setup_site, locations, &named_entry),
    CYAML_FIELD_END,
};
ENTRY(site_entry, struct setup_site, site_keys);

static const cyaml_schema_field_t sender_keys[] = {
    YAML_NEED_TEXT("principal", struct setup_sender, principal),
    YAML_TEXTS("kinds", struct setup_sender, kinds),
    YAML_TEXTS("sites", struct setup_sender, sites),
    CYAML_FIELD_END,
};
ENTRY(sender_entry, struct setup_sender, sender_keys);

static const cyaml_schema_field_t source_keys[] = {
    YAML_NEED_TEXT("id", struct setup_source, id),
    YAML_TEXT("description", struct setup_source, description),
    YAML_LIST("senders", struct setup_source, senders, &sender_entry),
    CYAML_FIELD_END,
};
ENTRY(source_entry, struct setup_source, source_keys);

static const cyaml_schema_field_t principal_keys[] = {
    YAML_NEED_TEXT("principal", struct setup_principal, principal),
    YAML_NEED_TEXT("role", struct setup_principal, role),
    CYAML_FIELD_END,
};
ENTRY(principal_entry, struct setup_principal, principal_keys);

static const cyaml_schema_field_t retention_keys[] = {
    YAML_NEED_TEXT("kind", struct setup_retention, kind),
    CYAML_FIELD_UINT("min_months", CYAML_FLAG_DEFAULT, struct setup_retention, min_months),
    CYAML_FIELD_UINT("max_months", CYAML_FLAG_DEFAULT, struct setup_retention, max_months),
    YAML_NEED_TEXT("legal_basis", struct setup_retention, legal_basis),
    CYAML_FIELD_END,
};
ENTRY(retention_entry, struct setup_retention, retention_keys);

static const cyaml_schema_field_t target_keys[] = {
    YAML_NEED_TEXT("metric", struct setup_target, metric),
    CYAML_FIELD_FLOAT("value", CYAML_FLAG_DEFAULT, struct setup_target, value),
    YAML_NEED_TEXT("approved_by", struct setup_target, approved_by),
    YAML_NEED_TEXT("from_quarter", struct setup_target, from_quarter),
    CYAML_FIELD_END,
};
ENTRY(target_entry, struct setup_target, target_keys);

static const cyaml_schema_field_t feed_keys[] = {
    YAML_NEED_TEXT("source", struct setup_feed, source),
    YAML_NEED_TEXT("kind", struct setup_feed, kind),
    YAML_TEXT("site", struct setup_feed, site),
    CYAML_FIELD_UINT("every_hours", CYAML_FLAG_DEFAULT, struct setup_feed, every_hours),
    YAML_NEED_TEXT("from_day", struct setup_feed, from_day),
    YAML_TEXT("until_day", struct setup_feed, until_day),
    CYAML_FIELD_END,
};
ENTRY(feed_entry, struct setup_feed, feed_keys);

static const cyaml_schema_field_t policy_keys[] = {
    YAML_NEED_TEXT("approval", struct setup_policy, approval),
    YAML_NEED_TEXT("declared_by", struct setup_policy, declared_by),
    YAML_NEED_TEXT("declared_on", struct setup_policy, declared_on),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t setup_keys[] = {
    YAML_TEXT("entity", struct setup, entity),
    YAML_TEXT("zone", struct setup, zone),
    YAML_LIST("sites", struct setup, sites, &site_entry),
    YAML_LIST("providers", struct setup, providers, &named_entry),
    YAML_LIST("sources", struct setup, sources, &source_entry),
    YAML_LIST("principals", struct setup, principals, &principal_entry),
    YAML_LIST("retention", struct setup, retention, &retention_entry),
    YAML_LIST("targets", struct setup, targets, &target_entry),
    YAML_LIST("feeds", struct setup, feeds, &feed_entry),
    CYAML_FIELD_UINT_PTR("revision_window_days", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			 struct setup, revision_window_days),
    CYAML_FIELD_MAPPING_PTR("spd_policy", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct setup,
			    spd_policy, policy_keys),
    CYAML_FIELD_UINT_PTR("grace_working_days", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			 struct setup, grace_working_days),
    CYAML_FIELD_FLOAT_PTR("materiality_pp", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct setup,
			  materiality_pp),
    YAML_TEXT("marking", struct setup, marking),
    YAML_TEXT("handling", struct setup, handling),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct setup, setup_keys),
};

/* ---- the command line ---- */

struct flags {
	char *entity;
	char *zone;
	char *sites[FLAGS_MAX];
	char *providers[FLAGS_MAX];
	char *sources[FLAGS_MAX];
	char *senders[FLAGS_MAX];
	char *roles[FLAGS_MAX];
	unsigned n_sites;
	unsigned n_providers;
	unsigned n_sources;
	unsigned n_senders;
	unsigned n_roles;
	char *sites_from;
	char *column;
	char *file;
};

static int
add_flag(char **list, unsigned *n, char *value)
{
	if (*n == FLAGS_MAX)
		return command_usage(&command_init,
				     "an option can be repeated %d times; put the rest into a file",
				     FLAGS_MAX);
	list[(*n)++] = value;
	return EXIT_DONE;
}

static int
take_flag(struct flags *f, int opt)
{
	const struct {
		int opt;
		char **one;
		char **list;
		unsigned *n;
	} table[] = {
	    {'e', &f->entity, NULL, NULL},          {'z', &f->zone, NULL, NULL},
	    {'F', &f->sites_from, NULL, NULL},      {'C', &f->column, NULL, NULL},
	    {'s', NULL, f->sites, &f->n_sites},     {'p', NULL, f->providers, &f->n_providers},
	    {'S', NULL, f->sources, &f->n_sources}, {'u', NULL, f->senders, &f->n_senders},
	    {'r', NULL, f->roles, &f->n_roles},
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		if (table[i].opt != opt)
			continue;
		if (table[i].list != NULL)
			return add_flag(table[i].list, table[i].n, optarg);
		*table[i].one = optarg;
		return EXIT_DONE;
	}
	return EXIT_USAGE;
}

static int
parse(struct flags *f, int argc, char **argv)
{
	static const struct option longs[] = {
	    {"entity", required_argument, NULL, 'e'}, {"zone", required_argument, NULL, 'z'},
	    {"site", required_argument, NULL, 's'},   {"sites-from", required_argument, NULL, 'F'},
	    {"column", required_argument, NULL, 'C'}, {"provider", required_argument, NULL, 'p'},
	    {"source", required_argument, NULL, 'S'}, {"sender", required_argument, NULL, 'u'},
	    {"role", required_argument, NULL, 'r'},   {NULL, 0, NULL, 0},
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "e:z:s:p:S:u:r:", longs, NULL)) != -1) {
		int rc = take_flag(f, opt);

		if (rc != EXIT_DONE)
			return rc;
	}
	if (argc - optind > 1)
		return command_usage(&command_init, "give one file at most");
	f->file = optind < argc ? argv[optind] : NULL;
	if (f->file == NULL && argc == 1)
		return command_usage(&command_init, "give a file, or --entity and --zone");
	if ((f->sites_from == NULL) != (f->column == NULL))
		return command_usage(&command_init,
				     "--sites-from FILE.csv and --column NAME go together");
	return EXIT_DONE;
}

/* ---- the wish: both, as protocol messages ---- */

struct wish {
	struct arena *arena;
	char *principal; /* the caller's own */
	char *entity;
	char *zone;
	struct buf sites; /* pointers */
	struct buf providers;
	struct buf sources;
	struct buf principals;
	struct buf retention;
	struct buf targets;
	struct buf feeds;
	const unsigned *revision_window_days;
	const unsigned *grace_working_days;
	const double *materiality_pp;
	Sems__V1__SpdPolicy *spd_policy;
	char *marking;
	char *handling;
	struct err e;
};

static void
wish_init(struct wish *w)
{
	struct buf *all[] = {&w->sites,     &w->providers, &w->sources, &w->principals,
			     &w->retention, &w->targets,   &w->feeds};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		buf_init(all[i], ARENA_BYTES);
}

static void
wish_fini(struct wish *w)
{
	struct buf *all[] = {&w->sites,     &w->providers, &w->sources, &w->principals,
			     &w->retention, &w->targets,   &w->feeds};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		buf_fini(all[i]);
}

static size_t
count(const struct buf *list)
{
	return list->n / sizeof(void *);
}

/* A new message at the end of a list; NULL when memory is out. */
static void *
wish_add(struct wish *w, struct buf *list, const ProtobufCMessageDescriptor *d)
{
	void *m = arena_alloc(w->arena, d->sizeof_message);

	if (m == NULL || !buf_add(list, &m, sizeof m)) {
		err_set(&w->e, TRY_LIMIT, "memory", "out of memory");
		return NULL;
	}
	protobuf_c_message_init(d, m);
	return m;
}

static char *
copy_text(struct wish *w, const char *s)
{
	return s != NULL ? arena_dup(w->arena, s, strlen(s)) : NULL;
}

static void
add_site(struct wish *w, const struct setup_site *s)
{
	Sems__V1__Site *to = wish_add(w, &w->sites, &sems__v1__site__descriptor);
	Sems__V1__Location *made = arena_zalloc(w->arena, s->locations_count + 1, sizeof *made);
	Sems__V1__Location **list = arena_zalloc(w->arena, s->locations_count + 1, sizeof *list);

	if (to == NULL || made == NULL || list == NULL)
		return;
	to->site_id = copy_text(w, s->id);
	to->name = copy_text(w, s->name);
	for (unsigned i = 0; i < s->locations_count; i++) {
		sems__v1__location__init(&made[i]);
		made[i].location_id = copy_text(w, s->locations[i].id);
		made[i].name = copy_text(w, s->locations[i].name);
		list[i] = &made[i];
	}
	to->locations = list;
	to->n_locations = s->locations_count;
}

static void
add_provider(struct wish *w, const struct setup_named *p)
{
	Sems__V1__Provider *to = wish_add(w, &w->providers, &sems__v1__provider__descriptor);

	if (to == NULL)
		return;
	to->provider_id = copy_text(w, p->id);
	to->name = copy_text(w, p->name);
}

static void
add_principal(struct wish *w, const struct setup_principal *p)
{
	Sems__V1__Principal *to = wish_add(w, &w->principals, &sems__v1__principal__descriptor);

	if (to == NULL)
		return;
	to->principal = copy_text(w, p->principal);
	to->role = copy_text(w, p->role);
}

static char **
copy_list(struct wish *w, char *const *list, unsigned n, size_t *out)
{
	static char star[] = "*";
	static char *any[] = {star};
	char **to = arena_zalloc(w->arena, n + 1, sizeof *to);

	if (n == 0 || to == NULL) {
		*out = 1;
		return any;
	}
	for (unsigned i = 0; i < n; i++)
		to[i] = copy_text(w, list[i]);
	*out = n;
	return to;
}

static void
fill_sender(struct wish *w, const struct setup_sender *s, Sems__V1__SenderGrant *to)
{
	sems__v1__sender_grant__init(to);
	to->principal = copy_text(w, s->principal);
	to->kinds = copy_list(w, s->kinds, s->kinds_count, &to->n_kinds);
	to->sites = copy_list(w, s->sites, s->sites_count, &to->n_sites);
}

/* Without a sender, the caller may send: whoever sets a source up will want to try it. */
static void
add_source(struct wish *w, const struct setup_source *s)
{
	struct setup_sender self = {.principal = w->principal};
	const struct setup_sender *senders = s->senders_count > 0 ? s->senders : &self;
	unsigned n = s->senders_count > 0 ? s->senders_count : 1;
	Sems__V1__Source *to = wish_add(w, &w->sources, &sems__v1__source__descriptor);
	Sems__V1__SenderGrant *made = arena_zalloc(w->arena, n, sizeof *made);
	Sems__V1__SenderGrant **list = arena_zalloc(w->arena, n, sizeof *list);

	if (to == NULL || made == NULL || list == NULL)
		return;
	to->source = copy_text(w, s->id);
	to->description = copy_text(w, s->description);
	for (unsigned i = 0; i < n; i++) {
		fill_sender(w, &senders[i], &made[i]);
		list[i] = &made[i];
	}
	to->senders = list;
	to->n_senders = n;
}

static void
add_retention(struct wish *w, const struct setup_retention *p)
{
	Sems__V1__RetentionPolicy *to =
	    wish_add(w, &w->retention, &sems__v1__retention_policy__descriptor);

	if (to == NULL)
		return;
	to->kind = copy_text(w, p->kind);
	to->has_min_months = 1;
	to->min_months = p->min_months;
	to->has_max_months = 1;
	to->max_months = p->max_months;
	to->legal_basis = copy_text(w, p->legal_basis);
}

static void
add_target(struct wish *w, const struct setup_target *t)
{
	Sems__V1__Target *to = wish_add(w, &w->targets, &sems__v1__target__descriptor);

	if (to == NULL)
		return;
	to->metric = copy_text(w, t->metric);
	to->has_value = 1;
	to->value = t->value;
	to->approved_by = copy_text(w, t->approved_by);
	to->from_quarter = copy_text(w, t->from_quarter);
}

static void
add_feed(struct wish *w, const struct setup_feed *f)
{
	Sems__V1__ExpectedFeed *to = wish_add(w, &w->feeds, &sems__v1__expected_feed__descriptor);

	if (to == NULL)
		return;
	to->source = copy_text(w, f->source);
	to->kind = copy_text(w, f->kind);
	to->site = copy_text(w, f->site);
	to->has_every_hours = 1;
	to->every_hours = f->every_hours;
	to->from_day = copy_text(w, f->from_day);
	to->until_day = copy_text(w, f->until_day);
}

static void
add_policy(struct wish *w, const struct setup_policy *p)
{
	Sems__V1__SpdPolicy *to = arena_zalloc(w->arena, 1, sizeof *to);

	if (p == NULL || to == NULL)
		return;
	sems__v1__spd_policy__init(to);
	to->approval = copy_text(w, p->approval);
	to->declared_by = copy_text(w, p->declared_by);
	to->declared_on = copy_text(w, p->declared_on);
	w->spd_policy = to;
}

static void
add_file(struct wish *w, const struct setup *s)
{
	w->entity = copy_text(w, s->entity);
	w->zone = copy_text(w, s->zone);
	w->revision_window_days = s->revision_window_days;
	w->grace_working_days = s->grace_working_days;
	w->materiality_pp = s->materiality_pp;
	w->marking = copy_text(w, s->marking);
	w->handling = copy_text(w, s->handling);
	add_policy(w, s->spd_policy);
	for (unsigned i = 0; i < s->sites_count; i++)
		add_site(w, &s->sites[i]);
	for (unsigned i = 0; i < s->providers_count; i++)
		add_provider(w, &s->providers[i]);
	for (unsigned i = 0; i < s->sources_count; i++)
		add_source(w, &s->sources[i]);
	for (unsigned i = 0; i < s->principals_count; i++)
		add_principal(w, &s->principals[i]);
	for (unsigned i = 0; i < s->retention_count; i++)
		add_retention(w, &s->retention[i]);
	for (unsigned i = 0; i < s->targets_count; i++)
		add_target(w, &s->targets[i]);
	for (unsigned i = 0; i < s->feeds_count; i++)
		add_feed(w, &s->feeds[i]);
}

/* "LHX=Terminal 1" in two; the name is NULL without '='. */
static struct setup_named
split(struct wish *w, const char *flag)
{
	char *id = copy_text(w, flag);
	char *equals = id != NULL ? strchr(id, '=') : NULL;

	if (equals != NULL)
		*equals = '\0';
	return (struct setup_named){id, equals != NULL ? equals + 1 : NULL};
}

static void
add_flags(struct wish *w, const struct flags *f)
{
	struct setup_sender senders[FLAGS_MAX];

	if (f->entity != NULL)
		w->entity = f->entity;
	if (f->zone != NULL)
		w->zone = f->zone;
	for (unsigned i = 0; i < f->n_sites; i++) {
		struct setup_named n = split(w, f->sites[i]);

		add_site(w, &(struct setup_site){.id = n.id, .name = n.name});
	}
	for (unsigned i = 0; i < f->n_providers; i++) {
		struct setup_named n = split(w, f->providers[i]);

		add_provider(w, &n);
	}
	for (unsigned i = 0; i < f->n_senders; i++)
		senders[i] = (struct setup_sender){.principal = f->senders[i]};
	for (unsigned i = 0; i < f->n_sources; i++)
		add_source(w, &(struct setup_source){.id = f->sources[i],
						     .senders = senders,
						     .senders_count = f->n_senders});
	for (unsigned i = 0; i < f->n_roles; i++) {
		struct setup_named n = split(w, f->roles[i]);

		if (n.name == NULL)
			err_set(&w->e, FATAL_CONFIG, "role", "--role %s: write PRINCIPAL=ROLE",
				f->roles[i]);
		add_principal(w, &(struct setup_principal){n.id, n.name});
	}
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
keep_node(void *node)
{
	(void)node; /* the arena's */
}

static enum code
add_rows(struct wish *w, struct sheet *sheet, const struct flags *f, struct err *e)
{
	struct sheet_row row;
	struct expr_file file;
	size_t column;
	void *seen = NULL;
	enum sheet_status status = sheet_next(sheet, &row, e);

	file = (struct expr_file){.names = row.cells, .n = row.n};
	if (status != SHEET_ROW || !expr_find_column(&file, text_of(f->column), &column))
		return err_set(e, REJ_FIELD, "column", "%s has no column '%s'", f->sites_from,
			       f->column);
	while ((status = sheet_next(sheet, &row, e)) != SHEET_END) {
		char *id = NULL;
		void **found;

		if (status == SHEET_ROW && column < row.n && row.cells[column].n > 0)
			id = arena_dup(w->arena, row.cells[column].s, row.cells[column].n);
		found = id != NULL ? tsearch(id, &seen, compare_names) : NULL;
		if (found != NULL && *found == id && strcmp(id, f->column) != 0)
			add_site(w, &(struct setup_site){.id = id});
	}
	tdestroy(seen, keep_node);
	return OK;
}

static enum code
add_sites_from(struct wish *w, const struct flags *f, struct err *e)
{
	struct sheet *sheet = NULL;
	enum code rc;

	if (f->sites_from == NULL)
		return OK;
	rc = sheet_open(f->sites_from, ',', NULL, &sheet, e);
	if (rc == OK)
		rc = add_rows(w, sheet, f, e);
	sheet_close(sheet);
	return rc;
}

/* ---- asking ---- */

static enum code
ask(struct client *c, Sems__V1__SetupRequest *setup, struct err *e)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	struct buf answer;
	enum code rc;

	request.body_case = SEMS__V1__REQUEST__BODY_SETUP;
	request.setup = setup;
	buf_init(&answer, ANSWER_BYTES);
	rc = client_ask(c, &request, &answer, e);
	buf_fini(&answer);
	return rc;
}

#define LIST(setup, member, list)                    \
	do {                                         \
		(setup)->member = (void *)(list)->p; \
		(setup)->n_##member = count(list);   \
	} while (0)

/* The entity first, then the sites in pieces, last what refers to them. */
static enum code
ask_all(struct client *c, const struct wish *w, struct err *e)
{
	Sems__V1__SetupRequest first = SEMS__V1__SETUP_REQUEST__INIT;
	Sems__V1__SetupRequest last = SEMS__V1__SETUP_REQUEST__INIT;
	size_t n = count(&w->sites);
	enum code rc;

	first.entity = w->entity;
	first.zone = w->zone;
	if (w->revision_window_days != NULL) {
		first.has_revision_window_days = 1;
		first.revision_window_days = *w->revision_window_days;
	}
	if (w->grace_working_days != NULL) {
		first.has_grace_working_days = 1;
		first.grace_working_days = *w->grace_working_days;
	}
	if (w->materiality_pp != NULL) {
		first.has_materiality_pp = 1;
		first.materiality_pp = *w->materiality_pp;
	}
	first.spd_policy = w->spd_policy;
	first.marking = w->marking;
	first.handling = w->handling;
	LIST(&first, providers, &w->providers);
	LIST(&first, principals, &w->principals);
	rc = ask(c, &first, e);
	for (size_t i = 0; rc == OK && i < n; i += CHUNK) {
		Sems__V1__SetupRequest piece = SEMS__V1__SETUP_REQUEST__INIT;

		piece.sites = (Sems__V1__Site **)(void *)w->sites.p + i;
		piece.n_sites = n - i < CHUNK ? n - i : CHUNK;
		rc = ask(c, &piece, e);
	}
	LIST(&last, sources, &w->sources);
	LIST(&last, retention, &w->retention);
	LIST(&last, targets, &w->targets);
	LIST(&last, feeds, &w->feeds);
	if (rc != OK || last.n_sources + last.n_retention + last.n_targets + last.n_feeds == 0)
		return rc;
	return ask(c, &last, e);
}

/* "NAME[3]" and what follows it; false: the path does not go on so. */
static bool
take_index(const char **path, const char *name, size_t *index)
{
	size_t n = strlen(name);
	char *end;

	if (strncmp(*path, name, n) != 0)
		return false;
	*index = strtoul(*path + n, &end, 10);
	*path = end;
	return true;
}

/* The sender a refusal is about, when it is that nobody registered it; else NULL. */
static const char *
unregistered(const struct wish *w, const struct err *e)
{
	const Sems__V1__Source *const *list = (const void *)w->sources.p;
	const char *path = e->where;
	size_t source = 0;
	size_t sender = 0;

	if (e->code != REJ_FIELD || !take_index(&path, "sources[", &source) ||
	    !take_index(&path, "].senders[", &sender) || strcmp(path, "].principal") != 0)
		return NULL;
	if (source >= count(&w->sources) || sender >= list[source]->n_senders)
		return NULL;
	return list[source]->senders[sender]->principal;
}

/*
 * A sender named by an option and not known yet gets the least role, device; the caller keeps its
 * own. One known already is left as it is, so its role is not asked for beforehand.
 */
static enum code
ask_with_senders(struct client *c, struct wish *w, struct err *e)
{
	const Sems__V1__Welcome *me = client_welcome(c);
	const char *last = NULL;
	enum code rc = ask_all(c, w, e);

	while (rc != OK) {
		const char *sender = unregistered(w, e);
		bool self =
		    sender != NULL && me->principal != NULL && strcmp(sender, me->principal) == 0;

		if (sender == NULL || (last != NULL && strcmp(sender, last) == 0))
			return rc;
		last = sender;
		add_principal(w, &(struct setup_principal){
				     copy_text(w, sender),
				     self && me->role != NULL ? me->role : (char[]){"device"}});
		rc = ask_all(c, w, e);
	}
	return rc;
}

static void
print_done(const struct options *o, const struct client *c, const struct wish *w)
{
	const Sems__V1__Welcome *welcome = client_welcome(c);
	const char *entity = w->entity != NULL ? w->entity : welcome->entity;
	const char *zone = w->zone != NULL ? w->zone : welcome->zone;

	if (o->quiet)
		return;
	printf("%s (%s) is set up: %zu sites, %zu providers, %zu sources, %zu roles, %zu retention "
	       "policies, %zu "
	       "targets named\n",
	       entity != NULL ? entity : "", zone != NULL ? zone : "", count(&w->sites),
	       count(&w->providers), count(&w->sources), count(&w->principals),
	       count(&w->retention), count(&w->targets));
}

static int
init(const struct options *o, const struct flags *f, const struct setup *file, struct client *c)
{
	struct wish w = {.arena = arena_new(ARENA_BYTES)};
	struct zone zone;
	struct err e = {.code = OK};
	int rc;

	wish_init(&w);
	if (w.arena == NULL)
		return EXIT_FAULT;
	w.principal = client_welcome(c)->principal;
	if (file != NULL)
		add_file(&w, file);
	add_flags(&w, f);
	if (w.e.code != OK) {
		rc = command_fail(&w.e);
	} else if (add_sites_from(&w, f, &e) != OK) {
		fprintf(stderr, "semsctl: %s\n", e.text);
		rc = EXIT_USAGE;
	} else if (w.zone != NULL && !zone_open(w.zone, &zone)) {
		rc = command_usage(&command_init,
				   "there is no time zone '%s': use a name such as Europe/London",
				   w.zone);
	} else if ((file == NULL ? ask_with_senders(c, &w, &e) : ask_all(c, &w, &e)) != OK) {
		rc = command_fail(&e);
	} else {
		print_done(o, c, &w);
		rc = EXIT_DONE;
	}
	wish_fini(&w);
	arena_free(w.arena);
	return rc;
}

static int
run(const struct options *o, int argc, char **argv)
{
	struct flags f = {0};
	struct client *c = NULL;
	void *file = NULL;
	struct err e;
	int rc = parse(&f, argc, argv);

	if (rc != EXIT_DONE)
		return rc;
	if (f.file != NULL && yamlfile_load(f.file, &schema, &file, &e) != OK) {
		fprintf(stderr, "semsctl: %s\n", e.text);
		return EXIT_USAGE;
	}
	rc = client_open(o->address, &c, &e) == OK ? init(o, &f, file, c) : command_fail(&e);
	client_close(c);
	yamlfile_free(&schema, file);
	return rc;
}

const struct command command_init = {
    .name = "init",
    .summary = "the entity, its sites, sources, roles, retention and targets",
    .help = help,
    .run = run,
};
