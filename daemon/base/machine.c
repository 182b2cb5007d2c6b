#include "base/machine.h"

#include "base/log.h"

#include <stdbool.h>

const struct move *
machine_find(const struct machine *m, unsigned from, unsigned event, uint32_t holds)
{
	for (size_t i = 0; i < m->n_moves; i++) {
		const struct move *row = &m->moves[i];

		if (row->event == event && (row->from & MACHINE_AT(from)) != 0 &&
		    (row->given & ~holds) == 0)
			return row;
	}
	return NULL;
}

/* Where the event leads from elsewhere; nowhere: it has no row at all. */
static unsigned
elsewhere(const struct machine *m, unsigned from, unsigned event)
{
	for (size_t i = 0; i < m->n_moves; i++)
		if (m->moves[i].event == event)
			return m->moves[i].to;
	return from;
}

unsigned
machine_step(const struct machine *m, const char *of, unsigned from, unsigned event,
	     const char *why)
{
	const struct move *row = machine_find(m, from, event, 0);
	unsigned to = row == NULL ? elsewhere(m, from, event) : row->to;

	if (why == NULL)
		why = "";
	if (row == NULL)
		log_error("machine.astray", KV("machine", m->name), KV("of", of),
			  KV("from", m->states[from]), KV("to", m->states[to]),
			  KV("cause", m->events[event]), KV("why", why));
	else if (from != to)
		log_debug("machine.step", KV("machine", m->name), KV("of", of),
			  KV("from", m->states[from]), KV("to", m->states[to]),
			  KV("cause", m->events[event]), KV("why", why));
	return to;
}
