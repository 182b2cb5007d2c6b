/* Text with a length: what peers send may hold any byte, so nothing relies on a NUL. */
#ifndef SEMS_BASE_TEXT_H
#define SEMS_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct text {
	const char *s; /* borrowed; not NUL-terminated unless its maker says so */
	size_t n;
};

#define TEXT_LIT(lit) ((struct text){(lit), sizeof(lit) - 1})

static inline struct text
text_of(const char *s)
{
	return (struct text){s, s == NULL ? 0 : strlen(s)};
}

/* Nothing, NULL or "", is what is not given. */
static inline bool
text_is_given(const char *s)
{
	return s != NULL && s[0] != '\0';
}

/* NULL: it is not given. */
static inline const char *
text_if_given(const char *s)
{
	return text_is_given(s) ? s : NULL;
}

static inline bool
text_eq(struct text a, struct text b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.s, b.s, a.n) == 0);
}

static inline bool
text_is(struct text a, const char *s)
{
	return text_eq(a, text_of(s));
}

/* Well-formed UTF-8 (no surrogates, no overlong forms) without control characters but TAB and LF.
 */
bool text_is_clean_utf8(struct text t);
/* How many bytes are put in, left out or changed from one to the other; SIZE_MAX: one has more than
 * 64 bytes. */
size_t text_distance(struct text a, struct text b);

/* The length of the well-formed UTF-8 character t begins with, and the character; 0: none. */
size_t text_rune(struct text t, uint32_t *rune);

/*
 * A character that shows nothing of itself, or that moves or turns what stands around it: controls,
 * separators of lines and paragraphs, those of bidirectional text and all others that Unicode has
 * ignored where nothing is known of them. No spaces, which are seen.
 */
bool text_is_hidden(uint32_t rune);

/* One line in which nothing is hidden (see there) and which has no blank at either end, of whatever
 * sort: of two that look alike neither is taken for the other. */
bool text_is_name(struct text t);

/* Without the blanks at both ends: white space of ASCII, every blank of Unicode that has a
 * width. Bytes that make no character are none. */
struct text text_trim(struct text t);

/*
 * As snprintf, for what people read: text that has no room loses its middle, where "…" stands,
 * since what it is about comes first and what to do next last. Well-formed UTF-8 whatever is
 * printed: bytes that make no character, as a precision leaves them, are left out. size is at
 * least 1.
 */
void text_print(char *out, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void text_vprint(char *out, size_t size, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));

/* What the noun after a number ends in: nothing for one, else "s". */
const char *text_s(uint64_t n);
/* One more item behind those that are there, with this between; what has no room as text_print().
 */
void text_add(char *out, size_t size, const char *between, const char *item);

/* Lower-case hexadecimal of n bytes; out has room for 2n + 1. */
void hex_encode(const unsigned char *p, size_t n, char *out);
/* Reads exactly n bytes from 2n hexadecimal digits of either case. */
bool hex_decode(struct text t, unsigned char *out, size_t n);

#endif
