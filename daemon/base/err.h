/*
 * Room base: Bytes, text, times of the clock, errors, digests, signatures, logs, JSON and files:
 * what every room stands on.
 */
/*
 * Errors. A fallible function returns an enum code and fills a caller-owned struct err; the class
 * of the code says what may be done about it. Nobody logs on the way: the layer that decides the
 * outcome does, once.
 */
#ifndef SEMS_BASE_ERR_H
#define SEMS_BASE_ERR_H

/* REJ: the input's fault. TRY: the environment's, may pass. FATAL: ours, or the configuration's. */
enum code {
	OK = 0,
	REJ_FRAME = 100, /* framing is broken: nothing after it can be trusted */
	REJ_LIMIT,       /* well formed, and larger than a bound that was told */
	REJ_MALFORMED,   /* one message is not what it should be */
	REJ_FIELD,       /* a field's value */
	REJ_STATE,       /* not possible now */
	REJ_FORBIDDEN,
	REJ_ROLE, /* forbidden to one's role; the text is the roles it takes: "auditor or admin" */
	REJ_NOT_FOUND,
	TRY_STORE = 200, /* the database is away or said "again" */
	TRY_CONFLICT,    /* others changed the same meanwhile: at once, from the beginning */
	TRY_LIMIT,       /* a bound of ours is reached */
	TRY_SYSTEM,      /* a system call failed that may work later */
	FATAL_CONFIG = 300,
	FATAL_BUG,
};

#define ERR_NEXT_SIZE 384

struct err {
	enum code code;
	char where[64]; /* field path, file:line, statement; may be empty */
	char text[256]; /* what is wrong and what to do next */
	/* What of that can be asked for, as core/action writes it: a list as JSON, or "". */
	char next[ERR_NEXT_SIZE];
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* Fills *e and returns code, so that a failure is one statement: return err_set(e, ...). */
enum code err_set(struct err *e, enum code code, const char *where, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* For messages to people: the code's short name, e.g. "field". */
const char *code_name(enum code code);

static inline int
code_is_retry(enum code code)
{
	return code >= TRY_STORE && code < FATAL_CONFIG;
}

#endif
