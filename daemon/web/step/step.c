#include "web/step/step.h"

#include <ctype.h>

char *
step_value(const struct showing *s, const char *name)
{
	char *given = form_value(&s->given, name);

	return given[0] != '\0' ? given : form_value(&s->query, name);
}

void
step_begin(const struct showing *s, struct buf *b)
{
	html_put(b, "<form method=\"post\" action=\"");
	html_text(b, s->path);
	html_put(b, "\">");
	step_hidden(b, "form", s->work->form);
}

void
step_hidden(struct buf *b, const char *name, const char *value)
{
	html_put(b, "<input type=\"hidden\" name=\"");
	html_text(b, name);
	html_put(b, "\" value=\"");
	html_text(b, value);
	html_put(b, "\">\n");
}

void
step_end(struct buf *b, const char *button, bool warns)
{
	html_put(b, warns ? "<button class=\"warn\">" : "<button>");
	html_text(b, button);
	html_put(b, "</button></form>\n");
}

static void
put_label(struct buf *b, const struct life_word *w, bool is_needed)
{
	html_put(b, "<label for=\"f-");
	html_query(b, w->name);
	html_put(b, "\">");
	buf_addf(b, "%c", toupper((unsigned char)w->name[0]));
	for (const char *p = w->name + 1; *p != '\0'; p++)
		buf_add(b, *p == '_' ? " " : p, 1);
	html_put(b, is_needed ? "</label>\n" : " (optional)</label>\n");
	if (w->help == NULL)
		return;
	html_put(b, "<p class=\"hint\" id=\"h-");
	html_query(b, w->name);
	html_put(b, "\">");
	html_text(b, w->help);
	html_put(b, "</p>\n");
}

/* id, name, and what it is described by. */
static void
put_names(struct buf *b, const struct life_word *w, bool is_needed)
{
	html_put(b, " id=\"f-");
	html_query(b, w->name);
	html_put(b, "\" name=\"");
	html_text(b, w->name);
	html_put(b, "\"");
	if (w->help != NULL) {
		html_put(b, " aria-describedby=\"h-");
		html_query(b, w->name);
		html_put(b, "\"");
	}
	html_put(b, is_needed ? " required" : "");
}

static void
put_choice(struct buf *b, const struct life_word *w, bool is_needed, const char *value)
{
	html_put(b, "<select");
	put_names(b, w, is_needed);
	html_put(b, ">\n<option value=\"\">–</option>\n");
	for (size_t i = 0; i < w->n_names; i++) {
		html_put(b, strcmp(w->names[i], value) == 0 ? "<option selected>" : "<option>");
		html_text(b, w->names[i]);
		html_put(b, "</option>\n");
	}
	html_put(b, "</select>");
}

static void
put_input(struct buf *b, const struct life_word *w, bool is_needed, const char *value)
{
	if (w->type == WORD_NAME) {
		put_choice(b, w, is_needed, value);
	} else if (w->type == WORD_TEXT || w->type == WORD_TABLE) {
		html_put(b, "<textarea");
		put_names(b, w, is_needed);
		buf_addf(b, " maxlength=\"%zu\" rows=\"4\">", w->max);
		html_text(b, value);
		html_put(b, "</textarea>");
	} else {
		html_put(b, w->type == WORD_DAY ? "<input type=\"date\"" : "<input type=\"text\"");
		put_names(b, w, is_needed);
		buf_addf(b, " maxlength=\"%zu\" value=\"", w->max);
		html_text(b, value);
		html_put(b, "\">");
	}
}

void
step_word(const struct showing *s, struct buf *b, const struct life_word *w, bool is_needed)
{
	bool is_wrong = s->error_field != NULL && strcmp(s->error_field, w->name) == 0;

	html_put(b, is_wrong ? "<div class=\"field wrong\">" : "<div class=\"field\">");
	put_label(b, w, is_needed);
	if (is_wrong)
		html_line(b, "p class=\"error\"", s->error);
	put_input(b, w, is_needed, step_value(s, w->name));
	html_put(b, "</div>\n");
}
