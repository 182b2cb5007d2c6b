/*
 * Whoever started this process and watches over it, by systemd's protocol (sd_notify(3),
 * sd_watchdog_enabled(3), sd_listen_fds(3)). Without one nothing happens.
 */
#ifndef SEMS_HOST_SUPERVISOR_H
#define SEMS_HOST_SUPERVISOR_H

#include <stdint.h>
#include <sys/socket.h>

/* Whoever waits may connect. */
void supervisor_ready(void);
void supervisor_stopping(void);
/* The loop turns. */
void supervisor_alive(void);
/* How often it wants to hear that, in milliseconds; 0: never. */
int64_t supervisor_every_ms(void);

/* The listening socket that it opened for this address and holds while we are not there, so that
 * nobody who connects meanwhile is turned away; -1: it has none. Its own in the end: we close what
 * is ours of it, and remove no file. */
int supervisor_socket(const struct sockaddr *sa);

#endif
