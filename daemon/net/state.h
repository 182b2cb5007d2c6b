/* What the gates are in, for status: as JSON, with no more in it than an administrator may know. */
#ifndef SEMS_NET_STATE_H
#define SEMS_NET_STATE_H

#include "net/peer.h"
#include "net/tls/keeper.h"
#include "net/tls/seen.h"

#include <jansson.h>

#define STATE_ENDS_SOON_MS (30 * MS_PER_DAY) /* what ends by then is told */
#define STATE_TOLD_MAX     100u              /* of each list; more are counted */

/* keeper: NULL when there is no TLS. NULL: out of memory. The caller's. */
json_t *state_json(const struct peers *ps, const struct keeper *keeper, const struct seen *seen,
		   struct utc_ms now);

#endif
