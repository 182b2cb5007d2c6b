#include "web/step/case_step.h"

#include "base/count.h"
#include "base/digest.h"
#include "base/json/jsonin.h"
#include "base/uuid.h"
#include "core/life/case.h"
#include "web/page/rows.h"
#include "web/step/step.h"

#include <time.h>

#define WORDS_MOST 64 /* of a question */

static const char incomplete[] = "This form lacks a part: look at what it says, and send it again.";

/* What is told: of a case that is there, or the event that makes one. */
struct told {
	const struct case_kind_is *kind;
	unsigned state;
	unsigned event; /* of the machine; n_events: none is named */
	bool is_new;
};

#define OF_KIND "/cases/"

/* "/cases/action", "/cases/action/new" */
static enum case_kind
kind_in(const char *path)
{
	char name[CASE_NUMBER_SIZE];

	path += sizeof OF_KIND - 1;
	snprintf(name, sizeof name, "%.*s", (int)strcspn(path, "/"), path);
	return case_kind_by_name(name);
}

static void
find_told(const struct showing *s, struct told *t)
{
	const json_t *case_ = s->said[0].json;
	enum case_kind kind;
	const char *name;

	t->is_new = strncmp(s->view->path, OF_KIND, sizeof OF_KIND - 1) == 0;
	kind = t->is_new ? kind_in(s->view->path) : case_kind_by_number(s->part[0]);
	t->kind = kind == CASE_KINDS ? NULL : &case_kinds[kind];
	if (t->kind == NULL)
		return;
	t->state = CASE_NEW;
	t->event = 0;
	if (t->is_new)
		return;
	name = member_text(case_, "state");
	t->state =
	    life_find_name(t->kind->life->machine->states, t->kind->life->machine->n_states, name);
	name = s->part[1] == NULL ? "" : s->part[1];
	t->event =
	    life_find_name(t->kind->life->machine->events, t->kind->life->machine->n_events, name);
}

/* By the machine and the role; by whom else it must not be done semsd says. */
static bool
may_follow(const struct showing *s, const struct told *t, unsigned event)
{
	const struct machine *m = t->kind->life->machine;
	const struct move *move;
	const struct life_terms *terms;

	if (t->state >= m->n_states || event >= m->n_events)
		return false;
	move = machine_find(m, t->state, event, 0);
	terms = move == NULL ? NULL : move->terms;
	return terms != NULL && terms->right != LIFE_NOBODYS && view_may(s, terms->right);
}

void
case_step_links(const struct showing *s, struct buf *b)
{
	struct told t;
	unsigned n = 0;

	find_told(s, &t);
	if (t.kind == NULL)
		return;
	for (unsigned i = 0; i < t.kind->life->machine->n_events; i++) {
		if (!may_follow(s, &t, i))
			continue;
		html_put(b, n++ == 0 ? "<nav aria-label=\"Steps\"><ul>\n" : "");
		html_put(b, "<li><a href=\"/case/");
		html_query(b, s->part[0]);
		html_put(b, "/tell/");
		html_query(b, t.kind->life->machine->events[i]);
		html_put(b, "\">");
		html_text(b, t.kind->life->machine->events[i]);
		html_put(b, "</a></li>\n");
	}
	html_put(b, n == 0 ? "" : "</ul></nav>\n");
}

void
case_step_new(const struct showing *s, struct buf *b)
{
	struct told t;

	find_told(s, &t);
	if (t.kind == NULL || !may_follow(s, &t, 0))
		return;
	html_put(b, "<p><a href=\"");
	html_text(b, s->path);
	html_put(b, "/new\">Add one</a></p>\n");
}

/* --- what is signed ----------------------------------------------------------------------------
 */

/* Who accepts a risk answers for it: he shows anew that it is he. All else is told. */
static bool
is_signed(const struct told *t)
{
	return t->kind == &case_kinds[CASE_ACCEPTANCE] && !t->is_new &&
	       strcmp(t->kind->life->machine->events[t->event], "ACCEPT") == 0;
}

/* The form's event, which is told once whatever is sent twice. */
static bool
what_is_signed(const struct showing *s, const char *event_id, struct assured *out)
{
	out->typed = arena_printf(s->arena, "%s", s->part[0]);
	out->about = arena_printf(s->arena, "%s\n%s", s->path, event_id);
	return out->typed != NULL && out->about != NULL;
}

/* --- the form --------------------------------------------------------------------------------- */

/* Made with the form: sent twice, it is the same event. NULL: no random number is to be had. */
static const char *
event_id_of(const struct showing *s)
{
	const char *given = form_value(&s->given, "event_id");
	unsigned char rest[10];
	char text[UUID_TEXT_SIZE];
	struct timespec now;
	struct uuid id;

	if (given[0] != '\0')
		return given;
	if (!random_bytes(rest, sizeof rest))
		return NULL;
	clock_gettime(CLOCK_REALTIME, &now);
	id = uuid_at((struct utc_ms){(int64_t)now.tv_sec * MS_PER_SECOND}, rest, true);
	uuid_format(&id, text);
	return arena_printf(s->arena, "%s", text);
}

/* What must be said first. */
static void
put_words(const struct showing *s, struct buf *b, const struct life_kind *life, unsigned event)
{
	const struct life_deed *deed = &life->deeds[event];

	for (size_t i = 0; i < life->n_words; i++)
		if (life_has_word(deed->need, i))
			step_word(s, b, &life->words[i], true);
	for (size_t i = 0; i < life->n_words; i++)
		if (life_has_word(deed->may, i) && !life_has_word(deed->need, i))
			step_word(s, b, &life->words[i], false);
}

