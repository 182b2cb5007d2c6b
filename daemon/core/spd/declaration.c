#include "core/spd/declaration.h"

#include "core/spd/keys.h"

#include <jansson.h>

static int
on_dump(const char *bytes, size_t n, void *ctx)
{
	return buf_add(ctx, bytes, n) ? 0 : -1;
}

enum code
declaration_write(const struct declaration *d, struct buf *out, struct err *e)
{
	json_t *policy = json_object_get(d->document, DOC_POLICY);
	json_t *doc = json_pack(
	    "{s:s, s:s, s:I, s:s, s:s, s:O?, s:O}", "format", DECLARATION_FORMAT, "quarter",
	    d->quarter, "revision", (json_int_t)d->revision, "document_sha256", d->document_sha256,
	    "state", spd_state_name(d->state), "policy", policy, "events", d->events);
	int r;

	if (doc == NULL)
		return err_set(e, TRY_LIMIT, "declaration", "out of memory; try again");
	r = json_dump_callback(doc, on_dump, out, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(doc);
	if (r != 0)
		return err_set(e, TRY_LIMIT, "declaration", "it has more than %zu bytes", out->max);
	return OK;
}
