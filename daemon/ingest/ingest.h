/*
 * Room ingest: Sessions and groups: from bytes to items and from verdicts to answers; no socket,
 * no clock, no database.
 */
/*
 * Ingest: the sessions of many clients, the group they fill together, and the answers. Sans-I/O:
 * bytes and the time come in as arguments, bytes and actions come out; whoever drives it (net, or a
 * simulator) owns sockets, the clocks and the store. Records are judged by the wall clock, which
 * may be set at any time; deadlines go by the one that is not.
 *
 * The driver's turn: feed what arrived; take a group when the store is ready and give it back when
 * it is written; take requests; then look at every dirty session for output, a pause or a close.
 */
#ifndef SEMS_INGEST_INGEST_H
#define SEMS_INGEST_INGEST_H

#include "base/buf.h"
#include "ingest/group.h"
#include "ingest/registry.h"

#include <sems/v1/protocol.pb-c.h>

struct ingest;
struct machine;

struct ingest_config {
	const char *software;   /* told to clients, e.g. "semsd 0.1.0" */
	const char *durability; /* what an answer means, for Welcome; static */
	uint32_t
	    max_sessions; /* PROTOCOL.md has the parts that one account, address ... may have */
	uint32_t max_frame_bytes;
	uint32_t max_batch_records;
	uint32_t window_batches;     /* unanswered batches a session may have */
	uint32_t turn_records;       /* one feeding takes no further batch past this many records */
	uint32_t group_records;      /* a group takes no further batch past this many records */
	size_t group_bytes;          /* nor past this many bytes of arena */
	size_t session_unsent_bytes; /* of answers that a session has not read */
	size_t unsent_bytes;         /* and of all sessions */
	size_t large_pool_bytes;     /* shared by all half-received frames over LARGE_FRAME_BYTES */
	/* The key for persons in records of a civil year; NULL: there is none, the record must
	 * wait. */
	const unsigned char *(*person_key)(void *ctx, int year);
	write_row_fn *write_row;
	/* Whether a principal administers this daemon whatever the registry says; NULL: none. */
	bool (*owns)(void *ctx, struct text principal);
	/* A gateway began a session for a principal, or was refused one: then why says for what
	 * (NULL: it was not), and the principal is empty when it is none. NULL: not told. */
	void (*behalf)(void *ctx, struct text gateway, struct text principal, const char *why);
	void *ctx; /* of person_key, owns and behalf */
	/* machine_step(), which logs: sessions themselves log nothing. NULL: steps are not told. */
	unsigned (*step)(const struct machine *m, const char *of, unsigned from, unsigned event,
			 const char *why);
};

#define LARGE_FRAME_BYTES  (16u * 1024u)
#define HELLO_DEADLINE_MS  (10 * MS_PER_SECOND)
#define FRAME_DEADLINE_MS  (30 * MS_PER_SECOND) /* from a frame's first byte to its last */
#define READ_DEADLINE_MS   (60 * MS_PER_SECOND) /* for a client to read something */
#define READ_AWAITED_MS    (2 * MS_PER_SECOND)  /* the same, while its principal's room is needed */
#define REQUESTS_IN_FLIGHT 4u
#define RETRY_AFTER_MS     1000u

struct ingest_config ingest_defaults(void);
struct ingest *ingest_new(const struct ingest_config *config);
void ingest_free(struct ingest *in); /* accepts NULL */

/* Takes r; the one before is freed. Nothing may be fed before the first. */
void ingest_set_registry(struct ingest *in, struct registry *r);
const struct registry *ingest_registry(const struct ingest *in);
/*
 * Stopping: nothing more is read and no further group is given out; of what waits for one nothing
 * was taken. Every session is refused with SHUTDOWN, once it has its answers: of the group that is
 * out, and of its requests.
 */
void ingest_drain(struct ingest *in);
/* The end of a stop's time: those that are still owed something are refused with SHUTDOWN, too. */
void ingest_part(struct ingest *in);
bool ingest_drains(const struct ingest *in);

/* Which session: 0 is none. A session's number is used again, its generation is not. */
struct session_ref {
	uint32_t id;
	uint32_t generation;
};

struct caller {
	struct text principal;
	struct text address; /* of its machine; empty: a socket of this one */
	bool owner;          /* it administers this daemon whatever the registry says */
	const char *refusal; /* NULL, or why it is refused at once */
};

/* A new connection. Where too many are there already it is refused, and closing from the start. id
 * 0: there is no room even for a refusal, close it. */
