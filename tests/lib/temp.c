#include "tests/lib/temp.h"

#include <dirent.h>
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

bool
temp_remove(const char *dir)
{
	char path[TEMP_SIZE + 256];
	DIR *d = opendir(dir);

	if (d == NULL)
		return false;
	for (const struct dirent *x = readdir(d); x != NULL; x = readdir(d)) {
		snprintf(path, sizeof path, "%s/%s", dir, x->d_name);
		unlink(path);
	}
	closedir(d);
	return rmdir(dir) == 0;
}
