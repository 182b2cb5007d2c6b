/* Evidence: records, what was refused, feeds, doubles, imports, and what waits for a second person.
 */
#ifndef SEMS_WEB_READ_EVIDENCE_H
#define SEMS_WEB_READ_EVIDENCE_H

#include "web/view/view.h"

bool records_ask(struct showing *s, struct question *q, unsigned i);
void records_print(struct showing *s, struct buf *b);

/* i: 0 a page of them, 1 the one of the path. */
bool quarantine_ask(struct showing *s, struct question *q, unsigned i);
void quarantine_print(struct showing *s, struct buf *b);
void refused_print(struct showing *s, struct buf *b); /* one */

void feeds_print(struct showing *s, struct buf *b); /* by the status */
/* The status's list of silent feeds. */
void silent_put(struct buf *b, const json_t *list);

bool doubles_ask(struct showing *s, struct question *q, unsigned i);
void doubles_print(struct showing *s, struct buf *b);

/* i: 0 the newest runs, 1 the run of the path and a page of its records. */
bool imports_ask(struct showing *s, struct question *q, unsigned i);
void imports_print(struct showing *s, struct buf *b);
void import_print(struct showing *s, struct buf *b);

bool pending_ask(struct showing *s, struct question *q, unsigned i);
void pending_print(struct showing *s, struct buf *b);
/* The one of the path; NULL: it does not wait, or not among the oldest 1,000. */
const json_t *pending_one(const struct showing *s);
/* What it is, and what it would change. */
void pending_put(struct buf *b, const json_t *one);

#endif
