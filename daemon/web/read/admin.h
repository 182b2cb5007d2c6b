/* Administration, to be looked at: people, devices, grants, targets, retention, holds, the log. */
#ifndef SEMS_WEB_READ_ADMIN_H
#define SEMS_WEB_READ_ADMIN_H

#include "web/view/view.h"

/* What is set up: now, or at the end of the address's day. */
bool setup_ask(struct showing *s, struct question *q, unsigned i);
/* Which passkeys sign in whom, for whom it is to know. */
bool passkeys_ask(struct showing *s, struct question *q, unsigned i);
void people_print(struct showing *s, struct buf *b);
void grants_print(struct showing *s, struct buf *b);
void targets_print(struct showing *s, struct buf *b);

bool devices_ask(struct showing *s, struct question *q, unsigned i);
void devices_print(struct showing *s, struct buf *b);
/* What goes when: only a plan. */
bool retention_ask(struct showing *s, struct question *q, unsigned i);
void retention_print(struct showing *s, struct buf *b);
bool holds_ask(struct showing *s, struct question *q, unsigned i);
void holds_print(struct showing *s, struct buf *b);
bool log_ask(struct showing *s, struct question *q, unsigned i);
void log_print(struct showing *s, struct buf *b);

#endif
