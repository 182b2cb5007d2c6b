/* How a workbook looks: its formats, and how long texts lie in a cell. */
#include "base/count.h"
#include "render/sheet/xlsx_part.h"

#include <stdio.h>
#include <string.h>

#define COLOR_GOOD   0x1B5E20
#define COLOR_BAD    0xA31515
#define COLOR_UNSURE 0x7A4A00
#define COLOR_MUTED  0x595959
#define COLOR_INK    0x1F2A37
#define COLOR_HEAD   0x1F3A5F
#define COLOR_LINE   0xA6ADB6
#define COLOR_LINK   0x14508C

static const struct look_of {
	const char *number;
	uint32_t color;
	bool bold;
	bool wrap;
	bool right;
	uint8_t size; /* 0: the usual */
	bool head;    /* of a table */
	bool underlined;
} looks[] = {
    [F_PLAIN] = {NULL, 0, false, false, false, 0},
    [F_WRAP] = {NULL, 0, false, true, false, 0},
    [F_GOOD] = {NULL, COLOR_GOOD, true, true, false, 0},
    [F_BAD] = {NULL, COLOR_BAD, true, true, false, 0},
    [F_UNSURE] = {NULL, COLOR_UNSURE, true, true, false, 0},
    [F_MUTED] = {NULL, COLOR_MUTED, false, true, false, 0},
    [F_SHARE] = {"0.0%", 0, false, false, true, 0},
    [F_CHANGE] = {"+0.0%;-0.0%;0.0%", 0, false, false, true, 0},
    [F_INTEGER] = {"#,##0", 0, false, false, true, 0},
    [F_MS] = {"#,##0\" ms\"", 0, false, false, true, 0},
    [F_REAL2] = {"0.00", 0, false, false, true, 0},
    [F_REAL3] = {"0.000", 0, false, false, true, 0},
    [F_DAY] = {"yyyy-mm-dd", 0, false, false, false, 0},
    [F_INSTANT] = {"yyyy-mm-dd hh:mm:ss", 0, false, false, false, 0},
    [F_ITEM] = {NULL, COLOR_INK, true, false, false, 0},
    [F_HEADER] = {NULL, 0xFFFFFF, true, true, false, 0, true},
    [F_HEADER_RIGHT] = {NULL, 0xFFFFFF, true, true, true, 0, true},
    [F_MARKING] = {NULL, COLOR_BAD, true, false, false, 11},
    [F_TITLE] = {NULL, COLOR_INK, true, false, false, 14},
    [F_STATE] = {NULL, COLOR_BAD, true, false, false, 0},
    [F_SUBTITLE] = {NULL, COLOR_INK, true, false, false, 12},
    [F_NOTE] = {NULL, COLOR_MUTED, false, false, false, 0},
    [F_LINK] = {NULL, COLOR_LINK, false, true, false, 0, false, true},
};
COVERS(looks, N_LOOKS);

static const enum look tone_look[] = {[TONE_PLAIN] = F_PLAIN,
				      [TONE_GOOD] = F_GOOD,
				      [TONE_BAD] = F_BAD,
				      [TONE_UNSURE] = F_UNSURE,
				      [TONE_MUTED] = F_MUTED};
COVERS(tone_look, N_TONES);

enum look
xlsx_tone(enum tone tone)
{
	return tone_look[tone];
}

static const struct {
	const char *unit;
	enum look look;
} unit_looks[] = {
    {"%", F_SHARE}, {UNIT_CHANGE, F_CHANGE}, {UNIT_INTEGER, F_INTEGER}, {"n", F_INTEGER},
    {"ms", F_MS},   {"0-1", F_REAL3},
};

#define FINER_SIZE 64

static void
set_frame(lxw_format *f, size_t look)
{
	/* What stands left does not touch the number before it. */
	if (look <= F_MUTED || look == F_LINK || look == F_DAY || look == F_INSTANT) {
		format_set_align(f, LXW_ALIGN_LEFT);
		format_set_indent(f, 1);
	}
	/* Not every program draws the style of a table. */
	if (looks[look].head)
		format_set_bg_color(f, COLOR_HEAD);
	if (look <= F_ITEM || look == F_LINK) {
		format_set_bottom(f, LXW_BORDER_HAIR);
		format_set_bottom_color(f, COLOR_LINE);
	}
}

