/*
 * Passkeys of people who come by HTTP. A link is given to a person, and used up once for a passkey
 * of his browser or phone; of the link a digest is kept, of the passkey its public half. Whether a
 * passkey signed something is looked at by whoever speaks for the person.
 */
#include "base/count.h"
#include "base/digest.h"
#include "base/file/embed.h"
#include "base/json/jsonin.h"
#include "base/log.h"
#include "office/setup/one_row.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PERSON_PREFIX  "web:"
#define PRINCIPAL_MAX  127u /* bytes */
#define LINK_BYTES     32   /* random ones */
#define CREDENTIAL_MAX 1023 /* bytes of its id, as WebAuthn has it */
#define KEY_MIN        32   /* bytes of a COSE_Key */
#define KEY_MAX        1024
#define CALLED_MAX     64 /* characters */
#define OF_ONE_PERSON  "10"
#define HEX_SIZE(n)    (2 * (n) + 1)
#define NUMBER_SIZE    24

struct passkey_job {
	struct one_row row;              /* first: what is run */
	const char *nothing;             /* what is said when there is no row */
	const char *done_what;           /* what was done, for the log; NULL: nothing was changed */
	char link[HEX_SIZE(LINK_BYTES)]; /* told once; "": none */
	char digest[HEX_SIZE(SHA256_SIZE)];
	char credential[HEX_SIZE(CREDENTIAL_MAX)];
	char key[HEX_SIZE(KEY_MAX)];
	char number[NUMBER_SIZE];
};

static void
done(struct call *c, json_t *answer, const struct err *e)
{
	struct passkey_job *p = c->state;

	if (e->code == OK && answer != NULL && p->link[0] != '\0')
		json_object_set_new(answer, "link", json_string(p->link));
	wipe(p->link, sizeof p->link);
	if (e->code != OK) {
		call_fail_err(c, e);
		return;
	}
	if (answer == NULL) {
		call_fail(c, ANSWER_NOT_FOUND, "", "%s", p->nothing);
		return;
	}
	if (p->done_what != NULL)
		log_info("passkey.changed", KV("principal", member_text(answer, "principal")),
			 KV("by", c->who.principal.s), KV("what", p->done_what));
	call_reply_json(c, answer);
}

static void
run(struct call *c, const char *done_what, struct statement st)
{
	struct passkey_job *p = c->state;

	p->done_what = done_what;
	one_row_run(c, &p->row, done_what != NULL, st, done);
}

/* --- what is given ---------------------------------------------------------------------------- */

static bool
take_principal(struct call *c)
{
	const char *who = c->request.passkey->principal;
	const size_t before = sizeof PERSON_PREFIX - 1;
	size_t n = who == NULL ? 0 : strlen(who);

	if (n > before && n <= PRINCIPAL_MAX && strncmp(who, PERSON_PREFIX, before) == 0 &&
	    text_is_name((struct text){who + before, n - before}))
		return true;
	call_fail(c, ANSWER_INVALID, "principal",
		  "give a person as web:NAME, of at most %u bytes: only such come by a browser",
		  PRINCIPAL_MAX);
	return false;
}

static bool
take_link(struct call *c, struct passkey_job *p)
{
	const char *link = c->request.passkey->link;
	unsigned char digest[SHA256_SIZE];

	if (link != NULL && strlen(link) == HEX_SIZE(LINK_BYTES) - 1 &&
	    sha256(link, HEX_SIZE(LINK_BYTES) - 1, digest)) {
		hex_encode(digest, sizeof digest, p->digest);
		return true;
	}
	call_fail(c, ANSWER_INVALID, "link", "is no link: it has %d hexadecimal digits",
		  HEX_SIZE(LINK_BYTES) - 1);
	return false;
}

static bool
take_bytes(struct call *c, struct text given, const char *field, size_t least, size_t most,
	   char *hex)
{
	if (given.n < least || given.n > most) {
		call_fail(c, ANSWER_INVALID, field, "has %zu bytes; %zu to %zu are taken", given.n,
			  least, most);
		return false;
	}
	hex_encode((const unsigned char *)given.s, given.n, hex);
	return true;
}

static bool
take_credential(struct call *c, struct passkey_job *p)
{
	return take_bytes(c, c->request.passkey->credential_id, "credential_id", 1, CREDENTIAL_MAX,
			  p->credential);
}

static bool
take_name(struct call *c)
{
	const struct text name = text_of(c->request.passkey->name);
	size_t n = 0;

	/* Of UTF-8 what does not begin a character goes with the one before. */
	for (size_t i = 0; i < name.n; i++)
		n += ((unsigned char)name.s[i] & 0xc0) != 0x80;
	if (n >= 1 && n <= CALLED_MAX && text_is_name(name))
		return true;
	call_fail(c, ANSWER_INVALID, "name",
		  "say what it is called, in 1 to %d characters of one line", CALLED_MAX);
	return false;
}

static void
put_number(struct passkey_job *p, uint64_t n)
{
	snprintf(p->number, sizeof p->number, "%" PRIu64, n);
}

static bool
take_number(struct call *c, struct passkey_job *p)
{
	put_number(p, c->request.passkey->passkey);
	if (c->request.passkey->passkey != 0 && c->request.passkey->passkey <= INT64_MAX)
		return true;
	call_fail(c, ANSWER_INVALID, "passkey", "give its number, as the list has it");
	return false;
}

