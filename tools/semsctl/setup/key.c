/* semsctl key: the public halves of the keys that sign what is frozen and exported. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "client/ask.h"
#include "tools/semsctl/command.h"
#include "tools/terminal/listing.h"

#include <string.h>

static const struct listing_column columns[] = {{"number", ">No"},
						{"key_id", "Key"},
						{"registered", "Registered"},
						{"algorithm", "Algorithm"},
						{"public_key", "Public key"}};

static int
print_pem(const json_t *answer, const char *id)
{
	const json_t *keys = json_object_get(answer, "keys");
	const json_t *one;
	size_t i;

	json_array_foreach(keys, i, one)
	{
		const char *have = member_maybe(one, "key_id");

		if (have != NULL && strcmp(have, id) == 0) {
			fputs(member_text(one, "pem"), stdout);
			return EXIT_DONE;
		}
	}
	fprintf(stderr, "semsctl: there is no key %s: see semsctl key list\n", id);
	return EXIT_REFUSED;
}

static void
print_keys(const struct options *o, const json_t *answer, bool made)
{
	const char *signs = member_text(answer, "signs");

	listing_table(json_object_get(answer, "keys"), columns, COUNT(columns), o->color, stdout);
	if (signs[0] == '\0')
		puts("None signs now: copy the key of the semsd that signs, or semsctl key "
		     "register.");
	else
		printf("%s signs now.\n", signs);
	if (made && !o->quiet)
		printf("Publish it where those who check can find it: semsctl key show %s\n",
		       signs);
}

static const struct option longs[] = {{"json", no_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};

static int
run(const struct options *o, int argc, char **argv)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__KeyRequest key = SEMS__V1__KEY_REQUEST__INIT;
	const char *action;
	json_t *answer = NULL;
	struct err e;
	int as_json = 0;
	int status = EXIT_DONE;
	int opt;

	while ((opt = command_option(&command_key, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		as_json = 1;
	}
	action = optind < argc ? argv[optind] : "list";
	if (command_find_sub(&command_key, action) == NULL)
		return command_unknown_sub(&command_key, action);
	if (strcmp(action, "show") == 0 ? optind + 2 != argc : optind + 1 < argc)
		return command_usage(&command_key, "list, new, register, or show and which");
	key.has_make_new = 1;
	key.make_new = strcmp(action, "new") == 0;
	key.has_register_newest = 1;
	key.register_newest = strcmp(action, "register") == 0;
	request.body_case = SEMS__V1__REQUEST__BODY_KEY;
	request.key = &key;
	if (ask(o->address, &request, &answer, &e) != OK)
		return command_fail(&e);
	if (strcmp(action, "show") == 0) {
		status = print_pem(answer, argv[optind + 1]);
	} else if (as_json) {
		json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
		putchar('\n');
	} else {
		print_keys(o, answer, key.make_new != 0);
	}
	json_decref(answer);
	return status;
}

static const struct sub subs[] = {
    {"list", "[--json]", "Which keys there are, and which one signs.", "semsctl key list"},
    {"show", "ID", "A public key as PEM, for those who check.",
     "semsctl key show 21fe31dfa154a261 >published.pem"},
    {"new", "", "Makes the key that signs from now on.", "semsctl key new"},
    {"register", "", "Lets the newest key of this semsd sign.", "semsctl key register"},
};

static const struct sub *
sub_at(size_t i)
{
	return i < COUNT(subs) ? &subs[i] : NULL;
}

const struct command command_key = {
    .sub = sub_at,
    .options = longs,
    .letters = "",
    .name = "key",
    .summary = "the keys that sign what is frozen and exported",
    .help =
	"semsd signs each frozen document, and each bundle that is exported, with an Ed25519 key\n"
	"that is a file in its folder of keys and never in the database. `list` says which keys\n"
	"there are and which one signs; `show` prints a public key (PEM) for those who check;\n"
	"`new` makes the key that signs from now on. A key signs only when the database's "
	"register\n"
	"has it: that of the semsd that started first, and what `new` and `register` put there;\n"
	"`register` is for the newest key of this semsd. What older keys signed stays good as long "
	"as\n"
	"their .pub files stay in the folder.\n"
	"\n"
	"      --json            the answer as JSON\n"
	"\n"
	"Examples:\n"
	"  semsctl key\n"
	"  semsctl key show 21fe31dfa154a261 >published.pem\n",
    .run = run,
};
