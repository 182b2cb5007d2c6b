#include "web/read/paper.h"

#include "core/spd/keys.h"

#include <inttypes.h>

/* Of a book: its cells are some times as large as the document. */
#define BOOK_MOST ((size_t)256 * 1024 * 1024)

long long
paper_revision(const struct paper *p)
{
	return (long long)json_integer_value(json_object_get(p->ed.doc, DOC_REVISION));
}

static void
set_links(struct paper *p)
{
	snprintf(p->before, sizeof p->before, "/quarter/%.32s/metric/",
		 spd_text(json_object_get(p->ed.doc, DOC_QUARTER), DOC_LABEL));
	if (paper_revision(p) > 0)
		snprintf(p->behind, sizeof p->behind, "?revision=%lld", paper_revision(p));
	else
		snprintf(p->behind, sizeof p->behind, "?revision=now");
	p->links = (struct grid_links){p->before, p->behind};
}

bool
paper_open(struct paper *p, struct showing *s, unsigned show, unsigned declaration, struct buf *b)
{
	const struct said *doc = &s->said[show];
	const struct said *told = &s->said[declaration];
	struct err e = {.code = OK};

	*p = (struct paper){.arena = NULL};
	if (doc->bytes.n == 0) {
		html_line(b, "p class=\"bad\"", doc->failed ? doc->text : "There is no document.");
		return false;
	}
	p->arena = arena_new(BOOK_MOST);
	if (edition_read(&p->ed, &doc->bytes, told->bytes.n == 0 ? NULL : &told->bytes, NULL, &e) !=
		OK ||
	    p->arena == NULL || book_make(&p->ed, p->arena, &p->book, &e) != OK) {
		html_line(b, "p class=\"bad\"",
			  e.code == OK ? "Memory is out: try again." : e.text);
		paper_close(p);
		return false;
	}
	s->marking = arena_printf(s->arena, "%s", p->book.marking);
	set_links(p);
	return true;
}

void
paper_close(struct paper *p)
{
	edition_fini(&p->ed);
	arena_free(p->arena);
	p->arena = NULL;
}

void
paper_put_of(const struct paper *p, const struct showing *s, struct buf *b)
{
	html_put(b, "<p>Of <a href=\"/quarter/");
	html_query(b, s->part[0]);
	html_text(b, p->links.behind);
	if (paper_revision(p) > 0)
		buf_addf(b, "\">this quarter, revision %lld</a>.</p>\n", paper_revision(p));
	else
		html_put(b, "\">this quarter, as it would be now</a>: PROVISIONAL.</p>\n");
}
