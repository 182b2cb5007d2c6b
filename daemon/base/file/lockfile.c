#include "base/file/lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define HOLDER_SIZE 64

/* Folders are shared over networks and by containers: a process has its number on its own. */
static void
note_holder(int fd)
{
	char host[32] = "";
	char text[HOLDER_SIZE];
	bool noted;
	int n;

	if (gethostname(host, sizeof host - 1) != 0)
		host[0] = '\0';
	n = snprintf(text, sizeof text, ", process %ld%s%s,\n", (long)getpid(),
		     host[0] == '\0' ? "" : " on ", host);
	/* Without a note it is as much taken. */
	noted = ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)n, 0) == n;
	(void)noted;
}

/* "" when nothing is noted, just now or ever. */
static void
read_holder(int fd, char holder[HOLDER_SIZE])
{
	ssize_t n = pread(fd, holder, HOLDER_SIZE - 1, 0);

	holder[n < 0 ? 0 : n] = '\0';
	holder[strcspn(holder, "\n")] = '\0';
}

enum code
lockfile_take(const char *folder, const char *name, const char *todo, int *fd, struct err *e)
{
	char holder[HOLDER_SIZE];
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int why;

	*fd = -1;
	if (dir >= 0)
		*fd = openat(dir, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	why = errno;
	if (dir >= 0)
		close(dir);
	if (*fd < 0)
		return err_set(e, FATAL_CONFIG, folder, "cannot open %s in it: %s", name,
			       strerror(why));
	if (flock(*fd, LOCK_EX | LOCK_NB) == 0) {
		note_holder(*fd);
		return OK;
	}
	read_holder(*fd, holder);
	close(*fd);
	*fd = -1;
	return err_set(e, REJ_STATE, folder, "%s: another semsd%s uses it: %s", folder, holder,
		       todo);
}
