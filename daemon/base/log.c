#include "base/log.h"

#include "base/civil.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A line of at most PIPE_BUF bytes is written whole or not at all. */
#define LINE_MAX_BYTES 4096
#define RARE_MS        60000
_Static_assert(LINE_MAX_BYTES <= PIPE_BUF, "a log line must be written at once");

/* Kept free behind the values, for the closing " cut=1 dropped=N" and the newline. */
#define CLOSING_BYTES 48

static struct {
	int fd;
	enum log_level level;
	uint64_t dropped;
} log_state = {.fd = STDERR_FILENO, .level = LOG_LEVEL_INFO};

struct line {
	char p[LINE_MAX_BYTES];
	size_t n;
	bool cut;
};

void
log_setup(int fd, enum log_level level)
{
	log_state.fd = fd;
	log_state.level = level;
}

static void
put(struct line *l, const char *p, size_t n)
{
	if (l->cut || l->n + n > sizeof l->p - CLOSING_BYTES) {
		l->cut = true;
		return;
	}
	memcpy(l->p + l->n, p, n);
	l->n += n;
}

static void
put_text(struct line *l, const char *s)
{
	put(l, s, strlen(s));
}

static void
put_escaped(struct line *l, struct text bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		char hex[3];

		hex_encode((const unsigned char *)bytes.s + i, 1, hex);
		put(l, "\\x", 2);
		put(l, hex, 2);
	}
}

static void
put_quoted(struct line *l, struct text t)
{
	size_t n;

	put(l, "\"", 1);
	for (; t.n != 0 && !l->cut; t.s += n, t.n -= n) {
		uint32_t c = 0;

		n = text_rune(t, &c);
		/* A reader could take it for the end of a line, or not see it. */
		if (n == 0 || text_is_hidden(c)) {
			n = n == 0 ? 1 : n;
			put_escaped(l, (struct text){t.s, n});
			continue;
		}
		if (c == '"' || c == '\\')
			put(l, "\\", 1);
		put(l, t.s, n);
	}
	/* Also behind a cut, within the bytes kept free: a quote left open would take in what
	 * follows. */
	l->p[l->n++] = '"';
}

static bool
is_plain(struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.s[i] <= ' ' || t.s[i] >= 0x7f || strchr("\"\\=", t.s[i]) != NULL)
			return false;
	return t.n != 0;
}

static void
put_pair(struct line *l, const struct log_kv *kv)
{
	char number[24];

	put(l, " ", 1);
	put_text(l, kv->key);
	put(l, "=", 1);
	if (l->cut)
		return;
	if (kv->text == NULL) {
		snprintf(number, sizeof number, "%" PRId64, kv->number);
		put_text(l, number);
	} else if (is_plain(text_of(kv->text))) {
		put_text(l, kv->text);
	} else {
		put_quoted(l, text_of(kv->text));
	}
}

static struct utc_ms
wall_clock(void)
{
	struct timespec ts = {0};

	clock_gettime(CLOCK_REALTIME, &ts);
	return (struct utc_ms){(int64_t)ts.tv_sec * MS_PER_SECOND + ts.tv_nsec / 1000000};
}

static void
close_line(struct line *l)
{
	char tail[CLOSING_BYTES];
	size_t n = 0;

	if (l->cut)
		n += (size_t)snprintf(tail, sizeof tail, " cut=1");
	if (log_state.dropped != 0)
		n += (size_t)snprintf(tail + n, sizeof tail - n, " dropped=%" PRIu64,
				      log_state.dropped);
	memcpy(l->p + l->n, tail, n);
	l->n += n;
	l->p[l->n++] = '\n';
}

/*
 * Asks before it writes, because the descriptor may be shared with other programs, who would
 * inherit an O_NONBLOCK set here.
 */
static bool
write_line(const struct line *l)
{
	struct pollfd p = {.fd = log_state.fd, .events = POLLOUT};

	if (poll(&p, 1, 0) != 1 || (p.revents & POLLOUT) == 0)
		return false;
	return write(log_state.fd, l->p, l->n) == (ssize_t)l->n;
}

void
log_line(enum log_level level, const char *event, const struct log_kv *kv, unsigned n)
{
	static const char *const names[] = {"error", "warn", "info", "debug"};
	struct line l = {.n = 0};
	char ts[UTC_TEXT_SIZE];
	int saved = errno;

	if (level > log_state.level)
		return;
	utc_format(wall_clock(), ts);
	put_text(&l, "ts=");
	put_text(&l, ts);
	put_text(&l, " level=");
	put_text(&l, names[level]);
	put_text(&l, " event=");
	put_text(&l, event);
	for (unsigned i = 0; i < n; i++)
		put_pair(&l, &kv[i]);
	close_line(&l);
	if (write_line(&l))
		log_state.dropped = 0;
	else
		log_state.dropped++;
	errno = saved;
}

bool
rare_may(struct rare *r, int64_t now_ms)
{
	if (now_ms < r->next_ms) {
		r->count++;
		return false;
	}
	r->unsaid = r->count;
	r->count = 0;
	r->next_ms = now_ms + RARE_MS;
	return true;
}
