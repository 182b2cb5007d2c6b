#include "render/register/folio.h"

#include "base/json/jsonin.h"
#include "render/register/bow_tie.h"

/* Beside the style of all pages: dark where that is wished, texts in lines, the drawings. */
const char folio_style[] =
    ":root{--paper:#fff;--mark:#1f4e79;--band0:#f7d4d1;--band1:#faecc8;--band2:#d9efdc;"
    "--band3:#eef1f5;--link:#14508c}\n"
    /* Columns of numbers, as html.c names them: the grids are made after the head. */
    ".n1 tr>:nth-child(1),.n2 tr>:nth-child(2),.n3 tr>:nth-child(3),.n4 tr>:nth-child(4),.n5 "
    "tr>:nth-child(5),.n6 tr>:nth-child(6),.n7 tr>:nth-child(7),.n8 tr>:nth-child(8),.n9 "
    "tr>:nth-child(9),.n10 tr>:nth-child(10),.n11 tr>:nth-child(11),.n12 tr>:nth-child(12),.n13 "
    "tr>:nth-child(13),.n14 tr>:nth-child(14),.n15 tr>:nth-child(15),.n16 tr>:nth-child(16),.n17 "
    "tr>:nth-child(17),.n18 tr>:nth-child(18),.n19 tr>:nth-child(19),.n20 "
    "tr>:nth-child(20){text-align:right}\n"
    "h1,h2,h3,p,li,dt,.pairs td,.cards "
    "td{overflow-wrap:anywhere}td,.text{white-space:pre-line}a{color:var(--link)}.scenario "
    "h2{font-size:19px;margin-top:34px}"
    ".state{display:inline-block;margin-right:14px;font-weight:600}.state "
    "svg{vertical-align:-2px;margin-right:5px}\n"
    ".wide{min-width:900px}.heat td{min-width:9em}.heat td,.heat th{border:1px solid var(--line);"
    "padding:6px 8px}.heat p{margin:0 0 3px}.b0{background:var(--band0)}.b1{background:"
    "var(--band1)}.b2{background:var(--band2)}.b3{background:var(--band3)}\n"
    ".map text,.bars text{fill:var(--ink);font-size:12px}.map .n{font-size:20px;font-weight:600}"
    ".map .q{stroke:var(--soft)}.map .e,.bars .e{text-anchor:end}.map .m,.bars "
    ".m{text-anchor:middle}.f0{fill:var(--band0)}.f1{fill:var(--band1)}.f2{fill:var(--band2)}"
    ".f3{fill:var(--band3)}.f9{fill:none}.bars rect{stroke:var(--soft)}\n"
    "@media screen and (prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#a9b4c2;--line:"
    "#3a4553;--rule:#8ab8e6;--good:#7bd389;--bad:#ff9a94;--unsure:#f2c46d;--shade:#1c232b;"
    "--paper:#14191f;--mark:#8ab8e6;--link:#9cc9f5;--band0:#5a1f1c;--band1:#4f3d10;--band2:"
    "#1d4426;--band3:#28313b}html,.skip:focus{background:var(--paper)}}\n"
    "@media print{.wide{min-width:0}.scenario{break-before:auto}.bow,.map,.bars{break-inside:"
    "avoid}}\n";

void
folio_begin(struct book *b, const json_t *doc, const char *kicker, struct buf *out)
{
	static const char *const styles[] = {folio_style, bow_tie_style, NULL};
	const char *zone = member_text(json_object_get(doc, "entity"), "zone");
	const char *known = member_text(doc, "known_by");

	html_document_head(b, styles, out);
	buf_addf(out, "<body class=\"full\">\n<a class=\"skip\" href=\"#summary\">Skip to the "
		      "summary</a>\n<header>\n<p class=\"marking\">");
	html_text(out, b->marking);
	buf_addf(out, "</p>\n<p class=\"handling\">%s</p>\n<p class=\"kicker\">%s</p>\n<h1>",
		 b->handling, kicker);
	html_text(out, b->entity);
	buf_addf(out, "</h1>\n<p class=\"facts\">As of ");
	html_text(out, member_text(doc, "as_of"));
	if (zone[0] != '\0') {
		buf_addf(out, " (");
		html_text(out, zone);
		buf_addf(out, ")");
	}
	if (known[0] == '\0') {
		buf_addf(out, ": what was so, and was told, by the end of that day.");
	} else {
		buf_addf(out,
			 ": what was so by the end of that day, as it was known by the end of ");
		html_text(out, known);
		buf_addf(out, ".");
	}
	buf_addf(out, "</p>\n</header>\n<main>\n");
}

void
folio_end(const struct book *b, struct buf *out)
{
	buf_addf(out, "</main>\n<footer>\n<p class=\"marking\">");
	html_text(out, b->marking);
	buf_addf(out, "</p>\n</footer>\n</body>\n</html>\n");
}

void
folio_open(struct buf *out, const char *id, const char *title)
{
	buf_addf(out,
		 "<section id=\"%s\" aria-labelledby=\"%s-h\" tabindex=\"-1\"><h2 id=\"%s-h\">", id,
		 id, id);
	html_text(out, title);
	buf_addf(out, "</h2>\n");
}

void
folio_close(struct buf *out)
{
	buf_addf(out, "</section>\n");
}

void
folio_say(struct buf *out, const char *class, const char *sentence)
{
	buf_addf(out, "<p class=\"%s\">", class);
	html_text(out, sentence);
	buf_addf(out, "</p>\n");
}

void
folio_list_begin(struct folio_list *l, struct buf *out, const char *title)
{
	*l = (struct folio_list){.out = out};
	buf_addf(out, "<h3>");
	html_text(out, title);
	buf_addf(out, "</h3>\n");
}

void
folio_list_say(struct folio_list *l, const char *to, const char *sentence)
{
	if (l->n++ >= FOLIO_SHOWN)
		return;
	buf_addf(l->out, "%s<li>", l->n == 1 ? "<ul class=\"list\">\n" : "");
	if (to[0] != '\0') {
		buf_addf(l->out, "<a href=\"#");
		html_text(l->out, to);
		buf_addf(l->out, "\">");
		html_text(l->out, to);
		buf_addf(l->out, "</a> ");
	}
	html_text(l->out, sentence);
	buf_addf(l->out, "</li>\n");
}

void
folio_list_end(struct folio_list *l, const char *empty)
{
	if (l->n == 0)
		folio_say(l->out, "none", empty);
	else
		buf_addf(l->out, "</ul>\n");
	if (l->n > FOLIO_SHOWN)
		buf_addf(l->out, "<p class=\"note\">And %zu more.</p>\n", l->n - FOLIO_SHOWN);
}

void
folio_sheet(struct book *b, const struct sheet *s, const char *id, struct buf *out)
{
	unsigned n = 0;

	for (const struct block *k = s == NULL ? NULL : s->first; k != NULL; k = k->next)
		if (k->kind == BLOCK_GRID)
			html_grid(out, k->grid, NULL, id, book_text(b, "%s-%u", id, ++n));
		else if (k->kind == BLOCK_NOTE)
			folio_say(out, "note", k->note);
}