/* --- operations ------------------------------------------------------------------------------- */

static void
invite(struct call *c, struct passkey_job *p)
{
	unsigned char random[LINK_BYTES];
	unsigned char digest[SHA256_SIZE];

	if (!take_principal(c))
		return;
	if (!random_bytes(random, sizeof random)) {
		call_fail(c, ANSWER_INTERNAL, "", "no random number is to be had");
		return;
	}
	hex_encode(random, sizeof random, p->link);
	wipe(random, sizeof random);
	if (!sha256(p->link, HEX_SIZE(LINK_BYTES) - 1, digest)) {
		call_fail_memory(c);
		return;
	}
	hex_encode(digest, sizeof digest, p->digest);
	p->nothing = "nobody is registered as this person yet: give a role to the name first";
	run(c, "invited",
	    (struct statement){embed_text("sql/queries/setup/passkey_invite.sql"),
			       3,
			       {c->request.passkey->principal, p->digest, c->who.principal.s}});
}

static const char no_link[] =
    "the link is unknown, was used, or its hour is over: have another one made";

static void
look(struct call *c, struct passkey_job *p)
{
	if (!take_link(c, p))
		return;
	p->nothing = no_link;
	run(c, NULL,
	    (struct statement){embed_text("sql/queries/setup/passkey_look.sql"), 1, {p->digest}});
}

static void
enrol(struct call *c, struct passkey_job *p)
{
	const struct passkey_request *q = c->request.passkey;

	if (!take_link(c, p) || !take_credential(c, p) ||
	    !take_bytes(c, q->public_key, "public_key", KEY_MIN, KEY_MAX, p->key) || !take_name(c))
		return;
	put_number(p, q->sign_count);
	p->nothing = "the link is unknown, was used, or its hour is over; or the passkey is "
		     "registered already, or the person has " OF_ONE_PERSON " of them: have "
		     "another link made";
	run(c, "registered",
	    (struct statement){
		embed_text("sql/queries/setup/passkey_register.sql"),
		6,
		{p->digest, p->credential, p->key, p->number, q->name, OF_ONE_PERSON}});
}

static const char nobodys[] = "nobody is known by this passkey, or not any more";

/* By its id, or by its number. */
static void
know(struct call *c, struct passkey_job *p)
{
	const struct passkey_request *q = c->request.passkey;
	const bool by_number = q->passkey != 0 && q->credential_id.n == 0;

	if (by_number ? !take_number(c, p) : !take_credential(c, p))
		return;
	p->nothing = nobodys;
	run(c, NULL,
	    (struct statement){embed_text("sql/queries/setup/passkey_know.sql"),
			       2,
			       {by_number ? NULL : p->credential, by_number ? p->number : NULL}});
}

static void
use(struct call *c, struct passkey_job *p)
{
	if (!take_credential(c, p))
		return;
	put_number(p, c->request.passkey->sign_count);
	p->nothing = nobodys;
	run(c, "used",
	    (struct statement){
		embed_text("sql/queries/setup/passkey_use.sql"), 2, {p->credential, p->number}});
}

static void
list(struct call *c, struct passkey_job *p)
{
	const char *who = c->request.passkey->principal;
	const bool of_one = who != NULL && who[0] != '\0';

	if (of_one && !take_principal(c))
		return;
	p->nothing = "";
	run(c, NULL,
	    (struct statement){
		embed_text("sql/queries/setup/passkey_list.sql"), 1, {of_one ? who : NULL}});
}

static void
revoke(struct call *c, struct passkey_job *p)
{
	if (!take_number(c, p))
		return;
	p->nothing = "there is no such passkey";
	run(c, "revoked",
	    (struct statement){embed_text("sql/queries/setup/passkey_revoke.sql"),
			       2,
			       {p->number, c->who.principal.s}});
}

void
admin_passkey(struct call *c)
{
	static const struct {
		enum passkey_op op;
		enum right right;
		void (*handle)(struct call *c, struct passkey_job *p);
	} operations[] = {
	    {PASSKEY_OP_INVITE, RIGHT_INVITE_PERSONS, invite},
	    {PASSKEY_OP_REVOKE, RIGHT_INVITE_PERSONS, revoke},
	    {PASSKEY_OP_LIST, RIGHT_INVITE_PERSONS, list},
	    {PASSKEY_OP_LOOK, RIGHT_RECOGNISE_PERSONS, look},
	    {PASSKEY_OP_REGISTER, RIGHT_RECOGNISE_PERSONS, enrol},
	    {PASSKEY_OP_KNOW, RIGHT_RECOGNISE_PERSONS, know},
	    {PASSKEY_OP_USE, RIGHT_RECOGNISE_PERSONS, use},
	};
	struct passkey_job *p = arena_zalloc(c->arena, 1, sizeof *p);

	if (p == NULL) {
		call_fail_memory(c);
		return;
	}
	c->state = p;
	for (size_t i = 0; i < COUNT(operations); i++) {
		if (operations[i].op != c->request.passkey->operation)
			continue;
		if (right_has(c->who.role, operations[i].right))
			operations[i].handle(c, p);
		else
			call_forbid(c, "operation", operations[i].right);
		return;
	}
	call_fail(c, ANSWER_INVALID, "operation",
		  "is none; the operations are those of PasskeyOperation");
}
