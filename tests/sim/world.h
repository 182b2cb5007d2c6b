/* What the parts of the simulator share. */
#ifndef SEMS_TESTS_SIM_WORLD_H
#define SEMS_TESTS_SIM_WORLD_H

/* The checker looks inside: that nothing is left over cannot be seen from outside. */
#include "ingest/engine.h"
#include "tests/sim/sim.h"

#define T0               INT64_C(1775030400000) /* 2026-04-01T08:00:00Z */
#define DAEMONS          2u
#define CLIENTS_MAX      5u
#define LINES            14u
#define IDENTITIES_MAX   96u
#define VARIANTS         3u
#define RECORDS_MAX      224u
#define BATCH_MAX        16u
#define OUTBOX_MAX       64u
#define WINDOW_MAX       5u
#define ANSWERS_MAX      64u
#define REQUEUES         16u
#define FRAME_MAX        (48u * 1024u)
#define NO_RECORD        UINT16_MAX
#define OUTPUT_HIGH      2000u
#define STATUS_DOCUMENTS 3u

enum nature {
	NATURE_VALID,
	NATURE_POISON, /* QUARANTINED, whenever it comes */
	NATURE_OLD,    /* EXPIRED */
	NATURE_AHEAD,  /* by the clock: QUARANTINED or as valid */
};

/* One record as bytes. Records of one identity differ by their variant. */
struct sim_record {
	unsigned char *raw;
	size_t n;
	unsigned identity;
	unsigned variant;
	enum nature nature;
	enum reason reason;
	unsigned sent_by; /* a bit per client */
};

struct sent_batch {
	uint64_t no;
	size_t n;
	uint16_t entry[BATCH_MAX]; /* of the client's outbox */
	unsigned char verdict[BATCH_MAX];
	bool answered; /* by the daemon; the client may not know yet */
	bool known;    /* by the client */
};

enum answer_type { ANSWER_WELCOME, ANSWER_REFUSE, ANSWER_RESULT, ANSWER_RESPONSE };

/* A frame on its way to the client: it is there when the stream's byte `end` is. */
struct answer {
	uint64_t end;
	enum answer_type type;
	unsigned batch;
	bool more;
};

/* A connection: two ends that need not know of each other's fate. */
struct line {
	bool client_end;
	bool daemon_end;
	bool half_closed; /* the client has sent its last byte */
	bool rogue;
	bool reading;
	bool armed; /* an event says that there is something to read */
	uint64_t armed_at;
	bool ready;           /* the client has its Welcome */
	bool is_full;         /* no session was left when it came */
	bool hello_seen;      /* its Welcome left */
	bool held;            /* the engine wanted no input when it was fed last */
	bool greeted;         /* the daemon took its first frame */
	bool timed;           /* a frame is awaited, the first one or the rest of one, */
	struct mono_ms since; /* from this moment on */
	int expected_refusal; /* of a rogue; 0: none yet */
	unsigned client;
	unsigned daemon;
	struct session_ref session;
	struct buf up;
	struct buf in;
	uint64_t down_made;
	uint64_t down_delivered;
	struct answer answers[ANSWERS_MAX];
	unsigned n_answers;
	struct sent_batch batches[WINDOW_MAX];
	unsigned n_batches;
	uint64_t requests[REQUESTS_IN_FLIGHT];
	unsigned n_requests;
	unsigned asked; /* in all */
};

struct outbox_entry {
	uint16_t record;
	bool settled;
	uint16_t in_flight;
};

struct client {
	char principal[16];
	struct outbox_entry outbox[OUTBOX_MAX];
	unsigned n_outbox;
	unsigned pending;
	uint64_t next_no;
	unsigned lines_max;
	unsigned batch_max;
	bool greedy; /* sends again what is settled, for ever */
	unsigned starved;
};

struct requeue {
	bool used;
	bool done;
	unsigned daemon;
	uint16_t record;
	struct world *w;
};

/* The request a daemon works on. */
struct asking {
	bool busy;
	struct ingest_request r;
	unsigned pieces;
};

struct daemon {
	struct ingest *in;
	bool registered; /* it has the entity's registry */
	bool draining;
	/* the writer's side */
	struct group *g;
	size_t next; /* items before it are done */
	unsigned wait;
	struct asking asking;
	uint64_t frames;   /* taken whole since its start */
	uint64_t doubtful; /* given to a session that then closed */
};

