#include "base/machine.h"

#include "base/log.h"

bool
machine_go(const struct machine *m, const char *of, unsigned from, unsigned to, const char *cause)
{
	bool is_known = from == to || (m->next[from] & MACHINE_TO(to)) != 0;

	if (!is_known)
		log_error("machine.astray", KV("machine", m->name), KV("of", of),
			  KV("from", m->states[from]), KV("to", m->states[to]), KV("cause", cause));
	else if (from != to)
		log_debug("machine.step", KV("machine", m->name), KV("of", of),
			  KV("from", m->states[from]), KV("to", m->states[to]), KV("cause", cause));
	return is_known;
}
