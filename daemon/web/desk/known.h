/*
 * Credentials that semsd was asked about a moment ago: whose each is, and its key. Kept for half a
 * minute, so that what was revoked is of no use after that, whatever else would stop it.
 */
#ifndef SEMS_WEB_DESK_KNOWN_H
#define SEMS_WEB_DESK_KNOWN_H

#include "web/desk/signature.h"

#include <stddef.h>

#define KNOWN_MOST      256
#define KNOWN_MS        30000
#define KNOWN_ID_SIZE   72 /* a key's id, or "token " and its digest in hexadecimal */
#define KNOWN_NAME_SIZE 128

struct known {
	char id[KNOWN_ID_SIZE]; /* "": a free place */
	char principal[KNOWN_NAME_SIZE];
	unsigned char point[POINT_SIZE]; /* of a key */
	bool is_noted;                   /* semsd was told that it has proved itself */
	int64_t since_ms;
};

struct known_list {
	struct known list[KNOWN_MOST];
};

/* now_ms: of a clock that only goes on. NULL: it is not known, or not any more. */
struct known *known_find(struct known_list *l, const char *id, int64_t now_ms);
/* In place of what is known of it, or of what is oldest. point: NULL for a token. */
struct known *known_keep(struct known_list *l, const char *id, const char *principal,
			 const unsigned char *point, int64_t now_ms);

#endif
