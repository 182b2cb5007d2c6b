/* From bytes to core: client frames and records. Everything made lives in the caller's arena. */
#ifndef SEMS_WIRE_DECODE_H
#define SEMS_WIRE_DECODE_H

#include "base/arena.h"
#include "core/kind/kind.h"

#include <sems/v1/protocol.pb-c.h>

enum client_frame_type { CLIENT_HELLO, CLIENT_BATCH, CLIENT_REQUEST };

struct client_frame {
	enum client_frame_type type;
	union {
		const Sems__V1__Hello *hello;
		const Sems__V1__Request *request;
		struct {
			uint64_t batch_no;
			struct text *records; /* their bytes, borrowed from the frame */
			size_t n;
		} batch;
	};
	uint64_t
	    unread_no; /* REJ_FIELD: the request_no of the Request that was not read, 0: none */
};

/*
 * Reads a ClientFrame. The records of a batch are only located, so that one bad record cannot spoil
 * its neighbours. REJ_MALFORMED: no known body, guard refusal; REJ_FIELD: a Request (out->type)
 * whose bytes are sound, with a value that this version does not know or a text that is none, of
 * the field e->where; REJ_LIMIT: over max_records. TRY_LIMIT: the arena is spent.
 */
enum code wire_client_frame(struct text body, size_t max_records, struct arena *a,
			    struct client_frame *out, struct err *e) MUST_CHECK;

/*
 * Reads one record: guard, then map to the kind's table. On refusal out->kind is NULL and *why says
 * why. *source is the record's source as far as it could be read, else empty: for the quarantine.
 * Texts point into raw, without a NUL behind them; everything else is in the arena. Not yet
 * validated: core/kind/validate.h does that.
 *
 * why->err.code TRY_LIMIT means that the arena is spent: no fault of the record's, so its verdict
 * is RETRY, not QUARANTINED. A record takes about 1.5 KiB; each item of a list up to 32 bytes per
 * field, so that the worst record takes some 200 KiB.
 */
bool wire_record(struct text raw, struct arena *a, struct record *out, struct text *source,
		 struct refusal *why);

/* What kind a refused record says it is, as far as it can be read; NULL: it does not say. */
const struct kind *wire_claims(struct text raw);
/* What it says it is, so that people find it again. */
struct claimed_identity {
	struct text number; /* its source's own; borrowed; n is 0: none, or what is no text */
	bool has_id;
	bool has_time;
	struct uuid id;
	struct utc_ms occurred_at;
};
struct claimed_identity wire_claimed_identity(struct text raw);

#endif
