/*
 * Identities that a repeated import makes again. record_id is a UUID of version 8: occurred_at in
 * milliseconds, then the first 10 bytes of SHA-256(source, 0x00, source_record_id).
 */
#ifndef SEMS_TOOLS_IMPORT_IDENTITY_H
#define SEMS_TOOLS_IMPORT_IDENTITY_H

#include "base/arena.h"
#include "core/kind/kind.h"

#define IDENTITY_BYTES 10

/* The digest of source and number that such an identity ends with, but for its bits that say of
 * which version it is. False: they are too long. */
bool identity_digest(struct text source, struct text number, unsigned char out[IDENTITY_BYTES]);
/* Sets record_id from source, source_record_id and occurred_at, which must be set. */
bool identity_set(struct record *r);
/* The same of the n-th record that is to be stored under this number and time, where those before
 * it were voided; 0 is identity_set(). A 0x00 and n in decimal follow the number. */
bool identity_set_again(struct record *r, unsigned n);
/* Sets a random record_id (version 7) at occurred_at. */
bool identity_set_random(struct record *r);

/*
 * Numbers for rows that have none: a hash of the row's text and how many equal rows came before,
 * so that equal rows stay different records and a repeated file gives the same numbers.
 */
struct row_numbers;
struct row_numbers *row_numbers_new(void);
void row_numbers_free(struct row_numbers *n); /* accepts NULL */
/* "row-0123456789abcdef-1", in the arena; NULL when memory is out. */
const char *row_numbers_next(struct row_numbers *n, const struct text *cells, size_t n_cells,
			     struct arena *a);

#endif
