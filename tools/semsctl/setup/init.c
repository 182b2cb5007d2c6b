#include "tools/semsctl/setup/init.h"

#include "base/count.h"
#include "client/client.h"
#include "tools/semsctl/setup/setup_wish.h"
#include "tools/time/zone.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    "  -r, --role PRINCIPAL=ROLE device, supervisor, tester, auditor, compliance, manager,\n"
    "                            admin or gateway; may be repeated\n"
    "  -P, --person PRINCIPAL='NAME, POST'  who that is, printed where they sign, e.g.\n"
    "                            unix:rita='Rita Novak, Quality Manager'; may be repeated\n"
    "      --is PRINCIPAL=PERSON which person that is, e.g. cert:sems:person/rita=rita\n"
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
    "    - {principal: \"unix:anna\", role: compliance, name: Anna Example, post: Compliance,\n"
    "       person: anna}\n"
    "  retention:\n"
    "    - {kind: tip_event, min_months: 12, max_months: 36, legal_basis: policy SP-12}\n"
    "  revision_window_days: 120   # a submitted quarter's evidence is kept that long\n"
    "  spd_policy: {approval: APPROVER_DIFFERS, declared_by: A. Example, declared_on: 2026-01-15}\n"
    "  marking: OFFICIAL-SENSITIVE # of every SPD from now on; SECRET and above is refused\n"
    "  handling: For the accountable manager and the regulator only\n"
    "                              # and corrections: ONE_PERSON, where there is no second\n"
    "  correction_alone_hours: 24  # after receipt one person may correct what makes no figure "
    "better\n"
    "  grace_working_days: 10      # late records are waited for after a quarter's end\n"
    "  materiality_pp: 1           # a figure that changes by more proposes a revision\n"
    "  targets:\n"
    "    - {metric: OUT03, value: 0.8, approved_by: Security Manager, from_quarter: 2026-Q2}\n"
    "    - {metric: QL01, of: OVERT, value: 0.9, approved_by: Security Manager,\n"
    "       from_quarter: 2026-Q2} # the mode, of what is counted apart by it\n"
    "    - {metric: QN14, low: 0.01, high: 0.03, approved_by: Security Manager,\n"
    "       from_quarter: 2026-Q2} # the ends of a band, of what has one\n"
    "  not_applicable:             # what is none of your business; applies: true takes it back\n"
    "    - {metric: QN16, reason: no lane has TIP, declared_by: A. Example, from_quarter: "
    "2026-Q2}\n"
    "  feeds:                      # who should send what, and how long it may be silent\n"
    "    - {source: xray-1, kind: tip_event, site: LHX, every_hours: 24, from_day: 2026-01-15}\n"
    "  rebases:                    # from a Monday on a chart's limits are of their own\n"
    "    - {metric: OUT03, first_day: 2026-08-10, reason: New machines at LHX,\n"
    "       approved_by: Security Manager}   # withdrawn: true takes it back\n"
    "\n"
    "Exit status: 0 done, 2 the command line or file is wrong, 3 no daemon or no database, 4\n"
    "refused.\n"
    "\n"
    "Example:\n"
    "  semsctl init --entity 'Example Airport' --zone Europe/London --site LHX='Terminal 1' \\\n"
    "      --source xray-1\n";

/* ---- the command line ---- */

struct flags {
	char *entity;
	char *zone;
	char *sites[FLAGS_MAX];
	char *providers[FLAGS_MAX];
	char *sources[FLAGS_MAX];
	char *senders[FLAGS_MAX];
	char *roles[FLAGS_MAX];
	char *persons[FLAGS_MAX];
	unsigned n_sites;
	unsigned n_providers;
	unsigned n_sources;
	unsigned n_senders;
	unsigned n_roles;
	unsigned n_persons;
	char *same[FLAGS_MAX];
	unsigned n_same;
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
	    {'r', NULL, f->roles, &f->n_roles},     {'P', NULL, f->persons, &f->n_persons},
	    {'I', NULL, f->same, &f->n_same},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		if (table[i].opt != opt)
			continue;
		if (table[i].list != NULL)
			return add_flag(table[i].list, table[i].n, optarg);
		*table[i].one = optarg;
		return EXIT_DONE;
	}
	return EXIT_USAGE;
}

