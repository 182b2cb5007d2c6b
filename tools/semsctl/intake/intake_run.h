/* The steps of a run of `import` or `send`, which intake.c takes in order; each returns an enum
 * exit_code and has said on stderr what is wrong, unless it is told otherwise. */
#ifndef SEMS_TOOLS_INTAKE_RUN_H
#define SEMS_TOOLS_INTAKE_RUN_H

#include "client/client.h"
#include "tools/import/delivery.h"
#include "tools/import/lookup.h"
#include "tools/import/map.h"
#include "tools/import/mapper.h"
#include "tools/semsctl/intake/import_run.h"
#include "tools/semsctl/intake/intake.h"
#include "tools/sheet/sheet.h"
#include "tools/terminal/progress.h"

/* A run and all it holds; released in one place. */
struct run {
	const struct options *o;
	const struct intake *in;
	struct arena *arena;
	struct arena *row;  /* forgotten with each row */
	struct map *loaded; /* from YAML */
	struct map *map;    /* loaded, or made of the header */
	struct sheet *sheet;
	int fd; /* of JSON lines */
	struct client *client;
	struct zone file_zone;
	struct zone entity_zone;
	struct when_zones zones;
	struct text *names;
	size_t n_names;
	struct mapper *mapper;
	struct delivery *delivery;
	struct lookup *lookup;
	struct utc_ms started;
	uint64_t replaced;
	char name[IMPORT_RUN_SIZE]; /* as semsd knows it; "": it notes none */
	const char *rejects;
	uint64_t skipped;
	struct err e;
};

/* Tells r->e: input that is wrong, as opposed to a daemon that says no. */
int intake_fail(const struct run *r);
int intake_no_memory(struct run *r);

/* intake_file.c: the map, the file, its header. */
int intake_load_map(struct run *r);
int intake_open_sheet(struct run *r);
int intake_read_header(struct run *r);
int intake_make_map(struct run *r);

/* intake_sites.c: registers the sites of every row that maps, before any record goes. */
int intake_register_sites(struct run *r);

/* intake_look.c: which numbers are stored at another time. `import` stops there, unless it is told
 * what to do with them; `send` tells and goes on. intake_tell_looked() is for who has looked up
 * r->lookup's records. */
int intake_look(struct run *r);
int intake_tell_looked(const struct run *r);

/* intake_json.c: the whole run of a file of JSON lines. */
int intake_json(struct run *r);

/* intake.c */
int intake_connect(struct run *r);
int intake_zones(struct run *r);
int intake_make_mapper(struct run *r);
int intake_open_delivery(struct run *r, int fd);
/* What was sent stays; the rest goes when the command is repeated. */
enum code intake_check_interrupt(struct run *r);
/* rc: how the delivery ended. Prints what became of the lines. */
int intake_finish(struct run *r, enum code rc);

#endif
