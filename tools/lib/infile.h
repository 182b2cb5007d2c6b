/* An input file that can be read twice: a file by its path, or standard input kept aside. */
#ifndef SEMS_TOOLS_INFILE_H
#define SEMS_TOOLS_INFILE_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

/* path: a file, or "-" for standard input, which is copied to a temporary file first. */
enum code infile_open(const char *path, int *fd, uint64_t *size, struct err *e) MUST_CHECK;
/* Bytes of the file without the line break at their end, appended to out. */
bool infile_read(int fd, uint64_t offset, size_t size, struct buf *out);

#endif
