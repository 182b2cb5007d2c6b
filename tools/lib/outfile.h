/* Files written whole or not at all: to a temporary one beside, flushed to the disk, then renamed.
 */
#ifndef SEMS_TOOLS_OUTFILE_H
#define SEMS_TOOLS_OUTFILE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Readable by the owner alone. replace: an existing file gives way; else REJ_STATE when there is
 * one, also one that came meanwhile.
 */
enum code outfile_write(const char *path, const void *p, size_t n, bool replace,
			struct err *e) MUST_CHECK;
bool outfile_exists(const char *path);
/* Makes the folder and those above it. */
enum code outfile_folder(const char *path, struct err *e) MUST_CHECK;

#endif
