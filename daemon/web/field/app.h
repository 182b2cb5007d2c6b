/* Room web/field: The field app: its files, and the forms of a device. */
/*
 * The files of the app at /field/, as they were compiled in. Its version is the digest of all of
 * them: whatever changes is another version, which a browser fetches whole.
 */
#ifndef SEMS_WEB_FIELD_APP_H
#define SEMS_WEB_FIELD_APP_H

struct asked;

/* GET of each of its paths. */
void app_serve(void *ctx, struct asked *a);
/* GET /v1/enrol, where the code of a device leads that a camera reads: to the app, which gets what
 * stands behind #. */
void app_enrol(void *ctx, struct asked *a);

#endif
