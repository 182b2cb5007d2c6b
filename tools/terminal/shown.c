#include "tools/terminal/shown.h"

#include "base/count.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One write of stdio, each of its bytes at most as "\x9B"; and what was held back. */
#define SHOWN_MAX ((size_t)1 << 30)

static void
add_number(struct buf *out, uint32_t c)
{
	if (c < 0x10000) {
		buf_addf(out, "\\u%04X", c);
		return;
	}
	c -= 0x10000;
	buf_addf(out, "\\u%04X\\u%04X", 0xd800 + (c >> 10), 0xdc00 + (c & 0x3ff));
}

/* The begin of a character whose end may come with the next bytes. */
static bool
is_cut(struct text t)
{
	unsigned char lead = (unsigned char)t.s[0];
	size_t whole = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;

	if (lead < 0xc2 || lead > 0xf4 || t.n >= whole)
		return false;
	for (size_t i = 1; i < t.n; i++)
		if (((unsigned char)t.s[i] & 0xc0) != 0x80)
			return false;
	return true;
}

size_t
shown_add(struct buf *out, struct text t, const char *keep)
{
	const char *begin = t.s;

	while (t.n > 0) {
		uint32_t c = 0;
		size_t n = text_rune(t, &c);

		if (n == 0 && is_cut(t))
			break;
		if (n == 0) {
			buf_addf(out, "\\x%02X", (unsigned char)t.s[0]);
			n = 1;
		} else if (text_is_hidden(c) &&
			   (c == 0 || c >= 0x80 || strchr(keep, (int)c) == NULL)) {
			add_number(out, c);
		} else {
			buf_add(out, t.s, n);
		}
		t.s += n;
		t.n -= n;
	}
	return (size_t)(t.s - begin);
}

/* --- streams ---------------------------------------------------------------------------------- */

struct stream {
	int fd;
	struct buf in; /* what was held back, and what came */
	struct buf out;
};

/* Our own: bold headers, and the colours of what is met and not. */
static const char *const styles[] = {"\033[1m", "\033[0m", "\033[31m", "\033[32m", "\033[33m"};

/* How many bytes of t are a style; *cut: it may be the begin of one. */
static size_t
style_length(struct text t, bool *cut)
{
	*cut = false;
	for (size_t i = 0; i < COUNT(styles); i++) {
		size_t n = strlen(styles[i]);

		if (t.n >= n && memcmp(t.s, styles[i], n) == 0)
			return n;
		*cut = *cut || (t.n < n && memcmp(t.s, styles[i], t.n) == 0);
	}
	return 0;
}

/* Shows what is there of t; how much of it was taken. */
static size_t
show(struct stream *s, struct text t)
{
	size_t at = 0;

	while (at < t.n) {
		const char *escape = memchr(t.s + at, '\033', t.n - at);
		size_t before = escape == NULL ? t.n - at : (size_t)(escape - t.s) - at;
		bool cut = false;
		size_t style;

		if (before > 0) {
			size_t taken = shown_add(&s->out, (struct text){t.s + at, before}, "\n\t");

			at += taken;
			if (taken < before && escape == NULL)
				break;
			/* What is cut by an escape has no end to wait for. */
			for (; taken < before; taken++)
				buf_addf(&s->out, "\\x%02X", (unsigned char)t.s[at++]);
			continue;
		}
		style = style_length((struct text){t.s + at, t.n - at}, &cut);
		if (cut)
			break;
		if (style > 0)
			buf_add(&s->out, t.s + at, style);
		else
			add_number(&s->out, '\033');
		at += style > 0 ? style : 1;
	}
	return at;
}

static bool
write_all(int fd, const unsigned char *p, size_t size)
{
	size_t at = 0;

	while (at < size) {
		ssize_t n = write(fd, p + at, size - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

static bool
write_out(struct stream *s)
{
	bool good = !s->out.failed && write_all(s->fd, s->out.p, s->out.n);

	buf_clear(&s->out);
	return good;
}

static ssize_t
on_write(void *cookie, const char *p, size_t n)
{
	struct stream *s = cookie;

	if (!buf_add(&s->in, p, n))
		return 0;
	buf_consume(&s->in, show(s, (struct text){(const char *)s->in.p, s->in.n}));
	return write_out(s) ? (ssize_t)n : 0;
}

/* What is held back has no end any more. */
static int
on_close(void *cookie)
{
	struct stream *s = cookie;
	bool good;

	for (size_t i = 0; i < s->in.n; i++)
		buf_addf(&s->out, "\\x%02X", s->in.p[i]);
	good = write_out(s);
	buf_fini(&s->in);
	buf_fini(&s->out);
	free(s);
	return good ? 0 : EOF;
}

FILE *
shown_stream(int fd)
{
	const cookie_io_functions_t calls = {.write = on_write, .close = on_close};
	struct stream *s = calloc(1, sizeof *s);
	FILE *f;

	if (s == NULL)
		return NULL;
	s->fd = fd;
	buf_init(&s->in, SHOWN_MAX);
	buf_init(&s->out, SHOWN_MAX);
	f = fopencookie(s, "w", calls);
	if (f == NULL)
		free(s);
	return f;
}

/* What stdio began with. */
static FILE *plain_out;
static FILE *plain_err;

bool
shown_begin(void)
{
	FILE *out = shown_stream(STDOUT_FILENO);
	FILE *err = out == NULL ? NULL : shown_stream(STDERR_FILENO);

	if (err == NULL) {
		if (out != NULL)
			fclose(out);
		return false;
	}
	setvbuf(out, NULL, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, BUFSIZ);
	setvbuf(err, NULL, _IOLBF, BUFSIZ);
	plain_out = stdout;
	plain_err = stderr;
	stdout = out;
	stderr = err;
	return true;
}

bool
shown_end(void)
{
	bool whole = ferror(stdout) == 0;

	whole = fclose(stdout) == 0 && whole;
	fclose(stderr);
	stdout = plain_out;
	stderr = plain_err;
	return whole;
}

bool
shown_as_is(const struct buf *document)
{
	if (isatty(STDOUT_FILENO))
		return fwrite(document->p, 1, document->n, stdout) == document->n;
	return fflush(stdout) == 0 && write_all(STDOUT_FILENO, document->p, document->n);
}
