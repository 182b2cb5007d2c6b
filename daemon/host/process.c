#include "host/process.h"

#include "base/count.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const int reset_signals[] = {SIGPIPE, SIGINT,  SIGTERM, SIGQUIT,
				    SIGHUP,  SIGCHLD, SIGUSR1, SIGUSR2};

/* Ends the child and nothing else, without a word. */
static void
give_up(void)
{
	raise(SIGKILL);
}

/* In the child, between fork and exec: async-signal-safe calls only. */
static void
become(const char *const argv[], int output, pid_t parent)
{
	/* execv() changes nothing, but its type is older than const. */
	union {
		const char *const *in;
		char *const *plain;
	} args = {argv};
	sigset_t none;
	int null;

	for (size_t i = 0; i < COUNT(reset_signals); i++)
		signal(reset_signals[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGINT);
	/* The parent may have died before the line above. */
	if (getppid() != parent)
		give_up();
	null = open("/dev/null", O_RDONLY);
	if (null < 0 || dup2(null, 0) < 0)
		give_up();
	if (output >= 0 && (dup2(output, 1) < 0 || dup2(output, 2) < 0))
		give_up();
	close_range(3, ~0U, 0);
	execv(argv[0], args.plain);
	give_up();
}

pid_t
process_start(const char *const argv[], const char *output)
{
	int fd =
	    output == NULL ? -1 : open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	pid_t parent = getpid();
	pid_t pid;

	if (fd < 0 && output != NULL)
		return -1;
	pid = fork();
	if (pid == 0)
		become(argv, fd, parent);
	if (fd >= 0)
		close(fd);
	return pid;
}

int
process_run(const char *const argv[], const char *output)
{
	pid_t pid = process_start(argv, output);
	int status;

	if (pid < 0)
		return -1;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool
process_has_ended(pid_t pid)
{
	pid_t got = waitpid(pid, NULL, WNOHANG);

	return got == pid || (got < 0 && errno == ECHILD);
}

void
process_sleep_ms(int ms)
{
	struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

	nanosleep(&t, NULL);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

bool
process_remove_tree(const char *path)
{
	if (access(path, F_OK) != 0)
		return errno == ENOENT;
	return nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0;
}
