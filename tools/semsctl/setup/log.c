/* semsctl log: who came, asked and changed what; and whether nobody altered what stands there. */
#include "base/buf.h"
#include "base/count.h"
#include "base/digest.h"
#include "base/json/jsonin.h"
#include "base/text.h"
#include "client/ask.h"
#include "tools/semsctl/command.h"
#include "tools/terminal/listing.h"
#include "tools/terminal/screen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE       100
#define CHAIN_PAGE 1000
#define LINK_MAX   64u /* bytes of what a digest is of, before the line */

struct wish {
	Sems__V1__LogRequest about;
	const char *head; /* NUMBER:SHA256, as a document or semsd's log has it; NULL: none */
	int verifies;
	int is_all;
	int as_json;
};

static const struct listing_column columns[] = {
    {"number", ">No."},       {"at", "When"},   {"who", "Who"},    {"person", "Person"},
    {"gateway", "By way of"}, {"what", "What"}, {"subject", "Of"}, {"reason", "Why"},
    {"was", "Was"},           {"is", "Is"},
};

/* {"name":"T1","site_id":"x"} as name T1, site_id x: what changed, or all of it. */
static void
put_words(json_t *entry, const char *key, const json_t *other)
{
	json_t *o = json_object_get(entry, key);
	char words[LISTING_CELL];
	const char *name;
	json_t *value;
	size_t n = 0;

	if (!json_is_object(o))
		return;
	words[0] = '\0';
	json_object_foreach(o, name, value)
	{
		char cell[LISTING_CELL];

		if (json_is_null(value) ||
		    (json_is_object(other) && json_equal(value, json_object_get(other, name))))
			continue;
		listing_cell(value, cell);
		text_print(words + n, sizeof words - n, "%s%s %s", n == 0 ? "" : ", ", name, cell);
		n = strlen(words);
	}
	json_object_set_new(entry, key, json_string(words));
}

static void
print_page(json_t *entries, int color)
{
	json_t *one;
	size_t i;

	json_array_foreach(entries, i, one)
	{
		json_t *was = json_deep_copy(json_object_get(one, "was"));

		put_words(one, "was", json_object_get(one, "is"));
		put_words(one, "is", was);
		json_decref(was);
	}
	listing_table(entries, columns, COUNT(columns), color, stdout);
}

static enum code
fetch(const struct options *o, struct wish *w, json_t **page, struct err *e)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;

	request.body_case = SEMS__V1__REQUEST__BODY_LOG;
	request.log = &w->about;
	return ask(o->address, &request, page, e);
}

static json_int_t
next_of(const json_t *page)
{
	return json_integer_value(json_object_get(page, "next"));
}

static int
list(const struct options *o, struct wish *w)
{
	json_t *all = json_array();
	json_int_t next;
	struct err e;
	enum code rc;

	do {
		json_t *page = NULL;

		rc = fetch(o, w, &page, &e);
		next = next_of(page);
		json_array_extend(all, json_object_get(page, "entries"));
		json_decref(page);
		w->about.has_after = 1;
		w->about.after = (uint64_t)next;
	} while (rc == OK && w->is_all && next > 0);
	if (rc == OK) {
		screen_page();
		if (w->as_json) {
			json_dumpf(all, stdout, JSON_INDENT(2));
			putchar('\n');
		} else {
			print_page(all, o->color);
		}
		if (!w->as_json && json_array_size(all) == 0)
			puts("No such entry.");
		if (!w->as_json && next > 0)
			puts("There are older ones: --all shows them, --since and --what some.");
	}
	json_decref(all);
	return rc == OK ? EXIT_DONE : command_fail(&e);
}

/* --- verifying -------------------------------------------------------------------------------- */

