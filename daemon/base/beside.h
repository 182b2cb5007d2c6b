/*
 * Work that blocks, beside the loop: looking up a name or a user, syncing a file. These are the
 * only threads of semsd, and nothing else of it knows of them.
 *
 * A task is one flat piece of heap memory that begins with a struct task; beside_run() takes it.
 * run() is called once in a thread of its own and touches the task alone: no log, no other memory,
 * nothing of ours that keeps state. Then done() has it back, from beside_collect(), and frees it.
 * Whoever is not interested any more sets done to NULL at any time before: it is freed instead.
 * How many run at once is for those who start them to bound.
 */
#ifndef SEMS_BASE_BESIDE_H
#define SEMS_BASE_BESIDE_H

#include <stdbool.h>
#include <stddef.h>

struct beside;

struct task {
	void (*run)(struct task *t);
	void (*done)(struct task *t); /* the task is free()d by it */
	struct beside *beside;        /* ours */
	struct task *next;            /* ours */
};

struct beside *beside_new(void); /* NULL: no memory or descriptor */
/* What still runs is left to itself and frees its task. Accepts NULL. */
void beside_free(struct beside *b);
/* Readable when something is to be collected. */
int beside_fd(const struct beside *b);
/* Calls done() of every task that has run. */
void beside_collect(struct beside *b);

/* Zeroed memory for a task of that size; NULL: out of memory. */
void *task_new(size_t size);
/* False: no thread could be made; the task is still the caller's. */
bool beside_run(struct beside *b, struct task *t);

#endif
