/*
 * Files by a path that somebody gives. A folder, a pipe, a device or a socket in a file's place is
 * refused by its name, at once: none of them makes who opens it wait, or read for ever.
 */
#ifndef SEMS_BASE_FILE_PLAINFILE_H
#define SEMS_BASE_FILE_PLAINFILE_H

#include "base/buf.h"
#include "base/err.h"

#include <sys/stat.h>

/*
 * Opens a file to read. folder: AT_FDCWD, or a folder's descriptor; flags: 0, or O_NOFOLLOW. *fd is
 * the caller's to close, and -1 after a failure: REJ_NOT_FOUND when there is none, REJ_MALFORMED
 * when it is no regular file, REJ_FORBIDDEN when it cannot be opened. *st: as fstat() has it.
 */
enum code plainfile_open(int folder, const char *path, int flags, int *fd, struct stat *st,
			 struct err *e) MUST_CHECK;
/* Appends all of a file to out; REJ_MALFORMED also when out's maximum does not hold it. */
enum code plainfile_read(int folder, const char *path, int flags, struct buf *out,
			 struct err *e) MUST_CHECK;

#endif
