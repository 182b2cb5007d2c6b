#include "core/jsonin.h"
#include "tools/lib/build.h"
#include "tools/semsctl/amend.h"

#include <getopt.h>
#include <stdio.h>

#define ARENA_BYTES (1024u * 1024u)

static const char help[] =
    "Usage: semsctl void SOURCE RECORD_ID --reason TEXT --by PERSON --authorised-by PERSON\n"
    "\n"
    "Takes a stored record and its corrections out of every figure. Nothing is deleted: the void\n"
    "is a record itself, with its reason and two different persons.\n"
    "\n"
    "Options:\n"
    "  -r, --reason TEXT            why; required\n"
    "  -b, --by PERSON              who voids; required\n"
    "  -a, --authorised-by PERSON   who agreed; required, another person\n"
    "  -k, --kind KIND              the record's kind (default: looked for)\n"
    "\n"
    "Exit status: 0 done, 1 semsd did not take it, 2 the command line is wrong, 3 no daemon or\n"
    "no database, 4 refused (no such record, role).\n"
    "\n"
    "Example:\n"
    "  semsctl void xray-1 01968f3c-8c00-8d11-9f00-7c1a2b3c4d5e --reason 'training session' \\\n"
    "      --by S-104 --authorised-by M-007\n";

struct order {
	const char *reason;
	const char *by;
	const char *authorised_by;
	const char *kind;
};

static int
parse(struct order *v, int argc, char **argv)
{
	static const struct option longs[] = {
	    {"reason", required_argument, NULL, 'r'},
	    {"by", required_argument, NULL, 'b'},
	    {"authorised-by", required_argument, NULL, 'a'},
	    {"kind", required_argument, NULL, 'k'},
	    {NULL, 0, NULL, 0},
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "r:b:a:k:", longs, NULL)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		if (opt == 'r')
			v->reason = optarg;
		else if (opt == 'b')
			v->by = optarg;
		else if (opt == 'a')
			v->authorised_by = optarg;
		else
			v->kind = optarg;
	}
	if (argc - optind != 2)
		return command_usage(&command_void, "give SOURCE and RECORD_ID");
	if (v->reason == NULL || v->by == NULL || v->authorised_by == NULL)
		return command_usage(&command_void, "give --reason, --by and --authorised-by");
	return EXIT_DONE;
}

/* The void stands at the instant of the record it voids, and goes when that goes. */
static enum code
make(struct builder *b, const struct stored *s, const struct order *v, struct record *r,
     struct err *e)
{
	const char *site = member_maybe(s->record, "site_id");
	struct target authorised_by;
	enum code rc = build_target(kinds[KIND_VOID], TEXT_LIT("authorised_by"), &authorised_by, e);

	if (rc != OK || !build_start(b, kinds[KIND_VOID], r))
		return rc != OK ? rc : err_set(e, TRY_LIMIT, "memory", "out of memory");
	r->v[ENV_OCCURRED_AT] = (struct value){.set = true, .i = uuid_time(&s->root_id).v};
	r->v[ENV_RECORDED_BY] = (struct value){.set = true, .text = text_of(v->by)};
	if (site != NULL)
		r->v[ENV_SITE_ID] = (struct value){.set = true, .text = text_of(site)};
	rc = build_put(b, r, &authorised_by, text_of(v->authorised_by), e);
	if (rc == OK && !amend_envelope(r, s, v->reason))
		rc = err_set(e, FATAL_BUG, "record_id", "no random numbers");
	return rc;
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
	status = rc == OK ? amend_send(o, client, &r, "voided") : command_fail(&e);
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
    .name = "void",
    .summary = "take a record out of every figure, with a reason and two persons",
    .help = help,
    .run = run,
};
