/* semsctl spd comment --edit: every figure that still wants a comment, in one text of the person's
 * own editor. */
#include "base/json/jsonin.h"
#include "render/doc/spd_doc.h"
#include "render/doc/spd_value.h"
#include "tools/semsctl/spd/spd.h"
#include "tools/terminal/editor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACE_SIZE 1024

/* "QN01 at measure 1.3: Observation plan delivery, 33.3 %, target 95.0 %" */
static void
figure_words(const char *name, const json_t *place, char out[PLACE_SIZE])
{
	char value[SPD_CELL] = "no value";
	char target[SPD_CELL] = "none";
	char end[SPD_CELL];
	const char *unit = spd_text(place, "unit");
	double v;
	double t;
	double high;
	bool aimed = spd_number(place, "target", &t);

	if (spd_number(place, "value", &v))
		spd_value(v, unit, aimed ? &t : NULL, value);
	if (aimed) {
		spd_value(t, unit, &t, target);
	} else if (spd_number(place, "low", &t) && spd_number(place, "high", &high)) {
		spd_value(t, unit, &t, target);
		spd_value(high, unit, &high, end);
		text_print(target + strlen(target), sizeof target - strlen(target), " to %s", end);
	}
	text_print(out, PLACE_SIZE, "%s: %s, %s, target %s", name, spd_text(place, "name"), value,
		   target);
}

void
spd_print_place(FILE *f, const char *before, const char *place, const json_t *figure)
{
	char words[PLACE_SIZE];

	figure_words(place, figure, words);
	fprintf(f, "%s%s\n", before, words);
}

static void
add_heading(struct buf *out, size_t i, const json_t *place, const char *name)
{
	char words[PLACE_SIZE];

	figure_words(name, place, words);
	buf_addf(out, "[%zu] %s\n\n\n", i + 1, words);
}

/* What check COMMENTS misses; NULL: the answer has no such check. */
static const json_t *
open_comments(const json_t *answer)
{
	const json_t *checks = json_object_get(answer, "checks");

	for (size_t i = 0; i < json_array_size(checks); i++) {
		const json_t *c = json_array_get(checks, i);

		if (strcmp(member_text(c, "check"), "COMMENTS") == 0)
			return c;
	}
	return NULL;
}

static void
write_form(const struct spd_wish *w, const json_t *check, struct buf *out)
{
	const json_t *figures = json_object_get(check, "figures");
	json_int_t left = json_integer_value(json_object_get(check, "count")) -
			  (json_int_t)json_array_size(figures);

	buf_addf(
	    out,
	    "# %s: figures that miss their target and are not explained yet.\n"
	    "# Write below each line in brackets why, and what is done about it. What is left\n"
	    "# empty stays open; lines that begin with # are left out. Saving sends it.\n",
	    w->quarter);
	if (left > 0)
		buf_addf(out, "# %" JSON_INTEGER_FORMAT " more come when these are done.\n", left);
	buf_addf(out, "\n");
	for (size_t i = 0; i < json_array_size(figures); i++)
		add_heading(out, i, json_array_get(figures, i),
			    json_words(json_array_get(json_object_get(check, "found"), i)));
}

/* --- what comes back -------------------------------------------------------------------------- */

struct answers {
	const struct spd_wish *w;
	const json_t *figures;
	size_t section; /* from 1; 0: before the first */
	struct buf text;
	size_t sent;
	bool failed;
};

static enum code
send_comment(const struct spd_wish *wish, const json_t *place, char *text, struct err *e)
{
	struct spd_wish w = *wish;
	char metric[SPD_CELL];
	char values[SPD_BY_MAX][2][SPD_CELL];
	struct buf raw;
	const char *key;
	json_t *value;
	enum code code;

	w.n_by = 0;
	w.metric = metric;
	w.text = text;
	snprintf(metric, sizeof metric, "%s", member_text(place, "metric"));
	json_object_foreach(json_object_get(place, "by"), key, value)
	{
		if (w.n_by == SPD_BY_MAX)
			break;
		snprintf(values[w.n_by][0], SPD_CELL, "%s", key);
		snprintf(values[w.n_by][1], SPD_CELL, "%s", json_words(value));
		w.by[2 * w.n_by] = values[w.n_by][0];
		w.by[2 * w.n_by + 1] = values[w.n_by][1];
		w.n_by++;
	}
	code = spd_ask(&w, SEMS__V1__SPD_OPERATION__SPD_OPERATION_COMMENT, &raw, e);
	buf_fini(&raw);
	return code;
}

