/* Child processes and folders for the embedded cluster. Private to the store. */
#ifndef SEMS_HOST_PROCESS_H
#define SEMS_HOST_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/* Starts argv[0] with its output appended to the file (NULL: ours is its own); the child gets
 * SIGINT when we die, is in a session of its own (a terminal's ^C is for us alone) and inherits
 * nothing else. -1: errno. */
pid_t process_start(const char *const argv[], const char *output);
/* process_start(), then waits: the exit status, or -1. */
int process_run(const char *const argv[], const char *output);
/* True once the child has ended; then it is reaped. */
bool process_has_ended(pid_t pid);
void process_sleep_ms(int ms);
/* Removes a folder and all in it; true when it is not there afterwards. */
bool process_remove_tree(const char *path);

#endif
