/* What the files of ingest share among themselves; nobody else includes it. */
#ifndef SEMS_INGEST_ENGINE_H
#define SEMS_INGEST_ENGINE_H

#include "base/machine.h"
#include "ingest/ingest.h"
#include "ingest/party.h"
#include "wire/frame.h"

#include <sys/queue.h>

#define REQUEUED_BESIDE 64u                        /* records in a group, whoever fills it */
#define OUTPUT_MAX      ((size_t)32 * 1024 * 1024) /* of a session, without its documents */

enum session_state {
	SESSION_FREE,
	SESSION_GREETING, /* waits for Hello */
	SESSION_READY,
	SESSION_CLOSING, /* output is flushed, then the connection closes */
	SESSION_STATES
};

/* What happens to a session; the table of what follows is in session.c. */
enum session_event { SESSION_CAME, SESSION_HELLO, SESSION_CLOSE, SESSION_GONE, SESSION_EVENTS };

struct document;
TAILQ_HEAD(document_queue, document);

struct session {
	enum session_state state;
	uint32_t generation;
	uint32_t index;
	bool dirty;
	bool owner;
	bool has_gateway;  /* it is not its party's own: behalf.c */
	bool gateway_owns; /* that one is an owner: new evidence and nothing else */
	bool blocked;      /* its frame found no room: feed again when it is woken */
	struct room *room; /* whose queue it has a place in, also when it was woken; NULL: none */
	size_t want;       /* of that room */
	uint32_t batches;  /* unanswered */
	uint32_t requests; /* unanswered */
	size_t need;       /* bytes of the frame that is coming */
	size_t large;      /* what it holds of the pool for large frames */
	bool is_timed;     /* it has a deadline */
	struct mono_ms deadline;
	struct buf out;                  /* written next */
	struct document_queue documents; /* that follow */
	size_t documents_held;           /* their bytes */
	size_t held;                     /* of both, as it was counted */
	int64_t unread_ms;               /* since it took some, as far as we were awake */
	bool has_read;                   /* since the last tick */
	bool is_abandoned;               /* what is left is not written any more */
	struct party *party;             /* of its principal */
	struct party *address; /* of where it comes from; NULL: from this machine's own socket */
	bool is_counted;       /* among the open ones */
	bool is_stranger;      /* it had no role when it came */
	bool is_silent;        /* it said no Hello yet, and is in its party's queue */
	TAILQ_ENTRY(session)
	silent_link;
	int64_t run; /* of an import, of which its records are; 0: none */
	char principal[PARTY_NAME_SIZE];
	char close_reason[160];
	struct session *next_free;
	TAILQ_ENTRY(session)
	dirty_link;
	TAILQ_ENTRY(session)
	waiting_link;
};

/* A batch in the group: whose, and which run of items answers it. */
struct batch_ref {
	struct session_ref session;
	uint64_t batch_no;
	size_t first;
	size_t n;
	requeue_fn requeue; /* not a session's: one requeued record */
	void *requeue_ctx;
};

struct open_group {
	struct group g; /* first: a struct group * taken is an open_group */
	struct batch_ref *batches;
	size_t n_batches;
	size_t cap_batches;
	size_t requeued; /* records */
};

struct request_node {
	struct ingest_request r;
	TAILQ_ENTRY(request_node)
	link;
};

TAILQ_HEAD(request_queue, request_node);

/*
 * Something that sessions share, and who waits for it, the longest first. As long as one waits
 * nobody takes of it who has no place, and only as many are woken as there is room for: so the
 * queue is the order, and a thousand that wait cost nothing.
 */
struct room {
	size_t (*left)(const struct ingest *in);
	struct session_queue waiting;
};

/* The last source that somebody might not send for, and what was said of it: a file of records has
 * one, and to find it takes a look at all grants. */
struct misspelt {
	char principal[128];
	char source[72];
	char said[160];
	struct utc_ms at;
	unsigned looks; /* at that time */
};