/* Without the blanks around it, in place. */
static char *
trim(struct buf *text)
{
	size_t n = text->n;

	while (n > 0 && strchr(" \t\r\n", text->p[n - 1]) != NULL)
		n--;
	text->n = n;
	if (!buf_add(text, "", 1))
		return NULL;
	return (char *)text->p + strspn((char *)text->p, " \t\r\n");
}

static void
end_section(struct answers *a)
{
	struct err e;
	char *text = trim(&a->text);

	if (text == NULL || a->section == 0 || text[0] == '\0') {
		/* Nothing was written there. */
	} else if (send_comment(a->w, json_array_get(a->figures, a->section - 1), text, &e) == OK) {
		a->sent++;
	} else {
		fprintf(stderr, "semsctl: [%zu]:\n", a->section);
		command_fail(&e);
		a->failed = true;
	}
	buf_clear(&a->text);
}

/* "[3] ..." begins the third figure's text. */
static bool
begins_section(const struct answers *a, const char *line, size_t *section)
{
	char *end;
	unsigned long n;

	if (line[0] != '[')
		return false;
	n = strtoul(line + 1, &end, 10);
	*section = n;
	return end != line + 1 && *end == ']' && n >= 1 && n <= json_array_size(a->figures);
}

static void
take_lines(struct answers *a, char *text)
{
	for (char *line = text, *next; line != NULL; line = next) {
		size_t section;

		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		if (begins_section(a, line, &section)) {
			end_section(a);
			a->section = section;
		} else if (line[0] != '#') {
			buf_addf(&a->text, "%s\n", line);
		}
	}
	end_section(a);
}

static int
edit(struct spd_wish *w, const json_t *check)
{
	struct answers a = {.w = w, .figures = json_object_get(check, "figures")};
	char path[EDITOR_PATH];
	struct buf form;
	struct buf out;
	struct err e;
	int status;

	buf_init(&form, EDITOR_TEXT_MAX);
	buf_init(&a.text, EDITOR_TEXT_MAX);
	write_form(w, check, &form);
	if (editor_ask(&form, path, &out, &e) != OK || !buf_add(&out, "", 1)) {
		status = command_fail(&e);
	} else {
		take_lines(&a, (char *)out.p);
		printf("%zu of %zu comment%s kept%s\n", a.sent, json_array_size(a.figures),
		       text_s(json_array_size(a.figures)),
		       a.sent < json_array_size(a.figures) ? "; the others are still open" : "");
		if (a.failed)
			fprintf(stderr, "semsctl: what was written is in %s\n", path);
		else
			editor_forget(path);
		status = a.failed ? EXIT_REFUSED : EXIT_DONE;
	}
	buf_fini(&form);
	buf_fini(&out);
	buf_fini(&a.text);
	return status;
}

int
spd_edit_comments(struct spd_wish *w)
{
	struct buf raw;
	struct err e;
	json_t *answer = NULL;
	const json_t *check;
	int status = EXIT_DONE;

	if (spd_ask(w, SEMS__V1__SPD_OPERATION__SPD_OPERATION_CHECK, &raw, &e) != OK) {
		status = command_fail(&e);
	} else {
		answer = json_loadb((const char *)raw.p, raw.n, 0, NULL);
		check = open_comments(answer);
		if (json_array_size(json_object_get(check, "figures")) == 0)
			puts("Every figure that misses its target is explained.");
		else
			status = edit(w, check);
	}
	json_decref(answer);
	buf_fini(&raw);
	return status;
}
