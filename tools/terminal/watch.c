#include "tools/terminal/watch.h"

#include "client/client.h"
#include "tools/terminal/progress.h"
#include "tools/time/moment.h"

static struct progress wait;

static void
greeted(const Sems__V1__Welcome *w)
{
	moment_zone(w->zone);
}

static void
waiting(enum client_wait state, int64_t seconds)
{
	if (state == CLIENT_WAIT_BEGINS)
		progress_begin(&wait, "semsd is at work, for seconds:", 0);
	else if (state == CLIENT_WAIT_GOES_ON)
		progress_show(&wait, (uint64_t)seconds, 0);
	else
		progress_end(&wait);
}

void
watch_begin(action_words_fn words)
{
	client_watch(&(struct client_watch){.greeted = greeted,
					    .waiting = waiting,
					    .interrupted = progress_interrupted,
					    .words = words});
}
