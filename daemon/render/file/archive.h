/* Room render/file: Bytes of files: archives, cells of CSV, text that no spreadsheet computes. */
/* Zip archives in memory: the same members give the same bytes. */
#ifndef SEMS_RENDER_FILE_ARCHIVE_H
#define SEMS_RENDER_FILE_ARCHIVE_H

#include "base/buf.h"
#include "base/err.h"

struct member_file {
	const char *name; /* with '/' between folders */
	const void *p;
	size_t n;
};

/* Appends the archive to out. Members keep their order; their times are 1980-01-01. */
enum code archive_make(const struct member_file *members, size_t n, struct buf *out,
		       struct err *e) MUST_CHECK;

/* False when a member is not readable, or an XML one does not end with its root's end tag. */
bool archive_xml_is_whole(const struct buf *archive);

#endif
