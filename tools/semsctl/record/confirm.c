/* semsctl confirm: the second person's word on a correction or a void. */
#include "base/json/jsonin.h"
#include "core/kind/enums.h"
#include "tools/import/build.h"
#include "tools/import/identity.h"
#include "tools/semsctl/record/amend.h"
#include "tools/semsctl/record/pending.h"

#include <stdio.h>
#include <string.h>

#define ARENA_BYTES (256u * 1024u)

struct wish {
	struct pending_filter filter;
	const char *reason;
	int is_all;
	int declines;
	char **ids; /* which; none: all of the filter */
	int n_ids;
};

static int
is_meant(const struct wish *d, const json_t *one)
{
	const char *id = member_text(one, "record_id");

	for (int i = 0; i < d->n_ids; i++)
		if (strcasecmp(d->ids[i], id) == 0)
			return 1;
	return d->is_all;
}

/* It stands at the instant of what it decides on. */
static enum code
make(struct builder *b, const struct wish *d, const json_t *one, struct record *r, struct err *e)
{
	const struct kind *k = kinds[KIND_CONFIRMATION];
	struct text id = text_of(member_text(one, "record_id"));
	struct uuid confirms;

	if (!uuid_parse(id, &confirms))
		return err_set(e, FATAL_BUG, "record_id", "semsd's answer names no record");
	if (!build_start(b, k, r))
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	r->v[ENV_SOURCE] = (struct value){.set = true, .text = text_of(member_text(one, "source"))};
	r->v[ENV_OCCURRED_AT] = (struct value){.set = true, .i = uuid_time(&confirms).v};
	r->v[kind_field_index(k, TEXT_LIT("confirms_record_id"))] =
	    (struct value){.set = true, .uuid = confirms};
	r->v[kind_field_index(k, TEXT_LIT("decision"))] =
	    (struct value){.set = true, .i = d->declines ? DECISION_DECLINED : DECISION_CONFIRMED};
	r->v[kind_field_index(k, TEXT_LIT("decided_at"))] =
	    (struct value){.set = true, .i = amend_now().v};
	if (d->reason != NULL)
		r->v[kind_field_index(k, TEXT_LIT("decision_reason"))] =
		    (struct value){.set = true, .text = text_of(d->reason)};
	return identity_set_random(r) ? OK
				      : err_set(e, FATAL_BUG, "record_id", "no random numbers");
}

static int
decide_one(const struct options *o, struct client *c, const struct wish *d, const json_t *one)
{
	struct builder b = {.arena = arena_new(ARENA_BYTES)};
	struct record r;
	struct err e = {.code = OK};
	int status;

	if (b.arena == NULL || make(&b, d, one, &r, &e) != OK)
		status = command_fail(&e);
	else
		status = amend_send(o, c, &r, d->declines ? "declined" : "confirmed");
	arena_free(b.arena);
	return status;
}

static int
decide(const struct options *o, struct client *c, const struct wish *d)
{
	json_t *pending = NULL;
	struct err e;
	size_t i;
	json_t *one;
	size_t done = 0;
	int status = EXIT_DONE;

	if (pending_fetch(c, &d->filter, &pending, &e) != OK) {
		json_decref(pending);
		return command_fail(&e);
	}
	json_array_foreach(pending, i, one)
	{
		if (status != EXIT_DONE || !is_meant(d, one))
			continue;
		if (!o->quiet)
			printf("%s of %s, by %s: ",
			       json_is_true(json_object_get(one, "is_void")) ? "Void"
									     : "Correction",
			       member_text(json_object_get(one, "root"), "record_id"),
			       member_text(one, "made_by"));
		fflush(stdout);
		status = decide_one(o, c, d, one);
		done += status == EXIT_DONE;
	}
	json_decref(pending);
	if (status == EXIT_DONE && d->n_ids > 0 && done < (size_t)d->n_ids) {
		fprintf(stderr, "semsctl: %zu of %d wait; semsctl pending lists what does\n", done,
			d->n_ids);
		return EXIT_REFUSED;
	}
	return status;
}

static const struct option longs[] = {
    {"all", no_argument, NULL, 'a'},          {"decline", no_argument, NULL, 'd'},
    {"source", required_argument, NULL, 's'}, {"made-by", required_argument, NULL, 'm'},
    {"reason", required_argument, NULL, 'r'}, {NULL, 0, NULL, 0}};

static int
parse(struct wish *d, int argc, char **argv)
{
	int opt;

	while ((opt = command_option(&command_confirm, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		if (opt == 'a')
			d->is_all = 1;
		else if (opt == 'd')
			d->declines = 1;
		else if (opt == 's')
			d->filter.source = optarg;
		else if (opt == 'm')
			d->filter.made_by = optarg;
		else
			d->reason = optarg;
	}
	d->ids = argv + optind;
	d->n_ids = argc - optind;
	if (d->is_all == (d->n_ids > 0))
		return command_usage(&command_confirm,
				     "name records of `semsctl pending`, or say --all");
	return EXIT_DONE;
}

static int
run(const struct options *o, int argc, char **argv)
{
	struct wish d = {0};
	struct client *client = NULL;
	struct err e;
	int status = parse(&d, argc, argv);

	if (status != EXIT_DONE)
		return status;
	if (client_open(o->address, &client, &e) != OK)
		return command_fail(&e);
	status = decide(o, client, &d);
	client_close(client);
	return status;
}

const struct command command_confirm = {
    .options = longs,
    .letters = "ads:m:r:",
    .name = "confirm",
    .summary = "let a correction or a void of somebody else take effect, or decline it",
    .help =
	"Usage: semsctl confirm RECORD_ID... [--decline] [--reason TEXT]\n"
	"       semsctl confirm --all [--source SOURCE] [--made-by PRINCIPAL] [--decline]\n"
	"\n"
	"Decides on corrections and voids that `semsctl pending` lists. Takes the role "
	"compliance,\n"
	"manager or admin, and another principal than the one that sent them: what one confirms\n"
	"of one's own stays as it is. The latest decision counts.\n"
	"\n"
	"Options:\n"
	"  -a, --all                all that wait, of the source and principal given\n"
	"  -s, --source SOURCE      only of records of this source\n"
	"  -m, --made-by PRINCIPAL  only those that this principal sent\n"
	"  -d, --decline            they stay without effect\n"
	"  -r, --reason TEXT        why\n"
	"\n"
	"Example:\n"
	"  semsctl confirm 01968f3c-8c00-8d11-9f00-7c1a2b3c4d5e\n",
    .run = run,
};
