#include "web/desk/desk.h"

#include "base/count.h"
#include "web/desk/batch.h"
#include "web/desk/enrol.h"
#include "web/desk/health.h"
#include "web/desk/page.h"
#include "web/desk/work.h"
#include "web/upstream/upstream.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Says of semsweb alone that it runs: what it needs is semsd's to tell. */
static void
tell_alive(void *ctx, struct asked *a)
{
	(void)ctx;
	answer_give(a, &(struct answer){.status = 200, .body = TEXT_LIT("OK\n")});
}

static const struct route routes[] = {
    {METHOD_GET, "/livez", tell_alive},       {METHOD_GET, "/readyz", health_ready},
    {METHOD_GET, "/metrics", health_metrics}, {METHOD_POST, "/v1/batch", batch_take},
    {METHOD_POST, "/v1/enrol", enrol_take},   {METHOD_GET, "/", page_front},
    {METHOD_GET, "/enter", page_enter},       {METHOD_POST, "/enter", page_sign_in},
    {METHOD_POST, "/leave", page_sign_out},   {METHOD_GET, "/style.css", page_style},
};

const struct route *
desk_routes(size_t *n)
{
	*n = COUNT(routes);
	return routes;
}

struct desk *
desk_new(struct event_base *base, const struct desk_config *config)
{
	struct desk *d = calloc(1, sizeof *d);

	if (d == NULL)
		return NULL;
	d->base = base;
	if (config->anyone != NULL)
		snprintf(d->anyone, sizeof d->anyone, "%s", config->anyone);
	d->upstream = upstream_new(base, &(struct upstream_config){.socket = config->socket});
	if (d->upstream != NULL)
		return d;
	free(d);
	return NULL;
}

bool
desk_owner_link(struct desk *d, char secret[SECRET_SIZE])
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return signin_make_link(&d->signins, (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000,
				secret);
}

void
desk_free(struct desk *d)
{
	if (d == NULL)
		return;
	upstream_free(d->upstream);
	free(d);
}
