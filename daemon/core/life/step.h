/*
 * One step of whatever has a life, of which a case of the register and the document of a quarter
 * are two: its machine says what may follow what, its terms who may take a step and who must not
 * have done what came before, its deeds what is to be said with it. All of it is data; the database
 * has the same (sems.transition), and a test compares them.
 */
#ifndef SEMS_CORE_LIFE_STEP_H
#define SEMS_CORE_LIFE_STEP_H

#include "base/err.h"
#include "base/machine.h"
#include "core/right/right.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIFE_WORDS_MAX  128  /* of a life */
#define LIFE_OTHERS_MAX 32   /* of a life, bits of a number */
#define LIFE_LINE_MAX   200  /* bytes of a line */
#define LIFE_TEXT_MAX   2000 /* bytes of a text */
#define LIFE_LISTED_MAX 20   /* items of a list */
#define LIFE_TABLE_MAX  8000 /* bytes of a table */
#define LIFE_ROWS_MAX   40   /* lines of a table */
#define LIFE_CELLS_MAX  4    /* of a line */

enum life_word_type {
	WORD_LINE,    /* text without line feeds */
	WORD_TEXT,    /* text that may have them */
	WORD_NAME,    /* one of `names` */
	WORD_DAY,     /* "2026-05-31", of the years 2000 to 2100 */
	WORD_CASE,    /* the number of a case: "F-2026-014" */
	WORD_CASES,   /* several, with a blank between */
	WORD_SCORE,   /* "1" to "4" */
	WORD_WATCH,   /* metrics that watch something, "OUT01" or "OUT01:NOT_PROVEN" each */
	WORD_FIGURES, /* figures of frozen documents, "OUT01@2026-Q3/1" each: quarter, revision */
	WORD_SHA256,  /* 64 lower-case digits */
	WORD_TABLE,   /* lines of cells with "|" between, by the word's columns */
	WORD_EVIDENCE /* records by SOURCE/ID and files by sha256:DIGEST, with a blank between */
};
#define N_WORD_TYPES (WORD_EVIDENCE + 1)

/* A column of a word that is a table. */
struct life_column {
	const char *name;
	const char *const *names; /* of which each cell is one; NULL: any text */
	size_t n_names;
};

/* Something that is said with an event: a field of its content. */
struct life_word {
	const char *name;
	enum life_word_type type;
	size_t max; /* bytes */
	const char *const *names;
	size_t n_names;
	const struct life_column *columns; /* of a table; NULL: none */
	size_t n_columns;
	const char *help; /* a line; NULL: nobody is shown it */
};

/* Some words of a life: their indices, and an end. */
#define LIFE_NO_WORD 0xFFu
#define WORDS(...)                                         \
	(const unsigned char[])                            \
	{                                                  \
		__VA_ARGS__, (unsigned char)(LIFE_NO_WORD) \
	}
#define NO_WORDS WORDS(LIFE_NO_WORD)

/* What goes with an event. */
struct life_deed {
	const char *done; /* "... cannot be DONE" */
	const unsigned char *need;
	const unsigned char *may;
	const char *marks; /* who did it is kept under this name; NULL: nowhere but in the event */
};

/* What another step does by itself. */
#define LIFE_NOBODYS RIGHT_COUNT

/* Who may take a step: a move's terms. */
struct life_terms {
	enum right right; /* LIFE_NOBODYS: nobody asks for it */
	uint32_t others;  /* whose work it must not be: bits of the life's `others` */
};

/* Everything about a life that is data. */
struct life_kind {
	const struct machine *machine;
	const struct life_deed *deeds; /* by event */
	const struct life_word *words;
	size_t n_words;
	const char *const *others; /* by bit */
	size_t n_others;
	const char *const *given; /* conditions of its moves, by bit */
	size_t n_given;
	const char *nobody; /* why nobody asks for what another step does */
	const char *field;  /* of a request, that names the event */
};

/* One that wants to do something, in a state. */
struct life_ask {
	const struct life_kind *kind;
	unsigned state;
	uint32_t holds;          /* conditions of moves */
	uint64_t rights;         /* a set, RIGHT_BIT() */
	const char *const *said; /* by word; NULL or "": not said */
	/* The refusals that are its own. The event may not follow: a REJ_STATE. */
	enum code (*refuse)(const void *of, unsigned event, struct err *e);
	/* By whom, of `others`, it may not be done: REJ_FORBIDDEN, or OK. */
	enum code (*check_people)(const void *of, uint32_t others, struct err *e);
	const void *of;
};

/* Whether these rights let anybody do it in some state: REJ_ROLE, with the roles that it takes,
 * when they never do; REJ_FORBIDDEN when nobody asks for it. */
enum code life_kind_may(const struct life_kind *k, unsigned event, uint64_t rights,
			struct err *e) MUST_CHECK;
/* Whether it may follow, by these people and with what is said, and what it leads to. */
enum code life_ask(const struct life_ask *a, unsigned event, unsigned *next,
		   struct err *e) MUST_CHECK;
/* What is said alone: all that is needed, nothing else but what may be, each as its type says. */
enum code life_check_words(const struct life_kind *k, unsigned event, const char *const *said,
			   struct err *e) MUST_CHECK;
/* One word, as its type says; of no state. */
enum code life_check_word(const struct life_word *w, const char *s, struct err *e) MUST_CHECK;

/* Whether it is one of these. */
bool life_has_word(const unsigned char *words, size_t word);
/* Whether it goes with any event of the life. */
bool life_says(const struct life_kind *k, size_t word);

/* The number of one of the names of events or states; n: there is none. */
unsigned life_find_name(const char *const *names, size_t n, const char *name);
/* The index of a word; kind->n_words: there is none. */
size_t life_find_word(const struct life_kind *k, const char *name);

/* REJ_ROLE, with the roles that the right takes. */
enum code life_refuse_role(enum right right, const char *where, struct err *e);
bool life_is_blank(const char *s);

#endif
