/* Folders for one test, under $TMPDIR as everything that tests leave behind. */
#ifndef TESTS_LIB_TEMP_H
#define TESTS_LIB_TEMP_H

#include <stdbool.h>

#define TEMP_SIZE 128

/* A new folder (0700); ends the test's process when it cannot be made. */
void temp_dir(char out[TEMP_SIZE]);
/* Removes a folder and the files in it; false: there was a folder in it, or nothing to remove. */
bool temp_remove(const char *dir);
/* The same with all that is in it. */
bool temp_remove_all(const char *dir);

#endif
