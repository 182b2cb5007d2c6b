/*
 * Reads an exported bundle, a ZIP file or a folder. Whoever made it is suspected: a size that it
 * states beyond what bundles have is refused by the bound's name before anything is read, and of a
 * file no byte more than it states. Each is read piece by piece and only its digest kept, but for
 * the few that are looked into.
 */
#ifndef SEMS_RENDER_BUNDLE_READ_H
#define SEMS_RENDER_BUNDLE_READ_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"

#include <jansson.h>
#include <stdint.h>

#define BUNDLE_MANIFEST  "MANIFEST.json"
#define BUNDLE_SIGNATURE "MANIFEST.sig"

struct bundle_file {
	char name[256];
	uint64_t n; /* bytes of it */
	unsigned char sha256[SHA256_SIZE];
	struct buf bytes; /* all of the manifest, spd.json, declaration.json, signatures and keys;
			     of any other file none */
};

struct bundle {
	struct bundle_file *file;
	size_t n;
	json_t *manifest; /* NULL: there is none that can be read */
};

/* path: a ZIP file or a folder. bundle_fini() also after a failure. */
enum code bundle_open(const char *path, struct bundle *b, struct err *e) MUST_CHECK;
void bundle_fini(struct bundle *b);
const struct bundle_file *bundle_find(const struct bundle *b, const char *name); /* or NULL */

#endif
