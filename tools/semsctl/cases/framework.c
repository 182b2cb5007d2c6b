/* The framework as one document: its kinds as lists, and of each chapter what shows it. */
#include "base/civil.h"
#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/text.h"
#include "tools/semsctl/cases/register.h"

#include <stdlib.h>
#include <string.h>

/* Nobody has this number: of the register it asks for the day and the entity alone. */
#define NO_SCENARIO "R-0"

static const struct {
	enum case_kind kind;
	const char *list;
	bool all; /* those that hold no longer, too */
} lists[] = {
    {CASE_CHAPTER, "chapters", false},   {CASE_GAP, "gaps", true},
    {CASE_SUPPLIER, "suppliers", false}, {CASE_CHANGE, "changes", true},
    {CASE_DECISION, "decisions", true},  {CASE_THREAT_INFORMATION, "threat_information", true},
};

static const struct {
	const char *word, *member;
} renamed[] = {{"changes_on", "on"}, {"threat_reach", "reach"}, {"received_on", "on"}};

/* The words of a list, an array each; NULL: there is none. */
static json_t *
split(const char *s)
{
	json_t *out = json_array();

	for (s += strspn(s, " "); *s != '\0'; s += strspn(s, " ")) {
		size_t n = strcspn(s, " ");

		json_array_append_new(out, json_stringn(s, n));
		s += n;
	}
	if (json_array_size(out) > 0)
		return out;
	json_decref(out);
	return NULL;
}

static void
name_members(json_t *one)
{
	json_t *scenarios = split(member_text(one, "scenarios"));
	const char *chapter = member_maybe(one, "chapter");

	if (chapter != NULL)
		json_object_set_new(one, "chapter", json_integer(strtol(chapter, NULL, 10)));
	if (scenarios != NULL)
		json_object_set_new(one, "scenarios", scenarios);
	for (size_t i = 0; i < COUNT(renamed); i++)
		if (member_maybe(one, renamed[i].word) != NULL)
			json_object_set(one, renamed[i].member,
					json_object_get(one, renamed[i].word));
}

static int
read_list(const struct case_wish *w, size_t list, json_t *document)
{
	struct case_wish one = *w;
	json_t *kept = json_array();
	json_t *cases = NULL;
	json_t *c;
	size_t i;
	int status;

	one.kind = lists[list].kind;
	status = case_all(&one, &cases);
	json_array_foreach(cases, i, c)
	{
		if (!lists[list].all && strcmp(member_text(c, "state"), "IN_FORCE") != 0)
			continue;
		name_members(c);
		json_array_append(kept, c);
	}
	json_object_set_new(document, lists[list].list, kept);
	json_decref(cases);
	return status;
}

/* --- evidence --------------------------------------------------------------------------------- */

/* How many days before the end of a day an instant was, whole ones; -1: one of them is none. */
static json_int_t
age_of(const char *instant, const char *as_of)
{
	char end[UTC_TEXT_SIZE];
	struct utc_ms then;
	struct utc_ms now;

	text_print(end, sizeof end, "%.10sT23:59:59Z", as_of);
	if (!utc_parse(text_of(instant), &then) || !utc_parse(text_of(end), &now) || then.v > now.v)
		return -1;
	return (now.v - then.v) / MS_PER_DAY;
}

/* What was named in an event, with the day it was named for. */
static void
add_evidence(json_t *evidence, const json_t *event, const char *as_of)
{
	json_t *named = split(member_text(json_object_get(event, "said"), "evidence"));
	const char *valid = member_text(event, "valid");
	json_int_t age = age_of(valid, as_of);
	size_t i;
	json_t *one;

	json_array_foreach(named, i, one)
	{
		bool file = strncmp(json_words(one), "sha256:", 7) == 0;
		json_t *o =
		    json_pack("{s:O, s:s, s:s%}", "what", one, "kind", file ? "file" : "record",
			      "on", valid, strlen(valid) < 10 ? strlen(valid) : (size_t)10);

		if (age >= 0)
			json_object_set_new(o, "age_days", json_integer(age));
		json_array_append_new(evidence, o);
	}
	json_decref(named);
}

static void
note_ends(json_t *chapter, const json_t *evidence)
{
	size_t n = json_array_size(evidence);

	if (n == 0)
		return;
	/* In the order in which it was told, which is that of its days. */
	json_object_set(chapter, "oldest", json_object_get(json_array_get(evidence, 0), "on"));
	json_object_set(chapter, "newest", json_object_get(json_array_get(evidence, n - 1), "on"));
}

static int
read_evidence(const struct case_wish *w, json_t *chapter, const char *as_of)
{
	Sems__V1__CaseRequest q = SEMS__V1__CASE_REQUEST__INIT;
	char number[CASE_NUMBER_SIZE];
	json_t *evidence = json_array();
	json_t *answer = NULL;
	json_t *event;
	size_t i;
	int status;

	text_print(number, sizeof number, "%s", member_text(chapter, "number"));
	q.operation = SEMS__V1__CASE_OPERATION__CASE_OPERATION_SHOW;
	q.number = number;
	q.as_of = w->as_of;
	q.known_by = w->known_by;
	status = case_ask(w, &q, &answer);
	json_array_foreach(json_object_get(answer, "events"), i, event)
	{
		add_evidence(evidence, event, as_of);
	}
	note_ends(chapter, evidence);
	json_object_set_new(chapter, "evidence", evidence);
	json_decref(answer);
	return status;
}

int
framework_read(const struct case_wish *w, json_t **document)
{
	int status = register_part(w, "scenario", NO_SCENARIO, document);
	json_t *chapter;
	size_t i;

	json_object_del(*document, "scenarios");
	for (i = 0; i < COUNT(lists) && status == EXIT_DONE; i++)
		status = read_list(w, i, *document);
	json_array_foreach(json_object_get(*document, "chapters"), i, chapter)
	{
		if (status == EXIT_DONE)
			status = read_evidence(w, chapter, member_text(*document, "as_of"));
	}
	if (w->known_by != NULL)
		json_object_set_new(*document, "known_by", json_string(w->known_by));
	json_object_set_new(*document, "days", json_string("UTC"));
	return status;
}
