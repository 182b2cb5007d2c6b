#include "tools/import/build.h"
#include "tools/semsctl/record/amend.h"

#include <stdio.h>
#include <string.h>

#define SETS_MAX    64
#define ARENA_BYTES (4u * 1024u * 1024u)

static const char help[] =
    "Usage: semsctl correct KIND SOURCE RECORD_ID --set FIELD=VALUE... --reason TEXT\n"
    "\n"
    "Corrects a stored record: sends a new one that replaces it in every figure. The old one\n"
    "stays, with its history. Fields not named keep their value; of a record that is corrected\n"
    "already, those of its latest correction. FIELD is a field's name or the path of one in a\n"
    "list (criteria.2.result); an empty VALUE takes the field away.\n"
    "\n"
    "Options:\n"
    "  -s, --set FIELD=VALUE   may be given many times\n"
    "  -r, --reason TEXT       why; required\n"
    "  -b, --by PERSON         who makes the correction\n"
    "  -z, --zone ZONE         the zone of local times (default: the entity's)\n"
    "\n"
    "Exit status: 0 done, 1 semsd did not take it, 2 the command line is wrong, 3 no daemon or\n"
    "no database, 4 refused (no such record, role).\n"
    "\n"
    "Example:\n"
    "  semsctl correct tip_event xray-1 01968f3c-8c00-8d11-9f00-7c1a2b3c4d5e \\\n"
    "      --set outcome=MISS_TIMEOUT --reason 'logged as hit by mistake'\n";

struct change {
	const char *sets[SETS_MAX];
	int n;
	const char *reason;
	const char *by;
	const char *zone;
};

static const struct option longs[] = {
    {"set", required_argument, NULL, 's'},
    {"reason", required_argument, NULL, 'r'},
    {"by", required_argument, NULL, 'b'},
    {"zone", required_argument, NULL, 'z'},
    {NULL, 0, NULL, 0},
};

static int
parse(struct change *c, int argc, char **argv)
{
	int opt;

	while ((opt = command_option(&command_correct, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		if (opt == 'r')
			c->reason = optarg;
		else if (opt == 'b')
			c->by = optarg;
		else if (opt == 'z')
			c->zone = optarg;
		else if (c->n == SETS_MAX)
			return command_usage(&command_correct, "at most %d fields at once",
					     SETS_MAX);
		else
			c->sets[c->n++] = optarg;
	}
	if (argc - optind != 3)
		return command_usage(&command_correct, "give KIND, SOURCE and RECORD_ID");
	if (c->reason == NULL || c->n == 0)
		return command_usage(&command_correct, "give --set FIELD=VALUE and --reason TEXT");
	return EXIT_DONE;
}

static enum code
set_field(struct builder *b, struct record *r, const char *set, struct err *e)
{
	const char *equals = strchr(set, '=');
	struct target t;
	struct value *v;
	enum code rc;

	if (equals == NULL || equals == set)
		return err_set(e, FATAL_CONFIG, "set", "--set %s: write FIELD=VALUE", set);
	rc = build_target(r->kind, (struct text){set, (size_t)(equals - set)}, &t, e);
	if (rc != OK)
		return rc;
	v = build_value(b, r, &t);
	if (v == NULL)
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	*v = (struct value){.set = false};
	/* Anew: a time of another precision must not keep the old one's. */
	if (t.index == ENV_OCCURRED_AT)
		r->v[ENV_PRECISION].set = false;
	return equals[1] == '\0' ? OK : build_put(b, r, &t, text_of(equals + 1), e);
}

static enum code
make(struct builder *b, const struct kind *k, const struct stored *s, const struct change *c,
     struct record *r, struct err *e)
{
	json_t *fields = amend_fields(k, b->arena, s->record);
	enum code rc = build_start(b, k, r) ? build_json(b, r, fields, e)
					    : err_set(e, TRY_LIMIT, "memory", "out of memory");

	json_decref(fields);
	for (int i = 0; rc == OK && i < c->n; i++)
		rc = set_field(b, r, c->sets[i], e);
	if (rc != OK)
		return rc;
	if (c->by != NULL)
		r->v[ENV_RECORDED_BY] = (struct value){.set = true, .text = text_of(c->by)};
	build_finish(r);
	if (!r->v[ENV_OCCURRED_AT].set)
		return err_set(e, FATAL_CONFIG, "occurred_at", "a record needs its occurred_at");
	return amend_envelope(r, s, c->reason)
		   ? OK
		   : err_set(e, FATAL_BUG, "record_id", "no random numbers");
}

static int
correct(const struct options *o, struct client *client, const struct change *c, char **args,
	struct arena *a)
{
	const struct kind *k = kind_by_name(text_of(args[0]));
	struct builder b = {.arena = a};
	struct stored s = {0};
	struct record r;
	struct zone zone;
	struct err e = {.code = OK};
	enum code rc;
	int status;

	if (k == NULL)
		return usage_of_kind(&command_correct, args[0]);
	if (zone_open(c->zone != NULL ? c->zone : client_welcome(client)->zone, &zone))
		b.zones = (struct when_zones){&zone, &zone};
	else if (c->zone != NULL)
		return command_usage(&command_correct, "there is no time zone '%s'", c->zone);
	rc = amend_fetch(client, k->name, args[1], args[2], &s, &e);
	if (rc == OK && s.is_voided)
		rc = err_set(&e, REJ_STATE, "", "the record is void: send it anew instead");
	if (rc != OK) {
		status = command_fail(&e);
	} else if (make(&b, k, &s, c, &r, &e) != OK) {
		fprintf(stderr, "semsctl: %s\n", e.text);
		status = EXIT_USAGE;
	} else {
		status = amend_send(o, client, &r, "corrected");
	}
	amend_release(&s);
	return status;
}

static int
run(const struct options *o, int argc, char **argv)
{
	struct change c = {0};
	struct client *client = NULL;
	struct arena *a;
	struct err e;
	int rc = parse(&c, argc, argv);

	if (rc != EXIT_DONE)
		return rc;
	if (client_open(o->address, &client, &e) != OK)
		return command_fail(&e);
	a = arena_new(ARENA_BYTES);
	rc = a != NULL ? correct(o, client, &c, argv + optind, a) : EXIT_FAULT;
	arena_free(a);
	client_close(client);
	return rc;
}

const struct command command_correct = {
    .options = longs,
    .letters = "s:r:b:z:",
    .name = "correct",
    .summary = "replace a stored record, with a reason",
    .help = help,
    .run = run,
};
