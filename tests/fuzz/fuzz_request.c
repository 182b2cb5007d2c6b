/*
 * Whatever a peer asks, in every role: through a session and the real handlers to the statements
 * that a database would be given, where there is none. Whatever it is, it is answered exactly once.
 * The first byte is the role and how far the database gets.
 */
#include "base/count.h"
#include "base/log.h"
#include "door/session_door.h"
#include "host/keyring.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/world.h"
#include "wire/frame.h"

#include <string.h>

#define FRAME_MAX       (64u * 1024u)
#define STATEMENTS_MAX  64u
#define STATEMENT_BYTES ((size_t)64 * FRAME_MAX)

struct lanes {
	struct job *queue[4];
	unsigned n;
	unsigned statements; /* before the database goes away */
};

struct store {
	struct lanes lanes;
};

static struct store store;
static struct ingest *engine;
static struct admin *admin;
static const struct utc_ms now = {T0};

/* --- a store without a database ----------------------------------------------------------------
 */

void
lanes_run(struct lanes *l, struct job *j)
{
	MUST(l->n < COUNT(l->queue));
	l->queue[l->n++] = j;
}

struct lanes *
store_lanes(struct store *s)
{
	return &s->lanes;
}

void
store_run(struct store *s, struct job *j)
{
	lanes_run(&s->lanes, j);
}

void
store_reload_registry(struct store *s, registry_done_fn done, void *ctx)
{
	struct err e;

	(void)s;
	err_set(&e, TRY_STORE, "database", "away");
	done(ctx, NULL, &e);
}

/* Every answer of the database: no rows. */
int
rows_count(const struct rows *r)
{
	(void)r;
	return 0;
}

int
rows_columns(const struct rows *r)
{
	(void)r;
	return 0;
}

const char *
rows_text(const struct rows *r, int row, int col)
{
	(void)r;
	(void)row;
	(void)col;
	return NULL;
}

const char *
rows_keep(const struct rows *r, int row, int col, struct arena *a)
{
	(void)r;
	(void)row;
	(void)col;
	(void)a;
	return NULL;
}

int64_t
rows_int(const struct rows *r, int row, int col)
{
	(void)r;
	(void)row;
	(void)col;
	return 0;
}

/* --- no keys to sign with, and no files --------------------------------------------------------
 */

bool
store_late(const struct store *s, struct store_late *out)
{
	(void)s;
	(void)out;
	return false;
}

/* As long as the database is there. */
bool
store_is_up(const struct store *s)
{
	return s->lanes.statements > 0;
}

const char *
store_fault(const struct store *s)
{
	return s->lanes.statements > 0 ? NULL : "no standby streams";
}

const struct keyring *
store_keys(const struct store *s)
{
	(void)s;
	return NULL;
}

size_t
keyring_signers(const struct keyring *k, const struct signer **list)
{
	(void)k;
	*list = NULL;
	return 0;
}

const struct signer *
keyring_signer(const struct keyring *k, const char *id)
{
	(void)k;
	(void)id;
	return NULL;
}

enum code
keyring_sign(const struct keyring *k, const void *p, size_t n, unsigned char signature[SIGN_SIZE],
	     const struct signer **by, struct err *e)
{
	(void)k;
	(void)p;
	(void)n;
	memset(signature, 0, SIGN_SIZE);
	*by = NULL;
	return err_set(e, TRY_SYSTEM, "keys", "there is none");
}

bool
keyring_plan_signer(const struct keyring *k, struct signer_file *f)
{
	(void)k;
	(void)f;
	return false;
}

struct beside *
store_beside(const struct store *s)
{
	(void)s;
	return NULL;
}

static void
check_statement(const struct statement *st)
{
	MUST(st->sql != NULL && st->sql[0] != '\0');
	MUST(st->n_params >= 0 && st->n_params <= STATEMENT_PARAMS_MAX);
	for (int i = 0; i < st->n_params; i++)
		MUST(st->params[i] == NULL || (strlen(st->params[i]) < STATEMENT_BYTES &&
					       text_is_clean_utf8(text_of(st->params[i]))));
}

static void
play_job(struct job *j)
{
	struct err e = {0};

	for (unsigned i = 0; i <= store.lanes.statements; i++) {
		struct statement st = {0};

		if (!j->next(j, &st, &e)) {
			j->done(j, &e);
			return;
		}
		check_statement(&st);
		if (i < store.lanes.statements && j->rows != NULL)
			j->rows(j, NULL);
	}
	err_set(&e, TRY_STORE, "database", "away");
	j->done(j, &e);
}

