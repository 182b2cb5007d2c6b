/* semsctl retention: what would go, what may not and why; and the run. */
#include "base/count.h"
#include "base/digest.h"
#include "base/json/jsonin.h"
#include "base/sign.h"
#include "client/ask.h"
#include "tools/semsctl/command.h"
#include "tools/semsctl/words.h"
#include "tools/terminal/listing.h"
#include "tools/terminal/screen.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct listing_column columns[] = {
    {"kind", "Kind"},       {"month", "Month"},       {"records", ">Records"},
    {"exact", "Counted"}, /* no: an estimate */
    {"quarter", "Quarter"}, {"decision", "Decision"}, {"dropped", "Dropped"},
    {"why", "Why"},         {"do", "To do"},
};

static int
print_answer(const struct options *o, const json_t *answer, int is_run)
{
	const json_t *months = json_object_get(answer, "months");
	json_int_t may_go = json_integer_value(json_object_get(answer, "may_go"));
	json_int_t dropped = json_integer_value(json_object_get(answer, "dropped"));
	json_t *month;
	size_t i;

	json_array_foreach(months, i, month)
	{
		words_put(month, "do");
	}
	screen_page();
	listing_table(months, columns, COUNT(columns), o->color, stdout);
	if (json_array_size(months) == 0)
		puts("No months are kept: there is nothing to decide about.");
	if (is_run)
		printf("\n%" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT
		       " month%s that may go dropped.\n",
		       dropped, may_go, text_s((uint64_t)may_go));
	else if (may_go > 0)
		printf("\n%" JSON_INTEGER_FORMAT
		       " month%s may go; nothing was removed. `semsctl retention run --yes` "
		       "removes what may.\n",
		       may_go, text_s((uint64_t)may_go));
	else
		puts("\nNothing may go.");
	return EXIT_DONE;
}

/* --- certificates ----------------------------------------------------------------------------- */

static const struct listing_column certificate_columns[] = {
    {"certificate_no", ">No"}, {"kind", "Kind"},        {"month", "Month"},
    {"records", ">Records"},   {"held", ">Held"},       {"dropped_at", "Removed"},
    {"dropped_by", "By"},      {"signature", "Signed"},
};

struct certificates {
	json_t *all;     /* of all pages */
	json_t *missing; /* numbers that the access log has, and the table has not */
	json_t *keys;
};

static void
certificates_fini(struct certificates *c)
{
	json_decref(c->all);
	json_decref(c->missing);
	json_decref(c->keys);
}

static enum code
add_page(struct certificates *c, const json_t *page, struct err *e)
{
	if (!json_is_array(json_object_get(page, "certificates")))
		return err_set(e, FATAL_BUG, "certificates",
			       "semsd's answer is not what it should be");
	json_array_extend(c->all, json_object_get(page, "certificates"));
	json_decref(c->missing);
	json_decref(c->keys);
	c->missing = json_incref(json_object_get(page, "missing"));
	c->keys = json_incref(json_object_get(page, "keys"));
	return OK;
}

/* number: one of them; NULL: all. */
static enum code
fetch(const struct options *o, const uint64_t *number, struct certificates *c, struct err *e)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__RetentionRequest q = SEMS__V1__RETENTION_REQUEST__INIT;
	enum code rc;

	*c = (struct certificates){.all = json_array()};
	q.has_certificates = q.certificates = 1;
	q.has_certificate_no = number != NULL;
	q.certificate_no = number == NULL ? 0 : *number;
	q.has_after = 1;
	request.body_case = SEMS__V1__REQUEST__BODY_RETENTION;
	request.retention = &q;
	do {
		json_t *page = NULL;

		rc = ask(o->address, &request, &page, e);
		if (rc == OK)
			rc = add_page(c, page, e);
		q.after = (uint64_t)json_integer_value(json_object_get(page, "next"));
		json_decref(page);
	} while (rc == OK && q.after != 0 && number == NULL);
	return rc;
}

