/* A catalogue of metrics as an operator may write it: read, or refused with a reason. */
#include "core/metric/catalogue.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *yaml = malloc(size + 1);
	struct catalogue *c = NULL;
	struct err e = {0};

	MUST(yaml != NULL);
	if (size != 0)
		memcpy(yaml, data, size);
	yaml[size] = '\0';
	if (catalogue_read("catalogue", yaml, &c, &e) != OK)
		MUST(e.code != OK && e.text[0] != '\0');
	else
		MUST(c != NULL);
	catalogue_free(c);
	free(yaml);
	return 0;
}