static const struct option longs[] = {
    {"entity", required_argument, NULL, 'e'}, {"zone", required_argument, NULL, 'z'},
    {"site", required_argument, NULL, 's'},   {"sites-from", required_argument, NULL, 'F'},
    {"column", required_argument, NULL, 'C'}, {"provider", required_argument, NULL, 'p'},
    {"source", required_argument, NULL, 'S'}, {"sender", required_argument, NULL, 'u'},
    {"role", required_argument, NULL, 'r'},   {"person", required_argument, NULL, 'P'},
    {"is", required_argument, NULL, 'I'},     {NULL, 0, NULL, 0},
};

static int
parse(struct flags *f, int argc, char **argv)
{
	int opt;

	while ((opt = command_option(&command_init, argc, argv)) != -1) {
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

/* "LHX=Terminal 1" in two; the name is NULL without '='. */
static struct setup_named
split(struct setup_wish *w, const char *flag)
{
	char *id = setup_wish_text(w, flag);
	char *equals = id != NULL ? strchr(id, '=') : NULL;

	if (equals != NULL)
		*equals = '\0';
	return (struct setup_named){id, equals != NULL ? equals + 1 : NULL};
}

/* "unix:rita=Rita Novak, Quality Manager": what is behind the last comma is the post. */
static void
add_person(struct setup_wish *w, const char *flag)
{
	struct setup_named n = split(w, flag);
	char *comma = n.name != NULL ? strrchr(n.name, ',') : NULL;
	char *post = NULL;

	if (n.name == NULL) {
		err_set(&w->e, FATAL_CONFIG, "person",
			"--person %s: write PRINCIPAL='NAME, POST', as in unix:rita='Rita Novak, "
			"Quality Manager'",
			flag);
		return;
	}
	if (comma != NULL) {
		*comma = '\0';
		post = comma + 1 + strspn(comma + 1, " ");
	}
	setup_wish_principal(
	    w, &(struct setup_principal){.principal = n.id, .name = n.name, .post = post});
}

static void
add_flags(struct setup_wish *w, const struct flags *f)
{
	struct setup_sender senders[FLAGS_MAX];

	if (f->entity != NULL)
		w->entity = f->entity;
	if (f->zone != NULL)
		w->zone = f->zone;
	for (unsigned i = 0; i < f->n_sites; i++) {
		struct setup_named n = split(w, f->sites[i]);

		setup_wish_site(w, &(struct setup_site){.id = n.id, .name = n.name});
	}
	for (unsigned i = 0; i < f->n_providers; i++) {
		struct setup_named n = split(w, f->providers[i]);

		setup_wish_provider(w, &n);
	}
	for (unsigned i = 0; i < f->n_senders; i++)
		senders[i] = (struct setup_sender){.principal = f->senders[i]};
	for (unsigned i = 0; i < f->n_sources; i++)
		setup_wish_source(w, &(struct setup_source){.id = f->sources[i],
							    .senders = senders,
							    .senders_count = f->n_senders});
	for (unsigned i = 0; i < f->n_roles; i++) {
		struct setup_named n = split(w, f->roles[i]);

		if (n.name == NULL)
			err_set(&w->e, FATAL_CONFIG, "role", "--role %s: write PRINCIPAL=ROLE",
				f->roles[i]);
		setup_wish_principal(w,
				     &(struct setup_principal){.principal = n.id, .role = n.name});
	}
	for (unsigned i = 0; i < f->n_persons; i++)
		add_person(w, f->persons[i]);
	for (unsigned i = 0; i < f->n_same; i++) {
		struct setup_named n = split(w, f->same[i]);

		if (n.name == NULL)
			err_set(&w->e, FATAL_CONFIG, "is", "--is %s: write PRINCIPAL=PERSON",
				f->same[i]);
		setup_wish_principal(
		    w, &(struct setup_principal){.principal = n.id, .person = n.name});
	}
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

#define LIST(setup, member, list)                             \
	do {                                                  \
		(setup)->member = (void *)(list)->p;          \
		(setup)->n_##member = setup_wish_count(list); \
	} while (0)

/* The entity first, then the sites in pieces, last what refers to them. */
static enum code
ask_all(struct client *c, const struct setup_wish *w, struct err *e)
{
	Sems__V1__SetupRequest first = SEMS__V1__SETUP_REQUEST__INIT;
	Sems__V1__SetupRequest last = SEMS__V1__SETUP_REQUEST__INIT;
	size_t n = setup_wish_count(&w->sites);
	enum code rc;

	first.entity = w->entity;
	first.zone = w->zone;
	if (w->revision_window_days != NULL) {
		first.has_revision_window_days = 1;
		first.revision_window_days = *w->revision_window_days;
	}
	if (w->correction_alone_hours != NULL) {
		first.has_correction_alone_hours = 1;
		first.correction_alone_hours = *w->correction_alone_hours;
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
	LIST(&last, not_applicable, &w->not_applicable);
	LIST(&last, feeds, &w->feeds);
	LIST(&last, rebases, &w->rebases);
	if (rc != OK || last.n_sources + last.n_retention + last.n_targets + last.n_feeds +
				last.n_rebases + last.n_not_applicable ==
			    0)
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
unregistered(const struct setup_wish *w, const struct err *e)
{
	const Sems__V1__Source *const *list = (const void *)w->sources.p;
	const char *path = e->where;
	size_t source = 0;
	size_t sender = 0;

	if (e->code != REJ_FIELD || !take_index(&path, "sources[", &source) ||
	    !take_index(&path, "].senders[", &sender) || strcmp(path, "].principal") != 0)
		return NULL;
	if (source >= setup_wish_count(&w->sources) || sender >= list[source]->n_senders)
		return NULL;
	return list[source]->senders[sender]->principal;
}

/*
 * A sender named by an option and not known yet gets the least role, device; one whom only a file
 * names may be a slip of the pen. The caller, who sends where nobody else is named, keeps its own.
 * One known already is left as it is, so its role is not asked for beforehand.
 */
static enum code
ask_with_senders(struct client *c, struct setup_wish *w, bool in_file, struct err *e)
{
	const Sems__V1__Welcome *me = client_welcome(c);
	const char *last = NULL;
	enum code rc = ask_all(c, w, e);

	while (rc != OK) {
		const char *sender = unregistered(w, e);
		bool self =
		    sender != NULL && me->principal != NULL && strcmp(sender, me->principal) == 0;

		if (sender == NULL || (in_file && !self) ||
		    (last != NULL && strcmp(sender, last) == 0))
			return rc;
		last = sender;
		setup_wish_principal(
		    w, &(struct setup_principal){
			   .principal = setup_wish_text(w, sender),
			   .role = self && me->role != NULL ? me->role : (char[]){"device"}});
		rc = ask_all(c, w, e);
	}
	return rc;
}

/* What was named, in words: "2 sites, 1 source". Nothing of a kind that was not. */
static void
print_named(const struct setup_wish *w)
{
	const struct {
		size_t n;
		const char *one;
		const char *many;
	} named[] = {
	    {setup_wish_count(&w->sites), "site", "sites"},
	    {setup_wish_count(&w->providers), "provider", "providers"},
	    {setup_wish_count(&w->sources), "source", "sources"},
	    {setup_wish_count(&w->principals), "role", "roles"},
	    {setup_wish_count(&w->retention), "retention policy", "retention policies"},
	    {setup_wish_count(&w->targets), "target", "targets"},
	    {setup_wish_count(&w->not_applicable), "metric that does not apply",
	     "metrics that do not apply"},
	    {setup_wish_count(&w->feeds), "feed", "feeds"},
	    {setup_wish_count(&w->rebases), "rebase", "rebases"},
	};
	const char *before = ": ";

	for (size_t i = 0; i < COUNT(named); i++) {
		if (named[i].n == 0)
			continue;
		printf("%s%zu %s", before, named[i].n,
		       named[i].n == 1 ? named[i].one : named[i].many);
		before = ", ";
	}
}

static void
print_done(const struct options *o, const struct client *c, const struct setup_wish *w)
{
	const Sems__V1__Welcome *welcome = client_welcome(c);
	const char *entity = w->entity != NULL ? w->entity : welcome->entity;
	const char *zone = w->zone != NULL ? w->zone : welcome->zone;

	if (o->quiet)
		return;
	printf("%s (%s) is set up", entity != NULL ? entity : "", zone != NULL ? zone : "");
	print_named(w);
	printf("\n");
}

/* A name that nobody has here is likely a slip of the pen: nobody could sign in by it. */
static void
warn_strangers(const struct setup_wish *w)
{
	static const char local[] = "unix:";

	const Sems__V1__Principal *const *list = (const void *)w->principals.p;

	for (size_t i = 0; i < setup_wish_count(&w->principals); i++) {
		const char *name = list[i]->principal;

		if (strncmp(name, local, sizeof local - 1) != 0 ||
		    getpwnam(name + sizeof local - 1) != NULL)
			continue;
		fprintf(stderr,
			"semsctl: this machine has no account '%s': nobody can be %s before it has "
			"one\n",
			name + sizeof local - 1, name);
	}
}

static int
init(const struct options *o, const struct flags *f, const struct setup *file, struct client *c)
{
	struct setup_wish w;
	struct zone zone;
	struct err e = {.code = OK};
	int rc;

	if (!setup_wish_init(&w)) {
		setup_wish_fini(&w);
		return EXIT_FAULT;
	}
	w.principal = client_welcome(c)->principal;
	if (file != NULL)
		setup_wish_file(&w, file);
	add_flags(&w, f);
	if (w.e.code != OK) {
		rc = command_fail(&w.e);
	} else if (f->sites_from != NULL &&
		   setup_wish_sites_from(&w, f->sites_from, f->column, &e) != OK) {
		fprintf(stderr, "semsctl: %s\n", e.text);
		rc = EXIT_USAGE;
	} else if (w.zone != NULL && !zone_open(w.zone, &zone)) {
		rc = command_usage(&command_init,
				   "there is no time zone '%s': use a name such as Europe/London",
				   w.zone);
	} else if (ask_with_senders(c, &w, file != NULL, &e) != OK) {
		rc = command_fail(&e);
	} else {
		print_done(o, c, &w);
		warn_strangers(&w);
		rc = EXIT_DONE;
	}
	setup_wish_fini(&w);
	return rc;
}

int
init_take(const struct options *o, const struct setup *s)
{
	const struct flags none = {0};
	struct client *c = NULL;
	struct err e;
	int rc = client_open(o->address, &c, &e) == OK ? init(o, &none, s, c) : command_fail(&e);

	client_close(c);
	return rc;
}

static int
run(const struct options *o, int argc, char **argv)
{
	struct flags f = {0};
	struct client *c = NULL;
	struct setup *file = NULL;
	struct err e;
	int rc = parse(&f, argc, argv);

	if (rc != EXIT_DONE)
		return rc;
	if (f.file != NULL && setup_file_load(f.file, &file, &e) != OK) {
		fprintf(stderr, "semsctl: %s\n", e.text);
		return EXIT_USAGE;
	}
	rc = client_open(o->address, &c, &e) == OK ? init(o, &f, file, c) : command_fail(&e);
	client_close(c);
	setup_file_free(file);
	return rc;
}

const struct command command_init = {
    .options = longs,
    .letters = "e:z:s:p:S:u:r:P:",
    .name = "init",
    .summary = "the entity, its sites, sources, roles, retention and targets",
    .help = help,
    .run = run,
};