struct session_ref ingest_open(struct ingest *in, const struct caller *from, struct mono_ms now);
/* Ids are 1 to this. */
uint32_t ingest_most_ids(const struct ingest *in);
/* The connection is gone: answers for it are dropped; the records stay. */
void ingest_close(struct ingest *in, struct session_ref ref);
/* Whoever it is may not be here any longer: told so with Refuse UNAUTHORISED and closed. What it
 * sent that is not answered yet may be stored all the same. text: a sentence; copied. */
void ingest_dismiss(struct ingest *in, struct session_ref ref, const char *text);
/* False: it is closed, or about to be. */
bool ingest_is_open(const struct ingest *in, struct session_ref ref);
/* What an open session sends from now on is of this run of an import; 0: of none. */
void ingest_set_run(struct ingest *in, struct session_ref ref, int64_t run);
/*
 * Gives the unconsumed bytes of a connection; handles at most max_frames frames, and no further one
 * past config.turn_records. Returns how many bytes it consumed. Call it again when it consumed some
 * and more are there.
 */
size_t ingest_feed(struct ingest *in, struct session_ref ref, const void *p, size_t n,
		   unsigned max_frames, struct moment now);
/* How many bytes must be there before feeding makes sense again (1 when not known). */
size_t ingest_need(const struct ingest *in, struct session_ref ref);
/* False: stop reading until the session is dirty again. */
bool ingest_wants_input(const struct ingest *in, struct session_ref ref);
/* What to write; the driver consumes what it wrote with buf_consume() or buf_clear(), and asks
 * again: a document comes piece by piece. */
struct buf *ingest_output(struct ingest *in, struct session_ref ref);
/* Whether there is any. */
bool ingest_has_output(const struct ingest *in, struct session_ref ref);
/* The client does not read: it is to be closed at once, whatever is still to be written. */
bool ingest_abandons(const struct ingest *in, struct session_ref ref);
/* NULL, or why the connection is to be closed once its output is written. */
const char *ingest_closing(const struct ingest *in, struct session_ref ref);
/* The next session that changed since it was last returned; id 0: none. */
struct session_ref ingest_next_dirty(struct ingest *in);
/* Closes what is past its deadline. Call about once a second. */
void ingest_tick(struct ingest *in, struct mono_ms now);

/* The group to write now, NULL when nothing waits or one is out already. */
struct group *ingest_take_group(struct ingest *in);
/* The taken group came back: every item has its verdict. Queues the answers. */
void ingest_group_done(struct ingest *in, struct group *g);
/* True when no record waits for its verdict. */
bool ingest_is_empty(const struct ingest *in);

/* A request for administration; the taker owns it and frees the arena. */
struct ingest_request {
	struct arena *arena;
	const Sems__V1__Request *request; /* in the arena */
	struct session_ref session;
	struct text principal; /* in the arena, NUL-terminated */
	enum role role;
	struct text gateway; /* who speaks for it, as principal; n 0: nobody */
};

/* False: none, or none whose principal reads its answers: ask again when some were written. */
bool ingest_take_request(struct ingest *in, struct ingest_request *out);
/* Answers with a document, in as many responses as it takes; copied. False: there is no room for
 * it, and the request is still to be answered. */
bool ingest_respond_document(struct ingest *in, struct session_ref ref, uint64_t request_no,
			     struct text json);
/* Dropped when the session is gone. */
void ingest_respond(struct ingest *in, struct session_ref ref, const Sems__V1__Response *r);

/* A quarantined record's bytes on their way through intake again, as their first sender sent them
 * and by what that principal may now. */
typedef void (*requeue_fn)(void *ctx, const struct item *item);
/* False: no room in the group now, try after the next group, which has room for some whoever sends;
 * there is none while draining. fn is called once, with the verdict. */
bool ingest_requeue(struct ingest *in, struct text raw, struct text principal, struct utc_ms now,
		    requeue_fn fn, void *ctx);

/* Counters since the start; no label, no kind, no site. */
struct ingest_counters {
	uint64_t frames;
	uint64_t records;
	uint64_t verdicts[VERDICT_RETRY + 1];
	uint64_t sessions_opened;
	uint64_t sessions_refused;   /* too many were there */
	uint64_t sessions_displaced; /* said no Hello and made way for others */
	uint64_t sessions_unread;    /* closed because the client did not read */
	uint64_t frames_broken;
};

/* Sessions that are open, and those of them that had no role when they came. */
struct ingest_sessions {
	uint32_t open;
	uint32_t most;
	uint32_t without_role;
};

struct ingest_sessions ingest_sessions(const struct ingest *in);

/* As configured. */
const char *ingest_durability(const struct ingest *in);

/* Bytes of answers that wait to be read. */
size_t ingest_unsent(const struct ingest *in);

const struct ingest_counters *ingest_counters(const struct ingest *in);

#endif
