/* An ingest with one entity, one site and one granted principal, driven by hand. */
#ifndef TESTS_INGEST_FIXTURE_H
#define TESTS_INGEST_FIXTURE_H

#include "ingest/ingest.h"

#include <sems/v1/protocol.pb-c.h>

#define T0 INT64_C(1775030400000) /* 2026-04-01T08:00:00Z */
#define M0 INT64_C(5000)          /* the other clock then */

struct ingest *fixture_ingest(const struct ingest_config *config); /* NULL: defaults */
struct registry *fixture_registry(void);

/* One frame of a message; the caller frees *out. */
struct text fixture_frame(const ProtobufCMessage *m);
/* Feeds a frame and asserts that it was consumed. */
void fixture_feed(struct ingest *in, struct session_ref s, const ProtobufCMessage *m);
/* A client's hello, and its request that a quarter be verified: static, valid until the next call.
 */
const ProtobufCMessage *fixture_hello(void);
const ProtobufCMessage *fixture_request(uint64_t no);
/* A session that has said nothing yet. */
struct session_ref fixture_open(struct ingest *in, const char *principal, struct mono_ms now);
/* A session that has said hello; its Welcome is dropped. */
struct session_ref fixture_session(struct ingest *in, const char *principal);

/* The next ServerFrame of the session's output, NULL when there is none; free with
 * sems__v1__server_frame__free_unpacked(). */
Sems__V1__ServerFrame *fixture_answer(struct ingest *in, struct session_ref s);

/* A valid TIP event number n, in a static of its own: valid until the next call with the same n. */
#define FIXTURE_RECORDS 64
/* A precision that the fixture's store cannot hold. */
#define FIXTURE_UNWRITABLE PRECISION_MINUTE
Sems__V1__Record *fixture_record(unsigned n);
void fixture_send(struct ingest *in, struct session_ref s, uint64_t batch_no, unsigned first,
		  unsigned n);
/* Takes the group and gives it back with every undecided item STORED (or QUARANTINED when refused).
 */
size_t fixture_commit(struct ingest *in);

#endif
