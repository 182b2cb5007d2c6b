#include "tests/lib/temp.h"

#include <dirent.h>
#include <ftw.h>
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

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

bool
temp_remove_all(const char *dir)
{
	return nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0;
}
