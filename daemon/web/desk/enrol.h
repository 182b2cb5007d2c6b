/* POST /v1/enrol: a code is exchanged for a device's credential. */
#ifndef SEMS_WEB_DESK_ENROL_H
#define SEMS_WEB_DESK_ENROL_H

struct asked;

/* ctx: struct desk *. {"code"} and, where the device has a key of its own, "publicKey" as a JWK. */
void enrol_take(void *ctx, struct asked *a);

#endif