static void
set_look(lxw_format *f, const struct look_of *l)
{
	format_set_font_name(f, "Arial");
	format_set_font_size(f, l->size == 0 ? 10 : l->size);
	format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
	if (l->number != NULL)
		format_set_num_format(f, l->number);
	if (l->color != 0)
		format_set_font_color(f, l->color);
	if (l->bold)
		format_set_bold(f);
	if (l->underlined)
		format_set_underline(f, LXW_UNDERLINE_SINGLE);
	if (l->wrap)
		format_set_text_wrap(f);
	if (l->right)
		format_set_align(f, LXW_ALIGN_RIGHT);
}

void
xlsx_formats(struct writer *w)
{
	for (size_t i = 0; i < N_LOOKS; i++) {
		lxw_format *f = workbook_add_format(w->workbook);

		w->format[i] = f;
		if (f == NULL)
			continue;
		set_look(f, &looks[i]);
		set_frame(f, i);
	}
}

static enum look
number_look(const char *unit)
{
	for (size_t i = 0; i < COUNT(unit_looks); i++)
		if (strcmp(unit, unit_looks[i].unit) == 0)
			return unit_looks[i].look;
	return F_REAL2;
}

static bool
is_last_digit(const char *p)
{
	return p[0] == '0' && p[1] != '0' && p[1] != '.';
}

/* The number format with so many decimals: "0.0%" with three is "0.000%". */
static void
write_finer(const char *number, int decimals, char out[FINER_SIZE])
{
	char zeros[FINER_MAX + 1] = "";
	size_t n = 0;

	memset(zeros, '0', (size_t)decimals);
	for (const char *p = number; *p != '\0' && n < FINER_SIZE - 1; p++) {
		if (*p == '.')
			p += strspn(p + 1, "0");
		else
			out[n++] = *p;
		if (is_last_digit(p))
			n += (size_t)snprintf(out + n, FINER_SIZE - n, ".%s", zeros);
	}
	out[n < FINER_SIZE ? n : FINER_SIZE - 1] = '\0';
}

lxw_format *
xlsx_number_format(struct writer *w, const struct cell *c)
{
	enum look look = number_look(c->unit);
	const char *number = looks[look].number;
	const char *point = strchr(number, '.');
	int usual = point == NULL ? 0 : (int)strspn(point + 1, "0");
	lxw_format **finer;
	char text[FINER_SIZE];

	if (c->decimals <= usual || c->decimals > FINER_MAX)
		return w->format[look];
	finer = &w->finer[look][c->decimals];
	if (*finer == NULL && (*finer = workbook_add_format(w->workbook)) != NULL) {
		write_finer(number, c->decimals, text);
		set_look(*finer, &looks[look]);
		set_frame(*finer, look);
		format_set_num_format(*finer, text);
	}
	return *finer;
}

const char *
xlsx_shortened(struct book *b, const char *s, size_t max)
{
	size_t n = strlen(s);

	if (n <= max)
		return s;
	n = max;
	while (n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80)
		n--;
	return book_text(b, "%.*s…", (int)n, s);
}

char *
xlsx_owned(struct book *b, const char *s)
{
	return arena_dup(b->arena, s, strlen(s));
}

/* The bytes of the next word and the blanks before it, and how many characters those are. */
static size_t
next_word(const char *s, unsigned *blanks, unsigned *characters)
{
	size_t n = strspn(s, " ");

	*blanks = (unsigned)n;
	*characters = 0;
	for (; s[n] != '\0' && s[n] != ' ' && s[n] != '\n'; n++)
		*characters += ((unsigned char)s[n] & 0xC0) != 0x80;
	return n;
}

unsigned
xlsx_lines(const char *s, unsigned width)
{
	unsigned lines = 1;
	unsigned at = 0; /* characters on the last line */

	width = width == 0 ? 1 : width;
	while (*s != '\0') {
		unsigned blanks;
		unsigned word;

		s += next_word(s, &blanks, &word);
		if (at > 0 && at + blanks + word > width) {
			lines++;
			at = 0;
			blanks = 0;
		}
		at += blanks + word;
		lines += at > width ? (at - 1) / width : 0;
		at = at > width ? (at - 1) % width + 1 : at;
		if (*s == '\n') {
			lines++;
			at = 0;
			s++;
		}
	}
	return lines;
}
