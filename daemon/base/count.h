/* How many elements an array has, and that they are enough. An array, not what it decays to. */
#ifndef SEMS_BASE_COUNT_H
#define SEMS_BASE_COUNT_H

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The table is indexed by an enumeration of n: who adds a number adds a row. */
#define COVERS(table, n) _Static_assert(COUNT(table) == (n), "a row for each of " #n)

/* The table is indexed by an enumeration of n, and has rows for some: the others are zero, and that
 * means something. */
#define COVERS_SOME(table, n) _Static_assert(COUNT(table) <= (n), "no row beyond " #n)

#endif
