#include "web/desk/health.h"

#include "base/buf.h"
#include "base/count.h"
#include "base/json/jsonin.h"
#include "web/desk/work.h"

#include <inttypes.h>
#include <string.h>

#define TEXT_SIZE ((size_t)64 * 1024)

/* By what a proxy says for whom it comes. */
static bool
is_local(const struct asked *a)
{
	static const char *const passed_on[] = {"Forwarded", "X-Forwarded-For", "Via"};
	const char *from = asked_address(a);

	for (size_t i = 0; i < COUNT(passed_on); i++)
		if (asked_header(a, passed_on[i])[0] != '\0')
			return false;
	return strncmp(from, "127.", 4) == 0 || strcmp(from, "::1") == 0;
}

static void
ask(struct desk *d, struct asked *a, reply_fn *fn)
{
	Sems__V1__Request q = SEMS__V1__REQUEST__INIT;
	Sems__V1__HealthRequest health = SEMS__V1__HEALTH_REQUEST__INIT;
	struct work *w;
	struct line *l;

	if (!is_local(a)) {
		answer_refuse(a, 404, 0, "", "there is nothing here");
		return;
	}
	w = work_new(d, a, NULL);
	if (w == NULL)
		return;
	q.body_case = SEMS__V1__REQUEST__BODY_HEALTH;
	q.health = &health;
	l = upstream_ask(d->upstream, "", &q, fn, w);
	if (l != NULL)
		w->line = l;
}

static json_t *
document(const struct reply *r)
{
	return r->kind == REPLY_DOCUMENT ? json_loadb(r->bytes.s, r->bytes.n, 0, NULL) : NULL;
}

static void
give(struct work *w, int status, const char *type, const struct buf *text)
{
	const struct answer answer = {
	    .status = status, .type = type, .body = {(const char *)text->p, text->n}};

	if (text->failed)
		work_refuse(w, 503, 1, "", "out of memory: try again");
	else
		work_answer(w, &answer);
}

/* --- ready --------------------------------------------------------------------------------------
 */

static void
on_ready(void *ctx, const struct reply *r)
{
	struct work *w = ctx;
	json_t *said = document(r);
	bool is_ready = json_is_true(json_object_get(said, "ready"));
	const json_t *why = json_object_get(said, "why_not");
	struct buf text;

	buf_init(&text, TEXT_SIZE);
	if (is_ready)
		buf_addf(&text, "OK\n");
	else if (said == NULL)
		buf_addf(&text, "semsd does not say how it is: %s\n", r->text);
	for (size_t i = 0; i < json_array_size(why); i++)
		buf_addf(&text, "%s\n", json_words(json_array_get(why, i)));
	give(w, is_ready ? 200 : 503, "text/plain; charset=utf-8", &text);
	buf_fini(&text);
	json_decref(said);
}

void
health_ready(void *ctx, struct asked *a)
{
	ask(ctx, a, on_ready);
}

/* --- metrics ------------------------------------------------------------------------------------
 */

/* What semsd's answer has at a path, and what it is to whoever collects it. A counter counts since
 * semsd started. */
static const struct metric_line {
	const char *path[2];
	const char *name;
	const char *label; /* "": none */
	const char *help;  /* NULL: of the one before */
	bool is_counter;
} lines[] = {
    {{"ready", NULL}, "semsd_ready", "", "Whether records are taken now.", false},
    {{"records", NULL}, "semsd_records_received", "", "Records that came.", true},
    {{"verdicts", "stored"},
     "semsd_records",
     "{verdict=\"stored\"}",
     "Records by what they were answered.",
     true},
    {{"verdicts", "duplicate"}, "semsd_records", "{verdict=\"duplicate\"}", NULL, true},
    {{"verdicts", "conflict"}, "semsd_records", "{verdict=\"conflict\"}", NULL, true},
    {{"verdicts", "quarantined"}, "semsd_records", "{verdict=\"quarantined\"}", NULL, true},
    {{"verdicts", "expired"}, "semsd_records", "{verdict=\"expired\"}", NULL, true},
    {{"verdicts", "retry"}, "semsd_records", "{verdict=\"retry\"}", NULL, true},
    {{"frames", NULL}, "semsd_frames", "", "Frames that came whole.", true},
    {{"frames_broken", NULL}, "semsd_frames_broken", "", "Frames that were none.", true},
    {{"sessions", "open"}, "semsd_sessions", "", "Sessions that are open.", false},
    {{"sessions", "most"}, "semsd_sessions_limit", "", "As many may be open.", false},
    {{"sessions", "opened"}, "semsd_sessions_opened", "", "Sessions that began.", true},
    {{"sessions", "refused"},
     "semsd_sessions_refused",
     "",
     "Sessions refused because too many were there.",
     true},
    {{"sessions", "made_way"},
     "semsd_sessions_displaced",
     "",
     "Sessions that said nothing and made way for others.",
     true},
    {{"sessions", "unread"},
     "semsd_sessions_unread",
     "",
     "Sessions closed because nobody read their answers.",
     true},
    {{"unread_bytes", NULL},
     "semsd_unread_bytes",
     "",
     "Bytes of answers that wait to be read.",
     false},
};

static void
put_line(struct buf *b, const json_t *said, const struct metric_line *m)
{
	json_t *v = json_object_get(said, m->path[0]);

	if (m->path[1] != NULL)
		v = json_object_get(v, m->path[1]);
	if (m->help != NULL)
		buf_addf(b, "# TYPE %s %s\n# HELP %s %s\n", m->name,
			 m->is_counter ? "counter" : "gauge", m->name, m->help);
	buf_addf(b, "%s%s%s %" JSON_INTEGER_FORMAT "\n", m->name, m->is_counter ? "_total" : "",
		 m->label, json_is_true(v) ? 1 : json_integer_value(v));
}

/* semsd that is away has no counters, and is not ready. */
static void
on_metrics(void *ctx, const struct reply *r)
{
	json_t *said = document(r);
	struct buf text;

	buf_init(&text, TEXT_SIZE);
	for (size_t i = 0; i < (said == NULL ? 1 : COUNT(lines)); i++)
		put_line(&text, said, &lines[i]);
	buf_addf(&text, "# EOF\n");
	give(ctx, 200, "application/openmetrics-text; version=1.0.0; charset=utf-8", &text);
	buf_fini(&text);
	json_decref(said);
}

void
health_metrics(void *ctx, struct asked *a)
{
	ask(ctx, a, on_metrics);
}
