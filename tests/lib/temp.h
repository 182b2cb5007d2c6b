/* Folders for one test, under $TMPDIR as everything that tests leave behind. */
#ifndef TESTS_LIB_TEMP_H
#define TESTS_LIB_TEMP_H

#define TEMP_SIZE 128

/* A new folder (0700); ends the test's process when it cannot be made. */
void temp_dir(char out[TEMP_SIZE]);

#endif
