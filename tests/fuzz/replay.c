/* Feeds files, and the files of folders, to a target: fuzz_NAME PATH... */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#define DEPTH_MAX 4

static unsigned long inputs;

static int
play_file(const char *path)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	uint8_t *bytes;
	size_t n;

	if (f == NULL || fstat(fileno(f), &st) != 0) {
		perror(path);
		return 1;
	}
	/* Exactly as large: the sanitizer sees a byte too many. */
	n = (size_t)st.st_size;
	bytes = malloc(n == 0 ? 1 : n);
	MUST(bytes != NULL && fread(bytes, 1, n, f) == n);
	fclose(f);
	fprintf(stderr, "%s\n", path);
	LLVMFuzzerTestOneInput(bytes, n);
	free(bytes);
	inputs++;
	return 0;
}

static int
play(const char *path, int depth)
{
	DIR *d = opendir(path);
	const struct dirent *entry;
	int rc = 0;

	if (d == NULL)
		return play_file(path);
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
	while ((entry = readdir(d)) != NULL) {
		char inner[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
		rc |= depth < DEPTH_MAX ? play(inner, depth + 1) : 1;
	}
	closedir(d);
	return rc;
}

int
main(int argc, char **argv)
{
	int rc = 0;

	for (int i = 1; i < argc; i++)
		rc |= play(argv[i], 0);
	printf("%lu inputs\n", inputs);
	return rc;
}
