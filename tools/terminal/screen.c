#include "tools/terminal/screen.h"

#include "tools/terminal/shown.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define WIDTH_DEFAULT  80
#define HEIGHT_DEFAULT 24
#define SIZE_MOST      10000
#define NOT_FOUND      127 /* what sh says of a command that there is none of */

static struct {
	bool unwanted;
	FILE *real; /* what stdout was; NULL: nothing is held back */
	char *held;
	size_t n;
} page;

/* What the environment says, else the terminal, else what terminals once were. */
static size_t
size_of(const char *variable, unsigned short told, size_t otherwise)
{
	const char *s = getenv(variable);
	char *end;
	unsigned long n = s != NULL ? strtoul(s, &end, 10) : 0;

	if (n > 0 && n <= SIZE_MOST && *end == '\0')
		return n;
	return told > 0 ? told : otherwise;
}

static struct winsize
told_size(void)
{
	struct winsize w = {0};

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &w);
	return w;
}

size_t
screen_width(void)
{
	return isatty(STDOUT_FILENO) ? size_of("COLUMNS", told_size().ws_col, WIDTH_DEFAULT) : 0;
}

void
screen_begin(bool wanted)
{
	page.unwanted = !wanted;
}

/* NULL: none. */
static char *
pager(void)
{
	static char otherwise[] = "less";
	char *s = getenv("SEMSD_PAGER");

	if (s == NULL)
		s = getenv("PAGER");
	if (s == NULL)
		return otherwise;
	return s[0] == '\0' || strcmp(s, "cat") == 0 ? NULL : s;
}

void
screen_page(void)
{
	FILE *f;

	if (page.unwanted || page.real != NULL || !isatty(STDOUT_FILENO) || pager() == NULL)
		return;
	f = open_memstream(&page.held, &page.n);
	if (f == NULL)
		return;
	page.real = stdout;
	stdout = f;
}

/* How many lines of the screen it takes: each as wide as its bytes at most, which is enough to
 * tell. */
static size_t
lines_of(const char *s, size_t n, size_t width)
{
	size_t lines = 0;
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\n') {
			lines++;
			at = 0;
		} else if (((unsigned char)s[i] & 0xC0) != 0x80 && ++at > width) {
			lines++;
			at = 1;
		}
	}
	return lines + (at > 0);
}

/* The pager's process, reading from fd; -1: it does not run. */
static pid_t
start_pager(char *command, int fd)
{
	char shell[] = "sh";
	char option[] = "-c";
	char *const argv[] = {shell, option, command, NULL};
	posix_spawn_file_actions_t files;
	pid_t pid = -1;

	if (posix_spawn_file_actions_init(&files) != 0)
		return -1;
	setenv("LESS", "FRX", 0);
	if (posix_spawn_file_actions_adddup2(&files, fd, STDIN_FILENO) != 0 ||
	    posix_spawn(&pid, "/bin/sh", &files, NULL, argv, environ) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&files);
	return pid;
}

static int
wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return NOT_FOUND;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

/* False: there is no such pager. Who leaves it before the end has seen enough. */
static bool
show_in_pager(char *command)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction pipe_was;
	struct sigaction interrupt_was;
	int fds[2];
	pid_t pid;
	FILE *f;

	if (pipe2(fds, O_CLOEXEC) != 0)
		return false;
	pid = start_pager(command, fds[0]);
	close(fds[0]);
	f = pid < 0 ? NULL : shown_stream(fds[1]);
	/* Ctrl-C is the pager's. */
	sigaction(SIGPIPE, &ignore, &pipe_was);
	sigaction(SIGINT, &ignore, &interrupt_was);
	if (f != NULL) {
		fwrite(page.held, 1, page.n, f);
		fclose(f);
	}
	close(fds[1]);
	if (pid >= 0)
		pid = wait_for(pid) == NOT_FOUND ? -1 : pid;
	sigaction(SIGPIPE, &pipe_was, NULL);
	sigaction(SIGINT, &interrupt_was, NULL);
	return pid >= 0;
}

bool
screen_end(void)
{
	const struct winsize w = told_size();
	char *command = pager();
	bool whole;

	if (page.real == NULL)
		return true;
	whole = fclose(stdout) == 0;
	stdout = page.real;
	page.real = NULL;
	if (lines_of(page.held, page.n, size_of("COLUMNS", w.ws_col, WIDTH_DEFAULT)) <
		size_of("LINES", w.ws_row, HEIGHT_DEFAULT) ||
	    !show_in_pager(command))
		whole = fwrite(page.held, 1, page.n, stdout) == page.n && whole;
	free(page.held);
	page.held = NULL;
	return whole;
}
