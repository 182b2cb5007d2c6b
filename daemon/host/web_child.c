#include "host/web_child.h"

#include "base/log.h"
#include "host/process.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM     "semsweb"
#define PAUSE_TICKS 5
#define STOP_TRIES  300 /* of ten milliseconds */
#define STOP_TRY_MS 10

struct web_child {
	char program[PATH_MAX];
	char socket[PATH_MAX];
	char where[96];
	pid_t pid;      /* 0: it does not run */
	unsigned pause; /* ticks until it may be started again */
};

static bool
start(struct web_child *w)
{
	const char *const argv[] = {w->program, "--socket",     w->socket, "--listen",
				    w->where,   "--owner-link", NULL};

	w->pid = process_start(argv, NULL);
	w->pause = PAUSE_TICKS;
	if (w->pid > 0)
		return true;
	log_error("web.start", KV("program", w->program), KV("text", strerror(errno)));
	w->pid = 0;
	return false;
}

/* The program beside the running one. */
static bool
find_program(char path[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - sizeof PROGRAM);
	char *slash;

	if (n < 0)
		return false;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (slash == NULL)
		return false;
	memcpy(slash + 1, PROGRAM, sizeof PROGRAM);
	return access(path, X_OK) == 0;
}

enum code
web_child_start(const char *socket, const char *where, struct web_child **out, struct err *e)
{
	struct web_child *w = calloc(1, sizeof *w);

	if (w == NULL)
		return err_set(e, TRY_SYSTEM, "web", "out of memory");
	if (!find_program(w->program)) {
		free(w);
		return err_set(e, FATAL_CONFIG, "web",
			       "there is no " PROGRAM " beside semsd that this account may run");
	}
	snprintf(w->socket, sizeof w->socket, "%s", socket);
	snprintf(w->where, sizeof w->where, "%s", where);
	if (!start(w)) {
		free(w);
		return err_set(e, TRY_SYSTEM, "web", PROGRAM " cannot be started");
	}
	*out = w;
	return OK;
}

void
web_child_tend(struct web_child *w)
{
	if (w == NULL)
		return;
	if (w->pid != 0 && process_has_ended(w->pid)) {
		log_error("web.ended", KV("program", w->program),
			  KV("text", "it is started again; what it said stands above"));
		w->pid = 0;
	}
	if (w->pause > 0)
		w->pause--;
	if (w->pid == 0 && w->pause == 0)
		start(w);
}

void
web_child_stop(struct web_child *w)
{
	int tries = 0;

	if (w == NULL)
		return;
	if (w->pid != 0)
		kill(w->pid, SIGTERM);
	while (w->pid != 0 && !process_has_ended(w->pid)) {
		if (tries++ == STOP_TRIES)
			kill(w->pid, SIGKILL);
		process_sleep_ms(STOP_TRY_MS);
	}
	free(w);
}
