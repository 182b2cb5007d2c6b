/*
 * Looking up a user by number hangs as long as a file is there: a directory that is away. Loaded
 * before semsd (LD_PRELOAD); HANGING_USERS names the file.
 */
#include <dlfcn.h>
#include <pwd.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int /* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): glibc's are its own */
getpwuid_r(uid_t uid, struct passwd *pw, char *text, size_t size, struct passwd **found)
{
	struct timespec soon = {0, 10000000};
	const char *path = getenv("HANGING_USERS");
	int (*next)(uid_t, struct passwd *, char *, size_t, struct passwd **);

	*(void **)&next = dlsym(RTLD_NEXT, "getpwuid_r");
	while (path != NULL && access(path, F_OK) == 0)
		nanosleep(&soon, NULL);
	return next(uid, pw, text, size, found);
}
