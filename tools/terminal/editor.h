/* A text that a person writes in their own editor: $VISUAL, $EDITOR, else `editor`, else vi. */
#ifndef SEMS_TOOLS_TERMINAL_EDITOR_H
#define SEMS_TOOLS_TERMINAL_EDITOR_H

#include "base/buf.h"
#include "base/err.h"

#define EDITOR_TEXT_MAX ((size_t)1 << 20) /* bytes of what comes back */
#define EDITOR_PATH     4096

/*
 * Shows `text` in the editor and has what was saved in `out`, initialised here, the caller's to
 * buf_fini() also on failure. It lies in a file that nobody else can read, whose name is in path
 * from the start: on success the caller's to remove, with editor_forget(); what could not be used
 * stays, so that nobody writes it twice. FATAL_CONFIG: the editor could not be run or ended badly.
 */
enum code editor_ask(const struct buf *text, char path[EDITOR_PATH], struct buf *out,
		     struct err *e) MUST_CHECK;
void editor_forget(const char *path);

#endif