/* Why a certificate is not what semsd signed; NULL: it is. */
static const char *
fault_of(const json_t *one, const json_t *keys)
{
	const char *statement = member_text(one, "statement");
	const char *key_id = member_text(one, "key_id");
	unsigned char public[SIGN_PUBLIC_SIZE];
	unsigned char signature[SIGN_SIZE];
	char id[SIGN_ID_SIZE];
	const json_t *key;
	size_t i;

	if (key_id[0] == '\0')
		return "it has no signature";
	if (!hex_decode(text_of(member_text(one, "signature")), signature, sizeof signature))
		return "its signature is none";
	json_array_foreach(keys, i, key)
	{
		if (strcmp(member_text(key, "key_id"), key_id) != 0)
			continue;
		if (!hex_decode(text_of(member_text(key, "public_key")), public, sizeof public) ||
		    !sign_key_id(public, id) || strcmp(id, key_id) != 0)
			return "its key is not the one of that id";
		return sign_good(public, statement, strlen(statement), signature)
			   ? NULL
			   : "it is not what was signed: something of it was altered";
	}
	return "its key is not among those that semsd has";
}

static int
verify(const struct options *o)
{
	struct certificates c;
	struct err e;
	size_t bad = 0;
	size_t i;
	json_t *one;
	enum code rc = fetch(o, NULL, &c, &e);

	if (rc != OK) {
		certificates_fini(&c);
		return command_fail(&e);
	}
	json_array_foreach(c.all, i, one)
	{
		const char *fault = fault_of(one, c.keys);

		bad += fault != NULL;
		if (fault != NULL)
			printf("certificate %" JSON_INTEGER_FORMAT ", %s of %s: %s\n",
			       json_integer_value(json_object_get(one, "certificate_no")),
			       member_text(one, "kind"), member_text(one, "month"), fault);
	}
	json_array_foreach(c.missing, i, one)
	{
		printf("certificate %" JSON_INTEGER_FORMAT
		       ": the access log has it, and it is not there any more\n",
		       json_integer_value(one));
	}
	bad += json_array_size(c.missing);
	printf("%zu certificate%s, %zu %s.\n", json_array_size(c.all),
	       text_s(json_array_size(c.all)), bad,
	       bad == 0 ? "bad: each is what semsd signed" : "bad");
	certificates_fini(&c);
	return bad == 0 ? EXIT_DONE : EXIT_REJECTED;
}

static int
show(const struct options *o, const uint64_t *number, bool as_json)
{
	struct certificates c;
	struct err e;
	enum code rc = fetch(o, number, &c, &e);
	json_t *one;
	size_t i;

	if (rc != OK) {
		certificates_fini(&c);
		return command_fail(&e);
	}
	screen_page();
	if (as_json) {
		json_dumpf(c.all, stdout, JSON_INDENT(2));
		putchar('\n');
	} else if (number != NULL) {
		listing_record(json_array_get(c.all, 0), stdout);
	} else {
		json_array_foreach(c.all, i, one)
		{
			json_object_set_new(one, "signature",
					    json_boolean(member_text(one, "key_id")[0] != '\0'));
		}
		listing_table(c.all, certificate_columns, COUNT(certificate_columns), o->color,
			      stdout);
		if (json_array_size(c.all) == 0)
			puts("Nothing was removed so far.");
	}
	certificates_fini(&c);
	return EXIT_DONE;
}

/* --- the words -------------------------------------------------------------------------------- */

struct wish {
	const struct options *o;
	const char *number; /* what follows the word; NULL: nothing */
	bool yes;
	bool as_json;
};

static int
ask_months(const struct wish *w, bool drops)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__RetentionRequest retention = SEMS__V1__RETENTION_REQUEST__INIT;
	json_t *answer = NULL;
	struct err e;
	int status = EXIT_DONE;

	retention.has_run = 1;
	retention.run = drops;
	request.body_case = SEMS__V1__REQUEST__BODY_RETENTION;
	request.retention = &retention;
	if (ask(w->o->address, &request, &answer, &e) != OK)
		return command_fail(&e);
	if (w->as_json) {
		json_dumpf(answer, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		status = print_answer(w->o, answer, drops);
	}
	json_decref(answer);
	return status;
}

