/* Lines of a text. */
#ifndef TESTS_LIB_LINES_H
#define TESTS_LIB_LINES_H

/* The number, from 1, of the line that p is in. */
unsigned line_of(const char *text, const char *p);

#endif