struct ingest {
	struct ingest_config config;
	struct registry *registry;
	struct session *sessions; /* n_slots of them */
	uint32_t n_slots;         /* config.max_sessions, and some that are only refused */
	struct session *free_sessions;
	struct session_queue dirty;
	struct room group_room; /* records of the filling group */
	struct room pool_room;  /* bytes of the pool for large frames */
	struct open_group groups[2];
	struct open_group *filling;
	bool group_out;
	bool draining;
	size_t large_used;
	struct parties *parties;
	uint32_t open; /* sessions that are neither closing nor refused */
	uint32_t strangers;
	size_t unsent; /* bytes of all sessions that wait to be read */
	struct mono_ms ticked;
	uint64_t ticks;        /* from 1 */
	struct arena *scratch; /* of the frame at hand */
	struct arena *decoded; /* of the record at hand */
	struct buf row;        /* of the record at hand */
	struct misspelt misspelt;
	struct person_cache *persons;
	struct request_queue requests; /* not taken yet */
	struct ingest_counters counters;
};

/* session.c */
extern const struct machine session_machine;
/* The only writer of s->state. why: NULL, or what else there is to say of it. */
void session_happens(struct ingest *in, struct session *s, enum session_event what,
		     const char *why);
void session_mark_dirty(struct ingest *in, struct session *s);
/* The two rooms, nobody waiting. */
void session_init_rooms(struct ingest *in);
/* There is more of a room: the first of those who wait for it are looked at again. */
void session_wake(struct ingest *in, struct room *room);
/* Says no more and closes. */
void session_close(struct ingest *in, struct session *s, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void session_send(struct ingest *in, struct session *s, const ProtobufCMessage *frame);
/* Closes it with SHUTDOWN, whatever it is owed. */
void session_part(struct ingest *in, struct session *s);
/* While draining: closes it when it is owed nothing any more. */
void session_dismiss(struct ingest *in, struct session *s);
/* Sends a Refuse and closes. */
void session_refuse(struct ingest *in, struct session *s, int code, uint32_t retry_after_ms,
		    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
struct session *session_find(const struct ingest *in, struct session_ref ref);
struct session_ref session_ref_of(const struct session *s);
enum role session_role(const struct ingest *in, const struct session *s);

/* caps.c: who may have how many sessions. */
/* A new session is counted, or refused. */
void caps_enter(struct ingest *in, struct session *s);
/* It said Hello. */
void caps_greeted(struct session *s);
/* It is about to close. */
void caps_leave(struct ingest *in, struct session *s);

/* behalf.c: who speaks for whom. */
/* The session is this principal's from now on. False: refused, and told so by the field's name. */
bool behalf_begin(struct ingest *in, struct session *s, struct text principal);
/* False: its gateway may not speak for others any more, and it is refused. */
bool behalf_holds(struct ingest *in, struct session *s);

/* output.c: what waits to be read. */
void output_open(struct session *s);
void output_drop_documents(struct session *s);
void output_close(struct ingest *in, struct session *s);
/* What the driver took since is known only when it is counted: before something is added. */
void output_count(struct ingest *in, struct session *s);
/* Something was added to s->out or the documents: keeps the bounds. */
void output_added(struct ingest *in, struct session *s);
/* Closes a client that does not read. awake_ms: since the last tick. */
void output_tick(struct ingest *in, struct session *s, int64_t awake_ms);

/* intake.c: records to items of the filling group. */
struct sender {
	struct text principal;
	enum role role;
	struct text owner; /* who speaks for it and owns semsd, as principal; n 0: nobody */
	bool tried_again;  /* what they sent once, out of the quarantine */
	int64_t run;       /* of an import; 0: none */
};

/* How many records the filling group has room for; SIZE_MAX when it is empty, since a batch is
 * taken whole. */
size_t intake_room(const struct ingest *in);
/* Opens a batch of n items; NULL when memory is out. */
struct batch_ref *intake_batch(struct ingest *in, size_t n);
void intake_record(struct ingest *in, struct text raw, const struct sender *from,
		   struct utc_ms now);

/* answer.c */
void answer_empty(struct ingest *in, struct session *s, uint64_t batch_no);
void answer_group(struct ingest *in, struct open_group *og);
/* None was taken: who sent them is to be refused, and sends them again. */
void answer_give_back(struct ingest *in, struct open_group *og);

#endif
