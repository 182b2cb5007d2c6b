#include "tools/semsctl/cases/register.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/text.h"
#include "render/doc/spd_doc.h"
#include "render/doc/spd_target.h"
#include "render/doc/spd_value.h"

#include <stdio.h>
#include <string.h>

#define PAGE_ALL 1000

/* --- what figures say ------------------------------------------------------------------------- */

/* "79.7 % (72.2 % to 85.6 %, n 138)" */
static void
say_value(const json_t *of_metric, const json_t *figure, char *out, size_t size)
{
	const char *unit = spd_text(of_metric, "unit");
	char value[SPD_CELL], lo_text[SPD_CELL], hi_text[SPD_CELL], n_text[SPD_CELL];
	double v, lo, hi, near;
	size_t n;

	out[0] = '\0';
	if (!spd_number(figure, "value", &v))
		return;
	spd_value(v, unit, spd_target_near(of_metric, v, &near), value);
	spd_count(figure, "denominator", "", n_text);
	n = (size_t)snprintf(out, size, "%s", value);
	if (spd_interval(figure, &lo, &hi) && n < size) {
		spd_value(lo, unit, NULL, lo_text);
		spd_value(hi, unit, NULL, hi_text);
		snprintf(out + n, size - n, " (%s to %s%s%s)", lo_text, hi_text,
			 n_text[0] == '\0' ? "" : ", n ", n_text);
	} else if (n_text[0] != '\0' && n < size) {
		snprintf(out + n, size - n, " (n %s)", n_text);
	}
}

/* In place of the members of the document that the words are made of. */
static void
say_figure(json_t *one)
{
	const json_t *of_metric = json_object_get(one, "of_metric");
	const json_t *figure = json_object_get(one, "figure");
	char text[5 * SPD_CELL];
	char target[SPD_CELL];

	if (json_is_object(of_metric) && json_is_object(figure)) {
		say_value(of_metric, figure, text, sizeof text);
		if (text[0] != '\0')
			json_object_set_new(one, "text", json_string(text));
		if (spd_target_words(of_metric, target))
			json_object_set_new(one, "target", json_string(target));
	}
	json_object_del(one, "of_metric");
	json_object_del(one, "figure");
}

static void
say_figures(json_t *list)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
	{
		say_figure(one);
	}
}

/* The figures that each of a list has under a key. */
static void
say_all_in(json_t *list, const char *holder, const char *key)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
	{
		json_t *of = holder == NULL ? one : json_object_get(one, holder);

		say_figures(json_object_get(of, key));
	}
}

/* What is proposed where a figure raised a flag; a person decides. */
static void
say_proposals(json_t *flags)
{
	size_t i;
	json_t *one;

	json_array_foreach(flags, i, one)
	{
		const json_t *is = json_object_get(one, "vulnerability");
		const json_t *to = json_object_get(one, "proposed_vulnerability");
		char text[80];

		if (json_object_get(one, "closed") != NULL)
			continue;
		if (to != NULL)
			text_print(text, sizeof text, "review; vulnerability %d to %d",
				   (int)json_integer_value(is), (int)json_integer_value(to));
		else
			text_print(text, sizeof text, "review");
		json_object_set_new(one, "proposes", json_string(text));
	}
}

/* --- asking ----------------------------------------------------------------------------------- */

static void
add_members(json_t *document, json_t *answer)
{
	const char *key;
	json_t *value;

	json_object_foreach(answer, key, value)
	{
		json_t *there = json_object_get(document, key);

		if (json_is_array(there))
			json_array_extend(there, value);
		else
			json_object_set(document, key, value);
	}
}

/* All pages of what is asked, added to the document. */
static int
ask_pages(const struct case_wish *w, Sems__V1__CaseRequest *q, json_t *document)
{
	char after[80];
	bool more = true;
	int status = EXIT_DONE;

	q->as_of = w->as_of;
	q->known_by = w->known_by;
	q->has_limit = 1;
	q->limit = PAGE_ALL;
	while (more && status == EXIT_DONE) {
		json_t *answer = NULL;

		status = case_ask(w, q, &answer);
		text_print(after, sizeof after, "%s", member_text(answer, "last"));
		more = json_is_true(json_object_get(answer, "more"));
		json_object_del(answer, "more");
		json_object_del(answer, "last");
		add_members(document, answer);
		json_decref(answer);
		q->after = after;
	}
	q->after = NULL;
	return status;
}

