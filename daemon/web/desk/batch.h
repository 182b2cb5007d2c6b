/* POST /v1/batch: records by HTTP, with a verdict for each as on the socket. */
#ifndef SEMS_WEB_DESK_BATCH_H
#define SEMS_WEB_DESK_BATCH_H

struct asked;

/* ctx: struct desk *. A Batch as protobuf or as JSON; its Result comes as the same. */
void batch_take(void *ctx, struct asked *a);

#endif
