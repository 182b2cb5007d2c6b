/*
 * What a machine asks that watches this one: whether semsd takes records (/readyz), and its
 * counters as OpenMetrics (/metrics). Both for this machine alone: whoever comes from elsewhere, or
 * through a proxy, is told that there is no such page. No figure, kind, site or person is in them.
 */
#ifndef SEMS_WEB_DESK_HEALTH_H
#define SEMS_WEB_DESK_HEALTH_H

#include "web/http/answer.h"

/* Handlers of routes; ctx: struct desk *. */
void health_ready(void *ctx, struct asked *a);
void health_metrics(void *ctx, struct asked *a);

#endif
