/* What a file is that somebody brings, by its bytes, whatever its name says. */
#ifndef SEMS_TOOLS_SHEET_FILEKIND_H
#define SEMS_TOOLS_SHEET_FILEKIND_H

#include "base/err.h"

#include <stdbool.h>

/* True: an Excel workbook (.xlsx). Else e->code is OK when it may be text, and REJ_MALFORMED when
 * it is something else, which e names, with what to do. */
bool filekind_is_workbook(int fd, struct err *e);

#endif
