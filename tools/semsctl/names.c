#include "tools/semsctl/names.h"

#include <search.h>
#include <string.h>

static int
compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
keep(void *name)
{
	(void)name; /* the caller's */
}

bool
names_add(struct names *s, const char *name, bool *is_new)
{
	const char *const *found = tsearch(name, &s->root, compare);

	*is_new = found != NULL && *found == name;
	return found != NULL;
}

void
names_fini(struct names *s)
{
	tdestroy(s->root, keep);
	s->root = NULL;
}
