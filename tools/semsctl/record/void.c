#include "base/json/jsonin.h"
#include "tools/import/build.h"
#include "tools/semsctl/record/amend.h"

#include <stdio.h>

#define ARENA_BYTES (1024u * 1024u)

static const char help[] =
    "Usage: semsctl void SOURCE RECORD_ID --reason TEXT\n"
    "\n"
    "Takes a stored record and its corrections out of every figure. Nothing is deleted: the void\n"
    "is a record itself, with its reason and with who was signed in. It waits until somebody else\n"
    "confirms it (semsctl pending, semsctl confirm), unless the entity has declared that one\n"
    "person suffices; until then the record counts as before. Takes the role compliance.\n"
    "\n"
    "Options:\n"
    "  -r, --reason TEXT   why; required\n"
    "  -k, --kind KIND     the record's kind (default: looked for)\n"
    "\n"
    "Exit status: 0 done, 1 semsd did not take it, 2 the command line is wrong, 3 no daemon or\n"
    "no database, 4 refused (no such record, role).\n"
    "\n"
    "Example:\n"
    "  semsctl void xray-1 01968f3c-8c00-8d11-9f00-7c1a2b3c4d5e --reason 'training session'\n";

struct order {
	const char *reason;
	const char *kind;
};

static const struct option longs[] = {
    {"reason", required_argument, NULL, 'r'},
    {"kind", required_argument, NULL, 'k'},
    {NULL, 0, NULL, 0},
};

static int
parse(struct order *v, int argc, char **argv)
{
	int opt;

	while ((opt = command_option(&command_void, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		if (opt == 'r')
			v->reason = optarg;
		else
			v->kind = optarg;
	}
	if (argc - optind != 2)
		return command_usage(&command_void, "give SOURCE and RECORD_ID");
	if (v->reason == NULL)
		return command_usage(&command_void, "give --reason");
	return EXIT_DONE;
}

/* The void stands at the instant of the record it voids, and goes when that goes. */
static enum code
make(struct builder *b, const struct stored *s, const struct order *v, struct record *r,
     struct err *e)
{
	const char *site = member_maybe(s->record, "site_id");

	if (!build_start(b, kinds[KIND_VOID], r))
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	r->v[ENV_OCCURRED_AT] = (struct value){.set = true, .i = uuid_time(&s->root_id).v};
	if (site != NULL)
		r->v[ENV_SITE_ID] = (struct value){.set = true, .text = text_of(site)};
	return amend_envelope(r, s, v->reason)
		   ? OK
		   : err_set(e, FATAL_BUG, "record_id", "no random numbers");
}

static int
void_record(const struct options *o, struct client *client, const struct order *v, char **args,
	    struct arena *a)
{
	struct builder b = {.arena = a};
	struct stored s = {0};
	struct record r;
	struct err e = {.code = OK};
	enum code rc = v->kind != NULL ? amend_fetch(client, v->kind, args[0], args[1], &s, &e)
				       : amend_find(client, args[0], args[1], &s, &e);
	int status;

	if (rc == OK && s.is_voided)
		rc = err_set(&e, REJ_STATE, "", "the record is void already");
	if (rc == OK)
		rc = make(&b, &s, v, &r, &e);
	status = rc == OK ? amend_send(o, client, &r, "void") : command_fail(&e);
	amend_release(&s);
	return status;
}

static int
run(const struct options *o, int argc, char **argv)
{
	struct order v = {0};
	struct client *client = NULL;
	struct arena *a;
	struct err e;
	int rc = parse(&v, argc, argv);

	if (rc != EXIT_DONE)
		return rc;
	if (client_open(o->address, &client, &e) != OK)
		return command_fail(&e);
	a = arena_new(ARENA_BYTES);
	rc = a != NULL ? void_record(o, client, &v, argv + optind, a) : EXIT_FAULT;
	arena_free(a);
	client_close(client);
	return rc;
}

const struct command command_void = {
    .options = longs,
    .letters = "r:k:",
    .name = "void",
    .summary = "take a record out of every figure, with a reason",
    .help = help,
    .run = run,
};
