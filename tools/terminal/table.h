/*
 * Room tools/terminal: What people see: tables, listings, progress, pagers, files that are written
 * whole.
 */
/*
 * Tables for a terminal: columns as wide as their widest cell, counted in characters as a terminal
 * shows them (UTF-8, combining marks, wide characters); control characters shown as '?', so that
 * what comes from records cannot steer a terminal.
 *
 *   struct table *t = table_new(2, (const char *const[]){"Site", ">Records"});
 *   table_cell(t, "%s", site);
 *   table_cell(t, "%d", n);
 *   table_print(t, stdout, o->color);
 *   table_free(t);
 */
#ifndef SEMS_TOOLS_TERMINAL_TABLE_H
#define SEMS_TOOLS_TERMINAL_TABLE_H

#include <stddef.h>
#include <stdio.h>

struct table;

/* headers: one per column; one that begins with '>' is aligned right. NULL when memory is out. */
struct table *table_new(size_t columns, const char *const headers[]);
void table_free(struct table *t); /* accepts NULL */
/* Adds a row; cells are copied, NULL is an empty cell. */
void table_row(struct table *t, const char *const cells[]);
/* Adds a cell to the row being filled; a full row is closed by itself. */
void table_cell(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A rule across the table before the next row. */
void table_rule(struct table *t);
/* Cells of this column wider than width end in an ellipsis, where the table is as wide as it needs.
 */
void table_limit(struct table *t, size_t column, size_t width);
/* How the cell just added is printed; style: one of those that tools/terminal/shown.h lets pass,
 * static.
 */
void table_style(struct table *t, const char *style);
/* Where there is no room this column is left out, and said so; the first one named goes first. */
void table_optional(struct table *t, size_t column);
/* color: bold headers. Ends what it prints with a newline. */
void table_print(const struct table *t, FILE *f, int color);

/*
 * From now on every table takes at most so many columns of the terminal: cells go over several
 * lines, then columns are left out that may be, then each row is a block of lines. 0, as at first:
 * as many as it needs, for programs that read it. Once, in main().
 */
void table_fit(size_t width);
/* The width that was set. */
size_t table_width(void);

/* How many columns of a terminal s takes. */
size_t text_width(const char *s);

#endif
