#include "base/file/plainfile.h"

#include "base/count.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static enum code
fail(struct err *e, enum code code, const char *path, const char *why)
{
	return err_set(e, code, path, "cannot read %.160s: %s", path, why);
}

static const char *
what_it_is(mode_t mode)
{
	static const struct {
		mode_t type;
		const char *text;
	} types[] = {
	    {S_IFDIR, "it is a folder, not a file"},  {S_IFIFO, "it is a pipe, not a file"},
	    {S_IFCHR, "it is a device, not a file"},  {S_IFBLK, "it is a device, not a file"},
	    {S_IFSOCK, "it is a socket, not a file"},
	};

	for (size_t i = 0; i < COUNT(types); i++)
		if ((mode & S_IFMT) == types[i].type)
			return types[i].text;
	return "it is not a file";
}

enum code
plainfile_open(int folder, const char *path, int flags, int *fd, struct stat *st, struct err *e)
{
	/* Not blocking: opening a pipe would wait for who writes. */
	*fd = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);
	if (*fd < 0 && errno == ENXIO) /* what sockets answer, and devices that are not there */
		return fail(e, REJ_MALFORMED, path, "it is a socket or a device, not a file");
	if (*fd < 0)
		return fail(e, errno == ENOENT ? REJ_NOT_FOUND : REJ_FORBIDDEN, path,
			    strerror(errno));
	if (fstat(*fd, st) == 0 && S_ISREG(st->st_mode))
		return OK;
	close(*fd);
	*fd = -1;
	return fail(e, REJ_MALFORMED, path, what_it_is(st->st_mode));
}

enum code
plainfile_read(int folder, const char *path, int flags, struct buf *out, struct err *e)
{
	unsigned char chunk[65536];
	struct stat st;
	ssize_t n;
	int fd;
	enum code code = plainfile_open(folder, path, flags, &fd, &st, e);

	if (code != OK)
		return code;
	do {
		n = read(fd, chunk, sizeof chunk);
		if (n > 0)
			buf_add(out, chunk, (size_t)n);
	} while (!out->failed && (n > 0 || (n < 0 && errno == EINTR)));
	if (n < 0)
		code = fail(e, REJ_FORBIDDEN, path, strerror(errno));
	else if (out->failed)
		code = err_set(e, REJ_MALFORMED, path,
			       "cannot read %.160s: it has more than %zu bytes", path, out->max);
	close(fd);
	return code;
}
