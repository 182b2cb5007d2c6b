#include "tools/render/bundle.h"

enum code
bundle_make(const struct book *b, const struct renderings *members, struct buf *out, struct err *e)
{
	(void)b;
	(void)members;
	(void)out;
	return err_set(e, FATAL_BUG, "bundle", "not yet");
}
