#include "tests/lib/temp.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void
temp_dir(char out[TEMP_SIZE])
{
	const char *tmp = getenv("TMPDIR");

	snprintf(out, TEMP_SIZE, "%s/sems.XXXXXX", tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(out) == NULL) {
		perror(out);
		_exit(99);
	}
}
