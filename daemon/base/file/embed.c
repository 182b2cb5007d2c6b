#include "base/file/embed.h"

#include <stddef.h>
#include <string.h>

const char *
embed_text(const char *path)
{
	for (const struct embed *f = embed_table; f->path != NULL; f++)
		if (strcmp(f->path, path) == 0)
			return f->text;
	return NULL;
}
