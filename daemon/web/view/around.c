#include "web/view/around.h"

#include "base/count.h"
#include "web/person/visitor.h"

static const char *const section_names[] = {
    [SECTION_HOME] = "Home",
    [SECTION_QUARTERS] = "Quarters",
    [SECTION_EVIDENCE] = "Evidence",
    [SECTION_CASES] = "Findings, actions and risks",
    [SECTION_ADMIN] = "Administration",
};
COVERS(section_names, SECTIONS);

void
around_title(const struct showing *s, struct buf *b)
{
	unsigned n = 0;

	for (const char *p = s->view->title; *p != '\0'; p++)
		if (*p == '*' && n < VIEW_PARTS && s->part[n] != NULL)
			buf_add(b, s->part[n], strlen(s->part[n])), n++;
		else
			buf_add(b, p, 1);
}

static const struct view *
first_of(const struct showing *s, enum section section)
{
	for (size_t i = 0; i < s->all->n; i++) {
		const struct view *v = &s->all->list[i];

		if (v->section == section && v->nav != NULL && view_may(s, v->right))
			return v;
	}
	return NULL;
}

static void
put_item(struct buf *b, const char *href, const char *name, bool is_here, const char *here)
{
	html_put(b, "<li><a href=\"");
	html_text(b, href);
	buf_addf(b, "\"%s%s%s>", is_here ? " aria-current=\"" : "", is_here ? here : "",
		 is_here ? "\"" : "");
	html_text(b, name);
	html_put(b, "</a></li>");
}

static void
put_sections(const struct showing *s, struct buf *b)
{
	html_put(b, "<nav class=\"sections\" aria-label=\"Sections\"><ul>");
	for (unsigned i = 0; i < SECTIONS; i++) {
		const struct view *v = first_of(s, (enum section)i);

		if (v != NULL)
			put_item(b, v->path, section_names[i], s->view->section == i, "true");
	}
	html_put(b, "</ul></nav>\n");
}

/* Where there is more than one. */
static void
put_pages(const struct showing *s, struct buf *b)
{
	const struct view *first = first_of(s, s->view->section);
	bool begun = false;

	for (size_t i = 0; i < s->all->n; i++) {
		const struct view *v = &s->all->list[i];

		if (v->section != s->view->section || v->nav == NULL || v == first ||
		    !view_may(s, v->right))
			continue;
		if (!begun) {
			buf_addf(b, "<nav class=\"pages\" aria-label=\"%s\"><ul>",
				 section_names[s->view->section]);
			put_item(b, first->path, first->nav, first == s->view, "page");
		}
		begun = true;
		put_item(b, v->path, v->nav, v == s->view, "page");
	}
	if (begun)
		html_put(b, "</ul></nav>\n");
}

static void
put_marking(const struct showing *s, struct buf *b)
{
	if (s->marking != NULL && s->marking[0] != '\0')
		html_line(b, "p class=\"marking\"", s->marking);
}

static void
put_top(const struct showing *s, struct buf *b)
{
	const struct work *w = s->work;

	html_put(b, "<header class=\"top\">");
	put_marking(s, b);
	html_put(b, "<p class=\"entity\">");
	html_text(b, s->entity[0] == '\0' ? "semsd" : s->entity);
	html_put(b, "</p><p>");
	html_text(b, s->principal);
	if (s->role_name[0] != '\0') {
		html_put(b, ", ");
		html_text(b, s->role_name);
	}
	html_put(b, "</p>");
	/* What the browser shows each time it cannot be asked to forget. */
	if (w->signin_no != 0)
		buf_addf(b,
			 "<form method=\"post\" action=\"/leave\"><input type=\"hidden\" "
			 "name=\"form\" value=\"%s\"><button class=\"plain\">Sign out</button>"
			 "</form>",
			 w->form);
	html_put(b, "</header>\n");
}

static void
put_error(const struct showing *s, struct buf *b)
{
	if (s->error == NULL)
		return;
	html_put(b, "<div class=\"errors\" role=\"alert\" aria-labelledby=\"errors-h\" "
		    "tabindex=\"-1\"><h2 id=\"errors-h\">There is a problem</h2><p>");
	if (s->error_field != NULL && s->error_field[0] != '\0') {
		html_put(b, "<a href=\"#f-");
		html_query(b, s->error_field);
		html_put(b, "\">");
		html_text(b, s->error);
		html_put(b, "</a>");
	} else {
		html_text(b, s->error);
	}
	html_put(b, "</p></div>\n");
}

void
around_put(const struct showing *s, const struct buf *body, struct buf *page)
{
	struct buf title;

	buf_init(&title, 4096);
	if (s->error != NULL)
		html_put(&title, "Error: ");
	around_title(s, &title);
	buf_add(&title, "", 1);
	html_head(page, title.failed ? s->view->title : (const char *)title.p);
	put_top(s, page);
	put_sections(s, page);
	put_pages(s, page);
	html_put(page, "<main id=\"main\" tabindex=\"-1\">\n");
	put_error(s, page);
	buf_clear(&title);
	around_title(s, &title);
	buf_add(&title, "", 1);
	html_line(page, "h1",
		  s->view->section == SECTION_HOME && s->entity[0] != '\0' ? s->entity
		  : title.failed                                           ? s->view->title
									   : (const char *)title.p);
	if (body->n > 0)
		buf_add(page, body->p, body->n);
	html_put(page, "</main>\n<footer>");
	put_marking(s, page);
	html_put(page, "</footer>\n");
	html_foot(page);
	buf_fini(&title);
}
