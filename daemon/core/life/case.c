#include "core/life/case.h"

#include "core/life/case_word.h"

#include <stdio.h>
#include <string.h>

const struct case_kind_is case_kinds[] = {
    [CASE_FINDING] = {"finding", "F", "finding", &life_finding},
    [CASE_ACTION] = {"action", "A", "action", &life_action},
    [CASE_SCENARIO] = {"scenario", "R", "threat scenario", &life_scenario},
    [CASE_CONTROL] = {"control", "C", "control", &life_control},
    [CASE_ASSET] = {"asset", "K", "key asset", &life_asset},
    [CASE_ASSESSMENT] = {"assessment", "AS", "assessment", &life_assessment},
    [CASE_ACCEPTANCE] = {"acceptance", "AC", "acceptance", &life_acceptance},
    [CASE_SUPPLIER] = {"supplier", "SU", "supplier", &life_supplier},
    [CASE_CHANGE] = {"change", "CH", "change", &life_change},
    [CASE_THREAT_INFORMATION] = {"threat_information", "TI", "threat information",
				 &life_threat_information},
    [CASE_DECISION] = {"decision", "D", "decision", &life_decision},
    [CASE_CHAPTER] = {"chapter", "FC", "chapter of the framework", &life_chapter},
    [CASE_GAP] = {"gap", "G", "gap", &life_gap},
    [CASE_PROCESS_MAP] = {"process_map", "PM", "process map", &life_process_map},
};
COVERS(case_kinds, CASE_KINDS);

enum case_kind
case_kind_by_name(const char *name)
{
	unsigned i = 0;

	while (i < CASE_KINDS && strcmp(case_kinds[i].name, name) != 0)
		i++;
	return (enum case_kind)i;
}

enum case_kind
case_kind_by_number(const char *number)
{
	size_t n = strcspn(number, "-");
	unsigned i = 0;

	while (i < CASE_KINDS &&
	       (strlen(case_kinds[i].letter) != n || strncmp(case_kinds[i].letter, number, n) != 0))
		i++;
	return (enum case_kind)i;
}

/* The states in which the event may follow, and whose it is there. */
static void
say_where(const struct machine *m, unsigned event, char *out, size_t size)
{
	char who[RIGHT_WHO_SIZE] = "";
	size_t n = 0;

	out[0] = '\0';
	for (unsigned s = 0; s < m->n_states && n < size; s++) {
		const struct move *move = machine_find(m, s, event, 0);
		const struct life_terms *t = move == NULL ? NULL : move->terms;

		if (t == NULL)
			continue;
		right_who(t->right, ", ", who, sizeof who);
		n += (size_t)snprintf(out + n, size - n, "%s%s", n == 0 ? "" : ", ", m->states[s]);
	}
	if (n < size)
		snprintf(out + n, size - n, ", by %s", who);
}

static enum code
refuse_state(const void *of, unsigned event, struct err *e)
{
	const struct case_standing *s = of;
	const struct life_kind *k = case_kinds[s->kind].life;
	char where[160];

	if (s->number == NULL)
		return err_set(e, REJ_STATE, k->field,
			       "there is no such %s yet: %s makes one, and %s comes after it",
			       case_kinds[s->kind].title, k->machine->events[0],
			       k->machine->events[event]);
	say_where(k->machine, event, where, sizeof where);
	return err_set(e, REJ_STATE, k->field, "%s is %s and cannot be %s: %s follows %s",
		       s->number, k->machine->states[s->state], k->deeds[event].done,
		       k->machine->events[event], where);
}

static enum code
check_people(const void *of, uint32_t others, struct err *e)
{
	static const char *const whose[] = {
	    [CASE_OWNER] = "is its owner, or was since it was opened",
	    [CASE_CLAIMED_BY] = "said that it was done",
	    [CASE_RAISED_BY] = "brought it up",
	    [CASE_CHANGED_BY] = "changed it",
	};
	const struct case_standing *s = of;

	COVERS(whose, CASE_OTHERS);
	for (unsigned i = 0; i < CASE_OTHERS; i++) {
		const char *other = s->others[i];

		if ((others & UINT32_C(1) << i) != 0 && other != NULL && s->person != NULL &&
		    strcmp(other, s->person) == 0) {
			return err_set(e, REJ_FORBIDDEN, "event",
				       "%s %s, so another person has to do this", s->person,
				       whose[i]);
		}
	}
	return OK;
}

enum code
case_tell(const struct case_standing *s, unsigned event, unsigned *next, struct err *e)
{
	const struct life_ask ask = {
	    .kind = case_kinds[s->kind].life,
	    .state = s->state,
	    .rights = s->rights,
	    .said = s->said,
	    .refuse = refuse_state,
	    .check_people = check_people,
	    .of = s,
	};

	return life_ask(&ask, event, next, e);
}
