/* Health: whether records are taken now, and what was counted since the start. From memory, at
 * once: it is asked every few seconds, and when the database is away. */
#include "base/count.h"
#include "base/json/jsonout.h"
#include "office/call.h"

/* Why a record that comes now would not be stored. */
static json_t *
why_not_json(struct call *c)
{
	const char *fault = store_fault(call_store(c));
	struct store_late late;
	struct made why = made_array();

	if (!store_is_up(call_store(c)))
		made_append(&why, json_string("no safe database is connected"));
	if (fault != NULL)
		made_append(&why, json_string(fault));
	if (store_late(call_store(c), &late))
		made_append(&why, json_string("records wait too long to be stored"));
	if (registry_entity(call_registry(c))[0] == '\0')
		made_append(&why, json_string("nothing is set up yet"));
	return made_take(why);
}

static json_t *
verdicts_json(const struct ingest_counters *n)
{
	static const char *const names[] = {
	    [VERDICT_NONE] = NULL,
	    [VERDICT_STORED] = "stored",
	    [VERDICT_DUPLICATE] = "duplicate",
	    [VERDICT_CONFLICT] = "conflict",
	    [VERDICT_QUARANTINED] = "quarantined",
	    [VERDICT_EXPIRED] = "expired",
	    [VERDICT_RETRY] = "retry",
	};
	struct made o = made_object();

	COVERS(names, N_VERDICTS);
	for (size_t v = VERDICT_NONE + 1; v < COUNT(names); v++)
		made_int(&o, names[v], (int64_t)n->verdicts[v]);
	return made_take(o);
}

static json_t *
sessions_json(const struct ingest *in, const struct ingest_counters *n)
{
	const struct ingest_sessions now = ingest_sessions(in);
	struct made o = made_object();

	made_int(&o, "open", now.open);
	made_int(&o, "most", now.most);
	made_int(&o, "opened", (int64_t)n->sessions_opened);
	made_int(&o, "refused", (int64_t)n->sessions_refused);
	made_int(&o, "made_way", (int64_t)n->sessions_displaced);
	made_int(&o, "unread", (int64_t)n->sessions_unread);
	return made_take(o);
}

void
admin_health(struct call *c)
{
	const struct ingest *in = call_ingest(c);
	const struct ingest_counters *n = ingest_counters(in);
	json_t *why = why_not_json(c);
	struct made o = made_object();

	made_put(&o, "ready", json_boolean(why != NULL && json_array_size(why) == 0));
	made_put(&o, "why_not", why);
	made_text(&o, "durability", ingest_durability(in));
	made_int(&o, "records", (int64_t)n->records);
	made_put(&o, "verdicts", verdicts_json(n));
	made_int(&o, "frames", (int64_t)n->frames);
	made_int(&o, "frames_broken", (int64_t)n->frames_broken);
	made_put(&o, "sessions", sessions_json(in, n));
	made_int(&o, "unread_bytes", (int64_t)ingest_unsent(in));
	call_reply_json(c, made_take(o));
}
