/*
 * What a spreadsheet would take for a formula in a cell of a CSV file. Whoever writes cells puts
 * FORMULA_GUARD in front of such a text, whoever reads them takes it off again; so a text comes
 * back as it was, whatever it begins with.
 */
#ifndef SEMS_RENDER_FILE_FORMULA_H
#define SEMS_RENDER_FILE_FORMULA_H

#include "base/text.h"

#define FORMULA_GUARD '\''

/*
 * True when t has to be guarded: behind spaces of any kind, characters that are not seen and guards
 * it has a sign that begins a formula, in one of its widths, or it begins with something that is
 * not seen at all. A negative decimal number is none: it stays a number.
 */
bool formula_is_guarded(struct text t);
/* t, as a cell has it, without the guard, if it has one. */
struct text formula_read(struct text t);

#endif