struct chain {
	json_int_t number; /* of the last link */
	unsigned char sha256[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	bool has_head; /* the one that was asked for is in it */
	const char *fault;
	json_int_t fault_at;
};

/* The digest of a link; false: no memory. */
static bool
link_digest(struct chain *k, struct text line)
{
	struct buf of;
	bool ok;

	buf_init(&of, LINK_MAX + line.n);
	buf_add(&of, k->sha256, SHA256_SIZE);
	buf_add_be64(&of, (uint64_t)k->number);
	buf_add(&of, line.s, line.n);
	ok = !of.failed && sha256(of.p, of.n, k->sha256);
	buf_fini(&of);
	hex_encode(k->sha256, SHA256_SIZE, k->hex);
	return ok;
}

/* False: the chain ends here, broken. */
static bool
take_link(struct chain *k, const json_t *one, const char *head)
{
	const json_t *line = json_object_get(one, "line");
	char whole[2 * SHA256_SIZE + 32];

	k->number++;
	k->fault_at = k->number;
	if (json_integer_value(json_object_get(one, "number")) != k->number)
		k->fault = "is not there: it was removed, or moved";
	else if (!json_is_string(line))
		k->fault = "has lost what it said";
	else if (!link_digest(k, text_of(json_string_value(line))))
		k->fault = "could not be read for want of memory";
	else if (strcmp(k->hex, member_text(one, "sha256")) != 0)
		k->fault = "is not what was written: it was altered, or put in another's place";
	if (k->fault != NULL)
		return false;
	snprintf(whole, sizeof whole, "%lld:%s", (long long)k->number, k->hex);
	k->has_head = k->has_head || (head != NULL && strcmp(whole, head) == 0);
	return true;
}

static int
tell(const struct chain *k, const struct wish *w, json_int_t unlinked)
{
	const json_int_t n = k->fault == NULL ? k->number : k->number - 1;
	const bool lacks = w->head != NULL && !k->has_head;

	if (n > 0)
		printf("%lld entr%s follow%s one another as they were written.\n", (long long)n,
		       n == 1 ? "y" : "ies", n == 1 ? "s" : "");
	if (k->fault != NULL)
		printf("Entry %lld %s. What is behind it proves nothing.\n", (long long)k->fault_at,
		       k->fault);
	else
		printf("The head is %lld:%s.\n", (long long)k->number, k->hex);
	if (lacks)
		printf("%s is no head of this log: entries were removed or altered since it was "
		       "noted, or it is of another.\n",
		       w->head);
	else if (w->head != NULL)
		printf("%s is in it.\n", w->head);
	if (unlinked > 0)
		printf("%lld entr%s beside the chain: of the last minute they are linked soon; one "
		       "that is older was taken out of it.\n",
		       (long long)unlinked, unlinked == 1 ? "y is" : "ies are");
	return k->fault != NULL || lacks ? EXIT_REJECTED : EXIT_DONE;
}

static int
verify(const struct options *o, struct wish *w)
{
	struct chain k = {0};
	json_int_t unlinked = 0;
	json_int_t next;
	struct err e;
	enum code rc;

	w->about.has_chain = w->about.has_limit = w->about.has_after = 1;
	w->about.chain = 1;
	w->about.limit = CHAIN_PAGE;
	w->about.after = 0;
	do {
		json_t *page = NULL;
		json_t *one;
		size_t i;

		rc = fetch(o, w, &page, &e);
		next = next_of(page);
		if (w->about.after == 0)
			unlinked = json_integer_value(json_object_get(page, "unlinked"));
		json_array_foreach(json_object_get(page, "entries"), i, one)
		{
			if (!take_link(&k, one, w->head))
				break;
		}
		json_decref(page);
		w->about.after = (uint64_t)next;
	} while (rc == OK && k.fault == NULL && next > 0);
	return rc == OK ? tell(&k, w, unlinked) : command_fail(&e);
}

/* --- the command ------------------------------------------------------------------------------ */

static const struct option longs[] = {
    {"since", required_argument, NULL, 'S'}, {"until", required_argument, NULL, 'U'},
    {"who", required_argument, NULL, 'W'},   {"what", required_argument, NULL, 't'},
    {"limit", required_argument, NULL, 'n'}, {"all", no_argument, NULL, 'a'},
    {"verify", no_argument, NULL, 'v'},      {"head", required_argument, NULL, 'H'},
    {"json", no_argument, NULL, 'j'},        {NULL, 0, NULL, 0}};

static int
take_limit(struct wish *w, const char *text)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || n == 0 || n > CHAIN_PAGE)
		return command_usage(&command_log, "--limit is a number from 1 to %d", CHAIN_PAGE);
	w->about.limit = (uint32_t)n;
	return EXIT_DONE;
}

