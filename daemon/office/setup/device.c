/*
 * Devices that come by HTTP. A code is given to somebody, and exchanged once for what the device
 * shows from then on: a key of its own, or a token. What is secret leaves here once and is kept as
 * a digest; whether a key signed something is looked at by whoever speaks for the device.
 */
#include "base/count.h"
#include "base/digest.h"
#include "base/file/embed.h"
#include "base/json/jsonin.h"
#include "base/log.h"
#include "office/call.h"
#include "office/setup/one_row.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX_BYTES   64
#define POINT_SIZE       65 /* of P-256, uncompressed: 4, x, y */
#define CODE_LETTERS     12 /* of five bits */
#define TOKEN_BYTES      32
#define HEX_SIZE(n)      (2 * (n) + 1)
#define SHA256_HEX       HEX_SIZE(SHA256_SIZE)
#define KEY_ID_BYTES     16
#define CODE_SHOWN_SIZE  (CODE_LETTERS + CODE_LETTERS / 4) /* a dash between each four */
#define DEVICE_NAME_SIZE (NAME_MAX_BYTES + sizeof "device:")

struct device_job {
	struct one_row row;  /* first: what is run */
	bool reloads;        /* who somebody is has changed */
	const char *nothing; /* what is said when there is no row */
	const char *done;    /* what was done, for the log */
	char principal[DEVICE_NAME_SIZE];
	char digest[SHA256_HEX]; /* of code or token */
	char other_digest[SHA256_HEX];
	char key[HEX_SIZE(POINT_SIZE)];
	char key_id[HEX_SIZE(KEY_ID_BYTES)];
	char secret[HEX_SIZE(TOKEN_BYTES)]; /* told once; "": none */
	const char *secret_is;              /* "code", "token" */
};

static void
device_done(struct call *c, json_t *answer, const struct err *e)
{
	struct device_job *d = c->state;

	if (e->code == OK && answer != NULL && d->secret[0] != '\0')
		json_object_set_new(answer, d->secret_is, json_string(d->secret));
	if (e->code == OK && answer != NULL && d->key_id[0] != '\0')
		json_object_set_new(answer, "key_id", json_string(d->key_id));
	wipe(d->secret, sizeof d->secret);
	if (e->code != OK) {
		call_fail_err(c, e);
	} else if (answer == NULL) {
		call_fail(c, ANSWER_NOT_FOUND, "", "%s", d->nothing);
	} else if (d->reloads) {
		log_info("device.changed", KV("principal", member_text(answer, "principal")),
			 KV("by", c->who.principal.s), KV("what", d->done));
		call_reply_reload(c, answer);
	} else {
		call_reply_json(c, answer);
	}
}

static void
run(struct call *c, bool writes, struct statement st)
{
	struct device_job *d = c->state;

	one_row_run(c, &d->row, writes, st, device_done);
}

static bool
digest_hex(struct text t, char hex[SHA256_HEX])
{
	unsigned char digest[SHA256_SIZE];

	if (!sha256(t.s, t.n, digest))
		return false;
	hex_encode(digest, sizeof digest, hex);
	return true;
}

/* --- codes ------------------------------------------------------------------------------------ */

/* Without letters that are taken for each other. */
static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static bool
make_code(char shown[CODE_SHOWN_SIZE])
{
	unsigned char random[CODE_LETTERS];
	size_t n = 0;

	if (!random_bytes(random, sizeof random))
		return false;
	for (size_t i = 0; i < sizeof random; i++) {
		if (i != 0 && i % 4 == 0)
			shown[n++] = '-';
		shown[n++] = letters[random[i] & 31];
	}
	shown[n] = '\0';
	return true;
}

/* As people type it: dashes and blanks are nothing, small letters are large ones, and what is taken
 * for another is that. */
static bool
code_digest(const char *typed, char hex[SHA256_HEX])
{
	static const char taken[][2] = {{'O', '0'}, {'I', '1'}, {'L', '1'}};
	char plain[CODE_LETTERS];
	size_t n = 0;

	for (; *typed != '\0'; typed++) {
		char ch = (char)(*typed >= 'a' && *typed <= 'z' ? *typed - 'a' + 'A' : *typed);

		for (size_t i = 0; i < COUNT(taken); i++)
			if (taken[i][0] == ch)
				ch = taken[i][1];
		if (ch == '-' || ch == ' ')
			continue;
		if (n == sizeof plain || strchr(letters, ch) == NULL)
			return false;
		plain[n++] = ch;
	}
	return n == sizeof plain && digest_hex((struct text){plain, n}, hex);
}

/* --- operations ------------------------------------------------------------------------------- */

