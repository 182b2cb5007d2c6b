/* An input file that can be read twice: a file by its path, or standard input kept aside. */
#ifndef SEMS_TOOLS_SHEET_INFILE_H
#define SEMS_TOOLS_SHEET_INFILE_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

/*
 * path: a file, or "-" for standard input, which is copied to a temporary file first, up to 4 GiB.
 * A pipe, a device or a folder by its path is refused. *fd is -1 after a failure.
 */
enum code infile_open(const char *path, int *fd, uint64_t *size, struct err *e) MUST_CHECK;
/* An empty file without a name that nobody else can read. */
enum code infile_temporary(int *fd, struct err *e) MUST_CHECK;
/* All that comes from a descriptor, up to max bytes, as a file without a name that nobody else can
 * read. */
enum code infile_spool(int from, uint64_t max, int *fd, uint64_t *size, struct err *e) MUST_CHECK;
/* The file in UTF-8, as a file without a name in its place. What is no text in the encoding becomes
 * a byte that is none in UTF-8 either, so that its row is found. REJ_FIELD: iconv has no such
 * encoding. */
enum code infile_convert(int *fd, uint64_t *size, const char *encoding, struct err *e) MUST_CHECK;
/* SHA-256 of the whole file, in hexadecimal; "" when it cannot be read. */
#define INFILE_DIGEST_SIZE 65
void infile_digest(int fd, char out[INFILE_DIGEST_SIZE]);
/* Bytes of the file without the line break at their end, appended to out. */
bool infile_read(int fd, uint64_t offset, size_t size, struct buf *out);

#endif