/* What the database holds of an identity. */
struct row {
	bool there;
	unsigned variant;
	int64_t occurred_at;
	enum kind_id kind;
	int64_t response_ms;
	char device[16];
	char source[16];
	struct uuid id;
	unsigned char person[16];
	unsigned stored_answers;
};

struct world {
	uint64_t rng;
	struct sim_options options;
	struct sim_result *result;
	struct moment now; /* the wall clock is set back and forth, the other one goes on */
	struct ingest_config config;
	struct sim_record records[RECORDS_MAX];
	unsigned n_records;
	uint16_t by_identity[IDENTITIES_MAX][VARIANTS];
	unsigned n_identities;
	struct client clients[CLIENTS_MAX];
	unsigned n_clients;
	struct line lines[LINES];
	struct daemon daemons[DAEMONS];
	unsigned n_daemons;
	struct row rows[IDENTITIES_MAX];
	bool quarantined[RECORDS_MAX]; /* for what is wrong with it */
	bool conflicts[RECORDS_MAX];   /* for what another one is */
	struct requeue requeues[REQUEUES];
	unsigned n_requeues;
	unsigned char pseudonym[16];
	bool has_pseudonym;
	uint64_t events; /* so far */
	bool key_lost;
	bool calm;          /* no faults any more */
	bool retry_allowed; /* the database gave up something */
	bool large;
};

/* chance.c */
uint64_t chance_next(struct world *w);
unsigned below(struct world *w, unsigned n); /* 0 for 0 */
bool chance(struct world *w, unsigned per_mille);

/* world.c */
void fail(struct world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool failed(const struct world *w);
/* Notes what happened, for the digest and the trace. */
void note(struct world *w, const char *what, uint64_t a, uint64_t b);

/* record.c */
void records_make(struct world *w);
void records_free(struct world *w);
/* The record with these bytes; NO_RECORD: nobody made it. */
uint16_t record_find(const struct world *w, struct text raw);
struct uuid record_identity(const struct sim_record *r);
const char *record_source(const struct sim_record *r);
int64_t record_time(const struct sim_record *r);
void record_device(const struct sim_record *r, char out[16]);
int64_t record_response(const struct sim_record *r);
enum kind_id record_kind(const struct sim_record *r);

/* client.c */
void clients_make(struct world *w);
/* The client opens a connection if it may have another. */
void client_connect(struct world *w, unsigned client);
bool client_is_connected(const struct world *w, unsigned client);
void client_connect_rogue(struct world *w);
/* One that begins a large frame and no more. False: no room for it. */
bool client_connect_hoarder(struct world *w);
/* Sends a batch over a connection that has room in its window. */
void client_send(struct world *w, struct line *l, unsigned n_max);
void client_ask(struct world *w, struct line *l);
void client_lost(struct world *w, struct line *l);
void client_receive(struct world *w, struct line *l, uint64_t n);
void client_send_all_again(struct world *w, unsigned client);

/* daemon.c: what net does, played by hand */
void daemon_start(struct world *w, unsigned daemon);
void daemon_crash(struct world *w, unsigned daemon);
void daemon_register(struct world *w, unsigned daemon);
void line_deliver(struct world *w, struct line *l, size_t n);
/* Feeds every line with an event, in the order of the events. */
void lines_feed(struct world *w, unsigned max_frames);
void line_feed(struct world *w, struct line *l, unsigned max_frames);
/* The client's end of the stream, n bytes on. */
void line_deliver_down(struct world *w, struct line *l, uint64_t n);
void line_eof(struct world *w, struct line *l);
void line_free(struct line *l);
void daemon_pump(struct world *w, unsigned daemon);
void daemon_tick(struct world *w, unsigned daemon);
void daemon_answer_request(struct world *w, unsigned daemon);
void daemon_requeue(struct world *w, unsigned daemon);
struct line *line_of(struct world *w, unsigned daemon, struct session_ref ref);

/* database.c */
write_row_fn database_write_row;
void database_step(struct world *w, unsigned daemon);
/* The daemon died: what was under way may have been committed. */
void database_orphan(struct world *w, unsigned daemon);

/* check.c */
void check_answer(struct world *w, uint16_t record, enum verdict v, int reason);
void check_committed(struct world *w, const struct item *it);
void check_bounds(struct world *w, unsigned daemon);
void check_reading(struct world *w, const struct line *l);
void check_database(struct world *w);
void check_nothing_left(struct world *w, unsigned daemon);

#endif
