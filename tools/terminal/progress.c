#include "tools/terminal/progress.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define BAR_WIDTH 30
#define REDRAW_MS 100

/* Past stderr, which shows what steers a terminal (tools/terminal/shown.h): this is ours. */

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static volatile sig_atomic_t interrupted;
static unsigned depth; /* a wait within a transfer is part of it */

static void
on_interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* What waits in a system call is woken; a second signal finds the default again. Who was started
 * with the signal ignored goes on ignoring it. */
static void
watch(bool on)
{
	const struct sigaction act = {.sa_handler = on ? on_interrupt : SIG_DFL,
				      .sa_flags = on ? (int)SA_RESETHAND : 0};
	struct sigaction was;

	if (sigaction(SIGINT, NULL, &was) == 0 && was.sa_handler != SIG_IGN)
		sigaction(SIGINT, &act, NULL);
}

bool
progress_interrupted(void)
{
	return interrupted != 0;
}

void
progress_begin(struct progress *p, const char *label, int quiet)
{
	*p = (struct progress){
	    .label = label, .shown = !quiet && isatty(STDERR_FILENO), .began_ms = now_ms()};
	if (depth++ == 0)
		watch(true);
}

static void
show_left(const struct progress *p, uint64_t done, uint64_t total)
{
	double spent = (double)(now_ms() - p->began_ms) / 1000;

	if (spent > 2 && done > 0)
		dprintf(STDERR_FILENO, "  %.0f s left",
			spent * (double)(total - done) / (double)done);
}

void
progress_show(struct progress *p, uint64_t done, uint64_t total)
{
	static const char full[] = "##############################";
	static const char rest[] = "..............................";
	int filled;

	if (!p->shown || now_ms() < p->next_ms)
		return;
	p->next_ms = now_ms() + REDRAW_MS;
	if (total == 0) {
		dprintf(STDERR_FILENO, "\r\033[K%s %" PRIu64, p->label, done);
		return;
	}
	if (done > total)
		done = total;
	filled = (int)((double)done / (double)total * BAR_WIDTH);
	dprintf(STDERR_FILENO, "\r\033[K%s [%.*s%.*s] %3.0f %%", p->label, filled, full,
		BAR_WIDTH - filled, rest, (double)done / (double)total * 100);
	show_left(p, done, total);
}

void
progress_end(struct progress *p)
{
	if (p->shown && p->next_ms != 0)
		dprintf(STDERR_FILENO, "\r\033[K");
	if (--depth == 0)
		watch(false);
}