static int
run_plan(const struct wish *w)
{
	return ask_months(w, false);
}

static int
run_drop(const struct wish *w)
{
	if (!w->yes)
		return command_usage(
		    &command_retention,
		    "removes records for good: look at `semsctl retention plan`, then say --yes");
	return ask_months(w, true);
}

static int
run_certificates(const struct wish *w)
{
	return show(w->o, NULL, w->as_json);
}

static int
run_show(const struct wish *w)
{
	uint64_t number;
	char *end;

	errno = 0;
	number = strtoull(w->number, &end, 10);
	if (w->number[0] < '0' || w->number[0] > '9' || *end != '\0' || errno != 0)
		return command_usage(
		    &command_retention,
		    "show takes a number, as semsctl retention certificates has it");
	return show(w->o, &number, w->as_json);
}

static int
run_verify(const struct wish *w)
{
	return verify(w->o);
}

static const struct {
	const char *word;
	bool takes_number;
	int (*run)(const struct wish *w);
} words[] = {
    {"plan", false, run_plan},
    {"run", false, run_drop},
    {"certificates", false, run_certificates},
    {"show", true, run_show},
    {"verify", false, run_verify},
};

static const struct option longs[] = {
    {"yes", no_argument, NULL, 'y'}, {"json", no_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};

static int
run(const struct options *o, int argc, char **argv)
{
	struct wish w = {.o = o};
	size_t i = 0;
	int opt;

	while ((opt = command_option(&command_retention, argc, argv)) != -1) {
		if (opt != 'y' && opt != 'j')
			return EXIT_USAGE;
		*(opt == 'y' ? &w.yes : &w.as_json) = true;
	}
	if (optind == argc)
		return command_usage(&command_retention,
				     "say what: plan, run, certificates, show or verify");
	while (i < COUNT(words) && strcmp(words[i].word, argv[optind]) != 0)
		i++;
	if (i == COUNT(words))
		return command_unknown_sub(&command_retention, argv[optind]);
	if (argc - optind - 1 != words[i].takes_number)
		return command_usage(&command_retention, "%s takes %s", words[i].word,
				     words[i].takes_number ? "a certificate's number"
							   : "no argument");
	w.number = argv[optind + 1];
	return words[i].run(&w);
}

static const struct sub subs[] = {
    {"plan", "[--json]", "Every month of every kind with what would become of it, and why.",
     "semsctl retention plan"},
    {"run", "--yes [--json]", "Removes the months that may go, for good.",
     "semsctl retention run --yes"},
    {"certificates", "[--json]", "What was removed, when and by whom, oldest first.",
     "semsctl retention certificates"},
    {"show", "NUMBER [--json]", "All that a certificate says, and its signature.",
     "semsctl retention show 3"},
    {"verify", "",
     "Whether each certificate is what semsd signed, and none that the access log has is gone.",
     "semsctl retention verify"},
};

static const struct sub *
sub_at(size_t i)
{
	return i < COUNT(subs) ? &subs[i] : NULL;
}

const struct command command_retention = {
    .sub = sub_at,
    .options = longs,
    .letters = "y",
    .name = "retention",
    .summary = "what would be removed, what may not and why",
    .help =
	"Lists every month of every kind with the decision and its reason. `run` removes the\n"
	"months that may go, and only those: past the maximum of their kind, their quarters\n"
	"submitted and the revision window over, with no open finding.\n"
	"\n"
	"What is removed is certified: `certificates` lists, `show` prints and `verify` checks\n"
	"what semsd has signed of it.\n"
	"\n"
	"  --yes   it is meant; without it nothing is removed\n"
	"  --json  the answer as it is\n"
	"\n"
	"Example:\n"
	"  semsctl retention plan\n",
    .run = run,
};
