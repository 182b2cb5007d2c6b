/* A folder that one process has to itself. */
#ifndef SEMS_BASE_FILE_LOCKFILE_H
#define SEMS_BASE_FILE_LOCKFILE_H

#include "base/err.h"

/*
 * Takes the folder by locking FOLDER/name, which is made, until *fd, the caller's to close, is
 * closed or the process ends, and notes in the file who has it. REJ_STATE: another process has it;
 * *e names the folder, that process and what to do, which is `todo`. FATAL_CONFIG: there is no such
 * folder, or nothing can be made in it. *fd is -1 then.
 */
enum code lockfile_take(const char *folder, const char *name, const char *todo, int *fd,
			struct err *e) MUST_CHECK;

#endif
