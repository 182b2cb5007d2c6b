/*
 * The registry: what the entity has told semsd about itself. Plain data that the store loads and
 * ingest looks up for every record; replaced whole when it changes.
 */
#ifndef SEMS_INGEST_REGISTRY_H
#define SEMS_INGEST_REGISTRY_H

#include "base/err.h"
#include "base/text.h"
#include "core/kind/kind.h"
#include "core/right/right.h"
#include "core/time/calendar.h"

#include <stdbool.h>
#include <stdint.h>

struct registry;

struct registry *registry_new(void);
void registry_free(struct registry *r); /* accepts NULL */

/* Building; all text is copied. False: out of memory. */
bool registry_set_entity(struct registry *r, struct text entity, struct text zone);
/* Takes starts (n + 1 instants, freed with free()). */
void registry_set_calendar(struct registry *r, int64_t first_day, int64_t *starts, size_t n);
bool registry_add_site(struct registry *r, struct text site);
bool registry_add_principal(struct registry *r, struct text principal, enum role role);
/* One grant; kind and site may be "*". */
bool registry_add_grant(struct registry *r, struct text principal, struct text source,
			struct text kind, struct text site);
/* Records of the kind that occurred before the floor are EXPIRED. */
void registry_set_floor(struct registry *r, enum kind_id kind, struct utc_ms floor);

/* Looking up. */
const char *registry_entity(const struct registry *r); /* "" while there is none */
const char *registry_zone(const struct registry *r);
const struct calendar *registry_calendar(const struct registry *r); /* NULL while no entity */
bool registry_has_site(const struct registry *r, struct text site);
enum role registry_role(const struct registry *r, struct text principal);
/* Those who have the role, ", " between them, as many as fit; false: nobody has. */
bool registry_who_has(const struct registry *r, enum role role, char *out, size_t size);
bool registry_may_send(const struct registry *r, struct text principal, struct text source,
		       enum kind_id kind, struct text site);
/* The source that the principal may send for whose name is nearest to this one, which it may not
 * send for: misspelt, most likely. Others' sources are nobody's business. Borrowed; n is 0: none is
 * near. */
struct text registry_nearest_source(const struct registry *r, struct text principal,
				    struct text source);
/* The instant before which records of the kind are EXPIRED; the smallest instant when none is. */
struct utc_ms registry_floor(const struct registry *r, enum kind_id kind);

/* Every grant of a principal, for its Welcome. Returns false to stop. */
typedef bool (*registry_grant_fn)(void *ctx, struct text source, struct text kind,
				  struct text site);
void registry_each_grant(const struct registry *r, struct text principal, registry_grant_fn fn,
			 void *ctx);

#endif
