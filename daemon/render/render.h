/* Room render: Every file that is made of a stored document, and bundles proved; no clock. */
/* The formats an edition can be rendered in: pure functions from it to bytes. */
#ifndef SEMS_RENDER_RENDER_H
#define SEMS_RENDER_RENDER_H

#include "render/doc/edition.h"

#define RENDER_MAX ((size_t)512 << 20) /* bytes of a file */

/* A file that is to be written. */
struct rendered {
	char name[SPD_CELL];
	struct buf bytes;
};

/* Files of one edition, in the order in which they are to be written. */
struct renderings {
	struct rendered *file;
	size_t n;
	size_t cap;
};

extern const char render_formats[]; /* "xlsx, html, csv, json, bundle or all" */

/*
 * The name of an exported file: "2026-Q2_r2_OFFICIAL-SENSITIVE_scorecard.csv", "provisional" in
 * place of the revision while there is none. What of the document's text is no letter
 * and no digit is a '-'.
 */
void render_file_name(const struct edition *ed, const char *what, const char *extension,
		      char out[SPD_CELL]);
bool render_is_format(const char *format);
/* Appends the format's files; "all" is every one of them, and so is "bundle", whose archive
 * bundle.h makes of them. */
enum code render(const struct edition *ed, const char *format, struct renderings *out,
		 struct err *e) MUST_CHECK;
struct rendered *renderings_add(struct renderings *r); /* an empty one; NULL: no memory */
void renderings_fini(struct renderings *r);

#endif
