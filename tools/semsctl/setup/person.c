/* semsctl person: people who come by HTTP, and the passkeys that sign them in. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "client/ask.h"
#include "tools/semsctl/command.h"
#include "tools/semsctl/setup/identity.h"
#include "tools/terminal/listing.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define OP(name) SEMS__V1__PASSKEY_OPERATION__PASSKEY_OPERATION_##name

static const struct listing_column passkey_columns[] = {
    {"passkey", "Number"},
    {"principal", "Person"},
    {"name", "Passkey"},
    {"state", "State"},
    {"since", "Since"},
    {"last_used_at", "Last used"},
    {"went_back_at", "Went back"},
    {"revoked_at", "Revoked"},
    {"revoked_by", "Revoked by"},
};

static const struct listing_column invitation_columns[] = {
    {"principal", "Invited"}, {"until", "Until"}, {"invited_by", "By"}};

static void
print_passkeys(const struct options *o, const json_t *answer, const char *web)
{
	const json_t *passkeys = json_object_get(answer, "passkeys");
	const json_t *invitations = json_object_get(answer, "invitations");

	(void)web;
	if (json_array_size(passkeys) == 0)
		puts("There are no passkeys: semsctl person invite web:NAME");
	listing_table(passkeys, passkey_columns, COUNT(passkey_columns), o->color, stdout);
	if (json_array_size(invitations) != 0)
		putchar('\n');
	listing_table(invitations, invitation_columns, COUNT(invitation_columns), o->color, stdout);
}

/* The secret stands behind #, which browsers keep to themselves. */
static void
print_invitation(const struct options *o, const json_t *answer, const char *web)
{
	size_t n = strlen(web);

	(void)o;
	while (n > 0 && web[n - 1] == '/')
		n--;
	printf("%.*s/invite#%s\n\nIt registers one passkey of %s, once, until %s.\n", (int)n, web,
	       member_text(answer, "link"), member_text(answer, "principal"),
	       member_text(answer, "until"));
	if (n == 0)
		puts("Put the address of semsweb before it; --web URL does.");
}

static void
print_revoked(const struct options *o, const json_t *answer, const char *web)
{
	(void)o;
	(void)web;
	printf("\"%s\" of %s is revoked since %s: it signs nobody in any more. If a link was "
	       "open, it is closed, too: invite anew.\n",
	       member_text(answer, "name"), member_text(answer, "principal"),
	       member_text(answer, "revoked_at"));
}

static const struct word {
	const char *word;
	Sems__V1__PasskeyOperation what;
	int least, most; /* what follows it */
	void (*print)(const struct options *o, const json_t *answer, const char *web);
} words[] = {
    {"passkeys", OP(LIST), 0, 1, print_passkeys},
    {"invite", OP(INVITE), 1, 1, print_invitation},
    {"revoke-passkey", OP(REVOKE), 1, 1, print_revoked},
};

static bool
take_number(const char *typed, Sems__V1__PasskeyRequest *q)
{
	char *end = NULL;

	if (typed == NULL)
		return false;
	errno = 0;
	q->passkey = strtoull(typed, &end, 10);
	q->has_passkey = 1;
	return typed[0] >= '0' && typed[0] <= '9' && *end == '\0' && errno == 0;
}

static int
do_word(const struct options *o, const struct word *w, char *given, const char *web, bool as_json)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__PasskeyRequest q = SEMS__V1__PASSKEY_REQUEST__INIT;
	json_t *answer = NULL;
	struct err e;

	q.has_operation = 1;
	q.operation = w->what;
	if (w->what != OP(REVOKE))
		q.principal = given;
	else if (!take_number(given, &q))
		return command_usage(&command_person,
				     "revoke-passkey takes a number, as semsctl person passkeys "
				     "has it");
	request.body_case = SEMS__V1__REQUEST__BODY_PASSKEY;
	request.passkey = &q;
	if (ask(o->address, &request, &answer, &e) != OK)
		return command_fail(&e);
	if (as_json && json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_SORT_KEYS) == 0)
		putchar('\n');
	else if (!as_json)
		w->print(o, answer, web);
	json_decref(answer);
	return EXIT_DONE;
}

static const struct option longs[] = {{"json", no_argument, NULL, 'j'},
				      {"web", required_argument, NULL, 'W'},
				      {"reason", required_argument, NULL, 'r'},
				      {"out", required_argument, NULL, 'o'},
				      {NULL, 0, NULL, 0}};

