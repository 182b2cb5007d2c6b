/* Editions to render: the small SPD of spd_fixture.h with everything else that a document has. */
#ifndef SEMS_TESTS_RENDER_EDITION_FIXTURE_H
#define SEMS_TESTS_RENDER_EDITION_FIXTURE_H

#include "render/render.h"

struct sample {
	json_t *doc;
	json_t *declaration; /* NULL: none */
	struct buf bytes;
	struct buf declaration_bytes;
	struct edition edition;
};

/* A document with chart, funnel, case mix, completeness, balances and restatements, and what people
 * did with it. Change doc and declaration at will, then sample_read(). */
void sample_init(struct sample *s);
/* Makes the bytes and reads them; the code of edition_read(). */
enum code sample_read(struct sample *s, struct err *e);
void sample_fini(struct sample *s);

/* Renders; fails the test when it cannot. The caller's to renderings_fini(). */
void sample_render(struct sample *s, const char *format, struct renderings *out);
/* The file whose name ends so; fails the test when there is none. */
const struct buf *sample_file(const struct renderings *r, const char *end);
/* Is this in the bytes? */
bool sample_has(const struct buf *b, const char *text);

/* Of the document, to be changed before it is read: a metric, and the entity's figure of it. */
json_t *sample_metric(const struct sample *s, size_t i);
json_t *sample_figure(const struct sample *s, size_t i);
/* All parts of a workbook whose name begins so, one after the other; buf_fini() is the caller's. */
void sample_parts(const struct buf *book, const char *prefix, struct buf *out);
/* How often it has this. */
size_t sample_count(const struct buf *b, const char *what);

#endif
