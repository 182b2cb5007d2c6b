#include "base/beside.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct beside {
	pthread_mutex_t lock; /* of what follows; held for a few instructions */
	struct task *finished;
	struct task **last;
	unsigned users; /* whoever opened it, and each thread; the last one frees it */
	int fd;         /* -1: closed */
};

/* The lock is held. */
static void
leave(struct beside *b)
{
	bool is_last = --b->users == 0;

	pthread_mutex_unlock(&b->lock);
	if (is_last) {
		pthread_mutex_destroy(&b->lock);
		free(b);
	}
}

static void *
work(void *arg)
{
	struct task *t = arg;
	struct beside *b = t->beside;
	uint64_t one = 1;

	t->run(t);
	pthread_mutex_lock(&b->lock);
	if (b->fd < 0) {
		free(t);
	} else {
		*b->last = t;
		b->last = &t->next;
		/* Full would mean that it is readable already. */
		(void)!write(b->fd, &one, sizeof one);
	}
	leave(b);
	return NULL;
}

struct beside *
beside_new(void)
{
	struct beside *b = calloc(1, sizeof *b);

	if (b == NULL)
		return NULL;
	b->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (b->fd < 0 || pthread_mutex_init(&b->lock, NULL) != 0) {
		if (b->fd >= 0)
			close(b->fd);
		free(b);
		return NULL;
	}
	b->last = &b->finished;
	b->users = 1;
	return b;
}

void
beside_free(struct beside *b)
{
	if (b == NULL)
		return;
	pthread_mutex_lock(&b->lock);
	close(b->fd);
	b->fd = -1;
	while (b->finished != NULL) {
		struct task *t = b->finished;

		b->finished = t->next;
		free(t);
	}
	leave(b);
}

int
beside_fd(const struct beside *b)
{
	return b->fd;
}

void
beside_collect(struct beside *b)
{
	struct task *list;
	uint64_t count;

	(void)!read(b->fd, &count, sizeof count);
	pthread_mutex_lock(&b->lock);
	list = b->finished;
	b->finished = NULL;
	b->last = &b->finished;
	pthread_mutex_unlock(&b->lock);
	while (list != NULL) {
		struct task *t = list;

		list = t->next;
		if (t->done != NULL)
			t->done(t);
		else
			free(t);
	}
}

void *
task_new(size_t size)
{
	return calloc(1, size);
}

/* Signals are the loop's. */
static bool
start_thread(struct task *t)
{
	pthread_attr_t detached;
	pthread_t thread;
	sigset_t all;
	sigset_t before;
	bool good;

	if (pthread_attr_init(&detached) != 0)
		return false;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	good = pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED) == 0 &&
	       pthread_create(&thread, &detached, work, t) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&detached);
	return good;
}

bool
beside_run(struct beside *b, struct task *t)
{
	t->beside = b;
	t->next = NULL;
	pthread_mutex_lock(&b->lock);
	b->users++;
	pthread_mutex_unlock(&b->lock);
	if (start_thread(t))
		return true;
	pthread_mutex_lock(&b->lock);
	leave(b);
	return false;
}
