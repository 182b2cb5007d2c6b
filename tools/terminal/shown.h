/*
 * Text as a terminal may have it. What is stored was written by others: characters that turn text
 * around, hide it or steer the terminal are shown by their number, as JSON writes it (\u202E;
 * beyond U+FFFF in two halves), so that JSON stays what it was; a byte that is no UTF-8 is shown as
 * \x9B.
 */
#ifndef SEMS_TOOLS_TERMINAL_SHOWN_H
#define SEMS_TOOLS_TERMINAL_SHOWN_H

#include "base/buf.h"
#include "base/text.h"

#include <stdio.h>

/* Appends t. keep: hidden characters (ASCII) that pass, such as "\n". How many bytes of t were
 * taken: all, but for a character at its end that is not whole. */
size_t shown_add(struct buf *out, struct text t, const char *keep);

/*
 * From now on everything that is written to stdout and stderr is shown so; line feeds, tabs and our
 * own bold and coloured print pass. Once, first of all in main(). False: out of memory, nothing is
 * changed.
 */
bool shown_begin(void);
/* Writes what is left, and no more is shown so. False: standard output did not take all. */
bool shown_end(void);
/* A document whose digest is told, to standard output: byte for byte, but for a terminal, which is
 * shown it like anything else. False: it cannot be written. */
bool shown_as_is(const struct buf *document);
/* A stream that writes to fd what is written into it, shown. The caller's to fclose(), which leaves
 * fd open; NULL: out of memory. */
FILE *shown_stream(int fd);

#endif
