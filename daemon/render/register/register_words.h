/* What the codes of a register say to people, and how the state of a control is drawn. */
#ifndef SEMS_RENDER_REGISTER_REGISTER_WORDS_H
#define SEMS_RENDER_REGISTER_REGISTER_WORDS_H

#include "render/sheet/book.h"

/* "owns the assets" of criterion OWNS_ASSETS; a code that has no words as it is. */
const char *register_word(const char *field, const char *code);
/* The codes of a field in their order; NULL behind the last. */
const char *register_code(const char *field, size_t i);

/* The worst first. What has no control is worse than what is silent: nothing could fail. */
enum control_state {
	CONTROL_FAILING,
	CONTROL_NONE,
	CONTROL_SILENT,
	CONTROL_UNCOVERED,
	CONTROL_NOT_PROVEN,
	CONTROL_EXEMPT,
	CONTROL_PROVEN,
	CONTROL_STATES
};

struct control_look {
	const char *code; /* "": none, a scenario without a control */
	const char *words;
	const char *sign; /* the shape as a character, where nothing is drawn */
	const char *meaning;
	const char *class; /* of the page and the drawings */
	const char *path;  /* within 14 by 14, drawn with evenodd */
	enum tone tone;
};
extern const struct control_look control_looks[CONTROL_STATES];

/* Of a control; what is not known is not proven. */
enum control_state control_state(const char *code);
/* "✖ failing" */
const char *control_words(struct book *b, enum control_state s);
/* The shape of a state, 14 by 14 at x and y, in a drawing. */
void control_shape(struct buf *out, enum control_state s, double x, double y);

#endif
