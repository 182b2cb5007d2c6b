#include "store/pg/lanes.h"

#include "store/pg/answers.h"
#include "store/pg/asker.h"

#include <stdlib.h>

struct lanes {
	struct asker *lane[LANE_COUNT];
	struct answers *answers;
};

struct lanes *
lanes_new(struct event_base *base, struct beside *beside, const char *conninfo)
{
	struct lanes *l = calloc(1, sizeof *l);

	if (l == NULL)
		return NULL;
	l->answers = answers_new();
	if (l->answers == NULL) {
		lanes_free(l);
		return NULL;
	}
	/* The short one first: it ends the statements of the others. */
	for (int i = 0; i < LANE_COUNT; i++) {
		l->lane[i] = asker_new(base, beside, conninfo, (enum lane)i, l->lane[LANE_SHORT]);
		if (l->lane[i] == NULL) {
			lanes_free(l);
			return NULL;
		}
	}
	return l;
}

void
lanes_free(struct lanes *l)
{
	if (l == NULL)
		return;
	for (int i = 0; i < LANE_COUNT; i++)
		asker_free(l->lane[i]);
	answers_free(l->answers);
	free(l);
}

void
lanes_run(struct lanes *l, struct job *j)
{
	asker_run(l->lane[j->ticket.lane], j);
}

struct answers *
lanes_answers(struct lanes *l)
{
	return l->answers;
}

bool
lanes_idle(const struct lanes *l)
{
	bool idle = true;

	for (int i = 0; i < LANE_COUNT; i++)
		idle = idle && asker_idle(l->lane[i]);
	return idle;
}

void
lanes_drain(struct lanes *l)
{
	for (int i = 0; i < LANE_COUNT; i++)
		asker_drain(l->lane[i]);
}
