/* How many elements an array has. An array, not what it decays to. */
#ifndef SEMS_BASE_COUNT_H
#define SEMS_BASE_COUNT_H

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
