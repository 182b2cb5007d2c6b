#include "tools/lib/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum code
fail(struct err *e, const char *path, const char *what)
{
	return err_set(e, REJ_STATE, path, "cannot %s %s: %s", what, path, strerror(errno));
}

static bool
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return false;
		p += w;
		n -= (size_t)w;
	}
	return true;
}

/* The new name must be on the disk too, not only the bytes. */
static void
sync_folder(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int fd;

	if (slash == NULL)
		snprintf(folder, sizeof folder, ".");
	else
		snprintf(folder, sizeof folder, "%.*s", (int)(slash - path + 1), path);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		(void)fsync(fd);
		close(fd);
	}
}

/* link() and not rename() where nothing may be replaced: it fails when the name is taken. */
static bool
put_in_place(const char *temporary, const char *path, bool replace)
{
	if (replace)
		return rename(temporary, path) == 0;
	if (link(temporary, path) != 0)
		return false;
	(void)unlink(temporary);
	return true;
}

enum code
outfile_write(const char *path, const void *p, size_t n, bool replace, struct err *e)
{
	char temporary[PATH_MAX];
	int fd;
	enum code code = OK;

	if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= (int)sizeof temporary) {
		errno = ENAMETOOLONG;
		return fail(e, path, "write");
	}
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return fail(e, path, "write");
	if (!write_all(fd, p, n) || fsync(fd) != 0)
		code = fail(e, path, "write");
	if (close(fd) != 0 && code == OK)
		code = fail(e, path, "write");
	if (code == OK && !put_in_place(temporary, path, replace))
		code = errno == EEXIST
			   ? err_set(e, REJ_STATE, path,
				     "%s is there already: use --force to replace it, or another "
				     "folder",
				     path)
			   : fail(e, path, "write");
	if (code != OK)
		(void)unlink(temporary);
	else
		sync_folder(path);
	return code;
}

bool
outfile_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

enum code
outfile_folder(const char *path, struct err *e)
{
	char part[PATH_MAX];
	struct stat st;

	if (snprintf(part, sizeof part, "%s", path) >= (int)sizeof part) {
		errno = ENAMETOOLONG;
		return fail(e, path, "make the folder");
	}
	for (char *p = part + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		(void)mkdir(part, 0755); /* those that matter fail again below */
		*p = '/';
	}
	if (mkdir(part, 0755) == 0 || (stat(part, &st) == 0 && S_ISDIR(st.st_mode)))
		return OK;
	return fail(e, path, "make the folder");
}
