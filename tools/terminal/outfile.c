#include "tools/terminal/outfile.h"

#include "base/file/plainfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A full disk may have room tomorrow; a folder that one may not write to will not. */
static enum code
fail(struct err *e, const char *path, const char *what)
{
	bool full = errno == ENOSPC || errno == EDQUOT;

	return err_set(e, full ? TRY_SYSTEM : REJ_STATE, path, "cannot %s %.150s: %s%s", what, path,
		       strerror(errno), full ? "; nothing was written" : "");
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

/* A file on its way: without a name, or where the file system cannot do that under one of its own.
 */
struct staged {
	int fd;                   /* -1: there is nothing to do */
	char temporary[PATH_MAX]; /* "": none */
};

/* True when path holds exactly these bytes. */
static bool
is_same(const char *path, const char *p, size_t n)
{
	char block[65536];
	struct stat st;
	struct err e;
	int fd;
	bool same = plainfile_open(AT_FDCWD, path, O_NOFOLLOW, &fd, &st, &e) == OK &&
		    (size_t)st.st_size == n;

	while (same && n > 0) {
		ssize_t r = read(fd, block, n < sizeof block ? n : sizeof block);

		same = r > 0 && memcmp(block, p, (size_t)r) == 0;
		p += same ? r : 0;
		n -= same ? (size_t)r : 0;
	}
	if (fd >= 0)
		close(fd);
	return same;
}

static bool
exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static enum code
path_of(const char *folder, const char *name, const char *end, char out[PATH_MAX], struct err *e)
{
	if (snprintf(out, PATH_MAX, "%s/%s%s", folder, name, end) < PATH_MAX)
		return OK;
	errno = ENAMETOOLONG;
	return fail(e, name, "write");
}

static int
open_staged(const char *folder, const char *name, struct staged *s, struct err *e)
{
	s->temporary[0] = '\0';
	s->fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (s->fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
		return s->fd;
	if (path_of(folder, name, ".XXXXXX", s->temporary, e) == OK)
		s->fd = mkostemp(s->temporary, O_CLOEXEC);
	if (s->fd < 0)
		s->temporary[0] = '\0';
	return s->fd;
}

static enum code
stage(const char *folder, const struct outfile *f, bool replace, struct staged *s, struct err *e)
{
	char path[PATH_MAX];
	enum code code = path_of(folder, f->name, "", path, e);

	if (code != OK || is_same(path, f->p, f->n))
		return code;
	if (!replace && exists(path))
		return err_set(
		    e, REJ_STATE, path,
		    "%.150s is there already, with other content: use --force to replace "
		    "it, or another folder",
		    path);
	if (open_staged(folder, f->name, s, e) < 0)
		return fail(e, path, "write");
	if (!write_all(s->fd, f->p, f->n) || fsync(s->fd) != 0)
		return fail(e, path, "write");
	return OK;
}

/* A name for what had none: link() does not replace, so another one first when it must. */
static bool
name_staged(const struct staged *s, const char *path)
{
	char proc[64];

	snprintf(proc, sizeof proc, "/proc/self/fd/%d", s->fd);
	return linkat(AT_FDCWD, proc, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
}

static enum code
place(const char *folder, const struct outfile *f, bool replace, struct staged *s, struct err *e)
{
	char path[PATH_MAX];
	enum code code = path_of(folder, f->name, "", path, e);
	bool placed;

	if (code != OK || s->fd < 0)
		return code;
	if (!replace) {
		placed =
		    s->temporary[0] == '\0' ? name_staged(s, path) : link(s->temporary, path) == 0;
	} else {
		if (s->temporary[0] == '\0' &&
		    path_of(folder, f->name, ".new", s->temporary, e) == OK) {
			unlink(s->temporary);
			if (!name_staged(s, s->temporary))
				s->temporary[0] = '\0';
		}
		placed = s->temporary[0] != '\0' && rename(s->temporary, path) == 0;
		if (placed)
			s->temporary[0] = '\0';
	}
	if (placed)
		return OK;
	if (errno == EEXIST)
		return err_set(e, REJ_STATE, path, "%.150s came meanwhile: look at it first", path);
	return fail(e, path, "write");
}

static void
forget(struct staged *s)
{
	if (s->fd >= 0)
		close(s->fd);
	if (s->temporary[0] != '\0')
		unlink(s->temporary);
}

/* The new names must be on the disk too, not only the bytes. */
static void
sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
}

enum code
outfile_write_all(const char *folder, const struct outfile *files, size_t n, bool replace,
		  struct err *e)
{
	struct staged *staged = calloc(n == 0 ? 1 : n, sizeof *staged);
	enum code code = OK;

	if (staged == NULL)
		return err_set(e, TRY_LIMIT, folder, "out of memory; try again");
	for (size_t i = 0; i < n; i++)
		staged[i].fd = -1;
	for (size_t i = 0; i < n && code == OK; i++)
		code = stage(folder, &files[i], replace, &staged[i], e);
	for (size_t i = 0; i < n && code == OK; i++)
		code = place(folder, &files[i], replace, &staged[i], e);
	for (size_t i = 0; i < n; i++)
		forget(&staged[i]);
	free(staged);
	if (code == OK)
		sync_folder(folder);
	return code;
}

enum code
outfile_write(const char *path, const void *p, size_t n, bool replace, struct err *e)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	struct outfile one = {.name = slash == NULL ? path : slash + 1, .p = p, .n = n};

	if (slash == NULL)
		snprintf(folder, sizeof folder, ".");
	else if (snprintf(folder, sizeof folder, "%.*s", (int)(slash - path + 1), path) >=
		 (int)sizeof folder) {
		errno = ENAMETOOLONG;
		return fail(e, path, "write");
	}
	return outfile_write_all(folder, &one, 1, replace, e);
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
		mkdir(part, 0755); /* those that matter fail again below */
		*p = '/';
	}
	if (mkdir(part, 0755) == 0 || (stat(part, &st) == 0 && S_ISDIR(st.st_mode)))
		return OK;
	return fail(e, path, "make the folder");
}
