/*
 * Text in drawings. What draws has no fonts, so widths are estimated, the same everywhere and
 * rather too wide than too narrow; a text is broken into lines, never cut: what there is no room
 * for is counted.
 */
#ifndef SEMS_RENDER_REGISTER_SVG_TEXT_H
#define SEMS_RENDER_REGISTER_SVG_TEXT_H

#include "base/text.h"

/* How wide a text is drawn with letters of so many pixels, at the most. */
double svg_width(struct text t, double size);
/*
 * Breaks s into at most max lines of so many pixels, between words, and within a word that is wider
 * than a line; a line's end in s ends a line. Returns how many lines there are; *left is how many
 * words had no room.
 */
size_t svg_wrap(const char *s, double width, double size, struct text *lines, size_t max,
		size_t *left);

#endif