static int
parse(struct wish *w, int argc, char **argv)
{
	struct {
		int letter;
		char **text;
	} texts[] = {{'S', &w->about.since},
		     {'U', &w->about.until},
		     {'W', &w->about.who},
		     {'t', &w->about.what}};
	int opt;

	while ((opt = command_option(&command_log, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		for (size_t i = 0; i < COUNT(texts); i++)
			if (texts[i].letter == opt)
				*texts[i].text = optarg;
		if (opt == 'n' && take_limit(w, optarg) != EXIT_DONE)
			return EXIT_USAGE;
		w->is_all |= opt == 'a';
		w->as_json |= opt == 'j';
		w->verifies |= opt == 'v' || opt == 'H';
		if (opt == 'H')
			w->head = optarg;
	}
	if (optind != argc)
		return command_usage(&command_log, "takes no argument '%s'", argv[optind]);
	return EXIT_DONE;
}

static int
run(const struct options *o, int argc, char **argv)
{
	struct wish w = {.about = SEMS__V1__LOG_REQUEST__INIT};
	int status;

	w.about.has_limit = 1;
	w.about.limit = PAGE;
	status = parse(&w, argc, argv);
	if (status != EXIT_DONE)
		return status;
	return w.verifies ? verify(o, &w) : list(o, &w);
}

const struct command command_log = {
    .options = longs,
    .letters = "aj",
    .name = "log",
    .summary = "the access log: who did what, and whether it is whole",
    .help =
	"Usage: semsctl log [--since DAY] [--until DAY] [--who WHO] [--what WHAT] [--limit N]\n"
	"       semsctl log --verify [--head NUMBER:SHA256]\n"
	"\n"
	"Lists the newest entries of the access log: every change of what is set up, with what "
	"was\n"
	"and what is; steps of an SPD's life; what was decided about refused records; devices and\n"
	"keys; what retention dropped; exports, and figures or tests that were shown for a "
	"reason.\n"
	"Records are not in it. For compliance and admins.\n"
	"\n"
	"--verify reads all of it, computes each entry's digest from the one before, and names "
	"the\n"
	"first that was altered, removed or moved. Who removes the newest entries leaves a chain\n"
	"that is whole: --head asks for one that was noted elsewhere, as in a frozen SPD or in "
	"the\n"
	"line log.head of semsd's own log.\n"
	"\n"
	"Options:\n"
	"      --since DAY    from this day on, in the entity's zone, or from an instant on\n"
	"      --until DAY    to the end of this day, or before an instant\n"
	"      --who WHO      a principal or a person's name\n"
	"      --what WHAT    how it is called, or how that begins, e.g. register. or spd.approve\n"
	"      --limit N      so many, not 100; 1000 at most\n"
	"  -a, --all          all of them\n"
	"      --verify       whether nobody altered it\n"
	"      --head HEAD    whether this head is in it; with what --verify does\n"
	"  -j, --json         as semsd answers it\n"
	"\n"
	"Exit status: 1 when the log was altered, or the head is not in it.\n"
	"\n"
	"Examples:\n"
	"  semsctl log --what register.retention\n"
	"  semsctl log --verify\n",
    .run = run,
};
