/* The sheets of the register's workbook, in the order of the appendix: one function each. */
#ifndef SEMS_RENDER_REGISTER_REGISTER_SHEETS_H
#define SEMS_RENDER_REGISTER_REGISTER_SHEETS_H

#include "render/register/register_read.h"

/* register_sheets.c: how it is scored, and the register itself */
void sheet_method(struct book *b, const struct reg *r);
void sheet_matrix(struct book *b, const struct reg *r, bool residual);
void sheet_register(struct book *b, const struct reg *r);
/* sheet_tables.c: what the appendix has tables for */
void sheet_threat(struct book *b, const struct reg *r);
void sheet_impact(struct book *b, const struct reg *r);
void sheet_review(struct book *b, const struct reg *r);
void sheet_targets(struct book *b, const struct reg *r);
void sheet_maps(struct book *b, const struct reg *r);
void sheet_causes(struct book *b, const struct reg *r);
/* sheet_links.c: what the register rests on, and what comes of it */
void sheet_controls(struct book *b, const struct reg *r);
void sheet_flags(struct book *b, const struct reg *r);
void sheet_actions(struct book *b, const struct reg *r);
void sheet_acceptances(struct book *b, const struct reg *r);
void sheet_changes(struct book *b, const struct reg *r);

/* Columns of a grid, of the workbook. */
struct heading {
	const char *header;
	unsigned short width; /* in characters */
	bool right;
};
/* A sheet that is one grid, whose headers stay in sight. */
struct grid *sheet_of(struct book *b, const char *slug, const char *name,
		      const struct heading *headings, size_t n);
void grid_headings(struct grid *g, const struct heading *headings, size_t n);
/* The cells of what a scenario is: number and title. */
void grid_scenario(struct grid *g, const json_t *scenario);
/* The number, an empty cell of 0. */
void grid_score(struct grid *g, json_int_t v);
void grid_control(struct grid *g, enum control_state s);
/* A member in the words of its field. */
void grid_word(struct grid *g, const json_t *o, const char *member);
/* Members as they are, a cell each. */
void grid_members(struct grid *g, const json_t *o, const char *const *members, size_t n);

#endif
