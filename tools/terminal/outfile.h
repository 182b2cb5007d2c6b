/*
 * Files written whole or not at all: first all of them to where nobody sees them, flushed to the
 * disk, then each under its name. Whoever is killed before that leaves nothing.
 */
#ifndef SEMS_TOOLS_TERMINAL_OUTFILE_H
#define SEMS_TOOLS_TERMINAL_OUTFILE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct outfile {
	const char *name; /* in the folder */
	const void *p;
	size_t n;
};

/*
 * Readable by the owner alone. replace: existing files give way; else REJ_STATE, and none is
 * written, when one of them is there with other content. One with the same content is left alone.
 * What does not fit on the disk is TRY_SYSTEM, and none is written.
 */
enum code outfile_write_all(const char *folder, const struct outfile *files, size_t n, bool replace,
			    struct err *e) MUST_CHECK;
enum code outfile_write(const char *path, const void *p, size_t n, bool replace,
			struct err *e) MUST_CHECK;
/* Makes the folder and those above it. */
enum code outfile_folder(const char *path, struct err *e) MUST_CHECK;

#endif