static void
play_jobs(void)
{
	for (unsigned i = 0; store.lanes.n > 0; i++) {
		struct job *j = store.lanes.queue[--store.lanes.n];

		MUST(i < STATEMENTS_MAX);
		play_job(j);
	}
}

static void
on_output(void *ctx)
{
	(void)ctx;
}

/* --- one request -------------------------------------------------------------------------------
 */

static void
say_hello(struct session_ref s)
{
	static const unsigned char hello[] = {6, 0x0a, 4, 0x08, 1, 0x10, 1};

	MUST(ingest_feed(engine, s, hello, sizeof hello, 1, (struct moment){now, {0}}) ==
	     sizeof hello);
	MUST(ingest_closing(engine, s) == NULL);
	buf_clear(ingest_output(engine, s));
}

/* Length, ClientFrame.request, its length in three bytes each. */
static struct text
frame_of(struct text body)
{
	static unsigned char frame[7 + FRAME_MAX];
	size_t n = body.n + 4;

	MUST(body.n <= FRAME_MAX);
	frame[0] = (unsigned char)(n | 128);
	frame[1] = (unsigned char)(n >> 7 | 128);
	frame[2] = (unsigned char)(n >> 14);
	frame[3] = 0x1a;
	frame[4] = (unsigned char)(body.n | 128);
	frame[5] = (unsigned char)(body.n >> 7 | 128);
	frame[6] = (unsigned char)(body.n >> 14);
	memcpy(frame + 7, body.s, body.n);
	return (struct text){(const char *)frame, 7 + body.n};
}

/* request_no: NULL: of a request that was not handed out, which is invalid. */
static void
check_answer(struct session_ref s, const uint64_t *request_no)
{
	struct buf *out = ingest_output(engine, s);
	struct text body;
	struct err e;
	size_t used;
	unsigned ends = 0;

	while (frame_next(out->p, out->n, SIZE_MAX / 2, &body, &used, &e) == FRAME_READY) {
		Sems__V1__ServerFrame *f =
		    sems__v1__server_frame__unpack(NULL, body.n, (const uint8_t *)body.s);

		MUST(f != NULL && f->body_case == SEMS__V1__SERVER_FRAME__BODY_RESPONSE);
		MUST(ends == 0 &&
		     (request_no != NULL
			  ? f->response->request_no == *request_no
			  : f->response->code == SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_INVALID));
		/* An internal fault is ours: no request may bring it about. */
		MUST(f->response->code != 0 &&
		     f->response->code != SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_INTERNAL);
		MUST(f->response->code == SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_OK ||
		     (f->response->text != NULL && f->response->text[0] != '\0' &&
		      !f->response->more));
		ends += !f->response->more;
		sems__v1__server_frame__free_unpacked(f, NULL);
		buf_consume(out, used);
	}
	MUST(ends == 1 && out->n == 0);
}

static void
make_world(void)
{
	struct ingest_config c = ingest_defaults();
	struct admin_config a = {.store = &store, .on_output = on_output};

	log_setup(2, LOG_LEVEL_ERROR);
	c.max_sessions = 1;
	c.max_frame_bytes = FRAME_MAX + 8;
	engine = world_ingest(&c);
	a.ingest = engine;
	admin = admin_new(&a);
	MUST(admin != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	unsigned how = input_byte(&in);
	struct ingest_request r;

	if (engine == NULL)
		make_world();
	enum role role = (enum role)(how % ROLE_COUNT);
	store.lanes.statements = how / ROLE_COUNT;
	struct session_ref s = ingest_open(
	    engine, &(struct caller){.principal = world_principal(role)}, (struct mono_ms){0});
	MUST(s.id != 0);
	say_hello(s);
	struct text frame = frame_of(input_take(&in, FRAME_MAX));
	MUST(ingest_feed(engine, s, frame.s, frame.n, 1, (struct moment){now, {0}}) == frame.n);
	if (ingest_take_request(engine, &r)) {
		uint64_t request_no = r.request->request_no;

		MUST(ingest_closing(engine, s) == NULL && r.role == role);
		session_door_ask(admin, engine, &r, now);
		play_jobs();
		check_answer(s, &request_no);
	} else if (ingest_closing(engine, s) == NULL) {
		check_answer(s, NULL);
	}
	ingest_close(engine, s);
	while (ingest_next_dirty(engine).id != 0)
		MUST(false);
	return 0;
}
