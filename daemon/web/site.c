#include "web/site.h"

#include "base/count.h"
#include "web/desk/batch.h"
#include "web/desk/desk.h"
#include "web/desk/enrol.h"
#include "web/desk/health.h"
#include "web/field/app.h"
#include "web/field/forms.h"
#include "web/pages.h"
#include "web/person/page.h"
#include "web/person/passkey.h"
#include "web/person/persons.h"

#include <stdlib.h>

struct site {
	struct desk *desk;
	struct persons persons;
};

/* Says of semsweb alone that it runs: what it needs is semsd's to tell. */
static void
tell_alive(void *ctx, struct asked *a)
{
	(void)ctx;
	answer_give(a, &(struct answer){.status = 200, .body = TEXT_LIT("OK\n")});
}

static const struct route routes[] = {
    {METHOD_GET, "/livez", tell_alive},
    {METHOD_GET, "/readyz", health_ready},
    {METHOD_GET, "/metrics", health_metrics},
    {METHOD_POST, "/v1/batch", batch_take},
    {METHOD_POST, "/v1/enrol", enrol_take},
    {METHOD_GET, "/v1/enrol", app_enrol},
    {METHOD_GET, "/v1/forms", forms_take},
    {METHOD_GET, "/", pages_take},
    {METHOD_GET, "/quarters", pages_take},
    {METHOD_GET, "/quarter/*", pages_take},
    {METHOD_POST, "/quarter/*", pages_take},
    {METHOD_GET, "/record/*", pages_take},
    {METHOD_GET, "/records", pages_take},
    {METHOD_GET, "/quarantine", pages_take},
    {METHOD_GET, "/quarantine/*", pages_take},
    {METHOD_GET, "/pending", pages_take},
    {METHOD_GET, "/pending/*", pages_take},
    {METHOD_GET, "/feeds", pages_take},
    {METHOD_GET, "/doubles", pages_take},
    {METHOD_GET, "/imports", pages_take},
    {METHOD_GET, "/imports/*", pages_take},
    {METHOD_GET, "/cases/*", pages_take},
    {METHOD_GET, "/case/*", pages_take},
    {METHOD_GET, "/people", pages_take},
    {METHOD_GET, "/grants", pages_take},
    {METHOD_GET, "/targets", pages_take},
    {METHOD_GET, "/devices", pages_take},
    {METHOD_GET, "/retention", pages_take},
    {METHOD_GET, "/holds", pages_take},
    {METHOD_GET, "/log", pages_take},
    {METHOD_POST, "/record/*", pages_take},
    {METHOD_POST, "/imports/*", pages_take},
    {METHOD_POST, "/quarantine", pages_take},
    {METHOD_POST, "/quarantine/*", pages_take},
    {METHOD_POST, "/pending/*", pages_take},
    {METHOD_POST, "/cases/*", pages_take},
    {METHOD_POST, "/case/*", pages_take},
    {METHOD_GET, "/enter", page_enter},
    {METHOD_POST, "/enter", page_sign_in},
    {METHOD_POST, "/leave", page_sign_out},
    {METHOD_GET, "/invite", page_invite},
    {METHOD_GET, "/person.js", page_script},
    {METHOD_GET, "/style.css", page_style},
    {METHOD_POST, "/passkey/invited", passkey_invited},
    {METHOD_POST, "/passkey/register", passkey_register},
    {METHOD_POST, "/passkey/begin", passkey_begin},
    {METHOD_POST, "/passkey/sign-in", passkey_sign_in},
    {METHOD_POST, "/passkey/confirm", passkey_confirm},
    {METHOD_GET, "/field/", app_serve},
    {METHOD_GET, "/field/field.css", app_serve},
    {METHOD_GET, "/field/app.webmanifest", app_serve},
    {METHOD_GET, "/field/icon.svg", app_serve},
    {METHOD_GET, "/field/app.js", app_serve},
    {METHOD_GET, "/field/clock.js", app_serve},
    {METHOD_GET, "/field/db.js", app_serve},
    {METHOD_GET, "/field/device.js", app_serve},
    {METHOD_GET, "/field/form.js", app_serve},
    {METHOD_GET, "/field/outbox.js", app_serve},
    {METHOD_GET, "/field/record.js", app_serve},
    {METHOD_GET, "/field/sw.js", app_serve},
};

const struct route *
site_routes(size_t *n)
{
	*n = COUNT(routes);
	return routes;
}

struct site *
site_new(struct event_base *base, const struct site_config *config)
{
	struct site *s = calloc(1, sizeof *s);

	if (s == NULL)
		return NULL;
	if (!random_bytes(s->persons.key, sizeof s->persons.key)) {
		free(s);
		return NULL;
	}
	s->persons.header = config->header;
	if (config->origin != NULL)
		s->persons.origin = *config->origin;
	s->desk = desk_new(base, &(struct desk_config){.socket = config->socket,
						       .anyone = config->anyone,
						       .persons = &s->persons});
	if (s->desk != NULL)
		return s;
	free(s);
	return NULL;
}

bool
site_owner_link(struct site *s, char secret[SECRET_SIZE])
{
	return signin_make_link(&s->persons.signins, persons_now_ms(), secret);
}

void *
site_ctx(struct site *s)
{
	return s->desk;
}

void
site_free(struct site *s)
{
	if (s == NULL)
		return;
	desk_free(s->desk);
	free(s);
}
