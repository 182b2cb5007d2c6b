/* The office's requests as tables of their fields, which bear the names of admin.proto's. */
#ifndef SEMS_DOOR_SHAPE_H
#define SEMS_DOOR_SHAPE_H

#include "office/request.h"

enum slot_type {
	SLOT_TEXT,  /* const char * */
	SLOT_BYTES, /* struct text */
	SLOT_BOOL,
	SLOT_U32, /* an enumeration's value, too */
	SLOT_U64,
	SLOT_I64,
	SLOT_DOUBLE,
	SLOT_STRUCT, /* a pointer to one, or to the first of a list */
};

enum slot_count {
	SLOT_ONE,
	SLOT_MAYBE, /* with a bool that says whether it was there */
	SLOT_LIST,  /* with a size_t of how many */
};

struct slot {
	const char *name;
	enum slot_type type;
	size_t at; /* in the struct, in bytes */
	enum slot_count count;
	size_t beside;          /* where the bool or the size_t is */
	const struct shape *of; /* of a struct: its own; else NULL */
};

struct shape {
	size_t size; /* of the struct; 0: there is none, since it has no field */
	const struct slot *slots;
	size_t n;
};

/* A request's name in Request, and its struct; NULL of REQUEST_NONE. */
struct body {
	const char *name;
	const struct shape *shape;
};

const struct body *shape_body(enum request_kind kind);

#endif
