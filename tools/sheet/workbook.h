/*
 * Excel workbooks (.xlsx, ISO/IEC 29500) read as the CSV file that somebody would have saved from
 * one of their sheets, so that whatever reads CSV reads them.
 *
 * A cell that its number format shows as a date or a time becomes one: 2026-03-31, 10:30:00 or
 * 2026-03-31T10:30:00, by the clock on the wall, as Excel has no zones. A cell with a formula is
 * what it was when the workbook was saved. Of numbers the 15 digits that Excel has.
 */
#ifndef SEMS_TOOLS_SHEET_WORKBOOK_H
#define SEMS_TOOLS_SHEET_WORKBOOK_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define WORKBOOK_ROWS_MAX    1048576u /* of a sheet; so many has Excel */
#define WORKBOOK_COLUMNS_MAX 4097u    /* one more than sheet.h takes, which then says so */
#define WORKBOOK_PART_MAX    ((uint64_t)1 << 30)   /* bytes of a sheet, unpacked */
#define WORKBOOK_TEXTS_MAX   ((uint64_t)256 << 20) /* bytes of all its texts, which are in memory */
#define WORKBOOK_OUT_MAX     ((uint64_t)2 << 30)   /* bytes of what it becomes */
#define WORKBOOK_SHEETS_MAX  256u

struct zip; /* libzip's */

/* The file as the ZIP archive that a workbook is; NULL: it is none. The caller's to zip_discard().
 */
struct zip *workbook_archive(int fd);

/*
 * The sheet as CSV (UTF-8, commas, one row for each of its rows from the first on), as a file
 * without a name in fd's place. sheet: its name; NULL: the only one that is not hidden. decimal:
 * what stands before the decimals of its numbers. REJ_FIELD: there is no such sheet, or there are
 * several, which are named. REJ_MALFORMED: it cannot be read, or is larger than that.
 */
enum code workbook_convert(int *fd, uint64_t *size, const char *sheet, char decimal,
			   struct err *e) MUST_CHECK;

#endif
