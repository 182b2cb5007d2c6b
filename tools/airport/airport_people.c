/* Who worked, what it took of them, and their training. */
#include "base/count.h"
#include "tools/airport/airport_model.h"

#include <inttypes.h>
#include <stdio.h>

#define PARTS          3 /* of a quarter: deployments are sent so often */
#define COURSE_IMAGES  "11.2.3.1"
#define COURSE_GENERAL "11.2.6.2"
#define CYCLE_DAYS     (3 * 365)
#define EARLIEST_DAYS  40
#define LATEST_DAYS    30

struct worker {
	char id[40];
	const char *role;
	const char *course;
	int parts;   /* of the quarter, from its beginning */
	int due_day; /* of the quarter: the last day of what was held; renewals are far apart */
	bool is_renewed;
	int renewed_on; /* day of the quarter, which may be before it */
};

/* What a person's certificates came to is the same in each quarter: days since 1970 of a cycle. */
static struct worker
worker_of(const struct airport *ap, const struct site *s, size_t i)
{
	bool is_screener = i < s->n_screeners;
	struct prng g = prng_for(ap->plan.seed, 'H', (uint64_t)(s - ap->sites), i);
	int64_t phase = prng_between(&g, 0, CYCLE_DAYS - 1);
	struct worker w = {
	    .role = is_screener ? "X_RAY_OPERATOR" : "SUPERVISOR",
	    .course = is_screener ? COURSE_IMAGES : COURSE_GENERAL,
	};

	if (is_screener)
		snprintf(w.id, sizeof w.id, "%s", s->screeners[i].id);
	else
		snprintf(w.id, sizeof w.id, "%s-SUP%02zu", s->id, i - s->n_screeners + 1);
	w.due_day = (int)((phase - ap->first_day % CYCLE_DAYS + CYCLE_DAYS) % CYCLE_DAYS);
	/* By what fell due when, so that two quarters tell the same of it. */
	g = prng_for(ap->plan.seed, 'H' << 8 | (uint64_t)(s - ap->sites), i,
		     (uint64_t)(ap->first_day + w.due_day));
	w.is_renewed = prng_chance(&g, 0.97);
	w.renewed_on =
	    w.due_day + (prng_chance(&g, 0.04) ? (int)prng_between(&g, 1, LATEST_DAYS)
					       : -(int)prng_between(&g, 1, EARLIEST_DAYS));
	g = prng_for(ap->plan.seed, 'L' << 8 | (uint64_t)(s - ap->sites), i,
		     (uint64_t)ap->first_day);
	w.parts = prng_chance(&g, 0.03) ? 1 : PARTS;
	return w;
}

/* --- deployment --------------------------------------------------------------------------------
 */

/* Until when it is held as known at the end of a day; days may be far outside the quarter. */
static int64_t
held_until(const struct airport *ap, const struct worker *w, int day)
{
	bool renewed = w->is_renewed && w->renewed_on <= day;
	int until = w->due_day + (renewed ? CYCLE_DAYS : 0);

	return airport_at(ap, 0, LOCAL_HM(12, 0)) + until * MS_PER_DAY;
}

static void
put_deployment(struct airport *ap, const struct site *s, const struct worker *w, int part)
{
	int first = ap->n_days * part / PARTS;
	int last = ap->n_days * (part + 1) / PARTS - 1;
	struct draft d =
	    draft_begin(ap, KIND_DEPLOYMENT, SOURCE_ROSTER, draft_textf(ap, "%s:%d", w->id, part),
			airport_at(ap, first, LOCAL_HM(4, 0)));

	draft_int(&d, "occurred_end", airport_at(ap, last, LOCAL_HM(22, 0)));
	draft_site(&d, s, NULL, strcmp(w->course, COURSE_IMAGES) == 0 ? "4.1" : "11");
	draft_text(&d, "provider_id", PROVIDER_OWN);
	draft_text(&d, "subject_person", w->id);
	draft_enum(&d, "role", w->role);
	draft_items(&d, "competences", 1);
	draft_item_text(&d, "competences", 0, "course", w->course);
	draft_item_int(&d, "competences", 0, "expires_at", held_until(ap, w, first));
	draft_emit(&d);
}

/* --- training ----------------------------------------------------------------------------------
 */

static struct draft
training(struct airport *ap, const struct site *s, const struct worker *w, const char *what,
	 int64_t at)
{
	struct draft d = draft_begin(ap, KIND_TRAINING, SOURCE_TRAINING,
				     draft_textf(ap, "%s:%s", w->id, what), at);

	draft_site(&d, s, NULL, "11");
	draft_text(&d, "provider_id", PROVIDER_OWN);
	draft_text(&d, "subject_person", w->id);
	draft_text(&d, "course", w->course);
	draft_enum(&d, "basis", "RECURRENT");
	return d;
}

/* One that was done in the quarter, whenever it was due; or that fell due in it and never was. */
static void
put_renewal(struct airport *ap, const struct site *s, const struct worker *w)
{
	int day = w->is_renewed ? w->renewed_on : w->due_day;
	struct draft d;

	if (w->parts < PARTS || day < 0 || day >= ap->n_days)
		return;
	d = training(ap, s, w, "renewal",
		     airport_at(ap, day, w->is_renewed ? LOCAL_HM(14, 0) : LOCAL_HM(23, 59)));
	draft_int(&d, "previous_expires_at",
		  airport_at(ap, 0, LOCAL_HM(12, 0)) + w->due_day * MS_PER_DAY);
	draft_enum(&d, "result", w->is_renewed ? "PASS" : "NOT_DONE");
	if (w->is_renewed) {
		draft_enum(&d, "method", "CLASSROOM");
		draft_real(&d, "hours", 7.5);
		draft_int(&d, "expires_at", held_until(ap, w, w->renewed_on));
	}
	draft_emit(&d);
}

/* Recurrent training in images, by computer: three hours a quarter, or a little less. */
static void
put_images(struct airport *ap, const struct site *s, const struct worker *w, size_t i)
{
	struct prng g = prng_for(ap->plan.seed, 'J', (uint64_t)(s - ap->sites) << 32 | i,
				 (uint64_t)ap->first_day);

	for (int k = 0; k < 2; k++) {
		int day = (int)prng_between(&g, k * ap->n_days / 2, (k + 1) * ap->n_days / 2 - 1);
		struct draft d = training(ap, s, w, k == 0 ? "images-1" : "images-2",
					  airport_at(ap, day, LOCAL_HM(13, 0)));

		draft_enum(&d, "method", "CBT");
		draft_bool(&d, "image_recognition", true);
		draft_real(&d, "hours", prng_chance(&g, 0.03) ? 1 : 1.6);
		draft_enum(&d, "result", prng_chance(&g, 0.97) ? "PASS" : "FAIL");
		draft_emit(&d);
	}
}

#define SUPERVISORS 12

void
airport_people(struct airport *ap, struct site *s)
{
	for (size_t i = 0; i < s->n_screeners + SUPERVISORS && !ap->stopped; i++) {
		struct worker w = worker_of(ap, s, i);

		for (int part = 0; part < w.parts; part++)
			put_deployment(ap, s, &w, part);
		if (i < s->n_screeners)
			put_images(ap, s, &w, i);
		put_renewal(ap, s, &w);
	}
}