static bool
take_name(struct call *c, struct device_job *d)
{
	const char *name = c->request.device->name;
	size_t n = name == NULL ? 0 : strlen(name);

	for (size_t i = 0; i < n; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789._-", name[i]) == NULL)
			n = 0;
	if (n == 0 || n > NAME_MAX_BYTES) {
		call_fail(c, ANSWER_INVALID, "name",
			  "give a name of at most %d small letters, digits, dots, dashes and "
			  "underscores",
			  NAME_MAX_BYTES);
		return false;
	}
	snprintf(d->principal, sizeof d->principal, "device:%s", name);
	return true;
}

static void
invite(struct call *c)
{
	struct device_job *d = c->state;

	if (!take_name(c, d))
		return;
	if (!make_code(d->secret) || !code_digest(d->secret, d->digest)) {
		call_fail(c, ANSWER_INTERNAL, "", "no random number is to be had");
		return;
	}
	d->secret_is = "code";
	d->nothing = "";
	d->done = "invited";
	d->reloads = true;
	run(c, true,
	    (struct statement){embed_text("sql/queries/setup/device_invite.sql"),
			       3,
			       {d->principal, d->digest, c->who.principal.s}});
}

static void
revoke(struct call *c)
{
	struct device_job *d = c->state;

	if (!take_name(c, d))
		return;
	d->nothing = "there is no such device";
	d->done = "revoked";
	d->reloads = true;
	run(c, true,
	    (struct statement){embed_text("sql/queries/setup/device_revoke.sql"),
			       2,
			       {d->principal, c->who.principal.s}});
}

static void
list(struct call *c)
{
	struct device_job *d = c->state;

	d->nothing = "";
	run(c, false,
	    (struct statement){embed_text("sql/queries/setup/device_list.sql"), 0, {NULL}});
}

static bool
take_key(struct call *c, struct device_job *d)
{
	const struct text key = c->request.device->public_key;
	unsigned char digest[SHA256_SIZE];

	if (key.n != POINT_SIZE || key.s[0] != 4 || !sha256(key.s, key.n, digest)) {
		call_fail(c, ANSWER_INVALID, "public_key",
			  "is no point of P-256, uncompressed, of %d bytes", POINT_SIZE);
		return false;
	}
	hex_encode((const unsigned char *)key.s, key.n, d->key);
	hex_encode(digest, KEY_ID_BYTES, d->key_id);
	return true;
}

static bool
take_token(struct call *c, struct device_job *d)
{
	unsigned char random[TOKEN_BYTES];
	bool good = random_bytes(random, sizeof random);

	hex_encode(random, sizeof random, d->secret);
	d->secret_is = "token";
	if (good && digest_hex(text_of(d->secret), d->other_digest))
		return true;
	call_fail(c, ANSWER_INTERNAL, "", "no random number is to be had");
	return false;
}

static void
enrol(struct call *c)
{
	const struct device_request *q = c->request.device;
	struct device_job *d = c->state;
	bool has_key = q->public_key.n != 0;

	if (q->code == NULL || !code_digest(q->code, d->digest)) {
		call_fail(c, ANSWER_INVALID, "code", "is no code: it has %d letters and digits",
			  CODE_LETTERS);
		return;
	}
	if (has_key ? !take_key(c, d) : !take_token(c, d))
		return;
	d->nothing = "the code is unknown, was used, or its hour is over: get another one";
	d->done = "enrolled";
	d->reloads = true;
	run(c, true,
	    (struct statement){embed_text("sql/queries/setup/device_enrol.sql"),
			       4,
			       {d->digest, has_key ? d->key_id : NULL, has_key ? d->key : NULL,
				has_key ? NULL : d->other_digest}});
}

static void
know(struct call *c)
{
	const struct device_request *q = c->request.device;
	struct device_job *d = c->state;
	bool has_id = q->key_id != NULL && q->key_id[0] != '\0';

	if (has_id == (q->token_sha256.n != 0) || (!has_id && q->token_sha256.n != SHA256_SIZE)) {
		call_fail(c, ANSWER_INVALID, "key_id",
			  "give a key's id, or a token's digest of %d bytes", SHA256_SIZE);
		return;
	}
	if (!has_id)
		hex_encode((const unsigned char *)q->token_sha256.s, q->token_sha256.n, d->digest);
	d->nothing = "nobody is known by this, or not any more";
	run(c, true,
	    (struct statement){
		embed_text("sql/queries/setup/device_know.sql"),
		3,
		{has_id ? q->key_id : NULL, has_id ? NULL : d->digest, q->seen ? "1" : "0"}});
}

void
admin_device(struct call *c)
{
	static const struct {
		enum device_op op;
		enum right right;
		void (*handle)(struct call *c);
	} operations[] = {
	    {DEVICE_OP_INVITE, RIGHT_INVITE_DEVICES, invite},
	    {DEVICE_OP_REVOKE, RIGHT_INVITE_DEVICES, revoke},
	    {DEVICE_OP_LIST, RIGHT_SEE_DEVICES, list},
	    {DEVICE_OP_ENROL, RIGHT_RECOGNISE_DEVICES, enrol},
	    {DEVICE_OP_KNOW, RIGHT_RECOGNISE_DEVICES, know},
	};

	c->state = arena_zalloc(c->arena, 1, sizeof(struct device_job));
	if (c->state == NULL) {
		call_fail_memory(c);
		return;
	}
	for (size_t i = 0; i < COUNT(operations); i++) {
		if (operations[i].op != c->request.device->operation)
			continue;
		if (right_has(c->who.role, operations[i].right))
			operations[i].handle(c);
		else
			call_forbid(c, "operation", operations[i].right);
		return;
	}
	call_fail(c, ANSWER_INVALID, "operation",
		  "is none; the operations are those of DeviceOperation");
}
