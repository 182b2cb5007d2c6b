#include "base/json/jsonmem.h"

#include <jansson.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>

static struct {
	void *(*allocate)(size_t n);
	uint64_t failed;
	bool is_bound;
	size_t left; /* while bound */
} jsonmem = {.allocate = malloc};

static void *
counted(size_t n)
{
	void *p = jsonmem.is_bound && n > jsonmem.left ? NULL : jsonmem.allocate(n);
	size_t took;

	if (p == NULL) {
		jsonmem.failed++;
		return NULL;
	}
	took = malloc_usable_size(p);
	jsonmem.left -= took < jsonmem.left ? took : jsonmem.left;
	return p;
}

static void
released(void *p)
{
	if (p != NULL)
		jsonmem.left += malloc_usable_size(p);
	free(p);
}

void
jsonmem_watch(void *(*allocate)(size_t n))
{
	jsonmem.allocate = allocate;
	json_set_alloc_funcs(counted, released);
}

void
jsonmem_bound(size_t n)
{
	json_set_alloc_funcs(counted, released);
	jsonmem.is_bound = n != 0;
	jsonmem.left = n;
}

uint64_t
jsonmem_failed(void)
{
	return jsonmem.failed;
}
