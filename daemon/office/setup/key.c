/*
 * The keys that sign. One signs only when it is in the database's register, so that of several
 * semsd none signs with a key that nobody knows: to register one is a step of an administrator.
 */
#include "base/beside.h"
#include "base/file/embed.h"
#include "base/log.h"
#include "base/text.h"
#include "host/keyring.h"
#include "office/call.h"

#include <stdio.h>
#include <stdlib.h>

static json_t *
key_json(const struct signer *s)
{
	char hex[2 * SIGN_PUBLIC_SIZE + 1];
	char pem[SIGN_PEM_SIZE];

	hex_encode(s->public, sizeof s->public, hex);
	if (!sign_pem(s->public, pem))
		return NULL;
	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:b}", "key_id", s->id, "algorithm", "Ed25519",
			 "public_key", hex, "pem", pem, "number", (json_int_t)s->number,
			 "registered", s->is_registered);
}

json_t *
call_keys_json(const struct call *c, const char **signs)
{
	const struct signer *list;
	size_t n = keyring_signers(call_keys(c), &list);
	json_t *keys = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(keys, key_json(&list[i]));
	*signs = n == 0 || !list[n - 1].is_registered ? "" : list[n - 1].id;
	return keys;
}

static void
answer(struct call *c)
{
	const char *signs;
	json_t *keys = call_keys_json(c, &signs);

	call_reply_json(c, json_pack("{s:o, s:s}", "keys", keys, "signs", signs));
}

/* --- registering ------------------------------------------------------------------------------ */

struct registering {
	char id[SIGN_ID_SIZE];
	char public[2 * SIGN_PUBLIC_SIZE + 1];
	bool asked;
};

static bool
register_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct registering *r = c->state;

	(void)e;
	if (r->asked)
		return false;
	r->asked = true;
	*st = (struct statement){
	    embed_text("sql/queries/setup/key_register.sql"), 2, {r->id, r->public}};
	return true;
}

static void
register_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct registering *r = c->state;

	if (e->code != OK) {
		call_fail_err(c, e);
		return;
	}
	keyring_register(call_keys(c), r->id);
	log_info("key.registered", KV("key", r->id), KV("by", c->who.principal.s));
	answer(c);
}

static void
register_newest(struct call *c)
{
	struct registering *r = c->state;
	const struct signer *list;
	size_t n = keyring_signers(call_keys(c), &list);
	struct err e;

	if (n == 0) {
		err_set(&e, REJ_STATE, "register",
			"there is no signing key in the folder of keys; key.make makes one");
		action_offer(&e, &(struct todo){.action = ACTION_KEY_MAKE});
		call_fail_err(c, &e);
		return;
	}
	snprintf(r->id, sizeof r->id, "%s", list[n - 1].id);
	hex_encode(list[n - 1].public, SIGN_PUBLIC_SIZE, r->public);
	c->job = (struct job){.ticket = call_ticket(c, LANE_SHORT),
			      .role = DB_ADMIN,
			      .writes = true,
			      .next = register_next,
			      .done = register_done,
			      .ctx = c};
	store_run(call_store(c), &c->job);
}

/* --- making ----------------------------------------------------------------------------------- */

struct making {
	struct task task;
	struct call *call;
	struct signer_file file;
};

static void
run_making(struct task *t)
{
	keyring_make_signer(&((struct making *)t)->file);
}

static void
making_done(struct task *t)
{
	struct making *m = (struct making *)t;
	struct call *c = m->call;
	struct err e;
	enum code code = keyring_take_signer(call_keys(c), &m->file, &e);

	free(t);
	if (code != OK) {
		call_fail_err(c, &e);
		return;
	}
	call_keep(c);
	register_newest(c);
}

static void
make_new(struct call *c)
{
	struct making *m = task_new(sizeof *m);

	if (m == NULL) {
		call_fail_memory(c);
		return;
	}
	m->task.run = run_making;
	m->task.done = making_done;
	m->call = c;
	if (keyring_plan_signer(call_keys(c), &m->file) &&
	    beside_run(store_beside(call_store(c)), &m->task))
		return;
	free(m);
	call_fail(c, ANSWER_UNAVAILABLE, "make_new", "cannot be made now; try again");
}

void
admin_key(struct call *c)
{
	const struct key_request *q = c->request.key;
	bool make = q->make_new;
	bool registers = q->register_newest;

	if ((make || registers) && !right_has(c->who.role, RIGHT_MAKE_KEYS)) {
		call_forbid(c, make ? "make_new" : "register_newest", RIGHT_MAKE_KEYS);
		return;
	}
	c->state = arena_zalloc(c->arena, 1, sizeof(struct registering));
	if (c->state == NULL)
		call_fail_memory(c);
	else if (make)
		make_new(c);
	else if (registers)
		register_newest(c);
	else
		answer(c);
}
