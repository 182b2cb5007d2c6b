#include "web/person/html.h"

#include "base/count.h"

void
html_put(struct buf *b, const char *markup)
{
	buf_add(b, markup, strlen(markup));
}

void
html_text(struct buf *b, const char *text)
{
	static const struct {
		char ch;
		const char *as;
	} escapes[] = {
	    {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

	for (; *text != '\0'; text++) {
		size_t i = 0;

		while (i < COUNT(escapes) && escapes[i].ch != *text)
			i++;
		if (i < COUNT(escapes))
			html_put(b, escapes[i].as);
		else
			buf_add(b, text, 1);
	}
}

void
html_begin(struct buf *b, const char *title)
{
	html_put(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
		    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
	html_text(b, title);
	html_put(b, "</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n<main>\n<h1>");
	html_text(b, title);
	html_put(b, "</h1>\n");
}

void
html_end(struct buf *b)
{
	html_put(b, "</main>\n</html>\n");
}
