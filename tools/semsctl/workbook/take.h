/* A filled-in workbook, sheet by sheet, into semsd. */
#ifndef SEMS_TOOLS_SEMSCTL_WORKBOOK_TAKE_H
#define SEMS_TOOLS_SEMSCTL_WORKBOOK_TAKE_H

#include "tools/semsctl/command.h"

/*
 * Registers what the sheet Entity says and imports the sheet of each kind. Records of the sheet
 * KIND are of the source workbook-KIND, so that sheets may number their rows alike. The same file
 * again stores nothing. Prints a line for each sheet, and for each row that was refused, of a sheet
 * the first 50, what is wrong by sheet, row and column; all of them are in FILE.KIND.rejects.csv.
 *
 * EXIT_DONE; EXIT_REJECTED: rows were refused, and all others stored. Else it was told why, and
 * sheets that come later were not looked at; EXIT_USAGE: the file is no such workbook.
 */
int take_workbook(const struct options *o, const char *path);

#endif