void
case_step_print(struct showing *s, struct buf *b)
{
	static const struct col cols[] = {
	    {"number", "Number", "/case/{number}"},
	    {"title", "What", NULL},
	    {"state", "State", NULL},
	    {"owner", "Owner", NULL},
	    {"due_on", "Due", NULL},
	};
	static const struct rows pairs = {"case", NULL, NULL, cols, COUNT(cols)};
	struct assured what;
	const char *id = event_id_of(s);
	struct told t;

	find_told(s, &t);
	if (!t.is_new)
		rows_pairs(b, &pairs, s->said[0].json);
	if (id == NULL || t.kind == NULL || t.event >= t.kind->life->machine->n_events ||
	    (!may_follow(s, &t, t.event) && s->error == NULL)) {
		html_put(b,
			 "<p class=\"bad\">This is no step for you, or not in this state.</p>\n");
		return;
	}
	step_begin(s, b);
	step_hidden(b, "event_id", id);
	put_words(s, b, t.kind->life, t.event);
	if (is_signed(&t) && what_is_signed(s, id, &what))
		assure_put(s->work, b, &what);
	step_end(b, t.kind->life->machine->events[t.event], false);
	if (is_signed(&t))
		assure_put_script(s->work, b);
}

/* --- the act ---------------------------------------------------------------------------------- */

static void
on_told(void *ctx, const struct reply *r)
{
	struct showing *s = ctx;
	json_t *said = NULL;
	const char *to = NULL;

	if (r->kind != REPLY_DOCUMENT) {
		view_refused(s, r);
		return;
	}
	said = json_loadb(r->bytes.s, r->bytes.n, 0, NULL);
	to = arena_printf(
	    s->arena, "/case/%.32s",
	    member_text(json_array_get(json_object_get(said, "results"), 0), "number"));
	json_decref(said);
	view_done(s, to == NULL ? "/" : to);
}

/* What was given of the event's words; the rest of a form is not said. */
static void
take_words(const struct showing *s, struct question *q, const struct told *t)
{
	const struct life_kind *life = t->kind->life;
	const struct life_deed *deed = &life->deeds[t->event];

	q->event.words = q->word;
	for (size_t i = 0; i < life->n_words && q->event.n_words < WORDS_MOST; i++) {
		char name[64];
		char *value;

		snprintf(name, sizeof name, "%s", life->words[i].name);
		value = form_maybe(&s->given, name);
		if (value == NULL ||
		    (!life_has_word(deed->need, i) && !life_has_word(deed->may, i)))
			continue;
		sems__v1__case_word__init(&q->words[q->event.n_words]);
		q->words[q->event.n_words].name = arena_dup(s->arena, name, strlen(name));
		q->words[q->event.n_words].value = value;
		q->word[q->event.n_words] = &q->words[q->event.n_words];
		q->event.n_words++;
	}
}

static void
send(struct showing *s, const struct told *t, const struct uuid *id)
{
	struct question *q = arena_zalloc(s->arena, 1, sizeof *q);

	if (q == NULL) {
		view_again(s, 503, "", "Memory is out: try again.");
		return;
	}
	sems__v1__request__init(&q->q);
	sems__v1__case_request__init(&q->of.cases);
	sems__v1__case_event__init(&q->event);
	q->q.body_case = SEMS__V1__REQUEST__BODY_CASE;
	q->q.case_ = &q->of.cases;
	q->of.cases.has_operation = 1;
	q->of.cases.operation = SEMS__V1__CASE_OPERATION__CASE_OPERATION_TELL;
	q->events[0] = &q->event;
	q->of.cases.events = q->events;
	q->of.cases.n_events = 1;
	memcpy(q->id, id->b, sizeof q->id);
	q->event.has_event_id = 1;
	q->event.event_id = (ProtobufCBinaryData){sizeof q->id, q->id};
	q->event.number = t->is_new ? NULL : s->part[0];
	q->event.kind = t->is_new ? arena_printf(s->arena, "%s", t->kind->name) : NULL;
	q->event.event = arena_printf(s->arena, "%s", t->kind->life->machine->events[t->event]);
	take_words(s, q, t);
	view_ask(s, q, on_told);
}

/* False: the form lacks a part. */
static bool
take_told(const struct showing *s, struct told *t, struct uuid *id)
{
	find_told(s, t);
	return t->kind != NULL && t->event < t->kind->life->machine->n_events &&
	       uuid_parse(text_of(form_value(&s->given, "event_id")), id);
}

static void
on_assured(void *ctx, const char *field, const char *wrong)
{
	struct showing *s = ctx;
	struct uuid id;
	struct told t;

	if (wrong != NULL || !take_told(s, &t, &id))
		view_again(s, 403, field, "%s", wrong == NULL ? incomplete : wrong);
	else
		send(s, &t, &id);
}

void
case_step_act(struct showing *s)
{
	struct assured what;
	struct uuid id;
	struct told t;

	if (!take_told(s, &t, &id) || !what_is_signed(s, form_value(&s->given, "event_id"), &what))
		view_again(s, 400, "", "%s", incomplete);
	else if (is_signed(&t))
		assure_check(s->work, &s->given, &what, s->arena, on_assured, s);
	else
		send(s, &t, &id);
}
