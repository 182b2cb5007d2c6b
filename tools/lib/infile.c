#include "tools/lib/infile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum code
copy_all(int from, int to, struct err *e)
{
	unsigned char chunk[65536];
	ssize_t n;

	while ((n = read(from, chunk, sizeof chunk)) > 0) {
		if (write(to, chunk, (size_t)n) != n)
			return err_set(e, TRY_SYSTEM, "", "cannot write a temporary file: %s",
				       strerror(errno));
	}
	return n == 0
		   ? OK
		   : err_set(e, TRY_SYSTEM, "", "cannot read standard input: %s", strerror(errno));
}

static enum code
spool(int *fd, struct err *e)
{
	const char *folder = getenv("TMPDIR");
	char name[256];

	if (folder == NULL || folder[0] == '\0')
		folder = "/tmp";
	snprintf(name, sizeof name, "%s/semsctl.XXXXXX", folder);
	*fd = mkstemp(name);
	if (*fd < 0)
		return err_set(e, TRY_SYSTEM, "", "cannot make a temporary file in %s: %s", folder,
			       strerror(errno));
	unlink(name);
	return copy_all(STDIN_FILENO, *fd, e);
}

enum code
infile_open(const char *path, int *fd, uint64_t *size, struct err *e)
{
	struct stat st;

	*fd = -1;
	if (strcmp(path, "-") == 0) {
		enum code rc = spool(fd, e);

		if (rc != OK)
			return rc;
	} else {
		*fd = open(path, O_RDONLY | O_CLOEXEC);
		if (*fd < 0)
			return err_set(e, REJ_NOT_FOUND, path, "cannot read %s: %s", path,
				       strerror(errno));
	}
	if (fstat(*fd, &st) != 0 || !S_ISREG(st.st_mode))
		return err_set(e, REJ_MALFORMED, path, "%s is not a file", path);
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
