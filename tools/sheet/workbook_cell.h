/* What a number in a cell of a workbook is shown as, by its number format. */
#ifndef SEMS_TOOLS_SHEET_WORKBOOK_CELL_H
#define SEMS_TOOLS_SHEET_WORKBOOK_CELL_H

#include <stdbool.h>
#include <stddef.h>

enum cell_format {
	CELL_NUMBER,
	CELL_DATE,
	CELL_TIME,
	CELL_DATE_TIME,
	CELL_ELAPSED, /* [h]:mm: hours beyond 24 */
};

#define CELL_TEXT 64 /* bytes; all that cell_text() writes fits */

/* Of a built-in format's number; ISO/IEC 29500-1, 18.8.30. */
enum cell_format cell_format_builtin(unsigned id);
/* Of a format code such as "dd/mm/yyyy hh:mm". */
enum cell_format cell_format_of(const char *code);
/*
 * v as text: a date or time where its format says so and a calendar has it, else the number with 15
 * digits at most and `decimal` before its decimals. is_1904: the workbook counts days from then.
 */
void cell_text(double v, enum cell_format format, bool is_1904, char decimal, char out[CELL_TEXT]);

#endif