int
register_part(const struct case_wish *w, const char *part, const char *number, json_t **document)
{
	Sems__V1__CaseRequest q = SEMS__V1__CASE_REQUEST__INIT;
	char kind[24], which[CASE_NUMBER_SIZE];
	char *kinds[] = {kind};
	int status;

	if (*document == NULL)
		*document = json_object();
	text_print(kind, sizeof kind, "%s", part);
	text_print(which, sizeof which, "%s", number == NULL ? "" : number);
	q.operation = SEMS__V1__CASE_OPERATION__CASE_OPERATION_REGISTER;
	q.kinds = kinds;
	q.n_kinds = COUNT(kinds);
	q.number = number == NULL ? NULL : which;
	status = ask_pages(w, &q, *document);
	if (status == EXIT_DONE) {
		say_all_in(json_object_get(*document, "scenarios"), "assessment", "cites");
		say_all_in(json_object_get(*document, "controls"), NULL, "metrics");
	}
	return status;
}

int
register_flags(const struct case_wish *w, const char *scenario, json_t **document)
{
	Sems__V1__CaseRequest q = SEMS__V1__CASE_REQUEST__INIT;
	char which[CASE_NUMBER_SIZE];
	int status;

	if (*document == NULL)
		*document = json_object();
	text_print(which, sizeof which, "%s", scenario == NULL ? "" : scenario);
	q.operation = SEMS__V1__CASE_OPERATION__CASE_OPERATION_FLAGS;
	q.number = scenario == NULL ? NULL : which;
	status = ask_pages(w, &q, *document);
	if (status == EXIT_DONE) {
		say_figures(json_object_get(*document, "flags"));
		say_proposals(json_object_get(*document, "flags"));
	}
	return status;
}

/* What the entity has agreed on, in the criteria. */
static void
fill_criteria(json_t *scheme)
{
	const json_t *figures = json_object_get(scheme, "figures");
	size_t i, k;
	json_t *level, *criterion;

	json_array_foreach(json_object_get(scheme, "impact"), i, level)
	{
		json_t *criteria = json_object_get(level, "criteria");
		char score[8], text[600];
		const char *agreed;

		text_print(score, sizeof score, "%d",
			   (int)json_integer_value(json_object_get(level, "score")));
		agreed = member_maybe(figures, score);
		json_array_foreach(criteria, k, criterion)
		{
			const char *s = json_string_value(criterion);
			const char *at = s == NULL ? NULL : strstr(s, "{figure}");

			if (at == NULL)
				continue;
			text_print(text, sizeof text, "%.*s%s%s", (int)(at - s), s,
				   agreed == NULL ? "(to be agreed)" : agreed,
				   at + strlen("{figure}"));
			json_array_set_new(criteria, k, json_string(text));
		}
	}
}

static int
read_scheme(const struct case_wish *w, json_t *document)
{
	Sems__V1__CaseRequest q = SEMS__V1__CASE_REQUEST__INIT;
	json_t *answer = NULL;
	int status;

	q.operation = SEMS__V1__CASE_OPERATION__CASE_OPERATION_SCHEME;
	q.known_by = w->known_by != NULL ? w->known_by : w->as_of;
	status = case_ask(w, &q, &answer);
	if (status == EXIT_DONE) {
		fill_criteria(json_object_get(answer, "scheme"));
		json_object_set(document, "scheme", json_object_get(answer, "scheme"));
	}
	json_decref(answer);
	return status;
}

int
register_read(const struct case_wish *w, json_t **document)
{
	static const char *const parts[] = {"scenario", "control", "asset"};
	int status = EXIT_DONE;

	*document = json_object();
	for (size_t i = 0; i < COUNT(parts) && status == EXIT_DONE; i++)
		status = register_part(w, parts[i], NULL, document);
	if (status == EXIT_DONE)
		status = register_flags(w, NULL, document);
	if (status == EXIT_DONE)
		status = read_scheme(w, *document);
	if (w->known_by != NULL)
		json_object_set_new(*document, "known_by", json_string(w->known_by));
	if (w->as_of == NULL)
		json_object_set_new(*document, "now", json_true());
	return status;
}
