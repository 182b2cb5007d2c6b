#include "tools/terminal/qr.h"

#include <qrencode.h>

#define QUIET 2 /* squares around it: half of what the standard asks for, which cameras do with */

static bool
is_light(const QRcode *q, int x, int y)
{
	return x < 0 || y < 0 || x >= q->width || y >= q->width ||
	       (q->data[y * q->width + x] & 1) == 0;
}

static void
print_pair(const QRcode *q, int y, FILE *f)
{
	static const char *const halves[] = {" ", "▄", "▀", "█"};

	fputs("\033[97;40m", f);
	for (int x = -QUIET; x < q->width + QUIET; x++)
		fputs(halves[2 * is_light(q, x, y) + is_light(q, x, y + 1)], f);
	fputs("\033[0m\n", f);
}

bool
qr_print(const char *text, FILE *f)
{
	QRcode *q = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);

	if (q == NULL)
		return false;
	for (int y = -QUIET; y < q->width + QUIET; y += 2)
		print_pair(q, y, f);
	QRcode_free(q);
	return true;
}
