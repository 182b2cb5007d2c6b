/*
 * Log: one logfmt line per event to a descriptor, never blocking: a line that does not fit in the
 * pipe is dropped and counted, and the next line that fits says how many were lost. Values are
 * quoted and escaped, so that what peers send cannot forge a line. No figure, no record content.
 *
 *   log_info("conn.open", KV("peer", "unix:anna"), KVI("conn", 7));
 */
#ifndef SEMS_BASE_LOG_H
#define SEMS_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

struct log_kv {
	const char *key;
	const char *text; /* NULL: the number counts */
	int64_t number;
};

#define KV(key, text)   ((struct log_kv){(key), (text), 0})
#define KVI(key, value) ((struct log_kv){(key), NULL, (int64_t)(value)})

#define log_error(event, ...) LOG_LINE(LOG_LEVEL_ERROR, event, __VA_ARGS__)
#define log_warn(event, ...)  LOG_LINE(LOG_LEVEL_WARN, event, __VA_ARGS__)
#define log_info(event, ...)  LOG_LINE(LOG_LEVEL_INFO, event, __VA_ARGS__)
#define log_debug(event, ...) LOG_LINE(LOG_LEVEL_DEBUG, event, __VA_ARGS__)
#define LOG_LINE(level, event, ...)                                  \
	log_line(level, event, (const struct log_kv[]){__VA_ARGS__}, \
		 sizeof((const struct log_kv[]){__VA_ARGS__}) / sizeof(struct log_kv))

/* Something that may come by the thousand: a line a minute at most, which tells how many went
 * before it without one. */
struct rare {
	int64_t next_ms; /* on the caller's clock; 0: at once */
	int64_t count;   /* since the last line */
	int64_t unsaid;  /* before this line */
};

/* True: write the line. now_ms: a clock that only goes on. */
bool rare_may(struct rare *r, int64_t now_ms);

void log_line(enum log_level level, const char *event, const struct log_kv *kv, unsigned n);
/* fd: where lines go (2 at start); level: the chattiest that is written. */
void log_setup(int fd, enum log_level level);

#endif
