/* Room render/register: The risk register and the framework as people hold them: workbook, pages,
 * bow-ties. */
/*
 * Pure functions of a document: the same document gives the same bytes. A document of the register
 * has scenarios, controls, assets, process maps and flags, and the scheme they are scored by; one
 * of the framework has chapters and what stands in for them. A member that is not there is not
 * known, and is shown as that. Documents are borrowed.
 */
#ifndef SEMS_RENDER_REGISTER_REGISTER_H
#define SEMS_RENDER_REGISTER_REGISTER_H

#include "base/buf.h"
#include "base/err.h"

#include <jansson.h>

#define REGISTER_MAX ((size_t)512 << 20) /* bytes of a file */

/* Each appends to out, which is of no use when it fails: TRY_LIMIT, memory or out's maximum. */
enum code register_xlsx(const json_t *doc, struct buf *out, struct err *e) MUST_CHECK;
enum code register_html(const json_t *doc, struct buf *out, struct err *e) MUST_CHECK;
/* The bow-tie of one scenario as a file of SVG; REJ_NOT_FOUND: there is none of that number. */
enum code register_bow_tie(const json_t *doc, const char *number, struct buf *out,
			   struct err *e) MUST_CHECK;
enum code framework_html(const json_t *doc, struct buf *out, struct err *e) MUST_CHECK;

#endif
