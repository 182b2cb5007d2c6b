/* The bundle, format sems-bundle/1 (proto/PROOF.md): everything of one revision, listed and signed.
 */
#ifndef SEMS_RENDER_BUNDLE_H
#define SEMS_RENDER_BUNDLE_H

#include "tools/render/book.h"
#include "tools/render/render.h"

enum code bundle_make(const struct book *b, const struct renderings *members, struct buf *out,
		      struct err *e) MUST_CHECK;

#endif
