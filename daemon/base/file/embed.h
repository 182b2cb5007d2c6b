/* Files compiled into the program (migrations, statements, the metric catalogue), by path. */
#ifndef SEMS_BASE_FILE_EMBED_H
#define SEMS_BASE_FILE_EMBED_H

struct embed {
	const char
	    *path; /* as in the tree, e.g. "sql/queries/upkeep/status.sql"; NULL ends the table */
	const char *text; /* NUL-terminated */
};

/* In path order; made by the Makefile. */
extern const struct embed embed_table[];

/* The text of a file, NULL when there is none. */
const char *embed_text(const char *path);

#endif
