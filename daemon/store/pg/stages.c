#include "store/pg/stages.h"

const char *const stage_events[] = {
    [STAGE_OVER] = STAGE_OVER_NAME,
    [STAGE_FAILED] = STAGE_FAILED_NAME,
};
COVERS(stage_events, STAGE_OWN);

unsigned
stages_once(const struct stages *s)
{
	return s->asked == 0 ? STAGE_ASKS : STAGE_OVER;
}

void
stages_step(struct stages *s, unsigned event)
{
	s->at = machine_step(s->machine, s->of, s->at, event, NULL);
	s->asked = 0;
}

bool
stages_next(struct stages *s, void *ctx, struct statement *st, struct err *e)
{
	while (s->list[s->at].next != NULL) {
		unsigned event = s->list[s->at].next(ctx, st, e);

		if (e->code == OK && event == STAGE_ASKS) {
			s->asked++;
			return true;
		}
		stages_step(s, e->code == OK ? event : STAGE_FAILED);
	}
	return false;
}

void
stages_rows(const struct stages *s, void *ctx, const struct rows *rows, struct err *e)
{
	if (s->list[s->at].rows != NULL)
		s->list[s->at].rows(ctx, rows, e);
}
