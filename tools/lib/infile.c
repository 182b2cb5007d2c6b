#include "tools/lib/infile.h"

#include "base/plainfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPOOL_MAX ((uint64_t)4 << 30)

static enum code
copy_all(int from, int to, uint64_t max, struct err *e)
{
	unsigned char chunk[65536];
	uint64_t total = 0;
	ssize_t n;

	while ((n = read(from, chunk, sizeof chunk)) > 0) {
		total += (uint64_t)n;
		if (total > max)
			return err_set(e, REJ_MALFORMED, "",
				       "standard input has more than %" PRIu64
				       " bytes: put it into a file, which may be longer",
				       max);
		if (write(to, chunk, (size_t)n) != n)
			return err_set(e, TRY_SYSTEM, "", "cannot write a temporary file: %s",
				       strerror(errno));
	}
	return n == 0
		   ? OK
		   : err_set(e, TRY_SYSTEM, "", "cannot read standard input: %s", strerror(errno));
}

enum code
infile_spool(int from, uint64_t max, int *fd, uint64_t *size, struct err *e)
{
	const char *folder = getenv("TMPDIR");
	char name[256];
	struct stat st;
	enum code code;

	if (folder == NULL || folder[0] == '\0')
		folder = "/tmp";
	snprintf(name, sizeof name, "%s/semsctl.XXXXXX", folder);
	*fd = mkostemp(name, O_CLOEXEC);
	if (*fd < 0)
		return err_set(e, TRY_SYSTEM, "", "cannot make a temporary file in %s: %s", folder,
			       strerror(errno));
	unlink(name);
	code = copy_all(from, *fd, max, e);
	if (code == OK && fstat(*fd, &st) != 0)
		code =
		    err_set(e, TRY_SYSTEM, "", "cannot read a temporary file: %s", strerror(errno));
	if (code == OK) {
		*size = (uint64_t)st.st_size;
		return OK;
	}
	close(*fd);
	*fd = -1;
	return code;
}

enum code
infile_open(const char *path, int *fd, uint64_t *size, struct err *e)
{
	struct stat st;
	struct err why;
	enum code code;

	if (strcmp(path, "-") == 0)
		return infile_spool(STDIN_FILENO, SPOOL_MAX, fd, size, e);
	code = plainfile_open(AT_FDCWD, path, 0, fd, &st, &why);
	if (code != OK)
		return err_set(e, code, path, "%s%s", why.text,
			       code == REJ_MALFORMED ? "; - reads standard input" : "");
	*size = (uint64_t)st.st_size;
	return OK;
}

bool
infile_read(int fd, uint64_t offset, size_t size, struct buf *out)
{
	unsigned char *p = buf_extend(out, size);
	ssize_t n;

	if (p == NULL)
		return false;
	n = pread(fd, p, size, (off_t)offset);
	if (n < 0)
		n = 0;
	out->n -= size - (size_t)n;
	while (out->n > 0 && (out->p[out->n - 1] == '\n' || out->p[out->n - 1] == '\r'))
		out->n--;
	return true;
}