static int
run(const struct options *o, int argc, char **argv)
{
	struct identity_wish w = {.o = o};
	const char *web = "";
	const char *word;
	size_t i = 0;
	int opt, given;

	while ((opt = command_option(&command_person, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		if (opt == 'j')
			w.as_json = true;
		else if (opt == 'W')
			web = optarg;
		else
			*(opt == 'r' ? &w.reason : &w.out) = optarg;
	}
	word = optind < argc ? argv[optind++] : words[0].word;
	given = argc - optind;
	if (identity_word(word) != NULL) {
		if (given != 1)
			return command_usage(&command_person, "%s takes one argument", word);
		w.given = argv[optind];
		return identity_word(word)(&w);
	}
	while (i < COUNT(words) && strcmp(words[i].word, word) != 0)
		i++;
	if (i == COUNT(words))
		return command_unknown_sub(&command_person, word);
	if (given < words[i].least || given > words[i].most)
		return command_usage(&command_person, "see what follows %s", word);
	return do_word(o, &words[i], given == 0 ? NULL : argv[optind], web, w.as_json);
}

static const struct sub subs[] = {
    {"passkeys", "[PERSON] [--json]", "Which passkeys sign in whom, and who is invited.",
     "semsctl person passkeys web:rita"},
    {"invite", "PERSON [--web URL] [--json]",
     "A link by which a person registers a passkey, once within an hour.",
     "semsctl person invite web:rita --web https://sems.example:8443"},
    {"revoke-passkey", "NUMBER [--json]", "It signs nobody in any more.",
     "semsctl person revoke-passkey 7"},
    {"note", "FILE",
     "Notes who the identifiers in records belong to: a CSV file or workbook with the columns "
     "person, name and, for who left, until.",
     "semsctl person note staff.csv"},
    {"find", "IDENTIFIER|~PSEUDONYM --reason TEXT [--json]",
     "Who that is, and by which pseudonyms records name him. The access log has it.",
     "semsctl person find ~5b1c7a52f0a3c4de9f60b1827d3e4c55 --reason 'retraining after OUT01'"},
    {"erase", "IDENTIFIER --reason TEXT",
     "Takes somebody out of the map for good: nobody is told again who that was.",
     "semsctl person erase S-1042 --reason 'request of 3 May, left in 2024'"},
    {"export", "IDENTIFIER|~PSEUDONYM --reason TEXT [--out FILE]",
     "All records that name somebody, as JSON: what he may ask for.",
     "semsctl person export S-1042 --reason 'subject access, 3 May' --out S-1042.json"},
};

static const struct sub *
sub_at(size_t i)
{
	return i < COUNT(subs) ? &subs[i] : NULL;
}

const struct command command_person = {
    .sub = sub_at,
    .options = longs,
    .letters = "",
    .name = "person",
    .summary = "people who come by a browser, their passkeys, and who records are about",
    .help = "A person who comes by semsweb is web:NAME, with the role that is given to that name\n"
	    "(semsctl init --role web:rita=auditor --person web:rita=\"Rita Novak, Auditor\").\n"
	    "`invite` makes a link for one, good for an hour; whoever follows it registers a\n"
	    "passkey of his browser, phone or security key, once, and signs in by it from then\n"
	    "on. `revoke-passkey` ends one: who is signed in by it is signed out within half a\n"
	    "minute. \"Went back\" is told of a passkey whose own count did: it may have been\n"
	    "copied.\n"
	    "\n"
	    "Records name people by pseudonyms. `note` keeps, apart from everything else, whose\n"
	    "the identifiers are that senders use; `find`, `export` and `erase` say who is asked\n"
	    "about in the access log, by pseudonym, and why. `erase` waits for no retention, and\n"
	    "is refused while a legal hold is about that person. Whoever left goes from the map\n"
	    "by himself when no record of him can be stored any more.\n"
	    "\n"
	    "      --reason TEXT     why, for the access log: 10 characters or more\n"
	    "      --out FILE        where an export is written; it must not be there\n"
	    "      --web URL         where semsweb is, for the link\n"
	    "      --json            the answer as JSON\n"
	    "\n"
	    "Examples:\n"
	    "  semsctl person passkeys\n"
	    "  semsctl person invite web:rita --web https://sems.example:8443\n"
	    "  semsctl person revoke-passkey 7\n",
    .run = run,
};
