/*
 * JSON answers of the daemon as listings for a terminal. Tolerant: a member that is missing or null
 * is shown as such, one that is new is shown by its own name, so that an older semsctl still tells
 * what a newer semsd says.
 */
#ifndef SEMS_TOOLS_TERMINAL_LISTING_H
#define SEMS_TOOLS_TERMINAL_LISTING_H

#include <jansson.h>
#include <stdio.h>

struct listing_column {
	const char *key;
	const char *header; /* as for table_new() */
};

#define LISTING_CELL 4096 /* bytes: no text of a record is as long; others lose their middle */

/* A scalar in words: times in the entity's zone without their fraction (moment.h), yes and no, "–"
 * for null or absent. */
void listing_cell(const json_t *v, char out[LISTING_CELL]);
/* An array of objects as a table; columns that no row has are left out. Nothing when it is empty.
 */
void listing_table(const json_t *rows, const struct listing_column *columns, size_t n, int color,
		   FILE *f);
/* Puts behind each code what it is called: of the member `key` of each row, as a `field` of names
 * (core/kind/words.h, which has their form). */
void listing_names(const json_t *rows, const char *key, const json_t *names, const char *field);
/* The scalar members, "key: value" a line, in the document's order; objects of scalars in one line.
 * Arrays are left out. When something occurred is told as exactly as the object's precision says:
 * of a DAY the day, here and in tables. */
void listing_members(json_t *object, FILE *f);
/* The same of a record, with its lists: an item a line. */
void listing_record(json_t *record, FILE *f);

#endif
