/* A text as a QR code in a terminal: two rows of squares in one of characters. */
#ifndef SEMS_TOOLS_TERMINAL_QR_H
#define SEMS_TOOLS_TERMINAL_QR_H

#include <stdbool.h>
#include <stdio.h>

/* Its colours are told, since a camera takes light squares on a dark ground for something else.
 * False: it is too long for one, or there is no memory; nothing was printed. */
bool qr_print(const char *text, FILE *f);

#endif
