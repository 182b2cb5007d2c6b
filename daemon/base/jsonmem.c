#include "base/jsonmem.h"

#include <jansson.h>
#include <stdlib.h>

static struct {
	void *(*allocate)(size_t n);
	uint64_t failed;
} jsonmem;

static void *
counted(size_t n)
{
	void *p = jsonmem.allocate(n);

	if (p == NULL)
		jsonmem.failed++;
	return p;
}

void
jsonmem_watch(void *(*allocate)(size_t n))
{
	jsonmem.allocate = allocate;
	json_set_alloc_funcs(counted, free);
}

uint64_t
jsonmem_failed(void)
{
	return jsonmem.failed;
}
