/* Room render/doc: A stored document as it is read: its members, its values in words. */
/*
 * An edition: one revision of the SPD as it is handed out. The document never changes; what people
 * did with it afterwards is the declaration; the seal is how the daemon signed it. The last two may
 * be missing, and then the edition says so.
 */
#ifndef SEMS_RENDER_DOC_EDITION_H
#define SEMS_RENDER_DOC_EDITION_H

#include "render/doc/spd_doc.h"

struct edition {
	const struct buf *bytes; /* of the document, as they are stored */
	json_t *doc;
	const struct buf *declaration_bytes; /* NULL: none */
	json_t *declaration;                 /* NULL: none */
	json_t *seal;                        /* {signature, key_id, ...}; NULL: none */
	char sha256[65];                     /* of the document's bytes */
	bool full; /* a page prints all of it, and not what is to be known first alone */
};

/*
 * Reads and checks. The bytes are borrowed and outlive the edition; declaration and seal may be
 * NULL. Refused: a marking that this may not carry, a declaration of another document.
 */
enum code edition_read(struct edition *ed, const struct buf *bytes, const struct buf *declaration,
		       const struct buf *seal, struct err *e) MUST_CHECK;
void edition_fini(struct edition *ed);

/* Steps in the life of the revision, NULL when the declaration has none. */
/* The last of them; of reviews, the one that still holds. */
const json_t *edition_event(const struct edition *ed, const char *action);
const char *edition_state(const struct edition *ed); /* now: by the declaration, else as frozen */
void edition_words(const struct edition *ed, char out[SPD_CELL]); /* "SUBMITTED, revision 2" */

#endif
