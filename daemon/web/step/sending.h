/* Records that a page makes of what somebody decided: sent as a Batch in his name. */
#ifndef SEMS_WEB_STEP_SENDING_H
#define SEMS_WEB_STEP_SENDING_H

#include "web/view/view.h"

struct sending {
	struct buf batch;
	struct arena *arena; /* of the record that is made */
	size_t n;            /* records */
};

void sending_begin(struct sending *to);
void sending_drop(struct sending *to);
/* Each as semsctl makes it; false: what is named is none, or memory is out. */
/* Of a correction or void that waits: {"record_id", "source"}. */
bool sending_add_confirmation(struct sending *to, const json_t *one, bool declines);
/* Of a record, {"record_id", "source"} and, where it has one, "site". */
bool sending_add_void(struct sending *to, const json_t *root, const char *site, const char *reason);
/* Drops it, in every case. */
void sending_send(struct sending *to, struct showing *s, reply_fn *fn);
/* Whether all were taken; else the page is shown again with the first refusal. */
bool sending_is_taken(struct showing *s, const struct reply *r);

#endif
