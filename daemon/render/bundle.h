/*
 * The bundle, format sems-bundle/1 (proto/PROOF.md): every file of one revision, a list of them,
 * and the signatures that go with it. Only semsd signs, so this has two halves.
 */
#ifndef SEMS_RENDER_BUNDLE_H
#define SEMS_RENDER_BUNDLE_H

#include "render/render.h"

#define BUNDLE_SIGNATURE_SIZE 64

/*
 * Makes of the renderings of "all" the members of a bundle: with the names they have there, the
 * document's signature and the public keys. The edition has a seal.
 */
enum code bundle_members(const struct edition *ed, struct renderings *members,
			 struct err *e) MUST_CHECK;
/* Appends MANIFEST.json, the list of the members. */
enum code bundle_manifest(const struct edition *ed, const struct renderings *members,
			  struct buf *out, struct err *e) MUST_CHECK;
/* Appends the archive; signature: of the manifest, as semsd made it. */
enum code bundle_pack(const struct renderings *members, const struct buf *manifest,
		      const unsigned char signature[BUNDLE_SIGNATURE_SIZE], struct buf *out,
		      struct err *e) MUST_CHECK;

#endif
