#include "web/desk/desk.h"

#include "web/desk/work.h"
#include "web/upstream/upstream.h"

#include <stdio.h>
#include <stdlib.h>

struct desk *
desk_new(struct event_base *base, const struct desk_config *config)
{
	struct desk *d = calloc(1, sizeof *d);

	if (d == NULL)
		return NULL;
	d->base = base;
	d->persons = config->persons;
	if (config->anyone != NULL)
		snprintf(d->anyone, sizeof d->anyone, "%s", config->anyone);
	d->upstream = upstream_new(base, &(struct upstream_config){.socket = config->socket});
	if (d->upstream != NULL)
		return d;
	free(d);
	return NULL;
}

void
desk_free(struct desk *d)
{
	if (d == NULL)
		return;
	upstream_free(d->upstream);
	free(d);
}
